"""The time that a call from Python may take, in whichever thread it is."""

from __future__ import annotations

from threading import Lock, Timer, get_ident
from typing import TYPE_CHECKING, Any

from gradcli.engine.deadline import LONGEST, late
from gradcli.errors import UsageError

if TYPE_CHECKING:
    from types import TracebackType


class _Late(BaseException):
    """Raised in the thread that has no more time, past all who handle errors."""


class TimeLimit:
    """Within it, what runs longer than `seconds` ends with a DeadlineError.

    A timer raises the exception between two steps of Python, so that it needs no signals, which
    belong to the caller; one operation of NumPy is not interrupted.
    """

    def __init__(self, seconds: Any) -> None:
        is_number = isinstance(seconds, (int, float)) and not isinstance(seconds, bool)
        if not (is_number and seconds > 0):
            raise UsageError(f"timeout is {seconds!r}", help="a number of seconds above 0")
        self.seconds = float(seconds)
        self._thread = get_ident()
        self._lock = Lock()
        self._over = self._fired = False
        self._timer = Timer(min(self.seconds, LONGEST), self._expired)
        self._timer.daemon = True

    def _expired(self) -> None:
        with self._lock:
            if not self._over:
                self._fired = True
                _raise_in(self._thread, _Late)

    def __enter__(self) -> None:
        self._timer.start()

    def __exit__(
        self, _kind: object, error: BaseException | None, _frames: TracebackType | None
    ) -> None:
        with self._lock:
            self._over = True
        self._timer.cancel()
        if self._fired and not isinstance(error, _Late):
            _raise_in(self._thread, None)  # not delivered yet, and done all the same
        if isinstance(error, _Late):
            raise late(self.seconds) from None


def _raise_in(thread: int, exception: type[BaseException] | None) -> None:
    """Raises an exception in a thread, or takes back one that is still on its way."""
    import ctypes

    thing = None if exception is None else ctypes.py_object(exception)
    ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread), thing)
