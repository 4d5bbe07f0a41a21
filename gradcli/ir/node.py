"""The graph and its nodes: each knows the other, so they live together."""

from __future__ import annotations

from operator import attrgetter
from typing import TYPE_CHECKING, Any

import numpy as np

from gradcli.errors import LimitError, Span, too_large
from gradcli.ir.record import CONSTANT, INPUT

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Sequence

    from gradcli.errors import Source
    from gradcli.ir.record import Op, Rule

    Place = Span | tuple[Source, int, int] | None

MAX_ELEMENTS = 134_217_728
MAX_AXES, LENGTH = 64, 2**53
"""The axes that an array may have, and the length of each, even of no elements."""

BOOL = np.dtype(np.bool_)
"""What nodes of truth values have; NumPy makes other objects of it, too, such as by unpickling."""

TRACE = np.dtype(object)
"""What nodes have that stand for how a loop has gone (`ir.loop`)."""

WORDS: dict[str, Callable[..., Node]] = {}
"""The few operations that rules and passes spell by name: where, sum, spread, ne, and, not …

The files in `ops` fill the list in; each word stands for what builds the node.
"""


def word(name: str) -> Callable[..., Node]:
    """What builds the node of that name, looked up when it is called."""

    def build(*args: Any) -> Node:
        return WORDS[name](*args)

    return build


class Node:
    """An operation, the nodes it is applied to, and static attributes; `Graph.made` makes them.

    `order` counts up as nodes are made, inputs first, so sorting by it is a topological order and
    no walk needs recursion. Nodes compare by identity; the graph makes equal nodes one object.
    """

    __slots__ = ("attrs", "dtype", "graph", "inputs", "op", "order", "place", "shape")
    op: Op
    inputs: tuple[Node, ...]
    attrs: tuple[Any, ...]
    shape: tuple[int, ...]
    dtype: np.dtype[Any]
    graph: Graph
    order: int
    place: Place

    @property
    def span(self) -> Span | None:
        """The part of the text that it belongs to."""
        return _span(self.place)

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
        return self.dtype is BOOL

    def forget(self) -> None:
        """Makes a constant an input, which other arrays will stand for."""
        self.op, self.attrs = INPUT, (f"%{self.order}",)

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


class Way:
    """A way back through a graph, from results to what they are made of."""

    last_first = False
    """Whether what an operation gives its operands is for the last one first."""

    is_last = False
    """Whether no way goes back through what is made on this one."""

    def order(self, active: Collection[Node]) -> Iterable[Node]:
        """Nodes in the order in which their slopes are complete; given are inputs first."""
        raise NotImplementedError

    def arranged(self, nodes: Sequence[Node]) -> Sequence[Node]:
        """Nodes in an order in which they can be made anew, to be gone back through alike."""
        return nodes

    def set_out(self, carried: dict[Node, Any]) -> dict[Node, Any]:
        """The derivatives to start from, by whose they are, in what is to carry the others too."""
        return carried

    def come_to(self, node: Node, derivative: Node | None) -> None:
        """Is told of whose derivative what is made from now on is made."""

    def leave(self) -> None:
        """Is told that nothing more is made."""


class Graph:
    """All nodes of one program, in the working dtype (float64 or float32).

    `span` is the part of the text to which nodes made from now on belong; `place` is the same, or
    what makes it, for few are ever looked at. A node is found again by operation, inputs and
    attributes, so common subexpressions are shared as they are built.
    With `stabilize`, formulas that lose digits get their stabilised form as they are built, and
    `stabilized` lists which rules did what where. `largest` is the number of elements of the
    largest array, `lengths` are the constants that are lengths of arrays, by number. It `drops`
    if there is an operation with a convention that may pass for a slope. `masks` says whether a
    derivative carries along where it may be other than zero, through operations on whole arrays;
    a graph that `trusts` has none: it is right where all derivatives are finite. `slopes` are rules
    of operations that differ from their own in how they round: of a derivative and the operands,
    the derivative times the slope. Its `way` says in which order slopes are added up; without one,
    from the last node to the first. Where it `keeps_signs`, these stay where they are written.
    """

    __slots__ = (
        "count",
        "drops",
        "dtype",
        "keeps_signs",
        "largest",
        "lengths",
        "masks",
        "max_elements",
        "nodes",
        "place",
        "scalars",
        "slopes",
        "stabilize",
        "stabilized",
        "trusts",
        "way",
    )

    def __init__(
        self, dtype: Any = np.float64, *, max_elements: int = MAX_ELEMENTS, stabilize: bool = True
    ) -> None:
        self.dtype: np.dtype[Any] = np.dtype(dtype)
        self.max_elements = max_elements
        self.masks = self.trusts = False
        self.count = 0
        self.drops = False
        self.largest = 1
        self.lengths: dict[int, Node] = {}
        self.place: Place = None
        self.slopes: dict[Op, tuple[Callable[..., Node], ...]] = {}
        self.keeps_signs = False
        self.way: Way | None = None
        self.stabilize = stabilize
        self.stabilized: list[tuple[Rule, Span | None]] = []
        self.nodes: dict[Any, Node] = {}
        self.scalars: dict[Any, Node] = {}

    @property
    def span(self) -> Span | None:
        """The part of the text to which nodes made from now on belong."""
        return _span(self.place)

    @span.setter
    def span(self, span: Span | None) -> None:
        self.place = span

    def node(
        self,
        op: Op,
        inputs: tuple[Node, ...],
        attrs: tuple[Any, ...],
        shape: tuple[int, ...],
        dtype: np.dtype[Any],
    ) -> Node:
        """The node of this operation; the existing one if there is one."""
        key = (op, inputs, attrs) if attrs else (op, *inputs)
        node = self.nodes.get(key)
        if node is None:
            if shape:
                self.check_size(shape)
            node = self.nodes[key] = self.made(op, inputs, attrs, shape, dtype)
        return node

    def made(
        self,
        op: Op,
        inputs: tuple[Node, ...],
        attrs: tuple[Any, ...],
        shape: tuple[int, ...],
        dtype: np.dtype[Any],
    ) -> Node:
        """A new node; it has no `__init__`, for calling that takes as long as all of this."""
        node = Node()
        node.op = op
        node.inputs = inputs
        node.attrs = attrs
        node.shape = shape
        node.dtype = dtype
        node.graph = self
        node.order = self.count = self.count + 1
        node.place = self.place
        if op.drops:
            self.drops = True
        return node

    def check_size(self, shape: tuple[int, ...]) -> None:
        """Refuses a shape of more elements than the limit, before anything is allocated."""
        size = 1
        for length in shape:
            size *= length
        self.largest = max(self.largest, size)
        if len(shape) > MAX_AXES:
            raise LimitError(f"an array has at most {MAX_AXES} axes", span=self.span)
        if not size and max(shape) > LENGTH:
            size = max(shape)
        if size > self.max_elements:
            raise too_large(size, self.max_elements, self.span)

    def input(self, name: str, shape: tuple[int, ...], dtype: np.dtype[Any] | None = None) -> Node:
        """A new input; two inputs are never the same node, whatever their names."""
        is_bool = dtype is not None and dtype.kind == "b"
        node = self.made(INPUT, (), (name,), shape, BOOL if is_bool else self.dtype)
        if shape:
            self.largest = max(self.largest, node.size)
        return node

    def constant(self, value: Any) -> Node:
        """A constant in the working dtype (booleans stay booleans); equal scalars are one node."""
        if value.__class__ is float or value.__class__ is int:
            return self._number(value)
        array = np.asarray(value)
        if array.dtype.kind == "b":
            return self._constant(array) if array.ndim else self.truth(np.bool_(array))
        array = array.astype(self.dtype, copy=False)
        return self._constant(array) if array.ndim else self._number(float(array))

    def _number(self, value: float) -> Node:
        """The constant of a number; the zeros are two, and NaN is one."""
        key = value if value and value == value else repr(float(value))
        node = self.scalars.get(key)
        if node is None:
            constant = (self.dtype.type(value),)
            node = self.scalars[key] = self.made(CONSTANT, (), constant, (), self.dtype)
        return node

    def length(self, number: int) -> Node:
        """The constant of a length, which is another node than that of a number of the text."""
        node = self.lengths.get(number)
        if node is None:
            node = self.lengths[number] = self._constant(self.dtype.type(number))
        return node

    def truth(self, value: np.bool_) -> Node:
        """The constant true or false; each is one node."""
        key = "true" if value else "false"
        node = self.scalars.get(key)
        if node is None:
            node = self.scalars[key] = self._constant(value)
        return node

    def _constant(self, value: Any) -> Node:
        self.largest = max(self.largest, value.size)
        dtype = BOOL if value.dtype.kind == "b" else self.dtype
        return self.made(CONSTANT, (), (value,), value.shape, dtype)

    def other_form(self, rules: Sequence[Rule], *inputs: Node) -> Node | None:
        """What the first of the rules that fits makes of operands."""
        for rule in rules:
            if (self.stabilize or not rule.written) and not (self.keeps_signs and rule.signs):
                form: Node | None = rule.apply(*inputs)
                if form is not None:
                    return self.formed(form, rule)
        return None

    def formed(self, form: Node, rule: Rule) -> Node:
        """What a rule has made; where it is a stabilised form that is noted down."""
        if rule.written:
            self.stabilized.append((rule, self.span))
        return form

    def forget(self) -> None:
        """Lets go of all nodes, which refer to their graph: what nobody else holds is freed."""
        self.nodes.clear()
        self.scalars.clear()
        self.lengths.clear()

    def lifted(self, operands: tuple[Node | float, ...]) -> tuple[Node, ...]:
        """Operands as nodes: numbers become constants."""
        for x in operands:
            if x.__class__ is not Node:
                return tuple(map(self.lift, operands))
        return operands  # type: ignore[return-value]

    def lift(self, value: Node | float) -> Node:
        """A node as it is, a number as a constant."""
        return value if isinstance(value, Node) else self.constant(value)


def _span(place: Place) -> Span | None:
    return Span(*place) if isinstance(place, tuple) else place


def literal(node: Node) -> float | None:
    """The number of a constant of one element, else None."""
    if node.op is CONSTANT and not node.shape and node.dtype is not BOOL:
        return float(node.attrs[0])
    return None


def ancestors(nodes: Iterable[Node], *, after: int = 0, stops: Collection[Node] = ()) -> list[Node]:
    """The nodes and everything they are made of, inputs first; those up to `after` are left out.

    So are those that it `stops` at, with what only they are made of.
    """
    found: set[Node] = set()
    waiting = [*nodes]
    for node in waiting:  # which grows on the way
        if node not in found and node.order > after and node not in stops:
            found.add(node)
            waiting += node.inputs
    return sorted(found, key=_by_order)


def body_of(parameters: Iterable[Node], outputs: Iterable[Node]) -> list[Node]:
    """What lies between parameters and outputs and depends on a parameter, inputs first.

    What only a parameter is made of is no part of it.
    """
    moving = set(parameters)
    order = []
    first = min((x.order for x in moving), default=0)
    for node in ancestors(outputs, after=first, stops=moving):
        if not moving.isdisjoint(node.inputs):
            moving.add(node)
            order.append(node)
    return order


def split(outputs: Sequence[Node], inputs: Sequence[Node]) -> tuple[list[Node], list[Node]]:
    """The nodes that depend on an input, in order, and what else they and the outputs need."""
    steps = body_of(inputs, outputs)
    own = {*inputs, *steps}
    needed = dict.fromkeys([*(x for node in steps for x in node.inputs), *outputs])
    return steps, [node for node in needed if node not in own]


_by_order = attrgetter("order")
