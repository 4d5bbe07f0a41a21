"""Functions of three orders in a row by two of them, where that needs no division."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from gradcli.passes.simplify.generators import CALL, frozen
from gradcli.passes.simplify.identities import THREE_ORDERS
from gradcli.passes.simplify.polynomials import add_into, monomial, power, product, scaled
from gradcli.passes.simplify.roots import denominators

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gradcli.passes.simplify.algebra import Algebra
    from gradcli.passes.simplify.generators import Generator
    from gradcli.passes.simplify.polynomials import Number, Poly


def orders(algebra: Algebra, poly: Poly) -> Iterator[Poly]:
    """A sum without one of its functions of three orders in a row: x*jv(0, x) + x*jv(2, x)."""
    for made in [x for x in algebra.gens.all if x.kind == CALL and x.head in THREE_ORDERS]:
        for step in (1, -1):
            instead = _by_others(algebra, made, step)
            if instead is not None:
                result = _replaced(algebra.joined(poly), made.number, instead)
                result = algebra.fractions(algebra.together(result))
                if denominators(algebra, result) <= denominators(algebra, poly):
                    yield result


def _by_others(algebra: Algebra, made: Generator, step: int) -> Poly | None:
    """A function of an order by those of the next two orders, which there must be."""
    order, operand = made.parts
    orders = [algebra.add(order, algebra.number(Fraction(step * n))) for n in (1, 2)]
    gens = [algebra.gens.known.get((CALL, made.head, *map(frozen, (x, operand)))) for x in orders]
    near, far = gens
    if near is None or far is None:
        return None
    between, sign = THREE_ORDERS[made.head]
    twice = algebra.mul(scaled(orders[0], (), 2 * between), algebra.power(operand, -1))
    by_near = algebra.mul(twice, algebra.of(near))
    if step == 1:
        return algebra.add(by_near, algebra.of(far), -sign)
    return algebra.add(scaled(by_near, (), sign), algebra.of(far), -sign)


def _replaced(poly: Poly, gen: int, instead: Poly) -> Poly:
    """A sum with another in the place of a generator, where it is a factor."""
    result: Poly = {}
    for mono, c in poly.items():
        exponents: dict[int, Number] = dict(mono)
        e = exponents.get(gen, 0)
        if e < 1 or e.denominator != 1:
            add_into(result, {mono: c})
        else:
            del exponents[gen]
            add_into(result, product(power(instead, int(e)), {monomial(exponents): c}))
    return result
