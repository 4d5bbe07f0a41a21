"""The rules for small differences of roots: sqrt(x + 1) - sqrt(x), sqrt(b^2 - c) - b.

Loaded when a formula has one of them (`stabilize.awaited`).
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from gradcli.ir.kinds import VERTICAL, at
from gradcli.ir.node import literal
from gradcli.ir.op import Elementwise, nothing
from gradcli.ops.arithmetic import add, div, neg, sub
from gradcli.ops.between import between, is_minus, signed
from gradcli.ops.compare import choose, gt, nowhere, repaired
from gradcli.ops.exponential import log
from gradcli.ops.powers import sqrt, square
from gradcli.ops.square_roots import ROOT, ROOT_SHARE
from gradcli.ops.stabilize import add_rule, squared
from gradcli.ops.trigonometry import asinh
from gradcli.ops.vanishing import vanishes_with

if TYPE_CHECKING:
    from gradcli.ir.node import Node

ROOTS: tuple[Any, ...] = (sqrt.op, ROOT)


def _by_sum(w: Any, a: Any, b: Any) -> Any:
    """a - b for a, b >= 0, as w/(a + b): w is a^2 - b^2."""
    z = w / (a + b)
    lost = ~np.isfinite(z)
    return z if nowhere(lost) else repaired(z, lost, a - b)


def _beside(w: Any, a: Any, b: Any) -> Any:
    """The same for b of any sign."""
    cancels = b > 0
    return np.where(cancels, _by_sum(w, a, np.where(cancels, b, a)), a - b)


ROOTS_LESS = Elementwise(
    "roots_less",
    lambda w, x, a, b: _by_sum(w, a, b),
    lambda w, x, a, b, z: 0.5 / a,
    lambda w, x, a, b, z: -0.5 * ((z / a) / b),
    nothing,
    nothing,
    notation=("{2:5} - {3:6}", 5),
    special=at(VERTICAL, lambda w, x, a, b, z: (a == 0) | (b == 0)),
    analytic=True,
)
"""sqrt(x + w) - sqrt(x), beside these roots."""

ROOT_LESS = Elementwise(
    "root_less",
    lambda w, b, z: _beside(w, z, b),
    lambda w, b, z, y: 0.5 / z,
    lambda w, b, z, y: -(y / z),
    nothing,
    notation=("{2:5} - {1:6}", 5),
    special=at(VERTICAL, lambda w, b, z, y: z == 0),
    analytic=True,
)
"""sqrt(b^2 + w) - b, beside that root."""

SQUARE_LESS = Elementwise(
    "root_of_square_less",
    lambda w, b, z, x, c: _by_sum(w, z, b),
    nothing,
    nothing,
    nothing,
    lambda w, b, z, x, c, y: ROOT_SHARE(x, c, z),
    nothing,
    notation=("{2:5} - {1:6}", 5),
    analytic=True,
)
"""sqrt(x^2 + b^2) - b for a constant b and w = x^2, beside that root."""


def _root_less_its_slope(x: Node, c: Node, z: Node, y: Node) -> Node:
    return choose(gt(x, 0.0), -(y / z), ROOT_SHARE(x, c, z) - 1.0)


ROOT_LESS_ITS = Elementwise(
    "root_of_square_less_its",
    lambda x, c, z: _beside(c, z, x),
    _root_less_its_slope,
    nothing,
    nothing,
    notation=("{2:5} - {0:6}", 5),
    special=at(VERTICAL, lambda x, c, z, y: z == 0),
    analytic=True,
)
"""sqrt(x^2 + c) - x for a constant c, beside that root."""

vanishes_with(ROOTS_LESS, lambda y: 1.0 / (y.inputs[2] + y.inputs[3]))
for _op in (ROOT_LESS, SQUARE_LESS):
    vanishes_with(_op, lambda y: 1.0 / (y.inputs[2] + y.inputs[1]))


def root_less(z: Node, b: Node) -> Node | None:
    """z - b, where z is a root, and the difference of their squares is known."""
    number = literal(b)
    if z.op is ROOT:
        x, c = z.inputs
        if number is not None and number > 0 and literal(c) == number * number:
            return SQUARE_LESS(square(x), b, z, x, c)
        return ROOT_LESS_ITS(b, c, z) if b is x or is_minus(b, x) else None
    if z.op is not sqrt.op:
        return None
    squared = z.inputs[0]
    if number is not None and number > 0:
        w = between(squared, b if number == 1.0 else b.graph.constant(number * number))
        return None if w is None else ROOT_LESS(w, b, z)
    if squared.op not in (add.op, sub.op):
        return None
    left, right = squared.inputs
    if _is_square_of(left, b):
        return ROOT_LESS(right if squared.op is add.op else -right, b, z)
    return ROOT_LESS(left, b, z) if squared.op is add.op and _is_square_of(right, b) else None


def _is_square_of(x: Node, b: Node) -> bool:
    """Whether a node is b^2, or b*b, of b or -b."""
    root = squared(x)
    return root is not None and (root is b or is_minus(root, b))


def _roots(x: Node, y: Node) -> Node | None:
    if x.op is sqrt.op and y.op is sqrt.op:
        w = between(x.inputs[0], y.inputs[0])
        if w is not None:
            return ROOTS_LESS(w, y.inputs[0], x, y)
    form = root_less(x, y)
    if form is not None:
        return form
    if x.op is neg.op:
        other = root_less(y, x)
        return None if other is None else -other  # where x is -b: -(b + root)
    other = root_less(y, x)
    return None if other is None else -other


def _sum_of_root(x: Node, y: Node) -> Node | None:
    """b + sqrt(b^2 + w), which cancels where b is negative."""
    for z, b in ((x, y), (y, x)):
        if z.op in ROOTS and literal(b) is None:
            form = root_less(z, -b)
            if form is not None:
                return form
    return None


def _log_of_root_less(x: Node) -> Node | None:
    number = literal(x.inputs[1])
    if number is None or number <= 0:
        return None
    root = math.sqrt(number)
    return 0.5 * math.log(number) - asinh(x.inputs[0] if number == 1.0 else x.inputs[0] / root)


def _inverse_root(x: Node, y: Node) -> Node | None:
    """1/z - 1 and 1 - 1/z, where z is a root."""
    for sign, one, inverse in ((1.0, y, x), (-1.0, x, y)):
        if literal(one) == 1.0 and inverse.op is div.op and literal(inverse.inputs[0]) == 1.0:
            z = inverse.inputs[1]
            form = root_less(z, one) if z.op in ROOTS else None
            if form is not None:
                return signed(-sign, form / z)
    return None


_WAYS = "w/(sqrt(a) + sqrt(b)), for what is between a and b"
add_rule(sub, "sqrt(x + 1) - sqrt(x), sqrt(1 + x) - 1, sqrt(b^2 - c) - b", _WAYS, _roots, *ROOTS)
add_rule(add, "b + sqrt(b^2 - c)", _WAYS, _sum_of_root, *ROOTS)
add_rule(sub, "1 - 1/sqrt(1 + x), 1/sqrt(1 - x^2) - 1", _WAYS, _inverse_root, div)

add_rule(log, "log(x + sqrt(1 + x^2))", "asinh(x)", _log_of_root_less, ROOT_LESS_ITS)
