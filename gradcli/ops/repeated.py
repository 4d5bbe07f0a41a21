"""Numbers added at places that repeat, in the order in which they come."""

from __future__ import annotations

from typing import Any

import numpy as np

from gradcli.ops.keys import counted, numbered

MANY = 50_000
"""Numbers from which a sparse product is worth its import."""


def add_at(shape: tuple[int, ...], key: tuple[Any, ...], g: Any) -> Any:
    """Zeros of a shape to which g is added at a key, once for each time that a place is named.

    As NumPy's `add.at` to the bit, and faster where arrays of indices take the first axes.
    """
    if g.size and g.dtype.char in "fd" and all(map(_is_indices, key)):
        groups, lead = _rows_of(shape, key)
        rows = np.broadcast_to(g, groups.shape + shape[len(key) :]).reshape(groups.size, -1)
        if rows.shape[1] == 1 and g.dtype.char == "d":
            return np.bincount(groups.ravel(), rows.ravel(), lead).reshape(shape)
        if g.size >= MANY:
            return _sums(rows, groups.ravel(), lead).reshape(shape)
    out = np.zeros(shape, g.dtype)
    np.add.at(out, key, g)
    return out


def _is_indices(item: Any) -> bool:
    return isinstance(item, np.ndarray) and item.dtype.kind in "iu"


def _rows_of(shape: tuple[int, ...], key: tuple[Any, ...]) -> tuple[Any, int]:
    """The number of the row that each index names, and how many rows there are."""
    return numbered([(counted(part, n), n) for part, n in zip(key, shape, strict=False)])


def _sums(rows: Any, groups: Any, count: int) -> Any:
    """The sum of the rows of each group, as a product with a matrix of zeros and ones."""
    from scipy.sparse import csc_array

    ones, starts = np.ones(groups.size, rows.dtype), np.arange(groups.size + 1)
    return csc_array((ones, groups, starts), (count, groups.size)) @ rows
