"""Moments: variance, covariance, skewness and their like."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from gradcli.errors import ShapeError
from gradcli.ir.function import function
from gradcli.ir.op import as_number
from gradcli.ir.shapes import normal_axis, show_shape
from gradcli.ops.compare import choose, lt, maximum, truth
from gradcli.ops.diagonals import diagonal
from gradcli.ops.exponential import exp, log
from gradcli.ops.matmul import MATMUL, turned
from gradcli.ops.powers import cube, sqrt, square
from gradcli.ops.reduce import MOMENTS, NORM, average, count_over, count_where, mean, sum_
from gradcli.ops.shape import concat, reshape_to

if TYPE_CHECKING:
    from gradcli.ir.function import Array, Axes, Flag, Int, Number, Value
    from gradcli.ir.node import Node


def _freedom(x: Node, axis: Any, ddof: float, unbiased: Any) -> float:
    """What the sum of squares is divided by; never less than 0."""
    return max(count_over(x, axis) - (ddof if unbiased is None else float(bool(unbiased))), 0.0)


def _central(x: Node, axis: Any, around: Node | None = None, where: Node | None = None) -> Node:
    """The distances from the mean, or from what is given for it; 0 where an element is not in."""
    centre = mean(x, axis, True, where=where) if around is None else around
    return x - centre if where is None else choose(truth(where), x - centre, 0.0)


def _freedom_where(x: Node, axis: Any, keepdims: bool, where: Node, ddof: float) -> Node:
    return maximum(count_where(x, axis, keepdims, where) - ddof, 0.0)


@function(
    example="var([1, 2, 4])",
    aliases="reduce_variance",
    signatures=f"""
        np.var({MOMENTS})
        torch.var(input, dim=None, *, correction=1, keepdim=False)
        torch.var(input, dim, unbiased=True, keepdim=False)
        torch.var(input, unbiased=True)
    """,
)
def var(
    x: Array,
    axis: Axes = None,
    keepdims: Flag = False,
    ddof: Number = 0,
    *,
    unbiased: Value = None,
    where: Array | None = None,
    mean: Array | None = None,
) -> Node:
    """The variance: the mean squared distance from the mean (over n - ddof)."""
    squares = sum_(square(_central(x, axis, mean, where)), axis, keepdims)
    if where is not None:
        return squares / _freedom_where(x, axis, keepdims, where, ddof)
    return squares / _freedom(x, axis, ddof, unbiased)


@function(
    example="std([1, 2, 4])",
    aliases="reduce_std",
    signatures=f"""
        np.std({MOMENTS})
        torch.std(input, dim=None, *, correction=1, keepdim=False)
        torch.std(input, dim, unbiased=True, keepdim=False)
        torch.std(input, unbiased=True)
    """,
)
def std(
    x: Array,
    axis: Axes = None,
    keepdims: Flag = False,
    ddof: Number = 0,
    *,
    unbiased: Value = None,
    where: Array | None = None,
    mean: Array | None = None,
) -> Node:
    """The standard deviation; where it is 0 so is its gradient."""
    size = NORM(_central(x, axis, mean, where), axis, keepdims)
    if where is not None:
        return size / sqrt(_freedom_where(x, axis, keepdims, where, ddof))
    freedom = _freedom(x, axis, ddof, unbiased)
    if freedom == 0:
        return sqrt(var(x, axis, keepdims, ddof, unbiased=unbiased))
    return size / math.sqrt(freedom)


@function(
    example="moments([1, 2, 3])",
    signatures="tf.moments(x, axes, shift=None, keepdims=False) -> mean, variance",
)
def moments(x: Array, axis: Axes = None, keepdims: Flag = False) -> tuple[Node, Node]:
    """The mean and the variance."""
    return mean(x, axis, keepdims), var(x, axis, keepdims)


@function(
    example="var_mean([1, 2, 3])",
    signatures="""
        torch.var_mean(input, dim=None, *, correction=1, keepdim=False) -> var, mean
        torch.var_mean(input, dim, unbiased: ddof = True, keepdim=False) -> var, mean
        torch.var_mean(input, unbiased: ddof = True) -> var, mean
    """,
)
def var_mean(
    x: Array, axis: Axes = None, keepdims: Flag = False, ddof: Number = 0
) -> tuple[Node, Node]:
    """The variance and the mean."""
    return var(x, axis, keepdims, ddof), mean(x, axis, keepdims)


@function(
    example="std_mean([1, 2, 3])",
    signatures="""
        torch.std_mean(input, dim=None, *, correction=1, keepdim=False) -> std, mean
        torch.std_mean(input, dim, unbiased: ddof = True, keepdim=False) -> std, mean
        torch.std_mean(input, unbiased: ddof = True) -> std, mean
    """,
)
def std_mean(
    x: Array, axis: Axes = None, keepdims: Flag = False, ddof: Number = 0
) -> tuple[Node, Node]:
    """The standard deviation and the mean."""
    return std(x, axis, keepdims, ddof), mean(x, axis, keepdims)


@function(
    example="sem([1, 2, 4])",
    signatures="""
        scipy.stats.sem(a, axis=0, ddof=1, nan_policy='propagate', *, keepdims=False); least=2
        jsp.stats.sem(a, axis=0, ddof=1, nan_policy='propagate', *, keepdims=False)
    """,
)
def sem(
    x: Array, axis: Axes = 0, ddof: Number = 1, *, keepdims: Flag = False, least: Int = 1
) -> Node:
    """The standard error of the mean: the standard deviation over sqrt(n).

    NaN of fewer elements than `least`: SciPy asks for two.
    """
    n = count_over(x, axis)
    return std(x if n >= least else x * math.nan, axis, keepdims, ddof) / math.sqrt(n)


@function(example="skew([1, 2, 4])")
def skew(x: Array, axis: Axes = 0, bias: Flag = True) -> Node:
    """The skewness: the mean cubed distance from the mean, over the variance to the power 3/2."""
    d = _central(x, axis)
    raw = mean(cube(d), axis) / var(x, axis) ** 1.5
    n = count_over(x, axis)
    return raw if bias or n < 3 else raw * (math.sqrt(n * (n - 1)) / (n - 2))


@function(example="kurtosis([1, 2, 4])")
def kurtosis(x: Array, axis: Axes = 0, fisher: Flag = True, bias: Flag = True) -> Node:
    """The mean fourth power of the distance from the mean, over the squared variance, less 3."""
    raw = mean(square(square(_central(x, axis))), axis) / square(var(x, axis))
    n = count_over(x, axis)
    if not bias and n > 3:
        raw = ((n * n - 1.0) * raw - 3.0 * (n - 1) ** 2) / ((n - 2.0) * (n - 3)) + 3.0
    return raw - 3.0 if fisher else raw


# --- of several variables -----------------------------------------------------------------------


def _variables(x: Node, y: Node | None, rowvar: bool) -> Node:
    """A row for each variable."""

    def rows(a: Node) -> Node:
        if a.ndim > 2:
            raise ShapeError(f"cov takes up to two axes, not the shape {show_shape(a.shape)}")
        if a.ndim < 2:
            return reshape_to(a, (1, a.size))
        return a if rowvar or a.shape[0] == 1 else turned(a)

    return rows(as_number(x)) if y is None else concat((rows(as_number(x)), rows(as_number(y))))


@function(
    example="cov([1, 2, 4], [2, 1, 3])",
    aliases="covariance",
    signatures="torch.cov(input, *, correction: ddof = 1, fweights=None, aweights=None)",
)
def cov(
    x: Array,
    y: Array | None = None,
    rowvar: Flag = True,
    bias: Flag = False,
    ddof: Number | None = None,
    fweights: Array | None = None,
    aweights: Array | None = None,
) -> Node:
    """The covariances of variables, a row each (over n - 1, or n with `bias`).

    Observations may have weights: how often each occurs, and how much each counts.
    """
    rows = _variables(x, y, rowvar)
    freedom = float(ddof) if ddof is not None else 0.0 if bias else 1.0
    weights = [w for w in (fweights, aweights) if w is not None]
    if any(w.shape != rows.shape[1:] for w in weights):
        raise ShapeError(f"cov needs one weight for each of {rows.shape[1]} observations")
    if weights:
        whole = _weighted_cov(rows, math.prod(weights[1:], start=weights[0]), aweights, freedom)
    else:
        d = _central(rows, -1)
        whole = MATMUL(d, turned(d)) / max((rows.shape[1] or math.nan) - freedom, 0.0)
    return reshape_to(whole, ()) if whole.shape == (1, 1) else whole


def _weighted_cov(rows: Node, weights: Node, aweights: Node | None, freedom: float) -> Node:
    total = sum_(weights)
    less = freedom if aweights is None else freedom * sum_(weights * aweights) / total
    d = rows - sum_(rows * weights, -1, True) / total
    return MATMUL(d * weights, turned(d)) / maximum(total - less, 0.0)


@function(example="corrcoef([1, 2, 4], [2, 1, 3])")
def corrcoef(x: Array, y: Array | None = None, rowvar: Flag = True) -> Node:
    """The correlations of variables, a row each: covariances over both standard deviations."""
    whole = cov(x, y, rowvar)
    if whole.ndim == 0:
        return whole / whole
    spread_ = sqrt(diagonal(whole))
    n = spread_.size
    return whole / reshape_to(spread_, (n, 1)) / reshape_to(spread_, (1, n))


@function(example="zscore([1, 2, 4])")
def zscore(x: Array, axis: Axes = 0, ddof: Int = 0) -> Node:
    """The distance of each element from the mean, in standard deviations."""
    a = None if axis is None else normal_axis(axis, x.ndim)
    return _central(x, a) / std(x, a, True, ddof)


# --- means of powers ----------------------------------------------------------------------------


@function(
    example="gmean([1, 2, 4])", signatures="scipy.stats.gmean(a, axis=0, dtype=None, weights=None)"
)
def gmean(x: Array, axis: Axes = 0, weights: Array | None = None) -> Node:
    """The geometric mean: the exponential of the mean of the logarithms."""
    z: Node = exp(average(log(x), axis, weights))
    return z


@function(
    example="hmean([1, 2, 4])",
    signatures="scipy.stats.hmean(a, axis=0, dtype=None, *, weights=None)",
)
def hmean(x: Array, axis: Axes = 0, *, weights: Array | None = None) -> Node:
    """The harmonic mean: 1 over the mean of 1/x; NaN where some x are negative."""
    return 1.0 / average(1.0 / _not_negative(x), axis, weights)


def _not_negative(x: Node) -> Node:
    return choose(lt(x, 0.0), math.nan, x)


@function(
    example="pmean([1, 2, 4], 2)",
    signatures="scipy.stats.pmean(a, p, *, axis=0, dtype=None, weights=None)",
)
def pmean(x: Array, p: Number, *, axis: Axes = 0, weights: Array | None = None) -> Node:
    """The mean of the powers x^p, to the power 1/p; for p = 0 the geometric mean.

    NaN where some x are negative.
    """
    if not p:
        return gmean(x, axis, weights)
    return average(_not_negative(x) ** p, axis, weights) ** (1.0 / p)
