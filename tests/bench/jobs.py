"""`python -m tests.bench.jobs [COUNT]`: distinct jobs by one worker and by two; a stream's answers.

The second figure is the time from a job's line to its answer, in a pipe, one at a time.
"""

from __future__ import annotations

import json
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


def lines(count: int) -> list[str]:
    """Jobs that all ask something else."""
    inputs = {"x": 0.3, "y": 0.7}
    return [json.dumps({"expr": text, "inputs": inputs}) + "\n" for text in random_formulas(count)]


def workers(count: int) -> str:
    """The same file by one worker and by two."""
    with tempfile.TemporaryDirectory() as place:
        jobs, out = str(Path(place) / "jobs.jsonl"), str(Path(place) / "out.jsonl")
        Path(jobs).write_text("".join(lines(count)), encoding="utf-8")
        found = in_turn(
            {
                "1": gradcli("batch", jobs, "-q", "-o", out),
                "2": gradcli("batch", jobs, "-q", "-o", out, "--workers", "2"),
            },
            ROUNDS,
        )
    one, two = found["1"].seconds, found["2"].seconds
    return f"{count:,} jobs: {one:.1f} s, by two workers {two:.1f} s, {one / two:.2f} times as fast"


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
    print(workers(int(sys.argv[1]) if sys.argv[1:] else 50_000), flush=True)
    print(stream())
