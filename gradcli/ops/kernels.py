"""What kernels of special functions share: double precision inside, integrals, densities.

The derivatives by a parameter that SciPy does not offer are integrals of a smooth function, taken
by the double exponential rule (Takahasi and Mori 1974), which converges like exp(-n/log n).
"""

from __future__ import annotations

import math
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np

from gradcli.ir.op import Elementwise

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from gradcli.ir.kinds import Special

FEW = 1024
"""Elements up to which Python's own function is quicker than importing SciPy."""


def scipy_kernel(name: str, few: Callable[[float], float] | None = None) -> Callable[..., Any]:
    """The function of that name in scipy.special; `few` is an equal of it in Python's math."""

    def kernel(*arrays: Any) -> Any:
        if few is not None and np.size(arrays[0]) <= FEW:
            flat = [few(v) for v in np.ravel(arrays[0]).tolist()]
            return np.array(flat, arrays[0].dtype).reshape(np.shape(arrays[0]))
        import scipy.special

        return np.asarray(getattr(scipy.special, name)(*arrays), arrays[0].dtype)

    return kernel


def scipy_part(name: str, i: int) -> Callable[[Any], Any]:
    """One of the results of a function of scipy.special."""

    def kernel(x: Any) -> Any:
        import scipy.special

        return np.asarray(getattr(scipy.special, name)(x)[i], x.dtype)

    return kernel


def doubled(kernel: Callable[..., Any]) -> Callable[..., Any]:
    """A kernel that computes in float64, of arrays of one shape, whatever it is given."""

    def wide_kernel(*arrays: Any) -> Any:
        wide = np.broadcast_arrays(*(np.asarray(x, np.float64) for x in arrays))
        with np.errstate(all="ignore"):
            return np.asarray(kernel(*wide), np.result_type(*arrays))

    return wide_kernel


def derivatives(
    name: str,
    kernel: Callable[[int, Any], Any],
    special: Special | None = None,
    *,
    form: Callable[[int], Any] = lambda n: None,
) -> Callable[[int], Elementwise]:
    """The derivatives of a function of one array by their order n, with the kernels of (n, x).

    `form(n)` is what they are over scalars of code, if they are that.
    """

    @cache
    def derivative(n: int) -> Elementwise:
        values = doubled(lambda x: kernel(n, x))
        return Elementwise(
            f"{name}_{n}", values, lambda x, z: derivative(n + 1)(x), special=special, form=form(n)
        )

    return derivative


def piecewise_kernel(
    shape: tuple[int, ...], *pieces: tuple[Any, Callable[..., Any], tuple[Any, ...]]
) -> Any:
    """Rows `(mask, kernel, arrays)`: each kernel over the elements where its mask holds."""
    out = np.full(shape, np.nan)
    for mask, kernel, arrays in pieces:
        if np.any(mask):
            out[mask] = kernel(*(x[mask] for x in arrays))
    return out


# --- integrals ----------------------------------------------------------------------------------


@cache
def _half_line() -> tuple[Any, Any]:
    """Nodes and weights for functions of s > 0 that fall off like exp(-s) or faster."""
    step = 1 / 24
    u = np.arange(-4.2, 6.7, step)
    s = np.exp(u - np.exp(-u))
    return s, step * s * (1 + np.exp(-u))


def integral(function: Callable[[Any], Any], scale: Any) -> Any:
    """The integral over s > 0 of a function that falls off where s is some times the scale.

    `function` takes nodes of shape (n, *scale.shape).
    """
    nodes, weights = _half_line()
    column = (-1, *[1] * np.ndim(scale))
    values = function(nodes.reshape(column) * scale)
    return np.sum(np.where(np.isnan(values), 0, values) * weights.reshape(column), axis=0) * scale


BERNOULLI = (1 / 6, -1 / 30, 1 / 42, -1 / 30, 5 / 66, -691 / 2730, 7 / 6, -3617 / 510, 43867 / 798)
"""Bernoulli's numbers of even index, from the second on."""

# --- derivatives of exponentials ----------------------------------------------------------------


def bell(slopes: Sequence[Any]) -> Any:
    """The n-th derivative of exp(f) over exp(f), from the n derivatives of f (Bell ratios)."""
    ratios: list[Any] = [1.0]
    for m in range(1, len(slopes) + 1):
        ratios.append(sum(math.comb(m - 1, k) * slopes[k] * ratios[m - 1 - k] for k in range(m)))
    return ratios[-1]


def wave(n: int, x: Any) -> Any:
    """The n-th derivative of the sine."""
    return (np.sin, np.cos, lambda a: -np.sin(a), lambda a: -np.cos(a))[n % 4](x)


def psi(n: int, x: Any) -> Any:
    """The n-th derivative of digamma; beside its poles by reflection of the distance to them."""
    import scipy.special

    if n:
        value = scipy.special.polygamma(n, x)
        left = (x < 0) & (x != np.rint(x))
        return np.where(left, _reflected(n, np.where(left, x, 0.5)), value) if left.any() else value
    value = scipy.special.psi(x)
    if np.all(x > 0):
        return value
    far = x - np.rint(x)
    beside = (x < 0) & (np.abs(far) < 0.1) & (far != 0)
    turned = scipy.special.psi(1 - x) - np.pi / np.tan(np.pi * far)
    return np.where(beside, turned, value)


def _reflected(n: int, x: Any) -> Any:
    """The n-th derivative of digamma by that at 1 - x, less that of pi/tan(pi x)."""
    import scipy.special

    far = x - np.rint(x)
    beyond = np.tan(np.pi * (np.copysign(0.5, far) - far))
    cotangent = np.where(np.abs(far) < 0.25, 1 / np.tan(np.pi * far), beyond)
    slope = np.polynomial.Polynomial([0, 1])
    for _ in range(n):
        slope = -slope.deriv() * np.polynomial.Polynomial([1, 0, 1])
    return (-1) ** n * scipy.special.polygamma(n, 1 - x) - np.pi ** (n + 1) * slope(cotangent)


# --- densities, after Loader, "Fast and accurate computation of binomial probabilities" (2000) ----

_STIRLING = (1 / 12, -1 / 360, 1 / 1260, -1 / 1680, 1 / 1188, -691 / 360360, 1 / 156)


def stirling_error(z: Any) -> Any:
    """log(gamma(z + 1)) less Stirling's formula for it."""
    import scipy.special

    large = np.maximum(z, 10)
    series = sum(c / large ** (2 * k + 1) for k, c in enumerate(_STIRLING))
    direct = scipy.special.gammaln(z + 1) - (z + 0.5) * np.log(z) + z - 0.5 * math.log(2 * math.pi)
    return np.where(z >= 10, series, direct)


def deviance(x: Any, m: Any, log_m: Any = None) -> Any:
    """x log(x/m) + m - x, without cancellation where m is near x; `log_m` outlasts m near 0."""
    v = (x - m) / (x + m)
    square = v * v
    series = np.zeros_like(v)
    for k in range(11, 0, -1):
        series = square * (1 / (2 * k + 1) + series)
    near = (x - m) * v + 2 * x * v * series
    log_ratio = np.log(x / m) if log_m is None else np.log(x) - log_m
    far = np.where(x == 0, m, x * log_ratio + m - x)
    return np.where(np.abs(v) < 0.1, near, far)


def gamma_weight(a: Any, x: Any) -> Any:
    """x^a exp(-x) / gamma(a)."""
    weight = np.sqrt(a / math.tau) * np.exp(-stirling_error(a) - deviance(a, x))
    return np.where(np.isposinf(x), 0, weight)


def beta_weight(a: Any, b: Any, log_x: Any, log_rest: Any) -> Any:
    """x^a (1-x)^b / B(a, b), from the logarithms of x and 1 - x."""
    n = a + b
    log_n = np.log(n)
    error = stirling_error(n) - stirling_error(a) - stirling_error(b)
    of_a = deviance(a, n * np.exp(log_x), log_n + log_x)
    of_b = deviance(b, n * np.exp(log_rest), log_n + log_rest)
    return np.sqrt(a / n * b / math.tau) * np.exp(error - of_a - of_b)
