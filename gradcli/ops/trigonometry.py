"""Trigonometric and hyperbolic functions and their inverses.

The formulas of the slopes are chosen so that they neither overflow nor cancel where the answer is
representable, which the textbook ones often do: tanh' as (1/cosh)^2, not 1 - tanh^2.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from gradcli.ir.function import function
from gradcli.ir.kinds import DEGENERATE, JUMP, POLE, POLES, VERTICAL, at, at_zero, either
from gradcli.ir.op import Unary
from gradcli.ops.compare import TAINT, abs_, ne, nowhere, repaired
from gradcli.ops.exponential import LOG_SLOPE
from gradcli.ops.kernels import doubled
from gradcli.ops.powers import hypot, rsqrt, square
from gradcli.ops.records import binary, together, unary

if TYPE_CHECKING:
    from gradcli.ir.function import Array
    from gradcli.ir.node import Node

# --- trigonometric ------------------------------------------------------------------------------


def _over_one_plus_square(x: Any) -> Any:
    slope, huge = 1 / (1 + x * x), np.abs(x) >= 1e8
    if nowhere(huge):
        return slope
    h = np.hypot(1, x)
    return repaired(slope, huge, 1 / h / h)


ATAN_SLOPE = Unary(
    "atan_slope",
    _over_one_plus_square,
    lambda x, z: -2.0 * ((x * z) * z),
    notation=("1/(1 + {0:9}^2)", 6),
)
"""1 / (1 + x^2), without overflow."""

ONE_LESS_SQUARE = Unary(
    "one_less_square",
    lambda x: (1 - x) * (1 + x),
    lambda x, z: -2.0 * x,
    notation=("(1 - {0:6})*(1 + {0:5})", 6),
    analytic=True,
)
"""1 - x^2, exact near 1, with a slope that is exact near 0."""

_AT_ONES = at(VERTICAL, lambda x, z: np.abs(x) == 1)

# fmt: off
sin = unary("sin", np.sin, lambda x, z: cos(x), "The sine of x radians.")
cos = unary("cos", np.cos, lambda x, z: -sin(x), "The cosine of x radians.")
tan = unary("tan", np.tan, lambda x, z: 1.0 + square(z), "The tangent of x radians.",
            domain=(-1.4, 1.4))
sec = unary("sec", lambda x: 1 / np.cos(x), lambda x, z: z * tan(x), "1 / cos(x).",
            analytic=True, domain=(-1.4, 1.4))
csc = unary("csc", lambda x: 1 / np.sin(x), lambda x, z: -(z * cot(x)), "1 / sin(x).",
            analytic=True, special=at_zero(POLE), domain=(0.3, 2.8))
cot = unary("cot", lambda x: 1 / np.tan(x), lambda x, z: -(1.0 + square(z)), "1 / tan(x).",
            analytic=True, special=at_zero(POLE), domain=(0.3, 2.8))
asin = unary("asin", np.arcsin, lambda x, z: rsqrt(ONE_LESS_SQUARE(x)),
             "The angle in radians whose sine is x.", "arcsin",
             special=_AT_ONES, domain=(-0.9, 0.9))
acos = unary("acos", np.arccos, lambda x, z: -rsqrt(ONE_LESS_SQUARE(x)),
             "The angle in radians whose cosine is x.", "arccos",
             special=_AT_ONES, domain=(-0.9, 0.9))
atan = unary("atan", np.arctan, lambda x, z: ATAN_SLOPE(x),
             "The angle in radians whose tangent is x.", "arctan")
# fmt: on


together("sine_and_cosine", 6, sin, cos)


def _over_square(numerator: Node, h: Node) -> Node:
    return (numerator / h) / h


atan2 = binary(
    "atan2",
    np.arctan2,
    (lambda y, x, z: _over_square(x, hypot(x, y)), lambda y, x, z: -_over_square(y, hypot(x, y))),
    "The angle of the point (second argument, first argument) from the x axis.",
    "atan2(1, -1)",
    "arctan2",
    names="y x",
    signatures="""
        lax.atan2(x: y, y: x)
        np.arctan2(x1: y, x2: x)
        np.atan2(x1: y, x2: x)
        torch.arctan2(input: y, other: x)
        torch.atan2(input: y, other: x)
    """,
    selects=(lambda y, x, z: ne(hypot(x, y), 0.0),) * 2,
    special=either(
        at(DEGENERATE, lambda y, x, z: (y == 0) & (x == 0)),
        at(JUMP, lambda y, x, z: (y == 0) & (x < 0)),
    ),
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


# --- of degrees ---------------------------------------------------------------------------------

_DEGREE = math.pi / 180


def _turned(x: Any) -> tuple[Any, Any]:
    """Sine and cosine of x degrees: those that are 0, 1/2 or 1, and the equal ones, are exact."""
    turn = np.fmod(x, 360)
    quarters = np.rint(turn / 90)
    angle = turn - 90 * quarters
    s, c = np.sin(angle * _DEGREE), np.cos(angle * _DEGREE)
    s = np.where(np.abs(angle) == 30, np.copysign(0.5, angle), s)
    c = np.where(np.abs(angle) == 45, np.abs(s), c)
    odd, back, below = quarters % 2 == 1, quarters % 4 >= 2, (quarters + 1) % 4 >= 2
    sine, cosine = np.where(odd, c, s), np.where(odd, s, c)
    return np.where(back, 0 - sine, sine), np.where(below, 0 - cosine, cosine)


# fmt: off
sind = unary("sind", doubled(lambda x: _turned(x)[0]), lambda x, z: _DEGREE * cosd(x),
             "The sine of x degrees.", "sindg", example="sind(30)")
cosd = unary("cosd", doubled(lambda x: _turned(x)[1]), lambda x, z: -_DEGREE * sind(x),
             "The cosine of x degrees.", "cosdg", example="cosd(60)")
tand = unary("tand", doubled(lambda x: np.divide(*_turned(x))),
             lambda x, z: _DEGREE * (1.0 + square(z)),
             "The tangent of x degrees.", "tandg", example="tand(45)", domain=(-80, 80))
# fmt: on

# --- hyperbolic ---------------------------------------------------------------------------------

# fmt: off
sinh = unary("sinh", np.sinh, lambda x, z: cosh(x), "The hyperbolic sine of x.")
cosh = unary("cosh", np.cosh, lambda x, z: sinh(x), "The hyperbolic cosine of x.")
tanh = unary("tanh", np.tanh, lambda x, z: square(sech(x)), "The hyperbolic tangent of x.")
sech = unary("sech", lambda x: 1 / np.cosh(x), lambda x, z: -(z * tanh(x)), "1 / cosh(x).",
             analytic=True, into=lambda x, out: np.reciprocal(np.cosh(x, out), out))
csch = unary("csch", lambda x: 1 / np.sinh(x), lambda x, z: -(z * coth(x)), "1 / sinh(x).",
             analytic=True, special=at_zero(POLE), domain=(0.3, 3.0))
coth = unary("coth", lambda x: 1 / np.tanh(x), lambda x, z: -square(csch(x)), "1 / tanh(x).",
             analytic=True, special=at_zero(POLE), domain=(0.3, 3.0))
asinh = unary("asinh", np.arcsinh, lambda x, z: 1.0 / hypot(1.0, x),
              "The number whose hyperbolic sine is x.", "arcsinh")
acosh = unary("acosh", np.arccosh, lambda x, z: rsqrt(x - 1.0) * rsqrt(x + 1.0),
              "The number >= 0 whose hyperbolic cosine is x.", "arccosh", example="acosh(2)",
              special=at(VERTICAL, lambda x, z: x == 1), domain=(1.2, 4.0))
atanh = unary("atanh", np.arctanh, lambda x, z: LOG_SLOPE(ONE_LESS_SQUARE(x)),
              "The number whose hyperbolic tangent is x.", "arctanh",
              special=POLES, domain=(-0.9, 0.9))
# fmt: on

# --- inverses of 1/tan and its like -------------------------------------------------------------


def _root(x: Any) -> Any:
    """sqrt(x^2 - 1), exact near 1 and without overflow."""
    return np.sqrt(np.abs(x) - 1) * np.sqrt(np.abs(x) + 1)


def _unless_lost(x: Any, z: Any) -> Any:
    """z; where 1/x overflows, log(2/abs(x)) with the sign of x."""
    lost = np.isinf(z) & (x != 0)
    return repaired(z, lost, np.copysign(math.log(2) - np.log(np.abs(x)), x))


def _asec_slope(x: Node) -> Node:
    size = abs_(x)
    return rsqrt(size - 1.0) * rsqrt(size + 1.0) / size


# fmt: off
acot = unary("acot", lambda x: np.arctan(1 / x), lambda x, z: -ATAN_SLOPE(x),
             "atan(1/x), the angle in radians whose cotangent is x.", "arccot",
             special=at_zero(JUMP), domain=(0.3, 3.0))
asec = unary("asec", lambda x: np.arctan2(_root(x), np.sign(x)), lambda x, z: _asec_slope(x),
             "acos(1/x), the angle in radians whose secant is x.", "arcsec", example="asec(2)",
             special=_AT_ONES, domain=(1.2, 4.0))
acsc = unary("acsc", lambda x: np.sign(x) * np.arctan2(1, _root(x)), lambda x, z: -_asec_slope(x),
             "asin(1/x), the angle in radians whose cosecant is x.", "arccsc", example="acsc(2)",
             special=_AT_ONES, domain=(1.2, 4.0))
acoth = unary("acoth", lambda x: np.copysign(0.5 * np.log1p(2 / (np.abs(x) - 1)), x),
              lambda x, z: TAINT(1.0 / ONE_LESS_SQUARE(x), z),
              "atanh(1/x), the number whose hyperbolic cotangent is x.", "arccoth",
              example="acoth(2)", special=POLES, domain=(1.2, 4.0))
asech = unary("asech", lambda x: _unless_lost(
                  x, np.arcsinh(np.sqrt((1 - x) / x) * np.sqrt((1 + x) / x))),
              lambda x, z: TAINT(-rsqrt(ONE_LESS_SQUARE(x)) / x, z),
              "acosh(1/x), the number >= 0 whose hyperbolic secant is x.", "arcsech",
              special=either(POLES, at(VERTICAL, lambda x, z: x == 1)), domain=(0.1, 0.9))
acsch = unary("acsch", lambda x: _unless_lost(x, np.arcsinh(1 / x)),
              lambda x, z: -1.0 / (abs_(x) * hypot(1.0, x)),
              "asinh(1/x), the number whose hyperbolic cosecant is x.", "arccsch",
              special=at_zero(POLE), domain=(0.3, 3.0))
# fmt: on
