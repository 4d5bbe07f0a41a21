"""`torch.optim`: SGD, Adam and its kin, LBFGS."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from gradcli.snippets.arrays.nearest import rounded_once
from gradcli.snippets.errors import Raised
from gradcli.snippets.frameworks.pytorch.module_state import typename
from gradcli.snippets.frameworks.pytorch.states import group_of, own_state, state_of
from gradcli.snippets.frameworks.pytorch.tensor import Tensor
from gradcli.snippets.values import Object, exposed, shown

if TYPE_CHECKING:
    Numbers = np.ndarray[Any, np.dtype[Any]]


class Optimizer(Object):
    """An optimizer: groups of parameters, each with options of its own, and a state for each."""

    kind = "Optimizer"
    options: dict[str, Any]

    def __init__(self, home: Any, params: Any, given: dict[str, Any]) -> None:
        self.home = home
        self.defaults = {**self.options, **given}
        for name in given:
            if name not in self.options and name not in _WITHOUT_EFFECT:
                text = f"{self.kind}.__init__() got an unexpected keyword argument '{name}'"
                raise Raised("TypeError", text)
        lr = self.defaults.get("lr")
        if isinstance(lr, (int, float)) and lr < 0:
            raise Raised("ValueError", f"Invalid learning rate: {lr}")
        if isinstance(params, Tensor):
            text = "params argument given to the optimizer should be an iterable of Tensors or "
            raise Raised("TypeError", f"{text}dicts, but got {typename(params)}", help="[x]")
        items = list(home.machine.items(params))
        if not items:
            raise Raised("ValueError", "optimizer got an empty parameter list")
        self.groups: list[dict[str, Any]] = []
        for group in items if isinstance(items[0], dict) else [{"params": items}]:
            self.add_param_group(group)
        self.state: dict[Tensor, dict[str, Any]] = {}

    @exposed
    def add_param_group(self, param_group: dict[str, Any]) -> None:
        """Takes more parameters in, with options of their own."""
        options = {name: value for name, value in param_group.items() if name != "params"}
        tensors = _tensors(self.home, param_group["params"])
        known = {id(x) for group in self.groups for x in group["params"]}
        if any(id(x) in known for x in tensors):
            raise Raised("ValueError", "some parameters appear in more than one parameter group")
        made = group_of(self.kind, {**self.defaults, **options})
        self.groups.append({"params": tensors, **made})

    @exposed
    def zero_grad(self, set_to_none: bool = True) -> None:
        """Gradients start from nothing again."""
        for group in self.groups:
            for x in group["params"]:
                x.grad = None if set_to_none or x.grad is None else self.home.filled(x, 0.0)

    @exposed
    def step(self, closure: Any = None) -> Any:
        """One step for all parameters that have a gradient."""
        loss = None
        if closure is not None:
            loss = self.home.machine.call(closure)
        for group in self.groups:
            for x in group["params"]:
                if x.grad is not None:
                    self.move(x, group)
        return loss

    def move(self, x: Tensor, group: dict[str, Any]) -> None:
        """One step of one parameter."""
        recorder = self.home.recorder
        numbers, g = recorder.numbers(x), recorder.numbers(x.grad)
        state = self.state.setdefault(x, {"step": 0})
        state["step"] += 1
        g = -g if group.get("maximize") else g
        moved = self.rule(numbers, g, state, group)
        node = recorder.constant(moved.astype(x.dtype), x.dtype)
        self.home.write(x, recorder.follow(node, x.node))

    def rule(self, x: Numbers, g: Numbers, state: dict[str, Any], o: dict[str, Any]) -> Numbers:
        """Where a step leads from x with the gradient g."""
        raise NotImplementedError

    @shown
    def param_groups(self) -> Any:
        """The groups, as dicts."""
        return self.groups

    def show(self) -> str:
        """The groups and their options, line by line."""
        plain: dict[str, Any] = dict.fromkeys(
            _WITHOUT_EFFECT & _SHOWN.get(self.kind, _USUAL), False
        )
        plain |= {name: None for name in ("foreach", "fused") if name in plain}
        represent = self.home.machine.language.represent
        lines = []
        for number, group in enumerate(self.groups):
            lines += ["", f"Parameter Group {number}"] if number else [f"Parameter Group {number}"]
            shown = {**plain, **group, **_FIXED.get(self.kind, {})}
            lines += [f"    {k}: {represent(shown[k])}" for k in sorted(shown) if k != "params"]
        return f"{self.kind} (\n" + "\n".join(lines) + "\n)"

    @shown
    def state_(self) -> Any:
        """What is kept of each parameter."""
        return {x: self.kept(state) for x, state in self.state.items() if self.kept(state)}

    def kept(self, state: dict[str, Any]) -> dict[str, Any]:
        """What is kept of one parameter, as tensors."""
        return state_of(self.home, self.kind, state)

    @exposed
    def state_dict(self) -> dict[str, Any]:
        """What is kept, and the options of all groups, with numbers in the place of parameters."""
        numbers = {x: i for i, x in enumerate(x for g in self.groups for x in g["params"])}
        state = {numbers[x]: kept for x, kept in self.state_().items()}
        groups = []
        for group in self.groups:
            options = {name: value for name, value in group.items() if name != "params"}
            groups.append({**options, "params": [numbers[x] for x in group["params"]]})
        return {"state": state, "param_groups": groups}

    @exposed
    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Goes on from what another optimizer has kept."""
        given = state_dict["param_groups"]
        counts = [[len(g["params"]) for g in groups] for groups in (given, self.groups)]
        if counts[0] != counts[1]:
            text = "loaded state dict contains a parameter group that doesn't match the size of "
            raise Raised("ValueError", text + "optimizer's group")
        for group, other in zip(self.groups, given, strict=True):
            group |= {name: value for name, value in other.items() if name != "params"}
        order = [x for g in self.groups for x in g["params"]]
        states = state_dict["state"].items()
        self.state = {order[i]: own_state(self.home, self.kind, state) for i, state in states}


def _tensors(home: Any, params: Any) -> list[Tensor]:
    tensors = [params] if isinstance(params, Tensor) else list(home.machine.items(params))
    for x in tensors:
        if not isinstance(x, Tensor):
            shown = home.machine.language.type_name(x)
            text = "optimizer can only optimize Tensors, but one of the params is "
            raise Raised("TypeError", text + shown)
        if not x.is_leaf:
            raise Raised("ValueError", "can't optimize a non-leaf Tensor")
    return tensors


_WITHOUT_EFFECT = frozenset("foreach capturable differentiable fused".split())


_USUAL = frozenset("foreach differentiable capturable".split())
_SHOWN = {
    **dict.fromkeys(("SGD", "Adagrad"), frozenset("foreach differentiable fused".split())),
    **dict.fromkeys(("Adam", "AdamW"), _WITHOUT_EFFECT),
    "LBFGS": frozenset(),
}
"""Options without effect here that an optimizer shows."""

_FIXED = {"Adam": {"decoupled_weight_decay": False}, "AdamW": {"decoupled_weight_decay": True}}
"""What an optimizer shows beside its options."""


def fused(a: Any, b: Any, c: Any) -> Numbers:
    """a * b + c, in single precision rounded once, as the machine does it."""
    is_single = np.result_type(a, b, c) == np.float32
    made: Numbers = np.asarray(rounded_once(a, b, c) if is_single else a * b + c)
    return made


def decayed(x: Numbers, g: Numbers, o: dict[str, Any]) -> Numbers:
    """A gradient with what the decay of weights adds."""
    return fused(x.dtype.type(o["weight_decay"]), x, g) if o["weight_decay"] else g


def means(x: Numbers, g: Numbers, state: dict[str, Any], betas: Any) -> tuple[Numbers, Numbers]:
    """The running means of the gradient and of its square."""
    kind, zeros = x.dtype.type, np.zeros_like(x)
    first, second = betas
    mean = state.get("mean", zeros)
    state["mean"] = fused(kind(1 - first), g - mean, mean)
    square = kind(second) * state.get("square", zeros)
    state["square"] = fused(kind(1 - second) * g, g, square)
    return state["mean"], state["square"]


class SGD(Optimizer):
    """Stochastic gradient descent."""

    kind = "SGD"
    options = {  # noqa: RUF012
        "lr": 0.001,
        "momentum": 0,
        "dampening": 0,
        "weight_decay": 0,
        "nesterov": False,
        "maximize": False,
    }

    def rule(self, x: Numbers, g: Numbers, state: dict[str, Any], o: dict[str, Any]) -> Numbers:
        """Down the gradient, with what is left of the steps before."""
        kind, g = x.dtype.type, decayed(x, g, o)
        if o["momentum"]:
            before = state.get("momentum")
            velocity = g
            if before is not None:
                velocity = fused(kind(1 - o["dampening"]), g, kind(o["momentum"]) * before)
            state["momentum"] = velocity
            g = fused(kind(o["momentum"]), velocity, g) if o["nesterov"] else velocity
        return fused(-kind(o["lr"]), g, x)


class Adam(Optimizer):
    """Adam."""

    kind = "Adam"
    decouples = False
    options = {  # noqa: RUF012
        "lr": 0.001,
        "betas": (0.9, 0.999),
        "eps": 1e-08,
        "weight_decay": 0,
        "amsgrad": False,
        "maximize": False,
    }

    def rule(self, x: Numbers, g: Numbers, state: dict[str, Any], o: dict[str, Any]) -> Numbers:
        """By the means of the gradient and of its square."""
        kind = x.dtype.type
        first, second = o["betas"]
        if o["weight_decay"] and self.decouples:
            x = x * kind(1 - o["lr"] * o["weight_decay"])
        else:
            g = decayed(x, g, o)
        mean, square = means(x, g, state, o["betas"])
        if o["amsgrad"]:
            square = state["most"] = np.maximum(state.get("most", np.zeros_like(x)), square)
        count = state["step"]
        step = o["lr"] / (1 - first**count)
        below = np.sqrt(square) / kind((1 - second**count) ** 0.5) + kind(o["eps"])
        return x + kind(-step) * mean / below


class AdamW(Adam):
    """Adam whose weight decay is apart from the gradient."""

    kind = "AdamW"
    decouples = True
    options = {**Adam.options, "weight_decay": 0.01}  # noqa: RUF012


class RMSprop(Optimizer):
    """By the mean of the square of the gradient."""

    kind = "RMSprop"
    options = {  # noqa: RUF012
        "lr": 0.01,
        "alpha": 0.99,
        "eps": 1e-08,
        "weight_decay": 0,
        "momentum": 0,
        "centered": False,
        "maximize": False,
    }

    def rule(self, x: Numbers, g: Numbers, state: dict[str, Any], o: dict[str, Any]) -> Numbers:
        """One step."""
        kind, zeros, g = x.dtype.type, np.zeros_like(x), decayed(x, g, o)
        square = kind(o["alpha"]) * state.get("square", zeros)
        square = state["square"] = fused(kind(1 - o["alpha"]) * g, g, square)
        spread = square
        if o["centered"]:
            mean = state.get("mean", zeros)
            mean = state["mean"] = fused(kind(1 - o["alpha"]), g - mean, mean)
            spread = fused(-mean, mean, square)
        below = np.sqrt(spread) + kind(o["eps"])
        if o["momentum"]:
            part = kind(o["momentum"]) * state.get("momentum", zeros) + g / below
            state["momentum"] = part
            return fused(-kind(o["lr"]), part, x)
        return x + kind(-o["lr"]) * g / below


class Adagrad(Optimizer):
    """By the sum of the squares of the gradients."""

    kind = "Adagrad"
    options = {  # noqa: RUF012
        "lr": 0.01,
        "lr_decay": 0,
        "weight_decay": 0,
        "initial_accumulator_value": 0,
        "eps": 1e-10,
        "maximize": False,
    }

    def rule(self, x: Numbers, g: Numbers, state: dict[str, Any], o: dict[str, Any]) -> Numbers:
        """One step."""
        kind, g = x.dtype.type, decayed(x, g, o)
        start = np.full_like(x, o["initial_accumulator_value"])
        state["sum"] = fused(g, g, state.get("sum", start))
        rate = o["lr"] / (1 + (state["step"] - 1) * o["lr_decay"])
        return x + kind(-rate) * g / (np.sqrt(state["sum"]) + kind(o["eps"]))
