"""The text of functions that pack a factor of a product of matrices, as LLVM IR.

Tiles (`tiles.py`) read it piece by piece, the numbers of a term beside one another: so many rows of
the first factor, or a vector of columns of the second one.
"""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING

from gradcli.exec.compiled import blocks
from gradcli.exec.compiled.instructions import lane_order
from gradcli.exec.compiled.tiles import Elements, listed

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np

PARAMETERS = {
    "source": "ptr",
    "terms": "ptr",
    "deep": "i64",
    "gaps": "ptr",
    "count": "i64",
    "piece": "i64",
    "packed": "ptr",
    "piece_width": "i64",
    "term_width": "i64",
}
"""Those of what packs a factor.

Where it begins, the gaps of terms, and how many these are; the gaps of its rows or columns, and how
many these are, in all and in a piece; where they go, and the bytes from piece to piece, and from
term to term of a piece."""


AHEAD = {
    "pack": "ptr",
    "terms": "ptr",
    "deep": "i64",
    "gaps": "ptr",
    "count": "i64",
    "step": "i64",
    "panel": "i64",
    "panel.width": "i64",
}
"""What is known of columns that are packed ahead, panel by panel.

What packs them, the gaps of terms, and how many these are; the gaps of columns, how many these are,
and a gap if there is one; the columns of a panel, and the bytes of it."""


class Packing(Enum):
    """What of a factor lies beside one another: its rows or columns, its terms, or neither."""

    BESIDE, TURNED, APART = range(3)


class PackWriter(Elements):
    """Writes the function for a factor of a type."""

    def __init__(self, dtype: np.dtype[np.generic], packing: Packing) -> None:
        super().__init__(dtype)
        self._packing = packing

    def text(self) -> str:
        """The module as text."""
        self._label("entry")
        if self._packing is Packing.TURNED:
            self._repeat("0", "%count", "%piece", self._squares, [("ptr", "%packed")])
        else:
            self._within = self._are_there("%piece")
            self._repeat("0", "%deep", 1, self._term, [("ptr", "%packed")])
        return self.function(listed(PARAMETERS))

    # --- term by term ---------------------------------------------------------------------------

    def _term(self, number: str, given: Sequence[str]) -> Sequence[str]:
        """A vector of each piece; 0 beyond the last number."""
        begin = self._moved("%source", "%terms", number)

        def piece(first: str, given: Sequence[str]) -> Sequence[str]:
            left = self._least(self._new(f"sub i64 %count, {first}"), "%piece")
            x = self._read(begin, first, self._are_there(left))
            self._store(x, given[0], self._within)
            return (self._at(given[0], "%piece_width"),)

        self._repeat("0", "%count", "%piece", piece, [("ptr", given[0])])
        return (self._at(given[0], "%term_width"),)

    def _read(self, begin: str, first: str, mask: str) -> str:
        """The numbers of a term from one on."""
        if self._packing is Packing.BESIDE:
            gap = self._new(f"mul i64 {first}, {self._size}")
            return self._masked("load", "ptr", self._at(begin, gap), mask)
        gaps = f"<{self.lanes} x i64>"
        where = self._new(f"getelementptr i64, ptr %gaps, i64 {first}")
        each = self._new(f"load {gaps}, ptr {where}, align 8")
        places = self._new(f"getelementptr i8, ptr {begin}, {gaps} {each}")
        return self._masked("gather", f"<{self.lanes} x ptr>", places, mask)

    # --- as many terms as lanes at a time -------------------------------------------------------

    def _squares(self, first: str, given: Sequence[str]) -> Sequence[str]:
        """A piece, of which terms lie beside one another.

        What is read beyond its last number is written over, or nobody asks for it.
        """
        numbers = [self._new(f"add i64 {first}, {i}") for i in range(self.lanes)]
        begins = [self._moved("%source", "%gaps", number) for number in numbers]

        def square(number: str, given: Sequence[str]) -> Sequence[str]:
            gap, (place,) = self._gap("%terms", number), given
            are_there = self._are_there(self._new(f"sub i64 %deep, {number}"))
            rows = [self._masked("load", "ptr", self._at(x, gap), are_there) for x in begins]
            for x in self._transposed(rows):
                self._line(f"store {self._kind} {x}, ptr {place}, align {self._size}")
                place = self._at(place, "%term_width")
            return (place,)

        self._repeat("0", "%deep", self.lanes, square, [("ptr", given[0])])
        return (self._at(given[0], "%piece_width"),)

    def _transposed(self, rows: Sequence[str]) -> Sequence[str]:
        """As many vectors as lanes: squares of two lanes are turned, then of four, and so on."""
        turned, side = list(rows), 1
        while side < self.lanes:
            for i in range(self.lanes):
                if i & side:
                    continue
                pair = ", ".join(f"{self._kind} {turned[k]}" for k in (i, i + side))
                for k, shift in ((i, 0), (i + side, side)):
                    beyond = self.lanes - side
                    lanes = [n + shift + (beyond if n & side else 0) for n in range(self.lanes)]
                    turned[k] = self._new(f"shufflevector {pair}, {lane_order(lanes)}")
            side *= 2
        return turned


class AheadWriter(Elements):
    """Writes the function that packs panels of columns, which all units then read."""

    def text(self) -> str:
        """The module as text."""
        self._label("entry")
        self._load("%extents", AHEAD)
        self._load("%arrays", {"source": "ptr", "packed": "ptr"})
        self._repeat("%first", "%last", 1, self._panel)
        return self.function(blocks.PARAMETERS)

    def _panel(self, number: str, _: Sequence[str]) -> Sequence[str]:
        column = self._new(f"mul i64 {number}, %panel")
        count = self._least(self._new(f"sub i64 %count, {column}"), "%panel")
        vectors = self._new(
            f"sdiv i64 {self._new(f'add i64 {count}, {self.lanes - 1}')}, {self.lanes}"
        )
        self._run(
            "%pack",
            PARAMETERS,
            source=self._at("%source", self._new(f"mul i64 {column}, %step")),
            terms="%terms",
            deep="%deep",
            gaps=self._new(f"getelementptr i64, ptr %gaps, i64 {column}"),
            count=count,
            piece=str(self.lanes),
            packed=self._at("%packed", self._new(f"mul i64 {number}, %panel.width")),
            piece_width=str(self._bytes),
            term_width=self._new(f"mul i64 {vectors}, {self._bytes}"),
        )
        return ()
