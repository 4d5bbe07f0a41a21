"""Long, deep and endless programs: they run, or end with one clear sentence, never a traceback."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
import time
import zipfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

import gradcli

DEPTH = "brackets, blocks and functions are nested more than 1,000 deep"
CALLS = "calls are nested more than 1,000 deep"

LONG: list[tuple[str, float, float]] = [
    ("+".join(["x^2"] * 5_000), 3, 30_000),
    ("x" + "".join(f"*(1 + x/{i})" for i in range(1, 5_000)), 0, 1),
    ("y = x\n" + "y = y + 2*x\n" * 5_000 + "y", 3, 10_001),
    ("x" + ".atan()" * 5_000, 0, 1),
    ("x" + ".T" * 5_000, 3, 1),
    (" ".join(f"{i} if x == {i} else" for i in range(5_000)) + " 7*x", 0.5, 7),
    ("-" * 5_000 + "x", 3, 1),
    ("^".join(["x"] * 1_000), 1, 1),
    ("x if " + " and ".join(["x > 0"] * 5_000) + " else 0", 3, 1),
    ("(" * 500 + "x" + ")" * 500, 3, 1),
    ("(" * 999 + "x" + ")" * 999, 3, 1),
    ("atan(" * 999 + "x" + ")" * 999, 0, 1),
    ("1 + (" * 999 + "x" + ")" * 999, 3, 1),
    ("-(" * 999 + "x" + ")" * 999, 3, -1),
    ("(x => " * 400 + "x" + ")(x)" * 400, 3, 1),
    ("if x > 0 {" * 999 + "x" + "}" * 999, 3, 1),
    ("[" * 60 + "x" + "]" * 60, 3, 1),
    ("f(n) = x*f(n - 1) if n > 0 else 1; f(900)", 1, 900),
    ("f(n) = x*f(n - 1) if n > 0 else 1; f(999)", 1, 999),
    ("f(n) = { if n > 0 { y = 1 + (x*(f(n - 1))) } else { y = 1 }; y }; f(900)", 1, 405_450),
    ("f(n) = (x + f(n - 1), n)[0] if n > 0 else 0; f(900)", 1, 900),
    ("f(n) = " + "(" * 300 + "x*f(n - 1)" + ")" * 300 + " if n > 0 else 1; f(900)", 1, 900),
    ("f = x => x^2\n" + "f = grad(f)\n" * 2 + "f(x)*x", 3, 2),
]


@pytest.mark.parametrize(("program", "x", "slope"), LONG, ids=lambda item: str(item)[:30])
def test_long(program: str, x: float, slope: float) -> None:
    assert gradcli.grad(program, x=x) == slope


def test_loop() -> None:
    program = "y = x; for i in range(20_000) { y = y + 0.0001*sin(y) }; y"
    value, slope = 1.0, 1.0
    for _ in range(20_000):
        value, slope = value + 0.0001 * np.sin(value), slope * (1 + 0.0001 * np.cos(value))
    found, gradient = gradcli.value_and_grad(program, x=1)
    np.testing.assert_allclose([found, gradient], [value, slope], rtol=1e-12)


BEYOND: list[tuple[str, str, str | None]] = [
    ("(" * 1_001 + "x" + ")" * 1_001, DEPTH, "part = …"),
    ("x => " * 1_001 + "x", DEPTH, "part = …"),
    ("if x > 0 {" * 1_001 + "x" + "}" * 1_001, DEPTH, "part = …"),
    ("f(n) = f(n)\nf(x)", CALLS, "while"),
    ("f(n) = x*f(n - 1) if n > 0 else 1\nf(1_001)", CALLS, "while"),
    ("f(x) = g(x); g(x) = f(x)\nf(x)", CALLS, "while"),
    (
        "f(n) = " + "sin(" * 900 + "f(n - 1)" + ")" * 900 + " if n > 0 else x\nf(900)",
        "calls and brackets together are nested too deeply",
        "while",
    ),
    ("t = (x,); for i in range(500) { t = (t, x) }; t", "the result is a tuple of more than", None),
    ("[" * 70 + "x" + "]" * 70, "an array has at most 64 axes", None),
    ("ones(" + "1, " * 70 + ")*x", "an array has at most 64 axes", None),
    ("zeros(1e30)*x", "elements is more than 134,217,728", "max_elements="),
    ("zeros((1e6, 1e6))*x", "elements is more than 134,217,728", "max_elements="),
    ("y = x*ones(20_000); outer(y, y)", "400,000,000 elements is more than", "max_elements="),
    ("x" * 17_000_000, "the program is longer than 16,777,216 bytes", None),
]


@pytest.mark.parametrize(
    ("program", "message", "help_"), BEYOND, ids=[message[:40] for _, message, _ in BEYOND]
)
def test_beyond(program: str, message: str, help_: str | None) -> None:
    with pytest.raises(gradcli.LimitError) as caught:
        gradcli.grad(program, x=1.0)
    assert message in caught.value.message
    assert (help_ or "") in (caught.value.help or "")


def test_steps_and_elements() -> None:
    endless = gradcli.compile("i = x; while true { i = i + 1 }; i", max_steps=1_000)
    over = pytest.raises(gradcli.LimitError, match=r"memory_limit, which is 0\.293G")
    with over, gradcli.memory_limit("300M"):
        gradcli.evaluate("sum(ones(1e8))")
    assert gradcli.evaluate("sum(ones(1e6))") == 1e6
    with pytest.raises(gradcli.UsageError, match="memory_limit takes bytes from 1M on, not '9'"):
        gradcli.memory_limit(9)


def test_in_a_new_process() -> None:
    """Python's own limit is raised by what needs room, not by what ran before."""
    script = (
        "import gradcli\n"
        "f = 'f(n)=f(n-1) if n else x\\nf(900)'\n"
        "print(gradcli.grad(f, x=1.0), gradcli.grad('('*900 + 'x' + ')'*900, x=1.0))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=False
    )
    assert (done.stdout, done.stderr) == ("1.0 1.0\n", "")


def test_the_limit_of_python_stays() -> None:
    """A limit that stayed high would let C functions, such as those of json, use up the stack."""
    usual = sys.getrecursionlimit()
    for program, x, _ in LONG[-8:]:
        gradcli.grad(program, x=x)
    rule = "f(x) = x; vjp f(x, dy) = " + "(" * 900 + "dy" + ")" * 900 + "; f(x)"
    assert gradcli.grad(rule, x=1) == 1
    for program, _, _ in BEYOND:
        with pytest.raises(gradcli.LimitError):
            gradcli.grad(program, x=1.0)
    assert sys.getrecursionlimit() == usual


def test_deep_in_threads() -> None:
    """Each thread has the room it needs, whoever leaves first."""
    usual = sys.getrecursionlimit()

    def ask(depth: int) -> float:
        return float(gradcli.evaluate("1 + (" * depth + "x" + ")" * depth, x=1))

    depths = [900, 5, 600, 80, 990, 300] * 4
    with ThreadPoolExecutor(6) as pool:
        assert list(pool.map(ask, depths)) == [depth + 1 for depth in depths]
    assert sys.getrecursionlimit() == usual
