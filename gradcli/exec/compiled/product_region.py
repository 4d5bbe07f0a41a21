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
from gradcli.ir.op import Linear

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from gradcli.exec.region import Work
    from gradcli.ir.node import Node
    from gradcli.ir.shapes import Shape

    Array = np.ndarray[Any, np.dtype[Any]]

FEWEST = 8
"""Rows and columns from which a product is worth tiles."""

TERMS = 1 << 19
"""Terms of all sums together from which it is worth more than a call of NumPy."""

STEP = 8
"""Terms that take about as long as an element of a step of the blocked executor."""

UNITS = 4
"""Units, at the least: rows of a product that are computed together."""

LOWEST = 48
"""Rows of one product, at the least, that are computed in one go with what is made of them."""

HIGHEST = 128
"""Rows of a unit, at most."""


class ProductRegion(AloneRegion):
    """Products of matrices."""

    how = "tile by tile"

    @staticmethod
    def reaches(node: Node) -> bool:
        """Every product that is large enough; BLAS computes half of one that is symmetric."""
        left, right = node.inputs
        is_large = min(node.shape[-2:]) >= FEWEST and node.size * left.shape[-1] >= TERMS
        return is_large and not (_turns(left, right) or _turns(right, left))

    @staticmethod
    def code(work: Work) -> ProductCode:
        """A product as it runs."""
        return ProductCode(work.node, work.operands)


def _turns(x: Node, y: Node) -> bool:
    """Whether a node is another one with its elements in another order."""
    return x.inputs == (y,) and x.size == y.size and isinstance(x.op, Linear)


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
        self.sources = sources
        self._lanes = lanes_for(node.dtype)
        self._tile = tile_for(node.shape[-2], node.shape[-1], self._lanes)
        self._frames: dict[tuple[Shape, ...], Frame] = {}

    @cached_property
    def step(self) -> int:
        """The rows of a unit."""
        *stack, rows, _ = self.node.shape
        count = max(-(-rows // HIGHEST), -(-UNITS // math.prod(stack)))
        return -(-rows // (count * self._tile.rows)) * self._tile.rows

    @cached_property
    def blocks(self) -> int:
        """How many units there are, which are blocks by themselves."""
        return math.prod(self.node.shape[:-2]) * -(-self.node.shape[-2] // self.step)

    @property
    def slices(self) -> int:
        """The slices along the first axis, which are products or rows of one."""
        return self.node.shape[0]

    @property
    def least(self) -> int:
        """The slices of a block that it is worth packing columns for, at the least."""
        return 1 if self.node.ndim > 2 else LOWEST

    def follows(self, x: Node) -> bool:
        """Whether a slice needs the same slice of a factor, and no more of it."""
        if self.node.ndim == 2:
            return self.sources[1] is not x
        shapes = [
            y.shape for source, y in zip(self.sources, self.node.inputs, strict=True) if source is x
        ]
        return all(len(y) == self.node.ndim and y[0] == self.slices for y in shapes)

    @property
    def work(self) -> int:
        """Elements times steps of the blocked executor that take about as long."""
        return self.node.size * self.node.inputs[0].shape[-1] // STEP

    def text(self, *, apart: bool = False) -> str:
        """The IR, for a second factor whose columns lie beside one another or `apart`."""
        deep = self.node.inputs[0].shape[-1] > DEEP
        return ProductWriter(self.node.dtype, self._tile, apart=apart, deep=deep).text()

    def bound(self, values: Mapping[Node, Any]) -> BoundProduct:
        """The product with its arrays."""
        return BoundProduct(self, values)

    def frame(self, left: Array, right: Array, *, step: int) -> Frame:
        """How it runs over factors that lie as these do, so many rows at a time."""
        key = left.strides, right.strides, (step,)
        if key not in self._frames:
            self._frames[key] = self._frame(*self._stacked(left, right), step=step)
        return self._frames[key]

    def _stacked(self, *factors: Array) -> Sequence[Array]:
        """The factors with all axes of the stack."""
        stack = self.node.shape[:-2]
        return [np.broadcast_to(x, (*stack, *x.shape[-2:])) for x in factors]

    def _frame(self, left: Array, right: Array, *, step: int) -> Frame:
        *stack, rows, columns = self.node.shape
        width, terms = columns * self.node.dtype.itemsize, left.shape[-1]
        beyond = self._tile.vectors * self._lanes
        tables = [
            _gaps([rows], [left.strides[-2]]),
            _gaps([terms], [left.strides[-1]]),
            _gaps([terms], [right.strides[-2]]),
            np.concatenate([_gaps([columns], [right.strides[-1]]), np.zeros(beyond, np.int64)]),
        ]
        of_rows, *others = map(rooms.address, tables)
        starts = np.arange(0, rows, step)
        units = np.zeros((math.prod(stack), len(starts), len(UNIT)), np.int64)
        for i, x in enumerate((left, right)):
            units[..., i] = _gaps(stack, x.strides[:-2])[:, None]
        units[..., 2] = np.arange(len(units))[:, None] * (rows * width) + starts * width
        units[..., 3] = of_rows + 8 * starts
        units[..., 4] = np.minimum(rows - starts, step)
        return Frame(
            machine.compiled(
                self.text(apart=right.strides[-1] != right.itemsize), machine.OF_KERNELS
            ),
            units.reshape(-1, len(UNIT)),
            np.array([terms, columns, width, *others], np.int64),
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
        self.result = rooms.empty(code.node.shape, code.node.dtype)
        inputs = zip(code.sources, code.node.inputs, strict=True)
        self._factors = [seen(values[x], y) for x, y in inputs]
        self._take(code.step, 1)

    def _take(self, step: int, group: int) -> None:
        """Makes blocks of a group of units, each of so many rows."""
        self._frame = self.code.frame(*self._factors, step=step)
        begins = [rooms.address(x) for x in (*self._factors, self.result)]
        self._units = self._frame.units + np.array([*begins, 0, 0])
        self._sizes = np.array([len(self._units), group, 1, 1, 1, 0, 0, 0])

    def run(self, threads: int) -> None:
        """Runs all units, which so many threads share."""
        crew.run([self._call()], self, len(self._units), threads)

    def in_slices(self, size: int) -> Call:
        """What runs it in blocks of so many slices along the first axis."""
        code = self.code
        if code.node.ndim == 2:
            self._take(size, 1)
        else:
            self._take(code.step, code.blocks // code.slices * size)
        return self._call()

    def _call(self) -> Call:
        given = self._units, self._frame.common, self._sizes
        units, common, sizes = map(rooms.address, given)
        return Call(self._frame.kernel.run, units, extents=common, sizes=sizes)
