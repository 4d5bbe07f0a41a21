"""Factors of a polynomial: powers, coefficients that divide it, rational zeros."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from gradcli.passes.simplify.polynomials import (
    ONE,
    coefficients,
    common,
    content,
    leading,
    quotient,
    root,
    scaled,
    to_power,
    whole,
)

if TYPE_CHECKING:
    from gradcli.passes.simplify.polynomials import Number, Poly

    Pairs = list[tuple[Poly, Number]]

DEGREES = (2, 3, 5, 7)
_MOST_DIVISORS = 24


def factor_pairs(poly: Poly) -> tuple[Pairs, Number]:
    """Primitive factors with their powers, and the number that makes their product the whole."""
    pairs = _merged(_pairs(poly))
    gens = sorted({gen for mono in poly for gen, _ in mono})
    top = leading(poly, gens)
    for factor, n in pairs:
        top = Fraction(top) / leading(factor, gens) ** int(n)
    return pairs, whole(top)


def _pairs(poly: Poly) -> Pairs:
    for degree in DEGREES:
        base = root(poly, degree)
        if base is not None:
            return [(p, n * degree) for p, n in _pairs(primitive(base))]
    divisor = _coefficient(poly) or _linear(poly)
    if divisor is None:
        return [(poly, 1)]
    rest = quotient(poly, divisor)
    assert rest is not None
    return _pairs(divisor) + ([] if len(rest) < 2 else _pairs(primitive(rest)))


def _merged(pairs: Pairs) -> Pairs:
    powers: dict[frozenset[object], tuple[Poly, Number]] = {}
    for p, n in pairs:
        key = frozenset(p.items())
        powers[key] = (p, n + powers.get(key, (p, 0))[1])
    return list(powers.values())


def primitive(poly: Poly) -> Poly:
    """The polynomial without its content."""
    return scaled(poly, to_power(common(poly), -1), 1 / content(poly))


def _coefficient(poly: Poly) -> Poly | None:
    """A coefficient of a generator that divides the whole, which is primitive."""
    gens = {gen for mono in poly for gen, _ in mono}
    for gen in sorted(gens):
        least = min(coefficients(poly, gen).values(), key=len)
        if len(least) < 2:
            continue
        candidate = primitive(least)
        if candidate != poly and quotient(poly, candidate) is not None:
            return candidate
    return None


def _linear(poly: Poly) -> Poly | None:
    """A factor g - c of a polynomial in one generator with numbers."""
    gens = {gen for mono in poly for gen, _ in mono}
    if len(gens) != 1:
        return None
    (gen,) = gens
    numbers = {(dict(mono).get(gen, 0)): c for mono, c in primitive(poly).items()}
    top = numbers[max(numbers)]
    low = numbers.get(0)
    if low is None or max(numbers) < 2 or any(Fraction(d).denominator != 1 for d in numbers):
        return None
    for zero in _zeros(int(low), int(top)):
        if sum(c * zero**d for d, c in numbers.items()) == 0:
            return {((gen, 1),): zero.denominator, ONE: whole(-zero.numerator * Fraction(1))}
    return None


def _zeros(low: int, top: int) -> list[Fraction]:
    """Where whole numbers may make zero: divisors of the last by those of the first."""
    above = [n for n in range(1, _MOST_DIVISORS) if low % n == 0]
    below = [n for n in range(1, _MOST_DIVISORS) if top % n == 0]
    return [Fraction(s * a, b) for a in above for b in below for s in (1, -1)]
