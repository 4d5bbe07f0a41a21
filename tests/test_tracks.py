"""Plans that are followed again along a track: with the same memory, where arrays lie alike."""

from __future__ import annotations

import threading
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

import gradcli
from gradcli.exec import blocked, track
from gradcli.exec.compiled import crew
from gradcli.exec.executors import COMPILED, PLAIN
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
    ("sum(inv(x @ x.mT + 4*eye(3)))", {"x": (3_000, 3, 3)}),
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
@pytest.mark.parametrize(("what", "size"), [("LARGEST", 0), ("COPIED", 0), ("LASTING", 1 << 20)])
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
