"""The turns of a loop as machine code: one function that runs them, for turns of numbers alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from gradcli.exec.compiled import machine
from gradcli.exec.compiled.forms import applied, check
from gradcli.exec.compiled.instructions import Writer, letter
from gradcli.ir.node import body_of
from gradcli.ir.record import CONSTANT
from gradcli.ir.scalar import BOOL, DOUBLE, Code

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from gradcli.exec.compiled.instructions import Symbol
    from gradcli.ir.loop import Turn
    from gradcli.ir.node import Node
    from gradcli.ir.scalar import Scalar

    Array = np.ndarray[Any, np.dtype[Any]]

AT_ONCE = 1 << 22
"""Instructions of a call, behind which an interruption is looked at."""


def symbol(function: str, dtype: np.dtype[Any], operands: int) -> tuple[str, int]:
    """The C library's function of one number."""
    return machine.symbol(function, dtype, operands, 1)


class Ports(NamedTuple):
    """What goes in and out of the code of a turn, by scalar; a guard has the value that it needs.

    Parameters are what is carried, the rows of stacks, and what stays the same.
    """

    carried: Sequence[Scalar]
    rows: Sequence[Scalar]
    fixed: Sequence[Scalar]
    after: Sequence[Scalar]
    kept: Sequence[Scalar]
    guards: Sequence[tuple[Scalar, float]]


class TurnEmitter(Writer):
    """The text of a function that runs turns as long as their guards hold, and counts them."""

    def __init__(self, code: Code, ports: Ports, symbol: Symbol) -> None:
        super().__init__(code, symbol, 1)
        self._ports = ports

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
        for i in range(len(self._ports.carried)):
            self._line(f"%begin{i} = fadd double {self._number('%carried', i)}, -0.0")
        self._line("br label %head")

    def _number(self, array: str, index: object) -> str:
        """A number of an array in memory."""
        return self._new(f"load double, ptr {self._place(array, index)}")

    def _place(self, array: str, index: object) -> str:
        return self._new(f"getelementptr double, ptr {array}, i64 {index}")

    def _name(self, x: Scalar, number: str) -> None:
        """A number from memory is the value of an operand."""
        kind = BOOL if x.dtype == BOOL else DOUBLE
        self._names[x.index] = self._splat(self._narrowed(number, kind), letter(kind))

    def _body(self) -> None:
        """The head of a turn, what it computes, and whether its guards hold."""
        ports = self._ports
        self._label("head")
        self._line("%k = phi i64 [ 0, %entry ], [ %next, %more ]")
        for i in range(len(ports.carried)):
            self._line(f"%now{i} = phi double [ %begin{i}, %entry ], [ %after{i}, %more ]")
        moved = self._new("mul i64 %k, %step")
        row = self._new(f"add i64 %start, {moved}")
        for i, x in enumerate(ports.carried):
            self._name(x, f"%now{i}")
        for i, x in enumerate(ports.rows):
            self._name(x, self._number(f"%stacks{i}", row))
        self._write_instructions()
        for i, x in enumerate(ports.after):
            self._line(f"%after{i} = fadd double {self._wide(x)}, -0.0")
        self._line(f"br i1 {self._holds()}, label %more, label %exit")

    def _wide(self, x: Scalar) -> str:
        """A value as it stands in memory."""
        one = self._one(x)
        return one if x.dtype == DOUBLE else self._new(f"uitofp i1 {one} to double")

    def _one(self, x: Scalar) -> str:
        kind = self.vector(x.dtype)
        return self._new(f"extractelement {kind} {self._names[x.index]}, i64 0")

    def _holds(self) -> str:
        """Whether all guards hold."""
        all_ = "true"
        for x, value in self._ports.guards:
            wanted = f"0x{np.float64(value).view(np.uint64):016X}"
            one = self._new(f"fcmp oeq double {self._wide(x)}, {wanted}")
            all_ = self._new(f"and i1 {all_}, {one}")
        return all_

    def _foot(self) -> None:
        """The end of a turn, and of them all."""
        ports = self._ports
        self._label("more")
        for i, x in enumerate(ports.kept):
            self._line(f"store double {self._wide(x)}, ptr {self._place(f'%kept{i}', '%k')}")
        self._line("%next = add i64 %k, 1")
        self._line("%again = icmp slt i64 %next, %count")
        self._line("br i1 %again, label %head, label %exit")
        self._label("exit")
        self._line("%turns = phi i64 [ %k, %head ], [ %next, %more ]")
        for i in range(len(ports.carried)):
            self._line(f"%end{i} = phi double [ %now{i}, %head ], [ %after{i}, %more ]")
        for i in range(len(ports.carried)):
            self._line(f"store double %end{i}, ptr {self._place('%carried', i)}")
        self._line("ret i64 %turns")


class CompiledTurn:
    """A turn as machine code; a TypeError if it is none of numbers that have scalar forms."""

    def __init__(self, turn: Turn) -> None:
        code = Code()
        ports = _traced(turn, code)
        check(code, symbol)
        self._kernel = machine.compiled(TurnEmitter(code, ports, symbol).text(), machine.OF_TURNS)
        self._at_once = max(AT_ONCE // max(len(code), 1), 1)
        self._is_bool = [x.is_bool for x in turn.carried]

    def run(
        self,
        rows: range,
        carried: Sequence[Any],
        stacks: Sequence[Array],
        fixed: Sequence[Any],
        histories: Sequence[Any],
    ) -> Sequence[Any]:
        """What is carried when a guard fails, or behind the last of the rows; histories grow."""
        state = np.array(carried, float)
        numbers = np.array(fixed, float)
        places = _places(stacks)
        while rows:
            some = rows[: self._at_once]
            kept = [np.empty(len(some)) for _ in histories]
            into = _places(kept)
            arrays = [a.ctypes.data for a in (state, places, numbers, into)]
            count = self._kernel.run(*arrays, some.start, some.step, len(some))
            for history, part in zip(histories, kept, strict=True):
                history.frombytes(part[:count].view(np.uint8))
            rows = rows[len(some) :] if count == len(some) else range(0)
        pairs = zip(state.tolist(), self._is_bool, strict=True)
        return [bool(x) if is_bool else x for x, is_bool in pairs]


def _places(arrays: Sequence[Array]) -> Array:
    """Where arrays lie in memory."""
    return np.array([array.ctypes.data for array in arrays], np.uintp)


def _traced(turn: Turn, code: Code) -> Ports:
    """The code of a turn, and which of its scalars are what."""
    rows = [x for x in turn.rows if x is not None]
    scalars: dict[Node, Any] = {}
    operands: list[Any]
    for x in (*turn.carried, *rows, *turn.captured):
        _refuse_others(x)
        scalars[x] = code.operand(len(scalars), x.dtype)
    for node in body_of(turn.parameters(), turn.outputs()):
        _refuse_others(node)
        operands = [scalars.get(x) for x in node.inputs]
        scalars[node] = applied(code, node, operands)

    def found(nodes: Iterable[Node]) -> list[Scalar]:
        return [_scalar(code, scalars, x) for x in nodes]

    guarded = zip(found(g.node for g in turn.guards), turn.guards, strict=True)
    return Ports(
        found(turn.carried),
        found(rows),
        found(turn.captured),
        found(turn.after),
        found(turn.kept),
        [(scalar, float(guard.value)) for scalar, guard in guarded],
    )


def _refuse_others(node: Node) -> None:
    if node.shape or node.dtype not in (DOUBLE, BOOL):
        raise TypeError("only numbers of 64 bits are turned into machine code")


def _scalar(code: Code, scalars: dict[Node, Any], node: Node) -> Scalar:
    if node.op is CONSTANT and node not in scalars:
        _refuse_others(node)
        scalars[node] = code.constant(node.attrs[0], node.dtype)
    scalar: Scalar = scalars[node]
    return scalar
