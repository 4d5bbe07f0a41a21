"""Arrays with some elements replaced, added to, put in or taken out."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from gradcli.errors import ProgramTypeError, ShapeError
from gradcli.ir.function import function
from gradcli.ir.op import as_number
from gradcli.ir.shapes import normal_axis, show_shape
from gradcli.ops.compare import choose, maximum, minimum, truth
from gradcli.ops.indexing import block_within, fitted, places, truths, whole
from gradcli.ops.keys import counted
from gradcli.ops.segments import Groups, extreme, segment_prod
from gradcli.ops.shape import (
    along,
    as_vector,
    concat,
    expand_dims,
    flat_unless,
    index,
    place,
    reshape_to,
    spread,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from gradcli.ir.function import Array, Axis, Flag, Function, Int, Numbers, Shape, Text, Value
    from gradcli.ir.node import Node

Keys = tuple[Any, ...]


def _numbers(shape: tuple[int, ...], key: Keys) -> Any:
    """The number of each element that the key takes."""
    return np.arange(int(np.prod(shape))).reshape(shape)[key]


def _replaced(x: Node, key: Keys, values: Node) -> Node:
    """x with values at the key; of several for one element the last."""
    at = _numbers(x.shape, key).ravel()
    row = as_vector(spread(as_number(values), np.shape(_numbers(x.shape, key))))
    _, last = np.unique(at[::-1], return_index=True)
    keep = at.size - 1 - last
    inside = np.zeros(x.size, bool)
    inside[at] = True
    put = place(index(row, keep), (x.size,), at[keep])
    return choose(x.graph.constant(inside.reshape(x.shape)), reshape_to(put, x.shape), as_number(x))


def _added(x: Node, key: Keys, values: Node) -> Node:
    shape = np.shape(_numbers(x.shape, key))
    return as_number(x) + place(spread(as_number(values), shape), x.shape, *key)


def _bounded(x: Node, key: Keys, values: Node, bound: Callable[..., Node], sign: float) -> Node:
    """x, but at the key the larger (or smaller) of it and the values."""
    at = _numbers(x.shape, key).ravel()
    row = as_vector(spread(as_number(values), np.shape(_numbers(x.shape, key)))) * sign
    where, group = np.unique(at, return_inverse=True)
    best = extreme(row, row, Groups(row, group, where.size)) * sign
    whole_row = as_vector(as_number(x))
    new = bound(index(whole_row, where), best)
    return reshape_to(_replaced(whole_row, (where,), new), x.shape)


def _less(x: Node, key: Keys, values: Node) -> Node:
    return _added(x, key, -as_number(values))


def _multiplied(x: Node, key: Keys, values: Node) -> Node:
    """x times values at places, which may occur several times."""
    row = as_vector(spread(values, key[0].shape))
    return x * reshape_to(segment_prod(row, _numbers(x.shape, key).ravel(), x.size), x.shape)


_UPDATES: dict[str, Callable[[Node, Keys, Node], Node]] = {
    "update": _replaced,
    "add": _added,
    "sub": _less,
    "multiply": _multiplied,
    "max": partial(_bounded, bound=maximum, sign=1.0),
    "min": partial(_bounded, bound=minimum, sign=-1.0),
}


@function(
    example="dynamic_update_slice([1, 2, 3], [9], (1,))",
    signatures="lax.dynamic_update_slice(operand: x, update, start_indices: start)",
)
def dynamic_update_slice(x: Array, update: Array, start: Shape) -> Node:
    """x with a block of it replaced, which is moved inside x if it would begin too far on."""
    begin = block_within(x.shape, start, update.shape)
    key = tuple(slice(b, b + k) for b, k in zip(begin, update.shape, strict=True))
    return _replaced(x, key, update)


@function(
    example="dynamic_update_slice_in_dim([1, 2, 3], [9], 1, 0)",
    signatures="""
        lax.dynamic_update_slice_in_dim(operand: x, update, start_index, axis)
    """,
)
def dynamic_update_slice_in_dim(x: Array, update: Array, start_index: Int, axis: Int) -> Node:
    """x with a part of one axis replaced, which is moved inside x if it would begin too far on."""
    start = [0] * x.ndim
    start[normal_axis(axis, x.ndim)] = start_index
    z: Node = dynamic_update_slice(x, update, start)
    return z


@function(
    example="dynamic_update_index_in_dim([1, 2, 3], 9, 1, 0)",
    signatures="lax.dynamic_update_index_in_dim(operand: x, update, index, axis)",
)
def dynamic_update_index_in_dim(x: Array, update: Array, index: Int, axis: Int) -> Node:
    """x with what stands at an index of one axis replaced, or at its end if the index is beyond."""
    a = normal_axis(axis, x.ndim)
    (i,) = block_within((x.shape[a],), (index,), (1,))
    key: Keys = (*(slice(None),) * a, slice(i, i + 1))
    return _replaced(x, key, update if update.ndim == x.ndim else expand_dims(update, (a,)))


# --- TensorFlow's -------------------------------------------------------------------------------


@function(example="scatter_nd([[0], [2]], [5, 6], (4,))", aliases="scatter_n_d")
def scatter_nd(indices: Numbers, updates: Array, shape: Shape) -> Node:
    """Zeros of a shape with updates added where the last axis of the indices says."""
    key = places(indices, tuple(shape))
    wanted = np.shape(_numbers(tuple(shape), key))
    return place(spread(as_number(updates), wanted), tuple(shape), *key)


def _scatter_into(how: str, update: str, doc: str) -> Function:
    """TensorFlow's function that updates elements in one of the ways."""

    @function(
        name=f"tensor_scatter_nd_{how}",
        doc=doc + " where the last axis of the indices says.",
        example=f"tensor_scatter_nd_{how}([1, 2, 3], [[1]], [{update}])",
        aliases=f"tensor_scatter_{how}",
    )
    def updated(x: Array, indices: Numbers, updates: Array) -> Node:
        return _UPDATES[how](x, places(indices, x.shape), updates)

    return updated


tensor_scatter_nd_update = _scatter_into("update", "9", "x with updates")
tensor_scatter_nd_add = _scatter_into("add", "9", "x with updates added")
tensor_scatter_nd_sub = _scatter_into("sub", "9", "x with updates subtracted")
tensor_scatter_nd_max = _scatter_into("max", "9", "x, but the larger of it and the updates")
tensor_scatter_nd_min = _scatter_into("min", "0", "x, but the smaller of it and the updates")

# --- PyTorch's ----------------------------------------------------------------------------------


def _slices(x: Node, axis: int, indices: Any) -> Keys:
    """The key of whole slices along an axis."""
    a = normal_axis(axis, x.ndim)
    return (*(slice(None),) * a, np.atleast_1d(whole(np.asarray(indices, float), x.shape[a])))


@function(example="index_add([1, 2, 3], 0, [0, 0], [5, 6])")
def index_add(
    x: Array, axis: Int, indices: Numbers, source: Array, alpha: Array | None = None
) -> Node:
    """x with the slices of a source added to those that indices name along an axis."""
    values = as_number(source) if alpha is None else alpha * as_number(source)
    return _added(x, _slices(x, axis, indices), values)


@function(example="index_copy([1, 2, 3], 0, [0, 2], [5, 6])")
def index_copy(x: Array, axis: Int, indices: Numbers, source: Array) -> Node:
    """x with the slices of a source in place of those that indices name along an axis."""
    return _replaced(x, _slices(x, axis, indices), source)


@function(example="index_fill([1, 2, 3], 0, [0, 2], 7)")
def index_fill(x: Array, axis: Int, indices: Numbers, value: Array) -> Node:
    """x with one value in the slices that indices name along an axis."""
    return _replaced(x, _slices(x, axis, indices), value)


@function(example="index_put([1, 2, 3], ([0, 2],), [5, 6])")
def index_put(x: Array, indices: Numbers, source: Array, accumulate: Value = False) -> Node:
    """x with values at the indices, an array for each axis; added to it with `accumulate`."""
    if not isinstance(indices, tuple):
        raise ShapeError("index_put needs a tuple of indices, one for each axis: (i, j)")
    parts = zip(indices, x.shape, strict=False)
    key = tuple(whole(np.asarray(part, float), n) for part, n in parts)
    return (_added if accumulate else _replaced)(x, key, source)


def _elements(x: Node, axis: int, indices: Any) -> Keys:
    """The key of the elements that an array of indices names along an axis."""
    rows = np.asarray(indices, float)
    a = normal_axis(axis, x.ndim)
    if rows.ndim != x.ndim:
        raise ShapeError(f"the indices need {x.ndim} axes, and have {rows.ndim}")
    key = list(np.ogrid[tuple(slice(n) for n in rows.shape)])
    key[a] = whole(rows, x.shape[a])
    return tuple(np.broadcast_arrays(*key))


def _fitted(source: Node, key: Keys) -> Node:
    """A source of the indices' shape, or one number, or a block of a larger source."""
    shape = key[0].shape
    if source.ndim != len(shape) or source.shape == shape:
        return source
    return index(source, *(slice(0, n) for n in shape))


_SYNONYMS = {"set": "update", "sum": "add", "prod": "multiply", "amax": "max", "amin": "min"}


@function(
    example="scatter([1, 2, 3], 0, [0, 2], [5, 6])",
    signatures="""
        torch.scatter(input, dim: axis, index: indices, src: source, *, reduce='set')
        torch.scatter(input, dim: axis, index: indices, value: source, *, reduce='set')
    """,
)
def scatter(x: Array, axis: Int, indices: Numbers, source: Array, reduce: Text = "set") -> Node:
    """x with elements of a source in place of those that indices name along an axis."""
    how = _SYNONYMS.get(reduce, reduce)
    if how not in _UPDATES:
        raise ProgramTypeError(f"scatter knows no reduction {reduce!r}", help=", ".join(_UPDATES))
    key = _elements(x, axis, indices)
    return _UPDATES[how](x, key, _fitted(source, key))


@function(example="scatter_add([1, 2, 3], 0, [0, 0], [5, 6])")
def scatter_add(x: Array, axis: Int, indices: Numbers, source: Array) -> Node:
    """x with elements of a source added to those that indices name along an axis."""
    return scatter(x, axis, indices, source, "add")


_IDENTITIES = {"sum": 0.0, "prod": 1.0, "mean": 0.0, "amax": -np.inf, "amin": np.inf}
"""The reductions of scatter_reduce, and what each starts from without the element itself."""


@function(
    example='scatter_reduce([1, 2, 3], 0, [0, 0, 1], [5, 6, 7], "mean")',
    signatures="torch.scatter_reduce(input, dim: axis, index: indices, src: source, reduce, *, "
    "include_self=True)",
)
def scatter_reduce(
    x: Array, axis: Int, indices: Numbers, source: Array, reduce: Text, include_self: Flag = True
) -> Node:
    """x with its elements reduced with those of a source that indices name, in one of five ways."""
    if reduce not in _IDENTITIES:
        help_ = ", ".join(_IDENTITIES)
        raise ProgramTypeError(f"scatter_reduce knows no reduction {reduce!r}", help=help_)
    key = _elements(x, axis, indices)
    values, numbers = _fitted(as_number(source), key), _numbers(x.shape, key).ravel()
    counts = np.bincount(numbers, minlength=x.size).reshape(x.shape)
    if not include_self:
        x = choose(x.graph.constant(counts > 0), _IDENTITIES[reduce], x)
    if reduce == "mean":
        return _added(x, key, values) / x.graph.constant(np.maximum(counts + include_self, 1))
    return _UPDATES[_SYNONYMS[reduce]](x, key, values)


@function(example="put_along_axis([1, 2, 3], [0, 2], [5, 6], 0)")
def put_along_axis(x: Array, indices: Numbers, values: Array, axis: Int = -1) -> Node:
    """x with values in place of the elements that indices name along an axis."""
    return _replaced(x, _elements(x, axis, indices), values)


# --- NumPy's ------------------------------------------------------------------------------------


@function(example="put([1, 2, 3], [0, 2], [5, 6])")
def put(x: Array, indices: Numbers, values: Array) -> Node:
    """x with values in place of the elements that indices name among all in a row."""
    row = as_vector(x)
    at = np.atleast_1d(whole(np.asarray(indices, float), x.size))
    cycled = as_vector(values)
    again = index(cycled, np.arange(at.size) % max(cycled.size, 1))
    return reshape_to(_replaced(row, (at.ravel(),), again), x.shape)


@function(example="masked_fill([1, 2, 3], [true, false, true], 7)")
def masked_fill(x: Array, mask: Array, value: Array) -> Node:
    """x with a value where the mask holds."""
    return choose(truth(mask), value, x)


@function(example="putmask([1, 2, 3], [true, false, true], 7)")
def putmask(x: Array, mask: Array, values: Array) -> Node:
    """x with the values at the same places where the mask holds; values repeat in turn."""
    row = as_vector(values)
    again = index(row, np.arange(x.size) % max(row.size, 1))
    return choose(truth(mask), reshape_to(again, x.shape), x)


@function(example="masked_scatter([1, 2, 3], [true, false, true], [7, 8])")
def masked_scatter(x: Array, mask: Numbers, source: Array) -> Node:
    """x with the elements of a source, one after the other, where the mask holds."""
    at = np.flatnonzero(fitted(truths(mask), x.shape))
    values = index(as_vector(source), slice(0, at.size))
    return reshape_to(_replaced(as_vector(x), (at,), values), x.shape)


@function(example="insert([1, 2, 3], 1, 9)")
def insert(x: Array, at: Numbers, values: Array, axis: Axis = None) -> Node:
    """x with values put in before the places named, along an axis or among all in a row."""
    x, a = flat_unless(as_number(x), axis)
    n, before = x.shape[a], np.asarray(at, float)
    numbers, values = _places_between(before, n), as_number(values)
    if before.ndim == 0 and values.ndim == x.ndim:
        numbers = np.repeat(numbers, values.shape[a])
    elif values.ndim and before.ndim == 0 and x.ndim > 1:
        values = reshape_to(values, (*values.shape[:a], 1, *values.shape[a:]))
    shape = (*x.shape[:a], numbers.size, *x.shape[a + 1 :])
    order = np.argsort(np.concatenate((np.arange(n) + 0.5, numbers)), kind="stable")
    return along(concat((x, spread(values, shape)), a), a, order)


def _places_between(before: Any, n: int) -> Any:
    """Places from 0 to n, the end of an axis of that length; negative ones count from there."""
    if before.ndim > 1:
        raise ShapeError(f"insert needs a place or a list of them, not {before.ndim} axes of them")
    places_ = np.atleast_1d(counted(before, n))
    if not ((places_ >= 0) & (places_ <= n)).all():
        raise ShapeError(f"there is no place {before.flat[0]:g} on an axis of length {n}")
    return places_.astype(np.intp)


@function(example="delete([1, 2, 3], 1)")
def delete(x: Array, at: Numbers, axis: Axis = None) -> Node:
    """x without the elements, or the slices along an axis, at the places named."""
    x, a = flat_unless(x, axis)
    gone = np.asarray(at)
    n = x.shape[a]
    if gone.dtype.kind == "b":
        if gone.shape != (n,):
            raise ShapeError(
                f"truth values of the shape {show_shape(gone.shape)} do not choose among {n} places"
            )
        gone = np.flatnonzero(gone)
    return along(x, a, np.delete(np.arange(n), whole(gone.astype(float), n)))
