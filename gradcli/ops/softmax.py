"""Exponential sums: logsumexp, softmax, the logarithms of its shares, and formulas of these.

The rules are loaded when a formula has one of them (`stabilize.awaited`).
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from gradcli.ir.batching import by_attributes
from gradcli.ir.function import function
from gradcli.ir.op import Binary, Reduction, Structural, as_number, first_attribute
from gradcli.ir.shapes import normal_axes
from gradcli.ops.arithmetic import add, div, sub
from gradcli.ops.compare import abs_, choose, isfinite, ne, nowhere, sign, truth
from gradcli.ops.exponential import exp, log
from gradcli.ops.fused import multiply_no_nan
from gradcli.ops.marks import STOP
from gradcli.ops.reduce import kept_axes, max_, sum_
from gradcli.ops.shape import INDEX, RESHAPE, reshape_to, spread
from gradcli.ops.stabilize import rule

if TYPE_CHECKING:
    from gradcli.ir.function import Array, Axes, Flag
    from gradcli.ir.node import Node


def _raised(x: Any, axes: Any) -> tuple[Any, Any]:
    """exp(x - shift), and the shift: the largest x, or 0 where all are -inf; exp(0) for +inf."""
    top = np.maximum.reduce(x, axis=axes, keepdims=True, initial=-np.inf)
    shift = np.where(np.isneginf(top), 0, top)
    less = x - shift
    if np.isposinf(top).any():
        less = np.where(x == shift, 0, less)
    return _written_over(np.exp, less), shift


def _written_over(function: np.ufunc, x: Any, *others: Any) -> Any:
    """A function of something that nothing else holds, in the place of that if it is an array."""
    return function(x, *others, out=x) if isinstance(x, np.ndarray) else function(x, *others)


def _logsumexp(x: Any, axes: Any, keepdims: Any) -> Any:
    raised, shift = _raised(x, axes)
    total = np.log(np.add.reduce(raised, axis=axes, keepdims=True)) + shift
    total = total.astype(x.dtype, copy=False)
    return total if keepdims else np.squeeze(total, axes)


LOGSUMEXP = Reduction("logsumexp", _logsumexp, lambda x, z: SOFTMAX(x, attrs=(kept_axes(x, z),)))


@function(
    example="logsumexp([1000, 0])",
    aliases="reduce_logsumexp log_sum_exp",
    signatures="""
        scipy.special.logsumexp(a, axis=None, b: weights = None, keepdims=False, return_sign=False)
        jax.nn.logsumexp(a, axis=None, b: weights = None, keepdims=False, return_sign=False, \
            where=None)
    """,
)
def logsumexp(
    x: Array,
    axis: Axes = None,
    keepdims: Flag = False,
    *,
    weights: Array | None = None,
    return_sign: Flag = False,
    where: Array | None = None,
) -> Any:
    """log(sum(exp(x))), without overflow; with weights, log(sum(weights * exp(x))).

    With `return_sign`, the logarithm of the sum's size, and its sign.
    """
    if where is not None:
        x = choose(truth(where), x, -math.inf)
    if weights is None:
        z = LOGSUMEXP(x, axis, keepdims)
        return (z, spread(z.graph.constant(1.0), z.shape)) if return_sign else z
    w = spread(as_number(weights), x.shape)
    top = STOP(max_(choose(ne(w, 0.0), x, -math.inf), axis, True))
    shift = choose(isfinite(top), top, 0.0)
    total = sum_(multiply_no_nan(exp(x - shift), w), axis, keepdims)
    shift = reshape_to(shift, total.shape)
    return (log(abs_(total)) + shift, sign(total)) if return_sign else log(total) + shift


def _softmax(x: Any, axes: Any) -> Any:
    raised, _ = _raised(x, axes)
    whole = np.add.reduce(raised, axis=axes, keepdims=True)
    shares = _written_over(np.divide, raised, np.where(whole == 0, 1, whole))
    return shares.astype(x.dtype, copy=False)


def _softmax_slope(node: Node, t: Node) -> Node:
    """z * (t - sum(z * t)), the same for a tangent and a cotangent: the matrix is symmetric."""
    weighted = node * t
    return weighted - node * sum_(weighted, node.attrs[0], True)


SOFTMAX = Structural(
    "softmax",
    _softmax,
    lambda shapes, axes: shapes[0],
    lambda node, g: (_softmax_slope(node, g),),
    lambda node, tangents: _softmax_slope(node, tangents[0]),
    batch=by_attributes(lambda size, axes: (tuple(a + 1 for a in axes),)),
    rows=first_attribute,
)


def _single(total: Any) -> tuple[int, ...]:
    """The axes over which a total was taken, of length 1."""
    return tuple(i for i, n in enumerate(total.shape) if n == 1)


def _log_share(x: Any, total: Any) -> Any:
    """x - total; where both are infinite as softmax shares: equally among what is +inf."""
    difference = x - total
    if nowhere(difference != difference):
        return difference
    return _log_share_of_rows(x, total, _single(total))


def _log_share_of_rows(x: Any, total: Any, axes: Any = -1) -> Any:
    """The same for any numbers."""
    difference = x - total
    highest = np.isposinf(x)
    ways = np.add.reduce(highest, axis=axes, keepdims=True)
    share = np.where(highest, 0.0 - np.log(np.maximum(ways, 1)), -np.inf)
    unknown = np.isnan(difference) & (x == total)
    return np.where(unknown, share, difference).astype(x.dtype, copy=False)


LOG_SHARE = Binary(
    "log_share",
    _log_share,
    1,
    -1,
    notation=("{0:5} - {1:6}", 5),
    whole=True,
    form=_log_share_of_rows,
    rows=lambda node: _single(node.inputs[1]),
)
"""The logarithm of what exp(x) is of the sum whose logarithm is the total."""


def log_shares(x: Node, axes: Any) -> Node:
    """log(softmax(x)) over axes."""
    return LOG_SHARE(x, logsumexp(x, axes, True))


def _share_axes(x: Node, axis: Any, implicit: bool) -> tuple[int, ...]:
    """The axes that are meant; `implicit` is PyTorch's choice where none is given."""
    if implicit and axis is None:
        axis = 0 if x.ndim in (1, 3) else 1
    return normal_axes(axis, x.ndim) if x.ndim else ()


@function(
    example="softmax([1, 2, 3])",
    aliases="nn_softmax",
    signatures="""
        scipy.special.softmax(x, axis=None)
        F.softmax(input, dim=None, _stacklevel=3, dtype=None); implicit=True
    """,
)
def softmax(x: Array, axis: Axes = -1, *, implicit: Flag = False) -> Node:
    """exp(x) / sum(exp(x)) along an axis."""
    return SOFTMAX(x, attrs=(_share_axes(x, axis, implicit),))


@function(
    example="softmin([1, 2, 3])",
    signatures="""
        F.softmin(input, dim=None, _stacklevel=3, dtype=None); implicit=True
    """,
)
def softmin(x: Array, axis: Axes = -1, *, implicit: Flag = False) -> Node:
    """softmax(-x)."""
    return softmax(-x, axis, implicit=implicit)


@function(
    example="log_softmax([1, 2, 3])",
    signatures="""
        scipy.special.log_softmax(x, axis=None)
        F.log_softmax(input, dim=None, _stacklevel=3, dtype=None); implicit=True
    """,
)
def log_softmax(x: Array, axis: Axes = -1, *, implicit: Flag = False) -> Node:
    """log(softmax(x)), without overflow."""
    return log_shares(as_number(x), _share_axes(x, axis, implicit))


# --- formulas that are one of them --------------------------------------------------------------


@rule(log, "log(softmax(x))", "log_softmax(x)")
def _log_softmax(x: Node) -> Node | None:
    if x.op is not SOFTMAX:
        return None
    return log_shares(x.inputs[0], x.attrs[0])


@rule(log, "log(softmax(x)[i])", "log_softmax(x)[i]")
def _log_softmax_item(x: Node) -> Node | None:
    if x.op is not INDEX or x.inputs[0].op is not SOFTMAX:
        return None
    return INDEX(log(x.inputs[0]), attrs=x.attrs)


@rule(log, "log(sum(exp(x)))", "logsumexp(x)")
def _log_sum_exp(x: Node) -> Node | None:
    if x.op is not sum_.op or x.inputs[0].op is not exp.op:
        return None
    return logsumexp(x.inputs[0].inputs[0], *x.attrs)


def _moved_back(a: Node, total: Node) -> Node | None:
    """a + logsumexp(x - a), where a is the same for all that is added up: logsumexp(x)."""
    if total.op is not LOGSUMEXP or total.inputs[0].op is not sub.op or total.shape != a.shape:
        return None
    x, shift = total.inputs[0].inputs
    axes, keepdims = total.attrs
    shape = (1,) * (x.ndim - shift.ndim) + shift.shape
    whole = shift.inputs[0] if shift.op is RESHAPE else shift
    is_a = whole is a and all(shape[axis] == 1 for axis in axes)
    return LOGSUMEXP(x, axes, keepdims) if is_a else None


@rule(add, "a + log(sum(exp(x - a)))", "logsumexp(x)", LOGSUMEXP)
def _shifted(x: Node, y: Node) -> Node | None:
    return _moved_back(x, y) or _moved_back(y, x)


@rule(div, "exp(x)/sum(exp(x))", "softmax(x)", exp)
def _exp_over_sum(x: Node, y: Node) -> Node | None:
    if x.op is not exp.op or y.op is not sum_.op or y.inputs[0] is not x:
        return None
    axes, keepdims = y.attrs
    in_place = keepdims or axes == tuple(range(len(axes)))
    return SOFTMAX(x.inputs[0], attrs=(axes,)) if in_place else None
