"""Derivations step by step: each line has the value of the one before, the last is the answer."""

from __future__ import annotations

import random
from math import isfinite
from typing import Any

import pytest

import gradcli
from gradcli.engine import steps
from gradcli.engine.program import Text
from gradcli.engine.steps import Derivation
from gradcli.errors import ProgramTypeError, ShapeError, UsageError
from tests.test_diff import CASES, value_of
from tests.test_identities import random_formula


def lines_of(formula: str, **options: Any) -> Derivation:
    derivation = gradcli.diff(formula, steps=True, **options)
    assert isinstance(derivation, Derivation)
    return derivation


def assert_lines_agree(lines: Derivation, values: dict[str, float]) -> None:
    """Each line equals the one before, but where a derivative is derived again."""
    before = float("nan")
    for rule, expression in lines:
        value = value_of(expression, values)
        if rule != "derivative" and isfinite(before) and isfinite(value):
            assert value == pytest.approx(before, rel=1e-7, abs=1e-9), (rule, expression)
        before = value


@pytest.mark.parametrize("case", CASES, ids=[case["id"] for case in CASES])
def test_each_line_has_the_value_of_the_one_before(case: dict[str, Any]) -> None:
    lines = lines_of(case["expr"], wrt=case["wrt"], order=case.get("order", 1))
    draw = random.Random(case["id"])
    assert_lines_agree(lines, {**case["params"], case["wrt"]: draw.uniform(*case["domain"])})
    last = gradcli.diff(case["expr"], wrt=case["wrt"], order=case.get("order", 1))
    assert lines[-1].expression == last


def test_lines_of_random_formulas_agree() -> None:
    draw, derived = random.Random(11), 0
    for _ in range(250):
        formula = random_formula(draw, draw.randint(1, 3), "xy")
        if "x" not in Text(formula).names().inputs:
            continue
        try:
            lines = lines_of(formula, wrt="x")
        except (ProgramTypeError, ShapeError):
            continue
        derived += 1
        assert_lines_agree(lines, {"x": draw.uniform(0.1, 0.9), "y": draw.uniform(0.1, 0.9)})
    assert derived >= 60


def test_powers_of_e_are_exponentials_and_numbers_come_first() -> None:
    expressions = [expression for _, expression in lines_of("x*e^(-2x)")]
    assert expressions == [
        "grad(x*exp(-2*x), x)",
        "exp(-2*x) + x*grad(exp(-2*x), x)",
        "exp(-2*x) + x*exp(-2*x)*grad(-2*x, x)",
        "exp(-2*x) - x*exp(-2*x)*grad(2*x, x)",
        "exp(-2*x) - 2*x*exp(-2*x)",
        "(1 - 2*x)*exp(-2*x)",
    ]


@pytest.mark.parametrize(
    ("formula", "rules"),
    [
        ("x*log(x)", "derivative|product rule|derivative of log|simplify"),
        ("3*x^2", "derivative|constant factor|power rule|simplify"),
        ("sin(x^2)", "derivative|chain rule, sin(u) with u = x^2|power rule|simplify"),
        ("2^x", "derivative|exponential rule"),
        ("x^x", "derivative|logarithmic differentiation|product rule|derivative of log|collect"),
        ("x/(1 + x)", "derivative|quotient rule|sum rule, constant|simplify"),
        ("1/cos(x)", "derivative|reciprocal rule|derivative of cos|simplify"),
        ("where(x > 1, x^2, x)", "derivative|each case|power rule"),
    ],
)
def test_rules_come_in_the_order_of_a_teacher(formula: str, rules: str) -> None:
    names = "|".join(step.rule for step in lines_of(formula))
    assert names.startswith(rules)


@pytest.mark.parametrize(
    ("formula", "lines"),
    [
        ("x*max([1, 2, 3])", "grad(3*x, x); 3"),
        ("inf*x", "grad(inf*x, x); inf"),
        ("x^2*true", "grad(true*x^2, x); true*grad(x^2, x); 2*true*x; 2*x"),
        ("(x > 1)*x", "grad((x > 1)*x, x); x > 1; where(x > 1, 1, 0)"),
        ("x^2 + isnan(x)", "grad(x^2 + isnan(x), x); grad(x^2, x); 2*x"),
        ("stop_gradient(x) + x", "grad(stop_gradient(x) + x, x); grad(stop_gradient(x), x) + 1; 1"),
    ],
)
def test_what_does_not_move_is_written_as_it_was_entered(formula: str, lines: str) -> None:
    assert [step.expression for step in lines_of(formula)] == lines.split("; ")


def test_a_second_derivative_follows_the_first() -> None:
    lines = lines_of("x^3", order=2)
    assert [str(step.expression) for step in lines] == [
        "grad(x^3, x)",
        "3*x^2",
        "grad(3*x^2, x)",
        "3*grad(x^2, x)",
        "3*2*x",
        "6*x",
    ]


def test_derivations_show_themselves_and_are_data() -> None:
    lines = lines_of("sin(x^2)")
    assert str(lines).splitlines()[-1].split() == ["simplify", "2*x*cos(x^2)"]
    assert r"$2 \, x \, \cos\left(x^{2}\right)$" in lines._repr_html_()
    by_name = gradcli.diff("a*x", steps=True)
    assert {name: lines[-1].expression for name, lines in by_name.items()} == {"a": "x", "x": "a"}


def test_what_nobody_would_read_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(UsageError, match="too long to be derived step by step"):
        lines_of("y = x; for i in range(9) { y = sin(y)*y + y }; y")
    monkeypatch.setattr(steps, "LARGEST", 3)
    assert lines_of("x*x")[-1].expression == "2*x"
    with pytest.raises(UsageError, match="too long to be derived step by step"):
        lines_of("x*x + 1")


def test_signs_stand_once_before_a_quotient() -> None:
    lines = [expression for _, expression in lines_of("1/(1 + exp(-x))")]
    assert lines[-1] == "exp(-x)/(1 + exp(-x))^2"
    assert not any("--" in line for line in lines)
