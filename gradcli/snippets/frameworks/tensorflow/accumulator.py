"""`tf.autodiff.ForwardAccumulator`: derivatives in a direction, forwards."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gradcli.ir.node import ancestors
from gradcli.passes import modes
from gradcli.snippets.errors import Raised
from gradcli.snippets.frameworks.tensorflow.tape import GradientTape
from gradcli.snippets.values import Manager, exposed

if TYPE_CHECKING:
    from gradcli.snippets.values import Array


class ForwardAccumulator(Manager):
    """What is computed within it has a tangent: its derivative in the direction of `tangents`."""

    kind = "ForwardAccumulator"

    def __init__(self, home: Any, primals: Any, tangents: Any) -> None:
        self.home = home
        self.primals = home.flat(primals)
        self.tangents = [home.asarray(t) for t in home.flat(tangents)]
        self.tape = GradientTape(home, is_persistent=True, watches_variables=False)
        for primal, tangent in zip(self.primals, self.tangents, strict=True):
            if home.tensor(primal).shape != tangent.shape:
                text = "the shapes of primals and tangents differ"
                raise Raised("ValueError", text, help="each tangent has the shape of its primal")

    def enter(self) -> ForwardAccumulator:
        """Watches the primals."""
        self.tape.enter()
        self.tape.watch(self.primals)
        return self

    def leave(self, error: Any) -> None:
        """What is computed from now on has no tangent."""
        self.tape.leave(error)

    @exposed
    def jvp(self, primals: Any, unconnected_gradients: Any = "none") -> Any:
        """The tangent of each result, in the form of the results; None where it has none."""
        values = [
            self.tangent(self.home.tensor(y), str(unconnected_gradients))
            for y in self.home.flat(primals)
        ]
        return self.home.formed(primals, iter(values))

    def tangent(self, y: Array, unconnected: str) -> Array | None:
        """The tangent of one result."""
        home, recorder = self.home, self.home.recorder
        xs = [home.tensor(x).node for x in self.primals]
        if set(xs).isdisjoint(ancestors([y.node])):
            zeros: Array = home.zeros(y)
            return zeros if unconnected == "zero" else None
        recorder.use(recorder.widest([y.node, *xs]))
        directions = [recorder.moved(t.node) for t in self.tangents]
        (node,) = modes.forward([y.node], xs, directions)
        wrapped: Array = home.wrap(recorder.number(node, y.dtype), y.dtype)
        return wrapped
