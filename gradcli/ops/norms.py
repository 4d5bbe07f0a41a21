"""Norms of vectors and matrices."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from gradcli.errors import ProgramTypeError, ShapeError
from gradcli.ir.function import function
from gradcli.ir.op import as_number
from gradcli.ir.shapes import normal_axis, show_shape
from gradcli.ops.arithmetic import square
from gradcli.ops.compare import abs_
from gradcli.ops.reduce import NORM, ORDERS, max_, min_, sum_
from gradcli.ops.reduce import norm as vector
from gradcli.ops.shape import permute, reshape_to
from gradcli.ops.spectral import svdvals

if TYPE_CHECKING:
    from gradcli.ir.function import Array, Axes, Flag, Value
    from gradcli.ir.node import Node


def _of_matrix(x: Node, ord: Any, axes: tuple[int, int], keepdims: bool) -> Node:
    """The norm of matrices on two axes."""
    rest = tuple(i for i in range(x.ndim) if i not in axes)
    a = permute(x, (*rest, *axes))
    z = _of_last_two(a, ord)
    kept = tuple(1 if i in axes else n for i, n in enumerate(x.shape))
    return reshape_to(z, kept) if keepdims else z


def _of_last_two(a: Node, ord: Any) -> Node:
    if ord in ("fro", "euclidean", None):
        return NORM(a, (-2, -1))
    if ord in (1, -1):
        return (max_ if ord > 0 else min_)(sum_(abs_(a), -2), -1)
    if ord in (math.inf, -math.inf):
        return (max_ if ord > 0 else min_)(sum_(abs_(a), -1), -1)
    if ord == "nuc":
        return sum_(svdvals(a), -1)
    if ord in (2, -2):
        return (max_ if ord > 0 else min_)(svdvals(a), -1)
    raise ProgramTypeError(f"norm knows no order {ord!r} of a matrix", help=ORDERS)


@function(
    example="norm([3, 4])",
    variants={
        "tf": {"flat": True},
        "tfjs": {"flat": True},
        "torch": {"flat": True},
        "torch.linalg": {},
    },
)
def norm(
    x: Array, ord: Value = None, axis: Axes = None, keepdims: Flag = False, *, flat: Flag = False
) -> Node:
    """The norm of a vector, 2 unless `ord` is 1, inf, 0 or p; of a matrix, 'fro' unless given.

    An order makes it that of a matrix for a matrix without axes (not with `flat`), or for two
    axes: 1 and inf are the largest sums of columns and rows, 2 the largest singular value, 'nuc'
    the sum of them.
    """
    x = as_number(x)
    if isinstance(axis, tuple) and len(axis) == 2 and ord is not None:
        first, second = (normal_axis(a, x.ndim) for a in axis)
        return _of_matrix(x, ord, (first, second), keepdims)
    if axis is None and x.ndim == 2 and ord is not None and (not flat or ord == "nuc"):
        return _of_matrix(x, ord, (0, 1), keepdims)
    return vector(x, ord, axis, keepdims)


@function(example="vector_norm([3, 4])")
def vector_norm(x: Array, ord: Value = None, axis: Axes = None, keepdims: Flag = False) -> Node:
    """The norm of all elements, or along axes, as of a vector."""
    return vector(as_number(x), ord, axis, keepdims)


@function(example="matrix_norm([[3, 0], [0, 4]])")
def matrix_norm(
    x: Array, ord: Value = "fro", axis: Axes = (-2, -1), keepdims: Flag = False
) -> Node:
    """The norm of matrices on the last two axes: Frobenius, unless an order is given."""
    x = as_number(x)
    if x.ndim < 2:
        raise ShapeError(f"matrix_norm needs a matrix, not the shape {show_shape(x.shape)}")
    first, second = (normal_axis(a, x.ndim) for a in axis)
    return _of_matrix(x, ord, (first, second), keepdims)


@function(example="euclidean_norm([3, 4])", aliases="reduce_euclidean_norm")
def euclidean_norm(x: Array, axis: Axes = None, keepdims: Flag = False) -> Node:
    """sqrt(sum(x^2)), of all elements or along axes."""
    return NORM(x, axis, keepdims)


@function(example="l2_loss([3, 4])")
def l2_loss(x: Array) -> Node:
    """sum(x^2)/2."""
    return sum_(square(x)) * 0.5
