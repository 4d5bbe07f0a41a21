"""Sums of terms, each a product of powers of generators: what formulas are simplified in."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from gradcli.passes.simplify.generators import ATOM, CALL, NUMBER, POWER, SUM
from gradcli.passes.simplify.normal import NormalForms
from gradcli.passes.simplify.polynomials import (
    ONE,
    common,
    content,
    divided,
    monomial,
    product,
    rational_root,
    root,
    scaled,
    times,
    to_power,
    whole,
)

if TYPE_CHECKING:
    from gradcli.passes.simplify.polynomials import Monomial, Number, Poly

EXP = -1
"""The base of the exponential function, as the head of a power."""


class Algebra(NormalForms):
    """The arithmetic of one formula: terms, their normal forms, powers, roots and exponentials."""

    def power(self, base: Poly, exponent: Number) -> Poly:
        """A sum to the power of a number."""
        if not exponent:
            return {ONE: 1}
        if not base:
            return {} if exponent > 0 else self.of(self.gens.atom("inf"))
        if exponent.denominator == 1:
            if len(base) > 1:
                base = self.factored(base)
            if not base:
                return {}
            ((mono, c),) = base.items()
            mono, by = self.reduced(to_power(mono, exponent))
            return {mono: whole(Fraction(c) ** int(exponent) * by)}
        return self._root(base, exponent)

    def _root(self, base: Poly, exponent: Number) -> Poly:
        """A power that is not whole: what is positive for sure comes out of it."""
        if len(base) > 1 or any(self.gens[g].kind == SUM for m in base for g, _ in m):
            base = self.normal(base)
        parts = self.together(base)
        if len(parts) > 1:
            return self._root_of_sum(ONE, base, exponent)
        if not parts:
            return {}
        ((mono, inner),) = parts
        if len(inner) == 1:
            ((more, c),) = inner.items()
            mono, inner = times(mono, more), {ONE: c}
        mono = monomial(dict(self._size(g, e) for g, e in mono))
        outside = tuple((g, e) for g, e in mono if self._comes_out(g, e))
        inside = tuple((g, e) for g, e in mono if not self._comes_out(g, e))
        result: Poly = {to_power(outside, exponent): 1}
        if len(inner) > 1:
            fine = [(g, e) for g, e in outside if (e * exponent).denominator > exponent.denominator]
            if fine:  # sqrt(x + sqrt(x)) has no factor x^(1/4)
                return self._root_of_sum(ONE, base, exponent)
            return self.mul(result, self._root_of_sum(inside, inner, exponent))
        return self.mul(result, self._root_of_term(inside, inner[ONE], exponent))

    def _root_of_term(self, inside: Monomial, c: Number, exponent: Number) -> Poly:
        """The root of one term, whose sign is not known."""
        if len(inside) == 1 and c > 0:
            ((gen, e),) = inside
            return self.mul(self.of(gen, whole(e * exponent)), self.root(c, exponent))
        if inside or c < 0:
            return self.mul({ONE: 1}, self.of(self.gens.sum({inside: c}), exponent))
        return self.root(c, exponent)

    def _size(self, gen: int, exponent: Number) -> tuple[int, Number]:
        """An even power under a root as that of the absolute value, which comes out of it."""
        made = self.gens[gen]
        if exponent % 2 or made.positive or made.head == "abs" or made.kind == NUMBER:
            return gen, exponent
        operand = (made.poly or {}) if made.kind == SUM else self.of(gen)
        return self.gens.call("abs", (operand,), positive=True), exponent

    def _comes_out(self, gen: int, exponent: Number) -> bool:
        return self.gens[gen].positive or exponent.denominator % 2 == 0

    def _root_of_sum(self, inside: Monomial, inner: Poly, exponent: Number) -> Poly:
        """The root of a sum times a term: squares come out of it."""
        square = root(inner, 2) if not inside and exponent.denominator == 2 else None
        if square is not None:
            size = self.gens.call("abs", (self._with_sign(square),), positive=True)
            return self.of(size, 2 * exponent)
        factor = abs(content(inner))
        outside = self.root(factor, exponent) if self._is_square(factor, exponent) else {ONE: 1}
        by = 1 / factor if self._is_square(factor, exponent) else 1
        return self.mul(outside, self.of(self.gens.sum(scaled(inner, inside, by)), exponent))

    def _with_sign(self, poly: Poly) -> Poly:
        """The sum or its negative, of which the first term is positive."""
        return poly if next(iter(poly.values())) > 0 else scaled(poly, ONE, -1)

    def _is_square(self, factor: Number, exponent: Number) -> bool:
        return rational_root(factor, exponent.denominator) is not None

    def root(self, number: Number, exponent: Number) -> Poly:
        """A positive number to a power: rational where that is exact."""
        exact = rational_root(number, exponent.denominator)
        if exact is not None:
            return {ONE: whole(Fraction(exact) ** exponent.numerator)}
        top = self._root_of_whole(number.numerator, exponent)
        return self.mul(top, self._root_of_whole(number.denominator, -exponent))

    def _root_of_whole(self, number: int, exponent: Number) -> Poly:
        if number == 1:
            return {ONE: 1}
        outer, inner = 1, number
        for k in range(2, 10):
            while inner % k**exponent.denominator == 0:
                inner //= k**exponent.denominator
                outer *= k
        mono, by = self.reduced(((self.gens.number(inner), exponent),))
        return {mono: whole(by * Fraction(outer) ** exponent.numerator)}

    def to_the(self, base: Poly, exponent: Poly) -> Poly:
        """A sum to the power of another: the terms of the exponent apart."""
        exponent = self.normal(exponent)
        constant = exponent.get(ONE, 0)
        rest = {mono: c for mono, c in exponent.items() if mono}
        result = self.power(base, constant)
        if not rest:
            return result
        if len(base) == 1:
            ((mono, c),) = base.items()
            if c == 1 and mono and all(self.gens[g].positive for g, _ in mono):
                for gen, e in mono:
                    result = self.mul(result, self._raise_positive(gen, scaled(rest, ONE, e)))
                return result
        return self.mul(result, self.of_exponents(self._base(base), rest))

    def _raise_positive(self, gen: int, exponent: Poly) -> Poly:
        """A power to a power: exponents are multiplied."""
        made = self.gens[gen]
        if made.kind != POWER:
            return self.of_exponents(gen, exponent)
        (inner,) = made.parts
        return self.of_exponents(made.head, self.joined(product(inner, exponent)))

    def _base(self, base: Poly) -> int:
        """The generator that stands below an exponent."""
        base = self.normal(base)
        if len(base) == 1:
            ((mono, c),) = base.items()
            if len(mono) == 1 and mono[0][1] == 1 and c == 1:
                return mono[0][0]
            if not mono and c > 0 and c.denominator == 1:
                return self.gens.number(int(c))
        return self.gens.sum(base)

    def of_exponents(self, base: int, exponent: Poly) -> Poly:
        """A generator to a sum of terms, as the product of its powers."""
        exponents: dict[int, Number] = {}
        for mono, c in exponent.items():
            gen = self.gens.power(base, mono)
            exponents[gen] = exponents.get(gen, 0) + c
        return {monomial(exponents): 1}

    def exp(self, exponent: Poly) -> Poly:
        """The exponential function: terms of the exponent apart, logarithms undone."""
        exponent = self.normal(exponent)
        square = self._as_square(exponent)
        if square is not None:
            return square
        result: Poly = {ONE: 1}
        rest: Poly = {}
        for mono, c in exponent.items():
            undone = self._of_logarithm(mono, c)
            if undone is None:
                rest[mono] = c
            else:
                result = self.mul(result, undone)
        rest = self._as_entered(rest)
        return self.mul(result, self.of_exponents(EXP, rest)) if rest else result

    def _as_square(self, exponent: Poly) -> Poly | None:
        """exp(-(x - b)^2/(2*s^2)) as one power; by another such, where less is left than it is.

        None of other exponents. exp(b*x/s^2) may overflow where the whole does not.
        """
        if len(exponent) < 3:
            return None
        for square, term in self.squared:
            for c in _ratios(exponent, square):
                left = self.add(exponent, square, -c)
                is_less = len(left) < min(len(exponent), len(square)) - 1
                if not left or (is_less and any(map(self._has_logarithm, left))):
                    return self.mul(self.of_exponents(EXP, scaled(term, ONE, c)), self.exp(left))
        term = self.factored(exponent)
        ((mono, _),) = term.items()
        if not any(self.gens[g].kind == SUM and not e % 2 and e > 0 for g, e in mono):
            return None
        self.squared.append((exponent, term))
        return self.of_exponents(EXP, term)

    def _as_entered(self, exponent: Poly) -> Poly:
        """`-k*(x - c)` as one term, whose exponential is not taken apart, nor turned over.

        exp(k*x) and exp(k*c) may overflow where their quotient does not, and 1 + exp(k*(x - c))
        where 1 + exp(-k*(x - c)) does not.
        """
        outside = common(exponent)
        if len(exponent) < 2 or not outside:
            return exponent
        factor = abs(content(exponent)) * (1 if max(exponent.values()) > 0 else -1)
        inner = scaled(exponent, to_power(outside, -1), 1 / factor)
        powers = [pair for mono in (*inner, outside) for pair in mono]
        is_linear = all(self.gens[g].kind == ATOM and abs(e) == 1 for g, e in powers)
        if not is_linear or any(len(mono) > 1 for mono in inner):
            return exponent
        term = times(outside, ((self.gens.sum(inner), 1),))
        negative = self.gens.known_negative(inner)
        if negative is not None:
            turned = times(outside, ((negative, 1),))
            if (POWER, EXP, turned) in self.gens.known:
                return {turned: whole(-factor)}
        return {term: whole(factor)}

    def exponent(self, power: Poly) -> Poly | None:
        """The u of a term that is exp(u); None if it is none."""
        exponent: Poly = {}
        ((mono, c),) = power.items() if len(power) == 1 else [(ONE, 1)]
        if c != 1 or not mono:
            return None
        for gen, e in mono:
            made = self.gens[gen]
            if made.kind != POWER or made.head != EXP:
                return None
            exponent = self.add(exponent, made.parts[0], e)
        return exponent

    def _has_logarithm(self, mono: Monomial) -> bool:
        return any(e == 1 and self.gens[g].head == "log" for g, e in mono)

    def _of_logarithm(self, mono: Monomial, c: Number) -> Poly | None:
        """exp(c*log(u)) is u^c."""
        for gen, e in mono:
            made = self.gens[gen]
            if e != 1 or made.kind != CALL:
                continue
            rest = tuple(pair for pair in mono if pair[0] != gen)
            if made.head == "log":
                return self.to_the(made.parts[0], {rest: c})
        return None


def _ratios(one: Poly, other: Poly) -> set[Number]:
    """The ratios of two sums' terms that differ in their numbers alone."""
    return {divided(c, other[mono]) for mono, c in one.items() if mono in other}
