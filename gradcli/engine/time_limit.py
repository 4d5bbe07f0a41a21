"""The time that a call from Python may take, in whichever thread it is."""

from __future__ import annotations

import sys
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from contextvars import ContextVar
from functools import wraps
from threading import Event, Lock, Thread, get_ident
from typing import TYPE_CHECKING, Any, TypeVar

from gradcli.engine.collecting import Collecting
from gradcli.engine.collector import Paused
from gradcli.engine.deadline import AGAIN, LONGEST, SOON, Late, late, sheltered
from gradcli.engine.settings import seconds_in

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import TracebackType

    R = TypeVar("R")


class TimeLimit:
    """Within it, what runs longer than `seconds` ends with a DeadlineError.

    A thread raises the exception between two steps of Python, so that it needs no signals, which
    belong to the caller; one operation of NumPy is not interrupted. It is raised in the thread of
    the caller and in those that work for it, when none of them is sheltered.
    """

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds_in("timeout", seconds)
        self._threads: dict[int, int] = {}  # and what shelters each was in when it came
        self._was_raised = False
        self._garbage = Collecting()
        self._lock = Lock()
        self._over = Event()
        self._watch = Thread(target=self._watched, daemon=True)

    def _watched(self) -> None:
        left = min(self.seconds, LONGEST)
        while not self._over.wait(left):
            with self._lock, Paused():  # what is freed meanwhile would let others go on
                left = AGAIN if self._threads and not self._are_sheltered() else SOON
                if left == AGAIN:
                    self._was_raised = True
                    for thread in self._threads:
                        _raise_in(thread)

    def _are_sheltered(self) -> bool:
        frames = sys._current_frames()
        return self._garbage.now or any(
            sheltered(frames.get(t)) > before for t, before in self._threads.items()
        )

    def _join(self) -> None:
        self._threads[get_ident()] = sheltered(sys._getframe())

    def __enter__(self) -> None:
        self._token = _LIMIT.set(self)
        self._garbage.watch()
        self._watch.start()
        self._join()  # at last: nothing is raised before

    def __exit__(
        self, _kind: object, error: BaseException | None, _frames: TracebackType | None
    ) -> None:
        is_late = isinstance(error, Late)
        try:
            self._leave()
        except Late:
            self._leave()
        self._over.set()
        self._garbage.leave()
        _LIMIT.reset(self._token)
        if is_late:
            raise late(self.seconds) from None

    @contextmanager
    def joined(self) -> Iterator[None]:
        """Another thread works for the caller, and its time is over at the same moment."""
        with self._lock:
            self._join()
        try:
            yield
        finally:
            try:
                self._leave()
            except Late:
                self._leave()

    def _leave(self) -> None:
        """Nothing is raised in this thread any more; what is still on its way arrives here.

        Before 3.13, Python would go on looking for what is taken back: slowly, and without an end
        under a debugger.
        """
        with self._lock:
            self._threads.pop(get_ident(), None)
        if self._was_raised:
            with suppress(Late):
                _raise_in(get_ident())
                while True:
                    pass


_LIMIT: ContextVar[TimeLimit | None] = ContextVar("limit", default=None)
"""The innermost limit of a call."""


def limited(seconds: float | None) -> AbstractContextManager[None]:
    """What must be done within so many seconds; None for no limit."""
    return nullcontext() if seconds is None else TimeLimit(seconds)


def shared(function: Callable[..., R]) -> Callable[..., R]:
    """A function for another thread, within the time limit of this one."""
    limit = _LIMIT.get()
    if limit is None:
        return function

    @wraps(function)
    def within(*args: Any) -> R:
        with limit.joined():
            return function(*args)

    return within


def _raise_in(thread: int) -> None:
    """Raises the exception in a thread, as soon as that comes to a step of Python."""
    import ctypes

    ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread), ctypes.py_object(Late))
