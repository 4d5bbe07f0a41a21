"""What blocks have added up, each for itself, joined in their order, in machine code.

A sum over everything is in lanes, one over rows in places side by side; with each are the numbers
that its rounding lost. What rounding loses as they are joined is added to these.
"""

from __future__ import annotations

from functools import cache
from itertools import pairwise
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from gradcli.exec import rooms
from gradcli.exec.compiled import crew, machine
from gradcli.exec.compiled.blocks import PARAMETERS, Call, is_marked
from gradcli.exec.compiled.tiles import Elements
from gradcli.ir.scalar import BOOL
from gradcli.threads import STEPS

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    Array = np.ndarray[Any, np.dtype[Any]]

UNIT = {
    "from": "ptr",
    "to": "ptr",
    "blocks": "i64",
    "step": "i64",
    "count": "i64",
    "lanes": "i64",
    "lost": "i64",
}
"""What is joined at a time.

Where its numbers are in the first block, and where the sums go; how many blocks there are, and the
bytes from one to the next; how many sums there are, and of how many lanes each, 0 where they are
places; and the bytes from numbers to what their rounding lost, 0 where that is not known."""

GOAL = [*UNIT].index("to")

LARGE = 1 << 13
"""Places of a unit, at most, so that threads share them."""


class Sums(NamedTuple):
    """Sums of a type that each block has among its cells, so many bytes behind their begin.

    There are some `rows`, each of which is one sum in `lanes`, or has sums in `places`; what
    rounding lost of them is behind them, `lost` bytes from each, if it is known.
    """

    dtype: np.dtype[Any]
    offset: int
    rows: int = 1
    places: int = 1
    lanes: int = 0
    lost: int = 0

    @property
    def size(self) -> int:
        """How many there are."""
        return self.rows * self.places

    @property
    def width(self) -> int:
        """The bytes of a row."""
        return 2 * self.lost or self.places * self.dtype.itemsize

    def units(self, cells: Array) -> Array:
        """The numbers of units; each goes to so many bytes from where the first sum goes."""
        begin, size = rooms.address(cells) + self.offset, self.dtype.itemsize
        shared = len(cells), cells.strides[0]
        if self.lanes:
            return np.array([[begin, 0, *shared, self.rows, self.lanes, self.lost]], np.int64)
        rows, firsts = np.arange(self.rows)[:, None], np.arange(0, self.places, LARGE)
        starts = begin + rows * self.width + firsts * size
        goals = (rows * self.places + firsts) * size
        fields = starts, goals, *shared, np.minimum(self.places - firsts, LARGE), 0, self.lost
        each: Array = np.stack(np.broadcast_arrays(*fields), -1).reshape(-1, len(UNIT))
        return each


class JoinWriter(Elements):
    """Writes the function that joins units of a type."""

    def text(self) -> str:
        """The module as text."""
        self._label("entry")
        self._repeat("%first", "%last", 1, self._unit)
        return self.function(PARAMETERS)

    def _unit(self, number: str, _: Sequence[str]) -> Sequence[str]:
        gap = self._new(f"mul i64 {number}, {8 * len(UNIT)}")
        self._load(self._at("%arrays", gap), UNIT)
        is_place = self._new("icmp eq i64 %lanes, 0")
        self._line(f"br i1 {is_place}, label %places, label %rows")
        nothing = self._kind, "zeroinitializer"
        self._label("places")
        (of_places,) = self._repeat("0", "%count", self.lanes, self._places, [nothing])
        places_end = self._block
        self._line("br label %joined")
        self._label("rows")
        begun = [("ptr", "%from"), nothing]
        _, of_rows = self._repeat("0", "%count", 1, self._row, begun)
        rows_end = self._block
        self._line("br label %joined")
        self._label("joined")
        ways = f"[ {of_places}, %{places_end} ], [ {of_rows}, %{rows_end} ]"
        self._mark_unless_zero(self._new(f"phi {self._kind} {ways}"))
        return ()

    def _places(self, first: str, given: Sequence[str]) -> Sequence[str]:
        """A vector of sums side by side; given and given back is what tells if all are finite."""
        there = self._are_there(self._new(f"sub i64 %count, {first}"))
        is_known = self._splat(self._new("icmp ne i64 %lost, 0"), "i1")
        known = self._new(f"and {self.vector(BOOL)} {there}, {is_known}")
        gap = self._new(f"mul i64 {first}, {self._size}")

        def block(_: str, given: Sequence[str]) -> Sequence[str]:
            place, *sums = given
            x = self._masked("load", "ptr", place, there)
            lost = self._masked("load", "ptr", self._at(place, "%lost"), known)
            return self._at(place, "%step"), *self._joined_with(sums, x, lost)

        total, lost = self._over_blocks(self._at("%from", gap), block)
        joined = self._whole_sum(total, lost, self._dtype)
        self._store(joined, self._at("%to", gap), there)
        return (self._added(joined, "zeroinitializer", given[0]),)

    def _row(self, number: str, given: Sequence[str]) -> Sequence[str]:
        """A sum that is in lanes; where the next one is, and what tells if all are finite."""
        begin, zero = given

        def block(_: str, given: Sequence[str]) -> Sequence[str]:
            place, *sums = given
            begun = [("ptr", place), *[(self._kind, x) for x in sums]]
            _, *joined = self._repeat("0", "%lanes", self.lanes, part, begun)
            return self._at(place, "%step"), *joined

        def part(_: str, given: Sequence[str]) -> Sequence[str]:
            place, *sums = given
            x, lost = [
                self._new(f"load {self._kind}, ptr {where}, align {self._size}")
                for where in (place, self._at(place, "%lost"))
            ]
            return self._vector_at(place, 1), *self._joined_with(sums, x, lost)

        total, lost = self._over_blocks(begin, block)
        step = self.lanes // 2
        while step:
            others = [self._turned(x, self._dtype, step) for x in (total, lost)]
            total, lost = self._joined_with((total, lost), *others)
            step //= 2
        joined = self._whole_sum(total, lost, self._dtype)
        one = self._new(f"extractelement {self._kind} {joined}, i64 0")
        place = self._new(f"getelementptr {self._element}, ptr %to, i64 {number}")
        self._line(f"store {self._element} {one}, ptr {place}")
        width = self._new("mul i64 %lost, 2")
        return self._at(begin, width), self._added(joined, "zeroinitializer", zero)

    def _over_blocks(
        self, begin: str, block: Callable[[str, Sequence[str]], Sequence[str]]
    ) -> Sequence[str]:
        """Sums, and what rounding lost of them, over all blocks."""
        begun = [("ptr", begin), *[(self._kind, "zeroinitializer")] * 2]
        return self._repeat("0", "%blocks", 1, block, begun)[1:]

    def _joined_with(self, sums: Sequence[str], x: str, lost: str) -> Sequence[str]:
        """Sums with others added, and what was lost before or is now: exactly that (Knuth)."""
        kind, (before, rest) = self._kind, sums
        total = self._new(f"fadd {kind} {before}, {x}")
        added = self._new(f"fsub {kind} {total}, {before}")
        kept = self._new(f"fsub {kind} {total}, {added}")
        of_before = self._new(f"fsub {kind} {before}, {kept}")
        of_x = self._new(f"fsub {kind} {x}, {added}")
        more = self._new(f"fadd {kind} {lost}, {self._new(f'fadd {kind} {of_before}, {of_x}')}")
        return total, self._new(f"fadd {kind} {rest}, {more}")


@cache
def _text(dtype: np.dtype[Any]) -> str:
    return JoinWriter(dtype).text()


class Joins:
    """What joins sums of one type, as often as the `cells` of blocks have been filled.

    Few sums are copied from memory that stays: for many, new memory takes less.
    """

    def __init__(self, sums: Sequence[Sums], cells: Array, threads: int) -> None:
        self._dtype = dtype = sums[0].dtype
        units = [x.units(cells) for x in sums]
        bounds = np.cumsum([0, *map(len, units)]).tolist()
        self._units = [slice(*pair) for pair in pairwise(bounds)]
        self._table = np.concatenate(units)
        self._gaps = self._table[:, GOAL].copy()
        self._many = [(i, x.size) for i, x in enumerate(sums) if _are_many(x)]
        ends = np.cumsum([0 if _are_many(x) else x.size for x in sums]).tolist()
        few = np.empty(ends[-1], dtype)
        self._few = [few[begin:end] for begin, end in pairwise([0, *ends])]
        for i, x in enumerate(sums):
            if not _are_many(x):
                self._go_to(i, rooms.address(self._few[i]))
        count = len(self._table)
        self._bad = rooms.apart(count, 1, BOOL)
        sizes = np.array([count, 1, 1, 1, 1, 0, 0, rooms.PAIR], np.int64)
        kernel = machine.lasting(_text(dtype), machine.OF_KERNELS, machine.BEST)
        table, marks, at = map(rooms.address, (self._table, self._bad, sizes))
        call = Call(kernel.run, table, marks=marks, sizes=at)
        steps = crew.EAGER * len(cells) * sum(x.size for x in sums)
        held = self._table, self._bad, few, sizes, cells
        self._run = crew.Job([call], held, count, min(threads, 1 + steps // STEPS))

    def _go_to(self, i: int, place: int) -> None:
        """Notes where sums go."""
        units = self._units[i]
        self._table[units, GOAL] = self._gaps[units] + place

    def __call__(self) -> list[Any]:
        """The sums, a number where there is one, else a row of them in new memory."""
        many = {i: rooms.empty((size,), self._dtype) for i, size in self._many}
        for i, array in many.items():
            self._go_to(i, rooms.address(array))
        self._run()
        return [
            few[0] if len(few) == 1 else many[i] if i in many else few.copy()
            for i, few in enumerate(self._few)
        ]

    @property
    def bad(self) -> list[int]:
        """Which of the sums are not finite."""
        if not is_marked(self._bad):
            return []
        return [i for i, units in enumerate(self._units) if self._bad[units].any()]


def _are_many(sums: Sums) -> bool:
    """Whether they go to memory of their own."""
    return sums.size * sums.dtype.itemsize >= rooms.LARGE
