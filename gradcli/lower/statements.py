"""Statements: what they bind, and which way a program takes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gradcli.errors import ProgramTypeError, Span
from gradcli.ir.node import Node
from gradcli.lower.derivatives import attach_rule
from gradcli.lower.expressions import operate
from gradcli.lower.values import NOTHING, Closure, describe
from gradcli.syntax import tree

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gradcli.lower.interpreter import Interpreter


def assign(run: Interpreter, node: tree.Assign) -> Any:
    """`target = value`, or `target += value`; the value as it is bound."""
    if node.op is not None:
        target = node.target
        assert isinstance(target, tree.Name)
        value = operate(run, node.op, run.number(target), node.value, node.start, target.end)
    else:
        value = run.value_or_function(node.value)
        if value is NOTHING:
            run.no_value(node.value)
    return bind(run, node.target, value, node, same=_is_name(node.value) and not node.op)


def bind(
    run: Interpreter, target: tree.Target, value: Any, node: tree.Tree, *, same: bool = False
) -> Any:
    """Gives the name, or the names of a tuple, their values; the value as it is bound."""
    if isinstance(target, tree.Name):
        if isinstance(value, Node) and target.id in run.marks and not same:
            value = run.mark(value, run.span(target))
        run.scope.names[target.id] = value
        return value
    unpacked = unpack(run, value, len(target.items), run.span(node))
    bound = [
        bind(run, item, part, node)  # type: ignore[arg-type]
        for item, part in zip(target.items, unpacked, strict=True)
    ]
    return tuple(bound)


def unpack(run: Interpreter, value: Any, count: int, span: Span) -> Sequence[Any]:
    """The parts of a tuple, or the rows of an array, as many as there are names."""
    found = parts(run, value, span)
    if found is None or len(found) != count:
        raise ProgramTypeError(f"{describe(value)} does not unpack into {count} names", span=span)
    return found


def parts(run: Interpreter, value: Any, span: Span) -> Sequence[Any] | None:
    """What `for` and unpacking go through: a tuple, or a first axis; None where there is none."""
    if isinstance(value, tuple):
        return value
    if isinstance(value, Node) and value.shape:
        run.place(span)
        return [value[i] for i in range(value.shape[0])]
    return None


def define(run: Interpreter, node: tree.Define) -> Any:
    """`f(x) = body`."""
    name_span = Span(run.source, node.start, node.id_end)
    run.scope.names[node.id] = Closure(node.id, node.parameters, node.body, run.scope, name_span)
    return NOTHING


def rule(run: Interpreter, node: tree.DerivativeRule) -> Any:
    """`vjp f(x, dy) = body`."""
    attach_rule(run, node)
    return NOTHING


def if_(run: Interpreter, node: tree.If) -> Any:
    """The value of the block that runs, if one does."""
    for condition, block in node.branches:
        if run.decide(condition):
            return run.statements(block)
    return NOTHING if node.otherwise is None else run.statements(node.otherwise)


def while_(run: Interpreter, node: tree.While) -> Any:
    """Runs the block as long as the condition holds."""
    while run.decide(node.condition):
        run.statements(node.block)
    return NOTHING


def for_(run: Interpreter, node: tree.For) -> Any:
    """Runs the block for each item."""
    value = run.expression(node.iterable)
    items = parts(run, value, run.span(node.iterable))
    if items is None:
        raise ProgramTypeError(
            f"`for` goes through an array or a tuple, not {describe(value)}",
            span=run.span(node.iterable),
            help="to count, write range(n)",
        )
    for item in items:
        run.step(node)
        bind(run, node.target, item, node.target)
        run.statements(node.block)
    return NOTHING


def _is_name(node: Any) -> bool:
    return isinstance(node, tree.Name)


STATEMENTS: dict[type, Any] = {
    tree.Assign: assign,
    tree.Define: define,
    tree.DerivativeRule: rule,
    tree.If: if_,
    tree.While: while_,
    tree.For: for_,
}
"""What runs each kind of statement; all others are expressions."""
