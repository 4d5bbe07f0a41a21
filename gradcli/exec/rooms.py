"""Memory for large results, used again once nobody holds it: its pages are there already.

Asking the system for pages takes longer than machine code needs to fill them.
"""

from __future__ import annotations

import math
import sys
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

    from gradcli.ir.shapes import Shape

    Array = np.ndarray[Any, np.dtype[Any]]

LARGE = 1 << 17
"""Bytes from which an array's memory is worth keeping."""

KEPT = 1 << 28
"""Bytes that wait to be used again, at most."""

LINE = 64
"""Bytes of a line of the cache, with which memory begins."""

PAIR = 2 * LINE
"""Bytes that a core fetches at a time: two that write to the same ones wait for one another."""


_BYTE = np.dtype(np.uint8)


class Room:
    """Memory for an array, and the place where the array begins in it."""

    __slots__ = ("memory", "place")

    def __init__(self, size: int) -> None:
        self.memory = np.empty(size + LINE, np.uint8)
        begin = address(self.memory)
        self.place = begin + -begin % LINE


_free: dict[int, list[Room]] = {}
"""What waits, by size. Threads, and whoever drops an array, may change the lists at any time."""

_waiting = [0]
"""The bytes of all that, more or less: to add them up takes as long as an array of few pages."""


class _Lent:
    """What has an array's memory as long as that, or a view of it, is held.

    A weak reference with a function would take longer to make than a kernel its small arrays.
    """

    __slots__ = ("__array_interface__", "_room", "_size", "place")

    def __init__(self, room: Room, size: int, shape: Shape, dtype: np.dtype[Any]) -> None:
        self._room = room
        self._size = size
        self.place = room.place
        self.__array_interface__ = {
            "data": (room.place, False),
            "shape": shape,
            "typestr": dtype.str,
            "version": 3,
        }

    def __del__(self, is_finalizing: Callable[[], bool] = sys.is_finalizing) -> None:
        if not is_finalizing():
            _give_back(self._size, self._room)


def empty(shape: Shape, dtype: np.dtype[Any]) -> Array:
    """An array to be filled, like NumPy's."""
    size = math.prod(shape) * dtype.itemsize
    if size < LARGE:
        return np.empty(shape, dtype)
    array: Array = np.asarray(_Lent(_taken(size), size, shape, dtype))
    return array


def paired(size: int) -> int:
    """So many bytes, up to the end of a pair of lines."""
    return -(-size // PAIR) * PAIR


def apart(count: int, size: int, dtype: np.dtype[Any]) -> Array:
    """Memory for each of so many that may write at once, a row for so many numbers each."""
    step = paired(size * dtype.itemsize)
    memory = empty((count * step + PAIR,), _BYTE)
    shift = -address(memory) % PAIR
    numbers = memory[shift : shift + count * step].view(dtype)
    return numbers.reshape(count, step // dtype.itemsize)


def address(array: Array) -> int:
    """Where the first element of an array is in memory.

    For NumPy to say so takes as long as a block of few elements; what is lent knows it.
    """
    if isinstance(array.base, _Lent):
        return array.base.place
    where: int = array.__array_interface__["data"][0]
    return where


def is_lent(array: Array) -> bool:
    """Whether an array is the one that was made over its memory, and so no view of another."""
    return isinstance(array.base, _Lent)


def _taken(size: int) -> Room:
    try:
        room = _free[size].pop()
    except (KeyError, IndexError):
        return Room(size)
    _waiting[0] -= size
    return room


def _give_back(size: int, room: Room) -> None:
    """Keeps memory that an array has had; where too much waits, what is of other sizes goes first.

    Then some of this size: what comes again takes it again.
    """
    if size > KEPT:
        return
    if _waiting[0] + size > KEPT:
        alike = _free.get(size, [])[: max(KEPT // size - 1, 0)]
        _free.clear()
        _free[size] = alike
        _waiting[0] = size * len(alike)
    _free.setdefault(size, []).append(room)
    _waiting[0] += size
