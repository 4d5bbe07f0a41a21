"""`python -m tests.bench.memory`: the peak of the first workload beside its inputs and outputs."""

from __future__ import annotations

from pathlib import Path

from tests.bench.workloads import BLACK_SCHOLES, ROWS, by_gradcli, market


def resident(what: str) -> float:
    """Megabytes that the process has (VmRSS), or had at most (VmHWM)."""
    lines = Path("/proc/self/status").read_text(encoding="utf-8").splitlines()
    (line,) = (line for line in lines if line.startswith(what))
    return int(line.split()[1]) / 1024


def main() -> str:
    """Runs the workload once, so that nothing is left of an earlier run."""
    job = by_gradcli("x*y", {"x": 1.0, "y": 2.0}, ["x", "y"])
    job()
    before = resident("VmRSS")
    inputs = market(ROWS)
    found = by_gradcli(BLACK_SCHOLES, inputs, list(inputs))()
    peak = resident("VmHWM") - before
    needed = sum(a.nbytes for a in [*inputs.values(), *found]) / 2**20
    return (
        f"peak {peak:.0f} MB over the {before:.0f} MB of the interpreter, "
        f"inputs and outputs {needed:.0f} MB: {peak / needed:.2f}"
    )


if __name__ == "__main__":
    print(main())
