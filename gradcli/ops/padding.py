"""Padding: elements added around an array."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from gradcli.errors import ProgramTypeError, ShapeError
from gradcli.ir.function import function
from gradcli.ir.node import Node, word
from gradcli.ops.shape import along, index, place

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gradcli.ir.function import Array, Flag, Number, Value

where = word("where")


@function(
    example="pad([1, 2], (1, 1))",
    aliases="pad1d pad2d pad3d pad4d mirror_pad",
    variants={"torch": {"last_first": True}},
)
def pad(
    x: Array,
    width: Value,
    value: Value = 0.0,
    mode: Value = "constant",
    *,
    last_first: Flag = False,
) -> Node:
    """Elements added at both ends of each axis: `n`, `(before, after)`, or a pair for each axis.

    The value (0) or the mode comes next: constant, reflect, symmetric, edge or wrap. With
    `last_first` the widths are pairs in a row from the last axis on, and may be negative.
    """
    if isinstance(value, str):
        value, mode = (0.0 if isinstance(mode, str) else mode), value
    widths = _pairs_from_last(x, width) if last_first else _pad_widths(x, width)
    if str(mode).lower() != "constant":
        return _padded_by_index(x, widths, str(mode))
    return padded(cropped(x, widths), [(max(a, 0), max(b, 0)) for a, b in widths], float(value))


def padded(x: Node, widths: Sequence[tuple[int, int]], value: float = 0.0) -> Node:
    """`x` with as many elements of a value before and after it on each axis."""
    if not any(a or b for a, b in widths):
        return x
    shape = tuple(n + a + b for n, (a, b) in zip(x.shape, widths, strict=True))
    key = tuple(slice(a, a + n) for n, (a, _) in zip(x.shape, widths, strict=True))
    placed = place(x, shape, *key)
    if value == 0:
        return placed
    inside = np.zeros(shape, bool)
    inside[key] = True
    return where(x.graph.constant(inside), placed, value)


def cropped(x: Node, widths: Sequence[tuple[int, int]]) -> Node:
    """`x` without the elements that negative widths cut off."""
    if all(a >= 0 and b >= 0 for a, b in widths):
        return x
    ends = ((max(-a, 0), n - max(-b, 0)) for n, (a, b) in zip(x.shape, widths, strict=True))
    return index(x, *(slice(a, max(b, a)) for a, b in ends))


MODES = {
    "reflect": "reflect",
    "symmetric": "symmetric",
    "edge": "edge",
    "replicate": "edge",
    "wrap": "wrap",
    "circular": "wrap",
}


def _padded_by_index(x: Node, widths: Sequence[tuple[int, int]], mode: str) -> Node:
    if mode.lower() not in MODES:
        raise ProgramTypeError(
            f"pad knows no mode {mode!r}", help=f"one of constant, {', '.join(MODES)}"
        )
    for axis, (before, after) in enumerate(widths):
        if before or after:
            if x.shape[axis] == 0:
                raise ShapeError("an empty axis has nothing to pad with")
            take: Any = np.pad(np.arange(x.shape[axis]), (before, after), mode=MODES[mode.lower()])  # type: ignore[call-overload]
            x = along(x, axis, take)
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
    flat = np.atleast_1d(np.asarray(width, float))
    if flat.ndim != 1 or flat.size % 2 or flat.size > 2 * x.ndim or (flat != np.floor(flat)).any():
        raise ShapeError(f"the widths of pad do not fit {x.ndim} axes", help="pairs in a row")
    pairs = [(int(a), int(b)) for a, b in flat.reshape(-1, 2)[::-1]]
    return [(0, 0)] * (x.ndim - len(pairs)) + pairs


@function(example="lax_pad([1, 2], 0, ((1, 1, 1),))")
def lax_pad(x: Array, value: Number, config: Value) -> Node:
    """lax.pad: for each axis how many before, after (negative: cut off) and between elements."""
    rows = [tuple(int(n) for n in row) for row in config]
    if len(rows) != x.ndim or any(len(row) != 3 for row in rows):
        raise ShapeError(f"lax.pad needs three numbers for each of {x.ndim} axes")
    steps = [row[2] + 1 for row in rows]
    shape = tuple(max((n - 1) * s + 1, 0) for n, s in zip(x.shape, steps, strict=True))
    key = tuple(slice(0, None, s) for s in steps)
    inside = np.zeros(shape, bool)
    inside[key] = True
    wide = where(x.graph.constant(inside), place(x, shape, *key), value)
    widths = [(row[0], row[1]) for row in rows]
    return padded(cropped(wide, widths), [(max(a, 0), max(b, 0)) for a, b in widths], value)
