"""What convolution, pooling, signals and images are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from tests.reference.words import Call, call, convolve, log, mean, mp, number, placed, sqrt

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence


def same(n: int, k: int, s: int) -> tuple[int, int]:
    """TensorFlow's padding of an axis."""
    whole = max((-(-n // s) - 1) * s + k - n, 0)
    return whole // 2, whole - whole // 2


def windows(
    x: Any, sizes: Sequence[int], strides: Sequence[int], dilations: Sequence[int]
) -> dict[tuple[int, ...], Any]:
    """The place of each window over the axes behind the first, and the window."""
    lengths = x.shape[1 : len(sizes) + 1]
    counts = [
        (n - (k - 1) * d - 1) // s + 1
        for n, k, s, d in zip(lengths, sizes, strides, dilations, strict=True)
    ]
    return {
        at: x[
            (
                slice(None),
                *(
                    slice(i * s, i * s + (k - 1) * d + 1, d)
                    for i, k, s, d in zip(at, sizes, strides, dilations, strict=True)
                ),
            )
        ]
        for at in np.ndindex(*counts)
    }


def over_windows(
    x: Any,
    function: Callable[[Any], Any],
    sizes: Sequence[int],
    strides: Any = None,
    dilations: Any = None,
) -> Any:
    """What a function makes of each window, in their grid."""
    ones = (1,) * len(sizes)
    found = {
        at: function(w) for at, w in windows(x, sizes, strides or ones, dilations or ones).items()
    }
    counts = tuple(i + 1 for i in max(found))
    first = next(iter(found.values()))
    out = np.empty((x.shape[0], *counts, *np.shape(first)[1:]), object)
    for at, value in found.items():
        out[(slice(None), *at)] = value
    return out


def conv(x: Any, w: Any, strides: Any = None, dilations: Any = None, groups: int = 1) -> Any:
    """The convolution of (batch, *lengths, in) with (*lengths, in, out)."""
    nd = w.ndim - 2

    def one(part: Any, kernel: Any) -> Any:
        return over_windows(
            part, lambda v: np.tensordot(v, kernel, nd + 1), w.shape[:nd], strides, dilations
        )

    parts = zip(np.split(x, groups, -1), np.split(w, groups, -1), strict=True)
    return np.concatenate([one(a, b) for a, b in parts], -1)


def around(x: Any, *widths: tuple[int, int], value: Any = mp.zero) -> Any:
    """An image with elements around its rows and columns."""
    return np.pad(x, ((0, 0), *widths, (0, 0)), constant_values=value)


def conv_transpose(x: Any, w: Any, strides: Sequence[int]) -> Any:
    """Each element of (batch, *lengths, in) times (*lengths, out, in), added at its place."""
    nd = w.ndim - 2
    lengths = [(n - 1) * s + k for n, s, k in zip(x.shape[1:-1], strides, w.shape, strict=False)]
    out = np.full((x.shape[0], *lengths, w.shape[nd]), mp.zero, object)
    for at in np.ndindex(x.shape[1:-1]):
        key = tuple(slice(i * s, i * s + k) for i, s, k in zip(at, strides, w.shape, strict=False))
        out[(slice(None), *key)] += np.tensordot(x[(slice(None), *at)], w, (-1, -1))
    return out


def spread(w: Any, axis: int) -> Any:
    """A filter with a zero between its elements along an axis."""
    lengths = [2 * n - 1 if i == axis else n for i, n in enumerate(w.shape)]
    return placed(w, tuple(lengths), *[slice(None)] * axis, slice(None, None, 2))


def channels_last(x: Any) -> Any:
    """(batch, channels, …) as (batch, …, channels)."""
    return np.moveaxis(x, 1, -1)


def channels_first(x: Any) -> Any:
    """(batch, …, channels) as (batch, channels, …)."""
    return np.moveaxis(x, -1, 1)


def torch_filter(w: Any) -> Any:
    """(out, in, …) as (…, in, out)."""
    return np.moveaxis(w, (1, 0), (-2, -1))


def largest(w: Any) -> Any:
    """The largest of a window over all axes but the first and last."""
    return np.max(w, axis=tuple(range(1, w.ndim - 1)))


def average(w: Any) -> Any:
    """The mean of a window over all axes but the first and last."""
    return mean(w, tuple(range(1, w.ndim - 1)))


def adapted(x: Any, function: Callable[..., Any], *counts: int) -> Any:
    """A function of each of so many windows over the last axes."""
    nd = len(counts)
    out = np.empty((*x.shape[:-nd], *counts), object)
    for at in np.ndindex(*counts):
        rows = zip(at, x.shape[-nd:], counts, strict=True)
        key = tuple(slice(i * n // m, -(-(i + 1) * n // m)) for i, n, m in rows)
        out[(..., *at)] = function(x[(..., *key)], tuple(range(-nd, 0)))
    return out


def root_of_cubes(x: Any, *sizes: int) -> Any:
    """The cube root of the sum of cubes of each window, side by side over the last axes."""
    nd = len(sizes)
    split = [part for n, k in zip(x.shape[-nd:], sizes, strict=True) for part in (n // k, k)]
    inner = tuple(range(1 - 2 * nd, 0, 2))
    sums = np.sum(x.reshape(*x.shape[:-nd], *split) ** 3, axis=inner)
    return np.vectorize(mp.cbrt, otypes=[object])(sums)


def resized(x: Any, axis: int, positions: Sequence[Any], kernel: Callable[[Any], Any]) -> Any:
    """An axis sampled at positions, with weights by distance that add up to 1."""
    n = x.shape[axis]
    rows = [[kernel(mp.mpf(p) - j) for j in range(n)] for p in positions]
    weights = np.array([[w / sum(row) for w in row] for row in rows], object)
    return np.moveaxis(np.tensordot(weights, x, (1, axis)), 0, axis)


def centres(n: int, m: int) -> list[Any]:
    """Where m new elements are among n old ones."""
    return [(mp.mpf(i) + 0.5) * n / m - 0.5 for i in range(m)]


def clamped(positions: Sequence[Any], n: int) -> list[Any]:
    """Positions inside an axis."""
    return [min(max(p, mp.zero), mp.mpf(n - 1)) for p in positions]


def triangle(d: Any) -> Any:
    """The weight of straight lines."""
    return max(1 - abs(d), mp.zero)


def cubic(d: Any) -> Any:
    """Keys's cubic with a = -1/2."""
    r = abs(d)
    if r <= 1:
        return (1.5 * r - 2.5) * r * r + 1
    return ((-0.5 * r + 2.5) * r - 4) * r + 2 if r < 2 else mp.zero


def dct(x: Any) -> Any:
    """The cosine transform of type 2, without a norm."""
    n = len(x)
    return np.array(
        [
            sum(2 * x[i] * mp.cos(mp.pi * k * (2 * i + 1) / (2 * n)) for i in range(n))
            for k in range(n)
        ]
    )


def idct(x: Any) -> Any:
    """Its inverse."""
    n = len(x)
    return np.array(
        [
            (x[0] + sum(2 * x[k] * mp.cos(mp.pi * k * (2 * i + 1) / (2 * n)) for k in range(1, n)))
            / (2 * n)
            for i in range(n)
        ]
    )


def rfft(x: Any, wave: Callable[..., Any]) -> Any:
    """The sums of products with cosines, or with sines, of up to half the length."""
    n, turn = len(x), 2 * mp.pi / len(x)
    return np.array([sum(x[i] * wave(turn * k * i) for i in range(n)) for k in range(n // 2 + 1)])


TILT = number([-3, -1, 1, 3])
"""A line through four points, whose mean is 0."""


def lanczos(x: Any, m: int) -> Any:
    """An image of one row with m columns, each a mean of those near it by Lanczos's filter."""
    n = x.shape[1]
    at = [(mp.mpf(2 * i + 1) / 2) * n / m - mp.mpf(1) / 2 for i in range(m)]
    weights = np.array([[mp.sincpi(a - j) * mp.sincpi((a - j) / 3) for j in range(n)] for a in at])
    return ((weights / weights.sum(1, keepdims=True)) @ x[0, :, 0])[None, :, None]


# fmt: off
SIGNALS = [
    call("convolve(x, y)", convolve, x=(4,), y=(2,)),
    call('convolve(x, y, "same")', lambda x, y: convolve(x, y)[1:-1], x=(4,), y=(3,)),
    call('convolve(x, y, "valid")', lambda x, y: convolve(x, y)[1:-1], x=(2,), y=(4,)),
    call("fftconvolve(x, y)", convolve, x=(2, 3), y=(2, 2)),
    call('convolve2d(x, y, "same", "symm")',
         lambda x, y: convolve(np.pad(x, 1, mode="symmetric"), y)[1:-2, 1:-2], x=(2, 3), y=(2, 2)),
    call("convolve2d(x, y, fillvalue=2)",
         lambda x, y: convolve(np.pad(x, 1, constant_values=2), y)[1:-1, 1:-1],
         x=(2, 2), y=(2, 2)),
    call('correlate2d(x, y, mode="same")', lambda x, y: convolve(x, y[::-1, ::-1])[1:, 1:-1],
         x=(3, 2), y=(2, 3)),
    call("detrend(x)", lambda x: x - mean(x) - (x @ TILT) * TILT / (TILT @ TILT), x=(4,)),
    call('detrend(x, 0, "constant")', lambda x: x - mean(x, 0), x=(3, 2)),
    call("detrend(x, bp=[2])", lambda x: np.array([0 * x[0], 0 * x[0], *(
        (x[2] - 2 * x[3] + x[4]) * number([1, -2, 1]) / 6)]), x=(5,)),
    call("reduce_window(x, y, lax.add, (2, 1), (1, 2))",
         lambda x, y: (x[1:] + x[:-1])[:, ::2] + y, x=(3, 3), y=()),
    call('reduce_window(x, 7, lax.min, (2,), padding="same")',
         lambda x: np.array([min(x[0], x[1]), min(x[1], x[2]), x[2]]), x=(3,)),
    call("reduce_window(x, 0, lax.add, (2,), window_dilation=(2,))", lambda x: x[:-2] + x[2:],
         x=(4,)),
    call("correlate(x, y)", lambda x, y: convolve(x, y[::-1])[1:-1], x=(4,), y=(2,)),
    call("correlate(x, y)", lambda x, y: convolve(x, y[::-1])[1:-1], x=(2,), y=(3,)),
    call('correlate(x, y, "full")', lambda x, y: convolve(x, y[::-1]), x=(2,), y=(3,)),
    call("dct(x)", dct, x=(4,)),
    call("dct(x, 3)", lambda x: 8 * idct(x), x=(4,)),
    call('dct(x, norm="ortho")',
         lambda x: dct(x) * np.array([mp.sqrt(mp.mpf(1) / 16), *[mp.sqrt(mp.mpf(1) / 8)] * 3]),
         x=(4,)),
    call("idct(x)", idct, x=(3,)),
    call("rfft_real(x)", lambda x: rfft(x, mp.cos), x=(5,)),
    call("rfft_imag(x, 6)", lambda x: -rfft([*x, 0, 0], mp.sin), x=(4,)),
    call('rfft_abs(x, axis=0, norm="forward")',
         lambda x: sqrt(rfft(x, mp.cos) ** 2 + rfft(x, mp.sin) ** 2) / 4, x=(4, 2)),
    call('rfft_real(x, 6, 0, "ortho")',
         lambda x: rfft([*x, 0 * x[0], 0 * x[0]], mp.cos) / mp.sqrt(6), x=(4, 2)),
    call('rfft_imag(x, axis=0, norm="forward")', lambda x: -rfft(x, mp.sin) / 4, x=(4, 2)),
    call("rfft_abs(x, 3)",
         lambda x: sqrt(rfft(x[:3], mp.cos) ** 2 + rfft(x[:3], mp.sin) ** 2), x=(4,)),
    call("hann(5)", lambda: np.hanning(5)),
    call("hamming(5)", lambda: np.hamming(5)),
    call("blackman(5)", lambda: np.blackman(5)),
    call("blackman(5, periodic=true)", lambda: np.blackman(6)[:5]),
    call("bartlett(5)", lambda: np.bartlett(5)),
    call("kaiser(5, 3)", lambda: np.kaiser(5, 3)),
]
# fmt: on

# fmt: off
IMAGES = [
    call("conv1d(x, y)", conv, x=(2, 4, 2), y=(2, 2, 2)),
    call("conv1d(x, y, dilations=2, groups=2)", lambda x, y: conv(x, y, None, (2,), 2),
         x=(1, 4, 2), y=(2, 1, 2)),
    call('conv1d(x, y, layout="NCHW")',
         lambda x, y: channels_first(conv(channels_last(x), torch_filter(y))),
         x=(1, 2, 3), y=(1, 2, 2)),
    call('conv1d(x, y, data_format="NCW")',
         lambda x, y: channels_first(conv(channels_last(x), y)), x=(1, 2, 3), y=(2, 2, 1)),
    call('conv2d(x, y, 2, "same")',
         lambda x, y: conv(around(x, same(3, 2, 2), same(3, 2, 2)), y, (2, 2)),
         x=(1, 3, 3, 1), y=(2, 2, 1, 2)),
    call("conv2d(x, y, (2, 1), ((1, 0), (0, 1)))",
         lambda x, y: conv(around(x, (1, 0), (0, 1)), y, (2, 1)), x=(1, 3, 2, 2), y=(2, 2, 2, 1)),
    call('conv2d(x, y, layout="NCHW")',
         lambda x, y: channels_first(conv(channels_last(x), torch_filter(y))),
         x=(1, 2, 2, 3), y=(1, 2, 2, 2)),
    call('conv2d(x, y, groups=2, data_format="NCHW")',
         lambda x, y: channels_first(conv(channels_last(x), y, groups=2)),
         x=(1, 2, 2, 2), y=(2, 1, 1, 2)),
    call('conv3d(x, y, 1, "valid", "NCHW", (1, 1, 2), 2)',
         lambda x, y: channels_first(
             conv(channels_last(x), torch_filter(y), None, (1, 1, 2), 2)),
         x=(1, 2, 1, 1, 3), y=(2, 1, 1, 1, 2)),
    call('conv3d(x, y, data_format="NCDHW")',
         lambda x, y: channels_first(conv(channels_last(x), y)),
         x=(1, 1, 1, 2, 2), y=(1, 2, 1, 1, 1)),
    call("conv3d(x, y)", conv, x=(1, 2, 2, 2, 1), y=(2, 1, 2, 1, 1)),
    call("torch_conv1d(x, y, z, 2, 1)",
         lambda x, y, z: channels_first(
             conv(around(channels_last(x), (1, 1)), torch_filter(y), (2,)) + z),
         x=(1, 1, 3), y=(2, 1, 2), z=(2,)),
    call("torch_conv2d(x, y, dilations=2)",
         lambda x, y: channels_first(conv(channels_last(x), torch_filter(y), None, (2, 2))),
         x=(1, 1, 3, 4), y=(1, 1, 2, 2)),
    call("torch_conv3d(x, y)",
         lambda x, y: channels_first(conv(channels_last(x), torch_filter(y))),
         x=(1, 2, 2, 1, 2), y=(1, 2, 1, 1, 2)),
    call("depthwise_conv2d(x, y)",
         lambda x, y: conv(x, y.reshape(2, 1, 1, 4), groups=2), x=(1, 3, 2, 2), y=(2, 1, 2, 2)),
    call('depthwise_conv2d(x, y, 1, "valid", "NCHW", (2, 1))',
         lambda x, y: channels_first(
             conv(channels_last(x), y.reshape(2, 1, 1, 2), None, (2, 1), 2)),
         x=(1, 2, 3, 2), y=(2, 1, 2, 1)),
    call('separable_conv2d(x, y, z, 1, "valid", "NCHW", (1, 2))',
         lambda x, y, z: channels_first(
             conv(conv(channels_last(x), y.reshape(1, 2, 1, 2), None, (1, 2), 2), z)),
         x=(1, 2, 1, 3), y=(1, 2, 2, 1), z=(1, 1, 2, 1)),
    call("separable_conv2d(x, y, z)",
         lambda x, y, z: conv(conv(x, y.reshape(1, 2, 1, 2), groups=2), z),
         x=(1, 2, 2, 2), y=(1, 2, 2, 1), z=(1, 1, 2, 1)),
    call('conv1d_transpose(x, y, padding="valid")',
         lambda x, y: conv_transpose(x, y, (1,)), x=(1, 2, 2), y=(2, 1, 2)),
    call("conv2d_transpose(x, y, (3, 4), 2)",
         lambda x, y: conv_transpose(x, y, (2, 2))[:, :3], x=(1, 2, 2, 1), y=(2, 2, 1, 1)),
    call('conv3d_transpose(x, y, padding="valid")',
         lambda x, y: conv_transpose(x, y, (1, 1, 1)), x=(1, 1, 2, 1, 1), y=(1, 2, 1, 1, 1)),
    call('conv1d_transpose(x, y, (6,), 2, "valid", "NCHW", 2)',
         lambda x, y: np.pad(channels_first(conv_transpose(channels_last(x), spread(y, 0), (2,))),
                             ((0, 0), (0, 0), (0, 1)), constant_values=mp.zero),
         x=(1, 1, 2), y=(2, 1, 1)),
    call('conv2d_transpose(x, y, None, (1, 2), "valid", "NCHW", (1, 2))',
         lambda x, y: channels_first(conv_transpose(channels_last(x), spread(y, 1), (1, 2))),
         x=(1, 1, 2, 2), y=(1, 2, 1, 1)),
    call('conv3d_transpose(x, y, (1, 1, 5), (1, 1, 2), "valid", "NCHW", (1, 1, 2))',
         lambda x, y: channels_first(conv_transpose(channels_last(x), spread(y, 2), (1, 1, 2))),
         x=(1, 1, 1, 1, 2), y=(1, 1, 2, 1, 1)),
    call("conv_transpose1d(x, y, z, 2)",
         lambda x, y, z: channels_first(
             conv_transpose(channels_last(x), y.transpose(2, 1, 0), (2,)) + z),
         x=(1, 2, 2), y=(2, 1, 2), z=(1,)),
    call("conv_transpose2d(x, y, padding=1)",
         lambda x, y: channels_first(conv_transpose(
             channels_last(x), y.transpose(2, 3, 1, 0), (1, 1))[:, 1:-1, 1:-1]),
         x=(1, 1, 2, 2), y=(1, 1, 3, 3)),
    call("conv_transpose3d(x, y)",
         lambda x, y: channels_first(conv_transpose(
             channels_last(x), y.transpose(2, 3, 4, 1, 0), (1, 1, 1))),
         x=(1, 1, 1, 2, 1), y=(1, 1, 1, 2, 1)),
    call('lax_conv_transpose(x, y, (2, 1), "valid")',
         lambda x, y: conv(around(placed(x, (1, 3, 2, 1), slice(None), slice(None, None, 2)),
                                  (1, 1), (1, 1)), y), x=(1, 2, 2, 1), y=(2, 2, 1, 1)),
    call("lax_conv_transpose(x, y, 2)",
         lambda x, y: conv(around(placed(x, (1, 3, 1), slice(None), slice(None, None, 2)),
                                  (2, 1)), y), x=(1, 2, 1), y=(3, 1, 1)),
    call("max_pool(x, 2)", lambda x: over_windows(x, largest, (2, 2), (2, 2)), x=(1, 4, 2, 2)),
    call('max_pool2d(x, 2, 1, "same")',
         lambda x: over_windows(around(x, (0, 1), (0, 1), value=-mp.inf), largest, (2, 2)),
         x=(1, 2, 3, 1)),
    call('max_pool(x, 2, (1, 2), ((1, 0), (0, 1)), "NCHW", (1, 2))',
         lambda x: channels_first(over_windows(
             around(channels_last(x), (1, 0), (0, 1), value=-9), largest, (2, 2), (1, 2), (1, 2))),
         x=(1, 1, 2, 4)),
    call("max_pool(x, (1, 2), ceil_mode=true)",
         lambda x: over_windows(around(x, (0, 0), (0, 1), value=-9), largest, (1, 2), (1, 2)),
         x=(1, 1, 3, 1)),
    call("max_pool1d(x, 3, 1)", lambda x: over_windows(x, largest, (3,)), x=(1, 4, 2)),
    call("max_pool3d(x, (1, 2, 2), 1)", lambda x: over_windows(x, largest, (1, 2, 2)),
         x=(1, 2, 2, 2, 1)),
    call("avg_pool(x, 2, 1)", lambda x: over_windows(x, average, (2, 2)), x=(1, 3, 2, 1)),
    call('avg_pool(x, 2, 1, ((1, 0), (0, 0)), "NCHW", divisor_override=y)',
         lambda x, y: channels_first(4 * over_windows(
             around(channels_last(x), (1, 0), (0, 0)), average, (2, 2)) / y),
         x=(1, 1, 2, 2), y=()),
    call("avg_pool(x, 2, 1, ((1, 0), (0, 0)), count_include_pad=true)",
         lambda x: over_windows(around(x, (1, 0), (0, 0)), average, (2, 2)), x=(1, 2, 2, 1)),
    call("avg_pool(x, (1, 2), ceil_mode=true)",
         lambda x: np.stack([(x[:, :, 0] + x[:, :, 1]) / 2, x[:, :, 2]], 2), x=(1, 1, 3, 1)),
    call("avg_pool1d(x, 2, divisor_override=3)",
         lambda x: 2 * over_windows(x, average, (2,), (2,)) / 3, x=(1, 4, 1)),
    call("avg_pool1d(x, 2)", lambda x: over_windows(x, average, (2,), (2,)), x=(1, 4, 1)),
    call('avg_pool2d(x, 2, 1, "same")',
         lambda x: np.stack([np.stack([x[:, i:, j:][:, :2, :2].mean((1, 2))
                                       for j in range(2)], 1) for i in range(2)], 1),
         x=(1, 2, 2, 1)),
    call("max_pool2d(x, 2, ceil_mode=true)",
         lambda x: over_windows(around(x, (0, 1), (0, 1), value=-9), largest, (2, 2), (2, 2)),
         x=(1, 3, 3, 1)),
    call("avg_pool1d(x, 2, padding=1, ceil_mode=true)",
         lambda x: np.stack([x[:, 0], (x[:, 1] + x[:, 2]) / 2, x[:, 3]], 1), x=(1, 4, 1)),
    call("avg_pool1d(x, 3, 2, 1, ceil_mode=true, count_include_pad=true)",
         lambda x: np.stack([(x[:, 0] + x[:, 1]) / 3, (x[:, 1] + x[:, 2] + x[:, 3]) / 3,
                             x[:, 3] / 2], 1), x=(1, 4, 1)),
    call("avg_pool2d(x, 2, divisor_override=y)",
         lambda x, y: 4 * over_windows(x, average, (2, 2), (2, 2)) / y, x=(1, 4, 2, 1), y=()),
    call("adaptive_avg_pool1d(x, 3)", lambda x: adapted(x, mean, 3), x=(2, 5)),
    call("adaptive_avg_pool2d(x, (None, 2))", lambda x: adapted(x, mean, 2, 2), x=(1, 2, 5)),
    call("adaptive_avg_pool3d(x, 2)", lambda x: adapted(x, mean, 2, 2, 2), x=(1, 2, 3, 3)),
    call("adaptive_max_pool1d(x, 3)", lambda x: adapted(x, np.max, 3), x=(2, 5)),
    call("adaptive_max_pool2d(x, 2)", lambda x: adapted(x, np.max, 2, 2), x=(1, 3, 4)),
    call("adaptive_max_pool3d(x, 2)", lambda x: adapted(x, np.max, 2, 2, 2), x=(1, 2, 3, 2)),
    call('interpolate(x, 2, mode="area")', lambda x: adapted(x, mean, 2, 2), x=(1, 1, 3, 4)),
    call("lp_pool1d(x, 3, 2)", lambda x: root_of_cubes(x, 2), x=(1, 2, 4)),
    call("lp_pool2d(x, 3, (1, 2))", lambda x: root_of_cubes(x, 1, 2), x=(1, 1, 2, 4)),
    call("lp_pool3d(x, 3, 2)", lambda x: root_of_cubes(x, 2, 2, 2), x=(1, 1, 2, 2, 2)),
    call("avg_pool3d(x, (1, 1, 2))", lambda x: over_windows(x, average, (1, 1, 2), (1, 1, 2)),
         x=(1, 1, 1, 4, 1)),
    call('pool(x, 2, "avg")', lambda x: over_windows(x, average, (2, 2)), x=(1, 3, 2, 1)),
    call("dilation2d(x, y)", lambda x, y: over_windows(x, lambda w: largest(w + y), (2, 1)),
         x=(1, 3, 2, 2), y=(2, 1, 2)),
    call("erosion2d(x, y)",
         lambda x, y: over_windows(x, lambda w: -largest(y[:, ::-1] - w), (1, 2)), x=(1, 2, 3, 1),
         y=(1, 2, 1)),
    call('dilation2d(x, y, layout="NCHW")',
         lambda x, y: channels_first(
             over_windows(channels_last(x), lambda w: largest(w + y), (2, 1))),
         x=(1, 2, 3, 2), y=(2, 1, 2)),
    call('erosion2d(x, y, layout="NCHW")',
         lambda x, y: channels_first(
             over_windows(channels_last(x), lambda w: -largest(y[:, ::-1] - w), (1, 2))),
         x=(1, 1, 2, 3), y=(1, 2, 1)),
    call('resize(x, (1, 4), "lanczos3")', lambda x: lanczos(x, 4), x=(1, 3, 1)),
    call("central_crop(x, 0.5)", lambda x: x[:, 1:3], x=(1, 4, 1)),
    call("psnr(x, y, 2)", lambda x, y: 10 * log(4 / mean((x - y) ** 2)) / log(mp.mpf(10)),
         x=(2, 2, 1), y=(2, 2, 1)),
    call("adjust_brightness(x, y)", lambda x, y: x + y, x=(1, 2, 1), y=()),
    call("adjust_contrast(x, y)",
         lambda x, y: (x - x.mean((0, 1))) * y + x.mean((0, 1)), x=(2, 2, 2), y=()),
    call("adjust_gamma(x, y, 3)", lambda x, y: 3 * x**y, x=(1, 2, 1), y=()),
    call("per_image_standardization(x)",
         lambda x: (x - mean(x)) / sqrt(mean((x - mean(x)) ** 2)), x=(2, 2, 1)),
    call("per_image_standardization(x/1e9)", lambda x: (x - mean(x)) * 2 / 10**9, x=(2, 2, 1)),
    call("rgb_to_grayscale(x)", lambda x: x @ number([[0.2989], [0.587], [0.114]]), x=(1, 2, 3)),
    call("total_variation(x)",
         lambda x: abs(x[1:] - x[:-1]).sum() + abs(x[:, 1:] - x[:, :-1]).sum(), x=(2, 3, 1)),
    call("resize(x, (2, 4))",
         lambda x: resized(x, 1, clamped(centres(2, 4), 2), triangle), x=(2, 2, 1)),
    call("resize_bilinear(x, (1, 3))",
         lambda x: resized(x, 2, clamped(centres(4, 3), 4), triangle), x=(1, 1, 4, 1)),
    call("resize_bilinear(x, (4, 1), align_corners=true)",
         lambda x: resized(x, 0, [mp.mpf(i) / 3 for i in range(4)], triangle), x=(2, 1, 1)),
    call("resize_nearest(x, (4, 1))", lambda x: x[[0, 0, 1, 1]], x=(2, 1, 2)),
    call("resize_nearest(x, (2, 1), align_corners=true)", lambda x: x[[0, 4]], x=(5, 1, 1)),
    call("resize_nearest(x, (2, 1), half_pixel_centers=false)", lambda x: x[[0, 2]], x=(5, 1, 1)),
    call("resize_bilinear(x, (1, 3), half_pixel_centers=false)",
         lambda x: resized(x, 1, [0, mp.mpf(4) / 3, mp.mpf(8) / 3], triangle), x=(1, 4, 1)),
    call("resize_bicubic(x, (1, 3))", lambda x: resized(x, 1, centres(4, 3), cubic), x=(1, 4, 1)),
    call("interpolate(x, scale_factor=2)", lambda x: x.repeat(2, 2), x=(1, 1, 3)),
    call('interpolate(x, 4, mode="linear")',
         lambda x: resized(x, 2, clamped(centres(2, 4), 2), triangle), x=(1, 1, 2)),
    call("flip_left_right(x)", lambda x: x[:, ::-1], x=(1, 3, 1)),
    call("flip_up_down(x)", lambda x: x[:, ::-1], x=(1, 2, 1, 1)),
]
# fmt: on

CALLS: list[Call] = [*SIGNALS, *IMAGES]

DOMAINS: dict[str, Any] = {f"lp_pool{n}d": ((0.3, 3.0),) for n in (1, 2, 3)}
DOMAINS["adjust_gamma(x, y, 3)"] = ((0.3, 3.0), (0.5, 2.0))
