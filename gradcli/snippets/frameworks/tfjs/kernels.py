"""Functions as TensorFlow.js computes them: in double precision, and rounded then."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from gradcli.ops import compare, error_functions

if TYPE_CHECKING:
    from collections.abc import Callable

    Numbers = np.ndarray[Any, np.dtype[Any]]

ERF_AT = 0.3275911
ERF = (1.061405429, -1.453152027, 1.421413741, -0.284496736, 0.254829592)
"""The approximation of Abramowitz and Stegun, the highest power first."""


def erf(x: Numbers) -> Numbers:
    """The error function, to seven digits."""
    size = np.abs(x.astype(float))
    t = 1.0 / (1.0 + ERF_AT * size)
    total: Any = 0.0
    for c in ERF:
        total = (total + c) * t
    made: Numbers = (np.sign(x) * (1.0 - total * np.exp(-size * size))).astype(x.dtype)
    return made


def sign(x: Numbers) -> Numbers:
    """The sign of a number, which is 0 for what is none."""
    made: Numbers = np.where(np.isnan(x), 0, np.sign(x)).astype(x.dtype)
    return made


KERNELS: dict[Any, Callable[..., Numbers]] = {error_functions.erf.op: erf, compare.sign.op: sign}
"""For each operation, its kernel in single precision as TensorFlow.js has it."""
