"""Derivatives by vectors and matrices as formulas: the value of the gradient, a person's size."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import gradcli
from gradcli.engine.program import Text
from gradcli.errors import GradcliError, InputError, ShapeError, UsageError
from gradcli.render.text import tokens

GOLDEN = Path(__file__).parent / "golden" / "diff-matrix.jsonl"
CASES = [json.loads(line) for line in GOLDEN.read_text().splitlines()]
LENGTHS = {"n": 4, "m": 3, "k": 5}

SHAPES = dict.fromkeys("abxy", "n") | dict.fromkeys("ABX", "n,n") | {"c": "m", "C": "m,n"}

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
sum(x) | x | ones_like(x)
sum(C @ x) | x | sum(C, 0)
sum(x*log(x)) | x | log(x) + 1
trace(X @ X @ X) | X | 3*X.T @ X.T
trace(A)^2 | A | 2*trace(A)*eye(len(A))
log(det(X)) + trace(inv(X) @ A) | X | (inv(X) - inv(X) @ A @ inv(X)).T
log(det(X.T @ X)) | X | 2*inv(X).T
logdet(X) | X | inv(X).T
log(det(A))/2 - (x - a) @ A @ (x - a)/2 | A | outer(x - a, a - x)/2 + inv(A).T/2
(A @ x - b) @ (B @ x - a) | x | B.T @ (A @ x - b) + A.T @ (B @ x - a)
a @ X.T @ X @ b | X | outer(X @ a, b) + outer(X @ b, a)
a @ (X * A) @ b | X | A*outer(a, b)
a @ diag(x) @ b | x | a*b
sum(outer(x, y)*A) | x | A @ y
norm(outer(x, y) - A)^2 | x | 2*(y @ y)*x - 2*A @ y
sum(X @ X.T) | X | 2*outer(ones(len(X)), sum(X, 0))
sum(X/a) | X | outer(ones(len(a)), 1/a)
sum(exp(X + a)) | a | sum(exp(X + a), 0)
sum((X - mean(X, 0))^2) | X | 2*X - 2*sum(X, 0)/len(X)
sum(tanh(X @ A + a)^2) | A | 2*X.T @ (tanh(X @ A + a)*sech(X @ A + a)^2)
sum((A @ tanh(B @ x) - b)^2) | B | 2*outer((A.T @ (A @ tanh(B @ x) - b))*sech(B @ x)^2, x)
sum(softmax(C @ x)*c) | x | C.T @ (softmax(C @ x)*(c - c @ softmax(C @ x)))
-sum(c*log(softmax(C @ x))) | C | outer(sum(c)*softmax(C @ x) - c, x)
sum(softplus(C @ x) - c*(C @ x)) | x | C.T @ (sigmoid(C @ x) - c)
x @ y/(norm(x)*norm(y)) | x | (norm(x)^2*y - (y @ x)*x)/(norm(x)^3*norm(y))
x @ x/2 + norm(x, 1) | x | sign(x) + x
mean((C @ x - c)^2) | x | 2*C.T @ (C @ x - c)/len(c)
var(x) | x | 2*(len(x)*x - sum(x))/len(x)^2
std(x) | x | (len(x)*x - sum(x))/(len(x)^(3/2)*norm(sum(x)/len(x) - x))
norm(x - a) + norm(x - b) | x | (x - b)/norm(x - b) + (x - a)/norm(x - a)
sum(where(x > 0, x^2, x)) | x | where(x > 0, 2*x, 1)
a @ x | y | zeros_like(y)
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


@pytest.mark.parametrize("case", CASES, ids=[case["id"] for case in CASES])
def test_a_formula_is_right_and_no_longer_than_the_reference(case: dict[str, Any]) -> None:
    shapes = {name: ",".join(shape) for name, shape in case["shapes"].items()}
    formula = formula_of(case["expr"], case["wrt"], shapes)
    assert tokens(formula) <= (case.get("short") or tokens(case["reference"])), formula
    check(case["expr"], case["wrt"], formula, arrays_of(shapes, case["kinds"], case["id"]))


@pytest.mark.parametrize(("program", "wrt", "formula"), ROWS)
def test_siblings_read_as_a_person_writes_them(program: str, wrt: str, formula: str) -> None:
    inputs = {*Text(program).names().inputs, wrt}
    if wrt not in Text(program).names().inputs:
        program = f"{program} + 0*sum({wrt})"
    shapes = {name: SHAPES[name] for name in sorted(inputs)}
    assert formula_of(program, wrt, shapes) == formula
    check(program, wrt, formula, arrays_of(shapes, {}, program))


def test_numbers_beside_vectors_are_no_matrices() -> None:
    product = "A.T @ A @ softmax(x)"
    formula = formula_of("norm(A @ softmax(x))^2/2", "x", {"A": "n,n", "x": "n"})
    assert formula == f"softmax(x)*({product} - softmax(x) @ {product})"


def test_values_give_shapes_too() -> None:
    assert gradcli.diff("sum(x^2)", x=[1, 2]) == "2*x"
    formulas = gradcli.diff("a @ x", a=[1, 2], x=[3, 4])
    assert formulas == {"a": "x", "x": "a"}


@pytest.mark.parametrize(
    ("program", "shapes", "message"),
    [
        ("x[0]*x[1]", {"x": "n"}, "does not read single elements yet"),
        ("max(x)", {"x": "n"}, "does not read elements chosen by their equality yet"),
        ("sum(sort(x)^2)", {"x": "n"}, "does not read argsort of arrays yet"),
        ("sum(X^2)", {"X": "n,n,n"}, "does not read arrays of the shape \\(n, n, n\\) yet, as X"),
        ("sum(X^2)", {"X": "1,n"}, "does not read arrays of the shape \\(1, n\\) yet, as X"),
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
    with pytest.raises(ShapeError, match="first derivative of programs with arrays only"):
        gradcli.diff("sum(x^3)", shape={"x": "n"}, order=2)


@pytest.mark.parametrize(
    ("shapes", "values", "error", "message"),
    [
        ({"x": "n+1"}, {}, UsageError, "'n\\+1', which is neither a number nor a name"),
        ({"x": (0,)}, {}, UsageError, "'0', which is neither a number nor a name"),
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
