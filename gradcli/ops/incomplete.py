"""The incomplete gamma and beta functions and their inverses, differentiable in every argument.

The derivatives by the parameters are integrals of the density times a polynomial in the derivatives
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
from gradcli.ops.compare import TAINT, choose, eq, ge, gt, le
from gradcli.ops.exponential import log, log1p
from gradcli.ops.gamma import digamma, polygamma_of, psi_less
from gradcli.ops.kernels import (
    bell,
    beta_weight,
    doubled,
    gamma_weight,
    integral,
    piecewise_kernel,
    psi,
    scipy_kernel,
)
from gradcli.ops.records import binary, of_arrays

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gradcli.ir.function import Array, Function
    from gradcli.ir.kinds import Special
    from gradcli.ir.node import Node
    from gradcli.ir.op import Partial

# --- gamma ----------------------------------------------------------------------------------------


def _over_argument(a: Any, x: Any) -> Any:
    """x^(a-1) exp(-x) / gamma(a): as it is written where the parts are numbers of usual size."""
    import scipy.special

    power = x ** (a - 1)
    usual = (a < 20) & (x < 600) & (power > 1e-290) & (power < 1e290)
    written = power * np.exp(-x) / scipy.special.gamma(np.where(usual, a, 1))
    return np.where(usual, written, gamma_weight(a, x) / x)


def _gamma_density(a: Any, x: Any) -> Any:
    nothing = (a <= 0) & (a == np.rint(a)) & (x >= 0)
    at_zero = np.where(a < 1, np.inf, np.where(a == 1, 1, 0))
    inside = np.where((x < 0) | (a <= 0), np.nan, _over_argument(a, x))
    return np.where(nothing, 0, np.where(x == 0, at_zero, inside))


def _gamma_by_x(a: Node, x: Node, z: Node) -> Node:
    """z ((a-1)/x - 1); at 0 the densities of a - 1 less that of a, which is the same."""
    at_zero = eq(x, 0.0) & (ge(a, 1.0) | le(a, 0.0))
    return choose(at_zero, GAMMA_DENSITY(a - 1.0, x) - z, z * ((a - 1.0) / x - 1.0))


GAMMA_DENSITY = Binary(
    "gamma_density",
    doubled(_gamma_density),
    lambda a, x, z: choose(eq(x, 0.0) & gt(a, 1.0), 0.0, z * (log(x) - digamma(a))),
    _gamma_by_x,
    special=either(POLES, at(JUMP, lambda a, x, z: (x == 0) & (a == 1))),
)
"""x^(a-1) exp(-x) / gamma(a), and 0 where a is 0, -1, -2 …"""


@cache
def gamma_density_order(n: int) -> Any:
    """What builds the n-th derivative of the gamma density by its shape a."""
    if n == 0:
        return GAMMA_DENSITY

    def build(a: Any, x: Any) -> Any:
        slopes = [log(x) - digamma(a), *(-polygamma_of(k)(a) for k in range(1, n))]
        return GAMMA_DENSITY(a, x) * bell(slopes)

    return build


def _by_shape_near(n: int, a: Any, x: Any) -> Any:
    """By the power series, each term a polynomial in the shift of a, up to order n."""
    import scipy.special

    term = [np.ones_like(x), *(np.zeros_like(x) for _ in range(n))]
    total = list(term)
    k = 0
    while k < 1000 and np.any(term[0] > 1e-18 * total[0]):
        k += 1
        below: Any = 0.0
        for j in range(n + 1):
            below = term[j] = (term[j] * x - below) / (a + k)
        total = [t + s for t, s in zip(total, term, strict=True)]
    scale = np.exp(a * np.log(x) - x - scipy.special.gammaln(a + 1))
    slopes = [np.log(x) - psi(0, a + 1), *(-psi(j, a + 1) for j in range(1, n))]
    return scale * sum(
        math.comb(n, j) * bell(slopes[:j]) * math.factorial(n - j) * total[n - j]
        for j in range(n + 1)
    )


def _by_shape_far(n: int, a: Any, x: Any) -> Any:
    """By quadrature over t = x exp(-s) from below, or t = x exp(s) from above where x > a."""
    below = x < a
    sign = np.where(below, -1, 1)

    def integrand(s: Any) -> Any:
        t = x * np.exp(sign * s)
        slopes = [np.log(t) - psi(0, a), *(-psi(k, a) for k in range(1, n))]
        return gamma_weight(a, t) * bell(slopes)

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


def _quantile_by_shape(a: Node, _y: Node, z: Node) -> Node:
    return -(gammainc_order(1)(a, z) / GAMMA_DENSITY(a, z))


# fmt: off
gammainc = binary(
    "gammainc", scipy_kernel("gammainc"),
    (lambda a, x, z: TAINT(gammainc_order(1)(a, x), z),
     lambda a, x, z: TAINT(GAMMA_DENSITY(a, x), z)),
    "The regularized lower incomplete gamma function: shape first, then how far.",
    "gammainc(2, 3)", "igamma", names="a x", special=_STEEP, domain=_SHAPES)
gammaincc = binary(
    "gammaincc", scipy_kernel("gammaincc"),
    (lambda a, x, z: TAINT(-gammainc_order(1)(a, x), z),
     lambda a, x, z: TAINT(-GAMMA_DENSITY(a, x), z)),
    "The regularized upper incomplete gamma function: 1 - gammainc(x, y).",
    "gammaincc(2, 3)", "igammac", names="a x", special=_STEEP, domain=_SHAPES)
gammaincinv = binary(
    "gammaincinv", scipy_kernel("gammaincinv"),
    (_quantile_by_shape, lambda a, y, z: TAINT(1.0 / GAMMA_DENSITY(a, z), z)),
    "The number up to which gammainc(x, ·) is y.",
    "gammaincinv(2, 0.5)", "igammainv", names="a y", special=_STEEP_BACK, domain=_CHANCES)
gammainccinv = binary(
    "gammainccinv", scipy_kernel("gammainccinv"),
    (_quantile_by_shape, lambda a, y, z: TAINT(-1.0 / GAMMA_DENSITY(a, z), z)),
    "The number from which on gammaincc(x, ·) is y.",
    "gammainccinv(2, 0.5)", "igammacinv", names="a y", special=_STEEP_BACK, domain=_CHANCES)
# fmt: on


@function(example="igamma_grad_a(2, 3)", domain=_SHAPES)
def igamma_grad_a(a: Array, x: Array) -> Node:
    """The derivative of gammainc(a, x) by its shape a."""
    return gammainc_order(1)(a, x)


# --- beta -----------------------------------------------------------------------------------------


def _beta_density(a: Any, b: Any, x: Any) -> Any:
    def at_end(a: Any, b: Any) -> Any:
        return np.where(a < 1, np.inf, np.where(a == 1, b, 0))

    import scipy.special

    power = x ** (a - 1)
    usual = (np.maximum(a, b) < 20) & (power > 1e-290) & (power < 1e290)
    written = power * np.exp((b - 1) * np.log1p(-x)) / scipy.special.beta(a, b)
    inner = beta_weight(a, b, np.log(x), np.log1p(-x)) / (x * (1 - x))
    inner = np.where(usual, written, inner)
    inner = np.where(x == 0, at_end(a, b), np.where(x == 1, at_end(b, a), inner))
    nothing = ((a <= 0) & (a == np.rint(a))) | ((b <= 0) & (b == np.rint(b)))
    outside = (x < 0) | (x > 1) | (((a <= 0) | (b <= 0)) & ~nothing) | np.isnan(a + b + x)
    return np.where(outside, np.nan, np.where(nothing, 0, inner))


def _beta_by_shape(a: Node, b: Node, at_end: Node, log_x: Node, z: Node) -> Node:
    return choose(at_end & gt(a, 1.0), 0.0, z * (log_x + psi_less(0)(a, b)))


def _beta_by_x(a: Node, b: Node, x: Node, z: Node) -> Node:
    """z ((a-1)/x - (b-1)/(1-x)); at the ends by the densities of a - 1 and b - 1."""
    whole = (ge(a, 1.0) | le(a, 0.0)) & (ge(b, 1.0) | le(b, 0.0))
    at_end = (eq(x, 0.0) | eq(x, 1.0)) & whole
    lower = BETA_DENSITY(a - 1.0, b, x) - BETA_DENSITY(a, b - 1.0, x)
    inside = z * ((a - 1.0) / x - (b - 1.0) / (1.0 - x))
    return choose(at_end, (a + b - 1.0) * lower, inside)


BETA_DENSITY = Elementwise(
    "beta_density",
    doubled(_beta_density),
    lambda a, b, x, z: _beta_by_shape(a, b, eq(x, 0.0), log(x), z),
    lambda a, b, x, z: _beta_by_shape(b, a, eq(x, 1.0), log1p(-x), z),
    _beta_by_x,
    special=either(
        POLES, at(JUMP, lambda a, b, x, z: ((x == 0) & (a == 1)) | ((x == 1) & (b == 1)))
    ),
)
"""x^(a-1) (1-x)^(b-1) / B(a, b), and 0 where a or b is 0, -1, -2 …"""


@cache
def beta_density_order(m: int, n: int) -> Any:
    """What builds the derivative of the beta density, m times by a and n times by b."""
    if m == n == 0:
        return BETA_DENSITY

    def build(a: Any, b: Any, x: Any) -> Any:
        def slope(j: int, k: int) -> Any:
            if k == 0:
                return psi_less(j - 1)(a, b) + (log(x) if j == 1 else 0.0)
            if j == 0:
                return psi_less(k - 1)(b, a) + (log1p(-x) if k == 1 else 0.0)
            return polygamma_of(j + k - 1)(a + b)

        return BETA_DENSITY(a, b, x) * bell_of_two(slope, m, n)

    return build


def bell_of_two(slope: Any, m: int, n: int) -> Any:
    """The derivative of exp(f) over exp(f), m times by one variable and n times by another.

    `slope(j, k)` is that of f; F_mn = sum over C(m-1, j) C(n, k) f_(j+1, k) F_(m-1-j, n-k).
    """
    if m == n == 0:
        return 1.0
    if m == 0:
        return bell([slope(0, k) for k in range(1, n + 1)])
    total: Any = 0.0
    for j in range(m):
        for k in range(n + 1):
            inner = bell_of_two(slope, m - 1 - j, n - k)
            total = total + math.comb(m - 1, j) * math.comb(n, k) * slope(j + 1, k) * inner
    return total


def _by_shapes(m: int, n: int, a: Any, b: Any, x: Any) -> Any:
    """By quadrature over the odds of t, from the side where the first slope keeps its sign."""
    below = np.log(x) < psi(0, a) - psi(0, a + b)
    if m == 0:
        below = np.log1p(-x) > psi(0, b) - psi(0, a + b)
    sign = np.where(below, -1, 1)
    joint = [psi(k, a + b) for k in range(m + n)]
    own = [[psi(k, c) for k in range(m + n)] for c in (a, b)]

    def integrand(s: Any) -> Any:
        far = np.exp(-s)
        whole = np.log(np.where(below, x * far + (1 - x), x + (1 - x) * far))
        log_t = np.log(x) - np.where(below, s, 0) - whole
        log_rest = np.log1p(-x) - np.where(below, 0, s) - whole

        def slope(j: int, k: int) -> Any:
            at = j + k - 1
            total = joint[at] - (own[0][at] if k == 0 else 0) - (own[1][at] if j == 0 else 0)
            total = total + log_t if (j, k) == (1, 0) else total
            return total + log_rest if (j, k) == (0, 1) else total

        return beta_weight(a, b, log_t, log_rest) * bell_of_two(slope, m, n)

    rate = np.abs(a * (1 - x) - b * x) + np.sqrt((a + b) * x * (1 - x))
    fall = np.where(below, a, b)
    return -sign * integral(integrand, np.maximum(1 / rate, 0.06 / fall))


def _with_limits(m: int, n: int, a: Any, b: Any) -> tuple[Any, Any, Any]:
    """The shapes, 0 as next to nothing for a first slope, and where the fixed shape is 0."""
    tiny = 1e-200
    if (m, n) == (1, 0):
        fixed = (b == 0) & (a > 0)
        return np.where((a == 0) & (b > 0), tiny, a), np.where(fixed, tiny, b), fixed
    if (m, n) == (0, 1):
        b, a, fixed = _with_limits(1, 0, b, a)
        return a, b, fixed
    return a, b, np.zeros(a.shape, bool)


def _betainc_order(m: int, n: int, a: Any, b: Any, x: Any) -> Any:
    a, b, fixed = _with_limits(m, n, a, b)
    inside = (a > 0) & (b > 0) & (x >= 0) & (x <= 1)
    ends = inside & ((x == 0) | (x == 1) | fixed)
    return piecewise_kernel(
        x.shape,
        (ends, np.zeros_like, (x,)),
        (inside & ~ends, lambda a, b, x: _by_shapes(m, n, a, b, x), (a, b, x)),
    )


@cache
def betainc_order(m: int, n: int) -> Elementwise:
    """The derivative of betainc(a, b, x), m times by a and n times by b."""
    return Elementwise(
        f"betainc_{m}_{n}",
        doubled(lambda a, b, x: _betainc_order(m, n, a, b, x)),
        lambda a, b, x, z: betainc_order(m + 1, n)(a, b, x),
        lambda a, b, x, z: betainc_order(m, n + 1)(a, b, x),
        lambda a, b, x, z: beta_density_order(m, n)(a, b, x),
    )


_BETA_ENDS = at(VERTICAL, lambda a, b, x, z: ((x == 0) & (a < 1)) | ((x == 1) & (b < 1)))
_BETA_ENDS_BACK = at(VERTICAL, lambda a, b, x, z: ((x == 0) & (a > 1)) | ((x == 1) & (b > 1)))


def _beta_function(
    name: str,
    partials: Sequence[Partial],
    doc: str,
    aliases: str = "",
    special: Special = _BETA_ENDS,
) -> Function:
    op = Elementwise(name, scipy_kernel(name), *partials, special=special)
    domain = ((0.5, 4.0), (0.5, 4.0), (0.1, 0.9))
    return of_arrays(op, "a b x", doc, f"{name}(2, 3, 0.5)", aliases, domain=domain)


_SLOPES = (
    lambda a, b, x, z: betainc_order(1, 0)(a, b, x),
    lambda a, b, x, z: betainc_order(0, 1)(a, b, x),
    lambda a, b, x, z: TAINT(BETA_DENSITY(a, b, x), z),
)
betainc = _beta_function(
    "betainc",
    _SLOPES,
    "The regularized incomplete beta function: both shapes, then how far.",
    "ibeta",
)
betaincc = _beta_function(
    "betaincc",
    [lambda *args, slope=slope: -slope(*args) for slope in _SLOPES],
    "1 - betainc(a, b, x), without cancellation.",
)
betaincinv = _beta_function(
    "betaincinv",
    (
        lambda a, b, x, z: -(betainc_order(1, 0)(a, b, z) / BETA_DENSITY(a, b, z)),
        lambda a, b, x, z: -(betainc_order(0, 1)(a, b, z) / BETA_DENSITY(a, b, z)),
        lambda a, b, x, z: TAINT(1.0 / BETA_DENSITY(a, b, z), z),
    ),
    "The number up to which betainc(a, b, ·) is x.",
    special=_BETA_ENDS_BACK,
)
