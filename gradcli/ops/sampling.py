"""Seeded random numbers, differentiable in the parameters of their distribution."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from gradcli.ir.function import function

if TYPE_CHECKING:
    from gradcli.ir.function import Array, Int, Shape
    from gradcli.ir.node import Node


def _placed(drawn: Any, place: Node | None, width: Node | None) -> Any:
    """Drawn numbers times a width and plus a place, which may be inputs."""
    parameter = place if width is None else width
    if parameter is None:
        return drawn
    x = parameter.graph.constant(drawn)
    x = x if width is None else x * width
    return x if place is None else x + place


@function(example="random_normal(3, seed=1)")
def random_normal(
    shape: Shape, mean: Array | None = None, std: Array | None = None, seed: Int = 0
) -> Any:
    """Normal random numbers, the same for the same seed: mean + std times standard ones."""
    return _placed(np.random.default_rng(seed).standard_normal(shape), mean, std)


@function(example="random_uniform(3, seed=1)")
def random_uniform(
    shape: Shape, low: Array | None = None, high: Array | None = None, seed: Int = 0
) -> Any:
    """Uniform random numbers from low (0) to high (1), the same for the same seed."""
    drawn = np.random.default_rng(seed).random(shape)
    if high is None:
        return drawn if low is None else _placed(drawn, low, 1.0 - low)
    return _placed(drawn, low, high if low is None else high - low)
