"""The blocked executor against the plain one: the same bits, at every edge of a block."""

from __future__ import annotations

import gc
import math
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from gradcli.engine import outcome
from gradcli.engine.api import Program
from gradcli.engine.request import ask
from gradcli.engine.settings import Settings
from gradcli.exec import blocked, region, rooms
from gradcli.exec.executors import Means
from gradcli.exec.plain import Evaluator
from gradcli.exec.region import Bound, Region, Role, Space, Work
from gradcli.exec.traits import is_total
from gradcli.ir.node import Graph, ancestors
from gradcli.ir.op import Elementwise
from gradcli.passes import modes
from tests.test_ops import EVERY_CALL, drawn

if TYPE_CHECKING:
    from gradcli.engine.run import Run
    from tests.reference.words import Call

BLOCK = 4

PROGRAMS = [
    "sin(x)*exp(-y^2) + x*y",
    "where(x > 0, sqrt(x), y)/(1 + y^2)",
    "x - mean(x)",
    "softmax(x)*y",
    "cumsum(x*y)^2",
    "(x*y)[::-1] + x",
    "tanh(x)*3 + 2",
    "reshape(x*2, (1, x.size)) + y",
    "sort(x)*y + maximum(x, y)",
    "(x > 0)*sqrt(abs(y))",
    "full_like(x, 7)*y",
    "u = x*y; v = u - sum(u); v^2/sum(exp(v/100))",
    "sort(stop_gradient(x*y))*x",
]
SUMS = ["sum((sin(x)*y)^2)", "norm(x*y)", "logsumexp(x + y)", "sum(x) * sum(x*y^2)", "mean(x*y)"]


def evaluated(recording: Run, evaluator: Evaluator, nodes: list[Any]) -> list[Any]:
    """The arrays of nodes; the sizes of what is asked for are those of the nodes."""
    evaluator.run(nodes)
    found = [np.asarray(evaluator(node)) for node in nodes]
    assert [array.shape for array in found] == [node.shape for node in nodes]
    return found


def both(text: str, size: int, threads: int) -> tuple[list[Any], list[Any]]:
    """Value and gradients by both executors."""
    rng = np.random.default_rng(size)
    program = Program(text)
    recording = program.record({name: rng.normal(size=size) for name in program.inputs})
    nodes, given = asked(recording)
    return (
        evaluated(recording, Evaluator(given), nodes),
        evaluated(recording, blocked.BlockedEvaluator(given, Means(threads)), nodes),
    )


def asked(recording: Run) -> tuple[list[Any], dict[Any, Any]]:
    """The nodes of value and gradients, and the values of the inputs."""
    xs = list(recording.inputs.values())
    results = recording.results
    gradients = [] if results[0].is_bool else modes.reverse(results, xs)
    nodes = [*results, *(g for g in gradients if g is not None)]
    return nodes, {x: recording.evaluator(x) for x in xs}


@pytest.fixture(autouse=True)
def small_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(region, "BLOCK", BLOCK)
    monkeypatch.setattr(blocked, "LARGE", 2)
    monkeypatch.setattr(blocked, "STEPS", 1)


@pytest.mark.parametrize("threads", [1, 3])
@pytest.mark.parametrize("size", [1, BLOCK - 1, BLOCK, BLOCK + 1, 5 * BLOCK + 2])
@pytest.mark.parametrize("text", PROGRAMS)
def test_same_bits(text: str, size: int, threads: int) -> None:
    sums = any(word in text for word in ("mean", "sum", "softmax"))
    for plain, found in zip(*both(text, size, threads), strict=True):
        if sums:
            np.testing.assert_allclose(found, plain, rtol=1e-12, atol=1e-14)
        else:
            np.testing.assert_array_equal(found, plain)


@pytest.mark.parametrize("size", [BLOCK, 7 * BLOCK + 1])
@pytest.mark.parametrize("text", SUMS)
def test_sums(text: str, size: int) -> None:
    one, three = both(text, size, 1), both(text, size, 3)
    for plain, found, threaded in zip(*one, three[1], strict=True):
        np.testing.assert_allclose(found, plain, rtol=1e-12)
        np.testing.assert_array_equal(found, threaded)


def test_finite_results() -> None:
    """What only passes a finite result on is known to be finite, too."""
    recording = Program("stop_gradient(x*y)").record({"x": np.ones(9), "y": np.ones(9)})
    nodes, given = asked(recording)
    evaluator = blocked.BlockedEvaluator(given, Means(2))
    evaluator.watched = nodes
    evaluated(recording, evaluator, nodes)
    assert evaluator.finite.issuperset(recording.results)


def test_no_elements() -> None:
    for plain, found in zip(*both("x*y + sin(x)", 0, 2), strict=True):
        np.testing.assert_array_equal(found, plain)


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("call", EVERY_CALL, ids=lambda call: call.text)
def test_every_operation(call: Call, dtype: str) -> None:
    """Value and gradients of every operation in blocks; and what its kernels promise.

    Sums add up in another order: they are right to rounding, and given them all bits are the same.
    """
    recording = Program(call.text, settings=Settings(dtype=dtype)).record(drawn(call))
    nodes, given = asked(recording)
    totals = [node for node in ancestors(nodes) if is_total(node)]
    in_blocks = blocked.BlockedEvaluator(given, Means(2))
    found = evaluated(recording, in_blocks, [*nodes, *totals])
    plain = Evaluator({**given, **{node: in_blocks(node) for node in totals}})
    for one, other in zip(found, evaluated(recording, plain, nodes), strict=False):
        np.testing.assert_array_equal(one, other)
        assert one.dtype == other.dtype
    for node in totals:
        terms = np.ravel(plain(node.inputs[0])).astype(float)
        rounding = terms.size * np.finfo(dtype).eps * math.fsum(abs(terms))
        assert abs(float(plain(node).item()) - math.fsum(terms)) <= rounding
    with np.errstate(all="ignore"):
        for node in ancestors(nodes):
            if isinstance(node.op, Elementwise) and node.shape:
                _check_kernels(node, [np.asarray(plain(x)) for x in node.inputs])


def _check_kernels(node: Any, operands: list[Any]) -> None:
    result = node.op.kernel(*operands, *node.attrs)
    shared = any(np.shares_memory(result, x) for x in operands)
    assert not shared or node.op.identity or node.op.into is not None
    if node.op.into is not None:
        out = np.empty(node.shape, node.dtype)
        node.op.into(*operands, out=out)
        np.testing.assert_array_equal(out, result.astype(node.dtype))


@pytest.mark.parametrize("text", ["y = x; stop_gradient(y)*x", "y = x*2; z = y; (z, y, sin(z))"])
def test_values_that_are_passed_on(text: str) -> None:
    for plain, found in zip(*both(text, 2 * BLOCK + 1, 2), strict=True):
        np.testing.assert_array_equal(found, plain)


def test_several_sizes() -> None:
    """Regions of different sizes, joined by what runs whole."""
    text = "u = sin(x)*x; v = concat((u, 2*u)); w = tanh(v)*v; sum(w) + sum(u)*w[0]"
    for plain, found in zip(*both(text, 3 * BLOCK + 1, 2), strict=True):
        np.testing.assert_allclose(found, plain, rtol=1e-12)


@pytest.mark.parametrize("size", [1, 4, 5, 9, 13, 1_001, 4_000_001])
def test_blocks_are_even(monkeypatch: pytest.MonkeyPatch, size: int) -> None:
    """No block is larger than is stated, none has a few elements; two threads share them alike.

    Long ones are whole lines of the cache, and differ by as much.
    """
    monkeypatch.setattr(region, "BLOCK", 1_000 if size > 1_000 else BLOCK)
    x = Graph().input("x", (size,))
    starts = Bound(
        Region(Space(x.shape, None), [Work(-x, [x], Role.ELEMENT, True)], lambda _: False),
        {x: np.zeros(size)},
    ).starts()
    lengths = np.diff([*starts, size])
    assert lengths.sum() == size
    assert lengths.max() <= region.BLOCK
    step = region.LINE if lengths.max() % region.LINE == 0 else 1
    assert lengths.min() >= lengths.max() - step * len(lengths)
    assert len(lengths) % 2 == 0 or len(lengths) == 1 or size < len(lengths) * (len(lengths) + 1)


def test_blocks_begin_with_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    lengths = map(region.even, [100_003, 1_000_000, 40_000_001])
    assert not any(length % region.LINE for length in lengths)


@pytest.mark.parametrize(("size", "threads"), [(400_000, 1), (600_000, 2), (1_100_000, 3)])
def test_threads_share_what_is_worth_it(
    size: int, threads: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One for each million elements times steps, of which there are two here."""
    monkeypatch.undo()
    monkeypatch.setenv("GRADCLI_EXECUTOR", "blocked")
    told: list[str] = []
    Program("exp(x) + 1", settings=Settings(threads=4, planned=told.append))(x=np.zeros(size))
    assert f", {threads} thread" in told[0]


PLAN = """\
blocks of 3 from 10 elements, 2 threads, 3 buffers:
  b0 = sin(x)
  b1 = mul(b0, y)
  b1 = exp(b1)
  %6 += sum(b1)
  b2 = mul(b1, y)
  b1 = mul(b1, b0)
  %15 += sum(b1)
  b1 = cos(x)
  %17[:] = mul(b2, b1)
whole:
  %8 = add(%6, 0.5)"""


def test_the_plan_as_text() -> None:
    """Buffers are used again, and what has one value throughout is no work for blocks."""
    told: list[str] = []
    x = np.linspace(0, 1, 10)
    program = Program("sum(exp(sin(x)*y)) + 0.5", settings=Settings(threads=2, planned=told.append))
    program.value_and_grads(x=x, y=2.0)
    assert "\n".join(told) == PLAN


@pytest.mark.parametrize(
    ("key", "shown"),
    [
        ("..., 1", "[..., 1]"),
        ("1:, 0:4:2", "[1:, 0:4:2]"),
        ("[0, 2], newaxis", "[indices (2,), None]"),
        ("x[:, 0] > 2", "[mask (4,)]"),
    ],
)
def test_what_is_taken_as_text(key: str, shown: str) -> None:
    told: list[str] = []
    x = np.arange(16.0).reshape(4, 4)
    Program(f"exp(x[{key}])", settings=Settings(planned=told.append))(x=x)
    assert f"index(x, {shown}," in "".join(told)


@pytest.mark.parametrize("size", [9, 10, 50])
def test_large_arrays_take_the_blocks(size: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a region alone needs is not kept whole."""
    monkeypatch.setattr(blocked, "LARGE", 10)
    program = Program("sin(x)*exp(x) + x^3")
    recording = program.record({"x": np.linspace(0, 1, size)})
    recording.evaluator.run(recording.results)
    kept = {node for node in recording.evaluator.values if node.shape == (size,)}
    assert (kept == {*recording.inputs.values(), *recording.results}) == (size >= 10)


@pytest.mark.parametrize("threads", [1, 3])
def test_one_number_that_is_not_finite(threads: int) -> None:
    """It is found in its block, the first time and when the plan is run again."""
    x, settings = np.ones(600), Settings(threads=threads)
    for zeros in (0, 1, 0, 1):
        x[123] = 1 - zeros
        answer = ask("value-and-grads", "y = log(x); y + 1", {"x": x}, settings)
        assert [notice.message for notice in answer.warnings] == [
            "log(0) is -inf at x[123]"
        ] * zeros


@pytest.mark.parametrize("executor", ["blocked", "compiled"])
def test_memory_of_results_is_used_again(executor: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Only once nobody holds a result, or a part of it."""
    monkeypatch.setenv("GRADCLI_EXECUTOR", executor)
    monkeypatch.setattr(region, "BLOCK", 1 << 15)
    program, x = Program("sin(x)*x"), np.linspace(0, 1, rooms.LARGE)
    expected = np.sin(x) * x
    gc.collect()  # what other tests have left would give its memory back meanwhile
    waiting: dict[int, list[Any]] = {}
    monkeypatch.setattr(rooms, "_free", waiting)
    monkeypatch.setattr(rooms, "_waiting", [0])
    held = [program(x=x) for _ in range(3)]
    parts = [array[5:9] for array in held]
    places = {array.ctypes.data for array in held}
    assert len(places) == 3
    for array in held:
        np.testing.assert_allclose(array, expected, rtol=1e-15)
        assert array.flags.writeable
        array[...] = 0
    del array, held
    assert program(x=x).ctypes.data not in places
    assert all(part.tolist() == [0.0] * 4 for part in parts)
    del parts
    assert places & {room.place for many in waiting.values() for room in many}
    assert program(x=x).ctypes.data in places


SEEN = [
    (lambda x: x, True),
    (lambda x: x.T, True),
    (lambda x: x.reshape(2, -1), True),
    (lambda x: x[1:], False),
    (lambda x: x[::-1], False),
    (lambda x: np.broadcast_to(x[:1], x.shape), False),
    (np.diagonal, False),
]


@pytest.mark.parametrize(("view", "is_whole"), SEEN)
def test_who_shows_all_memory_owns_it(view: Any, is_whole: bool) -> None:
    """One of those that do: the others are copied, and so are views of what somebody holds."""
    made = rooms.empty((200, 100), np.dtype(float))
    made[...] = 1
    taken: set[int] = set()
    found = [outcome.owned(part, taken) for part in (view(made), view(made))]
    assert np.shares_memory(found[0], made) == is_whole
    assert not np.shares_memory(found[1], made)
    assert all(array.flags.writeable for array in found)
    assert not np.shares_memory(outcome.owned(view(made), {*outcome.holders([made.T])}), made)


def test_little_memory_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    waiting: dict[int, list[Any]] = {}
    monkeypatch.setattr(rooms, "_free", waiting)
    monkeypatch.setattr(rooms, "_waiting", [0])
    monkeypatch.setattr(rooms, "KEPT", 4 * rooms.LARGE)
    arrays = [rooms.empty((rooms.LARGE,), np.dtype(np.bool_)) for _ in range(6)]
    del arrays
    assert sum(map(len, waiting.values())) <= 4
    array = rooms.empty((3 * rooms.LARGE // 8,), np.dtype(float))
    del array
    assert [*waiting] == [3 * rooms.LARGE]
