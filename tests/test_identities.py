"""The simplifier: a table of identities, and derivatives of random formulas and all functions."""

from __future__ import annotations

import random
import sys
from math import isfinite
from pathlib import Path

import pytest

import gradcli
from gradcli.engine.formulas import length_of
from gradcli.engine.program import Text
from gradcli.engine.run import Run
from gradcli.engine.settings import Settings
from gradcli.errors import ProgramTypeError, ShapeError
from gradcli.ops import catalog
from gradcli.passes.simplify.forms import simplified
from gradcli.passes.simplify.identities import CONSTANTS
from gradcli.render.text import text, tokens

LINES = (Path(__file__).parent / "identities.txt").read_text().splitlines()
IDENTITIES = [line.partition(" ; ") for line in LINES if " -> " in line and line[0] != "#"]
POINTS = (-1.7, -0.6, 0.0, 0.3, 0.8, 1.6, 3.4)
FUNCTIONS = [name for name in catalog.FUNCTIONS if catalog.is_elementwise(name)]
REFUSED = """
    airy_ai airy_bi i0e i1e isfinite isinf isnan k0e k1e logical_not signbit zeta""".split()
"""Functions whose derivative has no name in the language, or that are true or false."""
GAPS = {"ellipe": [0.0], "ellipk": [0.0], "rgamma": [-1.0, 0.0], "sinc": [0.0]}
"""Where formulas are undefined, as is said of the first of these points."""


def value_of(formula: str, values: dict[str, float]) -> float:
    """The value of a formula of some of the variables."""
    names = Text(formula).names().inputs
    return float(gradcli.evaluate(formula, {name: values[name] for name in names}))


def simplest(formula: str) -> str:
    """What the simplifier makes of a formula."""
    program = Text(formula)
    names = program.names()
    run = Run(program, names, dict.fromkeys(names.inputs, 0.7), Settings(stabilize=False))
    return text(simplified(run.results[0], "x", length_of, run.array))


@pytest.mark.parametrize(("rule", "condition"), [(r, c) for r, _, c in IDENTITIES])
def test_an_identity_is_applied_and_holds(rule: str, condition: str) -> None:
    before, after = rule.split(" -> ")
    assert simplest(before) == after
    draw, tried = random.Random(before), 0
    while tried < 5:
        values = {name: draw.uniform(-3, 3) for name in "xy"}
        if not condition or value_of(condition, values):
            tried += 1
            assert value_of(after, values) == pytest.approx(value_of(before, values), rel=1e-9)


def agrees(formula: str, slope: str, values: dict[str, float]) -> bool:
    """Whether a derivative is the gradient where the formula and its gradient are numbers."""
    gradient = float(gradcli.grads(formula, values, wrt="x")["x"])
    if not (isfinite(gradient) and isfinite(value_of(formula, values))):
        return True
    return value_of(slope, values) == pytest.approx(gradient, rel=1e-9, abs=1e-12)


def slope_of(formula: str) -> str:
    slope = gradcli.diff(formula, wrt="x")
    assert isinstance(slope, str)
    return slope


@pytest.mark.parametrize("name", sorted({*FUNCTIONS} - {*REFUSED}))
def test_the_derivative_of_a_function_is_defined_where_its_gradient_is(name: str) -> None:
    gaps = GAPS.get(name, [])
    if gaps:
        with pytest.warns(gradcli.GradcliWarning, match=f"undefined at x = {gaps[0]:g},"):
            slope = slope_of(f"{name}(x)")
    else:
        slope = slope_of(f"{name}(x)")
    assert all(agrees(f"{name}(x)", slope, {"x": x}) for x in POINTS if x not in gaps), slope


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_written_is_refused(name: str) -> None:
    with pytest.raises(ProgramTypeError, match=r"no name in the language|true or false"):
        slope_of(f"{name}(x)")


def random_formula(draw: random.Random, depth: int, names: str) -> str:
    """A formula of some depth, of all elementwise functions and the arithmetic of numbers."""
    if depth == 0 or draw.random() < 0.12:
        return draw.choice([*names, "2", "3", "0.5"])
    inner = random_formula(draw, depth - 1, names)
    match draw.random():
        case kind if kind < 0.45:
            return f"{draw.choice(FUNCTIONS)}({inner})"
        case kind if kind < 0.6:
            return f"({inner})^{draw.choice('2 3 -1 0.5 1.5'.split())}"
    return f"({inner}) {draw.choice('+-*/')} ({random_formula(draw, depth - 1, names)})"


BELLS = " + ".join(f"a{i}*exp(-(x - b{i})^2/(2*s^2))" for i in range(8))
STEPS = " + ".join(f"a{i}/(1 + exp(-k{i}*(x - c{i})))" for i in range(4))
LAYER = " + ".join(f"v{i}*tanh(w{i}*x + b{i})" for i in range(4))
NESTED = "atan2(atan2(hypot(-1, 2), cbrt(x)), tan(y) - hypot(2, x)) + sinh((3^x)^y)"


@pytest.mark.parametrize(
    ("formula", "name", "most"),
    [
        (BELLS, "s", 195),
        (f"log({BELLS})", "x", 330),
        (f"({STEPS} - y)^2", "x", 180),
        (f"({LAYER} + c - y)^2", "x", 120),
        (" * ".join(f"(x - b{i})" for i in range(10)), "x", 540),
        (NESTED, "x", 130),
    ],
    ids=["bells", "log of bells", "steps", "layer", "product", "nested"],
)
def test_the_work_on_a_large_formula_is_bounded_and_leaves_a_good_form(
    formula: str, name: str, most: int
) -> None:
    calls = 0

    def count(_: object, event: str, __: object) -> None:
        nonlocal calls
        calls += event == "call"

    sys.setprofile(count)
    try:
        slope = str(gradcli.diff(formula, wrt=name))
    finally:
        sys.setprofile(None)
    assert tokens(slope) <= most, slope
    assert calls < 1_500_000


def test_numbers_are_written_as_what_they_are() -> None:
    for number, formula in CONSTANTS.items():
        assert gradcli.evaluate(formula) == pytest.approx(number, rel=1e-15)


def test_derivatives_of_random_formulas_read_back_and_are_their_gradients() -> None:
    draw, written, count = random.Random(7), 0, 0
    while count < 300:
        formula = random_formula(draw, draw.randint(1, 4), "xyz"[: draw.randint(1, 3)])
        names = Text(formula).names().inputs
        if "x" not in names:
            continue
        count += 1
        try:
            slope = slope_of(formula)
        except (ProgramTypeError, ShapeError):
            continue
        written += 1
        for low, high in [(-2, 2), (-2, 2), (0.1, 0.9), (0.1, 0.9)]:
            values = {name: draw.uniform(low, high) for name in names}
            assert agrees(formula, slope, values), f"{formula} -> {slope} at {values}"
    assert written >= 200
