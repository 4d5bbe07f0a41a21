"""What of a turn is done together in a nest of loops, and what may be written over."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from gradcli.exec.traits import boxes_of, is_sum
from gradcli.ir.op import Elementwise, Linear
from gradcli.ir.scalar import DOUBLE

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from gradcli.ir.loop import Turn
    from gradcli.ir.node import Node

WIDEST = 8
"""Elements of a vector, which may be read and written behind the end of an array."""


def groups_of(turn: Turn) -> list[list[Node]]:
    """Nodes in an order in which each has its operands; elementwise ones of a shape together."""
    levels: dict[Node, int] = {}
    groups: dict[tuple[int, Any], list[Node]] = {}
    for node in turn.body:
        level = max([_level(node, x, levels) for x in node.inputs], default=0)
        levels[node] = level
        key = node.shape if is_map(node) else node
        groups.setdefault((level, key), []).append(node)
    return [groups[key] for key in sorted(groups, key=lambda key: key[0])]


def _level(node: Node, x: Node, levels: dict[Node, int]) -> int:
    """The first level on which a node can use an operand."""
    return levels.get(x, 0) + (x in levels and not _together(node, x))


def _together(x: Node, y: Node) -> bool:
    return x.shape == y.shape and is_map(x) and is_map(y)


def is_map(node: Node) -> bool:
    """Whether each element is made of one of each operand: the outer product is, too."""
    if isinstance(node.op, Elementwise):
        return True
    is_product = node.op.term is not None and not node.attrs and node.dtype == DOUBLE
    return is_product and node.inputs[0].shape[-1] == 1 and min(x.ndim for x in node.inputs) > 1


def written_over(turn: Turn, groups: Sequence[list[Node]]) -> dict[Node, Node]:
    """For elementwise results that are carried on, what they replace, where nothing reads it later.

    Guards that fail would need it; vectors must not go beyond its end.
    """
    if turn.guards:
        return {}
    last, beside = _last_read(turn, groups)
    outputs = turn.outputs()
    made = {x: i for i, nodes in enumerate(groups) if is_map(nodes[0]) for x in nodes}
    over: dict[Node, Node] = {}
    for x, carried in zip(turn.after, turn.carried, strict=True):
        is_alike = x.shape == carried.shape and x.dtype == carried.dtype == DOUBLE
        is_last = x in made and last.get(carried, -1) <= made[x] and outputs.count(x) == 1
        is_whole = next((n for n in reversed(x.shape) if n > 1), WIDEST) % WIDEST == 0
        if is_alike and is_last and is_whole and (carried, made[x]) not in beside:
            over[x] = carried
    return over


def _last_read(
    turn: Turn, groups: Sequence[list[Node]]
) -> tuple[dict[Node, float], set[tuple[Node, int]]]:
    """In which group the memory of a node is last read; and groups that see it in another way.

    What is carried and kept is copied before.
    """
    owner: dict[Node, Node] = {}
    last: dict[Node, float] = {}
    beside = set()
    for i, nodes in enumerate(groups):
        for node in nodes:
            if _looks(node):
                owner[node] = owner.get(node.inputs[0], node.inputs[0])
                continue
            for x in node.inputs:
                last[owner.get(x, x)] = i
                if x in owner:
                    beside.add((owner[x], i))
    kept = [x for x in turn.kept if x not in turn.carried]
    for x in (*turn.after, *kept):
        last[owner.get(x, x)] = math.inf
    return last, beside


def _looks(node: Node) -> bool:
    """Whether a node is its one input, seen in another way."""
    if is_map(node) or is_sum(node) or boxes_of(node):
        return False
    op = node.op
    return isinstance(op, Linear) and op.term is None and op.rows is None and op.part is None


def used_apart(turn: Turn, groups: Iterable[list[Node]]) -> set[Node]:
    """The nodes that are needed outside the loops in which they are made."""
    used = set(turn.outputs())
    for nodes in groups:
        used.update({x for node in nodes for x in node.inputs}.difference(nodes))
    return used
