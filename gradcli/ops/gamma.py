"""The gamma function, its logarithm and derivatives, and what is made of them."""

from __future__ import annotations

import math
from functools import cache, partial
from typing import TYPE_CHECKING, Any

import numpy as np

from gradcli.errors import DomainError
from gradcli.ir.function import function
from gradcli.ir.kinds import JUMP, POLE, POLES, at, either
from gradcli.ir.op import Binary, Closed, Elementwise, as_number
from gradcli.ops.compare import TAINT, choose, eq, flat, ge, le, nowhere
from gradcli.ops.gamma_forms import digamma_form, lgamma_form, polygamma_form
from gradcli.ops.kernels import (
    BERNOULLI,
    bell,
    derivatives,
    doubled,
    psi,
    scipy_kernel,
    stirling_error,
    wave,
)
from gradcli.ops.records import binary, unary
from gradcli.ops.reduce import sum_
from gradcli.ops.running import cumsum
from gradcli.ops.shape import reshape_to, spread

if TYPE_CHECKING:
    from collections.abc import Callable

    from gradcli.ir.function import Array, Int
    from gradcli.ir.node import Node

_POSITIVE = (0.5, 5.0)
_AT_POLES = at(POLE, lambda x, z: (x <= 0) & (x == np.floor(x)))

# --- the logarithm and its derivatives ------------------------------------------------------------


# fmt: off
_ZETAS = (
    0.6449340668482264, 0.2020569031595943, 0.08232323371113819, 0.03692775514336993,
    0.01734306198444914, 0.008349277381922827, 0.00407735619794434, 0.0020083928260822143,
    0.0009945751278180853, 0.0004941886041194645, 0.0002460865533080483, 0.00012271334757848915,
    6.124813505870483e-05, 3.058823630702049e-05, 1.528225940865187e-05, 7.637197637899763e-06,
    3.81729326499984e-06, 1.908212716553939e-06, 9.539620338727962e-07, 4.769329867878064e-07,
    2.38450502727733e-07, 1.1921992596531106e-07, 5.960818905125948e-08, 2.980350351465228e-08,
    1.4901554828365043e-08, 7.45071178983543e-09, 3.725334024788457e-09, 1.862659723513049e-09,
)
"""Riemann's zeta function at 2, 3, 4 …, less 1."""
# fmt: on


def _by_series(x: Any) -> Any:
    """lgamma from 1/2 to 5/2, where it is 0 at 1 and 2: by its power series about 2 or 1."""
    below = x < 1.5
    e = x - np.where(below, 1, 2)
    total = np.zeros_like(e)
    for k, zeta in reversed(list(enumerate(_ZETAS, start=2))):
        total = zeta / k - total * e
    return (1 - np.euler_gamma) * e + e * e * total - np.where(below, np.log1p(e), 0)


def _lgamma_of(x: float) -> float:
    try:
        return math.lgamma(x)
    except (ValueError, OverflowError):  # at a pole, and beyond what is representable
        return math.inf


def _lgamma(x: Any) -> Any:
    value = scipy_kernel("gammaln", _lgamma_of)(x)
    tiny = np.abs(x) < 1e-300  # where SciPy has infinity, as it has another one at -inf
    if not nowhere(tiny | np.isneginf(x)):
        value = np.where(tiny, -np.log(np.abs(x)), np.where(np.isneginf(x), np.inf, value))
    near = np.abs(x - 1.5) <= 1
    return value if nowhere(near) else np.where(near, _by_series(np.where(near, x, 1)), value)


# fmt: off
lgamma = unary("lgamma", doubled(_lgamma), lambda x, z: digamma(x),
               "The logarithm of the size of the gamma function.", "gammaln loggamma",
               special=_AT_POLES, domain=_POSITIVE, form=lgamma_form)
digamma = unary("digamma", doubled(partial(psi, 0)), lambda x, z: TAINT(_polygamma(1)(x), z),
                "The derivative of lgamma.", "psi", special=_AT_POLES, domain=_POSITIVE,
                form=digamma_form)
# fmt: on
_polygamma = derivatives("polygamma", psi, _AT_POLES, form=polygamma_form)


def polygamma_of(n: int) -> Callable[..., Node]:
    """What builds the n-th derivative of digamma."""
    return _polygamma(n) if n else digamma


@function(
    example="polygamma(1, 2)", domain=(_POSITIVE,), signatures="torch.Tensor.polygamma(self: x, n)"
)
def polygamma(n: Int, x: Array) -> Node:
    """The n-th derivative of digamma; n is a whole number."""
    if n < 0:
        raise DomainError(f"polygamma has no order {n}")
    return polygamma_of(n)(x)


@function(example="trigamma(2)", domain=(_POSITIVE,))
def trigamma(x: Array) -> Node:
    """The derivative of digamma."""
    return polygamma_of(1)(x)


# --- the function itself --------------------------------------------------------------------------


def _gamma(x: float) -> float:
    try:
        return math.gamma(x)
    except OverflowError:
        return math.inf
    except ValueError:
        return math.copysign(math.inf, x) if x == 0 else math.nan


# fmt: off
gamma = unary("gamma", scipy_kernel("gamma", _gamma), lambda x, z: z * digamma(x),
              "The gamma function: (x - 1)! continued between the whole numbers.", "tgamma",
              special=_AT_POLES, domain=_POSITIVE)
gammasgn = flat("gammasgn", scipy_kernel("gammasgn"), "The sign of the gamma function.",
                special=at(JUMP, lambda x, z: (x <= 0) & (x == np.floor(x))))
# fmt: on


def _rgamma(n: int, x: Any) -> Any:
    """The n-th derivative of 1/gamma; by reflection, sin(pi x) gamma(1-x) / pi, for x < 1/2."""
    import scipy.special

    if n == 0:
        return scipy.special.rgamma(x)
    right = np.maximum(x, 0.5)
    value = scipy.special.rgamma(right)
    ahead = np.where(value == 0, 0, bell([-psi(k, right) for k in range(n)]) * value)
    return np.where(x >= 0.5, ahead, _rgamma_left(n, np.minimum(x, 0.5)))


def _rgamma_left(n: int, x: Any) -> Any:
    import scipy.special

    slopes = [psi(k, 1 - x) for k in range(n)]
    whole = np.rint(x)
    angle, sign = np.pi * (x - whole), 1 - 2 * np.mod(whole, 2)
    total = sum(
        math.comb(n, k)
        * np.pi ** (k - 1)
        * wave(k, angle)
        * (-1) ** (n - k)
        * bell(slopes[: n - k])
        for k in range(n + 1)
    )
    return sign * total * scipy.special.gamma(1 - x)


def _is_far(x: Node, _z: Node) -> Node:
    """Where the power series of digamma is as wide as that of 1/gamma needs it, or too far away."""
    return (x > 16.0) | (x < -50.0)


rgamma_order = derivatives("rgamma", _rgamma)
"""The derivatives of 1/gamma, which is smooth everywhere."""

rgamma = unary(
    "rgamma",
    doubled(partial(_rgamma, 0)),
    lambda x, z: rgamma_order(1)(x),
    "1 / gamma(x), which is 0 at the poles of gamma.",
    points=(0.0, -1.0),
    domain=(-2.8, 3.0),
    series=Closed(_is_far, lambda x, z: -(z * digamma(x)), form=lambda x: x * rgamma(x + 1.0)),
)


@function(
    example="multigammaln(3, 2)",
    aliases="mvlgamma",
    domain=((2.5, 5.0),),
    signatures="""
        torch.mvlgamma(input: a, p: d)
        torch.multigammaln(input: a, p: d)
    """,
)
def multigammaln(a: Array, d: Int) -> Node:
    """The logarithm of the gamma function of d x d matrices, for a > (d - 1)/2."""
    if d < 1:
        raise DomainError("the matrices of multigammaln have one row at least")
    a = as_number(a)
    a.graph.check_size((max(a.size, 1), d))
    each = lgamma(reshape_to(a, (*a.shape, 1)) - a.graph.constant(np.arange(d) / 2.0))
    return sum_(each, -1) + d * (d - 1) / 4.0 * math.log(math.pi)


# --- differences of digamma -----------------------------------------------------------------------

_SHIFT = 16


def _power_difference(b: Any, x: Any, p: int) -> Any:
    """x^-p - (x + b)^-p."""
    return -np.expm1(-p * np.log1p(b / x)) / x**p


def psi_difference(n: int, a: Any, b: Any) -> Any:
    """psi_n(a + b) - psi_n(a), for a > 0 and a + b > 0, with no cancellation for small b.

    The recurrence moves both arguments up by 16, where the asymptotic series holds; each term is a
    difference of powers.
    """
    sign, less = (-1) ** (n + 1), partial(_power_difference, b)
    total = sum(-sign * math.factorial(n) * less(a + k, n + 1) for k in range(_SHIFT))
    x = a + _SHIFT
    head = np.log1p(b / x) if n == 0 else -sign * math.factorial(n - 1) * less(x, n)
    tail = math.factorial(n) / 2 * less(x, n + 1)
    for k, number in enumerate(BERNOULLI[:7], start=1):
        c = number * math.factorial(2 * k + n - 1) / math.factorial(2 * k)
        tail = tail + c * less(x, 2 * k + n)
    return total + head - sign * tail


def _psi_less(n: int, a: Any, b: Any) -> Any:
    whole = (b == np.rint(b)) & (a <= 0) & (a + b <= 0)
    sign = np.where(whole, (-1) ** n, 1)
    a, b = np.where(whole, 1 - a, a), np.where(whole, -b, b)
    inside = (a > 0) & (a + b > 0)
    safe = np.where(inside, a, 1), np.where(inside, b, 1)
    return sign * np.where(inside, psi_difference(n, *safe), psi(n, a + b) - psi(n, a))


@cache
def psi_less(n: int) -> Elementwise:
    """The n-th derivative of digamma at a + b less that at a; by reflection for a whole b."""
    return Binary(
        f"psi_less_{n}",
        doubled(partial(_psi_less, n)),
        lambda a, b, z: psi_less(n + 1)(a, b),
        lambda a, b, z: polygamma_of(n + 1)(a + b),
    )


# --- factorials and binomials ---------------------------------------------------------------------


@function(example="factorial(5)", domain=((0.3, 4.0),))
def factorial(x: Array) -> Node:
    """x! = gamma(x + 1), between the whole numbers too."""
    return gamma(x + 1.0)


def _log_ratio(a: Any, b: Any) -> Any:
    """log(gamma(a + b) / gamma(a)) for large a, Stirling's formula with its differences taken."""
    n = a + b
    ratio = (a - 0.5) * np.log1p(b / a) + b * (np.log(n) - 1)
    return ratio + stirling_error(np.maximum(n, 10)) - stirling_error(np.maximum(a, 10))


def _ends(x: Any, y: Any, _z: Any) -> Any:
    """Where the product ends: at a factor of 0, which between whole numbers there is not."""
    return (x <= 0) & (x == np.floor(x)) & (y == np.floor(y))


def _poch(x: Any, y: Any) -> Any:
    import scipy.special

    far = (x >= 10) & (x + y >= 10) & (y != np.rint(y))
    return np.where(far, np.exp(_log_ratio(x, y)), scipy.special.poch(x, y))


def _binom(x: Any, y: Any) -> Any:
    """1 / ((x + 1) B(x - y + 1, y + 1)); SciPy multiplies where y is a small whole number."""
    import scipy.special

    far = (x >= 30) & (y > -1) & (y < x + 1) & ((y != np.rint(y)) | (np.minimum(y, x - y) >= 20))
    safe = [np.where(far, c, 12) for c in (x - y + 1, y + 1)]
    beyond = np.exp(-log_beta(*safe)) / (x + 1)
    return np.where(far, beyond, scipy.special.binom(x, y))


def _binom_fall(x: Node, y: Node) -> Node:
    """The slope by y of 1/(y! (x - y)!), where it is 0."""
    up, down = y + 1.0, x - y + 1.0
    return rgamma_order(1)(up) * rgamma(down) - rgamma(up) * rgamma_order(1)(down)


def _binom_rise(x: Node, y: Node) -> Node:
    """The slope by x where it is 0: gamma'(x + 1) has a part in the next one."""
    rest = x - y + 1.0
    by_rest = digamma(x + 1.0) * rgamma(rest) + rgamma_order(1)(rest)
    return gamma(x + 1.0) * rgamma(y + 1.0) * by_rest


def _poch_rise(x: Node, y: Node) -> Node:
    """The slope by x of gamma(x + y)/gamma(x), where it is 0."""
    return gamma(x + y) * (digamma(x + y) * rgamma(x) + rgamma_order(1)(x))


# fmt: off
binom = binary("binom", doubled(_binom),
               (lambda x, y, z: choose(eq(z, 0.0), _binom_rise(x, y),
                                       z * psi_less(0)(x - y + 1.0, y)),
                lambda x, y, z: choose(eq(z, 0.0), gamma(x + 1.0) * _binom_fall(x, y),
                                       z * psi_less(0)(y + 1.0, x - 2.0 * y))),
               "The binomial coefficient: x over y.", "binom(5, 2)", "comb", special=POLES,
               domain=((3.0, 6.0), (0.2, 2.5)))
poch = binary("poch", doubled(_poch),
              (lambda x, y, z: choose(eq(z, 0.0), _poch_rise(x, y), z * psi_less(0)(x, y)),
               lambda x, y, z: z * digamma(x + y)),
              "The rising factorial gamma(x + y) / gamma(x); its second slope by x is right to "
              "1e-8 where x is below 1e-6.", "poch(3, 2)",
              special=either(POLES, at(JUMP, _ends)),
              domain=((0.5, 3.0), (0.5, 3.0)))
# fmt: on


@function(
    example="ways_to_choose(5, 2)",
    domain=((3.0, 6.0), (0.2, 2.5)),
    signatures="scipy.special.comb(N: n, k, *, exact=False, repetition=False)",
)
def ways_to_choose(n: Array, k: Array) -> Node:
    """binom(n, k), and 0 unless 0 <= k <= n: SciPy's comb."""
    return choose(ge(k, 0.0) & le(k, n), binom(n, k), 0.0)


# --- beta -----------------------------------------------------------------------------------------


def log_beta(x: Any, y: Any) -> Any:
    """log(B); where one argument is large, by Stirling's formula with its differences taken out."""
    import scipy.special

    a, b = np.maximum(x, y), np.minimum(x, y)
    far = (a >= 10) & (b > 0)
    stirling = scipy.special.gammaln(b) - _log_ratio(np.where(far, a, 10), b)
    return np.where(far, stirling, scipy.special.betaln(x, y))


def _beta(x: Any, y: Any) -> Any:
    import scipy.special

    far = (np.maximum(x, y) >= 100) & (np.minimum(x, y) > 0)
    return np.where(far, np.exp(log_beta(x, y)), scipy.special.beta(x, y))


# fmt: off
beta = binary("beta", doubled(_beta),
              (lambda x, y, z: -(z * psi_less(0)(x, y)), lambda x, y, z: -(z * psi_less(0)(y, x))),
              "The beta function gamma(x) gamma(y) / gamma(x + y); its second slope by both "
              "loses digits where one is below 1e-6, all of them where both are.", "beta(2, 3)",
              special=POLES,
              domain=((0.5, 4.0), (0.5, 4.0)))
betaln = binary("betaln", doubled(log_beta),
                (lambda x, y, z: -psi_less(0)(x, y), lambda x, y, z: -psi_less(0)(y, x)),
                "The logarithm of the beta function.", "betaln(2, 3)", "lbeta", special=POLES,
                domain=((0.5, 4.0), (0.5, 4.0)))
# fmt: on


@function(ranks={"x": 1}, example="lbeta_of_rows([2, 3, 4])", domain=((0.5, 4.0),))
def lbeta_of_rows(x: Array) -> Node:
    """sum(lgamma(x)) - lgamma(sum(x)) over the last axis: TensorFlow's lbeta."""
    if not x.shape[-1]:
        return spread(x.graph.constant(-math.inf), x.shape[:-1])
    rest = cumsum(x, -1, reverse=True)
    return sum_(betaln(x[..., :-1], rest[..., 1:]), -1)
