"""Normal forms of sums: multiplied out over as few fractions as there are, and factored."""

from __future__ import annotations

from math import comb, floor, prod
from typing import TYPE_CHECKING

from gradcli.passes.simplify.factors import factor_pairs
from gradcli.passes.simplify.generators import POWER, SUM, frozen
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
from gradcli.passes.simplify.work import LARGE

if TYPE_CHECKING:
    from collections.abc import Container, Iterator

    from gradcli.passes.simplify.polynomials import Monomial, Number, Poly
    from gradcli.passes.simplify.work import Work

HIGHEST = 12
"""The highest power that is multiplied out."""


class NormalForms(Terms):
    """Terms, and the forms of their sums in which equal ones are equal."""

    def __init__(
        self, prefer: int = 0, positive: Container[str] = (), work: Work | None = None
    ) -> None:
        super().__init__(positive, work)
        self.prefer = prefer
        """Which of two squares stays where one stands for the other: the side of a `Pair`."""
        self.squares: dict[int, tuple[int, int, int]] = {}
        """Of a sine or cosine: its partner p and the a and b in a + b*p^2, which is its square."""
        self.square_of: dict[frozenset[tuple[Monomial, Number]], tuple[int, int]] = {}
        """The sine or cosine whose square, times the sign, is a sum a + b*p^2."""
        self.origins: dict[frozenset[tuple[Monomial, Number]], Poly] = {}
        """How sums were written that are operands in their normal form."""
        self.squared: list[tuple[Poly, Poly]] = []
        """Exponents that are squares, multiplied out and as one term."""
        self._factors: dict[object, Poly] = {}
        self._divisors: dict[int, tuple[Poly, Monomial, int]] = {}
        self._expanded: dict[frozenset[tuple[Monomial, Number]], Poly] = {}

    def expanded(self, poly: Poly) -> Poly:
        """All whole powers of sums, from 0 on, multiplied out, and squares of cosines replaced."""
        key = frozenset(poly.items())
        known = self._expanded.get(key)
        if known is None:
            if self.work.is_over:
                return poly
            known = self._expanded[key] = self._expand(poly)
        return known

    def _expand(self, poly: Poly) -> Poly:
        result: Poly = {}
        grows = self._many(poly) > len(poly) + LARGE
        for mono, c in poly.items():
            part: Poly = {ONE: c}
            rest = []
            for gen, e in mono:
                n, left = floor(e), e
                if not grows and self._expands(gen, e):
                    part = self._multiplied(part, self._power_of_sum(gen, n))
                    left = e - n
                if left:
                    rest.append((gen, whole(left)))
            for other, factor in part.items():
                self._add_product(result, tuple(rest), other, factor)
        result = self.with_squares(result)
        again = any(self._expands(gen, e) for mono in result for gen, e in mono)
        return self._expand(result) if again and result != poly else result

    def _expands(self, gen: int, exponent: Number) -> bool:
        return 1 <= exponent <= HIGHEST and self.gens[gen].kind == SUM

    def _power_of_sum(self, gen: int, n: int) -> Poly:
        inner = self.gens[gen].poly
        assert inner is not None
        return raised(self.expanded(inner), n)

    def _size_of_power(self, gen: int, n: int) -> int:
        """How many terms the power of a sum has at most."""
        return comb(len(self.expanded(self.gens[gen].poly or {})) + n - 1, n)

    def _multiplied(self, left: Poly, right: Poly) -> Poly:
        self.work.done += len(left) * len(right)
        return product(left, right)

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
        if self.work.is_over:
            return [(ONE, poly)] if poly else []
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
        return [part for group in groups.values() for part in self._over_one_line(group)]

    def _over_one_line(self, group: Poly) -> list[tuple[Monomial, Poly]]:
        """A sum over its common factors; where it would be large, what has the same denominators.

        A sum of n quotients by n sums has n^2 factors, and many more terms.
        """
        mono, inner = self._divided(group)
        before, after = _factors_in(group), _factors_in(inner) + len(mono)
        if len(group) < 3 or (
            self._many(inner) <= 8 * len(group) + 8 and after <= 1.5 * before + 6
        ):
            return [(mono, inner)]
        groups: dict[Monomial, Poly] = {}
        for term, c in group.items():
            below = tuple((g, e) for g, e in term if e < 0 and self.gens[g].kind == SUM)
            groups.setdefault(below, {})[term] = c
        if len(groups) < 2:
            groups = {term: {term: c} for term, c in group.items()}
        return [self._divided(part) for part in groups.values()]

    def _many(self, poly: Poly) -> int:
        """How many terms a sum has at most when it is multiplied out."""
        apart = sum(
            prod(self._size_of_power(g, floor(e)) for g, e in mono if self._expands(g, e))
            for mono in poly
        )
        return apart if apart <= len(poly) + LARGE else min(apart, self._powers_in(poly, apart))

    def _powers_in(self, poly: Poly, most: int) -> int:
        """How many products of whole powers there are between the lowest and the highest ones."""
        spans = []
        for mono in poly:
            span: dict[int, tuple[Number, Number]] = {}
            for gen, e in mono:
                for other, low, high in self._span(gen, e):
                    if low.denominator != 1 or high.denominator != 1:
                        return most
                    below, above = span.get(other, (0, 0))
                    span[other] = below + low, above + high
            spans.append(span)
        return prod(
            int(max(span.get(g, (0, 0))[1] for span in spans))
            - int(min(span.get(g, (0, 0))[0] for span in spans))
            + 1
            for g in set().union(*spans)
        )

    def _span(self, gen: int, e: Number) -> Iterator[tuple[int, Number, Number]]:
        """The lowest and highest powers in a power: of itself, or of what its sum is made of."""
        if not self._expands(gen, e):
            yield gen, e, e
            return
        n, inner = floor(e), self.expanded(self.gens[gen].poly or {})
        for other in {g for mono in inner for g, _ in mono}:
            powers = [dict(mono).get(other, 0) for mono in inner]
            yield other, n * min(powers), n * max(powers)
        if e != n:
            yield gen, e - n, e - n

    def _keeps_apart(self, gen: int, exponent: Number) -> bool:
        return self.gens[gen].kind == SUM and exponent.denominator != 1

    def _divided(self, group: Poly) -> tuple[Monomial, Poly]:
        mono = tuple((g, self._taken_out(g, e)) for g, e in self.outside(group))
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
        if self.work.is_over:
            return poly
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
        if self.work.is_over:
            return self.wrapped(poly)
        key = frozen(poly), tuple(pair for pair in near if self.gens[pair[0]].kind == SUM)
        if key not in self._factors:
            self._factors[key] = self._factor(poly, near)
        return self._factors[key]

    def _factor(self, poly: Poly, near: Monomial) -> Poly:
        factor = content(poly)
        mono = self.outside(poly)
        plain = scaled(poly, to_power(mono, -1), 1 / factor)
        below = common(plain)
        rest = scaled(plain, to_power(below, -1)) if below else plain
        found: dict[int, Number] = {}
        if small := len(rest) <= LARGE:
            candidates = self._candidates(near)
            self.work.done += len(rest) + len(candidates)
            for gen in candidates:
                rest = self._divide_out(rest, gen, found, dict(near))
        if len(rest) > 1:
            pairs, c = factor_pairs(rest) if small else ([(rest, 1)], 1)
            if not found and len(pairs) == 1 and pairs[0][1] == 1:
                pairs, below = [(plain, 1)], ONE
            turned = {g for g, _ in below if all(dict(m).get(g, 0) <= 0 for m in plain)}
            for part, n in pairs:
                most = _highest(part, turned)
                gen, sign = self.gens.signed_sum(scaled(part, to_power(most, -1)))
                below = times(below, to_power(most, n))
                found[gen] = found.get(gen, 0) + n
                c *= sign ** int(n)
            rest = {ONE: c}
        ((last, c),) = rest.items()
        mono = times(mono, times(below, last))
        return self.mul({mono: whole(factor * c)}, {monomial(found): 1})

    def _candidates(self, near: Monomial) -> list[int]:
        """Sums that may divide: those of the denominator first."""
        first = [g for g, _ in near if self.gens[g].kind == SUM]
        return first + [
            g.number
            for g in self.gens.all
            if g.kind == SUM and g.number not in first and len(g.poly or ()) > 1
        ]

    def _divisor(self, gen: int) -> tuple[Poly, Monomial]:
        """A sum multiplied out, if it may divide others, and the lowest powers in it."""
        known = self._divisors.get(gen)
        if known is None or len(self.squares) != known[2]:
            divisor = self.expanded(self.gens[gen].poly or {})
            falling = (self.gens[g].kind for m in divisor for g, e in m if e < 0)
            if len(divisor) < 2 or any(kind != POWER for kind in falling):
                divisor = {}
            known = self._divisors[gen] = divisor, common(divisor), len(self.squares)
        return known[:2]

    def _divide_out(
        self, rest: Poly, gen: int, found: dict[int, Number], near: dict[int, Number]
    ) -> Poly:
        """What is left of a sum; where it is divided by gen, d*(1 - c) divides 1 - c too."""
        divisor, outside = self._divisor(gen)
        if near.get(gen, 0) >= 0:
            outside = tuple((g, e) for g, e in outside if e < 0)
        if outside:
            divisor = scaled(divisor, to_power(outside, -1))
        gens = {g for m in rest for g, _ in m}
        if not divisor or any(g not in gens for m in divisor for g, _ in m):
            return rest
        while len(rest) > 1:
            self.work.done += len(rest) * len(gens) // 4
            part = quotient(rest, divisor)
            is_same = part is not None and len(part) == 1 and ONE in part
            if part is None or (is_same and gen not in near and gen not in found):
                break
            rest = part
            for g, e in ((gen, -1), *outside):
                found[g] = found.get(g, 0) - e
        return rest


def _factors_in(poly: Poly) -> int:
    """How many factors the terms of a sum have together."""
    return sum(map(len, poly))


def _highest(poly: Poly, gens: Container[int]) -> Monomial:
    """The highest powers of some of the generators in a sum."""
    highest: dict[int, Number] = {}
    for mono in poly:
        for gen, e in mono:
            if gen in gens:
                highest[gen] = max(e, highest.get(gen, e))
    return monomial(highest)
