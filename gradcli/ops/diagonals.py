"""Diagonals, triangles and bands of matrices, and matrices put together from vectors and blocks."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from gradcli.errors import ShapeError
from gradcli.ir.function import function
from gradcli.ir.op import as_number
from gradcli.ir.shapes import normal_axis, show_shape
from gradcli.ops.axes import moveaxis
from gradcli.ops.compare import choose
from gradcli.ops.keys import Key
from gradcli.ops.records import added
from gradcli.ops.reduce import sum_
from gradcli.ops.shape import (
    PLACE,
    along,
    as_vector,
    at_least,
    concat,
    index,
    permute,
    place,
    reshape_to,
    spread,
    stack,
    vector_of,
)

if TYPE_CHECKING:
    from gradcli.ir.function import Array, Flag, Int, Nested, Rest
    from gradcli.ir.node import Node

# --- diagonals and triangles --------------------------------------------------------------------


def _diagonal_key(rows: int, columns: int, offset: int) -> tuple[Any, Any]:
    length = max(min(rows + min(offset, 0), columns - max(offset, 0)), 0)
    i = np.arange(length)
    return i + max(-offset, 0), i + max(offset, 0)


def _last_diagonal(x: Node, offset: int, name: str) -> Node:
    """The elements on a diagonal of the last two axes."""
    m, n = _last_two(x, name)
    return index(x, ..., *_diagonal_key(m, n, min(max(offset, -m), n)))


def _last_two(x: Node, name: str) -> tuple[int, int]:
    if x.ndim < 2:
        raise ShapeError(f"{name} needs a matrix, not the shape {show_shape(x.shape)}")
    return x.shape[-2], x.shape[-1]


def on_diagonal(x: Node) -> Node | None:
    """What stands on the diagonal of square matrices, if they are made of that; else None."""
    m, n = x.shape[-2:]
    is_placed = x.op is PLACE and x.attrs[0] == Key((..., *_diagonal_key(m, n, 0)))
    return x.inputs[0] if is_placed else None


@function(
    example="diagonal([[1, 2], [3, 4]])",
    signatures="""
        np.linalg.diagonal(x, *, offset=0); axis1=-2, axis2=-1
        torch.linalg.diagonal(A: x, *, offset=0, dim1=-2, dim2=-1)
    """,
)
def diagonal(x: Array, offset: Int = 0, axis1: Int = 0, axis2: Int = 1) -> Node:
    """The elements on a diagonal of two axes, as the last axis."""
    _last_two(x, "diagonal")
    a, b = normal_axis(axis1, x.ndim), normal_axis(axis2, x.ndim)
    if a == b:
        raise ShapeError("a diagonal needs two different axes")
    rest = tuple(i for i in range(x.ndim) if i not in (a, b))
    return _last_diagonal(permute(x, (*rest, a, b)), offset, "diagonal")


@function(example="diag_part([[1, 2], [3, 4]])", aliases="matrix_diag_part")
def diag_part(x: Array, k: Int = 0) -> Node:
    """The elements on a diagonal of the last two axes."""
    return _last_diagonal(x, k, "diag_part")


@function(example="diag([1, 2])", variants={"tf.linalg": {"always": True}})
def diag(x: Array, k: Int = 0, always: Flag = False) -> Node:
    """A matrix with a vector on its diagonal; of a matrix, its diagonal."""
    return _last_diagonal(x, k, "diag") if x.ndim >= 2 and not always else diag_embed(x, k)


@function(example="diag_embed([1, 2])", aliases="matrix_diag")
def diag_embed(x: Array, offset: Int = 0, dim1: Int = -2, dim2: Int = -1) -> Node:
    """Matrices with the last axis of x on a diagonal, their rows and columns at the axes named."""
    if x.ndim == 0:
        raise ShapeError("diag needs a vector or a matrix, not a scalar")
    n = x.shape[-1] + abs(offset)
    x.graph.check_size((n, n))
    z = place(x, (*x.shape[:-1], n, n), ..., *_diagonal_key(n, n, offset))
    return z if (dim1, dim2) == (-2, -1) else moveaxis(z, (-2, -1), (dim1, dim2))


@function(example="set_diag([[1, 2], [3, 4]], [9, 8])", aliases="matrix_set_diag")
def set_diag(x: Array, diagonal: Array, k: Int = 0) -> Node:
    """Matrices with other elements on a diagonal of the last two axes."""
    key = _diagonal_key(*_last_two(x, "set_diag"), k)
    there = np.zeros(x.shape[-2:], bool)
    there[key] = True
    values = spread(as_number(diagonal), (*x.shape[:-2], key[0].size))
    return choose(x.graph.constant(there), place(values, x.shape, ..., *key), x)


@function(example="tensor_diag([1, 2])")
def tensor_diag(x: Array) -> Node:
    """An array with twice as many axes, with x where the two halves of an index are equal."""
    return reshape_to(diag_embed(as_vector(x)), x.shape * 2)


@function(example="tensor_diag_part([[1, 2], [3, 4]])")
def tensor_diag_part(x: Array) -> Node:
    """The elements at which the two halves of an index are equal."""
    half = x.shape[: x.ndim // 2]
    if half * 2 != x.shape:
        raise ShapeError(f"tensor_diag_part cannot halve the shape {show_shape(x.shape)}")
    n = math.prod(half)
    return reshape_to(diag_part(reshape_to(x, (n, n))), half)


@function(example="diagflat([1, 2])")
def diagflat(x: Array, k: Int = 0) -> Node:
    """A matrix with all elements of x on its diagonal."""
    return diag_embed(as_vector(x), k)


def _banded(x: Node, mask: Any) -> Node:
    return choose(x.graph.constant(mask), x, 0.0)


@function(example="tril([[1, 2], [3, 4]])")
def tril(x: Array, k: Int = 0) -> Node:
    """The lower triangle, zeros above diagonal `k`."""
    return _banded(x, np.tri(*_last_two(x, "tril"), k, dtype=bool))


@function(example="triu([[1, 2], [3, 4]])")
def triu(x: Array, k: Int = 0) -> Node:
    """The upper triangle, zeros below diagonal `k`."""
    return _banded(x, ~np.tri(*_last_two(x, "triu"), k - 1, dtype=bool))


@function(example="band_part([[1, 2], [3, 4]], 0, -1)", aliases="matrix_band_part")
def band_part(x: Array, lower: Int, upper: Int) -> Node:
    """The elements at most so many below and above the diagonal, the others 0; -1: all of them."""
    rows, columns = _last_two(x, "band_part")
    below = np.arange(rows)[:, None] - np.arange(columns)
    inside = ((below <= lower) | (lower < 0)) & ((-below <= upper) | (upper < 0))
    return _banded(x, inside)


@function(
    example="trace([[1, 2], [3, 4]])",
    signatures="""
        np.trace(a, offset=0, axis1=0, axis2=1, dtype=None, out=None)
        np.linalg.trace(x, *, offset=0, dtype=None); axis1=-2, axis2=-1
        tf.trace(x); axis1=-2, axis2=-1
    """,
)
def trace(x: Array, offset: Int = 0, axis1: Int = 0, axis2: Int = 1) -> Node:
    """The sum of a diagonal of two axes."""
    return sum_(diagonal(x, offset, axis1, axis2), (-1,))


# --- from vectors and blocks --------------------------------------------------------------------


@function(example="toeplitz([1, 2, 3])", signatures="scipy.linalg.toeplitz(c: x, r=None)")
def toeplitz(x: Array, r: Array | None = None) -> Node:
    """The matrix with the same element along each diagonal, from its first column and row."""
    c = vector_of(x, "toeplitz")
    row = c if r is None else vector_of(r, "toeplitz")
    m, n = c.size, row.size
    c.graph.check_size((max(m, 1), max(n, 1)))
    whole = concat((along(c, 0, slice(None, None, -1)), along(row, 0, slice(1, None))))
    return index(whole, np.arange(m - 1, -1, -1)[:, None] + np.arange(n))


@function(example="circulant([1, 2, 3])", signatures="scipy.linalg.circulant(c: x)")
def circulant(x: Array) -> Node:
    """The matrix whose columns are the vector x, each turned on by one element."""
    c = vector_of(x, "circulant")
    c.graph.check_size((c.size, c.size))
    i = np.arange(c.size)
    return index(c, (i[:, None] - i) % max(c.size, 1))


@function(example="hankel([1, 2, 3])", signatures="scipy.linalg.hankel(c: x, r=None)")
def hankel(x: Array, r: Array | None = None) -> Node:
    """The matrix with the same element along each antidiagonal, from first column and last row."""
    c = vector_of(x, "hankel")
    last = spread(c.graph.constant(0.0), c.shape) if r is None else vector_of(r, "hankel")
    c.graph.check_size((max(c.size, 1), max(last.size, 1)))
    whole = concat((c, along(last, 0, slice(1, None))))
    return index(whole, np.arange(c.size)[:, None] + np.arange(last.size))


def _depth(parts: Any) -> int:
    """How many axes the array has that nested tuples stand for, at most."""
    if not isinstance(parts, tuple):
        return int(parts.ndim)
    return 1 + max(map(_depth, parts), default=0)


def _from_parts(parts: Any) -> Node:
    """The array that nested tuples stand for."""
    if parts == ():
        raise ShapeError("there is no matrix in ()")
    return stack([_from_parts(part) for part in parts]) if isinstance(parts, tuple) else parts


@function(example="block_diag(([[1, 2]], [[3]]))")
def block_diag(arrays: Nested, more: Rest = ()) -> Node:
    """Matrices along the diagonal of one matrix, zeros elsewhere."""
    if not isinstance(arrays, tuple) and arrays.ndim > 2:
        arrays = tuple(index(arrays, i) for i in range(arrays.shape[0]))
    several = arrays if _depth(arrays) > 2 else (arrays,)
    blocks = [at_least(as_number(_from_parts(x)), 2) for x in (*several, *more)]
    if not blocks or any(b.ndim != 2 for b in blocks):
        raise ShapeError("block_diag needs matrices")
    shape = (sum(b.shape[0] for b in blocks), sum(b.shape[1] for b in blocks))
    parts, i, j = [], 0, 0
    for b in blocks:
        m, n = b.shape
        parts.append(place(b, shape, slice(i, i + m), slice(j, j + n)))
        i, j = i + m, j + n
    return added(*parts)
