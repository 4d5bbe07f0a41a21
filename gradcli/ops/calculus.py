"""Numerical calculus: differences, slopes, trapezoids, straight lines between points."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from gradcli.errors import DomainError, ProgramTypeError, ShapeError
from gradcli.ir.function import TracedNumber, function
from gradcli.ir.op import as_number
from gradcli.ir.shapes import normal_axes, normal_axis
from gradcli.ops.arithmetic import mod
from gradcli.ops.compare import choose, gt, isnan, lt, maximum, minimum
from gradcli.ops.creation import linspace
from gradcli.ops.histograms import SEARCH
from gradcli.ops.indexing import taken
from gradcli.ops.reduce import sum_
from gradcli.ops.running import cumsum
from gradcli.ops.shape import along, as_vector, concat, reshape_to, spread
from gradcli.ops.sorting import argsort

if TYPE_CHECKING:
    from gradcli.ir.function import Array, Axes, Flag, Int, Rest, Traced
    from gradcli.ir.node import Node


def _step(x: Node, axis: int) -> Node:
    return along(x, axis, slice(1, None)) - along(x, axis, slice(None, -1))


@function(
    example="diff([1, 4, 9])",
    hint="diff subtracts neighbours in an array; the derivative of y by x is grad(y, x)",
)
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
    if n < 0:
        raise DomainError("differences are taken 0 times or more")
    for _ in range(min(n, x.shape[a])):
        x = _step(x, a)
    return x


@function(example="ediff1d([1, 4, 9])")
def ediff1d(x: Array, to_end: Array | None = None, to_begin: Array | None = None) -> Node:
    """Differences of neighbours among all elements in a row, between others if they are given."""
    parts = (to_begin, _step(as_number(as_vector(x)), 0), to_end)
    return concat([as_vector(as_number(part)) for part in parts if part is not None])


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
    if not axes:
        raise ShapeError("finite differences need an axis")
    if edge_order not in (1, 2):
        raise DomainError(f"the ends are of order 1 or 2, and not {edge_order}")
    pairs = zip(axes, _spacings(spacing, len(axes)), strict=True)
    slopes = tuple(_slopes(x, h, a, edge_order) for a, h in pairs)
    return slopes if several or len(slopes) > 1 else slopes[0]


def _spacings(spacing: tuple[Any, ...], count: int) -> tuple[Any, ...]:
    """One for each axis, from none, one for all, or one for each."""
    if len(spacing) > 1 and len(spacing) != count:
        raise ShapeError(f"{len(spacing)} spacings for {count} axes")
    return spacing if len(spacing) > 1 else (spacing or (None,)) * count


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


# --- lines between points -----------------------------------------------------------------------


@function(example="interp(1.5, [1, 2, 3], [10, 20, 40])")
def interp(
    x: Array,
    xp: Array,
    fp: Array,
    left: Traced = None,
    right: Traced = None,
    period: Array | None = None,
) -> Node:
    """Straight lines between the points (xp, fp), with xp ascending; beyond them the end values.

    At a point the slope is the mean of those on both sides, which beyond the ends is 0. What holds
    to the left and to the right may be given: a number, or "extrapolate" for the outermost lines.
    """
    x, xp, fp = as_number(x), as_number(xp), as_number(fp)
    if xp.ndim != 1 or xp.shape != fp.shape or not xp.size:
        raise ShapeError("interp needs the coordinates of one or more points, two vectors")
    if period is not None:
        left, right, (x, xp, fp) = None, None, _in_period(x, xp, fp, period)
    low, high = _beyond(x, xp, fp, left, (0, 1)), _beyond(x, xp, fp, right, (-1, -2))
    before, after = (_line(x, xp, fp, side) for side in ("left", "right"))
    inside = choose(isnan(x), x * math.nan, (before + after) * 0.5)
    return choose(lt(x, along(xp, 0, 0)), low, choose(gt(x, along(xp, 0, -1)), high, inside))


def _in_period(x: Node, xp: Node, fp: Node, period: Node) -> tuple[Node, Node, Node]:
    """Everything within one period, the points in order and one more at either end."""
    x, xp = mod(x, period), mod(xp, period)
    order = argsort(xp)
    xp, fp = taken(xp, order, 0), taken(fp, order, 0)
    first, last = slice(0, 1), slice(-1, None)
    around = (along(xp, 0, last) - period, xp, along(xp, 0, first) + period)
    return x, concat(around), concat((along(fp, 0, last), fp, along(fp, 0, first)))


def _beyond(x: Node, xp: Node, fp: Node, given: Any, ends: tuple[int, int]) -> Any:
    """What holds beyond the first of the two points: its value, what is given, or their line."""
    if isinstance(given, str) and given != "extrapolate":
        raise ProgramTypeError(f"interp knows no {given!r}", help='a number or "extrapolate"')
    end = along(fp, 0, ends[0])
    if given is None or (isinstance(given, str) and xp.size == 1):
        return end
    if isinstance(given, str):
        (x0, x1), (y0, y1) = ([along(row, 0, i) for i in ends] for row in (xp, fp))
        return end + (x - x0) * ((y1 - y0) / (x1 - x0))
    if isinstance(given, tuple):
        raise ProgramTypeError("interp takes one number for what is beyond an end")
    return given.node if isinstance(given, TracedNumber) else given


def _line(x: Node, xp: Node, fp: Node, side: str) -> Node:
    """The line that holds to the left or to the right of x; beyond the ends a level one."""
    n = xp.size
    position = SEARCH(xp, x, attrs=(side, False))
    below, above = minimum(maximum(position - 1.0, 0.0), n - 1.0), minimum(position, n - 1.0)
    x0, x1 = taken(xp, below, 0), taken(xp, above, 0)
    y0, y1 = taken(fp, below, 0), taken(fp, above, 0)
    level = (position <= 0.0) | (position >= float(n))
    share = (x - x0) / choose(level, 1.0, x1 - x0)
    return choose(level, y0, y0 * (1.0 - share) + y1 * share)


@function(example="interp_regular_1d_grid(1.5, 1, 3, [10, 20, 40])")
def interp_regular_1d_grid(x: Array, x_ref_min: Array, x_ref_max: Array, y_ref: Array) -> Node:
    """Straight lines between evenly spaced points with the values y_ref."""
    return interp(x, linspace(x_ref_min, x_ref_max, y_ref.size), y_ref)
