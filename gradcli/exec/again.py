"""What a later region computes again from what it reads anyway, rather than reading it.

A region ends where a sum has to be known. To write an array there and to read it in the next one
takes longer than a few instructions more, as long as these need no other arrays.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from gradcli.exec.region import Role
from gradcli.exec.spaces import reads_whole

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence

    from gradcli.exec.region import Space
    from gradcli.exec.spaces import Home, Maker
    from gradcli.ir.node import Node

    Place = tuple[int, tuple[Maker, Space]]

MOST = 24
"""Instructions, at most, by which an element is computed again."""

WRITTEN, READ = 2, 1
"""What it takes to write an array, whose memory is read before, and to read one."""


class Made(NamedTuple):
    """What an element is made of: nodes, and arrays that are there."""

    nodes: frozenset[Node]
    arrays: frozenset[Node]


class Again:
    """For nodes in their order: `kept` is what is there as a whole, `places` where they run.

    A place is a stage and what its region is and goes over. `operands` and `is_single` are the
    plan's, `homes` where nodes run, `stage_of` when. Nodes of `firm` are kept whatever happens.
    """

    def __init__(
        self,
        nodes: Sequence[Node],
        homes: Mapping[Node, Home],
        stage_of: Mapping[Node, int],
        operands: Callable[[Node], Collection[Node]],
        is_single: Callable[[Node], bool],
    ) -> None:
        self._more: dict[Node, set[Place]] = {}
        self._homes = homes
        self._stage_of = stage_of
        self._operands = operands
        self._is_single = is_single
        self._weights: dict[Node, int] = {}
        self._nodes = nodes

    def places(self, node: Node) -> list[Place]:
        """Where a node runs: where it is computed, then where it is computed again."""
        first = self._place(node)
        return [first, *(place for place in self._more.get(node, ()) if place != first)]

    def _place(self, node: Node) -> Place:
        return self._stage_of[node], self._homes[node][:2]

    def find(self, uses: Mapping[Node, Collection[Node]], firm: Collection[Node]) -> set[Node]:
        """What is kept of the nodes that others use from elsewhere; those of `firm` are."""
        kept = set(firm) | {x for x, users in uses.items() if not self._is_made(x, users)}
        reads: dict[Place, set[Node]] = {}
        for x, users in uses.items():
            for user in users:
                if user in self._homes:
                    reads.setdefault(self._place(user), set()).add(x)
        for x in self._nodes:
            if x not in uses or x in kept:
                continue
            places = {self._place(user) for user in uses[x]}
            made = self._of(x, kept)
            if made is None or not self._pays(made, [reads[place] for place in places]):
                kept.add(x)
                continue
            for place in places:
                reads[place] = (reads[place] - {x}) | made.arrays
                for node in made.nodes:
                    self._more.setdefault(node, set()).add(place)
        return kept

    def _is_made(self, x: Node, users: Collection[Node]) -> bool:
        """Whether all users of a node can compute it as it is computed where it is."""
        home = self._homes.get(x)
        if home is None or not self._weight(x):
            return False
        homes = [self._homes.get(u) for u in users if not reads_whole(u)]
        return len(homes) == len(users) and all(h is not None and h[:2] == home[:2] for h in homes)

    def _weight(self, x: Node) -> int:
        """The instructions for an element of what runs in blocks; 0 if they take long."""
        if x not in self._weights:
            home = self._homes[x]
            is_element = home.role is Role.ELEMENT and x.shape == home.space.shape
            self._weights[x] = home.maker.weight(x) if is_element else 0
        return self._weights[x]

    @staticmethod
    def _pays(made: Made, reads: Sequence[set[Node]]) -> bool:
        more = sum(len(made.arrays - known) for known in reads)
        return more < WRITTEN + READ * len(reads)

    def _of(self, x: Node, kept: Collection[Node]) -> Made | None:
        """What a node is made of, if that is little and all arrays are there."""
        nodes: set[Node] = set()
        arrays: set[Node] = set()
        weight, todo = 0, [x]
        while todo:
            node = todo.pop()
            home = self._homes.get(node)
            if node in nodes or self._is_single(node):
                continue
            if node is not x and (home is None or node in kept):
                arrays.add(node)
                continue
            step = self._weight(node) if home == self._homes[x] else 0
            weight += step
            if not step or weight > MOST:
                return None
            nodes.add(node)
            todo.extend(self._operands(node))
        return Made(frozenset(nodes), frozenset(arrays))
