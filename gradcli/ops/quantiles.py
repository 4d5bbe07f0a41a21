"""Order statistics: medians and quantiles."""

from __future__ import annotations

import math
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np

from gradcli.errors import DomainError, ProgramTypeError, ShapeError
from gradcli.ir.function import TracedNumber, function
from gradcli.ir.op import Elementwise, Reduction, as_number
from gradcli.ops.compare import ceil, eq, floor
from gradcli.ops.nans import count_known
from gradcli.ops.reduce import ELEMENT, argmax, count_over, equal_share, mean, refuse_empty
from gradcli.ops.shape import stack

if TYPE_CHECKING:
    from collections.abc import Callable

    from gradcli.ir.function import Array, Axes, Flag, Text, Traced
    from gradcli.ir.node import Node


def _rows(x: Any, axes: Any) -> Any:
    """The axes in one last axis."""
    rest = [i for i in range(x.ndim) if i not in axes]
    moved = np.transpose(x, (*rest, *axes))
    return moved.reshape((*moved.shape[: len(rest)], -1))


def _elements(rows: Any, q: float, up: bool, skip: bool) -> Any:
    """The element of each sorted row, whose NaNs stand last."""
    missing = np.isnan(rows).sum(-1, keepdims=True) if skip else 0
    position = q * np.maximum(rows.shape[-1] - missing - 1, 0)
    at = np.asarray(np.ceil(position) if up else np.floor(position)).astype(np.intp)
    elements = np.take_along_axis(rows, np.broadcast_to(at, (*rows.shape[:-1], 1)), -1)[..., 0]
    return elements if skip else np.where(np.isnan(rows[..., -1]), rows[..., -1], elements)


@cache
def order_statistic(q: float, up: bool, skip: bool) -> Reduction:
    """The element a share q of the way from the smallest to the largest, or the next one up.

    A NaN makes it NaN, or is left out with `skip`. Equal elements share its gradient equally.
    """

    def kernel(x: Any, axes: Any, keepdims: Any) -> Any:
        elements = _elements(np.sort(_rows(x, axes), axis=-1), q, up, skip)
        return np.expand_dims(elements, axes) if keepdims else elements

    return Reduction("quantile", kernel, equal_share, **ELEMENT)


AT_KNOT = Elementwise(
    "at_knot",
    lambda element, rise, offset: np.where(offset == offset, element, np.nan),
    1,
    lambda element, rise, offset, z: offset,
    lambda element, rise, offset, z: rise,
    notation=("{0:5} + {1:6}*{2:6}", 5),
)
"""element + rise * offset where the offset is 0, which an infinite rise does not make NaN."""


_OF_BOTH: dict[str, Callable[[Node, Node], Node]] = {
    "lower": lambda low, high: low,
    "higher": lambda low, high: high,
    "midpoint": lambda low, high: (low + high) * 0.5,
}
"""Methods that need no more than the two elements that a quantile is between."""


def _between_neighbours(
    x: Node, q: float | TracedNumber, axis: Any, keepdims: bool, how: str, skip: bool
) -> Node:
    share = float(q.value if isinstance(q, TracedNumber) else q)
    low = order_statistic(share, False, skip)(x, axis, keepdims)
    high = order_statistic(share, True, skip)(x, axis, keepdims)
    if low is high:
        return low
    if how in _OF_BOTH:
        return _OF_BOTH[how](low, high)
    if how == "linear" and isinstance(q, TracedNumber) and not skip:
        last = count_over(x, axis) - 1
        if (share * last).is_integer():
            return _at_knot(x, q, low, axis, keepdims)
    return low + (high - low) * _share(x, q, axis, keepdims, skip, how == "nearest")


def _at_knot(x: Node, q: TracedNumber, low: Node, axis: Any, keepdims: bool) -> Node:
    """An element; its slope by q is the mean of those at both sides, or that of the one side."""
    last = count_over(x, axis) - 1
    k = round(q.value * last)
    if last == 0:
        return low
    below = order_statistic((k - 0.5) / last, False, False)(x, axis, keepdims) if k else low
    above = order_statistic((k + 0.5) / last, True, False)(x, axis, keepdims) if k < last else low
    rise = (above - below) / float(min(k + 1, last) - max(k - 1, 0))
    return AT_KNOT(low, rise, q.node * float(last) - float(k))


def _share(
    x: Node, q: float | TracedNumber, axis: Any, keepdims: bool, skip: bool, nearest: bool
) -> Node | float:
    """How far from the lower to the higher of the two elements."""
    number, factor = (q.value, q.node) if isinstance(q, TracedNumber) else (q, q)
    if not skip:
        last = count_over(x, axis) - 1
        at = number * last
        if nearest:
            return float(round(at) != math.floor(at))
        return factor * float(last) - math.floor(at)
    position = factor * (count_known(x, axis, keepdims) - 1.0)
    share = position - floor(position)
    return ceil(share - 0.5) if nearest else share


METHODS = ("linear", "lower", "higher", "midpoint", "nearest")

_PLOTTING = {
    "interpolated_inverted_cdf": (0.0, 1.0),
    "hazen": (0.5, 0.5),
    "weibull": (0.0, 0.0),
    "median_unbiased": (1 / 3, 1 / 3),
    "normal_unbiased": (3 / 8, 3 / 8),
}
"""Methods that go in proportion, and their alpha and beta (Hyndman and Fan, 1996)."""

_STEPS: dict[str, Callable[[float], tuple[int, int]]] = {
    "inverted_cdf": lambda at: (math.ceil(at) - 1,) * 2,
    "averaged_inverted_cdf": lambda at: (math.ceil(at) - 1, math.floor(at)),
    "closest_observation": lambda at: (round(at) - 1,) * 2,
}
"""Methods that jump: the two elements, counted from 0, whose mean is the quantile at n*q."""


def _in_proportion(q: Any, n: int, method: str) -> Any:
    """The share that lies as far up by the method "linear" as q does by another one."""
    alpha, beta = _PLOTTING[method]
    value, factor = (q.value, q.node) if isinstance(q, TracedNumber) else (q, q)
    scale, shift = n + 1.0 - alpha - beta, alpha - 1.0
    share = (value * scale + shift) / max(n - 1, 1)
    if not 0 < share < 1:
        return min(max(share, 0.0), 1.0)
    if isinstance(q, TracedNumber):
        return TracedNumber(share, (factor * scale + shift) / (n - 1.0))
    return share


def _by_steps(x: Node, q: Any, axis: Any, keepdims: bool, method: str) -> Node:
    last = count_over(x, axis) - 1
    share = q.value if isinstance(q, TracedNumber) else q
    low, high = (
        order_statistic((min(max(k, 0), last) + 0.5) / max(last, 1), False, False)(
            x, axis, keepdims
        )
        for k in _STEPS[method](share * (last + 1))
    )
    return low if low is high else (low + high) * 0.5


def _quantile(x: Node, q: Any, axis: Any, keepdims: bool, method: str, skip: bool) -> Node:
    methods = METHODS if skip else (*METHODS, *_PLOTTING, *_STEPS)
    if method not in methods:
        raise ProgramTypeError(f"quantile knows no method {method!r}", help=", ".join(methods))
    refuse_empty(x, axis, "quantile")
    if isinstance(q, tuple) and q:
        return stack([_quantile(x, part, axis, keepdims, method, skip) for part in q])
    _refuse_no_share(q)
    if method in _STEPS:
        return _by_steps(as_number(x), q, axis, keepdims, method)
    if method in _PLOTTING:
        q, method = _in_proportion(q, count_over(x, axis), method), "linear"
    return _between_neighbours(as_number(x), q, axis, keepdims, method, skip)


def _refuse_no_share(q: Any) -> None:
    if q == ():
        raise ShapeError("a quantile needs a share of the elements, and there is none")
    if not isinstance(q, (int, float, TracedNumber)):
        raise ProgramTypeError("a quantile is a number, or a list of them")
    if not 0 <= (q.value if isinstance(q, TracedNumber) else q) <= 1:
        raise DomainError("a quantile is between 0 and 1")


def _percents(q: Any) -> Any:
    if isinstance(q, tuple):
        return tuple(map(_percents, q))
    if isinstance(q, TracedNumber):
        return TracedNumber(q.value / 100, q.node / 100.0)
    return q / 100 if isinstance(q, (int, float)) else q


@function(
    example="quantile([1, 2, 3, 4], 0.25)",
    signatures="""
        np.quantile(a, q, axis=None, out=None, overwrite_input=False, \
            method='linear', keepdims=False)
    """,
)
def quantile(
    x: Array, q: Traced, axis: Axes = None, keepdims: Flag = False, *, method: Text = "linear"
) -> Node:
    """The value below which a share q of the elements lies, between neighbours in proportion."""
    return _quantile(x, q, axis, keepdims, method, False)


@function(
    example="percentile([1, 2, 3, 4], 25)",
    signatures="""
        np.percentile(a, q, axis=None, out=None, overwrite_input=False, \
            method='linear', keepdims=False)
        tf.percentile(x, q, axis=None, interpolation='nearest', keepdims=False)
    """,
)
def percentile(
    x: Array, q: Traced, axis: Axes = None, keepdims: Flag = False, *, method: Text = "linear"
) -> Node:
    """The value below which q percent of the elements lie."""
    return _quantile(x, _percents(q), axis, keepdims, method, False)


@function(
    example="nanquantile([1, nan, 3], 0.5)",
    signatures="""
        np.nanquantile(a, q, axis=None, out=None, overwrite_input=False, \
            method='linear', keepdims=False)
    """,
)
def nanquantile(
    x: Array, q: Traced, axis: Axes = None, keepdims: Flag = False, *, method: Text = "linear"
) -> Node:
    """The quantile of the elements that are not NaN."""
    return _quantile(x, q, axis, keepdims, method, True)


@function(
    example="nanpercentile([1, nan, 3], 50)",
    signatures="""
        np.nanpercentile(a, q, axis=None, out=None, overwrite_input=False, \
            method='linear', keepdims=False)
    """,
)
def nanpercentile(
    x: Array, q: Traced, axis: Axes = None, keepdims: Flag = False, *, method: Text = "linear"
) -> Node:
    """The percentile of the elements that are not NaN."""
    return _quantile(x, _percents(q), axis, keepdims, method, True)


def _median(x: Node, axis: Any, keepdims: bool, lower: bool, skip: bool) -> Any:
    if not count_over(x, axis) and (axis is None or not lower):
        return mean(x, axis, keepdims)
    if not lower:
        return _quantile(x, 0.5, axis, keepdims, "midpoint", skip)
    if isinstance(axis, tuple):
        raise ShapeError("the lower median has an index along one axis, and not along several")
    value = _quantile(x, 0.5, axis, True, "lower", skip)
    element = value if keepdims else _quantile(x, 0.5, axis, False, "lower", skip)
    return element if axis is None else (element, argmax(as_number(eq(x, value)), axis, keepdims))


@function(
    example="median([3, 1, 2, 4])",
    signatures="""
        np.median(a, axis=None, out=None, overwrite_input=False, keepdims=False)
        torch.median(input, dim=None, keepdim=False) -> values, indices; lower=True
    """,
)
def median(x: Array, axis: Axes = None, keepdims: Flag = False, *, lower: Flag = False) -> Any:
    """The middle element, or the mean of the middle two; equal ones share its gradient.

    With `lower`, the lower of the two, and along an axis its index too.
    """
    return _median(x, axis, keepdims, lower, False)


@function(
    example="nanmedian([3, nan, 2, 4])",
    signatures="""
        np.nanmedian(a, axis=None, out=None, overwrite_input=False, keepdims=False)
        torch.nanmedian(input, dim=None, keepdim=False) -> values, indices; lower=True
    """,
)
def nanmedian(x: Array, axis: Axes = None, keepdims: Flag = False, *, lower: Flag = False) -> Any:
    """The median of the elements that are not NaN."""
    return _median(x, axis, keepdims, lower, True)
