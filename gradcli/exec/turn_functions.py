"""The turns of a loop as one Python function, which is made from their nodes.

Numbers are Python floats there, which is several times as fast as NumPy's scalars and as exact.
"""

from __future__ import annotations

import operator
from typing import TYPE_CHECKING, Any

import numpy as np

from gradcli.exec.executors import KERNEL, TURN
from gradcli.ir.loop import Turn, full, same
from gradcli.ir.node import TRACE, Node
from gradcli.ir.record import CONSTANT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    Values = Sequence[Any]

ANYWHERE: dict[Any, str] = {
    operator.add: "{} + {}",
    operator.sub: "{} - {}",
    operator.mul: "{} * {}",
    operator.truediv: "{} / {}",
    operator.neg: "-{}",
}
"""How Python spells kernels of numbers and of arrays."""

OF_ARRAYS: dict[Any, str] = {np.reshape: "{}.reshape({})", np.transpose: "{}.transpose({})"}
"""The methods that are quicker to call than kernels of arrays."""

TINY = float(np.finfo(float).tiny)
"""The smallest number with all digits."""

OF_NUMBERS: dict[Any, str] = {
    np.square: "{0} * {0}",
    np.less: "{} < {}",
    np.less_equal: "{} <= {}",
    np.greater: "{} > {}",
    np.greater_equal: "{} >= {}",
    np.equal: "{} == {}",
    np.not_equal: "{} != {}",
    np.logical_and: "{} and {}",
    np.logical_or: "{} or {}",
    np.logical_not: "not {}",
    np.where: "{1} if {0} else {2}",
}
"""How Python spells kernels of numbers, with the same result to the bit."""

WIDE_NUMBERS: dict[Any, str] = {full: f"0.0 if -{TINY} < {{0}} < {TINY} else {{0}}"}
"""The same of those that are Python's own."""


def wide(x: Any) -> bool:
    """Whether Python's numbers are as exact as an array's."""
    return x.dtype.char in "d?"


def number(x: Any, exact: bool) -> Any:
    """A number as Python has it; arrays, and everything where it must be `exact`, as they are."""
    if exact:
        return x if isinstance(x, (np.ndarray, np.generic)) else np.asarray(x)[()]
    is_number = isinstance(x, (np.generic, np.ndarray)) and not x.ndim and wide(x)
    return x.item() if is_number else x


class TurnWriter:
    """Writes the function of a turn: nothing of a program's text is in it, but numbers of nodes.

    It takes which rows to go through, what is carried, the stacks, what is captured, and where to
    put what is kept; it gives what is carried at the end, and ends early where a guard fails.
    """

    def __init__(self, turn: Turn, exact: bool) -> None:
        self.turn = turn
        self.exact = exact
        self.held: dict[str, Any] = {}
        self.shared: dict[int, str] = {}
        self.names: dict[Node, str] = {}

    def function(self) -> Callable[..., Values]:
        """The function, compiled."""
        turn = self.turn
        carried = [self.named(x) for x in turn.carried]
        rows = [self.named(x) for x in turn.rows if x is not None]
        fixed = [self.named(x) for x in turn.captured]
        lines = [f"{name} = s{i}[k]" for i, name in enumerate(rows)]
        lines += self.body()
        lines += [f"t{i}({self.operand(x)})" for i, x in enumerate(turn.kept)]
        lines += [f"{_several(carried)} = {_several(map(self.operand, turn.after))}"]
        heads = {
            "carried": carried,
            "stacks": [f"s{i}" for i in range(len(rows))],
            "fixed": fixed,
            "keep": [f"t{i}" for i in range(len(turn.kept))],
        }
        text = "\n".join(
            [
                f"def make({', '.join(self.held)}):",
                " def run(turns, carried, stacks, fixed, keep):",
                *(f"  {_several(names)} = {given}" for given, names in heads.items() if names),
                "  for k in turns:",
                *(f"   {line}" for line in lines),
                f"  return {_several(carried)}",
                " return run",
            ]
        )
        scope: dict[str, Any] = {}
        exec(compile(text, "<loop>", "exec"), scope)  # noqa: S102 - of numbers and templates alone
        run: Callable[..., Values] = scope["make"](*self.held.values())
        return run

    def body(self) -> list[str]:
        """A line a node, and behind those that the course hangs on a way out."""
        turn = self.turn
        guards: dict[Node, list[Any]] = {}
        for node, value in turn.guards:
            guards.setdefault(node, []).append(value)
        lines = [self.check(x, v) for x in turn.parameters() for v in guards.get(x, ())]
        for node in turn.body:
            lines += self.written(node)
            lines += [self.check(node, value) for value in guards.get(node, ())]
        return lines

    def named(self, node: Node) -> str:
        """The variable of a node."""
        return self.names.setdefault(node, f"n{node.order}")

    def hold(self, item: Any) -> str:
        """The variable of a kernel or a type, which many nodes share."""
        name = self.shared.get(id(item))
        if name is None:
            name = self.shared[id(item)] = self._held(item)
        return name

    def _held(self, item: Any) -> str:
        name = f"c{len(self.held)}"
        self.held[name] = item
        return name

    def operand(self, node: Node) -> str:
        """A node where it is used."""
        if node.op is CONSTANT and node not in self.names:
            return self.names.setdefault(node, self._held(number(node.attrs[0], self.exact)))
        return self.named(node)

    def written(self, node: Node) -> list[str]:
        """The lines that compute a node."""
        operands = [self.operand(x) for x in node.inputs]
        name = self.named(node)
        template = None if self.exact else _template(node)
        if template is not None:
            attrs = [self._held(item) for item in node.attrs]
            return [f"{name} = {template.format(*operands, *attrs)}"]
        if not self.exact and not isinstance(node.op.kernel, np.ufunc):
            pairs = zip(operands, node.inputs, strict=True)
            operands = [self.scalar(o, x) if not x.shape else o for o, x in pairs]
        operands += [self._held(item) for item in node.attrs]
        line = f"{name} = {self.hold(node.op.kernel)}({', '.join(operands)})"
        if isinstance(node.op.kernel, np.ufunc) and _is_uniform(node):
            return [line]
        dtype = self.hold(node.dtype)
        cast = f"if {name}.dtype is not {dtype}: {name} = {self.hold(np.asarray)}({name}, {dtype})"
        return [line, cast]

    def scalar(self, operand: str, node: Node) -> str:
        """A number as NumPy has it, for kernels that are no NumPy functions."""
        return operand if node.dtype is TRACE else f"{self.hold(node.dtype.type)}({operand})"

    def check(self, node: Node, value: Any) -> str:
        """The line that leaves where a node has another value."""
        name = self.operand(node)
        if node.shape:
            return f"if not {self.hold(same)}({name}, {self._held(value)}): break"
        if node.is_bool:
            return f"if not {name}: break" if value else f"if {name}: break"
        return f"if {name} != {self._held(number(value, self.exact))}: break"


def saved(node: Node) -> float:
    """Seconds that machine code saves by a node in each turn."""
    if node.shape or _template(node) is not None:
        return TURN[bool(node.shape)]
    return KERNEL if isinstance(node.op.kernel, np.ufunc) else 4 * KERNEL


def _template(node: Node) -> str | None:
    """How Python spells a node, if it does."""
    kernel = node.op.kernel
    if not (node.shape or any(x.shape for x in node.inputs)):
        spelled = ANYWHERE.get(kernel) or OF_NUMBERS.get(kernel)
        return spelled or (WIDE_NUMBERS.get(kernel) if wide(node) else None)
    if node.inputs[0].shape and kernel in OF_ARRAYS:
        return OF_ARRAYS[kernel]
    return ANYWHERE.get(kernel) if _is_uniform(node) else None


def _is_uniform(node: Node) -> bool:
    """Whether operands and result are of one type."""
    return all(x.dtype == node.dtype for x in node.inputs)


def _several(names: Iterable[str]) -> str:
    """Names, or what they stand for, as a tuple."""
    return f"({', '.join(names)},)"
