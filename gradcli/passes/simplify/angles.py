"""Products of sines and cosines by those of the double angle, and those of an angle by its half."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from gradcli.passes.simplify.functions import function_of, paired
from gradcli.passes.simplify.generators import CALL, SUM, frozen
from gradcli.passes.simplify.identities import PAIRS
from gradcli.passes.simplify.polynomials import ONE, add_into, monomial, power, product, scaled

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator

    from gradcli.passes.simplify.algebra import Algebra
    from gradcli.passes.simplify.polynomials import Monomial, Number, Poly

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
    most = max(SMALL, _size(algebra, poly))
    yield from starts[1:]
    for changed in _all_changed(algebra, starts + more):
        if changed not in starts and _size(algebra, changed) <= most:
            yield changed
    if len(keys) > 1 and any(len(operand) > 1 for operand in operands):
        yield _changed(algebra, poly, _added, keys)


def _all_changed(algebra: Algebra, starts: list[Poly]) -> Iterator[Poly]:
    """Sums with all their sines and cosines changed, and those by double angles once more."""
    for start in starts:
        for change in CHANGES:
            if algebra.work.is_over:
                return
            yield (changed := _changed(algebra, start, change, None))
            if change is _doubled:
                yield _changed(algebra, algebra.joined(changed), _doubled, None)


def _size(algebra: Algebra, poly: Poly) -> int:
    """How many terms a sum has over a common denominator, those of its factors among them."""
    parts = algebra.together(poly)
    sums = (algebra.gens[gen].poly or {} for mono, _ in parts for gen, _ in mono)
    return sum(len(inner) for _, inner in parts) + sum(map(len, sums))


def _changed(algebra: Algebra, poly: Poly, change: Change, some: Operands | None) -> Poly:
    """A sum whose terms are changed, the sums among their factors first; of `some` operands."""
    result: Poly = {}
    for mono, c in poly.items():
        plain, below = _below(algebra, mono) if change is _doubled else (dict(mono), [])
        sums = [(gen, e) for gen, e in plain.items() if algebra.gens[gen].kind == SUM]
        for gen, _ in sums:
            del plain[gen]
        term = _term(algebra, {monomial(plain): c}, change, some)
        for gen, e in sums:
            inner = algebra.gens[gen].poly or {}
            changed = _changed(algebra, inner, change, some)
            power = algebra.of(gen, e) if changed == inner else algebra.power(changed, e)
            term = algebra.mul(term, power)
        for inner in below:
            term = algebra.mul(term, algebra.power(_changed(algebra, inner, change, some), -1))
        add_into(result, term)
    return result


def _below(algebra: Algebra, mono: Monomial) -> tuple[dict[int, Number], list[Poly]]:
    """The factors of a term; and what it is divided by that may have a double angle.

    That is (sin(u) + cos(u))^2, and cos(u)*(sin(u) + cos(u)), multiplied out.
    """
    rest = dict(mono)
    below = []
    for gen, e in mono:
        made = algebra.gens[gen]
        if made.kind != SUM or e not in (-1, -2):
            continue
        inner = made.poly or {}
        heads = {algebra.gens[g].head for m in inner for g, _ in m}
        if heads.isdisjoint(PAIRS):
            continue
        beside = [g for g in rest if rest[g] == -1 and algebra.gens[g].head in PAIRS]
        if e == -1 and len(beside) != 1:
            continue
        other = inner if e == -2 else algebra.of(beside[0])
        below.append(algebra.expanded(product(inner, other)))
        for g in (gen, *(beside if e == -1 else ())):
            del rest[g]
    return rest, below


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
    return odd, even, paired(algebra, odd, made.parts[0]), paired(algebra, even, made.parts[0])


def _doubled(algebra: Algebra, gen: int, rest: dict[int, Number]) -> Poly:
    """sin(u)*cos(u) as sin(2*u)/2 and squares by cos(2*u); takes out of the rest what it uses."""
    odd, even, one, other = _sides(algebra, gen)
    twice = scaled(algebra.gens[gen].parts[0], ONE, 2)
    a, b = rest.pop(one, 0), rest.pop(other, 0)
    result: Poly = {ONE: 1}
    if a * b > 0 and a.denominator == b.denominator == 1:
        n = min(a, b, key=abs)
        half = scaled(function_of(algebra, odd, twice), ONE, Fraction(1, 2))
        result = algebra.power(half, n)
        a, b = a - n, b - n
    for head, here, n in ((odd, one, a), (even, other, b)):
        if n and n % 2 == 0:
            c, d = PAIRS[head].doubled
            cosine = scaled(function_of(algebra, even, twice), ONE, Fraction(d, 2))
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
        halves = [paired(algebra, name, half) for name in names]
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
    left = {head: function_of(algebra, head, one) for head in (odd, even)}
    right = {head: function_of(algebra, head, other) for head in (odd, even)}
    if made.head == odd:
        return algebra.add(product(left[odd], right[even]), product(left[even], right[odd]))
    sign = -PAIRS[odd].square[1] * -PAIRS[odd].square[0]
    return algebra.add(product(left[even], right[even]), product(left[odd], right[odd]), sign)


CHANGES = (_doubled, _halved_by(0), _halved_by(1))
"""What may be done to all sines and cosines at once."""
