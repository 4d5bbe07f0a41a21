"""The text of functions that multiply a matrix by a vector, as LLVM IR.

A row of the matrix lies in one piece. Either its elements are terms, and a number comes of each
row; or rows are terms, and are added up in cells that each block has for itself.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gradcli.exec.compiled import blocks
from gradcli.exec.compiled.instructions import lane_order
from gradcli.exec.compiled.products import DEEP
from gradcli.exec.compiled.tiles import Elements

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np

EXTENTS = {"width": "i64", "move": "i64", "end": "i64"}
"""The elements of a row, the bytes from row to row, and where the last panel of columns begins."""


class DotWriter(Elements):
    """Writes the function that gives a number for each row."""

    def text(self) -> str:
        """The module as text."""
        self._label("entry")
        self._load("%extents", EXTENTS)
        self._load("%arrays", {"matrix": "ptr", "vector": "ptr", "result": "ptr"})
        self._line("%bottom = sub i64 %last, 1")
        self._repeat("%first", "%last", self.lanes, self._rows)
        return self.function(blocks.PARAMETERS)

    def _rows(self, row: str, _: Sequence[str]) -> Sequence[str]:
        """As many rows as lanes; beyond the last row that one is computed again."""
        begins = []
        for i in range(self.lanes):
            number = self._least(self._new(f"add i64 {row}, {i}"), "%bottom")
            begins.append(self._at("%matrix", self._new(f"mul i64 {number}, %move")))
        nothing = [(self._kind, "zeroinitializer")] * self.lanes

        def part(first: str, given: Sequence[str]) -> Sequence[str]:
            stop = self._least(self._new(f"add i64 {first}, {DEEP}"), "%width")
            sums = self._repeat(first, stop, self.lanes, terms, nothing)
            pairs = zip(given, sums, strict=True)
            return [self._new(f"fadd {self._kind} {total}, {x}") for total, x in pairs]

        def terms(number: str, given: Sequence[str]) -> Sequence[str]:
            there = self._are_there(self._new(f"sub i64 %width, {number}"))
            gap = self._new(f"mul i64 {number}, {self._size}")
            y = self._masked("load", "ptr", self._at("%vector", gap), there)
            rows = [self._masked("load", "ptr", self._at(x, gap), there) for x in begins]
            return [self._added(x, y, before) for x, before in zip(rows, given, strict=True)]

        made = self._each_in_its_lane(self._repeat("0", "%width", DEEP, part, nothing))
        there = self._are_there(self._new(f"sub i64 %last, {row}"))
        self._store(made, self._at("%result", self._new(f"mul i64 {row}, {self._size}")), there)
        self._mark_unless_zero(self._added(made, "zeroinitializer", "zeroinitializer"))
        return ()

    def _each_in_its_lane(self, vectors: Sequence[str]) -> str:
        """The sum of all lanes of each of as many vectors as lanes."""
        while len(vectors) > 1:
            halves = []
            for pair in zip(vectors[::2], vectors[1::2], strict=True):
                both = ", ".join(f"{self._kind} {x}" for x in pair)
                even, odd = [
                    self._new(f"shufflevector {both}, {lane_order(range(k, 2 * self.lanes, 2))}")
                    for k in (0, 1)
                ]
                halves.append(self._new(f"fadd {self._kind} {even}, {odd}"))
            vectors = halves
        return vectors[0]


class AddWriter(Elements):
    """Writes the function that adds rows up, so many vectors of columns at a time."""

    def __init__(self, dtype: np.dtype[np.generic], vectors: int) -> None:
        super().__init__(dtype)
        self._vectors = vectors

    def text(self) -> str:
        """The module as text."""
        self._label("entry")
        self._load("%extents", EXTENTS)
        self._load("%arrays", {"matrix": "ptr", "vector": "ptr"})
        self._repeat("0", "%width", self._vectors * self.lanes, self._panel)
        return self.function(blocks.PARAMETERS)

    def _panel(self, column: str, _: Sequence[str]) -> Sequence[str]:
        """Some columns, for all rows; the last panel may have some of those of the one before."""
        first = self._least(column, "%end")
        gap = self._new(f"mul i64 {first}, {self._size}")
        begin = self._at(self._at("%matrix", gap), self._new("mul i64 %first, %move"))
        last = self._vectors - 1
        there = self._are_there(self._new(f"sub i64 %width, {first}"), last * self.lanes)

        def term(number: str, given: Sequence[str]) -> Sequence[str]:
            place, *sums = given
            where = self._new(f"getelementptr {self._element}, ptr %vector, i64 {number}")
            y = self._splat(self._new(f"load {self._element}, ptr {where}"), self._element)
            row = [
                self._new(f"load {self._kind}, ptr {self._vector_at(place, i)}, align {self._size}")
                for i in range(last)
            ]
            row.append(self._masked("load", "ptr", self._vector_at(place, last), there))
            added = [self._added(x, y, before) for x, before in zip(row, sums, strict=True)]
            return [self._at(place, "%move"), *added]

        begun = [("ptr", begin), *[(self._kind, "zeroinitializer")] * self._vectors]
        _, *sums = self._repeat("%first", "%last", 1, term, begun)
        cells = self._at("%cells", gap)
        for i, x in enumerate(sums):
            place = self._vector_at(cells, i)
            self._line(f"store {self._kind} {x}, ptr {place}, align {self._size}")
        return ()
