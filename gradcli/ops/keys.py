"""What stands between the brackets of `x[…]`, in a form that a node can carry."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

SAMPLED = 64
"""Elements of an array of which its hash is made, about so many."""


class Key:
    """What stands between the brackets of `x[…]`, as NumPy takes it and in a form with a hash."""

    __slots__ = ("_hash", "_named", "_repeats", "form", "key")

    def __init__(self, key: tuple[Any, ...]) -> None:
        self.key = key
        self._repeats: dict[tuple[int, ...], bool] = {}
        self._named: dict[tuple[int, ...], Any] = {}
        self.form = tuple(
            (k.start, k.stop, k.step)
            if isinstance(k, slice)
            else (k.shape, k.dtype.kind, k.tobytes())
            if isinstance(k, np.ndarray)
            else "..."
            if k is Ellipsis
            else k
            for k in key
        )
        self._hash = hash(tuple(map(_sampled, key, self.form)))

    def __hash__(self) -> int:
        return self._hash

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Key) and self.form == other.form

    def __repr__(self) -> str:
        return f"[{', '.join(map(_shown, self.key))}]"

    def box(self, shape: tuple[int, ...]) -> tuple[tuple[int, int], ...] | None:
        """The first and the last index but one on each axis, if all between them are taken."""
        if not all(isinstance(k, slice) or k is Ellipsis for k in self.key):
            return None
        at = self.key.index(Ellipsis) if Ellipsis in self.key else len(self.key)
        rest = (slice(None),) * (len(shape) - len(self.key) + (Ellipsis in self.key))
        key = (*self.key[:at], *rest, *self.key[at + 1 :])
        ranges = [range(*k.indices(n)) for k, n in zip(key, shape, strict=True)]
        return (
            tuple((r.start, r.stop) for r in ranges) if all(r.step == 1 for r in ranges) else None
        )

    def part(self, whole: Any) -> Any:
        """What of an array is taken, as a view of it unless arrays of indices take it."""
        is_whole = any(k is Ellipsis for k in self.key)
        return whole[self.key if is_whole else (*self.key, ...)]

    def repeats(self, shape: tuple[int, ...]) -> bool:
        """Whether an element of an array of this shape is taken more than once."""
        if shape not in self._repeats:
            self._repeats[shape] = _repeats(self._arrays(shape))
        return self._repeats[shape]

    def named(self, shape: tuple[int, ...]) -> Any:
        """The numbers of the parts of an array that are taken, if these are whole on last axes.

        And how many axes have been counted through. None if anything but arrays of indices takes,
        or one of these is beyond the array.
        """
        if not all(isinstance(k, np.ndarray) and k.dtype.kind in "iu" for k in self.key):
            return None
        if shape not in self._named:
            arrays = self._arrays(shape)
            fits = all(x.size and x.min() >= 0 and x.max() < n for x, n in arrays)
            numbers = np.ascontiguousarray(numbered(arrays)[0], np.int64) if fits else None
            self._named[shape] = None if numbers is None else (numbers, len(self.key))
        return self._named[shape]

    def _arrays(self, shape: tuple[int, ...]) -> list[tuple[Any, int]]:
        """The arrays of indices, not negative, each with the length of its axis."""
        taken = sum(_axes_of(k) for k in self.key)
        indices, axis = [], 0
        for k in self.key:
            if k is Ellipsis:
                axis += len(shape) - taken
            elif isinstance(k, np.ndarray):
                parts = np.nonzero(k) if k.dtype.kind == "b" else (counted(k, shape[axis]),)
                indices += [(part, shape[axis + i]) for i, part in enumerate(parts)]
            axis += _axes_of(k)
        return indices


def _sampled(item: Any, form: Any) -> Any:
    """The form of an item, of a large array just a few elements: all of them take milliseconds."""
    if not isinstance(item, np.ndarray) or item.size <= SAMPLED:
        return form
    return item.shape, item.ravel()[:: item.size // SAMPLED].tobytes()


def _shown(item: Any) -> str:
    """One item of a key as it is written; an array by its shape."""
    if isinstance(item, slice):
        bounds = ["" if x is None else str(x) for x in (item.start, item.stop, item.step)]
        return ":".join(bounds if item.step is not None else bounds[:2])
    if isinstance(item, np.ndarray):
        return f"{'mask' if item.dtype.kind == 'b' else 'indices'} {item.shape}"
    return "..." if item is Ellipsis else str(item)


def counted(indices: Any, length: int) -> Any:
    """Indices counted from the start, those that are negative from the end."""
    if not indices.size or indices.min() >= 0:
        return indices
    return np.where(indices < 0, indices + length, indices)


def _axes_of(k: Any) -> int:
    """How many axes one item of a key takes up."""
    if isinstance(k, np.ndarray) and k.dtype.kind == "b":
        return int(k.ndim)
    return 0 if k is None or k is Ellipsis else 1


def _repeats(arrays: list[tuple[Any, int]]) -> bool:
    if not arrays:
        return False
    return has_repeats(*numbered(arrays))


def numbered(arrays: Sequence[tuple[Any, int]]) -> tuple[Any, int]:
    """The places that indices along several axes name, as numbers, and how many there are.

    Each array comes with the length of its axis.
    """
    (numbers, count), *rest = arrays
    for part, length in rest:
        numbers, count = numbers * length + part, count * length
    return numbers, count


def has_repeats(numbers: Any, count: int) -> bool:
    """Whether one of the whole numbers below a count stands more than once."""
    if count > 16 * numbers.size:
        return bool(np.unique(numbers).size < numbers.size)
    is_there = np.zeros(count, bool)
    is_there[numbers] = True
    return bool(np.count_nonzero(is_there) < numbers.size)
