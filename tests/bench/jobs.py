"""`python -m tests.bench.jobs [COUNT]`: jobs that are alike, distinct ones; a stream's answers.

Jobs of one formula of 20 operations that differ in their numbers alone, as many as five times the
others, by one worker and by two; distinct jobs by one and by two. The last figure is the time from
a job's line to its answer, in a pipe, one at a time.
"""

from __future__ import annotations

import json
import random
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.bench.processes import ENVIRON, gradcli, in_turn
from tests.bench.workloads import random_formulas

ROUNDS = 3
LINES = 1_000


FORMULA = "x*sin(y) + exp(-x^2)*log(1 + y^2) - x/y + sqrt(x*y)"


def alike(count: int) -> list[str]:
    """Jobs that ask the same at other numbers."""
    rng = random.Random(1)
    inputs = ({"x": rng.uniform(0.1, 3), "y": rng.uniform(0.1, 3)} for _ in range(count))
    return [json.dumps({"expr": FORMULA, "inputs": some}) + "\n" for some in inputs]


def lines(count: int) -> list[str]:
    """Jobs that all ask something else."""
    inputs = {"x": 0.3, "y": 0.7}
    return [json.dumps({"expr": text, "inputs": inputs}) + "\n" for text in random_formulas(count)]


def workers(made: list[str]) -> str:
    """The same file by one worker and by two."""
    with tempfile.TemporaryDirectory() as place:
        jobs, out = str(Path(place) / "jobs.jsonl"), str(Path(place) / "out.jsonl")
        Path(jobs).write_text("".join(made), encoding="utf-8")
        found = in_turn(
            {
                "1": gradcli("batch", jobs, "-q", "-o", out, "--workers", "1"),
                "2": gradcli("batch", jobs, "-q", "-o", out, "--workers", "2"),
            },
            ROUNDS,
        )
    one, two = found["1"], found["2"]
    return (
        f"{len(made):,} jobs: {one.seconds:.2f} s ({len(made) / one.seconds:,.0f} a second, "
        f"{len(made) / one.work:,.0f} a second of work), by two workers {two.seconds:.2f} s, "
        f"{one.seconds / two.seconds:.2f} times as fast"
    )


def stream() -> str:
    """The median and the worst of the times from a line to its answer."""
    process = subprocess.Popen(
        gradcli("batch", "-", "-q"),
        env=ENVIRON,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        bufsize=1,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    times = []
    for line in lines(LINES):
        start = time.perf_counter()
        process.stdin.write(line)
        process.stdin.flush()
        process.stdout.readline()
        times.append(1e3 * (time.perf_counter() - start))
    process.stdin.close()
    process.wait()
    del times[0]
    late = statistics.quantiles(times, n=100)[98]
    return f"a stream: {statistics.median(times):.2f} ms a line, 99 of 100 within {late:.2f} ms"


if __name__ == "__main__":
    wanted = int(sys.argv[1]) if sys.argv[1:] else 50_000
    print("alike:", workers(alike(5 * wanted)), flush=True)
    print("distinct:", workers(lines(wanted)), flush=True)
    print(stream())
