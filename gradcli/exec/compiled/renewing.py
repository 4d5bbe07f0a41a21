"""Kernels that run again over memory that lasts, and over arrays that are others each time.

These are what whoever asks gives, and the results that are handed out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from gradcli.exec.rooms import address

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from gradcli.ir.node import Node

    Array = np.ndarray[Any, np.dtype[Any]]


class Renewing:
    """A kernel with its `arrays`, of which those that it reads come first.

    Between runs it has none of those that are others each time, which belong to whoever asks.
    """

    arrays: list[Array]

    @property
    def sources(self) -> Sequence[Node | None]:
        """What each array is read of; None where it is always the same."""
        raise NotImplementedError

    @property
    def is_renewable(self) -> bool:
        """Whether its results are always there when it has run, in the same memory."""
        return True

    @property
    def copied(self) -> Collection[int]:
        """Those of what it reads that are one number, in memory of the kernel's own."""
        return ()

    @property
    def made(self) -> Mapping[int, Node]:
        """The results that are arrays of their own, by number: those come after what is read."""
        raise NotImplementedError

    def settles(self, lasting: Mapping[Node, Array]) -> bool:
        """Whether it can be run again over the same memory; these have their place there."""
        read = [
            (i, source, array)
            for i, (source, array) in enumerate(zip(self.sources, self.arrays, strict=False))
            if source is not None
            and not (source in lasting and np.may_share_memory(array, lasting[source]))
        ]
        copied = self.copied
        self._numbers = [(source, array) for i, source, array in read if i in copied]
        self._others = [(i, source, array.strides) for i, source, array in read if i not in copied]
        others = {i for i, *_ in self._others}
        self.arrays = [x for i, x in enumerate(self.arrays) if i not in others]
        self._known: dict[int, int] = {}
        self._read: dict[int, tuple[Any, ...]] = {}
        self._lent: list[Array] = []
        self._handed = [i for i, node in self.made.items() if node not in lasting]
        self.rests()
        return self.is_renewable

    def renews(self, values: Mapping[Node, Any]) -> bool:
        """Takes the arrays of the others anew; whether they lie as they did."""
        for i, source, strides in self._others:
            array = values[source]
            if self._read.get(i) != _layout(array):
                array = self._anew(i, array, values)
                if array.strides != strides:
                    return False
            self._lent.append(array)
            self._lies_at(i, array)
        for source, array in self._numbers:
            value = values[source]
            array.fill(value.flat[0] if value.ndim else value)
        for i in self._handed:
            self._lies_at(i, self.makes(i))
        self.clears()
        return True

    def _anew(self, number: int, value: Any, values: Mapping[Node, Any]) -> Array:
        """An array as the kernel reads it; where that is a value as it lies, this is known now."""
        array = self.read(number, values)
        is_itself = value.__class__ is np.ndarray and address(array) == address(value)
        self._read[number] = _layout(value) if is_itself else ()
        return array

    def _lies_at(self, number: int, array: Array) -> None:
        """Notes where an array is, which is often where the one before it was."""
        place = address(array)
        if self._known.get(number) != place:
            self._known[number] = place
            self.moves(number, place)

    def rests(self) -> None:
        """Lets go of what it has read anew, and of what is handed out."""
        self._lent.clear()
        for i in self._handed:
            self.hands(i)

    def read(self, number: int, values: Mapping[Node, Any]) -> Array:
        """An array as the kernel reads it."""
        raise NotImplementedError

    def makes(self, number: int) -> Array:
        """Takes new memory for a result."""
        raise NotImplementedError

    def hands(self, number: int) -> None:
        """Lets go of a result."""
        raise NotImplementedError

    def moves(self, number: int, place: int) -> None:
        """Notes that an array is at another place in memory."""
        raise NotImplementedError

    def clears(self) -> None:
        """Makes all 0 to which something is added; what blocks have for themselves is by then."""


def _layout(value: Any) -> tuple[Any, ...]:
    """How an array lies; nothing is known of what may lie at an odd place."""
    if value.__class__ is not np.ndarray or not value.flags.aligned:
        return (None,)
    return value.shape, value.strides, value.dtype
