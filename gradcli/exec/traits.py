"""What the executors of blocks ask about a node, and how plans show it."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from gradcli.ir.op import Reduction
from gradcli.ir.record import CONSTANT, INPUT

if TYPE_CHECKING:
    from gradcli.ir.node import Node
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
    return isinstance(node.op, Reduction) and node.op.adds and node.size == 1


def is_row_sum(node: Node) -> bool:
    """Whether a node adds up the elements of its input along its last axes, but not all of them."""
    if not (isinstance(node.op, Reduction) and node.op.adds) or is_total(node):
        return False
    ndim = node.inputs[0].ndim
    return bool(node.attrs[0]) and (*node.attrs[0],) == (*range(ndim - len(node.attrs[0]), ndim),)


def kept_shape(node: Node) -> Shape:
    """The shape of a sum if the axes that it folds away stay, with one element each."""
    shape = node.inputs[0].shape
    return tuple(1 if i in node.attrs[0] else n for i, n in enumerate(shape))


def is_sum(node: Node) -> bool:
    """Whether a node adds up what a region goes over, or the rows of it."""
    return is_total(node) or is_row_sum(node)


def all_finite(values: Any) -> bool:
    """Whether all of an array's numbers are finite; no, too, where their sum overflows.

    NumPy warns of such a sum, where it is not told to be silent.
    """
    is_number = values.__class__ is np.float64
    return math.isfinite(values if is_number else np.add.reduce(values, None))


def is_repeated(value: Any) -> bool:
    """Whether an array is one element, seen again and again."""
    return isinstance(value, np.ndarray) and not any(value.strides)
