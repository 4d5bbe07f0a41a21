"""Operators of JavaScript's numbers."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


def divided(x: float, y: float) -> float:
    """`x / y`."""
    if y:
        return x / y
    if x == 0 or math.isnan(x):
        return math.nan
    return math.copysign(math.inf, x) * math.copysign(1, y)


def remainder(x: float, y: float) -> float:
    """`x % y`, with the sign of x."""
    if not y or math.isinf(x) or math.isnan(x) or math.isnan(y):
        return math.nan
    return math.fmod(x, y)


def power(x: float, y: float) -> float:
    """`x ** y`."""
    if math.isnan(y) or (abs(x) == 1 and math.isinf(y)):
        return math.nan
    try:
        return math.pow(x, y)
    except OverflowError:
        return -math.inf if x < 0 and y % 2 == 1 else math.inf
    except ValueError:
        return divided(1, math.copysign(0.0, x) if y % 2 == 1 else 0.0) if x == 0 else math.nan


def whole(x: float) -> int:
    """A number as one of 32 bits."""
    return int(x) & 0xFFFFFFFF if math.isfinite(x) else 0


def signed(bits: int) -> float:
    """32 bits as a number."""
    bits &= 0xFFFFFFFF
    return float(bits - (1 << 32) if bits >> 31 else bits)


ARITHMETIC: dict[str, Callable[[float, float], float]] = {
    "+": lambda x, y: x + y,
    "-": lambda x, y: x - y,
    "*": lambda x, y: x * y,
    "/": divided,
    "%": remainder,
    "**": power,
    "&": lambda x, y: signed(whole(x) & whole(y)),
    "|": lambda x, y: signed(whole(x) | whole(y)),
    "^": lambda x, y: signed(whole(x) ^ whole(y)),
    "<<": lambda x, y: signed(whole(x) << (whole(y) & 31)),
    ">>": lambda x, y: signed(int(signed(whole(x))) >> (whole(y) & 31)),
    ">>>": lambda x, y: float((whole(x) & 0xFFFFFFFF) >> (whole(y) & 31)),
}
"""Operators of two numbers."""
