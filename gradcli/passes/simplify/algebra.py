"""Sums of terms, each a product of powers of generators: what formulas are simplified in."""

from __future__ import annotations

from fractions import Fraction
from math import floor
from typing import TYPE_CHECKING

from gradcli.passes.simplify.factors import factor_pairs
from gradcli.passes.simplify.generators import (
    ATOM,
    CALL,
    NUMBER,
    POWER,
    RULED,
    SUM,
    Generators,
    frozen,
)
from gradcli.passes.simplify.polynomials import (
    ONE,
    add_into,
    common,
    content,
    monomial,
    product,
    quotient,
    rational_root,
    scaled,
    times,
    to_power,
    whole,
)
from gradcli.passes.simplify.polynomials import power as raised

if TYPE_CHECKING:
    from gradcli.passes.simplify.polynomials import Monomial, Number, Poly

LARGE = 400
"""Terms beyond which nothing is multiplied out."""

HIGHEST = 12
"""The highest power that is multiplied out."""

EXP = -1
"""The base of the exponential function, as the head of a power."""


class Algebra:
    """The generators of one formula and the arithmetic of its sums."""

    def __init__(self) -> None:
        self.gens = Generators()
        self.squares: dict[int, tuple[int, int, int]] = {}
        """Of a sine or cosine: its partner p and the a and b in a + b*p^2, which is its square."""
        self.origins: dict[frozenset[tuple[Monomial, Number]], Poly] = {}
        """How sums were written that are operands in their normal form."""
        self._divisors: dict[int, tuple[Poly, set[int], int]] = {}
        self._expanded: dict[frozenset[tuple[Monomial, Number]], Poly] = {}

    # --- building -----------------------------------------------------------------------------

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

    def _add_product(self, result: Poly, left: Monomial, right: Monomial, factor: Number) -> None:
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
        size, operand = self.gens.call("abs", made.parts), self._single(made.parts[0])
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
        if made.head == "abs" and e == -1 and beside >= 1:
            exponents[gen], exponents[sign] = 0, 1
            exponents[operand] = beside - 1
            return self._reduced_again(exponents, factor)
        rest, by = self.reduced(monomial({g: n for g, n in exponents.items() if g != gen}))
        return times(rest, ((gen, e),)), whole(factor * by)

    def _reduced_again(
        self, exponents: dict[int, Number], factor: Number
    ) -> tuple[Monomial, Number]:
        """What powers that have changed come to, times a factor."""
        mono, by = self.reduced(monomial(exponents))
        return mono, whole(factor * by)

    def _single(self, operand: Poly) -> int:
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
        """A sum as one term: its content times what is left, which stands for itself."""
        if len(poly) < 2:
            return poly
        factor = content(poly)
        mono = common(poly)
        inner = scaled(poly, to_power(mono, -1), 1 / factor)
        return {times(mono, ((self.gens.sum(inner), 1),)): whole(factor)}

    def power(self, base: Poly, exponent: Number) -> Poly:
        """A sum to the power of a number."""
        if not exponent or not base:
            return {} if exponent else {ONE: 1}
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
        if len(base) > 1:
            return self._root_of_sum(base, exponent)
        if not base:
            return {}
        ((mono, c),) = base.items()
        mono = monomial(dict(self._size(g, e) for g, e in mono))
        outside = tuple((g, e) for g, e in mono if self._comes_out(g, e))
        inside = tuple((g, e) for g, e in mono if not self._comes_out(g, e))
        result = {to_power(outside, exponent): 1}
        if len(inside) == 1 and inside[0][1] == 1 and c > 0:
            return self.mul(
                self.mul(result, self.of(inside[0][0], exponent)), self.root(c, exponent)
            )
        if inside or c < 0:
            inner = (
                self.gens.sum({inside: c})
                if c != 1 or len(inside) > 1 or inside[0][1] != 1
                else inside[0][0]
            )
            return self.mul(result, self.mul({ONE: 1}, self.of(inner, exponent)))
        return self.mul(result, self.root(c, exponent))

    def _size(self, gen: int, exponent: Number) -> tuple[int, Number]:
        """An even power under a root as that of the absolute value, which comes out of it."""
        made = self.gens[gen]
        if exponent % 2 or made.positive or made.kind not in (ATOM, CALL) or made.head == "abs":
            return gen, exponent
        return self.gens.call("abs", (self.of(gen),), positive=True), exponent

    def _comes_out(self, gen: int, exponent: Number) -> bool:
        return self.gens[gen].positive or exponent.denominator % 2 == 0

    def _root_of_sum(self, base: Poly, exponent: Number) -> Poly:
        factor = abs(content(base))
        outside = self.root(factor, exponent) if self._is_square(factor, exponent) else {ONE: 1}
        if self._is_square(factor, exponent):
            base = scaled(base, ONE, 1 / factor)
        return self.mul(outside, self.of(self.gens.sum(base), exponent))

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
        result: Poly = {ONE: 1}
        rest: Poly = {}
        for mono, c in exponent.items():
            undone = self._of_logarithm(mono, c)
            if undone is None:
                rest[mono] = c
            else:
                result = self.mul(result, undone)
        return self.mul(result, self.of_exponents(EXP, rest)) if rest else result

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

    # --- normal forms -------------------------------------------------------------------------

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

    def factored(self, poly: Poly) -> Poly:
        """The sum as one term, where it can be: factors that stand for themselves."""
        parts = self.together(poly)
        result: Poly = {}
        for mono, inner in parts:
            for other, c in self.mul({mono: 1}, self.factors(inner, mono)).items():
                add_into(result, {other: c})
        return self.wrapped(result) if len(result) > 1 else result

    def factors(self, poly: Poly, near: Monomial = ONE) -> Poly:
        """A sum that is multiplied out as a product of sums that stand for themselves."""
        if len(poly) < 2:
            return poly
        factor = content(poly)
        mono = common(poly)
        rest = scaled(poly, to_power(mono, -1), 1 / factor)
        found: dict[int, Number] = {}
        for gen in self._candidates(near):
            rest = self._divide_out(rest, gen, found)
        if 1 < len(rest) <= LARGE:
            pairs, c = factor_pairs(rest)
            rest = {ONE: c}
            for part, n in pairs:
                gen = self.gens.sum(part)
                found[gen] = found.get(gen, 0) + n
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

    def _divide_out(self, rest: Poly, gen: int, found: dict[int, Number]) -> Poly:
        divisor, needs = self._divisor(gen)
        if not divisor or not needs.issubset({g for m in rest for g, _ in m}):
            return rest
        while len(rest) > 1:
            part = quotient(rest, divisor)
            if part is None:
                break
            rest = part
            found[gen] = found.get(gen, 0) + 1
        return rest
