"""Branches and loops of graphs: what they print is printed once, when they are traced.

TensorFlow traces all branches of what a tensor decides, and the body of a loop over tensors once,
taken or not. Here the one that is taken is walked; of the others what is printed is said.
"""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from itertools import chain, islice
from typing import TYPE_CHECKING, Any

from gradcli.snippets import tree
from gradcli.snippets.errors import Refusal
from gradcli.snippets.values import Array
from gradcli.snippets.walk.expressions import decide
from gradcli.snippets.walk.statements import Returned, over, repeated

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from gradcli.snippets.frameworks.tensorflow.labels import Labels


class Branches:
    """What stands for the machine's own `if`, `while` and `for` while a graph is traced."""

    def __init__(self, machine: Any, graphs: Any) -> None:
        self.machine = machine
        self.graphs = graphs
        self.usual = {kind: machine.handlers[kind] for kind in (tree.If, tree.While, tree.For)}
        self.own = {tree.If: self.if_, tree.While: self.while_, tree.For: self.for_}
        self.behind: dict[int, Sequence[tree.Tree]] = {}

    def enter(self, body: Any) -> None:
        """From now on a function is traced."""
        self.machine.handlers.update(self.own)
        for block in blocks(getattr(getattr(body, "function", None), "body", None)):
            for i, statement in enumerate(block.statements):
                self.behind[id(statement)] = block.statements[i + 1 :]

    def leave(self) -> None:
        """No function is traced any more."""
        self.machine.handlers.update(self.usual)

    def is_looked(self, machine: Any, condition: tree.Tree) -> tuple[bool, bool]:
        """Whether a condition holds, and whether tensors decided it."""
        recorder = machine.recorder
        before = len(recorder.looked) + len(recorder.lowering.decisions)
        holds = decide(machine, condition)
        return holds, len(recorder.looked) + len(recorder.lowering.decisions) > before

    def if_(self, machine: Any, node: tree.If) -> Any:
        """`if`: the branch that is not taken is traced, too."""
        holds, by_tensors = self.is_looked(machine, node.condition)
        if by_tensors and not holds:
            self.say(node.body)
        chosen = node.body if holds else node.other
        with self.scoped("cond" if by_tensors else ""):
            signal = None if chosen is None else machine.evaluate(chosen)
        if by_tensors and holds:
            self.say(node.other)
            if isinstance(signal, Returned):
                self.say(self.behind.get(id(node)))
        return signal

    def scoped(self, name: str) -> AbstractContextManager[None]:
        """What is named in a branch or a loop that tensors decide begins with a name of its own."""
        labels: Labels = self.graphs.labels
        return labels.scoped(name) if name else nullcontext()

    def while_(self, machine: Any, node: tree.While) -> Any:
        """`while`: turns behind the first are not traced anew."""

        def turns() -> Iterator[bool]:
            is_first = True
            while True:
                holds, by_tensors = self.is_looked(machine, node.condition)
                if not holds:
                    break
                machine.step(node)
                yield by_tensors
                is_first = False
            if by_tensors and is_first:
                self.say(node.body)

        rest = turns()
        first = [*islice(rest, 1)]
        return self.traced(machine, node, chain(first, rest), "while" if any(first) else "")

    def for_(self, machine: Any, node: tree.For) -> Any:
        """`for`: over the rows of a tensor only the first turn is traced."""
        iterable = machine.evaluate(node.iterable)
        items = [*machine.within(node.iterable, lambda: machine.iterate(iterable))]
        is_tensor = isinstance(iterable, Array)
        if is_tensor and not items:
            self.say(node.body)
        if is_tensor:
            self.graphs.traced += [item.node for item in items]
        turns = (is_tensor for _ in over(machine, node, items))
        return self.traced(machine, node, turns, "while" if is_tensor else "")

    def traced(
        self, machine: Any, node: tree.While | tree.For, turns: Iterator[bool], name: str
    ) -> Any:
        """A loop, of which those turns print that are traced: not those behind one by tensors."""
        write = machine.write

        def printing_once() -> Iterator[None]:
            for by_tensors in turns:
                yield
                if by_tensors:
                    machine.write = mute
            machine.write = write

        try:
            with self.scoped(name):
                return repeated(machine, node.body, printing_once(), node.after)
        finally:
            machine.write = write

    def say(self, part: Any) -> None:
        """Prints what statements print that are traced and not walked: texts that are known."""
        for call in printing(part):
            if not all(isinstance(argument.value, tree.Constant) for argument in call.arguments):
                span = self.machine.at(call)
                refusal = Refusal(
                    f"`{span.cited('print')}` stands in a branch that is traced and not taken",
                    help="tf.print prints where a branch is taken",
                )
                refusal.span = span
                raise refusal
            self.machine.evaluate(call)


def mute(_text: str) -> None:
    """Prints nothing."""


def parts(node: Any) -> Iterator[Any]:
    """The trees right within a part of a snippet, but for those of functions in it."""
    if isinstance(node, (tuple, list)):
        yield from node
    elif isinstance(node, tree.Tree) and not isinstance(node, (tree.Function, tree.Class)):
        for item in vars(node).values():
            yield from item if isinstance(item, (tuple, list)) else (item,)


def blocks(node: Any) -> Iterator[tree.Block]:
    """The blocks of statements in a part of a snippet."""
    if isinstance(node, tree.Block):
        yield node
    for part in parts(node):
        yield from blocks(part)


def printing(node: Any) -> Iterator[tree.Call]:
    """The calls of `print` in a part of a snippet."""
    function = node.function if isinstance(node, tree.Call) else None
    if isinstance(function, tree.Name) and function.id == "print":
        yield node
        return
    for part in parts(node):
        yield from printing(part)
