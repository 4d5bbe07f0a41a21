"""Convolution of images and signals with filters: products with windows."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, NamedTuple

from gradcli.errors import ProgramTypeError, ShapeError
from gradcli.ir.function import function
from gradcli.ir.op import as_number
from gradcli.ir.shapes import show_shape
from gradcli.ops.einsum import EINSUM
from gradcli.ops.matmul import MATMUL
from gradcli.ops.shape import index, permute, reshape_to
from gradcli.ops.tiling import lax_pad, padded
from gradcli.ops.windows import FOLD, WINDOWS, Grid, numbers, pads

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from gradcli.ir.function import Array, Function, Int, Ints, Text, Value
    from gradcli.ir.node import Node

WIDE = 256
"""Elements of a channel of an image from which a product of matrices for each image is worth it."""

_COUNTS, _SIZES = "xyz", "ijk"
"""Letters for where a window is, and for where an element is in it."""

# --- images -------------------------------------------------------------------------------------


def channels_first(layout: str) -> bool:
    """Whether a layout such as NCHW or NHWC has the channels before the rows and columns."""
    name = layout.upper()
    if not (name.startswith("NC") or (name.startswith("N") and name.endswith("C"))):
        raise ProgramTypeError(f"there is no layout {layout!r}", help='"NHWC" or "NCHW"')
    return name.startswith("NC")


def to_last(x: Node, nd: int, first: bool) -> Node:
    """An image with its channels behind its rows and columns."""
    return permute(x, (0, *range(2, nd + 2), 1)) if first else x


def from_last(x: Node, nd: int, first: bool) -> Node:
    """The image with its channels back in their place."""
    return permute(x, (0, nd + 1, *range(1, nd + 1))) if first else x


def _filter_last(w: Node, nd: int, first: bool = True) -> Node:
    """A filter as (*lengths, in, out); with channels first it comes as (out, in, *lengths)."""
    w = as_number(w)
    return permute(w, (*range(2, nd + 2), 1, 0)) if first else w


def image(x: Node, nd: int, name: str) -> tuple[Node, bool]:
    """An image with its axis of the batch, and whether that was added."""
    x = as_number(x)
    if x.ndim == nd + 1:
        return reshape_to(x, (1, *x.shape)), True
    if x.ndim != nd + 2:
        raise ShapeError(
            f"{name} needs an image of {nd + 2} axes, not the shape {show_shape(x.shape)}",
            help="batch, rows, columns and channels, or without the batch",
        )
    return x, False


class Geometry(NamedTuple):
    """How windows are laid over an image: what all kinds of convolution have in common."""

    nd: int
    name: str
    steps: tuple[int, ...]
    padding: Any
    apart: tuple[int, ...]
    first: bool
    ceil: bool = False
    """Whether a last window that reaches beyond the image counts, as PyTorch's ceil_mode."""

    def spans(self, sizes: Sequence[int]) -> list[int]:
        """How far windows of these sizes reach."""
        return [(k - 1) * d + 1 for k, d in zip(sizes, self.apart, strict=True)]

    def widths(self, sizes: Sequence[int], lengths: Sequence[int]) -> list[tuple[int, int]]:
        """How much is added around an image of these lengths."""
        spans = self.spans(sizes)
        around = pads(self.padding, spans, self.steps, lengths)
        if not self.ceil:
            return around
        rows = zip(around, lengths, spans, self.steps, strict=True)
        return [(a, b + _beyond(n + a, b, span, step)) for (a, b), n, span, step in rows]

    def grid(
        self, x: Node, sizes: Sequence[int], value: float = 0.0, axis: int = 1
    ) -> tuple[Node, Grid]:
        """An image padded with a value, and the windows over its axes from one on.

        That is the second one where the channels are last.
        """
        end = axis + self.nd
        widths = self.widths(sizes, x.shape[axis:end])
        x = padded(x, [*[(0, 0)] * axis, *widths, *[(0, 0)] * (x.ndim - end)], value)
        grid = Grid(axis, tuple(sizes), self.steps, self.apart, x.shape[axis:end])
        if 0 in grid.counts() and 0 not in grid.lengths:
            raise ShapeError(f"a window of {show_shape(grid.sizes)} does not fit into the image")
        return x, grid

    def planes(self, x: Node, sizes: Sequence[int]) -> Node:
        """The windows of an image with its channels first: (batch, channels, *counts, *sizes)."""
        whole, grid = self.grid(x, sizes, axis=2)
        return WINDOWS(whole, attrs=(grid,))

    def columns(self, x: Node, sizes: Sequence[int], value: float = 0.0) -> Node:
        """Those windows, in the shape (batch, *counts, channels, *sizes)."""
        whole, grid = self.grid(x, sizes, value)
        return WINDOWS(whole, attrs=(grid,))

    def over(self, x: Node, apply: Callable[[Node], Node]) -> Node:
        """What `apply` makes of the image with an axis of the batch and its channels last."""
        whole, alone = image(x, self.nd, self.name)
        z = from_last(apply(to_last(whole, self.nd, self.first)), self.nd, self.first)
        return reshape_to(z, z.shape[1:]) if alone else z


def _beyond(start: int, end: int, span: int, step: int) -> int:
    """How far the last window reaches behind an axis; it must begin before the end's padding."""
    count = -(-(start + end - span) // step) + 1
    count -= (count - 1) * step >= start
    return max((count - 1) * step + span - start - end, 0)


def geometry(
    nd: int,
    name: str,
    strides: Any = 1.0,
    padding: Any = "valid",
    dilations: Any = 1.0,
    layout: str = "NHWC",
) -> Geometry:
    """The geometry of a call, from its arguments."""
    steps, apart = numbers(strides, nd, "the stride"), numbers(dilations, nd, "the dilation")
    return Geometry(nd, name, steps, padding, apart, channels_first(layout))


# --- convolutions -------------------------------------------------------------------------------


def _product(windows: Node, w: Node, nd: int, groups: int, *, first: bool) -> Node:
    """The product of windows with a filter (*lengths, in, out), in groups of channels.

    Windows are (batch, *counts, channels, *sizes), or have their channels `first`, behind the
    batch.
    """
    g, sizes, counts = "g" * (groups > 1), _SIZES[:nd], _COUNTS[:nd]
    if groups > 1:
        windows, w = _split(windows, 1 if first else nd + 1, groups), _split(w, nd + 1, groups)
    if first:
        z = EINSUM(w, windows, attrs=(f"{sizes}c{g}o,b{g}c{counts}{sizes}->b{g}o{counts}",))
    else:
        z = EINSUM(windows, w, attrs=(f"b{counts}{g}c{sizes},{sizes}c{g}o->b{counts}{g}o",))
    places = z.shape[-nd:] if first else z.shape[1 : nd + 1]
    out = groups * w.shape[-1]
    return reshape_to(z, (z.shape[0], out, *places) if first else (z.shape[0], *places, out))


def _split(x: Node, axis: int, groups: int) -> Node:
    """An array with an axis of groups before that of the channels of each."""
    *before, n = x.shape[: axis + 1]
    return reshape_to(x, (*before, groups, n // groups, *x.shape[axis + 1 :]))


def _convolved(how: Geometry, x: Node, w: Node, groups: int = 1) -> Node:
    """The convolution with a filter (*lengths, in, out)."""
    nd, name = how.nd, how.name
    if w.ndim != nd + 2:
        raise ShapeError(f"the filter of {name} has {nd + 2} axes, not {w.ndim}")

    def check(channels: int) -> None:
        if w.shape[nd] * groups != channels or w.shape[-1] % groups:
            raise _other_channels(name, channels, w.shape[nd], groups)

    def convolve(whole: Node) -> Node:
        check(whole.shape[-1])
        return _product(how.columns(whole, w.shape[:nd]), w, nd, groups, first=False)

    whole, alone = image(x, nd, name)
    if not how.first or math.prod(whole.shape[2:]) < WIDE:
        return how.over(x, convolve)
    check(whole.shape[1])
    z = _product(how.planes(whole, w.shape[:nd]), w, nd, groups, first=True)
    return reshape_to(z, z.shape[1:]) if alone else z


def _other_channels(name: str, channels: int, taken: int, groups: int) -> ShapeError:
    each = f" in each of {groups} groups" if groups > 1 else ""
    return ShapeError(
        f"the image of {name} has {channels} channels, and the filter takes {taken}{each}"
    )


def _biased(z: Node, bias: Node | None, nd: int) -> Node:
    """The channels, which come first, plus a bias of each."""
    return z if bias is None else z + reshape_to(bias, (bias.size, *(1,) * nd))


_FIRST: Any = {prefix: {"layout": "NCHW"} for prefix in ("lax", "jax.lax")}


def _convolution(nd: int, arguments: str, aliases: str = "") -> Function:
    name = f"conv{nd}d"

    @function(
        name=name,
        example=f"{name}({arguments})",
        aliases=aliases,
        variants=_FIRST,
        signatures=f"tfjs.{name}(x, filter, strides, pad: padding, dataFormat: data_format=None, "
        "dilations=1)",
    )
    def conv(
        x: Array,
        filter: Array,
        strides: Value = 1.0,
        padding: Value = "valid",
        layout: Text = "NHWC",
        dilations: Value = 1.0,
        groups: Int = 1,
        *,
        data_format: Value = None,
    ) -> Node:
        """The sums of products of a filter with every window of an image, over all channels.

        A filter is (*lengths, in, out); with layout="NCHW" it is (out, in, *lengths). The layout
        of `data_format`, which is TensorFlow's, leaves filters as they are.
        """
        images = layout if data_format is None else str(data_format)
        how = geometry(nd, name, strides, padding, dilations, images)
        return _convolved(how, x, _filter_last(filter, nd, channels_first(layout)), groups)

    return conv


def _torch_convolution(nd: int, arguments: str) -> Function:
    name = f"torch_conv{nd}d"

    @function(name=name, example=f"{name}({arguments})")
    def conv(
        x: Array,
        filter: Array,
        bias: Array | None = None,
        strides: Value = 1.0,
        padding: Value = 0.0,
        dilations: Value = 1.0,
        groups: Int = 1,
    ) -> Node:
        """The convolution as PyTorch has it: channels first, a filter (out, in, *lengths)."""
        how = geometry(nd, name, strides, padding, dilations, "NCHW")
        return _biased(_convolved(how, x, _filter_last(filter, nd), groups), bias, nd)

    return conv


conv1d = _convolution(1, "[[[1], [2], [3]]], [[[1]], [[1]]]")
conv2d = _convolution(
    2, "[[[[1], [2]], [[3], [4]]]], [[[[1]], [[1]]]]", "conv conv_general_dilated"
)
conv3d = _convolution(3, "[[[[[1], [2]]]]], [[[[[1]], [[1]]]]]")
torch_conv1d = _torch_convolution(1, "[[[1, 2, 3]]], [[[1, 1]]]")
torch_conv2d = _torch_convolution(2, "[[[[1, 2], [3, 4]]]], [[[[1, 1]]]]")
torch_conv3d = _torch_convolution(3, "[[[[[1, 2]]]]], [[[[[1, 1]]]]]")


@function(
    example="depthwise_conv2d([[[[1], [2]], [[3], [4]]]], [[[[1]], [[1]]]])",
    aliases="depthwise_conv2d_native",
)
def depthwise_conv2d(
    x: Array,
    filter: Array,
    strides: Value = 1.0,
    padding: Value = "valid",
    layout: Text = "NHWC",
    dilations: Value = 1.0,
) -> Node:
    """A convolution of each channel by itself, with a filter (rows, columns, channels, several)."""
    how = geometry(2, "depthwise_conv2d", strides, padding, dilations, layout)
    w = as_number(filter)
    if w.ndim != 4:
        raise ShapeError(f"the filter of depthwise_conv2d has 4 axes, not {w.ndim}")
    rows, columns, channels, several = w.shape
    return _convolved(how, x, reshape_to(w, (rows, columns, 1, channels * several)), channels)


@function(example="separable_conv2d([[[[1], [2]], [[3], [4]]]], [[[[1]], [[1]]]], [[[[2]]]])")
def separable_conv2d(
    x: Array,
    depthwise: Array,
    pointwise: Array,
    strides: Value = 1.0,
    padding: Value = "valid",
    layout: Text = "NHWC",
    dilations: Value = 1.0,
) -> Node:
    """A convolution of each channel by itself, then one of all channels at each place."""
    z = depthwise_conv2d(x, depthwise, strides, padding, layout, dilations)
    return _convolved(geometry(2, "separable_conv2d", layout=layout), z, as_number(pointwise))


# --- transposed ---------------------------------------------------------------------------------


def _transposed(
    how: Geometry,
    x: Node,
    w: Node,
    lengths: Sequence[int] | None = None,
    groups: int = 1,
    extra: Sequence[int] = (),
) -> Node:
    """The adjoint of the convolution; the filter is (*lengths, out, in), as seen from here."""
    nd, sizes = how.nd, w.shape[: how.nd]
    if w.ndim != nd + 2:
        raise ShapeError(f"the filter needs {nd + 2} axes: its shape is {show_shape(w.shape)}")
    if groups < 1:
        raise ShapeError(f"there is 1 group or more, and not {groups}")

    def spread_out(whole: Node) -> Node:
        size = lengths or _grown(how, whole.shape[1:-1], sizes, extra or (0,) * nd)
        return _added_up(how, _times_filter(whole, w, nd, groups), sizes, size)

    return how.over(x, spread_out)


def _added_up(how: Geometry, windows: Node, sizes: tuple[int, ...], lengths: Sequence[int]) -> Node:
    """The image of those lengths whose windows (batch, *counts, channels, *sizes) add up to it."""
    counts, widths = windows.shape[1 : how.nd + 1], how.widths(sizes, lengths)
    full = tuple(n + a + b for n, (a, b) in zip(lengths, widths, strict=True))
    grid = Grid(1, sizes, how.steps, how.apart, full)
    if grid.counts() != counts:
        raise ShapeError(
            f"an image of {show_shape(tuple(lengths))} has {show_shape(grid.counts())} windows, "
            f"not {show_shape(counts)}"
        )
    ends = (slice(a, a + n) for n, (a, _) in zip(lengths, widths, strict=True))
    return index(FOLD(windows, attrs=(grid,)), slice(None), *ends)


def _grown(
    how: Geometry, counts: Sequence[int], sizes: Sequence[int], extra: Sequence[int]
) -> list[int]:
    """The lengths of the image of which there are so many windows."""
    if isinstance(how.padding, str) and how.padding.lower() == "same":
        return [m * s for m, s in zip(counts, how.steps, strict=True)]
    widths = how.widths(sizes, counts)
    rows = zip(counts, how.steps, how.spans(sizes), widths, extra, strict=True)
    return [(m - 1) * s + k - sum(p) + e for m, s, k, p, e in rows]


def _times_filter(x: Node, w: Node, nd: int, groups: int) -> Node:
    """Each element of the image times the filter: (batch, *counts, out, *lengths)."""
    *places, channels = x.shape
    sizes, out, taken = w.shape[:nd], w.shape[nd], w.shape[nd + 1]
    if taken != channels:
        raise ShapeError(f"the image has {channels} channels, and the filter takes {taken}")
    if channels % groups:
        raise ShapeError(f"{channels} channels do not make up {groups} groups")
    rows, inner = math.prod(places), channels // groups
    a = permute(reshape_to(x, (rows, groups, inner)), (1, 0, 2))
    b = permute(w, (nd + 1, nd, *range(nd)))
    b = reshape_to(b, (groups, inner, out * math.prod(sizes)))
    return reshape_to(permute(MATMUL(a, b), (1, 0, 2)), (*places, groups * out, *sizes))


def _output(shape: Any, nd: int, first: bool) -> tuple[int, ...] | None:
    """The lengths of an image of a shape that may have a batch and channels too."""
    lengths = shape
    if shape is None or len(shape) == nd:
        return shape
    if len(shape) != nd + 2:
        raise ShapeError(f"the output shape needs {nd} lengths, or those of all axes")
    return lengths[-nd:] if first else lengths[-nd - 1 : -1]


def _transposed_convolution(nd: int, arguments: str) -> Function:
    name = f"conv{nd}d_transpose"

    @function(name=name, example=f"{name}({arguments})")
    def conv(
        x: Array,
        filter: Array,
        output_shape: Ints | None = None,
        strides: Value = 1.0,
        padding: Value = "same",
        layout: Text = "NHWC",
        dilations: Value = 1.0,
    ) -> Node:
        """The transpose of a convolution, with a filter (*lengths, out, in)."""
        how = geometry(nd, name, strides, padding, dilations, layout)
        return _transposed(how, x, as_number(filter), _output(output_shape, nd, how.first))

    return conv


def _torch_transposed(nd: int, arguments: str) -> Function:
    name = f"conv_transpose{nd}d"

    @function(name=name, example=f"{name}({arguments})")
    def conv(
        x: Array,
        filter: Array,
        bias: Array | None = None,
        strides: Value = 1.0,
        padding: Value = 0.0,
        output_padding: Value = 0.0,
        groups: Int = 1,
        dilations: Value = 1.0,
    ) -> Node:
        """PyTorch's transpose of a convolution: channels first, a filter (in, out, *lengths)."""
        how = geometry(nd, name, strides, padding, dilations, "NCHW")
        extra = numbers(output_padding, nd, "the output padding", 0)
        return _biased(_transposed(how, x, _filter_last(filter, nd), None, groups, extra), bias, nd)

    return conv


conv1d_transpose = _transposed_convolution(1, "[[[1], [2]]], [[[1]], [[1]]]")
conv2d_transpose = _transposed_convolution(2, "[[[[1], [2]], [[3], [4]]]], [[[[1]], [[1]]]]")
conv3d_transpose = _transposed_convolution(3, "[[[[[1], [2]]]]], [[[[[1]], [[1]]]]]")
conv_transpose1d = _torch_transposed(1, "[[[1, 2]]], [[[1, 1]]]")
conv_transpose2d = _torch_transposed(2, "[[[[1, 2]]]], [[[[1, 1]]]]")
conv_transpose3d = _torch_transposed(3, "[[[[[1, 2]]]]], [[[[[1, 1]]]]]")


@function(ranks={"x": 3}, example="lax_conv_transpose([[[[1], [2]]]], [[[[1]], [[1]]]], (1, 1))")
def lax_conv_transpose(x: Array, filter: Array, strides: Value, padding: Value = "same") -> Node:
    """lax.conv_transpose: a convolution of the image with zeros between its elements."""
    nd = x.ndim - 2
    steps = numbers(strides, nd, "the stride")
    w = as_number(filter)
    if w.ndim != x.ndim:
        raise ShapeError(f"the filter needs {x.ndim} axes: its shape is {show_shape(w.shape)}")
    same = isinstance(padding, str) and padding.lower() == "same"
    widths = tuple(_width(k, s, same) for k, s in zip(w.shape[:nd], steps, strict=True))
    between = ((0, 0, 0), *((0, 0, s - 1) for s in steps), (0, 0, 0))
    wide = lax_pad(as_number(x), 0.0, between)
    return _convolved(geometry(nd, "lax.conv_transpose", padding=widths), wide, w)


def _width(size: int, step: int, same: bool) -> tuple[int, int]:
    """How much lax.conv_transpose adds before and after an axis."""
    if not same:
        return size - 1, max(step, size) - 1
    whole = size + step - 2
    return (size - 1, whole - size + 1) if step > size - 1 else (-(-whole // 2), whole // 2)
