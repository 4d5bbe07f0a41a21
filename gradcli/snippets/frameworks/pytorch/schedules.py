"""`torch.optim.lr_scheduler`: learning rates that change from step to step.

As there, most make the rate of the one before, so that it rounds alike, and so that a rate that was
set by hand goes on from there.
"""

from __future__ import annotations

import math
from functools import partial
from typing import TYPE_CHECKING, Any

from gradcli.snippets.errors import Raised
from gradcli.snippets.frameworks.pytorch.cycles import (
    NO_MOMENTUM,
    Cycle,
    cyclic,
    has_momentum,
    one_cycle,
    set_momentum,
)
from gradcli.snippets.values import Kind, Object, exposed, shown

if TYPE_CHECKING:
    from collections.abc import Callable

    from gradcli.snippets.frameworks.pytorch.optimizers import Optimizer

    Rate = Callable[[int, float, float], float]


class Schedule(Object):
    """A schedule: `rate(count, now, first)` makes the rate after `count` steps of that before."""

    kind = "LRScheduler"

    def __init__(
        self, optimizer: Optimizer, rates: list[Rate], momentum: Rate | None = None
    ) -> None:
        self.optimizer = optimizer
        self.rates = rates
        self.momentum = momentum
        if momentum is not None and not all(map(has_momentum, optimizer.groups)):
            raise Raised("ValueError", NO_MOMENTUM, help="cycle_momentum=False")
        self.count = 0
        self.first = [group.setdefault("initial_lr", group["lr"]) for group in optimizer.groups]
        self.set()

    def restart(self, count: int) -> None:
        """Goes on from another step, as if the rates had never changed."""
        self.count = count
        for group in self.optimizer.groups:
            group["lr"] = group["initial_lr"]
        self.set()

    def set(self) -> None:
        """Gives the groups their rates."""
        groups = self.optimizer.groups
        for i, (group, first) in enumerate(zip(groups, self.first, strict=True)):
            group["lr"] = self.rates[i % len(self.rates)](self.count, group["lr"], first)
            if self.momentum is not None:
                set_momentum(group, self.momentum(self.count, 0.0, 0.0))

    @shown
    def last_epoch(self) -> int:
        """How many steps there were."""
        return self.count

    @shown
    def optimizer_(self) -> Optimizer:
        """The optimizer whose rates these are."""
        return self.optimizer

    @shown
    def base_lrs(self) -> list[float]:
        """The first rates."""
        return self.first

    @exposed
    def step(self, *_: Any) -> None:
        """One step on."""
        self.count += 1
        self.set()

    @exposed
    def get_last_lr(self) -> list[float]:
        """The rates now."""
        return [group["lr"] for group in self.optimizer.groups]


class Plateau(Object):
    """`ReduceLROnPlateau`: a smaller rate when what is measured gets no better."""

    kind = "ReduceLROnPlateau"
    open = True

    def __init__(self, home: Any, optimizer: Optimizer, options: dict[str, Any]) -> None:
        self.home = home
        self.optimizer = optimizer
        self.options = options
        self.best = math.inf if options["mode"] == "min" else -math.inf
        self.bad = self.cooling = 0

    @exposed
    def step(self, metrics: Any) -> None:
        """Looks at what was measured."""
        options = self.options
        value = float(self.home.machine_number(metrics))
        self.bad = 0 if self.is_better(value) else self.bad + 1
        self.best = value if self.bad == 0 else self.best
        if self.cooling > 0:
            self.cooling, self.bad = self.cooling - 1, 0
        if self.bad > options["patience"]:
            for group in self.optimizer.groups:
                rate = max(group["lr"] * options["factor"], options["min_lr"])
                if group["lr"] - rate > options["eps"]:
                    group["lr"] = rate
            self.cooling, self.bad = options["cooldown"], 0

    def is_better(self, value: float) -> bool:
        """Whether a measure is better than the best."""
        threshold, is_relative = self.options["threshold"], self.options["threshold_mode"] == "rel"
        if self.options["mode"] == "min":
            bound = self.best * (1 - threshold) if is_relative else self.best - threshold
            return value < bound
        bound = self.best * (threshold + 1) if is_relative else self.best + threshold
        return value > bound

    @exposed
    def get_last_lr(self) -> list[float]:
        """The rates now."""
        return [group["lr"] for group in self.optimizer.groups]

    @shown
    def num_bad_epochs(self) -> int:
        """How often in a row what was measured was no better than the best."""
        return self.bad

    def lookup(self, name: str) -> Any:
        """An option, or the best that was measured."""
        if name == "best":
            return self.best
        if name in self.options:
            return self.options[name]
        found = super().lookup(name)
        if found is None:
            text = f"'{self.kind}' object has no attribute '{name}'"
            raise Raised("AttributeError", text)
        return found


class Sequential(Object):
    """`SequentialLR`: one schedule after another, each from its milestone on."""

    kind = "SequentialLR"

    def __init__(self, optimizer: Optimizer, schedulers: list[Schedule], milestones: Any) -> None:
        self.optimizer = optimizer
        self.inner = schedulers
        self.milestones = list(milestones)
        self.count = 0
        for group in optimizer.groups:
            group["lr"] = group["initial_lr"]
        schedulers[0].restart(0)

    @exposed
    def step(self, *_: Any) -> None:
        """One step on."""
        self.count += 1
        number = sum(mark <= self.count for mark in self.milestones)
        if number and self.milestones[number - 1] == self.count:
            self.inner[number].restart(0)
        else:
            self.inner[number].step()

    @exposed
    def get_last_lr(self) -> list[float]:
        """The rates now."""
        return [group["lr"] for group in self.optimizer.groups]


PLATEAU = {
    "mode": "min",
    "factor": 0.1,
    "patience": 10,
    "threshold": 1e-4,
    "threshold_mode": "rel",
    "cooldown": 0,
    "min_lr": 0,
    "eps": 1e-8,
}


def schedules(home: Any) -> dict[str, Any]:
    """The classes behind `torch.optim.lr_scheduler.`."""
    kinds = {name: type(name, (Schedule,), {"kind": name}) for name in _SCHEDULES}

    def plateau(optimizer: Optimizer, *args: Any, **named: Any) -> Plateau:
        given = dict(zip(PLATEAU, args, strict=False)) | named
        return Plateau(home, optimizer, PLATEAU | given)

    table = {
        f"optim.lr_scheduler.{name}": Kind(
            name, _schedule(home, kinds[name], make), partial(_is_of, kinds[name])
        )
        for name, make in _SCHEDULES.items()
    }
    table["optim.lr_scheduler.SequentialLR"] = Kind(
        "SequentialLR", Sequential, lambda v: isinstance(v, Sequential)
    )
    name = "ReduceLROnPlateau"
    table[f"optim.lr_scheduler.{name}"] = Kind(name, plateau, lambda v: isinstance(v, Plateau))
    return table


def _is_of(kind: type[Schedule], value: Any) -> bool:
    return isinstance(value, kind)


def _schedule(home: Any, kind: type[Schedule], make: Callable[..., Any]) -> Callable[..., Schedule]:
    def schedule(optimizer: Optimizer, *args: Any, **named: Any) -> Schedule:
        named.pop("verbose", None)
        named.pop("last_epoch", None)
        rates = make(home, *args, **named)
        if isinstance(rates, Cycle):
            return kind(optimizer, [rates.rate], rates.momentum)
        return kind(optimizer, rates if isinstance(rates, list) else [rates])

    return schedule


def _lambda(home: Any, lr_lambda: Any) -> list[Rate]:
    def rate(function: Any) -> Rate:
        return lambda count, _, first: first * home.machine.call(function, [count])

    return [rate(f) for f in (lr_lambda if isinstance(lr_lambda, list) else [lr_lambda])]


def _multiplicative(home: Any, lr_lambda: Any) -> Rate:
    return lambda count, now, _: now * home.machine.call(lr_lambda, [count]) if count else now


def _cosine(_home: Any, T_max: int, eta_min: float = 0.0) -> Rate:  # noqa: N803
    def rate(count: int, now: float, first: float) -> float:
        if count == 0:
            return now
        if (count - 1 - T_max) % (2 * T_max) == 0:
            return now + (first - eta_min) * (1 - math.cos(math.pi / T_max)) / 2
        above = 1 + math.cos(math.pi * count / T_max)
        below = 1 + math.cos(math.pi * (count - 1) / T_max)
        return above / below * (now - eta_min) + eta_min

    return rate


def _restarts(_home: Any, T_0: int, T_mult: int = 1, eta_min: float = 0.0) -> Rate:  # noqa: N803
    def rate(count: int, _: float, first: float) -> float:
        length = T_0
        while count >= length:
            count, length = count - length, length * T_mult
        return eta_min + (first - eta_min) * (1 + math.cos(math.pi * count / length)) / 2

    return rate


def _linear(
    _home: Any, start_factor: float = 1 / 3, end_factor: float = 1.0, total_iters: int = 5
) -> Rate:
    def rate(count: int, now: float, _: float) -> float:
        if count == 0:
            return now * start_factor
        if count > total_iters:
            return now
        more = end_factor - start_factor
        return now * (1.0 + more / (total_iters * start_factor + (count - 1) * more))

    return rate


def _constant(_home: Any, factor: float = 1 / 3, total_iters: int = 5) -> Rate:
    def rate(count: int, now: float, _: float) -> float:
        if count == 0:
            return now * factor
        return now * (1.0 / factor) if count == total_iters else now

    return rate


def _polynomial(_home: Any, total_iters: int = 5, power: float = 1.0) -> Rate:
    def rate(count: int, now: float, _: float) -> float:
        if count == 0 or count > total_iters:
            return now
        before = 1.0 - (count - 1) / total_iters
        return now * ((1.0 - count / total_iters) / before) ** power

    return rate


_SCHEDULES: dict[str, Callable[..., Any]] = {
    "StepLR": lambda _home, step_size, gamma=0.1: (
        lambda count, now, _: now * gamma if count and count % step_size == 0 else now
    ),
    "ExponentialLR": lambda _home, gamma: lambda count, now, _: now * gamma if count else now,
    "MultiStepLR": lambda _home, milestones, gamma=0.1: (
        lambda count, now, _: now * gamma ** list(milestones).count(count)
    ),
    "LambdaLR": _lambda,
    "MultiplicativeLR": _multiplicative,
    "CosineAnnealingLR": _cosine,
    "CosineAnnealingWarmRestarts": _restarts,
    "LinearLR": _linear,
    "ConstantLR": _constant,
    "PolynomialLR": _polynomial,
    "OneCycleLR": one_cycle,
    "CyclicLR": cyclic,
}
