"""Tables to read from files of one kind, as units of work, from which chunks of rows come."""

from __future__ import annotations

import io
import os
import sys
from contextlib import nullcontext
from dataclasses import replace
from functools import cached_property, lru_cache, partial
from itertools import chain, groupby, repeat
from threading import Lock, get_ident
from typing import TYPE_CHECKING, Any, BinaryIO

from gradcli.data.file_kinds import DELIMITERS
from gradcli.data.files import cited
from gradcli.data.tables import sizes
from gradcli.data.tables.ahead import Ahead
from gradcli.data.tables.chunks import Chunk, Extent, refuse_twins, text_chunks
from gradcli.data.tables.delimited import parse_csv, read_header
from gradcli.data.tables.dialect import USUAL, Dialect
from gradcli.data.tables.flaws import TableError
from gradcli.data.tables.hive import add_keys, fields_of
from gradcli.data.tables.json_lines import parse_jsonl
from gradcli.data.tables.kinds import TEXT, kind_or_fail, read_kind
from gradcli.data.tables.memory import MemoryInput
from gradcli.data.tables.streams import Streams, complaints, is_pipe, is_plain, skip
from gradcli.data.tables.typed import (
    IPC_FILE,
    Footer,
    ParquetRows,
    ipc_batches,
    ipc_reader,
    numbered,
    typed_rows,
    unified,
)
from gradcli.data.tables.units import (
    chunk_size,
    gathered,
    length,
    packed,
    records,
    some_of,
    some_rows,
    tapering,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from contextlib import AbstractContextManager

    from gradcli.data.console import StandardInput
    from gradcli.data.tables.chunks import Unit
    from gradcli.data.tables.hive import Keys
    from gradcli.data.tables.row_batch import Form, RowBatch

FOOTERS = 16
"""Footers of Parquet that are kept, as many workers read the same file."""


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
        dialect: Dialect = USUAL,
    ) -> None:
        self.paths = list(paths)
        self.wanted: list[str] | None = None
        self._keys = keys or {}
        self.dialect = dialect
        self._kind = kind
        self._streams = Streams(stdin)
        self._pipes: dict[str, Extent] = {}
        self._readers: dict[str, Any] = {}
        self._footer = lru_cache(FOOTERS)(Footer.of)
        self._rows_by_thread: dict[int, ParquetRows] = {}
        self._taking = Lock()
        self._at_beginning: dict[str, ParquetRows] = {}
        self._begun: dict[str, Ahead] = {}
        self._ahead: Ahead | None = None

    def close(self) -> None:
        """Closes what stayed open."""
        self._streams.close()

    @cached_property
    def _first(self) -> Extent:
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
        for extent in self.files():
            schema = unified(schema, self._schema(extent), self.wanted or (), extent.path)
        for field in fields_of(self._keys.values()):
            schema = schema.append(field) if field.name not in schema.names else schema
        return schema

    def _schema(self, extent: Extent) -> Any:
        if extent.path in self._readers:
            return self._readers[extent.path].schema
        with self._streams.seekable(extent.path) as stream:
            if extent.kind == "arrow":
                return ipc_reader(stream).schema
            return Footer.of(stream).meta.schema.to_arrow_schema()

    # --- files and extents --------------------------------------------------------------------

    def _whole(self, path: str) -> Extent:
        """A file as one extent."""
        if path in self._pipes:
            return self._pipes[path]
        extent = self._looked_at(path, self._kind_of(path))
        refuse_twins(extent)
        if is_pipe(path):
            self._pipes[path] = extent
        keys = [pair for pair in self._keys.get(path, ()) if pair[0] not in extent.names]
        return replace(extent, keys=tuple(keys))

    def _kind_of(self, path: str) -> str:
        """The kind of a file; what has a separator is CSV, whatever its name ends in."""
        kind = self._kind or read_kind(path) or ("csv" if self.dialect.sep else None)
        kind = kind or self._streams.kind(path) or kind_or_fail(path)
        self.dialect.refuse_other(kind, f"'{cited(path)}'")
        return kind

    def _looked_at(self, path: str, kind: str) -> Extent:
        """The names of a file's columns, and where its rows begin."""
        extent = Extent(path, kind, is_array=kind == "jsonl" and self._streams.is_array(path))
        if kind not in TEXT:
            if is_pipe(path):
                self._begin(path, kind)
            with complaints(path):
                return replace(extent, names=tuple(self._schema(extent).names))
        with self._streams.opened(path, is_array=extent.is_array) as stream:
            if kind == "jsonl":
                return replace(extent, names=self._json_names(extent, stream))
            names, size, lines = read_header(stream, cited(path), self.dialect.delimiter(kind))
            return replace(extent, names=tuple(names), start=size, first=lines + 1)

    def _begin(self, path: str, kind: str) -> None:
        """A pipe of Arrow is read as it comes; kinds with a footer are kept aside at first."""
        if kind == "parquet" or self._streams.head(path, len(IPC_FILE)) == IPC_FILE:
            self._streams.settle(path)
        if kind == "arrow":
            with self._streams.opened(path) as stream:
                self._readers[path] = ipc_reader(stream)

    def _json_names(self, extent: Extent, stream: BinaryIO) -> tuple[str, ...]:
        """The keys of the first chunk, which a pipe then gives once more."""
        if is_pipe(extent.path):
            stream = io.BytesIO(self._streams.head_of_lines(extent.path, sizes.CHUNK))
        for chunk in text_chunks(extent, stream):
            batch = parse_jsonl(chunk)
            if batch.flaws and not batch.columns:
                flaw = batch.flaws[0]
                raise TableError(f"{flaw.reason} at {batch.position(flaw.row)}")
            return tuple(batch.columns)
        return ()

    def files(self) -> Iterator[Extent]:
        """Each file as one extent, in order; their columns must be those of the first."""
        for i, path in enumerate(self.paths):
            extent = self._first if i == 0 else self._whole(path)
            if extent.kind != "jsonl":
                self._refuse_gaps(extent)
            yield extent

    def _refuse_gaps(self, extent: Extent) -> None:
        for name in self.columns if self.wanted is None else self.wanted:
            if name not in extent.names and name not in dict(extent.keys):
                raise TableError(
                    f"'{extent.path}' has no column '{name}', which '{self.paths[0]}' has",
                    help=f"⟨drop {name}⟩, if the program does not use it",
                )

    def units(self, size: int = 0, groups: int = 0) -> Iterator[Unit]:
        """What workers do apart: so many groups of rows with types, text of so many bytes.

        A file that can only be read from its beginning is left whole, for `opened`; if there is
        nothing at all there is one unit of nothing.
        """
        unit: Unit = ()
        for kind, files in groupby(self.files(), _kind_to_cut):
            for unit in self._cut(kind, files, size or sizes.SHARE, groups or sizes.GROUPS):
                yield unit
        if not unit:
            yield unit

    def _cut(
        self, kind: str | None, files: Iterable[Extent], size: int, groups: int
    ) -> Iterable[Unit]:
        if kind is None:
            return ([file] for file in files)
        if kind == "parquet":
            whole = [replace(file, stop=self._row_count(file)) for file in files]
            return packed(whole, tapering(sum(map(length, whole)), groups), length, some_rows)
        return gathered(self._records(files, size), size, length)

    def stretches(self, units: Iterable[Unit]) -> Iterator[list[Unit]]:
        """Units, those together that one worker should take one after the other.

        They begin within a row group, well behind the first of its rows, which are decoded for all
        that follow.
        """
        together: list[Unit] = []
        for unit in units:
            if together and not self._goes_on(unit):
                yield together
                together = []
            together.append(unit)
        yield together

    def _goes_on(self, unit: Unit) -> bool:
        first = next(iter(unit), None)
        if not isinstance(first, Extent) or _kind_to_cut(first) != "parquet":
            return False
        _, begin = self._footer(first.path).group(first.start)
        return first.start - begin >= sizes.GROUP

    def _row_count(self, extent: Extent) -> int:
        with complaints(extent.path):
            return self._footer(extent.path).rows

    def _records(self, files: Iterable[Extent], size: int) -> Iterator[Extent]:
        for file in files:
            with self._streams.opened(file.path) as stream:
                stream.seek(file.start)
                yield from records(file, stream, size)

    def opened(self, units: Iterable[Unit], size: int = 0) -> Iterator[Unit]:
        """The units, with the chunks of files that were left whole, which are read here."""
        for unit in units:
            first = next(iter(unit), None)
            if not isinstance(first, Extent) or first.stop >= 0:
                yield unit
            else:
                yield from self._held(first.kind, unit, size or sizes.SHARE)

    def _held(self, kind: str, unit: Unit, size: int) -> Iterator[Unit]:
        """Units of the chunks of a unit: so many bytes of text, or rows for one row group."""
        chunks = self.chunks(unit)
        if kind not in TEXT:
            return packed(chunks, repeat(sizes.GROUP), chunk_size, some_of)
        if kind in DELIMITERS and self.is_lasting:
            chunks = self._ahead = Ahead(chunks)
        return gathered(chunks, size, lambda chunk: len(chunk.data))

    def read(self, size: int = 0) -> Iterator[Unit]:
        """Units for one output: files are read here, from beginning to end.

        Where somebody waits for rows in order this costs least: a row group that is cut need not
        be decoded anew for each piece, and text not be read to be cut and again to be parsed.
        """
        for kind, files in groupby(self.files(), _kind_to_cut):
            if kind is None:
                yield from self.opened(self._cut(kind, files, size, sizes.GROUPS), size)
            else:
                yield from self._held(kind, list(files), size or sizes.SHARE)

    # --- chunks -----------------------------------------------------------------------------

    def peek(self) -> Iterator[Chunk]:
        """The first chunks, to be read once more; of a pipe only one, and none after it."""
        for extent in self.files():
            if extent.path not in self._begun and is_pipe(extent.path):
                self._begun[extent.path] = Ahead(self._from_beginning(extent))
            if extent.path in self._begun and (first := self._begun[extent.path].first()):
                yield first
            if is_pipe(extent.path):
                return
            yield from self._from_beginning(extent)

    def _from_beginning(self, extent: Extent) -> Iterator[Chunk]:
        """The chunks of a file, the first of them a small one: mostly that is enough."""
        if _kind_to_cut(extent) != "parquet":
            return self._read(extent, min(sizes.CHUNK, sizes.SAMPLE))
        whole = replace(extent, stop=self._row_count(extent))
        few_first = chain([sizes.FEW], repeat(sys.maxsize))
        parts = (part for (part,) in packed([whole], few_first, length, some_rows))
        return chain.from_iterable(self._read(x) if x.start else self._peeked(x) for x in parts)

    def _peeked(self, extent: Extent) -> Iterator[Chunk]:
        """The first rows of Parquet; what has read them goes on with whoever reads them again."""
        rows = ParquetRows(
            extent.path, self._footer(extent.path), 0, self._wanted(extent), sizes.ROWS
        )
        self._at_beginning[extent.path] = rows
        with complaints(extent.path):
            yield from numbered(extent, rows.peek(extent.stop))

    def about(self, chunk: Chunk, count: int) -> int:
        """How many rows there are, if they are as long as the so many of a chunk; 0 of pipes."""
        if not self.is_lasting:
            return 0
        whole = sum(map(os.path.getsize, self.paths))
        if _kind_to_cut(self._first) == "parquet":
            return self._row_count(self._first) * whole // os.path.getsize(self.paths[0])
        size = len(chunk.data) if self.kind in TEXT else chunk.data.nbytes
        return count * whole // size

    def chunks(self, unit: Unit) -> Iterator[Chunk]:
        """What a unit holds, chunk by chunk, not yet parsed."""
        for part in unit:
            if isinstance(part, Chunk):
                yield part
            elif part.stop < 0 and part.path in self._begun:
                yield from self._begun.pop(part.path)
            else:
                yield from self._read(part)

    def reading(self, form: Form) -> AbstractContextManager[None]:
        """Within it a thread reads CSV ahead of who will read it from its beginning."""
        file = self._first
        if _kind_to_cut(file) not in DELIMITERS or not self.is_lasting:
            return nullcontext()
        ahead = self._begun[file.path] = Ahead(self._read(file))
        return ahead.by_thread(partial(self.rows, form=form))

    def read_ahead(self, form: Form | None = None) -> int:
        """Reads a batch behind what this thread has read, for its next unit; its bytes.

        If there is none, behind what another one has read, and 0 if nobody lacks any. CSV is parsed
        then, in a form: that goes on beside what Python does.
        """
        own = self._rows_by_thread.get(get_ident())
        size = 0 if self._ahead is None else self._ahead.read_ahead(partial(self.rows, form=form))
        for rows in [*([own] if own else ()), *self._rows_by_thread.values()]:
            size = size or rows.read_ahead()
        return size

    def _read(self, extent: Extent, size: int = 0) -> Iterator[Chunk]:
        if extent.kind not in TEXT:
            with complaints(extent.path):
                yield from numbered(extent, self._batches(extent))
            return
        with self._streams.opened(extent.path, is_array=extent.is_array) as stream:
            if not is_pipe(extent.path):
                skip(stream, extent.start)
            yield from text_chunks(extent, stream, 0 if is_pipe(extent.path) else size)

    def _batches(self, extent: Extent) -> Iterator[Any]:
        """The batches of an extent of Parquet or Arrow."""
        wanted = self._wanted(extent)
        if extent.path in self._readers:
            yield from ipc_batches(self._readers[extent.path], wanted)
            return
        if extent.kind == "parquet" and is_plain(extent.path):
            rows = self._rows_from(extent, wanted)
            yield from rows.upto(extent.stop if extent.stop >= 0 else self._row_count(extent))
            return
        with self._streams.seekable(extent.path) as stream:
            if extent.kind == "parquet":
                footer = Footer.of(stream)
                yield from ParquetRows(stream, footer, 0, wanted, sizes.ROWS).upto(footer.rows)
            else:
                yield from ipc_batches(ipc_reader(stream), wanted)

    def _wanted(self, extent: Extent) -> list[str]:
        return [n for n in extent.names if self.wanted is None or n in self.wanted]

    def _rows_from(self, extent: Extent, wanted: list[str]) -> ParquetRows:
        """What reads rows from there on: that which has read some before them.

        At the beginning of a file that which has looked at it.
        """
        first = None if extent.start else self._at_beginning.pop(extent.path, None)
        rows = first or self._rows_before(extent)
        most = min(length(extent) if extent.stop >= 0 else sizes.ROWS, sizes.ROWS)
        if (
            rows is None
            or rows.file != extent.path
            or rows.most < most
            or not rows.leads_to(extent.start)
        ):
            footer = self._footer(extent.path)
            rows = ParquetRows(extent.path, footer, extent.start, wanted, most)
        rows.skip_to(extent.start)  # before others may take it, as it passes where they begin
        self._rows_by_thread[get_ident()] = rows
        return rows

    def _rows_before(self, extent: Extent) -> ParquetRows | None:
        """What stands right there; else that of this thread, which whoever has left it gets."""
        mine, readers = get_ident(), self._rows_by_thread
        with self._taking:
            there = (
                thread
                for thread, rows in [*readers.items()]
                if rows.file == extent.path and rows.comes_to(extent.start)
            )
            taken = next(there, mine)
            found = readers.pop(taken, None)
            if mine in readers:
                readers[taken] = readers.pop(mine)
            return found

    def rows(self, chunk: Chunk, form: Form | None = None) -> RowBatch:
        """The rows of a chunk, if of text in a form; safe to call from many threads."""
        if chunk.rows is not None:
            return chunk.rows
        extent = chunk.extent
        if extent.kind in DELIMITERS:
            batch = parse_csv(chunk, self.dialect, form)
        elif extent.kind == "jsonl":
            batch = parse_jsonl(chunk, [n for n in self.columns if n not in dict(extent.keys)])
        else:
            batch = typed_rows(chunk)
        add_keys(batch, extent.keys, as_text=extent.kind in DELIMITERS)
        return batch


TableInput = FileInput | MemoryInput


def _kind_to_cut(extent: Extent) -> str | None:
    """The kind of a file, if it can be read from any place."""
    is_whole = extent.kind == "arrow" or extent.is_array or not is_plain(extent.path)
    return None if is_whole else extent.kind
