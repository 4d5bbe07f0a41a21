"""Products of matrices by machine code, and the threads that help with its blocks."""

from __future__ import annotations

import queue
import threading
import time
from contextlib import suppress
from typing import Any

import numpy as np
import pytest

import gradcli
from gradcli.engine.api import Program
from gradcli.exec import blocked
from gradcli.exec.compiled import (
    crew,
    machine,
    product_frames,
    product_region,
    sides,
    vector_region,
)
from gradcli.exec.executors import COMPILED, Means
from gradcli.ops.einsum import EINSUM
from gradcli.ops.matmul import MATMUL
from tests.test_blocked import asked, evaluated
from tests.test_compiled import agree_all, values_of

pytest.importorskip("llvmlite")

FIRST = 'layout="NCHW"'

PRODUCTS = [
    ("x @ y", {"x": (9, 5), "y": (5, 11)}),
    ("x @ y", {"x": (8, 300), "y": (300, 40)}),
    ("x @ y", {"x": (9, 20), "y": (20, 333)}),
    ("tanh(x @ y + b)^2", {"x": (33, 7), "y": (7, 26), "b": (26,)}),
    ("(x @ y.mT)^2", {"x": (3, 17, 6), "y": (3, 10, 6)}),
    ("x @ y", {"x": (2, 1, 9, 4), "y": (3, 4, 8)}),
    ("x @ y", {"x": (9, 4), "y": (5, 4, 9)}),
    ("x[::-1] @ y[:, ::2]", {"x": (10, 9), "y": (9, 20)}),
    ("softmax(x @ y.mT, -1) @ z", {"x": (4, 12, 8), "y": (4, 9, 8), "z": (4, 9, 8)}),
    ("x @ ones((9, 8))*y", {"x": (10, 9), "y": (10, 8)}),
    ('einsum("bij,bjk,kl->bil", x, y, z)^2', {"x": (5, 9, 8), "y": (5, 8, 11), "z": (11, 10)}),
    ('einsum("ijb,jkb->bki", x, y)^2', {"x": (9, 8, 3), "y": (8, 10, 3)}),
    ('einsum("iajc,cka->jki", x, y)', {"x": (3, 4, 5, 6), "y": (6, 9, 4)}),
    ('einsum("aibj,jcb->aic", x, y)', {"x": (3, 4, 5, 6), "y": (6, 9, 1)}),
    (f"conv2d(x, w, {FIRST})^2", {"x": (2, 4, 18, 17), "w": (9, 4, 3, 2)}),
    (
        f'conv2d(x, w, padding="same", dilations=2, {FIRST})^2',
        {"x": (3, 17, 19), "w": (8, 3, 2, 3)},
    ),
    ("conv2d(x, w, strides=2, groups=2)^2", {"x": (2, 9, 19, 6), "w": (3, 2, 3, 18)}),
    ("torch_conv1d(x, w, groups=2)^2", {"x": (2, 10, 300), "w": (16, 5, 4)}),
]

VECTORS = [
    ("x @ v", {"x": (37, 19), "v": (19,)}),
    ("tanh(v @ x)*2", {"x": (37, 19), "v": (37,)}),
    ("x.T @ v", {"x": (37, 19), "v": (37,)}),
    ("v @ x.T", {"x": (37, 450), "v": (450,)}),
    ("x[3:, 2:] @ v", {"x": (12, 40), "v": (38,)}),
    ("x[::-1, ::2] @ v", {"x": (12, 40), "v": (20,)}),
    ("(2*x).T @ v", {"x": (30, 290), "v": (30,)}),
    ("x @ y", {"x": (40, 9), "y": (9, 1)}),
    ("x @ y", {"x": (1, 40), "y": (40, 9)}),
]
"""Products of a matrix and a vector, of which either may be turned."""


@pytest.fixture(autouse=True)
def small_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(blocked, "LARGE", 2)
    monkeypatch.setattr(blocked, "STEPS", 1)
    monkeypatch.setattr(product_region, "TERMS", 2)
    monkeypatch.setattr(sides, "HIGHEST", 16)
    monkeypatch.setattr(product_region, "BROAD", 64)
    monkeypatch.setattr(product_frames, "DEEP", 100)
    monkeypatch.setattr(vector_region, "SIZE", 2)
    monkeypatch.setattr(vector_region, "BLOCK", 1 << 11)


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize(("text", "shapes"), [*PRODUCTS, *VECTORS])
def test_products(text: str, shapes: dict[str, Any], dtype: str) -> None:
    """Value and gradients are those of NumPy, however the factors lie and wherever tiles end."""
    agree_all(text, values_of(shapes), dtype)


@pytest.mark.parametrize("features", ["avx2 fma", ""])
def test_other_machines(features: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Tiles are smaller where there are fewer registers."""
    monkeypatch.setattr(machine, "_features", lambda: dict.fromkeys(features.split(), True))
    rng = np.random.default_rng(1)
    x, y = rng.normal(size=(3, 19, 21)), rng.normal(size=(21, 10))
    agree_all("sum((x @ y)^2)", {"x": x, "y": y}, "float64")
    agree_all("sum((y @ x[0, 0, :10])^2)", {"x": x, "y": y}, "float64")


@pytest.mark.parametrize("special", [np.inf, -np.inf, np.nan])
def test_special_values(special: float) -> None:
    """A number that is none stays in its row and its column, beside what tiles leave over."""
    x, y = np.ones((9, 10)), np.ones((10, 13))
    x[8, 3] = y[2, 12] = special
    agree_all("x @ y", {"x": x, "y": y}, "float64")
    agree_all("x @ v", {"x": x, "v": y[:, 12]}, "float64")
    agree_all("v @ y", {"y": y, "v": x[8]}, "float64")


@pytest.mark.parametrize("text", ["x @ y", "x @ y[:, 12:]", "x[8:] @ y"])
@pytest.mark.parametrize("special", [1.0, 1e300, np.inf, np.nan])
def test_what_is_finite(special: float, text: str) -> None:
    """It is seen as the numbers are made, in the last row and column, too."""
    x, y = np.full((9, 10), 1e200), np.ones((10, 13))
    y[2, 12] = special
    recording = Program(text).record({"x": x, "y": y})
    nodes = recording.results
    evaluator = blocked.BlockedEvaluator(asked(recording)[1], Means(2, COMPILED))
    evaluator.watched = nodes
    values = evaluated(recording, evaluator, nodes)
    assert (nodes[0] in evaluator.finite) == np.isfinite(values[0]).all() == (special == 1)


BY_ELEMENT = [
    ("nj,n->nj", True),
    ("n,nj->jn", True),
    ("nj,jn->n", True),
    ("bnj,bnj->jb", True),
    ("i,j->ji", True),
    ("ij,ij->", False),
    ("ii,i->i", False),
    ("nj,n->n", False),
    ("nj,nk->n", False),
    ("nj,nk->nkj", True),
]


@pytest.mark.parametrize(("spec", "by_element"), BY_ELEMENT)
def test_einsum_by_element(spec: str, by_element: bool) -> None:
    """What is no product of matrices is of elements, so that it runs with what stands around it."""
    rng = np.random.default_rng(2)
    terms = spec.split("->", maxsplit=1)[0].split(",")
    lengths = dict(zip("bnjki", (2, 3, 4, 5, 6), strict=True))
    x, y = [rng.normal(size=[lengths[c] for c in term]) for term in terms]
    recording = Program(f'einsum("{spec}", x, y)').record({"x": x, "y": y})
    (z,) = recording.results
    np.testing.assert_allclose(recording.evaluator(z), np.einsum(spec, x, y), rtol=1e-14)
    assert (z.op is EINSUM) != by_element


BY_BLAS = [
    ("x @ x.mT", True),
    ("x[:, :8] @ x[:, :8].mT", False),
    ("x.mT @ x", True),
    ("x[0] @ x[1].mT", False),
    ('einsum("bij,bkj->bki", x, x)', True),
    ('einsum("bij,ckj->bkic", x, x)', True),
    ("x @ pinv(x)", True),
    ("x @ softmax(x.mT)", False),
]


@pytest.mark.parametrize(("text", "by_blas"), BY_BLAS)
def test_what_blas_does(text: str, by_blas: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """Half of what is symmetric, whichever factor is turned, and what it has made a factor of."""
    monkeypatch.setattr(product_region, "EVEN", 9)
    told: list[str] = []
    recording = Program(text).record({"x": np.ones((2, 9, 10))})
    _, given = asked(recording)
    blocked.BlockedEvaluator(given, Means(2, COMPILED, told.append)).run(recording.results)
    assert any("tile by tile" in text for text in told) != by_blas


@pytest.mark.parametrize("text", ["sum((x @ x.T)^3)", "sum(sin(x.T @ x))", "sum(cov(x)^2)"])
def test_derivatives_of_gram_matrices_are_one_product(text: str) -> None:
    """Of the sum of a matrix and its transpose, and not two."""
    x = np.random.default_rng(0).normal(size=(70, 60))
    recording = Program(text).record({"x": x})
    nodes, given = asked(recording)
    evaluator = blocked.BlockedEvaluator(given)
    products = [node for node in evaluator.missing(nodes) if node.op is MATMUL]
    assert len(products) == 2
    direction = np.random.default_rng(1).normal(size=x.shape)
    moved = [gradcli.eval(text, x=x + step * direction) for step in (1e-6, -1e-6)]
    slope = np.sum(gradcli.grad(text, x=x) * direction)
    np.testing.assert_allclose(slope, (moved[0] - moved[1]) / 2e-6, rtol=1e-6)


def test_small_factors() -> None:
    """It is by its terms that a product is large."""
    told: list[str] = []
    recording = Program("x @ y").record({"x": np.ones((300, 9)), "y": np.ones((9, 300))})
    _, given = asked(recording)
    blocked.BlockedEvaluator(given, Means(2, COMPILED, told.append)).run(recording.results)
    assert "tile by tile" in told[0]


def product(count: int) -> Any:
    """One of which threads share the rows, by so many of them."""
    x = np.linspace(-1, 1, 200 * 40).reshape(200, 40)
    recording = Program("x @ y").record({"x": x, "y": x.T.copy()})
    nodes, given = asked(recording)
    return evaluated(recording, blocked.BlockedEvaluator(given, Means(count, COMPILED)), nodes)[0]


def test_threads_change_no_digit() -> None:
    """Each element adds its terms in one order, and helpers come again after they have slept."""
    alone = product(1)
    for pause in (0, 0, 0.05, 0):
        time.sleep(pause)
        np.testing.assert_array_equal(product(3), alone)


def test_columns_packed_once_or_by_each_unit(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where they are too many to be packed for all units, the numbers are the same."""
    packed_once = product(2)
    monkeypatch.setattr(product_frames, "MOST", 0)
    np.testing.assert_array_equal(product(2), packed_once)


def test_several_ask_for_helpers_at_once() -> None:
    """Each has its own."""
    alone, found = product(1), []
    askers = [threading.Thread(target=lambda: found.append(product(2))) for _ in range(4)]
    for asker in askers:
        asker.start()
    for asker in askers:
        asker.join()
    assert [(x == alone).all() for x in found] == [True] * 4


def test_without_room_for_a_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    """What no helper begins is done by whoever asks."""

    def no_room(_: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(crew, "_idle", [])
    with monkeypatch.context() as patched:
        patched.setattr(threading.Thread, "start", no_room)
        np.testing.assert_array_equal(product(2), product(1))
    assert not crew._idle
    product(2)
    assert len(crew._idle) == 1


@pytest.mark.parametrize("yields", [True, False])
def test_a_helper_does_each_job(yields: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """After it has slept, too; when nobody has it any more, its thread ends."""
    monkeypatch.setattr(machine, "has_function", lambda _: yields)
    monkeypatch.setattr(crew, "_functions", crew._functions.__wrapped__)
    others, done = set(threading.enumerate()), queue.SimpleQueue[int]()
    run = machine.OF_BLOCKS(lambda *given: done.put(given[-1]))
    helper = crew.Helper()
    (thread,) = set(threading.enumerate()) - others
    for n, pause in enumerate((0, 0, 0.05, 0)):
        time.sleep(pause)
        helper.post(np.array([crew._place(run), 0, 0, 0, 0, 0, n], np.int64))
        assert done.get(timeout=10) == n
        helper.finish()
    del helper
    thread.join(10)
    assert not thread.is_alive()


def test_an_interruption_ends_it_for_all(monkeypatch: pytest.MonkeyPatch) -> None:
    """Helpers stop at their next block, and help again afterwards."""
    expected, interrupted = product(2), []

    def interrupt(*_: Any) -> None:
        interrupted.append(1)
        raise KeyboardInterrupt

    class Interrupting:
        run = staticmethod(interrupt)

    with monkeypatch.context() as patched:
        patched.setattr(crew, "runner", Interrupting)
        while not interrupted:  # helpers may have begun all blocks by then
            with suppress(KeyboardInterrupt):
                product(2)
    np.testing.assert_array_equal(product(2), expected)
