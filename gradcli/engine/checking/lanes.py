"""Lanes: the elements of an input that move together when a gradient is checked, and one by one."""

from __future__ import annotations

from typing import Any

import numpy as np

Array = np.ndarray[Any, np.dtype[Any]]

ROUNDED = 1e-12
"""By how much a matrix may be off from a symmetric one, relative to its largest element."""


class Lanes:
    """The elements of an array, a lane each.

    With `mirrored`, elements of matrices that are mirror images of each other are one lane: where
    a program has a value at symmetric matrices only, it has a slope along both together alone.
    Half of that is the mean of their two elements of the gradient, which is what a lane stands for.
    """

    def __init__(self, array: Array, *, mirrored: bool = False) -> None:
        self.array = array
        numbers = np.arange(array.size)
        mirrors = np.swapaxes(numbers.reshape(array.shape), -1, -2) if mirrored else numbers
        pairs = np.stack([numbers, mirrors.reshape(-1)], axis=1)
        self.pairs = pairs[pairs[:, 0] <= pairs[:, 1]]
        self.start = array.reshape(-1)[self.pairs[:, 0]]
        self.widths = np.where(self.pairs[:, 0] == self.pairs[:, 1], 1, 2)

    def moved(self, lanes: Array, offsets: Array) -> Array:
        """The array with some lanes moved."""
        moved = self.array.copy()
        flat, pairs = moved.reshape(-1), self.pairs[lanes]
        flat[pairs] = flat[pairs] + offsets[:, None]
        return moved

    def mean(self, array: Any) -> Array:
        """An array of the same shape as one number a lane."""
        with np.errstate(all="ignore"):
            means: Array = np.mean(np.asarray(array, float).reshape(-1)[self.pairs], axis=1)
        return means

    def spread(self, items: Array) -> Array:
        """One item a lane as an array of the same shape."""
        array = np.empty(self.array.size, items.dtype)
        array[self.pairs] = items[:, None]
        return array.reshape(self.array.shape)


def is_symmetric(array: Array) -> bool:
    """Whether an array is a matrix, or a stack of them, and symmetric to rounding."""
    if array.ndim < 2 or array.shape[-1] != array.shape[-2] or not array.size:
        return False
    apart = np.abs(array - np.swapaxes(array, -1, -2))
    return bool(np.max(apart) <= ROUNDED * np.max(np.abs(array)))
