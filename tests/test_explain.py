"""Explanations: what they say is true, of every step, way and element."""

from __future__ import annotations

import json
import math
import re

import numpy as np
import pytest

import gradcli
from gradcli.data.formats.page import Page
from gradcli.data.formats.report_table import report_table
from tests.test_cli import gradcli as shell

CASES = [
    ("(x + y) * z", {"x": -2, "y": 5, "z": -4}),
    ("sum(tanh(A @ x)^2)", {"A": [[1, 2], [3, 4], [5, 6]], "x": [0.1, -0.2]}),
    ("x*x + sin(x)*x", {"x": 1.3}),
    ("mean(softmax([x, y]) * [1, 2]) + max(x, y)", {"x": 0.5, "y": -1}),
    ("f(a) = a^2 + exp(a)\ns = 0\nfor i in range(6) { s = s + f(x*i) }\ns", {"x": 0.2}),
    ("where(x > 0, x^2, 3*x)", {"x": [1.0, -2.0]}),
    ("norm(x) + var(x) + x[0]", {"x": [1, 2, 4]}),
    ("solve(A, b)[0] + log(det(A))", {"A": [[2, 1], [1, 3]], "b": [1, 2]}),
    ("s = 1\nwhile s < 100 { s *= x }\ns", {"x": 3}),
]


@pytest.mark.parametrize(("program", "values"), CASES)
def test_the_ways_add_up_to_the_gradient(program: str, values: dict[str, object]) -> None:
    """What arrives at a step is the sum of what is passed on to it; at an input, the gradient."""
    steps = {row["step"]: row for row in gradcli.explain(program, values).as_dict()["explain"]}
    totals = {name: np.zeros(np.shape(row["value"])) for name, row in steps.items()}
    for row in steps.values():
        for way in row["ways"]:
            totals[way["by"]] = totals[way["by"]] + way["out"]
    for name, gradient in gradcli.grads(program, values).items():
        np.testing.assert_allclose(steps[name]["gradient"], gradient, rtol=1e-12)
        np.testing.assert_allclose(totals[name], gradient, rtol=1e-12)


@pytest.mark.parametrize(("program", "values"), CASES)
def test_factors_are_what_is_passed_on_for_one(program: str, values: dict[str, object]) -> None:
    """Cotangent times local derivative is what is passed on, wherever nothing is summed."""
    for row in gradcli.explain(program, values).as_dict()["explain"]:
        for way in row["ways"]:
            factor, passed = way["factor"], np.asarray(way["out"])
            if factor is not None and np.shape(row["gradient"]) == passed.shape:
                np.testing.assert_allclose(row["gradient"] * factor, passed, rtol=1e-12)


@pytest.mark.parametrize(
    ("program", "values", "locals_"),
    [
        ("sum((A @ x)^2)", {"A": [[1, 2], [3, 4]], "x": [1, 2]}, ["outer(g, x)", "A.T @ g", "2*q"]),
        ("sum(A @ B)", {"A": [[1, 2], [3, 4]], "B": [[1, 2], [3, 4]]}, ["g @ B.T", "A.T @ g"]),
        ("x @ A @ x", {"A": [[1, 2], [3, 4]], "x": [1, 2]}, ["g @ A.T", "outer(x, g)", "x", "q"]),
        ("sum(softmax(x)*x)", {"x": [1, 2]}, ["q*g - q*sum(q*g)"]),
        ("mean(x) + max(x)", {"x": [1, 2]}, ["1/2", "where(x == r, 1/sum(x == r), 0)"]),
        ("q = 2*x; x^2 + q", {"x": 3}, ["2*x", "2"]),
        ("f(a) = a^2; f(x) + f(2*x)*f(x)", {"x": 3}, ["2*x", "2*r"]),
        ("log(det(A)) + trace(A)", {"A": [[2, 1], [1, 3]]}, ["", "1/q"]),
    ],
)
def test_local_derivatives_are_written_as_in_programs(
    program: str, values: dict[str, object], locals_: list[str]
) -> None:
    """What the language has no words for is left to words."""
    rows = gradcli.explain(program, values).as_dict()["explain"]
    written = [way["local"] for row in rows for way in row["ways"]]
    assert [text for text in locals_ if text not in written] == []
    assert not any(part in text for text in written for part in ("reshape", "place", "True", "'"))


@pytest.mark.parametrize(
    ("program", "values", "said"),
    [
        ("a = -r*T; a", {"r": 2, "T": 1}, {"times the slope of -r*T in r"}),
        ("x/y", {"x": 3, "y": 1}, {"times the slope of x/y in x"}),
        ("x^2", {"x": 0.5}, {"times the slope of x^2 in x"}),
        ("x - y", {"x": 3, "y": 1}, {"unchanged", "with the other sign"}),
        ("abs(x)", {"x": -2}, {"with the other sign"}),
        ("where(x > 0, x, y)", {"x": 1, "y": 1}, {"unchanged"}),
    ],
)
def test_words_are_of_the_formula_and_not_of_the_number(
    program: str, values: dict[str, float], said: set[str]
) -> None:
    rows = gradcli.explain(program, values).as_dict()["explain"]
    words = {way["words"] for row in rows for way in row["ways"] if abs(way["factor"]) == 1}
    assert words == said


def test_a_zero_that_arrives_stays_zero() -> None:
    text = str(gradcli.explain("where(x > 0, log(x), x)", x=-1.0))
    assert "nothing arrives and nothing is passed on, though the slope of log(x) is not" in text
    assert "0 * nan" not in text


@pytest.mark.parametrize(("length", "is_shown"), [(48, True), (49, False)])
def test_a_long_formula_is_left_out_of_a_table(length: int, is_shown: bool) -> None:
    name = "a" * length
    table = shell(f"explain x*{name} --x 2 --{name} 3 -o table").out
    assert (f"df/dx = {name} = 3" in table) == is_shown


def test_steps_without_a_name_get_letters_and_then_numbers() -> None:
    program = "sin(" * 10 + "x" + ")" * 10
    steps = [row["step"] for row in gradcli.explain(program, x=1).as_dict()["explain"]]
    assert len({*steps}) == len(steps)
    assert [step for step in steps if step[1:]] == ["q1", "q2"]


def test_loops_are_folded_and_whole_in_json() -> None:
    line = "explain 's = 1; for i in range(50) { s = s * x }; s' --x 1.1"
    table = shell(f"{line} -o table").out
    assert "47 more like it" in table
    assert len(table.splitlines()) < 20
    assert len(json.loads(shell(f"{line} -o json").out)["explain"]) == 50


@pytest.mark.parametrize(
    ("program", "values", "said"),
    [
        ("relu(x)*y", {"x": -1, "y": 2}, "relu(x) does not change with x here"),
        ("min([x, 1, 2])", {"x": 5}, "min(q) does not change with x here"),
        ("exp(-x^2)", {"x": 40}, "is 0 by underflow: from exp(r) on"),
        ("softmax([x, 800])[0]", {"x": 0}, "is 0 by underflow: from softmax(q) on"),
        ("floor(x)", {"x": 2.5}, "only through floor"),
        ("x^2 - 2*x", {"x": 1}, "add up to 0"),
        ("1/x", {"x": 1e-6}, "1/x is steep in x here"),
        ("log(x)", {"x": 0}, "log(0) is -inf"),
        ("sqrt(x)", {"x": 0}, "becomes inf at sqrt(x)"),
        ("x*y", {"x": 0, "y": math.inf}, "the input y is inf"),
        ("x[0] + y*x[1]", {"x": [1, math.inf], "y": 0}, "the input x[1] is inf"),
    ],
)
def test_notices(program: str, values: dict[str, float], said: str) -> None:
    notices = [notice.message for notice in gradcli.explain(program, values).notices]
    assert any(said in message for message in notices), notices


def test_an_element() -> None:
    rows = gradcli.explain("sum(x^2 * y)", x=[1, 2, 3], y=2, element="x[1]").as_dict()["explain"]
    assert [row["step"] for row in rows] == ["x[1]", "q[1]", "r[1]", "f"]
    assert rows[0]["gradient"] == 8


@pytest.mark.parametrize("element", ["x[4]", "x", "x[0, 0]", "z[0]"])
def test_no_element(element: str) -> None:
    with pytest.raises(gradcli.InputError, match="element"):
        gradcli.explain("sum(x)", x=[0, 1], element=element)


def test_gradients_that_come_by_two_ways_are_added_up() -> None:
    table = report_table(gradcli.explain("x^2 + sin(x)", x=3), Page())
    assert re.findall(r"df/dx (\S+) (\S+)", table) == [("+=", "1"), ("+=", "1"), ("=", "5.01001")]


def test_on_a_narrow_screen_arrays_have_lines_of_their_own() -> None:
    """What goes on in the next line stands further in; short numbers keep their column."""
    page = Page()
    page.width = 60
    program = "h = tanh(W @ x); sum(h^2)"
    wide = report_table(gradcli.explain(program, W=[[0.1, 0.2], [0.3, 0.4]], x=[1, 2]), page)
    assert re.search(r"^ {2}h      \[0.924234, 1.601\] arrives$", wide, re.MULTILINE)
    assert re.search(r"^ {11}df/dW = 2×2 .*,\n {15}1.15016\]$", wide, re.MULTILINE)
    short = report_table(gradcli.explain("(x + y)*z", x=-2, y=5, z=-4), page)
    assert "step   arrives   the chain rule" in short
    page.width = 25
    assert "[1, 1]" in report_table(gradcli.explain("sum(x*y)", x=[1, 2], y=3), page)


def test_everything_is_shown_if_it_is_wanted() -> None:
    """Turns of loops and the middle of long sums, in tables and in the tree of a graph."""
    for text in (
        "s = 0; for k in range(9) { s = s + x^k }; s",
        "+".join(f"x^{k}" for k in range(14)),
    ):
        for asked in (gradcli.explain(text, x=2), gradcli.graph(text, x=2)):
            assert "more" in report_table(asked, Page())
            assert "more" not in report_table(asked, Page(everything=True))


@pytest.mark.parametrize("width", [60, 96, 200])
def test_it_fits_the_screen(width: int) -> None:
    explained = gradcli.explain("q = x + y; f = q * z", x=-2, y=5, z=-4)
    page = Page()
    page.width = width
    table = report_table(explained, page)
    assert max(map(len, table.splitlines())) <= width
    for said in ("df/dq = z = -4", "df/dx = -4 * 1 = -4", "times the other factor, z", "unchanged"):
        assert said in table


def test_it_shows_itself() -> None:
    explained = gradcli.compile("(x + y) * z").explain(x=-2, y=5, z=-4)
    assert "df/dq = z = -4" in str(explained)
    assert repr(explained) == str(explained).rstrip("\n")
    assert "<td" in explained._repr_html_()
    job = {"op": "explain", "expr": "x^2", "inputs": {"x": 3}}
    assert next(iter(gradcli.batch([job])))["explain"][0]["gradient"] == 6


def test_a_power_of_a_counter_has_the_slope_of_a_power() -> None:
    steps = gradcli.explain("s = 0; for i in range(4) { s = s + x^i }; s", x=2.0)
    local = [way["local"] for row in steps.as_dict()["explain"] for way in row["ways"]]
    assert {"3*x^2", "2*x"} <= {*local}
