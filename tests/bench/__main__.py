"""`python -m tests.bench [--quick] [WORD…]`: a table of medians and of ratios to the best peer."""

from __future__ import annotations

import gc
import statistics
import sys
import time
from typing import TYPE_CHECKING

from tests.bench.workloads import agree, workloads

if TYPE_CHECKING:
    from tests.bench.workloads import Job, Workload

ROUNDS = 5


def timed(job: Job) -> float:
    """Seconds that a job takes."""
    start = time.perf_counter()
    job()
    return time.perf_counter() - start


def measured(work: Workload) -> dict[str, float]:
    """The median of each tool, run in turn after a round that checks and warms up."""
    jobs = {"gradcli": work.gradcli, **work.peers}
    mine = work.gradcli()
    for name, job in work.peers.items():
        if not agree(mine, job()):
            raise SystemExit(f"{work.name}: {name} gives another answer")
    work.gradcli()
    gc.collect()
    gc.freeze()  # the modules of all the tools are no garbage that any of them made
    times: dict[str, list[float]] = {name: [] for name in jobs}
    for _ in range(ROUNDS):
        for name, job in jobs.items():
            times[name].append(timed(job))
    return {name: statistics.median(seconds) * work.scale for name, seconds in times.items()}


def main(args: list[str]) -> None:
    """Prints the table as Markdown, a row a workload."""
    quick = "--quick" in args
    words = [arg for arg in args if not arg.startswith("--")]
    print("| workload | gradcli | peers | ratio to the best |\n|---|---|---|---|")
    for make in workloads(quick):
        work = make()
        if words and not any(word in work.name for word in words):
            continue
        found = measured(work)
        mine = found.pop("gradcli")
        others = ", ".join(f"{name} {value:.3g}" for name, value in found.items())
        ratio = f"{mine / min(found.values()):.2f}" if found else ""
        print(f"| {work.name} | {mine:.3g} {work.unit} | {others} | {ratio} |", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
