"""A graph as a straight list of steps, for running it again and again with other small inputs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from gradcli.ir.graph import ancestors

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gradcli.exec.plain import Evaluator
    from gradcli.ir.node import Node


class Compiled:
    """Steps from the values of some inputs to those of some outputs.

    What depends on no input is computed once, here. A call has registers of its own, so threads
    may share one object.
    """

    __slots__ = ("inputs", "outputs", "steps", "template")

    def __init__(
        self, outputs: Sequence[Node], inputs: Sequence[Node], evaluator: Evaluator
    ) -> None:
        places: dict[Node, int] = {x: i for i, x in enumerate(inputs)}
        self.template: list[Any] = [None] * len(inputs)
        self.steps: list[tuple[Any, tuple[int, ...], tuple[Any, ...], int, Any]] = []
        moving = set(inputs)
        for node in ancestors(outputs):
            if node in places:
                continue
            places[node] = len(self.template)
            if moving.isdisjoint(node.inputs):
                self.template.append(evaluator(node))
                continue
            moving.add(node)
            self.template.append(None)
            self.steps.append(self._step(node, places, evaluator))
        self.inputs = len(inputs)
        self.outputs = [places[node] for node in outputs]

    def _step(self, node: Node, places: dict[Node, int], evaluator: Evaluator) -> Any:
        """Kernel, operands, attributes, place of the result, and a dtype if it must be cast."""
        with np.errstate(all="ignore"):
            operands = [evaluator(x) for x in node.inputs]
            raw = node.op.kernel(*operands, *node.attrs)
        cast = None if raw.dtype == node.dtype else node.dtype
        return node.op.kernel, tuple(places[x] for x in node.inputs), node.attrs, places[node], cast

    def __call__(self, values: Sequence[Any]) -> list[Any]:
        """The outputs for these inputs: arrays, or NumPy scalars where there are no axes."""
        registers = self.template.copy()
        registers[: self.inputs] = values
        with np.errstate(all="ignore"):
            for kernel, places, attrs, out, cast in self.steps:
                if attrs:
                    result = kernel(*[registers[p] for p in places], *attrs)
                elif len(places) == 2:
                    result = kernel(registers[places[0]], registers[places[1]])
                else:
                    result = kernel(*[registers[p] for p in places])
                registers[out] = result if cast is None else np.asarray(result, cast)
        return [registers[place] for place in self.outputs]
