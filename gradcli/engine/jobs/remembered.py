"""Programs that come again: parsed once, their names read once."""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING

from gradcli.engine.program import Text

if TYPE_CHECKING:
    from collections.abc import Collection

    from gradcli.lower.names import Names

_REMEMBERED = 1 << 18
"""Characters of programs that are kept parsed at most."""


class Known(Text):
    """A program that keeps what its names are, for jobs that give values to the same ones."""

    __slots__ = ("_known",)

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self._known: dict[frozenset[str], Names] = {}

    def names(self, given: Collection[str] = ()) -> Names:
        """The program's inputs and prefixes, given names having values."""
        key = frozenset(given)
        found = self._known.get(key)
        if found is None:
            if len(self._known) > 8:
                self._known.clear()
            found = self._known[key] = super().names(given)
        return found


class Texts:
    """Programs by their text, the ones used last, bounded by the characters that they have."""

    def __init__(self) -> None:
        self._texts: OrderedDict[str, Known] = OrderedDict()
        self._room = _REMEMBERED

    def __call__(self, text: str) -> Known:
        """The program, parsed unless it is known."""
        found = self._texts.get(text)
        if found is not None:
            self._texts.move_to_end(text)
            return found
        found = Known(text)
        if len(text) < _REMEMBERED // 2:
            self._texts[text] = found
            self._room -= len(text)
            while self._room < 0:
                self._room += len(self._texts.popitem(last=False)[0])
        return found
