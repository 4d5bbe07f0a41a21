"""Ties: where two formulas of cases are equal on a whole range, as maximum(x, 0) and x are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from gradcli.passes.simplify.generators import CHOICE
from gradcli.passes.simplify.identities import LARGER

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from gradcli.passes.simplify.algebra import Algebra
    from gradcli.passes.simplify.generators import Generator
    from gradcli.passes.simplify.polynomials import Number, Poly

CASES = frozenset({*LARGER, "abs", "clip", CHOICE})
"""Functions that are one of several sums, each under a condition."""

MOST = 4
"""How many functions of cases are looked into."""


class Conditions(Protocol):
    """What has to be known of the conditions in an algebra."""

    algebra: Algebra
    last: str

    def truth(self, value: bool) -> Poly:
        """The condition that always holds, or never."""

    def condition(self, head: str, operands: Sequence[Poly]) -> Poly:
        """A comparison, or what is said of conditions."""

    def replaced(self, poly: Poly, others: Mapping[tuple[int, Number], Poly]) -> Poly:
        """A sum with other sums in the place of some powers of generators."""


class Ties:
    """Says where sums are equal, by what their functions of cases come to."""

    def __init__(self, choices: Conditions) -> None:
        self.choices = choices

    def condition(self, left: Poly, right: Poly) -> Poly | None:
        """Where two sums are equal but for points; None where that is not known."""
        choices, algebra = self.choices, self.choices.algebra
        difference = self._difference(left, right)
        if not difference:
            return choices.truth(True)
        moves = algebra.alike(left, right) and algebra.gens.depends(difference, choices.last)
        if moves and 0 < self._count(difference) <= MOST:
            return self._among(difference)
        return None

    def are_points(self, left: Poly, right: Poly) -> bool:
        """Whether two sums that are not the same can be equal at points alone."""
        return not self._count(self._difference(left, right))

    def _difference(self, left: Poly, right: Poly) -> Poly:
        return self.choices.algebra.joined(self.choices.algebra.add(left, right, -1))

    def _count(self, poly: Poly) -> int:
        """How many functions of cases a sum has."""
        return sum(map(self._has_cases, _generators(poly)))

    def _among(self, difference: Poly) -> Poly:
        """Where a sum is 0, case by case."""
        choices, algebra = self.choices, self.choices.algebra
        gen = next(filter(self._has_cases, _generators(difference)), None)
        if gen is None:
            return choices.truth(not algebra.joined(difference))
        powers = {e for mono in difference for g, e in mono if g == gen}
        ways = []
        for x, head, operands in self._cases(algebra.gens[gen]):
            there = choices.replaced(difference, {(gen, e): algebra.power(x, e) for e in powers})
            tied = self._among(there)
            if tied != choices.truth(False):
                ways.append(choices.condition("and", (choices.condition(head, operands), tied)))
        return choices.condition("or", ways)

    def _has_cases(self, gen: int) -> bool:
        return str(self.choices.algebra.gens[gen].head) in CASES

    def _cases(self, made: Generator) -> Iterator[tuple[Poly, str, tuple[Poly, ...]]]:
        """What a function comes to, and the condition under which it does, by head and operands."""
        head = str(made.head)
        if head in LARGER:
            one, other = (*made.parts, {})[:2]
            yield one, "or", self._reached(LARGER[head], one, other)
            yield other, LARGER[head], (other, one)
        elif head == "abs":
            (x,) = made.parts
            yield x, "or", self._reached(">", x, {})
            yield self.choices.algebra.add({}, x, -1), "<", (x, {})
        elif head == CHOICE:
            holds, one, other = made.parts
            yield one, "and", (holds,)
            yield other, "not", (holds,)
        elif head == "clip":
            x, low, high = made.parts
            sides = ((">=", low), ("<=", high))
            yield low, "<", (x, low)
            yield high, ">", (x, high)
            yield x, "and", tuple(self.choices.condition(sign, (x, end)) for sign, end in sides)

    def _reached(self, sign: str, one: Poly, other: Poly) -> tuple[Poly, ...]:
        """Where a comparison holds, and where the two are equal on a whole range."""
        tied = self.condition(one, other)
        holds = self.choices.condition(sign, (one, other))
        return (holds,) if tied is None else (holds, tied)


def _generators(poly: Poly) -> list[int]:
    """The factors of the terms of a sum, each once."""
    return list(dict.fromkeys(gen for mono in poly for gen, _ in mono))
