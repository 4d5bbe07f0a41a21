"""A question is one record in one file: what it says is what shell, jobs and Python do."""

from __future__ import annotations

import json
import shlex
import sys
from typing import TYPE_CHECKING

import pytest

import gradcli
from gradcli.cli.main import cli, run
from gradcli.engine import question as registry
from gradcli.engine import questions

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

MADE_UP = '''
"""The gradient, some times as large."""

from gradcli.engine.gradient import gradients
from gradcli.engine.options import COUNT, WRT, Option
from gradcli.engine.question import EVERYDAY, question

TIMES = Option("times", COUNT, "How large.", "N", default=1)


@question("made-up", group=EVERYDAY, rank=9, options=[WRT, TIMES], answers="made", examples=["x"])
def made_up(run, wrt, times):
    """The gradient of PROGRAM, --times as large."""
    return {name: slope.or_zeros() * times for name, slope in gradients(run, wrt).items()}
'''


@pytest.fixture
def made_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A question in a file of its own, and nothing else touched."""
    (tmp_path / "made_up.py").write_text(MADE_UP, encoding="utf-8")
    monkeypatch.setattr(questions, "__path__", [*questions.__path__, str(tmp_path)])
    yield
    sys.modules.pop(f"{questions.__name__}.made_up", None)
    registry._FOUND.pop("made-up", None)
    for place in (gradcli, gradcli.Program):
        if "made_up" in vars(place):
            delattr(place, "made_up")


@pytest.mark.usefixtures("made_up")
def test_one_file_is_all_that_a_question_takes(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["made-up", "x^2", "--x", "3", "--times", "2", "-o", "json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"made": {"x": 12}}
    assert run(["--help"]) == 0
    assert "The gradient, some times as large." in capsys.readouterr().out
    assert run(["made-up", "--help"]) == 0
    assert "How large." in capsys.readouterr().out
    assert run(["made-up", "x^2", "--x", "3", "--times", "0"]) == 2
    assert "made-up" in cli.list_commands(None)  # type: ignore[arg-type]
    job = {"op": "made-up", "expr": "x^2", "inputs": {"x": 3}, "times": 4}
    wrong = {"op": "grads", "expr": "x^2", "inputs": {"x": 3}, "times": 4}
    first, second = gradcli.batch([job, wrong])
    assert first == {"id": 1, "made": {"x": 24}}
    assert second["error"]["message"] == "grads takes no 'times' at jobs:2"
    assert gradcli.made_up("x^2", x=3, times=5)["x"] == 30
    assert gradcli.compile("x^2").made_up(x=3, times=5)["x"] == 30
    assert "made_up" in dir(gradcli)


def test_a_record_says_only_what_a_question_has() -> None:
    stated = {"group": registry.EVERYDAY, "rank": 1, "examples": []}
    with pytest.raises(TypeError, match="a question has no 'alon'"):
        registry.question("made-up", alon=True, **stated)(print)


@pytest.mark.parametrize("question", registry.every(), ids=lambda question: question.name)
def test_a_record_is_whole(question: registry.Question) -> None:
    assert question.sentence.endswith(".")
    assert question.doc
    assert question.group in registry.GROUPS
    assert len(question.examples) >= 2


EXAMPLES = [line for question in registry.every() for line in question.examples if "|" not in line]


@pytest.mark.parametrize("line", EXAMPLES)
def test_examples_run(line: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "model.grad").write_text("sum(x^2)", encoding="utf-8")
    assert run(shlex.split(line)) == 0
