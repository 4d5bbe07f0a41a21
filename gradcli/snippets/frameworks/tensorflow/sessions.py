"""Sessions of TensorFlow 1: a graph is made first, and computed when a session runs it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from gradcli.ir.node import ancestors
from gradcli.ir.record import INPUT
from gradcli.snippets.errors import Raised, Refusal
from gradcli.snippets.frameworks.tensorflow.variable import Variable
from gradcli.snippets.values import Array, Manager, Native, Object, exposed

if TYPE_CHECKING:
    from collections.abc import Callable

    from gradcli.ir.node import Node
    from gradcli.snippets.arrays.nearest import Nearest

    Feed = dict[Node, Any]


class Operation(Object):
    """What changes variables when it is run."""

    kind = "Operation"

    def __init__(self, home: Any, steps: Callable[[Feed], dict[Node, Any]]) -> None:
        self.home = home
        self.steps = steps

    @exposed
    def run(self, feed_dict: Any = None, session: Any = None) -> None:
        """Runs it; all sessions of a snippet are one."""
        (session or Session(self.home)).run(self, feed_dict)


class Assigned(Operation):
    """`v.assign(value)` in a graph: the value, which the variable has when it was run."""

    kind = "Tensor"

    def __init__(self, home: Any, variable: Any, array: Array) -> None:
        node = variable.array.node
        super().__init__(home, lambda feed: {node: numbers_of(home, array, feed)})
        self.array = array


class Graph(Object):
    """`tf.Graph()`."""

    kind = "Graph"

    def __init__(self, home: Any) -> None:
        self.home = home

    @exposed
    def as_default(self) -> Building:
        """Within it a graph is built."""
        return Building(self.home)


class Building(Manager):
    """`with tf.Graph().as_default():`."""

    kind = "_GeneratorContextManager"

    def __init__(self, home: Any) -> None:
        self.graphs = home.graphs
        self.before = self.graphs.is_eager

    def enter(self) -> None:
        """Begins."""
        self.graphs.is_eager = False

    def leave(self, error: Any) -> None:  # noqa: ARG002
        """Ends."""
        self.graphs.is_eager = self.before


INITIALIZE = (
    "sess.run(tf.global_variables_initializer()) gives all variables that are there their values"
)


class Session(Manager):
    """`tf.compat.v1.Session()`."""

    kind = "Session"

    def __init__(self, home: Any) -> None:
        self.home = home

    def enter(self) -> Session:
        """Begins."""
        return self

    @exposed
    def as_default(self) -> Session:
        """The session within it."""
        return self

    @exposed
    def close(self) -> None:
        """Ends."""

    @exposed
    def run(self, fetches: Any, feed_dict: Any = None, **_named: Any) -> Any:
        """What is fetched, as NumPy has it; operations are run, and give None."""
        feed = {self.fed(x): value for x, value in (feed_dict or {}).items()}
        self.home.graphs.learn(feed)
        fetches = [*fetches] if isinstance(fetches, list) else fetches
        flat = self.home.flat(fetches)
        values = [self.fetched(fetch, feed) for fetch in flat]
        changes = [fetch.steps(feed) for fetch in flat if isinstance(fetch, Operation)]
        for change in changes:
            self.home.recorder.evaluator.values.update(change)
            self.home.graphs.started.update(change)
        if self.home.graphs.refers:
            pairs = zip(flat, values, strict=True)
            values = [self.fetched(x, feed) if isinstance(x, Variable) else v for x, v in pairs]
        return self.home.formed(fetches, iter(values))

    def fed(self, x: Any) -> Node:
        """The node of what is fed."""
        if isinstance(x, Array):
            return x.node
        shown = self.home.machine.language.type_name(x)
        raise Refusal(f"feeding a {shown} is not part of the subset", help="a tensor can be fed")

    def fetched(self, fetch: Any, feed: Feed) -> Any:
        """One value."""
        if isinstance(fetch, Operation) and not isinstance(fetch, Assigned):
            return None
        array = self.home.tensor(fetch)
        node, given = self.home.graphs.recipes.fitting(array, feed)
        evaluate = evaluator(self.home, node, given)
        numbers = evaluate(node)
        asked = self.home.graphs.slopes.get(node)
        if asked is not None:
            self.home.recorder.look_for_points(*asked, evaluate)
        return self.home.numpy.constant(np.asarray(numbers).astype(array.dtype))


def numbers_of(home: Any, array: Array, feed: Feed) -> Any:
    """The value of a tensor with these values of placeholders."""
    node, given = home.graphs.recipes.fitting(array, feed)
    return evaluator(home, node, given)(node)


def evaluator(home: Any, node: Node, feed: Feed) -> Nearest:
    """What evaluates a node, and what it is made of, with these values of placeholders."""
    known = home.recorder.evaluator.values
    inputs = {x: fitting(home, x, value) for x, value in feed.items() if x.op is not INPUT}
    for x in ancestors([node], stops=inputs):
        if x.op is INPUT:
            if x not in feed and x not in known:
                text = f"You must feed a value for placeholder tensor '{x.attrs[0]}'"
                raise Raised("InvalidArgumentError", text)
            if home.graphs.is_empty(x):
                text = f"Attempting to use uninitialized value {x.attrs[0]}"
                raise Raised("FailedPreconditionError", text, help=INITIALIZE)
            inputs[x] = fitting(home, x, feed.get(x, known.get(x)))
    made: Nearest = home.recorder.evaluator.another(inputs, home.machine.settings)
    return made


def fitting(home: Any, node: Node, value: Any) -> Any:
    """What a node is fed, which must have its shape."""
    numbers = np.asarray(value, node.dtype)
    if numbers.shape != node.shape:
        _, told = home.graphs.placeholders.get(node, (-1, node.shape))
        name = node.attrs[0] if node.op is INPUT else node.op.name
        text = f"Cannot feed value of shape {numbers.shape} for Tensor {name}:0"
        raise Raised("ValueError", f"{text}, which has shape {home.graphs.labels.lengths(told)}")
    return numbers


def sessions(home: Any) -> dict[str, Any]:
    """The functions by their paths."""
    home.methods["eval"] = lambda x, feed_dict=None, session=None: (session or Session(home)).run(
        x, feed_dict
    )
    rows = _of_variables(home) | _of_graphs(home)
    return {path: Native(path, row) for path, row in rows.items()}


def _of_variables(home: Any) -> dict[str, Callable[..., Any]]:
    """What makes variables, changes them, and tells of them; casts and norms beside."""

    def variable(
        name: str, shape: Any = None, dtype: Any = None, initializer: Any = None, **named: Any
    ) -> Any:
        value = initializer
        if initializer is None:
            raise Refusal("a variable without an initializer has random numbers")
        if not isinstance(initializer, (Array, int, float, list)):
            value = home.machine.call(initializer, [() if shape is None else shape])
        return home.new_variable(value, named.get("trainable"), name=name, dtype=dtype)

    def assign(change: str) -> Callable[..., Any]:
        return lambda ref, value, **_named: getattr(ref, change)(value)

    def trainable() -> list[Any]:
        return [v for v in home.graphs.variables if v.is_trainable]

    def cast_to(word: str) -> Callable[..., Any]:
        return lambda x, **_named: home.cast_value(x, home.types[word])

    return {
        "get_variable": variable,
        "variable_scope": home.members["name_scope"].function,
        "trainable_variables": trainable,
        "global_variables": lambda: list(home.graphs.variables),
        "assign": assign("assign"),
        "assign_add": assign("assign_add"),
        "assign_sub": assign("assign_sub"),
        "to_float": cast_to("float32"),
        "to_double": cast_to("float64"),
        "to_int32": cast_to("int32"),
        "to_int64": cast_to("int64"),
        "global_norm": home.members["linalg.global_norm"].function,
    }


def _of_graphs(home: Any) -> dict[str, Callable[..., Any]]:
    """Graphs, what is fed to them, and what runs them."""

    def group(*operations: Any, **_named: Any) -> Operation:
        def steps(feed: Feed) -> dict[Node, Any]:
            return {n: x for o in operations for n, x in o.steps(feed).items()}

        return Operation(home, steps)

    eager = home.graphs.set_eager
    return {
        "group": group,
        "hessians": home.graphs.hessians,
        "set_random_seed": lambda _seed: None,
        "Graph": lambda: Graph(home),
        "placeholder": home.graphs.placeholder,
        "global_variables_initializer": home.graphs.starting,
        "initialize_all_variables": home.graphs.starting,
        "local_variables_initializer": lambda: home.graphs.starting([]),
        "variables_initializer": home.graphs.starting,
        "disable_v2_behavior": lambda: eager(False, refers=True),
        "disable_eager_execution": lambda: eager(False),
        "enable_eager_execution": lambda: eager(True),
        "reset_default_graph": home.graphs.labels.counts.clear,
        "ConfigProto": lambda **_rest: None,
        "Session": lambda *_args, **_named: Session(home),
        "InteractiveSession": lambda *_args, **_named: Session(home),
    }
