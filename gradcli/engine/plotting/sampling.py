"""Where to look at a curve: on a grid, and nearer wherever it does not go as its slopes say."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from gradcli.engine.plotting.evaluation import Function, Table

    Array = np.ndarray[Any, np.dtype[Any]]

GRID = 481
"""Points that are looked at first; an odd number, so that the middle is among them."""

PARTS = 4
"""Into how many an interval is cut at a time."""

ROUNDS = 30
"""How often: enough to come from the grid down to neighbouring numbers."""

FINE = 5e-5
"""Intervals, relative to the range, in which a curve may be as steep as it likes, but not break."""

MOST = 240
"""Intervals that are cut in one round."""

POINTS = 20_000
"""Points after which it is enough: what oscillates without end is never resolved."""

TOLERANCE = 4e-3
"""By how much a change may miss what the slopes predict, relative to the height of the curve."""


class Sampled(NamedTuple):
    """A table of points, and what is known of the intervals between them.

    `suspects` are those, as (left, right), in which something happens, no wider than `finest`;
    `joined` tells of each curve whether it goes on behind each point; `heights` is how high it is.
    """

    table: Table
    suspects: Array
    heights: Array
    joined: Array
    finest: float


class _Scale:
    """How high functions are, apart from the tips of what is infinite: their middle and spread."""

    def __init__(self, functions: Array) -> None:
        finite = np.where(np.isfinite(functions), functions, np.nan)
        known = np.isfinite(finite).any(axis=1)
        finite[~known] = 0
        low, self.middle, high = np.nanquantile(finite, [0.1, 0.5, 0.9], axis=1)
        self.spread = np.maximum(high - low, 1e-12 * np.abs(self.middle))
        self.spread[self.spread == 0] = 1.0

    def sizes(self, functions: Array) -> Array:
        """What errors are compared with: the spread, and what goes beyond it."""
        count = len(self.spread)
        beyond = np.abs(functions[:count] - self.middle[:, None]) - self.spread[:, None]
        sizes: Array = self.spread[:, None] + np.maximum(beyond, 0)
        return sizes


def sample(function: Function, low: float, high: float) -> Sampled:
    """The curve over a range, with all places between which it breaks or bends at once."""
    table = function(_grid(low, high))
    order = function.order
    scale = _Scale(_tested(table, order)[0])
    finest = 4 * float(np.spacing(max(abs(low), abs(high))))
    for _ in range(ROUNDS):
        wrong = _wrong(table, order, scale).max(axis=0)
        wide = np.flatnonzero((wrong > 1) & (np.diff(table.x) > finest))
        if not len(wide) or len(table.x) > POINTS:
            break
        worst = wide[np.argsort(-wrong[wide], kind="stable")[:MOST]]
        table = table.joined(function(_between(table.x, np.sort(worst))))
    wrong = _wrong(table, order, scale)
    narrow = (wrong.max(axis=0) > 1) & (np.diff(table.x) <= finest)
    suspects = np.stack([table.x[:-1][narrow], table.x[1:][narrow]], axis=1)
    return Sampled(table, suspects, scale.spread[: order + 1], wrong[: order + 1] <= 1, finest)


def _grid(low: float, high: float) -> Array:
    """Points over the range, not quite evenly, so that they do not keep step with a period."""
    steps = np.arange(GRID)
    shifted = steps + 0.3 * np.sin(steps * 2.399)
    shifted[0], shifted[-1] = 0, GRID - 1
    shifted[GRID // 2] = GRID // 2
    grid: Array = low + (high - low) * (shifted / (GRID - 1))
    grid[-1] = high
    return grid


def _between(x: Array, left: Array) -> Array:
    """The points that cut the intervals behind those of these numbers into parts."""
    a, b = x[left][:, None], x[left + 1][:, None]
    cuts = a + (b - a) * (np.arange(1, PARTS) / PARTS)
    points: Array = np.unique(cuts[(cuts > a) & (cuts < b)])
    return points


def _tested(table: Table, order: int) -> tuple[Array, Array]:
    """The functions whose slopes are known, those that are drawn first, and these slopes."""
    functions = np.concatenate([table.values[: order + 1], table.watched])
    return functions, np.concatenate([table.values[1 : order + 2], table.slopes])


def _wrong(table: Table, order: int, scale: _Scale) -> Array:
    """By how much each function misbehaves in each interval; beyond 1 it is looked at again.

    A change that is not that of the slopes, an end without a value, a signal that changes its sign.
    """
    functions, slopes = _tested(table, order)
    count = len(scale.spread)
    functions, slopes = functions[:count], slopes[:count]
    with np.errstate(all="ignore"):
        step = np.diff(table.x)
        predicted = step * (slopes[:, 1:] + slopes[:, :-1]) / 2
        error = np.abs(np.diff(functions, axis=1) - predicted)
        sizes = scale.sizes(functions)
        wrong = error / (TOLERANCE * np.minimum(sizes[:, 1:], sizes[:, :-1]))
    finite = np.isfinite(functions)
    both = finite[:, 1:] & finite[:, :-1]
    fine = step < FINE * (table.x[-1] - table.x[0])
    wrong[fine & (error < np.abs(np.diff(functions, axis=1)) / 2)] = 0
    wrong = np.where(both, wrong, np.where(finite[:, 1:] != finite[:, :-1], np.inf, 0))
    wrong = np.where(np.isnan(wrong), np.inf, wrong)
    sign = np.sign(table.signals)
    turned = (sign[:, 1:] != sign[:, :-1]) & ~np.isnan(sign[:, 1:] + sign[:, :-1])
    return np.concatenate([wrong, np.where(turned, 2.0, 0.0)])
