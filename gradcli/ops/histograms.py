"""Counting into bins: constant in what is counted, linear in its weights."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from gradcli.errors import DomainError, ProgramTypeError, ShapeError
from gradcli.ir.batching import is_batched, repeated
from gradcli.ir.function import function
from gradcli.ir.kinds import JUMP, at
from gradcli.ir.op import as_number
from gradcli.ir.shapes import is_whole, show_shape
from gradcli.ops.compare import GATE, clip, eq, floor, minimum
from gradcli.ops.creation import linspace
from gradcli.ops.marks import STOP
from gradcli.ops.records import constant_op
from gradcli.ops.reduce import max_, min_, sum_
from gradcli.ops.shape import along, as_vector, place, reshape_to, spread

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from gradcli.ir.function import Array, Flag, Int, Number, Numbers, Text
    from gradcli.ir.node import Node


def _search(edges: Any, v: Any, side: Any, bins: bool) -> Any:
    """Where each v belongs among the edges, which rise; those of bins may fall instead."""
    if bins and edges.size and edges[0] > edges[-1]:
        return edges.size - _search(edges[::-1], v, side, False)
    if (edges[..., 1:] < edges[..., :-1]).any():
        name = "the edges of bins are" if bins else "the array that is searched is"
        raise DomainError(f"{name} not sorted", help="sort it first: sort(x)")
    if edges.ndim == 1:
        return np.asarray(np.searchsorted(edges, v, side)).astype(v.dtype)
    rows = zip(edges.reshape(-1, edges.shape[-1]), v.reshape(-1, v.shape[-1]), strict=True)
    positions = [np.searchsorted(e, row, side) for e, row in rows]
    return np.reshape(positions, v.shape).astype(v.dtype)


def _search_batch(node: Node, inputs: Sequence[Node], size: int) -> Node:
    edges, v = inputs
    if not is_batched(edges, node.inputs[0]) and edges.ndim == 1:
        return SEARCH(edges, v, attrs=node.attrs)
    if node.inputs[0].ndim > 1:
        whole = (repeated(x, own, size) for x, own in zip(inputs, node.inputs, strict=True))
        return SEARCH(*whole, attrs=node.attrs)
    rows = reshape_to(repeated(v, node.inputs[1], size), (size, node.inputs[1].size))
    return reshape_to(SEARCH(edges, rows, attrs=node.attrs), (size, *node.shape))


def _meets(edges: Any, v: Any, _z: Any, _side: Any, bins: bool) -> Any:
    """Where v equals one of the edges."""
    return _search(edges, v, "left", bins) != _search(edges, v, "right", bins)


SEARCH = constant_op(
    "searchsorted",
    _search,
    lambda shapes, side, bins: shapes[1],
    _search_batch,
    special=at(JUMP, _meets),
    indexing=True,
)


@function(
    example="searchsorted([1, 3, 5], [2, 3])",
    constant=True,
    signatures="""
        torch.searchsorted(sorted_sequence, input: v, *, out_int32=False, right=False, side='left')
        tf.searchsorted(sorted_sequence, values: v, side='left')
        np.searchsorted(a, v, side='left', sorter=None)
    """,
)
def searchsorted(x: Array, v: Array, side: Text = "left", right: Flag = False) -> Node:
    """Where to put v among the sorted x: before the equal ones, or behind them ("right")."""
    if side not in ("left", "right"):
        raise ProgramTypeError(f"searchsorted knows no side {side!r}", help='"left" or "right"')
    if x.ndim != 1 and (x.ndim == 0 or x.shape[:-1] != v.shape[:-1]):
        raise DomainError(
            f"searchsorted needs a sorted vector, not the shape {show_shape(x.shape)}"
        )
    return SEARCH(x, v, attrs=("right" if right else side, False))


@function(
    example="digitize([0.5, 2.5], [1, 2, 3])",
    aliases="bucketize",
    constant=True,
    signatures="""
        torch.bucketize(input, boundaries, *, out_int32=False, right: not right = False); \
            falling=False
    """,
)
def digitize(x: Array, bins: Array, right: Flag = False, *, falling: Flag = True) -> Node:
    """The number of the bin of each element: of how many edges it is beyond.

    Edges that fall are counted from the last, unless `falling` says that they may not.
    """
    if bins.ndim != 1:
        raise ShapeError(f"bins need a vector of edges, not the shape {show_shape(bins.shape)}")
    return SEARCH(bins, x, attrs=("left" if right else "right", falling))


@function(
    example="histogram([1, 2, 2, 4], 3)[0]",
    aliases="histogram_fixed_width",
    signatures="""
        tf.histogram_fixed_width(values: x, value_range: range, nbins: bins = 100) -> counts; \
            counts=True
        torch.histogram(input, bins=100, *, range=None, weight: weights = None, density=False) \
            -> hist, bin_edges
        np.histogram(a: x, bins=10, range=None, density=None, weights=None)
    """,
)
def histogram(
    x: Array,
    bins: Numbers = 10.0,
    range: Numbers = None,
    density: Flag = False,
    weights: Array | None = None,
    *,
    counts: Flag = False,
) -> Any:
    """How many elements, or what weight, each bin holds; and the edges of the bins.

    With `counts`, TensorFlow's: no edges, and the outer bins hold what is beyond them.
    """
    x = as_vector(as_number(x))
    if range is not None and np.shape(range) != (2,):
        raise ShapeError("the range of a histogram is two numbers, the lowest and the highest")
    edges = _edges(x, bins, range)
    if counts and range is not None:
        x = clip(x, *range)
    n = edges.size - 1
    low = reshape_to(along(edges, 0, slice(0, n)), (n, 1))
    high = reshape_to(along(edges, 0, slice(1, None)), (n, 1))
    last = x.graph.constant(np.arange(n)[:, None] == n - 1)
    inside = (x >= low) & ((x < high) | (last & (x <= high)))
    w = x.graph.constant(1.0) if weights is None else as_vector(as_number(weights))
    held = sum_(GATE(inside, spread(w, x.shape)), 1)
    if density:
        widths = along(edges, 0, slice(1, None)) - along(edges, 0, slice(0, n))
        held = held / sum_(held) / widths
    return held if counts else (held, edges)


def _edges(x: Node, bins: Any, limits: Any) -> Node:
    """The edges of bins: those given, or evenly spaced from the smallest to the largest element."""
    if isinstance(bins, tuple):
        return x.graph.constant(np.asarray(bins, float))
    if not is_whole(bins) or not 1 <= bins < 2**53:
        raise DomainError("a histogram needs a whole number of bins, or their edges")
    if limits is not None:
        low, high = (x.graph.constant(float(k)) for k in limits)
    else:
        low, high = STOP(min_(x)), STOP(max_(x))
    x.graph.check_size((int(bins) + 1,))
    margin = as_number(eq(low, high)) * 0.5
    return linspace(low - margin, high + margin, int(bins) + 1)


@function(
    example="histc([1, 2, 4], 3, 1, 4)",
    constant=True,
    signatures="torch.histc(input, bins=100, min: low = 0, max: high = 0)",
)
def histc(x: Array, bins: Int = 100, low: Number = 0.0, high: Number = 0.0) -> Node:
    """How many elements each of so many bins from low to high holds; from all if both are alike."""
    x = STOP(as_vector(as_number(x)))
    if bins < 1:
        raise DomainError("a histogram needs a whole number of bins")
    x.graph.check_size((bins, x.size))
    lowest, highest = (x.graph.constant(k) for k in (low, high))
    if low == high:
        lowest, highest = min_(x), max_(x)
        margin = as_number(eq(lowest, highest))
        lowest, highest = lowest - margin, highest + margin
    place_of = floor((x - lowest) / (highest - lowest) * float(bins))
    numbers = x.graph.constant(np.arange(float(bins))[:, None])
    inside = (x >= lowest) & (x <= highest) & eq(minimum(place_of, bins - 1.0), numbers)
    return sum_(GATE(inside, spread(x.graph.constant(1.0), x.shape)), 1)


def _counted(x: Any) -> Any:
    """A vector of whole numbers."""
    values = np.atleast_1d(np.asarray(x, float))
    whole = np.isfinite(values) & (values == np.floor(values)) & (values >= 0)
    if values.ndim != 1 or not whole.all():
        raise DomainError("bincount needs a vector of whole numbers, not negative")
    return values


def _bins(bound: Mapping[str, Any]) -> tuple[int]:
    """How many counts there are: at least, at most, or just so many."""
    if bound["length"] is not None:
        return (int(bound["length"]),)
    size = max(int(_counted(bound["x"]).max(initial=-1)) + 1, bound["minlength"])
    return (size if bound["maxlength"] is None else min(size, int(bound["maxlength"])),)


@function(example="bincount([0, 1, 1, 3])", aliases="dense_bincount", makes=_bins)
def bincount(
    x: Numbers,
    weights: Array | None = None,
    minlength: Int = 0,
    maxlength: Int | None = None,
    *,
    length: Int | None = None,
) -> Any:
    """How often each whole number occurs, or the sum of the weights at it.

    Numbers from `maxlength` or `length` on do not count; of `length` elements is the result.
    """
    values = _counted(x)
    bound = {"x": x, "minlength": minlength, "maxlength": maxlength, "length": length}
    (size,) = _bins(bound)
    within = np.flatnonzero(values < (math.inf if length is maxlength is None else size))
    numbers = values[within].astype(np.intp)
    if weights is None:
        return np.bincount(numbers, minlength=size).astype(float)
    w = spread(as_number(weights), values.shape)
    return place(along(w, 0, within), (size,), numbers)
