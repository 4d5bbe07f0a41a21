"""How much is done to find the shortest form of a formula: counted, so that it is always the same.

Formulas whose sums share no factors have forms without number, most of them long ones. What is
counted are products of terms and trials of factors, about a hundred thousand a second.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

MOST = 24_000
"""What is done for one formula: to read it, to multiply out and factor its sums, to write them."""

LARGE = 64
"""Terms beyond which nothing is multiplied out or factored."""


class Work:
    """What is done to one formula, and up to what amount it goes on."""

    __slots__ = ("done", "most")

    def __init__(self, most: int = MOST) -> None:
        self.done = 0
        self.most = most

    @property
    def is_over(self) -> bool:
        """Whether nothing more is tried."""
        return self.done >= self.most

    @contextmanager
    def half(self) -> Iterator[None]:
        """What is done within takes at most half of what is left, so that others have theirs."""
        most = self.most
        self.most = max(self.done, (self.done + most) // 2)
        try:
            yield
        finally:
            self.most = most
