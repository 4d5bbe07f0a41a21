"""Sines and cosines by their quotient: a^2 + 2*a*b*tan(u) + b^2*tan(u)^2 is a square."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from gradcli.passes.simplify.generators import CALL, SUM
from gradcli.passes.simplify.identities import PAIRS
from gradcli.passes.simplify.polynomials import ONE, add_into, monomial

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gradcli.passes.simplify.algebra import Algebra
    from gradcli.passes.simplify.polynomials import Monomial, Poly

QUOTIENTS = {"cos": "tan", "sin": "cot", "cosh": "tanh", "sinh": "coth"}
"""What the quotient by each of these is called, of the other of its pair."""

MOST = 2
"""How many sines and cosines of one formula are tried."""


class _Base(NamedTuple):
    """What is divided by, its partner, the quotient; and what a square of it is of the quotient."""

    gen: int
    other: int
    quotient: int
    square: Poly


def tangents(algebra: Algebra, poly: Poly) -> Iterator[Poly]:
    """A sum by quotients of its sines and cosines, where it is divided by these."""
    gens = dict.fromkeys(g for mono in poly for g, e in mono if e < 0)
    bases = [g for g in gens if algebra.gens[g].kind == CALL and algebra.gens[g].head in QUOTIENTS]
    for gen in bases[:MOST]:
        base = _base(algebra, gen)
        changed = _changed(algebra, poly, base)
        if changed is not None:
            odd, result = changed
            yield algebra.mul(algebra.of(gen), result) if odd else result


def _base(algebra: Algebra, gen: int) -> _Base:
    made = algebra.gens[gen]
    pair = PAIRS[made.head]
    other = algebra.gens.call(pair.partner, made.parts)
    quotient = algebra.gens.call(QUOTIENTS[made.head], made.parts)
    a, b = pair.square
    below: Poly = {ONE: a, ((quotient, 2),): -a * b}
    return _Base(gen, other, quotient, algebra.power(below, -1))


def _changed(algebra: Algebra, poly: Poly, base: _Base) -> tuple[bool, Poly] | None:
    """What is left of a sum without even powers of the base, and whether it is that times the base.

    None where only some of its terms are so.
    """
    result: Poly = {}
    parities = set()
    for mono, c in poly.items():
        term = _term(algebra, mono, base)
        if term is None:
            return None
        parities.add(term[0])
        add_into(result, algebra.mul({ONE: c}, term[1]))
    return (parities.pop(), result) if len(parities) == 1 else None


def _term(algebra: Algebra, mono: Monomial, base: _Base) -> tuple[bool, Poly] | None:
    exponents = dict(mono)
    above = exponents.pop(base.other, 0)
    power = exponents.pop(base.gen, 0) + above
    exponents[base.quotient] = above
    result: Poly = {ONE: 1}
    for gen, e in mono:
        made = algebra.gens[gen]
        if made.kind != SUM:
            continue
        changed = _changed(algebra, made.poly or {}, base)
        if changed is None or (changed[0] and e.denominator != 1):
            return None
        if changed[1] != made.poly:
            del exponents[gen]
            result = algebra.mul(result, algebra.power(changed[1], e))
        power += e * changed[0]
    if power.denominator != 1:
        return None
    odd = power % 2
    result = algebra.mul(result, algebra.power(base.square, (power - odd) // 2))
    return bool(odd), algebra.mul(result, {monomial(exponents): 1})
