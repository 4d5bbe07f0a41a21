"""The words that the language itself gives a meaning: constants, attributes, special forms."""

from __future__ import annotations

import math

from gradcli.syntax import LIMITS

CONSTANTS = {
    "pi": math.pi,
    "e": math.e,
    "tau": math.tau,
    "inf": math.inf,
    "nan": math.nan,
    "euler_gamma": 0.5772156649015329,
    "true": True,
    "false": False,
    "True": True,
    "False": False,
    "newaxis": None,
    "None": None,
}

FIXED = frozenset("true false True False None inf nan newaxis".split())
"""Constants that no value can be given to."""

DTYPES = frozenset(
    "bfloat16 bool bool_ double float float16 float32 float64 half int int16 int32 int64 int8 "
    "long short single uint16 uint32 uint64 uint8".split()
)
"""Names of types, which stand for a text behind a prefix: `tf.int32`."""


PYTHON_TYPES = frozenset(("bool", "float", "int"))
"""Those that stand for a text by themselves, where a call takes a type: `np.zeros(3, int)`."""


def is_type(word: str) -> bool:
    """Whether a text names a type of numbers: one of `DTYPES`, or as NumPy writes it, "f8"."""
    return bool(kind_of_type(word))


def kind_of_type(word: str) -> str:
    """What a type holds: "b" truth values, "i" whole numbers, "f" numbers; "" if it is none."""
    from warnings import catch_warnings

    from numpy import dtype

    if word in DTYPES:
        whole = word.startswith(("int", "uint", "long", "short"))
        return "b" if word.startswith("bool") else "i" if whole else "f"
    try:
        with catch_warnings(action="ignore"):  # of old names
            return {"b": "b", "i": "i", "u": "i", "f": "f"}.get(dtype(word).kind, "")
    except TypeError:
        return ""


ATTRIBUTES = ("T", "mT", "shape", "size", "ndim", "grad", "at")
"""What may follow a dot without being called."""

RESULTS = frozenset(
    "values indices eigenvalues eigenvectors U S V Vh Q R sign logabsdet solution residuals LU "
    "pivots hist bin_edges".split()
)
"""What frameworks call one of several results, which may follow a dot as well."""

UPDATES = {
    "get": "",
    "set": "set",
    **{word: word for word in ("add", "max", "min")},
    "subtract": "sub",
    "multiply": "mul",
    "mul": "mul",
    "divide": "div",
    "power": "pow",
}
"""What may follow `x.at[i]`, and the word for it in a library function."""

OPERATORS = {
    "+": "add",
    "-": "sub",
    "*": "mul",
    "/": "div",
    "//": "floordiv",
    "%": "mod",
    "@": "matmul",
    "^": "pow",
}
"""Arithmetic operators and the functions behind them."""

COMPARISONS = {"<": "lt", "<=": "le", ">": "gt", ">=": "ge", "==": "eq", "!=": "ne"}

SIGNS = {"-": "neg", "+": "pos", "not": "not"}
"""Operators before their one operand."""

FORMS = {
    "grad": "y [x] [dy]",
    "grads": "f",
    "value_and_grad": "f",
    "value_and_grads": "f",
    "jacobian": "y [x]",
    "hessian": "y [x]",
    "jvp": "y x v",
    "vjp": "y x u",
    "hvp": "y x v",
    "jacfwd": "f",
    "jacrev": "f",
    "vmap": "f [in_axes]",
    "taylor": "f x0 n",
    "backward": "y [dy]",
    "zero_grad": "",
}
"""Words that the language itself gives a meaning, and what calls of them take."""

PREFIXED = {"torch_grad": "outputs inputs [grad_outputs]"}
"""Such words that stand for a name behind a framework's prefix, and nowhere else."""

OF_TAPES = frozenset("allow_unused create_graph is_grads_batched retain_graph".split())
"""Parameters of such calls in PyTorch that are accepted and have no effect here."""

SILENT = frozenset({"print", "backward", "zero_grad"})
"""Calls that are there for their effect and have no value."""

SPECIALS = SILENT.union(FORMS)

DERIVATIVES = SPECIALS - {"print", "zero_grad"}
"""Calls that take a value or a function; a name as the second argument is what to derive by."""

INSTEAD = {
    **dict.fromkeys("nCr ncr C binomial".split(), "combinations are binom(n, k)"),
    **dict.fromkeys("nPr npr perm".split(), "permutations are n!/(n - k)!"),
    **dict.fromkeys("gcd lcm".split(), "whole numbers have no functions of their own here"),
    "avg": "did you mean 'mean'?",
    **dict.fromkeys(
        "N Phi Φ pnorm cdfn ncdf normcdf normsdist NORMSDIST".split(),
        "the normal distribution is ndtr(x), its density norm_pdf(x)",
    ),
    **dict.fromkeys(
        "root nthroot nthRoot cuberoot".split(), "the n-th root is x^(1/n), the cube root cbrt(x)"
    ),
    **dict.fromkeys(
        "bs_call bs black_scholes blackscholes BlackScholes bsm".split(),
        "write it out: d1 = (log(S/K) + (r + sigma^2/2)*T)/(sigma*sqrt(T)); "
        "S*ndtr(d1) - K*exp(-r*T)*ndtr(d1 - sigma*sqrt(T))",
    ),
    **dict.fromkeys(("npv", "NPV"), "write sum(cf/(1 + r)^range(1, size(cf) + 1))"),
    **dict.fromkeys(("irr", "IRR", "fsolve", "fzero", "uniroot"), "equations are not solved"),
    **dict.fromkeys("nvl ifnull coalesce fillna".split(), "write where(isnan(x), 0, x)"),
    "matrix": "a matrix is [[1,2],[3,4]], row by row",
    "sd": "write std(x, ddof=1)",
    "rep": "write full(n, x), or tile(x, n) of an array",
    "crossprod": "write x.T @ y",
    **dict.fromkeys("paste fprintf printf".split(), "write print(x)"),
    "CE": "write cross_entropy(…), or -sum(t*log(p))",
    "BCE": "write binary_cross_entropy(…), or -(y*log(p) + (1 - y)*log(1 - p))",
    **dict.fromkeys("criterion loss_fn".split(), "write the loss, such as mse_loss(x, y)"),
    "BCELoss": "write binary_cross_entropy(p, y)",
    "model": "write the model out, such as x @ W.T + b",
    "zero_": "write zero_grad()",
    **dict.fromkeys(
        "no_grad enable_grad set_grad_enabled inference_mode".split(),
        "leave it out: gradients are taken where they are asked for; stop_gradient(x) stops them",
    ),
    **dict.fromkeys(
        "cuda cpu numpy requires_grad_ contiguous double half manual_seed set_default_dtype "
        "enable_x64 compile jit".split(),
        "leave it out: there are no devices, seeds or compilers to choose",
    ),
    "Linear": "write x @ W.T + b",
    "ReLU": "write relu(x)",
    "CrossEntropyLoss": "write cross_entropy(logits, target)",
    "MSELoss": "write mse_loss(input, target)",
    "valueAndGrad": "did you mean 'value_and_grad'?",
    "valueAndGrads": "did you mean 'value_and_grads'?",
    "variableGrads": "`gradcli grads` asks for the gradients by all variables",
    **dict.fromkeys(
        "integrate integral quad".split(),
        "there are no integrals of formulas; of samples, trapezoid(y, x)",
    ),
    "int": "a number is cut by trunc(x); there are no integrals of formulas",
    **dict.fromkeys(
        "derivative deriv derive D differentiate".split(),
        "the derivative of y by x is grad(y, x); `gradcli grad` asks for it of a whole program",
    ),
    **dict.fromkeys(("dnorm", "normpdf"), "the normal density is norm_pdf(x)"),
    **dict.fromkeys(("qnorm", "norminv", "NORMSINV"), "the normal quantile is ndtri(p)"),
    **dict.fromkeys(
        "shift lag lead rolling pct_change ewm".split(),
        "each row is by itself: there is no row before or after it",
    ),
    **dict.fromkeys("limit lim".split(), LIMITS),
    **dict.fromkeys(
        "simplify factor".split(),
        "formulas are not rewritten; `gradcli diff` gives derivatives in a short form",
    ),
    **dict.fromkeys(
        "taylor series".split(),
        "there are no series: write f(a) + f'(a)*(x - a) + f''(a)/2*(x - a)^2",
    ),
    **dict.fromkeys(
        "rand randn random uniform normal".split(),
        "random numbers are random_uniform(shape) and random_normal(shape)",
    ),
    "lg": "did you mean 'log10'?",
    "ld": "did you mean 'log2'?",
    **dict.fromkeys(
        "VLOOKUP HLOOKUP XLOOKUP LOOKUP MATCH vlookup lookup".split(),
        "there is no table to look in: an element is x[0], and interp(x, xs, ys) reads between",
    ),
    **dict.fromkeys(
        "PMT pmt IPMT PPMT".split(), "write it out: r*pv/(1 - (1 + r)^-n) is the payment"
    ),
    **dict.fromkeys("FV fv".split(), "write it out: pv*(1 + r)^n"),
    **dict.fromkeys("IRR irr XIRR RATE".split(), "write Newton's steps for the rate"),
    "IF": "a choice is written a if c else b, or where(c, a, b)",
    "l2_regularizer": "write scale*l2_loss(w)",
    "L2": "write scale*sum(w^2)",
    **dict.fromkeys(("l1_regularizer", "L1"), "write scale*sum(abs(w))"),
    "gradient": "did you mean 'grad'? (np.gradient is finite differences: use fdiff)",
    **dict.fromkeys(
        "fft ifft irfft fft2 ifft2 fftn stft".split(),
        "complex numbers are not part of the language",
    ),
    **dict.fromkeys(
        "eig eigvals".split(),
        "complex numbers are not part of the language; of a symmetric matrix, eigvalsh(A)",
    ),
    **dict.fromkeys(
        "unique unique_consecutive nonzero argwhere setdiff1d intersect1d union1d".split(),
        "how many elements it gives hangs on their values; x[x > 0] takes those that meet a "
        "condition, sort(x) has them in order",
    ),
    **dict.fromkeys(("isin", "in1d"), "write any(x[..., newaxis] == values, axis=-1)"),
    **dict.fromkeys(
        "scan fori_loop while_loop foldl foldr map_fn vectorized_map".split(),
        "loops are written `for i in range(n) { … }` or `while c { … }`; f of each row is vmap(f)",
    ),
    **dict.fromkeys(("apply_along_axis", "vectorize"), "f of each row is vmap(f)(x)"),
    "custom_gradient": "a rule of your own is written vjp f(x, dy) = …, after f(x) = …",
    "GradientTape": "no tape is needed: grad(y, x), or `gradcli grads` for a whole program",
    **dict.fromkeys(
        "adjust_hue adjust_saturation rgb_to_hsv hsv_to_rgb".split(),
        "there are no hues; adjust_brightness, adjust_contrast and rgb_to_grayscale exist",
    ),
    **dict.fromkeys(
        "odeint solve_ivp".split(), "write the steps of the solver: for t in ts { x += h*f(x) }"
    ),
    **dict.fromkeys(
        "fsolve root_scalar brentq newton".split(),
        "write Newton's steps: for i in range(9) { x = x - f(x)/f'(x) }",
    ),
    "polyfit": "write lstsq(vander(x, n + 1), y)[0]",
    "pearsonr": "write corrcoef(x, y)[0, 1]",
    "iqr": "write quantile(x, 0.75) - quantile(x, 0.25)",
    "moment": "write mean((x - mean(x))^n)",
    "entropy": "write sum(entr(p/sum(p)))",
    "logmeanexp": "write logsumexp(x) - log(x.size)",
    **dict.fromkeys(("hyp0f1", "hyperu"), "hyp1f1(a, b, x) and hyp2f1(a, b, c, x) exist"),
    "exp10": "write 10^x",
    "cosm1": "write cos(x) - 1",
    "exprel": "write (exp(x) - 1)/x",
    "powm1": "write expm1(y*log(x))",
    "erfi": "write 2/sqrt(pi)*exp(x^2)*dawsn(x)",
    "inv_boxcox": "write exp(log1p(l*y)/l)",
    "ellipkm1": "write ellipk(1 - p)",
    "stdtr": "write t_cdf(x, df)",
    "chdtr": "write chi2_cdf(x, df)",
    "pdtr": "write poisson_cdf(k, mu)",
    "bdtr": "write binom_cdf(k, n, p)",
    "perm": "write poch(n - k + 1, k)",
    "iota": "write range(n)",
    "smooth_labels": "write labels*(1 - a) + a/labels.shape[-1]",
    "sigmoid_binary_cross_entropy": "write sigmoid_cross_entropy(labels, logits)",
    "zero_fraction": "write mean(x == 0)",
    "logm": "of a symmetric matrix, w, v = eigh(A); v @ diag(log(w)) @ v.T",
    "polar": "write u, s, vt = svd(A); u @ vt",
    "rfft": "complex numbers are not part of the language; write rfft_abs, rfft_real or rfft_imag",
    **{
        word: f"write norm_{word}(…) or stats.norm.{word}(…); as norm there are t, beta, gamma, "
        "chi2, expon, laplace, logistic, lognorm, cauchy and uniform"
        for word in "pdf logpdf cdf logcdf sf ppf".split()
    },
    **dict.fromkeys(
        ("pmf", "logpmf"), "of counts there are poisson and binom: stats.binom.pmf(k, n, p)"
    ),
}
"""What to say to names that are known elsewhere, and mean something else or nothing here."""

PARAMETERS_INSTEAD = {
    "argnums": "the gradients by all parameters of f are grads(f)",
    "eigvals_only": "eigvalsh(a) gives the eigenvalues alone",
}
"""What to say to names of parameters that are known elsewhere, and have no equal here."""

FRAMEWORK_KEYWORDS = dict.fromkeys(("correction", "dim", "keepdim", "unbiased"), "torch")
"""Names of arguments that only one framework has, to the prefix that they stand for."""

FRAMEWORK_METHODS = {"select": "torch", "unfold": "torch"}
"""Methods that only one framework's arrays have, unlike its function or another's of that name."""
