"""PyTorch: the program as a function of tensors, and `backward`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gradcli.translation.definitions import EDGES
from gradcli.translation.framework import Framework
from gradcli.translation.shared_helpers import SLOPE
from gradcli.translation.spelling import Spelling
from gradcli.translation.style import Style
from gradcli.translation.target import Target

if TYPE_CHECKING:
    from gradcli.translation.framework import Call

TABLE = """
    torch: add sub mul div neg pos=positive reciprocal floordiv=floor_divide mod=remainder fmod
    torch: lerp square sqrt rsqrt hypot pow exp exp2 expm1 log log2 log10 log1p sigmoid
    torch: logaddexp logaddexp2 sin cos tan asin acos atan atan2 deg2rad rad2deg sinh cosh
    torch: tanh asinh acosh atanh lt le gt ge eq ne logical_and logical_or logical_xor logical_not
    torch: isnan isinf isfinite signbit where maximum minimum sign floor ceil trunc rint=round abs
    torch: copysign frac fmax fmin nextafter outer kron lgamma erf erfc erfinv logit
    torch: fliplr flipud broadcast_to inner logdet det zeros_like ones_like heaviside
    torch: dot=matmul ravel vdot addmm stop_gradient=detach sinc i0
    torch.special: log_ndtr ndtr ndtri xlog1py erfcx i1 i0e i1e entr zeta gammainc gammaincc
    torch.linalg: slogdet eigvalsh svdvals expm=matrix_exp
    pinv = torch.linalg.pinv(a)
    matrix_power = torch.linalg.matrix_power(a, n)
    quantile = torch.quantile(input, q, dim=None, keepdim=False)
    trapezoid = torch.trapezoid(y, x)
    torch.nn.functional: relu relu6 selu mish softsign
    torch.nn.functional: hard_swish=hardswish tanhshrink log_sigmoid=logsigmoid
    torch.linalg: logabsdet=slogdet
    len = len(x)
    silu = torch.nn.functional.silu(x)
    elu = torch.nn.functional.elu(input, alpha=1.0)
    celu = torch.nn.functional.celu(input, alpha=1.0)
    gelu = torch.nn.functional.gelu(input)
    leaky_relu = torch.nn.functional.leaky_relu(input, negative_slope: alpha = 0.01)
    softplus = torch.nn.functional.softplus(input, beta=1.0, threshold=20.0)
    hard_tanh = torch.nn.functional.hardtanh(input, min_val=-1.0, max_val=1.0)
    softshrink = torch.nn.functional.softshrink(input, lambd=0.5)
    hardshrink = torch.nn.functional.hardshrink(input, lambd=0.5)
    threshold = torch.nn.functional.threshold(input, threshold, value)
    glu = torch.nn.functional.glu(input, dim=-1)
    clip = torch.clamp(input, min=None, max=None)
    round = torch.round(input, *, decimals=0)
    sum = torch.sum(input, dim=None, keepdim=False)
    mean = torch.mean(input, dim=None, keepdim=False)
    prod = torch.prod(input, dim=None, keepdim=False)
    max = torch.amax(input, dim=None, keepdim=False)
    min = torch.amin(input, dim=None, keepdim=False)
    all = torch.all(input, dim=None, keepdim=False)
    any = torch.any(input, dim=None, keepdim=False)
    var = torch.var(input, dim=None, *, correction: ddof = 1, keepdim=False)
    std = torch.std(input, dim=None, *, correction: ddof = 1, keepdim=False)
    argmax = torch.argmax(input, dim=None, keepdim=False)
    argmin = torch.argmin(input, dim=None, keepdim=False)
    softmax = torch.softmax(input, dim)
    log_softmax = torch.log_softmax(input, dim)
    norm = torch.linalg.norm(x, ord=None, dim=None, keepdim=False)
    vector_norm = torch.linalg.vector_norm(x, ord=2, dim=None, keepdim=False)
    reshape = torch.reshape(input, shape)
    swapaxes = torch.swapaxes(input, axis1, axis2)
    moveaxis = torch.moveaxis(input, source, destination)
    squeeze = torch.squeeze(input, dim=None)
    concat = torch.cat(tensors, dim=0)
    stack = torch.stack(tensors, dim=0)
    hstack = torch.hstack(tensors)
    vstack = torch.vstack(tensors)
    roll = torch.roll(input, shifts, dims: axis = None)
    tile = torch.tile(input, dims: reps)
    tril = torch.tril(input, diagonal: k = 0)
    triu = torch.triu(input, diagonal: k = 0)
    diag = torch.diag(input, diagonal: k = 0)
    diagonal = torch.diagonal(input, offset=0, dim1: axis1 = 0, dim2: axis2 = 1)
    trace = torch.trace(input)
    matmul = torch.matmul(x, y)
    tensordot = torch.tensordot(x, y, dims: axes = 2)
    cross = torch.linalg.cross(input, other, dim=-1)
    einsum = torch.einsum(equation, arrays)
    solve = torch.linalg.solve(a, b)
    inv = torch.linalg.inv(a)
    cholesky = torch.linalg.cholesky(a)
    zeros = torch.zeros(shape)
    ones = torch.ones(shape)
    full = torch.full(shape, value)
    eye = torch.eye(n)
    linspace = torch.linspace(start, stop, num)
    mse = torch.nn.functional.mse_loss(x, y, reduction='mean')
    mae = torch.nn.functional.l1_loss(x, y, reduction='mean')
    huber = torch.nn.functional.huber_loss(x, y, reduction='mean', delta=1.0)
    smooth_l1 = torch.nn.functional.smooth_l1_loss(x, y, reduction='mean', beta=1.0)
    binary_cross_entropy = torch.nn.functional.binary_cross_entropy(x, target, weight=None, \
reduction='mean')
    binary_cross_entropy_with_logits = torch.nn.functional.binary_cross_entropy_with_logits(x, \
target, weight=None, reduction='mean')
"""


def _with_slope(name: str, header: str, value: str, slope: str) -> str:
    """A function of x with a slope of its own, by a class whose first line is given."""
    return f"""
class {header}
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return {value}

    @staticmethod
    def backward(ctx, dy):
        (x,) = ctx.saved_tensors
        return {slope}


def {name}(x):
    return {header.partition("(")[0]}.apply(x)
"""


HELPERS = {
    "slopes": """
def slopes(function):
    def at(*inputs):
        inputs = [x.clone() if x.requires_grad else x.clone().requires_grad_() for x in inputs]
        total = function(*inputs).sum()
        return torch.autograd.grad(total, inputs, create_graph=True, materialize_grads=True)

    return at
""",
    **SLOPE,
    "with_rule": """
def with_rule(function, rule):
    class WithRule(torch.autograd.Function):
        @staticmethod
        def forward(ctx, *inputs):
            ctx.save_for_backward(*inputs)
            return function(*inputs)

        @staticmethod
        def backward(ctx, dy):
            return rule(*ctx.saved_tensors, dy)

    return WithRule.apply
""",
    "cbrt": "def cbrt(x):\n    return torch.sign(x)*torch.abs(x)**(1/3)",
    "digamma": _with_slope(
        "digamma",
        "Digamma(torch.autograd.Function):  # PyTorch's own slope has ten digits",
        "torch.digamma(x)",
        "dy*torch.special.zeta(torch.tensor(2.0), x)",
    ),
    "layer_norm": """
def layer_norm(x, eps=1e-05):
    return torch.nn.functional.layer_norm(x, x.shape[-1:], eps=eps)
""",
    "polygamma": """
def polygamma(n, x):
    if n == 0:
        return torch.digamma(x)
    return (-1)**(n + 1)*math.factorial(n)*torch.special.zeta(torch.tensor(n + 1.0), x)
""",
    "j0": _with_slope(
        "j0",
        "BesselJ0(torch.autograd.Function):",
        "torch.special.bessel_j0(x)",
        "-dy*torch.special.bessel_j1(x)",
    ),
    "j1": _with_slope(
        "j1",
        "BesselJ1(torch.autograd.Function):",
        "torch.special.bessel_j1(x)",
        "dy*(torch.special.bessel_j0(x) - torch.special.bessel_j1(x)/x)",
    ),
    "median": "def median(x):\n    return torch.quantile(x, 0.5)",
    "logsumexp": """
def logsumexp(x, axis=None, keepdims=False):
    dims = tuple(range(x.ndim)) if axis is None else axis
    return torch.logsumexp(x, dims, keepdims)
""",
    "cumsum": """
def cumsum(x, axis=None):
    return torch.cumsum(x.flatten(), 0) if axis is None else torch.cumsum(x, axis)
""",
    "cumprod": """
def cumprod(x, axis=None):
    return torch.cumprod(x.flatten(), 0) if axis is None else torch.cumprod(x, axis)
""",
    "flip": """
def flip(x, axis=None):
    dims = tuple(range(x.ndim)) if axis is None else axis
    return torch.flip(x, dims if isinstance(dims, tuple) else (dims,))
""",
    "transpose": """
def transpose(x, axes=None):
    return torch.permute(x, axes or tuple(reversed(range(x.ndim))))
""",
    "expand_dims": """
def expand_dims(x, axis=0):
    return torch.unsqueeze(x, axis)
""",
    "sort": """
def sort(x, axis=-1):
    return torch.sort(x, axis).values
""",
    "pad": """
def pad(x, width):
    pair = width if isinstance(width, tuple) else (width, width)
    return torch.nn.functional.pad(x, pair*x.ndim)
""",
}


def _value(text: str, varies: bool) -> str:
    return f"torch.tensor({text}{', requires_grad=True' * varies})"


def _call(call: Call) -> str:
    total = "value" if call.is_scalar else "value.sum()"
    zeros = "".join(
        f"if {own}.grad is None:\n    {own}.grad = torch.zeros_like({own})\n"
        for name, own in call.by.items()
        if name in call.unconnected
    )
    shown = ", ".join(f'("{name}", {own}.grad)' for name, own in call.by.items())
    return f"""value = {call.called}
{total}.backward()
{zeros}for name, array in [("value", value), {shown}]:
    print(name, *(repr(z).removesuffix(".0") for z in array.flatten().tolist()), sep="\\t")"""


STYLE = Style(
    Spelling("PyTorch", TABLE, HELPERS),
    lifted="torch.tensor({0})",
    arrays="torch.tensor({0}, dtype=torch.float64)",
    stacked="torch.stack({0})",
    as_number="({0}).double()",
    attributes={"size": "{0}.numel()"},
    backward_steps=False,
    inexact="softplus",
    differs=EDGES,
)
FRAMEWORK = Framework(
    STYLE,
    "torch array name z BesselJ0 BesselJ1 Digamma",
    "import torch\n\ntorch.set_default_dtype(torch.float64)",
    _value,
    _call,
)
TARGET = Target("PyTorch", FRAMEWORK.write)
