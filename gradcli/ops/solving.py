"""Solving linear equations: general, triangular, banded; inverses."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from gradcli.errors import DomainError, ProgramTypeError, ShapeError
from gradcli.ir.batching import leading
from gradcli.ir.function import function
from gradcli.ir.op import Structural
from gradcli.ir.record import CONSTANT
from gradcli.ir.shapes import broadcast_shapes, normal_axis, show_shape
from gradcli.ops.diagonals import tril, triu
from gradcli.ops.factors import factors_of
from gradcli.ops.lapack import triangular
from gradcli.ops.matmul import MATMUL, batch_is_right, beside, turned
from gradcli.ops.matrices import (
    cells_of_stack,
    each_matrix,
    of_square,
    or_refused,
    square_matrix,
    with_columns,
)
from gradcli.ops.records import added
from gradcli.ops.shape import along, permute, place, reshape_to, sum_to

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gradcli.ir.function import Array, Arrays, Flag, Int, Ints, Rest, Value
    from gradcli.ir.node import Node


def _solve_shape(shapes: Sequence[Any]) -> Any:
    a, b = shapes
    square_matrix(a, "solve")
    if a[-1] != b[-2]:
        raise ShapeError(f"shapes {show_shape(a)} and {show_shape(b)} do not fit in solve")
    return (*broadcast_shapes(a[:-2], b[:-2]), *b[-2:])


def _solve_vjp(node: Node, g: Node) -> Sequence[Node]:
    a, b = node.inputs
    back = SOLVE(turned(a), g)
    return sum_to(-MATMUL(back, turned(node)), a.shape), sum_to(back, b.shape)


def _solve_jvp(node: Node, tangents: Sequence[Any]) -> Node:
    of_a, of_b = tangents
    return SOLVE(node.inputs[0], added(of_b, None if of_a is None else -MATMUL(of_a, node)))


def _solve_batch(node: Node, inputs: Sequence[Node], size: int) -> Node:
    """A matrix that is the same for the whole batch is solved for once."""
    if batch_is_right(node, inputs):
        return beside(inputs[1], lambda columns: SOLVE(inputs[0], columns))
    return leading(node, inputs, size)


def _eliminated(a: Any, b: Any) -> Any:
    """The solution for arrays of scalars of code: which rows are pivots is chosen when it runs."""
    if a.ndim != 2 or b.ndim != 2:
        raise TypeError("one matrix at a time is solved for in scalar code")
    n = len(a)
    rows = np.concatenate([a, b], axis=1).tolist()
    for k in range(n):
        for i in range(k + 1, n):
            is_larger = abs(rows[i][k]) > abs(rows[k][k])
            pairs = list(zip(rows[k], rows[i], strict=True))
            rows[k] = [np.where(is_larger, y, x) for x, y in pairs]
            rows[i] = [np.where(is_larger, x, y) for x, y in pairs]
        for i in range(k + 1, n):
            rows[i] = _less(rows[i], rows[i][k] / rows[k][k], rows[k])
    for k in reversed(range(n)):
        rows[k] = [x / rows[k][k] for x in rows[k]]
        for i in range(k):
            rows[i] = _less(rows[i], rows[i][k], rows[k])
    solution = np.empty(b.shape, object)
    for i, j in np.ndindex(b.shape):
        solution[i, j] = rows[i][n + j]
    return solution


def _less(row: Sequence[Any], factor: Any, other: Sequence[Any]) -> list[Any]:
    """A row less a multiple of another."""
    return [x - factor * y for x, y in zip(row, other, strict=True)]


def _solved(a: Any, b: Any) -> Any:
    known = factors_of(a) if b.ndim == 2 else None
    if known is None:
        return np.linalg.solve(a, b)
    factors, turns = known
    return factors.solved(b, turns)


SOLVE = Structural(
    "solve",
    or_refused(_solved, "is singular"),
    _solve_shape,
    _solve_vjp,
    _solve_jvp,
    batch=_solve_batch,
    form=_eliminated,
    cells=cells_of_stack,
)


@function(
    ranks={"b": 1},
    example="solve([[2, 0], [0, 4]], [2, 4])",
    aliases="matrix_solve",
    signatures="""
        np.linalg.solve(a, b)
        scipy.linalg.solve(a, b, lower=False, overwrite_a=False, overwrite_b=False, \
            check_finite=True, assume_a=None, transposed: adjoint = False)
        tf.solve(matrix: a, rhs: b, adjoint=False)
    """,
)
def solve(a: Array, b: Array, *, left: Flag = True, adjoint: Flag = False) -> Node:
    """The x with a @ x = b, or without `left` that with x @ a = b; `adjoint`: a is transposed."""
    a = turned(a) if adjoint else a
    if not left:
        return turned(SOLVE(turned(a), turned(b)))
    return with_columns(b, lambda columns: SOLVE(a, columns))


def _inverse(a: Any) -> Any:
    known = factors_of(a)
    if known is None:
        return np.linalg.inv(a)
    factors, turns = known
    return factors.inverse(turns)


INV = of_square(
    "inv",
    or_refused(_inverse, "is singular"),
    lambda node, g: -MATMUL(MATMUL(turned(node), g), turned(node)),
    lambda node, t: -MATMUL(MATMUL(node, t), node),
    form=lambda a: _eliminated(a, np.eye(len(a)).astype(object)),
    cells=cells_of_stack,
)


@function(
    example="inv([[2, 0], [0, 4]])",
    aliases="inverse matrix_inverse",
    signatures="""
        scipy.linalg.inv(a, overwrite_a=False, check_finite=True)
        tf.inv(input: a, adjoint=False)
    """,
)
def inv(a: Array, *, adjoint: Flag = False) -> Node:
    """The inverse of a square matrix; with `adjoint`, of its transpose."""
    return INV(turned(a) if adjoint else a)


def _matrix_of_tensor(a: Node, rows: Sequence[int], what: str) -> Node:
    """An array as the square matrix whose rows are all axes of these lengths."""
    size = math.prod(rows)
    if size * size != a.size:
        raise ShapeError(f"{what} of the shape {show_shape(a.shape)} makes no square matrix")
    return reshape_to(a, (size, size))


@function(
    example="tensorinv([[2, 0], [0, 4]], 1)", signatures="torch.linalg.tensorinv(A: a, ind=2)"
)
def tensorinv(a: Array, ind: Int = 2) -> Node:
    """The inverse for tensordot, which takes the first `ind` axes to the others."""
    if not 0 < ind < a.ndim:
        raise ShapeError(f"tensorinv needs more than {ind} axes, and at least one before them")
    rows, columns = a.shape[:ind], a.shape[ind:]
    return reshape_to(INV(_matrix_of_tensor(a, rows, "tensorinv")), (*columns, *rows))


@function(
    example="tensorsolve([[2, 0], [0, 4]], [2, 4])",
    signatures="torch.linalg.tensorsolve(A: a, B: b, dims: axes = None)",
)
def tensorsolve(a: Array, b: Array, axes: Ints | None = None) -> Node:
    """The x with tensordot(a, x, x.ndim) = b; the axes named are moved to the end of a first."""
    if axes is not None:
        moved = [normal_axis(i, a.ndim) for i in axes]
        a = permute(a, (*(i for i in range(a.ndim) if i not in moved), *moved))
    matrix = _matrix_of_tensor(a, b.shape, "tensorsolve")
    x = SOLVE(matrix, reshape_to(b, (b.size, 1)))
    return reshape_to(x, a.shape[b.ndim :])


# --- triangular ---------------------------------------------------------------------------------


def _triangular(a: Any, b: Any, lower: bool, unit: bool) -> Any:
    if not unit and (np.diagonal(a, axis1=-2, axis2=-1) == 0).any():
        raise DomainError("the triangular matrix has a 0 on its diagonal: it cannot be solved for")
    return each_matrix(lambda a, b: triangular(a, b, lower, unit), a, b)


def _part(x: Node, lower: bool, unit: bool) -> Node:
    """The part of the matrix that is looked at."""
    return tril(x, -1 if unit else 0) if lower else triu(x, 1 if unit else 0)


def _triangular_vjp(node: Node, g: Node) -> Sequence[Node]:
    (a, b), (lower, unit) = node.inputs, node.attrs
    back = TRIANGULAR(turned(a), g, attrs=(not lower, unit))
    return sum_to(-_part(MATMUL(back, turned(node)), lower, unit), a.shape), sum_to(back, b.shape)


def _triangular_jvp(node: Node, tangents: Sequence[Any]) -> Node:
    of_a, of_b = tangents
    moved = None if of_a is None else -MATMUL(_part(of_a, *node.attrs), node)
    return TRIANGULAR(node.inputs[0], added(of_b, moved), attrs=node.attrs)


def _triangular_batch(node: Node, inputs: Sequence[Node], size: int) -> Node:
    if batch_is_right(node, inputs):
        a, b = inputs
        return beside(b, lambda columns: TRIANGULAR(a, columns, attrs=node.attrs))
    return leading(node, inputs, size)


def _substituted(a: Any, b: Any, lower: bool, unit: bool) -> Any:
    """The solution for arrays of scalars of code, row after row."""
    if a.ndim != 2 or b.ndim != 2:
        raise TypeError("one matrix at a time is solved for in scalar code")
    n = len(a)
    rows = [*b]
    for k in range(n) if lower else reversed(range(n)):
        for i in range(k) if lower else range(k + 1, n):
            rows[k] = _less(rows[k], a[k, i], rows[i])
        if not unit:
            rows[k] = [x / a[k, k] for x in rows[k]]
    solution = np.empty(b.shape, object)
    for i, j in np.ndindex(b.shape):
        solution[i, j] = rows[i][j]
    return solution


TRIANGULAR = Structural(
    "solve_triangular",
    _triangular,
    lambda shapes, lower, unit: _solve_shape(shapes),
    _triangular_vjp,
    _triangular_jvp,
    batch=_triangular_batch,
    form=_substituted,
    cells=cells_of_stack,
)


_TRANSPOSED: dict[Any, bool] = {0: False, "N": False, 1: True, 2: True, "T": True, "C": True}
"""What SciPy writes for a matrix as it is, and for its transpose."""


@function(
    ranks={"a": 2, "b": 1},
    example="solve_triangular([[2, 0], [1, 4]], [2, 4], lower=true)",
    variants={"tf": {"lower": True}},
    signatures="""
        keras.ops.solve_triangular(a, b, lower=False)
        scipy.linalg.solve_triangular(a, b, trans=0, lower=False, unit_diagonal=False)
        torch.linalg.solve_triangular(A: a, B: b, upper: not lower = True, left=True, \
            unitriangular=False)
        torch.triangular_solve(b, A: a, upper: not lower = True, transpose: trans = False, \
            unitriangular=False) -> solution, A; pair=True
        lax.linalg.triangular_solve(a, b, left_side: left = False, lower=False, \
            transpose_a: trans = False, conjugate_a=False, unit_diagonal=False)
    """,
    aliases="triangular_solve matrix_triangular_solve",
)
def solve_triangular(
    a: Array,
    b: Array,
    lower: Flag = False,
    trans: Value = False,
    unit_diagonal: Flag = False,
    *,
    upper: Value = None,
    left: Flag = True,
    pair: Flag = False,
) -> Any:
    """The x with a @ x = b, looking only at the upper (or lower) triangle of a.

    With `trans` (or "T"), the x with a.T @ x = b; with left=false, that with x @ a = b.
    """
    if trans not in _TRANSPOSED:
        raise ProgramTypeError(f"there is no 'trans' {trans!r}", help='"N" or 0, "T" or 1')
    low = lower if upper is None else not upper
    flip = _TRANSPOSED[trans] == left
    matrix = turned(a) if flip else a
    attrs = (low != flip, unit_diagonal)
    right = b if left else turned(b)
    z = with_columns(right, lambda columns: TRIANGULAR(matrix, columns, attrs=attrs))
    z = z if left else turned(z)
    return (z, a) if pair else z


@function(
    ranks={"chol": 2, "b": 1},
    example="cholesky_solve([[2, 0], [1, 4]], [2, 4])",
    signatures="torch.cholesky_solve(B: b, L: chol, upper=False)",
)
def cholesky_solve(chol: Array, b: Array, upper: Flag = False) -> Node:
    """The x with l @ l.T @ x = b for a Cholesky factor l."""
    low = turned(chol) if upper else chol

    def solved(columns: Node) -> Node:
        half = TRIANGULAR(low, columns, attrs=(True, False))
        return TRIANGULAR(turned(low), half, attrs=(False, False))

    return with_columns(b, solved)


@function(example="cho_solve(([[2, 0], [1, 4]], true), [2, 4])")
def cho_solve(factor: Arrays, b: Array) -> Node:
    """The x with a @ x = b, from what `cho_factor` gives: the factor, and whether it is lower."""
    if len(factor) != 2 or factor[0].ndim < 2 or factor[1].ndim:
        raise ShapeError("cho_solve takes (factor, lower) first", help="as cho_factor gives it")
    c, lower = factor
    return cholesky_solve(c, b, not (lower.op is CONSTANT and bool(lower.attrs[0])))


# --- banded -------------------------------------------------------------------------------------


def _from_diagonals(parts: Sequence[tuple[Node, int]], n: int) -> Node:
    """The matrix with vectors on diagonals; (offset k: one element for each row or column)."""

    def placed(values: Node, k: int) -> Node:
        i = np.arange(n - abs(k))
        return place(values, (*values.shape[:-1], n, n), ..., i + max(-k, 0), i + max(k, 0))

    return added(*(placed(values, k) for values, k in parts))


@function(ranks={"ab": 2, "b": 1}, example="solve_banded((0, 1), [[0, 1], [2, 4]], [2, 4])")
def solve_banded(l_and_u: Ints, ab: Array, b: Array) -> Node:
    """The x with a @ x = b for a matrix given by its diagonals, a row each, from the top."""
    if len(l_and_u) != 2:
        raise ShapeError("solve_banded needs how many diagonals are below and how many above")
    low, up = l_and_u
    if ab.ndim != 2 or ab.shape[0] != low + up + 1:
        raise ShapeError(
            f"{low} diagonals below and {up} above take {low + up + 1} rows, "
            f"not the shape {show_shape(ab.shape)}"
        )
    n = ab.shape[1]
    rows = [(along(ab, 0, up - k), k) for k in range(-low, up + 1) if abs(k) < n]
    parts = [(along(row, 0, slice(max(k, 0), n + min(k, 0))), k) for row, k in rows]
    return solve(_from_diagonals(parts, n), b)


@function(
    ranks={"diagonals": 1},
    example="tridiagonal_solve([[1, 0], [2, 4], [0, 1]], [2, 4])",
    variants={prefix: {"whole": True} for prefix in ("lax", "jax.lax", "jax.lax.linalg")},
)
def tridiagonal_solve(diagonals: Array, b: Rest, *, whole: Flag = False) -> Node:
    """The x with a @ x = b for a matrix given by three rows: above, on and below the diagonal.

    The last element above and the first below the diagonal are not looked at. lax takes
    (below, on, above, b), where the first below and the last above are not looked at.
    """
    if whole and len(b) != 3:
        raise ShapeError("lax.linalg.tridiagonal_solve takes (dl, d, du, b)")
    if len(b) == 3:
        below, on, above = diagonals, b[0], b[1]
    elif diagonals.ndim < 2:
        raise ShapeError("tridiagonal_solve needs three rows of diagonals")
    else:
        above, on, below = (along(diagonals, diagonals.ndim - 2, i) for i in range(3))
    if not (above.ndim and on.ndim and below.ndim):
        raise ShapeError("tridiagonal_solve needs vectors for its diagonals")
    n, axis = on.shape[-1], on.ndim - 1
    if not b[-1].ndim:
        raise ShapeError("tridiagonal_solve needs a vector or matrix on the right")
    above, below = along(above, axis, slice(0, n - 1)), along(below, axis, slice(1, n))
    return solve(_from_diagonals([(above, 1), (on, 0), (below, -1)], n), b[-1])
