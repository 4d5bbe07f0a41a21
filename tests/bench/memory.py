"""`python -m tests.bench.memory [COUNT]`: the peak of the first workload beside what it works on.

With a count: what a process has after tenths of so many different programs. What is remembered of
them fills its room within ten thousand; after a few hundred that were compiled LLVM has what it
takes, and of machine code there is as much as may be.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

import gradcli
from gradcli.memory import MEMORY
from tests.bench.workloads import BLACK_SCHOLES, ROWS, by_gradcli, market, random_formulas

if TYPE_CHECKING:
    from collections.abc import Iterator

COMPILED = 100
"""One program in so many is of large arrays, by machine code."""


def resident(what: str) -> float:
    """Megabytes that the process has (VmRSS), or had at most (VmHWM)."""
    lines = Path("/proc/self/status").read_text(encoding="utf-8").splitlines()
    (line,) = (line for line in lines if line.startswith(what))
    return int(line.split()[1]) / 1024


def peak() -> str:
    """Runs the workload once, so that nothing is left of an earlier run."""
    job = by_gradcli("x*y", {"x": 1.0, "y": 2.0}, ["x", "y"])
    job()
    before = resident("VmRSS")
    inputs = market(ROWS)
    found = by_gradcli(BLACK_SCHOLES, inputs, list(inputs))()
    most = resident("VmHWM") - before
    needed = sum(a.nbytes for a in [*inputs.values(), *found]) / 2**20
    return (
        f"peak {most:.0f} MB over the {before:.0f} MB of the interpreter, "
        f"inputs and outputs {needed:.0f} MB: {most / needed:.2f}"
    )


def programs(count: int) -> Iterator[str]:
    """Each is another one by a number of its own."""
    formulas, large = random_formulas(1_000), np.linspace(0.1, 2, 100_000)
    for i in range(1, count + 1):
        text = f"{formulas[i % len(formulas)]} + {i}.5*y"
        if i % COMPILED:
            gradcli.ask("value_and_grads", text, {"x": 0.3, "y": 0.7})
        else:
            os.environ["GRADCLI_EXECUTOR"] = "compiled"
            gradcli.ask("value_and_grads", f"sum({text})", {"x": large, "y": 0.7})
            del os.environ["GRADCLI_EXECUTOR"]
        if not i % max(count // 10, 1):
            yield f"{i:,} programs: {resident('VmRSS'):.0f} MB, {len(MEMORY):,} things remembered"


def main(count: int) -> None:
    """Lines as they come."""
    for line in programs(count) if count else [peak()]:
        print(line, flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]) if sys.argv[1:] else 0)
