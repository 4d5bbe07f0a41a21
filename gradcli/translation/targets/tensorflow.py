"""TensorFlow: the program as a function of tensors, and a GradientTape."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gradcli.translation.framework import Framework
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
    tf.math: isfinite=is_finite ceil rint lgamma digamma erf erfc erfinv erfcinv ndtri xlogy
    tf.math: xlog1py xdivy softplus softsign nextafter
    tf.math.special: i0=bessel_i0 i1=bessel_i1 i0e=bessel_i0e i1e=bessel_i1e j0=bessel_j0
    tf.math.special: j1=bessel_j1 expi dawsn spence
    tf.nn: relu relu6 selu silu l2_loss
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
    transpose = tf.transpose(x, axes=None)
    expand_dims = tf.expand_dims(x, axis)
    squeeze = tf.squeeze(x, axis=None)
    concat = tf.concat(arrays, axis)
    stack = tf.stack(arrays, axis=0)
    sort = tf.sort(x, axis=-1)
    tile = tf.tile(x, reps)
    inv = tf.linalg.inv(a)
    cholesky = tf.linalg.cholesky(a)
    tensordot = tf.tensordot(x, y, axes)
"""


HELPERS = {
    "sind": "def sind(x):\n    return tf.sin(x*(math.pi/180))",
    "cosd": "def cosd(x):\n    return tf.cos(x*(math.pi/180))",
    "ndtr": "def ndtr(x):\n    return tf.math.erfc(-x*math.sqrt(0.5))/2",
    "logit": "def logit(x):\n    return tf.math.log(x/(1 - x))",
    "beta": """
def beta(x, y):
    return tf.exp(tf.math.lgamma(x) + tf.math.lgamma(y) - tf.math.lgamma(x + y))
""",
    "zeros": "def zeros(shape):\n    return tf.zeros(shape, tf.float64)",
    "ones": "def ones(shape):\n    return tf.ones(shape, tf.float64)",
    "eye": "def eye(n):\n    return tf.eye(n, dtype=tf.float64)",
    "eigvalsh": """
def eigvalsh(a):
    return tf.linalg.eigvalsh((a + tf.linalg.matrix_transpose(a))/2)
""",
    "layer_norm": """
def layer_norm(x, eps=1e-05):
    x = x - tf.reduce_mean(x, -1, keepdims=True)
    return x/tf.sqrt(tf.reduce_mean(x**2, -1, keepdims=True) + eps)
""",
    "svdvals": "def svdvals(a):\n    return tf.linalg.svd(a, compute_uv=False)",
    "kl_divergence": """
def kl_divergence(labels, predictions):
    return tf.reduce_sum(labels*tf.math.log(labels/predictions), -1)
""",
    "norm_pdf": """
def norm_pdf(x, loc=0.0, scale=1.0):
    return tf.exp(-((x - loc)/scale)**2/2)/(scale*math.sqrt(2*math.pi))
""",
    "trapezoid": """
def trapezoid(y, x):
    return tf.reduce_sum((y[1:] + y[:-1])*(x[1:] - x[:-1]))/2
""",
    "polyval": """
def polyval(p, x):
    total = 0*x
    for c in p:
        total = total*x + c
    return total
""",
    "median": """
def median(x):
    x = tf.sort(tf.reshape(x, [-1]))
    return (x[(len(x) - 1)//2] + x[len(x)//2])/2
""",
    "cross": "def cross(x, y):\n    return tf.linalg.cross(x, y)",
    "deg2rad": "def deg2rad(x):\n    return x*(math.pi/180)",
    "rad2deg": "def rad2deg(x):\n    return x*(180/math.pi)",
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
    "cube": "def cube(x):\n    return x**3",
    "cbrt": "def cbrt(x):\n    return tf.sign(x)*tf.abs(x)**(1/3)",
    "hypot": "def hypot(x, y):\n    return tf.sqrt(x**2 + y**2)",
    "log2": "def log2(x):\n    return tf.math.log(x)/math.log(2)",
    "log10": "def log10(x):\n    return tf.math.log(x)/math.log(10)",
    "exp2": "def exp2(x):\n    return tf.exp(x*math.log(2))",
    "logaddexp": """
def logaddexp(x, y):
    return tf.maximum(x, y) + tf.math.log1p(tf.exp(-tf.abs(x - y)))
""",
    "sinc": """
def sinc(x):
    y = math.pi*tf.where(x == 0, tf.ones_like(x), x)
    return tf.where(x == 0, tf.ones_like(x), tf.sin(y)/y)
""",
    "sec": "def sec(x):\n    return 1/tf.cos(x)",
    "csc": "def csc(x):\n    return 1/tf.sin(x)",
    "cot": "def cot(x):\n    return 1/tf.tan(x)",
    "gamma": "def gamma(x):\n    return tf.exp(tf.math.lgamma(x))",
    "mish": "def mish(x):\n    return x*tf.tanh(tf.math.softplus(x))",
    "tanhshrink": "def tanhshrink(x):\n    return x - tf.tanh(x)",
    "hard_sigmoid": "def hard_sigmoid(x):\n    return tf.clip_by_value(x/6 + 0.5, 0, 1)",
    "mse": "def mse(x, y):\n    return tf.reduce_mean((x - y)**2)",
    "mae": "def mae(x, y):\n    return tf.reduce_mean(tf.abs(x - y))",
    "diag": """
def diag(x):
    return tf.linalg.diag(x) if len(x.shape) < 2 else tf.linalg.diag_part(x)
""",
    "leaky_relu": """
def leaky_relu(x, alpha=0.01):
    return tf.where(x > 0, x, alpha*x)
""",
    "huber": """
def huber(x, y):
    size = tf.abs(x - y)
    return tf.reduce_mean(tf.where(size < 1, size**2/2, size - 0.5))
""",
    "binary_cross_entropy": """
def binary_cross_entropy(x, target):
    return -tf.reduce_mean(target*tf.math.log(x) + (1 - target)*tf.math.log(1 - x))
""",
    "round": "def round(x):\n    return tf.math.rint(x)",
    "gelu": """
def gelu(x):
    return x*tf.math.erfc(-x*math.sqrt(0.5))/2
""",
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
    "dot": "def dot(x, y):\n    return tf.tensordot(x, y, 1)",
    "inner": "def inner(x, y):\n    return tf.reduce_sum(x*y)",
    "outer": "def outer(x, y):\n    return tf.tensordot(x, y, 0)",
    "cumsum": """
def cumsum(x, axis=None):
    return tf.cumsum(tf.reshape(x, [-1])) if axis is None else tf.cumsum(x, axis)
""",
    "tril": "def tril(x):\n    return tf.linalg.band_part(x, -1, 0)",
    "triu": "def triu(x):\n    return tf.linalg.band_part(x, 0, -1)",
    "diff": "def diff(x):\n    return x[..., 1:] - x[..., :-1]",
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
for name, array in {{"value": value, **grads}}.items():
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
    ),
    "tf tape array name numbers z",
    "import tensorflow as tf",
    _value,
    _call,
)
TARGET = Target("TensorFlow", FRAMEWORK.write)
