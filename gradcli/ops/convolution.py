"""Convolution of images and signals with filters: windows, and one product of matrices."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, NamedTuple

from gradcli.errors import ProgramTypeError, ShapeError
from gradcli.ir.function import function
from gradcli.ir.op import as_number
from gradcli.ir.shapes import show_shape
from gradcli.ops.linalg import MATMUL
from gradcli.ops.padding import lax_pad, padded
from gradcli.ops.patches import FOLD, WINDOWS, Grid, numbers, pads
from gradcli.ops.shape import index, permute, reshape_to

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from gradcli.ir.function import Array, Function, Int, Text, Value
    from gradcli.ir.node import Node


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


def _filter_last(w: Node, nd: int, first: bool) -> Node:
    """A filter as (*lengths, in, out); with channels first it comes as (out, in, *lengths)."""
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


def windows(
    x: Node, sizes: Sequence[int], strides: Sequence[int], dilations: Sequence[int]
) -> Node:
    """The windows over the axes behind the batch, as (batch, *counts, channels, *sizes)."""
    nd = len(sizes)
    lengths = x.shape[1 : nd + 1]
    grid = Grid(1, tuple(sizes), tuple(strides), tuple(dilations), tuple(lengths))
    if 0 in grid.counts() and 0 not in lengths:
        raise ShapeError(f"a window of {show_shape(tuple(sizes))} does not fit into the image")
    return WINDOWS(x, attrs=(grid,))


def _spans(sizes: Sequence[int], dilations: Sequence[int]) -> list[int]:
    return [(k - 1) * d + 1 for k, d in zip(sizes, dilations, strict=True)]


def _around(x: Node, widths: Sequence[tuple[int, int]], value: float = 0.0) -> Node:
    """The image with elements added around it."""
    return padded(x, [(0, 0), *widths, (0, 0)], value)


def _grouped_product(cols: Node, w: Node, nd: int, groups: int) -> Node:
    """The product of windows (batch, *counts, channels, *sizes) with a filter."""
    batch_and_counts = cols.shape[: nd + 1]
    channels, sizes = cols.shape[nd + 1], cols.shape[nd + 2 :]
    out = w.shape[-1]
    rows, inner = math.prod(batch_and_counts), channels // groups
    a = reshape_to(cols, (rows, groups, inner * math.prod(sizes)))
    b = reshape_to(
        permute(w, (nd, *range(nd), nd + 1)), (inner * math.prod(sizes), groups, -(-out // groups))
    )
    if groups == 1:
        z = MATMUL(reshape_to(a, (rows, a.shape[2])), reshape_to(b, (b.shape[0], out)))
    else:
        z = permute(MATMUL(permute(a, (1, 0, 2)), permute(b, (1, 0, 2))), (1, 0, 2))
    return reshape_to(z, (*batch_and_counts, out))


class Plan(NamedTuple):
    """How windows are laid over an image: what all kinds of convolution have in common."""

    nd: int
    name: str
    strides: Any = 1.0
    padding: Any = "valid"
    dilations: Any = 1.0
    first: bool = False

    def columns(self, x: Node, sizes: Sequence[int], value: float = 0.0) -> Node:
        """The windows over an image with its channels last, padded with a value."""
        steps = numbers(self.strides, self.nd, "the stride")
        apart = numbers(self.dilations, self.nd, "the dilation")
        widths = pads(self.padding, _spans(sizes, apart), steps, x.shape[1:-1])
        return windows(_around(x, widths, value), sizes, steps, apart)

    def over(self, x: Node, run: Callable[[Node], Node]) -> Node:
        """What `run` makes of the image with an axis of the batch and its channels last."""
        whole, alone = image(x, self.nd, self.name)
        z = from_last(run(to_last(whole, self.nd, self.first)), self.nd, self.first)
        return reshape_to(z, z.shape[1:]) if alone else z


def _convolved(plan: Plan, x: Node, w: Node, groups: int) -> Node:
    """The convolution with a filter (*lengths, in, out)."""
    nd, name = plan.nd, plan.name
    if w.ndim != nd + 2:
        raise ShapeError(f"the filter of {name} has {nd + 2} axes, not {w.ndim}")

    def run(whole: Node) -> Node:
        channels = whole.shape[-1]
        if w.shape[nd] * groups != channels or w.shape[-1] % groups:
            each = f" in each of {groups} groups" if groups > 1 else ""
            raise ShapeError(
                f"the image of {name} has {channels} channels, and the filter takes "
                f"{w.shape[nd]}{each}"
            )
        return _grouped_product(plan.columns(whole, w.shape[:nd]), w, nd, groups)

    return plan.over(x, run)


def plan_for(
    nd: int, name: str, strides: Any, padding: Any, dilations: Any, layout: str, images: Any
) -> Plan:
    """The plan of a call; `images` is TensorFlow's layout, which leaves filters as they are."""
    first = channels_first(layout if images is None else str(images))
    return Plan(nd, name, strides, padding, dilations, first)


_FIRST = {"layout": "NCHW"}


def _convolution(nd: int, example: str) -> Function:
    name = f"conv{nd}d"

    @function(
        name=name,
        example=example,
        aliases="conv conv_general_dilated" if nd == 2 else "",
        variants={"lax": _FIRST, "jax.lax": _FIRST},
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

        A filter is (*lengths, in, out); with layout="NCHW" it is (out, in, *lengths).
        """
        plan = plan_for(nd, name, strides, padding, dilations, layout, data_format)
        w = _filter_last(as_number(filter), nd, channels_first(layout))
        return _convolved(plan, x, w, groups)

    return conv


def _torch_convolution(nd: int, example: str) -> Function:
    name = f"torch_conv{nd}d"

    @function(name=name, example=example)
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
        plan = plan_for(nd, name, strides, padding, dilations, "NCHW", None)
        z = _convolved(plan, x, _filter_last(as_number(filter), nd, True), groups)
        return z if bias is None else z + reshape_to(bias, (bias.size, *(1,) * nd))

    return conv


conv1d = _convolution(1, "conv1d([[[1], [2], [3]]], [[[1]], [[1]]])")
conv2d = _convolution(2, "conv2d([[[[1], [2]], [[3], [4]]]], [[[[1]], [[1]]]])")
conv3d = _convolution(3, "conv3d([[[[[1], [2]]]]], [[[[[1]], [[1]]]]])")
torch_conv1d = _torch_convolution(1, "torch_conv1d([[[1, 2, 3]]], [[[1, 1]]])")
torch_conv2d = _torch_convolution(2, "torch_conv2d([[[[1, 2], [3, 4]]]], [[[[1, 1]]]])")
torch_conv3d = _torch_convolution(3, "torch_conv3d([[[[[1, 2]]]]], [[[[[1, 1]]]]])")


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
    plan = plan_for(2, "depthwise_conv2d", strides, padding, dilations, layout, None)
    w = as_number(filter)
    if w.ndim != 4:
        raise ShapeError(f"the filter of depthwise_conv2d has 4 axes, not {w.ndim}")
    rows, columns, channels, several = w.shape
    return _convolved(plan, x, reshape_to(w, (rows, columns, 1, channels * several)), channels)


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
    plan = plan_for(2, "separable_conv2d", 1.0, "valid", 1.0, layout, None)
    return _convolved(plan, z, as_number(pointwise), 1)


# --- transposed ---------------------------------------------------------------------------------


def _transposed(
    plan: Plan, x: Node, w: Node, lengths: Sequence[int] | None, groups: int, extra: Sequence[int]
) -> Node:
    """The adjoint of the convolution; the filter is (*lengths, out, in), as seen from here."""
    nd = plan.nd
    steps = numbers(plan.strides, nd, "the stride")
    apart = numbers(plan.dilations, nd, "the dilation")
    spans = _spans(w.shape[:nd], apart)

    def run(whole: Node) -> Node:
        counts = whole.shape[1 : nd + 1]
        size = lengths or _grown(counts, steps, spans, plan.padding, extra)
        widths = pads(plan.padding, spans, steps, size)
        full = tuple(n + a + b for n, (a, b) in zip(size, widths, strict=True))
        grid = Grid(1, w.shape[:nd], steps, apart, full)
        if grid.counts() != counts:
            raise ShapeError(
                f"an image of {show_shape(tuple(size))} has {show_shape(grid.counts())} windows, "
                f"not {show_shape(counts)}"
            )
        folded = FOLD(_spread_out(whole, w, nd, groups), attrs=(grid,))
        ends = (slice(a, a + n) for n, (a, _) in zip(size, widths, strict=True))
        return index(folded, slice(None), *ends)

    return plan.over(x, run)


def _grown(
    counts: Sequence[int],
    steps: Sequence[int],
    spans: Sequence[int],
    padding: Any,
    extra: Sequence[int],
) -> list[int]:
    """The lengths of the image of which there are so many windows."""
    if isinstance(padding, str) and padding.lower() == "same":
        return [m * s for m, s in zip(counts, steps, strict=True)]
    widths = pads(padding, spans, steps, counts)
    rows = zip(counts, steps, spans, widths, extra, strict=True)
    return [(m - 1) * s + k - sum(p) + e for m, s, k, p, e in rows]


def _spread_out(x: Node, w: Node, nd: int, groups: int) -> Node:
    """Each element of the image times the filter: (batch, *counts, out, *lengths)."""
    *places, channels = x.shape
    sizes, out = w.shape[:nd], w.shape[nd]
    rows, inner = math.prod(places), channels // groups
    if w.shape[nd + 1] != channels:
        raise ShapeError(
            f"the image has {channels} channels, and the filter takes {w.shape[nd + 1]}"
        )
    a = permute(reshape_to(x, (rows, groups, inner)), (1, 0, 2))
    b = permute(w, (nd + 1, nd, *range(nd)))
    b = reshape_to(b, (groups, inner, out * math.prod(sizes)))
    z = permute(MATMUL(a, b), (1, 0, 2))
    return reshape_to(z, (*places, groups * out, *sizes))


def _output(shape: Any, nd: int, first: bool) -> tuple[int, ...] | None:
    """The lengths of an image of a shape that may have a batch and channels too."""
    if shape is None:
        return None
    given = tuple(int(n) for n in shape)
    if len(given) == nd:
        return given
    return given[-nd:] if first else given[-nd - 1 : -1]


def _transposed_convolution(nd: int, example: str) -> Function:
    name = f"conv{nd}d_transpose"

    @function(name=name, example=example)
    def conv(
        x: Array,
        filter: Array,
        output_shape: Value = None,
        strides: Value = 1.0,
        padding: Value = "same",
        layout: Text = "NHWC",
        dilations: Value = 1.0,
    ) -> Node:
        """The transpose of a convolution, with a filter (*lengths, out, in)."""
        plan = plan_for(nd, name, strides, padding, dilations, layout, None)
        lengths = _output(output_shape, nd, plan.first)
        return _transposed(plan, x, as_number(filter), lengths, 1, (0,) * nd)

    return conv


def _torch_transposed(nd: int, example: str) -> Function:
    name = f"conv_transpose{nd}d"

    @function(name=name, example=example)
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
        plan = plan_for(nd, name, strides, padding, dilations, "NCHW", None)
        w = permute(as_number(filter), (*range(2, nd + 2), 1, 0))
        extra = numbers(output_padding, nd, "the output padding")
        z = _transposed(plan, x, w, None, groups, extra)
        return z if bias is None else z + reshape_to(bias, (bias.size, *(1,) * nd))

    return conv


conv1d_transpose = _transposed_convolution(1, "conv1d_transpose([[[1], [2]]], [[[1]], [[1]]])")
conv2d_transpose = _transposed_convolution(
    2, "conv2d_transpose([[[[1], [2]], [[3], [4]]]], [[[[1]], [[1]]]])"
)
conv3d_transpose = _transposed_convolution(
    3, "conv3d_transpose([[[[[1], [2]]]]], [[[[[1]], [[1]]]]])"
)
conv_transpose1d = _torch_transposed(1, "conv_transpose1d([[[1, 2]]], [[[1, 1]]])")
conv_transpose2d = _torch_transposed(2, "conv_transpose2d([[[[1, 2]]]], [[[[1, 1]]]])")
conv_transpose3d = _torch_transposed(3, "conv_transpose3d([[[[[1, 2]]]]], [[[[[1, 1]]]]])")


@function(example="lax_conv_transpose([[[[1], [2]]]], [[[[1]], [[1]]]], (1, 1))")
def lax_conv_transpose(x: Array, filter: Array, strides: Value, padding: Value = "same") -> Node:
    """lax.conv_transpose: a convolution of the image with zeros between its elements."""
    nd = x.ndim - 2
    steps = numbers(strides, nd, "the stride")
    w = as_number(filter)
    config, widths = [(0, 0, 0)], []
    for k, s in zip(w.shape[:nd], steps, strict=True):
        config.append((0, 0, s - 1))
        if isinstance(padding, str) and padding.lower() == "same":
            whole = k + s - 2
            widths.append((k - 1, whole - k + 1) if s > k - 1 else (-(-whole // 2), whole // 2))
        else:
            widths.append((k - 1, max(s, k) - 1))
    wide = lax_pad(as_number(x), 0.0, (*config, (0, 0, 0)))
    return _convolved(Plan(nd, "lax.conv_transpose", padding=tuple(widths)), wide, w, 1)
