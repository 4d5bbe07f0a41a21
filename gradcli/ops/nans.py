"""Reductions that leave NaN out; its gradient is 0."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from gradcli.ir.function import function
from gradcli.ir.op import as_number
from gradcli.ops.arithmetic import sqrt
from gradcli.ops.compare import choose, isnan, logical_not
from gradcli.ops.records import reduction
from gradcli.ops.reduce import EXTREMES, NORM, equal_share, is_extreme, prod, sum_

if TYPE_CHECKING:
    from gradcli.ir.function import Array, Axes, Flag, Number
    from gradcli.ir.node import Node


def _known(x: Node, axis: Any, keepdims: bool) -> Node:
    """How many elements are not NaN."""
    return sum_(as_number(logical_not(isnan(x))), axis, keepdims)


@function(example="nansum([1, nan, 3])")
def nansum(x: Array, axis: Axes = None, keepdims: Flag = False) -> Node:
    """The sum of the elements that are not NaN."""
    return sum_(choose(isnan(x), 0.0, x), axis, keepdims)


@function(example="nanmean([1, nan, 3])")
def nanmean(x: Array, axis: Axes = None, keepdims: Flag = False) -> Node:
    """The mean of the elements that are not NaN."""
    return nansum(x, axis, keepdims) / _known(x, axis, keepdims)


@function(example="nanprod([2, nan, 3])")
def nanprod(x: Array, axis: Axes = None, keepdims: Flag = False) -> Node:
    """The product of the elements that are not NaN."""
    return prod(choose(isnan(x), 1.0, x), axis, keepdims)


def _fmax(x: Any, axes: Any, keepdims: Any) -> Any:
    return np.fmax.reduce(x, axis=axes, keepdims=keepdims)


def _fmin(x: Any, axes: Any, keepdims: Any) -> Any:
    return np.fmin.reduce(x, axis=axes, keepdims=keepdims)


nanmax = reduction(
    "nanmax",
    _fmax,
    equal_share,
    select=is_extreme,
    special=EXTREMES,
    needs_elements=True,
    doc="The largest of the elements that are not NaN; ties share the gradient equally.",
    example="nanmax([1, nan, 3])",
)
nanmin = reduction(
    "nanmin",
    _fmin,
    equal_share,
    select=is_extreme,
    special=EXTREMES,
    needs_elements=True,
    doc="The smallest of the elements that are not NaN; ties share the gradient equally.",
    example="nanmin([1, nan, 3])",
)


def _distances(x: Node, axis: Any) -> Node:
    return choose(isnan(x), 0.0, x - nanmean(x, axis, True))


@function(example="nanvar([1, nan, 3])")
def nanvar(x: Array, axis: Axes = None, keepdims: Flag = False, ddof: Number = 0) -> Node:
    """The variance of the elements that are not NaN."""
    d = _distances(x, axis)
    return sum_(d * d, axis, keepdims) / (_known(x, axis, keepdims) - ddof)


@function(example="nanstd([1, nan, 3])")
def nanstd(x: Array, axis: Axes = None, keepdims: Flag = False, ddof: Number = 0) -> Node:
    """The standard deviation of the elements that are not NaN."""
    size = NORM(_distances(x, axis), axis, keepdims)
    return size / sqrt(_known(x, axis, keepdims) - ddof)
