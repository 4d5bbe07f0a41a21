"""The blocked executor against the plain one: the same bits, at every edge of a block."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from gradcli.engine.api import Program
from gradcli.exec import blocked
from gradcli.exec.plain import Evaluator
from gradcli.passes import modes

if TYPE_CHECKING:
    from gradcli.engine.program import Recording

BLOCK = 4

PROGRAMS = [
    "sin(x)*exp(-y^2) + x*y",
    "where(x > 0, sqrt(x), y)/(1 + y^2)",
    "x - mean(x)",
    "softmax(x)*y",
    "cumsum(x*y)^2",
    "(x*y)[::-1] + x",
    "tanh(x)*3 + 2",
    "reshape(x*2, (1, x.size)) + y",
    "sort(x)*y + maximum(x, y)",
    "(x > 0)*sqrt(abs(y))",
    "full_like(x, 7)*y",
    "u = x*y; v = u - sum(u); v^2/sum(exp(v/100))",
]
SUMS = ["sum((sin(x)*y)^2)", "norm(x*y)", "logsumexp(x + y)", "sum(x) * sum(x*y^2)", "mean(x*y)"]


def evaluated(recording: Recording, evaluator: Evaluator, nodes: list[Any]) -> list[Any]:
    """The arrays of nodes; the sizes of what is asked for are those of the nodes."""
    evaluator.run(nodes)
    found = [np.asarray(evaluator(node)) for node in nodes]
    assert [array.shape for array in found] == [node.shape for node in nodes]
    return found


def both(text: str, size: int, threads: int) -> tuple[list[Any], list[Any]]:
    """Value and gradients by both executors."""
    rng = np.random.default_rng(size)
    program = Program(text)
    recording = program.record({name: rng.normal(size=size) for name in program.inputs})
    xs = list(recording.inputs.values())
    gradients = [g for g in modes.reverse(recording.results, xs) if g is not None]
    nodes = [*recording.results, *gradients]
    given = {x: recording.evaluator(x) for x in xs}
    return (
        evaluated(recording, Evaluator(given), nodes),
        evaluated(recording, blocked.BlockedEvaluator(given, threads), nodes),
    )


@pytest.fixture(autouse=True)
def small_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(blocked, "BLOCK", BLOCK)
    monkeypatch.setattr(blocked, "LARGE", 1)


@pytest.mark.parametrize("threads", [1, 3])
@pytest.mark.parametrize("size", [1, BLOCK - 1, BLOCK, BLOCK + 1, 5 * BLOCK + 2])
@pytest.mark.parametrize("text", PROGRAMS)
def test_same_bits(text: str, size: int, threads: int) -> None:
    sums = any(word in text for word in ("mean", "sum", "softmax"))
    for plain, found in zip(*both(text, size, threads), strict=True):
        if sums:
            np.testing.assert_allclose(found, plain, rtol=1e-12, atol=1e-14)
        else:
            np.testing.assert_array_equal(found, plain)


@pytest.mark.parametrize("size", [BLOCK, 7 * BLOCK + 1])
@pytest.mark.parametrize("text", SUMS)
def test_sums(text: str, size: int) -> None:
    one, three = both(text, size, 1), both(text, size, 3)
    for plain, found, threaded in zip(*one, three[1], strict=True):
        np.testing.assert_allclose(found, plain, rtol=1e-12)
        np.testing.assert_array_equal(found, threaded)


def test_no_elements() -> None:
    for plain, found in zip(*both("x*y + sin(x)", 0, 2), strict=True):
        np.testing.assert_array_equal(found, plain)


def test_large_arrays_take_the_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a region alone needs is not kept whole."""
    monkeypatch.setattr(blocked, "LARGE", 10)
    program = Program("sin(x)*exp(x) + x^3")
    recording = program.record({"x": np.linspace(0, 1, 50)})
    recording.evaluator.run(recording.results)
    kept = {node for node in recording.evaluator.values if node.shape == (50,)}
    assert kept == {*recording.inputs.values(), *recording.results}
