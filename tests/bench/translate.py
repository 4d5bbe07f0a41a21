"""Files of `translate` run in the frameworks: `python -m tests.bench.translate [PYTHON]`.

Frameworks are those of the Python that is named, or of this one. Each file must print what gradcli
prints, to 1e-12 (TensorFlow.js computes in float32 and is checked by its syntax in the tests).
"""

from __future__ import annotations

import json
import subprocess
import sys
import warnings
from collections import Counter
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import gradcli
from gradcli.errors import GradcliError
from tests.test_translate import FORMULAS, POINTS, PROGRAMS, check, values_of

GOLDEN = Path(__file__).parents[1] / "golden" / "formulas.jsonl"
FRAMEWORKS = "numpy torch jax tensorflow autograd sympy".split()

RUN = """
import contextlib, io, json, sys, warnings
warnings.simplefilter("ignore")
answers = []
for text in json.load(open(sys.argv[1])):
    printed = io.StringIO()
    try:
        with contextlib.redirect_stdout(printed):
            exec(compile(text, "file", "exec"), {})
        answers.append(["", printed.getvalue()])
    except Exception as error:
        answers.append([repr(error), ""])
json.dump(answers, open(sys.argv[2], "w"))
"""


def programs() -> list[tuple[str, dict[str, Any]]]:
    """The formulas of the golden file, and the formulas and programs of the tests, with values."""
    cases = map(json.loads, GOLDEN.read_text("utf-8").splitlines())
    golden = [(case["expr"], case["inputs"]) for case in cases]
    return golden + [(program, values_of(program)) for program in FORMULAS] + PROGRAMS + POINTS


def answers(python: str, texts: list[str]) -> list[list[str]]:
    """What files do in another Python: an error, or what they print."""
    with TemporaryDirectory() as folder:
        files, printed = Path(folder, "files.json"), Path(folder, "printed.json")
        files.write_text(json.dumps(texts))
        subprocess.run([python, "-c", RUN, files, printed], check=True, stderr=subprocess.DEVNULL)
        whole: list[list[str]] = json.loads(printed.read_text())
        return whole


def tried(target: str, python: str) -> Counter[str]:
    """How many programs there are files of, and how many are right; the others are printed."""
    counts: Counter[str] = Counter()
    files = []
    for program, values in programs():
        try:
            files.append((program, values, gradcli.translate(program, to=target, **values)))
        except GradcliError as error:
            counts["refused"] += 1
            print(f"  {target} refuses {program}: {error.message}")
    printed = answers(python, [text for _, _, text in files])
    for (program, values, _), (error, lines) in zip(files, printed, strict=True):
        try:
            assert not error, error
            check(lines, program, values)
            counts["right"] += 1
        except AssertionError as wrong:
            counts["wrong"] += 1
            print(f"  {target} is wrong about {program}: {' '.join(str(wrong).split())[:100]}")
    return counts


def main() -> None:
    """A line for each framework that is installed."""
    warnings.simplefilter("ignore")
    python = sys.argv[1] if len(sys.argv) > 1 else sys.executable
    for target in FRAMEWORKS:
        there = subprocess.run([python, "-c", f"import {target}"], capture_output=True, check=False)
        if there.returncode:
            print(f"{target}: not installed")
        else:
            counts = tried(target, python)
            print(f"{target}: {', '.join(f'{n} {what}' for what, n in counts.items())}")


if __name__ == "__main__":
    main()
