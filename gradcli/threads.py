"""Threads that share the blocks of a region, or the rows of arrays; they stay, once started.

Starting one takes as long as a block.

What they are given asks for no other threads, so that none of them ever waits for one.
"""

from __future__ import annotations

import os
import threading
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from concurrent.futures import Future, ThreadPoolExecutor

MOST = 256
"""Threads that are kept, at most."""

SHARE = 1 << 18
"""Elements that are worth a thread: their kernels take a tenth of a millisecond or more."""

STEPS = 1_000_000
"""Elements times steps of NumPy that are worth a thread: about half a millisecond."""

PARTS = 4
"""For each thread, as a thread that has slept comes later."""


class _Allowed(threading.local):
    """How many threads kernels may use that this thread calls."""

    count = 1


_allowed = _Allowed()

_pools: list[ThreadPoolExecutor] = []
"""One, once there was work; none again in a process that was forked."""

if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_pools.clear)


def pool() -> ThreadPoolExecutor:
    """The threads that stay."""
    if not _pools:
        from concurrent.futures import ThreadPoolExecutor

        _pools.append(ThreadPoolExecutor(MOST, "gradcli"))
    return _pools[0]


def share(work: Callable[[], None], threads: int, todo: Iterator[int]) -> None:
    """Does the work in several threads, of which this is one; an interruption ends them all."""
    from concurrent.futures import wait

    others: list[Future[None]] = []
    try:
        with suppress(RuntimeError):  # where there is no room for more threads, fewer work
            for _ in range(threads - 1):
                others.append(pool().submit(work))  # noqa: PERF401 - those before one stay
        work()
    finally:
        for _ in todo:
            pass
        others = [other for other in others if not other.cancel()]
        wait(others)
    for other in others:
        other.result()


@contextmanager
def allowed(count: int) -> Iterator[None]:
    """So many threads may share the rows of an array."""
    before, _allowed.count = _allowed.count, count
    try:
        yield
    finally:
        _allowed.count = before


def in_parts(work: Callable[[slice], object], rows: int, elements: int) -> None:
    """Does the work for all rows, in parts that threads share if there may be some and it pays."""
    threads = min(_allowed.count, rows, 1 + elements // SHARE)
    if threads < 2:
        work(slice(0, rows))
        return
    count = min(rows, PARTS * threads)
    ends = [rows * i // count for i in range(count + 1)]
    todo = iter(range(count))

    def some() -> None:
        for i in todo:
            work(slice(ends[i], ends[i + 1]))

    share(some, threads, todo)
