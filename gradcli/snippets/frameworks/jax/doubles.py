"""Functions in double precision as XLA computes them on a processor, to the last digit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from gradcli.ops import exponential, powers, reduce
from gradcli.snippets.frameworks.jax.kernels import power

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    Numbers = np.ndarray[Any, np.dtype[np.float64]]

LEAST, MOST = -708.0, 709.78
LOG2_E, LOG2_HIGH, LOG2_LOW = 1.4426950408889634, 0.693145751953125, 1.4286068203094172e-6
ABOVE = (1.2617719307481059e-4, 3.0299440770744196e-2, 1.0)
BELOW = (3.0019850513866446e-6, 2.5244834034968410e-3, 2.2726554820815503e-1, 2.0)


def _polynomial(x: Numbers, coefficients: Sequence[float]) -> Any:
    total: Any = coefficients[0]
    for c in coefficients[1:]:
        total = total * x + c
    return total


def exp(x: Numbers) -> Any:
    """The exponential."""
    within = np.clip(np.nan_to_num(x), LEAST, MOST)
    power = np.floor(within * LOG2_E + 0.5)
    rest = within - power * LOG2_HIGH - power * LOG2_LOW
    square = rest * rest
    above = rest * _polynomial(square, ABOVE)
    series = 1.0 + 2.0 * (above / (_polynomial(square, BELOW) - above))
    made = np.ldexp(series, power.astype(np.int64))
    return np.where((x < LEAST) | (x > MOST) | np.isnan(x), np.exp(x), made)[()]


def total(x: Numbers, axes: Sequence[int], keepdims: bool) -> Any:
    """A sum, one element after another."""
    kept = [axis for axis in range(x.ndim) if axis not in axes]
    rows = x.transpose(*kept, *sorted(axes))
    rows = rows.reshape(*rows.shape[: len(kept)], -1)
    if not axes or not rows.shape[-1] or rows.shape[-1] > LONGEST:
        return np.sum(x, axis=tuple(axes), keepdims=keepdims)
    whole = np.add.accumulate(rows, axis=-1)[..., -1]
    return (np.expand_dims(whole, tuple(sorted(axes))) if keepdims else whole)[()]


LONGEST = 32
"""Terms of a sum up to which it is known in what order they are added."""

DOUBLES: dict[Any, Callable[..., Any]] = {
    exponential.exp.op: exp,
    exponential.sigmoid.op: lambda x: 1.0 / (exp(-x) + 1.0),
    powers.pow_.op: power,
    reduce.sum_.op: total,
}
"""For each operation, its kernel in double precision as XLA has it."""
