"""The rules for what functions lack to 1, and other differences of two functions: 1 - tanh(x).

Loaded when a formula has one of them (`stabilize.awaited`).
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from gradcli.ir.node import literal
from gradcli.ir.op import Elementwise, Unary
from gradcli.ops.arithmetic import is_one_beside, sub
from gradcli.ops.between import between, signed
from gradcli.ops.compare import WHERE, choose
from gradcli.ops.exponential import exp, expm1, log
from gradcli.ops.powers import square
from gradcli.ops.quotients import COS_OVER, ONE_MINUS_COS, Quotient
from gradcli.ops.quotients import OVER as QUOTIENTS
from gradcli.ops.stabilize import LOG_COSH, add_rule, complement
from gradcli.ops.trigonometry import acos, asin, atan, atan2, cos, cosh, sech, sin, sinh, tan, tanh
from gradcli.ops.vanishing import vanishes

if TYPE_CHECKING:
    from collections.abc import Callable

    from gradcli.ir.node import Node

# --- squares -----------------------------------------------------------------------------------


def _squares(x: Node, y: Node) -> Node | None:
    """(a - b)*(a + b), where a - b is known; squares of functions beside 1."""
    one = x if literal(x) == 1.0 else y if literal(y) == 1.0 else None
    if one is not None:
        return _beside_one(x, y)
    if x.op is not square.op or y.op is not square.op:
        return None
    a, b = x.inputs[0], y.inputs[0]
    w = between(a, b)
    return None if w is None else w * (a + b)


def _beside_one(x: Node, y: Node) -> Node | None:
    sign, squared = (-1.0, y) if literal(x) == 1.0 else (1.0, x)
    if squared.op is not square.op:
        return None
    a = squared.inputs[0]
    if a.op in _SQUARES:
        direction, other = _SQUARES[a.op]
        return signed(sign * direction, square(other(a.inputs[0])))
    w = between(a, a.graph.constant(1.0))
    return None if w is None else signed(sign, w * (a + 1.0))


_SQUARES = {sin.op: (-1.0, cos), cos.op: (-1.0, sin), tanh.op: (-1.0, sech), cosh.op: (1.0, sinh)}
"""f^2 - 1 is the square of g, or minus that."""


add_rule(
    sub,
    "1 - cos(x)^2, 1 - tanh(x)^2, (x + 1)^2 - x^2",
    "sin(x)^2, sech(x)^2, 2*x + 1",
    _squares,
    square,
)
add_rule(log, "log(1 - tanh(x)^2)", "-2*log(cosh(x))", lambda x: -LOG_COSH(x.inputs[0]), sech)

# --- functions ----------------------------------------------------------------------------------


TAN_LESS_SIN = Elementwise(
    "tan_less_sin",
    lambda x: np.tan(x) * 2 * np.square(np.sin(x / 2)),
    lambda x, z: (1.0 + square(tan(x))) * ONE_MINUS_COS(x) + tan(x) * sin(x),
    notation=("tan({0}) - sin({0})", 5),
    analytic=True,
)
"""tan(x) - sin(x), as tan(x)*(1 - cos(x))."""

vanishes(TAN_LESS_SIN, Quotient(lambda x: QUOTIENTS[tan](x) * COS_OVER(x), 3))


def _tan_less_sin(x: Node, y: Node) -> Node | None:
    for sign, t, s in ((1.0, x, y), (-1.0, y, x)):
        if t.op is tan.op and s.op is sin.op and t.inputs[0] is s.inputs[0]:
            return signed(sign, TAN_LESS_SIN(t.inputs[0]))
    return None


def _quarter_less(x: Node, y: Node) -> Node | None:
    build = _QUARTERS.get(y.op) if literal(x) == math.pi / 2 else None
    return None if build is None else build(y.inputs[0])


_QUARTERS: dict[Any, Callable[[Node], Node]] = {
    atan.op: lambda u: atan2(u.graph.constant(1.0), u),
    asin.op: acos,
    acos.op: asin,
}
"""pi/2 less an angle."""

add_rule(sub, "tan(x) - sin(x)", "tan(x)*(1 - cos(x))", _tan_less_sin, tan)
add_rule(
    sub, "pi/2 - atan(x), pi/2 - asin(x)", "atan2(1, x), acos(x)", _quarter_less, atan, asin, acos
)
ONE_LESS_TANH = Unary(
    "one_less_tanh",
    lambda x: 2 / (1 + np.exp(2 * x)),
    lambda x, z: -square(sech(x)),
    notation=("1 - tanh({0})", 5),
    analytic=True,
)
"""1 - tanh(x), exact for large x."""

complement(
    tanh,
    "1 - tanh(x), 1 + tanh(x)",
    "2/(1 + exp(2*x)), 2/(1 + exp(-2*x))",
    ONE_LESS_TANH,
    lambda u: ONE_LESS_TANH(-u),
)


def _one_less_choice(x: Node, y: Node) -> Node | None:
    """1 - where(c, k, f), where 1 - f has a form of its own."""
    if y.op is not WHERE or not is_one_beside(y, x):
        return None
    c, k, f = y.inputs
    if literal(k) is None:
        return None
    rest = 1.0 - f
    return None if rest.op is sub.op else choose(c, 1.0 - k, rest)


add_rule(
    sub,
    "1 - where(x < 0, 0, gammainc(a, x))",
    "where(x < 0, 1, gammaincc(a, x))",
    _one_less_choice,
    WHERE,
)
complement(expm1, "1 + (exp(x) - 1)", "exp(x)", None, exp)
