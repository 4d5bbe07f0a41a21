"""`tf.keras.optimizers`: SGD, Adam and their kin, as Keras computes them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from gradcli.snippets.arrays.dtypes import FLOAT32
from gradcli.snippets.errors import Raised
from gradcli.snippets.frameworks.tensorflow.schedules import Schedule, schedules
from gradcli.snippets.frameworks.tensorflow.variable import Variable
from gradcli.snippets.values import Kind, Object, exposed, settable, shown

if TYPE_CHECKING:
    from collections.abc import Callable

    from gradcli.snippets.values import Array

    Numbers = np.ndarray[Any, np.dtype[Any]]


CLIPPING = {"clipnorm": None, "clipvalue": None, "weight_decay": None}
"""Options that all optimizers have: how long a gradient may be, how large its elements, and how
fast weights decay beside it."""


class Kept(Variable):
    """A number that an optimizer keeps as a variable; `told` is told of what is assigned to it."""

    def __init__(self, home: Any, array: Array, path: str, told: Callable[[Any], None]) -> None:
        super().__init__(home, array, False, path)
        self.told = told

    @exposed
    def assign(self, value: Any, **named: Any) -> Variable:
        """Another number."""
        made = super().assign(value, **named)
        self.told(self.home.number(self.array))
        return made

    def show(self) -> str:
        """`<Variable path=adam/iteration, shape=(), dtype=int64, value=3>`."""
        number = self.home.number(self.array)
        return f"<Variable path={self.label}, shape=(), dtype={self.array.dtype}, value={number}>"


class Optimizer(Object):
    """An optimizer: its options, and what it remembers of each variable."""

    kind = "Optimizer"
    options: dict[str, Any]

    def __init__(self, home: Any, given: dict[str, Any]) -> None:
        self.home = home
        self.label = str(given.pop("name", None) or self.kind.lower())
        given.setdefault("learning_rate", given.pop("lr", self.options["learning_rate"]))
        for name, value in given.items():
            if name not in self.options and name not in CLIPPING:
                text = f"Argument(s) not recognized: {{'{name}': {value}}}"
                raise Raised("ValueError", text)
        self.own = {**self.options, **CLIPPING, **given}
        self.state: dict[Variable, dict[str, Any]] = {}
        self.count = 0
        self.built: list[Variable] = []

    @shown
    def learning_rate(self) -> Any:
        """The rate: a variable, or of a schedule that of the next step."""
        rate = self.own["learning_rate"]
        if isinstance(rate, Schedule):
            return self.home.constant(rate.at(self.count), FLOAT32)
        array = self.home.asarray(rate, FLOAT32)
        return Kept(self.home, array, f"{self.label}/learning_rate", self.set_learning_rate)

    @settable
    def set_learning_rate(self, rate: Any) -> None:
        """Sets it."""
        self.own["learning_rate"] = rate

    @shown
    def iterations(self) -> Any:
        """How many steps there were."""
        array = self.home.constant(self.count, self.home.indices)
        return Kept(self.home, array, f"{self.label}/iteration", self.set_count)

    def set_count(self, count: Any) -> None:
        """Has steps counted on from another number."""
        self.count = int(count)

    @shown
    def name(self) -> str:
        """What it is called."""
        return self.label

    @exposed
    def apply_gradients(self, grads_and_vars: Any, **_named: Any) -> Any:
        """One step for pairs of gradient and variable."""
        pairs = [tuple(self.home.machine.items(p)) for p in self.home.machine.items(grads_and_vars)]
        moving = [(g, v) for g, v in pairs if g is not None]
        if not moving:
            raise Raised("ValueError", "No gradients provided for any variable.")
        self.count += 1
        for gradient, variable in moving:
            self.move(variable, self.home.recorder.array(self.home.asarray(gradient)))
        return self.home.constant(self.count, self.home.indices)

    @exposed
    def build(self, variables: Any) -> None:
        """Which variables the gradients are of, if that is not said with them."""
        self.built = list(self.home.machine.items(variables))

    @exposed
    def apply(self, grads: Any, trainable_variables: Any = None) -> Any:
        """One step for gradients and variables."""
        variables = self.built if trainable_variables is None else trainable_variables
        return self.apply_gradients(list(zip(grads, variables, strict=True)))

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
        state, rate = self.state.setdefault(variable, {}), x.dtype.type(self.rate())
        if self.own["weight_decay"] is not None:
            x = x - x * x.dtype.type(self.own["weight_decay"]) * rate
        moved = self.rule(x, self.clipped(g.astype(x.dtype)), state, rate)
        variable.assign(self.home.constant(moved.astype(x.dtype), x.dtype))

    def rate(self) -> float:
        """The rate of this step."""
        rate = self.own["learning_rate"]
        if isinstance(rate, Schedule):
            rate = rate.at(self.count - 1)
        array = self.home.machine.array_in(rate)
        return float(rate if array is None else self.home.number(array))

    def clipped(self, g: Numbers) -> Numbers:
        """A gradient that is not longer than it may be."""
        longest, largest = self.own["clipnorm"], self.own["clipvalue"]
        if longest is not None:
            g = g * g.dtype.type(longest) / max(np.sqrt((g * g).sum()), g.dtype.type(longest))
        return g if largest is None else g.clip(-largest, largest)

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
        "learning_rate": 0.001,
        "beta_1": 0.9,
        "beta_2": 0.999,
        "epsilon": 1e-07,
        "amsgrad": False,
    }

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
        if self.own["amsgrad"]:
            v = state["most"] = np.maximum(state.get("most", zeros), v)
        return x - (m * alpha) / (np.sqrt(v) + kind(self.own["epsilon"]))


class RMSprop(Optimizer):
    """By the mean of the square of the gradient."""

    kind = "RMSprop"
    options = {  # noqa: RUF012
        "learning_rate": 0.001,
        "rho": 0.9,
        "momentum": 0.0,
        "epsilon": 1e-07,
        "centered": False,
    }

    def rule(self, x: Numbers, g: Numbers, state: dict[str, Any], rate: Any) -> Numbers:
        """One step."""
        kind, zeros = x.dtype.type, np.zeros_like(x)
        rho, momentum = kind(self.own["rho"]), kind(self.own["momentum"])
        rest = kind(1 - self.own["rho"])
        v = state["v"] = rho * state.get("v", zeros) + rest * (g * g)
        spread = v
        if self.own["centered"]:
            mean = state["mean"] = rho * state.get("mean", zeros) + rest * g
            spread = v - mean * mean
        step = rate * g / np.sqrt(spread + kind(self.own["epsilon"]))
        if momentum:
            step = state["m"] = momentum * state.get("m", zeros) + step
        return x - step


class Adagrad(Optimizer):
    """By the sum of the squares of the gradients."""

    kind = "Adagrad"
    options = {  # noqa: RUF012
        "learning_rate": 0.001,
        "initial_accumulator_value": 0.1,
        "epsilon": 1e-07,
    }

    def rule(self, x: Numbers, g: Numbers, state: dict[str, Any], rate: Any) -> Numbers:
        """One step."""
        kind = x.dtype.type
        start = np.full_like(x, self.own["initial_accumulator_value"])
        state["sum"] = state.get("sum", start) + g * g
        return x - rate * g / np.sqrt(state["sum"] + kind(self.own["epsilon"]))


class AdamW(Adam):
    """Adam, with weights that decay apart from the gradient."""

    kind = "AdamW"
    options = {  # noqa: RUF012
        "learning_rate": 0.001,
        "weight_decay": 0.004,
        "beta_1": 0.9,
        "beta_2": 0.999,
        "epsilon": 1e-07,
        "amsgrad": False,
    }


class Adamax(Optimizer):
    """By the mean of the gradient and the largest of it."""

    kind = "Adamax"
    options = Adam.options

    def rule(self, x: Numbers, g: Numbers, state: dict[str, Any], rate: Any) -> Numbers:
        """One step."""
        kind, zeros = x.dtype.type, np.zeros_like(x)
        first, second = kind(self.own["beta_1"]), kind(self.own["beta_2"])
        m = state.get("m", zeros)
        m = state["m"] = m + (g - m) * kind(1 - self.own["beta_1"])
        u = state["u"] = np.maximum(second * state.get("u", zeros), abs(g))
        whole = (kind(1) - first ** kind(self.count)) * (u + kind(self.own["epsilon"]))
        return x - rate * m / whole


class Nadam(Optimizer):
    """Adam with Nesterov's momentum."""

    kind = "Nadam"
    options = Adam.options

    def rule(self, x: Numbers, g: Numbers, state: dict[str, Any], rate: Any) -> Numbers:
        """One step."""
        kind, zeros = x.dtype.type, np.zeros_like(x)
        first, second = kind(self.own["beta_1"]), kind(self.own["beta_2"])
        now, after = (
            first * (kind(1) - kind(0.5) * kind(0.96) ** kind(count))
            for count in (self.count, self.count + 1)
        )
        product = state["product"] = state.get("product", kind(1)) * now
        m, v = state.get("m", zeros), state.get("v", zeros)
        m = state["m"] = m + (g - m) * (kind(1) - first)
        v = state["v"] = v + (g * g - v) * (kind(1) - second)
        mean = after * m / (kind(1) - product * after) + (kind(1) - now) * g / (kind(1) - product)
        square = v / (kind(1) - second ** kind(self.count))
        return x - mean * rate / (np.sqrt(square) + kind(self.own["epsilon"]))


class Adadelta(Optimizer):
    """By the means of the squares of gradients and of steps."""

    kind = "Adadelta"
    options = {"learning_rate": 0.001, "rho": 0.95, "epsilon": 1e-07}  # noqa: RUF012

    def rule(self, x: Numbers, g: Numbers, state: dict[str, Any], rate: Any) -> Numbers:
        """One step."""
        kind, zeros = x.dtype.type, np.zeros_like(x)
        rho, epsilon = kind(self.own["rho"]), kind(self.own["epsilon"])
        rest = kind(1 - self.own["rho"])
        squares = state["g"] = rho * state.get("g", zeros) + rest * (g * g)
        steps = state.get("d", zeros)
        step = -np.sqrt(steps + epsilon) * g / np.sqrt(squares + epsilon)
        state["d"] = rho * steps + rest * (step * step)
        return x + rate * step


class Ftrl(Optimizer):
    """Follow the regularised leader."""

    kind = "Ftrl"
    options = {  # noqa: RUF012
        "learning_rate": 0.001,
        "learning_rate_power": -0.5,
        "initial_accumulator_value": 0.1,
        "l1_regularization_strength": 0.0,
        "l2_regularization_strength": 0.0,
        "l2_shrinkage_regularization_strength": 0.0,
        "beta": 0.0,
    }

    def rule(self, x: Numbers, g: Numbers, state: dict[str, Any], rate: Any) -> Numbers:
        """One step."""
        kind, own = x.dtype.type, self.own
        power = -kind(own["learning_rate_power"])
        l1 = kind(own["l1_regularization_strength"])
        l2 = kind(own["l2_regularization_strength"]) + kind(own["beta"]) / (kind(2) * rate)
        before = state.get("sum", np.full_like(x, own["initial_accumulator_value"]))
        after = state["sum"] = before + g * g
        shrunk = g + kind(2 * own["l2_shrinkage_regularization_strength"]) * x
        moved = (after**power - before**power) / rate
        linear = state["linear"] = state.get("linear", np.zeros_like(x)) + shrunk - moved * x
        return (linear.clip(-l1, l1) - linear) / (after**power / rate + kind(2) * l2)


OPTIMIZERS = (SGD, Adam, AdamW, RMSprop, Adagrad, Adamax, Nadam, Adadelta, Ftrl)


def optimizers(home: Any) -> dict[str, Any]:
    """The classes by their paths."""
    table: dict[str, Any] = {}
    for of in OPTIMIZERS:
        kind = _kind(home, of)
        for path in ("keras.optimizers", "optimizers", "keras.optimizers.legacy"):
            table[f"{path}.{of.kind}"] = kind
    return table | schedules(home)


def _kind(home: Any, of: type[Optimizer]) -> Kind:
    order = [*of.options]

    def make(*args: Any, **named: Any) -> Optimizer:
        return of(home, {**dict(zip(order, args, strict=False)), **named})

    return Kind(of.kind, make, lambda v: isinstance(v, of))
