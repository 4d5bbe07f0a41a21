"""Normalisation, dropout and the linear layers of neural networks."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from gradcli.errors import DomainError, ShapeError
from gradcli.ir.function import function
from gradcli.ir.op import as_number
from gradcli.ir.shapes import normal_axis, show_shape
from gradcli.ops.axes import swapaxes
from gradcli.ops.compare import choose, eq, le, ne
from gradcli.ops.creation import seeded
from gradcli.ops.einsum import EINSUM
from gradcli.ops.indexing import take
from gradcli.ops.matmul import matmul, turned
from gradcli.ops.norms import norm
from gradcli.ops.powers import rsqrt, square
from gradcli.ops.reduce import NORM, max_
from gradcli.ops.reduce import mean as average
from gradcli.ops.shape import permute, reshape_to
from gradcli.ops.softmax import softmax

if TYPE_CHECKING:
    from gradcli.ir.function import Array, Axes, Flag, Int, Number, Shape, Text, Value
    from gradcli.ir.node import Node

# --- unit length --------------------------------------------------------------------------------


def _over(x: Node, size: Node, least: float) -> Node:
    """x over its size, or over the least size; 0, with gradient 0, where the size is 0."""
    divisor = choose(le(size, least), least, size)
    return choose(ne(size, 0.0), x / divisor, 0.0)


@function(example="l2_normalize([3, 4])")
def l2_normalize(x: Array, axis: Axes = None, epsilon: Number = 1e-12) -> Node:
    """x over its 2-norm, or over sqrt(epsilon) where that is larger."""
    if epsilon < 0:
        raise DomainError("epsilon of l2_normalize is not below 0")
    return _over(x, NORM(x, axis, True), math.sqrt(epsilon))


@function(
    example="normalize([3, 4])",
    signatures="""
        scipy.signal.normalize(b, a)
        keras.ops.normalize(x, axis=-1, order: p = 2, epsilon: eps = 1e-12)
        torch.normalize(input, p=2.0, dim=1, eps=1e-12)
        tf.linalg.normalize(tensor: x, ord: p = 'euclidean', axis=None) -> normalized, norm; \
            eps=0.0, pair=True
    """,
)
def normalize(
    x: Array, p: Value = 2.0, axis: Axes = -1, eps: Number = 1e-12, *, pair: Flag = False
) -> Any:
    """x over its p-norm along an axis; where that is 0 so is the gradient.

    In TensorFlow a number p is the order of a matrix where there are two axes.
    """
    order = None if p in ("euclidean", "fro") else p
    length = norm(x, order, axis, True, flat="without axes" if pair else "always")
    unit = _over(x, length, eps)
    return (unit, length) if pair else unit


# --- zero mean and unit variance ----------------------------------------------------------------


def _standard(x: Node, axes: Any, epsilon: float) -> Node:
    centred = x - average(x, axes, True)
    return centred * rsqrt(average(square(centred), axes, True) + epsilon)


def _scaled(x: Node, weight: Node | None, bias: Node | None) -> Node:
    x = x if weight is None else x * weight
    return x if bias is None else x + bias


def _last_axes(x: Node, shape: Any) -> tuple[int, ...]:
    """The axes at the end that a shape names; without one, the last."""
    lengths = x.shape[-1:] if shape is None else tuple(np.atleast_1d(shape).tolist())
    if x.shape[x.ndim - len(lengths) :] != lengths:
        raise ShapeError(f"the shape {x.shape} does not end in {lengths}")
    return tuple(range(x.ndim - len(lengths), x.ndim))


def _on_channels(x: Node, *values: Node | None) -> list[Any]:
    """Values of channels, which are axis 1 of x, ready to broadcast."""
    ones = (1,) * (x.ndim - 2)
    return [
        reshape_to(v, (*v.shape, *ones)) if v is not None and v.ndim == 1 else v for v in values
    ]


@function(
    example="standardize([1, 2, 4])",
    signatures="jax.nn.standardize(x, axis=-1, mean=None, variance=None, epsilon=1e-5)",
)
def standardize(x: Array, axis: Axes = -1, epsilon: Number = 1e-5) -> Node:
    """x less its mean, over its standard deviation."""
    return _standard(x, axis, epsilon)


@function(example="layer_norm([1, 2, 4])")
def layer_norm(
    x: Array,
    normalized_shape: Shape = None,
    weight: Array | None = None,
    bias: Array | None = None,
    eps: Number = 1e-5,
) -> Node:
    """x standardised over its last axes, times a weight, plus a bias."""
    return _scaled(_standard(x, _last_axes(x, normalized_shape), eps), weight, bias)


@function(example="rms_norm([3, 4])")
def rms_norm(
    x: Array, normalized_shape: Shape = None, weight: Array | None = None, eps: Number | None = None
) -> Node:
    """x over its root mean square over the last axes, times a weight."""
    least = float(np.finfo(x.graph.dtype).eps) if eps is None else eps
    size = average(square(x), _last_axes(x, normalized_shape), True)
    return _scaled(x * rsqrt(size + least), weight, None)


@function(example="group_norm([[1, 2, 4, 8]], 2)")
def group_norm(
    x: Array,
    num_groups: Int,
    weight: Array | None = None,
    bias: Array | None = None,
    eps: Number = 1e-5,
) -> Node:
    """x standardised over groups of channels (axis 1) and all axes after them."""
    if x.ndim < 2 or num_groups < 1 or x.shape[1] % num_groups or not x.size:
        raise ShapeError(f"axis 1 of the shape {x.shape} does not make {num_groups} groups")
    grouped = reshape_to(x, (x.shape[0], num_groups, x.size // (x.shape[0] * num_groups)))
    plain = reshape_to(_standard(grouped, 2, eps), x.shape)
    return _scaled(plain, *_on_channels(x, weight, bias))


@function(example="instance_norm([[[1, 2, 4], [0, 1, 5]]])")
def instance_norm(
    x: Array,
    running_mean: Array | None = None,
    running_var: Array | None = None,
    weight: Array | None = None,
    bias: Array | None = None,
    use_input_stats: Flag = True,
    momentum: Number = 0.1,  # noqa: ARG001 - of averages that are not kept
    eps: Number = 1e-5,
) -> Node:
    """x standardised over all axes after the channels (axis 1), each channel by itself."""
    if use_input_stats or running_mean is None or running_var is None:
        plain = _standard(x, tuple(range(2, x.ndim)), eps)
        return _scaled(plain, *_on_channels(x, weight, bias))
    return batch_norm_channels(x, running_mean, running_var, weight, bias, eps=eps)


# --- by given statistics ------------------------------------------------------------------------


@function(
    example="batch_norm([1, 2], 1.5, 0.25)",
    aliases="batch_normalization batch_norm2d batch_norm3d batch_norm4d",
    signatures="""
        keras.ops.batch_normalization(x, mean, variance, axis, offset=None, scale=None, \
            epsilon: variance_epsilon = 0.001)
    """,
)
def batch_norm(
    x: Array,
    mean: Array,
    variance: Array,
    offset: Array | None = None,
    scale: Array | None = None,
    variance_epsilon: Number = 0.001,
    *,
    axis: Int = -1,
) -> Node:
    """x less a mean, over the root of a variance, times a scale, plus an offset.

    Of these vectors are along an axis, the last one.
    """
    behind = x.ndim - 1 - normal_axis(axis, x.ndim) if x.ndim else 0

    def along(v: Node) -> Node:
        return reshape_to(v, (*v.shape, *(1,) * behind)) if behind and v.ndim == 1 else v

    root = rsqrt(along(variance) + variance_epsilon)
    scale, offset = (v if v is None else along(v) for v in (scale, offset))
    return _scaled((x - along(mean)) * root, scale, offset)


@function(example="batch_norm_channels([[1, 2], [3, 4]], [2, 3], [1, 1])")
def batch_norm_channels(
    x: Array,
    running_mean: Array | None = None,
    running_var: Array | None = None,
    weight: Array | None = None,
    bias: Array | None = None,
    training: Flag = False,
    momentum: Number = 0.1,  # noqa: ARG001 - of averages that are not kept
    eps: Number = 1e-5,
) -> Node:
    """batch_norm with the channels on axis 1: PyTorch's F.batch_norm; in training, by x's own."""
    if training or running_mean is None or running_var is None:
        plain = _standard(x, tuple(i for i in range(x.ndim) if i != 1), eps)
    else:
        centre, spread = _on_channels(x, running_mean, running_var)
        plain = (x - centre) * rsqrt(spread + eps)
    return _scaled(plain, *_on_channels(x, weight, bias))


@function(
    example="bias_add([[1, 2], [3, 4]], [10, 20])",
    signatures="tf.bias_add(value: x, bias, data_format: layout = 'NHWC')",
)
def bias_add(x: Array, bias: Array, layout: Text = "NHWC") -> Node:
    """x with one number added to each channel, which is the last axis, or axis 1 for "NC…"."""
    axes = (1,) * (x.ndim - 2) if layout.upper().startswith("NC") else ()
    return x + reshape_to(bias, (*bias.shape, *axes))


@function(example="fused_batch_norm([[1, 2], [3, 4]], [1, 1], [0, 0])[0]")
def fused_batch_norm(
    x: Array,
    scale: Array,
    offset: Array,
    mean: Array | None = None,
    variance: Array | None = None,
    epsilon: Number = 0.001,
) -> tuple[Node, Node, Node]:
    """batch_norm with the channels last, and its mean and variance: x's own if none are given."""
    if mean is None or variance is None:
        axes = tuple(range(x.ndim - 1))
        mean = average(x, axes)
        variance = average(square(x - mean), axes)
    return batch_norm(x, mean, variance, offset, scale, epsilon), mean, variance


# --- over neighbouring channels -----------------------------------------------------------------


def _neighbours(x: Node, before: int, after: int) -> Node:
    """The sums of squares over neighbours on the last axis."""
    x.graph.check_size((x.shape[-1], x.shape[-1]))
    channels = np.arange(x.shape[-1])
    far = channels[:, None] - channels
    band = x.graph.constant(((far >= -before) & (far <= after)).astype(float))
    return matmul(square(x), band)


@function(ranks={"x": 1}, example="local_response_normalization([1, 2, 3], 1)", aliases="lrn")
def local_response_normalization(
    x: Array,
    depth_radius: Int = 5,
    bias: Array | float = 1.0,
    alpha: Array | float = 1.0,
    beta: Array | float = 0.5,
) -> Node:
    """x / (bias + alpha * sum(x^2))^beta over neighbouring channels, on the last axis."""
    return x / (bias + alpha * _neighbours(x, depth_radius, depth_radius)) ** beta


@function(example="local_response_norm([[1, 2, 3]], 2)")
def local_response_norm(
    x: Array,
    size: Int,
    alpha: Array | float = 1e-4,
    beta: Array | float = 0.75,
    k: Array | float = 1.0,
) -> Node:
    """x / (k + alpha * mean(x^2))^beta over `size` neighbouring channels, on axis 1."""
    last = (*(i for i in range(x.ndim) if i != 1), 1)
    back = tuple(last.index(i) for i in range(x.ndim))
    sums = permute(_neighbours(permute(x, last), size // 2, (size - 1) // 2), back)
    return x / (k + alpha * (sums / float(size))) ** beta


# --- dropout and layers -------------------------------------------------------------------------


@function(
    example="dropout([1, 2, 3, 4], 0.5, seed=1)",
    signatures="F.dropout(input, p=0.5, training=True, inplace=False)",
)
def dropout(
    x: Array, rate: Number = 0.5, noise_shape: Shape = None, seed: Int = 0, training: Flag = True
) -> Node:
    """x with a seeded share of its elements set to 0 and the rest scaled up to keep the mean."""
    if not training or rate == 0.0:
        return as_number(x)
    shape = x.shape if noise_shape is None else tuple(np.atleast_1d(noise_shape).tolist())
    if min(shape, default=0) < 0:
        raise ShapeError(f"an array cannot have the shape {show_shape(shape)}")
    kept = seeded(seed).random(shape) >= rate
    return choose(x.graph.constant(kept), x / (1.0 - rate) if rate < 1.0 else x, 0.0)


@function(
    example="gumbel_softmax([1, 2], seed=1)",
    signatures="F.gumbel_softmax(logits, tau=1, hard=False, eps=1e-10, dim: axis = -1)",
)
def gumbel_softmax(logits: Array, tau: Array | float = 1.0, axis: Int = -1, seed: Int = 0) -> Node:
    """softmax((logits + noise) / tau) along an axis, with seeded noise of Gumbel's distribution."""
    noise = -np.log(seeded(seed).exponential(size=logits.shape))
    return softmax((logits + logits.graph.constant(noise)) / tau, axis)


@function(example="embedding([1, 0], [[1, 2], [3, 4]])")
def embedding(indices: Array, weight: Array) -> Node:
    """The rows of a table that indices name."""
    return take(weight, indices, 0)


@function(example="linear([1, 2], [[3, 4], [5, 6]])")
def linear(x: Array, weight: Array, bias: Array | None = None) -> Node:
    """x @ transpose(weight) + bias."""
    return dense(x, weight if weight.ndim < 2 else turned(weight), bias)


@function(example="dense([1, 2], [[3, 4], [5, 6]])")
def dense(x: Array, kernel: Array, bias: Array | None = None) -> Node:
    """x @ kernel + bias."""
    return _scaled(matmul(x, kernel), None, bias)


@function(
    ranks={"x1": 1, "x2": 1, "weight": 3},
    signatures="""
        F.bilinear(input1: x1, input2: x2, weight, bias=None)
        scipy.signal.bilinear(b, a, fs=1.0)
    """,
    example="bilinear([1, 2], [3, 4], [[[1, 0], [0, 1]]])",
)
def bilinear(x1: Array, x2: Array, weight: Array, bias: Array | None = None) -> Node:
    """For each matrix W of the weights x1 @ W @ x2, plus a bias."""
    if x1.shape[:-1] != x2.shape[:-1]:
        shapes = f"{show_shape(x1.shape)} and {show_shape(x2.shape)}"
        raise ShapeError(f"bilinear needs as many rows on both sides: the shapes are {shapes}")
    rows = [reshape_to(x, (math.prod(x.shape[:-1]), x.shape[-1])) for x in (x1, x2)]
    product = EINSUM(rows[0], weight, rows[1], attrs=("ni,oij,nj->no",))
    return _scaled(reshape_to(product, (*x1.shape[:-1], weight.shape[0])), None, bias)


# --- attention ----------------------------------------------------------------------------------


@function(
    ranks={"query": 2, "key": 2, "value": 2},
    example="scaled_dot_product_attention([[1, 2]], [[1, 0], [0, 1]], [[3], [4]])",
    signatures="""
        F.scaled_dot_product_attention(query, key, value, attn_mask=None, dropout_p=0.0, \
            is_causal=False, *, scale=None, enable_gqa=False)
    """,
)
def scaled_dot_product_attention(
    query: Array,
    key: Array,
    value: Array,
    attn_mask: Array | None = None,
    is_causal: Flag = False,
    scale: Array | None = None,
) -> Node:
    """softmax(query @ key.mT * scale + mask) @ value, with scale = 1/sqrt(the last axis).

    A mask of truth values keeps where it is true; a row that keeps nothing is 0.
    """
    return _attended(query, key, value, attn_mask, is_causal, scale)


@function(
    example="dot_product_attention([[[1, 2]]], [[[1, 0]]], [[[3, 4]]])",
    signatures="""
        jax.dot_product_attention(query, key, value, bias=None, mask=None, *, scale=None, \
            is_causal=False, query_seq_lengths=None, key_value_seq_lengths=None, \
            local_window_size=None, implementation=None)
    """,
)
def dot_product_attention(
    query: Array,
    key: Array,
    value: Array,
    bias: Array | None = None,
    mask: Array | None = None,
    scale: Array | None = None,
    is_causal: Flag = False,
) -> Node:
    """Attention as JAX has it: the last axes are positions, heads, and what is compared."""
    q, k, v = (swapaxes(x, -3, -2) for x in (query, key, value))
    return swapaxes(_attended(q, k, v, mask, is_causal, scale, bias), -3, -2)


def _attended(
    query: Node,
    key: Node,
    value: Node,
    mask: Node | None,
    is_causal: bool,
    scale: Node | None,
    bias: Node | None = None,
) -> Node:
    """The means of values, weighted by how alike queries and keys are."""
    size = 1.0 / math.sqrt(max(query.shape[-1], 1)) if scale is None else scale
    scores = matmul(query, turned(key)) * size
    scores = _masked(scores if bias is None else scores + bias, mask, is_causal)
    empty = eq(max_(scores, -1, True), NONE)
    return matmul(choose(empty, 0.0, softmax(scores, -1)), value)


def _masked(scores: Node, mask: Node | None, is_causal: bool) -> Node:
    """No weight for what the mask leaves out, nor, if causal, for what comes later."""
    if is_causal:
        rows, columns = scores.shape[-2:]
        past = np.tri(rows, columns) > 0
        scores = choose(scores.graph.constant(past), scores, NONE)
    if mask is None:
        return scores
    return choose(mask, scores, NONE) if mask.is_bool else scores + mask


NONE = -math.inf
"""The logarithm of no weight at all."""
