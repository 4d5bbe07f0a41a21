"""Expressions other than calls and indices: names, literals, operators, functions."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from gradcli.errors import GradcliError, ProgramNameError, ShapeError, Span
from gradcli.ir.node import MAX_AXES, WORDS, Node
from gradcli.ir.shapes import show_shape
from gradcli.lower.scope import MISSING
from gradcli.lower.unassigned import why_missing
from gradcli.lower.values import Closure
from gradcli.lower.words import COMPARISONS, CONSTANTS, OPERATORS
from gradcli.suggest import nearest
from gradcli.syntax import tree

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gradcli.lower.interpreter import Interpreter


def number(run: Interpreter, node: tree.Number) -> Any:
    """A number."""
    return run.graph.scalars.get(node.value or None) or run.graph.constant(node.value)


def string(_run: Interpreter, node: tree.String) -> Any:
    """A text, which only functions take."""
    return node.text


def name(run: Interpreter, node: tree.Name) -> Any:
    """What a name stands for."""
    value = run.scope.find(node.id)
    if value is not MISSING:
        return value
    if node.id in CONSTANTS:
        return constant(run, node.id)
    raise unknown_name(run, node)


def constant(run: Interpreter, name: str) -> Node | None:
    """The value of a constant's name; None for `None`."""
    value = CONSTANTS[name]
    return None if value is None else run.graph.constant(value)


def unknown_name(run: Interpreter, node: tree.Name) -> GradcliError:
    """The error of a name without a value."""
    reason = why_missing(run.source, run.block, node)
    if reason:
        return ProgramNameError(
            f"{node.id} has no value here: {reason}",
            span=run.span(node),
            help=f"give {node.id} a value before",
        )
    near = nearest(node.id, run.scope.visible())
    help_ = f"did you mean '{near}'?" if near else None
    return ProgramNameError(f"{node.id} has no value", span=run.span(node), help=help_)


def tuple_(run: Interpreter, node: tree.Tuple) -> Any:
    """Several values as one."""
    return tuple([run.expression(item) for item in node.items])


def array(run: Interpreter, node: tree.Array) -> Any:
    """`[a, b]`: items of one shape, stacked."""
    if not node.items:
        return run.graph.constant(np.zeros(0))
    constant = _literal_array(node)
    if constant is not None:
        return run.graph.constant(constant)
    items = [run.number(item) for item in node.items]
    run.place(run.span(node))
    return run.shaped(node, lambda: stacked(items))


def stacked(items: Sequence[Node]) -> Node:
    """Nodes of one shape joined on a new first axis."""
    first = items[0].shape
    for item in items:
        if item.shape != first:
            raise ShapeError(
                f"the items of an array have shapes {show_shape(first)} and "
                f"{show_shape(item.shape)}",
                help="they must be of one shape",
            )
    return WORDS["stack"](tuple(items))


def unary(run: Interpreter, node: tree.UnaryOperation) -> Any:
    """Signs and negations, the innermost first."""
    value = run.number(node.operand)
    run.place(run.span(node))
    for op in reversed(node.ops):
        if op == "-":
            value = -value
        elif op == "not":
            value = ~value
        else:
            value = WORDS["pos"](value)
    return value


def arithmetic(run: Interpreter, node: tree.Arithmetic) -> Any:
    """A chain of operators of one precedence, from the left."""
    value = run.number(node.operands[0])
    for i, op in enumerate(node.ops):
        value = operate(run, op, value, node.operands[i + 1], node.start, node.operands[i].end)
    return value


def operate(run: Interpreter, op: str, left: Node, right: Any, start: int, end: int) -> Node:
    """One arithmetic operation; its left operand stands from `start` to `end`."""
    other = run.number(right)
    run.graph.span = Span(run.source, start, right.end)
    try:
        result: Node = WORDS[OPERATORS[op]](left, other)
    except ShapeError as error:
        before = Span(run.source, start, end)
        raise run.shape_error(error, (before, left), (run.span(right), other)) from None
    return result


def power(run: Interpreter, node: tree.Power) -> Any:
    """A chain of powers, from the right."""
    values = [run.number(operand) for operand in node.operands]
    power = values.pop()
    for i in range(len(values) - 1, -1, -1):
        base = node.operands[i]
        run.place(Span(run.source, base.start, node.end))
        try:
            power = WORDS["pow"](values[i], power)
        except ShapeError as error:
            exponent = Span(run.source, node.operands[i + 1].start, node.end)
            raise run.shape_error(error, (run.span(base), values[i]), (exponent, power)) from None
    return power


def compare(run: Interpreter, node: tree.Compare) -> Any:
    """`a < b < c`: all of the comparisons hold."""
    values = [run.number(operand) for operand in node.operands]
    whole = None
    for i, op in enumerate(node.ops):
        left, right = node.operands[i], node.operands[i + 1]
        run.place(Span(run.source, left.start, right.end))
        try:
            holds = WORDS[COMPARISONS[op]](values[i], values[i + 1])
            whole = holds if whole is None else whole & holds
        except ShapeError as error:
            sides = (run.span(left), values[i]), (run.span(right), values[i + 1])
            raise run.shape_error(error, *sides) from None
    return whole


def logical(run: Interpreter, node: tree.Logical) -> Any:
    """`and`, `or`: elementwise."""
    whole = WORDS["truth"](run.number(node.operands[0]))
    for before, operand in pairwise(node.operands):
        value = run.number(operand)
        run.place(Span(run.source, node.start, operand.end))
        try:
            whole = whole & value if node.op == "and" else whole | value
        except ShapeError as error:
            left = Span(run.source, node.start, before.end)
            raise run.shape_error(error, (left, whole), (run.span(operand), value)) from None
    return whole


def lambda_(run: Interpreter, node: tree.Lambda) -> Any:
    """`x => body`."""
    return Closure("", node.parameters, node.body, run.scope, run.span(node))


def _literal_array(node: tree.Array) -> Any:
    """The array of `[1, 2]` or `[[1, 2], [3, 4]]` where all items are numbers; else None."""
    rows: list[Any] = []
    for item in node.items:
        if isinstance(item, tree.Number):
            rows.append(item.value)
        elif (
            isinstance(item, tree.UnaryOperation)
            and item.ops == ("-",)
            and isinstance(item.operand, tree.Number)
        ):
            rows.append(-item.operand.value)
        elif isinstance(item, tree.Array) and item.items:
            inner = _literal_array(item)
            if inner is None:
                return None
            rows.append(inner)
        else:
            return None
    shapes = {np.shape(row) for row in rows}
    return np.array(rows, float) if len(shapes) == 1 and len(shapes.pop()) < MAX_AXES else None


def choice(run: Interpreter, node: tree.Choice) -> Any:
    """`a if c else b`: only the chosen side is evaluated; a chain of them in a loop."""
    chosen: Any = node
    while isinstance(chosen, tree.Choice):
        chosen = chosen.value if run.decide(chosen.condition) else chosen.other
    return run.expression(chosen)


EXPRESSIONS: dict[type, Any] = {
    tree.Number: number,
    tree.String: string,
    tree.Name: name,
    tree.Tuple: tuple_,
    tree.Array: array,
    tree.UnaryOperation: unary,
    tree.Arithmetic: arithmetic,
    tree.Power: power,
    tree.Compare: compare,
    tree.Logical: logical,
    tree.Lambda: lambda_,
    tree.Choice: choice,
}
"""What evaluates each kind of expression that is no postfix."""
