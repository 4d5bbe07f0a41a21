"""Special functions. SciPy computes them; it is imported when the first of them is used."""

from __future__ import annotations

import math
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np

from gradcli.ir.op import Elementwise
from gradcli.ops.make import unary

if TYPE_CHECKING:
    from collections.abc import Callable

    from gradcli.ir.node import Node

_FEW = 1024  # elements up to which Python's own function is quicker than importing SciPy


def scipy_kernel(name: str, few: Callable[[float], float] | None = None) -> Callable[..., Any]:
    """The function of that name in scipy.special; `few` is an equal of it in Python's math."""

    def run(*arrays: Any) -> Any:
        if few is not None and np.size(arrays[0]) <= _FEW:
            flat = [few(v) for v in np.ravel(arrays[0]).tolist()]
            return np.array(flat, arrays[0].dtype).reshape(np.shape(arrays[0]))
        import scipy.special

        return np.asarray(getattr(scipy.special, name)(*arrays), arrays[0].dtype)

    return run


# --- error functions ----------------------------------------------------------------------------


def _gauss(x: Any) -> Any:
    """exp(-x^2), the square split so that its rounding does not grow with x."""
    x = np.clip(x, -40, 40)
    h = np.rint(x * 4096) / 4096
    return np.exp(-h * h) * np.exp(-(x - h) * (x + h))


GAUSS = Elementwise("gauss", _gauss, lambda x, z: -2.0 * (x * z))
"""exp(-x^2)."""

erf = unary(
    "erf", scipy_kernel("erf", math.erf), lambda x, z: (2.0 / math.sqrt(math.pi)) * GAUSS(x),
    doc="The error function.",
)  # fmt: skip


def _ndtr(x: float) -> float:
    return 0.5 * math.erfc(-x * math.sqrt(0.5))


ndtr = unary(
    "ndtr", scipy_kernel("ndtr", _ndtr),
    lambda x, z: (1.0 / math.sqrt(2.0 * math.pi)) * GAUSS(x * math.sqrt(0.5)),
    doc="The probability that a normal variable is below x.", aliases="norm_cdf",
)  # fmt: skip

# --- gamma --------------------------------------------------------------------------------------


def _lgamma(x: float) -> float:
    if x <= 0 and x == math.floor(x):
        return math.inf
    return math.lgamma(x)


lgamma = unary(
    "lgamma", scipy_kernel("gammaln", _lgamma), lambda x, z: digamma(x),
    doc="The logarithm of the size of the gamma function.", aliases="gammaln loggamma",
    domain=(0.5, 5.0),
)  # fmt: skip
digamma = unary(
    "digamma", scipy_kernel("psi"), lambda x, z: polygamma_of(1)(x),
    doc="The derivative of lgamma.", aliases="psi", domain=(0.5, 5.0),
)  # fmt: skip


@cache
def polygamma_of(n: int) -> Elementwise:
    """The n-th derivative of digamma."""

    def kernel(x: Any) -> Any:
        import scipy.special

        return np.asarray(scipy.special.polygamma(n, x), x.dtype)

    return Elementwise(f"polygamma_{n}", kernel, lambda x, z: polygamma_of(n + 1)(x))


# --- Bessel functions ---------------------------------------------------------------------------

i0 = unary(
    "i0", scipy_kernel("i0"), lambda x, z: i1(x), doc="The modified Bessel function of order 0.",
    aliases="bessel_i0",
)  # fmt: skip


@cache
def bessel_i(n: int) -> Elementwise:
    """The modified Bessel function of whole order n >= 0; I_n' = (I_(n-1) + I_(n+1)) / 2."""
    if n == 0:
        op = i0.op
        assert isinstance(op, Elementwise)
        return op

    def kernel(x: Any) -> Any:
        import scipy.special

        return np.asarray(scipy.special.iv(n, x), x.dtype)

    def slope(x: Node, _z: Node) -> Node:
        return 0.5 * (bessel_i(n - 1)(x) + bessel_i(n + 1)(x))

    return Elementwise(f"i{n}", kernel, slope)


i1 = unary(
    "i1", scipy_kernel("i1"), lambda x, z: 0.5 * (i0(x) + bessel_i(2)(x)),
    doc="The modified Bessel function of order 1.", aliases="bessel_i1",
)  # fmt: skip

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
    "sinc", _sinc, lambda x, z: sinc_order(1)(x), doc="sin(pi x) / (pi x), and 1 at 0.",
    special=(0.0,),
)  # fmt: skip
