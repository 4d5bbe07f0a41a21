"""Gradients that, where they are zero, are so by their numbers: what flows through long loops.

Of other zeros the turns of a loop may say more, as that a value depends on an input only through
floor; for that they have to be lowered one by one.
"""

from __future__ import annotations

from itertools import compress
from typing import TYPE_CHECKING

import numpy as np

from gradcli.ir.node import TRACE, Node, ancestors
from gradcli.ir.op import Linear
from gradcli.lower.gradient import Ways
from gradcli.passes.loop import ENDS, LOOP

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from gradcli.engine.run import Run
    from gradcli.ir.loop import Loop, Turn

    Reached = tuple[frozenset[int], frozenset[Node]]

FEW = 3_000
"""Nodes of turns up to which it is as well to look at them one by one."""

ARRAY = 64
"""Numbers of an array that are as dear as a node."""


def all_flow(run: Run) -> bool:
    """Whether, for certain, there is a way back to all that a run has differentiated by.

    Along loops, that is, whose course is known, and which are long.
    """
    return all(not done.stops and flow(done.ys, done.xs) for done in run.differentiated)


def flow(ys: Sequence[Node], xs: Iterable[Node]) -> bool:
    """The same of these: from the ys to all xs, but those to which no loop leads either."""
    nodes = ancestors(ys)
    if sum(_length(node.attrs[0]) for node in nodes if node.op is LOOP) <= FEW:
        return False
    return _reached(nodes, ys).issuperset(Ways(ys, xs).starts.intersection(xs))


def _length(loop: Loop) -> int:
    """How many nodes all turns of a loop have, arrays counting as several."""
    each = [sum(1 + node.size // ARRAY for node in turn.body) for turn in loop.turns]
    return sum(count * each[which] for which, count in loop.path or ())


def _reached(nodes: Sequence[Node], ys: Iterable[Node]) -> set[Node]:
    """From which of some nodes, and of what is around them, derivatives flow to the ys."""
    reached, ends = set(ys), dict[Node, set[int]]()
    for node in reversed(nodes):
        if node.op is ENDS:
            reached.update(_through(node, ends.get(node, set())))
        elif node not in reached or any(x.dtype == TRACE for x in node.inputs):
            continue
        elif node.inputs and node.inputs[0].op is ENDS:
            ends.setdefault(node.inputs[0], set()).update(_ends(node))
        else:
            reached.update(compress(node.inputs, node.op.flows(len(node.inputs))))
    return reached


def _ends(node: Node) -> list[int]:
    """The numbers of what a loop has carried, of which a node takes some."""
    vector = node.inputs[0]
    if not isinstance(node.op, Linear):
        return []
    taken = node.op.kernel(np.arange(vector.size), *node.attrs)
    pieces = enumerate(vector.attrs[0].ends)
    return [i for i, x in pieces if np.any((x.start <= taken) & (taken < x.stop))]


def _through(ends: Node, carried: set[int]) -> list[Node]:
    """The inputs of a loop from which derivatives flow to what it carries at its end."""
    loop: Loop = ends.attrs[0]
    if loop.path is None or loop.followed or not carried:
        return []
    known: dict[tuple[int, frozenset[int]], Reached] = {}
    now, found = frozenset(carried), set[Node]()
    for which, count in loop.path if loop.backwards else reversed(loop.path):
        for _ in range(count):
            key = which, now
            if key not in known:
                known[key] = _before(loop.turns[which], now)
                found |= known[key][1]
            if known[key][0] == now:
                break
            now = known[key][0]
    starts, stacks, _, captured = loop.parts(ends.inputs[1:])
    reached = [starts[i] for i in now] + [x for x in captured if x in found]
    rows = [any(turn.rows[i] in found for turn in loop.turns) for i in range(len(stacks))]
    return [*reached, *compress(stacks, rows)]


def _before(turn: Turn, behind: frozenset[int]) -> Reached:
    """What derivatives flow to in a turn from what is carried on: numbers carried, and the rest."""
    reached = _reached(turn.body, [turn.after[i] for i in behind])
    carried = frozenset([i for i, x in enumerate(turn.carried) if x in reached])
    return carried, frozenset(reached)
