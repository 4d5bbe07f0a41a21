"""The forms that a sum can be written in, of which the shortest is chosen."""

from __future__ import annotations

from functools import partial
from itertools import chain
from typing import TYPE_CHECKING, Any

from gradcli.ir.written import subtrees
from gradcli.passes.simplify.algebra import Algebra
from gradcli.passes.simplify.angles import angles
from gradcli.passes.simplify.generators import ATOM, CALL, CHOICE, POWER, SUM, frozen
from gradcli.passes.simplify.hyperbolics import hyperbolics
from gradcli.passes.simplify.orders import orders
from gradcli.passes.simplify.polynomials import (
    ONE,
    add_into,
    coefficients,
    common,
    monomial,
    times,
    to_power,
)
from gradcli.passes.simplify.reading import Reader
from gradcli.passes.simplify.rebuilding import exponentials_below, multiplied, rebuilt
from gradcli.passes.simplify.roots import merged, not_negative, rationalized
from gradcli.passes.simplify.shifts import by_shifts, linear_sums
from gradcli.passes.simplify.showing import RATIOS, Showing
from gradcli.passes.simplify.summands import parts_of
from gradcli.passes.simplify.tangents import tangents
from gradcli.passes.simplify.work import LARGE, Work

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from gradcli.ir.node import Node
    from gradcli.ir.written import Written
    from gradcli.passes.simplify.polynomials import Monomial, Number, Poly

    Cost = Callable[[Written], tuple[int, ...]]
    Read = Callable[[Algebra], Poly]

PREFERENCES = (0, 1)
"""Which of two squares stays, where one stands for the other: the side of a `Pair`."""

ANGLES = frozenset(chain(*RATIOS, *RATIOS.values()))
"""Sines, cosines and their quotients."""

CHANGES = (angles, tangents, hyperbolics, orders)
"""What makes other sums of one, which may have shorter forms."""

_TWO = ("number", 2)

REBUILDS = 3
"""How often the shortest form is built anew, since what it is made of may then come to less."""


class Forms:
    """Chooses among the forms of the sums of one algebra, by a cost."""

    def __init__(self, algebra: Algebra, cost: Cost) -> None:
        self.algebra = algebra
        self._cost = cost
        self._costs: dict[int, tuple[Written, tuple[int, ...]]] = {}
        """By the id of a tree its cost, and the tree itself: else another could get its id."""
        self.showing = Showing(algebra, self.best)
        self.chosen: dict[object, Written] = {}
        self._linear: tuple[int, list[tuple[int, Poly]]] = (0, [])

    def cost(self, tree: Written) -> tuple[int, ...]:
        """How long a form is; to measure a long one counts as more work."""
        known = self._costs.get(id(tree))
        if known is None:
            cost = self._cost(tree)
            self.algebra.work.done += cost[0] // 3
            known = self._costs[id(tree)] = tree, cost
        return known[1]

    def best(self, poly: Poly) -> Written:
        """The shortest form of a sum."""
        key = frozen(poly)
        if key not in self.chosen:
            self.chosen[key] = self.showing.sum(poly)  # a factor that is the sum itself is this
            if len(poly) > 2 or key in self.algebra.origins or not self._is_plain(poly):
                with self.algebra.work.half():
                    self.chosen[key] = self._best(poly)
        return self.chosen[key]

    def linear_sums(self) -> list[tuple[int, Poly]]:
        """The sums by whose powers others are tried; looked up anew when there may be more."""
        count = len(self.algebra.gens.all)
        if self._linear[0] != count:
            self._linear = count, linear_sums(self.algebra)
        return self._linear[1]

    def _is_plain(self, poly: Poly) -> bool:
        """Whether no other form of one or two terms can be shorter."""
        gens = self.algebra.gens
        powers = [power for mono in poly for power in mono]
        plain = all(gens[g].kind in (ATOM, CALL) and e > 0 for g, e in powers)
        squares = self.algebra.squares
        if any((g in squares and e > 1) or gens[g].head == CHOICE for g, e in powers):
            return False
        return plain and (len(poly) < 2 or not common(poly))

    def _best(self, poly: Poly) -> Written:
        parts = parts_of(self.algebra.gens, poly)
        if len(parts) > 1:
            return self.showing.joined(list(map(self.best, parts)))
        nested = any(
            len(m) == 1 and m[0][1] == 1 and self.algebra.gens[m[0][0]].kind == SUM for m in poly
        )
        written = [] if nested and len(poly) > 1 else [self.chosen[frozen(poly)]]
        origin = self.algebra.origins.get(frozen(poly))
        if origin is not None:
            written.append(self.showing.sum(origin))
        if 2 < len(poly) <= LARGE:
            written += map(self.showing.sum, by_shifts(self.algebra, poly, self.linear_sums()))
        if self.algebra.work.is_over:
            return min(written or [self.chosen[frozen(poly)]], key=self.cost)
        shown: dict[object, Written] = {}
        others = (merged(self.algebra, poly), rationalized(self.algebra, poly))
        variants = [poly, *(other for other in others if other != poly)]
        for _ in range(REBUILDS):
            forms: dict[object, Poly] = {}
            for form in chain(*map(self._forms, variants)):
                forms[frozen(form)] = form
                if self.algebra.work.is_over:
                    break
            for key, form in forms.items():
                if key not in shown:
                    shown[key] = self.showing.sum(form)
            variants = [rebuilt(self.algebra, forms[min(forms, key=lambda k: self.cost(shown[k]))])]
            if frozen(variants[0]) in shown or self.algebra.work.is_over:
                break
        return min([*written, *shown.values()], key=self.cost)

    def _forms(self, poly: Poly) -> Iterator[Poly]:
        algebra = self.algebra
        parts = algebra.together(poly)
        if not parts:
            yield {}
            return
        joined = algebra.joined(poly)
        yield joined
        yield self._with_one_choice(poly)
        if len(poly) > 1:
            yield self._over_common(poly, above=True)
        factored = algebra.fractions(parts)
        yield factored
        if (other := self._with_signs_inside(factored)) != factored:
            yield other
        yield multiplied(algebra, factored)
        yield exponentials_below(algebra, factored)
        if len(factored) > 1:
            yield self._over_common(factored)
            yield self._over_common(factored, above=True)
        if len(poly) > 1:
            yield self._over_common(joined, above=True)
            yield from self._over_nearest(joined)
        again = algebra.together(joined)
        if len(again) > len(parts):
            yield algebra.fractions(again)
        yield from self._collected(parts)

    def _with_signs_inside(self, poly: Poly) -> Poly:
        """Negative terms with the sign in a factor that is a sum."""
        result: Poly = {}
        for mono, c in poly.items():
            negated = self._negated(mono) if c < 0 else None
            add_into(result, {mono: c} if negated is None else {negated: -c})
        return result

    def _negated(self, mono: Monomial) -> Monomial | None:
        """The product with the other sign, which one of its factors that are sums has taken."""
        for gen, exponent in mono:
            made = self.algebra.gens[gen]
            if made.kind == SUM and exponent == 1:
                negated = self.algebra.add({}, made.poly or {}, -1)
                other = ((self.algebra.gens.sum(negated), 1),)
                return times(tuple(pair for pair in mono if pair[0] != gen), other)
        return None

    def _with_one_choice(self, poly: Poly) -> Poly:
        """Choices by the same condition as one, their factors inside."""
        algebra = self.algebra
        conditions = Reader(algebra, lambda node: node).functions.choices
        result: Poly = {}
        sides: dict[object, tuple[Poly, Poly, Poly]] = {}
        for mono, c in poly.items():
            choices = [g for g, e in mono if algebra.gens[g].head == CHOICE and e == 1]
            if len(choices) != 1:
                result[mono] = c
                continue
            condition, left, right = algebra.gens[choices[0]].parts
            factor = {tuple((g, e) for g, e in mono if g != choices[0]): c}
            opposite = frozen(conditions.condition("not", [condition]))
            if opposite in sides and conditions.is_strict(condition):
                _, no, yes = sides.pop(opposite)
                _, one, other = sides.setdefault(frozen(condition), (condition, yes, no))
            elif opposite in sides:
                _, other, one = sides[opposite]
            else:
                _, one, other = sides.setdefault(frozen(condition), (condition, {}, {}))
            add_into(one, algebra.mul(factor, left))
            add_into(other, algebra.mul(factor, right))
        for parts in sides.values():
            add_into(result, conditions.where(*parts))
        return result

    def _over_nearest(self, poly: Poly) -> Iterator[Poly]:
        """The sum times what all its terms are divided by: sech(x)^2*(tanh(x) - a)."""
        rows = [dict(mono) for mono in poly]
        nearest: dict[int, Number] = {}
        for gen, e in rows[0].items() if rows else ():
            if e < 0 and self.algebra.gens[gen].kind == CALL:
                nearest[gen] = max(row.get(gen, 0) for row in rows)
        mono = monomial({gen: e for gen, e in nearest.items() if e < 0})
        if mono and any(row[gen] != e for row in rows for gen, e in mono):
            yield self._without(poly, mono)

    def _over_common(self, poly: Poly, *, above: bool = False) -> Poly:
        """The sum of terms without their common factor, times that; only what is `above` a line."""
        mono = tuple((g, e) for g, e in self.algebra.outside(poly) if e > 0 or not above)
        return self._without(poly, mono, apart=above) if mono else poly

    def _without(self, poly: Poly, mono: Monomial, *, apart: bool = True) -> Poly:
        """A term times what is left of a sum without it, which stays `apart`, or is wrapped."""
        inverse = to_power(mono, -1)
        inner: Poly = {}
        for other, c in poly.items():
            add_into(inner, self.algebra.mul({other: c}, {inverse: 1}))
        if apart and len(inner) > 1:
            inner = self.algebra.of(self.algebra.gens.sum(inner))
        return self.algebra.mul({mono: 1}, inner)

    def _collected(self, parts: list[tuple[Monomial, Poly]]) -> Iterator[Poly]:
        """The terms with each function apart, their coefficients factored."""
        algebra = self.algebra
        gens = {g for _, inner in parts for m in inner for g, _ in m}
        for gen in sorted(gens):
            if algebra.gens[gen].kind not in (CALL, POWER):
                continue
            by_degree = [(mono, coefficients(inner, gen)) for mono, inner in parts]
            if all(len(part) < 2 for _, c in by_degree for n, part in c.items() if n):
                continue
            result: Poly = {}
            for mono, inner in by_degree:
                for degree, part in inner.items():
                    by: Poly = {((gen, degree),): 1} if degree else {ONE: 1}
                    piece = algebra.mul(algebra.factors(part, mono), by)
                    add_into(result, algebra.mul({mono: 1}, piece))
            yield result
            if len(result) > 1:
                yield self._over_common(result)


def simplified(
    node: Node,
    last: str,
    cost: Cost,
    evaluate: Callable[[Node], Any],
    named: Mapping[Node, str] | None = None,
) -> Written:
    """The shortest form that is known of a node, a number; `last` comes last in its terms.

    `evaluate` gives the values of nodes that depend on no input; `named` has the nodes that are
    written as a name.
    """
    work = Work()
    best = _shortest_of(partial(_of_node, node, last, evaluate, named or {}), cost, work)
    while _may_be_shorter(best) and not work.is_over:
        again = _shortest_of(partial(_of_written, best, last), cost, work)
        if cost(again) >= cost(best):
            break
        best = again
    return best


def _may_be_shorter(tree: Written) -> bool:
    """Whether it is read again: where others may do for half an angle, sin(u)*cos(u), exp(2*u)."""
    calls = [x for x in subtrees(tree) if x[0] == "call"]
    angles = {x for x in calls if x[1] in ANGLES}
    if len(angles) > 1 and any(x[2][0] == "quotient" and x[2][2] == _TWO for x in angles):
        return True
    for product in (x for x in subtrees(tree) if x[0] == "product"):
        operands = [x[2] for x in product[1:] if x in angles]
        if len({*operands}) < len(operands):
            return True
    powers = [x[2] for x in calls if x[1] == "exp"]
    return len(powers) > 1 and any(x[0] == "product" and x[1] == _TWO for x in powers)


def _shortest_of(read: Read, cost: Cost, work: Work) -> Written:
    """The shortest form of what is read."""
    forms = []
    for prefer in PREFERENCES:
        with work.half():
            algebra, poly = _read(read, prefer, work)
        forms += shortest(algebra, poly, cost)
        if not algebra.squares:
            break
    return min(forms, key=cost)


def shortest(algebra: Algebra, poly: Poly, cost: Cost) -> list[Written]:
    """The shortest form of a sum, and those of what is made of it with the first preference."""
    best = Forms(algebra, cost).best
    forms = [best(poly)]
    for change in CHANGES if algebra.prefer == PREFERENCES[0] else ():
        with algebra.work.half():
            for other in change(algebra, poly):
                forms.append(best(other))
                if algebra.work.is_over:
                    break
    return forms


def _read(read: Read, prefer: int, work: Work) -> tuple[Algebra, Poly]:
    """The sum that is read; once more where it says of names that they are not negative."""
    algebra = Algebra(prefer, work=work)
    poly = read(algebra)
    if positive := not_negative(algebra, poly):
        algebra = Algebra(prefer, positive, work)
        poly = read(algebra)
    return algebra, poly


def _of_node(
    node: Node,
    last: str,
    evaluate: Callable[[Node], Any],
    named: Mapping[Node, str],
    algebra: Algebra,
) -> Poly:
    return Reader(algebra, evaluate, named).node(node, last)


def _of_written(tree: Written, last: str, algebra: Algebra) -> Poly:
    reader = Reader(algebra, lambda node: node)
    reader.order(dict.fromkeys(x[1] for x in subtrees(tree) if x[0] == "name"), last)
    return reader.written(tree)


def gathered(tree: Written, last: str, cost: Cost) -> Written:
    """A formula with like terms and factors gathered; `last` comes last in its terms."""
    algebra = Algebra()
    return Forms(algebra, cost).showing.sum(_of_written(tree, last, algebra))
