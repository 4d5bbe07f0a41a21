"""Arrays that see the same memory: what is written to one, the others have, too.

A view, such as a row, a transposed or a reshaped array, shares its elements with what it was taken
of. Its place there is kept as NumPy's own view of an array of as many bytes, so that NumPy decides
what is a view and what a copy. Numbers are in nodes: after a write the others get new nodes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple
from weakref import ref

import numpy as np

from gradcli.ops.keys import Key
from gradcli.snippets.errors import Refusal
from gradcli.snippets.values import Seen

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gradcli.ir.node import Node
    from gradcli.snippets.values import Array

    Places = np.ndarray[Any, np.dtype[np.int8]]

FEW = 8
"""Arrays of a memory from which those are dropped that nobody holds any more."""


class Change(NamedTuple):
    """A write to an array, and what its framework knows of it."""

    array: Array
    is_tracked: bool = False
    start: int = 0


class Memory:
    """The memory of an array that was made by itself, and who sees it."""

    __slots__ = ("arrays", "limit", "places")

    def __init__(self, shape: tuple[int, ...]) -> None:
        self.places: Places = np.empty(shape, np.int8)
        self.arrays: list[ref[Array]] = []
        self.limit = FEW

    def hold(self, array: Array) -> None:
        """Another array sees it."""
        if len(self.arrays) >= self.limit:
            self.arrays = [*map(ref, self.held())]
            self.limit = max(FEW, 2 * len(self.arrays))
        self.arrays.append(ref(array))

    def held(self) -> list[Array]:
        """Those who see it and are held by somebody."""
        return [x for at in self.arrays if (x := at()) is not None]

    def numbers(self, places: Places) -> np.ndarray[Any, Any]:
        """Which elements are at these places, by their numbers."""
        first = places.__array_interface__["data"][0] - self.places.__array_interface__["data"][0]
        every = np.arange(self.places.size)
        strides = [n * every.itemsize for n in places.strides]
        return np.lib.stride_tricks.as_strided(every[first:], places.shape, strides)


def seen_of(array: Array) -> Seen:
    """What an array sees of a memory, which is its own where nobody else has asked yet."""
    if array.seen is None:
        memory = Memory(array.shape)
        memory.hold(array)
        array.seen = Seen(memory, memory.places)
    return array.seen


def owner(array: Array) -> Array | None:
    """The array that a view is one of; None for what is no view."""
    if array.seen is None or not array.seen.is_view:
        return None
    held = [x for x in array.seen.memory.held() if x.seen and not x.seen.is_view]
    if not held:
        raise Refusal("the array that this is a view of has no name any more")
    return held[0]


def look(source: Array, node: Node, made: Array, **how: Any) -> None:
    """What was `made` of a node sees the memory of its source, if that is where the node leads."""
    seen = seen_of(source)
    places = _through(node, source.node, seen.places)
    if places is not None and np.may_share_memory(places, seen.places):
        made.seen = seen._replace(places=places, is_view=True, several="", **how)
        seen.memory.hold(made)


def is_overlapping(array: Array) -> bool:
    """Whether several elements of an array are the same one in its memory."""
    if array.seen is None:
        return False
    places = array.seen.places
    return any(n > 1 and not step for n, step in zip(places.shape, places.strides, strict=True))


def share(source: Array, made: Array, **how: Any) -> None:
    """An array sees what another does, and is none of its views."""
    seen = seen_of(source)
    made.seen = seen._replace(is_view=False, **how)
    seen.memory.hold(made)


def look_along(source: Array, node: Node, made: Array, **how: Any) -> None:
    """The same where the node takes elements at equal distances by their indices: a diagonal."""
    seen = seen_of(source)
    numbers = _through(node, source.node, seen.memory.numbers(seen.places))
    if numbers is not None and numbers.size:
        ends = [numbers.take(min(1, n - 1), i).flat[0] for i, n in enumerate(numbers.shape)]
        strides = [int(end - numbers.flat[0]) for end in ends]
        flat = seen.memory.places.reshape(-1)[int(numbers.flat[0]) :]
        places = np.lib.stride_tricks.as_strided(flat, numbers.shape, strides)
        made.seen = seen._replace(places=places, is_view=True, several="", **how)
        seen.memory.hold(made)


def _through(node: Node, source: Node, places: Any) -> Any:
    """What a node takes of what stands for its source; None if it is made of something else."""
    if node is source:
        return places
    if len(node.inputs) != 1 or node.op.kernel is None:
        return None
    inner = _through(node.inputs[0], source, places)
    if inner is None:
        return None
    first = node.attrs[0] if node.attrs else None
    return first.part(inner) if isinstance(first, Key) else node.op.kernel(inner, *node.attrs)


def others(array: Array) -> Iterator[tuple[Array, np.ndarray[Any, Any]]]:
    """The other arrays that see elements of one.

    Beside each stands which of the one's elements its own are, by their numbers; -1 for none.
    """
    seen = array.seen
    if seen is None or len(seen.memory.arrays) < 2:
        return
    held = [x for x in seen.memory.held() if x is not array]
    if not held:
        return
    own = np.full(seen.memory.places.size, -1)
    own[seen.memory.numbers(seen.places).ravel()] = np.arange(seen.places.size)
    for other in held:
        if other.seen is not None and other.seen.memory is seen.memory:
            taken = own[seen.memory.numbers(other.seen.places)]
            if (taken >= 0).any():
                yield other, taken
