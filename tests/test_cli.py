"""The command line, sentence by sentence of its contract: what it prints where, and its status."""

from __future__ import annotations

import io
import json
import os
import shlex
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest

from gradcli.cli.main import cli, run
from gradcli.data.console import Console

COMMANDS = cli.list_commands(None)  # type: ignore[arg-type]
NO_QUESTIONS = ("functions", "batch", "map", "plot", "help", "version", "completion", "repl")
EVERYDAY = [name for name in COMMANDS if name not in NO_QUESTIONS]


class Done(NamedTuple):
    status: int
    out: str
    err: str


def gradcli(
    line: str, stdin: str = "", *, environ: dict[str, str] | None = None, terminal: bool = False
) -> Done:
    """One command line, run in this process."""
    raw = io.BytesIO()
    out = io.TextIOWrapper(raw, "utf-8", write_through=True)
    err = io.StringIO()
    given = io.BytesIO(stdin.encode())
    console = Console(given, out, err, environ or {}, width=80, is_terminal=terminal)
    status = run(shlex.split(line), console)
    return Done(status, raw.getvalue().decode("utf-8", "replace"), err.getvalue())


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a few files, to stand in."""
    texts = {
        "m.csv": "1,2\n3,4\n",
        "h.csv": "a,x\n1,2\n3,4\n",
        "p.json": '{"x": [1, 2], "y": 3, "unused": 1}',
        "b.json": '{"beta": 4, "x": 2, "e": 3}',
        "bad.json": '[1, "NaN", null]',
        "s.grad": 'y = x^2\nprint("hi", y)\ny + 1\n',
        "bad.grad": "x = 1\ny = x +* 2\n",
        "silent.grad": "print(1)\n",
    }
    for name, text in texts.items():
        (tmp_path / name).write_text(text)
    np.save(tmp_path / "x.npy", np.array([1.0, 2.0, 3.0]))
    np.savez(tmp_path / "x.npz", x=np.array([1.0, 2.0]), k=np.array(5.0))
    monkeypatch.chdir(tmp_path)
    return tmp_path


STEPS_OF_EACH = """\
x
derivative\tgrad(x*y, x)
constant factor\ty

y
derivative\tgrad(x*y, y)
constant factor\tx
"""

ANSWERED: list[tuple[str, str]] = [
    # values
    ('grad "x^2" --x -4,-2,0', "-8\n-4\n0\n"),
    ('diff "x^2" --steps -o plain', "derivative\tgrad(x^2, x)\npower rule\t2*x\n"),
    ('diff "x*y" --steps -o plain', STEPS_OF_EACH),
    ('grads "x*y" --x 1,2 --y=-1,-2', "x\t-1\t-2\ny\t1\t2\n"),
    ('grads "x @ A @ x" --x 1,2 --A "1,2; 3,4"', "x\t12\t21\nA\t1\t2\t2\t4\n"),
    ('eval x --x "linspace(0, 2^3, 3)"', "0\n4\n8\n"),
    ('grads "format*x" --x 2 --set format=3', "format\t2\nx\t3\n"),
    ("eval x -s x=2", "2\n"),
    ('eval x --x "2,"', "2\n"),
    ('eval "x.shape" --x "2,"', "1\n"),
    ('eval x --x "[1,2],[3,4]"', "1\t2\n3\t4\n"),
    ('eval x --x "0;1;2"', "0\n1\n2\n"),
    ('eval "x.shape" --x "0;1;2"', "3\n1\n"),
    ('eval "x == inf" --x "NaN,INF,-Infinity" -q', "false\ntrue\nfalse\n"),
    ('eval x --x "1 - 2"', "-1\n"),
    ("eval θ^2 --θ 3", "9\n"),
    # files and standard input
    ("eval x --x @x.npy", "1\n2\n3\n"),
    ("eval x --x @x.npz:k", "5\n"),
    ("eval x --x @x.npz", "1\n2\n"),
    ("eval x --x @h.csv", "2\n4\n"),
    ("eval x --x @h.csv:a", "1\n3\n"),
    ("eval x --x @m.csv", "1\t2\n3\t4\n"),
    ('grads "x*y" --inputs p.json', "x\t3\t3\ny\t3\n"),
    ('grads "x*y" --inputs @p.json --y 10', "x\t10\t10\ny\t3\n"),
    ('eval "y = beta; y*2" --inputs b.json', "8\n"),
    ('eval "e*x" --inputs b.json', "6\n"),
    # what is an option
    ("eval -2^2", "-4\n"),
    ('eval "-cos(x)" --x 0', "-1\n"),
    ('eval --x 3 "x^2"', "9\n"),
    ('eval --x 3 -- "x^2"', "9\n"),
    ("eval x --x -1", "-1\n"),
    ('eval "order*x" --x 3 --order 2', "6\n"),
    ('derivative "order*x" --x 3 --set order=2 --wrt x', "2\n"),
    # commands and their plain format
    ('eval "(x, x^2)" --x 1,2', "1\n2\n\n1\n4\n"),
    ('eval "x[None, None]" --x 1,2', "1\t2\n"),
    ("eval 1e-7", "1e-07\n"),
    ('eval "0.1 + 0.2"', "0.30000000000000004\n"),
    ('eval "x > 1" --x 1,2', "false\ntrue\n"),
    ('value-and-grad "x^2" --x 1,2', "value\t1\t4\nx\t2\t4\n"),
    ('value-and-grads "x*y" --x 1,2 --y 3', "value\t3\t6\nx\t3\t3\ny\t3\n"),
    ('value-and-grads "x*y" --x 1,2 --y 3 --wrt y', "value\t3\t6\ny\t3\n"),
    ('grads "x*y" --x 1,2 --y 3 --wrt y', "3\n"),
    ('grads "x*y" --x 1,2 --y 3 --wrt y,x', "x\t3\t3\ny\t3\n"),
    ('grad "x*y" --x 1,2 --y 3 --wrt y', "3\n"),
    ('grad "x^2" --x 1,2 --dy 1,10', "2\n40\n"),
    ('grad "x^2" --x 1,2 --method forward', "2\n4\n"),
    ('grad "x^2" --x 1,2 --method complex-step', "2\n4\n"),
    ('grad "log(4 + x^2)" --x 1,2 --method complex-step', "0.4\n0.5\n"),
    (
        'variable-grads "sum(a*x + b)" --var a=3,4 --var b=5,6 --const x=1,2',
        "value\t22\na\t1\t2\nb\t1\t1\n",
    ),
    (
        'variable-grads "sum(a*x + b)" --var a=3,4 --frozen b=5,6 --const x=1,2',
        "value\t22\na\t1\t2\n",
    ),
    (
        'variable-grads "sum(a*x + b)" --var a=3,4 --frozen b=5,6 --const x=1,2 --wrt a,b',
        "value\t22\na\t1\t2\nb\tnone\n",
    ),
    ('variable-grads "sum(a*x)" --var a=3,4 --x 1,2', "value\t11\na\t1\t2\nx\t3\t4\n"),
    ('gradients "c = a*b; d = c + b" --a 2 --b 3 --xs a,b', "a\t3\nb\t3\n"),
    ('gradients "c = a*b; d = c + b" --a 2 --b 3 --xs a,b --ys c,d', "a\t6\nb\t5\n"),
    ('gradients "c = a*b; d = c + b" --a 2 --b 3 --xs a,b,c --stop c', "a\tnone\nb\t1\nc\t1\n"),
    ('gradients "c = a*b; d = c + b" --a 2 --b 3 --xs a,b --ys c,d --grad-ys c=2', "a\t9\nb\t7\n"),
    ('gradients "c = a*b; d = c + b" --a 2 --b 3 --xs a,b --ys c,d --grad-ys 2,-1', "a\t3\nb\t1\n"),
    ('gradients "c = a; b" --a 2 --b 3 --xs a', "a\tnone\n"),
    ('gradients "c = a; b" --a 2 --b 3 --xs a --unconnected zero', "a\t0\n"),
    (
        'tape "z = x^2*y" --x 3 --y 4 dz/dx dz/dy d2z/dx2 d2z/dxdy',
        "dz/dx\t24\ndz/dy\t9\nd2z/dx2\t8\nd2z/dxdy\t6\n",
    ),
    ('tape "z = x^2*y" --var x=3 --const y=4 dz/dx dz/dy', "dz/dx\t24\ndz/dy\tnone\n"),
    ('tape "z = x^2*y" --var x=3 --const y=4 --watch y dz/dx dz/dy', "dz/dx\t24\ndz/dy\t9\n"),
    (
        'tape "z = x*y" --var x=3 --const y=4 dz/dy dz/dx --unconnected zero',
        "dz/dy\tnone\ndz/dx\t4\n",
    ),
    ('tape "x^2" --x 3 d/dx d2/dx2', "d/dx\t6\nd2/dx2\t2\n"),
    (
        'tape "f = x1^3*x12" --x1 3 --x12 2 df/dx1 d2f/dx12 d^2f/dx1^2 d2f/dx1dx12',
        "df/dx1\t54\nd2f/dx12\t36\nd^2f/dx1^2\t36\nd2f/dx1dx12\t27\n",
    ),
    ('tape "f = x*x1" --x 3 --x1 4 df/dx1 df/dx', "df/dx1\t3\ndf/dx\t4\n"),
    ('tape "y = x^2; z = y^2" --x 3 dz/dy dy/dz', "dz/dy\t18\ndy/dz\tnone\n"),
    ('backward "sum(x^2*w)" --x 1,2 --w 3', "x\t6\t12\nw\t5\n"),
    ('backward "sum(x^2*w)" --var x=1,2 --const w=3', "x\t6\t12\n"),
    ('backward "x^2" --x 1,2 --dy 1,10', "x\t2\t40\n"),
    ('backward "y = x^2; z = sum(y)" --x 1,2 --retain y', "x\t2\t4\ny\t1\t1\n"),
    ('backward "y = x^2; backward(sum(y)); backward(sum(y))" --x 1,2', "x\t4\t8\n"),
    ('derivative "x^3" --x 1,2 --order 2', "6\n12\n"),
    ('derivative "x^5" --x 1,2 --order 4', "120\n240\n"),
    ('derivative "x^3" --x 1,2 --order 0', "1\n8\n"),
    ('jacobian "x^2*y" --x 1,2 --y 3,4', "x\t6\t0\t0\t16\ny\t1\t0\t0\t4\n"),
    ('jacobian "x^2*y" --x 1,2 --y 3,4 --wrt x', "6\t0\n0\t16\n"),
    ('hessian "sum(x^2)" --x 1,2 --wrt x', "x,x\t2\t0\t0\t2\n"),
    ('hessian "x*y^2" --x 2 --y 3', "x,x\t0\nx,y\t6\ny,x\t6\ny,y\t4\n"),
    ('jvp "x^2" --x 1,2 --tangent 1,0', "2\n0\n"),
    ('jvp "x^2*y" --x 1,2 --y 3 --tangent x=1,0 --tangent y=1', "7\n4\n"),
    ('vjp "x^2*y" --x 1,2 --y 3 --dy 1,0', "x\t6\t0\ny\t1\n"),
    ('hvp "sum(x^3)" --x 1,2 --tangent 1,0', "x\t6\t0\n"),
    ('hvp "sum(w*log(abs(a)))" --w 1,2 --a 2 --tangent a=1 --wrt a', "-0.75\n"),
    ('hvp "sum(x^3*y)" --x 1,2 --y 3 --tangent x=1,0 --wrt x', "18\n0\n"),
    # other formats
    ('eval "x^2" --x 1,2 -o json', '{"value": [1, 4]}\n'),
    ("eval x --x nan,-inf,inf -o json -q", '{"value": ["NaN", "-Infinity", "Infinity"]}\n'),
    ('value-and-grad "x^2" --x 1,2 -o json', '{"value": [1, 4], "grads": {"x": [2, 4]}}\n'),
    ('grad "x^2" --x 1,2 -o json', '{"grads": {"x": [2, 4]}}\n'),
    (
        'variable-grads "a*b" --var a=3 --frozen b=5 --wrt a,b -o json',
        '{"value": 15, "grads": {"a": 5, "b": null}}\n',
    ),
    ('tape "z = x^2" --x 3 dz/dx -o json', '{"grads": {"dz/dx": 6}}\n'),
    ('derivative "x^3" --x 1,2 -o json', '{"derivative": {"x": [3, 12]}}\n'),
    ('jacobian "x^2" --x 1,2 -o json', '{"jacobian": {"x": [[2, 0], [0, 4]]}}\n'),
    ('hessian "x^2" --x 1 -o json', '{"hessian": {"x": {"x": 2}}}\n'),
    ('jvp "x^2" --x 1,2 --tangent 1,2 -o json', '{"jvp": [2, 8]}\n'),
    ('vjp "x^2" --x 1,2 --dy 1,0 -o json', '{"vjp": {"x": [2, 0]}}\n'),
    ('hvp "x^3" --x 2 --tangent 1 -o json', '{"hvp": {"x": 12}}\n'),
    ('value-and-grad "x*y" --x 1,2 --y 3 --wrt x -o csv', "x,y,value,d_x\n1,3,3,3\n2,3,6,3\n"),
    (
        'value-and-grads "x*y" --x 1,2 --y 3 -o csv',
        "name,index,value\nvalue,0,3\nvalue,1,6\nd_x,0,3\nd_x,1,3\nd_y,,3\n",
    ),
    ('value-and-grads "x*y" --x 1 --y 3 -o tsv', "x\ty\tvalue\td_x\td_y\n1\t3\t3\t3\t1\n"),
    (
        'jacobian "x^2" --x 1,2 -o csv',
        "name,index,value\nd_x,0 0,2\nd_x,0 1,0\nd_x,1 0,0\nd_x,1 1,4\n",
    ),
    (
        'value-and-grad "x^2" --x 1,2 -o jsonl',
        '{"x": 1, "value": 1, "d_x": 2}\n{"x": 2, "value": 4, "d_x": 4}\n',
    ),
    (
        'value-and-grad "x^2" --x 1,2 -o table',
        (
            "  #   x   value   d_x\n ─────────────────────\n"
            "  0   1       1     2\n  1   2       4     4\n"
        ),
    ),
    (
        'check "abs(x)" --x 0 -o csv',
        'element,reverse,forward,numeric,verdict\nx,0,0,0,"kink [-1, 1]"\n',
    ),
    (
        "taylor 'exp(x) - 1' --x 0 --order 2 -o table",
        "  #   c_x\n ─────────\n  0   0\n  1   1\n  2   0.5\n\nx + 0.5*x^2\n",
    ),
    (
        "hessian 'y*sum(x^2)' --x 1,2 --y 3 -o table",
        (
            "  y   d_y_y\n ───────────\n  3       0\n\n"
            "  #   x   d_y_x   d_x_y\n ───────────────────────\n"
            "  0   1       2       2\n  1   2       4       4\n\n"
            "  d_x_x   0   1\n ───────────────\n      0   6   0\n      1   0   6\n"
        ),
    ),
    ("graph 'x^2' --x 3 -o plain", "f = x^2  9  1\n└─ x     3  6\n"),
    ("eval x --precision 3 --x 1.23456", "1.23\n"),
    ("eval x --dtype float32 --x 0.1", "0.1\n"),
    ("eval x --x 1 --output -", "1\n"),
    # scripts
    ("run s.grad --x 3", "hi 9\n10\n"),
    ("run @s.grad --x 3", "hi 9\n10\n"),
    ("run silent.grad", "1\n"),
]


@pytest.mark.parametrize(("line", "out"), ANSWERED, ids=[line for line, _ in ANSWERED])
def test_answered(line: str, out: str) -> None:
    assert gradcli(line) == Done(0, out, "")


PIPED: list[tuple[str, str, str]] = [
    ('grad "x^2" --x -', "-4\n-2\n0\n", "-8\n-4\n0\n"),
    ("eval x --x @-", "1 2 3", "1\n2\n3\n"),
    ("eval x --x -", "7\n", "7\n"),
    ("eval x --x -", "1,2\n3,4\n", "1\t2\n3\t4\n"),
    ("eval x --x -", "[[1,2],[3,4]]", "1\t2\n3\t4\n"),
    ("eval - --x 3", "x^2\n", "9\n"),
    ("run - --x 3", "print(x)\nx^2\n", "3\n9\n"),
    ('grads "x*y" --inputs -', "x,y\n1,2\n3,4\n", "x\t2\t4\ny\t1\t3\n"),
    ('grads "x*y" --inputs -', '{"x": [1, 2], "y": "3"}', ""),
]


@pytest.mark.parametrize(("line", "stdin", "out"), PIPED)
def test_piped(line: str, stdin: str, out: str) -> None:
    assert gradcli(line, stdin).out == out


REFUSED: list[tuple[int, str, str]] = [
    # values
    (2, 'eval x --x "1,2;3"', "the rows are of unequal length: 2, 1 at --x:1:1"),
    (
        2,
        'eval x --x "1,,2"',
        (
            "there is no item before this `,` at --x:1:3; "
            "write `1,2`, or `1,nan,2` where a number is missing"
        ),
    ),
    (2, 'eval x --x "1 2"', "items are separated by commas, not by spaces at --x:1:3; write `1,2`"),
    (
        2,
        'eval x --x "1 -2"',
        (
            "`1 -2` could mean two things at --x:1:3; "
            "write `1,-2` for two numbers, `1-2` for the result"
        ),
    ),
    (
        2,
        'eval x --x "1:4"',
        (
            "a value cannot contain ranges at --x:1:2; write `range(1, 5)` for 1, 2, 3, …, "
            "or `linspace(1, 4, 9)` for 9 numbers"
        ),
    ),
    (
        2,
        "eval x --x y",
        (
            "a value is made of numbers and constants, and 'y' is neither at --x:1:1; "
            "write it as a number, such as 3 or 1,2; a file is @FILE"
        ),
    ),
    (2, 'eval x --x "a = 3"', "a value cannot contain assignments at --x:1:3; write `3`"),
    (2, 'eval x --x "a = b"', "a value cannot contain assignments at --x:1:3"),
    (2, "grads x*y x=3, y=1,2", "there is no place for the argument 'x=3,'; write --x 3 --y 1,2"),
    (
        2,
        "grad x^2 -x 3",
        "there is no place for the argument '-x'; a variable has two dashes: --x 3",
    ),
    (2, "grad x^2 x 3", "there is no place for the argument 'x'; a variable has two dashes: --x 3"),
    (2, "grad x^2 --x:3", "--x:3 is neither an option nor a variable of the program; write --x 3"),
    (2, "check x --x 1 --eps nan", "--eps takes a number above 0, not 'nan'"),
    (2, "check x --x 1 --rtol inf", "--rtol takes a number from 0, not 'inf'"),
    (2, "grads x*y --set x=2,y=3", "--set takes one NAME=VALUE; --set x=2 --set y=3"),
    (
        2,
        "check x*y --x 2 --y 3 --claim 'x=y; y = x'",
        '--claim takes one NAME=VALUE; --claim x=y --claim "y = x"',
    ),
    (2, "jvp x*y --x 1 --y 2", "jvp needs --tangent; --tangent x=VALUE"),
    (
        1,
        "hvp x,x --x 1 --tangent 1",
        "hvp needs one number, and the value is a tuple; end with one part",
    ),
    (
        2,
        "eval help*2 --help 3",
        "there is no place for the argument '3'; a value has a name: --set help=3",
    ),
    (2, "eval x --x -:S", "a key stands behind `@-` at --x:1:2; write `@-:S`"),
    (2, "grad “x^2” --x 2", "--x is neither an option nor a variable of the program; write `x^2`"),
    (1, "eval “x^2”", "the result is a string at program:1:1; write `x^2`"),
    (
        2,
        "grad -v x --x 1",
        "there is no place for the argument 'x'; -v is no option, so it is read as the program",
    ),
    (2, "map x -x", "cannot read '-x': no such file or directory; -x is no option either"),
    (2, 'grads x*y --inputs "{x: 2}"', "--inputs takes the name of a file; write --x 2"),
    (
        2,
        "diff ax²+bx --wrt x",
        "the program has no variable 'x'; write `a*x²+b*x`; as it stands, it has ax, bx",
    ),
    (
        2,
        "grad x --x 1 --method fd",
        "--method takes reverse, forward, numeric or complex-step, not 'fd'; --method numeric",
    ),
    (
        2,
        "grad x --x 1 --dtype double",
        "--dtype takes float64 or float32, not 'double'; --dtype float64",
    ),
    (2, "hvp x^3 --x 2", "hvp needs --tangent; --tangent 1"),
    (2, "jvp sum(x) --x 2,3 --v 1,0", "jvp needs --tangent; --tangent 1,0"),
    (
        1,
        'jacobian "(x, x^2)" --x 2',
        "the value is a tuple, and one array is needed; write `[x, x^2]`",
    ),
    (2, "grad t^2 3", "there is no place for the argument '3'; a value has a name: --t 3"),
    (
        2,
        "plot sin(t) -5 5",
        "there is no place for the argument '-5'; a range has a name and a colon: --t -5:5",
    ),
    (
        2,
        "plot sin(t) --t -5 5",
        "there is no place for the argument '5'; a range has a name and a colon: --t -5:5",
    ),
    (2, "plot sin(x) --from -5 --to 5", "plot needs a range of its variable 'x'; --x -5:5"),
    (2, "plot sin(x) --range -5:5", "there is no option --range; --x -5:5"),
    (
        2,
        "grad x^2",
        "no value for 'x' at program:1:1; add --x VALUE; for the formula, gradcli diff 'x^2'",
    ),
    (2, "diff x^2 -o latex", "-o: 'latex' is not a format; it is an option of its own: --latex"),
    (2, "tape x*y dx --x 1 --y 2", "'dx' is not a derivative; write it as d/dx"),
    (2, 'eval x --x ""', "the value is empty at --x:1:1; for example `3` or `1,2`"),
    (2, "eval x --x \"'abc'\"", "the result is a string at --x:1:1"),
    (2, "eval x --x (1", "this `(` is never closed at --x:1:1; add a `)`"),
    (2, "eval x --x @", "'@' needs a file's name after it; @FILE, or - for standard input"),
    (
        2,
        "eval x --x @no.npy",
        "cannot read 'no.npy': no such file or directory; did you mean 'x.npy'?",
    ),
    (2, "eval x --x @x.npz:q", "there is no array 'q' in 'x.npz'; it has the arrays x, k"),
    (2, "eval x --x @bad.json", "[2]: null is not a number at bad.json:1:12"),
    (
        2,
        'eval x --x "zeros(5)" --max-elements 3',
        "an array of 5 elements is more than 3 at --x:1:7; --max-elements raises the limit",
    ),
    # options
    (2, "eval x --x", "--x needs a value; --x 1,2"),
    (2, "eval x+y --x --y 3", "--x needs a value; --x 1,2"),
    (2, "eval x --x --", "--x needs a value; --x 1,2"),
    (2, "eval x+y --x 1", "no value for 'y' at program:1:3; add --y VALUE"),
    (
        2,
        "derivative order*x --x 3 --order 2",
        "no value for 'order' at program:1:1; add --set order=VALUE",
    ),
    (
        2,
        "eval x --x 1 --z 2",
        "--z is neither an option nor a variable of the program; variables: --x",
    ),
    (
        2,
        "eval xray --xrya 1",
        (
            "--xrya is neither an option nor a variable of the program; "
            "did you mean --xray? variables: --xray"
        ),
    ),
    (
        2,
        "eval x --prec 3 --x 1",
        (
            "--prec is neither an option nor a variable of the program; "
            "did you mean --precision? variables: --x"
        ),
    ),
    (2, "eval x --x 1 --x 2", "'x' is given twice; leave one of the two out"),
    (2, "eval x --x 1 --set x=2", "'x' is given twice; leave one of the two out"),
    (2, "eval x -s x", "--set takes NAME=VALUE, not 'x'; --set x=1,2"),
    (2, "eval x -s 1a=3", "--set takes NAME=VALUE, not '1a=3'; --set x=3"),
    (
        2,
        "eval x -sx=2",
        ("there is no place for the argument '-sx=2'; a short option stands by itself: -s x=2"),
    ),
    (
        2,
        "eval x --1 3",
        (
            "there is no place for the argument '--1'; "
            "an option is --NAME, and a name starts with a letter"
        ),
    ),
    (
        2,
        "eval x + y",
        (
            "there is no place for the argument '+'; "
            'a program that has blanks stands in quotes: "x + y"'
        ),
    ),
    (2, "eval", 'eval needs a program; gradcli eval "x^2" --x 3'),
    (2, "evla x", "there is no command 'evla'; did you mean 'eval'?"),
    (2, "eval x --precision 99 --x 1", "--precision takes a whole number from 1 to 17, not '99'"),
    (2, "eval x --dtype f16 --x 1", "--dtype takes float64 or float32, not 'f16'"),
    (2, "grads x*y --x 1 --y 2 --wrt z", "the program has no variable 'z'; it has x, y"),
    (2, 'grads x*y --x 1 --y 2 --wrt ""', "--wrt takes names, and one is missing; --wrt x,y"),
    (2, 'grads x*y --x 1 --y 2 --wrt "x;y"', "--wrt takes names, and 'x;y' is not one; --wrt x,y"),
    (
        2,
        "eval x --x 1 -o foo",
        (
            "-o: 'foo' is not a format; formats: table, plain, json, jsonl, "
            "csv, tsv, npy, npz; a file's name has a '.' or a '/'"
        ),
    ),
    (
        2,
        "eval x --x 1 -o o.foo",
        (
            "no format has the extension '.foo': 'o.foo'; "
            "end it in .txt .json .jsonl .csv .tsv .npy .npz, or add --format"
        ),
    ),
    (
        2,
        "eval x --x 1 -o no/o.json",
        ("cannot write 'no/o.json': no such file or directory; there is no folder 'no'"),
    ),
    (2, "eval x --x 1 -o json --format csv", "two formats for one answer: 'json' and 'csv'"),
    (
        2,
        "grads x*y --x 1 --y 2 -o npy",
        (
            "'npy' holds one array, and the answer has several arrays: "
            "d_x, d_y; use 'npz', or '-o FILE.npz'"
        ),
    ),
    (2, "run x^2 --x 3", "there is no file 'x^2'; a text is for `gradcli eval`"),
    # commands
    (
        2,
        "grad x*y --x 1 --y 2",
        (
            "grad differentiates by one input, and the program has x, y; "
            "choose one with --wrt, or use grads"
        ),
    ),
    (
        2,
        "variable-grads a*x --var a=3 --var a=4 --const x=1",
        "'a' is given twice; leave one of the two out",
    ),
    (
        2,
        "variable-grads a --const a=3",
        "there is no variable to differentiate by; give one with --var",
    ),
    (
        2,
        "variable-grads a*x --var a=3 --const x=1 --wrt x",
        "x is a constant and has no gradient; make it a variable: --var x=VALUE",
    ),
    (
        1,
        "variable-grads a*x --var a=3 --const x=1,2",
        "variable-grads needs one number, not the shape (2,) at program:1:1; take its sum",
    ),
    (2, "gradients x --x 1", "gradients needs --xs; --xs a,b"),
    (2, "gradients x --x 1 --xs q", "the program gives no value to 'q'; it has x"),
    (
        2,
        "tape x --x 1",
        'tape needs a question; gradcli tape "y = x*x; z = y*y" --x 3 dz/dx dz/dy d2z/dx2',
    ),
    (2, "tape x --x 1 f/x", "'f/x' is not a derivative; write it as dz/dx, or d2z/dxdy"),
    (
        2,
        "tape f=x --x 1 d2f/dx",
        "'d2f/dx' is of order 2 above the line, and 1 below it; write df/dx or d2f/dx2",
    ),
    (
        2,
        "tape f=x --x 1 df/dxdf",
        "'df/dxdf' is of order 1 above the line, and 2 below it; write d2f/dxdf",
    ),
    (2, "tape f=x --x 1 df/dq", "'df/dq': the program has no 'q'; its names are x, f"),
    (
        2,
        "tape f=x --x 1,2 df/dx[0]",
        (
            "'df/dx[0]' asks for an element, not for a variable; "
            "df/dx is by every element; `gradcli explain --element` follows one"
        ),
    ),
    (
        2,
        "grad sin --x 1",
        "--x is neither an option nor a variable of the program; 'sin' is a function: write sin(x)",
    ),
    (
        2,
        "grad 2*exp() --x 1",
        "--x is neither an option nor a variable of the program; 'exp' is a function: write exp(x)",
    ),
    (2, "tape f=x --x 1 d13f/dx13", "'d13f/dx13' is of an order above 12"),
    (
        1,
        "backward x --x 1,2",
        ("backward needs one number, not the shape (2,); take its sum, or give a seed with --dy"),
    ),
    (
        1,
        'backward "if x > 5 { x }" --x 1',
        ("the program ends without a value to go backward from; end with it, or call backward(y)"),
    ),
    (
        1,
        "derivative x/sum(x) --x 1,2",
        (
            "the program mixes elements, and has no elementwise "
            "derivative at program:1:1; jacobian gives all of them"
        ),
    ),
    (
        1,
        "hessian x^2 --x 1,2",
        "hessian needs one number, not the shape (2,) at program:1:1; take its sum",
    ),
    (2, "jvp x --x 1", "jvp needs --tangent; --tangent 1"),
    (
        2,
        "jvp x*y --x 1 --y 2 --tangent 1",
        "the program has x, y: say which one moves; --tangent x=VALUE",
    ),
    (
        2,
        "jvp x --x 1 --tangent x=1 --tangent x=2",
        "'x' is given twice by --tangent; leave one of the two out",
    ),
    (2, "grad x^2 --x 1,2 --dy 1,2,3", "the seed has shape (3,), which does not broadcast to (2,)"),
    (
        1,
        'grad "x > 1" --x 1',
        (
            "the value is true or false and has no gradient at program:1:1; "
            "where(condition, a, b) makes numbers of it"
        ),
    ),
    (2, 'check x^2 --x 1 --claim "2*x"', "--claim takes NAME=VALUE, not '2*x'; --claim x=2*x"),
    (
        2,
        "check x^2 --x 1 --claim x=2*z",
        (
            "the claim for x uses 'z', which is not a variable of the "
            "program at --claim x:1:3; it has x"
        ),
    ),
    # what is told first
    (2, 'eval "x +" -s foo', "--set takes NAME=VALUE, not 'foo'; --set x=1,2"),
    (
        1,
        "eval foo(x) --x 1 --x 2",
        "unknown function 'foo' at program:1:1; `gradcli functions` lists them",
    ),
    (
        1,
        "eval x.foo --inputs no.json",
        (
            "unknown attribute 'foo' at program:1:3; "
            "there are .T, .mT, .shape, .size, .ndim, .grad, .at, and every function"
        ),
    ),
    (1, "eval @bad.grad --q 1", "expected an expression before `*` at bad.grad:2:8"),
    (
        2,
        "eval x/[0,1][5] --q 1",
        "--q is neither an option nor a variable of the program; variables: --x",
    ),
    (
        2,
        "eval x --x 1 --inputs absent.json",
        "cannot read 'absent.json': no such file or directory",
    ),
    # what shows when it runs
    (
        1,
        'eval "while true { x = 1 }; x" --max-steps 9',
        (
            "more than 9 statements, conditions and "
            "calls were executed at program:1:7; --max-steps raises the limit"
        ),
    ),
    (
        124,
        'eval "while true { x = 1 }; x" --timeout 0.05',
        "not done after 0.05 s; --timeout gives more time",
    ),
]


@pytest.mark.parametrize(("status", "line", "expected"), REFUSED, ids=[row[1] for row in REFUSED])
def test_refused(status: int, line: str, expected: str) -> None:
    done = gradcli(line)
    first, *more = done.err.splitlines()
    message = first.removeprefix("error: ")
    if more and more[-1].startswith("  help: "):
        message += more[-1].replace("  help: ", "; ", 1)
    assert (done.status, done.out, message) == (status, "", expected)


@pytest.mark.parametrize(("status", "line", "expected"), REFUSED, ids=[row[1] for row in REFUSED])
def test_refused_in_json(status: int, line: str, expected: str) -> None:
    if "-o " in line:
        return
    command, _, rest = line.partition(" ")
    done = gradcli(f"{command} -o json {rest}")
    error = json.loads(done.err)["error"]
    assert (done.status, done.out) == (status, "")
    assert expected.startswith(error["message"])
    assert (
        error["kind"]
        in {
            1: ("parse", "name", "type", "shape", "limit"),
            2: ("input", "usage"),
            124: ("timeout",),
        }[status]
    )


# What comes out


def test_print_in_eval_is_no_answer() -> None:
    assert gradcli("eval @s.grad --x 3") == Done(0, "10\n", "hi 9\n")
    assert gradcli("check @s.grad --x 3").err == "hi 9\n"


def test_warnings() -> None:
    done = gradcli('eval "log(x)" --x 1,0')
    assert (done.status, done.out) == (0, "0\n-inf\n")
    assert done.err.startswith("warning: log(0) is -inf at x[1] at program:1:1\n")
    assert gradcli('eval "log(x)" --x 1,0 -q').err == ""
    done = gradcli('eval "log(x)" --x 1,0 -o json')
    (warning,) = json.loads(done.out)["warnings"]
    assert done.err == ""
    assert (warning["message"], warning["line"], warning["column"]) == (
        "log(0) is -inf at x[1]",
        1,
        1,
    )
    unused = gradcli('grads "2*x; x" --x 1')
    assert "warning: `2*x` is not used" in unused.err


@pytest.mark.parametrize(
    "program", ["[3, 4][n]*x", "x if n > 2 else 2*x", "for i in range(n) { x }; x"]
)
def test_a_gradient_of_what_only_chooses(program: str) -> None:
    """Zero is true there, but not because the value would stay the same."""
    done = gradcli(f'grads "{program}" --x 1 --n 1')
    assert (
        "warning: the value depends on n only through an index, a count or a condition: "
        "its gradient is 0\n"
    ) in done.err


def test_a_gradient_of_nothing() -> None:
    done = gradcli('grads "y = 2*z; x" --x 1 --z 2')
    assert (done.out, done.err) == (
        "z\t0\nx\t1\n",
        "warning: the value does not depend on z: its gradient is 0\n",
    )
    assert gradcli('grads "y = 2*z; x" --x 1 --z 2 --unconnected none') == Done(
        0, "z\tnone\nx\t1\n", ""
    )


def test_formats_of_the_environment() -> None:
    plain = {"GRADCLI_FORMAT": "json"}
    assert gradcli("eval x --x 1", environ=plain).out == '{"value": 1}\n'
    assert json.loads(gradcli("eval y --x 1", environ=plain).err)["error"]["kind"] == "usage"
    assert gradcli("eval x --x 1 -o csv", environ=plain).out == "x,value\n1,1\n"
    wrong = gradcli("eval x --x 1", environ={"GRADCLI_FORMAT": "jsn"})
    assert wrong.status == 2
    assert wrong.err.startswith("error: GRADCLI_FORMAT: 'jsn' is not a format")


def test_terminal() -> None:
    table = "  #   x   value\n ───────────────\n  0   1       1\n  1   2       2\n"
    assert gradcli("eval x --x 1,2", terminal=True, environ={"NO_COLOR": "1"}).out == table
    assert "\033[" in gradcli("eval x --x 1,2", terminal=True).out
    assert gradcli("eval x --x 1,2 -o plain", terminal=True).out == "1\n2\n"
    done = gradcli("eval x --x 1,2 -o npy", terminal=True)
    assert done.status == 2
    assert "not for a terminal" in done.err


def test_a_narrow_terminal() -> None:
    """Columns that do not fit go below, under the same row numbers; no number is broken."""
    line = "value-and-grads sum(a*b*c*d)/7e9 --a 1e-9,2 --b -3.12345,4 --c 5,6.12345 --d 7,8"
    tables = gradcli(line, terminal=True, environ={"NO_COLOR": "1"}).out.split("\n\n")
    assert [table.split("\n")[0].split() for table in tables] == [
        ["value"],
        ["#", "a", "b", "c", "d", "d_a", "d_b"],
        ["#", "d_c", "d_d"],
    ]
    assert all(len(row) <= 80 for table in tables for row in table.split("\n"))


def test_output_files(folder: Path) -> None:
    for name in ("o.json", "o.csv", "o.tsv", "o.txt", "o.npy", "o.npz", "o.jsonl"):
        assert gradcli(f"eval x --x 1,2 -o {name}") == Done(0, "", "")
        assert (folder / name).stat().st_size
    np.testing.assert_array_equal(np.load(folder / "o.npy"), [1, 2])
    np.testing.assert_array_equal(np.load(folder / "o.npz")["value"], [1, 2])
    assert gradcli("eval x --x 1,2 -o o.data --format csv").status == 0
    assert (folder / "o.data").read_text() == "x,value\n1,1\n2,2\n"
    before = (folder / "o.json").read_text()
    assert gradcli("eval foo(x) --x 1,2 -o o.json").status == 1
    assert (folder / "o.json").read_text() == before


def test_a_table_of_many_matrices_shows_some() -> None:
    assert gradcli("eval 'zeros((60, 2, 1))' -o table").out.count("value[") == 6
    assert "… --all shows all 60 matrices\n" in gradcli("eval 'zeros((60, 2, 1))' -o table").out


def test_shape_errors_name_both() -> None:
    assert gradcli('eval "x + y" --x 1,2 --y 1,2,3').err == (
        "error: shapes (2,) and (3,) do not broadcast at program:1:1\n"
        "  1 │ x + y\n"
        "    │ ^^^^^\n"
        "  help: x is (2,), y is (3,)\n"
    )


def test_debug_shows_the_traceback() -> None:
    assert "Traceback" not in gradcli("eval foo(x)").err
    assert "Traceback" in gradcli("eval foo(x) --debug").err


def test_help() -> None:
    whole = gradcli("--help")
    assert whole.status == 0
    for name in COMMANDS:
        assert f"  {name} " in whole.out


@pytest.mark.parametrize("command", EVERYDAY)
def test_help_of(command: str) -> None:
    assert gradcli(f"{command} --help").status == 0
    assert gradcli(f"{command} -h").out.startswith(f"Usage: gradcli {command} [--VARIABLE VALUE]")
    assert gradcli(command).status == 2


def test_standard_input_once() -> None:
    done = gradcli("eval x+y --x - --y -", "1")
    assert done.status == 2
    assert done.err == (
        "error: standard input can be used once: --x has it, --y asks for it too\n"
        "  help: put one of the two into a file and name it with @FILE\n"
    )
    assert gradcli("eval - --x -", "x").status == 2


def test_data_names_no_files() -> None:
    """Only what a person types reads files."""
    assert gradcli('eval "x = @x.npy"').err.startswith("error: expected an expression before `@`")
    assert gradcli("eval @- --x 1", "@s.grad").status == 1
    assert gradcli("eval x --x -", "@x.npy").status == 2
    assert gradcli("eval x --inputs -", '{"x": "@x.npy"}').status == 2


# What needs a process


def process(line: str, **options: object) -> subprocess.Popen[bytes]:
    args = [sys.executable, "-m", "gradcli", *shlex.split(line)]
    environ = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[1])}
    return subprocess.Popen(args, env=environ, stderr=subprocess.PIPE, **options)  # type: ignore[call-overload,no-any-return]


@pytest.mark.parametrize("command", ['eval "range(200_000)"', "batch jobs.txt -q --x 1"])
def test_closed_pipe(command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("jobs.txt").write_text("x^2\n" * 5_000)
    done = process(command, stdout=subprocess.PIPE)
    assert done.stdout is not None
    assert done.stdout.readline()
    done.stdout.close()
    assert done.communicate()[1] == b""
    assert done.returncode == 0


def test_interrupted() -> None:
    usual = signal.signal(signal.SIGINT, signal.default_int_handler)  # ignored where tests run by &
    done = process('eval "print(1); while true { x = 1 }; x" --max-steps 100000000')
    assert done.stderr is not None
    assert done.stderr.readline() == b"1\n"
    signal.signal(signal.SIGINT, usual)
    time.sleep(0.05)
    done.send_signal(signal.SIGINT)
    assert done.communicate()[1].strip() == b""
    assert done.returncode == 130


INTERRUPTING = """
import os, signal, sys
class Interrupting:
    def find_spec(name, path=None, target=None):
        if name == os.environ["AT"]:
            os.kill(os.getpid(), signal.SIGINT)
signal.signal(signal.SIGINT, signal.default_int_handler)
sys.meta_path.insert(0, Interrupting)
"""


@pytest.mark.parametrize("module", ["unicodedata", "click", "numpy"])
def test_interrupted_as_it_starts(
    module: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where that module is imported."""
    (tmp_path / "interrupting.py").write_text(INTERRUPTING)
    monkeypatch.setenv("AT", module)
    monkeypatch.setenv("PYTHONPATH", f"{tmp_path}{os.pathsep}{Path(__file__).parents[1]}")
    command = [
        sys.executable,
        "-c",
        "import interrupting\nfrom gradcli.__main__ import main\nmain()",
    ]
    done = subprocess.run([*command, "eval", "1"], capture_output=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (130, b"", b"")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full here")
def test_full_disk() -> None:
    with open("/dev/full", "wb") as full:
        done = process("eval 1", stdout=full)
        message = done.communicate()[1].decode()
    assert message == "error: the answer cannot be written: no space left on device\n"
    assert done.returncode == 2


CLOSED = "error: the answer cannot be written: bad file descriptor\n"

TABLE = "(echo x; seq 9999) | gradcli map 'x^2' - --from csv -q"
FULL = "export PYTHONDONTWRITEBYTECODE=1; ulimit -f 4"
"""Files of 4 KB at most; the bytecode of modules would be cut off, too, for whoever comes later."""

SHELL: list[tuple[str, int, str, str]] = [
    ("gradcli eval 1 <&- 2>&-", 0, "1\n", ""),
    ("gradcli eval 1 >&-", 2, "", CLOSED),
    ("gradcli --help >&-", 2, "", CLOSED),
    ("gradcli eval 1 >&- 2>&- <&-", 2, "", ""),
    ('PYTHONOPTIMIZE=2 gradcli grads "x*y" --x 1 --y 2', 0, "x\t2\ny\t1\n", ""),
    ("LC_ALL=POSIX PYTHONUTF8=0 PYTHONCOERCECLOCALE=0 gradcli eval π//1", 0, "3\n", ""),
    ("PYTHONIOENCODING=latin-1 gradcli --help | head -1", 0, "Usage: gradcli [OPTIONS]", ""),
    ("COLUMNS=0 gradcli explain 'x^2' --x 1 -o table | head -1", 0, "", ""),
    ("COLUMNS=10000 gradcli eval nosuch | head -1", 0, "", "error: no value for 'nosuch'"),
    ("env -u HOME gradcli eval 1", 0, "1\n", ""),
    ("HOME=/dev/null; echo 1+1 | gradcli repl", 0, "2\n", ""),
    ("ulimit -n 16; gradcli eval 1", 0, "1\n", ""),
    ("ulimit -n 16; echo 1 | gradcli batch - --op eval -q --workers 2", 0, '{"id": 1, "value', ""),
    (f"{FULL}; {TABLE} -o p/", 2, "", "error: cannot write 'p/': file too large"),
    (f"{FULL}; {TABLE} -o p.csv", 2, "", "error: cannot write 'p.csv': file too large"),
    ("mkfifo p; gradcli eval @p --timeout 0.2", 124, "", "error: not done after 0.2 s"),
    ("mkfifo p; seq 20000 > p & gradcli eval 'sum(x)' --x @p", 0, "200010000\n", ""),
    ("ulimit -v 61440; gradcli eval 1", 1, "", "error: not enough memory to load"),
    ("ulimit -v 130000; gradcli eval 1", 0, "1\n", ""),
    ("ulimit -v 153600; echo x > a.csv; gradcli map x a.csv", 1, "", "error: a library cannot be"),
    ("ulimit -v 307200; gradcli eval 'sum(ones(1e7)*ones(1e7))'", 0, "10000000\n", ""),
]
"""What the system can do to a process: command, status, and how output and errors begin."""


@pytest.mark.skipif(sys.platform != "linux", reason="these are the limits of Linux")
@pytest.mark.parametrize(("command", "status", "output", "errors"), SHELL)
def test_shell(command: str, status: int, output: str, errors: str, tmp_path: Path) -> None:
    line = command.replace("gradcli", f"{shlex.quote(sys.executable)} -m gradcli")
    environ = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[1])}
    done = subprocess.run(
        line, shell=True, env=environ, cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == status
    assert done.stdout.startswith(output)
    assert done.stderr.startswith(errors)
    assert errors or not done.stderr
