"""Threads that share the blocks of a region; they stay, as starting one takes as long as a block.

What they are given asks for no other threads, so that none of them ever waits for one.
"""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from concurrent.futures import Future

MOST = 256
"""Threads that are kept, at most."""

_pools: list[ThreadPoolExecutor] = []
"""One, once there was work; none again in a process that was forked."""

if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_pools.clear)


def share(work: Callable[[], None], threads: int, todo: Iterator[int]) -> None:
    """Does the work in several threads, of which this is one; an interruption ends them all."""
    if not _pools:
        _pools.append(ThreadPoolExecutor(MOST, "gradcli"))
    others: list[Future[None]] = []
    try:
        with suppress(RuntimeError):  # where there is no room for more threads, fewer work
            for _ in range(threads - 1):
                others.append(_pools[0].submit(work))  # noqa: PERF401 - those before one stay
        work()
    finally:
        for _ in todo:
            pass
        others = [other for other in others if not other.cancel()]
        wait(others)
    for other in others:
        other.result()
