"""Choices by conditions: what comes to less, what only leaves points.

Derivatives are chosen by many conditions, most of which say the same, or exclude a point.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gradcli.passes.simplify.conditions import DUAL, Conditions
from gradcli.passes.simplify.generators import CALL, CHOICE, frozen
from gradcli.passes.simplify.identities import EXCLUDED, LARGER, MIRRORED
from gradcli.passes.simplify.polynomials import ONE, divided, scaled

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from gradcli.passes.simplify.algebra import Algebra
    from gradcli.passes.simplify.generators import Generator
    from gradcli.passes.simplify.polynomials import Poly


class Choices(Conditions):
    """Choices in one algebra.

    `put` gives a sum with other sums in the place of some generators, wherever they are in it.
    """

    def __init__(self, algebra: Algebra, put: Callable[[Poly, Mapping[int, Poly]], Poly]) -> None:
        super().__init__(algebra)
        self.put = put

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

    def _decided(self, poly: Poly, condition: Poly, side: int) -> Poly:
        """A sum where the condition says which of two numbers is larger: x for maximum(x, 0)."""
        holds = condition if side == 1 else self.condition("not", [condition])
        others = {}
        for gen in self.algebra.gens.inside(poly):
            if (chosen := self._extreme(self.algebra.gens[gen], holds)) is not None:
                others[gen] = chosen
        return self.put(poly, others) if others else poly

    def _extreme(self, made: Generator, holds: Poly) -> Poly | None:
        """Which of several numbers the largest, smallest or middle one is where something holds."""
        if made.head == "clip":
            x, low, high = made.parts
            within = [holds, self.condition(">=", (x, low)), self.condition("<=", (x, high))]
            return x if self.condition("and", within) == holds else None
        sign = LARGER.get(str(made.head))
        if sign is None:
            return None
        parts = (*made.parts, {})[:2]
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
