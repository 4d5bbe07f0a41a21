"""What stands behind `torch.optim.`: optimizers, and schedules of their learning rate."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from gradcli.snippets.errors import Refusal
from gradcli.snippets.frameworks.pytorch.adaptive import ASGD, Adadelta, Adamax, NAdam, RAdam, Rprop
from gradcli.snippets.frameworks.pytorch.lbfgs import LBFGS
from gradcli.snippets.frameworks.pytorch.optimizers import (
    SGD,
    Adagrad,
    Adam,
    AdamW,
    Optimizer,
    RMSprop,
)
from gradcli.snippets.values import Kind, Object, exposed

if TYPE_CHECKING:
    from collections.abc import Callable


def optim(home: Any) -> dict[str, Any]:
    """The classes behind `torch.optim.`, and schedules of the learning rate."""
    kinds: list[type[Optimizer]] = [
        SGD,
        Adam,
        AdamW,
        RMSprop,
        Adagrad,
        LBFGS,
        Adadelta,
        Adamax,
        NAdam,
        RAdam,
        Rprop,
        ASGD,
    ]
    table = {f"optim.{kind.kind}": _kind(home, kind) for kind in kinds}
    table["optim.Optimizer"] = Kind("Optimizer", _no_base, lambda v: isinstance(v, Optimizer))
    for name, make in _SCHEDULES.items():
        table[f"optim.lr_scheduler.{name}"] = Kind(
            name, _schedule(home, make), lambda v: isinstance(v, Schedule)
        )
    return table


def _no_base(*_: Any) -> Any:
    raise Refusal("an optimizer of one's own is not part of the subset")


def _kind(home: Any, of: type[Optimizer]) -> Kind:
    order = [*of.options]

    def make(params: Any, *args: Any, **named: Any) -> Optimizer:
        return of(home, params, {**dict(zip(order, args, strict=False)), **named})

    return Kind(of.kind, make, lambda v: isinstance(v, of))


class Schedule(Object):
    """A schedule of the learning rate: `rate(count, first)` is that after so many steps."""

    kind = "LRScheduler"

    def __init__(self, optimizer: Optimizer, rate: Callable[[int, float], float]) -> None:
        self.optimizer = optimizer
        self.rate = rate
        self.count = 0
        self.first = [group["lr"] for group in optimizer.groups]
        self.set()

    def set(self) -> None:
        """Gives the groups their rates."""
        for group, first in zip(self.optimizer.groups, self.first, strict=True):
            group["lr"] = self.rate(self.count, first)

    @exposed
    def step(self, *_: Any) -> None:
        """One step on."""
        self.count += 1
        self.set()

    @exposed
    def get_last_lr(self) -> list[float]:
        """The rates now."""
        return [group["lr"] for group in self.optimizer.groups]


def _schedule(
    home: Any, make: Callable[..., Callable[[int, float], float]]
) -> Callable[..., Schedule]:
    def schedule(optimizer: Optimizer, *args: Any, **named: Any) -> Schedule:
        named.pop("verbose", None)
        named.pop("last_epoch", None)
        return Schedule(optimizer, make(home, *args, **named))

    return schedule


def _lambda(home: Any, lr_lambda: Any) -> Callable[[int, float], float]:
    return lambda count, first: first * home.machine.call(lr_lambda, [count])


def _cosine(_home: Any, T_max: int, eta_min: float = 0.0) -> Callable[[int, float], float]:  # noqa: N803
    return lambda count, first: (
        eta_min + (first - eta_min) * (1 + math.cos(math.pi * count / T_max)) / 2
    )


def _linear(
    _home: Any, start_factor: float = 1 / 3, end_factor: float = 1.0, total_iters: int = 5
) -> Callable[[int, float], float]:
    def rate(count: int, first: float) -> float:
        share = min(count, total_iters) / total_iters
        return first * (start_factor + (end_factor - start_factor) * share)

    return rate


_SCHEDULES: dict[str, Callable[..., Callable[[int, float], float]]] = {
    "StepLR": lambda _home, step_size, gamma=0.1: (
        lambda count, first: first * gamma ** (count // step_size)
    ),
    "ExponentialLR": lambda _home, gamma: lambda count, first: first * gamma**count,
    "MultiStepLR": lambda _home, milestones, gamma=0.1: (
        lambda count, first: first * gamma ** sum(count >= m for m in milestones)
    ),
    "LambdaLR": _lambda,
    "CosineAnnealingLR": _cosine,
    "LinearLR": _linear,
}
