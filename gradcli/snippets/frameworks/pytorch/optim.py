"""What stands behind `torch.optim.`: optimizers, and schedules of their learning rate."""

from __future__ import annotations

from typing import Any

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
from gradcli.snippets.frameworks.pytorch.schedules import schedules
from gradcli.snippets.values import Kind


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
    return {**table, **schedules(home)}


def _no_base(*_: Any) -> Any:
    raise Refusal("an optimizer of one's own is not part of the subset")


def _kind(home: Any, of: type[Optimizer]) -> Kind:
    order = [*of.options]

    def make(params: Any, *args: Any, **named: Any) -> Optimizer:
        return of(home, params, {**dict(zip(order, args, strict=False)), **named})

    return Kind(of.kind, make, lambda v: isinstance(v, of))
