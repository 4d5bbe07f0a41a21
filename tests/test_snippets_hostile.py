"""Snippets that would run away, or reach out, end with an error that says where."""

from __future__ import annotations

import json

import pytest

import gradcli
from gradcli.snippets.cells import notebook
from tests.test_snippets import Done

PYTHON = [
    ("print('a'*10**10)", "too large"),
    ("print(10**10**10)", "too large"),
    ("x = 1 << 10**9", "too large"),
    ("x = 'a'\nfor i in range(60): x = x + x", "too large"),
    ("x = [1]\nfor i in range(60): x = x + x", "too large"),
    ("x = [1]\nfor i in range(60): x = [*x, *x]", "more than 1,000,000 items"),
    ("x = [1]\nfor i in range(40): x = [x, x]\nprint(x)", "more items are printed"),
    ("print([*range(10**12)])", "more than 1,000,000 items"),
    ("print(sum(range(10**12)))", "more than 1,000,000 items"),
    ("print(f'{1:>1000000000}')", "too long"),
    ("print('%1000000000d' % 1)", "too long"),
    ("print('%*d' % (10**9, 1))", "not part of the subset"),
    ("print('x'.join(['y'*10**5]*10**5))", "too long"),
    ("print('xxxx'.replace('x', 'y'*9999999))", "too long"),
    ("print('a'.center(10**9))", "too long"),
    ("print(2**100000)", "4300 digits"),
    ("while True: pass", "1,000,000 statements"),
    ("def f(n): return f(n + 1)\nf(0)", "recursion"),
    ("(" * 500 + "1" + ")" * 500, "nested more than 100"),
    ("print('{0.__class__}'.format(1))", "not part of the subset"),
    ("print((1).__class__.__bases__)", "__bases__"),
    ("open('/etc/passwd')", "`open`"),
    ("__import__('os').system('ls')", "`__import__`"),
    ("import os\nprint(os.environ)", "reaches outside"),
    ("eval('1')", "`eval`"),
    ("def g(): yield from g()\nlist(g())", "wait at a `yield`"),
    ("def g(): yield from x\nx = g()\nlist(x)", "already executing"),
    ("import random\nrandom.random()", "without a seed"),
    ("import numpy as np\nnp.load('x.npy')", "files"),
    ("import numpy as np\nnp.zeros((10**6, 10**6))", "elements"),
]

JAVASCRIPT = [
    ("while(true){}", "1,000,000 statements"),
    ("const f = () => f(); f()", "recursion"),
    ("'a'.repeat(1e10)", "too long"),
    ("new Array(1e10).fill(0)", "too long"),
    ("let a=[1]; for(;;) a = a.concat(a)", "too long"),
    ("let s='a'; for(;;) s += s", "too large"),
    ("require('fs').readFileSync('/etc/passwd')", "`fs`"),
    ("process.exit()", "`process`"),
    ("eval('1')", "`eval`"),
    ("constructor.constructor('return this')()", "constructor is not defined"),
    ("({}).__proto__.x", "undefined"),
]


@pytest.mark.parametrize(("text", "said"), PYTHON)
def test_python(text: str, said: str) -> None:
    _ends(Done(["run", "-", "--lang", "python"], text), said)


@pytest.mark.parametrize(("text", "said"), JAVASCRIPT)
def test_javascript(text: str, said: str) -> None:
    _ends(Done(["run", "-", "--lang", "tfjs"], text), said)


@pytest.mark.parametrize("source", [[1, 2], {"a": 1}, None, 5])
def test_notebooks_whose_code_is_no_text(source: object) -> None:
    cells = json.dumps({"cells": [{"cell_type": "code", "source": source}]})
    with pytest.raises(gradcli.InputError, match=r"'a\.ipynb' is not a notebook"):
        notebook(cells, "a.ipynb")


def _ends(done: Done, said: str) -> None:
    first = done.err.split("\n", 1)[0]
    assert (done.status, first.startswith("error:")) == (1, True), done.err
    assert said in done.err
