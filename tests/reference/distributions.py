"""What the distributions are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from tests.reference.special import betainc, gammainc, inverse
from tests.reference.words import Call, call, each, mp, number

if TYPE_CHECKING:
    from collections.abc import Callable

    Function = Callable[..., Any]


def t_pdf(x: Any, df: Any) -> Any:
    """The density of Student's t."""
    return (1 + x * x / df) ** (-(df + 1) / 2) / (mp.sqrt(df) * mp.beta(df / 2, mp.mpf(1) / 2))


def t_cdf(x: Any, df: Any) -> Any:
    """The probability that Student's t is below x."""
    half = mp.mpf(1) / 2
    return half + x * mp.gamma((df + 1) / 2) * mp.hyp2f1(
        half, (df + 1) / 2, 3 * half, -x * x / df
    ) / (mp.sqrt(mp.pi * df) * mp.gamma(df / 2))


def gamma_pdf(x: Any, a: Any) -> Any:
    """The density of a gamma variable."""
    return x ** (a - 1) * mp.exp(-x) / mp.gamma(a)


def beta_pdf(x: Any, a: Any, b: Any) -> Any:
    """The density of a beta variable."""
    return x ** (a - 1) * (1 - x) ** (b - 1) / mp.beta(a, b)


def laplace_cdf(x: Any) -> Any:
    """The probability that a Laplace variable is below x."""
    return mp.exp(x) / 2 if x < 0 else 1 - mp.exp(-x) / 2


def logistic(x: Any) -> Any:
    """The probability that a logistic variable is below x."""
    return 1 / (1 + mp.exp(-x))


DENSITIES: dict[str, Function] = {
    "norm": mp.npdf,
    "t": t_pdf,
    "logistic": lambda x: logistic(x) * logistic(-x),
    "cauchy": lambda x: 1 / (mp.pi * (1 + x * x)),
    "laplace": lambda x: mp.exp(-abs(x)) / 2,
    "expon": lambda x: mp.exp(-x),
    "uniform": lambda x: mp.one + 0 * x,
    "gamma": gamma_pdf,
    "chi2": lambda x, df: gamma_pdf(x / 2, df / 2) / 2,
}

BELOW: dict[str, Function] = {
    "norm": mp.ncdf,
    "t": t_cdf,
    "logistic": logistic,
    "cauchy": lambda x: mp.atan(x) / mp.pi + mp.mpf(1) / 2,
    "laplace": laplace_cdf,
    "expon": lambda x: -mp.expm1(-x),
    "uniform": lambda x: x,
    "gamma": lambda x, a: gammainc(a, x),
    "chi2": lambda x, df: gammainc(df / 2, x / 2),
}

QUANTILES: dict[str, Function] = {
    "norm": lambda q: mp.sqrt(2) * mp.erfinv(2 * q - 1),
    "logistic": lambda q: mp.log(q / (1 - q)),
    "cauchy": lambda q: mp.tan(mp.pi * (q - mp.mpf(1) / 2)),
    "laplace": lambda q: mp.log(2 * q) if 2 * q < 1 else -mp.log(2 * (1 - q)),
    "expon": lambda q: -mp.log(1 - q),
    "uniform": lambda q: q,
}


def logarithm(function: Function) -> Function:
    """The logarithm of a function."""
    return lambda *at: mp.log(function(*at))


def complement(function: Function) -> Function:
    """1 less a function."""
    return lambda *at: 1 - function(*at)


DEAR = frozenset({"t", "gamma", "chi2"})
"""Those that take long, which are called on few numbers."""

ELEMENTWISE: dict[str, Function] = {
    **{f"{name}_pdf": f for name, f in DENSITIES.items()},
    **{f"{name}_logpdf": logarithm(f) for name, f in DENSITIES.items()},
    **{f"{name}_cdf": f for name, f in BELOW.items() if name not in DEAR},
    **{f"{name}_logcdf": logarithm(f) for name, f in BELOW.items() if name not in DEAR},
    **{f"{name}_sf": complement(f) for name, f in BELOW.items() if name not in DEAR},
    **{f"{name}_ppf": f for name, f in QUANTILES.items()},
    "poisson_pmf": lambda k, mu: gamma_pdf(mu, k + 1),
    "poisson_logpmf": lambda k, mu: mp.log(gamma_pdf(mu, k + 1)),
}

ELSEWHERE: dict[str, Function] = {
    "norm_sf(3*x)": lambda x: mp.ncdf(-3 * x),
    "norm_logcdf(9*x)": lambda x: mp.log(mp.ncdf(9 * x)),
    "gamma_pdf(99*x, 99*y)": lambda x, y: gamma_pdf(99 * x, 99 * y),
}

DOMAINS: dict[str, Any] = {"gamma_pdf(99*x, 99*y)": ((0.8, 1.2), (0.8, 1.2))}


def of_pairs(name: str) -> list[Call]:
    """The probabilities and the quantile of a distribution with a shape, on pairs."""
    below, shapes = BELOW[name], {"x": (2,), "y": (2,)}
    return [
        Call(f"{name}_cdf(x, y)", shapes, each(below), True),
        Call(f"{name}_logcdf(x, y)", shapes, each(logarithm(below)), True),
        Call(f"{name}_sf(x, y)", shapes, each(complement(below)), True),
        Call(
            f"{name}_ppf(x, y)",
            {"x": (), "y": ()},
            each(lambda q, a: inverse(lambda x: below(x, a), START[name], q)),
            True,
        ),
    ]


START = {"t": -1.0, "gamma": 1.0, "chi2": 1.0}


def at(function: Function, x: Any, loc: Any, scale: Any) -> Any:
    """A density at a place and width."""
    return function((x - loc) / scale) / scale


def poisson_cdf(k: Any, mu: Any) -> Any:
    """The probability of at most k counts."""
    return mp.gammainc(mp.floor(k) + 1, mu, regularized=True)


def lognorm_pdf(x: Any, s: Any) -> Any:
    """The density of a variable whose logarithm is normal."""
    return mp.npdf(mp.log(x) / s) / (s * x)


def lognorm_cdf(x: Any, s: Any) -> Any:
    """The probability that it is below x."""
    return mp.ncdf(mp.log(x) / s)


def binom_pmf(k: Any, n: Any, p: Any) -> Any:
    """The probability of k successes in n trials."""
    return mp.binomial(n, k) * p**k * (1 - p) ** (n - k)


def binom_cdf(k: int, n: int, p: Any) -> Any:
    """The probability of at most k successes."""
    return sum(binom_pmf(i, n, p) for i in range(k + 1))


# fmt: off
CALLS: list[Call] = [
    *(c for name in sorted(DEAR) for c in of_pairs(name)),
    *(
        call(f"{name}_pdf(x, y, z)", each(lambda x, y, z, f=f: at(f, x, y, z)),
             x=(3,), y=(), z=())
        for name, f in DENSITIES.items()
        if name not in {*DEAR, "expon", "uniform"}
    ),
    call("t_cdf(x, y, 1, 2)", each(lambda x, y: t_cdf((x - 1) / 2, y)), x=(2,), y=()),
    call("norm_logpdf(x, y, 2)", each(lambda x, y: mp.log(at(mp.npdf, x, y, 2))), x=(3,), y=()),
    call("norm_ppf(x, y, 3)", each(lambda x, y: y + 3 * QUANTILES["norm"](x)), x=(3,), y=()),
    call("expon_logpdf(x, 0, 2)", each(lambda x: -x / 2 - mp.log(2)), x=(3,)),
    call("uniform_pdf(x, 0, y)", each(lambda x, y: 1 / y + 0 * x), x=(3,), y=()),
    call("uniform_cdf(x, -1, 4)", each(lambda x: (x + 1) / 4), x=(3,)),
    call("gamma_pdf(x, y, 0, 2)", each(lambda x, y: gamma_pdf(x / 2, y) / 2), x=(3,), y=()),
    call("beta_pdf(x, y, z)", each(beta_pdf), x=(2,), y=(2,), z=(2,)),
    call("beta_logpdf(x, y, z)", each(logarithm(beta_pdf)), x=(2,), y=(2,), z=(2,)),
    call("beta_cdf(x, y, z)", each(lambda x, a, b: betainc(a, b, x)), x=(2,), y=(), z=()),
    call("beta_logcdf(x, y, z)", each(lambda x, a, b: mp.log(betainc(a, b, x))),
         x=(2,), y=(), z=()),
    call("beta_sf(x, y, z)", each(lambda x, a, b: 1 - betainc(a, b, x)), x=(2,), y=(), z=()),
    call("beta_ppf(x, y, z)",
         each(lambda q, a, b: inverse(lambda x: betainc(a, b, x), float(a / (a + b)), q)),
         x=(), y=(), z=()),
    Call("cauchy_cdf(1e4*x)", {"x": (6,)},
         each(lambda x: mp.atan(10**4 * x) / mp.pi + mp.mpf(1) / 2), True),
    call("poisson_cdf(x, y)", each(poisson_cdf), x=(2,), y=(2,)),
    call("poisson_logcdf(x, y)", each(logarithm(poisson_cdf)), x=(2,), y=(2,)),
    call("poisson_sf(x, y)", each(complement(poisson_cdf)), x=(2,), y=(2,)),
    call("poisson_ppf([0.1, 0.5, 0.99], 1.5)", lambda: np.array([0, 1, 5])),
    call("lognorm_pdf(x, y)", each(lognorm_pdf), x=(2,), y=(2,)),
    call("lognorm_logpdf(x, y)", each(logarithm(lognorm_pdf)), x=(2,), y=(2,)),
    call("lognorm_cdf(x, y)", each(lognorm_cdf), x=(2,), y=(2,)),
    call("lognorm_logcdf(x, y)", each(logarithm(lognorm_cdf)), x=(2,), y=(2,)),
    call("lognorm_sf(x, y)", each(complement(lognorm_cdf)), x=(2,), y=(2,)),
    call("lognorm_ppf(x, y)", each(lambda q, s: mp.exp(s * QUANTILES["norm"](q))), x=(2,), y=(2,)),
    call("binom_pmf(x, y, z)", each(binom_pmf), x=(2,), y=(2,), z=(2,)),
    call("binom_logpmf(x, y, z)", each(logarithm(binom_pmf)), x=(2,), y=(2,), z=(2,)),
    call("binom_cdf(2, 5, x)", each(lambda p: binom_cdf(2, 5, p)), x=(2,)),
    call("binom_sf(2, 5, x)", each(lambda p: 1 - binom_cdf(2, 5, p)), x=(2,)),
    call("random_normal((2, 3), x, y, seed=4)",
         lambda x, y: x + number(np.random.default_rng(4).standard_normal((2, 3))) * y,
         x=(3,), y=()),
    call("random_uniform(4, x, y)",
         lambda x, y: x + number(np.random.default_rng(0).random(4)) * (y - x), x=(), y=()),
]
# fmt: on

DOMAINS["poisson_logcdf(x, y)"] = ((1.0, 4.0), (0.5, 4.0))

DOMAINS["t_ppf(x, y)"] = ((0.1, 0.45), (1.0, 6.0))

for _name in DENSITIES:
    DOMAINS[f"{_name}_pdf(x, y, z)"] = ((-3.0, 3.0), (-1.0, 1.0), (0.5, 2.0))

DOMAINS["uniform_pdf(x, 0, y)"] = ((0.1, 0.9), (1.0, 2.0))

DOMAINS["norm_ppf(x, y, 3)"] = ((0.1, 0.9), (-1.0, 1.0))

DOMAINS["t_cdf(x, y, 1, 2)"] = ((-3.0, 3.0), (1.0, 5.0))

DOMAINS["lognorm_ppf(x, y)"] = ((0.1, 0.9), (0.5, 2.0))

for _call in ("binom_cdf(2, 5, x)", "binom_sf(2, 5, x)"):
    DOMAINS[_call] = ((0.1, 0.9),)
