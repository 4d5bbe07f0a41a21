"""The normal distribution and those of the same shape: density, probability, quantile.

The names and the order of the parameters are those of scipy.stats. A density outside its support
is 0 and its logarithm -inf; what lies outside has no part in a gradient.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from gradcli.ir.function import function
from gradcli.ops import student
from gradcli.ops.arithmetic import hypot, square
from gradcli.ops.compare import abs_, choose, clip, ge, gt, lt
from gradcli.ops.elementary import (
    ATAN_SLOPE,
    atan2,
    exp,
    expm1,
    log,
    log1mexp,
    log1p,
    log_sigmoid,
    sigmoid,
    tan,
)
from gradcli.ops.entropy import logit
from gradcli.ops.error_functions import HALF_GAUSS, OVER_ROOT_TAU, log_ndtr, ndtr, ndtri

if TYPE_CHECKING:
    from gradcli.ir.function import Array
    from gradcli.ir.node import Node

LOG_ROOT_TAU = 0.5 * math.log(math.tau)

# --- place and width ----------------------------------------------------------------------------


def standard(x: Node, loc: Node | None, scale: Node | None) -> Node:
    """x less its place, over its width."""
    x = x if loc is None else x - loc
    return x if scale is None else x / scale


def narrowed(density: Node, scale: Node | None) -> Node:
    """A density over the width."""
    return density if scale is None else density / scale


def lessened(log_density: Node, scale: Node | None) -> Node:
    """The logarithm of a density over the width."""
    return log_density if scale is None else log_density - log(scale)


def placed(x: Node, loc: Node | None, scale: Node | None) -> Node:
    """A standard quantile at its place and width."""
    x = x if scale is None else x * scale
    return x if loc is None else x + loc


def chance(q: Node) -> Node:
    """A probability; NaN outside of 0 to 1."""
    return choose(ge(q, 0.0) & ge(1.0 - q, 0.0), q, math.nan)


# --- normal -------------------------------------------------------------------------------------


@function(example="norm_pdf(0.5)")
def norm_pdf(x: Array, loc: Array | None = None, scale: Array | None = None) -> Node:
    """The density of a normal variable."""
    return narrowed(OVER_ROOT_TAU * HALF_GAUSS(standard(x, loc, scale)), scale)


@function(example="norm_logpdf(0.5)")
def norm_logpdf(x: Array, loc: Array | None = None, scale: Array | None = None) -> Node:
    """The logarithm of the density of a normal variable."""
    return lessened(-0.5 * square(standard(x, loc, scale)) - LOG_ROOT_TAU, scale)


@function(example="norm_cdf(0.5)")
def norm_cdf(x: Array, loc: Array | None = None, scale: Array | None = None) -> Node:
    """The probability that a normal variable is below x."""
    return ndtr(standard(x, loc, scale))


@function(example="norm_logcdf(0.5)")
def norm_logcdf(x: Array, loc: Array | None = None, scale: Array | None = None) -> Node:
    """The logarithm of norm_cdf, exact in both tails."""
    return log_ndtr(standard(x, loc, scale))


@function(example="norm_sf(0.5)")
def norm_sf(x: Array, loc: Array | None = None, scale: Array | None = None) -> Node:
    """The probability that a normal variable is above x."""
    return ndtr(-standard(x, loc, scale))


@function(example="norm_ppf(0.5)", domain=((0.05, 0.95),))
def norm_ppf(q: Array, loc: Array | None = None, scale: Array | None = None) -> Node:
    """The number below which a normal variable is with probability q."""
    return placed(ndtri(q), loc, scale)


# --- Student's t --------------------------------------------------------------------------------


@function(example="t_pdf(0.5, 3)", domain=((-3.0, 3.0), (1.0, 6.0)))
def t_pdf(x: Array, df: Array, loc: Array | None = None, scale: Array | None = None) -> Node:
    """The density of Student's t with df degrees of freedom."""
    return narrowed(student.density(standard(x, loc, scale), df), scale)


@function(example="t_logpdf(0.5, 3)", domain=((-3.0, 3.0), (1.0, 6.0)))
def t_logpdf(x: Array, df: Array, loc: Array | None = None, scale: Array | None = None) -> Node:
    """The logarithm of the density of Student's t."""
    return lessened(student.log_density(standard(x, loc, scale), df), scale)


@function(example="t_cdf(0.5, 3)", domain=((-3.0, 3.0), (1.0, 6.0)))
def t_cdf(x: Array, df: Array, loc: Array | None = None, scale: Array | None = None) -> Node:
    """The probability that Student's t is below x."""
    return student.BELOW(standard(x, loc, scale), df)


@function(example="t_logcdf(0.5, 3)", domain=((-3.0, 3.0), (1.0, 6.0)))
def t_logcdf(x: Array, df: Array, loc: Array | None = None, scale: Array | None = None) -> Node:
    """The logarithm of t_cdf."""
    z = standard(x, loc, scale)
    return choose(lt(z, 0.0), log(student.BELOW(z, df)), log1p(-student.BELOW(-z, df)))


@function(example="t_sf(0.5, 3)", domain=((-3.0, 3.0), (1.0, 6.0)))
def t_sf(x: Array, df: Array, loc: Array | None = None, scale: Array | None = None) -> Node:
    """The probability that Student's t is above x."""
    return student.BELOW(-standard(x, loc, scale), df)


@function(example="t_ppf(0.9, 3)", domain=((0.1, 0.45), (1.0, 6.0)))
def t_ppf(q: Array, df: Array, loc: Array | None = None, scale: Array | None = None) -> Node:
    """The number below which Student's t is with probability q."""
    return placed(student.QUANTILE(q, df), loc, scale)


# --- logistic -----------------------------------------------------------------------------------


@function(example="logistic_pdf(0.5)")
def logistic_pdf(x: Array, loc: Array | None = None, scale: Array | None = None) -> Node:
    """The density of a logistic variable."""
    z = standard(x, loc, scale)
    return narrowed(sigmoid(z) * sigmoid(-z), scale)


@function(example="logistic_logpdf(0.5)")
def logistic_logpdf(x: Array, loc: Array | None = None, scale: Array | None = None) -> Node:
    """The logarithm of the density of a logistic variable."""
    z = standard(x, loc, scale)
    return lessened(log_sigmoid(z) + log_sigmoid(-z), scale)


@function(example="logistic_cdf(0.5)")
def logistic_cdf(x: Array, loc: Array | None = None, scale: Array | None = None) -> Node:
    """The probability that a logistic variable is below x."""
    return sigmoid(standard(x, loc, scale))


@function(example="logistic_logcdf(0.5)")
def logistic_logcdf(x: Array, loc: Array | None = None, scale: Array | None = None) -> Node:
    """The logarithm of logistic_cdf."""
    return log_sigmoid(standard(x, loc, scale))


@function(example="logistic_sf(0.5)")
def logistic_sf(x: Array, loc: Array | None = None, scale: Array | None = None) -> Node:
    """The probability that a logistic variable is above x."""
    return sigmoid(-standard(x, loc, scale))


@function(example="logistic_ppf(0.5)", domain=((0.1, 0.9),))
def logistic_ppf(q: Array, loc: Array | None = None, scale: Array | None = None) -> Node:
    """The number below which a logistic variable is with probability q."""
    return placed(logit(q), loc, scale)


# --- Cauchy -------------------------------------------------------------------------------------


@function(example="cauchy_pdf(0.5)")
def cauchy_pdf(x: Array, loc: Array | None = None, scale: Array | None = None) -> Node:
    """The density of a Cauchy variable."""
    return narrowed(ATAN_SLOPE(standard(x, loc, scale)) / math.pi, scale)


@function(example="cauchy_logpdf(0.5)")
def cauchy_logpdf(x: Array, loc: Array | None = None, scale: Array | None = None) -> Node:
    """The logarithm of the density of a Cauchy variable."""
    z = standard(x, loc, scale)
    spread = choose(lt(abs_(z), 1.0), log1p(square(z)), 2.0 * log(hypot(1.0, z)))
    return lessened(-spread - math.log(math.pi), scale)


@function(example="cauchy_cdf(0.5)")
def cauchy_cdf(x: Array, loc: Array | None = None, scale: Array | None = None) -> Node:
    """The probability that a Cauchy variable is below x."""
    return atan2(1.0, -standard(x, loc, scale)) / math.pi


@function(example="cauchy_logcdf(0.5)")
def cauchy_logcdf(x: Array, loc: Array | None = None, scale: Array | None = None) -> Node:
    """The logarithm of cauchy_cdf."""
    z = standard(x, loc, scale)
    above = log1p(atan2(1.0, z) / -math.pi)
    return choose(lt(z, 0.0), log(atan2(1.0, -z) / math.pi), above)


@function(example="cauchy_sf(0.5)")
def cauchy_sf(x: Array, loc: Array | None = None, scale: Array | None = None) -> Node:
    """The probability that a Cauchy variable is above x."""
    return atan2(1.0, standard(x, loc, scale)) / math.pi


@function(example="cauchy_ppf(0.75)", domain=((0.1, 0.45),))
def cauchy_ppf(q: Array, loc: Array | None = None, scale: Array | None = None) -> Node:
    """The number below which a Cauchy variable is with probability q."""
    q = chance(q)
    tail = choose(gt(q, 0.5), 1.0 / tan(math.pi * (1.0 - q)), -1.0 / tan(math.pi * q))
    middle = lt(abs_(q - 0.5), 0.25)
    return placed(choose(middle, tan(math.pi * (q - 0.5)), tail), loc, scale)


# --- Laplace ------------------------------------------------------------------------------------


@function(example="laplace_pdf(0.5)")
def laplace_pdf(x: Array, loc: Array | None = None, scale: Array | None = None) -> Node:
    """The density of a Laplace variable."""
    return narrowed(0.5 * exp(-abs_(standard(x, loc, scale))), scale)


@function(example="laplace_logpdf(0.5)")
def laplace_logpdf(x: Array, loc: Array | None = None, scale: Array | None = None) -> Node:
    """The logarithm of the density of a Laplace variable."""
    return lessened(-abs_(standard(x, loc, scale)) - math.log(2.0), scale)


@function(example="laplace_cdf(0.5)")
def laplace_cdf(x: Array, loc: Array | None = None, scale: Array | None = None) -> Node:
    """The probability that a Laplace variable is below x."""
    return _laplace_below(standard(x, loc, scale))


def _laplace_below(z: Node) -> Node:
    return choose(lt(z, 0.0), 0.5 * exp(z), 1.0 - 0.5 * exp(-z))


@function(example="laplace_logcdf(0.5)")
def laplace_logcdf(x: Array, loc: Array | None = None, scale: Array | None = None) -> Node:
    """The logarithm of laplace_cdf."""
    z = standard(x, loc, scale)
    return choose(lt(z, 0.0), z - math.log(2.0), log1p(-0.5 * exp(-z)))


@function(example="laplace_sf(0.5)")
def laplace_sf(x: Array, loc: Array | None = None, scale: Array | None = None) -> Node:
    """The probability that a Laplace variable is above x."""
    return _laplace_below(-standard(x, loc, scale))


@function(example="laplace_ppf(0.75)", domain=((0.1, 0.9),))
def laplace_ppf(q: Array, loc: Array | None = None, scale: Array | None = None) -> Node:
    """The number below which a Laplace variable is with probability q."""
    return placed(choose(lt(q, 0.5), log(2.0 * q), -log(2.0 * (1.0 - q))), loc, scale)


# --- exponential and uniform --------------------------------------------------------------------


@function(example="expon_pdf(0.5)", domain=((0.1, 3.0),))
def expon_pdf(x: Array, loc: Array | None = None, scale: Array | None = None) -> Node:
    """The density of an exponential variable."""
    z = standard(x, loc, scale)
    return narrowed(choose(lt(z, 0.0), 0.0, exp(-z)), scale)


@function(example="expon_logpdf(0.5)", domain=((0.1, 3.0),))
def expon_logpdf(x: Array, loc: Array | None = None, scale: Array | None = None) -> Node:
    """The logarithm of the density of an exponential variable."""
    z = standard(x, loc, scale)
    return lessened(choose(lt(z, 0.0), -math.inf, -z), scale)


@function(example="expon_cdf(0.5)", domain=((0.1, 3.0),))
def expon_cdf(x: Array, loc: Array | None = None, scale: Array | None = None) -> Node:
    """The probability that an exponential variable is below x."""
    z = standard(x, loc, scale)
    return choose(lt(z, 0.0), 0.0, -expm1(-z))


@function(example="expon_logcdf(0.5)", domain=((0.1, 3.0),))
def expon_logcdf(x: Array, loc: Array | None = None, scale: Array | None = None) -> Node:
    """The logarithm of expon_cdf."""
    z = standard(x, loc, scale)
    return choose(lt(z, 0.0), -math.inf, log1mexp(z))


@function(example="expon_sf(0.5)", domain=((0.1, 3.0),))
def expon_sf(x: Array, loc: Array | None = None, scale: Array | None = None) -> Node:
    """The probability that an exponential variable is above x."""
    z = standard(x, loc, scale)
    return choose(lt(z, 0.0), 1.0, exp(-z))


@function(example="expon_ppf(0.5)", domain=((0.1, 0.9),))
def expon_ppf(q: Array, loc: Array | None = None, scale: Array | None = None) -> Node:
    """The number below which an exponential variable is with probability q."""
    return placed(-log1p(-chance(q)), loc, scale)


def _inside(z: Node) -> Node:
    return ge(z, 0.0) & ge(1.0 - z, 0.0)


def _even(z: Node, inside: float, outside: float) -> Node:
    """One number inside of 0 to 1 and another outside; NaN stays NaN."""
    return 0.0 * clip(z, z.graph.lift(0.0), z.graph.lift(1.0)) + choose(_inside(z), inside, outside)


@function(example="uniform_pdf(0.5)", domain=((0.1, 0.9),))
def uniform_pdf(x: Array, loc: Array | None = None, scale: Array | None = None) -> Node:
    """The density of a variable that is uniform from loc to loc + scale."""
    return narrowed(_even(standard(x, loc, scale), 1.0, 0.0), scale)


@function(example="uniform_logpdf(0.5)", domain=((0.1, 0.9),))
def uniform_logpdf(x: Array, loc: Array | None = None, scale: Array | None = None) -> Node:
    """The logarithm of the density of a uniform variable."""
    return lessened(_even(standard(x, loc, scale), 0.0, -math.inf), scale)


@function(example="uniform_cdf(0.5)", domain=((0.1, 0.9),))
def uniform_cdf(x: Array, loc: Array | None = None, scale: Array | None = None) -> Node:
    """The probability that a uniform variable is below x."""
    z = standard(x, loc, scale)
    return clip(z, z.graph.lift(0.0), z.graph.lift(1.0))


@function(example="uniform_logcdf(0.5)", domain=((0.1, 0.9),))
def uniform_logcdf(x: Array, loc: Array | None = None, scale: Array | None = None) -> Node:
    """The logarithm of uniform_cdf."""
    return log(uniform_cdf(x, loc, scale))


@function(example="uniform_sf(0.5)", domain=((0.1, 0.9),))
def uniform_sf(x: Array, loc: Array | None = None, scale: Array | None = None) -> Node:
    """The probability that a uniform variable is above x."""
    return 1.0 - uniform_cdf(x, loc, scale)


@function(example="uniform_ppf(0.5)", domain=((0.1, 0.9),))
def uniform_ppf(q: Array, loc: Array | None = None, scale: Array | None = None) -> Node:
    """The number below which a uniform variable is with probability q."""
    return placed(chance(q), loc, scale)
