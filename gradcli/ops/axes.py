"""Axes that change places."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gradcli.errors import ShapeError
from gradcli.ir.function import function
from gradcli.ir.shapes import normal_axis
from gradcli.ops.shape import permute, swapped

if TYPE_CHECKING:
    from gradcli.ir.function import Array, Int, Ints
    from gradcli.ir.node import Node


@function(
    example="swapaxes([[1, 2]], 0, 1)",
    aliases="swapdims",
    signatures="""
        tf.image.transpose(image: x, name=None); axis1=-3, axis2=-2
        torch.swapaxes(input: x, axis0: axis1, axis1: axis2)
        torch.swapdims(input: x, dim0: axis1, dim1: axis2)
    """,
)
def swapaxes(x: Array, axis1: Int, axis2: Int) -> Node:
    """Two axes exchanged."""
    return swapped(x, axis1, axis2)


@function(example="moveaxis([[1, 2]], 0, 1)", aliases="movedim")
def moveaxis(x: Array, source: Ints, destination: Ints) -> Node:
    """Axes moved to other places; the rest keep their order."""
    if len(source) != len(destination):
        raise ShapeError("as many axes must be named as places to move them to")
    moved = [normal_axis(a, x.ndim) for a in source]
    order = [a for a in range(x.ndim) if a not in moved]
    for place_, axis in sorted(
        zip((normal_axis(d, x.ndim) for d in destination), moved, strict=True)
    ):
        order.insert(place_, axis)
    return permute(x, tuple(order))


@function(example="rollaxis([[1, 2]], 1)")
def rollaxis(x: Array, axis: Int, start: Int = 0) -> Node:
    """An axis moved to stand before another one."""
    a, n = normal_axis(axis, x.ndim), x.ndim
    before = start + n if start < 0 else start
    return moveaxis(x, (a,), (before - 1 if a < before else before,))
