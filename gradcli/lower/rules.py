"""Derivative rules of the user's own: `vjp f(x, dy) = …`."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from gradcli.errors import ProgramTypeError, ShapeError, Span
from gradcli.ir.node import Node
from gradcli.ir.shapes import show_shape
from gradcli.lower.calls import call_closure, run_body
from gradcli.lower.functions import no_function_for_rule
from gradcli.lower.signatures import Argument, counted
from gradcli.lower.values import NOTHING, Closure, describe

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gradcli.lower.values import Value
    from gradcli.lower.walk import Walk
    from gradcli.syntax import tree


def rule(walk: Walk, node: tree.DerivativeRule) -> Value:
    """`vjp f(x, dy) = …`: checked against f, and kept with it."""
    span = walk.span(node)
    function = walk.scope.find(node.id)
    if not isinstance(function, Closure):
        raise no_function_for_rule(node.id, span)
    if len(node.parameters) != len(function.parameters) + 1:
        raise _other_parameters(node.id, function, span)
    own = Closure(node.id, node, walk.scope, span)
    function.rule = partial(_call_with_rule, walk, own)
    return NOTHING


def _call_with_rule(
    walk: Walk, rule: Closure, closure: Closure, values: dict[str, Value], span: Span
) -> Node:
    """A call of a function with a rule of its own: one node, differentiated by that rule."""
    arrays = {name: value for name, value in values.items() if isinstance(value, Node)}
    value = run_body(walk, closure, values, span)
    if not isinstance(value, Node):
        message = f"{closure.name} has a rule and must give one array, not {describe(value)}"
        raise ProgramTypeError(message, span=span)

    def cotangents(primals: Sequence[Node], g: Node) -> list[Node]:
        moved = {**values, **dict(zip(arrays, primals, strict=True))}
        return _cotangents(walk, rule, moved, g, span)

    return walk.modes.ruled(closure.name, value, list(arrays.values()), cotangents)


def _other_parameters(name: str, function: Closure, span: Span) -> ProgramTypeError:
    takes = ", ".join([*function.signature.positional, "dy"])
    return ProgramTypeError(
        f"the rule of {name} takes what {name} takes, and then the cotangent",
        span=span,
        help=f"vjp {name}({takes}) = …",
    )


def _cotangents(
    walk: Walk, rule: Closure, values: dict[str, Value], g: Node, span: Span
) -> list[Node]:
    """The cotangents that the user's rule gives, checked for number and shape."""
    arguments = [Argument(span, value=value) for value in (*values.values(), g)]
    result = walk.deep(lambda: call_closure(walk, rule, arguments, span))
    parts = result if isinstance(result, tuple) else (result,)
    if len(parts) != len(values):
        counts = f"{counted(len(parts), 'cotangent')} for {counted(len(values), 'parameter')}"
        message, help_ = f"the rule of {rule.name} gives {counts}", "one for each parameter: (…, …)"
        raise ProgramTypeError(message, span=rule.span, help=help_)
    pairs = zip(values.items(), parts, strict=True)
    return [_cotangent(rule, name, part, x) for (name, x), part in pairs if isinstance(x, Node)]


def _cotangent(rule: Closure, name: str, part: Value, x: Node) -> Node:
    """One result of a rule, which must have the shape of its parameter."""
    gives = f"the rule of {rule.name} gives"
    if not isinstance(part, Node):
        message = f"{gives} {describe(part)} for {name}, not an array"
        raise ProgramTypeError(message, span=rule.span)
    if part.shape != x.shape:
        raise ShapeError(
            f"{gives} a cotangent of shape {show_shape(part.shape)} for {name}, whose shape is "
            f"{show_shape(x.shape)}",
            span=rule.span,
        )
    return part
