"""Derivatives by TensorFlow's own formulas, which differ from others in how they round."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gradcli.ir.node import literal
from gradcli.ops.arithmetic import div
from gradcli.ops.compare import choose, gt, ne
from gradcli.ops.exponential import log, sigmoid
from gradcli.ops.powers import pow_, rsqrt, sqrt
from gradcli.ops.reduce import sum_
from gradcli.ops.softmax import SOFTMAX
from gradcli.ops.trigonometry import tanh

if TYPE_CHECKING:
    from collections.abc import Callable


POWER: Any = pow_.op
"""The power as it is written: a square by it is no product."""


def _softmax(g: Any, _x: Any, z: Any) -> Any:
    return (g - sum_(g * z, z.attrs[0], True)) * z


def _base(g: Any, x: Any, y: Any, _z: Any) -> Any:
    if literal(y) == 0.0:
        return (g * y) * x  # which is 0, and depends on x as the power does
    return (g * y) * POWER(x, y - 1.0)


def _exponent(g: Any, x: Any, _y: Any, z: Any) -> Any:
    has_log = gt(x, 0.0)
    return (g * z) * choose(has_log, log(choose(has_log, x, 1.0)), 0.0)


SLOPES: dict[Any, tuple[Callable[..., Any], ...]] = {
    SOFTMAX: (_softmax,),
    pow_: (_base, _exponent),
    tanh: (lambda g, _, z: g * (1.0 - z * z),),
    sigmoid: (lambda g, _, z: g * z * (1.0 - z),),
    sqrt: (lambda g, _, z: choose(ne(g, 0.0), g * 0.5 / z, 0.0),),
    rsqrt: (lambda g, _, z: -0.5 * (g * z) * (z * z),),
    div: (lambda g, _, y, _z: g / y, lambda g, x, y, _: g * ((-x / y) / y)),
}
"""Of a derivative and the operands of a function, the derivative times its slope."""
