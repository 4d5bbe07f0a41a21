"""Which executor runs the large arrays of an evaluation: the blocked one, or machine code."""

from __future__ import annotations

import math
import sys
from functools import cache
from typing import TYPE_CHECKING, Any

from gradcli.ir.op import Elementwise

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from gradcli.exec.spaces import Maker
    from gradcli.ir.node import Node

PLAIN, BLOCKED, COMPILED = EXECUTORS = ("plain", "blocked", "compiled")
"""The executors that can be asked for; unless one is, work is compiled where that is worth it."""

STEP, INSTRUCTION = 2.5e-10, 1.2e-10
"""Seconds that machine code saves a thread by each element: of a step of NumPy's, and of each of
its simple instructions; a fit to some fifty workloads, on AVX-512."""

CELL = 6e-10
"""The same by each instruction at a place of what does the same to small parts of arrays."""

PRODUCT, STACKED = 2e-12, 3e-11
"""The same by each term of a product of matrices, at the least, and of a stack of small ones: each
is too little for the threads of BLAS."""

COPIED = 1.5e-9
"""The same by each element of an array that is no stack of matrices, which BLAS needs a copy of."""

FOLLOWED = 5e-6
"""Seconds that it saves a call by each node: along a track less has to be found out again."""

STEPPED, GONE_ALONG = 2e-6, 1.5e-4
"""Seconds that NumPy takes for a node however few elements it has, and that a region takes along a
track."""

LOOK = 0.008
"""Seconds that it takes to find out how many calls would save what compiling takes."""

ELEMENTWISE = 2e-9
"""The same by each element of an operation of a turn of a loop."""

LOAD = 0.03
"""Seconds that it takes to load the compiler, once in a process."""

COMPILE = 0.006, 0.0003
"""Seconds that it takes to compile a region, and each of its steps."""

TURN = 5e-8, 3e-6
"""Seconds that machine code saves by each operation of a turn of a loop, on numbers and arrays."""

KERNEL = 5e-7
"""The same where Python calls NumPy, or more than that, for a number."""

CALL = 4e-7, 2e-6
"""Seconds that it saves by each operation of a formula that is called again."""

ELEMENT = 6e-5
"""Seconds that it takes to compile what a turn does to one element."""

NEST = 5e-4
"""Seconds that it takes to compile one of its operations as loops over elements."""

MOST = 500
"""Instructions of an operation, at most, more or less."""

WORTH = 1.0
"""How many times the time of compiling must be saved."""

AGAIN = 200
"""How many times, at the least, something runs that is kept because it came again."""


_SAVED: dict[Any, float] = {}
"""By operation and types."""


class Means:
    """The same, as it is stated."""

    def __init__(
        self,
        workers: int = 0,
        executor: str = BLOCKED,
        planned: Callable[[str], None] | None = None,
        dumps_code: bool = False,
    ) -> None:
        self.workers = workers
        self.executor = executor
        self.planned = planned
        self.dumps_code = dumps_code


@cache
def has_compiler() -> bool:
    """Whether llvmlite is installed."""
    from importlib.util import find_spec

    return find_spec("llvmlite") is not None


def loads_compiler() -> bool:
    """Whether llvmlite, which is installed, can be loaded, too."""
    from gradcli.exec.compiled.machine import is_there

    return is_there()


def maker_for(
    nodes: Sequence[Node], large: int, executor: str, threads: int
) -> Callable[[Node], Maker]:
    """What makes the region of a node, for nodes that are evaluated once."""
    return maker_of(executor or (COMPILED if is_worth(nodes, large, threads, 1) else BLOCKED))


def maker_of(executor: str) -> Callable[[Node], Maker]:
    """What makes the region of a node for an executor."""
    if executor == COMPILED:
        from gradcli.exec.compiled.region import maker

        return maker
    from gradcli.exec.region import Region

    return lambda node: Region


def is_worth(nodes: Sequence[Node], large: int, threads: int, times: int) -> bool:
    """Whether compiling saves more time than it takes, by a good deal."""
    return calls_before(nodes, large, threads, times) == 0


def calls_before(nodes: Sequence[Node], large: int, threads: int, times: int) -> float:
    """How many calls are run in blocks before nodes are compiled, if at least `times` will come.

    None where that saves more than it takes by a good deal; else as many as would have saved it.
    """
    works = _works(nodes, large)
    sizes = sum(map(_size, works))
    if not sizes or not has_compiler():
        return math.inf
    cost = WORTH * (_start() + COMPILE[1] * len(works)) * threads
    if times == 1 and sizes * (STEP + MOST * INSTRUCTION) < cost:
        return math.inf
    saved = sum(_size(node) * _saved(node) for node in works)
    if times > 1:
        saved += FOLLOWED * len(nodes) * threads
    return _calls(saved, cost, times)


def calls_before_small(nodes: Sequence[Node], least: int, times: int) -> float:
    """The same for nodes on small arrays, of so many elements at the least, by one thread."""
    works = _works(nodes, least)
    cost = WORTH * (_start() + COMPILE[1] * len(works))
    return _calls(saved_by_region(works), cost, times) if has_compiler() else math.inf


def calls_before_looking(nodes: Sequence[Node]) -> float:
    """How many calls on small arrays take as long as to find that out."""
    return LOOK / sum(STEPPED + ELEMENTWISE * node.size for node in nodes)


def saved_by_region(nodes: Sequence[Node]) -> float:
    """The seconds that NumPy takes longer for nodes than to run machine code for all of them."""
    return sum(STEPPED + _size(node) * _saved(node) for node in nodes) - GONE_ALONG


def _calls(saved: float, cost: float, times: int) -> float:
    """How many calls save what compiling takes; none if so many save more."""
    if saved * times > cost:
        return 0 if loads_compiler() else math.inf
    return cost / (WORTH * saved) if saved > 0 else math.inf


def _works(nodes: Sequence[Node], large: int) -> list[Node]:
    """The nodes over so many elements that machine code could do."""
    return [n for n in nodes if n.shape and _size(n) >= large and _goes_by_elements(n)]


def _size(node: Node) -> int:
    """The elements that a node makes, or that it is made of, if these are more."""
    return max([node.size, *[x.size for x in node.inputs]])


def _goes_by_elements(node: Node) -> bool:
    """Whether machine code could be what computes each element of a node."""
    if isinstance(node.op, Elementwise):
        return True
    from gradcli.exec.traits import is_alone, put_by, taken_by, works_on_rows

    return works_on_rows(node) or is_alone(node) or bool(taken_by(node) or put_by(node))


def _saved(node: Node) -> float:
    """The seconds that machine code saves by each element of a node; 0 if it has none."""
    product = node.op.product(node)
    if product is not None:
        from gradcli.exec.traits import terms_of

        copied = sum(x.size for x in (*node.inputs, node) if x.ndim > 3)
        added = (STACKED if product.along else PRODUCT) * node.size * terms_of(node, product)
        return (added + COPIED * copied) / _size(node)
    if node.op.cells(node) is not None:
        from gradcli.exec.compiled.cell_region import CellCode

        return CELL * CellCode(node, node.inputs).instructions / _size(node)
    key = node.op, tuple([x.dtype for x in node.inputs])
    if key not in _SAVED:
        from gradcli.exec.compiled.forms import effort

        instructions = effort(node)
        _SAVED[key] = STEP + INSTRUCTION * instructions if instructions else 0.0
    return _SAVED[key]


def _start() -> float:
    """The seconds that it takes to compile anything."""
    load = 0.0 if "llvmlite.binding" in sys.modules else max(LOAD - Turning.waited, 0.0)
    return COMPILE[0] + load


class Turning:
    """How long the turns of a loop are run as they are, before their body is compiled.

    How many will come is not known, so that compiling may take as long as those have taken; loading
    the compiler, as long as all loops of a process have `waited` for machine code. It is the same
    with a formula that is called again, by other numbers of what that saves.
    """

    waited = 0.0

    def __init__(self, body: Sequence[Node], saves: Callable[[Node], float]) -> None:
        elements = sum(node.size for node in body)
        self._saved = sum(map(saves, body)) + ELEMENTWISE * elements
        self._cost = min(ELEMENT * elements, NEST * len(body))
        self._waited = 0.0

    def ran(self, turns: int) -> None:
        """Notes turns that were run."""
        self._waited += self.saves(turns)
        Turning.waited += self.saves(turns)

    def saves(self, turns: int) -> float:
        """Seconds that machine code saves by so many turns."""
        return turns * self._saved

    def turns_before(self, executor: str) -> float:
        """How many turns more are run as they are."""
        if executor == COMPILED:
            return 0
        if executor or not self._saved or not has_compiler():
            return math.inf
        return max(_start() + self._cost - self._waited, 0) / self._saved
