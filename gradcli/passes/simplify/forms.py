"""The forms that a sum can be written in, of which the shortest is chosen."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gradcli.passes.simplify.algebra import Algebra
from gradcli.passes.simplify.angles import angles
from gradcli.passes.simplify.generators import ATOM, CALL, CHOICE, POWER, SUM, frozen
from gradcli.passes.simplify.polynomials import (
    ONE,
    add_into,
    coefficients,
    common,
    monomial,
    product,
    scaled,
    to_power,
)
from gradcli.passes.simplify.reading import Reader
from gradcli.passes.simplify.rebuilding import rebuilt
from gradcli.passes.simplify.roots import merged, not_negative, rationalized
from gradcli.passes.simplify.showing import Showing
from gradcli.passes.simplify.written import names_in

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from gradcli.ir.node import Node
    from gradcli.ir.written import Written
    from gradcli.passes.simplify.polynomials import Monomial, Number, Poly
    from gradcli.passes.simplify.written import Tree

    Cost = Callable[[Written], Any]

PREFERENCES = (0, 1)
"""Which of two squares stays, where one stands for the other: the side of a `Pair`."""

REBUILDS = 3
"""How often the shortest form is built anew, since what it is made of may then come to less."""


class Forms:
    """Chooses among the forms of the sums of one algebra, by a cost."""

    def __init__(self, algebra: Algebra, cost: Cost) -> None:
        self.algebra = algebra
        self.cost = cost
        self.showing = Showing(algebra, self.best)
        self.chosen: dict[object, Written] = {}

    def best(self, poly: Poly) -> Written:
        """The shortest form of a sum."""
        key = frozen(poly)
        if key not in self.chosen:
            self.chosen[key] = self.showing.sum(poly)  # a factor that is the sum itself is this
            if len(poly) > 2 or key in self.algebra.origins or not self._is_plain(poly):
                self.chosen[key] = self._best(poly)
        return self.chosen[key]

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
        nested = any(
            len(m) == 1 and m[0][1] == 1 and self.algebra.gens[m[0][0]].kind == SUM for m in poly
        )
        written = [] if nested and len(poly) > 1 else [self.chosen[frozen(poly)]]
        origin = self.algebra.origins.get(frozen(poly))
        if origin is not None:
            written.append(self.showing.sum(origin))
        shown: dict[object, Written] = {}
        others = (merged(self.algebra, poly), rationalized(self.algebra, poly))
        variants = [poly, *(other for other in others if other != poly)]
        for _ in range(REBUILDS):
            forms = {frozen(form): form for variant in variants for form in self._forms(variant)}
            shown |= {key: self.showing.sum(forms[key]) for key in forms if key not in shown}
            variants = [rebuilt(self.algebra, forms[min(forms, key=lambda k: self.cost(shown[k]))])]
            if frozen(variants[0]) in shown:
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
        yield self._multiplied(factored)
        if len(factored) > 1:
            yield self._over_common(factored)
            yield self._over_common(factored, above=True)
        if len(poly) > 1:
            yield self._over_common(joined, above=True)
        again = algebra.together(joined)
        if len(again) > len(parts):
            yield algebra.fractions(again)
        yield from self._collected(parts)

    def _with_one_choice(self, poly: Poly) -> Poly:
        """Choices by the same condition as one, their factors inside."""
        algebra = self.algebra
        result: Poly = {}
        sides: dict[object, tuple[Poly, Poly, Poly]] = {}
        for mono, c in poly.items():
            choices = [g for g, e in mono if algebra.gens[g].head == CHOICE and e == 1]
            if len(choices) != 1:
                result[mono] = c
                continue
            condition, left, right = algebra.gens[choices[0]].parts
            factor = {tuple((g, e) for g, e in mono if g != choices[0]): c}
            _, one, other = sides.setdefault(frozen(condition), (condition, {}, {}))
            add_into(one, algebra.mul(factor, left))
            add_into(other, algebra.mul(factor, right))
        for parts in sides.values():
            add_into(result, algebra.of(algebra.gens.call(CHOICE, parts)))
        return result

    def _multiplied(self, poly: Poly) -> Poly:
        """Sums to the same power or under the same root multiplied out, a sign inside."""
        result: Poly = {}
        for mono, c in poly.items():
            exponents, sign = dict(mono), 1
            single: Poly = {ONE: 1}
            for e, gens in self._sums_by_power(mono).items():
                whole = self._product_of(gens)
                if c * sign < 0 and e % 2 == 1:
                    whole, sign = scaled(whole, ONE, -1), -sign
                exponents = {g: n for g, n in exponents.items() if g not in gens}
                if len(whole) == 1:
                    single = self.algebra.mul(single, self.algebra.power(whole, e))
                    continue
                one = self.algebra.gens.sum(whole)
                exponents[one] = exponents.get(one, 0) + e
            add_into(result, self.algebra.mul(single, {monomial(exponents): c * sign}))
        return result

    def _sums_by_power(self, mono: Monomial) -> dict[Number, list[int]]:
        """The sums that have the same power in a term, a whole one or a half, two or more."""
        sums: dict[Number, list[int]] = {}
        for gen, e in mono:
            if self.algebra.gens[gen].kind == SUM and e.denominator <= 2:
                sums.setdefault(e, []).append(gen)
        return {e: gens for e, gens in sums.items() if len(gens) > 1}

    def _product_of(self, gens: list[int]) -> Poly:
        """The product of sums, multiplied out."""
        result: Poly = {ONE: 1}
        for gen in gens:
            result = product(result, self.algebra.gens[gen].poly or {})
        return result

    def _over_common(self, poly: Poly, *, above: bool = False) -> Poly:
        """The sum of terms without their common factor, times that; only what is `above` a line."""
        mono = tuple((g, e) for g, e in common(poly) if e > 0 or not above)
        if not mono:
            return poly
        inverse = to_power(mono, -1)
        inner: Poly = {}
        for other, c in poly.items():
            add_into(inner, self.algebra.mul({other: c}, {inverse: 1}))
        if above and len(inner) > 1:
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
    forms = []
    for prefer in PREFERENCES:
        algebra, poly = _read(node, last, prefer, evaluate, named or {})
        forms += shortest(algebra, poly, cost)
        if not algebra.squares:
            break
    return min(forms, key=cost)


def shortest(algebra: Algebra, poly: Poly, cost: Cost) -> list[Written]:
    """The shortest forms of a sum with the squares that are preferred, and with other angles."""
    best = Forms(algebra, cost).best
    others = angles(algebra, poly) if algebra.prefer == PREFERENCES[0] else ()
    return [best(poly), *map(best, others)]


def _read(
    node: Node, last: str, prefer: int, evaluate: Callable[[Node], Any], named: Mapping[Node, str]
) -> tuple[Algebra, Poly]:
    """The sum that a node is; read again where it says of names that they are not negative."""
    algebra = Algebra(prefer)
    poly = Reader(algebra, evaluate, named).node(node, last)
    if positive := not_negative(algebra, poly):
        algebra = Algebra(prefer, positive)
        poly = Reader(algebra, evaluate, named).node(node, last)
    return algebra, poly


def gathered(tree: Tree, last: str, cost: Cost) -> Written:
    """A formula with like terms and factors gathered; `last` comes last in its terms."""
    algebra = Algebra()
    reader = Reader(algebra, lambda node: node)
    reader.order(names_in(tree), last)
    poly = reader.tree(tree, {})
    return Forms(algebra, cost).showing.sum(poly)
