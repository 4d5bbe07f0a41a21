"""The turns of a loop, run by a Python function of each of their ways, then by machine code of all.

What Python refuses where NumPy gives an infinity or NaN is done again with NumPy's numbers.
"""

from __future__ import annotations

import sys
from array import array
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from gradcli.errors import LoopError
from gradcli.exec.executors import Turning, loads_compiler
from gradcli.exec.histories import History, histories
from gradcli.exec.turn_functions import TurnWriter, number, saved, wide
from gradcli.ir.loop import Bounds, Loop, Trace, Turn, Way

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from gradcli.exec.compiled.turns import CompiledTurns
    from gradcli.exec.plain import Evaluator
    from gradcli.ir.node import Node

    Values = Sequence[Any]
    Histories = Sequence[Any]

FAILURES = LoopError, ArithmeticError, ValueError, IndexError
"""What a turn may raise, which raises it again, with its place, lowered as it stands; no limits."""

OF_NUMBERS = *FAILURES, TypeError, AttributeError
"""The same of Python's numbers, which divide by no zero and are no arrays."""

SURELY, TRIED = 1.25, 16
"""How many times the time of compiling the turns of a counted loop must save, and how many are run
before."""

CALL = 5e-5
"""Seconds that it takes to call machine code."""


class Meter:
    """What runs loops, and how many steps those have taken that found their course in doing so."""

    def __init__(self, executor: str) -> None:
        self.executor = executor
        self.steps = 0


class Turns:
    """What an interpreter needs to run turns: values of nodes, and the turns themselves.

    `questions(body, moving)` are nodes that are 0 as long as no operation stands where a convention
    may pass for its slope. `run(loop, arrays)` gives the trace of a loop from the values of its
    inputs; a LoopError where a turn fails.
    """

    def __init__(
        self,
        evaluator: Evaluator,
        questions: Callable[[Sequence[Node], set[Node]], list[Node]],
        executor: str,
    ) -> None:
        self._evaluator = evaluator
        self._meter = Meter(executor)
        self.questions = questions
        self.run = partial(_value, self._meter)

    @property
    def steps(self) -> int:
        """The steps of loops that have found their course as they were run."""
        return self._meter.steps

    def value(self, node: Node) -> Any:
        """The value of a node."""
        return self._evaluator.reach(node)

    def suppose(self, node: Node, value: Any) -> None:
        """Gives a node a value: a parameter one to look at, a loop the one that is known."""
        has_type = hasattr(value, "dtype")  # and is no number of Python's
        self._evaluator.values[node] = value if has_type else np.asarray(value, node.dtype)[()]

    def go(self, ways: Sequence[Way], trace: Trace, bounds: Bounds, first: int) -> None:
        """Goes on with a loop as far as its ways and the bounds let it, from that row on."""
        runners = [
            _Runner(
                _made(turn),
                [_Stack(self.value(x)) for x in stacks],
                [self.value(x) for x in turn.captured],
            )
            for turn, stacks in ways
        ]
        _go(runners, trace, bounds, self._meter.executor, first)

    @staticmethod
    def histories(carried: Sequence[Node]) -> Histories:
        """Where the rows of what turns carry will go."""
        return histories(carried, range(len(carried)))


def _value(meter: Meter, loop: Loop, arrays: Sequence[Any]) -> Trace:
    with suppress(*OF_NUMBERS):
        return _run(loop, arrays, False, meter)
    try:
        return _run(loop, arrays, True, meter)
    except FAILURES as error:
        raise LoopError(f"a turn of a loop fails: {error}") from error


def _run(loop: Loop, arrays: Sequence[Any], exact: bool, meter: Meter) -> Trace:
    starts, stacks, traces, fixed = loop.parts(arrays)
    rows = [_Stack(x) for x in (*stacks, *(rows for t in traces for rows in t.histories))]
    values = dict(zip(loop.captured, fixed, strict=True))
    runners = [
        _Runner(
            _made(turn),
            [stack for stack, row in zip(rows, turn.rows, strict=True) if row is not None],
            [values[x] for x in turn.captured],
        )
        for turn in loop.turns
    ]
    trace = Trace(starts, histories(loop.kept, None if loop.backwards else _carried(loop)))
    path = traces[0].path if loop.path is None and traces else loop.path
    if path is None:
        assert loop.bounds is not None
        _go(runners, trace, loop.bounds, meter.executor)
        meter.steps += trace.steps
        return trace
    together = _Together(runners, path)
    if exact or not together.run(trace, path, loop.backwards, meter.executor):
        for which, turns in _course(path, loop.backwards):
            trace.state = runners[which].by_python(turns, trace.state, trace.histories, exact)
        together.made.turning.ran(sum(count for _, count in path))
    _remember(runners, trace, path, exact=exact)
    if loop.backwards:
        trace.histories = [history[::-1] for history in trace.histories]
    for which, count in path:
        trace.add(which, count, 0)
    return trace


def _carried(loop: Loop) -> Sequence[int] | None:
    """Among what turns keep, what they carry; None if that is not all there."""
    places = [{x: i for i, x in enumerate(turn.kept)} for turn in loop.turns]
    ways = {
        tuple([where.get(x, -1) for x in turn.carried])
        for turn, where in zip(loop.turns, places, strict=True)
    }
    carried = ways.pop()
    return None if ways or -1 in carried else carried


def _remember(
    runners: Sequence[_Runner],
    trace: Trace,
    path: Sequence[tuple[int, int]],
    first: int = 0,
    *,
    exact: bool = False,
) -> None:
    """Tells histories of which not all rows stay how their turns are run again."""

    def again(turns: range, state: Values) -> Histories:
        made: list[list[Any]] = [[] for _ in trace.histories]
        for which, rows in _course(path, False):
            some = range(max(rows.start, turns.start), min(rows.stop, turns.stop))
            if some:
                some = range(first + some.start, first + some.stop)
                state = runners[which].by_python(some, state, made, exact)
        return made

    for history in trace.histories[:1]:
        if isinstance(history, History):
            history.rows.again = again


def _course(path: Iterable[tuple[int, int]], backwards: bool) -> Iterable[tuple[int, range]]:
    """Which turn is taken for which rows, in the order in which the loop runs."""
    course, start = [], 0
    for which, count in path:
        course.append((which, range(start, start + count)))
        start += count
    return [(which, turns[::-1]) for which, turns in reversed(course)] if backwards else course


def _go(
    runners: Sequence[_Runner], trace: Trace, bounds: Bounds, executor: str, first: int = 0
) -> None:
    """Goes on with a loop as far as its ways and the bounds let it.

    Python runs the first turns, since nobody knows how many there are.
    """
    together, before = _Together(runners), trace.count
    few = together.made.turns_before(executor, bounds.turns - before)
    _by_python(runners, trace, Bounds(before + few, bounds.steps), first)
    together.made.turning.ran(trace.count - before)
    if few < bounds.turns - before and trace.count == before + few:
        together.go(trace, bounds, first)
        _by_python(runners, trace, bounds, first)
    _remember(runners, trace, trace.path, first)


def _by_python(runners: Sequence[_Runner], trace: Trace, bounds: Bounds, first: int) -> None:
    while trace.count < bounds.turns and any(
        _follows(runners[i], i, trace, bounds, first) for i in trace.likely(len(runners))
    ):
        pass


def _follows(runner: _Runner, which: int, trace: Trace, bounds: Bounds, first: int) -> bool:
    """Whether turns go this way; as many as do are run."""
    steps = runner.made.turn.steps
    start, before = first + trace.count, trace.count
    ahead = min(bounds.turns - before, (bounds.steps - trace.steps) // steps)
    for exact, failures in ((False, OF_NUMBERS), (True, FAILURES)):
        try:
            rows = range(start, start + ahead)
            trace.state = runner.by_python(rows, trace.state, trace.histories, exact)
        except failures:
            for history in trace.histories:
                del history[before:]
        else:
            count = len(trace.histories[0]) - before
            if count:
                trace.add(which, count, steps)
            return count > 0
    return False


class _Stack:
    """A row for each turn, of an array or of a history."""

    __slots__ = ("_numbers", "_rows")

    def __init__(self, rows: Any) -> None:
        self._rows = rows
        self._numbers: Any = None

    @property
    def has_gaps(self) -> bool:
        """Whether rows have to be made again, a stretch of them at a time."""
        return isinstance(self._rows, History) and self._rows.every > 1

    def rows(self, exact: bool) -> Any:
        """The rows, as Python's numbers where they are numbers."""
        rows = self._rows
        if isinstance(rows, array):
            return np.asarray(rows) if exact else rows
        if exact or isinstance(rows, (list, History)) or rows.ndim != 1 or not wide(rows):
            return rows
        return rows.tolist()

    def numbers(self) -> Any:
        """The rows as machine code reads them."""
        if self._numbers is None:
            self._numbers = np.ascontiguousarray(self._rows, float)
        return self._numbers


class _Runner(NamedTuple):
    """Runs turns of one kind, which read these."""

    made: _Made
    stacks: Sequence[_Stack]
    fixed: Values

    def by_python(self, rows: range, state: Values, histories: Histories, exact: bool) -> Values:
        """What is carried when a guard fails, or behind the last of the rows; histories grow."""
        numbers, fixed = ([number(x, exact) for x in items] for items in (state, self.fixed))
        stacks = [stack.rows(exact) for stack in self.stacks]
        adders = [history.append for history in histories]
        return self.made.function(exact)(rows, numbers, stacks, fixed, adders)


class _Together:
    """Runs turns of all kinds by machine code, if there is any; of a `path` that is known."""

    def __init__(
        self, runners: Sequence[_Runner], path: Sequence[tuple[int, int]] | None = None
    ) -> None:
        self.runners = runners
        turns = tuple(runner.made.turn for runner in runners)
        key = turns, path is not None
        machines = runners[0].made.machines
        if key not in machines:
            machines[key] = _Machine(*key)
        self.made = machines[key]

    def go(self, trace: Trace, bounds: Bounds, first: int) -> None:
        """Goes on with a loop as far as its ways and the bounds let it."""
        each = [runner.made.turn.steps for runner in self.runners]
        ahead = min(bounds.turns - trace.count, (bounds.steps - trace.steps) // max(each))
        machine = self.made.machine(ahead)
        if machine is None:
            return
        start = first + trace.count
        rows = range(start, start + ahead)
        trace.state, path = machine.run(rows, trace.state, *self._inputs(), trace.histories)
        for which, count in path:
            trace.add(which, count, each[which])

    def run(
        self, trace: Trace, path: Sequence[tuple[int, int]], backwards: bool, executor: str
    ) -> bool:
        """Runs a whole path, if that is worth it."""
        count = sum(count for _, count in path)
        stacks = [stack for runner in self.runners for stack in runner.stacks]
        if (
            self.made.turning.saves(count) < CALL
            or any(stack.has_gaps for stack in stacks)
            or self.made.turns_before(executor, count) == count
        ):
            return False
        machine = self.made.machine(count)
        if machine is None:
            return False
        several = path if len(self.runners) > 1 else path[:0]
        course = np.repeat(*np.array(several, np.int64).reshape(-1, 2).T)
        rows = range(count)[::-1] if backwards else range(count)
        grow = any(isinstance(x, History) and x.rows.most < count for x in trace.histories)
        trace.state, trace.histories = machine.follow(
            rows, trace.state, *self._inputs(), course, trace.histories if grow else None
        )
        return True

    def _inputs(self) -> tuple[list[Any], list[Any]]:
        """The stacks of all ways, and what is captured."""
        stacks = [stack.numbers() for runner in self.runners for stack in runner.stacks]
        fixed: dict[Node, Any] = {}
        for runner in self.runners:
            fixed.update(zip(runner.made.turn.captured, runner.fixed, strict=True))
        return stacks, list(fixed.values())


class _Machine:
    """What was made of the ways of turns together, and how often Python has run them."""

    def __init__(self, turns: Sequence[Turn], follows: bool) -> None:
        self.turns = turns
        self.follows = follows
        self.turning = Turning([node for turn in turns for node in turn.body], saved)
        self._machine: CompiledTurns | None = None
        self._is_plain = False

    def turns_before(self, executor: str, limit: int) -> int:
        """How many turns, of so many, Python is to run before the others are compiled.

        Of a loop that has so many turns, these tell whether its guards hold; how many turns one has
        that goes on as long as they do, nobody knows.
        """
        if self._is_plain:
            return limit
        if self._machine is not None:
            return 0
        enough = self.turning.turns_before(executor)
        is_worth = limit < sys.maxsize and SURELY * enough < limit
        return int(min(enough, TRIED if is_worth else limit))

    def machine(self, turns: int) -> CompiledTurns | None:
        """The turns, which run so often, as machine code, if they can be."""
        if self._machine is None and not self._is_plain:
            from gradcli.exec.compiled.array_turns import machine_code

            if loads_compiler():
                self._machine = machine_code(self.turns, self.follows, turns)
            self._is_plain = self._machine is None
        return self._machine


class _Made:
    """What was made of a turn to run it, and of several together of which it is the first."""

    def __init__(self, turn: Turn) -> None:
        self.turn = turn
        self.machines: dict[tuple[tuple[Turn, ...], bool], _Machine] = {}
        self._functions: dict[bool, Callable[..., Values]] = {}

    def function(self, exact: bool) -> Callable[..., Values]:
        """The function that runs turns over rows."""
        if exact not in self._functions:
            self._functions[exact] = TurnWriter(self.turn, exact).function()
        return self._functions[exact]


def _made(turn: Turn) -> _Made:
    """What is made of a turn, once."""
    if turn.code is None:
        turn.code = _Made(turn)
    made: _Made = turn.code
    return made
