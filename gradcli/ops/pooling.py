"""Pooling: the largest or the mean of every window of an image."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from gradcli.errors import ProgramTypeError
from gradcli.ir.function import function
from gradcli.ir.op import as_number
from gradcli.ops.convolution import Plan, plan_for
from gradcli.ops.patches import numbers
from gradcli.ops.reduce import max_, sum_
from gradcli.ops.shape import flip, permute, reshape_to, spread

if TYPE_CHECKING:
    from gradcli.ir.function import Array, Flag, Function, Text, Value
    from gradcli.ir.node import Node

_FIRST = {"torch": {"layout": "NCHW"}, "lax": {"layout": "NCHW"}, "jax.lax": {"layout": "NCHW"}}


def _rank(x: Node) -> int:
    """How many axes an image has beside the batch and the channels, where the name is silent."""
    return max(x.ndim - 2, 2) if x.ndim != 3 else 2


def _tail(nd: int) -> tuple[int, ...]:
    return tuple(range(-nd, 0))


def _largest(plan: Plan, x: Node, sizes: tuple[int, ...]) -> Node:
    return plan.over(x, lambda whole: max_(plan.columns(whole, sizes, -math.inf), _tail(plan.nd)))


def _mean(plan: Plan, x: Node, sizes: tuple[int, ...], padding_counts: bool) -> Node:
    def run(whole: Node) -> Node:
        sums = sum_(plan.columns(whole, sizes), _tail(plan.nd))
        if padding_counts:
            return sums / float(math.prod(sizes))
        one = spread(whole.graph.constant(1.0), (1, *whole.shape[1:-1], 1))
        return sums / sum_(plan.columns(one, sizes), _tail(plan.nd))

    return plan.over(x, run)


def _planned(
    x: Node, size: Any, nd: int, strides: Any, padding: Any, layout: str, dilations: Any, name: str
) -> tuple[Plan, tuple[int, ...]]:
    """The plan of a pooling over nd axes, 0: over as many as the image has; and its windows."""
    n = nd or _rank(x)
    step = size if strides is None else strides
    return plan_for(n, name, step, padding, dilations, layout, None), numbers(size, n, "a window")


def _max_pooling(suffix: str, nd: int, arguments: str) -> Function:
    name = f"max_pool{suffix}"

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
        plan, sizes = _planned(x, size, nd, strides, padding, layout, dilations, name)
        return _largest(plan, x, sizes)

    return largest


def _avg_pooling(suffix: str, nd: int, arguments: str) -> Function:
    name = f"avg_pool{suffix}"
    torch: Any = {"torch": {"layout": "NCHW", "count_include_pad": True}}

    @function(name=name, example=f"{name}({arguments})", variants={**_FIRST, **torch})
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
        plan, sizes = _planned(x, size, nd, strides, padding, layout, 1.0, name)
        return _mean(plan, x, sizes, count_include_pad)

    return average


_SMALL = "[[[[1], [2]], [[3], [4]]]], 2"
max_pool = _max_pooling("", 0, _SMALL)
max_pool1d = _max_pooling("1d", 1, "[[[1], [2]]], 2")
max_pool2d = _max_pooling("2d", 2, _SMALL)
max_pool3d = _max_pooling("3d", 3, "[[[[[1], [2]]]]], (1, 1, 2)")
avg_pool = _avg_pooling("", 0, _SMALL)
avg_pool1d = _avg_pooling("1d", 1, "[[[1], [2]]], 2")
avg_pool2d = _avg_pooling("2d", 2, _SMALL)
avg_pool3d = _avg_pooling("3d", 3, "[[[[[1], [2]]]]], (1, 1, 2)")


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
    sizes = numbers(size, nd, "a window")
    plan = plan_for(nd, "pool", strides, padding, dilations, "NHWC", None)
    if kind.lower() not in ("max", "avg"):
        raise ProgramTypeError(f"there is no pooling {kind!r}", help='"max" or "avg"')
    return _largest(plan, x, sizes) if kind.lower() == "max" else _mean(plan, x, sizes, False)


# --- morphology ---------------------------------------------------------------------------------


def _dilated(x: Node, w: Node, plan: Plan) -> Node:
    """The largest sum of a window and a filter (rows, columns, channels)."""
    rows, columns, channels = w.shape
    added = reshape_to(w, (rows * columns, channels))

    def run(whole: Node) -> Node:
        cols = plan.columns(whole, (rows, columns), -math.inf)
        flat = reshape_to(cols, (*cols.shape[:-2], rows * columns))
        return max_(flat + permute(added, (1, 0)), -1)

    return plan.over(x, run)


@function(example="dilation2d([[[[1], [2]], [[3], [4]]]], [[[0], [1]]])")
def dilation2d(
    x: Array,
    filter: Array,
    strides: Value = 1.0,
    padding: Value = "valid",
    dilations: Value = 1.0,
    layout: Text = "NHWC",
) -> Node:
    """The largest of the sums of a filter (rows, columns, channels) and every window."""
    plan = plan_for(2, "dilation2d", strides, padding, dilations, layout, None)
    return _dilated(x, as_number(filter), plan)


@function(example="erosion2d([[[[1], [2]], [[3], [4]]]], [[[0], [1]]])")
def erosion2d(
    x: Array,
    filter: Array,
    strides: Value = 1.0,
    padding: Value = "valid",
    dilations: Value = 1.0,
    layout: Text = "NHWC",
) -> Node:
    """The smallest of the differences of every window and a filter (rows, columns, channels)."""
    plan = plan_for(2, "erosion2d", strides, padding, dilations, layout, None)
    return -_dilated(-as_number(x), flip(as_number(filter), (0, 1)), plan)
