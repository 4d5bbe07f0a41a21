"""Sorting, gathering and the constructors that index or look up."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from gradcli.errors import DomainError
from gradcli.ir.batching import by_attributes, is_batched, repeated
from gradcli.ir.function import function
from gradcli.ir.op import Linear, as_number, normal_axis
from gradcli.ops.make import constant_op
from gradcli.ops.shape import along, flip, index, reshape_to

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gradcli.ir.function import Array, Axis, Int, Shape
    from gradcli.ir.node import Node


def whole(values: Any, length: int) -> Any:
    """Indices as integers; a DomainError for a fraction or an index that is out of bounds."""
    indices = np.asarray(values)
    if indices.dtype.kind == "f":
        if not np.array_equal(indices, np.floor(indices)):
            raise DomainError("an index must be a whole number")
        indices = indices.astype(np.intp)
    if indices.size and (indices.min() < -length or indices.max() >= length):
        bad = indices.max() if indices.max() >= length else indices.min()
        raise DomainError(f"index {bad} is out of bounds for an axis of length {length}")
    return indices


def _along(x: Any, order: Any, axis: int, _n: int) -> Any:
    return np.take_along_axis(x, whole(order, x.shape[axis]), axis)


def _put_along(g: Any, order: Any, axis: int, n: int) -> Any:
    shape = (*g.shape[:axis], n, *g.shape[axis + 1 :])
    out = np.zeros(shape, g.dtype)
    grid = list(np.ogrid[tuple(slice(m) for m in g.shape)])
    grid[axis] = whole(order, n)
    np.add.at(out, tuple(grid), g)
    return out


def _along_shape(shapes: Sequence[Any], axis: int, _n: int) -> Any:
    x, order = shapes
    return (*x[:axis], order[axis], *x[axis + 1 :])


def _along_batch(node: Node, inputs: Sequence[Node], size: int) -> Node:
    """Indices that are the same for the whole batch broadcast along it."""
    op: Any = node.op
    x, order = inputs
    if not is_batched(order, node.inputs[1]):
        order = reshape_to(order, (1, *order.shape))
    axis, n = node.attrs
    return op(repeated(x, node.inputs[0], size), order, attrs=(axis + 1, n))


TAKE_ALONG = Linear(
    "take_along_axis", _along, _along_shape,
    lambda node, g: (PUT_ALONG(g, node.inputs[1], attrs=node.attrs),),
    selective=True, indices=1, batch=_along_batch,
)  # fmt: skip
PUT_ALONG = Linear(
    "put_along_axis", _put_along,
    lambda shapes, axis, n: (*shapes[0][:axis], n, *shapes[0][axis + 1 :]),
    lambda node, g: (TAKE_ALONG(g, node.inputs[1], attrs=node.attrs),),
    indices=1, batch=_along_batch,
)  # fmt: skip


def _argsort(x: Any, axis: int) -> Any:
    return np.argsort(x, axis=axis, kind="stable").astype(x.dtype)


ARGSORT = constant_op(
    "argsort", _argsort, lambda shapes, axis: shapes[0],
    by_attributes(lambda size, axis: (axis + 1,)),
)  # fmt: skip


@function(example="argsort([3, 1, 2])", constant=True)
def argsort(x: Array, axis: Int = -1) -> Node:
    """The indices that sort x; ties keep their order."""
    return ARGSORT(x, attrs=(normal_axis(axis, x.ndim),))


@function(example="sort([3, 1, 2])", aliases="msort")
def sort(x: Array, axis: Axis = -1) -> Node:
    """The elements in ascending order; ties keep their order."""
    x = as_number(x)
    if axis is None:
        x, axis = reshape_to(x, (x.size,)), 0
    a = normal_axis(axis, x.ndim)
    return TAKE_ALONG(x, ARGSORT(x, attrs=(a,)), attrs=(a, x.shape[a]))


@function(example="take_along_axis([3, 1, 2], [1, 0], 0)", aliases="take_along_dim")
def take_along_axis(x: Array, indices: Array, axis: Int = -1) -> Node:
    """The elements that an array of indices names along an axis."""
    a = normal_axis(axis, x.ndim)
    return TAKE_ALONG(as_number(x), indices, attrs=(a, x.shape[a]))


def _take(x: Any, order: Any, axis: int, _n: int) -> Any:
    return np.take(x, whole(order, x.shape[axis]), axis)


def _put(g: Any, order: Any, axis: int, n: int) -> Any:
    lead, tail = g.shape[:axis], g.shape[axis + np.ndim(order) :]
    out = np.zeros((n, *lead, *tail), g.dtype)
    moved = np.moveaxis(g, tuple(range(axis, axis + np.ndim(order))), range(np.ndim(order)))
    np.add.at(out, whole(order, n), moved)
    return np.moveaxis(out, 0, axis)


def _in_a_row(order: Node, own: Node, axis: int, ndim: int) -> Node:
    """A batch of indices, in a row along one axis, to index all others alike."""
    shape = [order.shape[0], *[1] * (ndim - 1)]
    shape[axis] = own.size
    return reshape_to(order, tuple(shape))


def _take_batch(node: Node, inputs: Sequence[Node], size: int) -> Node:
    x, order = inputs
    own, (axis, n) = node.inputs[1], node.attrs
    x = repeated(x, node.inputs[0], size)
    if not is_batched(order, own):
        return TAKE(x, order, attrs=(axis + 1, n))
    row = _in_a_row(order, own, axis + 1, x.ndim)
    return reshape_to(TAKE_ALONG(x, row, attrs=(axis + 1, n)), (size, *node.shape))


def _put_batch(node: Node, inputs: Sequence[Node], size: int) -> Node:
    g, order = inputs
    own, (axis, n) = node.inputs[1], node.attrs
    g = repeated(g, node.inputs[0], size)
    if not is_batched(order, own):
        return PUT(g, order, attrs=(axis + 1, n))
    flat = reshape_to(g, (*g.shape[: axis + 1], own.size, *g.shape[axis + 1 + own.ndim :]))
    row = _in_a_row(order, own, axis + 1, flat.ndim)
    return PUT_ALONG(flat, row, attrs=(axis + 1, n))


TAKE = Linear(
    "take", _take,
    lambda shapes, axis, n: (*shapes[0][:axis], *shapes[1], *shapes[0][axis + 1 :]),
    lambda node, g: (PUT(g, node.inputs[1], attrs=node.attrs),),
    selective=True, indices=1, batch=_take_batch,
)  # fmt: skip
PUT = Linear(
    "put", _put,
    lambda shapes, axis, n: (*shapes[0][:axis], n, *shapes[0][axis + len(shapes[1]) :]),
    lambda node, g: (TAKE(g, node.inputs[1], attrs=node.attrs),),
    indices=1, batch=_put_batch,
)  # fmt: skip


@function(
    example="take([3, 1, 2], [0, 0])", aliases="gather index_select embedding_lookup",
    variants={"tf": {"axis": 0}, "tfjs": {"axis": 0}},
)  # fmt: skip
def take(x: Array, indices: Array, axis: Axis = None) -> Node:
    """The elements that indices name, or whole slices along an axis."""
    x = as_number(x)
    if axis is None:
        x, axis = (x, 0) if x.ndim == 1 else (reshape_to(x, (x.size,)), 0)
    a = normal_axis(axis, x.ndim)
    return TAKE(x, indices, attrs=(a, x.shape[a]))


@function(example="slice([1, 2, 3, 4], (1,), (2,))")
def slice_(x: Array, begin: Shape, size: Shape) -> Node:
    """A block of x: where it begins and how long it is on each axis (-1: to the end)."""
    ends = (None if n == -1 else b + n for b, n in zip(begin, size, strict=True))
    return index(x, *(slice(b, e) for b, e in zip(begin, ends, strict=True)))


@function(example="topk([1, 3, 2], 2)", aliases="top_k")
def topk(x: Array, k: Int = 1, axis: Int = -1) -> Node:
    """The k largest elements, largest first."""
    a = normal_axis(axis, x.ndim)
    return along(flip(sort(x, a), a), a, slice(0, k))


@function(example="strided_slice([1, 2, 3, 4], (0,), (4,), (2,))")
def strided_slice(x: Array, begin: Shape, end: Shape, strides: Shape = None) -> Node:
    """A block of x with steps on each axis."""
    steps = strides or (1,) * len(begin)
    return index(x, *(slice(*k) for k in zip(begin, end, steps, strict=True)))
