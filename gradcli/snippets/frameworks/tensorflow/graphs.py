"""Graphs as TensorFlow 1 has them: `tf.gradients`, and sessions that evaluate."""

from __future__ import annotations

from typing import Any
from weakref import WeakKeyDictionary

from gradcli.passes.reverse import reverse
from gradcli.snippets.values import Array


class Graphs:
    """`tf.gradients(ys, xs, grad_ys, stop_gradients=…)`."""

    def __init__(self, home: Any) -> None:
        self.home = home
        text = home.machine.source.text
        self.is_building = ".gradients(" in text or "Session" in text
        self.symbols: WeakKeyDictionary[Array, str] = WeakKeyDictionary()
        self.depth = 0
        self.variables: list[Any] = []

    def within(self, body: Any, args: Any, named: Any, *, is_new: bool) -> Any:
        """A call of a function that is a graph: what it prints is printed when it is traced."""
        machine = self.home.machine
        write = machine.write
        if not is_new:
            machine.write = lambda _text: None
        self.depth += 1
        try:
            return machine.call(body, args, named)
        finally:
            machine.write = write
            self.depth -= 1

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
        stops = (
            [] if stop_gradients is None else [home.tensor(s) for s in home.flat(stop_gradients)]
        )
        seeds = None
        if grad_ys is not None:
            pairs = zip(home.flat(grad_ys), targets, strict=True)
            seeds = [None if s is None else home.asarray(s, y.dtype).node for s, y in pairs]
        recorder = home.recorder
        nodes = [a.node for a in (*targets, *sources)]
        recorder.use(recorder.widest(nodes))
        found = reverse(
            [y.node for y in targets], [x.node for x in sources], seeds, [s.node for s in stops]
        )
        values = []
        for node, x in zip(found, sources, strict=True):
            if node is not None:
                values.append(home.wrap(recorder.number(node, x.dtype), x.dtype))
            elif str(unconnected_gradients) == "zero":
                values.append(home.operator("*", x, 0.0))
            else:
                values.append(None)
        return values if self.depth else Fetched(values)


class Fetched(list[Any]):
    """Gradients of a graph, which are shown as the numbers that a session would fetch."""

    def represented(self, printer: Any) -> str:
        """How a session shows them."""
        shown = (
            str(x.home.recorder.array(x).tolist()) if isinstance(x, Array) else printer.represent(x)
            for x in self
        )
        return f"[{', '.join(shown)}]"
