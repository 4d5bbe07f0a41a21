"""The text of functions that multiply matrices and pack their factors, as LLVM IR.

So many terms at a time, both factors are packed as tiles (`tiles.py`) read them, one behind another
in the cache, unless the first one lies so, or the second one has been packed ahead for all units.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gradcli.exec.compiled import blocks, packing, tiles
from gradcli.exec.compiled.instructions import LONGEST
from gradcli.exec.compiled.tiles import Elements

if TYPE_CHECKING:
    from collections.abc import Sequence

DEEP = 384
"""Terms, at most, that are added in one go: so much of the factors stays in the cache."""

COMMON = {
    "terms": "i64",
    "deep": "i64",
    "width": "i64",
    "left.terms": "ptr",
    "left.pack": "ptr",
    "left.room": "i64",
    "right.terms": "ptr",
    "right.pack": "ptr",
    "right.step": "i64",
    "tile.rows": "i64",
    "tile.vectors": "i64",
    "tile": "ptr",
    "tile.rows.packed": "ptr",
    "tile.terms.packed": "ptr",
    "last.tile": "ptr",
}
"""What is the same for all units.

How many terms there are, and are added in one go; the bytes of a row of the result. Of the first
factor the gaps of terms, what packs it, if anything does, and the bytes that it takes packed; of
the second one those gaps, what packs it, unless that has been done ahead, and the gap of columns if
there is one. The rows and vectors of a tile, its function, the gaps of its rows and terms where the
first factor is packed, and the function for the last columns.

A gap is how many bytes further an element lies because of its row, its column or its term."""

UNIT = {
    "left": "ptr",
    "right": "ptr",
    "result": "ptr",
    "left.rows": "ptr",
    "right.columns": "ptr",
    "rows": "i64",
    "columns": "i64",
}
"""What is known of a unit, some rows and columns of a product: where its factors and its result
begin, the gaps of its rows and of its columns, and how many it has."""


class ProductWriter(Elements):
    """Writes the function for factors of a type."""

    def text(self) -> str:
        """The module as text."""
        self._label("entry")
        self._load("%extents", COMMON)
        place = self._new("ptrtoint ptr %beside to i64")
        up = self._new(f"and i64 {self._new(f'sub i64 0, {place}')}, {LONGEST - 1}")
        self._line(f"%left.packed = getelementptr i8, ptr %beside, i64 {up}")
        self._line("%right.packed = getelementptr i8, ptr %left.packed, i64 %left.room")
        self._line("%is_packed = icmp ne ptr %left.pack, null")
        self._line("%is_ahead = icmp eq ptr %right.pack, null")
        self._line(f"%wide = mul i64 %tile.vectors, {self.lanes}")
        self._line(f"%piece.width = mul i64 %tile.rows, {self._size}")
        self._repeat("%first", "%last", 1, self._unit)
        return self.function(blocks.PARAMETERS)

    def _unit(self, number: str, _: Sequence[str]) -> Sequence[str]:
        """Some rows and columns of a product, so many terms at a time."""
        gap = self._new(f"mul i64 {number}, {8 * len(UNIT)}")
        self._load(self._at("%arrays", gap), UNIT)
        return self._repeat("0", "%terms", "%deep", self._terms)

    def _terms(self, first: str, _: Sequence[str]) -> Sequence[str]:
        """Terms from one on, panel by panel of columns."""
        self._line(f"%more = sub i64 %terms, {first}")
        self._line("%is_last = icmp slt i64 %more, %deep")
        self._line("%now = select i1 %is_last, i64 %more, i64 %deep")
        self._line(f"%has_begun = icmp sgt i64 {first}, 0")
        for factor in ("left", "right"):
            self._line(f"%{factor}.now = getelementptr i64, ptr %{factor}.terms, i64 {first}")
        self._line("%piece.move = mul i64 %piece.width, %now")
        self._line(f"%vector.move = mul i64 {first}, {self._bytes}")
        self._line("br i1 %is_packed, label %pack, label %straight")
        self._label("pack")
        self._run(
            "%left.pack",
            packing.PARAMETERS,
            source="%left",
            terms="%left.now",
            deep="%now",
            gaps="%left.rows",
            count="%rows",
            piece="%tile.rows",
            packed="%left.packed",
            piece_width="%piece.move",
            term_width="%piece.width",
        )
        self._line("br label %straight")
        self._label("straight")
        rows = self._new("mul i64 %tile.rows, 8")
        for name, kind, x, y in (
            ("tiles", "ptr", "%left.packed", "%left"),
            ("tiles.rows", "ptr", "%tile.rows.packed", "%left.rows"),
            ("tiles.terms", "ptr", "%tile.terms.packed", "%left.now"),
            ("move", "i64", "%piece.move", "0"),
            ("rows.move", "i64", "0", rows),
        ):
            self._line(f"%{name} = select i1 %is_packed, {kind} {x}, {kind} {y}")
        return self._repeat("0", "%columns", "%wide", self._panel)

    def _panel(self, column: str, _: Sequence[str]) -> Sequence[str]:
        """The columns of a tile, for all rows."""
        self._line(f"%beyond = sub i64 %columns, {column}")
        self._line("%is_narrow = icmp slt i64 %beyond, %wide")
        self._line("%count = select i1 %is_narrow, i64 %beyond, i64 %wide")
        up = self._new(f"add i64 %count, {self.lanes - 1}")
        self._line(f"%vectors = sdiv i64 {up}, {self.lanes}")
        self._line("%is_full = icmp eq i64 %vectors, %tile.vectors")
        self._line("%function = select i1 %is_full, ptr %tile, ptr %last.tile")
        gap = self._new(f"mul i64 {column}, {self._size}")
        self._line(f"%result.panel = getelementptr i8, ptr %result, i64 {gap}")
        begin = self._at("%right", self._new(f"mul i64 {column}, %right.step"))
        self._line("br i1 %is_ahead, label %ahead, label %fresh")
        self._label("ahead")
        ready = self._at(begin, self._new("mul i64 %vectors, %vector.move"))
        self._line("br label %panel")
        self._label("fresh")
        self._run(
            "%right.pack",
            packing.PARAMETERS,
            source=begin,
            terms="%right.now",
            deep="%now",
            gaps=self._new(f"getelementptr i64, ptr %right.columns, i64 {column}"),
            count="%count",
            piece=str(self.lanes),
            packed="%right.packed",
            piece_width=str(self._bytes),
            term_width=self._new(f"mul i64 %vectors, {self._bytes}"),
        )
        self._line("br label %panel")
        self._label("panel")
        self._line(f"%columns.packed = phi ptr [ {ready}, %ahead ], [ %right.packed, %fresh ]")
        begun = [("ptr", "%tiles"), ("ptr", "%tiles.rows")]
        self._repeat("0", "%rows", "%tile.rows", self._tile, begun)
        return ()

    def _tile(self, row: str, given: Sequence[str]) -> Sequence[str]:
        """The rows of a tile."""
        left, rows = given
        self._run(
            "%function",
            tiles.PARAMETERS,
            left=left,
            packed="%columns.packed",
            terms="%now",
            result=self._at("%result.panel", self._new(f"mul i64 {row}, %width")),
            width="%width",
            rows=self._new(f"sub i64 %rows, {row}"),
            columns="%beyond",
            has_begun="%has_begun",
            bad="%bad",
            **{"left.rows": rows, "left.terms": "%tiles.terms"},
        )
        return self._at(left, "%move"), self._at(rows, "%rows.move")
