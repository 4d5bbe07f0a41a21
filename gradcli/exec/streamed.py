"""The streamed executor: a graph as a list of steps, run again and again with new inputs.

Each step is the kernel that the plain executor calls, in the same order, so the numbers are the
same; what is not needed any more is dropped at once, so that memory stays in the cache.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from gradcli.errors import GradcliError, LimitError
from gradcli.exec.plain import Evaluator
from gradcli.ir.graph import ancestors

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from gradcli.ir.node import Node

    Array = np.ndarray[Any, np.dtype[Any]]


class Streamed:
    """Computes outputs from inputs; what depends on no input is computed once.

    `known` are the values of nodes that never change. Safe to share between threads.
    """

    __slots__ = ("_filled", "_outputs", "_places", "_steps", "largest")

    def __init__(
        self, outputs: Sequence[Node], inputs: Sequence[Node], known: Mapping[Node, Any]
    ) -> None:
        order = ancestors(outputs)
        moving = _moving(order, inputs)
        place = {node: i for i, node in enumerate([*inputs, *(n for n in order if n in moving)])}
        self._places = len(inputs)
        constant = Evaluator(known)
        frozen = [n for n in _needed(order, outputs, moving) if n not in place]
        constant.run(frozen)
        place.update({node: len(place) + i for i, node in enumerate(frozen)})
        self._filled: list[Any] = [None] * len(place)
        for node in frozen:
            self._filled[place[node]] = constant(node)
        self._steps = _steps([n for n in order if n in moving], place, moving, outputs)
        self._outputs = [place[node] for node in outputs]
        self.largest = max((node.size for node in place), default=1)

    def __call__(self, arrays: Sequence[Any]) -> list[Any]:
        """The outputs for these values of the inputs, some of them perhaps views."""
        slots = list(self._filled)
        slots[: self._places] = arrays
        with np.errstate(all="ignore"):
            for kernel, sources, attrs, target, node, done in self._steps:
                try:
                    result = kernel(*[slots[i] for i in sources], *attrs)
                except GradcliError as error:
                    error.span = error.span or node.span
                    raise
                except MemoryError:
                    message = f"{node.op.name} runs out of memory"
                    raise LimitError(message, span=node.span) from None
                slots[target] = (
                    result if result.dtype is node.dtype else np.asarray(result, node.dtype)
                )
                for i in done:
                    slots[i] = None
        return [slots[i] for i in self._outputs]


def _moving(order: Sequence[Node], inputs: Sequence[Node]) -> set[Node]:
    """What depends on an input, without the inputs."""
    found = set(inputs)
    for node in order:
        if node not in found and not found.isdisjoint(node.inputs):
            found.add(node)
    return found.difference(inputs)


def _needed(order: Sequence[Node], outputs: Sequence[Node], moving: set[Node]) -> list[Node]:
    """Inputs of moving nodes, and outputs."""
    found = dict.fromkeys(x for node in order if node in moving for x in node.inputs)
    found.update(dict.fromkeys(outputs))
    return [node for node in found if node not in moving]


def _steps(
    order: Sequence[Node], place: Mapping[Node, int], moving: set[Node], outputs: Sequence[Node]
) -> list[tuple[Any, ...]]:
    """Kernel, places of its inputs, attributes, place of its result, node, places to clear."""
    last: dict[Node, Node] = {}
    for node in order:
        last.update(dict.fromkeys(node.inputs, node))
    kept = set(outputs)
    ends: dict[Node, list[int]] = {}
    for node, user in last.items():
        if node in moving and node not in kept:
            ends.setdefault(user, []).append(place[node])
    return [
        (node.op.kernel, tuple(place[x] for x in node.inputs), node.attrs, place[node], node,
         tuple(ends.get(node, ())))
        for node in order
    ]  # fmt: skip
