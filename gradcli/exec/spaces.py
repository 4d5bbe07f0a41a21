"""What a node that runs in blocks goes over, and what of it a block computes: the plan's question.

A region goes over a shape, perhaps row by row: the last axes are then folded to one value a row,
which elements of the same row use at once, while they are in the cache.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

from gradcli.exec.region import Role, Space
from gradcli.exec.traits import (
    boxes_of,
    has_last_axes,
    is_alone,
    is_product,
    is_sum,
    is_total,
    kept_shape,
    put_by,
    taken_by,
    term_of,
    works_on_rows,
)
from gradcli.ir.op import Elementwise, Linear

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence

    from gradcli.exec.region import AnyRegion
    from gradcli.ir.node import Node
    from gradcli.ir.shapes import Shape

    Maker = type[AnyRegion]

FEW = 8
"""Elements at most of a last axis whose elements are bundled: numbers beside one another."""

CELLS = 8_192
"""Elements at most of a sum over some axes, of which each block has its own."""


class Home(NamedTuple):
    """What makes the region of a node, what that goes over, and what the node is in it."""

    maker: Maker
    space: Space
    role: Role


class Spaces:
    """The homes of nodes, which are asked for in their order; `is_single` knows those before.

    `rows` are, by shape, what is left of it if its rows are folded, and `_folded` those that more
    than sums see whole; `_feeding`, by node of one
    value a row, the shape whose elements it is for; `_viewed` what is not only used in blocks.
    `_bases` are, by shape, what is left of it without a last axis that is added up in bundles.
    """

    def __init__(
        self,
        nodes: Sequence[Node],
        wanted: Collection[Node],
        large: int,
        maker: Callable[[Node], Maker],
        is_single: Callable[[Node], bool],
    ) -> None:
        self.homes: dict[Node, Home] = {}
        self._large = large
        self._maker = maker
        self._is_single = is_single
        self._bases: dict[Shape, Shape] = {}
        self._rows: dict[Shape, Shape] = {}
        self._folded: set[Shape] = set()
        self._feeding: dict[Node, Shape] = {}
        self._viewed = set(wanted)
        for node in nodes:
            self._find_rows(node)
        for node in nodes:
            self._find_bundles(node)
        for node in reversed(nodes):
            self._find_feeding(node)

    def _find_rows(self, node: Node) -> None:
        """Notes the rows of a large shape if a node folds them."""
        if node.op.rows is None or not has_last_axes(node):
            return
        x, rows = node.inputs[0], kept_shape(node)
        adds_few = is_sum(node) and math.prod(x.shape) < FEW * math.prod(rows)
        if x.size < self._large or adds_few or x.shape in self._folded:
            return
        if self._maker(node).folds(Space(x.shape, rows)):
            self._rows.setdefault(x.shape, rows)
            if not is_sum(node) and self._rows[x.shape] == rows:
                self._folded.add(x.shape)

    def _find_bundles(self, node: Node) -> None:
        """Notes a short last axis if a node adds up its elements, and none folds these as rows."""
        if not _adds_bundles(node) or not 1 < node.inputs[0].shape[-1] <= FEW:
            return
        if node.inputs[0].shape in self._folded:
            return
        base = node.inputs[0].shape[:-1]
        if node.size >= self._large and self._maker(node).folds(Space(base, (*base[:-1], 1))):
            self._bases[node.inputs[0].shape] = base
            self._bases[*base, 1] = base

    def _find_feeding(self, node: Node) -> None:
        """Notes which inputs have one value a row that elements of the row are made of."""
        goes_on = isinstance(node.op, Elementwise) or _moves(node)
        if not goes_on and node.op.rows is None:
            self._viewed.update(node.inputs)
        shape = node.shape if node.shape in self._rows else self._feeding.get(node)
        if shape is None or not (goes_on or node.op.rows is not None):
            return
        rows = self._rows[shape]
        for x in node.inputs:
            fits = x.shape == rows if node.shape == shape else x.size == node.size
            if fits and x.shape != shape:
                self._feeding.setdefault(x, shape)

    # --- homes --------------------------------------------------------------------------------

    def settle(self, node: Node, operands: Sequence[Node]) -> None:
        """Gives a node a home if it can run in blocks."""
        home = self._bundle(node, operands) if self._bases and operands else None
        home = home or (self._sum(node, operands[0]) if operands and is_sum(node) else None)
        home = home or (self._put(node, operands[0]) if operands else None)
        home = home or self._alone(node)
        home = home or self._row(node, operands) or self._elements(node, operands)
        if home is not None:
            self.homes[node] = home

    def _sum(self, node: Node, x: Node) -> Home | None:
        """Of a sum that is known when all blocks are done, but for one of rows."""
        if x.size < self._large or self._is_single(x) or self._folds(node):
            return None
        of_x = self.homes.get(x)
        if of_x is not None and of_x.space.shape == x.shape and not is_alone(x):
            maker, space = of_x[:2]
        else:
            maker, space = self._maker(node), Space(x.shape, self._rows.get(x.shape))
        fits = is_total(node) or (node.size <= CELLS and maker.row(space, {kept_shape(node)}) > 0)
        return Home(maker, space, Role.SUM) if fits else None

    def _put(self, node: Node, x: Node) -> Home | None:
        """Of what adds up elements by indices, which is done alone and in their order."""
        if x.size < self._large or x.size != node.inputs[0].size or self._is_single(x):
            return None
        named = put_by(node)
        if named is None or (*named.numbers.shape, *named.tail) != node.inputs[0].shape:
            return None
        maker, space = self._maker(node), Space(node.inputs[0].shape, None)
        fits = maker.reaches(node) and maker.row(space, named.apart)
        return Home(maker, space, Role.SUM) if fits else None

    def _alone(self, node: Node) -> Home | None:
        """Of what has a loop of its own: products, and what does the same to all cells."""
        if not is_alone(node):
            return None
        is_large = is_product(node) or max(x.size for x in node.inputs) >= self._large
        maker = self._maker(node)
        fits = is_large and maker.reaches(node) and node.size > 0
        return Home(maker, Space(node.shape, None), maker.role) if fits else None

    def _bundle(self, node: Node, operands: Sequence[Node]) -> Home | None:
        """Of what has, or adds up, several numbers where its space has one element."""
        x = operands[0]
        shape = node.shape if node.shape in self._bases else x.shape
        base = self._bases.get(shape)
        if base is None or not all(self._is_beside(y, base) for y in operands if y.shape == shape):
            return None
        maker, space = self._maker(node), Space(base, self._rows.get(base))
        if is_sum(node):
            if _adds_bundles(node):
                return Home(maker, space, Role.ELEMENT) if node.shape == base else None
            kept = kept_shape(node)
            fits = node.size <= CELLS and kept[-1] > 1 and maker.row(space, {kept[:-1]})
            role = Role.ROW if kept[:-1] == space.rows else Role.SUM
            return Home(maker, space, role) if fits else None
        if not (_is_elementwise(node) or _moves(node)) or node in self._viewed:
            return None
        longer = [
            (1,) * (len(shape) - y.ndim) + y.shape for y in operands if not self._is_single(y)
        ]
        is_same = _moves(node) and node.size == x.size and x.shape == base
        if not is_same and not all(_is_spread(y, shape) for y in longer):  # elements are moved
            return None
        others = {base} if is_same else {y[:-1] for y in longer}
        return Home(maker, space, Role.ELEMENT) if maker.row(space, others - {base}) else None

    def _is_beside(self, x: Node, base: Shape) -> bool:
        """Whether a bundle is computed in a region of that shape."""
        home = self.homes.get(x)
        return home is not None and home.space.shape == base

    def _folds(self, node: Node) -> bool:
        """Whether a node folds the rows of its input's shape."""
        x = node.inputs[0]
        return node.op.rows is not None and self._rows.get(x.shape) == kept_shape(node)

    def _row(self, node: Node, operands: Sequence[Node]) -> Home | None:
        """Of what has one value a row: what folds rows, and what is for elements of the row."""
        if operands and node.op.rows is not None and node.shape != operands[0].shape:
            maker, space = self._maker(node), Space(operands[0].shape, kept_shape(node))
            return (
                Home(maker, space, Role.ROW) if self._folds(node) and maker.folds(space) else None
            )
        shape = self._feeding.get(node)
        if shape is None or not (_is_elementwise(node) or _moves(node)):
            return None
        space = Space(shape, self._rows[shape])
        goes_on = any(self._is_row(x, space) for x in operands)
        fits = all(self._is_single(x) or x.size == node.size for x in operands)
        maker = self._maker(node)
        return Home(maker, space, Role.ROW) if goes_on and fits and maker.folds(space) else None

    def _is_row(self, x: Node, space: Space) -> bool:
        home = self.homes.get(x)
        return home is not None and home.role is Role.ROW and home.space == space

    def _elements(self, node: Node, operands: Sequence[Node]) -> Home | None:
        """Of what is elementwise on its own shape, or works on rows of it."""
        shape, rows = node.shape, self._rows.get(node.shape)
        on_rows = works_on_rows(node)
        if node.size < self._large or not (on_rows or self._is_elementwise(node)):
            return None
        maker = self._maker(node)
        others = {x.shape for x in operands if not self._is_single(x)} - {shape}
        if is_boxed(node):
            others = {(*shape[:-1], 1)}
        elif (named := taken_by(node)) is not None:
            others = named.apart
        if on_rows and not self._folds(node):
            rows = kept_shape(node)
        spaces = [Space(shape, rows)] if rows is not None else []
        spaces += [] if on_rows else [Space(shape, None)]
        return next(
            (Home(maker, space, Role.ELEMENT) for space in spaces if maker.row(space, others)), None
        )

    def _is_elementwise(self, node: Node) -> bool:
        """Whether an element is made of elements; a view of an array, only if it may be none."""
        if _moves(node):
            return node not in self._viewed and node.size > node.inputs[0].size
        if taken_by(node) is not None or term_of(node) is not None:
            return self._maker(node).reaches(node) and node.shape != ()
        return (is_boxed(node) and node.shape[-1] > 1) or _is_elementwise(node)


def reads_whole(node: Node) -> bool:
    """Whether the inputs of a node have to be there before, from which elements are taken."""
    return is_boxed(node) or taken_by(node) is not None or is_alone(node)


def is_boxed(node: Node) -> bool:
    """Whether a node is made of its inputs side by side, each of which has to be there before."""
    return boxes_of(node) is not None


def share(one: Home, other: Home | None, x: Node) -> bool:
    """Whether a region may hold a node and an operand x of it, by their homes."""
    if other is None or other.role is Role.SUM or one[:2] != other[:2]:
        return False
    return other.role is Role.ELEMENT or one.role is Role.ROW or x.shape == one.space.rows


def _adds_bundles(node: Node) -> bool:
    """Whether a node adds up the elements along the last axis of its input alone."""
    return is_sum(node) and (*node.attrs[0],) == (node.inputs[0].ndim - 1,) and node.ndim > 0


def _is_spread(x: Shape, shape: Shape) -> bool:
    """Whether an array with as many axes is spread over a shape, and has no elements elsewhere."""
    return len(x) == len(shape) and all(m in (1, n) for m, n in zip(x, shape, strict=True))


def _is_elementwise(node: Node) -> bool:
    return isinstance(node.op, Elementwise) and not node.op.whole


def _moves(node: Node) -> bool:
    return isinstance(node.op, Linear) and node.op.moves
