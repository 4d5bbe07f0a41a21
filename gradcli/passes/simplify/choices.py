"""Conditions and choices by them: what is always so, what comes to less, what only leaves points.

Derivatives are chosen by many conditions, most of which say the same, or exclude a point.
"""

from __future__ import annotations

from operator import eq, ge, gt, le, lt, ne
from typing import TYPE_CHECKING

from gradcli.ir.written import NEGATED
from gradcli.passes.simplify.generators import ATOM, CALL, CHOICE, frozen
from gradcli.passes.simplify.identities import EXCLUDED, LARGER, MIRRORED
from gradcli.passes.simplify.polynomials import ONE, divided, scaled
from gradcli.passes.simplify.ties import Ties

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from gradcli.passes.simplify.algebra import Algebra
    from gradcli.passes.simplify.generators import Generator
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


class Choices:
    """Conditions and choices in one algebra; `last` is the name that is differentiated by."""

    def __init__(self, algebra: Algebra) -> None:
        self.algebra = algebra
        self.ties = Ties(self)
        self.last = ""

    # --- conditions ---------------------------------------------------------------------------

    def condition(self, head: str, operands: Sequence[Poly]) -> Poly:
        """A comparison, or what is said of conditions, in its normal form."""
        if head == "not":
            return self._negated(operands[0])
        if head in DUAL:
            return self._together(head, operands)
        left, right = (self.algebra.normal(x) for x in operands)
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

    # --- choices ------------------------------------------------------------------------------

    def where(self, condition: Poly, left: Poly, right: Poly | None = None) -> Poly:
        """A choice; one that only leaves a point out, or no numbers, is what stands elsewhere."""
        condition = self._but_for_points(condition)
        head, parts = self.read(condition)
        left, right = self._counted(left), self._counted(right or {})
        if head in ("isnan", "false") or self._is_point("==", condition):
            return right
        if head == "true" or self._is_point("!=", condition):
            return left
        if head == "not":
            return self.where(parts[0], right, left)
        if head == "and" and any(self._is_point("==", part) for part in parts):
            return right
        if head == "or" and any(self.read(x) == ("not", (y,)) for x in parts for y in parts):
            return left
        left, right = (self._chosen(x, condition, i) for i, x in ((1, left), (2, right)))
        left, right = (self._decided(x, condition, i) for i, x in ((1, left), (2, right)))
        if self.algebra.joined(left) == self.algebra.joined(right):
            return left
        if inner := self._with_inner(condition, left, right) or self._gated(condition, left, right):
            return self.where(*inner)
        if not left and head in EXCLUDED:
            condition, left, right = self._mirrored(condition, EXCLUDED[head], parts, right)
        return self._named(condition, left, right) or self._choice(condition, left, right)

    def _counted(self, poly: Poly) -> Poly:
        """A sum in which conditions, as factors, are 1 and 0, whose powers are the same."""
        numbers = {}
        for gen, e in {pair for mono in poly for pair in mono}:
            head = self.algebra.gens[gen].head
            if head in ("true", "false"):
                numbers[gen, e] = self.algebra.number(head == "true")
            elif e > 1 and self._is_truth(gen):
                numbers[gen, e] = self.algebra.of(gen)
        return self.replaced(poly, numbers)

    def replaced(self, poly: Poly, others: Mapping[tuple[int, Number], Poly]) -> Poly:
        """A sum with other sums in the place of some powers of generators."""
        if not others:
            return poly
        result: Poly = {}
        for mono, c in poly.items():
            term: Poly = {ONE: c}
            for gen, e in mono:
                part = others.get((gen, e))
                term = self.algebra.mul(term, self.algebra.of(gen, e) if part is None else part)
            result = self.algebra.add(result, term)
        return result

    def _decided(self, poly: Poly, condition: Poly, side: int) -> Poly:
        """A sum where the condition says which of two numbers is larger: x for maximum(x, 0)."""
        others = {}
        for gen, e in {pair for mono in poly for pair in mono}:
            if (chosen := self._extreme(self.algebra.gens[gen], condition, side)) is not None:
                others[gen, e] = self.algebra.power(chosen, e)
        return self.replaced(poly, others)

    def _extreme(self, made: Generator, condition: Poly, side: int) -> Poly | None:
        """Which of two numbers the larger or the smaller one is, at one side of a condition."""
        sign = LARGER.get(str(made.head))
        if sign is None:
            return None
        parts = (*made.parts, {})[:2]
        holds = condition if side == 1 else self.condition("not", [condition])
        for i, other in ((0, sign), (1, MIRRORED[sign])):
            first = self.condition(other, parts)
            if self._implies(holds, first) or self._are_alike(holds, first):
                return parts[i]
        return None

    def _named(self, condition: Poly, left: Poly, right: Poly) -> Poly | None:
        """2*maximum(x, 0) for where(x > 0, 2*x, 0), where there is that function already."""
        head, parts = self.read(condition)
        if head not in MIRRORED:
            return None
        one, other = parts
        mono, c = next(iter(one.items()))
        sides = (left, right) if mono in left else (right, left)
        factor = divided(sides[0].get(mono, 0), c)
        if not factor or sides != (scaled(one, ONE, factor), scaled(other, ONE, factor)):
            return None
        sign = head[0] if mono in left else MIRRORED[head[0]]
        for name in (name for name, larger in LARGER.items() if larger == sign):
            for operands in (parts, parts[::-1], parts[:1] if not other else parts):
                gen = self.algebra.gens.known.get((CALL, name, *map(frozen, operands)))
                if gen is not None:
                    return self.algebra.of(gen) if factor == 1 else {((gen, 1),): factor}
        return None

    def _choice(self, condition: Poly, left: Poly, right: Poly) -> Poly:
        return self._call(CHOICE, [self.algebra.normal(x) for x in (condition, left, right)])

    def _with_inner(self, condition: Poly, left: Poly, right: Poly) -> tuple[Poly, ...]:
        """A choice by both of two conditions for where(x, where(y, u, v), v), else nothing."""
        for word, side, other, i in (("and", left, right, 2), ("or", right, left, 1)):
            gen = self.algebra.single(side)
            if gen >= 0 and self.algebra.gens[gen].head == CHOICE:
                inner, *sides = self.algebra.gens[gen].parts
                if sides[i - 1] == other:
                    return (self.condition(word, [condition, inner]), *sides)
        return ()

    def _gated(self, condition: Poly, left: Poly, right: Poly) -> tuple[Poly, ...]:
        """A choice by both of two conditions for where(x, y*u, 0), where y is one; else nothing."""
        if left and right:
            return ()
        rows = [dict(mono) for mono in left or right]
        for gen in rows[0]:
            is_gate, inner = self._gate(gen)
            if not is_gate or not all(row.get(gen) == 1 for row in rows):
                continue
            gates = self.algebra.gens[gen].parts[0] if inner else self.algebra.of(gen)
            rest: Poly = {}
            for mono, c in (left or right).items():
                others: Poly = {tuple(pair for pair in mono if pair[0] != gen): c}
                rest = self.algebra.add(rest, self.algebra.mul(others, inner) if inner else others)
            outer = condition if left else self.condition("not", [condition])
            return self.condition("and", [outer, gates]), rest, {}
        return ()

    def _gate(self, gen: int) -> tuple[bool, Poly]:
        """Whether a factor is 0 but where something holds, and what it is there, if not 1."""
        made = self.algebra.gens[gen]
        if made.head == CHOICE:
            return not made.parts[2], made.parts[1]
        return self._is_truth(gen), {}

    def _but_for_points(self, condition: Poly) -> Poly:
        """A condition without parts that hold everywhere, or nowhere, but for points."""
        head, parts = self.read(condition)
        if head == "not" and self.read(parts[0])[0] == "isnan":
            return self.truth(True)
        if head not in DUAL:
            return condition
        parts = tuple(map(self._but_for_points, parts))
        always, never = ("true",), ("isnan", "false")
        all_of_it, nothing = (always, never) if head == "or" else (never, always)
        if found := [part for part in parts if self.read(part)[0] in all_of_it]:
            return found[0]
        kept = [part for part in parts if self.read(part)[0] not in nothing]
        if head == "and":
            kept = [part for part in kept if not self._is_point("!=", part)]
        return self._together(head, kept) if kept else parts[0]

    def _is_point(self, sign: str, condition: Poly) -> bool:
        """Whether a condition tells a point of the last name from others; x == max(x) does not."""
        head, parts = self.read(condition)
        if head == "not":
            return sign == "!=" and self._is_point("==", parts[0])
        return (
            head == sign
            and self.algebra.alike(*parts)
            and self.ties.are_points(*parts)
            and any(self.algebra.gens.depends(part, self.last) for part in parts)
        )

    def _mirrored(
        self, condition: Poly, head: str, parts: tuple[Poly, ...], right: Poly
    ) -> tuple[Poly, Poly, Poly]:
        """where(x < y, 0, z*(x > y)) as where(x > y, z, 0)."""
        other = self.algebra.gens.call(head, parts)
        if not right or not all((other, 1) in mono for mono in right):
            return condition, {}, right
        factor = {tuple(pair for pair in mono if pair[0] != other): c for mono, c in right.items()}
        return self.algebra.of(other), factor, {}

    def _chosen(self, poly: Poly, condition: Poly, side: int) -> Poly:
        """A sum where the condition has chosen a side: so it does inside it."""
        other = self.condition("not", [condition])
        others = {}
        for gen in {gen for mono in poly for gen, e in mono if e == 1}:
            made = self.algebra.gens[gen]
            if made.head == CHOICE and made.parts[0] in (condition, other):
                others[gen, 1] = made.parts[side if made.parts[0] == condition else 3 - side]
        return self.replaced(poly, others)
