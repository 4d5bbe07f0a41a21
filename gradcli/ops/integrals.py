"""sinc, and functions that are integrals or sums: of waves, exponentials, elliptic; zeta; W."""

from __future__ import annotations

import math
from functools import cache, partial
from typing import TYPE_CHECKING, Any

import numpy as np

from gradcli.errors import DomainError
from gradcli.ir.function import function
from gradcli.ir.kinds import POLE, POLES, SMOOTH, VERTICAL, at, at_zero, either
from gradcli.ir.op import Binary, Elementwise, nothing
from gradcli.ops.arithmetic import reciprocal
from gradcli.ops.compare import TAINT, nowhere, repaired
from gradcli.ops.exponential import exp
from gradcli.ops.kernels import (
    BERNOULLI,
    bell,
    derivatives,
    doubled,
    psi,
    scipy_kernel,
    scipy_part,
    wave,
)
from gradcli.ops.quotients import SIN_OVER, Quotient, even, over
from gradcli.ops.records import unary
from gradcli.ops.vanishing import vanishes

if TYPE_CHECKING:
    from gradcli.ir.function import Array, Int
    from gradcli.ir.node import Node

# --- sinc -----------------------------------------------------------------------------------------

_TERMS = 30


def _sinc(x: Any) -> Any:
    """sin(pi x)/(pi x), the angle reduced before it is multiplied by pi."""
    r = x - np.rint(x)
    sign = 1 - 2 * (np.mod(np.rint(x), 2))
    with np.errstate(all="ignore"):
        quotient = sign * np.sin(np.pi * r) / (np.pi * x)
    return np.where(x == 0, 1, quotient).astype(x.dtype, copy=False)


def _sinc_series(n: int, x: Any) -> Any:
    """The n-th derivative of sinc by its power series, for small x."""
    total = np.zeros_like(x)
    for k in range((n + 1) // 2 + _TERMS, (n - 1) // 2, -1):
        p = 2 * k - n
        if p >= 0:
            c = (-1) ** k * math.pi ** (2 * k) / (2 * k + 1) / math.factorial(p)
            total = total + c * x**p
    return total


def _sinc_derivative(n: int, x: Any) -> Any:
    """Far from 0 by recursion: x f⁽ⁿ⁾ = π^(n-1) sin(πx + nπ/2) - n f⁽ⁿ⁻¹⁾."""
    near = np.abs(x) < 0.5 + 0.3 * n
    far = np.where(near, 1, x)
    value, r = _sinc(far), np.pi * (far - 2 * np.rint(far / 2))
    for k in range(1, n + 1):
        value = (np.pi ** (k - 1) * wave(k, r) - k * value) / far
    return np.where(near, _sinc_series(n, np.where(near, x, 0)), value)


sinc_order = derivatives("sinc", _sinc_derivative, form=lambda n: partial(_sinc_derivative, n))
sinc = unary(
    "sinc", _sinc, lambda x, z: sinc_order(1)(x), "sin(pi x) / (pi x), and 1 at 0.", points=(0.0,)
)

# --- Fresnel --------------------------------------------------------------------------------------


def _quarter_turns(x: Any) -> Any:
    """x^2 less a multiple of 4, the rounding of the square made good (Dekker's product)."""
    square = x * x
    high = x * 134217729.0
    high = high - (high - x)
    low = x - high
    error = ((high * high - square) + 2 * high * low) + low * low
    near = np.where(np.abs(x) < 2.0**26, np.fmod(square, 4) + error, np.fmod(square, 4))
    return np.where((np.abs(x) > 2.0**54) & np.isfinite(x), 0, near)


FRESNEL_WAVE_SIN = Elementwise(
    "fresnel_wave_sin",
    doubled(lambda x: np.sin(np.pi / 2 * _quarter_turns(x))),
    lambda x, z: math.pi * (x * FRESNEL_WAVE_COS(x)),
)
"""sin(pi x^2 / 2)."""

FRESNEL_WAVE_COS = Elementwise(
    "fresnel_wave_cos",
    doubled(lambda x: np.cos(np.pi / 2 * _quarter_turns(x))),
    lambda x, z: -math.pi * (x * FRESNEL_WAVE_SIN(x)),
)
"""cos(pi x^2 / 2)."""


def _fresnel(i: int) -> Any:
    """SciPy's, which gives up where the square of x overflows."""
    plain = scipy_part("fresnel", i)
    return lambda x: repaired(plain(x), np.abs(x) > 1e100, np.copysign(0.5, x))


# fmt: off
fresnel_sin = unary("fresnel_sin", _fresnel(0), lambda x, z: FRESNEL_WAVE_SIN(x),
                    "The integral of sin(pi t^2 / 2) from 0 to x.")
fresnel_cos = unary("fresnel_cos", _fresnel(1), lambda x, z: FRESNEL_WAVE_COS(x),
                    "The integral of cos(pi t^2 / 2) from 0 to x.")
# fmt: on


@function(example="fresnel(1)")
def fresnel(x: Array) -> tuple[Node, Node]:
    """The Fresnel integrals, first of the sine and then of the cosine."""
    return fresnel_sin(x), fresnel_cos(x)


# --- sine and exponential integrals ---------------------------------------------------------------


def _exp_over_x(x: Any) -> Any:
    """exp(x)/x, of which exp(x) alone would overflow sooner."""
    quotient = np.exp(x) / x
    lost = np.isposinf(quotient) & np.isfinite(x) & (x > 1)
    return repaired(quotient, lost, np.exp(x / 2) / x * np.exp(x / 2))


EXPI_SLOPE = Elementwise(
    "expi_slope",
    _exp_over_x,
    lambda x, z: z * ((x - 1.0) / x),
    notation=("exp({0})/{0:7}", 6),
    special=at_zero(POLE),
)
"""exp(x)/x."""


def _expi(x: Any) -> Any:
    """SciPy's; where it overflows too soon exp(x)/x times the asymptotic series of k!/x^k."""
    value = scipy_kernel("expi")(x)
    lost = np.isposinf(value) & np.isfinite(x)
    if nowhere(lost):
        return value
    large = np.where(lost, x, np.inf)
    series = sum(math.factorial(k) / large**k for k in range(20))
    return repaired(value, lost, _exp_over_x(x) * series)


COS_OVER_X = Elementwise(
    "cos_over_x",
    lambda x: repaired(np.cos(x) / x, np.isinf(x), 0),
    lambda x, z: -(SIN_OVER(x) + z / x),
    notation=("cos({0})/{0:7}", 6),
    special=at_zero(POLE),
)
"""cos(x)/x, which dies away at infinity."""

# fmt: off
sine_integral = unary("sine_integral", scipy_part("sici", 0), lambda x, z: SIN_OVER(x),
                      "Si(x), the integral of sin(t)/t from 0 to x.")
cosine_integral = unary("cosine_integral", scipy_part("sici", 1),
                        lambda x, z: TAINT(COS_OVER_X(x), z),
                        "Ci(x), less the integral of cos(t)/t from x to infinity; where it is "
                        "nearly 0 it is right to 1e-15, not to its last digits.",
                        special=at_zero(POLE),
                        domain=(0.3, 3.0))
vanishes(sine_integral, Quotient(over(sine_integral, even(
    lambda m: 1 / ((2 * m + 1) * math.factorial(2 * m + 1)), -1)), 1))
expi = unary("expi", _expi, lambda x, z: EXPI_SLOPE(x),
             "Ei(x), the integral of exp(t)/t up to x; near its zero at 0.3725 it is right to "
             "1e-15, not to its last digits.", "expint",
             special=at_zero(POLE), domain=(0.5, 3.0))
exp1 = unary("exp1", scipy_kernel("exp1"), lambda x, z: TAINT(-(exp(-x) / x), z),
             "The integral of exp(-t)/t from x to infinity.",
             special=at_zero(POLE), domain=(0.3, 3.0))
# fmt: on


@function(example="sici(1)")
def sici(x: Array) -> tuple[Node, Node]:
    """The sine and the cosine integral."""
    return sine_integral(x), cosine_integral(x)


_LARGE_ORDER = 10**9
"""Beyond it two terms of the series by orders are exact, which SciPy takes only as far."""


def _expn(n: int, x: Any) -> Any:
    import scipy.special

    if n > _LARGE_ORDER:
        return np.exp(-x) / (x + n) * (1 + n / (x + n) ** 2)
    return scipy.special.expn(n, x)


@cache
def expn_of(n: int) -> Any:
    """What builds the exponential integral of order n; below 1 it is elementary."""
    if n == 0:
        return lambda x: exp(-x) / x
    if n < 0:  # E_n = (exp(-x) - n E_(n+1)) / x, where all terms are positive
        return lambda x: (exp(-x) - float(n) * expn_of(n + 1)(x)) / x
    kind = (POLE, VERTICAL, SMOOTH)[min(n, 3) - 1]
    return Elementwise(
        f"expn_{n}",
        doubled(partial(_expn, n)),
        lambda x, z: TAINT(-expn_of(n - 1)(x), z),
        special=at_zero(kind),
    )


@function(example="expn(2, 1)", domain=((0.3, 3.0),))
def expn(n: Int, x: Array) -> Node:
    """The integral of exp(-x t)/t^n from 1 to infinity, for a whole number n >= 0."""
    if n < 0:
        raise DomainError(f"expn has no order {n}")
    return expn_of(n)(x)


# --- dilogarithm ----------------------------------------------------------------------------------


def _log_quotient(n: int, x: Any) -> Any:
    """The n-th derivative of log(x)/(1-x): a power series near 1, else by recurrence."""
    near = np.abs(x - 1) < 0.4
    u = np.where(near, 1 - x, 0)
    series = np.zeros_like(x)
    for k in range(n + 60, n - 1, -1):
        series = series * u + math.perm(k, n) / (k + 1)
    far = np.where(near, 3, x)
    value = np.log(far) / (1 - far)
    for k in range(1, n + 1):
        of_log = (-1) ** (k - 1) * math.factorial(k - 1) / far**k
        value = (of_log + k * value) / (1 - far)
    return np.where(near, (-1) ** (n + 1) * series, value)


log_quotient = derivatives("log_quotient", _log_quotient, at_zero(POLE))
spence = unary(
    "spence",
    scipy_kernel("spence"),
    lambda x, z: log_quotient(0)(x),
    "The dilogarithm of 1 - x: the integral of log(t)/(1-t) from 1 to x.",
    "dilog",
    special=at_zero(VERTICAL),
    points=(1.0,),
    domain=(0.2, 4.0),
)

# --- elliptic integrals ---------------------------------------------------------------------------


def _rising(x: float, n: int) -> float:
    return math.prod(x + k for k in range(n))


def _elliptic(p: float, n: int, m: Any) -> Any:
    """The n-th derivative of an elliptic integral; the first by both where nothing cancels."""
    import scipy.special

    if n == 1:
        k, e = scipy.special.ellipk(m), scipy.special.ellipe(m)
        plain = (e - (1 - m) * k) / (2 * m * (1 - m)) if p > 0 else (e - k) / (2 * m)
        plain = np.where(m == 1, np.copysign(np.inf, p), plain)
        return np.where(np.abs(m) > 0.5, plain, _by_series(p, n, m))
    return _by_series(p, n, m)


def _by_series(p: float, n: int, m: Any) -> Any:
    """The n-th derivative of pi/2 F(p, 1/2; 1; m) after Euler's transformation."""
    import scipy.special

    size = math.pi / 2 * _rising(p, n) * _rising(0.5, n) / math.factorial(n)
    power = 0.5 - p - n
    return size * (1 - m) ** power * scipy.special.hyp2f1(1 - p, 0.5, 1 + n, m)


ellipk_order = derivatives("ellipk", partial(_elliptic, 0.5), POLES)
ellipe_order = derivatives("ellipe", partial(_elliptic, -0.5), POLES)
# fmt: off
ellipk = unary("ellipk", scipy_kernel("ellipk"), lambda x, z: ellipk_order(1)(x),
               "The complete elliptic integral of the first kind, of the parameter m = k^2.",
               special=POLES,
               points=(0.0,), domain=(-2.0, 0.9))
ellipe = unary("ellipe", scipy_kernel("ellipe"), lambda x, z: ellipe_order(1)(x),
               "The complete elliptic integral of the second kind, of the parameter m = k^2.",
               special=at(VERTICAL, lambda m, z: m == 1),
               points=(0.0,), domain=(-2.0, 0.9))
# fmt: on

# --- zeta -----------------------------------------------------------------------------------------

_HEAD = 16


def _zeta(n: int, s: Any, q: Any) -> Any:
    """The n-th derivative by s, by Euler and Maclaurin's formula over polynomials in its shift."""
    end, power = q + _HEAD, partial(_times_power, n, s)
    total = sum(power(q + k, [1.0]) for k in range(_HEAD))
    total = total + end * power(end, [(-1) ** j / (s - 1) ** (j + 1) for j in range(n + 1)])
    total = total + 0.5 * power(end, [1.0])
    rising: list[Any] = [s, 1.0][: n + 1]
    for k, number in enumerate(BERNOULLI, start=1):
        c = number / math.factorial(2 * k)
        total = total + c * end ** (1 - 2 * k) * power(end, rising)
        for j in (2 * k - 1, 2 * k):
            rising = _times_shifted(rising, s + j, n)
    return math.factorial(n) * total


def _times_power(n: int, s: Any, base: Any, polynomial: list[Any]) -> Any:
    """The n-th coefficient of base^-(s + e) times a polynomial in e."""
    log, terms = -np.log(base), enumerate(polynomial)
    return base**-s * sum(c * log ** (n - j) / math.factorial(n - j) for j, c in terms)


def _times_shifted(polynomial: list[Any], c: Any, n: int) -> list[Any]:
    """A polynomial in e times (c + e), up to order n."""
    pairs = zip([*polynomial, 0.0], [0.0, *polynomial], strict=True)
    return [c * a + b for a, b in pairs][: n + 1]


def _product(*factors: list[Any]) -> list[Any]:
    """The derivatives of a product, from those of each factor (Leibniz)."""
    whole, *others = factors
    for other in others:
        whole = [
            sum(math.comb(n, k) * whole[k] * other[n - k] for k in range(n + 1))
            for n in range(len(whole))
        ]
    return whole


def _zeta_left(n: int, s: Any) -> Any:
    """The n-th derivative of 2 (2 pi)^(s-1) gamma(1-s) sin(pi s/2) zeta(1-s), for s < 0."""
    import scipy.special

    orders = range(n + 1)
    slopes = [(-1) ** (k + 1) * psi(k, 1 - s) for k in range(n)]
    slopes[:1] = [math.log(math.tau) + slope for slope in slopes[:1]]
    angle = np.pi / 2 * (s - 4 * np.rint(s / 4))
    parts = _product(
        [bell(slopes[:k]) for k in orders],
        [(np.pi / 2) ** k * wave(k, angle) for k in orders],
        [(-1) ** k * _zeta(k, 1 - s, np.ones_like(s)) for k in orders],
    )
    half = np.exp((scipy.special.gammaln(1 - s) + (s - 1) * math.log(math.tau)) / 2)
    plain = scipy.special.gamma(1 - s) * math.tau ** (s - 1)
    return np.where(s > -100, parts[n] * 2 * plain, parts[n] * 2 * half * half)


def _zeta_kernel(n: int, s: Any, q: Any) -> Any:
    import scipy.special

    strip = (s > -1) & (s != 1) & (q > 0)
    s = np.where(q >= 1, np.minimum(s, 1500), s)
    inner = np.where(strip, _zeta(n, np.where(strip, s, 2), np.where(strip, q, 1)), np.nan)
    left = (s <= -1) & (q == 1)
    if n and left.any():
        inner[left] = _zeta_left(n, s[left])
    if n:
        return inner
    value = np.where(q == 1, scipy.special.zeta(s), scipy.special.zeta(s, q))
    return np.where(strip & (s > 0) & (s < 1) & (q != 1), inner, value)


@cache
def zeta_order(n: int) -> Elementwise:
    """The n-th derivative of Hurwitz' zeta function by its exponent."""

    def by_offset(s: Node, q: Node, _z: Node) -> Node:
        slope = -(s * zeta_order(n)(s + 1.0, q))
        return slope - float(n) * zeta_order(n - 1)(s + 1.0, q) if n else slope

    return Binary(
        f"zeta_{n}",
        doubled(lambda s, q: _zeta_kernel(n, s, q)),
        lambda s, q, z: TAINT(zeta_order(n + 1)(s, q), z),
        by_offset,
        special=POLES,
    )


@function(example="zeta(2, 1)", domain=((1.5, 4.0), (0.5, 3.0)))
def zeta(x: Array, q: Array | None = None) -> Node:
    """Hurwitz' zeta function, the sum of (k + q)^-x over k >= 0; Riemann's without a q."""
    return zeta_order(0)(x, 1.0 if q is None else q)


# --- Lambert's W ----------------------------------------------------------------------------------


_TIP = -math.exp(-1), -1.2428753672788363e-17
"""-1/e, where the branches meet, and what its rounding leaves."""


@cache
def _tip_series() -> list[float]:
    """The coefficients of W by p = sqrt(2 (e x + 1)) (Corless et al. 1996, equation 4.23)."""
    mu, alpha = [-1.0, 1.0], [2.0, -1.0]
    for k in range(2, 36):
        alpha.append(sum(mu[j] * mu[k + 1 - j] for j in range(2, k)))
        mu.append(
            (k - 1) / (k + 1) * (mu[k - 2] / 2 + alpha[k - 2] / 4)
            - alpha[k] / 2
            - mu[k - 1] / (k + 1)
        )
    return mu


def _above_tip(k: int, x: Any, w: Any) -> Any:
    """W(x) + 1, by the series near the tip, where it would cancel."""
    near = (np.abs(x - _TIP[0]) < 0.01) & (x >= _TIP[0])
    if nowhere(near):
        return 1 + w
    p = np.sqrt(2 * math.e * np.maximum(np.where(near, x - _TIP[0], 0) + _TIP[1], 0))
    p = np.where(x == _TIP[0], 0, p) * (-1 if k else 1)
    return np.where(near, np.polynomial.polynomial.polyval(p, [0, *_tip_series()[1:]]), 1 + w)


@cache
def _above_tip_of(k: int) -> Binary:
    """W(x) + 1, of x and W(x)."""
    return Binary(
        f"lambertw_{k}_above",
        doubled(lambda x, w: _above_tip(k, x, w)),
        lambda x, w, z: exp(-w) * reciprocal(z),
        nothing,
        notation=("1 + {1:6}", 5),
    )


@cache
def _lambertw_of(k: int) -> Elementwise:
    def kernel(x: Any) -> Any:
        import scipy.special

        w = scipy.special.lambertw(x, k)
        real = np.where(w.imag == 0, w.real, np.nan)
        return np.where(np.abs(x - _TIP[0]) < 0.01, _above_tip(k, x, real) - 1, real)

    return Elementwise(
        f"lambertw_{k}",
        doubled(kernel),
        lambda x, z: exp(-z) * reciprocal(_above_tip_of(k)(x, z)),
        special=either(POLES, at(VERTICAL, lambda x, z: z == -1)),
        notation=("lambertw({0}, -1)" if k else "lambertw({0})", 10),
    )


@function(example="lambertw(1)", domain=((-0.3, 3.0),), aliases="LambertW")
def lambertw(x: Array, k: Int = 0) -> Node:
    """The number w for which w exp(w) is x: the branch of w >= -1, or with k = -1 that below."""
    if k not in (0, -1):
        raise DomainError(f"lambertw has no real branch {k}", help="k is 0 or -1")
    return _lambertw_of(k)(x)
