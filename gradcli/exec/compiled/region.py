"""A region of elementwise nodes as machine code: traced, emitted, compiled, run in blocks."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from gradcli.exec.compiled import machine
from gradcli.exec.compiled.emit import LANES, Emitter, Ports
from gradcli.exec.region import Region, even
from gradcli.exec.traits import is_total, label
from gradcli.ir.op import Elementwise
from gradcli.ir.record import CONSTANT
from gradcli.ir.scalar import Code, Scalar
from gradcli.memory import MEMORY

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping, Sequence

    from gradcli.exec.plan import Maker
    from gradcli.exec.region import Work
    from gradcli.ir.node import Node

    Array = np.ndarray[Any, np.dtype[Any]]

CHEAP = 8
"""Instructions that take about as long as one step of the blocked executor."""

TOTAL = 2 * LANES
"""Numbers that a block leaves of each sum: those of the lanes, and what their rounding lost."""


KERNEL = 1 << 17
"""What a kernel weighs in the memory, of which 32 may fill all: each takes about a megabyte."""


def maker(node: Node) -> Maker:
    """What makes a region of nodes such as this one, which may be no work for a machine."""
    return Region if isinstance(node.op, Elementwise) and not has_form(node) else CompiledRegion


def has_form(node: Node) -> bool:
    """Whether there is a scalar form of a node on operands such as its own."""
    code = Code()
    try:
        _applied(code, node, [code.operand(i, x.dtype) for i, x in enumerate(node.inputs)])
        _check(code)
    except (TypeError, AttributeError):
        return False
    return True


def _applied(code: Code, node: Node, operands: Sequence[Scalar]) -> Scalar:
    """The scalar that a node stands for; its form sees constants as what they are."""
    values = [
        x.attrs[0] if x.op is CONSTANT and not x.shape else scalar
        for x, scalar in zip(node.inputs, operands, strict=True)
    ]
    return code.traced(node.op, values, node.attrs, node.dtype)


def _check(code: Code) -> None:
    """Refuses functions that the library does not have."""
    for instruction in code.instructions:
        if instruction.op == "call":
            _symbol(instruction.data, instruction.dtype, len(instruction.sources))


def _symbol(function: str, dtype: np.dtype[Any], operands: int) -> tuple[str, int]:
    return machine.symbol(function, dtype, operands, LANES)


class CompiledRegion:
    """The code of nodes that all have, or add up, arrays of one size.

    `singles` are operands of one value, `arrays` operands of which a block sees a slice, `results`
    the nodes that are there as a whole when all blocks are done, `totals` the nodes that add up.
    """

    def __init__(self, works: Sequence[Work], is_single: Callable[[Node], bool]) -> None:
        self.size = works[0].size
        self.block = even(self.size)
        self.works = works
        self.code = Code()
        self.singles: list[Node] = []
        self.arrays: list[Node] = []
        self.results: list[Node] = []
        self.totals: list[Node] = []
        self._scalars: dict[Node, Scalar] = {}
        self._notes: dict[int, str] = {}
        for work in works:
            for x in work.operands:
                if x not in self._scalars:
                    (self.singles if is_single(x) else self.arrays).append(x)
                    self._scalars[x] = self.code.operand(len(self._scalars), x.dtype)
            self._add(work)

    def _add(self, work: Work) -> None:
        node, first = work.node, len(self.code)
        operands = [self._scalars[x] for x in work.operands]
        if is_total(node):
            self._scalars[node] = operands[0]
            self.totals.append(node)
            return
        self._scalars[node] = _applied(self.code, node, operands)
        self._notes.setdefault(first, self._listed(work))
        if work.whole:
            self.results.append(node)

    @property
    def work(self) -> int:
        """Elements times steps of the blocked executor that take about as long."""
        calls = sum(i.op == "call" for i in self.code.instructions)
        return self.size * (calls + len(self.code)) // CHEAP

    @cached_property
    def text(self) -> str:
        """The IR."""
        groups = (self.singles, self.arrays, self.results, self.totals)
        ports = Ports(*[[self._scalars[x] for x in nodes] for nodes in groups])
        return Emitter(self.code, ports, _symbol, self._notes).text()

    @cached_property
    def kernel(self) -> machine.Compiled:
        """The machine code, which may be there from another region of the same text."""
        key = "kernel", self.text
        kernel: machine.Compiled | None = MEMORY.get(key)
        if kernel is None:
            kernel = machine.Compiled(self.text)
            MEMORY.put(key, kernel, KERNEL)
        return kernel

    def bound(self, values: Mapping[Node, Any], watched: Collection[Node] = ()) -> CompiledBound:
        """The region with the arrays that it runs over."""
        return CompiledBound(self, values, watched)

    def listing(self, threads: int, *, code: bool = False) -> str:
        """The program as text, with the IR if asked for."""
        head = (
            f"machine code, {len(self.code)} instructions, blocks of {self.block:,} from "
            f"{self.size:,} elements, {threads} thread{'s' if threads > 1 else ''}:"
        )
        ir = self.text.splitlines() if code else ()
        return "\n  ".join([head, *map(self._listed, self.works), *ir])

    def _listed(self, work: Work) -> str:
        operands = ", ".join(map(label, work.operands))
        target = label(work.node) + ("[:]" if work.whole and not is_total(work.node) else "")
        return f"{target} {'+=' if is_total(work.node) else '='} {work.node.op.name}({operands})"


class CompiledBound:
    """A region with the arrays that it runs over; threads may share it."""

    def __init__(
        self, region: CompiledRegion, values: Mapping[Node, Any], watched: Collection[Node]
    ) -> None:
        self.region = region
        self._watched = watched
        self._kernel = region.kernel
        self.results = {node: np.empty(node.shape, node.dtype) for node in region.results}
        singles = [np.asarray(values[x]).reshape(-1)[0] for x in region.singles]
        self._singles = np.array(singles, np.float64)
        operands = [np.ascontiguousarray(values[x], x.dtype) for x in region.arrays]
        self._arrays = [*operands, *self.results.values()]
        self._places = np.array([array.ctypes.data for array in self._arrays], np.uintp)
        count = len(self.starts())
        self._sums = np.zeros((count, len(region.totals), TOTAL))
        self._numbers = [node for node in region.results if not node.is_bool]
        self._bad = np.zeros((count, len(self._numbers), LANES), np.bool_)

    def starts(self) -> range:
        """Where the blocks begin."""
        return range(0, self.region.size, self.region.block)

    def run(self, starts: Iterator[int]) -> None:
        """Runs blocks as long as there are some; the arrays are touched by whoever fills them."""
        run = self._kernel.run
        arrays, singles = self._places.ctypes.data, self._singles.ctypes.data
        sums, bad = self._sums.ctypes.data, self._bad.ctypes.data
        of_sums, of_bad = self._sums[:1].nbytes, self._bad[:1].nbytes
        for start in starts:
            i, stop = start // self.region.block, min(start + self.region.block, self.region.size)
            run(arrays, singles, start, stop, sums + i * of_sums, bad + i * of_bad)

    @property
    def finite(self) -> Collection[Node]:
        """The watched results all of whose numbers are finite."""
        watched = [(i, node) for i, node in enumerate(self._numbers) if node in self._watched]
        return [node for i, node in watched if not self._bad[:, i].any()]

    def totals(self) -> dict[Node, Any]:
        """The sums over all blocks and lanes, with what their rounding lost."""
        totals = {}
        for i, node in enumerate(self.region.totals):
            sums, lost = self._sums[:, i].reshape(-1, 2, LANES).swapaxes(0, 1)
            with np.errstate(all="ignore"):
                total, rest = np.add.reduce(sums, None), np.add.reduce(lost, None)
            if rest == rest and rest:  # not where sums overflow
                total += rest
            totals[node] = np.full(node.shape, total, node.dtype)[()]
        return totals
