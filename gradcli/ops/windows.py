"""Sliding windows over arrays: what convolution, pooling and patches are made of."""

from __future__ import annotations

import math
import operator
from functools import partial, reduce
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from gradcli.errors import ProgramTypeError, ShapeError
from gradcli.ir.batching import by_attributes
from gradcli.ir.cells import Cells, itself
from gradcli.ir.op import Linear
from gradcli.ir.shapes import is_whole
from gradcli.ops.einsum import EINSUM
from gradcli.ops.shape import index
from gradcli.ops.tiling import padded
from gradcli.threads import in_parts

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from gradcli.ir.node import Node


class Grid(NamedTuple):
    """Windows over axes in a row: the first of them, and length, step, spacing on each."""

    axis: int
    sizes: tuple[int, ...]
    strides: tuple[int, ...]
    dilations: tuple[int, ...]
    lengths: tuple[int, ...]
    """Of the axes that the windows slide over."""

    def counts(self) -> tuple[int, ...]:
        """How many windows there are on each axis."""
        return tuple(
            max((n - (k - 1) * d - 1) // s + 1, 0) if n > (k - 1) * d else 0
            for n, k, s, d in zip(
                self.lengths, self.sizes, self.strides, self.dilations, strict=True
            )
        )

    def counted(self, shape: Sequence[int]) -> tuple[int, ...]:
        """The shape with how many windows there are in place of the axes."""
        return self._with(shape, self.counts())

    def whole(self, shape: Sequence[int]) -> tuple[int, ...]:
        """The shape with the axes in place of how many windows there are."""
        return self._with(shape, self.lengths)

    def _with(self, shape: Sequence[int], lengths: tuple[int, ...]) -> tuple[int, ...]:
        return (*shape[: self.axis], *lengths, *shape[self.axis + len(lengths) :])

    @property
    def are_apart(self) -> bool:
        """Whether no element is in two windows."""
        rows = zip(self.sizes, self.strides, self.dilations, strict=True)
        return all(s > (k - 1) * d for k, s, d in rows)

    @property
    def are_all(self) -> bool:
        """Whether windows that are apart cover all there is."""
        rows = zip(self.counts(), self.sizes, self.lengths, strict=True)
        return self.are_apart and all(m * k == n for m, k, n in rows)

    def key(self, offset: Sequence[int]) -> tuple[slice, ...]:
        """The element at one offset of every window, as slices of the axes."""
        rows = zip(offset, self.counts(), self.strides, self.dilations, strict=True)
        ends = (slice(i * d, i * d + max(m - 1, 0) * s + (m > 0), s) for i, m, s, d in rows)
        return ((slice(None),) * self.axis) + tuple(ends)

    def keys(self, place: int) -> list[tuple[slice, ...]]:
        """For each offset on the axis at a place, the elements there of all windows.

        Where there are no windows, one offset stands for all of them.
        """
        m, s, d = self.counts()[place], self.strides[place], self.dilations[place]
        before, length = (slice(None),) * (self.axis + place), max(m - 1, 0) * s + (m > 0)
        starts = (i * d for i in range(self.sizes[place] if m else 1))
        return [(*before, slice(start, start + length, s)) for start in starts]


def _windows(x: Any, grid: Grid) -> Any:
    shape = (*grid.counted(x.shape), *grid.sizes)
    if 0 in shape:
        return np.zeros(shape, x.dtype)
    # Windows are read several times: their runs must be together.
    together = np.ascontiguousarray(x)
    view = np.ndarray(shape, x.dtype, together, 0, _strides(together, grid))
    view.flags.writeable = False
    return view


def seen(x: Any, grid: Grid) -> Any:
    """All windows of an array, however it lies, as a view of it."""
    shape = (*grid.counted(x.shape), *grid.sizes)
    return np.lib.stride_tricks.as_strided(x, shape, _strides(x, grid), writeable=False)


def _strides(x: Any, grid: Grid) -> tuple[int, ...]:
    """Those of the windows of an array."""
    nd = len(grid.sizes)
    steps = x.strides[grid.axis : grid.axis + nd]
    return (
        *x.strides[: grid.axis],
        *(a * s for a, s in zip(steps, grid.strides, strict=True)),
        *x.strides[grid.axis + nd :],
        *(a * d for a, d in zip(steps, grid.dilations, strict=True)),
    )


def _fold(g: Any, grid: Grid) -> Any:
    """Each window added at its place."""
    out = np.zeros(_fold_shape([g.shape], grid), g.dtype)

    def add(rows: slice) -> None:
        for offset in np.ndindex(*grid.sizes) if g.size else ():
            out[rows][grid.key(offset)] += g[(rows, ..., *offset)]

    if grid.axis:
        in_parts(add, len(out), g.size)
    else:
        add(slice(None))
    return out


def _windows_shape(shapes: Sequence[Any], grid: Grid) -> Any:
    return (*grid.counted(shapes[0]), *grid.sizes)


def _fold_shape(shapes: Sequence[Any], grid: Grid) -> Any:
    (shape,) = shapes
    return grid.whole(shape[: len(shape) - len(grid.sizes)])


WIDER = 1.5
"""How many times as many windows, at most, are multiplied so that none has to be added up."""


def _added_up(g: Node, grid: Grid) -> Node:
    """Each window added at its place; if windows are a product, that may be another product."""
    is_product = g.op is EINSUM and len(g.inputs) == 2 and g.graph.trusts
    return (_product_of_sum(g, grid) if is_product else None) or FOLD(g, attrs=(grid,))


def _product_of_sum(g: Node, grid: Grid) -> Node | None:
    """What windows add up to that are the product of a filter and an array of no windows.

    These are the windows of that array, with zeros around it, times the filter turned round: if
    steps are 1. The zeros count for nothing if the filter is finite, which has to be trusted in.
    """
    before, own = g.attrs[0].split("->")
    nd, (w, x), (of_w, of_x) = len(grid.sizes), g.inputs, before.split(",")
    at, inside = own[grid.axis : grid.axis + nd], own[-nd:]
    if at in of_w:
        w, x, of_w, of_x = x, w, of_x, of_w
    is_apart = set(at).isdisjoint(of_w) and set(inside).isdisjoint(of_x)
    is_wider = math.prod(grid.lengths) > WIDER * math.prod(grid.counts())
    if at not in of_x or not is_apart or is_wider or any(step > 1 for step in grid.strides):
        return None
    axis, widths = of_x.index(at), [(0, 0)] * x.ndim
    around = [(k - 1) * d for k, d in zip(grid.sizes, grid.dilations, strict=True)]
    widths[axis : axis + nd] = zip(around, around, strict=True)
    whole = padded(x, widths)
    lengths = whole.shape[axis : axis + nd]
    windows = WINDOWS(whole, attrs=(grid._replace(axis=axis, lengths=lengths),))
    turned = index(w, *(slice(None, None, -1 if c in inside else 1) for c in of_w))
    return EINSUM(turned, windows, attrs=(f"{of_w},{of_x}{inside}->{own[:-nd]}",))


GRID_BEHIND = by_attributes(lambda size, grid: (grid._replace(axis=grid.axis + 1),))

MOST = 64
"""Elements of a window, at most, each of which is a number of its own in machine code."""


def cells_of_windows(node: Node, form: Callable[..., Any], views: str) -> Cells | None:
    """What an operation does to each window, if that has few elements.

    `views` has a letter for each input, and last for the result: w for an array of which a place
    has the elements of a window, n for one of which it has its own.
    """
    (grid,) = node.attrs
    if math.prod(grid.sizes) > MOST:
        return None
    ways: dict[str, Callable[[Any], Any]] = {"n": itself, "w": partial(seen, grid=grid)}
    apart = None if views[-1] == "n" or grid.are_all else grid.axis
    arrays = zip(views, (*node.inputs, node), strict=True)
    axes = next(x.ndim for view, x in arrays if view == "w")
    return Cells(form, axes, tuple([ways[view] for view in views]), apart, is_sure=True)


WINDOWS = Linear(
    "windows",
    _windows,
    _windows_shape,
    lambda node, g: (_added_up(g, *node.attrs),),
    selective=True,
    looks=True,
    batch=GRID_BEHIND,
)
"""All windows: their counts in place of the axes, their elements as new last axes."""
FOLD = Linear(
    "fold",
    _fold,
    _fold_shape,
    lambda node, g: (WINDOWS(g, attrs=node.attrs),),
    batch=GRID_BEHIND,
    cells=lambda node: cells_of_windows(node, lambda g: g, "nw"),
)
"""The adjoint: the elements of all windows added at their places."""


def _sums(x: Any, grid: Grid) -> Any:
    """Each window added up, along one axis after the other."""
    for place in range(len(grid.sizes)):
        first, *others = (x[key] for key in grid.keys(place))
        x = first.copy("K")
        for part in others:
            x += part
    return x


def _sums_of_cells(x: Any) -> Any:
    """The same over the scalars of a window."""
    while isinstance(x, np.ndarray):
        x = reduce(operator.add, x)
    return x


def _spread_over(grid: Grid, g: Any) -> Any:
    """The same scalar for all places of a window."""
    cell = np.empty(grid.sizes, object)
    cell.fill(g)
    return cell


def _cells_of_spread(node: Node) -> Cells | None:
    (grid,) = node.attrs
    return cells_of_windows(node, partial(_spread_over, grid), "nw") if grid.are_apart else None


def _spread_out(g: Any, grid: Grid) -> Any:
    """The adjoint: what each window has, added at all its places."""
    lengths = list(g.shape)
    for place in reversed(range(len(grid.sizes))):
        lengths[grid.axis + place] = grid.lengths[place]
        whole = np.empty_like(g, shape=tuple(lengths))
        keys = grid.keys(place)
        are_apart = grid.strides[place] > (grid.sizes[place] - 1) * grid.dilations[place]
        if not are_apart or grid.counts()[place] * len(keys) < grid.lengths[place]:
            whole[...] = 0
        for key in keys:
            if are_apart:
                whole[key] = g
            else:
                whole[key] += g
        g = whole
    return g


WINDOW_SUMS = Linear(
    "window_sums",
    _sums,
    lambda shapes, grid: grid.counted(shapes[0]),
    lambda node, g: (_SPREAD(g, attrs=node.attrs),),
    selective=True,
    batch=GRID_BEHIND,
    cells=lambda node: cells_of_windows(node, _sums_of_cells, "wn"),
)
"""The sum of every window: their counts in place of the axes."""


_SPREAD = Linear(
    "window_spread",
    _spread_out,
    lambda shapes, grid: grid.whole(shapes[0]),
    lambda node, g: (WINDOW_SUMS(g, attrs=node.attrs),),
    batch=GRID_BEHIND,
    cells=_cells_of_spread,
)


_FARTHEST = 2**31
"""Of a step or a length, beyond all axes."""


def numbers(value: Any, nd: int, what: str, least: float = 1) -> tuple[int, ...]:
    """One whole number for each of nd axes, none less than `least`, from one number or as many.

    TensorFlow writes those of the batch and the channels too.
    """
    values = value if isinstance(value, tuple) else (value,)
    if len(values) == 1:
        values = values * nd
    if len(values) == nd + 2:
        values = values[1:-1] if values[-1] == 1 else values[2:]
    if len(values) != nd or not all(map(is_whole, values)):
        raise ShapeError(f"{what} needs one whole number, or {nd} of them")
    if any(v < least for v in values):
        raise ShapeError(f"{what} is at least {least:g}, and not {min(values):g}")
    return tuple(min(int(v), _FARTHEST) for v in values)


def pads(
    padding: Any, sizes: Sequence[int], strides: Sequence[int], lengths: Sequence[int]
) -> list[tuple[int, int]]:
    """How much is added before and after each axis: "valid", "same", a number, or pairs.

    "same" is TensorFlow's: ceil(length / stride) windows, the odd element of padding at the end.
    """
    nd = len(sizes)
    if isinstance(padding, tuple) and padding and isinstance(padding[0], tuple):
        return _pairs(padding[1:-1] if len(padding) == nd + 2 else padding, nd)
    if not isinstance(padding, str):
        return [(p, p) for p in numbers(padding, nd, "the padding", -math.inf)]
    if padding.lower() == "valid":
        return [(0, 0)] * nd
    return _same(padding, sizes, strides, lengths)


def _pairs(padding: tuple[Any, ...], nd: int) -> list[tuple[int, int]]:
    are_pairs = all(isinstance(pair, tuple) and len(pair) == 2 for pair in padding)
    if len(padding) != nd or not are_pairs:
        raise ShapeError("the padding needs a pair, of before and after, for each axis of windows")
    if not all(is_whole(end) for pair in padding for end in pair):
        raise ShapeError("the padding needs whole numbers")
    return [(int(a), int(b)) for a, b in padding]


def _same(
    padding: str, sizes: Sequence[int], strides: Sequence[int], lengths: Sequence[int]
) -> list[tuple[int, int]]:
    """What makes as many windows as there are strides."""
    if padding.lower() not in ("same", "same_upper", "same_lower"):
        raise ProgramTypeError(f"there is no padding {padding!r}", help='"same" or "valid"')
    wholes = [
        max((-(-n // s) - 1) * s + k - n, 0)
        for n, k, s in zip(lengths, sizes, strides, strict=True)
    ]
    pairs = [(whole // 2, whole - whole // 2) for whole in wholes]
    return [pair[::-1] for pair in pairs] if padding.lower() == "same_lower" else pairs
