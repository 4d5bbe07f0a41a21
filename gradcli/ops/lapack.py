"""Factors of matrices and triangular systems by the library with which NumPy multiplies matrices.

SciPy brings another one: the threads of both, which wait for work by spinning, would stand in one
another's way. Where NumPy's cannot be asked, SciPy's serves.
"""

from __future__ import annotations

import ctypes
from functools import cache
from typing import Any

import numpy as np

NAMES = ("scipy_{}_64_", "{}_64_")
"""What a routine with whole numbers of 64 bits is called: in NumPy's wheels, and elsewhere."""

COLUMNS = 64
"""Of an inverse that are made at a time."""

_LENGTH = ctypes.c_size_t(1)
"""Of a word of one letter: compilers of Fortran pass it behind all others."""


@cache
def _routine(name: str, letter: str) -> Any:
    """A routine of the library for elements of a type; None where there is none to be found."""
    from numpy.linalg import _umath_linalg

    try:
        library = ctypes.CDLL(_umath_linalg.__file__)
    except OSError:
        return None
    prefix = {"f": "s", "d": "d"}[letter]
    for spelled in NAMES:
        routine = getattr(library, spelled.format(prefix + name), None)
        if routine is not None:
            routine.restype = None
            return routine
    return None


def _word(letter: str) -> Any:
    return ctypes.c_char_p(letter.encode())


def _whole(number: int) -> Any:
    return ctypes.byref(ctypes.c_int64(number))


def _place(array: Any) -> Any:
    return ctypes.c_void_p(array.__array_interface__["data"][0])


def _laid_out(a: Any) -> Any:
    """A matrix without gaps, a copy if need be."""
    return a if a.flags.f_contiguous or a.flags.c_contiguous else np.ascontiguousarray(a)


def _of_scipy(name: str, matrix: Any) -> Any:
    from scipy.linalg import get_lapack_funcs

    found: Any = get_lapack_funcs((name,), (matrix,))
    return found[0]


def triangular(a: Any, b: Any, lower: bool, unit: bool) -> Any:
    """The x with a @ x = b, looking at one triangle of a; it lies in memory as b does."""
    known = a.dtype == b.dtype and b.size and _routine("trsm", b.dtype.char)
    if not known:
        from scipy.linalg import solve_triangular

        options: Any = {"lower": lower, "unit_diagonal": unit, "check_finite": False}
        return solve_triangular(a, b, **options)
    if _is_identity(b):
        return _inverted_triangle(np.tril(a) if lower else np.triu(a), lower, unit)
    a, x = _laid_out(a), _laid_out(b.copy("K"))
    is_turned, is_left = not a.flags.c_contiguous, not x.flags.c_contiguous
    n, k = x.shape
    triangle, units = "L" if lower == is_turned else "U", "U" if unit else "N"
    if k == 1:  # the other routine begins as for many columns
        words = [triangle, "N" if is_turned else "T", units]
        vector = _place(a), _whole(n), _place(x), _whole(1)
        _routine("trsv", x.dtype.char)(*map(_word, words), _whole(n), *vector, *[_LENGTH] * 3)
        return x
    # Where x lies in rows, x.T @ a.T = b.T is what the library sees.
    words = ["L" if is_left else "R", triangle, "N" if is_left == is_turned else "T", units]
    one = np.ones(1, x.dtype)
    sizes = (n, k) if is_left else (k, n)
    arrays = _place(a), _whole(n), _place(x), _whole(sizes[0])
    known(*map(_word, words), *map(_whole, sizes), _place(one), *arrays, *[_LENGTH] * 4)
    return x


def _is_identity(b: Any) -> bool:
    """Whether a matrix has ones on its diagonal, and zeros elsewhere."""
    n, k = b.shape
    if n != k or b[0, 0] != 1 or b[-1, 0] != (n == 1):
        return False
    return bool(np.count_nonzero(b != 0) == n and (b.diagonal() == 1).all())


def inverted_root(root: Any) -> Any:
    """The inverse of a lower triangle, above which there are zeros."""
    if _routine("trtri", root.dtype.char) is None:
        return _of_scipy("trtri", root)(root, lower=1)[0]
    return _inverted_triangle(root.copy(), lower=True, unit=False)


def _inverted_triangle(x: Any, lower: bool, unit: bool) -> Any:
    """The inverse of a triangle that may be written over: a third of the work of solving for it."""
    x = np.ascontiguousarray(x)
    if unit:
        np.fill_diagonal(x, 1)
    words, size = ["U" if lower else "L", "U" if unit else "N"], _whole(len(x))
    given = size, _place(x), size, ctypes.byref(ctypes.c_int64()), _LENGTH, _LENGTH
    _routine("trtri", x.dtype.char)(*map(_word, words), *given)
    return x


def eliminated(matrix: Any) -> tuple[Any, Any, bool]:
    """Both triangular factors in one, which row each was exchanged with, and if it is singular.

    The first row is number 1, as the library counts.
    """
    routine, n = _routine("getrf", matrix.dtype.char), len(matrix)
    if routine is None:
        factors, pivots, failed = _of_scipy("getrf", matrix)(matrix)
        return factors, pivots + 1, failed != 0
    factors, pivots, failed = matrix.copy("F"), np.empty(n, np.int64), ctypes.c_int64()
    size = _whole(n)
    routine(size, size, _place(factors), size, _place(pivots), ctypes.byref(failed))
    return factors, pivots, failed.value != 0


def solved(factors: Any, pivots: Any, b: Any, turned: bool) -> Any:
    """The x with a @ x = b for an eliminated matrix, or that with a.T @ x = b."""
    routine = _routine("getrs", b.dtype.char)
    if routine is None:
        return _of_scipy("getrs", b)(factors, pivots - 1, b, trans=int(turned))[0]
    x, failed = b.copy("F"), ctypes.c_int64()
    n, k = map(_whole, x.shape)
    arrays = _place(factors), n, _place(pivots), _place(x), n
    routine(_word("NT"[turned]), n, k, *arrays, ctypes.byref(failed), _LENGTH)
    return x


def inverted(factors: Any, pivots: Any) -> Any:
    """The inverse of an eliminated matrix."""
    routine, n = _routine("getri", factors.dtype.char), len(factors)
    if routine is None:
        return _of_scipy("getri", factors)(factors, pivots - 1)[0]
    x, failed = factors.copy("F"), ctypes.c_int64()
    work = np.empty(max(n, 1) * COLUMNS, x.dtype)
    size = _whole(n)
    given = size, _place(x), size, _place(pivots), _place(work), _whole(work.size)
    routine(*given, ctypes.byref(failed))
    return x


def reduces() -> bool:
    """Whether the library can be asked for the reduction of matrices, and for what follows."""
    return all(_routine(name, "d") for name in ("sytrd", "sterf", "stedc", "ormtr"))


def reduced(a: Any) -> tuple[Any, Any, tuple[Any, Any]]:
    """The diagonal of a symmetric matrix that is turned to three, what is beside it, and how."""
    n, letter, failed = len(a), a.dtype.char, ctypes.c_int64()
    turned, diagonal, beside, scales = a.copy("F"), *(np.empty(n, letter) for _ in range(3))
    work, size = np.empty(n * COLUMNS, letter), _whole(n)
    arrays = _place(turned), size, *map(_place, (diagonal, beside, scales, work))
    given = _word("L"), size, *arrays, _whole(work.size), ctypes.byref(failed), _LENGTH
    _routine("sytrd", letter)(*given)
    return diagonal, beside, (turned, scales)


def values_of(diagonal: Any, beside: Any) -> Any:
    """The eigenvalues of a reduced matrix, in ascending order."""
    values, rest, failed = diagonal.copy(), beside.copy(), ctypes.c_int64()
    routine = _routine("sterf", values.dtype.char)
    routine(_whole(len(values)), _place(values), _place(rest), ctypes.byref(failed))
    return _converged(values, failed)


def vectors_of(diagonal: Any, beside: Any, reflections: tuple[Any, Any]) -> Any:
    """The eigenvectors of a matrix, as columns, from those of the reduced one."""
    n, letter, failed = len(diagonal), diagonal.dtype.char, ctypes.c_int64()
    values, rest, (turned, scales) = diagonal.copy(), beside.copy(), reflections
    vectors, whole = np.empty((n, n), letter, "F"), np.empty(3 + 5 * n, np.int64)
    work, size = np.empty(1 + 4 * n + n * max(n, COLUMNS), letter), _whole(n)
    arrays = *map(_place, (values, rest, vectors)), size, _place(work), _whole(work.size)
    given = *arrays, _place(whole), _whole(whole.size), ctypes.byref(failed), _LENGTH
    _routine("stedc", letter)(_word("I"), size, *given)
    words, by = map(_word, "LLN"), (_place(turned), size, _place(scales), _place(vectors), size)
    room = _place(work), _whole(work.size), ctypes.byref(ctypes.c_int64())
    _routine("ormtr", letter)(*words, size, size, *by, *room, *[_LENGTH] * 3)
    return _converged(vectors, failed)


def _converged(found: Any, failed: Any) -> Any:
    if failed.value:
        raise np.linalg.LinAlgError("Eigenvalues did not converge")
    return found


def cholesky(a: Any) -> Any:
    """The lower triangular factor of a symmetric matrix; None if it is not positive definite."""
    routine, n = _routine("potrf", a.dtype.char), len(a)
    if routine is None:
        try:
            return np.linalg.cholesky(a)
        except np.linalg.LinAlgError:
            return None
    factor, failed = np.tril(a if a.flags.c_contiguous else a.T), ctypes.c_int64()
    size = _whole(n)
    # A lower triangle in rows is an upper one in columns.
    routine(_word("U"), size, _place(factor), size, ctypes.byref(failed), _LENGTH)
    return None if failed.value else factor
