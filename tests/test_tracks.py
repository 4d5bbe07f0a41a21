"""Plans that are followed again along a track: with the same memory, where arrays lie alike."""

from __future__ import annotations

import gc
import threading
import weakref
from contextlib import suppress
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

import gradcli
from gradcli.exec import blocked, track
from gradcli.exec.compiled import crew, machine
from gradcli.exec.executors import COMPILED, PLAIN
from gradcli.exec.planned import Planned
from gradcli.memory import MEMORY

PROGRAMS: list[tuple[str, dict[str, tuple[int, ...]]]] = [
    ("sum((softmax(q @ q.mT/8, -1) @ q)^2)", {"q": (4, 80, 48)}),
    (
        "H = tanh(X @ W + b); sum(log_softmax(H @ V, 1)[:, 0])",
        {"X": (300, 64), "W": (64, 90), "b": (90,), "V": (90, 9)},
    ),
    ("sum((u + 0.1*(roll(u, 1, 0) + roll(u, -1, 1)))^2)", {"u": (150, 130)}),
    ("sum(conv2d(x, w)^2)", {"x": (8, 24, 24, 6), "w": (3, 3, 6, 12)}),
    ("sum((x - mean(x, 1, true))^3/std(x, 1, keepdims=true))", {"x": (200, 100)}),
    ("sum((x.T*2) @ x)", {"x": (130, 140)}),
    ("sum(tanh(x @ W)^2)", {"x": (1_100, 64), "W": (64, 300)}),
    ("sum(exp(x[i]))", {"x": (9_000,), "i": (20_000,)}),
    ("sum(tanh(x[i])^2)", {"x": (9_000, 2), "i": (90_000,)}),
    ("sum(inv(x @ x.mT + 4*eye(3)))", {"x": (3_000, 3, 3)}),
    ("sum(tanh(X @ w + 1)^2) + sum((v @ X)^3)", {"X": (3_000, 60), "w": (60,), "v": (3_000,)}),
    ("sum(sort(x)*cumsum(x))", {"x": (20_000,)}),
]


def given(shapes: dict[str, tuple[int, ...]], seed: int) -> dict[str, Any]:
    """Inputs of a program; whole numbers are indices."""
    rng = np.random.default_rng(seed)
    return {
        name: rng.integers(0, 9_000, shape) if name == "i" else rng.normal(size=shape) / 3
        for name, shape in shapes.items()
    }


def asked(text: str, inputs: dict[str, Any]) -> Any:
    """Value and gradients, flat."""
    value, parts = gradcli.value_and_grads(text, inputs, wrt=[n for n in inputs if n != "i"])
    return np.concatenate([np.ravel(value), *map(np.ravel, parts.values())])


@pytest.fixture
def _by_machine_code(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GRADCLI_EXECUTOR", COMPILED)


@pytest.mark.usefixtures("_by_machine_code")
@pytest.mark.parametrize(("text", "shapes"), PROGRAMS)
def test_the_same_along_a_track(
    text: str, shapes: dict[str, tuple[int, ...]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of other inputs, of arrays that lie in another way, and of what was given before."""
    inputs = [given(shapes, seed) for seed in range(3)]
    turned = {n: np.asarray(x, order="F") if n != "i" else x for n, x in inputs[1].items()}
    for each in (inputs[0], inputs[0], inputs[1], inputs[2], turned, inputs[0]):
        found = asked(text, each)
        monkeypatch.setenv("GRADCLI_EXECUTOR", PLAIN)
        np.testing.assert_allclose(found, asked(text, each), rtol=1e-9, atol=1e-9)
        monkeypatch.setenv("GRADCLI_EXECUTOR", COMPILED)


MIXTURE = "sum(logsumexp(w - 0.5*((x[:, None] - m)/s)^2 - log(s), 1))"

SMALL: list[tuple[str, dict[str, tuple[int, ...]], bool]] = [
    (MIXTURE, {"x": (700,), "m": (16,), "s": (16,), "w": (16,)}, True),
    ("sum(tanh(X @ w)*sin(X @ w) + atan(X @ w)*y^2)", {"X": (900, 90), "w": (90,), "y": ()}, True),
    ("sum((x + 1)^2*x)", {"x": (900,)}, False),
    ("sum(((x @ x.T) @ x)^2)", {"x": (90, 90)}, False),
]
"""Programs over small arrays, and whether they have so many nodes that a region is worth it."""


@pytest.mark.usefixtures("_by_machine_code")
@pytest.mark.parametrize(("text", "shapes", "in_regions"), SMALL)
def test_small_arrays(
    text: str, shapes: dict[str, tuple[int, ...]], in_regions: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They are worth machine code for many nodes at once; the others run one by one."""
    MEMORY.clear()
    plans: list[Planned] = []
    make = Planned._make

    def noted(plan: Planned, executor: str) -> None:
        make(plan, executor)
        plans.append(plan)

    monkeypatch.setattr(Planned, "_make", noted)
    inputs = {name: abs(x) for name, x in given(shapes, 0).items()}
    found = [asked(text, inputs) for _ in range(3)]
    monkeypatch.setenv("GRADCLI_EXECUTOR", PLAIN)
    np.testing.assert_allclose(found[-1], asked(text, inputs), rtol=1e-9, atol=1e-9)
    assert [x._steps is None for x in plans] == [in_regions]


TEXT, SHAPES = PROGRAMS[1]


@pytest.mark.usefixtures("_by_machine_code")
def test_a_track_is_found_and_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    """What lies as before follows no plan anew; in the end it is not worth trying."""
    MEMORY.clear()
    followed = []
    follow = blocked.BlockedEvaluator.follow

    def counted(self: Any, plan: Any) -> None:
        followed.append(self.track is not None)
        follow(self, plan)

    monkeypatch.setattr(blocked.BlockedEvaluator, "follow", counted)
    inputs = given(SHAPES, 7)
    turned = {n: np.asarray(x, order="F") for n, x in inputs.items()}
    for each in (inputs, inputs, inputs, inputs):
        asked(TEXT, each)
    assert followed == [False, True]
    for each in (turned, inputs) * 3:
        asked(TEXT, each)
    assert followed == [False, True, *[True] * 4, False, False]


@pytest.mark.usefixtures("_by_machine_code")
@pytest.mark.parametrize("turn", [1, 2])
def test_an_interruption_on_the_way(turn: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Half of a track is none."""
    MEMORY.clear()
    inputs = given(SHAPES, 7)
    wanted = [asked(TEXT, inputs) for _ in range(turn)][-1]
    ran: list[object] = []
    runner = crew.runner()

    def run(*given: Any) -> None:
        ran.append(given)
        if len(ran) == 2:
            raise KeyboardInterrupt
        runner.run(*given)

    monkeypatch.setattr(crew, "runner", lambda: SimpleNamespace(run=run))
    with pytest.raises(KeyboardInterrupt):
        asked(TEXT, inputs)
    for _ in range(3):
        np.testing.assert_allclose(asked(TEXT, inputs), wanted, rtol=1e-12)


@pytest.mark.usefixtures("_by_machine_code")
def test_results_are_ones_own() -> None:
    """Whoever has some finds them as they were."""
    inputs = [given(SHAPES, seed) for seed in (0, 0, 0, 1)]
    results = [gradcli.grads(TEXT, each) for each in inputs]
    for name, array in results[1].items():
        np.testing.assert_array_equal(array, results[2][name])
        assert (array != results[3][name]).any()


@pytest.mark.usefixtures("_by_machine_code")
def test_threads_go_one_at_a_time() -> None:
    """Others follow the plan meanwhile."""
    inputs = [given(SHAPES, seed) for seed in range(4)]
    asked(TEXT, inputs[0])  # a run of its own adds up in another order
    wanted = [asked(TEXT, each) for each in inputs]
    found: list[bool] = []

    def ask(number: int) -> None:
        found.extend(np.array_equal(asked(TEXT, inputs[number]), wanted[number]) for _ in range(20))

    threads = [threading.Thread(target=ask, args=(i,)) for i in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [True] * 80


@pytest.mark.usefixtures("_by_machine_code")
@pytest.mark.parametrize(("what", "size"), [("LARGEST", 0), ("LASTING", 1 << 20)])
def test_what_is_too_large(what: str, size: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is not kept, or makes the oldest go."""
    MEMORY.clear()
    track._kept.clear()
    monkeypatch.setattr(track, what, size)
    for text, shapes in PROGRAMS[1:4]:
        for _ in range(3):
            asked(text, given(shapes, 0))
    assert 0 < len(track._kept) < 3 if what == "LASTING" else not track._kept
    assert all(bool(kept.steps) for kept in track._kept)


@pytest.mark.usefixtures("_by_machine_code")
@pytest.mark.parametrize("text", ["sum(x^2)", "sum(tanh(x.T @ x)^2)"])
def test_arrays_of_others_are_let_go_of(text: str) -> None:
    """A track holds nothing of what whoever asked has given, or has got."""
    for _ in range(3):
        x = np.random.default_rng(0).normal(size=(300, 100))
        got = gradcli.grad(text, {"x": x})
        given, found = weakref.ref(x), weakref.ref(got)
        x = got = np.empty(0)
    gc.collect()
    assert given() is found() is None


@pytest.mark.usefixtures("_by_machine_code")
def test_nobody_forgets_a_track_on_which_others_are(monkeypatch: pytest.MonkeyPatch) -> None:
    """Not when it is followed anew, either; what it had before counts no more if it is given up."""
    MEMORY.clear()
    track._kept.clear()
    inputs = given(SHAPES, 7)
    turned = {n: np.asarray(x, order="F") for n, x in inputs.items()}
    wanted = [asked(TEXT, inputs) for _ in range(3)][-1]
    (mine,) = track._kept
    monkeypatch.setattr(track, "LASTING", 0)
    ran = mine.ran

    def meanwhile(*given: Any) -> None:
        ran(*given)
        track._keep(track.Track(), 1)

    monkeypatch.setattr(mine, "ran", meanwhile)
    for each in (turned, turned, inputs):
        np.testing.assert_allclose(asked(TEXT, each), wanted, rtol=1e-9)
    assert mine.steps
    for each in (turned, inputs) * 2:
        asked(TEXT, each)
    assert mine.is_lost
    assert mine not in track._kept


@pytest.mark.usefixtures("_by_machine_code")
def test_packed_columns_count(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is packed ahead is kept along a track, as the results are."""
    MEMORY.clear()
    track._kept.clear()
    x, w = np.ones((1_100, 64)), np.ones((64, 300))
    for _ in range(2):
        gradcli.eval("tanh(x @ w)", x=x, w=w, threads=2)
    (kept,) = track._kept.values()
    assert kept >= 8 * 1_100 * 300 + w.nbytes


def test_whoever_is_interrupted_waits_for_helpers() -> None:
    """Their memory may be used again at once; one that is told to end as it works does so then."""
    others, begun, goes = set(threading.enumerate()), threading.Event(), threading.Event()

    def work(*_: Any) -> None:
        begun.set()
        goes.wait(10)

    class Interrupted(crew.Helper):
        is_first = True

        def finish(self) -> None:
            if self.is_first:
                self.is_first = False
                raise KeyboardInterrupt
            goes.set()
            super().finish()

    run = machine.OF_BLOCKS(work)
    job = np.array([crew._place(run), 0, 0, 0, 0, 0, 0], np.int64)
    helpers: list[crew.Helper] = [Interrupted()]
    helpers[0].post(job)
    with suppress(KeyboardInterrupt):
        crew._finish_all(helpers)
    assert goes.is_set()
    goes.clear()
    begun.clear()
    (thread,) = set(threading.enumerate()) - others
    helpers[0].post(job)
    assert begun.wait(10)
    helpers.clear()
    goes.set()
    thread.join(10)
    assert not thread.is_alive()


@pytest.mark.usefixtures("_by_machine_code")
@pytest.mark.parametrize("x", [0.0, 1.0])
def test_seeds_of_an_answer_that_is_not_finite(x: float) -> None:
    """What only a run of its own can say is asked of a new one, as the seeds are inputs by then."""
    MEMORY.clear()
    inputs = np.full(20_000, 2.0)
    inputs[7] = x
    seed = np.linspace(1, 2, 20_000)
    found = [gradcli.ask("vjp", "log(x)", x=inputs, dy=seed, wrt="x") for _ in range(4)]
    for one in found[1:]:
        np.testing.assert_array_equal(one.parts["x"], found[0].parts["x"])
        assert len(one.warnings) == len(found[0].warnings) == (x == 0)


SYSTEMS = "sum(solve(A, b)^2)"


@pytest.mark.usefixtures("_by_machine_code")
def test_what_only_a_kernel_can_tell_is_told_along_a_track(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of one of many systems there is no solution: it is refused, and the others are not lost."""
    MEMORY.clear()
    rng = np.random.default_rng(0)
    regular = {
        "A": rng.normal(size=(3_000, 3, 3)) + 5 * np.eye(3),
        "b": rng.normal(size=(3_000, 3, 1)),
    }
    singular = regular | {"A": regular["A"] * (np.arange(3_000) != 70)[:, None, None]}
    infinite = regular | {
        "A": regular["A"] + np.where(np.arange(3_000) == 70, np.inf, 0)[:, None, None]
    }
    for each in (regular, regular, regular, infinite, regular, regular, infinite):
        monkeypatch.setenv("GRADCLI_EXECUTOR", COMPILED)
        found = asked(SYSTEMS, each)
        monkeypatch.setenv("GRADCLI_EXECUTOR", PLAIN)
        np.testing.assert_allclose(found, asked(SYSTEMS, each), rtol=1e-9, atol=1e-9)
    monkeypatch.setenv("GRADCLI_EXECUTOR", COMPILED)
    with pytest.raises(gradcli.errors.MatrixError, match="singular"):
        asked(SYSTEMS, singular)
