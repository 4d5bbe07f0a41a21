"""A graph as a straight list of steps, for running it again and again with other inputs.

Each step is the kernel that the plain executor calls, in the same order, so the numbers are the
same; what is not needed any more is dropped at once, so that memory stays in the cache.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from gradcli.exec.plain import Evaluator, explained
from gradcli.ir.node import Node, ancestors

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence


class Step(NamedTuple):
    """A kernel, the places of its operands, its attributes, where the result goes, what is done."""

    kernel: Any
    sources: tuple[int, ...]
    attrs: tuple[Any, ...]
    target: int
    node: Node
    done: tuple[int, ...]


class Steps:
    """Steps from the values of some inputs to those of some outputs.

    `known` has values of nodes that never change; what depends on no input is computed once, here.
    A call has places of its own, so threads may share one object.
    """

    __slots__ = ("_count", "_filled", "_outputs", "_steps")

    def __init__(self, outputs: Sequence[Node], inputs: Sequence[Node], known: Evaluator) -> None:
        steps, fixed = split(outputs, inputs)
        place = {node: i for i, node in enumerate(inputs)}
        known.run(fixed)
        self._count = len(place)
        self._filled = [*[None] * len(place), *map(known, fixed), *[None] * len(steps)]
        for node in [*fixed, *steps]:
            place[node] = len(place)
        self._outputs = [place[node] for node in outputs]
        self._steps = _steps(steps, place, {*outputs, *inputs, *fixed})

    def __call__(self, values: Sequence[Any]) -> list[Any]:
        """The outputs for these inputs: arrays, views perhaps, or NumPy scalars without axes."""
        places = self._filled.copy()
        places[: self._count] = values
        node = None
        try:
            with np.errstate(all="ignore"):
                for kernel, sources, attrs, target, node, done in self._steps:
                    if attrs or len(sources) > 2:
                        result = kernel(*[places[i] for i in sources], *attrs)
                    elif len(sources) == 2:
                        result = kernel(places[sources[0]], places[sources[1]])
                    else:
                        result = kernel(places[sources[0]])
                    if result.dtype is not node.dtype:
                        result = np.asarray(result, node.dtype)
                    places[target] = result
                    for i in done:
                        places[i] = None
        except Exception as error:
            assert node is not None
            raise explained(error, node) from error
        return [places[i] for i in self._outputs]


def split(outputs: Sequence[Node], inputs: Sequence[Node]) -> tuple[list[Node], list[Node]]:
    """The nodes that depend on an input, in order, and what else they and the outputs need."""
    moving = set(inputs)
    steps: list[Node] = []
    for node in ancestors(outputs):
        if node not in moving and not moving.isdisjoint(node.inputs):
            moving.add(node)
            steps.append(node)
    needed = dict.fromkeys([*(x for node in steps for x in node.inputs), *outputs])
    return steps, [node for node in needed if node not in moving]


def _steps(order: Sequence[Node], place: Mapping[Node, int], kept: Collection[Node]) -> list[Step]:
    """The steps; an array that is not kept is done with its last use."""
    last = {x: node for node in order for x in node.inputs}
    done: dict[Node, list[int]] = {}
    for x, user in last.items():
        if x.shape and x not in kept:
            done.setdefault(user, []).append(place[x])
    return [
        Step(
            node.op.kernel,
            tuple([place[x] for x in node.inputs]),
            node.attrs,
            place[node],
            node,
            tuple(done.get(node, ())),
        )
        for node in order
    ]
