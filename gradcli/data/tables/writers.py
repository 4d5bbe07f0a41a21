"""Batches of rows encoded in groups by any worker, and appended in order to a stream or a part."""

from __future__ import annotations

import io
import os
from contextlib import contextmanager, suppress
from functools import partial
from itertools import repeat
from typing import TYPE_CHECKING, Any, BinaryIO, NamedTuple, Protocol, runtime_checkable

import numpy as np

from gradcli.data.file_kinds import DELIMITERS
from gradcli.data.tables import sizes
from gradcli.data.tables.arrow import arrow, parquet, text_column
from gradcli.data.tables.encode import csv_lines, json_lines
from gradcli.data.tables.footer import MAGIC, Footer, parted
from gradcli.data.tables.kinds import TEXT
from gradcli.data.tables.units import packed, slice_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from gradcli.data.formats.page import Page

MARGIN = 2**10
"""Bytes that a column of Parquet may take besides its values: headers, statistics, the footer."""


PARQUET = {
    "version": "2.6",
    "writer_engine_version": "V2",
    "compression": "snappy",
    "data_page_size": 2**17,
    "write_batch_size": 2**14,
}
"""How Parquet is written. Bytes of a page, and values that are put into one at a time: one of
numbers is whole at once, and still in the cache when it is compressed and appended."""


def encode(
    kind: str, names: Sequence[str], columns: Sequence[Any], schema: Any, extras: Any = None
) -> Any:
    """A batch of rows: lines of text, or a batch of Arrow; `extras` are further keys of JSON."""
    if kind in DELIMITERS:
        return csv_lines(columns, DELIMITERS[kind])
    if kind == "jsonl":
        return json_lines(names, columns, extras)
    return arrow().record_batch(list(columns), schema=schema)


def groups(kind: str, batches: Iterable[Any], schema: Any) -> Iterator[Any]:
    """Batches of rows as groups: lines stay as they are, rows with types are tables of one size."""
    if kind in TEXT:
        yield from batches
        return
    some = packed(batches, repeat(sizes.GROUP), lambda batch: int(batch.num_rows), slice_of)
    yield from map(partial(_joined, schema), some)


def _joined(schema: Any, batches: list[Any]) -> Any:
    """Batches as one table; they are let go."""
    table = arrow().Table.from_batches(batches, schema)
    batches.clear()
    return table.combine_chunks()


def encoded_group(kind: str, group: Any) -> Any:
    """A group in the form in which a writer appends it, made by any thread or process.

    One of Parquet is a file of its own.
    """
    return parquet_file(group) if kind == "parquet" else group


def parquet_file(table: Any) -> Any:
    """The bytes of a file of Parquet with one row group."""
    pa = arrow()
    margin = table.nbytes // 4 + MARGIN * (table.num_columns + 16)
    # NumPy's memory serves again whichever thread frees it; half as fast if it has to grow
    room = pa.py_buffer(np.empty(table.nbytes + margin, np.uint8))
    sink = pa.FixedSizeBufferWriter(room)
    try:
        size = _put_parquet(sink, table)
    except OSError:
        growing = pa.BufferOutputStream()
        _put_parquet(growing, table)
        return growing.getvalue()
    return room.slice(0, size)


def _put_parquet(sink: Any, table: Any) -> int:
    """Writes a table; how many bytes that took."""
    part = ParquetPart(sink, table.schema)
    part.write(table)
    part.close()
    return int(sink.tell())


def _with_own_categories(table: Any) -> Any:
    """A table whose categories are those of its rows, in order, wherever it was cut from."""
    for i, field in enumerate(table.schema):
        if isinstance(field.type, arrow().DictionaryType):
            column = table.column(i).cast(field.type.value_type).dictionary_encode()
            table = table.set_column(i, field, column.cast(field.type))
    return table


class Sink(Protocol):
    """What takes groups one behind the other."""

    def write(self, group: Any, /) -> None:
        """Appends a group."""


@runtime_checkable
class Spacious(Sink, Protocol):
    """One in whose file others write groups, too."""

    path: str

    def leave(self, outline: Outline) -> int:
        """Leaves room for a group that somebody else writes; where that is."""


@contextmanager
def writer(
    stream: BinaryIO, kind: str, names: Sequence[str], schema: Any, page: Page | None = None
) -> Iterator[Sink]:
    """Within it, what writes encoded groups to a stream; text gets a header, if there are names.

    On a page CSV is shown by its first rows.

    Nothing is written before the first group is there, so that early errors leave no trace, and
    what was written before an error stays without an end.
    """
    if page is not None:
        from gradcli.data.tables.sheet import Sheet

        sink: Any = Sheet(stream, names, page)
    elif kind in TEXT:
        sink = TextWriter(stream, kind, names)
    else:
        sink = ParquetWriter(stream, schema) if kind == "parquet" else ArrowWriter(stream, schema)
    with _ended(sink):
        yield sink
    stream.flush()


@contextmanager
def part_writer(stream: BinaryIO, kind: str, names: Sequence[str], schema: Any) -> Iterator[Sink]:
    """The same for a part, and for groups that are not encoded yet."""
    if kind != "parquet":
        with writer(stream, kind, names, schema) as sink:
            yield sink
        return
    part = ParquetPart(stream.name, schema)
    with _ended(part):
        yield part


@contextmanager
def _ended(sink: Any) -> Iterator[None]:
    """What is written is closed, or after an error abandoned."""
    try:
        yield
    except BaseException:
        sink.abandon()
        raise
    sink.close()


class TextWriter:
    """Lines of text; the header first, if there are names."""

    def __init__(self, stream: BinaryIO, kind: str, names: Sequence[str]) -> None:
        self._stream = stream
        self._delimiter = DELIMITERS.get(kind)
        self._header = names
        self.path = str(getattr(stream, "name", ""))

    def write(self, lines: Any) -> None:
        """Appends lines."""
        cells, self._header = [text_column([name]) for name in self._header], ()
        if cells and self._delimiter is not None:
            self._stream.write(csv_lines(cells, self._delimiter))
        self._stream.write(lines)

    def leave(self, outline: Outline) -> int:
        """Leaves room for lines that somebody else writes."""
        self.write(b"")
        return self._stream.seek(outline.size, os.SEEK_CUR) - outline.size

    def abandon(self) -> None:
        """Nothing is held back."""

    def close(self) -> None:
        """Nothing follows."""
        self.write(b"")


class ParquetWriter:
    """Row groups that were encoded apart, one behind the other, and the footer that names them."""

    def __init__(self, stream: BinaryIO, schema: Any) -> None:
        self._stream = stream
        self._schema = schema
        self._footer = Footer()
        self._position = 0
        self.path = str(getattr(stream, "name", ""))

    def write(self, file: Any) -> None:
        """Appends the row groups of a file."""
        data, footer = parted(memoryview(file))
        self._announce(footer)
        self._put(data)

    def leave(self, outline: Outline) -> int:
        """Leaves room for row groups that somebody else writes."""
        self._announce(outline.footer)
        start = self._position
        self._position += outline.size
        self._stream.seek(self._position)
        return start

    def _announce(self, footer: bytes) -> None:
        """Notes the row groups that come next."""
        if not self._position:
            self._put(MAGIC)
        self._footer.append(footer, self._position)

    def _put(self, data: Any) -> None:
        self._stream.write(data)
        self._position += len(data)

    def abandon(self) -> None:
        """What was written has no footer."""

    def close(self) -> None:
        """Nothing follows."""
        if not self._position:
            self.write(parquet_file(self._schema.empty_table()))
        self._put(self._footer.tail())


class ParquetPart:
    """Row groups that are encoded as they are written, to a path or a stream of Arrow.

    Page by page: to hold a group encoded takes memory that another one has to be asked for.
    """

    def __init__(self, where: Any, schema: Any) -> None:
        texts = [field.name for field in schema if not _is_plain(field.type)]
        self._file = parquet().ParquetWriter(where, schema, use_dictionary=texts, **PARQUET)
        self._schema = schema
        self._is_empty = True

    def write(self, table: Any) -> None:
        """Appends a table as a row group."""
        self._file.write_table(_with_own_categories(table), sizes.GROUP)
        self._is_empty = False

    def abandon(self) -> None:
        """What was written goes with the part."""

    def close(self) -> None:
        """Nothing follows."""
        if self._is_empty:
            self.write(self._schema.empty_table())
        self._file.close()


class ArrowWriter:
    """Arrow IPC, in the form with a footer or the one for pipes."""

    def __init__(self, stream: BinaryIO, schema: Any) -> None:
        self._gate = Gate(stream)
        self._is_file = _is_seekable(stream)
        self._schema = schema
        self._writer: Any = None
        self._last = arrow().Table.from_batches([], schema)
        self._has_categories = any(map(arrow().types.is_dictionary, schema.types))

    def write(self, table: Any) -> None:
        """Appends a table; its categories go on from those of the one before."""
        if self._has_categories:
            table = arrow().concat_tables([self._last, table]).unify_dictionaries()
            self._last = table.slice(0, 0)
        self._writer = self._writer or self._begun()
        self._writer.write_table(table.combine_chunks(), sizes.GROUP)

    def _begun(self) -> Any:
        ipc = arrow().ipc
        if not self._is_file:
            return ipc.new_stream(self._gate, self._schema)
        options = ipc.IpcWriteOptions(emit_dictionary_deltas=True)
        return ipc.new_file(self._gate, self._schema, options=options)

    def abandon(self) -> None:
        """What was written stays without an end; Arrow's writer must not outlive its stream."""
        self._gate.shut = True
        if self._writer is not None:
            with suppress(Exception):
                self._writer.close()

    def close(self) -> None:
        """Nothing follows."""
        (self._writer or self._begun()).close()


class Gate(io.RawIOBase):
    """A stream that lets nothing through any more once it is shut."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self.shut = False

    def writable(self) -> bool:
        """A stream to write."""
        return True

    def write(self, data: Any) -> int:
        """Passes bytes on."""
        if not self.shut:
            self._stream.write(data)
        return len(data)

    def flush(self) -> None:
        """Passes on what is held back; nothing is when the stream beneath is closed before."""
        if not (self.shut or self._stream.closed):
            self._stream.flush()

    def tell(self) -> int:
        """Where it is."""
        return self._stream.tell()


def _is_plain(kind: Any) -> bool:
    """Whether values of this type hardly repeat, so that no dictionary pays."""
    types = arrow().types
    return bool(types.is_floating(kind) or types.is_nested(kind))


def _is_seekable(stream: Any) -> bool:
    try:
        return bool(stream.seekable() and stream.name != 1)
    except (AttributeError, OSError):
        return False


# --- groups and parts that are written apart ----------------------------------------------------


AS_BYTES = (*TEXT, "parquet")
"""Kinds whose groups are bytes, which whoever knows where they belong can write."""


class Outline(NamedTuple):
    """What one must know of a group to leave room for it: its bytes, and the footer of Parquet."""

    size: int
    footer: bytes


def contents(group: Any, kind: str) -> tuple[memoryview, Outline]:
    """What is written of a group of text or Parquet, and its outline."""
    data, footer = memoryview(group), b""
    if kind == "parquet":
        data, footer = parted(data)
    return data, Outline(data.nbytes, footer)


def part_name(number: int, kind: str) -> str:
    """The name of a part in a folder of parts."""
    return f"part-{number:05d}.{kind}"
