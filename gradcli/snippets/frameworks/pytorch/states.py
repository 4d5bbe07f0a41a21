"""What an optimizer keeps, as the dicts of `state_dict()`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from gradcli.snippets.arrays.dtypes import FLOAT32
from gradcli.snippets.errors import Raised, Refusal
from gradcli.snippets.values import Array

if TYPE_CHECKING:
    from collections.abc import Mapping

_ADAM = "lr betas eps weight_decay"
_LAST = "differentiable capturable"

GROUPS = {
    "SGD": "lr momentum dampening weight_decay nesterov maximize foreach differentiable fused",
    "Adam": f"{_ADAM} amsgrad maximize foreach capturable differentiable fused "
    "decoupled_weight_decay",
    "RMSprop": "lr momentum alpha eps centered weight_decay capturable foreach maximize "
    "differentiable",
    "Adagrad": "lr lr_decay eps weight_decay initial_accumulator_value foreach maximize "
    "differentiable fused",
    "Adadelta": "lr rho eps weight_decay maximize capturable foreach differentiable",
    "Adamax": f"{_ADAM} foreach maximize {_LAST}",
    "NAdam": f"{_ADAM} momentum_decay decoupled_weight_decay maximize foreach capturable "
    "differentiable",
    "RAdam": f"{_ADAM} maximize foreach capturable decoupled_weight_decay differentiable",
    "Rprop": f"lr etas step_sizes foreach maximize {_LAST}",
    "ASGD": f"lr lambd alpha t0 weight_decay foreach maximize {_LAST}",
    "LBFGS": "lr max_iter max_eval tolerance_grad tolerance_change history_size line_search_fn",
}
"""The options of a group, in the order in which they are listed."""

_ADAM_STATE = {"step": "step", "mean": "exp_avg", "square": "exp_avg_sq"}

STATES = {
    "SGD": {"momentum": "momentum_buffer"},
    "Adam": {**_ADAM_STATE, "most": "max_exp_avg_sq"},
    "RMSprop": {
        "step": "step",
        "square": "square_avg",
        "momentum": "momentum_buffer",
        "mean": "grad_avg",
    },
    "Adagrad": {"step": "step", "sum": "sum"},
    "Adadelta": {"step": "step", "square": "square_avg", "steps": "acc_delta"},
    "Adamax": {"step": "step", "mean": "exp_avg", "most": "exp_inf"},
    "NAdam": {"step": "step", "product": "mu_product", "mean": "exp_avg", "square": "exp_avg_sq"},
    "RAdam": _ADAM_STATE,
    "Rprop": {"step": "step", "before": "prev", "size": "step_size"},
}
"""What is kept of a parameter, and what PyTorch calls it."""

_VALUES = {"foreach": None, "fused": None, "capturable": False, "differentiable": False}


def named_like(kind: str) -> str:
    """The optimizer whose names another has."""
    return "Adam" if kind == "AdamW" else kind


def group_of(kind: str, options: Mapping[str, Any]) -> dict[str, Any]:
    """The options of a group of parameters, in their order."""
    known: dict[str, Any] = {**_VALUES, "decoupled_weight_decay": kind == "AdamW", **options}
    order = GROUPS[named_like(kind)].split()
    return {**{name: known[name] for name in order}, **options}


def state_of(home: Any, kind: str, state: Mapping[str, Any]) -> dict[str, Any]:
    """What is kept of one parameter, as tensors."""
    names = STATES.get(named_like(kind))
    if names is None:
        raise Refusal(f"the state of {kind} is not part of the subset")
    made: dict[str, Any] = {}
    for own, name in names.items():
        if own in state:
            value = np.asarray(state[own])
            made[name] = home.constant(value, value.dtype if value.ndim else FLOAT32)
    return made


def own_state(home: Any, kind: str, state: Mapping[str, Any]) -> dict[str, Any]:
    """The same as numbers, as it was before."""
    names = STATES.get(named_like(kind))
    if names is None:
        raise Refusal(f"the state of {kind} is not part of the subset")
    own = {name: key for key, name in names.items()}
    made: dict[str, Any] = {"step": 1}
    for name, value in state.items():
        if name not in own:
            raise Raised("KeyError", f"'{name}'")
        numbers = home.recorder.numbers(value) if isinstance(value, Array) else value
        is_count = own[name] in ("step", "product")
        made[own[name]] = np.asarray(numbers).item() if is_count else np.asarray(numbers)
    made["step"] = int(made["step"])
    return made
