"""Reductions: what folds axes away."""

from __future__ import annotations

import math
import operator
from functools import cache, partial
from typing import TYPE_CHECKING, Any

import numpy as np

from gradcli.errors import DomainError, ProgramTypeError
from gradcli.ir.function import function
from gradcli.ir.kinds import JUMP, KINK, VERTICAL, Ties, at, either
from gradcli.ir.op import Binary, Reduction, Structural, as_number, nothing, spell
from gradcli.ir.record import Op
from gradcli.ir.shapes import normal_axes, reduced_shape, show_shape
from gradcli.ops.compare import (
    TAINT,
    abs_,
    choose,
    gt,
    isnan,
    lt,
    masking,
    maximum,
    minimum,
    ne,
    sign,
    truth,
)
from gradcli.ops.powers import pow_, square
from gradcli.ops.records import constant_op, folded_elements, folding, reduction
from gradcli.ops.shape import permute, reshape_to, spread

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gradcli.ir.function import Array, Axes, Axis, Flag
    from gradcli.ir.node import Node

# --- sums ---------------------------------------------------------------------------------------

FOLDED = "a, axis=None, dtype=None, out=None, keepdims=False, initial=None, where=None"
"""The parameters of NumPy's sums and products."""

EXTREMES = FOLDED.replace("dtype=None, ", "")
"""Those of its extremes."""

MOMENTS = "a, axis=None, dtype=None, out=None, ddof=0, keepdims=False, *, where=None, mean=None"
"""Those of its variances."""


# fmt: off
sum_ = reduction("sum", folding(np.add), lambda x, z: 1, "The sum of the elements.",
                 "sum([1, 2, 3])", "reduce_sum", analytic=True, adds=True,
                 masked=masking(0.0, operator.add), signatures=f"np.sum({FOLDED})")
# fmt: on


def count_over(x: Node, axis: Any) -> int:
    """How many elements fold into one over these axes."""
    return math.prod(x.shape[a] for a in normal_axes(axis, x.ndim))


def count_where(x: Node, axis: Any, keepdims: bool, where: Node | None) -> Node | float:
    """How many elements fold into one, of those where a truth value holds if it is given."""
    if where is None:
        return float(count_over(x, axis))
    return sum_(as_number(spread(truth(where), x.shape)), axis, keepdims)


def refuse_empty(x: Node, axis: Any, name: str) -> None:
    """Refuses to take the mean or the like of nothing."""
    if count_over(x, axis) == 0:
        raise DomainError(f"{name} of no elements")


@function(
    hint="of several numbers write mean([a, b, c])",
    example="mean([1, 2, 3])",
    aliases="reduce_mean",
    signatures="np.mean(a, axis=None, dtype=None, out=None, keepdims=False, *, where=None)",
)
def mean(
    x: Array, axis: Axes = None, keepdims: Flag = False, *, where: Array | None = None
) -> Node:
    """The arithmetic mean of the elements, or of those `where` a truth value holds."""
    return sum_(x, axis, keepdims, where=where) / count_where(x, axis, keepdims, where)


@function(
    example="average([1, 2, 3], weights=[1, 1, 2])",
    signatures="np.average(a, axis=None, weights=None, returned=False, keepdims=False)",
)
def average(
    x: Array,
    axis: Axes = None,
    weights: Array | None = None,
    keepdims: Flag = False,
    returned: Flag = False,
) -> Any:
    """The mean, each element counted by its weight; weights of one axis may be a vector.

    With `returned`, the sum of the weights, too.
    """
    if weights is None:
        z = mean(x, axis, keepdims)
        return (z, spread(x.graph.constant(float(count_over(x, axis))), z.shape)) if returned else z
    axes = normal_axes(axis, x.ndim)
    if weights.ndim == 1 and x.ndim > 1 and len(axes) == 1:
        shape = tuple(weights.size if i in axes else 1 for i in range(x.ndim))
        weights = reshape_to(weights, shape)
    w = spread(as_number(weights), x.shape)
    whole = sum_(w, axis, keepdims)
    z = sum_(x * w, axis, keepdims) / whole
    return (z, whole) if returned else z


# --- largest and smallest -----------------------------------------------------------------------


def kept_axes(x: Any, z: Any) -> tuple[int, ...]:
    """The axes over which z, with them kept as 1, was folded from x."""
    return tuple(i for i, (m, n) in enumerate(zip(x.shape, z.shape, strict=True)) if m != n)


attains = Binary(
    "attains",
    np.equal,
    nothing,
    nothing,
    notation=("{0:5} == {1:5}", 4),
    flat=True,
    result_bool=True,
    keeps_bool=True,
)
"""Where an element is the extreme. It has no edges of its own: the reduction states the ties."""


def equal_share(x: Node, z: Node) -> Node:
    """1 over the number of elements equal to the extreme; NaN where it is NaN."""
    return TAINT(1.0 / _count_tied(x, z), z)


def _count_tied(x: Node, z: Node) -> Node:
    """How many elements equal the extreme."""
    return sum_(as_number(attains(x, z)), kept_axes(x, z), True)


def _tied(x: Any, z: Any) -> Any:
    """How many elements equal the extreme, at each that does."""
    return np.where(x == z, np.sum(x == z, axis=kept_axes(x, z), keepdims=True), 0)


def is_extreme(x: Node, z: Node) -> Node:
    """Where x equals its largest, smallest or middle z; everywhere where that is NaN."""
    return attains(x, z) | isnan(z)


ELEMENT: Any = {
    "select": is_extreme,
    "special": Ties(_tied, among=_count_tied),
    "needs_elements": True,
}
"""What is the same of all reductions to one of their elements, or several that are equal."""

# fmt: off
max_ = reduction("max", folding(np.maximum), equal_share,
                 "The largest element; tied elements share the gradient equally.",
                 "max([1, 3, 2])", "amax reduce_max", analytic=True, **ELEMENT,
                 ambiguous="write maximum({}) for each element; max(x, axis=0) reduces one array",
                 of_two=maximum, masked=masking(-math.inf, maximum),
                 signatures=f"np.max({EXTREMES})\nnp.amax({EXTREMES})")
min_ = reduction("min", folding(np.minimum), equal_share,
                 "The smallest element; tied elements share the gradient equally.",
                 "min([1, 3, 2])", "amin reduce_min", analytic=True, **ELEMENT,
                 ambiguous="write minimum({}) for each element; min(x, axis=0) reduces one array",
                 of_two=minimum, masked=masking(math.inf, minimum),
                 signatures=f"np.min({EXTREMES})\nnp.amin({EXTREMES})")
# fmt: on


@function(example="ptp([1, 5, 2])", signatures="np.ptp(a, axis=None, out=None, keepdims=False)")
def ptp(x: Array, axis: Axes = None, keepdims: Flag = False) -> Node:
    """The range of the elements: the largest less the smallest."""
    return max_(x, axis, keepdims) - min_(x, axis, keepdims)


# --- products -----------------------------------------------------------------------------------


def _rows_last(x: Node, axes: tuple[int, ...]) -> Node:
    """The axes to be folded gathered into one last axis."""
    rest = tuple(i for i in range(x.ndim) if i not in axes)
    moved = permute(x, (*rest, *axes))
    return reshape_to(moved, (*moved.shape[: len(rest)], math.prod(moved.shape[len(rest) :])))


@function(example="prod([2, 3, 4])", aliases="reduce_prod", signatures=f"np.prod({FOLDED})")
def prod(
    x: Array,
    axis: Axes = None,
    keepdims: Flag = False,
    *,
    where: Array | None = None,
    initial: Array | None = None,
) -> Node:
    """The product of the elements; its gradient is exact when some of them are 0.

    Halves are multiplied until one is left, so that no derivative of any order divides.
    """
    return _MULTIPLIED(x, axis, keepdims, where=where, initial=initial)


def _multiplied(x: Node, axis: Any, keepdims: bool) -> Node:
    axes = normal_axes(axis, x.ndim)
    row = _rows_last(as_number(x), axes)
    left: list[Node] = []
    while row.shape[-1] > 1:
        half = row.shape[-1] // 2
        if row.shape[-1] % 2:
            left.append(row[..., -1:])
        row = row[..., :half] * row[..., half : 2 * half]
    for odd in left:
        row = row * odd
    shape = reduced_shape(x.shape, axes, keepdims)
    if row.shape[-1] == 0:
        return spread(x.graph.constant(1.0), shape)
    return reshape_to(row, shape)


_MULTIPLIED = masking(1.0, operator.mul)(_multiplied)


# --- norms --------------------------------------------------------------------------------------


def _scale(x: Any, axes: Any) -> Any:
    """The largest size over axes, or 1 where that is not to be divided by."""
    largest = np.maximum.reduce(np.abs(x), axis=axes, keepdims=True, initial=0)
    return np.where((largest > 0) & np.isfinite(largest), largest, 1).astype(x.dtype)


_PART = 512
"""Squares that are added up at a time, so that they need no memory."""


def _square_sums(x: Any, axes: Any) -> Any:
    """Squares added up over axes, which stay."""
    if x.size < 8 * _PART or len(axes) < x.ndim or not x.flags.c_contiguous:
        return np.add.reduce(x * x, axis=axes, keepdims=True)
    flat = x.reshape(-1)
    parts = flat[: x.size // _PART * _PART].reshape(-1, _PART)
    rest = flat[parts.size :]
    total = np.add.reduce(np.vecdot(parts, parts)) + np.add.reduce(rest * rest)
    return total.reshape((1,) * x.ndim)


def _norm(x: Any, axes: Any, keepdims: Any) -> Any:
    """The 2-norm, scaled where squares would overflow or vanish."""
    plain = np.sqrt(_square_sums(x, axes))
    if np.size(plain) and not np.all(_is_safe(plain)):
        scale = _scale(x, axes)
        plain = scale * np.sqrt(np.add.reduce((x / scale) ** 2, axis=axes, keepdims=True))
    return plain if keepdims else np.squeeze(plain, axes)


@cache
def _safe(dtype: Any) -> tuple[float, float]:
    """Between which norms squares have neither vanished nor overflown."""
    numbers = np.finfo(dtype)
    return float(np.sqrt(numbers.tiny)) * 2.0**30, float(np.sqrt(numbers.max))


def _is_safe(plain: Any) -> Any:
    """Whether squares have neither vanished nor overflown."""
    low, high = _safe(plain.dtype)
    return (plain > low) & (plain < high)


class _Scales:
    """From where on numbers of a type are small, and large, and powers of two for their squares."""

    def __init__(self, dtype: Any) -> None:
        numbers = np.finfo(dtype)
        low, high = float(np.sqrt(numbers.tiny)), float(np.sqrt(numbers.max))
        self.small, self.up = low * 2.0**32, low / float(numbers.smallest_subnormal)
        self.large, self.down = high / 2.0 ** (numbers.nmant + 5), 2.0 ** (-numbers.maxexp // 2 - 2)


def _norm_of_squares(plain: Any, small: Any, large: Any) -> Any:
    """The 2-norm by sums of squares: of all, of small numbers raised, and of large ones lowered.

    Between these, two have neither overflown nor lost digits to what vanishes.
    """
    root, scales = np.sqrt(plain), _Scales(plain.dtype)
    scaled = np.where(plain > 1.0, np.sqrt(large) / scales.down, np.sqrt(small) / scales.up)
    return np.where(_is_safe(root) | np.isnan(root), root, scaled)


def _norm_of_row(x: Any) -> Any:
    """The same of the elements of a row, which are folded."""
    scales, size = _Scales(x.dtype), np.abs(x)
    small = np.where(size < scales.small, x * scales.up, 0.0)
    large = np.where(size > scales.large, x * scales.down, 0.0)
    return _norm_of_squares(*[np.add.reduce(y * y) for y in (x, small, large)])


def _norm_form(x: Any, axes: tuple[int, ...], keepdims: bool) -> Any:
    """The same over scalars of code, which are computed both ways."""
    if not isinstance(x, np.ndarray):
        return _norm_of_row(x)
    root, largest = np.frompyfunc(np.sqrt, 1, 1), folded_elements(np.maximum, np.abs(x), axes, True)
    scale = np.frompyfunc(lambda y: np.where((y > 0) & np.isfinite(y), y, 1.0), 1, 1)(largest)
    plain, part = (root(np.add.reduce(y * y, axis=axes, keepdims=True)) for y in (x, x / scale))
    fits = np.frompyfunc(lambda y, z: np.where(_is_safe(y), y, z), 2, 1)
    whole = fits(plain, scale * part)
    return whole if keepdims else np.squeeze(whole, axes)


_OF_SQUARES = Op("norm_of_squares", _norm_of_squares)


def _norm_by_squares(plain: Any, x: Any, axes: Any, keepdims: Any) -> Any:
    """The 2-norm of x, whose squares have been added up."""
    root = np.sqrt(plain)
    return root if _is_safe(root).all() else _norm(x, axes, keepdims)


_BY_SQUARES = Op("norm_by_squares", _norm_by_squares)


def _norm_in_sums(node: Node, is_there: bool) -> Node:
    """The same of sums of squares: where x is at hand, it is looked at again if they do not do.

    Else what is neither small nor large has no squares in two more sums.
    """
    (x,), attrs = node.inputs, node.attrs
    plain, make = sum_(square(x), *attrs), node.graph.node
    if is_there:
        return make(_BY_SQUARES, (plain, x), attrs, node.shape, node.dtype)
    scales, size = _Scales(node.dtype), abs_(x)
    small = choose(lt(size, scales.small), x * scales.up, 0.0)
    large = choose(gt(size, scales.large), x * scales.down, 0.0)
    sums = plain, *[sum_(square(y), *attrs) for y in (small, large)]
    return make(_OF_SQUARES, sums, (), node.shape, node.dtype)


NORM = Reduction(
    "norm",
    _norm,
    lambda x, z: x / z,
    select=lambda x, z: ne(z, 0.0),
    special=at(KINK, lambda x, z: z == 0),
    form=_norm_form,
    in_sums=_norm_in_sums,
)


def _p_norm(p: float, x: Any, axes: Any, keepdims: Any) -> Any:
    scale = _scale(x, axes)
    total = np.add.reduce((np.abs(x) / scale) ** p, axis=axes, keepdims=True)
    whole = scale * total ** (1 / p)
    return whole if keepdims else np.squeeze(whole, axes)


@cache
def p_norm(p: float) -> Reduction:
    """sum(abs(x)^p)^(1/p), scaled by the largest element."""
    return Reduction(
        "p_norm",
        partial(_p_norm, p),
        lambda x, z: sign(x) * pow_(abs_(x) / z, p - 1.0),
        select=lambda x, z: ne(z if p > 1 else x, 0.0),
        special=either(
            at(KINK, lambda x, z: z == 0), at(VERTICAL, lambda x, z: (x == 0) & (z != 0) & (p < 1))
        ),
        word="norm",
    )


ORDERS = "1, 2, inf, a number, 'fro' or 'nuc'"


def norm_of_vectors(x: Node, ord: Any = None, axis: Any = None, keepdims: bool = False) -> Node:
    """The norm of vectors: 2 unless the order is 1, inf, 0 or p."""
    if ord in (None, 2, "fro", "euclidean"):
        return NORM(x, axis, keepdims)
    if not isinstance(ord, (int, float)):
        raise ProgramTypeError(f"norm knows no order {ord!r}", help=ORDERS)
    if ord == 0:
        return count_nonzero(x, axis, keepdims)
    if ord in _FOLDS_BY_ORDER:
        return _FOLDS_BY_ORDER[ord](abs_(x), axis, keepdims)
    if ord < 0:
        return pow_(sum_(pow_(abs_(x), ord), axis, keepdims), 1.0 / ord)
    return p_norm(float(ord))(x, axis, keepdims)


_FOLDS_BY_ORDER = {1: sum_, math.inf: max_, -math.inf: min_}


# --- constants ----------------------------------------------------------------------------------


def _arg_batch(node: Node, inputs: Sequence[Node], size: int) -> Node:
    """An axis of None stands for all axes: in the batch, all but the first."""
    op: Any = node.op
    (x,), (axis, keepdims) = inputs, node.attrs
    if axis is not None:
        return op(x, attrs=(axis + 1 if axis >= 0 else axis, keepdims))
    rows = reshape_to(x, (size, node.inputs[0].size))
    return reshape_to(op(rows, attrs=(1, False)), (size, *node.shape))


def _shape_of_position(
    name: str, shapes: Sequence[tuple[int, ...]], axis: Any, keepdims: bool
) -> tuple[int, ...]:
    (shape,) = shapes
    axes = normal_axes(axis, len(shape))
    if any(shape[a] == 0 for a in axes):
        raise DomainError(f"{name} of no elements: the shape is {show_shape(shape)}")
    return reduced_shape(shape, axes, keepdims)


def _position_of(extreme: Any, kernel: Any) -> Structural:
    """The index of an extreme, which jumps where several elements attain it."""

    def is_tied(x: Any, _z: Any, axis: Any, keepdims: Any) -> Any:
        attained = x == extreme(x, axis=axis, keepdims=True)
        return np.sum(attained, axis=axis, keepdims=keepdims) > 1

    return constant_op(
        kernel.__name__,
        lambda x, axis, keepdims: np.asarray(kernel(x, axis, keepdims=keepdims)).astype(x.dtype),
        partial(_shape_of_position, kernel.__name__),
        _arg_batch,
        special=at(JUMP, is_tied),
        indexing=True,
    )


ARGMAX, ARGMIN = _position_of(np.max, np.argmax), _position_of(np.min, np.argmin)


@function(
    example="argmax([1, 3, 2])",
    aliases="arg_max",
    constant=True,
    signatures="""
        np.argmax(a, axis=None, out=None, keepdims=False)
        tf.argmax(input, axis=0, output_type=None)
        tfjs.argmax(x, axis=0)
        lax.argmax(operand: x, axis=None, index_dtype=None)
    """,
)
def argmax(x: Array, axis: Axis = None, keepdims: Flag = False) -> Node:
    """The index of the largest element."""
    return ARGMAX(x, attrs=(axis, keepdims))


@function(
    example="argmin([1, 3, 2])",
    aliases="arg_min",
    constant=True,
    signatures="""
        np.argmin(a, axis=None, out=None, keepdims=False)
        tf.argmin(input, axis=0, output_type=None)
        tfjs.argmin(x, axis=0)
        lax.argmin(operand: x, axis=None, index_dtype=None)
    """,
)
def argmin(x: Array, axis: Axis = None, keepdims: Flag = False) -> Node:
    """The index of the smallest element."""
    return ARGMIN(x, attrs=(axis, keepdims))


@function(
    example="count_nonzero([0, 1, 2])",
    constant=True,
    signatures="torch.count_nonzero(input, dim=None)",
)
def count_nonzero(x: Array, axis: Axes = None, keepdims: Flag = False) -> Node:
    """How many elements are not 0."""
    return sum_(as_number(ne(x, 0.0)), axis, keepdims)


spell({"sum": sum_.op, "max": max_.op, "norm": NORM})
