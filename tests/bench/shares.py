"""`python -m tests.bench.shares map …`: how much of a run only one thread works, and at what.

The functions that read, compute, encode and write note when they begin and end, and in which
thread. What one of them calls counts as its own kind: a thread does one thing at a time.
"""

from __future__ import annotations

import sys
import threading
import time
from collections import Counter
from contextlib import ExitStack, contextmanager
from functools import wraps
from typing import TYPE_CHECKING, Any

from gradcli.cli.main import run
from gradcli.data import whole
from gradcli.data.console import Console
from gradcli.data.tables import input as tables
from gradcli.data.tables import writers
from gradcli.engine.tables import cluster, table_run, workers

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

Event = tuple[float, int, str]
"""When a thread begins (1) or ends (-1) to do something of a kind."""

WATCHED = [
    (tables.FileInput, "rows", "reading"),
    (workers, "write_part", "writing"),
    (workers, "worked", "computing"),
    (table_run, "encode", "encoding"),
    (writers, "parquet_file", "encoding"),
    (writers.TextWriter, "write", "writing"),
    (writers.ParquetWriter, "write", "writing"),
    (writers.ArrowWriter, "write", "writing"),
    (whole.os, "fsync", "writing"),
    (cluster, "_join", "writing"),
]

KINDS = ("reading", "computing", "encoding", "writing")


class Shares:
    """The events of a run; `doing` are the kinds of each thread, the innermost last."""

    def __init__(self) -> None:
        self.events: list[Event] = []
        self._local = threading.local()

    @contextmanager
    def during(self, kind: str) -> Iterator[None]:
        """Within it, this thread does something of a kind."""
        doing = self._local.__dict__.setdefault("doing", [])
        self._note(doing, -1)
        doing.append(kind)
        self._note(doing, 1)
        try:
            yield
        finally:
            self._note(doing, -1)
            doing.pop()
            self._note(doing, 1)

    def _note(self, doing: list[str], change: int) -> None:
        if doing:
            self.events.append((time.perf_counter(), change, doing[-1]))

    def function(self, inner: Callable[..., Any], kind: str) -> Callable[..., Any]:
        """A function that notes what it does."""

        @wraps(inner)
        def outer(*args: Any, **options: Any) -> Any:
            with self.during(kind):
                return inner(*args, **options)

        return outer

    def generator(self, inner: Callable[..., Any], kind: str) -> Callable[..., Any]:
        """A function whose iterators note what they do for each item."""

        @wraps(inner)
        def outer(*args: Any, **options: Any) -> Iterator[Any]:
            items = iter(inner(*args, **options))
            while True:
                with self.during(kind):
                    item = next(items, None)
                if item is None:
                    return
                yield item

        return outer

    def alone(self) -> tuple[float, dict[str, float]]:
        """The seconds from the first event to the last; those of one thread alone, by kind."""
        events = sorted(self.events)
        active: Counter[str] = Counter()
        seconds: Counter[str] = Counter()
        before = events[0][0]
        for at, change, kind in events:
            if active.total() == 1:
                (only,) = +active
                seconds[only] += at - before
            active[kind] += change
            before = at
        return before - events[0][0], dict(seconds)


def watched(arguments: list[str]) -> Shares:
    """What a command line does."""
    shares = Shares()
    for owner, name, kind in WATCHED:
        setattr(owner, name, shares.function(getattr(owner, name), kind))
    tables.FileInput.chunks = shares.generator(tables.FileInput.chunks, "reading")  # type: ignore[method-assign]
    with ExitStack() as stack:
        console = stack.enter_context(_console())
        status = run(arguments, console)
    if status:
        raise SystemExit(status)
    return shares


@contextmanager
def _console() -> Iterator[Console]:
    yield Console(sys.stdin.buffer, sys.stdout, sys.stderr, {}, is_terminal=False)


def main(arguments: list[str]) -> str:
    """The shares in one line."""
    total, alone = watched(arguments).alone()
    parts = ", ".join(f"{kind} {alone.get(kind, 0) / total:.1%}" for kind in KINDS)
    at_work = alone.get("cluster at work")
    cluster_part = f"; the cluster at work {at_work:.2f} s" if at_work else ""
    return (
        f"{total:.2f} s, one thread alone {sum(alone.get(k, 0) for k in KINDS) / total:.1%}: "
        f"{parts}{cluster_part}"
    )


if __name__ == "__main__":
    print(main(sys.argv[1:]))
