"""Differences of neighbours, and sums of trapezoids."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gradcli.errors import ShapeError
from gradcli.ir.function import function
from gradcli.ir.op import as_number
from gradcli.ir.shapes import normal_axes, normal_axis
from gradcli.ops.reduce import sum_
from gradcli.ops.running import cumsum
from gradcli.ops.shape import along, as_vector, concat, reshape_to, spread

if TYPE_CHECKING:
    from gradcli.ir.function import Array, Axes, Flag, Int, Rest
    from gradcli.ir.node import Node


def _step(x: Node, axis: int) -> Node:
    return along(x, axis, slice(1, None)) - along(x, axis, slice(None, -1))


@function(example="diff([1, 4, 9])")
def diff(
    x: Array, n: Int = 1, axis: Int = -1, prepend: Array | None = None, append: Array | None = None
) -> Node:
    """Differences of neighbours, taken `n` times."""
    a = normal_axis(axis, x.ndim)
    parts = [p for p in (prepend, x, append) if p is not None]
    if len(parts) > 1:
        one = (*x.shape[:a], 1, *x.shape[a + 1 :])
        x = concat([spread(as_number(p), one) if p.ndim == 0 else p for p in parts], a)
    x = as_number(x)
    for _ in range(n):
        x = _step(x, a)
    return x


@function(example="ediff1d([1, 4, 9])")
def ediff1d(x: Array) -> Node:
    """Differences of neighbours among all elements in a row."""
    return _step(as_number(as_vector(x)), 0)


# --- slopes -------------------------------------------------------------------------------------


@function(example="fdiff([1, 4, 9])", variants={"torch": {"several": True}})
def fdiff(
    x: Array, spacing: Rest = (), *, axis: Axes = None, edge_order: Int = 1, several: Flag = False
) -> Any:
    """Slopes by finite differences, central inside and one-sided at the ends: np.gradient.

    The spacing is 1, a step, or the coordinates, for all axes or for each.
    """
    x = as_number(x)
    axes = normal_axes(axis, x.ndim)
    if len(spacing) > 1 and len(spacing) != len(axes):
        raise ShapeError(f"{len(spacing)} spacings for {len(axes)} axes")
    by_axis = spacing if len(spacing) > 1 else (*spacing,) * len(axes) or (None,) * len(axes)
    found = tuple(_slopes(x, h, a, edge_order) for a, h in zip(axes, by_axis, strict=True))
    return found if several or len(found) > 1 else found[0]


def _slopes(x: Node, h: Node | None, axis: int, order: int) -> Node:
    if x.shape[axis] < order + 1:
        raise ShapeError(f"finite differences need {order + 1} elements on an axis")
    steps = _steps(x, h, axis)
    before, after = along(steps, axis, slice(None, -1)), along(steps, axis, slice(1, None))
    slopes = _step(x, axis) / steps
    left, right = along(slopes, axis, slice(None, -1)), along(slopes, axis, slice(1, None))
    inside = (left * after + right * before) / (before + after)
    if order == 1:
        first, last = along(slopes, axis, slice(0, 1)), along(slopes, axis, slice(-1, None))
    else:
        bend = (right - left) / (before + after)
        first = _at(slopes, 0, axis) - _at(bend, 0, axis) * _at(steps, 0, axis)
        last = _at(slopes, -1, axis) + _at(bend, -1, axis) * _at(steps, -1, axis)
    return concat((first, inside, last), axis)


def _at(x: Node, i: int, axis: int) -> Node:
    return along(x, axis, slice(i, i + 1 or None))


def _steps(x: Node, h: Node | None, axis: int) -> Node:
    """The distances of neighbours on an axis, in an array that broadcasts with x."""
    lengths = [1] * x.ndim
    lengths[axis] = x.shape[axis] - 1
    if h is None or h.ndim == 0:
        one = x.graph.constant(1.0) if h is None else as_number(h)
        return spread(one, tuple(lengths))
    if h.shape != (x.shape[axis],):
        raise ShapeError(f"{h.size} coordinates for an axis of length {x.shape[axis]}")
    return reshape_to(_step(as_number(h), 0), tuple(lengths))


# --- trapezoids ---------------------------------------------------------------------------------


def _trapezoids(y: Node, x: Node | None, dx: Node | None, axis: int) -> Node:
    y = as_number(y)
    heights = (along(y, axis, slice(1, None)) + along(y, axis, slice(None, -1))) * 0.5
    if x is None:
        return heights if dx is None else heights * dx
    if x.ndim == y.ndim:
        return heights * _step(as_number(x), axis)
    return heights * _steps(y, x, axis)


@function(example="trapezoid([1, 2, 3])", aliases="trapz")
def trapezoid(y: Array, x: Array | None = None, dx: Array | None = None, axis: Int = -1) -> Node:
    """The integral of y by trapezoids: over coordinates x, or at a distance dx (1)."""
    a = normal_axis(axis, y.ndim)
    return sum_(_trapezoids(y, x, dx, a), a)


@function(example="cumulative_trapezoid([1, 2, 3])", aliases="cumtrapz")
def cumulative_trapezoid(
    y: Array,
    x: Array | None = None,
    dx: Array | None = None,
    axis: Int = -1,
    initial: Array | None = None,
) -> Node:
    """The running integral of y by trapezoids, behind an initial value if there is one."""
    a = normal_axis(axis, y.ndim)
    sums = cumsum(_trapezoids(y, x, dx, a), a)
    if initial is None:
        return sums
    return concat((spread(initial, (*sums.shape[:a], 1, *sums.shape[a + 1 :])), sums), a)
