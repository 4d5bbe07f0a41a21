"""Terms of the algebra of formulas: their products, and powers that come to something else."""

from __future__ import annotations

from fractions import Fraction
from math import floor
from typing import TYPE_CHECKING

from gradcli.passes.simplify.generators import CALL, NUMBER, POWER, RULED, SUM, Generators
from gradcli.passes.simplify.polynomials import (
    ONE,
    add_into,
    common,
    content,
    monomial,
    nearest,
    scaled,
    times,
    to_power,
    whole,
)
from gradcli.passes.simplify.work import Work

if TYPE_CHECKING:
    from collections.abc import Callable, Container

    from gradcli.passes.simplify.polynomials import Monomial, Number, Poly


class Terms:
    """The generators of one formula, and sums of products of their powers."""

    def __init__(self, positive: Container[str] = (), work: Work | None = None) -> None:
        self.gens = Generators(positive)
        self.work = work or Work()

    def alike(self, left: Poly, right: Poly) -> bool:  # noqa: ARG002 - all are numbers here
        """Whether two sums are both numbers, or arrays of one shape."""
        return True

    def number(self, value: Number) -> Poly:
        """A number as a sum."""
        return {ONE: whole(value)} if value else {}

    def of(self, gen: int, exponent: Number = 1) -> Poly:
        """A generator as a sum."""
        return {((gen, exponent),): 1}

    def add(self, left: Poly, right: Poly, factor: Number = 1) -> Poly:
        """left + factor*right."""
        return add_into(dict(left), right, factor)

    def mul(self, left: Poly, right: Poly) -> Poly:
        """The product; of two sums each stands for itself."""
        if not left or not right:
            return {}
        if len(left) > 1 and not (len(right) == 1 and ONE in right):
            left = self.wrapped(left)
        if len(right) > 1 and not (len(left) == 1 and ONE in left):
            right = self.wrapped(right)
        if len(left) > 1:
            left, right = right, left
        ((mono, factor),) = left.items()
        result: Poly = {}
        for other, c in right.items():
            self._add_product(result, mono, other, factor * c)
        return result

    def by_factors(self, poly: Poly, factor: Callable[[int, Number], Poly]) -> Poly:
        """A sum with what is said of each power of a generator in its place."""
        result: Poly = {}
        for mono, c in poly.items():
            term: Poly = {ONE: c}
            for gen, e in mono:
                term = self.mul(term, factor(gen, e))
            add_into(result, term)
        return result

    def _add_product(self, result: Poly, left: Monomial, right: Monomial, factor: Number) -> None:
        self.work.done += 1
        term = times(left, right)
        if self.gens.ruled:
            term, by = self.reduced(term)
            factor *= by
        total = result.get(term, 0) + factor
        if total:
            result[term] = total if total.__class__ is int else whole(total)
        else:
            result.pop(term, None)

    def reduced(self, mono: Monomial) -> tuple[Monomial, Number]:
        """Roots of numbers and of products give their whole powers up."""
        factor: Number = 1
        for gen, e in mono:
            if gen not in self.gens.ruled:
                continue
            made = self.gens[gen]
            if made.kind == NUMBER and not 0 < e < 1:
                n = floor(e)
                factor *= Fraction(made.head) ** n
                mono = times(mono, ((gen, -n),))
            elif made.kind == SUM and len(made.poly or ()) == 1 and not 0 < e < 1:
                n = floor(e)
                ((inner, c),) = (made.poly or {}).items()
                mono, by = self.reduced(times(times(mono, ((gen, -n),)), to_power(inner, n)))
                factor *= by * Fraction(c) ** n
            elif made.kind == CALL and made.head in RULED:
                return self._ruled(mono, gen, e, factor)
        return mono, whole(factor)

    def _ruled(
        self, mono: Monomial, gen: int, e: Number, factor: Number
    ) -> tuple[Monomial, Number]:
        """Powers of abs(u) and sign(u) beside one another and beside u, as one of the three."""
        exponents = dict(mono)
        sign = self.gens.call("sign", self.gens[gen].parts)
        if exponents.get(sign):
            gen, e = sign, exponents[sign]
        made = self.gens[gen]
        if made.head == "sign" and e % 2 != e:
            exponents[gen] = e % 2
            return self._reduced_again(exponents, factor)
        (inner,) = made.parts
        size = self.gens.call("abs", made.parts)
        operand, turned = (self.single(inner), 1)
        if len(inner) > 1:
            operand, turned = self._beside(exponents, inner)
        factor *= turned
        n = exponents.get(size, 0)
        if made.head == "sign" and n:
            exponents[gen] = 0
            exponents[size] = n - 1 if n > 0 else n + 1
            return self._times_operand(exponents, made.parts[0], 1 if n > 0 else -1, factor)
        if made.head == "abs" and e.denominator == 1 and abs(e) > 1 and len(made.parts[0]) == 1:
            even = int(e / 2) * 2
            exponents[gen] -= even
            return self._times_operand(exponents, made.parts[0], even, factor)
        beside = exponents.get(operand, 0)
        if made.head == "sign" and abs(beside) >= 1:
            step = 1 if beside > 0 else -1
            exponents[gen], exponents[size] = 0, step
            exponents[operand] = beside - step
            return self._reduced_again(exponents, factor)
        if made.head == "abs" and abs(e) == 1 and beside * e <= -1:
            exponents[gen], exponents[sign] = 0, 1
            exponents[operand] = beside + e
            return self._reduced_again(exponents, factor)
        rest, by = self.reduced(monomial({g: n for g, n in exponents.items() if g != gen}))
        return times(rest, ((gen, e),)), whole(factor * by)

    def _beside(self, exponents: dict[int, Number], operand: Poly) -> tuple[int, int]:
        """The generator that a sum is, in the place of its negative; and the sign of that."""
        gen, negative = self.gens.sum(operand), self.gens.known_negative(operand)
        n = exponents.get(-1 if negative is None else negative, 0)
        if negative is None or not n or n.denominator != 1:
            return gen, 1
        exponents[gen] = exponents.get(gen, 0) + exponents.pop(negative)
        return gen, (-1) ** int(n % 2)

    def _reduced_again(
        self, exponents: dict[int, Number], factor: Number
    ) -> tuple[Monomial, Number]:
        """What powers that have changed come to, times a factor."""
        mono, by = self.reduced(monomial(exponents))
        return mono, whole(factor * by)

    def single(self, operand: Poly) -> int:
        """The generator that an operand is, or -1."""
        mono = next(iter(operand)) if len(operand) == 1 else ONE
        plain = len(mono) == 1 and mono[0][1] == 1 and operand[mono] == 1
        return mono[0][0] if plain else -1

    def _times_operand(
        self, exponents: dict[int, Number], operand: Poly, n: int, factor: Number
    ) -> tuple[Monomial, Number]:
        if len(operand) > 1:
            operand = self.wrapped(operand)
        ((inner, c),) = operand.items()
        mono, by = self.reduced(times(monomial(exponents), to_power(inner, n)))
        return mono, whole(factor * by * Fraction(c) ** n)

    def wrapped(self, poly: Poly) -> Poly:
        """Several terms as one: their content times what is left, which stands for itself."""
        factor = content(poly)
        mono = self.outside(poly)
        if self.grows(poly, mono):
            mono = nearest(poly)
        inner = scaled(poly, to_power(mono, -1), 1 / factor)
        return {times(mono, ((self.gens.sum(inner), 1),)): whole(factor)}

    def outside(self, poly: Poly) -> Monomial:
        """The product of the lowest powers, which a sum is written over.

        Exponentials keep their signs: exp(-x) + exp(-2*x) is exp(-x)*(1 + exp(-x)), and 1 + exp(-x)
        is no quotient by exp(x), which overflows where the sum does not.
        """
        self.work.done += len(poly) // 2
        lowest = common(poly)
        if all(e > 0 or not self._keeps_sign(g) for g, e in lowest):
            return lowest
        close = dict(nearest(poly))
        pairs = ((g, close.get(g, 0) if self._keeps_sign(g) else e) for g, e in lowest)
        return tuple((g, e) for g, e in pairs if e)

    def _keeps_sign(self, gen: int) -> bool:
        """Whether what divides a sum, as tanh does by cosh, grows so fast that it stays there."""
        made = self.gens[gen]
        return made.kind == POWER or made.head == "cosh"

    def grows(self, poly: Poly, mono: Monomial) -> bool:
        """Whether a sum has many more factors in all its terms without those that are outside."""
        if len(poly) < 3 or all(e > 0 for _, e in mono):
            return False
        before, after = sum(map(len, poly)), len(mono)
        inverse = to_power(mono, -1)
        return after + sum(len(times(term, inverse)) for term in poly) > 1.5 * before + 6
