"""Activations of neural networks."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from gradcli.errors import ProgramTypeError, ShapeError
from gradcli.ir.function import function
from gradcli.ir.kinds import KINK, at, at_zero
from gradcli.ir.shapes import normal_axis
from gradcli.ops.compare import (
    TAINT,
    abs_,
    choose,
    clip,
    ge,
    gt,
    le,
    logical_not,
    lt,
    minimum,
    sign,
    where,
)
from gradcli.ops.error_functions import ndtr
from gradcli.ops.exponential import SOFTPLUS, expm1, sigmoid
from gradcli.ops.powers import hypot, sqrt, square
from gradcli.ops.records import unary
from gradcli.ops.shape import along, concat, reshape_to
from gradcli.ops.trigonometry import tanh

if TYPE_CHECKING:
    from gradcli.ir.function import Array, Flag, Int, Number, Value
    from gradcli.ir.node import Node

# --- rectifiers ---------------------------------------------------------------------------------

# fmt: off
relu = unary("relu", lambda x: np.maximum(x, 0), lambda x, z: TAINT(1.0, z),
             "x where it is positive, else 0; the gradient at 0 is 0.",
             signatures="F.relu(input, inplace=False)",
             select=lambda x, z: logical_not(le(x, 0.0)), special=at_zero(KINK), points=(0.0,))
relu6 = unary("relu6", lambda x: np.minimum(np.maximum(x, 0), 6), lambda x, z: TAINT(1.0, z),
              "x held between 0 and 6; the gradient at both is 0.",
              signatures="F.relu6(input, inplace=False)",
              select=lambda x, z: logical_not(le(x, 0.0) | (x >= 6.0)),
              special=at(KINK, lambda x, z: (x == 0) | (x == 6)), points=(0.0, 6.0))
# fmt: on


@function(
    example="leaky_relu(-2)",
    signatures="""
        F.leaky_relu(input, negative_slope: alpha = 0.01, inplace=False)
        tf.leaky_relu(features, alpha=0.2)
        tfjs.leakyRelu(x, alpha=0.2)
    """,
)
def leaky_relu(x: Array, alpha: Array | float = 0.01) -> Node:
    """x where it is positive, else alpha * x."""
    return TAINT(where(gt(x, 0.0), x, alpha * x), x)


@function(example="prelu(-2, 0.25)", signatures="F.prelu(input, weight: alpha); channels=True")
def prelu(x: Array, alpha: Array, *, channels: Flag = False) -> Node:
    """x where it is positive, else alpha * x, for slopes that broadcast, or one a channel."""
    if channels and alpha.ndim == 1 and x.ndim > 2:
        alpha = reshape_to(alpha, (alpha.size, *(1,) * (x.ndim - 2)))
    return leaky_relu(x, alpha)


@function(example="keras_relu(-2, 0.1)")
def keras_relu(
    x: Array,
    negative_slope: Array | float = 0.0,
    max_value: Array | None = None,
    threshold: Array | float = 0.0,
) -> Node:
    """x from a threshold (0) to a largest value on, below it a slope (0) times the distance."""
    if (negative_slope, max_value, threshold) == (0.0, None, 0.0):
        return relu(x)
    above = x if max_value is None else minimum(x, max_value)
    return choose(ge(x, threshold), above, negative_slope * (x - threshold))


@function(example="crelu([-2, 3])")
def crelu(x: Array, axis: Int = -1) -> Node:
    """relu(x) and relu(-x), joined along an axis."""
    return concat((relu(x), relu(-x)), normal_axis(axis, x.ndim))


# --- exponential units --------------------------------------------------------------------------


@function(
    example="elu(-1)",
    signatures="""
        F.elu(input, alpha=1.0, inplace=False)
        tfjs.elu(x)
    """,
)
def elu(x: Array, alpha: Array | float = 1.0) -> Node:
    """x where it is positive, else alpha * (exp(x) - 1)."""
    return where(gt(x, 0.0), x, alpha * expm1(x))


@function(example="celu(-1)", signatures="F.celu(input, alpha=1.0, inplace=False)")
def celu(x: Array, alpha: Array | float = 1.0) -> Node:
    """x where it is positive, else alpha * (exp(x / alpha) - 1)."""
    return where(gt(x, 0.0), x, alpha * expm1(x / alpha))


SELU_ALPHA = 1.6732632423543772
SELU_SCALE = 1.0507009873554805


@function(example="selu(-1)", signatures="F.selu(input, inplace=False)")
def selu(x: Array) -> Node:
    """The self-normalising elu: 1.0507 * elu(x, 1.6733)."""
    return SELU_SCALE * elu(x, SELU_ALPHA)


# --- smooth rectifiers --------------------------------------------------------------------------


@function(example="softplus(0.5)", aliases="log1pexp", signatures="tfjs.softplus(x)")
def softplus(x: Array, beta: Array | float = 1.0, threshold: Number = 20.0) -> Node:
    """log(1 + exp(beta x)) / beta, without overflow and so without need of a threshold.

    Where PyTorch's is given, and is not the usual one, it is x where beta x is above it.
    """
    if threshold != 20.0:
        return where(gt(beta * x, threshold), x, softplus(x, beta))
    return SOFTPLUS(x) if isinstance(beta, float) and beta == 1.0 else SOFTPLUS(beta * x) / beta


@function(example="squareplus(1)")
def squareplus(x: Array, b: Array | float = 4.0) -> Node:
    """(x + sqrt(x^2 + b)) / 2, exact for large -x."""
    b = x.graph.lift(b)
    size = hypot(x, sqrt(b))
    return choose(lt(x, 0.0), 0.5 * (b / (size - x)), 0.5 * (x + size))


@function(example="sparse_plus(0.5)")
def sparse_plus(x: Array) -> Node:
    """0 up to -1, x from 1 on, and (x + 1)^2 / 4 between."""
    return choose(le(x, -1.0), 0.0, choose(ge(x, 1.0), x, 0.25 * square(x + 1.0)))


@function(
    example="gelu(1)",
    signatures="""
        jax.gelu(x, approximate=True)
        keras.ops.gelu(x, approximate=True)
        F.gelu(input, *, approximate='none')
    """,
)
def gelu(x: Array, approximate: Value = False) -> Node:
    """x times the normal distribution's probability below x, or its tanh approximation.

    `approximate` is true or false, or "tanh" or "none".
    """
    if approximate not in (True, False, "tanh", "none"):
        raise ProgramTypeError(f"gelu knows no {approximate!r}", help='"tanh" or "none"')
    if approximate in (True, "tanh"):
        near = clip(x, x.graph.lift(-1e3), x.graph.lift(1e3))
        inner = math.sqrt(2.0 / math.pi) * (near + 0.044715 * (near * square(near)))
        return x * sigmoid(2.0 * inner)
    return x * ndtr(x)


@function(example="silu(1)", aliases="swish", signatures="F.silu(input, inplace=False)")
def silu(x: Array, beta: Array | float = 1.0) -> Node:
    """x * sigmoid(beta * x)."""
    return x * sigmoid(x if isinstance(beta, float) else beta * x)


@function(example="mish(1)", signatures="F.mish(input, inplace=False)")
def mish(x: Array) -> Node:
    """x * tanh(softplus(x))."""
    return x * tanh(SOFTPLUS(x))


@function(example="glu([1, 2, 3, 4])")
def glu(x: Array, axis: Int = -1) -> Node:
    """The first half of an axis times the sigmoid of the second."""
    a = normal_axis(axis, x.ndim)
    half, odd = divmod(x.shape[a], 2)
    if odd:
        raise ShapeError(f"glu halves an axis, and {x.shape[a]} is odd")
    return along(x, a, slice(None, half)) * sigmoid(along(x, a, slice(half, None)))


@function(
    example="threshold([1, 3], 2, 7)",
    signatures="F.threshold(input, threshold, value, inplace=False)",
)
def threshold(x: Array, threshold: Array, value: Array) -> Node:
    """x where it is above a threshold, else a value."""
    return choose(gt(x, threshold), x, value)


# --- bounded units ------------------------------------------------------------------------------

softsign = unary(
    "softsign",
    lambda x: x / (1 + np.abs(x)),
    lambda x, z: square(1.0 / (1.0 + abs_(x))),
    "x / (1 + abs(x)).",
    "soft_sign",
)


@function(
    example="hard_sigmoid(1)",
    aliases="hardsigmoid",
    signatures="F.hardsigmoid(input, inplace=False)",
)
def hard_sigmoid(x: Array) -> Node:
    """x/6 + 1/2 held between 0 and 1."""
    return _held(x / 6.0 + 0.5, 0.0, 1.0)


@function(example="sparse_sigmoid(0.5)")
def sparse_sigmoid(x: Array) -> Node:
    """x/2 + 1/2 held between 0 and 1."""
    return _held(0.5 * x + 0.5, 0.0, 1.0)


@function(
    example="hard_tanh(2)",
    aliases="hardtanh",
    signatures="F.hardtanh(input, min_val=-1.0, max_val=1.0, inplace=False)",
)
def hard_tanh(x: Array, min_val: Array | float = -1.0, max_val: Array | float = 1.0) -> Node:
    """x held between -1 and 1, or other bounds; the gradient at both is 1."""
    return _held(x, min_val, max_val)


@function(
    example="hard_swish(1)",
    aliases="hardswish hard_silu",
    signatures="F.hardswish(input, inplace=False)",
)
def hard_swish(x: Array) -> Node:
    """x * hard_sigmoid(x)."""
    return x * hard_sigmoid(x)


def _held(x: Node, low: Node | float, high: Node | float) -> Node:
    return clip(x, x.graph.lift(low), x.graph.lift(high))


# --- shrinking ----------------------------------------------------------------------------------


def _tanhshrink(x: Any) -> Any:
    """By Lambert's continued fraction of tanh where the difference would cancel."""
    square = np.minimum(x * x, 1)
    inner = np.zeros_like(square)
    for odd in range(23, 1, -2):
        inner = square / (odd + inner)
    return np.where(np.abs(x) < 1, x * inner / (1 + inner), x - np.tanh(x))


tanhshrink = unary(
    "tanhshrink", _tanhshrink, lambda x, z: square(tanh(x)), doc="x - tanh(x), exact for small x."
)


@function(example="softshrink([-1, 0.25])", aliases="soft_shrink")
def softshrink(x: Array, lambd: Array | float = 0.5) -> Node:
    """x moved towards 0 by lambd, and 0 where abs(x) <= lambd."""
    return choose(le(abs_(x), lambd), 0.0, x - lambd * sign(x))


@function(example="hardshrink([-1, 0.25])", aliases="hard_shrink")
def hardshrink(x: Array, lambd: Array | float = 0.5) -> Node:
    """x where abs(x) > lambd, else 0."""
    return choose(le(abs_(x), lambd), 0.0, x)
