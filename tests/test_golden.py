"""Answers computed elsewhere, in `golden/`: formulas, edges of numerics.md, and command lines.

The list of what is open only shrinks: a case that passes and still stands in it is a failing test.
"""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from gradcli.cli.main import run
from gradcli.data.console import Console
from gradcli.engine.request import ask

HERE = Path(__file__).parent
GOLDEN = HERE / "golden"
SOURCE = HERE.parents[1] / "shared" / "golden"

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
    options = {name: case[name] for name in ("wrt", "order") if name in case}
    found = ask(case["op"], case["expr"], values, **options)
    return {"value": found.value, found.kind: found.parts}


def checked(case: dict[str, Any]) -> dict[str, Any]:
    """The parts of a case that are checked."""
    return {
        key: case[key]
        for key in case.keys() & {"value", "grads", "jacobian", "hessian", "derivative"}
    }


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
    assert wrong(case, 1e-12, 1e-15) == ""


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
    got = printed(case["args"])
    single = "float32" in case["args"]
    for key, wanted in case["json"].items():
        assert mismatches(got[key], wanted, 1e-6 if single else 1e-9, 1e-15) == ""


@pytest.mark.parametrize("case", cases("taylor"))
def test_taylor(case: dict[str, Any]) -> None:
    """Power series: a coefficient is measured by the largest of those about it."""
    got, wanted = printed(case["args"]), case["json"]
    tolerance = 10.0 ** -case["digits"]
    if "taylor" not in wanted:
        (key,) = wanted
        assert mismatches(got[key], wanted[key], tolerance, 1e-13) == ""
        return
    found, exact = array(got["taylor"]["x"]), array(wanted["taylor"]["x"])
    padded = np.pad(np.abs(exact), 2)
    largest = np.max([padded[i : i + len(exact)] for i in range(5)], axis=0)
    assert found.shape == exact.shape
    assert (np.abs(found - exact) <= tolerance * largest + 1e-13 * (exact == 0)).all()


@pytest.mark.parametrize("path", sorted(GOLDEN.glob("*.jsonl")), ids=lambda path: path.name)
def test_copy_is_current(path: Path) -> None:
    """The copy is that of the shared folder, where there is one beside the repository."""
    if (SOURCE / path.name).is_file():
        assert path.read_bytes() == (SOURCE / path.name).read_bytes(), "copy the file again"
