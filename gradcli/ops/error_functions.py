"""The error functions and the normal distribution: Gaussians, tails, inverses, Owen's T."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from gradcli.ir.kinds import POLES
from gradcli.ir.op import Elementwise
from gradcli.ops.compare import TAINT, choose, eq, nowhere
from gradcli.ops.error_forms import (
    OVER_ROOT_PI,
    ROOT_HALF,
    erfcinv_form,
    erfcx_form,
    erfinv_form,
    gauss,
    gauss_form,
    half_gauss,
    half_gauss_form,
    log_ndtr_form,
    ndtr_form,
    ndtri_form,
)
from gradcli.ops.kernels import FEW, derivatives, doubled, integral, scipy_kernel
from gradcli.ops.quotients import Quotient, even, over
from gradcli.ops.records import binary, together, unary
from gradcli.ops.stabilize import complement
from gradcli.ops.vanishing import vanishes

if TYPE_CHECKING:
    from gradcli.ir.node import Node

OVER_ROOT_TAU = 1.0 / math.sqrt(math.tau)

# --- Gaussians ------------------------------------------------------------------------------------


GAUSS = Elementwise(
    "gauss", gauss, lambda x, z: -2.0 * (x * z), notation=("exp(-{0:9}^2)", 10), form=gauss_form
)
"""exp(-x^2)."""

HALF_GAUSS = Elementwise("half_gauss", half_gauss, lambda x, z: -(x * z), form=half_gauss_form)
"""exp(-x^2/2)."""

# --- error functions ------------------------------------------------------------------------------

_SLOPE = 2.0 * OVER_ROOT_PI

erf = unary(
    "erf",
    scipy_kernel("erf", math.erf),
    lambda x, z: _SLOPE * GAUSS(x),
    "The error function.",
    form="erf",
)


vanishes(
    erf,
    Quotient(over(erf, even(lambda m: _SLOPE * (1 / (math.factorial(m) * (2 * m + 1))), -1)), 1),
)


def _erfc(x: Any) -> Any:
    """Python's; for many elements the Gaussian times erfcx, where SciPy's own loses digits."""
    if np.size(x) <= FEW:
        return scipy_kernel("erfc", math.erfc)(x)
    import scipy.special

    far = gauss(x) * scipy.special.erfcx(np.maximum(x, 0))
    return np.asarray(np.where(x < 0.5, scipy.special.erfc(x), far), x.dtype)


erfc = unary(
    "erfc", _erfc, lambda x, z: -_SLOPE * GAUSS(x), "1 - erf(x), exact for large x.", form="erfc"
)


together("erfc_and_density", 4, erfc, GAUSS)

complement(erf, "1 - erf(x), 1 + erf(x)", "erfc(x), erfc(-x)", erfc, lambda u: erfc(-u))
complement(erfc, "1 - erfc(x)", "erf(x)", erf, None)


def _erfcx(n: int, x: Any) -> Any:
    """The n-th derivative of exp(x^2) erfc(x): by recurrence for x <= 0, else as an integral.

    It is 2/sqrt(pi) times the integral of (-2 s)^n exp(-s^2 - 2 x s) over s > 0.
    """
    import scipy.special

    if n == 0:
        return scipy.special.erfcx(x)
    low = np.minimum(x, 0)
    before, value = 2 * OVER_ROOT_PI, scipy.special.erfcx(low)
    for k in range(n):
        before, value = value, 2 * low * value + (2 * k * before if k else -before)
    if np.all(x <= 0):
        return value
    high = np.maximum(x, 0)
    ahead = integral(lambda s: (-2 * s) ** n * np.exp(-s * (s + 2 * high)), 1 / (1 + 2 * high))
    return np.where(x <= 0, value, 2 * OVER_ROOT_PI * ahead)


erfcx_order = derivatives("erfcx", _erfcx)
# fmt: off
erfcx = unary("erfcx", scipy_kernel("erfcx"), lambda x, z: erfcx_order(1)(x),
              "exp(x^2) erfc(x), which large x does not underflow.", form=erfcx_form)
erfinv = unary("erfinv", scipy_kernel("erfinv"),
               lambda x, z: TAINT((0.5 / OVER_ROOT_PI) / GAUSS(z), z),
               "The number whose error function is x.", "erf_inv",
               special=POLES, domain=(-0.9, 0.9), form=erfinv_form)
erfcinv = unary("erfcinv", scipy_kernel("erfcinv"),
                lambda x, z: TAINT((-0.5 / OVER_ROOT_PI) / GAUSS(z), z),
                "The number whose erfc is x.", special=POLES, domain=(0.1, 1.9),
                form=erfcinv_form)
# fmt: on


def _dawsn(n: int, x: Any) -> Any:
    """The n-th derivative of Dawson's integral: by recurrence, and far out by its series."""
    import scipy.special

    size = np.abs(x)
    near = np.minimum(size, 7 + n)
    before, value = np.zeros_like(x), scipy.special.dawsn(near)
    for k in range(n):
        before, value = value, (0 if k else 1) - 2 * near * value - 2 * k * before
    odd = np.where(x < 0, (-1.0) ** (n + 1), 1.0)
    return odd * np.where(size < 7 + n, value, _dawsn_far(n, np.maximum(size, 7 + n)))


def _dawsn_far(n: int, x: Any) -> Any:
    series, term = np.zeros_like(x), (-1) ** n * math.factorial(n) / 2 / x ** (n + 1)
    for k in range(20):
        series = series + term
        term = term * (2 * k + 1 + n) * (2 * k + 2 + n) / (2 * k + 2) / (2 * x * x)
    return series


dawsn_order = derivatives("dawsn", _dawsn)
dawsn = unary(
    "dawsn",
    scipy_kernel("dawsn"),
    lambda x, z: dawsn_order(1)(x),
    "Dawson's integral, exp(-x^2) times that of exp(t^2) from 0 to x.",
)


def _dawson_series(m: int) -> float:
    """The coefficient of (-1)^m x^2m in dawsn(x)/x."""
    return 1 / math.prod(k + 0.5 for k in range(1, m + 1))


vanishes(dawsn, Quotient(over(dawsn, even(_dawson_series, -1)), 1))

# --- the normal distribution ----------------------------------------------------------------------


def _ndtr_of(x: float) -> float:
    return 0.5 * math.erfc(-x * ROOT_HALF)


def _ndtr(x: Any) -> Any:
    """In the left tail exp(-x^2/2)/2 erfcx(-x/sqrt(2)): SciPy's loses digits there."""
    right = scipy_kernel("ndtr", _ndtr_of)(x)
    in_tail = x < -1
    if nowhere(in_tail):
        return right
    import scipy.special

    tail = 0.5 * half_gauss(x) * scipy.special.erfcx(-np.minimum(x, 0) * ROOT_HALF)
    return np.asarray(np.where(in_tail, tail, right), x.dtype)


def _log_ndtr_slope(x: Node) -> Node:
    """The density over the probability: by erfcx in the left half, where both vanish.

    Far to the left by its series, of which two terms are left; the slopes of erfcx overflow there.
    """
    tail = choose(x < -1e5, -x - 1.0 / x, (2.0 * OVER_ROOT_TAU) / erfcx(x * -ROOT_HALF))
    return choose(x < 0.0, tail, OVER_ROOT_TAU * HALF_GAUSS(x) / ndtr(x))


# fmt: off
ndtr = unary("ndtr", _ndtr, lambda x, z: OVER_ROOT_TAU * HALF_GAUSS(x),
             "The probability that a standard normal variable is below x.", form=ndtr_form)
log_ndtr = unary("log_ndtr", scipy_kernel("log_ndtr"), lambda x, z: _log_ndtr_slope(x),
                 "log(ndtr(x)), exact in both tails.", form=log_ndtr_form)
ndtri = unary("ndtri", scipy_kernel("ndtri"),
              lambda x, z: TAINT((1.0 / OVER_ROOT_TAU) / HALF_GAUSS(z), z),
              "The number below which a standard normal variable is with probability x.",
              "probit", special=POLES, domain=(0.05, 0.95), form=ndtri_form)
# fmt: on


together("ndtr_and_density", 4, ndtr, HALF_GAUSS)

complement(ndtr, "1 - ndtr(x)", "ndtr(-x)", lambda u: ndtr(-u), None)


def _both(x: Node, y: Node) -> Node:
    """x y, which is 0 where one is 0 and the other infinite."""
    return choose(eq(x, 0.0) | eq(y, 0.0), 0.0, x * y)


def _owens_t(x: Any, y: Any) -> Any:
    """SciPy's, which loses digits where y is small; there by two terms of the power series."""
    small = np.abs(y) * np.maximum(np.abs(x), 1) < 1e-4
    a, half = np.where(small, y, 0), np.where(small, x * x / 2, 0)
    series = np.exp(-half) / math.tau * a * (1 - a * a * (half + 1) / 3)
    return np.where(small, series, scipy_kernel("owens_t")(x, y))


owens_t = binary(
    "owens_t",
    doubled(_owens_t),
    (
        lambda x, y, z: (-0.5 * OVER_ROOT_TAU) * (HALF_GAUSS(x) * erf(_both(x, y) * ROOT_HALF)),
        lambda x, y, z: HALF_GAUSS(x) * HALF_GAUSS(_both(x, y)) / (2.0 * math.pi * (1.0 + y * y)),
    ),
    "Owen's T function: the probability that a normal variable is above x, "
    "and another between 0 and y times it.",
    "owens_t(1, 0.5)",
)
