"""`torch.nn.init`: numbers for parameters, written into them."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from gradcli.snippets.values import Native

if TYPE_CHECKING:
    from collections.abc import Callable


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

    def fans(tensor: Any) -> tuple[int, int]:
        field = math.prod(tensor.shape[2:])
        return tensor.shape[1] * field, tensor.shape[0] * field

    def xavier(tensor: Any, gain: float = 1.0) -> Any:
        limit = math.sqrt(3.0) * (gain * math.sqrt(2.0 / sum(fans(tensor))))
        return uniform(tensor, -limit, limit)

    def xavier_normal(tensor: Any, gain: float = 1.0) -> Any:
        return normal(tensor, 0.0, gain * math.sqrt(2.0 / sum(fans(tensor))))

    def spread(
        tensor: Any, a: float = 0.0, mode: str = "fan_in", nonlinearity: str = "leaky_relu"
    ) -> float:
        gain = {"relu": math.sqrt(2.0), "leaky_relu": math.sqrt(2.0 / (1 + a**2))}
        by = gain.get(nonlinearity, 5.0 / 3 if nonlinearity == "tanh" else 1.0)
        return by / math.sqrt(fans(tensor)[mode == "fan_out"])

    def kaiming(tensor: Any, *args: Any, **named: Any) -> Any:
        limit = math.sqrt(3.0) * spread(tensor, *args, **named)
        return uniform(tensor, -limit, limit)

    rows: dict[str, Callable[..., Any]] = {
        "zeros_": lambda tensor: filled(tensor, 0.0),
        "ones_": lambda tensor: filled(tensor, 1.0),
        "constant_": filled,
        "uniform_": uniform,
        "normal_": normal,
        "xavier_uniform_": xavier,
        "xavier_normal_": xavier_normal,
        "kaiming_uniform_": kaiming,
        "kaiming_normal_": lambda tensor, *args, **named: normal(
            tensor, 0.0, spread(tensor, *args, **named)
        ),
        "eye_": lambda tensor: home.write(
            tensor, home.constant(np.eye(*tensor.shape), tensor.dtype).node
        ),
    }
    return {name: Native(name, row) for name, row in rows.items()}
