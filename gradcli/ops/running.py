"""Running sums, products and exponential sums along an axis; unwrapped angles."""

from __future__ import annotations

import itertools
import math
from typing import TYPE_CHECKING, Any

import numpy as np

from gradcli.ir.batching import by_attributes
from gradcli.ir.function import function
from gradcli.ir.op import Linear, Structural, as_number
from gradcli.ir.scalar import Scalar, scan
from gradcli.ir.shapes import normal_axis
from gradcli.ops.compare import abs_, ceil, choose, isnan, lt, sign
from gradcli.ops.exponential import logaddexp
from gradcli.ops.records import added
from gradcli.ops.shape import along, concat, flat_unless, flip, reshape_to, spread

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from gradcli.ir.function import Array, Axis, Flag, Number
    from gradcli.ir.node import Node

_BEHIND = by_attributes(lambda size, axis, back: (axis + 1, back))


def _shifted(scanned: Node, axis: int, start: float, *, back: bool = False) -> Node:
    """A scan one step later, from a start: each element is that before it, behind it if `back`."""
    first = along(scanned, axis, slice(0, 1))
    head = spread(scanned.graph.constant(start), first.shape)
    if back:
        return concat((along(scanned, axis, slice(1, None)), head), axis)
    return concat((head, along(scanned, axis, slice(None, -1))), axis)


def scanned(
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


def kept(z: Node, x: Node, number: bool) -> Node:
    """What NumPy gives of a number, a vector, as a number where that is wanted."""
    return reshape_to(z, ()) if number and not x.ndim else z


def _begun(z: Node, axis: int | None, start: float) -> Node:
    """A scan with its start before it."""
    a = normal_axis(axis or 0, z.ndim)
    head = spread(z.graph.constant(start), (*z.shape[:a], 1, *z.shape[a + 1 :]))
    return concat((head, z), a)


def _row(node: Node) -> tuple[int, ...]:
    return (node.attrs[0],)


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


def _summed(x: Any, axis: int, back: bool) -> Any:
    """Sums of the elements up to each along an axis, or from each to the end."""
    if isinstance(x, Scalar):
        return scan("add", x, reverse=back)
    return (
        np.flip(accumulated(np.add, np.flip(x, axis), axis), axis)
        if back
        else accumulated(np.add, x, axis)
    )


CUMSUM = Linear(
    "cumsum",
    _summed,
    lambda shapes, axis, back: shapes[0],
    lambda node, g: (CUMSUM(g, attrs=(node.attrs[0], not node.attrs[1])),),
    rows=_row,
    batch=_BEHIND,
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
    x_, a = flat_unless(as_number(x), axis)
    z = CUMSUM(x_, attrs=(a, bool(reverse)))
    z = _shifted(z, a, 0.0, back=bool(reverse)) if exclusive else z
    return _begun(z, axis, 0.0) if include_initial else kept(z, x, number)


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

    z = scanned(x, axis, scan, exclusive, -math.inf, reverse)
    return kept(z, x, number)


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
    return x - period * CUMSUM(concat((none, turns), a), attrs=(a, False))


# --- products -----------------------------------------------------------------------------------


def _recur(factors: Any, terms: Any, axis: int, back: bool) -> Any:
    """z[k] = factors[k] * z[k-1] + terms[k] along an axis; z[k] = factors[k+1] * z[k+1] + terms[k].

    The second from the end, if it is to go `back`, which is the adjoint of the first.
    """
    if isinstance(terms, Scalar):
        return scan("recur", factors, terms, reverse=back)
    a, b = (np.moveaxis(x, axis, 0) for x in np.broadcast_arrays(factors, terms))
    if back:
        a, b = np.roll(a[::-1], 1, 0), b[::-1]
    out = _recurred(a, b)
    return np.moveaxis(out[::-1] if back else out, 0, axis)


def _recurred(a: Any, b: Any) -> Any:
    """The same along the first axis; the first factor is of no account."""
    quick = _by_products(a, b) if len(b) >= _LONG else None
    if quick is not None:
        return quick
    if b.size == len(b) and b.dtype.char == "d" == a.dtype.char:
        return _recur_numbers(a.ravel().tolist(), b.ravel().tolist()).reshape(b.shape)
    out = np.array(b)
    for k in range(1, len(out)):
        out[k] += a[k] * out[k - 1]
    return out


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
    """The same for a single row, by Python's floats: several times as fast, equal to the bit."""
    z, out = 0.0, []
    for k, (factor, term) in enumerate(zip(factors, terms, strict=True)):
        z = term + factor * z if k else term
        out.append(z)
    return np.array(out)


def _recur_vjp(node: Node, g: Node) -> Sequence[Node]:
    (axis, back), (factors, _) = node.attrs, node.inputs
    found = RECUR(factors, g, attrs=(axis, not back))
    of_factors = _shifted(found, axis, 0.0) * node if back else found * _shifted(node, axis, 0.0)
    return of_factors, found


def _recur_jvp(node: Node, tangents: Sequence[Any]) -> Node:
    (axis, back), (of_factors, of_terms) = node.attrs, tangents
    if of_factors is None:
        moved = None
    elif back:
        moved = _shifted(of_factors * node, axis, 0.0, back=True)
    else:
        moved = of_factors * _shifted(node, axis, 0.0)
    return RECUR(node.inputs[0], added(of_terms, moved), attrs=node.attrs)


RECUR = Structural(
    "recurrence",
    _recur,
    lambda shapes, axis, back: shapes[0],
    _recur_vjp,
    _recur_jvp,
    reach=CUMSUM,
    rows=_row,
    batch=_BEHIND,
)


def _multiplied(x: Any, axis: int, _: bool) -> Any:
    """Products of the elements up to each; the attributes are those of what it reaches, CUMSUM."""
    return scan("mul", x) if isinstance(x, Scalar) else accumulated(np.multiply, x, axis)


def _cumprod_vjp(node: Node, g: Node) -> Sequence[Node]:
    (x,), axis = node.inputs, node.attrs[0]
    return (RECUR(x, g, attrs=(axis, True)) * _shifted(node, axis, 1.0),)


def _cumprod_jvp(node: Node, tangents: Sequence[Any]) -> Node:
    (x,), axis = node.inputs, node.attrs[0]
    return RECUR(x, tangents[0] * _shifted(node, axis, 1.0), attrs=(axis, False))


CUMPROD = Structural(
    "cumprod",
    _multiplied,
    lambda shapes, axis, _: shapes[0],
    _cumprod_vjp,
    _cumprod_jvp,
    reach=CUMSUM,
    rows=_row,
    batch=_BEHIND,
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
    z = scanned(x, axis, lambda x, a: CUMPROD(x, attrs=(a, False)), exclusive, 1.0, reverse)
    return _begun(z, axis, 1.0) if include_initial else kept(z, x, number)


# --- what is not a number is left out -----------------------------------------------------------


@function(example="nancumsum([1, nan, 2])")
def nancumsum(x: Array, axis: Axis = None) -> Node:
    """Running sums along an axis; NaN counts as 0."""
    return cumsum(choose(isnan(x), 0.0, x), axis)


@function(example="nancumprod([2, nan, 3])")
def nancumprod(x: Array, axis: Axis = None) -> Node:
    """Running products along an axis; NaN counts as 1."""
    return cumprod(choose(isnan(x), 1.0, x), axis)
