"""`tf.keras.optimizers.schedules`: rates of learning that change from step to step."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from gradcli.snippets.arrays.dtypes import FLOAT32
from gradcli.snippets.values import Array, Kind, Object, exposed

if TYPE_CHECKING:
    from collections.abc import Callable

SINGLE = FLOAT32.type


class Schedule(Object):
    """A rate for each number of a step."""

    kind = "LearningRateSchedule"

    def __init__(self, home: Any, of: Callable[[float], float]) -> None:
        self._home = home
        self._of = of

    def at(self, step: float) -> float:
        """The rate of a step."""
        return float(SINGLE(self._of(step)))

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
        power = SINGLE(turns // 1 if staircase else turns)
        return float(SINGLE(initial_learning_rate) * SINGLE(decay_rate) ** power)

    return of


def inverse(
    initial_learning_rate: float, decay_steps: float, decay_rate: float, staircase: bool = False
) -> Callable[[float], float]:
    """A rate that is divided by what grows with the steps."""

    def of(step: float) -> float:
        turns = SINGLE(step) / SINGLE(decay_steps)
        turns = np.floor(turns) if staircase else turns
        return float(SINGLE(initial_learning_rate) / (SINGLE(1) + SINGLE(decay_rate) * turns))

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
        steps = SINGLE(decay_steps * (max(1, math.ceil(step / decay_steps)) if cycle else 1))
        left = SINGLE(1) - (SINGLE(step) if cycle else min(SINGLE(step), steps)) / steps
        first, last = SINGLE(initial_learning_rate), SINGLE(end_learning_rate)
        return float((first - last) * left ** SINGLE(power) + last)

    return of


def cosine(
    initial_learning_rate: float,
    decay_steps: float,
    alpha: float = 0.0,
    warmup_target: float | None = None,
    warmup_steps: float = 0,
) -> Callable[[float], float]:
    """A rate that goes down as a cosine does, perhaps after it went up along a line."""
    first = SINGLE(initial_learning_rate if warmup_target is None else warmup_target)

    def of(step: float) -> float:
        if warmup_target is not None and step < warmup_steps:
            share = SINGLE(step) / SINGLE(warmup_steps)
            start = SINGLE(initial_learning_rate)
            return float((first - start) * share + start)
        done = step if warmup_target is None else step - warmup_steps
        share = min(SINGLE(done), SINGLE(decay_steps)) / SINGLE(decay_steps)
        wave = SINGLE(0.5) * (SINGLE(1) + SINGLE(math.cos(SINGLE(math.pi) * share)))
        return float(first * ((SINGLE(1) - SINGLE(alpha)) * wave + SINGLE(alpha)))

    return of


def restarts(
    initial_learning_rate: float,
    first_decay_steps: float,
    t_mul: float = 2.0,
    m_mul: float = 1.0,
    alpha: float = 0.0,
) -> Callable[[float], float]:
    """A rate that goes down as a cosine does, again and again."""

    def of(step: float) -> float:
        share = SINGLE(step) / SINGLE(first_decay_steps)
        if t_mul == 1.0:
            turn = np.floor(share)
            share = share - turn
        else:
            inner = SINGLE(1) - share * (SINGLE(1) - SINGLE(t_mul))
            turn = np.floor(SINGLE(math.log(inner)) / SINGLE(math.log(SINGLE(t_mul))))
            before = (SINGLE(1) - SINGLE(t_mul) ** turn) / (SINGLE(1) - SINGLE(t_mul))
            share = (share - before) / SINGLE(t_mul) ** turn
        wave = SINGLE(math.cos(SINGLE(math.pi) * share))
        fraction = SINGLE(0.5) * SINGLE(m_mul) ** turn * (SINGLE(1) + wave)
        decayed = (SINGLE(1) - SINGLE(alpha)) * fraction + SINGLE(alpha)
        return float(SINGLE(initial_learning_rate) * decayed)

    return of


KINDS: dict[str, Callable[..., Callable[[float], float]]] = {
    "ExponentialDecay": exponential,
    "InverseTimeDecay": inverse,
    "PiecewiseConstantDecay": piecewise,
    "PolynomialDecay": polynomial,
    "CosineDecay": cosine,
    "CosineDecayRestarts": restarts,
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
