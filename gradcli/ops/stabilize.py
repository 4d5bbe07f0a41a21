"""Stabilised forms: where the formula as written loses the answer, an equal one that keeps it.

Each rule is one function, which looks at the operands of the outermost operation and builds the
other form or returns None. Only direct operands count, and constants equal by bits; a name that a
gradient may be asked for is a node of its own, over which no rule passes. Derivatives are built by
the same constructors, so the rules hold for them too.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from gradcli.ir.kinds import VERTICAL, at_zero
from gradcli.ir.node import Node, literal
from gradcli.ir.op import Elementwise
from gradcli.ir.record import CONSTANT, Op, Rule
from gradcli.ops.arithmetic import MUL, add, div, is_one_beside, mul, neg, sub
from gradcli.ops.compare import TAINT, abs_
from gradcli.ops.exponential import (
    LOG_ONE_LESS_EXP,
    SOFTPLUS,
    exp,
    expm1,
    log,
    log1p,
    log2,
    log10,
    log_sigmoid,
    logaddexp,
    sigmoid,
    xlog1py,
    xlogy,
)
from gradcli.ops.matmul import MATMUL
from gradcli.ops.powers import hypot, pow_, power, sqrt, square
from gradcli.ops.quotients import COSH_MINUS_ONE, ONE_MINUS_COS
from gradcli.ops.reduce import NORM, sum_
from gradcli.ops.shape import RESHAPE
from gradcli.ops.trigonometry import cos, cosh, tanh

if TYPE_CHECKING:
    from collections.abc import Callable

    from gradcli.ir.function import Function

    Apply = Callable[..., Node | None]

# --- operations that only stabilised forms use --------------------------------------------------


def _log_cosh(x: Any) -> Any:
    size = np.abs(x)
    near = np.log1p(2 * np.square(np.sinh(np.minimum(size, 1) / 2)))
    far = size + np.log1p(np.exp(-2 * size)) - math.log(2.0)
    return np.where(size < 1, near, far).astype(near.dtype, copy=False)


LOG_COSH = Elementwise("log_cosh", _log_cosh, lambda x, z: tanh(x), notation=("log(cosh({0}))", 10))
"""log(cosh(x)), without overflow for large x and exact for small."""

SELF_POWER = Elementwise(
    "self_power",
    lambda x: power(x, x),
    lambda x, z: z * (1.0 + log(x)),
    notation=("{0:9}^{0:8}", 8),
    special=at_zero(VERTICAL),
    analytic=True,
)
"""x^x."""


def _not_negative(x: Any) -> Any:
    return np.where(x >= 0, x, x.dtype.type(np.nan))


NOT_NEGATIVE = Elementwise(
    "not_negative", _not_negative, lambda x, z: TAINT(1.0, z), notation=("{0}", 10)
)
"""x where it is not negative, else NaN: what is left of sqrt(x)^2 and exp(log(x))."""

# --- how a rule is stated -----------------------------------------------------------------------


RULES: list[Rule] = []


def add_rule(
    outer: Function | Op, written: str, computed: str, apply: Apply, *operands: Function | Op
) -> None:
    """Adds a rule for nodes of the operation `outer`; earlier rules go first.

    `operands` are the operations of which one operand at least must be; none stand for any.
    """
    rule = Rule(apply, map(_op, operands), written, computed)
    RULES.append(rule)
    _op(outer).add_rule(rule)


def look_for_more(outer: Function, apply: Apply, operand: Function | Op) -> None:
    """Lets a rule that is there look for operands of one more operation, too."""
    op = _op(outer)
    for rule in op.rules:
        if rule.apply is apply:
            rule.wanted |= {_op(operand)}
    op.fitting.clear()


def complement(
    function: Function | Op,
    written: str,
    computed: str,
    less: Callable[..., Node] | None,
    plus: Callable[..., Node] | None = None,
) -> None:
    """What 1 - f(u) and 1 + f(u) are, of the operands of f, where that comes close to 1 or -1."""
    op = _op(function)

    def difference(x: Node, y: Node) -> Node | None:
        assert less is not None
        if y.op is op and is_one_beside(y, x):
            return less(*y.inputs)
        return -less(*x.inputs) if x.op is op and is_one_beside(x, y) else None

    def total(x: Node, y: Node) -> Node | None:
        f = _one_and_other(x, y)
        return plus(*f.inputs) if plus and f is not None and f.op is op else None

    if less is not None:
        add_rule(sub, written, computed, difference, op)
    if plus is not None:
        add_rule(add, written, computed, total, op)


def awaited(load: Callable[[], object], outer: Function, *operands: Function | Op) -> None:
    """Rules of `outer` that are loaded once one of its operands is made by one of these."""
    op = _op(outer)

    def apply(*inputs: Node) -> Node | None:
        op.rules = tuple(rule for rule in op.rules if rule is not waiting)
        op.fitting.clear()
        load()
        return inputs[0].graph.other_form(op.fitted(*[x.op for x in inputs]), *inputs)

    waiting = Rule(apply, map(_op, operands))
    op.add_rule(waiting)


def rule(
    outer: Function, written: str, computed: str, *operands: Function | Op
) -> Callable[[Apply], Apply]:
    """The rule that is the function below; the rest as in `add_rule`."""

    def register(apply: Apply) -> Apply:
        add_rule(outer, written, computed, apply, *operands)
        return apply

    return register


def _op(operand: Function | Op) -> Op:
    op = operand if isinstance(operand, Op) else operand.op
    assert op is not None
    return op


def _is(x: Node, function: Function) -> bool:
    return x.op is function.op


def _of(inner: Function, build: Callable[..., Node]) -> Apply:
    """What `build` makes of u, where the operand is `inner(u)`."""
    return lambda x: build(x.inputs[0]) if x.op is inner.op else None


def _one_less(inner: Function, build: Callable[..., Node]) -> Apply:
    """What `build` makes of u, where the operands of a difference are 1 and `inner(u)`."""
    return lambda x, y: build(y.inputs[0]) if y.op is inner.op and is_one_beside(y, x) else None


def drawn_out(x: Node) -> tuple[float, Node]:
    """A constant factor, and what it is the factor of."""
    if _is(x, neg):
        c, rest = drawn_out(x.inputs[0])
        return -c, rest
    if _is(x, mul):
        for factor, rest in (x.inputs, x.inputs[::-1]):
            number = literal(factor)
            if number is not None:
                return number, rest
    divisor = literal(x.inputs[1]) if _is(x, div) else None
    return (1 / divisor, x.inputs[0]) if divisor else (1.0, x)


def _itself(x: Node) -> Node:
    return x


def _one_and_other(x: Node, y: Node) -> Node | None:
    """The other operand of a sum with the constant 1."""
    return y if literal(x) == 1.0 else x if literal(y) == 1.0 else None


def _one_plus(x: Node) -> Node | None:
    """u, where the node is 1 + u."""
    return _one_and_other(*x.inputs) if _is(x, add) else None


def _one_plus_exp(x: Node) -> Node | None:
    """u, where the node is 1 + exp(u)."""
    raised = _one_plus(x)
    return raised.inputs[0] if raised is not None and _is(raised, exp) else None


# --- at a logarithm -----------------------------------------------------------------------------


add_rule(log, "log(sigmoid(x))", "log_sigmoid(x)", _of(sigmoid, log_sigmoid), sigmoid)
add_rule(log, "log(cosh(x))", "an operation of its own", _of(cosh, LOG_COSH), cosh)


add_rule(log, "log(exp(x))", "x", _of(exp, _itself), exp)


@rule(log, "log(exp(x) + exp(y))", "logaddexp(x, y)")
def _log_add_exp(x: Node) -> Node | None:
    if not _is(x, add) or not all(_is(part, exp) for part in x.inputs):
        return None
    return logaddexp(x.inputs[0].inputs[0], x.inputs[1].inputs[0])


@rule(log, "log(1 + exp(x))", "softplus(x)")
def _log_one_plus_exp(x: Node) -> Node | None:
    u = _one_plus_exp(x)
    return None if u is None else SOFTPLUS(u)


@rule(log, "log(1 + x)", "log1p(x)")
def _log_one_plus(x: Node) -> Node | None:
    u = _one_plus(x)
    return None if u is None else log1p(u)


@rule(log, "log(1 - x)", "log1p(-x)")
def _log_one_minus(x: Node) -> Node | None:
    one_minus = _is(x, sub) and literal(x.inputs[0]) == 1.0
    return log1p(-x.inputs[1]) if one_minus else None


# --- differences from 1 -------------------------------------------------------------------------


@rule(sub, "exp(x) - 1", "expm1(x)", exp)
def _exp_less_one(x: Node, y: Node) -> Node | None:
    return expm1(x.inputs[0]) if _is(x, exp) and is_one_beside(x, y) else None


add_rule(sub, "1 - sigmoid(x)", "sigmoid(-x)", _one_less(sigmoid, lambda u: sigmoid(-u)), sigmoid)
add_rule(sub, "1 - cos(x)", "an operation of its own", _one_less(cos, ONE_MINUS_COS), cos)


@rule(sub, "cos(x) - 1", "-(1 - cos(x))", cos)
def _cos_less_one(x: Node, y: Node) -> Node | None:
    return -ONE_MINUS_COS(x.inputs[0]) if _is(x, cos) and is_one_beside(x, y) else None


@rule(sub, "cosh(x) - 1", "an operation of its own", cosh)
def _cosh_less_one(x: Node, y: Node) -> Node | None:
    return COSH_MINUS_ONE(x.inputs[0]) if _is(x, cosh) and is_one_beside(x, y) else None


@rule(sub, "1 - exp(log(1 - exp(x)))", "exp(x)", NOT_NEGATIVE)
def _one_less_itself(x: Node, y: Node) -> Node | None:
    if y.op is not NOT_NEGATIVE or not is_one_beside(y, x):
        return None
    less = y.inputs[0]
    is_less = _is(less, neg) and _is(less.inputs[0], expm1)
    return exp(-NOT_NEGATIVE(-less.inputs[0].inputs[0])) if is_less else None


# --- quotients ----------------------------------------------------------------------------------


@rule(div, "exp(u)/(1 + exp(u))", "sigmoid(u)", exp)
def _exp_over_one_plus_exp(x: Node, y: Node) -> Node | None:
    u = _one_plus_exp(y)
    return sigmoid(u) if u is not None and _one_plus(y) is x else None


@rule(div, "a/(1 + exp(u)), (exp(u) - 1)/(1 + exp(u))", "a*sigmoid(-u), tanh(u/2)", add)
def _over_one_plus_exp(x: Node, y: Node) -> Node | None:
    """Where exp(-v) is written, the form holds as it stands for all v > 0, and is kept."""
    u = _one_plus_exp(y)
    if u is None:
        return None
    grows = _is(x, expm1) and x.inputs[0] is u and drawn_out(u)[0] > 0
    return tanh(0.5 * u) if grows else x * sigmoid(-u)


@rule(div, "exp(u)/(1 + exp(u))^2", "sigmoid(u)*sigmoid(-u)", square)
def _logistic_density(x: Node, y: Node) -> Node | None:
    u = _one_plus_exp(y.inputs[0]) if _is(y, square) else None
    if u is None:
        return None
    is_density = _one_plus(y.inputs[0]) is x
    return sigmoid(u) * sigmoid(-u) if is_density else x * square(sigmoid(-u))


# --- roots of sums of squares -------------------------------------------------------------------


def squared(x: Node) -> Node | None:
    """u, where the node is u^2 or u*u."""
    if _is(x, square):
        return x.inputs[0]
    return x.inputs[0] if _is(x, mul) and x.inputs[0] is x.inputs[1] else None


def _root(x: Node) -> Node | None:
    """The root of a structural sum of squares, up to its sign; None where it is none."""
    base = squared(x)
    if base is not None:
        return base
    if _is(x, pow_):
        return _root_of_power(*x.inputs)
    if _is(x, add):
        a, b = (_root(part) for part in x.inputs)
        return None if a is None or b is None else hypot(a, b)
    if _is(x, sum_):
        inner = _root(x.inputs[0])
        return None if inner is None else NORM(inner, *x.attrs)
    if x.op is RESHAPE and x.inputs[0].op is MATMUL:
        return _root_of_dot(x.inputs[0])
    return _root_of_scaled(x)


def _root_of_power(x: Node, y: Node) -> Node | None:
    n = literal(y)
    if n is None or n <= 0 or n % 2:
        return None
    half = n / 2
    return pow_(x if half % 2 == 0 else abs_(x), half)


def _root_of_dot(x: Node) -> Node | None:
    """The norm of v, where the node is v @ v."""
    a, b = x.inputs
    same = a.op is RESHAPE and b.op is RESHAPE and a.inputs[0] is b.inputs[0]
    return NORM(a.inputs[0]) if same and len(a.inputs[0].shape) == 1 else None


def _root_of_scaled(x: Node) -> Node | None:
    """The root of a sum of squares times or over a positive constant."""
    if not (_is(x, mul) or _is(x, div)):
        return None
    a, b = x.inputs
    if _is(x, mul) and literal(a) is not None:
        a, b = b, a
    c = literal(b)
    if c is None or not c > 0:
        return None
    inner = _root(a)
    if inner is None:
        return None
    return inner * math.sqrt(c) if _is(x, mul) else inner / math.sqrt(c)


_SIZES = (NORM, hypot.op)


def size_of_root(x: Node) -> Node | None:
    """The root of a structural sum of squares, None where it is none."""
    root = _root(x)
    return None if root is None else root if root.op in _SIZES else abs_(root)


add_rule(
    sqrt,
    "sqrt(x^2), sqrt(sum(x^2)), sqrt(x^2 + y^2), sqrt(x@x) …",
    "abs, norm, hypot …",
    size_of_root,
)


@rule(pow_, "(x^2)^0.5", "abs(x), norm(x) …")
def _power_half_of_squares(x: Node, y: Node) -> Node | None:
    return size_of_root(x) if literal(y) == 0.5 else None


@rule(square, "norm(x)^2, hypot(x, y)^2, abs(x)^2", "sum(x^2) …", NORM, hypot, abs_)
def _square_of_size(x: Node) -> Node | None:
    if x.op is NORM:
        return sum_(square(x.inputs[0]), *x.attrs)
    if _is(x, hypot):
        a, b = x.inputs
        return square(a) + square(b)
    return square(x.inputs[0]) if _is(x, abs_) else None


# --- inverses of one another --------------------------------------------------------------------


add_rule(square, "sqrt(x)^2", "x", _of(sqrt, NOT_NEGATIVE), sqrt)
add_rule(exp, "exp(log(x))", "x", _of(log, NOT_NEGATIVE), log)


@rule(exp, "exp(log(1 - exp(x)))", "1 - exp(x)")
def _exp_of_log_less(x: Node) -> Node | None:
    return NOT_NEGATIVE(-expm1(x.inputs[0])) if x.op is LOG_ONE_LESS_EXP else None


@rule(mul, "sqrt(x)*sqrt(x)", "x", sqrt)
def _sqrt_times_itself(x: Node, y: Node) -> Node | None:
    return NOT_NEGATIVE(x.inputs[0]) if x is y and _is(x, sqrt) else None


def _base_of_root(x: Node, y: Node, power_of: Node) -> Node | None:
    """x^(q + 1) with the constants that x and x^q come with, for q from -1 to 0."""
    (c, base), (d, rest) = drawn_out(x), drawn_out(y)
    q = literal(power_of.inputs[1])
    if rest is not power_of or base is not power_of.inputs[0]:
        return None
    if c * d == 0.0 or q is None or not -1 < q < 0:
        return None
    return c * d * pow_(base, q + 1.0)


_POW = _op(pow_)


@rule(mul, "x*x^-0.9", "x^0.1", pow_)
def _times_root(x: Node, y: Node) -> Node | None:
    in_x = x.inputs[1] if x.op is MUL else x
    in_y = y.inputs[1] if y.op is MUL else y
    form = _base_of_root(x, y, in_y) if in_y.op is _POW else None
    return _base_of_root(y, x, in_x) if form is None and in_x.op is _POW else form


awaited(lambda: look_for_more(mul, _times_root, mul), mul, pow_)  # from the first c*x^-0.9 on


@rule(pow_, "x^x", "an operation of its own")
def _self_power(x: Node, y: Node) -> Node | None:
    return SELF_POWER(x) if x is y and x.op is not CONSTANT else None


# --- products with a logarithm ------------------------------------------------------------------


def _product_with_log(x: Node, y: Node) -> Node | None:
    """x*log(y) in one of its kinds, where x may be 0."""
    if literal(x) not in (None, 0.0):
        return None
    if _is(y, log):
        return xlogy(x, y.inputs[0])
    if _is(y, log1p):
        return xlog1py(x, y.inputs[0])
    if _is(y, log2):
        return xlogy(x, y.inputs[0]) / math.log(2.0)
    return xlogy(x, y.inputs[0]) / math.log(10.0) if _is(y, log10) else None


@rule(mul, "x*log(y)", "xlogy(x, y)", log, log1p, log2, log10)
def _times_log(x: Node, y: Node) -> Node | None:
    return _product_with_log(x, y) or _product_with_log(y, x)
