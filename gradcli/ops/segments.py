"""Reductions of groups of rows, each row with the number of its group."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from gradcli.errors import DomainError, ShapeError
from gradcli.ir.batching import by_attributes
from gradcli.ir.function import function
from gradcli.ir.kinds import Ties
from gradcli.ir.op import Linear, as_number
from gradcli.ir.shapes import show_shape
from gradcli.ops.keys import Key
from gradcli.ops.reduce import prod
from gradcli.ops.shape import concat, index, place, spread

if TYPE_CHECKING:
    from gradcli.ir.function import Array, Int, Numbers
    from gradcli.ir.node import Node


class Groups:
    """The group of each row: its numbers, and how many groups there are."""

    def __init__(self, x: Node, ids: Any, count: Any) -> None:
        numbers = np.asarray(ids, float)
        if numbers.ndim != 1 or x.ndim == 0 or numbers.size != x.shape[0]:
            raise ShapeError(
                f"there must be a group for each row, not {numbers.size} for the shape "
                f"{show_shape(x.shape)}"
            )
        if not (np.isfinite(numbers) & (numbers == np.floor(numbers)) & (numbers >= 0)).all():
            raise DomainError("the numbers of groups are whole, and not negative")
        self.count = int(numbers.max(initial=-1)) + 1 if count is None else int(count)
        x.graph.check_size((self.count,))
        self.numbers = numbers.astype(np.intp)
        if self.count < 0:
            raise DomainError(f"there are 0 groups or more, and not {self.count}")
        if (self.numbers >= self.count).any():
            raise DomainError(f"group {self.numbers.max()} is beyond the {self.count} groups")

    def total(self, x: Node) -> Node:
        """The sum of the rows of each group."""
        return place(x, (self.count, *x.shape[1:]), self.numbers)

    def rows(self, x: Node, fill: float) -> Node:
        """The rows of each group beside one another on a new second axis, filled up."""
        sizes = np.bincount(self.numbers, minlength=self.count)
        order = np.argsort(self.numbers, kind="stable")
        starts = np.concatenate(([0], np.cumsum(sizes)[:-1])) if self.count else np.zeros(0)
        most = int(sizes.max(initial=0))
        x.graph.check_size((self.count, most))
        table = np.full((self.count, most), x.shape[0])
        within = np.arange(x.shape[0]) - np.repeat(starts, sizes).astype(np.intp)
        table[self.numbers[order], within] = order
        blank = spread(x.graph.constant(fill), (1, *x.shape[1:]))
        return index(concat((x, blank)), table)


def _tops(by: Any, numbers: Any, count: int) -> tuple[Any, Any]:
    """Which rows attain the largest of their group, and how many of each group do."""
    top = np.full((count, *by.shape[1:]), -np.inf, by.dtype)
    np.maximum.at(top, numbers, by)
    tied = (by == top[numbers]) | np.isnan(top[numbers])
    held = np.zeros(top.shape, by.dtype)
    np.add.at(held, numbers, tied)
    return tied, np.where(np.isnan(top), np.nan, held)


def _tied(t: Any, by: Any, key: Key, count: int, axis: int) -> Any:
    """The mean of t over the rows that attain the largest of `by` in their group."""
    (numbers,) = key.key
    t, by = np.moveaxis(t, axis, 0), np.moveaxis(by, axis, 0)
    tied, held = _tops(by, numbers, count)
    first = np.full(held.shape, -np.inf, t.dtype)
    np.maximum.at(first, numbers, np.where(tied, t, -np.inf))
    off = t - first[numbers]
    more = np.zeros(held.shape, t.dtype)
    np.add.at(more, numbers, np.where(tied & (off != 0), off, 0))
    mean = first + np.where(more != 0, more / np.where(held == 0, 1, held), 0)
    return np.moveaxis(np.where(np.isnan(held), np.nan, mean).astype(t.dtype), 0, axis)


def _shared(g: Any, by: Any, key: Key, count: int, axis: int) -> Any:
    """The adjoint of `_tied`: each group's g in equal parts to the rows that attain its largest."""
    (numbers,) = key.key
    g, by = np.moveaxis(g, axis, 0), np.moveaxis(by, axis, 0)
    tied, held = _tops(by, numbers, count)
    part = g / np.where(held == 0, 1, held)
    return np.moveaxis(np.where(tied, part[numbers], 0).astype(g.dtype), 0, axis)


def _held(_t: Any, by: Any, _z: Any, key: Key, count: int, axis: int) -> Any:
    """How many rows of each group attain its largest."""
    (numbers,) = key.key
    return np.moveaxis(_tops(np.moveaxis(by, axis, 0), numbers, count)[1], 0, axis)


_BEHIND = by_attributes(lambda size, key, count, axis: (key, count, axis + 1))


def _grouped(shape: Any, count: int, axis: int) -> Any:
    return (*shape[:axis], count, *shape[axis + 1 :])


TIED = Linear(
    "segment_max",
    _tied,
    lambda shapes, key, count, axis: _grouped(shapes[0], count, axis),
    lambda node, g: (SHARED(g, node.inputs[1], attrs=node.attrs),),
    selective=True,
    indices=1,
    special=Ties(_held),
    batch=_BEHIND,
)
SHARED = Linear(
    "segment_share",
    _shared,
    lambda shapes, key, count, axis: shapes[1],
    lambda node, g: (TIED(g, node.inputs[1], attrs=node.attrs),),
    indices=1,
    batch=_BEHIND,
)


def extreme(x: Node, by: Node, groups: Groups) -> Node:
    """The rows of x that are largest by `by` in their group, ties shared equally."""
    return TIED(x, by, attrs=(Key((groups.numbers,)), groups.count, 0))


@function(example="segment_sum([1, 2, 3], [0, 0, 1])", aliases="unsorted_segment_sum")
def segment_sum(x: Array, ids: Numbers, num_segments: Int | None = None) -> Node:
    """The sums of the rows of each group; `ids` are the numbers of the groups."""
    x = as_number(x)
    return Groups(x, ids, num_segments).total(x)


@function(example="segment_mean([1, 2, 3], [0, 0, 1])", aliases="unsorted_segment_mean")
def segment_mean(x: Array, ids: Numbers, num_segments: Int | None = None) -> Node:
    """The means of the rows of each group; 0 for a group without rows."""
    return _over_sizes(x, ids, num_segments, 1.0)


@function(example="segment_sqrt_n([1, 2, 3], [0, 0, 1])", aliases="unsorted_segment_sqrt_n")
def segment_sqrt_n(x: Array, ids: Numbers, num_segments: Int | None = None) -> Node:
    """The sums of the rows of each group over the square root of how many there are."""
    return _over_sizes(x, ids, num_segments, 0.5)


def _over_sizes(x: Node, ids: Any, num_segments: Any, power: float) -> Node:
    """The sums of the rows of each group over a power of how many there are."""
    x = as_number(x)
    groups = Groups(x, ids, num_segments)
    sizes = np.maximum(np.bincount(groups.numbers, minlength=groups.count), 1.0) ** power
    return groups.total(x) / x.graph.constant(sizes.reshape((-1,) + (1,) * (x.ndim - 1)))


@function(example="segment_prod([2, 3, 4], [0, 0, 1])", aliases="unsorted_segment_prod")
def segment_prod(x: Array, ids: Numbers, num_segments: Int | None = None) -> Node:
    """The products of the rows of each group; 1 for a group without rows."""
    x = as_number(x)
    return prod(Groups(x, ids, num_segments).rows(x, 1.0), 1)


@function(example="segment_max([1, 2, 3], [0, 0, 1])", aliases="unsorted_segment_max")
def segment_max(x: Array, ids: Numbers, num_segments: Int | None = None) -> Node:
    """The largest of the rows of each group, ties shared equally; -inf for a group without rows."""
    x = as_number(x)
    return extreme(x, x, Groups(x, ids, num_segments))


@function(example="segment_min([1, 2, 3], [0, 0, 1])", aliases="unsorted_segment_min")
def segment_min(x: Array, ids: Numbers, num_segments: Int | None = None) -> Node:
    """The smallest of the rows of each group, ties shared equally; inf for a group without rows."""
    x = as_number(x)
    return -extreme(-x, -x, Groups(x, ids, num_segments))
