"""The builder: makes nodes, makes equal ones once, and keeps the working dtype of a program."""

from __future__ import annotations

from operator import attrgetter
from typing import TYPE_CHECKING, Any

import numpy as np

from gradcli.errors import LimitError
from gradcli.ir.node import Node
from gradcli.ir.op import CONSTANT, INPUT, Op

if TYPE_CHECKING:
    from collections.abc import Iterable

    from gradcli.errors import Span

__all__ = ["CONSTANT", "INPUT", "MAX_AXES", "MAX_ELEMENTS", "Graph", "ancestors", "literal"]

MAX_ELEMENTS = 134_217_728
MAX_AXES = 64


class Graph:
    """All nodes of one program, in the working dtype (float64 or float32).

    `span` is the place in the text to which nodes made from now on belong. A node is found again
    by operation, inputs and attributes, so common subexpressions are shared as they are built.
    With `stabilize`, formulas that lose digits get their stabilised form as they are built, and
    `stabilized` lists which rules did what where. `largest` is the number of elements of the
    largest array.
    """

    __slots__ = (
        "count",
        "dtype",
        "largest",
        "max_elements",
        "nodes",
        "scalars",
        "span",
        "stabilize",
        "stabilized",
    )

    def __init__(
        self, dtype: Any = np.float64, *, max_elements: int = MAX_ELEMENTS, stabilize: bool = True
    ) -> None:
        self.dtype: np.dtype[Any] = np.dtype(dtype)
        self.max_elements = max_elements
        self.count = 0
        self.largest = 1
        self.span: Span | None = None
        self.stabilize = stabilize
        self.stabilized: list[tuple[Any, Span | None]] = []
        self.nodes: dict[Any, Node] = {}
        self.scalars: dict[Any, Node] = {}

    def node(
        self,
        op: Op,
        inputs: tuple[Node, ...],
        attrs: tuple[Any, ...],
        shape: tuple[int, ...],
        dtype: np.dtype[Any],
    ) -> Node:
        """The node of this operation; the existing one if there is one."""
        key = (op, inputs, attrs)
        found = self.nodes.get(key)
        if found is None:
            if shape:
                self.check_size(shape)
            found = self.nodes[key] = Node(op, inputs, attrs, shape, dtype, self)
        return found

    def check_size(self, shape: tuple[int, ...]) -> None:
        """Refuses a shape of more elements than the limit, before anything is allocated."""
        size = 1
        for length in shape:
            size *= length
        self.largest = max(self.largest, size)
        if len(shape) > MAX_AXES:
            raise LimitError(f"an array has at most {MAX_AXES} axes", span=self.span)
        if size > self.max_elements:
            raise LimitError(
                f"an array of {size:,} elements is more than {self.max_elements:,}",
                help="--max-elements raises the limit",
                span=self.span,
            )

    def input(self, name: str, shape: tuple[int, ...], dtype: np.dtype[Any] | None = None) -> Node:
        """A new input; two inputs are never the same node, whatever their names."""
        node = Node(INPUT, (), (name,), shape, dtype or self.dtype, self)
        self.largest = max(self.largest, node.size)
        return node

    def constant(self, value: Any) -> Node:
        """A constant in the working dtype (booleans stay booleans); equal scalars are one node."""
        found = self.scalars.get(value) if value.__class__ is float and value else None
        if found is not None:
            return found
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            key = value if value and value == value else repr(value)
            found = self.scalars.get(key)
            if found is None:
                found = self.scalars[key] = self._constant(self.dtype.type(value))
            return found
        if value.__class__ is np.bool_:
            return self.truth(value)
        array = np.asarray(value)
        if array.dtype.kind != "b":
            array = array.astype(self.dtype, copy=False)
        if array.ndim:
            return self._constant(array)
        if array.dtype.kind != "b":
            return self.constant(float(array))
        return self.truth(np.bool_(array))

    def forget(self) -> None:
        """Lets go of all nodes, which refer to their graph: what nobody else holds is freed."""
        self.nodes.clear()
        self.scalars.clear()

    def truth(self, value: np.bool_) -> Node:
        """The constant true or false; each is one node."""
        key = "true" if value else "false"
        found = self.scalars.get(key)
        if found is None:
            found = self.scalars[key] = self._constant(value)
        return found

    def _constant(self, value: Any) -> Node:
        self.largest = max(self.largest, value.size)
        return Node(CONSTANT, (), (value,), value.shape, value.dtype, self)

    def lifted(self, operands: tuple[Node | float, ...]) -> tuple[Node, ...]:
        """Operands as nodes: numbers become constants."""
        for x in operands:
            if x.__class__ is not Node:
                return tuple(map(self.lift, operands))
        return operands  # type: ignore[return-value]

    def lift(self, value: Node | float) -> Node:
        """A node as it is, a number as a constant."""
        return value if isinstance(value, Node) else self.constant(value)


def literal(node: Node) -> float | None:
    """The number of a constant of one element, else None."""
    if node.op is CONSTANT and not node.shape and node.dtype.kind != "b":
        return float(node.attrs[0])
    return None


def ancestors(nodes: Iterable[Node], *, after: int = 0) -> list[Node]:
    """The nodes and everything they are made of, inputs first; those up to `after` are left out."""
    seen = set()
    stack = [node for node in nodes if node.order > after]
    while stack:
        node = stack.pop()
        if node not in seen:
            seen.add(node)
            for x in node.inputs:
                if x.order > after and x not in seen:
                    stack.append(x)  # noqa: PERF401 - one or two are quicker so
    return sorted(seen, key=_by_order)


_by_order = attrgetter("order")
