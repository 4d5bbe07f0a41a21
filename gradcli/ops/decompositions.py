"""Triangular decompositions of matrices: Cholesky, QR and LU."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from gradcli.errors import DomainError
from gradcli.ir.batching import leading
from gradcli.ir.function import function
from gradcli.ir.op import Structural
from gradcli.ops import lapack
from gradcli.ops.arithmetic import mul
from gradcli.ops.compare import choose
from gradcli.ops.diagonals import diagonal, on_diagonal, tril, triu
from gradcli.ops.exponential import LOG_SLOPE, log
from gradcli.ops.factors import factors_of
from gradcli.ops.matmul import MATMUL, turned
from gradcli.ops.matrices import (
    cells_of_stack,
    column,
    even,
    matrix_of,
    of_square,
    or_refused,
    row,
    square_matrix,
    symmetric,
)
from gradcli.ops.products import matvec
from gradcli.ops.records import added, constant_op
from gradcli.ops.reduce import sum_
from gradcli.ops.shape import BROADCAST, concat, index
from gradcli.ops.solving import TRIANGULAR

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gradcli.ir.function import Array, Flag, Int, Text
    from gradcli.ir.node import Node


# --- Cholesky -----------------------------------------------------------------------------------


def _lower_factor(a: Any) -> Any:
    even_ = symmetric(a)
    known = factors_of(even_, is_even=True)
    root = None if known is None else known[0].root
    return np.linalg.cholesky(even_) if root is None else root.copy()


_cholesky = or_refused(_lower_factor, "is not positive definite")


def _halved(x: Node) -> Node:
    """The lower triangle, with half of the diagonal."""
    return (tril(x) + tril(x, -1)) * 0.5


def _by_logarithms(g: Node, x: Node) -> Node:
    """Slopes by the logarithms of positive numbers from those by the numbers: g*x.

    As of a determinant's logarithm, that may be one number along the last axis.
    """
    parts = g.inputs if g.op is mul.op else (g.graph.constant(1.0), g)
    for factor, other in (parts, parts[::-1]):
        if other.op is LOG_SLOPE and other.inputs[0] is x:
            (one,) = factor.inputs if factor.op is BROADCAST else (factor,)
            return one if one.shape[-1:] == (1,) else factor
    return g * x


def _cholesky_vjp(node: Node, g: Node) -> Node:
    """Murray, Differentiation of the Cholesky decomposition (2016), equation 10.

    Of the diagonal alone, such as of a determinant, what is inside is a diagonal, too.
    """
    alone = on_diagonal(g)
    if alone is not None:
        unit = node.graph.constant(np.eye(node.shape[-1]))
        inverse = TRIANGULAR(node, unit, attrs=(True, False))
        weights = _by_logarithms(alone, diagonal(node, 0, -2, -1)) * 0.5
        if weights.shape[-1:] in ((), (1,)):
            return MATMUL(turned(inverse), inverse) * column(weights)
        return even(MATMUL(turned(inverse), column(weights) * inverse))
    inside = _halved(MATMUL(turned(node), tril(g)))
    left = TRIANGULAR(turned(node), inside, attrs=(False, False))
    return even(turned(TRIANGULAR(turned(node), turned(left), attrs=(False, False))))


def _cholesky_jvp(node: Node, t: Node) -> Node:
    """Murray, equation 8."""
    left = TRIANGULAR(node, even(t), attrs=(True, False))
    inside = turned(TRIANGULAR(node, turned(left), attrs=(True, False)))
    return MATMUL(node, _halved(inside))


def _cholesky_form(a: Any) -> Any:
    """The factor for an array of scalars of code: NaN where a matrix would be refused."""
    if a.ndim != 2:
        raise TypeError("one matrix at a time is factored in scalar code")
    n, factor, even_ = len(a), np.full(a.shape, 0.0, object), (a + a.T) * 0.5
    size, gap = (np.frompyfunc(np.maximum, 2, 1).reduce(np.abs(x).ravel()) for x in (a, a - a.T))
    is_even = np.less_equal(gap, 100 * n * np.finfo(float).eps * size)
    for j in range(n):
        rest = even_[j, j] - sum(factor[j, k] * factor[j, k] for k in range(j))
        factor[j, j] = np.where(is_even & np.greater(rest, 0.0), np.sqrt(rest), math.nan)
        for i in range(j + 1, n):
            rest = even_[i, j] - sum(factor[i, k] * factor[j, k] for k in range(j))
            factor[i, j] = rest / factor[j, j]
    return factor


CHOLESKY = of_square(
    "cholesky", _cholesky, _cholesky_vjp, _cholesky_jvp, form=_cholesky_form, cells=cells_of_stack
)


@function(
    example="cholesky([[4, 2], [2, 5]])",
    signatures="""
        scipy.linalg.cholesky(a, lower: not upper = False, overwrite_a=False, check_finite=True)
        jnp.linalg.cholesky(a, *, upper=False, symmetrize_input=True)
        lax.linalg.cholesky(x: a, *, symmetrize_input=True)
    """,
)
def cholesky(a: Array, upper: Flag = False, *, lower: Flag = True) -> Node:
    """The lower triangular l with l @ l.T = a, for a symmetric positive definite matrix."""
    z = CHOLESKY(matrix_of(a, "cholesky"))
    return turned(z) if upper or not lower else z


@function(
    example="cho_factor([[4, 2], [2, 5]])",
    signatures="""
        jsp.linalg.cho_factor(a, lower=False, overwrite_a=False, check_finite=True)
        scipy.linalg.cho_factor(a, lower=False, overwrite_a=False, check_finite=True); whole=True
    """,
)
def cho_factor(a: Array, lower: Flag = False, *, whole: Flag = False) -> Any:
    """The Cholesky factor, and whether it is the lower one: what `cho_solve` takes.

    SciPy leaves what a has in the other triangle.
    """
    z = CHOLESKY(matrix_of(a, "cho_factor"))
    factor = z if lower else turned(z)
    if whole:
        factor = factor + (triu(a, 1) if lower else tril(a, -1))
    return factor, a.graph.constant(np.bool_(lower))


@function(example="logdet_cholesky([[2, 0], [0, 4]])")
def logdet_cholesky(a: Array) -> Node:
    """The logarithm of the determinant of a positive definite matrix: TensorFlow's logdet."""
    return 2.0 * sum_(log(diagonal(CHOLESKY(matrix_of(a, "logdet")), 0, -2, -1)), -1)


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
    def shape(shapes: Sequence[Any]) -> Any:
        *lead, _, n = shapes[0]
        return shapes[0] if i == 0 else (*lead, n, n)

    def vjp(node: Node, g: Node) -> Sequence[Node]:
        (a,) = node.inputs
        return (_qr_back(QR_Q(a), QR_R(a), *((g, None) if i == 0 else (None, g))),)

    def jvp(node: Node, tangents: Sequence[Any]) -> Node:
        (a,) = node.inputs
        return _qr_slopes(QR_Q(a), QR_R(a), tangents[0])[i]

    name, kernel = "qr_" + "qr"[i], lambda a: np.linalg.qr(a)[i]
    return Structural(name, kernel, shape, vjp, jvp, batch=leading)


QR_Q, QR_R = _factor(0), _factor(1)
"""The factors of a matrix with at least as many rows as columns."""


@function(
    example="qr([[1, 2], [3, 4]])",
    signatures="""
        scipy.linalg.qr(a, overwrite_a=False, lwork=None, mode='full', pivoting=False)
        torch.linalg.qr(A: a, mode='reduced') -> Q, R; pair=True
        np.linalg.qr(a, mode='reduced') -> Q, R
        lax.linalg.qr(x: a, *, pivoting=False, full_matrices=True)
        tf.qr(input: a, full_matrices=False) -> q, r
    """,
)
def qr(a: Array, mode: Text = "reduced", *, pair: Flag = False, full_matrices: Flag = False) -> Any:
    """q with orthonormal columns and r upper triangular, with q @ r = a.

    Mode "r" gives r alone, or behind an empty array where a pair is asked for.
    """
    a = matrix_of(a, "qr")
    m, n = a.shape[-2:]
    if mode not in ("reduced", "r", "economic") and m > n:
        raise DomainError(f"qr of a tall matrix in mode {mode!r} is arbitrary", help='"reduced"')
    if full_matrices and m > n:
        raise DomainError("the full q of a tall matrix is arbitrary", help="full_matrices=false")
    tall = index(a, ..., slice(0, m)) if m < n else a
    q, r = QR_Q(tall), QR_R(tall)
    if m < n:
        r = concat((r, MATMUL(turned(q), index(a, ..., slice(m, None)))), r.ndim - 1)
    if mode != "r":
        return q, r
    return (a.graph.constant(np.zeros(0)), r) if pair else r


@function(example="gram_schmidt([[3, 4], [1, 0]])")
def gram_schmidt(x: Array) -> Node:
    """Orthonormal rows that span the same spaces, one after the other."""
    x = matrix_of(x, "gram_schmidt")
    q, r = qr(turned(x))
    signs = choose(index(r, ..., *(np.arange(r.shape[-2]),) * 2) < 0.0, -1.0, 1.0)
    return turned(q * row(signs))


# --- LU -----------------------------------------------------------------------------------------


def _factored(a: Any) -> list[tuple[Any, Any]]:
    """Each matrix's two factors in one, and which row each row was exchanged with."""
    plain = np.reshape(a, (-1, *a.shape[-2:]))
    found = map(lapack.eliminated, plain)
    return [(factors, pivots - 1) for factors, pivots, _ in found]


def _order_of(exchanged: Any) -> Any:
    """Which row of the matrix each row of the factors comes from."""
    order = np.arange(exchanged.size)
    for i, j in enumerate(exchanged):
        order[[i, j]] = order[[j, i]]
    return order


def _permutation(a: Any) -> Any:
    unit = np.eye(a.shape[-1], dtype=a.dtype)
    return np.reshape([unit[_order_of(rows)] for _, rows in _factored(a)], a.shape)


PERMUTATION = constant_op(
    "permutation_of_lu", _permutation, lambda shapes: square_matrix(shapes[0], "lu"), leading
)
"""The p with p @ a = l @ u."""
PIVOTS = constant_op(
    "pivots_of_lu",
    lambda a: np.reshape([rows for _, rows in _factored(a)], a.shape[:-1]).astype(a.dtype),
    lambda shapes: square_matrix(shapes[0], "lu_factor")[:-1],
    leading,
)


def _below_one(z: Node) -> Node:
    return tril(z, -1) + z.graph.constant(np.eye(z.shape[-1]))


def _lu_vjp(z: Node, g: Node) -> Node:
    (a,) = z.inputs
    low, up = _below_one(z), triu(z)
    inner = tril(MATMUL(turned(low), tril(g, -1)), -1) + triu(MATMUL(triu(g), turned(up)))
    left = TRIANGULAR(turned(low), inner, attrs=(False, False))
    return MATMUL(turned(PERMUTATION(a)), _over(left, up, True))


def _lu_jvp(z: Node, t: Node) -> Node:
    low, up = _below_one(z), triu(z)
    left = TRIANGULAR(low, MATMUL(PERMUTATION(z.inputs[0]), t), attrs=(True, False))
    inside = _over(left, up, False)
    return MATMUL(low, tril(inside, -1)) + MATMUL(triu(inside), up)


LU = of_square(
    "lu_factor",
    lambda a: np.reshape([factors for factors, _ in _factored(a)], a.shape),
    _lu_vjp,
    _lu_jvp,
)
"""Both factors in one matrix: u on and above its diagonal, l, whose diagonal is 1, below it."""


@function(
    example="lu_factor([[1, 2], [4, 4]])[0]",
    signatures="""
        torch.linalg.lu_factor(A: a, *, pivot=True) -> LU, pivots; first=1
        scipy.linalg.lu_factor(a, overwrite_a=False, check_finite=True)
    """,
)
def lu_factor(a: Array, *, first: Int = 0) -> Any:
    """Both triangular factors in one matrix, and the row that each row was exchanged with."""
    a = matrix_of(a, "lu_factor")
    return LU(a), PIVOTS(a) + float(first)


@function(
    example="lu([[1, 2], [4, 4]])",
    signatures="""
        scipy.linalg.lu(a, permute_l=False, overwrite_a=False, check_finite=True, \
            p_indices=False) -> p, l, u
        torch.linalg.lu(A: a, *, pivot=True) -> P, L, U
        tf.lu(input: a) -> lu, p; packed=True
        torch.lu(A: a, pivot=True, get_infos=False) -> LU, pivots; pivots=1
        lax.linalg.lu(x: a) -> lu, pivots, permutation; packed=True, pivots=0
    """,
)
def lu(
    a: Array, permute_l: Flag = False, *, packed: Flag = False, pivots: Int | None = None
) -> Any:
    """p, l and u with p @ l @ u = a: a permutation, and a lower and an upper triangle.

    With `permute_l`, p @ l and u; packed, both triangles in one matrix, and the order of the rows;
    with `pivots`, the rows that were exchanged, counted from that number, before the order.
    """
    a = matrix_of(a, "lu")
    z, exchange = LU(a), PERMUTATION(a)
    exchanged = () if pivots is None else (PIVOTS(a) + float(pivots),)
    if packed:
        return z, *exchanged, matvec(exchange, a.graph.constant(np.arange(a.shape[-1])))
    if exchanged:
        return z, *exchanged
    low, up, p = _below_one(z), triu(z), turned(exchange)
    return (MATMUL(p, low), up) if permute_l else (p, low, up)
