"""Work that comes in stretches, dealt to workers: each goes on where it has been, as far as it can.

A reader that goes on has less to do than one that begins in the middle. So a worker takes a whole
stretch at a time, item by item. When none is left, it takes the rear half of what is left of the
longest; of a short one the next item, to which the other one's reader has come by then.
"""

from __future__ import annotations

from collections import Counter, deque
from concurrent.futures import Future
from itertools import pairwise
from queue import SimpleQueue
from threading import Lock
from typing import TYPE_CHECKING, Any, Generic, NamedTuple, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Generator, Iterable, Iterator, Sequence
    from concurrent.futures import ThreadPoolExecutor

X = TypeVar("X")
Y = TypeVar("Y")

WORTH_HALVING = 6
"""Items left of a stretch from which on another worker takes half: to begin anew costs one."""

HAND = 4
"""Items that are given together to a worker elsewhere, from which none is taken back."""

FEW = 2
"""Items left to do below which such a worker gets further ones: it takes a while until they come.
"""


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
                mine.extend(self._stretch() or self._others())
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

    def _others(self) -> list[tuple[X, Future[Y]]]:
        """The rear half of what is left of the longest stretch; of a short one the next item."""
        longest = max(self._taken, key=len)
        if len(longest) >= WORTH_HALVING:
            return [longest.pop() for _ in range(len(longest) // 2)][::-1]
        return [longest.popleft()] if longest else []

    def end(self) -> None:
        """Nothing more is begun."""
        with self._lock:
            self._stretches = iter(())
            for taken in self._taken:
                taken.clear()


# --- workers elsewhere --------------------------------------------------------------------------


class Hand(NamedTuple):
    """Items that one worker is given together; whether they go on where those before them ended."""

    items: Sequence[Any]
    goes_on: bool


def hands(stretches: Iterable[Sequence[Any]], workers: int) -> Iterator[Hand]:
    """Stretches in hands: each one as a whole, or in equal pieces if they are as long as a hand.

    The last ones, as many as there are workers, are shared by all of these, so that they end
    together: that is worth beginning within a stretch.
    """
    last: deque[Sequence[Any]] = deque()
    for stretch in stretches:
        last.append(stretch)
        if len(last) > workers:
            yield from _pieces(last.popleft(), 1, is_shared=False)
    for stretch in last:
        yield from _pieces(stretch, workers, is_shared=True)


def _pieces(stretch: Sequence[Any], least: int, *, is_shared: bool) -> Iterator[Hand]:
    """A stretch in so many hands or more, as far as it has items."""
    count = max(len(stretch) // HAND, min(least, len(stretch)))
    ends = [len(stretch) * i // count for i in range(count + 1)]
    for start, end in pairwise(ends):
        yield Hand(stretch[start:end], goes_on=start > 0 and not is_shared)


class Loads:
    """What workers elsewhere have to do; the `taker` of the next items (None: any of them)."""

    def __init__(self) -> None:
        self.taker: str | None = None
        self._given: list[tuple[str | None, Any]] = []

    @property
    def undone(self) -> list[Any]:
        """The futures of what was to do when one looked last."""
        return [future for _, future in self._given]

    def add(self, future: Any) -> None:
        """The taker has something to do, of which that is the future."""
        self._given.append((self.taker, future))

    def can_take(self, hand: Hand, workers: Collection[str]) -> bool:
        """Whether one of the workers, the next taker, has little enough to do to take a hand.

        If that goes on where another one ended, who took that comes first; else who has least to
        do. Anyone may take it if there are none to be seen.
        """
        self._given = [(worker, future) for worker, future in self._given if not future.done()]
        load = Counter(worker for worker, _ in self._given)
        before = [self.taker] if hand.goes_on and self.taker in workers else []
        for worker in (*before, *sorted(workers, key=load.__getitem__)[:1]):
            if load[worker] < FEW or load[worker] + len(hand.items) <= HAND:
                self.taker = worker
                return True
        if not workers:
            self.taker = None
        return not workers
