"""Derivatives by vectors and matrices as formulas: the value of the gradient, a person's size."""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import gradcli
from gradcli.engine.program import Text
from gradcli.errors import GradcliError, InputError, ShapeError, UsageError
from gradcli.render.text import tokens
from tests.formulas import MATRICES, written

GOLDEN = Path(__file__).parent / "golden" / "diff-matrix.jsonl"
CASES = [json.loads(line) for line in GOLDEN.read_text().splitlines()]
LENGTHS = {"n": 4, "m": 3, "k": 5, "j": 2}

SHAPES = dict.fromkeys("abxy", "n") | dict.fromkeys("ABX", "n,n") | {"c": "m", "C": "m,n", "t": ""}

SIBLINGS = """
x @ A @ y | x | A @ y
x @ A @ y | A | outer(x, y)
x @ A @ x | A | outer(x, x)
x @ x | x | 2*x
x @ C.T @ C @ x | x | 2*C.T @ C @ x
sum((C @ x - c)^2) | C | 2*outer(C @ x - c, x)
sum(softplus(C @ x)) | x | C.T @ sigmoid(C @ x)
sum(sin(C @ x)) | x | C.T @ cos(C @ x)
sum(tanh(C @ x)) | C | outer(sech(C @ x)^2, x)
norm(C @ x - c) | x | C.T @ (C @ x - c)/norm(C @ x - c)
trace(X) | X | eye(len(X))
sum(exp(A).T*X) | X | exp(A.T)
sum((A^3).T*X) | X | A.T^3
trace(X @ X) | X | 2*X.T
trace(X.T @ A @ X) | X | (A + A.T) @ X
trace(A @ X @ B) | X | A.T @ B.T
trace(A @ X.T) | X | A
trace(inv(X)) | X | -inv(X).T @ inv(X).T
det(X) | X | det(X)*inv(X).T
log(det(A @ X)) | X | inv(X).T
a @ inv(X) @ b | X | -outer(inv(X).T @ a, inv(X) @ b)
a @ X @ X @ b | X | outer(X.T @ a, b) + outer(a, X @ b)
solve(A, b) @ x | b | inv(A).T @ x
(x - a) @ inv(A) @ (x - a) | x | (inv(A) + inv(A).T) @ (x - a)
exp(-(x @ A @ x)/2) | x | -exp(-x @ A @ x/2)*(A + A.T) @ x/2
norm(X) | X | X/norm(X)
logsumexp(x) | x | softmax(x)
max(x) | x | where(x == max(x), 1, 0)/sum(x == max(x))
min(C @ x) | x | C.T @ where(C @ x == min(C @ x), 1, 0)/sum(C @ x == min(C @ x))
max(abs(x)) | x | where(abs(x) == max(abs(x)), sign(x), 0)/sum(abs(x) == max(abs(x)))
sum(x) | x | ones_like(x)
sum(C @ x) | x | sum(C, 0)
sum(x*log(x)) | x | log(x) + 1
trace(X @ X @ X) | X | 3*X.T @ X.T
trace(A)^2 | A | 2*trace(A)*eye(len(A))
log(det(X)) + trace(inv(X) @ A) | X | (inv(X) - inv(X) @ A @ inv(X)).T
log(det(X.T @ X)) | X | 2*inv(X).T
logdet(X) | X | inv(X).T
log(det(A))/2 - (x - a) @ A @ (x - a)/2 | A | (inv(A).T - outer(x - a, x - a))/2
(A @ x - b) @ (B @ x - a) | x | B.T @ (A @ x - b) + A.T @ (B @ x - a)
a @ X.T @ X @ b | X | outer(X @ a, b) + outer(X @ b, a)
a @ (X * A) @ b | X | A*outer(a, b)
a @ diag(x) @ b | x | a*b
sum(outer(x, y)*A) | x | A @ y
norm(outer(x, y) - A)^2 | x | 2*(y @ y)*x - 2*A @ y
sum(X @ X.T) | X | 2*outer(ones(len(X)), sum(X, 0))
sum(X/a) | X | outer(ones_like(a), 1/a)
sum(exp(X + a)) | a | sum(exp(X + a), 0)
sum((X - mean(X, 0))^2) | X | 2*X - 2*mean(X, 0)
sum(tanh(X @ A + a)^2) | A | 2*X.T @ (tanh(X @ A + a)*sech(X @ A + a)^2)
sum((A @ tanh(B @ x) - b)^2) | B | 2*outer((A.T @ (A @ tanh(B @ x) - b))*sech(B @ x)^2, x)
sum(softmax(C @ x)*c) | x | C.T @ (softmax(C @ x)*(c - c @ softmax(C @ x)))
-sum(c*log(softmax(C @ x))) | C | outer(sum(c)*softmax(C @ x) - c, x)
sum(softplus(C @ x) - c*(C @ x)) | x | C.T @ (sigmoid(C @ x) - c)
-sum(c*log(sigmoid(C @ x)) + (1 - c)*log(1 - sigmoid(C @ x))) | x | C.T @ (sigmoid(C @ x) - c)
x @ y/(norm(x)*norm(y)) | x | (y - (y @ x)*x/norm(x)^2)/(norm(x)*norm(y))
x @ x/2 + norm(x, 1) | x | sign(x) + x
mean((C @ x - c)^2) | x | 2*C.T @ (C @ x - c)/len(c)
var(x) | x | 2*(x - mean(x))/len(x)
std(x) | x | (x - mean(x))/(sqrt(len(x))*norm(x - mean(x)))
norm(x - a) + norm(x - b) | x | (x - b)/norm(x - b) + (x - a)/norm(x - a)
sum(where(x > 0, x^2, x)) | x | where(x > 0, 2*x, 1)
a @ x | y | zeros_like(y)
a @ diag(x) @ x | x | 2*a*x
x @ diag(x) @ x | x | 3*x^2
a @ diag(x) @ A @ x | x | A.T @ (a*x) + a*(A @ x)
sum(diag(x)) | x | ones_like(x)
trace(diag(x) @ A) | x | diag(A)
sum((tanh(X @ x) - y)^2) | x | 2*X.T @ ((tanh(X @ x) - y)*sech(X @ x)^2)
sum(where(C @ x > 0, C @ x, 0)) | x | C.T @ where(C @ x > 0, 1, 0)
trace(A @ X @ B @ X) | X | (A @ X @ B + B @ X @ A).T
trace(A @ inv(X) @ B) | X | -(inv(X) @ B @ A @ inv(X)).T
(X @ a + b) @ A @ (X @ a + b) | X | outer((A + A.T) @ (X @ a + b), a)
(y - X @ x) @ A @ (y - X @ x) | X | outer((A + A.T) @ (X @ x - y), x)
trace(X)*det(X) | X | det(X)*(trace(X)*inv(X).T + eye(len(X)))
log(det(X.T @ A @ X)) | X | 2*inv(X).T
sqrt(x @ A @ x) | x | (A + A.T) @ x/(2*sqrt(x @ A @ x))
trace(C.T @ diag(c) @ C) | c | diag(C @ C.T)
sum(C @ diag(x) @ C.T) | x | sum(C, 0)^2
"""
ROWS = [tuple(map(str.strip, row.split("|"))) for row in SIBLINGS.strip().splitlines()]


def formula_of(program: str, wrt: str, shapes: dict[str, str]) -> str:
    formula = gradcli.diff(program, wrt=wrt, shape=shapes)
    assert isinstance(formula, str)
    return formula


def arrays_of(shapes: dict[str, str], kinds: dict[str, str], seed: str) -> dict[str, Any]:
    """Random arrays; square matrices have a positive determinant, vectors positive elements."""
    draw = np.random.default_rng(list(seed.encode()))
    values = {}
    for name, shape in shapes.items():
        lengths = [LENGTHS[n] for n in shape.split(",") if n]
        array = draw.uniform(0.3, 1.5, lengths)
        if len(set(lengths)) == 1 and len(lengths) == 2:
            array += 4 * np.eye(len(array))
        values[name] = -array if kinds.get(name) == "sign" else array
    return values


def check(program: str, wrt: str, formula: str, values: dict[str, Any]) -> None:
    """The formula parses back and has the shape and the value of the gradient."""
    gradient = gradcli.grads(program, wrt=wrt, **values)[wrt]
    inputs = Text(formula).names().inputs
    value = np.asarray(gradcli.evaluate(formula, **{name: values[name] for name in inputs}))
    assert value.shape == gradient.shape, formula
    assert value == pytest.approx(gradient, rel=1e-9), formula


WRITTEN = written()


@pytest.mark.parametrize(("program", "wrt", "shapes", "person"), MATRICES)
def test_a_gradient_is_no_longer_than_a_persons(
    program: str, wrt: str, shapes: str, person: str
) -> None:
    named = dict(shape.split("=") for shape in shapes.split())
    formula = formula_of(program, wrt, named)
    values = arrays_of(named, {}, program)
    assert tokens(formula) <= tokens(person), formula
    assert formula == WRITTEN[f"{program} | {wrt} | {shapes}"]
    check(program, wrt, formula, values)
    for rule, line in gradcli.diff(program, wrt=wrt, shape=named, steps=True):
        assert rule
        check(program, wrt, line, values)


DERIVED = [row[:2] for row in ROWS if row[1] != "y" and "diag(x)" not in row[0]]


@pytest.mark.parametrize(("program", "wrt"), DERIVED)
def test_each_step_of_a_derivation_has_the_value_of_the_one_before(program: str, wrt: str) -> None:
    names = Text(program).names().inputs
    shapes = {name: SHAPES[name] for name in names}
    lines = gradcli.diff(program, wrt=wrt, shape=shapes, steps=True)
    values = arrays_of(shapes, {}, program)
    assert len(lines) > 1
    for rule, expression in lines:
        assert rule
        check(program, wrt, expression, values)
    assert lines[-1].expression == gradcli.diff(program, wrt=wrt, shape=shapes)


@pytest.mark.parametrize("case", CASES, ids=[case["id"] for case in CASES])
def test_a_formula_is_right_and_no_longer_than_the_reference(case: dict[str, Any]) -> None:
    shapes = {name: ",".join(shape) for name, shape in case["shapes"].items()}
    formula = formula_of(case["expr"], case["wrt"], shapes)
    assert tokens(formula) <= (case.get("short") or tokens(case["reference"])), formula
    check(case["expr"], case["wrt"], formula, arrays_of(shapes, case["kinds"], case["id"]))


VALUES = """
trace(A - softmax(X)) | X
norm(exp(tanh(X))) | X
norm(inv(A) @ outer(a, x)) | x
det(solve(solve(B, A), X)) | X
det(solve(eye(len(X)), X)) | X
det(softmax(X^-1)) | X
trace(t*X) | t
sum((A*B)^t) | A
sum(norm(X @ A, axis=1)) | X
logsumexp(0*x) + sum(x) | x
logsumexp(solve(A, where(ones_like(x) > 0.5, 0, x))) + sum(x) | x
sum(ones((len(x), len(x))) @ x)^2 | x
(ones_like(x) - mean(x)) @ a | x
(x - mean(x)) @ A @ (x - mean(x)) | x
sum(outer(x - mean(x), a)) | x
a @ (exp(x)/sum(exp(x))) | x
sum(exp(x)/(1 + exp(x + y))) | x
sum(A @ diag(a) @ diag(b) @ x) | x
sum(solve_triangular(cholesky(A @ A.T), x, lower=true)) | x
"""


@pytest.mark.parametrize(
    ("program", "wrt"), [tuple(map(str.strip, row.split("|"))) for row in VALUES.split("\n")[1:-1]]
)
def test_a_formula_has_the_value_of_the_gradient(program: str, wrt: str) -> None:
    shapes = {name: SHAPES[name] for name in Text(program).names().inputs}
    check(program, wrt, formula_of(program, wrt, shapes), arrays_of(shapes, {}, program))


@pytest.mark.parametrize(("program", "wrt", "formula"), ROWS)
def test_siblings_read_as_a_person_writes_them(program: str, wrt: str, formula: str) -> None:
    inputs = {*Text(program).names().inputs, wrt}
    if wrt not in Text(program).names().inputs:
        program = f"{program} + 0*sum({wrt})"
    shapes = {name: SHAPES[name] for name in sorted(inputs)}
    assert formula_of(program, wrt, shapes) == formula
    check(program, wrt, formula, arrays_of(shapes, {}, program))


def test_a_derivation_names_its_rules() -> None:
    shapes = {"x": "n", "A": "m,n", "b": "m"}
    lines = gradcli.diff("sum((A @ x - b)^2)", wrt="x", shape=shapes, steps=True)
    rules = ["derivative", "power rule, u^2 with u = A @ x - b", "sum rule, u - b with u = A @ x"]
    assert [rule for rule, _ in lines] == [*rules, "constant factor, A @ x"]
    shapes = {"x": "n", "m": "n", "S": "n,n"}
    steps = gradcli.diff(
        "-logdet(S)/2 - (x-m) @ inv(S) @ (x-m)/2", wrt="S", shape=shapes, steps=True
    )
    assert [rule.split(" with ")[0] for rule, _ in steps] == [
        "derivative",
        "sum rule, u - v",
        "constant factor, u/2",
        "constant factor, u @ (x - m)",
        "constant factor, (x - m) @ u",
        "derivative of inv(S)",
        "constant factor, u/2",
        "derivative of log(abs(det(S)))",
    ]
    assert lines[2].expression == "grad(sum(stop_gradient(2*A @ x - 2*b)*(A @ x)), x)"
    for program, order in (("x[0]*x[1]", 1), ("x @ x", 2)):
        with pytest.raises((ShapeError, UsageError), match=r"without steps= there is the deriv"):
            gradcli.diff(program, shape={"x": 2}, order=order, steps=True)


def test_numbers_beside_vectors_are_no_matrices() -> None:
    product = "A.T @ A @ softmax(x)"
    formula = formula_of("norm(A @ softmax(x))^2/2", "x", {"A": "n,n", "x": "n"})
    assert formula == f"softmax(x)*({product} - softmax(x) @ {product})"


def test_values_give_shapes_too() -> None:
    assert gradcli.diff("sum(x^2)", x=[1, 2]) == "2*x"
    formulas = gradcli.diff("a @ x", a=[1, 2], x=[3, 4])
    assert formulas == {"a": "x", "x": "a"}


@pytest.mark.parametrize("number", ["0.3", "1.5", "101.3", "151.3"])
def test_a_number_near_a_length_is_none(number: str) -> None:
    """Lengths with names are numbers meanwhile, as all others are."""
    ratio = Fraction(number)
    formula = f"{ratio.numerator}*ones_like(x)/{ratio.denominator}"
    assert formula_of(f"sum({number}*x)", "x", {"x": "n"}) == formula


@pytest.mark.parametrize(
    ("program", "shapes", "message"),
    [
        ("x[:2] @ x[1:3]", {"x": "n"}, "no formula for parts of arrays"),
        ("sum(sort(x)^2)", {"x": "n"}, "no formula for argsort of arrays"),
        ("sum(reshape(X, [-1])^2)", {"X": "n,n"}, "no formula for reshape of arrays"),
        ("sum(x*any(x > 0))", {"x": "n"}, "no formula for any of arrays"),
        ("norm(x, 3)", {"x": "n"}, "no formula for norm of arrays"),
        ("sum(max(X, axis=0))", {"X": "n,n"}, "no formula for max along an axis"),
        ("max(0*x) + sum(x)", {"x": "n"}, "no formula for max of zeros"),
        ("sum(softmax(X, 0)^2)", {"X": "n,n"}, "no formula for softmax along another axis"),
        ("sum(inv(0*X)) + sum(X)", {"X": "n,n"}, "no formula for inv of zeros"),
        ("sum(det(reshape(sum(x), [1, 1])))", {"x": "n"}, "no formula for cofactors of one number"),
        ("sum(solve_triangular(X, y))", {"X": "n,n", "y": "n"}, "solve_triangular of arrays"),
        ("sum(diag(x)[0])", {"x": "n"}, "no formula for single elements of arrays"),
        ("sum(X[None]^2)", {"X": "n,n"}, "no formula for an array of the shape \\(1, n, n\\)"),
        ("max(logsumexp(X - X, axis=1))", {"X": "n,n"}, "no formula for logsumexp along an axis"),
        ("sum(X^2)", {"X": "n,n,n"}, "no formula for arrays of the shape \\(n, n, n\\), as X"),
        ("sum(X^2)", {"X": "1,n"}, "no formula for arrays of the shape \\(1, n\\), as X"),
        ("for i in range(len(x)) { r = r^2 }; sum(r*x)", {"x": "n"}, "another one for each"),
        ("x @ A @ x", {}, "needs vectors or matrices"),
    ],
)
def test_what_has_no_formula_of_arrays_is_refused(
    program: str, shapes: dict[str, str], message: str
) -> None:
    with pytest.raises(ShapeError, match=message):
        gradcli.diff(program, shape=shapes)


def test_an_operand_without_a_shape_is_pointed_at() -> None:
    with pytest.raises(ShapeError) as raised:
        gradcli.diff("x @ A @ x")
    assert raised.value.help is not None
    assert "without a shape x and A are numbers" in raised.value.help
    with pytest.raises(ShapeError) as raised:
        gradcli.diff("(A @ x) @ y")
    assert raised.value.help is not None
    assert "--shape x=n makes a vector, --shape A=n,n a matrix" in raised.value.help
    with pytest.raises(ShapeError, match="by vectors up to the second"):
        gradcli.diff("sum(x^3)", shape={"x": "n"}, order=3)


@pytest.mark.parametrize(
    "program",
    [
        "sum(where(x > 0, x^3, x))",
        "sum(abs(x))",
        "max(a - x)",
        "logdet(outer(x, a) + A)",
        "x @ outer(x, x) @ a",
    ],
)
def test_what_has_no_second_derivative_as_a_formula_is_refused(program: str) -> None:
    shapes = {name: SHAPES[name] for name in Text(program).names().inputs}
    with pytest.raises(ShapeError, match="no formula for this second derivative"):
        gradcli.diff(program, wrt="x", shape=shapes, order=2)


@pytest.mark.parametrize(
    ("shapes", "values", "error", "message"),
    [
        ({"x": "n+1"}, {}, UsageError, "'n\\+1', which is neither a number nor a name"),
        ({"x": (0,)}, {}, UsageError, "'0', which is neither a number nor a name"),
        ({"x": "n," * 64 + "n"}, {}, UsageError, "the shape of x has 65 axes, more than 64"),
        ({"x": (2**40, 2**40)}, {}, UsageError, "the shape of x has more than 9,007,199,254,"),
        ({"x": ("n",) * 13}, {}, UsageError, "the shape of x has too many names of lengths"),
        ({"x": "9" * 5_000}, {}, UsageError, "the shape of x has more than 9,007,199,254,740,992"),
        ({"q": "n"}, {}, UsageError, "there is no input q to have a shape"),
        ({"x": "n"}, {"x": [1, 2]}, UsageError, "x has a value, which has a shape of its own"),
        ({"x": ",".join("abcdefghijk")}, {}, UsageError, "more than 10 names of lengths"),
        ("n,n", {}, InputError, "'shape' must be shapes by name"),
    ],
)
def test_a_shape_that_cannot_be_is_refused(
    shapes: Any, values: dict[str, Any], error: type[GradcliError], message: str
) -> None:
    with pytest.raises(error, match=message):
        gradcli.diff("sum(x^2)", shape=shapes, **values)


SECOND = """
x @ A @ x | A + A.T
sum((C @ x - c)^2) | 2*C.T @ C
sum(softplus(C @ x)) | C.T @ diag(sigmoid(C @ x)*sigmoid(-C @ x)) @ C
sum(sin(C @ x)) | -C.T @ diag(sin(C @ x)) @ C
logsumexp(x) | diag(softmax(x)) - outer(softmax(x), softmax(x))
sum(x^3) | diag(6*x)
exp(a @ x) | exp(a @ x)*outer(a, a)
(x @ x)^2 | 4*(x @ x)*eye(len(x)) + 8*outer(x, x)
norm(x) | eye(len(x))/norm(x) - outer(x, x)/norm(x)^3
sum((C @ x - c)^2) + x @ x | 2*eye(len(x)) + 2*C.T @ C
a @ x | diag(zeros_like(x))
"""

LONGER = """
norm(C @ x - c); std(x); var(x); sum(softmax(x)^2); sum(exp(outer(x, x))); sum(log(A*x + x))
sum(sum(exp(A*x), 1)^2); norm(outer(x, x) - A); sum(x/(A @ x)); log(x @ A @ x)
x @ y/(norm(x)*norm(y)); logsumexp(C @ x); sum(tanh(C @ x)^2); (a @ x)^3*(b @ x)
exp(-(x @ A @ x)/2); norm(x - a)*norm(x - b); x @ x*sum(x); sum((x - mean(x))^4)
norm(1/(a*x)); norm(a*x)*norm(b*x)
sum(x)/norm(x); 1/(1 + x @ x); sqrt(1 + x @ A @ x); sum(A @ x)^2; sum(x^2)*y @ x
"""


@pytest.mark.parametrize(
    ("program", "formula"),
    [tuple(map(str.strip, row.split("|"))) for row in SECOND.strip().splitlines()],
)
def test_a_second_derivative_by_a_vector_reads_as_a_person_writes_it(
    program: str, formula: str
) -> None:
    shapes = {name: SHAPES[name] for name in sorted(Text(program).names().inputs)}
    assert gradcli.diff(program, wrt="x", shape=shapes, order=2) == formula


@pytest.mark.parametrize(
    "program",
    [
        *(row.split("|")[0].strip() for row in SECOND.strip().splitlines()),
        *(program.strip() for row in LONGER.strip().splitlines() for program in row.split(";")),
    ],
)
def test_a_second_derivative_by_a_vector_is_its_hessian(program: str) -> None:
    shapes = {name: SHAPES[name] for name in sorted(Text(program).names().inputs)}
    formula = str(gradcli.diff(program, wrt="x", shape=shapes, order=2))
    values = arrays_of(shapes, {}, program)
    hessian = gradcli.hessian(program, wrt="x", **values)["x"]["x"]
    inputs = Text(formula).names().inputs
    value = gradcli.evaluate(formula, **{name: values[name] for name in inputs})
    assert value == pytest.approx(hessian, rel=1e-9, abs=1e-12)


ELEMENTS = """
x[0]*x[1] + x[2]^2 | 3 | 1 | [x[1], x[0], 2*x[2]]
(1 - x[0])^2 + (x[1] - x[0]^2)^2 | 2 | 2 | [[12*x[0]^2 - 4*x[1] + 2, -4*x[0]], [-4*x[0], 2]]
norm(concat([x, [1]]))^2 + x[0] | 2 | 1 | [2*x[0] + 1, 2*x[1]]
prod(x) | 3 | 1 | [x[1]*x[2], x[0]*x[2], x[0]*x[1]]
prod(x) | 2 | 2 | [[0, 1], [1, 0]]
sum(x[1:]*x[:-1]) | 3 | 1 | [x[1], x[2] + x[0], x[1]]
sum(cumsum(x)) | 3 | 1 | [3, 2, 1]
X[0] @ X[1] | 2,2 | 1 | [[X[1, 0], X[1, 1]], [X[0, 0], X[0, 1]]]
sum(X[:, 0]*x[0]) | 2,2 | 1 | [[x[0], 0], [x[0], 0]]
-log_softmax(x)[1] | 3 | 1 | softmax(x) - one_hot(1, 3)
a*x[0]*sin(x[1]) | 2 | 1 | [a*sin(x[1]), a*x[0]*cos(x[1])]
"""


@pytest.mark.parametrize(
    ("program", "shape", "order", "formula"),
    [tuple(map(str.strip, row.split("|"))) for row in ELEMENTS.strip().splitlines()],
)
def test_few_elements_have_a_formula_each(
    program: str, shape: str, order: str, formula: str
) -> None:
    wrt = "X" if "X" in program else "x"
    shapes = {"X": "2,2", "x": "2"} if "X[:" in program else {wrt: shape}
    assert gradcli.diff(program, wrt=wrt, shape=shapes, order=int(order)) == formula
    draw = np.random.default_rng(1)
    values: dict[str, Any] = {
        n: draw.uniform(0.3, 1.5, tuple(map(int, s.split(",")))) for n, s in shapes.items()
    }
    values |= {"a": 0.7} if "a" in Text(program).names().inputs else {}
    question = gradcli.grads if order == "1" else gradcli.hessian
    answer = question(program, wrt=wrt, **values)[wrt]
    answer = answer[wrt] if order == "2" else answer
    known = {name: values[name] for name in Text(formula).names().inputs}
    assert gradcli.evaluate(formula, **known) == pytest.approx(answer, rel=1e-9)


def test_lists_of_formulas_are_vectors_and_matrices_in_latex() -> None:
    column = gradcli.diff("x[0]*x[1]", shape={"x": "2"}, latex=True)
    assert column == r"\begin{pmatrix} x_{1} \\ x_{0} \end{pmatrix}"
    matrix = gradcli.diff("x[0]*x[1]^2", shape={"x": "2"}, order=2, latex=True)
    inner = r"0 & 2 \, x_{1} \\ 2 \, x_{1} & 2 \, x_{0}"
    assert matrix == rf"\begin{{pmatrix}} {inner} \end{{pmatrix}}"
    outer = gradcli.diff("x @ A @ x", wrt="A", shape={"x": "n", "A": "n,n"}, latex=True)
    assert outer == r"x \, x^\top"


@pytest.mark.parametrize(
    ("program", "formula"),
    [
        ("(x @ x)^2", r"4 \, \left(x^\top \, x\right) \, x"),
        ("log(x @ A @ x)/2", r"\frac{\left(A + A^\top\right) \, x}{2 \, x^\top \, A \, x}"),
        ("x @ inv(A @ A.T + A) @ x", None),
    ],
)
def test_rows_and_inverses_are_told_in_latex(program: str, formula: str | None) -> None:
    shapes = {name: SHAPES[name] for name in Text(program).names().inputs}
    shown = str(gradcli.diff(program, wrt="x", shape=shapes, latex=True))
    assert shown == formula if formula else r"\right)^{-1}" in shown


def test_the_derivative_of_an_array_says_that_it_is_that_of_a_sum() -> None:
    with pytest.warns(gradcli.GradcliWarning, match="derivative of the sum of its elements"):
        gradcli.diff("A @ x", wrt="x", shape={"x": "n", "A": "n,n"})
    assert gradcli.diff("sin(x)", shape={"x": "n"}) == "cos(x)"
