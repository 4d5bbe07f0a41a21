"""Statements: what they bind, and which way a program takes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gradcli.errors import ProgramTypeError, Span
from gradcli.ir.node import Node
from gradcli.lower.expressions import combined
from gradcli.lower.values import NOTHING, Closure, describe
from gradcli.lower.words import OPERATORS
from gradcli.syntax import tree

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from gradcli.lower.values import Value
    from gradcli.lower.walk import Handler, Walk

    Rolled = Callable[[int], int]
    """From the number of a turn, how many after it need not be run."""


def assign(walk: Walk, node: tree.Assign) -> Value:
    """`target = value`, or `target += value`; the value as it is bound."""
    target, right = node.target, node.value
    if node.op is None:
        value = walk.value_or_function(right)
        return bind(walk, target, value, node, same=isinstance(right, tree.Name))
    ends = (node.start, target.end, right.start, right.end)
    value = combined(walk, OPERATORS[node.op], walk.number(target), walk.number(right), ends)
    return bind(walk, target, value, node)


def bind(
    walk: Walk, target: tree.Expression, value: Value, node: tree.Tree, *, same: bool = False
) -> Value:
    """Gives the name, or the names of a tuple, their values; the value as it is bound.

    A name that is the `same` as another, `y = x`, has its node.
    """
    if isinstance(target, tree.Name):
        if isinstance(value, Node) and target.id in walk.marks and not same:
            value = walk.mark(value, walk.span(target))
        walk.scope.names[target.id] = value
        return value
    assert isinstance(target, tree.Tuple)
    parts = items_of(walk, value, walk.span(node))
    if parts is None or len(parts) != len(target.items):
        message = f"{describe(value)} does not unpack into {len(target.items)} names"
        raise ProgramTypeError(message, span=walk.span(node))
    pairs = zip(target.items, [parts[i] for i in range(len(parts))], strict=True)
    return tuple([bind(walk, item, part, node) for item, part in pairs])


def items_of(walk: Walk, value: Value, span: Span) -> tuple[Value, ...] | Items | None:
    """What `for` and unpacking go through: a tuple, or a first axis; None where there is none."""
    if isinstance(value, tuple):
        return value
    if isinstance(value, Node) and value.shape:
        return Items(walk, value, span)
    return None


class Items:
    """The items of an array on its first axis, each a node once it is asked for."""

    def __init__(self, walk: Walk, array: Node, span: Span) -> None:
        self.walk = walk
        self.array = array
        self.span = span

    def __len__(self) -> int:
        return self.array.shape[0]

    def __getitem__(self, k: int) -> Node:
        self.walk.graph.span = self.span
        return self.array[k]


def define(walk: Walk, node: tree.Define) -> Value:
    """`f(x) = body`."""
    name = Span(walk.source, node.start, node.id_end)
    walk.scope.names[node.id] = Closure(node.id, node, walk.scope, name)
    return NOTHING


def if_(walk: Walk, node: tree.If) -> Value:
    """The value of the block that runs, if one does."""
    for condition, block in node.branches:
        if walk.decide(condition):
            return walk.statements(block)
    return NOTHING if node.otherwise is None else walk.statements(node.otherwise)


def while_(walk: Walk, node: tree.While) -> Value:
    """Runs the block as long as the condition holds."""

    def turn(_row: Any) -> bool:
        going = walk.decide(node.condition)
        if going:
            walk.statements(node.block)
        return going

    return _in_turns(walk, node, turn, _rolled(walk, node, turn))


def _in_turns(
    walk: Walk, node: tree.While | tree.For, turn: Callable[[Any], bool], rolled: Rolled
) -> Value:
    """Turn after turn, each told its number, until one says that the loop is over."""
    k = rolled(0)
    start = walk.graph.count
    while turn(k):
        walk.ended(node, start)
        k += 1 + rolled(k + 1)
        start = walk.graph.count
    return NOTHING


def _rolled(
    walk: Walk, node: tree.While | tree.For, turn: Callable[[Any], bool], over: Node | None = None
) -> Rolled:
    """What says, behind a turn, how many more were rolled up instead (`lower.loops`)."""
    if walk.turns is None:
        return lambda _k: 0
    from gradcli.lower.loops import Rolling

    return Rolling(walk, node, turn, over).after


def for_(walk: Walk, node: tree.For) -> Value:
    """Runs the block for each item."""
    value = walk.expression(node.iterable)
    items = items_of(walk, value, walk.span(node.iterable))
    if items is None:
        raise _no_items(value, walk.span(node.iterable))

    def turn(item: Value) -> bool:
        walk.step(node)
        bind(walk, node.target, item, node.target)
        walk.statements(node.block)
        return True

    rolled = _rolled(walk, node, turn, value) if isinstance(value, Node) else lambda _k: 0
    return _in_turns(walk, node, lambda k: k < len(items) and turn(items[k]), rolled)


def _no_items(value: Value, span: Span) -> ProgramTypeError:
    return ProgramTypeError(
        f"`for` goes through an array or a tuple, not {describe(value)}",
        span=span,
        help="to count, write range(n)",
    )


def _rule(walk: Walk, node: tree.DerivativeRule) -> Value:
    """A derivative rule of the program's own, which few have."""
    from gradcli.lower.rules import rule

    return rule(walk, node)


STATEMENTS: Mapping[type, Handler] = {
    tree.Assign: assign,
    tree.Define: define,
    tree.DerivativeRule: _rule,
    tree.If: if_,
    tree.While: while_,
    tree.For: for_,
}
"""What runs each kind of statement; all others are expressions."""
