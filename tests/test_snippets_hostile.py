"""Snippets that would run away, or reach out, end with an error that says where."""

from __future__ import annotations

import json

import pytest

import gradcli
from gradcli.snippets.cells import notebook
from tests.test_snippets import Done

MODULES = """
import torch
m = torch.nn.Linear(1, 1)
for i in range(60): m = torch.nn.Sequential(m, m)
"""

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
    ("import numpy as np\nnp.roots(np.ones(10**4))", "at most 1,000 roots"),
    ("import numpy as np\nnp.poly(np.ones((2000, 2000)))", "at most 1,000 roots"),
    ("import numpy as np\nprint(np.poly1d(np.ones(10**4)).r)", "at most 1,000 roots"),
    ("import math\nmath.fsum(range(10**12))", "items were gone over"),
    ("from collections import Counter\nfrom itertools import count\nCounter(count())", "gone over"),
    ("from itertools import count\na, *b = count()", "items were gone over"),
    ("from itertools import count\na = []\na += count()", "items were gone over"),
    ("from itertools import count\na = [1]\na[0:0] = count()", "items were gone over"),
    ("from itertools import count\nset().update(count())", "items were gone over"),
    ("from itertools import product\nproduct([1, 2], repeat=10**9)", "10,000,000 items"),
    ("x = iter([1])\nfor i in range(2000): x = zip(x)", "500 deep in one another"),
    ("x = iter([1])\nfor i in range(2000): x = (y for y in x)", "500 deep in one another"),
    ("class A:\n  def __iter__(self): return iter(self)\nlist(A())", "recursion"),
    ("a = ()\nfor i in range(2000): a = (a,)\nd = {a: 1}", "recursion"),
    ("a = ()\nfor i in range(60): a = (a, a)\nd = {a: 1}", "10,000,000 items"),
    ("a, b = [], []\nfor i in range(60): a, b = [a, a], [b, b]\na == b", "10,000,000 items"),
    ("a, b = [], []\nfor i in range(60): a, b = [a, a], [b, b]\na < b", "10,000,000 items"),
    ("e = ValueError()\nfor i in range(2000): e = ValueError(e)\nrepr(e)", "recursion"),
    ("a = [1.0]\na.append(a)\nimport numpy as np\nnp.array(a)", "recursion"),
    ("a = [1.0]\nfor i in range(60): a = [a, a]\nimport numpy as np\nnp.array(a)", "items"),
    ("a = [1.0]\nfor i in range(60): a = [a, a]\nimport jax\njax.tree.leaves(a)", "items"),
    ("b = b'a' * 10**8", "too large"),
    ("s = 'a'\nfor i in range(60): s = f'{s}{s}'", "too long"),
    ("s = 'a'\nfor i in range(60): s = '%s%s' % (s, s)", "too long"),
    ("s = 'a'\nfor i in range(60): s = '{0}{0}'.format(s)", "too long"),
    ("s = 'a' * 10**6\nstr([s] * 10**5)", "too long"),
    ("s = 'a' * 10**6\nprint(*[s] * 10**5)", "too long"),
    ("'%(a)1000000000d' % {'a': 1}", "too long"),
    ("f'{1:>\uff11\uff10\uff10\uff10\uff10\uff10\uff10\uff10\uff10\uff10}'", "too long"),
    ("pow(3, 2**99999, 2**99999 - 1)", "too large"),
    ("import math\nmath.prod([10**6] * 10**5)", "too large"),
    ("import random\nrandom.seed(1)\nrandom.gammavariate(float('nan'), 1)", "come to an end"),
    ("import torch\nm = torch.nn.Sequential()\nm.a = m\nm.state_dict()", "recursion"),
    ("import torch\nm = torch.nn.Sequential()\nm.a = m\nm.apply(print)", "recursion"),
    (f"{MODULES}str(m)", "too long"),
    (f"{MODULES}m.state_dict()", "100,000 others"),
    ("d = {1: 1}\nfor k in d: d[k + 1] = 1", "dictionary changed size during iteration"),
    ("d = {}\nd[[]] = 1", "unhashable type: 'list'"),
    ("{([],)}", "unhashable type: 'list'"),
]

COPIES = """
import copy, collections
d = collections.defaultdict(list)
d[1].append(2)
print(copy.copy(d)[1], copy.deepcopy(d)[3])
"""

SWALLOWS = """
class A:
    def __enter__(self):
        return self
    def __exit__(self, kind, error, _):
        print(kind.__name__, error)
        return True
with A():
    raise ValueError("x")
print("on")
"""

DIAMONDS = """
A = object
for i in range(60):
    class B(A): pass
    class C(A): pass
    class A(B, C): pass
print(hasattr(A(), "x"))
"""

ANSWERS = [
    ("a = [1]\na += a\na.extend(a)\nprint(a)", "[1, 1, 1, 1]"),
    ("print(round(5, -10**10), round(5.5, -10**10))", "0 0.0"),
    ("print(10**29 in range(10**30), 1.5 in range(10), len(range(9, 0, -2)))", "True False 5"),
    ("x = (print(i) for i in range(2))\nprint('first')\nx = list(x)", "first\n0\n1"),
    ("x = (i for i in range(3))\nprint(next(x), list(x))", "0 [1, 2]"),
    ("from itertools import count\nprint(next(i for i in count() if i > 5))", "6"),
    ("def f():\n  try: return 1\n  finally: return 2\nprint(f())", "2"),
    ("def f():\n  try: raise ValueError\n  finally: return 3\nprint(f())", "3"),
    ("print('{:{}}|{:>{w}}'.format(1, 5, 2, w=3))", "    1|  2"),
    ("print(sum([[1] * 2] * 2, []), map(abs, [1]))", "[1, 1, 1, 1] <map object at 0x7f0000000000>"),
    (f"{MODULES}print(len(list(m.modules())), len(list(m.parameters())))", "61 2"),
    (COPIES, "[2] []"),
    (SWALLOWS, "ValueError x\non"),
    (DIAMONDS, "False"),
]
"""What may be as large as it is, and order and ends as Python has them."""

JAVASCRIPT = [
    ("while(true){}", "1,000,000 statements"),
    ("const f = () => f(); f()", "recursion"),
    ("'a'.repeat(1e10)", "too long"),
    ("new Array(1e10).fill(0)", "too long"),
    ("let a=[1]; for(;;) a = a.concat(a)", "too long"),
    ("let s='a'; for(;;) s += s", "too long"),
    ("require('fs').readFileSync('/etc/passwd')", "`fs`"),
    ("process.exit()", "`process`"),
    ("eval('1')", "`eval`"),
    ("constructor.constructor('return this')()", "constructor is not defined"),
    ("({}).__proto__.x", "undefined"),
    ("let s='a'; for(;;) s = `${s}${s}`", "too long"),
    ("let s='a'; for(;;) s = s.concat(s)", "too long"),
    ("let s='a'; for(;;) s = [s, s].join()", "too long"),
    ("let s='a'; for(;;) s = String([s, s])", "too long"),
    ("let s='a'; for(;;) s = s.replaceAll('a', 'aa')", "too long"),
    ("let a=[1]; for(let i=0;i<60;i++) a = [a, a]; a.join()", "at most 10,000,000 items"),
    ("let a=[1]; for(let i=0;i<60;i++) a = [a, a]; `${a}`", "at most 10,000,000 items"),
    ("let a=[1]; for(let i=0;i<60;i++) a = [a, a]; a.flat(99)", "at most 10,000,000 items"),
    ("let a=[1]; for(let i=0;i<60;i++) a = [a, a]; JSON.stringify(a)", "10,000,000 items"),
]


TFJS = "const tf = require('@tensorflow/tfjs'); "
LARGE = [
    ("python", "import torch; torch.rand(10**5, 10**5)"),
    ("python", "import torch; torch.empty(10**5, 10**5)"),
    ("python", "import torch; torch.Tensor(10**5, 10**5)"),
    ("python", "import torch; torch.ones(2).new_full((10**5, 10**5), 3)"),
    ("python", "import jax; jax.random.normal(jax.random.PRNGKey(0), (10**5, 10**5))"),
    ("python", "import jax; jax.random.randint(jax.random.PRNGKey(0), (10**10,), 0, 9)"),
    ("python", "import jax; jax.random.split(jax.random.PRNGKey(0), 10**10)"),
    ("python", "import jax; jax.lax.iota(int, 10**10)"),
    ("python", "import tensorflow as tf; tf.eye(10**5)"),
    ("python", "import numpy as np; np.fromfunction(lambda i, j: i, (10**5, 10**5))"),
    ("tfjs", TFJS + "tf.zeros([1e5, 1e5])"),
    ("tfjs", TFJS + "tf.fill([1e5, 1e5], 3)"),
    ("tfjs", TFJS + "tf.eye(1e5)"),
    ("tfjs", TFJS + "tf.buffer([1e5, 1e5])"),
    ("tfjs", TFJS + "tf.linspace(0, 1, 1e10)"),
    ("tfjs", TFJS + "tf.randomNormal([1e5, 1e5], 0, 1)"),
    ("tfjs", TFJS + "tf.randomUniform([1e5, 1e5], 0, 1)"),
]


@pytest.mark.parametrize(("language", "text"), LARGE)
def test_arrays_that_are_never_made(language: str, text: str) -> None:
    said = "an array of 10,000,000,000 elements is more than 134,217,728"
    _ends(Done(["run", "-", "--lang", language], text), said)


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("python", "import numpy as np; np.array([1.0, 2, 3])"),
        ("python", "import torch; torch.nn.Linear(1, 3)"),
        ("tfjs", TFJS + "tf.tensor([1, 2, 3])"),
    ],
)
def test_arrays_of_given_numbers_count(language: str, text: str) -> None:
    done = Done(["run", "-", "--lang", language, "--max-elements", "2"], text)
    _ends(done, "an array of 3 elements is more than 2")


@pytest.mark.parametrize(("text", "said"), PYTHON)
def test_python(text: str, said: str) -> None:
    _ends(Done(["run", "-", "--lang", "python"], text), said)


@pytest.mark.parametrize(("text", "printed"), ANSWERS)
def test_python_that_ends(text: str, printed: str) -> None:
    done = Done(["run", "-", "--lang", "python"], text)
    assert (done.status, done.out, done.err) == (0, f"{printed}\n", "")


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
