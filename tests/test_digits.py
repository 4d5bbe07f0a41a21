"""Formulas that cancel or overflow as they are written, to their last digits, and their slopes."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import mpmath
import numpy as np
import pytest

from gradcli.engine.api import Program
from gradcli.engine.request import ask
from gradcli.engine.settings import Settings

ROWS = [
    [part.strip() for part in line.split(";")]
    for line in (Path(__file__).parent / "digits.txt").read_text("utf-8").splitlines()
    if line and line[0] != "#"
]
CLOSE = (1e-14, 1e-13, 1e-12)
"""Relative errors of a value, its slope, and that one's slope."""

mp = mpmath.MPContext()
mp.dps = 450
WORDS = {name: getattr(mp, name) for name in dir(mp) if name[0].isalpha()} | {"ndtr": mp.ncdf}


def derivative(formula: str, x: float, order: int) -> float:
    """The derivative of a formula in one x, by central differences with 450 digits."""
    f = eval(f"lambda x: {formula.replace('^', '**')}", WORDS)
    at = mp.mpf(x)
    h = abs(at) * mp.mpf("1e-60")
    if order == 0:
        value = f(at)
    elif order == 1:
        value = (f(at + h) - f(at - h)) / (2 * h)
    else:
        value = (f(at + h) - 2 * f(at) + f(at - h)) / (h * h)
    return float(mp.re(value))


def answers(formula: str, x: float, most: int) -> list[Any]:
    """Value, slopes in both modes, second slope; pairs of an order and a number."""
    found: list[Any] = [(0, Program(formula)(x=x))]
    if most > 0:
        for method in ("reverse", "forward"):
            slope = Program(formula, settings=Settings(method=method)).grads(x=x)["x"]
            found.append((1, slope))
    if most > 1:
        found.append((2, Program(f"grad(grad({formula}, x), x)")(x=x)))
    return found


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0])
def test_digits_are_kept(row: list[str]) -> None:
    formula, points, *few = row
    for x in map(float, points.split()):
        for order, number in answers(formula, x, int(few[0]) if few else 2):
            exact = derivative(formula, x, order)
            assert math.isclose(number, exact, rel_tol=CLOSE[order], abs_tol=1e-307), (x, order)


# question, program, inputs, what is said (nothing: "")
TOLD: list[tuple[str, str, dict[str, Any], str]] = [
    ("eval", "1 - exp(-x^2)*cos(x)", {"x": 1e-9}, "all 16 digits of the value are lost"),
    ("eval", "1 - exp(-x^2)*cos(x)", {"x": [1, 1e-9]}, "digits of element [1] of the value"),
    ("eval", "(exp(x) - 2 + exp(-x))/x^2", {"x": 1e-7}, "about 15 of 16 digits of the value"),
    ("grad", "(exp(x) - 2 + exp(-x))/x^2", {"x": 1e-7}, "all 16 digits of the derivative by x"),
    ("eval", "mean(x^2) - mean(x)^2", {"x": [1e8 + 1, 1e8 + 2, 1e8 + 3]}, "all 16 digits"),
    ("eval", "sqrt(b^2 - 4*c + 1) - b", {"b": 1e9, "c": 1}, "sqrt(b^2 - 4*c + 1) - b is a small"),
    ("value-and-grad", "sqrt(x^2 + x) - x", {"x": 1e15}, "digits of the derivative by x"),
    ("eval", "x^2 - 2*x + 1", {"x": 1.0000001}, "about 15 of 16 digits"),
    ("eval", "exp(x) - cos(x) - sin(x)", {"x": 1e-6}, "of 16 digits"),
    ("eval", "(x + y) - x", {"x": 1e16, "y": 0.1}, "all 16 digits"),
    ("eval", "(x + 9e18) - 9e18", {"x": 1}, "all 16 digits"),
    ("grad", "log(softmax(x)[0])", {"x": [40, 1]}, "its parts nearly cancel at log(softmax(x)[0])"),
    ("eval", "x/(2 + x^3)", {"x": 1e150}, "x^3 overflows, and the value hangs on it: 0"),
    ("eval", "exp(x)/(2 + exp(2*x))", {"x": 400}, "exp(2*x) overflows"),
    ("eval", "x^3/x^2", {"x": 1e-150}, "x^3 underflows"),
    # rounding of the inputs does as much, nothing is rounded, the answer is 0 anywhere, or it is
    # what the limit is
    ("eval", "x + y - 0.3", {"x": 0.1, "y": 0.2}, ""),
    ("grads", "sum((y - a*x - b)^2)", {"x": [1, 2, 3], "y": [2.1, 4.2, 6.3], "a": 2.1, "b": 0}, ""),
    ("eval", "x^2 - 2*x + 1", {"x": 1}, ""),
    ("eval", "x^2 - 2", {"x": 2**0.5}, ""),
    ("eval", "(x + 1e19) - 1e19", {"x": 1}, ""),
    ("eval", "sin(x)^2 + cos(x)^2 - 1", {"x": 1.3}, ""),
    ("eval", "(x + y)^2 - x^2 - 2*x*y - y^2", {"x": 1.1, "y": 2.3}, ""),
    ("grad", "sum(softmax(x))", {"x": [1, 2, 3]}, ""),
    ("eval", "atan(x^2)", {"x": 1e200}, ""),
    ("value-and-grad", "1/(1 + x^4)", {"x": 1e100}, ""),
    ("value-and-grad", "log(softmax(x)[0])", {"x": [100, 1, 2]}, ""),
    ("value-and-grad", "max(x) - min(x)", {"x": [1, 1, 1]}, ""),
    ("value-and-grad", "exp(-x^2)", {"x": 1e200}, ""),
    ("value-and-grad", "1/(2 + x^2)", {"x": 1e200}, ""),
    ("value-and-grad", "where(x > 0, x, exp(exp(x)))", {"x": 10}, ""),
    ("value-and-grad", "x*exp(-x)", {"x": 800}, ""),
]


@pytest.mark.parametrize(("question", "text", "inputs", "said"), TOLD)
def test_lost_digits_are_told(question: str, text: str, inputs: dict[str, Any], said: str) -> None:
    arrays = {name: np.asarray(x, float) for name, x in inputs.items()}
    found = [notice.message for notice in ask(question, text, arrays).warnings]
    assert any(said in message for message in found) if said else found == []
