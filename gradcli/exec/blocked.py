"""The executor for large arrays: elementwise regions run block by block, in cache, on all cores.

The answers are the plain executor's, to the bit where nothing is summed; sums add up block by
block, in an order that does not depend on the threads.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import numpy as np

from gradcli.exec.executors import PLAIN, Means, maker_for
from gradcli.exec.plain import Evaluator, explained
from gradcli.exec.traits import is_alone
from gradcli.ir.op import Elementwise
from gradcli.threads import STEPS, allowed

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from gradcli.exec.chains import Chain, Link
    from gradcli.exec.needs import How
    from gradcli.exec.plan import Item, Plan, Stage
    from gradcli.exec.region import AnyBound, AnyRegion
    from gradcli.exec.track import Track
    from gradcli.ir.node import Node

CORES = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1

LARGE = 8_192
"""Elements from which an array is worth a plan: by then pages cost more than planning."""


class BlockedEvaluator(Evaluator):
    """Evaluates large elementwise regions in blocks, everything else as the plain executor does.

    Values inside a region are not kept; asking for one of them later computes it anew. `how` says
    what is at hand, and is asked when there is a large array. Those of the nodes `watched` that are
    computed in blocks and all finite become `finite`. What is done is noted on a `track`, if any.
    """

    def __init__(self, values: Mapping[Node, Any], how: How | None = None) -> None:
        super().__init__(values)
        self.how = how or Means()
        self.watched: Sequence[Node] = ()
        self.finite: set[Node] = set()
        self.track: Track | None = None
        self._lists_whole = False

    @property
    def threads(self) -> int:
        """How many threads share the blocks."""
        return self.how.workers or CORES

    def evaluate(self, nodes: Collection[Node]) -> None:
        """Evaluates the nodes, in blocks where they are large."""
        missing = self.missing(nodes)
        self._lists_whole = False
        if missing and missing[0].graph.largest >= LARGE and self._is_large(missing):
            self._run_large(missing, nodes)
        else:
            self._tell_whole(missing)
            self.perform(missing)

    def _is_large(self, nodes: list[Node]) -> bool:
        """Whether there is work on large arrays, element by element, and it may be in blocks."""
        large = (node for node in nodes if node.shape and node.size >= LARGE)
        is_large = any(isinstance(x.op, Elementwise) or is_alone(x) for x in large)
        return is_large and self.how.executor != PLAIN

    def _run_large(self, missing: list[Node], nodes: Collection[Node]) -> None:
        from gradcli.exec.plan import Plan

        maker = maker_for(missing, LARGE, self.how.executor, self.threads)
        wanted = [node for node in nodes if node not in self.values]
        self.follow(Plan(missing, wanted, self.values, LARGE, maker))

    def follow(self, plan: Plan) -> None:
        """Evaluates what a plan is for; NumPy's warnings are the caller's to silence."""
        with allowed(self.threads):
            self._follow(plan)

    def _follow(self, plan: Plan) -> None:
        from gradcli.exec.chains import Chain

        watched = {plan.roots.get(node, node) for node in self.watched}
        todo, done = plan.items, 0
        while todo:
            chain = Chain(self.values)
            rest: list[Item] = []
            try:
                for item in todo:
                    if not rest and item.stage > done:
                        done = self._drop(plan.stages[done : item.stage], item.stage)
                    goes = self._go(item, plan, chain, watched)
                    if not goes and not rest and len(chain.links) == 1:  # nothing is run with it
                        self._run_chain(chain)
                        goes = self._go(item, plan, chain, watched)
                    if not goes:
                        rest.append(item)
                self._run_chain(chain)
            finally:
                chain.forget()
            todo = rest
        self._drop(plan.stages[done:], len(plan.stages))
        self._pass_on(plan)

    def _pass_on(self, plan: Plan) -> None:
        """Gives nodes that only pass a value on what they are asked for."""
        for node in plan.wanted:
            root = plan.roots.get(node)
            if root is not None:
                self.values[node] = self.values[root]
                if root in self.finite:
                    self.finite.add(node)

    def retraces(self, plan: Plan, track: Track) -> bool:
        """Does what was done when the plan was followed; whether arrays lie as they did then."""
        with allowed(self.threads):
            if not all(step.again(self, plan) for step in track.steps):
                return False
        self._pass_on(plan)
        return True

    def _drop(self, stages: Sequence[Stage], number: int) -> int:
        """Drops what was used for the last time in stages before that number."""
        spent = [node for stage in stages for node in stage.spent]
        for node in spent:
            self.values.pop(node, None)
        if self.track is not None:
            self.track.dropped(spent)
        return number

    def _go(self, item: Item, plan: Plan, chain: Chain, watched: Collection[Node]) -> bool:
        """Whether an item could be run, or added to others; else it waits for these."""
        if item.region is None:
            goes = self._go_whole(item, plan, chain)
        else:
            goes = self._go_in_blocks(item, item.region, plan, chain, watched)
        if not goes:
            chain.put_off(item.nodes)
        return goes

    def _go_whole(self, item: Item, plan: Plan, chain: Chain) -> bool:
        (node,), operands = item.nodes, item.operands
        if not chain.is_free(operands):
            if not chain.looks(node, operands, lambda: self._run_whole(node, plan)):
                return False
        else:
            if self.how.planned is not None:
                self._tell_whole([node])
            self.run_node(node, plan)
        if self.track is not None:
            self.track.whole(node, plan, self.values[node])
        return True

    def run_node(self, node: Node, plan: Plan) -> None:
        """One node, which may have one value throughout."""
        if node in plan.uniform:
            self.values[node] = self._uniform(node, plan.operands(node))
        else:
            self._run_whole(node, plan)

    def _go_in_blocks(
        self, item: Item, region: AnyRegion, plan: Plan, chain: Chain, watched: Collection[Node]
    ) -> bool:
        sliced, operands = region.sliced, item.operands
        if sliced and chain.takes(sliced, operands, lambda: sliced.bound(self.values, watched)):
            if self.track is not None:
                self.track.bound(chain.links[-1].bound)
            return True
        if not chain.is_free(operands):
            return False
        bound = region.bound(self.values, watched)
        if self.track is not None:
            self.track.bound(bound)
        self._run_bound(region, bound)
        self.values.update(bound.results)
        for node in bound.left:
            self._run_whole(node, plan)
        return True

    def _run_whole(self, node: Node, plan: Plan) -> None:
        """One node as the plain executor does it, which looks its inputs up by themselves."""
        passed_on = [x for x in node.inputs if x in plan.roots]
        for x in passed_on:
            self.values[x] = self.values[plan.roots[x]]
        self.perform((node,))
        for x in passed_on:
            self.values.pop(x, None)

    def _uniform(self, node: Node, operands: Collection[Node]) -> Any:
        """The array of a node that has one value throughout: that one value, seen repeatedly."""
        singles = [np.asarray(self.values[x]).reshape(-1)[0] for x in operands]
        try:
            is_move = not isinstance(node.op, Elementwise)
            value = singles[0] if is_move else node.op.kernel(*singles, *node.attrs)
        except Exception as error:
            raise explained(error, node) from error
        return np.broadcast_to(np.asarray(value, node.dtype), node.shape)

    def _run_chain(self, chain: Chain) -> None:
        """Regions together, in blocks of slices that the threads share, or one after another."""
        links = chain.links
        slices, size = chain.block()
        if size:
            self._run_together(links, slices, size)
        else:
            for link in links:
                self._run_bound(*link)
        chain.end()

    def _run_together(self, links: Collection[Link], slices: int, size: int) -> None:
        from gradcli.exec.compiled import crew

        bounds = [bound for _, bound in links]
        blocks = -(-slices // size)
        threads = self._shared(blocks, sum(region.work * region.eager for region, _ in links))
        if self.how.planned is not None:
            self._lists_whole = False
            self.how.planned(f"together, {size} of {slices:,} slices at a time:")
        for region, _ in links:
            self._tell(region, threads)
        calls = [call for bound in bounds for call in bound.in_slices(slices, size, threads)]
        kept = max(bound.kept for bound in bounds)
        again = crew.run(calls, bounds, blocks, threads, kept)
        self.take(bounds)
        if self.track is not None:
            ahead = [job for bound in bounds for job in bound.ahead]
            self.track.ran(bounds, [*ahead, again])

    def _run_bound(self, region: AnyRegion, bound: AnyBound) -> None:
        """All blocks of a region, shared among the threads."""
        threads = self._shared(len(bound.starts()), region.work * region.eager)
        self._tell(region, threads)
        again = bound.run(threads)
        self.take([bound])
        if self.track is not None:
            self.track.ran([bound], again)

    def _shared(self, blocks: int, work: int) -> int:
        """How many threads share blocks."""
        return min(self.threads, blocks, 1 + work // STEPS)

    def take(self, bounds: Iterable[AnyBound]) -> None:
        """Notes sums, which are added up in the order of blocks, and what is finite."""
        for bound in bounds:
            self.values.update(bound.totals())
            self.finite.update(bound.finite)

    def _tell(self, region: AnyRegion, threads: int) -> None:
        self._lists_whole = False
        if self.how.planned is not None:
            self.how.planned(region.listing(threads, code=self.how.dumps_code))

    def _tell_whole(self, nodes: Collection[Node]) -> None:
        """Lists nodes, with those before them if these run whole, too."""
        if self.how.planned is None or not any(node.inputs for node in nodes):
            return
        from gradcli.exec.traits import listed

        lines = [f"  {listed(node)}" for node in nodes if node.inputs]
        self.how.planned("\n".join(lines if self._lists_whole else ["whole:", *lines]))
        self._lists_whole = True
