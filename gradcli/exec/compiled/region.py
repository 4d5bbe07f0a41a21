"""A region as machine code: its nodes traced, emitted, compiled."""

from __future__ import annotations

import math
from functools import cached_property
from typing import TYPE_CHECKING, Any

from gradcli.exec.compiled import crew, machine
from gradcli.exec.compiled.bound import CompiledBound, Layout, Slot
from gradcli.exec.compiled.emit import ADDED, CHEAP, LANES, NAMED, Port, Way
from gradcli.exec.compiled.forms import has_form, weight
from gradcli.exec.compiled.instructions import WHOLE
from gradcli.exec.compiled.rows import Emitter
from gradcli.exec.region import Region, Role, even, longest
from gradcli.exec.spaces import reads_whole
from gradcli.exec.traits import (
    boxes_of,
    cells_of,
    is_product,
    kept_shape,
    label,
    put_by,
    taken_by,
    term_of,
)
from gradcli.ir.elements import applied
from gradcli.ir.scalar import Code
from gradcli.threads import STEPS

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence

    from gradcli.exec.region import SlicedRegion, Space, Work
    from gradcli.exec.spaces import Maker
    from gradcli.exec.traits import Named
    from gradcli.ir.node import Node
    from gradcli.ir.op import Box
    from gradcli.ir.scalar import Scalar
    from gradcli.ir.shapes import Shape

SHORTEST = 8
"""Elements of a row from which it is worth a loop, unless it is folded."""

LONGEST = 4
"""Blocks, at most, as long as which a row is folded by one thread."""

SHARED = 1 << 15
"""Elements, at the least, that two threads share: with fewer to do, a helper comes too late."""

PILES = 8
"""Blocks, at most, each of which has for itself an array to which elements are added by indices."""

FILLED = 4
"""How often such an array is filled, at the least: it has to be cleared and added up, too."""


def maker(node: Node) -> Maker:
    """What makes a region of nodes such as this one, which may be no work for a machine."""
    if put_by(node) is not None:
        return CompiledRegion if piles(node) > 1 else PuttingRegion
    if cells_of(node) is not None:
        from gradcli.exec.compiled.cell_region import CellRegion

        return CellRegion
    if is_product(node):
        from gradcli.exec.compiled.product_region import ProductRegion
        from gradcli.exec.compiled.vector_region import vector_maker

        return vector_maker(node) or ProductRegion
    moves = boxes_of(node) is not None or taken_by(node) is not None
    return CompiledRegion if moves or has_form(node, LANES) else Region


def piles(node: Node) -> int:
    """How many blocks may have, each for itself, what adds elements by indices."""
    count = min(node.inputs[0].size // (FILLED * max(node.size, 1)), PILES)
    return count - count % 2 if count > 1 else 1


def _inner(shape: Shape, operands: Collection[Shape]) -> int:
    """The elements of the last axes over which each operand is a whole array, or one value."""
    for axes in range(len(shape), 0, -1):
        inner = math.prod(shape[-axes:])
        if all(_count(x, axes) in (1, inner) for x in operands):
            return inner
    return 1


def _count(operand: Shape, axes: int) -> int:
    """The elements that an operand has over so many last axes."""
    return math.prod(operand[max(len(operand) - axes, 0) :])


class CompiledRegion:
    """The code of nodes that go over one space.

    That is rows of `inner` elements; over these an operand is an array, or one value. A block is
    some rows, or a piece of one.
    """

    def __init__(
        self, space: Space, works: Sequence[Work], is_single: Callable[[Node], bool]
    ) -> None:
        self.shape = space.shape
        self.size = math.prod(space.shape)
        self.works = works
        self.code = Code()
        self._is_single = is_single
        self.inner = self._row(space)
        self._axes = _axes_of(space.shape, self.inner)
        self.outer = space.shape[: len(space.shape) - self._axes]
        self.operands: list[Slot] = []
        self.results: list[Slot] = []
        self._rows = space.rows or (*self.outer, *[1] * self._axes)
        self._ports: list[Port] = []
        self._scalars: dict[Any, list[Scalar]] = {}
        self._notes: dict[int, str] = {}
        for work in works:
            self._add(work)
        self._ends = [Port(self._part(slot), slot.way, slot.by) for slot in self.results]

    @staticmethod
    def row(space: Space, operands: Collection[Shape]) -> int:
        """The elements of a row over which operands are whole or one value, if they are many."""
        if space.rows is not None:
            row = math.prod(space.shape) // max(math.prod(space.rows), 1)
            inner = _inner(space.shape, [*operands, space.rows])
            return inner if inner == row > 1 else 0
        inner = _inner(space.shape, operands)
        return inner if inner >= min(SHORTEST, math.prod(space.shape)) else 0

    @staticmethod
    def folds(space: Space) -> bool:
        """Whether rows are neither too short nor too long to be folded."""
        return 0 < CompiledRegion.row(space, ()) <= LONGEST * longest()

    @staticmethod
    def reaches(_node: Node) -> bool:
        """Every node: elements are read and added wherever they lie."""
        return True

    @staticmethod
    def weight(node: Node) -> int:
        """The instructions that compute an element again; 0 if it is better read."""
        return weight(node)

    def _row(self, space: Space) -> int:
        """The elements of a row: as many as can be unless they are folded."""
        if any(map(self._folds, self.works)):
            return self.row(space, ())
        sums = {self._base(kept_shape(x.node)) for x in self.works if x.role is Role.SUM}
        shapes = {
            self._aligned(x, work)[0]
            for work in self.works
            if not reads_whole(work.node)
            for x in work.operands
            if not self._is_single(x)
        }
        for work in self.works:
            named = taken_by(work.node) or put_by(work.node)
            shapes |= named.apart if named is not None else set()
        if any(boxes_of(work.node) for work in self.works):
            return _inner(space.shape, {(*space.shape[:-1], 1)} | shapes | sums)
        return _inner(space.shape, shapes | sums)

    def _folds(self, work: Work) -> bool:
        """Whether a row has to be seen whole for a node."""
        on_rows = bool(work.node.op.rows) and not self._is_bundle(work.operands[0])
        return work.role is Role.ROW or (work.role is Role.ELEMENT and on_rows)

    # --- the code -----------------------------------------------------------------------------

    def _add(self, work: Work) -> None:
        node, first = work.node, len(self.code)
        boxes = boxes_of(node)
        if boxes is not None:
            self._join(work, boxes)
            return
        named = taken_by(node)
        if named is not None:
            self._take(work, named)
            return
        operands = [self._operand(x, work) for x in work.operands]
        self._notes.setdefault(first, self._listed(work))
        if (named := put_by(node)) is not None:
            self._put(work, operands[0][0], named)
            return
        if work.role is Role.SUM:
            self._scalars[node] = operands[0]
            shape = self._base(kept_shape(node))
            is_column = _count(shape, self._axes) == self.inner > 1
            self._give(work, Way.COLUMN if is_column else Way.TOTAL, shape)
            return
        if self._is_bundle(work.operands[0]) and node.shape == self.shape:
            self._scalars[node] = [sum(operands[0][1:], operands[0][0])]
        else:
            count = max(map(len, operands))
            rows = [[parts[i % len(parts)] for parts in operands] for i in range(count)]
            form = term_of(node)
            self._scalars[node] = [applied(self.code, node, row, form) for row in rows]
        self._keep(work)

    def _keep(self, work: Work) -> None:
        """Notes a result that is needed as a whole."""
        if work.whole:
            is_row = work.role is Role.ROW
            self._give(work, *self._way(self._rows if is_row else self._base(work.node.shape)))

    def _give(self, work: Work, way: Way, shape: Shape) -> None:
        """Notes a result, all parts of it if it is a bundle."""
        of = work.node if work.role is Role.ELEMENT else work.operands[0]
        parts = range(of.shape[-1]) if self._is_bundle(of) else [None]
        self.results += [Slot(work.node, way, shape, part=part) for part in parts]

    # --- bundles: where there is one axis more, whose elements are numbers of their own ---------

    def _is_bundle(self, x: Node) -> bool:
        return x.ndim == len(self.shape) + 1

    def _base(self, shape: Shape) -> Shape:
        """A shape without the axis of a bundle."""
        return shape[: len(self.shape)]

    def _aligned(self, x: Node, work: Work) -> tuple[Shape, int | None]:
        """The shape of an operand with as many axes as there are, and the length of a bundle."""
        if not any(map(self._is_bundle, (work.node, *work.operands))) or x.shape == self.shape:
            return (1,) * (len(self.shape) - x.ndim) + x.shape, None
        shape = (1,) * (len(self.shape) + 1 - x.ndim) + x.shape
        return shape[:-1], shape[-1]

    def _part(self, slot: Slot) -> Scalar:
        parts = self._scalars[slot.node]
        return parts[(slot.part or 0) % len(parts)]

    # --- what is read ---------------------------------------------------------------------------

    def _join(self, work: Work, boxes: Sequence[Box]) -> None:
        """Reads arrays where they stand in a larger one."""
        scalar = self.code.operand(len(self.operands), work.node.dtype)
        for x, box in zip(work.operands, boxes, strict=True):
            self.operands.append(Slot(x, Way.BOX, x.shape, box))
            self._ports.append(Port(scalar, Way.BOX))
        self._scalars[work.node] = [scalar]
        self._keep(work)

    def _take(self, work: Work, named: Named) -> None:
        """Reads parts of an array that indices name."""
        (x,), node, by = work.operands, work.node, self._indices(work.node, named)
        index, length = self._ports[by].scalar, math.prod(named.tail) * node.dtype.itemsize
        port, shape = len(self.operands), (*[1] * named.numbers.ndim, *named.tail)
        array = self.code.operand(port, node.dtype)
        if named.tail:
            self.operands.append(Slot(x, Way.TAKEN, shape, by=by, length=length))
            self._ports.append(Port(array, Way.TAKEN, by))
        else:
            self.operands.append(Slot(x, Way.ARRAY, shape))
            self._ports.append(Port(array, Way.ARRAY))
            array = self.code.add("gather", (index,), node.dtype, port)
        self._scalars[node] = [array]
        self._keep(work)

    def _put(self, work: Work, value: Scalar, named: Named) -> None:
        """Adds elements to an array in which indices name their places."""
        node, by = work.node, self._indices(work.node, named)
        shape, length = (*[1] * named.numbers.ndim, *named.tail), 0
        if named.tail:
            length = math.prod(named.tail) * node.dtype.itemsize
        else:
            value = self.code.add("put", (value, self._ports[by].scalar), node.dtype)
        self._scalars[node] = [value]
        way = Way.PILED if piles(node) > 1 else Way.PUT
        slot = Slot(node, way, shape, by=by if named.tail else None, length=length)
        self.results.append(slot)

    def _indices(self, node: Node, named: Named) -> int:
        """The number of the operand that has indices, one for each element or each part."""
        number, way = len(self.operands), Way.INDEX if named.tail else Way.ELEMENT
        self.operands.append(Slot(node, way, named.shape, numbers=named.numbers))
        self._ports.append(Port(self.code.operand(number, WHOLE), way))
        return number

    def _operand(self, x: Node, work: Work) -> list[Scalar]:
        """The scalars of an operand, which is read if it is not computed here."""
        if x in self._scalars:
            return self._scalars[x]
        shape, count = self._aligned(x, work)
        if self._is_single(x):
            shape, count = (1,) * len(self.shape), None
        elif work.role is Role.ROW and not work.node.op.rows:
            shape, count = self._rows, None
        if (x, shape) not in self._scalars:
            parts = [None] if count is None else range(count)
            self._scalars[x, shape] = [self._read(x, shape, part) for part in parts]
        return self._scalars[x, shape]

    def _read(self, x: Node, shape: Shape, part: int | None) -> Scalar:
        way, shape = self._way(shape)
        scalar = self.code.operand(len(self.operands), x.dtype)
        self.operands.append(Slot(x, way, shape, part=part))
        self._ports.append(Port(scalar, way))
        return scalar

    def _way(self, shape: Shape) -> tuple[Way, Shape]:
        """Whether an array of that shape has a number for each element or each row."""
        return (Way.ROW if _count(shape, self._axes) == 1 < self.inner else Way.ELEMENT), shape

    # --- how it runs --------------------------------------------------------------------------

    @property
    def piece(self) -> int:
        """The elements of a row that a block has."""
        if self._emitter.is_folding:
            return self.inner
        piece = even(self.inner, 1 if self.outer else self._parts)
        return min(max(piece, self._least), self.inner)

    @property
    def block(self) -> int:
        """The elements of a block, more or less."""
        return self.piece * self.group

    @property
    def group(self) -> int:
        """The rows of a block: several if they are short."""
        return -(-max(even(self.size, self._parts), self._least) // max(self.inner, 1))

    @cached_property
    def _parts(self) -> int:
        """How many blocks there are at the least: two, if that is worth another thread."""
        return 2 if self.size >= SHARED and self.work * self.eager >= STEPS else 1

    @cached_property
    def _least(self) -> int:
        """The elements of a block, at the least: there are few if each has arrays for itself."""
        counts = [piles(slot.node) for slot in self.results if slot.way is Way.PILED]
        return -(-self.size // min(counts, default=max(self.size, 1)))

    @cached_property
    def work(self) -> int:
        """Elements times steps of the blocked executor that take about as long."""
        slots = [*self.operands, *(slot for slot in self.results if slot.way not in ADDED)]
        moved = sum(math.prod(slot.shape) for slot in slots)
        return self.size * self._emitter.weight // CHEAP + moved

    @cached_property
    def slices(self) -> int:
        """The slices along the first axis that are computed by themselves; 0 if there are none."""
        ways = {slot.way for slot in self.results}
        is_one_row = not self.outer and (self._emitter.is_folding or Way.COLUMN in ways)
        is_added = not ways.isdisjoint(NAMED)
        is_whole = is_one_row or is_added or any(x.part is not None for x in self.results)
        return 0 if is_whole or not self.shape else self.shape[0]

    least = 1
    """The slices of a block, at the least."""

    role = Role.ELEMENT
    eager = crew.EAGER

    @property
    def sliced(self) -> SlicedRegion | None:
        """The same if it can be run slice by slice along the first axis."""
        return self if self.slices else None

    def follows(self, x: Node) -> bool:
        """Whether a slice needs the same slice of an operand, and no more of it."""
        slots = [slot for slot in self.operands if slot.node is x]
        return all(
            slot.box[0] == (0, self.slices)
            if slot.way is Way.BOX
            else slot.way in (Way.ELEMENT, Way.ROW) and slot.shape[0] == self.slices
            for slot in slots
        )

    def _written(self, notes: dict[int, str] | None = None) -> Emitter:
        return Emitter(self.code, self._ports, self._ends, len(self.outer), notes)

    @cached_property
    def _emitter(self) -> Emitter:
        return self._written()

    @property
    def text(self) -> str:
        """The IR, with the names of operations beside it."""
        return self._written(self._notes).text()

    @cached_property
    def kernel(self) -> machine.Compiled:
        """The machine code, which may be there from another region of the same text."""
        return machine.compiled(self._emitter.text(), machine.OF_KERNELS)

    @cached_property
    def _layout(self) -> Layout:
        return Layout(
            self.kernel,
            self.operands,
            self.results,
            self.outer,
            self.inner,
            group=self.group,
            piece=self.piece,
            emitter=self._emitter,
        )

    def prepare(self) -> None:
        """Compiles the kernel."""
        _ = self._layout

    def bound(self, values: Mapping[Node, Any], watched: Collection[Node] = ()) -> CompiledBound:
        """The region with the arrays that it runs over."""
        return CompiledBound(self._layout, values, watched)

    # --- as text ------------------------------------------------------------------------------

    def listing(self, threads: int, *, code: bool = False) -> str:
        """The program as text, with the IR if asked for."""
        loops = len(self._emitter.loops)
        rows = f"rows of {self.inner:,} in {loops} loops, " if loops > 1 else ""
        head = (
            f"machine code, {len(self.code)} instructions, {rows}blocks of {self.block:,} from "
            f"{self.size:,} elements, {threads} thread{'s' if threads > 1 else ''}:"
        )
        ir = self.text.splitlines() if code else ()
        return "\n  ".join([head, *map(self._listed, self.works), *ir])

    def _listed(self, work: Work) -> str:
        operands = ", ".join(map(label, work.operands))
        is_sum = work.role is Role.SUM
        target = label(work.node) + ("[:]" if work.whole and not is_sum else "")
        line = f"{target} {'+=' if is_sum else '='} {work.node.op.name}({operands})"
        return line + ("  once a row" if work.role is Role.ROW else "")


class PuttingRegion(CompiledRegion):
    """The code of nodes that add elements by indices: in one block, in the order of NumPy."""

    @property
    def piece(self) -> int:
        """The elements of a row, all of them."""
        return self.inner

    @property
    def group(self) -> int:
        """All rows."""
        return math.prod(self.outer)


def _axes_of(shape: Shape, inner: int) -> int:
    """How many last axes have so many elements."""
    axes, size = 0, 1
    while size < inner:
        axes += 1
        size *= shape[-axes]
    return axes
