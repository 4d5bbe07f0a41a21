"""Conditions: what is always so, and what others say already."""

from __future__ import annotations

from operator import eq, ge, gt, le, lt, ne
from typing import TYPE_CHECKING

from gradcli.ir.written import NEGATED
from gradcli.passes.simplify.generators import ATOM
from gradcli.passes.simplify.identities import MIRRORED
from gradcli.passes.simplify.polynomials import ONE, divided
from gradcli.passes.simplify.ties import Ties

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from gradcli.passes.simplify.algebra import Algebra
    from gradcli.passes.simplify.polynomials import Number, Poly

COMPARISONS = {"<": lt, "<=": le, ">": gt, ">=": ge, "==": eq, "!=": ne}

WEAKER = {"<": "<=", ">": ">="}
"""Comparisons, and those that hold wherever they do."""

WEAK = frozenset(WEAKER.values())
"""Comparisons that hold of what is equal."""

LOGICAL = frozenset({"not", "and", "or"})

DUAL = {"and": "or", "or": "and"}

EXTREMES = {
    "minimum": {"<": "or", ">": "and"},
    "maximum": {"<": "and", ">": "or"},
    "relu": {"<": "and", ">": "or"},
}
"""How minimum(x, y) < z is said of x < z and y < z."""


class Conditions:
    """Conditions in one algebra; `last` is the name that is differentiated by."""

    def __init__(self, algebra: Algebra) -> None:
        self.algebra = algebra
        self.ties = Ties(self)
        self.last = ""

    def condition(self, head: str, operands: Sequence[Poly]) -> Poly:
        """A comparison, or what is said of conditions, in its normal form."""
        if head == "not":
            return self._negated(operands[0])
        if head in DUAL:
            return self._together(head, operands)
        left, right = (self.algebra.normal(x) for x in operands)
        if (known := self._beside_infinity(head, left, right)) is not None:
            return self.truth(known)
        if {*left} <= {ONE} and {*right} <= {ONE}:
            return self.truth(COMPARISONS[head](left.get(ONE, 0), right.get(ONE, 0)))
        if head in (">", "!=") and not right and self._is_condition(left):
            return left
        if head in ("==", "!="):
            tied = self.ties.condition(left, right)
            if tied is None:
                return self._call(head, [left, right])
            return tied if head == "==" else self._negated(tied)
        if head not in MIRRORED:
            return self._call(head, [left, right])
        return self._of_extreme(head, left, right) or self._compared(head, left, right)

    def _beside_infinity(self, head: str, left: Poly, right: Poly) -> bool | None:
        """Whether a comparison with an infinity holds, as it does of all numbers or of none."""
        for one, other, sign in ((left, right, head), (right, left, MIRRORED.get(head, ""))):
            bound = self._infinity(other)
            if bound and sign in MIRRORED and one != other:
                return bool((sign[0] == "<") == (bound > 0))
        return None

    def _infinity(self, poly: Poly) -> Number:
        """The sign of an infinity, 0 of other sums."""
        ((mono, c),) = poly.items() if len(poly) == 1 else [((), 0)]
        names = [self.algebra.gens[gen].name for gen, _ in mono]
        return c if names == ["inf"] else -c if names == ["-inf"] else 0

    def _compared(self, head: str, left: Poly, right: Poly) -> Poly:
        """A comparison of one term with another or with a number: x < 3 for 3 - x > 0."""
        terms = self.algebra.joined(self.algebra.add(left, right, -1))
        if len(terms) > 2 or not terms:
            return self._call(head, [left, right]) if terms else self.truth(head in WEAK)
        name = self.algebra.gens.known.get((ATOM, self.last), -1)
        first = ((name, 1),) if ((name, 1),) in terms else max(terms)
        factor = terms.pop(first)
        if factor < 0:
            head = MIRRORED[head]
        by = factor if {*terms} <= {ONE} else 1 if factor > 0 else -1
        sides = {first: factor}, {mono: -c for mono, c in terms.items()}
        return self._call(head, [{m: divided(c, by) for m, c in side.items()} for side in sides])

    def _of_extreme(self, head: str, left: Poly, right: Poly) -> Poly | None:
        """minimum(x, y) < z by x < z and y < z."""
        for one, other, sign in ((left, right, head), (right, left, MIRRORED.get(head, ""))):
            gen = self.algebra.single(one)
            known = EXTREMES.get(str(self.algebra.gens[gen].head), {}) if gen >= 0 else {}
            if word := known.get(sign[:1]) if sign in MIRRORED else None:
                parts = (*self.algebra.gens[gen].parts, {})[:2]
                return self.condition(word, [self.condition(sign, (x, other)) for x in parts])
        return None

    def truth(self, value: bool) -> Poly:
        """The condition that always holds, or never."""
        return self.algebra.of(self.algebra.gens.atom("true" if value else "false"))

    def _call(self, head: str, operands: Iterable[Poly]) -> Poly:
        return self.algebra.of(self.algebra.gens.call(head, tuple(operands)))

    def _negated(self, condition: Poly) -> Poly:
        head, parts = self.read(condition)
        if head in ("true", "false"):
            return self.truth(head == "false")
        if head == "not":
            return parts[0]
        if head in NEGATED:
            return self.condition(NEGATED[head], parts)
        if head in DUAL:
            return self._together(DUAL[head], [self._negated(part) for part in parts])
        return self._call("not", [condition])

    def _together(self, head: str, conditions: Sequence[Poly]) -> Poly:
        """Several conditions, without those that the others say."""
        neutral, decisive = ("true", "false") if head == "and" else ("false", "true")
        parts: list[Poly] = []
        for each in conditions:
            inner, operands = self.read(each)
            parts += operands if inner == head else [each]
        heads = [self.read(part)[0] for part in parts]
        if decisive in heads or any(self._excludes(head, part, parts) for part in parts):
            return self.truth(decisive == "true")
        parts = [part for part, word in zip(parts, heads, strict=True) if word != neutral]
        kept: list[Poly] = []
        for part in parts:
            if part not in kept and not any(self._says(head, x, part) for x in parts if x != part):
                kept.append(part)
        if not kept:
            return self.truth(neutral == "true")
        return kept[0] if len(kept) == 1 else self._call(head, kept)

    def _excludes(self, head: str, condition: Poly, others: Sequence[Poly]) -> bool:
        """Whether a condition and one of others cannot both hold, or of `or` one always does."""
        opposite = self._negated(condition)
        return any(other == opposite or self._says(head, other, opposite) for other in others)

    def _says(self, head: str, condition: Poly, other: Poly) -> bool:
        """Whether beside a condition another is of no use."""
        return self._implies(*((condition, other) if head == "and" else (other, condition)))

    def _implies(self, condition: Poly, other: Poly) -> bool:
        """Whether a condition is the strict form of another, or by a number that says more."""
        (head, parts), (weak, others) = self.read(condition), self.read(other)
        if head == weak and head in DUAL and len(parts) == len(others):
            return all(x == y or self._implies(x, y) for x, y in zip(parts, others, strict=True))
        if parts == others:
            return WEAKER.get(head) == weak
        same = head in MIRRORED and weak in MIRRORED and head[0] == weak[0]
        if not same or parts[0] != others[0] or not all({*x[1]} <= {ONE} for x in (parts, others)):
            return False
        compare = COMPARISONS[head[0]]
        return bool(compare(parts[1].get(ONE, 0), others[1].get(ONE, 0)))

    def _are_alike(self, condition: Poly, other: Poly) -> bool:
        """Whether two conditions are the same, but for what is equal in a comparison."""
        (head, parts), (also, others) = self.read(condition), self.read(other)
        if head == also and head in DUAL and len(parts) == len(others):
            return all(map(self._are_alike, parts, others))
        return parts == others and head.rstrip("=") == also.rstrip("=")

    def _is_condition(self, poly: Poly) -> bool:
        gen = self.algebra.single(poly)
        return gen >= 0 and self._is_truth(gen)

    def _is_truth(self, gen: int) -> bool:
        head = self.algebra.gens[gen].head
        return head in COMPARISONS or head in LOGICAL

    def is_strict(self, condition: Poly) -> bool:
        """Whether a condition is a comparison that does not hold of what is equal."""
        return self.read(condition)[0] in WEAKER

    def read(self, condition: Poly) -> tuple[str, tuple[Poly, ...]]:
        """The head and the parts of a condition."""
        ((mono, _),) = condition.items()
        made = self.algebra.gens[mono[0][0]]
        return str(made.head), made.parts

    def replaced(self, poly: Poly, others: Mapping[tuple[int, Number], Poly]) -> Poly:
        """A sum with other sums in the place of some powers of generators."""

        def factor(gen: int, e: Number) -> Poly:
            part = others.get((gen, e))
            return self.algebra.of(gen, e) if part is None else part

        return self.algebra.by_factors(poly, factor) if others else poly
