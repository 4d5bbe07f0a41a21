"""The factors of a product of matrices, and the axes by which it goes."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from gradcli.exec.compiled.tiles import lanes_for
from gradcli.exec.compiled.ways import best_way

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gradcli.ir.node import Node
    from gradcli.ir.shapes import Shape

FEWEST = 8
"""Rows and columns from which a product is worth tiles."""

HIGHEST = 256
"""Rows of a unit, at most, that is computed with columns that are packed for it."""


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
        way = best_way(node, self.lengths, lanes_for(node.dtype), HIGHEST)
        self.product = way.product
        self.is_exchanged = way.is_exchanged
        self.letters = way.made
        self.axes = way.stack, way.rows, way.columns
        self.stack, self.rows, self.columns = map(self.count, self.axes)
        self.terms = self.count(self.product.terms)

    @property
    def high(self) -> int:
        """How many units its rows make, at the least."""
        return -(-self.rows // HIGHEST)

    @property
    def letters_of_factors(self) -> tuple[str, str]:
        """The letters of the axes of both."""
        return self.product.left, self.product.right

    def of(self, factors: Sequence[Any]) -> Sequence[Any]:
        """Factors in their order."""
        return factors[::-1] if self.is_exchanged else factors

    def count(self, letters: str) -> int:
        """How many places there are along some axes."""
        return math.prod(self.shape(letters))

    def shape(self, letters: str) -> Shape:
        """The lengths of some axes."""
        return tuple([self.lengths[letter] for letter in letters])
