"""Power series: against nested derivatives for every record, and the shapes that programs have."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

import gradcli
from gradcli.engine.api import Program
from gradcli.errors import DomainError, GradcliWarning, LimitError, UsageError
from gradcli.passes.modes import forward, taylor
from tests.test_ops import EVERY_CALL, Case

NUMERIC = list({call.text: call for call in EVERY_CALL if call.shapes}.values())

UNDERFLOWS = {"log(1e100*x)", "asinh(1e100*x)"}
"""Calls whose nested derivatives underflow in parts; the series are those of log(x)."""


def nested(case: Case, x: Any, order: int) -> list[Any]:
    """The derivatives along x from tangents of tangents."""
    one, parts = x.graph.constant(1.0), [case.y]
    while len(parts) <= order:
        (slope,) = forward([parts[-1]], [x], [one], whole=True)
        if slope is None:
            break
        parts.append(slope)
    arrays = [np.asarray(case.run.evaluator(part)) for part in parts]
    return arrays + [np.zeros(case.y.shape)] * (order + 1 - len(arrays))


@pytest.mark.parametrize("call", NUMERIC, ids=lambda call: call.text)
def test_nesting_agrees(call: Any) -> None:
    """The derivatives of every record by every operand; of orders up to 6 where it is quick."""
    case = Case(call)
    if case.y.is_bool or call.text in UNDERFLOWS:
        return
    order, value = 6 if call.elementwise else 3, case.run.evaluator
    for x in case.xs:
        parts = taylor(case.y, x, order, lambda node: np.equal(value(node), 0), derivatives=True)
        by_series = [np.asarray(value(part)) for part in parts]
        by_nesting = nested(case, x, order)
        sizes = [np.max(np.abs(array), initial=0.0) for array in by_nesting]
        for k, (got, wanted) in enumerate(zip(by_series, by_nesting, strict=True)):
            scale = max(sizes[max(0, k - 2) : k + 3])
            np.testing.assert_allclose(got, wanted, rtol=1e-9, atol=1e-12 * scale)


PROGRAMS = {
    "s = 0; for i in range(500) { s = s*0.9 + sin(x*i/500)*0.1 }; s": 0.7,
    "s = x; a = x*2; for r in linspace(0, 1, 300)*x { s = cos(s)*a + r*r }; s": 0.7,
    "s = x; n = 0; while n < 200 { s = sin(s) + 0.001*x; n += 1 }; s": 0.7,
    "done = false; s = x; while not done { s = s + 0.1/(1 + s); done = s > 3 }; s": 0.7,
    "if x > 0 { y = exp(x) } else { y = x }; y^2": 0.3,
    "where(x > 0, sqrt(x), x)": -1.0,
    "sqrt(where(x > 0, x, 0))": -1.0,
    "f(t) = t*exp(t); f(x) + f(x^2)": 0.3,
    "A = [[x + 2, 1], [1, 3 + x]]; sum(solve(A, [1, x])) + det(A) + sum(inv(A@A))": 0.3,
    "A = [[x + 2, 1], [1, 3 + x]]; sum(cholesky(A)) + sum(eigvalsh(A)^3)": 0.3,
    "einsum('ij,jk,kl->il', [[x]], [[x]], [[x]])[0, 0]": 2.0,
    "g = grad(t => sin(t)*x); g(x)": 2.0,
    "expm([[x, 1], [0, x]])[0, 1]": 0.3,
    "f(x) = x^3; vjp f(x, dy) = 4*x^2*dy; f(x)*x": 1.5,
    "f(u) = u*x; vjp f(u, dy) = 2*dy; f(3)*x^2": 1.5,
}


@pytest.mark.parametrize("text", PROGRAMS)
def test_programs(text: str) -> None:
    """Loops that are nodes, branches, functions and arrays: as by nesting, turn by turn."""
    x = PROGRAMS[text]
    coefficients = gradcli.taylor(text, x=x, order=3)
    order = [gradcli.derivative(text, x=x, order=k) for k in range(4)]
    np.testing.assert_allclose(coefficients, np.divide(order, [1, 1, 2, 6]), rtol=1e-10, atol=1e-13)


def test_six_powers_are_usual() -> None:
    wanted = [1 / math.factorial(k) for k in range(7)]
    np.testing.assert_allclose(gradcli.taylor("exp(x)", x=0.0), wanted, rtol=1e-15)


LIMITS: dict[str, tuple[float, list[float]]] = {
    "sin(x)/x": (0.0, [1, 0, -1 / 6, 0, 1 / 120]),
    "(x^2 + x^3)/x": (0.0, [0, 1, 1, 0, 0]),
    "exp((x^2 + x^3)/x)": (0.0, [1, 1, 3 / 2, 7 / 6, 25 / 24]),
    "expm1(x)/sin(x)": (0.0, [1, 1 / 2, 1 / 3, 1 / 8, 1 / 18]),
    "(x^2 - 1)/(x - 1)": (1.0, [2, 1, 0, 0, 0]),
    "x^3/(x*x)": (0.0, [0, 1, 0, 0, 0]),
    "tan(x)/x": (0.0, [1, 0, 1 / 3, 0, 2 / 15]),
    "x/log1p(x)": (0.0, [1, 1 / 2, -1 / 12, 1 / 24, -19 / 720]),
    "(exp(x) - 1 - x)/sin(x)^2": (0.0, [1 / 2, 1 / 6, 5 / 24, 23 / 360, 7 / 144]),
}


@pytest.mark.parametrize("text", LIMITS)
@pytest.mark.parametrize("derivatives", [False, True])
def test_quotients_with_a_limit(text: str, derivatives: bool) -> None:
    """Where both are 0; beside such an element others are as ever."""
    point, wanted = LIMITS[text]
    run = Program(text).record({"x": [point, point + 1.5]})
    y, x, value = run.results[0], run.inputs["x"], run.evaluator
    parts = taylor(y, x, 4, lambda node: np.equal(value(node), 0), derivatives=derivatives)
    factors = [1, 1, 2, 6, 24] if derivatives else 1
    np.testing.assert_allclose(
        [value(part)[0] for part in parts], np.multiply(wanted, factors), rtol=1e-13, atol=1e-15
    )
    elsewhere = gradcli.taylor(text, x=point + 1.5, order=4)
    got = np.divide([value(part)[1] for part in parts], factors)
    np.testing.assert_allclose(got, elsewhere, rtol=1e-13, atol=1e-15)


def test_whole_numbers_stay_exact() -> None:
    assert gradcli.taylor("1/(1 + x^2)", x=0.0, order=40).tolist() == [1, 0, -1, 0] * 10 + [1]
    assert gradcli.taylor("(1 + x)^5", x=0.0, order=7).tolist() == [1, 5, 10, 10, 5, 1, 0, 0]


SIDES = [
    ("taylor", "abs(x)", 3, "abs(x) has no derivative here: from order 1 on"),
    ("taylor", "x^2*abs(x)", 3, "abs(x) has no derivative here: from order 3 on"),
    ("taylor", "where(x > 0, x^4, 0)", 5, "x > 0 has no derivative here: from order 4 on"),
    ("derivative", "abs(x)^5", 5, "abs(x) has no derivative here: from order 5 on"),
    ("taylor", "abs(x)*exp(5*abs(x))", 1, "abs(x) has no derivative here: from order 1 on"),
]


@pytest.mark.parametrize(("question", "text", "order", "start"), SIDES)
def test_sides_that_differ(question: str, text: str, order: int, start: str) -> None:
    with pytest.warns(GradcliWarning, match=start.replace("(", r"\(").replace(")", r"\)")):
        getattr(gradcli, question)(text, x=0.0, order=order)


@pytest.mark.parametrize("text", ["abs(x)*x^4", "abs(x)^4", "where(x > 0, x, x)", "relu(x - 1)"])
def test_sides_that_agree(text: str) -> None:
    """To that order there is no kink, and no warning."""
    gradcli.taylor(text, x=0.0, order=3)


def test_refusals() -> None:
    with pytest.raises(DomainError, match=r"sqrt\(x\) has no power series at x = 0: .* order 1"):
        gradcli.taylor("sqrt(x) + 1", x=0.0)
    with pytest.raises(DomainError, match=r"^y has no power series at x = 1: its value is inf"):
        gradcli.taylor("x + y", x=1.0, y=np.inf, wrt="x")
    with pytest.raises(DomainError, match="the coefficient of order 35 overflows"):
        gradcli.taylor("exp(300*x)", x=2.0, order=80)
    with pytest.raises(UsageError, match="above 170"):
        gradcli.taylor("sin(x)", x=0.0, order=171)
    with pytest.raises(LimitError, match="above 170"):
        gradcli.evaluate("taylor(sin, 0, 171)")
    assert np.shape(gradcli.evaluate("taylor(t => t, 0, 170)")) == (171,)


def test_in_programs() -> None:
    """The coefficients are nodes like others: in batches of rows, in loops, with gradients."""
    assert gradcli.evaluate("taylor(x => 1/(1 - x), 0, 3)").tolist() == [1, 1, 1, 1]
    third = "f(x) = sqrt(1 + a*x); c = taylor(f, b, 4); c[3]"
    slopes = gradcli.grads(third, a=2.0, b=0.0)
    np.testing.assert_allclose([slopes["a"], slopes["b"]], [0.75, -2.5])
    looped = "s = 0; for i in range(40) { s += taylor(t => exp(t)*i/t, i + 1, 3)[2] }; s"
    unrolled = looped.replace("s +=", "print(i); s +=")
    np.testing.assert_allclose(gradcli.evaluate(looped), gradcli.evaluate(unrolled), rtol=1e-12)
    rows = gradcli.map("taylor(t => sin(t)/t, x, 2)[2]", {"x": [0.0, 1.0]})
    np.testing.assert_allclose(rows["value"], [-1 / 6, -0.11956681346419148], rtol=1e-13)


def test_asked_again() -> None:
    """The steps of one answer serve other values, but not across a 0/0."""
    program = gradcli.compile("(x^2 + x^3)/x")
    for x in (2.0, 3.0, 4.0, 0.0, 5.0, 0.0):
        np.testing.assert_allclose(program.taylor(x=x, order=2), [x + x * x, 1 + 2 * x, 1])
