"""`taylor(f, x0, n)`: the coefficients of a function's power series about a point."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from gradcli.errors import InputError, LimitError, ProgramTypeError, ShapeError, Span
from gradcli.ir.node import WORDS, Node
from gradcli.ir.shapes import is_whole
from gradcli.lower.arguments import plain, value_of, value_or_function
from gradcli.lower.gradient import Differentiated
from gradcli.lower.signatures import SIGNATURES, Argument
from gradcli.lower.values import FunctionValue, stacked_value

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gradcli.lower.walk import Walk

HIGHEST = 170
"""The last order whose factorial is a number of float64."""


def taylor(walk: Walk, arguments: Sequence[Argument], span: Span) -> Node:
    """`taylor(f, x0, n)`: c0 to cn, where f(x0 + h) = c0 + c1*h + c2*h^2 + …; of each element."""
    first, second, third = SIGNATURES["taylor"].ordered(arguments, span)
    function = value_or_function(walk, first)
    if not isinstance(function, FunctionValue):
        help_ = "taylor(x => …, x0, n)"
        raise ProgramTypeError("taylor takes a function", span=first.span, help=help_)
    order = _order(plain(walk, [third]), third.span)
    x = walk.mark(stacked_value(walk.graph, value_of(walk, second), second.span), second.span)
    y = walk.call(function, [Argument(span, value=x)], span)
    if not isinstance(y, Node) or y.is_bool:
        message = f"{first.span.cited('f')} gives no array of numbers"
        raise ProgramTypeError(message, span=first.span)
    if x.size != 1 and not walk.modes.is_elementwise(y, x):
        message = f"{first.span.cited('f')} mixes elements, and has no power series of each"
        raise ShapeError(message, span=first.span, help="vmap(x => taylor(f, x, n)) goes by rows")
    walk.differentiated.append(Differentiated([y], [x], [second.span.cited("x0")]))
    walk.graph.span = span
    parts = walk.modes.taylor(y, x, order, lambda node: _zeros(walk, node))
    return WORDS["stack"](tuple(parts)) + 0.0


def _order(value: Any, span: Span) -> int:
    if not is_whole(value) or value < 0:
        raise ProgramTypeError("the order of taylor is a whole number from 0 on", span=span)
    if value > HIGHEST:
        message = f"the order {value:g} is above {HIGHEST}"
        raise LimitError(f"{message}: factorials of more are too large for float64", span=span)
    return int(value)


def _zeros(walk: Walk, node: Node) -> Any:
    """Where a node is 0, which may decide the course of a program; None if that is not known."""
    if walk.changes(node):
        return None
    try:
        return ~np.asarray(walk.ask(WORDS["ne"](node, 0.0)), bool)
    except InputError:  # of an input without a value
        return None
