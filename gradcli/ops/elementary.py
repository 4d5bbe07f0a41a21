"""Exponentials, logarithms, trigonometric and hyperbolic functions.

The formulas of the slopes are chosen so that they neither overflow nor cancel where the answer is
representable, which the textbook ones often do: tanh' as (1/cosh)^2, not 1 - tanh^2.
"""

from __future__ import annotations

import math
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np

from gradcli.ir.function import function
from gradcli.ir.kinds import DEGENERATE, JUMP, POLE, POLES, VERTICAL, at, at_zero, either
from gradcli.ir.node import WORDS, Node
from gradcli.ir.op import Binary, Elementwise
from gradcli.ops.arithmetic import hypot, rsqrt, square
from gradcli.ops.compare import TAINT, choose, lt, ne, nowhere, repaired
from gradcli.ops.records import binary, unary

if TYPE_CHECKING:
    from gradcli.ir.function import Array

LN2 = math.log(2.0)
LN10 = math.log(10.0)

# --- exponentials and logarithms ----------------------------------------------------------------

exp = unary("exp", np.exp, lambda x, z: z, doc="e^x.")
exp2 = unary("exp2", np.exp2, lambda x, z: LN2 * z, doc="2^x.")
expm1 = unary("expm1", np.expm1, lambda x, z: exp(x), doc="e^x - 1, exact for small x.")


def _log_slope(x: Any) -> Any:
    return repaired(1 / (x + 0.0), x < 0, np.nan)


def _log_slope_into(x: Any, out: Any) -> None:
    np.reciprocal(np.add(x, 0.0, out), out)
    undefined = x < 0
    if undefined.any():
        np.copyto(out, np.nan, where=undefined)


LOG_SLOPE = Elementwise(
    "log_slope",
    _log_slope,
    lambda x, z: -(z / x),
    notation=("1/{0:7}", 6),
    special=at_zero(POLE),
    into=_log_slope_into,
)
"""1/x where x >= 0, NaN elsewhere: beside a logarithm that is undefined stands no slope."""

log = unary(
    "log",
    np.log,
    lambda x, z: LOG_SLOPE(x),
    special=at_zero(POLE),
    doc="The natural logarithm of x.",
    aliases="ln",
    domain=(0.2, 4.0),
)
log2 = unary(
    "log2",
    np.log2,
    lambda x, z: LOG_SLOPE(x) / LN2,
    special=at_zero(POLE),
    doc="The logarithm of x to base 2.",
    domain=(0.2, 4.0),
)
log10 = unary(
    "log10",
    np.log10,
    lambda x, z: LOG_SLOPE(x) / LN10,
    special=at_zero(POLE),
    doc="The logarithm of x to base 10.",
    domain=(0.2, 4.0),
)
log1p = unary(
    "log1p",
    np.log1p,
    lambda x, z: LOG_SLOPE(1.0 + x),
    special=at(POLE, lambda x, z: x == -1),
    doc="log(1 + x), exact for small x.",
    domain=(-0.8, 3.0),
)


@function(example="logb(8, 2)", aliases="logn")
def logb(x: Array, base: Array) -> Node:
    """The logarithm of x to a base."""
    return log(x) / log(base)


@cache
def share_of(scale: float) -> Binary:
    """exp(c x) / (exp(c x) + exp(c y)) for a scale c, with its limits at infinities."""

    def kernel(x: Any, y: Any) -> Any:
        share = _sigmoid(scale * (x - y))
        equal = np.where(np.equal(x, y), 0.5, share)
        return np.where(np.isneginf(x), 0, equal).astype(share.dtype, copy=False)

    def by_x(x: Node, y: Node, z: Node) -> Node:
        slope = z * share_of(scale)(y, x)
        return slope if scale == 1.0 else scale * slope

    difference = "{0:5} - {1:6}" if scale == 1.0 else f"{scale}*({{0:5}} - {{1:6}})"
    return Binary(
        "logaddexp_share",
        kernel,
        by_x,
        lambda x, y, z: -by_x(x, y, z),
        notation=(f"sigmoid({difference})", 10),
    )


logaddexp = binary(
    "logaddexp",
    np.logaddexp,
    (lambda x, y, z: share_of(1.0)(x, y), lambda x, y, z: share_of(1.0)(y, x)),
    doc="log(exp(x) + exp(y)), without overflow.",
    example="logaddexp(800, 800)",
)
logaddexp2 = binary(
    "logaddexp2",
    np.logaddexp2,
    (lambda x, y, z: share_of(LN2)(x, y), lambda x, y, z: share_of(LN2)(y, x)),
    doc="log2(2^x + 2^y), without overflow.",
    example="logaddexp2(2000, 2000)",
)

BOSE = Elementwise(
    "bose", lambda x: 1 / np.expm1(x), lambda x, z: z * BOSE(-x), special=at_zero(POLE)
)
"""1 / (exp(x) - 1)."""


def _log1mexp(x: Any) -> Any:
    """By expm1 for small x, by log1p for large (Maechler 2012)."""
    x = np.abs(x)
    near, far = np.log(-np.expm1(-x)), np.log1p(-np.exp(-x))
    return np.where(x < LN2, near, far).astype(near.dtype, copy=False)


log1mexp = unary(
    "log1mexp",
    _log1mexp,
    lambda x, z: choose(lt(x, 0.0), -BOSE(-x), BOSE(x)),
    special=at_zero(POLE),
    doc="log(1 - exp(-abs(x))), exact for small and for large x.",
    domain=(0.1, 3.0),
)


def _logsubexp(x: Any, y: Any) -> Any:
    less = np.where(x >= y, _log1mexp(np.where(np.isneginf(y), np.inf, x - y)), np.nan)
    return np.where(np.isneginf(x) & np.isneginf(y), -np.inf, x + less).astype(less.dtype)


logsubexp = binary(
    "logsubexp",
    _logsubexp,
    (lambda x, y, z: TAINT(-BOSE(y - x), z), lambda x, y, z: TAINT(-BOSE(x - y), z)),
    selects=(lambda x, y, z: ne(x, -math.inf), lambda x, y, z: ne(y, -math.inf)),
    special=at(POLE, lambda x, y, z: x == y),
    doc="log(exp(x) - exp(y)) for x > y, without overflow.",
    example="logsubexp(801, 800)",
    aliases="log_sub_exp",
    domain=((1.0, 3.0), (-3.0, 0.5)),
)


def _xdivy(x: Any, y: Any) -> Any:
    return repaired(np.divide(x, y), (x == 0) & (y == y), 0)


xdivy = binary(
    "xdivy",
    _xdivy,
    (lambda x, y, z: 1.0 / y, lambda x, y, z: -xdivy(z, y)),
    special=at(POLE, lambda x, y, z: y == 0),
    doc="x / y, and 0 where x is 0.",
    example="xdivy(0, 0)",
    domain=((-3.0, 3.0), (0.5, 3.0)),
)


def _xlogy(x: Any, y: Any) -> Any:
    return repaired(x * np.log(y), (x == 0) & (y >= 0), 0)


xlogy = binary(
    "xlogy",
    _xlogy,
    (lambda x, y, z: log(y), lambda x, y, z: TAINT(xdivy(x, y), z)),
    special=either(at(VERTICAL, lambda x, y, z: y == 0), POLES),
    doc="x * log(y), and 0 where x is 0.",
    example="xlogy(0, 0)",
    domain=((-3.0, 3.0), (0.3, 3.0)),
)


def _xlog1py(x: Any, y: Any) -> Any:
    return repaired(x * np.log1p(y), (x == 0) & (y >= -1), 0)


xlog1py = binary(
    "xlog1py",
    _xlog1py,
    (lambda x, y, z: log1p(y), lambda x, y, z: TAINT(xdivy(x, 1.0 + y), z)),
    special=either(at(VERTICAL, lambda x, y, z: y == -1), POLES),
    doc="x * log(1 + y), and 0 where x is 0.",
    example="xlog1py(0, -1)",
    domain=((-3.0, 3.0), (-0.7, 3.0)),
)


def _sigmoid(x: Any) -> Any:
    small = np.exp(-np.abs(x))
    return np.where(x >= 0, 1, small) / (1 + small)


sigmoid = unary(
    "sigmoid",
    _sigmoid,
    lambda x, z: z * sigmoid(-x),
    doc="1 / (1 + exp(-x)).",
    aliases="expit logistic",
)
log_sigmoid = unary(
    "log_sigmoid",
    lambda x: np.minimum(x, 0) - np.log1p(np.exp(-np.abs(x))),
    lambda x, z: sigmoid(-x),
    doc="log(sigmoid(x)), exact for large -x.",
    aliases="logsigmoid log_expit",
)

# --- trigonometric ------------------------------------------------------------------------------

sin = unary("sin", np.sin, lambda x, z: cos(x), doc="The sine of x radians.")
cos = unary("cos", np.cos, lambda x, z: -sin(x), doc="The cosine of x radians.")
tan = unary(
    "tan", np.tan, lambda x, z: 1.0 + square(z), doc="The tangent of x radians.", domain=(-1.4, 1.4)
)
sec = unary(
    "sec",
    lambda x: 1 / np.cos(x),
    lambda x, z: z * tan(x),
    analytic=True,
    doc="1 / cos(x).",
    domain=(-1.4, 1.4),
)
csc = unary(
    "csc",
    lambda x: 1 / np.sin(x),
    lambda x, z: -(z * cot(x)),
    special=at_zero(POLE),
    doc="1 / sin(x).",
    analytic=True,
    domain=(0.3, 2.8),
)
cot = unary(
    "cot",
    lambda x: 1 / np.tan(x),
    lambda x, z: -(1.0 + square(z)),
    special=at_zero(POLE),
    doc="1 / tan(x).",
    analytic=True,
    domain=(0.3, 2.8),
)
asin = unary(
    "asin",
    np.arcsin,
    lambda x, z: rsqrt((1.0 - x) * (1.0 + x)),
    special=at(VERTICAL, lambda x, z: np.abs(x) == 1),
    doc="The angle in radians whose sine is x.",
    aliases="arcsin",
    domain=(-0.9, 0.9),
)
acos = unary(
    "acos",
    np.arccos,
    lambda x, z: -rsqrt((1.0 - x) * (1.0 + x)),
    special=at(VERTICAL, lambda x, z: np.abs(x) == 1),
    doc="The angle in radians whose cosine is x.",
    aliases="arccos",
    domain=(-0.9, 0.9),
)


def _over_one_plus_square(x: Any) -> Any:
    slope, huge = 1 / (1 + x * x), np.abs(x) >= 1e8
    if nowhere(huge):
        return slope
    h = np.hypot(1, x)
    return repaired(slope, huge, 1 / h / h)


ATAN_SLOPE = Elementwise(
    "atan_slope",
    _over_one_plus_square,
    lambda x, z: -2.0 * ((x * z) * z),
    notation=("1/(1 + {0:9}^2)", 6),
)
"""1 / (1 + x^2), without overflow."""

atan = unary(
    "atan",
    np.arctan,
    lambda x, z: ATAN_SLOPE(x),
    doc="The angle in radians whose tangent is x.",
    aliases="arctan",
)


def _over_square(numerator: Node, h: Node) -> Node:
    return (numerator / h) / h


atan2 = binary(
    "atan2",
    np.arctan2,
    (lambda y, x, z: _over_square(x, hypot(x, y)), lambda y, x, z: -_over_square(y, hypot(x, y))),
    selects=(lambda y, x, z: ne(hypot(x, y), 0.0),) * 2,
    special=either(
        at(DEGENERATE, lambda y, x, z: (y == 0) & (x == 0)),
        at(JUMP, lambda y, x, z: (y == 0) & (x < 0)),
    ),
    doc="The angle of the point (second argument, first argument) from the x axis.",
    example="atan2(1, -1)",
    aliases="arctan2",
    domain=((0.3, 3.0), (-3.0, 3.0)),
    points=((0.0, 0.0),),
)


@function(example="deg2rad(180)", aliases="radians")
def deg2rad(x: Array) -> Node:
    """Degrees as radians."""
    return x * (math.pi / 180.0)


@function(example="rad2deg(pi)", aliases="degrees")
def rad2deg(x: Array) -> Node:
    """Radians as degrees."""
    return x * (180.0 / math.pi)


# --- hyperbolic ---------------------------------------------------------------------------------

sinh = unary("sinh", np.sinh, lambda x, z: cosh(x), doc="The hyperbolic sine of x.")
cosh = unary("cosh", np.cosh, lambda x, z: sinh(x), doc="The hyperbolic cosine of x.")
tanh = unary("tanh", np.tanh, lambda x, z: square(sech(x)), doc="The hyperbolic tangent of x.")
sech = unary(
    "sech",
    lambda x: 1 / np.cosh(x),
    lambda x, z: -(z * tanh(x)),
    doc="1 / cosh(x).",
    analytic=True,
    into=lambda x, out: np.reciprocal(np.cosh(x, out), out),
)
csch = unary(
    "csch",
    lambda x: 1 / np.sinh(x),
    lambda x, z: -(z * coth(x)),
    special=at_zero(POLE),
    doc="1 / sinh(x).",
    analytic=True,
    domain=(0.3, 3.0),
)
coth = unary(
    "coth",
    lambda x: 1 / np.tanh(x),
    lambda x, z: -square(csch(x)),
    special=at_zero(POLE),
    doc="1 / tanh(x).",
    analytic=True,
    domain=(0.3, 3.0),
)
asinh = unary(
    "asinh",
    np.arcsinh,
    lambda x, z: 1.0 / hypot(1.0, x),
    doc="The number whose hyperbolic sine is x.",
    aliases="arcsinh",
)
acosh = unary(
    "acosh",
    np.arccosh,
    lambda x, z: rsqrt(x - 1.0) * rsqrt(x + 1.0),
    special=at(VERTICAL, lambda x, z: x == 1),
    doc="The number >= 0 whose hyperbolic cosine is x.",
    aliases="arccosh",
    domain=(1.2, 4.0),
    example="acosh(2)",
)
atanh = unary(
    "atanh",
    np.arctanh,
    lambda x, z: LOG_SLOPE((1.0 - x) * (1.0 + x)),
    special=POLES,
    doc="The number whose hyperbolic tangent is x.",
    aliases="arctanh",
    domain=(-0.9, 0.9),
)

WORDS.update({"log": log})
