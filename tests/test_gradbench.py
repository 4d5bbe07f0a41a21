"""GradBench's evaluations: the adapter's messages, and answers computed elsewhere."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.bench.gradbench import MODULES, replies
from tests.test_golden import mismatches

GOLDEN = Path(__file__).parent / "golden" / "gradbench"

CASES = [
    pytest.param(file.stem, json.loads(line), id=f"{file.stem}-{number}")
    for file in sorted(GOLDEN.glob("*.jsonl"))
    for number, line in enumerate(file.read_text(encoding="utf-8").splitlines())
]


def replied(*messages: dict[str, Any]) -> list[Any]:
    """The answers to messages, which are numbered as they come."""
    lines = (json.dumps({"id": number, **message}) for number, message in enumerate(messages))
    return [json.loads(reply) for reply in replies(lines)]


@pytest.mark.parametrize(("module", "case"), CASES)
def test_answer(module: str, case: dict[str, Any]) -> None:
    message = {"kind": "evaluate", "module": module, "function": case["function"]}
    (answer,) = replied({**message, "input": case["input"]})
    assert answer["success"], answer
    wrong = mismatches(answer["output"], case["output"], 1e-8, 1e-12)
    assert not wrong
    assert all(timing["nanoseconds"] > 0 for timing in answer["timings"])


def test_every_module_has_answers() -> None:
    assert {file.stem for file in GOLDEN.glob("*.jsonl")} == set(MODULES)


MESSAGES = [
    ({"kind": "start", "eval": "lse"}, {"tool": "gradcli"}),
    ({"kind": "define", "module": "lse"}, {"success": True}),
    ({"kind": "define", "module": "x"}, {"success": False, "error": "there is no module 'x'"}),
    ({"kind": "analysis", "of": 1, "valid": True}, {}),
    ({"kind": "something new"}, {}),
    (
        {"kind": "evaluate", "module": "hello", "function": "cube", "input": 3.0},
        {"success": False, "error": "'hello' has no function 'cube'"},
    ),
]


@pytest.mark.parametrize(("message", "answer"), MESSAGES)
def test_message(message: dict[str, Any], answer: dict[str, Any]) -> None:
    assert replied(message) == [{"id": 0, **answer}]


def test_as_many_runs_as_asked() -> None:
    given = {"x": [1.0, 2.0], "min_runs": 3, "min_seconds": 0}
    message = {"kind": "evaluate", "module": "lse", "function": "primal", "input": given}
    (answer,) = replied(message)
    assert len(answer["timings"]) == 3


def test_what_fails_is_an_answer() -> None:
    given = {"x": [], "min_runs": 1, "min_seconds": 0}
    message = {"kind": "evaluate", "module": "lse", "function": "primal", "input": given}
    failed, next_one = replied(message, {"kind": "start"})
    assert not failed["success"]
    assert "no elements" in failed["error"]
    assert next_one["tool"] == "gradcli"
