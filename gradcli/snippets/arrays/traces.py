"""Functions that are walked once for a kind of arguments, and are the graph of that then."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gradcli.ir.node import Node, ancestors, split
from gradcli.passes.batch import dependents
from gradcli.passes.ruled import Ruled
from gradcli.snippets.arrays.pytrees import rebuilt
from gradcli.snippets.arrays.repeated import LARGE, Formula

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from gradcli.snippets.arrays.recorder import Recorder

KEPT = 256
"""Functions whose traces are kept."""


def replayed(outputs: Sequence[Node], values: Mapping[Node, Node]) -> list[Node]:
    """The outputs where other nodes stand in the places of some."""
    made = dict(values)
    for node in dependents(outputs, tuple(values)):
        inputs = tuple([made.get(x, x) for x in node.inputs])
        made[node] = node.graph.node(node.op, inputs, node.attrs, node.shape, node.dtype)
    return [made.get(node, node) for node in outputs]


class Trace:
    """What a function has made of some parameters, as nodes.

    It is one for other arguments, too, if nothing was looked at on the way that depends on a
    parameter, nothing done that is done at each call, and if no rule of the snippet's own is in it,
    which remembers what it was made of.
    `held` are the arguments, which are known by what they are as long as they are there. It
    `is_decided` if a parameter decided its course. `compiled` is the same as a compiler has it.
    """

    def __init__(self, recorder: Recorder, parameters: Sequence[Node], held: Any) -> None:
        self.recorder = recorder
        self.parameters = parameters
        self.held = held
        self.value: Any = None
        self.outputs: list[Any] = []
        self.is_general = self.is_decided = False
        self.formula: Formula | None = None
        self.compiled: Trace | None = None

    def walked(self, walk: Callable[[], tuple[Any, list[Any]]]) -> None:
        """Takes down what a walk gives, its value and the arrays in it."""
        recorder = self.recorder
        looked, decided = len(recorder.looked), len(recorder.lowering.decisions)
        acts = recorder.acts
        recorder.watching += 1
        try:
            self.value, self.outputs = walk()
        finally:
            recorder.watching -= 1
            seen = recorder.looked[looked:] + recorder.lowering.decisions[decided:]
            if not recorder.watching:
                recorder.looked.clear()
        path = dependents([y.node for y in self.outputs], self.parameters)
        self.is_decided = not set(self.parameters).isdisjoint(ancestors(seen))
        is_ruled = any(isinstance(node.op, Ruled) for node in path)
        self.is_general = not (self.is_decided or is_ruled) and recorder.acts == acts

    def remade(self, remake: Callable[..., Sequence[Node]], again: Callable[..., Any]) -> Trace:
        """The same with outputs that other nodes compute, made of those and the parameters."""
        if self.compiled is None:
            nodes = remake([y.node for y in self.outputs], self.parameters)
            made = Trace(self.recorder, self.parameters, self.held)
            made.outputs = [again(node, y) for node, y in zip(nodes, self.outputs, strict=True)]
            made.value = rebuilt(self.value, iter(made.outputs))
            made.is_general, made.is_decided = self.is_general, self.is_decided
            self.compiled = made
        return self.compiled

    def constants(self, arguments: Sequence[Node]) -> list[Node] | None:
        """The outputs for other arguments, computed; None if their arrays are large, or unknown."""
        recorder = self.recorder
        made_of = (*arguments, *(y.node for y in self.outputs))
        if recorder.unknown and any(recorder.origin(x) is not None for x in made_of):
            return None
        if self.formula is None:
            self.formula = self.made_formula()
        if not self.formula.results:
            return None
        made = self.formula.numbers(arguments, recorder.evaluator, recorder.repeated.scratch)
        return [recorder.constant(v, y.dtype) for v, y in zip(made, self.outputs, strict=True)]

    def made_formula(self) -> Formula:
        """How outputs are computed of parameters; what depends on none is computed now."""
        nodes = [y.node for y in self.outputs]
        steps, others = split(nodes, self.parameters)
        if any(node.size >= LARGE for node in (*steps, *others)):
            return Formula({}, [])
        formula = Formula({x: i for i, x in enumerate((*self.parameters, *others))}, nodes)
        formula.fix(others, self.recorder.evaluator)
        return formula

    def nodes(self, arguments: Sequence[Node]) -> list[Node]:
        """The outputs for other arguments."""
        values = dict(zip(self.parameters, arguments, strict=True))
        return replayed([y.node for y in self.outputs], values)


class Traces:
    """The traces of functions, by the function and the kinds of its arguments."""

    def __init__(self) -> None:
        self._tables: dict[int, tuple[Any, dict[Any, Trace]]] = {}

    def of(self, function: Any) -> dict[Any, Trace]:
        """Those of one function."""
        _, table = self._tables.setdefault(id(function), (function, {}))
        while len(self._tables) > KEPT:
            del self._tables[next(iter(self._tables))]
        return table
