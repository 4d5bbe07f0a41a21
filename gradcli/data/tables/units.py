"""What workers do apart: extents and chunks, put together or cut so that all take a moment."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, BinaryIO, TypeVar

from gradcli.data.tables import sizes
from gradcli.data.tables.chunks import Chunk, Extent, text_chunks

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

T = TypeVar("T")


def tapering(rows: int, groups: int) -> Iterator[int]:
    """How many rows units of so many groups have, that all end together: the last ones one each.

    They are as much as so many large ones.
    """
    while True:
        taken = sizes.GROUP * (groups if rows > groups**2 * sizes.GROUP else 1)
        yield taken
        rows -= taken


def packed(
    items: Iterable[T],
    most: Iterator[int],
    size: Callable[[T], int],
    part: Callable[[T, int, int], T],
) -> Iterator[list[T]]:
    """Items one behind the other, cut so that each list but the last holds exactly so much."""
    together: list[T] = []
    room = next(most)
    for item in items:
        start, end = 0, size(item)
        while end - start >= room:
            yield [*together, part(item, start, start + room)]
            start, together, room = start + room, [], next(most)
        if start < end:
            together.append(part(item, start, end))
            room -= end - start
        del item  # or it would stay while one waits for the next
    if together:
        yield together


def gathered(items: Iterable[T], most: int, size: Callable[[T], int]) -> Iterator[list[T]]:
    """Items that may not be cut, together until they are more than half of that much."""
    together: list[T] = []
    total = 0
    for item in items:
        together.append(item)
        total += size(item)
        if total > most // 2:
            yield together
            together, total = [], 0
    if together:
        yield together


def records(extent: Extent, stream: BinaryIO, size: int) -> Iterator[Extent]:
    """The whole records of a text, about so many bytes at a time."""
    start = extent.start
    for chunk in text_chunks(extent, stream, size):
        stop = start + len(chunk.data)
        yield replace(extent, start=start, stop=stop, first=chunk.first)
        start = stop


def length(extent: Extent) -> int:
    """The bytes or rows of an extent that ends before its file does."""
    return extent.stop - extent.start


def some_rows(extent: Extent, start: int, stop: int) -> Extent:
    """Rows of an extent, from one of its own numbers up to another."""
    first = extent.start
    return replace(extent, start=first + start, stop=first + stop, first=extent.first + start)


def slice_of(batch: Any, start: int, stop: int) -> Any:
    """Rows of a batch of Arrow."""
    return batch.slice(start, stop - start)


def chunk_size(chunk: Chunk) -> int:
    """The rows of a chunk that is a batch of Arrow."""
    return int(chunk.data.num_rows)


def some_of(chunk: Chunk, start: int, stop: int) -> Chunk:
    """Rows of a chunk that is a batch of Arrow."""
    return Chunk(chunk.extent, chunk.first + start, slice_of(chunk.data, start, stop))
