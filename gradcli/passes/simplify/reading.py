"""Reads nodes into the algebra: each operation as its record writes it."""

from __future__ import annotations

from fractions import Fraction
from functools import partial, reduce
from typing import TYPE_CHECKING, Any

import numpy as np

from gradcli.ir.node import Node, ancestors
from gradcli.ir.record import CONSTANT, INPUT
from gradcli.passes.simplify.functions import Functions
from gradcli.passes.simplify.identities import CONSTANTS
from gradcli.passes.simplify.written import read

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from gradcli.ir.record import Op
    from gradcli.ir.written import Written
    from gradcli.passes.simplify.algebra import Algebra
    from gradcli.passes.simplify.polynomials import Poly
    from gradcli.passes.simplify.written import Tree


_LONG, _SHORT = 10**14, 1000
"""Denominators of numbers with all the digits that they can have, and of what is meant by them."""

_VARIABLES = frozenset("xyz")

_PARAMETERS = frozenset("abcdefghijklmnop")
"""Names that stand among others in their order, even if the derivative is by one of them."""

_OPERATIONS = {"minus": "neg", "quotient": "/", "power": "^"}
"""What written formulas call operations, and what records call them."""


def exact(number: float) -> Fraction:
    """The decimal that a number is written as, or the quotient that it is rounded from: 1/3."""
    decimal = Fraction(repr(number))
    if decimal.denominator < _LONG:
        return decimal
    quotient = decimal.limit_denominator(_SHORT)
    return quotient if float(quotient) == number else decimal


def _rank(last: str, name: str) -> tuple[int, str]:
    """Where a name stands in a term: `2*a*x`, `2*x*y`, `2*a*b`, whatever the derivative is by."""
    if name.rstrip("0123456789") in _VARIABLES:
        return 2, name
    return int(name == last and last not in _PARAMETERS), ""


class Reader:
    """What nodes are in one algebra."""

    def __init__(
        self,
        algebra: Algebra,
        evaluate: Callable[[Node], Any],
        named: Mapping[Node, str] | None = None,
    ) -> None:
        self.named = named or {}
        """The nodes that are written as a name."""
        self.evaluate = evaluate
        self.algebra = algebra
        self.functions = Functions(algebra, self.tree)
        self.done: dict[Node, Poly] = {}

    def node(self, node: Node, last: str) -> Poly:
        """The sum that a node is; a variable comes after the other names in its terms."""
        nodes = self._until_named(node)
        self.order([str(x.attrs[0]) for x in nodes if x.op is INPUT], last)
        self.order(self.named.values(), last)
        arrays = set()
        for each in nodes:
            if each.shape:
                arrays.add(each)
            elif arrays.isdisjoint(each.inputs):
                self.done[each] = self._read(each)
            else:
                self.done[each] = self.constant(self.evaluate(each))
        return self.done[node]

    def _until_named(self, node: Node) -> list[Node]:
        """What a node is made of, nodes with names as they are."""
        nodes, needed = ancestors([node]), {node}
        for each in reversed(nodes if self.named else ()):
            if each in needed and each not in self.named:
                needed.update(each.inputs)
        return [each for each in nodes if each in needed] if self.named else nodes

    def order(self, names: Iterable[str], last: str) -> None:
        """Variables stand in terms in their order, one of them last; x, y, z after parameters."""
        self.functions.choices.last = last
        for name in sorted(names, key=partial(_rank, last)):
            self.algebra.gens.atom(name)

    def _read(self, node: Node) -> Poly:
        op = node.op
        if op is INPUT or node in self.named:
            name = self.named.get(node) or str(node.attrs[0])
            return self.algebra.of(self.algebra.gens.atom(name))
        if op is CONSTANT:
            return self.constant(node.attrs[0])
        return self.applied(op, self.operands(node))

    def applied(self, op: Op, operands: list[Poly]) -> Poly:
        """What an operation on elements makes of sums."""
        if op.identity:
            return operands[0]
        if op.notation is not None and not self.functions.knows(op.name):
            return self.tree(read(op.notation[0]), dict(enumerate(operands)))
        return self.functions.apply(op.name, operands)

    def operands(self, node: Node) -> list[Poly]:
        """The sums that the operands of an operation on elements are."""
        return [self.done[x] for x in node.inputs]

    def constant(self, value: Any) -> Poly:
        """A number; those that are rounded from others as these."""
        if np.asarray(value).dtype.kind == "b":
            return self.algebra.of(self.algebra.gens.atom("true" if value else "false"))
        number = float(value)
        if not np.isfinite(number):
            return self.algebra.of(self.algebra.gens.atom(str(number)))
        name = CONSTANTS.get(number)
        if name is not None:
            return self.tree(read(name), {})
        return self.algebra.number(exact(number))

    def tree(self, tree: Tree, operands: Mapping[Any, Poly]) -> Poly:
        """What a formula says of operands, by number or by name."""
        kind, *parts = tree
        if kind == "slot":
            return operands[parts[0]]
        if kind == "number":
            return self.algebra.number(Fraction(parts[0]))
        if kind == "name":
            name = parts[0]
            known = operands.get(name)
            gens = self.algebra.gens
            return (
                self.algebra.of(gens.atom(name, positive=name == "pi")) if known is None else known
            )
        if kind == "call":
            values = [self.tree(part, operands) for part in parts[1:]]
            return self.functions.apply(parts[0], values)
        return self._operation(kind, [self.tree(part, operands) for part in parts])

    def written(self, tree: Written) -> Poly:
        """The sum that a formula is, as it is written."""
        algebra = self.algebra
        kind, *parts = tree
        if kind == "number":
            return algebra.number(parts[0])
        if kind == "name":
            return self.tree(tree, {})
        values = [self.written(part) for part in parts if isinstance(part, tuple)]
        match kind:
            case "sum":
                return reduce(algebra.add, values)
            case "product":
                return reduce(algebra.mul, values)
            case "call":
                return self.functions.apply(parts[0], values)
            case "operator":
                return self.functions.plain(parts[0], values)
            case _:
                return self._operation(_OPERATIONS[kind], values)

    def _operation(self, kind: str, values: list[Poly]) -> Poly:
        algebra = self.algebra
        match kind:
            case "+":
                return algebra.add(values[0], values[1])
            case "-":
                return algebra.add(values[0], values[1], -1)
            case "neg":
                return algebra.add({}, values[0], -1)
            case "*":
                return algebra.mul(values[0], values[1])
            case "/":
                return algebra.mul(values[0], algebra.power(values[1], -1))
            case "^":
                return self.functions.power(values[0], values[1])
            case _:
                return self.functions.plain(kind, values)
