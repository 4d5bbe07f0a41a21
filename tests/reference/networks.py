"""What the functions of neural networks are: activations, layers, losses."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from tests.reference.words import (
    Call,
    call,
    each,
    exp,
    log,
    mean,
    mp,
    number,
    relu,
    sigmoid,
    softmax,
    softplus,
    sqrt,
    var,
)

if TYPE_CHECKING:
    from collections.abc import Callable


HALF = mp.mpf(1) / 2


def log_softmax(x: Any) -> Any:
    """log(softmax) of rows."""
    return log(softmax(x))


def held(x: Any, low: Any = -1, high: Any = 1) -> Any:
    """x between two bounds."""
    return min(max(x, mp.mpf(low)), mp.mpf(high))


def shrunk(x: Any, size: Any) -> Any:
    """x where it is larger than a size, else 0."""
    return x if abs(x) > size else mp.zero


def sparse_plus(x: Any) -> Any:
    """0, a parabola, x."""
    return mp.zero if x <= -1 else x if x >= 1 else (x + 1) ** 2 / 4


ELEMENTWISE: dict[str, Callable[..., Any]] = {
    # arithmetic
    "divide_no_nan": lambda x, y: x / y,
    "multiply_no_nan": lambda x, y: x * y,
    "fmod": lambda x, y: x - y * mp.sign(x / y) * mp.floor(abs(x / y)),
    "ldexp": lambda x, y: x * mp.mpf(2) ** y,
    # exponentials and logarithms
    "logaddexp2": lambda x, y: mp.log(mp.mpf(2) ** x + mp.mpf(2) ** y, 2),
    "logsubexp": lambda x, y: mp.log(mp.exp(x) - mp.exp(y)),
    "log1mexp": lambda x: mp.log(1 - mp.exp(-abs(x))),
    # selection
    "fmax": max,
    "fmin": min,
    "nextafter": lambda x, y: x,
    "frac": lambda x: mp.sign(x) * (abs(x) - mp.floor(abs(x))),
    "nan_to_num": lambda x: x,
    # activations
    "prelu": lambda x, y: x if x > 0 else x * y,
    "celu": lambda x: x if x > 0 else mp.expm1(x),
    "squareplus": lambda x: (x + mp.sqrt(x * x + 4)) / 2,
    "sparse_plus": sparse_plus,
    "sparse_sigmoid": lambda x: held((x + 1) / 2, 0, 1),
    "hard_tanh": held,
    "hard_swish": lambda x: x * held(x / 6 + HALF, 0, 1),
    "tanhshrink": lambda x: x - mp.tanh(x),
    "softshrink": lambda x: shrunk(x, HALF) - HALF * mp.sign(shrunk(x, HALF)),
    "hardshrink": lambda x: shrunk(x, HALF),
}

ELSEWHERE: dict[str, Callable[..., Any]] = {
    "fmod(x, -2)": lambda x: x - 2 * mp.sign(x) * mp.floor(abs(x) / 2),
    "log1mexp(50*x)": lambda x: mp.log(1 - mp.exp(-50 * abs(x))),
    "log1mexp(1e-9*x)": lambda x: mp.log(-mp.expm1(-abs(x) * mp.mpf(1e-9))),
    "tanhshrink(1e-3*x)": lambda x: x * mp.mpf(1e-3) - mp.tanh(x * mp.mpf(1e-3)),
    "squareplus(-1e6*abs(x))": lambda x: (mp.sqrt(10**12 * x * x + 4) - 10**6 * abs(x)) / 2,
    "softsign(1e9*x)": lambda x: 10**9 * x / (1 + 10**9 * abs(x)),
    "logaddexp2(x, 15*y)": lambda x, y: mp.log(mp.mpf(2) ** x + mp.mpf(2) ** (15 * y), 2),
}

DOMAINS: dict[str, Any] = {
    "clipped_logit": ((-0.2, 1.2), (0.1, 0.3)),
    "scaled_dot_product_attention": ((-1.0, 1.0),) * 3,
    "dot_product_attention": ((-1.0, 1.0),) * 3,
    "log1mexp(50*x)": ((-0.9, -0.05),),
    "gaussian_nll(x, y, z)": ((-3.0, 3.0), (-3.0, 3.0), (0.5, 2.0)),
    "batch_norm(x, y, z, 2, 3)": ((-3.0, 3.0), (-3.0, 3.0), (0.5, 2.0)),
}


def total(x: Any, axis: Any = None) -> Any:
    """The sum over an axis, kept."""
    return np.sum(x, axis=axis, keepdims=True)


def standard(x: Any, axis: Any, epsilon: float = 1e-5) -> Any:
    """x less its mean over the root of its variance."""
    return (x - mean(x, axis, True)) / sqrt(var(x, axis, True) + mp.mpf(epsilon))


def unit(x: Any, axis: Any = -1) -> Any:
    """x over its norm."""
    return x / sqrt(total(x * x, axis))


def neighbours(x: Any, before: int, after: int) -> Any:
    """The sums of squares over neighbours on the last axis."""
    n = x.shape[-1]
    parts = [(x[..., max(i - before, 0) : i + after + 1] ** 2).sum(-1) for i in range(n)]
    return np.stack(parts, -1)


def of_logits(labels: Any, logits: Any) -> Any:
    """The cross entropy of labels and logits, of each element."""
    return labels * each(softplus)(-logits) + (1 - labels) * each(softplus)(logits)


def of_chances(labels: Any, chances: Any) -> Any:
    """The cross entropy of labels and probabilities, of each element."""
    return -(labels * log(chances) + (1 - labels) * log(1 - chances))


def huber(x: Any, y: Any, delta: Any = 1) -> Any:
    """Half the squared difference up to delta, and from there on linear."""
    d = abs(x - y)
    return d * d / 2 if d <= delta else delta * (d - mp.mpf(delta) / 2)


def unwrapped(x: Any) -> Any:
    """NumPy's unwrap of the same numbers, without its rounding."""
    plain = x.astype(float)
    turns = np.round((np.unwrap(plain) - plain) / (2 * np.pi))
    return x + number(turns) * mp.mpf(2 * np.pi)


def by_norm(x: Any, limit: Any, axis: Any = None) -> Any:
    """x scaled down to a norm."""
    size = sqrt(total(x * x, axis))
    return np.where(size > limit, x * limit / size, x)


MASK = np.random.default_rng(3).random((2, 3)) >= 0.25

ROWS = np.array([[0.25, 0.75, 0], [1, 0, 0]])

SIGNS = np.array([1, -1, 1])

SHARES = np.array([0.2, 0.5, 0.3])

# fmt: off
CALLS: list[Call] = [
    # arithmetic
    call("lerp(x, y, z)", lambda x, y, z: x + z * (y - x), x=(3,), y=(3,), z=()),
    call("addcmul(x, y, z, 2)", lambda x, y, z: x + 2 * y * z, x=(3,), y=(2, 1), z=(3,)),
    call("addcdiv(x, y, z, 2)", lambda x, y, z: x + 2 * y / z, x=(3,), y=(2, 1), z=(3,)),
    call("add_scaled(x, y, 2)", lambda x, y: x + 2 * y, x=(3,), y=(3,)),
    call("sub_scaled(x, y, 2)", lambda x, y: x - 2 * y, x=(3,), y=(3,)),
    call("div_rounded(x, 2)", lambda x: x / 2, x=(3,)),
    call("rsub(x, y, 2)", lambda x, y: y - 2 * x, x=(3,), y=(3,)),
    call("step_or_line(x, y)", each(lambda x, y: mp.one if x > 0 else x * y), x=(4,), y=()),
    # scans
    call("cumlogsumexp(x)", lambda x: log(np.cumsum(exp(x))), x=(5,)),
    call("cumlogsumexp(x, axis=1, reverse=true)",
         lambda x: log(np.cumsum(exp(x[:, ::-1]), 1)[:, ::-1]), x=(2, 3)),
    call("cumlogsumexp(x, exclusive=true)[1:]",
         lambda x: log(np.cumsum(exp(x))[:-1]), x=(4,)),
    call("unwrap(3*x)", lambda x: unwrapped(3 * x), x=(6,)),
    # selection
    call("select((x > 1, x > 0), (y, 2*x), z)",
         each(lambda x, y, z: y if x > 1 else 2 * x if x > 0 else z), x=(5,), y=(), z=()),
    call("piecewise(x, (x < 0, x > 1), (-x, x^2, 3))",
         each(lambda x: -x if x < 0 else x * x if x > 1 else mp.mpf(3)), x=(5,)),
    call("Piecewise((x^2, x > 0), (y, x > -9))", each(lambda x, y: x * x if x > 0 else y),
         x=(), y=()),
    call("clamp_between(-1, x, 1)", each(held), x=(5,)),
    call('cast(3*x, "int32")', each(lambda x: mp.sign(x) * mp.floor(abs(3 * x))), x=(5,)),
    call("clip_by_norm(x, 1)", lambda x: by_norm(x, 1), x=(3,)),
    call("clip_by_norm(x, 2, axes=1)", lambda x: by_norm(x, 2, 1), x=(3, 2)),
    call("clip_by_global_norm((x, y), 1)[0][1]",
         lambda x, y: y / sqrt((x * x).sum() + (y * y).sum()), x=(3,), y=(2,)),
    # activations
    call("silu(x, y)", each(lambda x, y: x * sigmoid(x * y)), x=(3,), y=()),
    call("keras_relu(x, y)", each(lambda x, y: x if x >= 0 else x * y), x=(5,), y=()),
    call("keras_relu(x, 0.5, 1, y)",
         each(lambda x, y: min(x, mp.one) if x >= y else (x - y) / 2), x=(5,), y=()),
    call("bias_add(x, y)", lambda x, y: x + y, x=(2, 2, 3), y=(3,)),
    call('bias_add(x, y, "NCHW")', lambda x, y: x + y[:, None], x=(1, 2, 3), y=(2,)),
    call("crelu(x)", lambda x: np.concatenate((each(relu)(x), each(relu)(-x)), -1), x=(2, 3)),
    call("celu(x, 2)", each(lambda x: x if x > 0 else 2 * mp.expm1(x / 2)), x=(4,)),
    call("softplus(x, 3)", each(lambda x: softplus(3 * x) / 3), x=(4,)),
    call("squareplus(x, 1)", lambda x: (x + sqrt(x * x + 1)) / 2, x=(4,)),
    call("glu(x, axis=0)", lambda x: x[:2] * each(sigmoid)(x[2:]), x=(4, 2)),
    call("hard_tanh(x, -2, 0)", each(lambda x: held(x, -2, 0)), x=(4,)),
    call("softshrink(x, y)", each(lambda x, y: shrunk(x, y) - y * mp.sign(shrunk(x, y))),
         x=(4,), y=()),
    call("hardshrink(x, 1)", each(lambda x: shrunk(x, 1)), x=(4,)),
    # normalisation
    call("l2_normalize(x)", lambda x: unit(x, None), x=(3,)),
    call("normalize(x)", unit, x=(2, 2)),
    call("normalize(x, 1)", lambda x: x / total(abs(x), -1), x=(2, 2)),
    call("standardize(x)", lambda x: standard(x, -1), x=(2, 3)),
    call("layer_norm(x, (2, 2), y, y)", lambda x, y: standard(x, (1, 2)) * y + y,
         x=(2, 2, 2), y=(2,)),
    call("rms_norm(x, weight=y, eps=0.01)",
         lambda x, y: x * y / sqrt(mean(x * x, -1, True) + mp.mpf(0.01)), x=(2, 3), y=(3,)),
    call("group_norm(x, 2, y)", lambda x, y: standard(
        x.reshape(1, 2, 4), 2).reshape(1, 4, 2) * y[:, None], x=(1, 4, 2), y=(4,)),
    call("instance_norm(x)", lambda x: standard(x, 2), x=(1, 2, 3)),
    call("batch_norm(x, y, z, 2, 3)",
         lambda x, y, z: 3 * (x - y) / sqrt(z + mp.mpf(0.001)) + 2, x=(2, 2), y=(2,), z=(2,)),
    call("batch_norm_channels(x, training=true)", lambda x: standard(x, (0, 2)), x=(2, 2, 2)),
    call("fused_batch_norm(x, y, y)[0]", lambda x, y: standard(x, 0, 0.001) * y + y,
         x=(3, 2), y=(2,)),
    call("fused_batch_norm(x, y, y, 2, 3, 0.5)[0]",
         lambda x, y: (x - 2) / sqrt(mp.mpf(3.5)) * y + y, x=(2, 2), y=(2,)),
    call("local_response_normalization(x, 1, 2, 0.5)",
         lambda x: x / sqrt(2 + neighbours(x, 1, 1) / 2), x=(2, 4)),
    call("local_response_normalization(x, 1, 2, beta=0.75)",
         lambda x: x / each(mp.power)(2 + neighbours(x, 1, 1), mp.mpf(0.75)), x=(2, 3)),
    call("local_response_norm(x, 2, 0.5)",
         lambda x: x / each(mp.power)(1 + neighbours(x, 1, 0) / 4, mp.mpf(0.75)), x=(2, 3)),
    call("clipped_logit(x, y)",
         each(lambda x, y: mp.log(held(x, y, 1 - y) / (1 - held(x, y, 1 - y)))), x=(6,), y=()),
    call("isclose(x, 1, 0.5, 0.25)", lambda x: abs(x - 1) <= mp.mpf(0.75), x=(6,)),
    call("allclose(x, 0, 0, 2.75)", lambda x: np.array(max(abs(x)) <= 2.75), x=(3,)),
    call("gumbel_softmax(x, 2, seed=1)",
         lambda x: softmax((x + number(-np.log(np.random.default_rng(1).exponential(size=4)))) / 2),
         x=(4,)),
    call("gumbel_softmax(x, 2, 0, seed=1)",
         lambda x: softmax((x + number(-np.log(np.random.default_rng(1).exponential(
             size=(2, 3))))) / 2, 0), x=(2, 3)),
    call("soft_margin_loss(x, y)", lambda x, y: mean(each(softplus)(-x * y)), x=(3,), y=(3,)),
    call("margin_ranking_loss(x, y, [1, -1, 1], 9)",
         lambda x, y: mean(9 - SIGNS * (x - y)), x=(3,), y=(3,)),
    call('multi_margin_loss(x, [2, 0], 2, 9, [1, 2, 3], "none")',
         lambda x: np.array([3 * sum((9 - x[0, 2] + x[0, :2]) ** 2) / 3,
                             sum((9 - x[1, 0] + x[1, 1:]) ** 2) / 3]), x=(2, 3)),
    call("multilabel_margin_loss(x, [3, 0, -1, 2])",
         lambda x: sum(max(1 - x[i] + x[j], mp.zero) for i in (3, 0) for j in (1, 2)) / 4,
         x=(4,)),
    call('multilabel_soft_margin_loss(x, [[0, 1, 1], [1, 0, 0]], y, "sum")',
         lambda x, y: np.sum(of_logits(np.array([[0, 1, 1], [1, 0, 0]]), x) * y) / 3,
         x=(2, 3), y=(3,)),
    call("triplet_margin_loss(x, y, z, 9, eps=0.25)",
         lambda x, y, z: mean(9 + sqrt(np.sum((x - y + 0.25) ** 2, -1))
                              - sqrt(np.sum((x - z + 0.25) ** 2, -1))),
         x=(2, 3), y=(2, 3), z=(3,)),
    call("triplet_margin_loss(x, y, z, 9, 1, 0, true)",
         lambda x, y, z: 9 + sum(abs(x - y)) - min(sum(abs(x - z)), sum(abs(y - z))),
         x=(3,), y=(3,), z=(3,)),
    call("threshold(x, 0.5, y)", lambda x, y: np.where(x > mp.mpf(0.5), x, y), x=(4,), y=()),
    call("prelu(x, y, channels=true)", lambda x, y: np.where(x > 0, x, x * y[:, None]),
         x=(2, 3, 2), y=(3,)),
    call("dot_product_attention(x, y, z, scale=2)",
         lambda x, y, z: np.stack([softmax(2 * x[:, h] @ y[:, h].T) @ z[:, h] for h in (0, 1)], 1),
         x=(2, 2, 3), y=(3, 2, 3), z=(3, 2, 1)),
    call("dot_product_attention(x, y, y, mask=[[true, true, false]])",
         lambda x, y: softmax(x[:, 0] @ y[:2, 0].T / sqrt(mp.mpf(2)))[:, None] @ y[:2, 0],
         x=(2, 1, 2), y=(3, 1, 2)),
    call("scaled_dot_product_attention(x, y, z)",
         lambda x, y, z: softmax(x @ y.swapaxes(-1, -2) / sqrt(mp.mpf(3))) @ z,
         x=(2, 2, 3), y=(2, 4, 3), z=(4, 2)),
    call("scaled_dot_product_attention(x, y, z, is_causal=true, scale=2)",
         lambda x, y, z: np.stack([z[0], softmax(2 * x[1] @ y.T) @ z]), x=(2, 3), y=(2, 3),
         z=(2, 2)),
    call("scaled_dot_product_attention(x, y, y, [[true, false], [false, false]])",
         lambda x, y: np.stack([y[0], 0 * y[1]]), x=(2, 2), y=(2, 2)),
    call("dropout(x, 0.25, seed=3)", lambda x: np.where(MASK, x * 4 / 3, mp.zero), x=(2, 3)),
    call("dropout(x, 0.25, (2, 1), seed=3)",
         lambda x: np.where(MASK.ravel()[:2, None], x * 4 / 3, mp.zero), x=(2, 3)),
    call("embedding([2, 0], x)", lambda x: x[[2, 0]], x=(3, 2)),
    call("linear(x, y, z)", lambda x, y, z: x @ y.T + z, x=(2, 3), y=(2, 3), z=(2,)),
    call("dense(x, y, z)", lambda x, y, z: x @ y + z, x=(2, 3), y=(3, 2), z=(2,)),
    call("bilinear(x, y, z)", lambda x, y, z: np.einsum("ni,oij,nj->no", x, z, y),
         x=(2, 2), y=(2, 3), z=(2, 2, 3)),
    # losses
    call("weighted_loss(x, [1, 0, 2])", lambda x: (x[0] + 2 * x[2]) / 2, x=(3,)),
    call('weighted_loss(x, [1, 0, 2], "mean")', lambda x: (x[0] + 2 * x[2]) / 3, x=(3,)),
    call("mse(x, y)", lambda x, y: mean((x - y) ** 2), x=(2, 2), y=(2, 2)),
    call('mse(x, y, reduction="rows")', lambda x, y: mean((x - y) ** 2, -1), x=(2, 2), y=(2, 2)),
    call("mse(x, y, [1, 3])", lambda x, y: ((x - y) ** 2 * [1, 3]).sum() / 4, x=(2,), y=(2,)),
    call('mae(x, y, reduction="sum")', lambda x, y: abs(x - y).sum(), x=(3,), y=(3,)),
    call("huber(x, y)", lambda x, y: mean(each(huber)(x, y)), x=(4,), y=(4,)),
    call("huber(x, y, [1, 3])", lambda x, y: each(huber)(x, y) @ [1, 3] / 4, x=(2,), y=(2,)),
    call('smooth_l1(x, y, z, reduction="sum")', lambda x, y, z: (each(huber)(x, y) * z).sum(),
         x=(3,), y=(3,), z=(3,)),
    call("smooth_l1(x, y, beta=2)", lambda x, y: mean(each(lambda x, y: huber(x, y, 2) / 2)(x, y)),
         x=(4,), y=(4,)),
    call("log_cosh(x, y)", lambda x, y: log(each(mp.cosh)(x - y)), x=(3,), y=(3,)),
    call("cosine_distance(x, y)", lambda x, y: mean(1 - (x * y).sum(-1)), x=(2, 3), y=(2, 3)),
    call("log_cosh(x, y, z)", lambda x, y, z: log(each(mp.cosh)(x - y)) * z,
         x=(3,), y=(3,), z=(3,)),
    call("cosine_distance(x, y, 0)", lambda x, y: mean(1 - (x * y).sum(0)), x=(2, 3), y=(2, 3)),
    call('cosine_distance(x, y, weights=z, reduction="none")',
         lambda x, y, z: z * (1 - (x * y).sum(-1, keepdims=True)), x=(2, 3), y=(2, 3), z=(2, 1)),
    call("cosine_embedding_loss(x, y, [1, 1])",
         lambda x, y: mean(1 - (unit(x) * unit(y)).sum(-1)), x=(2, 3), y=(2, 3)),
    call("hinge([0, 1, 1], x)",
         lambda x: mean(each(relu)(1 - np.array([-1, 1, 1]) * x)), x=(3,)),
    call("squared_hinge([-1, 1, 1], x)",
         lambda x: mean(each(relu)(1 - np.array([-1, 1, 1]) * x) ** 2), x=(3,)),
    call("hinge([0, 1], x, [1, 3])",
         lambda x: (relu(1 + x[0]) + 3 * relu(1 - x[1])) / 4, x=(2,)),
    call('squared_hinge([0, 1], x, y, "none")',
         lambda x, y: each(relu)(1 + [1, -1] * x) ** 2 * y, x=(2,), y=(2,)),
    call("hinge_embedding_loss(x, [1, -1])", lambda x: (x[0] + relu(1 - x[1])) / 2, x=(2,)),
    call("binary_cross_entropy(x, y)", lambda x, y: mean(of_chances(y, x)), x=(3,), y=(3,)),
    call("categorical_crossentropy(x, y^2 + 1)",
         lambda x, y: -(x * log((y**2 + 1) / (y**2 + 1).sum(-1, keepdims=True))).sum(-1),
         x=(2, 3), y=(2, 3)),
    call("categorical_crossentropy(x, y, true, 0.3)",
         lambda x, y: -((x * (1 - mp.mpf(0.3)) + mp.mpf(0.3) / 3) * log_softmax(y)).sum(-1),
         x=(2, 3), y=(2, 3)),
    call("poisson_loss(x, exp(y))", lambda x, y: mean(exp(y) - x * log(exp(y) + mp.mpf(1e-7))),
         x=(3,), y=(3,)),
    call("binary_crossentropy(x, y)", lambda x, y: mean(of_chances(x, y)), x=(3,), y=(3,)),
    call("binary_crossentropy(x, y, from_logits=true)", lambda x, y: mean(of_logits(x, y)),
         x=(3,), y=(3,)),
    call("log_loss(x, y, epsilon=0)", lambda x, y: mean(of_chances(x, y)), x=(3,), y=(3,)),
    call('log_loss(x, y, [1, 3], 0.5, "sum")',
         lambda x, y: -(x * log(y + HALF) + (1 - x) * log(1 - y + HALF)) @ [1, 3],
         x=(2,), y=(2,)),
    call('sigmoid_cross_entropy(x, y, [1, 3], 0.25, "mean")',
         lambda x, y: of_logits(x * 3 / 4 + mp.one / 8, y) @ [1, 3] / 4, x=(2,), y=(2,)),
    call("sigmoid_cross_entropy(x, y)", of_logits, x=(3,), y=(3,)),
    call("weighted_cross_entropy_with_logits(x, y, 1)", of_logits, x=(3,), y=(3,)),
    call("binary_cross_entropy_with_logits(x, y)", lambda x, y: mean(of_logits(y, x)),
         x=(3,), y=(3,)),
    call("softmax_cross_entropy(x, y)", lambda x, y: -(x * log_softmax(y)).sum(-1),
         x=(2, 3), y=(2, 3)),
    call('softmax_cross_entropy(x, y, [1, 3], 0.25, "mean")',
         lambda x, y: -((x * 3 / 4 + mp.one / 8) * log_softmax(y)).sum(-1) @ [1, 3] / 4,
         x=(2, 2), y=(2, 2)),
    call('sparse_softmax_cross_entropy([1, 0], x, "sum")',
         lambda x: -log_softmax(x)[[0, 1], [1, 0]].sum(), x=(2, 2)),
    call("softmax_cross_entropy([[0.25, 0.75, 0], [1, 0, 0]], x)",
         lambda x: -(number(ROWS) * log_softmax(x)).sum(-1), x=(2, 3)),
    call("sparse_softmax_cross_entropy([2, 0], x)",
         lambda x: -log_softmax(x)[[0, 1], [2, 0]], x=(2, 3)),
    call("nll_loss(x, [2, 0])", lambda x: -(x[0, 2] + x[1, 0]) / 2, x=(2, 3)),
    call("nll_loss(x, [2, -100, 0], [1, 2, 3])", lambda x: -(3 * x[0, 2] + x[2, 0]) / 4,
         x=(3, 3)),
    call("cross_entropy(x, target=[2, 0])",
         lambda x: -log_softmax(x)[[0, 1], [2, 0]].sum() / 2, x=(2, 3)),
    call("kl_divergence(x, y)", lambda x, y: (x * log(x / y)).sum(-1), x=(2, 3), y=(2, 3)),
    call("kl_divergence(x, y, axis=0)", lambda x, y: (x * log(x / y)).sum(0),
         x=(2, 3), y=(2, 3)),
    call("kl_div_loss(x, [0.2, 0.5, 0.3])",
         lambda x: mean(number(SHARES) * (log(number(SHARES)) - x)), x=(3,)),
    call("poisson_nll(x, y)", lambda x, y: mean(exp(x) - y * x), x=(3,), y=(3,)),
    call("log_poisson_loss(x, y)", lambda x, y: exp(y) - y * x, x=(3,), y=(3,)),
    call("gaussian_nll(x, y, z)", lambda x, y, z: mean(log(z) + (x - y) ** 2 / z) / 2,
         x=(3,), y=(3,), z=(3,)),
]
# fmt: on

for _text in (
    "binary_cross_entropy(x, y)",
    "binary_crossentropy(x, y)",
    "binary_crossentropy(x, y, from_logits=true)",
    "log_loss(x, y, epsilon=0)",
    "kl_divergence(x, y)",
    "kl_divergence(x, y, axis=0)",
    'log_loss(x, y, [1, 3], 0.5, "sum")',
):
    DOMAINS[_text] = ((0.1, 0.9), (0.1, 0.9))
