"""Items of arrays and tuples: `x[0]`, `x[..., 1:]`, `x[x > 0]`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from gradcli.errors import ProgramTypeError
from gradcli.ir.node import WORDS, Node
from gradcli.lower.values import Elements, describe
from gradcli.syntax import tree

if TYPE_CHECKING:
    from gradcli.lower.values import Value
    from gradcli.lower.walk import Walk


HUGE = 2.0**62
"""An index that is out of bounds of any array, as are all beyond."""


def index(walk: Walk, node: tree.Index, value: Value) -> Value:
    """`x[…]`, of an array or a tuple."""
    span = walk.span(node)
    if isinstance(value, tuple):
        return _tuple_item(walk, node, value)
    if isinstance(value, Elements) and value.key is None:
        return Elements(value.array, tuple(_item(walk, item) for item in node.items))
    if not isinstance(value, Node):
        raise ProgramTypeError(f"{describe(value)} has no items", span=span)
    items = [_item(walk, item, moves=True) for item in node.items]
    walk.graph.span = span
    if any(isinstance(item, Node) for item in items):
        if all(isinstance(item, (Node, int, slice)) for item in items):
            return walk.within(span, lambda: _moving(walk, value, items))
        pairs = zip(items, node.items, strict=True)
        items = [_whole(walk, x, own) if isinstance(x, Node) else x for x, own in pairs]
    return walk.within(span, lambda: WORDS["index"](value, *items))


def _moving(walk: Walk, x: Node, items: list[Any]) -> Node:
    """Elements of an array by indices of which some are nodes: these are taken as they come."""
    gather = walk.library.find("gather")
    assert gather is not None
    for axis in reversed(range(len(items))):
        item = items[axis]
        if isinstance(item, Node):
            x = gather(x, item, axis)
            items[axis : axis + 1] = [slice(None)] * item.ndim
            walk.gathered.append(x)
    return WORDS["index"](x, *items) if items else x


def _tuple_item(walk: Walk, node: tree.Index, values: tuple[Value, ...]) -> Value:
    """An item or a slice of a tuple."""
    if len(node.items) == 1:
        item, count = _item(walk, node.items[0]), len(values)
        if isinstance(item, slice) or (isinstance(item, int) and -count <= item < count):
            return values[item]
    raise ProgramTypeError(
        f"{describe(values)} has no such item",
        span=walk.span(node),
        help=f"its items are 0 to {len(values) - 1}" if values else None,
    )


def _item(walk: Walk, node: tree.Tree, *, moves: bool = False) -> Any:
    """One item between brackets as NumPy takes it: int, slice, `...`, None, array.

    Where it `moves`, an index that changes from turn to turn of a loop is the node that it is.
    """
    if isinstance(node, tree.Dots):
        return Ellipsis
    if isinstance(node, tree.Slice):
        return _slice(walk, node, moves=moves)
    return _of_value(walk, walk.expression(node), node, moves=moves)


def _of_value(walk: Walk, value: Value, node: tree.Tree, *, moves: bool) -> Any:
    if value is None:
        return None
    if not isinstance(value, Node):
        message = f"an index is a whole number, not {describe(value)}"
        raise ProgramTypeError(message, span=walk.span(node))
    if moves and not (value.shape or value.is_bool) and walk.changes(value):
        return value
    return _whole(walk, value, node)


def _whole(walk: Walk, value: Node, node: tree.Tree) -> Any:
    """The whole numbers, or the truth values, that an index is."""
    array = np.asarray(walk.ask(value))
    if array.dtype.kind == "b" and not array.ndim:
        message = "an index is a whole number, and not true or false"
        raise ProgramTypeError(message, span=walk.span(node))
    if array.dtype.kind == "b":
        return array
    if not (np.isfinite(array).all() and (array == np.floor(array)).all()):
        raise ProgramTypeError("an index must be a whole number", span=walk.span(node))
    whole = array.clip(-HUGE, HUGE)
    return int(whole) if whole.ndim == 0 else whole.astype(np.intp)


def _slice(walk: Walk, node: tree.Slice, *, moves: bool) -> Any:
    """A slice; where it `moves` and keeps its length, the indices of what it takes."""
    parts = [node.lower, node.upper, node.step]
    values = [None if part is None else walk.expression(part) for part in parts]
    lower, upper, _ = values
    if moves and node.step is None and isinstance(lower, Node) and isinstance(upper, Node):
        rows = _moving_rows(walk, lower, upper, node)
        if rows is not None:
            return rows
    pairs = zip(values, parts, strict=True)
    bounds = [_slice_part(walk, value, part) for value, part in pairs]
    if bounds[-1] == 0:
        raise ProgramTypeError("the step of a slice cannot be 0", span=walk.span(node))
    return slice(*bounds)


def _moving_rows(walk: Walk, lower: Node, upper: Node, node: tree.Slice) -> Node | None:
    """Indices from one that changes from turn to turn of a loop up to another such one."""
    if not all(walk.changes(x) and not (x.shape or x.is_bool) for x in (lower, upper)):
        return None
    count = _whole(walk, upper - lower, node)
    if not (0 < count < HUGE and walk.ask(WORDS["ge"](lower, 0.0))):
        return None
    return lower + walk.graph.constant(np.arange(float(count)))


def _slice_part(walk: Walk, value: Value, node: tree.Expression | None) -> int | None:
    """Where a slice starts or ends, or its step."""
    item = None if node is None else _of_value(walk, value, node, moves=False)
    if item is None or isinstance(item, int):
        return item
    assert node is not None
    raise ProgramTypeError("a slice is made of single whole numbers", span=walk.span(node))
