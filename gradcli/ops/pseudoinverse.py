"""Least squares: the pseudoinverse and what follows from it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from gradcli.errors import ShapeError
from gradcli.ir.batching import leading
from gradcli.ir.function import function
from gradcli.ir.op import Structural, as_number
from gradcli.ir.shapes import show_shape
from gradcli.ops.arithmetic import square
from gradcli.ops.linalg import MATMUL, turned
from gradcli.ops.reduce import sum_
from gradcli.ops.shape import spread
from gradcli.ops.solving import with_columns
from gradcli.ops.spectral import matrix_rank, svdvals

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gradcli.ir.function import Array, Flag, Value
    from gradcli.ir.node import Node


def _pinv_shape(shapes: Sequence[Any]) -> Any:
    if len(shapes[0]) < 2:
        raise ShapeError(f"pinv needs a matrix, not the shape {show_shape(shapes[0])}")
    *lead, m, n = shapes[0]
    return (*lead, n, m)


def _outside(x: Node, a: Node, b: Node) -> Node:
    """x less its part in the space that a @ b projects on."""
    return x - MATMUL(a, MATMUL(b, x))


def _pinv_jvp(node: Node, tangents: Sequence[Any]) -> Node:
    """Golub and Pereyra (1973), equation 4.12."""
    (a,), (t,) = node.inputs, tangents
    moved = MATMUL(MATMUL(node, t), node)
    back = turned(t)
    left = MATMUL(MATMUL(node, turned(node)), back)
    left = left - MATMUL(MATMUL(left, a), node)
    right = MATMUL(back, MATMUL(turned(node), node))
    right = _outside(right, node, a)
    return left + right - moved


def _pinv_vjp(node: Node, g: Node) -> Sequence[Node]:
    (a,) = node.inputs
    moved = MATMUL(MATMUL(turned(node), g), turned(node))
    back = turned(g)
    left = MATMUL(_outside(back, a, node), MATMUL(node, turned(node)))
    right = MATMUL(MATMUL(turned(node), node), back)
    right = right - MATMUL(MATMUL(right, node), a)
    return (left + right - moved,)


PINV = Structural("pinv", np.linalg.pinv, _pinv_shape, _pinv_vjp, _pinv_jvp, batch=leading)


@function(example="pinv([[1, 2], [3, 4], [5, 6]])")
def pinv(a: Array) -> Node:
    """The pseudoinverse of a matrix of full rank."""
    return PINV(as_number(a))


@function(example="lstsq([[1, 0], [0, 2], [0, 0]], [1, 2, 3])", variants={"tf": {"only": True}})
def lstsq(a: Array, b: Array, rcond: Value = None, *, only: Flag = False) -> Any:  # noqa: ARG001
    """The x with the least norm(a @ x - b), squared residuals, rank of a, singular values.

    TensorFlow's prefix gives x alone.
    """
    a, b = as_number(a), as_number(b)
    x = with_columns(b, lambda columns: MATMUL(PINV(a), columns))
    if only:
        return x
    miss = with_columns(x, lambda columns: MATMUL(a, columns)) - b
    left = sum_(square(miss), 0, b.ndim == 1)
    if a.shape[-2] <= a.shape[-1]:
        left = spread(a.graph.constant(0.0), (0,))
    return x, left, matrix_rank(a), svdvals(a)
