"""Nodes as scalar code: each element of a small array is a number of its own.

Kernels that are no elementwise functions run once over NumPy arrays of scalars, as elementwise ones
do over a scalar.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from gradcli.ir.op import Elementwise
from gradcli.ir.record import CONSTANT
from gradcli.ir.scalar import Scalar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from gradcli.ir.node import Node
    from gradcli.ir.scalar import Code


def applied(code: Code, node: Node, operands: Sequence[Scalar], form: Any = None) -> Scalar:
    """The scalar that a node stands for; the form sees constants as what they are."""
    values = [
        x.attrs[0] if x.op is CONSTANT and not x.shape else scalar
        for x, scalar in zip(node.inputs, operands, strict=True)
    ]
    return code.traced(node.op, values, node.attrs, node.dtype, form)


class Elements:
    """The scalars of nodes, all in one code; `check` refuses a node that has none.

    `forms` may have another form than its own for a record, by its name.
    """

    def __init__(
        self,
        code: Code,
        check: Callable[[Node], None],
        forms: Mapping[str, Callable[..., Any]] | None = None,
    ) -> None:
        self.code = code
        self._check = check
        self._forms = forms or {}
        self._scalars: dict[Node, Any] = {}
        self._operands = 0

    def parameters(self, nodes: Iterable[Node]) -> list[Scalar]:
        """Operands for the elements of nodes."""
        for node in nodes:
            self._check(node)
            elements = np.empty(node.shape, object)
            for i in np.ndindex(node.shape):
                elements[i] = self.code.operand(self._operands, node.dtype)
                self._operands += 1
            self._scalars[node] = elements
        return self.all(nodes)

    def constant(self, node: Node, array: Any) -> None:
        """Gives a node the numbers of an array."""
        self._check(node)
        self._scalars[node] = self._lifted(np.asarray(array), node)

    def give(self, node: Node, scalars: Sequence[Scalar]) -> None:
        """Gives a node the scalars of its elements."""
        elements = np.empty(node.shape, object)
        for i, scalar in zip(np.ndindex(node.shape), scalars, strict=True):
            elements[i] = scalar
        self._scalars[node] = elements

    def all(self, nodes: Iterable[Node]) -> list[Scalar]:
        """The scalars of nodes in a row."""
        return [scalar for node in nodes for scalar in self.of(node).flat]

    def has(self, node: Node) -> bool:
        """Whether the code of a node is there."""
        return node in self._scalars

    def of(self, node: Node) -> Any:
        """The scalars of a node, which a constant gets here."""
        if node.op is CONSTANT and node not in self._scalars:
            self.constant(node, node.attrs[0])
        return self._scalars[node]

    def apply(self, node: Node) -> None:
        """Notes down the code of a node, whose inputs have theirs; a TypeError if it has none."""
        self._check(node)
        operands = [self.of(x) for x in node.inputs]
        form: Any = self._forms.get(node.op.name)
        if isinstance(node.op, Elementwise):
            rows: list[Any] = list(np.broadcast_arrays(*operands))
            elements = np.empty(node.shape, object)
            for i in np.ndindex(node.shape):
                elements[i] = applied(self.code, node, [row[i] for row in rows], form)
        else:
            form = form or node.op.form or node.op.kernel
            result = form(*operands, *node.attrs)
            whole = {(): result} if isinstance(result, Scalar) else result
            elements = self._lifted(whole, node)
        self._scalars[node] = elements

    def _lifted(self, array: Any, node: Node) -> Any:
        """What holds numbers, too, as an array of scalars alone."""
        elements = np.empty(node.shape, object)
        for i in np.ndindex(node.shape):
            x = array[i]
            is_scalar = isinstance(x, Scalar)
            elements[i] = x.astype(node.dtype) if is_scalar else self.code.constant(x, node.dtype)
        return elements
