"""What the executors of blocks ask about a node, and how plans show it."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from gradcli.ir.op import Linear, Reduction
from gradcli.ir.record import CONSTANT, INPUT

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from gradcli.ir.cells import Cells
    from gradcli.ir.node import Node
    from gradcli.ir.op import Box
    from gradcli.ir.product import Product
    from gradcli.ir.shapes import Shape


def label(x: Node) -> str:
    """What an operand is called in the text of a plan: its name, its number, or its place."""
    if x.op is INPUT:
        return str(x.attrs[0])
    return f"%{x.order}" if x.op is not CONSTANT or x.shape else f"{x.attrs[0]:.6g}"


def listed(node: Node) -> str:
    """A node that runs whole, as text."""
    operands = ", ".join([*map(label, node.inputs), *map(str, node.attrs if node.inputs else ())])
    return f"{label(node)} = {node.op.name}({operands})" + (f"  {node.shape}" if node.shape else "")


def is_total(node: Node) -> bool:
    """Whether a node adds up all elements of its input."""
    return is_sum(node) and node.size == 1


def is_sum(node: Node) -> bool:
    """Whether a node adds up elements of its input."""
    return isinstance(node.op, Reduction) and node.op.adds


def in_sums(node: Node, is_there: bool) -> Node | None:
    """The same as a node, made of sums, if that is stated; its input may be there as a whole."""
    made = node.op.in_sums if isinstance(node.op, Reduction) else None
    return made(node, is_there) if made is not None else None


def kept_shape(node: Node) -> Shape:
    """The shape of what is folded if the axes that go away stay, with one element each."""
    axes = node.op.rows(node) if node.op.rows is not None else ()
    return tuple(1 if i in axes else n for i, n in enumerate(node.inputs[0].shape))


def has_last_axes(node: Node, *, perhaps_all: bool = False) -> bool:
    """Whether a node sees the last axes of its input whole, but not all of them unless it may."""
    axes = node.op.rows(node) if node.op.rows is not None else ()
    ndim = node.inputs[0].ndim if axes else 0
    return 0 < len(axes) < ndim + perhaps_all and (*axes,) == (*range(ndim - len(axes), ndim),)


def works_on_rows(node: Node) -> bool:
    """Whether each element of a node is made of all that stand in its row."""
    return has_last_axes(node, perhaps_all=True) and node.shape == node.inputs[0].shape


def term_of(node: Node) -> Callable[..., Any] | None:
    """The form of each element of an outer product: one term, added to nothing."""
    term, shapes = node.op.term, [x.shape for x in node.inputs]
    if term is None or node.attrs or not all(shapes) or shapes[0][-1] != 1:
        return None
    return lambda *factors: term(*factors) + 0.0


def is_product(node: Node) -> bool:
    """Whether a node is a product of matrices, and no outer one."""
    product = node.op.product(node)
    return product is not None and terms_of(node, product) > 1


def terms_of(node: Node, product: Product) -> int:
    """How many terms each element of a product has."""
    shape = zip(product.left, node.inputs[0].shape, strict=True)
    return math.prod([n for letter, n in shape if letter in product.terms])


def is_alone(node: Node) -> bool:
    """Whether a node has a loop of its own, from arrays that are there."""
    return is_product(node) or cells_of(node) is not None


PARTS = 4
"""Parts of an array, at most, that are read where they are."""


def boxes_of(node: Node) -> Sequence[Box] | None:
    """Where the inputs of a node stand in it, if it is made of few of them side by side."""
    if not isinstance(node.op, Linear) or node.op.boxes is None or len(node.inputs) > PARTS:
        return None
    return node.op.boxes(node)


class Named:
    """Numbers of parts of an array, whose shape is `tail`."""

    __slots__ = ("numbers", "tail")

    def __init__(self, numbers: Any, tail: Shape) -> None:
        self.numbers = numbers
        self.tail = tail

    @property
    def shape(self) -> Shape:
        """Of the numbers, one for all elements of a part."""
        return (*self.numbers.shape, *[1] * len(self.tail))

    @property
    def apart(self) -> set[Shape]:
        """The same where parts have several elements; else there is a number for each."""
        return {self.shape} if self.tail else set()


def taken_by(node: Node) -> Named | None:
    """Which parts of its input a node takes by indices, if it does."""
    if not isinstance(node.op, Linear) or node.is_bool:
        return None
    found = node.op.takes(node)
    return None if found is None else Named(found[0], node.inputs[0].shape[found[1] :])


def put_by(node: Node) -> Named | None:
    """Where a node adds its input by indices, if it does."""
    if not isinstance(node.op, Linear) or node.is_bool:
        return None
    found = node.op.puts(node)
    return None if found is None else Named(found[0], node.shape[found[1] :])


def cells_of(node: Node) -> Cells | None:
    """What a node does to cells of its inputs, if it does the same to all of them."""
    cells: Cells | None = node.op.cells(node)
    return cells


def all_finite(values: Any) -> bool:
    """Whether all of an array's numbers are finite; no, too, where their sum overflows.

    NumPy warns of such a sum, where it is not told to be silent.
    """
    is_number = values.__class__ is np.float64
    return math.isfinite(values if is_number else np.add.reduce(values, None))


def is_repeated(value: Any) -> bool:
    """Whether an array is one element, seen again and again."""
    return isinstance(value, np.ndarray) and not any(value.strides)
