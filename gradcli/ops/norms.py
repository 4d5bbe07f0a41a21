"""Norms of vectors and matrices, distances and angles."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from gradcli.errors import ProgramTypeError, ShapeError
from gradcli.ir.function import function
from gradcli.ir.op import as_number, broadcast
from gradcli.ir.shapes import broadcast_shapes, normal_axis, show_shape
from gradcli.ops.compare import abs_, choose, gt, maximum
from gradcli.ops.powers import hypot, square
from gradcli.ops.reduce import NORM, ORDERS, max_, min_, norm_of_vectors, sum_
from gradcli.ops.shape import index, permute, reshape_to, spread, stack
from gradcli.ops.solving import inv
from gradcli.ops.spectral import svdvals

if TYPE_CHECKING:
    from gradcli.ir.function import Array, Axes, Flag, Int, Number, Rest, Value
    from gradcli.ir.node import Node


def _of_matrix(x: Node, ord: Any, axes: tuple[int, int], keepdims: bool) -> Node:
    """The norm of matrices on two axes."""
    rest = tuple(i for i in range(x.ndim) if i not in axes)
    a = permute(x, (*rest, *axes))
    z = _of_last_two(a, ord)
    kept = tuple(1 if i in axes else n for i, n in enumerate(x.shape))
    return reshape_to(z, kept) if keepdims else z


def _of_last_two(a: Node, ord: Any) -> Node:
    if ord in ("fro", "euclidean", None):
        return NORM(a, (-2, -1))
    if ord in (1, -1):
        return (max_ if ord > 0 else min_)(sum_(abs_(a), -2), -1)
    if ord in (math.inf, -math.inf):
        return (max_ if ord > 0 else min_)(sum_(abs_(a), -1), -1)
    if ord == "nuc":
        return sum_(svdvals(a), -1)
    if ord in (2, -2):
        return (max_ if ord > 0 else min_)(svdvals(a), -1)
    raise ProgramTypeError(f"norm knows no order {ord!r} of a matrix", help=ORDERS)


@function(
    example="norm([3, 4])",
    signatures="""
        tf.norm(tensor, ord=None, axis=None, keepdims=False); flat="without axes"
        tfjs.norm(x, ord=None, axis=None, keepdims=False); flat="without axes"
        torch.norm(input, p: ord = None, dim=None, keepdim=False); flat="always"
        torch.linalg.norm(A: x, ord=None, dim=None, keepdim=False)
    """,
)
def norm(
    x: Array, ord: Value = None, axis: Axes = None, keepdims: Flag = False, *, flat: Value = None
) -> Node:
    """The norm of a vector, 2 unless `ord` is 1, inf, 0 or p; of a matrix, 'fro' unless given.

    An order makes it that of a matrix for a matrix without axes, or for two axes: 1 and inf are
    the largest sums of columns and rows, 2 the largest singular value, 'nuc' the sum of them.
    Where it is `flat`, "without axes" or "always", only 'nuc' does.
    """
    x = as_number(x)
    is_pair = isinstance(axis, tuple) and len(axis) == 2
    is_flat = flat == "always" or (flat is not None and axis is None)
    if ord is not None and (ord == "nuc" or not is_flat):
        if is_pair:
            first, second = (normal_axis(a, x.ndim) for a in axis)
            return _of_matrix(x, ord, (first, second), keepdims)
        if axis is None and x.ndim == 2:
            return _of_matrix(x, ord, (0, 1), keepdims)
    return norm_of_vectors(x, ord, axis, keepdims)


@function(example="vector_norm([3, 4])")
def vector_norm(x: Array, ord: Value = None, axis: Axes = None, keepdims: Flag = False) -> Node:
    """The norm of all elements, or along axes, as of a vector."""
    return norm_of_vectors(as_number(x), ord, axis, keepdims)


@function(example="matrix_norm([[3, 0], [0, 4]])")
def matrix_norm(
    x: Array, ord: Value = "fro", axis: Axes = (-2, -1), keepdims: Flag = False
) -> Node:
    """The norm of matrices on the last two axes: Frobenius, unless an order is given."""
    x = as_number(x)
    if x.ndim < 2:
        raise ShapeError(f"matrix_norm needs a matrix, not the shape {show_shape(x.shape)}")
    if not isinstance(axis, tuple) or len(axis) != 2:
        raise ShapeError("matrix_norm needs the two axes of matrices")
    first, second = (normal_axis(a, x.ndim) for a in axis)
    return _of_matrix(x, ord, (first, second), keepdims)


@function(example="cond([[3, 0], [0, 4]])", signatures="np.linalg.cond(x: a, p: ord = None)")
def cond(a: Array, ord: Value = None) -> Node:
    """The condition number: the largest singular value over the smallest, -2: their inverse.

    Of another order of a norm of matrices, the norm of a times that of its inverse.
    """
    if ord in (None, 2, -2):
        s = svdvals(a)
        return max_(s, -1) / min_(s, -1) if ord != -2 else min_(s, -1) / max_(s, -1)
    return matrix_norm(a, ord) * matrix_norm(inv(a), ord)


@function(example="math_hypot(2, 3, 6)")
def math_hypot(arrays: Rest) -> Node:
    """The length of a vector of as many numbers as there are arguments: math.hypot."""
    if len(arrays) == 2:
        return hypot(*arrays)
    shape = broadcast(arrays)
    return NORM(stack([spread(as_number(x), shape) for x in arrays]), 0)


@function(example="euclidean_norm([3, 4])", aliases="reduce_euclidean_norm")
def euclidean_norm(x: Array, axis: Axes = None, keepdims: Flag = False) -> Node:
    """sqrt(sum(x^2)), of all elements or along axes."""
    return NORM(x, axis, keepdims)


@function(example="l2_loss([3, 4])", signatures="optax.l2_loss(predictions, targets=None)")
def l2_loss(x: Array) -> Node:
    """sum(x^2)/2."""
    return sum_(square(x)) * 0.5


# --- distances and angles -----------------------------------------------------------------------

_METRICS = {"euclidean": 2.0, "cityblock": 1.0, "chebyshev": np.inf}


def _measured(d: Node, metric: Any, p: Any) -> Node:
    """The length of differences along the last axis."""
    if metric == "sqeuclidean":
        return sum_(square(d), -1)
    if metric == "minkowski" or metric is None:
        return vector_norm(d, p, -1)
    if isinstance(metric, (int, float)):
        return vector_norm(d, metric, -1)
    if metric not in _METRICS:
        names = ", ".join([*_METRICS, "sqeuclidean", "minkowski"])
        raise ProgramTypeError(f"there is no metric {metric!r} here", help=names)
    return vector_norm(d, _METRICS[metric], -1)


@function(example="cdist([[0, 0]], [[3, 4], [1, 0]])")
def cdist(x: Array, y: Array, metric: Value = "euclidean", *, ord: Value = None) -> Node:
    """The distance of each row of x from each row of y."""
    a, b = as_number(x), as_number(y)
    if a.ndim < 2 or b.ndim < 2 or a.shape[-1] != b.shape[-1]:
        raise ShapeError(
            f"cdist needs rows of one length, not the shapes {show_shape(a.shape)} and "
            f"{show_shape(b.shape)}"
        )
    rows = reshape_to(a, (*a.shape[:-1], 1, a.shape[-1]))
    others = reshape_to(b, (*b.shape[:-2], 1, *b.shape[-2:]))
    return _measured(rows - others, metric if ord is None else ord, 2)


@function(example="pdist([[0, 0], [3, 4], [0, 1]])")
def pdist(x: Array, metric: Value = "euclidean", *, ord: Value = None) -> Node:
    """The distance of each row from each later row, as a vector."""
    a = as_number(x)
    if a.ndim != 2:
        raise ShapeError(f"pdist needs a matrix, not the shape {show_shape(a.shape)}")
    count = a.shape[0]
    a.graph.check_size((max(count * (count - 1) // 2, 1), a.shape[1]))
    first, second = np.triu_indices(count, 1)
    return _measured(index(a, first) - index(a, second), metric if ord is None else ord, 2)


@function(
    example="pairwise_distance([0, 0], [3, 4])",
    signatures="torch.pairwise_distance(x1: x, x2: y, p=2.0, eps=1e-06, keepdim=False)",
)
def pairwise_distance(
    x: Array, y: Array, ord: Value = 2.0, eps: Number = 0.0, keepdims: Flag = False
) -> Node:
    """The distances of vectors on the last axis, of their differences + eps."""
    d = x - y
    return vector_norm(d + eps if eps else as_number(d), ord, -1, keepdims)


@function(
    example="cosine_similarity([1, 0], [1, 1])",
    variants={"tf": {"negative": True}},
    signatures="""
        torch.cosine_similarity(x1: x, x2: y, dim=1, eps=1e-8)
        optax.cosine_similarity(predictions: x, targets: y, epsilon: eps = 0.0, axis=-1)
    """,
)
def cosine_similarity(
    x: Array, y: Array, axis: Axes = -1, eps: Number = 1e-8, *, negative: Flag = False
) -> Node:
    """The cosine of the angle between vectors along an axis; no length counts less than eps."""
    shape = broadcast_shapes(x.shape, y.shape)
    a, b = (spread(as_number(v), shape) for v in (x, y))
    lengths = (maximum(NORM(v, axis, True), eps) for v in (a, b))
    unit_x, unit_y = (v / size for v, size in zip((a, b), lengths, strict=True))
    z = sum_(unit_x * unit_y, axis)
    return -z if negative else z


@function(example="dist([1, 2], [4, 6])", signatures="torch.dist(input, other, p: ord = 2)")
def dist(x: Array, y: Array, ord: Value = 2.0) -> Node:
    """The norm of the difference, of all elements as one vector."""
    return norm_of_vectors(as_number(x - y), ord)


@function(
    example="renorm([[3, 4], [0.3, 0.4]], 2, 0, 1)",
    signatures="torch.renorm(input, p: ord, dim: axis, maxnorm)",
)
def renorm(x: Array, ord: Value, axis: Int, maxnorm: Array) -> Node:
    """x, each slice along an axis scaled down to a norm where its norm is larger.

    As in PyTorch a norm counts 1e-7 more where it is divided by.
    """
    a = normal_axis(axis, x.ndim)
    size = norm_of_vectors(as_number(x), ord, tuple(i for i in range(x.ndim) if i != a), True)
    outside = gt(size, maxnorm)
    return choose(outside, x * (maxnorm / (choose(outside, size, 1.0) + 1e-7)), x)
