"""Why a gradient is zero everywhere: stopped, or only through what is piecewise constant."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gradcli.errors import Notice
from gradcli.ir.node import Node, ancestors
from gradcli.ir.op import Elementwise, Linear

if TYPE_CHECKING:
    from collections.abc import Sequence


def edges(node: Node) -> list[bool]:
    """For each input of a node, whether a derivative can flow through it."""
    op = node.op
    if op.flat:
        return [False] * len(node.inputs)
    if isinstance(op, Elementwise):
        return [partial.__name__ != "nothing" for partial in op.partials]
    if isinstance(op, Linear):
        smooth = len(node.inputs) - op.indices
        return [i < smooth for i in range(len(node.inputs))]
    return [True] * len(node.inputs)


def obstacle(ys: Sequence[Node], x: Node) -> Node | None:
    """The first node at which every way from x to the ys ends; None if a way is open."""
    smooth = {x}
    first: Node | None = None
    for node in ancestors(ys, after=x.order - 1):
        if node is x:
            continue
        reached = [i in smooth for i in node.inputs]
        if any(r and e for r, e in zip(reached, edges(node), strict=True)):
            smooth.add(node)
        elif any(reached) and first is None:
            first = node
    return None if not smooth.isdisjoint(ys) else first


_COMPARISONS = frozenset({"lt", "le", "gt", "ge", "eq", "ne", "where"})


def word_of(node: Node) -> str:
    """An operation as a user knows it."""
    if node.op.name == "rint":
        return "round"
    return "a comparison" if node.op.name in _COMPARISONS else node.op.name


def vanishes(ys: Sequence[Node], name: str, x: Node) -> Notice | None:
    """The warning that a gradient is zero because of one operation."""
    node = obstacle(ys, x)
    if node is None:
        return None
    return Notice(
        f"the value depends on {name} only through {word_of(node)}: its gradient is 0",
        span=node.span,
        kind="vanishing",
    )
