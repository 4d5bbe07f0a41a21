"""A node that does the same to cells of its arrays, as machine code: many places side by side."""

from __future__ import annotations

import math
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from gradcli.exec import rooms
from gradcli.exec.compiled import machine
from gradcli.exec.compiled.array_turns import divisor
from gradcli.exec.compiled.blocks import AT_ONCE, runner
from gradcli.exec.compiled.cells import CellEmitter, Part, Places
from gradcli.exec.compiled.emit import CHEAP, LANES, MOVE
from gradcli.exec.traits import cells_of, listed
from gradcli.ir.scalar import SHORT, Code, Scalar

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping, Sequence

    from gradcli.exec.region import Space, Work
    from gradcli.ir.cells import Cells
    from gradcli.ir.node import Node
    from gradcli.ir.shapes import Shape

    Array = np.ndarray[Any, np.dtype[Any]]

BLOCK = 1 << 16
"""Elements that a block reads and writes, more or less: what is added to stays in the cache."""

SIDE = 1 << 10
"""Places, at most, of a row of them where there is one axis alone."""


class CellRegion:
    """Nodes each of which goes over its places by itself."""

    def __init__(
        self, _space: Space, works: Sequence[Work], _is_single: Callable[[Node], bool]
    ) -> None:
        self.parts = [CellCode(work.node, work.operands) for work in works]

    @staticmethod
    def row(_space: Space, _operands: Collection[Shape]) -> int:
        """None: places are no rows of elements."""
        return 0

    @staticmethod
    def folds(_space: Space) -> bool:
        """Whether rows can be folded: there are none."""
        return False

    @staticmethod
    def reaches(node: Node) -> bool:
        """Every node that has cells."""
        return cells_of(node) is not None

    @staticmethod
    def weight(_node: Node) -> int:
        """None: what is done to a cell is better read."""
        return 0

    @property
    def work(self) -> int:
        """Elements times steps of the blocked executor that take about as long."""
        return sum(part.work for part in self.parts)

    def prepare(self) -> None:
        """Nothing: what is compiled hangs on how the arrays lie."""

    def bound(self, values: Mapping[Node, Any], _watched: Collection[Node] = ()) -> CellsBound:
        """The nodes with the arrays that they run over."""
        return CellsBound([BoundCode(part, values) for part in self.parts])

    def listing(self, threads: int, *, code: bool = False) -> str:
        """The nodes as text, with the IR if asked for."""
        lines = [f"machine code, place by place, {threads} thread{'s' if threads > 1 else ''}:"]
        for part in self.parts:
            lines += [listed(part.node), *(part.text().splitlines() if code else ())]
        return "\n  ".join(lines)


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
        self.runner = runner()
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

    @cached_property
    def sizes(self) -> Array:
        """What blocks are like: rows of one element, which are units."""
        sizes = self.blocks, self.units, self.group, 1, 1, 1, 0, 0, self.lanes
        return np.array(sizes, np.int64)

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
            checked=not self.cells.is_sure,
        )
        return emitter.text()

    def kernel(self, arrays: Sequence[Array]) -> machine.Compiled:
        """The machine code for arrays that lie as these do."""
        strides = tuple([x.strides for x in arrays])
        kernel = self._kernels.get(strides)
        if kernel is None:
            level = machine.level_of(len(self._code))
            kernel = machine.compiled(self.text(arrays), machine.OF_KERNELS, level)
            self._kernels[strides] = kernel
        return kernel


class BoundCode:
    """The code of a node with its arrays."""

    def __init__(self, code: CellCode, values: Mapping[Node, Any]) -> None:
        self.code = code
        self.result = rooms.empty(code.node.shape, code.node.dtype)
        inputs = zip(code.sources, code.node.inputs, strict=True)
        self._arrays = [*(_seen(values[x], y) for x, y in inputs), self.result]
        self._kernel = code.kernel(self._arrays)
        self._begins = np.array([rooms.address(x) for x in self._arrays], np.int64)
        self._bad = np.zeros((code.blocks, code.lanes), np.bool_)
        self._next = np.zeros(1, np.int64)
        given = self._begins, code.sizes, self._bad, self._next
        begins, sizes, bad, following = map(rooms.address, given)
        self._given = begins, None, None, None, bad, None, sizes, following

    def run(self) -> None:
        """Runs blocks that are left, several at a time."""
        self.code.runner.run(self._kernel.run, *self._given, AT_ONCE)

    @property
    def is_whole(self) -> bool:
        """Whether the result is what the kernel would give."""
        return not self._bad.any()


def _seen(value: Any, x: Node) -> Array:
    """An array as a node has it, however it lies."""
    array = np.asarray(value, x.dtype).reshape(x.shape)
    return array if array.flags.aligned else array.copy()


class CellsBound:
    """Nodes with the arrays that they run over; threads may share them."""

    def __init__(self, parts: Sequence[BoundCode]) -> None:
        self._parts = parts
        self._blocks = [part for part in parts for _ in range(part.code.blocks)]

    def starts(self) -> range:
        """The numbers of the blocks."""
        return range(len(self._blocks))

    def run(self, starts: Iterator[int]) -> None:
        """Runs blocks as long as there are some."""
        for number in starts:
            self._blocks[number].run()

    @property
    def results(self) -> dict[Node, Array]:
        """The results that are known."""
        return {part.code.node: part.result for part in self._parts if part.is_whole}

    @property
    def left(self) -> list[Node]:
        """The nodes of which only the kernel can tell."""
        return [part.code.node for part in self._parts if not part.is_whole]

    @property
    def finite(self) -> list[Node]:
        """The results that have been looked at, and are finite."""
        cells = [(part.code.node, part.code.cells, part.is_whole) for part in self._parts]
        return [
            x for x, how, is_whole in cells if is_whole and not how.is_sure and how.apart is None
        ]

    def totals(self) -> dict[Node, Any]:
        """Nothing is added up over blocks."""
        return {}
