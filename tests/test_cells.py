"""What is done to cells of arrays, windows and small matrices, by machine code and as it is."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from gradcli.engine.api import Program
from gradcli.errors import MatrixError
from gradcli.exec import blocked
from gradcli.exec.compiled import cell_region
from gradcli.exec.executors import COMPILED, Means
from gradcli.exec.plain import Evaluator
from tests.test_blocked import asked, evaluated
from tests.test_compiled import agree_all, values_of

pytest.importorskip("llvmlite")

FIRST = 'layout="NCHW"'

CELLS = [
    (f"max_pool2d(x, 2, {FIRST})^2", {"x": (2, 3, 6, 22)}),
    (f"max_pool2d(x, 2, {FIRST})", {"x": (2, 3, 4, 10)}),
    (f"max_pool2d(x, 3, 2, {FIRST})^2", {"x": (2, 3, 9, 41)}),
    (f"max_pool2d(x, 2, 3, {FIRST})", {"x": (3, 2, 8, 50)}),
    ("max_pool2d(x, 2)*y", {"x": (2, 6, 4, 5), "y": (5,)}),
    ("max_pool1d(x, 4)^3", {"x": (3, 70, 2)}),
    (f"avg_pool2d(x, 2, {FIRST})^2", {"x": (2, 3, 6, 34)}),
    (f"avg_pool2d(x, 3, 1, {FIRST})^2", {"x": (2, 3, 6, 20)}),
    ("avg_pool3d(x, 2)^2", {"x": (2, 4, 4, 6, 3)}),
    (f"conv2d(x, w, {FIRST})^2", {"x": (2, 2, 16, 19), "w": (3, 2, 3, 3)}),
    (f"conv2d(x, w, 2, 1, {FIRST})^2", {"x": (2, 2, 17, 18), "w": (3, 2, 3, 2)}),
    ("conv2d(x, w, dilations=2)^2", {"x": (2, 8, 9, 2), "w": (2, 3, 2, 3)}),
    ("solve(x + 4*eye(3), y)^2", {"x": (41, 3, 3), "y": (41, 3, 2)}),
    ("solve(x + 4*eye(2), y)", {"x": (3, 1, 2, 2), "y": (4, 2, 1)}),
    ("solve(x.mT + 4*eye(4), y)", {"x": (2, 13, 4, 4), "y": (2, 13, 4, 1)}),
    ("inv(x + 4*eye(3))", {"x": (19, 3, 3)}),
    ("cholesky(x @ x.mT + eye(3))", {"x": (2, 17, 3, 3)}),
    ("solve_triangular(x + 4*eye(3), y, lower=true)", {"x": (41, 3, 3), "y": (41, 3, 2)}),
    ("solve_triangular(x, y, unit_diagonal=true)", {"x": (3, 9, 2, 2), "y": (2, 1)}),
]


@pytest.fixture(autouse=True)
def small_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(blocked, "LARGE", 2)
    monkeypatch.setattr(blocked, "STEPS", 1)
    monkeypatch.setattr(cell_region, "BLOCK", 100)


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize(("text", "shapes"), CELLS)
def test_cells(text: str, shapes: dict[str, Any], dtype: str) -> None:
    """Value and gradients are those of the kernels, whatever is beside a vector of places."""
    agree_all(text, values_of(shapes), dtype)


SPECIAL = [
    (f"max_pool2d(x, 2, {FIRST})", (1, 2, 4, 36)),
    (f"max_pool2d(x, 3, 2, {FIRST})", (1, 2, 7, 43)),
    (f"avg_pool2d(x, 2, {FIRST})", (1, 2, 4, 36)),
]


@pytest.mark.parametrize("special", [0.0, 1.0, np.inf, -np.inf, np.nan])
@pytest.mark.parametrize(("text", "shape"), SPECIAL)
def test_special_values(text: str, shape: tuple[int, ...], special: float) -> None:
    """Ties, and numbers that are not finite, of which the kernels have the last word."""
    rng = np.random.default_rng(2)
    x = rng.integers(0, 3, shape) + np.eye(shape[-2], shape[-1]) * 4.0
    x[0, ..., 1, 2] = special
    agree_all(text, {"x": x}, "float64")


def test_all_of_it_goes_place_by_place() -> None:
    """What takes the time is machine code: value, derivative, and whether there are ties."""
    text = f"sum(max_pool2d(x, 2, {FIRST})^2)"
    told: list[str] = []
    recording = Program(text).record({"x": np.ones((1, 2, 64, 64))})
    nodes, given = asked(recording)
    machine = blocked.BlockedEvaluator(given, Means(2, COMPILED, told.append))
    evaluated(recording, machine, nodes)
    lines = [line for text in told for line in text.splitlines() if "window" in line]
    assert len(lines) == sum("place by place" in text for text in told) > 1


def test_a_singular_matrix_in_a_stack() -> None:
    """It is an error as it is by itself."""
    x = np.ones((20, 3, 3)) + np.eye(3)
    x[7] = 1.0
    recording = Program("solve(x, y)").record({"x": x, "y": np.ones((20, 3, 1))})
    _, given = asked(recording)
    for machine in (Evaluator(given), blocked.BlockedEvaluator(given, Means(2, COMPILED))):
        with pytest.raises(MatrixError, match="singular"):
            machine.run(recording.results)
