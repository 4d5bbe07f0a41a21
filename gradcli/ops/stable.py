"""Operations that only the stabilised forms use: each an equal of a formula that loses digits."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from gradcli.ir.op import Elementwise
from gradcli.ops.arithmetic import power
from gradcli.ops.compare import TAINT
from gradcli.ops.elementary import log, sin, tanh


def _log_cosh(x: Any) -> Any:
    size = np.abs(x)
    near = np.log1p(2 * np.square(np.sinh(np.minimum(size, 1) / 2)))
    far = size + np.log1p(np.exp(-2 * size)) - math.log(2.0)
    return np.where(size < 1, near, far).astype(near.dtype, copy=False)


LOG_COSH = Elementwise("log_cosh", _log_cosh, lambda x, z: tanh(x))
"""log(cosh(x)), without overflow for large x and exact for small."""

ONE_MINUS_COS = Elementwise(
    "one_minus_cos", lambda x: 2 * np.square(np.sin(x / 2)), lambda x, z: sin(x), analytic=True
)
"""1 - cos(x), exact for small x."""

SELF_POWER = Elementwise(
    "self_power", lambda x: power(x, x), lambda x, z: z * (1.0 + log(x)), analytic=True
)
"""x^x."""


def _not_negative(x: Any) -> Any:
    return np.where(x >= 0, x, x.dtype.type(np.nan))


NOT_NEGATIVE = Elementwise("not_negative", _not_negative, lambda x, z: TAINT(1.0, z))
"""x where it is not negative, else NaN: what is left of sqrt(x)^2 and exp(log(x))."""
