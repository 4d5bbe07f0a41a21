"""Lines that LLVM translates at once, one by one, where it is told to do so quickly.

A number in all lanes, a shift by one, a sign that is taken away, a choice of lanes, a copy of
memory and a sum over lanes each take ten to fifty times as long to compile as what stands here in
their place, and most of them make the lines that come before them in their block as slow.
"""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, Any

import numpy as np

from gradcli.exec.compiled.instructions import Writer, vector
from gradcli.exec.compiled.machine import is_longest
from gradcli.ir.scalar import DOUBLE, Code

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gradcli.ir.scalar import Instruction

WIDEST = 8
"""Numbers that are read or written at a time."""

STRAIGHT = 6
"""Copies of so many numbers each that stand one behind the other, at most; others are a loop."""

SIGN = 1 << 63
"""The bit of a number that says that it is negative."""

ALL = (1 << 64) - 1


class QuickWriter(Writer):
    """A writer of code beside a `%memory` of so many numbers, behind which constants are.

    If it is not to be quick, there are none, and all lines are those of any writer.
    """

    def __init__(self, size: int, *, is_quick: bool) -> None:
        super().__init__(Code(), 1)
        self.is_quick = is_quick
        self.table: dict[int, int] = {}
        self._size = -(-size // WIDEST) * WIDEST
        self._ready: dict[tuple[object, ...], str] = {}

    @property
    def size(self) -> int:
        """Numbers of the memory, constants and all, when the text is written."""
        return self._size + WIDEST * (1 + len(self.table))

    def filled(self, memory: np.ndarray[Any, np.dtype[Any]]) -> None:
        """Puts the constants into the memory."""
        whole = memory.view(np.uint64)
        for number, place in self.table.items():
            whole[place : place + WIDEST] = number

    def _label(self, name: str) -> None:
        super()._label(name)
        self._ready.clear()

    def _once(self, key: tuple[object, ...], text: str) -> str:
        """A line whose result is known from there to the end of its block."""
        if key not in self._ready:
            self._ready[key] = self._new(text)
        return self._ready[key]

    def address(self, offset: int) -> str:
        """Where a number of the memory lies."""
        if not offset:
            return "%memory"
        return self._once(("at", offset), f"getelementptr double, ptr %memory, i64 {offset}")

    # --- constants ----------------------------------------------------------------------------

    def constant(self, value: str, dtype: np.dtype[Any]) -> str:
        """A number in all lanes."""
        if not self.is_quick or self.lanes == 1 or dtype != DOUBLE:
            return super().constant(value, dtype)
        pattern: int = struct.unpack("<Q", struct.pack("<d", float.fromhex(value)))[0]
        return self._loaded(pattern, "double")

    def _whole(self, number: int, kind: str = "i64") -> str:
        if not self.is_quick or self.lanes == 1:
            return super()._whole(number, kind)
        return self._loaded(number & ALL, "i64")

    def _loaded(self, pattern: int, element: str) -> str:
        place = self.table.setdefault(pattern, self.size)
        where, kind = self.address(place), f"<{self.lanes} x {element}>"
        return self._once((where, kind), f"load {kind}, ptr {where}, align 8")

    def _on_bits(self, op: str, names: Sequence[str], data: Any, dtype: np.dtype[Any]) -> str:
        if op != "scale" or not self.is_quick or self.lanes == 1:
            return super()._on_bits(op, names, data, dtype)
        kind, (x, power) = f"<{self.lanes} x i64>", [self._as("double", "i64", y) for y in names]
        exponent = self._new(f"mul {kind} {power}, {self._whole(1 << 52)}")
        return self._as("i64", "double", self._new(f"add {kind} {x}, {exponent}"))

    # --- the longest vectors ------------------------------------------------------------------

    @property
    def _is_long(self) -> bool:
        """Whether lines may be calls of instructions that only the longest vectors have."""
        return self.is_quick and self.lanes == WIDEST and is_longest()

    def _extreme(self, op: str, dtype: np.dtype[Any], x: str, y: str) -> str:
        if not self._is_long or dtype != DOUBLE:
            return super()._extreme(op, dtype, x, y)
        name = f"llvm.x86.avx512.{'max' if op == 'larger' else 'min'}.pd.512"
        kind = self.vector(DOUBLE)
        self._declare(name, kind, [kind, kind, "i32 immarg"])
        return self._new(f"call {kind} @{name}({kind} {x}, {kind} {y}, i32 4)")

    def spread(self, pointer: str) -> str:
        """A number of the memory in all lanes."""
        if not self._is_long:
            number = self._new(f"load double, ptr {pointer}, align 8")
            return self._splat(number, "double")
        name, kind, whole = "llvm.x86.avx512.permvar.df.512", self.vector(DOUBLE), "<8 x i64>"
        self._declare(name, kind, [kind, whole])
        first = self._whole(0)
        numbers = self._new(f"load {kind}, ptr {pointer}, align 8")
        return self._new(f"call {kind} @{name}({kind} {numbers}, {whole} {first})")

    # --- signs --------------------------------------------------------------------------------

    def _instruction(self, instruction: Instruction) -> str:
        op, sources, dtype, _ = instruction
        is_sign = op in ("fabs", "fneg", "copysign") and dtype == DOUBLE
        if not is_sign or not self.is_quick or self.lanes == 1:
            return super()._instruction(instruction)
        names = [self._as("double", "i64", self._names[i]) for i in sources]
        kind = f"<{self.lanes} x i64>"
        if op == "fneg":
            turned = self._new(f"xor {kind} {names[0]}, {self._whole(SIGN)}")
            return self._as("i64", "double", turned)
        size = self._new(f"and {kind} {names[0]}, {self._whole(ALL - SIGN)}")
        if op == "copysign":
            sign = self._new(f"and {kind} {names[1]}, {self._whole(SIGN)}")
            size = self._new(f"or {kind} {size}, {sign}")
        return self._as("i64", "double", size)

    # --- memory -------------------------------------------------------------------------------

    def copy(self, target: str, source: str, size: int) -> None:
        """Numbers from one place to another."""
        if not self.is_quick:
            name = "llvm.memcpy.p0.p0.i64"
            self._declare(name, "void", ["ptr", "ptr", "i64", "i1 immarg"])
            where = f"ptr {target}, ptr {source}, i64 {size * DOUBLE.itemsize}"
            self._line(f"call void @{name}({where}, i1 false)")
            return
        done, whole = 0, size // WIDEST
        if whole > STRAIGHT:
            done = whole * WIDEST
            self._copy_in_turns(target, source, done)
        width = WIDEST
        while done < size:
            if done + width <= size:
                self._move(self._at(target, done), self._at(source, done), width)
                done += width
            else:
                width //= 2

    def _copy_in_turns(self, target: str, source: str, size: int) -> None:
        self._count += 1
        n, before = self._count, self._block
        self._line(f"br label %copy{n}")
        self._label(f"copy{n}")
        self._line(f"%i{n} = phi i64 [ 0, %{before} ], [ %next{n}, %copy{n} ]")
        self._move(self._at(target, f"%i{n}"), self._at(source, f"%i{n}"), WIDEST)
        self._line(f"%next{n} = add i64 %i{n}, {WIDEST}")
        self._line(f"%again{n} = icmp slt i64 %next{n}, {size}")
        self._line(f"br i1 %again{n}, label %copy{n}, label %copied{n}")
        self._label(f"copied{n}")

    def _at(self, pointer: str, place: int | str) -> str:
        return self._new(f"getelementptr double, ptr {pointer}, i64 {place}") if place else pointer

    def _move(self, target: str, source: str, width: int) -> None:
        kind = vector(DOUBLE, width)
        numbers = self._new(f"load {kind}, ptr {source}, align 8")
        self._line(f"store {kind} {numbers}, ptr {target}, align 8")

    # --- what lanes come to together ------------------------------------------------------------

    def across(self, total: str, how: str) -> str:
        """What the lanes of a vector come to together, by `add`, `max` or `min`."""
        kind, name = self.vector(DOUBLE), f"llvm.vector.reduce.fadd.v{self.lanes}f64"
        if how != "add":
            name = f"llvm.vector.reduce.f{how}imum.v{self.lanes}f64"
            self._declare(name, "double", [kind])
            return self._new(f"call double @{name}({kind} {total})")
        if self.is_quick:
            return self._sum(total)
        self._declare(name, "double", ["double", kind])
        return self._new(f"call double @{name}(double -0.0, {kind} {total})")

    def _sum(self, total: str) -> str:
        """Half and half are added, through the memory, until one is left."""
        room, lanes = self._scratch(), self.lanes
        while lanes > 1:
            self._line(f"store {vector(DOUBLE, lanes)} {total}, ptr {room}, align 8")
            lanes //= 2
            kind = vector(DOUBLE, lanes)
            halves = [
                self._new(f"load {kind}, ptr {self._at(room, i)}, align 8") for i in (0, lanes)
            ]
            total = self._new(f"fadd {kind} {halves[0]}, {halves[1]}")
        return total

    def _scratch(self) -> str:
        """Room for one vector, in front of the constants."""
        return self.address(self._size)
