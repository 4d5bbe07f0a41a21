"""einsum: sums of products that letters name, two operands at a time."""

from __future__ import annotations

import math
import re
from functools import lru_cache, reduce
from operator import itemgetter
from string import ascii_letters
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from gradcli.errors import LimitError, ProgramTypeError, ShapeError
from gradcli.ir.batching import is_batched
from gradcli.ir.function import function
from gradcli.ir.op import Multilinear, as_number
from gradcli.ir.product import product_of
from gradcli.ir.record import CONSTANT
from gradcli.ir.shapes import broadcast_shapes, show_shape
from gradcli.ops.arithmetic import MUL
from gradcli.ops.matmul import MASKED_MATMUL
from gradcli.ops.shape import permute, place, reshape_to, spread, sum_to

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gradcli.ir.function import Rest, TextOrArray
    from gradcli.ir.node import Node
    from gradcli.ir.product import Product
    from gradcli.ir.shapes import Shape

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


def _einsum_adjoint(
    inputs: tuple[Node, ...], attrs: Any, g: Node, i: int, mask: Node | None = None
) -> Node:
    """The same sum with the result's letters in place of the input's.

    Outside the mask, where g is 0, no term has a part in it.
    """
    before, after = attrs[0].split("->")
    letters = before.split(",")
    mine = letters[i]
    others = [x for k, x in enumerate(inputs) if k != i]
    elsewhere = set("".join([*(s for k, s in enumerate(letters) if k != i), after]))
    kept = "".join(dict.fromkeys(c for c in mine if c in elsewhere))
    spec = ",".join([*(s for k, s in enumerate(letters) if k != i), after]) + "->" + kept
    factors, k = (*others, g), len(others)
    part = _summed(factors, spec) if mask is None else _without(factors, (spec,), k, mask)
    return _spread_letters(part, kept, mine, inputs[i])


def _summed(factors: Sequence[Node], spec: str) -> Node:
    """The sum of products; element by element where it is none of matrices."""
    before, after = spec.split("->")
    terms = before.split(",")
    if len(terms) != 2 or not _is_by_element(terms[0], terms[1], after):
        return EINSUM(*factors, attrs=(spec,))
    letters = after + "".join(c for c in terms[0] if c not in after)
    a, b = [_in_order(x, own, letters) for x, own in zip(factors, terms, strict=True)]
    z = MUL(a, b)
    shape = z.shape[: len(after)]
    return reshape_to(sum_to(z, (*shape, *[1] * (z.ndim - len(after)))), shape)


def _is_by_element(left: str, right: str, after: str) -> bool:
    """Whether nothing is added up, or what is goes along both factors as all their axes do.

    No letter stands twice in a factor, or is summed in it alone.
    """
    one, other, kept = set(left), set(right), set(after)
    is_plain = len(one) == len(left) and len(other) == len(right)
    over = (one | other) - kept
    return is_plain and over <= one & other and (not over or one == other != over)


def _in_order(x: Node, own: str, letters: str) -> Node:
    """An array with its axes in the order of letters, of one element where it has no such one."""
    moved = permute(x, tuple(own.index(c) for c in letters if c in own))
    lengths = dict(zip(own, x.shape, strict=True))
    return reshape_to(moved, tuple(lengths.get(c, 1) for c in letters))


def _without(inputs: Sequence[Node], attrs: Any, i: int, mask: Node) -> Node:
    """The sum without the terms in which input i is outside the mask, where it is of matrices."""
    before, after = attrs[0].split("->")
    terms = before.split(",")
    product = product_of(*terms, after) if len(inputs) == 2 else None
    if product is None:
        return EINSUM(*inputs, attrs=attrs)
    sizes = dict(zip("".join(terms), (n for x in inputs for n in x.shape), strict=True))
    along = product.along
    parts = (along, product.rows, product.terms), (along, product.terms, product.columns)

    def matrices(x: Node, k: int) -> Node:
        """An array that lies as input k, with its axes gathered into three."""
        moved = permute(x, tuple(terms[k].index(c) for c in "".join(parts[k])))
        return reshape_to(moved, tuple(math.prod(sizes[c] for c in part) for part in parts[k]))

    factors = (matrices(x, k) for k, x in enumerate(inputs))
    z = MASKED_MATMUL(*factors, matrices(as_number(mask), i), attrs=(i,))
    letters = along + product.rows + product.columns
    z = reshape_to(z, tuple(sizes[c] for c in letters))
    return permute(z, tuple(letters.index(c) for c in after))


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
    turns = _turns(spec)
    if turns is not None:
        a, b = [x.T if turn else x for x, turn in zip(operands, turns, strict=False)]
        return np.matmul(a, b).T if turns[-1] else np.matmul(a, b)
    left, right, after = _letters(spec)
    a, b = [
        x if own == kept else np.einsum(f"{own}->{kept}", x)
        for x, (own, kept) in zip(operands, (left, right), strict=True)
    ]
    return _of_two(a, left[1], b, right[1], after)


@lru_cache(maxsize=1_024)
def _letters(spec: str) -> tuple[tuple[str, str], tuple[str, str], str]:
    """Those of both arrays, and which of them are left of each, and those of the result.

    Of letters that stand twice the diagonal is left, of those found in one array alone nothing.
    """
    before, after = spec.split("->")
    left, right = before.split(",")
    of_left, of_right = [
        (own, "".join(dict.fromkeys(c for c in own if c in other + after)))
        for own, other in ((left, right), (right, left))
    ]
    return of_left, of_right, after


@lru_cache(maxsize=1_024)
def _turns(spec: str) -> tuple[bool, bool, bool] | None:
    """Which of two matrices, and of their product, are transposed; None if it is no such one."""
    before, after = spec.split("->")
    left, right = before.split(",")
    over = (set(left) & set(right)).difference(after)
    if (
        not len(left) == len(right) == len(after) == 2
        or len({*left, *right}) != 3
        or len(over) != 1
    ):
        return None
    (c,) = over
    rows, columns = left.replace(c, ""), right.replace(c, "")
    if {rows, columns} != set(after) or len(rows + columns) != 2:
        return None
    return left[0] == c, right[1] == c, after == columns + rows


def _of_two(a: Any, left: str, b: Any, right: str, after: str) -> Any:
    """The sum of products of arrays whose letters are distinct, all in the other or the result."""
    strides = (a if a.size >= b.size else b).strides
    known = _as_matrices(left, right, after, a.shape, b.shape, strides)
    if known is None:
        return np.einsum(f"{left},{right}->{after}", a, b)
    first, second, made = known
    z = np.matmul(first.of(a), second.of(b))
    return z.reshape(made.shape).transpose(made.axes)


class Gathered(NamedTuple):
    """The axes of an array in another order, and the shape that it then has."""

    axes: Sequence[int]
    shape: Shape

    def of(self, x: Any) -> Any:
        """An array with its axes so."""
        return x.transpose(self.axes).reshape(self.shape)


@lru_cache(maxsize=1_024)
def _as_matrices(
    left: str, right: str, after: str, of_left: Shape, of_right: Shape, strides: Shape
) -> tuple[Gathered, Gathered, Gathered] | None:
    """Two arrays as stacks of matrices; and what their product is to become, in its shape first.

    Terms are in the order in which they lie in the larger array, whose strides are told, so that
    whole runs are copied. None where there are no matrices.
    """
    sizes = dict(zip(left + right, of_left + of_right, strict=True))
    own = left if math.prod(of_left) >= math.prod(of_right) else right
    over = [c for c in left if c not in after]
    over.sort(key=lambda c: -abs(strides[own.index(c)]))
    along = [c for c in left if c in right and c in after]
    rows, columns = ([c for c in own if c not in (*over, *along)] for own in (left, right))
    if not over or not (rows or columns or not along):
        return None

    def gathered(own: str, parts: Sequence[Sequence[str]]) -> Gathered:
        axes = [own.index(c) for part in parts for c in part]
        return Gathered(axes, tuple(math.prod(sizes[c] for c in part) for part in parts))

    letters = (*along, *rows, *columns)
    made = Gathered([letters.index(c) for c in after], tuple(sizes[c] for c in letters))
    return gathered(left, (along, rows, over)), gathered(right, (along, over, columns)), made


def _einsum_product(node: Node) -> Product | None:
    """The letters of two arrays and their product."""
    before, after = node.attrs[0].split("->")
    return product_of(*before.split(","), after) if len(node.inputs) == 2 else None


EINSUM = Multilinear(
    "einsum",
    _einsum,
    _einsum_shape,
    _einsum_adjoint,
    masked=_without,
    batch=_einsum_batch,
    product=_einsum_product,
)


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


FEW = 4
"""Operands up to which all orders are looked at."""

ROOM = 10**7
"""Elements that an array between two products may have, if no operand has more."""


def _in_pairs(terms: list[str], arrays: list[Node], after: str) -> Node:
    """The sum of products, of two arrays at a time in an order that takes few multiplications."""
    whole = f"{','.join(terms)}->{after}"
    if len(arrays) < 3:
        return _summed(arrays, whole)
    _einsum_shape([x.shape for x in arrays], whole)
    room = max(ROOM, *(x.size for x in arrays))
    likes = [np.broadcast_to(0.0, x.shape) for x in arrays]
    how = "optimal" if len(arrays) <= FEW else "greedy"
    (_, *path), _ = np.einsum_path(whole, *likes, optimize=(how, room))
    ranks = [*range(len(arrays))]  # of the first factor: products keep the order of what is written
    for positions in path:
        taken = sorted(positions, reverse=True)
        parts = [(ranks.pop(i), terms.pop(i), arrays.pop(i)) for i in taken]
        parts.sort(key=itemgetter(0))
        (rank, *_), own, factors = zip(*parts, strict=True)
        elsewhere = "".join([*terms, after])
        left = "".join(dict.fromkeys(c for c in "".join(own) if c in elsewhere))
        left = left if terms else after
        arrays.append(_summed(factors, f"{','.join(own)}->{left}"))
        terms.append(left)
        ranks.append(rank)
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
