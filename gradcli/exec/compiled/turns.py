"""The turns of a loop as machine code: one function that runs them all.

Arrays are small in it, so that each of their elements is a number of its own (`ir.elements`).
"""

from __future__ import annotations

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
    from gradcli.ir.scalar import Scalar

    Array = np.ndarray[Any, np.dtype[Any]]

LANES = 1
"""Each turn needs what the one before has made."""

AT_ONCE = 1 << 22
"""Instructions of a call, behind which an interruption is looked at."""

FIRST, MORE = 64, 8
"""Turns of the first call, which has room for them all, and how many times as many the next has."""

LONGEST = 8_000
"""Instructions of a turn: compiling takes longer than they are many."""


class Ports(NamedTuple):
    """What goes in and out of the code of a turn, by scalar; a guard has the value that it needs.

    Parameters are what is carried, the rows of stacks, and what stays the same. A stack has a list
    of its own, as has what is kept.
    """

    carried: Sequence[Scalar]
    rows: Sequence[Sequence[Scalar]]
    fixed: Sequence[Scalar]
    after: Sequence[Scalar]
    kept: Sequence[Sequence[Scalar]]
    guards: Sequence[tuple[Scalar, float]]


class TurnEmitter(Writer):
    """The text of a function that runs turns as long as their guards hold, and counts them."""

    def __init__(self, code: Code, ports: Ports) -> None:
        super().__init__(code, LANES)
        self._ports = ports
        self._starts: list[str] = []
        self._after: list[str] = []

    def text(self) -> str:
        """The module as text."""
        self._entry()
        self._body()
        self._foot()
        head = (
            "define i64 @run(ptr %carried, ptr %stacks, ptr %fixed, ptr %kept, "
            "i64 %start, i64 %step, i64 %count) {"
        )
        return "\n".join([*self._declared.values(), head, *self._lines, "}"])

    def _entry(self) -> None:
        self._label("entry")
        for name, scalars in (("stacks", self._ports.rows), ("kept", self._ports.kept)):
            for i in range(len(scalars)):
                place = self._new(f"getelementptr ptr, ptr %{name}, i64 {i}")
                self._line(f"%{name}{i} = load ptr, ptr {place}")
        for i, x in enumerate(self._ports.fixed):
            self._name(x, self._number("%fixed", i))
        self._starts = [self._number("%carried", i) for i in range(len(self._ports.carried))]
        self._line("br label %head")

    def _number(self, array: str, index: object) -> str:
        """A number of an array in memory."""
        return self._new(f"load double, ptr {self._place(array, index)}")

    def _place(self, array: str, index: object) -> str:
        return self._new(f"getelementptr double, ptr {array}, i64 {index}")

    def _name(self, x: Scalar, number: str) -> None:
        """A number from memory is the value of an operand."""
        self._names[x.index] = self._narrowed(number, x.dtype)

    def _body(self) -> None:
        """The head of a turn, what it computes, and whether its guards hold."""
        ports = self._ports
        self._label("head")
        self._line("%k = phi i64 [ 0, %entry ], [ %next, %more ]")
        first = len(self._lines)
        moved = self._new("mul i64 %k, %step")
        row = self._new(f"add i64 %start, {moved}")
        for i, x in enumerate(ports.carried):
            self._name(x, f"%now{i}")
        for i, elements in enumerate(ports.rows):
            for x, place in zip(elements, self._places(row, elements), strict=True):
                self._name(x, self._number(f"%stacks{i}", place))
        self._write(range(len(self._code)))
        self._after = [self._wide(x) for x in ports.after]
        self._lines[first:first] = [
            f"  %now{i} = phi double [ {start}, %entry ], [ {after}, %more ]"
            for i, (start, after) in enumerate(zip(self._starts, self._after, strict=True))
        ]
        self._line(f"br i1 {self._holds()}, label %more, label %exit")

    def _places(self, row: str, elements: Sequence[Scalar]) -> list[str]:
        """Where the elements of a row lie behind the first row."""
        first = self._new(f"mul i64 {row}, {len(elements)}")
        return [self._new(f"add i64 {first}, {j}") for j in range(len(elements))]

    def _wide(self, x: Scalar) -> str:
        """A value as it stands in memory."""
        one = self._names[x.index]
        return one if x.dtype == DOUBLE else self._new(f"uitofp i1 {one} to double")

    def _holds(self) -> str:
        """Whether all guards hold."""
        all_ = "true"
        for x, value in self._ports.guards:
            wanted = bits(value.hex(), DOUBLE)
            one = self._new(f"fcmp oeq double {self._wide(x)}, {wanted}")
            all_ = self._new(f"and i1 {all_}, {one}")
        return all_

    def _foot(self) -> None:
        """The end of a turn, and of them all."""
        ports = self._ports
        self._label("more")
        for i, elements in enumerate(ports.kept):
            for x, index in zip(elements, self._places("%k", elements), strict=True):
                place = self._place(f"%kept{i}", index)
                self._line(f"store double {self._wide(x)}, ptr {place}")
        self._line("%next = add i64 %k, 1")
        self._line("%again = icmp slt i64 %next, %count")
        self._line("br i1 %again, label %head, label %exit")
        self._label("exit")
        self._line("%turns = phi i64 [ %k, %head ], [ %next, %more ]")
        for i, after in enumerate(self._after):
            self._line(f"%end{i} = phi double [ %now{i}, %head ], [ {after}, %more ]")
        for i in range(len(self._after)):
            self._line(f"store double %end{i}, ptr {self._place('%carried', i)}")
        self._line("ret i64 %turns")


class CompiledTurn:
    """A turn as machine code; a TypeError if there is none for it, or it would be too long."""

    def __init__(self, turn: Turn) -> None:
        code = Code()
        ports = _ports(turn, Tracer(code, LONGEST))
        check(code, LANES)
        text, level = TurnEmitter(code, ports).text(), machine.level_of(len(code))
        self._kernel = machine.compiled(text, machine.OF_TURNS, level)
        self._at_once = max(AT_ONCE // max(len(code), 1), 1)
        self._carried = turn.carried
        self._kept = turn.kept

    def run(
        self,
        rows: range,
        carried: Sequence[Any],
        stacks: Sequence[Array],
        fixed: Sequence[Any],
        histories: Sequence[Any],
    ) -> Sequence[Any]:
        """What is carried when a guard fails, or behind the last of the rows; histories grow."""
        state, numbers = self._memory(carried, fixed)
        places, most = _places(stacks), FIRST
        while rows:
            some = rows[: min(most, self._at_once)]
            most *= MORE
            kept = [np.empty((len(some), *x.shape)) for x in self._kept]
            into = _places(kept)
            arrays = [a.ctypes.data for a in (state, places, numbers, into)]
            count = self._kernel.run(*arrays, some.start, some.step, len(some))
            for history, part, x in zip(histories, kept, self._kept, strict=True):
                _extend(history, part[:count].astype(x.dtype, copy=False))
            rows = rows[len(some) :] if count == len(some) else range(0)
        return self._apart(state)

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


def flat(items: Sequence[Any]) -> Array:
    """All numbers of some arrays in one."""
    return np.concatenate([np.ravel(np.asarray(x, float)) for x in items] or [np.empty(0)])


def _extend(history: Any, rows: Array) -> None:
    """Adds rows to a list, or to an array of numbers."""
    if isinstance(history, list):
        history.extend(rows if rows.ndim > 1 else rows.tolist())
    else:
        history.frombytes(rows.view(np.uint8))


def _places(arrays: Sequence[Array]) -> Array:
    """Where arrays lie in memory."""
    return np.array([array.ctypes.data for array in arrays], np.uintp)


def _ports(turn: Turn, tracer: Tracer) -> Ports:
    """What goes in and out of the code of a turn, which the tracer writes."""
    carried = tracer.parameters(turn.carried)
    rows = [tracer.parameters([x]) for x in turn.rows if x is not None]
    fixed = tracer.parameters(turn.captured)
    tracer.follow(turn.body)
    guards = [
        (scalar, float(wanted))
        for node, value in turn.guards
        for scalar, wanted in zip(
            tracer.all([node]), np.ravel(np.broadcast_to(value, node.shape)), strict=True
        )
    ]
    kept = [tracer.all([x]) for x in turn.kept]
    return Ports(carried, rows, fixed, tracer.all(turn.after), kept, guards)
