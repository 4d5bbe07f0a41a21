"""Regions that are run together, slice by slice."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from gradcli.engine.api import Program
from gradcli.engine.request import ask
from gradcli.engine.settings import Settings
from gradcli.exec import blocked, chains
from gradcli.exec.compiled import crew, product_region, vector_region
from gradcli.exec.executors import COMPILED, PLAIN, Means
from gradcli.exec.plain import Evaluator
from tests.test_blocked import asked, evaluated
from tests.test_compiled import agree_all, values_of

pytest.importorskip("llvmlite")

FIRST = 'layout="NCHW"'
NETWORK = "H = tanh(x @ w + b); -sum(log_softmax(H @ v, 1)*y)"
ATTENTION = "sum((softmax(q @ q.mT/3, -1) @ k)^2)"

TOGETHER = [
    (ATTENTION, {"q": (13, 9, 8), "k": (13, 9, 10)}),
    (NETWORK, {"x": (29, 9), "w": (9, 12), "b": (12,), "v": (12, 8), "y": (29, 8)}),
    (f"sum(conv2d(x, w, {FIRST})^2)", {"x": (5, 3, 18, 19), "w": (8, 3, 3, 3)}),
    (
        f"sum(max_pool2d(relu(conv2d(x, w, {FIRST})), 2, {FIRST})^2)",
        {"x": (9, 2, 17, 17), "w": (8, 2, 2, 2)},
    ),
    ("sum(sin(x @ y)*reshape(y @ x, (17, 9, 9))^2)", {"x": (17, 9, 9), "y": (17, 9, 9)}),
    ("sum(tanh(x @ y)^2, 0)", {"x": (11, 9), "y": (9, 10)}),
    ("sum(pad(tanh(x @ y), ((0, 0), (1, 2)))^2)", {"x": (17, 9), "y": (9, 10)}),
    (
        'sum(sin(einsum("bij,bjk,kl->bil", x, y, z))^2)',
        {"x": (9, 9, 8), "y": (9, 8, 11), "z": (11, 10)},
    ),
    ("z = x @ w + b; sum(log1p(exp(z)) - y*z)", {"x": (150, 9), "w": (9,), "b": (), "y": (150,)}),
]
"""Programs whose slices do not need one another, and shapes."""

APART = [
    ("h = tanh(x @ y); sum(h*h.T)", {"x": (9, 9), "y": (9, 9)}),
    ("h = tanh(x @ y); sum(exp(h @ h))", {"x": (9, 9), "y": (9, 9)}),
    ("h = x @ y; sum(h/sum(h^2))", {"x": (9, 9), "y": (9, 9)}),
    ("h = tanh(x @ y); sum(roll(h, 1, 0)*h)", {"x": (16, 9), "y": (9, 9)}),
    ("sum(pad(tanh(x @ y), ((1, 0), (1, 2)))^2)", {"x": (16, 9), "y": (9, 9)}),
    ("h = tanh(x @ y); sum(h[::-1] @ y)", {"x": (16, 9), "y": (9, 9)}),
    ("h = tanh(x @ y); sum(sin(h.T @ v))", {"x": (16, 9), "y": (9, 9), "v": (16,)}),
    ("h = x @ v; sum((x @ h)^2)", {"x": (16, 16), "v": (16,)}),
    ("h = x @ y; sum(swapaxes(h, 0, 1)*h)", {"x": (9, 9, 9), "y": (9, 9, 9)}),
    ('h = einsum("bij,bjk->ibk", x, y); sum(tanh(h)*h[::-1])', {"x": (9, 9, 9), "y": (9, 9, 9)}),
]
"""The same where some do."""


@pytest.fixture(autouse=True)
def small_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(blocked, "LARGE", 2)
    monkeypatch.setattr(blocked, "STEPS", 1)
    monkeypatch.setattr(chains, "CACHE", 1 << 11)
    monkeypatch.setattr(product_region, "TERMS", 2)
    monkeypatch.setattr(product_region, "LOWEST", 2)
    monkeypatch.setattr(vector_region, "SIZE", 2)


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize(("text", "shapes"), [*TOGETHER, *APART])
def test_value_and_gradients(text: str, shapes: dict[str, Any], dtype: str) -> None:
    """They are those of the plain executor."""
    agree_all(text, values_of(shapes), dtype)


@pytest.mark.parametrize(("text", "shapes"), TOGETHER)
def test_what_goes_together(text: str, shapes: dict[str, Any]) -> None:
    """Several regions are run at once, and no digit hangs on how many threads there are."""
    recording = Program(text).record(values_of(shapes))
    nodes, given = asked(recording)
    found, told = [], []
    for threads in (1, 3):
        evaluator = blocked.BlockedEvaluator(given, Means(threads, COMPILED, told.append))
        found.append(evaluated(recording, evaluator, nodes))
    assert any(line.startswith("together") for line in told)
    for one, other in zip(*found, strict=True):
        np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize("room", [0, 1 << 26])
def test_what_is_spent_is_given_back(room: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Only so much is made together; what nobody needs any more is dropped."""
    monkeypatch.setattr(chains, "ROOM", room)
    recording = Program(ATTENTION).record(values_of(TOGETHER[0][1]))
    nodes, given = asked(recording)
    told: list[str] = []
    evaluator = blocked.BlockedEvaluator(given, Means(2, COMPILED, told.append))
    evaluated(recording, evaluator, nodes)
    assert any(line.startswith("together") for line in told) == bool(room)
    assert not [x for x in evaluator.values if x.size > 100 and x not in nodes and x not in given]


def test_what_was_interrupted_is_not_there(monkeypatch: pytest.MonkeyPatch) -> None:
    """Arrays that are not filled yet are no values: the same evaluator computes them anew."""
    recording = Program(ATTENTION).record(values_of(TOGETHER[0][1]))
    nodes, given = asked(recording)
    evaluator = blocked.BlockedEvaluator(given, Means(2, COMPILED))
    with monkeypatch.context() as patched:
        patched.setattr(crew, "run", interrupted)
        with pytest.raises(KeyboardInterrupt):
            evaluated(recording, evaluator, nodes)
    plain = evaluated(recording, Evaluator(given), nodes)
    for one, other in zip(evaluated(recording, evaluator, nodes), plain, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-12)


def interrupted(*_: object) -> None:
    raise KeyboardInterrupt


def test_a_number_that_is_not_finite(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is found, and named, though others have used it by then."""
    x, told = np.ones((20, 9)), []
    x[12] = 0
    for executor in (PLAIN, COMPILED):
        monkeypatch.setenv("GRADCLI_EXECUTOR", executor)
        given = {"x": x, "w": np.ones((9, 9))}
        answer = ask("value-and-grads", "sum(tanh(log(x @ w))^2, 1)", given, Settings(threads=2))
        told.append([notice.message for notice in answer.warnings])
    assert told[0] == told[1] != []
