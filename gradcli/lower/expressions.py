"""Expressions other than calls and indices: names, literals, operators, functions."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from gradcli.errors import (
    GradcliError,
    Notice,
    ProgramNameError,
    ProgramTypeError,
    ShapeError,
    Span,
)
from gradcli.ir.node import MAX_AXES, WORDS, Node
from gradcli.lower.values import MISSING, Closure, stacked
from gradcli.lower.words import COMPARISONS, CONSTANTS, OPERATORS, SIGNS
from gradcli.syntax import tree

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gradcli.lower.values import Value
    from gradcli.lower.walk import Handler, Walk


def number(walk: Walk, node: tree.Number) -> Node:
    """A number; one that occurred before is looked up without a call."""
    return walk.graph.scalars.get(node.value or None) or walk.graph.constant(node.value)


def name(walk: Walk, node: tree.Name) -> Value:
    """What a name stands for."""
    value: Value = walk.scope.find(node.id)
    if value is not MISSING:
        return value
    if node.id in CONSTANTS:
        walk.at(node)
        return constant(walk, node.id)
    raise unknown_name(walk, node)


def constant(walk: Walk, name: str) -> Node | None:
    """The value of a constant's name; None for `None`."""
    value = CONSTANTS[name]
    return None if value is None else walk.graph.constant(value)


def unknown_name(walk: Walk, node: tree.Name) -> GradcliError:
    """The error of a name that has no value yet, or is that of a function of the library."""
    from gradcli.lower.unassigned import why_missing

    reason = why_missing(walk.source, walk.block, node)
    if reason is None:
        message = f"a number or an array is needed here, not the function {node.id}"
        return ProgramTypeError(message, span=walk.span(node), help=f"call it: {node.id}(…)")
    message = f"{node.id} has no value here: {reason}"
    return ProgramNameError(message, span=walk.span(node), help=f"give {node.id} a value first")


def array(walk: Walk, node: tree.Array) -> Value:
    """`[a, b]`: items of one shape, stacked."""
    if not node.items:
        return walk.graph.constant(np.zeros(0))
    numbers = _literal_array(node)
    if numbers is not None:
        return walk.graph.constant(numbers)
    items = [walk.number(item) for item in node.items]
    walk.at(node)
    return walk.within(walk.span(node), lambda: stacked(items))


def _literal_array(node: tree.Array) -> Any:
    """The array of `[1, 2]` or `[[1, 2], [3, 4]]` where all items are numbers; else None."""
    items = []
    for item in node.items:
        value = literal(item)
        if value is None:
            return None
        items.append(value)
    shapes = set(map(np.shape, items))
    return np.array(items, float) if len(shapes) == 1 and len(shapes.pop()) < MAX_AXES else None


def literal(node: tree.Tree) -> Any:
    """The number, with its sign, or the array of numbers that is written here; else None."""
    if isinstance(node, tree.Number):
        return node.value
    if isinstance(node, tree.Array):
        return _literal_array(node) if node.items else None
    if not isinstance(node, tree.UnaryOperation) or node.ops != ("-",):
        return None
    return -node.operand.value if isinstance(node.operand, tree.Number) else None


def unary(walk: Walk, node: tree.UnaryOperation) -> Node:
    """Signs and negations, the innermost first."""
    value = walk.number(node.operand)
    walk.at(node)
    for op in reversed(node.ops):
        value = WORDS[SIGNS[op]](value)
    return value


# --- chains -------------------------------------------------------------------------------------


def combined(
    walk: Walk, word: str, left: Node, right: Node, ends: tuple[int, int, int, int]
) -> Node:
    """An operation of two values whose texts start and end there, one after the other."""
    walk.graph.place = walk.source, ends[0], ends[3]
    try:
        return WORDS[word](left, right)
    except ShapeError as error:
        raise _mismatch(walk, error, left, right, ends) from None


def _mismatch(
    walk: Walk, error: ShapeError, left: Node, right: Node, ends: tuple[int, int, int, int]
) -> ShapeError:
    """The error of two values that do not fit together, with their texts."""
    start, before, after, end = ends
    first, second = Span(walk.source, start, before), Span(walk.source, after, end)
    return walk.shape_error(error, (first, left), (second, right))


def arithmetic(walk: Walk, node: tree.Arithmetic) -> Node:
    """A chain of operators of one precedence, from the left; with few calls, for it is frequent."""
    rest = iter(node.operands)
    left = next(rest)
    handlers, graph, start = walk.handlers, walk.graph, left.start
    value = handlers[type(left)](walk, left)
    if value.__class__ is not Node:
        raise walk.no_number(value, left)
    for op, right in zip(node.ops, rest):  # noqa: B905 - of one length, and faster so
        other = handlers[type(right)](walk, right)
        if other.__class__ is not Node:
            raise walk.no_number(other, right)
        if walk.has_signs and op == "*" and value.shape and other.shape:
            _note_product(walk, start, left.end, right.start, right.end)
        if op == "@" and tree.Power in (left.__class__, right.__class__):
            _note_powers(walk, (left, value), (right, other))
        graph.place = walk.source, start, right.end
        try:
            value = WORDS[OPERATORS[op]](value, other)
        except ShapeError as error:
            ends = (start, left.end, right.start, right.end)
            raise _mismatch(walk, error, value, other, ends) from None
        left = right
    return value


def _note_product(walk: Walk, start: int, before: int, after: int, end: int) -> None:
    """`w·x`, which elsewhere is the inner product of two arrays, and `u×v` the cross product."""
    text = walk.source.text
    sign = text[before:after].strip()
    if sign not in "×·⋅":
        return
    left, right = text[start:before].strip(), text[after:end].strip()
    if len(left + right) > 40:
        left, right = "a", "b"
    other = f"cross({left}, {right})" if sign == "×" else f"{left} @ {right}"
    notice = Notice(
        f"`{sign}` multiplies the elements of these arrays one by one",
        span=Span(walk.source, start, end),
        help=f"for the product of vectors write {other}; if this is meant, {left}*{right}",
    )
    walk.warn(notice)


def _note_powers(walk: Walk, *factors: tuple[tree.Tree, Node]) -> None:
    """`A^-1 @ b` and `A^2 @ b`, which elsewhere are the inverse and a product of matrices."""
    from gradcli.lower.matrix_powers import note_power

    for factor, value in factors:
        notice = factor.__class__ is tree.Power and note_power(walk.span(factor), value.shape)
        if notice:
            walk.warn(notice)


def power(walk: Walk, node: tree.Power) -> Node:
    """A chain of powers, from the right."""
    *bases, value = [walk.number(operand) for operand in node.operands]
    end = node.operands[-1].end
    for i in range(len(bases) - 1, -1, -1):
        base, exponent = node.operands[i], node.operands[i + 1]
        ends = (base.start, base.end, exponent.start, end)
        value = combined(walk, "pow", bases[i], value, ends)
    return value


def compare(walk: Walk, node: tree.Compare) -> Node:
    """`a < b < c`: all of the comparisons hold."""
    values = [walk.number(operand) for operand in node.operands]
    whole: Node | None = None
    for i, op in enumerate(node.ops):
        left, right = node.operands[i], node.operands[i + 1]
        ends = (left.start, left.end, right.start, right.end)
        holds = combined(walk, COMPARISONS[op], values[i], values[i + 1], ends)
        if whole is not None:
            ends = (node.operands[0].start, left.end, left.start, right.end)
            holds = combined(walk, "and", whole, holds, ends)
        whole = holds
    assert whole is not None
    return whole


def logical(walk: Walk, node: tree.Logical) -> Node:
    """`and`, `or`: elementwise."""
    first = node.operands[0]
    value = WORDS["truth"](walk.number(first))
    for left, right in pairwise(node.operands):
        ends = (first.start, left.end, right.start, right.end)
        value = combined(walk, node.op, value, walk.number(right), ends)
    return value


def choice(walk: Walk, node: tree.Choice) -> Value:
    """`a if c else b`: only the chosen side is evaluated; a chain of them in a loop."""
    chosen: tree.Expression = node
    while isinstance(chosen, tree.Choice):
        chosen = chosen.value if walk.decide(chosen.condition) else chosen.other
    return walk.expression(chosen)


EXPRESSIONS: Mapping[type, Handler] = {
    tree.Number: number,
    tree.String: lambda walk, node: node.text,
    tree.Name: name,
    tree.Tuple: lambda walk, node: tuple([walk.expression(item) for item in node.items]),
    tree.Array: array,
    tree.UnaryOperation: unary,
    tree.Arithmetic: arithmetic,
    tree.Power: power,
    tree.Compare: compare,
    tree.Logical: logical,
    tree.Lambda: lambda walk, node: Closure("", node, walk.scope, walk.span(node)),
    tree.Choice: choice,
}
"""What evaluates each kind of expression that is no postfix."""
