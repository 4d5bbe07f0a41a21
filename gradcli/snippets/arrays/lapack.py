"""Matrices in single precision as frameworks work on them: by the LAPACK that SciPy brings.

Where that has no answer, gradcli's own kernel says what is wrong.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from gradcli.ops.decompositions import CHOLESKY, QR_Q, QR_R
from gradcli.ops.eigen import EIGENVALUES, EIGENVECTORS
from gradcli.ops.matrices import each_matrix, symmetric
from gradcli.ops.solving import INV, SOLVE, TRIANGULAR
from gradcli.ops.spectral import SINGULAR_VALUES, SINGULAR_VECTORS

if TYPE_CHECKING:
    from collections.abc import Callable

    Numbers = np.ndarray[Any, np.dtype[np.float32]]


def _by_triangle(a: Numbers, b: Numbers, lower: bool, unit: bool) -> Numbers:
    from scipy.linalg.blas import strsm

    made: Numbers = strsm(np.float32(1), a, b, lower=lower, diag=unit)
    return made


def _by_elimination(a: Numbers, b: Numbers) -> Numbers:
    from scipy.linalg.lapack import sgetrf

    factors, pivots, _ = sgetrf(a)
    turned = b.copy()
    for i, j in enumerate(pivots):
        turned[[i, j]] = turned[[j, i]]
    half = _by_triangle(factors, turned, lower=True, unit=True)
    return _by_triangle(factors, half, lower=False, unit=False)


def solved(a: Numbers, b: Numbers) -> Numbers:
    """The x with a @ x = b."""
    made: Numbers = each_matrix(_by_elimination, a, b)
    return made if np.isfinite(made).all() else SOLVE.kernel(a, b)


def inverted(a: Numbers) -> Numbers:
    """The inverse: what units are solved for to."""
    return solved(a, np.broadcast_to(np.eye(a.shape[-1], dtype=a.dtype), a.shape))


def triangular(a: Numbers, b: Numbers, lower: bool, unit: bool) -> Numbers:
    """The x with a @ x = b, looking at one triangle of a."""
    if not unit and (np.diagonal(a, axis1=-2, axis2=-1) == 0).any():
        return np.asarray(TRIANGULAR.kernel(a, b, lower, unit))
    return np.asarray(each_matrix(lambda a, b: _by_triangle(a, b, lower, unit), a, b))


def root(a: Numbers) -> Numbers:
    """The lower triangle whose product with its transpose is a."""
    from scipy.linalg import cholesky

    try:
        return np.asarray(each_matrix(lambda a: cholesky(symmetric(a), lower=True), a))
    except np.linalg.LinAlgError:
        return np.asarray(CHOLESKY.kernel(a))


def _each(function: Callable[[Numbers], Numbers], a: Numbers) -> Numbers:
    """A function of one matrix of all of them, whatever shape its result has."""
    rows = [function(one) for one in a.reshape(-1, *a.shape[-2:])]
    return np.stack(rows).reshape(*a.shape[:-2], *rows[0].shape)


def eigen(number: int) -> Callable[..., Numbers]:
    """The eigenvalues of a matrix that is its own transpose, or the vectors."""

    def kernel(a: Numbers, *_drop: Any) -> Numbers:
        from scipy.linalg import eigh

        return _each(lambda one: eigh(symmetric(one), driver="evd")[number], a)

    return kernel


def singular_values(a: Numbers) -> Numbers:
    """The singular values."""
    from scipy.linalg import svdvals

    return _each(svdvals, a)


def singular_vectors(a: Numbers, side: int, _drop: Any) -> Numbers:
    """The vectors of one side, as columns."""
    from scipy.linalg import svd

    def vectors(one: Numbers) -> Numbers:
        left, _, right = svd(one, full_matrices=False)
        made: Numbers = right.T if side else left
        return made

    return _each(vectors, a)


def by_rotations(number: int) -> Callable[[Numbers], Numbers]:
    """One of the factors q and r."""

    def kernel(a: Numbers) -> Numbers:
        from scipy.linalg import qr

        return _each(lambda one: qr(one, mode="economic")[number], a)

    return kernel


MATRICES: dict[Any, Callable[..., Numbers]] = {
    SOLVE: solved,
    INV: inverted,
    TRIANGULAR: triangular,
    CHOLESKY: root,
    EIGENVALUES: eigen(0),
    EIGENVECTORS: eigen(1),
    SINGULAR_VALUES: singular_values,
    SINGULAR_VECTORS: singular_vectors,
    QR_Q: by_rotations(0),
    QR_R: by_rotations(1),
}
"""For each operation on matrices, its kernel in single precision."""
