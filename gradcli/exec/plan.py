"""The plan of a large evaluation: which nodes run in blocks, which run whole, and in what order.

The passes, in turn: aliases are resolved, nodes that have one value throughout are found, each
node gets a stage, and what a later stage needs is kept whole. In a stage the elementwise nodes run
in blocks, then whatever else is ready runs whole.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from gradcli.exec.again import Again
from gradcli.exec.region import Region, Role, Space, Work
from gradcli.exec.spaces import Spaces, reads_whole, share
from gradcli.exec.traits import has_last_axes, in_sums, is_repeated, kept_shape
from gradcli.ir.node import ancestors
from gradcli.ir.op import Elementwise, Linear

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping, Sequence

    from gradcli.exec.region import AnyRegion
    from gradcli.exec.spaces import Home, Maker
    from gradcli.ir.node import Node


class Stage(NamedTuple):
    """Regions that run in blocks, nodes that run whole after them, and what is then spent."""

    regions: list[AnyRegion]
    whole: list[Node]
    spent: list[Node]


class Item(NamedTuple):
    """A region, or a node that runs whole: its stage, its nodes, and what they are made of."""

    stage: int
    region: AnyRegion | None
    nodes: Sequence[Node]
    operands: Collection[Node]


class Plan:
    """The stages of an evaluation of nodes, inputs first, of which `wanted` are asked for.

    `known` are values that are the same whenever the plan is followed; arrays of `large` elements
    and more are worth blocks, unless their nodes are to run `whole`. `maker(node)` is what makes a
    region of nodes such as that one.
    `items` are all regions, and nodes that run whole, by stage. `roots` are what the nodes that
    only pass a value on pass on, `uniform` the large nodes of one value throughout, `homes` where
    those that run in blocks do so.
    """

    def __init__(
        self,
        nodes: Sequence[Node],
        wanted: Collection[Node],
        known: Mapping[Node, Any],
        large: int,
        maker: Callable[[Node], Maker] = lambda node: Region,
        whole: Collection[Node] = (),
    ) -> None:
        self.known = known
        self.large = large
        self.wanted = wanted
        self.roots: dict[Node, Node] = {}
        self.uniform: set[Node] = set()
        nodes = [*self._with_sums(nodes, maker)]
        self._spaces = Spaces(nodes, wanted, large, maker, self._is_single)
        self.homes: dict[Node, Home] = self._spaces.homes
        self._stage_of: dict[Node, int] = {}
        for node in nodes:
            operands = self.operands(node)
            if not self._passes_on(node, operands) and node not in whole:
                self._spaces.settle(node, operands)
            self._stage_of[node] = self._stage(node, operands)
        self.stages = self._stages(nodes)
        self.items: list[Item] = []
        for number, stage in enumerate(self.stages):
            self.items += [_item_of(number, region) for region in stage.regions]
            self.items += [Item(number, None, (x,), self.operands(x)) for x in stage.whole]

    def operands(self, node: Node) -> list[Node]:
        """The inputs of a node, seen through those that only pass a value on."""
        return [self.roots.get(x, x) for x in node.inputs]

    def _with_sums(self, nodes: Sequence[Node], maker: Callable[[Node], Maker]) -> Iterator[Node]:
        """The nodes; before what is made of sums where no rows are folded for it, all of these."""
        known = {*nodes}
        for node in nodes:
            if node.op.rows is None or node.inputs[0].size < self.large or maker(node) is Region:
                made = None
            else:
                space = Space(node.inputs[0].shape, kept_shape(node))
                folds = has_last_axes(node) and maker(node).folds(space)
                made = None if folds else in_sums(node, node.inputs[0] not in known)
            if made is not None:
                self.roots[node] = made
                more = [x for x in ancestors([made], stops=node.inputs) if x not in known]
                known.update(more)
                yield from more
            yield node

    # --- which nodes run how ----------------------------------------------------------------

    def _passes_on(self, node: Node, operands: Sequence[Node]) -> bool:
        """Whether a node passes a value on, or has one value throughout."""
        if node in self.roots:
            return True
        if node.op.identity and node.size >= self.large:
            self.roots[node] = operands[0]
        elif self._is_uniform(node, operands):
            self.uniform.add(node)
        else:
            return False
        return True

    def _is_uniform(self, node: Node, operands: Sequence[Node]) -> bool:
        """Whether all elements of a large node are the same because those of its operands are."""
        if node.size < self.large or not operands:
            return False
        spreads = isinstance(node.op, Linear) and node.op.moves
        return (spreads or isinstance(node.op, Elementwise)) and all(map(self._is_single, operands))

    def _is_single(self, x: Node) -> bool:
        """Whether a node stands for one value, repeated perhaps."""
        return x.size == 1 or x in self.uniform or is_repeated(self.known.get(x))

    def _share(self, node: Node, x: Node) -> bool:
        """Whether a region may hold a node that runs in blocks and an operand of it."""
        return not reads_whole(node) and share(self.homes[node], self.homes.get(x), x)

    # --- when they run ----------------------------------------------------------------------

    def _stage(self, node: Node, operands: Sequence[Node]) -> int:
        """The first stage in which a node can run; stage 0 has no blocks, only what is before."""
        in_blocks = node in self.homes
        stage = int(in_blocks)
        for x in operands:
            if x in self._stage_of:
                waits = in_blocks and not self._share(node, x)
                stage = max(stage, self._stage_of[x] + waits)
        return stage

    def _stages(self, nodes: Sequence[Node]) -> list[Stage]:
        """Nodes by stage, those in blocks by the maker of their region and by what it goes over."""
        needed = {self.roots.get(node, node) for node in self.wanted}
        again = Again(nodes, self.homes, self._stage_of, self.operands, self._is_single)
        kept = again.find(self._uses(nodes), needed)
        count = max(self._stage_of.values(), default=-1) + 1
        blocked: list[dict[tuple[Maker, Space], list[Work]]] = [{} for _ in range(count)]
        whole: list[list[Node]] = [[] for _ in range(count)]
        for node in nodes:
            if node in self.homes:
                work = Work(node, self.operands(node), self.homes[node].role, node in kept)
                for stage, key in again.places(node):
                    is_first = stage == self._stage_of[node]
                    works = blocked[stage].setdefault(key, [])
                    works.append(work if is_first else work._replace(whole=False))
            elif node not in self.roots:
                whole[stage := self._stage_of[node]].append(node)
        groups = [[(*key, _used(works)) for key, works in each.items()] for each in blocked]
        spent = self._spent(groups, whole, needed)
        return [
            Stage(
                [make(space, works, self._is_single) for make, space, works in each if works],
                *others,
            )
            for each, *others in zip(groups, whole, spent, strict=True)
        ]

    def _uses(self, nodes: Sequence[Node]) -> dict[Node, list[Node]]:
        """By what is used outside of the blocks in which it is computed: by which nodes."""
        uses: dict[Node, list[Node]] = {}
        for node in nodes:
            for x in self.operands(node):
                together = node in self.homes and self._share(node, x)
                beside = together and self._stage_of[x] == self._stage_of[node]
                if not beside and node not in self.roots:
                    uses.setdefault(x, []).append(node)
        return uses

    def _spent(
        self,
        groups: Sequence[Sequence[tuple[Maker, Space, list[Work]]]],
        whole: Sequence[Sequence[Node]],
        needed: set[Node],
    ) -> list[list[Node]]:
        """For each stage the large nodes of which that is the last use."""
        last: dict[Node, int] = {}
        for stage, (regions, nodes) in enumerate(zip(groups, whole, strict=True)):
            for *_, works in regions:
                last.update((x, stage) for work in works for x in work.operands)
            last.update((x, stage) for node in nodes for x in self.operands(node))
        spent: list[list[Node]] = [[] for _ in groups]
        for node, stage in last.items():
            if node in self._stage_of and node not in needed and node.size >= self.large:
                spent[stage].append(node)
        return spent


def _item_of(number: int, region: AnyRegion) -> Item:
    nodes = [work.node for work in region.works]
    operands = {x for work in region.works for x in work.operands}
    return Item(number, region, nodes, operands.difference(nodes))


def _used(works: Sequence[Work]) -> list[Work]:
    """Those of a region's nodes that something is made of, or that are results."""
    used: set[Node] = set()
    left = []
    for work in reversed(works):
        if work.whole or work.role is Role.SUM or work.node in used:
            left.append(work)
            used.update(work.operands)
    return left[::-1]
