"""The node of the graph: an operation applied to nodes, with shape, dtype, place in the text."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gradcli.ir.words import WORDS

if TYPE_CHECKING:
    import numpy as np

    from gradcli.errors import Span
    from gradcli.ir.graph import Graph
    from gradcli.ir.op import Op


class Node:
    """An operation, the nodes it is applied to, and static attributes.

    `order` counts up as nodes are made, inputs first, so sorting by it is a topological order and
    no walk needs recursion. Nodes compare by identity; the graph makes equal nodes one object.
    """

    __slots__ = ("attrs", "dtype", "graph", "inputs", "op", "order", "shape", "span")

    def __init__(
        self,
        op: Op,
        inputs: tuple[Node, ...],
        attrs: tuple[Any, ...],
        shape: tuple[int, ...],
        dtype: np.dtype[Any],
        graph: Graph,
    ) -> None:
        self.op = op
        self.inputs = inputs
        self.attrs = attrs
        self.shape = shape
        self.dtype = dtype
        self.graph = graph
        self.order = graph.count = graph.count + 1
        self.span: Span | None = graph.span

    @property
    def ndim(self) -> int:
        """The number of axes."""
        return len(self.shape)

    @property
    def size(self) -> int:
        """The number of elements."""
        size = 1
        for length in self.shape:
            size *= length
        return size

    @property
    def is_bool(self) -> bool:
        """Whether its elements are truth values."""
        return self.dtype.kind == "b"

    def __repr__(self) -> str:
        of = ", ".join(f"%{node.order}" for node in self.inputs)
        return f"%{self.order} = {self.op.name}({of}){list(self.attrs) or ''} {self.shape}"

    def __add__(self, other: Node | float) -> Node:
        return WORDS["add"](self, other)

    def __radd__(self, other: float) -> Node:
        return WORDS["add"](other, self)

    def __sub__(self, other: Node | float) -> Node:
        return WORDS["sub"](self, other)

    def __rsub__(self, other: float) -> Node:
        return WORDS["sub"](other, self)

    def __mul__(self, other: Node | float) -> Node:
        return WORDS["mul"](self, other)

    def __rmul__(self, other: float) -> Node:
        return WORDS["mul"](other, self)

    def __truediv__(self, other: Node | float) -> Node:
        return WORDS["div"](self, other)

    def __rtruediv__(self, other: float) -> Node:
        return WORDS["div"](other, self)

    def __pow__(self, other: Node | float) -> Node:
        return WORDS["pow"](self, other)

    def __getitem__(self, key: Any) -> Node:
        return WORDS["index"](self, *(key if isinstance(key, tuple) else (key,)))

    def __neg__(self) -> Node:
        return WORDS["neg"](self)

    def __lt__(self, other: Node | float) -> Node:
        return WORDS["lt"](self, other)

    def __le__(self, other: Node | float) -> Node:
        return WORDS["le"](self, other)

    def __gt__(self, other: Node | float) -> Node:
        return WORDS["gt"](self, other)

    def __ge__(self, other: Node | float) -> Node:
        return WORDS["ge"](self, other)

    def __and__(self, other: Node) -> Node:
        return WORDS["and"](self, other)

    def __or__(self, other: Node) -> Node:
        return WORDS["or"](self, other)

    def __invert__(self) -> Node:
        return WORDS["not"](self)
