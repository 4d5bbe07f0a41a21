"""The largest element of every window, from one pass over the array for each place in a window."""

from __future__ import annotations

import operator
import threading
import weakref
from functools import reduce
from typing import TYPE_CHECKING, Any

import numpy as np

from gradcli.ir.kinds import Ties
from gradcli.ir.op import Linear
from gradcli.ops.windows import GRID_BEHIND, cells_of_windows
from gradcli.threads import in_parts

if TYPE_CHECKING:
    from collections.abc import Callable

    from gradcli.ir.node import Node
    from gradcli.ops.windows import Grid


def _keys(grid: Grid) -> list[tuple[slice, ...]]:
    """For each place in a window, the elements there of all windows."""
    return [grid.key(offset) for offset in np.ndindex(*grid.sizes)]


def _top(by: Any, grid: Grid) -> Any:
    """The largest of each window."""
    first, *others = _keys(grid)
    top = np.empty_like(by[first])

    def fill(rows: slice) -> None:
        of, into = by[rows], top[rows]
        into[...] = of[first]
        for key in others:
            np.maximum(into, of[key], out=into)

    _by_images(fill, by, grid)
    return top


def _by_images(work: Callable[[slice], None], by: Any, grid: Grid) -> None:
    """Does the work on rows of an array, which threads share unless windows go over these."""
    if grid.axis and by.ndim and type(by) is np.ndarray:
        in_parts(work, len(by), by.size)
    else:
        work(slice(None))


class _Last(threading.local):
    """What was found of the last windows of a thread, as long as their largest are held."""

    by: Any = None
    top: Any = None
    found: tuple[list[Any], Any] | None = None


_last = _Last()


def _attained(top: Any, by: Any, grid: Grid) -> tuple[list[Any], Any]:
    """For each place in a window, whether the largest is there; and how many of a window attain it.

    NaN where that is NaN, and one number where it is one everywhere. Values, slopes and what tells
    of ties ask for this of the same arrays.
    """
    if type(by) is not np.ndarray:
        return _found(top, by, grid)
    found = _last.found
    is_known = found is not None and _last.by() is by and _last.top() is top
    if found is None or not is_known:
        found = _found(top, by, grid)
        _last.by, _last.top, _last.found = weakref.ref(by), weakref.ref(top, _forget), found
    return found


def _forget(top: Any) -> None:
    if _last.top is top:
        _last.found = None


def _found(top: Any, by: Any, grid: Grid) -> tuple[list[Any], Any]:
    masks = [np.empty_like(top, np.bool_) for _ in _keys(grid)]
    count: Any = np.zeros_like(top, np.uint8 if len(masks) < 256 else np.intp)

    def fill(rows: slice) -> None:
        for key, mask in zip(_keys(grid), masks, strict=True):
            np.equal(by[rows][key], top[rows], out=mask[rows])
            count[rows] += mask[rows].view(np.uint8)

    _by_images(fill, by, grid)
    if (count == 1).all():
        return masks, top.dtype.type(1)
    held = count.astype(top.dtype)
    held[np.isnan(top)] = np.nan
    return masks, held


def _largest(t: Any, by: Any, grid: Grid) -> Any:
    """The mean of t over the elements of a window that attain the largest of `by` in it."""
    if t is by:
        return _top(by, grid)
    masks, held = _attained(_top(by, grid), by, grid)
    whole = np.zeros(masks[0].shape, t.dtype)
    for key, mask in zip(_keys(grid), masks, strict=True):
        whole += np.where(mask, t[key], 0) / held
    return whole


def _shared(g: Any, by: Any, top: Any, grid: Grid) -> Any:
    """The adjoint: each window's g in equal parts to its elements that attain the largest."""
    masks, held = _attained(top, by, grid)
    part = g if held.ndim == 0 else g / held
    unknown = np.broadcast_to(np.isnan(held), part.shape)
    out = np.zeros_like(by, part.dtype)

    def fill(rows: slice) -> None:
        of, into = part[rows], out[rows]
        for key, mask in zip(_keys(grid), masks, strict=True):
            chosen = mask[rows] if held.ndim == 0 else mask[rows] | unknown[rows]
            if grid.are_apart:
                np.copyto(into[key], of, where=chosen)
            else:
                into[key] += np.where(chosen, of, 0)

    _by_images(fill, out, grid)
    return out


def _held(t: Any, by: Any, z: Any, grid: Grid) -> Any:
    """How many elements of each window attain its largest, which z is if t has both tasks."""
    held = _attained(z if t is by else _top(by, grid), by, grid)[1]
    return np.broadcast_to(held, z.shape)


def _top_of_cell(t: Any, by: Any) -> Any:  # noqa: ARG001 - one is the other
    """The largest of the scalars of a window."""
    return reduce(np.maximum, by.flat)


def _shared_in_cell(g: Any, by: Any, top: Any) -> Any:
    """What each scalar of a window has a part of."""
    marks = np.frompyfunc(lambda x: np.equal(x, top), 1, 1)(by)
    held = reduce(operator.add, (mark.astype(g.dtype) for mark in marks.flat))
    is_known = np.greater(held, 0.0)
    part = np.where(is_known, g / held, np.nan)
    return np.frompyfunc(lambda mark: np.where(mark | ~is_known, part, 0.0), 1, 1)(marks)


def _held_in_cell(t: Any, by: Any, top: Any) -> Any:  # noqa: ARG001 - one is the other
    """How many scalars of a window are the largest."""
    return reduce(operator.add, (np.equal(x, top).astype(top.dtype) for x in by.flat))


def _share_of(node: Node, g: Node) -> tuple[Node]:
    by = node.inputs[1]
    return (WINDOW_SHARE(g, by, WINDOW_MAX(by, by, attrs=node.attrs), attrs=node.attrs),)


WINDOW_MAX = Linear(
    "window_max",
    _largest,
    lambda shapes, grid: grid.counted(shapes[0]),
    _share_of,
    selective=True,
    indices=1,
    special=Ties(_held, form=_held_in_cell),
    batch=GRID_BEHIND,
    cells=lambda node: (
        cells_of_windows(node, _top_of_cell, "wwn") if node.inputs[0] is node.inputs[1] else None
    ),
)
WINDOW_SHARE = Linear(
    "window_share",
    _shared,
    lambda shapes, grid: shapes[1],
    lambda node, g: (WINDOW_MAX(g, node.inputs[1], attrs=node.attrs),),
    indices=2,
    batch=GRID_BEHIND,
    cells=lambda node: cells_of_windows(node, _shared_in_cell, "nwnw"),
)


def window_max(x: Node, grid: Grid) -> Node:
    """The largest element of every window, ties shared equally."""
    return WINDOW_MAX(x, x, attrs=(grid,))
