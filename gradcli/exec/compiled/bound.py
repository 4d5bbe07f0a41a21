"""A compiled region with the arrays that it runs over: where rows begin, and what blocks leave."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from gradcli.exec import rooms
from gradcli.exec.compiled.emit import ADDED, LANES, Way

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from gradcli.exec.compiled.machine import Compiled
    from gradcli.ir.node import Node
    from gradcli.ir.op import Box
    from gradcli.ir.shapes import Shape

    Array = np.ndarray[Any, np.dtype[Any]]


class Slot(NamedTuple):
    """A node that goes in or out of a region, how, and its shape there, with as many axes.

    `box` is where it stands, by axis, if it is a part of what the region goes over; `part` is which
    element of one axis more, if each of those is a number of its own.
    """

    node: Node
    way: Way
    shape: Shape
    box: Box = ()
    part: int | None = None


class Layout(NamedTuple):
    """How a region runs.

    Its first axes, of these `outer` lengths, are those of rows of `inner` elements. A block is a
    `group` of rows, or a `piece` of one. So many results of a row's elements are `kept` beside.
    """

    kernel: Compiled
    operands: Sequence[Slot]
    results: Sequence[Slot]
    outer: Shape
    inner: int
    group: int
    piece: int
    kept: int


class CompiledBound:
    """A region with the arrays that it runs over; threads may share it."""

    def __init__(
        self, layout: Layout, values: Mapping[Node, Any], watched: Collection[Node]
    ) -> None:
        self._layout = layout
        self._watched = set(watched)
        self._run = layout.kernel.run
        wholes = [slot for slot in layout.results if slot.way not in ADDED]
        self._sums = [slot for slot in layout.results if slot.way in ADDED]
        self._wholes = {(x.node, x.part): _room(x) for x in wholes}
        self._numbers = [slot.node for slot in wholes if not slot.node.is_bool]
        self._padded = -(-layout.inner // LANES) * LANES
        self._rows = math.prod(layout.outer)
        self._pieces = -(-layout.inner // layout.piece)
        self._blocks = -(-self._rows // layout.group) * self._pieces
        self._arrays = [self._operand(slot, values[slot.node]) for slot in layout.operands]
        begins, lines, size = self._places()
        self._cells = np.zeros((self._blocks, size))
        self._bad = np.zeros((self._blocks, len(self._numbers), LANES), np.bool_)
        width = 3 * len(layout.outer) + 2  # strides, and the bounds of boxes
        table = [[*line, *[0] * (width - len(line))] for line in lines]
        self._tables = [np.array(x, np.int64) for x in (begins, table, layout.outer)]

    def _places(self) -> tuple[list[int], list[list[int]], int]:
        """Where arrays begin, what tells the rows in each, and the numbers of a block's cells."""
        begins: list[int] = []
        strides: list[list[int]] = []
        for slot, array in zip(self._layout.operands, self._arrays, strict=True):
            steps = self._strides(array.shape, array.strides)
            first = [
                low * s for (low, _), s in zip(slot.box, [*steps, array.itemsize], strict=False)
            ]
            begins.append(array.ctypes.data - sum(first))
            strides.append([*steps, *[end for bounds in slot.box for end in bounds]])
        size = 0
        for slot in self._layout.results:
            if slot.way in ADDED:
                shape: Shape = (*slot.shape[: len(self._layout.outer)], self._cell(slot))
                begins.append(size * 8)
                strides.append(self._strides(shape, _steps(shape, 8)))
                size += math.prod(shape)
            else:
                array = self._wholes[slot.node, slot.part]
                begins.append(array.ctypes.data)
                strides.append(self._strides(slot.shape, _steps(slot.shape, array.itemsize)))
        return begins, strides, size

    def _cell(self, slot: Slot) -> int:
        """The numbers of a sum of which a row knows one part: of lanes, or of its elements."""
        return 2 * (LANES if slot.way is Way.TOTAL else self._padded)

    def _operand(self, slot: Slot, value: Any) -> Array:
        """An array of which rows lie in memory without gaps; a copy where they do not."""
        array: Array = np.asarray(value, slot.node.dtype)
        if slot.part is not None:
            array = array.reshape(*slot.shape, -1)[..., slot.part]
        elif math.prod(slot.shape) == 1:  # perhaps a large array of one value throughout
            return np.full(slot.shape, array.flat[0])
        array = array.reshape(slot.shape)
        outer = len(self._layout.outer)
        steps = _steps(array.shape[outer:], array.itemsize)
        fits = slot.way is Way.ROW or array.strides[outer:] == steps
        return array if fits and array.flags.aligned else np.ascontiguousarray(array)

    def _strides(self, shape: Shape, strides: Sequence[int]) -> list[int]:
        """The bytes from row to row on each axis; none where an axis has one place."""
        outer = len(self._layout.outer)
        return [s if n > 1 else 0 for n, s in zip(shape[:outer], strides[:outer], strict=True)]

    def starts(self) -> range:
        """The numbers of the blocks."""
        return range(self._blocks)

    def run(self, starts: Iterator[int]) -> None:
        """Runs blocks as long as there are some; the arrays are touched by whoever fills them."""
        layout, run, padded = self._layout, self._run, self._padded
        arrays, strides, extents = [table.ctypes.data for table in self._tables]
        beside = np.empty(layout.kept * padded)
        for number in starts:
            group, piece = divmod(number, self._pieces)
            row, start = group * layout.group, piece * layout.piece
            last = min(row + layout.group, self._rows)
            stop = min(start + layout.piece, layout.inner)
            places = self._cells.ctypes.data + number * self._cells[:1].nbytes
            bad = self._bad.ctypes.data + number * self._bad[:1].nbytes
            run(
                *(arrays, strides, extents, row, last, start, stop, padded),
                *(places, bad, beside.ctypes.data),
            )

    @property
    def results(self) -> dict[Node, Array]:
        """What is there as a whole."""
        return _whole(self._wholes)

    @property
    def finite(self) -> Collection[Node]:
        """The watched results all of whose numbers are finite."""
        bad = {node for i, node in enumerate(self._numbers) if self._bad[:, i].any()}
        return [node for node in dict.fromkeys(self._numbers) if node in self._watched - bad]

    def totals(self) -> dict[Node, Any]:
        """The sums over all blocks and lanes, with what their rounding lost."""
        totals, start = {}, 0
        with np.errstate(all="ignore"):
            for slot in self._sums:
                cell, outer = self._cell(slot), slot.shape[: len(self._layout.outer)]
                size = math.prod(outer) * cell
                parts = self._cells[:, start : start + size].reshape(self._blocks, -1, 2, cell // 2)
                start += size
                sums = np.asarray(self._joined(slot, parts), slot.node.dtype)
                totals[slot.node, slot.part] = sums.reshape(_shape_of(slot))
        return {node: array[()] for node, array in _whole(totals).items()}

    def _joined(self, slot: Slot, parts: Array) -> Any:
        """What is in the cells of all blocks, added up.

        What was lost to rounding is of no use where a sum overflows.
        """
        if slot.way is Way.TOTAL:
            both = np.moveaxis(parts, 0, 2).reshape(len(parts[0]), 2, -1)
            sums, lost = np.add.reduce(both, -1).T
        else:
            moved = np.ascontiguousarray(np.moveaxis(parts, 0, -1))
            sums, lost = np.moveaxis(np.add.reduce(moved, -1)[..., : self._layout.inner], 1, 0)
        return sums + np.where(np.isnan(lost), 0, lost)


def _shape_of(slot: Slot) -> Shape:
    """The shape of a result by itself: its node's, unless it is a part of that."""
    return slot.node.shape if slot.part is None else slot.node.shape[:-1]


def _room(slot: Slot) -> Array:
    """Memory for a result."""
    return rooms.empty(_shape_of(slot), slot.node.dtype)


def _whole(parts: Mapping[tuple[Node, int | None], Array]) -> dict[Node, Array]:
    """Arrays in the shapes of their nodes, those of parts side by side on a last axis."""
    bundles: dict[Node, list[Array]] = {}
    for (node, _), array in parts.items():
        bundles.setdefault(node, []).append(array)
    return {
        node: arrays[0] if arrays[0].shape == node.shape else np.stack(arrays, -1)
        for node, arrays in bundles.items()
    }


def _steps(shape: Shape, item: int) -> tuple[int, ...]:
    """The strides of an array without gaps."""
    return tuple(item * math.prod(shape[i + 1 :]) for i in range(len(shape)))
