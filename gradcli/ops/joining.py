"""Joining arrays and taking them apart again."""

from __future__ import annotations

import itertools
import math
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from gradcli.errors import DomainError, LimitError, ProgramTypeError, ShapeError
from gradcli.ir.function import function
from gradcli.ir.op import broadcast
from gradcli.ir.shapes import normal_axis, one_each, show_shape
from gradcli.ops.shape import (
    CONCAT,
    along,
    as_vector,
    at_least,
    broadcast_to,
    concat,
    index,
    reshape,
    reshape_to,
    spread,
    stack,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gradcli.ir.function import Array, Arrays, Axis, Flag, Int, Ints, Nested, Rest, Shape, Sizes
    from gradcli.ir.node import Node

MOST_PARTS = 1_000_000
"""Parts into which an array can be taken apart."""


@function(example="hstack(([1], [2, 3]))")
def hstack(arrays: Arrays) -> Node:
    """Arrays joined side by side."""
    rows = [at_least(x, 1) for x in arrays]
    return CONCAT(*rows, attrs=(0 if rows[0].ndim == 1 else 1,))


@function(example="vstack(([1, 2], [3, 4]))", aliases="row_stack")
def vstack(arrays: Arrays) -> Node:
    """Arrays joined one below the other."""
    return CONCAT(*(at_least(x, 2) for x in arrays), attrs=(0,))


@function(example="dstack(([1, 2], [3, 4]))")
def dstack(arrays: Arrays) -> Node:
    """Arrays joined on a third axis."""
    return CONCAT(*(_three_axes(x) for x in arrays), attrs=(2,))


def _three_axes(x: Node) -> Node:
    """NumPy's third axis comes behind a vector or a matrix."""
    if x.ndim >= 3:
        return x
    rows = at_least(x, 2)
    return reshape_to(rows, (*rows.shape, 1))


@function(example="column_stack(([1, 2], [3, 4]))")
def column_stack(arrays: Arrays) -> Node:
    """Vectors as the columns of a matrix; matrices side by side."""
    return CONCAT(*(x if x.ndim >= 2 else reshape_to(x, (x.size, 1)) for x in arrays), attrs=(1,))


@function(example="append([1, 2], [3])")
def append(x: Array, y: Array, axis: Axis = None) -> Node:
    """x with y behind it, along an axis; without one, all elements of both in a row."""
    if axis is None:
        return concat((as_vector(x), as_vector(y)))
    return concat((x, y), axis)


# --- taking apart ---------------------------------------------------------------------------


@function(example="unstack([[1, 2], [3, 4]])", aliases="unbind unpack")
def unstack(x: Array, axis: Int = 0) -> tuple[Node, ...]:
    """The parts along an axis, as a tuple."""
    a = normal_axis(axis, x.ndim)
    return tuple(along(x, a, i) for i in range(_checked(x.shape[a])))


@function(
    example="split([1, 2, 3, 4], 2)",
    variants={
        "tf": {"sizes": True},
        "tfjs": {"sizes": True},
        "torch": {"sizes": True, "each": True},
    },
)
def split(
    x: Array, parts: Sizes, axis: Int = 0, *, sizes: Flag = False, each: Flag = False
) -> tuple[Node, ...]:
    """Equal parts along an axis, or parts that begin at the places listed.

    With `sizes` a list gives the lengths of the parts, with `each` a number gives the length of
    all but the last.
    """
    a = normal_axis(axis, x.ndim)
    n = x.shape[a]
    if isinstance(parts, tuple):
        return _cut(x, a, _ends(parts, n) if sizes else _whole(parts))
    number = _positive(parts)
    return _each(x, a, number) if each else _cut(x, a, _equal(n, number))


def _equal(n: int, number: int) -> list[int]:
    """Where equal parts of an axis of length n meet."""
    if n % number:
        raise ShapeError(
            f"an axis of length {n} does not split into {number} equal parts",
            help="array_split takes unequal ones",
        )
    return list(range(n // _checked(number), n, n // number)) if n else [0] * (_checked(number) - 1)


def _each(x: Node, axis: int, length: int) -> tuple[Node, ...]:
    """Parts of this length, but for the last."""
    n = x.shape[axis]
    _checked(n // length)
    return _cut(x, axis, list(range(length, n, length)))


def _checked(count: int) -> int:
    """The number of parts, each of which takes much more memory than an element."""
    if count > MOST_PARTS:
        raise LimitError(
            f"{count:,} parts are more than {MOST_PARTS:,}", help="reshape keeps them in one array"
        )
    return count


def _cut(x: Node, axis: int, at: Sequence[int]) -> tuple[Node, ...]:
    """The parts of x between these places on an axis."""
    edges = [0, *at, x.shape[axis]]
    return tuple(along(x, axis, slice(a, b)) for a, b in pairwise(edges))


def _whole(values: Sequence[Any]) -> list[int]:
    if any(v != int(v) for v in values):
        raise ProgramTypeError("the places of a split are whole numbers")
    return [int(v) for v in values]


def _positive(parts: Any) -> int:
    if isinstance(parts, (int, float)) and parts == int(parts) and parts > 0:
        return int(parts)
    raise ProgramTypeError("the number of parts is a positive whole number")


def _ends(lengths: Sequence[Any], n: int) -> list[int]:
    """Where parts of these lengths end, but for the last; a length of -1 is what is left."""
    sizes = _whole(lengths)
    if sizes.count(-1) == 1:
        sizes = [n - sum(sizes) - 1 if m == -1 else m for m in sizes]
    if sum(sizes) != n or min(sizes, default=0) < 0:
        raise ShapeError(f"parts of {list(sizes)} do not make up an axis of length {n}")
    return [int(k) for k in np.cumsum(sizes)[:-1]]


@function(example="array_split([1, 2, 3], 2)[0]", aliases="tensor_split")
def array_split(x: Array, parts: Sizes, axis: Int = 0) -> tuple[Node, ...]:
    """Parts along an axis, as equal as may be, the longer ones first."""
    a = normal_axis(axis, x.ndim)
    if isinstance(parts, tuple):
        return _cut(x, a, _whole(parts))
    number = _checked(_positive(parts))
    short, longer = divmod(x.shape[a], number)
    lengths = [short + 1] * longer + [short] * (number - longer)
    return _cut(x, a, [int(k) for k in np.cumsum(lengths)[:-1]])


@function(example="chunk([1, 2, 3], 2)")
def chunk(x: Array, chunks: Int, axis: Int = 0) -> tuple[Node, ...]:
    """At most that many parts along an axis, all as long as the first but for the last."""
    a = normal_axis(axis, x.ndim)
    length = max(math.ceil(x.shape[a] / _positive(chunks)), 1)
    return _each(x, a, length)


@function(example="hsplit([1, 2, 3, 4], 2)")
def hsplit(x: Array, parts: Sizes) -> tuple[Node, ...]:
    """Parts side by side: along the second axis, or the only one."""
    return split(x, parts, 0 if x.ndim == 1 else 1)


@function(example="vsplit([[1], [2]], 2)")
def vsplit(x: Array, parts: Sizes) -> tuple[Node, ...]:
    """Parts one below the other: along the first axis."""
    return split(x, parts, 0)


@function(example="dsplit([[[1, 2]]], 2)")
def dsplit(x: Array, parts: Sizes) -> tuple[Node, ...]:
    """Parts along the third axis."""
    return split(x, parts, 2)


# --- ranks and shapes in common -------------------------------------------------------------


def _one_or_all(arrays: list[Node]) -> Any:
    return arrays[0] if len(arrays) == 1 else tuple(arrays)


@function(example="atleast_1d(3)")
def atleast_1d(arrays: Rest) -> Any:
    """An array, or a vector of one element if it is a number; several arrays each."""
    return _one_or_all([at_least(x, 1) for x in arrays])


@function(example="atleast_2d([1, 2])")
def atleast_2d(arrays: Rest) -> Any:
    """An array, or a matrix of one row if it has less than two axes; several arrays each."""
    return _one_or_all([at_least(x, 2) for x in arrays])


@function(example="atleast_3d([1, 2])")
def atleast_3d(arrays: Rest) -> Any:
    """An array with three axes, a vector as the second one, a matrix as the first two; or several.

    Several arrays are a tuple, each with its three axes.
    """
    return _one_or_all([_three_axes(x) for x in arrays])


@function(example="broadcast_arrays([1, 2], [[3], [4]])", aliases="broadcast_tensors")
def broadcast_arrays(arrays: Rest) -> tuple[Node, ...]:
    """Arrays repeated to the shape that they broadcast to."""
    shape = broadcast(arrays)
    return tuple(spread(x, shape) for x in arrays)


@function(example="broadcast_in_dim([1, 2], (3, 2), (1,))")
def broadcast_in_dim(x: Array, shape: Shape, axes: Ints) -> Node:
    """x repeated to a shape, its own axes being those named."""
    lengths = [1] * len(shape)
    one_each("broadcast_in_dim", axes, x.ndim)
    for a, n in zip(axes, x.shape, strict=True):
        lengths[normal_axis(a, len(shape))] = n
    return broadcast_to(reshape_to(x, tuple(lengths)), shape)


def _blocks(parts: Any, depth: int) -> Node:
    """Blocks joined on the last axis inside the innermost lists, on the one before outside them."""
    if not isinstance(parts, tuple):
        return at_least(parts, 1)
    if not parts or depth < 1:
        raise ShapeError("blocks are lists of lists of arrays, all as deep as the first")
    inner = [_blocks(part, depth - 1) for part in parts]
    ndim = max([depth, *(x.ndim for x in inner)])
    return CONCAT(*(at_least(x, ndim) for x in inner), attrs=(ndim - depth,))


def _depth(parts: Any) -> int:
    return 1 + _depth(parts[0]) if isinstance(parts, tuple) and parts else 0


@function(example="block([[1, 2], [3, 4]])")
def block(arrays: Nested) -> Node:
    """An array put together from blocks, as lists of lists: rows of blocks, one below the other."""
    return _blocks(arrays, _depth(arrays)) if isinstance(arrays, tuple) else arrays


# --- one axis as several ------------------------------------------------------------------------


@function(
    example="unflatten([1, 2, 3, 4], 0, (2, 2))",
    signatures="torch.unflatten(input, dim: axis, sizes: shape)",
)
def unflatten(x: Array, axis: Int, shape: Shape) -> Node:
    """One axis made into several; one of their lengths may be -1."""
    a = normal_axis(axis, x.ndim)
    rest = math.prod(x.shape[:a]) * math.prod(x.shape[a + 1 :])
    if -1 in shape and rest:
        known = -math.prod(shape)
        shape = tuple(x.shape[a] // max(known, 1) if n == -1 else n for n in shape)
    return reshape(x, (*x.shape[:a], *shape, *x.shape[a + 1 :]))


# --- all ways to choose -------------------------------------------------------------------------


@function(example="cartesian_prod([1, 2], [3, 4])")
def cartesian_prod(arrays: Rest) -> Node:
    """The rows of all ways to take one element of each vector."""
    grid = broadcast_arrays(tuple(_on_axes_of_their_own(arrays)))
    columns = [as_vector(x) for x in grid]
    return columns[0] if len(columns) == 1 else stack(columns, 1)


def _on_axes_of_their_own(arrays: Sequence[Node]) -> list[Node]:
    n = len(arrays)
    return [reshape_to(x, (*(1,) * i, x.size, *(1,) * (n - 1 - i))) for i, x in enumerate(arrays)]


@function(example="combinations([1, 2, 3], 2)")
def combinations(x: Array, r: Int = 2, with_replacement: Flag = False) -> Node:
    """The rows of all ways to take r elements of a vector, each at most once, in order."""
    if x.ndim != 1:
        raise ShapeError(f"combinations needs a vector, not the shape {show_shape(x.shape)}")
    if r < 0:
        raise DomainError("combinations takes 0 elements or more")
    ways = itertools.combinations_with_replacement if with_replacement else itertools.combinations
    count = math.comb(x.size + r - 1 if with_replacement and r else x.size, r)
    x.graph.check_size((max(count, 1), max(r, 1)))
    rows = list(ways(range(x.size), r)) if count else []
    chosen = np.array(rows, np.intp).reshape(count, r)
    return index(x, chosen)
