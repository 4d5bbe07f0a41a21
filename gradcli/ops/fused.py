"""Arithmetic of several operands at once, remainders, and quotients that are never NaN."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from gradcli.ir.function import function
from gradcli.ir.kinds import JUMP, POLES, at, either
from gradcli.ir.node import WORDS, Node
from gradcli.ir.op import Binary, Unary, nothing
from gradcli.ops.compare import TAINT, choose, gt, isfinite, isnan, ne, trunc
from gradcli.ops.exponential import LN2, exp2
from gradcli.ops.records import binary

if TYPE_CHECKING:
    from gradcli.ir.function import Array, Number, Value

_ABOVE_ZERO = ((-3.0, 3.0), (0.5, 3.0))

# --- quotients and products that are never NaN ----------------------------------------------------


def _or_zero(kernel: Any) -> Any:
    """The kernel, and 0 where the second operand is 0."""

    def safe(x: Any, y: Any) -> Any:
        return np.where(y == 0, 0, kernel(x, y)).astype(np.result_type(x, y), copy=False)

    return safe


# fmt: off
divide_no_nan = binary(
    "divide_no_nan", _or_zero(np.divide), (lambda x, y, z: 1.0 / y, lambda x, y, z: -(z / y)),
    "x / y, and 0 where y is 0.", "divide_no_nan(1, 0)", "div_no_nan",
    selects=(lambda x, y, z: ne(y, 0.0),) * 2,
    special=at(JUMP, lambda x, y, z: (y == 0) & (x != 0)), domain=_ABOVE_ZERO)
multiply_no_nan = binary(
    "multiply_no_nan", _or_zero(np.multiply), (lambda x, y, z: y, lambda x, y, z: x),
    "x * y, and 0 where y is 0, whatever x is.", "multiply_no_nan(inf, 0)", "mul_no_nan",
    selects=(lambda x, y, z: ne(y, 0.0), lambda x, y, z: ne(y, 0.0) | isfinite(x)))
# fmt: on

# --- remainders and scaling -----------------------------------------------------------------------


def _whole_quotient(x: Any, y: Any) -> Any:
    size = np.floor_divide(np.abs(x), np.abs(y))
    return np.where(np.signbit(x) == np.signbit(y), size, -size)


WHOLE_QUOTIENT = Binary(
    "whole_quotient",
    _whole_quotient,
    *(lambda x, y, z: np.nan,) * 2,
    selects=(lambda x, y, z: isnan(z),) * 2,
    special=either(at(JUMP, lambda x, y, z: (z != 0) & (np.fmod(x, y) == 0)), POLES),
    flat=True,
)
"""x / y without its digits behind the point."""

fmod = binary(
    "fmod",
    np.fmod,
    (lambda x, y, z: TAINT(1.0, z), lambda x, y, z: TAINT(-WHOLE_QUOTIENT(x, y), z)),
    "x - y * trunc(x / y): the remainder with the sign of x.",
    "fmod(-7, 3)",
    "rem truncatemod truncate_mod trunc_mod",
    special=at(JUMP, lambda x, y, z: (z == 0) & (x != 0)),
    domain=_ABOVE_ZERO,
)


def _ldexp(x: Any, y: Any) -> Any:
    """In two steps, neither of which overflows where the answer does not."""
    half = np.rint(y / 2)
    return x * np.exp2(half) * np.exp2(y - half)


ldexp = binary(
    "ldexp", _ldexp, (lambda x, y, z: exp2(y), lambda x, y, z: LN2 * z), "x * 2^y.", "ldexp(3, 4)"
)


@function(example="divmod(7, 2)", domain=_ABOVE_ZERO)
def divmod_(x: Array, y: Array) -> tuple[Node, Node]:
    """x / y rounded down, and the remainder."""
    return WORDS["floordiv"](x, y), WORDS["mod"](x, y)


@function(example="modf(2.5)")
def modf(x: Array) -> tuple[Node, Node]:
    """The digits of x behind the point, and x without them."""
    return fmod(x, x.graph.constant(1.0)), trunc(x)


EXPONENT = Unary(
    "exponent",
    lambda x: np.frexp(x)[1].astype(x.dtype),
    nothing,
    special=at(JUMP, lambda x, z: (np.abs(np.frexp(x)[0]) == 0.5) | (x == 0)),
    flat=True,
)


@function(example="frexp(10)")
def frexp(x: Array) -> tuple[Node, Node]:
    """The fraction f, with 0.5 <= abs(f) < 1, and the whole number n that make x = f * 2^n."""
    power = EXPONENT(x)
    return ldexp(x, -power), power


# --- three operands -------------------------------------------------------------------------------


@function(
    example="lerp(10, 20, 0.25)", aliases="mix", signatures="torch.lerp(input: start, end, weight)"
)
def lerp(start: Array, end: Array, weight: Array) -> Node:
    """start + weight * (end - start): between two values, by a weight of 0 to 1."""
    return start + weight * (end - start)


@function(example="addcmul(1, 2, 3)")
def addcmul(x: Array, tensor1: Array, tensor2: Array, value: Number = 1.0) -> Node:
    """x + value * tensor1 * tensor2."""
    return x + value * (tensor1 * tensor2)


@function(example="addcdiv(1, 2, 3)", domain=((-3.0, 3.0), (-3.0, 3.0), (0.5, 3.0)))
def addcdiv(x: Array, tensor1: Array, tensor2: Array, value: Number = 1.0) -> Node:
    """x + value * tensor1 / tensor2."""
    return x + value * (tensor1 / tensor2)


@function(example="rsub(1, 5)")
def rsub(x: Array, y: Array, alpha: Array | float = 1.0) -> Node:
    """y - alpha * x."""
    return y - alpha * x


@function(example="add_scaled(1, 2, alpha=3)")
def add_scaled(x: Array, y: Array, alpha: Array | float = 1.0) -> Node:
    """x + alpha * y: PyTorch's add."""
    return x + alpha * y


@function(example="sub_scaled(1, 2, alpha=3)")
def sub_scaled(x: Array, y: Array, alpha: Array | float = 1.0) -> Node:
    """x - alpha * y: PyTorch's sub."""
    return x - alpha * y


@function(example='div_rounded(7, 2, rounding_mode="floor")', domain=_ABOVE_ZERO)
def div_rounded(x: Array, y: Array, rounding_mode: Value = None) -> Node:
    """x / y, or that rounded down ("floor") or towards 0 ("trunc"): PyTorch's div."""
    if rounding_mode == "floor":
        return WORDS["floordiv"](x, y)
    return trunc(x / y) if rounding_mode == "trunc" else x / y


@function(example="step_or_line([-2, 3], 0.5)")
def step_or_line(x: Array, alpha: Array | float = 0.0) -> Node:
    """1 above 0 and alpha * x below: TF.js's step."""
    return choose(gt(x, 0.0), 1.0, alpha * x)
