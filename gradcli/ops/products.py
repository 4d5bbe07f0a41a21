"""More products: of stacks of vectors, of several matrices, with a sum."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from gradcli.errors import ShapeError
from gradcli.ir.function import function
from gradcli.ir.op import as_number
from gradcli.ir.shapes import normal_axis, show_shape
from gradcli.ops.linalg import MATMUL, matmul, outer, turned
from gradcli.ops.shape import permute, reshape_to, stack

if TYPE_CHECKING:
    from gradcli.ir.function import Array, Arrays, Flag, Int, Value
    from gradcli.ir.node import Node


@function(example="vecdot([[1, 2], [3, 4]], [1, 1])")
def vecdot(x: Array, y: Array, axis: Int = -1) -> Node:
    """The sums of products along an axis; the others broadcast."""
    a, b = (moved_last(as_number(v), axis) for v in (x, y))
    rows = reshape_to(a, (*a.shape[:-1], 1, a.shape[-1]))
    columns = reshape_to(b, (*b.shape[:-1], b.shape[-1], 1))
    z = matmul(rows, columns)
    return reshape_to(z, z.shape[:-2])


def moved_last(x: Node, axis: int) -> Node:
    """`x` with an axis moved behind the others."""
    a = normal_axis(axis, x.ndim)
    return permute(x, (*(i for i in range(x.ndim) if i != a), a))


@function(example="matvec([[1, 2], [3, 4]], [1, 1])", aliases="mat_vec")
def matvec(x: Array, y: Array, transpose_a: Flag = False) -> Node:
    """The products of matrices and vectors, on the last axes; the others broadcast."""
    columns = reshape_to(y, (*y.shape, 1))
    z = matmul(turned(x) if transpose_a else x, columns)
    return reshape_to(z, z.shape[:-1])


@function(example="vecmat([1, 1], [[1, 2], [3, 4]])")
def vecmat(x: Array, y: Array) -> Node:
    """The products of vectors and matrices, on the last axes; the others broadcast."""
    z = matmul(reshape_to(x, (*x.shape[:-1], 1, x.shape[-1])), y)
    return reshape_to(z, (*z.shape[:-2], z.shape[-1]))


@function(example="multi_dot(([[1, 2]], [[3], [4]], [[5]]))", aliases="chain_matmul")
def multi_dot(arrays: Arrays) -> Node:
    """The product of several matrices, in the order that takes the fewest multiplications."""
    *inner, last = arrays
    shapes = [x.shape if x.ndim == 2 else (1, x.size) for x in arrays[:1]]
    lengths = [shapes[0][0], *(x.shape[0] if x.ndim == 2 else x.size for x in arrays)]
    lengths.append(last.shape[1] if last.ndim == 2 else 1)
    lengths.pop(1 if arrays[0].ndim == 2 else 0)
    return _multiplied(tuple(arrays), _best_cuts(lengths)) if inner else last


def _best_cuts(lengths: list[int]) -> dict[tuple[int, int], int]:
    """Where to cut each run of matrices in two, by Godbole's table of costs."""
    n = len(lengths) - 1
    cost, cut = {(i, i): 0 for i in range(n)}, {}
    for width in range(1, n):
        for i in range(n - width):
            j = i + width
            prices = {
                k: cost[i, k] + cost[k + 1, j] + lengths[i] * lengths[k + 1] * lengths[j + 1]
                for k in range(i, j)
            }
            cut[i, j] = min(prices, key=prices.__getitem__)
            cost[i, j] = prices[cut[i, j]]
    return cut


def _multiplied(arrays: tuple[Node, ...], cuts: dict[tuple[int, int], int]) -> Node:
    def run(i: int, j: int) -> Node:
        if i == j:
            return arrays[i]
        k = cuts[i, j]
        return matmul(run(i, k), run(k + 1, j))

    return run(0, len(arrays) - 1)


@function(example="cross([1, 0, 0], [0, 1, 0])")
def cross(x: Array, y: Array, axis: Int = -1) -> Node:
    """The cross product of vectors of three elements; of two, its one element."""
    a, b = (moved_last(as_number(v), axis) for v in (x, y))
    if a.shape[-1] == b.shape[-1] == 2:
        return a[..., 0] * b[..., 1] - a[..., 1] * b[..., 0]
    if a.shape[-1] != 3 or b.shape[-1] != 3:
        raise ShapeError("cross takes vectors of three elements, or both of two")
    parts = [a[..., i] * b[..., j] - a[..., j] * b[..., i] for i, j in ((1, 2), (2, 0), (0, 1))]
    return stack(parts, normal_axis(axis, max(x.ndim, y.ndim)))


@function(example="matrix_transpose([[1, 2], [3, 4]])", aliases="adjoint")
def matrix_transpose(x: Array) -> Node:
    """The last two axes exchanged."""
    if x.ndim < 2:
        raise ShapeError(f"a matrix is needed, not the shape {show_shape(x.shape)}")
    return turned(x)


@function(example="dot_general([[1, 2]], [[3], [4]], (((1,), (0,)), ((), ())))")
def dot_general(x: Array, y: Array, dimension_numbers: Value) -> Node:
    """lax.dot_general: the axes to sum products over, of x and of y, and those to go along."""
    (over_x, over_y), (along_x, along_y) = (
        [tuple(int(a) for a in part) for part in pair] for pair in dimension_numbers
    )
    a, left = _three_axes(x, along_x, over_x)
    b, right = _three_axes(y, along_y, over_y)
    lead = tuple(x.shape[i] for i in along_x)
    return reshape_to(MATMUL(a, turned(b)), (*lead, *left, *right))


def _three_axes(
    x: Node, first: tuple[int, ...], last: tuple[int, ...]
) -> tuple[Node, tuple[int, ...]]:
    """x with its axes gathered into three: those along, the others, those to sum over."""
    rest = tuple(i for i in range(x.ndim) if i not in (*first, *last))
    sizes = [math.prod(x.shape[i] for i in part) for part in (first, rest, last)]
    moved = permute(as_number(x), (*first, *rest, *last))
    return reshape_to(moved, tuple(sizes)), tuple(x.shape[i] for i in rest)


# --- a product and a sum ------------------------------------------------------------------------


def _added(first: Node, product: Node, beta: Node | None, alpha: Node | None) -> Node:
    product = product if alpha is None else alpha * product
    return (first if beta is None else beta * first) + product


@function(example="addmm([[1]], [[1, 2]], [[3], [4]])", aliases="addmv")
def addmm(
    x: Array, y: Array, z: Array, *, beta: Array | None = None, alpha: Array | None = None
) -> Node:
    """beta*x + alpha*(y @ z)."""
    return _added(x, matmul(y, z), beta, alpha)


@function(example="baddbmm([[[1]]], [[[1, 2]]], [[[3], [4]]])")
def baddbmm(
    x: Array, y: Array, z: Array, *, beta: Array | None = None, alpha: Array | None = None
) -> Node:
    """beta*x + alpha*(y @ z), for stacks of matrices."""
    return _added(x, matmul(y, z), beta, alpha)


@function(example="addr([[1, 1]], [1], [3, 4])")
def addr(
    x: Array, y: Array, z: Array, *, beta: Array | None = None, alpha: Array | None = None
) -> Node:
    """beta*x + alpha*outer(y, z)."""
    return _added(x, outer(y, z), beta, alpha)
