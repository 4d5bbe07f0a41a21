"""What an answer is written for: how much of it to show, and the screen that shows it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gradcli.data.console import Console

_ENDLESS = 100_000  # columns of a page that is no terminal
_DIGITS = 6
_COLUMNS = 10
_NARROWEST = 4  # a digit, and the blanks before it


class Page:
    """Digits, elements, columns and characters that there is room for.

    `precision` limits the significant digits (None: the shortest that read back, in tables six).
    """

    __slots__ = ("colour", "everything", "precision", "unicode", "width")

    def __init__(
        self,
        console: Console | None = None,
        *,
        everything: bool = False,
        precision: int | None = None,
    ) -> None:
        self.everything = everything
        self.precision = precision
        self.width = console.width if console and console.is_terminal else _ENDLESS
        self.colour = console is not None and console.colour
        self.unicode = console is None or console.unicode

    @property
    def digits(self) -> int:
        """Significant digits of a number in a table."""
        return self.precision or _DIGITS

    @property
    def gap(self) -> str:
        """What stands for elements that are left out."""
        return "…" if self.unicode else "..."

    @property
    def columns(self) -> int:
        """How many columns of numbers there may be room for; ten where there is no terminal."""
        return _COLUMNS if self.width == _ENDLESS else max(2, self.width // _NARROWEST)

    def shown(self, length: int, most: int) -> list[int | None]:
        """The indices to show of so many; `None` stands for those left out in the middle."""
        if self.everything or length <= most:
            return list(range(length))
        half = most // 2
        return [*range(half), None, *range(length - half, length)]
