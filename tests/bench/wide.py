"""`python -m tests.bench.wide [WORD…]`: all families of functions beside PyTorch and JAX.

Value and gradients of each, compared; medians of runs of each tool by itself, and the ratio to the
best peer.
"""

from __future__ import annotations

import importlib.util
import sys
from statistics import median
from time import sleep
from typing import TYPE_CHECKING, Any

import numpy as np

from tests.bench.compiled import by_gradcli, by_jax, by_torch, seconds
from tests.bench.families import all_works

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.bench.compiled import Work

WARM, ROUNDS = 3, 9

ASLEEP = 0.25
"""Seconds after which the threads of libraries that have nothing to do spin no more."""

PEERS = {"torch": by_torch, "jax": by_jax}


def jobs_of(work: Work) -> dict[str, Callable[[], Any]]:
    """The work by gradcli, which chooses its executor, and by the peers that are installed."""
    jobs = {"gradcli": by_gradcli(work, "")}
    return jobs | {n: make(work) for n, make in PEERS.items() if importlib.util.find_spec(n)}


def compared(work: Work, jobs: dict[str, Callable[[], Any]]) -> str:
    """Nothing if all answers agree, else who disagrees."""
    value, gradients = jobs["gradcli"]()
    mine = [value, *(gradients[name] for name in work.sources)]
    single = any(np.asarray(x).dtype == np.float32 for x in work.inputs.values())
    return " ".join(
        f"({name} gives another answer)"
        for name, job in jobs.items()
        if name != "gradcli" and not _agree(mine, job(), 1e-3 if single else 1e-6)
    )


def _agree(mine: list[Any], theirs: Any, tolerance: float) -> bool:
    value, gradients = theirs
    return all(
        np.allclose(a, np.asarray(b), rtol=tolerance, atol=tolerance * max(1, np.abs(a).max()))
        for a, b in zip(map(np.asarray, mine), (value, *gradients), strict=True)
    )


def typical(job: Callable[[], Any]) -> float:
    """The median seconds of a job, once the threads of the others are asleep."""
    sleep(ASLEEP)
    for _ in range(WARM):
        job()
    return median(seconds(job) for _ in range(ROUNDS))


def measured(work: Work) -> tuple[float, str]:
    """The ratio to the best peer, and the row of the table."""
    jobs = jobs_of(work)
    note = compared(work, jobs)
    middle = {name: 1e3 * typical(job) for name, job in jobs.items()}
    ratio = middle["gradcli"] / min(v for name, v in middle.items() if name != "gradcli")
    cells = " | ".join(f"{value:.2f}" for value in middle.values())
    return ratio, f"| {work.name} {note} | {cells} | {ratio:.2f} |"


def main(words: list[str]) -> None:
    """Prints the table as Markdown, in milliseconds."""
    names = ["gradcli", *(name for name in PEERS if importlib.util.find_spec(name))]
    print(f"| workload | {' | '.join(names)} | ratio |\n|{'---|' * (len(names) + 2)}")
    ratios = []
    for work in all_works():
        if words and not any(word in work.name for word in words):
            continue
        ratio, row = measured(work)
        ratios.append(ratio)
        print(row, flush=True)
    faster = sum(ratio <= 1 for ratio in ratios)
    print(f"\n{len(ratios)} workloads, {faster} no slower than the best peer")


if __name__ == "__main__":
    main(sys.argv[1:])
