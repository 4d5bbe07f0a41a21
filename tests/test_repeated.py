"""A program called again gives what a new program gives, whichever way it is run."""

from __future__ import annotations

import gc
import warnings
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import pytest

import gradcli
from gradcli.engine import repeated
from gradcli.exec import blocked, region
from gradcli.memory import MEMORY

PROGRAMS = [
    ("x*y + sin(x)", 2),
    ("sum(100*(x[1:] - x[:-1]^2)^2 + (1 - x[:-1])^2)", 5),
    ("if sum(x) > 1 { z = x^2 } else { z = 3*x }; z", 3),
    ("s = 0; for i in range(4) { s = s + x^i }; s", 3),
    ("n = 0; while n < 3 { x = sin(x); n = n + 1 }; x", 2),
    ("y = x; stop_gradient(x)*x + 0*sum(y)", 3),
    ("A = [[1, 2], [3, 4]]; x @ A @ x", 2),
    ("grad(x^3, x)*x", 3),
    ("max(x) + floor(x)", 3),
]


@pytest.fixture(params=["steps", "plans"], autouse=True)
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both ways of running a graph again, whatever the size."""
    if request.param == "plans":
        monkeypatch.setattr(repeated, "SMALL", 0)
        monkeypatch.setattr(blocked, "LARGE", 2)
        monkeypatch.setattr(region, "BLOCK", 2)


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize(("text", "size"), PROGRAMS)
def test_again(text: str, size: int, dtype: str) -> None:
    program = gradcli.compile(text, dtype=dtype)
    rng = np.random.default_rng(1)
    for shape in [(size,)] * 5 + ([()] * 4 if "[" not in text and "@" not in text else []):
        inputs: dict[str, Any] = {name: rng.normal(size=shape) for name in program.inputs}
        value, found = program.value_and_grads(**inputs)
        expected, slopes = gradcli.compile(text, dtype=dtype).value_and_grads(**inputs)
        np.testing.assert_array_equal(value, expected)
        assert value.dtype == expected.dtype == np.dtype(dtype)
        assert list(found) == list(slopes)
        for name, slope in slopes.items():
            assert slope is not None
            np.testing.assert_array_equal(found[name], slope)


OWN = ["x", "exp(x)", "(x, x)", "y = x; y", "transpose(x)", "2*linspace(0, 1, 3) + x", "[x, x]"]


@pytest.mark.parametrize("text", [*OWN, "stop_gradient(x)", "2*linspace(0, 1, 3) + 0*sum(x)"])
def test_answers_belong_to_the_caller(text: str) -> None:
    """What a caller writes into an answer changes nothing else, however often it is called."""
    program = gradcli.compile(text)
    x = np.array([1.0, 2.0, 3.0])
    expected = gradcli.value_and_grads(text, x=x.copy())
    for _ in range(4):
        value, slopes = program.value_and_grads(x=x)
        for part in value if isinstance(value, tuple) else (value,):
            part[...] = -7
        np.testing.assert_array_equal(slopes["x"], expected[1]["x"])
        slopes["x"][...] = -8
        np.testing.assert_array_equal(program(x=x), expected[0])
        assert x.tolist() == [1, 2, 3]


def test_in_threads() -> None:
    program = gradcli.compile("sin(x)*y + x^2")
    points = [(i / 7, 1 - i / 5) for i in range(200)]

    def ask(point: tuple[float, float]) -> Any:
        return program.value_and_grads(x=point[0], y=point[1])

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(ask, points))
    for point, (value, slopes) in zip(points, answers, strict=True):
        expected, exact = gradcli.value_and_grads("sin(x)*y + x^2", x=point[0], y=point[1])
        assert value == expected
        assert slopes == exact


@pytest.mark.parametrize("text", ["1e308 + 0*x", "logit(x)", "x/0"])
@pytest.mark.filterwarnings("ignore::gradcli.GradcliWarning")
def test_infinite_again(text: str) -> None:
    """NumPy warns of nothing where an answer, or the sum of its elements, is infinite."""
    program = gradcli.compile(text)
    first, *others = [program(x=[0.0, 1.0, -1.0]).tolist() for _ in range(4)]
    assert [str(again) for again in others] == [str(first)] * 3


def test_wrong_again() -> None:
    program = gradcli.compile("x*y")
    for _ in range(3):
        program.grads(x=1.0, y=2.0)
    with pytest.raises(gradcli.InputError, match="no value for 'y'"):
        program.grads(x=1.0)
    with pytest.raises(gradcli.InputError, match="not numbers"):
        program.grads(x=1.0, y="two")


def test_nothing_of_a_run_waits_for_the_garbage_collector() -> None:
    """A graph, its nodes and the tree are free as soon as the answer is given."""
    texts = [f"sin(x*{i}) + y*exp(x)" for i in range(50)]
    gradcli.grads("cos(x) + y*exp(x)", x=0.5, y=2.0)  # modules are imported when first used
    MEMORY.clear()
    gc.collect()
    gc.disable()
    try:
        before = len(gc.get_objects())
        for text in texts:
            gradcli.Program(text).value_and_grads(x=0.5, y=2.0)
        assert len(gc.get_objects()) - before < 20 * len(texts)
    finally:
        gc.enable()


SEEDED: list[tuple[str, dict[str, Any]]] = [
    ("hvp", {"tangent": {"x": 1}}),
    ("hvp", {"tangent": {"x": 1, "y": 1}}),
    ("hvp", {"tangent": {"x": 1, "y": 0}}),
    ("jvp", {"tangent": {"y": 1}}),
    ("directional", {"tangent": {"x": 1}}),
    ("vjp", {"dy": 1}),
]


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize(("question", "options"), SEEDED)
def test_large_seeds(question: str, options: dict[str, Any], dtype: str) -> None:
    """A large seed or direction may be another at each call."""
    text = "sum(x^3*y + sin(y*x))" if question == "hvp" else "x^3*y + sin(y*x)"
    program, rng = gradcli.compile(text, dtype=dtype), np.random.default_rng(2)

    def seeds(item: Any) -> Any:
        if isinstance(item, dict):
            return {name: seeds(part) for name, part in item.items()}
        return item * rng.normal(size=100)

    for _ in range(4):
        inputs = {"x": rng.normal(size=100), "y": rng.normal(size=100)}
        given = {name: seeds(item) for name, item in options.items()}
        again = getattr(program, question)(**inputs, **given)
        fresh = gradcli.compile(f"{text} + 0*{rng.integers(1 << 40)}", dtype=dtype)
        first = getattr(fresh, question)(**inputs, **given)
        np.testing.assert_equal(again, first)


def test_seeds_that_are_one_array() -> None:
    program, both = gradcli.compile("sum(x^2*y)"), np.ones(100)
    for k in range(4):
        other = both if k < 3 else 2 * both
        found = program.hvp(x=both, y=both, tangent={"x": both, "y": other})
        assert found["y"].tolist() == [2.0] * 100
        assert found["x"].tolist() == [2.0 + 2 * other[0]] * 100


def test_a_direction_is_not_given_away() -> None:
    program, x, v = gradcli.compile("x"), np.zeros(100), np.ones(100)
    for _ in range(4):
        program.jvp(x=x, tangent={"x": v})[...] = 7
        assert v.tolist() == [1.0] * 100


DECIDED: list[tuple[str, list[dict[str, Any]]]] = [
    (
        "for i in range(n) { x = r*x*(1 - x) }; x",
        [{"x": 0.4, "r": 2.9, "n": n} for n in (100, 100, 100, 90, 100)],
    ),
    ("if x > 1 { z = x^2 } else { z = 3*x }; z", [{"x": x} for x in (2.0, 2.0, 2.0, 0.5, 2.0)]),
    ("if 1/x > 0 { z = x } else { z = 2*x }; z + y", [{"x": 0.0, "y": y} for y in (1.0, 2.0, 3.0)]),
    ("if 1/x > 0 { z = x } else { z = 2*x }; z + 1", [{"x": x} for x in (0.0, 0.0, -0.0, 0.0)]),
    ("while s > 0.5 { s = s*y }; s*x", [{"s": 9.0, "x": x, "y": 0.9} for x in (1.0, 2.0, 3.0)]),
]


@pytest.mark.parametrize(("text", "points"), DECIDED)
def test_decided_again(text: str, points: list[dict[str, Any]]) -> None:
    """What is kept holds for the very numbers that the program decides by."""
    program = gradcli.compile(text)
    for k, point in enumerate(points):
        fresh = gradcli.compile(text + " " * (k + 1))
        np.testing.assert_equal(program.value_and_grads(**point), fresh.value_and_grads(**point))
        np.testing.assert_equal(program(**point), fresh(**point))


@pytest.mark.parametrize("x", [0.4, 0.0])
def test_a_zero_behind_a_loop_has_its_reason_again(x: float) -> None:
    """A kept loop, whose turns nobody sees, is run turn by turn for it."""
    text = "for i in range(n) { x = r*x*(1 - x) }; x"
    program = gradcli.compile(text)
    for _ in range(3):
        program.grads(x=0.4, r=2.9, n=100, wrt=["x", "r"])

    def told(asked: Any) -> list[str]:
        with warnings.catch_warnings(record=True) as notices:
            warnings.simplefilter("always")
            asked.grads(x=x, r=2.9, n=100, wrt=["x", "r"])
        return [str(notice.message) for notice in notices]

    assert told(program) == told(gradcli.compile(f"{text} "))
