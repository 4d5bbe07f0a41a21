"""From samples to what is drawn: few enough points, with gaps where a curve breaks, and marks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from gradcli.engine.plotting.breaks import breaks
from gradcli.engine.plotting.sampling import sample

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gradcli.engine.plotting.breaks import Break
    from gradcli.engine.plotting.evaluation import Function
    from gradcli.engine.plotting.sampling import Sampled

    Array = np.ndarray[Any, np.dtype[Any]]

COLUMNS = 4000
"""Into how many columns a range is divided; of each one point is enough."""


class Drawn(NamedTuple):
    """Points in increasing order, the rows of `y` for the orders; NaN is a gap; and the breaks."""

    x: Array
    y: Array
    breaks: list[Break]


def drawn(function: Function, low: float, high: float) -> Drawn:
    """The curve of a function and its derivatives over a range."""
    with np.errstate(all="ignore"):
        sampled = sample(function, low, high)
        points = breaks(function, sampled)
    x, y = _thinned(sampled, [point.x for point in points], function.order + 1)
    extra = [_rows(point, sampled.finest) for point in points]
    x = np.concatenate([x, *(row[0] for row in extra)])
    y = np.concatenate([y, *(row[1] for row in extra)], axis=1)
    order = np.argsort(x, kind="stable")
    y = np.where(np.isfinite(y), y, np.nan)
    return Drawn(x[order], y[:, order], points)


def _thinned(sampled: Sampled, places: Sequence[float], count: int) -> tuple[Array, Array]:
    """One point a column, and gaps where it is not known how the curve goes on."""
    table = sampled.table
    column = np.floor((table.x - table.x[0]) / (table.x[-1] - table.x[0]) * COLUMNS)
    kept = np.unique(column, return_index=True)[1]
    kept = kept[~np.isin(table.x[kept], places)]
    x, y = table.x[kept], table.values[:count, kept]
    wide = np.diff(table.x) > sampled.finest
    apart = np.cumsum(np.pad(~sampled.joined & wide, ((0, 0), (1, 0))), axis=1)[:, kept]
    gaps = np.diff(apart, axis=1) > 0
    known = np.searchsorted(places, x)
    gaps[:, np.diff(known) > 0] = False
    (where,) = np.nonzero(gaps.any(axis=0))
    middle = np.where(gaps[:, where], np.nan, (y[:, where] + y[:, where + 1]) / 2)
    x = np.insert(x, where + 1, (x[where] + x[where + 1]) / 2)
    return x, np.insert(y, where + 1, middle, axis=1)


def _rows(point: Break, finest: float) -> tuple[Array, Array]:
    """The left side of a break, the gap, the right side."""
    step = finest if any(np.isinf(s.limit) for pair in point.sides for s in pair) else 0.0
    x = point.x + step * np.array([-1.0, 0.0, 1.0])
    y = [
        [_end(left), np.nan if broken else _end(left), _end(right)]
        for (left, right), broken in zip(point.sides, point.broken, strict=True)
    ]
    return x, np.array(y)


def _end(side: Any) -> float:
    """The last value on a side: the limit, or what is next to a pole."""
    return float(side.limit if np.isfinite(side.limit) else side.value)
