"""Postfixes: attributes, indices, and which function a call means."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gradcli.errors import ProgramTypeError, ShapeError
from gradcli.ir.node import WORDS, Node
from gradcli.lower.expressions import constant, unknown_name
from gradcli.lower.functions import function_named, method_meant, prefixed_function
from gradcli.lower.gradient import Differentiated, zeros_like
from gradcli.lower.indexing import index
from gradcli.lower.trees import dotted, unrolled
from gradcli.lower.values import MISSING, NOTHING, Elements, FunctionValue, describe, stacked_value
from gradcli.lower.words import CONSTANTS, DTYPES, FRAMEWORK_KEYWORDS
from gradcli.syntax import tree

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from gradcli.lower.signatures import Argument
    from gradcli.lower.values import Value
    from gradcli.lower.walk import Handler, Walk


def postfix(walk: Walk, node: Any) -> Value:
    """Calls, indices and attributes, however many in a row, without recursion."""
    if node.__class__ is tree.Call:
        build = walk.names.elementwise.get(node)
        if build is not None:
            return _call_elementwise(walk, build, node)
    postfixes, inner = unrolled(node, lambda attribute: _path(walk, attribute))
    value = None if inner is None else walk.expression(inner)
    for outer in postfixes:
        value = _POSTFIXES[outer.__class__](walk, outer, value)
    return value


def _call_elementwise(walk: Walk, build: Callable[..., Node], node: tree.Call) -> Node:
    """An elementwise operation of operands that are all given by position."""
    operands: list[Any] = []
    handlers, graph = walk.handlers, walk.graph
    for argument in node.arguments:
        operand = argument.value
        value = handlers[operand.__class__](walk, operand)
        if value is NOTHING:
            raise walk.no_value(operand)
        if value.__class__ is not Node:
            value = stacked_value(graph, value, walk.span(argument))
        operands.append(value)
    walk.step(node)
    graph.place = walk.source, node.start, node.end
    try:
        result = build(*operands)
    except ShapeError as error:
        spans = map(walk.span, node.arguments)
        raise walk.shape_error(error, *zip(spans, operands, strict=True)) from None
    if len(result.shape) == 2 and walk.source.text.startswith("|", node.start):
        from gradcli.lower.matrix_powers import note_bars

        walk.warn(note_bars(walk.span(node)))
    return result


def _path(walk: Walk, node: tree.Attribute) -> list[str] | None:
    """The words of an attribute behind a framework's prefix; None if that does not stand there."""
    words = dotted(node, walk.names.defined) if walk.names.prefixes else None
    return words if words and words[0] in walk.names.prefixes else None


# --- one postfix, of the value that it stands behind ----------------------------------------------


def _call(walk: Walk, node: tree.Call, receiver: Value) -> Value:
    """A call of a function, a method of the receiver, or the receiver itself."""
    from gradcli.lower.signatures import Argument

    arguments = [Argument(walk.span(a), a.value, name=a.id) for a in node.arguments]
    name, function = node.function, receiver
    if isinstance(receiver, Elements):
        from gradcli.lower.updates import updated

        return updated(walk, node, receiver, arguments)
    if isinstance(name, tree.Name):
        function = _callee(walk, name, _prefix(arguments))
    elif isinstance(name, tree.Attribute) and (path := _path(walk, name)):
        function = prefixed_function(walk.library, path)
    elif isinstance(name, tree.Attribute):
        function = _method(walk, name, _prefix(arguments) or walk.names.framework)
        arguments.insert(0, Argument(walk.span(name.value), value=receiver))
    walk.step(node)
    return walk.call(function, arguments, walk.span(node))


def _prefix(arguments: list[Argument]) -> str:
    """The prefix of the only framework that has the names of these arguments; "" if none has."""
    named = (FRAMEWORK_KEYWORDS.get(a.name, "") for a in arguments if a.name)
    return next(filter(None, named), "")


def _callee(walk: Walk, name: tree.Name, prefix: str = "") -> FunctionValue:
    """The function that a name before brackets stands for, with this prefix's meaning if any."""
    value = walk.scope.find(name.id)
    if isinstance(value, FunctionValue):
        return value
    function = function_named(walk.library, name.id)
    if function is not None:
        return (prefixed_function(walk.library, [prefix, name.id]) if prefix else None) or function
    if value is MISSING:
        raise unknown_name(walk, name)
    raise ProgramTypeError(
        f"{name.id} is {describe(value)}, not a function",
        span=walk.span(name),
        help=f"for a product write {name.id}*(…)",
    )


def _method(walk: Walk, node: tree.Attribute, prefix: str) -> FunctionValue:
    """The function that a name behind a dot stands for, with this prefix's meaning if any."""
    value = walk.scope.find(node.id)
    if isinstance(value, FunctionValue):
        return value
    function = method_meant(walk.library, node.id, prefix)
    return function or _callee(walk, tree.Name(node.id, node.id_start, node.end))


def _attribute(walk: Walk, node: tree.Attribute, value: Value) -> Value:
    """`x.T` and its like; `np.pi`; a function behind a prefix."""
    if path := _path(walk, node):
        if node.id in DTYPES:
            return node.id
        named = node.id in CONSTANTS
        return constant(walk, node.id) if named else prefixed_function(walk.library, path)
    if isinstance(value, tuple):
        return _part(walk, node, value)
    if not isinstance(value, Node) or node.id not in _ATTRIBUTES:
        raise ProgramTypeError(f"{describe(value)} has no .{node.id}", span=walk.span(node))
    walk.at(node)
    return walk.within(walk.span(node), lambda: _ATTRIBUTES[node.id](walk, value))


def _part(walk: Walk, node: tree.Attribute, value: tuple[Value, ...]) -> Value:
    """One of several results by the name that its framework has for it."""
    names = walk.parts[id(value)][1] if id(value) in walk.parts else ()
    part = next((x for name, x in zip(names, value, strict=False) if name == node.id), None)
    if part is None:
        listed = ", ".join(f".{name}" for name in names[: len(value)] if name)
        raise ProgramTypeError(
            f"{describe(value)} has no .{node.id}",
            span=walk.span(node),
            help=f"it has {listed}" if listed else None,
        )
    return part


def _gradient(walk: Walk, x: Node) -> Node:
    """`x.grad`: the sum of the gradients of everything that `backward` was called for."""
    span = walk.graph.span
    name = "x" if span is None else span.text.removesuffix(".grad")
    gradient = walk.accumulated(x, name)
    if walk.backwards:
        ys = [y for group, _ in walk.backwards for y in group]
        walk.warn_of_zeros(Differentiated(ys, [x], [name]), span)
    return zeros_like(x) if gradient is None else gradient


def _matrix_transpose(walk: Walk, x: Node) -> Value:
    """`x.mT`: the last two axes exchanged."""
    function = walk.library.find("matrix_transpose")
    assert function is not None
    result: Node = function(x)
    return result


_ATTRIBUTES: dict[str, Callable[[Walk, Node], Value]] = {
    "T": lambda walk, x: WORDS["transpose"](x),
    "mT": _matrix_transpose,
    "at": lambda walk, x: Elements(x),
    "shape": lambda walk, x: tuple(map(walk.graph.length, x.shape)),
    "size": lambda walk, x: walk.graph.length(x.size),
    "ndim": lambda walk, x: walk.graph.length(x.ndim),
    "grad": _gradient,
}
"""What the attributes of an array are."""

_POSTFIXES: dict[type, Callable[[Walk, Any, Value], Value]] = {
    tree.Attribute: _attribute,
    tree.Call: _call,
    tree.Index: index,
}

POSTFIXES: Mapping[type, Handler] = dict.fromkeys(_POSTFIXES, postfix)
"""What evaluates each kind of postfix."""
