"""`python -m tests.bench.compiled [ROWS]`: machine code beside blocks and, if it is here, JAX.

Value and gradients of a program over rows; medians of five, the first call apart, and the bytes
that outputs and inputs make a second beside those of a copy.
"""

from __future__ import annotations

import importlib.util
import os
import statistics
import sys
import time
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

import gradcli
from tests.bench.workloads import BLACK_SCHOLES, LOSS, market

if TYPE_CHECKING:
    from collections.abc import Callable

ROUNDS = 5
NORMAL = BLACK_SCHOLES.split("S*(1")[0] + "S*ndtr(d1) - K*exp(-r*T)*ndtr(d2)"


class Work(NamedTuple):
    """A program, its inputs, and the same as a function of JAX."""

    name: str
    text: str
    inputs: dict[str, Any]
    in_jax: Callable[..., Any]


def _loss(jnp: Any, x: Any, y: Any) -> Any:
    return ((jnp.sin(x) * jnp.exp(-(y**2)) + x * y) ** 2).sum()


def _black_scholes(jnp: Any, S: Any, K: Any, r: Any, v: Any, T: Any) -> Any:  # noqa: N803 - the field's letters
    d1 = (jnp.log(S / K) + (r + v**2 / 2) * T) / (v * jnp.sqrt(T))
    d2 = d1 - v * jnp.sqrt(T)
    first = S * (1 + jnp.tanh(0.8 * d1 + 0.035 * d1**3)) / 2
    return (first - K * jnp.exp(-r * T) * (1 + jnp.tanh(0.8 * d2 + 0.035 * d2**3)) / 2).sum()


def _normal(jnp: Any, S: Any, K: Any, r: Any, v: Any, T: Any) -> Any:  # noqa: N803 - the field's letters
    from jax.scipy.special import ndtr

    d1 = (jnp.log(S / K) + (r + v**2 / 2) * T) / (v * jnp.sqrt(T))
    d2 = d1 - v * jnp.sqrt(T)
    return (S * ndtr(d1) - K * jnp.exp(-r * T) * ndtr(d2)).sum()


def works(rows: int) -> list[Work]:
    """The programs, each ending in a sum."""
    rng = np.random.default_rng(0)
    pair = {"x": rng.uniform(0, 3, rows), "y": rng.uniform(0, 1, rows)}
    return [
        Work("Black-Scholes, tanh", _summed(BLACK_SCHOLES), market(rows), _black_scholes),
        Work("Black-Scholes, ndtr", _summed(NORMAL), market(rows), _normal),
        Work("sin/exp loss", LOSS, pair, _loss),
    ]


def _summed(text: str) -> str:
    *before, last = text.strip().splitlines()
    return "\n".join([*before, f"sum({last})"])


# --- the tools ------------------------------------------------------------------------------------


def by_gradcli(work: Work, executor: str) -> Callable[[], Any]:
    """Value and gradients by one of the executors."""
    program = gradcli.compile(work.text)

    def job() -> Any:
        os.environ["GRADCLI_EXECUTOR"] = executor
        return program.value_and_grads(**work.inputs)

    return job


def by_jax(work: Work) -> Callable[[], Any]:
    """The same by JAX, compiled, in double precision, from and to NumPy's arrays."""
    import jax
    import jax.numpy as jnp

    jax.config.update("jax_enable_x64", True)
    places = tuple(range(len(work.inputs)))
    function = jax.jit(
        jax.value_and_grad(lambda *arrays: work.in_jax(jnp, *arrays), argnums=places)
    )
    arrays = [jnp.asarray(array) for array in work.inputs.values()]
    return lambda: jax.block_until_ready(function(*arrays))


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


def row(work: Work) -> str:
    """One work as a row of the table: the first call, the medians, the rate of memory."""
    jobs = {name: by_gradcli(work, name) for name in ("compiled", "blocked")}
    if importlib.util.find_spec("jax"):
        jobs["jax"] = by_jax(work)
    first = {name: seconds(job) for name, job in jobs.items()}
    for job in jobs.values():
        job()
        job()
    times: dict[str, list[float]] = {name: [] for name in jobs}
    for _ in range(ROUNDS):
        for name, job in jobs.items():
            times[name].append(seconds(job))
    medians = {name: statistics.median(all_) for name, all_ in times.items()}
    moved = 2 * sum(array.nbytes for array in work.inputs.values()) / medians["compiled"]
    cells = [f"{name} {medians[name]:.4f} (first {first[name]:.3f})" for name in jobs]
    others = min(value for name, value in medians.items() if name != "compiled")
    ends = [f"{medians['compiled'] / others:.2f} of the best", f"{moved / 1e9:.1f} GB/s"]
    return f"| {' | '.join([work.name, *cells, *ends])} |"


def main(args: list[str]) -> None:
    """Prints the table as Markdown."""
    rows = int(args[0]) if args else 4_000_000
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    print(f"{rows:,} rows, {cores} cores; a copy moves {copied() / 1e9:.1f} GB/s")
    for work in works(rows):
        print(row(work), flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
