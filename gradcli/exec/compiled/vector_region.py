"""Products of a matrix and a vector as machine code: rows of the matrix, which threads share.

Where both a product by a matrix and one by it the other way round are asked for, as for a model
and its gradient, each block of rows is still in the cache when it is read again.
"""

from __future__ import annotations

from functools import cached_property
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from gradcli.exec import rooms
from gradcli.exec.compiled import crew, machine
from gradcli.exec.compiled.alone import AloneRegion, NodesBound, Seeing
from gradcli.exec.compiled.blocks import Call, is_marked
from gradcli.exec.compiled.joins import Joins, Sums
from gradcli.exec.compiled.product_region import is_factored
from gradcli.exec.compiled.sides import FEWEST
from gradcli.exec.compiled.tiles import lanes_for
from gradcli.exec.compiled.vectors import AddWriter, DotWriter
from gradcli.exec.compiled.ways import like
from gradcli.exec.region import Role
from gradcli.ir.scalar import BOOL

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence

    from gradcli.exec.region import Work
    from gradcli.exec.spaces import Maker
    from gradcli.ir.node import Node

    Array = np.ndarray[Any, np.dtype[Any]]

SIZE = 1 << 18
"""Elements of a matrix from which it is worth more than a call of NumPy."""

BLOCK = 1 << 18
"""Bytes of the matrix that a block reads, more or less."""

STEP = 2
"""Terms that take about as long as an element of a step of the blocked executor."""

PANEL = 16
"""Vectors of columns that are added up at a time: half of the registers; half of that if short."""

AXES = 2
"""Of a matrix."""


class Vectors(NamedTuple):
    """Which input of a product is a matrix, and how its rows lie.

    It `is_turned` if its rows are columns as it lies; they are terms if they are `added`.
    """

    matrix: int
    is_turned: bool
    added: bool


def vectors_of(node: Node) -> Vectors | None:
    """How a node multiplies a matrix by a vector, if it does; rows of the matrix lie in one piece.

    No product with a factor of another type is one.
    """
    stated = node.op.product(node)
    if stated is None or len(stated.terms) > 1 or {x.dtype for x in node.inputs} != {node.dtype}:
        return None
    for i, letters in enumerate((stated.left, stated.right)):
        matrix, terms = node.inputs[i], node.inputs[1 - i].size
        is_matrix = matrix.ndim == AXES and matrix.size == terms * node.size >= SIZE
        if is_matrix and min(terms, node.size) >= FEWEST:
            steps = like(matrix).strides
            if 1 in steps:
                beside = steps.index(1)
                return Vectors(i, beside == 0, beside != letters.index(stated.terms))
    return None


def vector_maker(node: Node) -> Maker | None:
    """What makes the region of a product of a matrix and a vector."""
    vectors = vectors_of(node)
    return None if vectors is None else AddRegion if vectors.added else DotRegion


class VectorCode:
    """A product of a matrix and a vector, which are read in that order."""

    least = 1

    def __init__(self, node: Node, sources: Sequence[Node]) -> None:
        vectors = vectors_of(node)
        assert vectors is not None
        self.node = node
        self.is_turned, self.added = vectors.is_turned, vectors.added
        order = -1 if vectors.matrix else 1
        self.sources, self.inputs = sources[::order], node.inputs[::order]
        matrix = self.inputs[0]
        self.rows, self.width = matrix.shape[::-1] if self.is_turned else matrix.shape
        self.lanes = lanes_for(node.dtype)
        self.count = -(-self.width // self.lanes)
        self.panel = min(self.count, PANEL if machine.is_longest() else PANEL // 2)

    @property
    def group(self) -> int:
        """The rows of a block."""
        count = -(-self.inputs[0].size * self.node.dtype.itemsize // BLOCK)
        return -(-self.rows // (count + count % 2))

    @property
    def blocks(self) -> int:
        """How many there are."""
        return -(-self.rows // self.group)

    @property
    def slices(self) -> int:
        """The slices along the first axis, which are rows."""
        return self.rows

    def follows(self, x: Node) -> bool:
        """Whether a slice needs the same slice of an operand, and no more of it."""
        matrix, vector = self.sources
        is_along = self.added and self.inputs[1].shape[0] == self.rows
        return (x is not matrix or not self.is_turned) and (x is not vector or is_along)

    @property
    def work(self) -> int:
        """Elements times steps of the blocked executor that take about as long."""
        return self.inputs[0].size // STEP

    def text(self) -> str:
        """The IR."""
        dtype = self.node.dtype
        return AddWriter(dtype, self.panel).text() if self.added else DotWriter(dtype).text()

    @cached_property
    def kernel(self) -> machine.Compiled:
        """The machine code, which is the same for all such products of a type."""
        return machine.compiled(self.text(), machine.OF_KERNELS)

    def bound(self, values: Mapping[Node, Any]) -> BoundVector:
        """The product with its arrays."""
        return (BoundAdded if self.added else BoundVector)(self, values)


class BoundVector(Seeing):
    """A product of a matrix and a vector with its arrays."""

    code: VectorCode
    kept = 0

    def __init__(self, code: VectorCode, values: Mapping[Node, Any]) -> None:
        self.code = code
        self.inputs = [*zip(code.sources, code.inputs, strict=True)]
        self.arrays = [self.read(i, values) for i in range(len(self.inputs))]
        made = [self.makes(i) for i in self.made]
        self._begins = np.array([*map(rooms.address, [*self.arrays, *made])], np.int64)
        end = (code.count - code.panel) * code.lanes
        self._extents = np.array([code.width, self.arrays[0].strides[0], end], np.int64)
        self._take(code.group)

    def read(self, number: int, values: Mapping[Node, Any]) -> Array:
        """The matrix, of which rows lie in one piece, or the vector: a copy if they do not."""
        array = super().read(number, values)
        if number:
            return np.ascontiguousarray(array).reshape(-1)
        rows = array.T if self.code.is_turned else array
        return rows if rows.strides[1] == rows.itemsize else np.ascontiguousarray(rows)

    def copies(self, x: Node, array: Array) -> bool:
        """Whether it reads a copy of a node."""
        pairs = zip(self.sources, self.arrays, strict=False)
        return any(source is x and not np.may_share_memory(array, y) for source, y in pairs)

    @property
    def is_whole(self) -> bool:
        """Whether the result is there when blocks are done."""
        return not self.code.added

    @property
    def is_finite(self) -> bool:
        """Whether all numbers of the result are finite."""
        return not is_marked(self.bad)

    def _take(self, group: int) -> None:
        """Makes room for what blocks of so many rows leave."""
        code, dtype = self.code, self.code.node.dtype
        count, cells = -(-code.rows // group), code.added * code.count * code.lanes
        self.bad = rooms.apart(count, 1, BOOL)
        self.cells = rooms.apart(count, cells, dtype)
        sizes = code.rows, group, 1, 1, 1, 0, rooms.paired(cells * dtype.itemsize), rooms.PAIR
        self._sizes = np.array(sizes, np.int64)

    def moves(self, number: int, place: int) -> None:
        """Notes that an array is at another place in memory."""
        self._begins[number] = place

    def run(self, threads: int) -> Sequence[Callable[[], object]]:
        """Runs all blocks, which so many threads share."""
        self._threads = threads
        return [crew.run([self._call()], self, len(self.bad), threads)]

    def in_slices(self, size: int, threads: int) -> Call:
        """What runs it in blocks of so many slices along the first axis."""
        self._threads = threads
        self._take(size)
        return self._call()

    def _call(self) -> Call:
        tables = self._begins, self._extents, self.cells, self.bad, self._sizes
        begins, extents, cells, marks, sizes = map(rooms.address, tables)
        kernel = self.code.kernel.run
        return Call(kernel, begins, extents=extents, cells=cells, marks=marks, sizes=sizes)


class BoundAdded(BoundVector):
    """The same where rows are added up, over what blocks have for themselves."""

    made = MappingProxyType[int, Any]({})
    _joins: Joins | None = None

    def _take(self, group: int) -> None:
        super()._take(group)
        self._joins = None

    def size(self, _handed: Collection[Node]) -> int:
        """The bytes of what blocks leave."""
        return self.cells.nbytes

    @property
    def is_finite(self) -> bool:
        """Whether all sums are finite, once they have been joined."""
        return self._joins is not None and not self._joins.bad

    def total(self) -> Array:
        """The sums of all blocks."""
        code = self.code
        if self._joins is None:
            sums = Sums(code.node.dtype, 0, places=code.width)
            self._joins = Joins([sums], self.cells, self._threads)
        (made,) = self._joins()
        total: Array = made.reshape(code.node.shape)
        return total


class BoundVectors(NodesBound):
    """Such products with the arrays that they run over."""

    def __init__(self, parts: Sequence[BoundVector], watched: Collection[Node]) -> None:
        super().__init__(parts, watched)
        self._products = parts

    def is_copied(self, x: Node, array: Array) -> bool:
        """Whether a node was copied."""
        return any(part.copies(x, array) for part in self._products)

    @property
    def left(self) -> list[Node]:
        """None: those of which rows are added up are known when all blocks are done."""
        return []

    def totals(self) -> dict[Node, Any]:
        """The sums of rows."""
        added = [part for part in self._products if isinstance(part, BoundAdded)]
        return {part.code.node: part.total() for part in added}


class DotRegion(AloneRegion):
    """Products of rows by a vector."""

    how = "row by row"

    @staticmethod
    def reaches(node: Node) -> bool:
        """Every product of a matrix that is large enough, by a vector."""
        return vectors_of(node) is not None and not any(map(is_factored, node.inputs))

    @staticmethod
    def code(work: Work) -> VectorCode:
        """A product as it runs."""
        return VectorCode(work.node, work.operands)

    def bound(self, values: Mapping[Node, Any], watched: Collection[Node] = ()) -> BoundVectors:
        """The products with the arrays that they run over."""
        codes = [self.code(work) for work in self.works]
        return BoundVectors([code.bound(values) for code in codes], watched)


class AddRegion(DotRegion):
    """Products that add up rows."""

    role = Role.SUM
