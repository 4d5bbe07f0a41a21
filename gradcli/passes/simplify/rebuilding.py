"""Sums whose factors are built anew, or multiplied out with one another."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gradcli.passes.simplify.algebra import EXP
from gradcli.passes.simplify.generators import POWER, SUM, frozen
from gradcli.passes.simplify.polynomials import (
    ONE,
    add_into,
    monomial,
    product,
    scaled,
    times,
    to_power,
)

if TYPE_CHECKING:
    from gradcli.passes.simplify.algebra import Algebra
    from gradcli.passes.simplify.polynomials import Monomial, Number, Poly


def rebuilt(algebra: Algebra, poly: Poly) -> Poly:
    """The sum with each sum among its factors in normal form: one of a single term is no sum."""

    def factor(gen: int, e: Number) -> Poly:
        made = algebra.gens[gen]
        changes = made.kind == SUM and (e.denominator == 1 or len(made.poly or {}) > 1)
        return _power(algebra, made.poly or {}, e) if changes else algebra.of(gen, e)

    return algebra.by_factors(poly, factor)


def _power(algebra: Algebra, poly: Poly, exponent: Number) -> Poly:
    """A power of a sum, which may be the square of a sine or its like."""
    normal = algebra.normal(poly)
    gen, sign = algebra.square_of.get(frozen(normal), (-1, 0))
    if sign and exponent.denominator == 1:
        return {((gen, 2 * exponent),): sign ** int(exponent % 2)}
    return algebra.power(normal, exponent)


def multiplied(algebra: Algebra, poly: Poly) -> Poly:
    """Sums to the same power or under the same root multiplied out, a sign inside."""
    result: Poly = {}
    for mono, c in poly.items():
        exponents, sign = dict(mono), 1
        single: Poly = {ONE: 1}
        for e, gens in _sums_by_power(algebra, mono).items():
            whole = _product_of(algebra, gens)
            turns = c * sign < 0 and e % 2 == 1
            if len(gens) < 2 and not (turns and e < 0 and len({n > 0 for n in whole.values()}) > 1):
                continue
            if turns:
                whole, sign = scaled(whole, ONE, -1), -sign
            exponents = {g: n for g, n in exponents.items() if g not in gens}
            if len(whole) == 1:
                single = algebra.mul(single, algebra.power(whole, e))
                continue
            one = algebra.gens.sum(whole)
            exponents[one] = exponents.get(one, 0) + e
        add_into(result, algebra.mul(single, {monomial(exponents): c * sign}))
    return result


def _sums_by_power(algebra: Algebra, mono: Monomial) -> dict[Number, list[int]]:
    """The sums that have the same power in a term, a whole one or a half."""
    sums: dict[Number, list[int]] = {}
    for gen, e in mono:
        if algebra.gens[gen].kind == SUM and e.denominator <= 2:
            sums.setdefault(e, []).append(gen)
    return sums


def _product_of(algebra: Algebra, gens: list[int]) -> Poly:
    """The product of sums, multiplied out."""
    result: Poly = {ONE: 1}
    for gen in gens:
        result = product(result, algebra.gens[gen].poly or {})
    return result


def exponentials_below(algebra: Algebra, poly: Poly) -> Poly:
    """Terms over sums divided by an exponential that they have: 1/(1 + exp(b - a)).

    exp(a)/(exp(a) + exp(b)) overflows where that does not. A sum that has other terms is divided if
    no exponential is left above it: exp(-x)/(1 + exp(-x))^2 stays.
    """
    result: Poly = {}
    for mono, c in poly.items():
        add_into(result, {_with_exponential_below(algebra, mono): c})
    return result


def _with_exponential_below(algebra: Algebra, mono: Monomial) -> Monomial:
    for gen, e in mono if _exponentials(algebra, mono) else ():
        inner = algebra.gens[gen].poly or {}
        shares = [part for part in (_exponentials(algebra, term) for term in inner) if part]
        for part in shares if len(inner) > 1 and e < 0 and e.denominator == 1 else ():
            rest = times(mono, (*to_power(part, e), (gen, -e)))
            if len(shares) == len(inner) or not _exponentials(algebra, rest):
                divided = scaled(inner, to_power(part, -1))
                return times(rest, ((algebra.gens.sum(divided), e),))
    return mono


def _exponentials(algebra: Algebra, mono: Monomial) -> Monomial:
    """The exponentials in a term."""
    return tuple((g, e) for g, e in mono if is_exponential(algebra, g))


def is_exponential(algebra: Algebra, gen: int) -> bool:
    """Whether a generator is exp of a term."""
    made = algebra.gens[gen]
    return made.kind == POWER and made.head == EXP
