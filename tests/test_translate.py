"""Programs as files of other languages: what is written is run, and prints what gradcli prints.

Files for frameworks are compiled here, and run by `python -m tests.bench.translate`.
"""

from __future__ import annotations

import io
import re
import shutil
import subprocess
from contextlib import redirect_stdout
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from gradcli import compile as compiled
from gradcli import translate, value_and_grads
from gradcli.errors import GradcliError, GradcliWarning
from gradcli.snippets.function import program as program_of
from gradcli.translation.target import TARGETS

VALUES: dict[str, Any] = {
    "A": [[2.0, 0.5, 0.1], [0.5, 1.5, -0.3], [0.1, -0.3, 1.2]],
    "W1": [[1.0, -2.0], [0.5, 3.0]],
    "w": [0.2, -0.4, 0.9],
    "x": [0.5, 1.5, -0.8],
    "y": [1.2, 0.3, 2.0],
    "b": 0.7,
    "c": 1.3,
}
"""The values of inputs by their names; of any other it is that of `c`."""

FORMULAS = (Path(__file__).parent / "translated.txt").read_text("utf-8").splitlines()
DECIDES = "depends on its inputs"
HOSTILE = (
    "in_ np torch jnp jax tf sp math f value show v1 class short e1 name array θ zip sum".split()
)

WRITTEN_OUT = ("numpy", "c", "latex")
"""The targets whose files hold the derivative itself; others call a framework's at values."""

PROGRAMS: list[tuple[str, dict[str, Any]]] = [
    ("x*sin(y)", {"x": 2.0, "y": 1.0}),
    ("w = sum(x^3)*exp(-k*x[1]); sqrt(w/(1 + w)) + erf(w*sin(2))", {"x": [1, 2, 3], "k": 0.1}),
    ("x @ A @ x", {"x": [1, 2], "A": [[1, 2], [3, 4]]}),
    ("sum(softmax(x) * y) + logsumexp(x)", {"x": [1, 2, 3], "y": [1, 0, 2]}),
    ("norm(A @ x) + sum(A[:, 0]^2)", {"x": [1, 2], "A": [[1, 2], [3, 4]]}),
    ("where(x > 0, x^3, -x)", {"x": [-1.5, 2]}),
    ("max(x)*min(y) + mean(x) - prod(y)", {"x": [1, 5, 2], "y": [3, 1.5]}),
    ("s = 0; for i in range(3) { s = s + x^i }; s", {"x": 1.5}),
    ("f(a, n=2) = a^n; f(x) + f(y, 3)", {"x": 1.5, "y": [2.0, 3.0]}),
    ("lgamma(x) + gelu(x)*sinc(x) + tanh(x)/hypot(x, 2)", {"x": 0.4}),
    ("sum(abs(x))/3 + x[1]^x[0] + 2^x[2] + 1e-20*x[0] + 1e20*x[1]", {"x": [0.5, 2, -3]}),
    ("solve(A, b)[0] + trace(inv(A))", {"A": [[4, 1], [1, 3]], "b": [1, 2]}),
    ("*".join(HOSTILE), dict.fromkeys(HOSTILE, 1.5)),
    (
        "x*value + grad_x*θ^grad_theta + f/program - function_^grads",
        dict.fromkeys("x value grad_x θ grad_theta f program function_ grads".split(), 1.5),
    ),
    ("x^2", {"x": float("inf")}),
    ("5*x + stop_gradient(x)^2", {"x": 3.0}),
    ("x", {"x": -0.0}),
    ("x = x*y; x = x*y; x^2 + 0*z", {"x": 1.5, "y": 2.0, "z": 3.0}),
    (
        "sum(softmax(c)*y) + maximum(c, y)[1]*trace(A)",
        {"c": 1.0, "y": [1, 3], "A": [[1, 2], [3, 4]]},
    ),
    ("sum([x, y][0])", {"x": [1.5, 2], "y": [1, 2]}),
    ("if x > 0 { sqrt(x) } else { -x^2 }", {"x": -2.0}),
    ("(log(x) if x > 1 else x - 1) + (x if x > y and y > 0 else y^2)", {"x": -2.0, "y": 3.0}),
    (
        "if x > 0 { a = x; b = a } else if x > -1 { b = x; a = y } else { a, b = (1, x) }\nb/a",
        {"x": -0.5, "y": 2.0},
    ),
    ("f(t) = { if t > 1 { u = t; u^2 } else { 2*t - 1 } }; f(x)*f(2*x)", {"x": 0.8}),
    (
        "s = 0; for k in range(3) { if x[k] > 0 { s += x[k]^2 } else { s ^= 2 } }; s",
        {"x": [1, -1, 2]},
    ),
]
"""Programs that every language of this file has."""

POINTS: list[tuple[str, dict[str, Any]]] = [
    ("sum(abs(x)*y) + mae(x, 0*x)", {"x": [0.0, -1.0], "y": 2.0}),
    ("maximum(x, y) + minimum(x, 1) + sum(clip([x, 0, 2], 0, 1))", {"x": 1.0, "y": 1.0}),
    ("max(x)*min(x)*norm(x - 3)*std(x)", {"x": [3.0, 3.0]}),
    ("sqrt(x^2 + y^2) + (x^2)^0.5 + hypot(x, y)", {"x": 0.0, "y": 0.0}),
    ("-sum(p*log(p))", {"p": [0.0, 1.0]}),
    ("sum(xlogy(p, q))", {"p": [0.0, 0.0, 1.0], "q": [2.0, 0.0, 3.0]}),
    ("log(x)", {"x": -1.0}),
    ("log2(x) + log10(y) + log1p(y) + atanh(y)", {"x": -1.0, "y": -2.0}),
    ("x^0.5 + cbrt(x) + log(x)*1e-9", {"x": 0.0}),
    ("0^x + y^x + x", {"x": 2.0, "y": 0.0}),
    ("sin(x)/x + (1 - cos(x))/x^2 + (exp(x) - 1)/x", {"x": 0.0}),
    ("sum(sin(x)/x) + sum((1 - cos(x))/x^2) + sum(expm1(x)/x)", {"x": [1e-4, 0.05, 0.7, 9.0]}),
    ("relu(x) + relu6(6 + x) + elu(x) + selu(x) + leaky_relu(x) + sinc(x)", {"x": 0.0}),
    ("gamma(x) + lgamma(x)", {"x": -1.5}),
    ("sum(max(A, axis=1) + norm(A - A, axis=1))", {"A": [[1.0, 1.0], [2.0, 3.0]]}),
]
"""Programs at points without a derivative, or where a formula loses digits."""


def values_of(program: str) -> dict[str, Any]:
    """Values for the inputs of a program."""
    return {name: VALUES.get(name, VALUES["c"]) for name in compiled(program).inputs}


def written(program: str, target: str, values: dict[str, Any]) -> str:
    """The file, or "" where a target lacks something, which is underlined."""
    refused: GradcliError | None = None
    try:
        text: str = translate(program, to=target, **values)
    except GradcliError as error:
        refused, text = error, ""
    assert refused is None or refused.span is not None, refused
    return text


def check(printed: str, program: str, values: dict[str, Any]) -> None:
    """What a file printed is what gradcli prints; a sum that is 0 here may be a rounding there."""
    value, grads = value_and_grads(program, **values)
    wanted = [("value", value), *grads.items()]  # an input may be called value, too
    lines = [line.split("\t") for line in printed.splitlines()]
    assert [line[0] for line in lines] == [name for name, _ in wanted]
    whole = np.concatenate([np.ravel(array) for _, array in wanted])
    size = np.max(np.abs(whole), initial=0, where=np.isfinite(whole))
    for (_, *cells), (_, array) in zip(lines, wanted, strict=True):
        np.testing.assert_allclose(
            np.array(cells, float), np.ravel(array), rtol=1e-12, atol=1e-15 * size
        )


def _run(text: str) -> str:
    printed = io.StringIO()
    with redirect_stdout(printed), np.errstate(all="ignore"):
        exec(compile(text, "file", "exec"), {})
    return printed.getvalue()


@pytest.mark.filterwarnings("ignore::gradcli.GradcliWarning")
@pytest.mark.parametrize(("program", "values"), PROGRAMS + POINTS)
def test_numpy(program: str, values: dict[str, Any]) -> None:
    check(_run(translate(program, to="numpy", **values)), program, values)


@pytest.mark.filterwarnings("ignore::gradcli.GradcliWarning")
def test_numpy_formulas() -> None:
    """All but those that decide by their inputs run."""
    count = 0
    for program in FORMULAS:
        values = values_of(program)
        text = written(program, "numpy", values)
        if text:
            check(_run(text), program, values)
            count += 1
    assert count > 0.9 * len(FORMULAS)


@pytest.mark.skipif(shutil.which("gcc") is None, reason="there is no C compiler")
@pytest.mark.parametrize(("program", "values"), PROGRAMS)
def test_c(tmp_path: Path, program: str, values: dict[str, Any]) -> None:
    source, binary = tmp_path / "file.c", tmp_path / "file"
    source.write_text(translate(program, to="c", **values), "utf-8")
    flags = "-std=c99 -Wall -Wextra -Werror -pedantic".split()
    subprocess.run(["gcc", *flags, "-o", binary, source, "-lm"], check=True)
    run = subprocess.run([binary], check=True, capture_output=True, text=True)
    check(run.stdout, program, values)


LOOPS = [
    "-sum(y*log_softmax(x)) + log(1 + exp(-y @ x))*sum(softplus(x)*sigmoid(y))",
    "sum(100*(x[1:] - x[:-1]^2)^2) + mean(x[::-1]*y) + (A @ x)[2] + sum(cumsum(x)*y)",
    "sum(tanh(A @ B), axis=1)*norm(A, axis=1)*max(A, axis=1) + sum(softmax(A, axis=0) @ B)",
    "where(x > y, x*sum(y), reshape(A, (5, 24))[1:2, 4:].T[:, 0]) + concat([y[3:], x[:3]])",
    "d = x[:, newaxis] - y; sum(exp(-d^2))*prod(y) + any(x > 1)*min(x) + flatten(A.T)[7]",
    "for k in range(3) { x = x + 0.1*(roll(x, 1) - 2*x) }; einsum('ij,jk->k', A, B)[1] + x @ t",
]


@pytest.mark.skipif(shutil.which("gcc") is None, reason="there is no C compiler")
@pytest.mark.filterwarnings("ignore::gradcli.GradcliWarning")
def test_loops_of_c(tmp_path: Path) -> None:
    """Large arrays have loops, whose sums are those of NumPy to the last few digits."""
    source = np.random.default_rng(1)
    shapes = {"A": (6, 20), "B": (20, 5), "x": (20,), "y": (20,), "t": (20,)}
    arrays = {name: source.normal(size=shape).round(3) for name, shape in shapes.items()}
    files = []
    for i, program in enumerate(LOOPS):
        text = translate(program, to="c", **{n: arrays[n] for n in compiled(program).inputs})
        assert "for (int i = 0; i < 20; i++) {" in text
        files.append(tmp_path / f"{i}.c")
        body = re.sub(r"\b(main|value_and_grads)\(", rf"\g<1>{i}(", text)
        files[-1].write_text(body, "utf-8")
    main = tmp_path / "main.c"
    calls = "".join(f'main{i}();\nputs("");\n' for i in range(len(LOOPS)))
    heads = "".join(f"int main{i}(void);\n" for i in range(len(LOOPS)))
    main.write_text(f"#include <stdio.h>\n{heads}int main(void)\n{{\n{calls}return 0;\n}}\n")
    flags = "-std=c99 -Wall -Wextra -Werror -pedantic".split()
    subprocess.run(["gcc", *flags, "-o", tmp_path / "all", main, *files, "-lm"], check=True)
    run = subprocess.run([tmp_path / "all"], check=True, capture_output=True, text=True)
    for program, printed in zip(LOOPS, run.stdout.split("\n\n"), strict=False):
        check(printed, program, {n: arrays[n] for n in compiled(program).inputs})


@pytest.mark.filterwarnings("ignore::gradcli.GradcliWarning")
@pytest.mark.parametrize("target", "jax torch tensorflow autograd sympy".split())
def test_python(target: str) -> None:
    """Every file is Python, and most programs have one."""
    files = [written(p, target, values_of(p)) for p in FORMULAS]
    files += [written(p, target, values) for p, values in PROGRAMS + POINTS]
    for text in files:
        compile(text, "file", "exec")
    assert sum(map(bool, files)) > 0.8 * len(files)


@pytest.mark.skipif(shutil.which("node") is None, reason="there is no Node")
@pytest.mark.filterwarnings("ignore::gradcli.GradcliWarning")
def test_javascript(tmp_path: Path) -> None:
    """Every file is JavaScript; each is a block of one file here."""
    files = [written(p, "tfjs", values_of(p)) for p in FORMULAS]
    files = [re.sub("^import .*$", "", text, flags=re.MULTILINE) for text in files if text]
    assert len(files) > 0.8 * len(FORMULAS)
    script = tmp_path / "all.mjs"
    script.write_text("\n".join(f"{{\n{text}\n}}" for text in files), "utf-8")
    subprocess.run(["node", "--check", script], check=True)


def test_latex() -> None:
    text = translate("a*sin(x)^2", to="latex", wrt=["x"])
    assert r"f &= a \, \sin^{2}\left(x\right)" in text or r"\sin\left(x\right)^{2}" in text
    assert r"\frac{\partial f}{\partial x} &=" in text
    assert r"f &= \left(y - x\right)^{2}" in translate("sum((y - x)^2)", to="latex")
    with pytest.warns(GradcliWarning, match="this is 0 at x = 0, where the derivative is 0.5"):
        translate("max(x, 0)", to="latex")
    of_arrays = translate("x @ A @ x", to="latex", x=[1, 2], A=[[1, 2], [3, 4]])
    assert r"A + A^\top" in of_arrays
    assert of_arrays.startswith("% The gradients of")


def test_without_values_there_is_a_function_alone() -> None:
    names: dict[str, Any] = {}
    exec(compile(translate("x^2*y", to="numpy"), "file", "exec"), names)
    assert names["value_and_grads"](np.float64(3), np.float64(2)) == (18, {"x": 12, "y": 9})
    for target in TARGETS:
        said = "The value of" if target not in WRITTEN_OUT else "The value and the gradients of"
        assert said in translate("x^2*y", to=target)
        assert "The value and the gradients of" in translate("x^2*y", to=target, x=3, y=2)
    assert "print" not in translate("while x < 9 { x = x^2 }; x", to="torch")


def test_names_of_the_file_are_its_own() -> None:
    """What a file needs for itself has another name than any input."""
    assert "z_ is the program's z" in translate("x/z", to="sympy", x=1.0, z=2.0)
    assert "variance_ is the program's variance" in translate("var(x)/variance", to="tfjs")


@pytest.mark.parametrize("target", TARGETS)
def test_no_text_breaks_out(target: str) -> None:
    """A program stands in a comment, which nothing in it ends."""
    program = "y = x^2 # */ ''' \"\"\" \\ \u2028 import os \x0c } <!--\n y  # ??/\n+ x"
    lines = translate(program, to=target, x=2.0).splitlines()
    signs = ("#", "//", "%", " *", "/*")
    assert all(line.startswith(signs) for line in lines if "import os" in line)


WAYS = [
    ("if x > 0 { x } else { -x }", "if x > 0:\n        return x\n    else:\n        return -x"),
    ("while x < 9 { x = x + 3 }; x", "while x < 9:\n        x = x + 3"),
    ("x^2 if x > 0 and x < 9 else x", "return x**2 if x > 0 and x < 9 else x"),
    ("s = x; for v in [1, 2] { s *= v }; s", "for v in torch.tensor([1, 2]"),
    ("h(g, a) = g(a); h(sin, x)", "return h(lambda x: torch.sin(x), x)"),
    ("g = np.exp; g(x)", "g = lambda x: torch.exp(x)"),
    ("g = t => { u = 2*t; u^2 }; g(x)", "g = f1"),
    ("log(1 + exp(x))", "return torch.logaddexp(x, torch.tensor(0.0))"),
    ("1/(exp(-x) + 1) + exp(x)/(1 + exp(x))", "return torch.sigmoid(x) + torch.sigmoid(x)"),
    ("log(1 + x) + (exp(x) - 1)", "return torch.log1p(x) + torch.expm1(x)"),
    ("log1p(a) = a; log(1 + x)", "return torch.log(1 + x)"),
    ("where(x > 0, sqrt(x), 0)", "torch.sqrt(torch.where(x > 0, x, torch.tensor(1.0)))"),
    (
        "where(x > 0, x^2, 1/x)",
        "torch.where(x > 0, x**2, 1/torch.where(x > 0, torch.tensor(1.0), x))",
    ),
    ("where(x > 0, sum(sqrt(x)), 0)", "torch.where(x > 0, torch.sum(torch.sqrt(x))"),
]


@pytest.mark.parametrize(("program", "lines"), WAYS)
def test_ways_stand_as_such(program: str, lines: str) -> None:
    """Branches, loops and functions are written, with or without values."""
    assert lines in translate(program, to="torch")
    assert lines in translate(program, to="torch", x=2.0)


REFUSED = [
    ("numpy", "while x < 9 { x = x + 3 }; x", DECIDES),
    ("sympy", "while x < 9 { x = x + 3 }; x", DECIDES),
    ("c", "if x > 0 { for k in range(3) { x = 2*x } }; x", DECIDES),
    ("numpy", "if x > 0 { y = x }; x", DECIDES),
    ("latex", "while x < 9 { x = x + 3 }; x", DECIDES),
    ("c", "while x < 9 { x = x + 3 }; x", DECIDES),
    ("numpy", "erfinv(x)", "NumPy has no erfinv"),
    ("c", "airy_ai(x)", "C has no airy_ai"),
    ("c", "norm([x, 1], 3)", "C has no norm"),
    ("c", "sum(sort(x + zeros(200)))", r"C has no form of `sort\(x \+ zeros\(200\)\)`"),
    ("tensorflow", "sum(x*[1, 2, 3][[0, -1]])", "TensorFlow has no list of places from the end"),
    ("c", "median([x, 1])", r"C has no form of `median\(\[x, 1\]\)` and its derivatives"),
    ("torch", "x + spence(x)", "no translation of spence to PyTorch"),
    (
        "tensorflow",
        "sum([x, 1], where=[true, false])",
        "no translation of 'where' of sum to TensorFlow",
    ),
    ("torch", "[x, 1, 2][::-2][1]", "PyTorch has no slices that go backward"),
    ("jax", "hessian(x^3, x)", "hessian inside a program is not translated"),
    ("torch", "y = x^2; x = 2*x; z = y*x; grad(z, x)", "PyTorch has no such derivatives inside"),
    ("tfjs", "grad(exp(x^2), x)", "TensorFlow.js has no second derivative of exp"),
    ("tfjs", "sum(grad(x^2*y, (x, y))[0])", "several derivatives at once"),
    (
        "autograd",
        "g(a) = a^2; vjp g(a, dy) = { if true { dy } else { dy } }; g(x)",
        "autograd has no rules that end with such a statement",
    ),
    ("tfjs", "x + sum(erfinv([x, 0]))", "no translation of erfinv to TensorFlow.js"),
]


@pytest.mark.parametrize(("target", "program", "message"), REFUSED)
def test_refused(target: str, program: str, message: str) -> None:
    """What a target lacks is named and underlined, whether or not there are values."""
    for values in ({}, {"x": 0.5}):
        with pytest.raises(GradcliError, match=message) as error:
            translate(program, to=target, **values)
        assert error.value.span is not None


def test_refused_as_a_whole() -> None:
    with pytest.raises(GradcliError, match="float64"):
        translate("x^2", to="numpy", dtype="float32")
    with pytest.raises(GradcliError, match=DECIDES):
        translate("f(a) = a if a > 9 else f(a + 1); f(x)", to="sympy", x=0.5)
    with pytest.raises(GradcliError, match="depends on no input"):
        translate("stop_gradient(x)^2", to="torch", x=1.0)
    with pytest.raises(GradcliError, match="more than 50,000"):
        translate("sum(sort(x))", to="c", x=np.ones(60_000))


SNIPPETS = [
    ("import numpy as np\ndef f(x):\n    return np.sum(x ** 2)\n", "sum(x^2)"),
    ("f = lambda x, c: x.sum() * c\ng = jax.grad(f)\n", "sum(x)*c"),
    (
        """
import torch as t
a = -2.0
def g(z, n=2): return z ** n
def f(x):
    "squares"
    y = g(x) + a
    y *= 3
    return t.tanh(y).mean()
""",
        "mean(tanh(3*(x^2 - 2)))",
    ),
    (
        """
def f(b, c):
    s = b
    for i in range(3):
        s = s * b
    while s < 9:
        s += c
    if s > 100:
        return s
    elif s > 5:
        s = s / 2
        return s * c
    return -s
""",
        "s = b^4; while s < 9 { s = s + c }; s/2*c",
    ),
    (
        "def f(x, w): return (x[0] - w[-1]) if x[0] < 1 and not x[1] < 1 else x[1:2].sum()",
        "x[0] - w[2]",
    ),
    (
        """
const f = (x, y) => { const p = x.mul(tf.scalar(2)); return p.add(y.square()).sum(); };
tf.grads(f)
""",
        "sum(2*x + y^2)",
    ),
    (
        """
function f(b) { let s = 1; for (const k of [1, 2]) { s = s * b + k; } return Math.sin(s); }
""",
        "sin((b + 1)*b + 2)",
    ),
]
"""Snippets of one function, and what it is in gradcli's language."""


@pytest.mark.parametrize(("text", "wanted"), SNIPPETS)
def test_snippets(text: str, wanted: str) -> None:
    language = "tfjs" if "=>" in text or "function" in text else "python"
    program = program_of(text, "snippet", language)
    values = values_of(wanted)
    assert set(compiled(program).inputs) == set(values)
    value, grads = value_and_grads(program, **values)
    expected, slopes = value_and_grads(wanted, **values)
    np.testing.assert_allclose(value, expected, rtol=1e-13)
    for name, slope in slopes.items():
        np.testing.assert_allclose(grads[name], slope, rtol=1e-13)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("x = 1\n", "there is no function"),
        ("def f(x): return x\ndef g(x): return x\n", "which function is meant"),
        ("def f(x):\n    print(x)\n    return x\n", "this statement"),
        ("def f(x):\n    y = x\n", "end without a value"),
        ("@jax.custom_vjp\ndef f(x): return x\n", "decorator"),
        ("def f(*x): return x[0]\n", "parameter"),
        ("const f = x => x % 2;", "`%` of JavaScript"),
        ("def f(x):\n    x.a = 1\n    return x\n", "anything but names"),
    ],
)
def test_snippets_refused(text: str, said: str) -> None:
    with pytest.raises(GradcliError, match=said) as caught:
        program_of(text, "snippet", "tfjs" if "=>" in text else "python")
    assert caught.value.span is not None
