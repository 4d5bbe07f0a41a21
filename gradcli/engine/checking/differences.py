"""Finite differences that know their own error, over plain functions and arrays.

A slope is the limit of difference quotients over smaller and smaller steps. Over large steps a
function bends, over small ones its values are rounded; so steps of many sizes are taken, quotients
are extrapolated to a step of zero (Neville's scheme), and of these the one of the least error is
kept. What was seen over large steps and is not there over small ones was the shape of something
coarser: a limit counts only if the quotients over all smaller steps agree with it, as far as
rounding lets them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

Array = np.ndarray[Any, np.dtype[Any]]

EPS = np.finfo(float).eps
SUBNORMAL = np.finfo(float).smallest_subnormal

FIRST, LARGEST = 1 / 64, 1e4
"""The step that is tried first, relative to the size of a number; and the largest."""

NEAR_ZERO = 0.1
"""The size that numbers near zero are taken to have, to begin with."""

FEW = [8.0 ** -np.array(powers) for powers in ([0, 1, 2, 5, 8], [2, 3, 4, 6, 8])]
"""Steps, relative to the first, that are enough for most functions; and for finer ones."""

ALL = 4.0 ** -np.arange(35)
"""Steps of all sizes, relative to the largest."""

WILD = 1e2
"""By how much a value may be rougher than the rounding of what it is computed from explains."""


class Curves(NamedTuple):
    """A function along each of some numbers, which move one at a time: a lane each.

    `change(lanes, offsets)` is by how much it changes as the numbers in these lanes move, NaN where
    it has no value. `magnitude` is what relative rounding errors of 1 amount to in its value.
    """

    change: Callable[[Array, Array], Array]
    x: Array
    magnitude: Array


class Limit(NamedTuple):
    """What quotients come to at a step of zero, by how much that may be off, and how it was found.

    NaN and infinity where they come to nothing. `quotient` is the one over the least `step` that
    went into the limit (NaN: there is none), and `swing` how steep the function is within it.
    """

    value: Array
    error: Array
    step: Array
    quotient: Array
    swing: Array


class Differences(NamedTuple):
    """The slopes in each lane: from both sides at once, and from each side.

    `finest` is the smallest step that was taken, `reach` the largest change that was seen.
    """

    central: Limit
    left: Limit
    right: Limit
    finest: Array
    reach: Array

    def replace(self, lanes: Array, other: Differences) -> None:
        """Takes over what another knows of some of the lanes."""
        for mine, its in zip(self._arrays(), other._arrays(), strict=True):
            mine[lanes] = its

    def _arrays(self) -> list[Array]:
        return [*self.central, *self.left, *self.right, self.finest, self.reach]

    @property
    def size(self) -> Array:
        """What the error of a slope is to be compared with."""
        size: Array = np.fmax(np.abs(self.central.value), self.central.swing)
        return size

    def kinks(self) -> Array:
        """Where the slopes of the two sides settle on different numbers."""
        left, right = self.left, self.right
        size = np.maximum(np.abs(left.value), np.abs(right.value))
        apart = 100 * (left.error + right.error) + 1e-6 * size
        kinks: Array = np.isfinite(apart) & (np.abs(left.value - right.value) > apart)
        return kinks

    def smooth(self, atol: Any) -> Array:
        """Where both sides have slopes, as far as can be seen the same."""
        sides = self.left.error + self.right.error
        smooth: Array = (sides <= 1e-3 * self.size + atol) & ~self.kinks()
        return smooth

    def hides(self, slope: Array) -> Array:
        """Where a slope would not be seen, and hardly another is.

        Over the finest step it would go through a part of all the changes that there are.
        """
        value, error = self.central[:2]
        steep = np.isfinite(slope) & (np.abs(slope) * self.finest > 1e-3 * self.reach)
        hidden: Array = steep & (error >= 1e-3 * np.abs(value))
        return hidden

    def known(self, rtol: float, atol: Any) -> Array:
        """Where there is a slope that is known to the tolerance."""
        known: Array = (self.central.error <= rtol * self.size + atol) & self.smooth(atol)
        return known


def differences(
    curves: Curves, enough: Callable[[Differences], Array], first: float | None = None
) -> Differences:
    """The slopes of a function along its numbers.

    A few steps are taken in each lane, finer ones where these are not `enough`, and in the end
    steps of all sizes. `first` is the first and largest step, relative to the number.
    """
    with np.errstate(all="ignore"):
        slopes = _measured(curves, np.arange(curves.x.size), 0, first)
        for stage in (1, 2):
            (lanes,) = np.nonzero(~enough(slopes) & np.isfinite(curves.x))
            if lanes.size:
                slopes.replace(lanes, _measured(curves, lanes, stage, first))
    return slopes


def _measured(curves: Curves, lanes: Array, stage: int, first: float | None) -> Differences:
    """The slopes in some lanes, from the steps of a stage."""
    x = curves.x[lanes]
    steps = _few(x, stage, first) if stage < len(FEW) else _all(x, first)
    above, below = (x + steps) - x, x - (x - steps)
    up, down = _changes(curves, lanes, above), -_changes(curves, lanes, -below)
    noise = _noise(x, steps, up, down, curves.magnitude[lanes])
    swing = np.fmax(np.abs(up / above), np.abs(down / below))
    central = _limit((up + down) / (above + below), steps, noise, swing, power=2)
    left = _limit(down / below, below, noise, swing, power=1)
    right = _limit(up / above, above, noise, swing, power=1)
    reach = np.max(np.nan_to_num(np.fmax(np.abs(up), np.abs(down))), axis=0)
    both = _completed(central, left, right)
    return Differences(both, left, right, np.fmin.reduce(steps), reach)


# --- steps --------------------------------------------------------------------------------------


def _few(x: Array, stage: int, first: float | None) -> Array:
    """A few steps at each number, from large to small in rows."""
    steps: Array = FEW[stage][:, None] * np.maximum(np.abs(x), NEAR_ZERO) * (first or FIRST)
    return steps


def _all(x: Array, first: float | None) -> Array:
    """Steps down to four units in the last place; for a tiny number from its own size on, too."""
    steps = ALL[:, None] * np.maximum(np.abs(x), NEAR_ZERO) * (first or LARGEST)
    tiny = ALL[:, None] * np.abs(x)
    steps = np.concatenate([steps, np.where((tiny < steps[-1]) & (tiny > 0), tiny, np.nan)])
    steps[steps < 4 * np.spacing(np.abs(x))] = np.nan
    some: Array = steps[~np.all(np.isnan(steps), axis=1)]
    return some if some.size else 4 * np.spacing(np.abs(x))[None]


def _changes(curves: Curves, lanes: Array, offsets: Array) -> Array:
    """The changes for rows of offsets; NaN where there is none."""
    changes = np.full(offsets.shape, np.nan)
    for row, moves in zip(changes, offsets, strict=True):
        (here,) = np.nonzero(np.isfinite(moves))
        if here.size:
            row[here] = curves.change(lanes[here], moves[here])
    changes[np.isinf(changes)] = np.nan
    return changes


# --- what can be seen ---------------------------------------------------------------------------


def _noise(x: Array, steps: Array, up: Array, down: Array, magnitude: Array) -> Array:
    """What rounding makes of the quotient over each step.

    Over steps of a few units in the last place a function is straight: what differs there from one
    step to the next is noise, as far as it can be rounding; what does not may be a jump. Where no
    step changes anything, the largest one tells most.
    """
    moved = np.fmax(np.abs(up), np.abs(down))
    slope = np.median(np.nan_to_num(np.fmin(np.abs(up), np.abs(down)) / steps), axis=0)
    bent = np.where(steps <= 2.0**-46 * np.abs(x), up - down, np.nan)
    rough = 3 * np.nan_to_num(np.fmax.reduce(bent) - np.fmin.reduce(bent))
    rough = np.minimum(rough, WILD * EPS * (magnitude + slope * np.abs(x)))
    rounding = np.maximum(2 * EPS * magnitude, rough) + 4 * SUBNORMAL
    noise: Array = (rounding + 2 * EPS * moved) / steps
    return np.where(np.any(moved, axis=0), noise, noise[0])


# --- limits -------------------------------------------------------------------------------------


def _limit(quotients: Array, steps: Array, noise: Array, swing: Array, power: int) -> Limit:
    """The limit of quotients whose errors go with the powers of the step: all, or the even ones."""
    once = _extrapolated(quotients, steps, 1, power)
    twice = _extrapolated(once, steps, 2, power)
    thrice = _extrapolated(twice, steps, 3, power)
    gaps = np.abs(twice - once), np.abs(thrice - twice)
    value = np.where(gaps[1] < gaps[0], thrice, twice)
    error = np.fmin(*gaps) + noise
    slack = 1.5 * np.abs(once - quotients) + 3 * noise
    error[~_agree_below(value, 3 * error, quotients, slack)] = np.inf
    best = np.argmin(np.where(np.isnan(error), np.inf, error), axis=0)[None]
    rows = (value, error, steps, quotients, swing)
    limit = Limit(*(np.take_along_axis(row, best, axis=0)[0] for row in rows))
    limit.value[~np.isfinite(limit.error)] = np.nan
    limit.error[np.isnan(limit.error)] = np.inf
    return limit


def _extrapolated(column: Array, steps: Array, back: int, power: int) -> Array:
    """The next column of Neville's scheme, from steps so many rows apart."""
    further = np.full(column.shape, np.nan)
    ratios = (steps[:-back] / steps[back:]) ** power
    later = column[back:]
    further[back:] = later + (later - column[back - 1 : -1]) / (ratios - 1)
    return further


def _agree_below(value: Array, error: Array, quotients: Array, slack: Array) -> Array:
    """Where a value agrees with the quotients in all rows below, of which there must be two."""
    sound = np.isfinite(slack)
    low = np.where(sound, quotients - slack, -np.inf)
    high = np.where(sound, quotients + slack, np.inf)
    low = np.maximum.accumulate(low[::-1])[::-1]
    high = np.minimum.accumulate(high[::-1])[::-1]
    count = np.cumsum(sound[::-1], axis=0)[::-1]
    agree = np.zeros(value.shape, bool)
    agree[:-1] = (count[1:] > 1) & ((value + error)[:-1] >= low[1:])
    agree[:-1] &= (value - error)[:-1] <= high[1:]
    return agree


def _completed(central: Limit, left: Limit, right: Limit) -> Limit:
    """The slope from both sides at once, or where that is less certain the mean of the two sides.

    A function may bend differently on each side, and the errors of its slopes take all powers.
    """
    error = left.error + right.error
    better = error < central.error
    value = (left.value + right.value) / 2
    unknown = np.full(value.shape, np.nan)
    mean = Limit(value, error + np.abs(left.value - right.value), right.step, unknown, right.swing)
    return Limit(*(np.where(better, *pair) for pair in zip(mean, central, strict=True)))
