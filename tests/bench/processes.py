"""Whole processes, timed in turn."""

from __future__ import annotations

import ctypes
import os
import statistics
import subprocess
import sys
import time
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import resource
    from collections.abc import Callable, Iterable, Iterator

ROOT = Path(__file__).parents[2]
ENVIRON = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": ""}
"""Modules are compiled in the round that is not counted, as they are when they are installed."""


SUBREAPER = 36
"""The option of a process, as Linux calls it, that takes over those whose parents end."""


class Run(NamedTuple):
    """What a process took: seconds of the clock, and of all cores; at most so many megabytes."""

    seconds: float
    work: float
    peak: float


def gradcli(*arguments: str) -> list[str]:
    """The command of gradcli."""
    return [sys.executable, "-m", "gradcli", *arguments]


def timed(command: list[str]) -> Run:
    """Runs a process to its end; the work of those that it has left behind counts, too."""
    adopt()
    start = time.perf_counter()
    process = subprocess.Popen(command, env=ENVIRON, stdout=subprocess.DEVNULL)
    _, status, used = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - start
    if status:
        raise SystemExit(f"{command} ended with status {status}")
    all_used = [used, *left_behind()]
    work = sum(x.ru_utime + x.ru_stime for x in all_used)
    return Run(seconds, work, max(x.ru_maxrss for x in all_used) / 1024)


@cache
def adopt() -> None:
    """Processes whose parents are gone become children of this one, where Linux knows how."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(SUBREAPER, 1, 0, 0, 0)


def left_behind() -> Iterator[resource.struct_rusage]:
    """What processes have used that were left behind, when they have ended."""
    with suppress(ChildProcessError):
        while True:
            yield os.wait4(-1, 0)[2]


def rounds_of(commands: dict[str, list[str]], rounds: int) -> dict[str, list[Run]]:
    """The runs of commands that take turns, after one round that is not counted."""
    runs: dict[str, list[Run]] = {name: [] for name in commands}
    for i in range(rounds + 1):
        for name, command in commands.items():
            run = timed(command)
            if i:
                runs[name].append(run)
    return runs


def in_turn(commands: dict[str, list[str]], rounds: int) -> dict[str, Run]:
    """The medians of commands that take turns."""
    return _summed(rounds_of(commands, rounds), statistics.median)


def fastest(commands: dict[str, list[str]], rounds: int) -> dict[str, Run]:
    """The fastest of commands that take turns: what a machine does that others use, too."""
    return _summed(rounds_of(commands, rounds), min)


def _summed(
    rounds: dict[str, list[Run]], summary: Callable[[Iterable[float]], float]
) -> dict[str, Run]:
    """One figure of each kind for each command, of memory the largest."""
    return {
        name: Run(
            summary([run.seconds for run in runs]),
            summary([run.work for run in runs]),
            max(run.peak for run in runs),
        )
        for name, runs in rounds.items()
    }
