"""One factorisation for what is asked of a matrix: solutions, its determinant and inverse."""

from __future__ import annotations

from typing import Any

import numpy as np

from gradcli.ops import lapack
from gradcli.ops.last import Last

MANY, MOST = 64, 4_096
"""Rows of a matrix between which its factors are kept: worth a look, and the memory."""


class Factors:
    """The triangular factors of a matrix, and what follows from them.

    They are those by elimination with pivots, or `root @ root.T` where that can be: of one that is
    even, its own transpose.
    """

    __slots__ = ("_eliminated", "_is_even", "_matrix", "is_singular", "root")

    def __init__(self, matrix: Any, *, is_even: bool) -> None:
        self._is_even = is_even
        self._matrix = matrix.copy("K")
        self.root: Any = None
        self.is_singular = False
        if self._is_even and (matrix.diagonal() > 0).all():
            self.root = lapack.cholesky(self._matrix)
        if self.root is None:
            *self._eliminated, self.is_singular = lapack.eliminated(matrix)

    def turns(self, a: Any) -> bool | None:
        """Whether a matrix is the transpose of this one; None if it is neither one."""
        known = self._matrix
        if a.shape != known.shape or a.dtype != known.dtype:
            return None
        if self._is_even:
            is_alike = a.flags.c_contiguous == known.flags.c_contiguous
            return False if np.array_equal(a if is_alike else a.T, known) else None
        for turned, other in enumerate((known, known.T)):
            if np.array_equal(a[0], other[0]) and np.array_equal(a, other):
                return bool(turned)
        return None

    def solved(self, b: Any, turned: bool) -> Any:
        """The x with a @ x = b, or a.T @ x = b."""
        if self.root is None:
            factors, pivots = self._eliminated
            return lapack.solved(factors, pivots, b, turned)
        half = lapack.triangular(self.root, b, lower=True, unit=False)
        return lapack.triangular(self.root.T, half, lower=False, unit=False)

    def inverse(self, turned: bool) -> Any:
        """The inverse of a, or of a.T."""
        if self.root is None:
            inverse = lapack.inverted(*self._eliminated)
            return inverse.T if turned else inverse
        half = lapack.inverted_root(self.root)
        return half.T @ half

    def determinant(self) -> tuple[Any, Any]:
        """The sign of the determinant, and the logarithm of its size."""
        if self.root is not None:
            return self.root.dtype.type(1), 2 * np.log(self.root.diagonal()).sum()
        factors, pivots = self._eliminated
        diagonal = factors.diagonal()
        swaps = np.count_nonzero(pivots != np.arange(1, pivots.size + 1))
        sign = np.prod(np.sign(diagonal)) * (-1.0) ** (swaps % 2)
        return diagonal.dtype.type(sign), np.log(np.abs(diagonal)).sum()


_last = Last()


def factors_of(a: Any, *, is_even: bool = False) -> tuple[Factors, bool] | None:
    """The factors of a matrix or of its transpose, and which; None where they are not worth it.

    It may be known that it `is_even`, its own transpose.

    A matrix is recognised by its numbers, since it may have been changed in place. Which of the two
    is eliminated depends on these numbers alone, and so do the digits of all that follows.
    """
    is_matrix = type(a) is np.ndarray and a.ndim == 2 and a.dtype.char in "fd"
    if not is_matrix or not MANY <= len(a) <= MOST:
        return None
    factors: Factors | None = _last.found
    turned = None if factors is None else factors.turns(a)
    if factors is None or turned is None:
        is_even, turned = (True, False) if is_even else _compared(a)
        factors = Factors(a.T if turned else a, is_even=is_even)
        _last.keep(a, factors)
    return None if factors.is_singular else (factors, turned)


def _compared(a: Any) -> tuple[bool, bool]:
    """Whether a matrix is its own transpose, and whether that is eliminated in its place.

    Where they first differ, the lesser number decides.
    """
    differs = np.flatnonzero(a != a.T)
    if not differs.size:
        return True, False
    return False, bool(a.flat[differs[0]] > a.T.flat[differs[0]])
