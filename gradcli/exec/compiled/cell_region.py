"""A node that does the same to cells of its arrays, as machine code: many places side by side."""

from __future__ import annotations

import math
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from gradcli.exec import rooms
from gradcli.exec.compiled import crew, machine
from gradcli.exec.compiled.alone import AloneRegion, Seeing
from gradcli.exec.compiled.array_turns import divisor
from gradcli.exec.compiled.blocks import Call, is_marked
from gradcli.exec.compiled.cells import CellEmitter, Part, Places
from gradcli.exec.compiled.emit import CHEAP, LANES, MOVE
from gradcli.exec.traits import cells_of
from gradcli.ir.scalar import BOOL, SHORT, Code, Scalar

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from gradcli.exec.region import Work
    from gradcli.ir.cells import Cells
    from gradcli.ir.node import Node
    from gradcli.ir.shapes import Shape

    Array = np.ndarray[Any, np.dtype[Any]]

BLOCK = 1 << 16
"""Elements that a block reads and writes, more or less: what is added to stays in the cache."""

SIDE = 1 << 10
"""Places, at most, of a row of them where there is one axis alone."""


class CellRegion(AloneRegion):
    """Nodes each of which goes over its places by itself."""

    how = "place by place"

    @staticmethod
    def reaches(node: Node) -> bool:
        """Every node that has cells."""
        return cells_of(node) is not None

    @staticmethod
    def code(work: Work) -> CellCode:
        """What a node does to a cell."""
        return CellCode(work.node, work.operands)


class CellCode:
    """What a node does to a cell, as code, and how it runs over arrays however they lie."""

    def __init__(self, node: Node, sources: Sequence[Node]) -> None:
        cells = cells_of(node)
        assert cells is not None
        self.node = node
        self.sources = sources
        self.cells: Cells = cells
        self._code = Code()
        nodes = (*node.inputs, node)
        whole = [np.broadcast_to(np.empty((), x.dtype), x.shape) for x in nodes]
        self._side = divisor(cells.views[-1](whole[-1]).shape[0], SIDE) if cells.axes == 1 else 0
        self.axes = cells.axes + bool(self._side)
        self._shapes: list[Shape] = [x.shape for x in self.views(whole)]
        self._scalars = self._traced()
        self._kernels: dict[tuple[Shape, ...], machine.Compiled] = {}

    def _traced(self) -> list[Any]:
        """The scalars of a cell of each input, and of the result."""
        inputs, count = [], 0
        for x, shape in zip(self.node.inputs, self._shapes, strict=False):
            cell = np.empty(shape[self.axes :], object)
            for i in np.ndindex(cell.shape):
                cell[i] = self._code.operand(count, x.dtype)
                count += 1
            inputs.append(cell)
        made = self.cells.form(*(cell if cell.ndim else cell[()] for cell in inputs))
        result = np.empty(self._shapes[-1][self.axes :], object)
        for i in np.ndindex(result.shape):
            element, dtype = made if isinstance(made, Scalar) else made[i], self.node.dtype
            is_scalar = isinstance(element, Scalar)
            result[i] = element.astype(dtype) if is_scalar else self._code.constant(element, dtype)
        return [*inputs, result]

    @cached_property
    def lengths(self) -> Shape:
        """Of the axes of places."""
        return self._shapes[-1][: self.axes]

    @cached_property
    def apart(self) -> int:
        """On how many first axes places are by themselves: all but the last, if there are more."""
        return len(self.lengths) - 1 if self.cells.apart is None else self.cells.apart

    @cached_property
    def units(self) -> int:
        """The places of these axes together."""
        return math.prod(self.lengths[: self.apart])

    @cached_property
    def group(self) -> int:
        """The units of a block."""
        elements = sum(math.prod(shape) for shape in self._shapes)
        blocks = -(-elements // BLOCK)
        return max(-(-self.units // (blocks + blocks % 2)), 1)

    @cached_property
    def blocks(self) -> int:
        """How many there are."""
        return -(-self.units // self.group)

    def sizes(self, group: int) -> Array:
        """What blocks of so many units are like: these are rows of one element."""
        return np.array([self.units, group, 1, 1, 1, 0, 0, rooms.paired(self.lanes)], np.int64)

    @cached_property
    def slices(self) -> int:
        """The slices along the first axis that are computed by themselves; 0 if there are none."""
        count, nodes = self.lengths[0], (*self.node.inputs, self.node)
        is_first = not self._side and self.apart and all(x.shape[0] == count for x in nodes)
        return count if is_first and self.cells.is_sure else 0

    least = 1

    def follows(self, _x: Node) -> bool:
        """Whether a slice needs the same slice of an operand, and no more of it."""
        return True

    @cached_property
    def work(self) -> int:
        """Elements times steps of the blocked executor that take about as long."""
        moved = sum(math.prod(shape) for shape in self._shapes)
        return (self.instructions + MOVE * moved) // CHEAP + moved

    @property
    def instructions(self) -> int:
        """At all places together."""
        return math.prod(self.lengths) * len(self._code)

    @property
    def lanes(self) -> int:
        """Places at a time."""
        return 2 * LANES if self.node.dtype == SHORT else LANES

    def views(self, arrays: Sequence[Array]) -> list[Array]:
        """Arrays, the result last, as their cells are seen; one axis of places is cut into two."""
        seen = [view(array) for view, array in zip(self.cells.views, arrays, strict=True)]
        return [x.reshape(-1, self._side, *x.shape[1:]) for x in seen] if self._side else seen

    def text(self, arrays: Sequence[Array] = ()) -> str:
        """The IR for arrays that lie as these do; without gaps, unless some are given."""
        nodes, axes, node = (*self.node.inputs, self.node), self.axes, self.node
        arrays = arrays or [np.empty(x.shape, x.dtype) for x in nodes]
        strides = [x.strides for x in self.views(arrays)]
        parts = [
            Part(cell[i], number, sum(a * b for a, b in zip(i, steps[axes:], strict=True)))
            for number, (cell, steps) in enumerate(zip(self._scalars, strides, strict=True))
            for i in np.ndindex(cell.shape)
        ]
        count = self._scalars[-1].size
        places = Places(self.lengths, [steps[:axes] for steps in strides], self.apart)
        is_added = self.cells.apart is not None
        emitter = CellEmitter(
            self._code,
            (parts[:-count], parts[-count:]),
            places,
            self.lanes,
            added=is_added * node.size * node.dtype.itemsize // max(self.units, 1),
            checked=self.is_checked,
        )
        return emitter.text()

    @property
    def is_checked(self) -> bool:
        """Whether each number is looked at, where it has to be or no others are in the result."""
        are_all = self.cells.apart is None and not self.node.is_bool
        return are_all or not self.cells.is_sure

    def bound(self, values: Mapping[Node, Any]) -> BoundCells:
        """The same with its arrays."""
        return BoundCells(self, values)

    def kernel(self, arrays: Sequence[Array]) -> machine.Compiled:
        """The machine code for arrays that lie as these do."""
        strides = tuple([x.strides for x in arrays])
        kernel = self._kernels.get(strides)
        if kernel is None:
            level = machine.level_of(len(self._code))
            kernel = machine.compiled(self.text(arrays), machine.OF_KERNELS, level)
            self._kernels[strides] = kernel
        return kernel


class BoundCells(Seeing):
    """The code of a node with its arrays."""

    code: CellCode
    kept = 0

    def __init__(self, code: CellCode, values: Mapping[Node, Any]) -> None:
        self.code = code
        self.result = self.room()
        self.inputs = [*zip(code.sources, code.node.inputs, strict=True)]
        self.arrays = [self.read(i, values) for i in range(len(self.inputs))]
        arrays = *self.arrays, self.result
        self._kernel = code.kernel(arrays)
        self._begins = np.array([rooms.address(x) for x in arrays], np.int64)
        self._take(code.group)

    def _take(self, group: int) -> None:
        """Makes room for what blocks of so many units leave."""
        code = self.code
        self._sizes = code.sizes(group)
        self.bad = rooms.apart(-(-code.units // group), code.lanes, BOOL)
        self.bad.fill(False)

    def run(self, threads: int) -> Sequence[Callable[[], object]]:
        """Runs all blocks, which so many threads share."""
        return [crew.run([self._call()], self, len(self.bad), threads)]

    @property
    def is_renewable(self) -> bool:
        """Whether the result is what the kernel would give: then it may be the next time."""
        return self.is_whole

    def moves(self, number: int, place: int) -> None:
        """Notes that an array is at another place in memory."""
        self._begins[number] = place

    def in_slices(self, size: int, _threads: int) -> Call:
        """What runs it in blocks of so many slices along the first axis."""
        self._take(self.code.units // self.code.slices * size)
        return self._call()

    def _call(self) -> Call:
        begins, marks, sizes = map(rooms.address, (self._begins, self.bad, self._sizes))
        return Call(self._kernel.run, begins, marks=marks, sizes=sizes)

    @property
    def is_whole(self) -> bool:
        """Whether the result is what the kernel would give."""
        return self.code.cells.is_sure or not is_marked(self.bad)

    @property
    def is_finite(self) -> bool:
        """Whether all of the result has been looked at, and is."""
        return self.code.is_checked and not is_marked(self.bad)
