"""Logarithms of probabilities that are too small to be numbers, by series of positive terms."""

from __future__ import annotations

import math
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np

from gradcli.ir.op import Binary
from gradcli.ops.compare import choose, ge, gt, isnan
from gradcli.ops.exponential import log, log1p
from gradcli.ops.gamma import betaln, lgamma
from gradcli.ops.hypergeometric import HYP2F1
from gradcli.ops.kernels import doubled, piecewise_kernel
from gradcli.ops.powers import hypot, sqrt, square

if TYPE_CHECKING:
    from collections.abc import Callable

    from gradcli.ir.node import Node

_SMALLEST = 1e-140
"""Of a probability whose logarithm is taken: its square is a number, as second slopes need."""


def log_or_tail(
    probability: Node, x: Node, tail: Callable[[Node], Node], near: Node | None = None
) -> Node:
    """The logarithm of a probability; where it is too small, or x below `near`, the tail.

    That is summed only there. Where it is no number, as for parameters without bounds, it is the
    logarithm, too.
    """
    usual = gt(probability, _SMALLEST)
    usual = usual if near is None else usual & ge(x, near)
    far = tail(choose(usual, math.nan, x))
    return choose(usual | isnan(far), log(probability), far)


# --- gamma --------------------------------------------------------------------------------------


def _below(n: int, m: int, a: Any, x: Any) -> Any:
    """The sum of x^k / ((a + 1) … (a + k)), derived n times by a and m times by x."""
    jet = [np.ones_like(x), *[np.zeros_like(x)] * n]
    total, power = np.zeros_like(x), np.ones_like(x)
    k = 0
    while True:
        if k >= m:
            term = math.perm(k, m) * jet[n] * power
            total, power = total + term, power * x
            if k > m + n + 10 and not (np.abs(term) > 1e-18 * np.abs(total)).any():
                return total
        k += 1
        for i in range(n + 1):
            jet[i] = (jet[i] - (i * jet[i - 1] if i else 0)) / (a + k)


def _is_far_below(x: Any, mean: Any) -> Any:
    """Where the probability may underflow: half of the mean, or twenty deviations, below it."""
    return (x >= 0) & (x < np.maximum(mean - 20 * np.sqrt(np.maximum(mean, 0)), mean / 2))


def _far_below(n: int, m: int, a: Any, x: Any) -> Any:
    far = _is_far_below(x, a)
    return piecewise_kernel(x.shape, (far, lambda a, x: _below(n, m, a, x), (a, x)))


def _order(name: str, kernel: Callable[..., Any]) -> Callable[[int, int], Binary]:
    """The operations of two arrays that are the derivatives of one, by their orders."""

    @cache
    def derivative(n: int, m: int) -> Binary:
        return Binary(
            f"{name}_{n}_{m}",
            doubled(lambda a, x: kernel(n, m, a, x)),
            lambda a, x, z: derivative(n + 1, m)(a, x),
            lambda a, x, z: derivative(n, m + 1)(a, x),
        )

    return derivative


_BELOW = _order("gamma_series", _far_below)


def log_gamma_tail(a: Node, x: Node) -> Node:
    """log(gammainc(a, x)) for x far below a."""
    return a * log(x) - x - lgamma(a + 1.0) + log(_BELOW(0, 0)(a, x))


def _counts(_n: int, m: int, k: Any, mu: Any) -> Any:
    """The sum of k! / (k - i)! mu^-i, derived m times by mu, for a whole k far below mu."""
    far = _is_far_below(k, mu)

    def kernel(k: Any, mu: Any) -> Any:
        term, total = np.ones_like(mu), np.zeros_like(mu)
        i = 0
        while (term > 1e-18 * np.abs(total)).any() or i < 10:
            slope = math.prod(-(i + j) for j in range(m))
            total = total + slope * term / mu**m
            term = term * np.maximum(k - i, 0) / mu
            i += 1
        return total

    return piecewise_kernel(mu.shape, (far, kernel, (k, mu)))


_COUNTS = _order("poisson_series", _counts)


def log_poisson_tail(k: Node, mu: Node) -> Node:
    """log(gammaincc(k + 1, mu)) for a whole k far below mu."""
    return k * log(mu) - mu - lgamma(k + 1.0) + log(_COUNTS(0, 0)(k, mu))


# --- beta ---------------------------------------------------------------------------------------


def log_beta_tail(a: Node, b: Node, x: Node, logs: tuple[Node, Node] | None = None) -> Node:
    """log(betainc(a, b, x)) for x far below the mean; `logs` of x and 1 - x, where they are known.

    After Euler's transformation the series has positive terms.
    """
    log_x, log_rest = logs or (log(x), log1p(-x))
    series = log(HYP2F1(a + b, 1.0 + 0.0 * a, a + 1.0, x))
    return a * log_x + b * log_rest - log(a) - betaln(a, b) + series


def log_student_tail(z: Node, df: Node) -> Node:
    """The logarithm of the probability that Student's t is below a z far below 0."""
    root = sqrt(df)
    whole = hypot(root, z)
    logs = 2.0 * log(root / whole), 2.0 * log(-z / whole)
    half = z.graph.lift(0.5)
    return log_beta_tail(0.5 * df, half, square(root / whole), logs) - math.log(2.0)
