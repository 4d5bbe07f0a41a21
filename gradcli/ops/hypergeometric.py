"""Gauss's hypergeometric function, with derivatives by all of its parameters."""

from __future__ import annotations

import math
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np

from gradcli.ir.kinds import POLE, POLES, VERTICAL, at, either
from gradcli.ir.op import Elementwise
from gradcli.ops.kernels import doubled, piecewise_kernel, scipy_kernel
from gradcli.ops.records import of_arrays

if TYPE_CHECKING:
    from gradcli.ir.node import Node

_TERMS = 100_000
"""Enough for x up to 0.9995; beyond, the series by parameters is given up."""


def _series(m: int, n: int, k: int, a: Any, b: Any, c: Any, x: Any) -> Any:
    """The series of 2F1 derived m times by a, n times by b and k times by c, for 0 <= x < 1.

    Its terms are (a)_j/j! (b)_j/j! j!/(c)_j x^j, each factor kept with its derivatives.
    """
    tops = [[np.ones_like(x), *[np.zeros_like(x)] * order] for order in (m, n)]
    low = [np.ones_like(x), *[np.zeros_like(x)] * k]
    total, power, negligible = np.zeros_like(x), np.ones_like(x), 1e-17 * (1 - x)
    for j in range(_TERMS):
        term = tops[0][m] * tops[1][n] * low[k] * power
        total = total + term
        if j > 10 + m + n + k and not (np.abs(term) > negligible * np.abs(total)).any():
            return total
        for p, top in zip((a, b), tops, strict=True):
            for i in reversed(range(len(top))):
                top[i] = ((p + j) * top[i] + (i * top[i - 1] if i else 0)) / (j + 1)
        for i in range(k + 1):
            low[i] = ((j + 1) * low[i] - (i * low[i - 1] if i else 0)) / (c + j)
        power = power * x
    return np.full_like(x, np.nan)


def _mirrored(m: int, n: int, k: int, a: Any, b: Any, c: Any, x: Any) -> Any:
    """By Pfaff's transformation (1 - x)^-a F(a, c - b; c; x/(x - 1)), for x < 0."""
    y, log = x / (x - 1), -np.log1p(-x)
    total = np.zeros_like(x)
    for i in range(m + 1):
        for j in range(k + 1):
            inner = _series(m - i, n + k - j, j, a, c - b, c, y)
            total = total + math.comb(m, i) * log**i * math.comb(k, j) * (-1) ** n * inner
    return total * np.exp(a * log)


def _by_parameters(m: int, n: int, k: int, *arrays: Any) -> Any:
    x = arrays[-1]
    return piecewise_kernel(
        x.shape,
        ((x >= 0) & (x < 1), lambda *parts: _series(m, n, k, *parts), arrays),
        (x < 0, lambda *parts: _mirrored(m, n, k, *parts), arrays),
    )


def _by_x(m: int, n: int, k: int, a: Node, b: Node, c: Node, x: Node) -> Any:
    """The derivatives by the parameters of a b/c F(a + 1, b + 1; c + 1; x), by Leibniz's rule."""
    total: Any = 0.0
    for i in range(min(m, 1) + 1):
        for j in range(min(n, 1) + 1):
            for r in range(k + 1):
                factor = (float(m) if i else a) * (float(n) if j else b)
                over = math.comb(k, r) * (-1.0) ** r * math.factorial(r) / c ** float(r + 1)
                inner = _order(m - i, n - j, k - r)(a + 1.0, b + 1.0, c + 1.0, x)
                total = total + factor * over * inner
    return total


_SPECIAL = either(
    POLES,
    at(VERTICAL, lambda a, b, c, x, z: x == 1),
    at(POLE, lambda a, b, c, x, z: (c <= 0) & (c == np.rint(c))),
)


@cache
def _order(m: int, n: int, k: int) -> Elementwise:
    """2F1 derived m times by a, n times by b, k times by c."""
    plain = scipy_kernel("hyp2f1")
    kernel = doubled(lambda *arrays: _by_parameters(m, n, k, *arrays))
    return Elementwise(
        f"hyp2f1_{m}_{n}_{k}" if m + n + k else "hyp2f1",
        kernel if m + n + k else plain,
        lambda a, b, c, x, z: _order(m + 1, n, k)(a, b, c, x),
        lambda a, b, c, x, z: _order(m, n + 1, k)(a, b, c, x),
        lambda a, b, c, x, z: _order(m, n, k + 1)(a, b, c, x),
        lambda a, b, c, x, z: _by_x(m, n, k, a, b, c, x),
        special=_SPECIAL,
    )


hyp2f1 = of_arrays(
    _order(0, 0, 0),
    "a b c x",
    "Gauss's hypergeometric function 2F1(a, b; c; x); slopes by a, b, c up to x = 0.9995.",
    "hyp2f1(1, 2, 3, 0.5)",
    domain=((0.5, 2.0), (0.5, 2.0), (1.5, 3.0), (-2.0, 0.8)),
)
