"""The time that one question may take."""

from __future__ import annotations

from typing import Any

from gradcli.errors import DeadlineError

LONGEST = 1e9
"""Seconds that a timer can be set to, and about thirty years."""


class _Late(BaseException):
    """Raised wherever the program is, past all who handle errors: they have no more time."""


class Deadline:
    """Within it, what runs longer than `seconds` (None: no limit) ends with a DeadlineError."""

    def __init__(self, seconds: float | None) -> None:
        self.seconds = seconds
        self.over = False

    def __enter__(self) -> None:
        if self.seconds is not None:
            import signal

            signal.signal(signal.SIGALRM, self._expired)
            signal.setitimer(signal.ITIMER_REAL, min(self.seconds, LONGEST))

    def _expired(self, *_: Any) -> None:
        if not self.over:
            raise _Late

    def __exit__(self, _kind: object, error: object, _traceback: object) -> None:
        self.over = True
        if self.seconds is not None:
            import signal

            signal.setitimer(signal.ITIMER_REAL, 0)
        if isinstance(error, _Late):
            raise late(self.seconds) from None


def late(seconds: float | None) -> DeadlineError:
    """The error of what has run for too long."""
    return DeadlineError(f"not done after {seconds:g} s", help="⟨timeout⟩ gives more time")
