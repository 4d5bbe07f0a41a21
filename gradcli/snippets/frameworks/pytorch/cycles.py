"""Schedules that go up and down, and take the momentum the other way."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, NamedTuple

from gradcli.snippets.errors import Raised, Refusal

if TYPE_CHECKING:
    from collections.abc import Callable

    Rate = Callable[[int, float, float], float]

NO_MOMENTUM = "optimizer must support momentum or beta1 with `cycle_momentum` option enabled"


class Cycle(NamedTuple):
    """What makes the rate after so many steps, and what the momentum, if that changes, too."""

    rate: Rate
    momentum: Rate | None


def has_momentum(group: dict[str, Any]) -> bool:
    """Whether a group of parameters has a momentum, or a first beta."""
    return "momentum" in group or "betas" in group


def set_momentum(group: dict[str, Any], value: float) -> None:
    """Gives a group its momentum, or its first beta."""
    if "betas" in group:
        group["betas"] = (value, *group["betas"][1:])
    else:
        group["momentum"] = value


def one_cycle(
    _home: Any,
    max_lr: float,
    total_steps: int | None = None,
    epochs: int | None = None,
    steps_per_epoch: int | None = None,
    pct_start: float = 0.3,
    anneal_strategy: str = "cos",
    **named: Any,
) -> Cycle:
    """`OneCycleLR`: up to a rate, and down again."""
    given = ONE_CYCLE | named
    if given["three_phase"] or isinstance(max_lr, list):
        raise Refusal("`three_phase` and several rates of `OneCycleLR` are not part of the subset")
    whole = total_steps or (epochs or 0) * (steps_per_epoch or 0)
    up = float(pct_start * whole) - 1
    first = max_lr / given["div_factor"]
    most, least = given["max_momentum"], given["base_momentum"]
    between = _straight if anneal_strategy == "linear" else _cosine

    def through(start: float, top: float, end: float) -> Rate:
        def value(count: int, _now: float, _first: float) -> float:
            if count >= whole:
                text = f"Tried to step {count} times. The specified number of total steps is "
                raise Raised("ValueError", text + str(whole))
            if count <= up:
                return between(start, top, count / up)
            return between(top, end, (count - up) / (whole - 1 - up))

        return value

    rate = through(first, max_lr, first / given["final_div_factor"])
    return Cycle(rate, through(most, least, most) if given["cycle_momentum"] else None)


ONE_CYCLE: dict[str, Any] = {
    "cycle_momentum": True,
    "base_momentum": 0.85,
    "max_momentum": 0.95,
    "div_factor": 25.0,
    "final_div_factor": 1e4,
    "three_phase": False,
}
"""Further options of `OneCycleLR`."""


def _straight(start: float, end: float, share: float) -> float:
    return (end - start) * share + start


def _cosine(start: float, end: float, share: float) -> float:
    return end + (start - end) / 2.0 * (math.cos(math.pi * share) + 1)


def cyclic(
    home: Any,
    base_lr: float,
    max_lr: float,
    step_size_up: int = 2000,
    step_size_down: int | None = None,
    mode: str = "triangular",
    gamma: float = 1.0,
    **named: Any,
) -> Cycle:
    """`CyclicLR`: up and down between two rates, again and again."""
    given = CYCLIC | named
    whole = step_size_up + (step_size_up if step_size_down is None else step_size_down)
    ratio = step_size_up / whole
    own, by_cycle = given["scale_fn"], given["scale_mode"] == "cycle"

    def scale(count: int, cycle: float) -> float:
        if own is not None:
            value: float = home.machine.call(own, [cycle if by_cycle else count])
            return value
        factors = {"triangular2": 1 / 2.0 ** (cycle - 1), "exp_range": gamma**count}
        return factors.get(mode, 1.0)

    def height(count: int, low: float, high: float) -> float:
        cycle = math.floor(1 + count / whole)
        x = 1.0 + count / whole - cycle
        share = x / ratio if x <= ratio else (x - 1) / (ratio - 1)
        return (high - low) * share * scale(count, cycle)

    least, most = given["base_momentum"], given["max_momentum"]
    return Cycle(
        lambda count, _now, _first: base_lr + height(count, base_lr, max_lr),
        (lambda count, _now, _first: most - height(count, least, most))
        if given["cycle_momentum"]
        else None,
    )


CYCLIC: dict[str, Any] = {
    "scale_fn": None,
    "scale_mode": "cycle",
    "cycle_momentum": True,
    "base_momentum": 0.8,
    "max_momentum": 0.9,
}
"""Further options of `CyclicLR`."""
