"""`torch.nn.init`: numbers for parameters, written into them."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from gradcli.snippets.errors import Refusal
from gradcli.snippets.values import Native

if TYPE_CHECKING:
    from collections.abc import Callable

LEAST_SHARE = 0.3
"""The share of normal numbers within bounds from which those outside are drawn anew."""

WIDTH = math.sqrt(3.0)
"""Half the width of a uniform distribution whose standard deviation is 1."""


def inits(home: Any) -> dict[str, Any]:
    """`nn.init`: numbers for parameters, written into them."""

    def write(tensor: Any, numbers: Any) -> Any:
        made = home.random(numbers, tensor.dtype, is_seeded=home.generator.is_seeded)
        return home.write(tensor, made.node)

    def filled(tensor: Any, number: float) -> Any:
        return home.write(tensor, home.filled(tensor, number).node)

    def uniform(tensor: Any, a: float = 0.0, b: float = 1.0) -> Any:
        return write(tensor, home.generator.uniform(tensor.shape, tensor.dtype, a, b))

    def normal(tensor: Any, mean: float = 0.0, std: float = 1.0) -> Any:
        return write(tensor, home.generator.normal(tensor.shape, tensor.dtype, mean, std))

    def truncated(
        tensor: Any, mean: float = 0.0, std: float = 1.0, a: float = -2.0, b: float = 2.0
    ) -> Any:
        ends = [math.erf((x - mean) / std / math.sqrt(2.0)) for x in (a, b)]
        share = (ends[1] - ends[0]) / 2
        if share <= LEAST_SHARE:
            raise Refusal("`trunc_normal_` far from the mean is not part of the subset")
        shape, dtype = tensor.shape, tensor.dtype
        numbers = home.generator.normal(shape, dtype, mean, std)
        while (outside := (numbers < a) | (numbers > b)).any():
            again = home.generator.normal(shape, dtype, mean, std)
            numbers = np.where(outside, again, numbers)
        return write(tensor, numbers)

    def eye(tensor: Any) -> Any:
        return home.write(tensor, home.constant(np.eye(*tensor.shape), tensor.dtype).node)

    def evenly(spread: Callable[..., float]) -> Callable[..., Any]:
        def init(tensor: Any, *args: Any, **named: Any) -> Any:
            limit = WIDTH * spread(tensor, *args, **named)
            return uniform(tensor, -limit, limit)

        return init

    def normally(spread: Callable[..., float]) -> Callable[..., Any]:
        return lambda tensor, *args, **named: normal(tensor, 0.0, spread(tensor, *args, **named))

    rows: dict[str, Callable[..., Any]] = {
        "zeros_": lambda tensor: filled(tensor, 0.0),
        "ones_": lambda tensor: filled(tensor, 1.0),
        "constant_": filled,
        "uniform_": uniform,
        "normal_": normal,
        "xavier_uniform_": evenly(_xavier),
        "xavier_normal_": normally(_xavier),
        "kaiming_uniform_": evenly(_kaiming),
        "kaiming_normal_": normally(_kaiming),
        "eye_": eye,
        "trunc_normal_": truncated,
        "calculate_gain": gain,
    }
    return {name: Native(name, row) for name, row in rows.items()}


# --- standard deviations ------------------------------------------------------------------------


def _xavier(tensor: Any, gain: float = 1.0) -> float:
    """By Glorot and Bengio: values and gradients stay about as large from layer to layer."""
    return gain * math.sqrt(2.0 / sum(_fans(tensor)))


def _kaiming(
    tensor: Any, a: float = 0.0, mode: str = "fan_in", nonlinearity: str = "leaky_relu"
) -> float:
    """By He and others, for what comes before a rectifier, leaky by `a`, or another function."""
    return gain(nonlinearity, a) / math.sqrt(_fans(tensor)[mode == "fan_out"])


def gain(nonlinearity: str, param: float | None = None) -> float:
    """`calculate_gain`: by what a function lessens the spread of what goes into it."""
    slope = 0.01 if param is None else param
    gains = {
        "tanh": 5.0 / 3,
        "relu": math.sqrt(2.0),
        "leaky_relu": math.sqrt(2.0 / (1 + slope**2)),
        "selu": 3.0 / 4,
    }
    return gains.get(nonlinearity, 1)


def _fans(tensor: Any) -> tuple[int, int]:
    """How many numbers go into each number of a layer, and how many each goes into."""
    field = math.prod(tensor.shape[2:])
    return tensor.shape[1] * field, tensor.shape[0] * field
