"""Polynomials by powers of a linear sum that the formula has elsewhere: 1 + (a + b*x)^2."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from gradcli.passes.simplify.generators import ATOM, frozen
from gradcli.passes.simplify.polynomials import (
    ONE,
    add_into,
    coefficients,
    product,
    scaled,
    to_power,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gradcli.passes.simplify.algebra import Algebra
    from gradcli.passes.simplify.polynomials import Number, Poly

MOST = 4
"""How many linear sums are tried."""


def linear_sums(algebra: Algebra) -> list[tuple[int, Poly]]:
    """The operands and factors such as a + b*x, each with the generator x."""
    found: dict[object, tuple[int, Poly]] = {}
    for made in algebra.gens.all:
        for part in (*made.parts, made.poly or {}):
            gen = _variable(algebra, part)
            if gen >= 0:
                found.setdefault(frozen(part), (gen, part))
    return list(found.values())[:MOST]


def _variable(algebra: Algebra, poly: Poly) -> int:
    """The last name of a sum, if it is linear in it, its factor is a term and it has others."""
    if len(poly) < 2:
        return -1
    pairs = [pair for mono in poly for pair in mono]
    if any(e.denominator != 1 or e < 0 or algebra.gens[g].kind != ATOM for g, e in pairs):
        return -1
    gen = max(g for g, _ in pairs)
    return gen if [e for g, e in pairs if g == gen] == [1] else -1


def by_shifts(algebra: Algebra, poly: Poly, sums: list[tuple[int, Poly]]) -> Iterator[Poly]:
    """A polynomial by the powers of each of the sums, and of others, where that has fewer terms."""
    for i, (gen, linear) in enumerate(sums):
        by_degree = coefficients(poly, gen)
        degrees = [*by_degree]
        if max(degrees) < 2 or any(n < 0 or n.denominator != 1 for n in degrees):
            continue
        digits = _digits(by_degree, coefficients(linear, gen))
        straight = add_into(product(digits[1], linear), digits[0])
        if len(straight) <= len(digits[0]) + len(digits[1]):
            digits[:2] = [straight, {}]  # x, and not b + (x - b)
        if sum(map(len, digits)) < len(poly):
            power = algebra.gens.sum(linear)
            result: Poly = {}
            others = sums[:i] + sums[i + 1 :]
            for n, digit in enumerate(digits):
                by: Poly = {((power, n),): 1} if n else {ONE: 1}
                shorter = next(by_shifts(algebra, digit, others), digit) if digit else {}
                add_into(result, algebra.mul(by, shorter))
            yield result


def _digits(by_degree: dict[Number, Poly], linear: dict[Number, Poly]) -> list[Poly]:
    """What a polynomial has beside each power of a linear sum: Horner's scheme, again and again."""
    ((mono, c),) = linear[1].items()
    inverse, zero = to_power(mono, -1), scaled(linear[0], to_power(mono, -1), -1 / Fraction(c))
    rest = [by_degree.get(n, {}) for n in range(int(max(by_degree)) + 1)]
    digits: list[Poly] = []
    factor: Poly = {ONE: 1}
    while rest:
        for n in reversed(range(len(rest) - 1)):
            rest[n] = add_into(product(rest[n + 1], zero), rest[n])
        digits.append(product(rest.pop(0), factor))
        factor = scaled(factor, inverse, 1 / Fraction(c))
    return digits
