"""What finite differences say of an exact slope: that it is right, wrong, at a kink, or nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from gradcli.engine.points.verdicts import slopes_of_sides

if TYPE_CHECKING:
    from collections.abc import Callable

    from gradcli.engine.checking.differences import Differences

    Array = np.ndarray[Any, np.dtype[Any]]

OK = "ok"
DIFFERS = "differs"
UNKNOWN = "differences cannot tell"

BESIDE = np.array([-0.977, -0.809, -0.531, -0.173, 0.113, 0.427, 0.767, 0.941])
"""Where the gradient is looked at before it is called wrong, in steps: in tune with no period."""

_POWERS = BESIDE[:, None] ** np.arange(5)
_FIT = np.linalg.pinv(_POWERS)
"""The polynomial of degree 4 through slopes at these points, by least squares."""

_MEAN = np.array([1, 0, 1 / 3, 0, 1 / 5])
"""The mean of each power from -1 to 1."""


class Exact(NamedTuple):
    """The exact slopes in some lanes, and what there is to know for judging them.

    `gradient(lanes, offsets)` is the exact slope beside a lane, `rounding` what the slope itself
    may be off by; those that are `trusted` have other evidence on their side.
    """

    slope: Array
    rtol: float
    atol: Array
    gradient: Callable[[Array, Array], Array]
    rounding: Array | float = 0.0
    trusted: Array | bool = False

    def near(self, slopes: Differences, errors: float, rounding: Array | float = 0.0) -> Array:
        """Where the differences are as close as the tolerance and some of their errors allow."""
        value, error = slopes.central[:2]
        size = np.maximum(np.abs(self.slope), np.abs(value))
        slack = self.rtol * size + self.atol + rounding + errors * error
        near: Array = np.isfinite(self.slope) & (np.abs(self.slope - value) <= slack)
        return near

    def confirmed(self, slopes: Differences) -> Array:
        """Where the differences are sure of the slope."""
        return slopes.known(self.rtol, self.atol) & self.near(slopes, 3)


def verdicts(exact: Exact, slopes: Differences) -> Array:
    """The verdict in each lane.

    Differences may have missed the finest features of a function; so a slope is called wrong only
    where the gradient nearby is smooth, and yet is not what the function changes by, or does not
    lead to the slope. A slope of NaN claims nothing.
    """
    words = np.full(exact.slope.shape, UNKNOWN, dtype=object)
    with np.errstate(all="ignore"):
        words[exact.confirmed(slopes)] = OK
        seen = slopes.known(exact.rtol, exact.atol) & (slopes.central.swing > 0)
        words[np.isinf(exact.slope) & seen] = DIFFERS
        far = np.isfinite(exact.slope - slopes.central.value)
        far &= ~exact.near(slopes, 10, exact.rounding)
        far &= slopes.smooth(exact.atol) & ~slopes.hides(exact.slope) & ~np.asarray(exact.trusted)
        (suspects,) = np.nonzero(far)
        if suspects.size:
            words[suspects[_refuted(exact, slopes, suspects)]] = DIFFERS
    for lane in np.nonzero(slopes.kinks())[0]:
        sides = slopes_of_sides(slopes.left.value[lane], slopes.right.value[lane])
        words[lane] = f"kink {sides}"
    return words


def _refuted(exact: Exact, slopes: Differences, lanes: Array) -> Array:
    """Of some lanes, those in which the gradient is smooth nearby and yet wrong."""
    value, error, step, quotient, _ = (field[lanes] for field in slopes.central)
    slope = exact.slope[lanes]
    gap = np.abs(slope - value)
    nearby = np.array([exact.gradient(lanes, step * offset) for offset in BESIDE])
    fit = _FIT @ nearby
    misfit = np.max(np.abs(_POWERS @ fit - nearby), axis=0)
    closest = [exact.gradient(lanes, slopes.finest[lanes] * side) for side in (-1, 1)]
    alone = np.max(np.abs(closest - fit[0]), axis=0) <= 0.1 * gap
    outlier = (np.abs(fit[0] - slope) >= 0.5 * gap) & alone
    wrong = np.abs(_MEAN @ fit - quotient) >= np.maximum(10 * (misfit + error), 0.05 * gap)
    sides = np.abs(slopes.left.value - slopes.right.value)[lanes]
    refuted: Array = (misfit <= 0.1 * gap) & (sides <= 0.5 * gap) & (outlier | wrong)
    return refuted
