"""The plan of a large evaluation: which nodes run in blocks, which run whole, and in what order.

The passes, in turn: aliases are resolved, nodes that have one value throughout are found, each
node gets a stage, and what a later stage needs is kept whole. In a stage the elementwise nodes run
in blocks, then whatever else is ready runs whole.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from gradcli.exec.region import Region
from gradcli.exec.traits import is_repeated, is_total
from gradcli.ir.op import Elementwise, Linear

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from gradcli.ir.node import Node


class Stage(NamedTuple):
    """Regions that run in blocks, nodes that run whole after them, and what is then spent."""

    regions: list[Region]
    whole: list[Node]
    spent: list[Node]


class Plan:
    """The stages of an evaluation of nodes, inputs first, of which `wanted` are asked for.

    `known` are values that are the same whenever the plan is followed; arrays of `large` elements
    and more are worth blocks.
    """

    def __init__(
        self, nodes: Sequence[Node], wanted: Collection[Node], known: Mapping[Node, Any], large: int
    ) -> None:
        self.known = known
        self.large = large
        self.wanted = wanted
        self.roots: dict[Node, Node] = {}
        self.uniform: set[Node] = set()
        self.blocked: set[Node] = set()
        self.level: dict[Node, int] = {}
        for node in nodes:
            self._place(node)
        self.kept = self._kept(nodes)
        self.stages = self._stages(nodes)

    def operands(self, node: Node) -> list[Node]:
        """The inputs of a node, seen through those that only pass a value on."""
        return [self.roots.get(x, x) for x in node.inputs]

    def _place(self, node: Node) -> None:
        """Whether a node passes a value on, has one value throughout, or runs in blocks; and when.

        Stage 0 has no blocks, only what has to run before any.
        """
        operands = self.operands(node)
        if node.op.identity and node.size >= self.large:
            self.roots[node] = operands[0]
        elif self._is_uniform(node, operands):
            self.uniform.add(node)
        elif self._fits(node, operands):
            self.blocked.add(node)
        runs_in_blocks = node in self.blocked
        level = int(runs_in_blocks)
        for x in operands:
            known = self.level.get(x)
            if known is not None:
                waits = runs_in_blocks and (x not in self.blocked or is_total(x))
                level = max(level, known + 1 if waits else known)
        self.level[node] = level

    def _is_uniform(self, node: Node, operands: Sequence[Node]) -> bool:
        """Whether all elements of a large node are the same because those of its operands are."""
        if node.size < self.large or not operands:
            return False
        spreads = isinstance(node.op, Linear) and node.op.moves
        return (spreads or isinstance(node.op, Elementwise)) and all(map(self.is_single, operands))

    def is_single(self, x: Node) -> bool:
        """Whether a node stands for one value, repeated perhaps."""
        return x.size == 1 or x in self.uniform or is_repeated(self.known.get(x))

    def _fits(self, node: Node, operands: Sequence[Node]) -> bool:
        """Whether a node can run on blocks: elementwise on its own shape, or a total of that."""
        if is_total(node):
            return operands[0].size >= self.large and not self.is_single(operands[0])
        if not isinstance(node.op, Elementwise) or node.attrs or node.size < self.large:
            return False
        return all(x.shape == node.shape or self.is_single(x) for x in operands)

    def _kept(self, nodes: Sequence[Node]) -> set[Node]:
        """Results of blocks that are needed whole: asked for, or used outside of their blocks."""
        kept = {self.roots.get(node, node) for node in self.wanted}
        for node in nodes:
            for x in self.operands(node):
                here = node in self.blocked and self.level.get(x) == self.level[node]
                if not here and node not in self.roots:
                    kept.add(x)
        return kept & self.blocked

    def _stages(self, nodes: Sequence[Node]) -> list[Stage]:
        """Nodes by stage, those in blocks by size; large ones are spent after their last use."""
        count = max(self.level.values(), default=-1) + 1
        regions: list[dict[int, list[Node]]] = [{} for _ in range(count)]
        whole: list[list[Node]] = [[] for _ in range(count)]
        last: dict[Node, int] = {}
        for node in nodes:
            level = self.level[node]
            for x in self.operands(node):
                last[x] = max(level, last.get(x, 0))
            if node in self.blocked:
                size = node.inputs[0].size if is_total(node) else node.size
                regions[level].setdefault(size, []).append(node)
            elif node not in self.roots:
                whole[level].append(node)
        spent: list[list[Node]] = [[] for _ in range(count)]
        needed = {self.roots.get(node, node) for node in self.wanted}
        for node, level in last.items():
            if node in self.level and node not in needed and node.size >= self.large:
                spent[level].append(node)
        return [
            Stage([Region(self, group) for group in r.values()], w, s)
            for r, w, s in zip(regions, whole, spent, strict=True)
        ]
