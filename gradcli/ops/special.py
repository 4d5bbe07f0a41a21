"""sinc and its derivatives."""

from __future__ import annotations

import math
from functools import cache
from typing import Any

import numpy as np

from gradcli.ir.op import Elementwise
from gradcli.ops.records import unary

# --- sinc ---------------------------------------------------------------------------------------

_TERMS = 30


def _sinc(x: Any) -> Any:
    """sin(pi x)/(pi x), the angle reduced before it is multiplied by pi."""
    r = x - np.rint(x)
    sign = 1 - 2 * (np.mod(np.rint(x), 2))
    with np.errstate(all="ignore"):
        quotient = sign * np.sin(np.pi * r) / (np.pi * x)
    return np.where(x == 0, 1, quotient).astype(x.dtype, copy=False)


def _sinc_series(x: Any, n: int) -> Any:
    """The n-th derivative of sinc by its power series, for small x."""
    total = np.zeros_like(x)
    for k in range((n + 1) // 2 + _TERMS, (n - 1) // 2, -1):
        p = 2 * k - n
        if p >= 0:
            c = (-1) ** k * math.pi ** (2 * k) / (2 * k + 1) / math.factorial(p)
            total = total + c * x**p
    return total


def _sinc_far(x: Any, n: int) -> Any:
    """The n-th derivative by recursion: x f⁽ⁿ⁾ = π^(n-1) sin(πx + nπ/2) - n f⁽ⁿ⁻¹⁾."""
    value = _sinc(x)
    r = np.pi * (x - 2 * np.rint(x / 2))
    for k in range(1, n + 1):
        wave = (np.sin, np.cos, lambda a: -np.sin(a), lambda a: -np.cos(a))[k % 4](r)
        value = (np.pi ** (k - 1) * wave - k * value) / x
    return value


@cache
def sinc_order(n: int) -> Elementwise:
    """The n-th derivative of sinc."""

    def kernel(x: Any) -> Any:
        near = np.abs(x) < 0.5 + 0.3 * n
        with np.errstate(all="ignore"):
            far = _sinc_far(np.where(near, 1, x), n)
        return np.where(near, _sinc_series(np.where(near, x, 0), n), far).astype(x.dtype)

    return Elementwise(f"sinc_{n}", kernel, lambda x, z: sinc_order(n + 1)(x))


sinc = unary(
    "sinc",
    _sinc,
    lambda x, z: sinc_order(1)(x),
    doc="sin(pi x) / (pi x), and 1 at 0.",
    special=(0.0,),
)
