"""Pooling: the largest or the mean of every window of an image."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from gradcli.errors import ProgramTypeError
from gradcli.ir.function import function
from gradcli.ir.op import as_number
from gradcli.ops.convolution import Geometry, geometry
from gradcli.ops.reduce import max_, sum_
from gradcli.ops.shape import flip, permute, reshape_to, spread
from gradcli.ops.windows import numbers

if TYPE_CHECKING:
    from gradcli.ir.function import Array, Flag, Function, Text, Value
    from gradcli.ir.node import Node

_FIRST: Any = {prefix: {"layout": "NCHW"} for prefix in ("torch", "lax", "jax.lax")}


def _rank(x: Node) -> int:
    """How many axes an image has beside the batch and the channels, where the name is silent."""
    return max(x.ndim - 2, 2) if x.ndim != 3 else 2


def _largest(how: Geometry, x: Node, sizes: tuple[int, ...]) -> Node:
    tail = tuple(range(-how.nd, 0))
    return how.over(x, lambda whole: max_(how.columns(whole, sizes, -math.inf), tail))


def _mean(how: Geometry, x: Node, sizes: tuple[int, ...], padding_counts: bool) -> Node:
    tail = tuple(range(-how.nd, 0))

    def average(whole: Node) -> Node:
        sums = sum_(how.columns(whole, sizes), tail)
        if padding_counts:
            return sums / float(math.prod(sizes))
        one = spread(whole.graph.constant(1.0), (1, *whole.shape[1:-1], 1))
        return sums / sum_(how.columns(one, sizes), tail)

    return how.over(x, average)


def _max_pooling(nd: int, arguments: str) -> Function:
    """Over nd axes, or over as many as the image has if that is 0."""
    name = f"max_pool{nd}d" if nd else "max_pool"

    @function(name=name, example=f"{name}({arguments})", variants=_FIRST)
    def largest(
        x: Array,
        size: Value,
        strides: Value = None,
        padding: Value = "valid",
        layout: Text = "NHWC",
        dilations: Value = 1.0,
    ) -> Node:
        """The largest element of every window, ties shared equally; by default side by side."""
        n, steps = nd or _rank(x), size if strides is None else strides
        how = geometry(n, name, steps, padding, dilations, layout)
        return _largest(how, x, numbers(size, n, "a window"))

    return largest


_MEAN: Any = {**_FIRST, "torch": {"layout": "NCHW", "count_include_pad": True}}


def _avg_pooling(nd: int, arguments: str) -> Function:
    name = f"avg_pool{nd}d" if nd else "avg_pool"

    @function(name=name, example=f"{name}({arguments})", variants=_MEAN)
    def average(
        x: Array,
        size: Value,
        strides: Value = None,
        padding: Value = "valid",
        layout: Text = "NHWC",
        *,
        count_include_pad: Flag = False,
    ) -> Node:
        """The mean of every window without its padding; by default the windows are side by side."""
        n, steps = nd or _rank(x), size if strides is None else strides
        how = geometry(n, name, steps, padding, layout=layout)
        return _mean(how, x, numbers(size, n, "a window"), count_include_pad)

    return average


_SQUARE = "[[[[1], [2]], [[3], [4]]]], 2"
_EXAMPLES = (_SQUARE, "[[[1], [2]]], 2", _SQUARE, "[[[[[1], [2]]]]], (1, 1, 2)")
max_pool, max_pool1d, max_pool2d, max_pool3d = map(_max_pooling, range(4), _EXAMPLES)
avg_pool, avg_pool1d, avg_pool2d, avg_pool3d = map(_avg_pooling, range(4), _EXAMPLES)


@function(example='pool([[[[1], [2]], [[3], [4]]]], 2, "max", "valid")')
def pool(
    x: Array,
    size: Value,
    kind: Text,
    padding: Value = "valid",
    dilations: Value = 1.0,
    strides: Value = 1.0,
) -> Node:
    """The largest ("max") or the mean ("avg") of every window, one window at every element."""
    nd = _rank(x)
    sizes, how = numbers(size, nd, "a window"), geometry(nd, "pool", strides, padding, dilations)
    if kind.lower() not in ("max", "avg"):
        raise ProgramTypeError(f"there is no pooling {kind!r}", help='"max" or "avg"')
    return _largest(how, x, sizes) if kind.lower() == "max" else _mean(how, x, sizes, False)


# --- morphology ---------------------------------------------------------------------------------


def _dilated(x: Node, w: Node, how: Geometry) -> Node:
    """The largest sum of a window and a filter (rows, columns, channels)."""
    rows, columns, channels = w.shape
    added = permute(reshape_to(w, (rows * columns, channels)), (1, 0))

    def largest(whole: Node) -> Node:
        cols = how.columns(whole, (rows, columns), -math.inf)
        return max_(reshape_to(cols, (*cols.shape[:-2], rows * columns)) + added, -1)

    return how.over(x, largest)


def _morphology(name: str, doc: str, turned: bool) -> Function:
    """A function of every window and a filter; `turned` round, and by its own negative."""

    @function(name=name, doc=doc, example=f"{name}([[[[1], [2]], [[3], [4]]]], [[[0], [1]]])")
    def operation(
        x: Array,
        filter: Array,
        strides: Value = 1.0,
        padding: Value = "valid",
        dilations: Value = 1.0,
        layout: Text = "NHWC",
    ) -> Node:
        how, w = geometry(2, name, strides, padding, dilations, layout), as_number(filter)
        return -_dilated(-as_number(x), flip(w, (0, 1)), how) if turned else _dilated(x, w, how)

    return operation


dilation2d = _morphology(
    "dilation2d",
    "The largest of the sums of a filter (rows, columns, channels) and every window.",
    False,
)
erosion2d = _morphology(
    "erosion2d",
    "The smallest of the differences of every window and a filter (rows, columns, channels).",
    True,
)
