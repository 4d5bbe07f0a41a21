"""The rules for small differences of large parts: sqrt(x + 1) - sqrt(x), 1 - tanh(x), x - sin(x).

A difference is known without cancellation where that of the arguments is: w, of x + w and x. Loaded
when a formula has one of them (`stabilize.awaited`).
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from gradcli.ir.kinds import POLE, POLES, VERTICAL, Point, Special, at
from gradcli.ir.node import literal
from gradcli.ir.op import Elementwise, nothing
from gradcli.ops import large
from gradcli.ops.arithmetic import add, div, is_one_beside, mul, neg, sub
from gradcli.ops.compare import abs_, choose, gt, lt
from gradcli.ops.exponential import LOG_SLOPE, exp, expm1, log, log1p, sigmoid
from gradcli.ops.growing import exponent
from gradcli.ops.powers import pow_, sqrt, square
from gradcli.ops.quotients import COS_OVER, EXP_OVER, ONE_MINUS_COS, Quotient
from gradcli.ops.quotients import OVER as QUOTIENTS
from gradcli.ops.stabilize import LOG_COSH, add_rule, complement
from gradcli.ops.trigonometry import (
    acos,
    asin,
    asinh,
    atan,
    atan2,
    atanh,
    cos,
    cosh,
    sech,
    sin,
    sinh,
    tan,
    tanh,
)
from gradcli.ops.vanishing import root_over, vanishes, vanishes_with

if TYPE_CHECKING:
    from collections.abc import Callable

    from gradcli.ir.node import Node

ROOTS = (sqrt.op, large.ROOT)

# --- what is between two numbers ----------------------------------------------------------------


def _terms(x: Node) -> list[tuple[float, Node]]:
    """The terms of a sum or a difference, each with its sign."""
    if x.op is add.op or x.op is sub.op:
        return [(1.0, x.inputs[0]), (1.0 if x.op is add.op else -1.0, x.inputs[1])]
    return [(1.0, x)]


def between(a: Node, b: Node) -> Node | None:
    """a - b by what is left of them without the term that both have; None if there is none."""
    p, q = _terms(a), _terms(b)
    common = next((term for term in p if term in q), None)
    if common is None or a is b:
        return None
    p.remove(common)
    q.remove(common)
    if p and q:
        (s, u), (t, v) = p[0], q[0]
        if u is v:
            return 2.0 * s * u if s != t else None
        first, second = _signed(s, u), _signed(t, v)
        return first - second
    return _signed(*p[0]) if p else _signed(-q[0][0], q[0][1])


def _signed(sign: float, x: Node) -> Node:
    return x if sign > 0 else -x


# --- roots --------------------------------------------------------------------------------------


def _by_sum(w: Any, a: Any, b: Any) -> Any:
    """a - b, as w/(a + b) where they are alike: w is a^2 - b^2."""
    alike = (a < 2 * b) & (b < 2 * a)
    return np.where(alike, w / np.where(alike, a + b, 1), a - b)


ROOTS_LESS = Elementwise(
    "roots_less",
    lambda w, x, a, b: _by_sum(w, a, b),
    lambda w, x, a, b, z: 0.5 / a,
    lambda w, x, a, b, z: -0.5 * ((z / a) / b),
    nothing,
    nothing,
    notation=("{2:5} - {3:6}", 5),
    special=at(VERTICAL, lambda w, x, a, b, z: (a == 0) | (b == 0)),
    analytic=True,
)
"""sqrt(x + w) - sqrt(x), beside these roots."""

ROOT_LESS = Elementwise(
    "root_less",
    lambda w, b, z: _by_sum(w, z, b),
    lambda w, b, z, y: 0.5 / z,
    lambda w, b, z, y: -(y / z),
    nothing,
    notation=("{2:5} - {1:6}", 5),
    special=at(VERTICAL, lambda w, b, z, y: z == 0),
    analytic=True,
)
"""sqrt(b^2 + w) - b, beside that root."""

SQUARE_LESS = Elementwise(
    "root_of_square_less",
    lambda w, b, z, x, c: _by_sum(w, z, b),
    nothing,
    nothing,
    nothing,
    lambda w, b, z, x, c, y: large.ROOT_SHARE(x, c, z),
    nothing,
    notation=("{2:5} - {1:6}", 5),
    analytic=True,
)
"""sqrt(x^2 + b^2) - b for a constant b and w = x^2, beside that root."""



def _root_less_its_slope(x: Node, c: Node, z: Node, y: Node) -> Node:
    return choose(gt(x, 0.0), -(y / z), large.ROOT_SHARE(x, c, z) - 1.0)


ROOT_LESS_ITS = Elementwise(
    "root_of_square_less_its",
    lambda x, c, z: _by_sum(c, z, x),
    _root_less_its_slope,
    nothing,
    nothing,
    notation=("{2:5} - {0:6}", 5),
    special=at(VERTICAL, lambda x, c, z, y: z == 0),
    analytic=True,
)
"""sqrt(x^2 + c) - x for a constant c, beside that root."""

vanishes_with(ROOTS_LESS, lambda y: 1.0 / (y.inputs[2] + y.inputs[3]))
for _op in (ROOT_LESS, SQUARE_LESS):
    vanishes_with(_op, lambda y: 1.0 / (y.inputs[2] + y.inputs[1]))


def root_less(z: Node, b: Node) -> Node | None:
    """z - b, where z is a root, and the difference of their squares is known."""
    number = literal(b)
    if z.op is large.ROOT:
        x, c = z.inputs
        if number is not None and number > 0 and literal(c) == number * number:
            return SQUARE_LESS(square(x), b, z, x, c)
        return ROOT_LESS_ITS(b, c, z) if b is x or _is_minus(b, x) else None
    if z.op is not sqrt.op:
        return None
    squared = z.inputs[0]
    if number is not None and number > 0:
        w = between(squared, b if number == 1.0 else b.graph.constant(number * number))
        return None if w is None else ROOT_LESS(w, b, z)
    if squared.op not in (add.op, sub.op):
        return None
    left, right = squared.inputs
    if _is_square_of(left, b):
        return ROOT_LESS(right if squared.op is add.op else -right, b, z)
    return ROOT_LESS(left, b, z) if squared.op is add.op and _is_square_of(right, b) else None


def _is_minus(a: Node, b: Node) -> bool:
    return (a.op is neg.op and a.inputs[0] is b) or (b.op is neg.op and b.inputs[0] is a)


def _is_square_of(x: Node, b: Node) -> bool:
    """Whether a node is b^2, or b*b, of b or -b."""
    if x.op is square.op:
        root = x.inputs[0]
    elif x.op is mul.op and x.inputs[0] is x.inputs[1]:
        root = x.inputs[0]
    else:
        return False
    return root is b or _is_minus(root, b)


def _roots(x: Node, y: Node) -> Node | None:
    if x.op is sqrt.op and y.op is sqrt.op:
        w = between(x.inputs[0], y.inputs[0])
        if w is not None:
            return ROOTS_LESS(w, y.inputs[0], x, y)
    form = root_less(x, y)
    if form is not None:
        return form
    if x.op is neg.op:
        other = root_less(y, x)
        return None if other is None else -other  # where x is -b: -(b + root)
    other = root_less(y, x)
    return None if other is None else -other


def _sum_of_root(x: Node, y: Node) -> Node | None:
    """b + sqrt(b^2 + w), which cancels where b is negative."""
    for z, b in ((x, y), (y, x)):
        if z.op in ROOTS and literal(b) is None:
            form = root_less(z, -b)
            if form is not None:
                return form
    return None


def _log_of_root_less(x: Node) -> Node | None:
    number = literal(x.inputs[1])
    if number is None or number <= 0:
        return None
    root = math.sqrt(number)
    return 0.5 * math.log(number) - asinh(x.inputs[0] if number == 1.0 else x.inputs[0] / root)


def _inverse_root(x: Node, y: Node) -> Node | None:
    """1/z - 1 and 1 - 1/z, where z is a root."""
    for sign, one, inverse in ((1.0, y, x), (-1.0, x, y)):
        if literal(one) == 1.0 and inverse.op is div.op and literal(inverse.inputs[0]) == 1.0:
            z = inverse.inputs[1]
            form = root_less(z, one) if z.op in ROOTS else None
            if form is not None:
                return _signed(-sign, form / z)
    return None


_WAYS = "w/(sqrt(a) + sqrt(b)), for what is between a and b"
add_rule(sub, "sqrt(x + 1) - sqrt(x), sqrt(1 + x) - 1, sqrt(b^2 - c) - b", _WAYS, _roots, *ROOTS)
add_rule(add, "b + sqrt(b^2 - c)", _WAYS, _sum_of_root, *ROOTS)
add_rule(sub, "1 - 1/sqrt(1 + x), 1/sqrt(1 - x^2) - 1", _WAYS, _inverse_root, div)

add_rule(log, "log(x + sqrt(1 + x^2))", "asinh(x)", _log_of_root_less, ROOT_LESS_ITS)

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
    if x.op is log1p.op and y.op is log1p.op and _is_minus(x.inputs[0], y.inputs[0]):
        return 2.0 * atanh(x.inputs[0])
    a, b = _argument(x), _argument(y)
    w = None if a is None or b is None else between(a, b)
    return None if w is None or a is None or b is None else LOGS_LESS(w, b, x, y, a)


def _log_of_quotient(x: Node) -> Node | None:
    """log((1 + u)/(1 - u)), or the other way round."""
    for sign, over, under in ((1.0, *x.inputs), (-1.0, *x.inputs[::-1])):
        if over.op is add.op and under.op is sub.op and literal(under.inputs[0]) == 1.0:
            u = under.inputs[1]
            a, b = over.inputs
            if (a is u and literal(b) == 1.0) or (b is u and literal(a) == 1.0):
                return 2.0 * sign * atanh(u)
    return None


add_rule(sub, "log(x + 1) - log(x), log(1 + x) - log(1 - x)", "log1p(1/x), 2*atanh(x)", _logs,
         log, log1p)
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
    if _is_minus(a, b):
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
    if u not in exponents or not any(v is not None and _is_minus(v, u) for v in exponents):
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
                return _signed(sign, expm1(u) - u)
    return None


add_rule(sub, "exp(x) - exp(-x)", "2*sinh(x)", _exps, exp)
add_rule(div, "(exp(x) - exp(-x))/(exp(x) + exp(-x))", "tanh(x)", _tanh, add)
add_rule(sub, "exp(x) - x - 1, exp(x) - (1 + x)", "expm1(x) - x", _beside_linear, sub, exp)

# --- powers -------------------------------------------------------------------------------------


def _power_less(u: Any, n: Any, p: Any) -> Any:
    t = n * np.log1p(u)
    near = np.abs(t) < 1
    return np.where(near, np.expm1(np.where(near, t, 0)), p - 1)


def _of_power() -> Special:
    """The points of the power, which begin where 1 + u is 0."""
    assert pow_.op is not None
    assert pow_.op.special is not None
    whole = pow_.op.special

    def moved(point: Point) -> Point:
        return Point(point.kind, lambda u, n, p, z: point.mask(1 + u, n, p), point.by)

    return Special([moved(point) for point in whole.points])


POWER_LESS = Elementwise(
    "power_less_one",
    _power_less,
    lambda u, n, p, z: pow_.op.partials[0](1.0 + u, n, p),
    lambda u, n, p, z: pow_.op.partials[1](1.0 + u, n, p),
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
            return None if form is None else _signed(sign, form)
    return None


def _less_one(power: Node) -> Node | None:
    base, n = power.inputs
    number = literal(base)
    if number is not None:
        return RAISED_LESS(n * math.log(number), power) if number > 0 else None
    u = between(base, base.graph.constant(1.0))
    return None if u is None else POWER_LESS(u, n, power)


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
        return _signed(sign * direction, square(other(a.inputs[0])))
    w = between(a, a.graph.constant(1.0))
    return None if w is None else _signed(sign, w * (a + 1.0))


_SQUARES = {
    sin.op: (-1.0, cos),
    cos.op: (-1.0, sin),
    tanh.op: (-1.0, sech),
    cosh.op: (1.0, sinh),
}
"""f^2 - 1 is the square of g, or minus that."""


def _log_of_sech(x: Node) -> Node | None:
    is_square = x.op is square.op and x.inputs[0].op is sech.op
    return -2.0 * LOG_COSH(x.inputs[0].inputs[0]) if is_square else None


add_rule(sub, "(1 + x)^n - 1, 1 - (1 + x)^-n, 2^x - 1", "expm1(n*log1p(x))", _power_less_one, pow_)
add_rule(sub, "1 - cos(x)^2, 1 - tanh(x)^2, (x + 1)^2 - x^2", "sin(x)^2, sech(x)^2, 2*x + 1",
         _squares, square)
add_rule(log, "log(1 - tanh(x)^2)", "-2*log(cosh(x))", _log_of_sech, square)

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
            return None if u is None else _signed(sign, LESS_INVERSE(u, q))
    return None


add_rule(sub, "1/(x + 1) - 1/x, 1 - 1/(1 + x)", "-1/(x + 1)/x, x/(1 + x)", _quotients, div)

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
            return _signed(sign, TAN_LESS_SIN(t.inputs[0]))
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
add_rule(sub, "pi/2 - atan(x), pi/2 - asin(x)", "atan2(1, x), acos(x)", _quarter_less,
         atan, asin, acos)
complement(tanh, "1 - tanh(x), 1 + tanh(x)", "2*sigmoid(-2*x), 2*sigmoid(2*x)",
           lambda u: 2.0 * sigmoid(-2.0 * u), lambda u: 2.0 * sigmoid(2.0 * u))
complement(expm1, "1 + (exp(x) - 1)", "exp(x)", None, exp)
