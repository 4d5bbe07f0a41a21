"""The turns of a loop as machine code: one function that runs them all, whatever ways they go.

Arrays are small in it, so that each of their elements is a number of its own (`ir.elements`).
"""

from __future__ import annotations

from array import array
from itertools import pairwise
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from gradcli.exec.compiled import machine
from gradcli.exec.compiled.forms import check
from gradcli.exec.compiled.instructions import Writer, bits
from gradcli.exec.compiled.tracer import Tracer
from gradcli.ir.scalar import DOUBLE, Code

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gradcli.ir.loop import Turn
    from gradcli.ir.node import Node
    from gradcli.ir.scalar import Scalar

    Array = np.ndarray[Any, np.dtype[Any]]

LANES = 1
"""Each turn needs what the one before has made."""

AT_ONCE = 1 << 22
"""Instructions of a call, behind which an interruption is looked at."""

FIRST, MORE = 64, 8
"""Turns of the first call, which has room for them all, and how many times as many the next has."""

LONGEST = 8_000
"""Instructions of a way of a turn: compiling takes longer than they are many."""


class Ports(NamedTuple):
    """What goes in and out of the code of one way through a turn, by scalar.

    `carried` and `rows` are parameters, each stack having a list of its own; a guard has the value
    that it needs. The instructions are those of the range `code`.
    """

    carried: Sequence[Scalar]
    rows: Sequence[Sequence[Scalar]]
    after: Sequence[Scalar]
    kept: Sequence[Scalar]
    guards: Sequence[tuple[Scalar, float]]
    code: range


class TurnEmitter(Writer):
    """The text of a function that runs turns as long as one of their ways fits, and counts them.

    It notes which way that was; or, where it `follows`, takes those that were noted, by row.
    """

    def __init__(
        self, code: Code, fixed: Sequence[Scalar], ways: Sequence[Ports], follows: bool
    ) -> None:
        super().__init__(code, LANES)
        self._fixed = fixed
        self._ways = ways
        self._follows = follows
        self._after: list[list[str]] = []
        self._size = len(ways[0].carried)

    def text(self) -> str:
        """The module as text."""
        self._entry()
        self._head()
        for number in range(len(self._ways)):
            self._way(number)
        self._foot()
        head = (
            "define i64 @run(ptr %carried, ptr %stacks, ptr %fixed, ptr %kept, ptr %which, "
            "i64 %start, i64 %step, i64 %count) nounwind {"
        )
        return "\n".join([*self._declared.values(), head, *self._lines, "}"])

    def _entry(self) -> None:
        self._label("entry")
        stacks = sum(len(ports.rows) for ports in self._ways)
        for i in range(stacks):
            place = self._new(f"getelementptr ptr, ptr %stacks, i64 {i}")
            self._line(f"%stacks{i} = load ptr, ptr {place}")
        for i, x in enumerate(self._fixed):
            self._name(x, self._number("%fixed", i))
        for i in range(self._size):
            self._line(f"%begin{i} = load double, ptr {self._place('%carried', i)}")
        self._line("br label %head")

    def _number(self, array: str, index: object) -> str:
        """A number of an array in memory."""
        return self._new(f"load double, ptr {self._place(array, index)}")

    def _place(self, array: str, index: object, kind: str = "double") -> str:
        return self._new(f"getelementptr {kind}, ptr {array}, i64 {index}")

    def _name(self, x: Scalar, number: str) -> None:
        """A number from memory is the value of an operand."""
        self._names[x.index] = self._narrowed(number, x.dtype)

    def _head(self) -> None:
        """The head of a turn: its number, its row, and what is carried."""
        self._label("head")
        self._line("%k = phi i64 [ 0, %entry ], [ %next, %latch ]")
        for i in range(self._size):
            self._line(f"%now{i} = phi double [ %begin{i}, %entry ], [ %then{i}, %latch ]")
        self._line("%moved = mul i64 %k, %step")
        self._line("%row = add i64 %start, %moved")
        if not self._follows:
            self._line("%at = getelementptr i64, ptr %which, i64 %k")
        elif len(self._ways) > 1:
            self._line(f"%wanted = load i64, ptr {self._place('%which', '%row', 'i64')}")
        self._line("br label %way0")

    def _way(self, number: int) -> None:
        """What a turn computes on one way, and where it goes on if its guards hold."""
        ports = self._ways[number]
        self._label(f"way{number}")
        for i, x in enumerate(ports.carried):
            self._name(x, f"%now{i}")
        before = sum(len(other.rows) for other in self._ways[:number])
        for i, elements in enumerate(ports.rows, before):
            for x, place in zip(elements, self._places("%row", elements), strict=True):
                self._name(x, self._number(f"%stacks{i}", place))
        self._write(ports.code)
        self._after.append([self._wide(x) for x in ports.after])
        is_last = number == len(self._ways) - 1
        other = "exit" if is_last else f"way{number + 1}"
        self._line(f"br i1 {self._holds(number)}, label %more{number}, label %{other}")
        self._label(f"more{number}")
        for x, index in zip(ports.kept, self._places("%k", ports.kept), strict=True):
            self._line(f"store double {self._wide(x)}, ptr {self._place('%kept', index)}")
        if not self._follows:
            self._line(f"store i64 {number}, ptr %at")
        self._line("br label %latch")

    def _places(self, row: str, elements: Sequence[Scalar]) -> list[str]:
        """Where the elements of a row lie behind the first row."""
        first = self._new(f"mul i64 {row}, {len(elements)}")
        return [self._new(f"add i64 {first}, {j}") for j in range(len(elements))]

    def _wide(self, x: Scalar) -> str:
        """A value as it stands in memory."""
        one = self._names[x.index]
        return one if x.dtype == DOUBLE else self._new(f"uitofp i1 {one} to double")

    def _holds(self, number: int) -> str:
        """Whether a turn goes this way."""
        if self._follows:
            is_one = len(self._ways) == 1
            return "true" if is_one else self._new(f"icmp eq i64 %wanted, {number}")
        all_ = "true"
        for x, value in self._ways[number].guards:
            wanted = bits(value.hex(), DOUBLE)
            one = self._new(f"fcmp oeq double {self._wide(x)}, {wanted}")
            all_ = self._new(f"and i1 {all_}, {one}")
        return all_

    def _foot(self) -> None:
        """The end of a turn, and of them all."""
        last = f"way{len(self._ways) - 1}"
        self._label("latch")
        for i in range(self._size):
            values = [f"[ {after[i]}, %more{j} ]" for j, after in enumerate(self._after)]
            self._line(f"%then{i} = phi double {', '.join(values)}")
        self._line("%next = add i64 %k, 1")
        self._line("%again = icmp slt i64 %next, %count")
        self._line("br i1 %again, label %head, label %exit")
        self._label("exit")
        self._line(f"%turns = phi i64 [ %k, %{last} ], [ %next, %latch ]")
        for i in range(self._size):
            self._line(f"%end{i} = phi double [ %now{i}, %{last} ], [ %then{i}, %latch ]")
        for i in range(self._size):
            self._line(f"store double %end{i}, ptr {self._place('%carried', i)}")
        self._line("ret i64 %turns")


class CompiledTurns:
    """The ways of turns as machine code, which finds its course or `follows` one.

    A TypeError if there is none for them, or it would be too long.
    """

    def __init__(self, turns: Sequence[Turn], follows: bool) -> None:
        code = Code()
        tracer = Tracer(code, LONGEST * len(turns))
        captured = list(dict.fromkeys(x for turn in turns for x in turn.captured))
        fixed = tracer.parameters(captured)
        ways = [_ports(turn, tracer) for turn in turns]
        check(code, LANES)
        text, level = TurnEmitter(code, fixed, ways, follows).text(), machine.level_of(len(code))
        self._kernel = machine.compiled(text, machine.OF_TURNS, level)
        self._at_once = max(AT_ONCE // max(len(code), 1), 1)
        self._carried = turns[0].carried
        self._kept = turns[0].kept

    def run(
        self,
        rows: range,
        carried: Sequence[Any],
        stacks: Sequence[Array],
        fixed: Sequence[Any],
        histories: Sequence[Any],
    ) -> tuple[Sequence[Any], list[tuple[int, int]]]:
        """What is carried when no way fits, or behind the last of the rows; histories grow.

        And which way was taken how often.
        """
        state, numbers = self._memory(carried, fixed)
        places, most = _places(stacks), FIRST
        path: list[tuple[int, int]] = []
        while rows:
            some = rows[: min(most, self._at_once)]
            most *= MORE
            kept, which = self._room(len(some)), np.zeros(len(some), np.int64)
            count = self._run((state, places, kept, numbers, which), some)
            self._grow(histories, kept[:count])
            path += _runs(which[:count])
            rows = rows[len(some) :] if count == len(some) else range(0)
        return self._apart(state), path

    def follow(
        self,
        rows: range,
        carried: Sequence[Any],
        stacks: Sequence[Array],
        fixed: Sequence[Any],
        course: Array,
        histories: Sequence[Any] | None = None,
    ) -> tuple[Sequence[Any], Sequence[Any]]:
        """What is carried behind the last of the rows, and the histories.

        These grow if they are given; else they are arrays. The `course` has a way for each row, if
        there are several.
        """
        state, numbers = self._memory(carried, fixed)
        places, step = _places(stacks), self._at_once
        kept = self._room(len(rows) if histories is None else min(len(rows), step))
        for start in range(0, len(rows), step):
            some = rows[start : start + step]
            here = kept[start:] if histories is None else kept
            self._run((state, places, here, numbers, course), some)
            if histories is not None:
                self._grow(histories, kept[: len(some)])
        made = _columns(kept, self._kept) if histories is None else histories
        return self._apart(state), made

    def _room(self, turns: int) -> Array:
        """Where so many turns leave what they keep."""
        return np.empty((turns, sum(x.size for x in self._kept)))

    def _grow(self, histories: Sequence[Any], kept: Array) -> None:
        """Adds what turns have kept to histories."""
        for history, part in zip(histories, _columns(kept, self._kept), strict=True):
            _extend(history, part)

    def _run(self, arrays: Sequence[Array], rows: range) -> int:
        """Runs turns, with what they read and write; how many went one of the ways."""
        state, places, kept, numbers, which = [array.ctypes.data for array in arrays]
        bounds = rows.start, rows.step, len(rows)
        count: int = self._kernel.run(state, places, numbers, kept, which, *bounds)
        return count

    def _memory(self, carried: Sequence[Any], fixed: Sequence[Any]) -> tuple[Array, Array]:
        """What is carried, where the code reads it and leaves it, and what stays the same."""
        return flat(carried), flat(fixed)

    def _apart(self, state: Array) -> Sequence[Any]:
        """What is carried, as numbers, truth values and arrays."""
        items, start = [], 0
        for x in self._carried:
            part = state[start : start + x.size].astype(x.dtype).reshape(x.shape)
            items.append(part if x.shape else part.item())
            start += x.size
        return items


def _columns(rows: Array, nodes: Sequence[Node]) -> list[Array]:
    """The values of nodes by row, which lie behind one another in each row."""
    parts, start = [], 0
    for x in nodes:
        part = rows[:, start : start + x.size].astype(x.dtype, copy=False)
        parts.append(part.reshape(len(rows), *x.shape))
        start += x.size
    return parts


def _runs(which: Array) -> list[tuple[int, int]]:
    """Each number, and how often it stands there in a row."""
    if not len(which):
        return []
    starts = [0, *(np.flatnonzero(np.diff(which)) + 1).tolist(), len(which)]
    return [(int(which[start]), stop - start) for start, stop in pairwise(starts)]


def flat(items: Sequence[Any]) -> Array:
    """All numbers of some arrays in one."""
    return np.concatenate([np.ravel(np.asarray(x, float)) for x in items] or [np.empty(0)])


def _extend(history: Any, rows: Array) -> None:
    """Adds rows to a list, to an array of numbers, or to a history that does not keep all."""
    if isinstance(history, array):
        history.frombytes(np.ascontiguousarray(rows).view(np.uint8).data)
    else:
        history.extend(rows.tolist() if rows.ndim == 1 and isinstance(history, list) else rows)


def _places(arrays: Sequence[Array]) -> Array:
    """Where arrays lie in memory."""
    return np.array([x.ctypes.data for x in arrays], np.uintp)


def _ports(turn: Turn, tracer: Tracer) -> Ports:
    """What goes in and out of the code of a way, which the tracer writes."""
    start = len(tracer.code)
    carried = tracer.parameters(turn.carried)
    rows = [tracer.parameters([x]) for x in turn.rows if x is not None]
    tracer.follow(turn.body)
    guards = [
        (scalar, float(wanted))
        for node, value in turn.guards
        for scalar, wanted in zip(
            tracer.all([node]), np.ravel(np.broadcast_to(value, node.shape)), strict=True
        )
    ]
    after, kept = tracer.all(turn.after), tracer.all(turn.kept)
    return Ports(carried, rows, after, kept, guards, range(start, len(tracer.code)))
