"""The rules for quotients of what vanishes at 0: f(c*x)/x^k becomes a function with a limit there.

The numerator is c f(u) with a series that begins at u^k, the denominator d v^j with u = r v^m and j
no more than k m: together c r^k / d times v^(k m - j) times f(u)/u^k, which is known near 0 too.
"""

from __future__ import annotations

import math
from itertools import product
from typing import TYPE_CHECKING

from gradcli.ir.function import Function
from gradcli.ir.node import literal
from gradcli.ir.record import CONSTANT
from gradcli.ops.arithmetic import add, div, mul, neg, sub
from gradcli.ops.compare import abs_, choose, lt
from gradcli.ops.exponential import exp2, log1p
from gradcli.ops.powers import cube, pow_, sqrt, square
from gradcli.ops.quotients import EXP_OVER, LESS, OVER, UNDER, VANISHING, Quotient
from gradcli.ops.stabilize import RULES, add_rule, drawn_out, look_for_more

if TYPE_CHECKING:
    from collections.abc import Callable

    from gradcli.ir.node import Node
    from gradcli.ir.record import Op

LESS_ONE: dict[Op, Quotient] = {
    quotient: Quotient(LESS[function.op].of, LESS[function.op].power - 1)
    for function, quotient in OVER.items()
    if function.op is not None
}
"""(f(x)/x - 1) over a power of x, by the record of f(x)/x."""


KEEPING: dict[Op, Callable[[Node], Node]] = {}
"""What a node is over its first operand, with which it vanishes, by its record (`differences`)."""


class Vanishing:
    """factor * quotient.of(u) * u^quotient.power."""

    def __init__(self, factor: float, quotient: Quotient, u: Node) -> None:
        self.factor = factor
        self.quotient = quotient
        self.u = u


def _is(x: Node, function: Function) -> bool:
    return x.op is function.op


def _times(factor: float, x: Node) -> Node:
    return x if factor == 1.0 else -x if factor == -1.0 else factor * x


# --- numerators ---------------------------------------------------------------------------------


def _numerator(x: Node) -> Vanishing | None:
    factor, inner = drawn_out(x)
    quotient = VANISHING.get(inner.op)
    if quotient is not None:
        return Vanishing(factor, quotient, inner.inputs[0])
    if inner.op in KEEPING:
        return Vanishing(factor, Quotient(lambda _: KEEPING[inner.op](inner), 1), inner.inputs[0])
    if _is(inner, square):
        return _squared(factor, inner.inputs[0])
    return _difference(factor, *inner.inputs) if _is(inner, sub) else None


def _squared(factor: float, x: Node) -> Vanishing | None:
    """The square of what vanishes."""
    root = _numerator(x)
    if root is None:
        return None
    quotient = Quotient(lambda u: square(root.quotient.of(u)), 2 * root.quotient.power)
    return Vanishing(factor * root.factor**2, quotient, root.u)


def _difference(factor: float, x: Node, y: Node) -> Vanishing | None:
    for sign, a, b in ((1.0, x, y), (-1.0, y, x)):
        less = LESS.get(a.op)
        if less is not None and a.inputs[0] is b:
            return Vanishing(sign * factor, less, b)
        less_one = _less_one(a) if literal(b) == 1.0 else None
        if less_one is not None:
            return Vanishing(sign * factor, *less_one)
    return None


def _less_one(x: Node) -> tuple[Quotient, Node] | None:
    """What is 1 at 0, less that: sin(u)/u, sqrt(1 + u), (1 + u)^p, 2^u."""
    if x.op in LESS_ONE:
        return LESS_ONE[x.op], x.inputs[0]
    if _is(x, exp2):
        return Quotient(lambda u: _raised(math.log(2.0), x, u), 1), x.inputs[0]
    u = _shift(x.inputs[0]) if x.inputs else None
    if u is not None and _is(x, sqrt):
        return Quotient(lambda _: 1.0 / (x + 1.0), 1), u
    return _power_less_one(x, u) if _is(x, pow_) else None


def _power_less_one(x: Node, u: Node | None) -> tuple[Quotient, Node] | None:
    """Of a number to any power, or of 1 + u to a power that is a number."""
    base, power = literal(x.inputs[0]), literal(x.inputs[1])
    if base is not None and base > 0:
        return Quotient(lambda u: _raised(math.log(base), x, u), 1), x.inputs[1]
    if u is None or power is None:
        return None
    return Quotient(lambda u: root_over(power, x, u), 1), u


def _shift(x: Node) -> Node | None:
    """u, where the node is 1 + u."""
    if not (_is(x, add) or _is(x, sub)):
        return None
    a, b = x.inputs
    if literal(a) == 1.0:
        return b if _is(x, add) else -b
    return a if _is(x, add) and literal(b) == 1.0 else None


def _raised(log: float, x: Node, u: Node) -> Node:
    """(b^u - 1)/u, for x = b^u; where nothing cancels as it is written."""
    return choose(lt(abs_(u), 1.0 / abs(log)), log * EXP_OVER(log * u), (x - 1.0) * (1.0 / u))


def root_over(power: Node | float, x: Node, u: Node) -> Node:
    """((1 + u)^p - 1)/u, for x = (1 + u)^p; where nothing cancels as it is written."""
    near = power * EXP_OVER(power * log1p(u)) * OVER[log1p](u)
    return choose(lt(abs_(u), 0.5), near, (x - 1.0) * (1.0 / u))


# --- powers ------------------------------------------------------------------------------------


def _powers(x: Node) -> list[tuple[float, Node, int]]:
    """The node as d v^j, in the one or two ways that there are."""
    factor, inner = drawn_out(x)
    forms = [(factor, inner, 1)]
    n, base = _exponent(inner)
    if n > 1:
        root, v = drawn_out(base)
        forms.append((factor * root**n, v, n))
    return forms


def _exponent(x: Node) -> tuple[int, Node]:
    """The whole exponent of a power, and its base."""
    if _is(x, square) or _is(x, cube):
        return (2 if _is(x, square) else 3), x.inputs[0]
    if _is(x, mul):
        (m, a), (n, b) = map(_exponent, x.inputs)
        return (m + n, a) if a is b else (1, x)
    power = literal(x.inputs[1]) if _is(x, pow_) else None
    return (int(power), x.inputs[0]) if power in (2.0, 3.0, 4.0) else (1, x)


# --- the rules ----------------------------------------------------------------------------------


def _quotient(x: Node, y: Node) -> Node | None:
    if y.op is CONSTANT:
        return None
    over = _numerator(x)
    if over is None:
        return None
    k = over.quotient.power
    for (ratio, w, m), (divisor, v, j) in product(_powers(over.u), _powers(y)):
        rest = k * m - j
        if v is w and rest >= 0 and divisor and ratio:
            limited = over.quotient.of(over.u)
            whole = limited * v ** float(rest) if rest else limited
            return _times(over.factor * ratio**k / divisor, whole)
    return None


def _inverse(x: Node, y: Node) -> Node | None:
    factor, inner = drawn_out(y)
    under = UNDER.get(inner.op)
    if under is None:
        return None
    u = inner.inputs[0]
    (ratio, w), (top, v) = drawn_out(u), drawn_out(x)
    if v is not w or not (factor and ratio):
        return None
    return _times(top / factor / ratio, under(u))


add_rule(
    div,
    "sin(2*x)/x, (1 - cos(x))/x^2, (tan(x) - x)/x^3 …",
    "operations of their own",
    _quotient,
    *VANISHING,
    *(neg, mul, sub, square),
)
add_rule(div, "x/sin(x), 3*x/tan(2*x) …", "operations of their own", _inverse, *UNDER, neg, mul)

STABILIZERS = RULES
"""The rules of all stabilised forms so far."""


def vanishes(function: Function | Op, quotient: Quotient) -> None:
    """Says of another function what it is over a power of its argument."""
    op = function.op if isinstance(function, Function) else function
    assert op is not None
    VANISHING[op] = quotient
    look_for_more(div, _quotient, op)


def vanishes_with(op: Op, over: Callable[[Node], Node]) -> None:
    """Says of an operation what its nodes are over their first operand."""
    KEEPING[op] = over
    look_for_more(div, _quotient, op)
