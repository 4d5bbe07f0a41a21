"""The plain executor: one NumPy call a node, as simple as can be; the reference for all others."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from gradcli.errors import DomainError, GradcliError
from gradcli.ir.graph import CONSTANT, INPUT

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from gradcli.ir.node import Node


class Evaluator:
    """Evaluates nodes on demand and remembers their values.

    `values` starts as the values of the inputs, in the graph's dtype. Asking for one node after
    another as a program runs costs only what is new.
    """

    def __init__(self, values: Mapping[Node, Any]) -> None:
        self.values: dict[Node, Any] = dict(values)

    def __call__(self, node: Node) -> Any:
        """The array (or NumPy scalar) that a node stands for."""
        if node not in self.values:
            self.run((node,))
        return self.values[node]

    def run(self, nodes: Iterable[Node]) -> None:
        """Evaluates everything that the nodes need and that is not known yet."""
        with np.errstate(all="ignore"):
            for node in nodes:
                self.reach(node)

    def reach(self, node: Node) -> Any:
        """A node's value, after those of all it is made of; NumPy's warnings are the caller's."""
        values = self.values
        stack = [node]
        while stack:
            top = stack[-1]
            if top not in values:
                missing = [x for x in top.inputs if x not in values]
                if missing:
                    stack += missing
                    continue
                values[top] = self.apply(top)
            stack.pop()
        return values[node]

    def apply(self, node: Node) -> Any:
        """One node's value from those of its inputs."""
        op = node.op
        if op is CONSTANT:
            return node.attrs[0]
        if op is INPUT:
            raise KeyError(f"the input {node.attrs[0]!r} has no value")
        values = self.values
        try:
            result = op.kernel(*[values[x] for x in node.inputs], *node.attrs)
        except GradcliError as error:
            error.span = error.span or node.span
            raise
        except MemoryError:
            raise DomainError(f"{op.name} runs out of memory", span=node.span) from None
        if result.dtype != node.dtype:
            return np.asarray(result, node.dtype)
        return result
