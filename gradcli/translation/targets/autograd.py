"""autograd: the program as a function of NumPy's arrays, and `value_and_grad`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gradcli.translation.framework import Framework
from gradcli.translation.shared_helpers import shared_helpers
from gradcli.translation.spelling import Spelling
from gradcli.translation.style import Style
from gradcli.translation.target import Target
from gradcli.translation.targets.jax import ARRAYS

if TYPE_CHECKING:
    from gradcli.translation.framework import Call

TABLE = (
    ARRAYS.format("np")
    + """
    np: sinc
    autograd.scipy.special: erf erfc erfinv lgamma=gammaln digamma=psi gamma i0 i1 j0 j1 y0 y1
    autograd.scipy.special: betaln beta logit sigmoid=expit
    polygamma = autograd.scipy.special.polygamma(n, x)
    pinv = np.linalg.pinv(a)
    logsumexp = autograd.scipy.special.logsumexp(a, axis=None, b: weights = None, keepdims=False)
    sort = np.sort(a, axis=-1)
    diff = np.diff(a, n=1, axis=-1)
    cross = np.cross(x, y, *, axis=-1)
"""
)

HELPERS = {
    "flip": """
def flip(x, axis=None):
    axes = range(x.ndim) if axis is None else np.ravel(axis) % x.ndim
    return x[tuple(slice(None, None, -1 if i in axes else 1) for i in range(x.ndim))]
""",
    **shared_helpers("np"),
    "ndtr": """
def ndtr(x):
    return autograd.scipy.special.erfc(-x*np.sqrt(0.5))/2
""",
    "eigvalsh": "def eigvalsh(a):\n    return np.linalg.eigh((a + a.T)/2)[0]",
    "svdvals": "def svdvals(a):\n    return np.linalg.svd(a, full_matrices=False)[1]",
    "norm": """
def norm(x, ord=None, axis=None):
    is_vector = np.ndim(x) == 1 or np.ndim(axis) == 0
    if is_vector and ord == 1:
        return np.sum(np.abs(x), axis)
    if is_vector and ord == np.inf:
        return np.max(np.abs(x), axis)
    return np.linalg.norm(x, ord, axis)
""",
    "trapezoid": """
def trapezoid(y, x):
    return np.sum((y[1:] + y[:-1])*(x[1:] - x[:-1]))/2
""",
    "cbrt": "def cbrt(x):\n    return np.sign(x)*np.abs(x)**(1/3)",
    "hypot": "def hypot(x, y):\n    return np.sqrt(x**2 + y**2)",
    "rsqrt": "def rsqrt(x):\n    return 1/np.sqrt(x)",
    "pad": "def pad(x, width):\n    return np.pad(x, width, 'constant')",
    "stop_gradient": "def stop_gradient(x):\n    return autograd.tracer.getval(x)",
    "xlogy": "def xlogy(x, y):\n    return x*np.log(y)",
    "relu": "def relu(x):\n    return np.where(x > 0, x, 0.0)",
    "relu6": "def relu6(x):\n    return np.clip(x, 0.0, 6.0)",
    "leaky_relu": "def leaky_relu(x, alpha=0.01):\n    return np.where(x > 0, x, alpha*x)",
    "softplus": "def softplus(x):\n    return np.logaddexp(x, 0.0)",
    "silu": "def silu(x):\n    return x/(1 + np.exp(-x))",
    "mish": "def mish(x):\n    return x*np.tanh(np.logaddexp(x, 0.0))",
    "log_sigmoid": "def log_sigmoid(x):\n    return -np.logaddexp(-x, 0.0)",
    "softsign": "def softsign(x):\n    return x/(1 + np.abs(x))",
    "hard_sigmoid": "def hard_sigmoid(x):\n    return np.clip(x/6 + 0.5, 0.0, 1.0)",
    "elu": """
def elu(x, alpha=1.0):
    return np.where(x > 0, x, alpha*np.expm1(np.minimum(x, 0.0)))
""",
    "selu": """
def selu(x):
    below = 1.6732632423543772*np.expm1(np.minimum(x, 0.0))
    return 1.0507009873554805*np.where(x > 0, x, below)
""",
    "gelu": """
def gelu(x):
    return x*autograd.scipy.special.erfc(-x*np.sqrt(0.5))/2
""",
    "softmax": """
def softmax(x, axis=-1):
    raised = np.exp(x - np.max(x, axis=axis, keepdims=True))
    return raised/np.sum(raised, axis=axis, keepdims=True)
""",
    "log_softmax": """
def log_softmax(x, axis=-1):
    x = x - np.max(x, axis=axis, keepdims=True)
    return x - np.log(np.sum(np.exp(x), axis=axis, keepdims=True))
""",
}

SHOW = """for name, array in {"value": value, **grads}.items():
    print(name, *(repr(z).removesuffix(".0") for z in np.ravel(array).tolist()), sep="\\t")"""


def _call(call: Call) -> str:
    names = f"grads = dict(zip([{call.names()}], gradients))"
    inputs = ", ".join(call.inputs)
    if call.is_scalar:
        of = f"autograd.value_and_grad({call.function}, {call.places()})"
        return "\n".join([f"value, gradients = {of}({inputs})", names, SHOW])
    total = f"autograd.grad(lambda *inputs: np.sum({call.function}(*inputs)), {call.places()})"
    return "\n".join([f"value = {call.called}", f"gradients = {total}({inputs})", names, SHOW])


FRAMEWORK = Framework(
    Style(
        Spelling("autograd", TABLE, HELPERS),
        lifted="np.float64({0})",
        arrays="np.array({0}, dtype=float)",
        stacked="np.array({0})",
        as_number="1.0*({0})",
        attributes={"size": "{0}.size"},
    ),
    "autograd np array name z inputs",
    "import autograd\nimport autograd.numpy as np\nimport autograd.scipy.special",
    lambda text, varies: f"np.array({text})" if text[0] == "[" else f"np.float64({text})",
    _call,
)
TARGET = Target("autograd", FRAMEWORK.write)
