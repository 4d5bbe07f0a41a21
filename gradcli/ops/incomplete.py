"""The incomplete gamma function and its inverses, differentiable in both arguments.

The derivatives by the shape are integrals of the density times a polynomial in the derivatives
of its logarithm, taken from the side on which no term changes its sign.
"""

from __future__ import annotations

import math
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np

from gradcli.ir.function import function
from gradcli.ir.kinds import JUMP, POLES, VERTICAL, at, either
from gradcli.ir.op import Binary, Elementwise
from gradcli.ops.compare import TAINT, choose, eq, ge, gt, le, lt
from gradcli.ops.exponential import log
from gradcli.ops.gamma import digamma, polygamma_of
from gradcli.ops.kernels import (
    bell,
    doubled,
    gamma_weight,
    integral,
    piecewise_kernel,
    psi,
    scipy_kernel,
)
from gradcli.ops.records import binary
from gradcli.ops.stabilize import complement

if TYPE_CHECKING:
    from gradcli.ir.function import Array
    from gradcli.ir.node import Node

# --- gamma ----------------------------------------------------------------------------------------


def _over_argument(a: Any, x: Any) -> Any:
    """x^(a-1) exp(-x) / gamma(a): as it is written where the parts are numbers of usual size."""
    import scipy.special

    power = x ** (a - 1)
    usual = (a < 20) & (x < 600) & (power > 1e-307) & (power < 1e290)
    written = power * np.exp(-x) / scipy.special.gamma(np.where(usual, a, 1))
    return np.where(usual, written, gamma_weight(a, x) / x)


def _gamma_density(a: Any, x: Any) -> Any:
    nothing = ((a <= 0) & (a == np.rint(a)) & (x >= 0)) | (np.isposinf(a) & (x < np.inf))
    at_zero = np.where(a < 1, np.inf, np.where(a == 1, 1, 0 * a))
    inside = np.where((x < 0) | (a <= 0), np.nan, _over_argument(a, x))
    return np.where(nothing, 0, np.where(x == 0, at_zero, inside))


def _gamma_by_shape(a: Node, x: Node, z: Node) -> Node:
    """z (log(x) - psi(a)); of a small shape by the density of a + 1, which is x/a times this one.

    There psi and its slopes are so large that the second slope would be their small difference.
    """
    next_one = GAMMA_DENSITY(a + 1.0, x) / x * (1.0 + a * (log(x) - digamma(a + 1.0)))
    usual = choose(eq(x, 0.0) & gt(a, 1.0), 0.0, z * (log(x) - digamma(a)))
    return choose(lt(a, 0.1) & ge(a, 0.0) & gt(x, 0.0), next_one, usual)


def _gamma_by_x(a: Node, x: Node, z: Node) -> Node:
    """z ((a-1)/x - 1); near 0 the density of a - 1 less that of a, which is the same.

    There z is 0 as soon as it underflows, and its slope is not; and the second slope by the first
    form is a small difference where a is 2.
    """
    at_zero = lt(x, 1e-100) & (gt(a, 1.0) | le(a, 0.0)) | eq(x, 0.0) & eq(a, 1.0)
    near_zero = lt(x, 0.01) & ge(a, 2.0) | at_zero
    return choose(near_zero, GAMMA_DENSITY(a - 1.0, x) - z, z * ((a - 1.0) / x - 1.0))


GAMMA_DENSITY = Binary(
    "gamma_density",
    doubled(_gamma_density),
    _gamma_by_shape,
    _gamma_by_x,
    special=either(POLES, at(JUMP, lambda a, x, z: (x == 0) & (a == 1))),
)
"""x^(a-1) exp(-x) / gamma(a), and 0 where a is 0, -1, -2 …"""


def _poisson_density(n: Any, x: Any) -> Any:
    import scipy.special

    power = x**n
    usual = (n > -1) & (n < 19) & (x > 0) & (x < 600) & (power > 1e-307) & (power < 1e290)
    written = power * np.exp(-x) / scipy.special.gamma(np.where(usual, n, 1) + 1)
    return np.where(usual, written, _gamma_density(n + 1, x))


def _poisson_by_mean(n: Node, x: Node, z: Node) -> Node:
    """z (n/x - 1); near 0 the density of n - 1 less that of n, as for the gamma density."""
    near_zero = lt(x, 0.01) & ge(n, 1.0) | lt(x, 1e-100) & gt(n, 1e-3) | eq(x, 0.0) & ge(n, 0.0)
    return choose(near_zero, POISSON_DENSITY(n - 1.0, x) - z, z * (n / x - 1.0))


POISSON_DENSITY = Binary(
    "poisson_density",
    doubled(_poisson_density),
    lambda n, x, z: choose(eq(x, 0.0) & gt(n, 0.0), 0.0, z * (log(x) - digamma(n + 1.0))),
    _poisson_by_mean,
    special=either(POLES, at(JUMP, lambda n, x, z: (x == 0) & (n == 0))),
)
"""x^n exp(-x) / gamma(n + 1), the gamma density of n + 1, in which a small n has its digits."""


@cache
def gamma_density_order(n: int) -> Any:
    """What builds the n-th derivative of the gamma density by its shape a."""
    if n == 0:
        return GAMMA_DENSITY

    def build(a: Any, x: Any) -> Any:
        slopes = [log(x) - digamma(a), *(-polygamma_of(k)(a) for k in range(1, n))]
        return GAMMA_DENSITY(a, x) * bell(slopes)

    return build


def _series_in_shift(n: int, a: Any, x: Any) -> list[Any]:
    """The coefficients of the sum, up to order n."""
    term = [np.ones_like(x), *(np.zeros_like(x) for _ in range(n))]
    total = list(term)
    k = 0
    while k < 1000 and np.any(term[0] > 1e-18 * total[0]):
        k += 1
        below: Any = 0.0
        for j in range(n + 1):
            below = term[j] = (term[j] * x - below) / (a + k)
        total = [t + s for t, s in zip(total, term, strict=True)]
    return total


def _by_shape_near(n: int, a: Any, x: Any) -> Any:
    """By the power series, each term a polynomial in the shift of a, up to order n."""
    import scipy.special

    total = _series_in_shift(n, a, x)
    scale = np.exp(a * np.log(x) - x - scipy.special.gammaln(a + 1))
    slopes = [np.log(x) - psi(0, a + 1), *(-psi(j, a + 1) for j in range(1, n))]
    return scale * sum(
        math.comb(n, j) * bell(slopes[:j]) * math.factorial(n - j) * total[n - j]
        for j in range(n + 1)
    )


def _by_shape_far(n: int, a: Any, x: Any) -> Any:
    """By quadrature over t = x exp(-s) from below, or t = x exp(s) from above where x > a.

    Of a small shape the density is a/t times that of a + 1, of which the slopes are not large.
    """
    small = a < 0.1
    b = np.where(small, a + 1, a)
    below = x < a
    sign = np.where(below, -1, 1)

    def integrand(s: Any) -> Any:
        t = x * np.exp(sign * s)
        slopes = [np.log(t) - psi(0, b), *(-psi(k, b) for k in range(1, n))]
        growth = np.where(small, a * bell(slopes) + n * bell(slopes[:-1]), bell(slopes))
        return gamma_weight(b, t) / np.where(small, t, 1) * growth

    return -sign * integral(integrand, 1 / (np.abs(a - x) + np.sqrt(x)))


def _by_shape(n: int, a: Any, x: Any) -> Any:
    inside = (a >= 0) & (x >= 0)
    ends = inside & ((x == 0) | np.isinf(x))
    near = inside & ~ends & (x < np.maximum(1.5, a + 0.5)) & (a < 50)
    return piecewise_kernel(
        x.shape,
        (ends, np.zeros_like, (x,)),
        (near, lambda a, x: _by_shape_near(n, a, x), (a, x)),
        (inside & ~ends & ~near, lambda a, x: _by_shape_far(n, a, x), (a, x)),
    )


@cache
def gammainc_order(n: int) -> Elementwise:
    """The n-th derivative of gammainc(a, x) by a."""
    return Binary(
        f"gammainc_{n}",
        doubled(lambda a, x: _by_shape(n, a, x)),
        lambda a, x, z: gammainc_order(n + 1)(a, x),
        lambda a, x, z: gamma_density_order(n)(a, x),
    )


_STEEP = at(VERTICAL, lambda a, x, z: (x == 0) & (a < 1))
_STEEP_BACK = either(POLES, at(VERTICAL, lambda a, y, z: (z == 0) & (a > 1)))
_SHAPES = ((0.5, 5.0), (0.3, 6.0))
_CHANCES = ((0.5, 5.0), (0.1, 0.9))


def _upper(a: Any, x: Any) -> Any:
    """SciPy's, which has thirteen digits where the shape is 1/2."""
    value = scipy_kernel("gammaincc")(a, x)
    halves = np.broadcast_to(a == 0.5, value.shape)
    if halves.any():
        root = np.sqrt(np.broadcast_to(x, value.shape)[halves])
        value = value.copy()
        value[halves] = scipy_kernel("erfc")(root)
    return value


def _quantile_by_shape(a: Node, _y: Node, z: Node) -> Node:
    return -(gammainc_order(1)(a, z) / GAMMA_DENSITY(a, z))


# fmt: off
gammainc = binary(
    "gammainc", scipy_kernel("gammainc"),
    (lambda a, x, z: TAINT(gammainc_order(1)(a, x), z),
     lambda a, x, z: TAINT(GAMMA_DENSITY(a, x), z)),
    "The regularized lower incomplete gamma function: shape first, then how far.",
    "gammainc(2, 3)", "igamma", names="a x", special=_STEEP, domain=_SHAPES,
    signatures="torch.gammainc(input: a, other: x)\ntorch.igamma(input: a, other: x)")
gammaincc = binary(
    "gammaincc", _upper,
    (lambda a, x, z: TAINT(-gammainc_order(1)(a, x), z),
     lambda a, x, z: TAINT(-GAMMA_DENSITY(a, x), z)),
    "The regularized upper incomplete gamma function: 1 - gammainc(x, y).",
    "gammaincc(2, 3)", "igammac", names="a x", special=_STEEP, domain=_SHAPES,
    signatures="torch.gammaincc(input: a, other: x)\ntorch.igammac(input: a, other: x)")
gammaincinv = binary(
    "gammaincinv", scipy_kernel("gammaincinv"),
    (_quantile_by_shape, lambda a, y, z: TAINT(1.0 / GAMMA_DENSITY(a, z), z)),
    "The number up to which gammainc(x, ·) is y; second slopes by a shape are right to 1e-8.",
    "gammaincinv(2, 0.5)", "igammainv", names="a y", special=_STEEP_BACK, domain=_CHANCES)
gammainccinv = binary(
    "gammainccinv", scipy_kernel("gammainccinv"),
    (_quantile_by_shape, lambda a, y, z: TAINT(-1.0 / GAMMA_DENSITY(a, z), z)),
    "The number from which on gammaincc(x, ·) is y; as exact as gammaincinv.",
    "gammainccinv(2, 0.5)", "igammacinv", names="a y", special=_STEEP_BACK, domain=_CHANCES)
# fmt: on

complement(gammainc, "1 - gammainc(a, x)", "gammaincc(a, x)", gammaincc)
complement(gammaincc, "1 - gammaincc(a, x)", "gammainc(a, x)", gammainc)


@function(example="igamma_grad_a(2, 3)", domain=_SHAPES)
def igamma_grad_a(a: Array, x: Array) -> Node:
    """The derivative of gammainc(a, x) by its shape a."""
    return gammainc_order(1)(a, x)
