"""`autograd.misc.optimizers`: steps down a gradient, for arrays in any structure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from gradcli.snippets.arrays.pytrees import leaves, mapped, rebuilt
from gradcli.snippets.values import Native

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Numbers = np.ndarray[Any, np.dtype[Any]]
    Step = Callable[[Numbers, Numbers, int], Numbers]


def optimizers(home: Any) -> dict[str, Any]:
    """The functions by their paths."""
    of = Descents(home)
    rows: dict[str, Callable[..., Any]] = {"sgd": of.sgd, "rmsprop": of.rmsprop, "adam": of.adam}
    return {f"autograd.misc.optimizers.{name}": Native(name, row) for name, row in rows.items()}


class Descents:
    """The optimizers: each asks the snippet for the gradient, and calls it back."""

    def __init__(self, home: Any) -> None:
        self.home = home

    def sgd(
        self,
        grad: Any,
        x: Any,
        callback: Any = None,
        num_iters: int = 200,
        step_size: float = 0.1,
        mass: float = 0.9,
    ) -> Any:
        """Gradient descent with momentum."""

        def step(velocity: Numbers, g: Numbers, _i: int) -> Numbers:
            velocity[0] = mass * velocity[0] - (1.0 - mass) * g
            return np.asarray(step_size * velocity[0])

        return self.descend(grad, x, callback, num_iters, 1, step)

    def rmsprop(
        self,
        grad: Any,
        x: Any,
        callback: Any = None,
        num_iters: int = 100,
        step_size: float = 0.1,
        gamma: float = 0.9,
        eps: float = 1e-8,
    ) -> Any:
        """Steps divided by the root of a running mean of squares."""

        def step(squares: Numbers, g: Numbers, i: int) -> Numbers:
            before = np.ones_like(g) if i == 0 else squares[0]
            squares[0] = before * gamma + g**2 * (1 - gamma)
            return np.asarray(-(step_size * g / (np.sqrt(squares[0]) + eps)))

        return self.descend(grad, x, callback, num_iters, 1, step)

    def adam(
        self,
        grad: Any,
        x: Any,
        callback: Any = None,
        num_iters: int = 100,
        step_size: float = 0.001,
        b1: float = 0.9,
        b2: float = 0.999,
        eps: float = 1e-8,
    ) -> Any:
        """Adam."""

        def step(moments: Numbers, g: Numbers, i: int) -> Numbers:
            moments[0] = (1 - b1) * g + b1 * moments[0]
            moments[1] = (1 - b2) * g**2 + b2 * moments[1]
            mean = moments[0] / (1 - b1 ** (i + 1))
            square = moments[1] / (1 - b2 ** (i + 1))
            return np.asarray(-(step_size * mean / (np.sqrt(square) + eps)))

        return self.descend(grad, x, callback, num_iters, 2, step)

    def descend(
        self, grad: Any, x: Any, callback: Any, count: int, moments: int, step: Step
    ) -> Any:
        """So many steps from `x`; each array has `moments` of its own."""
        home, call = self.home, self.home.machine.call
        x = mapped(home.asarray, x)
        kept = [np.zeros((moments, *leaf.shape)) for leaf in leaves(x)]
        for i in range(count):
            g = call(grad, [x, i])
            if callback is not None:
                call(callback, [x, i, g])
            x = rebuilt(x, self.moved(x, g, kept, step, i))
        return x

    def moved(self, x: Any, g: Any, kept: list[Numbers], step: Step, i: int) -> Iterator[Any]:
        """Each array after its step."""
        numbers = self.home.recorder.array
        for leaf, slope, own in zip(leaves(x), leaves(g), kept, strict=True):
            change = step(own, numbers(self.home.asarray(slope)), i)
            yield self.home.constant(numbers(leaf) + change)
