"""The rules for small differences of logarithms, exponentials, powers and quotients.

What is between two arguments is known without cancellation (`between`). Loaded when a formula has
one of them (`stabilize.awaited`).
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from gradcli.ir.kinds import POLE, POLES, Point, Special, at
from gradcli.ir.node import literal
from gradcli.ir.op import Elementwise, nothing
from gradcli.ops.arithmetic import add, div, is_one_beside, mul, neg, sub
from gradcli.ops.between import between, is_minus, signed
from gradcli.ops.compare import abs_, choose, lt
from gradcli.ops.exponential import LOG_SLOPE, exp, expm1, log, log1p
from gradcli.ops.growing import exponent
from gradcli.ops.powers import pow_, square
from gradcli.ops.quotients import EXP_OVER
from gradcli.ops.quotients import OVER as QUOTIENTS
from gradcli.ops.stabilize import add_rule
from gradcli.ops.trigonometry import atanh, sinh, tanh
from gradcli.ops.vanishing import root_over, vanishes_with

if TYPE_CHECKING:
    from gradcli.ir.node import Node

# --- logarithms ---------------------------------------------------------------------------------


def _logs_less(w: Any, x: Any, a: Any, b: Any, _: Any) -> Any:
    far = a - b
    near = np.abs(far) < 0.5
    return np.where(near, np.log1p(np.where(near, w / x, 0)), far)


LOGS_LESS = Elementwise(
    "logs_less",
    _logs_less,
    lambda w, x, a, b, y, z: LOG_SLOPE(y),
    lambda w, x, a, b, y, z: -((w * LOG_SLOPE(y)) * LOG_SLOPE(x)),
    nothing,
    nothing,
    nothing,
    notation=("{2:5} - {3:6}", 5),
    special=at(POLE, lambda w, x, a, b, y, z: (x == 0) | (y == 0)),
    analytic=True,
)
"""log(y) - log(x), beside these logarithms, where y is x + w."""

vanishes_with(LOGS_LESS, lambda z: QUOTIENTS[log1p](z.inputs[0] / z.inputs[1]) / z.inputs[1])


def _argument(x: Node) -> Node | None:
    """What a node is the logarithm of."""
    if x.op is log1p.op:
        return 1.0 + x.inputs[0]
    return x.inputs[0] if x.op is log.op else None


def _logs(x: Node, y: Node) -> Node | None:
    if x.op is log1p.op and y.op is log1p.op and is_minus(x.inputs[0], y.inputs[0]):
        return 2.0 * atanh(x.inputs[0])
    a, b = _argument(x), _argument(y)
    w = None if a is None or b is None else between(a, b)
    return None if w is None or a is None or b is None else LOGS_LESS(w, b, x, y, a)


def _log_of_quotient(x: Node) -> Node | None:
    """log((1 + u)/(1 - u)), or the other way round."""
    over, under = x.inputs
    form = _half_angle(over, under)
    if form is not None:
        return form
    form = _half_angle(under, over)
    return None if form is None else -form


def _half_angle(over: Node, under: Node) -> Node | None:
    """2*atanh(u), where two nodes are 1 + u and 1 - u."""
    if over.op is not add.op or under.op is not sub.op or literal(under.inputs[0]) != 1.0:
        return None
    u = under.inputs[1]
    a, b = over.inputs
    other = b if a is u else a if b is u else None
    return 2.0 * atanh(u) if other is not None and literal(other) == 1.0 else None


add_rule(
    sub, "log(x + 1) - log(x), log(1 + x) - log(1 - x)", "log1p(1/x), 2*atanh(x)", _logs, log, log1p
)
add_rule(log, "log((1 + x)/(1 - x))", "2*atanh(x)", _log_of_quotient, div)

# --- exponentials -------------------------------------------------------------------------------


def _exps_less(w: Any, _: Any, a: Any, b: Any) -> Any:
    near = np.abs(w) < 1
    return np.where(near, b * np.expm1(np.where(near, w, 0)), a - b)


EXPS_LESS = Elementwise(
    "exps_less",
    _exps_less,
    lambda w, x, a, b, z: a,
    lambda w, x, a, b, z: z,
    nothing,
    nothing,
    notation=("{2:5} - {3:6}", 5),
    analytic=True,
)
"""exp(x + w) - exp(x), beside these exponentials."""

vanishes_with(EXPS_LESS, lambda z: z.inputs[3] * EXP_OVER(z.inputs[0]))


def _exps(x: Node, y: Node) -> Node | None:
    a, b = exponent(x), exponent(y)
    if a is None or b is None:
        return None
    if is_minus(a, b):
        return -2.0 * sinh(b) if a.op is neg.op else 2.0 * sinh(a)
    w = between(a, b) if x.op is exp.op and y.op is exp.op else None
    return None if w is None else EXPS_LESS(w, b, x, y)


def _tanh(x: Node, y: Node) -> Node | None:
    """2 sinh(x) over exp(x) + exp(-x), with a factor before the one or the other."""
    factor, inner = (literal(x.inputs[0]), x.inputs[1]) if x.op is mul.op else (1.0, x)
    if factor is None or inner.op is not sinh.op or y.op is not add.op:
        return None
    exponents = [exponent(part) for part in y.inputs]
    u = inner.inputs[0]
    if u not in exponents or not any(v is not None and is_minus(v, u) for v in exponents):
        return None
    return 0.5 * factor * tanh(u)


def _beside_linear(x: Node, y: Node) -> Node | None:
    """exp(x) - x - 1 and exp(x) - (1 + x) are (exp(x) - 1) - x."""
    one, rest = (y, x) if literal(y) == 1.0 else (None, None)
    if one is not None and rest is not None and rest.op is sub.op:
        e, u = rest.inputs
        return expm1(u) - u if e.op is exp.op and e.inputs[0] is u else None
    for sign, e, line in ((1.0, x, y), (-1.0, y, x)):
        if e.op is exp.op and line.op is add.op:
            u = e.inputs[0]
            a, b = line.inputs
            if (a is u and literal(b) == 1.0) or (b is u and literal(a) == 1.0):
                return signed(sign, expm1(u) - u)
    return None


add_rule(sub, "exp(x) - exp(-x)", "2*sinh(x)", _exps, exp)
add_rule(div, "(exp(x) - exp(-x))/(exp(x) + exp(-x))", "tanh(x)", _tanh, add)
add_rule(sub, "exp(x) - x - 1, exp(x) - (1 + x)", "expm1(x) - x", _beside_linear, sub, exp)

# --- powers -------------------------------------------------------------------------------------


def _power_less(u: Any, n: Any, p: Any) -> Any:
    t = n * np.log1p(u)
    near = np.abs(t) < 1
    return np.where(near, np.expm1(np.where(near, t, 0)), p - 1)


assert isinstance(pow_.op, Elementwise)
_POWER = pow_.op


def _of_power() -> Special:
    """The points of the power, which begin where 1 + u is 0."""
    whole = _POWER.special
    assert whole is not None

    def moved(point: Point) -> Point:
        return Point(point.kind, lambda u, n, p, z: point.mask(1 + u, n, p), point.by)

    return Special([moved(point) for point in whole.points])


POWER_LESS = Elementwise(
    "power_less_one",
    _power_less,
    lambda u, n, p, z: _POWER.partials[0](1.0 + u, n, p),
    lambda u, n, p, z: _POWER.partials[1](1.0 + u, n, p),
    nothing,
    notation=("{2:5} - 1", 5),
    special=_of_power(),
    analytic=True,
)
"""(1 + u)^n - 1, beside that power."""


def _raised_over(z: Node) -> Node:
    """(exp(t) - 1)/t; far from 0 as it is written, for the power knows more digits than t."""
    t = z.inputs[0]
    return choose(lt(abs_(t), 1.0), EXP_OVER(t), z * (1.0 / t))


RAISED_LESS = Elementwise(
    "raised_less_one",
    lambda t, p: np.where(np.abs(t) < 1, np.expm1(np.where(np.abs(t) < 1, t, 0)), p - 1),
    lambda t, p, z: p,
    nothing,
    notation=("{1:5} - 1", 5),
    analytic=True,
)
"""exp(t) - 1, beside b^x, which is exp(t) for t = x log(b)."""

vanishes_with(RAISED_LESS, _raised_over)
vanishes_with(POWER_LESS, lambda z: root_over(z.inputs[1], z.inputs[2], z.inputs[0]))


def _power_less_one(x: Node, y: Node) -> Node | None:
    for sign, one, power in ((1.0, y, x), (-1.0, x, y)):
        if power.op is pow_.op and is_one_beside(power, one):
            form = _less_one(power)
            return None if form is None else signed(sign, form)
    return None


def _less_one(power: Node) -> Node | None:
    base, n = power.inputs
    number = literal(base)
    if number is not None:
        return RAISED_LESS(n * math.log(number), power) if number > 0 else None
    u = between(base, base.graph.constant(1.0))
    return None if u is None else POWER_LESS(u, n, power)


add_rule(sub, "(1 + x)^n - 1, 1 - (1 + x)^-n, 2^x - 1", "expm1(n*log1p(x))", _power_less_one, pow_)

# --- quotients ----------------------------------------------------------------------------------

LESS_INVERSE = Elementwise(
    "less_inverse",
    lambda u, q: np.where(np.abs(u) < 1, np.where(np.abs(u) < 1, u, 0) * q, 1 - q),
    lambda u, q, z: square(q),
    nothing,
    notation=("1 - {1:6}", 5),
    special=POLES,
    analytic=True,
)
"""1 - q, where q is 1/(1 + u)."""

vanishes_with(LESS_INVERSE, lambda z: z.inputs[1])


def _quotients(x: Node, y: Node) -> Node | None:
    if x.op is div.op and y.op is div.op:
        (a, p), (b, q) = x.inputs, y.inputs
        w = between(p, q) if a is b else None
        return None if w is None else -((w * x) / q)
    for sign, one, q in ((1.0, x, y), (-1.0, y, x)):
        if literal(one) == 1.0 and q.op is div.op and literal(q.inputs[0]) == 1.0:
            u = between(q.inputs[1], one)
            return None if u is None else signed(sign, LESS_INVERSE(u, q))
    return None


add_rule(sub, "1/(x + 1) - 1/x, 1 - 1/(1 + x)", "-1/(x + 1)/x, x/(1 + x)", _quotients, div)
