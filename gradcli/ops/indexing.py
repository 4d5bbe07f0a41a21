"""Taking elements by their indices."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from gradcli.errors import DomainError, ProgramTypeError, ShapeError
from gradcli.ir.batching import is_batched, repeated
from gradcli.ir.function import function
from gradcli.ir.kinds import Ties
from gradcli.ir.op import Linear, as_number
from gradcli.ir.shapes import broadcast_shapes, normal_axis, one_each, show_shape
from gradcli.ops.arithmetic import mod
from gradcli.ops.compare import choose, maximum, minimum
from gradcli.ops.keys import has_repeats
from gradcli.ops.repeated import add_at
from gradcli.ops.shape import (
    along,
    as_vector,
    flat_unless,
    index,
    permute,
    reshape_to,
    spread,
    stack,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from gradcli.ir.function import Array, Axis, Flag, Int, Numbers, Shape, Value
    from gradcli.ir.node import Node


def whole(values: Any, length: int) -> Any:
    """Indices as integers; a DomainError for a fraction or an index that is out of bounds."""
    given = indices = np.asarray(values)
    if given.dtype.kind == "f":
        with np.errstate(invalid="ignore"):
            indices = given.astype(np.intp)
        if not np.array_equal(given, indices):
            raise DomainError("an index must be a whole number")
    if indices.size and (indices.min() < -length or indices.max() >= length):
        bad = indices.max() if indices.max() >= length else indices.min()
        raise DomainError(f"index {bad} is out of bounds for an axis of length {length}")
    return indices


def _put_along(g: Any, order: Any, axis: int, n: int) -> Any:
    shape = (*g.shape[:axis], n, *g.shape[axis + 1 :])
    order = whole(order, n)
    if order.size and _is_permuted(order, axis, n):
        out = (np.empty if order.size == math.prod(shape) else np.zeros)(shape, g.dtype)
        np.put_along_axis(out, order, g, axis)
        return out
    grid = list(np.ogrid[tuple(slice(m) for m in g.shape)])
    grid[axis] = order
    return add_at(shape, tuple(grid), g)


def _is_permuted(order: Any, axis: int, n: int) -> bool:
    """Whether no index occurs twice along the axis, which has so many elements."""
    if order.shape[axis] == 1:
        return True
    is_named = np.zeros((*order.shape[:axis], n, *order.shape[axis + 1 :]), np.bool_)
    np.put_along_axis(is_named, order, True, axis)
    return bool(np.count_nonzero(is_named) == order.size)


def _along_batch(node: Node, inputs: Sequence[Node], size: int) -> Node:
    """Indices that are the same for the whole batch broadcast along it."""
    op: Any = node.op
    x, order = inputs
    if not is_batched(order, node.inputs[1]):
        order = reshape_to(order, (1, *order.shape))
    axis, n = node.attrs
    return op(repeated(x, node.inputs[0], size), order, attrs=(axis + 1, n))


def _taking_along(**more: Any) -> Linear:
    return Linear(
        "take_along_axis",
        lambda x, order, axis, n: np.take_along_axis(x, whole(order, n), axis),
        lambda shapes, axis, n: (*shapes[0][:axis], shapes[1][axis], *shapes[0][axis + 1 :]),
        lambda node, g: (PUT_ALONG(g, node.inputs[1], attrs=node.attrs),),
        selective=True,
        indices=1,
        batch=_along_batch,
        **more,
    )


def are_equal(rows: Any) -> bool:
    """Whether some elements of a sorted row are equal, or NaN."""
    return bool((rows[..., 1:] == rows[..., :-1]).any() or np.isnan(rows[..., -1:]).any())


def _are_different(rows: Any) -> bool:
    """Whether all rows go up all the way, or all go down."""
    before, behind = rows[..., :-1], rows[..., 1:]
    return bool((before < behind).all() or (before > behind).all())


def _equals(x: Any, _order: Any, z: Any, axis: int, n: int) -> Any:
    """To how many elements of its row each one that was taken is equal."""
    taken = np.moveaxis(z, axis, -1)
    if taken.shape[-1] == n and _are_different(taken):  # so these are all there are
        return np.ones(z.shape, int)
    rows = np.sort(np.moveaxis(x, axis, -1), axis=-1).reshape(-1, n)
    if not are_equal(rows):
        return np.ones(z.shape, int)
    counts = [
        np.searchsorted(row, part, "right") - np.searchsorted(row, part)
        for row, part in zip(rows, taken.reshape(-1, taken.shape[-1]), strict=True)
    ]
    return np.moveaxis(np.reshape(counts, taken.shape), -1, axis)


TAKE_ALONG = _taking_along()
ORDERED = _taking_along(word="sort", special=Ties(_equals))
"""Elements in their order: where some are equal, which of them comes first is arbitrary."""

PUT_ALONG = Linear(
    "put_along_axis",
    _put_along,
    lambda shapes, axis, n: (*shapes[0][:axis], n, *shapes[0][axis + 1 :]),
    lambda node, g: (TAKE_ALONG(g, node.inputs[1], attrs=node.attrs),),
    indices=1,
    batch=_along_batch,
)


@function(
    example="take_along_axis([3, 1, 2], [1, 0], 0)",
    aliases="take_along_dim",
    signatures="""
        torch.take_along_dim(input, indices, dim=None)
    """,
)
def take_along_axis(x: Array, indices: Array, axis: Axis = -1) -> Node:
    """The elements that an array of indices names along an axis, or in a row with None."""
    if axis is None:
        indices = reshape_to(indices, (indices.size,))
    x, a = flat_unless(x, axis)
    if indices.ndim != x.ndim:
        raise ShapeError(f"the indices need {x.ndim} axes, and have {indices.ndim}")
    return TAKE_ALONG(as_number(x), indices, attrs=(a, x.shape[a]))


def _put(g: Any, order: Any, axis: int, n: int) -> Any:
    lead, tail = g.shape[:axis], g.shape[axis + np.ndim(order) :]
    shape = (n, *lead, *tail)
    moved = np.moveaxis(g, tuple(range(axis, axis + np.ndim(order))), range(np.ndim(order)))
    order = whole(order, n)
    if has_repeats(order % max(n, 1), n):
        out = add_at(shape, (order,), moved)
    else:
        out = np.zeros(shape, g.dtype)
        out[order] = moved
    return np.moveaxis(out, 0, axis)


def _in_a_row(order: Node, own: Node, axis: int, ndim: int) -> Node:
    """A batch of indices, in a row along one axis, to index all others alike."""
    shape = [order.shape[0], *[1] * (ndim - 1)]
    shape[axis] = own.size
    return reshape_to(order, tuple(shape))


def _take_batch(node: Node, inputs: Sequence[Node], size: int) -> Node:
    x, order = inputs
    own, (axis, n) = node.inputs[1], node.attrs
    if not is_batched(x, node.inputs[0]):  # all take of the same
        z = TAKE(x, order, attrs=node.attrs)
        return permute(z, (axis, *range(axis), *range(axis + 1, z.ndim)))
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
    "take",
    lambda x, order, axis, n: np.take(x, whole(order, n), axis),
    lambda shapes, axis, n: (*shapes[0][:axis], *shapes[1], *shapes[0][axis + 1 :]),
    lambda node, g: (PUT(g, node.inputs[1], attrs=node.attrs),),
    selective=True,
    indices=1,
    batch=_take_batch,
)
PUT = Linear(
    "put",
    _put,
    lambda shapes, axis, n: (*shapes[0][:axis], n, *shapes[0][axis + len(shapes[1]) :]),
    lambda node, g: (TAKE(g, node.inputs[1], attrs=node.attrs),),
    indices=1,
    batch=_put_batch,
)


@function(example="slice([1, 2, 3, 4], (1,), (2,))")
def slice_(x: Array, begin: Shape, size: Shape) -> Node:
    """A block of x: where it begins and how long it is on each axis (-1: to the end)."""
    one_each("the size of a slice", size, len(begin))
    ends = (None if n == -1 else b + n for b, n in zip(begin, size, strict=True))
    return index(x, *(slice(b, e) for b, e in zip(begin, ends, strict=True)))


@function(
    example="strided_slice([1, 2, 3, 4], (0,), (4,), (2,))",
    signatures="""
        lax.slice(operand: x, start_indices: begin, limit_indices: end, strides=None)
    """,
)
def strided_slice(x: Array, begin: Shape, end: Shape, strides: Shape = None) -> Node:
    """A block of x with steps on each axis."""
    steps = strides or (1,) * len(begin)
    one_each("the end of a slice", end, len(begin))
    one_each("the step of a slice", steps, len(begin))
    if 0 in steps:
        raise DomainError("the step of a slice is not 0")
    return index(x, *(slice(*k) for k in zip(begin, end, steps, strict=True)))


def taken(x: Node, indices: Node, axis: int) -> Node:
    """The slices of x along an axis that indices name."""
    a = normal_axis(axis, x.ndim)
    return TAKE(as_number(x), indices, attrs=(a, x.shape[a]))


@function(example="torch_select([[1, 2], [3, 4]], 1, 0)")
def torch_select(x: Array, axis: Int, index: Int) -> Node:
    """The slice of x at one place of an axis, which is PyTorch's `select`."""
    return along(x, normal_axis(axis, x.ndim), index)


@function(
    example="take([3, 1, 2], [0, 0])",
    signatures="""
        np.take(a, indices, axis=None, out=None, mode='raise')
        jnp.take(a, indices, axis=None, out=None, mode='fill', unique_indices=False, \
            indices_are_sorted=False, fill_value=None)
    """,
)
def take(
    x: Array,
    indices: Array,
    axis: Axis = None,
    mode: Value = "raise",
    *,
    fill_value: Array | None = None,
) -> Node:
    """The elements that indices name, among all in a row, or whole slices along an axis.

    An index that is out of bounds is an error, unless the mode is "clip", "wrap", or "fill": NaN,
    or a value, takes its place.
    """
    x, a = flat_unless(x, axis)
    if mode in _WITHIN:
        indices = _WITHIN[mode](as_number(indices), float(x.shape[a]))
    if mode != "fill":
        if mode not in (None, "raise", *_WITHIN):
            raise ProgramTypeError(f"take knows no mode {mode!r}", help='"clip", "wrap", "fill"')
        return taken(x, indices, a)
    inside = (indices >= -float(x.shape[a])) & (indices < float(x.shape[a]))
    z = taken(x, choose(inside, indices, 0.0), a)
    rows = reshape_to(inside, (*inside.shape, *(1,) * (x.ndim - 1 - a)))
    return choose(rows, z, math.nan if fill_value is None else fill_value)


_WITHIN: dict[Any, Callable[[Node, float], Node]] = {
    "clip": lambda indices, n: minimum(maximum(indices, 0.0), n - 1.0),
    "wrap": mod,
}
"""How indices that are out of bounds become others that are not."""


@function(
    example="gather([3, 1, 2], [0, 0])",
    aliases="embedding_lookup",
    signatures="""
        tf.gather(params: x, indices, validate_indices=None, axis=None, batch_dims=0)
        tf.embedding_lookup(params: x, ids: indices, max_norm=None)
    """,
)
def gather(x: Array, indices: Array, axis: Int | None = None, batch_dims: Int = 0) -> Node:
    """The slices along an axis that indices name; for each row of its own with `batch_dims`.

    The axis is the first behind those of rows, unless it is given.
    """
    if batch_dims < 0:
        batch_dims = normal_axis(batch_dims, indices.ndim)
    axis = batch_dims if axis is None else axis
    if not batch_dims:
        return taken(x, indices, axis)
    if not x.size or x.shape[:1] != indices.shape[:1]:
        shapes = f"{show_shape(x.shape)} and {show_shape(indices.shape)}"
        raise ShapeError(f"x and its indices need the same rows, and have the shapes {shapes}")
    a = normal_axis(axis, x.ndim)
    if a < batch_dims:
        raise ShapeError(
            f"axis {a} is one of the {batch_dims} that rows are counted by",
            help="an axis behind them, or batch_dims=0",
        )
    pairs = ((along(x, 0, i), along(indices, 0, i)) for i in range(x.shape[0]))
    return stack([gather(part, rows, a - 1, batch_dims - 1) for part, rows in pairs])


@function(example="index_select([3, 1, 2], 0, [0, 0])")
def index_select(x: Array, axis: Int, indices: Array) -> Node:
    """The slices along an axis that indices name."""
    return taken(x, indices, axis)


@function(example="gather_elements([3, 1, 2], 0, [1, 0])")
def gather_elements(x: Array, axis: Int, indices: Array) -> Node:
    """The elements that an array of indices names along an axis: torch.gather."""
    a = normal_axis(axis, x.ndim)
    if indices.ndim != x.ndim:
        raise ShapeError(f"the indices need {x.ndim} axes, and have {indices.ndim}")
    others = (n for i, n in enumerate(indices.shape) if i != a)
    lengths = (n for i, n in enumerate(x.shape) if i != a)
    if all(m == n for m, n in zip(others, lengths, strict=True)):
        return take_along_axis(x, indices, a)
    part = index(x, *(slice(None) if i == a else slice(n) for i, n in enumerate(indices.shape)))
    return take_along_axis(part, indices, a)


def places(indices: Any, shape: tuple[int, ...]) -> tuple[Any, ...]:
    """Indices with a last axis that names an element or slice, as one array for each axis."""
    rows = np.asarray(indices, float)
    depth = rows.shape[-1] if rows.ndim else 0
    if not 0 < depth <= len(shape):
        raise DomainError(f"the last axis of the indices is to name 1 to {len(shape)} axes")
    return tuple(whole(rows[..., i], shape[i]) for i in range(depth))


@function(example="gather_nd([[1, 2], [3, 4]], [[0, 1], [1, 0]])", aliases="gather_n_d")
def gather_nd(x: Array, indices: Numbers) -> Node:
    """The elements or slices that the last axis of the indices names."""
    return index(x, *places(indices, x.shape))


@function(example="narrow([1, 2, 3, 4], 0, 1, 2)")
def narrow(x: Array, axis: Int, start: Int, length: Int) -> Node:
    """A block along one axis: where it begins and how long it is."""
    a = normal_axis(axis, x.ndim)
    first = start + x.shape[a] if start < 0 else start
    return along(x, a, slice(first, first + length))


def block_within(lengths: Sequence[int], start: Sequence[int], sizes: Sequence[int]) -> list[int]:
    """Where a block begins on axes of these lengths, moved back if it begins too far on."""
    one_each("where a block begins", start, len(lengths))
    one_each("a block", sizes, len(lengths))
    rows = zip(start, lengths, sizes, strict=True)
    return [min(max(b + n if b < 0 else b, 0), n - k) for b, n, k in rows]


@function(example="dynamic_slice([1, 2, 3, 4], (1,), (2,))")
def dynamic_slice(x: Array, start: Shape, size: Shape) -> Node:
    """A block of x, moved inside x if it begins too far on."""
    begin = block_within(x.shape, start, size)
    return index(x, *(slice(b, b + k) for b, k in zip(begin, size, strict=True)))


@function(
    example="slice_in_dim([1, 2, 3, 4], 1, 3)",
    signatures="""
        lax.slice_in_dim(operand: x, start_index, limit_index, stride=1, axis=0)
    """,
)
def slice_in_dim(
    x: Array,
    start_index: Int | None = None,
    limit_index: Int | None = None,
    stride: Int = 1,
    axis: Int = 0,
) -> Node:
    """The part of one axis from a start up to a limit."""
    if stride < 1:
        raise DomainError(f"the stride is at least 1, and not {stride}")
    return along(x, normal_axis(axis, x.ndim), slice(start_index, limit_index, stride))


@function(
    example="index_in_dim([1, 2, 3], 1)",
    signatures="lax.index_in_dim(operand: x, index: at, axis=0, keepdims=True)",
)
def index_in_dim(x: Array, at: Int, axis: Int = 0, keepdims: Flag = True) -> Node:
    """What stands at an index of one axis, which is kept with a length of 1."""
    a = normal_axis(axis, x.ndim)
    i = int(whole(at, x.shape[a])) % x.shape[a]
    return along(x, a, slice(i, i + 1) if keepdims else i)


@function(
    example="dynamic_slice_in_dim([1, 2, 3, 4], 1, 2)",
    signatures="lax.dynamic_slice_in_dim(operand: x, start_index, slice_size, axis=0)",
)
def dynamic_slice_in_dim(x: Array, start_index: Int, slice_size: Int, axis: Int = 0) -> Node:
    """A part of one axis, moved inside if it begins too far on."""
    a = normal_axis(axis, x.ndim)
    (start,) = block_within((x.shape[a],), (start_index,), (slice_size,))
    return along(x, a, slice(start, start + slice_size))


@function(
    example="dynamic_index_in_dim([1, 2, 3], 1)",
    signatures="lax.dynamic_index_in_dim(operand: x, index: at, axis=0, keepdims=True)",
)
def dynamic_index_in_dim(x: Array, at: Int, axis: Int = 0, keepdims: Flag = True) -> Node:
    """What stands at an index of one axis, or at its end if the index is beyond."""
    a = normal_axis(axis, x.ndim)
    (i,) = block_within((x.shape[a],), (at,), (1,))
    return along(x, a, slice(i, i + 1) if keepdims else i)


# --- by truth values ----------------------------------------------------------------------------


def truths(mask: Any) -> Any:
    """A plain value as an array of truth values."""
    return np.asarray(mask).astype(bool)


def fitted(mask: Any, shape: tuple[int, ...]) -> Any:
    """A mask, repeated to a shape."""
    if broadcast_shapes(mask.shape, shape) != shape:
        raise ShapeError(f"a mask of {show_shape(mask.shape)} does not fit {show_shape(shape)}")
    return np.broadcast_to(mask, shape)


@function(example="boolean_mask([1, 2, 3], [true, false, true])", aliases="boolean_mask_async")
def boolean_mask(x: Array, mask: Numbers, axis: Int = 0) -> Node:
    """The elements or slices where the mask holds."""
    return index(x, *(slice(None),) * normal_axis(axis, x.ndim), truths(mask))


@function(
    example="compress([true, false, true], [1, 2, 3])",
    signatures="""
        np.ndarray.compress(self: x, condition, axis=None)
        x.compress(x, condition, axis=None)
    """,
)
def compress(condition: Numbers, x: Array, axis: Axis = None) -> Node:
    """The elements, or the slices along an axis, where the condition holds."""
    x, a = flat_unless(x, axis)
    return along(x, a, np.flatnonzero(truths(condition)))


@function(example="extract([true, false, true], [1, 2, 3])")
def extract(condition: Numbers, x: Array) -> Node:
    """The elements where the condition holds, in a row."""
    return index(as_vector(x), np.flatnonzero(truths(condition)))


@function(example="masked_select([1, 2, 3], [true, false, true])")
def masked_select(x: Array, mask: Numbers) -> Node:
    """The elements where the mask holds, in a row; both broadcast."""
    held = truths(mask)
    shape = broadcast_shapes(x.shape, held.shape)
    return index(spread(x, shape), np.broadcast_to(held, shape))
