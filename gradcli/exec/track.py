"""What following a plan did, so that the same is done again with less ado.

To find out what runs together, and to give regions their arrays, takes longer than small ones take
to run. Where the inputs lie as they did, all arrays that machine code made have their place.
"""

from __future__ import annotations

import os
from threading import Lock
from typing import TYPE_CHECKING, Any, NamedTuple
from weakref import WeakKeyDictionary

import numpy as np

from gradcli.exec import rooms
from gradcli.ir.op import Linear

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence

    from gradcli.exec.region import AnyBound
    from gradcli.ir.node import Node

    Array = np.ndarray[Any, np.dtype[Any]]
    Job = Callable[[], object]

LARGEST = 1 << 25
"""Bytes that a plan may make, all in all, if they are to have their place."""

COPIED = 1 << 21
"""Bytes of results, at most: whoever asked gets copies."""

LASTING = 1 << 27
"""Bytes that all plans together keep."""

LOST = 4
"""How often arrays may lie in another way than before; then it is not worth trying again."""


class Whole(NamedTuple):
    """A node that ran whole."""

    node: Node
    operands: Collection[Node]


class Seen(NamedTuple):
    """A view of an array that has its place."""

    node: Node
    array: Array


class Bound(NamedTuple):
    """A region that got its arrays, of which the results have their place."""

    bound: AnyBound
    results: dict[Node, Array]


class Ran(NamedTuple):
    """Regions that ran together, and what runs them."""

    bounds: Sequence[AnyBound]
    jobs: Sequence[Job]


class Dropped(NamedTuple):
    """Nodes of which that was the last use."""

    nodes: Collection[Node]


Step = Whole | Seen | Bound | Ran | Dropped


class Track:
    """The steps of following a plan, in order, and the arrays that have their place: `lasting`.

    Whoever goes along it holds the `lock`. Until a plan has been followed to its end, what is
    `noted` are no steps.
    """

    def __init__(self) -> None:
        self.lock = Lock()
        self.steps: list[Step] = []
        self.noted: list[Step] = []
        self.lasting: dict[Node, Array] = {}
        self._size = 0
        self._copied: list[int] = []
        self._lost = 0

    # --- while a plan is followed ---------------------------------------------------------------

    def whole(self, node: Node, operands: Collection[Node], value: Any) -> None:
        """Notes a node that ran whole."""
        x = self.lasting.get(next(iter(operands))) if len(operands) == 1 else None
        if x is not None and isinstance(node.op, Linear) and np.may_share_memory(value, x):
            self.lasting[node] = value
            self._note(Seen(node, value))
        else:
            self._note(Whole(node, operands))

    def bound(self, bound: AnyBound) -> None:
        """Notes a region that got its arrays."""
        results = bound.results
        self._size += sum(array.nbytes for array in results.values())
        self.lasting.update(results)
        self._note(Bound(bound, results))

    def ran(self, bounds: Sequence[AnyBound], jobs: Sequence[Job]) -> None:
        """Notes regions that ran."""
        self._note(Ran(bounds, jobs))

    def dropped(self, nodes: Collection[Node]) -> None:
        """Notes nodes of which that was the last use."""
        if nodes:
            self._note(Dropped(nodes))

    def _note(self, step: Step) -> None:
        """One step more; nothing is kept any more if too much was made."""
        self.noted.append(step)
        if self._size > LARGEST or self.is_lost:
            self._give_up()

    def end(self, outputs: Sequence[Any]) -> None:
        """Keeps the steps if they can be done again and are worth their memory."""
        bound = [step for step in self.noted if isinstance(step, Bound)]
        made = [array for step in bound for array in step.results.values()]
        self._copied = [
            i for i, x in enumerate(outputs) if any(np.may_share_memory(x, y) for y in made)
        ]
        is_small = sum(outputs[i].nbytes for i in self._copied) <= COPIED
        if is_small and bound and all(step.bound.settles(self.lasting) for step in bound):
            self.steps = self.noted
            _keep(self, self._size)
        else:
            self._give_up()

    def _give_up(self) -> None:
        self._lost = LOST
        self.forget()

    # --- when it is done again ------------------------------------------------------------------

    @property
    def is_lost(self) -> bool:
        """Whether it is not worth trying."""
        return self._lost >= LOST

    def lose(self) -> None:
        """Notes that arrays lie in another way."""
        self._lost += 1
        self.forget()

    def forget(self) -> None:
        """Begins anew."""
        self.steps, self.noted, self.lasting, self._size = [], [], {}, 0

    def own(self, outputs: Sequence[Any]) -> list[Any]:
        """Results that the next to go along do not write over."""
        return [_copy(x) if i in self._copied else x for i, x in enumerate(outputs)]


def _copy(array: Array) -> Array:
    copy = rooms.empty(array.shape, array.dtype)
    copy[...] = array
    return copy


_kept: WeakKeyDictionary[Track, int] = WeakKeyDictionary()
"""The tracks that are kept, with the bytes that are made along each."""

_lock = Lock()

if hasattr(os, "register_at_fork"):
    os.register_at_fork(
        before=_lock.acquire, after_in_parent=_lock.release, after_in_child=_lock.release
    )


def _keep(track: Track, size: int) -> None:
    """Keeps the arrays of a track; the oldest ones make room for it."""
    with _lock:
        _kept.pop(track, None)
        for other in [*_kept]:
            if sum(_kept.values()) + size <= LASTING:
                break
            del _kept[other]
            other.forget()
        _kept[track] = size
