"""Jobs that differ in their numbers alone are answered fast, and as each is by itself."""

from __future__ import annotations

import json
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

import pytest

import gradcli
from gradcli.data.job_numbers import numbers_of
from gradcli.data.jobs import Raw
from gradcli.engine.in_rows import ROWS
from gradcli.engine.jobs.alike import Alike
from gradcli.engine.jobs.lines import Answered
from gradcli.engine.jobs.runner import FEW, Runner
from gradcli.engine.jobs.setup import Setup
from gradcli.engine.repeated import Repeated
from gradcli.engine.settings import Settings
from gradcli.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

EXPR = "x*y + log(x)*exp(-y)"

OPS = ["grads", "value-and-grads", "eval", "derivative", "hessian", "jvp", "grad"]

OTHERS = [
    '{"expr": "%s", "inputs": {"x": 0, "y": 1}}',
    '{"expr": "%s", "inputs": {"x": -0.0, "y": 1}}',
    '{"expr": "%s", "inputs": {"x": -0, "y": 1}}',
    '{"expr": "%s", "inputs": {"x": 2, "y": 1, "y": 3}}',
    '{"expr": "%s", "inputs": {"x": 2, "y": 1}, "id": 1, "id": 2}',
    '{"expr": "%s", "inputs": {"x": 2, "y": 123456789012345678901}}',
    '{"expr": "%s", "inputs": {"x": 2, "y": 9007199254740993}}',
    '{"expr": "%s", "inputs": {"x": 2, "y": 1e400}}',
    '{"expr": "%s", "inputs": {"x": 2, "y": true}}',
    '{"expr": "%s", "inputs": {"x": 2, "y": [1, 2]}}',
    '{"expr": "%s", "inputs": {"x": 2, "y": "NaN"}}',
    '{"expr": "%s", "inputs": {"x": 2, "y": NaN}}',
    '{"expr": "%s", "inputs": {"x": 2, "y": 1, "z": 4}}',
    '{"expr": "%s", "inputs": {"x": 2}}',
    '{"expr": "%s", "inputs": {"y": 2, "x": 3.5}}',
    '{"expr": "%s", "inputs": {"x": 2, "y": 1}, "id": "a \\"b\\" é"}',
    '{"expr": "%s", "inputs": {"x": 2, "y": 1}, "id": "one"}',
    '{"expr": "%s", "inputs": {"x": 2, "y": 1}, "id": 7}',
    '{"expr": "%s", "inputs": {"x": 2, "y": 1}, "id": 123456789012345678901234}',
    '{"expr": "%s", "inputs": {"x": 2, "y": 1}, "id": 1.50}',
    '{"expr": "%s", "inputs": {"x": 2, "y": 1}, "id": null}',
    '{"expr": "%s", "inputs": {"x": 2, "y": 1}, "id": [1]}',
    '{"expr": "%s", "inputs": {"x": 2, "y": 1}, "wrt": ["x"]}',
    '{"expr": "%s", "inputs": {"x": 2, "y": 1}, "op": "eval"}',
    '{"expr": "%s", "inputs": {"x": 2, "y": 1}, "grads": 4}',
    '{"expr": "%s", "inputs": {"x": 2, "y": 1}, "wrong": 4}',
    '{"expr": "%s", "inputs": {"x": 2, "y": 1}',
    '{"expr": "%s", "inputs": 5}',
    "[1]",
]


def lines(op: str) -> list[str]:
    """Jobs of numbers, and between them others that look like them."""
    numbers = [
        json.dumps({"expr": EXPR, "inputs": {"x": 0.5 + i, "y": 2 - i}, "op": op}) for i in range(3)
    ]
    others = [text % EXPR if "%s" in text else text for text in OTHERS]
    others += [text.replace('"inputs"', f'"op": "{op}", "inputs"') for text in others]
    return [*numbers, *others, *numbers]


def raws(texts: list[str]) -> list[Raw]:
    return [Raw(i, i, "jsonl", f"{text}\n".encode()) for i, text in enumerate(texts, 1)]


def one_by_one(answers: Iterable[Answered | None]) -> list[Answered | None]:
    """Answers with a line each."""
    return [
        answer and Answered(f"{line}\n", answer.failed)
        for answer in answers
        for line in (answer.line.split("\n")[:-1] if answer else [""])
    ]


def together_and_alone(texts: list[str], setup: Setup) -> tuple[list[Any], list[Any]]:
    """The answers of one runner to all, of one to each after another, and of a runner for each."""
    jobs = raws(texts)
    alone = [Runner(setup).answer(job) for job in jobs]
    return one_by_one(Runner(setup).answers(jobs)), alone


@pytest.mark.parametrize("shared", [{}, {"y": 0.25}, {"y": [1.0, 2.0]}])
@pytest.mark.parametrize("op", OPS)
@pytest.mark.parametrize("copies", [1, FEW, ROWS + 3])
def test_each_is_answered_as_by_itself(copies: int, op: str, shared: dict[str, Any]) -> None:
    first, *rest = lines(op)
    few = rest if copies < ROWS else rest[:6]
    texts = [text for text in few for _ in range(2)] + [first] * copies + rest[:2] * copies
    together, alone = together_and_alone(texts, Setup(values=shared))
    assert together == alone


@pytest.mark.parametrize("settings", [Settings(dtype="float32"), Settings(unconnected="none")])
def test_settings_hold(settings: Settings) -> None:
    together, alone = together_and_alone(lines("grads") * 2, Setup(settings=settings))
    assert together == alone


def test_rows_with_more_to_say_are_answered_by_themselves() -> None:
    """An infinite value, a gradient that is zero, a convention at a kink, no gradient at all."""
    values = [1, 2, 0, 3, -1, 4, 5, 6, 7, 0, 8, 9] * 3
    some = "log(x)", "abs(x)*x^0.5", "relu(x)", "relu(x) - relu(-x)", "max(x, 3*x)", "1/x"
    for expr in (*some, "floor(x)", "3"):
        texts = [json.dumps({"expr": expr, "inputs": {"x": x}, "id": f"n{x}"}) for x in values]
        together, alone = together_and_alone(texts, Setup())
        assert together == alone
        answers = Runner(Setup()).answers(raws(texts))
        has_rows = any(answer and answer.jobs > 1 for answer in answers)
        assert has_rows is (expr in some and find_spec("orjson") is not None)


@pytest.mark.parametrize("broken", [["rows"], ["rows", "__call__"]])
def test_errors_are_those_of_each(broken: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    texts = [json.dumps({"expr": "x^3", "inputs": {"x": i}}) for i in range(20)]
    _, alone = together_and_alone(texts, Setup())

    def fail(*_: Any) -> None:
        raise InputError("nothing works")

    for name in broken[:1]:
        monkeypatch.setattr(Repeated, name, fail)
    runner = Runner(Setup())
    answers = one_by_one(runner.answers(raws(texts[:3])))
    for name in broken[1:]:
        monkeypatch.setattr(Alike, "together", lambda *_: None)
        monkeypatch.setattr(Repeated, name, fail)
    answers += one_by_one(runner.answers(raws(texts)[3:]))
    assert answers[:3] == alone[:3]
    if broken == ["rows"]:
        assert answers == alone
    else:
        assert all(answer.failed and "nothing works" in answer.line for answer in answers[3:])


def test_what_is_still_to_come_is_not_waited_for() -> None:
    jobs = raws([json.dumps({"expr": "x^2", "inputs": {"x": i}}) for i in range(20)])
    waiting = [raw for job in jobs for raw in (job, None)]
    answers = [*Runner(Setup()).answers(waiting)]
    assert [answer is None for answer in answers] == [False, True] * 20


def test_python_has_an_answer_for_each(tmp_path: Path) -> None:
    """Also where several have been written together."""
    path = tmp_path / "jobs.jsonl"
    path.write_text("".join(f'{{"expr": "x^2", "inputs": {{"x": {x}}}}}\n' for x in range(600)))
    answers = [*gradcli.batch(path, op="grads")]
    assert [answer["grads"]["x"] for answer in answers] == [2 * x for x in range(600)]


def test_most_are_computed_in_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("orjson")
    alone = []
    answer = Runner.answer
    monkeypatch.setattr(Runner, "answer", lambda self, raw: alone.append(raw) or answer(self, raw))
    texts = [json.dumps({"expr": "x^2 + 3*x*y", "inputs": {"x": i, "y": 2}}) for i in range(1, 99)]
    answers = [*Runner(Setup()).answers(raws(texts))]
    assert len(one_by_one(answers)) == 98
    assert len(alone) <= 3
    assert max(answer.jobs for answer in answers if answer is not None) > 30


@pytest.mark.parametrize(
    ("line", "is_plain"),
    [
        (b'{"expr": "x", "inputs": {"x": 1}}', True),
        (b'{"expr": "x", "inputs": {"x": 1}, "inputs": {"x": 1}}', False),
        (b'{"expr": "x", "inputs": {"x": 1, "x": 1}}', False),
        (b'{"expr": "x\\n", "inputs": {"x": 1}}', False),
        (b'{"expr": "x", "inputs": {"x": 1}, "dtype": "float32"}', False),
        (b'{"expr": "x", "inputs": {"x": [1]}}', False),
        (b'{"expr": "x"}', False),
        (b"x", False),
    ],
)
def test_what_is_read_fast(line: bytes, is_plain: bool) -> None:
    pytest.importorskip("orjson")
    assert (numbers_of(Raw(1, 1, "jsonl", line)) is not None) == is_plain
