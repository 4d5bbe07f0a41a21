"""`tf.keras.optimizers`: SGD, Adam and their kin, as Keras computes them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from gradcli.snippets.errors import Raised
from gradcli.snippets.values import Array, Kind, Object, exposed, shown

if TYPE_CHECKING:
    from gradcli.snippets.frameworks.tensorflow.variable import Variable

    Numbers = np.ndarray[Any, np.dtype[Any]]


class Optimizer(Object):
    """An optimizer: its options, and what it remembers of each variable."""

    kind = "Optimizer"
    options: dict[str, Any]

    def __init__(self, home: Any, given: dict[str, Any]) -> None:
        self.home = home
        given.pop("name", None)
        given.setdefault("learning_rate", given.pop("lr", self.options["learning_rate"]))
        for name, value in given.items():
            if name not in self.options:
                text = f"Argument(s) not recognized: {{'{name}': {value}}}"
                raise Raised("ValueError", text)
        self.own = {**self.options, **given}
        self.state: dict[Variable, dict[str, Any]] = {}
        self.count = 0

    @shown
    def learning_rate(self) -> Any:
        """The rate."""
        return self.own["learning_rate"]

    @shown
    def iterations(self) -> Any:
        """How many steps there were."""
        return self.home.constant(self.count, self.home.indices)

    @exposed
    def apply_gradients(self, grads_and_vars: Any, **_named: Any) -> Any:
        """One step for pairs of gradient and variable."""
        pairs = [tuple(self.home.machine.items(p)) for p in self.home.machine.items(grads_and_vars)]
        moving = [(g, v) for g, v in pairs if g is not None]
        if not moving:
            names = [v.label for _, v in pairs]
            raise Raised("ValueError", f"No gradients provided for any variable: {names}.")
        self.count += 1
        for gradient, variable in moving:
            self.move(variable, self.home.recorder.array(self.home.asarray(gradient)))
        return self.home.constant(self.count, self.home.indices)

    @exposed
    def apply(self, grads: Any, trainable_variables: Any) -> Any:
        """One step for gradients and variables."""
        return self.apply_gradients(list(zip(grads, trainable_variables, strict=True)))

    @exposed
    def minimize(self, loss: Any, var_list: Any, tape: Any = None) -> Any:
        """A step down a loss: a function without parameters, or a tensor and its tape."""
        if tape is None:
            from gradcli.snippets.frameworks.tensorflow.tape import GradientTape

            tape = GradientTape(self.home, is_persistent=False, watches_variables=True)
            tape.enter()
            try:
                loss = self.home.machine.call(loss)
            finally:
                tape.leave(None)
        variables = list(self.home.machine.items(var_list))
        gradients = tape.gradient(loss, variables)
        return self.apply_gradients(list(zip(gradients, variables, strict=True)))

    def move(self, variable: Variable, g: Numbers) -> None:
        """One step of one variable."""
        x = self.home.recorder.array(variable.array)
        state = self.state.setdefault(variable, {})
        rate = self.own["learning_rate"]
        rate = float(self.home.number(rate)) if isinstance(rate, Array) else float(rate)
        moved = self.rule(x, g.astype(x.dtype), state, x.dtype.type(rate))
        variable.assign(self.home.constant(moved.astype(x.dtype), x.dtype))

    def rule(self, x: Numbers, g: Numbers, state: dict[str, Any], rate: Any) -> Numbers:
        """Where a step leads from x with the gradient g."""
        raise NotImplementedError


class SGD(Optimizer):
    """Stochastic gradient descent."""

    kind = "SGD"
    options = {"learning_rate": 0.01, "momentum": 0.0, "nesterov": False}  # noqa: RUF012

    def rule(self, x: Numbers, g: Numbers, state: dict[str, Any], rate: Any) -> Numbers:
        """Down the gradient, with what is left of the steps before."""
        momentum = x.dtype.type(self.own["momentum"])
        if not momentum:
            return x - rate * g
        velocity = state["m"] = momentum * state.get("m", np.zeros_like(x)) - rate * g
        return x + (momentum * velocity - rate * g if self.own["nesterov"] else velocity)


class Adam(Optimizer):
    """Adam."""

    kind = "Adam"
    options = {  # noqa: RUF012
        "learning_rate": 0.001, "beta_1": 0.9, "beta_2": 0.999, "epsilon": 1e-07,
    }  # fmt: skip

    def rule(self, x: Numbers, g: Numbers, state: dict[str, Any], rate: Any) -> Numbers:
        """By the means of the gradient and of its square."""
        kind, zeros = x.dtype.type, np.zeros_like(x)
        first, second = kind(self.own["beta_1"]), kind(self.own["beta_2"])
        count = kind(self.count)
        alpha = rate * np.sqrt(kind(1) - second**count) / (kind(1) - first**count)
        m = state.get("m", zeros)
        v = state.get("v", zeros)
        m = state["m"] = m + (g - m) * kind(1 - self.own["beta_1"])
        v = state["v"] = v + (g * g - v) * kind(1 - self.own["beta_2"])
        return x - (m * alpha) / (np.sqrt(v) + kind(self.own["epsilon"]))


class RMSprop(Optimizer):
    """By the mean of the square of the gradient."""

    kind = "RMSprop"
    options = {  # noqa: RUF012
        "learning_rate": 0.001, "rho": 0.9, "momentum": 0.0, "epsilon": 1e-07,
    }  # fmt: skip

    def rule(self, x: Numbers, g: Numbers, state: dict[str, Any], rate: Any) -> Numbers:
        """One step."""
        kind, zeros = x.dtype.type, np.zeros_like(x)
        rho, momentum = kind(self.own["rho"]), kind(self.own["momentum"])
        v = state["v"] = rho * state.get("v", zeros) + (kind(1) - rho) * g * g
        step = rate * g / np.sqrt(v + kind(self.own["epsilon"]))
        if momentum:
            step = state["m"] = momentum * state.get("m", zeros) + step
        return x - step


class Adagrad(Optimizer):
    """By the sum of the squares of the gradients."""

    kind = "Adagrad"
    options = {  # noqa: RUF012
        "learning_rate": 0.001, "initial_accumulator_value": 0.1, "epsilon": 1e-07,
    }  # fmt: skip

    def rule(self, x: Numbers, g: Numbers, state: dict[str, Any], rate: Any) -> Numbers:
        """One step."""
        kind = x.dtype.type
        start = np.full_like(x, self.own["initial_accumulator_value"])
        state["sum"] = state.get("sum", start) + g * g
        return x - rate * g / np.sqrt(state["sum"] + kind(self.own["epsilon"]))


def keras(home: Any) -> dict[str, Any]:
    """The classes by their paths."""
    table: dict[str, Any] = {}
    for of in (SGD, Adam, RMSprop, Adagrad):
        kind = _kind(home, of)
        for path in ("keras.optimizers", "optimizers", "keras.optimizers.legacy"):
            table[f"{path}.{of.kind}"] = kind
    return table


def _kind(home: Any, of: type[Optimizer]) -> Kind:
    order = [*of.options]

    def make(*args: Any, **named: Any) -> Optimizer:
        return of(home, {**dict(zip(order, args, strict=False)), **named})

    return Kind(of.kind, make, lambda v: isinstance(v, of))
