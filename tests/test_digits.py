"""Formulas that cancel or overflow as they are written, to their last digits, and their slopes."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import mpmath
import pytest

from gradcli.engine.api import Program
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
