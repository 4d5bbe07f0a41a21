"""The ways in which a product may go by tiles, and which of them is the least work.

Either factor may be the one of whose elements one at a time is read, and axes of a factor may be
axes of a stack, so that the columns that are left lie side by side.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from gradcli.exec.compiled.tiles import instructions, tiles_for
from gradcli.ir.op import Linear
from gradcli.ir.product import Product

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from gradcli.ir.node import Node

    Array = np.ndarray[Any, np.dtype[Any]]

PACKED, TURNED, GATHERED = 2, 10, 16
"""Instructions that put a vector of columns in its place: if they lie side by side, if terms do,
and if neither does."""

MOVED = 8
"""Those that put an element of the result in order, if it is made in another one."""


class Way(NamedTuple):
    """The axes of a stack, of rows and of columns, by letters, and those of the result as it lies.

    The factors of the product are exchanged if that `is_exchanged`.
    """

    product: Product
    is_exchanged: bool
    stack: str
    rows: str
    columns: str
    made: str


def best_way(node: Node, lengths: Mapping[str, int], lanes: int, highest: int) -> Way:
    """The way that takes the fewest instructions, if columns are packed for so many rows."""
    likes = [like(x) for x in node.inputs]

    def count(letters: str) -> int:
        return math.prod([lengths[letter] for letter in letters])

    def work(way: Way) -> float:
        product, right = way.product, likes[not way.is_exchanged]
        stack, rows, columns = map(count, (way.stack, way.rows, way.columns))
        tiles = tiles_for(rows, columns, lanes)
        added = -(-rows // tiles[0].rows) * instructions(tiles, columns, lanes)
        packed = -(-rows // highest) * -(-columns // lanes) * _packing(way, right)
        moved = 0 if way.made == product.result else node.size * MOVED
        return stack * count(product.terms) * (added + packed) + moved

    return min(_ways(node, likes), key=work)


def _packing(way: Way, right: Array) -> int:
    """Instructions that pack a vector of columns."""
    product = way.product
    if way.columns == _beside(way.columns, product.right, right):
        return PACKED
    return TURNED if product.terms == _beside(product.terms, product.right, right) else GATHERED


def like(x: Node) -> Array:
    """Bytes of any content that lie as the value of a node will, but for what is not known."""
    if isinstance(x.op, Linear) and x.op.looks:
        array: Array = x.op.kernel(like(x.inputs[0]), *x.attrs)
        return array
    return np.empty(x.shape, np.int8)


def _ways(node: Node, likes: list[Array]) -> Iterator[Way]:
    """All that there are; the first of them with the factors and axes as they stand."""
    stated = node.op.product(node)
    assert stated is not None
    turned = Product(stated.right, stated.left, stated.result)
    for product in (stated, turned):
        is_exchanged, result = product is turned, product.result
        last = _last(result, product.columns)
        beside = _beside(last, product.right, likes[not is_exchanged])
        for columns in dict.fromkeys((last, beside, product.columns)):
            others = "".join(c for c in result if c not in columns)
            for rows in dict.fromkeys((_last(others, product.rows), product.rows)):
                stack = "".join(c for c in others if c not in rows)
                lies = result.endswith(columns) and rows in result
                made = result if lies else stack + rows + columns
                yield Way(product, is_exchanged, stack, rows, columns, made)


def _last(letters: str, of: str) -> str:
    """The last letters, as long as they are among others."""
    return letters[len(letters.rstrip(of)) :] if of else ""


def _beside(columns: str, letters: str, array: Array) -> str:
    """The last columns that lie side by side in an array, of which letters name the axes."""
    found, step = "", array.itemsize
    for letter in reversed(columns):
        axis = letters.index(letter)
        if array.strides[axis] != step:
            break
        found, step = letter + found, step * array.shape[axis]
    return found
