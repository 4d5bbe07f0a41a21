"""What the executors need of whoever asks them, for the type checker alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable


class How(Protocol):
    """What is at hand for large arrays."""

    @property
    def workers(self) -> int:
        """How many threads may share the work; 0 for one a core."""

    @property
    def executor(self) -> str:
        """What is to run regions; "" for machine code where it is worth it."""

    @property
    def planned(self) -> Callable[[str], None] | None:
        """What receives the plan of each run as text."""

    @property
    def dumps_code(self) -> bool:
        """Whether the plan comes with its machine code."""
