"""What statistics, shapes, indexing and numerical calculus are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from tests.reference.images import around, over_windows, windows
from tests.reference.matrices import svd
from tests.reference.words import (
    Call,
    call,
    convolve,
    each,
    inv,
    mean,
    mp,
    number,
    placed,
    sqrt,
    var,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence


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


def weighted_cov(x: Any, y: Any) -> Any:
    """The covariance of rows of observations that occur 1, 2, 1 times and count y^2."""
    w = number([1, 2, 1]) * y * y
    d = x - (x @ w)[:, None] / w.sum()
    return (d * w) @ d.T / (w.sum() - (w * y * y).sum() / w.sum())


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


# fmt: off
STATISTICS = [
    call("array_equal(x, x)", lambda x: number(True), x=(3,)),
    call("average(x)", mean, x=(3,)),
    call("average(x, weights=y^2)", lambda x, y: (x * y**2).sum() / (y**2).sum(), x=(3,), y=(3,)),
    call("average(x, axis=1, weights=[1, 2, 5])", lambda x: x @ number([1, 2, 5]) / 8, x=(2, 3)),
    call("average(x, 0, y^2, returned=true)[1]", lambda x, y: (y**2).sum(), x=(3,), y=(3,)),
    call("mean(x, 0, where=[[true], [false], [true]])", lambda x: (x[0] + x[2]) / 2, x=(3, 2)),
    call("var(x, where=[true, true, false])", lambda x: var(x[:2]), x=(3,)),
    call("std(x, mean=y)", lambda x, y: sqrt(((x - y) ** 2).sum() / 3), x=(3,), y=()),
    call("moments(x)[1]", var, x=(3,)),
    call("moments(x, axis=0)[0]", lambda x: mean(x, 0), x=(3, 2)),
    call("var_mean(x)[0]", var, x=(3,)),
    call("std_mean(x, ddof=1)[0]", lambda x: sqrt(var(x) * 3 / 2), x=(3,)),
    call("sem(x)", lambda x: sqrt(var(x) * 4 / 3 / 4), x=(4,)),
    call("zscore(x)", lambda x: (x - mean(x)) / sqrt(var(x)), x=(4,)),
    call("skew(x)", lambda x: shape_number(x, 3), x=(4, 2)),
    call("skew(x, bias=false)", lambda x: shape_number(x, 3) * mp.sqrt(12) / 2, x=(4,)),
    call("kurtosis(x)", lambda x: shape_number(x, 4) - 3, x=(5,)),
    call("kurtosis(x, bias=false)",
         lambda x: ((24 * shape_number(x, 4) - 48) / 6), x=(5,)),
    call("gmean(x)", lambda x: np.prod(x, 0) ** (mp.one / 3), x=(3, 2)),
    call("gmean(x, weights=y)",
         lambda x, y: each(mp.exp)((y * each(mp.log)(x)).sum() / y.sum()), x=(3,), y=(3,)),
    call("hmean(x, 1)", lambda x: 3 / (1 / x).sum(1), x=(2, 3)),
    call("pmean(x, 3, axis=None)", lambda x: mean(x**3) ** (mp.one / 3), x=(2, 2)),
    call("cov(x, y)", cov, x=(4,), y=(4,)),
    call("cov(x, rowvar=false)", lambda x: cov(x.T), x=(3, 2)),
    call("cov(x, aweights=y^2, fweights=[1, 2, 1])", weighted_cov, x=(2, 3), y=(3,)),
    call("corrcoef(x)", corrcoef, x=(2, 4)),
    call('quantile(x, 0.35, method="hazen")', lambda x: quantile(x, (mp.mpf(0.35) * 5 - 0.5) / 4),
         x=(5,)),
    call('quantile(x, [0.1, 0.5], method="weibull")',
         lambda x: np.stack([np.min(x), quantile(x, 0.5)]), x=(5,)),
    call('quantile(x, 0.5, method="averaged_inverted_cdf")', lambda x: quantile(x, 0.5), x=(4,)),
    call("quantile(x, 0.3)", lambda x: quantile(x, 0.3), x=(5,)),
    call("quantile(x, [0.25, 1], axis=0)",
         lambda x: np.stack([along(lambda r: quantile(r, 0.25), 0)(x), np.max(x, 0)]), x=(4, 2)),
    call('quantile(x, 0.3, method="lower")', lambda x: np.sort(x)[1], x=(5,)),
    call('quantile(x, 0.3, method="nearest")', lambda x: np.sort(x)[1], x=(5,)),
    call("percentile(x, 75, axis=1, keepdims=true)",
         lambda x: along(lambda r: quantile(r, 0.75), 1)(x)[:, None], x=(2, 3)),
    call(with_nan("nanquantile(X, 0.3)"), lambda x: quantile(x, 0.3), x=(4,)),
    call(with_nan("nanpercentile(X, 30)"), lambda x: quantile(x, 0.3), x=(4,)),
    call("median(x)", lambda x: quantile(x, 0.5), x=(4,)),
    call("median(x, axis=-1)", along(lambda r: quantile(r, 0.5), -1), x=(2, 3)),
    call("median(x, lower=true)", lambda x: np.sort(x)[1], x=(4,)),
    call(with_nan("nanmedian(X)"), lambda x: quantile(x, 0.5), x=(4,)),
    call(with_nan("nansum(X)"), np.sum, x=(3,)),
    call(with_nan("nanmean(X)"), mean, x=(3,)),
    call(with_nan("nansum(X, initial=y, where=[true, false, true])"), lambda x, y: x[0] + y,
         x=(2,), y=()),
    call(with_nan("nanstd(X, where=[true, true, true, false, true])"),
         lambda x: sqrt(var(x[:3])), x=(4,)),
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
    call("vector_norm(x, 2.5, axis=1)",
         lambda x: each(mp.power)((each(mp.power)(abs(x), 2.5)).sum(1), 1 / mp.mpf(2.5)), x=(2, 3)),
    call("euclidean_norm(x, axis=0)", lambda x: sqrt((x * x).sum(0)), x=(2, 2)),
    call("matrix_norm(x)", lambda x: sqrt((x * x).sum((1, 2))), x=(2, 2, 2)),
    call('norm(x, "nuc")', lambda x: svd(x)[1].sum(), x=(2, 2)),
    call("norm(x, 2)", lambda x: svd(x)[1].max(), x=(2, 3)),
    call("norm(x, 1)", lambda x: abs(x).sum(0).max(), x=(2, 3)),
    call("norm(x, -inf)", lambda x: abs(x).sum(1).min(), x=(2, 3)),
    call("l2_loss(x)", lambda x: (x * x).sum() / 2, x=(2, 2)),
    call("ediff1d(x)", lambda x: np.diff(x.ravel()), x=(2, 2)),
    call("ediff1d(x, y, 0)", lambda x, y: np.array([mp.zero, x[1] - x[0], *y]), x=(2,), y=(2,)),
    call("cond(x, 1)", lambda x: abs(x).sum(0).max() * abs(inv(x)).sum(0).max(), x=(2, 2)),
    call("cond(x, -2)", lambda x: svd(x)[1].min() / svd(x)[1].max(), x=(2, 2)),
    call("math_hypot(x, y, 2)", lambda x, y: sqrt(x * x + y * y + 4), x=(2,), y=()),
    call("diff(x, prepend=0, append=[y])", lambda x, y: np.diff([mp.zero, *x, y]), x=(2,), y=()),
    call("fdiff(x)", lambda x: fdiff(x, range(4)), x=(4,)),
    call("fdiff(x, 2, edge_order=2)", lambda x: fdiff(x, range(0, 8, 2), 2), x=(4,)),
    call("fdiff(x, [0, 1, 3, 4.5], edge_order=2)",
         lambda x: fdiff(x, number([0, 1, 3, 4.5]), 2), x=(4,)),
    call("fdiff(x, axis=1)", along(lambda r: fdiff(r, range(3)), 1), x=(2, 3)),
    call("fdiff(x)[1]", along(lambda r: fdiff(r, range(3)), 1), x=(2, 3)),
    call("trapezoid(x)", lambda x: ((x[1:] + x[:-1]) / 2).sum(), x=(4,)),
    call("trapezoid(x, y)", lambda x, y: ((x[1:] + x[:-1]) / 2 * np.diff(y)).sum(),
         x=(3,), y=(3,)),
    call("trapezoid(x, dx=y, axis=0)", lambda x, y: ((x[1:] + x[:-1]) / 2 * y).sum(0),
         x=(3, 2), y=()),
    call("cumulative_trapezoid(x, y, initial=0)",
         lambda x, y: np.array([mp.zero, *((x[1:] + x[:-1]) / 2 * np.diff(y)).cumsum()]),
         x=(3,), y=(3,)),
    call("searchsorted([-1, 0, 1], x)", lambda x: np.searchsorted([-1, 0, 1], x), x=(2, 2)),
    call("digitize(x, [-1, 0, 1])", lambda x: np.searchsorted([-1, 0, 1], x), x=(4,)),
    call("histogram(x, (-3, -1, 0, 3), weights=y)[0]",
         lambda x, y: np.array([(y[(x >= a) & (x < b)]).sum() + mp.zero
                                for a, b in ((-3, -1), (-1, 0), (0, 3))]), x=(5,), y=(5,)),
    call("bincount([0, 2, 7], x, length=3)", lambda x: np.array([x[0], mp.zero, x[1]]), x=(3,)),
    call("bincount([0, 2, 2], x)", lambda x: np.array([x[0], mp.zero, x[1] + x[2]]), x=(3,)),
]
# fmt: on

# fmt: off
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
    call("broadcast_in_dim(x, (2, 3, 2), (0,))", lambda x: x[:, None, None] + np.zeros((2, 3, 2)),
         x=(2,)),
    call("block([[x, y], [y, x]])", lambda x, y: np.block([[x, y], [y, x]]), x=(2, 1), y=(2, 2)),
    call("block([x, y])", lambda x, y: np.block([x, y]), x=(1,), y=(2,)),
    call("repeat(x, [1, 0, 2], axis=1)", lambda x: x[:, [0, 2, 2]], x=(2, 3)),
    call("rot90(x)", np.rot90, x=(2, 3)),
    call("rot90(x, 2)", lambda x: np.rot90(x, 2), x=(2, 3)),
    call("rot90(x, -1)", lambda x: np.rot90(x, -1), x=(2, 3)),
    call("lax_pad(x, 7, ((1, -1, 1), (0, 1, 0)))",
         lambda x: np.array([[7] * 3, [*x[0], 7], [7] * 3], dtype=object), x=(2, 2)),
    call("diagonal(x)", lambda x: x.diagonal(), x=(2, 2, 2)),
    call("trace(x)", lambda x: x.trace(), x=(2, 2, 2)),
    call("diag_part(x)", lambda x: x.diagonal(0, 1, 2), x=(2, 2, 2)),
    call("diag_embed(x, 1, 2, 0)",
         lambda x: placed(x.T, (3, 2, 3), [1, 2], slice(None), [0, 1]), x=(2, 2)),
    call("diag_embed(x, 1)", lambda x: placed(x, (2, 3, 3), slice(None), [0, 1], [1, 2]), x=(2, 2)),
    call("diagflat(x)", lambda x: placed(x.ravel(), (4, 4), range(4), range(4)), x=(2, 2)),
    call("band_part(x, 1, 0)",
         lambda x: np.where(np.tri(3, dtype=int) - np.tri(3, k=-2, dtype=int) > 0, x, mp.zero),
         x=(3, 3)),
    call("depth_to_space(x, 2)",
         lambda x: x.reshape(1, 1, 2, 2, 2, 2).transpose(0, 1, 3, 2, 4, 5).reshape(1, 2, 4, 2),
         x=(1, 1, 2, 8)),
    call('depth_to_space(x, 2, "NCHW")',
         lambda x: x.reshape(2, 2, 2).swapaxes(1, 2).reshape(1, 1, 2, 4), x=(1, 4, 1, 2)),
    call('space_to_depth(x, 2, "NCHW")',
         lambda x: x.reshape(2, 2, 2).swapaxes(1, 2).reshape(1, 4, 1, 2), x=(1, 1, 2, 4)),
    call("space_to_depth(x, 2)",
         lambda x: x.reshape(1, 1, 2, 2, 2, 1).transpose(0, 1, 3, 2, 4, 5).reshape(1, 1, 2, 4),
         x=(1, 2, 4, 1)),
    call("pixel_shuffle(x, 2)",
         lambda x: x.reshape(2, 2, 2, 1, 2).transpose(0, 3, 1, 4, 2).reshape(2, 2, 4), x=(8, 1, 2)),
    call("pixel_unshuffle(x, 2)",
         lambda x: x.reshape(1, 1, 2, 2, 2).transpose(0, 2, 4, 1, 3).reshape(4, 1, 2), x=(1, 2, 4)),
    call("space_to_batch(x, (2, 2), ((0, 0), (1, 1)))",
         lambda x: np.concatenate([around(x, (0, 0), (1, 1))[:, i::2, j::2]
                                   for i in (0, 1) for j in (0, 1)]), x=(1, 2, 2, 1)),
    call("batch_to_space(x, (2, 2), ((0, 1), (0, 0)))",
         lambda x: np.array([[[x[0, 0, 0], x[1, 0, 0]]]], object), x=(4, 1, 1, 2)),
    call("sliding_window_view(x, (2, 2))",
         lambda x: np.lib.stride_tricks.sliding_window_view(x, (2, 2)), x=(2, 3)),
    call("sliding_window_view(x, 3, axis=0)",
         lambda x: np.lib.stride_tricks.sliding_window_view(x, 3, 0), x=(4, 2)),
    call("extract_patches(x, (2, 1), 1, 1)",
         lambda x: over_windows(x, lambda w: w.reshape(1, -1), (2, 1)), x=(1, 3, 2, 2)),
    call("unfold(x, (2, 2), padding=(0, 1))",
         lambda x: np.stack([w.reshape(-1) for w in windows(
             np.pad(x, ((0, 0), (0, 0), (0, 0), (1, 1)), constant_values=mp.zero)[0], (2, 2),
             (1, 1), (1, 1)).values()], 1)[None], x=(1, 2, 2, 2)),
    call("fold(x, (1, 3), (1, 2))",
         lambda x: np.array([[[[x[0, 0, 0], x[0, 1, 0] + x[0, 0, 1], x[0, 1, 1]]]]], object),
         x=(1, 2, 2)),
    call("linspace(x, y, 3, axis=1)", lambda x, y: np.stack([x, (x + y) / 2, y], 1),
         x=(2,), y=(2,)),
    call("logspace(x, y, 3)", lambda x, y: each(lambda v: mp.mpf(10) ** v)(
        np.stack([x, (x + y) / 2, y])), x=(), y=()),
    call("geomspace(x^2 + 1, 9, 3)",
         lambda x: np.stack([x**2 + 1, 3 * sqrt(x**2 + 1), 9 + 0 * x]), x=()),
    call("meshgrid(x, y, sparse=true)[1]", lambda x, y: y[:, None], x=(2,), y=(3,)),
    call("meshgrid(x, y)[0]", lambda x, y: np.meshgrid(x, y)[0], x=(2,), y=(3,)),
    call('meshgrid(x, y, indexing="ij")[1]',
         lambda x, y: np.meshgrid(x, y, indexing="ij")[1], x=(2,), y=(3,)),
    call("one_hot([1, 0], 3, x, y)",
         lambda x, y: np.array([[y, x, y], [x, y, y]], object), x=(), y=()),
]
# fmt: on

# fmt: off
TABLES = [
    call('take(x, [1, -1, 3], mode="fill", fill_value=y)', lambda x, y: np.array([x[1], x[1], y]),
         x=(2,), y=()),
    call('take(x, [1, -1, 3], 1, mode="clip")', lambda x: x[:, [1, 0, 1]], x=(2, 2)),
    call("gather(x, [1, 0, 1])", lambda x: x[[1, 0, 1]], x=(2, 2)),
    call("gather(x, [[1, 0], [0, 0]], axis=1, batch_dims=1)",
         lambda x: np.stack([x[0, [1, 0]], x[1, [0, 0]]]), x=(2, 2)),
    call("index_select(x, 1, [1, 1])", lambda x: x[:, [1, 1]], x=(2, 2)),
    call("gather_elements(x, 0, [[1, 0, 1]])", lambda x: x[[1, 0, 1], range(3)][None], x=(2, 3)),
    call("gather_elements(x, 1, [[2, 2]])", lambda x: x[:1, [2, 2]], x=(2, 3)),
    call("gather_nd(x, [[1, 0], [1, 0], [0, 1]])", lambda x: x[[1, 1, 0], [0, 0, 1]], x=(2, 2)),
    call("gather_nd(x, [[1], [0]])", lambda x: x[[1, 0]], x=(2, 2)),
    call("mode(concat((x, y, x)))", lambda x, y: np.min(x), x=(3,), y=(2,)),
    call("mode(x, 0, true)", lambda x: np.min(x, 0, keepdims=True), x=(3, 2)),
    call("histc(x, 4, -2, 2)", lambda x: np.histogram(x.astype(float), 4, (-2, 2))[0], x=(9,)),
    call("cartesian_prod(x, y)", lambda x, y: np.array([[a, b] for a in x for b in y]),
         x=(2,), y=(3,)),
    call("combinations(x)", lambda x: x[[[0, 1], [0, 2], [1, 2]]], x=(3,)),
    call("combinations(x, 1, true)", lambda x: x[:, None], x=(3,)),
    call('scatter_reduce(x, 0, [0, 1, 0], y, "sum")',
         lambda x, y: np.array([x[0] + y[0] + y[2], x[1] + y[1], x[2]]), x=(3,), y=(3,)),
    call('scatter_reduce(x, 0, [0, 1, 0], y, "mean")',
         lambda x, y: np.array([(x[0] + y[0] + y[2]) / 3, (x[1] + y[1]) / 2, x[2]]),
         x=(3,), y=(3,)),
    call('scatter_reduce(x, 1, [[2, 2]], y, "prod")',
         lambda x, y: np.array([[x[0, 0], x[0, 1], x[0, 2] * y[0, 0] * y[0, 1]]]),
         x=(1, 3), y=(1, 2)),
    call('scatter_reduce(x, 0, [0, 1, 0], y, "amin", include_self=false)',
         lambda x, y: np.array([min(y[0], y[2]), y[1], x[2]]), x=(3,), y=(3,)),
    call('scatter_reduce(x, 0, [0, 1, 0], y, "mean", include_self=false)',
         lambda x, y: np.array([(y[0] + y[2]) / 2, y[1], x[2]]), x=(3,), y=(3,)),
    call("tf_concat((x, y), 1)", lambda x, y: np.hstack([x, y]), x=(2, 3), y=(2, 1)),
    call("torch_select(x, 1, -1)", lambda x: x[:, -1], x=(2, 4)),
    call("narrow(x, 1, 1, 2)", lambda x: x[:, 1:3], x=(2, 4)),
    call("dynamic_slice(x, (5,), (2,))", lambda x: x[1:], x=(3,)),
    call("dynamic_update_slice(x, y, (0, 5))", lambda x, y: replaced(x, (0, slice(1, 3)), y[0]),
         x=(2, 3), y=(1, 2)),
    call("slice_in_dim(x, 1, 4, 2, 1)", lambda x: x[:, 1:4:2], x=(2, 5)),
    call("index_in_dim(x, -1, 1, false)", lambda x: x[:, -1], x=(2, 3)),
    call("dynamic_slice_in_dim(x, 9, 2, 1)", lambda x: x[:, 1:], x=(2, 3)),
    call("dynamic_index_in_dim(x, 9, 1)", lambda x: x[:, 2:], x=(2, 3)),
    call("dynamic_update_slice_in_dim(x, y, 5, 1)",
         lambda x, y: np.concatenate([x[:, :1], y], 1), x=(2, 3), y=(2, 2)),
    call("dynamic_update_index_in_dim(x, y, 1, 1)",
         lambda x, y: np.stack([x[:, 0], y, x[:, 2]], 1), x=(2, 3), y=(2,)),
    call("choose([1, 0], (x, y))", lambda x, y: np.array([y[0], x[1]]), x=(2,), y=(2,)),
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
    call("aminmax(x, 1)[0]", lambda x: np.min(x, 1), x=(2, 3)),
    call("aminmax(x, keepdims=true)[1]", lambda x: np.max(x, keepdims=True), x=(2, 2)),
    call("argpartition(x, 1)", lambda x: np.argpartition(x.astype(float), 1), x=(4,)),
    call("partition(x, 1)", lambda x: x[np.argpartition(x.astype(float), 1)], x=(4,)),
    call("kthvalue(x, 2, axis=0)", lambda x: np.sort(x, 0)[1], x=(3, 2)),
    call("scatter_nd([[1], [3], [1]], x, (5,))",
         lambda x: np.array([mp.zero, x[0] + x[2], mp.zero, x[1], mp.zero]), x=(3,)),
    call("tensor_scatter_nd_update(x, [[1], [0], [1]], y)",
         lambda x, y: np.array([y[1], y[2], x[2]]), x=(3,), y=(3,)),
    call("tensor_scatter_nd_add(x, [[1, 0], [1, 0]], y)",
         lambda x, y: added(x, ([1, 1], [0, 0]), y), x=(2, 2), y=(2,)),
    call("tensor_scatter_nd_sub(x, [[1]], y)", lambda x, y: added(x, [1], -y), x=(2, 2), y=(1, 2)),
    call("tensor_scatter_nd_max(x, [[1], [1]], y)",
         lambda x, y: np.array([x[0], max(x[1], *y)]), x=(2,), y=(2,)),
    call("tensor_scatter_nd_min(x, [[1], [1]], y)",
         lambda x, y: np.array([x[0], min(x[1], *y)]), x=(2,), y=(2,)),
    call("index_add(x, 0, [0, 0], y)", lambda x, y: added(x, [0, 0], y), x=(2, 2), y=(2, 2)),
    call("index_copy(x, 1, [1, 0], y)", lambda x, y: y[:, ::-1], x=(2, 2), y=(2, 2)),
    call("index_fill(x, 0, [1], y)", lambda x, y: replaced(x, [1], y), x=(3,), y=()),
    call("index_put(x, ([0, 1], [1, 0]), y)",
         lambda x, y: replaced(x, ([0, 1], [1, 0]), y), x=(2, 2), y=(2,)),
    call("index_put(x, ([0, 0],), y, accumulate=true)",
         lambda x, y: x + placed(y[0] + y[1], (3,), 0), x=(3,), y=(2,)),
    call('scatter(x, 0, [2, 2], y, "add")',
         lambda x, y: x + placed(y[0] + y[1], (3,), 2), x=(3,), y=(2,)),
    call("scatter(x, 0, [[1, 0]], y)",
         lambda x, y: replaced(x, ([1, 0], [0, 1]), y[0]), x=(2, 2), y=(2, 2)),
    call("scatter_add(x, 1, [[1, 1]], y)",
         lambda x, y: added(x, ([0, 0], [1, 1]), y[0]), x=(2, 2), y=(1, 2)),
    call("put_along_axis(x, [[1], [0]], y, 1)",
         lambda x, y: replaced(x, ([0, 1], [1, 0]), y[:, 0]), x=(2, 2), y=(2, 1)),
    call("put(x, [0, 2], y)", lambda x, y: replaced(x, ([0, 1], [0, 0]), y), x=(2, 2), y=(2,)),
    call("masked_fill(x, x > 0, y)", each(lambda x, y: y if x > 0 else x), x=(4,), y=()),
    call("putmask(x, [true, false, true], y)",
         lambda x, y: np.array([y[0], x[1], y[0]]), x=(3,), y=(2,)),
    call("masked_scatter(x, [true, false, true], y)",
         lambda x, y: np.array([y[0], x[1], y[1]]), x=(3,), y=(3,)),
    call("insert(x, 1, y)", lambda x, y: np.insert(x, 1, y), x=(3,), y=()),
    call("insert(x, [0, 2], y, axis=1)", lambda x, y: np.insert(x, [0, 2], y, 1), x=(2, 2),
         y=(2, 2)),
    call("delete(x, 1)", lambda x: np.delete(x, 1), x=(3,)),
    call("delete(x, [0, -1], axis=1)", lambda x: x[:, 1:2], x=(2, 3)),
    call("segment_sum(x, [0, 2, 0], 4)",
         lambda x: np.stack([x[0] + x[2], 0 * x[0], x[1], 0 * x[0]]), x=(3, 2)),
    call("segment_mean(x, [1, 0, 1])", lambda x: np.stack([x[1], (x[0] + x[2]) / 2]), x=(3, 2)),
    call("segment_sqrt_n(x, [1, 0, 1])", lambda x: np.array([x[1], (x[0] + x[2]) / mp.sqrt(2)]),
         x=(3,)),
    call("one_hot_classes([2, 0])", lambda: np.array([[0.0, 0.0, 1.0], [1.0, 0.0, 0.0]])),
    call("sequence_mask([2, 0], 3)", lambda: np.array([[True, True, False], [False] * 3])),
    call("set_diag(x, y, 1)", lambda x, y: replaced(x, ([0, 1], [1, 2]), y), x=(2, 3), y=(2,)),
    call("tensor_diag(x)", lambda x: placed(x.ravel(), (4, 4), range(4), range(4)).reshape(
        2, 2, 2, 2), x=(2, 2)),
    call("tensor_diag_part(x)", lambda x: x[[0, 1], :, [0, 1]][:, [0], [0]], x=(2, 1, 2, 1)),
    call("segment_prod(x, [1, 0, 1])", lambda x: np.array([x[1], x[0] * x[2]]), x=(3,)),
    call("segment_max(x, [1, 0, 1])",
         lambda x: np.stack([x[1], np.maximum(x[0], x[2])]), x=(3, 2)),
    call("segment_min(x, [1, 0, 1])", lambda x: np.array([x[1], min(x[0], x[2])]), x=(3,)),
    call("interp(x, [-2, 0, 1, 2], y)", lambda x, y: interp(x, number([-2, 0, 1, 2]), y),
         x=(5,), y=(4,)),
    call("interp(x, [-2, 3, 0, 1], y, period=6)",
         lambda x, y: interp(x, number([-3, -2, 0, 1, 3]), y[[1, 0, 2, 3, 1]]), x=(5,), y=(4,)),
    call("interp_regular_1d_grid(x, -2, 2, y)",
         lambda x, y: interp(x, number([-2, -2 / 3, 2 / 3, 2]) * 1, y), x=(3,), y=(4,)),
    call('interp(x, [-2, 0, 1, 2], y, "extrapolate", 7)',
         lambda x, y: np.where(x > 2, 7, np.where(
             x < -2, y[0] + (x + 2) * (y[1] - y[0]) / 2, interp(x, number([-2, 0, 1, 2]), y))),
         x=(7,), y=(4,)),
    call("interp(x, [2.5, 0, 1], y, period=3)",
         lambda x, y: interp(x % 3, number([-0.5, 0, 1, 2.5, 3]), y[[0, 1, 2, 0, 1]]),
         x=(7,), y=(3,)),
    call("interp(0.5, sort(x), y)", lambda x, y: interp(mp.mpf(0.5), np.sort(x), y),
         x=(3,), y=(3,)),
    call("polyval(x, y)", lambda x, y: (x[0] * y + x[1]) * y + x[2], x=(3,), y=(2,)),
    call("polyadd(x, y)", lambda x, y: np.array([x[0], x[1] + y[0], x[2] + y[1]]), x=(3,), y=(2,)),
    call("polysub(y, x)", lambda x, y: np.array([-x[0], y[0] - x[1], y[1] - x[2]]),
         x=(3,), y=(2,)),
    call("polymul(x, y)", convolve, x=(3,), y=(2,)),
    call("polyder(x, 2)", lambda x: np.array([6 * x[0], 2 * x[1]]), x=(4,)),
    call("polyint(x, k=7)", lambda x: np.array([x[0] / 2, x[1], mp.mpf(7)]), x=(2,)),
    call("vander(x, 4)", lambda x: np.stack([x**3, x**2, x, x**0], 1), x=(3,)),
    call("vander(x, increasing=true)", lambda x: np.stack([x**0, x, x**2], 1), x=(3,)),
]
# fmt: on

CALLS: list[Call] = [*STATISTICS, *SHAPES, *TABLES]

DOMAINS: dict[str, tuple[tuple[float, float], ...]] = {
    "cov(x, aweights=y^2, fweights=[1, 2, 1])": ((-3.0, 3.0), (0.5, 1.5)),
    "gmean(x)": ((0.5, 3.0),),
    "gmean(x, weights=y)": ((0.5, 3.0), (0.5, 3.0)),
    "hmean(x, 1)": ((0.5, 3.0),),
    "pmean(x, 3, axis=None)": ((0.5, 3.0),),
}
"""Where to draw arguments from."""
