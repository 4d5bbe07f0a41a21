"""What TensorFlow computes in a graph otherwise than the snippet has it, as Grappler rewrites it.

A division by a constant is a product, constants of a chain are put together, powers are products
and roots; oneDNN does a product of matrices, the bias added to it and the function of both at once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from gradcli.ir.record import CONSTANT
from gradcli.ops.arithmetic import add, div, mul, sub
from gradcli.ops.exponential import exp, expm1, log, log1p, sigmoid
from gradcli.ops.marks import NAME
from gradcli.ops.matmul import MATMUL
from gradcli.ops.powers import pow_
from gradcli.ops.trigonometry import tanh
from gradcli.snippets.arrays.dtypes import FLOAT32
from gradcli.snippets.frameworks.tensorflow.kernels import SINGLE, exp_of_rows

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from gradcli.ir.node import Node
    from gradcli.snippets.arrays.nearest import Nearest

    Rule = Callable[["Rewritten", Node], Any]


def behind(node: Node) -> Node:
    """What a name stands for."""
    while node.op is NAME:
        node = node.inputs[0]
    return node


class Rewritten:
    """The values of nodes of a graph; `users` says how many nodes of it are made of each."""

    def __init__(self, users: Mapping[Node, int], evaluator: Nearest) -> None:
        self.users = users
        self.evaluator = evaluator
        self.kept: set[Node] = set()

    def keep(self, mean: Node) -> None:
        """Notes that a node is no quotient of the snippet."""
        self.kept.add(behind(mean))

    def value(self, node: Node) -> Any:
        """The value of a node that is computed otherwise; None for any other."""
        rule = RULES.get(node.op)
        if rule is None or node not in self.users or node in self.kept or self.is_constant(node):
            return None
        value = rule(self, node)
        return None if value is None else np.asarray(value, node.dtype)[()]

    def of(self, node: Node) -> Any:
        """The value of what a node is made of."""
        return self.evaluator.values[node]

    def by(self, function: Any, node: Node) -> Any:
        """The value of a function of one array, as the framework has it."""
        own = (self.evaluator.own if node.dtype == FLOAT32 else self.evaluator.doubles).get(
            function.op
        )
        return (own or function.op.kernel)(np.asarray(self.of(node)))

    def is_constant(self, node: Node) -> bool:
        """Whether a node is made of numbers of the function alone; an array may be from outside."""
        if node.op is CONSTANT:
            return not node.shape or node in self.users
        is_own = node.op is not NAME and bool(node.inputs) and node in self.users
        return is_own and all(map(self.is_constant, node.inputs))

    def parts(self, node: Node, ops: tuple[Any, ...], *, alone: bool = True) -> Any:
        """The operation, the constant and the other operand of a node, and whether that is first.

        None if it is none of these operations, or, if it has to stand `alone`, made use of twice.
        """
        if alone and self.users.get(node, 0) != 1:
            return None
        named, node = node, behind(node)
        if node.op not in ops or (alone and named is not node and self.users.get(node, 0) != 1):
            return None
        x, y = node.inputs
        if self.is_constant(x) == self.is_constant(y):
            return None
        return (node.op, y, x, True) if self.is_constant(y) else (node.op, x, y, False)


POWERS: dict[float, Any] = {
    2: lambda x: x * x,
    3: lambda x: x * (x * x),
    0.5: np.sqrt,
    -0.5: lambda x: 1 / np.sqrt(x),
}
FACTORS = (mul.op, div.op)
TERMS = (add.op, sub.op)


def _scaled(graph: Rewritten, node: Node) -> Any:
    """A product with a constant, and all constants of a chain of such."""
    rest, scale, was_rewritten = node, None, False
    while (parts := graph.parts(rest, FACTORS, alone=rest is not node)) is not None:
        op, constant, other, is_first = parts
        if op is div.op and not is_first:
            break
        number = graph.of(constant)
        factor = np.asarray(1, node.dtype) / number if op is div.op else number
        was_rewritten |= op is div.op or scale is not None
        scale = factor if scale is None else scale * factor
        rest = other
    return scale * graph.of(rest) if was_rewritten else None


def _moved(graph: Rewritten, node: Node) -> Any:
    """A sum with a constant, and all constants of a chain of such."""
    rest, moved, sign, count = node, None, 1, 0
    while (parts := graph.parts(rest, TERMS, alone=rest is not node)) is not None:
        op, constant, rest, is_first = parts
        number = graph.of(constant) * (-sign if op is sub.op and is_first else sign)
        moved = number if moved is None else moved + number
        sign = -sign if op is sub.op and not is_first else sign
        count += 1
    return moved + sign * graph.of(rest) if count > 1 else None


def _difference(graph: Rewritten, node: Node) -> Any:
    """A difference; exp(x) - 1 is a function."""
    x, one = node.inputs
    inner = behind(x)
    if inner.op is exp.op and graph.is_constant(one) and np.all(graph.of(one) == 1):
        return graph.by(expm1, inner.inputs[0])
    return _moved(graph, node)


def _log(graph: Rewritten, node: Node) -> Any:
    """log(1 + x), which is a function."""
    parts = graph.parts(node.inputs[0], (add.op,), alone=False)
    if parts is None or not np.all(graph.of(parts[1]) == 1):
        return None
    return graph.by(log1p, parts[2])


def _power(graph: Rewritten, node: Node) -> Any:
    """Powers that are products or roots."""
    x, exponent = node.inputs
    if exponent.shape or not graph.is_constant(exponent):
        return None
    rule = POWERS.get(float(graph.of(exponent)))
    return None if rule is None else rule(graph.of(x))


def _of_layer(function: Callable[[Any], Any]) -> Rule:
    """A function of a product of matrices and a bias, which nothing else is made of."""

    def rule(graph: Rewritten, node: Node) -> Any:
        named = node.inputs[0]
        total = behind(named)
        if total.op is not add.op or total.dtype != FLOAT32 or total.ndim != 2:
            return None
        pair = [behind(x) for x in total.inputs]
        product = next((x for x in pair if x.op is MATMUL and x.shape == total.shape), None)
        bias = next((x for x in pair if x is not product), None)
        if product is None or bias is None or bias.size != total.shape[1] or not bias.shape:
            return None
        if bias.shape[-1] != bias.size or any(graph.users[x] > 1 for x in (named, total, product)):
            return None
        return function(np.asarray(graph.of(named)))

    return rule


def _sigmoid(x: Any) -> Any:
    power = exp_of_rows(-abs(x))
    share = power / (power + SINGLE(1))
    return np.where(np.signbit(x), share, SINGLE(1) - share)


RULES: dict[Any, Rule] = {
    mul.op: _scaled,
    div.op: _scaled,
    add.op: _moved,
    sub.op: _difference,
    log.op: _log,
    pow_.op: _power,
    sigmoid.op: _of_layer(_sigmoid),
    tanh.op: _of_layer(lambda x: np.tanh(x.astype(float)).astype(SINGLE)),
}
"""For each operation that may be computed otherwise, how; None where it is not."""
