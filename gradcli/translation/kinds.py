"""What expressions are, as far as their text tells: numbers, truth values, or arrays."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gradcli.lower.trees import target_names, walked
from gradcli.lower.words import CONSTANTS
from gradcli.syntax import tree
from gradcli.translation.calls import Called, called, path_of

if TYPE_CHECKING:
    from typing_extensions import TypeIs

    from gradcli.translation.work import Work

NUMBER, TRUTH, ARRAY = "number", "truth", "array"

COUNTS = frozenset(("len",))
"""Functions that give a number of Python's own."""


class Kinds:
    """The kinds of a program's expressions; a name is a number if all that it is given is."""

    def __init__(self, work: Work) -> None:
        self._work = work
        self._block = work.tree.block
        self._numbers: set[str] = set()
        self._truths: set[str] = set()
        self._find()

    def _find(self) -> None:
        """Finds the names that are numbers, or truth values: all are until one thing says no."""
        given = [pair for node in walked(self._block) for pair in _given(node)]
        arrays = {p.id for node in walked(self._block) for p in getattr(node, "parameters", ())}
        names = {name for name, _ in given} - arrays - {*self._work.inputs}
        self._numbers = set(names)
        while True:
            others = {n for n, x in given if x is None or self.of(x) != NUMBER}
            if not self._numbers & others:
                break
            self._numbers -= others
        truths = names - {n for n, x in given if x is None or self.of(x) != TRUTH}
        self._truths = truths

    def is_constant(self, name: str) -> bool:
        """Whether a name is that of a constant, and not the program's own."""
        own = name in self._work.names.defined or name in self._work.inputs
        return name in CONSTANTS and not own

    def lifts(self, target: tree.Expression) -> bool:
        """Whether what is assigned is an array, so that a number has to become one."""
        return isinstance(target, tree.Name) and target.id not in self._numbers | self._truths

    def is_literal(self, node: tree.Tree) -> bool:
        """Whether this is a list of numbers, or of such lists."""
        return isinstance(node, tree.Array) and all(
            self.is_literal(x) if isinstance(x, tree.Array) else self.of(x) == NUMBER
            for x in node.items
        )

    def of(self, node: tree.Tree) -> str:
        """The kind of an expression."""
        if isinstance(node, tree.Number):
            return NUMBER
        if isinstance(node, tree.Name):
            return self._of_name(node.id)
        if isinstance(node, (tree.Compare, tree.Logical)):
            return TRUTH
        if isinstance(node, tree.UnaryOperation):
            return TRUTH if node.ops[0] == "not" else self._all_numbers(node.operand)
        if isinstance(node, (tree.Arithmetic, tree.Power)):
            is_product = "@" in getattr(node, "ops", ())
            return ARRAY if is_product else self._all_numbers(*node.operands)
        if isinstance(node, tree.Choice):
            kind = self.of(node.value)
            return kind if kind == self.of(node.other) else ARRAY
        return self._of_postfix(node)

    def _of_postfix(self, node: Any) -> str:
        if isinstance(node, tree.Attribute):
            is_number = path_of(self._work, node) or node.id in ("size", "ndim")
            return NUMBER if is_number else ARRAY
        if isinstance(node, tree.Index) and isinstance(node.value, tree.Attribute):
            return NUMBER if node.value.id == "shape" else ARRAY
        if isinstance(node, tree.Call):
            call = called(self._work, node)
            if not isinstance(call, Called):
                return ARRAY
            if call.record.name in COUNTS:
                return NUMBER
            return TRUTH if getattr(call.record.op, "result_bool", False) else ARRAY
        return ARRAY

    def _all_numbers(self, *nodes: tree.Tree) -> str:
        return NUMBER if all(self.of(x) == NUMBER for x in nodes) else ARRAY

    def _of_name(self, name: str) -> str:
        if self.is_constant(name):
            return TRUTH if isinstance(CONSTANTS[name], bool) else NUMBER
        return NUMBER if name in self._numbers else TRUTH if name in self._truths else ARRAY


def _given(node: tree.Tree) -> list[tuple[str, tree.Tree | None]]:
    """What a statement gives to names; None where that is some array."""
    if isinstance(node, tree.For):
        number = tree.Number(0.0, 0, 0) if is_range(node.iterable) else None
        return [(name, number) for name in target_names(node.target)]
    if isinstance(node, tree.Assign):
        if isinstance(node.target, tree.Name):
            return [(node.target.id, node.value)]
        return [(name, None) for name in target_names(node.target)]
    return [(node.id, None)] if isinstance(node, tree.Define) else []


def is_range(node: tree.Tree) -> TypeIs[tree.Call]:
    """Whether this is a call of `range`."""
    return isinstance(node, tree.Call) and getattr(node.function, "id", "") == "range"
