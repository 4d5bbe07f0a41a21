"""Other forms of sums of arrays: means, diagonals and logistic functions by their names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gradcli.passes.simplify.arrays.products import CHAIN, OUTER
from gradcli.passes.simplify.generators import CALL, SUM
from gradcli.passes.simplify.polynomials import ONE, add_into, divided, monomial, times, to_power

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from gradcli.passes.simplify.arrays.algebra import Arrays
    from gradcli.passes.simplify.polynomials import Monomial, Number, Poly

    Term = tuple[Monomial, Number]
    Change = Callable[[Arrays, Poly], Poly]


def changed(algebra: Arrays, poly: Poly) -> Iterator[Poly]:
    """Forms of a sum in which something has its name."""
    for change in CHANGES:
        other = change(algebra, poly)
        if other != poly:
            yield other
            yield from (more for later in CHANGES if (more := later(algebra, other)) != other)


def _each(algebra: Arrays, poly: Poly, of_term: Callable[[Arrays, Monomial], Poly | None]) -> Poly:
    """The sum with another in the place of each term for which there is one."""
    result: Poly = {}
    for mono, c in poly.items():
        other = of_term(algebra, mono)
        add_into(result, {mono: c} if other is None else other, 1 if other is None else c)
    return result


def _without(mono: Monomial, gen: int) -> Monomial:
    return tuple(pair for pair in mono if pair[0] != gen)


# --- sums and means -----------------------------------------------------------------------------


def one_sum(algebra: Arrays, poly: Poly) -> Poly:
    """Sums over elements as one: sum(x - y) + n for sum(x) - sum(y) + n is sum(x - y + 1)."""
    groups: dict[tuple[Monomial, tuple[int, ...]], Poly] = {}
    others: Poly = {}
    for mono, c in poly.items():
        whole = [g for g, e in mono if e == 1 and _is_whole_sum(algebra, g)]
        if len(whole) != 1:
            add_into(others, {mono: c})
            continue
        (operand,) = algebra.gens[whole[0]].parts
        key = _without(mono, whole[0]), algebra.shape(operand)
        add_into(groups.setdefault(key, {}), operand, c)
    for (rest, shape), inner in groups.items():
        others = _numbers_into(algebra, others, inner, rest, _count(algebra, shape))
        add_into(others, algebra.mul({rest: 1}, _summed(algebra, inner)))
    return others


def _summed(algebra: Arrays, inner: Poly) -> Poly:
    """The sum of all elements, its terms together."""
    number, rest = algebra.split(inner)
    return algebra.mul(number, algebra.call("sum", rest)) if rest else {}


def _is_whole_sum(algebra: Arrays, gen: int) -> bool:
    made = algebra.gens[gen]
    return made.kind == CALL and made.head == "sum" and len(made.parts) == 1


def _numbers_into(algebra: Arrays, poly: Poly, inner: Poly, rest: Monomial, count: Term) -> Poly:
    """Adds to the operand of a sum what is a number times its count; what is left of the terms."""
    left: Poly = {}
    factor = times(rest, count[0])
    for mono, c in poly.items():
        number = times(mono, to_power(factor, -1))
        if all(e > 0 and g not in algebra.words and not algebra.shape_of(g) for g, e in number):
            add_into(inner, {number: divided(c, count[1])})
        else:
            add_into(left, {mono: c})
    return left


def _count(algebra: Arrays, shape: tuple[int, ...]) -> Term:
    """The number of elements of an array of a shape."""
    result: Poly = {ONE: 1}
    for length in shape:
        result = algebra.mul(result, algebra.length(length))
    (term,) = result.items()
    return term


def means(algebra: Arrays, poly: Poly) -> Poly:
    """Sums over their number of elements as means."""
    result: Poly = {}
    for mono, c in poly.items():
        term = next(_meant(algebra, mono, c), (mono, c))
        add_into(result, dict([term]))
    return result


def _meant(algebra: Arrays, mono: Monomial, c: Number) -> Iterator[Term]:
    for gen, e in mono:
        found = _mean(algebra, gen) if e == 1 else None
        if found is None:
            continue
        mean, (count, number) = found
        exponents = dict(mono)
        is_divided = all(exponents.get(g, 0) <= -n for g, n in count)
        if is_divided and (number == 1 or c.denominator % number == 0):
            rest = times(_without(mono, gen), count)
            yield times(rest, ((mean, 1),)), divided(c * number, 1)


def _mean(algebra: Arrays, gen: int) -> tuple[int, Term] | None:
    """The mean that belongs to a sum, or equal rows of means to those of sums, and their count."""
    made = algebra.gens[gen]
    if made.kind != CALL:
        return None
    if made.head == OUTER:
        for i, part in enumerate(made.parts):
            found = _mean(algebra, algebra.single(part)) if algebra.single(part) >= 0 else None
            if found is not None:
                parts = (*made.parts[:i], algebra.of(found[0]), *made.parts[i + 1 :])
                outer = algebra.call(OUTER, *parts, shape=algebra.shape_of(gen))
                return algebra.single(outer), found[1]
        return None
    if made.head != "sum":
        return None
    shape = algebra.shape(made.parts[0])
    if len(made.parts) > 1:
        axis = int(made.parts[1].get(ONE, 0))
        shape = shape[axis : axis + 1]
    mean = algebra.call("mean", *made.parts, shape=algebra.shape_of(gen))
    return algebra.single(mean), _count(algebra, shape)


# --- diagonals ----------------------------------------------------------------------------------


def diagonals(algebra: Arrays, poly: Poly) -> Poly:
    """diag(diag(A)) for A*eye(len(A)), whose other elements are 0."""
    return _each(algebra, poly, _diagonal)


def _diagonal(algebra: Arrays, mono: Monomial) -> Poly | None:
    eyes = [g for g, _ in mono if algebra.is_atom(algebra.of(g), "eye")]
    others = tuple((g, e) for g, e in mono if g not in eyes and len(algebra.shape_of(g)) == 2)
    if not eyes or not others or any(e < 0 for _, e in others):
        return None
    shape = algebra.shape_of(eyes[0])
    matrix = algebra.call("diag", algebra.diagonal({others: 1}, shape[:1]), shape=shape)
    numbers = tuple((g, e) for g, e in mono if not algebra.shape_of(g))
    return algebra.mul({numbers: 1}, matrix)


# --- logistic functions -------------------------------------------------------------------------


def logistics(algebra: Arrays, poly: Poly) -> Poly:
    """sigmoid(x) for exp(x)/(1 + exp(x)), and sigmoid(-x) for 1/(1 + exp(x))."""
    result = _each(algebra, poly, _logistic)
    return result if result == poly else min(result, algebra.joined(result), key=len)


def _logistic(algebra: Arrays, mono: Monomial) -> Poly | None:
    for gen, e in mono:
        made = algebra.gens[gen]
        inner = made.poly or {}
        if made.kind != SUM or e >= 0 or e.denominator != 1 or len(inner) != 2 or ONE not in inner:
            continue
        (power,) = inner.keys() - {ONE}
        exponent = algebra.exponent({power: 1})
        if exponent is None or inner[ONE] != 1 or inner[power] != 1:
            continue
        exponents = dict(_without(mono, gen))
        times_ = {divided(exponents.get(g, 0), n) for g, n in power}
        above = next(iter(times_))
        if len(times_) > 1 or not 0 <= above <= -e:
            continue
        rest: Poly = {monomial({g: n for g, n in exponents.items() if g not in dict(power)}): 1}
        by_one = algebra.power(_sigmoid(algebra, exponent), above)
        by_other = algebra.power(_sigmoid(algebra, algebra.add({}, exponent, -1)), -e - above)
        return algebra.mul(algebra.mul(rest, by_one), by_other)
    return None


def _sigmoid(algebra: Arrays, operand: Poly) -> Poly:
    """sigmoid(x), and 1 - sigmoid(x) for sigmoid(-x)."""
    if next(iter(operand.values())) < 0:
        inner = _sigmoid(algebra, algebra.add({}, operand, -1))
        return algebra.of(algebra.gens.sum(algebra.add({ONE: 1}, inner, -1)))
    return algebra.of(algebra.gens.call("sigmoid", (operand,), positive=True))


# --- softmax ------------------------------------------------------------------------------------


def softmaxes(algebra: Arrays, poly: Poly) -> Poly:
    """softmax(x) for exp(x)/sum(exp(x)), and for that of each row."""
    return _each(algebra, poly, _softmax)


def _softmax(algebra: Arrays, mono: Monomial) -> Poly | None:
    for gen, e in mono:
        total = _row_total(algebra, gen) if e < 0 else {}
        exponent = algebra.exponent(total) if total else None
        if exponent is None or e.denominator != 1:
            continue
        shape = algebra.shape(exponent)
        softmax = algebra.call("softmax", exponent, shape=shape, positive=True)
        rest = times(mono, ((gen, 1),))
        if other := _replaced(algebra, rest, next(iter(total)), softmax):
            return softmaxes(algebra, other)
    return None


def _replaced(algebra: Arrays, mono: Monomial, part: Monomial, other: Poly) -> Poly:
    """A product with another in the place of one of its factors, or of one in a matrix product."""
    if set(part) <= set(mono):
        return algebra.mul({tuple(pair for pair in mono if pair not in part): 1}, other)
    for gen, e in mono:
        made = algebra.gens[gen]
        if made.kind != CALL or made.head != CHAIN or e != 1:
            continue
        for i, factor in enumerate(made.parts):
            inner = {}
            for each, c in factor.items() if len(factor) == 1 else ():
                inner = algebra.mul({ONE: c}, _replaced(algebra, each, part, other))
            if inner:
                chain = algebra.chain(*made.parts[:i], inner, *made.parts[i + 1 :])
                return algebra.mul({_without(mono, gen): 1}, chain)
    return {}


def _row_total(algebra: Arrays, gen: int) -> Poly:
    """What is summed, of a sum over a vector; nothing of others."""
    made = algebra.gens[gen]
    if made.kind == CALL and made.head == "sum":
        is_vector = len(made.parts) == 1 and len(algebra.shape(made.parts[0])) == 1
        return made.parts[0] if is_vector else {}
    return {}


CHANGES: tuple[Change, ...] = (one_sum, means, diagonals, logistics, softmaxes)
