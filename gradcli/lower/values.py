"""The values of the language: nodes, tuples, strings, functions, None; and their names."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from gradcli.errors import ProgramTypeError, ShapeError, Span
from gradcli.ir.node import WORDS, Node
from gradcli.ir.shapes import broadcast_shapes, show_shape

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from gradcli.ir.function import Function
    from gradcli.ir.node import Graph
    from gradcli.syntax import tree

    Value: TypeAlias = "Node | tuple[Value, ...] | str | FunctionValue | Elements | Nothing | None"


class Nothing:
    """The value of a statement that has none."""

    __slots__ = ()


NOTHING = Nothing()

MISSING: Any = object()


class Scope:
    """The names of the program, or of one call of a function; `parent` is the scope around it."""

    __slots__ = ("names", "parent")

    def __init__(self, parent: Scope | None = None, names: dict[str, Any] | None = None) -> None:
        self.parent = parent
        self.names: dict[str, Any] = {} if names is None else names

    def find(self, name: str) -> Any:
        """The value of a name here or around here, or MISSING."""
        scope: Scope | None = self
        while scope is not None:
            value = scope.names.get(name, MISSING)
            if value is not MISSING:
                return value
            scope = scope.parent
        return MISSING


class Elements:
    """`x.at[…]`: elements of an array, to be read or replaced; `x.at` itself has no key."""

    __slots__ = ("array", "key")

    def __init__(self, array: Node, key: tuple[Any, ...] | None = None) -> None:
        self.array = array
        self.key = key


class FunctionValue:
    """A function value: what a program can call and pass on."""

    __slots__ = ("name",)

    def __init__(self, name: str) -> None:
        self.name = name


class BuiltIn(FunctionValue):
    """A function of the library, with the framework whose meaning was asked for.

    Messages call it by `name`, as the program does. `spellings` are the names of it there, of which
    the record may hold signatures.
    """

    __slots__ = ("framework", "record", "spellings")

    def __init__(
        self, record: Function, name: str = "", framework: str = "", spellings: tuple[str, ...] = ()
    ) -> None:
        self.name = name or record.name
        self.record = record
        self.framework = framework
        self.spellings = spellings

    def takes_type(self) -> bool:
        """Whether it has a parameter for the type of numbers."""
        return any(p.kind == "Type" for p in self.record.parameters)


class Special(FunctionValue):
    """A word that the language itself gives a meaning, such as `grad` or `print`."""

    __slots__ = ()


class Closure(FunctionValue):
    """A function that the program defines, and the scope around it; `x => …` has no name.

    If it has a derivative rule of its own, `rule(closure, values, span)` gives the value of a call.
    """

    __slots__ = ("body", "parameters", "rule", "scope", "signature", "span")

    def __init__(
        self,
        name: str,
        node: tree.Define | tree.Lambda | tree.DerivativeRule,
        scope: Scope,
        span: Span,
    ) -> None:
        self.name = name
        self.parameters = node.parameters
        self.body = node.body
        self.scope = scope
        self.span = span
        self.rule: Callable[[Closure, dict[str, Value], Span], Value] | None = None
        from gradcli.lower.signatures import Signature

        positional = [p.id for p in node.parameters]
        needed = [p.id for p in node.parameters if p.default is None]
        self.signature = Signature(name or "the function", positional, needed, self.head)

    def head(self) -> str:
        """How it is written: `f(x, n=2)`, `x =>`, `(x, y) =>`."""
        words = [Span(self.span.source, p.start, p.end).text for p in self.parameters]
        inner = ", ".join(words)
        if self.name:
            return f"{self.name}({inner})"
        return f"{inner} =>" if len(words) == 1 else f"({inner}) =>"


class Derived(FunctionValue):
    """The derivative of a function value: `derivative(values, span)` is its value there."""

    __slots__ = ("derivative",)

    def __init__(self, name: str, derivative: Callable[[list[Value], Span], Value]) -> None:
        self.name = name
        self.derivative = derivative


def describe(value: Value) -> str:
    """What a value is, for messages."""
    if isinstance(value, Node):
        kind = "truth value" if value.is_bool else "number"
        return f"an array of shape {show_shape(value.shape)}" if value.shape else f"a {kind}"
    if isinstance(value, tuple):
        return f"a tuple of {len(value)}" if value else "an empty tuple"
    if isinstance(value, str):
        return "a string"
    if isinstance(value, Elements):
        return "a choice of elements"
    return "None" if value is None else "a function"


def how_to_call(value: Value) -> str | None:
    """What to do with a function where its value is wanted; None for other values."""
    if isinstance(value, Elements):
        return "write x.at[i].set(y) or x.at[i].add(y)"
    if isinstance(value, Closure) and not value.name:
        return f"drop `{value.head()}`, or call it"
    return "call it, as in `f(x)`" if isinstance(value, FunctionValue) else None


def to_node(value: Value | float | np.ndarray[Any, Any] | np.generic, graph: Graph) -> Node:
    """A value as a node: nodes as they are, arrays and numbers as constants."""
    if isinstance(value, Node):
        return value
    if isinstance(value, (int, float, np.ndarray, np.generic)):
        return graph.constant(value)
    raise ProgramTypeError(f"a number or an array is needed here, not {describe(value)}")


def stacked(items: Sequence[Node]) -> Node:
    """Nodes of one shape joined on a new first axis."""
    first = items[0].shape
    for item in items:
        if item.shape != first:
            raise ShapeError(
                f"the items of an array have shapes {show_shape(first)} and "
                f"{show_shape(item.shape)}",
                help="they must all have the same shape",
            )
    return WORDS["stack"](tuple(items))


def stacked_value(graph: Graph, value: Value, span: Span) -> Node:
    """A value as one node, tuples stacked; an error in it gets the span of the argument."""
    graph.span = span
    try:
        if isinstance(value, tuple) and value:
            return stacked([to_node(part, graph) for part in value])
        return to_node(value, graph)
    except ProgramTypeError as error:
        error.span = span
        raise


def leaves(value: Value) -> list[Node]:
    """The nodes of a value, tuples taken apart."""
    nodes: list[Node] = []
    stack = [value]
    while stack:
        item = stack.pop()
        if isinstance(item, tuple):
            stack.extend(reversed(item))
        elif isinstance(item, Node):
            nodes.append(item)
    return nodes


def fits(shape: tuple[int, ...], like: tuple[int, ...]) -> bool:
    """Whether an array of one shape broadcasts to another, as a seed to the shape of its value."""
    try:
        return broadcast_shapes(shape, like) == like
    except ShapeError:
        return False
