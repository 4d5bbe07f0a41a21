"""The workloads: for each a program of gradcli, its inputs, and the same for the peers."""

from __future__ import annotations

import math
import random
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

import gradcli
from gradcli.memory import MEMORY
from tests.bench import peers

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.bench.peers import Job, Tools

ROWS = 4_000_000

BLACK_SCHOLES = """
d1 = (log(S/K) + (r + v^2/2)*T)/(v*sqrt(T))
d2 = d1 - v*sqrt(T)
S*(1 + tanh(0.8*d1 + 0.035*d1^3))/2 - K*exp(-r*T)*(1 + tanh(0.8*d2 + 0.035*d2^3))/2
"""
LOSS = "sum((sin(x)*exp(-y^2) + x*y)^2)"
ROSENBROCK = "sum(100*(x[1:] - x[:-1]^2)^2 + (1 - x[:-1])^2)"
NETWORK = "H = tanh(X @ W1 + b1); -sum(Y*log_softmax(H @ W2 + b2))/1024"
LOOP = "n = 0; while n < {steps} {{ x = sin(x)*1.0001 + 0.1; n = n + 1 }}; x"
FORMULA = "sin(x)*exp(-y^2) + atan(x*y)/(1 + x^2) - tanh(y)*log(1 + x^2)*x"


class Workload(NamedTuple):
    """A job of gradcli, and the jobs of the peers that are installed, by name."""

    name: str
    gradcli: Job
    peers: dict[str, Job]
    scale: float = 1.0
    unit: str = "s"


# --- functions of arrays ------------------------------------------------------------------------


def market(rows: int) -> dict[str, Any]:
    """Random options."""
    rng = np.random.default_rng(0)
    spans = {"S": (80, 120), "K": (80, 120), "r": (0, 0.05), "v": (0.1, 0.5), "T": (0.1, 2)}
    return {name: rng.uniform(*span, rows) for name, span in spans.items()}


def price(xp: Tools, S: Any, K: Any, r: Any, v: Any, T: Any) -> Any:  # noqa: N803 - the field's letters
    """Black and Scholes, with the approximation that all tools have."""
    d1 = (xp.log(S / K) + (r + v**2 / 2) * T) / (v * xp.sqrt(T))
    d2 = d1 - v * xp.sqrt(T)
    first = S * (1 + xp.tanh(0.8 * d1 + 0.035 * d1**3)) / 2
    return first - K * xp.exp(-r * T) * (1 + xp.tanh(0.8 * d2 + 0.035 * d2**3)) / 2


def loss(xp: Tools, x: Any, y: Any) -> Any:
    """A sum of squares."""
    return xp.total((xp.sin(x) * xp.exp(-(y**2)) + x * y) ** 2)


def rosenbrock(xp: Tools, x: Any) -> Any:
    """The banana in many dimensions."""
    return xp.total(100 * (x[1:] - x[:-1] ** 2) ** 2 + (1 - x[:-1]) ** 2)


def network(xp: Tools, W1: Any, b1: Any, W2: Any, b2: Any, X: Any, Y: Any) -> Any:  # noqa: N803
    """A network of two layers with its cross-entropy."""
    z = xp.tanh(X @ W1 + b1) @ W2 + b2
    z = z - xp.top(z)
    return -xp.total(Y * (z - xp.log(xp.sums(xp.exp(z))))) / 1024


def layers() -> dict[str, Any]:
    """Weights and data of the network."""
    rng = np.random.default_rng(0)
    labels = np.eye(10)[rng.integers(0, 10, 1024)]
    return {
        "W1": rng.normal(size=(256, 512)) / 16,
        "b1": np.zeros(512),
        "W2": rng.normal(size=(512, 10)) / 22,
        "b2": np.zeros(10),
        "X": rng.normal(size=(1024, 256)),
        "Y": labels,
    }


def by_gradcli(text: str, inputs: dict[str, Any], wrt: list[str]) -> Job:
    """Value and gradients by gradcli."""
    program = gradcli.compile(text, wrt=wrt)

    def job() -> Any:
        value, found = program.value_and_grads(**inputs)
        return [value, *(found[name] for name in wrt)]

    return job


def arrays(
    name: str, text: str, function: Any, inputs: Any, wrt: list[str], n: int = 1
) -> Workload:
    """A workload over arrays, done n times."""

    def times(job: Job) -> Job:
        def run() -> Any:
            for _ in range(n - 1):
                job()
            return job()

        return run

    mine = by_gradcli(text, inputs, wrt)
    found = {peer: times(job) for peer, job in peers.of_arrays(function, inputs, wrt).items()}
    return Workload(name, times(mine), found)


# --- long programs ------------------------------------------------------------------------------


def loop(steps: int) -> Workload:
    """A loop of many steps with its gradient; seconds for each step of three operations."""
    text = LOOP.format(steps=steps)
    found: dict[str, Job] = {}
    torch, autograd = peers.installed("torch"), peers.installed("autograd")

    def run(sin: Any, x: Any) -> Any:
        for _ in range(steps):
            x = sin(x) * 1.0001 + 0.1
        return x

    if torch is not None:

        def by_torch() -> Any:
            start = torch.tensor(1.0, dtype=torch.float64, requires_grad=True)
            return [torch.autograd.grad(run(torch.sin, start), start)[0].numpy()]

        found["PyTorch"] = by_torch
    if autograd is not None:
        slope = autograd.grad(partial(run, peers.installed("autograd.numpy").sin))
        found["autograd"] = lambda: [slope(1.0)]
    name = f"a tape of {3 * steps:,} operations"

    def mine() -> Any:
        return [gradcli.Program(text).grads(x=1.0)["x"]]

    return Workload(name, mine, found, 1e6 / steps, "µs a step")


# --- many formulas ------------------------------------------------------------------------------


def formula(depth: int) -> str:
    """A random formula of two variables."""
    if depth == 0:
        return random.choice(["x", "y", f"{random.uniform(0.5, 2):.3f}"])
    kind = random.random()
    if kind < 0.5:
        sign = random.choice("+-*")
        return f"({formula(depth - 1)} {sign} {formula(depth - 1)})"
    if kind < 0.8:
        name = random.choice(["sin", "cos", "exp", "tanh", "arctan"])
        return f"{name}({formula(depth - 1)})"
    return f"{formula(depth - 1)}*{formula(depth - 1)}"


def random_formulas(count: int) -> list[str]:
    """Distinct formulas of about 50 tokens, in which x and y stand."""
    random.seed(0)
    texts: list[str] = []
    while len(texts) < count:
        text = formula(5)
        bare = text.replace("exp", "")
        if 90 < len(text) < 170 and "x" in bare and "y" in bare:
            texts.append(text)
    return texts


def formulas(count: int, tools: dict[str, Any], scale: str = "") -> Workload:
    """Distinct formulas, from text to value and two gradients, by Python's parser elsewhere.

    They come again in each round, so gradcli must forget them before it.
    """
    texts = random_formulas(count)

    def mine() -> Any:
        MEMORY.clear()
        return [gradcli.Program(text).value_and_grads(x=0.3, y=0.7)[0] for text in texts]

    def by(prepare: Any) -> Job:
        return lambda: [prepare(text)((0.3, 0.7))[0] for text in texts]

    found = {name: by(prepare) for name, prepare in tools.items()}
    name = f"{count:,} distinct formulas{scale}"
    return Workload(name, mine, found, 1e6 / count, "µs a formula")


def repeated(count: int) -> Workload:
    """One formula with new numbers each time."""
    program = gradcli.compile(FORMULA)
    points = np.linspace(0.1, 2, count).tolist()

    def by(prepare: Any) -> Job:
        ready = prepare(FORMULA.replace("^", "**"))
        return lambda: [float(ready((p, 0.5))[0]) for p in points]

    found = {name: by(prepare) for name, prepare in peers.of_points().items()}

    def mine() -> Any:
        return [program.value_and_grads(x=p, y=0.5)[0] for p in points]

    return Workload(f"one formula, {count:,} points", mine, found, 1e6 / count, "µs a point")


# --- all of them --------------------------------------------------------------------------------


def workloads(quick: bool) -> list[Callable[[], Workload]]:
    """All workloads, made when their turn comes; `quick` ones are smaller."""
    rows = 200_000 if quick else ROWS
    steps = 2_000 if quick else 100_000
    calls = 100 if quick else 1_000
    rng = np.random.default_rng(1)
    return [
        lambda: arrays(
            f"Black-Scholes and 5 gradients, {rows:,} rows",
            BLACK_SCHOLES,
            price,
            market(rows),
            ["S", "K", "r", "v", "T"],
        ),
        lambda: arrays(
            f"gradient of a loss, {rows:,} rows",
            LOSS,
            loss,
            {"x": rng.normal(size=rows), "y": rng.normal(size=rows)},
            ["x", "y"],
        ),
        lambda: arrays(
            f"Rosenbrock, 1,000 dimensions, {calls:,} calls",
            ROSENBROCK,
            rosenbrock,
            {"x": np.linspace(-1, 1, 1000)},
            ["x"],
            calls,
        ),
        lambda: arrays(
            "network 1,024x256-512-10", NETWORK, network, layers(), ["W1", "b1", "W2", "b2"]
        ),
        lambda: formulas(300 if quick else 2_000, peers.of_formulas()),
        lambda: formulas(
            20, peers.there({"JAX": peers.formula_by_jax(compiled=False)}), ", JAX as it comes"
        ),
        lambda: repeated(2_000 if quick else 20_000),
        lambda: loop(steps),
    ]


def agree(mine: Any, theirs: Any) -> bool:
    """Whether two tools give the same numbers."""
    return all(
        np.allclose(np.sum(a) if math.prod(np.shape(b)) == 1 else a, b, rtol=1e-6, atol=1e-9)
        for a, b in zip(mine, theirs, strict=True)
    )
