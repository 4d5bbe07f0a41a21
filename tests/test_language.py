"""The language, sentence by sentence of its contract: programs, what they give, what is refused."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import gradcli
from gradcli.engine.request import ask

Values = dict[str, Any]
X = {"x": 3.0}
V = {"x": [1.0, 2.0, 3.0]}
M = {"x": [[1.0, 2.0], [3.0, 4.0]]}


def warnings(program: str, **inputs: Any) -> list[str]:
    return [str(notice) for notice in ask("eval", program, inputs).warnings]


def outcome(program: str, inputs: Values) -> Any:
    """The value as nested lists, tuples as tuples."""

    def plain(value: Any) -> Any:
        return tuple(map(plain, value)) if isinstance(value, tuple) else value.tolist()

    return plain(gradcli.evaluate(program, inputs))


VALUES: list[tuple[str, Values, Any]] = [
    # values and numbers
    ("1/2", {}, 0.5),
    ("range(4)", {}, [0, 1, 2, 3]),
    ("(x > 0) - (x < 0)", {"x": [-2, 0, 3]}, [-1, 0, 1]),
    ("[1, 2, 3][1.0]", {}, 2),
    ('einsum("ij,jk->ik", x, x)', M, [[7, 10], [15, 22]]),
    ("x + [[1], [2]]", V, [[2, 3, 4], [3, 4, 5]]),
    ("[1, 1.5, .5, 1., 1e-3, 1_000]", {}, [1, 1.5, 0.5, 1, 0.001, 1000]),
    ("2.sin() == sin(2)", {}, True),
    ("θ^2", {"θ": 3}, 9),
    ("ﬁ + fi", {"fi": 1}, 2),
    ("True + 8 − 1 × 2 ÷ 2 · 1", {}, 8),
    ("[1 ≤ 2, 1 ≥ 2, 1 ≠ 2]", {}, [1, 0, 1]),
    ("π == pi and np.pi == pi and tau == 2*pi", {}, True),
    ("pi = 3; e = 2; tau = 1; pi*e*tau", {}, 6),
    ("e*x", {"x": 2, "e": 3}, 6),
    # newlines, separators, comments
    ("x = 1 # a comment\n# another\nx // 2", {}, 0),
    (";; x = 1;;\n;\nx;;", {}, 1),
    ("(1\n+2)", {}, 3),
    ("[1,\n2]", {}, [1, 2]),
    ("1 +\n2", {}, 3),
    ("x =\n2; x", {}, 2),
    ("f = x =>\n x^2\nf(3)", {}, 9),
    ("f(x) = {\n y = x\n y }\nf(3)", {}, 3),
    ("a = 1\nif a > 3 { 1 }\n\nelse { 5 }", {}, 5),
    ("f(a, g) = g(a)\nf(1, x => {\n y = x\n y\n})", {}, 1),
    ("if 1 > 0 { b = 3 } b", {}, 3),
    ("i = 0; while i < 3 { i = i + 1 } i", {}, 3),
    # operators
    ("(x => x^2)(3)", {}, 9),
    ("((x, y) => x*y)(3, 4)", {}, 12),
    ("(() => 7)()", {}, 7),
    ("1 if x > 3 else 2 if x < 3 else 3", X, 3),
    ("sqrt(x) if x > 0 else 0", {"x": -1}, 0),
    ("!a == b", {"a": 1, "b": 2}, True),
    ("x > 1 and x < 3 || x == 1", V, [True, True, False]),
    ("f(x) = f(x); 1 if x > 2 or f(x) else 2", X, 1),
    ("f(x) = f(x); if x < 2 and f(x) { 1 } else { 2 }", X, 2),
    ("0 < x < 3", V, [True, True, False]),
    ("[7 % -3, -7 % 3, 7 // 2, -7 // 2]", {}, [-2, 2, 3, -4]),
    ("[-3^2, 2^-1, 2^3^2, 2**3, -2^-2]", {}, [-9, 0.5, 512, 8, -0.25]),
    ("a.mul(x.square()).add(b.mul(x)).sum()", {"a": [1, 2], "b": [3, 4], "x": [1, 2]}, 20),
    ("f(x, y) = x + y; 3.f(4)", {}, 7),
    ("apply(x, f) = f(x); 4.apply(sqrt)", {}, 2),
    ("x.reshape(3, 1)", V, [[1], [2], [3]]),
    ("x.sum(axis=0)", M, [4, 6]),
    ("x.sum(dim=0, keepdim=true)", M, [[4, 6]]),
    ("x.T", M, [[1, 3], [2, 4]]),
    ("(x.shape, x.size, x.ndim)", M, ((2, 2), 4, 2)),
    ("x.t()", M, [[1, 3], [2, 4]]),
    ("tf.reduce_sum(x) + np.sum(x)", V, 12),
    ("torch.std(x)", V, 1),
    ("tf = 3; tf.sum()", {}, 3),
    ("tf.sum()", {"tf": [1, 2]}, 3),
    # arrays, tuples, indices
    ("[[1, 2], [3, 4]]", {}, [[1, 2], [3, 4]]),
    ("[x, 2*x]", {"x": [1, 2]}, [[1, 2], [2, 4]]),
    ("(1, (2, 3))", {}, (1, (2, 3))),
    ("((), [])", {}, ((), [])),
    ("([1, 2,], (1,))", {}, ([1, 2], (1,))),
    ("x[::-1]", V, [3, 2, 1]),
    ("x[-1]", V, 3),
    ("x[..., 0]", M, [1, 3]),
    ("x[:, newaxis]", V, [[1], [2], [3]]),
    ("x[None]", V, [[1, 2, 3]]),
    ("x[[0, 2]]", V, [1, 3]),
    ("x[x > 1]", V, [2, 3]),
    ("(1, 2, 3)[1:]", {}, (2, 3)),
    # statements
    ("b = 2*x; b = b + 1; b", X, 7),
    ("s = 7; s -= 1; s *= 2; s /= 4; s ^= 2; s //= 2; s %= 3; s += 10", {}, 11),
    ("f(x, n=2) = x^n; [f(3), f(3, 3), f(3, n=3), f(n=3, x=2)]", {}, [9, 27, 27, 8]),
    ("g(a) = { b = 2*a; b^2 }; g(3)", {}, 36),
    ("h(x) = (x, (2*x, 3*x)); a, (b, c) = h(2); a + b*c", {}, 26),
    ("a, b = x; b", M, [3, 4]),
    ("s = 0; for a, b in x { s += a*b }; s", M, 14),
    ("s = 0; for a in (1, [2, 3]) { s = s + sum(a) }; s", {}, 6),
    ("b = x; while norm(b) < 1000 { b = b * 2 }; b", X, 1536),
    ("if x > 5 { 1 } else if x > 2 { 2 } else { 3 }", X, 2),
    ("if [[x > 2]] { 5 }", X, 5),
    # the value of a program
    ("y = x^2", X, 9),
    ("if x > 0 { if x > 1 { 7 } }", X, 7),
    ("for i in range(3) { y = i }; i + y", {}, 4),
    # scope
    ("k = 2; f(x) = k*x; k = 3; f(2)", {}, 6),
    ("f(x) = { k = 5; k*x }; k = 3; f(2)*k", {}, 30),
    ("k = 4; f(x) = { k = k*x; k }; f(2) + k", {}, 12),
    ("f(x) = { g(y) = x + y; g(2) }; f(3)", {}, 5),
    ("f(x) = { g = y => x + y; g }; f(3)(4)", {}, 7),
    ("f(x) = { f = 2; f*x }; f(3)", {}, 6),
    ("f(x) = g(x); g(x) = x^2; f(3)", {}, 9),
    ("f(x, n=k) = x*n; k = 3; f(2)", {}, 6),
    ("fact(n) = n * fact(n - 1) if n > 0 else 1; fact(5)", {}, 120),
    ("fact = n => n * fact(n - 1) if n > 0 else 1; fact(5)", {}, 120),
    ("sin(x) = x^2; [sin(3), 3.sin()]", {}, [9, 9]),
    # names that are functions, too
    ("beta*S*I - gamma*I", {"beta": 1, "S": 2, "I": 3, "gamma": 4}, -6),
    ("y1 - y0", {"y1": 1, "y0": 3}, -2),
    ("sum(x)/sum", {"x": [1, 2], "sum": 3}, 1),
    ("sum = 3; sum([1, 2]) + sum", {}, 6),
    ("y = t; y", {"t": 3}, 3),
    ("f(x) = x^2; f(t)", {"t": 3}, 9),
    ("f = sqrt; f(4)", {}, 2),
    ("apply(f, x) = f(x); apply(sqrt, 4)", {}, 2),
    ("g = x => sqrt; g(1)(4)", {}, 2),
    # derivatives
    ("grad(x^3, x)", X, 27),
    ("grad(grad(x^3, x), x)", X, 18),
    ("grad(x*y, (x, y))", {"x": 2, "y": 3}, (3, 2)),
    ("grad(x*y, (x,))", {"x": 2, "y": 3}, (3,)),
    ("grad(x^2, x, [1, 10, 100])", V, [2, 40, 600]),
    ("grad(x^2, x, dy=10)", V, [20, 40, 60]),
    ("grad((x, x^2), x)", X, 7),
    ("grad((x, x^2), x, (1, 10))", X, 61),
    ("a = 2*x; b = 2*x; grad(a*b, a)", X, 6),
    ("y = x; grad(x^2, y)", X, 6),
    ("y = x; grad(y^2, x)", X, 6),
    ("x = x^2; grad(x^2, x)", X, 18),
    ("jacobian(x^2, x)", V, [[2, 0, 0], [0, 4, 0], [0, 0, 6]]),
    ("hessian(sum(x^3), x)", {"x": [1, 2]}, [[6, 0], [0, 12]]),
    ("hessian(x*y^2, (x, y))", {"x": 2, "y": 3}, ((0, 6), (6, 4))),
    ("jvp(x^2, x, [1, 0, 1])", V, [2, 0, 6]),
    ("vjp(x^2, x, [1, 0, 1])", V, [2, 0, 6]),
    ("hvp(sum(x^3), x, [1, 0, 1])", V, [6, 0, 18]),
    ("jvp(x*y, (x, y), (1, 2))", {"x": 3, "y": 4}, 10),
    ("hvp(x*y*y, (x, y), (1, 2))", {"x": 3, "y": 4}, (16, 20)),
    ("df = grad(x => x^2); df([1, 2])", {}, [2, 4]),
    ("grad(grad(x => x^3))(2)", {}, 12),
    ("grads((x, y) => x*y)(2, 3)", {}, (3, 2)),
    ("value_and_grad(x => x^2)(3)", {}, (9, 6)),
    ("value_and_grads((x, y) => x*y)(2, 3)", {}, (6, (3, 2))),
    ("jacobian(x => x^2)([1, 2])", {}, [[2, 0], [0, 4]]),
    ("hessian(x => sum(x^3))([1, 2])", {}, [[6, 0], [0, 12]]),
    ("grad(sin)(0)", {}, 1),
    ("tf.grad(x => x^2)(3) + jax.grad(x => x^2)(3)", {}, 12),
    ("vjp = 3; vjp*2", {}, 6),
    ("vjp*2", {"vjp": 4}, 8),
    ("x.grad", X, 0),
    ("y = x^2; backward(y); backward(y); x.grad", X, 12),
    ("y = x^2; y.backward(); x.grad", X, 6),
    ("backward(x^2, [1, 10, 100]); x.grad", V, [2, 40, 600]),
    ("backward(x^2); zero_grad(); x.grad", X, 0),
    ("backward(x^2); x = x*1; x.grad", X, 0),
    ("y = x + 1; backward(y^2); y.grad", X, 8),
]


@pytest.mark.parametrize(("program", "inputs", "expected"), VALUES)
def test_value(program: str, inputs: Values, expected: Any) -> None:
    assert outcome(program, inputs) == expected


GRADIENTS: list[tuple[str, Values, Values]] = [
    ("stop_gradient(x)*x", X, {"x": 3}),
    ("x.detach()*x + lax.stop_gradient(x)", X, {"x": 3}),
    ("b = 2*x; b = b*x; b", X, {"x": 12}),
    ("(x, x^2)", X, {"x": 7}),
    ("s = 0; for i in range(4) { s = s + x^i }; s", X, {"x": 34}),
    ("f(x) = x^2; vjp f(x, dy) = 100*dy; f(x)", X, {"x": 100}),
    ("f(x) = x^2; vjp f(x, dy) = 100*dy*x; grad(f(x), x)", X, {"x": 100}),
    (
        "f(x, y) = x*y; vjp f(x, y, dy) = (10*dy*y, 20*dy*x); f(x, y)",
        {"x": 3, "y": 4},
        {"x": 40, "y": 60},
    ),
    ("f(x) = x^2\nvjp f(x, dy) = {\n  k = 3\n  k*dy\n}\nf(x)", {"x": [1, 2]}, {"x": [3, 3]}),
    ("f(n) = x*f(n - 1) if n > 0 else 1; f(3)", {"x": 2}, {"x": 12}),
]


@pytest.mark.parametrize(("program", "inputs", "expected"), GRADIENTS)
def test_gradient(program: str, inputs: Values, expected: Values) -> None:
    found = gradcli.grads(program, inputs)
    assert {name: np.asarray(g).tolist() for name, g in found.items()} == expected


def test_rules_in_forward_mode() -> None:
    program = "f(x) = x^2; vjp f(x, dy) = 100*dy*x; f(x)"
    assert gradcli.grad(program, x=3, method="forward") == 300


INPUTS: list[tuple[str, tuple[str, ...]]] = [
    ("y*x + y", ("y", "x")),
    ("x = 1; x + y", ("y",)),
    ("if c > 0 { y = 2 }; y*x", ("c", "x")),
    ("f(x) = x + c; f(2)", ("c",)),
    ("f(x) = x + c; c = 3; f(2)", ()),
    ("f(x, n=k) = x*n; f(2)", ("k",)),
    ("f(x) = { k = 5; k*x }; f(a)", ("a",)),
    ("x => x*y; z", ("y", "z")),
    ("s += x", ("s", "x")),
    ("for i in n { y = i }; y", ("n",)),
    ("beta*S - sum(x)/sum", ("beta", "S", "x", "sum")),
    ("y = t; y", ("t",)),
    ("y = sin; y(x)", ("x",)),
    ("np.sum(x) + math.pi", ("x",)),
    ("np*2 + np.sum()", ("np",)),
    ("pi*e*tau*inf", ()),
    ("vjp*2", ("vjp",)),
    ("f(x) = x; g(h) = h(2); g(f) + g(sin)", ()),
]


@pytest.mark.parametrize(("program", "expected"), INPUTS)
def test_inputs(program: str, expected: tuple[str, ...]) -> None:
    assert gradcli.compile(program).inputs == expected


REFUSED: list[tuple[str, Values, str]] = [
    # tokens
    ("2x", {}, "parse: `2x` is neither a number nor a name at 1:1; write `2*x`"),
    ("2(x+1)", {}, "parse: `2` is not a function at 1:1; write `2*(x+1)`"),
    ("0x10", {}, "parse: numbers are written in decimal at 1:1; write `16`"),
    ("3j", {}, "parse: there are no complex numbers at 1:1; for a product, write `3*j`"),
    ("x²", {}, "parse: `²` cannot be part of a name at 1:2; write `x^2`"),
    ("true = 3", {}, "parse: cannot assign to the constant `true` at 1:1"),
    ("newaxis = 3", {}, "parse: cannot assign to the constant `newaxis` at 1:1"),
    ("a & b", {}, "parse: `&` is not an operator at 1:3; write `and`"),
    ("a | b", {}, "parse: `|` is not an operator at 1:3; write `or`"),
    ("~a", {}, "parse: `~` is not an operator at 1:1; write `not`"),
    ("a ? b : c", {}, "parse: `?` is not an operator at 1:3; a choice is written `a if c else b`"),
    ("|x|", {}, "parse: `| |` does not mean the absolute value at 1:1; write `abs(x)`"),
    (
        "x'",
        {},
        (
            "parse: `'` is not an operator at 1:2; "
            "the transpose is `x.T`; a derivative is `grad(y, x)`"
        ),
    ),
    (
        "lambda x: x",
        {},
        "parse: there is no `lambda` in this language at 1:1; a function is written `x => x^2`",
    ),
    (
        "def f(x): x",
        {},
        "parse: there is no `def` in this language at 1:1; a function is written `f(x) = x^2`",
    ),
    (
        "return 3",
        {},
        (
            "parse: there is no `return` in this language at 1:1; "
            "the value of a block is that of its last statement"
        ),
    ),
    (
        "x\n.sum()",
        {},
        (
            "parse: a line cannot start with `.` at 2:1; "
            "put the `.` at the end of the line above, or the expression in parentheses"
        ),
    ),
    # names
    ("atn(x)", {}, "name: unknown function 'atn' at 1:1; did you mean 'atan'?"),
    ("foo(x)", {}, "name: unknown function 'foo' at 1:1; `gradcli functions` lists them"),
    ("x(3)", X, "name: unknown function 'x' at 1:1; for a product write x*(…)"),
    ("t(x)", X, "name: unknown function 't' at 1:1; for a product write t*(…)"),
    ("x = 3; x(4)", {}, "type: x is a number, not a function at 1:8; for a product write x*(…)"),
    ("x.T()", X, "name: unknown function 'T' at 1:3; .T stands without brackets"),
    ("x.sum", X, "type: 'sum' is a function and is called with brackets at 1:3; .sum()"),
    (
        "x.__class__",
        X,
        (
            "name: unknown attribute '__class__' at 1:3; "
            "there are .T, .shape, .size, .ndim, .grad, and every function"
        ),
    ),
    (
        "x.y.z",
        X,
        (
            "name: unknown attribute 'y' at 1:3; "
            "there are .T, .shape, .size, .ndim, .grad, and every function"
        ),
    ),
    ("tf.qsin(x)", X, "name: unknown function 'qsin' at 1:4; did you mean 'sin'?"),
    ("x + y", X, "input: no value for 'y' at 1:5; add y=…"),
    ("x*sum", X, "input: no value for 'sum' at 1:3; add sum=…, or call the function: sum(…)"),
    (
        "if x > 5 { y = 1 }\ny",
        X,
        ("name: y has no value here: the `if` at line 1 did not run at 2:1; give y a value before"),
    ),
    (
        "if x > 0 { a = 1 }\nelse { z = 2 }\nz",
        X,
        "name: z has no value here: the `else` at line 2 did not run at 3:1; give z a value before",
    ),
    (
        "for i in () { z = 1 }; z",
        {},
        "name: z has no value here: the `for` at line 1 did not run at 1:24; give z a value before",
    ),
    (
        "f(2)\nf(x) = x",
        {},
        "name: f has no value here: it gets one only at line 2 at 1:1; give f a value before",
    ),
    (
        "f(x) = x + c; f(2)\nc = 3",
        {},
        "name: c has no value here: it gets one only at line 2 at 1:12; give c a value before",
    ),
    (
        "f(x) = { k = k*x; k }; f(2)",
        {},
        "name: k has no value here: it gets one only at line 1 at 1:14; give k a value before",
    ),
    # conditions
    (
        "1 if x > 0 else 2",
        V,
        (
            "type: a condition must be one true or false, not an array of shape "
            "(3,) at 1:6; write any(…), all(…), or choose with where(…)"
        ),
    ),
    ("if x = 3 { 1 }", X, "parse: `=` is not a comparison at 1:6; did you mean `==`?"),
    ("x if x > 0", X, "parse: this `if` has no `else` at 1:3; a choice is written `a if c else b`"),
    # the value of a program
    (
        "while x < 3 { x = x + 1 }",
        {"x": 0},
        "type: the program ends without a value at 1:1; end with the name whose value is wanted",
    ),
    (
        "if x > 5 { 1 }",
        X,
        "type: the program ends without a value at 1:1; end with the name whose value is wanted",
    ),
    (
        "1; print(1)",
        {},
        "type: the program ends without a value at 1:4; end with the name whose value is wanted",
    ),
    ("y = print(1)", {}, "type: this has no value at 1:5"),
    (
        "f(x) = { print(x) }; f(1)",
        {},
        "type: f ends without a value at 1:22; end its block with the value",
    ),
    ("(x, n) => x*n", {}, "type: the result is a function at 1:1; drop `(x, n) =>`, or call it"),
    ("f(x) = x; f", {}, "type: the result is a function at 1:11; call it, as in `f(x)`"),
    ("'abc'", {}, "type: the result is a text at 1:1"),
    ("(1, None)", {}, "type: the result is None at 1:1"),
    # shapes, indices
    (
        "a + b + c",
        {"a": [1, 2], "b": 1, "c": [1, 2, 3]},
        "shape: shapes (2,) and (3,) do not broadcast at 1:1; a + b is (2,), c is (3,)",
    ),
    (
        "a > 0 and b > 0",
        {"a": [1, 2], "b": [1, 2, 3]},
        "shape: shapes (2,) and (3,) do not broadcast at 1:1; a > 0 is (2,), b > 0 is (3,)",
    ),
    (
        "a ^ b ^ c",
        {"a": [1, 2], "b": [1, 2, 3], "c": 1},
        "shape: shapes (2,) and (3,) do not broadcast at 1:1; a is (2,), b ^ c is (3,)",
    ),
    (
        "[[1, 2], [3]]",
        {},
        (
            "shape: the items of an array have shapes (2,) and (1,) at 1:1; "
            "they must be of one shape"
        ),
    ),
    ("[1, 2, 3][0.5]", {}, "type: an index must be a whole number at 1:11"),
    (
        "x[0] = 3",
        V,
        (
            "parse: cannot assign to an element at 1:1; "
            "arrays are read-only: make a new one, with `where(…)` or `[…]`"
        ),
    ),
    ("x['a']", V, "type: an index is not a text at 1:3"),
    # functions
    ("f(x, n=2) = x^n; f()", {}, "type: f takes 1 or 2 arguments, not 0 at 1:18; f(x, n=2)"),
    ("f(x, n=2) = x^n; f(1, m=3)", {}, "type: f has no parameter 'm' at 1:18; f(x, n=2)"),
    ("f(x) = x; f(1, x=3)", {}, "type: f gets 'x' twice at 1:11"),
    ("(x => x)(1, 2)", {}, "type: the function takes 1 argument, not 2 at 1:1; x =>"),
    ("f(x, x) = 2", {}, "parse: the parameter `x` occurs twice at 1:6"),
    ("a, b = [1, 2, 3]", {}, "type: an array of shape (3,) does not unpack into 2 names at 1:1"),
    ("a, b = 3", {}, "type: a number does not unpack into 2 names at 1:1"),
    (
        "for i in 3 { i }; 1",
        {},
        (
            "type: `for` goes through an array or a tuple, not a number at "
            "1:10; to count, write range(n)"
        ),
    ),
    (
        "max(x, 2)",
        X,
        (
            "type: max of two arrays is ambiguous at 1:1; "
            "maximum(a, b) is elementwise, max(a, axis=b) reduces"
        ),
    ),
    (
        "range(0, 1, 0)",
        {},
        (
            "type: range does not take these arguments: float division by zero at 1:1; "
            "range(start, stop=None, step=1)"
        ),
    ),
    # derivatives
    (
        "grad(x^2, x[0])",
        V,
        (
            "type: a gradient is taken with respect to a name at 1:11; "
            "give the value a name, or take a part of the gradient: grad(y, x)[0]"
        ),
    ),
    ("grad(x^2)", X, "type: grad needs more arguments at 1:1; grad(y, x)"),
    ("grad(x^2, x, 1, 2)", X, "type: grad gets too much at 1:17; grad(y, x, dy)"),
    ("grad(x^2, wrt=x)", X, "type: grad has no parameter 'wrt' at 1:11; grad(y, x, dy)"),
    ("grad(x^2, x, [1, 2])", V, "shape: the seed has shape (2,), not (3,) at 1:1"),
    (
        "grad((x, y) => x*y)",
        {},
        ("type: grad is for a function of one parameter at 1:1; use grads(f)"),
    ),
    (
        "f(x) = x^2; grad(f, x)",
        X,
        (
            "type: grad of a function takes the function alone at 1:21; "
            "grad(f)(x) is its derivative at x"
        ),
    ),
    (
        "hessian(x^3, x)",
        V,
        (
            "shape: hessian needs one number, not the shape (3,) at 1:1; "
            "take its sum, or use jacobian"
        ),
    ),
    (
        "jacobian((x, x), x)",
        V,
        (
            "type: jacobian needs one array, not a tuple of 2 at 1:1; "
            "jacobian(y[0], x) is that of its first part"
        ),
    ),
    ("jvp(x*x, (x,), (1, 2))", X, "type: 2 directions for 1 name at 1:1"),
    ("grads(x^2, x)", X, "type: grads gets too much at 1:12; grads(f)"),
    (
        "vjp sin(x, dy) = dy; sin(1)",
        {},
        (
            "name: 'sin' is no function of this program, and a rule is "
            "for one at 1:5; define it before: sin(x) = …"
        ),
    ),
    (
        "f(x) = x; vjp f(x) = x; f(1)",
        {},
        (
            "type: the rule of f takes what f takes, and then "
            "the cotangent at 1:11; vjp f(x, dy) = …"
        ),
    ),
    (
        "f(x, y) = x*y; vjp f(x, y, dy) = dy; grad(f(x, x), x)",
        X,
        (
            "type: the rule of f gives "
            "1 cotangent for 2 parameters at 1:16; one for each parameter: (…, …)"
        ),
    ),
]


@pytest.mark.parametrize(("program", "inputs", "expected"), REFUSED)
def test_refused(program: str, inputs: Values, expected: str) -> None:
    with pytest.raises(gradcli.GradcliError) as caught:
        gradcli.evaluate(program, inputs)
    found = caught.value.as_dict()
    shown = f"{found['kind']}: {found['message']}"
    if "line" in found:
        shown += f" at {found['line']}:{found['column']}"
    assert shown + (f"; {found['help']}" if "help" in found else "") == expected


@pytest.mark.parametrize(
    ("program", "expected"),
    [
        ("x + 1\n3", "line 1 is not used"),
        ("x\n- 1", "an operator at the end of a line"),
        ("grad(3*y, x); y", "does not depend on what it is differentiated by"),
    ],
)
def test_warned(program: str, expected: str) -> None:
    given = dict.fromkeys(gradcli.compile(program).inputs, 1.0)
    assert any(expected in text for text in warnings(program, **given))


@pytest.mark.parametrize(
    "program", ["y = x; y.backward(); x.grad", "print(x); x", "zero_grad(); x"]
)
def test_not_warned(program: str) -> None:
    assert warnings(program, x=1.0) == []


def test_printed() -> None:
    from gradcli.engine.settings import Settings

    lines: list[str] = []
    settings = Settings(printed=lines.append)
    program = "print('x is', x, x > 1, [[1, 2], [3, 4.5]], (1, x)); 1"
    ask("eval", program, {"x": [1.0, 2.0]}, settings)
    assert lines == ["x is [1, 2] [false, true] [[1, 2],\n [3, 4.5]] (1, [1, 2])"]


# From Python


def test_program() -> None:
    program = gradcli.compile("sum(x^2*y)", wrt=["x"])
    assert program.inputs == ("x", "y")
    assert program(x=[1, 2], y=3) == 15
    np.testing.assert_array_equal(program.grads(x=[1, 2], y=3)["x"], [6, 12])
    value, found = program.value_and_grads(x=[1, 2], y=3, dy=2)
    assert value == 15
    assert list(found) == ["x"]
    np.testing.assert_array_equal(program.jacobian(x=[1, 2], y=3)["x"], [6, 12])
    np.testing.assert_array_equal(program.hessian(x=[1, 2], y=3)["x"]["x"], [[6, 0], [0, 6]])


def test_names_that_mean_something_else() -> None:
    assert gradcli.grads("dy*text", {"dy": 2, "text": 3}) == {"dy": 3, "text": 2}
    assert gradcli.evaluate("text*self", text=2, self=3) == 6
    assert list(gradcli.grads("x*yy", x=1, yy=2, wrt="yy")) == ["yy"]
    assert list(gradcli.grads("x*y*z", x=1, y=2, z=3, wrt="x,z")) == ["x", "z"]


def test_results_are_the_callers() -> None:
    given = np.ones((2, 2))
    for result in (gradcli.evaluate("x", x=given), gradcli.grad("sum(x)", x=given)):
        assert result is not None
        np.add(result, 1, out=result)
    value, found = gradcli.value_and_grads("x + y", x=given, y=given)
    value += 1
    assert found["x"] is not found["y"]
    assert given.sum() == 4


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("abc", "x is text, and not numbers"),
        ([[1, 2], [3]], "the rows of x are of unequal length"),
        (1j, "x is complex"),
        (None, "x is not numbers: it holds NoneType"),
        ([10**400], "x is not numbers: int too large"),
    ],
)
def test_wrong_inputs(value: Any, expected: str) -> None:
    for call in (gradcli.evaluate, gradcli.grads):
        with pytest.raises(gradcli.InputError, match=expected):
            call("x", x=value)
    assert gradcli.evaluate("x", x=[10**30]) == 1e30


def test_wrong_calls() -> None:
    with pytest.raises(gradcli.UsageError, match="a program is a text, not int"):
        gradcli.evaluate(3)  # type: ignore[arg-type]
    with pytest.raises(gradcli.InputError, match="has no variable 'z'"):
        gradcli.compile("x", wrt=["z"])
    with pytest.raises(gradcli.UsageError, match="choose one with wrt"):
        gradcli.grad("x*y", x=1, y=2)
    with pytest.raises(gradcli.UsageError, match="dtype is 'float16'"):
        gradcli.compile("x", dtype="float16")
    with pytest.raises(gradcli.InputError, match="is given twice"):
        gradcli.evaluate("x", {"x": 1}, x=2)
    with pytest.raises(gradcli.InputError, match=r'add {"dy": …}'):
        gradcli.grads("dy", dy=1)
    with pytest.raises(gradcli.InputError, match="x is a constant"):
        gradcli.variable_grads("a*x", var={"a": 1}, const={"x": 2}, wrt=["x"])


def test_variable_grads() -> None:
    value, found = gradcli.variable_grads(
        "sum(a*x)", var={"a": [3, 4]}, frozen={"x": [1, 2]}, wrt=["a", "x"]
    )
    assert value == 11
    assert found["x"] is None
    np.testing.assert_array_equal(found["a"], [1, 2])
