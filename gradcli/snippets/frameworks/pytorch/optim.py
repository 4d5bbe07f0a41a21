"""What stands behind `torch.optim.`: optimizers, and schedules of their learning rate."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gradcli.snippets.errors import Refusal
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
    kinds: list[type[Optimizer]] = [SGD, Adam, AdamW, RMSprop, Adagrad, LBFGS]
    table = {f"optim.{kind.kind}": _kind(home, kind) for kind in kinds}
    table["optim.Optimizer"] = Kind("Optimizer", _no_base, lambda v: isinstance(v, Optimizer))
    for name, make in _SCHEDULES.items():
        table[f"optim.lr_scheduler.{name}"] = Kind(
            name, _schedule(name, make), lambda v: isinstance(v, Schedule)
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
    """A schedule of the learning rate."""

    kind = "LRScheduler"

    def __init__(self, optimizer: Optimizer, factor: Callable[[int], float]) -> None:
        self.optimizer = optimizer
        self.factor = factor
        self.count = 0
        self.first = [group["lr"] for group in optimizer.groups]

    @exposed
    def step(self, *_: Any) -> None:
        """One step on."""
        self.count += 1
        for group, first in zip(self.optimizer.groups, self.first, strict=True):
            group["lr"] = first * self.factor(self.count)

    @exposed
    def get_last_lr(self) -> list[float]:
        """The rates now."""
        return [group["lr"] for group in self.optimizer.groups]


def _schedule(name: str, make: Callable[..., Callable[[int], float]]) -> Callable[..., Schedule]:
    del name

    def schedule(optimizer: Optimizer, *args: Any, **named: Any) -> Schedule:
        named.pop("verbose", None)
        named.pop("last_epoch", None)
        return Schedule(optimizer, make(*args, **named))

    return schedule


_SCHEDULES: dict[str, Callable[..., Callable[[int], float]]] = {
    "StepLR": lambda step_size, gamma=0.1: lambda count: gamma ** (count // step_size),
    "ExponentialLR": lambda gamma: lambda count: gamma**count,
    "MultiStepLR": lambda milestones, gamma=0.1: (
        lambda count: gamma ** sum(count >= m for m in milestones)
    ),
}
