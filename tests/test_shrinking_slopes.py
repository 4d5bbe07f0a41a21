"""Slopes that shrink from turn to turn of long loops, until they are no numbers any more."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

import gradcli
from gradcli.engine import request
from gradcli.engine.run import Run
from gradcli.memory import MEMORY

if TYPE_CHECKING:
    from collections.abc import Iterator

TURNS = 7_500
X, H = 0.4, [0.1, -0.2]
NUMBER = "for i in range(n) { x = 0.9*x + y }; x"
LOGISTIC = "for i in range(n) { x = 2.9*x*(1 - x) }; x"
ARRAY = "for i in range(n) { h = 0.9*h + y }; sum(h)"
MANY = "h = 0*ones(64) + x; for i in range(n) { h = 0.9*tanh(h) + y }; h[3]"


@pytest.fixture(autouse=True, params=["plain", "compiled"])
def executor(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """By one Python function, and by machine code."""
    if request.param == "compiled":
        pytest.importorskip("llvmlite")
    monkeypatch.setenv("GRADCLI_EXECUTOR", request.param)
    MEMORY.clear()
    yield
    MEMORY.clear()


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize(
    ("text", "values"),
    [(NUMBER, {"x": X}), (LOGISTIC, {"x": X}), (ARRAY, {"h": H}), (MANY, {"x": X})],
)
def test_what_is_too_small_is_zero(text: str, values: dict[str, Any], dtype: str) -> None:
    """Not what 0.9 of it is rounded to, for ever, in either direction; once and again."""
    given = {**values, "n": TURNS if dtype == "float64" else 2_000}
    given |= {"y": 0.1} if "y" in text else {}
    (name,) = values
    program = gradcli.compile(text, dtype=dtype)
    for _ in range(3):
        assert not np.any(program.grad(given, wrt=name))
    assert not np.any(program.jvp(given, tangent={name: np.ones_like(values[name])}))


def test_slopes_that_stay_are_what_they_were() -> None:
    """Those of full precision, however small, and what each turn has added on the way."""
    _, slopes = gradcli.value_and_grads(NUMBER, x=X, y=0.1, n=TURNS)
    assert slopes["y"] == pytest.approx(10, rel=1e-13)
    (slope,) = gradcli.grads(NUMBER, {"x": X, "y": 0.1, "n": 6700}, wrt=["x"]).values()
    assert slope == pytest.approx(0.9**6700, rel=1e-11)
    assert 1e-307 < slope < 1e-306


def test_a_slope_that_is_zero_has_slopes() -> None:
    """That of x^2 at 0: what is taken for 0 is no constant."""
    text = "for i in range(n) { x = 0.999*x + 0*x^3 }; x^2"
    assert gradcli.grad(text, x=0.0, n=TURNS, wrt="x") == 0
    slope = gradcli.hessian(text, x=0.0, n=TURNS, wrt=["x"])["x"]["x"]
    assert slope == pytest.approx(2 * 0.999 ** (2 * TURNS), rel=1e-11)


TOLD = [
    ("for i in range(n) { x = floor(x) + 0.5 }; x", 2, "only through floor"),
    ("a = y; b = x; for i in range(n) { (a, b) = (b/2, a/2) }; a", 2, "does not depend on x"),
    ("for i in range(n) { x = 0.4*x + floor(y) }; x", 2, "y only through floor"),
    ("a = x; b = 1; for i in range(n) { b = 0.3*b + a; a = 0.3*a }; b", 1, ""),
    ("for i in range(n) { r = x; for j in range(3) { r = 0.5*r }; x = r }; x", 1, ""),
    ("for i in range(n) { x = 2.4*x*(1 - x) }; x", 1, ""),
]
"""Programs whose slopes by x or y are 0, how often they are lowered, and what there is to say."""


@pytest.mark.parametrize(("text", "runs", "words"), TOLD)
def test_turns_are_looked_at_where_they_may_say_more(
    text: str, runs: int, words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of a zero that is one by its numbers alone they say nothing."""
    lowered = []

    def run(*arguments: Any, **options: Any) -> Run:
        lowered.append(1)
        return Run(*arguments, **options)

    monkeypatch.setattr(request, "Run", run)
    wrt = ["y"] if "y only" in words else ["x"]
    given = {"x": X, "n": 1_100} | ({"y": 0.1} if "y" in text else {})
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        assert not any(gradcli.grads(text, given, wrt=wrt).values())
    assert len(lowered) == runs
    assert [words in str(w.message) for w in said] == [True] * bool(words)
