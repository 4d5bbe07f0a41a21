"""`python -m tests.fuzz [--minutes N] [--seed N]`: an answer or a clean error, whatever is asked.

Programs are made from the grammar and from the examples of all functions, their bytes and those of
the samples are changed; jobs and tables hold them. What raises anything but an error of gradcli's,
or a bug that it admits, is shown with the seed of its case, and belongs into tests/fuzzed.txt.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
import traceback
import warnings
from functools import cache, partial
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any

import numpy as np

import gradcli
from gradcli.ops import catalog
from tests.test_grammar import sentence

if TYPE_CHECKING:
    from collections.abc import Callable

HERE = Path(__file__).parent
CORPUS = [
    line for line in (HERE / "fuzzed.txt").read_text().splitlines() if not line.startswith("#")
]
LIMITS: dict[str, Any] = {"max_steps": 2_000, "max_elements": 10_000}
SECONDS = 20.0
"""After which a case hangs: its limits let none take a tenth of that."""

NUMBERS = [0.0, -0.0, 1.0, -2.5, 1e308, 5e-324, np.nan, np.inf, -np.inf]
ARRAYS = [[1.0, 2.0, 3.0], [[1.0, 2.0], [3.0, 4.0]], [], [True, False], [[np.nan, 1.0]]]
VALUES = [*NUMBERS, *ARRAYS]


class BrokenError(Exception):
    """What neither answered nor refused."""


def answered(ask: Callable[[], Any]) -> bool:
    """Whether there is an answer; an error of gradcli's is none, and anything else breaks."""
    try:
        with warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter("ignore", gradcli.GradcliWarning)
            ask()
    except gradcli.InternalError as error:
        raise BrokenError(str(error)) from error
    except gradcli.GradcliError:
        return False
    return True


def asked(program: str, random: Random) -> bool:
    """Value and gradients of a program, of numbers and arrays at random."""
    values = {name: random.choice(VALUES) for name in "xyabct"}
    question = random.choice(["value_and_grads", "grads", "eval", "diff"])
    options = {} if question == "diff" else {**LIMITS, "timeout": SECONDS}

    def ask() -> None:
        names = gradcli.compile(program).inputs
        given = {} if question == "diff" else {name: values.get(name, 1.5) for name in names}
        gradcli.ask(question, program, given, **options)

    return answered(ask)


@cache
def examples() -> list[str]:
    """An example of each function."""
    return sorted({catalog.find(name).example for name in catalog.NAMES} - {""})  # type: ignore[union-attr]


@cache
def samples() -> list[bytes]:
    """The files of samples that hold programs and tables."""
    folder = HERE.parent / "samples"
    kinds = {".grad", ".csv", ".jsonl", ".json", ".txt", ".console"}
    return [path.read_bytes() for path in sorted(folder.rglob("*")) if path.suffix in kinds]


def mutated(data: bytes, random: Random) -> bytes:
    """A few of the bytes changed, dropped, doubled, or moved."""
    text = bytearray(data[: 1 << 14])
    for _ in range(random.randint(1, 4)):
        i, j = sorted(random.randrange(len(text) + 1) for _ in range(2))
        text[i : i + random.randint(0, 3)] = random.choice(
            [b"", random.randbytes(1), text[i : min(j, i + 9)] * 2, b"(", b"\x00", "½".encode()]
        )
    return bytes(text)


# --- cases --------------------------------------------------------------------------------------


def from_grammar(random: Random) -> bool:
    """A program that the grammar allows."""
    return asked(sentence(random), random)


def from_examples(random: Random) -> bool:
    """Examples of functions, whose numbers are other ones, inputs or other examples."""
    program = random.choice(examples())
    for _ in range(random.randint(1, 4)):
        number = random.choice(["0", "1", "2", "3", "0.5", "1.5"])
        other = ["x", "y", "-1", "nan", "1e18", "[1, 2]", f"({random.choice(examples())})"]
        program = program.replace(number, random.choice(other), 1)
    return asked(program, random)


def from_bytes(random: Random) -> bool:
    """An example, or a finding of the past, with other bytes."""
    program = random.choice([*examples(), *CORPUS])
    return asked(mutated(program.encode(), random).decode("utf-8", "replace"), random)


def from_jobs(random: Random) -> bool:
    """A sample as a file of jobs."""
    ending = random.choice([".jsonl", ".csv", ".txt"])
    return _from_file(random.choice(samples()), ending, random, _answers)


def _answers(path: str) -> None:
    for answer in gradcli.batch(path, **LIMITS):
        error = answer.get("error")
        if error is not None and error["kind"] == "internal":
            raise gradcli.InternalError(error["message"])


def from_tables(random: Random) -> bool:
    """A small table, or a sample as one."""
    ending = random.choice([".jsonl", ".csv", ".json", ".tsv"])
    data = random.choice([table(ending, random), random.choice(samples())])
    bad = random.choice(["null", "skip", "fail"])
    ask = partial(gradcli.map, "x*2 + 1", on_bad_row=bad, on_missing=bad, timeout=SECONDS)
    return _from_file(data, ending, random, ask)


def table(ending: str, random: Random) -> bytes:
    """Some rows of two columns, in the form that an extension stands for."""
    rows = [[random.choice([*NUMBERS, "", "a"]) for _ in "xy"] for _ in range(random.randint(0, 5))]
    if ending in (".csv", ".tsv"):
        mark = "," if ending == ".csv" else "\t"
        return "".join(mark.join(map(str, row)) + "\n" for row in ["xy", *rows]).encode()
    lines = [json.dumps(dict(zip("xy", row, strict=True))) for row in rows]
    return ("\n".join(lines) if ending == ".jsonl" else f"[{', '.join(lines)}]").encode()


def _from_file(data: bytes, ending: str, random: Random, ask: Callable[[str], Any]) -> bool:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"a{ending}"
        path.write_bytes(mutated(data, random))
        return answered(partial(ask, str(path)))


CASES = (from_grammar, from_examples, from_bytes, from_jobs, from_tables)


def main() -> int:
    """Cases of all kinds in turn until the time is over; the status tells whether one broke."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=1.0)
    parser.add_argument("--seed", type=int, default=time.time_ns() % 10**9)
    options = parser.parse_args()
    end = time.monotonic() + 60 * options.minutes
    seed, answers, broken = options.seed, 0, 0
    while time.monotonic() < end:
        case = CASES[seed % len(CASES)]
        try:
            answers += case(Random(seed))
        except Exception:
            broken += 1
            print(f"--- {case.__name__}, seed {seed}")
            traceback.print_exc(limit=-4, file=sys.stdout)
        seed += 1
    print(f"{seed - options.seed:,} cases, {answers:,} with an answer, {broken:,} broken")
    return broken > 0


if __name__ == "__main__":
    sys.exit(main())
