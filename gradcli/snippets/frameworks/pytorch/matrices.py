"""Matrices in single precision as the MKL factors them for PyTorch, to the last digit.

It is known of all factors that are small, and of solutions by those of two rows.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from gradcli.ops.matrices import each_matrix
from gradcli.ops.matrix_functions import DET, LOG_SIZE
from gradcli.ops.solving import INV, SOLVE
from gradcli.snippets.arrays.lapack import MATRICES
from gradcli.snippets.arrays.nearest import rounded_once

if TYPE_CHECKING:
    from collections.abc import Callable

    Numbers = np.ndarray[Any, np.dtype[np.float32]]

SINGLE = np.float32

MOST = 16
"""Rows up to which a matrix is factored column by column."""


def factored(a: Numbers) -> tuple[Numbers, Any, int]:
    """Its factors in the place of the matrix, the order of its rows, and the sign of that."""
    lu, rows, sign = a.copy(), np.arange(len(a)), 1
    for k in range(len(a) - 1):
        pivot = k + int(np.argmax(np.abs(lu[k:, k])))
        if pivot != k:
            lu[[k, pivot]], rows[[k, pivot]], sign = lu[[pivot, k]], rows[[pivot, k]], -sign
        below = lu[k + 1 :, k]
        lu[k + 1 :, k] = below / lu[k, k] if len(below) == 1 else below * (SINGLE(1) / lu[k, k])
        lu[k + 1 :, k + 1 :] = rounded_once(
            -lu[k + 1 :, k : k + 1], lu[k : k + 1, k + 1 :], lu[k + 1 :, k + 1 :]
        )
    return lu, rows, sign


def of_factors(own: Callable[[Numbers, int], Any], general: Any) -> Callable[[Numbers], Numbers]:
    """What the diagonal of the factors gives; of a large matrix gradcli's own.

    The transpose is factored, as that is how LAPACK reads a matrix that stands in rows.
    """

    def one(a: Numbers) -> Any:
        lu, _, sign = factored(a.T)
        return own(np.diagonal(lu), sign)

    def kernel(a: Numbers) -> Numbers:
        if a.shape[-1] > MOST or not np.isfinite(a).all():
            return np.asarray(general.kernel(a))
        rows = [one(matrix) for matrix in a.reshape(-1, *a.shape[-2:])]
        return np.asarray(rows, SINGLE).reshape(a.shape[:-2])

    return kernel


def _determinant(diagonal: Numbers, sign: int) -> Any:
    return np.multiply.accumulate(diagonal)[-1] * SINGLE(sign)


def _log_size(diagonal: Numbers, _sign: int) -> Any:
    logs = np.log(np.abs(diagonal).astype(float)).astype(SINGLE)
    return np.add.accumulate(logs)[-1]


def _of_two(a: Numbers, b: Numbers) -> Numbers:
    lu, rows, _ = factored(a)
    first, second = b[rows]
    second = rounded_once(-lu[1, 0], first, second) * (SINGLE(1) / lu[1, 1])
    first = rounded_once(-lu[0, 1], second, first) * (SINGLE(1) / lu[0, 0])
    return np.stack([first, second])


def solved(a: Numbers, b: Numbers) -> Numbers:
    """The x with a @ x = b."""
    if a.shape[-1] != 2:
        return np.asarray(MATRICES[SOLVE](a, b))
    made: Numbers = each_matrix(_of_two, a, b)
    return made if np.isfinite(made).all() else SOLVE.kernel(a, b)


def inverted(a: Numbers) -> Numbers:
    """The inverse: what units are solved for to."""
    return solved(a, np.broadcast_to(np.eye(a.shape[-1], dtype=a.dtype), a.shape))


OF_PYTORCH: dict[Any, Callable[..., Numbers]] = {
    **MATRICES,
    SOLVE: solved,
    INV: inverted,
    DET: of_factors(_determinant, DET),
    LOG_SIZE: of_factors(_log_size, LOG_SIZE),
}
"""For each operation on matrices, its kernel in single precision."""
