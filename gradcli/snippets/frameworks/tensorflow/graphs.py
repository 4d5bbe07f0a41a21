"""Graphs as TensorFlow 1 has them: `tf.gradients`, and sessions that evaluate."""

from __future__ import annotations

from collections import Counter
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from gradcli.ir.node import ancestors
from gradcli.ops.marks import STOP
from gradcli.passes import modes
from gradcli.passes.batch import dependents
from gradcli.passes.reverse import reverse
from gradcli.snippets.arrays.dtypes import is_float
from gradcli.snippets.arrays.pytrees import leaves, mapped
from gradcli.snippets.errors import Anew, Raised
from gradcli.snippets.frameworks.tensorflow.branches import Branches, mute
from gradcli.snippets.frameworks.tensorflow.labels import Labels
from gradcli.snippets.frameworks.tensorflow.recipes import Recipes
from gradcli.snippets.frameworks.tensorflow.tape import seeds_of
from gradcli.snippets.frameworks.tensorflow.types import TensorShape
from gradcli.snippets.values import Array

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from gradcli.ir.node import Node


MOST_LED = 1_000
"""Results of graphs with branches and loops that are kept in mind."""


class Graphs:
    """`tf.gradients(ys, xs, grad_ys, stop_gradients=…)`."""

    def __init__(self, home: Any) -> None:
        self.home = home
        self.is_building = _builds(home.machine.source.text)
        self.symbols: WeakKeyDictionary[Array, str] = WeakKeyDictionary()
        self.shapes: WeakKeyDictionary[Array, Any] = WeakKeyDictionary()
        self.depth = 0
        self.traced: list[Node] = []
        self.is_said = False
        self.branches = Branches(home.machine, self)
        self.is_eager = True
        self.refers = False
        self.variables: list[Any] = []
        self.slots: list[dict[Any, Any]] = []
        self.first: dict[Node, Any] = {}
        self.started: set[Node] = set()
        self.slopes: dict[Node, tuple[list[Node], list[Node]]] = {}
        self.placeholders: dict[Node, tuple[int, Any]] = {}
        self.labels = Labels(home)
        self.recipes = Recipes(home)
        self.led: dict[Node, tuple[Sequence[Node], Sequence[Any]]] = {}

    def within(self, body: Any, args: Any, named: Any, *, is_new: bool) -> Any:
        """A call of a function that is a graph: what it prints is printed when it is traced."""
        machine = self.home.machine
        write, said = machine.write, (self.is_said, self.traced, self.labels.counts)
        if not is_new:
            machine.write = mute
        self.is_said, self.labels.counts = is_new, Counter()
        self.traced = [x.node for x in leaves([*args, named]) if isinstance(x, Array)]
        self.depth += 1
        self.branches.enter(body)
        try:
            return machine.call(body, args, named)
        finally:
            machine.write = write
            self.is_said, self.traced, self.labels.counts = said
            self.depth -= 1
            if not self.depth:
                self.branches.leave()

    def named(self, name: str) -> str:
        """The name of a variable within the scopes that are open: in a graph no other has it."""
        if self.is_eager:
            return "/".join([*self.home.scopes, name])
        return self.labels.unique(name)

    def noted(self, operation: str, array: Array, build: Callable[..., Any], *args: Any) -> Array:
        """What an operator gives, in a graph with its name, and with how it was built."""
        if self.is_labelling:
            self.labels.note(operation, array)
        if self.is_building:
            self.recipes.note(array, build, args)
        return array

    @property
    def is_labelling(self) -> bool:
        """Whether a graph is built, and what is printed of it is seen."""
        return not self.is_eager or self.is_said

    def is_symbolic(self, array: Array) -> bool:
        """Whether a tensor is one of a graph, of which nobody knows the numbers yet."""
        if not self.is_eager or array in self.symbols:
            return True
        return self.is_said and not set(self.traced).isdisjoint(ancestors([array.node]))

    @contextmanager
    def left(self) -> Iterator[None]:
        """Within it things are computed at once, though a function is traced."""
        before, self.is_said = self.is_said, False
        try:
            yield
        finally:
            self.is_said = before

    def name(self, array: Array) -> str:
        """`x.name`."""
        if not self.is_symbolic(array):
            text = "Tensor.name is undefined when eager execution is enabled."
            raise Raised("AttributeError", text)
        return self.labels.name(array)

    def shape(self, array: Array) -> TensorShape:
        """`x.shape`: of a placeholder as far as it is told."""
        told = self.placeholders.get(array.node, (0, array.shape))[1]
        return TensorShape(array.shape if told is None else told)

    def apart(self, array: Array) -> Array:
        """A constant of a graph, by which a gradient may be asked for: no equal number is it."""
        if not (self.is_building or self.depth):
            return array
        self.home.recorder.use(array.dtype)
        made: Array = self.home.again(self.home.recorder.mark(array.node), array)
        return made

    def leading(self, value: Any, sources: Sequence[Any]) -> Any:
        """What a graph with branches or loops gives: it depends on all that goes into them."""
        recorder = self.home.recorder
        nodes = [x.node for x in sources if isinstance(x, Array)]
        variables = [x for x in sources if not isinstance(x, Array)]

        def own(leaf: Any) -> Any:
            if not (isinstance(leaf, Array) and is_float(leaf.dtype)):
                return leaf
            recorder.use(leaf.dtype)
            made = self.home.again(recorder.mark(leaf.node), leaf)
            self.led[made.node] = nodes, variables
            return made

        while len(self.led) > MOST_LED:
            del self.led[next(iter(self.led))]
        return mapped(own, value)

    def leads(self, ys: Sequence[Array], x: Array, source: Any) -> bool:
        """Whether a source goes into a graph that results come from, though they do not use it."""
        into = [self.led[node] for node in ancestors([y.node for y in ys]) if node in self.led]
        return any(
            any(v is source for v in variables) or x.node in ancestors(nodes)
            for nodes, variables in into
        )

    def new(self, variable: Any) -> None:
        """A variable of the graph, with the value that it begins with."""
        self.variables.append(variable)
        if self.is_building:
            node = variable.array.node
            self.first[node] = self.home.recorder.value(node)

    def start(self, nodes: Iterable[Node]) -> dict[Node, Any]:
        """The values with which variables begin; what optimizers remember begins anew."""
        for state in self.slots:
            state.clear()
        return {node: self.first[node] for node in nodes}

    def starting(self, variables: Iterable[Any] | None = None) -> Any:
        """What gives variables the values with which they begin when a session runs it."""
        from gradcli.snippets.frameworks.tensorflow.sessions import Operation

        made = self.variables if variables is None else variables
        nodes = [v.array.node for v in made if v.array.node in self.first]
        return Operation(self.home, lambda _feed: self.start(nodes))

    def is_empty(self, node: Node) -> bool:
        """Whether a node is a variable that has got no value yet."""
        return node in self.first and node not in self.started

    def set_eager(self, on: bool, *, refers: bool = False) -> None:
        """Whether what is written is computed at once.

        A variable is fetched with what the same run assigns to it if it `refers` to its memory.
        """
        self.is_eager, self.refers = on, refers

    def assignment(self, variable: Any, value: Array) -> Any:
        """What gives a variable another value when a session runs it."""
        from gradcli.snippets.frameworks.tensorflow.sessions import Assigned

        return Assigned(self.home, variable, value)

    def hessians(self, ys: Any, xs: Any, **_named: Any) -> list[Any]:
        """The second derivatives of the sum of the ys by each x."""
        home, found = self.home, []
        for x in map(home.tensor, home.flat(xs)):
            (slope,) = self.gradients(ys, [x])
            node = None if slope is None else modes.jacobian(slope.node, x.node)
            found.append(None if node is None else home.wrap(node, x.dtype))
        return found if self.depth else Fetched(found)

    def placeholder(self, dtype: Any, shape: Any = None, name: str = "Placeholder") -> Array:
        """What a session is given a value for; lengths that it does not tell are found out then."""
        home, number = self.home, len(self.placeholders)
        guess = () if shape is None else tuple(1 if n is None else n for n in shape)
        kind = home.dtype_of(dtype)
        home.recorder.use(kind)
        node = home.recorder.graph.input(name, home.machine.fed.get(number, guess))
        self.placeholders[node] = number, shape
        made: Array = home.made(node, kind)
        return made

    def learn(self, feed: Mapping[Node, Any]) -> None:
        """Has the snippet walked again where what is fed tells lengths that were not known."""
        known = {}
        for node, value in feed.items():
            number, _ = self.placeholders.get(node, (-1, ()))
            given = self.recipes.numbers(value).shape
            is_new = given != node.shape and number not in self.home.machine.fed
            if is_new and self.admits(node, given):
                known[number] = given
        if known:
            raise Anew(known)

    def admits(self, placeholder: Node, given: Sequence[int]) -> bool:
        """Whether what is told of the shape of a placeholder leaves room for this one."""
        _, shape = self.placeholders.get(placeholder, (-1, ()))
        return shape is None or (
            len(shape) == len(given)
            and all(n in (None, m) for n, m in zip(shape, given, strict=True))
        )

    def gradients(
        self,
        ys: Any,
        xs: Any,
        grad_ys: Any = None,
        name: Any = "gradients",
        gate_gradients: Any = False,
        aggregation_method: Any = None,
        stop_gradients: Any = None,
        unconnected_gradients: Any = "none",
    ) -> list[Any]:
        """The gradient of the sum of the ys by each x; None where nothing depends on it."""
        del name, gate_gradients, aggregation_method
        home = self.home
        targets = [home.tensor(y) for y in home.flat(ys)]
        sources = [home.tensor(x) for x in home.flat(xs)]
        given = [] if stop_gradients is None else home.flat(stop_gradients)
        seeds = None
        if grad_ys is not None:
            seeds = seeds_of(home, grad_ys, targets)
        recorder = home.recorder
        nodes = [a.node for a in (*targets, *sources)]
        recorder.use(recorder.widest(nodes))
        of, by = [y.node for y in targets], [x.node for x in sources]
        stops = [home.tensor(s).node for s in given]
        stops += [node for node in dependents(of, by) if node.op is STOP]
        found = reverse(of, by, seeds, stops)
        values = []
        for node, x in zip(found, sources, strict=True):
            if node is not None:
                made = home.wrap(recorder.number(node, x.dtype), x.dtype)
                self.slopes[made.node] = of, by
                values.append(made)
            elif str(unconnected_gradients) == "zero":
                values.append(home.operator("*", x, 0.0))
            else:
                values.append(None)
        return values if self.depth else Fetched(values)


def _builds(text: str) -> bool:
    """Whether all of a snippet is a graph: one that sessions run, or that it asks for gradients."""
    return "Session" in text or (".gradients(" in text and ".function" not in text)


class Fetched(list[Any]):
    """Gradients of a graph, which are shown as the numbers that a session would fetch."""

    def represented(self, printer: Any) -> str:
        """How a session shows them."""
        shown = (
            str(x.home.recorder.array(x).tolist()) if isinstance(x, Array) else printer.represent(x)
            for x in self
        )
        return f"[{', '.join(shown)}]"
