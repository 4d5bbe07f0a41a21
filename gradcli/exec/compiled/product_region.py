"""Products of matrices as machine code: stacks of them, whose rows threads share."""

from __future__ import annotations

import math
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from gradcli.exec import rooms
from gradcli.exec.compiled import crew, machine
from gradcli.exec.compiled.alone import AloneRegion, seen
from gradcli.exec.compiled.blocks import Call
from gradcli.exec.compiled.products import DEEP, UNIT, ProductWriter, lanes_for, tile_for
from gradcli.exec.compiled.ways import best_way
from gradcli.exec.traits import is_alone
from gradcli.ir.op import Linear, Structural

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from gradcli.exec.region import Work
    from gradcli.ir.node import Node
    from gradcli.ir.shapes import Shape

    Array = np.ndarray[Any, np.dtype[Any]]

FEWEST = 8
"""Rows and columns from which a product is worth tiles."""

WIDEST = 4_096
"""Columns from which rows are so far apart that BLAS, which copies more at a time, is quicker."""

TERMS = 1 << 19
"""Terms of all sums together from which it is worth more than a call of NumPy."""

STEP = 8
"""Terms that take about as long as an element of a step of the blocked executor."""

UNITS = 4
"""Units, at the least: rows of a product that are computed together."""

LOWEST = 96
"""Rows of one product, at the least, that are computed in one go with what is made of them."""

HIGHEST = 128
"""Rows of a unit, at most."""


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
        is_wide = min(sides.rows, sides.columns) >= FEWEST and sides.columns <= WIDEST
        is_large = is_wide and node.size * sides.terms >= TERMS
        is_even = left is right or _turns(left, right) or _turns(right, left)
        return is_large and not is_even and not any(map(_is_factored, node.inputs))

    @staticmethod
    def code(work: Work) -> ProductCode:
        """A product as it runs."""
        return ProductCode(work.node, work.operands)


def _turns(x: Node, y: Node) -> bool:
    """Whether a node is another one with its elements in another order."""
    return x.inputs == (y,) and x.size == y.size and isinstance(x.op, Linear)


def _is_factored(x: Node) -> bool:
    """Whether an array is seen as what an operation on whole matrices has made."""
    while len(x.inputs) == 1 and isinstance(x.op, Linear):
        (x,) = x.inputs
    by_parts = x.op.rows is not None or is_alone(x)
    return isinstance(x.op, Structural) and x.ndim > 1 and not by_parts


def packings(stack: int, rows: int) -> int:
    """The units of one product of a stack, for each of which columns are packed."""
    return max(-(-rows // HIGHEST), -(-UNITS // stack))


class Sides:
    """The factors of a product in the order in which they are read, and the axes of its tiles.

    `letters` are those of the result in the order in which it is made.
    """

    def __init__(self, node: Node) -> None:
        stated = node.op.product(node)
        assert stated is not None
        left, right = node.inputs
        pairs = zip(stated.left + stated.right, left.shape + right.shape, strict=True)
        self.lengths: dict[str, int] = {}
        for letter, n in pairs:
            self.lengths[letter] = max(n, self.lengths.get(letter, 1))
        way = best_way(node, self.lengths, lanes_for(node.dtype), packings)
        self.product = way.product
        self.is_exchanged = way.is_exchanged
        self.letters = way.made
        self.axes = way.stack, way.rows, way.columns
        self.stack, self.rows, self.columns = map(self.count, self.axes)
        self.terms = self.count(self.product.terms)

    def of(self, factors: Sequence[Any]) -> Sequence[Any]:
        """Factors in their order."""
        return factors[::-1] if self.is_exchanged else factors

    def count(self, letters: str) -> int:
        """How many places there are along some axes."""
        return math.prod(self.shape(letters))

    def shape(self, letters: str) -> Shape:
        """The lengths of some axes."""
        return tuple([self.lengths[letter] for letter in letters])


class Frame(NamedTuple):
    """How a product runs over factors of certain strides.

    Where its units begin in both factors and the result, and what they have in common: numbers and
    tables of gaps, which stay where they are in memory.
    """

    kernel: machine.Compiled
    units: Array
    common: Array
    tables: Sequence[Array]


class ProductCode:
    """A product of matrices, or of stacks of them, however they lie."""

    def __init__(self, node: Node, sources: Sequence[Node]) -> None:
        self.node = node
        self.sides = Sides(node)
        self.sources = self.sides.of(sources)
        self.shapes = [x.shape for x in self.sides.of(node.inputs)]
        self._lanes = lanes_for(node.dtype)
        self._tile = tile_for(self.sides.rows, self.sides.columns, self._lanes)
        self._frames: dict[tuple[Shape, ...], Frame] = {}

    @cached_property
    def step(self) -> int:
        """The rows of a unit."""
        rows, tile = self.sides.rows, self._tile.rows
        return -(-rows // (packings(self.sides.stack, rows) * tile)) * tile

    @cached_property
    def blocks(self) -> int:
        """How many units there are, which are blocks by themselves."""
        return self.sides.stack * -(-self.sides.rows // self.step)

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
        """The slices of a block that it is worth packing columns for, at the least."""
        return 1 if self.is_stack else -(-LOWEST * self.slices // self.sides.rows)

    def follows(self, x: Node) -> bool:
        """Whether a slice needs the same slice of a factor, and no more of it."""
        first, product = self.sides.letters[0], self.sides.product
        factors = zip(self.sources, (product.left, product.right), self.shapes, strict=True)
        return all(
            letters[:1] == first and shape[0] == self.slices
            for source, letters, shape in factors
            if source is x
        )

    @property
    def work(self) -> int:
        """Elements times steps of the blocked executor that take about as long."""
        return self.node.size * self.sides.terms // STEP

    def text(self, *, apart: bool = False) -> str:
        """The IR, for a second factor whose columns lie beside one another or `apart`."""
        deep = self.sides.terms > DEEP
        return ProductWriter(self.node.dtype, self._tile, apart=apart, deep=deep).text()

    def bound(self, values: Mapping[Node, Any]) -> BoundProduct:
        """The product with its arrays."""
        return BoundProduct(self, values)

    def frame(self, left: Array, right: Array, made: Array, *, step: int) -> Frame:
        """How it runs over factors that lie as these do, so many rows at a time."""
        key = left.strides, right.strides, (step,)
        if key not in self._frames:
            self._frames[key] = self._frame(left, right, made, step)
        return self._frames[key]

    def _frame(self, left: Array, right: Array, made: Array, step: int) -> Frame:
        sides, product = self.sides, self.sides.product
        along, downward, across = sides.axes
        rows, columns = sides.rows, sides.columns

        def gaps(letters: str, of: str, array: Array) -> Array:
            """How far elements are from the first of an array along some axes."""
            steps = dict(zip(of, array.strides, strict=True))
            alone = {letter for letter, n in zip(of, array.shape, strict=True) if n == 1}
            strides = [0 if c in alone else steps.get(c, 0) for c in letters]
            return _gaps(sides.shape(letters), strides)

        of_columns = gaps(across, product.right, right)
        is_apart = not np.array_equal(of_columns, np.arange(columns) * right.itemsize)
        tables = [
            gaps(downward, product.left, left),
            gaps(product.terms, product.left, left),
            gaps(product.terms, product.right, right),
            np.concatenate([of_columns, np.zeros(self._tile.vectors * self._lanes, np.int64)]),
        ]
        of_rows, *others = map(rooms.address, tables)
        starts = np.arange(0, rows, step)
        width = made.strides[sides.letters.index(downward[-1])] if downward else 0
        units = np.zeros((sides.stack, len(starts), len(UNIT)), np.int64)
        units[..., 0] = gaps(along, product.left, left)[:, None]
        units[..., 1] = gaps(along, product.right, right)[:, None]
        units[..., 2] = gaps(along, sides.letters, made)[:, None] + starts * width
        units[..., 3] = of_rows + 8 * starts
        units[..., 4] = np.minimum(rows - starts, step)
        return Frame(
            machine.compiled(self.text(apart=is_apart), machine.OF_KERNELS),
            units.reshape(-1, len(UNIT)),
            np.array([sides.terms, columns, width, *others], np.int64),
            tables,
        )


def _gaps(lengths: Sequence[int], strides: Sequence[int]) -> Array:
    """How many bytes each element lies from the first, along several axes."""
    gaps = np.zeros(1, np.int64)
    for n, step in zip(lengths, strides, strict=True):
        gaps = np.add.outer(gaps, np.arange(n) * step).reshape(-1)
    return gaps


class BoundProduct:
    """A product with its arrays."""

    is_whole = True
    is_finite = False  # nobody has looked

    def __init__(self, code: ProductCode, values: Mapping[Node, Any]) -> None:
        self.code = code
        sides, dtype = code.sides, code.node.dtype
        self._made = rooms.empty(sides.shape(sides.letters), dtype)
        order = [sides.letters.index(c) for c in sides.product.result]
        self.result = self._made.transpose(order) if order != sorted(order) else self._made
        inputs = zip(code.sources, sides.of(code.node.inputs), strict=True)
        self._factors = [seen(values[x], y) for x, y in inputs]
        self._take(code.step, 1)

    def _take(self, step: int, group: int) -> None:
        """Makes blocks of a group of units, each of so many rows."""
        left, right = self._factors
        self._frame = self.code.frame(left, right, self._made, step=step)
        begins = [rooms.address(x) for x in (*self._factors, self._made)]
        self._units = self._frame.units + np.array([*begins, 0, 0])
        self._sizes = np.array([len(self._units), group, 1, 1, 1, 0, 0, 0])

    def run(self, threads: int) -> None:
        """Runs all units, which so many threads share."""
        crew.run([self._call()], self, len(self._units), threads)

    def in_slices(self, size: int) -> Call:
        """What runs it in blocks of so many slices along the first axis."""
        code = self.code
        if code.is_stack:
            self._take(code.step, code.blocks // code.slices * size)
        else:
            self._take(code.sides.rows // code.slices * size, 1)
        return self._call()

    def _call(self) -> Call:
        given = self._units, self._frame.common, self._sizes
        units, common, sizes = map(rooms.address, given)
        return Call(self._frame.kernel.run, units, extents=common, sizes=sizes)
