"""Work that comes in stretches, dealt to workers: each goes on where it has been, as far as it can.

A reader that goes on has less to do than one that begins in the middle. So a worker takes a whole
stretch at a time, item by item; when none is left, the rear half of what is left of another's.
"""

from __future__ import annotations

from collections import deque
from concurrent.futures import Future
from queue import SimpleQueue
from threading import Lock
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable, Sequence
    from concurrent.futures import ThreadPoolExecutor

X = TypeVar("X")
Y = TypeVar("Y")

WORTH_HALVING = 3
"""Items left of a stretch from which on another worker takes half: to begin anew costs one."""


def dealt(
    pool: ThreadPoolExecutor,
    function: Callable[[X], Y],
    stretches: Iterable[Sequence[X]],
    workers: int,
) -> Generator[Y, None, None]:
    """What a function gives for each item, in order, done by so many workers of a pool."""
    deal = _Deal(function, stretches)
    for _ in range(workers):
        pool.submit(deal.work)
    try:
        while (answer := deal.answers.get()) is not None:
            yield answer.result()
            del answer  # or it would stay while one waits for the next
    finally:
        deal.end()


class _Deal(Generic[X, Y]):
    """Who has which items; `answers` are what is to come of them, in order, None at the end."""

    def __init__(self, function: Callable[[X], Y], stretches: Iterable[Sequence[X]]) -> None:
        self.answers: SimpleQueue[Future[Y] | None] = SimpleQueue()
        self._function = function
        self._stretches = iter(stretches)
        self._taken: list[deque[tuple[X, Future[Y]]]] = []
        self._lock = Lock()

    def work(self) -> None:
        """Does what there is to do, as one of the workers."""
        mine: deque[tuple[X, Future[Y]]] = deque()
        with self._lock:
            self._taken.append(mine)
        while (taken := self._next(mine)) is not None:
            item, answer = taken
            del taken
            try:
                answer.set_result(self._function(item))
            except BaseException as error:
                answer.set_exception(error)
            del item, answer  # or they would stay while the next is waited for

    def _next(self, mine: deque[tuple[X, Future[Y]]]) -> tuple[X, Future[Y]] | None:
        """What a worker does next, which has so much left of its own."""
        with self._lock:
            if not mine:
                mine.extend(self._stretch() or self._half())
            return mine.popleft() if mine else None

    def _stretch(self) -> list[tuple[X, Future[Y]]]:
        """The next stretch; what is wrong with it is an answer, too, and the last one."""
        items: Sequence[X] = ()
        try:
            items = next(self._stretches, ())
        except BaseException as error:
            failed: Future[Y] = Future()
            failed.set_exception(error)
            self.answers.put(failed)
        taken = [(item, Future[Y]()) for item in items]
        for _, answer in taken:
            self.answers.put(answer)
        if not taken:
            self.answers.put(None)
        return taken

    def _half(self) -> list[tuple[X, Future[Y]]]:
        """The rear half of what is left of the longest stretch, if that is worth beginning."""
        longest = max(self._taken, key=len)
        count = len(longest) // 2 if len(longest) >= WORTH_HALVING else 0
        return [longest.pop() for _ in range(count)][::-1]

    def end(self) -> None:
        """Nothing more is begun."""
        with self._lock:
            self._stretches = iter(())
            for taken in self._taken:
                taken.clear()
