"""lgamma, digamma and its derivatives as scalar code, without a branch, for positive numbers.

Near 1 rational functions, times what vanishes at the zeros, far away what the asymptotic series
come to: interpolations at Chebyshev's nodes, made with 60 digits, that are within 1e-17. Below 1 by
the recurrence, below 0 by reflection. Within four units in the last place for positive numbers
(derivatives of digamma: sixteen), and of the size of the terms for negative ones.
"""

from __future__ import annotations

import math
from functools import cache, reduce
from operator import mul
from typing import TYPE_CHECKING, Any

import numpy as np

from gradcli.ops.kernels import BERNOULLI

if TYPE_CHECKING:
    from collections.abc import Callable

# fmt: off
_LGAMMA = (
    0.5772156649015329, 2.0934305246663687, 3.116690686183617, 2.4717543194522276,
    1.136203474891381, 0.30968685140671315, 0.049402218388505933, 0.004412162126543404,
    0.0002027207326801459, 4.096188092030948e-06, 2.5774533122092855e-08, 9.237600381709976e-12,
), (
    1.0, 4.051660471806323, 6.851740062345352, 6.301860533741182, 3.4493933829917753,
    1.1584603065954906, 0.23827705318772843, 0.029211768914679442, 0.0020207360667632325,
    7.168278391995118e-05, 1.0944241532734416e-06, 4.8213943138066045e-09,
)
"""lgamma(x)/((x - 1)(x - 2)) from 1 to 7, over and under a line, in powers of x - 1."""

_LGAMMA_FAR = (
    0.08333333333333333, -0.0027777777777771846, 0.000793650793037208, -0.0005952378520945089,
    0.0008417031742882488, -0.0019123895852520556, 0.006096079637859964, -0.018940393891909345,
)
"""x times what lgamma(x) is beyond (x - 1/2)(log(x) - 1) + REST, in powers of x^-2, from 7 on."""

_DIGAMMA = (
    1.0003801375034054, 1.6814012178638436, 1.0605856712964652, 0.3150016563063954,
    0.04221017602907694, 0.0008351967203590515, -0.00039904906934126077,
    -4.260067961882945e-05, -1.6506067614830495e-06, -2.4196384721155117e-08,
    -9.53273304701047e-11,
), (
    1.0, 2.535130880142048, 2.473936494477984, 1.2359240899060326, 0.3499452598436332,
    0.05818287212110572, 0.005656513928456437, 0.00030902670825099963, 8.707084182044233e-06,
    1.0682434025788247e-07, 3.8374488215723987e-10,
)
"""digamma(x)/(x - ROOT) - 1/4 from 1 to 8, over and under a line, in powers of x - 1."""

_DIGAMMA_FAR = (
    0.08333333333333333, -0.008333333333331664, 0.003968253965999698, -0.004166665501515953,
    0.007575459920248778, -0.021051060897986966, 0.08002337322566441, -0.29942536333063874,
)
"""x^2 (log(x) - 1/(2 x) - digamma(x)), in powers of x^-2, from 8 on."""
# fmt: on

_REST = 0.4189385332046727
"""(log(2 pi) - 1)/2."""

_ROOT = 1.4616321449683622, 9.549995429965697e-17
"""Where digamma is 0, in two parts."""


def _between(x: Any, ends: tuple[float, float]) -> Any:
    return np.where(x < ends[0], ends[0], np.where(x > ends[1], ends[1], x))


def lgamma_form(x: Any) -> Any:
    """The logarithm of the size of gamma; of what is not above 0 by the C library's."""
    from gradcli.ir.scalar import DOUBLE, in_halves, polynomial

    wide = x.astype(np.float64)
    below = wide < 1
    log = np.log(wide)
    up = np.where(below, wide, _between(wide, (1.0, 7.0)) - 1)
    over, under = [in_halves(up, c) for c in _LGAMMA]
    near = up * (up - 1) * (over / under)
    far = np.maximum(wide, 7.0)
    part = 1 / far
    tail = part * polynomial(part * part, _LGAMMA_FAR) + _REST
    value = np.where(below, near - log, near)
    value = np.where(wide < 7, value, (far - 0.5) * (log - 1) + tail)
    value = np.where(wide < math.inf, value, wide)
    return wide.code.add("unless", (~(wide <= 0), value, wide), DOUBLE, "lgamma")


def digamma_form(x: Any) -> Any:
    """The derivative of lgamma."""
    from gradcli.ir.scalar import in_halves, polynomial

    wide = x.astype(np.float64)
    left = wide < 0
    size = np.where(left, 1 - wide, wide)
    below = size < 1
    up = np.where(below, size, _between(size, (1.0, 8.0)) - 1)
    over, under = [in_halves(up, c) for c in _DIGAMMA]
    near = (up - (_ROOT[0] - 1) - _ROOT[1]) * (0.25 + over / under)
    part = 1 / np.where(below | (size > 8), size, 8.0)
    square = part * part
    far = np.log(size) - part * 0.5 - square * polynomial(square, _DIGAMMA_FAR)
    value = np.where(size < 8, np.where(below, near - part, near), far)
    turned = value - math.pi * _cotangent(wide)
    return np.where(left, np.where(wide == np.rint(wide), math.nan, turned), value)


# --- the derivatives of digamma -------------------------------------------------------------------

_HIGHEST = 4


def polygamma_form(n: int) -> Callable[[Any], Any] | None:
    """The n-th derivative of digamma, if n is small."""
    if not 0 < n <= _HIGHEST:
        return None

    def form(x: Any) -> Any:
        from gradcli.ir.scalar import polynomial

        wide = x.astype(np.float64)
        left = wide < 0
        size = _size_of_positive(n, np.where(left, 1 - wide, np.abs(wide)))
        turned = -size - polynomial(_cotangent(wide), _cotangent_slope(n))
        at_pole = math.inf if n % 2 else -math.inf
        between = np.abs(wide - np.rint(wide)) > 0
        return np.where(left, np.where(between, turned, at_pole), size if n % 2 else -size)

    return form


def _size_of_positive(n: int, x: Any) -> Any:
    """Its size at a positive number: the asymptotic series, for small ones behind the recurrence.

    The terms of that stand over one line, polynomials of exact whole numbers without a minus.
    """
    from gradcli.ir.scalar import in_halves, polynomial

    start = 8 + n
    over, under = _recurrence(n, start)
    is_near = x < start
    low = np.where(is_near, x, 1.0)
    line = in_halves(low, under)
    part = 1 / np.where(is_near, x + start, x)
    square = part * part
    tail = polynomial(
        square,
        [
            number * math.factorial(2 * k + n - 1) / math.factorial(2 * k)
            for k, number in enumerate(BERNOULLI, start=1)
        ],
    )
    far = _power(part, n) * (part * (math.factorial(n) / 2 + part * tail) + math.factorial(n - 1))
    return far + np.where(is_near, in_halves(low, over) / _power(line, n + 1), 0.0)


@cache
def _recurrence(n: int, count: int) -> tuple[list[float], list[float]]:
    """The sum of n!/(x + k)^(n + 1) for k below count, over a line; the root of what is under."""
    under = [1]
    for k in range(count):
        under = _product(under, [k, 1])
    over = [0]
    for k in range(count):
        term = [math.factorial(n)]
        for j in range(count):
            for _ in range((n + 1) * (j != k)):
                term = _product(term, [j, 1])
        over = [a + b for a, b in zip(term, [*over, *[0] * (len(term) - len(over))], strict=True)]
    return [float(c) for c in over], [float(c) for c in under]


def _product(p: list[int], q: list[int]) -> list[int]:
    """The product of two polynomials."""
    out = [0] * (len(p) + len(q) - 1)
    for i, a in enumerate(p):
        for j, b in enumerate(q):
            out[i + j] += a * b
    return out


def _power(x: Any, n: int) -> Any:
    return reduce(mul, [x] * n)


def _cotangent(x: Any) -> Any:
    """Of pi x, by the distance to the next whole number or half, which is exact."""
    rest = x - np.rint(x)
    is_near = np.abs(rest) < 0.25
    angle = math.pi * np.where(is_near, rest, np.copysign(0.5, rest) - rest)
    sine, cosine = np.sin(angle), np.cos(angle)
    return np.where(is_near, cosine, sine) / np.where(is_near, sine, cosine)


def _cotangent_slope(n: int) -> list[float]:
    """pi times the n-th derivative of cot(pi x), in powers of the cotangent: c' = -pi (1 + c^2)."""
    slope = [0, 1]
    for _ in range(n):
        slope = _product([-k * c for k, c in enumerate(slope)][1:], [1, 0, 1])
    return [math.pi ** (n + 1) * c for c in slope]
