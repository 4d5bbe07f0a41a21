"""Why a gradient is zero everywhere: stopped, or only through what is piecewise constant."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gradcli.errors import Notice
from gradcli.ir.node import Node, ancestors

if TYPE_CHECKING:
    from collections.abc import Sequence


def obstacle(ys: Sequence[Node], x: Node) -> Node | None:
    """The first node at which every way from x to the ys ends; None if a way is open."""
    smooth = {x}
    first: Node | None = None
    for node in ancestors(ys, after=x.order):
        reached = [i in smooth for i in node.inputs]
        flows = node.op.flows(len(reached))
        if any(r and f for r, f in zip(reached, flows, strict=True)):
            smooth.add(node)
        elif any(reached) and first is None:
            first = node
    return None if not smooth.isdisjoint(ys) else first


def vanishes(ys: Sequence[Node], name: str, x: Node) -> Notice | None:
    """The warning that a gradient is zero because of one operation."""
    node = obstacle(ys, x)
    if node is None:
        return None
    return Notice(
        f"the value depends on {name} only through {node.op.word}: its gradient is 0",
        span=node.span,
        kind="vanishing",
    )
