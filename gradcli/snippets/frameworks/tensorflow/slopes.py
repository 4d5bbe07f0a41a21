"""Derivatives by TensorFlow's own formulas, which differ from others in how they round."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gradcli.ops.arithmetic import div
from gradcli.ops.compare import choose, ne
from gradcli.ops.exponential import sigmoid
from gradcli.ops.powers import rsqrt, sqrt
from gradcli.ops.reduce import sum_
from gradcli.ops.softmax import SOFTMAX
from gradcli.ops.trigonometry import tanh

if TYPE_CHECKING:
    from collections.abc import Callable


def _softmax(g: Any, _x: Any, z: Any) -> Any:
    return (g - sum_(g * z, z.attrs[0], True)) * z


SLOPES: dict[Any, tuple[Callable[..., Any], ...]] = {
    SOFTMAX: (_softmax,),
    tanh: (lambda g, _, z: g * (1.0 - z * z),),
    sigmoid: (lambda g, _, z: g * z * (1.0 - z),),
    sqrt: (lambda g, _, z: choose(ne(g, 0.0), g * 0.5 / z, 0.0),),
    rsqrt: (lambda g, _, z: -0.5 * (g * z) * (z * z),),
    div: (lambda g, _, y, _z: g / y, lambda g, x, y, _: g * ((-x / y) / y)),
}
"""Of a derivative and the operands of a function, the derivative times its slope."""
