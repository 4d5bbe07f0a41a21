"""`tf.keras.optimizers.schedules`: rates of learning that change from step to step."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from gradcli.snippets.arrays.dtypes import FLOAT32
from gradcli.snippets.values import Array, Kind, Object, exposed

if TYPE_CHECKING:
    from collections.abc import Callable


class Schedule(Object):
    """A rate for each number of a step."""

    kind = "LearningRateSchedule"

    def __init__(self, home: Any, of: Callable[[float], float]) -> None:
        self._home = home
        self._of = of

    def at(self, step: float) -> float:
        """The rate of a step."""
        return float(np.float32(self._of(step)))

    @exposed
    def __call__(self, step: Any) -> Array:
        """The rate of a step, as a tensor."""
        array = self._home.machine.array_in(step) or step
        number = self._home.number(array) if isinstance(array, Array) else array
        made: Array = self._home.constant(self.at(number), FLOAT32)
        return made


def exponential(
    initial_learning_rate: float, decay_steps: float, decay_rate: float, staircase: bool = False
) -> Callable[[float], float]:
    """A rate that is multiplied by the same after so many steps."""

    def of(step: float) -> float:
        turns = step / decay_steps
        power = FLOAT32.type(turns // 1 if staircase else turns)
        return float(FLOAT32.type(initial_learning_rate) * FLOAT32.type(decay_rate) ** power)

    return of


def inverse(
    initial_learning_rate: float, decay_steps: float, decay_rate: float, staircase: bool = False
) -> Callable[[float], float]:
    """A rate that is divided by what grows with the steps."""

    def of(step: float) -> float:
        turns = step / decay_steps
        return initial_learning_rate / (1 + decay_rate * (turns // 1 if staircase else turns))

    return of


def piecewise(boundaries: Any, values: Any) -> Callable[[float], float]:
    """A rate for each stretch of steps."""
    return lambda step: float(values[sum(step > bound for bound in boundaries)])


def polynomial(
    initial_learning_rate: float,
    decay_steps: float,
    end_learning_rate: float = 0.0001,
    power: float = 1.0,
    cycle: bool = False,
) -> Callable[[float], float]:
    """A rate that goes down to another as a power of the steps that are left."""

    def of(step: float) -> float:
        steps = decay_steps * (max(1, math.ceil(step / decay_steps)) if cycle else 1)
        left = 1 - (step if cycle else min(step, steps)) / steps
        return float((initial_learning_rate - end_learning_rate) * left**power + end_learning_rate)

    return of


def cosine(
    initial_learning_rate: float, decay_steps: float, alpha: float = 0.0
) -> Callable[[float], float]:
    """A rate that goes down as a cosine does."""

    def of(step: float) -> float:
        wave = 0.5 * (1 + math.cos(math.pi * min(step, decay_steps) / decay_steps))
        return initial_learning_rate * ((1 - alpha) * wave + alpha)

    return of


KINDS: dict[str, Callable[..., Callable[[float], float]]] = {
    "ExponentialDecay": exponential,
    "InverseTimeDecay": inverse,
    "PiecewiseConstantDecay": piecewise,
    "PolynomialDecay": polynomial,
    "CosineDecay": cosine,
}


def schedules(home: Any) -> dict[str, Any]:
    """The classes by their paths."""

    def kind(name: str, make: Callable[..., Callable[[float], float]]) -> Kind:
        def made(*args: Any, **named: Any) -> Schedule:
            named.pop("name", None)
            return Schedule(home, make(*args, **named))

        return Kind(name, made, lambda value: isinstance(value, Schedule))

    kinds = {name: kind(name, make) for name, make in KINDS.items()}
    paths = ("keras.optimizers.schedules", "optimizers.schedules")
    return {f"{path}.{name}": value for path in paths for name, value in kinds.items()}
