"""Products of sines and cosines by those of the double angle, and those of an angle by its half."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from gradcli.passes.simplify.functions import pair_squares, without_quarter_turns
from gradcli.passes.simplify.generators import CALL, SUM, frozen
from gradcli.passes.simplify.identities import ODD, PAIRS, POSITIVE
from gradcli.passes.simplify.polynomials import ONE, add_into, monomial, power, product, scaled

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator

    from gradcli.passes.simplify.algebra import Algebra
    from gradcli.passes.simplify.polynomials import Number, Poly

    Operands = Collection[object]
    Change = Callable[[Algebra, int, dict[int, Number]], Poly]

SMALL = 6
"""The terms that a sum may have after a change of angles, if it had fewer before."""

MOST = 6
"""The angles of one formula up to which others are tried."""


def angles(algebra: Algebra, poly: Poly) -> Iterator[Poly]:
    """A sum with other angles, where there are sines and cosines in it."""
    operands = [made.parts[0] for made in algebra.gens.all if made.head in PAIRS]
    keys = {frozen(operand) for operand in operands}
    if not 0 < len(keys) <= MOST:
        return
    doubles = {frozen(x) for x in operands if frozen(scaled(x, ONE, 2)) in keys}
    halves = {frozen(x) for x in operands if frozen(scaled(x, ONE, Fraction(1, 2))) in keys}
    starts = [poly]
    for change, some in ((_doubled, doubles), (_halved_by(0), halves)) if doubles else ():
        starts.append(_changed(algebra, poly, change, some))
    out = algebra.joined(poly)
    more = [out] if out not in starts and len(out) <= SMALL else []
    changed = [_changed(algebra, x, y, None) for x in starts + more for y in CHANGES]
    twice = [_changed(algebra, algebra.joined(x), _doubled, None) for x in changed[:: len(CHANGES)]]
    most = max(SMALL, _size(algebra, poly))
    yield from starts[1:]
    yield from (x for x in changed + twice if x not in starts and _size(algebra, x) <= most)
    if len(keys) > 1 and any(len(operand) > 1 for operand in operands):
        yield _changed(algebra, poly, _added, keys)


def _size(algebra: Algebra, poly: Poly) -> int:
    """How many terms a sum has over a common denominator, those of its factors among them."""
    parts = algebra.together(poly)
    sums = (algebra.gens[gen].poly or {} for mono, _ in parts for gen, _ in mono)
    return sum(len(inner) for _, inner in parts) + sum(map(len, sums))


def _changed(algebra: Algebra, poly: Poly, change: Change, some: Operands | None) -> Poly:
    """A sum whose terms are changed, the sums among their factors first; of `some` operands."""
    result: Poly = {}
    for mono, c in poly.items():
        plain = {g: e for g, e in mono if algebra.gens[g].kind != SUM}
        term = _term(algebra, {monomial(plain): c}, change, some)
        for gen, e in mono:
            if gen not in plain:
                inner = algebra.gens[gen].poly or {}
                changed = _changed(algebra, inner, change, some)
                power = algebra.of(gen, e) if changed == inner else algebra.power(changed, e)
                term = algebra.mul(term, power)
        add_into(result, term)
    return result


def _term(algebra: Algebra, term: Poly, change: Change, some: Operands | None) -> Poly:
    """A term whose sines and cosines are changed, one operand after the other."""
    ((mono, factor),) = term.items()
    rest = dict(mono)
    result: Poly = {ONE: factor}
    for gen, _ in mono:
        made = algebra.gens[gen]
        is_one = gen in rest and made.kind == CALL and made.head in PAIRS
        if is_one and (some is None or frozen(made.parts[0]) in some):
            result = algebra.mul(result, change(algebra, gen, rest))
    return algebra.mul(result, {monomial(rest): 1})


def _sides(algebra: Algebra, gen: int) -> tuple[str, str, int, int]:
    """The names of the pair of a function, the odd one first, and both of its operand."""
    made = algebra.gens[gen]
    names = (str(made.head), PAIRS[made.head].partner)
    odd, even = names if PAIRS[made.head].side == 0 else names[::-1]
    return odd, even, _of(algebra, odd, made.parts[0]), _of(algebra, even, made.parts[0])


def _of(algebra: Algebra, head: str, operand: Poly) -> int:
    gen = algebra.gens.call(head, (operand,), positive=head in POSITIVE)
    pair_squares(algebra, gen)
    return gen


def _doubled(algebra: Algebra, gen: int, rest: dict[int, Number]) -> Poly:
    """sin(u)*cos(u) as sin(2*u)/2 and squares by cos(2*u); takes out of the rest what it uses."""
    odd, even, one, other = _sides(algebra, gen)
    twice = scaled(algebra.gens[gen].parts[0], ONE, 2)
    a, b = rest.pop(one, 0), rest.pop(other, 0)
    result: Poly = {ONE: 1}
    if a * b > 0 and a.denominator == b.denominator == 1:
        n = min(a, b, key=abs)
        half = scaled(_function(algebra, odd, twice), ONE, Fraction(1, 2))
        result = algebra.power(half, n)
        a, b = a - n, b - n
    for head, here, n in ((odd, one, a), (even, other, b)):
        if n and n % 2 == 0:
            c, d = PAIRS[head].doubled
            cosine = scaled(_function(algebra, even, twice), ONE, Fraction(d, 2))
            square = algebra.add({ONE: Fraction(c, 2)}, cosine)
            whole = power(square, n // 2) if n > 0 else algebra.power(square, n // 2)
            result = algebra.mul(result, whole)
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


def _added(algebra: Algebra, gen: int, rest: dict[int, Number]) -> Poly:
    """A function of a sum by those of its first term and of the others, to the first power."""
    made = algebra.gens[gen]
    n = rest.pop(gen)
    first, *others = made.parts[0].items()
    if n != 1 or not others:
        return {((gen, n),): 1}
    odd, even, *_ = _sides(algebra, gen)
    one, other = dict([first]), dict(others)
    left = {head: _function(algebra, head, one) for head in (odd, even)}
    right = {head: _function(algebra, head, other) for head in (odd, even)}
    if made.head == odd:
        return algebra.add(product(left[odd], right[even]), product(left[even], right[odd]))
    sign = -PAIRS[odd].square[1] * -PAIRS[odd].square[0]
    return algebra.add(product(left[even], right[even]), product(left[odd], right[odd]), sign)


def _function(algebra: Algebra, head: str, operand: Poly) -> Poly:
    """A function of an operand, its sign and quarter turns outside."""
    head, operand, sign = without_quarter_turns(algebra, head, operand)
    sign = sign or 1
    if next(iter(operand.values())) < 0:
        operand = scaled(operand, ONE, -1)
        sign = -sign if head in ODD else sign
    return {((_of(algebra, head, operand), 1),): sign}


CHANGES = (_doubled, _halved_by(0), _halved_by(1))
"""What may be done to all sines and cosines at once."""
