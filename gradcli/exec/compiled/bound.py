"""A compiled region with the arrays that it runs over: where rows begin, and what blocks leave."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from gradcli.exec import rooms
from gradcli.exec.compiled import crew
from gradcli.exec.compiled.blocks import Call, is_marked
from gradcli.exec.compiled.emit import ADDED, Way
from gradcli.exec.compiled.joins import Joins, Sums
from gradcli.exec.compiled.renewing import Renewing
from gradcli.ir.scalar import BOOL, DOUBLE

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

    from gradcli.exec.compiled.machine import Compiled
    from gradcli.exec.compiled.rows import Emitter
    from gradcli.ir.node import Node
    from gradcli.ir.op import Box
    from gradcli.ir.shapes import Shape

    Array = np.ndarray[Any, np.dtype[Any]]


FRAMES = 16
"""For so many kinds of arrays, at most, a region remembers where their rows are."""


class Slot(NamedTuple):
    """A node that goes in or out of a region, how, and its shape there, with as many axes.

    `box` is where it stands, by axis, if it is a part of what the region goes over; `part` is which
    element of one axis more, if each of those is a number of its own. `numbers` are indices, which
    are the same whatever the values are; `by` is the number of the slot that has them for a part of
    an array that is taken or put, of which each has so many bytes: its `length`.
    """

    node: Node
    way: Way
    shape: Shape
    box: Box = ()
    part: int | None = None
    numbers: Any = None
    by: int | None = None
    length: int = 0

    @property
    def is_single(self) -> bool:
        """Whether there is one number of it for all rows."""
        return math.prod(self.shape) == 1

    @property
    def has_copy(self) -> bool:
        """Whether a copy of that is read: it may be that of a large array throughout."""
        is_read = self.numbers is None and self.way not in (Way.TAKEN, Way.ARRAY)
        return is_read and self.part is None and self.is_single


class Frame(NamedTuple):
    """Where rows are in arrays of certain strides.

    From where an array begins to where its first row would be, and tables of the steps from row to
    row, of the lengths of axes and of the sizes of blocks, with their places in memory.
    """

    shifts: list[int]
    tables: list[Array]
    places: list[int]


class Cut(NamedTuple):
    """How many blocks there are, and what they are like, as their runner reads it, and where."""

    blocks: int
    sizes: Array
    place: int


class Layout:
    """How a region runs, whatever its arrays.

    Its first axes, of these `outer` lengths, are those of rows of `inner` elements. A block is a
    `group` of rows, or a `piece` of one, or one loop of several over the one row there is.
    """

    def __init__(
        self,
        kernel: Compiled,
        operands: Sequence[Slot],
        results: Sequence[Slot],
        outer: Shape,
        inner: int,
        *,
        group: int,
        piece: int,
        emitter: Emitter,
    ) -> None:
        lanes = self.lanes = emitter.lanes
        self.kernel = kernel
        self.operands = operands
        self.outer = outer
        self.inner = inner
        self.wholes = [slot for slot in results if slot.way not in ADDED]
        self.made = {
            i: slot.node
            for i, slot in enumerate(results, len(operands))
            if slot.way not in ADDED and slot.part is None
        }
        self.numbers = [
            slot.node for slot in self.wholes if not slot.node.is_bool and slot.way is not Way.PUT
        ]
        summed = [x.node for x in results if x.way in ADDED and not _is_rounded(x)]
        self.looked_at = [*dict.fromkeys((*self.numbers, *summed))]
        # Pieces of a row end anywhere, and their last vectors reach beyond.
        self.padded = -(-inner // lanes) * lanes + lanes * (piece < inner)
        self.beside = len(emitter.slots) * self.padded
        self.rows = math.prod(outer) * emitter.turns
        self.marks = rooms.paired(lanes * len(self.numbers))
        self.size = 0
        self._ends: list[list[int]] = []
        self.sums: list[tuple[Slot, Sums]] = []
        self._are_wholes = [slot.way not in ADDED for slot in results]
        self.fits = [self._fitting(slot) for slot in operands]
        self.copied = {i for i, slot in enumerate(operands) if slot.has_copy}
        self.put = [slot.node for slot in results if slot.way is Way.PUT]
        for slot in results:
            self._ends.append(self._strides_of_result(slot))
        self.size = rooms.paired(8 * self.size) // 8
        self._extents = np.array(outer, np.int64)
        self._frames: dict[tuple[Any, ...], Frame] = {}
        self.cut = self._cut(group, piece)
        self._slices: dict[int, Cut] = {}

    def _fitting(self, slot: Slot) -> tuple[Shape, Shape | None] | None:
        """The shape of arrays that are read as they lie, and their strides within a row, if any.

        None where there is more to be seen to.
        """
        is_read = slot.way in (Way.ELEMENT, Way.BOX, Way.ROW) and slot.numbers is None
        if not is_read or slot.part is not None or slot.is_single:
            return None
        inner = _steps(slot.shape[len(self.outer) :], slot.node.dtype.itemsize)
        return slot.shape, None if slot.way is Way.ROW else inner

    def _cut(self, group: int, piece: int) -> Cut:
        """Blocks of so many rows, or of pieces of one."""
        pieces = -(-self.inner // piece)
        counts = self.rows, group, self.inner, piece, pieces, self.padded
        sizes = np.array([*counts, 8 * self.size, self.marks], np.int64)
        return Cut(-(-self.rows // group) * pieces, sizes, rooms.address(sizes))

    def in_slices(self, count: int, size: int) -> Cut:
        """Blocks of so many of the slices along the first axis, of which there is this number."""
        if size not in self._slices:
            if self.outer:
                cut = self._cut(self.rows // count * size, self.inner)
            else:
                cut = self._cut(1, self.inner // count * size)
            self._slices[size] = cut
        return self._slices[size]

    def _strides_of_result(self, slot: Slot) -> list[int]:
        """From row to row, in memory of its own or among the cells of a block."""
        if slot.way not in ADDED:
            steps = self._strides(slot.shape, _steps(slot.shape, slot.node.dtype.itemsize))
            return [*steps, slot.length]
        outer = len(self.outer)
        sums = self._sums(slot)
        self.sums.append((slot, sums))
        self.size += -(-sums.rows * sums.width // 8)
        if slot.way is Way.PILED:
            return [*[0] * outer, slot.length]
        shape: Shape = (*slot.shape[:outer], sums.width // 8)
        return self._strides(shape, _steps(shape, 8))

    def _sums(self, slot: Slot) -> Sums:
        """How what is added up lies among the cells of a block, behind all before."""
        offset, rows = 8 * self.size, math.prod(slot.shape[: len(self.outer)])
        if slot.way is Way.PILED:
            return Sums(slot.node.dtype, offset, places=slot.node.size)
        if slot.way is Way.TOTAL:
            return Sums(DOUBLE, offset, rows, lanes=self.lanes, lost=8 * self.lanes)
        return Sums(DOUBLE, offset, rows, places=self.inner, lost=8 * self.padded)

    def _strides(self, shape: Shape, strides: Sequence[int]) -> list[int]:
        """The bytes from row to row on each axis; none where an axis has one place."""
        outer = len(self.outer)
        return [s if n > 1 else 0 for n, s in zip(shape[:outer], strides[:outer], strict=True)]

    def frame(self, arrays: Sequence[Array]) -> Frame:
        """Where rows are in arrays such as these, which may be known from others."""
        key = tuple([array.strides for array in arrays])
        frame = self._frames.get(key)
        if frame is None:
            if len(self._frames) >= FRAMES:
                self._frames.clear()
            frame = self._frames[key] = self._framed(arrays)
        return frame

    def _framed(self, arrays: Sequence[Array]) -> Frame:
        shifts, lines = [], []
        for slot, array in zip(self.operands, arrays, strict=True):
            steps = self._strides(array.shape, array.strides)
            first = [
                low * s for (low, _), s in zip(slot.box, [*steps, array.itemsize], strict=False)
            ]
            shifts.append(sum(first))
            ends = [end for bounds in slot.box for end in bounds]
            lines.append([*steps, *(ends or [slot.length])])
        width = 3 * len(self.outer) + 2  # strides, and the bounds of boxes
        table = [[*line, *[0] * (width - len(line))] for line in (*lines, *self._ends)]
        tables = [np.array(table, np.int64), self._extents]
        return Frame(shifts, tables, [rooms.address(x) for x in tables])

    def begins(self, frame: Frame, operands: Sequence[Array], wholes: Iterable[Array]) -> Array:
        """Where the first row begins in each array, and a sum among the cells of a block."""
        places = [rooms.address(x) - shift for x, shift in zip(operands, frame.shifts, strict=True)]
        filled, cells = iter(wholes), iter([sums.offset for _, sums in self.sums])
        places += [rooms.address(next(filled)) if x else next(cells) for x in self._are_wholes]
        return np.array(places, np.int64)


class CompiledBound(Renewing):
    """A region with the arrays that it runs over; threads may share it."""

    left = ()
    ahead = ()

    def __init__(
        self, layout: Layout, values: Mapping[Node, Any], watched: Collection[Node]
    ) -> None:
        self._layout = layout
        self._looked_at = [x for x in layout.looked_at if x in watched]
        self._threads = 1
        self._wholes = {(x.node, x.part): _room(x) for x in layout.wholes}
        self.arrays = [self.read(i, values) for i in range(len(layout.operands))]
        self._frame = layout.frame(self.arrays)
        self._begins = layout.begins(self._frame, self.arrays, self._wholes.values())
        self._take(layout.cut)

    def read(self, number: int, values: Mapping[Node, Any]) -> Array:
        """The array of an operand: as it lies, if it can be read so."""
        layout = self._layout
        slot, fits = layout.operands[number], layout.fits[number]
        lies = fits and _as_it_lies(values[slot.node], slot.node, fits, len(layout.outer))
        return self._operand(slot, values) if lies is None else lies

    def _take(self, cut: Cut) -> None:
        """Makes room for what blocks leave."""
        layout = self._layout
        self._cut = cut
        self._cells = rooms.apart(cut.blocks, layout.size, DOUBLE)
        self._bad = rooms.apart(cut.blocks, layout.marks, BOOL)
        self._joins: list[tuple[list[Slot], Joins]] | None = None

    def _operand(self, slot: Slot, values: Mapping[Node, Any]) -> Array:
        """An array of which rows lie in memory without gaps; a copy where they do not."""
        if slot.numbers is not None:
            indices: Array = slot.numbers.reshape(slot.shape)
            return indices
        array: Array = np.asarray(values[slot.node], slot.node.dtype)
        if slot.has_copy:
            return np.full(slot.shape, array.flat[0])
        if slot.way in (Way.TAKEN, Way.ARRAY):
            first: Array = np.ascontiguousarray(array).reshape(-1)[: math.prod(slot.shape)]
            return first.reshape(slot.shape)
        if slot.part is not None:
            array = array.reshape(*slot.shape, -1)[..., slot.part]
        array = array.reshape(slot.shape)
        outer = len(self._layout.outer)
        steps = _steps(array.shape[outer:], array.itemsize)
        fits = slot.way is Way.ROW or array.strides[outer:] == steps
        return array if fits and array.flags.aligned else np.ascontiguousarray(array)

    def starts(self) -> range:
        """The numbers of the blocks."""
        return range(self._cut.blocks)

    def run(self, threads: int) -> Sequence[Callable[[], object]]:
        """Runs all blocks; the arrays are touched by whoever fills them."""
        self._threads = threads
        return [crew.run([self._call()], self, self._cut.blocks, threads, self.kept)]

    @property
    def sources(self) -> Sequence[Node | None]:
        """The operands; indices are always the same."""
        return [None if x.numbers is not None else x.node for x in self._layout.operands]

    @property
    def is_renewable(self) -> bool:
        """Unless parts of results were copied to be side by side."""
        return all(part is None for _, part in self._wholes)

    @property
    def made(self) -> Mapping[int, Node]:
        """The results, by number, which are not spread over several arrays."""
        return self._layout.made

    def makes(self, number: int) -> Array:
        """Takes new memory for a result."""
        node = self.made[number]
        array = self._wholes[node, None] = rooms.empty(node.shape, node.dtype)
        return array

    def hands(self, number: int) -> None:
        """Lets go of a result."""
        self._wholes.pop((self.made[number], None), None)

    @property
    def copied(self) -> Collection[int]:
        """The operands that are one number for all rows."""
        return self._layout.copied

    def moves(self, number: int, place: int) -> None:
        """Notes that an array is at another place in memory."""
        shifts = self._frame.shifts
        self._begins[number] = place - shifts[number] if number < len(shifts) else place

    def clears(self) -> None:
        """Makes all 0 to which something is added, but for what blocks have for themselves."""
        for node in self._layout.put:
            self._wholes[node, None].fill(0)

    def in_slices(self, count: int, size: int, threads: int) -> Sequence[Call]:
        """What runs it in blocks of so many of the slices, of which there is this number."""
        self._threads = threads
        self._take(self._layout.in_slices(count, size))
        return [self._call()]

    def _call(self) -> Call:
        strides, extents = self._frame.places
        begins, cells, marks = map(rooms.address, (self._begins, self._cells, self._bad))
        kernel = self._layout.kernel
        return Call(kernel.run, begins, strides, extents, cells, marks, self._cut.place)

    @property
    def kept(self) -> int:
        """The numbers that a thread keeps beside."""
        return self._layout.beside

    def is_copied(self, x: Node, array: Array) -> bool:
        """Whether a node was copied, as it did not lie as rows do."""
        pairs = zip(self._layout.operands, self.arrays, strict=True)
        return any(slot.node is x and not np.may_share_memory(y, array) for slot, y in pairs)

    def size(self, handed: Collection[Node]) -> int:
        """The bytes of what it makes, unless that is handed out, and of what blocks leave."""
        wholes = [x.nbytes for (node, _), x in self._wholes.items() if node not in handed]
        return self._cells.nbytes + sum(wholes)

    @property
    def results(self) -> dict[Node, Array]:
        """What is there as a whole."""
        return _whole(self._wholes)

    def totals(self) -> dict[Node, Any]:
        """The sums over all blocks and lanes, with what their rounding lost."""
        if self._joins is None:
            self._joins = self._joining()
        totals: dict[tuple[Node, int | None], Any] = {}
        for slots, joins in self._joins:
            for slot, sums in zip(slots, joins(), strict=True):
                shape, dtype = _shape_of(slot), slot.node.dtype
                made = sums if sums.dtype is dtype else sums.astype(dtype)
                totals[slot.node, slot.part] = made if made.shape == shape else made.reshape(shape)
        return _whole(totals)

    def _joining(self) -> list[tuple[list[Slot], Joins]]:
        """What joins sums, by their type."""
        by_type: dict[Any, list[tuple[Slot, Sums]]] = {}
        for slot, sums in self._layout.sums:
            by_type.setdefault(sums.dtype, []).append((slot, sums))
        return [
            ([slot for slot, _ in pairs], Joins([x for _, x in pairs], self._cells, self._threads))
            for pairs in by_type.values()
        ]

    @property
    def finite(self) -> Collection[Node]:
        """The watched results all of whose numbers are finite, once sums have been joined."""
        if not self._looked_at:
            return ()
        layout = self._layout
        bad: set[Node] = set()
        if is_marked(self._bad):
            marks = self._bad[:, : layout.lanes * len(layout.numbers)]
            marks = marks.reshape(len(marks), -1, layout.lanes)
            bad.update(node for i, node in enumerate(layout.numbers) if marks[:, i].any())
        for slots, joins in self._joins or ():
            bad.update(slots[i].node for i in joins.bad)
        return [x for x in self._looked_at if x not in bad]


def _as_it_lies(array: Any, x: Node, fits: tuple[Shape, Shape | None], outer: int) -> Array | None:
    """The value of a node in the shape that is read, if that is an array without gaps in rows."""
    if array.__class__ is not np.ndarray or array.dtype is not x.dtype or array.shape != x.shape:
        return None
    shape, steps = fits
    seen: Array = array if x.shape == shape else array.reshape(shape)
    return seen if steps in (None, seen.strides[outer:]) and seen.flags.aligned else None


def _is_rounded(slot: Slot) -> bool:
    """Whether a sum is rounded to its type when it has been joined."""
    return slot.way is not Way.PILED and slot.node.dtype != DOUBLE


def _shape_of(slot: Slot) -> Shape:
    """The shape of a result by itself: its node's, unless it is a part of that."""
    return slot.node.shape if slot.part is None else slot.node.shape[:-1]


def _room(slot: Slot) -> Array:
    """Memory for a result; zeros where others are added."""
    if slot.way is Way.PUT:
        return np.zeros(_shape_of(slot), slot.node.dtype)
    return rooms.empty(_shape_of(slot), slot.node.dtype)


def _whole(parts: Mapping[tuple[Node, int | None], Array]) -> dict[Node, Array]:
    """Arrays in the shapes of their nodes, those of parts side by side on a last axis."""
    if all(part is None for _, part in parts):
        return {node: array for (node, _), array in parts.items()}
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
