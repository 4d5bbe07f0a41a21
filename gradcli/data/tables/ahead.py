"""Chunks that one thread goes through, and others read ahead of it."""

from __future__ import annotations

from collections import deque
from concurrent.futures import Future
from contextlib import contextmanager, suppress
from threading import Event, Lock, Thread
from typing import TYPE_CHECKING, Self

from gradcli.data.tables import sizes
from gradcli.data.tables.flaws import TableError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from gradcli.data.tables.chunks import Chunk
    from gradcli.data.tables.row_batch import RowBatch


class Ahead:
    """Chunks in their order; `_failed` is why there are none behind those that wait.

    Each of these is with its future, which has its rows once somebody has parsed them.
    """

    def __init__(self, chunks: Iterator[Chunk]) -> None:
        self._chunks = chunks
        self._waiting: deque[tuple[Chunk, Future[Chunk]]] = deque()
        self._failed: Exception | None = None
        self._reading = Lock()

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> Chunk:
        with self._reading:
            if not self._waiting:
                return self._read()
            _, parsed = self._waiting.popleft()
        return parsed.result()

    def first(self) -> Chunk | None:
        """The chunk that comes next, which goes on waiting; None if there is none."""
        with self._reading:
            if not self._waiting:
                try:
                    chunk = self._read()
                except StopIteration:
                    return None
                self._let_wait(chunk).set_result(chunk)
            _, parsed = self._waiting[0]
        return parsed.result()

    def read_ahead(self, rows: Callable[[Chunk], RowBatch]) -> int:
        """Reads and parses a chunk that is to wait; its bytes, 0 if there is none or enough waits.

        What cannot be read or parsed is told to whoever comes there.
        """
        with self._reading:
            if sum(chunk.size for chunk, _ in self._waiting) > sizes.AHEAD:
                return 0
            try:
                chunk = self._read()
            except Exception:
                return 0
            parsed = self._let_wait(chunk)
        try:
            with suppress(TableError):
                chunk = chunk._replace(rows=rows(chunk))
        finally:
            parsed.set_result(chunk)
        return chunk.size

    @contextmanager
    def by_thread(self, rows: Callable[[Chunk], RowBatch]) -> Iterator[None]:
        """Within it one more thread reads ahead, if there is room for one."""
        is_over = Event()

        def read() -> None:
            with suppress(Exception):
                while not is_over.is_set() and self.read_ahead(rows):
                    pass

        with suppress(RuntimeError):
            Thread(target=read).start()
        try:
            yield
        finally:
            is_over.set()

    def _read(self) -> Chunk:
        """A chunk that nobody has read yet."""
        if self._failed is not None:
            raise self._failed
        try:
            return next(self._chunks)
        except StopIteration:
            raise
        except Exception as error:
            self._failed = error
            raise

    def _let_wait(self, chunk: Chunk) -> Future[Chunk]:
        parsed: Future[Chunk] = Future()
        self._waiting.append((chunk, parsed))
        return parsed
