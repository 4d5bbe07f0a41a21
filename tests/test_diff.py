"""Derivatives as formulas: equal to those of tables, no longer than a person's, read back."""

from __future__ import annotations

import pickle
import random
import re
import warnings
from math import isfinite
from typing import Any

import pytest

import gradcli
from gradcli.engine.program import Text
from gradcli.errors import InputError, ProgramTypeError, ShapeError, UsageError
from gradcli.render.text import tokens
from tests.formulas import CASES, INTEGRALS, TABLE, TEXTBOOK, formula_of, written

WRITTEN = written()
"""What is written of each formula of the files: `python -m tests.formulas` writes it anew."""


def value_of(formula: str, values: dict[str, float]) -> float:
    """The value of a formula, which may need fewer values than are given."""
    names = Text(formula).names()
    return float(gradcli.evaluate(formula, {n: values[n] for n in names.inputs}))


@pytest.mark.parametrize("case", CASES, ids=[case["id"] for case in CASES])
def test_a_formula_has_the_value_of_the_reference(case: dict[str, Any]) -> None:
    formula, draw = formula_of(case), random.Random(case["id"])
    assert formula == WRITTEN[case["id"]]
    for _ in range(3):
        values = {**case["params"], case["wrt"]: draw.uniform(*case["domain"])}
        wanted = value_of(case["reference"], values)
        assert value_of(formula, values) == pytest.approx(wanted, rel=1e-7, abs=1e-10), formula


def test_formulas_are_as_short_as_those_of_a_person() -> None:
    sizes = [c.get("short") or tokens(c["reference"]) for c in CASES]
    ratios = [tokens(WRITTEN[c["id"]]) / n for c, n in zip(CASES, sizes, strict=True)]
    assert sum(r <= 1.2 for r in ratios) >= 0.95 * len(ratios)
    assert sum(r <= 1.5 for r in ratios) >= 0.97 * len(ratios)


@pytest.mark.parametrize(("expr", "person"), [*TEXTBOOK, *TABLE])
def test_a_formula_has_the_value_of_a_persons(expr: str, person: str) -> None:
    formula, draw = str(gradcli.diff(expr, wrt="x")), random.Random(expr)
    assert formula == WRITTEN[expr]
    for _ in range(3):
        values = {"x": draw.uniform(0.2, 0.8), "a": 1.3, "b": 0.7}
        assert value_of(formula, values) == pytest.approx(value_of(person, values), rel=1e-9)


PARAMETERS = {"a": 1.3, "b": 0.7, "c": 0.9, "n": 1.7}
RANGES = [(0.2, 0.8), (0.05, 0.3), (1.6, 2.4), (3.0, 4.0), (-3.0, -1.5)]


def points_of(expr: str, person: str) -> list[dict[str, float]]:
    """Values for which a formula and its derivative are numbers, from the first range of such."""
    draw = random.Random(expr)
    for low, high in RANGES:
        points = [PARAMETERS | {"x": draw.uniform(low, high)} for _ in range(3)]
        if all(isfinite(value_of(f, point)) for point in points for f in (expr, person)):
            return points
    raise AssertionError(f"{expr} is not defined anywhere")


@pytest.mark.filterwarnings("ignore::gradcli.GradcliWarning")
@pytest.mark.parametrize(("expr", "person"), INTEGRALS)
def test_the_derivative_of_an_integral_is_what_was_integrated(expr: str, person: str) -> None:
    formula = str(gradcli.diff(expr, wrt="x"))
    assert formula == WRITTEN[expr]
    for point in points_of(expr, person):
        wanted = value_of(person, point)
        assert value_of(formula, point) == pytest.approx(wanted, rel=1e-8, abs=1e-10), formula


@pytest.mark.parametrize(
    ("pairs", "most", "share"),
    [
        (TEXTBOOK, 1.0, 0.95),
        (TABLE, 1.2, 0.85),
        (TABLE, 1.5, 0.95),
        (INTEGRALS, 1.2, 0.93),
        (INTEGRALS, 1.5, 0.95),
    ],
    ids=["textbook", "table", "table, nearly all", "integrals", "integrals, nearly all"],
)
def test_formulas_are_no_longer_than_a_persons(
    pairs: list[list[str]], most: float, share: float
) -> None:
    ratios = [tokens(WRITTEN[expr]) / tokens(person) for expr, person in pairs]
    assert sum(ratio <= most for ratio in ratios) >= share * len(ratios)


@pytest.mark.parametrize(
    ("program", "formula"),
    [
        ("poch(x, 3)", "3*x^2 + 6*x + 2"),
        ("x*gamma(1)", "1"),
        ("binom(x, 2)", "x - 1/2"),
        ("sin(x)^4 + cos(x)^4", "-sin(4*x)"),
        ("(sin(x) + cos(x))^2", "2*cos(2*x)"),
        ("clip(x, 0, 1)", "where(x >= 0 and x <= 1, 1, 0)"),
        ("gamma_pdf(x, 2)", "where(x >= 0, (1 - x)*exp(-x), 0)"),
        ("selu(x)", "where(x > 0, 1.0507009873554805, 1.7580993408473768*exp(x))"),
        ("x^3 + 2*x", "3*x^2 + 2"),
        ("x^5/5 - 3*x^3 + x", "x^4 - 9*x^2 + 1"),
        ("3*x - x^2 - 5*x^3", "3 - 2*x - 15*x^2"),
        ("x - x^3/3", "1 - x^2"),
        ("(6*x^2 - x - 1)^3", "3*(12*x - 1)*(6*x^2 - x - 1)^2"),
        ("(4*x^2 - 11*x + 6)^3", "(x - 2)^2*(4*x - 3)^2*(24*x - 33)"),
        ("sqrt((x + 1)^2 - x^2 - 2*x - 1)", "0"),
        ("cos(20*acos(x))", "20*sin(20*acos(x))/sqrt(1 - x^2)"),
        ("exp(inf + (x + 1)^2)", "2*(x + 1)*exp(inf + (x + 1)^2)"),
        ("x + max([1, 2, 3])*x", "4"),
        ("where(isnan(x) and x < 1, x^2, x)", "1"),
        ("((x^2 - 1)^x)^(1/3)", "((x - 1)*(x + 1)*log(x^2 - 1) + 2*x^2)*(x^2 - 1)^(x/3 - 1)/3"),
        ("5 % x", "-(5 // x)"),
        ("maximum(x, 0)", "where(x > 0, 1, 0)"),
        ("max(x, 1)", "where(x > 1, 1, 0)"),
        ("gelu(x)", "ndtr(x) + x*exp(-x^2/2)/sqrt(2*pi)"),
        ("log(tan(x/2))", "csc(x)"),
        ("lambertw(x, -1)", "exp(-lambertw(x, -1))/(1 + lambertw(x, -1))"),
        ("atan(x)", "1/(1 + x^2)"),
        ("exp(-x^2/2)", "-x*exp(-x^2/2)"),
        ("x*log(x)", "log(x) + 1"),
        ("sqrt(1 + x^2)", "x/sqrt(1 + x^2)"),
        ("s = 0; for i in range(3) { s = s + x^i }; s", "2*x + 1"),
        ("x*0 + 3", "0"),
        ("x + 1/(csc(0.5 - 0.5) + x)", "1 - 1/(inf + x)^2"),
        ("max([x, 1])", "where(x > 1, 1, 0)"),
        ("max(x, 1, 2*x)", "where(x > 1/2, 2, 0)"),
        ("norm([x, 1])", "x/sqrt(x^2 + 1)"),
        ("mean([x, x^2, 1])", "1/3 + 2*x/3"),
        ("max(0, min(1, x))", "where(x > 0 and x < 1, 1, 0)"),
        ("max(x, 0)^2", "2*maximum(x, 0)"),
        ("max(max(x, 0), x)", "where(x > 0, 1, 0)"),
        ("max(x, 1)*max(x, 3)", "where(x > 3, x, 0) + where(x > 1, maximum(x, 3), 0)"),
        ("x*abs(sin(x)^2 + cos(x)^2 - 1)", "0"),
        ("x*(3 + abs(x^2 - x*x))", "3"),
    ],
)
def test_a_formula_reads_as_a_person_writes_it(program: str, formula: str) -> None:
    assert gradcli.diff(program) == formula


@pytest.mark.parametrize(
    ("program", "formula"),
    [
        ("1/(1 + exp(-k*(x - c)))", "k*exp(k*(c - x))/(1 + exp(k*(c - x)))^2"),
        ("1/(1 + exp((x - c)/k))", "-exp((x - c)/k)/(k*(1 + exp((x - c)/k))^2)"),
        ("k*(1 - exp(-a*(x - c)))^2", "2*k*a*(1 - exp(a*(c - x)))*exp(a*(c - x))"),
        ("exp(-x*(a + c))", "-(a + c)*exp(-x*(a + c))"),
    ],
)
def test_exponentials_of_differences_overflow_no_sooner_than_in_the_program(
    program: str, formula: str
) -> None:
    shown = str(gradcli.diff(program, wrt="x"))
    assert shown == formula
    values = {"x": 2020.0, "c": 2000.0, "k": 0.5, "a": 0.5}
    assert isfinite(value_of(shown, values))


EXTREMES = (-1e5, -800.0, -1e-8, 0.0, 1e-8, 1.0, 800.0, 2020.0, 1e8)


@pytest.mark.parametrize(
    ("program", "formula"),
    [
        ("log(exp(x) + exp(a))", "1/(1 + exp(a - x))"),
        ("log(1 + exp(-a*x))", "-a/(1 + exp(a*x))"),
        ("sqrt(2*a*x)", "a/sqrt(2*a*x)"),
        ("exp(-(x - a)^2/(2*b^2))", "(a - x)*exp(-(x - a)^2/(2*b^2))/b^2"),
        ("exp(a)*exp(x - a - (x - a)^2)", "(2*a + 1 - 2*x)*exp(x - (x - a)^2)"),
        ("exp(a)*exp(b*x - a - (x - a)^2)", "(b - 2*x + 2*a)*exp(b*x - (x - a)^2)"),
        ("exp(-x^2/2) + exp(-(x - a)^2/2)", "-(x - a)*exp(-(x - a)^2/2) - x*exp(-x^2/2)"),
        (
            "exp(-(x - a)^2) + exp(b - 2*(x - a)^2)",
            "2*(2*exp(b - 2*(x - a)^2) + exp(-(x - a)^2))*(a - x)",
        ),
        (
            "sqrt(x + sqrt(x^2 + 1))/(x + sqrt(x^2 + 1))",
            "-1/(2*sqrt(x^2 + 1)*sqrt(x + sqrt(x^2 + 1)))",
        ),
        ("exp(-(log(x) - a)^2/2)", "(a - log(x))*exp(-(log(x) - a)^2/2)/x"),
        ("x^2*exp(-x)", "x*(2 - x)*exp(-x)"),
        ("log(a + tanh(x))", "sech(x)^2/(a + tanh(x))"),
        ("a*exp(-b*exp(-x))", "a*b*exp(-x - b*exp(-x))"),
        ("1/(1 + (x/a)^2)", "-2*a^2*x/(a^2 + x^2)^2"),
        ("atan(a + 2*x)", "2/(1 + (a + 2*x)^2)"),
        (
            "x^2*atan(x) + x^2*sin(a*x) + b^2*x^4",
            "x*(4*b^2*x^2 + a*x*cos(a*x) + 2*sin(a*x) + 2*atan(x) + x/(1 + x^2))",
        ),
    ],
)
@pytest.mark.filterwarnings("ignore::gradcli.GradcliWarning")
def test_a_formula_is_a_number_wherever_the_gradient_is(program: str, formula: str) -> None:
    shown = str(gradcli.diff(program, wrt="x"))
    assert shown == formula
    for x in EXTREMES:
        values = {n: {"x": x, "a": 2000.0, "b": 3.0}[n] for n in Text(program).names().inputs}
        gradient = float(gradcli.grads(program, values, wrt="x")["x"])
        if isfinite(gradient) and isfinite(value_of(program, values)):
            assert value_of(shown, values) == pytest.approx(gradient, rel=1e-9, abs=1e-300)


@pytest.mark.parametrize(
    ("wrt", "formula"),
    [
        ("S", "ndtr((2*log(S/K) + T*(2*r + v^2))/(2*v*sqrt(T)))"),
        ("v", "K*sqrt(T/(2*pi))*exp(-r*T - (2*log(S/K) + T*(2*r - v^2))^2/(8*T*v^2))"),
    ],
)
def test_the_densities_of_an_option_price_are_one(wrt: str, formula: str) -> None:
    d = "(log(S/K) + (r {} v^2/2)*T)/(v*sqrt(T))"
    price = f"S*ndtr({d.format('+')}) - K*exp(-r*T)*ndtr({d.format('-')})"
    assert gradcli.diff(price, wrt=wrt) == formula


@pytest.mark.parametrize(
    ("program", "order", "tie"),
    [
        ("maximum(x, y)", 1, "this is 0 at x = 1, y = 1, where the derivative is 0.5"),
        ("minimum(x, 2)", 1, "this is 0 at x = 2, where the derivative is 0.5"),
        ("maximum(x, 0)", 1, "this is 0 at x = 0, where the derivative is 0.5"),
        ("max(x, 0)", 1, "this is 0 at x = 0, where the derivative is 0.5"),
        ("min(x, y, 1)", 1, "this is 0 at x = 1, y = 1, where the derivative is 0.333333"),
        ("maximum(x, 0)^2", 2, "this is 0 at x = 0, where the derivative is 0.5"),
        ("relu(x)", 1, ""),
        ("clip(x, 0, 1)", 1, ""),
        ("where(x > 0, x^2, x)", 1, ""),
    ],
)
def test_a_formula_of_cases_says_where_it_is_not_the_derivative(
    program: str, order: int, tie: str
) -> None:
    notices = gradcli.ask("diff", program, wrt="x", order=order).warnings
    help_ = "`grads` gives the number there" if order == 1 else None
    assert [(notice.message, notice.help) for notice in notices] == [(tie, help_)] * bool(tie)


@pytest.mark.parametrize(
    ("program", "options", "formula"),
    [
        ("x^2, 5*x", {}, "2*x + 5"),
        ("(y^2, (x^2, x*y))", {"wrt": "x"}, "y + 2*x"),
        ("x^2, x^3", {"order": 2}, "6*x + 2"),
        ("x, [x, x^2]", {}, "2*x + 2"),
        ("x @ x, x", {"shape": {"x": "n"}}, "2*x + 1"),
        ("x/2, x^2", {"latex": True}, r"2 \, x + \frac{1}{2}"),
        ("y = x; ()", {}, "0"),
    ],
)
def test_the_derivative_of_a_tuple_is_that_of_the_sum_of_its_parts(
    program: str, options: dict[str, Any], formula: str
) -> None:
    assert gradcli.diff(program, **options) == formula
    if "()" not in program:
        (notice,) = gradcli.ask("diff", program, **options).warnings
        assert "derivative of the sum of its parts" in notice.message


@pytest.mark.parametrize(
    ("program", "shapes", "told"),
    [
        ("mean((y - w*x)^2)", {}, "(y - w*x)^2 is one number here, and mean is"),
        ("x.sum()/norm(y)", {}, "x is one number here, and sum is"),
        ("f(a) = var(a^2); f(x)", {}, "a^2 is one number here, and var is"),
        ("sum(w*mean(x))", {"x": "n"}, "w*mean(x) is one number here, and sum is"),
        ("sum(mean(x))", {"x": "n"}, ""),
        ("norm([x, y]) + max(x, y, 1)^2", {}, ""),
    ],
)
def test_a_mean_of_a_number_says_so(program: str, shapes: dict[str, str], told: str) -> None:
    notices = gradcli.ask("diff", program, wrt="x", shape=shapes).warnings
    told_of = [notice for notice in notices if notice.span is not None]
    assert [notice.message for notice in told_of] == [f"{told} of that one alone"] * bool(told)
    assert all("makes a vector" in str(notice.help) for notice in told_of)


def test_notations_orders_and_several_variables() -> None:
    assert gradcli.diff("x^3", order=2) == "6*x"
    assert gradcli.diff("sqrt(x)", unicode=True) == "1/(2·√x)"
    assert gradcli.diff("sqrt(x)", latex=True) == r"\frac{1}{2 \, \sqrt{x}}"
    assert gradcli.diff("θ^3", latex=True) == r"3 \, \theta^{2}"
    for program, formula in [
        ("jv(0, x)", r"-J_{1}\left(x\right)"),
        ("x!", r"\Gamma\left(x + 1\right) \, \psi\left(x + 1\right)"),
        ("x*floor(x)", r"\left\lfloor x \right\rfloor"),
        ("x*ceil(x)", r"\left\lceil x \right\rceil"),
        ("a*cbrt(x)", r"\sqrt[3]{x}"),
        ("a*j0(x)", r"J_{0}\left(x\right)"),
    ]:
        assert gradcli.diff(program, wrt="a" if "a*" in program else "x", latex=True) == formula
    rounded = r"-\left\lfloor \frac{5}{x} \right\rfloor"
    assert gradcli.diff("5 % x", latex=True) == rounded
    power = r"3 \, \sin^{2}\left(x\right) \, \cos\left(x\right)"
    assert gradcli.diff("sin(x)^3", latex=True) == power
    assert gradcli.diff("x*(a % b)", wrt="x", latex=True) == r"a \bmod b"
    assert gradcli.diff("a*x^2") == {"a": "x^2", "x": "2*a*x"}


@pytest.mark.parametrize(
    ("program", "wrt", "gap"),
    [
        ("poch(x, y)", "x", "x = -1, y = 1, where the derivative is 1"),
        ("binom(5, x)", "x", "x = -1, where the derivative is 0.166667"),
        ("a*y/beta(x, y)", "x", "x = -1, a = 1, y = 1, where the derivative is 1"),
        ("gamma_pdf(x, y)", "x", "x = 0, y = 1, where the derivative is -1"),
        ("binom([5, 5], x)", "x", "x = -1, where the derivative is 0.333333"),
    ],
)
def test_a_formula_says_where_it_is_undefined_and_the_derivative_is_not(
    program: str, wrt: str, gap: str
) -> None:
    with pytest.warns(gradcli.GradcliWarning, match=re.escape(f"this is undefined at {gap}")):
        gradcli.diff(program, wrt=wrt)


@pytest.mark.parametrize("program", ["log(x)", "sqrt(x)", "x^n", "hypot(x, y)", "atan(x/a)", "1/x"])
def test_a_formula_that_is_defined_where_the_derivative_is_says_nothing(program: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        gradcli.diff(program)


@pytest.mark.parametrize(
    "program",
    [
        "max(abs(x), x)",
        "min(x, abs(x))*x",
        "max(relu(x), x)",
        "max(max(x, 0), max(x, 1))",
        "min(max(x, 0), x)",
        "max(x + 1, 1 + x)",
        "max(clip(x, 0, 1), x)",
        "max(where(x > 0, x, 0), x)",
        "max(min(1, x), max(min(3, x), min(x, 1)))",
        "max(0, max(0, 1 - 2*x))",
        "max(x, 1)/max(x, 2)",
        "max(x, 0.5)^max(x, 2)",
    ],
)
def test_what_is_equal_on_a_whole_range_counts_there(program: str) -> None:
    formula = str(gradcli.diff(program))
    for x in (-1.5, 0.7, 1.5, 2.5):
        assert value_of(formula, {"x": x}) == pytest.approx(float(gradcli.grad(program, x=x)))


@pytest.mark.parametrize(
    ("program", "formula"),
    [
        ("where(y == 1, log(x), log(1 - x))", "where(y == 1, 1/x, 1/(x - 1))"),
        ("huber(x, y)", "clip(x - y, -1, 1)"),
        ("hinge(x, y)", "where(x*y < 1, -y, 0)"),
        ("divide_no_nan(x, y)", "where(y != 0, 1/y, 0)"),
    ],
)
def test_choices_by_parameters_stay(program: str, formula: str) -> None:
    assert gradcli.diff(program, wrt="x") == formula


@pytest.mark.parametrize("name", ["abs", "cos", "exp", "log", "sigmoid", "sign", "sinh", "sqrt"])
def test_a_variable_may_be_named_like_a_function(name: str) -> None:
    """Its derivative is that of any other name, also beside a call of that function."""
    formula = f"{{0}}^3*x + 1/{{0}} - sqrt({{0}}^2) + exp({{0}}*x) + {name}(x)*{{0}}"
    wanted = gradcli.diff(formula.format("u"), wrt="u")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", gradcli.GradcliWarning)
        found = gradcli.diff(formula.format(name), wrt=name)
    assert re.sub(rf"\b{name}\b(?!\()", "u", str(found)) == str(wanted)


def test_what_has_no_formula_is_refused() -> None:
    branch = "y = x; if x > 0 { y = x^2 }; y"
    with pytest.raises(InputError, match="decides by the value of x, which has none"):
        gradcli.diff(branch)
    assert gradcli.diff(branch, x=2) == "2*x"
    with pytest.raises(ShapeError, match="formulas of numbers"):
        gradcli.diff("det([[x, 1], [1, x]])")
    with pytest.raises(ProgramTypeError, match="no name in the language"):
        gradcli.diff("airy_ai(x)")
    with pytest.raises(UsageError, match="two notations"):
        gradcli.diff("x", latex=True, unicode=True)


def test_a_notebook_shows_latex() -> None:
    formula = gradcli.diff("sqrt(1 + x^2)")
    assert formula == "x/sqrt(1 + x^2)"
    assert formula._repr_latex_() == r"$\frac{x}{\sqrt{1 + x^{2}}}$"
    several = gradcli.diff("x*y^2")
    rows = r"\frac{\partial}{\partial x} &= y^{2} \\ \frac{\partial}{\partial y} &= 2 \, x \, y"
    assert several._repr_latex_() == rf"$$\begin{{aligned}} {rows} \end{{aligned}}$$"
    assert "<td>differs</td>" in gradcli.check("x^2", {"x": 3}, claim={"x": "x"})._repr_html_()
    assert pickle.loads(pickle.dumps(formula)) == formula


def test_a_large_formula_names_the_parts_that_repeat() -> None:
    root = "sqrt(1 + x^2)"
    expr = f"{root}*exp({root})*sin({root})"
    formula = gradcli.diff(expr, order=2)
    assert isinstance(formula, str)
    assert formula.startswith("u = sqrt(1 + x^2); ")
    slope = gradcli.diff(expr)
    again = gradcli.evaluate(f"grad({slope}, x)", {"x": 0.7})
    assert value_of(formula, {"x": 0.7}) == pytest.approx(float(again), rel=1e-9)
    shown = gradcli.diff(expr, order=2, latex=True)
    assert r"\text{where } u = \sqrt{1 + x^{2}}" in str(shown)
    third = gradcli.diff(expr, order=3)
    assert str(third).startswith("u = 1 + x^2; v = sqrt(u); ")


@pytest.mark.parametrize(
    ("program", "start"),
    [
        ("y = sin(x)*x + x; for i in range(2) { y = sin(y)*y + y }; y", "u = x*sin(x) + x; v = "),
        ("u = x; for i in range(12) { u = sin(u)*u + a }; u", "u = x*sin(x) + a; v = "),
        ("s = x; for i in range(5) { s = sin(s) + s^2 }; s", "u = sin(sin(x) + x^2) + (sin(x) "),
        ("for i in range(12) { x = 0.5*(x + u/x) }; x", "v = x/2 + u/(2*x); w = v/2 + u/(2*v); "),
    ],
)
def test_parts_without_bound_are_simplified_apart(program: str, start: str) -> None:
    formula, values = str(gradcli.diff(program, wrt="x")), {"x": 0.7, "a": 0.4, "u": 2.0}
    assert formula.startswith(start)
    inputs = {name: values[name] for name in Text(program).names().inputs}
    gradient = float(gradcli.grads(program, inputs, wrt="x")["x"])
    assert value_of(formula, values) == pytest.approx(gradient, rel=1e-9)


@pytest.mark.parametrize(
    ("program", "order", "formula"),
    [
        ("x^x", 2, "(1 + 2*log(x) + log(x)^2 + 1/x)*x^x"),
        ("atan(x)", 4, "24*x*(1 - x^2)/(1 + x^2)^4"),
        ("sin(x)", 40, "sin(x)"),
        ("x^2", 3, "0"),
        ("abs(x)", 2, "0"),
        (
            "s = 0; for i in range(1, 4) { s = s + sin(i*x)/i }; s",
            1,
            "cos(3*x) + cos(2*x) + cos(x)",
        ),
    ],
)
def test_higher_orders_are_simplified_one_by_one(program: str, order: int, formula: str) -> None:
    assert gradcli.diff(program, order=order) == formula
