"""The derivatives of Bessel functions by their order, which SciPy does not offer.

They are integrals (DLMF 10.9.6, 10.9.7, 10.32.4 and 10.32.9, differentiated under the integral), or
power series where the function is small: for x > 0, and up to 1000 where it oscillates.
"""

from __future__ import annotations

import math
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np

from gradcli.ir.op import Binary
from gradcli.ops.compare import sign
from gradcli.ops.kernels import bell, doubled, piecewise_kernel, psi

if TYPE_CHECKING:
    from collections.abc import Callable

    from gradcli.ir.node import Node

    Kernel = Callable[[int, Any, Any], Any]

SLOPES: dict[str, Callable[..., Node]] = {
    "jv": lambda f, v, x, z: 0.5 * (f(v - 1.0, x) - f(v + 1.0, x)),
    "yv": lambda f, v, x, z: 0.5 * (f(v - 1.0, x) - f(v + 1.0, x)),
    "iv": lambda f, v, x, z: 0.5 * (f(v - 1.0, x) + f(v + 1.0, x)),
    "kv": lambda f, v, x, z: -0.5 * (f(v - 1.0, x) + f(v + 1.0, x)),
    "ive": lambda f, v, x, z: 0.5 * (f(v - 1.0, x) + f(v + 1.0, x)) - sign(x) * z,
    "kve": lambda f, v, x, z: z - 0.5 * (f(v - 1.0, x) + f(v + 1.0, x)),
}
"""The slope by x of each family f, and of its derivatives by the order, from its neighbours."""

# --- integrals ----------------------------------------------------------------------------------

_NEGLIGIBLE = 45.0
"""exp(-45) is nothing beside 1."""


@cache
def _legendre(count: int) -> tuple[Any, Any]:
    return np.polynomial.legendre.leggauss(count)


def _integral(function: Callable[[Any], Any], end: Any, count: int = 200) -> Any:
    """The integral from 0 to an end, by Gauss and Legendre's rule."""
    column = (-1, *[1] * np.ndim(end))
    nodes, weights = (part.reshape(column) for part in _legendre(count))
    return np.sum(weights * function((nodes + 1) / 2 * end), axis=0) * end / 2


def _end(inverse: Callable[[Any], Any], v: Any, x: Any) -> Any:
    """Where exp(|v| t) times the exponential of an exponential of t has become negligible."""
    end = np.ones_like(x)
    for _ in range(8):
        end = inverse((_NEGLIGIBLE + np.abs(v) * end) / x)
    return end


def _falling(n: int, v: Any, t: Any, exponent: Any) -> Any:
    """(i pi - t)^n exp((i pi - t) v) times an exponential."""
    c = 1j * np.pi - t
    return c**n * np.exp(c * v + exponent)


def _waves(x: Any) -> int:
    return 200 if np.all(x < 100) else 1200


def _first_kind(n: int, v: Any, x: Any) -> Any:
    turn = n * np.pi / 2
    inner = _integral(
        lambda t: t**n * np.cos(v * t - x * np.sin(t) + turn), np.full_like(x, np.pi), _waves(x)
    )
    outer = _integral(lambda t: _falling(n, v, t, -x * np.sinh(t)).imag, _end(np.arcsinh, v, x))
    return (inner - outer) / np.pi


def _second_kind(n: int, v: Any, x: Any) -> Any:
    turn = n * np.pi / 2
    inner = _integral(
        lambda t: (-t) ** n * np.sin(x * np.sin(t) - v * t + turn),
        np.full_like(x, np.pi),
        _waves(x),
    )

    def tail(t: Any) -> Any:
        fall = -x * np.sinh(t)
        return t**n * np.exp(v * t + fall) + _falling(n, v, t, fall).real

    return (inner - _integral(tail, _end(np.arcsinh, v, x))) / np.pi


def _growing(n: int, v: Any, x: Any) -> Any:
    """Of exp(-x) iv(v, x)."""
    turn = n * np.pi / 2
    end = np.arccos(np.maximum(1 - _NEGLIGIBLE / x, -1))
    inner = _integral(lambda t: t**n * np.exp(x * (np.cos(t) - 1)) * np.cos(v * t + turn), end)
    outer = _integral(
        lambda t: _falling(n, v, t, -x * (np.cosh(t) + 1)).imag, _end(np.arcsinh, v, x)
    )
    return (inner - outer) / np.pi


def _decaying(n: int, v: Any, x: Any) -> Any:
    """Of exp(x) kv(v, x)."""

    def integrand(t: Any) -> Any:
        fall = -x * 2 * np.sinh(t / 2) ** 2
        return t**n * (np.exp(v * t + fall) + (-1) ** n * np.exp(-v * t + fall)) / 2

    return _integral(integrand, _end(lambda y: 2 * np.arcsinh(np.sqrt(y / 2)), v, x))


# --- power series -------------------------------------------------------------------------------


def _growth(n: int, shifted: Any, log: Any) -> Any:
    """The n-th derivative of a term by v over the term, for v + k + 1."""
    slopes = [log - psi(0, shifted), *(-psi(j, shifted) for j in range(1, n))]
    return bell(slopes[:n])


def _series(alternates: bool) -> Kernel:
    """Of the sum of (x/2)^(v+2k) / (k! gamma(v+k+1)), whose terms may alternate in sign."""

    def kernel(n: int, v: Any, x: Any) -> Any:
        import scipy.special

        log, square, total = np.log(x / 2), x * x / 4, np.zeros_like(x)
        for k in range(180):
            size = np.exp((v + 2 * k) * log - scipy.special.gammaln(v + k + 1) - math.lgamma(k + 1))
            total = total + ((-1) ** k if alternates else 1) * size * _growth(n, v + k + 1, log)
            if np.all((size < 1e-30 * np.abs(total)) & (k > square)):
                break
        return total

    return kernel


def _of_growing_series(n: int, v: Any, x: Any) -> Any:
    return _series(False)(n, v, x) * np.exp(-x)


# --- the operations -----------------------------------------------------------------------------


_FORMS: dict[str, tuple[Kernel, Kernel, Callable[[Any, Any], Any], float]] = {
    "jv": (_first_kind, _series(True), lambda v, x: (v > -1) & (x * x < 8 * (v + 1)), 1000.0),
    "yv": (_second_kind, _second_kind, lambda v, x: x < 0, 1000.0),
    "ive": (_growing, _of_growing_series, lambda v, x: (v > -1) & (x < 60), math.inf),
    "kve": (_decaying, _decaying, lambda v, x: x < 0, math.inf),
}
"""Integral, series, where the series is used, and up to where the integral holds."""


def _kernel(name: str, n: int, v: Any, x: Any) -> Any:
    integral, series, is_small, limit = _FORMS[name]
    at_zero = (x == 0) & (v > 0) & (name in ("jv", "ive"))
    inside = (x > 0) & (x < limit) & np.isfinite(v) & np.isfinite(x)
    small = inside & is_small(v, x)
    return piecewise_kernel(
        x.shape,
        (at_zero, np.zeros_like, (x,)),
        (small, lambda v, x: series(n, v, x), (v, x)),
        (inside & ~small, lambda v, x: integral(n, v, x), (v, x)),
    )


def _unscaled(name: str, n: int, v: Any, x: Any) -> Any:
    half = np.exp(x / 2 if name == "iv" else -x / 2)
    return half * _kernel(name + "e", n, v, x) * half


@cache
def by_order(name: str, n: int) -> Binary:
    """The n-th derivative of a Bessel function by its order."""
    kernel = _kernel if name in _FORMS else _unscaled
    return Binary(
        f"{name}_order_{n}",
        doubled(lambda v, x: kernel(name, n, v, x)),
        lambda v, x, z: by_order(name, n + 1)(v, x),
        lambda v, x, z: SLOPES[name](by_order(name, n), v, x, z),
    )
