"""The emitter of a region: the loops over each of some rows, as a module of LLVM IR."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gradcli.exec.compiled.blocks import PARAMETERS
from gradcli.exec.compiled.emit import ADDED, NAMED, LoopEmitter, Way, stored_as
from gradcli.exec.compiled.instructions import letter
from gradcli.ir.scalar import BOOL

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gradcli.exec.compiled.emit import Port
    from gradcli.exec.compiled.loops import Loop
    from gradcli.ir.scalar import Code

HEAD = f'define void @run({PARAMETERS}) "frame-pointer"="all" {{'


class Emitter(LoopEmitter):
    """The text of a function that runs code over rows, from the first to before the last.

    Rows have places on so many `axes`, whose `extents` are known. `strides` has a line for each
    array: the bytes from one place to the next, by axis, and then from where to where it stands
    there. Sums are in `cells`, and arrays tell where. What is kept of elements is `beside`, room
    for as many as `padded` says. If there is one row, loops over it that do not need one another
    are turns of their own, as if each were for a row.
    """

    def __init__(
        self,
        code: Code,
        operands: Sequence[Port],
        results: Sequence[Port],
        axes: int,
        notes: dict[int, str] | None = None,
    ) -> None:
        super().__init__(code, operands, results, notes)
        self._axes = axes

    @property
    def turns(self) -> int:
        """The loops that threads may run at once; 1 if they follow one another."""
        all_ = self._loops.all
        are_apart = not (self._axes or any(loop.folds or loop.read for loop in all_))
        return max(len(self.loops), 1) if are_apart else 1

    def text(self) -> str:
        """The module as text."""
        return self.begun().whole()

    def whole(self) -> str:
        """The same, of a writer that has written nothing."""
        self._entry()
        self._begin_row()
        for number, loop in enumerate(self._loops.all):
            self._write([i for i in loop.before if i not in self._names])
            if number in self.loops:
                self._write_turn(number, loop)
        self._end_row()
        return "\n".join([*self._declared.values(), HEAD, *self._lines, "}"])

    def _write_turn(self, number: int, loop: Loop) -> None:
        """A loop, perhaps for one turn alone."""
        if self.turns == 1:
            self._write_loop(number, loop)
            return
        is_its = self._new(f"icmp eq i64 %r, {self.loops.index(number)}")
        self._line(f"br i1 {is_its}, label %turn{number}, label %past{number}")
        self._label(f"turn{number}")
        self._write_loop(number, loop)
        self._line(f"br label %past{number}")
        self._label(f"past{number}")

    def _entry(self) -> None:
        """Where arrays begin, and how far it is from row to row."""
        self._label("entry")
        for axis in range(1, self._axes):
            place = self._new(f"getelementptr i64, ptr %extents, i64 {axis}")
            self._line(f"%extent{axis} = load i64, ptr {place}")
        width = 3 * self._axes + 2
        for i, port in enumerate(self._ports):
            place = self._new(f"getelementptr ptr, ptr %arrays, i64 {i}")
            if port.way in ADDED:
                offset = self._new(f"load i64, ptr {place}")
                self._line(f"%array{i} = getelementptr i8, ptr %cells, i64 {offset}")
            else:
                self._line(f"%array{i} = load ptr, ptr {place}")
            names = [f"stride{i}_{axis}" for axis in range(self._axes)]
            if port.way in (Way.TAKEN, *NAMED):
                names.append(f"length{i}")
            if port.way is Way.BOX:
                axes = range(self._axes + 1)
                names += [f"{end}{i}_{axis}" for axis in axes for end in ("from", "to")]
            for k, name in enumerate(names):
                place = self._new(f"getelementptr i64, ptr %strides, i64 {i * width + k}")
                self._line(f"%{name} = load i64, ptr {place}")
        self._line("br label %row")

    def _begin_row(self) -> None:
        """Where a row begins in each array, and the operands that it has one value of."""
        self._label("row")
        self._line("%r = phi i64 [ %first, %entry ], [ %rnext, %rmore ]")
        places = self._places()
        for i, port in enumerate(self._ports):
            begin = f"%array{i}"
            for axis, place in enumerate(places):
                offset = self._new(f"mul i64 {place}, %stride{i}_{axis}")
                begin = self._new(f"getelementptr i8, ptr {begin}, i64 {offset}")
            if port.by is not None:
                jump = self._new(f"mul i64 %index{port.by}, %length{i}")
                begin = self._new(f"getelementptr i8, ptr {begin}, i64 {jump}")
            self._line(f"%base{i} = getelementptr i8, ptr {begin}, i64 0")
            if port.way is Way.INDEX:
                self._line(f"%index{i} = load i64, ptr %base{i}")
            if i < self._inputs and port.way is Way.ROW:
                self._names[port.instruction] = self._load_one(i, port)
            if port.way is Way.BOX:
                self._bound(i, places)

    def _bound(self, i: int, places: Sequence[str]) -> None:
        """Which elements of a row are in a box: none if the row is not."""
        is_in = "true"
        for axis, place in enumerate(places):
            above = self._new(f"icmp sge i64 {place}, %from{i}_{axis}")
            below = self._new(f"icmp slt i64 {place}, %to{i}_{axis}")
            both = self._new(f"and i1 {above}, {below}")
            is_in = self._new(f"and i1 {is_in}, {both}")
        self._line(f"%low{i} = add i64 %from{i}_{self._axes}, 0")
        self._line(f"%high{i} = select i1 {is_in}, i64 %to{i}_{self._axes}, i64 0")

    def _places(self) -> list[str]:
        """The place of a row on each axis."""
        left, places = "%r", []
        for axis in range(self._axes - 1, 0, -1):
            places.append(self._new(f"srem i64 {left}, %extent{axis}"))
            left = self._new(f"sdiv i64 {left}, %extent{axis}")
        return [left, *places[::-1]][: self._axes]

    def _load_one(self, i: int, port: Port) -> str:
        """One value, in each lane."""
        kind = stored_as(port.dtype)
        value = self._new(f"load {kind}, ptr %base{i}")
        if port.dtype == BOOL:
            value = self._new(f"icmp ne i8 {value}, 0")
        return self._splat(value, letter(port.dtype))

    def _end_row(self) -> None:
        """What there is once of a row, and the way to the next."""
        for i in self._results:
            port = self._ports[i]
            if port.way is Way.ROW:
                self._store_one(i, port)
        self._line("br label %rmore")
        self._label("rmore")
        self._line("%rnext = add i64 %r, 1")
        self._line("%ragain = icmp slt i64 %rnext, %last")
        self._line("br i1 %ragain, label %row, label %end")
        self._label("end")
        self._line("ret void")

    def _store_one(self, i: int, port: Port) -> None:
        name, kind = self._names[port.instruction], self.vector(port.dtype)
        value = self._new(f"extractelement {kind} {name}, i64 0")
        if port.dtype == BOOL:
            value = self._new(f"zext i1 {value} to i8")
        self._line(f"store {stored_as(port.dtype)} {value}, ptr %base{i}")
        if i in self._numbers:
            self._keep_bad(i, self._new(f"fsub {kind} {name}, {name}"))
