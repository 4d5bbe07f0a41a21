"""Sums of exponentials as hyperbolic functions, and sums of these as exponentials."""

from __future__ import annotations

from fractions import Fraction
from itertools import combinations
from typing import TYPE_CHECKING

from gradcli.passes.simplify.algebra import EXP
from gradcli.passes.simplify.functions import function_of
from gradcli.passes.simplify.generators import CALL, POWER, SUM
from gradcli.passes.simplify.polynomials import ONE, add_into, monomial, times, to_power
from gradcli.passes.simplify.rebuilding import is_exponential, multiplied

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from gradcli.passes.simplify.algebra import Algebra
    from gradcli.passes.simplify.polynomials import Monomial, Number, Poly

    Term = tuple[Monomial, Number]
    Join = Callable[[Algebra, Term, Term], Poly | None]

MOST = 6
"""The terms that a sum may have."""


def hyperbolics(algebra: Algebra, poly: Poly) -> Iterator[Poly]:
    """A sum in which two terms at a time are one: exp(x) + exp(-x), or cosh(x) + sinh(x)."""
    gens = algebra.gens.all
    if any(made.kind == POWER and made.head == EXP for made in gens):
        yield from _changed(algebra, multiplied(algebra, poly), _hyperbolic)
    if any(made.head == "sinh" for made in gens):
        yield from _changed(algebra, poly, _exponential)


def _changed(algebra: Algebra, poly: Poly, join: Join) -> Iterator[Poly]:
    """A sum with its terms joined two by two, and those of the sums in it, if any can be."""
    result: Poly = {}
    is_other = False
    for mono, c in _joined(algebra, poly, join).items():
        term: Poly = {ONE: c}
        for gen, e in mono:
            made = algebra.gens[gen]
            part = algebra.of(gen, e)
            if made.kind == SUM:
                for inner in _changed(algebra, made.poly or {}, join):
                    part, is_other = algebra.power(inner, e), True
            term = algebra.mul(term, part)
        add_into(result, term)
    if is_other or result != poly:
        yield result


def _joined(algebra: Algebra, poly: Poly, join: Join) -> Poly:
    for one, other in combinations(poly.items(), 2) if len(poly) <= MOST else ():
        whole = join(algebra, one, other)
        if whole is not None:
            rest = {mono: c for mono, c in poly.items() if mono not in (one[0], other[0])}
            return add_into(whole, _joined(algebra, rest, join))
    return dict(poly)


def _hyperbolic(algebra: Algebra, one: Term, other: Term) -> Poly | None:
    """c*exp(u) + c*exp(v) as 2*c*exp((u + v)/2)*cosh((u - v)/2), where the halves are as plain."""
    if abs(one[1]) != abs(other[1]):
        return None
    ratio = times(one[0], to_power(other[0], -1))
    if not all(is_exponential(algebra, gen) for gen, _ in ratio):
        return None
    if any((e / Fraction(2)).denominator > _finest(gen, one, other) for gen, e in ratio):
        return None
    half = algebra.exponent({to_power(ratio, Fraction(1, 2)): 1})
    assert half is not None
    odd = one[1] != other[1]
    middle: Poly = {times(to_power(ratio, Fraction(-1, 2)), one[0]): 2 * one[1]}
    return algebra.mul(middle, function_of(algebra, "sinh" if odd else "cosh", half))


def _finest(gen: int, *terms: Term) -> int:
    """The largest denominator of the powers of a generator."""
    return max(Fraction(dict(mono).get(gen, 0)).denominator for mono, _ in terms)


def _exponential(algebra: Algebra, one: Term, other: Term) -> Poly | None:
    """c*cosh(u) + c*sinh(u) as c*exp(u)."""
    for (mono, c), (less, d) in ((one, other), (other, one)):
        exponents = dict(mono)
        for gen, _ in mono:
            made = algebra.gens[gen]
            if made.kind != CALL or made.head != "cosh" or exponents[gen] != 1 or abs(c) != abs(d):
                continue
            sine = algebra.gens.call("sinh", made.parts)
            rest = monomial({g: e for g, e in mono if g != gen})
            if times(rest, ((sine, 1),)) == less:
                sign = 1 if c == d else -1
                exponential = algebra.exp(algebra.add({}, made.parts[0], sign))
                return algebra.mul({rest: c}, exponential)
    return None
