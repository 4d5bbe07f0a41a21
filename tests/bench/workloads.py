"""The workloads: for each a program of gradcli, its inputs, and the same for the peers."""

from __future__ import annotations

import importlib
import math
import random
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

import gradcli

if TYPE_CHECKING:
    from collections.abc import Callable

    Job = Callable[[], Any]

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


class Workload(NamedTuple):
    """A job of gradcli, and the jobs of the peers that are installed, by name."""

    name: str
    gradcli: Job
    peers: dict[str, Job]
    scale: float = 1.0
    unit: str = "s"


def installed(name: str) -> Any:
    """A module if it is there, else None."""
    try:
        return importlib.import_module(name)
    except ImportError:
        return None


def market(rows: int) -> dict[str, Any]:
    """Random options."""
    rng = np.random.default_rng(0)
    spans = {"S": (80, 120), "K": (80, 120), "r": (0, 0.05), "v": (0.1, 0.5), "T": (0.1, 2)}
    return {name: rng.uniform(*span, rows) for name, span in spans.items()}


def price(xp: Any, S: Any, K: Any, r: Any, v: Any, T: Any) -> Any:  # noqa: N803 - the field's letters
    """Black and Scholes, with the approximation that all tools have."""
    d1 = (xp.log(S / K) + (r + v**2 / 2) * T) / (v * xp.sqrt(T))
    d2 = d1 - v * xp.sqrt(T)
    first = S * (1 + xp.tanh(0.8 * d1 + 0.035 * d1**3)) / 2
    return first - K * xp.exp(-r * T) * (1 + xp.tanh(0.8 * d2 + 0.035 * d2**3)) / 2


def loss(xp: Any, x: Any, y: Any) -> Any:
    """A sum of squares."""
    return ((xp.sin(x) * xp.exp(-(y**2)) + x * y) ** 2).sum()


def rosenbrock(_xp: Any, x: Any) -> Any:
    """The banana in many dimensions."""
    return (100 * (x[1:] - x[:-1] ** 2) ** 2 + (1 - x[:-1]) ** 2).sum()


def network(xp: Any, W1: Any, b1: Any, W2: Any, b2: Any, X: Any, Y: Any) -> Any:  # noqa: N803
    """A network of two layers with its cross-entropy."""
    z = xp.tanh(X @ W1 + b1) @ W2 + b2
    top = z.max(1, keepdims=True)
    top = getattr(top, "values", top)
    return -(Y * (z - top - xp.log(xp.exp(z - top).sum(1, keepdims=True)))).sum() / 1024


# --- the same function by each tool -------------------------------------------------------------


def by_gradcli(text: str, inputs: dict[str, Any], wrt: list[str]) -> Job:
    """Value and gradients by gradcli."""
    program = gradcli.compile(text, wrt=wrt)

    def job() -> Any:
        value, found = program.value_and_grads(**inputs)
        return [value, *(found[name] for name in wrt)]

    return job


def by_jax(function: Callable[..., Any], inputs: dict[str, Any], wrt: list[str]) -> Job | None:
    """The same by JAX, compiled."""
    jax = installed("jax")
    if jax is None:
        return None
    jax.config.update("jax_enable_x64", True)
    xp = importlib.import_module("jax.numpy")

    def total(*args: Any) -> Any:
        value = function(xp, **dict(zip(inputs, args, strict=True)))
        return value.sum(), value

    places = tuple(list(inputs).index(name) for name in wrt)
    compiled = jax.jit(jax.value_and_grad(total, places, has_aux=True))
    arrays = [xp.asarray(value) for value in inputs.values()]

    def job() -> Any:
        (_, value), found = jax.block_until_ready(compiled(*arrays))
        return [value, *found]

    return job


def by_torch(function: Callable[..., Any], inputs: dict[str, Any], wrt: list[str]) -> Job | None:
    """The same by PyTorch, eager."""
    torch = installed("torch")
    if torch is None:
        return None
    given = {n: torch.tensor(v, requires_grad=n in wrt) for n, v in inputs.items()}

    def job() -> Any:
        value = function(torch, **given)
        found = torch.autograd.grad(value.sum(), [given[name] for name in wrt])
        return [value.detach().numpy(), *(g.numpy() for g in found)]

    return job


def by_autograd(function: Callable[..., Any], inputs: dict[str, Any], wrt: list[str]) -> Job | None:
    """The same by autograd."""
    autograd = installed("autograd")
    if autograd is None:
        return None
    xp = importlib.import_module("autograd.numpy")
    extend = importlib.import_module("autograd.extend")

    def total(args: Any) -> Any:
        return xp.sum(function(xp, **{**inputs, **dict(zip(wrt, args, strict=True))}))

    def job() -> Any:
        start = tuple(inputs[name] for name in wrt)
        back, end = importlib.import_module("autograd.core").make_vjp(total, start)
        return [end, *back(extend.vspace(end).ones())]

    return job


def peers(function: Callable[..., Any], inputs: dict[str, Any], wrt: list[str]) -> dict[str, Job]:
    """The jobs of all peers that are installed."""
    made = {
        "JAX jit": by_jax(function, inputs, wrt),
        "PyTorch": by_torch(function, inputs, wrt),
        "autograd": by_autograd(function, inputs, wrt),
    }
    return {name: job for name, job in made.items() if job is not None}


# --- workloads ----------------------------------------------------------------------------------


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
    found = {peer: times(job) for peer, job in peers(function, inputs, wrt).items()}
    return Workload(name, times(mine), found)


def layers() -> dict[str, Any]:
    """Weights and data of the network."""
    rng = np.random.default_rng(0)
    labels = np.eye(10)[rng.integers(0, 10, 1024)]
    return {
        "W1": rng.normal(size=(256, 512)) / 16, "b1": np.zeros(512),
        "W2": rng.normal(size=(512, 10)) / 22, "b2": np.zeros(10),
        "X": rng.normal(size=(1024, 256)), "Y": labels,
    }  # fmt: skip


def loop(steps: int) -> Workload:
    """A loop of many steps with its gradient; seconds for each step."""
    text = LOOP.format(steps=steps)

    def mine() -> Any:
        return [gradcli.grad(text, x=1.0)]

    found: dict[str, Job] = {}
    torch, autograd = installed("torch"), installed("autograd")
    if torch is not None:

        def by_torch_() -> Any:
            start = torch.tensor(1.0, dtype=torch.float64, requires_grad=True)
            x = start
            for _ in range(steps):
                x = torch.sin(x) * 1.0001 + 0.1
            return [torch.autograd.grad(x, start)[0].numpy()]

        found["PyTorch"] = by_torch_
    if autograd is not None:
        xp = importlib.import_module("autograd.numpy")

        def run(x: Any) -> Any:
            for _ in range(steps):
                x = xp.sin(x) * 1.0001 + 0.1
            return x

        found["autograd"] = lambda: [autograd.grad(run)(1.0)]
    return Workload(f"a loop of {steps:,} steps", mine, found, 1e6 / steps, "µs a step")


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


def formulas(count: int) -> Workload:
    """Distinct formulas of about 50 tokens, from text to value and two gradients."""
    random.seed(0)
    texts: list[str] = []
    while len(texts) < count:
        text = formula(5)
        bare = text.replace("exp", "")
        if 90 < len(text) < 170 and "x" in bare and "y" in bare:
            texts.append(text)

    def mine() -> Any:
        return [gradcli.value_and_grads(text, x=0.3, y=0.7)[0] for text in texts]

    found: dict[str, Job] = {}
    autograd = installed("autograd")
    if autograd is not None:
        xp = importlib.import_module("autograd.numpy")
        names = {n: getattr(xp, n) for n in ("sin", "cos", "exp", "tanh", "arctan")}

        def theirs() -> Any:
            values = []
            for text in texts:
                function = eval(f"lambda x, y: {text}", names)
                value, _ = autograd.value_and_grad(function, (0, 1))(0.3, 0.7)
                values.append(value)
            return values

        found["autograd"] = theirs
    return Workload(f"{count:,} distinct formulas", mine, found, 1e6 / count, "µs a formula")


def repeated(count: int) -> Workload:
    """One formula with new numbers each time."""
    program = gradcli.compile("sin(x)*exp(-y^2) + atan(x*y)/(1 + x^2) - tanh(y)*log(1 + x^2)*x")
    points = np.linspace(0.1, 2, count).tolist()

    def mine() -> Any:
        return [program.value_and_grads(x=p, y=0.5)[0] for p in points]

    return Workload(f"one formula, {count:,} points", mine, {}, 1e6 / count, "µs a point")


def workloads(quick: bool) -> list[Callable[[], Workload]]:
    """All workloads, made when their turn comes; `quick` ones are smaller."""
    rows = 200_000 if quick else ROWS
    steps = 2_000 if quick else 20_000
    rng = np.random.default_rng(1)
    return [
        lambda: arrays(
            f"Black-Scholes and 5 gradients, {rows:,} rows", BLACK_SCHOLES, price, market(rows),
            ["S", "K", "r", "v", "T"],
        ),
        lambda: arrays(
            f"gradient of a loss, {rows:,} rows", LOSS, loss,
            {"x": rng.normal(size=rows), "y": rng.normal(size=rows)}, ["x", "y"],
        ),
        lambda: arrays(
            "Rosenbrock, 1,000 dimensions, 100 calls", ROSENBROCK, rosenbrock,
            {"x": np.linspace(-1, 1, 1000)}, ["x"], 100,
        ),
        lambda: arrays(
            "network 1,024x256-512-10", NETWORK, network, layers(), ["W1", "b1", "W2", "b2"]
        ),
        lambda: loop(steps),
        lambda: formulas(300 if quick else 2_000),
        lambda: repeated(2_000 if quick else 20_000),
    ]  # fmt: skip


def agree(mine: Any, theirs: Any) -> bool:
    """Whether two tools give the same numbers."""
    return all(
        np.allclose(np.sum(a) if math.prod(np.shape(b)) == 1 else a, b, rtol=1e-6, atol=1e-9)
        for a, b in zip(mine, theirs, strict=True)
    )
