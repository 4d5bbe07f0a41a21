"""Pooling: the largest or the mean of every window of an image."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from gradcli.errors import DomainError, ProgramTypeError, ShapeError
from gradcli.ir.function import function
from gradcli.ir.op import as_number
from gradcli.ir.shapes import is_whole, one_each, show_shape
from gradcli.ops.arithmetic import add, mul
from gradcli.ops.compare import maximum, minimum
from gradcli.ops.convolution import Geometry, geometry, image
from gradcli.ops.reduce import max_, mean, min_, prod, sum_
from gradcli.ops.shape import along, concat, flip, permute, reshape_to
from gradcli.ops.tiling import padded
from gradcli.ops.window_extremes import window_max
from gradcli.ops.windows import WINDOW_SUMS, WINDOWS, Grid, numbers, pads

if TYPE_CHECKING:
    from collections.abc import Callable

    from gradcli.ir.function import Array, Flag, Function, Ints, Number, Text, Value
    from gradcli.ir.node import Node

_FIRST: Any = {prefix: {"layout": "NCHW"} for prefix in ("torch", "lax", "jax.lax")}


def _rank(x: Node) -> int:
    """How many axes an image has beside the batch and the channels, where the name is silent."""
    return max(x.ndim - 2, 2) if x.ndim != 3 else 2


def _largest(how: Geometry, x: Node, sizes: tuple[int, ...]) -> Node:
    whole, alone = image(x, how.nd, how.name)
    z = window_max(*how.grid(whole, sizes, -math.inf, axis=2 if how.first else 1))
    return reshape_to(z, z.shape[1:]) if alone else z


def _mean(
    how: Geometry, x: Node, sizes: tuple[int, ...], padding_counts: bool, divisor: Any = None
) -> Node:
    """The sums of the windows over a divisor, or over how many elements they have."""
    whole, alone = image(x, how.nd, how.name)
    padded_image, grid = how.grid(whole, sizes, axis=2 if how.first else 1)
    sums = WINDOW_SUMS(padded_image, attrs=(grid,))
    if divisor is None:
        lengths = whole.shape[grid.axis : grid.axis + how.nd]
        divisor = _sizes(how, sizes, lengths, padding_counts)
        if isinstance(divisor, np.ndarray):
            divisor = whole.graph.constant(divisor if how.first else divisor[..., None])
    z = sums / divisor
    return reshape_to(z, z.shape[1:]) if alone else z


def _sizes(
    how: Geometry, sizes: tuple[int, ...], lengths: tuple[int, ...], padding_counts: bool
) -> Any:
    """How many elements each window has, of the image or of the padding asked for, too.

    One number where all have as many.
    """
    total: Any = np.ones(())
    around = how._replace(ceil=False).widths(sizes, lengths)
    beyond = how.widths(sizes, lengths)
    rows = zip(lengths, sizes, how.steps, how.apart, around, beyond, strict=True)
    for n, k, s, d, asked, (before, after) in rows:
        starts = np.arange(0, before + n + after - (k - 1) * d, s)
        ends = (0, n + sum(asked)) if padding_counts else (before, before + n)
        first, behind = (np.clip(-((starts - end) // d), 0, k) for end in ends)
        total = np.multiply.outer(total, behind - first)
    are_equal = total.size and (total == total.flat[0]).all()
    return float(total.flat[0]) if are_equal else total


def _max_pooling(nd: int, arguments: str) -> Function:
    """Over nd axes, or over as many as the image has if that is 0."""
    name = f"max_pool{nd}d" if nd else "max_pool"

    line = f"F.{name}(input, kernel_size, stride=None, padding=0, dilation=1, ceil_mode=False, "

    @function(
        name=name,
        example=f"{name}({arguments})",
        variants=_FIRST,
        signatures=line + "return_indices=False); layout='NCHW'",
    )
    def largest(
        x: Array,
        size: Value,
        strides: Value = None,
        padding: Value = "valid",
        layout: Text = "NHWC",
        dilations: Value = 1.0,
        *,
        ceil_mode: Flag = False,
    ) -> Node:
        """The largest element of every window, ties shared equally; by default side by side."""
        n, steps = nd or _rank(x), size if strides is None else strides
        how = geometry(n, name, steps, padding, dilations, layout)._replace(ceil=ceil_mode)
        return _largest(how, x, numbers(size, n, "a window"))

    return largest


def _avg_pooling(nd: int, arguments: str) -> Function:
    name = f"avg_pool{nd}d" if nd else "avg_pool"

    override = "" if nd == 1 else ", divisor_override=None"

    @function(
        name=name,
        example=f"{name}({arguments})",
        variants=_FIRST,
        signatures=f"F.{name}(input, kernel_size, stride=None, padding=0, ceil_mode=False, "
        f"count_include_pad=True{override}); layout='NCHW'",
    )
    def average(
        x: Array,
        size: Value,
        strides: Value = None,
        padding: Value = "valid",
        layout: Text = "NHWC",
        *,
        count_include_pad: Flag = False,
        ceil_mode: Flag = False,
        divisor_override: Array | None = None,
    ) -> Node:
        """The mean of every window without its padding; by default the windows are side by side."""
        n, steps = nd or _rank(x), size if strides is None else strides
        how = geometry(n, name, steps, padding, layout=layout)._replace(ceil=ceil_mode)
        sizes = numbers(size, n, "a window")
        return _mean(how, x, sizes, count_include_pad, divisor_override)

    return average


_SQUARE = "[[[[1], [2]], [[3], [4]]]], 2"
_EXAMPLES = (_SQUARE, "[[[1], [2]]], 2", _SQUARE, "[[[[[1], [2]]]]], (1, 1, 2)")
max_pool, max_pool1d, max_pool2d, max_pool3d = map(_max_pooling, range(4), _EXAMPLES)
avg_pool, avg_pool1d, avg_pool2d, avg_pool3d = map(_avg_pooling, range(4), _EXAMPLES)


@function(example='pool([[[[1], [2]], [[3], [4]]]], 2, "max", "valid")')
def pool(
    x: Array,
    size: Value,
    kind: Text,
    padding: Value = "valid",
    dilations: Value = 1.0,
    strides: Value = 1.0,
) -> Node:
    """The largest ("max") or the mean ("avg") of every window, one window at every element."""
    nd = _rank(x)
    sizes, how = numbers(size, nd, "a window"), geometry(nd, "pool", strides, padding, dilations)
    if kind.lower() not in ("max", "avg"):
        raise ProgramTypeError(f"there is no pooling {kind!r}", help='"max" or "avg"')
    return _largest(how, x, sizes) if kind.lower() == "max" else _mean(how, x, sizes, False)


def _lp_pooling(nd: int) -> Function:
    name = f"lp_pool{nd}d"

    @function(
        name=name,
        example=f"{name}({'[' * (nd + 1)}3, 4{']' * (nd + 1)}, 2, {(1,) * (nd - 1) + (2,)})",
        signatures=f"F.{name}(input, norm_type, kernel_size, stride=None, ceil_mode=False)",
    )
    def rooted(
        x: Array,
        norm_type: Number,
        kernel_size: Value,
        stride: Value = None,
        ceil_mode: Flag = False,
    ) -> Node:
        """The root of the sum of powers over every window of an image, its channels first."""
        if not norm_type:
            raise DomainError(f"norm_type of {name} is not 0")
        steps, sizes = (
            kernel_size if stride is None else stride,
            numbers(kernel_size, nd, "a window"),
        )
        how = geometry(nd, name, steps, 0, layout="NCHW")._replace(ceil=ceil_mode)
        sums = _mean(how, x**norm_type, sizes, True) * float(math.prod(sizes))
        return sums ** (1.0 / norm_type)

    return rooted


lp_pool1d, lp_pool2d, lp_pool3d = map(_lp_pooling, (1, 2, 3))

# --- windows of any number ----------------------------------------------------------------------


def adapted(x: Node, size: Any, nd: int, reduce: Callable[..., Node]) -> Node:
    """The last nd axes each cut into as many windows as asked for, which are reduced."""
    sizes = size if isinstance(size, tuple) else (size,) * nd
    if len(sizes) != nd or x.ndim < nd:
        raise ShapeError(f"adaptive pooling needs one length, or {nd} of them")
    if not all(
        count is None or (isinstance(count, (int, float)) and is_whole(count)) for count in sizes
    ):
        raise ProgramTypeError("adaptive pooling needs whole numbers of windows")
    for axis, count in zip(range(x.ndim - nd, x.ndim), sizes, strict=True):
        x = _adapted_axis(x, axis, x.shape[axis] if count is None else int(count), reduce)
    return x


def _adapted_axis(x: Node, axis: int, m: int, reduce: Callable[..., Node]) -> Node:
    n = x.shape[axis]
    if not m > 0 or not n:
        raise ShapeError(f"adaptive pooling cannot make {m} windows of {n} elements")
    x.graph.check_size((m,))
    i = np.arange(m)
    ends = np.stack((i * n // m, -(-(i + 1) * n // m)))
    others = np.append(True, np.diff(ends).any(axis=0))  # more windows than elements repeat
    parts = (along(x, axis, slice(start, end)) for start, end in ends[:, others].T.tolist())
    z = concat(tuple(reduce(part, axis, True) for part in parts), axis)
    return z if others.all() else along(z, axis, np.cumsum(others) - 1)


def _adaptive(kind: str, reduce: Callable[..., Node], nd: int) -> Function:
    name = f"adaptive_{kind}_pool{nd}d"
    what, last = ("largest element", ", return_indices=False") if kind == "max" else ("mean", "")

    @function(
        name=name,
        doc=f"The {what} of each of so many windows over the last axes, whatever their length.",
        example=f"{name}({'[' * (nd + 1)}1, 2, 4{']' * (nd + 1)}, {(1,) * (nd - 1) + (2,)})",
        signatures=f"F.{name}(input, output_size{last})",
    )
    def pooled(x: Array, output_size: Value) -> Node:
        return adapted(as_number(x), output_size, nd, reduce)

    return pooled


adaptive_avg_pool = tuple(_adaptive("avg", mean, n) for n in (1, 2, 3))
adaptive_max_pool = tuple(_adaptive("max", max_, n) for n in (1, 2, 3))

_FOLDS: dict[Any, tuple[Callable[..., Node], float, Callable[..., Node]]] = {
    add: (sum_, 0.0, add),
    mul: (prod, 1.0, mul),
    **dict.fromkeys((max_, maximum), (max_, -math.inf, maximum)),
    **dict.fromkeys((min_, minimum), (min_, math.inf, minimum)),
}
"""What folds a window by a function of two, the value around the array, and the function."""


@function(
    example='reduce_window([1, 2, 3, 4], 0, lax.add, (2,), (2,), "valid")',
    signatures="""
        lax.reduce_window(operand: x, init_value, computation, window_dimensions, \
            window_strides=None, padding='valid', base_dilation=None, window_dilation=None)
    """,
)
def reduce_window(
    x: Array,
    init_value: Array,
    computation: Function,
    window_dimensions: Ints,
    window_strides: Value = None,
    padding: Value = "valid",
    *,
    window_dilation: Value = None,
) -> Node:
    """Every window folded into one by add, mul, max or min, from an initial value on."""
    if computation not in _FOLDS:
        raise ProgramTypeError(
            "reduce_window folds by lax.add, lax.mul, lax.max or lax.min", help="lax.add"
        )
    fold, neutral, combine = _FOLDS[computation]
    one_each("a window", window_dimensions, x.ndim)
    strides, apart = (
        numbers(1.0 if value is None else value, x.ndim, what)
        for value, what in ((window_strides, "the stride"), (window_dilation, "the dilation"))
    )
    sizes = numbers(window_dimensions, x.ndim, "a window")
    spans = [(k - 1) * d + 1 for k, d in zip(sizes, apart, strict=True)]
    whole = padded(as_number(x), pads(padding, spans, strides, x.shape), neutral)
    grid = Grid(0, sizes, strides, apart, whole.shape)
    if fold is sum_:
        return combine(WINDOW_SUMS(whole, attrs=(grid,)), init_value)
    windows = WINDOWS(whole, attrs=(grid,))
    return combine(fold(windows, tuple(range(-x.ndim, 0))), init_value)


# --- morphology ---------------------------------------------------------------------------------


def _dilated(x: Node, w: Node, how: Geometry) -> Node:
    """The largest sum of a window and a filter (rows, columns, channels)."""
    if w.ndim != 3:
        raise ShapeError(f"the filter needs 3 axes: its shape is {show_shape(w.shape)}")
    rows, columns, channels = w.shape
    added = permute(reshape_to(w, (rows * columns, channels)), (1, 0))

    def largest(whole: Node) -> Node:
        cols = how.columns(whole, (rows, columns), -math.inf)
        return max_(reshape_to(cols, (*cols.shape[:-2], rows * columns)) + added, -1)

    return how.over(x, largest)


def _morphology(name: str, doc: str, image: str, turned: bool) -> Function:
    """A function of every window and a filter; `turned` round, and by its own negative.

    `image` is what TensorFlow calls its first parameter.
    """

    @function(
        ranks={"x": 3, "filter": 3},
        name=name,
        doc=doc,
        example=f"{name}([[[[1], [2]], [[3], [4]]]], [[[0], [1]]])",
        signatures=f"""
            tf.{name}({image}: x, filters: filter, strides, padding, data_format: layout = 'NHWC', \
                dilations=1.0)
        """,
    )
    def operation(
        x: Array,
        filter: Array,
        strides: Value = 1.0,
        padding: Value = "valid",
        dilations: Value = 1.0,
        layout: Text = "NHWC",
    ) -> Node:
        how, w = geometry(2, name, strides, padding, dilations, layout), as_number(filter)
        return -_dilated(-as_number(x), flip(w, (0, 1)), how) if turned else _dilated(x, w, how)

    return operation


dilation2d = _morphology(
    "dilation2d",
    "The largest of the sums of a filter (rows, columns, channels) and every window.",
    "input",
    False,
)
erosion2d = _morphology(
    "erosion2d",
    "The smallest of the differences of every window and a filter (rows, columns, channels).",
    "value",
    True,
)
