"""Parquet and Arrow IPC: schemas, batches of rows, and pieces of a file to work on apart."""

from __future__ import annotations

from bisect import bisect
from collections import deque
from contextlib import suppress
from itertools import accumulate
from threading import Lock
from typing import TYPE_CHECKING, Any, BinaryIO, NamedTuple

from gradcli.data.file_kinds import FILE_KINDS
from gradcli.data.tables import sizes
from gradcli.data.tables.arrow import arrow, parquet
from gradcli.data.tables.chunks import Chunk
from gradcli.data.tables.flaws import TableError
from gradcli.data.tables.row_batch import RowBatch
from gradcli.data.tables.types import common

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from gradcli.data.tables.chunks import Extent

BUFFER = 2**17
"""Bytes of a column of Parquet that are read at a time."""

(IPC_FILE,) = FILE_KINDS["arrow"].magics
"""How Arrow IPC with a footer begins."""


def ipc_reader(stream: BinaryIO) -> Any:
    """What reads Arrow IPC, the form with a footer or the one for pipes."""
    pa = arrow()
    is_file = False
    if stream.seekable():
        is_file = stream.read(len(IPC_FILE)) == IPC_FILE
        stream.seek(0)
    return pa.ipc.open_file(stream) if is_file else pa.ipc.open_stream(stream)


def parquet_reader(file: Any, meta: Any = None) -> Any:
    """What reads Parquet from a path or a stream, whose metadata may be known."""
    reader = parquet().ParquetReader()
    reader.open(file, metadata=meta, buffer_size=BUFFER, pre_buffer=False)
    return reader


class Footer(NamedTuple):
    """What stands at the end of Parquet: its metadata, and up to which row each row group goes."""

    meta: Any
    ends: list[int]

    @classmethod
    def of(cls, file: Any) -> Footer:
        """That of a path or a stream."""
        meta = parquet_reader(file).metadata
        counts = (meta.row_group(i).num_rows for i in range(meta.num_row_groups))
        return cls(meta, [*accumulate(counts)])

    @property
    def rows(self) -> int:
        """How many there are."""
        return self.ends[-1] if self.ends else 0

    def group(self, row: int) -> tuple[int, int]:
        """The row group that a row is in, and its first row."""
        number = bisect(self.ends, row)
        return number, self.ends[number - 1] if number else 0


class ParquetRows:
    """Batches of a path or a stream of Parquet, of `most` rows at most; `at` is the next row.

    Somebody goes through the rows before `_stop`; `_failed` is why there are none from `_read` on.

    To go on is cheap; to begin within a row group, all that stands before has to be decoded. One
    thread goes on; others may read ahead for it.
    """

    def __init__(self, file: Any, footer: Footer, start: int, wanted: list[str], most: int) -> None:
        reader = parquet_reader(file, footer.meta)
        first, self.at = footer.group(start)
        groups = [*range(first, len(footer.ends))]
        self.file, self.most = file, most
        self._footer = footer
        leaves = [i for i, (name, *_) in enumerate(reader.column_paths) if name in wanted]
        self._batches = reader.iter_batches(most, groups, leaves, use_threads=False)
        self._waiting: deque[Any] = deque()
        self._read = self.at
        self._stop = start
        self._failed: Exception | None = None
        self._reading = Lock()
        self.skip_to(start)

    def upto(self, stop: int) -> Iterator[Any]:
        """Those before a row."""
        self._stop = stop
        while self.at < stop:
            yield self._next(stop - self.at)

    def _next(self, most: int) -> Any:
        with self._reading:
            self._read_before(self.at + 1)
            batch = self._waiting.popleft()
            count = min(batch.num_rows, most)
            if count < batch.num_rows:
                self._waiting.appendleft(batch[count:])
            self.at += count  # the last, as another thread may go on from there
        return batch[:count]

    def _read_before(self, row: int) -> int:
        """Reads a batch that is to wait, if those before that row are not all read; its bytes."""
        if self._read >= row:
            return 0
        if self._failed is not None:
            raise self._failed
        try:
            batch = next(self._batches)
        except (arrow().ArrowException, OSError) as error:
            self._failed = error
            raise
        self._waiting.append(batch)
        self._read += batch.num_rows
        return int(batch.nbytes)

    def leads_to(self, row: int) -> bool:
        """Whether a row is further on in the same row group, or the next one."""
        return self.at == row or (
            self.at < row and self._footer.group(self.at) == self._footer.group(row)
        )

    def comes_to(self, row: int) -> bool:
        """Whether it stands at a row, or does when what somebody goes through has been read."""
        if self.at < row == self._stop:
            with self._reading:
                pass
        return self.at == row

    def skip_to(self, row: int) -> None:
        """Leaves out the rows before that one."""
        for _ in self.upto(row):
            pass

    def peek(self, stop: int) -> Iterator[Any]:
        """Those before a row, which still come."""
        while self._read_before(stop):
            pass
        at = self.at
        for batch in self._waiting:
            if at < stop:
                yield batch[: stop - at]
            at += batch.num_rows

    def read_ahead(self) -> int:
        """Reads a batch that is to wait; its bytes.

        It is one of those that somebody goes through, or of the row group of the row before: what
        follows is more likely another reader's. There is none if there are enough that wait. What
        cannot be read is told to whoever comes there.
        """
        with self._reading:
            if sum(batch.nbytes for batch in self._waiting) > sizes.AHEAD:
                return 0
            number, _ = self._footer.group(self.at - 1)
            with suppress(arrow().ArrowException, OSError):
                return self._read_before(max(self._stop, self._footer.ends[number]))
        return 0


def ipc_batches(reader: Any, wanted: list[str]) -> Iterator[Any]:
    """Batches of rows, none larger than a chunk; Arrow itself trusts what a file says of itself."""
    count = getattr(reader, "num_record_batches", None)
    batches = iter(reader) if count is None else (reader.get_batch(i) for i in range(count))
    for batch in batches:
        chosen = batch.select(wanted)
        chosen.validate(full=True)
        for start in range(0, chosen.num_rows, sizes.ROWS):
            yield chosen.slice(start, sizes.ROWS)


def unified(schema: Any, other: Any, wanted: Collection[str], path: str) -> Any:
    """A schema whose columns take those of the same names in a further file."""
    for i, field in enumerate(schema):
        index = other.get_field_index(field.name)
        if index < 0 or field.name not in wanted or other.field(index).equals(field):
            continue
        theirs = other.field(index).type
        kind = common(field.type, theirs)
        if kind is None:
            types = f"{theirs} in '{path}', and {field.type} in the files before it"
            help_ = f"⟨drop {field.name}⟩, or write CSV or JSON lines"
            raise TableError(f"the column '{field.name}' is {types}", help=help_)
        schema = schema.set(i, field.with_type(kind).with_nullable(True))
    return schema


def numbered(extent: Extent, batches: Iterable[Any]) -> Iterator[Chunk]:
    """Batches of Arrow that hold rows, as chunks of an extent; none is kept while one waits."""
    first = extent.first

    def chunk(batch: Any) -> Chunk:
        nonlocal first
        first += batch.num_rows
        return Chunk(extent, first - batch.num_rows, batch)

    return map(chunk, filter(len, batches))


def typed_rows(chunk: Chunk) -> RowBatch:
    """The rows of a chunk that is a batch of Arrow."""
    extent, first, batch = chunk.extent, chunk.first, chunk.data
    shown = f"{extent.shown}, " if extent.shown else ""
    columns = dict(zip(batch.schema.names, batch.columns, strict=True))
    return RowBatch(columns, batch.num_rows, lambda row: f"{shown}row {first + row}")
