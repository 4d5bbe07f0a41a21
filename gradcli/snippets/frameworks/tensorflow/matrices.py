"""Small matrices in single precision as Eigen factors them for TensorFlow, to the last digit.

Larger ones it works on by blocks, and these are computed to the nearest numbers here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from gradcli.ops.decompositions import CHOLESKY
from gradcli.ops.matmul import MATMUL, turned
from gradcli.ops.matrices import each_matrix
from gradcli.ops.matrix_functions import DET, LOG_SIZE
from gradcli.ops.shape import reshape_to
from gradcli.ops.solving import INV, SOLVE

if TYPE_CHECKING:
    from collections.abc import Callable

    Numbers = np.ndarray[Any, np.dtype[np.float32]]

SINGLE = np.float32

MOST = 16
"""Rows up to which a matrix is no matter of blocks."""

MOST_ROOTS = 6
"""Rows up to which no products of a root are added up at once."""


def factored(a: Numbers) -> tuple[Numbers, Any, int]:
    """Its factors in the place of the matrix, the order of its rows, and the sign of that."""
    lu, rows, sign = a.copy(), np.arange(len(a)), 1
    for k in range(len(a)):
        pivot = k + int(np.argmax(np.abs(lu[k:, k])))
        if pivot != k:
            lu[[k, pivot]], rows[[k, pivot]], sign = lu[[pivot, k]], rows[[pivot, k]], -sign
        lu[k + 1 :, k] /= lu[k, k]
        lu[k + 1 :, k + 1 :] -= np.outer(lu[k + 1 :, k], lu[k, k + 1 :])
    return lu, rows, sign


def solved(a: Numbers, b: Numbers) -> Numbers:
    """The solutions for the columns of b."""
    lu, rows, _ = factored(a)
    x = b[rows]
    for k in range(len(a)):
        for i in range(k):
            x[k] -= lu[k, i] * x[i]
    for k in reversed(range(len(a))):
        for i in range(k + 1, len(a)):
            x[k] -= lu[k, i] * x[i]
        x[k] *= SINGLE(1) / lu[k, k]
    return x


def determinant(a: Numbers) -> Numbers:
    """The determinant, of the sum of the logarithms of the pivots."""
    lu, _, sign = factored(a)
    pivots, total = np.diag(lu).astype(float), SINGLE(0)
    for pivot in pivots:
        total += SINGLE(np.log(abs(pivot)))
    size = SINGLE(np.exp(float(total)))
    return np.asarray(sign * np.prod(np.sign(pivots)) * size, SINGLE)


def root(a: Numbers) -> Numbers:
    """The lower factor of a symmetric matrix."""
    factor = np.tril(a)
    for k in range(len(a)):
        if k:
            factor[k, k] -= _added(factor[k, :k] * factor[k, :k])
        factor[k, k] = np.sqrt(factor[k, k])
        for i in range(k + 1, len(a)):
            if k:
                factor[i, k] -= _added(factor[i, :k] * factor[k, :k])
            factor[i, k] /= factor[k, k]
    return factor


def _added(x: Numbers) -> Any:
    """The sum of a few numbers, one after another."""
    return np.add.accumulate(x)[-1]


def _of_few_rows(kernel: Callable[..., Numbers], op: Any, most: int = MOST) -> Any:
    """A kernel for matrices of so many rows, where it finds finite numbers; elsewhere our own."""

    def few(*arrays: Numbers) -> Numbers:
        rows = arrays[0].shape[-1]
        if 0 < rows <= most and all(np.isfinite(x).all() for x in arrays):
            found = kernel(*arrays)
            if np.isfinite(found).all():
                return found
        nearest: Numbers = op.kernel(*(x.astype(float) for x in arrays)).astype(SINGLE)
        return nearest

    return few


def _determinants(a: Numbers) -> Numbers:
    lead = a.shape[:-2]
    flat = [determinant(each) for each in a.reshape(-1, *a.shape[-2:])]
    return np.asarray(flat, SINGLE).reshape(lead)


def _inverses(a: Numbers) -> Numbers:
    return each_matrix(lambda each: solved(each, np.eye(len(each), dtype=SINGLE)), a)


KERNELS: dict[Any, Callable[..., Numbers]] = {
    CHOLESKY: _of_few_rows(lambda a: each_matrix(root, a), CHOLESKY, MOST_ROOTS),
    DET: _of_few_rows(_determinants, DET),
    INV: _of_few_rows(_inverses, INV),
    SOLVE: _of_few_rows(lambda a, b: each_matrix(solved, a, b), SOLVE),
}
"""For each operation on matrices, its kernel in single precision as TensorFlow has it."""


def _inverse(g: Any, _x: Any, z: Any) -> Any:
    return -MATMUL(turned(z), MATMUL(g, turned(z)))


def _determinant(g: Any, x: Any, z: Any) -> Any:
    return reshape_to(g * z, (*z.shape, 1, 1)) * INV(turned(x))


SLOPES: dict[Any, tuple[Callable[..., Any], ...]] = {
    INV: (_inverse,),
    DET: (_determinant,),
    LOG_SIZE: (lambda g, x, z: reshape_to(g, (*z.shape, 1, 1)) * INV(turned(x)),),
}
"""Of a derivative and the operand of a function, the derivative times its slope."""
