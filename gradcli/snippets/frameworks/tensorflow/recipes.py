"""How the tensors of a graph were made: for other lengths of placeholders they are made again.

A tensor of ours has a shape, one of TensorFlow 1 may have lengths that each run of a session tells.
So it is kept of which call each tensor came. A run that feeds other lengths calls anew what leads
to what it fetches, with placeholders of these lengths in the place of the first ones.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

import numpy as np

from gradcli.snippets.arrays.pytrees import leaves, mapped
from gradcli.snippets.values import Array

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from gradcli.ir.node import Node

    Lengths = frozenset[tuple[Node, tuple[int, ...]]]


@dataclass(eq=False)
class Call:
    """A call that made tensors, and how many there were before it."""

    function: Callable[..., Any]
    args: Sequence[Any]
    named: Mapping[str, Any]
    number: int

    def arrays(self) -> list[Array]:
        """The tensors that it was given."""
        return [x for x in leaves([*self.args, dict(self.named)]) if isinstance(x, Array)]


@dataclass
class Batch:
    """Placeholders of other lengths, and what was made of them."""

    placeholders: dict[Node, Array]
    made: dict[Call, list[Any]] = field(default_factory=dict)


class Recipes:
    """The calls of which the tensors of a graph came."""

    def __init__(self, home: Any) -> None:
        self.home = home
        self.calls: WeakKeyDictionary[Array, tuple[Call, int]] = WeakKeyDictionary()
        self.count = 0
        self.batches: dict[Lengths, Batch] = {}

    def note(
        self, value: Any, function: Callable[..., Any], args: Sequence[Any], named: Any = None
    ) -> None:
        """The tensors in a value came of this call."""
        graphs = self.home.graphs
        if graphs.labels.depth or not graphs.placeholders:
            return
        self.count += 1
        call = Call(function, args, named or {}, self.count)
        for i, leaf in enumerate(leaves(value)):
            if isinstance(leaf, Array):
                self.calls[leaf] = call, i

    def fitting(self, array: Array, feed: Mapping[Node, Any]) -> tuple[Node, dict[Node, Any]]:
        """A tensor for the lengths that are fed, and what its placeholders are fed."""
        given = {node: self.numbers(value) for node, value in feed.items()}
        lengths = frozenset(
            (node, x.shape)
            for node, x in given.items()
            if x.shape != node.shape and self.home.graphs.admits(node, x.shape)
        )
        if not lengths:
            return array.node, given
        batch = self.batches.get(lengths)
        if batch is None:
            own = {node: self.placeholder(node, shape) for node, shape in lengths}
            batch = self.batches[lengths] = Batch(own)
        labels = self.home.graphs.labels
        labels.depth += 1
        try:
            node = self.again(array, batch).node
        finally:
            labels.depth -= 1
        own = batch.placeholders
        return node, given | {own[node].node: x for node, x in given.items() if node in own}

    def numbers(self, value: Any) -> Any:
        """What is fed, as NumPy has it."""
        return self.home.recorder.array(value) if isinstance(value, Array) else np.asarray(value)

    def placeholder(self, node: Node, shape: tuple[int, ...]) -> Array:
        """A placeholder of other lengths."""
        recorder = self.home.recorder
        recorder.use(node.dtype)
        made: Array = self.home.made(recorder.graph.input(node.attrs[0], shape), node.dtype)
        return made

    def again(self, array: Array, batch: Batch) -> Array:
        """What a tensor is for other lengths."""
        for call in sorted(self.leading_to(array, batch), key=lambda call: call.number):
            if any(self.renewed(x, batch) is not x for x in call.arrays()):
                args, named = mapped(
                    lambda x: self.renewed(x, batch), [list(call.args), dict(call.named)]
                )
                batch.made[call] = leaves(call.function(*args, **named))
        renewed: Array = self.renewed(array, batch)
        return renewed

    def renewed(self, value: Any, batch: Batch) -> Any:
        """An argument for other lengths, of which all is made that leads to it."""
        if not isinstance(value, Array):
            return value
        if value.node in batch.placeholders:
            return batch.placeholders[value.node]
        call, i = self.calls.get(value, (None, 0))
        return batch.made[call][i] if call in batch.made else value

    def leading_to(self, array: Array, batch: Batch) -> set[Call]:
        """The calls of which a tensor came, without those that were made again."""
        found: set[Call] = set()
        arrays = [array]
        while arrays:
            call, _ = self.calls.get(arrays.pop(), (None, 0))
            if call is not None and call not in found and call not in batch.made:
                found.add(call)
                arrays += call.arrays()
        return found
