"""Derivatives by JAX's own formulas, which differ from others in how they round."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gradcli.ops.arithmetic import div, reciprocal
from gradcli.ops.exponential import SOFTPLUS, exp, log, log1p, logaddexp, sigmoid
from gradcli.ops.powers import pow_
from gradcli.ops.reduce import sum_
from gradcli.ops.softmax import SOFTMAX
from gradcli.ops.trigonometry import tanh

if TYPE_CHECKING:
    from collections.abc import Callable


def _softmax(g: Any, _x: Any, z: Any) -> Any:
    return (g - sum_(g * z, z.attrs[0], True)) * z


SLOPES: dict[Any, tuple[Callable[..., Any], ...]] = {
    SOFTMAX: (_softmax,),
    tanh: (lambda g, _, z: g * (1.0 - z) + g * (1.0 - z) * z,),
    sigmoid: (lambda g, _, z: g * (z * (1.0 - z)),),
    log: (lambda g, x, _: g / x,),
    log1p: (lambda g, x, _: g / (x + 1.0),),
    SOFTPLUS: (lambda g, x, z: g * exp(x - z),),
    logaddexp: (lambda g, x, _, z: g * exp(x - z), lambda g, _, y, z: g * exp(y - z)),
    reciprocal: (lambda g, x, _: g * -pow_(x, -2.0),),
    div: (lambda g, _, y, _z: g / y, lambda g, x, y, _: -((g * pow_(y, -2.0)) * x)),
}
"""Of a derivative and the operands of a function, the derivative times its slope."""
