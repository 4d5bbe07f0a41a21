"""Scans along an axis that are made of elementwise functions."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from gradcli.ir.function import function
from gradcli.ir.op import as_number
from gradcli.ir.shapes import normal_axis
from gradcli.ops.compare import abs_, ceil, choose, lt, sign
from gradcli.ops.elementary import logaddexp
from gradcli.ops.reduce import CUMSUM, scan
from gradcli.ops.shape import along, concat, flip, reshape_to, spread

if TYPE_CHECKING:
    from gradcli.ir.function import Array, Axis, Flag, Number
    from gradcli.ir.node import Node


def _shifted(x: Node, axis: int, start: float) -> Node:
    """x moved by one along an axis, a number in front."""
    first = along(x, axis, slice(0, 1))
    head = spread(x.graph.constant(start), first.shape)
    return concat((head, along(x, axis, slice(None, -1))), axis)


@function(
    example="cumlogsumexp([1, 2, 3])", aliases="cumulative_logsumexp logcumsumexp log_cumsum_exp"
)
def cumlogsumexp(x: Array, axis: Axis = 0, exclusive: Flag = False, reverse: Flag = False) -> Node:
    """Running log(sum(exp(x))) along an axis, without overflow."""
    x = as_number(x)
    x, axis = (reshape_to(x, (x.size,)), 0) if axis is None else (x, normal_axis(axis, x.ndim))
    x = flip(x, axis) if reverse else x
    found = scan(x, axis, logaddexp)
    found = _shifted(found, axis, -math.inf) if exclusive else found
    return flip(found, axis) if reverse else found


@function(example="unwrap([0, 3, 6.5, 10])")
def unwrap(
    x: Array, discont: Number | None = None, axis: Axis = -1, period: Number = math.tau
) -> Node:
    """Angles with whole turns added, so that neighbours differ by at most half a turn."""
    a = normal_axis(axis, x.ndim)
    step = along(x, a, slice(1, None)) - along(x, a, slice(None, -1))
    turns = sign(step) * ceil(abs_(step) / period - 0.5)
    if discont is not None and discont > period / 2:
        turns = choose(lt(abs_(step), discont), 0.0, turns)
    none = spread(x.graph.constant(0.0), along(x, a, slice(0, 1)).shape)
    return x - period * CUMSUM(concat((none, turns), a), attrs=(a,))
