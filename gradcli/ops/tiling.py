"""Repeating, turning, shifting and padding the elements of arrays."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from gradcli.errors import ProgramTypeError, ShapeError
from gradcli.ir.function import TracedNumber, function
from gradcli.ir.op import as_number
from gradcli.ir.shapes import are_rows, normal_axis, one_each
from gradcli.ops.axes import swapaxes
from gradcli.ops.compare import choose
from gradcli.ops.quantiles import median
from gradcli.ops.reduce import max_, mean, min_
from gradcli.ops.shape import (
    CONCAT,
    along,
    as_vector,
    concat,
    flat_unless,
    flip,
    index,
    place,
    reshape_to,
    spread,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from gradcli.ir.function import (
        Array,
        Axes,
        Axis,
        Flag,
        Int,
        Ints,
        Number,
        Shape,
        Text,
        Traced,
        Value,
        Wholes,
    )
    from gradcli.ir.node import Node


@function(example="tile([1, 2], 2)", name="tile")
def tile(x: Array, reps: Shape) -> Node:
    """`x` laid out several times along each axis."""
    _not_negative(reps)
    ndim = max(x.ndim, len(reps))
    reps = (1,) * (ndim - len(reps)) + tuple(reps)
    shape = (1,) * (ndim - x.ndim) + x.shape
    split = tuple(n for size in shape for n in (1, size))
    full = tuple(n for r, size in zip(reps, shape, strict=True) for n in (r, size))
    spread_out = spread(reshape_to(x, split), full)
    return reshape_to(spread_out, tuple(r * n for r, n in zip(reps, shape, strict=True)))


def _not_negative(repeats: Sequence[int]) -> None:
    if min(repeats, default=0) < 0:
        raise ShapeError("numbers of repeats are not below 0")


@function(example="repeat([1, 2], 2)", aliases="repeat_interleave")
def repeat(x: Array, repeats: Ints, axis: Axis = None) -> Node:
    """Each element several times: as often as the one number says, or each as its own says."""
    x, a = flat_unless(x, axis)
    n = x.shape[a]
    _not_negative(repeats)
    if len(repeats) != 1:
        if len(repeats) != n:
            raise ShapeError(f"{len(repeats)} numbers of repeats for an axis of length {n}")
        return along(x, a, np.repeat(np.arange(n), repeats))
    head, tail = x.shape[:a], x.shape[a + 1 :]
    wide = spread(reshape_to(x, (*head, n, 1, *tail)), (*head, n, repeats[0], *tail))
    return reshape_to(wide, (*head, n * repeats[0], *tail))


@function(example="flipud([[1], [2]])")
def flipud(x: Array) -> Node:
    """The first axis in reverse."""
    return along(x, 0, slice(None, None, -1))


@function(example="fliplr([[1, 2]])")
def fliplr(x: Array) -> Node:
    """The second axis in reverse."""
    return along(x, 1, slice(None, None, -1))


@function(example="roll([1, 2, 3], 1)")
def roll(x: Array, shift: Ints, axis: Axes = None) -> Node:
    """The elements moved on along an axis; those that fall off come back at the start."""
    if axis is None:
        return reshape_to(_rolled(as_vector(x), sum(shift), 0), x.shape)
    axes = axis if isinstance(axis, tuple) else (axis,)
    shifts = shift * len(axes) if len(shift) == 1 else shift
    one_each("roll", shifts, len(axes))
    for by, a in zip(shifts, axes, strict=True):
        x = _rolled(x, by, normal_axis(a, x.ndim))
    return x


def _rolled(x: Node, shift: int, axis: int) -> Node:
    n = x.shape[axis]
    cut = n - shift % n if n else 0
    if cut == n:
        return x
    return CONCAT(along(x, axis, slice(cut, None)), along(x, axis, slice(0, cut)), attrs=(axis,))


@function(
    example="rot90([[1, 2], [3, 4]])", signatures="tf.image.rot90(image: x, k=1); axes=(-3, -2)"
)
def rot90(x: Array, k: Int = 1, axes: Shape = (0, 1)) -> Node:
    """Turned by 90 degrees k times, from the first of two axes towards the second."""
    if len(axes) != 2:
        raise ShapeError(f"rot90 turns on two axes, not on {len(axes)}")
    a, b = (normal_axis(i, x.ndim) for i in axes)
    turn = k % 4
    if turn == 2:
        return flip(x, (a, b))
    if turn == 1:
        return swapaxes(flip(x, b), a, b)
    return flip(swapaxes(x, a, b), b) if turn == 3 else x


# --- padding ------------------------------------------------------------------------------------


@function(
    example="pad([1, 2], (1, 1))",
    aliases="pad1d pad2d pad3d pad4d mirror_pad",
    variants={"torch": {"last_first": True}},
    signatures="""
        np.pad(array, pad_width, mode='constant', stat_length=None, constant_values: value = 0.0, \
            end_values=0.0, reflect_type='even')
        tf.pad(tensor, paddings, mode='constant', constant_values: value = 0.0)
    """,
)
def pad(
    x: Array,
    width: Wholes,
    value: Traced = 0.0,
    mode: Traced = "constant",
    *,
    last_first: Flag = False,
    stat_length: Value = None,
    end_values: Traced = 0.0,
    reflect_type: Text = "even",
) -> Node:
    """Elements added at both ends of each axis: `n`, `(before, after)`, or a pair for each axis.

    The value (0) or the mode comes next: constant, reflect, symmetric, edge, wrap, linear_ramp,
    mean, median, maximum or minimum. With `last_first` the widths are pairs in a row from the last
    axis on, and may be negative.
    """
    if isinstance(value, str):
        value, mode = (0.0 if isinstance(mode, str) else mode), value
    widths = _pairs_from_last(x, width) if last_first else _pad_widths(x, width)
    if not isinstance(mode, str):
        raise ProgramTypeError("the mode of pad is a text", help='"reflect"')
    how = mode.lower()
    if how in _STATISTICS:
        lengths = _pairs(stat_length, x.ndim)
        return _with_ends(x, widths, lambda *at: _statistics(how, lengths, *at))
    if how == "linear_ramp":
        return _with_ends(x, widths, lambda *at: _ramps(_pairs(end_values, x.ndim), *at))
    if how != "constant" and reflect_type == "odd":
        return _with_ends(x, widths, lambda *at: _odd(how, *at))
    if how != "constant":
        return _padded_by_index(x, widths, how)
    if isinstance(value, tuple):
        return _with_ends(x, widths, lambda *at: _constants(_pairs(value, x.ndim), *at))
    return padded(x, widths, _number(value or 0.0))


def padded(x: Node, widths: Sequence[tuple[int, int]], value: float | Node = 0.0) -> Node:
    """`x` with as many elements of a value before and after it on each axis; cut if negative."""
    if not any(a or b for a, b in widths):
        return x
    if any(a < 0 or b < 0 for a, b in widths):
        ends = ((max(-a, 0), n - max(-b, 0)) for n, (a, b) in zip(x.shape, widths, strict=True))
        x = index(x, *(slice(a, max(b, a)) for a, b in ends))
        return padded(x, [(max(a, 0), max(b, 0)) for a, b in widths], value)
    shape = tuple(n + a + b for n, (a, b) in zip(x.shape, widths, strict=True))
    key = tuple(slice(a, a + n) for n, (a, _) in zip(x.shape, widths, strict=True))
    return _set_into(x, shape, key, value)


def _set_into(x: Node, shape: tuple[int, ...], key: tuple[slice, ...], value: float | Node) -> Node:
    """An array of a value with `x` at a key."""
    placed = place(x, shape, *key)
    if isinstance(value, float) and value == 0:
        return placed
    inside = np.zeros(shape, bool)
    inside[key] = True
    return choose(x.graph.constant(inside), placed, value)


def _number(value: Any) -> float | Node:
    """A number as it is given, as its node where it is no constant."""
    return value.node if isinstance(value, TracedNumber) else float(value)


def _pairs(value: Any, ndim: int) -> Any:
    """A value, a pair, or a pair for each axis, as a pair for each axis."""
    try:
        pairs = np.broadcast_to(np.asarray(value, object), (ndim, 2))
    except ValueError:
        raise ShapeError(f"these pairs do not fit {ndim} axes") from None
    if any(isinstance(part, tuple) for part in pairs.flat):
        raise ShapeError(f"these pairs do not fit {ndim} axes")
    return pairs


def _with_ends(x: Node, widths: Sequence[tuple[int, int]], ends: Callable[..., Node]) -> Node:
    """`x` between `ends(x, axis, width, side)` on each axis, where side 1 is the far end."""
    x = as_number(x)
    for axis, pair in enumerate(widths):
        parts = [ends(x, axis, n, side) if n else None for side, n in enumerate(pair)]
        parts.insert(1, x)
        x = concat([part for part in parts if part is not None], axis)
    return x


def _end(x: Node, axis: int, n: int, side: int) -> Node:
    """The first or the last n slices of an axis."""
    return along(x, axis, slice(max(x.shape[axis] - n, 0), None) if side else slice(n))


def _constants(values: Any, x: Node, axis: int, width: int, side: int) -> Node:
    value = x.graph.lift(_number(values[axis][side]))
    return spread(value, (*x.shape[:axis], width, *x.shape[axis + 1 :]))


def _ramps(values: Any, x: Node, axis: int, width: int, side: int) -> Node:
    """Evenly spaced elements from a value to the first or the last of an axis."""
    share = np.arange(width)[:: -1 if side else 1] / width
    part = x.graph.constant(share.reshape((-1,) + (1,) * (x.ndim - 1 - axis)))
    value = _number(values[axis][side])
    return value * (1.0 - part) + _end(x, axis, 1, side) * part


def _statistics(how: str, lengths: Any, x: Node, axis: int, width: int, side: int) -> Node:
    length = x.shape[axis] if lengths[axis][side] is None else int(lengths[axis][side])
    value = _STATISTICS[how](_end(x, axis, length, side), axis, True)
    return spread(value, (*x.shape[:axis], width, *x.shape[axis + 1 :]))


def _odd(how: str, x: Node, axis: int, width: int, side: int) -> Node:
    """A reflection that goes on in the direction in which it came to the edge."""
    skip = int(how == "reflect")
    if how not in ("reflect", "symmetric") or width > x.shape[axis] - skip:
        raise ProgramTypeError("an odd reflection is of no more elements than an axis has")
    near = flip(_end(x, axis, width + skip, side), axis)
    inner = _end(near, axis, width, side)
    return 2.0 * _end(x, axis, 1, side) - inner


_STATISTICS = {"mean": mean, "median": median, "maximum": max_, "minimum": min_}

MODES = {mode: mode for mode in ("reflect", "symmetric", "edge", "wrap")}
MODES |= {"replicate": "edge", "circular": "wrap"}


def _padded_by_index(x: Node, widths: Sequence[tuple[int, int]], mode: str) -> Node:
    if mode.lower() not in MODES:
        raise ProgramTypeError(
            f"pad knows no mode {mode!r}",
            help=f"one of constant, linear_ramp, {', '.join([*MODES, *_STATISTICS])}",
        )
    for axis, (before, after) in enumerate(widths):
        if before or after:
            if x.shape[axis] == 0:
                raise ShapeError("an empty axis has nothing to pad with")
            how: Any = MODES[mode.lower()]
            x = along(x, axis, np.pad(np.arange(x.shape[axis]), (before, after), mode=how))
    return x


def _pad_widths(x: Node, width: Any) -> list[tuple[int, int]]:
    try:
        pairs = np.broadcast_to(np.asarray(width, float), (x.ndim, 2))
    except ValueError:
        raise ShapeError(f"the widths of pad do not fit {x.ndim} axes") from None
    if (pairs != np.floor(pairs)).any() or (pairs < 0).any():
        raise ProgramTypeError("the widths of pad are whole numbers, not negative")
    return [(int(a), int(b)) for a, b in pairs]


def _pairs_from_last(x: Node, width: Any) -> list[tuple[int, int]]:
    nested = isinstance(width, tuple) and any(isinstance(w, tuple) for w in width)
    flat = np.atleast_1d(np.asarray((0,) if nested else width, float))
    if nested or flat.size % 2 or flat.size > 2 * x.ndim or (flat != np.floor(flat)).any():
        raise ShapeError(f"the widths of pad do not fit {x.ndim} axes", help="pairs in a row")
    pairs = [(int(a), int(b)) for a, b in flat.reshape(-1, 2)[::-1]]
    return [(0, 0)] * (x.ndim - len(pairs)) + pairs


@function(example="lax_pad([1, 2], 0, ((1, 1, 1),))")
def lax_pad(x: Array, value: Number, config: Wholes) -> Node:
    """lax.pad: for each axis how many before, after (negative: cut off) and between elements."""
    if not are_rows(config, x.ndim, 3):
        raise ShapeError(f"lax.pad needs three numbers for each of {x.ndim} axes")
    if any(between < 0 for _, _, between in config):
        raise ShapeError("lax.pad puts no fewer than 0 elements between others")
    steps = [row[2] + 1 for row in config]
    shape = tuple(max((n - 1) * s + 1, 0) for n, s in zip(x.shape, steps, strict=True))
    key = tuple(slice(0, None, s) for s in steps)
    wide = _set_into(x, shape, key, value)
    return padded(wide, [(before, after) for before, after, _ in config], value)
