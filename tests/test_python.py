"""Python has every question of the shell, as functions and methods that fit what is around them."""

from __future__ import annotations

import contextlib
import copy
import doctest
import gc
import importlib
import inspect
import json
import multiprocessing
import pickle
import pydoc
import re
import signal
import subprocess
import sys
import time
import typing
import warnings
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from functools import partial
from pathlib import Path
from typing import Any, NoReturn
from weakref import WeakValueDictionary

import numpy as np
import pytest

import gradcli
from gradcli import memory
from gradcli.engine import api, python_signatures
from gradcli.engine import question as registry
from gradcli.engine.deadline import AGAIN, Deadline, Late
from gradcli.engine.keys import key_of
from gradcli.engine.options import FILE, RUNNING
from gradcli.engine.settings import Settings
from gradcli.engine.time_limit import TimeLimit
from tests.stub import PLACE, stub

if typing.TYPE_CHECKING:
    from collections.abc import Callable, Iterator

QUESTIONS = {"evaluate": "eval", **{q.name.replace("-", "_"): q.name for q in registry.every()}}
REPORTS = {"check", "diff", "explain", "graph", "translate"}
"""Questions whose answers are reports."""

ASKED = {
    "check": {},
    "tape": {"ask": "d/dx"},
    "translate": {"to": "numpy"},
    "gradients": {"xs": "x"},
    "jvp": {"tangent": 1.0},
    "hvp": {"tangent": 1.0},
    "directional": {"tangent": 1.0},
    "variable_grads": {"var": {"x": 3.0}},
    "backward": {"var": {"x": 3.0}},
}


def asked(name: str) -> dict[str, Any]:
    """What a question is asked with, at x = 3."""
    options: dict[str, Any] = ASKED.get(name, {})
    return options if "var" in options else {**options, "x": 3.0}


# --- every question -----------------------------------------------------------------------------


@pytest.mark.parametrize("name", QUESTIONS)
def test_function_and_method(name: str) -> None:
    """The same answer from a text, a program, a method, with all that says how it is run."""
    text, options = "x^2", asked(name)
    program = gradcli.compile(text)
    ways = [
        getattr(gradcli, name)(text, **options),
        getattr(gradcli, name)(program, **options),
        getattr(program, name)(**options),
        getattr(program, name)(**options),
        getattr(program, name)(**options, timeout=60, dtype=np.float64, max_steps=99),
    ]
    texts = [getattr(way, "rows", None) or repr(way) for way in ways]
    assert texts.count(texts[0]) == len(texts)


@pytest.mark.parametrize("name", sorted(set(QUESTIONS) - {"eval", "run"}))
def test_listed(name: str) -> None:
    assert name in gradcli.__all__
    assert name in dir(gradcli)
    assert name in dir(gradcli.compile("x"))


def test_what_is_listed() -> None:
    """All that is listed is there, nothing of it is internal, and no builtin is shadowed."""
    space: dict[str, Any] = {}
    exec("from gradcli import *", space)
    del space["__builtins__"]
    assert set(space) == set(gradcli.__all__)
    assert not set(space) & set(vars(__builtins__) if inspect.ismodule(__builtins__) else dir())
    listed = [*dir(gradcli), *(n for n in dir(gradcli.compile("x")) if not n.startswith("__"))]
    assert not [name for name in listed if name.startswith("_") and name != "__version__"]
    for name in dir(gradcli):
        getattr(gradcli, name)


@pytest.mark.parametrize("name", QUESTIONS)
def test_documented(name: str) -> None:
    """Signature, types and a docstring whose examples run."""
    function = getattr(gradcli, name)
    parameters = inspect.signature(function).parameters
    question = registry.find(QUESTIONS[name])
    assert question is not None
    assert {*question.options, "dtype", "timeout"} - {"verdict"} <= set(parameters)
    hints = typing.get_type_hints(function)
    assert hints["return"] == inspect.signature(function).return_annotation
    assert hints["program"] == api.Program | str
    assert typing.get_type_hints(getattr(api.Program, name))["self"] is api.Program
    examples = doctest.DocTestParser().get_examples(function.__doc__)
    assert examples or name in ("eval", "run")
    for example in examples if name != "run" else ():  # a script's are of files
        assert eval(example.source, {"gradcli": gradcli}) is not None


@pytest.mark.parametrize(
    ("line", "call"),
    [
        ('grad "x^2" --x 3', 'grad("x^2", x=3)'),
        ('grad "x^2" --x=3.5 --wrt x', """grad("x^2", x=3.5, wrt='x')"""),
        ('grad "x^2" --x 1,2 -o json', 'grad("x^2", x=[1, 2])'),
        ('grad "sum(A)" --A "1,2; 3,4"', 'grad("sum(A)", A=[[1.0, 2.0], [3.0, 4.0]])'),
        ('tape "y = x^2" --x 3 dy/dx d2y/dx2', """tape("y = x^2", ['dy/dx', 'd2y/dx2'], x=3)"""),
        ('hvp "x^2" --x 3 --tangent x=1,0', """hvp("x^2", x=3, tangent={'x': [1, 0]})"""),
        (
            'variable-grads "a*b*x" --var a=3 --var b=4 --const x=2',
            """variable_grads("a*b*x", var={'a': 3, 'b': 4}, const={'x': 2})""",
        ),
        ('grad "x" --x "linspace(0, 1, 3)"', None),
        ('value-and-grad "x" --x 1', None),
    ],
)
def test_examples_of_the_shell_as_calls(line: str, call: str | None) -> None:
    name = (call or "grad").partition("(")[0]
    assert python_signatures.example(name, line) == (call and f"gradcli.{call}")


@pytest.mark.parametrize("name", ["ask", "batch", "compile", "functions", "map"])
def test_types_at_run_time(name: str) -> None:
    function = getattr(gradcli, name)
    hints = typing.get_type_hints(function)
    assert set(hints) - {"return"} == set(inspect.signature(function).parameters)
    assert not [hint for hint in hints.values() if isinstance(hint, str)]


def test_methods_are_listed() -> None:
    """`help(gradcli.Program)` shows every question, and nothing internal."""
    shown = pydoc.plain(pydoc.render_doc(gradcli.Program))
    for name in QUESTIONS:
        assert re.search(rf"\b{name}\([\s|]*self", shown)
    assert gradcli.Program.grad(gradcli.compile("x^2"), x=3.0) == 6
    with pytest.raises(AttributeError, match="no attribute 'hesian'; did you mean 'hessian'"):
        gradcli.compile("x").hesian  # noqa: B018
    with pytest.raises(AttributeError, match="no attribute 'gradd'"):
        gradcli.Program.gradd  # noqa: B018


@pytest.mark.parametrize("name", ["ask", "compile", "functions", "Program"])
def test_examples(name: str) -> None:
    found = doctest.DocTestFinder().find(getattr(api, name), name, globs=vars(api).copy())
    assert sum(len(test.examples) for test in found)
    for test in found:
        assert not doctest.DocTestRunner().run(test).failed


def test_tour() -> None:
    """`help(gradcli)` names every function, and its examples run."""
    tour = gradcli.__doc__ or ""
    words = set(re.findall(r"\w+", tour))
    questions = {*QUESTIONS, "ask", "batch", "compile", "functions", "map", "plot"}
    assert questions - {"eval", "run"} <= words
    assert len(tour.splitlines()) < 50
    examples = doctest.DocTestParser().get_doctest(tour, {}, "gradcli", None, None)
    assert len(examples.examples) > 4
    assert not doctest.DocTestRunner().run(examples).failed


def test_types_are_those_of_the_records() -> None:
    """`python -m tests.stub` writes them anew."""
    assert PLACE.read_text() == stub()


MODULE = '''
"""What a user writes."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

import gradcli

PROGRAM = gradcli.compile("sum((a*x + b - y)^2)", wrt=["a", "b"], dtype="float64", timeout=9)


def loss(a: float, b: float, x: NDArray[np.float64], y: NDArray[np.float64]) -> float:
    return float(PROGRAM(a=a, b=b, x=x, y=y))


def slopes(at: dict[str, float]) -> dict[str, NDArray[np.float64]]:
    return PROGRAM.grads(at)


def fit(x: NDArray[np.float64], y: NDArray[np.float64], steps: int = 100) -> tuple[float, float]:
    a, b = 0.0, 0.0
    for _ in range(steps):
        value, grads = PROGRAM.value_and_grads(a=a, b=b, x=x, y=y, timeout=5.0)
        if not np.isfinite(value):
            break
        a -= 0.01 * float(grads["a"])
        b -= 0.01 * float(grads["b"])
    return a, b


def curvature(program: gradcli.Program, x: float) -> float:
    try:
        return float(gradcli.hessian(program, x=x)["x"]["x"])
    except gradcli.ShapeError as error:
        print(error.line, error.column, error.help, error.kind)
    return float("nan")


connected: dict[str, NDArray[np.float64] | None] = gradcli.grads("x", x=1.0, unconnected="none")
single = gradcli.grad("x^2", x=[1.0, 2.0], method="forward", dtype=np.float32)
slope: NDArray[np.float64] | None = gradcli.grad("x", x=1.0, unconnected="none")
value, part = PROGRAM.value_and_grad(x=1.0, unconnected="none")
rows: int = gradcli.map("x^2", {"x": [1.0]}, dtype=np.float32).num_rows
gradcli.map("x^2", "in.csv", output="out.parquet")
answer = gradcli.ask("grads", "x^2", x=1.0, verdict=True)
print(answer.value, answer.parts["x"], answer.verdicts, answer.warnings, part is None)
formula: str | dict[str, str] = gradcli.diff("x^2")
sound: bool = gradcli.ask("check", "x^2", x=1.0).ok
print(single.shape, gradcli.tape("y = x^2; y", ["dy/dx"], x=2.0), gradcli.check("x", x=1.0).ok)
'''
WRONG = [
    'gradcli.grad("x", x=1.0, unconnected="none").shape',
    'PROGRAM.value_and_grad(x=1.0, unconnected="none")[1].shape',
    'gradcli.map("x", {"x": [1.0]}, output="out.csv").num_rows',
    'gradcli.ask("grads", "x", x=1.0).ok',
    'gradcli.gradd("x", x=1.0)',
    'gradcli.grad("x", 1.0)',
    'gradcli.grad("x", x=1.0, method="backwards")',
    'gradcli.grad("x", x=1.0, dtype="int8")',
    'gradcli.compile("x").hessiann(x=1.0)',
]


def test_type_checker(tmp_path: Path) -> None:
    """mypy --strict is content with a user's module, and finds each mistake in it."""
    module = tmp_path / "module.py"
    module.write_text(MODULE + "\n".join(WRONG) + "\n")
    cache = f"--cache-dir={tmp_path}"
    command = [sys.executable, "-m", "mypy", "--strict", "--no-pretty", cache, module.name]
    config = ["--config-file=", "--follow-imports=silent"]
    root = str(Path(gradcli.__file__).parent.parent)
    done = subprocess.run(
        [*command, *config],
        cwd=tmp_path,
        env={"MYPYPATH": root, "PYTHONPATH": root},
        capture_output=True,
        text=True,
        check=False,
    )
    lines = {int(x.split(":")[1]) for x in done.stdout.splitlines() if ": error:" in x}
    start = MODULE.count("\n") + 1
    assert lines == set(range(start, start + len(WRONG))), done.stdout + done.stderr


# --- values -------------------------------------------------------------------------------------


class Columns:
    """A table as pandas and Polars have it."""

    def __init__(self, **columns: Any) -> None:
        self.by_name = columns

    @property
    def columns(self) -> list[str]:
        return list(self.by_name)

    def __getitem__(self, name: str) -> Any:
        return self.by_name[name]


def test_tables() -> None:
    """A table's columns are values; those that the program has no use for are not."""
    pa = pytest.importorskip("pyarrow")
    columns = {"x": [1.0, 2.0], "y": [3.0, 4.0], "name": ["a", "b"]}
    tables = [Columns(**columns), pa.table(columns), pa.record_batch(columns)]
    frames = [sys.modules[name] for name in ("pandas", "polars") if name in sys.modules]
    tables += [library.DataFrame(columns) for library in frames]
    program = gradcli.compile("x*y")
    for table in tables:
        assert program.grads(table)["x"].tolist() == [3, 4]
        assert gradcli.grad("k*x", table, k=2, wrt="x").tolist() == [2, 2]


class Lazy(Columns):
    """A table that has not been read."""

    def __getitem__(self, name: str) -> Any:
        raise TypeError("not subscriptable")


def test_lazy_tables() -> None:
    with pytest.raises(gradcli.InputError, match=re.escape(".collect()")):
        gradcli.grad("x", Lazy(x=[1.0]))


LOOP = "while true { x = x }; x"

# Where a hook loses the exception that ends a thread, Python says so, and it is raised again.
LATE = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")


@LATE
@pytest.mark.parametrize(
    ("call", "kind", "words"),
    [
        ('grad("x^2", 3.0)', TypeError, "write grad('x^2', x=3.0)"),
        ('grad("x*y", 3, 4)', TypeError, "write grad('x*y', x=3, y=4)"),
        ('compile("x*y").grads(3, [1, 2])', TypeError, "x=3, y=[1, 2]"),
        ('compile("x")(3.0)', TypeError, "write evaluate('x', x=3.0)"),
        ('grad("x", np.ma.array([1.0], mask=[1]))', TypeError, "by name"),
        ('grad("x", x=np.ma.array([1.0], mask=[1]))', ValueError, "filled"),
        ('jacobian("x", x=1.0, method="numeric")', TypeError, "jacobian takes no 'method'"),
        ('grad("x", x=1.0, order=2)', TypeError, "grad takes no 'order'"),
        ('evaluate("x", x=1.0, dy=2)', TypeError, "eval takes no 'dy'"),
        ('grad("x", x=1.0, wrt=0)', ValueError, "'wrt' must be"),
        ('grad("x", x=1.0, wrt=[None])', ValueError, "'wrt' must be"),
        ('grad("x", x=1.0, max_steps=None)', TypeError, "whole number"),
        ('grad("x", x=1.0, verdict=True)', TypeError, 'ask("grad"'),
        ('grad("x", x=1.0, timeout=0)', TypeError, "seconds"),
        ('grad("x", x=1.0, dtype="int8")', TypeError, "float64"),
        ('grad("x", x=1.0, dtype=object)', TypeError, "float64"),
        ("grad(3)", TypeError, "a program is a text"),
        ('grad("x +")', ValueError, "expected an expression"),
        ('grad("f(x)", x=1.0)', LookupError, "unknown function"),
        ('grad("x > 0", x=1.0)', TypeError, "true or false"),
        ('grads("x + y", x=[1.0, 2], y=[1.0, 2, 3])', ValueError, "broadcast"),
        ('evaluate("inv(x)", x=[[0.0]])', ArithmeticError, "singular"),
        ('evaluate("while true { x = x + 1 }; x", x=1.0, timeout=0.2)', TimeoutError, "timeout="),
        ('evaluate("while true { x = x }; x", x=1.0, max_steps=9)', Exception, "max_steps="),
        ('ask("gradd", "x", x=1.0)', TypeError, "there is no question"),
        ('functions("sinn")', LookupError, "sin"),
        ('compile("x", wrt="y")', ValueError, "no variable 'y'"),
        ('map("x", 3)', ValueError, "a table is one of"),
        ('map(compile("x"), {"x": [1]})', TypeError, ".text"),
        ('map("x", {"x": [1]}, timeout="a")', TypeError, "seconds"),
        ('map(LOOP, {"x": [1, 2]}, timeout=0.2)', TimeoutError, "timeout="),
        ('ask("eval", LOOP, x=1, timeout=0.2)', TimeoutError, "timeout="),
        ("compile(LOOP, timeout=0.2)(x=1)", TimeoutError, "timeout="),
        ("compile(LOOP, timeout=0.2).grads(x=1)", TimeoutError, "timeout="),
        ('ask("eval", compile(LOOP, timeout=0.2), x=1)', TimeoutError, "timeout="),
        ('compile("x", timeout=float("nan"))', TypeError, "seconds"),
        ("batch([], timeout=0)", TypeError, "seconds"),
        ("batch([], 3)", TypeError, "positional argument"),
        ("batch(3)", TypeError, "jobs are dicts"),
        ('ask("grads")', TypeError, "missing 1 required positional argument"),
        ("grads()", TypeError, "missing 1 required positional argument"),
        ("compile()", TypeError, "missing 1 required positional argument"),
        ('Program("x +")', ValueError, "expected an expression"),
        ('Program("x", settings=3)', TypeError, "gradcli.compile"),
        ("functions(3)", TypeError, "a text"),
        ('evaluate("x", x=10**400)', ValueError, "not numbers"),
        ('evaluate("x", x=[10**400])', ValueError, "not numbers"),
    ],
)
def test_errors(call: str, kind: type[Exception], words: str) -> None:
    """Each is one of ours and of Python's own, says what to do, and shows one frame."""
    space = {"gradcli": gradcli, "np": np, "compile": gradcli.compile, "LOOP": LOOP}
    with pytest.raises(gradcli.GradcliError, match=re.escape(words)) as e:
        eval(f"gradcli.{call}", space)
    assert isinstance(e.value, kind)
    assert not isinstance(e.value, gradcli.InternalError)
    assert "error:" not in str(e.value)
    assert "--" not in str(e.value)
    ours = str(Path(gradcli.__file__).parent)
    frames = [entry for entry in e.traceback if str(entry.path).startswith(ours)]
    assert len(frames) == 1
    other = pickle.loads(pickle.dumps(e.value))
    assert (str(other), other.kind) == (str(e.value), e.value.kind)


def test_time_of_a_job() -> None:
    """Each job has its own time, in any thread; more of it is an argument of the call."""
    jobs = [{"expr": LOOP, "inputs": {"x": 1}}, {"expr": "x", "inputs": {"x": 1}}]
    with ThreadPoolExecutor(1) as pool:
        slow, quick = pool.submit(lambda: list(gradcli.batch(jobs, timeout=0.5))).result()
    assert slow["error"]["help"] == "timeout= gives more time"
    assert quick == {"id": 2, "grads": {"x": 1}}


def test_fields_of_errors() -> None:
    with pytest.raises(gradcli.ParseError) as caught:
        gradcli.grad("x = 1\ny = x +\n", x=1.0)
    error = caught.value
    assert (error.line, error.kind) == (2, "parse")
    assert error.column is not None
    assert error.message in str(error)
    with pytest.raises(gradcli.UsageError) as other:
        gradcli.grad("x", 3)
    assert (other.value.line, other.value.column) == (None, None)


# --- notices and print --------------------------------------------------------------------------


def test_notices() -> None:
    """What the shell warns of is a warning here, with its place; it may be made an error."""
    with pytest.warns(gradcli.GradcliWarning, match="becomes inf") as caught:
        gradcli.grad("log(x)", x=0.0)
    warning = caught[0].message
    assert isinstance(warning, gradcli.GradcliWarning)
    assert (caught[0].filename, warning.line, warning.column) == (__file__, 1, 1)
    with warnings.catch_warnings():
        warnings.simplefilter("error", gradcli.GradcliWarning)
        with pytest.raises(gradcli.GradcliWarning, match="becomes inf"):
            gradcli.compile("log(x)").grad(x=0.0)
        answer = gradcli.ask("grads", "log(x)", x=0.0, verdict=True)
    assert [notice.message for notice in answer.warnings]
    assert answer.parts["x"] == np.inf
    assert set(answer.verdicts) == {"x"}


def test_numpy_is_silent() -> None:
    """Whatever is to be said is said by gradcli, in every way that a program is run."""
    program = gradcli.compile("exp(x)/x + log(x)")
    with np.errstate(all="raise"):
        for x in (1.0, 2.0, 1.5, 800.0, 0.0, -1.0):
            program.value_and_grads(x=x)
            program.value_and_grads(x=np.full(3, x))


def test_print(capsys: pytest.CaptureFixture[str]) -> None:
    assert gradcli.evaluate("print(x); 2*x", x=3.0) == 6
    gradcli.compile("print(x); 2*x").grad(x=4.0)
    assert capsys.readouterr().out == "3\n4\n"


def test_shown() -> None:
    """In a notebook an answer shows all that it holds; a report is a table, a long one its ends."""
    answer = gradcli.ask("grads", "log(x)*y", x=0.0, y=2.0, verdict=True)
    assert repr(answer) == (
        "Answer(value=np.float64(-inf), parts={'x': np.float64(inf), 'y': np.float64(-inf)}, "
        "verdicts={'x': 'pole', 'y': 'pole'}, warnings=[Notice('xlogy(2, 0) is -inf')])"
    )
    assert repr(gradcli.ask("hessian", "x^2", x=1.0)).startswith("Answer(value=np.float64(1.0)")
    report = gradcli.check("x^2", x=3.0)
    assert report.ok
    assert not gradcli.check("x^2", x=3.0, claim={"x": "x"}).ok
    assert repr(report) == str(report)
    assert repr(report).splitlines() == [
        "element  reverse  forward  numeric  complex-step  verdict",
        "x        6        6        6        6             ok",
        "all agree",
    ]
    warned = repr(gradcli.ask("check", "x; x^2", x=0.0)).splitlines()[3]
    assert warned.startswith("warning: `x` is not used")
    long = repr(gradcli.check("sum(x^2)", x=np.arange(100.0))).splitlines()
    assert (len(long), long[10][0], long[-2].split()[0]) == (22, "…", "x[99]")
    for question in ("explain", "graph"):
        report = gradcli.ask(question, "x^2", x=3.0)
        assert repr(report) == str(report).rstrip("\n")


# --- programs -----------------------------------------------------------------------------------

OPTIONS: list[dict[str, Any]] = [{}, {"wrt": ["x"]}, {"dtype": np.float32}, {"max_steps": 77}]


@pytest.mark.parametrize("options", OPTIONS)
def test_value_of_a_program(options: dict[str, Any]) -> None:
    """Copies, pickles and what `repr` shows are equal to it, before and after it has been run."""
    program = gradcli.compile("sum(x^2*y)", **options)
    for _ in range(4):
        pickled = pickle.loads(pickle.dumps(program))
        same = [pickled, copy.copy(program), copy.deepcopy(program)]
        same.append(eval(repr(program), {"gradcli": gradcli}))
        for other in same:
            assert other == program
            assert hash(other) == hash(program)
            assert other.grads(x=2.0, y=3.0) == program.grads(x=2.0, y=3.0)
    assert program != gradcli.compile("sum(x^2*y)", stabilize=False)
    assert program != "sum(x^2*y)"
    assert program.text == "sum(x^2*y)"
    assert program.inputs == ("x", "y")
    assert program.wrt == (("x",) if "wrt" in options else None)
    assert program.dtype == ("float32" if "dtype" in options else "float64")


@pytest.mark.parametrize("start", ["fork", "spawn"])
def test_processes(start: str) -> None:
    program = gradcli.compile("x^3")
    program.grad(x=1.0)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # of forking where there are threads
        with multiprocessing.get_context(start).Pool(1) as pool:
            assert pool.apply(program.grad, (), {"x": 2.0}) == 12


@LATE
def test_deadlines_of_threads() -> None:
    """A time limit ends a loop in a thread, and nothing in the others."""
    loop = gradcli.compile("n = 0; while n < x { n = n + 1 }; n")

    def ended(seconds: float) -> bool:
        start = time.monotonic()
        with pytest.raises(gradcli.DeadlineError):
            loop(x=1e9, timeout=seconds, max_steps=10**9)
        return time.monotonic() - start < seconds + 20

    with ThreadPoolExecutor(3) as pool:
        late = [pool.submit(ended, seconds) for seconds in (0.1, 0.2)]
        assert pool.submit(loop, x=3.0, timeout=60).result() == 3
        assert all(future.result() for future in late)


def forever() -> None:
    while True:
        len("")


def lose_one() -> None:
    """Goes on where a hook of the garbage collector would, which swallows exceptions."""
    with contextlib.suppress(Late):
        forever()
    forever()


def clean_up() -> None:
    """Takes its time behind the end of what it was for."""
    try:
        forever()
    finally:
        time.sleep(2 * AGAIN)
        print("done")


@pytest.mark.parametrize("limit", [Deadline, TimeLimit])
def test_deadlines_that_are_lost(limit: Any) -> None:
    """An exception that a hook has lost is raised again."""
    with pytest.raises(gradcli.DeadlineError, match="not done"), limit(0.1):
        lose_one()


@pytest.mark.parametrize("limit", [Deadline, TimeLimit])
def test_deadlines_that_are_over_at_once(limit: Any) -> None:
    """They end what is within them, and not the way there."""
    for _ in range(10):
        with pytest.raises(gradcli.DeadlineError, match="not done"), limit(1e-7):
            forever()


def test_cleaning_up(capsys: pytest.CaptureFixture[str]) -> None:
    """What cleans up behind a deadline is not interrupted by another one."""
    with pytest.raises(gradcli.DeadlineError, match="not done"), Deadline(0.1):
        clean_up()
    assert capsys.readouterr().out == "done\n"


@pytest.mark.parametrize(
    ("seed", "other", "alike"),
    [
        (np.ones(9), np.full(9, 2.0), False),
        (np.ones(99), np.full(99, 2.0), True),
        (np.ones(99), np.zeros(99), False),
        (np.ones(99), np.ones(98), False),
    ],
)
def test_steps_are_kept_for_any_large_seed(seed: Any, other: Any, alike: bool) -> None:
    """One that moves something; a small one is a part of them, and one of no floats has none."""

    def key(dy: Any) -> Any:
        return key_of(registry.find("vjp"), {"dy": dy}, {"x": 1.0}, Settings())

    assert (key(seed) == key(other)) == alike
    assert (key(seed.astype(int)) is None) == (seed.size > 64)


def state_of_the_process() -> Any:
    """What a library may have to change for a while, and has to put back."""
    handlers = [signal.getsignal(number) for number in signal.valid_signals()]
    return gc.isenabled(), sys.getrecursionlimit(), np.geterr(), np.get_printoptions(), handlers


@pytest.fixture(params=[gc.enable, gc.disable])
def collector(request: pytest.FixtureRequest) -> Iterator[None]:
    """Python's collector of garbage, on or off."""
    request.param()
    yield
    gc.enable()


@pytest.mark.usefixtures("collector")
@pytest.mark.parametrize("program", ["log(x)", "x^", "[x, 1](2)", "(" * 80 + "1/x" + ")" * 80])
def test_the_process_stays_as_it_was(program: str) -> None:
    """Whatever comes of a question."""
    before = state_of_the_process()
    for ask in (gradcli.grad, gradcli.check, gradcli.taylor):
        with contextlib.suppress(gradcli.GradcliError):
            ask(program, x=0.0, timeout=60)
        assert state_of_the_process() == before


TRACED = """
import gradcli, sys
sys.settrace(lambda *_: None)
loop = gradcli.compile("n = 0; while n < x { n = n + 1 }; n")
for x, seconds in (3, 60), (1e9, 0.1), (3, 60):
    try:
        print(loop(x=x, timeout=seconds, max_steps=10**9))
    except gradcli.DeadlineError:
        print("late")
"""


def test_deadlines_under_a_debugger() -> None:
    """Before 3.13, Python looks without an end for an exception that is taken back."""
    environ = {"PYTHONPATH": str(PLACE.parents[1])}
    command = [sys.executable, "-c", TRACED]
    done = subprocess.run(command, capture_output=True, env=environ, timeout=60, check=True)
    assert done.stdout.split() == [b"3.0", b"late", b"3.0"]


STARTING = """
from gradcli.engine.time_limit import TimeLimit
from gradcli.errors import DeadlineError
from threading import Thread
from time import monotonic
for _ in range(10):
    try:
        with TimeLimit(0.02):
            while True:
                Thread(target=int).start()
                then = monotonic() + 0.01
                while monotonic() < then:
                    len("")
    except DeadlineError:
        print("late")
"""


def test_deadlines_where_threads_start() -> None:
    """They are raised in who starts one, who would else wait for it for ever."""
    environ = {"PYTHONPATH": str(PLACE.parents[1])}
    command = [sys.executable, "-c", STARTING]
    done = subprocess.run(command, capture_output=True, env=environ, timeout=60, check=True)
    assert (done.stdout.split(), done.stderr) == ([b"late"] * 10, b"")


SLOW = """
from time import monotonic
end = monotonic() + 0.2
while monotonic() < end: pass
done = True
"""
"""A module that takes its time."""


@pytest.mark.parametrize("limit", [Deadline, TimeLimit])
def test_modules_are_whole(limit: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A deadline waits for the end of an import, not for that of one that it stands in."""
    endless = f"""
from {limit.__module__} import {limit.__name__}
with {limit.__name__}(0.1):
    import slow_module
    while True: len("")
"""
    (tmp_path / "endless_module.py").write_text(endless)
    (tmp_path / "slow_module.py").write_text(SLOW)
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "slow_module", raising=False)
    with pytest.raises(gradcli.DeadlineError, match="not done"):
        importlib.import_module("endless_module")
    assert sys.modules["slow_module"].done


def hold_and_lose() -> NoReturn:
    held: WeakValueDictionary[int, set[int]] = WeakValueDictionary()
    while True:
        held[1] = set()


def take_time(*_: Any) -> None:
    for _i in range(1000):
        pass


def collect() -> NoReturn:
    while True:
        take_time()
        gc.collect(0)


@pytest.mark.parametrize("work", [hold_and_lose, collect])
@pytest.mark.parametrize("limit", [Deadline, TimeLimit])
def test_hooks_lose_no_deadline(limit: Any, work: Callable[[], NoReturn]) -> None:
    """What is raised in one, as of a weak reference or a collection, is lost and reported."""
    gc.callbacks.append(take_time)
    before = [*gc.callbacks]
    try:
        for _ in range(10):
            with pytest.raises(gradcli.DeadlineError, match="not done"), limit(0.01):
                work()
        assert gc.callbacks == before
    finally:
        gc.callbacks.remove(take_time)


@pytest.mark.parametrize("name", sorted(set(QUESTIONS) - {*REPORTS, "run", "eval"}))
def test_remembered(name: str) -> None:
    """Those that give no report are answered by known steps from the third time on."""
    memory.MEMORY.clear()
    for _ in range(3):
        getattr(gradcli, name)("x^2 + x", **asked(name))
    kept = [key[1] for key, item in memory.MEMORY._items.items() if callable(item[0])]
    assert QUESTIONS[name] in kept


def test_large_seeds_are_inputs_of_the_steps() -> None:
    """Known steps take another array in the place of the first."""
    memory.MEMORY.clear()
    x = np.arange(300.0)
    for i in range(4):
        (slope,) = gradcli.vjp("x^2", x=x, dy=x + i).values()
        np.testing.assert_allclose(slope, 2 * x * (x + i))
    assert "vjp" in [key[1] for key, item in memory.MEMORY._items.items() if callable(item[0])]


def test_integers_beyond_floats() -> None:
    program = gradcli.compile("x^2")
    assert [program(x=x) for x in (1, 2, 3)] == [1, 4, 9]
    with pytest.raises(gradcli.InputError, match="x is not numbers"):
        program(x=10**400)


def test_evicted_by_use() -> None:
    """Any number of shapes come and go; those used last stay."""
    program = gradcli.compile("sum(x^2)")
    for size in [*range(1, 40)] * 3:
        assert program(x=np.ones(size)) == size


# --- results ------------------------------------------------------------------------------------


def test_scalars() -> None:
    """A result without axes is NumPy's scalar, the first time and any other."""
    program = gradcli.compile("x^2")
    for _ in range(4):
        value, grads = program.value_and_grads(x=3.0)
        assert (round(value, 1), f"{grads['x']:.2f}", json.dumps([value])) == (9.0, "6.00", "[9.0]")
        assert all(isinstance(item, np.float64) for item in (value, grads["x"], program(x=1.0)))
    assert isinstance(gradcli.grad("x^2", x=3.0, dtype="float32"), np.float32)
    assert gradcli.evaluate("x > 2", x=3.0) is np.True_


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("argmax(x)", "np.int64(1)"),
        ("[argmin(x), argmax(x)]", "array([0, 1])"),
        ("(argmax(x), x[0])", "(np.int64(1), np.float64(1.0))"),
        ("argsort(x)[1:]", "array([2, 1])"),
        ("x.shape", "(np.int64(3),)"),
        ("i = argmax(x); i", "np.int64(1)"),
        ("searchsorted([1, 5], x)", "array([0, 1, 1])"),
        (
            "(len(x), size(x), x.ndim, numel(x))",
            "(np.int64(3), np.int64(3), np.int64(1), np.int64(3))",
        ),
        ("x.size()", "(np.int64(3),)"),
        ("count_nonzero(x)", "np.int64(3)"),
        ("sum(x > 1)", "np.int64(2)"),
        ("sum(1.0*(x > 1))", "np.float64(2.0)"),
        ("mean(x > 1) ", "np.float64(0.6666666666666666)"),
        ("argmax(x) + 0.5", "np.float64(1.5)"),
        ("[argmax(x), 2.5]", "array([1. , 2.5])"),
    ],
)
def test_indices(text: str, wanted: str) -> None:
    """Indices and lengths are integers, each time, wherever they were moved to."""
    x = [1.0, 3.0, 2.0]
    assert [repr(gradcli.evaluate(text, x=x)) for _ in range(4)] == [wanted] * 4
    assert [repr(gradcli.ask("eval", text, x=x).value) for _ in range(4)] == [wanted] * 4
    assert gradcli.grad("x.size*x", x=2.0).dtype == float


def test_truth_values_are_left_out() -> None:
    """Unless it is asked for, there is no gradient by a mask."""
    grads = gradcli.grads("where(m, x, 0*x)", m=[True, False], x=[1.0, 2.0])
    assert list(grads) == ["x"]
    with pytest.raises(TypeError, match="m is true or false"):
        gradcli.grads("where(m, x, 0*x)", m=[True, False], x=[1.0, 2.0], wrt="m,x")


# --- the page -----------------------------------------------------------------------------------


def test_page() -> None:
    """`gradcli help python` is shown as it is, and its examples run."""
    pytest.importorskip("scipy")
    page = Path(gradcli.__file__).parent / "cli" / "pages" / "python.md"
    command = [sys.executable, "-m", "gradcli", "help", "python"]
    root = str(Path(gradcli.__file__).parent.parent)
    shown = subprocess.run(command, capture_output=True, check=True, env={"PYTHONPATH": root})
    assert (shown.stdout.decode(), shown.stderr) == (page.read_text("utf-8"), b"")
    results = doctest.testfile(str(page), module_relative=False)
    assert results.attempted > 15
    assert not results.failed


CALL = re.compile(r"gradcli\.(\w+)")


def test_page_names_what_there_is() -> None:
    page = Path(gradcli.__file__).parent / "cli" / "pages" / "python.md"
    for name in CALL.findall(page.read_text("utf-8")):
        assert name in dir(gradcli), name


def test_an_empty_tuple_is_no_array() -> None:
    with pytest.raises(gradcli.ShapeError, match="the value is a tuple, and one array is needed"):
        gradcli.vjp("()", dy=1.0)


@pytest.mark.parametrize(
    ("value", "warns"),
    [
        (2**53, False),
        (2**53 + 1, True),
        (-(2**53) - 1, True),
        ([1, 2**60], False),
        ([2**60 + 1], True),
        ([-(2**60) - 1], True),
        (1e300, False),
    ],
)
def test_whole_numbers_that_are_rounded(value: Any, warns: bool) -> None:
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        for _ in range(3):  # the third time by steps that are known
            gradcli.evaluate("x", x=value)
    told = ["is rounded to" in str(warning.message) for warning in caught]
    assert told == [warns] * 3 if warns else not any(told)


LONG = np.array([2**53 + 1, 3])


@pytest.mark.parametrize(
    ("ask", "name"),
    [
        (lambda: gradcli.evaluate("x", x=LONG), "x"),
        (lambda: gradcli.evaluate("x", x=-LONG), "x"),
        (lambda: gradcli.evaluate("x", x=LONG.astype(np.uint64)), "x"),
        (lambda: gradcli.compile("x*2").grads(x=LONG), "x"),
        (lambda: gradcli.vjp("x^2", x=[1.0, 2], dy=LONG), "dy"),
        (lambda: gradcli.jvp("x^2", x=1.0, tangent=2**53 + 1), "tangent"),
        (lambda: gradcli.hvp("sum(x^2)", x=[1.0, 2], tangent={"x": LONG}), "tangent x"),
        (lambda: gradcli.gradients("x^2", x=[1.0, 2], xs="x", grad_ys=LONG), "grad_ys"),
        (lambda: gradcli.map("x*y", {"x": [1.0, 2]}, y=LONG[0]), "y"),
        (lambda: gradcli.map("x*2", {"x": [1.0, 2]}, dy=2**53 + 1), "dy"),
    ],
)
def test_whole_numbers_of_arrays_and_options(ask: Callable[[], Any], name: str) -> None:
    """They are rounded with a warning, wherever they are given."""
    with pytest.warns(gradcli.GradcliWarning, match=f"^{name}: -?9007199254740993 is rounded to"):
        ask()


# --- arguments of any kind ----------------------------------------------------------------------


class Stubborn:
    """What refuses to be an array or a number, as tensors of other libraries may."""

    def __array__(self, *_: Any, **__: Any) -> Any:
        raise RuntimeError("detach it first")


ODD: list[Any] = [
    *(None, 0, -1, 1.5, True, 1j, np.nan, np.inf, 10**400, 2**64, "x", "", "\ud800", b"x", ...),
    *([], {}, set(), (), [10**400], [[1], [1, 2]], ["a", "b"], {"x": 1.0}, {1: 2}, {"x": object()}),
    *(object(), int, np, len, range(3), slice(3), Decimal("1.5"), Decimal("sNaN"), Fraction(1, 3)),
    *(datetime(2026, 1, 1), np.datetime64("NaT", "s"), np.timedelta64(3, "s"), np.void(b"abc")),
    *(np.float16(2), np.longdouble(2), np.bool_(True), np.array(3.0), np.zeros((0, 3))),
    *(np.ma.array([1.0, 2.0], mask=[1, 0]), np.array([None, 1]), np.array([(1, 2.0)], "i4,f8")),
    *(memoryview(b"abc"), Stubborn(), gradcli.compile("x^2")),
]


def calls_with(item: Any) -> Iterator[partial[Any]]:
    """Every public function with something odd in each place."""
    for name, command in QUESTIONS.items():
        function, usual = getattr(gradcli, name), asked(name)
        yield partial(function, item, **usual)
        yield partial(function, "x^2", item)
        yield partial(function, "x^2", item, item)
        given = {"var": {"x": item}} if "var" in usual else {"x": item}
        yield partial(function, "x^2", **usual | given)
        question = registry.find(command)
        assert question is not None
        files = {name for name, option in question.options.items() if option.kind == FILE}
        for option in ({*question.options, *SETTINGS} - files) | {"timeout"}:
            yield partial(function, "x^2", **usual | {option: item})
    for option in {*SETTINGS, "wrt", "method", "unconnected", "timeout"}:
        yield partial(gradcli.compile, "x^2", **{option: item})
    yield from (partial(gradcli.ask, item, "x", x=1.0), partial(gradcli.ask, "grad", item, x=1.0))
    yield from (partial(gradcli.functions, item), partial(gradcli.compile, item))
    yield from (partial(gradcli.batch, item), partial(gradcli.batch, [item]))
    yield partial(gradcli.batch, [{"expr": "x", "inputs": {"x": item}}])
    yield from (partial(gradcli.batch, [], inputs=item), partial(gradcli.batch, [], op=item))
    yield from (partial(gradcli.map, item, {"x": [1.0]}), partial(gradcli.map, "x", item))
    yield partial(gradcli.map, "k*x", {"x": [1.0]}, k=item)
    yield from (partial(gradcli.map, "x", {"x": [1]}, **{o: item}) for o in ("rename", "wrt"))


SETTINGS = {option.name for option in RUNNING}


@pytest.mark.parametrize("item", ODD, ids=lambda item: type(item).__name__)
def test_odd_arguments(item: Any, capsys: pytest.CaptureFixture[str]) -> None:
    """Whatever is given, what comes is an answer, or an error that is no bug of ours."""
    for call in calls_with(item):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            try:
                result = call()
                if call.func is gradcli.batch:
                    list(result)
            except gradcli.InternalError:
                raise
            except gradcli.GradcliError:
                pass
    assert not capsys.readouterr().err


ASKED_AGAIN = [
    ({"x": np.arange(3.0), "y": 2.0}, True),
    ({"x": np.arange(3), "y": np.float64(5)}, True),
    ({"x": np.arange(3.0, dtype=np.float32), "y": 1}, True),
    ({"x": np.arange(4.0), "y": 2.0}, False),
    ({"x": [1.0, 2.0, 3.0], "y": 2.0}, False),
    ({"y": 2.0, "x": np.arange(3.0)}, False),
    ({"x": np.arange(3.0), "y": 2.0, "dy": 2.0}, False),
]


@pytest.mark.parametrize(("values", "again"), ASKED_AGAIN)
def test_what_is_asked_again_is_no_new_request(
    values: dict[str, Any], again: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """At values of the same shapes, whose answer is their own, and as a request would give it."""
    program = gradcli.compile("sum(x^2)*y")
    for _ in range(3):
        program.grads(x=np.ones(3), y=2.0)
    expected = gradcli.compile("sum(x^2)*y ").grads(**values)
    found = program.grads(**values)
    assert found.keys() == expected.keys()
    for name, gradient in expected.items():
        np.testing.assert_array_equal(found[name], gradient)
    found["x"][:] = 0
    np.testing.assert_array_equal(program.grads(**values)["x"], expected["x"])
    program = gradcli.compile("sum(x^2)*y")
    for _ in range(3):
        program.grads(x=np.ones(3), y=2.0)
    monkeypatch.setattr(api, "Request", None)
    if again:
        program.grads(**values)
    else:
        with pytest.raises(gradcli.GradcliError):
            program.grads(**values)


@pytest.mark.parametrize(("text", "bad"), [("sum(1/x)", 0.0), ("sum(x^2)", np.inf)])
def test_asked_again_it_still_warns(text: str, bad: float) -> None:
    """At each call at which there is something to say, whatever was asked before."""
    program = gradcli.compile(text)
    for _ in range(2):
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            for _ in range(3):
                program.grad(x=np.ones(3))
        for _ in range(2):
            with pytest.warns(gradcli.GradcliWarning):
                program.grad(x=np.full(3, bad))


def test_another_executor_is_asked_for_between_calls(monkeypatch: pytest.MonkeyPatch) -> None:
    program = gradcli.compile("sum(x^2)")
    for _ in range(3):
        program.grad(x=np.ones(3))
    monkeypatch.setenv("GRADCLI_EXECUTOR", "none such")
    with pytest.raises(gradcli.UsageError):
        program.grad(x=np.ones(3))
