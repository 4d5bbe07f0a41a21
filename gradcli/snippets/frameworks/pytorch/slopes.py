"""Derivatives by PyTorch's own formulas, which differ from others in how they round."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from gradcli.ir.op import Elementwise
from gradcli.ops.arithmetic import div
from gradcli.ops.compare import choose, eq, le
from gradcli.ops.exponential import log, log1p, sigmoid, xlog1py, xlogy
from gradcli.ops.powers import sqrt, square
from gradcli.ops.reduce import sum_
from gradcli.ops.softmax import SOFTMAX
from gradcli.ops.trigonometry import tanh

if TYPE_CHECKING:
    from collections.abc import Callable


def _softmax(g: Any, _x: Any, z: Any) -> Any:
    return (g - sum_(g * z, z.attrs[0], True)) * z


def _times_log(log: Any, least: float) -> tuple[Callable[..., Any], ...]:
    """Of x times the logarithm of y; where x is 0 and that has none, the slope by x is 0."""
    return (
        lambda g, x, y, _: g * choose(eq(x, 0.0) & le(y, least), 0.0, log(y)),
        lambda g, x, y, _: g * x / (y - least),
    )


SLOPES: dict[Any, tuple[Callable[..., Any], ...]] = {
    SOFTMAX: (_softmax,),
    tanh: (lambda g, _, z: g * (1.0 - z * z),),
    sigmoid: (lambda g, _, z: g * (1.0 - z) * z,),
    log: (lambda g, x, _: g / x,),
    sqrt: (lambda g, _, z: g / (2.0 * z),),
    xlogy: _times_log(log, 0.0),
    xlog1py: _times_log(log1p, -1.0),
    div: (lambda g, _, y, _z: g / y, lambda g, x, y, _: -g * ((x / y) / y)),
}
"""Of a derivative and the operands of a function, the derivative times its slope."""

NOTHING = Elementwise("power_0", np.ones_like, lambda _x, _z: 0.0)
"""1, made of x: what a power of 1 leaves when it is differentiated."""

ITSELF = Elementwise("power_1", np.positive, lambda x, _z: NOTHING(x))
"""x, as a power of 1."""

OF_GRAPHS: dict[Any, tuple[Callable[..., Any], ...]] = {
    square: (lambda g, x, _: g * (2.0 * ITSELF(x)),)
}
"""The same of a gradient that has a graph: that of a power hangs on its base, as in PyTorch."""
