"""Products of vectors, matrices and arrays: dot, outer, cross and the like."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from gradcli.errors import ShapeError
from gradcli.ir.function import function
from gradcli.ir.op import as_number
from gradcli.ir.shapes import normal_axis, show_shape
from gradcli.ops.matmul import MATMUL, matmul, turned
from gradcli.ops.shape import permute, reshape_to, stack

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gradcli.ir.function import Array, Arrays, Axis, Flag, Int, Rest, Wholes
    from gradcli.ir.node import Node

# --- over some axes -----------------------------------------------------------------------------


@function(example="tensordot([[1, 2]], [[3], [4]], 1)")
def tensordot(x: Array, y: Array, axes: Wholes = 2) -> Node:
    """The sum of products over axes of x and y: their number, or the two lists of them."""
    left, right = _axes_of_two(x, y, axes)
    _fit_over(x, left, y, right)
    free_x = [a for a in range(x.ndim) if a not in left]
    free_y = [a for a in range(y.ndim) if a not in right]
    inner = math.prod(x.shape[a] for a in left)
    a = reshape_to(permute(x, (*free_x, *left)), (math.prod(x.shape[i] for i in free_x), inner))
    b = reshape_to(permute(y, (*right, *free_y)), (inner, math.prod(y.shape[i] for i in free_y)))
    shape = (*(x.shape[i] for i in free_x), *(y.shape[i] for i in free_y))
    return reshape_to(MATMUL(a, b), shape)


def _fit_over(x: Node, of_x: Sequence[int], y: Node, of_y: Sequence[int]) -> None:
    """Refuses axes of two arrays that are not of the same lengths."""
    if [x.shape[a] for a in of_x] != [y.shape[a] for a in of_y]:
        raise ShapeError(
            f"shapes {show_shape(x.shape)} and {show_shape(y.shape)} do not fit over these axes"
        )


def _axes_of_two(x: Node, y: Node, axes: Any) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """The axes of x and those of y, from both lists, or from how many last and first ones."""
    if not isinstance(axes, tuple):
        if not 0 <= axes <= min(x.ndim, y.ndim):
            raise ShapeError(f"arrays of {x.ndim} and {y.ndim} axes do not fit over {axes} of them")
        axes = tuple(range(x.ndim - axes, x.ndim)), tuple(range(axes))
    elif len(axes) != 2:
        raise ShapeError("tensordot needs the axes of x and those of y, or how many they are")
    of_x, of_y = (a if isinstance(a, tuple) else (a,) for a in axes)
    return tuple(normal_axis(a, x.ndim) for a in of_x), tuple(normal_axis(a, y.ndim) for a in of_y)


@function(example="dot([1, 2], [3, 4])", signatures="torch.dot(input: x, tensor: y)")
def dot(x: Array, y: Array) -> Node:
    """The sum of products over the last axis of x and the last but one of y, as NumPy's dot."""
    if x.ndim == 0 or y.ndim == 0:
        return x * y
    if y.ndim <= 2:
        return matmul(x, y)
    return tensordot(x, y, ((-1,), (-2,)))


@function(example="inner([1, 2], [3, 4])")
def inner(x: Array, y: Array) -> Node:
    """The sum of products over the last axes."""
    if x.ndim == 0 or y.ndim == 0:
        return x * y
    return tensordot(x, y, ((-1,), (-1,)))


@function(example="vdot([1, 2], [3, 4])")
def vdot(x: Array, y: Array) -> Node:
    """The sum of products of all elements."""
    return matmul(reshape_to(x, (x.size,)), reshape_to(y, (y.size,)))


@function(example="outer([1, 2], [3, 4])", aliases="outer_product ger")
def outer(x: Array, y: Array) -> Node:
    """All products of an element of x and one of y."""
    return reshape_to(x, (x.size, 1)) * reshape_to(y, (1, y.size))


@function(example="kron([1, 2], [1, 10])")
def kron(x: Array, y: Array) -> Node:
    """The Kronecker product: y once for each element of x, times that element."""
    ndim = max(x.ndim, y.ndim)
    a = (1,) * (ndim - x.ndim) + x.shape
    b = (1,) * (ndim - y.ndim) + y.shape
    left = reshape_to(x, tuple(n for m in a for n in (m, 1)))
    right = reshape_to(y, tuple(n for m in b for n in (1, m)))
    return reshape_to(left * right, tuple(m * n for m, n in zip(a, b, strict=True)))


# --- of stacks of vectors -----------------------------------------------------------------------


@function(example="vecdot([[1, 2], [3, 4]], [1, 1])")
def vecdot(x: Array, y: Array, axis: Int = -1, *, keepdims: Flag = False) -> Node:
    """The sums of products along an axis; the others broadcast."""
    a, b = (moved_last(as_number(v), axis) for v in (x, y))
    rows = reshape_to(a, (*a.shape[:-1], 1, a.shape[-1]))
    columns = reshape_to(b, (*b.shape[:-1], b.shape[-1], 1))
    z = matmul(rows, columns)
    if keepdims:
        k = normal_axis(axis, z.ndim - 1)
        return reshape_to(z, (*z.shape[:k], 1, *z.shape[k:-2]))
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


@function(ranks={"x": 1, "y": 2}, example="vecmat([1, 1], [[1, 2], [3, 4]])")
def vecmat(x: Array, y: Array) -> Node:
    """The products of vectors and matrices, on the last axes; the others broadcast."""
    z = matmul(reshape_to(x, (*x.shape[:-1], 1, x.shape[-1])), y)
    return reshape_to(z, (*z.shape[:-2], z.shape[-1]))


@function(example="multi_dot(([[1, 2]], [[3], [4]], [[5]]))")
def multi_dot(arrays: Arrays) -> Node:
    """The product of several matrices, in the order that takes the fewest multiplications."""
    if len(arrays) < 2:
        raise ShapeError(f"multi_dot needs two arrays at least, not {len(arrays)}")
    return _chained(arrays)


def _chained(arrays: Sequence[Node]) -> Node:
    *inner, last = arrays
    shapes = [x.shape if x.ndim == 2 else (1, x.size) for x in arrays[:1]]
    lengths = [shapes[0][0], *(x.shape[0] if x.ndim == 2 else x.size for x in arrays)]
    lengths.append(last.shape[1] if last.ndim == 2 else 1)
    lengths.pop(1 if arrays[0].ndim == 2 else 0)
    return _multiplied(tuple(arrays), _best_cuts(lengths)) if inner else last


@function(example="chain_matmul([[1, 2]], [[3], [4]], [[5]])")
def chain_matmul(matrices: Rest) -> Node:
    """The product of one or more matrices, in the order that takes the fewest multiplications."""
    return _chained(matrices)


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
    def product(i: int, j: int) -> Node:
        if i == j:
            return arrays[i]
        k = cuts[i, j]
        return matmul(product(i, k), product(k + 1, j))

    return product(0, len(arrays) - 1)


@function(
    example="cross([1, 0, 0], [0, 1, 0])",
    signatures="""
        torch.cross(input, other, dim=None)
        torch.linalg.cross(input, other, *, dim=-1)
        np.linalg.cross(x1: x, x2: y, axis=-1)
        np.cross(a: x, b: y, axisa=-1, axisb=-1, axisc=-1, axis=None); first=False
    """,
)
def cross(
    x: Array,
    y: Array,
    axis: Axis = -1,
    *,
    axisa: Int = -1,
    axisb: Int = -1,
    axisc: Int = -1,
    first: Flag = True,
) -> Node:
    """The cross product of vectors of three elements; of two, its one element.

    NumPy says on which axes the vectors of x, of y and of the product are, or one axis for all.
    """
    if axis is None and first:
        axis = x.shape.index(3) if 3 in x.shape else -1
    of_x, of_y, of_z = (axisa, axisb, axisc) if axis is None else (axis,) * 3
    a, b = moved_last(as_number(x), of_x), moved_last(as_number(y), of_y)
    if a.shape[-1] == b.shape[-1] == 2:
        return a[..., 0] * b[..., 1] - a[..., 1] * b[..., 0]
    if a.shape[-1] != 3 or b.shape[-1] != 3:
        raise ShapeError("cross takes vectors of three elements, or both of two")
    parts = [a[..., i] * b[..., j] - a[..., j] * b[..., i] for i, j in ((1, 2), (2, 0), (0, 1))]
    return stack(parts, normal_axis(of_z, max(x.ndim, y.ndim)))


@function(example="matrix_transpose([[1, 2], [3, 4]])", aliases="adjoint")
def matrix_transpose(x: Array) -> Node:
    """The last two axes exchanged."""
    if x.ndim < 2:
        raise ShapeError(f"a matrix is needed, not the shape {show_shape(x.shape)}")
    return turned(x)


@function(example="dot_general([[1, 2]], [[3], [4]], (((1,), (0,)), ((), ())))")
def dot_general(x: Array, y: Array, dimension_numbers: Wholes) -> Node:
    """lax.dot_general: the axes to sum products over, of x and of y, and those to go along."""
    if [_lists(pair) for pair in _listed(dimension_numbers)] != [2, 2]:
        raise ShapeError(
            "the dimension numbers are two pairs of lists of axes",
            help="((over x, over y), (along x, along y)), as in (((1,), (0,)), ((), ()))",
        )
    (over_x, over_y), (along_x, along_y) = (_axes_of_two(x, y, pair) for pair in dimension_numbers)
    _fit_over(x, (*over_x, *along_x), y, (*over_y, *along_y))
    a, left = _three_axes(x, along_x, over_x)
    b, right = _three_axes(y, along_y, over_y)
    lead = tuple(x.shape[i] for i in along_x)
    return reshape_to(MATMUL(a, turned(b)), (*lead, *left, *right))


def _listed(value: Any) -> tuple[Any, ...]:
    return value if isinstance(value, tuple) else ()


def _lists(value: Any) -> int:
    """How many lists of numbers a tuple holds."""
    return sum(isinstance(part, tuple) and not any(map(_listed, part)) for part in _listed(value))


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
