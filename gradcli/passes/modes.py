"""The passes by one name each, as the language and the engine ask for them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from gradcli.ir.words import WORDS
from gradcli.passes.forward import forward
from gradcli.passes.reverse import reverse
from gradcli.passes.ruled import ruled

if TYPE_CHECKING:
    from gradcli.ir.node import Node

__all__ = ["forward", "hessian", "jacobian", "reverse", "ruled"]


def jacobian(y: Node, x: Node) -> Node:
    """The derivative of each element of y by each element of x, of shape y.shape + x.shape."""
    rows = [reverse([y], [x], [_unit(y, i)])[0] for i in range(y.size)]
    zeros = WORDS["spread"](x.graph.constant(0.0), x.shape)
    shape = y.shape + x.shape
    if not rows or all(row is None for row in rows):
        return _spread(x, shape)
    stacked = WORDS["stack"](tuple(zeros if row is None else row for row in rows))
    return WORDS["reshape"](stacked, shape)


def _spread(x: Node, shape: tuple[int, ...]) -> Node:
    return WORDS["spread"](x.graph.constant(0.0), shape)


def _unit(y: Node, i: int) -> Node:
    unit = np.zeros(y.size)
    unit[i] = 1
    return y.graph.constant(unit.reshape(y.shape))


def hessian(y: Node, x: Node, by: Node) -> Node:
    """The derivative by `by` of the gradient of the number y by x."""
    (gradient,) = reverse([y], [x])
    shape = x.shape + by.shape
    return _spread(x, shape) if gradient is None else jacobian(gradient, by)


def jacobian_forward(y: Node, x: Node) -> Node:
    """The same as `jacobian` for one number y, from tangents: one for each element of x."""
    parts = [forward([y], [x], [_unit(x, i)])[0] for i in range(x.size)]
    zero = y.graph.constant(0.0)
    if not parts:
        return _spread(x, x.shape)
    stacked = WORDS["stack"](tuple(zero if part is None else part for part in parts))
    return WORDS["reshape"](stacked, x.shape)
