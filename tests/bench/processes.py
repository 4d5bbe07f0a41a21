"""Whole processes, timed in turn."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[2]
ENVIRON = {**os.environ, "PYTHONPATH": str(ROOT)}


class Run(NamedTuple):
    """Seconds of the clock that a process took, and the megabytes that it had at most."""

    seconds: float
    peak: float


def gradcli(*arguments: str) -> list[str]:
    """The command of gradcli."""
    return [sys.executable, "-m", "gradcli", *arguments]


def timed(command: list[str]) -> Run:
    """Runs a process to its end."""
    start = time.perf_counter()
    process = subprocess.Popen(command, env=ENVIRON, stdout=subprocess.DEVNULL)
    _, status, used = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - start
    if status:
        raise SystemExit(f"{command} ended with status {status}")
    return Run(seconds, used.ru_maxrss / 1024)


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
    return {
        name: Run(statistics.median(r.seconds for r in runs), max(r.peak for r in runs))
        for name, runs in rounds_of(commands, rounds).items()
    }


def fastest(commands: dict[str, list[str]], rounds: int) -> dict[str, Run]:
    """The fastest of commands that take turns: what a machine does that others use, too."""
    return {
        name: Run(min(r.seconds for r in runs), max(r.peak for r in runs))
        for name, runs in rounds_of(commands, rounds).items()
    }
