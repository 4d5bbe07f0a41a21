"""The time that one question may take."""

from __future__ import annotations

import os
import sys
from threading import Thread
from typing import TYPE_CHECKING

from gradcli.engine.collecting import Collecting
from gradcli.errors import DeadlineError

if TYPE_CHECKING:
    from types import FrameType

LONGEST = 1e9
"""Seconds that a timer can be set to, and about thirty years."""

GRACE = 1.0
"""Seconds after which what has not heard that its time is over is ended from outside."""

AGAIN = 0.5
"""Seconds after which the exception is raised once more: a hook that it met may have lost it."""

SOON = 0.01
"""Seconds after which what nothing may be raised in is looked at again."""

SHELTERS = {
    "<frozen importlib._bootstrap>",
    "weakref.py",
    "_weakrefset.py",
    "collecting.py",
    "ffi.py",
}
"""The files of what nothing may be raised in."""

_START = Thread.start.__code__


class Late(BaseException):
    """Raised wherever the program is, past all who handle errors: they have no more time."""


class Deadline:
    """Within it, what runs longer than `seconds` (None: no limit) ends with a DeadlineError.

    `heard` is how often the alarm came through: not while one call of C runs.
    """

    def __init__(self, seconds: float | None) -> None:
        self.seconds = seconds
        self.over = False
        self.heard = 0
        self._has_begun = False
        self._garbage = Collecting()

    def __enter__(self) -> None:
        if self.seconds is not None:
            import signal

            self._garbage.watch()
            self._before = sheltered(sys._getframe())
            signal.signal(signal.SIGALRM, self._expired)
            signal.setitimer(signal.ITIMER_REAL, min(self.seconds, LONGEST), AGAIN)
            self._has_begun = True  # at last: nothing is raised before

    def _expired(self, _number: int, frame: FrameType | None) -> None:
        must_wait = not self._has_begun or self._garbage.now or sheltered(frame) > self._before
        if must_wait and not self.over:
            import signal

            signal.setitimer(signal.ITIMER_REAL, SOON, AGAIN)
            return
        self.heard += 1
        if not (self.over or is_late(sys.exception())):
            raise Late

    def __exit__(self, _kind: object, error: BaseException | None, _traceback: object) -> None:
        try:
            self._end()
        except Late as once_more:  # it came before the first step of the end
            error = once_more
            self._end()
        if isinstance(error, Late):
            raise late(self.seconds) from None

    def _end(self) -> None:
        """Nothing is raised any more."""
        self.over = True
        if self.seconds is not None:
            import signal

            signal.setitimer(signal.ITIMER_REAL, 0)
            self._garbage.leave()


def is_late(error: BaseException | None) -> bool:
    """Whether what is being handled comes of a deadline: cleaning up is not interrupted again."""
    while error is not None and not isinstance(error, Late):
        error = error.__context__
    return error is not None


def sheltered(frame: FrameType | None) -> int:
    """How many calls there are in a frame, one within another, that nothing may be raised in.

    In an import it leaves a part of a module to threads that wait for the whole, and a library in C
    that cannot be loaded a second time; what happens to a weak reference loses and reports it; and
    llvmlite, broken off as it frees something, frees it once more. A thread that starts another one
    waits for it: but until that has begun, Python takes it for the former, and ends it.
    """
    count = 0
    while frame is not None:
        code = frame.f_code
        count += code is _START or os.path.basename(code.co_filename) in SHELTERS
        frame = frame.f_back
    return count


def late(seconds: float | None) -> DeadlineError:
    """The error of what has run for too long."""
    return DeadlineError(f"not done after {seconds:g} s", help="⟨timeout⟩ gives more time")
