"""Rules from which a record chooses how its operation works with one more axis in front.

A rule `batch(node, inputs, size)` builds the same operation over inputs of which some have a batch
axis of length `size` in front of their own axes; so has the result.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gradcli.ir.node import WORDS, Node

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    Batch = Callable[[Node, Sequence[Node], int], Node]


def is_batched(x: Node, own: Node) -> bool:
    """Whether an input stands for a batch of its own."""
    return x.ndim > own.ndim


def aligned(x: Node, own: Node, ndim: int) -> Node:
    """A batched input with axes of length 1 behind the batch axis, up to `ndim` axes after it."""
    if x.ndim == own.ndim:
        return x
    return WORDS["reshape"](x, (x.shape[0], *(1,) * (ndim - own.ndim), *own.shape))


def repeated(x: Node, own: Node, size: int) -> Node:
    """The input with a batch axis, repeated along it if it had none."""
    return x if is_batched(x, own) else WORDS["spread"](x, (size, *x.shape))


def by_attributes(change: Callable[..., tuple[Any, ...]]) -> Batch:
    """All inputs get the batch axis, and `change(size, *attrs)` gives the new attributes."""

    def batch(node: Node, inputs: Sequence[Node], size: int) -> Node:
        op: Any = node.op
        whole = (repeated(x, own, size) for x, own in zip(inputs, node.inputs, strict=True))
        result: Node = op(*whole, attrs=change(size, *node.attrs))
        return result

    return batch


AXIS_BEHIND = by_attributes(lambda size, axis: (axis + 1,))
"""For an operation along one axis, its only attribute."""


def leading(node: Node, inputs: Sequence[Node], _size: int) -> Node:
    """For an operation on the last axes that broadcasts those before: ranks are aligned."""
    op: Any = node.op
    ndim = max(x.ndim for x in node.inputs)
    pairs = zip(inputs, node.inputs, strict=True)
    result: Node = op(*(aligned(x, own, ndim) for x, own in pairs), attrs=node.attrs)
    return result
