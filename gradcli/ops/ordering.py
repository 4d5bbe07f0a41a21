"""The order in which the elements of rows go up; equal ones keep theirs.

NumPy finds an order in several times the time in which it sorts whole numbers, and takes any where
elements are equal, unless it is given ten times as long. So the bits of numbers are sorted, with
the index of each in the place of the last ones.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from gradcli.ops.indexing import are_equal

LARGE, LONGEST = 1 << 14, 1 << 20
"""Elements of an array from which that pays; of a row up to which enough bits are left to it."""

FEW = 64
"""Places, at most, at which numbers that differ in the last bits alone are put in order."""


def order_of(x: Any, axis: int) -> Any:
    """The indices that sort an array along an axis."""
    is_large = x.dtype.char in "fd" and x.size >= LARGE and 1 < x.shape[axis] <= LONGEST
    order = _by_bits(np.moveaxis(x, axis, -1)) if is_large else None
    if order is not None:
        return np.moveaxis(order, -1, axis)
    order = np.argsort(x, axis=axis)
    if are_equal(np.moveaxis(np.take_along_axis(x, order, axis), axis, -1)):
        order = np.argsort(x, axis=axis, kind="stable")
    return order


def _by_bits(rows: Any) -> Any:
    """The same along the last axis; None where there is a NaN, or too much is left to do."""
    place = (rows.shape[-1] - 1).bit_length()
    keys = _keys(rows)
    keys >>= place
    keys <<= place
    keys |= np.arange(rows.shape[-1])
    keys.sort(-1)
    order = keys & ((1 << place) - 1)
    ordered = np.take_along_axis(rows, order, -1)
    if np.isnan(ordered[..., [0, -1]]).any():
        return None
    is_fall = ordered[..., :-1] > ordered[..., 1:]
    if is_fall.any():
        falls = np.argwhere(is_fall)
        if len(falls) > FEW:
            return None
        for *row, i in falls.tolist():
            _put_in_order(order[*row], keys[*row], keys[*row, i] >> place << place, rows[*row])
    return order


def _keys(rows: Any) -> Any:
    """Whole numbers of 64 bits in the order of numbers, with zeros of one sign."""
    numbers = np.add(rows, 0.0, order="C")
    bits = numbers.view(f"i{rows.itemsize}")
    signs = bits >> (8 * rows.itemsize - 1)
    signs &= np.iinfo(bits.dtype).max
    bits ^= signs
    return bits if rows.itemsize == 8 else bits.astype(np.int64) << 32


def _put_in_order(order: Any, keys: Any, first: int, x: Any) -> None:
    """Puts the indices in order whose keys begin as the first of them does."""
    behind = first + len(x)
    these = slice(*np.searchsorted(keys, (first, behind)).tolist())
    part = order[these]
    part[:] = part[np.argsort(x[part], kind="stable")]
