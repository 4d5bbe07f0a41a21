"""Derivatives by a complex step: an independent check of the rules, exact to rounding.

f'(x) = Im f(x + ih) / h holds for analytic functions, without the cancellation of differences.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from gradcli.errors import ProgramTypeError
from gradcli.exec.plain import Evaluator
from gradcli.ir.op import Linear, Multilinear

if TYPE_CHECKING:
    from collections.abc import Iterable

    from gradcli.ir.node import Node

STEP = 1e-150


class ComplexEvaluator(Evaluator):
    """Evaluates nodes over complex numbers, where every operation on the way is analytic."""

    def perform(self, nodes: Iterable[Node]) -> None:
        """Evaluates nodes one by one, over complex numbers where they depend on the step."""
        for node in nodes:
            self.values[node] = self._complex(node)

    def _complex(self, node: Node) -> Any:
        """One node's complex value."""
        op = node.op
        if not node.inputs:
            return op.kernel(*node.attrs)
        arrays = [np.asarray(self.values[x]) for x in node.inputs]
        if op.flat or node.is_bool or not any(a.dtype.kind == "c" for a in arrays):
            result = op.kernel(*[a.real for a in arrays], *node.attrs)
            return np.asarray(result, node.dtype)
        if not (op.analytic or isinstance(op, (Linear, Multilinear))):
            raise ProgramTypeError(
                f"the complex step does not pass through {op.word}",
                span=node.span,
                help="--method reverse, forward and numeric do",
            )
        return op.kernel(*arrays, *node.attrs)


def complex_step(result: Node, inputs: dict[Node, Any], x: Node) -> Any:
    """The gradient of the number `result` by the input x, one evaluation for each element."""
    start = np.asarray(inputs[x], complex)
    gradient = np.zeros(start.shape)
    for i in np.ndindex(start.shape):
        moved = start.copy()
        moved[i] += 1j * STEP
        evaluator = ComplexEvaluator({**inputs, x: moved})
        gradient[i] = np.imag(np.sum(evaluator(result))) / STEP
    return gradient.astype(x.dtype)
