"""Gradients that a formula loses as it is written, and an equal one keeps.

Snippets are computed as they are written, to the digit of their frameworks. Where that gives no
number, because something overflows on the way, the stabilised form may know it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from gradcli.ir.node import Node, ancestors
from gradcli.ir.op import Elementwise
from gradcli.passes import modes

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


def rescued(
    recorder: Any,
    found: Sequence[Node | None],
    ys: Sequence[Node],
    xs: Sequence[Node],
    stops: Iterable[Node],
) -> list[Node | None]:
    """The gradients, with numbers of the stabilised form where they have none as written."""
    values = [None if node is None else np.asarray(recorder.value(node)) for node in found]
    if all(value is None or np.isfinite(value).all() for value in values):
        return list(found)
    graph = recorder.graph
    graph.stabilize = True
    try:
        others = modes.reverse(_restated(ys, {*xs, *stops}), xs, None, stops)
    finally:
        graph.stabilize = False
    made: list[Node | None] = []
    for node, value, other in zip(found, values, others, strict=True):
        if node is None or value is None or other is None or np.isfinite(value).all():
            made.append(node)
            continue
        instead = np.asarray(recorder.value(other))
        is_better = np.isfinite(instead) & ~np.isfinite(value)
        if is_better.any():
            recorder.lost(ys[0])
        chosen = recorder.constant(np.where(is_better, instead, value), node.dtype)
        made.append(recorder.follow(chosen, node))
    return made


def _restated(ys: Sequence[Node], kept: set[Node]) -> list[Node]:
    """The same graph by way of the rules of stabilised forms, over nodes that are kept."""
    made: dict[Node, Node] = {}
    for node in ancestors(ys):
        inputs = tuple([made[x] for x in node.inputs])
        if node in kept or not inputs:
            made[node] = node
        elif isinstance(node.op, Elementwise) and not node.attrs:
            form: Any = node.op(*inputs)
            made[node] = form
        else:
            made[node] = node.graph.node(node.op, inputs, node.attrs, node.shape, node.dtype)
    return [made[y] for y in ys]
