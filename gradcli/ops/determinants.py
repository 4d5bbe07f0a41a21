"""Determinants, exact for singular matrices too."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from gradcli.ir.batching import leading
from gradcli.ir.function import function
from gradcli.ir.op import Structural
from gradcli.ops.compare import choose
from gradcli.ops.matmul import MATMUL, turned
from gradcli.ops.records import constant_op
from gradcli.ops.reduce import sum_
from gradcli.ops.shape import reshape_to
from gradcli.ops.solving import INV, square_matrix

if TYPE_CHECKING:
    from gradcli.ir.function import Array
    from gradcli.ir.node import Node


_BY_MINORS = 8  # rows up to which cofactors are computed one by one


def _cofactors(a: Any) -> Any:
    """The matrix of cofactors, exact for singular matrices too.

    Small ones by their minors; others through the SVD: with a = u s v, cof(a) is
    det(u) det(v) u diag(products of the other s) v.
    """
    n = a.shape[-1]
    if n <= _BY_MINORS:
        return _by_minors(a)
    u, s, v = np.linalg.svd(a)
    others = np.stack([np.prod(np.delete(s, i, -1), -1) for i in range(n)], -1)
    sign = np.linalg.det(u) * np.linalg.det(v)
    return (sign[..., None, None] * (u * others[..., None, :]) @ v).astype(a.dtype, copy=False)


def _by_minors(a: Any) -> Any:
    n = a.shape[-1]
    cofactors = np.ones_like(a)
    for i in range(n):
        for j in range(n):
            minor = np.delete(np.delete(a, i, -2), j, -1)
            cofactors[..., i, j] = (-1) ** (i + j) * _determinant(minor)
    return cofactors


def _determinant(a: Any) -> Any:
    """The determinant; of two rows without the rounding of an elimination."""
    if a.shape[-1] == 2:
        return a[..., 0, 0] * a[..., 1, 1] - a[..., 0, 1] * a[..., 1, 0]
    return np.linalg.det(a)


def _cofactor_slope(node: Node, t: Node) -> Node:
    """tr(A⁻¹t)·cof - A⁻ᵀ tᵀ cof, the same for a tangent and a cotangent."""
    (a,) = node.inputs
    inside = turned(INV(a))
    trace = sum_(inside * t, (-2, -1), True)
    return trace * node - MATMUL(MATMUL(inside, turned(t)), node)


COFACTORS = Structural(
    "cofactors",
    _cofactors,
    lambda shapes: square_matrix(shapes[0], "det"),
    lambda node, g: (_cofactor_slope(node, g),),
    lambda node, tangents: _cofactor_slope(node, tangents[0]),
    batch=leading,
)


def _outer_axes(z: Node) -> Node:
    return reshape_to(z, (*z.shape, 1, 1))


DET = Structural(
    "det",
    _determinant,
    lambda shapes: square_matrix(shapes[0], "det")[:-2],
    lambda node, g: (_outer_axes(g) * COFACTORS(node.inputs[0]),),
    lambda node, tangents: sum_(COFACTORS(node.inputs[0]) * tangents[0], (-2, -1)),
    batch=leading,
)


@function(example="det([[1, 2], [3, 4]])", aliases="matrix_determinant")
def det(a: Array) -> Node:
    """The determinant; its gradient is exact for singular matrices too."""
    return DET(a)


# --- the logarithm of its size ------------------------------------------------------------------

LOG_SIZE = Structural(
    "log_abs_det",
    lambda a: np.linalg.slogdet(a)[1],
    lambda shapes: square_matrix(shapes[0], "slogdet")[:-2],
    lambda node, g: (_outer_axes(g) * turned(INV(node.inputs[0])),),
    lambda node, tangents: sum_(turned(INV(node.inputs[0])) * tangents[0], (-2, -1)),
    batch=leading,
)
SIGN = constant_op(
    "sign_det",
    lambda a: np.linalg.slogdet(a)[0],
    lambda shapes: square_matrix(shapes[0], "slogdet")[:-2],
    leading,
)


@function(example="slogdet([[1, 2], [3, 4]])")
def slogdet(a: Array) -> tuple[Node, Node]:
    """The sign of the determinant, and the logarithm of its absolute value."""
    return SIGN(a), LOG_SIZE(a)


@function(example="logdet([[2, 0], [0, 4]])")
def logdet(a: Array) -> Node:
    """The logarithm of the determinant; NaN if that is negative."""
    z = LOG_SIZE(a)
    return choose(SIGN(a) >= 0.0, z, z * np.nan)
