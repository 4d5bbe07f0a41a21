"""Functions of sums: identities applied, signs taken out, and what remains as a generator."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gradcli.passes.simplify.generators import CALL, CHOICE
from gradcli.passes.simplify.identities import EVEN, ODD, POSITIVE, table
from gradcli.passes.simplify.polynomials import ONE

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from gradcli.passes.simplify.algebra import Algebra
    from gradcli.passes.simplify.polynomials import Poly

PAIRS = {
    "sin": ("cos", (1, -1), (1, -1)),
    "cos": ("sin", (1, -1), (1, -1)),
    "sinh": ("cosh", (-1, 1), (1, 1)),
    "cosh": ("sinh", (1, 1), (-1, 1)),
}
"""Of each function its partner p, the a and b of its square a + b*p^2, and those of p."""


class Functions:
    """Functions in one algebra; squares of those that are not preferred are replaced."""

    def __init__(self, algebra: Algebra, prefer: str, evaluate: Callable[..., Poly]) -> None:
        self.algebra = algebra
        self.prefer = prefer
        self.evaluate = evaluate

    def knows(self, head: str) -> bool:
        """Whether there is more to say of a function than how it is written."""
        return head in table()[0] or head == "gate"

    def apply(self, head: str, operands: Sequence[Poly]) -> Poly:
        """A function of operands in its normal form."""
        plain, _ = table()
        if head in plain:
            names, tree = plain[head]
            return self.evaluate(tree, dict(zip(names, operands, strict=True)))
        if head == "exp":
            return self.algebra.exp(operands[0])
        if head in ("where", "gate"):
            return self._where(*operands)
        if head == "taint":
            return operands[0]
        if len(operands) == 1:
            return self._unary(head, operands[0])
        return self.plain(head, operands)

    def power(self, base: Poly, exponent: Poly) -> Poly:
        """base^exponent."""
        exponent = self.algebra.joined(exponent)
        if not exponent or (len(exponent) == 1 and ONE in exponent):
            return self.algebra.power(base, exponent.get(ONE, 0))
        return self.algebra.to_the(base, exponent)

    def plain(self, head: str, operands: Sequence[Poly]) -> Poly:
        """A function of operands that no identity knows."""
        normal = tuple(self.algebra.normal(x) for x in operands)
        return self.algebra.of(self.algebra.gens.call(head, normal, positive=head in POSITIVE))

    def _unary(self, head: str, operand: Poly) -> Poly:
        operand = self.algebra.normal(operand)
        if head in EVEN or head in ODD:
            if not operand:
                return {} if head in ODD else ({} if head == "abs" else {ONE: 1})
            if next(iter(operand.values())) < 0:
                sign = 1 if head in EVEN else -1
                inner = self._unary(head, self.algebra.add({}, operand, -1))
                return self.algebra.add({}, inner, sign)
        if head == "log" and operand == {ONE: 1}:
            return {}
        known = self._nested(head, operand)
        if known is not None:
            return known
        gen = self.algebra.gens.call(head, (operand,), positive=head in POSITIVE)
        if head in PAIRS:
            self._pair(head, gen, operand)
        return self.algebra.of(gen)

    def _nested(self, head: str, operand: Poly) -> Poly | None:
        """A function of a function for which there is an identity; of multiples of angles, too."""
        if len(operand) != 1:
            return self._of_sum(head, operand) if head in PAIRS else None
        ((mono, c),) = operand.items()
        if len(mono) != 1 or mono[0][1] != 1 or c.denominator != 1:
            return None
        made = self.algebra.gens[mono[0][0]]
        tree = table()[1].get((head, str(made.head))) if made.kind == CALL else None
        if tree is None:
            return None
        if c == 1:
            return self.evaluate(tree, {"x": made.parts[0]})
        return self._multiple(head, {mono: 1}, int(c)) if head in PAIRS and 0 < c < 9 else None

    def _of_sum(self, head: str, operand: Poly) -> Poly | None:
        """sin(u + asin(v)) and its like, by the theorems of addition."""
        for mono, c in operand.items():
            angle = {mono: c}
            if self._nested(head, angle) is not None:
                rest = self.algebra.add(operand, angle, -1)
                return self._added(head, rest, angle)
        return None

    def _added(self, head: str, left: Poly, right: Poly) -> Poly:
        """The function of a sum by those of its parts."""
        mul, partner = self.algebra.mul, PAIRS[head][0]
        one, other = self._unary(head, left), self._unary(partner, left)
        two, another = self._unary(head, right), self._unary(partner, right)
        if head in ("sin", "sinh"):
            return self.algebra.add(mul(one, another), mul(other, two))
        return self.algebra.add(mul(one, two), mul(other, another), -1 if head == "cos" else 1)

    def _multiple(self, head: str, angle: Poly, n: int) -> Poly:
        """sin(n*u) or cos(n*u) by those of u, and so the hyperbolic ones."""
        if n == 1:
            return self._unary(head, angle)
        mul, partner = self.algebra.mul, PAIRS[head][0]
        here, there = (self._multiple(h, angle, n - 1) for h in (head, partner))
        one, other = self._unary(head, angle), self._unary(partner, angle)
        if head in ("sin", "sinh"):
            return self.algebra.add(mul(here, other), mul(there, one))
        return self.algebra.add(mul(here, one), mul(there, other), -1 if head == "cos" else 1)

    def _pair(self, head: str, gen: int, operand: Poly) -> None:
        """Says which of the two squares is replaced."""
        partner, own, others = PAIRS[head]
        other = self.algebra.gens.call(partner, (operand,), positive=partner in POSITIVE)
        squares = self.algebra.squares
        if head.startswith(self.prefer):
            squares[other] = (gen, *others)
        else:
            squares[gen] = (other, *own)

    def _where(self, condition: Poly, left: Poly, right: Poly | None = None) -> Poly:
        """A choice; one that only leaves a point out is what stands elsewhere."""
        head, parts = self._condition(condition)
        right = right or {}
        if head == "==":
            return right
        if head == "!=":
            return left
        if head == "not":
            return self._where(parts[0], right, left)
        if head == "and" and any(self._condition(part)[0] == "==" for part in parts):
            return right
        if head == "or" and any(self._condition(x) == ("not", (y,)) for x in parts for y in parts):
            return left
        left, right = (self._chosen(x, condition, i) for i, x in ((1, left), (2, right)))
        return self.plain(CHOICE, [condition, left, right])

    def _chosen(self, poly: Poly, condition: Poly, side: int) -> Poly:
        """A sum where the condition has chosen a side: so it does inside it."""
        algebra = self.algebra
        result: Poly = {}
        for mono, c in poly.items():
            term: Poly = {ONE: c}
            for gen, e in mono:
                made = algebra.gens[gen]
                same = made.head == CHOICE and made.parts[0] == condition and e == 1
                term = algebra.mul(term, made.parts[side] if same else algebra.of(gen, e))
            result = algebra.add(result, term)
        return result

    def _condition(self, condition: Poly) -> tuple[str, tuple[Poly, ...]]:
        ((mono, _),) = condition.items()
        made = self.algebra.gens[mono[0][0]]
        return str(made.head), made.parts
