"""Student's t distribution, differentiable in the degrees of freedom too."""

from __future__ import annotations

import math
from functools import cache, partial
from typing import TYPE_CHECKING, Any

import numpy as np

from gradcli.ir.kinds import POLES
from gradcli.ir.op import Binary
from gradcli.ops.compare import TAINT, nowhere
from gradcli.ops.exponential import exp, log1p
from gradcli.ops.gamma import log_beta, polygamma_of
from gradcli.ops.kernels import bell, doubled, integral, piecewise_kernel, psi, scipy_kernel
from gradcli.ops.powers import hypot, sqrt, square
from gradcli.ops.stabilize import complement

if TYPE_CHECKING:
    from gradcli.ir.node import Node


_SERIES = (1 / 4, -1 / 8, 1 / 4, -17 / 16, 31 / 4, -691 / 8)


def _square_and_share(x: Any, df: Any) -> tuple[Any, Any]:
    """y = x^2/df, and x^2/(df + x^2), whatever the size of x."""
    ratio = np.abs(x) / np.sqrt(df)
    y = ratio * ratio
    return y, np.where(ratio < 1, y / (1 + y), 1 / (1 + 1 / np.maximum(y, 1)))


def _log_spread(x: Any, df: Any) -> Any:
    """log(1 + x^2/df), whatever the size of x."""
    ratio = np.abs(x) / np.sqrt(df)
    return np.where(ratio < 1, np.log1p(ratio * ratio), 2 * np.log(np.hypot(1, ratio)))


def _slope(x: Any, df: Any) -> Any:
    """The derivative by df of the logarithm of the density; 1/df would cancel where df is large."""
    large = np.maximum(df, 40)
    series = sum(c / large ** (2 * k + 2) for k, c in enumerate(_SERIES))
    direct = (psi(0, (df + 1) / 2) - psi(0, df / 2)) / 2 - 0.5 / df
    y, share = _square_and_share(x, df)
    small = np.minimum(y, 0.1)
    tail = sum((-1) ** k * (k - 1) / k * small**k for k in range(20, 1, -1))
    curve = np.where(y < 0.1, tail, _log_spread(x, df) - share)
    return np.where(df > 40, series, direct) - 0.5 * curve + 0.5 * share / df


def _bend(x: Any, df: Any) -> Any:
    """The second one, in the same way."""
    large = np.maximum(df, 40)
    series = -sum((2 * k + 2) * c / large ** (2 * k + 3) for k, c in enumerate(_SERIES))
    direct = (psi(1, (df + 1) / 2) - psi(1, df / 2)) / 4 + 0.5 / (df * df)
    _, share = _square_and_share(x, df)
    return np.where(df > 40, series, direct) + share / df * (0.5 * share - (1 - 0.5 * share) / df)


def _slope_of_log(square: Any, df: Any, log1p: Any, j: int) -> Any:
    """The j-th derivative of log(1 + x^2/df) by df."""
    if j == 0:
        return log1p(square / df)
    powers = (df + square) ** -float(j) - df ** -float(j)
    return (-1.0) ** (j - 1) * math.factorial(j - 1) * powers


def _slopes(orders: range, x: Any, df: Any, psi: Any, log1p: Any) -> list[Any]:
    """The derivatives by df of the logarithm of the density, of arrays or of nodes."""
    of_log = partial(_slope_of_log, x * x, df, log1p)

    def slope(k: int) -> Any:
        gammas = (psi(k - 1, 0.5 * df + 0.5) - psi(k - 1, 0.5 * df)) * 0.5**k
        root = (0.5 * (-1.0) ** k * math.factorial(k - 1)) * df ** -float(k)
        return gammas + root - 0.5 * (df + 1.0) * of_log(k) - 0.5 * k * of_log(k - 1)

    return [slope(k) for k in orders]


def _growth(n: int, x: Any, df: Any) -> Any:
    """The n-th derivative by df of the density, over the density."""
    first = [_slope(x, df), _bend(x, df)][:n]
    return bell([*first, *_slopes(range(3, n + 1), x, df, psi, np.log1p)])


def _density(x: Any, df: Any) -> Any:
    return np.exp(_log_density(0, x, df))


def _log_density(n: int, x: Any, df: Any) -> Any:
    """The n-th derivative by df of the logarithm of the density."""
    if n in (1, 2):
        return (_slope if n == 1 else _bend)(x, df)
    if n:
        return _slopes(range(n, n + 1), x, df, psi, np.log1p)[0]
    norm = -log_beta(df / 2, np.full_like(df, 0.5)) - np.log(df) / 2
    normal = -0.5 * x * x - 0.5 * np.log(2 * np.pi)
    return np.where(np.isposinf(df), normal, norm - (df + 1) / 2 * _log_spread(x, df))


def _log_density_by_x(n: int, x: Node, df: Node) -> Node:
    """The n-th derivative by df of -(df + 1) x/(df + x^2)."""
    if n == 0:
        return LOG_SLOPE(x, df)
    size = (-1.0) ** (n + 1) * math.factorial(n)
    whole = hypot(x, sqrt(df))
    parts = (x / whole) * ((1.0 - x) / whole) * ((1.0 + x) / whole) / whole
    return size * parts / square(whole) ** float(n - 1)


def _log_bend_by_x(x: Node, df: Node) -> Node:
    """The second derivative by x of the logarithm of the density."""
    root = sqrt(df)
    whole = hypot(x, root)
    return -(df + 1.0) * ((root - x) / whole) * ((root + x) / whole) / whole / whole


def _log_slope(x: Any, df: Any) -> Any:
    """-(df + 1) x/(df + x^2); without a bound on df that of the normal density."""
    whole = np.hypot(x, np.sqrt(df))
    return np.where(np.isposinf(df), -x, -(df + 1) * (x / whole / whole))


LOG_SLOPE = Binary(
    "t_log_slope",
    doubled(_log_slope),
    lambda x, df, z: _log_bend_by_x(x, df),
    lambda x, df, z: _log_density_by_x(1, x, df),
)
"""The slope of the logarithm of the density by x; that by df of its parts would cancel."""


@cache
def log_density_order(n: int) -> Binary:
    """The n-th derivative by the degrees of freedom of the logarithm of the density."""
    return Binary(
        f"t_log_density_{n}",
        doubled(lambda x, df: _log_density(n, x, df)),
        lambda x, df, z: _log_density_by_x(n, x, df),
        lambda x, df, z: log_density_order(n + 1)(x, df),
    )


log_density = log_density_order(0)
"""The logarithm of the density."""


def density(x: Node, df: Node) -> Node:
    """The density."""
    return exp(log_density(x, df))


@cache
def _legendre() -> tuple[Any, Any]:
    return np.polynomial.legendre.leggauss(160)


def _inner(n: int, x: Any, df: Any) -> Any:
    """The integral from 0 to x, where the first slope is positive, over t = sqrt(df) sinh(u)."""
    column = (-1, *[1] * x.ndim)
    nodes, weights = (part.reshape(column) for part in _legendre())
    root = np.sqrt(df)
    end = np.arcsinh(x / root)
    u = (nodes + 1) / 2 * end
    t = root * np.sinh(u)
    values = root * np.cosh(u) * _density(t, df) * _growth(n, t, df)
    return np.sum(weights * values, axis=0) * end / 2


def _tail(n: int, x: Any, df: Any) -> Any:
    """Less the integral from |x| to infinity, with the sign of x."""
    size = np.abs(x)

    def integrand(s: Any) -> Any:
        t = size * np.exp(s)
        return t * _density(t, df) * _growth(n, t, df)

    rate = np.abs((df + 1) * x * x / (df + x * x) - 1) + np.sqrt(df / (1 + df))
    return -np.sign(x) * integral(integrand, 1 / rate)


def _far_tail(n: int, x: Any, df: Any) -> Any:
    """The same where the density is but a power of x: the tail is x/df times the density."""
    size = np.abs(x)
    orders = range(1, n + 1)
    shapes = [(-1.0) ** k * math.factorial(k - 1) * df ** -float(k) for k in orders]
    slopes = [_log_density(k, x, df) + shape for k, shape in zip(orders, shapes, strict=True)]
    return -np.sign(x) * np.exp(_log_density(0, x, df) + np.log(size) - np.log(df)) * bell(slopes)


def _by_df(n: int, x: Any, df: Any) -> Any:
    inside = (df > 0) & ~np.isnan(x)
    ends = inside & ((x == 0) | np.isinf(x))
    near = inside & ~ends & (_slope(x, df) > 0)
    far = inside & ~ends & (np.abs(x) > 1e9 * (1 + df))
    rest = inside & ~(ends | near | far)
    return piecewise_kernel(
        x.shape,
        (ends, np.zeros_like, (x,)),
        (near, lambda x, df: _inner(n, x, df), (x, df)),
        (far, lambda x, df: _far_tail(n, x, df), (x, df)),
        (rest, lambda x, df: _tail(n, x, df), (x, df)),
    )


def _density_order(n: int, x: Node, df: Node) -> Node:
    """The n-th derivative of the density by the degrees of freedom."""
    slopes = _slopes(range(1, n + 1), x, df, lambda k, at: polygamma_of(k)(at), log1p)
    return density(x, df) * bell(slopes)


@cache
def below_order(n: int) -> Binary:
    """The n-th derivative by the degrees of freedom of the probability below x."""
    return Binary(
        f"t_below_{n}",
        doubled(lambda x, df: _by_df(n, x, df)),
        lambda x, df, z: _density_order(n, x, df),
        lambda x, df, z: below_order(n + 1)(x, df),
    )


def _below(x: Any, df: Any) -> Any:
    """SciPy's, which loses digits near 0; there by the density's power series."""
    near = (np.abs(x) < 1e-4) & (df >= 0.02)
    value = scipy_kernel("stdtr")(df, x)
    if nowhere(near):
        return value
    small = np.where(near, x, 0)
    curve = 1 - (1 + 1 / df) * small * small / 6
    return np.where(near, 0.5 + small * _density(np.zeros_like(x), df) * curve, value)


BELOW = Binary(
    "t_below",
    doubled(_below),
    lambda x, df, z: TAINT(density(x, df), z),
    lambda x, df, z: below_order(1)(x, df),
)
"""The probability that a variable is below x."""


def _quantile(q: Any, df: Any) -> Any:
    """SciPy's, but for the middle, beside which some versions of it end, and for 0."""
    found = scipy_kernel("stdtrit")(df, q)
    found = np.where((q == 0) & ~np.isnan(found), -np.inf, found)
    return np.where((q == 0.5) & (df > 0), 0.0, found)


QUANTILE = Binary(
    "t_quantile",
    doubled(_quantile),
    lambda q, df, z: TAINT(1.0 / density(z, df), z),
    lambda q, df, z: -(below_order(1)(z, df) / density(z, df)),
    special=POLES,
)
"""The number below which a variable is with probability q."""

complement(BELOW, "1 - t_cdf(x, df)", "t_cdf(-x, df)", lambda z, df: BELOW(-z, df))
