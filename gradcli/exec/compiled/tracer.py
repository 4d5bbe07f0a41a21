"""Small graphs as scalar code: each element of each array is a number of its own.

Kernels that are no elementwise functions run once over NumPy arrays of scalars, as elementwise
ones do over a scalar.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from gradcli.exec.compiled.forms import applied
from gradcli.ir.op import Elementwise
from gradcli.ir.record import CONSTANT
from gradcli.ir.scalar import BOOL, DOUBLE, Scalar

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from gradcli.ir.node import Node
    from gradcli.ir.scalar import Code

LARGEST = 256
"""Elements of an array, each of which is a number of its own here."""


class Tracer:
    """Writes code of up to so many instructions: for each node an array of scalars.

    A TypeError says that there is none, or that it is too long.
    """

    def __init__(self, code: Code, longest: int) -> None:
        self._code = code
        self._longest = longest
        self._scalars: dict[Node, Any] = {}
        self._operands = 0

    def parameters(self, nodes: Iterable[Node]) -> list[Scalar]:
        """Operands for the elements of nodes."""
        for node in nodes:
            _refuse_others(node)
            elements = np.empty(node.shape, object)
            for i in np.ndindex(node.shape):
                elements[i] = self._code.operand(self._operands, node.dtype)
                self._operands += 1
            self._scalars[node] = elements
        return self.scalars(nodes)

    def know(self, node: Node, value: Any) -> None:
        """Takes a node for a constant of that value."""
        _refuse_others(node)
        self._scalars[node] = self._all(np.asarray(value), node)

    def follow(self, body: Sequence[Node]) -> None:
        """Writes code for nodes, of which inputs come first."""
        for node in body:
            self._scalars[node] = self._applied(node)
            if len(self._code) > self._longest:
                raise TypeError("this is too long for machine code")

    def scalars(self, nodes: Iterable[Node]) -> list[Scalar]:
        """The elements of nodes, one after another."""
        return [scalar for node in nodes for scalar in self._elements(node).flat]

    def _elements(self, node: Node) -> Any:
        """The scalars of a node, which a constant gets here."""
        if node.op is CONSTANT and node not in self._scalars:
            self.know(node, node.attrs[0])
        return self._scalars[node]

    def _all(self, array: Any, node: Node) -> Any:
        """What holds numbers, too, as an array of scalars alone."""
        elements = np.empty(node.shape, object)
        for i in np.ndindex(node.shape):
            x = array[i]
            is_scalar = isinstance(x, Scalar)
            elements[i] = x.astype(node.dtype) if is_scalar else self._code.constant(x, node.dtype)
        return elements

    def _applied(self, node: Node) -> Any:
        """The scalars of a node, from those of its inputs."""
        _refuse_others(node)
        operands = [self._elements(x) for x in node.inputs]
        if not isinstance(node.op, Elementwise):
            form: Any = node.op.form or node.op.kernel
            result = form(*operands, *node.attrs)
            return self._all({(): result} if isinstance(result, Scalar) else result, node)
        elements = np.empty(node.shape, object)
        rows: list[Any] = list(np.broadcast_arrays(*operands))
        for i in np.ndindex(node.shape):
            elements[i] = applied(self._code, node, [row[i] for row in rows])
        return elements


def _refuse_others(node: Node) -> None:
    if node.size > LARGEST or node.dtype not in (DOUBLE, BOOL):
        raise TypeError("only few numbers of 64 bits are turned into machine code")
