"""Sessions of TensorFlow 1: a graph is made first, and computed when a session runs it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from gradcli.ir.node import ancestors
from gradcli.ir.record import INPUT
from gradcli.snippets.arrays.nearest import Nearest
from gradcli.snippets.errors import Raised
from gradcli.snippets.values import Array, Manager, Native, Object, exposed

if TYPE_CHECKING:
    from collections.abc import Callable

    from gradcli.ir.node import Node

    Feed = dict[Node, Any]


class Operation(Object):
    """What changes variables when it is run."""

    kind = "Operation"

    def __init__(self, steps: Callable[[Feed], dict[Node, Any]]) -> None:
        self.steps = steps


class Session(Manager):
    """`tf.compat.v1.Session()`."""

    kind = "Session"

    def __init__(self, home: Any) -> None:
        self.home = home

    def enter(self) -> Session:
        """Begins."""
        return self

    @exposed
    def close(self) -> None:
        """Ends."""

    @exposed
    def run(self, fetches: Any, feed_dict: Any = None, **_named: Any) -> Any:
        """What is fetched, as NumPy has it; operations are run, and give None."""
        feed = {x.node: value for x, value in (feed_dict or {}).items()}
        self.home.graphs.learn(feed)
        fetches = [*fetches] if isinstance(fetches, list) else fetches
        flat = self.home.flat(fetches)
        values = [self.fetched(fetch, feed) for fetch in flat]
        changes = [fetch.steps(feed) for fetch in flat if isinstance(fetch, Operation)]
        for change in changes:
            self.home.recorder.evaluator.values.update(change)
        return self.home.formed(fetches, iter(values))

    def fetched(self, fetch: Any, feed: Feed) -> Any:
        """One value."""
        if isinstance(fetch, Operation):
            return None
        array = self.home.tensor(fetch)
        numbers = numbers_of(self.home, array.node, feed)
        return self.home.numpy.constant(np.asarray(numbers).astype(array.dtype))


def numbers_of(home: Any, node: Node, feed: Feed) -> Any:
    """The value of a node with these values of placeholders."""
    known = home.recorder.evaluator.values
    inputs = {}
    for x in ancestors([node]):
        if x.op is INPUT:
            if x not in feed and x not in known:
                text = f"You must feed a value for placeholder tensor '{x.attrs[0]}'"
                raise Raised("InvalidArgumentError", text)
            value = feed.get(x, known.get(x))
            value = home.recorder.array(value) if isinstance(value, Array) else value
            numbers = np.asarray(value, x.dtype)
            if numbers.shape != x.shape:
                text = f"Cannot feed value of shape {numbers.shape} for '{x.attrs[0]}'"
                help_ = "here a placeholder has one shape, that of what it was fed first"
                raise Raised("ValueError", text, help=help_)
            inputs[x] = numbers
    return Nearest(inputs, home.machine.settings)(node)


def sessions(home: Any) -> dict[str, Any]:
    """The functions by their paths."""

    def start(*_args: Any, **_named: Any) -> Operation:
        return Operation(lambda _feed: home.graphs.start())

    rows: dict[str, Callable[..., Any]] = {
        "placeholder": home.graphs.placeholder,
        "global_variables_initializer": start,
        "local_variables_initializer": start,
        "variables_initializer": start,
        "disable_v2_behavior": lambda: None,
        "disable_eager_execution": lambda: None,
        "enable_eager_execution": lambda: None,
        "reset_default_graph": lambda: None,
        "Session": lambda *_args, **_named: Session(home),
        "InteractiveSession": lambda *_args, **_named: Session(home),
    }
    table: dict[str, Any] = {path: Native(path, row) for path, row in rows.items()}
    home.methods["eval"] = lambda x, feed_dict=None, session=None: (session or Session(home)).run(
        x, feed_dict
    )

    return table
