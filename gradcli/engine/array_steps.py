"""Derivations of programs of vectors and matrices: one operation after the other, from the value.

A line is a sum over the parts u that are still to be differentiated, `grad(sum(g*u), x)` with their
cotangents g, which count as constants (`stop_gradient`), and of what is done.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from gradcli.engine.array_formulas import array_derivative_of, cost_of
from gradcli.engine.derivation import ONE, ZERO, depends, pending
from gradcli.engine.gradient import total
from gradcli.engine.lengths import Shapes
from gradcli.errors import ShapeError
from gradcli.ir.op import PRODUCT, QUOTIENT, Elementwise, Linear, Multilinear, Reduction
from gradcli.ir.written import LETTERS, flat, subtrees
from gradcli.ops import catalog
from gradcli.passes import modes
from gradcli.passes.batch import dependents
from gradcli.passes.simplify.arrays.forms import simplified_array
from gradcli.render.formula import ATOM, applied
from gradcli.render.parts import with_parts
from gradcli.render.text import POWER, SIGN, SUM

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from gradcli.engine.lengths import Lengths
    from gradcli.engine.run import Run
    from gradcli.ir.node import Node
    from gradcli.ir.written import Written

    Line = tuple[str, Written]

PENDING = ("call", "grad")
"""How a part begins that is still to be differentiated."""


class ArrayDerivation:
    """The lines from `grad(u, x)` to the gradient of one run by one input."""

    def __init__(
        self, run: Run, name: str, shapes: Mapping[str, Lengths], write: Callable[[Written], str]
    ) -> None:
        self.run, self.name, self.shapes, self.write = run, name, shapes, write
        self.lengths = Shapes(shapes).written()
        self.value = total(run)
        (self.x,) = run.differentiable([name])
        self.moving = [self.x, *dependents([self.value], [self.x])]

    def lines(self) -> Iterator[Line]:
        """Each rule and what it makes of the line before; lines that are alike stand once."""
        last = array_derivative_of(self.run, self.name, 1, self.shapes)
        current = self._first()
        yield "derivative", current
        for i in range(len(self.moving) - 1, 0, -1):
            try:
                rule, line = self._rule(self.moving[i]), self._after(self.moving[:i])
            except ShapeError:
                continue
            if set(line) != set(current) and _INTERNAL.isdisjoint(subtrees(line)):
                current = line
                yield rule, line
        if current != last:
            is_constant = len(self.moving) == 1
            yield "constant" if is_constant else "simplify", with_parts(last)

    def _first(self) -> Written:
        """The question itself."""
        try:
            return self._pending(self.value, None)
        except ShapeError as error:
            raise error.advised("without ⟨steps⟩ there is the derivative alone") from None

    def _after(self, left: list[Node]) -> Written:
        """The line in which only what is `left` still has to be differentiated."""
        done = {*self.moving}.difference(left)
        front = [node for node in left if any(node in user.inputs for user in done)]
        cotangents = modes.reverse([self.value], front, stops=front)
        pairs = [(u, g) for u, g in zip(front, cotangents, strict=True) if g]
        counting = [pair for pair in pairs if self._written(pair[1]) != ZERO]
        terms = [self._pending(u, g) for u, g in counting or pairs]
        terms.sort(key=lambda term: term[:2] == PENDING)
        return terms[0] if len(terms) == 1 else flat("sum", terms)

    def _pending(self, u: Node, g: Node | None) -> Written:
        """What a part contributes: its cotangent if it is the input, else what is still to do."""
        inner = self._written(u)
        if inner == ("name", self.name) and g is not None:
            return self._written(g, whole=True)
        factor = ONE if g is None else self._written(g)
        if factor == ("minus", ONE):
            inner = ("minus", inner)
        elif factor != ONE:
            varies = depends(factor, self.name)
            constant = ("call", "stop_gradient", factor) if varies else factor
            inner = flat("product", [constant, inner])
        summed = ("call", "sum", inner) if u.size > 1 else inner
        return pending(summed, self.name)

    def _written(self, node: Node, *, whole: bool = False) -> Written:
        return simplified_array(node, self.name, cost_of, self.run.array, self.lengths, whole=whole)

    def _rule(self, node: Node) -> str:
        """The rule for an operation, on letters for the operands that are to be differentiated."""
        written = self._written(node)
        if written == ("name", self.name):
            return "collect"
        if written[0] == "name" and "[" in written[1]:
            return f"one element, {written[1]}"
        named: dict[str, str] = {}
        operands = [self._operand(operand, named) for operand in node.inputs]
        shown, strength = applied(node, operands)
        is_called = node.attrs or catalog.find(node.op.name) is None
        if is_called and node.op.notation is None and not _folds(node):
            named, shown = {}, self.write(written)
        rule = self._name(node, strength)
        if not rule and not named:
            return f"derivative of {shown}"
        parts = ", ".join(f"{letter} = {part}" for part, letter in named.items())
        return f"{rule or 'chain rule'}, {shown}" + (f" with {parts}" if parts else "")

    def _name(self, node: Node, strength: int) -> str:
        """The rule of an operation by its record, if it is one of those with a name.

        A product by a constant, and a quotient by one, have that of a factor.
        """
        is_constant = [operand not in self.moving for operand in node.inputs]
        if strength == POWER and is_constant[1:] == [False]:
            return "exponential rule" if is_constant[0] else "logarithmic differentiation"
        if strength in _RULES:
            return _RULES[strength]
        if isinstance(node.op, Linear):
            return "linearity"
        if isinstance(node.op, Reduction) and node.op.adds:
            return "sum rule"
        series = node.op.series if isinstance(node.op, Elementwise) else None
        if series == PRODUCT or isinstance(node.op, Multilinear):
            return "constant factor" if any(is_constant) else "product rule"
        if series != QUOTIENT:
            return ""
        if is_constant[1:] == [True]:
            return "constant factor"
        return "quotient rule" if is_constant == [False, False] else "reciprocal rule"

    def _operand(self, operand: Node, named: dict[str, str]) -> tuple[str, int]:
        """An operand in a rule: by a letter, unless it is the input, or constant."""
        shown = self.write(self._written(operand))
        if operand in self.moving and shown != self.name and len(named) < len(LETTERS):
            shown = named.setdefault(shown, LETTERS[len(named)])
        return shown, ATOM if _ATOMS.fullmatch(shown) else 0


def _folds(node: Node) -> bool:
    """Whether a node makes a number of all elements, so that it is written without axes."""
    return isinstance(node.op, Reduction) and node.op.notes(node) is not None


_ATOMS = re.compile(r"\w+(\([^()]*\))?")
"""Names, numbers and calls, which need no brackets."""

_INTERNAL = {("name", "nan"), ("name", "true"), ("name", "false")}
"""What stands only in lines that nobody would write: choices that come to nothing later."""

_RULES = {SUM: "sum rule", SIGN: "constant factor", POWER: "power rule"}
"""The rule for operations that are written with signs, by how strongly these bind."""
