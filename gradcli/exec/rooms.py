"""Memory for large results, used again once nobody holds it: its pages are there already.

Asking the system for pages takes longer than machine code needs to fill them.
"""

from __future__ import annotations

import ctypes
import math
from typing import TYPE_CHECKING, Any
from weakref import finalize

import numpy as np

if TYPE_CHECKING:
    from gradcli.ir.shapes import Shape

    Array = np.ndarray[Any, np.dtype[Any]]

LARGE = 1 << 17
"""Bytes from which an array's memory is worth keeping."""

KEPT = 1 << 28
"""Bytes that wait to be used again, at most."""

LINE = 64
"""Bytes of a line of the cache, with which memory begins."""

_free: dict[int, list[Array]] = {}
"""What waits, by size. Threads, and whoever drops an array, may change the lists at any time."""


def empty(shape: Shape, dtype: np.dtype[Any]) -> Array:
    """An array to be filled, like NumPy's."""
    size = math.prod(shape) * dtype.itemsize
    if size < LARGE:
        return np.empty(shape, dtype)
    memory = _taken(size)
    lent: Any = (ctypes.c_char * size).from_buffer(memory.data, -address(memory) % LINE)
    finalize(lent, _give_back, size, memory).atexit = False
    array: Array = np.ndarray(shape, dtype, lent)
    return array


def address(array: Array) -> int:
    """Where the first element of an array is in memory."""
    where: int = array.__array_interface__["data"][0]
    return where


def is_lent(array: Array) -> bool:
    """Whether an array is the one that was made over its memory, and so no view of another."""
    return isinstance(array.base, ctypes.Array)


def _taken(size: int) -> Array:
    try:
        return _free[size].pop()
    except (KeyError, IndexError):
        return np.empty(size + LINE, np.uint8)


def _give_back(size: int, memory: Array) -> None:
    """Keeps memory that an array has had; where too much waits, what is of other sizes goes first.

    Then some of this size: what comes again takes it again.
    """
    if size > KEPT:
        return
    waiting = sum(n * len(rooms) for n, rooms in list(_free.items()))
    if waiting + size > KEPT:
        alike = _free.get(size, [])
        _free.clear()
        _free[size] = alike[: max(KEPT // size - 1, 0)]
    _free.setdefault(size, []).append(memory)
