"""Machine code against the blocked and the plain executor: programs, edges of blocks, memory."""

from __future__ import annotations

import builtins
import math
import os
import random
import signal
import time
import warnings
from concurrent.futures import ThreadPoolExecutor
from threading import Timer
from typing import Any

import numpy as np
import pytest

import gradcli
from gradcli.engine import api
from gradcli.engine.api import Program
from gradcli.engine.request import ask
from gradcli.engine.settings import Settings
from gradcli.exec import blocked, executors, planned, region, spaces
from gradcli.exec.compiled import crew, machine
from gradcli.exec.compiled.machine import QUICK, Compiled, of_numbers
from gradcli.exec.executors import BLOCKED, COMPILED, PLAIN, Means, maker_of
from gradcli.exec.plain import Evaluator
from gradcli.exec.plan import Plan
from gradcli.memory import MEMORY
from tests.test_blocked import PROGRAMS, SUMS, asked, evaluated

pytest.importorskip("llvmlite")

BLOCK = 20
SIZES = [1, 7, 8, 9, BLOCK, 3 * BLOCK + 5]


@pytest.fixture(autouse=True)
def small_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(region, "BLOCK", BLOCK)
    monkeypatch.setattr(blocked, "LARGE", 2)
    monkeypatch.setattr(blocked, "STEPS", 1)


def by_all(text: str, size: int, dtype: str = "float64") -> list[list[Any]]:
    """Value and gradients by the plain, the blocked and the compiled executor."""
    rng = np.random.default_rng(size)
    program = Program(text, settings=Settings(dtype=dtype))
    recording = program.record({name: rng.normal(size=size) for name in program.inputs})
    nodes, given = asked(recording)
    ways = [blocked.BlockedEvaluator(given, Means(3, name)) for name in (PLAIN, BLOCKED, COMPILED)]
    return [evaluated(recording, way, nodes) for way in ways]


def agree(found: Any, expected: Any, units: float) -> None:
    """Equal to some units of the largest element or of 1, NaN and infinities in the same places."""
    assert found.dtype == expected.dtype
    np.testing.assert_array_equal(np.isnan(found), np.isnan(expected))
    finite = np.isfinite(expected)
    np.testing.assert_array_equal(found[~finite], expected[~finite])
    if found.dtype != bool and finite.any():
        size = max(np.abs(expected[finite]).max(), 1)
        atol = units * float(np.finfo(found.dtype).eps) * float(size)
        np.testing.assert_allclose(found[finite], expected[finite], rtol=0, atol=atol)
    elif found.dtype == bool:
        np.testing.assert_array_equal(found, expected)


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("text", [*PROGRAMS, *SUMS])
def test_programs(text: str, size: int, dtype: str) -> None:
    plain, in_blocks, compiled = by_all(text, size, dtype)
    for one, two, three in zip(plain, in_blocks, compiled, strict=True):
        agree(three, one, 64)
        agree(two, one, 64)


@pytest.mark.parametrize("features", ["avx2 fma", "avx2", "sse4.1", ""])
@pytest.mark.parametrize("text", ["tanh(x)*exp(-y^2)", "sum(log(1 + x^2)*atan2(x, y))"])
def test_other_machines(text: str, features: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Their vectors are shorter than ours, or the library has none; they may not multiply and add
    at once."""
    monkeypatch.setattr(machine, "_features", lambda: dict.fromkeys(features.split(), True))
    machine.symbol.cache_clear()
    plain, _, compiled = by_all(text, 3 * BLOCK + 5)
    for one, two in zip(plain, compiled, strict=True):
        agree(two, one, 64)
    machine.symbol.cache_clear()


EXACT = ["{a} + {b}", "{a} - {b}", "{a} * {b}", "{a} / {b}", "sqrt(abs({a}))", "-{a}", "floor({a})"]
EXACT += ["maximum({a}, {b})", "minimum({a}, {b})", "abs({a})", "where({a} > {b}, {a}, {b})"]
EXACT += ["clip({a}, -1, 2)", "relu({a})", "sign({a})", "({a} >= {b})*{a}", "{a}^2", "{a}^3"]
CALLS = ["sin({a})", "exp(-{a}^2)", "log({a})", "tanh({a})", "log1p({a}^2)", "sigmoid({a})"]
CALLS += ["softplus({a})", "hypot({a}, {b})", "atan2({a}, {b})", "erf({a})", "ndtr({a})"]


LEAVES = ["x", "y", "x", "y", "0.5", "-2", "0", "1.25"]


def drawn(rng: random.Random, forms: list[str], depth: int, leaves: list[str] = LEAVES) -> str:
    """A random formula of x, y and numbers."""
    if depth == 0:
        return rng.choice(leaves)
    parts = {name: f"({drawn(rng, forms, depth - 1, leaves)})" for name in "ab"}
    return rng.choice(forms).format(**parts)


@pytest.mark.parametrize("seed", range(100))
def test_random_programs(seed: int) -> None:
    """Ten at a time; those of exact operations are the same to the bit, signs of zeros included."""
    rng = random.Random(seed)
    for number in range(10):
        exact = number < 7
        text = f"x*0 + y*0 + ({drawn(rng, EXACT if exact else EXACT + CALLS, 3)})"
        plain, in_blocks, compiled = by_all(text, 21)
        for one, two, three in zip(plain, in_blocks, compiled, strict=True):
            np.testing.assert_array_equal(two, one)
            if exact:
                np.testing.assert_array_equal(three, one)
                known = one == one
                np.testing.assert_array_equal(np.signbit(three[known]), np.signbit(one[known]))
            else:
                agree(three, one, 1e4)


OF_ROWS = [
    "softmax({a}, 1)",
    "({a} - mean({a}, 1, true))",
    "sum({a}*{b}, 1, true)*{a}",
    "roll({a}, 2, 1)",
]
OF_ROWS += [
    "max({a}, axis=1, keepdims=true)*{b}",
    "min({a}, axis=1, keepdims=true) - {a}",
    "roll({a}, 1, 0)",
]
OF_ROWS += [
    "log_softmax({a}, 1)",
    "logsumexp({a}, 1)[:, None]*{b}",
    "var({a}, 1, keepdims=true)*{a}",
]
OF_ROWS += ["sum({a}, 0, true)*{b}", "concat([{a}[:, 3:], {a}[:, :3]], axis=1)", "mean({a})*{b}"]
OF_ROWS += [
    "sum(({a}[:, :, None] - w)^2, 2)",
    "{a}*{b}",
    "{a} + {b}",
    "tanh({a})",
    "exp(-abs({a}))",
]


@pytest.mark.parametrize("seed", range(20))
def test_random_rows(seed: int) -> None:
    """What folds rows, and what is computed of it, three at a time."""
    rng = random.Random(seed)
    numbers = np.random.default_rng(seed)
    for _ in range(3):
        parts = [
            drawn(rng, OF_ROWS, 2, ["x", "x*y", "x - z", "(x > z)*x", "x", "z + 0*x[:, :1]"])
            for _ in range(2)
        ]
        text = f"x*0 + y*0 + z*0 + w[0]*0 + ({parts[0]})*({parts[1]})"
        shapes = {"x": (7, 13), "y": (13,), "z": (7, 1), "w": (3,)}
        recording = Program(text).record({n: numbers.normal(size=s) for n, s in shapes.items()})
        nodes, given = asked(recording)
        machine = blocked.BlockedEvaluator(given, Means(3, COMPILED))
        plain = evaluated(recording, Evaluator(given), nodes)
        for one, other in zip(evaluated(recording, machine, nodes), plain, strict=True):
            agree(one, other, 1e6)


@pytest.mark.parametrize("size", [10, 1_001, 300_000])
def test_sums_are_exact_to_the_last_digits(size: int) -> None:
    """However the threads share the blocks."""
    x = np.full(size, 0.1)
    program = Program("sum(x)")
    recording = program.record({"x": x})
    nodes, given = asked(recording)
    found = {
        float(blocked.BlockedEvaluator(given, Means(threads, COMPILED))(nodes[0]))
        for threads in (1, 2, 5)
    }
    assert len(found) == 1
    assert found.pop() == pytest.approx(size * 0.1, rel=3e-16)


@pytest.mark.parametrize(
    ("values", "total"),
    [([np.inf, 1], np.inf), ([1e308] * 9, np.inf), ([np.inf, -np.inf], np.nan), ([-0.0] * 9, 0.0)],
)
def test_sums_of_special_values(values: list[float], total: float) -> None:
    recording = Program("sum(x)").record({"x": np.array(values)})
    nodes, given = asked(recording)
    found = float(blocked.BlockedEvaluator(given, Means(1, COMPILED))(nodes[0]))
    np.testing.assert_array_equal(found, total)
    assert np.isnan(total) or np.signbit(found) == np.signbit(total)


@pytest.mark.parametrize("threads", [1, 3])
def test_one_number_that_is_not_finite(threads: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is found in its block, the first time and when the plan is run again."""
    monkeypatch.setenv("GRADCLI_EXECUTOR", COMPILED)
    x, settings = np.ones(20_000), Settings(threads=threads)
    for zeros in (0, 1, 0, 1):
        x[12_345] = 1 - zeros
        answer = ask("value-and-grads", "y = log(x); y + 1", {"x": x}, settings)
        assert [notice.message for notice in answer.warnings] == [
            "log(0) is -inf at x[12345]"
        ] * zeros


PLAN = """\
machine code, 9 instructions, blocks of 20 from 40 elements, 2 threads:
  %3 = sin(x)
  %4 = mul(%3, y)
  %5 = exp(%4)
  %6 += sum(%5)"""


def test_the_plan_as_text(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GRADCLI_EXECUTOR", COMPILED)
    told: list[str] = []
    program = Program("sum(exp(sin(x)*y))", settings=Settings(threads=2, planned=told.append))
    program(x=np.linspace(0, 1, 40), y=2.0)
    assert told[0].splitlines()[1:] == PLAN.splitlines()[1:]


@pytest.mark.parametrize(
    ("text", "kept"), [("b = (x - mean(x))^2; b - mean(b)", 1), ("b = exp(x); b - mean(b)", 2)]
)
def test_what_is_cheap_is_computed_again(
    text: str, kept: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Behind a sum it is not read: that takes longer. What is dear, is."""
    told: list[str] = []
    x = np.linspace(0, 1, 40)
    monkeypatch.setenv("GRADCLI_EXECUTOR", COMPILED)
    found = Program(text, settings=Settings(planned=told.append))(x=x)
    assert "".join(told).count("[:]") == kept
    monkeypatch.setenv("GRADCLI_EXECUTOR", PLAIN)
    np.testing.assert_allclose(found, Program(text)(x=x), rtol=1e-13, atol=1e-16)


@pytest.mark.parametrize(
    "text", ["x/sqrt(mean(x^2, 1, true) + 0.1)", "x*expand_dims(exp(-logsumexp(x, 1)), 1)"]
)
def test_one_value_a_row_is_computed_with_the_row(
    text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is made of it, too, while the row is at hand: that makes one region of all."""
    monkeypatch.setenv("GRADCLI_EXECUTOR", COMPILED)
    told: list[str] = []
    Program(text, settings=Settings(planned=told.append))(x=np.ones((40, 40)))
    assert [text.count("[:]") for text in told] == [1]


@pytest.mark.parametrize(("cells", "in_blocks"), [(15, False), (16, True)])
def test_few_sums_are_added_up_in_blocks(
    cells: int, in_blocks: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each block has a cell for each of them; more of them wait for the whole array."""
    monkeypatch.setattr(spaces, "CELLS", cells)
    monkeypatch.setenv("GRADCLI_EXECUTOR", COMPILED)
    told: list[str] = []
    Program("sum(exp(x), 0)", settings=Settings(planned=told.append))(x=np.ones((40, 16)))
    assert (len(told) == 1) == in_blocks


def test_blocks_have_cells_of_their_own() -> None:
    """The last vector of a piece of a row adds nothing to the sums of another block."""
    recording = Program("sum(x^2, 0)").record({"x": np.ones((5, 4 * BLOCK))})
    _, given = asked(recording)
    evaluator, nodes = blocked.BlockedEvaluator(given), recording.results
    plan = Plan(evaluator.missing(nodes), nodes, evaluator.values, 2, maker_of(COMPILED))
    (region,) = plan.stages[-1].regions
    bound: Any = region.bound(evaluator.values, ())
    bound._cells.fill(-0.0)
    crew.run([bound._call()], bound, 4, 1)
    assert np.signbit(bound._cells[4:]).all()
    assert not np.signbit(bound._cells[:4]).all()


@pytest.mark.parametrize("text", ["segment_sum(x*y, i, 5)", "sum(x[j]*y)"])
def test_threads_change_no_digit_of_what_is_put(text: str) -> None:
    """Blocks have an array each, as many as the shapes say."""
    rng = np.random.default_rng(0)
    values = {"x": rng.normal(size=430), "y": rng.normal(size=430)}
    values |= {name: rng.integers(0, 5, 430) for name in "ij" if f" {name}," in text}
    values |= {"j": rng.integers(0, 5, 430), "x": values["x"][:5]} if "j" in text else {}
    recording = Program(text).record(values)
    nodes, given = asked(recording)
    one, *others = [
        evaluated(recording, blocked.BlockedEvaluator(given, Means(count, COMPILED)), nodes)
        for count in (1, 2, 3)
    ]
    for other in others:
        for a, b in zip(one, other, strict=True):
            np.testing.assert_array_equal(a, b)


@pytest.mark.parametrize(
    ("size", "threads"), [(30_000, 1), (40_000, 2), (400_000, 4), (1_100_000, 4)]
)
def test_threads_share_machine_code_sooner(
    size: int, threads: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Helpers need none of Python's locks."""
    monkeypatch.undo()
    monkeypatch.setenv("GRADCLI_EXECUTOR", COMPILED)
    told: list[str] = []
    Program("exp(x) + sin(x)", settings=Settings(threads=4, planned=told.append))(x=np.zeros(size))
    assert f", {threads} thread" in told[0]


def test_ties_of_rows_are_asked_of_with_the_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    """The arrays are not looked at again for that."""
    monkeypatch.setenv("GRADCLI_EXECUTOR", COMPILED)
    told: list[str] = []
    text = "sum(x) - sum(max(x, axis=1)^2)"
    program = Program(text, settings=Settings(planned=told.append))
    for tied in (0.0, 1.0):
        x = np.arange(400.0).reshape(20, 20)
        x[3, 18] += tied
        outcome = program.value_and_grads(x=x)
        assert np.isclose(outcome[1]["x"][3, 19], 1 - 2 * x[3, 19] / (1 + tied))
    assert told
    assert not any("max_points" in text for text in told)


WORK = [("-x", 2, 2), ("x*y", 3, 3), ("x*y*(x + y)", 5, 3), ("erf(x)", 1 + 32, 2)]
"""Simple instructions, of which a call is 32, and arrays that are read or written."""


@pytest.mark.parametrize(("text", "instructions", "arrays"), WORK)
def test_what_work_is_worth_threads(text: str, instructions: int, arrays: int) -> None:
    """Moving an element is 16 instructions and one step, 20 instructions are one."""
    x = np.ones(100)
    recording = Program(text).record(dict.fromkeys(Program(text).inputs, x))
    evaluator = blocked.BlockedEvaluator(dict.fromkeys(recording.inputs.values(), x))
    nodes = recording.results
    plan = Plan(evaluator.missing(nodes), nodes, evaluator.values, 2, maker_of(COMPILED))
    work = (16 * arrays + instructions) * x.size // 20 + arrays * x.size
    assert [part.work for stage in plan.stages for part in stage.regions] == [work]


def test_what_has_no_form_is_a_border(monkeypatch: pytest.MonkeyPatch) -> None:
    """It runs in blocks as before, what is around it as machine code."""
    monkeypatch.setenv("GRADCLI_EXECUTOR", COMPILED)
    told: list[str] = []
    program = Program("sin(x)*airy_ai(exp(x))", settings=Settings(planned=told.append))
    program(x=np.linspace(0, 1, 40))
    heads = [text.split(",")[0].split(" of")[0] for text in told]
    assert heads == ["machine code", "blocks", "machine code"]


def test_small_questions_load_nothing() -> None:
    nodes = Program("sin(x)").record({"x": np.ones(1000)}).results
    make = executors.maker_for(nodes, 2, "", 1)
    assert make(nodes[0]) is region.Region


def test_what_is_called_often_is_compiled(monkeypatch: pytest.MonkeyPatch) -> None:
    """As soon as it would have saved what compiling takes; at once, if it saves that in no time."""
    monkeypatch.setattr(executors, "_start", lambda: 1.0)
    monkeypatch.setattr(executors, "FOLLOWED", 0.0)
    recording = Program("sin(x)").record({"x": np.ones(1000)})
    for saved, calls in {0.0: math.inf, 1e-9: pytest.approx(1e6, rel=1e-3), 1e-4: 0}.items():
        monkeypatch.setattr(executors, "_saved", lambda _, saved=saved: saved)
        assert executors.calls_before(recording.results, 2, 1, executors.AGAIN) == calls
    monkeypatch.setattr(planned, "calls_before", lambda *_: 2.5)
    evaluator = blocked.BlockedEvaluator({}, Means(1, ""))
    again = planned.Planned(recording.results, [*recording.inputs.values()], evaluator, 2)
    values = [np.linspace(0, 1, 1000)]
    regions = []
    for _ in range(4):
        np.testing.assert_allclose(again(values)[0], np.sin(values[0]), rtol=1e-15)
        regions.append(type(again._plan.stages[-1].regions[0]).__name__)
    assert regions == ["Region"] * 2 + ["CompiledRegion"] * 2


def test_what_blas_needs_copies_of_is_compiled_sooner(monkeypatch: pytest.MonkeyPatch) -> None:
    """A product of windows, and no stack of matrices of as many terms."""
    monkeypatch.setattr(executors, "_start", lambda: 0.05)
    calls = []
    for letters, shape in {"bckl": (8, 16, 30, 30), "bc": (8, 14_400)}.items():
        given = {"x": np.ones(shape), "w": np.ones((*shape[1:], 9))}
        recording = Program(f'einsum("{letters},{letters[1:]}o->bo", x, w)').record(given)
        calls.append(executors.calls_before(recording.results, 2, 1, 250))
    assert calls[0] == 0 < calls[1]


def test_what_has_many_nodes_is_compiled_sooner(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each of them has to be found out again where a plan is followed in blocks."""
    monkeypatch.setattr(executors, "_start", lambda: 0.05)
    calls = []
    for text in ("sin(x)", "sin(x) + sum(solve(eye(2)*y, [y, 2])[0]*[1, 2, y] - [y, y, 3])"):
        given = {"x": np.ones(10), "y": 2.0}
        recording = Program(text).record({n: given[n] for n in Program(text).inputs})
        nodes = recording.evaluator.missing(recording.results)
        calls.append(executors.calls_before(nodes, 2, 1, executors.AGAIN))
    assert math.isfinite(calls[0])
    assert calls[1] < calls[0] / 2


def test_a_stack_of_small_products_is_compiled_sooner(monkeypatch: pytest.MonkeyPatch) -> None:
    """Than one product of as many terms."""
    monkeypatch.setattr(executors, "_start", lambda: 0.05)
    calls = []
    for x, y in (((40, 64, 48), (40, 48, 56)), ((2_560, 48), (48, 56))):
        recording = Program("x @ y").record({"x": np.ones(x), "y": np.ones(y)})
        calls.append(executors.calls_before(recording.results, 2, 1, 500))
    assert calls[0] == 0 < calls[1]


def test_without_blocks_there_is_no_plan_to_follow(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a large input small parts are read: kernels are called one after another."""
    recording = Program("sum(tanh(x[3])*x[0])").record({"x": np.ones((5, 10))})
    evaluator = blocked.BlockedEvaluator({}, Means(1, ""))
    again = planned.Planned(recording.results, [*recording.inputs.values()], evaluator, 20)
    monkeypatch.setattr(blocked.BlockedEvaluator, "follow", None)
    x = np.linspace(-1, 1, 50).reshape(5, 10)
    assert again([x]) == [np.sum(np.tanh(x[3]) * x[0])]
    assert again.finite([x * np.inf], 1) is None


def test_an_unknown_executor(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GRADCLI_EXECUTOR", "fast")
    with pytest.raises(gradcli.UsageError, match="GRADCLI_EXECUTOR is 'fast'"):
        gradcli.evaluate("x", x=1.0)


def test_without_the_compiler(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(executors, "has_compiler", lambda: False)
    monkeypatch.setenv("GRADCLI_EXECUTOR", COMPILED)
    with pytest.raises(gradcli.UsageError, match="needs llvmlite, which is not installed"):
        gradcli.evaluate("x", x=1.0)
    monkeypatch.delenv("GRADCLI_EXECUTOR")
    assert gradcli.evaluate("sum(x)", x=np.ones(50)) == 50


def test_no_memory_for_the_compiler(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its library is large, and llvmlite tells by an OSError that it does not load."""
    usual = builtins.__import__

    def refusing(name: str, *args: Any) -> Any:
        if name.startswith("llvmlite"):
            raise OSError("failed to map segment from shared object")
        return usual(name, *args)

    monkeypatch.setattr(builtins, "__import__", refusing)
    with pytest.raises(gradcli.LimitError, match="not enough memory to load llvmlite") as caught:
        machine._llvm.__wrapped__()
    assert caught.value.help == "GRADCLI_EXECUTOR=blocked does without"


def test_a_compiler_that_cannot_be_loaded(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who has not asked for machine code gets the same without."""
    asked: list[object] = []

    def refused() -> Any:
        asked.append(None)
        raise gradcli.LimitError("llvmlite cannot be loaded: it is for another system")

    monkeypatch.setattr(machine, "_llvm", refused)
    monkeypatch.setattr(machine, "is_there", machine.is_there.__wrapped__)
    for name in ("WORTH", "LOAD", "ELEMENT", "NEST"):
        monkeypatch.setattr(executors, name, 0)
    monkeypatch.setattr(executors, "COMPILE", (0, 0))
    MEMORY.clear()
    x = np.linspace(0.1, 1, 20_000)
    loop = "y = x; for i in range(2_000) { y = y + 0.001*sin(y) }; y"
    again = gradcli.compile("sum(tanh(x)*exp(x)^2)")
    formula = gradcli.compile("sin(x)*exp(x)")
    for _ in range(5):
        np.testing.assert_allclose(again(x=x), np.sum(np.tanh(x) * np.exp(x) ** 2), rtol=1e-12)
        assert np.isfinite(gradcli.grad(loop, x=1.0))
        assert formula.grad(x=1.0) == np.e * (np.sin(1) + np.cos(1))
    assert asked
    monkeypatch.setenv("GRADCLI_EXECUTOR", COMPILED)
    with pytest.raises(gradcli.LimitError, match="is for another system"):
        gradcli.evaluate("sum(sin(x))", x=x)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork here")
def test_a_fork_compiles() -> None:
    """A child of a process in which something is being compiled can do so, too."""
    by_all("sin(x)", 9)
    machine._LOCK.acquire()
    Timer(0.05, machine._LOCK.release).start()
    child = os.fork()
    if child == 0:
        signal.alarm(60)
        by_all("cos(x) + 1", 9)
        os._exit(0)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


def test_kernels_outlive_the_others_of_their_linker(monkeypatch: pytest.MonkeyPatch) -> None:
    """A linker goes with the last of its kernels, whichever that is, and another one goes on."""
    monkeypatch.setattr(machine, "KERNELS", 2)
    texts = [f"define i64 @run(double %x, ptr %y) {{\n  ret i64 {i}\n}}" for i in range(9)]
    kernels = {i: Compiled(text, of_numbers(1), QUICK) for i, text in enumerate(texts)}
    for gone in (0, 3, 2, 5, 8, 4, 1):
        del kernels[gone]
        assert [kernel.run(1.0, None) for kernel in kernels.values()] == [*kernels]


def test_as_the_plain_executor_in_one_more_order() -> None:
    recording = Program("grad(sum(sin(x)*x^3), x)*y").record({"x": np.ones(30), "y": np.ones(30)})
    nodes, given = asked(recording)
    machine = blocked.BlockedEvaluator(given, Means(2, COMPILED))
    for one, other in zip(
        evaluated(recording, machine, nodes),
        evaluated(recording, Evaluator(given), nodes),
        strict=True,
    ):
        agree(one, other, 16)


SPREAD = [
    ("tanh(x[:, None]*y + 0.5)", {"x": (5,), "y": (70,)}),
    ("sum(tanh(x[:, None]*y + y^2))", {"x": (5,), "y": (70,)}),
    ("x*y + z", {"x": (3, 1, 70), "y": (2, 1), "z": (70,)}),
    ("sin(x*y)*z", {"x": (4, 1, 1), "y": (1, 3, 80), "z": (4, 3, 80)}),
    ("u = exp(x); u[None, :]*y - u", {"x": (90,), "y": (6, 90)}),
    ("x/sum(x, 1, true) + y", {"x": (7, 66), "y": (7, 1)}),
    ("x*y", {"x": (1, 70), "y": (3, 70)}),
    ("x + (y > 0)", {"x": (3, 64), "y": (64,)}),
    ("softmax(x, 1)*y", {"x": (7, 66), "y": (7, 66)}),
    ("sum(x*y, 1)", {"x": (70, 66), "y": (66,)}),
    ("sum(sin(x)*y, (1, 2))", {"x": (3, 4, 70), "y": (4, 1)}),
    ("logsumexp(x*y, 1)", {"x": (6, 80), "y": (6, 1)}),
    ("(x - mean(x, 1, true))/sqrt(var(x, 1, keepdims=true) + 1e-5)", {"x": (5, 90)}),
    ("sum(x^2, 0)", {"x": (70, 80)}),
    ("-sum(y*log_softmax(x, 1))/7", {"x": (7, 13), "y": (7, 13)}),
    ("E = exp(x - max(x, axis=1, keepdims=true)); E/sum(E, 1, true)*y", {"x": (9, 21), "y": (21,)}),
    ("min(abs(x), axis=1) + y", {"x": (9, 40), "y": (9,)}),
    (
        "m = mean(x, 1, true); (x - m)/sqrt(var(x, 1, true) + 1e-5)*y + z",
        {"x": (5, 11), "y": (11,), "z": (11,)},
    ),
    (
        "logsumexp(w - 0.5*((x[:, None] - y)/z^2)^2, 1)",
        {"x": (40,), "w": (16,), "y": (16,), "z": (16,)},
    ),
    ("softmax(x*y, (1, 2))*x", {"x": (3, 4, 10), "y": (4, 1)}),
    ("softmax(x, 2)/(1 + sum(exp(x), 2, true))", {"x": (2, 3, 17)}),
    ("sum(x*max(x, axis=1)[:, None], 1)", {"x": (9, 10)}),
    ("(x > mean(x, 1, true))*y", {"x": (6, 12), "y": (6, 1)}),
    ("sum(tanh(x*y), 0) + z", {"x": (30, 24), "y": (30, 1), "z": (24,)}),
    ("sum(x*y, (0, 2))", {"x": (5, 4, 30), "y": (30,)}),
    ("1/(relu(x) @ -relu(y))", {"x": (30, 1), "y": (1, 24)}),
    ("u = x @ y; u/sum(u^2, 1, true)", {"x": (30, 1), "y": (1, 24)}),
    ("tanh(x @ y) + x @ z", {"x": (3, 20, 1), "y": (3, 1, 17), "z": (1, 1)}),
    ("x[1:, 2:]*y - x[:-1, :-2]", {"x": (9, 40), "y": (38,)}),
    ("softmax(x, 1) + softmax(x, 0)", {"x": (12, 12)}),
    ("logsumexp(x, 1) + logsumexp(x, 0)", {"x": (12, 12)}),
    ("exp(x - max(x, axis=1)[:, None]) + x.T", {"x": (12, 12)}),
    ("u = x + 0.1*(roll(x, 1, 0) + roll(x, -1, 1)); roll(u, 3, 1)*u", {"x": (9, 21)}),
    ("100*(x[1:] - x[:-1]^2)^2 + (1 - x[:-1])^2", {"x": (70,)}),
    ("x[2:, :-1]*y + roll(y, 2, 1)", {"x": (9, 40), "y": (7, 39)}),
    (
        "concat([x*y, y, sin(x)], axis=0) > roll(concat([y, x, x], axis=0), 1, 0)",
        {"x": (3, 4, 10), "y": (3, 4, 10)},
    ),
    ("concat([x*y, y, sin(x)], axis=1)^2", {"x": (3, 4, 10), "y": (3, 4, 10)}),
    ("roll(x, 1, 1)*roll(x, 5)", {"x": (3, 4, 10)}),
    ("where(roll(x > 0, 1), x, roll(x, -1))", {"x": (45,)}),
    ("softmax(roll(x, 1, 1), 1)*x", {"x": (5, 17)}),
    ("sqrt(min(sum((x[:, None, :] - y[None, :, :])^2, 2), axis=1))", {"x": (7, 3), "y": (11, 3)}),
    ("d = x[:, None, :] - y; exp(-sum(d*d, 2)/(1 + z))", {"x": (5, 2), "y": (9, 2), "z": (9,)}),
    ("d = x[:, None, :]*y; sum(sin(d), 2, true)*d", {"x": (5, 4), "y": (9, 4)}),
    ("d = x[:, None, :]*y; sum(d*z, 2)/sum(d^2)", {"x": (5, 2), "y": (9, 2), "z": (2,)}),
    ("d = exp(x*y); sum(d, -1)*sum(d, 1)[:, :1]", {"x": (8, 9, 3), "y": (9, 1)}),
    ("sum(x*y, 1) + z", {"x": (40, 3), "y": (3,), "z": (40,)}),
    ("sum((x + reshape(y, (9, 2)))^2, 1)", {"x": (9, 2), "y": (18,)}),
    ("sum((x + reshape(y, (9, 2)))^2, 1)", {"x": (9, 2), "y": (3, 3, 2)}),
    ("d = x*y; sum(d, 1) + sum(reshape(sin(x), (2, 9))[:, 3])", {"x": (9, 2), "y": (2,)}),
    ("cumsum(sin(x), 1)*y", {"x": (5, 17), "y": (17,)}),
    ("u = cumsum(x*y, -1, reverse=true); cumsum(u*y, -1) - u", {"x": (3, 2, 21), "y": (3, 2, 21)}),
    ("cumprod(x*y, 1)*cumsum(softmax(x, 1), 1, exclusive=true)", {"x": (5, 19), "y": (5, 1)}),
    ("v = cumprod(x + 1); v[3:] - v[:-3]", {"x": (43,)}),
    ("grad(v => sum(cumprod(v, 1)*y))(x)*x", {"x": (5, 19), "y": (5, 19)}),
]
INDEXED = [
    ("x[i]^2*y", {"x": (5,), "y": (43,)}, (43,)),
    ("sin(x[i])*y", {"x": (5, 17), "y": (9, 17)}, (9,)),
    ("softmax(x[i], 2)*y", {"x": (5, 2, 11), "y": (7, 2, 11)}, (7,)),
    ("softmax(x[i, -1 - i], 1)*y", {"x": (5, 6), "y": (4, 13)}, (4, 13)),
    ("segment_sum(x*y, i, 5)", {"x": (43,), "y": (43,)}, (43,)),
    ("segment_sum(exp(x), i, 5)[i]*y", {"x": (9, 19), "y": (9, 19)}, (9,)),
    ("cumsum(x[i]*y)[i]", {"x": (5,), "y": (43,)}, (43,)),
    ("x[i]*y", {"x": (5, 3), "y": (9, 3)}, (9,)),
]


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize(("text", "shapes"), SPREAD)
def test_shapes_that_are_spread(text: str, shapes: dict[str, Any], dtype: str) -> None:
    """Rows are read where they are."""
    agree_all(text, values_of(shapes), dtype)


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize(("text", "shapes", "indices"), INDEXED)
def test_indices(text: str, shapes: dict[str, Any], indices: tuple[int, ...], dtype: str) -> None:
    """What is taken where it is, and added up where it belongs."""
    rng = np.random.default_rng(1)
    values = {name: rng.normal(size=shape) for name, shape in shapes.items()}
    agree_all(text, values | {"i": rng.integers(0, 5, indices)}, dtype)


@pytest.mark.parametrize(("text", "turns"), [("sum(cumprod(x)*y)", 2), ("sum(cumsum(x)^2*y)", 1)])
def test_scans_from_both_ends_of_a_row(text: str, turns: int) -> None:
    """Threads share them, and no digit hangs on how many there are; others follow one another."""
    recording = Program(text).record(values_of({"x": (43,), "y": (43,)}))
    nodes, given = asked(recording)
    found, told = [], []
    for threads in (1, 3):
        means = Means(threads, COMPILED, told.append, dumps_code=True)
        found.append(evaluated(recording, blocked.BlockedEvaluator(given, means), nodes))
    assert any("label %turn" in code for code in told) == (turns > 1)
    plain = evaluated(recording, Evaluator(given), nodes)
    for one, other, wanted in zip(*found, plain, strict=True):
        np.testing.assert_array_equal(one, other)
        np.testing.assert_allclose(one, wanted, rtol=1e-12)


def values_of(shapes: dict[str, Any]) -> dict[str, Any]:
    rng = np.random.default_rng(1)
    return {name: rng.normal(size=shape) for name, shape in shapes.items()}


def agree_all(text: str, values: dict[str, Any], dtype: str) -> None:
    """Value and gradients by machine code and by the plain executor."""
    program = Program(text, settings=Settings(dtype=dtype))
    recording = program.record(values)
    nodes, given = asked(recording)
    machine = blocked.BlockedEvaluator(given, Means(3, COMPILED))
    plain = evaluated(recording, Evaluator(given), nodes)
    for one, other in zip(evaluated(recording, machine, nodes), plain, strict=True):
        agree(one, other, 256)
    told: list[str] = []
    blocked.BlockedEvaluator(given, Means(1, COMPILED, told.append)).run(recording.results)
    assert any(text.startswith("machine code") for text in told)


NUMBERS = [
    ("sin(x)*exp(-y^2) + atan(x*y)/(1 + x^2)", "value_and_grads"),
    ("relu(x)*y + abs(y)", "value_and_grads"),
    ("log(x)/y", "grads"),
    ("floor(x)*y", "value_and_grads"),
    ("where(x > 0, sqrt(x), y)", "jvp"),
    ("x^y", "evaluate"),
    ("sum([x, y, x*y]^2)", "value_and_grads"),
    ("x*y^2", "hessian"),
    ("x*[1, 2] + y", "value_and_grads"),
]


@pytest.mark.parametrize(("text", "question"), NUMBERS)
def test_numbers_again(text: str, question: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A formula is called again by one call of machine code, which leaves nothing unsaid."""
    asks = [gradcli.compile(text), gradcli.compile(text)]
    points = [1.5, -0.5, 0.0, 2.0, np.nan, np.inf, np.float64(3.0), 1, 1e200]
    for x, y in [(0.7, 0.3)] * 4 + [(x, y) for x in points for y in points]:
        answers = []
        for executor, program in zip((PLAIN, COMPILED), asks, strict=True):
            monkeypatch.setenv("GRADCLI_EXECUTOR", executor)
            with warnings.catch_warnings(record=True) as told:
                warnings.simplefilter("always")
                tangent = {"tangent": {"x": 1.0, "y": 2.0}} if question == "jvp" else {}
                found = getattr(program, question)(x=x, y=y, **tangent)
            answers.append((found, [str(warning.message) for warning in told]))
        (expected, notices), (found, others) = answers
        assert others == notices
        _same(found, expected)


def _same(found: Any, expected: Any) -> None:
    assert type(found) is type(expected)
    if isinstance(expected, (tuple, dict)):
        assert len(found) == len(expected)
        pairs = expected.items() if isinstance(expected, dict) else enumerate(expected)
        for key, part in pairs:
            _same(found[key], part)
    else:
        np.testing.assert_allclose(found, expected, rtol=2e-15)


def test_a_formula_is_one_call() -> None:
    """Once it is known, nothing but the function is called."""
    program = gradcli.compile("x*y + sin(x)")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GRADCLI_EXECUTOR", COMPILED)
        for _ in range(4):
            program.value_and_grads(x=1.0, y=2.0)
        patch.setattr(api, "Request", None)
        assert program.value_and_grads(x=2.0, y=3.0)[1]["y"] == 2


SPECIAL = [0.0, -0.0, 1.0, 1.0, 700.0, -700.0, 1e308, np.inf, np.inf, -np.inf, np.nan]
FOLDED = ["max(x, axis=1)", "min(x, axis=1)", "sum(x, 1)", "mean(x, 1, true) - x", "softmax(x, 1)"]
FOLDED += ["log_softmax(x, 1)", "logsumexp(x, 1)", "x/sum(abs(x), 1, true)"]
FOLDED += ["norm(x, axis=1)", "norm(x, axis=0)", "norm(x - 1, axis=0)"]
FOLDED += ["cumsum(x, 1)", "cumsum(x, 1, reverse=true)", "cumprod(x, 1)"]


@pytest.mark.parametrize("text", FOLDED)
def test_rows_of_special_values(text: str) -> None:
    """Values and gradients, row by row, of all kinds of infinities and ties."""
    rng = random.Random(text)
    rows = [rng.choices(SPECIAL[:n], k=11) for n in range(1, len(SPECIAL) + 1) for _ in range(9)]
    recording = Program(text).record({"x": np.array([*rows, [-np.inf] * 11, [np.inf] * 11])})
    nodes, given = asked(recording)
    machine = blocked.BlockedEvaluator(given, Means(2, COMPILED))
    plain = evaluated(recording, Evaluator(given), nodes)
    for one, other in zip(evaluated(recording, machine, nodes), plain, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-14, atol=1e-14)


NORMS = ["norm(x)", "norm(2*x)", "norm(x, axis=0)", "norm(2*x, axis=0)", "norm(x, axis=1)"]


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("text", NORMS)
def test_norms_of_all_magnitudes(text: str, dtype: str) -> None:
    """Squares that overflow or vanish cost no digits, whatever adds them up."""
    numbers = np.finfo(dtype)
    x = np.random.default_rng(0).normal(size=(25, 12))
    for power in range(numbers.minexp - numbers.nmant, numbers.maxexp - 8, 5):
        array = (x * 2.0**power).astype(dtype)
        recording = Program(text, settings=Settings(dtype=dtype)).record({"x": array})
        nodes, given = asked(recording)
        machine = blocked.BlockedEvaluator(given, Means(2, COMPILED))
        plain = evaluated(recording, Evaluator(given), nodes)
        least = float(numbers.smallest_subnormal)
        for one, other in zip(evaluated(recording, machine, nodes), plain, strict=True):
            np.testing.assert_allclose(one, other, rtol=8 * float(numbers.eps), atol=2 * least)


@pytest.mark.parametrize("text", ["x^5", "x^-4", "x^-3", "x^2.5", "x^-1.5", "x^y"])
@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_powers_of_all_signs(text: str, dtype: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Machine code raises numbers without their signs."""
    bases = [-0.0, 0.0, 1, -1, 2.5, -2.5, 1e-30, -1e-30, np.inf, -np.inf, np.nan]
    whole = [0.0, 3, -3, 4, -4, 2.0**53, np.inf, -np.inf]
    exponents = np.array([*whole, 0.3, -1.7, np.nan])
    x, y = [grid.ravel() for grid in np.meshgrid(bases, exponents)]
    names = {"x": x, "y": y} if "y" in text else {"x": x}
    monkeypatch.setenv("GRADCLI_EXECUTOR", COMPILED)
    value = gradcli.evaluate(text, dtype=dtype, **names)
    base = x.astype(dtype) + np.dtype(dtype).type(0)
    with np.errstate(all="ignore"):
        power = y.astype(dtype) if "y" in text else float(text[2:])
        wanted = np.array([a**b for a, b in np.broadcast(base, power)], dtype)
    np.testing.assert_allclose(value, wanted, rtol=2 * float(np.finfo(dtype).eps))


@pytest.mark.parametrize("executor", [BLOCKED, COMPILED])
def test_what_looks_at_whole_arrays(executor: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """It does not run on blocks, of which none knows how many infinities there are."""
    monkeypatch.setenv("GRADCLI_EXECUTOR", executor)
    x = np.full(60, 1.0)
    x[[3, 50]] = np.inf
    value = gradcli.evaluate("log_softmax(x)", x=x)
    np.testing.assert_allclose(value[[3, 50]], -np.log(2))


@pytest.mark.parametrize("ask", [machine.compiled, machine.lasting])
def test_threads_get_the_same_function(ask: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """One that is compiled twice is freed while somebody runs it."""
    monkeypatch.setattr(machine, "Compiled", _slow)
    with ThreadPoolExecutor(4) as pool:
        found = [*pool.map(lambda _: ask(f"of {ask.__name__}", Any), range(4))]
    assert found == found[:1] * 4


def _slow(*_: object) -> object:
    time.sleep(0.02)
    return object()
