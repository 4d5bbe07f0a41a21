"""Gradients of one graph after another that are made alike: derived once, and computed from then.

The steps of a training differ in the numbers of their arrays. So what was derived of one stands,
with other arrays in the places of its own, for all that are made in the same way.
"""

from __future__ import annotations

from operator import attrgetter
from typing import TYPE_CHECKING, Any

import numpy as np

from gradcli.ir.record import CONSTANT, INPUT
from gradcli.ops.marks import NAME
from gradcli.passes.ruled import Ruled

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence

    from gradcli.ir.node import Node
    from gradcli.snippets.arrays.nearest import Nearest

    Derive = Callable[[dict[Node, Node]], Sequence[Node | None]]

KEPT = 64
"""Patterns whose gradients are kept."""

MISSED = 500
"""Graphs in a row of no known pattern, after which none is looked for any more."""

LARGE = 8_192
"""Elements of an array from which numbers take the time; they are computed in blocks."""

_by_order = attrgetter("order")


class Pattern:
    """How a graph is made: two of one pattern have gradients that are made alike.

    `nodes` are its nodes, inputs first. Arrays count by their shape, numbers by their value; what
    is given a node of its own, to differentiate by, is an array, too. `others` are nodes on which
    the gradient depends beside the results.
    """

    def __init__(self, ys: Sequence[Node], others: Sequence[Sequence[Node]]) -> None:
        self.nodes = _made_of(ys)
        self.places = places = {node: i for i, node in enumerate(self.nodes)}
        parts: list[Any] = []
        for node in self.nodes:
            if _is_array(node):
                parts.append((node.shape, node.dtype.char))
            elif node.op is CONSTANT:
                parts.append(node)
            else:
                attrs = None if node.op is NAME else node.attrs
                rule = node.op.key if isinstance(node.op, Ruled) else None
                parts.append((rule or node.op, attrs, *[places[x] for x in node.inputs]))
        named = tuple([tuple([places.get(x, x) for x in nodes]) for nodes in (ys, *others)])
        self.key = tuple(parts), named

    @property
    def fits(self) -> bool:
        """Whether its gradients are made of nothing but the graph, and its arrays are small."""
        return not any(
            n.size >= LARGE or (isinstance(n.op, Ruled) and n.op.key is None) for n in self.nodes
        )


def _made_of(ys: Sequence[Node]) -> list[Node]:
    """All that results are made of, as far as arrays, inputs first."""
    found = list(dict.fromkeys(ys))
    seen = set(found)
    for node in found:  # which grows on the way
        if not _is_array(node):
            for x in node.inputs:
                if x not in seen:
                    seen.add(x)
                    found.append(x)
    found.sort(key=_by_order)
    return found


def _is_array(node: Node) -> bool:
    """Whether nothing matters of a node but its shape."""
    if node.op is NAME:
        return node.inputs[0].op is CONSTANT and node.dtype.kind == "f"
    return node.op is INPUT or (node.op is CONSTANT and node.shape != ())


class Formula:
    """What is made of some nodes, to be computed for others in their places.

    `places` numbers these; `needed` are the numbers of those on which something depends.
    """

    def __init__(self, places: Mapping[Node, int], results: Sequence[Node | None]) -> None:
        self.results = results
        self.sources: list[Node] = []
        self.fixed: dict[Node, Any] = {}
        self.steps: list[Node] = []
        stack = [node for node in results if node is not None]
        seen = set(stack)
        while stack:
            node = stack.pop()
            if node in places:
                self.sources.append(node)
            elif node.op is CONSTANT:
                self.fixed[node] = node.attrs[0]
            else:
                self.steps.append(node)
                stack.extend(x for x in node.inputs if x not in seen)
                seen.update(node.inputs)
        self.steps.sort(key=_by_order)
        self.needed = [places[node] for node in self.sources]

    def fix(self, nodes: Collection[Node], evaluator: Nearest) -> None:
        """Sources that are the same each time."""
        evaluator.evaluate(nodes)
        for node in nodes:
            self.fixed[node] = evaluator.values[node]
        pairs = zip(self.sources, self.needed, strict=True)
        moving = [(source, i) for source, i in pairs if source not in self.fixed]
        self.sources, self.needed = [x for x, _ in moving], [i for _, i in moving]

    def numbers(self, nodes: Sequence[Node], evaluator: Nearest, scratch: Nearest) -> list[Any]:
        """The values of the results for other nodes."""
        own = [nodes[i] for i in self.needed]
        evaluator.evaluate(own)
        scratch.values = values = self.fixed.copy()
        for source, node in zip(self.sources, own, strict=True):
            values[source] = evaluator.values[node]
            if node in evaluator.wide:
                scratch.wide[source] = evaluator.wide[node]
        scratch.perform(self.steps)
        scratch.wide.clear()
        return [None if node is None else values[node] for node in self.results]


def derived(pattern: Pattern, derive: Derive) -> Formula:
    """The gradients of all graphs of a pattern, derived of one whose arrays have no numbers."""
    copies: dict[Node, Node] = {}
    way = pattern.nodes[0].graph.way
    for node in pattern.nodes if way is None else way.arranged(pattern.nodes):
        copies[node] = _copy(node, copies)
    return Formula({copies[node]: i for node, i in pattern.places.items()}, derive(copies))


def _copy(node: Node, copies: dict[Node, Node]) -> Node:
    """A node over the copies of its inputs; an array is one of which nothing is known."""
    if _is_array(node):
        return node.graph.made(INPUT, (), ("array",), node.shape, node.dtype)
    if node.op is CONSTANT:
        return node
    inputs = tuple([copies[x] for x in node.inputs])
    return node.graph.made(node.op, inputs, node.attrs, node.shape, node.dtype)


class Repeated:
    """The gradients that were asked for, by the pattern of what they are of.

    The second of a pattern is derived for all that follow, if its numbers are to the bit what they
    are without: what a rule makes of an array that it knows may differ.
    """

    def __init__(self, evaluator: Nearest, scratch: Nearest) -> None:
        self.evaluator = evaluator
        self.scratch = scratch
        self.formulas: dict[Any, Formula | None] = {}
        self.missed = 0

    def numbers(
        self, pattern: Pattern, derive: Derive, gradients: Callable[[], Sequence[Node | None]]
    ) -> list[Any]:
        """The values of gradients, which `gradients()` builds where no pattern is known.

        `derive(copies)` builds those of a copy of the graph.
        """
        formula = self.formulas.get(pattern.key)
        if formula is not None:
            self.missed = 0
            return formula.numbers(pattern.nodes, self.evaluator, self.scratch)
        nodes = gradients()
        wanted = [node for node in nodes if node is not None]
        self.evaluator.evaluate(wanted)
        values = [None if node is None else self.evaluator.values[node] for node in nodes]
        if pattern.key in self.formulas:
            return values
        self.missed += 1
        made = derived(pattern, derive) if pattern.fits else None
        if made is not None:
            again = made.numbers(pattern.nodes, self.evaluator, self.scratch)
            if not all(map(_is_same, again, values)):
                made = None
        while len(self.formulas) >= KEPT:
            del self.formulas[next(iter(self.formulas))]
        self.formulas[pattern.key] = made
        return values

    @property
    def is_worth_it(self) -> bool:
        """Whether gradients are asked for of graphs that are made alike."""
        return self.missed < MISSED


def _is_same(x: Any, y: Any) -> bool:
    """Whether two gradients are the same to the bit."""
    if x is None or y is None:
        return x is y
    return np.asarray(x).tobytes() == np.asarray(y).tobytes()
