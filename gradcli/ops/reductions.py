"""One reduction of a symmetric matrix for its eigenvalues and their vectors: to three diagonals."""

from __future__ import annotations

from typing import Any

import numpy as np

from gradcli.ops import lapack
from gradcli.ops.factors import MANY, MOST
from gradcli.ops.last import Last

_last = Last()


class Reduction:
    """A symmetric matrix as its diagonal and what is beside it, and the reflections between."""

    __slots__ = ("_beside", "_diagonal", "_matrix", "_reflections")

    def __init__(self, matrix: Any) -> None:
        self._matrix = matrix.copy()
        self._diagonal, self._beside, self._reflections = lapack.reduced(matrix)

    def is_of(self, a: Any) -> bool:
        """Whether it is that of a matrix."""
        return np.array_equal(a, self._matrix)

    def values(self) -> Any:
        """The eigenvalues, in ascending order."""
        return lapack.values_of(self._diagonal, self._beside)

    def vectors(self) -> Any:
        """Their vectors, as columns."""
        return lapack.vectors_of(self._diagonal, self._beside, self._reflections)


def eigenvalues(a: Any) -> Any:
    """The eigenvalues of symmetric matrices, in ascending order."""
    known = _reduction_of(a)
    return np.linalg.eigvalsh(a) if known is None else known.values()


def eigenvectors(a: Any) -> Any:
    """Their vectors, as columns."""
    known = _reduction_of(a)
    return np.linalg.eigh(a)[1] if known is None else known.vectors()


def _reduction_of(a: Any) -> Reduction | None:
    """The reduction of a matrix; None where it is not worth it, or numbers have to be scaled."""
    is_matrix = type(a) is np.ndarray and a.ndim == 2 and a.dtype.char == "d"
    if not is_matrix or not MANY <= len(a) <= MOST or not lapack.reduces():
        return None
    known: Reduction | None = _last.found
    if known is None or not known.is_of(a):
        least = np.sqrt(np.finfo(a.dtype).tiny / np.finfo(a.dtype).eps)
        if not least < np.abs(a).max() < 1 / least:
            return None
        known = Reduction(a)
        _last.keep(a, known)
    return known
