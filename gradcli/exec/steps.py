"""A graph as a straight list of steps, for running it again and again with other inputs.

Each step is the kernel that the plain executor calls, in the same order, so the numbers are the
same; what is not needed any more is dropped at once, so that memory stays in the cache.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from gradcli.exec.plain import Evaluator, explained
from gradcli.exec.traits import all_finite
from gradcli.ir.node import Node, split

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence


class Step(NamedTuple):
    """A kernel, its operands and result by register, its attributes, and what is then done."""

    kernel: Any
    sources: tuple[int, ...]
    attrs: tuple[Any, ...]
    target: int
    node: Node
    done: tuple[int, ...]


class Steps:
    """Steps from the values of some inputs to those of some outputs.

    `evaluator` has values of nodes that never change; what depends on no input is computed once,
    here. A call has registers of its own, so threads may share one object.
    """

    __slots__ = ("_count", "_filled", "_outputs", "_steps")

    def __init__(
        self, outputs: Sequence[Node], inputs: Sequence[Node], evaluator: Evaluator
    ) -> None:
        steps, fixed = split(outputs, inputs)
        register = {node: i for i, node in enumerate(inputs)}
        evaluator.run(fixed)
        self._count = len(register)
        self._filled = [*[None] * len(register), *map(evaluator, fixed), *[None] * len(steps)]
        for node in [*fixed, *steps]:
            register[node] = len(register)
        self._outputs = [register[node] for node in outputs]
        self._steps = _steps(steps, register, {*outputs, *inputs, *fixed})

    def __call__(self, values: Sequence[Any]) -> list[Any]:
        """The outputs for these inputs: arrays, views perhaps, or NumPy scalars without axes."""
        registers = self._filled.copy()
        registers[: self._count] = values
        node = None
        try:
            with np.errstate(all="ignore"):
                for kernel, sources, attrs, target, node, done in self._steps:
                    if attrs or len(sources) > 2:
                        result = kernel(*[registers[i] for i in sources], *attrs)
                    elif len(sources) == 2:
                        result = kernel(registers[sources[0]], registers[sources[1]])
                    else:
                        result = kernel(registers[sources[0]])
                    if result.dtype is not node.dtype:
                        result = np.asarray(result, node.dtype)
                    registers[target] = result
                    for i in done:
                        registers[i] = None
        except Exception as error:
            assert node is not None
            raise explained(error, node) from error
        return [registers[i] for i in self._outputs]

    def finite(self, values: Sequence[Any], size: int) -> list[Any] | None:
        """The same; None if a number of the first of them is infinite, or the sum of one is."""
        outputs = self(values)
        with np.errstate(all="ignore"):
            return outputs if all(map(all_finite, outputs[:size])) else None


def _steps(
    order: Sequence[Node], register: Mapping[Node, int], kept: Collection[Node]
) -> list[Step]:
    """The steps; an array that is not kept is done with its last use."""
    last = {x: node for node in order for x in node.inputs}
    done: dict[Node, list[int]] = {}
    for x, user in last.items():
        if x.shape and x not in kept:
            done.setdefault(user, []).append(register[x])
    return [
        Step(
            node.op.kernel,
            tuple([register[x] for x in node.inputs]),
            node.attrs,
            register[node],
            node,
            tuple(done.get(node, ())),
        )
        for node in order
    ]
