"""TensorFlow: the program as a function of tensors, and a GradientTape."""

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
    tf: add sub=subtract mul=multiply div=divide neg=negative square sqrt pow exp sin cos tan asin
    tf: acos atan atan2 sinh cosh tanh asinh acosh atanh lt=less le=less_equal gt=greater
    tf: ge=greater_equal eq=equal ne=not_equal logical_and logical_or logical_not maximum minimum
    tf: sign floor abs where zeros_like ones_like stop_gradient sigmoid identity broadcast_to
    tf.math: reciprocal floordiv mod=floormod divide_no_nan multiply_no_nan squared_difference
    tf.math: rsqrt expm1 log log1p log_sigmoid logical_xor isnan=is_nan isinf=is_inf
    tf.math: isfinite=is_finite ceil rint lgamma digamma erf erfc erfinv erfcinv ndtri
    tf.math: xlog1py xdivy softplus softsign nextafter
    tf.math.special: i0=bessel_i0 i1=bessel_i1 i0e=bessel_i0e i1e=bessel_i1e j0=bessel_j0
    tf.math.special: j1=bessel_j1 expi dawsn spence
    tf.nn: relu relu6 silu l2_loss
    tf.linalg: det logdet slogdet trace expm pinv
    tf.math: betainc zeta gammainc=igamma gammaincc=igammac
    polygamma = tf.math.polygamma(n, x)
    argmax = tf.argmax(x, axis=None)
    argmin = tf.argmin(x, axis=None)
    elu = tf.nn.elu(x)
    clip = tf.clip_by_value(x, lo, hi)
    sum = tf.reduce_sum(x, axis=None, keepdims=False)
    mean = tf.reduce_mean(x, axis=None, keepdims=False)
    prod = tf.reduce_prod(x, axis=None, keepdims=False)
    max = tf.reduce_max(x, axis=None, keepdims=False)
    min = tf.reduce_min(x, axis=None, keepdims=False)
    all = tf.reduce_all(x, axis=None, keepdims=False)
    any = tf.reduce_any(x, axis=None, keepdims=False)
    var = tf.math.reduce_variance(x, axis=None, keepdims=False)
    std = tf.math.reduce_std(x, axis=None, keepdims=False)
    logsumexp = tf.reduce_logsumexp(x, axis=None, keepdims=False)
    softmax = tf.nn.softmax(x, axis=-1)
    log_softmax = tf.nn.log_softmax(x, axis=-1)
    reshape = tf.reshape(x, shape)
    transpose = tf.transpose(x, perm: axes = None)
    expand_dims = tf.expand_dims(x, axis)
    squeeze = tf.squeeze(x, axis=None)
    concat = tf.concat(arrays, axis)
    stack = tf.stack(arrays, axis=0)
    linspace = tf.linspace(start, stop, num)
    sort = tf.sort(x, axis=-1)
    tile = tf.tile(x, reps)
    inv = tf.linalg.inv(a)
    cholesky = tf.linalg.cholesky(a)
    tensordot = tf.tensordot(x, y, axes)
"""


HELPERS = {
    "var_more": """
def var_more(x, axis=None, keepdims=False, ddof=0):
    gaps = x - tf.reduce_mean(x, axis, True)
    count = tf.size(gaps)/tf.size(tf.reduce_mean(x, axis))
    return tf.reduce_sum(gaps**2, axis, keepdims)/(count - ddof)
""",
    "std_more": """
def std_more(x, axis=None, keepdims=False, ddof=0):
    gaps = x - tf.reduce_mean(x, axis, True)
    count = tf.size(gaps)/tf.size(tf.reduce_mean(x, axis))
    return tf.sqrt(tf.reduce_sum(gaps**2, axis, keepdims)/(count - ddof))
""",
    "slopes": """
def slopes(function):
    def at(*inputs):
        inputs = [tf.identity(x) for x in inputs]
        with tf.GradientTape() as tape:
            tape.watch(inputs)
            value = function(*inputs)
        return tape.gradient(value, inputs, unconnected_gradients=tf.UnconnectedGradients.ZERO)

    return at
""",
    **SLOPE,
    "with_rule": """
def with_rule(function, rule):
    return tf.custom_gradient(lambda *inputs: (function(*inputs), lambda dy: rule(*inputs, dy)))
""",
    "zeros": "def zeros(shape):\n    return tf.zeros(shape, tf.float64)",
    "ones": "def ones(shape):\n    return tf.ones(shape, tf.float64)",
    "eye": "def eye(n):\n    return tf.eye(n, dtype=tf.float64)",
    "eigvalsh": """
def eigvalsh(a):
    return tf.linalg.eigvalsh((a + tf.linalg.matrix_transpose(a))/2)
""",
    "svdvals": "def svdvals(a):\n    return tf.linalg.svd(a, compute_uv=False)",
    "median": """
def median(x):
    x = tf.sort(tf.reshape(x, [-1]))
    return (x[(len(x) - 1)//2] + x[len(x)//2])/2
""",
    "cumprod": """
def cumprod(x, axis=None):
    return tf.math.cumprod(tf.reshape(x, [-1]) if axis is None else x, axis or 0)
""",
    "flip": """
def flip(x, axis=None):
    axes = range(x.shape.rank) if axis is None else axis
    return tf.reverse(x, [axes] if isinstance(axes, int) else list(axes))
""",
    "roll": """
def roll(x, shift, axis=None):
    if axis is None:
        return tf.reshape(tf.roll(tf.reshape(x, [-1]), shift, 0), x.shape)
    return tf.roll(x, shift, axis)
""",
    "hstack": """
def hstack(arrays):
    return tf.concat(arrays, 0 if arrays[0].shape.rank == 1 else 1)
""",
    "vstack": """
def vstack(arrays):
    return tf.concat([tf.reshape(x, [-1, x.shape[-1]]) for x in arrays], 0)
""",
    "cbrt": "def cbrt(x):\n    return tf.sign(x)*tf.abs(x)**(1/3)",
    "log2": "def log2(x):\n    return tf.math.log(x)/math.log(2)",
    "log10": "def log10(x):\n    return tf.math.log(x)/math.log(10)",
    "logaddexp": """
def logaddexp(x, y):
    return tf.maximum(x, y) + tf.math.log1p(tf.exp(-tf.abs(x - y)))
""",
    "diag": """
def diag(x):
    return tf.linalg.diag(x) if len(x.shape) < 2 else tf.linalg.diag_part(x)
""",
    "round": "def round(x):\n    return tf.math.rint(x)",
    "solve": """
def solve(a, b):
    if len(a.shape) > len(b.shape):
        return tf.linalg.solve(a, b[..., None])[..., 0]
    return tf.linalg.solve(a, b)
""",
    "matmul": """
def matmul(x, y):
    if min(len(x.shape), len(y.shape)) < 2:
        return tf.tensordot(x, y, 1)
    return tf.matmul(x, y)
""",
    "pad": """
def pad(x, width):
    return tf.pad(x, [width]*len(x.shape))
""",
    "norm": """
def norm(x, ord=None, axis=None, keepdims=False):
    if ord is not None and axis is None and len(x.shape) == 2:
        axis = [0, 1]
    return tf.norm(x, ord or "euclidean", axis, keepdims)
""",
    "cumsum": """
def cumsum(x, axis=None):
    return tf.cumsum(tf.reshape(x, [-1])) if axis is None else tf.cumsum(x, axis)
""",
    "tril": "def tril(x):\n    return tf.linalg.band_part(x, -1, 0)",
    "triu": "def triu(x):\n    return tf.linalg.band_part(x, 0, -1)",
    "ravel": "def ravel(x):\n    return tf.reshape(x, [-1])",
    "einsum": "def einsum(spec, arrays):\n    return tf.einsum(spec, *arrays)",
}


def _call(call: Call) -> str:
    zero = ", unconnected_gradients=tf.UnconnectedGradients.ZERO" * bool(call.unconnected)
    by = f"[{', '.join(call.by.values())}]"
    return f"""with tf.GradientTape() as tape:
    value = {call.called}
gradients = tape.gradient(value, {by}{zero})
grads = dict(zip([{call.names()}], gradients))
for name, array in [("value", value), *grads.items()]:
    numbers = tf.reshape(array, [-1]).numpy().tolist()
    print(name, *(repr(z).removesuffix(".0") for z in numbers), sep="\\t")"""


def _value(text: str, varies: bool) -> str:
    return f"tf.{'Variable' if varies else 'constant'}({text}, dtype=tf.float64)"


FRAMEWORK = Framework(
    Style(
        Spelling("TensorFlow", TABLE, HELPERS),
        lifted="tf.constant({0}, tf.float64)",
        arrays="tf.constant({0}, tf.float64)",
        stacked="tf.stack({0})",
        as_number="tf.cast({0}, tf.float64)",
        matmul="matmul",
        attributes={
            "T": "tf.transpose({0})",
            "mT": "tf.linalg.matrix_transpose({0})",
            "size": "math.prod({0}.shape)",
            "ndim": "len({0}.shape)",
            "len": "{0}.shape[0]",
        },
        picks="tf.gather({0}, {1})",
        differs=EDGES,
    ),
    "tf tape array name numbers z",
    "import tensorflow as tf",
    _value,
    _call,
)
TARGET = Target("TensorFlow", FRAMEWORK.write)
