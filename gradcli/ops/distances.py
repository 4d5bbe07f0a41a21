"""Distances and angles between vectors."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from gradcli.errors import ProgramTypeError, ShapeError
from gradcli.ir.function import function
from gradcli.ir.op import as_number
from gradcli.ir.shapes import show_shape
from gradcli.ops.arithmetic import square
from gradcli.ops.compare import maximum
from gradcli.ops.norms import vector_norm
from gradcli.ops.reduce import NORM, sum_
from gradcli.ops.shape import index, reshape_to

if TYPE_CHECKING:
    from gradcli.ir.function import Array, Axis, Flag, Number, Value
    from gradcli.ir.node import Node

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
    first, second = np.triu_indices(a.shape[0], 1)
    return _measured(index(a, first) - index(a, second), metric if ord is None else ord, 2)


@function(example="pairwise_distance([0, 0], [3, 4])", variants={"torch": {"eps": 1e-6}})
def pairwise_distance(
    x: Array, y: Array, ord: Value = 2.0, eps: Number = 0.0, keepdims: Flag = False
) -> Node:
    """The distances of vectors on the last axis, of their differences + eps."""
    d = x - y
    return vector_norm(d + eps if eps else as_number(d), ord, -1, keepdims)


@function(
    example="cosine_similarity([1, 0], [1, 1])",
    variants={"torch": {"axis": 1}, "tf": {"negative": True}},
)
def cosine_similarity(
    x: Array, y: Array, axis: Axis = -1, eps: Number = 1e-8, *, negative: Flag = False
) -> Node:
    """The cosine of the angle between vectors along an axis; no length counts less than eps."""
    a, b = as_number(x), as_number(y)
    lengths = (maximum(NORM(v, axis, True), eps) for v in (a, b))
    unit_x, unit_y = (v / size for v, size in zip((a, b), lengths, strict=True))
    z = sum_(unit_x * unit_y, axis)
    return -z if negative else z
