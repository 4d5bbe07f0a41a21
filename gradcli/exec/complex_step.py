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

STEP = 1e-100
"""The imaginary step, relative to elements below 1: its square is far below rounding."""

AT_ZERO = 1e-150
"""The step from an element that is 0."""

ROOM = (1e-200, 1e250)
"""The sizes of other elements that leave room for a step, and for what becomes of it."""


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
                help="⟨method reverse⟩, forward and numeric do",
            )
        return op.kernel(*arrays, *node.attrs)


def complex_step(result: Node, inputs: dict[Node, Any], x: Node, *, at_once: bool = False) -> Any:
    """The gradient of sum(result) by the input x, one evaluation for each element.

    With `at_once`, each element of the result depends on the same element of x alone, and a single
    evaluation does. NaN by an element that leaves no room for a step; a ProgramTypeError where the
    result is not real though x is.
    """
    start = np.asarray(inputs[x], complex)

    def imaginary(moved: Any) -> Any:
        return np.imag(ComplexEvaluator({**inputs, x: moved})(result))

    if np.any(np.nan_to_num(imaginary(start))):
        raise ProgramTypeError(
            "the complex step does not work here: at real values the program is not real",
            span=result.span,
            help="⟨method reverse⟩, forward and numeric do",
        )
    steps = _steps(np.abs(start))
    with np.errstate(all="ignore"):
        if at_once:
            return (imaginary(start + 1j * steps) / steps).astype(x.dtype)
        gradient = np.zeros(start.shape)
        for i in np.ndindex(start.shape):
            moved = start.copy()
            moved[i] += 1j * steps[i]
            gradient[i] = np.sum(imaginary(moved)) / steps[i]
        return gradient.astype(x.dtype)


def _steps(size: Any) -> Any:
    """The imaginary step from elements of these sizes."""
    has_room = (size > ROOM[0]) & (size < ROOM[1])
    return np.where(size == 0, AT_ZERO, np.where(has_room, np.minimum(size, 1) * STEP, np.nan))
