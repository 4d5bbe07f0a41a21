"""Interpolation between given points."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from gradcli.errors import ShapeError
from gradcli.ir.function import function
from gradcli.ir.op import as_number
from gradcli.ops.compare import choose, gt, isnan, lt, maximum, minimum
from gradcli.ops.creation import linspace
from gradcli.ops.histograms import SEARCH
from gradcli.ops.indexing import taken
from gradcli.ops.marks import STOP
from gradcli.ops.shape import along

if TYPE_CHECKING:
    from gradcli.ir.function import Array, Value
    from gradcli.ir.node import Node


@function(example="interp(1.5, [1, 2, 3], [10, 20, 40])")
def interp(
    x: Array,
    xp: Array,
    fp: Array,
    left: Array | None = None,
    right: Array | None = None,
    period: Value = None,
) -> Node:
    """Straight lines between the points (xp, fp), with xp ascending; beyond them the end values.

    At a point the slope is the mean of those on both sides, which beyond the ends is 0.
    """
    x, xp, fp = as_number(x), as_number(xp), as_number(fp)
    if xp.ndim != 1 or xp.shape != fp.shape or not xp.size:
        raise ShapeError("interp needs the coordinates of one or more points, two vectors")
    if period is not None:
        raise ShapeError("interp takes no period", help="write x % period")
    low = along(fp, 0, 0) if left is None else left
    high = along(fp, 0, -1) if right is None else right
    before, after = (_line(x, xp, fp, side) for side in ("left", "right"))
    inside = choose(isnan(x), x * math.nan, (before + after) * 0.5)
    return choose(lt(x, along(xp, 0, 0)), low, choose(gt(x, along(xp, 0, -1)), high, inside))


def _line(x: Node, xp: Node, fp: Node, side: str) -> Node:
    """The line that holds to the left or to the right of x; beyond the ends a level one."""
    n = xp.size
    place = SEARCH(STOP(xp), STOP(x), attrs=(side,))
    below, above = minimum(maximum(place - 1.0, 0.0), n - 1.0), minimum(place, n - 1.0)
    x0, x1 = taken(xp, below, 0), taken(xp, above, 0)
    y0, y1 = taken(fp, below, 0), taken(fp, above, 0)
    level = place <= 0.0
    level = level | (place >= float(n))
    share = (x - x0) / choose(level, 1.0, x1 - x0)
    return choose(level, y0, y0 * (1.0 - share) + y1 * share)


@function(example="interp_regular_1d_grid(1.5, 1, 3, [10, 20, 40])")
def interp_regular_1d_grid(x: Array, x_ref_min: Array, x_ref_max: Array, y_ref: Array) -> Node:
    """Straight lines between evenly spaced points with the values y_ref."""
    return interp(x, linspace(x_ref_min, x_ref_max, y_ref.size), y_ref)
