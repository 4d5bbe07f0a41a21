"""Programs that loop, beside PyTorch, autograd and JAX's compiled scan.

`python -m tests.bench.loops`.
"""

from __future__ import annotations

from functools import partial
from statistics import median
from time import perf_counter
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

import gradcli
from gradcli.memory import MEMORY
from tests.bench.peers import installed, jax, there

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    Job = Callable[[], Any]

JAX = "JAX, compiled"
ROUNDS = 3
LONG = 2.0
RNG = np.random.default_rng(0)

LORENZ = """
f(x, y, z) = (s*(y - x), x*(r - z) - y, x*y - b*z)
for i in range(n) {
  (p, q, w) = f(x, y, z)
  (p2, q2, w2) = f(x + h/2*p, y + h/2*q, z + h/2*w)
  (p3, q3, w3) = f(x + h/2*p2, y + h/2*q2, z + h/2*w2)
  (p4, q4, w4) = f(x + h*p3, y + h*q3, z + h*w3)
  x += h/6*(p + 2*p2 + 2*p3 + p4)
  y += h/6*(q + 2*q2 + 2*q3 + q4)
  z += h/6*(w + 2*w2 + 2*w3 + w4)
}
x + y + z
"""

KALMAN = """
x = x0; P = P0; score = 0
for z in Z {
  x = F @ x
  P = F @ P @ F.T + Q
  e = z - H @ x
  V = inv(H @ P @ H.T + R)
  K = P @ H.T @ V
  x = x + K @ e
  P = P - K @ H @ P
  score = score - e @ V @ e
}
score
"""

BRANCHES = """
k = 0
while k < n {
  if x > 1 { x = a*x } else { x = x + b*sin(x) + c }
  k += 1
}
x
"""

NEWTON = "x = a; for k in range(8) { x = x - (x^3 - a)/(3*x^2) }; x"

STEPS = 400
"""Of a training."""

RECURRENT = "for z in Z { h = tanh(W @ h + U @ z + b) }; sum(h^2)"

TRAINING = """
for k in range(n) {
  d = mean((tanh(X @ W + b) @ V + c - Y)^2)
  (gW, gb, gV, gc) = grad(d, (W, b, V, c))
  W = W - 0.1*gW; b = b - 0.1*gb; V = V - 0.1*gV; c = c - 0.1*gc
}
mean((tanh(X @ W + b) @ V + c - Y)^2)
"""

MINIBATCHES = """
for k in range(n) {
  i = 16*(k % 4); x = X[i:i + 16]; y = Y[i:i + 16]
  d = mean((tanh(x @ W + b) @ V + c - y)^2)
  (gW, gb, gV, gc) = grad(d, (W, b, V, c))
  W = W - 0.1*gW; b = b - 0.1*gb; V = V - 0.1*gV; c = c - 0.1*gc
}
mean((tanh(X @ W + b) @ V + c - Y)^2)
"""


class Work(NamedTuple):
    """A program, its values, what it is differentiated by, and the same function elsewhere.

    `turn(m, carried, rest, row)` is one turn in the words of the module `m`.
    """

    name: str
    program: str
    values: Mapping[str, Any]
    wrt: tuple[str, ...]
    turns: int
    start: Callable[[Any, Mapping[str, Any]], Any]
    turn: Callable[[Any, Any, Mapping[str, Any], Any], Any]
    end: Callable[[Any], Any]


def _logistic(_m: Any, x: Any, v: Mapping[str, Any], _row: Any) -> Any:
    return v["r"] * x * (1 - x)


def _lorenz(_m: Any, state: Any, v: Mapping[str, Any], _row: Any) -> Any:
    def f(x: Any, y: Any, z: Any) -> Any:
        return v["s"] * (y - x), x * (v["r"] - z) - y, x * y - v["b"] * z

    def moved(k: Any, h: float) -> Any:
        return [x + h * d for x, d in zip(state, k, strict=True)]

    h = v["h"]
    one = f(*state)
    two = f(*moved(one, h / 2))
    three = f(*moved(two, h / 2))
    four = f(*moved(three, h))
    slopes = zip(state, one, two, three, four, strict=True)
    return tuple(x + h / 6 * (a + 2 * b + 2 * c + d) for x, a, b, c, d in slopes)


def _kalman(m: Any, state: Any, v: Mapping[str, Any], z: Any) -> Any:
    x, p, score = state
    f, h = v["F"], v["H"]
    x = f @ x
    p = f @ p @ f.T + v["Q"]
    e = z - h @ x
    inverse = m.linalg.inv(h @ p @ h.T + v["R"])
    k = p @ h.T @ inverse
    return x + k @ e, p - k @ h @ p, score - e @ inverse @ e


def _recurrent(m: Any, h: Any, v: Mapping[str, Any], z: Any) -> Any:
    return m.tanh(v["W"] @ h + v["U"] @ z + v["b"])


def _branches(m: Any, x: Any, v: Mapping[str, Any], _row: Any) -> Any:
    return m.where(x > 1, v["a"] * x, x + v["b"] * m.sin(x) + v["c"])


def works() -> list[Work]:
    """The programs, in sizes at which a tape takes a second or so."""
    lorenz = {
        "x": 1.0,
        "y": 1.0,
        "z": 1.0,
        "s": 10.0,
        "r": 28.0,
        "b": 8 / 3,
        "h": 1e-4,
        "n": 10_000,
    }
    kalman = {
        "Z": RNG.normal(size=(2_000, 2)),
        "x0": np.zeros(4),
        "P0": np.eye(4),
        "F": np.eye(4) + 0.01 * RNG.normal(size=(4, 4)),
        "Q": 0.1 * np.eye(4),
        "H": RNG.normal(size=(2, 4)),
        "R": np.eye(2),
    }
    recurrent = {
        "Z": RNG.normal(size=(2_000, 4)),
        "h": np.zeros(16),
        "W": 0.3 * RNG.normal(size=(16, 16)),
        "U": RNG.normal(size=(16, 4)),
        "b": np.zeros(16),
    }
    return [
        Work(
            "logistic map",
            "for i in range(n) { x = r*x*(1 - x) }; x",
            {"x": 0.4, "r": 2.9, "n": 100_000},
            ("x", "r"),
            100_000,
            lambda m, v: v["x"],
            _logistic,
            lambda x: x,
        ),
        Work(
            "Lorenz, Runge-Kutta",
            LORENZ,
            lorenz,
            tuple("xyzsrb"),
            10_000,
            lambda m, v: (v["x"], v["y"], v["z"]),
            _lorenz,
            sum,
        ),
        Work(
            "Kalman filter",
            KALMAN,
            kalman,
            ("F", "Q", "R"),
            2_000,
            lambda m, v: (v["x0"], v["P0"], 0.0 * v["x0"][0]),
            _kalman,
            lambda state: state[2],
        ),
        Work(
            "recurrent network",
            RECURRENT,
            recurrent,
            ("W", "U", "b"),
            2_000,
            lambda m, v: v["h"],
            _recurrent,
            lambda h: (h**2).sum(),
        ),
        Work(
            "branches that what is carried decides",
            BRANCHES,
            {"x": 0.3, "a": 0.5, "b": 0.2, "c": 0.9, "n": 20_000},
            ("x", "a", "b", "c"),
            20_000,
            lambda m, v: v["x"],
            _branches,
            lambda x: x,
        ),
    ]


def in_gradcli(work: Work) -> list[Any]:
    """Value and gradients, from the text on."""
    MEMORY.clear()
    value, gradients = gradcli.value_and_grads(work.program, work.values, wrt=list(work.wrt))
    return [value, *(gradients[name] for name in work.wrt)]


def again(work: Work) -> Callable[[], Any]:
    """The same of a program that is known by now."""
    program = gradcli.compile(work.program)
    run = partial(program.value_and_grads, work.values, wrt=list(work.wrt))
    for _ in range(ROUNDS):
        run()
    return run


def in_torch(work: Work) -> Callable[[], list[Any]] | None:
    """The same by PyTorch's tape."""
    torch = installed("torch")
    if torch is None:
        return None

    def run() -> list[Any]:
        values = {
            name: torch.tensor(x, dtype=torch.float64, requires_grad=name in work.wrt)
            for name, x in work.values.items()
        }
        y = work.end(_taped(work, torch, values))
        y.backward()
        return [y.item(), *(values[name].grad.numpy() for name in work.wrt)]

    return run


def in_autograd(work: Work) -> Job | None:
    """The same by autograd's tape."""
    autograd = installed("autograd")
    if autograd is None:
        return None
    m = installed("autograd.numpy")

    def function(given: Mapping[str, Any]) -> Any:
        return work.end(_taped(work, m, {**work.values, **given}))

    slope = autograd.value_and_grad(function)
    given = {name: work.values[name] for name in work.wrt}

    def run() -> list[Any]:
        y, slopes = slope(given)
        return [float(y), *(slopes[name] for name in work.wrt)]

    return run


def _taped(work: Work, m: Any, values: Mapping[str, Any]) -> Any:
    """What is carried behind all turns, which a tape records one by one."""
    state = work.start(m, values)
    for i in range(work.turns):
        state = work.turn(m, state, values, values["Z"][i] if "Z" in values else None)
    return state


def in_jax(work: Work) -> Callable[[], list[Any]] | None:
    """The same by JAX's scan, compiled in the first call."""
    module = jax()
    if module is None:
        return None
    m = module.numpy

    def function(given: Mapping[str, Any], rest: Mapping[str, Any]) -> Any:
        values = {**rest, **given}
        rows = values.get("Z", m.zeros(work.turns))
        state, _ = module.lax.scan(
            lambda state, row: (work.turn(m, state, values, row), None), work.start(m, values), rows
        )
        return work.end(state)

    compiled = module.jit(module.value_and_grad(function))
    values = {name: m.asarray(x, dtype=float) for name, x in work.values.items()}
    given = {name: values[name] for name in work.wrt}

    def run() -> list[Any]:
        y, slopes = compiled(given, values)
        return [float(y), *(np.asarray(slopes[name]) for name in work.wrt)]

    return run


def timed(job: Callable[[], Any]) -> tuple[Any, float]:
    """What a job gives, and its milliseconds."""
    start = perf_counter()
    given = job()
    return given, 1000 * (perf_counter() - start)


def measured(job: Callable[[], Any]) -> float:
    """The median of some rounds in milliseconds, of one where that takes long."""
    times: list[float] = []
    while len(times) < ROUNDS and sum(times) < 1000 * LONG:
        times.append(timed(job)[1])
    return median(times)


def beside(name: str, taken: float, first: float, own: float) -> str:
    """A peer's milliseconds, and gradcli's share of them."""
    shares = f"{first / taken:.3f} of it, {own / taken:.3f} again"
    return f"  {name} {taken:.1f} ms: gradcli takes {shares}"


def compared(name: str, from_text: Job, known: Callable[[], Job], peers: dict[str, Job]) -> None:
    """Prints milliseconds, those of the program that is `known` by now, too, and shares of peers'.

    JAX compiles what it is given in the first call.
    """
    print(name)
    answer, once = timed(from_text)
    first, own = measured(from_text), measured(known())
    print(f"  gradcli {first:.1f} ms from the text on ({once:.1f} at first), {own:.1f} again")
    for peer, job in peers.items():
        others, taken = timed(job)
        for mine, other in zip(answer, others, strict=True):
            np.testing.assert_allclose(mine, other, rtol=1e-8, atol=1e-10)
        if peer == JAX:
            print(f"  JAX's first call {taken:.0f} ms: the text takes {first / taken:.3f}")
        if taken < 1000 * LONG:
            taken = measured(job)
        print(beside(peer, taken, first, own))


def main() -> None:
    """Prints lines for each program."""
    for work in works():
        tapes = {"PyTorch": in_torch(work), "autograd": in_autograd(work)}
        peers = there({**tapes, JAX: in_jax(work)})
        compared(work.name, partial(in_gradcli, work), partial(again, work), peers)
    trained("training, 400 steps", TRAINING, 64)
    trained("training, 400 steps of 16 rows", MINIBATCHES, 16)
    in_rows()


def trained(name: str, program: str, size: int) -> None:
    """A training loop, each of whose steps differentiates for so many of 64 rows in turn."""
    values = {
        "X": RNG.normal(size=(64, 4)),
        "Y": RNG.normal(size=(64, 1)),
        "W": RNG.normal(size=(4, 16)),
        "b": np.zeros(16),
        "V": RNG.normal(size=(16, 1)),
        "c": np.zeros(1),
    }

    def mine() -> Any:
        return [gradcli.evaluate(program, {**values, "n": STEPS})]

    def from_text() -> Any:
        MEMORY.clear()
        return mine()

    peers = {"PyTorch": trained_in_torch(values, size), JAX: trained_in_jax(values, size)}
    compared(name, from_text, lambda: mine, there(peers))


def trained_in_torch(values: Mapping[str, Any], size: int) -> Job | None:
    """The same by PyTorch."""
    torch = installed("torch")
    if torch is None:
        return None

    def run() -> list[float]:
        x, y = torch.tensor(values["X"]), torch.tensor(values["Y"])
        w, b, v, c = (torch.tensor(values[k], requires_grad=True) for k in "WbVc")

        def loss(x: Any, y: Any) -> Any:
            return ((torch.tanh(x @ w + b) @ v + c - y) ** 2).mean()

        for k in range(STEPS):
            i = size * k % len(x)
            loss(x[i : i + size], y[i : i + size]).backward()
            with torch.no_grad():
                for p in (w, b, v, c):
                    p.sub_(0.1 * p.grad)
                    p.grad = None
        return [loss(x, y).item()]

    return run


def trained_in_jax(values: Mapping[str, Any], size: int) -> Job | None:
    """The same by JAX's scan, compiled in the first call."""
    module = jax()
    if module is None:
        return None
    m = module.numpy
    x, y = m.asarray(values["X"]), m.asarray(values["Y"])

    def loss(weights: Any, x: Any, y: Any) -> Any:
        w, b, v, c = weights
        return ((m.tanh(x @ w + b) @ v + c - y) ** 2).mean()

    def step(weights: Any, i: Any) -> Any:
        rows = [module.lax.dynamic_slice_in_dim(a, i, size) for a in (x, y)]
        slopes = module.grad(loss)(weights, *rows)
        return [w - 0.1 * g for w, g in zip(weights, slopes, strict=True)], None

    @module.jit
    def compiled(weights: Any) -> Any:
        weights, _ = module.lax.scan(step, weights, size * m.arange(STEPS) % len(x))
        return loss(weights, x, y)

    weights = [m.asarray(values[k]) for k in "WbVc"]
    return lambda: [float(compiled(weights))]


def in_rows() -> None:
    """Newton's method in each row of a table, beside the same of whole arrays."""
    a = RNG.uniform(0.5, 9, size=200_000)

    def mine() -> Any:
        table = gradcli.map(NEWTON, {"a": a})
        return [table["value"].to_numpy(), table["d_a"].to_numpy()]

    def from_text() -> Any:
        MEMORY.clear()
        return mine()

    def root(a: Any) -> Any:
        x = a
        for _ in range(8):
            x = x - (x**3 - a) / (3 * x**2)
        return x

    peers: dict[str, Any] = {}
    torch, module = installed("torch"), jax()
    if torch is not None:

        def by_torch() -> Any:
            rows = torch.tensor(a, requires_grad=True)
            x = root(rows)
            x.sum().backward()
            return [x.detach().numpy(), rows.grad.numpy()]

        peers["PyTorch"] = by_torch
    if module is not None:
        compiled = module.jit(module.vmap(module.value_and_grad(root)))
        peers[JAX] = lambda: [*map(np.asarray, compiled(module.numpy.asarray(a)))]
    compared("Newton's method in 200,000 rows", from_text, lambda: mine, peers)


if __name__ == "__main__":
    main()
