"""The largest or smallest element so far along an axis; tied ones share the gradient."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from gradcli.ir.batching import AXIS_BEHIND
from gradcli.ir.function import function
from gradcli.ir.kinds import Ties
from gradcli.ir.op import Linear
from gradcli.ops.compare import choose, eq
from gradcli.ops.running import kept, scanned

if TYPE_CHECKING:
    from collections.abc import Callable

    from gradcli.ir.function import Array, Axis, Flag
    from gradcli.ir.node import Node


class _Rows:
    """The rows of an array along an axis, laid end to end, and the runs in them.

    A run starts at an element larger than all before it in its row (`new`); `tied` marks elements
    that equal the largest so far, those starts included. For each element, `begins` is where its
    run starts, and `count` how many of that run are tied up to there. `unknown` marks what is NaN,
    and all that follows it in its row.
    """

    def __init__(self, by: Any, axis: int) -> None:
        self._axis = axis
        moved = np.moveaxis(by, axis, -1)
        self._shape = moved.shape
        top = np.maximum.accumulate(moved, -1)
        new = np.ones(self._shape, bool)
        new[..., 1:] = moved[..., 1:] > top[..., :-1]
        self.new = new.ravel()
        self.tied = (moved == top).ravel() | self.new
        self.unknown = np.isnan(top)
        self.begins = np.maximum.accumulate(np.where(self.new, np.arange(self.new.size), 0))
        ties = np.cumsum(self.tied)
        self.count = ties - ties[self.begins] + 1

    def line(self, x: Any) -> Any:
        """An array as one line."""
        return np.moveaxis(x, self._axis, -1).ravel()

    def array(self, line: Any, unknown: Any) -> Any:
        """A line as an array again, with NaN where it is unknown."""
        found = np.where(unknown, line.dtype.type(np.nan), line.reshape(self._shape))
        return np.moveaxis(found, -1, self._axis)


def _tied_mean(t: Any, by: Any, axis: int) -> Any:
    """For each element the mean of t over the largest of `by` up to there, ties shared equally."""
    rows = _Rows(by, axis)
    line = rows.line(t)
    found = line[rows.begins]
    if (rows.tied & (line != found)).any():
        found = _means(line, rows)
    unknown = rows.unknown.copy()
    unknown[..., :1] = False
    return rows.array(found, unknown)


def _means(line: Any, rows: _Rows) -> Any:
    """The mean so far of what is tied in its run, for each element of the line."""
    mean, means = 0.0, []
    each = [x[rows.tied].tolist() for x in (line, rows.new, rows.count)]
    for t, new, count in zip(*each, strict=True):
        if new:
            mean = t
        elif t != mean:
            mean += (t - mean) / count
        means.append(mean)
    return np.array(means, line.dtype)[np.cumsum(rows.tied) - 1]


def _tied_share(g: Any, by: Any, axis: int) -> Any:
    """The adjoint of `_tied_mean`: each g in equal parts to the largest of `by` up to there."""
    rows = _Rows(by, axis)
    line = rows.line(g)
    parts = np.where(line != 0, line / rows.count.astype(g.dtype), g.dtype.type(0))
    places = np.flatnonzero(rows.tied)
    sums = np.add.reduceat(parts, places) if places.size else parts
    if not rows.new[places].all():
        sums = _behind(sums, rows.new[places])
    out = np.zeros_like(parts)
    out[places] = sums
    return rows.array(out, rows.unknown.any(-1, keepdims=True))


def _behind(sums: Any, new: Any) -> Any:
    """For each tied element, the sum of its part and all later ones of its run."""
    total, totals = 0.0, []
    for part, is_first in zip(sums[::-1].tolist(), new[::-1].tolist(), strict=True):
        total += part
        totals.append(total)
        if is_first:
            total = 0.0
    return np.array(totals[::-1], sums.dtype)


def _attained(_t: Any, by: Any, _z: Any, axis: int) -> Any:
    """How many elements up to each equal the largest up to there."""
    rows = _Rows(by, axis)
    return rows.array(rows.count.astype(by.dtype), False)


TIED_MEAN = Linear(
    "cummax",
    _tied_mean,
    lambda shapes, axis: shapes[0],
    lambda node, g: (TIED_SHARE(g, node.inputs[1], attrs=node.attrs),),
    selective=True,
    indices=1,
    special=Ties(_attained),
    batch=AXIS_BEHIND,
)
TIED_SHARE = Linear(
    "cummax_share",
    _tied_share,
    lambda shapes, axis: shapes[0],
    lambda node, g: (TIED_MEAN(g, node.inputs[1], attrs=node.attrs),),
    indices=1,
    batch=AXIS_BEHIND,
)


def _with_indices(x: Node, extreme: Node, axis: int) -> tuple[Node, Node]:
    """The extremes so far, and the index of each: of tied elements the last."""
    if not x.ndim:
        return extreme, x.graph.constant(0.0)
    shape = tuple(n if i == axis % x.ndim else 1 for i, n in enumerate(x.shape))
    numbers = x.graph.constant(np.arange(float(x.shape[axis])).reshape(shape))
    attained = choose(eq(x, extreme), numbers, 0.0)
    return extreme, cummax(attained, axis)


def _extremes(
    x: Node, by: Callable[[Node], Node], axis: int | None, reverse: bool, pair: bool
) -> Any:
    """The elements so far that are largest by something, with their indices if they are wanted."""
    z = scanned(x, axis, lambda x, a: TIED_MEAN(x, by(x), attrs=(a,)), False, 0.0, reverse)
    return _with_indices(x, kept(z, x, True), axis) if pair and axis is not None else z


@function(
    example="cummax([1, 3, 2])",
    aliases="maximum_accumulate",
    signatures="""
        torch.cummax(input, dim) -> values, indices; pair=True
        lax.cummax(operand: x, axis=0, reverse=False)
        np.maximum.accumulate(array: x, axis=0)
    """,
)
def cummax(x: Array, axis: Axis = None, reverse: Flag = False, *, pair: Flag = False) -> Any:
    """The largest element so far along an axis; tied elements share the gradient equally."""
    return _extremes(x, lambda x: x, axis, reverse, pair)


@function(
    example="cummin([3, 1, 2])",
    aliases="minimum_accumulate",
    signatures="""
        torch.cummin(input, dim) -> values, indices; pair=True
        lax.cummin(operand: x, axis=0, reverse=False)
        np.minimum.accumulate(array: x, axis=0)
    """,
)
def cummin(x: Array, axis: Axis = None, reverse: Flag = False, *, pair: Flag = False) -> Any:
    """The smallest element so far along an axis; tied elements share the gradient equally."""
    return _extremes(x, lambda x: -x, axis, reverse, pair)
