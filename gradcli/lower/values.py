"""The values of the language: nodes, tuples, text, functions, and None."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from gradcli.errors import ProgramTypeError, ShapeError, Span
from gradcli.ir.node import Graph, Node
from gradcli.ir.shapes import broadcast_shapes, show_shape

if TYPE_CHECKING:
    from collections.abc import Callable

    from gradcli.ir.function import Function
    from gradcli.lower.scope import Scope
    from gradcli.syntax import tree


NOTHING: Any = object()
"""The value of a statement that has none."""


class Callable_:  # noqa: N801 - a trailing underscore keeps it apart from typing's
    """A function value: what a program can call and pass on."""

    __slots__ = ("name",)
    name: str


class BuiltIn(Callable_):
    """A function of the library, with the framework whose meaning was asked for."""

    __slots__ = ("framework", "record")

    def __init__(self, record: Function, framework: str = "") -> None:
        self.name = record.name
        self.record = record
        self.framework = framework


class Special(Callable_):
    """A word that the language itself gives a meaning, such as `grad` or `print`."""

    __slots__ = ()

    def __init__(self, name: str) -> None:
        self.name = name


class Closure(Callable_):
    """A function that the program defines, and the scope around it; `x => …` has no name."""

    __slots__ = ("body", "parameters", "rule", "scope", "span")

    def __init__(
        self,
        name: str,
        parameters: tuple[tree.Parameter, ...],
        body: tree.Body,
        scope: Scope,
        span: Span,
    ) -> None:
        self.name = name
        self.parameters = parameters
        self.body = body
        self.scope = scope
        self.span = span
        self.rule: Callable[..., Any] | None = None

    def head(self) -> str:
        """How it is written: `f(x, n=2)`, `x =>`, `(x, y) =>`."""
        words = []
        for parameter in self.parameters:
            given = Span(self.span.source, parameter.start, parameter.end).text
            words.append(parameter.id if parameter.default is None else given)
        inner = ", ".join(words)
        if self.name:
            return f"{self.name}({inner})"
        return f"{inner} =>" if len(words) == 1 else f"({inner}) =>"


class Derived(Callable_):
    """The derivative of a function value: `run(arguments)` gives nodes."""

    __slots__ = ("run",)

    def __init__(self, name: str, run: Callable[..., Any]) -> None:
        self.name = name
        self.run = run


def fits(shape: tuple[int, ...], like: tuple[int, ...]) -> bool:
    """Whether an array of one shape broadcasts to another, as a seed to the shape of its value."""
    try:
        return broadcast_shapes(shape, like) == like
    except ShapeError:
        return False


def describe(value: Any) -> str:
    """What a value is, for messages."""
    if isinstance(value, Node):
        kind = "truth value" if value.is_bool else "number"
        return f"an array of shape {show_shape(value.shape)}" if value.shape else f"a {kind}"
    if isinstance(value, tuple):
        return f"a tuple of {len(value)}"
    if isinstance(value, str):
        return "a text"
    if value is None:
        return "None"
    return "a function"


def how_to_call(value: Any) -> str | None:
    """What to do with a function where its value is wanted; None for other values."""
    if isinstance(value, Closure) and not value.name:
        return f"drop `{value.head()}`, or call it"
    return "call it, as in `f(x)`" if isinstance(value, Callable_) else None


def to_node(value: Any, graph: Graph) -> Node:
    """A value as a node: nodes as they are, arrays and numbers as constants."""
    if isinstance(value, Node):
        return value
    if isinstance(value, (int, float, np.ndarray, np.generic)):
        return graph.constant(value)
    raise ProgramTypeError(f"a number or an array is needed here, not {describe(value)}")


def leaves(value: Any) -> list[Node]:
    """The nodes of a value, tuples taken apart."""
    found = []
    stack = [value]
    while stack:
        item = stack.pop()
        if isinstance(item, tuple):
            stack.extend(reversed(item))
        elif isinstance(item, Node):
            found.append(item)
    return found
