"""A batch is what a loop gives: for every operation, in both modes, to the second order."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gradcli.engine.api import Program
from gradcli.errors import InternalError
from gradcli.ir.node import WORDS, Node
from gradcli.ir.op import Linear, Multilinear, Structural
from gradcli.ops.catalog import NAMES
from gradcli.passes import modes
from gradcli.passes.modes import batch, forward, reverse
from tests.test_golden import array, cases, mismatches
from tests.test_ops import EVERY_CALL, drawn
from tests.test_selection import POINTS, WRAPS, choices, every_term

if TYPE_CHECKING:
    from tests.reference.words import Call

SIZE = 3
"""How many values a batch has."""

MODES = (modes.by_tangents, modes.by_cotangents)


def assert_same(got: Any, wanted: Any) -> None:
    """Equal but for rounding; NaN where NaN is."""
    wanted = np.asarray(wanted, float)
    size = np.max(np.abs(wanted), initial=0, where=np.isfinite(wanted))
    np.testing.assert_allclose(got, wanted, rtol=1e-11, atol=1e-12 * size + 1e-15)


def unit(x: Node, i: int) -> Node:
    """1 at element i and 0 elsewhere, a constant of x's shape."""
    whole = np.zeros(x.size)
    whole[i] = 1
    return x.graph.constant(whole.reshape(x.shape))


def looped(run: Any, y: Node, x: Node, *, ahead: bool = False) -> Any:
    """The Jacobian, one pass with a constant unit after another."""
    if ahead:
        columns = [forward([y], [x], [unit(x, i)])[0] for i in range(x.size)]
        parts = [np.zeros(y.shape) if c is None else run.arrays(c) for c in columns]
        return np.reshape(parts, (x.size, y.size)).T.reshape(y.shape + x.shape)
    rows = [reverse([y], [x], [unit(y, i)])[0] for i in range(y.size)]
    return np.reshape(
        [np.zeros(x.shape) if r is None else run.arrays(r) for r in rows], y.shape + x.shape
    )


def hessian(y: Node, x: Node, by: Node | None = None) -> Node:
    """The Jacobian of the gradient of a number by x, or zeros where there is none."""
    (gradient,) = reverse([y], [x])
    return modes.jacobian(0.0 * x if gradient is None else gradient, x if by is None else by)


def recorded(text: str, **values: Any) -> tuple[Any, Node, Node]:
    """A run of a program, its value, and its first input."""
    run = Program(text).record(values)
    return run, run.results[0], next(iter(run.inputs.values()))


def nodes_of(text: str, n: int, what: Any = modes.jacobian) -> int:
    """How many nodes it takes to differentiate a program at n elements."""
    run, y, x = recorded(text, x=np.linspace(0.1, 1, n))
    before = run.graph.count
    what(y, x)
    made: int = run.graph.count - before
    return made


# --- every operation ----------------------------------------------------------------------------

CALLS = [call for call in EVERY_CALL if call.shapes]


def test_every_record_has_a_rule() -> None:
    """Each record of an operation on whole arrays says how it works on a batch."""
    kinds = (Linear, Multilinear, Structural)
    modules = [import_module(f"gradcli.ops.{name}") for name in set(NAMES.values())]
    records = {op for m in modules for op in vars(m).values() if isinstance(op, kinds)}
    assert len(records) > 15
    assert sorted(op.name for op in records if op.batch is None) == []


def test_no_rule_is_refused() -> None:
    """A record without a rule is a mistake of ours, by name."""
    run, _, x = recorded("x", x=[1.0, 2.0])
    op = Structural("odd", abs, lambda shapes: shapes[0], lambda *_: (), lambda *_: None)
    with pytest.raises(InternalError, match="odd does not say how it works on a batch"):
        batch([op(x)], {x: run.graph.constant(np.ones((2, 2)))})


@pytest.mark.parametrize("call", CALLS, ids=lambda call: call.text)
def test_batch_of_inputs(call: Call) -> None:
    """The value for a batch of all inputs, and of each input alone."""
    many = drawn(call._replace(shapes={name: (SIZE, *s) for name, s in call.shapes.items()}))
    first = {name: x[0] for name, x in many.items()}
    run = Program(call.text).record(first)
    for names in {tuple(many), *((name,) for name in many)}:
        values = {run.inputs[name]: run.graph.constant(many[name]) for name in names}
        (got,) = batch(run.results, values)
        at = ({**first, **{name: many[name][i] for name in names}} for i in range(SIZE))
        assert_same(run.arrays(got), [Program(call.text)(**values) for values in at])


@pytest.mark.parametrize("call", CALLS, ids=lambda call: call.text)
def test_jacobian_is_a_loop(call: Call) -> None:
    """In both modes, of the value and of the gradient; and what `jacobian` chooses."""
    run = Program(call.text).record(drawn(call))
    (y,), xs = run.results, tuple(run.inputs.values())
    if y.is_bool:
        return
    for x in xs:
        (gradient,) = reverse([y], [x])
        for z in (y, gradient):
            if z is not None:
                rows = looped(run, z, x)
                for way in (*MODES, modes.jacobian):
                    assert_same(run.arrays(way(z, x)), rows)
                assert_same(looped(run, z, x, ahead=True), rows)


# --- compositions -------------------------------------------------------------------------------


@pytest.mark.filterwarnings("ignore:The recursion limit")  # the engine raises it for deep programs
@settings(max_examples=60, deadline=None, derandomize=True, database=None)
@given(choices(every_term), st.sampled_from(sorted(WRAPS)))
def test_compositions(made: Any, wrap: str) -> None:
    """Selections of all kinds, poisoned where they are not selected, to the second order."""
    text = f"{wrap.format(f'({made.text} + 0*x)')} + 0*sum(x)"
    run, y, x = recorded(text, x=np.array(POINTS))
    for z in (y, *reverse([y], [x])):
        assert z is not None
        rows = looped(run, z, x)
        assert np.isfinite(rows).all()
        for way in (*MODES, modes.jacobian):
            assert_same(run.arrays(way(z, x)), rows)


INF, NAN = np.inf, np.nan
STRONG_ZEROS = {
    "sqrt(x)": ([0, 4], [[INF, 0], [0, 0.25]]),
    "sqrt(x)[::-1]": ([0, 4], [[0, 0.25], [INF, 0]]),
    "x^2": ([1, -2], [[2, 0], [0, -4]]),
    "sum(x)*sqrt(x)": ([0, 4], [[INF, 0], [2, 3]]),
    "log(x)": ([0, -1, 2], [[INF, 0, 0], [0, NAN, 0], [0, 0, 0.5]]),
    "where(x > 0, log(x), x[::-1])": ([-1, 2, 3], [[0, 0, 1], [0, 0.5, 0], [0, 0, 1 / 3]]),
    "abs(x)*x[0]": ([2, 0], [[4, 0], [0, 0]]),
    "clip(x, 0, 1)/sqrt(x)": ([-1, 4], [[NAN, 0], [0, -1 / 16]]),
    "maximum(x, x[::-1])": ([1, 1, 2], [[0, 0, 1], [0, 1, 0], [0, 0, 1]]),
    "sqrt(cumsum(x))": ([0, 4], [[INF, 0], [0.25, 0.25]]),
    "sort(sqrt(x))": ([4, 0], [[0, INF], [0.25, 0]]),
}
"""Programs at points where slopes are infinite or unknown, and their Jacobians."""


@pytest.mark.parametrize("text", STRONG_ZEROS)
def test_strong_zeros(text: str) -> None:
    """Off the support of a row there are zeros, not NaN."""
    at, wanted = STRONG_ZEROS[text]
    run, y, x = recorded(text, x=at)
    for way in (*MODES, modes.jacobian):
        np.testing.assert_allclose(run.arrays(way(y, x)), wanted, rtol=1e-15)


@pytest.mark.parametrize("way", MODES)
@pytest.mark.parametrize("case", [c for c in cases("formulas") if "jacobian" in c.values[0]])
def test_golden_jacobian(case: dict[str, Any], way: Any) -> None:
    """Answers computed elsewhere, from rows and from columns."""
    run = Program(case["expr"]).record({name: array(v) for name, v in case["inputs"].items()})
    got = {name: run.arrays(way(run.results[0], x)) for name, x in run.inputs.items()}
    assert mismatches(got, case["jacobian"], 1e-9, 1e-15) == ""


@pytest.mark.parametrize("case", [c for c in cases("formulas") if "hessian" in c.values[0]])
def test_golden_hessian(case: dict[str, Any]) -> None:
    """The blocks by each pair of inputs."""
    run = Program(case["expr"]).record({name: array(v) for name, v in case["inputs"].items()})
    (y,) = run.results
    got = {
        a: {b: run.arrays(hessian(y, x, by)) for b, by in run.inputs.items()}
        for a, x in run.inputs.items()
    }
    assert mismatches(got, case["hessian"], 1e-9, 1e-15) == ""


# --- keys, sizes, rules -------------------------------------------------------------------------

KEYS: dict[str, tuple[Any, ...]] = {
    "whole number and list apart": (0, slice(None), [1, 0, 1]),
    "lists apart": ([0, 1], slice(None), [1, 2]),
    "lists apart behind a new axis": (None, [0, 1], slice(None), [1, 2]),
    "grid apart": ([[0], [1]], slice(None), [[1, 2]]),
    "lists together": (slice(None), [0, 1], [1, 2]),
    "one list": (slice(None), [1, 1]),
    "dots between": ([0, 1], ..., [1, 2]),
    "truths": (slice(None), [True, False], slice(1, None)),
    "truths apart": ([True, False], slice(None), [2, 0]),
    "plain": (-1, None, slice(None, None, -1), 2),
}


@pytest.mark.parametrize("name", KEYS)
def test_keys(name: str) -> None:
    """The batch axis stays first, wherever NumPy puts the axes of arrays."""
    run, _, x = recorded("x", x=np.zeros((2, 2, 3)))
    y = x[tuple(np.asarray(k) if isinstance(k, list) else k for k in KEYS[name])]
    for way in MODES:
        assert_same(run.arrays(way(y, x)), looped(run, y, x))
    many = np.random.default_rng(1).normal(size=(SIZE, *x.shape))
    (got,) = batch([y], {x: run.graph.constant(many)})
    at = [run.graph.constant(part) for part in many]
    assert_same(run.arrays(got), [run.arrays(WORDS["index"](c, *y.attrs[0].key)) for c in at])


def test_unconnected() -> None:
    """Zeros where nothing depends on x, or only through what is piecewise constant."""
    run = Program("[floor(x[0]), y]").record({"x": [1.5, 2], "y": 3})
    (y,) = run.results
    for name, x in run.inputs.items():
        wanted = [[0], [1]] if name == "y" else np.zeros((2, 2))
        assert_same(run.arrays(modes.jacobian(y, x)), np.reshape(wanted, y.shape + x.shape))
    run, y, x = recorded("sum(3*x)", x=[1.0, 2])
    assert_same(run.arrays(hessian(y, x)), np.zeros((2, 2)))


@pytest.mark.parametrize(("text", "n"), [("x^2", 0), ("sum(x)", 0), ("x[:0]", 2), ("[2, 3]*x", 1)])
def test_few_elements(text: str, n: int) -> None:
    """Shapes without elements have Jacobians without elements; one element needs no batch."""
    run, y, x = recorded(text, x=np.ones(n))
    for way in (*MODES, modes.jacobian):
        assert_same(run.arrays(way(y, x)), looped(run, y, x))


@pytest.mark.parametrize("text", ["cumsum(x)*x", "x[1:]*x[:-1]", "sin(x @ M)", "outer(x, x)"])
def test_memory_is_bounded(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Rows come in as many batches as the limit of elements asks for."""
    text = text.replace("M", "[[1,2],[3,4],[5,6],[7,8],[9,8]]")
    run, y, x = recorded(text, x=np.arange(1.0, 6))
    rows = looped(run, y, x)
    for limit in (1, 60):
        monkeypatch.setattr(modes, "ELEMENTS", limit)
        for way in MODES:
            assert_same(run.arrays(way(y, x)), rows)
    monkeypatch.setattr(modes, "ELEMENTS", 3 * max(x.size, y.size))
    whole = modes.by_tangents(y, x).inputs[0]
    while whole.op.name != "concat":
        (whole,) = whole.inputs
    assert whole.inputs[0].shape[0] <= 3


def test_rule_of_the_users_own() -> None:
    """A rule may ask for the value of its cotangent, so its rows are made one by one."""
    rule = "f(x) = x^2\nvjp f(x, dy) = {\n  if sum(dy) > 5 { x*0 } else { 3*dy }\n}\n"
    run, y, x = recorded(f"{rule}f(x)*[1, 10]", x=[1.0, 2])
    assert_same(run.arrays(modes.jacobian(y, x)), [[3, 0], [0, 0]])


def test_differentiated_further() -> None:
    """A Jacobian is a graph like any other: the gradient of one is that of its rows."""
    text = "cumsum(sin(x))*(M @ x) + max(x)*softmax(x)"
    run, y, x = recorded(text.replace("M", "[[1,2,3],[3,4,1],[2,5,6]]"), x=[0.3, -0.2, 0.9])
    rows = WORDS["stack"](tuple(reverse([y], [x], [unit(y, i)])[0] for i in range(y.size)))
    wanted, *found = (
        reverse([WORDS["sum"](j * j * j)], [x])[0] for j in (rows, *(way(y, x) for way in MODES))
    )
    for gradient in found:
        assert_same(run.arrays(gradient), run.arrays(wanted))


# --- thousands of elements ----------------------------------------------------------------------

N = 2_000
ROSENBROCK = "sum(100*(x[1:] - x[:-1]^2)^2 + (1 - x[:-1])^2)"


def test_elementwise_is_one_pass() -> None:
    """One reverse pass and a diagonal: hardly more nodes than the gradient takes."""
    text = "x^3 + where(x > 0.5, sqrt(x), sin(x))"
    gradient = nodes_of(text, N, lambda y, x: reverse([y], [x]))
    assert nodes_of(text, N) <= gradient + 5
    run, y, x = recorded(text, x=np.linspace(0.1, 1, N))
    (slopes,) = reverse([y], [x])
    np.testing.assert_array_equal(run.arrays(modes.jacobian(y, x)), np.diag(run.arrays(slopes)))


@pytest.mark.parametrize("text", ["diff(sin(x)^2)", "x[1:]*x[:-1]", "softmax(x)", "cumsum(x)^2"])
def test_nodes_do_not_grow(text: str) -> None:
    """One graph for all rows, whatever their number."""
    assert nodes_of(text, N) == nodes_of(text, 20) < 100


def test_tridiagonal() -> None:
    """Differences of neighbours of 2,000 elements."""
    run, y, x = recorded("diff(x^2)", x=np.arange(N))
    wanted = 2.0 * np.arange(N) * (np.eye(N - 1, N, 1) - np.eye(N - 1, N))
    np.testing.assert_array_equal(run.arrays(modes.jacobian(y, x)), wanted)


def test_rosenbrock() -> None:
    """Its Hessian takes as many nodes for 200 elements as for 20, and is that of the loop."""
    assert nodes_of(ROSENBROCK, 200, hessian) == nodes_of(ROSENBROCK, 20, hessian) < 200
    run, y, x = recorded(ROSENBROCK, x=np.linspace(-1.2, 1, 50))
    (gradient,) = reverse([y], [x])
    assert gradient is not None
    assert_same(run.arrays(hessian(y, x)), looped(run, gradient, x))


def test_forward_gradient() -> None:
    """The gradient of a number from a batch of tangents: as in reverse, from one graph."""
    run, y, x = recorded(ROSENBROCK, x=np.linspace(-1.2, 1, 50))
    (wanted,) = reverse([y], [x])
    assert wanted is not None
    assert_same(run.arrays(modes.jacobian_forward(y, x)), run.arrays(wanted))
    count = nodes_of(ROSENBROCK, 500, modes.jacobian_forward)
    assert count == nodes_of(ROSENBROCK, 5, modes.jacobian_forward) < 100
