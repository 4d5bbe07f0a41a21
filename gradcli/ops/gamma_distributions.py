"""The gamma, chi-squared, beta and Poisson distributions: density, probability, quantile."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from gradcli.ir.function import function
from gradcli.ir.kinds import JUMP, at
from gradcli.ir.op import Binary, Elementwise
from gradcli.ops.compare import TAINT, choose, clip, floor, gt, isnan, lt, ne, repaired
from gradcli.ops.distributions import (
    CHANCE,
    MEAN,
    below_zero,
    beyond_unit,
    distribution,
    valid,
    within,
)
from gradcli.ops.exponential import log1p, xlog1py, xlogy
from gradcli.ops.gamma import betaln, lgamma
from gradcli.ops.incomplete import GAMMA_DENSITY, POISSON_DENSITY, gammainc, gammaincc, gammaincinv
from gradcli.ops.incomplete_beta import BETA_DENSITY, betainc, betaincc, betaincinv
from gradcli.ops.kernels import doubled
from gradcli.ops.tails import log_beta_tail, log_gamma_tail, log_or_tail, log_poisson_tail

if TYPE_CHECKING:
    from collections.abc import Callable

    from gradcli.ir.function import Array, Flag
    from gradcli.ir.node import Node

_SHAPE, _INSIDE = (0.5, 4.0), (0.1, 0.9)

_FAR = 0.01
"""The part of the mean below which the logarithm of a probability is that of a series."""

_ROUGH = "; its second slopes are right to 1e-8"

POSITIVE = Elementwise(
    "positive",
    lambda a: repaired(+a, ~(a > 0), np.nan),
    lambda a, z: TAINT(1.0, z),
    notation=("{0}", 10),
)
"""A shape; NaN where it is not above 0."""


BOUNDED = Elementwise(
    "bounded",
    lambda a: repaired(+a, ~(a < np.inf), np.nan),
    lambda a, z: TAINT(1.0, z),
    notation=("{0}", 10),
)
"""A number; NaN where it is infinite: densities of shapes without bounds have none, as in SciPy."""


def _bounded(form: Callable[..., Node]) -> Callable[..., Node]:
    """The form of shapes that are above 0 and no infinity."""
    return lambda z, *shapes: form(z, *(BOUNDED(POSITIVE(shape)) for shape in shapes))


def _shaped(form: Callable[..., Node]) -> Callable[..., Node]:
    """The form of shapes that are above 0."""
    return lambda z, *shapes: form(z, *map(POSITIVE, shapes))


def _not_below_zero(z: Node) -> Node:
    return clip(z, z.graph.lift(0.0), None)


def _gamma_logpdf(z: Node, a: Node) -> Node:
    return xlogy(a - 1.0, z) - z - lgamma(a)


_GAMMA: dict[str, Callable[..., Node]] = {
    "pdf": _bounded(lambda z, a: GAMMA_DENSITY(a, z)),
    "logpdf": _shaped(_gamma_logpdf),
    "cdf": _shaped(lambda z, a: gammainc(a, _not_below_zero(z))),
    "sf": _shaped(lambda z, a: gammaincc(a, _not_below_zero(z))),
    "ppf": _shaped(lambda q, a: gammaincinv(a, q)),
    "tail": _shaped(lambda z, a: log_gamma_tail(a, _not_below_zero(z))),
    "near": lambda z, a: _FAR * a,
}

GAMMA = distribution(
    "gamma",
    "a gamma variable",
    _GAMMA,
    full="a gamma variable of shape a",
    note=_ROUGH,
    shapes="a",
    at=(2,),
    domain=((0.3, 4.0), _SHAPE),
    outside=below_zero,
)


def _of_half(form: Callable[..., Node]) -> Callable[..., Node]:
    return lambda z, df: form(z, 0.5 * df)


CHI_SQUARED = distribution(
    "chi2",
    "a chi-squared variable",
    {kind: _of_half(form) for kind, form in _GAMMA.items()}
    | {"logpdf": _of_half(_bounded(_gamma_logpdf))},
    full="a chi-squared variable with df degrees of freedom",
    note=_ROUGH,
    shapes="df",
    at=(3,),
    domain=((0.3, 4.0), _SHAPE),
    width=2.0,
    outside=below_zero,
)
"""Gamma of shape df/2 and width 2."""


def _beta_logpdf(z: Node, a: Node, b: Node) -> Node:
    return xlogy(a - 1.0, z) + xlog1py(b - 1.0, -z) - betaln(a, b)


BETA = distribution(
    "beta",
    "a beta variable",
    {
        "pdf": _bounded(lambda z, a, b: BETA_DENSITY(a, b, z)),
        "logpdf": _shaped(_beta_logpdf),
        "cdf": _shaped(lambda z, a, b: betainc(a, b, within(z))),
        "sf": _shaped(lambda z, a, b: betaincc(a, b, within(z))),
        "ppf": _shaped(lambda q, a, b: betaincinv(a, b, q)),
        "tail": _shaped(lambda z, a, b: log_beta_tail(a, b, within(z))),
        "near": lambda z, a, b: _FAR * a / (a + b),
    },
    full="a beta variable of shapes a and b",
    note=f"{_ROUGH}, and those by x and a shape to 1e-12/x",
    shapes="a b",
    at=(2, 3),
    domain=(_INSIDE, _SHAPE, _SHAPE),
    outside=beyond_unit,
)

# --- Poisson: a gamma density and probability of shape k + 1 ------------------------------------

_COUNTS: Any = {"domain": ((0.3, 4.0), _SHAPE)}


def _counted(k: Node, loc: Node | None) -> Node:
    return k if loc is None else k - loc


def _never(n: Node, whole: bool) -> Node:
    """Where there are no such counts: below 0, and between the whole numbers if they alone are."""
    return lt(n, 0.0) | (gt(n, floor(n)) & lt(n, math.inf)) if whole else lt(n, 0.0)


@function(
    example="poisson_pmf(2, 1.5)",
    signatures="scipy.stats.poisson_pmf(k, mu, loc=None); whole=True",
    **_COUNTS,
)
def poisson_pmf(k: Array, mu: Array, loc: Array | None = None, *, whole: Flag = False) -> Node:
    """The probability of k counts at a mean of mu; smooth in k between the whole numbers.

    Behind SciPy's prefix, or with `whole`, it is 0 there, as in SciPy.
    """
    n = _counted(k, loc)
    mu = BOUNDED(MEAN(mu)) if whole else MEAN(mu)
    return valid(choose(_never(n, whole), 0.0, POISSON_DENSITY(n, mu)), mu)


@function(
    example="poisson_logpmf(2, 1.5)",
    signatures="scipy.stats.poisson_logpmf(k, mu, loc=None); whole=True",
    **_COUNTS,
)
def poisson_logpmf(k: Array, mu: Array, loc: Array | None = None, *, whole: Flag = False) -> Node:
    """The logarithm of poisson_pmf; near k = 0 it is right to 1e-15 of the logarithm of mu."""
    n = _counted(k, loc)
    mu = MEAN(mu)
    value = xlogy(n, mu) - mu - lgamma(n + 1.0)
    return valid(choose(_never(n, whole), -math.inf, value), mu)


@function(example="poisson_cdf(2, 1.5)", **_COUNTS)
def poisson_cdf(k: Array, mu: Array, loc: Array | None = None) -> Node:
    """The probability of at most k counts."""
    n, mu = floor(_counted(k, loc)), MEAN(mu)
    return valid(choose(lt(n, 0.0), 0.0, gammaincc(n + 1.0, mu)), mu)


@function(example="poisson_logcdf(2, 1.5)", **_COUNTS)
def poisson_logcdf(k: Array, mu: Array, loc: Array | None = None) -> Node:
    """The logarithm of poisson_cdf; its second slopes by mu are right to 1e-9."""
    probability = poisson_cdf(k, mu, loc)
    n = floor(_counted(k, loc))
    below = log_or_tail(probability, n, lambda far: log_poisson_tail(far, mu))
    small = choose(lt(n, 0.0), -math.inf, below)
    return valid(choose(gt(probability, 0.5), log1p(-poisson_sf(k, mu, loc)), small), probability)


@function(example="poisson_sf(2, 1.5)", **_COUNTS)
def poisson_sf(k: Array, mu: Array, loc: Array | None = None) -> Node:
    """The probability of more than k counts."""
    n, mu = floor(_counted(k, loc)), MEAN(mu)
    return valid(choose(lt(n, 0.0), 1.0, gammainc(n + 1.0, mu)), mu)


def _poisson_quantile(q: Any, mu: Any) -> Any:
    import scipy.special

    above = np.ceil(scipy.special.pdtrik(q, mu))
    below = np.maximum(above - 1, 0)
    count = np.where(scipy.special.pdtr(below, mu) >= q, below, above)
    count = repaired(count, (q == 0) & (mu >= 0), -1)
    return repaired(count, (q == 1) & (mu >= 0), np.inf)


def _is_reached(q: Any, mu: Any, z: Any) -> Any:
    """Where the count has just the probability q, above which it is one more."""
    import scipy.special

    return scipy.special.pdtr(z, mu) == q


QUANTILE = Binary(
    "poisson_quantile",
    doubled(_poisson_quantile),
    lambda x, y, z: math.nan,
    lambda x, y, z: math.nan,
    selects=(lambda x, y, z: isnan(z),) * 2,
    special=at(JUMP, _is_reached),
    flat=True,
    notation=("poisson_ppf({0}, {1})", 10),
)
"""The least count that is exceeded with no more than a probability."""


@function(example="poisson_ppf(0.5, 1.5)", domain=(_INSIDE, _SHAPE))
def poisson_ppf(q: Array, mu: Array, loc: Array | None = None) -> Node:
    """The least count that a Poisson variable of mean mu exceeds with probability 1 - q or less.

    For q = 0 it is one below the least count, for 1 infinite, as in SciPy.
    """
    count = QUANTILE(q, mu)
    return count if loc is None else count + loc


# --- binomial: a beta density and probability ---------------------------------------------------

_TRIALS: Any = {"domain": ((0.3, 4.0), (5.0, 9.0), _INSIDE)}


def _signatures(name: str) -> str:
    """SciPy counts whole trials and successes, JAX does not."""
    return f"scipy.stats.{name}(k, n, p, loc=None); whole=True\njsp.stats.{name}(k, n, p, loc=None)"


def _within_trials(
    k: Node, most: Node, otherwise: tuple[float, float], value: Node, p: Node
) -> Node:
    """The value; what there is where k is below 0, and above the most; NaN where p or n is."""
    below, above = otherwise
    known = choose(lt(k, 0.0), below, choose(gt(k, most), above, value))
    return valid(known, p, most)


def _whole_trials(n: Node, whole: bool) -> Node:
    """The trials; NaN between the whole numbers and below 0, if they alone are asked for."""
    return choose(ne(BOUNDED(n), floor(n)) | lt(n, 0.0), math.nan, n) if whole else n


@function(example="binom_pmf(2, 5, 0.3)", signatures=_signatures("binom_pmf"), **_TRIALS)
def binom_pmf(
    k: Array, n: Array, p: Array, loc: Array | None = None, *, whole: Flag = False
) -> Node:
    """The probability of k successes in n trials; smooth in both between the whole numbers.

    Behind SciPy's prefix, or with `whole`, it is 0 there, as in SciPy. Its second slope by n is
    right to 1e-16/p of its size.
    """
    k, n = _counted(k, loc), _whole_trials(n, whole)
    p = CHANCE(p)
    density = BETA_DENSITY(k + 1.0, n - k + 1.0, p) / (n + 1.0)
    value = choose(_never(k, whole), 0.0, density)
    return _within_trials(k, n, (0.0, 0.0), value, p)


@function(example="binom_logpmf(2, 5, 0.3)", signatures=_signatures("binom_logpmf"), **_TRIALS)
def binom_logpmf(
    k: Array, n: Array, p: Array, loc: Array | None = None, *, whole: Flag = False
) -> Node:
    """The logarithm of binom_pmf."""
    k, n = _counted(k, loc), _whole_trials(n, whole)
    p = CHANCE(p)
    ways = -betaln(k + 1.0, n - k + 1.0) - log1p(n)
    value = choose(_never(k, whole), -math.inf, xlogy(k, p) + xlog1py(n - k, -p) + ways)
    return _within_trials(k, n, (-math.inf, -math.inf), value, p)


@function(example="binom_cdf(2, 5, 0.3)", signatures=_signatures("binom_cdf"), **_TRIALS)
def binom_cdf(
    k: Array, n: Array, p: Array, loc: Array | None = None, *, whole: Flag = False
) -> Node:
    """The probability of at most k successes in n trials.

    Its second slope by n is right to 1e-16/p of its size.
    """
    k, n = floor(_counted(k, loc)), _whole_trials(n, whole)
    p = CHANCE(p)
    return _within_trials(k, n - 1.0, (0.0, 1.0), betaincc(k + 1.0, n - k, p), p)


@function(example="binom_sf(2, 5, 0.3)", signatures=_signatures("binom_sf"), **_TRIALS)
def binom_sf(
    k: Array, n: Array, p: Array, loc: Array | None = None, *, whole: Flag = False
) -> Node:
    """The probability of more than k successes in n trials; as exact as binom_cdf."""
    k, n = floor(_counted(k, loc)), _whole_trials(n, whole)
    p = CHANCE(p)
    return _within_trials(k, n - 1.0, (1.0, 0.0), betainc(k + 1.0, n - k, p), p)
