"""One elimination for what is asked of a matrix: solutions of its systems, and its determinant.

Its inverse is NumPy's: where there are products of matrices between, the threads of SciPy's library
and of NumPy's stand in one another's way.
"""

from __future__ import annotations

import threading
import weakref
from typing import Any

import numpy as np

MANY, MOST = 128, 4_096
"""Rows of a matrix between which its elimination is kept: worth SciPy's import, and the memory."""


class Factors:
    """The triangular factors of a matrix by elimination with pivots, and what follows from them."""

    __slots__ = ("_back", "_eliminated", "_matrix", "is_singular")

    def __init__(self, matrix: Any) -> None:
        from scipy.linalg import get_lapack_funcs

        self._matrix = matrix.copy("K")
        functions: Any = get_lapack_funcs(("getrf", "getrs"), (matrix,))
        eliminate, self._back = functions
        *self._eliminated, failed = eliminate(matrix)
        self.is_singular = failed != 0

    def turns(self, a: Any) -> bool | None:
        """Whether a matrix is the transpose of this one; None if it is neither one."""
        if a.shape != self._matrix.shape or a.dtype != self._matrix.dtype:
            return None
        for turned, known in enumerate((self._matrix, self._matrix.T)):
            if np.array_equal(a[0], known[0]) and np.array_equal(a, known):
                return bool(turned)
        return None

    def solved(self, b: Any, turned: bool) -> Any:
        """The x with a @ x = b, or a.T @ x = b."""
        return self._back(*self._eliminated, b, trans=int(turned))[0]

    def determinant(self) -> tuple[Any, Any]:
        """The sign of the determinant, and the logarithm of its size."""
        factors, pivots = self._eliminated
        diagonal = factors.diagonal()
        swaps = np.count_nonzero(pivots != np.arange(pivots.size))
        sign = np.prod(np.sign(diagonal)) * (-1.0) ** (swaps % 2)
        return diagonal.dtype.type(sign), np.log(np.abs(diagonal)).sum()


class _Last(threading.local):
    """The last factors of a thread, as long as somebody holds the matrix."""

    factors: Factors | None = None
    owner: Any = None


_last = _Last()


def factors_of(a: Any) -> tuple[Factors, bool] | None:
    """The factors of a matrix or of its transpose, and which; None where they are not worth it.

    A matrix is recognised by its numbers, since it may have been changed in place. Which of the two
    is eliminated depends on these numbers alone, and so do the digits of all that follows.
    """
    is_matrix = type(a) is np.ndarray and a.ndim == 2 and a.dtype.char in "fd"
    if not is_matrix or not MANY <= len(a) <= MOST:
        return None
    factors = _last.factors
    turned = None if factors is None else factors.turns(a)
    if factors is None or turned is None:
        turned = _is_turned(a)
        factors = Factors(a.T if turned else a)
        _last.factors, _last.owner = factors, weakref.ref(_owner(a), _forget)
    return None if factors.is_singular else (factors, turned)


def _is_turned(a: Any) -> bool:
    """Whether the transpose is eliminated: where they first differ, the lesser number decides."""
    differs = np.flatnonzero(a != a.T)
    return bool(differs.size) and bool(a.flat[differs[0]] > a.T.flat[differs[0]])


def _owner(a: Any) -> Any:
    """The array whose memory a matrix lies in."""
    while isinstance(a.base, np.ndarray):
        a = a.base
    return a


def _forget(owner: Any) -> None:
    """Forgets the factors of what is gone, if it is gone in the thread that has them."""
    if _last.owner is owner:
        _last.factors = _last.owner = None
