"""A dense search for lost digits: functions of several numbers, to the second derivative.

`python -m tests.precision --search [NAME…]` prints where a value or a slope is off by more than
`FAR` of its size. Arguments are ordinary, huge, tiny, near zeros, poles and ends of domains, each
with each; the reference works with 60 digits, its slopes are central differences.
"""

from __future__ import annotations

import itertools
import math
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pytest
from scipy import special

from gradcli.engine.api import Program
from gradcli.exec.blocked import LARGE
from gradcli.exec.executors import PLAIN
from tests.reference.distributions import beta_pdf, gamma_pdf, logarithm, t_pdf
from tests.reference.special import boxcox, owens_t
from tests.reference.words import mp

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    Function = Callable[..., Any]

FAR, WORST = 1e-12, 6
STEP, DIGITS = mp.mpf("1e-26"), 120
"""Of a difference, beside the argument, and the digits it is made with: 50 remain at least."""

SHAPES = (1e-8, 0.02, 0.5, 1.0, 1.7, 2.0, 5.0, 21.3, 130.0, 3e3)
LENGTHS = (1e-300, 1e-15, 1e-6, 0.03, 0.5, 0.999, 1.0, 2.2, 6.0, 19.9, 45.0, 160.0, 710.0, 2.9e3)
PARTS = (1e-300, 1e-15, 1e-5, 0.02, 0.3, 0.5, 0.7, 0.97, 1 - 1e-5, 1 - 1e-14)
LINE = (-1e150, -3e5, -40.0, -3.3, -1.0, -0.2, -1e-9, -1e-200)
BOTH = (*LINE, *(-x for x in LINE))
MEDIUM = (0.03, 0.5, 1.0, 2.2, 6.0, 19.9, 45.0)


class Search(NamedTuple):
    """What a function is, and the numbers of each argument."""

    exact: Function
    pools: Sequence[Sequence[float]]


def gammainc(a: Any, x: Any) -> Any:
    """The lower incomplete gamma function, by its series of positive terms."""
    return x**a * mp.exp(-x) * mp.hyp1f1(1, a + 1, x) / mp.gamma(a + 1)


def gammaincc(a: Any, x: Any) -> Any:
    """The upper one."""
    return gamma_above(a, x) if x > a else 1 - gammainc(a, x)


def gamma_above(a: Any, x: Any) -> Any:
    """The same by the continued fraction."""
    return mp.gammainc(a, x, regularized=True)


def betainc(a: Any, b: Any, x: Any) -> Any:
    """The incomplete beta function, by its series of positive terms."""
    if x > (a + 1) / (a + b + 2):
        return 1 - betainc(b, a, 1 - x)
    return x**a * (1 - x) ** b / (a * mp.beta(a, b)) * mp.hyp2f1(a + b, 1, a + 1, x)


def betaincc(a: Any, b: Any, x: Any) -> Any:
    """What it lacks to 1, without cancellation."""
    return 1 - betainc(a, b, x) if x < (a + 1) / (a + b + 2) else betainc(b, a, 1 - x)


def t_cdf(x: Any, df: Any) -> Any:
    """The probability that Student's t is below x."""
    tail = betainc(df / 2, mp.mpf(1) / 2, df / (df + x * x)) / 2
    return tail if x < 0 else 1 - tail


def log_of(below: Any, above: Any) -> Any:
    """The logarithm of a probability, by that of the contrary where it is near 1."""
    return mp.log(below) if below < 0.5 else mp.log1p(-above)


def normal_at(f: Callable[[Any], Any], power: int = 0) -> Function:
    """A function of x, a place and a scale, from that of a standard variable."""
    return lambda x, m, s: f((x - m) / s) / s**power


def of_lognormal(f: Callable[[Any], Any]) -> Function:
    """A function of x and s, from that of a standard normal variable."""
    return lambda x, s: f(mp.log(x) / s)


def ncdf_log(z: Any) -> Any:
    """The logarithm of the probability that a normal variable is below z."""
    return log_of(mp.ncdf(z), mp.ncdf(-z))


def logistic_log(z: Any) -> Any:
    """The logarithm of the sigmoid function."""
    return -mp.log1p(mp.exp(-z)) if z > 0 else z - mp.log1p(mp.exp(z))


def cauchy_tail(z: Any) -> Any:
    """The probability that a Cauchy variable is below z."""
    return mp.atan(-1 / z) / mp.pi if z < 0 else 1 - mp.atan2(1, z) / mp.pi


def laplace_tail(z: Any) -> Any:
    """The probability that a Laplace variable is below z."""
    return mp.exp(z) / 2 if z < 0 else 1 - mp.exp(-z) / 2


def binom_pmf(k: Any, n: Any, p: Any) -> Any:
    """The probability of k successes in n trials."""
    return mp.binomial(n, k) * p**k * (1 - p) ** (n - k)


def inverse(f: Callable[..., Any], start: Callable[..., float]) -> Function:
    """Where a function of shapes and a number has a value, by secants from a first guess."""

    def solved(*shape_and_value: Any) -> Any:
        *shape, p = shape_and_value
        guess = mp.mpf(float(start(*map(float, shape_and_value))))
        near = (guess, guess * (1 - mp.mpf("1e-9")))
        return mp.findroot(lambda y: mp.log(f(*shape, y) / p), near, solver="secant", verify=False)

    return solved


gammaincinv = inverse(gammainc, special.gammaincinv)
betaincinv = inverse(betainc, special.betaincinv)
ndtri = inverse(mp.ncdf, special.ndtri)


def laplace_ppf(q: Any) -> Any:
    """Where the probability is q that a Laplace variable is below."""
    return mp.log(2 * q) if q < 0.5 else -mp.log(2 * (1 - q))


def placed(f: Callable[[Any], Any]) -> Function:
    """A quantile at a place and a scale, from that of a standard variable."""
    return lambda q, m, s: m + s * f(q)


def xlogy(x: Any, y: Any) -> Any:
    """x log(y)."""
    return x * mp.log(y)


_GAMMA, _BETA = (LENGTHS, SHAPES), (PARTS, SHAPES[1:], SHAPES[1:])
_MILD = (-40.0, -3.3, -0.2, -1e-9, 1e-200, 0.7, 8.0, 3e5)
_PLACED = (_MILD, (-1.0, 40.0), MEDIUM)
_LOGNORMAL = (LENGTHS, (0.02, 0.5, 1.0, 2.2, 19.9))
_TRIALS = ((0.3, 1.0, 4.0, 20.0), (20.3, 90.5), PARTS)
_CHI, _STUDENT = (LENGTHS, SHAPES), (BOTH, (0.02, 1.0, 1.7, 5.0, 130.0, 3e3, 1e6))

_SOME = (1e-15, 0.02, 0.5, 0.97, 1 - 1e-5, 1 - 1e-14)
_QUANTILES, _AFTER = (PARTS, (-1.0, 40.0), MEDIUM), (LENGTHS, (-1.1,), MEDIUM)
_BESIDE = (_MILD, (-1.1, 40.0), MEDIUM)
_COUNTS, _WHOLE = ((0.3, 1.5, 4.2, 20.7, 300.2), LENGTHS), ((0.3, 1.5, 4.2), (5.0, 90.0), PARTS)
_AROUND = (*BOTH, *MEDIUM, *(-x for x in MEDIUM))
_PLUS = (*LENGTHS, *SHAPES, 1e15, 1e100)
_POLES = (*SHAPES, *LENGTHS, -0.5, -1 - 1e-9, -2.3, -19.7, 1.4616321449683622, 1 + 1e-12, 2 - 1e-12)

_OF_ONE: dict[str, tuple[Function, Sequence[Sequence[float]]]] = {
    "trigamma": (lambda x: mp.polygamma(1, x), (_POLES,)),
    "digamma": (mp.digamma, (_POLES,)),
    "gamma": (mp.gamma, (_POLES,)),
    "rgamma": (mp.rgamma, (_POLES,)),
    "lgamma": (lambda x: mp.log(abs(mp.gamma(x))), (_POLES,)),
    "factorial": (mp.factorial, (LENGTHS[:-2],)),
    "erf": (mp.erf, (_AROUND,)),
    "erfc": (mp.erfc, (_AROUND,)),
    "erfcx": (lambda x: mp.exp(x * x) * mp.erfc(x), ((*MEDIUM, 1e5, 1e100, -1e-9, -3.3, -20.0),)),
    "erfinv": (lambda y: ndtri((1 + y) / 2) / mp.sqrt(2), ((*PARTS, -0.3, -0.97),)),
    "erfcinv": (lambda y: -ndtri(y / 2) / mp.sqrt(2), ((*PARTS, 1.3, 1.97),)),
    "ndtri": (ndtri, (PARTS,)),
    "log_ndtr": (ncdf_log, ((*MEDIUM, *LINE[1:]),)),
    "dawsn": (lambda x: mp.sqrt(mp.pi) / 2 * mp.exp(-x * x) * mp.erfi(x), (MEDIUM,)),
    "entr": (lambda x: -x * mp.log(x), (_PLUS,)),
    "fresnel_sin": (mp.fresnels, (MEDIUM,)),
    "fresnel_cos": (mp.fresnelc, (MEDIUM,)),
    "sine_integral": (mp.si, (LENGTHS,)),
    "cosine_integral": (mp.ci, (LENGTHS,)),
    "expi": (mp.ei, ((*LENGTHS[:-1], 0.3725074107813668, -0.2, -3.3, -40.0, -600.0),)),
    "exp1": (mp.e1, (LENGTHS[:-1],)),
    "expn(2,x)": (lambda x: mp.expint(2, x), (LENGTHS[:-1],)),
    "spence": (lambda x: mp.polylog(2, 1 - x), ((*PARTS, 1 + 1e-9, 1.7, 21.3, 3e3),)),
    "ellipk": (mp.ellipk, ((*PARTS, -0.3, -40.0),)),
    "ellipe": (mp.ellipe, ((*PARTS, -0.3, -40.0),)),
    "lambertw": (mp.lambertw, ((*_PLUS, -0.3, -0.36, -0.367879441),)),
    "zeta": (mp.zeta, ((1 + 1e-9, 1.5, 2.0, 30.0, 0.3, -0.5, -2.0, -6.5, -19.3),)),
    "j0": (lambda x: mp.besselj(0, x), ((*LENGTHS, 2.4048255576957724),)),
    "j1": (lambda x: mp.besselj(1, x), ((*LENGTHS, 3.8317059702075125),)),
    "y0": (lambda x: mp.bessely(0, x), ((*LENGTHS[1:], 0.8935769662791675),)),
    "y1": (lambda x: mp.bessely(1, x), ((*LENGTHS[1:], 2.197141326031017),)),
    "i0e": (lambda x: mp.exp(-x) * mp.besseli(0, x), (_PLUS[:-1],)),
    "i1e": (lambda x: mp.exp(-x) * mp.besseli(1, x), (_PLUS[:-1],)),
    "k0": (lambda x: mp.besselk(0, x), (LENGTHS[:-1],)),
    "k1": (lambda x: mp.besselk(1, x), (LENGTHS[1:-1],)),
    "k0e": (lambda x: mp.exp(x) * mp.besselk(0, x), (_PLUS[1:-1],)),
    "k1e": (lambda x: mp.exp(x) * mp.besselk(1, x), (_PLUS[1:-1],)),
    "airy_ai": (mp.airyai, ((*MEDIUM[:5], -0.2, -2.338107410459767, -19.9),)),
    "airy_bi": (mp.airybi, ((*MEDIUM[:5], -0.2, -1.173713222709128, -19.9),)),
}
"""Of one number: name or call in x, the function, and the numbers."""

SEARCHES: dict[str, Search] = {
    "hypot": Search(mp.hypot, (BOTH, BOTH)),
    "atan2": Search(mp.atan2, (BOTH, BOTH)),
    "logaddexp": Search(lambda x, y: mp.log(mp.exp(x) + mp.exp(y)), (MEDIUM, LENGTHS)),
    "xlogy": Search(xlogy, (BOTH, LENGTHS)),
    "xlog1py": Search(lambda x, y: x * mp.log1p(y), (BOTH, LENGTHS)),
    "pow": Search(lambda x, y: x**y, (LENGTHS, (-40.0, -3.3, -1.0, -1e-9, 1e-9, 0.5, 2.0, 40.0))),
    "beta": Search(mp.beta, (SHAPES, SHAPES)),
    "betaln": Search(lambda x, y: mp.log(mp.beta(x, y)), (SHAPES, (*SHAPES, 1e9))),
    "binom": Search(mp.binomial, ((0.3, 4.5, 20.2, 130.0, 3e3), (0.3, 1.6, 4.1, 20.0, 90.5))),
    "poch": Search(mp.rf, (SHAPES, (1e-9, 0.3, 1.0, 4.4, 30.0))),
    "gammainc": Search(gammainc, (SHAPES, LENGTHS)),
    "gammaincc": Search(gammaincc, (SHAPES, LENGTHS)),
    "betainc": Search(betainc, (SHAPES[1:], SHAPES[1:], PARTS)),
    "betaincc": Search(betaincc, (SHAPES[1:], SHAPES[1:], PARTS)),
    "hyp2f1": Search(
        mp.hyp2f1,
        (
            (0.5, 1.7),
            (0.3, 2.0),
            (1.5, 4.1),
            (-1e9, -40.0, -1.0, -1e-9, 1e-9, 0.3, 0.7, 0.97, 1 - 1e-5, 1 - 1e-12),
        ),
    ),
    "owens_t": Search(owens_t, ((-3.3, 1e-9, 0.5, 2.2, 6.0), (-6.0, -0.2, 1e-9, 0.5, 1.0, 2.2))),
    "rel_entr": Search(lambda x, y: x * mp.log(x / y), (LENGTHS, LENGTHS)),
    "kl_div": Search(lambda x, y: x * mp.log(x / y) - x + y, (LENGTHS, LENGTHS)),
    "boxcox": Search(boxcox, (LENGTHS, (-3.3, -0.2, -1e-9, 1e-9, 1e-4, 0.5, 2.0))),
    "boxcox1p": Search(lambda x, y: boxcox(1 + x, y), (LENGTHS, (-3.3, -1e-9, 1e-4, 0.5, 2.0))),
    "zeta": Search(mp.zeta, ((1 + 1e-9, 1.5, 2.0, 4.4, 30.0), (1e-3, 0.5, 1.0, 2.2, 45.0, 1e5))),
    "jv": Search(mp.besselj, ((0.3, 1.0, 2.5, 20.0), MEDIUM)),
    "yv": Search(mp.bessely, ((0.3, 1.0, 2.5, 20.0), MEDIUM)),
    "iv": Search(mp.besseli, ((0.3, 1.0, 2.5, 20.0), MEDIUM)),
    "kv": Search(mp.besselk, ((0.3, 1.0, 2.5, 20.0), MEDIUM)),
    "ive": Search(lambda v, x: mp.exp(-x) * mp.besseli(v, x), ((0.3, 1.0, 2.5, 20.0), MEDIUM)),
    "kve": Search(lambda v, x: mp.exp(x) * mp.besselk(v, x), ((0.3, 1.0, 2.5, 20.0), MEDIUM)),
    "gamma_pdf": Search(gamma_pdf, _GAMMA),
    "gamma_logpdf": Search(logarithm(gamma_pdf), _GAMMA),
    "gamma_cdf": Search(lambda x, a: gammainc(a, x), _GAMMA),
    "gamma_sf": Search(lambda x, a: gammaincc(a, x), _GAMMA),
    "gamma_logcdf": Search(lambda x, a: log_of(gammainc(a, x), gamma_above(a, x)), _GAMMA),
    "chi2_pdf": Search(lambda x, df: gamma_pdf(x / 2, df / 2) / 2, _CHI),
    "chi2_logcdf": Search(
        lambda x, df: log_of(gammainc(df / 2, x / 2), gamma_above(df / 2, x / 2)), _CHI
    ),
    "beta_pdf": Search(beta_pdf, _BETA),
    "beta_logpdf": Search(logarithm(beta_pdf), _BETA),
    "beta_cdf": Search(lambda x, a, b: betainc(a, b, x), _BETA),
    "beta_sf": Search(lambda x, a, b: betaincc(a, b, x), _BETA),
    "beta_logcdf": Search(lambda x, a, b: log_of(betainc(a, b, x), betaincc(a, b, x)), _BETA),
    "t_pdf": Search(t_pdf, _STUDENT),
    "t_logpdf": Search(logarithm(t_pdf), _STUDENT),
    "t_cdf": Search(t_cdf, _STUDENT),
    "t_sf": Search(lambda x, df: t_cdf(-x, df), _STUDENT),
    "t_logcdf": Search(lambda x, df: log_of(t_cdf(x, df), t_cdf(-x, df)), _STUDENT),
    "poisson_pmf": Search(lambda k, mu: gamma_pdf(mu, k + 1), (LENGTHS, LENGTHS)),
    "poisson_logpmf": Search(lambda k, mu: mp.log(gamma_pdf(mu, k + 1)), (LENGTHS, LENGTHS)),
    "norm_pdf": Search(lambda x, m, s: mp.npdf((x - m) / s) / s, (BOTH, (-1.0, 40.0), LENGTHS)),
    "norm_logcdf": Search(
        lambda x, m, s: log_of(mp.ncdf((x - m) / s), mp.ncdf((m - x) / s)),
        ((-3e5, -40.0, -3.3, 0.2, 8.0), (-1.0, 40.0), MEDIUM),
    ),
    "cauchy_logpdf": Search(
        lambda x, m, s: -mp.log(mp.pi * s * (1 + ((x - m) / s) ** 2)), (BOTH, (-1.0, 40.0), LENGTHS)
    ),
    "norm_logpdf": Search(lambda x, m, s: mp.log(mp.npdf((x - m) / s) / s), _PLACED),
    "norm_cdf": Search(normal_at(mp.ncdf), _PLACED),
    "norm_sf": Search(normal_at(lambda z: mp.ncdf(-z)), _PLACED),
    "logistic_pdf": Search(normal_at(lambda z: mp.sech(z / 2) ** 2 / 4, 1), _PLACED),
    "logistic_logcdf": Search(normal_at(logistic_log), _PLACED),
    "logistic_sf": Search(normal_at(lambda z: mp.exp(logistic_log(-z))), _PLACED),
    "cauchy_pdf": Search(normal_at(lambda z: 1 / (mp.pi * (1 + z * z)), 1), _PLACED),
    "cauchy_cdf": Search(normal_at(cauchy_tail), _PLACED),
    "cauchy_logcdf": Search(normal_at(lambda z: mp.log(cauchy_tail(z))), _PLACED),
    "laplace_pdf": Search(normal_at(lambda z: mp.exp(-abs(z)) / 2, 1), _PLACED),
    "laplace_logcdf": Search(
        normal_at(lambda z: log_of(laplace_tail(z), laplace_tail(-z))), _PLACED
    ),
    "lognorm_pdf": Search(lambda x, s: mp.npdf(mp.log(x) / s) / (x * s), _LOGNORMAL),
    "lognorm_logpdf": Search(
        lambda x, s: -((mp.log(x) / s) ** 2) / 2 - mp.log(x * s * mp.sqrt(2 * mp.pi)), _LOGNORMAL
    ),
    "lognorm_cdf": Search(of_lognormal(mp.ncdf), _LOGNORMAL),
    "lognorm_sf": Search(of_lognormal(lambda z: mp.ncdf(-z)), _LOGNORMAL),
    "lognorm_logcdf": Search(of_lognormal(ncdf_log), _LOGNORMAL),
    "binom_pmf": Search(binom_pmf, _TRIALS),
    "binom_logpmf": Search(lambda k, n, p: mp.log(binom_pmf(k, n, p)), _TRIALS),
    "chi2_cdf": Search(lambda x, df: gammainc(df / 2, x / 2), _CHI),
    "chi2_sf": Search(lambda x, df: gammaincc(df / 2, x / 2), _CHI),
    "chi2_logpdf": Search(lambda x, df: mp.log(gamma_pdf(x / 2, df / 2) / 2), _CHI),
    "hyp1f1": Search(
        mp.hyp1f1,
        ((0.5, 1.7, -2.3), (0.3, 2.0, 4.1), (-200.0, -40.0, -1.0, -1e-9, 1e-9, 0.3, 6.0, 90.0)),
    ),
    "logsubexp": Search(
        lambda x, y: mp.log(mp.exp(x) - mp.exp(y)),
        ((3.0, 45.0, 700.0), (-700.0, -1e-9, 1.0, 2.999999)),
    ),
    "logaddexp2": Search(lambda x, y: mp.log(2**x + 2**y, 2), (MEDIUM, LENGTHS[:-1])),
    "xdivy": Search(lambda x, y: x / y, (BOTH, LENGTHS)),
    "gammaincinv": Search(gammaincinv, ((0.5, 1.0, 5.0, 21.3), _SOME)),
    "gammainccinv": Search(
        inverse(gammaincc, special.gammainccinv), ((0.5, 1.0, 5.0, 21.3), _SOME)
    ),
    "betaincinv": Search(betaincinv, ((0.5, 1.7, 21.3), (0.5, 2.0, 130.0), _SOME[:-1])),
    "gamma_ppf": Search(lambda q, a: gammaincinv(a, q), (_SOME, (0.5, 1.0, 5.0, 21.3))),
    "chi2_ppf": Search(lambda q, df: 2 * gammaincinv(df / 2, q), (_SOME, (1.0, 1.7, 5.0, 130.0))),
    "beta_ppf": Search(
        lambda q, a, b: betaincinv(a, b, q), (_SOME[:-1], (0.5, 1.7, 21.3), (0.5, 2.0, 130.0))
    ),
    "t_ppf": Search(
        lambda q, df: inverse(lambda d, x: t_cdf(x, d), special.stdtrit)(df, q),
        ((1e-100, 1e-15, 0.02, 0.3, 0.7, 0.97, 1 - 1e-5), (1.0, 1.7, 5.0, 130.0, 1e6)),
    ),
    "norm_ppf": Search(placed(ndtri), _QUANTILES),
    "logistic_ppf": Search(placed(lambda q: mp.log(q) - mp.log1p(-q)), _QUANTILES),
    "cauchy_ppf": Search(placed(lambda q: -mp.cot(mp.pi * q)), _QUANTILES),
    "laplace_ppf": Search(placed(laplace_ppf), _QUANTILES),
    "expon_ppf": Search(placed(lambda q: -mp.log1p(-q)), _QUANTILES),
    "lognorm_ppf": Search(lambda q, s: mp.exp(s * ndtri(q)), (PARTS, (0.02, 0.5, 2.2, 9.0))),
    "logistic_logpdf": Search(
        lambda x, m, s: (
            normal_at(lambda z: logistic_log(z) + logistic_log(-z))(x, m, s) - mp.log(s)
        ),
        _BESIDE,
    ),
    "cauchy_sf": Search(normal_at(lambda z: cauchy_tail(-z)), _BESIDE),
    "laplace_sf": Search(normal_at(lambda z: laplace_tail(-z)), _BESIDE),
    "laplace_cdf": Search(normal_at(laplace_tail), _BESIDE),
    "logistic_cdf": Search(normal_at(lambda z: mp.exp(logistic_log(z))), _BESIDE),
    "expon_cdf": Search(normal_at(lambda z: -mp.expm1(-z)), _AFTER),
    "expon_logcdf": Search(normal_at(lambda z: log_of(-mp.expm1(-z), mp.exp(-z))), _AFTER),
    "expon_pdf": Search(normal_at(lambda z: mp.exp(-z), 1), _AFTER),
    "poisson_cdf": Search(lambda k, mu: gamma_above(mp.floor(k) + 1, mu), _COUNTS),
    "poisson_sf": Search(lambda k, mu: gammainc(mp.floor(k) + 1, mu), _COUNTS),
    "poisson_logcdf": Search(
        lambda k, mu: log_of(gamma_above(mp.floor(k) + 1, mu), gammainc(mp.floor(k) + 1, mu)),
        _COUNTS,
    ),
    "binom_cdf": Search(lambda k, n, p: betaincc(mp.floor(k) + 1, n - mp.floor(k), p), _WHOLE),
    "binom_sf": Search(lambda k, n, p: betainc(mp.floor(k) + 1, n - mp.floor(k), p), _WHOLE),
    "multigammaln(x,3)": Search(
        lambda x: mp.log(mp.pi) * 1.5 + sum(mp.loggamma(x - mp.mpf(j) / 2) for j in range(3)),
        ((1 + 1e-9, 1.7, 2.0, 5.0, 130.0, 3e3, 1e9),),
    ),
    **{name: Search(*row) for name, row in _OF_ONE.items()},
}


class Loss(NamedTuple):
    """A call whose answer is off."""

    call: str
    at: tuple[float, ...]
    got: float
    exact: float


def difference(f: Function, at: Sequence[Any], axes: Sequence[int]) -> Any:
    """The derivative by the arguments of these numbers, none, one or two of them."""
    if not axes:
        return f(*at)
    axis, *rest = axes
    step = STEP * abs(at[axis])
    ends = [difference(f, [*at[:axis], at[axis] + s, *at[axis + 1 :]], rest) for s in (step, -step)]
    return (ends[0] - ends[1]) / (2 * step)


def called(name: str, count: int) -> str:
    """The call of a function with so many arguments."""
    return name if "(" in name else f"{name}({', '.join('xyzw'[:count])})"


def answers(
    name: str, at: list[tuple[float, ...]], executor: str = PLAIN
) -> Iterator[tuple[list[int], str, Any]]:
    """Value, slopes and second slopes of a function, of all points at once, by an executor."""
    names = "xyzw"[: len(at[0])]
    times = 1 if executor == PLAIN else 1 + LARGE // len(at)
    values = dict(zip(names, np.tile(np.array(at).T, times), strict=True))
    call = called(name, len(names))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GRADCLI_EXECUTOR", executor)
        yield [], call, Program(call).eval(**values)[: len(at)]
        for i, x in enumerate(names):
            slope = f"grad(sum({call}), {x})"
            value, gradients = Program(slope).value_and_grads(**values)
            yield [i], slope, value[: len(at)]
            for j, y in enumerate(names[i:], start=i):
                yield [i, j], f"grad(sum({slope}), {y})", gradients[y][: len(at)]


def points(name: str, most: int = 400) -> list[tuple[float, ...]]:
    """Where to look for losses: each number with each; of many points some, always the same."""
    at = list(itertools.product(*SEARCHES[name].pools))
    return at[:: max(1, math.ceil(len(at) / most))]


def losses(name: str, at: list[tuple[float, ...]]) -> Iterator[Loss]:
    """Where an answer is off, among these points."""
    exact = SEARCHES[name].exact
    digits = [tuple(map(mp.mpf, point)) for point in at]
    with mp.workdps(DIGITS):
        for axes, call, values in answers(name, at):
            for point, high, got in zip(at, digits, np.ravel(values).tolist(), strict=True):
                loss = Loss(call, point, got, float(mp.re(reliable(exact, high, axes))))
                if is_off(loss):
                    yield loss


def reliable(f: Function, at: Sequence[Any], axes: Sequence[int]) -> Any:
    """The difference; NaN where the function is not to be had, or a constant to so many digits."""
    try:
        value = difference(f, at, axes)
        share = abs(value * mp.fprod(at[axis] for axis in axes))
        beside = [x * (1 - mp.mpf(k + 1) / 1000) for k, x in enumerate(at)]
        near = abs(f(*at)) + abs(f(*beside))
        return value if share > mp.mpf(10) ** (20 - DIGITS // 2) * near else mp.nan
    except (ValueError, ZeroDivisionError, OverflowError, mp.NoConvergence):
        return mp.nan


def is_off(loss: Loss) -> bool:
    """Whether more than the last digits are lost; numbers below the normal ones have fewer."""
    if math.isnan(loss.exact) or loss.got == loss.exact:
        return False
    return not abs(loss.got - loss.exact) <= FAR * abs(loss.exact) + 1e-307


def report(names: Sequence[str]) -> None:
    """Prints of these functions, or of all, how many answers are off, and the worst of each."""
    for name in names or SEARCHES:
        for call, group in itertools.groupby(losses(name, points(name)), lambda loss: loss.call):
            several = sorted(group, key=error, reverse=True)
            print(f"{call}: {len(several)}")
            for loss in several[:WORST]:
                print(f"  {error(loss):.0e} at {loss.at}: {loss.got!r}, not {loss.exact!r}")


def error(loss: Loss) -> float:
    """How much is off, beside the exact answer; infinite where an answer is missing."""
    size = abs(loss.got - loss.exact) / abs(loss.exact or 1.0)
    return math.inf if math.isnan(size) else size
