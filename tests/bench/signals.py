"""`python -m tests.bench.signals [ROUNDS]`: commands in all formats, told to end at any instant.

Each line is run once undisturbed, then told to end by SIGINT, SIGTERM and SIGHUP after a part of
that time, and loses its reader (SIGPIPE). It must end at once with the status that shells expect,
without a traceback; what it wrote is nothing or whole lines of the answer, a file is whole or not
there, and nothing that it started is left.
"""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from random import Random
from typing import NamedTuple

from tests.bench.processes import ENVIRON, gradcli

ASKED = {
    "diff": "x^2*sin(x)",
    "eval": "sum(sin(x)) --x range(9)",
    "run": "script.grad",
    "plot": "sin(x) --x=0:1",
    "translate": "x^2 --to numpy",
    "tape": "x^2 --x 3 d/dx",
    "gradients": "x^2 --x 3 --xs x",
    "variable-grads": "x^2 --var x=3",
    "backward": "x^2 --var x=3",
    "functions": "sin",
    "help": "map",
    "version": "",
    "completion": "bash",
    "repl": "",
    "batch": "jobs.txt --x 1 -q",
    "map": "sin(x)*y table.csv -q",
    **dict.fromkeys(["jvp", "hvp", "directional"], "x^3 --x 3 --tangent 1"),
}
OTHERS = """grad grads check explain graph taylor value-and-grad value-and-grads derivative jacobian
hessian vjp""".split()
ASKED |= dict.fromkeys(OTHERS, "x^3 --x 3")
ENDLESS = "n = 0; while n < 1e9 { n = n + 1 }; x^2"

FORMATS = "table plain json jsonl csv tsv npy npz".split()
WRITES = {"batch": ["out.jsonl"], "map": ["out.csv", "out.parquet", "out.arrow", "parts/"]}
"""Commands that write something else, and what."""

NONE = "functions help version completion repl run plot translate graph explain diff check".split()
"""Commands that are run in their own format alone."""

SECONDS = 5.0
"""After which what was told to end hangs."""

ENDS = [signal.SIGINT, signal.SIGTERM, signal.SIGHUP]


class Case(NamedTuple):
    """A command, and the file that it writes, if any."""

    arguments: list[str]
    out: str = ""


def cases() -> list[Case]:
    """Every command in every format; those that ask a question with one that has no end, too."""
    found = []
    for name, rest in ASKED.items():
        line = [name, *rest.split()]
        found += [Case([*line, "-o", out], out) for out in WRITES.get(name, [])]
        if name in NONE:
            found.append(Case(line))
        elif name not in WRITES:
            found += [Case([*line, "-o", each]) for each in FORMATS]
            endless = [name, ENDLESS, *rest.split()[1:], "--max-steps", str(10**10)]
            found.append(Case(endless))
    return found


def prepare(folder: Path) -> None:
    """The files that the commands read."""
    (folder / "script.grad").write_text("x = 3; print(x); x^2\n")
    (folder / "jobs.txt").write_text("x^2\n" * 3_000)
    (folder / "table.csv").write_text("x,y\n" + "0.5,2\n" * 50_000)


def started(case: Case, folder: Path) -> subprocess.Popen[bytes]:
    """A command in a group of its own, which hears SIGINT as it does in a shell."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    process = subprocess.Popen(
        gradcli(*case.arguments),
        cwd=folder,
        env=ENVIRON,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )
    signal.signal(signal.SIGINT, before)
    return process


def found(folder: Path, case: Case) -> dict[str, bytes]:
    """The files beside those that are read."""
    read = {"script.grad", "jobs.txt", "table.csv"}
    return {
        str(p.relative_to(folder)): p.read_bytes()
        for p in sorted(folder.rglob("*"))
        if p.is_file() and p.name not in read
    }


def ended(process: subprocess.Popen[bytes]) -> tuple[bytes, str]:
    """What was printed; what it started must be gone with it."""
    out, err = process.communicate(timeout=SECONDS)
    for _ in range(100):
        try:
            os.killpg(process.pid, 0)
        except ProcessLookupError:
            return out, err.decode()
        time.sleep(0.02)
    raise AssertionError("something that it started is left")


def check(case: Case, number: int, after: float, whole: bytes, files: dict[str, bytes]) -> bool:
    """Whether a command was still at work when it was told; an error if it ended otherwise."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        prepare(folder)
        process = started(case, folder)
        assert process.stdout is not None
        time.sleep(after)
        if number == signal.SIGPIPE:
            process.stdout.close()
            process.stdout = None
        else:
            os.kill(process.pid, number)
        endless = number == signal.SIGPIPE and ENDLESS in case.arguments
        if endless:
            os.kill(process.pid, signal.SIGTERM)
        out, err = ended(process)
        if "Traceback" in err and not re.search(r"__main__.py., line \d+, in main", err):
            return True  # Python was still loading the command
        assert "Traceback" not in err, err
        allowed = {0} if number == signal.SIGPIPE else {0, -number, 128 + number}
        allowed |= {-signal.SIGTERM, 128 + signal.SIGTERM} if endless else set()
        assert process.returncode in allowed, (process.returncode, err)
        assert whole.startswith(out or b""), out[-200:]
        left = found(folder, case)
        for name, data in left.items():
            if case.arguments[0] != "batch":
                assert files.get(name) == data, name
            elif name == case.out:  # what `--resume` goes on with
                assert files[name].startswith(data)
        return process.returncode != 0


def main(rounds: int) -> None:
    """A line a command, and how many of its runs were still at work when they were told."""
    chance = Random(rounds)
    runs = at_work = 0
    for case in cases():
        with tempfile.TemporaryDirectory() as place:
            folder, begun = Path(place), time.monotonic()
            prepare(folder)
            whole, files, seconds = b"", {}, 1.0
            if ENDLESS not in case.arguments:
                process = started(case, folder)
                whole, err = process.communicate()
                if process.returncode == 2 and b" holds one array" in err:
                    continue
                assert process.returncode == 0, (case, err)
                files, seconds = found(folder, case), time.monotonic() - begun
        for number in [*ENDS, signal.SIGPIPE] * rounds:
            after = seconds * chance.random()
            try:
                at_work += check(case, number, after, whole, files)
            except (AssertionError, subprocess.TimeoutExpired) as error:
                raise SystemExit(f"{case}, signal {number}, {after:.3f} s: {error}") from error
            runs += 1
    print(f"{runs:,} runs of {len(cases())} lines, {at_work:,} cut short: all ended as they must")


if __name__ == "__main__":
    main(int(sys.argv[1]) if sys.argv[1:] else 1)
