"""The steps of a region of blocks: what a kernel does to registers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from gradcli.exec import rooms
from gradcli.exec.traits import is_total

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from gradcli.ir.node import Node
    from gradcli.ir.record import Op, Together

    Array = np.ndarray[Any, np.dtype[Any]]
    Step = Callable[[list[Any]], None]

MANY = 4_096
"""Elements from which a function of NumPy's arithmetic alone is quicker than one of a library."""

PIECE = 32_768
"""Elements that it treats at a time: what it needs beside stays in the second-level cache."""

DOUBLE = np.dtype(np.float64)


def kernels(node: Node, *, stores: bool) -> tuple[Any, Any]:
    """The kernel of a node, and the one that writes into an array, if there is one or must be."""
    if is_total(node):
        return np.add.reduce, None
    kernel, into = node.op.kernel, node.op.into
    return kernel, into or (_stored(kernel, node.attrs) if stores else None)


def _stored(kernel: Any, attrs: Sequence[Any]) -> Any:
    """A kernel that writes into an array, made of one that returns an array."""

    def into(*arrays: Any, out: Array) -> None:
        out[...] = kernel(*arrays, *attrs)

    return into


def writes(into: Any, sources: tuple[int, ...], target: int) -> Step:
    """A step whose kernel writes into the register of its result."""
    if len(sources) == 1:
        (a,) = sources
        return lambda r: into(r[a], out=r[target])
    if len(sources) == 2:
        a, b = sources
        return lambda r: into(r[a], r[b], out=r[target])
    return lambda r: into(*[r[i] for i in sources], out=r[target])


def makes(kernel: Any, sources: tuple[int, ...], target: int, node: Node) -> Step:
    """A step whose kernel makes an array of its own."""
    attrs = () if is_total(node) else node.attrs

    def step(r: list[Any]) -> None:
        r[target] = kernel(*[r[i] for i in sources], *attrs)

    return step


def together_with(node: Node, size: int) -> Together | None:
    """What computes a node along with others of its operand, where that is worth it."""
    return node.op.together if node.dtype == DOUBLE and size >= MANY else None


def fills(together: Together, source: int, targets: Mapping[Op, int]) -> Step:
    """A step that fills the registers of operations that are computed together, piece by piece."""
    places = [targets.get(op) for op in together.ops]

    def step(r: list[Any]) -> None:
        spare = rooms.empty((together.rows, PIECE), DOUBLE)
        for start in range(0, len(r[source]), PIECE):
            x = r[source][start : start + PIECE]
            results = [None if i is None else r[i][start : start + PIECE] for i in places]
            together.into(x, results, spare[:, : len(x)])

    return step
