"""What following a plan did, so that the same is done again with less ado.

To find out what runs together, and to give regions their arrays, takes longer than small ones take
to run. Where the inputs lie as they did, all arrays that machine code made have their place.
"""

from __future__ import annotations

import os
from threading import Lock
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol
from weakref import WeakKeyDictionary

import numpy as np

from gradcli.ir.op import Linear

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Sequence

    from gradcli.exec.plan import Plan
    from gradcli.exec.region import AnyBound
    from gradcli.ir.node import Node

    Array = np.ndarray[Any, np.dtype[Any]]
    Job = Callable[[], object]

LARGEST = 1 << 26
"""Bytes that a plan may make, all in all, if they are to have their place."""

LASTING = 1 << 27
"""Bytes that all plans together keep."""

LOST = 4
"""How often arrays may lie in another way than before; then it is not worth trying again."""


class Follower(Protocol):
    """Who follows a plan, and the values that are there by now."""

    values: dict[Node, Any]

    def perform(self, nodes: Iterable[Node]) -> None:
        """Runs nodes whole, which look their inputs up by themselves."""

    def run_node(self, node: Node, plan: Plan) -> None:
        """Runs a node whole."""

    def take(self, bounds: Sequence[AnyBound]) -> None:
        """Notes what regions that ran have left."""


class Step(Protocol):
    """Something that was done while a plan was followed."""

    def again(self, evaluator: Follower, plan: Plan) -> bool:
        """Does it again; whether it could."""


class Whole(NamedTuple):
    """A node that ran whole."""

    node: Node

    def again(self, evaluator: Follower, plan: Plan) -> bool:
        """Runs it."""
        evaluator.run_node(self.node, plan)
        return True


class Wholes(NamedTuple):
    """Nodes that ran whole, one after the other, as they do without a plan."""

    nodes: list[Node]

    def again(self, evaluator: Follower, _plan: Plan) -> bool:
        """Runs them."""
        evaluator.perform(self.nodes)
        return True


class Seen(NamedTuple):
    """A view of an array that has its place."""

    node: Node
    array: Array

    def again(self, evaluator: Follower, _plan: Plan) -> bool:
        """It is the same."""
        evaluator.values[self.node] = self.array
        return True


class Bound(NamedTuple):
    """A region that got its arrays, and those of the results that have their place, if all have."""

    bound: AnyBound
    results: dict[Node, Array] | None

    def again(self, evaluator: Follower, _plan: Plan) -> bool:
        """Gives it the others if they lie as they did."""
        is_alike = self.bound.renews(evaluator.values)
        evaluator.values.update(self.bound.results if self.results is None else self.results)
        return is_alike


class Ran(NamedTuple):
    """Regions that ran together, and what runs them."""

    bounds: Sequence[AnyBound]
    jobs: Sequence[Job]

    def again(self, evaluator: Follower, _plan: Plan) -> bool:
        """Runs them; nothing may be left that only a kernel can tell."""
        for job in self.jobs:
            job()
        evaluator.take(self.bounds)
        return not any(bound.left for bound in self.bounds)


class Dropped(NamedTuple):
    """Nodes of which that was the last use."""

    nodes: Collection[Node]

    def again(self, evaluator: Follower, _plan: Plan) -> bool:
        """Drops them."""
        for node in self.nodes:
            evaluator.values.pop(node, None)
        return True


class Track:
    """The steps of following a plan, in order, and the arrays that have their place: `lasting`.

    What is `handed` out has new memory each time. Whoever goes along it, or changes it, holds the
    `lock`. Until a plan has been followed to its end, what is `noted` are no steps.
    """

    def __init__(self) -> None:
        self.lock = Lock()
        self.steps: list[Step] = []
        self.noted: list[Step] = []
        self.lasting: dict[Node, Array] = {}
        self.handed: Collection[Node] = ()
        self._bounds: list[AnyBound] = []
        self._size = 0
        self._lost = 0

    # --- while a plan is followed ---------------------------------------------------------------

    def whole(self, node: Node, plan: Plan, value: Any) -> None:
        """Notes a node that ran whole."""
        operands = plan.operands(node)
        x = self.lasting.get(operands[0]) if len(operands) == 1 else None
        if x is not None and isinstance(node.op, Linear) and np.may_share_memory(value, x):
            self.lasting[node] = value
            self._note(Seen(node, value))
        elif node in plan.uniform or any(x in plan.roots for x in node.inputs):
            self._note(Whole(node))
        elif self.noted and isinstance(self.noted[-1], Wholes):
            self.noted[-1].nodes.append(node)
        else:
            self._note(Wholes([node]))

    def bound(self, bound: AnyBound) -> None:
        """Notes a region that got its arrays."""
        if not self.is_lost:
            results = bound.results
            lasting = {x: array for x, array in results.items() if x not in self.handed}
            self.lasting.update(lasting)
            self._note(Bound(bound, lasting if len(lasting) == len(results) else None))

    def ran(self, bounds: Sequence[AnyBound], jobs: Sequence[Job]) -> None:
        """Notes regions that ran, unless too much is made all in all."""
        if not self.is_lost:
            self._bounds += bounds
            self._size += sum(bound.size(self.handed) for bound in bounds)
            self._note(Ran(bounds, jobs))
        if self._size > LARGEST:
            self._give_up()

    def dropped(self, nodes: Collection[Node]) -> None:
        """Notes nodes of which that was the last use."""
        if nodes:
            self._note(Dropped(nodes))

    def _note(self, step: Step) -> None:
        if not self.is_lost:
            self.noted.append(step)

    def end(self, outputs: Sequence[Any]) -> None:
        """Keeps the steps if they can be done again and leave the outputs to whoever asked."""
        if self.is_lost:
            return
        made = self.lasting.values()
        are_own = not any(np.may_share_memory(x, y) for x in outputs for y in made)
        if are_own and self._bounds and all(x.settles(self.lasting) for x in self._bounds):
            self.steps = self.noted
            _keep(self, self._size)
        else:
            self._give_up()

    def _give_up(self) -> None:
        self._lost = LOST
        self.lose()

    # --- when it is done again ------------------------------------------------------------------

    @property
    def is_lost(self) -> bool:
        """Whether it is not worth trying."""
        return self._lost >= LOST

    def lose(self) -> None:
        """Notes that arrays lie in another way."""
        self._lost += 1
        self.forget()
        _drop(self)

    def forget(self) -> None:
        """Lets go of all that is kept."""
        self.steps, self.noted, self.lasting = [], [], {}
        self._bounds, self._size = [], 0

    def begin(self, plan: Plan) -> None:
        """Begins anew: what the plan is asked for is handed out, and what that may be a view of."""
        self.forget()
        handed: set[Node] = set()
        todo = [*plan.wanted]
        while todo:
            node = todo.pop()
            node = plan.roots.get(node, node)
            if node not in handed and isinstance(node.op, Linear) and len(node.inputs) == 1:
                todo += node.inputs
            handed.add(node)
        self.handed = handed

    def rest(self) -> None:
        """Lets go of arrays that are others' until somebody goes along it again."""
        for bound in self._bounds:
            bound.rests()


_kept: WeakKeyDictionary[Track, int] = WeakKeyDictionary()
"""The tracks that are kept, with the bytes that are kept along each, the oldest ones first."""

_lock = Lock()

if hasattr(os, "register_at_fork"):
    os.register_at_fork(
        before=_lock.acquire, after_in_parent=_lock.release, after_in_child=_lock.release
    )


def _keep(track: Track, size: int) -> None:
    """Keeps the arrays of a track; the oldest ones along which nobody goes make room for it."""
    with _lock:
        _kept.pop(track, None)
        for other in [*_kept]:
            if sum(_kept.values()) + size <= LASTING:
                break
            if other.lock.acquire(blocking=False):
                try:
                    other.forget()
                finally:
                    other.lock.release()
                _kept.pop(other, None)
        _kept[track] = size


def _drop(track: Track) -> None:
    """Notes that nothing is kept along a track any more."""
    with _lock:
        _kept.pop(track, None)
