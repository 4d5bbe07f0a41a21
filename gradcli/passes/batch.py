"""Batching: a graph rewritten, once, for many values of some of its nodes at the same time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gradcli.errors import BatchError
from gradcli.ir.batching import aligned
from gradcli.ir.node import WORDS, Node, ancestors
from gradcli.ir.op import Elementwise, Reduction, broadcast
from gradcli.ir.shapes import reduced_shape

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


def batch(outputs: Sequence[Node], values: Mapping[Node, Node]) -> list[Node]:
    """The outputs for each of a batch of values of some nodes.

    `values` maps a node of shape s to a node of shape (size, *s), the same size for all; an output
    of shape s becomes one of shape (size, *s). What depends on none of them is built once.
    """
    size = next(iter(values.values())).shape[0]
    batched = dict(values)
    for node in dependents(outputs, tuple(values)):
        node.graph.place = node.place
        batched[node] = _batched(node, [batched.get(x, x) for x in node.inputs], size)
    return [batched[y] if y in batched else WORDS["spread"](y, (size, *y.shape)) for y in outputs]


def dependents(outputs: Sequence[Node], sources: Sequence[Node]) -> list[Node]:
    """What the outputs are made of that depends on a source, inputs first, without the sources."""
    if not sources:
        return []
    first = min(x.order for x in sources)
    own = set(sources)
    reached = set(sources)
    order = []
    for node in ancestors(outputs, after=first - 1):
        if node not in own and not reached.isdisjoint(node.inputs):
            reached.add(node)
            order.append(node)
    return order


def _batched(node: Node, inputs: Sequence[Node], size: int) -> Node:
    """One node over inputs of which some have a batch axis."""
    op = node.op
    if isinstance(op, Elementwise):
        return _elementwise(node, inputs)
    if isinstance(op, Reduction):
        return _reduction(node, inputs[0])
    if op.batch is not None:
        batched: Node = op.batch(node, inputs, size)
        return batched
    raise BatchError(f"{op.name} does not say how it works on a batch", span=node.span)


def _elementwise(node: Node, inputs: Sequence[Node]) -> Node:
    """The batch axis before all others, wherever broadcasting begins."""
    pairs = zip(inputs, node.inputs, strict=True)
    operands = tuple(aligned(x, own, node.ndim) for x, own in pairs)
    return node.graph.node(node.op, operands, node.attrs, broadcast(operands), node.dtype)


def _reduction(node: Node, x: Node) -> Node:
    axes, keepdims = node.attrs
    behind = tuple(a + 1 for a in axes)
    shape = reduced_shape(x.shape, behind, keepdims)
    return node.graph.node(node.op, (x,), (behind, keepdims), shape, node.dtype)
