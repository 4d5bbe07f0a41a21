"""Blocks of images moved between their rows and columns, the channels and the batch."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from gradcli.errors import ShapeError
from gradcli.ir.function import function
from gradcli.ir.shapes import are_rows, normal_axes, show_shape
from gradcli.ops.convolution import channels_first, from_last, geometry, image, to_last
from gradcli.ops.shape import index, permute, reshape_to
from gradcli.ops.tiling import padded
from gradcli.ops.windows import FOLD, WINDOWS, Grid, numbers, pads

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gradcli.ir.function import Array, Axes, Int, Ints, Text, Value, Wholes
    from gradcli.ir.node import Node

# --- depth and space ----------------------------------------------------------------------------


def _divided(shape: Sequence[int], axes: Sequence[int], by: Sequence[int]) -> None:
    for a, b in zip(axes, by, strict=True):
        if b < 1 or shape[a] % b:
            raise ShapeError(f"axis {a} of {show_shape(tuple(shape))} is no multiple of {b}")


def _has_length(block: int) -> None:
    if block < 1:
        raise ShapeError(f"a block has at least 1 row, and not {block}")


def _four_axes(x: Node) -> None:
    if x.ndim != 4:
        raise ShapeError(f"images in a batch have 4 axes: the shape of x is {show_shape(x.shape)}")


@function(ranks={"x": 3}, example="depth_to_space([[[[1, 2, 3, 4]]]], 2)")
def depth_to_space(x: Array, block: Int, layout: Text = "NHWC") -> Node:
    """The channels laid out as blocks of rows and columns, the channel running fastest."""
    _four_axes(x)
    _has_length(block)
    first = channels_first(layout)
    a = to_last(x, 2, first)
    _divided(a.shape, (3,), (block * block,))
    n, h, w, c = a.shape
    parts = reshape_to(a, (n, h, w, block, block, c // block**2))
    moved = permute(parts, (0, 1, 3, 2, 4, 5))
    return from_last(reshape_to(moved, (n, h * block, w * block, c // block**2)), 2, first)


@function(ranks={"x": 3}, example="space_to_depth([[[[1], [2]], [[3], [4]]]], 2)")
def space_to_depth(x: Array, block: Int, layout: Text = "NHWC") -> Node:
    """Blocks of rows and columns laid out as channels, the channel running fastest."""
    _four_axes(x)
    first = channels_first(layout)
    a = to_last(x, 2, first)
    _divided(a.shape, (1, 2), (block, block))
    n, h, w, c = a.shape
    parts = reshape_to(a, (n, h // block, block, w // block, block, c))
    moved = permute(parts, (0, 1, 3, 2, 4, 5))
    return from_last(reshape_to(moved, (n, h // block, w // block, c * block**2)), 2, first)


@function(ranks={"x": 3}, example="pixel_shuffle([[[1]], [[2]], [[3]], [[4]]], 2)")
def pixel_shuffle(x: Array, block: Int) -> Node:
    """The channels, which come first, laid out as blocks of rows and columns, blocks fastest."""
    _has_length(block)
    *lead, c, h, w = x.shape
    _divided(x.shape, (x.ndim - 3,), (block * block,))
    n = len(lead)
    parts = reshape_to(x, (*lead, c // block**2, block, block, h, w))
    moved = permute(parts, (*range(n), n, n + 3, n + 1, n + 4, n + 2))
    return reshape_to(moved, (*lead, c // block**2, h * block, w * block))


@function(ranks={"x": 3}, example="pixel_unshuffle([[[1, 2], [3, 4]]], 2)")
def pixel_unshuffle(x: Array, block: Int) -> Node:
    """Blocks of rows and columns laid out as channels, which come first, blocks fastest."""
    *lead, c, h, w = x.shape
    _divided(x.shape, (x.ndim - 2, x.ndim - 1), (block, block))
    n = len(lead)
    parts = reshape_to(x, (*lead, c, h // block, block, w // block, block))
    moved = permute(parts, (*range(n), n, n + 2, n + 4, n + 1, n + 3))
    return reshape_to(moved, (*lead, c * block**2, h // block, w // block))


# --- batch and space ----------------------------------------------------------------------------


def _pairs(value: Any, nd: int) -> list[tuple[int, int]]:
    if not are_rows(value, nd, 2):
        raise ShapeError(f"pairs of numbers are needed, one for each of the {nd} axes of the block")
    return list(value)


def _blocked(x: Node, block: Ints) -> int:
    """How many axes a block has, if x has as many behind the batch."""
    if min(block, default=1) < 1 or x.ndim <= len(block):
        raise ShapeError(f"{show_shape(x.shape)} has no blocks of {show_shape(block)}")
    return len(block)


@function(
    example="space_to_batch([[[[1], [2]], [[3], [4]]]], (2, 2), ((0, 0), (0, 0)))",
    aliases="space_to_batch_nd space_to_batch_n_d",
)
def space_to_batch(x: Array, block: Ints, paddings: Wholes) -> Node:
    """The elements at each place of a block, of all blocks, as images of their own."""
    nd = _blocked(x, block)
    a = padded(x, [(0, 0), *_pairs(paddings, nd), *[(0, 0)] * (x.ndim - nd - 1)])
    _divided(a.shape, range(1, nd + 1), block)
    rest = a.shape[nd + 1 :]
    cut = [n // b for n, b in zip(a.shape[1:], block, strict=False)]
    parts = reshape_to(
        a, (a.shape[0], *(k for pair in zip(cut, block, strict=True) for k in pair), *rest)
    )
    places = [2 * i + 2 for i in range(nd)]
    order = (*places, 0, *(p - 1 for p in places), *range(2 * nd + 1, parts.ndim))
    return reshape_to(permute(parts, order), (a.shape[0] * math.prod(block), *cut, *rest))


@function(
    example="batch_to_space([[[[1]]], [[[2]]], [[[3]]], [[[4]]]], (2, 2), ((0, 0), (0, 0)))",
    aliases="batch_to_space_nd batch_to_space_n_d",
)
def batch_to_space(x: Array, block: Ints, crops: Wholes) -> Node:
    """Images put together again from the elements at each place of a block, and cropped."""
    nd = _blocked(x, block)
    _divided(x.shape, (0,), (math.prod(block),))
    n, cut, rest = x.shape[0] // math.prod(block), x.shape[1 : nd + 1], x.shape[nd + 1 :]
    parts = reshape_to(x, (*block, n, *cut, *rest))
    pairs = (k for i in range(nd) for k in (nd + 1 + i, i))
    moved = permute(parts, (nd, *pairs, *range(2 * nd + 1, parts.ndim)))
    size = [k * b for k, b in zip(cut, block, strict=True)]
    whole = reshape_to(moved, (n, *size, *rest))
    ends = zip(size, _pairs(crops, nd), strict=True)
    return index(whole, slice(None), *(slice(a, k - b) for k, (a, b) in ends))


# --- patches ------------------------------------------------------------------------------------


@function(example="sliding_window_view([1, 2, 3, 4], 2)")
def sliding_window_view(x: Array, window: Ints, axis: Axes = None) -> Node:
    """Every window of a length along axes, its elements as new last axes."""
    axes = normal_axes(axis, x.ndim)
    if len(axes) != len(window):
        raise ShapeError(f"{len(window)} lengths of windows for {len(axes)} axes")
    sizes = [1] * x.ndim
    for a, k in zip(axes, window, strict=True):
        sizes[a] = k
        if k < 0:
            raise ShapeError(f"a window of {k} elements has no meaning")
        if k > x.shape[a]:
            raise ShapeError(f"a window of {k} is longer than axis {a} of {show_shape(x.shape)}")
    ones = (1,) * x.ndim
    cols = WINDOWS(x, attrs=(Grid(0, tuple(sizes), ones, ones, x.shape),))
    return reshape_to(cols, (*cols.shape[: x.ndim], *(sizes[a] for a in axes)))


@function(example="extract_patches([[[[1], [2]], [[3], [4]]]], (1, 2))")
def extract_patches(
    x: Array, sizes: Value, strides: Value = 1.0, rates: Value = 1.0, padding: Value = "valid"
) -> Node:
    """The windows of images, each in a row: rows, columns, channels; TensorFlow's patches."""
    how = geometry(2, "extract_patches", strides, padding, rates)
    whole, _ = image(x, 2, "extract_patches")
    cols = how.columns(whole, numbers(sizes, 2, "a patch"))
    moved = permute(cols, (0, 1, 2, 4, 5, 3))
    return reshape_to(moved, (*moved.shape[:3], math.prod(moved.shape[3:])))


@function(
    example="unfold([[[[1, 2], [3, 4]]]], (1, 2))",
    aliases="im2col",
    signatures="""
        F.unfold(input, kernel_size, dilation=1.0, padding=0.0, stride=1.0)
        torch.unfold(input, dimension, size, step)
    """,
)
def unfold(
    x: Array, size: Value, dilations: Value = 1.0, padding: Value = 0.0, strides: Value = 1.0
) -> Node:
    """The windows of images with their channels first, each a column: channels, rows, columns."""
    whole, alone = image(x, 2, "unfold")
    how = geometry(2, "unfold", strides, padding, dilations, "NCHW")
    cols = how.columns(to_last(whole, 2, True), numbers(size, 2, "a window"))
    n, h, w = cols.shape[:3]
    flat = reshape_to(cols, (n, h * w, math.prod(cols.shape[3:])))
    columns = permute(flat, (0, 2, 1))
    return reshape_to(columns, columns.shape[1:]) if alone else columns


@function(ranks={"x": 3}, example="fold([[[1, 2], [3, 4]]], (1, 3), (1, 2))", aliases="col2im")
def fold(
    x: Array,
    output_size: Value,
    size: Value,
    dilations: Value = 1.0,
    padding: Value = 0.0,
    strides: Value = 1.0,
) -> Node:
    """Images put together from windows, each a column, which add up where they overlap."""
    lengths, sizes = numbers(output_size, 2, "the size"), numbers(size, 2, "a window")
    steps, apart = numbers(strides, 2, "the stride"), numbers(dilations, 2, "the dilation")
    widths = pads(padding, sizes, steps, lengths)
    full = tuple(n + a + b for n, (a, b) in zip(lengths, widths, strict=True))
    grid = Grid(1, sizes, steps, apart, full)
    if x.ndim != 3:
        raise ShapeError(f"fold needs 3 axes: the shape of x is {show_shape(x.shape)}")
    n, rows, count = x.shape
    if count != math.prod(grid.counts()) or rows % math.prod(sizes):
        raise ShapeError(f"{show_shape(x.shape)} are no windows of {show_shape(lengths)}")
    channels = rows // math.prod(sizes)
    cols = reshape_to(permute(x, (0, 2, 1)), (n, *grid.counts(), channels, *sizes))
    whole = FOLD(cols, attrs=(grid,))
    ends = (slice(a, a + k) for k, (a, _) in zip(lengths, widths, strict=True))
    return from_last(index(whole, slice(None), *ends), 2, True)
