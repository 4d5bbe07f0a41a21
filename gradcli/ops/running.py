"""Running sums, products, extremes and exponential sums along an axis; unwrapped angles."""

from __future__ import annotations

import itertools
import math
from typing import TYPE_CHECKING, Any

import numpy as np

from gradcli.ir.batching import by_attributes
from gradcli.ir.function import function
from gradcli.ir.kinds import Ties
from gradcli.ir.op import Linear, Structural, as_number
from gradcli.ir.shapes import normal_axis
from gradcli.ops.compare import abs_, ceil, choose, eq, isnan, lt, sign
from gradcli.ops.exponential import logaddexp
from gradcli.ops.records import added
from gradcli.ops.shape import along, concat, flat_unless, flip, reshape_to, spread

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from gradcli.ir.function import Array, Axis, Flag, Number
    from gradcli.ir.node import Node

AXIS_BEHIND = by_attributes(lambda size, axis: (axis + 1,))


def _shifted(scanned: Node, axis: int, start: float) -> Node:
    """A scan one step later, from a start: each element is that before it."""
    first = along(scanned, axis, slice(0, 1))
    head = spread(scanned.graph.constant(start), first.shape)
    return concat((head, along(scanned, axis, slice(None, -1))), axis)


def _scanned(
    x: Node,
    axis: Any,
    scan: Callable[[Node, int], Node],
    exclusive: bool,
    start: float,
    reverse: bool,
) -> Node:
    """A scan, from the other end if `reverse`, of the elements before each one if `exclusive`."""
    x, a = flat_unless(as_number(x), axis)
    result = scan(flip(x, a) if reverse else x, a)
    result = _shifted(result, a, start) if exclusive else result
    return flip(result, a) if reverse else result


def _kept(z: Node, x: Node, number: bool) -> Node:
    """What NumPy gives of a number, a vector, as a number where that is wanted."""
    return reshape_to(z, ()) if number and not x.ndim else z


def _begun(z: Node, axis: int | None, start: float) -> Node:
    """A scan with its start before it."""
    a = normal_axis(axis or 0, z.ndim)
    head = spread(z.graph.constant(start), (*z.shape[:a], 1, *z.shape[a + 1 :]))
    return concat((head, z), a)


LONG_ROW = 128
"""Numbers that are combined at once from which a step in Python costs less than NumPy's own way."""


def accumulated(combine: np.ufunc, x: Any, axis: int) -> Any:
    """What a function of NumPy accumulates along an axis, to the bit.

    NumPy goes along the axis number by number, far apart unless it is the last: there it takes up
    to six times as long as whole rows combined one after another.
    """
    if axis == x.ndim - 1 or x.size < LONG_ROW * x.shape[axis]:
        return combine.accumulate(x, axis)
    out = np.array(x)
    rows = np.moveaxis(out, axis, 0)
    for before, row in itertools.pairwise(rows):
        combine(before, row, out=row)
    return out


# --- sums ---------------------------------------------------------------------------------------

CUMSUM = Linear(
    "cumsum",
    lambda x, axis: accumulated(np.add, x, axis),
    lambda shapes, axis: shapes[0],
    lambda node, g: (flip(CUMSUM(flip(g, node.attrs[0]), attrs=node.attrs), node.attrs[0]),),
    batch=AXIS_BEHIND,
)


@function(
    example="cumsum([1, 2, 3])",
    aliases="cumulative_sum",
    signatures="""
        np.cumsum(a, axis=None, dtype=None, out=None)
        torch.cumsum(input, dim=None, dtype=None); number=True
        tf.cumsum(x, axis=0, exclusive=False, reverse=False)
        tfjs.cumsum(x, axis=0, exclusive=False, reverse=False)
        lax.cumsum(operand: x, axis=0, reverse=False)
        np.cumulative_sum(x, *, axis=None, dtype=None, out=None, include_initial=False)
    """,
)
def cumsum(
    x: Array,
    axis: Axis = None,
    exclusive: Flag = False,
    reverse: Flag = False,
    *,
    number: Flag = False,
    include_initial: Flag = False,
) -> Node:
    """Running sums along an axis."""
    z = _scanned(x, axis, lambda x, a: CUMSUM(x, attrs=(a,)), exclusive, 0.0, reverse)
    return _begun(z, axis, 0.0) if include_initial else _kept(z, x, number)


def _in_doublings(x: Node, axis: int, combine: Any) -> Node:
    """Running combinations of an associative operation, in log2(n) whole-array steps."""
    step = 1
    while step < x.shape[axis]:
        head = along(x, axis, slice(0, step))
        tail = combine(along(x, axis, slice(step, None)), along(x, axis, slice(None, -step)))
        x = concat((head, tail), axis)
        step *= 2
    return x


@function(
    example="cumlogsumexp([1, 2, 3])",
    aliases="cumulative_logsumexp logcumsumexp log_cumsum_exp",
    signatures="""
        torch.logcumsumexp(input, dim); number=True
        lax.cumlogsumexp(operand: x, axis=0, reverse=False)
    """,
)
def cumlogsumexp(
    x: Array,
    axis: Axis = 0,
    exclusive: Flag = False,
    reverse: Flag = False,
    *,
    number: Flag = False,
) -> Node:
    """Running log(sum(exp(x))) along an axis, without overflow."""

    def scan(x: Node, a: int) -> Node:
        return _in_doublings(x, a, logaddexp)

    z = _scanned(x, axis, scan, exclusive, -math.inf, reverse)
    return _kept(z, x, number)


@function(
    example="unwrap([0, 3, 6.5, 10])",
    signatures="np.unwrap(p: x, discont=None, axis=-1, period=6.283185307179586)",
)
def unwrap(
    x: Array, discont: Number | None = None, axis: Axis = -1, period: Number = math.tau
) -> Node:
    """Angles with whole turns added, so that neighbours differ by at most half a turn."""
    a = normal_axis(axis, x.ndim)
    step = along(x, a, slice(1, None)) - along(x, a, slice(None, -1))
    turns = sign(step) * ceil(abs_(step) / period - 0.5)
    if discont is not None and discont > period / 2:
        turns = choose(lt(abs_(step), discont), 0.0, turns)
    none = spread(x.graph.constant(0.0), along(x, a, slice(0, 1)).shape)
    return x - period * CUMSUM(concat((none, turns), a), attrs=(a,))


# --- products -----------------------------------------------------------------------------------


def _recur(factors: Any, terms: Any, axis: int) -> Any:
    """z[k] = factors[k] * z[k-1] + terms[k] along an axis."""
    a, b = (np.moveaxis(x, axis, 0) for x in np.broadcast_arrays(factors, terms))
    quick = _by_products(a, b) if len(b) >= _LONG else None
    if quick is not None:
        return np.moveaxis(quick, 0, axis)
    if b.size == len(b) and b.dtype.char == "d" == a.dtype.char:
        out = _recur_numbers(a.ravel().tolist(), b.ravel().tolist()).reshape(b.shape)
        return np.moveaxis(out, 0, axis)
    out = np.array(b)
    for k in range(1, len(out)):
        out[k] += a[k] * out[k - 1]
    return np.moveaxis(out, 0, axis)


_LONG = 256
"""Steps from which a recurrence goes by running products, a step at a time where these fail."""

_WITHIN = 1e-200, 1e200
"""Sizes of running products by which terms can be divided."""


def _by_products(factors: Any, terms: Any) -> Any:
    """The same as a running sum of the terms over the product of the factors up to each.

    None where a product leaves the range of floats, or nearly does.
    """
    products = np.ones(factors.shape)
    np.cumprod(factors[1:], axis=0, out=products[1:])
    sizes = np.abs(products)
    if not (sizes.min(initial=1) > _WITHIN[0] and sizes.max(initial=1) < _WITHIN[1]):
        return None
    sums = np.divide(terms, products, out=sizes)
    np.cumsum(sums, axis=0, out=sums)
    sums *= products
    return sums.astype(terms.dtype, copy=False)


def _recur_numbers(factors: list[float], terms: list[float]) -> Any:
    """The same of a single row, as Python's numbers: several times as fast, to the bit."""
    z, out = 0.0, []
    for k, (factor, term) in enumerate(zip(factors, terms, strict=True)):
        z = term + factor * z if k else term
        out.append(z)
    return np.array(out)


def _backwards(factors: Node, g: Node, axis: int) -> Node:
    """The adjoint of the recurrence in its terms: the same from the end, factors one step on."""
    back = flip(factors, axis)
    return flip(RECUR(_shifted(back, axis, 0.0), flip(g, axis), attrs=(axis,)), axis)


def _recur_vjp(node: Node, g: Node) -> Sequence[Node]:
    (axis,) = node.attrs
    back = _backwards(node.inputs[0], g, axis)
    return back * _shifted(node, axis, 0.0), back


def _recur_jvp(node: Node, tangents: Sequence[Any]) -> Node:
    (axis,) = node.attrs
    of_factors, of_terms = tangents
    moved = None if of_factors is None else of_factors * _shifted(node, axis, 0.0)
    return RECUR(node.inputs[0], added(of_terms, moved), attrs=(axis,))


RECUR = Structural(
    "recurrence",
    _recur,
    lambda shapes, axis: shapes[0],
    _recur_vjp,
    _recur_jvp,
    reach=CUMSUM,
    batch=AXIS_BEHIND,
)


def _cumprod_vjp(node: Node, g: Node) -> Sequence[Node]:
    (x,), (axis,) = node.inputs, node.attrs
    return (_backwards(x, g, axis) * _shifted(node, axis, 1.0),)


def _cumprod_jvp(node: Node, tangents: Sequence[Any]) -> Node:
    (x,), (axis,) = node.inputs, node.attrs
    return RECUR(x, tangents[0] * _shifted(node, axis, 1.0), attrs=(axis,))


CUMPROD = Structural(
    "cumprod",
    lambda x, axis: accumulated(np.multiply, x, axis),
    lambda shapes, axis: shapes[0],
    _cumprod_vjp,
    _cumprod_jvp,
    reach=CUMSUM,
    batch=AXIS_BEHIND,
)


@function(
    example="cumprod([2, 3, 4])",
    aliases="cumulative_prod",
    signatures="""
        np.cumprod(a, axis=None, dtype=None, out=None)
        torch.cumprod(input, dim=None, dtype=None); number=True
        tf.cumprod(x, axis=0, exclusive=False, reverse=False)
        tfjs.cumprod(x, axis=0, exclusive=False, reverse=False)
        lax.cumprod(operand: x, axis=0, reverse=False)
        np.cumulative_prod(x, *, axis=None, dtype=None, out=None, include_initial=False)
    """,
)
def cumprod(
    x: Array,
    axis: Axis = None,
    exclusive: Flag = False,
    reverse: Flag = False,
    *,
    number: Flag = False,
    include_initial: Flag = False,
) -> Node:
    """Running products along an axis; exact where elements are 0."""
    z = _scanned(x, axis, lambda x, a: CUMPROD(x, attrs=(a,)), exclusive, 1.0, reverse)
    return _begun(z, axis, 1.0) if include_initial else _kept(z, x, number)


# --- extremes -----------------------------------------------------------------------------------


def _tied_mean(t: Any, by: Any, axis: int) -> Any:
    """For each element the mean of t over the largest of `by` up to there, ties shared equally."""
    t, by = np.moveaxis(t, axis, 0), np.moveaxis(by, axis, 0)
    out = np.array(t)
    top, count = np.array(by[:1]), np.ones_like(by[:1])
    for k in range(1, len(out)):
        new, tied = by[k] > top[0], by[k] == top[0]
        top[0] = np.maximum(top[0], by[k])
        count[0] = np.where(new, 1, count[0] + tied)
        before = out[k - 1]
        more = np.where(tied & (t[k] != before), (t[k] - before) / count[0], 0)
        out[k] = np.where(np.isnan(top[0]), np.nan, np.where(new, t[k], before + more))
    return np.moveaxis(out, 0, axis)


def _tied_share(g: Any, by: Any, axis: int) -> Any:
    """The adjoint of `_tied_mean`: each g in equal parts to the largest of `by` up to there."""
    g, by = np.moveaxis(g, axis, 0), np.moveaxis(by, axis, 0)
    top = accumulated(np.maximum, by, 0)
    out, share = np.zeros_like(g), np.zeros(g.shape[1:], g.dtype)
    count = np.array(_ties(by, top))
    for k in range(len(g) - 1, -1, -1):
        part = np.where(g[k] != 0, g[k] / count[k], 0)
        share = share + np.where(np.isnan(top[k]), np.nan, part)
        out[k] = np.where((by[k] == top[k]) | np.isnan(share), share, 0)
        new = (by[k] > top[k - 1]) if k else np.ones(share.shape, bool)
        share = np.where(new & ~np.isnan(share), 0, share)
    return np.moveaxis(out, 0, axis)


def _attained(by: Any) -> Any:
    return _ties(by, accumulated(np.maximum, by, 0))


def _ties(by: Any, top: Any) -> Any:
    """How many elements up to each equal the largest up to there."""
    count = np.ones_like(by)
    for k in range(1, len(by)):
        count[k] = np.where(by[k] > top[k - 1], 1, count[k - 1] + (by[k] == top[k]))
    return count


TIED_MEAN = Linear(
    "cummax",
    _tied_mean,
    lambda shapes, axis: shapes[0],
    lambda node, g: (TIED_SHARE(g, node.inputs[1], attrs=node.attrs),),
    selective=True,
    indices=1,
    special=Ties(lambda t, by, z, axis: np.moveaxis(_attained(np.moveaxis(by, axis, 0)), 0, axis)),
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
    z = _scanned(x, axis, lambda x, a: TIED_MEAN(x, x, attrs=(a,)), False, 0.0, reverse)
    return _with_indices(x, _kept(z, x, True), axis) if pair and axis is not None else z


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
    z = _scanned(x, axis, lambda x, a: TIED_MEAN(x, -x, attrs=(a,)), False, 0.0, reverse)
    return _with_indices(x, _kept(z, x, True), axis) if pair and axis is not None else z


# --- what is not a number is left out -----------------------------------------------------------


@function(example="nancumsum([1, nan, 2])")
def nancumsum(x: Array, axis: Axis = None) -> Node:
    """Running sums along an axis; NaN counts as 0."""
    return cumsum(choose(isnan(x), 0.0, x), axis)


@function(example="nancumprod([2, nan, 3])")
def nancumprod(x: Array, axis: Axis = None) -> Node:
    """Running products along an axis; NaN counts as 1."""
    return cumprod(choose(isnan(x), 1.0, x), axis)
