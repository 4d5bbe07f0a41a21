"""Roots: taken out of denominators, written by one another, and what they say of the signs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gradcli.passes.simplify.generators import ATOM, CALL, CHOICE, NUMBER, SUM
from gradcli.passes.simplify.identities import DEFINED_FOR_POSITIVE
from gradcli.passes.simplify.polynomials import add_into, monomial, product

if TYPE_CHECKING:
    from gradcli.passes.simplify.algebra import Algebra
    from gradcli.passes.simplify.polynomials import Monomial, Number, Poly

MOST = 3
"""How many denominators of one formula are made rational."""


def rationalized(algebra: Algebra, poly: Poly) -> Poly:
    """The sum with denominators p + q*sqrt(s) made p^2 - q^2*s, where those cancel.

    The sum itself where nothing does: p - q*sqrt(s) may be 0 where the sum is defined, so only what
    has no other denominators than the sum had stands for it everywhere.
    """
    if not any(_conjugate(algebra, gen) for gen in denominators(algebra, poly)):
        return poly
    before = result = algebra.fractions(algebra.together(poly))
    for _ in range(MOST):
        changed = _without_root(algebra, result)
        if changed is None:
            break
        result = algebra.fractions(algebra.together(changed))
    allowed = denominators(algebra, poly) | denominators(algebra, before)
    return result if denominators(algebra, result) <= allowed else poly


def _without_root(algebra: Algebra, poly: Poly) -> Poly | None:
    """The sum with one denominator made rational in all its terms."""
    for gen in sorted(denominators(algebra, poly)):
        conjugate = _conjugate(algebra, gen)
        norm = algebra.expanded(product(algebra.gens[gen].poly or {}, conjugate))
        if conjugate and norm:
            return _replaced(algebra, poly, gen, algebra.mul(conjugate, algebra.power(norm, -1)))
    return None


def _replaced(algebra: Algebra, poly: Poly, gen: int, inverse: Poly) -> Poly:
    """The sum with another form of 1/gen in it."""
    result: Poly = {}
    for mono, c in poly.items():
        n = dict(mono).get(gen, 0)
        if n < 0 and n.denominator == 1:
            rest = monomial({g: e for g, e in mono if g != gen})
            add_into(result, algebra.mul({rest: c}, algebra.power(inverse, -n)))
        else:
            add_into(result, {mono: c})
    return result


def _conjugate(algebra: Algebra, gen: int) -> Poly:
    """p - q*sqrt(s) of a sum p + q*sqrt(s), where s is a sum; nothing where it is none."""
    poly = algebra.gens[gen].poly or {}
    roots = {g for mono in poly for g, e in mono if _is_root(algebra, g, e)}
    root = max(roots, default=None)
    if root is None or all(_has(mono, root) for mono in poly):
        return {}
    return {mono: -c if _has(mono, root) else c for mono, c in poly.items()}


def _is_root(algebra: Algebra, gen: int, exponent: Number) -> bool:
    return algebra.gens[gen].kind == SUM and exponent.denominator == 2


def _has(mono: Monomial, root: int) -> bool:
    return any(g == root and e.denominator == 2 for g, e in mono)


def denominators(algebra: Algebra, poly: Poly) -> set[int]:
    """What is divided by."""
    gens = {gen for mono in poly for gen, e in mono if e < 0}
    return {gen for gen in gens if algebra.gens[gen].kind != NUMBER}


def merged(algebra: Algebra, poly: Poly) -> Poly:
    """The sum with roots by one another: sqrt(d - c*d) is sqrt(d)*sqrt(1 - c) beside sqrt(1 - c).

    Both are defined, so what one has more than the other is not negative.
    """
    result: Poly = {}
    for mono, c in poly.items():
        term = {mono: c}
        for gen, e in sorted(mono, reverse=True):
            term = _by_another(algebra, term, gen, e)
        add_into(result, term)
    return result


def _by_another(algebra: Algebra, term: Poly, gen: int, exponent: Number) -> Poly:
    """A term with a sum, or its root, written by a sum that stands under another root."""
    ((mono, c),) = term.items()
    if (gen, exponent) not in mono or algebra.gens[gen].kind != SUM:
        return term
    is_root = _is_root(algebra, gen, exponent)
    for other, e in mono:
        if _is_root(algebra, other, e) and (other < gen if is_root else other != gen):
            more = _power_of_ratio(algebra, gen, other, exponent)
            if more is not None:
                rest = monomial({g: n for g, n in mono if g != gen})
                return algebra.mul(algebra.mul({rest: c}, algebra.of(other, exponent)), more)
    return term


def _power_of_ratio(algebra: Algebra, gen: int, other: int, exponent: Number) -> Poly | None:
    """The ratio of two sums to a power, where there is no sum in it, or none under a root."""
    inverse = algebra.power(algebra.gens[other].poly or {}, -1)
    ratio = algebra.mul(algebra.factored(algebra.gens[gen].poly or {}), inverse)
    power = algebra.power(ratio, exponent)
    sums = [e for mono in power for g, e in mono if algebra.gens[g].kind == SUM]
    is_shorter = not sums if exponent.denominator == 1 else all(e.denominator == 1 for e in sums)
    return power if is_shorter and len(power) == 1 else None


def not_negative(algebra: Algebra, poly: Poly) -> frozenset[str]:
    """The names under roots and logarithms: where the formula is defined, they are not negative.

    Nothing is known where there are choices, since what is not chosen need not be defined.
    """
    gens = algebra.gens.all
    if any(made.head == CHOICE for made in gens):
        return frozenset()
    sums = [poly, *(part for made in gens for part in (*made.parts, made.poly or {}))]
    roots = {g for part in sums for mono in part for g, e in mono if e.denominator == 2}
    roots |= {
        algebra.single(made.parts[0])
        for made in gens
        if made.kind == CALL and made.head in DEFINED_FOR_POSITIVE
    }
    return frozenset(gens[gen].name for gen in roots - {-1} if gens[gen].kind == ATOM)
