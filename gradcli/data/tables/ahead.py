"""Chunks that one thread goes through, and others read ahead of it."""

from __future__ import annotations

from collections import deque
from contextlib import suppress
from threading import Lock
from typing import TYPE_CHECKING, Self

from gradcli.data.tables import sizes
from gradcli.data.tables.flaws import TableError
from gradcli.errors import GradcliError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from gradcli.data.tables.chunks import Chunk
    from gradcli.data.tables.row_batch import RowBatch


class Ahead:
    """Chunks in their order; `_failed` is why there are none behind those that wait."""

    def __init__(self, chunks: Iterator[Chunk]) -> None:
        self._chunks = chunks
        self._waiting: deque[Chunk] = deque()
        self._failed: GradcliError | None = None
        self._reading = Lock()

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> Chunk:
        with self._reading:
            if self._waiting:
                return self._waiting.popleft()
            if self._failed is not None:
                raise self._failed
            return next(self._chunks)

    def read_ahead(self, rows: Callable[[Chunk], RowBatch]) -> int:
        """Reads and parses a chunk that is to wait; its bytes, 0 if there is none or enough waits.

        What cannot be read or parsed is told to whoever comes there.
        """
        with self._reading:
            if self._failed or sum(chunk.size for chunk in self._waiting) > sizes.AHEAD:
                return 0
            try:
                chunk = next(self._chunks, None)
            except GradcliError as error:
                self._failed = error
                return 0
            if chunk is None:
                return 0
            with suppress(TableError):
                chunk = chunk._replace(rows=rows(chunk))
            self._waiting.append(chunk)
            return chunk.size
