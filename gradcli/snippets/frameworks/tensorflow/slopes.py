"""Derivatives by TensorFlow's own formulas, which differ from others in how they round."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from gradcli.ir.node import literal
from gradcli.ops.arithmetic import div, reciprocal
from gradcli.ops.compare import choose, gt, ne
from gradcli.ops.exponential import log, log1p, sigmoid
from gradcli.ops.powers import pow_, rsqrt, sqrt, square
from gradcli.ops.reduce import sum_
from gradcli.ops.softmax import SOFTMAX
from gradcli.ops.trigonometry import (
    acos,
    acosh,
    asin,
    asinh,
    atan,
    atan2,
    atanh,
    cos,
    cosh,
    sinh,
    tan,
    tanh,
)
from gradcli.snippets.arrays.dtypes import FLOAT32
from gradcli.snippets.frameworks.tensorflow.kernels import AT_ONCE

if TYPE_CHECKING:
    from collections.abc import Callable


POWER: Any = pow_.op
"""The power as it is written: a square by it is no product."""


def _softmax(g: Any, _x: Any, z: Any) -> Any:
    return (g - sum_(g * z, z.attrs[0], True)) * z


def _sigmoid(g: Any, _x: Any, z: Any) -> Any:
    return _in_parts(g * (z * (1.0 - z)), g * z * (1.0 - z))


def _in_parts(at_once: Any, alone: Any) -> Any:
    """What Eigen computes of as many numbers as it takes at once, and what of the rest."""
    size = at_once.size
    whole = size - size % (AT_ONCE if at_once.dtype == FLOAT32 else AT_ONCE // 2)
    if whole in (0, size):
        return at_once if whole else alone
    is_first = (np.arange(size) < whole).reshape(at_once.shape)
    return choose(at_once.graph.constant(is_first), at_once, alone)


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
    sigmoid: (_sigmoid,),
    sqrt: (lambda g, _, z: choose(ne(g, 0.0), g * 0.5 / z, 0.0),),
    rsqrt: (lambda g, _, z: -0.5 * (g * z) * (z * z),),
    div: (lambda g, _, y, _z: g / y, lambda g, x, y, _: g * ((-x / y) / y)),
    reciprocal: (lambda g, _, z: (-z * g) * z,),
    log: (lambda g, x, _: g * (1.0 / x),),
    log1p: (lambda g, x, _: g * (1.0 / (1.0 + x)),),
    tan: (lambda g, x, _: square(1.0 / cos(x)) * g,),
    asin: (lambda g, x, _: g * (1.0 / sqrt(1.0 - square(x))),),
    acos: (lambda g, x, _: -g * (1.0 / sqrt(1.0 - square(x))),),
    atan: (lambda g, x, _: g * (1.0 / (1.0 + square(x))),),
    asinh: (lambda g, _, z: g / cosh(z),),
    acosh: (lambda g, _, z: g / sinh(z),),
    atanh: (lambda g, x, _: (1.0 / (1.0 - square(x))) * g,),
    atan2: (
        lambda g, y, x, _: x * (g / (square(x) + square(y))),
        lambda g, y, x, _: -y * (g / (square(x) + square(y))),
    ),
}
"""Of a derivative and the operands of a function, the derivative times its slope."""
