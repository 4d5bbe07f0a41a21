"""Batches of rows encoded, and appended in order to a stream, to a table in memory, or to parts."""

from __future__ import annotations

import io
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any, BinaryIO

from gradcli.data.file_kinds import DELIMITERS
from gradcli.data.tables.arrow import arrow
from gradcli.data.tables.encode import csv_lines, json_lines
from gradcli.data.tables.kinds import TEXT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

GROUP = 2**18
"""Rows of a row group, or of a batch of Arrow."""

COPIED = 2**22
"""Bytes of a part that are copied at a time."""


def encode(
    kind: str, names: Sequence[str], columns: Sequence[Any], schema: Any, extras: Any = None
) -> Any:
    """A batch of rows in the form that a writer of this kind appends; safe to call from threads.

    `extras` are further keys for JSON lines.
    """
    if kind in DELIMITERS:
        return csv_lines(columns, DELIMITERS[kind])
    if kind == "jsonl":
        return json_lines(names, columns, extras)
    return arrow().record_batch(list(columns), schema=schema)


@contextmanager
def writer(
    stream: BinaryIO, kind: str, names: Sequence[str], schema: Any
) -> Iterator[Callable[[Any], None]]:
    """Within it, what appends encoded rows to a stream; text gets a header, if there are names."""
    if kind in TEXT:
        lines = TextWriter(stream, kind, names)
        yield lines.write
        lines.close()
        return
    rows = TypedWriter(stream, kind, schema)
    try:
        yield rows.write
    except BaseException:
        rows.abandon()
        raise
    rows.close()


class TextWriter:
    """Lines of text; the header first, if there are names."""

    def __init__(self, stream: BinaryIO, kind: str, names: Sequence[str]) -> None:
        self._stream = stream
        has_header = bool(names) and kind in DELIMITERS
        cells = [arrow().array([name]) for name in names]
        self._header = csv_lines(cells, DELIMITERS[kind]) if has_header else b""

    def write(self, lines: Any) -> None:
        """Appends encoded rows, the header as late as can be: before it errors leave no trace."""
        self._stream.write(self._header)
        self._header = b""
        self._stream.write(lines)

    def close(self) -> None:
        """Nothing follows."""
        self.write(b"")
        self._stream.flush()


class TypedWriter:
    """Parquet or Arrow IPC: rows gathered into groups of one size, however they were cut.

    Nothing is written before the first group is complete, so that early errors leave no trace.
    """

    def __init__(self, stream: BinaryIO, kind: str, schema: Any) -> None:
        self._gate = Gate(stream)
        self._is_file = _is_seekable(stream)
        self._kind = kind
        self._schema = schema
        self._waiting: list[Any] = []
        self._count = 0
        self._writer: Any = None
        self._last: Any = None

    def write(self, batch: Any) -> None:
        """Appends encoded rows."""
        while self._count + batch.num_rows >= GROUP:
            rest = GROUP - self._count
            self._waiting.append(batch.slice(0, rest))
            self._flush()
            batch = batch.slice(rest)
        if batch.num_rows:
            self._waiting.append(batch)
            self._count += batch.num_rows

    def _flush(self) -> None:
        table = arrow().Table.from_batches(self._waiting, self._schema)
        self._waiting, self._count = [], 0
        table = self._whole(table)  # so that the pieces are let go before it is written
        if self._writer is None:
            self._writer = self._begun()
        self._writer.write_table(table, GROUP)

    def _begun(self) -> Any:
        pa = arrow()
        if self._kind == "parquet":
            texts = [field.name for field in self._schema if not _is_plain(field.type)]
            return pa.parquet.ParquetWriter(self._gate, self._schema, use_dictionary=texts)
        if not self._is_file:
            return pa.ipc.new_stream(self._gate, self._schema)
        options = pa.ipc.IpcWriteOptions(emit_dictionary_deltas=True)
        return pa.ipc.new_file(self._gate, self._schema, options=options)

    def _whole(self, table: Any) -> Any:
        """A table in one piece; its categories go on from those of the one before."""
        pa = arrow()
        if not any(pa.types.is_dictionary(kind) for kind in self._schema.types):
            return table.combine_chunks()
        before = [] if self._last is None else [self._last]
        table = pa.concat_tables([*before, table]).unify_dictionaries()
        self._last = table.slice(0, 0)
        return table.combine_chunks()

    def abandon(self) -> None:
        """What was written stays without an end; Arrow's writer must not outlive its stream."""
        self._gate.shut = True
        if self._writer is not None:
            with suppress(Exception):
                self._writer.close()

    def close(self) -> None:
        """Nothing follows."""
        if self._waiting or self._writer is None:
            self._flush()
        self._writer.close()


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
        """Passes on what is held back."""
        if not self.shut:
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


# --- parts of a table that were written apart ---------------------------------------------------


def part_name(number: int, kind: str) -> str:
    """The name of a part in a folder of parts."""
    return f"part-{number:05d}.{kind}"


def read_part(path: str, kind: str) -> Iterator[Any]:
    """What a part holds, as a writer of this kind appends it; parts of typed tables are Arrow."""
    if kind in TEXT:
        with open(path, "rb") as stream:
            while data := stream.read(COPIED):
                yield data
        return
    with arrow().ipc.open_file(path) as reader:
        yield from map(reader.get_batch, range(reader.num_record_batches))
