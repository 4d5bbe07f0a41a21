"""Sums whose factors are built anew, where what they are made of has changed meanwhile."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gradcli.passes.simplify.generators import SUM, frozen
from gradcli.passes.simplify.polynomials import ONE, add_into

if TYPE_CHECKING:
    from gradcli.passes.simplify.algebra import Algebra
    from gradcli.passes.simplify.polynomials import Number, Poly


def rebuilt(algebra: Algebra, poly: Poly) -> Poly:
    """The sum with each sum among its factors in normal form: one of a single term is no sum."""
    result: Poly = {}
    for mono, c in poly.items():
        term: Poly = {ONE: c}
        for gen, e in mono:
            made = algebra.gens[gen]
            changes = made.kind == SUM and (e.denominator == 1 or len(made.poly or {}) > 1)
            part = _power(algebra, made.poly or {}, e) if changes else algebra.of(gen, e)
            term = algebra.mul(term, part)
        add_into(result, term)
    return result


def _power(algebra: Algebra, poly: Poly, exponent: Number) -> Poly:
    """A power of a sum, which may be the square of a sine or its like."""
    normal = algebra.normal(poly)
    gen, sign = algebra.square_of.get(frozen(normal), (-1, 0))
    if sign and exponent.denominator == 1:
        return {((gen, 2 * exponent),): sign ** int(exponent % 2)}
    return algebra.power(normal, exponent)
