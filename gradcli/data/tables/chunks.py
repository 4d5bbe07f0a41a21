"""Pieces of tables: extents of files and chunks of rows; some of them are a unit of work."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, BinaryIO, NamedTuple

import numpy as np

from gradcli.data.file_kinds import DELIMITERS
from gradcli.data.files import cited
from gradcli.data.tables import sizes
from gradcli.data.tables.flaws import TableError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gradcli.data.tables.row_batch import RowBatch

NEWLINE = ord("\n")
QUOTE = ord('"')

MARGIN = 32
"""By what share of it another chunk of a table may have more bytes, or rows, than the first one."""

LOOKED_AT = 2**18
"""Bytes in which ends of rows and cells are looked for at a time."""


@dataclass(frozen=True)
class Extent:
    """A stretch of a file, from one byte of text or row up to another (-1: its end).

    `first` is the number of the first line or row; `names` are the file's columns, `keys` those
    that its folder gives with their values; `label` is how messages cite it, if not by its path.
    Of an array of JSON (`is_array`) the elements are lines.
    """

    path: str
    kind: str
    names: tuple[str, ...] = ()
    start: int = 0
    stop: int = -1
    first: int = 1
    label: str = ""
    keys: tuple[tuple[str, Any], ...] = ()
    is_array: bool = False

    @property
    def shown(self) -> str:
        """How messages cite the file."""
        return self.label or cited(self.path)

    @property
    def quoted(self) -> str:
        """The same within a sentence; a table in memory has no path."""
        return f"'{self.shown}'" if self.shown else "the table"


def refuse_twins(extent: Extent) -> None:
    """Two columns of one name cannot be told apart."""
    for name, count in Counter(extent.names).items():
        if count > 1:
            where = " in the first line" if extent.kind in DELIMITERS else ""
            help_ = f"give each column a name of its own{where}"
            if where and not name:
                help_ += "; if blanks are between the cells: tr -s ' ' < FILE makes several one"
            raise TableError(f"{extent.quoted} has {count} columns named '{name}'", help=help_)


class Chunk(NamedTuple):
    """Some rows of an extent: whole records as bytes, or a batch of Arrow.

    `first` is the number of their first line or row; `rows` are there if they are parsed already.
    """

    extent: Extent
    first: int
    data: Any
    rows: RowBatch | None = None

    @property
    def size(self) -> int:
        """Its bytes."""
        return int(getattr(self.data, "nbytes", None) or len(self.data))

    @property
    def most_rows(self) -> int:
        """Its rows, or as many as its lines."""
        rows = getattr(self.data, "num_rows", None)
        return _ends_of_lines(self.data) + 1 if rows is None else int(rows)


Unit = Sequence[Extent | Chunk]
"""What a worker does at a time; chunks are those of files that are read from their beginning."""


def text_chunks(extent: Extent, stream: BinaryIO, size: int = 0) -> Iterator[Chunk]:
    """The chunks of an extent of text, whose stream stands at its beginning."""
    size = size or sizes.CHUNK
    has_quotes = extent.kind != "jsonl"
    left = -1 if extent.stop < 0 else extent.stop - extent.start
    first, rest = extent.first, bytearray()
    step = size
    while True:
        whole = _extended(rest, stream, _next(left, step))
        left -= len(whole) - len(rest) if left > 0 else 0
        if len(whole) == len(rest):
            break
        end = record_end(whole, has_quotes)
        if not end and len(whole) > sizes.LONGEST:
            raise too_long(f"{extent.shown}:{first}", has_quotes and whole.count(QUOTE) % 2 > 0)
        rest = whole[end:]
        # a row that has no end yet is looked at again when there is twice as much of it
        step = max(size, min(len(rest), sizes.LONGEST + 1 - len(rest)))
        del whole[end:]
        if end:
            yield Chunk(extent, first, whole)
            if not (left or rest):
                return
            first += _ends_of_lines(whole)
    if whole.strip(b"\r\n"):
        yield Chunk(extent, first, whole)


def _next(left: int, step: int) -> int:
    """How many bytes come next of those left (-1: all), about as many as at each step.

    The last ones are no chunk of a few bytes, nor a much larger one, for which machine code would
    have to be made anew.
    """
    if not 0 <= left < 2 * step:
        return step
    return left if left <= step + step // MARGIN else (left + 1) // 2


def _ends_of_lines(data: bytearray) -> int:
    return sum(map(np.count_nonzero, _marked(data, NEWLINE)))


def where_marked(data: Any, mark: int) -> Any:
    """Where bytes are that mark, one behind the other, as PyArrow has offsets."""
    found = [np.flatnonzero(here) + i * LOOKED_AT for i, here in enumerate(_marked(data, mark))]
    return np.concatenate(found or [np.empty(0, int)], dtype=np.int32, casting="unsafe")


def _marked(data: Any, mark: int) -> Iterator[Any]:
    """Which bytes are that mark, as many at a time as stay in the cache: new memory is dear."""
    values = np.frombuffer(data, np.uint8)
    return (values[i : i + LOOKED_AT] == mark for i in range(0, len(values), LOOKED_AT))


def too_long(place: str, is_open: bool = False) -> TableError:
    """What to say of a line or a row without an end."""
    if is_open:
        return TableError(
            f"the row at {place} has no end",
            help="a quote opens there and never closes; within quotes it is written twice",
        )
    return TableError(f"the line at {place} is longer than {sizes.LONGEST:,} bytes")


def _extended(data: bytearray, stream: Any, size: int) -> bytearray:
    """The data and, behind it, what a stream brings of so many bytes, which are copied once."""
    whole = bytearray(len(data) + size)
    whole[: len(data)] = data
    with memoryview(whole)[len(data) :] as room:
        count = stream.readinto(room)
    del whole[len(data) + count :]
    return whole


def record_end(data: bytearray, has_quotes: bool) -> int:
    """Where the last whole record ends, 0 if none does; in CSV a line may end inside quotes."""
    end = data.rfind(b"\n") + 1
    # to look for one is ten times as fast as to count them
    inside = data.count(QUOTE, 0, end) % 2 if has_quotes and QUOTE in data else 0
    if not inside:
        return end
    values = np.frombuffer(data, np.uint8)
    while end:
        start = max(0, end - LOOKED_AT)
        some = values[start:end]
        quotes, lines = ((some == mark).nonzero()[0] for mark in (QUOTE, NEWLINE))
        behind = len(quotes) - np.searchsorted(quotes, lines)
        outside = lines[(inside + behind) % 2 == 0]
        if len(outside):
            return start + int(outside[-1]) + 1
        inside, end = inside + len(quotes), start
    return 0
