"""Records whose kernel does more than a file needs: as people would write them, by NumPy.

What kernels do beyond that keeps the last digit, or the sign of a zero.
"""

from __future__ import annotations

from math import factorial, pi
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence


def _gate(mask: Any, x: Any) -> Any:
    """x where the mask holds, and 0 elsewhere."""
    if isinstance(mask, (np.ndarray, np.bool_)) and mask.all():
        return x if mask.shape in ((), x.shape) else np.broadcast_to(x, mask.shape)
    return np.where(mask, x, 0.0)


def _horner(x: Any, coefficients: Sequence[float]) -> Any:
    """That polynomial, the constant first."""
    total: Any = coefficients[-1]
    for coefficient in coefficients[-2::-1]:
        total = total * x + coefficient
    return total


def _quotient(function: Callable[[Any], Any], limit: float) -> Callable[[Any], Any]:
    """A quotient by x, and its limit at 0."""

    def quotient(x: Any) -> Any:
        return np.where(x == 0, limit, function(np.where(x == 0, 1.0, x)))

    return quotient


def _slope(far: Callable[[Any], Any], near: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """The slope of such a quotient: near 0, where it would cancel, by its series."""

    def slope(x: Any) -> Any:
        is_near = np.abs(x) < 1
        return np.where(is_near, near(x), far(np.where(is_near, 1.0, x)))

    return slope


_SIN = [(-1) ** (k + 1) * (2 * k + 2) / factorial(2 * k + 3) for k in range(9)]
_COS = [(-1) ** (k + 1) * (2 * k + 2) / factorial(2 * k + 4) for k in range(9)]
_EXP = [(k + 1) / factorial(k + 2) for k in range(18)]


def at_point(forms: Mapping[str, Any], met: frozenset[str]) -> dict[str, Any]:
    """Forms for a formula that has such operations at points without a derivative.

    Beside a logarithm that is undefined stands no slope; elsewhere it is 1/x.
    """
    has_logarithms = not met.isdisjoint(("log", "log2", "log10", "log1p", "atanh"))
    slope = {"log_slope": lambda x: np.where(x < 0, np.nan, 1 / x)} if has_logarithms else {}
    return {**forms, **slope}


PLAIN: dict[str, Callable[..., Any]] = {
    "sqrt": np.sqrt,
    "cube": lambda x: x * x * x,
    "gate": _gate,
    "gauss": lambda x: np.exp(-x * x),
    "half_gauss": lambda x: np.exp(-0.5 * x * x),
    "sigmoid": lambda x: 1 / (1 + np.exp(-x)),
    "logit": lambda x: np.log(x / (1 - x)),
    "log_slope": lambda x: 1 / x,
    "sind": lambda x: np.sin(x * (pi / 180)),
    "cosd": lambda x: np.cos(x * (pi / 180)),
    "tand": lambda x: np.tan(x * (pi / 180)),
    "log_ratio": lambda x, y: np.log(x / y),
    "rel_entr": lambda x, y: np.where(x == 0, 0.0, x * np.log(np.where(x == 0, y, x) / y)),
    "log_share": lambda x, total: x - total,
    "power_less_1": lambda x, y: np.power(x, y - 1.0),
    "power_log_0": lambda x, y: np.where(
        x == 0, 0.0, np.power(x, y) * np.log(np.where(x == 0, 1.0, x))
    ),
    "masked_matmul": lambda a, b, mask, i: np.matmul(a, b),
    "sin_over": _quotient(lambda x: np.sin(x) / x, 1.0),
    "sin_over_1": _slope(
        lambda x: (np.cos(x) - np.sin(x) / x) / x, lambda x: x * _horner(x * x, _SIN)
    ),
    "cos_over": _quotient(lambda x: 2 * np.square(np.sin(x / 2) / x), 0.5),
    "cos_over_1": _slope(
        lambda x: (np.sin(x) - 4 * np.square(np.sin(x / 2)) / x) / (x * x),
        lambda x: x * _horner(x * x, _COS),
    ),
    "exp_over": _quotient(lambda x: np.expm1(x) / x, 1.0),
    "exp_over_1": _slope(lambda x: (np.exp(x) - np.expm1(x) / x) / x, lambda x: _horner(x, _EXP)),
}
