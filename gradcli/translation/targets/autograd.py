"""autograd: the program as a function of NumPy's arrays, and `value_and_grad`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gradcli.translation.definitions import EDGES
from gradcli.translation.framework import Framework
from gradcli.translation.shared_helpers import SLOPE, shared_helpers
from gradcli.translation.spelling import Spelling
from gradcli.translation.style import Style
from gradcli.translation.target import Target
from gradcli.translation.targets.jax import ARRAYS

if TYPE_CHECKING:
    from gradcli.translation.framework import Call

TABLE = (
    ARRAYS.format("np")
    + """
    np: zeros_like ones_like
    autograd.scipy.special: erf erfc erfinv lgamma=gammaln digamma=psi gamma i0 i1 j0 j1 y0 y1
    autograd.scipy.special: betaln beta logit sigmoid=expit
    polygamma = autograd.scipy.special.polygamma(n, x)
    pinv = np.linalg.pinv(a)
    logsumexp = autograd.scipy.special.logsumexp(a, axis=None, b: weights = None, keepdims=False)
    diff = np.diff(a, n=1, axis=-1)
    cross = np.cross(x, y, *, axis=-1)
"""
)

HELPERS = {
    "sort": """
def sort(x):
    return np.sort(x) if x.ndim < 2 else np.stack([sort(row) for row in x])
""",
    "slopes": """
def slopes(function):
    total = lambda *inputs: np.sum(function(*inputs))
    return lambda *inputs: autograd.grad(total, tuple(range(len(inputs))))(*inputs)
""",
    **SLOPE,
    "with_rule": """
def with_rule(function, rule):
    slope = lambda i, answer, inputs, options: lambda dy: rule(*inputs, dy)[i]
    function = autograd.extend.primitive(function)
    autograd.extend.defvjp_argnum(function, slope)
    return function
""",
    "flip": """
def flip(x, axis=None):
    axes = range(x.ndim) if axis is None else np.ravel(axis) % x.ndim
    return x[tuple(slice(None, None, -1 if i in axes else 1) for i in range(x.ndim))]
""",
    **shared_helpers("np"),
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
    "cbrt": "def cbrt(x):\n    return np.sign(x)*np.abs(x)**(1/3)",
    "pad": "def pad(x, width):\n    return np.pad(x, width, 'constant')",
    "stop_gradient": "def stop_gradient(x):\n    return autograd.tracer.getval(x)",
    "softplus": "def softplus(x):\n    return np.logaddexp(x, 0.0)",
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

SHOW = """for name, array in [("value", value), *grads.items()]:
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
        differs=EDGES,
    ),
    "autograd np array name z inputs",
    "import autograd\nimport autograd.numpy as np\nimport autograd.scipy.special",
    lambda text, varies: f"np.array({text})" if text[0] == "[" else f"np.float64({text})",
    _call,
)
TARGET = Target("autograd", FRAMEWORK.write)
