"""The list of all functions, and how a name, with or without a framework's prefix, finds one.

The modules of functions are imported when the first of their names is asked for; `names` knows
which module that is.
"""

from __future__ import annotations

from functools import partial
from importlib import import_module
from typing import TYPE_CHECKING, Any

from gradcli.ir.function import Function
from gradcli.ir.op import Elementwise
from gradcli.ops import growing
from gradcli.ops.arithmetic import add, div, mul, sub
from gradcli.ops.compare import WHERE
from gradcli.ops.exponential import exp, expm1, log, log1p
from gradcli.ops.names import MODULES
from gradcli.ops.powers import hypot, pow_, sqrt, square
from gradcli.ops.reduce import sum_
from gradcli.ops.stabilize import awaited
from gradcli.ops.trigonometry import acos, asin, asinh, atan, atanh, sin, sinh, tan, tanh

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from gradcli.ir.record import Op

    FUNCTIONS: dict[str, Function]

STABILIZERS = growing.STABILIZERS
"""The rules of the stabilised forms, which take effect where this module is imported."""

_AWAITED: dict[str, dict[Function, tuple[Function | Op, ...]]] = {
    "softmax": {log: (sum_,), div: (exp,)},
    "densities": {
        log: (mul, div, growing.OVER_EXP, add, pow_, square),
        log1p: (mul, div, growing.OVER_EXP, add),
        div: (exp,),
    },
    "large": {
        sqrt: (add, sub),
        pow_: (add, sub),
        div: (add, hypot),
        log: (add, square, mul, pow_),
        log1p: (square, mul),
    },
    "root_differences": {sub: (sqrt, div), add: (sqrt,)},
    "differences": {sub: (div, log, log1p, exp, growing.OVER_EXP, sub, pow_), log: (div,)},
    "complements": {sub: (square, tan, tanh, atan, asin, acos, WHERE, expm1), add: (tanh, expm1)},
    "less_itself": {sub: (sin, tan, tanh, sinh, expm1, log1p, asin, atan, asinh, atanh)},
}
"""Modules of more such rules, loaded when an operation comes upon one of these operands."""

for _module, _rules in _AWAITED.items():
    for _outer, _operands in _rules.items():
        awaited(partial(import_module, f"gradcli.ops.{_module}"), _outer, *_operands)

FAMILIES = {
    "arithmetic": "arithmetic fused",
    "powers, exponentials, logarithms": "powers exponential",
    "trigonometry": "trigonometry",
    "comparison, choice, rounding": "compare selection marks",
    "sums, means, extremes": "reduce softmax nans",
    "statistics": "moments quantiles",
    "running sums and products": "running running_extremes",
    "sorting, searching, counting": "sorting histograms",
    "shapes and joining": "shape axes joining tiling",
    "indexing": "indexing scatter segments",
    "new arrays, random numbers": "creation",
    "linear algebra": "matmul products einsum diagonals solving matrix_functions decompositions "
    "eigen spectral norms",
    "differences, integrals, polynomials": "calculus polynomial",
    "signals": "signals",
    "special functions": "gamma error_functions entropy integrals incomplete incomplete_beta "
    "bessel hypergeometric",
    "probability distributions": "distributions gamma_distributions",
    "neural layers": "activations layers",
    "losses": "losses cross_entropies margins",
    "convolution and images": "convolution pooling images blocks",
}
"""The families of functions as people look for them, and the modules of each."""

PREFIXES = {
    word: framework
    for framework, words in {
        "np": "np numpy jnp sp scipy jsp special stats optax",
        "math": "math",
        "jax": "jax",
        "lax": "lax",
        "tf": "tf tensorflow tfp keras",
        "tfjs": "tfjs",
        "torch": "torch F nn",
    }.items()
    for word in words.split()
}
"""First word of a prefix to the framework whose meanings it selects."""

METHODS = {"jax": "np", "lax": "np", "math": ""}
"""Frameworks whose arrays have another one's methods, or none."""

_ALSO = {
    word: other
    for other, words in {
        "np": "numpy jnp",
        "scipy": "sp jsp",
        "F": "nn",
        "torch": "F",
        "tf": "keras tfp tensorflow",
    }.items()
    for word in words.split()
}
"""First word of a prefix to the one under which signatures of frameworks have its names, too."""

PATHS = frozenset(
    "activations autograd fft func functional image integrate interpolate keras lax linalg "
    "losses math maximum metrics minimum nn numpy ops random scipy signal special stats "
    "windows".split()
)
"""What may stand between a prefix and the name: `np.linalg.`, `tf.math.`, `jax.nn.`."""

METHODS_ONLY = frozenset({"t"})
"""Names that exist only as methods or behind a prefix."""

BEHIND_PREFIX = {
    (prefix, name): function
    for prefix, pairs in {
        "torch": "add=add_scaled sub=sub_scaled subtract=sub_scaled div=div_rounded "
        "divide=div_rounded batch_norm=batch_norm_channels kl_div=kl_div_loss repeat=tile "
        "gather=gather_elements gradient=fdiff conv1d=torch_conv1d conv2d=torch_conv2d "
        "conv3d=torch_conv3d max=torch_max min=torch_min fill=full_like equal=array_equal "
        "logit=clipped_logit select=torch_select one_hot=one_hot_classes",
        "tf": "concat=tf_concat normal=random_normal uniform=random_uniform select=where "
        "identity=asarray lbeta=lbeta_of_rows logdet=logdet_cholesky",
        "torch.autograd": "grad=torch_grad",
        "np.special": "kn=kv_whole yn=yv_whole comb=ways_to_choose",
        **dict.fromkeys(
            ("tf.losses", "tf.metrics", "tf.keras.losses", "tf.keras.metrics"),
            "poisson=poisson_loss",
        ),
        **dict.fromkeys(
            ("tf.activations", "tf.keras.activations"),
            "relu=keras_relu exponential=exp linear=asarray tanh_shrink=tanhshrink",
        ),
        "tfjs": "step=step_or_line",
        "math": "hypot=math_hypot remainder=nearest_remainder",
        "lax": "slice=strided_slice clamp=clamp_between select=where pad=lax_pad "
        "conv_transpose=lax_conv_transpose round=round_away max=maximum min=minimum",
        "jax": "identity=asarray",
        "np": "gradient=fdiff",
        "tf.image": "transpose=swapaxes",
        "np.maximum": "accumulate=cummax",
        "np.minimum": "accumulate=cummin",
    }.items()
    for name, function in (pair.split("=") for pair in pairs.split())
}
"""Names that mean another function behind a framework's prefix."""

NAMES = {name: module for module, names in MODULES.items() for name in names.split()}
"""Every name and alias to the module that defines it."""

_FAMILY = {module: family for family, modules in FAMILIES.items() for module in modules.split()}
_FOLDING = {"sums, means, extremes", "statistics", "linear algebra", "losses"}
"""The families that make one number of many; of one number alone few people mean them."""

_records: dict[str, Function] = {}


def functions_in(values: Mapping[str, Any]) -> Iterator[Function]:
    """The functions among the values of a module, alone or several in a tuple, each once."""
    parts = (value if isinstance(value, tuple) else (value,) for value in values.values())
    return iter(dict.fromkeys(v for part in parts for v in part if isinstance(v, Function)))


def _load(module: str) -> None:
    """Registers the functions of a module under all their names."""
    for record in functions_in(vars(import_module(f"gradcli.ops.{module}"))):
        if NAMES.get(record.name, module) == module:
            record.family = _FAMILY[module]
            record.folds = record.family in _FOLDING
            for name in (record.name, *record.aliases):
                _records.setdefault(name, record)


def _all_functions() -> dict[str, Function]:
    """Every function by its own name, family by family."""
    for module in _FAMILY:
        _load(module)
    order = {family: i for i, family in enumerate(FAMILIES)}
    by_family = sorted(_records.values(), key=lambda record: order[record.family])
    return {record.name: record for record in by_family}


def __getattr__(name: str) -> Any:
    """`FUNCTIONS`, every function by its own name, is loaded when it is asked for."""
    if name != "FUNCTIONS":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    records = globals()["FUNCTIONS"] = _all_functions()
    return records


LIKE_NUMPY = frozenset(
    "arctan2 argmax argmin argsort average correlate cumprod cumsum histogram hstack identity "
    "median norm percentile quantile rot90 select svd trace vstack".split()
)
"""Names of `keras.ops` that TensorFlow has otherwise, and Keras as NumPy."""


def _is_of_keras(words: Sequence[str]) -> bool:
    """Whether a dotted name is one of `keras.ops`."""
    return len(words) > 2 and words[-2] == "ops" and words[-3] == "keras"


def framework(words: Sequence[str]) -> str:
    """The framework that a dotted name selects: `jax.numpy.` is NumPy's, `jax.lax.` is lax's."""
    return PREFIXES[_home(words)[0]]


def _home(words: Sequence[str]) -> Sequence[str]:
    """A dotted name without the `jax.` before a prefix, and with the `scipy.` before its parts."""
    if words[0] in ("special", "stats"):
        return ("scipy", *words)
    if _is_of_keras(words) and words[-1] in LIKE_NUMPY:
        return ("np", *(("linalg",) if words[-1] in ("norm", "svd") else ()), words[-1])
    within = words[0] == "jax" and len(words) > 2 and words[1] in ("lax", "numpy", "scipy")
    return words[1:] if within else words


def spellings(words: Sequence[str]) -> tuple[str, ...]:
    """How signatures of frameworks may write a dotted name, the most specific first.

    `jnp.linalg.norm` is `jnp.linalg.norm`, `np.linalg.norm`, `jnp.norm`, `np.norm`.
    """
    first, *path, name = _home(words)
    heads = [first]
    if first == "torch" and {"functional", "nn"} & {*path}:
        heads = ["F"]
    while heads[-1] in _ALSO:
        heads.append(_ALSO[heads[-1]])
    tails = dict.fromkeys((".".join([*path, name]), name))
    own = (f"keras.ops.{name}",) if _is_of_keras(words) else ()
    return (*own, *(f"{head}.{tail}" for tail in tails for head in heads))


def snake_case(name: str) -> str:
    """TF.js spells `logSumExp` what others spell `log_sum_exp`."""
    return "".join(f"_{c.lower()}" if c.isupper() else c for c in name)


def find(name: str) -> Function | None:
    """The function of this bare name, in snake_case or camelCase."""
    record = _records.get(name) or _find(name)
    if record is not None:
        return record
    if not name.islower():
        return _find(snake_case(name))
    return _log_to(name) if name.startswith("log_") else None


def _log_to(name: str) -> Function | None:
    """`log_3`, whose base is written in digits."""
    from gradcli.ops.exponential import log_to

    base = name.removeprefix("log_")
    return log_to(base) if base.isdecimal() and base.isascii() and len(base) < 10 else None


def is_elementwise(name: str) -> bool:
    """Whether a name is that of a function of one number, applied to each element."""
    record = find(name)
    return record is not None and isinstance(record.op, Elementwise) and len(record.parameters) == 1


def _find(name: str) -> Function | None:
    if name not in _records and name in NAMES:
        _load(NAMES[name])
    return _records.get(name)
