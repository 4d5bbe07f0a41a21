"""Derivatives by JAX's own formulas, which differ from others in how they round."""

from __future__ import annotations

import operator
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from gradcli.ir.node import literal
from gradcli.ir.op import Elementwise
from gradcli.ops.arithmetic import MUL, div, neg, reciprocal
from gradcli.ops.compare import CLIP, choose, maximum, minimum, ne
from gradcli.ops.entropy import logit
from gradcli.ops.error_functions import erf
from gradcli.ops.exponential import (
    SOFTPLUS,
    exp,
    exp2,
    expm1,
    log,
    log1p,
    log2,
    log10,
    logaddexp,
    sigmoid,
    xlogy,
)
from gradcli.ops.powers import cbrt, pow_, rsqrt, square
from gradcli.ops.reduce import NORM, max_, min_, sum_
from gradcli.ops.softmax import SOFTMAX
from gradcli.ops.trigonometry import acosh, asinh, atan, atan2, atanh, tan, tanh
from gradcli.snippets.arrays.dtypes import FLOAT32
from gradcli.snippets.arrays.pushes import How, apart
from gradcli.snippets.arrays.zeros import CHOICE
from gradcli.snippets.frameworks.jax.contracted import PRODUCT, SUM, kept_product
from gradcli.snippets.frameworks.jax.ways import WayBack

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence


def at_once(a: Any, b: Any, c: Any) -> Any:
    """a * b + c, rounded once in single precision."""
    if a.graph.dtype != FLOAT32:
        return apart(a, b, c)
    return SUM(a, b, c)


STEPWISE = Elementwise(
    "quotient",
    operator.truediv,
    lambda x, y, z: reciprocal(y),
    lambda x, y, z: -(z / y),
    notation=("{0:6}/{1:7}", 6),
    analytic=True,
)
"""A quotient each element of which is divided by itself."""


FACTOR = kept_product("factor")
"""A product that a slope is made of, and no derivative: its tangent is computed at once."""


def given(g: Any, slope: Any) -> Any:
    """A derivative times a slope, which is no slope itself, even where the derivative is 1."""
    return PRODUCT(g, slope) if literal(g) == 1.0 else g * slope


def _tanh(g: Any, _x: Any, z: Any) -> Any:
    part = given(g, 1.0 - z)
    return part + part * z


def _softmax(g: Any, _x: Any, z: Any) -> Any:
    return (g - sum_(g * z, z.attrs[0], True)) * z


def _power(g: Any, x: Any, y: Any, z: Any) -> Any:
    if literal(y) is None:
        return g * (y * pow_(x, y - 1.0))
    slope, constant, _ = z.op.chain[0]
    return g * (slope(x, y, z) if constant is None else constant)


LN2, PER_LN2, PER_LN10 = np.log(2), 1 / np.log(2), 1 / np.log(10)
TWO_BY_ROOT_PI = 2 / np.sqrt(np.pi)

_QUOTIENT = (lambda g, _, y, _z: g / y, lambda g, x, y, _: -(given(g, pow_(y, -2.0)) * x))

SLOPES: dict[Any, tuple[Callable[..., Any], ...]] = {
    SOFTMAX: (_softmax,),
    tanh: (_tanh,),
    tan: (lambda g, _, z: g * at_once(z, z, 1.0),),
    atan: (lambda g, x, _: g / at_once(x, x, 1.0),),
    atan2: (
        lambda g, y, x, _: g * (x / at_once(x, x, square(y))),
        lambda g, y, x, _: g * (neg(y) / at_once(x, x, square(y))),
    ),
    asinh: (lambda g, x, _: g * rsqrt(square(x) + 1.0),),
    acosh: (lambda g, x, _: g * rsqrt(square(x) - 1.0),),
    atanh: (lambda g, x, _: reciprocal(1.0 + x) * (g / (1.0 - x)),),
    cbrt: (lambda g, _, z: g * (1 / 3 * pow_(z, -2.0)),),
    exp2: (lambda g, _, z: LN2 * (g * z),),
    log2: (lambda g, x, _: g * PER_LN2 / x,),
    log10: (lambda g, x, _: g * PER_LN10 / x,),
    erf: (lambda g, x, _: TWO_BY_ROOT_PI * (g * exp(neg(square(x)))),),
    logit: (lambda g, x, _: g / (x * (1.0 - x)),),
    pow_: (_power, lambda g, x, _y, z: g * (log(choose(ne(x, 0.0), x, 1.0)) * z)),
    xlogy: (lambda g, _, y, _z: g * log(y), lambda g, x, y, _: g / y * x),
    sigmoid: (lambda g, _, z: g * FACTOR(z, 1.0 - z),),
    expm1: (lambda g, _, z: g * (z + 1.0),),
    log: (lambda g, x, _: g / x,),
    log1p: (lambda g, x, _: g / (x + 1.0),),
    SOFTPLUS: (lambda g, x, z: g * exp(x - z),),
    logaddexp: (lambda g, x, _, z: g * exp(x - z), lambda g, _, y, z: g * exp(y - z)),
    reciprocal: (lambda g, x, _: g * -pow_(x, -2.0),),
    div: _QUOTIENT,
    STEPWISE: _QUOTIENT,
    NORM: (lambda g, x, z: (g * (0.5 / z)) * x * 2.0,),
}
"""Of a derivative and the operands of a function, the derivative times its slope."""


def _product(how: How, moved: Sequence[Any], x: Any, y: Any, _z: Any) -> Any:
    t, u = moved
    if t is None or u is None:
        return x * u if t is None else t * y
    return how.add(t, y, x * u)


def _quotient(divide: Callable[..., Any], how: How, moved: Sequence[Any], *operands: Any) -> Any:
    (t, u), (x, y, _) = moved, operands
    divide = div if how.add is apart else divide
    if u is None:
        return divide(t, y)
    part, square = neg(u) * x, pow_(y, -2.0)
    if t is None:
        return part * square
    if how.in_rows:
        return how.add(t, reciprocal(y), part * square)
    return how.add(part, square, divide(t, y))


def _norm(how: How, moved: Sequence[Any], x: Any, z: Any) -> Any:
    (t,) = moved
    return sum_(how.add(t, x, x * t), *z.attrs) * (0.5 / z)


def _choice(_how: How, moved: Sequence[Any], which: Any, *_operands: Any) -> Any:
    _, t, u = (0.0 if part is None else part for part in moved)
    return choose(which, t, u)


PUSHES: dict[Any, Callable[..., Any]] = {
    tanh: lambda how, moved, _, z: how.add(moved[0], z, moved[0]) * (1.0 - z),
    MUL: _product,
    FACTOR: lambda _how, moved, *operands: _product(How(at_once), moved, *operands),
    div: partial(_quotient, div),
    STEPWISE: partial(_quotient, STEPWISE),
    NORM: _norm,
    CHOICE: _choice,
}
"""Of how it is computed, the tangents, the operands and the result, its tangent."""

FACTORS = frozenset({maximum.op, minimum.op, CLIP, max_.op, min_.op})
"""Operations whose choice of an operand is a factor of 0 or 1."""

WAY = WayBack
