"""GradBench's questions, answered over pipes: `python -m tests.bench.gradbench [--multithreaded]`.

One JSON message a line on standard input, one answer a line on standard output. Each evaluation is
a program of `samples/gradbench`, and each of its questions a function there; this file turns JSON
into arrays and arrays into JSON.
"""

from __future__ import annotations

import json
import os
import sys
from functools import cache, partial
from pathlib import Path
from time import perf_counter_ns
from typing import TYPE_CHECKING, Any

import numpy as np

import gradcli

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    Message = Mapping[str, Any]

MULTITHREADED = "--multithreaded" in sys.argv
ONE_THREAD = dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS"), "1")
FOLDER = Path(__file__).parents[2] / "samples" / "gradbench"
MODULES = sorted(file.stem for file in FOLDER.glob("*.grad"))
ENDLESS = 1 << 62
"""A limit that is none: the benchmark has time limits of its own."""


def replies(lines: Iterator[str]) -> Iterator[str]:
    """The answer to each message."""
    for line in lines:
        message = json.loads(line)
        answer = ANSWERS.get(message.get("kind"), lambda _: {})
        yield json.dumps({"id": message["id"], **answer(message)})


def start(_: Message) -> Message:
    return {"tool": "gradcli"}


def define(message: Message) -> Message:
    module = message["module"]
    if module in MODULES:
        return {"success": True}
    return {"success": False, "error": f"there is no module '{module}'"}


def evaluate(message: Message) -> Message:
    """The output, and how long each run took; what fails is an answer, too."""
    module, name, given = message["module"], message["function"], message["input"]
    try:
        output, times = timed(job(question(module, name), arrays(given)), repeats(given))
    except (gradcli.GradcliError, LookupError) as error:
        return {"success": False, "error": str(error)}
    shaped = SHAPED.get((module, name), plain)(output)
    timings = [{"name": "evaluate", "nanoseconds": nanoseconds} for nanoseconds in times]
    return {"success": True, "output": shaped, "timings": timings}


ANSWERS: Mapping[str, Callable[[Message], Message]] = {
    "start": start,
    "define": define,
    "evaluate": evaluate,
}


@cache
def question(module: str, name: str) -> gradcli.Program:
    """The program of a question."""
    if module not in MODULES:
        raise LookupError(f"there is no module '{module}'")
    text = (FOLDER / f"{module}.grad").read_text(encoding="utf-8")
    if f"\n{name}()" not in text:
        raise LookupError(f"'{module}' has no function '{name}'")
    threads = None if MULTITHREADED else 1
    limits = {"max_steps": ENDLESS, "max_elements": ENDLESS}
    return gradcli.compile(f"{text}\n{name}()", threads=threads, **limits)


def arrays(given: Any) -> dict[str, Any]:
    """An input's numbers by name, those of objects in it too; a bare number is `x`."""
    if not isinstance(given, dict):
        return {"x": np.float64(given)}
    values: dict[str, Any] = {}
    for name, value in given.items():
        if isinstance(value, dict):
            values |= arrays(value)
        elif name != "bone_names":
            values[name] = np.array(value, np.float64)
    return values


def job(program: gradcli.Program, values: Mapping[str, Any]) -> Callable[[], Any]:
    """What runs a program at those of these values that it has a use for."""
    wanted = {name: values.get(name, ()) for name in program.inputs}
    return partial(program.evaluate, **wanted)


def repeats(given: Any) -> tuple[int, float]:
    """How many runs there are to be at least, and how many nanoseconds they take together."""
    if not isinstance(given, dict):
        return 1, 0
    return given["min_runs"], given["min_seconds"] * 1e9


def timed(job: Callable[[], Any], least: tuple[int, float]) -> tuple[Any, list[int]]:
    """What a job gives, and the nanoseconds of its runs."""
    runs, nanoseconds = least
    times: list[int] = []
    while not times or len(times) < runs or sum(times) < nanoseconds:
        before = perf_counter_ns()
        output = job()
        times.append(perf_counter_ns() - before)
    return output, times


# --- what an answer looks like --------------------------------------------------------------------


def plain(output: Any) -> Any:
    return np.asarray(output).tolist()


def named(*names: str) -> Callable[[Any], Any]:
    """A tuple's parts by name."""
    return lambda parts: dict(zip(names, map(plain, parts), strict=True))


def first_errors(output: Any) -> Any:
    errors, weights = output
    return {
        "reproj_error": {"elements": plain(errors[0]), "repeated": len(errors)},
        "w_err": {"element": plain(weights[0]), "repeated": len(weights)},
    }


def sampled(output: Any) -> Any:
    """The first thirty and the last of what describes a sparse matrix."""
    rows, cols, vals = (np.append(part[:30], part[-1:]) for part in output)
    return {"rows": plain(rows.astype(int)), "cols": plain(cols.astype(int)), "vals": plain(vals)}


SHAPED: Mapping[tuple[str, str], Callable[[Any], Any]] = {
    ("gmm", "jacobian"): named("alpha", "mu", "q", "l"),
    ("ba", "objective"): first_errors,
    ("ba", "jacobian"): sampled,
}

if __name__ == "__main__":
    if not MULTITHREADED and not ONE_THREAD.items() <= os.environ.items():  # read once, at imports
        module = [sys.executable, "-m", "tests.bench.gradbench", *sys.argv[1:]]
        os.execve(sys.executable, module, os.environ | ONE_THREAD)
    for reply in replies(iter(sys.stdin)):
        print(reply, flush=True)
