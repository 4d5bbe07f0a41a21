"""In what order JAX adds up slopes: from the last operation that it has computed to the first.

A slope is computed where the operation is that it belongs to, and not on the way back. So on the
way back through a derivative it comes right before that operation.
"""

from __future__ import annotations

from bisect import bisect_left
from typing import TYPE_CHECKING, Any, NamedTuple

from gradcli.ir.node import Way

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from gradcli.ir.node import Graph, Node

Place = tuple[int, ...]


class Step(NamedTuple):
    """A step back through one operation: its place, and the order of the derivative given."""

    place: Place
    derivative: int


class Sums(dict[Any, Any]):
    """Derivatives by whose they are; those of several parts are `sums`."""

    def __init__(self, starts: dict[Any, Any], sums: set[int]) -> None:
        super().__init__(starts)
        self.sums = sums

    def __setitem__(self, node: Any, carried: Any) -> None:
        """Carries what is the only part, or the sum of all that there are."""
        if node in self and carried[0] is not None:
            self.sums.add(carried[0].order)
        super().__setitem__(node, carried)


class WayBack(Way):
    """JAX's way back, which remembers the steps of ways before it, and where each `starts`."""

    last_first = True

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self.starts: list[int] = []
        self.steps: list[Step | None] = []
        self.sums: set[int] = set()
        self.known: dict[int, bool] = {}

    def order(self, active: Collection[Node]) -> Iterable[Node]:
        """Results before what they are made of."""
        return reversed(self.arranged([*active]))

    def arranged(self, nodes: Sequence[Node]) -> Sequence[Node]:
        """Slopes behind the operations that they belong to."""
        if not (nodes and self.starts) or nodes[0].order > self.starts[-1]:
            return nodes
        return sorted(nodes, key=self.place)

    def set_out(self, carried: dict[Node, Any]) -> dict[Node, Any]:
        """The derivatives to start from, where sums are told from slopes."""
        return carried if self.is_last else Sums(carried, self.sums)

    def come_to(self, node: Node, derivative: Node | None) -> None:
        """Notes whose derivative is made now."""
        if not self.is_last:
            step = None if derivative is None else Step(self.place(node), derivative.order)
            self.note(step)

    def leave(self) -> None:
        """Notes that what comes now is no derivative."""
        if not self.is_last:
            self.note(None)

    def note(self, step: Step | None) -> None:
        """Begins a step."""
        if self.starts and self.starts[-1] == self.graph.count:
            self.starts.pop()
            self.steps.pop()
        self.starts.append(self.graph.count)
        self.steps.append(step)

    def place(self, node: Node) -> Place:
        """Where a node stands: a slope behind the operation that it belongs to."""
        at = bisect_left(self.starts, node.order) - 1
        step = self.steps[at] if at >= 0 else None
        if step is None or self.is_carried(node, self.starts[at], step.derivative):
            return (node.order,)
        return (*step.place, node.order)

    def is_carried(self, node: Node, start: int, derivative: int) -> bool:
        """Whether a node of a step is made of the derivative that is given, and so is no slope."""
        known, waiting = self.known, [node]
        while waiting:
            x = waiting[-1]
            own = [y for y in x.inputs if y.order > start]
            is_made_of = any(y.order == derivative for y in x.inputs)
            if is_made_of or x.order in self.sums or any(known.get(y.order) for y in own):
                known[x.order] = True
            unknown = [] if x.order in known else [y for y in own if y.order not in known]
            if not unknown:
                known.setdefault(waiting.pop().order, False)
            waiting += unknown
        return known[node.order]
