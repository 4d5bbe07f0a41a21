"""Sorting, and the largest and smallest elements; ties keep their order."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from gradcli.errors import DomainError
from gradcli.ir.batching import AXIS_BEHIND, by_attributes
from gradcli.ir.function import function
from gradcli.ir.kinds import JUMP, at
from gradcli.ir.node import Node, literal
from gradcli.ir.op import as_number
from gradcli.ir.shapes import is_whole, normal_axis, show_shape
from gradcli.ops.arithmetic import neg
from gradcli.ops.compare import maximum, minimum
from gradcli.ops.indexing import ORDERED
from gradcli.ops.ordering import order_of
from gradcli.ops.records import constant_op
from gradcli.ops.reduce import argmax, argmin, max_, min_
from gradcli.ops.shape import along, flat_unless, reshape_to

if TYPE_CHECKING:
    from gradcli.ir.function import Array, Axis, Flag, Int, Ints, Text, Value


def _has_equals(rows: Any, axis: int) -> Any:
    """Which sorted rows have equal elements."""
    rows = np.swapaxes(rows, axis, -1)
    return np.swapaxes((rows[..., 1:] == rows[..., :-1]).any(-1, keepdims=True), axis, -1)


def _in_order(x: Any, order: Any, axis: int) -> Any:
    """Rows in the order that was found for them."""
    return np.take_along_axis(x, order.astype(np.intp), axis)


ARGSORT = constant_op(
    "argsort",
    lambda x, axis: order_of(x, axis).astype(x.dtype),
    lambda shapes, axis: shapes[0],
    AXIS_BEHIND,
    special=at(JUMP, lambda x, order, axis: _has_equals(_in_order(x, order, axis), axis)),
    indexing=True,
)


def _order(x: Node, axis: int, descending: bool) -> Node:
    return ARGSORT(-x if descending else x, attrs=(axis,))


def _ordered(x: Node, order: Node, axis: int) -> Node:
    return ORDERED(x, order, attrs=(axis, x.shape[axis]))


@function(
    example="argsort([3, 1, 2])",
    constant=True,
    signatures="""
        np.argsort(a, axis=-1, kind=None, order=None); vector=True
        torch.argsort(input, dim=-1, descending=False, stable=False)
        tf.argsort(values: x, axis=-1, direction='ASCENDING', stable=False)
    """,
)
def argsort(
    x: Array,
    axis: Axis = -1,
    descending: Flag = False,
    *,
    direction: Text = "ASCENDING",
    vector: Flag = False,
) -> Node:
    """The indices that sort x; ties keep their order. NumPy gives a vector for a number, too."""
    shape = x.shape
    x, a = flat_unless(as_number(x), axis)
    order = _order(x, a, descending or direction == "DESCENDING")
    return order if shape or vector else reshape_to(order, shape)


@function(
    example="sort([3, 1, 2])",
    signatures="""
        np.sort(a, axis=-1, kind=None, order=None)
        torch.sort(input, dim=-1, descending=False, stable=False) -> values, indices; pair=True
        tf.sort(values: x, axis=-1, direction='ASCENDING')
        lax.sort(operand: x, dimension: axis = -1, is_stable=True)
    """,
)
def sort(
    x: Array,
    axis: Axis = -1,
    descending: Flag = False,
    *,
    direction: Text = "ASCENDING",
    pair: Flag = False,
) -> Any:
    """The elements in ascending order; ties keep their order. torch.sort adds their indices."""
    if not x.ndim:
        return (x, argsort(x, axis)) if pair else x
    x, a = flat_unless(as_number(x), axis)
    order = _order(x, a, descending or direction == "DESCENDING")
    z = _ordered(x, order, a)
    return (z, order) if pair else z


@function(example="msort([[3, 1], [2, 2]])")
def msort(x: Array) -> Node:
    """The elements in ascending order along the first axis."""
    return sort(x, 0)


@function(
    example="topk([1, 3, 2], 2)",
    aliases="top_k approx_max_k",
    signatures="""
        torch.topk(input, k, dim=-1, largest=True, sorted=True) -> values, indices; pair=True
        tf.top_k(input, k=1, sorted=True) -> values, indices; pair=True
        tf.topk(x, k=1, sorted=True) -> values, indices; pair=True
        tfjs.topk(x, k=1, sorted=True) -> values, indices; pair=True
        lax.top_k(operand: x, k, axis=-1) -> values, indices; pair=True
        lax.approx_max_k(operand: x, k, reduction_dimension: axis = -1) -> values, indices; \
            pair=True
    """,
)
def topk(
    x: Array,
    k: Int = 1,
    axis: Int = -1,
    largest: Flag = True,
    sorted: Flag = True,  # noqa: ARG001
    *,
    pair: Flag = False,
) -> Any:
    """The k largest elements, largest first; behind a framework's prefix their indices too."""
    x = as_number(x)
    a = normal_axis(axis, x.ndim)
    if not 0 <= k <= x.shape[a]:
        raise DomainError(f"there are no {k} elements on an axis of length {x.shape[a]}")
    order = along(_order(x, a, largest), a, slice(0, k))
    z = _ordered(x, order, a)
    return (z, order) if pair else z


def _argpartition(x: Any, kth: tuple[int, ...], axis: int) -> Any:
    return np.argpartition(x, kth, axis=axis).astype(x.dtype)


ARGPARTITION = constant_op(
    "argpartition",
    _argpartition,
    lambda shapes, kth, axis: shapes[0],
    by_attributes(lambda size, kth, axis: (kth, axis + 1)),
    special=at(JUMP, lambda x, z, kth, axis: _has_equals(np.sort(x, axis), axis)),
)


def _split_at(x: Node, kth: tuple[int, ...], axis: Any) -> tuple[Node, Node, int]:
    x, a = flat_unless(as_number(x), axis)
    n = x.shape[a]
    if not kth or any(not -n <= k < n for k in kth):
        raise DomainError(
            f"there is no element {kth[0] if kth else kth} in the shape {show_shape(x.shape)}"
        )
    return x, ARGPARTITION(x, attrs=(tuple(k % n for k in kth), a)), a


@function(example="argpartition([3, 1, 2], 1)", constant=True)
def argpartition(x: Array, kth: Ints, axis: Axis = -1) -> Node:
    """Indices that bring the element `kth` to its place, smaller ones before it."""
    return _split_at(x, kth, axis)[1]


@function(example="partition([3, 1, 2], 1)")
def partition(x: Array, kth: Ints, axis: Axis = -1) -> Node:
    """The elements with the one numbered `kth` in its place, smaller before and larger behind."""
    return _ordered(*_split_at(x, kth, axis))


@function(
    example="kthvalue([3, 1, 2], 1)",
    signatures="""
        torch.kthvalue(input, k, dim=-1, keepdim=False) -> values, indices; pair=True
    """,
)
def kthvalue(
    x: Array, k: Int, axis: Int = -1, keepdims: Flag = False, *, pair: Flag = False
) -> Any:
    """The k-th smallest element along an axis, counted from 1."""
    x = as_number(x)
    a = normal_axis(axis, x.ndim)
    if not 1 <= k <= x.shape[a]:
        raise DomainError(f"there is no element {k} on an axis of length {x.shape[a]}")
    return _at(along(ARGSORT(x, attrs=(a,)), a, slice(k - 1, k)), x, a, keepdims, pair)


def _at(index: Node, x: Node, axis: int, keepdims: bool, pair: bool) -> Any:
    """The elements at an index along an axis, with the index or without."""
    parts = [_ordered(x, index, axis), index]
    if not keepdims:
        parts = [reshape_to(p, (*p.shape[:axis], *p.shape[axis + 1 :])) for p in parts]
    return tuple(parts) if pair else parts[0]


# --- the most frequent element ------------------------------------------------------------------


def _last_of_most(row: Any) -> Any:
    """Where the most frequent element is for the last time; of several the smallest."""
    values, counts = np.unique(row, return_counts=True)
    return [np.flatnonzero(row == values[np.argmax(counts)])[-1]]


MOST = constant_op(
    "index_of_most",
    lambda x, axis: np.apply_along_axis(_last_of_most, axis, x).astype(x.dtype),
    lambda shapes, axis: (*shapes[0][:axis], 1, *shapes[0][axis + 1 :]),
    AXIS_BEHIND,
)


@function(
    example="mode([3, 1, 3, 2])",
    signatures="""
        torch.mode(input, dim=-1, keepdim=False) -> values, indices; pair=True
        scipy.stats.mode(a: none, axis=0)
    """,
)
def mode(x: Array, axis: Int = -1, keepdims: Flag = False, *, pair: Flag = False) -> Any:
    """The most frequent element along an axis; of several the smallest."""
    x = as_number(x)
    a = normal_axis(axis, x.ndim)
    if not x.shape[a]:
        raise DomainError("there is no mode of no elements")
    return _at(MOST(x, attrs=(a,)), x, a, keepdims, pair)


# --- torch.max ----------------------------------------------------------------------------------


def _number(y: Node) -> float | None:
    """The number that is written there, with its sign; None if there is none."""
    if y.op is neg.op:
        size = literal(y.inputs[0])
        return None if size is None else -size
    return literal(y)


def _extreme(
    x: Node, y: Node | None, axis: Any, keepdims: bool, both: Any, folds: Any, finds: Any
) -> Any:
    """Of two arrays, along an axis with the indices, or of all elements."""
    number = None if y is None else _number(y)
    if y is not None and (number is None or not is_whole(number)):
        return both(x, y)
    if number is not None:
        axis, keepdims = number, keepdims or bool(axis)
    if axis is None:
        return folds(x)
    axis = normal_axis(int(axis) if is_whole(axis) else axis, x.ndim)
    return folds(x, axis, keepdims), finds(x, axis, keepdims)


@function(
    example="torch_max([1, 3], [2, 2])",
    signatures="torch.max(input, other: y = None, dim: axis = None, keepdim=False) "
    "-> values, indices",
)
def torch_max(x: Array, y: Array | None = None, axis: Value = None, keepdims: Flag = False) -> Any:
    """torch.max: the larger of two arrays, or the largest, along an axis with its index."""
    return _extreme(x, y, axis, keepdims, maximum, max_, argmax)


@function(
    example="torch_min([1, 3], [2, 2])",
    signatures="torch.min(input, other: y = None, dim: axis = None, keepdim=False) "
    "-> values, indices",
)
def torch_min(x: Array, y: Array | None = None, axis: Value = None, keepdims: Flag = False) -> Any:
    """torch.min: the smaller of two arrays, or the smallest, along an axis with its index."""
    return _extreme(x, y, axis, keepdims, minimum, min_, argmin)


@function(
    example="aminmax([3, 1, 2])",
    signatures="torch.aminmax(input, *, dim=None, keepdim=False) -> min, max",
)
def aminmax(x: Array, axis: Axis = None, keepdims: Flag = False) -> tuple[Node, Node]:
    """The smallest and the largest, of all elements or along an axis."""
    return min_(x, axis, keepdims), max_(x, axis, keepdims)
