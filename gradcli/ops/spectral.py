"""Singular values, and the least squares made of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from gradcli.errors import DomainError, MatrixError, ShapeError
from gradcli.ir.batching import leading
from gradcli.ir.function import function
from gradcli.ir.kinds import DEGENERATE, JUMP, KINK, at
from gradcli.ir.op import Structural, as_number
from gradcli.ir.shapes import show_shape
from gradcli.ops.compare import choose
from gradcli.ops.eigen import GAPS, alike, repeated, rounding
from gradcli.ops.matmul import MATMUL, turned
from gradcli.ops.matrices import column, even, matrix_of, of_square, row, symmetric, with_columns
from gradcli.ops.powers import square
from gradcli.ops.records import constant_op
from gradcli.ops.reduce import max_, sum_
from gradcli.ops.shape import spread
from gradcli.ops.solving import SOLVE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gradcli.ir.function import Array, Flag, Number
    from gradcli.ir.node import Node

# --- singular values ----------------------------------------------------------------------------


def _thin(shapes: Sequence[Any], side: int) -> Any:
    *lead, m, n = shapes[0]
    return (*lead, (m, n)[side], min(m, n))


def _singular_vectors(a: Any, side: int, _drop: bool) -> Any:
    u, _, vh = np.linalg.svd(a, full_matrices=False)
    return u if side == 0 else np.swapaxes(vh, -1, -2)


def _stretched(a: Any, vectors: Any, side: int) -> Any:
    """The singular values again, from the vectors of one side: how long a matrix makes them."""
    moved = (a if side else np.swapaxes(a, -1, -2)) @ vectors
    return np.linalg.norm(moved, axis=-2, keepdims=True)


def _pair(a: Node, drop: bool) -> tuple[Node, Node]:
    return SINGULAR_VECTORS(a, attrs=(0, drop)), SINGULAR_VECTORS(a, attrs=(1, drop))


def _determined(node: Node) -> tuple[Node, Node]:
    """Both singular vectors where the value is not 0 to rounding; there it has no slope."""
    (a,) = node.inputs
    tolerance = max(a.shape[-2:]) * float(np.finfo(node.dtype).eps)
    some = row(node > tolerance * max_(node, -1, True))
    u, v = _pair(a, False)
    return choose(some, u, 0.0), choose(some, v, 0.0)


def _svdvals_vjp(node: Node, g: Node) -> Sequence[Node]:
    u, v = _determined(node)
    return (MATMUL(u * row(g), turned(v)),)


def _svdvals_jvp(node: Node, tangents: Sequence[Any]) -> Node:
    u, v = _determined(node)
    return sum_(u * MATMUL(tangents[0], v), -2)


def _values(a: Any) -> Any:
    return np.linalg.svd(a, compute_uv=False)


SINGULAR_VALUES = Structural(
    "svdvals",
    _values,
    lambda shapes: (*shapes[0][:-2], min(shapes[0][-2:])),
    _svdvals_vjp,
    _svdvals_jvp,
    special=at(
        KINK,
        lambda a, z: repeated(z) | (z <= rounding(z)),
        warning="equal singular values have no derivatives of their own: "
        "the gradient depends on which of their singular vectors are taken",
        unless=lambda g, a, z: alike(g, z),
    ),
    batch=leading,
)


def _rotations(s: Node, drop: bool) -> tuple[Node, Node]:
    """s[j]/(s[j]^2 - s[i]^2) and s[i]/(s[j]^2 - s[i]^2), as halves over the gap and over the sum.

    Of equal values only the gap is 0: what turns both sides' vectors against each other is
    determined there too, so u @ vt keeps its slope.
    """
    sums = row(s) + column(s)
    over_sum = choose(sums > 0.0, 0.5 / sums, 0.0)
    over_gap = GAPS(s, attrs=(drop,)) * 0.5
    return over_gap + over_sum, over_gap - over_sum


def _sides(node: Node) -> tuple[Node, Node, Node]:
    """The matrix as seen from the asked side, itself or transposed; s; and the other vectors."""
    (a,), (side, drop) = node.inputs, node.attrs
    other = SINGULAR_VECTORS(a, attrs=(1 - side, drop))
    return (a if side == 0 else turned(a)), SINGULAR_VALUES(a), other


def _without(node: Node, x: Node) -> Node:
    """The part of x outside the space of the vectors."""
    return x - MATMUL(node, MATMUL(turned(node), x))


def _singular_vjp(node: Node, g: Node) -> Sequence[Node]:
    a, s, v = _sides(node)
    m = MATMUL(turned(node), g)
    near, _ = _rotations(s, node.attrs[1])
    back = MATMUL(MATMUL(node, near * (m - turned(m))), turned(v))
    if a.shape[-2] > a.shape[-1]:
        back = back + MATMUL(_without(node, g / row(s)), turned(v))
    return (back if node.attrs[0] == 0 else turned(back),)


def _singular_jvp(node: Node, tangents: Sequence[Any]) -> Node:
    a, s, v = _sides(node)
    t = tangents[0] if node.attrs[0] == 0 else turned(tangents[0])
    moved = MATMUL(t, v)
    p = MATMUL(turned(node), moved)
    near, far = _rotations(s, node.attrs[1])
    slope = MATMUL(node, near * p + far * turned(p))
    if a.shape[-2] > a.shape[-1]:
        slope = slope + _without(node, moved / row(s))
    return slope


SINGULAR_VECTORS = Structural(
    "singular_vectors",
    _singular_vectors,
    lambda shapes, side, drop: _thin(shapes, side),
    _singular_vjp,
    _singular_jvp,
    special=at(
        DEGENERATE,
        lambda a, z, side, drop: repeated(_stretched(a, z, side)),
        warning="singular vectors of equal singular values are not determined: "
        "what depends on them in the gradient is dropped",
    ),
    batch=leading,
)


@function(example="svdvals([[3, 0], [0, 4]])")
def svdvals(a: Array) -> Node:
    """The singular values, in descending order."""
    return SINGULAR_VALUES(matrix_of(a, "svdvals"))


SYMMETRIC = of_square("symmetric", symmetric, lambda z, g: even(g), lambda z, t: even(t))
"""A matrix that must be symmetric, as its caller says it is."""


@function(
    example="svd([[3, 0], [0, 4]])",
    signatures="""
        np.linalg.svd(a, full_matrices=True, compute_uv=True, hermitian=False) -> U, S, Vh
        lax.linalg.svd(x: a, full_matrices=True, compute_uv=True) -> u, s, vh
        scipy.linalg.svd(a, full_matrices=True, compute_uv=True) -> u, s, vh
        torch.linalg.svd(A: a, full_matrices=True) -> U, S, Vh
        torch.svd(input: a, some: not full_matrices = True, compute_uv: always = True) \
            -> U, S, V; columns=True
        tf.svd(tensor: a, full_matrices=False, compute_uv=True) -> s, u, v; \
            values_first=True, columns=True
    """,
)
def svd(
    a: Array,
    full_matrices: Flag = False,
    compute_uv: Flag = True,
    *,
    values_first: Flag = False,
    columns: Flag = False,
    hermitian: Flag = False,
) -> Any:
    """u, s and v transposed with (u * s) @ vt = a.

    TensorFlow's prefix gives s, u, v, and torch.svd u, s, v with the vectors in columns.
    """
    a = matrix_of(a, "svd")
    if hermitian:
        a = SYMMETRIC(a)
    if not compute_uv:
        return svdvals(a)
    if full_matrices and a.shape[-2] != a.shape[-1]:
        raise DomainError("the full matrices of an svd are arbitrary", help="full_matrices=false")
    u, v = _pair(a, True)
    s = SINGULAR_VALUES(a)
    right = v if columns else turned(v)
    return (s, u, right) if values_first else (u, s, right)


# --- numbers of a matrix ------------------------------------------------------------------------


def _rank(a: Any, tol: float | None, rtol: float | None) -> Any:
    if rtol is None or not a.size:
        return np.asarray(np.linalg.matrix_rank(a, tol=tol)).astype(a.dtype)
    s = np.linalg.svd(a, compute_uv=False)
    least = np.maximum(rtol * s[..., :1], tol or 0.0)
    return np.sum(s > least, -1).astype(a.dtype)


RANK = constant_op(
    "matrix_rank",
    _rank,
    lambda shapes, tol, rtol: shapes[0][:-2],
    leading,
    special=at(JUMP, lambda a, z, tol, rtol: z < min(a.shape[-2:])),
)


@function(
    example="matrix_rank([[1, 2], [2, 4]])",
    signatures="""
        np.linalg.matrix_rank(A: a, tol=None, hermitian=False, *, rtol=None)
        torch.linalg.matrix_rank(A: a, *, atol: tol, rtol=None, hermitian=False)
        torch.linalg.matrix_rank(A: a, tol=None, hermitian=False, *, rtol=None)
        jnp.linalg.matrix_rank(M: a, *, hermitian=False, tol)
        jnp.linalg.matrix_rank(M: a, rtol: tol = None, *, hermitian=False)
    """,
    constant=True,
)
def matrix_rank(
    a: Array, tol: Number | None = None, hermitian: Flag = False, *, rtol: Number | None = None
) -> Node:
    """The number of singular values that are not 0 to rounding, or are above `tol`.

    With `rtol`, above that share of the largest one.
    """
    a = matrix_of(a, "matrix_rank")
    return RANK(SYMMETRIC(a) if hermitian else a, attrs=(tol, rtol))


# --- least squares ------------------------------------------------------------------------------


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


def _is_deficient(a: Any, _z: Any) -> Any:
    """Whether a matrix is not of full rank, where its pseudoinverse jumps."""
    return (np.linalg.matrix_rank(a) < min(a.shape[-2:]))[..., None, None]


PINV = Structural(
    "pinv",
    np.linalg.pinv,
    _pinv_shape,
    _pinv_vjp,
    _pinv_jvp,
    special=at(
        JUMP,
        _is_deficient,
        warning="the pseudoinverse jumps where a matrix lacks rank: "
        "the gradient is that among matrices of the same rank",
    ),
    batch=leading,
)


def _all_kept(a: Any, rcond: float) -> Any:
    s = np.linalg.svd(a, compute_uv=False)
    if np.any(s <= rcond * s[..., :1]):
        raise MatrixError("has singular values that the bound would leave out")
    return a


KEPT = Structural(
    "pinv",
    _all_kept,
    lambda shapes, _: shapes[0],
    lambda node, g: (g,),
    lambda node, tangents: tangents[0],
    batch=leading,
)
"""The matrix itself, if all of its singular values are above that share of the largest one."""


def _kept(a: Node, rcond: float | None) -> Node:
    """The matrix; a bound that would take some of its rank is an error."""
    a = as_number(a)
    return a if rcond is None or rcond <= 0 or not a.size else KEPT(a, attrs=(rcond,))


@function(
    example="pinv([[1, 2], [3, 4], [5, 6]])",
    signatures="""
        np.linalg.pinv(a, *, hermitian=False, rtol: rcond)
        np.linalg.pinv(a, rcond=None, hermitian=False)
        jnp.linalg.pinv(a, *, hermitian=False, rcond)
        jnp.linalg.pinv(a, rtol: rcond = None, hermitian=False)
        torch.linalg.pinv(A: a, rcond, hermitian=False)
        torch.linalg.pinv(A: a, *, atol=None, rtol: rcond = None, hermitian=False)
    """,
)
def pinv(a: Array, rcond: Number | None = None, hermitian: Flag = False) -> Node:
    """The pseudoinverse of a matrix of full rank; `hermitian` refuses one that is not symmetric.

    Singular values up to `rcond` times the largest one are not left out, but refused.
    """
    a = _kept(a, rcond)
    return PINV(SYMMETRIC(a) if hermitian else a)


def _ridged(a: Node, ridge: float) -> Node:
    """What takes b to the x with the least norm(a @ x - b)^2 + ridge * norm(x)^2."""
    unit = a.graph.constant(ridge * np.eye(a.shape[-1]))
    return SOLVE(MATMUL(turned(a), a) + unit, turned(a))


@function(
    ranks={"b": 1},
    example="lstsq([[1, 0], [0, 2], [0, 0]], [1, 2, 3])",
    signatures="""
        tf.lstsq(matrix: a, rhs: b, l2_regularizer: ridge = 0.0, fast=True, name=None); only=True
        torch.linalg.lstsq(A: a, B: b, rcond=None) -> solution, residuals; values=False
        jnp.linalg.lstsq(a, b, rcond=None, *, numpy_resid: not residuals = False)
        scipy.linalg.lstsq(a, b, cond: rcond = None); vector=False
    """,
)
def lstsq(
    a: Array,
    b: Array,
    rcond: Number | None = None,
    *,
    only: Flag = False,
    values: Flag = True,
    residuals: Flag = False,
    vector: Flag = True,
    ridge: Number = 0.0,
) -> Any:
    """The x with the least norm(a @ x - b), squared residuals, rank of a, singular values.

    TensorFlow's prefix gives x alone, PyTorch's no singular values; JAX's gives residuals, too,
    where there are no more equations than unknowns; SciPy's of one right side are a number. A
    `ridge` times norm(x)^2 counts as well.
    """
    a, b = _kept(a, rcond), as_number(b)
    x = with_columns(b, lambda columns: MATMUL(_ridged(a, ridge) if ridge else PINV(a), columns))
    if only:
        return x
    miss = with_columns(x, lambda columns: MATMUL(a, columns)) - b
    left = sum_(square(miss), 0, b.ndim == 1 and vector)
    if a.shape[-2] <= a.shape[-1] and not residuals:
        left = spread(a.graph.constant(0.0), (0,))
    none = spread(a.graph.constant(0.0), (0,))
    return x, left, matrix_rank(a), svdvals(a) if values else none
