"""The rules for squares that overflow where the result does not: sqrt(1 + x^2), x/(1 + x^2).

Loaded when a formula has one of them (`stabilize.awaited`).
"""

from __future__ import annotations

from functools import partial
from importlib import import_module
from typing import TYPE_CHECKING, Any

import numpy as np

from gradcli.ir.node import literal
from gradcli.ir.op import Elementwise, nothing
from gradcli.ops.arithmetic import add, div, mul, sub
from gradcli.ops.compare import abs_, nowhere, repaired
from gradcli.ops.exponential import exp, log, log1p, sigmoid
from gradcli.ops.powers import HYPOT_SHARE, hypot, pow_, sqrt, square
from gradcli.ops.square_roots import ROOT, ROOT_SHARE
from gradcli.ops.stabilize import add_rule, awaited, drawn_out, size_of_root, squared
from gradcli.ops.trigonometry import cosh, sech

if TYPE_CHECKING:
    from gradcli.ir.node import Node

# --- the operations -----------------------------------------------------------------------------


def _over(x: Any, c: Any) -> Any:
    y = c + x * x
    huge = np.isinf(y)
    return x / y if nowhere(huge) else repaired(x / y, huge, 1 / x)


INVERSE = Elementwise(
    "inverse_of_square_and",
    lambda x, c: 1 / (c + x * x),
    lambda x, c, z: -2.0 * ((x * z) * z),
    nothing,
    notation=("1/({1:5} + {0:9}^2)", 6),
    analytic=True,
)
"""1 / (c + x^2) for a constant c > 0, whose slope would underflow as that of a quotient."""

OVER = Elementwise(
    "over_square_and",
    _over,
    lambda x, c, z: INVERSE(x, c) * (1.0 - 2.0 * (x * z)),
    nothing,
    notation=("{0:6}/({1:5} + {0:9}^2)", 6),
    analytic=True,
)
"""x / (c + x^2) for a constant c > 0."""


def _log(x: Any, c: Any) -> Any:
    z = np.log(c + x * x)
    huge = np.isinf(z)
    return z if nowhere(huge) else repaired(z, huge, 2 * np.log(np.where(x < 0, -x, x)))


def _log1p(x: Any) -> Any:
    z = np.log1p(x * x)
    huge = np.isinf(z)
    return z if nowhere(huge) else repaired(z, huge, 2 * np.log(np.where(x < 0, -x, x)))


LOG = Elementwise(
    "log_of_square_and",
    _log,
    lambda x, c, z: 2.0 * OVER(x, c),
    nothing,
    notation=("log({1:5} + {0:9}^2)", 10),
    analytic=True,
)
"""log(c + x^2) for a constant c > 0."""

LOG1P = Elementwise(
    "log1p_of_square",
    _log1p,
    lambda x, z: 2.0 * OVER(x, x.graph.constant(1.0)),
    notation=("log(1 + {0:9}^2)", 10),
    analytic=True,
)
"""log(1 + x^2)."""

# --- the rules ----------------------------------------------------------------------------------

MOST = 1e9
"""The size of a constant up to which it is nothing beside a square that overflows."""


def _square_and(x: Node) -> tuple[Node, Node] | None:
    """u and c, where the node is u^2 + c, and c a constant."""
    if x.op not in (add.op, sub.op):
        return None
    a, b = x.inputs
    if x.op is add.op and literal(a) is not None:
        a, b = b, a
    u, c = squared(a), literal(b)
    if u is None or c is None or not 0 < abs(c) <= MOST:
        return None
    return u, b if x.op is add.op else x.graph.constant(-c)


def _positive(x: Node) -> tuple[Node, Node] | None:
    """The same, where the constant is positive."""
    found = _square_and(x)
    return found if found is not None and (literal(found[1]) or 0.0) > 0 else None


def _sqrt(x: Node) -> Node | None:
    found = _square_and(x)
    return None if found is None else ROOT(*found)


def _half_power(x: Node, y: Node) -> Node | None:
    return _sqrt(x) if literal(y) == 0.5 else None


def _over_root(x: Node, y: Node) -> Node | None:
    """What is over a root, where it is the number of one of its squares, times a constant."""
    factor, inner = drawn_out(x)
    if y.op is ROOT and inner is y.inputs[0]:
        return _times(factor, ROOT_SHARE(inner, y.inputs[1], y))
    if y.op is not hypot.op or inner not in y.inputs:
        return None
    return _times(factor, HYPOT_SHARE(*(y.inputs if inner is y.inputs[0] else y.inputs[::-1])))


def _times(factor: float, x: Node) -> Node:
    return x if factor == 1.0 else factor * x


def _over_square(x: Node, y: Node) -> Node | None:
    found = _positive(y)
    if found is None:
        return None
    factor = literal(x)
    if factor is not None:
        return _times(factor, INVERSE(*found))
    factor, inner = drawn_out(x)
    return _times(factor, OVER(*found)) if inner is found[0] else None


_POSITIVE = frozenset({exp.op, cosh.op, sech.op, sigmoid.op})


def _log_of_square(x: Node) -> Node | None:
    if x.op is pow_.op:
        n = literal(x.inputs[1])
        if n is None:
            return None
        return n * log(abs_(x.inputs[0]) if n % 2 == 0 else x.inputs[0])
    root = squared(x)
    if root is not None:
        return 2.0 * log(root if root.op in _POSITIVE else abs_(root))
    if x.op is add.op and None not in map(squared, x.inputs):
        size = size_of_root(x)
        return None if size is None else 2.0 * log(size)
    found = _positive(x)
    return None if found is None else LOG(*found)


def _log1p_of_square(x: Node) -> Node | None:
    root = squared(x)
    return None if root is None else LOG1P(root)


_OWN = "an operation of its own"
import_module("gradcli.ops.densities")  # whose rules go first: exp(x)^4 is a power, too

add_rule(sqrt, "sqrt(1 + x^2)", _OWN, _sqrt, add, sub)
add_rule(pow_, "(1 + x^2)^0.5", _OWN, _half_power, add, sub)
add_rule(div, "x/sqrt(1 + x^2), x/hypot(x, y)", _OWN, _over_root, ROOT, hypot)
add_rule(div, "x/(1 + x^2), 1/(1 + x^2)", _OWN, _over_square, add)
add_rule(
    log,
    "log(4 + x^2), log(x^4)",
    "its own operation, 4*log(abs(x))",
    _log_of_square,
    add,
    square,
    mul,
    pow_,
)
add_rule(log1p, "log(1 + x^2)", _OWN, _log1p_of_square, square, mul)

for _outer in (add, sub):
    awaited(partial(import_module, "gradcli.ops.root_differences"), _outer, ROOT)
