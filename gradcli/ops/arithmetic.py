"""Arithmetic: sums, products, quotients, remainders, and what makes them simpler."""

from __future__ import annotations

import math
import operator
from typing import TYPE_CHECKING, Any

import numpy as np

from gradcli.ir.function import function
from gradcli.ir.kinds import JUMP, POLE, POLES, at, at_zero, either
from gradcli.ir.node import Node, literal
from gradcli.ir.op import PRODUCT, QUOTIENT, Binary, Unary, broadcast, spell
from gradcli.ir.record import CONSTANT, TRUTH, Rule
from gradcli.ops.compare import GATE, TAINT, isnan, truth
from gradcli.ops.marks import NAME
from gradcli.ops.records import binary, of_arrays, unary
from gradcli.ops.shape import BROADCAST, PLACE, RESHAPE, is_ones

if TYPE_CHECKING:
    from gradcli.ir.function import Arrays

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


def _selected(x: Node, y: Node) -> Node | None:
    """A truth value as a factor selects."""
    return _gated(x, y, mul)


def _times_ones(x: Node, y: Node) -> Node | None:
    """The other factor, where one is ones: bit for bit the same."""
    if is_ones(x) and _fills(y, x):
        return y
    return x if is_ones(y) and _fills(x, y) else None


def is_one_beside(x: Node, one: Node) -> bool:
    """Whether an operand is 1 for each element of the other one, x."""
    return is_ones(one) and _fills(x, one)


def _signed(x: Node, y: Node) -> Node | None:
    """The product behind the sign of a factor: bit for bit the same."""
    if x.op is NEG and _fills(x, y):
        return _neg(_mul(y, x.inputs[0]))
    return _neg(_mul(x, y.inputs[0])) if y.op is NEG and _fills(y, x) else None


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
    return x if literal(y) == 1.0 and not x.is_bool else None


def _signed_quotient(x: Node, y: Node) -> Node | None:
    """The quotient behind the sign of what is divided."""
    return neg(div(x.inputs[0], y)) if x.op is NEG and _fills(x, y) else None


def _neg_rewrite(x: Node) -> Node | None:
    mask = _gate_of(x)
    return None if mask is None else GATE(mask, neg(_value_of(x)))


def _twice_signed(x: Node) -> Node:
    return x.inputs[0]


_SELECTING = frozenset({GATE, NAME, TRUTH})

# --- the four operations ------------------------------------------------------------------------


def _add_rewrite(x: Node, y: Node) -> Node | None:
    """Signs go outward through products and end in a difference, bit for bit the same."""
    if y.op is NEG:
        return _sub(x, y.inputs[0])
    return _sub(y, x.inputs[0]) if x.op is NEG else None


def _add_placed(x: Node, y: Node) -> Node | None:
    """The same of what is placed among zeros, as contributions of slices of an array are."""
    for term, other in ((y, x), (x, y)):
        if term.op is PLACE and term.inputs[0].op is NEG:
            return _sub(other, PLACE(term.inputs[0].inputs[0], attrs=term.attrs))
    return None


def _minus_signed(x: Node, y: Node) -> Node | None:
    return _add(x, y.inputs[0]) if y.op is NEG else None


def _sub_rewrite(x: Node, y: Node) -> Node | None:
    """x - 0 is x, bit for bit; x + 0 is not where x is -0."""
    n = literal(y)
    is_zero = n is not None and n == 0.0 and math.copysign(1.0, n) > 0
    return x if is_zero and not x.is_bool else None


_NOT_OVER_ZERO = ((-3.0, 3.0), (0.5, 3.0))

# fmt: off
NEG = Unary("neg", operator.neg, -1, notation=("-{0:7}", 7), analytic=True)
NEG.add_rule(Rule(_twice_signed, {NEG}, signs=True))
NEG.add_rule(Rule(_neg_rewrite, _SELECTING))
MUL = Binary("mul", operator.mul, lambda x, y, z: y, lambda x, y, z: x,
             rewrite=_selected, of=_SELECTING, notation=("{0:6}*{1:6}", 6), analytic=True,
             series=PRODUCT)
MUL.add_rule(Rule(_times_ones, {CONSTANT, BROADCAST, RESHAPE}))
MUL.add_rule(Rule(_signed, {NEG}, signs=True))

add = binary("add", operator.add, (1, 1),
             "The sum x + y.", "add(1, 2)", "add_strict add_v2",
             notation=("{0:5} + {1:5}", 5), analytic=True)
sub = binary("sub", operator.sub, (1, -1),
             "The difference x - y.", "sub(3, 2)", "subtract sub_strict",
             rewrite=_sub_rewrite, of=(CONSTANT,), notation=("{0:5} - {1:6}", 5), analytic=True)
mul = of_arrays(MUL, "x y", "The product x * y.", "mul(2, 3)",
                "multiply mul_strict scalar_mul", domain=((-3.0, 3.0), (-3.0, 3.0)))
div = binary("div", operator.truediv, (lambda x, y, z: reciprocal(y), lambda x, y, z: -(z / y)),
             "The quotient x / y.", "div(1, 4)", "divide true_divide truediv realdiv div_strict",
             rewrite=_div_rewrite, of=_SELECTING | {CONSTANT}, notation=("{0:6}/{1:7}", 6),
             analytic=True, special=at(POLE, lambda x, y, z: (y == 0) & (x != 0)),
             domain=_NOT_OVER_ZERO, series=QUOTIENT)
neg = of_arrays(NEG, "x", "-x.", "neg(0.5)", "negative", domain=((-3.0, 3.0),))
pos = unary("pos", np.positive, 1, "x itself.", "positive", notation=("{0}", 10))
reciprocal = unary("reciprocal", lambda x: 1 / x, lambda x, z: -(z / x), "1 / x.",
                   notation=("1/{0:7}", 6), special=at_zero(POLE), domain=(0.3, 3.0),
                   analytic=True, into=np.reciprocal, series=QUOTIENT)
floordiv = binary("floordiv", np.floor_divide, (lambda x, y, z: math.nan,) * 2,
                  "x / y rounded down.", "floordiv(7, 2)", "floor_divide floor_div",
                  selects=(lambda x, y, z: isnan(z),) * 2, notation=("{0:6}//{1:7}", 6),
                  special=either(at(JUMP, lambda x, y, z: np.mod(x, y) == 0), POLES),
                  flat=True, domain=_NOT_OVER_ZERO)
mod = binary("mod", np.mod,
             (lambda x, y, z: TAINT(1.0, z), lambda x, y, z: TAINT(-floordiv(x, y), z)),
             "x - y * floor(x / y): the remainder with the sign of y.", "mod(-7, 3)",
             "remainder floormod floor_mod", notation=("{0:6} % {1:7}", 6),
             special=at(JUMP, lambda x, y, z: z == 0), domain=_NOT_OVER_ZERO)
squared_difference = binary("squared_difference", lambda x, y: np.square(x - y),
                            (lambda x, y, z: 2.0 * (x - y), lambda x, y, z: 2.0 * (y - x)),
                            "(x - y)^2.", "squared_difference(5, 3)",
                            "squared_error squared_difference_strict", analytic=True)
# fmt: on

_add, _sub, _mul, _neg = add.build, sub.build, mul.build, neg.build
"""The same for the rules above, which are asked often: a method is quicker to call."""

for _record, _rule, _operand in (
    (add, _add_rewrite, NEG),
    (add, _add_placed, PLACE),
    (sub, _minus_signed, NEG),
    (div, _signed_quotient, NEG),
):
    assert _record.op is not None
    _record.op.add_rule(Rule(_rule, {_operand}, signs=True))

CANCELLING = frozenset({add.op, sub.op})
"""Operations whose result may be small beside their operands."""


@function(example="addn(([1, 2], [3, 4]))", aliases="add_n accumulate_n")
def addn(arrays: Arrays) -> Node:
    """The sum of several arrays."""
    whole = arrays[0]
    for x in arrays[1:]:
        whole = whole + x
    return whole


_RECORDS = (add, sub, mul, div, neg, mod, floordiv, pos)
spell({record.name: record.build for record in _RECORDS} | {"truth": truth})
