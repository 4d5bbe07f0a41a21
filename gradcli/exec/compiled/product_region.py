"""Products of matrices as machine code: stacks of them, whose rows threads share."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from gradcli.exec import rooms
from gradcli.exec.compiled import crew
from gradcli.exec.compiled.alone import AloneRegion, Seeing
from gradcli.exec.compiled.blocks import Call, is_marked
from gradcli.exec.compiled.instructions import LONGEST
from gradcli.exec.compiled.product_frames import Cut, Frame
from gradcli.exec.compiled.products import ProductWriter
from gradcli.exec.compiled.sides import FEWEST, Sides
from gradcli.exec.compiled.tiles import TileWriter, lanes_for, tiles_for
from gradcli.exec.traits import is_alone
from gradcli.ir.op import Linear, Structural
from gradcli.ir.scalar import BOOL

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence

    from gradcli.exec.compiled.product_frames import Ahead
    from gradcli.exec.region import Work
    from gradcli.ir.node import Node

    Array = np.ndarray[Any, np.dtype[Any]]

EVEN = 256
"""Rows of a product that is symmetric from which BLAS, which computes half of it, is quicker."""

TERMS = 1 << 18
"""Terms of all sums together from which it is worth more than a call of NumPy: BLAS has threads for
more of them, which spin for a tenth of a second where ours would run."""

STEP = 4
"""Terms that take about as long as an element of a step of the blocked executor."""

UNITS = 2
"""Units for each thread, if there are columns enough."""

BROAD, NARROW = 256, 2
"""Columns of each of them, at the least; and the panels of one that has its thread for itself."""

LOWEST = 96
"""Rows of one product, at the least, that are computed in one go with what is made of them."""

_BYTE = np.dtype(np.uint8)


class ProductRegion(AloneRegion):
    """Products of matrices."""

    how = "tile by tile"

    @staticmethod
    def reaches(node: Node) -> bool:
        """Every product that is large enough.

        BLAS computes half of one that is symmetric; and where it has just made a factor, its
        threads wait for more by spinning, and ours would share their cores.
        """
        left, right = node.inputs
        sides = Sides(node)
        is_wide = min(sides.rows, sides.columns) >= FEWEST
        is_large = is_wide and node.size * sides.terms >= TERMS
        is_even = left is right or _turns(left, right) or _turns(right, left)
        is_half = is_even and sides.rows >= EVEN
        return is_large and not is_half and not any(map(is_factored, node.inputs))

    @staticmethod
    def code(work: Work) -> ProductCode:
        """A product as it runs."""
        return ProductCode(work.node, work.operands)


def _turns(x: Node, y: Node) -> bool:
    """Whether a node is another one with its elements in another order."""
    return x.inputs == (y,) and x.size == y.size and isinstance(x.op, Linear)


def is_factored(x: Node) -> bool:
    """Whether an array is seen as what an operation on whole matrices has made."""
    while len(x.inputs) == 1 and isinstance(x.op, Linear):
        (x,) = x.inputs
    by_parts = x.op.rows is not None or is_alone(x)
    return isinstance(x.op, Structural) and x.ndim > 1 and not by_parts


class ProductCode:
    """A product of matrices, or of stacks of them, however they lie."""

    def __init__(self, node: Node, sources: Sequence[Node]) -> None:
        self.node = node
        self.sides = Sides(node)
        self.sources = self.sides.of(sources)
        self.shapes = [x.shape for x in self.sides.of(node.inputs)]
        self.tiles = tiles_for(self.sides.rows, self.sides.columns, lanes_for(node.dtype))
        self._frames: dict[tuple[Any, ...], Frame] = {}

    @property
    def blocks(self) -> int:
        """How many units there are, at the most, which are blocks by themselves."""
        return self.sides.stack * -(-self.sides.rows // self.tiles[0].rows)

    @cached_property
    def slices(self) -> int:
        """The slices along the first axis, which are products or rows; 0 if it is another."""
        sides = self.sides
        first = "".join(sides.axes)[0]
        return sides.lengths[first] if sides.product.result[0] == sides.letters[0] == first else 0

    @property
    def is_stack(self) -> bool:
        """Whether slices are products."""
        return bool(self.sides.axes[0])

    @property
    def least(self) -> int:
        """The slices of a block that it is worth reading all columns for, at the least."""
        return 1 if self.is_stack else -(-LOWEST * self.slices // self.sides.rows)

    def follows(self, x: Node) -> bool:
        """Whether a slice needs the same slice of a factor, and no more of it."""
        first = self.sides.letters[0]
        factors = zip(self.sources, self.sides.letters_of_factors, self.shapes, strict=True)
        return all(
            letters[:1] == first and shape[0] == self.slices
            for source, letters, shape in factors
            if source is x
        )

    @property
    def work(self) -> int:
        """Elements times steps of the blocked executor that take about as long."""
        return self.node.size * self.sides.terms // STEP

    def text(self) -> str:
        """The IR: of what goes over tiles, and of these."""
        dtype = self.node.dtype
        writers = ProductWriter(dtype), *[TileWriter(dtype, tile) for tile in self.tiles]
        return "\n".join(writer.text() for writer in writers)

    def bound(self, values: Mapping[Node, Any]) -> BoundProduct:
        """The product with its arrays."""
        return BoundProduct(self, values)

    # --- units ----------------------------------------------------------------------------------

    def cut(self, threads: int) -> Cut:
        """Units for so many threads: of many rows, for which the same columns are packed once.

        Several for each thread if there are columns enough, or one; of fewer rows if there are not.
        """
        sides, tile, parts = self.sides, self.tiles[0], 1
        rows, columns, high = sides.rows, sides.columns, sides.high
        wide = tile.vectors * lanes_for(self.node.dtype)
        for units, least in ((UNITS * threads, BROAD), (threads, NARROW * wide)):
            parts = -(-units // (sides.stack * high))
            if parts == 1 or columns >= parts * least:
                return Cut(_part(rows, high, tile.rows), _part(columns, parts, wide))
        return Cut(_part(rows, high * parts, tile.rows), columns)

    def frame(self, arrays: Sequence[Array], cut: Cut) -> Frame:
        """How it runs over factors and a result that lie as these do, in such units."""
        key = *[x.strides for x in arrays], cut
        if key not in self._frames:
            self._frames[key] = Frame(self.sides, self.tiles, arrays, cut)
        return self._frames[key]


def _part(number: int, count: int, step: int) -> int:
    """What each of so many parts has, in whole steps."""
    return -(-number // (count * step)) * step


class BoundProduct(Seeing):
    """A product with its arrays."""

    code: ProductCode
    is_whole = True

    def __init__(self, code: ProductCode, values: Mapping[Node, Any]) -> None:
        self.code = code
        self.result = self.room()
        self.inputs = [*zip(code.sources, code.sides.of(code.node.inputs), strict=True)]
        self.arrays = [self.read(i, values) for i in range(len(self.inputs))]

    def room(self) -> Array:
        """New memory for the result, with axes in the order in which they are gone over there."""
        sides = self.code.sides
        made = rooms.empty(sides.shape(sides.letters), self.code.node.dtype)
        order = [sides.letters.index(c) for c in sides.product.result]
        return made.transpose(order) if order != sorted(order) else made

    @property
    def is_finite(self) -> bool:
        """Whether all numbers of the result are finite."""
        return not is_marked(self.bad)

    def moves(self, number: int, place: int) -> None:
        """Notes that an array is at another place in memory."""
        if number == 1 and self.ahead:
            self._places[0] = place
        else:
            np.add(self._frame.units[:, number], place, self._units[:, number])

    def run(self, threads: int) -> Sequence[Callable[[], object]]:
        """Runs all units, which so many threads share."""
        call = self._taken(self.code.cut(threads), threads)
        run = crew.run([call], self, len(self._units), threads, self.kept)
        return [*self.ahead, run]

    def in_slices(self, size: int, threads: int) -> Call:
        """What runs it in blocks of so many slices along the first axis."""
        code, sides = self.code, self.code.sides
        if code.is_stack:
            return self._taken(code.cut(1), threads, size)
        return self._taken(Cut(sides.rows // code.slices * size, sides.columns), threads)

    def _taken(self, cut: Cut, threads: int, slices: int = 0) -> Call:
        """What runs units one by one, or those of so many products of a stack together."""
        letters, order = self.code.sides.letters, self.code.sides.product.result
        made = self.result.transpose([order.index(c) for c in letters])
        arrays = *self.arrays, made
        frame = self.code.frame(arrays, cut)
        group = len(frame.units) // self.code.slices * slices if slices else 1
        begins = [rooms.address(x) for x in arrays]
        if frame.ahead is not None:
            begins[1] = self._packed(frame.ahead, begins[1], threads)
        self._units = frame.units + np.array([*begins, 0, 0, 0, 0])
        self.bad = rooms.apart(-(-len(self._units) // group), 1, BOOL)
        self._frame = frame
        units, marks = rooms.address(self._units), rooms.address(self.bad)
        sizes = frame.blocks(group)
        return Call(frame.run, units, extents=frame.common, marks=marks, sizes=sizes)

    def _packed(self, ahead: Ahead, begin: int, threads: int) -> int:
        """Where the second factor, which begins there, has been packed for all units."""
        self._columns = rooms.empty((ahead.size + LONGEST,), _BYTE)
        place = rooms.address(self._columns)
        place += -place % LONGEST
        self._places = np.array([begin, place], np.int64)
        arrays = rooms.address(self._places)
        call = Call(ahead.run, arrays, extents=ahead.common, sizes=ahead.blocks)
        held = self._columns, self._places  # but not this, which would hold itself
        self.ahead = [crew.run([call], held, ahead.panels, threads)]
        return place

    def size(self, handed: Collection[Node]) -> int:
        """The bytes of the result, unless that is handed out, and of columns packed ahead."""
        return super().size(handed) + (self._columns.nbytes if self.ahead else 0)

    @property
    def kept(self) -> int:
        """The numbers that a thread packs."""
        return -(-self._frame.room // 8)
