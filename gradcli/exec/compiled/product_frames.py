"""How a product of matrices runs over factors of certain strides: functions and their tables."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from gradcli.exec import rooms
from gradcli.exec.compiled import machine
from gradcli.exec.compiled.instructions import LONGEST
from gradcli.exec.compiled.packing import AHEAD, AheadWriter, Packing, PackWriter
from gradcli.exec.compiled.products import COMMON, DEEP, UNIT, ProductWriter
from gradcli.exec.compiled.tiles import TileWriter, lanes_for

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gradcli.exec.compiled.sides import Sides
    from gradcli.exec.compiled.tiles import Elements, Tile

    Array = np.ndarray[Any, np.dtype[Any]]


class Cut(NamedTuple):
    """The rows and columns of a unit."""

    rows: int
    columns: int


class Ahead(NamedTuple):
    """What packs columns for all units: its function, and where its numbers and sizes are.

    There is a block for each panel. Packed, they take so many bytes: `step` for each of them.
    """

    run: int
    common: int
    blocks: int
    panels: int
    size: int
    step: int


MOST = 1 << 26
"""Bytes of columns, at most, that are packed for all units; of more, each packs its own anew."""

PANELS = 4
"""Times that tiles read the first factor from which it is packed if its terms lie far apart."""


def gaps_of(sides: Sides, axes: str, letters: str, array: Array) -> Array:
    """How far elements are from the first of an array along some axes."""
    lengths = zip(letters, array.shape, array.strides, strict=True)
    steps = {letter: step if n > 1 else 0 for letter, n, step in lengths}
    gaps = np.zeros(1, np.int64)
    for letter, n in zip(axes, sides.shape(axes), strict=True):
        gaps = np.add.outer(gaps, np.arange(n) * steps.get(letter, 0)).reshape(-1)
    return gaps


class Factor:
    """How a factor lies: how far its elements are from the first one.

    That is `along` a stack, by its `own` axes, which are those of rows or of columns, and by terms.
    """

    def __init__(self, sides: Sides, letters: str, own: str, array: Array) -> None:
        axes = sides.axes[0], own, sides.product.terms
        self.along, self.own, self.terms = [gaps_of(sides, x, letters, array) for x in axes]
        self.size = array.itemsize

    @property
    def packing(self) -> Packing:
        """How it is packed, if it is."""
        if _is_even(self.own, self.size):
            return Packing.BESIDE
        return Packing.TURNED if _is_even(self.terms, self.size) else Packing.APART

    @property
    def readable(self) -> Array:
        """The gaps of its rows or columns, for a vector that reads more of them than there are."""
        return np.concatenate([self.own, np.zeros(LONGEST // self.size, np.int64)])

    @property
    def move(self) -> int:
        """How far on its rows or columns begin, if they need no table for that."""
        return self.size if self.packing is Packing.BESIDE else 0


def _is_even(gaps: Array, step: int) -> bool:
    return np.array_equal(gaps, np.arange(len(gaps)) * step)


class Frame:
    """How a product runs over arrays that lie so, in units of some rows and columns.

    Where `units` begin in both factors and the result, and where that is which they have in
    `common`: numbers, functions and tables of gaps. A thread packs into `room`, so many bytes; but
    columns of which there are several units are packed `ahead`.
    """

    def __init__(
        self, sides: Sides, tiles: Sequence[Tile], arrays: Sequence[Array], cut: Cut
    ) -> None:
        *factors, made = arrays
        axes = zip(sides.letters_of_factors, sides.axes[1:], factors, strict=True)
        left, right = [Factor(sides, letters, own, x) for letters, own, x in axes]
        dtype, size, tile = made.dtype, made.itemsize, tiles[0]
        wide = tile.vectors * lanes_for(dtype)
        is_packed = left.packing is Packing.BESIDE and cut.columns >= PANELS * wide
        parts = -(-sides.terms // DEEP)
        deep = _up(-(-sides.terms // parts), lanes_for(dtype))
        of_left = _up(_up(cut.rows, tile.rows) * deep * size, LONGEST) if is_packed else 0
        self._held: list[object] = []
        pack, beside = self._function(PackWriter(dtype, right.packing)), right.move
        self.ahead = None
        if len(right.along) * sides.rows > cut.rows and not right.along.any():
            self.ahead = self._ahead(sides, right, dtype, wide, pack)
        if self.ahead is not None:
            pack, beside = 0, self.ahead.step
        self.room = of_left + wide * deep * size + LONGEST
        self.run = self._function(ProductWriter(dtype), machine.QUICK)
        down, move = sides.axes[1], left.move if is_packed else 0
        width = made.strides[sides.letters.index(down[-1])] if down else 0
        common = {
            "terms": sides.terms,
            "deep": deep,
            "width": width,
            "left.terms": self._table(left.terms),
            "left.pack": self._function(PackWriter(dtype, left.packing)) if is_packed else 0,
            "left.room": of_left,
            "right.terms": self._table(right.terms),
            "right.pack": pack,
            "right.step": beside,
            "tile.rows": tile.rows,
            "tile.vectors": tile.vectors,
            "tile": self._function(TileWriter(dtype, tile)),
            "tile.rows.packed": self._table(np.arange(tile.rows) * size),
            "tile.terms.packed": self._table(np.arange(deep) * (tile.rows * size)),
            "last.tile": self._function(TileWriter(dtype, tiles[-1])),
        }
        self.common = self._table(np.array([common[name] for name in COMMON], np.int64))
        rows = np.arange(0, sides.rows, cut.rows)[:, None]
        columns = np.arange(0, sides.columns, cut.columns)
        along = gaps_of(sides, sides.axes[0], sides.letters, made)[:, None, None]
        fields = {
            "left": left.along[:, None, None] + rows * move,
            "right": right.along[:, None, None] + columns * beside,
            "result": along + rows * width + columns * size,
            "left.rows": self._table(left.readable) + 8 * rows,
            "right.columns": self._table(right.readable) + 8 * columns,
            "rows": np.minimum(sides.rows - rows, cut.rows),
            "columns": np.minimum(sides.columns - columns, cut.columns),
        }
        each = np.broadcast_arrays(*[fields[name] for name in UNIT])
        self.units = np.stack([x.reshape(-1) for x in each], -1)
        self._blocks: dict[int, int] = {}

    def blocks(self, group: int) -> int:
        """Where the sizes of blocks of so many units are."""
        if group not in self._blocks:
            sizes = [len(self.units), group, 1, 1, 1, 0, 0, rooms.PAIR]
            self._blocks[group] = self._table(np.array(sizes, np.int64))
        return self._blocks[group]

    def _ahead(
        self, sides: Sides, right: Factor, dtype: np.dtype[Any], wide: int, pack: int
    ) -> Ahead | None:
        """How columns, so many in a panel, are packed once; None if that is too much."""
        panels = -(-sides.columns // wide)
        step = _up(sides.terms, lanes_for(dtype)) * dtype.itemsize  # whole vectors are written
        size = panels * wide * step
        if size > MOST:
            return None
        common = {
            "pack": pack,
            "terms": self._table(right.terms),
            "deep": sides.terms,
            "gaps": self._table(right.readable),
            "count": sides.columns,
            "step": right.move,
            "panel": wide,
            "panel.width": wide * step,
        }
        numbers = self._table(np.array([common[name] for name in AHEAD], np.int64))
        blocks = self._table(np.array([panels, 1, 1, 1, 1, 0, 0, 0], np.int64))
        return Ahead(self._function(AheadWriter(dtype)), numbers, blocks, panels, size, step)

    def _function(self, writer: Elements, level: int = machine.BEST) -> int:
        """Where the function is that a writer writes; it lives as long as this."""
        kernel = machine.compiled(writer.text(), machine.OF_KERNELS, level)
        self._held.append(kernel)
        where: int = kernel.run
        return where

    def _table(self, numbers: Array) -> int:
        """Where numbers are, which stay there."""
        self._held.append(numbers)
        return rooms.address(numbers)


def _up(number: int, step: int) -> int:
    """The next multiple."""
    return -(-number // step) * step
