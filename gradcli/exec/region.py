"""A region of elementwise nodes as a program over registers, run block by block.

The passes, in turn: live ranges, registers, steps. Operands and results of the whole region are
seen through slices; what lives only inside it goes into buffers, each used again as soon as its
value is spent, so that a block never leaves the cache.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from gradcli.exec.traits import is_total, label

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from gradcli.exec.plan import Plan
    from gradcli.ir.node import Node

BLOCK = 65_536
"""Elements of a block: two of them, in doubles, fit the second-level cache of a core; with smaller
ones threads wait for one another, as each kernel's call and return needs Python's lock."""

KEPT = 32
"""Buffers of one type that are kept for the next run, whose pages need not be asked for again."""

Array = np.ndarray[Any, np.dtype[Any]]
_spare: dict[np.dtype[Any], list[Array]] = {}


class Region:
    """The steps for nodes that all have, or add up, arrays of one size.

    Each of these goes by register: `singles` are operands of one value, `arrays` operands of which
    a block sees a slice, `results` the nodes that are there as a whole when all blocks are done,
    `totals` the nodes that add up one array, `buffers` what a run fills with memory of its own.
    """

    def __init__(self, plan: Plan, nodes: Sequence[Node]) -> None:
        first = nodes[0]
        self.size = first.inputs[0].size if is_total(first) else first.size
        self.names: list[str] = []
        self.singles: dict[int, Node] = {}
        self.arrays: dict[int, Node] = {}
        self.results: dict[int, Node] = {}
        self.totals: dict[int, Node] = {}
        self.buffers: dict[int, np.dtype[Any]] = {}
        self.steps: list[Callable[[list[Any]], None]] = []
        self.lines: list[str] = []
        self._kinds: dict[int, Any] = {}
        self._free: dict[Any, list[int]] = {}
        self._emit(plan, nodes)

    # --- the passes -------------------------------------------------------------------------

    def _emit(self, plan: Plan, nodes: Sequence[Node]) -> None:
        operands = [plan.operands(node) for node in nodes]
        last = {x: k for k, group in enumerate(operands) for x in group}
        places: dict[Node, int] = {}
        for k, (node, group) in enumerate(zip(nodes, operands, strict=True)):
            for x in group:
                if x not in places:
                    operands_ = self.singles if plan.is_single(x) else self.arrays
                    places[x] = self._register(label(x))
                    operands_[places[x]] = x
            sources = tuple([places[x] for x in group])
            spent = {places[x] for x in group if last[x] == k}
            places[node] = self._step(node, sources, spent, whole=node in plan.kept)

    def _step(self, node: Node, sources: tuple[int, ...], spent: set[int], *, whole: bool) -> int:
        """Adds the step of a node; where its operands are spent their buffers are free again."""
        kernel, into = _kernels(node, whole=whole)
        if isinstance(into, np.ufunc):  # it may write over what it reads
            self._give_back(spent)
        target = self._target(node, whole=whole, new=into is None)
        self._give_back(spent)
        given = ", ".join([self.names[i] for i in sources])
        sign = "+=" if is_total(node) else "="
        self.lines.append(f"{self.names[target]} {sign} {node.op.name}({given})")
        if into is None:
            self.steps.append(_makes(kernel, sources, target, node.dtype))
        else:
            self.steps.append(_writes(into, sources, target))
        return target

    # --- registers --------------------------------------------------------------------------

    def _target(self, node: Node, *, whole: bool, new: bool) -> int:
        """The register of a node's result; `new` says that its kernel makes the array."""
        if is_total(node):
            place = self._register(label(node))
            self.totals[place] = node
            return place
        if whole:
            place = self._register(f"{label(node)}[:]")
            self.results[place] = node
            return place
        if new:
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
        place = self._register(name)
        if isinstance(kind, np.dtype):
            self.buffers[place] = kind
        self._kinds[place] = kind
        return place

    def _give_back(self, places: set[int]) -> None:
        """Frees registers that were taken."""
        for place in sorted(places):
            kind = self._kinds.get(place)
            if kind is not None:
                self._free[kind].append(place)
        places.clear()

    def listing(self, threads: int) -> str:
        """The program as text."""
        head = (
            f"blocks of {min(BLOCK, self.size):,} from {self.size:,} elements, "
            f"{threads} thread{'s' if threads > 1 else ''}, {len(self.buffers)} "
            f"buffer{'s' if len(self.buffers) != 1 else ''}:"
        )
        return "\n  ".join([head, *self.lines])


class Bound:
    """A region with the arrays that it runs over; threads may share it."""

    __slots__ = ("arrays", "fixed", "region", "results")

    def __init__(self, region: Region, values: Mapping[Node, Any]) -> None:
        self.region = region
        self.fixed: list[Any] = [None] * len(region.names)
        for place, x in region.singles.items():
            self.fixed[place] = np.asarray(values[x]).reshape(-1)[0]
        self.results = {node: np.empty(node.shape, node.dtype) for node in region.results.values()}
        operands = {i: np.ascontiguousarray(values[x]) for i, x in region.arrays.items()}
        wholes = {i: self.results[node] for i, node in region.results.items()}
        self.arrays = [(place, array.reshape(-1)) for place, array in (operands | wholes).items()]

    def starts(self) -> range:
        """Where the blocks begin."""
        return range(0, self.region.size, BLOCK)

    def run(self, starts: Iterator[int], sums: dict[int, list[Any]]) -> None:
        """Runs blocks as long as there are some, in memory of its own; leaves the sums of each."""
        region = self.region
        memory = [(place, _buffer(kind)) for place, kind in region.buffers.items()]
        with np.errstate(all="ignore"):
            for start in starts:
                registers = self.fixed.copy()
                stop = min(start + BLOCK, region.size)
                for place, whole in self.arrays:
                    registers[place] = whole[start:stop]
                for place, buffer in memory:
                    registers[place] = buffer[: stop - start]
                for step in region.steps:
                    step(registers)
                sums[start] = [registers[place] for place in region.totals]
        for _, buffer in memory:
            _give_back(buffer)


def _writes(into: Any, sources: tuple[int, ...], target: int) -> Callable[[list[Any]], None]:
    """A step whose kernel writes into the register of its result."""
    if len(sources) == 1:
        (a,) = sources
        return lambda r: into(r[a], out=r[target])
    if len(sources) == 2:
        a, b = sources
        return lambda r: into(r[a], r[b], out=r[target])
    return lambda r: into(*[r[i] for i in sources], out=r[target])


def _makes(
    kernel: Any, sources: tuple[int, ...], target: int, dtype: np.dtype[Any]
) -> Callable[[list[Any]], None]:
    """A step whose kernel makes an array of its own."""

    def step(r: list[Any]) -> None:
        result = kernel(*[r[i] for i in sources])
        r[target] = result if result.dtype is dtype else result.astype(dtype)

    return step


def _buffer(kind: np.dtype[Any]) -> Array:
    """Memory for a block of this type, used before if there is some."""
    try:
        buffer = _spare[kind].pop()
    except (KeyError, IndexError):
        return np.empty(BLOCK, kind)
    return buffer if len(buffer) == BLOCK else np.empty(BLOCK, kind)


def _give_back(buffer: Array) -> None:
    """Keeps a buffer for the next run; threads may do this at the same time."""
    spare = _spare.setdefault(buffer.dtype, [])
    if len(spare) < KEPT:
        spare.append(buffer)


def _kernels(node: Node, *, whole: bool) -> tuple[Any, Any]:
    """The kernel of a node, and the one that writes into an array, if there is one or must be."""
    if is_total(node):
        return np.add.reduce, None
    kernel, into = node.op.kernel, node.op.into
    if node.attrs:
        kernel, into = _with(kernel, node.attrs), None
    return kernel, into or (_stored(kernel) if whole else None)


def _with(kernel: Any, attrs: tuple[Any, ...]) -> Any:
    """A kernel that knows its attributes."""
    return lambda *arrays: kernel(*arrays, *attrs)


def _stored(kernel: Any) -> Any:
    """A kernel that writes into an array, made of one that returns an array."""

    def into(*arrays: Any, out: Array) -> None:
        out[...] = kernel(*arrays)

    return into
