"""Optimizers of TensorFlow 1: operations of a graph, which a session runs."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from gradcli.passes import modes
from gradcli.snippets.errors import Raised
from gradcli.snippets.frameworks.tensorflow.sessions import Operation, numbers_of
from gradcli.snippets.frameworks.tensorflow.variable import Variable
from gradcli.snippets.values import Array, Kind, Native, Object, exposed

if TYPE_CHECKING:
    from collections.abc import Callable

    from gradcli.ir.node import Node

    Numbers = np.ndarray[Any, np.dtype[Any]]
    Feed = dict[Node, Any]
    Rule = Callable[[Numbers, Numbers, dict[str, Any], dict[str, Any]], Numbers]


class Descent(Object):
    """An optimizer: its options, and what it remembers of each variable."""

    def __init__(self, home: Any, name: str, rule: Rule, options: dict[str, Any]) -> None:
        self.home = home
        self.kind = name  # type: ignore[misc]
        self.rule = rule
        self.options = options
        self.state: dict[Node, dict[str, Any]] = {}
        home.graphs.slots.append(self.state)

    @exposed
    def compute_gradients(self, loss: Any, var_list: Any = None, **_named: Any) -> list[Any]:
        """The gradient of a loss beside each variable that it depends on."""
        home = self.home
        given = home.graphs.variables if var_list is None else home.machine.items(var_list)
        variables = [v for v in given if isinstance(v, Variable) and v.is_trainable]
        y = home.tensor(loss).node
        home.recorder.use(home.recorder.widest([y]))
        found = modes.reverse([y], [v.array.node for v in variables])
        pairs: list[Any] = []
        for g, v in zip(found, variables, strict=True):
            kind = v.array.dtype
            pairs.append((None if g is None else home.wrap(home.recorder.number(g, kind), kind), v))
        home.graphs.recipes.note(pairs, self.compute_gradients, (loss, variables))
        return pairs

    @exposed
    def apply_gradients(
        self, grads_and_vars: Any, global_step: Any = None, **_named: Any
    ) -> Operation:
        """The operation that takes a step by gradients, and counts it."""
        home = self.home
        pairs = [tuple(home.machine.items(pair)) for pair in home.machine.items(grads_and_vars)]
        slopes = [(v.array.node, g) for g, v in pairs if isinstance(g, Array)]
        if not slopes:
            labels = [v.label for _, v in pairs]
            raise Raised("ValueError", f"No gradients provided for any variable: {labels}.")

        def steps(feed: Feed) -> dict[Node, Any]:
            known = home.recorder.evaluator.values
            options = {name: self.number(value, feed) for name, value in self.options.items()}
            moved = {}
            for x, g in slopes:
                now = np.asarray(known[x])
                gradient = np.asarray(numbers_of(home, g, feed)).astype(now.dtype)
                state = self.state.setdefault(x, {"step": 0})
                state["step"] += 1
                moved[x] = self.rule(now, gradient, state, options).astype(now.dtype)[()]
            if global_step is not None:
                count = global_step.array.node
                moved[count] = known[count] + known[count].dtype.type(1)
            return moved

        return Operation(self.home, steps)

    def number(self, option: Any, feed: Feed) -> Any:
        """An option as a number; a rate may be a tensor of the graph."""
        if not isinstance(option, (Array, Variable)):
            return option
        return float(numbers_of(self.home, self.home.tensor(option), feed))

    @exposed
    def minimize(self, loss: Any, global_step: Any = None, var_list: Any = None) -> Operation:
        """The operation that takes a step down a loss."""
        return self.apply_gradients(self.compute_gradients(loss, var_list), global_step)


def plain(x: Numbers, g: Numbers, _state: dict[str, Any], o: dict[str, Any]) -> Numbers:
    """Down the gradient."""
    return x - x.dtype.type(o["learning_rate"]) * g


def momentum(x: Numbers, g: Numbers, state: dict[str, Any], o: dict[str, Any]) -> Numbers:
    """Down the gradient, with what is left of the steps before."""
    rate, share = x.dtype.type(o["learning_rate"]), x.dtype.type(o["momentum"])
    velocity = state["m"] = state.get("m", np.zeros_like(x)) * share + g
    return x - (g * rate + velocity * share * rate if o["use_nesterov"] else velocity * rate)


def adam(x: Numbers, g: Numbers, state: dict[str, Any], o: dict[str, Any]) -> Numbers:
    """By the means of the gradient and of its square."""
    kind, zeros = x.dtype.type, np.zeros_like(x)
    first, second = kind(o["beta1"]), kind(o["beta2"])
    powers = state["powers"] = tuple(
        p * b for p, b in zip(state.get("powers", (kind(1),) * 2), (first, second), strict=True)
    )
    alpha = kind(o["learning_rate"]) * np.sqrt(kind(1) - powers[1]) / (kind(1) - powers[0])
    m, v = state.get("m", zeros), state.get("v", zeros)
    m = state["m"] = m + (g - m) * (kind(1) - first)
    v = state["v"] = v + (g * g - v) * (kind(1) - second)
    return x - (m * alpha) / (np.sqrt(v) + kind(o["epsilon"]))


def adagrad(x: Numbers, g: Numbers, state: dict[str, Any], o: dict[str, Any]) -> Numbers:
    """By the sum of the squares of the gradients."""
    start = np.full_like(x, o["initial_accumulator_value"])
    total = state["sum"] = state.get("sum", start) + g * g
    return x - g * x.dtype.type(o["learning_rate"]) * (x.dtype.type(1) / np.sqrt(total))


def rmsprop(x: Numbers, g: Numbers, state: dict[str, Any], o: dict[str, Any]) -> Numbers:
    """By the mean of the square of the gradient."""
    kind = x.dtype.type
    square = state.get("v", np.ones_like(x))
    square = state["v"] = square + (g * g - square) * kind(1 - o["decay"])
    step = g * kind(o["learning_rate"]) / np.sqrt(square + kind(o["epsilon"]))
    moved = state["m"] = state.get("m", np.zeros_like(x)) * kind(o["momentum"]) + step
    return x - moved


DESCENTS: dict[str, tuple[Rule, dict[str, Any]]] = {
    "GradientDescentOptimizer": (plain, {"learning_rate": 0.01}),
    "MomentumOptimizer": (
        momentum,
        {
            "learning_rate": 0.01,
            "momentum": 0.9,
            "use_locking": False,
            "name": "",
            "use_nesterov": False,
        },
    ),
    "AdamOptimizer": (
        adam,
        {"learning_rate": 0.001, "beta1": 0.9, "beta2": 0.999, "epsilon": 1e-08},
    ),
    "AdagradOptimizer": (adagrad, {"learning_rate": 0.01, "initial_accumulator_value": 0.1}),
    "RMSPropOptimizer": (
        rmsprop,
        {"learning_rate": 0.01, "decay": 0.9, "momentum": 0.0, "epsilon": 1e-10},
    ),
}
"""The optimizers: their rules, and their options in their order."""


def exponential_decay(
    home: Any,
    learning_rate: Any,
    global_step: Any,
    decay_steps: Any,
    decay_rate: Any,
    staircase: bool = False,
    name: Any = None,
) -> Any:
    """`tf.train.exponential_decay`: a rate that falls with the steps that are counted."""
    del name
    share = home.operator("/", home.cast_value(global_step, home.types["float32"]), decay_steps)
    if staircase:
        share = home.result_of("floor", share)
    return home.operator("*", home.operator("**", decay_rate, share), learning_rate)


def descents(home: Any) -> dict[str, Any]:
    """The classes by their paths."""

    def kind(name: str, rule: Rule, options: dict[str, Any]) -> Kind:
        def make(*args: Any, **named: Any) -> Descent:
            given = dict(zip(options, args, strict=False)) | named
            for word in given.keys() - options.keys() - {"name", "use_locking"}:
                text = f"__init__() got an unexpected keyword argument '{word}'"
                raise Raised("TypeError", text)
            return Descent(home, name, rule, options | given)

        return Kind(name, make, lambda v: isinstance(v, Descent) and v.kind == name)

    decay = Native("exponential_decay", partial(exponential_decay, home))
    kinds = {f"train.{name}": kind(name, *row) for name, row in DESCENTS.items()}
    return {**kinds, "train.exponential_decay": decay}
