"""Tables to read from files of one kind, as units, from which chunks of rows come."""

from __future__ import annotations

import io
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, BinaryIO

from gradcli.data.file_kinds import DELIMITERS
from gradcli.data.files import cited
from gradcli.data.tables.arrow import arrow
from gradcli.data.tables.chunks import CHUNK, Chunk, Unit, record_end, refuse_twins, text_chunks
from gradcli.data.tables.delimited import parse_csv, read_header
from gradcli.data.tables.flaws import TableError
from gradcli.data.tables.hive import add_keys, fields_of
from gradcli.data.tables.json_lines import parse_jsonl
from gradcli.data.tables.kinds import TEXT, kind_or_fail
from gradcli.data.tables.memory import MemoryInput
from gradcli.data.tables.streams import Streams, complaints, is_pipe, is_plain, skip
from gradcli.data.tables.typed import (
    IPC_FILE,
    ipc_batches,
    ipc_reader,
    numbered,
    parquet_batches,
    row_groups,
    typed_rows,
    unified,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from gradcli.data.console import StandardInput
    from gradcli.data.tables.hive import Keys
    from gradcli.data.tables.row_batch import RowBatch

PIECE = 2**26
"""Bytes of text that are one unit."""


class FileInput:
    """The tables of a run as one: all have those columns of the first that are wanted.

    `columns` are those of the first table, `wanted` (None: all) those that chunks are to bring.
    """

    def __init__(
        self,
        paths: Sequence[str],
        kind: str | None,
        stdin: StandardInput | None = None,
        keys: Mapping[str, Keys] | None = None,
    ) -> None:
        self.paths = list(paths)
        self.wanted: list[str] | None = None
        self._keys = keys or {}
        self._kind = kind
        self._streams = Streams(stdin)
        self._pipes: dict[str, Unit] = {}
        self._readers: dict[str, Any] = {}
        self._begun: dict[str, tuple[Chunk, Iterator[Chunk]]] = {}

    def close(self) -> None:
        """Closes what stayed open."""
        self._streams.close()

    @cached_property
    def _first(self) -> Unit:
        return self._whole(self.paths[0])

    @cached_property
    def columns(self) -> list[str]:
        """The names of the columns, those of folders last."""
        return [*self._first.names, *dict(self._first.keys)]

    @property
    def kind(self) -> str:
        """The kind of the first table."""
        return self._first.kind

    @property
    def is_lasting(self) -> bool:
        """Whether it can be read more than once."""
        return not any(map(is_pipe, self.paths))

    def schema(self) -> Any:
        """The columns of all files with their types; None where cells are text."""
        if self.kind in TEXT:
            return None
        schema = self._schema(self._first)
        for unit in self.files():
            schema = unified(schema, self._schema(unit), self.wanted or (), unit.path)
        for field in fields_of(self._keys.values()):
            schema = schema.append(field) if field.name not in schema.names else schema
        return schema

    def _schema(self, unit: Unit) -> Any:
        if unit.path in self._readers:
            return self._readers[unit.path].schema
        with self._streams.seekable(unit.path) as stream:
            if unit.kind == "arrow":
                return ipc_reader(stream).schema
            return arrow().parquet.read_schema(stream)

    # --- files and units --------------------------------------------------------------------

    def _whole(self, path: str) -> Unit:
        """A file as one unit."""
        if path in self._pipes:
            return self._pipes[path]
        unit = self._looked_at(path, self._kind or kind_or_fail(path))
        refuse_twins(unit)
        if is_pipe(path):
            self._pipes[path] = unit
        keys = [pair for pair in self._keys.get(path, ()) if pair[0] not in unit.names]
        return replace(unit, keys=tuple(keys))

    def _looked_at(self, path: str, kind: str) -> Unit:
        """The names of a file's columns, and where its rows begin."""
        unit = Unit(path, kind)
        if kind not in TEXT:
            if is_pipe(path):
                self._begin(path, kind)
            return replace(unit, names=tuple(self._schema(unit).names))
        with self._streams.opened(path) as stream:
            if kind == "jsonl":
                return replace(unit, names=self._json_names(unit, stream))
            names, size, lines = read_header(stream, cited(path), DELIMITERS[kind])
            return replace(unit, names=tuple(names), start=size, first=lines + 1)

    def _begin(self, path: str, kind: str) -> None:
        """A pipe of Arrow is read as it comes; kinds with a footer are kept aside at first."""
        if kind == "parquet" or self._streams.head(path, len(IPC_FILE)) == IPC_FILE:
            self._streams.settle(path)
        if kind == "arrow":
            with self._streams.opened(path) as stream:
                self._readers[path] = ipc_reader(stream)

    def _json_names(self, unit: Unit, stream: BinaryIO) -> tuple[str, ...]:
        """The keys of the first chunk, which a pipe then gives once more."""
        if is_pipe(unit.path):
            stream = io.BytesIO(self._streams.head(unit.path, CHUNK))
        for chunk in text_chunks(unit, stream):
            batch = parse_jsonl(chunk)
            if batch.flaws and not batch.columns:
                flaw = batch.flaws[0]
                raise TableError(f"{flaw.reason} at {batch.position(flaw.row)}")
            return tuple(batch.columns)
        return ()

    def files(self) -> Iterator[Unit]:
        """Each file as one unit, in order; their columns must be those of the first."""
        for i, path in enumerate(self.paths):
            unit = self._first if i == 0 else self._whole(path)
            if unit.kind != "jsonl":
                self._refuse_gaps(unit)
            yield unit

    def _refuse_gaps(self, unit: Unit) -> None:
        for name in self.columns if self.wanted is None else self.wanted:
            if name not in unit.names and name not in dict(unit.keys):
                raise TableError(
                    f"'{unit.path}' has no column '{name}', which '{self.paths[0]}' has",
                    help=f"⟨drop {name}⟩, if the program does not use it",
                )

    def units(self) -> Iterator[Unit]:
        """Pieces of files to work on apart: row groups, and records of text by the byte."""
        for unit in self.files():
            if unit.kind == "arrow" or not is_plain(unit.path):
                yield unit
            elif unit.kind == "parquet":
                yield from _row_groups(unit)
            else:
                yield from self._pieces(unit)

    def _pieces(self, unit: Unit) -> Iterator[Unit]:
        start, first, rest, data = unit.start, unit.first, b"", b"-"
        with self._streams.opened(unit.path) as stream:
            stream.seek(start)
            while data:
                data = stream.read(PIECE)
                whole = rest + data
                end = record_end(whole, unit.kind != "jsonl") if data else len(whole)
                if end:
                    yield replace(unit, start=start, stop=start + end, first=first)
                start += end
                first += whole.count(b"\n", 0, end)
                rest = whole[end:]

    # --- chunks -----------------------------------------------------------------------------

    def peek(self) -> Iterator[Chunk]:
        """The first chunks, to be read once more; of a pipe only one, and none after it."""
        for unit in self.files():
            chunks = self._read(unit)
            if not is_pipe(unit.path):
                yield from chunks
                continue
            for chunk in chunks:
                self._begun[unit.path] = chunk, chunks
                yield chunk
                break
            return

    def chunks(self, unit: Unit) -> Iterator[Chunk]:
        """What a unit holds, chunk by chunk, not yet parsed."""
        if unit.path not in self._begun:
            yield from self._read(unit)
            return
        first, rest = self._begun[unit.path]
        yield first
        yield from rest

    def _read(self, unit: Unit) -> Iterator[Chunk]:
        if unit.kind not in TEXT:
            with complaints(unit.path):
                yield from numbered(unit, self._batches(unit))
            return
        with self._streams.opened(unit.path) as stream:
            if not is_pipe(unit.path):
                skip(stream, unit.start)
            yield from text_chunks(unit, stream)

    def _batches(self, unit: Unit) -> Iterator[Any]:
        """The batches of a unit of Parquet or Arrow."""
        wanted = [n for n in unit.names if self.wanted is None or n in self.wanted]
        if unit.path in self._readers:
            yield from ipc_batches(self._readers[unit.path], wanted)
            return
        with self._streams.seekable(unit.path) as stream:
            if unit.kind == "parquet":
                file = unit.path if is_plain(unit.path) else stream
                yield from parquet_batches(file, (unit.start, unit.stop), wanted)
            else:
                yield from ipc_batches(ipc_reader(stream), wanted)

    def rows(self, chunk: Chunk) -> RowBatch:
        """The rows of a chunk; safe to call from many threads."""
        unit = chunk.unit
        if unit.kind in DELIMITERS:
            batch = parse_csv(chunk)
        elif unit.kind == "jsonl":
            batch = parse_jsonl(chunk, [n for n in self.columns if n not in dict(unit.keys)])
        else:
            batch = typed_rows(chunk)
        add_keys(batch, unit.keys, as_text=unit.kind in DELIMITERS)
        return batch


TableInput = FileInput | MemoryInput


def _row_groups(unit: Unit) -> Iterator[Unit]:
    with complaints(unit.path):
        counts = list(row_groups(unit.path))
    first = unit.first
    for i, count in enumerate(counts):
        yield replace(unit, start=i, stop=i + 1, first=first)
        first += count
    if not counts:
        yield unit
