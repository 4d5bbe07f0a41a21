"""Names of a program as names of a file: what means something else there gets a suffix."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

PYTHON = frozenset(
    """False None True and as assert async await break class continue def del elif else except
    finally for from global if import in is lambda nonlocal not or pass raise return try while
    with yield match case type print repr float int range len dict zip tuple list isinstance sum
    reversed min max object value grads gradients value_and_grads math""".split()
)
"""Words of Python, and those that files in it use."""

_ODD = re.compile(r"[^0-9A-Za-z_]")


class Naming:
    """The names of a file, each of which is that of one thing in the program or of none.

    `reserved` are those that the file needs for itself. In a language of `ascii` names others are
    spelled out.
    """

    def __init__(self, reserved: Collection[str], *, ascii: bool = False) -> None:
        self._taken = set(reserved)
        self._ascii = ascii
        self._names: dict[str, str] = {}

    def __call__(self, name: str) -> str:
        """What a name of the program is called in the file."""
        own = self._names.get(name)
        if own is None:
            own = self._names[name] = self._free(_spelled(name) if self._ascii else name)
        return own

    def keep(self, names: Iterable[str]) -> None:
        """Names these before any others, so that they are what they are where that can be."""
        for name in names:
            self(name)

    def has(self, name: str) -> bool:
        """Whether something has this name."""
        return name in self._taken

    def reserve(self, name: str) -> None:
        """Keeps a name for the file itself."""
        self._taken.add(name)

    def made(self, *names: str) -> str:
        """A name for the file itself: the first of these that is free, or the last made so."""
        spelled = [_spelled(name) if self._ascii else name for name in names]
        return self._free(next((name for name in spelled if not self.has(name)), spelled[-1]))

    def new(self, stem: str) -> str:
        """A name that nothing has: the stem and a number."""
        count = 1
        while f"{stem}{count}" in self._taken:
            count += 1
        self._taken.add(f"{stem}{count}")
        return f"{stem}{count}"

    def changed(self) -> list[str]:
        """A sentence for each name of the program that is another in the file."""
        return [
            f"{own} is the program's {name}" for name, own in self._names.items() if own != name
        ]

    def _free(self, name: str) -> str:
        while name in self._taken:
            name += "_"
        self._taken.add(name)
        return name


def _spelled(name: str) -> str:
    """A name in ASCII: `θ` is theta."""
    return "".join(_letter(c) if _ODD.match(c) else c for c in name)


def _letter(character: str) -> str:
    word = unicodedata.name(character, "").rpartition(" ")[2].lower()
    return word if word.isalpha() else f"u{ord(character):x}"
