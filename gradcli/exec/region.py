"""A region of elementwise nodes as a program over registers, run block by block.

The passes, in turn: live ranges, registers, steps. Operands and results of the whole region are
seen through slices; what lives only inside it goes into buffers, each used again as soon as its
value is spent, so that a block never leaves the cache.
"""

from __future__ import annotations

import math
from enum import Enum
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

import numpy as np

from gradcli.exec import rooms
from gradcli.exec.block_steps import fills, kernels, makes, together_with, writes
from gradcli.exec.traits import all_finite, is_total, label
from gradcli.threads import share

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence

    from gradcli.exec.block_steps import Step
    from gradcli.exec.compiled.blocks import Call
    from gradcli.ir.node import Node
    from gradcli.ir.record import Together
    from gradcli.ir.shapes import Shape

BLOCK = 65_536
"""Elements of a block at most: two blocks, in doubles, fit the second-level cache of a core; with
smaller ones threads wait for one another, as each kernel's call and return needs Python's lock."""

LINE = 64
"""Elements with which lines of the cache begin, whatever their type: NumPy takes twice as long, or
three times, over blocks that begin within one."""

Array = np.ndarray[Any, np.dtype[Any]]


class Space(NamedTuple):
    """A shape that a region goes over, and what is left of it where its `rows` are folded, if so.

    Rows are its last axes; those that are folded stay there with one element each.
    """

    shape: Shape
    rows: Shape | None


class Role(Enum):
    """What a node has in a region: a number an element, or a row, or when all blocks are done."""

    ELEMENT, ROW, SUM = range(3)


class Work(NamedTuple):
    """A node that runs in blocks, its operands, its role, and whether it is needed as a whole."""

    node: Node
    operands: list[Node]
    role: Role
    whole: bool


class AnyRegion(Protocol):
    """What the plan knows of nodes that run in blocks.

    It is worth another thread that many times as soon as what needs Python's lock: `eager`. `role`
    is that of nodes that have a loop of their own.
    """

    works: Sequence[Work]
    eager: int
    role: Role

    def __init__(
        self, space: Space, works: Sequence[Work], is_single: Callable[[Node], bool]
    ) -> None:
        """The region of nodes that all go over one space; `is_single` tells operands apart."""

    @staticmethod
    def row(space: Space, operands: Collection[Shape]) -> int:
        """The elements of a row over which operands are whole or one value; 0: they must not be."""

    @staticmethod
    def folds(space: Space) -> bool:
        """Whether rows can be folded."""

    @staticmethod
    def reaches(node: Node) -> bool:
        """Whether it can do what a node does by indices, or to cells."""

    @staticmethod
    def weight(node: Node) -> int:
        """The instructions that compute an element again; 0 if it is better read."""

    @property
    def work(self) -> int:
        """Elements times steps, in those of NumPy."""

    def prepare(self) -> None:
        """Makes what does not hang on arrays, which is otherwise made when they are bound."""

    def bound(self, values: Mapping[Node, Any], watched: Collection[Node]) -> AnyBound:
        """The region with the arrays that it runs over."""

    def listing(self, threads: int, *, code: bool = False) -> str:
        """The region as text, with its machine code if it has some."""

    @property
    def sliced(self) -> SlicedRegion | None:
        """The same if it can be run slice by slice along the first axis."""


class SlicedRegion(AnyRegion, Protocol):
    """What can be run slice by slice."""

    @property
    def least(self) -> int:
        """How many are done together, at the least."""

    @property
    def slices(self) -> int:
        """How many slices there are."""

    def follows(self, x: Node) -> bool:
        """Whether a slice needs the same slice of an operand, and no more of it."""

    def bound(self, values: Mapping[Node, Any], watched: Collection[Node]) -> SlicedBound:
        """The region with the arrays that it runs over."""


class Runnable(Protocol):
    """Code with its arrays, which may run again over the same memory."""

    def run(self, threads: int) -> Sequence[Callable[[], object]]:
        """Runs all blocks, which so many threads share; what it gives does the same again."""

    def settles(self, lasting: Mapping[Node, Array]) -> bool:
        """Whether it can be run again over the same memory; these have their place there."""

    def renews(self, values: Mapping[Node, Any]) -> bool:
        """Takes the arrays of the others anew; whether they lie as they did."""

    def rests(self) -> None:
        """Lets go of what it has read anew, and of what is handed out."""

    def size(self, handed: Collection[Node]) -> int:
        """The bytes of the memory that it keeps if those results are handed out."""


class AnyBound(Runnable, Protocol):
    """A region with its arrays: `results` are there when all blocks are done.

    `finite` are those of the results that were to be watched and have no other numbers.
    """

    @property
    def results(self) -> dict[Node, Array]:
        """What is there as a whole."""

    @property
    def finite(self) -> Collection[Node]:
        """The watched results all of whose numbers are finite."""

    @property
    def left(self) -> Collection[Node]:
        """What has to be computed by itself after all."""

    def starts(self) -> range:
        """Where the blocks begin."""

    def totals(self) -> dict[Node, Any]:
        """The sums over all blocks, in the order of blocks."""


class SlicedBound(AnyBound, Protocol):
    """A region that can be run slice by slice, with its arrays."""

    @property
    def kept(self) -> int:
        """The numbers that a thread keeps beside."""

    @property
    def ahead(self) -> Sequence[Callable[[], object]]:
        """What was done before slices ran, and does the same again."""

    def in_slices(self, count: int, size: int, threads: int) -> Sequence[Call]:
        """What runs it in blocks of so many of the slices, of which there is this number."""

    def is_copied(self, x: Node, array: Array) -> bool:
        """Whether a node was copied when it was bound."""


class Region:
    """The steps for nodes that all have, or add up, arrays of one size.

    Each of these goes by register: `singles` are operands of one value, `arrays` operands of which
    a block sees a slice, `results` the nodes that are there as a whole when all blocks are done,
    `totals` the nodes that add up one array, `buffers` what a run fills with memory of its own.
    """

    def __init__(
        self, space: Space, works: Sequence[Work], is_single: Callable[[Node], bool]
    ) -> None:
        self.works = works
        self.size = math.prod(space.shape)
        self.block = even(self.size)
        self.names: list[str] = []
        self.singles: dict[int, Node] = {}
        self.arrays: dict[int, Node] = {}
        self.results: dict[int, Node] = {}
        self.totals: dict[int, Node] = {}
        self.buffers: dict[int, np.dtype[Any]] = {}
        self.steps: list[Step] = []
        self.lines: list[str] = []
        self._kinds: dict[int, Any] = {}
        self._free: dict[Any, list[int]] = {}
        self._emit(works, is_single)

    @staticmethod
    def row(space: Space, operands: Collection[Shape]) -> int:
        """One, if operands are of that shape: a block sees a slice of each."""
        return int(not operands and space.rows is None)

    @staticmethod
    def folds(_space: Space) -> bool:
        """Whether rows can be folded: blocks know none."""
        return False

    @staticmethod
    def reaches(_node: Node) -> bool:
        """No node: what it takes by indices may lie outside the block."""
        return False

    @staticmethod
    def weight(_node: Node) -> int:
        """None: a step of NumPy takes as long as reading what it gave."""
        return 0

    @property
    def work(self) -> int:
        """Elements times steps."""
        return self.size * len(self.steps)

    sliced = None
    eager = 1
    role = Role.ELEMENT

    def prepare(self) -> None:
        """All is made."""

    def bound(self, values: Mapping[Node, Any], watched: Collection[Node] = ()) -> Bound:
        """The region with the arrays that it runs over."""
        return Bound(self, values, watched)

    # --- the passes -------------------------------------------------------------------------

    def _emit(self, works: Sequence[Work], is_single: Callable[[Node], bool]) -> None:
        groups = list(self._grouped(works))
        last = {x: group for group in groups for work in group for x in work.operands}
        registers: dict[Node, int] = {}
        for group in groups:
            operands = group[0].operands
            for x in operands:
                if x not in registers:
                    registers[x] = self._register(label(x))
                    (self.singles if is_single(x) else self.arrays)[registers[x]] = x
            sources = tuple([registers[x] for x in operands])
            spent = {registers[x] for x in operands if last[x] is group}
            together = together_with(group[0].node, self.size)
            if together is None:
                registers.update(self._step(group[0], sources, spent))
            else:
                registers.update(self._step_of_all(together, group, sources, spent))

    def _grouped(self, works: Sequence[Work]) -> Iterable[list[Work]]:
        """What one step computes: a node, or nodes that are computed together, with the first."""
        groups: dict[Any, list[Work]] = {}
        for work in works:
            together = together_with(work.node, self.size)
            key = work.node if together is None else (together, *work.operands)
            groups.setdefault(key, []).append(work)
        return groups.values()

    def _step(self, work: Work, sources: tuple[int, ...], spent: set[int]) -> dict[Node, int]:
        """Adds the step of a node and gives its register; what is spent can be used again."""
        node = work.node
        kernel, into = kernels(node, stores=work.whole)
        overwrites = isinstance(into, np.ufunc)
        if overwrites:
            self._give_back(spent)
        target = self._target(work, makes_array=into is None)
        if not overwrites:
            self._give_back(spent)
        self._list(node, sources, target)
        if into is None:
            self.steps.append(makes(kernel, sources, target, node))
        else:
            self.steps.append(writes(into, sources, target))
        return {node: target}

    def _step_of_all(
        self, together: Together, works: Sequence[Work], sources: tuple[int, ...], spent: set[int]
    ) -> dict[Node, int]:
        """The same of nodes that are computed together."""
        targets = {work.node: self._target(work, makes_array=False) for work in works}
        self._give_back(spent)
        for node, target in targets.items():
            self._list(node, sources, target)
        by_op = {node.op: target for node, target in targets.items()}
        self.steps.append(fills(together, sources[0], by_op))
        return targets

    def _list(self, node: Node, sources: tuple[int, ...], target: int) -> None:
        """Adds the line of a node to the text."""
        operands = ", ".join([self.names[i] for i in sources])
        sign = "+=" if is_total(node) else "="
        self.lines.append(f"{self.names[target]} {sign} {node.op.name}({operands})")

    # --- registers --------------------------------------------------------------------------

    def _target(self, work: Work, *, makes_array: bool) -> int:
        """The register of a node's result, whose kernel makes an array or writes into one."""
        node = work.node
        if is_total(node):
            register = self._register(label(node))
            self.totals[register] = node
            return register
        if work.whole:
            register = self._register(f"{label(node)}[:]")
            self.results[register] = node
            return register
        if makes_array:
            return self._taken((node.dtype, "new"), f"t{len(self.names)}")
        return self._taken(node.dtype, f"b{len(self.buffers)}")

    def _register(self, name: str) -> int:
        self.names.append(name)
        return len(self.names) - 1

    def _taken(self, kind: Any, name: str) -> int:
        """A register for arrays of this kind, a free one if there is one."""
        free = self._free.setdefault(kind, [])
        if free:
            return free.pop()
        register = self._register(name)
        if isinstance(kind, np.dtype):
            self.buffers[register] = kind
        self._kinds[register] = kind
        return register

    def _give_back(self, registers: set[int]) -> None:
        """Frees registers that were taken."""
        for register in sorted(registers & self._kinds.keys()):
            self._free[self._kinds[register]].append(register)

    def listing(self, threads: int, *, code: bool = False) -> str:  # noqa: ARG002 - there is none
        """The program as text."""
        head = (
            f"blocks of {self.block:,} from {self.size:,} elements, "
            f"{threads} thread{'s' if threads > 1 else ''}, {len(self.buffers)} "
            f"buffer{'s' if len(self.buffers) != 1 else ''}:"
        )
        return "\n  ".join([head, *self.lines])


def longest() -> int:
    """The elements of a block at most."""
    return BLOCK


def even(size: int, parts: int = 1) -> int:
    """The elements of a block if all are of one size, more or less; there are so many, if not more.

    A last block of a few elements would be a burden on a thread, and kernels that treat few
    elements in another way would give other digits there. Where there are several, they are even
    in number: two threads have as much to do. They are whole lines if they are long enough.
    """
    count = max(-(-size // BLOCK), parts)
    if count == 1:
        return size
    length = -(-size // (count + count % 2))
    in_lines = range(length + -length % LINE, BLOCK + 1, LINE)
    return next((n for n in in_lines if -size % n <= n // 2), length)


class Bound:
    """A region with the arrays that it runs over; threads may share it.

    `watched` are results to be looked at while they are in the cache.
    """

    __slots__ = ("_is_finite", "_sums", "arrays", "fixed", "region", "results", "watched")

    left = ()

    def __init__(
        self, region: Region, values: Mapping[Node, Any], watched: Collection[Node] = ()
    ) -> None:
        self.region = region
        self.watched = {i: node for i, node in region.results.items() if node in watched}
        self._is_finite = True
        self._sums: dict[int, list[Any]] = {}
        self.fixed: list[Any] = [None] * len(region.names)
        for register, x in region.singles.items():
            self.fixed[register] = np.asarray(values[x]).reshape(-1)[0]
        self.results = {x: rooms.empty(x.shape, x.dtype) for x in region.results.values()}
        operands = {i: np.ascontiguousarray(values[x]) for i, x in region.arrays.items()}
        wholes = {i: self.results[node] for i, node in region.results.items()}
        self.arrays = [(i, array.reshape(-1)) for i, array in (operands | wholes).items()]

    def starts(self) -> range:
        """Where the blocks begin."""
        return range(0, self.region.size, self.region.block)

    @property
    def finite(self) -> Collection[Node]:
        """The watched results if all their numbers are finite."""
        return self.watched.values() if self._is_finite else ()

    def totals(self) -> dict[Node, Any]:
        """The sums over all blocks, added up in the order of blocks."""
        totals = {}
        for k, node in enumerate(self.region.totals.values()):
            parts = np.array([self._sums[start][k] for start in self.starts()], node.dtype)
            total = np.add.reduce(parts) if node.shape == () else parts.sum().reshape(node.shape)
            totals[node] = total
        return totals

    def settles(self, _lasting: Mapping[Node, Array]) -> bool:
        """No: what NumPy does block by block is not worth it."""
        return False

    renews = settles

    def rests(self) -> None:
        """Nothing is read anew."""

    def size(self, _handed: Collection[Node]) -> int:
        """Nothing is kept."""
        return 0

    def run(self, threads: int) -> Sequence[Callable[[], object]]:
        """Runs all blocks, which so many threads share."""
        todo = iter(self.starts())
        if threads == 1:
            self._run(todo)
        else:
            share(lambda: self._run(todo), threads, todo)
        return ()

    def _run(self, starts: Iterator[int]) -> None:
        """Runs blocks as long as there are some, in memory of its own; leaves the sums of each."""
        region = self.region
        memory = [(i, rooms.empty((region.block,), kind)) for i, kind in region.buffers.items()]
        with np.errstate(all="ignore"):
            for start in starts:
                registers = self.fixed.copy()
                stop = min(start + region.block, region.size)
                for register, whole in self.arrays:
                    registers[register] = whole[start:stop]
                for register, buffer in memory:
                    registers[register] = buffer[: stop - start]
                for step in region.steps:
                    step(registers)
                self._sums[start] = [registers[register] for register in region.totals]
                if not all(map(all_finite, map(registers.__getitem__, self.watched))):
                    self._is_finite = False
