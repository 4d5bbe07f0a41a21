"""`tf.train`: optimizers, which step by step in the order that TensorFlow.js computes in."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from gradcli.snippets.frameworks.tfjs.gradients import fail
from gradcli.snippets.languages.javascript.tree import UNDEFINED
from gradcli.snippets.languages.javascript.values import Thing, native
from gradcli.snippets.values import Kind, exposed, settable, shown

if TYPE_CHECKING:
    from gradcli.snippets.frameworks.tfjs.variable import Variable

    Numbers = np.ndarray[Any, np.dtype[np.float32]]

EPSILON = np.float32(1e-7)
f32 = np.float32


class Optimizer(Thing):
    """An optimizer: `options` are its arguments in their order; `state` belongs to variables.

    `slots` are how many arrays it keeps for each variable, and `own` how many for itself: each
    takes a number that variables are named by. `numbers` are how many numbers it keeps as tensors,
    the first of which, `left`, it does not dispose of.
    """

    kind = "Optimizer"
    options: ClassVar[dict[str, Any]] = {}
    slots: int = 0
    own: ClassVar[int] = 0
    numbers: ClassVar[int] = 0
    left: ClassVar[int] = 0

    def __init__(self, home: Any, *args: Any) -> None:
        self.home = home
        self.given = dict(self.options)
        for name, value in zip(self.options, args, strict=False):
            if value is not UNDEFINED and value is not None:
                self.given[name] = value
        if self.given["learningRate"] is UNDEFINED:
            raise fail("learningRate must be a number", f"tf.train.{self.kind.lower()}(0.1)")
        self.state: dict[int, list[Numbers]] = {}
        self.steps = 0
        self.tensors: list[Any] = []
        self.keep(self.numbers + self.own, ())
        for _ in range(self.own):
            home.next_name()

    def keep(self, count: int, shape: tuple[int, ...]) -> None:
        """Counts tensors that it keeps, beside the numbers that it computes with."""
        memory = self.home.memory
        for _ in range(count):
            made = self.home.constant(np.zeros(shape), np.dtype(f32))
            self.tensors.append(memory.keep(memory.note(made)))

    @shown
    def learning_rate(self) -> Any:
        """The learning rate."""
        return self.given["learningRate"]

    @settable
    def set_learning_rate_(self, rate: Any) -> None:
        """`optimizer.learningRate = rate`."""
        self.given["learningRate"] = rate

    @exposed
    def set_learning_rate(self, rate: Any) -> None:
        """Another learning rate."""
        self.given["learningRate"] = rate

    @shown
    def iterations(self) -> float:
        """How many steps were made."""
        return float(self.steps)

    @exposed
    def get_class_name(self) -> str:
        """What it is called."""
        return self.kind

    @exposed
    def get_config(self) -> dict[str, Any]:
        """Its options."""
        return {name: 1e-7 if v is None else v for name, v in self.given.items()}

    @exposed
    def dispose(self) -> Any:
        """Forgets its state."""
        self.state.clear()
        self.home.memory.dispose(self.tensors[self.left :])
        return UNDEFINED

    @exposed
    def minimize(self, f: Any, returns: Any = False, variables: Any = None) -> Any:
        """One step down the gradient of what a function gives."""
        result = self.home.gradients.variable_grads(f, variables)
        self.apply_gradients(result["grads"])
        self.home.memory.dispose(result["grads"])
        if self.home.machine.truth(returns):
            return result["value"]
        self.home.memory.dispose(result["value"])
        return None

    @exposed
    def compute_gradients(self, f: Any, variables: Any = None) -> Any:
        """The value and the gradients, as `variableGrads` gives them."""
        return self.home.gradients.variable_grads(f, variables)

    @exposed
    def apply_gradients(self, gradients: Any) -> Any:
        """One step with gradients, by the names of variables or as a list of pairs."""
        home = self.home
        if isinstance(gradients, list):
            pairs = [(item["name"], item["tensor"]) for item in gradients]
        else:
            language = home.machine.language
            pairs = [(name, gradients[name]) for name in language.keys(gradients)]
        self.steps += 1
        for i, (name, gradient) in enumerate(pairs):
            if gradient is not None and gradient is not UNDEFINED:
                self.move(i, home.variables[name], home.recorder.array(gradient))
        self.stepped()
        return UNDEFINED

    def move(self, index: int, variable: Variable, g: Numbers) -> None:
        """One step of one variable."""
        home = self.home
        x = home.recorder.array(variable).astype(f32)
        if index not in self.state:
            self.state[index] = self.begin(x)
            self.keep(self.slots, x.shape)
            for _ in range(self.slots):
                home.next_name()
        home.write(variable, self.rule(x, g.astype(f32), self.state[index]))

    def begin(self, x: Numbers) -> list[Numbers]:
        """The state of a variable before the first step."""
        return [np.zeros_like(x) for _ in range(self.slots)]

    def rule(self, x: Numbers, g: Numbers, state: list[Numbers]) -> Numbers:
        """Where a step leads from x with the gradient g."""
        raise NotImplementedError

    def stepped(self) -> None:
        """What changes from step to step beside the state of variables."""

    def number(self, name: str) -> Any:
        """An option as a number of 32 bits."""
        return f32(self.given[name])

    def less(self, name: str) -> Any:
        """1 less an option, as a number of 32 bits."""
        return f32(1 - self.given[name])

    @property
    def epsilon(self) -> Any:
        """What keeps divisors from being zero."""
        return EPSILON if self.given.get("epsilon") is None else self.number("epsilon")


class SGD(Optimizer):
    """`tf.train.sgd`: its step is made of the rate that was set, not of one that is assigned."""

    kind = "SGD"
    options: ClassVar[dict[str, Any]] = {"learningRate": UNDEFINED}
    numbers = 1

    def __init__(self, home: Any, *args: Any) -> None:
        super().__init__(home, *args)
        self.step = -self.number("learningRate")

    @exposed
    def set_learning_rate(self, rate: Any) -> None:
        """Another learning rate."""
        self.given["learningRate"] = rate
        self.step = -self.number("learningRate")

    def rule(self, x: Numbers, g: Numbers, state: list[Numbers]) -> Numbers:
        """Down the gradient."""
        del state
        return self.step * g + x


class Momentum(SGD):
    """`tf.train.momentum`."""

    kind = "Momentum"
    options: ClassVar[dict[str, Any]] = {
        "learningRate": UNDEFINED,
        "momentum": 0.9,
        "useNesterov": False,
    }
    slots = 1
    numbers = 2
    left = 1

    def rule(self, x: Numbers, g: Numbers, state: list[Numbers]) -> Numbers:
        """Down the gradient, with what is left of the steps before."""
        m = self.number("momentum")
        state[0] = m * state[0] + g
        if self.given["useNesterov"]:
            return self.step * (g + state[0] * m) + x
        return self.step * state[0] + x


class Adam(Optimizer):
    """`tf.train.adam`."""

    kind = "Adam"
    options: ClassVar[dict[str, Any]] = {
        "learningRate": 0.001,
        "beta1": 0.9,
        "beta2": 0.999,
        "epsilon": None,
    }
    slots = 2
    own = 2

    def __init__(self, home: Any, *args: Any) -> None:
        super().__init__(home, *args)
        self.powers = [self.number("beta1"), self.number("beta2")]

    def rule(self, x: Numbers, g: Numbers, state: list[Numbers]) -> Numbers:
        """Adam, with the bias of its averages corrected."""
        state[0] = state[0] * self.number("beta1") + g * self.less("beta1")
        state[1] = state[1] * self.number("beta2") + g * g * self.less("beta2")
        first = state[0] / (f32(1) - self.powers[0])
        second = state[1] / (f32(1) - self.powers[1])
        step = first / (np.sqrt(second) + self.epsilon)
        return step * -self.number("learningRate") + x

    def stepped(self) -> None:
        """The powers of the decays."""
        self.powers[0] *= self.number("beta1")
        self.powers[1] *= self.number("beta2")


class Adamax(Optimizer):
    """`tf.train.adamax`."""

    kind = "Adamax"
    options: ClassVar[dict[str, Any]] = {
        "learningRate": 0.002,
        "beta1": 0.9,
        "beta2": 0.999,
        "epsilon": None,
        "decay": 0.0,
    }
    slots = 2
    own = 2

    def __init__(self, home: Any, *args: Any) -> None:
        super().__init__(home, *args)
        self.power = self.number("beta1")

    def rule(self, x: Numbers, g: Numbers, state: list[Numbers]) -> Numbers:
        """Adam with the largest gradient in place of the average of squares."""
        rate = -self.number("learningRate") / (f32(self.steps - 1) * self.number("decay") + f32(1))
        state[0] = state[0] * self.number("beta1") + g * self.less("beta1")
        state[1] = np.maximum(state[1] * self.number("beta2"), np.abs(g))
        return rate / (f32(1) - self.power) * (state[0] / (state[1] + self.epsilon)) + x

    def stepped(self) -> None:
        """The power of the decay."""
        self.power *= self.number("beta1")


class Adagrad(Optimizer):
    """`tf.train.adagrad`."""

    kind = "Adagrad"
    options: ClassVar[dict[str, Any]] = {"learningRate": UNDEFINED, "initialAccumulatorValue": 0.1}
    slots = 1

    def begin(self, x: Numbers) -> list[Numbers]:
        """What is added to the squares of gradients."""
        return [np.full_like(x, self.given["initialAccumulatorValue"])]

    def rule(self, x: Numbers, g: Numbers, state: list[Numbers]) -> Numbers:
        """Smaller steps where gradients have been large."""
        state[0] = state[0] + g * g
        return g / np.sqrt(state[0] + EPSILON) * -self.number("learningRate") + x


class Adadelta(Optimizer):
    """`tf.train.adadelta`."""

    kind = "Adadelta"
    options: ClassVar[dict[str, Any]] = {"learningRate": 0.001, "rho": 0.95, "epsilon": None}
    slots = 2

    def rule(self, x: Numbers, g: Numbers, state: list[Numbers]) -> Numbers:
        """Steps of the size of those before, over that of the gradients."""
        rho, rest = self.number("rho"), self.less("rho")
        squares, moves = state
        state[0] = squares * rho + g * g * rest
        update = np.sqrt(moves + self.epsilon) / np.sqrt(squares + self.epsilon) * g
        state[1] = moves * rho + update * update * rest
        return update * -self.number("learningRate") + x


class RMSProp(Optimizer):
    """`tf.train.rmsprop`."""

    kind = "RMSProp"
    options: ClassVar[dict[str, Any]] = {
        "learningRate": UNDEFINED,
        "decay": 0.9,
        "momentum": 0.0,
        "epsilon": None,
        "centered": False,
    }
    slots = 2

    def __init__(self, home: Any, *args: Any) -> None:
        super().__init__(home, *args)
        if self.given["centered"]:
            self.slots = 3

    def begin(self, x: Numbers) -> list[Numbers]:
        """Averages of squares, of steps, and of gradients if it is centred."""
        return [np.zeros_like(x) for _ in range(3)]

    def rule(self, x: Numbers, g: Numbers, state: list[Numbers]) -> Numbers:
        """Gradients over the root of the average of their squares."""
        decay, rest = self.number("decay"), self.less("decay")
        state[0] = state[0] * decay + g * g * rest
        spread = state[0] + self.epsilon
        if self.given["centered"]:
            state[2] = state[2] * decay + g * rest
            spread = state[0] - (state[2] * state[2] + self.epsilon)
        step = g * self.number("learningRate") / np.sqrt(spread)
        state[1] = state[1] * self.number("momentum") + step
        return x - state[1]


def train(home: Any) -> dict[str, Any]:
    """The optimizers behind `tf.train.`, and their classes."""
    members: dict[str, Any] = {}
    for of in (SGD, Momentum, Adam, Adamax, Adagrad, Adadelta, RMSProp):

        def make(*args: Any, of: type[Optimizer] = of) -> Optimizer:
            return of(home, *args)

        members[f"train.{of.kind.lower()}"] = native(of.kind, make)
        members[f"{of.kind}Optimizer"] = Kind(f"{of.kind}Optimizer", make, partial(_is, of))
    return members


def _is(of: type[Optimizer], value: Any) -> bool:
    return isinstance(value, of)
