"""Products of sines and cosines by those of the double angle, and those of an angle by its half."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from gradcli.passes.simplify.generators import CALL
from gradcli.passes.simplify.identities import PAIRS
from gradcli.passes.simplify.polynomials import ONE, add_into, monomial, power, product, scaled

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from gradcli.passes.simplify.algebra import Algebra
    from gradcli.passes.simplify.polynomials import Monomial, Number, Poly

    Change = Callable[[Algebra, int, dict[int, Number]], Poly]


def angles(algebra: Algebra, poly: Poly) -> Iterator[Poly]:
    """A sum with other angles, where there are sines and cosines in it."""
    for change in (_doubled, _halved_by(0), _halved_by(1)):
        changed: Poly = {}
        for mono, c in poly.items():
            add_into(changed, _term(algebra, mono, c, change))
        if changed != poly:
            yield changed


def _term(algebra: Algebra, mono: Monomial, factor: Number, change: Change) -> Poly:
    """A term whose sines and cosines are changed, one operand after the other."""
    rest = dict(mono)
    result: Poly = {ONE: factor}
    for gen, _ in mono:
        made = algebra.gens[gen]
        if gen in rest and made.kind == CALL and made.head in PAIRS:
            result = product(result, change(algebra, gen, rest))
    return scaled(result, monomial(rest))


def _sides(algebra: Algebra, gen: int) -> tuple[str, str, int, int]:
    """The names of the pair of a function, the odd one first, and both of its operand."""
    made = algebra.gens[gen]
    names = (str(made.head), PAIRS[made.head].partner)
    odd, even = names if PAIRS[made.head].side == 0 else names[::-1]
    return odd, even, _of(algebra, odd, made.parts[0]), _of(algebra, even, made.parts[0])


def _of(algebra: Algebra, head: str, operand: Poly) -> int:
    return algebra.gens.call(head, (operand,), positive=head == "cosh")


def _doubled(algebra: Algebra, gen: int, rest: dict[int, Number]) -> Poly:
    """sin(u)*cos(u) as sin(2*u)/2 and squares by cos(2*u); takes out of the rest what it uses."""
    odd, even, one, other = _sides(algebra, gen)
    twice = scaled(algebra.gens[gen].parts[0], ONE, 2)
    a, b = rest.pop(one, 0), rest.pop(other, 0)
    result: Poly = {ONE: 1}
    if a * b > 0 and a.denominator == b.denominator == 1:
        n = min(a, b, key=abs)
        result = {((_of(algebra, odd, twice), n),): Fraction(1, 2) ** n}
        a, b = a - n, b - n
    for head, here, n in ((odd, one, a), (even, other, b)):
        if n > 0 and n % 2 == 0:
            c, d = PAIRS[head].doubled
            square: Poly = {ONE: Fraction(c, 2), ((_of(algebra, even, twice), 1),): Fraction(d, 2)}
            result = product(result, power(square, n // 2))
        elif n:
            result = scaled(result, ((here, n),))
    return result


def _halved_by(side: int) -> Change:
    """cos(u) by the square of sin(u/2), or of cos(u/2), and sin(u) as 2*sin(u/2)*cos(u/2).

    That is for whole powers from 0 on.
    """

    def halved(algebra: Algebra, gen: int, rest: dict[int, Number]) -> Poly:
        *names, _, other = _sides(algebra, gen)
        n = rest.pop(gen)
        if n < 0 or n.denominator != 1:
            return {((gen, n),): 1}
        half = scaled(algebra.gens[gen].parts[0], ONE, Fraction(1, 2))
        halves = [_of(algebra, name, half) for name in names]
        if gen != other:
            return {monomial(dict.fromkeys(halves, n)): 2**n}
        c, d = PAIRS[names[side]].doubled
        return power({ONE: -c * d, ((halves[side], 2),): 2 * d}, n)

    return halved
