"""The turns of a loop, run by one Python function that is made from their nodes.

Numbers are Python floats there, which is several times as fast as NumPy's scalars and as exact.
What Python refuses where NumPy gives an infinity or NaN is done again with NumPy's.
"""

from __future__ import annotations

import operator
from array import array
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from gradcli.errors import LoopError
from gradcli.exec.executors import Turning
from gradcli.ir.loop import Loop, Turn, same
from gradcli.ir.record import CONSTANT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from gradcli.exec.compiled.turns import CompiledTurn
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

SHORT = 64
"""Turns from which it is worth calling machine code."""

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
    may pass for its slope. `run(loop, arrays)` gives the value of a loop's node from those of its
    inputs; a LoopError where a turn fails.
    """

    def __init__(
        self,
        evaluator: Evaluator,
        questions: Callable[[Sequence[Node], set[Node]], list[Node]],
        executor: str,
    ) -> None:
        self._evaluator = evaluator
        self._executor = executor
        self.questions = questions
        self.run = partial(_value, executor)
        self._stacks: dict[Node, _Stack] = {}

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
        fixed = [self.value(x) for x in turn.captured]
        runner = _Runner(_made(turn), [self._stack(x) for x in stacks], fixed, histories)
        before = len(histories[0])
        for exact in (False, True):
            try:
                return runner.follow(rows, state, exact, self._executor)
            except Exception:
                for history in histories:
                    del history[before:]
        return None

    def _stack(self, node: Node) -> _Stack:
        stack = self._stacks.get(node)
        if stack is None:
            stack = self._stacks[node] = _Stack(self.value(node))
        return stack

    @staticmethod
    def histories(turn: Turn) -> Histories:
        """Where the rows of what turns keep will go."""
        return [_history(x) for x in turn.kept]

    @staticmethod
    def packed(loop: Loop, state: Sequence[Any], histories: Sequence[Values]) -> Any:
        """What a loop has carried and kept as the vector that is its value."""
        return _packed(loop, state, histories)


def _value(executor: str, loop: Loop, arrays: Sequence[Any]) -> Any:
    for exact in (False, True):
        try:
            return _run(loop, arrays, exact, executor)
        except Exception as error:
            failed = error
    raise LoopError(f"a turn of a loop fails: {failed}") from failed


def _run(loop: Loop, arrays: Sequence[Any], exact: bool, executor: str) -> Any:
    first = loop.turns[0]
    n, m = len(first.carried), len(first.carried) + len(first.rows)
    state: Values = arrays[:n]
    stacks = [_Stack(x) for x in arrays[n:m]]
    values = dict(zip(loop.captured, arrays[m:], strict=True))
    histories = Turns.histories(first)
    for which, rows in _course(loop):
        turn = loop.turns[which]
        own = [stack for stack, row in zip(stacks, turn.rows, strict=True) if row is not None]
        runner = _Runner(_made(turn), own, [values[x] for x in turn.captured], histories)
        state = runner.run(rows, state, exact, executor)
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


class _Stack:
    """A row for each turn."""

    __slots__ = ("_array", "_rows")

    def __init__(self, array: Any) -> None:
        self._array = array
        self._rows: Any = None

    def rows(self, exact: bool) -> Any:
        """The rows, as Python's numbers where they are numbers."""
        if exact or self._array.ndim != 1 or not _wide(self._array):
            return self._array
        if self._rows is None:
            self._rows = self._array.tolist()
        return self._rows

    def numbers(self) -> Any:
        """The rows as machine code reads them."""
        return np.ascontiguousarray(self._array, float)


def _wide(x: Any) -> bool:
    return x.dtype.char in "d?"


def _number(x: Any, exact: bool) -> Any:
    """A number as Python has it; arrays, and everything where it must be `exact`, as they are."""
    if exact:
        return x if isinstance(x, (np.ndarray, np.generic)) else np.asarray(x)[()]
    return (
        x.item() if np.ndim(x) == 0 and isinstance(x, (np.generic, np.ndarray)) and _wide(x) else x
    )


class _Runner(NamedTuple):
    """Runs turns of one kind, which read these and add to the histories."""

    made: _Made
    stacks: Sequence[_Stack]
    fixed: Values
    histories: Histories

    def follow(self, rows: range, state: Values, exact: bool, executor: str) -> Values:
        """What is carried when a guard fails, or behind the last of the rows.

        Python runs the first of them, since nobody knows how many there are.
        """
        if exact:
            return self.by_python(rows, state, exact)
        some = rows[: self.made.turns_before(executor, len(rows))]
        before = len(self.histories[0])
        if some:
            state = self.by_python(some, state, exact)
        count = len(self.histories[0]) - before
        self.made.turning.ran(count)
        goes_on = len(rows) > len(some) == count
        return self.by_machine(rows[len(some) :], state) if goes_on else state

    def run(self, rows: range, state: Values, exact: bool, executor: str) -> Values:
        """What is carried behind so many turns."""
        few = len(rows) < SHORT or self.made.turns_before(executor, len(rows)) == len(rows)
        if not (exact or few):
            return self.by_machine(rows, state)
        self.made.turning.ran(len(rows))
        return self.by_python(rows, state, exact)

    def by_python(self, rows: range, state: Values, exact: bool) -> Values:
        """The turns by the function that is written for them."""
        numbers, fixed = ([_number(x, exact) for x in items] for items in (state, self.fixed))
        stacks = [stack.rows(exact) for stack in self.stacks]
        adders = [history.append for history in self.histories]
        return self.made.function(exact)(rows, numbers, stacks, fixed, adders)

    def by_machine(self, rows: range, state: Values) -> Values:
        """The turns by machine code, if there is any for them."""
        machine = self.made.machine(len(rows))
        if machine is None:
            return self.by_python(rows, state, False)
        stacks = [stack.numbers() for stack in self.stacks]
        return machine.run(rows, state, stacks, self.fixed, self.histories)


class _Made:
    """What was made of a turn to run it, and how often Python has run it."""

    def __init__(self, turn: Turn) -> None:
        self.turn = turn
        self.turning = Turning(turn.body)
        self._functions: dict[bool, Callable[..., Values]] = {}
        self._machine: CompiledTurn | None = None
        self._is_plain = False

    def turns_before(self, executor: str, limit: int) -> int:
        """How many turns, of so many, Python is to run before the others are compiled."""
        if self._is_plain:
            return limit
        if self._machine is not None:
            return 0
        return int(min(self.turning.turns_before(executor), limit))

    def function(self, exact: bool) -> Callable[..., Values]:
        """The function that runs turns over rows."""
        if exact not in self._functions:
            self._functions[exact] = _Writer(self.turn, exact).function()
        return self._functions[exact]

    def machine(self, turns: int) -> CompiledTurn | None:
        """The turn as machine code that runs so often, if it can be."""
        if self._machine is None and not self._is_plain:
            from gradcli.exec.compiled.array_turns import machine_code

            self._machine = machine_code(self.turn, turns)
            self._is_plain = self._machine is None
        return self._machine


def _made(turn: Turn) -> _Made:
    """What is made of a turn, once."""
    if turn.code is None:
        turn.code = _Made(turn)
    made: _Made = turn.code
    return made


# --- from nodes to a function ---------------------------------------------------------------------


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
