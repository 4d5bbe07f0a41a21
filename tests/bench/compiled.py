"""`python -m tests.bench.compiled [ROWS [WORD…]]`: machine code beside blocks and, if here, peers.

Value and gradients of a program over rows; medians of five, the first call apart, and the bytes
that outputs and inputs make a second beside those of a copy. Each tool has a process of its own for
each program: within one, threads of a library that waits for work take the cores from the next, and
pages that one has given back come cheaply to another. A first call is all that a formula costs when
it is new: what is left to be imported, tracing, compiling, pages of memory; that of gradcli has the
import of its compiler in it, none has that of the tool itself.
"""

from __future__ import annotations

import importlib.util
import json
import math
import os
import statistics
import subprocess
import sys
import time
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

import gradcli
from tests.bench.processes import ENVIRON
from tests.bench.words import of_jax, of_torch
from tests.bench.workloads import BLACK_SCHOLES, LOSS, market

if TYPE_CHECKING:
    from collections.abc import Callable

ROUNDS = 5
TOOL = "--tool"
OWN = "compiled", "blocked"
NORMAL = BLACK_SCHOLES.split("S*(1")[0] + "S*ndtr(d1) - K*exp(-r*T)*ndtr(d2)"


class Work(NamedTuple):
    """A program, its inputs, by which of them it is differentiated, and the same for the peers."""

    name: str
    text: str
    inputs: dict[str, Any]
    function: Callable[..., Any]
    wrt: tuple[str, ...] = ()

    @property
    def sources(self) -> tuple[str, ...]:
        """What it is differentiated by: all inputs, unless some are named."""
        return self.wrt or tuple(self.inputs)


def works(rows: int) -> list[Work]:
    """The programs, each ending in a sum."""
    rng = np.random.default_rng(0)
    pair = {"x": rng.uniform(0, 3, rows), "y": rng.uniform(0, 1, rows)}
    single = {name: x.astype(np.float32) for name, x in pair.items()}
    return [
        Work("Black-Scholes, tanh", _summed(BLACK_SCHOLES), market(rows), _black_scholes),
        Work("Black-Scholes, ndtr", _summed(NORMAL), market(rows), _normal),
        Work("sin/exp loss", LOSS, pair, _loss),
        Work("sin/exp loss, float32", LOSS, single, _loss),
        *_of_rows(rng, rows // 200),
        *_of_pairs(rng, math.isqrt(rows)),
    ]


def _loss(xp: Any, x: Any, y: Any) -> Any:
    return ((xp.sin(x) * xp.exp(-(y**2)) + x * y) ** 2).sum()


def _black_scholes(xp: Any, S: Any, K: Any, r: Any, v: Any, T: Any) -> Any:  # noqa: N803 - the field's letters
    d1 = (xp.log(S / K) + (r + v**2 / 2) * T) / (v * xp.sqrt(T))
    d2 = d1 - v * xp.sqrt(T)
    first = S * (1 + xp.tanh(0.8 * d1 + 0.035 * d1**3)) / 2
    return (first - K * xp.exp(-r * T) * (1 + xp.tanh(0.8 * d2 + 0.035 * d2**3)) / 2).sum()


def _normal(xp: Any, S: Any, K: Any, r: Any, v: Any, T: Any) -> Any:  # noqa: N803 - the field's letters
    d1 = (xp.log(S / K) + (r + v**2 / 2) * T) / (v * xp.sqrt(T))
    d2 = d1 - v * xp.sqrt(T)
    return (S * xp.ndtr(d1) - K * xp.exp(-r * T) * xp.ndtr(d2)).sum()


# --- rows that are folded, and rolls --------------------------------------------------------------

SOFTMAX = "E = exp(x - max(x, axis=1, keepdims=true)); sum((E/sum(E, 1, true))*y)"
LAYER = "m = mean(x, 1, true); v = var(x, 1, true); sum(((x - m)/sqrt(v + 1e-5)*g + b)^2)"
MIXTURE = "sum(logsumexp(w - 0.5*((x[:, None] - m)/s)^2 - log(s), 1))"
HEAT = """
f(u) = u + 0.1*(roll(u, 1, 0) + roll(u, -1, 0) + roll(u, 1, 1) + roll(u, -1, 1) - 4*u)
sum(f(f(u))^2)
"""
PAIRS = "sum(sqrt(min(sum((p[:, None, :] - q[None, :, :])^2, 2), axis=1)))"


def _of_rows(rng: Any, rows: int) -> list[Work]:
    x, y = rng.normal(size=(2, rows, 200))
    labels = np.eye(200)[rng.integers(0, 200, rows)]
    g, b = rng.normal(size=(2, 200))
    mixture = {"x": rng.normal(size=10 * rows), "m": g[:16], "s": np.exp(b[:16]), "w": b[16:32]}
    return [
        Work(
            "softmax cross-entropy",
            "-sum(y*log_softmax(x, 1))",
            {"x": x, "y": labels},
            lambda xp, x, y: -(y * xp.log_softmax(x, 1)).sum(),
            ("x",),
        ),
        Work("written-out softmax", SOFTMAX, {"x": x, "y": y}, _softmax, ("x",)),
        Work("layer norm", LAYER, {"x": x, "g": g, "b": b}, _layer),
        Work("mixture by logsumexp", MIXTURE, mixture, _mixture),
    ]


def _of_pairs(rng: Any, side: int) -> list[Work]:
    x, y = rng.normal(size=(2, side))
    p, q = rng.normal(size=(2, side, 3))
    return [
        Work("pairwise distances", PAIRS, {"p": p, "q": q}, _pairs),
        Work(
            "tanh(x[:,None]*y + b)",
            "sum(tanh(x[:, None]*y + b))",
            {"x": x, "y": y, "b": 0.3},
            lambda xp, x, y, b: xp.tanh(x[:, None] * y + b).sum(),
        ),
        Work("heat by roll", HEAT, {"u": rng.normal(size=(side // 2, side // 2))}, _heat),
    ]


def _softmax(xp: Any, x: Any, y: Any) -> Any:
    raised = xp.exp(x - xp.top(x))
    return (raised / raised.sum(1)[:, None] * y).sum()


def _layer(xp: Any, x: Any, g: Any, b: Any) -> Any:
    away = x - x.mean(1)[:, None]
    return ((away / xp.sqrt((away**2).mean(1)[:, None] + 1e-5) * g + b) ** 2).sum()


def _mixture(xp: Any, x: Any, m: Any, s: Any, w: Any) -> Any:
    return xp.logsumexp(w - 0.5 * ((x[:, None] - m) / s) ** 2 - xp.log(s), 1).sum()


def _pairs(xp: Any, p: Any, q: Any) -> Any:
    return xp.sqrt(-xp.top(-((p[:, None] - q[None]) ** 2).sum(2))).sum()


def _heat(xp: Any, u: Any) -> Any:
    for _ in range(2):
        sides = xp.roll(u, 1, 0) + xp.roll(u, -1, 0) + xp.roll(u, 1, 1) + xp.roll(u, -1, 1)
        u = u + 0.1 * (sides - 4 * u)
    return (u**2).sum()


def _summed(text: str) -> str:
    *before, last = text.strip().splitlines()
    return "\n".join([*before, f"sum({last})"])


# --- the tools ------------------------------------------------------------------------------------


def by_gradcli(work: Work, executor: str) -> Callable[[], Any]:
    """Value and gradients by one of the executors, in the precision of the inputs."""
    is_single = any(getattr(x, "dtype", None) == np.float32 for x in work.inputs.values())
    dtype = "float32" if is_single else "float64"
    program = gradcli.compile(work.text, wrt=work.sources, dtype=dtype)

    def job() -> Any:
        os.environ["GRADCLI_EXECUTOR"] = executor
        return program.value_and_grads(**work.inputs)

    return job


def by_jax(work: Work) -> Callable[[], Any]:
    """The same by JAX, compiled, in the precision of the inputs, from and to NumPy's arrays."""
    import jax

    jax.config.update("jax_enable_x64", True)
    xp = of_jax()
    places = tuple(list(work.inputs).index(name) for name in work.sources)
    function = jax.jit(jax.value_and_grad(lambda *arrays: work.function(xp, *arrays), places))
    arrays = [jax.numpy.asarray(array) for array in work.inputs.values()]
    return lambda: jax.block_until_ready(function(*arrays))


def by_torch(work: Work) -> Callable[[], Any]:
    """The same by PyTorch."""
    import torch

    xp = of_torch()
    tensors = {n: torch.tensor(x, requires_grad=n in work.sources) for n, x in work.inputs.items()}

    def job() -> Any:
        value = work.function(xp, *tensors.values())
        gradients = torch.autograd.grad(value, [tensors[name] for name in work.sources])
        return value.detach(), gradients

    return job


def seconds(job: Callable[[], Any]) -> float:
    """How long a job takes."""
    start = time.perf_counter()
    job()
    return time.perf_counter() - start


def copied() -> float:
    """Bytes a second that this machine reads and writes when it copies."""
    array = np.ones(1 << 23)
    target = array.copy()
    best = min(seconds(lambda: np.copyto(target, array)) for _ in range(ROUNDS))
    return 2 * array.nbytes / best


TOOLS: dict[str, Callable[[Work], Callable[[], Any]]] = {
    "compiled": lambda work: by_gradcli(work, "compiled"),
    "blocked": lambda work: by_gradcli(work, "blocked"),
    "jax": by_jax,
    "torch": by_torch,
}


def timed(job: Callable[[], Any]) -> tuple[float, float]:
    """The first call, and the median of those behind it."""
    first = seconds(job)
    job()
    job()
    return first, statistics.median(seconds(job) for _ in range(ROUNDS))


def apart(tool: str, rows: int, name: str) -> tuple[float, float]:
    """The same in a process that has loaded nothing else."""
    command = [sys.executable, "-m", __spec__.name, str(rows), name, TOOL, tool]
    run = subprocess.run(command, env=ENVIRON, stdout=subprocess.PIPE, check=True)
    first, middle = json.loads(run.stdout)
    return first, middle


def row(work: Work, rows: int) -> str:
    """One work as a row of the table: the first call, the medians, the rate of memory."""
    tools = [tool for tool in TOOLS if tool in OWN or importlib.util.find_spec(tool)]
    times = {tool: apart(tool, rows, work.name) for tool in tools}
    cells = [f"{tool} {middle:.4f} (first {first:.3f})" for tool, (first, middle) in times.items()]
    first, middle = times["compiled"]
    moved = 2 * sum(np.asarray(x).nbytes for x in work.inputs.values()) / middle
    peers = [tool for tool in tools if tool not in OWN] or ["blocked"]
    best = min(times[tool][1] for tool in peers)
    ends = [f"{middle / best:.2f} of the best", f"{moved / 1e9:.1f} GB/s"]
    if "jax" in times:
        ends.insert(1, f"first {first / times['jax'][0]:.2f} of JAX's")
    return f"| {' | '.join([work.name, *cells, *ends])} |"


def main(args: list[str]) -> None:
    """Prints the table as Markdown; in a process for one tool, its times."""
    rows, words = int(args[0]) if args else 4_000_000, args[1:]
    if TOOL in words:
        name, _, tool = words
        (work,) = [work for work in works(rows) if work.name == name]
        print(json.dumps(timed(TOOLS[tool](work))))
        return
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    print(f"{rows:,} rows, {cores} cores; a copy moves {copied() / 1e9:.1f} GB/s")
    for work in works(rows):
        if not words or any(word in work.name for word in words):
            print(row(work, rows), flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
