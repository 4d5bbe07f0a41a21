"""The time that a call from Python may take, in whichever thread it is."""

from __future__ import annotations

from threading import Event, Lock, Thread, get_ident
from typing import TYPE_CHECKING, Any

from gradcli.engine.deadline import AGAIN, LONGEST, Late, late
from gradcli.errors import UsageError

if TYPE_CHECKING:
    from types import TracebackType


class TimeLimit:
    """Within it, what runs longer than `seconds` ends with a DeadlineError.

    A thread raises the exception between two steps of Python, so that it needs no signals, which
    belong to the caller; one operation of NumPy is not interrupted.
    """

    def __init__(self, seconds: Any) -> None:
        is_number = isinstance(seconds, (int, float)) and not isinstance(seconds, bool)
        if not (is_number and seconds > 0):
            raise UsageError(f"timeout is {seconds!r}", help="a number of seconds above 0")
        self.seconds = float(seconds)
        self._thread = get_ident()
        self._lock = Lock()
        self._over = Event()
        self._watch = Thread(target=self._watched, daemon=True)

    def _watched(self) -> None:
        left = min(self.seconds, LONGEST)
        while not self._over.wait(left):
            with self._lock:
                if not self._over.is_set():
                    _raise_in(self._thread, Late)
            left = AGAIN

    def __enter__(self) -> None:
        self._watch.start()

    def __exit__(
        self, _kind: object, error: BaseException | None, _frames: TracebackType | None
    ) -> None:
        is_late = isinstance(error, Late)
        try:
            self._end()
        except Late:
            self._end()
        if is_late:
            raise late(self.seconds) from None

    def _end(self) -> None:
        """Nothing is raised any more, and what is still on its way is taken back."""
        with self._lock:
            self._over.set()
        _raise_in(self._thread, None)


def _raise_in(thread: int, exception: type[BaseException] | None) -> None:
    """Raises an exception in a thread, or takes back one that is still on its way."""
    import ctypes

    thing = None if exception is None else ctypes.py_object(exception)
    ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread), thing)
