"""Shapes and axes: how they broadcast and fold, and what is said of those that do not fit."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from gradcli.errors import AxisError, ShapeError

if TYPE_CHECKING:
    from collections.abc import Sequence

    Shape = tuple[int, ...]


def broadcast_shapes(a: Shape, b: Shape) -> Shape:
    """NumPy's broadcasting of two shapes."""
    if a == b or not b:
        return a
    if not a:
        return b
    longer, shorter = (a, b) if len(a) >= len(b) else (b, a)
    lead = len(longer) - len(shorter)
    joined = list(longer[:lead])
    for m, n in zip(longer[lead:], shorter, strict=True):
        if m != n and m != 1 and n != 1:
            raise ShapeError(f"shapes {show_shape(a)} and {show_shape(b)} do not broadcast")
        joined.append(n if m == 1 else m)
    return tuple(joined)


def show_shape(shape: Shape) -> str:
    """A shape as NumPy prints it."""
    return f"({shape[0]},)" if len(shape) == 1 else f"({', '.join(map(str, shape))})"


def is_whole(value: object) -> bool:
    """Whether a plain value is a whole number."""
    return isinstance(value, (int, float)) and math.isfinite(value) and value == int(value)


def are_rows(value: object, count: int, width: int) -> bool:
    """Whether a plain value of whole numbers is so many rows of so many of them."""
    if not isinstance(value, tuple) or len(value) != count:
        return False
    return all(
        isinstance(row, tuple) and len(row) == width and all(isinstance(k, int) for k in row)
        for row in value
    )


def one_each(what: str, values: Sequence[object], ndim: int) -> None:
    """Refuses values that are not one for each of so many axes."""
    if len(values) != ndim:
        raise ShapeError(f"{what} needs one number for each of {ndim} axes, and has {len(values)}")


def normal_axis(axis: int, ndim: int) -> int:
    """An axis counted from the front; a ShapeError where there is no such axis."""
    if not isinstance(axis, int):
        raise ShapeError(f"one axis is needed here, and not {axis}")
    if not -ndim <= axis < ndim:
        raise AxisError(axis, ndim)
    return axis % ndim


def normal_axes(axis: int | Sequence[int] | None, ndim: int) -> Shape:
    """The axes as a sorted tuple, counted from the front; None stands for all of them.

    A scalar may be said to have one axis, as to NumPy.
    """
    if axis is None or (ndim == 0 and axis in (0, -1)):
        return tuple(range(ndim))
    if isinstance(axis, int):
        return (normal_axis(axis, ndim),)
    axes = sorted(normal_axis(a, ndim) for a in axis)
    if len(set(axes)) != len(axes):
        raise ShapeError(f"an axis is named twice in {show_shape(tuple(axis))}")
    return tuple(axes)


def reduced_shape(shape: Shape, axes: Shape, keepdims: bool) -> Shape:
    """The shape after the axes are folded away, or kept as 1."""
    if keepdims:
        return tuple(1 if i in axes else n for i, n in enumerate(shape))
    return tuple(n for i, n in enumerate(shape) if i not in axes)
