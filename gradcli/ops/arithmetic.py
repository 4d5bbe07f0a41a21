"""Arithmetic and powers."""

from __future__ import annotations

import math
import operator
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np

from gradcli.ir.function import function
from gradcli.ir.kinds import JUMP, KINK, POLE, POLES, VERTICAL, at, at_zero, either
from gradcli.ir.node import WORDS, Node, literal
from gradcli.ir.op import Elementwise, broadcast, spell
from gradcli.ir.record import CONSTANT
from gradcli.ops.compare import GATE, TAINT, choose, eq, isnan, ne, truth
from gradcli.ops.marks import NAME
from gradcli.ops.records import binary, unary
from gradcli.ops.shape import BROADCAST, is_ones

if TYPE_CHECKING:
    from gradcli.ir.function import Arrays
    from gradcli.ir.kinds import Special

# --- products with a truth value are selections ------------------------------------------------


def _gate_of(x: Node) -> Node | None:
    """The truth value that a factor selects by, if it is one or a product with one."""
    if x.is_bool:
        return x
    inner = x
    while inner.op is NAME:
        inner = inner.inputs[0]
    return inner.inputs[0] if inner.op is GATE else None


def _value_of(x: Node) -> Node:
    """What a gate lets through; 1 for a truth value itself."""
    if x.is_bool:
        return x.graph.constant(1.0)
    return x.inputs[1] if x.op is GATE else x


def _mul_rewrite(x: Node, y: Node) -> Node | None:
    """Truth values select, ones vanish, signs go outward: bit for bit the same."""
    if x.dtype is not y.dtype or x.op in _SELECTING or y.op in _SELECTING:
        selected = _gated(x, y, mul)
        if selected is not None:
            return selected
    if x.op in _SIMPLER or y.op in _SIMPLER:
        return _times_ones(y, x) or _times_ones(x, y) or _signed(x, y)
    return None


def _times_ones(x: Node, y: Node) -> Node | None:
    """x, where y is ones and does not make it larger."""
    return x if y.op in _REPEATED and is_ones(y) and _fills(x, y) else None


def _signed(x: Node, y: Node) -> Node | None:
    """The product without the sign of a factor, and the sign before it."""
    if x.op is NEG and _fills(x, y):
        return neg(mul(x.inputs[0], y))
    return neg(mul(x, y.inputs[0])) if y.op is NEG and _fills(y, x) else None


def _fills(x: Node, other: Node) -> bool:
    """Whether a result with another operand has the shape of x alone."""
    return not other.shape or broadcast((x, other)) == x.shape


def _gated(x: Node, y: Node, combine: Any) -> Node | None:
    masks = [mask for mask in (_gate_of(x), _gate_of(y)) if mask is not None]
    if not masks:
        return None
    mask = masks[0] if len(masks) == 1 else masks[0] & masks[1]
    return GATE(mask, combine(_value_of(x), _value_of(y)))


def _div_rewrite(x: Node, y: Node) -> Node | None:
    mask = None if y.is_bool else _gate_of(x)
    if mask is not None:
        return GATE(mask, div(_value_of(x), y))
    if x.op is NEG and _fills(x, y):
        return neg(div(x.inputs[0], y))
    return x if literal(y) == 1.0 and not x.is_bool else None


def _neg_rewrite(x: Node) -> Node | None:
    mask = _gate_of(x)
    if mask is not None:
        return GATE(mask, neg(_value_of(x)))
    return x.inputs[0] if x.op is NEG else None


_REPEATED = frozenset({CONSTANT, BROADCAST})
_SELECTING = frozenset({GATE, NAME})

# --- the four operations ------------------------------------------------------------------------


def _add_rewrite(x: Node, y: Node) -> Node | None:
    """Signs go outward through products and end in a difference, bit for bit the same."""
    if y.op is NEG:
        return sub(x, y.inputs[0])
    return sub(y, x.inputs[0]) if x.op is NEG else None


def _sub_rewrite(x: Node, y: Node) -> Node | None:
    """x - 0 is x, bit for bit; x + 0 is not where x is -0."""
    if y.op is NEG:
        return add(x, y.inputs[0])
    n = literal(y)
    is_zero = n is not None and n == 0.0 and math.copysign(1.0, n) > 0
    return x if is_zero and not x.is_bool else None


add = binary(
    "add",
    operator.add,
    (lambda x, y, z: 1, lambda x, y, z: 1),
    rewrite=_add_rewrite,
    notation=("{0:5} + {1:5}", 5),
    doc="The sum x + y.",
    example="add(1, 2)",
    aliases="add_strict add_v2",
    analytic=True,
)
sub = binary(
    "sub",
    operator.sub,
    (lambda x, y, z: 1, lambda x, y, z: -1),
    rewrite=_sub_rewrite,
    notation=("{0:5} - {1:6}", 5),
    doc="The difference x - y.",
    example="sub(3, 2)",
    aliases="subtract sub_strict",
    analytic=True,
)
mul = binary(
    "mul",
    operator.mul,
    (lambda x, y, z: y, lambda x, y, z: x),
    rewrite=_mul_rewrite,
    notation=("{0:6}*{1:6}", 6),
    doc="The product x * y.",
    example="mul(2, 3)",
    aliases="multiply mul_strict",
    analytic=True,
)
div = binary(
    "div",
    operator.truediv,
    (lambda x, y, z: reciprocal(y), lambda x, y, z: -(z / y)),
    rewrite=_div_rewrite,
    notation=("{0:6}/{1:7}", 6),
    special=at(POLE, lambda x, y, z: (y == 0) & (x != 0)),
    doc="The quotient x / y.",
    example="div(1, 4)",
    aliases="divide true_divide truediv realdiv div_strict",
    domain=((-3.0, 3.0), (0.5, 3.0)),
    analytic=True,
)
neg = unary(
    "neg",
    operator.neg,
    lambda x, z: -1,
    rewrite=_neg_rewrite,
    notation=("-{0:7}", 7),
    doc="-x.",
    aliases="negative",
    analytic=True,
)
NEG = neg.op
_SIMPLER = frozenset({NEG, *_REPEATED})
"""Operations whose results may make a product simpler."""
pos = unary("pos", np.positive, lambda x, z: 1, "x itself.", "positive", notation=("{0}", 10))
reciprocal = unary(
    "reciprocal",
    lambda x: 1 / x,
    lambda x, z: -(z / x),
    notation=("1/{0:7}", 6),
    special=at_zero(POLE),
    doc="1 / x.",
    domain=(0.3, 3.0),
    analytic=True,
    into=np.reciprocal,
)
floordiv = binary(
    "floordiv",
    np.floor_divide,
    (lambda x, y, z: math.nan, lambda x, y, z: math.nan),
    selects=(lambda x, y, z: isnan(z), lambda x, y, z: isnan(z)),
    notation=("{0:6}//{1:7}", 6),
    special=either(at(JUMP, lambda x, y, z: np.mod(x, y) == 0), POLES),
    flat=True,
    doc="x / y rounded down.",
    example="floordiv(7, 2)",
    aliases="floor_divide floor_div",
    domain=((-3.0, 3.0), (0.5, 3.0)),
)
mod = binary(
    "mod",
    np.mod,
    (lambda x, y, z: TAINT(1.0, z), lambda x, y, z: TAINT(-floordiv(x, y), z)),
    notation=("{0:6} % {1:7}", 6),
    special=at(JUMP, lambda x, y, z: z == 0),
    doc="x - y * floor(x / y): the remainder with the sign of y.",
    example="mod(-7, 3)",
    aliases="remainder floormod floor_mod",
    domain=((-3.0, 3.0), (0.5, 3.0)),
)


@function(example="addn(([1, 2], [3, 4]))", aliases="add_n accumulate_n")
def addn(arrays: Arrays) -> Node:
    """The sum of several arrays."""
    whole = arrays[0]
    for x in arrays[1:]:
        whole = whole + x
    return whole


# --- powers and roots ---------------------------------------------------------------------------

square = unary(
    "square", np.square, lambda x, z: 2.0 * x, "x^2.", notation=("{0:9}^2", 8), points=(0.0,)
)
cube = unary(
    "cube",
    lambda x: x * x * x,
    lambda x, z: 3.0 * square(x),
    notation=("{0:9}^3", 8),
    doc="x^3.",
    analytic=True,
    into=lambda x, out: np.multiply(np.multiply(x, x, out), x, out),
)
sqrt = unary(
    "sqrt",
    lambda x: np.sqrt(x) + 0.0,
    lambda x, z: 0.5 / z,
    special=at_zero(VERTICAL),
    doc="The square root of x.",
    domain=(0.2, 4.0),
    analytic=True,
    into=lambda x, out: np.add(np.sqrt(x, out), 0.0, out),
)
rsqrt = unary(
    "rsqrt",
    lambda x: 1 / (np.sqrt(x) + 0.0),
    lambda x, z: -0.5 * (z / x),
    special=at_zero(POLE),
    doc="1 / sqrt(x).",
    domain=(0.2, 4.0),
    analytic=True,
)


def _cbrt(x: Any) -> Any:
    root = np.cbrt(x)
    with np.errstate(all="ignore"):
        step = (root * root * root - x) / (3 * root * root)
    return np.where(np.isfinite(step), root - step, root)


cbrt = unary(
    "cbrt",
    _cbrt,
    lambda x, z: 1.0 / (3.0 * square(z)),
    special=at_zero(VERTICAL),
    doc="The cube root of x.",
    domain=(0.2, 4.0),
)
HYPOT_SHARE = Elementwise(
    "hypot_share",
    lambda x, y: x / np.hypot(x, y),
    lambda x, y, z: square(HYPOT_SHARE(y, x)) / hypot(x, y),
    lambda x, y, z: -(z * HYPOT_SHARE(y, x)) / hypot(x, y),
    notation=("{0:6}/hypot({0}, {1})", 6),
)
"""x / hypot(x, y), whose slopes would cancel as a quotient."""

hypot = binary(
    "hypot",
    np.hypot,
    (lambda x, y, z: HYPOT_SHARE(x, y), lambda x, y, z: HYPOT_SHARE(y, x)),
    selects=(lambda x, y, z: ne(z, 0.0),) * 2,
    special=at(KINK, lambda x, y, z: z == 0),
    doc="sqrt(x^2 + y^2), without overflow.",
    example="hypot(3, 4)",
    points=((0.0, 0.0),),
)
squared_difference = binary(
    "squared_difference",
    lambda x, y: np.square(x - y),
    (lambda x, y, z: 2.0 * (x - y), lambda x, y, z: 2.0 * (y - x)),
    doc="(x - y)^2.",
    analytic=True,
    example="squared_difference(5, 3)",
    aliases="squared_error squared_difference_strict",
)


def _power_slope(x: Node, y: Node, _z: Node) -> Node | float:
    """y * x^(y-1); simpler where y is a literal and y - 1 exact."""
    n = literal(y)
    if n is None:
        return choose(eq(x, 0.0) & eq(y, 0.0), 0.0, y * power_less(1)(x, y))
    if n == 0.0:
        return 0.0
    return n * (pow_(x, n - 1.0) if (n - 1.0) + 1.0 == n else power_less(1)(x, y))


def _root(k: int) -> Special:
    """The points of x^(y-k) at x = 0; with an exponent of 0 it jumps along the exponent."""
    return either(
        at(JUMP, lambda x, y, z: (x == 0) & (y == k)),
        at(VERTICAL, lambda x, y, z: (x == 0) & (k < y) & (y < k + 1)),
        at(POLE, lambda x, y, z: (x == 0) & (y < k)),
    )


@cache
def power_less(k: int) -> Elementwise:
    """x^(y-k), computed as x^y / x^k where y - k loses digits; all orders of a power's slope."""

    def kernel(x: Any, y: Any) -> Any:
        exact = ((y - k) + k == y) | (x == 0)
        return np.where(exact, power(x, y - k), power(x, y) / x**k)

    def by_base(x: Node, y: Node, _z: Node) -> Node:
        at_corner = eq(x, 0.0) & eq(y, float(k))
        return choose(at_corner, 0.0, (y - float(k)) * power_less(k + 1)(x, y))

    return Elementwise(
        f"power_less_{k}",
        kernel,
        by_base,
        lambda x, y, z: power_log(k)(x, y),
        notation=(f"{{0:9}}^({{1:5}} - {k})", 8),
        special=_root(k),
    )


@cache
def power_log(k: int) -> Elementwise:
    """x^(y-k) * log(x), the slope of a power by its exponent; 0 at x = 0 while y >= k."""

    def kernel(x: Any, y: Any) -> Any:
        raised = power(x, y - k)
        slope = np.where(x == 0, np.where(y >= k, 0, np.nan), raised * np.log(x))
        return slope.astype(raised.dtype, copy=False)

    def by_base(x: Node, y: Node, _z: Node) -> Node:
        return (y - float(k)) * power_log(k + 1)(x, y) + power_less(k + 1)(x, y)

    return Elementwise(
        f"power_log_{k}",
        kernel,
        by_base,
        lambda x, y, z: z * WORDS["log"](x),
        selects=(None, lambda x, y, z: ne(x, 0.0)),
        notation=(f"{{0:9}}^({{1:5}} - {k})*log({{0}})" if k else "{0:9}^{1:8}*log({0})", 6),
        special=_root(k),
    )


def _pow_rewrite(x: Node, y: Node) -> Node | None:
    n = literal(y)
    if x.is_bool or n is None or y.shape:
        return None
    return square(x) if n == 2.0 else x if n == 1.0 else None


def power(x: Any, y: Any) -> Any:
    """x^y over arrays; -0 counts as 0. Cubes are products, which are quicker."""
    if y.ndim == 0 and y == 3:
        return x * x * x + 0.0
    return np.power(x + 0.0, y)


def _power_into(x: Any, y: Any, out: Any) -> None:
    if y.ndim == 0 and y == 3:
        np.add(np.multiply(np.multiply(x, x, out), x, out), 0.0, out)
    else:
        np.power(x + 0.0, y, out)


pow_ = binary(
    "pow",
    power,
    (_power_slope, lambda x, y, z: power_log(0)(x, y)),
    rewrite=_pow_rewrite,
    notation=("{0:9}^{1:8}", 8),
    special=_root(0),
    doc="x to the power y.",
    example="pow(2, 10)",
    aliases="power float_power integer_pow pow_strict",
    domain=((0.3, 3.0), (-3.0, 3.0)),
    analytic=True,
    into=_power_into,
)


spell(
    {
        "add": add.build,
        "sub": sub.build,
        "mul": mul.build,
        "div": div.build,
        "neg": neg.build,
        "pow": pow_.build,
        "mod": mod.build,
        "floordiv": floordiv.build,
        "pos": pos.build,
        "truth": truth,
    }
)
