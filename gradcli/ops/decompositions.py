"""Triangular decompositions of matrices: Cholesky and QR."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from gradcli.errors import DomainError, ShapeError
from gradcli.ir.batching import leading
from gradcli.ir.function import function
from gradcli.ir.op import Structural, as_number
from gradcli.ir.shapes import show_shape
from gradcli.ops.compare import choose
from gradcli.ops.diagonals import tril, triu
from gradcli.ops.linalg import MATMUL, turned
from gradcli.ops.shape import concat, index, reshape_to
from gradcli.ops.solving import TRIANGULAR, square_matrix

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gradcli.ir.function import Array, Flag, Text
    from gradcli.ir.node import Node


def symmetric(a: Any, name: str) -> Any:
    """The symmetric part of a matrix that is symmetric to rounding; else a DomainError."""
    other = np.swapaxes(a, -1, -2)
    size = np.max(np.abs(a), initial=0)
    if np.max(np.abs(a - other), initial=0) > 100 * a.shape[-1] * np.finfo(a.dtype).eps * size:
        raise DomainError(f"the matrix of {name} is not symmetric")
    return (a + other) * a.dtype.type(0.5)


def even(x: Node) -> Node:
    """The symmetric part of matrices."""
    return (x + turned(x)) * 0.5


def row(x: Node) -> Node:
    """The last axis as the columns of a matrix of one row."""
    return reshape_to(x, (*x.shape[:-1], 1, x.shape[-1]))


def column(x: Node) -> Node:
    """The last axis as the rows of a matrix of one column."""
    return reshape_to(x, (*x.shape, 1))


def matrix_of(x: Node, name: str) -> Node:
    """`x` as numbers, if it has the axes of a matrix."""
    if x.ndim < 2:
        raise ShapeError(f"{name} needs a matrix, not the shape {show_shape(x.shape)}")
    return as_number(x)


# --- Cholesky -----------------------------------------------------------------------------------


def _cholesky(a: Any) -> Any:
    try:
        return np.linalg.cholesky(symmetric(a, "cholesky"))
    except np.linalg.LinAlgError:
        raise DomainError("the matrix of cholesky is not positive definite") from None


def _halved(x: Node) -> Node:
    """The lower triangle, with half of the diagonal."""
    return (tril(x) + tril(x, -1)) * 0.5


def _cholesky_vjp(node: Node, g: Node) -> Sequence[Node]:
    """Murray, Differentiation of the Cholesky decomposition (2016), equation 10."""
    inside = _halved(MATMUL(turned(node), tril(g)))
    left = TRIANGULAR(turned(node), inside, attrs=(False, False))
    return (even(turned(TRIANGULAR(turned(node), turned(left), attrs=(False, False)))),)


def _cholesky_jvp(node: Node, tangents: Sequence[Any]) -> Node:
    """Murray, equation 8."""
    left = TRIANGULAR(node, even(tangents[0]), attrs=(True, False))
    inside = turned(TRIANGULAR(node, turned(left), attrs=(True, False)))
    return MATMUL(node, _halved(inside))


CHOLESKY = Structural(
    "cholesky",
    _cholesky,
    lambda shapes: square_matrix(shapes[0], "cholesky"),
    _cholesky_vjp,
    _cholesky_jvp,
    batch=leading,
)


@function(example="cholesky([[4, 2], [2, 5]])")
def cholesky(a: Array, upper: Flag = False) -> Node:
    """The lower triangular l with l @ l.T = a, for a symmetric positive definite matrix."""
    z = CHOLESKY(matrix_of(a, "cholesky"))
    return turned(z) if upper else z


@function(example="cho_factor([[4, 2], [2, 5]])")
def cho_factor(a: Array, lower: Flag = False) -> Any:
    """The Cholesky factor, and whether it is the lower one: what `cho_solve` takes."""
    z = CHOLESKY(matrix_of(a, "cho_factor"))
    return (z if lower else turned(z)), a.graph.constant(np.bool_(lower))


# --- QR -----------------------------------------------------------------------------------------


def _over(x: Node, r: Node, transposed: bool) -> Node:
    """x @ inv(r), or x @ inv(r.T), for an upper triangular r."""
    left = r if transposed else turned(r)
    return turned(TRIANGULAR(left, turned(x), attrs=(not transposed, False)))


def _qr_back(q: Node, r: Node, of_q: Node | None, of_r: Node | None) -> Node:
    """The cotangent of a tall matrix, with M = R R̄ᵀ - Q̄ᵀ Q.

    Walter and Lehmann, Algorithmic differentiation of linear algebra functions (2012).
    """
    inner = []
    if of_r is not None:
        inner.append(MATMUL(r, turned(triu(of_r))))
    if of_q is not None:
        inner.append(-MATMUL(turned(of_q), q))
    m = inner[0] if len(inner) == 1 else inner[0] + inner[1]
    mirrored = tril(m) + turned(tril(m, -1))
    whole = MATMUL(q, mirrored)
    return _over(whole if of_q is None else of_q + whole, r, True)


def _qr_slopes(q: Node, r: Node, t: Node) -> tuple[Node, Node]:
    """The tangents of q and r."""
    x = _over(t, r, False)
    c = MATMUL(turned(q), x)
    low = tril(c, -1)
    turn = low - turned(low)
    return x - MATMUL(q, c) + MATMUL(q, turn), triu(MATMUL(c - turn, r))


def _factor(i: int) -> Structural:
    def kernel(a: Any) -> Any:
        return np.linalg.qr(a)[i]

    def shape(shapes: Sequence[Any]) -> Any:
        *lead, _, n = shapes[0]
        return shapes[0] if i == 0 else (*lead, n, n)

    def vjp(node: Node, g: Node) -> Sequence[Node]:
        (a,) = node.inputs
        return (_qr_back(QR_Q(a), QR_R(a), *((g, None) if i == 0 else (None, g))),)

    def jvp(node: Node, tangents: Sequence[Any]) -> Node:
        (a,) = node.inputs
        return _qr_slopes(QR_Q(a), QR_R(a), tangents[0])[i]

    return Structural("qr_" + "qr"[i], kernel, shape, vjp, jvp, batch=leading)


QR_Q, QR_R = _factor(0), _factor(1)
"""The factors of a matrix with at least as many rows as columns."""


@function(example="qr([[1, 2], [3, 4]])")
def qr(a: Array, mode: Text = "reduced") -> Any:
    """q with orthonormal columns and r upper triangular, with q @ r = a; mode "r": r alone."""
    a = matrix_of(a, "qr")
    m, n = a.shape[-2:]
    if mode not in ("reduced", "r", "economic") and m > n:
        raise DomainError(f"qr of a tall matrix in mode {mode!r} is arbitrary", help='"reduced"')
    tall = index(a, ..., slice(0, m)) if m < n else a
    q, r = QR_Q(tall), QR_R(tall)
    if m < n:
        r = concat((r, MATMUL(turned(q), index(a, ..., slice(m, None)))), r.ndim - 1)
    return r if mode == "r" else (q, r)


@function(example="gram_schmidt([[3, 4], [1, 0]])")
def gram_schmidt(x: Array) -> Node:
    """Orthonormal rows that span the same spaces, one after the other."""
    x = matrix_of(x, "gram_schmidt")
    q, r = qr(turned(x))
    signs = choose(index(r, ..., *(np.arange(r.shape[-2]),) * 2) < 0.0, -1.0, 1.0)
    return turned(q * row(signs))
