"""The turns of a loop, run by one Python function that is made from their nodes.

Numbers are Python floats there, which is several times as fast as NumPy's scalars and as exact.
What Python refuses where NumPy gives an infinity or NaN is done again with NumPy's.
"""

from __future__ import annotations

import operator
from array import array
from typing import TYPE_CHECKING, Any

import numpy as np

from gradcli.errors import LoopError
from gradcli.ir.loop import Loop, Turn, same
from gradcli.ir.node import body_of
from gradcli.ir.record import CONSTANT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from gradcli.exec.plain import Evaluator
    from gradcli.ir.node import Node

    Values = Sequence[Any]
    Histories = Sequence[Any]

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


class Turns:
    """What an interpreter needs to run turns: values of nodes, and the turns themselves.

    `questions(body, moving)` are nodes that are 0 as long as no operation stands where a convention
    may pass for its slope.
    """

    def __init__(
        self, evaluator: Evaluator, questions: Callable[[Sequence[Node], set[Node]], list[Node]]
    ) -> None:
        self._evaluator = evaluator
        self.questions = questions
        self._stacks: dict[Node, Any] = {}

    def value(self, node: Node) -> Any:
        """The value of a node."""
        return self._evaluator.reach(node)

    def suppose(self, node: Node, value: Any) -> None:
        """Gives a node a value: a parameter one to look at, a loop the one that is known."""
        self._evaluator.values[node] = value

    def follow(
        self, turn: Turn, state: Values, stacks: Sequence[Node], rows: range, histories: Histories
    ) -> Values | None:
        """What is carried when the turn's guards hold no more, or behind the last of the rows.

        What was carried before each turn is added to the histories. None if a turn cannot be run.
        """
        arrays = [self.value(x) for x in turn.captured], [self._stack(x) for x in stacks]
        before = len(histories[0])
        for exact in (False, True):
            try:
                return _followed(turn, state, *arrays, rows, histories, exact=exact)
            except Exception:
                for history in histories:
                    del history[before:]
        return None

    def _stack(self, node: Node) -> Any:
        """The rows of a stack, as Python's numbers where they are numbers."""
        rows = self._stacks.get(node)
        if rows is None:
            rows = self._stacks[node] = _rows(self.value(node), exact=False)
        return rows

    @staticmethod
    def histories(turn: Turn) -> Histories:
        """Where the rows of what turns keep will go."""
        return [_history(x) for x in turn.kept]

    @staticmethod
    def run(loop: Loop, arrays: Sequence[Any]) -> Any:
        """The value of a loop's node, from those of its inputs; a LoopError where a turn fails."""
        for exact in (False, True):
            try:
                return _run(loop, arrays, exact=exact)
            except Exception as error:
                failed = error
        raise LoopError(f"a turn of a loop fails: {failed}") from failed

    @staticmethod
    def packed(loop: Loop, state: Sequence[Any], histories: Sequence[Values]) -> Any:
        """What a loop has carried and kept as the vector that is its value."""
        return _packed(loop, state, histories)


def _followed(
    turn: Turn,
    state: Values,
    captured: Values,
    stacks: Values,
    rows: range,
    histories: Histories,
    *,
    exact: bool,
) -> Values:
    numbers = [_number(x, exact) for x in state]
    fixed = [_number(x, exact) for x in captured]
    return _code(turn, exact)(
        rows, numbers, stacks, fixed, [history.append for history in histories]
    )


def _run(loop: Loop, arrays: Sequence[Any], *, exact: bool) -> Any:
    first = loop.turns[0]
    n, m = len(first.carried), len(first.carried) + len(first.rows)
    state: Values = [_number(x, exact) for x in arrays[:n]]
    stacks = [_rows(x, exact) for x in arrays[n:m]]
    values = dict(zip(loop.captured, (_number(x, exact) for x in arrays[m:]), strict=True))
    histories = Turns.histories(first)
    adders = [history.append for history in histories]
    for which, turns in _course(loop):
        turn = loop.turns[which]
        rows = [stack for stack, row in zip(stacks, turn.rows, strict=True) if row is not None]
        fixed = [values[x] for x in turn.captured]
        state = _code(turn, exact)(turns, state, rows, fixed, adders)
    if loop.backwards:
        for history in histories:
            history.reverse()
    return _packed(loop, state, histories)


def _course(loop: Loop) -> Iterable[tuple[int, range]]:
    """Which turn is taken for which rows, in the order in which the loop runs."""
    course, start = [], 0
    for which, count in loop.path:
        course.append((which, range(start, start + count)))
        start += count
    return [(which, turns[::-1]) for which, turns in reversed(course)] if loop.backwards else course


def _packed(loop: Loop, state: Sequence[Any], histories: Sequence[Values]) -> Any:
    """What is carried at the end and kept on the way, as one vector."""
    dtype = loop.turns[0].carried[0].graph.dtype
    vector = np.empty(loop.size, dtype)
    pieces = zip((*loop.ends, *loop.histories), (*state, *histories), strict=True)
    for piece, value in pieces:
        vector[piece.start : piece.stop] = np.asarray(value, dtype).reshape(-1)
    return vector


def _history(node: Node) -> Any:
    """A row a turn of a node's values: numbers take eight bytes each."""
    return array("d") if not node.shape and node.dtype.char in "d?" else []


def _rows(stack: Any, exact: bool) -> Any:
    """The rows of a stack, as Python's numbers where they are numbers."""
    return stack.tolist() if stack.ndim == 1 and not exact and _wide(stack) else stack


def _wide(x: Any) -> bool:
    return x.dtype.char in "d?"


def _number(x: Any, exact: bool) -> Any:
    """A number as Python has it; arrays, and everything where it must be `exact`, as they are."""
    if exact:
        return x if isinstance(x, (np.ndarray, np.generic)) else np.asarray(x)[()]
    return (
        x.item() if np.ndim(x) == 0 and isinstance(x, (np.generic, np.ndarray)) and _wide(x) else x
    )


# --- from nodes to a function ---------------------------------------------------------------------


def _code(turn: Turn, exact: bool) -> Callable[..., Values]:
    """The function that runs turns over rows, made once."""
    if exact not in turn.code:
        turn.code[exact] = _Writer(turn, exact).function()
    code: Callable[..., Values] = turn.code[exact]
    return code


class _Writer:
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
        for node in body_of(turn.parameters(), turn.outputs()):
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
            return self.names.setdefault(node, self._held(_number(node.attrs[0], self.exact)))
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
        return f"{self.hold(node.dtype.type)}({operand})"

    def check(self, node: Node, value: Any) -> str:
        """The line that leaves where a node has another value."""
        name = self.operand(node)
        if node.shape:
            return f"if not {self.hold(same)}({name}, {self._held(value)}): break"
        if node.is_bool:
            return f"if not {name}: break" if value else f"if {name}: break"
        return f"if {name} != {self._held(_number(value, self.exact))}: break"


def _template(node: Node) -> str | None:
    """How Python spells a node, if it does."""
    kernel = node.op.kernel
    if not (node.shape or any(x.shape for x in node.inputs)):
        return ANYWHERE.get(kernel) or OF_NUMBERS.get(kernel)
    if node.inputs[0].shape and kernel in OF_ARRAYS:
        return OF_ARRAYS[kernel]
    return ANYWHERE.get(kernel) if _is_uniform(node) else None


def _is_uniform(node: Node) -> bool:
    """Whether operands and result are of one type."""
    return all(x.dtype == node.dtype for x in node.inputs)


def _several(names: Iterable[str]) -> str:
    """Names, or what they stand for, as a tuple."""
    return f"({', '.join(names)},)"
