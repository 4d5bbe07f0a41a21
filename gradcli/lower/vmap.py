"""`vmap(f)`: a function for all rows of its arguments at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from gradcli.errors import BatchError, ProgramTypeError, ShapeError, Span
from gradcli.ir.node import WORDS, Node, ancestors
from gradcli.ir.shapes import normal_axis
from gradcli.lower.arguments import plain, value_or_function
from gradcli.lower.gradient import Differentiated
from gradcli.lower.signatures import SIGNATURES, Argument
from gradcli.lower.values import Derived, FunctionValue, leaves, stacked, stacked_value, to_node

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from gradcli.lower.values import Value
    from gradcli.lower.walk import Walk


def vmap(walk: Walk, arguments: Sequence[Argument], span: Span) -> Value:
    """`vmap(f)(xs, ys)`: f of each row, stacked; `in_axes` names other axes, None for all of it."""
    for argument in arguments:
        if argument.name == "in_dims":
            argument.name = "in_axes"  # PyTorch's word
    first, *others = SIGNATURES["vmap"].ordered(arguments, span)
    function = value_or_function(walk, first)
    if not isinstance(function, FunctionValue):
        help_ = "vmap(x => …)(xs)"
        raise ProgramTypeError("vmap takes a function", span=first.span, help=help_)
    axes: Any = plain(walk, others) if others else 0.0

    def mapped(values: Sequence[Value], at: Span) -> Value:
        named = axes if isinstance(axes, tuple) else (axes,) * len(values)
        if len(named) != len(values):
            message = f"vmap has {len(named)} in_axes for {len(values)} arguments"
            raise ProgramTypeError(message, span=at)
        pairs = zip(values, named, strict=True)
        columns = [Column(x, None if a is None else _rows(walk, x, a, at)) for x, a in pairs]
        return _for_each(walk, function, columns, at)

    return Derived(f"vmap({function.name})", mapped)


class Column(NamedTuple):
    """An argument, and its rows if it is mapped over."""

    whole: Value
    rows: Node | None


def _rows(walk: Walk, value: Value, axis: Any, span: Span) -> Node:
    """An argument with the axis that is mapped over in front."""
    if not isinstance(axis, (int, float)) or axis % 1:
        raise ProgramTypeError("in_axes are whole numbers or None", span=span)
    x = stacked_value(walk.graph, value, span)
    if x.ndim == 0:
        raise ShapeError("vmap maps over an axis, and a number has none", span=span)
    a = walk.within(span, lambda: normal_axis(int(axis), x.ndim))
    return WORDS["permute"](x, (a, *(i for i in range(x.ndim) if i != a)))


def _for_each(walk: Walk, function: FunctionValue, columns: Sequence[Column], span: Span) -> Value:
    """The function's values, stacked: from one batch, or row by row if rows decide its course."""
    lengths = sorted({c.rows.shape[0] for c in columns if c.rows is not None})
    if len(lengths) > 1:
        said = " and ".join(map(str, lengths))
        raise ShapeError(
            f"vmap needs the same number of rows in each argument, not {said}", span=span
        )
    if not sum(lengths):
        raise ShapeError("vmap has no rows to map over", span=span)
    asked, backwards = len(walk.decisions), len(walk.backwards)
    differentiated = len(walk.differentiated)
    marks = [None if c.rows is None else walk.mark(c.rows[0], span) for c in columns]
    value = _called(walk, function, columns, marks, span)
    pairs = zip(marks, columns, strict=True)
    rows = {m: c.rows for m, c in pairs if m is not None and c.rows is not None}
    is_one_course = rows.keys().isdisjoint(ancestors(walk.decisions[asked:]))
    if is_one_course and len(walk.backwards) == backwards:
        try:
            batched = _like(value, iter(walk.modes.batch(leaves(value), rows)))
            _note_batches(walk, walk.differentiated[differentiated:], rows)
            return batched
        except BatchError:
            pass
    values = [value]
    for i in range(1, lengths[0]):
        row = [None if c.rows is None else c.rows[i] for c in columns]
        values.append(_called(walk, function, columns, row, span))
    return walk.within(span, lambda: _stacked(walk, values))


def _note_batches(walk: Walk, done: Sequence[Differentiated], rows: Mapping[Node, Node]) -> None:
    """What was differentiated for one row was so for all of them, each by itself."""
    for row in done:
        if row.seeds is None:
            nodes = walk.modes.batch([*row.ys, *row.xs], rows)
            ys, xs = nodes[: len(row.ys)], nodes[len(row.ys) :]
            batched = Differentiated(ys, xs, row.names, None, row.stops, row.gives, row.each)
            walk.differentiated.append(batched)


def _called(
    walk: Walk,
    function: FunctionValue,
    columns: Sequence[Column],
    row: Sequence[Node | None],
    span: Span,
) -> Value:
    """The function's value for a row of each column that has rows."""
    values = [c.whole if x is None else x for c, x in zip(columns, row, strict=True)]
    value = walk.call(function, [Argument(span, value=x) for x in values], span)
    if leaves(value):
        return value
    raise ProgramTypeError("vmap needs a function whose value is an array", span=span)


def _like(value: Value, nodes: Iterator[Node]) -> Value:
    """The nodes in the tuples that a value is made of."""
    if isinstance(value, tuple):
        return tuple(_like(part, nodes) for part in value)
    return next(nodes) if isinstance(value, Node) else value


def _stacked(walk: Walk, values: Sequence[Value]) -> Value:
    """The values of all rows, tuples part by part."""
    first, count = values[0], {len(v) if isinstance(v, tuple) else None for v in values}
    if len(count) > 1:
        raise ProgramTypeError("vmap needs values that are alike, tuples of one length or arrays")
    if isinstance(first, tuple):
        columns = ([v[i] for v in values if isinstance(v, tuple)] for i in range(len(first)))
        return tuple(_stacked(walk, column) for column in columns)
    return stacked([to_node(value, walk.graph) for value in values])
