"""Derivatives by autograd's own formulas, which differ from others in how they round."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from gradcli.ir.node import Way, literal
from gradcli.ir.op import Structural
from gradcli.ops.arithmetic import div
from gradcli.ops.compare import choose, ne
from gradcli.ops.exponential import exp, expm1, log, log1p, logaddexp, sigmoid
from gradcli.ops.powers import pow_, sqrt
from gradcli.ops.trigonometry import atan, cos, cosh, tan, tanh

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Sequence

    from gradcli.ir.node import Graph, Node


def _power_by_base(g: Any, x: Any, y: Any, _z: Any) -> Any:
    n = literal(y)
    if n is not None:
        return g * n * x ** (n - 1.0) if n else g * 0.0
    return g * y * x ** choose(ne(y, 0.0), y - 1.0, 1.0)


SLOPES: dict[Any, tuple[Callable[..., Any], ...]] = {
    log: (lambda g, x, _: g / x,),
    log1p: (lambda g, x, _: g / (x + 1.0),),
    expm1: (lambda g, _, z: (z + 1.0) * g,),
    sqrt: (lambda g, x, _: g * 0.5 * x**-0.5,),
    pow_: (_power_by_base, lambda g, x, _y, z: g * log(choose(ne(x, 0.0), x, 1.0)) * z),
    tan: (lambda g, x, _: g / cos(x) ** 2.0,),
    atan: (lambda g, x, _: g / (1.0 + x**2.0),),
    tanh: (lambda g, x, _: g / cosh(x) ** 2.0,),
    sigmoid: (lambda g, _, z: g * z * (1.0 - z),),
    logaddexp: (lambda g, x, _, z: g * exp(x - z), lambda g, _, y, z: g * exp(y - z)),
    div: (lambda g, _, y, _z: g / y, lambda g, x, y, _: -g * x / y**2.0),
}
"""Of a derivative and the operands of a function, the derivative times its slope."""


def _lower_vjp(node: Node, g: Node) -> Sequence[Node]:
    n = node.shape[-1]
    return (g * node.graph.constant(2.0 * np.tril(np.ones((n, n))) - np.eye(n)),)


LOWER = Structural(
    "lower",
    lambda a: a,
    lambda shapes: shapes[0],
    _lower_vjp,
    lambda _node, tangents: tangents[0],
    batch=lambda node, inputs, _size: node.op(inputs[0]),
)
"""A symmetric matrix of which the lower half is read: the slopes of both halves belong to it."""


class Stack(Way):
    """autograd's way back: the operands that were come to last are the next ones."""

    def __init__(self, _graph: Graph) -> None:
        pass

    def order(self, active: Collection[Node]) -> Iterator[Node]:
        """Results before what they are made of."""
        users = dict.fromkeys(active, 0)
        for node in active:
            for x in node.inputs:
                if x in users:
                    users[x] += 1
        ready = [node for node in active if not users[node]]
        while ready:
            node = ready.pop()
            yield node
            for x in node.inputs:
                if x in users:
                    users[x] -= 1
                    if not users[x]:
                        ready.append(x)


WAY = Stack
