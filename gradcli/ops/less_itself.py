"""The rules for what is left of a function without its line: x - sin(x), tan(x) - x.

Loaded when a formula has one of them (`stabilize.awaited`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from gradcli.ir.op import Elementwise
from gradcli.ops.arithmetic import sub
from gradcli.ops.compare import abs_, choose, lt, nowhere
from gradcli.ops.exponential import LOG_SLOPE, expm1, log1p
from gradcli.ops.powers import hypot, rsqrt, square
from gradcli.ops.quotients import COSH_MINUS_ONE, LESS, ONE_MINUS_COS, reach_of
from gradcli.ops.stabilize import add_rule
from gradcli.ops.trigonometry import (
    ATAN_SLOPE,
    ONE_LESS_SQUARE,
    asin,
    asinh,
    atan,
    atanh,
    sin,
    sinh,
    tan,
    tanh,
)
from gradcli.ops.vanishing import vanishes

if TYPE_CHECKING:
    from collections.abc import Callable

    from gradcli.ir.function import Function
    from gradcli.ir.node import Node
    from gradcli.ir.record import Op

_LESS: dict[Op, Elementwise] = {}
"""f(x) - x by the record of f."""


def _less_itself(function: Function, slope: Callable[[Node], Node]) -> None:
    f = function.op
    assert isinstance(f, Elementwise)
    quotient, reach = LESS[f], reach_of(function)
    over = quotient.of
    assert isinstance(over, Elementwise)

    def kernel(x: Any) -> Any:
        far = f.kernel(x) - x
        inner = np.abs(x) < reach
        if nowhere(inner):
            return far
        near = np.where(inner, x, 0)
        return np.where(inner, over.kernel(near) * near**quotient.power, far).astype(far.dtype)

    _LESS[f] = Elementwise(
        f"{f.name}_less_itself",
        kernel,
        lambda x, z: slope(x),
        notation=(f"{function.name}({{0}}) - {{0:6}}", 5),
        special=f.special,
    )
    vanishes(_LESS[f], quotient)


def _beside_one(near: Callable[[Node], Node], slope: Callable[[Node], Node]) -> Any:
    """A slope less 1: further out as it is written, where its own slope would cancel else."""
    return lambda x: choose(lt(abs_(x), 1.0), near(x), slope(x) - 1.0)


def _asin_slope(x: Node) -> Node:
    """1/s - 1, where s is sqrt(1 - x^2)."""
    r = rsqrt(ONE_LESS_SQUARE(x))
    return square(x) * r / (1.0 + 1.0 / r)


def _asinh_slope(x: Node) -> Node:
    r = 1.0 / hypot(1.0, x)
    return -square(x * r) / (1.0 + r)


_less_itself(sin, lambda x: -ONE_MINUS_COS(x))
_less_itself(tan, lambda x: square(tan(x)))
_less_itself(tanh, lambda x: -square(tanh(x)))
_less_itself(sinh, COSH_MINUS_ONE)
_less_itself(expm1, expm1.build)
_less_itself(log1p, _beside_one(lambda x: -(x * LOG_SLOPE(1.0 + x)), lambda x: LOG_SLOPE(1.0 + x)))
_less_itself(atan, _beside_one(lambda x: -(square(x) * ATAN_SLOPE(x)), ATAN_SLOPE))
_less_itself(asin, _asin_slope)
_less_itself(asinh, _beside_one(_asinh_slope, lambda x: 1.0 / hypot(1.0, x)))
_less_itself(atanh, lambda x: square(x) * LOG_SLOPE(ONE_LESS_SQUARE(x)))


def _difference(x: Node, y: Node) -> Node | None:
    if x.op in _LESS and x.inputs[0] is y:
        return _LESS[x.op](y)
    return -_LESS[y.op](x) if y.op in _LESS and y.inputs[0] is x else None


add_rule(sub, "x - sin(x), tan(x) - x …", "operations of their own", _difference, *_LESS)
