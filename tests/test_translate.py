"""Programs as files of other languages: what is written is run, and prints what gradcli prints."""

from __future__ import annotations

import io
import shutil
import subprocess
from contextlib import redirect_stdout
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from gradcli import translate, value_and_grads
from gradcli.errors import GradcliError

if TYPE_CHECKING:
    from pathlib import Path

HOSTILE: dict[str, Any] = dict.fromkeys("θ class short np v1 value".split(), 1.5)

PROGRAMS: list[tuple[str, dict[str, Any]]] = [
    ("x*sin(y)", {"x": 2.0, "y": 1.0}),
    ("w = sum(x^3)*exp(-k*x[1]); sqrt(w/(1 + w)) + erf(w*sin(2))", {"x": [1, 2, 3], "k": 0.1}),
    ("sum(log(1 + exp(-x)))", {"x": [1, -2, 3]}),
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
    ("θ^2 + class*short*np*v1*value*pi", HOSTILE),
    ("x^2", {"x": float("inf")}),
    ("5*x + stop_gradient(x)^2", {"x": 3.0}),
]

OF_ARRAYS: list[tuple[str, dict[str, Any]]] = [
    ("sum(sort(x) * y) + cumsum(x)[1]", {"x": [3, 1, 2], "y": [1, 2, 4]}),
    ("logdet(A) + sum(x[[0, 2, 0]])", {"A": [[4, 1], [1, 3]], "x": [1, 2, 3]}),
]
"""What takes NumPy's functions of whole arrays."""


def _numbers(text: str) -> dict[str, Any]:
    """The numbers of each line, by the name before them."""
    lines = (line.split("\t") for line in text.splitlines())
    return {name: np.array(cells, float) for name, *cells in lines}


def _check(printed: str, program: str, values: dict[str, Any]) -> None:
    answer = value_and_grads(program, **values)
    value, grads = answer
    wanted = {"value": value, **grads}
    got = _numbers(printed)
    assert [*got] == [*wanted]
    for name, array in wanted.items():
        np.testing.assert_allclose(got[name], np.ravel(array), rtol=1e-12, atol=1e-300)


@pytest.mark.parametrize(("program", "values"), [*PROGRAMS, *OF_ARRAYS])
def test_numpy(program: str, values: dict[str, Any]) -> None:
    text = translate(program, to="numpy", **values)
    printed = io.StringIO()
    with redirect_stdout(printed), np.errstate(all="ignore"):
        exec(compile(text, "file", "exec"), {})
    _check(printed.getvalue(), program, values)


@pytest.mark.skipif(shutil.which("gcc") is None, reason="there is no C compiler")
@pytest.mark.parametrize(("program", "values"), PROGRAMS)
def test_c(tmp_path: Path, program: str, values: dict[str, Any]) -> None:
    source, binary = tmp_path / "file.c", tmp_path / "file"
    source.write_text(translate(program, to="c", **values), "utf-8")
    flags = "-std=c99 -Wall -Wextra -Werror -pedantic".split()
    subprocess.run(["gcc", *flags, "-o", binary, source, "-lm"], check=True)
    run = subprocess.run([binary], check=True, capture_output=True, text=True)
    _check(run.stdout, program, values)


def test_without_values_there_is_a_function_alone() -> None:
    text = translate("x^2*y", to="numpy")
    names: dict[str, Any] = {}
    exec(compile(text, "file", "exec"), names)
    assert names["value_and_grads"](np.float64(3), np.float64(2)) == (18, {"x": 12, "y": 9})


REFUSED = [
    ("numpy", "if x > 0 { x } else { -x }", "way of this program depends"),
    ("c", "while x < 9 { x = x + 3 }; x", "way of this program depends"),
    ("numpy", "erfinv(x)", "NumPy has no erfinv"),
    ("c", "j0(x)", "C has no j0"),
]


@pytest.mark.parametrize(("target", "program", "message"), REFUSED)
def test_refused(target: str, program: str, message: str) -> None:
    """What a target lacks is named and underlined, whether or not there are values."""
    for values in ({}, {"x": 0.5}):
        with pytest.raises(GradcliError, match=message) as error:
            translate(program, to=target, **values)
        assert error.value.span is not None
