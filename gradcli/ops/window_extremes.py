"""The largest element of every window, from one pass over the array for each place in a window."""

from __future__ import annotations

from functools import reduce
from typing import TYPE_CHECKING, Any

import numpy as np

from gradcli.ir.batching import by_attributes
from gradcli.ir.kinds import Ties
from gradcli.ir.op import Linear

if TYPE_CHECKING:
    from gradcli.ir.node import Node
    from gradcli.ops.windows import Grid


def _keys(grid: Grid) -> list[tuple[slice, ...]]:
    """For each place in a window, the elements there of all windows."""
    return [grid.key(offset) for offset in np.ndindex(*grid.sizes)]


def _top(by: Any, grid: Grid) -> Any:
    """The largest of each window."""
    first, *others = (by[key] for key in _keys(grid))
    return reduce(lambda top, part: np.maximum(top, part, out=top), others, first.copy("K"))


def _attaining(top: Any, by: Any, grid: Grid) -> Any:
    """How many elements of each window attain its largest: NaN where that is NaN."""
    held = np.zeros_like(top)
    for key in _keys(grid):
        held += by[key] == top
    held[np.isnan(top)] = np.nan
    return held


def _largest(t: Any, by: Any, grid: Grid) -> Any:
    """The mean of t over the elements of a window that attain the largest of `by` in it."""
    if t is by:
        return _top(by, grid)
    top = _top(by, grid)
    held = _attaining(top, by, grid)
    whole = np.zeros(top.shape, t.dtype)
    for key in _keys(grid):
        whole += np.where(by[key] == top, t[key], 0) / held
    return whole


def _shared(g: Any, by: Any, grid: Grid) -> Any:
    """The adjoint: each window's g in equal parts to its elements that attain the largest."""
    top = _top(by, grid)
    held = _attaining(top, by, grid)
    part, out = np.divide(g, held, out=np.empty_like(top, g.dtype)), np.zeros_like(by, g.dtype)
    unknown = np.isnan(top)
    is_finite, share = bool(np.isfinite(part).all()), np.empty_like(part)
    for key in _keys(grid):
        is_top = by[key] == top
        if is_finite:
            out[key] += np.multiply(part, is_top, out=share)
        else:
            out[key] += np.where(is_top | unknown, part, 0)
    return out


def _held(t: Any, by: Any, z: Any, grid: Grid) -> Any:
    """How many elements of each window attain its largest, which z is if t has both tasks."""
    return _attaining(z if t is by else _top(by, grid), by, grid)


def _shape(shapes: Any, grid: Grid) -> Any:
    shape = shapes[0]
    return (*shape[: grid.axis], *grid.counts(), *shape[grid.axis + len(grid.sizes) :])


_BEHIND = by_attributes(lambda size, grid: (grid._replace(axis=grid.axis + 1),))

WINDOW_MAX = Linear(
    "window_max",
    _largest,
    _shape,
    lambda node, g: (WINDOW_SHARE(g, node.inputs[1], attrs=node.attrs),),
    selective=True,
    indices=1,
    special=Ties(_held),
    batch=_BEHIND,
)
WINDOW_SHARE = Linear(
    "window_share",
    _shared,
    lambda shapes, grid: shapes[1],
    lambda node, g: (WINDOW_MAX(g, node.inputs[1], attrs=node.attrs),),
    indices=1,
    batch=_BEHIND,
)


def window_max(x: Node, grid: Grid) -> Node:
    """The largest element of every window, ties shared equally."""
    return WINDOW_MAX(x, x, attrs=(grid,))
