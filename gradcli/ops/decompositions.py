"""Triangular decompositions of matrices: Cholesky and QR."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from gradcli.errors import DomainError
from gradcli.ir.batching import leading
from gradcli.ir.function import function
from gradcli.ir.op import Structural
from gradcli.ops.compare import choose
from gradcli.ops.diagonals import tril, triu
from gradcli.ops.matmul import MATMUL, turned
from gradcli.ops.matrices import even, matrix_of, of_square, or_refused, row, symmetric
from gradcli.ops.records import added
from gradcli.ops.shape import concat, index
from gradcli.ops.solving import TRIANGULAR

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gradcli.ir.function import Array, Flag, Text
    from gradcli.ir.node import Node


# --- Cholesky -----------------------------------------------------------------------------------


_cholesky = or_refused(
    lambda a: np.linalg.cholesky(symmetric(a, "cholesky")),
    "the matrix of cholesky is not positive definite",
)


def _halved(x: Node) -> Node:
    """The lower triangle, with half of the diagonal."""
    return (tril(x) + tril(x, -1)) * 0.5


def _cholesky_vjp(node: Node, g: Node) -> Node:
    """Murray, Differentiation of the Cholesky decomposition (2016), equation 10."""
    inside = _halved(MATMUL(turned(node), tril(g)))
    left = TRIANGULAR(turned(node), inside, attrs=(False, False))
    return even(turned(TRIANGULAR(turned(node), turned(left), attrs=(False, False))))


def _cholesky_jvp(node: Node, t: Node) -> Node:
    """Murray, equation 8."""
    left = TRIANGULAR(node, even(t), attrs=(True, False))
    inside = turned(TRIANGULAR(node, turned(left), attrs=(True, False)))
    return MATMUL(node, _halved(inside))


CHOLESKY = of_square("cholesky", _cholesky, _cholesky_vjp, _cholesky_jvp)


@function(
    example="cholesky([[4, 2], [2, 5]])",
    signatures="""
        scipy.linalg.cholesky(a, lower: not upper = False, overwrite_a=False, check_finite=True)
    """,
)
def cholesky(a: Array, upper: Flag = False, *, lower: Flag = True) -> Node:
    """The lower triangular l with l @ l.T = a, for a symmetric positive definite matrix."""
    z = CHOLESKY(matrix_of(a, "cholesky"))
    return turned(z) if upper or not lower else z


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
    m = added(
        None if of_r is None else MATMUL(r, turned(triu(of_r))),
        None if of_q is None else -MATMUL(turned(of_q), q),
    )
    mirrored = tril(m) + turned(tril(m, -1))
    return _over(added(of_q, MATMUL(q, mirrored)), r, True)


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


@function(
    example="qr([[1, 2], [3, 4]])",
    signatures="scipy.linalg.qr(a, overwrite_a=False, lwork=None, mode='full', pivoting=False)",
)
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
