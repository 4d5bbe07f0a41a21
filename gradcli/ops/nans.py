"""Reductions that leave NaN out; its gradient is 0."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from gradcli.ir.function import function
from gradcli.ir.op import as_number
from gradcli.ops.compare import choose, gt, isnan, logical_not
from gradcli.ops.powers import sqrt
from gradcli.ops.records import folding, reduction
from gradcli.ops.reduce import ELEMENT, NORM, equal_share, prod, sum_

if TYPE_CHECKING:
    from gradcli.ir.function import Array, Axes, Flag, Function, Number
    from gradcli.ir.node import Node


def count_known(x: Node, axis: Any, keepdims: bool) -> Node:
    """How many elements are not NaN."""
    return sum_(as_number(logical_not(isnan(x))), axis, keepdims)


@function(
    example="nansum([1, nan, 3])",
    signatures="np.nansum(a, axis=None, dtype=None, out=None, keepdims=False)",
)
def nansum(x: Array, axis: Axes = None, keepdims: Flag = False) -> Node:
    """The sum of the elements that are not NaN."""
    return sum_(choose(isnan(x), 0.0, x), axis, keepdims)


@function(
    example="nanmean([1, nan, 3])",
    signatures="np.nanmean(a, axis=None, dtype=None, out=None, keepdims=False)",
)
def nanmean(x: Array, axis: Axes = None, keepdims: Flag = False) -> Node:
    """The mean of the elements that are not NaN."""
    return nansum(x, axis, keepdims) / count_known(x, axis, keepdims)


@function(
    example="nanprod([2, nan, 3])",
    signatures="np.nanprod(a, axis=None, dtype=None, out=None, keepdims=False)",
)
def nanprod(x: Array, axis: Axes = None, keepdims: Flag = False) -> Node:
    """The product of the elements that are not NaN."""
    return prod(choose(isnan(x), 1.0, x), axis, keepdims)


def _extreme(name: str, ufunc: Any, which: str) -> Function:
    doc = f"The {which} of the elements that are not NaN; ties share the gradient equally."
    return reduction(
        name,
        folding(ufunc),
        equal_share,
        doc,
        f"{name}([1, nan, 3])",
        signatures=f"np.{name}(a, axis=None, out=None, keepdims=False)",
        **ELEMENT,
    )


nanmax = _extreme("nanmax", np.fmax, "largest")
nanmin = _extreme("nanmin", np.fmin, "smallest")


def _distances(x: Node, axis: Any) -> Node:
    return choose(isnan(x), 0.0, x - nanmean(x, axis, True))


@function(
    example="nanvar([1, nan, 3])",
    signatures="np.nanvar(a, axis=None, dtype=None, out=None, ddof=0, keepdims=False)",
)
def nanvar(x: Array, axis: Axes = None, keepdims: Flag = False, ddof: Number = 0) -> Node:
    """The variance of the elements that are not NaN."""
    d = _distances(x, axis)
    return sum_(d * d, axis, keepdims) / (count_known(x, axis, keepdims) - ddof)


@function(
    example="nanstd([1, nan, 3])",
    signatures="np.nanstd(a, axis=None, dtype=None, out=None, ddof=0, keepdims=False)",
)
def nanstd(x: Array, axis: Axes = None, keepdims: Flag = False, ddof: Number = 0) -> Node:
    """The standard deviation of the elements that are not NaN."""
    d = _distances(x, axis)
    freedom = count_known(x, axis, keepdims) - ddof
    undefined = math.nan * sum_(d, axis, keepdims)
    return choose(gt(freedom, 0.0), NORM(d, axis, keepdims) / sqrt(freedom), undefined)
