"""Products of vectors, matrices and arrays: dot, outer, einsum and the like."""

from __future__ import annotations

import math
import re
from functools import reduce
from string import ascii_letters
from typing import TYPE_CHECKING, Any

import numpy as np

from gradcli.errors import LimitError, ProgramTypeError, ShapeError
from gradcli.ir.batching import is_batched
from gradcli.ir.function import function
from gradcli.ir.op import Multilinear, as_number
from gradcli.ir.record import CONSTANT
from gradcli.ir.shapes import broadcast_shapes, normal_axis, show_shape
from gradcli.ops.matmul import MATMUL, matmul, turned
from gradcli.ops.shape import permute, place, reshape_to, spread, stack

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gradcli.ir.function import Array, Arrays, Axis, Flag, Int, Rest, TextOrArray, Wholes
    from gradcli.ir.node import Node

# --- over some axes -----------------------------------------------------------------------------


@function(example="tensordot([[1, 2]], [[3], [4]], 1)")
def tensordot(x: Array, y: Array, axes: Wholes = 2) -> Node:
    """The sum of products over axes of x and y: their number, or the two lists of them."""
    left, right = _axes_of_two(x, y, axes)
    if [x.shape[a] for a in left] != [y.shape[a] for a in right]:
        raise ShapeError(
            f"shapes {show_shape(x.shape)} and {show_shape(y.shape)} do not fit over these axes"
        )
    free_x = [a for a in range(x.ndim) if a not in left]
    free_y = [a for a in range(y.ndim) if a not in right]
    inner = math.prod(x.shape[a] for a in left)
    a = reshape_to(permute(x, (*free_x, *left)), (math.prod(x.shape[i] for i in free_x), inner))
    b = reshape_to(permute(y, (*right, *free_y)), (inner, math.prod(y.shape[i] for i in free_y)))
    shape = (*(x.shape[i] for i in free_x), *(y.shape[i] for i in free_y))
    return reshape_to(MATMUL(a, b), shape)


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


# --- einsum -------------------------------------------------------------------------------------


MAX_PRODUCTS = 10**12
"""Products that einsum of two arrays may add up, which takes minutes and cannot be interrupted."""


def _sizes_of_letters(spec: str, terms: list[str], shapes: Sequence[Any]) -> dict[str, int]:
    sizes: dict[str, int] = {}
    for letters, shape in zip(terms, shapes, strict=True):
        if len(letters) != len(shape):
            shown = f"{letters!r} does not name the axes of the shape {show_shape(shape)}"
            raise ShapeError(f"einsum {spec!r}: {shown}")
        for letter, size in zip(letters, shape, strict=True):
            if size != 1 != sizes.setdefault(letter, size) != size:
                raise ShapeError(f"einsum {spec!r}: {letter!r} is {sizes[letter]} and {size}")
            sizes[letter] = max(size, sizes.get(letter, size)) if size else 0
    return sizes


def _einsum_shape(shapes: Sequence[Any], spec: str) -> Any:
    before, after = spec.split("->")
    sizes = _sizes_of_letters(spec, before.split(","), shapes)
    if not set(after) <= sizes.keys() or len(set(after)) < len(after):
        raise ShapeError(f"einsum {spec!r}: the result has letters of its own, or one twice")
    if len(shapes) < 3 and math.prod(sizes.values()) > MAX_PRODUCTS:
        raise LimitError(f"einsum {spec!r} adds up more than {MAX_PRODUCTS:,} products")
    return tuple([sizes[letter] for letter in after])


def _einsum_adjoint(inputs: tuple[Node, ...], attrs: Any, g: Node, i: int) -> Node:
    """The same sum with the result's letters in place of the input's."""
    before, after = attrs[0].split("->")
    letters = before.split(",")
    mine = letters[i]
    others = [x for k, x in enumerate(inputs) if k != i]
    elsewhere = set("".join([*(s for k, s in enumerate(letters) if k != i), after]))
    kept = "".join(dict.fromkeys(c for c in mine if c in elsewhere))
    spec = ",".join([*(s for k, s in enumerate(letters) if k != i), after]) + "->" + kept
    part = EINSUM(*others, g, attrs=(spec,))
    return _spread_letters(part, kept, mine, inputs[i])


def _spread_letters(part: Node, kept: str, mine: str, x: Node) -> Node:
    """The cotangent for letters that are summed away (repeated) or stand twice (a diagonal)."""
    shape = x.shape
    distinct = "".join(dict.fromkeys(mine))
    sizes = dict(zip(mine, shape, strict=True))
    part = permute(part, tuple(kept.index(c) for c in distinct if c in kept))
    part = reshape_to(part, tuple(sizes[c] if c in kept else 1 for c in distinct))
    part = spread(part, tuple(sizes[c] for c in distinct))
    if len(distinct) == len(mine):
        return part
    ranges = dict(zip(distinct, np.ogrid[tuple(slice(0, sizes[c]) for c in distinct)], strict=True))
    return place(part, shape, *(ranges[c] for c in mine))


def _einsum_batch(node: Node, inputs: Sequence[Node], _size: int) -> Node:
    """A letter of its own for the batch axis."""
    before, after = node.attrs[0].split("->")
    new = next(c for c in ascii_letters if c not in before)
    pairs = zip(before.split(","), inputs, node.inputs, strict=True)
    letters = (new + own if is_batched(x, was) else own for own, x, was in pairs)
    return EINSUM(*inputs, attrs=(f"{','.join(letters)}->{new}{after}",))


def _einsum(*arrays: Any) -> Any:
    """The sum of products; of two arrays by products of matrices where there are matrices."""
    *operands, spec = arrays
    if len(operands) != 2:
        return np.einsum(spec, *operands)
    before, after = spec.split("->")
    left, right = before.split(",")
    (a, left), (b, right) = (
        _summed_alone(x, own, other + after)
        for x, own, other in zip(operands, (left, right), (right, left), strict=True)
    )
    return _of_two(a, left, b, right, after)


def _summed_alone(x: Any, own: str, elsewhere: str) -> tuple[Any, str]:
    """An array with the diagonals of letters that stand twice, without those found in it alone."""
    kept = "".join(dict.fromkeys(c for c in own if c in elsewhere))
    return (x if kept == own else np.einsum(f"{own}->{kept}", x)), kept


def _of_two(a: Any, left: str, b: Any, right: str, after: str) -> Any:
    """The sum of products of arrays whose letters are distinct, all in the other or the result."""
    over = [c for c in left if c not in after]
    along = [c for c in left if c in right and c in after]
    rows, columns = ([c for c in own if c not in (*over, *along)] for own in (left, right))
    if not over or not (rows or columns or not along):
        return np.einsum(f"{left},{right}->{after}", a, b)
    sizes = dict(zip(left + right, a.shape + b.shape, strict=True))
    first = _as_matrices(a, left, (along, rows, over), sizes)
    second = _as_matrices(b, right, (along, over, columns), sizes)
    letters = (*along, *rows, *columns)
    z = np.matmul(first, second).reshape([sizes[c] for c in letters])
    return z.transpose([letters.index(c) for c in after])


def _as_matrices(x: Any, own: str, parts: Sequence[Sequence[str]], sizes: dict[str, int]) -> Any:
    """x with its axes gathered into three."""
    moved = x.transpose([own.index(c) for part in parts for c in part])
    return moved.reshape([math.prod(sizes[c] for c in part) for part in parts])


EINSUM = Multilinear("einsum", _einsum, _einsum_shape, _einsum_adjoint, batch=_einsum_batch)


@function(example='einsum("ij,j->i", [[1, 2], [3, 4]], [1, 1])')
def einsum(spec: TextOrArray, arrays: Rest = ()) -> Node:
    """Sums of products named by letters, or by lists of numbers, as NumPy's einsum."""
    if not isinstance(spec, str):
        spec, arrays = _from_lists(spec, *arrays)
    before, arrow, after = spec.replace(" ", "").partition("->")
    terms = before.split(",")
    if len(terms) != len(arrays):
        raise ShapeError(f"einsum {spec!r} names {len(terms)} arrays, not {len(arrays)}")
    more = ""
    if "." in before:
        terms, more, arrays = _without_dots(terms, arrays)
    after = (after if arrow else _letters_left(before)).replace("...", more)
    if not re.fullmatch(r"[A-Za-z,]*->[A-Za-z]*", f"{','.join(terms)}->{after}"):
        raise ProgramTypeError(f"einsum does not know {spec!r}", help='as in "ij,jk->ik"')
    return _in_pairs(terms, _of_one_length(terms, arrays), after)


ROOM = 10**7
"""Elements that an array between two products may have, if no operand has more."""


def _in_pairs(terms: list[str], arrays: list[Node], after: str) -> Node:
    """The sum of products, of two arrays at a time in an order that takes few multiplications."""
    whole = f"{','.join(terms)}->{after}"
    if len(arrays) < 3:
        return EINSUM(*arrays, attrs=(whole,))
    _einsum_shape([x.shape for x in arrays], whole)
    room = max(ROOM, *(x.size for x in arrays))
    likes = [np.broadcast_to(0.0, x.shape) for x in arrays]
    (_, *path), _ = np.einsum_path(whole, *likes, optimize=("greedy", room))
    for positions in path:
        taken = sorted(positions, reverse=True)
        own, factors = zip(*((terms.pop(i), arrays.pop(i)) for i in taken), strict=True)
        elsewhere = "".join([*terms, after])
        left = "".join(dict.fromkeys(c for c in "".join(own) if c in elsewhere))
        left = left if terms else after
        arrays.append(EINSUM(*factors, attrs=(f"{','.join(own)}->{left}",)))
        terms.append(left)
    return arrays[0]


def _of_one_length(terms: list[str], arrays: tuple[Node, ...]) -> list[Node]:
    """The arrays with axes of length 1 repeated, where their letter is longer elsewhere."""
    lengths: dict[str, int] = {}
    for term, x in zip(terms, arrays, strict=True):
        for letter, n in zip(term, x.shape, strict=False):
            lengths[letter] = n if lengths.get(letter, 1) == 1 else lengths[letter]
    return [
        spread(x, tuple(lengths[c] if n == 1 else n for c, n in zip(term, x.shape, strict=True)))
        if len(set(term)) == len(term) == x.ndim
        else x
        for term, x in zip(terms, arrays, strict=True)
    ]


def _from_lists(*operands: Node) -> tuple[str, tuple[Node, ...]]:
    """The letters for arrays that are each followed by the numbers of its axes."""
    count = len(operands) // 2
    arrays, lists = operands[0 : 2 * count : 2], (*operands[1::2], *operands[2 * count :])
    if any(row.op is not CONSTANT or row.ndim != 1 for row in lists):
        raise ProgramTypeError(
            "einsum takes letters, or lists of numbers behind the arrays", help='"ij,jk->ik"'
        )
    terms = ["".join(ascii_letters[int(i)] for i in row.attrs[0]) for row in lists]
    result = "->".join(["", *terms[count:]])
    return ",".join(terms[:count]) + result, arrays


def _letters_left(before: str) -> str:
    """What the result has if nothing is said of it: the dots, and the letters that stand once."""
    return "..." + "".join(sorted(c for c in set(before) if c not in ",." and before.count(c) == 1))


def _without_dots(
    terms: list[str], arrays: tuple[Node, ...]
) -> tuple[list[str], str, tuple[Node, ...]]:
    """Letters in place of dots, those letters, and the arrays, which agree in their lengths."""
    free = [c for c in ascii_letters if not any(c in term for term in terms)]
    hidden = [
        x.shape[(k := term.index(".")) : k + x.ndim - len(term) + 3] if "." in term else ()
        for term, x in zip(terms, arrays, strict=True)
    ]
    shape = reduce(broadcast_shapes, hidden)
    letters = "".join(free[: len(shape)])
    named, spread_out = [], []
    for term, x, own in zip(terms, arrays, hidden, strict=True):
        first = len(shape) - len(own)
        named.append(term.replace("...", letters[first:]))
        spread_out.append(_spread_inside(x, term.find("."), own, shape[first:]) if own else x)
    return named, letters, tuple(spread_out)


def _spread_inside(x: Node, start: int, own: Sequence[int], lengths: Sequence[int]) -> Node:
    """x with its own axes from `start` on repeated to those lengths."""
    return spread(x, (*x.shape[:start], *lengths, *x.shape[start + len(own) :]))
