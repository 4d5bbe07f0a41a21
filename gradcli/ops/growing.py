"""The rules for exponentials in all spellings: 1/exp(x), log(1 - exp(-x)), a/sinh(x).

They come after those of what vanishes at 0, so that x/sinh(x) is one of these.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from gradcli.ir.kinds import POLE, at, at_zero
from gradcli.ir.node import literal
from gradcli.ir.op import Elementwise, nothing
from gradcli.ops import vanishing
from gradcli.ops.arithmetic import div, is_one_beside, neg, reciprocal, sub
from gradcli.ops.compare import TAINT, abs_
from gradcli.ops.exponential import (
    BOSE,
    LN2,
    LN10,
    LOG_ONE_LESS_EXP,
    exp,
    expm1,
    log,
    log1p,
    log2,
    log10,
    log_one_less_exp,
)
from gradcli.ops.powers import pow_, sqrt, square
from gradcli.ops.stabilize import add_rule
from gradcli.ops.trigonometry import cosh, coth, sinh, tanh

if TYPE_CHECKING:
    from collections.abc import Callable

    from gradcli.ir.function import Function
    from gradcli.ir.kinds import Special
    from gradcli.ir.node import Node
    from gradcli.ir.record import Op


def _is_minus_one(x: Node) -> bool:
    return literal(x) == -1.0 or (x.op is neg.op and literal(x.inputs[0]) == 1.0)


# --- quotients ----------------------------------------------------------------------------------


def _over(
    function: Function, rate: Callable[[Node], Node | float], special: Special | None = None
) -> Elementwise:
    """a/y for a y = f(u) that grows as an exponential does: of a, y and u, by a and u.

    `rate` is f'/f; the slope of a quotient would divide by y once more, and lose small results.
    """
    op = Elementwise(
        f"over_{function.name}",
        lambda a, y, u: a / y,
        lambda a, y, u, z: op(1.0, y, u),
        nothing,
        lambda a, y, u, z: -(z * rate(u)),
        notation=("{0:6}/{1:7}", 6),
        special=special,
        analytic=True,
    )
    return op


_OVER_ZERO = at(POLE, lambda a, y, u, z: (y == 0) & (a != 0))

OVER_EXP = _over(exp, lambda u: 1.0, _OVER_ZERO)
_OVER: dict[Op | None, Elementwise] = {
    exp.op: OVER_EXP,
    sinh.op: _over(sinh, coth, _OVER_ZERO),
    cosh.op: _over(cosh, tanh),
}


def _over_growing(x: Node, y: Node) -> Node | None:
    over = _OVER.get(y.op)
    if over is None:
        return None
    is_tanh = x.op is sinh.op and y.op is cosh.op and x.inputs[0] is y.inputs[0]
    return tanh(x.inputs[0]) if is_tanh else over(x, y, y.inputs[0])


def _over_square(x: Node, y: Node) -> Node | None:
    base = y.inputs[0] if y.op is square.op else y
    return x / base / base if base is not y and base.op in _OVER else None


def _less_one_over_exp(x: Node, y: Node) -> Node | None:
    same = x.op is expm1.op and y.op is exp.op and x.inputs[0] is y.inputs[0]
    return -expm1(-x.inputs[0]) if same else None


def _inverse_of_exp(x: Node, y: Node) -> Node | None:
    return OVER_EXP(1.0, x, x.inputs[0]) if x.op is exp.op and _is_minus_one(y) else None


add_rule(div, "(exp(x) - 1)/exp(x)", "1 - exp(-x)", _less_one_over_exp, exp)
add_rule(
    div,
    "y/exp(x), y/sinh(x), y/cosh(x), sinh(x)/cosh(x)",
    "operations of their own, tanh(x)",
    _over_growing,
    exp,
    sinh,
    cosh,
)
add_rule(div, "y/cosh(x)^2", "y/cosh(x)/cosh(x)", _over_square, square)
add_rule(sqrt, "sqrt(exp(x))", "exp(x/2)", lambda x: exp(0.5 * x.inputs[0]), exp)
add_rule(pow_, "exp(x)^-1", "1/exp(x)", _inverse_of_exp, exp)
add_rule(pow_, "e^x", "exp(x)", lambda x, y: exp(y) if literal(x) == math.e else None)

# --- differences from 1 -------------------------------------------------------------------------


def exponent(x: Node) -> Node | None:
    """u, where the node is exp(u) or 1/exp(-u)."""
    if x.op is exp.op:
        return x.inputs[0]
    return -x.inputs[2] if x.op is OVER_EXP and literal(x.inputs[0]) == 1.0 else None


def _one_less_exp(x: Node, y: Node) -> Node | None:
    u = exponent(y) if is_one_beside(y, x) else None
    return None if u is None else -expm1(u)


add_rule(sub, "1 - exp(x), 1 - 1/exp(x)", "-expm1(x)", _one_less_exp, exp, OVER_EXP)

# --- logarithms ---------------------------------------------------------------------------------


def _log_expm1(x: Any) -> Any:
    far = np.where(x > 0.5, x, np.inf)
    return np.where(x > 0.5, x + np.log1p(-np.exp(-far)), np.log(np.expm1(x))).astype(x.dtype)


LOG_EXPM1 = Elementwise(
    "log_expm1",
    _log_expm1,
    lambda x, z: TAINT(-BOSE(-x), z),
    notation=("log(exp({0}) - 1)", 10),
    special=at_zero(POLE),
)
"""log(exp(x) - 1), without overflow."""

LOG_ABS_EXPM1 = Elementwise(
    "log_abs_expm1",
    lambda x: np.where(x < 0, log_one_less_exp(np.minimum(x, 0)), _log_expm1(np.maximum(x, 0))),
    lambda x, z: TAINT(-BOSE(-x), z),
    notation=("log(abs(exp({0}) - 1))", 10),
    special=at_zero(POLE),
)
"""log(abs(exp(x) - 1)), without overflow, and where exp(x) is nothing beside 1."""


def _log_less(over: float) -> Callable[[Node], Node | None]:
    """The logarithm of 1 - exp(u), to any base."""

    def apply(x: Node) -> Node | None:
        if x.op is not neg.op or x.inputs[0].op is not expm1.op:
            return None
        z = LOG_ONE_LESS_EXP(x.inputs[0].inputs[0])
        return z if over == 1.0 else z / over

    return apply


def _log1p_less(x: Node) -> Node | None:
    if x.op is OVER_EXP and _is_minus_one(x.inputs[0]):
        return LOG_ONE_LESS_EXP(-x.inputs[2])
    u = exponent(x.inputs[0]) if x.op is neg.op else None
    return None if u is None else LOG_ONE_LESS_EXP(u)


def _log_abs_expm1(x: Node) -> Node | None:
    """Of abs(expm1(u)), in whichever spelling of the difference."""
    if x.op is not abs_.op:
        return None
    inner = x.inputs[0].inputs[0] if x.inputs[0].op is neg.op else x.inputs[0]
    return LOG_ABS_EXPM1(inner.inputs[0]) if inner.op is expm1.op else None


def _log_expm1_less(x: Node, y: Node) -> Node | None:
    return LOG_ONE_LESS_EXP(-y) if x.op is LOG_EXPM1 and x.inputs[0] is y else None


def _log_of_inverse(x: Node) -> Node | None:
    if x.op is reciprocal.op:
        return -log(x.inputs[0])
    is_inverse = x.op in (div.op, OVER_EXP) and literal(x.inputs[0]) == 1.0
    return -log(x.inputs[1]) if is_inverse else None


_OWN = "an operation of its own"
add_rule(log, "log(1 - exp(x))", _OWN, _log_less(1.0))
add_rule(log2, "log2(1 - exp(x))", "log(1 - exp(x))/log(2)", _log_less(LN2))
add_rule(log10, "log10(1 - exp(x))", "log(1 - exp(x))/log(10)", _log_less(LN10))
add_rule(log1p, "log1p(-exp(x))", "log(1 - exp(x))", _log1p_less)
add_rule(
    log, "log(exp(x) - 1)", _OWN, lambda x: LOG_EXPM1(x.inputs[0]) if x.op is expm1.op else None
)
add_rule(log, "log(abs(exp(x) - 1))", _OWN, _log_abs_expm1)
add_rule(sub, "log(exp(x) - 1) - x", "log(1 - exp(-x))", _log_expm1_less, LOG_EXPM1)
add_rule(log, "log(1/x)", "-log(x)", _log_of_inverse)

STABILIZERS = vanishing.STABILIZERS
"""The rules of all stabilised forms, these the last of them."""
