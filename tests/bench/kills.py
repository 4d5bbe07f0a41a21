"""`python -m tests.bench.kills [COUNT]`: runs killed at random instants, and what is left of them.

A batch is resumed after each kill; at the end each job must be answered once and in order, and no
worker may outlive the run that started it. A batch that loses a worker goes on, and answers all the
same. A map writes over an older answer, to a file of each kind and to a folder of parts; what is
found there must be the old answer or the new one, whole.
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from itertools import pairwise
from pathlib import Path

from tests.bench.processes import ENVIRON, gradcli
from tests.test_jobs import many

JOBS_A_KILL = 500
ROWS = 200_000
TARGETS = ("out.csv", "out.jsonl", "out.parquet", "out.arrow", "parts")


def size(path: str) -> int:
    """How long a file is by now."""
    return Path(path).stat().st_size if Path(path).exists() else 0


def started(arguments: list[str]) -> subprocess.Popen[bytes]:
    """A run in a process group of its own."""
    return subprocess.Popen(gradcli(*arguments), env=ENVIRON, start_new_session=True)


def ended(process: subprocess.Popen[bytes]) -> bool:
    """Kills a run: whether it was still at work; nothing that it started may outlive it."""
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


def killed(arguments: list[str], out: str, after: float, *, at_once: bool) -> bool:
    """Whether a batch was still at work when it was killed, `after` so many seconds.

    They count from its start, or from the moment when it has added to the file.
    """
    before = size(out)
    process = started(arguments)
    while not at_once and size(out) <= before and process.poll() is None:
        time.sleep(0.001)
    time.sleep(after)
    return ended(process)


def batches(count: int, place: Path, chance: random.Random) -> str:
    """Kills, resumes, compares."""
    first, second, out, whole = (str(place / f"{n}.jsonl") for n in "abcd")
    Path(first).write_text(many(count * JOBS_A_KILL), encoding="utf-8")
    Path(second).write_text(many(99), encoding="utf-8")
    arguments = ["batch", first, second, "-q", "--resume", "-o", out]
    lengths = [0]
    interrupted = 0
    for i in range(count):
        workers = f"--workers={1 + i % 2}"
        after = 0.4 * chance.random()
        interrupted += killed([*arguments, workers], out, after, at_once=i % 5 == 0)
        lengths.append(size(out))
    subprocess.run(gradcli(*arguments), env=ENVIRON, check=False)
    subprocess.run(gradcli("batch", first, second, "-q", "-o", whole), env=ENVIRON, check=False)
    same = Path(out).read_bytes() == Path(whole).read_bytes()
    grown = sum(b > a for a, b in pairwise(lengths))
    verdict = "the same as undisturbed" if same else "DIFFERENT"
    return f"batch: {count} runs, {interrupted} killed, {grown} had written; the file is {verdict}"


def workers(count: int, place: Path, chance: random.Random) -> str:
    """Kills one of the workers of a batch, which goes on without it."""
    jobs, out, whole = (str(place / f"{n}.jsonl") for n in "abc")
    Path(jobs).write_text(many(2 * JOBS_A_KILL), encoding="utf-8")
    subprocess.run(gradcli("batch", jobs, "-q", "-o", whole), env=ENVIRON, check=False)
    runs, interrupted = 0, 0
    while interrupted < count:
        runs += 1
        Path(out).unlink(missing_ok=True)
        process = started(["batch", jobs, "-q", "--workers=2", "-o", out])
        while not children(process) and process.poll() is None:
            time.sleep(0.001)
        time.sleep(0.2 * chance.random())
        for child in chance.sample(children(process), 1 if children(process) else 0):
            with suppress(ProcessLookupError):
                os.kill(child, signal.SIGKILL)
                interrupted += 1
        if process.wait() not in (0, 3) or Path(out).read_bytes() != Path(whole).read_bytes():
            raise SystemExit("a batch that lost a worker gives other answers")
    return f"workers: {runs} runs, {interrupted} lost one; every file the same as undisturbed"


def children(process: subprocess.Popen[bytes]) -> list[int]:
    """The processes that a run has started."""
    try:
        text = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text()
    except OSError:
        return []
    return [int(word) for word in text.split()]


def contents(target: Path) -> list[tuple[str, bytes]]:
    """What a file, or a folder's files, hold."""
    paths = sorted(target.iterdir()) if target.is_dir() else [target]
    return [(path.name, path.read_bytes()) for path in paths]


def maps(count: int, place: Path, chance: random.Random) -> str:
    """Kills runs that replace an older answer, and looks at what is there."""
    data = place / "data.csv"
    rows = "".join(f"{chance.random()},{chance.random()}\n" for _ in range(ROWS))
    data.write_text("x,y\n" + rows, encoding="utf-8")
    known: dict[tuple[str, str], list[tuple[str, bytes]]] = {}
    seconds = 0.0
    for name in TARGETS:
        for program in ("x*y", "sin(x)*exp(y)"):
            begun = time.monotonic()
            subprocess.run(gradcli(*mapping(program, data, place / name)), env=ENVIRON, check=True)
            seconds = max(seconds, time.monotonic() - begun)
            known[program, name] = contents(place / name)
    runs, interrupted, replaced = 0, 0, 0
    while interrupted < count:
        i, runs = runs, runs + 1
        name = TARGETS[i % len(TARGETS)]
        program = ("x*y", "sin(x)*exp(y)")[i // len(TARGETS) % 2]
        process = started(mapping(program, data, place / name))
        time.sleep(1.2 * seconds * chance.random())
        interrupted += ended(process)
        found = contents(place / name)
        answers = [p for p in ("x*y", "sin(x)*exp(y)") if known[p, name] == found]
        if not answers:
            raise SystemExit(f"{name} is neither the old answer nor the new one")
        replaced += answers == [program]
    return f"map: {runs} runs, {count} killed; every file whole, {replaced} of them new"


def mapping(program: str, data: Path, out: Path) -> list[str]:
    """The arguments of a map."""
    return ["map", program, str(data), "-q", "-o", str(out)]


def main(count: int) -> None:
    """Both commands, and workers."""
    chance = random.Random(7)
    for run in (batches, workers, maps):
        with tempfile.TemporaryDirectory() as place:
            print(run(count, Path(place), chance), flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]) if sys.argv[1:] else 100)
