"""The algebra of arrays: sums over their elements, and products of matrices as generators.

A sum stands for each element of an array, so products of arrays are those of their elements, and
all that holds of numbers holds here. What mixes elements is a call: `@` of factors, `outer`, `T`,
`inv`, `sum`, `norm` …, each of a known shape. Axes of length 1 are left out: a row and a column are
the same vector, and a factor is a vector only at the ends of a product.
"""

from __future__ import annotations

import math
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from gradcli.passes.simplify.algebra import EXP, Algebra
from gradcli.passes.simplify.generators import ATOM, CALL, POWER, SUM
from gradcli.passes.simplify.polynomials import (
    ONE,
    add_into,
    common,
    content,
    divided,
    scaled,
    to_power,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from gradcli.ir.shapes import Shape
    from gradcli.ir.written import Written
    from gradcli.passes.simplify.polynomials import Poly

CHAIN, OUTER, TURNED, INVERSE = "@", "outer", "T", "inv"


class Arrays(Algebra):
    """The generators of one formula of arrays and their arithmetic.

    `lengths` says how lengths are written that have a name; others are numbers.
    """

    def __init__(self, lengths: Mapping[int, Written]) -> None:
        super().__init__()
        self.lengths = lengths
        self.shapes: dict[int, Shape] = {}
        """The shapes of the generators that are not made of elements of their operands."""
        self.named: dict[int, Written] = {}
        """How generators are written that stand for a length, or for an array of a length."""

    # --- shapes -------------------------------------------------------------------------------

    def shape(self, poly: Poly) -> Shape:
        """The shape of a sum, without axes of length 1."""
        return _largest(self.shape_of(gen) for mono in poly for gen, _ in mono)

    def shape_of(self, gen: int) -> Shape:
        """The shape of a generator."""
        if gen not in self.shapes:
            made = self.gens[gen]
            shapes = [self.shape(part) for part in (*made.parts, made.poly or {})]
            if made.kind == POWER and made.head != EXP:
                shapes.append(self.shape_of(made.head))
            self.shapes[gen] = _largest(shapes)
        return self.shapes[gen]

    def call(self, head: str, *parts: Poly, shape: Shape = (), positive: bool = False) -> Poly:
        """A call of that shape."""
        gen = self.gens.call(head, parts, positive=positive)
        self.shapes[gen] = shape
        return self.of(gen)

    def array(self, name: str, shape: Shape) -> Poly:
        """An input."""
        gen = self.gens.atom(name)
        self.shapes[gen] = shape
        return self.of(gen)

    # --- arrays of one number -----------------------------------------------------------------

    def length(self, number: int) -> Poly:
        """A length, or a number of elements, by its names."""
        result: Poly = {ONE: 1}
        for length, written in self.lengths.items():
            while number % length == 0:
                number //= length
                result = self.mul(result, self._of_length("len", length, (), written))
        return self.mul(result, self.number(number))

    def counted(self, number: float) -> Poly | None:
        """A number that is made of lengths with names: n, n - 1, or sqrt(n)."""
        for is_root, less in ((False, 0), (False, 1), (True, 0)):
            count = round(number * number if is_root else number + less)
            exact = math.isclose(math.sqrt(count), number) if is_root else count - less == number
            if exact and any(count % length == 0 for length in self.lengths):
                poly = self.power(self.length(count), Fraction(1, 1 + is_root))
                return self.add(poly, self.number(less), -1)
        return None

    def ones(self, length: int) -> Poly:
        """The vector of ones."""
        return self._of_length("ones", length, (length,))

    def identity(self, length: int) -> Poly:
        """The identity matrix."""
        return self._of_length("eye", length, (length, length))

    def _of_length(
        self, word: str, length: int, shape: Shape, written: Written | None = None
    ) -> Poly:
        gen = self.gens.atom(f"{word}({length})", positive=True)
        self.shapes[gen] = shape
        size = self.lengths.get(length, ("number", length))
        self.named[gen] = written or ("call", word, size)
        return self.of(gen)

    def full(self, poly: Poly, shape: Shape) -> Poly:
        """An array all of whose elements are a number, as a product with ones."""
        if len(self.shape(poly)) == len(shape) or not poly:
            return poly
        if len(shape) == 1:
            return self.mul(poly, self.ones(shape[0]))
        return self.mul(poly, self.outer(self.ones(shape[0]), self.ones(shape[1])))

    def is_atom(self, poly: Poly, word: str) -> bool:
        """Whether a sum is a vector of ones, or an identity matrix."""
        gen = self._single(poly)
        return gen >= 0 and self.named.get(gen, ("", ""))[:2] == ("call", word)

    def parts(self, poly: Poly, head: str) -> tuple[Poly, ...]:
        """The operands of a sum that is a call of that head, else none."""
        gen = self._single(poly)
        made = self.gens[gen]
        return made.parts if gen >= 0 and made.kind == CALL and made.head == head else ()

    def split(self, poly: Poly) -> tuple[Poly, Poly]:
        """The number that all terms have in common, and the array without it."""
        poly = self.normal(poly)
        if not poly:
            return {}, {}
        factor = abs(content(poly)) * (1 if poly[max(poly)] > 0 else -1)
        mono = tuple(pair for pair in common(poly) if not self.shape_of(pair[0]))
        rest = scaled(poly, to_power(mono, -1), divided(1, factor))
        return {mono: divided(factor, 1)}, rest

    # --- products of matrices -----------------------------------------------------------------

    def chain(self, *operands: Poly) -> Poly:
        """The product of matrices, with a vector at one end or at both."""
        number: Poly = {ONE: 1}
        factors: list[Poly] = []
        for operand in operands:
            scale, rest = self.split(operand)
            number = self.mul(number, scale)
            parts = self.parts(rest, CHAIN) or (rest,)
            is_row = len(self.shape(rest)) == 1 and not factors
            factors += [self.turned(x) for x in reversed(parts)] if is_row else parts
        return self.mul(number, self._product(factors)) if number else {}

    def _product(self, factors: list[Poly]) -> Poly:
        factors = self._cancelled(factors)
        if len(factors) == 1:
            return factors[0]
        for i, factor in enumerate(factors):
            if vectors := self.parts(factor, OUTER):
                left, right = vectors
                turned = [self.turned(x) for x in reversed(factors[i + 1 :])]
                return self.outer(self.chain(*factors[:i], left), self.chain(*turned, right))
        first, last = self.shape(factors[0]), self.shape(factors[-1])
        if len(first) == 1 and (len(last) == 2 or self._is_earlier(factors)):
            factors = [self.turned(x) for x in reversed(factors)]
            first, last = last[::-1], first
        if len(factors) == 2 and len(first) == len(last) == 1:
            for one, other in (factors, factors[::-1]):
                if self.is_atom(one, "ones"):
                    return self.total(other, last)
        return self.call(CHAIN, *factors, shape=(*first[:-1], *last[1:]))

    def _is_earlier(self, factors: list[Poly]) -> bool:
        """Whether a product of two vectors is the other way round what it is written as."""
        other = [self.turned(x) for x in reversed(factors)]
        return self._order(other) < self._order(factors)

    def _order(self, factors: list[Poly]) -> tuple[int, Any]:
        turned = sum(bool(self.parts(x, TURNED)) for x in factors)
        return turned, [sorted(factor.items()) for factor in factors]

    def _cancelled(self, factors: list[Poly]) -> list[Poly]:
        """Factors without identities and inverses beside what they invert; sums for ones."""
        result: list[Poly] = []
        for factor in factors:
            last = result[-1] if result else None
            if last is None or self.is_atom(last, "eye"):
                result[-1:] = [factor]
            elif self.is_atom(factor, "eye"):
                continue
            elif self._are_inverse(last, factor):
                result[-1:] = [self.identity(self.shape(factor)[-1])]
            elif self.is_atom(factor, "ones") and len(self.shape(last)) == 2:
                result[-1:] = [self.total(last, self.shape(last), 1)]
            elif self.is_atom(last, "ones") and len(self.shape(factor)) == 2:
                result[-1:] = [self.total(factor, self.shape(factor), 0)]
            else:
                result.append(factor)
        return result if len(result) == len(factors) else self._cancelled(result)

    def _are_inverse(self, left: Poly, right: Poly) -> bool:
        for one, other in ((left, right), (right, left)):
            inner = self.parts(one, TURNED)
            (inverted,) = self.parts(inner[0] if inner else one, INVERSE) or (None,)
            if inverted and (self.turned(inverted) if inner else inverted) == other:
                return True
        return False

    def outer(self, left: Poly, right: Poly) -> Poly:
        """The products of all elements of two vectors."""
        (a, x), (b, y) = self.split(left), self.split(right)
        number = self.mul(a, b)
        if not (x and self.shape(x) and self.shape(y)):
            return self.mul(number, self.mul(x, y))
        shape = self.shape(x) + self.shape(y)
        return self.mul(number, self.call(OUTER, x, y, shape=shape))

    def inverse(self, poly: Poly) -> Poly:
        """The inverse of a matrix; of a product of square ones, that of each."""
        number, rest = self.split(poly)
        factors = self.parts(rest, CHAIN) or (rest,)
        shapes = [self.shape(factor) for factor in factors]
        if any(rows != columns for rows, columns in shapes):
            factors = (rest,)
        inverted = [self._inverse(factor) for factor in reversed(factors)]
        return self.mul(self.power(number, -1), self.chain(*inverted))

    def _inverse(self, factor: Poly) -> Poly:
        if self.is_atom(factor, "eye"):
            return factor
        if inverted := self.parts(factor, INVERSE):
            return inverted[0]
        if turned := self.parts(factor, TURNED):
            return self.turned(self._inverse(turned[0]))
        return self.call(INVERSE, factor, shape=self.shape(factor))

    # --- transposes ---------------------------------------------------------------------------

    def turned(self, poly: Poly) -> Poly:
        """The transpose, taken inside as far as it goes."""
        if len(self.shape(poly)) < 2:
            return poly
        result: Poly = {}
        for mono, c in poly.items():
            term: Poly = {ONE: c}
            for gen, exponent in mono:
                term = self.mul(term, self.power(self._turned(gen), exponent))
            add_into(result, term)
        return result

    def _turned(self, gen: int) -> Poly:
        made = self.gens[gen]
        shape = self.shape_of(gen)
        if len(shape) < 2 or gen in self.named:
            return self.of(gen)
        if made.kind == SUM:
            return self.turned(made.poly or {})
        if made.kind == POWER:
            exponent = self.turned(made.parts[0])
            if made.head == EXP:
                return self.of_exponents(EXP, exponent)
            return self.to_the(self._turned(made.head), exponent)
        if made.kind == ATOM or made.head == INVERSE:
            return self._turned_whole(gen)
        if made.head == CHAIN:
            return self.chain(*[self.turned(x) for x in reversed(made.parts)])
        if made.head == OUTER:
            return self.outer(*reversed(made.parts))
        if made.head == TURNED:
            return made.parts[0]
        parts = tuple(map(self.turned, made.parts))
        return self.of(self.gens.call(made.head, parts, positive=made.positive))

    def _turned_whole(self, gen: int) -> Poly:
        """The transpose of what is written as it is; that of an inverse may be itself."""
        if self.gens[gen].kind == CALL:
            (inner,) = self.gens[gen].parts
            if self.turned(inner) == inner:
                return self.of(gen)
        return self.call(TURNED, self.of(gen), shape=self.shape_of(gen)[::-1])

    # --- sums over elements -------------------------------------------------------------------

    def total(self, poly: Poly, shape: Shape, axis: int | None = None) -> Poly:
        """The sum of the elements of an array of a shape, over one of its two axes if given."""
        number, rest = self.split(poly)
        if not rest or not self.shape(rest):
            lengths = shape if axis is None else shape[axis : axis + 1]
            for length in lengths:
                number = self.mul(number, self.length(length))
            return self.mul(number, rest)
        if any(not self.shape({mono: c}) for mono, c in rest.items()):
            return self.mul(number, self._by_term(rest, shape, axis))
        if axis is None:
            return self.mul(number, self._of_product(rest) or self.call("sum", rest))
        return self.mul(number, self._along(rest, axis))

    def _by_term(self, rest: Poly, shape: Shape, axis: int | None) -> Poly:
        """The sum of an array and a number, which may be part of another sum."""
        result: Poly = {}
        for mono, c in rest.items():
            add_into(result, self.total({mono: c}, shape, axis))
        return result

    def _of_product(self, rest: Poly) -> Poly:
        """The sum of the products of two arrays as a product of matrices, if it is one."""
        factors = self._pair(rest)
        if len(factors) != 2:
            return {}
        if len(self.shape(rest)) == 1:
            return self.chain(*factors)
        for one, other in (factors, factors[::-1]):
            if vectors := self.parts(one, OUTER):
                return self.chain(vectors[0], other, vectors[1])
            if self.is_atom(one, "eye"):
                return self.trace(other)
        return {}

    def _pair(self, rest: Poly) -> Sequence[Poly]:
        """The two factors of a sum that is a product of two arrays."""
        if len(rest) != 1:
            return ()
        ((mono, _),) = rest.items()
        if [e for _, e in mono] == [2]:
            mono = ((mono[0][0], 1),) * 2
        return [self.of(gen) for gen, e in mono if e == 1] if len(mono) == 2 else ()

    def _along(self, rest: Poly, axis: int) -> Poly:
        factors = self._pair(rest)
        for one, other in (factors, factors[::-1]) if len(factors) == 2 else ():
            if vectors := self.parts(one, OUTER):
                left, right = vectors if axis else vectors[::-1]
                product = self.chain(other if axis else self.turned(other), right)
                return product if self.is_atom(left, "ones") else self.mul(left, product)
        if vectors := self.parts(rest, OUTER):
            left, right = vectors if axis else vectors[::-1]
            return self.mul(left, self.total(right, self.shape(right)))
        shape = self.shape(rest)
        if turned := self.parts(rest, TURNED):
            return self._along(turned[0], 1 - axis)
        along = self.number(axis)
        return self.call("sum", rest, along, shape=(shape[1 - axis],))

    def trace(self, poly: Poly) -> Poly:
        """The sum of the diagonal."""
        number, rest = self.split(poly)
        if vectors := self.parts(rest, OUTER):
            return self.mul(number, self.chain(*vectors))
        if self.is_atom(rest, "eye"):
            return self.mul(number, self.length(self.shape(rest)[0]))
        (inner,) = self.parts(rest, TURNED) or (rest,)
        return self.mul(number, self.call("trace", inner))

    def norm(self, poly: Poly) -> Poly:
        """The root of the sum of squares, the same for what is negative."""
        number, rest = self.split(poly)
        ((mono, c),) = number.items() or ((ONE, 0),)
        rest = self.mul({mono: abs(c)}, rest)
        return self.call("norm", rest, positive=True) if rest else {}


def _largest(shapes: Iterable[Shape]) -> Shape:
    return max(shapes, key=len, default=())
