"""The incomplete beta function and its inverse, differentiable in every argument.

The derivatives by the shapes are integrals of the density times a polynomial in the derivatives
of its logarithm, taken from the side on which no term changes its sign; near the ends power series.
"""

from __future__ import annotations

import math
from functools import cache, partial
from typing import TYPE_CHECKING, Any

import numpy as np

from gradcli.ir.kinds import JUMP, POLES, VERTICAL, at, either
from gradcli.ir.op import Closed, Elementwise
from gradcli.ops.compare import TAINT, choose, eq, ge, gt, le, lt
from gradcli.ops.exponential import log, log1p
from gradcli.ops.gamma import polygamma_of, psi_difference, psi_less
from gradcli.ops.hypergeometric import hypergeometric_jets
from gradcli.ops.kernels import (
    bell,
    beta_weight,
    doubled,
    integral,
    piecewise_kernel,
    psi,
    scipy_kernel,
)
from gradcli.ops.records import of_arrays
from gradcli.ops.stabilize import complement

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from gradcli.ir.function import Function
    from gradcli.ir.kinds import Special
    from gradcli.ir.node import Node
    from gradcli.ir.op import Partial


def _beta_density(a: Any, b: Any, x: Any) -> Any:
    def at_end(a: Any, b: Any) -> Any:
        return np.where(a < 1, np.inf, np.where(a == 1, b, 0))

    import scipy.special

    power, weight = x ** (a - 1), beta_weight(a, b, np.log(x), np.log1p(-x))
    rest, whole = np.exp((b - 1) * np.log1p(-x)), scipy.special.beta(a, b)
    usual = (np.maximum(a, b) < 20) | (weight < 1e-290)
    written = power * rest / whole
    usual = usual & (power > 1e-307) & (power < 1e290) & (rest > 1e-307) & (whole > 1e-307)
    inner = np.where(usual, written, weight / (x * (1 - x)))
    inner = np.where(x == 0, at_end(a, b), np.where(x == 1, at_end(b, a), inner))
    nothing = ((a <= 0) & (a == np.rint(a))) | ((b <= 0) & (b == np.rint(b)))
    nothing |= (np.isposinf(a) & (x < 1) & (b < np.inf)) | (np.isposinf(b) & (x > 0) & (a < np.inf))
    outside = (x < 0) | (x > 1) | (((a <= 0) | (b <= 0)) & ~nothing) | np.isnan(a + b + x)
    return np.where(outside, np.nan, np.where(nothing, 0, inner))


def _beta_by_shape(a: Node, b: Node, at_end: Node, log_x: Node, z: Node) -> Node:
    return choose(at_end & gt(a, 1.0), 0.0, z * (log_x + psi_less(0)(a, b)))


def _beta_by_x(a: Node, b: Node, x: Node, z: Node) -> Node:
    """z ((a-1)/x - (b-1)/(1-x)); at the ends by the densities of a - 1 and b - 1.

    Near 0, z is 0 as soon as it underflows, and its slope is not; and the second slope by the first
    form is a small difference where a is 2.
    """
    low, high = ge(a, 1.0) | le(a, 0.0), ge(b, 1.0) | le(b, 0.0)
    total, of_low, of_high = a + b - 1.0, BETA_DENSITY(a - 1.0, b, x), -(b - 1.0) / (1.0 - x)
    inside = z * ((a - 1.0) / x + of_high)
    at_zero = lt(x, 1e-100) & (gt(a, 1.0) | le(a, 0.0)) | eq(x, 0.0) & eq(a, 1.0)
    near_zero = lt(x * (a + b), 0.01) & ge(a, 2.0) | at_zero
    by_low = choose(near_zero, total * of_low + z * of_high, inside)
    at_one = eq(x, 1.0) & low & high
    return choose(at_one, total * (of_low - BETA_DENSITY(a, b - 1.0, x)), by_low)


BETA_DENSITY = Elementwise(
    "beta_density",
    doubled(_beta_density),
    lambda a, b, x, z: _beta_by_shape(a, b, eq(x, 0.0), log(x), z),
    lambda a, b, x, z: _beta_by_shape(b, a, eq(x, 1.0), log1p(-x), z),
    _beta_by_x,
    special=either(
        POLES, at(JUMP, lambda a, b, x, z: ((x == 0) & (a == 1)) | ((x == 1) & (b == 1)))
    ),
    series=Closed(
        lambda a, b, x, z: x * (1.0 - x),
        lambda a, b, x, z: _beta_by_shape(a, b, eq(x, 0.0), log(x), z),
        lambda a, b, x, z: _beta_by_shape(b, a, eq(x, 1.0), log1p(-x), z),
        lambda a, b, x, z: z * ((a - 1.0) / x - (b - 1.0) / (1.0 - x)),
    ),
)
"""x^(a-1) (1-x)^(b-1) / B(a, b), and 0 where a or b is 0, -1, -2 …"""


@cache
def beta_density_order(m: int, n: int) -> Any:
    """What builds the derivative of the beta density, m times by a and n times by b."""
    if m == n == 0:
        return BETA_DENSITY

    def build(a: Any, b: Any, x: Any) -> Any:
        return BETA_DENSITY(a, b, x) * bell_of_two(partial(_slope_of_log, a, b, x), m, n)

    return build


def _slope_of_log(a: Any, b: Any, x: Any, j: int, k: int) -> Any:
    """The derivative of the logarithm of the density, j times by a and k times by b."""
    if k == 0:
        return psi_less(j - 1)(a, b) + (log(x) if j == 1 else 0.0)
    if j == 0:
        return psi_less(k - 1)(b, a) + (log1p(-x) if k == 1 else 0.0)
    return polygamma_of(j + k - 1)(a + b)


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


def _tail_slopes(a: Any, b: Any, x: Any) -> Callable[[int, int], Any]:
    """The derivatives of log(x^a (1-x)^b / (a B(a, b))), j times by a and k times by b."""

    def slope(j: int, k: int) -> Any:
        if k == 0:
            return psi_difference(j - 1, a + 1, b - 1) + (np.log(x) if j == 1 else 0)
        if j == 0:
            return psi_difference(k - 1, b, a) + (np.log1p(-x) if k == 1 else 0)
        return psi(j + k - 1, a + b)

    return slope


def _tail(m: int, n: int, a: Any, b: Any, x: Any) -> Any:
    """For small x, by the series x^a (1-x)^b / (a B(a, b)) F(a + b, 1; a + 1; x)."""
    slope = _tail_slopes(a, b, x)
    jets = hypergeometric_jets((m + n, 0, m), a + b, np.ones_like(a), a + 1, x)
    total: Any = 0.0
    for i in range(m + 1):
        for j in range(n + 1):
            inner = sum(math.comb(i, p) * jets[p + j, 0, i - p] for p in range(i + 1))
            outer = math.comb(m, i) * math.comb(n, j) * bell_of_two(slope, m - i, n - j)
            total = total + outer * inner
    return total * beta_weight(a, b, np.log(x), np.log1p(-x)) / a


def _of_power(m: int, n: int, a: Any, b: Any, x: Any) -> Any:
    """Of x^a, if b is 1 and stays so, else of 1 - (1-x)^b: there all terms of the tail cancel."""
    base, exponent, sign = (np.log1p(-x), b, -1) if m == 0 else (np.log(x), a, 1)
    return sign * base ** (m + n) * np.exp(exponent * base)


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
    within = inside & ~ends
    power = within & ((a == 1) & (m == 0) | (b == 1) & (n == 0))
    within &= ~power
    low = within & (x < 0.5 * (a + 1) / (a + b + 2))
    high = within & (1 - x < 0.5 * (b + 1) / (a + b + 2)) & ~low
    return piecewise_kernel(
        x.shape,
        (ends, np.zeros_like, (x,)),
        (power, lambda a, b, x: _of_power(m, n, a, b, x), (a, b, x)),
        (low, lambda a, b, x: _tail(m, n, a, b, x), (a, b, x)),
        (high, lambda a, b, x: -_tail(n, m, b, a, 1 - x), (a, b, x)),
        (within & ~low & ~high, lambda a, b, x: _by_shapes(m, n, a, b, x), (a, b, x)),
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
    "The regularized incomplete beta function: both shapes, then how far; its second slopes by a "
    "shape are right to 1e-8.",
    "ibeta",
)
betaincc = _beta_function(
    "betaincc",
    [lambda *args, slope=slope: -slope(*args) for slope in _SLOPES],
    "1 - betainc(a, b, x), without cancellation; its slopes are as exact as those of betainc.",
)

complement(betainc, "1 - betainc(a, b, x)", "betaincc(a, b, x)", betaincc)
complement(betaincc, "1 - betaincc(a, b, x)", "betainc(a, b, x)", betainc)


def _from_nearer_end(a: Node, b: Node, x: Node, z: Node) -> tuple[Node, tuple[Node, ...]]:
    """Whether z is beyond the median, and the shapes and z, or 1 - z, as seen from that end.

    Near 1, z has lost the digits of 1 - z, which its slopes hang on; the other end has them.
    """
    beyond = gt(x, 0.5)
    rest = betaincinv(b, a, 1.0 - x)
    pairs = ((b, a), (a, b), (rest, z))
    return beyond, tuple(choose(beyond, *pair) for pair in pairs)


def _back_by_shape(a: Node, b: Node, x: Node, z: Node, first: bool) -> Node:
    """The slope by one of the shapes, of which the other end has the other one."""
    beyond, seen = _from_nearer_end(a, b, x, z)
    orders = (1, 0), (0, 1)
    near, far = orders if first else orders[::-1]
    moved = choose(beyond, betainc_order(*far)(*seen), -betainc_order(*near)(*seen))
    return moved / BETA_DENSITY(*seen)


betaincinv = _beta_function(
    "betaincinv",
    (
        lambda a, b, x, z: _back_by_shape(a, b, x, z, True),
        lambda a, b, x, z: _back_by_shape(a, b, x, z, False),
        lambda a, b, x, z: TAINT(1.0 / BETA_DENSITY(*_from_nearer_end(a, b, x, z)[1]), z),
    ),
    "The number up to which betainc(a, b, ·) is x; its slopes are as exact as those of betainc.",
    special=_BETA_ENDS_BACK,
)
