"""Sums of the elements of arrays: the shapes of generators, and arrays of one number.

A sum stands for each element of an array, so products of arrays are those of their elements, and
all that holds of numbers holds here. What mixes elements is a call: `@` of factors, `outer`, `T`,
`inv`, `sum`, `norm` …, each of a known shape. Axes of length 1 are left out: a row and a column are
the same vector, and a factor is a vector only at the ends of a product.
"""

from __future__ import annotations

import math
from fractions import Fraction
from typing import TYPE_CHECKING

from gradcli.passes.simplify.algebra import EXP, Algebra
from gradcli.passes.simplify.generators import ATOM, CALL, POWER
from gradcli.passes.simplify.polynomials import (
    ONE,
    common,
    content,
    divided,
    monomial,
    scaled,
    times,
    to_power,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from gradcli.ir.shapes import Shape
    from gradcli.ir.written import Written
    from gradcli.passes.simplify.polynomials import Monomial, Number, Poly


class Shaped(Algebra):
    """The generators of one formula of arrays and their arithmetic.

    `lengths` says how lengths are written that have a name; others are numbers.
    """

    def __init__(self, lengths: Mapping[int, Written], prefer: int = 0) -> None:
        super().__init__(prefer)
        self.lengths = lengths
        self.shapes: dict[int, Shape] = {}
        """The shapes of the generators that are not made of elements of their operands."""
        self.last = -1
        """The name that is differentiated by, if it occurs."""
        self.vectors: dict[int, str] = {}
        """A vector of each length, if there is one."""
        self.words: dict[int, str] = {}
        """Which of `len`, `ones` and `eye` generators are that stand for a length, or its array."""
        self.named: dict[int, Written] = {}
        """How generators are written that stand for a length, or for an array of a length."""

    # --- shapes -------------------------------------------------------------------------------

    def shape(self, poly: Poly) -> Shape:
        """The shape of a sum, without axes of length 1."""
        return _largest(self.shape_of(gen) for mono in poly for gen, _ in mono)

    def alike(self, left: Poly, right: Poly) -> bool:
        """Whether two sums are of one shape; a number that is known is of any."""
        is_number = any({*side} <= {ONE} for side in (left, right))
        return is_number or self.shape(left) == self.shape(right)

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
        if len(shape) == 1 and name.isidentifier():
            self.vectors.setdefault(shape[0], name)
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
        vector = self.vectors.get(length)
        like: Written | None = ("call", "ones_like", ("name", vector)) if vector else None
        return self._of_length("ones", length, (length,), like)

    def identity(self, length: int) -> Poly:
        """The identity matrix."""
        return self._of_length("eye", length, (length, length))

    def _of_length(
        self, word: str, length: int, shape: Shape, written: Written | None = None
    ) -> Poly:
        gen = self.gens.atom(f"{word}({length})", positive=True)
        self.shapes[gen] = shape
        size = self.lengths.get(length, ("number", length))
        self.named.setdefault(gen, written or ("call", word, size))
        self.words[gen] = word
        return self.of(gen)

    def is_atom(self, poly: Poly, word: str) -> bool:
        """Whether a sum is a vector of ones, or an identity matrix."""
        gen = self.single(poly)
        return gen >= 0 and self.words.get(gen) == word

    def parts(self, poly: Poly, head: str) -> tuple[Poly, ...]:
        """The operands of a sum that is a call of that head, else none."""
        gen = self.single(poly)
        made = self.gens[gen]
        return made.parts if gen >= 0 and made.kind == CALL and made.head == head else ()

    def split(self, poly: Poly) -> tuple[Poly, Poly]:
        """The number that all terms have in common, and the array without it."""
        poly = self.normal(poly)
        if not poly:
            return {}, {}
        factor = abs(content(poly)) * (1 if poly[self._leading(poly)] > 0 else -1)
        numbers = tuple(pair for pair in common(poly) if not self.shape_of(pair[0]))
        mono = times(numbers, self._counts(poly))
        rest = scaled(poly, to_power(mono, -1), divided(1, factor))
        return {mono: divided(factor, 1)}, rest

    def _leading(self, poly: Poly) -> Monomial:
        """The term that has no sign: `x - m` by x and by others, but `m - x` by m."""
        last = max(poly)
        if ((self.last, 1),) in poly and any(self.gens[g].head == "sum" for g, _ in last):
            return ((self.last, 1),)
        is_plain = all(self.gens[g].kind == ATOM for mono in poly for g, _ in mono)
        return min(poly) if is_plain and self.last not in {g for g, _ in last} else last

    def _counts(self, poly: Poly) -> Monomial:
        """Lengths that some terms have and sums have not: n of n*x - sum(x)."""
        gens = {g for mono in poly for g, _ in mono}
        if len(poly) < 2 or not any(self.gens[g].head == "sum" for g in gens):
            return ONE
        most: dict[int, Number] = {}
        for gen in (g for g in gens if self.words.get(g) == "len"):
            exponents = [dict(mono).get(gen, 0) for mono in poly]
            most[gen] = max(exponents) - min(exponents)
        return monomial(most)


def _largest(shapes: Iterable[Shape]) -> Shape:
    return max(shapes, key=len, default=())
