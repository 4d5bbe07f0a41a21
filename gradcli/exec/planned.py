"""A graph over large arrays by one plan, for running it again and again with other inputs."""

from __future__ import annotations

import math
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from gradcli.exec import blocked
from gradcli.exec.executors import (
    AGAIN,
    BLOCKED,
    COMPILED,
    Means,
    calls_before,
    calls_before_looking,
    calls_before_small,
    loads_compiler,
    maker_of,
    saved_by_region,
)
from gradcli.exec.plain import Evaluator
from gradcli.exec.plan import Plan
from gradcli.exec.steps import Steps
from gradcli.exec.track import Track
from gradcli.exec.traits import all_finite, is_alone
from gradcli.ir.node import split
from gradcli.threads import allowed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gradcli.ir.node import Node


SOONER = 2
"""How many times fewer elements machine code is worth that is there and called again and again."""

SMALL = 16_384
"""Elements of the largest array up to which no loop of its own is worth it, and no few nodes."""

LEAST = 256
"""Elements from which it is worth that for many nodes at once."""

TRIES = 4
"""How often nodes may turn out to be few, when others are run whole."""

MOST = 2_000
"""Nodes, at most, of which this is found out."""


class Planned:
    """Outputs from inputs again and again, by one plan; threads may share one object.

    What depends on no input is computed once, here, by `evaluator`, and stays: `fixed`. Arrays of
    `large` elements and more are computed in blocks; where there are none, a list of steps is
    quicker than a plan.
    """

    __slots__ = (
        "_bound",
        "_inputs",
        "_large",
        "_left",
        "_outputs",
        "_plan",
        "_planned",
        "_steps",
        "_threads",
        "_track",
        "_tries",
        "_unseen",
        "fixed",
    )

    def __init__(
        self,
        outputs: Sequence[Node],
        inputs: Sequence[Node],
        evaluator: blocked.BlockedEvaluator,
        large: int = blocked.LARGE,
        *,
        has_track: bool = False,
    ) -> None:
        moving, fixed = split(outputs, inputs)
        evaluator.run(fixed)
        self.fixed = Evaluator({node: evaluator(node) for node in fixed}).values
        wanted = [node for node in outputs if node not in self.fixed and node not in inputs]
        threads, executor = evaluator.threads, evaluator.how.executor
        self._planned = partial(Plan, moving, wanted, self.fixed)
        self._large = large
        is_small = max([x.size for x in (*moving, *inputs)], default=0) <= SMALL
        self._bound = max(SMALL * (is_small and has_track), large // SOONER)
        self._tries = TRIES if has_track and len(moving) <= MOST else 0
        self._unseen: Sequence[Node] = ()
        if executor:
            self._left: float = 0
        elif is_small and self._tries and moving:
            self._left, self._unseen = calls_before_looking(moving), moving
        else:
            self._left = calls_before(moving, max(large, self._bound + 1), threads, AGAIN)
        self._track = Track() if has_track else None
        self._inputs = tuple(inputs)
        self._outputs = tuple(outputs)
        self._threads = threads
        self._make(executor or (BLOCKED if self._left else COMPILED))

    def _make(self, executor: str) -> None:
        """Makes the plan, and the steps if nothing in it is computed in blocks."""
        plan = self._plan = self._compiled() if executor == COMPILED else self._in_blocks()
        is_whole = not plan.uniform and all(item.region is None for item in plan.items)
        given = self._outputs, self._inputs, Evaluator(self.fixed)
        self._steps = Steps(*given) if is_whole else None

    def _in_blocks(self) -> Plan:
        """The plan without; of nothing where no array is large enough."""
        if self._bound > self._large:
            return Plan((), (), self.fixed, self._large)
        return self._planned(self._large, maker_of(BLOCKED))

    def _compiled(self) -> Plan:
        """The plan with machine code; where arrays are small, only for many nodes at once."""
        large, maker = self._large // SOONER, maker_of(COMPILED)
        whole: set[Node] = set()
        for _ in range(self._tries):
            plan = self._planned(min(LEAST, large), maker, whole)
            few = _few(plan, self._bound, self._bound > large)
            if not few:
                return plan
            whole |= few
        return self._planned(self._bound, maker)

    def prepare(self) -> None:
        """Makes what would be made with the first inputs, such as machine code."""
        for stage in self._plan.stages:
            for region in stage.regions:
                region.prepare()

    def __call__(self, values: Sequence[Any]) -> list[Any]:
        """The outputs for these inputs."""
        return self.finite(values, 0) or []

    def finite(self, values: Sequence[Any], size: int) -> list[Any] | None:
        """The outputs for these inputs; None if a number of the first of them is infinite.

        Where they are computed in blocks that is found out there, by the thread that has the block.
        """
        if self._left > 0:
            self._count()
        if self._steps is not None:
            with allowed(self._threads):
                return self._steps.finite(values, size)
        track = self._track
        if self._left > 0 or track is None or track.is_lost or not track.lock.acquire(False):
            return self._found(self._followed(values, size), size)
        try:
            return self._found(self._gone_along(values, size, track), size)
        finally:
            track.lock.release()

    def _evaluator(self, values: Sequence[Any], size: int) -> blocked.BlockedEvaluator:
        by_node = dict(zip(self._inputs, values, strict=True))
        evaluator = blocked.BlockedEvaluator(by_node, Means(self._threads))
        evaluator.values.update(self.fixed)
        evaluator.watched = self._outputs[:size]
        return evaluator

    def _followed(
        self, values: Sequence[Any], size: int, track: Track | None = None
    ) -> blocked.BlockedEvaluator:
        """What has followed the plan."""
        evaluator = self._evaluator(values, size)
        evaluator.track = track
        with np.errstate(all="ignore"):
            evaluator.follow(self._plan)
        return evaluator

    def _gone_along(
        self, values: Sequence[Any], size: int, track: Track
    ) -> blocked.BlockedEvaluator:
        """The same, along a track if there is one; else that is made."""
        if track.steps:
            evaluator = self._evaluator(values, size)
            try:
                with np.errstate(all="ignore"):
                    if evaluator.retraces(self._plan, track):
                        return evaluator
            finally:
                track.rest()
            track.lose()
        track.begin(self._plan)
        evaluator = self._followed(values, size, track)
        track.end([evaluator.values[node] for node in self._outputs])
        return evaluator

    def _found(self, evaluator: blocked.BlockedEvaluator, size: int) -> list[Any] | None:
        """The outputs; None if a number of the first of them is infinite."""
        outputs = [evaluator.values[node] for node in self._outputs]
        with np.errstate(all="ignore"):
            for node, array in zip(self._outputs[:size], outputs[:size], strict=True):
                if node not in evaluator.finite and not all_finite(array):
                    return None
        return outputs

    def _count(self) -> None:
        """Notes a call in blocks; after so many the plan is made anew, for machine code."""
        self._left -= 1
        if self._left <= 0 and self._unseen:
            self._left, self._unseen = calls_before_small(self._unseen, LEAST, AGAIN), ()
        if self._left <= 0 and not loads_compiler():
            self._left = math.inf
        elif self._left <= 0:
            self._make(COMPILED)


def _few(plan: Plan, large: int, with_loops: bool) -> set[Node]:
    """The nodes of regions that have few of them, on small arrays; perhaps with a loop for each."""
    works = [[x.node for x in region.works] for stage in plan.stages for region in stage.regions]
    return {
        node
        for nodes in works
        if with_loops or not any(map(is_alone, nodes))
        if max(x.size for node in nodes for x in (node, *node.inputs)) < large
        if saved_by_region(nodes) < 0
        for node in nodes
    }
