"""What each function of whole arrays is, in numbers of 80 digits.

A part of `reference.py`, which merges this table into its own.
"""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING, Any

import numpy as np

from tests.reference import (
    Call,
    call,
    det,
    each,
    inv,
    log,
    matrices,
    mean,
    mp,
    number,
    placed,
    sqrt,
    var,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

zeros = each(lambda _: mp.zero)


def eye(n: int) -> Any:
    """The unit matrix."""
    return np.eye(n, dtype=int)


# --- statistics ---------------------------------------------------------------------------------


def quantile(x: Any, q: Any) -> Any:
    """The quantile of all elements."""
    row = np.sort(np.ravel(x))
    at = mp.mpf(q) * (row.size - 1)
    low = int(mp.floor(at))
    return row[low] + (row[min(low + 1, row.size - 1)] - row[low]) * (at - low)


def along(function: Callable[..., Any], axis: int) -> Callable[..., Any]:
    """A function of vectors along an axis."""
    return lambda x: np.array(np.apply_along_axis(function, axis, x), dtype=object)


def shape_number(x: Any, k: int) -> Any:
    """The k-th central moment over the variance to the power k/2."""
    d = x - mean(x, 0, True)
    return mean(d**k, 0) / sqrt(mean(d * d, 0)) ** k


def cov(x: Any, y: Any = None) -> Any:
    """The covariances of rows."""
    rows = np.atleast_2d(x) if y is None else np.stack((x, y))
    d = rows - mean(rows, 1, True)
    return d @ d.T / (rows.shape[1] - 1)


def corrcoef(x: Any) -> Any:
    """The correlations of rows."""
    c = cov(x)
    s = sqrt(np.diagonal(c))
    return c / s[:, None] / s


def fdiff(x: Any, at: Any, order: int = 1) -> Any:
    """The slopes of parabolas through neighbours; at the ends of lines, or of parabolas."""

    def slope(i: int, points: Sequence[int]) -> Any:
        total = mp.zero
        for j in points:
            others = [k for k in points if k != j]
            scale = x[j] / np.prod([at[j] - at[k] for k in others])
            total += scale * sum(
                np.prod([at[i] - at[k] for k in others if k != left]) for left in others
            )
        return total

    n = len(x)
    ends = slope(0, range(order + 1)), slope(n - 1, range(n - order - 1, n))
    return np.array([ends[0], *(slope(i, range(i - 1, i + 2)) for i in range(1, n - 1)), ends[1]])


def interp(x: Any, xp: Any, fp: Any) -> Any:
    """Straight lines between points, level beyond them."""

    def one(v: Any) -> Any:
        if v <= xp[0] or v >= xp[-1]:
            return fp[0] if v <= xp[0] else fp[-1]
        j = max(i for i in range(len(xp) - 1) if xp[i] <= v)
        return fp[j] + (fp[j + 1] - fp[j]) * (v - xp[j]) / (xp[j + 1] - xp[j])

    return each(one)(x)


# --- matrices -----------------------------------------------------------------------------------


def to_array(m: Any) -> Any:
    """A matrix of mpmath as an array."""
    return np.array(m.tolist(), object)


def symmetric(x: Any) -> Any:
    """A matrix and its transpose."""
    return x + np.swapaxes(x, -1, -2)


def definite(x: Any) -> Any:
    """A positive definite matrix."""
    return x @ x.T + 2 * eye(len(x))


def eigenvalues(a: Any) -> Any:
    """The eigenvalues of a symmetric matrix, ascending."""
    return np.array(sorted(mp.eigsy(mp.matrix(a.tolist()), eigvals_only=True)), object)


def eigenvectors(a: Any) -> Any:
    """The eigenvectors of a symmetric matrix."""
    values, vectors = mp.eigsy(mp.matrix(a.tolist()))
    order = np.argsort(np.array(list(values), object))
    return to_array(vectors)[:, order]


def svd(a: Any) -> tuple[Any, Any, Any]:
    """The thin singular value decomposition."""
    u, s, v = mp.svd_r(mp.matrix(a.tolist()))
    return to_array(u), np.array(list(s), object), to_array(v)


def qr(a: Any) -> tuple[Any, Any]:
    """The thin QR decomposition."""
    q, r = mp.qr(mp.matrix(a.tolist()), mode="skinny")
    return to_array(q), to_array(r)


expm = matrices(lambda a: mp.expm(a, method="taylor"))
sqrtm = matrices(mp.sqrtm)
cholesky = matrices(mp.cholesky)


def pinv(a: Any) -> Any:
    """The pseudoinverse of a tall or wide matrix."""
    return inv(a.T @ a) @ a.T if a.shape[0] >= a.shape[1] else a.T @ inv(a @ a.T)


def band(ab: Any, low: int, up: int) -> Any:
    """The matrix whose diagonals are the rows."""
    n = ab.shape[1]
    out = np.full((n, n), mp.zero, object)
    for i, j in product(range(n), range(n)):
        if -low <= j - i <= up:
            out[i, j] = ab[up + i - j, j]
    return out


def distances(x: Any, y: Any, length: Callable[..., Any]) -> Any:
    """The length of all differences of rows."""
    return np.array([[length(a - b) for b in y] for a in x], object)


def length(d: Any) -> Any:
    """The 2-norm."""
    return mp.sqrt(np.sum(d * d))


def unit(x: Any) -> Any:
    """A vector over its length."""
    return x / length(x)


def cosine(x: Any, y: Any) -> Any:
    """The cosine of the angle between vectors."""
    return np.sum(x * y) / length(x) / length(y)


# --- windows ------------------------------------------------------------------------------------


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


def convolve(x: Any, y: Any) -> Any:
    """The full convolution of arrays."""
    out = np.full([m + n - 1 for m, n in zip(x.shape, y.shape, strict=True)], mp.zero, object)
    for at in np.ndindex(x.shape):
        out[tuple(slice(i, i + n) for i, n in zip(at, y.shape, strict=True))] += x[at] * y
    return out


def added(x: Any, key: Any, values: Any) -> Any:
    """x with values added at a key, repeated ones too."""
    out = np.array(x)
    np.add.at(out, key, values)
    return out


def replaced(x: Any, key: Any, values: Any) -> Any:
    """x with values at a key."""
    out = np.array(x)
    out[key] = values
    return out


def with_nan(text: str) -> str:
    """x and a NaN behind it."""
    return text.replace("X", "concat((x, [nan]))")


STATISTICS = [
    call("average(x)", mean, x=(3,)),
    call("average(x, weights=y^2)", lambda x, y: (x * y**2).sum() / (y**2).sum(), x=(3,), y=(3,)),
    call("average(x, axis=1, weights=[1, 2, 5])", lambda x: x @ number([1, 2, 5]) / 8, x=(2, 3)),
    call("moments(x)[1]", var, x=(3,)),
    call("moments(x, axis=0)[0]", lambda x: mean(x, 0), x=(3, 2)),
    call("var_mean(x)[0]", var, x=(3,)),
    call("std_mean(x, ddof=1)[0]", lambda x: sqrt(var(x) * 3 / 2), x=(3,)),
    call("sem(x)", lambda x: sqrt(var(x) * 4 / 3 / 4), x=(4,)),
    call("zscore(x)", lambda x: (x - mean(x)) / sqrt(var(x)), x=(4,)),
    call("skew(x)", lambda x: shape_number(x, 3), x=(4, 2)),
    call("skew(x, bias=false)", lambda x: shape_number(x, 3) * mp.sqrt(12) / 2, x=(4,)),
    call("kurtosis(x)", lambda x: shape_number(x, 4) - 3, x=(5,)),
    call("kurtosis(x, bias=false)", lambda x: (24 * shape_number(x, 4) - 48) / 6, x=(5,)),
    call("cov(x, y)", cov, x=(4,), y=(4,)),
    call("cov(x, rowvar=false)", lambda x: cov(x.T), x=(3, 2)),
    call("corrcoef(x)", corrcoef, x=(2, 4)),
    call("quantile(x, 0.3)", lambda x: quantile(x, 0.3), x=(5,)),
    call(
        "quantile(x, [0.25, 1], axis=0)",
        lambda x: np.stack([along(lambda r: quantile(r, 0.25), 0)(x), np.max(x, 0)]),
        x=(4, 2),
    ),
    call('quantile(x, 0.3, method="lower")', lambda x: np.sort(x)[1], x=(5,)),
    call('quantile(x, 0.3, method="nearest")', lambda x: np.sort(x)[1], x=(5,)),
    call(
        "percentile(x, 75, axis=1, keepdims=true)",
        lambda x: along(lambda r: quantile(r, 0.75), 1)(x)[:, None],
        x=(2, 3),
    ),
    call(with_nan("nanquantile(X, 0.3)"), lambda x: quantile(x, 0.3), x=(4,)),
    call(with_nan("nanpercentile(X, 30)"), lambda x: quantile(x, 0.3), x=(4,)),
    call("median(x)", lambda x: quantile(x, 0.5), x=(4,)),
    call("median(x, axis=-1)", along(lambda r: quantile(r, 0.5), -1), x=(2, 3)),
    call("median(x, lower=true)", lambda x: np.sort(x)[1], x=(4,)),
    call(with_nan("nanmedian(X)"), lambda x: quantile(x, 0.5), x=(4,)),
    call(with_nan("nansum(X)"), np.sum, x=(3,)),
    call(with_nan("nanmean(X)"), mean, x=(3,)),
    call(with_nan("nanprod(X)"), np.prod, x=(3,)),
    call(with_nan("nanmax(X)"), np.max, x=(3,)),
    call(with_nan("nanmin(X)"), np.min, x=(3,)),
    call(with_nan("nanvar(X, ddof=1)"), lambda x: var(x) * 3 / 2, x=(3,)),
    call(with_nan("nanstd(X)"), lambda x: sqrt(var(x)), x=(3,)),
    call(with_nan("nancumsum(X)"), lambda x: np.cumsum([*x, mp.zero]), x=(3,)),
    call(with_nan("nancumprod(X)"), lambda x: np.cumprod([*x, mp.one]), x=(3,)),
    call("cummax(x)", np.maximum.accumulate, x=(5,)),
    call("cummax(x, axis=0)", lambda x: np.maximum.accumulate(x, 0), x=(4, 2)),
    call("cummin(x, axis=1)", lambda x: np.minimum.accumulate(x, 1), x=(2, 4)),
    call("vector_norm(x, 4)", lambda x: mp.sqrt(mp.sqrt((x**4).sum())), x=(2, 2)),
    call(
        "vector_norm(x, 2.5, axis=1)",
        lambda x: each(mp.power)((each(mp.power)(abs(x), 2.5)).sum(1), 1 / mp.mpf(2.5)),
        x=(2, 3),
    ),
    call("euclidean_norm(x, axis=0)", lambda x: sqrt((x * x).sum(0)), x=(2, 2)),
    call("matrix_norm(x)", lambda x: sqrt((x * x).sum((1, 2))), x=(2, 2, 2)),
    call('norm(x, "nuc")', lambda x: svd(x)[1].sum(), x=(2, 2)),
    call("norm(x, 2)", lambda x: svd(x)[1].max(), x=(2, 3)),
    call("norm(x, 1)", lambda x: abs(x).sum(0).max(), x=(2, 3)),
    call("norm(x, -inf)", lambda x: abs(x).sum(1).min(), x=(2, 3)),
    call("l2_loss(x)", lambda x: (x * x).sum() / 2, x=(2, 2)),
    call("ediff1d(x)", lambda x: np.diff(x.ravel()), x=(2, 2)),
    call("diff(x, prepend=0, append=[y])", lambda x, y: np.diff([mp.zero, *x, y]), x=(2,), y=()),
    call("fdiff(x)", lambda x: fdiff(x, range(4)), x=(4,)),
    call("fdiff(x, 2, edge_order=2)", lambda x: fdiff(x, range(0, 8, 2), 2), x=(4,)),
    call(
        "fdiff(x, [0, 1, 3, 4.5], edge_order=2)",
        lambda x: fdiff(x, number([0, 1, 3, 4.5]), 2),
        x=(4,),
    ),
    call("fdiff(x, axis=1)", along(lambda r: fdiff(r, range(3)), 1), x=(2, 3)),
    call("fdiff(x)[1]", along(lambda r: fdiff(r, range(3)), 1), x=(2, 3)),
    call("trapezoid(x)", lambda x: ((x[1:] + x[:-1]) / 2).sum(), x=(4,)),
    call("trapezoid(x, y)", lambda x, y: ((x[1:] + x[:-1]) / 2 * np.diff(y)).sum(), x=(3,), y=(3,)),
    call(
        "trapezoid(x, dx=y, axis=0)", lambda x, y: ((x[1:] + x[:-1]) / 2 * y).sum(0), x=(3, 2), y=()
    ),
    call(
        "cumulative_trapezoid(x, y, initial=0)",
        lambda x, y: np.array([mp.zero, *((x[1:] + x[:-1]) / 2 * np.diff(y)).cumsum()]),
        x=(3,),
        y=(3,),
    ),
    call("searchsorted([-1, 0, 1], x)", lambda x: np.searchsorted([-1, 0, 1], x), x=(2, 2)),
    call("digitize(x, [-1, 0, 1])", lambda x: np.searchsorted([-1, 0, 1], x), x=(4,)),
    call(
        "histogram(x, (-3, -1, 0, 3), weights=y)[0]",
        lambda x, y: np.array(
            [(y[(x >= a) & (x < b)]).sum() + mp.zero for a, b in ((-3, -1), (-1, 0), (0, 3))]
        ),
        x=(5,),
        y=(5,),
    ),
    call("bincount([0, 2, 2], x)", lambda x: np.array([x[0], mp.zero, x[1] + x[2]]), x=(3,)),
]

SHAPES = [
    call("dstack((x, y))", lambda x, y: np.dstack((x, y)), x=(2,), y=(2,)),
    call("column_stack((x, y))", lambda x, y: np.column_stack((x, y)), x=(2,), y=(2, 2)),
    call("append(x, y)", np.append, x=(2,), y=(2, 1)),
    call("unstack(x, 1)[1]", lambda x: x[:, 1], x=(2, 3)),
    call("split(x, 2)[1]", lambda x: x[2:], x=(4,)),
    call("split(x, [1, 2], axis=1)[1]", lambda x: x[:, 1:2], x=(2, 3)),
    call("split(x, [1, -1], sizes=true)[1]", lambda x: x[1:], x=(3,)),
    call("array_split(x, 2)[0]", lambda x: x[:2], x=(3,)),
    call("chunk(x, 2)[1]", lambda x: x[3:], x=(5,)),
    call("hsplit(x, 2)[1]", lambda x: x[:, 1:], x=(2, 2)),
    call("vsplit(x, 2)[1]", lambda x: x[1:], x=(2, 2)),
    call("dsplit(x, 2)[1]", lambda x: x[:, :, 1:], x=(1, 2, 2)),
    call("rollaxis(x, 2, 1)", lambda x: np.rollaxis(x, 2, 1), x=(1, 2, 3)),
    call("atleast_1d(x)", np.atleast_1d, x=()),
    call("atleast_2d(x)", np.atleast_2d, x=(2,)),
    call("atleast_3d(x)", np.atleast_3d, x=(2,)),
    call("broadcast_arrays(x, y)[0]", lambda x, y: np.broadcast_arrays(x, y)[0], x=(2,), y=(3, 1)),
    call(
        "broadcast_in_dim(x, (2, 3, 2), (0,))",
        lambda x: x[:, None, None] + np.zeros((2, 3, 2)),
        x=(2,),
    ),
    call("block([[x, y], [y, x]])", lambda x, y: np.block([[x, y], [y, x]]), x=(2, 1), y=(2, 2)),
    call("block([x, y])", lambda x, y: np.block([x, y]), x=(1,), y=(2,)),
    call("repeat(x, [1, 0, 2], axis=1)", lambda x: x[:, [0, 2, 2]], x=(2, 3)),
    call("rot90(x)", np.rot90, x=(2, 3)),
    call("rot90(x, 2)", lambda x: np.rot90(x, 2), x=(2, 3)),
    call("rot90(x, -1)", lambda x: np.rot90(x, -1), x=(2, 3)),
    call(
        "lax_pad(x, 7, ((1, -1, 1), (0, 1, 0)))",
        lambda x: np.array([[7] * 3, [*x[0], 7], [7] * 3], dtype=object),
        x=(2, 2),
    ),
    call("diagonal(x)", lambda x: x.diagonal(), x=(2, 2, 2)),
    call("trace(x)", lambda x: x.trace(), x=(2, 2, 2)),
    call("diag_part(x)", lambda x: x.diagonal(0, 1, 2), x=(2, 2, 2)),
    call("diag_embed(x, 1)", lambda x: placed(x, (2, 3, 3), slice(None), [0, 1], [1, 2]), x=(2, 2)),
    call("diagflat(x)", lambda x: placed(x.ravel(), (4, 4), range(4), range(4)), x=(2, 2)),
    call(
        "band_part(x, 1, 0)",
        lambda x: np.where(np.tri(3, dtype=int) - np.tri(3, k=-2, dtype=int) > 0, x, mp.zero),
        x=(3, 3),
    ),
    call(
        "depth_to_space(x, 2)",
        lambda x: x.reshape(1, 1, 2, 2, 2, 2).transpose(0, 1, 3, 2, 4, 5).reshape(1, 2, 4, 2),
        x=(1, 1, 2, 8),
    ),
    call(
        "space_to_depth(x, 2)",
        lambda x: x.reshape(1, 1, 2, 2, 2, 1).transpose(0, 1, 3, 2, 4, 5).reshape(1, 1, 2, 4),
        x=(1, 2, 4, 1),
    ),
    call(
        "pixel_shuffle(x, 2)",
        lambda x: x.reshape(2, 2, 2, 1, 2).transpose(0, 3, 1, 4, 2).reshape(2, 2, 4),
        x=(8, 1, 2),
    ),
    call(
        "pixel_unshuffle(x, 2)",
        lambda x: x.reshape(1, 1, 2, 2, 2).transpose(0, 2, 4, 1, 3).reshape(4, 1, 2),
        x=(1, 2, 4),
    ),
    call(
        "space_to_batch(x, (2, 2), ((0, 0), (1, 1)))",
        lambda x: np.concatenate(
            [around(x, (0, 0), (1, 1))[:, i::2, j::2] for i in (0, 1) for j in (0, 1)]
        ),
        x=(1, 2, 2, 1),
    ),
    call(
        "batch_to_space(x, (2, 2), ((0, 1), (0, 0)))",
        lambda x: np.array([[[x[0, 0, 0], x[1, 0, 0]]]], object),
        x=(4, 1, 1, 2),
    ),
    call(
        "sliding_window_view(x, (2, 2))",
        lambda x: np.lib.stride_tricks.sliding_window_view(x, (2, 2)),
        x=(2, 3),
    ),
    call(
        "sliding_window_view(x, 3, axis=0)",
        lambda x: np.lib.stride_tricks.sliding_window_view(x, 3, 0),
        x=(4, 2),
    ),
    call(
        "extract_patches(x, (2, 1), 1, 1)",
        lambda x: over_windows(x, lambda w: w.reshape(1, -1), (2, 1)),
        x=(1, 3, 2, 2),
    ),
    call(
        "unfold(x, (2, 2), padding=(0, 1))",
        lambda x: np.stack(
            [
                w.reshape(-1)
                for w in windows(
                    np.pad(x, ((0, 0), (0, 0), (0, 0), (1, 1)), constant_values=mp.zero)[0],
                    (2, 2),
                    (1, 1),
                    (1, 1),
                ).values()
            ],
            1,
        )[None],
        x=(1, 2, 2, 2),
    ),
    call(
        "fold(x, (1, 3), (1, 2))",
        lambda x: np.array([[[[x[0, 0, 0], x[0, 1, 0] + x[0, 0, 1], x[0, 1, 1]]]]], object),
        x=(1, 2, 2),
    ),
    call(
        "logspace(x, y, 3)",
        lambda x, y: each(lambda v: mp.mpf(10) ** v)(np.stack([x, (x + y) / 2, y])),
        x=(),
        y=(),
    ),
    call(
        "geomspace(x^2 + 1, 9, 3)",
        lambda x: np.stack([x**2 + 1, 3 * sqrt(x**2 + 1), 9 + 0 * x]),
        x=(),
    ),
    call("meshgrid(x, y)[0]", lambda x, y: np.meshgrid(x, y)[0], x=(2,), y=(3,)),
    call(
        'meshgrid(x, y, indexing="ij")[1]',
        lambda x, y: np.meshgrid(x, y, indexing="ij")[1],
        x=(2,),
        y=(3,),
    ),
    call(
        "one_hot([1, 0], 3, x, y)",
        lambda x, y: np.array([[y, x, y], [x, y, y]], object),
        x=(),
        y=(),
    ),
]

TABLES = [
    call("gather(x, [1, 0, 1])", lambda x: x[[1, 0, 1]], x=(2, 2)),
    call(
        "gather(x, [[1, 0], [0, 0]], axis=1, batch_dims=1)",
        lambda x: np.stack([x[0, [1, 0]], x[1, [0, 0]]]),
        x=(2, 2),
    ),
    call("index_select(x, 1, [1, 1])", lambda x: x[:, [1, 1]], x=(2, 2)),
    call("gather_elements(x, 0, [[1, 0, 1]])", lambda x: x[[1, 0, 1], range(3)][None], x=(2, 3)),
    call("gather_elements(x, 1, [[2, 2]])", lambda x: x[:1, [2, 2]], x=(2, 3)),
    call("gather_nd(x, [[1, 0], [1, 0], [0, 1]])", lambda x: x[[1, 1, 0], [0, 0, 1]], x=(2, 2)),
    call("gather_nd(x, [[1], [0]])", lambda x: x[[1, 0]], x=(2, 2)),
    call("narrow(x, 1, 1, 2)", lambda x: x[:, 1:3], x=(2, 4)),
    call("dynamic_slice(x, (5,), (2,))", lambda x: x[1:], x=(3,)),
    call("boolean_mask(x, [true, false, true])", lambda x: x[[0, 2]], x=(3, 2)),
    call("compress([false, true], x, axis=1)", lambda x: x[:, [1]], x=(2, 3)),
    call("extract([[true, false], [false, true]], x)", np.diagonal, x=(2, 2)),
    call("masked_select(x, [false, true])", lambda x: x[:, 1], x=(2, 2)),
    call("argsort(x, descending=true)", lambda x: np.argsort(-x, kind="stable"), x=(4,)),
    call("sort(x, descending=true)", lambda x: np.sort(x)[::-1], x=(4,)),
    call("msort(x)", lambda x: np.sort(x, 0), x=(3, 2)),
    call("topk(x, 2, largest=false)", lambda x: np.sort(x)[:2], x=(4,)),
    call("topk(x, 2, pair=true)[1]", lambda x: np.argsort(-x)[:2], x=(4,)),
    call("torch_max(x, y)", np.maximum, x=(3,), y=(3,)),
    call("torch_max(x, 1, true)[0]", lambda x: np.max(x, 1, keepdims=True), x=(2, 3)),
    call("torch_min(x, axis=0)[1]", lambda x: np.argmin(x, 0), x=(2, 3)),
    call("torch_min(x)", np.min, x=(2, 2)),
    call("argpartition(x, 1)", lambda x: np.argpartition(x.astype(float), 1), x=(4,)),
    call("partition(x, 1)", lambda x: x[np.argpartition(x.astype(float), 1)], x=(4,)),
    call("kthvalue(x, 2, axis=0)", lambda x: np.sort(x, 0)[1], x=(3, 2)),
    call(
        "scatter_nd([[1], [3], [1]], x, (5,))",
        lambda x: np.array([mp.zero, x[0] + x[2], mp.zero, x[1], mp.zero]),
        x=(3,),
    ),
    call(
        "tensor_scatter_nd_update(x, [[1], [0], [1]], y)",
        lambda x, y: np.array([y[1], y[2], x[2]]),
        x=(3,),
        y=(3,),
    ),
    call(
        "tensor_scatter_nd_add(x, [[1, 0], [1, 0]], y)",
        lambda x, y: added(x, ([1, 1], [0, 0]), y),
        x=(2, 2),
        y=(2,),
    ),
    call("tensor_scatter_nd_sub(x, [[1]], y)", lambda x, y: added(x, [1], -y), x=(2, 2), y=(1, 2)),
    call(
        "tensor_scatter_nd_max(x, [[1], [1]], y)",
        lambda x, y: np.array([x[0], max(x[1], *y)]),
        x=(2,),
        y=(2,),
    ),
    call(
        "tensor_scatter_nd_min(x, [[1], [1]], y)",
        lambda x, y: np.array([x[0], min(x[1], *y)]),
        x=(2,),
        y=(2,),
    ),
    call("index_add(x, 0, [0, 0], y)", lambda x, y: added(x, [0, 0], y), x=(2, 2), y=(2, 2)),
    call("index_copy(x, 1, [1, 0], y)", lambda x, y: y[:, ::-1], x=(2, 2), y=(2, 2)),
    call("index_fill(x, 0, [1], y)", lambda x, y: replaced(x, [1], y), x=(3,), y=()),
    call(
        "index_put(x, ([0, 1], [1, 0]), y)",
        lambda x, y: replaced(x, ([0, 1], [1, 0]), y),
        x=(2, 2),
        y=(2,),
    ),
    call(
        "scatter(x, 0, [[1, 0]], y)",
        lambda x, y: replaced(x, ([1, 0], [0, 1]), y[0]),
        x=(2, 2),
        y=(2, 2),
    ),
    call(
        "scatter_add(x, 1, [[1, 1]], y)",
        lambda x, y: added(x, ([0, 0], [1, 1]), y[0]),
        x=(2, 2),
        y=(1, 2),
    ),
    call(
        "put_along_axis(x, [[1], [0]], y, 1)",
        lambda x, y: replaced(x, ([0, 1], [1, 0]), y[:, 0]),
        x=(2, 2),
        y=(2, 1),
    ),
    call("put(x, [0, 2], y)", lambda x, y: replaced(x, ([0, 1], [0, 0]), y), x=(2, 2), y=(2,)),
    call("masked_fill(x, x > 0, y)", each(lambda x, y: y if x > 0 else x), x=(4,), y=()),
    call(
        "putmask(x, [true, false, true], y)",
        lambda x, y: np.array([y[0], x[1], y[0]]),
        x=(3,),
        y=(2,),
    ),
    call(
        "masked_scatter(x, [true, false, true], y)",
        lambda x, y: np.array([y[0], x[1], y[1]]),
        x=(3,),
        y=(3,),
    ),
    call("insert(x, 1, y)", lambda x, y: np.insert(x, 1, y), x=(3,), y=()),
    call(
        "insert(x, [0, 2], y, axis=1)", lambda x, y: np.insert(x, [0, 2], y, 1), x=(2, 2), y=(2, 2)
    ),
    call("delete(x, 1)", lambda x: np.delete(x, 1), x=(3,)),
    call("delete(x, [0, -1], axis=1)", lambda x: x[:, 1:2], x=(2, 3)),
    call(
        "segment_sum(x, [0, 2, 0], 4)",
        lambda x: np.stack([x[0] + x[2], 0 * x[0], x[1], 0 * x[0]]),
        x=(3, 2),
    ),
    call("segment_mean(x, [1, 0, 1])", lambda x: np.stack([x[1], (x[0] + x[2]) / 2]), x=(3, 2)),
    call("segment_prod(x, [1, 0, 1])", lambda x: np.array([x[1], x[0] * x[2]]), x=(3,)),
    call("segment_max(x, [1, 0, 1])", lambda x: np.stack([x[1], np.maximum(x[0], x[2])]), x=(3, 2)),
    call("segment_min(x, [1, 0, 1])", lambda x: np.array([x[1], min(x[0], x[2])]), x=(3,)),
    call(
        "interp(x, [-2, 0, 1, 2], y)",
        lambda x, y: interp(x, number([-2, 0, 1, 2]), y),
        x=(5,),
        y=(4,),
    ),
    call(
        "interp_regular_1d_grid(x, -2, 2, y)",
        lambda x, y: interp(x, number([-2, -2 / 3, 2 / 3, 2]) * 1, y),
        x=(3,),
        y=(4,),
    ),
    call(
        "interp(0.5, sort(x), y)", lambda x, y: interp(mp.mpf(0.5), np.sort(x), y), x=(3,), y=(3,)
    ),
    call("polyval(x, y)", lambda x, y: (x[0] * y + x[1]) * y + x[2], x=(3,), y=(2,)),
    call("polyadd(x, y)", lambda x, y: np.array([x[0], x[1] + y[0], x[2] + y[1]]), x=(3,), y=(2,)),
    call("polysub(y, x)", lambda x, y: np.array([-x[0], y[0] - x[1], y[1] - x[2]]), x=(3,), y=(2,)),
    call("polymul(x, y)", convolve, x=(3,), y=(2,)),
    call("polyder(x, 2)", lambda x: np.array([6 * x[0], 2 * x[1]]), x=(4,)),
    call("polyint(x, k=7)", lambda x: np.array([x[0] / 2, x[1], mp.mpf(7)]), x=(2,)),
    call("vander(x, 4)", lambda x: np.stack([x**3, x**2, x, x**0], 1), x=(3,)),
    call("vander(x, increasing=true)", lambda x: np.stack([x**0, x, x**2], 1), x=(3,)),
]

LINEAR_ALGEBRA = [
    call("vecdot(x, y)", lambda x, y: (x * y).sum(-1), x=(2, 3), y=(3,)),
    call("vecdot(x, y, axis=0)", lambda x, y: (x * y).sum(0), x=(2, 3), y=(2, 3)),
    call("matvec(x, y)", lambda x, y: (x * y[:, None]).sum(-1), x=(2, 2, 2), y=(2, 2)),
    call("vecmat(x, y)", lambda x, y: x @ y, x=(2,), y=(2, 3)),
    call("multi_dot((x, y, x))", lambda x, y: x @ y @ x, x=(2, 3), y=(3, 2)),
    call("multi_dot((x, y, x))", lambda x, y: x @ y @ x, x=(3,), y=(3, 3)),
    call(
        "dot_general(x, y, (((1,), (2,)), ((2,), (0,))))",
        lambda x, y: np.stack([x[..., k] @ y[k].T for k in (0, 1)]),
        x=(1, 3, 2),
        y=(2, 2, 3),
    ),
    call("cross(x, y)", np.cross, x=(2, 3), y=(3,)),
    call("matrix_transpose(x)", lambda x: x.swapaxes(1, 2), x=(2, 2, 3)),
    call("addmm(x, y, y, beta=2, alpha=3)", lambda x, y: 2 * x + 3 * (y @ y), x=(2,), y=(2, 2)),
    call("baddbmm(x, y, y)", lambda x, y: x + y @ y, x=(2, 2, 2), y=(2, 2, 2)),
    call("addr(x, y, y)", lambda x, y: x + np.outer(y, y), x=(2, 2), y=(2,)),
    call(
        "solve_triangular(x + 6*eye(3), y)",
        lambda x, y: inv(np.triu(x) + 6 * eye(3)) @ y,
        x=(3, 3),
        y=(3,),
    ),
    call(
        "solve_triangular(x + 6*eye(2), y, lower=true)",
        lambda x, y: np.stack([inv(np.tril(x[i]) + 6 * eye(2)) @ y[i] for i in (0, 1)]),
        x=(2, 2, 2),
        y=(2, 2, 1),
    ),
    call(
        "solve_triangular(x, y, lower=true, trans=true, unit_diagonal=true)",
        lambda x, y: inv((np.tril(x, -1) + eye(3)).T) @ y,
        x=(3, 3),
        y=(3, 2),
    ),
    call(
        "cholesky_solve(x + 6*eye(2), y)",
        lambda x, y: inv((np.tril(x) + 6 * eye(2)) @ (np.tril(x) + 6 * eye(2)).T) @ y,
        x=(2, 2),
        y=(2,),
    ),
    call(
        "cho_solve(cho_factor(x @ x.T + 2*eye(2)), y)",
        lambda x, y: inv(definite(x)) @ y,
        x=(2, 2),
        y=(2,),
    ),
    call("cho_factor(x @ x.T + 2*eye(3))[0]", lambda x: cholesky(definite(x)).T, x=(3, 3)),
    call(
        "solve_banded((1, 1), x + [[0, 0, 0], [9, 9, 9], [0, 0, 0]], y)",
        lambda x, y: inv(band(x, 1, 1) + 9 * eye(3)) @ y,
        x=(3, 3),
        y=(3,),
    ),
    call(
        "tridiagonal_solve(x + [[0, 0, 0], [9, 9, 9], [0, 0, 0]], y)",
        lambda x, y: (
            inv(np.diag(x[1]) + np.diag(x[0, :2], 1) + np.diag(x[2, 1:], -1) + 9 * eye(3)) @ y
        ),
        x=(3, 3),
        y=(3,),
    ),
    call("slogdet(x)[1]", lambda x: log(abs(det(x))), x=(3, 3)),
    call("slogdet(x)[0]", lambda x: mp.sign(det(x)), x=(2, 2)),
    call("logdet(x @ x.T + 2*eye(2))", lambda x: log(det(definite(x))), x=(2, 2)),
    call("cholesky(x @ x.T + 2*eye(3))", lambda x: cholesky(definite(x)), x=(3, 3)),
    call("qr(x)[0]^2", lambda x: qr(x)[0] ** 2, x=(3, 2)),
    call("qr(x)[1]^2", lambda x: qr(x)[1] ** 2, x=(3, 3)),
    call("qr(x)[1]^2", lambda x: (qr(x[:, :2])[0].T @ x) ** 2, x=(2, 3)),
    call("eigvalsh(x + x.T)", lambda x: eigenvalues(symmetric(x)), x=(3, 3)),
    call("eigh(x + x.T)[1]^2", lambda x: eigenvectors(symmetric(x)) ** 2, x=(3, 3)),
    call("eigh(x + x.T)[0]", lambda x: eigenvalues(symmetric(x)), x=(2, 2)),
    call("svdvals(x)", lambda x: svd(x)[1], x=(2, 3)),
    call("svd(x)[0]^2", lambda x: svd(x)[0] ** 2, x=(3, 2)),
    call("svd(x)[2]^2", lambda x: svd(x)[2] ** 2, x=(2, 3)),
    call("svd(x)[2]^2", lambda x: svd(x)[2] ** 2, x=(3, 2)),
    call("cond(x)", lambda x: max(svd(x)[1]) / min(svd(x)[1]), x=(2, 2)),
    call("matrix_rank(x)", lambda x: 2, x=(2, 3)),
    call(
        "gram_schmidt(x)",
        lambda x: np.stack([unit(x[0]), unit(x[1] - unit(x[0]) * (unit(x[0]) @ x[1]))]),
        x=(2, 3),
    ),
    call("pinv(x)", pinv, x=(3, 2)),
    call("pinv(x)", pinv, x=(2, 3)),
    call("lstsq(x, y)[0]", lambda x, y: pinv(x) @ y, x=(3, 2), y=(3,)),
    call("lstsq(x, y)[1]", lambda x, y: ((x @ (pinv(x) @ y) - y) ** 2).sum(0), x=(3, 2), y=(3, 2)),
    call("matrix_power(x, 5)", lambda x: x @ x @ x @ x @ x, x=(2, 2)),
    call(
        "matrix_power(x + 4*eye(2), -2)",
        lambda x: inv((x + 4 * eye(2)) @ (x + 4 * eye(2))),
        x=(2, 2),
    ),
    call("matrix_power(x, 0)", lambda x: eye(2) + 0 * x, x=(2, 2)),
    call("expm(x)", expm, x=(2, 2)),
    call("sqrtm(x @ x.T + 2*eye(2))", lambda x: sqrtm(definite(x)), x=(2, 2)),
    call("toeplitz(x)", lambda x: x[abs(np.subtract.outer(range(3), range(3)))], x=(3,)),
    call(
        "toeplitz(x, y)",
        lambda x, y: np.array([[x[0], y[1]], [x[1], x[0]], [x[2], x[1]]]),
        x=(3,),
        y=(2,),
    ),
    call("circulant(x)", lambda x: x[np.subtract.outer(range(3), range(3)) % 3], x=(3,)),
    call("hankel(x, y)", lambda x, y: np.array([[x[0], x[1]], [x[1], y[1]]]), x=(2,), y=(2,)),
    call(
        "block_diag((x, y))",
        lambda x, y: placed(x, (3, 3), slice(2), slice(2)) + placed(y, (3, 3), 2, slice(2, 3)),
        x=(2, 2),
        y=(1,),
    ),
    call("cdist(x, y)", lambda x, y: distances(x, y, length), x=(2, 2), y=(3, 2)),
    call(
        'cdist(x, y, "cityblock")',
        lambda x, y: distances(x, y, lambda d: abs(d).sum()),
        x=(2, 2),
        y=(2, 2),
    ),
    call("pdist(x)", lambda x: distances(x, x, length)[np.triu_indices(3, 1)], x=(3, 2)),
    call("pairwise_distance(x, y)", lambda x, y: sqrt(((x - y) ** 2).sum(-1)), x=(2, 3), y=(2, 3)),
    call("cosine_similarity(x, y)", cosine, x=(3,), y=(3,)),
]

SIGNALS = [
    call("convolve(x, y)", convolve, x=(4,), y=(2,)),
    call('convolve(x, y, "same")', lambda x, y: convolve(x, y)[1:-1], x=(4,), y=(3,)),
    call('convolve(x, y, "valid")', lambda x, y: convolve(x, y)[1:-1], x=(2,), y=(4,)),
    call("fftconvolve(x, y)", convolve, x=(2, 3), y=(2, 2)),
    call("correlate(x, y)", lambda x, y: convolve(x, y[::-1])[1:-1], x=(4,), y=(2,)),
    call("correlate(x, y)", lambda x, y: convolve(x, y[::-1])[1:-1], x=(2,), y=(3,)),
    call('correlate(x, y, "full")', lambda x, y: convolve(x, y[::-1]), x=(2,), y=(3,)),
    call("dct(x)", dct, x=(4,)),
    call("dct(x, 3)", lambda x: 8 * idct(x), x=(4,)),
    call(
        'dct(x, norm="ortho")',
        lambda x: dct(x) * np.array([mp.sqrt(mp.mpf(1) / 16), *[mp.sqrt(mp.mpf(1) / 8)] * 3]),
        x=(4,),
    ),
    call("idct(x)", idct, x=(3,)),
    call("hann(5)", lambda: np.hanning(5)),
    call("hamming(5)", lambda: np.hamming(5)),
    call("blackman(5)", lambda: np.blackman(5)),
    call("bartlett(5)", lambda: np.bartlett(5)),
    call("kaiser(5, 3)", lambda: np.kaiser(5, 3)),
]

IMAGES = [
    call("conv1d(x, y)", conv, x=(2, 4, 2), y=(2, 2, 2)),
    call(
        "conv1d(x, y, dilations=2, groups=2)",
        lambda x, y: conv(x, y, None, (2,), 2),
        x=(1, 4, 2),
        y=(2, 1, 2),
    ),
    call(
        'conv2d(x, y, 2, "same")',
        lambda x, y: conv(around(x, same(3, 2, 2), same(3, 2, 2)), y, (2, 2)),
        x=(1, 3, 3, 1),
        y=(2, 2, 1, 2),
    ),
    call(
        "conv2d(x, y, (2, 1), ((1, 0), (0, 1)))",
        lambda x, y: conv(around(x, (1, 0), (0, 1)), y, (2, 1)),
        x=(1, 3, 2, 2),
        y=(2, 2, 2, 1),
    ),
    call(
        'conv2d(x, y, layout="NCHW")',
        lambda x, y: channels_first(conv(channels_last(x), torch_filter(y))),
        x=(1, 2, 2, 3),
        y=(1, 2, 2, 2),
    ),
    call("conv3d(x, y)", conv, x=(1, 2, 2, 2, 1), y=(2, 1, 2, 1, 1)),
    call(
        "torch_conv1d(x, y, z, 2, 1)",
        lambda x, y, z: channels_first(
            conv(around(channels_last(x), (1, 1)), torch_filter(y), (2,)) + z
        ),
        x=(1, 1, 3),
        y=(2, 1, 2),
        z=(2,),
    ),
    call(
        "torch_conv2d(x, y, dilations=2)",
        lambda x, y: channels_first(conv(channels_last(x), torch_filter(y), None, (2, 2))),
        x=(1, 1, 3, 4),
        y=(1, 1, 2, 2),
    ),
    call(
        "torch_conv3d(x, y)",
        lambda x, y: channels_first(conv(channels_last(x), torch_filter(y))),
        x=(1, 2, 2, 1, 2),
        y=(1, 2, 1, 1, 2),
    ),
    call(
        "depthwise_conv2d(x, y)",
        lambda x, y: conv(x, y.reshape(2, 1, 1, 4), groups=2),
        x=(1, 3, 2, 2),
        y=(2, 1, 2, 2),
    ),
    call(
        "separable_conv2d(x, y, z)",
        lambda x, y, z: conv(conv(x, y.reshape(1, 2, 1, 2), groups=2), z),
        x=(1, 2, 2, 2),
        y=(1, 2, 2, 1),
        z=(1, 1, 2, 1),
    ),
    call(
        'conv1d_transpose(x, y, padding="valid")',
        lambda x, y: conv_transpose(x, y, (1,)),
        x=(1, 2, 2),
        y=(2, 1, 2),
    ),
    call(
        "conv2d_transpose(x, y, (3, 4), 2)",
        lambda x, y: conv_transpose(x, y, (2, 2))[:, :3],
        x=(1, 2, 2, 1),
        y=(2, 2, 1, 1),
    ),
    call(
        'conv3d_transpose(x, y, padding="valid")',
        lambda x, y: conv_transpose(x, y, (1, 1, 1)),
        x=(1, 1, 2, 1, 1),
        y=(1, 2, 1, 1, 1),
    ),
    call(
        "conv_transpose1d(x, y, z, 2)",
        lambda x, y, z: channels_first(
            conv_transpose(channels_last(x), y.transpose(2, 1, 0), (2,)) + z
        ),
        x=(1, 2, 2),
        y=(2, 1, 2),
        z=(1,),
    ),
    call(
        "conv_transpose2d(x, y, padding=1)",
        lambda x, y: channels_first(
            conv_transpose(channels_last(x), y.transpose(2, 3, 1, 0), (1, 1))[:, 1:-1, 1:-1]
        ),
        x=(1, 1, 2, 2),
        y=(1, 1, 3, 3),
    ),
    call(
        "conv_transpose3d(x, y)",
        lambda x, y: channels_first(
            conv_transpose(channels_last(x), y.transpose(2, 3, 4, 1, 0), (1, 1, 1))
        ),
        x=(1, 1, 1, 2, 1),
        y=(1, 1, 1, 2, 1),
    ),
    call(
        'lax_conv_transpose(x, y, (2, 1), "valid")',
        lambda x, y: conv(
            around(placed(x, (1, 3, 2, 1), slice(None), slice(None, None, 2)), (1, 1), (1, 1)), y
        ),
        x=(1, 2, 2, 1),
        y=(2, 2, 1, 1),
    ),
    call(
        "lax_conv_transpose(x, y, 2)",
        lambda x, y: conv(
            around(placed(x, (1, 3, 1), slice(None), slice(None, None, 2)), (2, 1)), y
        ),
        x=(1, 2, 1),
        y=(3, 1, 1),
    ),
    call("max_pool(x, 2)", lambda x: over_windows(x, largest, (2, 2), (2, 2)), x=(1, 4, 2, 2)),
    call(
        'max_pool2d(x, 2, 1, "same")',
        lambda x: over_windows(around(x, (0, 1), (0, 1), value=-mp.inf), largest, (2, 2)),
        x=(1, 2, 3, 1),
    ),
    call("max_pool1d(x, 3, 1)", lambda x: over_windows(x, largest, (3,)), x=(1, 4, 2)),
    call(
        "max_pool3d(x, (1, 2, 2), 1)",
        lambda x: over_windows(x, largest, (1, 2, 2)),
        x=(1, 2, 2, 2, 1),
    ),
    call("avg_pool(x, 2, 1)", lambda x: over_windows(x, average, (2, 2)), x=(1, 3, 2, 1)),
    call("avg_pool1d(x, 2)", lambda x: over_windows(x, average, (2,), (2,)), x=(1, 4, 1)),
    call(
        'avg_pool2d(x, 2, 1, "same")',
        lambda x: np.stack(
            [
                np.stack([x[:, i:, j:][:, :2, :2].mean((1, 2)) for j in range(2)], 1)
                for i in range(2)
            ],
            1,
        ),
        x=(1, 2, 2, 1),
    ),
    call(
        "avg_pool3d(x, (1, 1, 2))",
        lambda x: over_windows(x, average, (1, 1, 2), (1, 1, 2)),
        x=(1, 1, 1, 4, 1),
    ),
    call('pool(x, 2, "avg")', lambda x: over_windows(x, average, (2, 2)), x=(1, 3, 2, 1)),
    call(
        "dilation2d(x, y)",
        lambda x, y: over_windows(x, lambda w: largest(w + y), (2, 1)),
        x=(1, 3, 2, 2),
        y=(2, 1, 2),
    ),
    call(
        "erosion2d(x, y)",
        lambda x, y: over_windows(x, lambda w: -largest(y[:, ::-1] - w), (1, 2)),
        x=(1, 2, 3, 1),
        y=(1, 2, 1),
    ),
    call(
        "resize(x, (2, 4))",
        lambda x: resized(x, 1, clamped(centres(2, 4), 2), triangle),
        x=(2, 2, 1),
    ),
    call(
        "resize_bilinear(x, (1, 3))",
        lambda x: resized(x, 2, clamped(centres(4, 3), 4), triangle),
        x=(1, 1, 4, 1),
    ),
    call(
        "resize_bilinear(x, (4, 1), align_corners=true)",
        lambda x: resized(x, 0, [mp.mpf(i) / 3 for i in range(4)], triangle),
        x=(2, 1, 1),
    ),
    call("resize_nearest(x, (4, 1))", lambda x: x[[0, 0, 1, 1]], x=(2, 1, 2)),
    call("resize_bicubic(x, (1, 3))", lambda x: resized(x, 1, centres(4, 3), cubic), x=(1, 4, 1)),
    call("interpolate(x, scale_factor=2)", lambda x: x.repeat(2, 2), x=(1, 1, 3)),
    call(
        'interpolate(x, 4, mode="linear")',
        lambda x: resized(x, 2, clamped(centres(2, 4), 2), triangle),
        x=(1, 1, 2),
    ),
    call("flip_left_right(x)", lambda x: x[:, ::-1], x=(1, 3, 1)),
    call("flip_up_down(x)", lambda x: x[:, ::-1], x=(1, 2, 1, 1)),
]

CALLS: list[Call] = [*STATISTICS, *SHAPES, *TABLES, *LINEAR_ALGEBRA, *SIGNALS, *IMAGES]

ELEMENTWISE: dict[str, Callable[..., Any]] = {}
ELSEWHERE: dict[str, Callable[..., Any]] = {}
DOMAINS: dict[str, tuple[tuple[float, float], ...]] = {}
