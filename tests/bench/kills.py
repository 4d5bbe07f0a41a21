"""`python -m tests.bench.kills [COUNT]`: a batch killed at random instants, resumed, and compared.

Half of the runs have workers. At the end each job must be answered once and in order, and no
worker may outlive the run that started it.
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from itertools import pairwise
from pathlib import Path

from tests.test_jobs import ENVIRON, command, many

JOBS_A_KILL = 500


def size(path: str) -> int:
    """How long a file is by now."""
    return Path(path).stat().st_size if Path(path).exists() else 0


def killed(arguments: list[str], out: str, after: float, *, at_once: bool) -> bool:
    """Whether a run was still at work when it was killed, `after` so many seconds.

    They count from its start, or from the moment when it has added to the file.
    """
    before = size(out)
    process = subprocess.Popen(command(*arguments), env=ENVIRON, start_new_session=True)
    while not at_once and size(out) <= before and process.poll() is None:
        time.sleep(0.001)
    time.sleep(after)
    running = process.poll() is None
    if running:
        process.send_signal(signal.SIGKILL)
    elif process.returncode not in (0, 3):
        raise SystemExit(f"a run ended with status {process.returncode}")
    process.wait()
    for _ in range(100):
        try:
            os.killpg(process.pid, 0)
        except ProcessLookupError:
            return running
        time.sleep(0.05)
    raise SystemExit("a worker outlives its run")


def main(count: int) -> str:
    """Kills, resumes, compares."""
    chance = random.Random(7)
    with tempfile.TemporaryDirectory() as place:
        first, second, out, whole = (str(Path(place) / f"{n}.jsonl") for n in "abcd")
        Path(first).write_text(many(count * JOBS_A_KILL), encoding="utf-8")
        Path(second).write_text(many(99), encoding="utf-8")
        arguments = [first, second, "-q", "--resume", "-o", out]
        lengths = [0]
        interrupted = 0
        for i in range(count):
            workers = f"--workers={1 + i % 2}"
            after = 0.4 * chance.random()
            interrupted += killed([*arguments, workers], out, after, at_once=i % 5 == 0)
            lengths.append(size(out))
        subprocess.run(command(*arguments), env=ENVIRON, check=False)
        subprocess.run(command(first, second, "-q", "-o", whole), env=ENVIRON, check=False)
        same = Path(out).read_bytes() == Path(whole).read_bytes()
        grown = sum(b > a for a, b in pairwise(lengths))
    verdict = "the same as undisturbed" if same else "DIFFERENT"
    return f"{count} runs, {interrupted} killed at work, {grown} had written; the file is {verdict}"


if __name__ == "__main__":
    print(main(int(sys.argv[1]) if sys.argv[1:] else 100))
