"""The gamma, chi-squared, beta and Poisson distributions: density, probability, quantile."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from gradcli.ir.function import function
from gradcli.ops.compare import choose, clip, floor, isnan, lt
from gradcli.ops.distributions import lessened, narrowed, placed, standard
from gradcli.ops.elementary import log, xlog1py, xlogy
from gradcli.ops.gamma import betaln, lgamma
from gradcli.ops.incomplete import (
    BETA_DENSITY,
    GAMMA_DENSITY,
    betainc,
    betaincc,
    betaincinv,
    gammainc,
    gammaincc,
    gammaincinv,
)
from gradcli.ops.quadrature import doubled
from gradcli.ops.records import binary

if TYPE_CHECKING:
    from gradcli.ir.function import Array
    from gradcli.ir.node import Node

_GAMMA: Any = {"domain": ((0.3, 4.0), (0.5, 4.0))}
_CHANCE: Any = {"domain": ((0.1, 0.9), (0.5, 4.0))}

# --- gamma --------------------------------------------------------------------------------------


@function(example="gamma_pdf(0.5, 2)", **_GAMMA)
def gamma_pdf(x: Array, a: Array, loc: Array | None = None, scale: Array | None = None) -> Node:
    """The density of a gamma variable of shape a."""
    z = standard(x, loc, scale)
    return narrowed(choose(lt(z, 0.0), 0.0, GAMMA_DENSITY(a, z)), scale)


@function(example="gamma_logpdf(0.5, 2)", **_GAMMA)
def gamma_logpdf(x: Array, a: Array, loc: Array | None = None, scale: Array | None = None) -> Node:
    """The logarithm of the density of a gamma variable."""
    z = standard(x, loc, scale)
    inside = xlogy(a - 1.0, z) - z - lgamma(a)
    return lessened(choose(lt(z, 0.0), -math.inf, inside), scale)


@function(example="gamma_cdf(0.5, 2)", **_GAMMA)
def gamma_cdf(x: Array, a: Array, loc: Array | None = None, scale: Array | None = None) -> Node:
    """The probability that a gamma variable is below x."""
    return gammainc(a, _not_below_zero(standard(x, loc, scale)))


@function(example="gamma_logcdf(0.5, 2)", **_GAMMA)
def gamma_logcdf(x: Array, a: Array, loc: Array | None = None, scale: Array | None = None) -> Node:
    """The logarithm of gamma_cdf."""
    return log(gamma_cdf(x, a, loc, scale))


@function(example="gamma_sf(0.5, 2)", **_GAMMA)
def gamma_sf(x: Array, a: Array, loc: Array | None = None, scale: Array | None = None) -> Node:
    """The probability that a gamma variable is above x."""
    return gammaincc(a, _not_below_zero(standard(x, loc, scale)))


@function(example="gamma_ppf(0.5, 2)", **_CHANCE)
def gamma_ppf(q: Array, a: Array, loc: Array | None = None, scale: Array | None = None) -> Node:
    """The number below which a gamma variable is with probability q."""
    return placed(gammaincinv(a, q), loc, scale)


def _not_below_zero(z: Node) -> Node:
    return clip(z, z.graph.lift(0.0), None)


# --- chi-squared: gamma of shape df/2 and width 2 -----------------------------------------------


def _doubled(x: Node, scale: Node | None) -> Node:
    return x.graph.lift(2.0) if scale is None else 2.0 * scale


@function(example="chi2_pdf(0.5, 3)", **_GAMMA)
def chi2_pdf(x: Array, df: Array, loc: Array | None = None, scale: Array | None = None) -> Node:
    """The density of a chi-squared variable with df degrees of freedom."""
    return gamma_pdf(x, 0.5 * df, loc, _doubled(x, scale))


@function(example="chi2_logpdf(0.5, 3)", **_GAMMA)
def chi2_logpdf(x: Array, df: Array, loc: Array | None = None, scale: Array | None = None) -> Node:
    """The logarithm of the density of a chi-squared variable."""
    return gamma_logpdf(x, 0.5 * df, loc, _doubled(x, scale))


@function(example="chi2_cdf(0.5, 3)", **_GAMMA)
def chi2_cdf(x: Array, df: Array, loc: Array | None = None, scale: Array | None = None) -> Node:
    """The probability that a chi-squared variable is below x."""
    return gamma_cdf(x, 0.5 * df, loc, _doubled(x, scale))


@function(example="chi2_logcdf(0.5, 3)", **_GAMMA)
def chi2_logcdf(x: Array, df: Array, loc: Array | None = None, scale: Array | None = None) -> Node:
    """The logarithm of chi2_cdf."""
    return log(chi2_cdf(x, df, loc, scale))


@function(example="chi2_sf(0.5, 3)", **_GAMMA)
def chi2_sf(x: Array, df: Array, loc: Array | None = None, scale: Array | None = None) -> Node:
    """The probability that a chi-squared variable is above x."""
    return gamma_sf(x, 0.5 * df, loc, _doubled(x, scale))


@function(example="chi2_ppf(0.5, 3)", **_CHANCE)
def chi2_ppf(q: Array, df: Array, loc: Array | None = None, scale: Array | None = None) -> Node:
    """The number below which a chi-squared variable is with probability q."""
    return gamma_ppf(q, 0.5 * df, loc, _doubled(q, scale))


# --- beta ---------------------------------------------------------------------------------------

_BETA: Any = {"domain": ((0.1, 0.9), (0.5, 4.0), (0.5, 4.0))}


def _within(z: Node) -> Node:
    return clip(z, z.graph.lift(0.0), z.graph.lift(1.0))


def _or_outside(z: Node, inner: Node, outside: float) -> Node:
    return choose(lt(z, 0.0) | lt(1.0, z), outside, inner)


@function(example="beta_pdf(0.5, 2, 3)", **_BETA)
def beta_pdf(
    x: Array, a: Array, b: Array, loc: Array | None = None, scale: Array | None = None
) -> Node:
    """The density of a beta variable of shapes a and b."""
    z = standard(x, loc, scale)
    return narrowed(_or_outside(z, BETA_DENSITY(a, b, z), 0.0), scale)


@function(example="beta_logpdf(0.5, 2, 3)", **_BETA)
def beta_logpdf(
    x: Array, a: Array, b: Array, loc: Array | None = None, scale: Array | None = None
) -> Node:
    """The logarithm of the density of a beta variable."""
    z = standard(x, loc, scale)
    inside = xlogy(a - 1.0, z) + xlog1py(b - 1.0, -z) - betaln(a, b)
    return lessened(_or_outside(z, inside, -math.inf), scale)


@function(example="beta_cdf(0.5, 2, 3)", **_BETA)
def beta_cdf(
    x: Array, a: Array, b: Array, loc: Array | None = None, scale: Array | None = None
) -> Node:
    """The probability that a beta variable is below x."""
    return betainc(a, b, _within(standard(x, loc, scale)))


@function(example="beta_logcdf(0.5, 2, 3)", **_BETA)
def beta_logcdf(
    x: Array, a: Array, b: Array, loc: Array | None = None, scale: Array | None = None
) -> Node:
    """The logarithm of beta_cdf."""
    return log(beta_cdf(x, a, b, loc, scale))


@function(example="beta_sf(0.5, 2, 3)", **_BETA)
def beta_sf(
    x: Array, a: Array, b: Array, loc: Array | None = None, scale: Array | None = None
) -> Node:
    """The probability that a beta variable is above x."""
    return betaincc(a, b, _within(standard(x, loc, scale)))


@function(example="beta_ppf(0.5, 2, 3)", **_BETA)
def beta_ppf(
    q: Array, a: Array, b: Array, loc: Array | None = None, scale: Array | None = None
) -> Node:
    """The number below which a beta variable is with probability q."""
    return placed(betaincinv(a, b, q), loc, scale)


# --- Poisson: a gamma density and probability of shape k + 1 ------------------------------------


def _counted(k: Node, loc: Node | None) -> Node:
    return k if loc is None else k - loc


@function(example="poisson_pmf(2, 1.5)", **_GAMMA)
def poisson_pmf(k: Array, mu: Array, loc: Array | None = None) -> Node:
    """The probability of k counts at a mean of mu; smooth in k between the whole numbers."""
    n = _counted(k, loc)
    return choose(lt(n, 0.0), 0.0, GAMMA_DENSITY(n + 1.0, mu))


@function(example="poisson_logpmf(2, 1.5)", **_GAMMA)
def poisson_logpmf(k: Array, mu: Array, loc: Array | None = None) -> Node:
    """The logarithm of poisson_pmf."""
    n = _counted(k, loc)
    return choose(lt(n, 0.0), -math.inf, xlogy(n, mu) - mu - lgamma(n + 1.0))


@function(example="poisson_cdf(2, 1.5)", **_GAMMA)
def poisson_cdf(k: Array, mu: Array, loc: Array | None = None) -> Node:
    """The probability of at most k counts."""
    n = floor(_counted(k, loc))
    return choose(lt(n, 0.0), 0.0, gammaincc(n + 1.0, mu))


@function(example="poisson_logcdf(2, 1.5)", **_GAMMA)
def poisson_logcdf(k: Array, mu: Array, loc: Array | None = None) -> Node:
    """The logarithm of poisson_cdf."""
    return log(poisson_cdf(k, mu, loc))


@function(example="poisson_sf(2, 1.5)", **_GAMMA)
def poisson_sf(k: Array, mu: Array, loc: Array | None = None) -> Node:
    """The probability of more than k counts."""
    n = floor(_counted(k, loc))
    return choose(lt(n, 0.0), 1.0, gammainc(n + 1.0, mu))


def _poisson_quantile(q: Any, mu: Any) -> Any:
    import scipy.special

    above = np.ceil(scipy.special.pdtrik(q, mu))
    below = np.maximum(above - 1, 0)
    return np.where(scipy.special.pdtr(below, mu) >= q, below, above)


poisson_ppf = binary(
    "poisson_ppf",
    doubled(_poisson_quantile),
    (lambda x, y, z: math.nan,) * 2,
    selects=(lambda x, y, z: isnan(z),) * 2,
    flat=True,
    doc="The least count that a Poisson variable of mean y exceeds with probability 1 - x or less.",
    example="poisson_ppf(0.5, 1.5)",
    **_CHANCE,
)
