"""Quotients with a limit at 0: sin(x)/x, (exp(x) - 1)/x, (1 - cos(x))/x^2, to any order.

Near 0 the derivatives are power series; further out they follow by recursion, where it loses
nothing.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from gradcli.ir.op import Elementwise
from gradcli.ops.kernels import derivatives, wave

if TYPE_CHECKING:
    from collections.abc import Callable

    Kernel = Callable[[int, Any], Any]


def _by_parts(near: Kernel, far: Kernel, reach: float) -> Kernel:
    """The kernel that is `near` for sizes below 1 + n and some more, and `far` elsewhere."""

    def kernel(n: int, x: Any) -> Any:
        inner = np.abs(x) < reach + n
        values = np.array(far(n, x))
        if inner.any():
            values[inner] = near(n, x[inner])
        return values

    return kernel


# --- of waves -----------------------------------------------------------------------------------


def _wave_series(weight: Callable[[int], float]) -> Kernel:
    """The n-th derivative of the sum of (-1)^k x^2k / (2k)! weight(k)."""

    def kernel(n: int, x: Any) -> Any:
        square, total = x * x, np.zeros_like(x)
        first = (n + 1) // 2
        for k in range(first + 14 + 2 * n, first - 1, -1):
            total = total * square + (-1) ** k * weight(k) / math.factorial(2 * k - n)
        return total * x if n % 2 else total

    return kernel


def _sin_far(n: int, x: Any) -> Any:
    """By x f⁽ⁿ⁾ = sin⁽ⁿ⁾ - n f⁽ⁿ⁻¹⁾."""
    value = np.sin(x) / x
    for k in range(1, n + 1):
        value = (wave(k, x) - k * value) / x
    return value


def _cos_far(n: int, x: Any) -> Any:
    """By x^2 f⁽ⁿ⁾ = (1 - cos)⁽ⁿ⁾ - 2 n x f⁽ⁿ⁻¹⁾ - n (n - 1) f⁽ⁿ⁻²⁾; x^2 might overflow."""
    before, value = np.zeros_like(x), 2 * (np.sin(x / 2) / x) ** 2
    for k in range(1, n + 1):
        lower = 2 * k * value + k * (k - 1) * (before / x)
        before, value = value, (wave(k - 1, x) / x - lower) / x
    return value


_sin_over = _by_parts(_wave_series(lambda k: 1 / (2 * k + 1)), _sin_far, 0.5)
_cos_over = _by_parts(_wave_series(lambda k: 1 / ((2 * k + 1) * (2 * k + 2))), _cos_far, 1.5)

# --- of the exponential function ----------------------------------------------------------------


def _exp_near(n: int, u: Any) -> Any:
    """The integral of t^n exp(u t) from 0 to 1: a series of positive terms.

    For u < 0 it is exp(u) times one in -u.
    """
    size = np.abs(u)
    term = behind = np.full_like(u, 1 / (n + 1))
    power, ahead = np.ones_like(u), behind
    for k in range(1, 24 + 3 * n):
        term = term * size / (n + 1 + k)
        behind = behind + term
        power = power * size / k
        ahead = ahead + power / (n + 1 + k)
    return np.where(u < 0, np.exp(u) * behind, ahead)


def _exp_far(n: int, u: Any) -> Any:
    """By u f⁽ⁿ⁾ = exp(u) - n f⁽ⁿ⁻¹⁾."""
    raised, value = np.exp(u), np.expm1(u) / u
    for k in range(1, n + 1):
        value = np.where(np.isposinf(raised), raised, (raised - k * value) / u)
    return value


exp_quotient = _by_parts(_exp_near, _exp_far, 1.0)
"""The n-th derivative of (exp(u) - 1)/u, over arrays."""

# --- the operations -----------------------------------------------------------------------------


def _at_zero(quotient: Callable[[Any], Any], limit: float) -> Callable[[Any], Any]:
    def kernel(x: Any) -> Any:
        values = quotient(x)
        unknown = values != values
        if not unknown.any():
            return values
        return np.where(unknown & (x == 0), limit, values).astype(values.dtype, copy=False)

    return kernel


sin_over_order = derivatives("sin_over", _sin_over)
cos_over_order = derivatives("cos_over", _cos_over)
exp_over_order = derivatives("exp_over", exp_quotient)

SIN_OVER = Elementwise(
    "sin_over",
    _at_zero(lambda x: np.sin(x) / x, 1.0),
    lambda x, z: sin_over_order(1)(x),
    notation=("sin({0})/{0:7}", 6),
)
"""sin(x)/x, and 1 at 0."""

EXP_OVER = Elementwise(
    "exp_over",
    _at_zero(lambda x: np.expm1(x) / x, 1.0),
    lambda x, z: exp_over_order(1)(x),
    notation=("(exp({0}) - 1)/{0:7}", 6),
)
"""(exp(x) - 1)/x, and 1 at 0."""

COS_OVER = Elementwise(
    "cos_over",
    _at_zero(lambda x: 2 * np.square(np.sin(x / 2) / x), 0.5),
    lambda x, z: cos_over_order(1)(x),
    notation=("(1 - cos({0}))/{0:9}^2", 6),
)
"""(1 - cos(x))/x^2, and 1/2 at 0."""
