"""Which executor runs the large arrays of an evaluation: the blocked one, or machine code."""

from __future__ import annotations

import sys
from functools import cache
from typing import TYPE_CHECKING

from gradcli.ir.op import Elementwise

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from gradcli.exec.plan import Maker
    from gradcli.ir.node import Node

PLAIN, BLOCKED, COMPILED = EXECUTORS = ("plain", "blocked", "compiled")
"""The executors that can be asked for; unless one is, work is compiled where that is worth it."""

STEP = 2e-9
"""Seconds that machine code saves a thread by each element and step."""

LOAD = 0.06
"""Seconds that it takes to load the compiler, once in a process."""

COMPILE = 0.006, 0.0003
"""Seconds that it takes to compile a region, and each of its steps."""

WORTH = 2.0
"""How many times the time of compiling must be saved."""

AGAIN = 20
"""How many times, at the least, something runs that is kept because it came again."""


@cache
def has_compiler() -> bool:
    """Whether llvmlite is installed."""
    from importlib.util import find_spec

    return find_spec("llvmlite") is not None


def maker_for(
    nodes: Sequence[Node], large: int, executor: str, threads: int, times: int = 1
) -> Callable[[Node], Maker]:
    """What makes the region of a node, for nodes that are evaluated so many times."""
    if executor == COMPILED or (not executor and is_worth(nodes, large, threads, times)):
        from gradcli.exec.compiled.region import maker

        return maker
    from gradcli.exec.region import Region

    return lambda node: Region


def is_worth(nodes: Sequence[Node], large: int, threads: int, times: int) -> bool:
    """Whether compiling saves more time than it takes, by a good deal."""
    sizes = [n.size for n in nodes if isinstance(n.op, Elementwise) and n.shape]
    sizes = [size for size in sizes if size >= large]
    load = 0.0 if "llvmlite.binding" in sys.modules else LOAD
    cost = load + COMPILE[0] + COMPILE[1] * len(sizes)
    return sum(sizes) * STEP * times / threads > WORTH * cost and has_compiler()
