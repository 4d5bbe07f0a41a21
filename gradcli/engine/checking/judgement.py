"""What finite differences say of an exact slope: that it is right, wrong, at a kink, or nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

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


def confirmed(
    exact: Array, slopes: Differences, rtol: float, atol: Array, rounding: Array | float = 0
) -> Array:
    """Where the differences are sure of the exact slope, which `rounding` may have changed."""
    return slopes.known(rtol, atol) & _near(exact, slopes, rtol, atol + rounding, 3)


def verdicts(
    exact: Array,
    slopes: Differences,
    rtol: float,
    atol: Array,
    rounding: Array,
    gradient: Callable[[Array, Array], Array],
    trusted: Array,
) -> Array:
    """The verdict on the exact slope in each lane; those `trusted` on other grounds are not wrong.

    `gradient(lanes, offsets)` is the exact slope beside a lane. Differences may have missed the
    finest features of a function; so a slope is called wrong only where the gradient nearby is
    smooth, and yet is not what the function changes by, or does not lead to the slope. A slope of
    NaN claims nothing.
    """
    words = np.full(exact.shape, UNKNOWN, dtype=object)
    with np.errstate(all="ignore"):
        words[confirmed(exact, slopes, rtol, atol, rounding)] = OK
        far = ~_near(exact, slopes, rtol, atol + rounding, 10) & np.isfinite(slopes.central.value)
        far &= slopes.smooth(atol) & ~slopes.hides(exact) & np.isfinite(exact)
        (suspects,) = np.nonzero(far & ~trusted)
        if suspects.size:
            words[suspects[_refuted(exact, slopes, suspects, gradient)]] = DIFFERS
        words[np.isinf(exact) & slopes.known(rtol, atol)] = DIFFERS
    for lane in np.nonzero(slopes.kinks())[0]:
        sides = slopes_of_sides(slopes.left.value[lane], slopes.right.value[lane])
        words[lane] = f"kink {sides}"
    return words


def _near(exact: Array, slopes: Differences, rtol: float, atol: Array, errors: float) -> Array:
    """Where a slope is as close to the exact one as the tolerance and some errors allow."""
    value, error = slopes.central[:2]
    size = np.maximum(np.abs(exact), np.abs(value))
    near: Array = np.abs(exact - value) <= rtol * size + atol + errors * error
    return near & np.isfinite(exact)


def _refuted(exact: Array, slopes: Differences, lanes: Array, gradient: Any) -> Array:
    """Of some lanes, those in which the gradient is smooth nearby and yet wrong."""
    value, error, step, quotient, _ = (field[lanes] for field in slopes.central)
    exact = exact[lanes]
    gap = np.abs(exact - value)
    nearby = np.array([gradient(lanes, step * offset) for offset in BESIDE])
    fit = _FIT @ nearby
    misfit = np.max(np.abs(_POWERS @ fit - nearby), axis=0)
    smooth = misfit <= 0.1 * gap
    outlier = np.abs(fit[0] - exact) >= 0.5 * gap
    wrong = np.abs(_MEAN @ fit - quotient) >= np.maximum(10 * (misfit + error), 0.05 * gap)
    refuted: Array = smooth & (outlier | wrong)
    return refuted
