"""Repeating, turning and shifting the elements of arrays."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from gradcli.errors import ShapeError
from gradcli.ir.function import function
from gradcli.ir.shapes import normal_axis
from gradcli.ops.shape import CONCAT, along, flat_unless, flip, reshape_to, spread, swapaxes

if TYPE_CHECKING:
    from gradcli.ir.function import Array, Axes, Axis, Int, Ints, Shape
    from gradcli.ir.node import Node


@function(example="tile([1, 2], 2)", name="tile")
def tile(x: Array, reps: Shape) -> Node:
    """`x` laid out several times along each axis."""
    ndim = max(x.ndim, len(reps))
    reps = (1,) * (ndim - len(reps)) + tuple(reps)
    shape = (1,) * (ndim - x.ndim) + x.shape
    split = tuple(n for size in shape for n in (1, size))
    full = tuple(n for r, size in zip(reps, shape, strict=True) for n in (r, size))
    spread_out = spread(reshape_to(x, split), full)
    return reshape_to(spread_out, tuple(r * n for r, n in zip(reps, shape, strict=True)))


@function(example="repeat([1, 2], 2)", aliases="repeat_interleave")
def repeat(x: Array, repeats: Ints, axis: Axis = None) -> Node:
    """Each element several times: as often as the one number says, or each as its own says."""
    x, a = flat_unless(x, axis)
    n = x.shape[a]
    if len(repeats) > 1:
        if len(repeats) != n:
            raise ShapeError(f"{len(repeats)} numbers of repeats for an axis of length {n}")
        return along(x, a, np.repeat(np.arange(n), repeats))
    head, tail = x.shape[:a], x.shape[a + 1 :]
    wide = spread(reshape_to(x, (*head, n, 1, *tail)), (*head, n, repeats[0], *tail))
    return reshape_to(wide, (*head, n * repeats[0], *tail))


@function(example="flipud([[1], [2]])")
def flipud(x: Array) -> Node:
    """The first axis in reverse."""
    return along(x, 0, slice(None, None, -1))


@function(example="fliplr([[1, 2]])")
def fliplr(x: Array) -> Node:
    """The second axis in reverse."""
    return along(x, 1, slice(None, None, -1))


@function(example="roll([1, 2, 3], 1)")
def roll(x: Array, shift: Ints, axis: Axes = None) -> Node:
    """The elements moved on along an axis; those that fall off come back at the start."""
    if axis is None:
        return reshape_to(_rolled(reshape_to(x, (x.size,)), sum(shift), 0), x.shape)
    axes = axis if isinstance(axis, tuple) else (axis,)
    shifts = shift if len(shift) == len(axes) else shift * len(axes)
    for by, a in zip(shifts, axes, strict=True):
        x = _rolled(x, by, normal_axis(a, x.ndim))
    return x


def _rolled(x: Node, shift: int, axis: int) -> Node:
    n = x.shape[axis]
    cut = n - shift % n if n else 0
    if cut == n:
        return x
    return CONCAT(along(x, axis, slice(cut, None)), along(x, axis, slice(0, cut)), attrs=(axis,))


@function(example="rot90([[1, 2], [3, 4]])", variants={"tf.image": {"axes": (-3, -2)}})
def rot90(x: Array, k: Int = 1, axes: Shape = (0, 1)) -> Node:
    """Turned by 90 degrees k times, from the first of two axes towards the second."""
    a, b = (normal_axis(i, x.ndim) for i in axes)
    turn = k % 4
    if turn == 2:
        return flip(x, (a, b))
    if turn == 1:
        return swapaxes(flip(x, b), a, b)
    return flip(swapaxes(x, a, b), b) if turn == 3 else x
