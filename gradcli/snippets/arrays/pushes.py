"""Tangents by a framework's own formulas, which differ from others in how they round."""

from __future__ import annotations

from bisect import bisect_right
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from gradcli.ir.node import Graph, Node

    Rule = Callable[..., Node]


class How:
    """How a formula is computed: what adds a product to something, and whether tangents are rows.

    Then what a row is divided by is the same for all of them.
    """

    __slots__ = ("add", "in_rows")

    def __init__(self, add: Rule, *, in_rows: bool = False) -> None:
        self.add = add
        self.in_rows = in_rows


class Pushes:
    """The formulas by operation, and which nodes derivatives have made.

    A framework may compute a product and what it is added to in one step. It does so in a function
    that the snippet calls, and not in derivatives.
    """

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self.table: Mapping[Any, Rule] = {}
        self.at_once: Rule = apart
        self.derived: list[range] = []

    def use(self, table: Mapping[Any, Rule], at_once: Rule) -> None:
        """Has tangents computed by these formulas."""
        self.table, self.at_once = table, at_once

    def rules(
        self, *, stepwise: bool = False, in_rows: bool = False
    ) -> Callable[[Node], Rule | None] | None:
        """The formula for a node, if it has one; none is computed at once if it goes `stepwise`."""
        if not self.table:
            return None
        at_once = How(apart if stepwise else self.at_once, in_rows=in_rows)

        def rule(node: Node) -> Rule | None:
            push = self.table.get(node.op)
            if push is None:
                return None
            return partial(push, STEPWISE if self.is_derived(node) else at_once)

        return rule

    def is_derived(self, node: Node) -> bool:
        """Whether a node was made by a derivative, and not by the snippet."""
        at = bisect_right(self.derived, node.order, key=lambda nodes: nodes.start)
        return bool(at) and node.order in self.derived[at - 1]

    @contextmanager
    def deriving(self, *, is_last: bool) -> Iterator[None]:
        """What is made within it is a derivative, which is differentiated unless it `is_last`."""
        start, way = self.graph.count, self.graph.way
        if way is not None:
            way.is_last = is_last
        try:
            yield
        finally:
            if way is not None:
                way.is_last = False
            if self.table and not is_last:
                self.derived.append(range(start + 1, self.graph.count + 1))


def apart(a: Node, b: Node, c: Node) -> Node:
    """A product and a sum, each rounded."""
    return a * b + c


STEPWISE = How(apart)
"""One operation after another."""
