"""Reductions that leave NaN out; its gradient is 0."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from gradcli.ir.function import function
from gradcli.ir.op import as_number
from gradcli.ops.compare import choose, gt, isnan, logical_not, masking, truth
from gradcli.ops.powers import sqrt
from gradcli.ops.records import folding, reduction
from gradcli.ops.reduce import ELEMENT, EXTREMES, FOLDED, MOMENTS, NORM, equal_share, prod, sum_
from gradcli.ops.selection import fmax, fmin

if TYPE_CHECKING:
    from gradcli.ir.function import Array, Axes, Flag, Function, Number
    from gradcli.ir.node import Node


def count_known(x: Node, axis: Any, keepdims: bool) -> Node:
    """How many elements are not NaN."""
    return sum_(as_number(logical_not(isnan(x))), axis, keepdims)


def _within(x: Node, where: Node | None) -> Node:
    """The elements where a truth value holds, NaN in place of the others."""
    return x if where is None else choose(truth(where), x, math.nan)


@function(example="nansum([1, nan, 3])", signatures=f"np.nansum({FOLDED})")
def nansum(
    x: Array,
    axis: Axes = None,
    keepdims: Flag = False,
    *,
    where: Array | None = None,
    initial: Array | None = None,
) -> Node:
    """The sum of the elements that are not NaN."""
    return sum_(choose(isnan(x), 0.0, x), axis, keepdims, where=where, initial=initial)


@function(
    example="nanmean([1, nan, 3])",
    signatures="np.nanmean(a, axis=None, dtype=None, out=None, keepdims=False, *, where=None)",
)
def nanmean(
    x: Array, axis: Axes = None, keepdims: Flag = False, *, where: Array | None = None
) -> Node:
    """The mean of the elements that are not NaN."""
    x = _within(x, where)
    return nansum(x, axis, keepdims) / count_known(x, axis, keepdims)


@function(example="nanprod([2, nan, 3])", signatures=f"np.nanprod({FOLDED})")
def nanprod(
    x: Array,
    axis: Axes = None,
    keepdims: Flag = False,
    *,
    where: Array | None = None,
    initial: Array | None = None,
) -> Node:
    """The product of the elements that are not NaN."""
    return prod(choose(isnan(x), 1.0, x), axis, keepdims, where=where, initial=initial)


def _extreme(name: str, ufunc: Any, which: str, combine: Any) -> Function:
    doc = f"The {which} of the elements that are not NaN; ties share the gradient equally."
    return reduction(
        name,
        folding(ufunc),
        equal_share,
        doc,
        f"{name}([1, nan, 3])",
        masked=masking(math.nan, combine),
        signatures=f"np.{name}({EXTREMES})",
        **ELEMENT,
    )


nanmax = _extreme("nanmax", np.fmax, "largest", fmax)
nanmin = _extreme("nanmin", np.fmin, "smallest", fmin)


def _distances(x: Node, axis: Any, mean: Node | None) -> Node:
    return choose(isnan(x), 0.0, x - (nanmean(x, axis, True) if mean is None else mean))


@function(example="nanvar([1, nan, 3])", signatures=f"np.nanvar({MOMENTS})")
def nanvar(
    x: Array,
    axis: Axes = None,
    keepdims: Flag = False,
    ddof: Number = 0,
    *,
    where: Array | None = None,
    mean: Array | None = None,
) -> Node:
    """The variance of the elements that are not NaN."""
    x = _within(x, where)
    d = _distances(x, axis, mean)
    return sum_(d * d, axis, keepdims) / (count_known(x, axis, keepdims) - ddof)


@function(example="nanstd([1, nan, 3])", signatures=f"np.nanstd({MOMENTS})")
def nanstd(
    x: Array,
    axis: Axes = None,
    keepdims: Flag = False,
    ddof: Number = 0,
    *,
    where: Array | None = None,
    mean: Array | None = None,
) -> Node:
    """The standard deviation of the elements that are not NaN."""
    x = _within(x, where)
    d = _distances(x, axis, mean)
    freedom = count_known(x, axis, keepdims) - ddof
    undefined = math.nan * sum_(d, axis, keepdims)
    return choose(gt(freedom, 0.0), NORM(d, axis, keepdims) / sqrt(freedom), undefined)
