"""Arithmetic of polynomials with rational coefficients: what sums of terms are divided with.

A polynomial is a dict from monomials to coefficients; a monomial is a sorted tuple of pairs
(generator, exponent), whose exponents are rational and not 0.
"""

from __future__ import annotations

from fractions import Fraction
from functools import reduce
from math import gcd, lcm
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable

    Number = Any  # an int, or a fraction that is none
    Monomial = tuple[tuple[int, Number], ...]
    Poly = dict[Monomial, Number]
    Dense = dict[tuple[Number, ...], Number]

ONE: Monomial = ()


def whole(number: Number) -> Number:
    """The number as an int where it is one, which is quicker."""
    return number.numerator if number.denominator == 1 else number


def divided(left: Number, right: Number) -> Number:
    """The exact quotient, an int where it is one."""
    if left.__class__ is right.__class__ is int and not left % right:
        return left // right
    return whole(Fraction(left) / right)


def times(left: Monomial, right: Monomial) -> Monomial:
    """The product of two monomials."""
    if not left or not right:
        return left or right
    if left[-1][0] < right[0][0]:
        return left + right
    exponents: dict[int, Number] = dict(left)
    for gen, exponent in right:
        exponents[gen] = exponents.get(gen, 0) + exponent
    return monomial(exponents)


def monomial(exponents: dict[int, Number]) -> Monomial:
    """The monomial of generators with their exponents."""
    pairs = [(g, e if e.__class__ is int else whole(e)) for g, e in exponents.items() if e]
    pairs.sort()
    return tuple(pairs)


def to_power(mono: Monomial, exponent: Number) -> Monomial:
    """Each generator to that power."""
    return tuple((gen, whole(e * exponent)) for gen, e in mono) if exponent else ONE


def add_into(whole_: Poly, part: Poly, factor: Number = 1) -> Poly:
    """Adds a multiple of a polynomial to another, in place."""
    for mono, coefficient in part.items():
        total = whole_.get(mono, 0) + coefficient * factor
        if total:
            whole_[mono] = total if total.__class__ is int else whole(total)
        else:
            whole_.pop(mono, None)
    return whole_


def scaled(poly: Poly, mono: Monomial, factor: Number = 1) -> Poly:
    """The product with one term."""
    return {times(m, mono): whole(c * factor) for m, c in poly.items()}


def product(left: Poly, right: Poly) -> Poly:
    """The product, multiplied out."""
    result: Poly = {}
    for mono, coefficient in right.items():
        add_into(result, scaled(left, mono, coefficient))
    return result


def power(poly: Poly, exponent: int) -> Poly:
    """The power by a whole number from 0 on, multiplied out."""
    result: Poly = {ONE: 1}
    for _ in range(exponent):
        result = product(result, poly)
    return result


def content(poly: Poly) -> Fraction:
    """The largest number that divides all coefficients, with the sign of the first."""
    numbers = poly.values()
    top = reduce(gcd, [n.numerator for n in numbers])
    bottom = reduce(lcm, [n.denominator for n in numbers])
    sign = -1 if next(iter(numbers)) < 0 else 1
    return Fraction(sign * top, bottom)


def common(monomials: Iterable[Monomial]) -> Monomial:
    """The product of the lowest powers of each generator; one that is missing has the power 0."""
    rows = [*monomials]
    if len(rows) < 2:
        return rows[0] if rows else ONE
    lowest: dict[int, Number] = {}
    count: dict[int, int] = {}
    for mono in rows:
        for gen, e in mono:
            count[gen] = count.get(gen, 0) + 1
            if e < lowest.setdefault(gen, e):
                lowest[gen] = e
    many = len(rows)
    return monomial({g: e for g, e in lowest.items() if e < 0 or count[g] == many})


def nearest(monomials: Iterable[Monomial]) -> Monomial:
    """The product of the powers nearest to 0 of the generators that all have with the same sign."""
    first, *others = map(dict, monomials)
    for exponents in others:
        for gen in [*first]:
            e = exponents.get(gen, 0)
            if first[gen] * e <= 0:
                del first[gen]
            else:
                first[gen] = min(first[gen], e, key=abs)
    return monomial(first)


# --- division -----------------------------------------------------------------------------------


def _dense(poly: Poly, gens: list[int]) -> Dense:
    result: Dense = {}
    for mono, c in poly.items():
        get = dict(mono).get
        result[tuple([get(gen, 0) for gen in gens])] = c
    return result


def _sparse(poly: Dense, gens: list[int]) -> Poly:
    return {
        tuple((gen, whole(e)) for gen, e in zip(gens, row, strict=True) if e): whole(c)
        for row, c in poly.items()
    }


def _gens(*polys: Poly) -> list[int]:
    return sorted({gen for poly in polys for mono in poly for gen, _ in mono})


def quotient(dividend: Poly, divisor: Poly) -> Poly | None:
    """The exact quotient of polynomials, None where there is none."""
    gens = _gens(dividend, divisor)
    rest, by = _dense(dividend, gens), _dense(divisor, gens)
    last = max(by)
    if not _may_divide(rest, by):
        return None
    result: Dense = {}
    limit = 4 * len(dividend) + 16
    while rest:
        lead = max(rest)
        step = tuple(a - b for a, b in zip(lead, last, strict=True))
        limit -= 1
        if min(step, default=0) < 0 or not limit:
            return None
        factor = result[step] = divided(rest[lead], by[last])
        _subtract(rest, by, step, factor)
    return _sparse(result, gens)


def _may_divide(dividend: Dense, divisor: Dense) -> bool:
    """Whether the lowest terms and the degrees allow it."""
    low, by = min(dividend), min(divisor)
    if any(a < b for a, b in zip(low, by, strict=True)):
        return False
    degrees = zip(
        map(max, zip(*dividend, strict=True)), map(max, zip(*divisor, strict=True)), strict=True
    )
    return all(a >= b for a, b in degrees)


def _subtract(rest: Dense, by: Dense, step: tuple[Number, ...], factor: Number) -> None:
    for row, c in by.items():
        key = tuple(a + b for a, b in zip(row, step, strict=True))
        total = rest.get(key, 0) - c * factor
        if total:
            rest[key] = total
        else:
            rest.pop(key, None)


def root(poly: Poly, degree: int) -> Poly | None:
    """The polynomial whose power this one is, None where there is none."""
    gens = _gens(poly)
    rest = _dense(poly, gens)
    lead = max(rest)
    first = rational_root(rest[lead], degree)
    if first is None or any(e % degree for e in lead):
        return None
    top = tuple(Fraction(e, degree) for e in lead)
    result: Poly = _sparse({top: first}, gens)
    for _ in range(len(poly)):
        left = add_into(dict(poly), power(result, degree), -1)
        if not left:
            return result
        dense = _dense(left, gens)
        row = max(dense)
        step = tuple(a - (degree - 1) * b for a, b in zip(row, top, strict=True))
        if min(step) < 0:
            return None
        term = _sparse({step: Fraction(dense[row]) / (degree * first ** (degree - 1))}, gens)
        add_into(result, term)
    return None


def rational_root(number: Number, degree: int) -> Number | None:
    """The root of a number, None where that is not rational."""
    if number < 0:
        return None
    top = round(number.numerator ** (1 / degree))
    bottom = round(number.denominator ** (1 / degree))
    if top**degree != number.numerator or bottom**degree != number.denominator:
        return None
    return whole(Fraction(top, bottom))


def coefficients(poly: Poly, gen: int) -> dict[Number, Poly]:
    """The polynomial by powers of one generator."""
    result: dict[Number, Poly] = {}
    for mono, c in poly.items():
        exponents: dict[int, Any] = dict(mono)
        degree = exponents.pop(gen, 0)
        result.setdefault(degree, {})[tuple(exponents.items())] = c
    return result


def leading(poly: Poly, gens: list[int]) -> Number:
    """The coefficient of the first term in the order of the generators."""
    dense = _dense(poly, gens)
    return dense[max(dense)]
