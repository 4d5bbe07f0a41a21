"""Operations on traces of loops: histories as arrays, arrays as histories, some of them, sums."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from gradcli.errors import BatchError
from gradcli.ir.loop import Loop, Trace
from gradcli.ir.node import TRACE, WORDS, Node
from gradcli.ir.op import Structural

if TYPE_CHECKING:
    from collections.abc import Sequence

    Maybe = Node | None


def turns_of(node: Node) -> Node:
    """How many turns a loop has taken."""
    return node.graph.node(COUNT, (node,), (), (), node.graph.dtype)


def present(trace: Node) -> Sequence[bool]:
    """Which histories there are in a trace, that of a loop or one of derivatives."""
    last = trace.attrs[-1]
    return [True] * len(last.kept) if isinstance(last, Loop) else last


def rows_of(trace: Node, i: int, shape: tuple[int, ...]) -> Node:
    """A history as an array of so many rows, zeros behind the last turn."""
    return trace.graph.node(ROWS, (trace,), (i, shape), shape, trace.graph.dtype)


def _placed(rows: Node, there: Sequence[bool]) -> Node:
    """A trace with the rows of an array as its one history."""
    return rows.graph.node(PLACED, (rows,), (tuple(there),), (), TRACE)


def chosen(trace: Node, which: Sequence[int | None]) -> Maybe:
    """Some of the histories, in another order; None for none."""
    there = present(trace)
    which = tuple(i if i is not None and there[i] else None for i in which)
    kept = tuple(i is not None for i in which)
    return trace.graph.node(CHOSEN, (trace,), (which, kept), (), TRACE) if any(kept) else None


def _add(x: Node, y: Node) -> Node:
    """The sum of two traces, history by history."""
    there = tuple(map(any, zip(present(x), present(y), strict=True)))
    return x.graph.node(SUM, (x, y), (there,), (), TRACE)


def _add_tangents(_: Node, tangents: Sequence[Maybe]) -> Maybe:
    x, y = tangents
    return _add(x, y) if x is not None and y is not None else x or y


def _choose_back(node: Node, g: Node) -> list[Maybe]:
    which = node.attrs[0]
    back = [which.index(i) if i in which else None for i in range(len(present(node.inputs[0])))]
    return [chosen(g, back)]


def _choose_tangent(node: Node, tangents: Sequence[Maybe]) -> Maybe:
    return None if tangents[0] is None else chosen(tangents[0], node.attrs[0])


def _rows_back(node: Node, g: Node) -> list[Maybe]:
    own = node.attrs[0]
    return [_placed(g, [i == own for i in range(len(present(node.inputs[0])))])]


def _rows_tangent(node: Node, tangents: Sequence[Maybe]) -> Maybe:
    i, shape = node.attrs
    (t,) = tangents
    return None if t is None or not present(t)[i] else rows_of(t, i, shape)


def _placed_back(node: Node, g: Node) -> list[Maybe]:
    i = node.attrs[0].index(True)
    return [rows_of(g, i, node.inputs[0].shape) if present(g)[i] else None]


def _placed_tangent(node: Node, tangents: Sequence[Maybe]) -> Maybe:
    return None if tangents[0] is None else _placed(tangents[0], node.attrs[0])


# --- batches --------------------------------------------------------------------------------------


def turned(x: Node) -> Node:
    """The first two axes the other way round: a batch of stacks, a stack of batches."""
    return WORDS["permute"](x, (1, 0, *range(2, x.ndim)))


def _batch_of_rows(node: Node, inputs: Sequence[Node], size: int) -> Node:
    i, (count, *shape) = node.attrs
    return turned(rows_of(inputs[0], i, (count, size, *shape)))


def _batch_of_placed(node: Node, inputs: Sequence[Node], _size: int) -> Node:
    return _placed(turned(inputs[0]), node.attrs[0])


def _batch_of_chosen(node: Node, inputs: Sequence[Node], _size: int) -> Node:
    return node.graph.node(CHOSEN, tuple(inputs), node.attrs, (), TRACE)


def _batch_of_sum(node: Node, inputs: Sequence[Node], _size: int) -> Node:
    if not {*inputs}.isdisjoint(node.inputs):
        raise BatchError("only some of what a loop keeps has rows", span=node.span)
    return _add(*inputs)


def _refuse_batch(node: Node, _inputs: Sequence[Node], _size: int) -> Node:
    raise BatchError("rows may take different numbers of turns", span=node.span)


# --- records --------------------------------------------------------------------------------------


def no_shape(*_: Any) -> tuple[int, ...]:
    """A trace has no axes."""
    return ()


ROWS = Structural(
    "rows",
    Trace.rows,
    lambda shapes, i, shape: shape,
    _rows_back,
    _rows_tangent,
    batch=_batch_of_rows,
)
"""A history of a trace as an array."""

PLACED = Structural(
    "placed",
    lambda rows, present: Trace(histories=[rows if has else None for has in present]),
    no_shape,
    _placed_back,
    _placed_tangent,
    batch=_batch_of_placed,
)
"""An array as the one history of a trace, the opposite of `ROWS`."""

CHOSEN = Structural(
    "chosen",
    lambda trace, which, _present: trace.chosen(which),
    no_shape,
    _choose_back,
    _choose_tangent,
    batch=_batch_of_chosen,
)
"""Some of the histories of a trace."""

SUM = Structural(
    "sum of traces",
    lambda x, y, _present: x.plus(y),
    no_shape,
    lambda _node, g: [g, g],
    _add_tangents,
    batch=_batch_of_sum,
)
"""The sum of two traces of derivatives."""

COUNT = Structural(
    "turns",
    lambda trace: np.float64(trace.count),
    no_shape,
    lambda _node, _g: [None],
    lambda _node, _tangents: None,
    batch=_refuse_batch,
)
"""How many turns a loop has taken, from its trace."""

WORDS["add_traces"] = _add
