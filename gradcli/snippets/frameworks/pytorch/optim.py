"""What stands behind `torch.optim.`: optimizers, and schedules of their learning rate."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gradcli.snippets.errors import Raised
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
from gradcli.snippets.languages.python.modules import DefaultDict
from gradcli.snippets.values import Array, Base, Instance, Kind

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
    table: dict[str, Any] = {f"optim.{kind.kind}": _kind(home, kind) for kind in kinds}
    own = _own_base(home)
    table |= {"optim.Optimizer": own, "optim.optimizer.Optimizer": own}
    return {**table, **schedules(home)}


def _own_base(home: Any) -> Base:
    """`torch.optim.Optimizer`, from which a snippet derives an optimizer of its own."""

    def begin(own: Instance, params: Any, defaults: dict[str, Any]) -> None:
        own.attributes |= {"defaults": defaults, "param_groups": []}
        own.attributes["state"] = DefaultDict(home.machine.language.builtin("dict"))
        items = list(home.machine.items(params))
        if not items:
            raise Raised("ValueError", "optimizer got an empty parameter list")
        for group in items if isinstance(items[0], dict) else [{"params": items}]:
            add(own, group)

    def add(own: Instance, param_group: dict[str, Any]) -> None:
        tensors = param_group["params"]
        listed = [tensors] if isinstance(tensors, Array) else list(home.machine.items(tensors))
        group = {**own.attributes["defaults"], **param_group, "params": listed}
        own.attributes["param_groups"].append({"params": listed, **group})

    def zero(own: Instance, set_to_none: bool = True) -> None:
        for group in own.attributes["param_groups"]:
            for x in group["params"]:
                x.grad = None if set_to_none or x.grad is None else home.filled(x, 0.0)

    methods: dict[str, Callable[..., Any]] = {
        "__init__": begin,
        "add_param_group": add,
        "zero_grad": zero,
    }
    return Base("Optimizer", methods=methods)


def _kind(home: Any, of: type[Optimizer]) -> Kind:
    order = [*of.options]

    def make(params: Any, *args: Any, **named: Any) -> Optimizer:
        return of(home, params, {**dict(zip(order, args, strict=False)), **named})

    return Kind(of.kind, make, lambda v: isinstance(v, of))
