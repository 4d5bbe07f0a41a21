"""Gradient checks are believed: what is right is never accused, what is wrong is caught."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from gradcli.engine.api import Program
from gradcli.engine.checking.differences import Curves, Differences, differences
from gradcli.engine.checking.judgement import BESIDE
from gradcli.engine.program import Text
from gradcli.engine.question import find
from gradcli.engine.request import Request
from gradcli.engine.settings import Settings
from gradcli.errors import ProgramTypeError
from gradcli.exec.steps import Steps
from gradcli.ops.catalog import FUNCTIONS
from tests.test_cli import gradcli
from tests.test_ops import EVERY_CALL, drawn
from tests.test_routes import every_formula

if TYPE_CHECKING:
    from collections.abc import Callable

    Array = np.ndarray[Any, np.dtype[Any]]

DTYPES = ("float64", "float32")
OK, DIFFERS, UNKNOWN = "ok", "differs", "differences cannot tell"

both_dtypes = pytest.mark.parametrize("dtype", DTYPES)


def verdicts(formula: str, dtype: str = "float64", dy: Any = None, **asks: Any) -> list[str]:
    """The verdicts on all elements of all gradients; inputs are what is not an option of checks."""
    options = {key: asks.pop(key) for key in ("claim", "eps", "rtol", "atol") if key in asks}
    values = {name: np.asarray(value, float) for name, value in asks.items()}
    if dy is not None:
        options["dy"] = dy
    question: Any = find("check")
    report: Any = Request(question, Text(formula), values, options, Settings(dtype=dtype)).answer()
    return [row[-1] for row in report.rows]


# --- what is right ------------------------------------------------------------------------------

POINTS = [
    *(0, 1, -1, 2, 3, -3, 0.5, -0.5, 6, 20, -20, 2.5, np.pi, np.pi / 2, 12345.678, 2500, -2500),
    *(1e-3, -1e-3, 1e-5, 1e-10, 1e-9, 1 + 1e-9, 1 - 1e-9, 1e-200, 1e-300),
    *(1e5, 1e10, 1e15, 1e38, 1e100, 1e200, -1e200, 1e308, np.inf, np.nan),
    *np.random.default_rng(0).uniform(-5, 5, 8),
]

RIGHT = """
x^2 | x^3 - x | 1/x | x^-3 | x^101 | x^1.5 | x^x | (x^2 + 1)^0.3 | cbrt(x) | sqrt(x) | hypot(x, 3)
exp(x) | log(x) | x*log(x) | log1p(x) | expm1(x) | log(1 + exp(x)) | exp(-x^2) | exp(sin(x)*20)
sin(x) | cos(x) | tan(x) | atan(x) | asin(x) | acosh(x) | atanh(x) | sinh(x)/cosh(x) | sinc(x)
sin(1000*x) | sin(1e6*x) | cos(1e9*x) | sin(1e15*x) | sin(x)/x | x % 3 | abs(x)*x | tanh(x)
x^2 + 1e10 | x^2 + 1e10 - 1e10 | (x + 1e10)^2 - 1e20 - 2e10*x | 1e-12*x^2 | 1e200*x | sin(x) - x
x + 1e-9*sin(1e9*x) | x + 1e-3*sin(1e12*x) | 1/(1 + (x/1e-6)^2) | exp(x) - exp(x - 1e-9)
erf(x) | erfc(x) | digamma(x) | j0(x) | i0(x) | gelu(x) | sigmoid(x) | softplus(100*x)
acosh(1 + x) | rgamma(x) | tan(x)^2 | x*exp(-x) | sqrt(x^2 + 1) - x
floor(x)*x | relu(x) + x^2 | maximum(x, 1)*x | where(x > 1, x^2, x) | round(x) | clip(x, 0, 1)
""".replace("\n", " | ").strip(" |")


@both_dtypes
@pytest.mark.parametrize("formula", RIGHT.split(" | "))
def test_what_is_right_is_not_accused(formula: str, dtype: str) -> None:
    points = [x for x in POINTS if dtype == "float64" or not 1e38 < abs(x) < np.inf]
    assert DIFFERS not in verdicts(formula, dtype, x=points)


def test_what_is_right_is_not_accused_where_elements_mix() -> None:
    """Then each element moves by itself, and the gradient beside it is that of one move."""
    for formula in RIGHT.split(" | "):
        mixed = f"({formula}) + 1e-300*sum(sin(x))"
        assert DIFFERS not in verdicts(mixed, x=[0.5, 1e200, -1e200]), formula


CERTAIN: list[tuple[str, Any]] = [
    ("x^2 + 1e10", [0.5, 1, 3, 100]),
    ("sum(x^2)", [1e10, 1]),
    ("sin(x)", [0.1, 1, 2500, 1e6]),
    ("sin(1000*x)", [0.1, 2.5, -3]),
    ("sin(1e6*x)", 1),
    ("x^2", [3, 1e-10, 1e100, 1e150]),
    ("1/x", [1e-10, 1e10, 1e-100]),
    ("1e-12*x^2", [1e-3, 1, 1e3]),
    ("exp(x)", [-80, 1, 80]),
    ("log(x)", [1e-300, 1e-3, 1e300]),
    ("x^101", [-1.5, 0.5]),
    ("abs(x)", [1e-9, -1e-9, 1e-100]),
    ("relu(x)", [1e-9, -1e-9]),
    ("floor(x)", [2.5, -7.1]),
    ("clip(x, 0, 1)", [-5, 0.5, 5]),
    ("abs(x)*x", [0, 1]),
    ("lgamma(x)", [1, 2]),
    ("sum((ones((3, 3))@x)^2)", [1, 1, 1]),
    ("max(x)", [1, 5, 2]),
]


@both_dtypes
@pytest.mark.parametrize(("formula", "x"), CERTAIN, ids=[formula for formula, _ in CERTAIN])
def test_what_differences_can_tell(formula: str, x: Any, dtype: str) -> None:
    points = np.atleast_1d(x)
    if dtype == "float32":
        points = points[(abs(points) < 1e18) & (abs(points) > 1e-37)]
    assert set(verdicts(formula, dtype, x=points)) == {OK}


@every_formula
def test_awkward_formulas(formula: str, values: Any) -> None:
    assert set(verdicts(formula, **values)) == {OK}


UNKNOWABLE: list[tuple[str, Any]] = [
    ("sin(x)", 1e15),
    ("sin(1e15*x)", 1),
    ("x^2", 1e200),
    ("1/x", 0),
    ("log(x)", 0),
    ("log(abs(x))", 0),
    ("sqrt(x)", 0),
    ("sqrt(abs(x))", 0),
    ("cbrt(x)", 0),
    ("abs(x)^0.9", 0),
    ("x*log(abs(x) + 1e-320)", 0),
    ("asin(x)", 1),
    ("acosh(1 + x)", 1e-300),
    ("floor(x)", 2),
    ("sign(x)", 0),
    ("x % 3", 6),
    ("log(x)", -1),
    ("x^2", np.nan),
    ("sum(x[x > 1]^2)", [1]),
]


@pytest.mark.parametrize(("formula", "x"), UNKNOWABLE, ids=[f"{f} {x}" for f, x in UNKNOWABLE])
def test_what_they_cannot(formula: str, x: Any) -> None:
    assert verdicts(formula, x=x) == [UNKNOWN]


# --- kinks --------------------------------------------------------------------------------------

KINKS: list[tuple[str, Any, list[str]]] = [
    ("abs(x)", [-1, 0, 1], [OK, "kink [-1, 1]", OK]),
    ("relu(x)", [0, 1], ["kink [0, 1]", OK]),
    ("abs(x - 1)*3 + x", 1, ["kink [-2, 4]"]),
    ("leaky_relu(x)", 0, ["kink [0.01, 1]"]),
    ("relu6(x)", [0, 6], ["kink [0, 1]", "kink [1, 0]"]),
    ("clip(x, -1, 1)", [-1, 1], ["kink [0, 1]", "kink [1, 0]"]),
    ("max(x)", [2, 2, 1], ["kink [0, 1]", "kink [0, 1]", OK]),
    ("maximum(x, 1)*x", [1], ["kink [1, 2]"]),
    ("where(x > 1, x^2, x)", [1, 2], ["kink [1, 2]", OK]),
    ("y = x if x > 1 else x^2; y*x", 1, ["kink [3, 2]"]),
    ("sum(sort(x)[:1])", [1, 1], ["kink [1, 0]", "kink [1, 0]"]),
    ("norm(x)", [0, 0], ["kink [-1, 1]", "kink [-1, 1]"]),
    ("x + 1e-5*abs(x)", 0, ["kink [1, 1]"]),
    ("sin(x)*abs(x - 3)", 3, ["kink [-0.1411, 0.1411]"]),
]


@both_dtypes
@pytest.mark.parametrize(("formula", "x", "wanted"), KINKS, ids=[row[0] for row in KINKS])
def test_kinks(formula: str, x: Any, wanted: list[str], dtype: str) -> None:
    assert verdicts(formula, dtype, x=x) == wanted


@pytest.mark.parametrize("distance", [1e-6, 1e-9, 1e-12])
@pytest.mark.parametrize("formula", ["abs(x - 1)", "relu(x - 1)", "maximum(x, 1)", "clip(x, 1, 2)"])
def test_beside_a_kink(formula: str, distance: float) -> None:
    found = verdicts(formula, x=[1 + distance, 1 - distance])
    assert set(found) <= {OK, UNKNOWN}


def test_a_gradient_that_is_no_number_claims_nothing() -> None:
    assert verdicts("cbrt(x)^3", x=[0, 1]) == [UNKNOWN, OK]
    assert verdicts("x/(1/x)", x=[0, 1]) == [UNKNOWN, OK]
    assert verdicts("x*sqrt(y)", x=0, y=0) == [OK, UNKNOWN]
    assert verdicts("tanh((sinh(x^2))^2)", x=24) == [OK]


def test_no_kinks_where_there_are_none() -> None:
    assert set(verdicts("sin(x)", x=range(4000))) == {OK}
    assert set(verdicts("tanh(x) + log(1 + x^2)/(2 + cos(x))", x=np.linspace(-50, 50, 4001))) == {
        OK
    }


@pytest.mark.parametrize(
    "formula", ["relu(x) - relu(-x)", "sign(x)*abs(x)", "sum(relu([x, -x])*[1, -1])"]
)
def test_where_kinks_meet_none_is_accused(formula: str) -> None:
    assert verdicts(formula, x=0) == ["kinks meet [1, 1]"]
    assert verdicts(formula, x=1) == [OK]


# --- what is wrong ------------------------------------------------------------------------------

DERIVATIVES = [
    ("x^2", "2*x"),
    ("1e-12*x^2", "2e-12*x"),
    ("x^2 + 1e10", "2*x"),
    ("sin(1000*x)", "1000*cos(1000*x)"),
    ("atan(x)", "1/(1 + x^2)"),
    ("exp(-x^2)", "-2*x*exp(-x^2)"),
    ("sin(x) - x", "cos(x) - 1"),
    ("erf(x)", "2/sqrt(pi)*exp(-x^2)"),
]


@both_dtypes
@pytest.mark.parametrize(("formula", "derivative"), DERIVATIVES)
def test_claims(formula: str, derivative: str, dtype: str) -> None:
    x = [0.3, 1.7, -2.6, 1e-3]
    assert set(verdicts(formula, dtype, x=x, claim={"x": derivative})) == {OK}
    claim = {"x": f"1.000001*({derivative})"}
    assert set(verdicts(formula, dtype, x=x, claim=claim)) == {DIFFERS}


SMALL = [
    ("cos(x)", "-sin(x)", [1e-10, 1e-100]),
    ("x - sin(x)", "1 - cos(x)", [1e-10, 1e-100]),
    ("cosh(x)", "(exp(x) - exp(-x))/2", [1e-3, 1]),
    ("erf(x)", "2/sqrt(pi)*exp(-x^2)", [2.5, 5, 20]),
    ("atan(x)", "1/(1 + x^2)", [1e10, 1e100]),
    ("y = x^2; 1/(1 + y)", "-2*x/(1 + y)^2", [1e-100, 1e-10]),
    ("x @ x + 1e10", "2*x", [1e-10, -3e-10]),
]


@pytest.mark.parametrize(("formula", "derivative", "x"), SMALL, ids=[row[0] for row in SMALL])
def test_claims_of_small_slopes(formula: str, derivative: str, x: Any) -> None:
    """A claim is held against the digits that both have, however small the slope is."""
    assert set(verdicts(formula, x=x, claim={"x": derivative})) == {OK}
    claim = {"x": f"1.000002*({derivative})"}
    assert set(verdicts(formula, x=x, claim=claim)) == {DIFFERS}


def test_a_claim_may_lose_digits() -> None:
    claims = [("cosh(x)", "(exp(x) - exp(-x))/2"), ("sqrt(1 + x)", "(1 + x)/(2*sqrt(1 + x)^3)")]
    for formula, derivative in claims:
        assert verdicts(formula, x=[1e-10, 1e-14], claim={"x": derivative}) == [OK, OK]


def test_a_slope_beyond_the_working_dtype() -> None:
    """What float32 cannot hold is no mistake; what it loses on the way is not said to be right."""
    assert verdicts("exp(x)", "float32", x=300) == [OK]
    assert verdicts("exp(-1/x)", "float32", x=1e-20) == [UNKNOWN]


def test_a_claim_at_a_kink_is_held_against_the_gradient() -> None:
    assert verdicts("abs(x)", x=0, claim={"x": "sign(x)"}) == ["kink [-1, 1]"]
    assert verdicts("abs(x)", x=0, claim={"x": "1 - 2*(x < 0)"}) == [DIFFERS]
    assert verdicts("sin(x)", x=1e15, claim={"x": "1.001*cos(x)"}) == [DIFFERS]


ELEMENTARY = "sin cos exp log sqrt tanh atan erf sigmoid lgamma expm1 log1p square reciprocal"
BINARY = "mul div pow hypot logaddexp maximum"
WRONG = [
    *(f"{name}(x)" for name in f"{ELEMENTARY} abs relu".split()),
    *(f"{name}(x, 0.7)" for name in BINARY.split()),
]


@pytest.mark.parametrize("formula", WRONG)
def test_a_wrong_rule(formula: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Differences alone notice a partial derivative that is off in the seventh digit."""

    def none(*_: Any, **__: Any) -> None:
        raise ProgramTypeError("no complex step")

    op: Any = FUNCTIONS[formula.partition("(")[0]].op
    assert set(verdicts(formula, x=[0.3, 1.7, 2.6])) == {OK}
    wrong = tuple(lambda *at, rule=rule: rule(*at) * 1.000001 for rule in op.partials)
    monkeypatch.setattr(op, "partials", wrong)
    assert DIFFERS in verdicts(formula, x=[0.3, 1.7, 2.6])
    monkeypatch.setattr("gradcli.exec.complex_step.complex_step", none)
    assert DIFFERS in verdicts(formula, x=[0.3, 1.7, 2.6])


RULES = [
    ("f(x) = x^2; vjp f(x, dy) = 3*x*dy; f(x)", DIFFERS),
    ("f(x) = x^2; vjp f(x, dy) = 2.000002*x*dy; f(x)", DIFFERS),
    ("f(x) = x^2; vjp f(x, dy) = 2*x*dy; f(x)", OK),
    ("f(x) = x^2 + 1e6; vjp f(x, dy) = 2.00001*x*dy; f(x)", DIFFERS),
    ("f(x) = sin(x); vjp f(x, dy) = 1e20*dy; f(x)", DIFFERS),
    ("f(x) = sin(x); vjp f(x, dy) = dy/(x - x); f(x)", DIFFERS),
    ("f(x) = x^2; vjp f(x, dy) = (2*x + (x == 0.7 or x == 2.5))*dy; f(x)", DIFFERS),
    ("f(x) = sin(x)*y; vjp f(x, dy) = 1.000001*cos(x)*y*dy; y = 2; sum(f(x)*x)", DIFFERS),
    ("stop_gradient(x)*x", DIFFERS),
]


@pytest.mark.parametrize(("formula", "wanted"), RULES)
def test_a_rule_of_ones_own(formula: str, wanted: str) -> None:
    assert set(verdicts(formula, x=[0.7, 2.5])) == {wanted}


def test_a_gradient_is_looked_at_within_the_step_of_differences() -> None:
    """And in tune with no period."""
    distances = np.abs(BESIDE[:, None] - BESIDE)[np.triu_indices(len(BESIDE), 1)]
    assert np.abs(BESIDE).max() < 1
    assert np.diff(np.sort(distances)).min() > 1e-3


def test_every_function_is_right() -> None:
    """No function is accused at a point of the domain that its record states."""
    calls = {call.name: call for call in reversed(EVERY_CALL)}
    checked = 0
    for call in calls.values():
        try:
            words = verdicts(call.text, **drawn(call))
        except ProgramTypeError:  # a truth value has no gradient
            continue
        assert DIFFERS not in words, call.text
        checked += words.count(OK)
    assert checked > 4 * len(calls)


# --- symmetric matrices -------------------------------------------------------------------------

SYMMETRIC = [
    "sum(cholesky(A))",
    "sum(cholesky(2*A + eye(2))^2)",
    "sum(eigvalsh(A)^2)",
    "w, v = eigh(A); sum(v[:, 0]^2*[1, 3]) + w[1]",
    "sum(cholesky(A)) + 3*A[0, 1]",
    "sum(A^3)",
    "sum(inv(A))",
]


@both_dtypes
@pytest.mark.parametrize("formula", SYMMETRIC)
def test_symmetric_matrices_stay_so(formula: str, dtype: str) -> None:
    assert verdicts(formula, dtype, A=[[4, 2], [2, 5]]) == [OK] * 4
    stack = [[[4, 2], [2, 5]], [[3, 1], [1, 2]]]
    if "[" not in formula:
        assert verdicts(formula, dtype, A=stack) == [OK] * 8


def test_a_wrong_rule_of_symmetric_matrices(monkeypatch: pytest.MonkeyPatch) -> None:
    """One that both modes share is noticed by differences alone, along both elements of a pair."""
    matrix = np.array([[4.0, 2], [2, 5]])
    op: Any = Program("cholesky(A)").record({"A": matrix}).results[0].op
    vjp, jvp = op.vjp, op.jvp
    monkeypatch.setattr(op, "vjp", lambda node, g: [part * 1.000001 for part in vjp(node, g)])
    monkeypatch.setattr(op, "jvp", lambda node, tangents: jvp(node, tangents) * 1.000001)
    assert verdicts("sum(cholesky(A))", A=matrix) == [DIFFERS] * 4


# --- cost ---------------------------------------------------------------------------------------


def test_an_elementwise_program_is_checked_in_one_pass(monkeypatch: pytest.MonkeyPatch) -> None:
    runs: list[int] = []
    run = Steps.__call__

    def counted(self: Steps, values: Any) -> Any:
        runs.append(1)
        return run(self, values)

    monkeypatch.setattr(Steps, "__call__", counted)
    assert set(verdicts("sin(x)*exp(-x/9)", x=np.linspace(0.1, 9, 4000))) == {OK}
    assert len(runs) <= 40
    runs.clear()
    assert verdicts("softmax(x)[0]", x=np.linspace(-1, 1, 30)).count(OK) == 30
    assert len(runs) <= 30 * 12


def test_a_sum_is_checked_term_by_term() -> None:
    assert verdicts("sum(x^2)", x=[1e10, 1, 1e-5]) == [OK] * 3
    assert verdicts("sum(x^2)", x=[1e10, 1], dy=3) == [OK] * 2


def test_conditions_are_asked_again() -> None:
    formula = "y = x if sum(x) > 1 else x^2; sum(y*x)"
    assert set(verdicts(formula, x=[0.1, 0.2])) == set(verdicts(formula, x=[0.9, 0.2])) == {OK}


# --- what is said -------------------------------------------------------------------------------


def test_status_and_verdicts() -> None:
    assert gradcli('check "atan(x)" --x 1,2 --claim x="1/(1+x^2)"').status == 0
    done = gradcli('check "atan(x)" --x 1,2 --claim x="1/(1+x^3)"')
    assert done.status == 4
    assert [row.rpartition("\t")[2] for row in done.out.splitlines()] == ["verdict", OK, DIFFERS]
    assert gradcli('check "sin(x)" --x 1e15').status == 0


def test_json() -> None:
    found = json.loads(gradcli('check "abs(x)" --x 0,1 -o json').out)
    assert found == {
        "agree": True,
        "check": {
            "x": {
                "reverse": [0, 1],
                "forward": [0, 1],
                "numeric": [0, 1],
                "verdict": ["kink [-1, 1]", "ok"],
            }
        },
    }


@pytest.mark.parametrize(
    ("line", "footer"),
    [
        ("x^2 --x 1,2", "all agree"),
        ("sin(x) --x 1,1e15", "none differs; at 1 of 2 differences cannot tell"),
        ("x^2 --x 1,2 --claim x=x+1", "1 of 2 differ"),
    ],
)
def test_what_it_comes_to(line: str, footer: str) -> None:
    assert gradcli(f"check {line} -o table").out.splitlines()[-1].strip() == footer


def test_tolerances() -> None:
    claim = {"x": "2.001*x"}
    assert verdicts("x^2", x=3, claim=claim) == [DIFFERS]
    assert verdicts("x^2", x=3, claim=claim, rtol=1e-2) == [OK]
    assert verdicts("x^2", x=3, claim=claim, atol=0.1) == [OK]
    assert verdicts("sin(x)", x=1, rtol=0, atol=0) == [UNKNOWN]
    assert verdicts("sin(x)", x=1, eps=1e-3) == [OK]
    assert verdicts("sin(x)", x=[1, 2], eps=1e-320) == [UNKNOWN, UNKNOWN]
    assert verdicts("x + 1000*maximum(x, 0)^2", x=0) == [OK]  # the mean of the slopes of both sides


@pytest.mark.parametrize(
    ("line", "out", "place"),
    [
        ("sin(x) --x 2500", "0.759825113", None),
        ("sin(1000*x) --x 2.5", "759.825113", None),
        ("sin(x) --x 1e15,1,1e16", "nan\n0.540302306\nnan", "x[0] and 1 more"),
        ("abs(x) --x 0", "0", "x"),
        ("x^2 --x 3 --dtype float32", "6", None),
    ],
)
def test_numeric_gradients(line: str, out: str, place: str | None) -> None:
    done = gradcli(f"grad {line.replace(' --', ' --method numeric --precision 9 --', 1)}")
    assert done.out == f"{out}\n"
    warning = f"warning: finite differences do not settle on a slope at {place}\n"
    assert done.err.startswith(warning) if place else not done.err


def test_no_complex_step_where_values_are_not_real() -> None:
    done = gradcli('grad "x^101" --x -1.5 --method complex-step')
    assert done.status == 1
    assert "at real values the program is not real" in done.err


# --- differences of plain functions -------------------------------------------------------------


def settled(function: Callable[[Array], Array], x: float, magnitude: float) -> Differences:
    """The differences of a function of a number, by steps of all sizes."""
    start = np.array([x])

    def change(_: Array, offsets: Array) -> Array:
        return function(start + offsets) - function(start)

    with np.errstate(all="ignore"):
        return differences(
            Curves(change, start, np.array([magnitude])), lambda _: np.zeros(1, bool)
        )


PLAIN: list[tuple[Any, float, float, float, float]] = [
    (np.sin, 1, np.cos(1), 1, 1e-11),
    (np.sin, 2500, np.cos(2500), 1, 1e-8),
    (lambda x: np.sin(1e6 * x), 1, 1e6 * np.cos(1e6), 1e6, 1e-7),
    (lambda x: x * x + 1e10, 1, 2, 1e10, 1e-7),
    (lambda x: x * x + 1e10 - 1e10, 1, 2, 2e10, 1e-7),
    (lambda x: 1 / x, 1e-10, -1e20, 1e10, 1e-10),
    (np.log, 1e-300, 1e300, 700, 1e-9),
    (lambda x: np.abs(x - 1), 1 + 1e-9, 1, 1e-9, 1e-7),
    (lambda x: np.maximum(x - 1, 0), 1 - 1e-9, 0, 0, 1e-12),
    (lambda x: x * np.abs(x), 0, 0, 0, 1e-12),
]


@pytest.mark.parametrize(("function", "x", "slope", "magnitude", "tolerance"), PLAIN)
def test_plain_functions(
    function: Any, x: float, slope: float, magnitude: float, tolerance: float
) -> None:
    """The slope is within the error, and the error within the tolerance."""
    value, error = settled(function, x, magnitude).central[:2]
    assert abs(value - slope) <= error
    assert error <= tolerance * max(abs(slope), 1)


@pytest.mark.parametrize(
    "function",
    [
        lambda x: np.sqrt(np.abs(x)),
        lambda x: np.abs(x) ** 0.999,
        lambda x: x * np.log(np.abs(x) + 1e-320),
        np.sign,
    ],
)
def test_sides_without_a_slope(function: Any) -> None:
    slopes = settled(function, 0, 0)
    assert np.isinf(slopes.left.error) & np.isinf(slopes.right.error)
    assert not slopes.kinks()


def test_a_kink_of_a_plain_function() -> None:
    slopes = settled(lambda x: np.where(x < 0, 2 * x, np.sin(x)), 0, 0)
    assert slopes.kinks()
    assert (slopes.left.value, slopes.right.value) == (2, pytest.approx(1))
