"""Regions of nodes each of which has a loop of its own, from arrays that are there."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from gradcli.exec import rooms
from gradcli.exec.compiled import crew
from gradcli.exec.compiled.renewing import Renewing
from gradcli.exec.region import Role, Runnable
from gradcli.exec.traits import listed

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence

    from gradcli.exec.compiled.blocks import Call
    from gradcli.exec.region import SlicedRegion, Space, Work
    from gradcli.ir.node import Node
    from gradcli.ir.shapes import Shape

    Array = np.ndarray[Any, np.dtype[Any]]


_NONE = np.empty(0)
"""In place of a result that has been handed out."""


class AloneCode(Protocol):
    """What a node does, as code."""

    node: Node

    @property
    def blocks(self) -> int:
        """How many there are."""

    @property
    def work(self) -> int:
        """Elements times steps of the blocked executor that take about as long."""

    @property
    def slices(self) -> int:
        """The slices along the first axis that are computed by themselves; 0 if there are none."""

    @property
    def least(self) -> int:
        """The slices of a block, at the least."""

    def follows(self, x: Node) -> bool:
        """Whether a slice needs the same slice of an operand, and no more of it."""

    def text(self) -> str:
        """The IR."""

    def bound(self, values: Mapping[Node, Any]) -> BoundAlone:
        """The same with its arrays."""


class BoundAlone(Runnable, Protocol):
    """The code of a node with its arrays."""

    result: Array

    @property
    def code(self) -> AloneCode:
        """The code."""

    @property
    def is_whole(self) -> bool:
        """Whether the result is what the kernel would give."""

    @property
    def is_finite(self) -> bool:
        """Whether all of the result has been looked at, and is."""

    @property
    def kept(self) -> int:
        """The numbers that a thread keeps beside."""

    ahead: Sequence[Callable[[], object]]

    def in_slices(self, size: int, threads: int) -> Call:
        """What runs it in blocks of so many slices along the first axis."""


class AloneRegion:
    """Nodes each of which has a loop of its own; `how` says in plans what that goes by."""

    how = ""
    eager = crew.EAGER
    role = Role.ELEMENT

    def __init__(
        self, _space: Space, works: Sequence[Work], _is_single: Callable[[Node], bool]
    ) -> None:
        self.works = works
        self.parts = [self.code(work) for work in works]

    @staticmethod
    def code(work: Work) -> AloneCode:
        """What a node does, as code."""
        raise NotImplementedError

    @staticmethod
    def row(_space: Space, _operands: Collection[Shape]) -> int:
        """None: there are no rows of elements."""
        return 0

    @staticmethod
    def folds(_space: Space) -> bool:
        """Whether rows can be folded: there are none."""
        return False

    @staticmethod
    def reaches(_node: Node) -> bool:
        """Whether there is code for a node."""
        return False

    @staticmethod
    def weight(_node: Node) -> int:
        """None: what comes of such a loop is better read."""
        return 0

    @cached_property
    def work(self) -> int:
        """Elements times steps of the blocked executor that take about as long."""
        return sum(part.work for part in self.parts)

    @cached_property
    def slices(self) -> int:
        """The slices along the first axis that are computed by themselves; 0 if there are none."""
        counts = {part.slices for part in self.parts}
        return counts.pop() if len(counts) == 1 else 0

    @cached_property
    def least(self) -> int:
        """The slices of a block, at the least."""
        return max(part.least for part in self.parts)

    @property
    def sliced(self) -> SlicedRegion | None:
        """The same if it can be run slice by slice along the first axis."""
        return self if self.slices else None

    def follows(self, x: Node) -> bool:
        """Whether a slice needs the same slice of an operand, and no more of it."""
        return all(part.follows(x) for part in self.parts)

    def prepare(self) -> None:
        """Nothing: what is compiled hangs on how the arrays lie."""

    def bound(self, values: Mapping[Node, Any], watched: Collection[Node] = ()) -> NodesBound:
        """The nodes with the arrays that they run over."""
        return NodesBound([part.bound(values) for part in self.parts], watched)

    def listing(self, threads: int, *, code: bool = False) -> str:
        """The nodes as text, with the IR if asked for."""
        lines = [f"machine code, {self.how}, {threads} thread{'s' if threads > 1 else ''}:"]
        for part in self.parts:
            lines += [listed(part.node), *(part.text().splitlines() if code else ())]
        return "\n  ".join(lines)


class NodesBound:
    """Nodes with the arrays that they run over; threads may share them."""

    def __init__(self, parts: Sequence[BoundAlone], watched: Collection[Node]) -> None:
        self._parts = parts
        self._watched = [part for part in parts if part.code.node in watched]

    def starts(self) -> range:
        """The numbers of the blocks."""
        return range(sum(part.code.blocks for part in self._parts))

    def run(self, threads: int) -> Sequence[Callable[[], object]]:
        """Runs all blocks, which so many threads share, of one node after the other."""
        return [job for part in self._parts for job in part.run(threads)]

    @property
    def ahead(self) -> Sequence[Callable[[], object]]:
        """What was done before slices ran, and does the same again."""
        return [job for part in self._parts for job in part.ahead]

    def settles(self, lasting: Mapping[Node, Array]) -> bool:
        """Whether they can be run again over the same memory; these have their place there."""
        return all(part.settles(lasting) for part in self._parts)

    def renews(self, values: Mapping[Node, Any]) -> bool:
        """Takes the arrays of the others anew; whether they lie as they did."""
        return all(part.renews(values) for part in self._parts)

    def rests(self) -> None:
        """Lets go of what they have read anew."""
        for part in self._parts:
            part.rests()

    def size(self, handed: Collection[Node]) -> int:
        """The bytes of the memory that they keep if those results are handed out."""
        return sum(part.size(handed) for part in self._parts)

    def in_slices(self, _count: int, size: int, threads: int) -> Sequence[Call]:
        """What runs them in blocks of so many slices."""
        return [part.in_slices(size, threads) for part in self._parts]

    @property
    def kept(self) -> int:
        """The numbers that a thread keeps beside."""
        return max(part.kept for part in self._parts)

    def is_copied(self, _x: Node, _array: Array) -> bool:
        """Whether a node was copied: arrays are read however they lie."""
        return False

    @property
    def results(self) -> dict[Node, Array]:
        """The results that are known."""
        return {part.code.node: part.result for part in self._parts if part.is_whole}

    @property
    def left(self) -> list[Node]:
        """The nodes of which only the kernel can tell."""
        return [part.code.node for part in self._parts if not part.is_whole]

    @property
    def finite(self) -> list[Node]:
        """The watched results that have been looked at, and are finite."""
        return [part.code.node for part in self._watched if part.is_finite]

    def totals(self) -> dict[Node, Any]:
        """Nothing is added up over blocks."""
        return {}


class Seeing(Renewing):
    """A node with its arrays, which are `seen` as they lie; those of `inputs` come first.

    These are what was read, each with what it is read as; the `result` is next. `bad` are marks of
    blocks. What was done `ahead` of them is done again before they are.
    """

    code: AloneCode
    inputs: Sequence[tuple[Node, Node]]
    bad: Array
    ahead: Sequence[Callable[[], object]] = ()
    result: Array

    @property
    def sources(self) -> Sequence[Node]:
        """What is read."""
        return [source for source, _ in self.inputs]

    def read(self, number: int, values: Mapping[Node, Any]) -> Array:
        """An input as it lies."""
        source, node = self.inputs[number]
        return seen(values[source], node)

    @property
    def made(self) -> Mapping[int, Node]:
        """The result."""
        return {len(self.inputs): self.code.node}

    def room(self) -> Array:
        """New memory for the result."""
        return rooms.empty(self.code.node.shape, self.code.node.dtype)

    def makes(self, _number: int) -> Array:
        """Takes new memory for the result."""
        self.result = self.room()
        return self.result

    def hands(self, _number: int) -> None:
        """Lets go of the result."""
        self.result = _NONE

    def size(self, handed: Collection[Node]) -> int:
        """The bytes of the result, unless that is handed out."""
        return 0 if self.code.node in handed else self.result.nbytes


def seen(value: Any, x: Node) -> Array:
    """An array as a node has it, however it lies."""
    is_like = value.__class__ is np.ndarray and value.dtype is x.dtype and value.shape == x.shape
    array = value if is_like else np.asarray(value, x.dtype).reshape(x.shape)
    return array if array.flags.aligned else array.copy()
