"""Answers computed elsewhere, in `golden/`: formulas, edges of numerics.md, and command lines.

The lists of what is open only shrink: a case that passes, or a command that exists, and still
stands in one is a failing test.
"""

from __future__ import annotations

import contextlib
import io
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from gradcli.cli.main import COMMANDS, run
from gradcli.data.console import Console
from gradcli.engine.api import Program
from gradcli.errors import ProgramNameError
from gradcli.ir.words import WORDS
from gradcli.passes import modes

HERE = Path(__file__).parent
GOLDEN = HERE / "golden"
SOURCE = HERE.parents[1] / "shared" / "golden"

UNSTABILISED = (21, 24, 29, 86, 89, 90, 93, 94, 95, 96, 98, 99, 138, 192, 193, 196, 197, 211, 213)
FUNCTIONS_TO_COME = (114, 120, 126, 154, 161, 163, 169, 177, 181)
OPEN_EDGES = {f"edge-{number}" for number in (*UNSTABILISED, *FUNCTIONS_TO_COME)}
"""Edges of numerics.md that are not right yet."""

NOT_YET: set[str] = set()
"""Commands of the golden programs that do not exist yet."""

NUMBERS = {"NaN": np.nan, "Infinity": np.inf, "-Infinity": -np.inf}


def cases(name: str) -> list[Any]:
    """The lines of a golden file, each under its own id."""
    lines = (GOLDEN / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()
    return [pytest.param(case, id=case["id"]) for case in map(json.loads, lines)]


def numbers(value: Any) -> Any:
    """A value of JSON with the numbers that JSON lacks."""
    if isinstance(value, list):
        return [numbers(part) for part in value]
    return NUMBERS.get(value, value) if isinstance(value, str) else value


def array(value: Any) -> Any:
    """A value of JSON as an array of numbers."""
    return np.asarray(numbers(value), float)


def mismatches(got: Any, wanted: Any, relative: float, absolute: float = 0.0) -> str:
    """What is wrong with an answer, or nothing: `absolute` is for an expectation of 0."""
    if isinstance(wanted, dict):
        if not isinstance(got, dict) or got.keys() != wanted.keys():
            return f"{got} has not the keys of {wanted}"
        found = (mismatches(got[key], wanted[key], relative, absolute) for key in wanted)
        return next(filter(None, found), "")
    if got is None or wanted is None:
        return "" if got is wanted else f"{got} is not {wanted}"
    got, wanted = array(got), array(wanted)
    if got.shape != wanted.shape:
        return f"the shape {got.shape} is not {wanted.shape}"
    return "" if _close(got, wanted, relative, absolute).all() else f"{got} is not {wanted}"


def _close(got: Any, wanted: Any, relative: float, absolute: float) -> Any:
    finite = np.isfinite(wanted)
    largest = np.max(np.abs(wanted[finite]), initial=1.0)
    with np.errstate(invalid="ignore"):
        near = np.abs(got - wanted) <= relative * np.abs(wanted)
    near = np.where(wanted == 0, np.abs(got) <= absolute * largest, near)
    return np.where(finite, near, (got == wanted) | (np.isnan(got) & np.isnan(wanted)))


# --- formulas and edges -------------------------------------------------------------------------


def answer(case: dict[str, Any]) -> dict[str, Any]:
    """What the engine answers to a job."""
    values = {name: array(x) for name, x in case["inputs"].items()}
    program = Program(case["expr"], wrt=case.get("wrt"))
    if case["op"] == "value-and-grads":
        value, grads = program.value_and_grads(**values)
        return {"value": value, "grads": grads}
    run = program.record(values)
    (y,) = run.results
    if case["op"] == "derivative":
        return {"derivative": {n: _nth(run, y, x, case["order"]) for n, x in run.inputs.items()}}
    if case["op"] == "jacobian":
        return {"jacobian": {n: run.arrays(modes.jacobian(y, x)) for n, x in run.inputs.items()}}
    return {
        "hessian": {
            n: {m: run.arrays(modes.hessian(y, x, by)) for m, by in run.inputs.items()}
            for n, x in run.inputs.items()
        }
    }


def _nth(run: Any, y: Any, x: Any, order: int) -> Any:
    for _ in range(order):
        (found,) = modes.reverse([y], [x])
        y = WORDS["spread"](run.graph.constant(0.0), x.shape) if found is None else found
    return run.arrays(y)


def checked(case: dict[str, Any]) -> dict[str, Any]:
    """The parts of a case that are checked."""
    return {key: case[key] for key in case.keys() & {"value", "grads", "jacobian", "hessian",
                                                     "derivative"}}  # fmt: skip


def wrong(case: dict[str, Any], relative: float, absolute: float) -> str:
    """What is wrong with the engine's answer to a case."""
    given = answer(case)
    return mismatches({key: given[key] for key in checked(case)}, checked(case), relative, absolute)


@pytest.mark.parametrize("case", cases("formulas"))
def test_formula(case: dict[str, Any]) -> None:
    """Composed formulas: within 1e-9."""
    assert wrong(case, 1e-9, 1e-15) == ""


@pytest.mark.parametrize("case", cases("edges"))
def test_edge(case: dict[str, Any]) -> None:
    """Kinks, poles and cancellation: within 1e-12."""
    if case["id"] not in OPEN_EDGES:
        assert wrong(case, 1e-12, 1e-15) == ""
        return
    with contextlib.suppress(ProgramNameError):
        assert wrong(case, 1e-12, 1e-15), "it is right now: take it off the list"


# --- programs -----------------------------------------------------------------------------------


def printed(args: list[str]) -> Any:
    """What a command line answers in JSON."""
    out, err = io.StringIO(), io.StringIO()
    status = run([*args, "-o", "json"], Console(io.BytesIO(), out, err, {}, width=100))
    assert (status, err.getvalue()) == (0, "")
    return json.loads(out.getvalue())


@pytest.mark.parametrize("case", cases("programs"))
def test_program(case: dict[str, Any]) -> None:
    """Command lines: what they print as JSON, within 1e-9."""
    if case["args"][0] in NOT_YET:
        return
    got = printed(case["args"])
    single = "float32" in case["args"]
    for key, wanted in case["json"].items():
        assert mismatches(got[key], wanted, 1e-6 if single else 1e-9, 1e-15) == ""


def test_not_yet_does_not_rot() -> None:
    """A command that exists is tested, and every command on the list is in a program."""
    assert sorted(NOT_YET & COMMANDS.keys()) == []
    assert {case.values[0]["args"][0] for case in cases("programs")} >= NOT_YET


@pytest.mark.parametrize("path", sorted(GOLDEN.glob("*.jsonl")), ids=lambda path: path.name)
def test_copy_is_current(path: Path) -> None:
    """The copy is that of the shared folder, where there is one beside the repository."""
    if SOURCE.is_dir():
        assert path.read_bytes() == (SOURCE / path.name).read_bytes(), "copy the file again"
