"""From samples to what is drawn: few enough points, with gaps where a curve breaks, and marks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from gradcli.engine.plotting.breaks import BESIDE, DISTANCES, breaks
from gradcli.engine.plotting.sampling import FINE, sample
from gradcli.render.picture import LARGEST

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from gradcli.engine.plotting.breaks import Break, Side
    from gradcli.engine.plotting.evaluation import Function
    from gradcli.engine.plotting.sampling import Sampled

    Array = np.ndarray[Any, np.dtype[Any]]

COLUMNS = 4000
"""Into how many columns a range is divided; of each one point is enough."""


APART = 0.02
"""How far apart, relative to the range, parts are that are not known to be two parts of a curve."""


FEWEST = 8
"""How many intervals such a part has at least."""


VISIBLE = 1e-2
"""What a curve varies by in such a part, relative to how high it is, at least."""


class Part(NamedTuple):
    """A part of a range in which a curve is too fine to follow.

    Nearly all values of each order lie between the low and the high one.
    """

    left: float
    right: float
    lows: tuple[float, ...]
    highs: tuple[float, ...]


class Drawn(NamedTuple):
    """Points in increasing order, the rows of `y` for the orders; NaN is a gap.

    There is a gap in each of `bands`, too.
    """

    x: Array
    y: Array
    breaks: list[Break]
    bands: list[Part]


def drawn(function: Function, low: float, high: float) -> Drawn:
    """The curve of a function and its derivatives over a range."""
    with np.errstate(all="ignore"):
        sampled = sample(function, low, high)
        bands = list(_bands(sampled, function.order + 1))
        points = [point for point in breaks(function, sampled) if not _within(point.x, bands)]
    near = DISTANCES[-1] * (high - low)
    x, y = _thinned(sampled, [point.x for point in points], function.order + 1, near)
    extra = [_rows(point, near, low, high) for point in points]
    x = np.concatenate([x, *(row[0] for row in extra)])
    y = np.concatenate([y, *(row[1] for row in extra)], axis=1)
    order = np.argsort(x, kind="stable")
    unknown = np.any([(x > band.left) & (x < band.right) for band in bands], axis=0)
    y = np.where((np.abs(y) <= LARGEST) & ~unknown, y, np.nan)
    holes = [point.x for point in points if point.kind == "hole"]
    beside = np.any([np.abs(x - hole) < BESIDE * (high - low) for hole in holes], axis=0)
    y[1:, np.broadcast_to(beside, x.shape)] = np.nan  # slopes there are rounding
    return Drawn(x[order], y[:, order], points, bands)


def _bands(sampled: Sampled, count: int) -> Iterator[Part]:
    """The rough intervals in groups of neighbours."""
    x, rough = sampled.table.x, sampled.rough
    width = x[-1] - x[0]
    ends = np.flatnonzero(np.diff(rough.mean(axis=1)) > APART * width) + 1
    for group in np.split(rough, ends):
        if len(group) >= FEWEST and group[-1, 1] - group[0, 0] > FINE * width:
            left, right = float(group[0, 0]), float(group[-1, 1])
            evenly = np.searchsorted(x, np.linspace(left, right, COLUMNS // 4))
            y = sampled.table.values[:count, evenly]
            there = np.where(np.abs(y) <= LARGEST, y, np.nan)
            most: Array = np.full((2, count), np.nan)
            drawn = ~np.isnan(there).all(axis=1)
            most[:, drawn] = np.nanquantile(there[drawn], [0.02, 0.98], axis=1)
            lows, highs = most
            sizes = np.maximum(np.maximum(np.abs(lows), np.abs(highs)), sampled.heights)
            if (highs - lows > VISIBLE * sizes).any():  # not the rounding beside a hole
                yield Part(left, right, tuple(lows.tolist()), tuple(highs.tolist()))


def _within(x: float, bands: Sequence[Part]) -> bool:
    return any(band.left < x < band.right for band in bands)


def _thinned(
    sampled: Sampled, places: Sequence[float], count: int, near: float
) -> tuple[Array, Array]:
    """One point a column, none near a place, and gaps where it is not known how it goes on."""
    table = sampled.table
    column = np.floor((table.x - table.x[0]) / (table.x[-1] - table.x[0]) * COLUMNS)
    kept = np.unique(column, return_index=True)[1]
    around = np.array(places)[:, None] + max(2 * sampled.finest, near) * np.array([-1.0, 1.0])
    kept = kept[np.searchsorted(around.ravel(), table.x[kept]) % 2 == 0]
    x, y = table.x[kept], table.values[:count, kept]
    wide = np.diff(table.x) > sampled.finest
    apart = np.cumsum(np.pad(~sampled.joined & wide, ((0, 0), (1, 0))), axis=1)[:, kept]
    gaps = np.diff(apart, axis=1) > 0
    known = np.searchsorted(places, x)
    gaps[:, np.diff(known) > 0] = False
    (where,) = np.nonzero(gaps.any(axis=0))
    middle = np.where(gaps[:, where], np.nan, y[:, where] / 2 + y[:, where + 1] / 2)
    x = np.insert(x, where + 1, (x[where] + x[where + 1]) / 2)
    return x, np.insert(y, where + 1, middle, axis=1)


def _rows(point: Break, near: float, low: float, high: float) -> tuple[Array, Array]:
    """The left side of a break, the place itself, the right side; those that are in the range.

    Beside a pole they are as near as it was looked at, else at the place: the limits.
    """
    is_steep = any(np.isinf(s.limit) for pair in point.sides for s in pair)
    x = point.x + (near if is_steep else 0.0) * np.array([-1.0, 0.0, 1.0])
    y = np.array(
        [
            [_end(left, is_steep), np.nan if broken else left.limit, _end(right, is_steep)]
            for (left, right), broken in zip(point.sides, point.broken, strict=True)
        ]
    )
    if not point.broken[0] and np.isfinite(point.value):
        y[0, [1] if is_steep else slice(None)] = point.value
    within = np.array([point.x > low, True, point.x < high])
    return x[within], y[:, within]


def _end(side: Side, is_steep: bool) -> float:
    """The last value on a side: what is next to a pole, or the limit."""
    return side.value if is_steep or not np.isfinite(side.limit) else side.limit
