"""A region of elementwise nodes as machine code: traced, emitted, compiled, run in blocks."""

from __future__ import annotations

import math
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from gradcli.exec.compiled import machine
from gradcli.exec.compiled.emit import LANES, Emitter, Ports
from gradcli.exec.compiled.forms import has_form
from gradcli.exec.region import Region, even
from gradcli.exec.traits import is_row_sum, is_sum, kept_shape, label
from gradcli.ir.elements import applied
from gradcli.ir.op import Elementwise
from gradcli.ir.scalar import Code, Scalar

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping, Sequence

    from gradcli.exec.plan import Maker
    from gradcli.exec.region import Work
    from gradcli.ir.node import Node
    from gradcli.ir.shapes import Shape

    Array = np.ndarray[Any, np.dtype[Any]]

CHEAP = 8
"""Instructions that take about as long as one step of the blocked executor."""

TOTAL = 2 * LANES
"""Numbers that a block leaves of each sum: those of the lanes, and what their rounding lost."""


SHORTEST = 64
"""Elements of a row from which it is worth a loop."""


def maker(node: Node) -> Maker:
    """What makes a region of nodes such as this one, which may be no work for a machine."""
    is_border = isinstance(node.op, Elementwise) and not has_form(node, LANES)
    return Region if is_border else CompiledRegion


def inner_of(shape: Shape, operands: Collection[Shape]) -> int:
    """The elements of the last axes over which each operand is a whole array, or one value."""
    for axes in range(len(shape), 0, -1):
        inner = math.prod(shape[-axes:])
        if all(count_of(x, shape, inner) in (1, inner) for x in operands):
            return inner
    return 1


def count_of(operand: Shape, shape: Shape, inner: int) -> int:
    """The elements that an operand has over the last axes of a shape, `inner` elements in all."""
    axes, size = 0, 1
    while size < inner:
        axes += 1
        size *= shape[-axes]
    return math.prod(operand[-axes:]) if axes else 1


def _readable(value: Any, x: Node) -> Array:
    """An array whose rows lie in memory without gaps; where they do not, a copy."""
    array = np.asarray(value, x.dtype)
    return array if array.flags.c_contiguous else np.ascontiguousarray(array)


class CompiledRegion:
    """The code of nodes that all have, or add up, arrays of one shape.

    That shape is rows of `inner` elements; over these an operand is an array, or one value.
    `singles` are operands of one value in a row, `arrays` operands of which a block sees a slice,
    `results` the nodes that are there as a whole when all blocks are done, `totals` those that add
    up. A block is some rows, or a piece of one.
    """

    def __init__(self, works: Sequence[Work], is_single: Callable[[Node], bool]) -> None:
        self.shape = works[0].shape
        shapes = {x.shape for work in works for x in work.operands if not is_single(x)}
        shapes |= {kept_shape(work.node) for work in works if is_row_sum(work.node)}
        self.inner = inner_of(self.shape, shapes)
        self.rows = works[0].size // max(self.inner, 1)
        self.piece = even(self.inner)
        self.size = works[0].size
        self.works = works
        self.code = Code()
        self.singles: list[Node] = []
        self.arrays: list[Node] = []
        self.results: list[Node] = []
        self.totals: list[Node] = []
        self._scalars: dict[Node, Scalar] = {}
        self._notes: dict[int, str] = {}
        for work in works:
            for x in work.operands:
                if x not in self._scalars:
                    is_one = is_single(x) or count_of(x.shape, self.shape, self.inner) == 1
                    (self.singles if is_one else self.arrays).append(x)
                    self._scalars[x] = self.code.operand(len(self._scalars), x.dtype)
            self._add(work)

    @staticmethod
    def takes(shape: Shape, operands: Collection[Shape]) -> bool:
        """Whether operands of other shapes can be read where they are, in rows that are long."""
        return inner_of(shape, operands) >= SHORTEST

    def _add(self, work: Work) -> None:
        node, first = work.node, len(self.code)
        operands = [self._scalars[x] for x in work.operands]
        if is_sum(node):
            self._scalars[node] = operands[0]
            self.totals.append(node)
            return
        self._scalars[node] = applied(self.code, node, operands)
        self._notes.setdefault(first, self._listed(work))
        if work.whole:
            self.results.append(node)

    @property
    def block(self) -> int:
        """The elements of a block, more or less."""
        return self.piece * self.group

    @property
    def group(self) -> int:
        """The rows of a block: several if they are short."""
        return max(1, even(self.size) // max(self.inner, 1))

    @property
    def work(self) -> int:
        """Elements times steps of the blocked executor that take about as long."""
        calls = sum(i.op == "call" for i in self.code.instructions)
        return self.size * (calls + len(self.code)) // CHEAP

    @cached_property
    def text(self) -> str:
        """The IR."""
        groups = (self.singles, self.arrays, self.results, self.totals)
        ports = Ports(*[[self._scalars[x] for x in nodes] for nodes in groups])
        return Emitter(self.code, ports, self._notes).text()

    @cached_property
    def kernel(self) -> machine.Compiled:
        """The machine code, which may be there from another region of the same text."""
        return machine.compiled(self.text, machine.OF_REGIONS)

    def bound(self, values: Mapping[Node, Any], watched: Collection[Node] = ()) -> CompiledBound:
        """The region with the arrays that it runs over."""
        return CompiledBound(self, values, watched)

    def listing(self, threads: int, *, code: bool = False) -> str:
        """The program as text, with the IR if asked for."""
        head = (
            f"machine code, {len(self.code)} instructions, blocks of {self.block:,} from "
            f"{self.size:,} elements, {threads} thread{'s' if threads > 1 else ''}:"
        )
        ir = self.text.splitlines() if code else ()
        return "\n  ".join([head, *map(self._listed, self.works), *ir])

    def _listed(self, work: Work) -> str:
        operands = ", ".join(map(label, work.operands))
        target = label(work.node) + ("[:]" if work.whole and not is_sum(work.node) else "")
        return f"{target} {'+=' if is_sum(work.node) else '='} {work.node.op.name}({operands})"


class CompiledBound:
    """A region with the arrays that it runs over; threads may share it."""

    def __init__(
        self, region: CompiledRegion, values: Mapping[Node, Any], watched: Collection[Node]
    ) -> None:
        self.region = region
        self._watched = watched
        self._kernel = region.kernel
        self.results = {node: np.empty(node.shape, node.dtype) for node in region.results}
        self._singles = self._in_rows(values)
        operands = [_readable(values[x], x) for x in region.arrays]
        self._arrays = [*operands, *self.results.values()]
        self._places = np.array([array.ctypes.data for array in self._arrays], np.uintp)
        self._offsets = self._begins()
        self._numbers = [node for node in region.results if not node.is_bool]
        count = region.rows * self._pieces
        self._sums = np.zeros((count, len(region.totals), TOTAL))
        self._bad = np.zeros((count, len(self._numbers), LANES), np.bool_)

    @property
    def _outer(self) -> tuple[int, ...]:
        """The shape of the rows."""
        shape, size = self.region.shape, 1
        while size < self.region.inner:
            size *= shape[-1]
            shape = shape[:-1]
        return shape

    @property
    def _pieces(self) -> int:
        return -(-self.region.inner // self.region.piece) if self.region.inner else 0

    def _in_rows(self, values: Mapping[Node, Any]) -> Array:
        """The operands of one value in a row, a line for each row."""
        lines = np.empty((*self._outer, len(self.region.singles)))
        inner = len(self.region.shape) - len(self._outer)
        for i, x in enumerate(self.region.singles):
            array = np.asarray(values[x])
            outer = array.shape[: max(array.ndim - inner, 0)]
            is_row = math.prod(outer) == array.size > 1
            lines[..., i] = array.reshape(outer) if is_row else array.flat[0]
        return lines

    def _begins(self) -> Array:
        """Where each row begins in each array, in bytes."""
        begins = np.zeros((*self._outer, len(self._arrays)), np.int64)
        inner = len(self.region.shape) - len(self._outer)
        for i, array in enumerate(self._arrays):
            kept = max(array.ndim - inner, 0)
            for axis, (length, stride) in enumerate(
                zip(array.shape[:kept], array.strides[:kept], strict=True)
            ):
                steps = np.arange(length) * stride if length > 1 else np.zeros(1, np.int64)
                begins[..., i] += steps.reshape(-1, *[1] * (kept - axis - 1))
        return begins

    def starts(self) -> range:
        """The numbers of the blocks."""
        return range(-(-self.region.rows // self.region.group) * self._pieces)

    def run(self, starts: Iterator[int]) -> None:
        """Runs blocks as long as there are some; the arrays are touched by whoever fills them."""
        region, run = self.region, self._kernel.run
        offsets, arrays = self._offsets.ctypes.data, self._places.ctypes.data
        singles = self._singles.ctypes.data
        sums, bad = self._sums.ctypes.data, self._bad.ctypes.data
        of_sums, of_bad = self._sums[:1].nbytes, self._bad[:1].nbytes
        for number in starts:
            group, piece = divmod(number, self._pieces)
            row, start = group * region.group, piece * region.piece
            last, stop = (
                min(row + region.group, region.rows),
                min(start + region.piece, region.inner),
            )
            i = row * self._pieces + piece
            places = sums + i * of_sums, bad + i * of_bad
            run(offsets, row, last, arrays, singles, start, stop, *places)

    @property
    def finite(self) -> Collection[Node]:
        """The watched results all of whose numbers are finite."""
        watched = [(i, node) for i, node in enumerate(self._numbers) if node in self._watched]
        return [node for i, node in watched if not self._bad[:, i].any()]

    def totals(self) -> dict[Node, Any]:
        """The sums over all blocks and lanes, with what their rounding lost."""
        totals = {}
        with np.errstate(all="ignore"):
            for i, node in enumerate(self.region.totals):
                lanes = self._sums[:, i].reshape(*self._outer, -1, 2, LANES)
                sums, lost = (
                    self._folded(lanes[..., 0, :], node),
                    self._folded(lanes[..., 1, :], node),
                )
                lost = np.where(np.isnan(lost), 0, lost)  # as where sums overflow
                totals[node] = np.asarray(sums + lost, node.dtype).reshape(node.shape)[()]
        return totals

    def _folded(self, lanes: Array, node: Node) -> Any:
        """The lanes of the rows of a sum, added up, and the rows that it folds away."""
        rows = len(self._outer)
        folded = tuple(i for i in node.attrs[0] if i < rows)
        return np.add.reduce(lanes, (*folded, rows, rows + 1))
