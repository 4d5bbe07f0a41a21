"""Where to look at a curve: on a grid, and nearer wherever it does not go as its slopes say."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from gradcli.engine.plotting.evaluation import joined

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

NEAR = 1e-8
"""How near to one another, relative to the range, intervals and suspects are at one place."""

MOST_NEAR = 24
"""Intervals that are cut at one place in one round."""

POINTS = 20_000
"""Points after which it is enough: what oscillates without end is never resolved."""

ROUGH = 25
"""How wrong an interval may be at the end, in tolerances, to be drawn as a line."""

TOLERANCE = 4e-3
"""By how much a change may miss what the slopes predict, relative to the height of the curve."""


class Sampled(NamedTuple):
    """A table of points, and what is known of the intervals between them.

    `suspects` are those, as (left, right), in which something happens, no wider than `finest`;
    `rough` are wider ones, in which a curve is still not known when there are points enough.
    `joined` tells of each curve whether it goes on behind each point; `heights` is how high it is,
    `least` what is rounding in it.
    """

    table: Table
    suspects: Array
    rough: Array
    heights: Array
    joined: Array
    least: Array
    finest: float


def sample(function: Function, low: float, high: float) -> Sampled:
    """The curve over a range, with all places between which it breaks or bends at once."""
    tables = [function(_grid(low, high))]
    order = function.order
    judge = _Judge(tables[0], order)
    finest = 4 * float(np.spacing(max(abs(low), abs(high))))
    ends, wrong = tables[0], judge(tables[0]).max(axis=0)
    for _ in range(ROUNDS):
        wide = np.flatnonzero((wrong > 1) & (np.diff(ends.x) > finest))
        if not len(wide) or sum(len(table.x) for table in tables) > POINTS:
            break
        x = (ends.x - low) / (high - low)
        first = _most_urgent(wrong[wide], np.diff(x)[wide], x[wide])
        tables.append(function(_between(ends.x, wide[first])))
        ends, wrong = _still_open(judge, ends.at(wide), ends.at(wide + 1), tables[-1])
    table = joined(tables)
    wrong = judge(table)
    drawn = wrong[: order + 1]
    is_narrow = np.diff(table.x) <= finest
    intervals = np.stack([table.x[:-1], table.x[1:]], axis=1)
    suspects = intervals[(wrong.max(axis=0) > 1) & is_narrow]
    rough = intervals[(drawn.max(axis=0) > ROUGH) & ~is_narrow]
    goes_on = drawn <= np.where(is_narrow, 1, ROUGH)
    heights = judge.heights[: order + 1]
    return Sampled(table, suspects, rough, heights, goes_on, judge.least, finest)


def _most_urgent(wrong: Array, step: Array, x: Array) -> Array:
    """The numbers of the worst intervals, which lead to a break, and as many of the widest.

    Of those at one place a few are enough, and each column of the grid has its turn: around a hole
    all are wrong by rounding, and poles elsewhere are looked for, too.
    """
    if len(x) <= MOST:
        return np.arange(len(x))
    place = np.where(step < NEAR, np.floor(x / NEAR), -1.0 - np.arange(len(x)))
    few = np.flatnonzero(_rank(wrong, place) < MOST_NEAR)
    wrong, step, column = wrong[few], step[few], np.floor(x[few] * GRID)
    worst = np.lexsort([-wrong, _rank(wrong, column)])[: MOST // 2]
    widest = np.lexsort([-wrong, -np.floor(np.log2(step))])[: MOST // 2]
    return few[np.union1d(worst, widest)]


def _rank(wrong: Array, group: Array) -> Array:
    """How many of its group are worse than each."""
    order = np.lexsort([-wrong, group])
    rank = np.empty(len(order), int)
    rank[order] = np.arange(len(order)) - np.searchsorted(group[order], group[order])
    return rank


def _still_open(judge: _Judge, left: Table, right: Table, new: Table) -> tuple[Table, Array]:
    """The intervals from left to right ends, cut by new points, and by how much each is wrong.

    Between two of them, where all is well, it is 0.
    """
    near = joined([left, right, new])
    near = near.at(np.unique(near.x, return_index=True)[1])
    begun, ended = (np.searchsorted(ends.x, near.x[:-1], "right") for ends in (left, right))
    return near, np.where(begun > ended, judge(near).max(axis=0), 0.0)


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


NOISE = 1e-7
"""The share of a derivative that is rounding where the function loses digits: (x^2 - 1)/(x - 1)."""


NOTHING = 1e-6
"""How small a derivative is not seen, beside one with which the function rises by its height."""


SLIGHT = 1e-8
"""How small a derivative is rounding, beside one with which the function rises by its value."""


class _Judge:
    """By how much each function misbehaves in each interval; beyond 1 it is looked at again.

    A change that is not that of the slopes, an end without a value, a signal that changes its sign.
    Errors are compared with how high a function is, apart from the tips of what is infinite: with
    its spread around its middle, as the first table has it.
    """

    def __init__(self, table: Table, order: int) -> None:
        self.order = order
        self.width = float(table.x[-1] - table.x[0])
        functions = self._functions(table)
        finite = np.where(np.isfinite(functions), functions, np.nan)
        known = np.isfinite(finite).any(axis=1)
        finite[~known] = 0
        low, self.middle, high = np.nanquantile(finite, [0.1, 0.5, 0.9], axis=1)[..., None]
        exact = np.where(np.arange(len(functions)) == 0, 1e-12, NOISE)[:, None]
        spread = np.maximum(high - low, exact * np.abs(self.middle))
        slopes = self.width ** np.arange(order + 1.0)[:, None]
        self.least = SLIGHT * abs(float(self.middle[0, 0])) / slopes.ravel()
        self.least[0] = 0  # changes of the value itself are exact
        least = np.maximum(NOTHING * spread[0] / slopes, self.least[:, None])
        spread[: order + 1] = np.maximum(spread[: order + 1], least)
        self.spread = np.where(spread == 0, 1.0, spread)

    @property
    def heights(self) -> Array:
        """The spread of each function, those that are drawn first."""
        return self.spread.ravel()

    def _functions(self, table: Table) -> Array:
        """The functions whose slopes are known, those that are drawn first."""
        return np.concatenate([table.values[: self.order + 1], table.watched])

    def __call__(self, table: Table) -> Array:
        """A row for each function and each signal, a column for each interval."""
        count = len(self.spread)
        functions = self._functions(table)[:count]
        slopes = np.concatenate([table.values[1 : self.order + 2], table.slopes])[:count]
        wrong = self._errors(functions, slopes, np.diff(table.x))
        finite = np.isfinite(functions)
        both = finite[:, 1:] & finite[:, :-1]
        wrong = np.where(both, wrong, np.where(finite[:, 1:] != finite[:, :-1], np.inf, 0))
        wrong = np.where(np.isnan(wrong), np.inf, wrong)
        sign = np.sign(table.signals)
        turned = (sign[:, 1:] != sign[:, :-1]) & ~np.isnan(sign[:, 1:] + sign[:, :-1])
        return np.concatenate([wrong, np.where(turned, 2.0, 0.0)])

    def _errors(self, functions: Array, slopes: Array, step: Array) -> Array:
        """How far changes are from what slopes predict; fine intervals may be steep."""
        with np.errstate(all="ignore"):
            predicted = step * (slopes[:, 1:] + slopes[:, :-1]) / 2
            change = np.diff(functions, axis=1)
            error = np.abs(change - predicted)
            beyond = np.abs(functions - self.middle) - self.spread
            sizes = self.spread + np.maximum(beyond, 0)
            wrong: Array = error / (TOLERANCE * np.minimum(sizes[:, 1:], sizes[:, :-1]))
        wrong[(step < FINE * self.width) & (error < np.abs(change) / 2)] = 0
        return wrong
