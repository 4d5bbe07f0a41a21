"""Normal forms of sums: multiplied out over as few fractions as there are, and factored."""

from __future__ import annotations

from math import floor
from typing import TYPE_CHECKING

from gradcli.passes.simplify.factors import factor_pairs
from gradcli.passes.simplify.generators import SUM, frozen
from gradcli.passes.simplify.polynomials import (
    ONE,
    add_into,
    common,
    content,
    monomial,
    product,
    quotient,
    scaled,
    times,
    to_power,
    whole,
)
from gradcli.passes.simplify.polynomials import power as raised
from gradcli.passes.simplify.terms import Terms

if TYPE_CHECKING:
    from collections.abc import Container

    from gradcli.passes.simplify.polynomials import Monomial, Number, Poly

LARGE = 400
"""Terms beyond which nothing is multiplied out."""

HIGHEST = 12
"""The highest power that is multiplied out."""


class NormalForms(Terms):
    """Terms, and the forms of their sums in which equal ones are equal."""

    def __init__(self, prefer: int = 0, positive: Container[str] = ()) -> None:
        super().__init__(positive)
        self.prefer = prefer
        """Which of two squares stays where one stands for the other: the side of a `Pair`."""
        self.squares: dict[int, tuple[int, int, int]] = {}
        """Of a sine or cosine: its partner p and the a and b in a + b*p^2, which is its square."""
        self.square_of: dict[frozenset[tuple[Monomial, Number]], tuple[int, int]] = {}
        """The sine or cosine whose square, times the sign, is a sum a + b*p^2."""
        self.origins: dict[frozenset[tuple[Monomial, Number]], Poly] = {}
        """How sums were written that are operands in their normal form."""
        self._factors: dict[object, Poly] = {}
        self._divisors: dict[int, tuple[Poly, set[int], int]] = {}
        self._expanded: dict[frozenset[tuple[Monomial, Number]], Poly] = {}

    def expanded(self, poly: Poly) -> Poly:
        """All whole powers of sums, from 0 on, multiplied out, and squares of cosines replaced."""
        key = frozenset(poly.items())
        known = self._expanded.get(key)
        if known is None:
            known = self._expanded[key] = self._expand(poly)
        return known

    def _expand(self, poly: Poly) -> Poly:
        result: Poly = {}
        for mono, c in poly.items():
            part: Poly = {ONE: c}
            rest = []
            for gen, e in mono:
                made = self.gens[gen]
                n, left = floor(e), e
                if made.kind == SUM and 0 < n <= HIGHEST and len(part) < LARGE:
                    assert made.poly is not None
                    part = product(part, self._power_of_sum(gen, n))
                    left = e - n
                if left:
                    rest.append((gen, whole(left)))
            for other, factor in part.items():
                self._add_product(result, tuple(rest), other, factor)
        result = self.with_squares(result)
        again = any(self._expands(gen, e) for mono in result for gen, e in mono)
        return self._expand(result) if again and len(result) < LARGE else result

    def _expands(self, gen: int, exponent: Number) -> bool:
        return 1 <= exponent <= HIGHEST and self.gens[gen].kind == SUM

    def _power_of_sum(self, gen: int, n: int) -> Poly:
        inner = self.gens[gen].poly
        assert inner is not None
        return raised(self.expanded(inner), n)

    def with_squares(self, poly: Poly) -> Poly:
        """Squares that another square stands for, replaced."""
        if not self.squares or not any(g in self.squares and e >= 2 for m in poly for g, e in m):
            return poly
        result: Poly = {}
        for mono, c in poly.items():
            part: Poly = {ONE: c}
            rest = []
            for gen, e in mono:
                left = e
                if gen in self.squares and e >= 2:
                    partner, a, b = self.squares[gen]
                    inner: Poly = {ONE: a, ((partner, 2),): b}
                    n = int(e) // 2
                    part = product(part, raised(inner, n))
                    left = e - 2 * n
                if left:
                    rest.append((gen, left))
            add_into(result, {times(tuple(rest), m): f for m, f in part.items()})
        return result

    def together(self, poly: Poly) -> list[tuple[Monomial, Poly]]:
        """The sum over as few common factors as there are: (factor, sum multiplied out) pairs.

        Terms whose roots of sums differ by more than whole powers cannot cancel, and stay apart.
        """
        for _ in range(4):
            groups = self._groups(poly)
            result = [(mono, self.expanded(inner)) for mono, inner in groups]
            result = [(mono, inner) for mono, inner in result if inner]
            if len(result) < 2:
                break
            again: Poly = {}
            for mono, inner in result:
                for other, c in inner.items():
                    self._add_product(again, mono, other, c)
            if len(self._groups(again)) >= len(groups):
                break
            poly = again
        return result

    def _groups(self, poly: Poly) -> list[tuple[Monomial, Poly]]:
        groups: dict[Monomial, Poly] = {}
        for mono, c in poly.items():
            key = tuple((g, whole(e - floor(e))) for g, e in mono if self._keeps_apart(g, e))
            groups.setdefault(key, {})[mono] = c
        return [self._divided(group) for group in groups.values()]

    def _keeps_apart(self, gen: int, exponent: Number) -> bool:
        return self.gens[gen].kind == SUM and exponent.denominator != 1

    def _divided(self, group: Poly) -> tuple[Monomial, Poly]:
        mono = tuple((g, self._taken_out(g, e)) for g, e in common(group))
        mono = tuple((g, e) for g, e in mono if e)
        inverse = to_power(mono, -1)
        result: Poly = {}
        for other, c in group.items():
            self._add_product(result, inverse, other, c)
        return mono, result

    def _taken_out(self, gen: int, exponent: Number) -> Number:
        """Of sums only roots and denominators; the rest is multiplied out."""
        return whole(exponent - floor(exponent)) if self._expands(gen, exponent) else exponent

    def normal(self, poly: Poly) -> Poly:
        """The normal form of an operand; how it came to be is remembered."""
        if len(poly) < 2 and not any(self.gens[g].kind == SUM for m in poly for g, _ in m):
            return poly
        result = self.joined(poly)
        if result != poly:
            self.origins.setdefault(frozen(result), poly)
        return result

    def joined(self, poly: Poly) -> Poly:
        """The normal form: sums with their factors multiplied out."""
        parts = self.together(poly)
        result: Poly = {}
        for mono, inner in parts:
            for other, c in inner.items():
                self._add_product(result, mono, other, c)
        return result

    # --- factors ------------------------------------------------------------------------------

    def factored(self, poly: Poly) -> Poly:
        """The sum as one term, where it can be: factors that stand for themselves."""
        result = self.fractions(self.together(poly))
        return self.wrapped(result) if len(result) > 1 else result

    def fractions(self, parts: list[tuple[Monomial, Poly]]) -> Poly:
        """The sum of products of a factor and a sum, which is written as its factors."""
        result: Poly = {}
        for mono, inner in parts:
            add_into(result, self.mul({mono: 1}, self.factors(inner, mono)))
        return result

    def factors(self, poly: Poly, near: Monomial = ONE) -> Poly:
        """A sum that is multiplied out as a product of sums that stand for themselves."""
        if len(poly) < 2:
            return poly
        key = frozen(poly), tuple(pair for pair in near if self.gens[pair[0]].kind == SUM)
        if key not in self._factors:
            self._factors[key] = self._factor(poly, near)
        return self._factors[key]

    def _factor(self, poly: Poly, near: Monomial) -> Poly:
        factor = content(poly)
        mono = common(poly)
        rest = scaled(poly, to_power(mono, -1), 1 / factor)
        found: dict[int, Number] = {}
        for gen in self._candidates(near):
            rest = self._divide_out(rest, gen, found, dict(near))
        if 1 < len(rest) <= LARGE:
            pairs, c = factor_pairs(rest)
            for part, n in pairs:
                gen, sign = self.gens.signed_sum(part)
                found[gen] = found.get(gen, 0) + n
                c *= sign ** int(n)
            rest = {ONE: c}
        elif len(rest) > 1:
            gen = self.gens.sum(rest)
            found[gen] = found.get(gen, 0) + 1
            rest = {ONE: 1}
        ((last, c),) = rest.items()
        return self.mul({times(mono, last): whole(factor * c)}, {monomial(found): 1})

    def _candidates(self, near: Monomial) -> list[int]:
        """Sums that may divide: those of the denominator first."""
        first = [g for g, _ in near if self.gens[g].kind == SUM]
        return first + [
            g.number
            for g in self.gens.all
            if g.kind == SUM and g.number not in first and len(g.poly or ()) > 1
        ]

    def _divisor(self, gen: int) -> tuple[Poly, set[int]]:
        """A sum multiplied out, if it may divide others, and what it is made of."""
        known = self._divisors.get(gen)
        if known is None or len(self.squares) != known[2]:
            divisor = self.expanded(self.gens[gen].poly or {})
            if len(divisor) < 2 or any(e < 0 for m in divisor for _, e in m):
                divisor = {}
            made_of = {g for m in divisor for g, _ in m}
            known = self._divisors[gen] = divisor, made_of, len(self.squares)
        return known[:2]

    def _divide_out(
        self, rest: Poly, gen: int, found: dict[int, Number], near: dict[int, Number]
    ) -> Poly:
        """What is left of a sum; where it is divided by gen, d*(1 - c) divides 1 - c too."""
        divisor, needs = self._divisor(gen)
        outside = common(divisor) if near.get(gen, 0) < 0 else ONE
        if outside:
            divisor = scaled(divisor, to_power(outside, -1))
            needs = {g for m in divisor for g, _ in m}
        if not divisor or not needs.issubset({g for m in rest for g, _ in m}):
            return rest
        while len(rest) > 1:
            part = quotient(rest, divisor)
            if part is None or (ONE in part and len(part) == 1 and gen not in near):
                break
            rest = part
            for g, e in ((gen, -1), *outside):
                found[g] = found.get(g, 0) - e
        return rest
