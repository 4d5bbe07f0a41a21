"""JAX: the program as a function of arrays, and `jax.value_and_grad`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gradcli.translation.definitions import EDGES
from gradcli.translation.framework import Framework
from gradcli.translation.shared_helpers import SLOPE, shared_helpers
from gradcli.translation.spelling import Spelling
from gradcli.translation.style import Style
from gradcli.translation.target import Target

if TYPE_CHECKING:
    from gradcli.translation.framework import Call

ARRAYS = """
    {0}: add sub=subtract mul=multiply div=divide neg=negative pos=positive reciprocal
    {0}: floordiv=floor_divide mod=mod fmod square sqrt pow=power exp exp2
    {0}: expm1 log log2 log10 log1p logaddexp logaddexp2 sin cos tan asin=arcsin acos=arccos
    {0}: atan=arctan atan2=arctan2 deg2rad rad2deg sinh cosh tanh asinh=arcsinh acosh=arccosh
    {0}: atanh=arctanh lt=less le=less_equal gt=greater ge=greater_equal eq=equal ne=not_equal
    {0}: logical_and logical_or logical_xor logical_not isnan isinf isfinite signbit where maximum
    {0}: minimum sign floor ceil trunc rint abs fmax fmin dot outer inner
    {0}: kron fliplr flipud
    {0}.linalg: det slogdet
    len = len(x)
    round = {0}.round(a, decimals=0)
    sum = {0}.sum(a, axis=None, *, keepdims=False)
    mean = {0}.mean(a, axis=None, *, keepdims=False)
    prod = {0}.prod(a, axis=None, *, keepdims=False)
    max = {0}.max(a, axis=None, *, keepdims=False)
    min = {0}.min(a, axis=None, *, keepdims=False)
    all = {0}.all(a, axis=None, *, keepdims=False)
    any = {0}.any(a, axis=None, *, keepdims=False)
    var = {0}.var(a, axis=None, *, ddof=0, keepdims=False)
    std = {0}.std(a, axis=None, *, ddof=0, keepdims=False)
    clip = {0}.clip(x, lo, hi)
    cumsum = {0}.cumsum(a, axis=None)
    reshape = {0}.reshape(a, shape)
    transpose = {0}.transpose(a, axes=None)
    ravel = {0}.ravel(a)
    swapaxes = {0}.swapaxes(a, axis1, axis2)
    moveaxis = {0}.moveaxis(a, source, destination)
    expand_dims = {0}.expand_dims(a, axis)
    squeeze = {0}.squeeze(a, axis=None)
    concat = {0}.concatenate(arrays, axis=0)
    stack = {0}.stack(arrays, axis=0)
    hstack = {0}.hstack(arrays)
    vstack = {0}.vstack(arrays)
    roll = {0}.roll(a, shift, axis=None)
    tile = {0}.tile(a, reps)
    repeat = {0}.repeat(a, repeats, axis=None)
    tril = {0}.tril(a, k=0)
    triu = {0}.triu(a, k=0)
    diag = {0}.diag(a, k=0)
    diagonal = {0}.diagonal(a, offset=0, axis1=0, axis2=1)
    trace = {0}.trace(a, offset=0, axis1=0, axis2=1)
    matmul = {0}.matmul(x, y)
    tensordot = {0}.tensordot(x, y, axes=2)
    solve = {0}.linalg.solve(a, b)
    inv = {0}.linalg.inv(a)
    cholesky = {0}.linalg.cholesky(a)
    zeros = {0}.zeros(shape)
    ones = {0}.ones(shape)
    full = {0}.full(shape, value)
    eye = {0}.eye(n)
    linspace = {0}.linspace(start, stop, num)
"""
"""What NumPy calls the functions, as do those that follow it."""

TABLE = (
    ARRAYS.format("jnp")
    + """
    jnp: cbrt hypot sinc copysign ldexp nextafter heaviside i0 vdot broadcast_to zeros_like
    jnp: ones_like
    jax.nn: sigmoid relu relu6 selu mish softsign=soft_sign log_sigmoid hard_sigmoid
    jax.nn: hard_swish sparse_plus
    jax.lax: rsqrt
    jax.scipy.special: erf erfc erfinv logit xlog1py lgamma=gammaln digamma gamma
    jnp.linalg: eigvalsh
    jax.scipy.linalg: expm
    jax.scipy.special: betainc gammainc gammaincc beta zeta factorial
    jax.scipy.special: log_ndtr ndtr ndtri entr rel_entr kl_div i0e i1 i1e betaln expi exp1 spence
    silu = jax.nn.silu(x)
    elu = jax.nn.elu(x, alpha=1.0)
    celu = jax.nn.celu(x, alpha=1.0)
    gelu = jax.nn.gelu(x, approximate=True)
    hard_tanh = jax.nn.hard_tanh(x)
    squareplus = jax.nn.squareplus(x, b=4)
    softmax = jax.nn.softmax(x, axis=-1)
    log_softmax = jax.nn.log_softmax(x, axis=-1)
    logsumexp = jax.scipy.special.logsumexp(a, axis=None, b: weights = None, keepdims=False)
    glu = jax.nn.glu(x, axis=-1)
    argmax = jnp.argmax(a, axis=None, *, keepdims=False)
    argmin = jnp.argmin(a, axis=None, *, keepdims=False)
    norm = jnp.linalg.norm(x, ord=None, axis=None, keepdims=False)
    sort = jnp.sort(a, axis=-1)
    cumprod = jnp.cumprod(a, axis=None)
    flip = jnp.flip(a, axis=None)
    polygamma = jax.scipy.special.polygamma(n, x)
    pinv = jnp.linalg.pinv(a)
    svdvals = jnp.linalg.svdvals(a)
    matrix_power = jnp.linalg.matrix_power(a, n)
    median = jnp.median(a, axis=None, *, keepdims=False)
    quantile = jnp.quantile(a, q, axis=None, *, keepdims=False)
    interp = jnp.interp(x, xp, fp)
    trapezoid = jnp.trapezoid(y, x)
    convolve = jnp.convolve(x, y)
    norm_pdf = jax.scipy.stats.norm.pdf(x, loc=0, scale=1)
    norm_logpdf = jax.scipy.stats.norm.logpdf(x, loc=0, scale=1)
    norm_cdf = jax.scipy.stats.norm.cdf(x, loc=0, scale=1)
    diff = jnp.diff(a, n=1, axis=-1)
    cross = jnp.cross(x, y, *, axis=-1)
    ptp = jnp.ptp(a, axis=None, *, keepdims=False)
    stop_gradient = jax.lax.stop_gradient(x)
    softplus = jax.nn.softplus(x)
    pad = jnp.pad(x, width)
"""
)

_SHARED = {
    name: text
    for name, text in shared_helpers("jnp").items()
    if name not in ("median", "norm_pdf", "norm_logpdf")
}
HELPERS = {
    "slopes": """
def slopes(function):
    total = lambda *inputs: jnp.sum(function(*inputs))
    return lambda *inputs: jax.grad(total, tuple(range(len(inputs))))(*inputs)
""",
    **SLOPE,
    **_SHARED,
    "with_rule": """
def with_rule(function, rule):
    ruled = jax.custom_vjp(function)
    ruled.defvjp(
        lambda *inputs: (function(*inputs), inputs), lambda inputs, dy: rule(*inputs, dy)
    )
    return ruled
""",
}

SHOW = """for name, array in [("value", value), *grads.items()]:
    print(name, *(repr(z).removesuffix(".0") for z in jnp.ravel(array).tolist()), sep="\\t")"""


def _call(call: Call) -> str:
    names = f"grads = dict(zip([{call.names()}], gradients))"
    if call.is_scalar:
        lines = [f"value, gradients = jax.value_and_grad({call.function}, {call.places()})"]
        lines = [f"{lines[0]}({', '.join(call.inputs)})"]
    else:
        total = f"lambda *inputs: {call.function}(*inputs).sum()"
        lines = [
            f"value = {call.called}",
            f"gradients = jax.grad({total}, {call.places()})({', '.join(call.inputs)})",
        ]
    return "\n".join([*lines, names, SHOW])


FRAMEWORK = Framework(
    Style(
        Spelling("JAX", TABLE, HELPERS),
        lifted="jnp.float64({0})",
        arrays="jnp.array({0}, dtype=float)",
        stacked="jnp.array({0})",
        as_number="({0}).astype(float)",
        attributes={"size": "{0}.size"},
        picks="{0}[jnp.array({1})]",
        differs=EDGES,
    ),
    "jax jnp array name z inputs",
    'import jax\nimport jax.numpy as jnp\n\njax.config.update("jax_enable_x64", True)',
    lambda text, varies: f"jnp.array({text})",
    _call,
)
TARGET = Target("JAX", FRAMEWORK.write)
