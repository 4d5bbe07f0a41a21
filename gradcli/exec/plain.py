"""The plain executor: one NumPy call a node, as simple as can be; the reference for all others."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from gradcli.errors import DomainError, GradcliError, InternalError, MatrixError, OutOfMemoryError
from gradcli.ir.node import ancestors
from gradcli.ir.record import CONSTANT

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from gradcli.ir.node import Node


class Evaluator:
    """Evaluates nodes on demand and remembers their values.

    `values` starts as the values of the inputs, in the graph's dtype. Asking for one node after
    another as a program runs costs only what is new.
    """

    def __init__(self, values: Mapping[Node, Any]) -> None:
        # A NumPy scalar is several times faster to compute with than an array of no axes.
        self.values: dict[Node, Any] = {
            node: value if getattr(value, "ndim", 0) else np.asarray(value)[()]
            for node, value in values.items()
        }

    def __call__(self, node: Node) -> Any:
        """The array (or NumPy scalar) that a node stands for."""
        if node not in self.values:
            self.run((node,))
        return self.values[node]

    def run(self, nodes: Collection[Node]) -> None:
        """Evaluates everything that the nodes need and that is not known yet."""
        with np.errstate(all="ignore"):
            self.evaluate(nodes)

    def evaluate(self, nodes: Collection[Node]) -> None:
        """The same; NumPy's warnings are the caller's to silence."""
        self.perform(self.missing(nodes))

    def reach(self, *nodes: Node) -> Any:
        """The same as the plain executor does it, and the value of the last."""
        self.perform(self.missing(nodes))
        return self.values[nodes[-1]] if nodes else None

    def perform(self, nodes: Iterable[Node]) -> None:
        """Evaluates nodes one by one; those that they are made of come first."""
        values = self.values
        number, double = np.float64, np.dtype(np.float64)
        node = None
        try:
            for node in nodes:
                inputs, attrs = node.inputs, node.attrs
                kernel = node.op.kernel  # in a line of its own, quicker than as a method
                if not attrs and len(inputs) == 2:
                    x, y = inputs
                    result = kernel(values[x], values[y])
                elif not attrs and len(inputs) == 1:
                    result = kernel(values[inputs[0]])
                elif node.op is CONSTANT:
                    result = attrs[0]
                else:
                    result = kernel(*map(values.__getitem__, inputs), *attrs)
                # NumPy takes longer to tell the dtype of a number than to add two of them.
                is_plain = result.__class__ is number and node.dtype is double
                if not (is_plain or result.dtype is node.dtype):
                    result = np.asarray(result, node.dtype)
                values[node] = result
        except Exception as error:
            assert node is not None
            raise explained(error, node) from error

    def missing(self, nodes: Iterable[Node]) -> list[Node]:
        """What has to be evaluated for the nodes, inputs first."""
        return ancestors(nodes, stops=self.values)


def explained(error: Exception, node: Node) -> GradcliError:
    """What went wrong in a kernel, with the place of the operation."""
    if isinstance(error, MatrixError) and error.span is None and node.span is not None:
        operation = node.span.cited(node.op.word)
        return MatrixError(error.reason, operation=operation, span=node.span)
    if isinstance(error, GradcliError):
        error.span = error.span or node.span
        return error
    name = node.op.word
    if isinstance(error, MemoryError):
        return OutOfMemoryError(f"{name} runs out of memory", span=node.span)
    if isinstance(error, (ValueError, IndexError, np.linalg.LinAlgError)):
        return DomainError(f"{name} cannot do this: {error}", span=node.span)
    return InternalError(f"{name}: {type(error).__name__}: {error}", span=node.span)
