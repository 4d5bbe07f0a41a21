"""Postfixes: attributes, indices, and which function a call means."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from gradcli.errors import ProgramTypeError, ShapeError
from gradcli.ir.node import Node
from gradcli.ir.op import Elementwise, show_shape
from gradcli.ir.words import WORDS
from gradcli.lower import calls, derivatives
from gradcli.lower.arguments import Given
from gradcli.lower.expressions import constant, unknown_name
from gradcli.lower.scope import MISSING
from gradcli.lower.values import BuiltIn, Callable_, Closure, Derived, Special, describe
from gradcli.lower.walk import dotted
from gradcli.lower.words import CONSTANTS, DTYPES, SPECIALS
from gradcli.syntax import tree

if TYPE_CHECKING:
    from gradcli.lower.interpreter import Interpreter


def postfix(run: Interpreter, node: Any) -> Any:
    """Calls, indices and attributes, however many in a row, without recursion."""
    op = direct(run, node) if node.__class__ is tree.Call else None
    if op is not None:
        return calls.call_elementwise(run, op, node)
    spine = []
    while True:
        spine.append(node)
        below = receiver(run, node)
        if not isinstance(below, (tree.Call, tree.Index, tree.Attribute)):
            break
        node = below
    value = None if below is None else run.expression(below)
    for outer in reversed(spine):
        value = apply_postfix(run, outer, value)
    return value


def direct(run: Interpreter, node: tree.Call) -> Elementwise | None:
    """The elementwise operation that a call is of, if that and its operands are plain to see."""
    try:
        return run.direct[node]
    except KeyError:
        pass
    name, found = node.function, None
    if isinstance(name, tree.Name) and name.id not in run.names.defined:
        record = run.library.find(name.id)
        simple = record is not None and isinstance(record.op, Elementwise)
        if simple and record.build is record.op and len(node.arguments) == len(record.parameters):
            found = None if any(a.id for a in node.arguments) else record.op
    run.direct[node] = found
    return found


def receiver(run: Interpreter, node: Any) -> Any:
    """The expression that a postfix stands behind; None where a function's name stands."""
    if isinstance(node, tree.Index):
        return node.value
    function = node.function if isinstance(node, tree.Call) else node
    if isinstance(function, tree.Attribute):
        return None if is_prefixed(run, function) else function.value
    if isinstance(function, tree.Name):
        return None
    return function


def is_prefixed(run: Interpreter, node: tree.Attribute) -> bool:
    """Whether an attribute stands behind a framework's prefix."""
    words = dotted(node) if run.names.prefixes else None
    return words is not None and words[0] in run.names.prefixes


def apply_postfix(run: Interpreter, node: Any, value: Any) -> Any:
    """One postfix, of the value that it stands behind."""
    if isinstance(node, tree.Index):
        return index(run, node, value)
    if isinstance(node, tree.Attribute):
        return attribute(run, node, value)
    function = node.function
    if isinstance(function, tree.Name):
        return call(run, callee(run, function), node, None)
    if isinstance(function, tree.Attribute):
        if is_prefixed(run, function):
            return call(run, prefixed(run, function), node, None)
        return call(run, method(run, function), node, value, function.value)
    return call(run, value, node, None)


def attribute(run: Interpreter, node: tree.Attribute, value: Any) -> Any:
    """`x.T` and its like; `np.pi`; a function behind a prefix."""
    if is_prefixed(run, node):
        if node.id in DTYPES:
            return node.id
        return constant(run, node.id) if node.id in CONSTANTS else prefixed(run, node)
    if not isinstance(value, Node):
        raise ProgramTypeError(f"{describe(value)} has no .{node.id}", span=run.span(node))
    run.place(run.span(node))
    if node.id == "T":
        return WORDS["transpose"](value)
    if node.id == "shape":
        return tuple(run.graph.constant(float(n)) for n in value.shape)
    if node.id == "grad":
        return derivatives.accumulated(run, value)
    return run.graph.constant(float(value.size if node.id == "size" else value.ndim))


def index(run: Interpreter, node: tree.Index, value: Any) -> Any:
    """`x[…]`, of an array or a tuple."""
    if isinstance(value, tuple):
        return tuple_item(run, node, value)
    if not isinstance(value, Node):
        raise ProgramTypeError(f"{describe(value)} has no items", span=run.span(node))
    items = [index_item(run, item) for item in node.items]
    run.place(run.span(node))
    try:
        return run.shaped(node, lambda: WORDS["index"](value, *items))
    except (LookupError, ValueError):
        raise ShapeError(
            f"these indices do not fit the shape {show_shape(value.shape)}", span=run.span(node)
        ) from None


def tuple_item(run: Interpreter, node: tree.Index, value: tuple[Any, ...]) -> Any:
    """An item or a slice of a tuple."""
    if len(node.items) == 1:
        item = index_item(run, node.items[0])
        if isinstance(item, slice) or (isinstance(item, int) and -len(value) <= item < len(value)):
            return value[item]
    raise ProgramTypeError(
        f"a tuple of {len(value)} has no such item",
        span=run.span(node),
        help=f"items 0 to {len(value) - 1}",
    )


def index_item(run: Interpreter, node: Any) -> Any:
    """One item between brackets as NumPy takes it: int, slice, `...`, None, array."""
    if isinstance(node, tree.Dots):
        return Ellipsis
    if isinstance(node, tree.Slice):
        parts = [node.lower, node.upper, node.step]
        return slice(*[None if part is None else whole_number(run, part) for part in parts])
    value = run.expression(node)
    if value is None:
        return None
    if not isinstance(value, Node):
        raise ProgramTypeError(f"an index is not {describe(value)}", span=run.span(node))
    found = np.asarray(run.ask(value))
    if found.dtype.kind == "b":
        return found
    return whole_array(run, found, node)


def whole_array(run: Interpreter, found: Any, node: tree.Tree) -> Any:
    """Indices as integers."""
    if not (np.isfinite(found).all() and (found == np.floor(found)).all()):
        raise ProgramTypeError("an index must be a whole number", span=run.span(node))
    return int(found) if found.ndim == 0 else found.astype(np.intp)


def whole_number(run: Interpreter, node: Any) -> int | None:
    """One whole number, or None."""
    value = run.expression(node)
    if value is None:
        return None
    if not isinstance(value, Node):
        raise ProgramTypeError(f"an index is not {describe(value)}", span=run.span(node))
    item = whole_array(run, np.asarray(run.ask(value)), node)
    if not isinstance(item, int):
        raise ProgramTypeError("one whole number is needed here", span=run.span(node))
    return item


def callee(run: Interpreter, name: tree.Name) -> Any:
    """The function that a name before brackets stands for."""
    value = run.scope.find(name.id)
    if isinstance(value, Callable_):
        return value
    found = run.function_named(name.id)
    if found is not None:
        return found
    if value is not MISSING:
        raise ProgramTypeError(
            f"{name.id} is {describe(value)}, not a function",
            span=run.span(name),
            help=f"for a product write {name.id}*(…)",
        )
    raise unknown_name(run, name)


def method(run: Interpreter, node: tree.Attribute) -> Any:
    """The function that a name behind a dot stands for."""
    value = run.scope.find(node.id)
    if isinstance(value, Callable_):
        return value
    if node.id in run.library.METHODS_ONLY:
        return BuiltIn(run.library.find(node.id))
    return callee(run, tree.Name(node.id, node.id_start, node.id_start + len(node.id)))


def prefixed(run: Interpreter, node: tree.Attribute) -> Any:
    """The function behind a framework's prefix, in that framework's meaning."""
    words = dotted(node) or [node.id]
    name = words[-1]
    framework = run.library.framework(words)
    if name in SPECIALS:
        return Special(name)
    path = ".".join([framework, *words[1:-1]])
    behind = run.library.BEHIND_PREFIX
    name = behind.get((path, name)) or behind.get((framework, name), name)
    record = run.library.find(name)
    return BuiltIn(record, path if path in record.variants else framework)


def call(
    run: Interpreter, function: Any, node: tree.Call, receiver: Any, receiver_tree: Any = None
) -> Any:
    """A call of any function value; `receiver` is what a method stands behind."""
    run.step(node)
    given = []
    if receiver_tree is not None:
        given.append(Given(None, receiver, None, run.span(receiver_tree)))
    given += [Given(a.value, None, a.id, run.span(a)) for a in node.arguments]
    return call_with(run, function, given, node)


def call_with(run: Interpreter, function: Any, given: list[Given], node: tree.Call) -> Any:
    """A call, by what kind of function it is of."""
    if isinstance(function, BuiltIn):
        return calls.call_built_in(run, function, given, run.span(node))
    if isinstance(function, Closure):
        values = [(g.name, calls.argument(run, g)) for g in given]
        return calls.call_closure(run, function, values, run.span(node))
    if isinstance(function, Special):
        return derivatives.special(run, function.name, given, node)
    if isinstance(function, Derived):
        return run.shaped(node, lambda: function.run(*[calls.argument(run, g) for g in given]))
    raise ProgramTypeError(f"{describe(function)} cannot be called", span=run.span(node.function))


POSTFIXES: dict[type, Any] = {tree.Attribute: postfix, tree.Call: postfix, tree.Index: postfix}
"""What evaluates each kind of postfix."""
