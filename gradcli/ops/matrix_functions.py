"""Functions of square matrices: determinants, powers, the exponential, the square root."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from warnings import catch_warnings, simplefilter

import numpy as np

from gradcli.errors import MatrixError
from gradcli.ir.batching import leading
from gradcli.ir.function import function
from gradcli.ir.kinds import JUMP, at
from gradcli.ir.op import Structural, as_number
from gradcli.ops.compare import choose
from gradcli.ops.factors import factors_of
from gradcli.ops.matmul import MATMUL, turned
from gradcli.ops.matrices import each_matrix, of_square, square_matrix
from gradcli.ops.records import added, constant_op
from gradcli.ops.reduce import sum_
from gradcli.ops.shape import concat, index, reshape_to, spread
from gradcli.ops.solving import INV

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gradcli.ir.function import Array, Int
    from gradcli.ir.node import Node

# --- determinants, exact for singular matrices too ----------------------------------------------

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
    inside = turned(INV(node.inputs[0]))
    trace = sum_(inside * t, (-2, -1), True)
    return trace * node - MATMUL(MATMUL(inside, turned(t)), node)


COFACTORS = of_square("cofactors", _cofactors, _cofactor_slope, _cofactor_slope, said="det")


def _by_gradient(name: str, kernel: Any, gradient: Any, said: str) -> Structural:
    """A number of a square matrix a, whose gradient is `gradient(a)`."""
    return of_square(
        name,
        kernel,
        lambda node, g: reshape_to(g, (*g.shape, 1, 1)) * gradient(node.inputs[0]),
        lambda node, t: sum_(gradient(node.inputs[0]) * t, (-2, -1)),
        axes=0,
        said=said,
    )


DET = _by_gradient("det", _determinant, COFACTORS, "det")


@function(example="det([[1, 2], [3, 4]])", aliases="matrix_determinant")
def det(a: Array) -> Node:
    """The determinant; its gradient is exact for singular matrices too."""
    return DET(a)


def _sign_and_size(a: Any) -> Any:
    """The sign of a determinant, and the logarithm of its size."""
    known = factors_of(a)
    return np.linalg.slogdet(a) if known is None else known[0].determinant()


LOG_SIZE = _by_gradient(
    "log_abs_det", lambda a: _sign_and_size(a)[1], lambda a: turned(INV(a)), "slogdet"
)
SIGN = constant_op(
    "sign_det",
    lambda a: _sign_and_size(a)[0],
    lambda shapes: square_matrix(shapes[0], "slogdet")[:-2],
    leading,
    special=at(JUMP, lambda a, z: z == 0),
)


@function(
    example="slogdet([[1, 2], [3, 4]])",
    signatures="""
        np.linalg.slogdet(a) -> sign, logabsdet
        torch.linalg.slogdet(A: a) -> sign, logabsdet
        torch.slogdet(input: a) -> sign, logabsdet
    """,
)
def slogdet(a: Array) -> tuple[Node, Node]:
    """The sign of the determinant, and the logarithm of its absolute value."""
    return SIGN(a), LOG_SIZE(a)


@function(example="logdet([[2, 0], [0, 4]])")
def logdet(a: Array) -> Node:
    """The logarithm of the determinant; NaN if that is negative."""
    z = LOG_SIZE(a)
    return choose(SIGN(a) >= 0.0, z, z * np.nan)


# --- powers -------------------------------------------------------------------------------------


@function(example="matrix_power([[1, 1], [0, 1]], 3)")
def matrix_power(a: Array, n: Int) -> Node:
    """The product of n copies of a square matrix, or of its inverse for n below 0."""
    square_matrix(a.shape, "matrix_power")
    base = INV(as_number(a)) if n < 0 else as_number(a)
    whole: Any = None
    left = abs(n)
    while left:
        if left % 2:
            whole = base if whole is None else MATMUL(whole, base)
        left //= 2
        base = MATMUL(base, base) if left else base
    return spread(a.graph.constant(np.eye(a.shape[-1])), a.shape) if whole is None else whole


# --- exponential --------------------------------------------------------------------------------


def _expm(a: Any) -> Any:
    from scipy.linalg import expm as kernel

    return np.asarray(kernel(a)).astype(a.dtype, copy=False)


def _expm_slope(a: Node, t: Node) -> Node:
    """The upper right block of exp([[a, t], [0, a]]): Mathias (1996)."""
    n, axis = a.shape[-1], a.ndim
    zeros = spread(a.graph.constant(0.0), a.shape)
    rows = (concat((a, t), axis - 1), concat((zeros, a), axis - 1))
    return index(EXPM(concat(rows, axis - 2)), ..., slice(0, n), slice(n, None))


EXPM = of_square(
    "expm",
    _expm,
    lambda node, g: _expm_slope(turned(node.inputs[0]), g),
    lambda node, t: _expm_slope(node.inputs[0], t),
)


@function(example="expm([[0, 1], [0, 0]])", aliases="matrix_exp matrix_exponential")
def expm(a: Array) -> Node:
    """The exponential of a square matrix."""
    return EXPM(as_number(a))


# --- square root --------------------------------------------------------------------------------


def _sylvester(a: Any, q: Any) -> Any:
    from scipy.linalg import solve_sylvester

    return each_matrix(lambda a, q: solve_sylvester(a, a, q), a, q)


def _sylvester_vjp(node: Node, g: Node) -> Sequence[Node]:
    back = SYLVESTER(turned(node.inputs[0]), g)
    of_a = -MATMUL(back, turned(node)) - MATMUL(turned(node), back)
    return of_a, back


def _sylvester_jvp(node: Node, tangents: Sequence[Any]) -> Node:
    of_a, of_q = tangents
    moved = None if of_a is None else -MATMUL(of_a, node) - MATMUL(node, of_a)
    return SYLVESTER(node.inputs[0], added(of_q, moved))


SYLVESTER = Structural(
    "sylvester", _sylvester, lambda shapes: shapes[1], _sylvester_vjp, _sylvester_jvp, batch=leading
)
"""The x with a @ x + x @ a = q."""


def _sqrtm(a: Any) -> Any:
    from scipy.linalg import LinAlgWarning
    from scipy.linalg import sqrtm as kernel

    def root_of(one: Any) -> Any:
        with catch_warnings():
            simplefilter("ignore", LinAlgWarning)  # what is singular may have a root all the same
            root = np.asarray(kernel(one))
        if np.iscomplexobj(root) and np.abs(root.imag).max() > 0:
            raise MatrixError("has no real square root")
        return root.real

    return each_matrix(root_of, a)


SQRTM = of_square("sqrtm", _sqrtm, lambda node, g: SYLVESTER(turned(node), g), SYLVESTER)


@function(example="sqrtm([[4, 0], [0, 9]])", aliases="matrix_square_root")
def sqrtm(a: Array) -> Node:
    """The square root of a square matrix: the x with x @ x = a."""
    return SQRTM(as_number(a))
