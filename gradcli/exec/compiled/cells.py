"""The text of a function that does to cells, place by place, what their code says, as LLVM IR.

The places of the last axis are side by side in vectors: each lane has a cell of its own.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

from gradcli.exec.compiled.blocks import PARAMETERS
from gradcli.exec.compiled.instructions import Writer, letter, mangled
from gradcli.exec.compiled.nests import behind
from gradcli.ir.scalar import BOOL

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np

    from gradcli.ir.scalar import Code, Scalar
    from gradcli.ir.shapes import Shape

NEAR = 4
"""Elements that lie so far apart, at most, are picked out of vectors; others by themselves."""

HEAD = f"define void @run({PARAMETERS}) {{"


class Part(NamedTuple):
    """One element of each cell: its scalar, the number of its array, and how many bytes into it."""

    scalar: Scalar
    array: int
    offset: int


class Places(NamedTuple):
    """The lengths of the axes of places, and of each array, the result last, the bytes by axis.

    A unit is what lies in the first `apart` axes at one place; it has so many `rows`.
    """

    lengths: Shape
    strides: Sequence[Shape]
    apart: int

    @property
    def rows(self) -> int:
        """The rows of a unit, each along the last axis."""
        return math.prod(self.lengths[self.apart : -1])


class CellEmitter(Writer):
    """Writes a function that goes over units, from the first to before the last.

    Results that are `added` to are zero at first; a unit of them has so many bytes. Otherwise each
    is stored. Where numbers are `checked`, lanes that have met one that is not finite are marked.
    """

    def __init__(
        self,
        code: Code,
        parts: tuple[Sequence[Part], Sequence[Part]],
        places: Places,
        lanes: int,
        *,
        added: int = 0,
        checked: bool = False,
    ) -> None:
        super().__init__(code, lanes)
        self._all = code
        self._operands, self._results = parts
        self._places = places
        self._added = added
        self._checked = checked
        self._needed: list[Part] = []
        self._bases: dict[int, str] = {}

    def text(self) -> str:
        """The module as text."""
        self._label("entry")
        for i in range(len(self._places.strides)):
            place = self._new(f"getelementptr ptr, ptr %arrays, i64 {i}")
            self._line(f"%array{i} = load ptr, ptr {place}")
        self._line(f"%from = mul i64 %first, {self._places.rows}")
        self._line(f"%to = mul i64 %last, {self._places.rows}")
        bad = "zeroinitializer"
        if self._added:  # one element after the other, since those of cells beside overlap
            self._fill()
            for result in self._results:
                bad = self._pass([result], bad)
        else:
            bad = self._pass(self._results, bad)
        if self._checked:
            self._mark(bad)
        self._line("ret void")
        return "\n".join([*self._declared.values(), HEAD, *self._lines, "}"])

    @property
    def _dtype(self) -> np.dtype[np.generic]:
        """The type of the result."""
        return self._results[0].scalar.dtype

    def _fill(self) -> None:
        """Zeros where results are added."""
        name = "llvm.memset.p0.i64"
        self._declare(name, "void", ["ptr", "i8", "i64", "i1 immarg"])
        start = self._new(f"mul i64 %first, {self._added}")
        end = self._new(f"mul i64 %last, {self._added}")
        size = self._new(f"sub i64 {end}, {start}")
        place = self._new(
            f"getelementptr i8, ptr %array{len(self._places.strides) - 1}, i64 {start}"
        )
        self._line(f"call void @{name}(ptr {place}, i8 0, i64 {size}, i1 false)")

    def _mark(self, bad: str) -> None:
        """Marks the lanes that are not finite."""
        kind = self.vector(self._dtype)
        mask = self._new(f"fcmp uno {kind} {bad}, zeroinitializer")
        wide = self._new(f"zext {self.vector(BOOL)} {mask} to <{self.lanes} x i8>")
        self._line(f"store <{self.lanes} x i8> {wide}, ptr %bad, align 1")

    # --- loops --------------------------------------------------------------------------------

    def _pass(self, results: Sequence[Part], bad: str) -> str:
        """A loop over all rows that makes some results; what has been met that is not finite."""
        body = behind(self._all, [x.scalar.index for x in results])
        self._needed = [x for x in self._operands if x.scalar.index in body]
        kind = self.vector(self._dtype)

        def row(place: str, before: Sequence[str]) -> Sequence[str]:
            (bad,) = before
            self._begin_row({x.array for x in (*self._needed, *results)}, place)
            length = self._places.lengths[-1]
            whole = length - length % self.lanes
            if whole:
                (bad,) = self._repeat("0", str(whole), self.lanes, at, [(kind, bad)])
            if whole < length and whole and not self._added:
                bad = self._at(body, results, str(length - self.lanes), "", bad)
            elif whole < length:
                flags = ", ".join(f"i1 {int(whole + i < length)}" for i in range(self.lanes))
                bad = self._at(body, results, str(whole), f"<{flags}>", bad)
            return (bad,)

        def at(place: str, before: Sequence[str]) -> Sequence[str]:
            return (self._at(body, results, place, "", *before),)

        return self._repeat("%from", "%to", 1, row, [(kind, bad)])[0]

    def _begin_row(self, arrays: set[int], row: str) -> None:
        """Where a row begins in each of these arrays."""
        lengths, left, places = self._places.lengths[:-1], row, []
        for length in lengths[:0:-1]:
            places.append(self._new(f"srem i64 {left}, {length}"))
            left = self._new(f"sdiv i64 {left}, {length}")
        places = [left, *places[::-1]][: len(lengths)]
        for i in sorted(arrays):
            base = f"%array{i}"
            for place, stride in zip(places, self._places.strides[i], strict=False):
                if stride:
                    gap = self._new(f"mul i64 {place}, {stride}")
                    base = self._new(f"getelementptr i8, ptr {base}, i64 {gap}")
            self._bases[i] = base

    # --- the places of a vector -----------------------------------------------------------------

    def _at(
        self, body: Sequence[int], results: Sequence[Part], place: str, mask: str, bad: str
    ) -> str:
        """What is done at several places, from one on; not at all of them if there is a mask."""
        self._names = {x.scalar.index: self._read(x, place, mask) for x in self._needed}
        self._write(body)
        made = {}
        for x in results:
            name = self._names[x.scalar.index]
            if self._checked:
                bad = self._met(name, bad, mask)
            if self._added:
                before = self._read(x, place, mask)
                name = self._new(f"fadd {self.vector(self._dtype)} {before}, {name}")
            made[x.offset] = x, name
        while made:
            x, name = made.pop(min(made))
            beside = made.get(x.offset + x.scalar.dtype.itemsize)
            if beside and self._apart(x) == len((x, beside)) and not mask:
                del made[beside[0].offset]
                self._give_both(x, name, beside[1], place)
            else:
                self._give(x, name, place, mask)
        return bad

    def _met(self, name: str, bad: str, mask: str) -> str:
        """What is NaN in lanes that have met a number that is not finite."""
        kind = self.vector(self._dtype)
        if mask:
            name = self._chosen(mask, name, "zeroinitializer", self._dtype)
        gap = self._new(f"fsub {kind} {name}, {name}")
        return self._new(f"fadd {kind} {bad}, {gap}")

    def _pointer(self, x: Part, place: str) -> str:
        """Where an element of the cell at a place lies."""
        gap = self._new(f"mul i64 {place}, {self._step(x)}")
        begin = self._new(f"getelementptr i8, ptr {self._bases[x.array]}, i64 {gap}")
        return self._new(f"getelementptr i8, ptr {begin}, i64 {x.offset}")

    def _step(self, x: Part) -> int:
        """How far it is from one place to the next."""
        return self._places.strides[x.array][-1]

    def _apart(self, x: Part) -> int:
        """The same in elements; 0 where it is none of them, or not a whole one."""
        step, size = self._step(x), x.scalar.dtype.itemsize
        return 0 if step % size else max(step // size, 0)

    def _read(self, x: Part, place: str, mask: str) -> str:
        """An element of several cells."""
        pointer, dtype = self._pointer(x, place), x.scalar.dtype
        kind = self.vector(dtype)
        if not self._step(x):
            one = self._new(f"load {letter(dtype)}, ptr {pointer}, align {dtype.itemsize}")
            return self._splat(one, letter(dtype))
        if 1 <= self._apart(x) <= NEAR and not mask:
            return self._picked(pointer, self._apart(x), dtype)
        where, suffix = self._where(x, pointer)
        name = f"llvm.masked.{'gather' if 'v' in suffix else 'load'}.{self._many(x)}.{suffix}"
        self._declare(name, kind, [where.split(" %")[0], "i32 immarg", self.vector(BOOL), kind])
        given = f"{where}, {self._held(x, mask)}, {kind} zeroinitializer"
        return self._new(f"call {kind} @{name}({given})")

    def _picked(self, pointer: str, apart: int, dtype: np.dtype[np.generic]) -> str:
        """Elements so many places apart, out of as many vectors, none of which reads farther."""
        kind, element, name = self.vector(dtype), letter(dtype), ""
        for i in range(apart):
            first = min(i * self.lanes, (self.lanes - 1) * (apart - 1))
            at = self._new(f"getelementptr {element}, ptr {pointer}, i64 {first}")
            part = self._new(f"load {kind}, ptr {at}, align {dtype.itemsize}")
            lanes = [lane * apart - first for lane in range(self.lanes)]
            name = self._mixed(name or part, part, kind, lanes)
        return name

    def _mixed(self, name: str, part: str, kind: str, lanes: Sequence[int]) -> str:
        """A vector, but of another one those lanes that it has, by number."""
        own = range(self.lanes)
        picked = [lane + self.lanes if lane in own else i for i, lane in enumerate(lanes)]
        mask = f"<{self.lanes} x i32> <{', '.join(f'i32 {i}' for i in picked)}>"
        return self._new(f"shufflevector {kind} {name}, {kind} {part}, {mask}")

    def _give_both(self, x: Part, name: str, other: str, place: str) -> None:
        """Stores elements of several cells, each beside one of its cell."""
        dtype, kind, half = x.scalar.dtype, self.vector(x.scalar.dtype), self.lanes // 2
        pointer = self._pointer(x, place)
        for first in (0, half):
            lanes = [i for lane in range(first, first + half) for i in (lane, lane + self.lanes)]
            mask = f"<{self.lanes} x i32> <{', '.join(f'i32 {i}' for i in lanes)}>"
            both = self._new(f"shufflevector {kind} {name}, {kind} {other}, {mask}")
            at = self._new(f"getelementptr {letter(dtype)}, ptr {pointer}, i64 {2 * first}")
            self._line(f"store {kind} {both}, ptr {at}, align {dtype.itemsize}")

    def _give(self, x: Part, name: str, place: str, mask: str) -> None:
        """Stores an element of several cells."""
        pointer, dtype = self._pointer(x, place), x.scalar.dtype
        kind = self.vector(dtype)
        if self._step(x) == dtype.itemsize and not mask:
            self._line(f"store {kind} {name}, ptr {pointer}, align {dtype.itemsize}")
            return
        where, suffix = self._where(x, pointer)
        function = f"llvm.masked.{'scatter' if 'v' in suffix else 'store'}.{self._many(x)}.{suffix}"
        given = [kind, where.split(" %")[0], "i32 immarg", self.vector(BOOL)]
        self._declare(function, "void", given)
        self._line(f"call void @{function}({kind} {name}, {where}, {self._held(x, mask)})")

    def _many(self, x: Part) -> str:
        """What vectors of elements are called in the names of functions."""
        return f"v{self.lanes}{mangled(letter(x.scalar.dtype))}"

    def _held(self, x: Part, mask: str) -> str:
        """How elements lie, and for which lanes they are meant."""
        lanes = mask or self.constant("1", BOOL)
        return f"i32 {x.scalar.dtype.itemsize}, {self.vector(BOOL)} {lanes}"

    def _where(self, x: Part, pointer: str) -> tuple[str, str]:
        """Where the elements of several cells lie, side by side or each by itself, and its type."""
        if self._step(x) == x.scalar.dtype.itemsize:
            return f"ptr {pointer}", "p0"
        gaps = f"<{self.lanes} x i64> {self._lane_numbers(self._step(x))}"
        each = self._new(f"getelementptr i8, ptr {pointer}, {gaps}")
        return f"<{self.lanes} x ptr> {each}", f"v{self.lanes}p0"
