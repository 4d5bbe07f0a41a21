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
from gradcli.threads import allowed

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from gradcli.exec.needs import How
    from gradcli.exec.plan import Plan
    from gradcli.exec.region import AnyRegion
    from gradcli.ir.node import Node

CORES = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1

LARGE = 8_192
"""Elements from which an array is worth a plan: by then pages cost more than planning."""

SHARE = 1_000_000
"""Elements times steps that are worth a thread: about half a millisecond."""


class BlockedEvaluator(Evaluator):
    """Evaluates large elementwise regions in blocks, everything else as the plain executor does.

    Values inside a region are not kept; asking for one of them later computes it anew. `how` says
    what is at hand, and is asked when there is a large array. Those of the nodes `watched` that are
    computed in blocks and all finite become `finite`.
    """

    def __init__(self, values: Mapping[Node, Any], how: How | None = None) -> None:
        super().__init__(values)
        self.how = how or Means()
        self.watched: Sequence[Node] = ()
        self.finite: set[Node] = set()

    @property
    def threads(self) -> int:
        """How many threads share the blocks."""
        return self.how.workers or CORES

    def evaluate(self, nodes: Collection[Node]) -> None:
        """Evaluates the nodes, in blocks where they are large."""
        missing = self.missing(nodes)
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
        values = self.values
        watched = {plan.roots.get(node, node) for node in self.watched}
        for stage in plan.stages:
            for region in stage.regions:
                for node in self._run_region(region, watched):
                    self._run_whole(node, plan)
            self._tell_whole(stage.whole)
            for node in stage.whole:
                if node in plan.uniform:
                    values[node] = self._uniform(node, plan.operands(node))
                else:
                    self._run_whole(node, plan)
            for node in stage.spent:
                values.pop(node, None)
        for node in plan.wanted:
            root = plan.roots.get(node)
            if root is not None:
                values[node] = values[root]
                if root in self.finite:
                    self.finite.add(node)

    def _run_whole(self, node: Node, plan: Plan) -> None:
        """One node as the plain executor does it, which looks its inputs up by themselves."""
        passed_on = [x for x in node.inputs if x in plan.roots]
        for x in passed_on:
            self.values[x] = self.values[plan.roots[x]]
        self.perform((node,))
        for x in passed_on:
            self.values.pop(x, None)

    def _uniform(self, node: Node, operands: list[Node]) -> Any:
        """The array of a node that has one value throughout: that one value, seen repeatedly."""
        singles = [np.asarray(self.values[x]).reshape(-1)[0] for x in operands]
        try:
            is_move = not isinstance(node.op, Elementwise)
            value = singles[0] if is_move else node.op.kernel(*singles, *node.attrs)
        except Exception as error:
            raise explained(error, node) from error
        return np.broadcast_to(np.asarray(value, node.dtype), node.shape)

    def _run_region(self, region: AnyRegion, watched: Collection[Node]) -> Collection[Node]:
        """All blocks, shared among the threads; the sums are added up in the order of blocks.

        What they leave is given back.
        """
        bound = region.bound(self.values, watched)
        threads = min(self.threads, len(bound.starts()), 1 + region.work // SHARE)
        if self.how.planned is not None:
            self.how.planned(region.listing(threads, code=self.how.dumps_code))
        bound.run(threads)
        self.values.update(bound.results)
        self.values.update(bound.totals())
        self.finite.update(bound.finite)
        return bound.left

    def _tell_whole(self, nodes: list[Node]) -> None:
        if self.how.planned is not None and any(node.inputs for node in nodes):
            from gradcli.exec.traits import listed

            self.how.planned(
                "\n  ".join(["whole:", *(listed(node) for node in nodes if node.inputs)])
            )
