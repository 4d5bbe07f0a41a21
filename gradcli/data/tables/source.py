"""Tables to read: files of one kind as units that can be worked on apart, units as blocks."""

from __future__ import annotations

import io
import os
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, BinaryIO

from gradcli.data.tables.arrow import arrow
from gradcli.data.tables.bad import TableError
from gradcli.data.tables.kinds import TEXT, kind_or_fail
from gradcli.data.tables.rows import Rows
from gradcli.data.tables.text import (
    BLOCK,
    DELIMITERS,
    Block,
    blocks,
    parse_csv,
    parse_jsonl,
    read_header,
    record_end,
)
from gradcli.data.tables.types import common
from gradcli.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Sequence

    from gradcli.data.console import StandardInput

ROWS = 2**16
"""Rows of a block of Parquet or Arrow."""

BUFFER = 2**20
"""Bytes of a column of Parquet that are read at a time."""

PIECE = 2**26
"""Bytes of text that are one unit."""


@dataclass(frozen=True)
class Unit:
    """A piece of a file: bytes of text, a row group; `stop` of -1 is the end of the file.

    `first` is the number of the first line or row; `names` are the file's columns.
    """

    path: str
    kind: str
    names: tuple[str, ...] = ()
    start: int = 0
    stop: int = -1
    first: int = 1


class Source:
    """The tables of a run as one: all have the columns of the first."""

    def __init__(
        self, paths: Sequence[str], kind: str | None, stdin: StandardInput | None = None
    ) -> None:
        self.paths = list(paths)
        self._kind = kind
        self._stdin = stdin
        self._stream: BinaryIO | None = None
        self._reader: Any = None
        self._begun: tuple[Any, Iterator[Any]] | None = None
        self.wanted: list[str] | None = None
        self.first = self._whole(self.paths[0])
        self.columns = list(self.first.names)

    @property
    def kind(self) -> str:
        """The kind of the first table."""
        return self.first.kind

    @property
    def bytes(self) -> int | None:
        """The size of all files; None if one is a pipe."""
        try:
            sizes = [os.path.getsize(path) for path in self.paths]
        except OSError:
            return None
        return sum(sizes) if all(map(os.path.isfile, self.paths)) else None

    @property
    def is_lasting(self) -> bool:
        """Whether it can be read more than once."""
        return "-" not in self.paths

    def schema(self) -> Any:
        """The columns of all files with their types; None where cells are text."""
        if self.kind in TEXT:
            return None
        found = self._schema_of(self.paths[0])
        for path in self.paths[1:]:
            found = _unified(found, self._schema_of(path), self.wanted or (), path)
        return found

    def _schema_of(self, path: str) -> Any:
        if path == "-":
            return self._reader.schema
        with self.opened(path) as stream, _complaints(path):
            return self._schema(self._kind or kind_or_fail(path, "--from"), stream, path)

    def _whole(self, path: str) -> Unit:
        """A file as one unit."""
        kind = self._kind or kind_or_fail(path, "--from")
        with self.opened(path) as stream:
            if kind in DELIMITERS:
                names, size, lines = read_header(stream, shown(path), DELIMITERS[kind])
                return Unit(path, kind, tuple(names), size, -1, lines + 1)
            if kind == "jsonl":
                return Unit(path, kind, self._json_names(path, stream))
            with _complaints(path):
                return Unit(path, kind, tuple(self._schema(kind, stream, path).names))

    def _json_names(self, path: str, stream: BinaryIO) -> tuple[str, ...]:
        """The keys of the first block, which standard input then gives once more."""
        if path == "-":
            head = stream.read(BLOCK)
            self._stream = _Joined(head, stream)  # type: ignore[assignment]
            stream = io.BytesIO(head)
        for block in blocks(stream, shown(path), 1, quotes=False):
            return tuple(parse_jsonl(block, None).columns)
        return ()

    @contextmanager
    def opened(self, path: str) -> Iterator[BinaryIO]:
        """The bytes of a file, or of standard input, which goes on where it was left."""
        if path == "-":
            if self._stream is None:
                assert self._stdin is not None
                self._stream = self._stdin.take("the table")
            yield self._stream
            return
        try:
            stream = open(path, "rb")  # noqa: SIM115 - closed below
        except OSError as error:
            reason = (error.strerror or str(error)).lower()
            raise InputError(f"cannot read '{path}': {reason}") from error
        with stream:
            yield stream

    def files(self) -> Iterator[Unit]:
        """Each file as one unit, in order; their columns must be those of the first."""
        for i, path in enumerate(self.paths):
            unit = self.first if i == 0 else self._whole(path)
            if unit.kind != "jsonl":
                for name in self.columns:
                    if name not in unit.names:
                        raise TableError(
                            f"'{path}' has no column '{name}', which '{self.paths[0]}' has"
                        )
            yield unit

    def units(self) -> Iterator[Unit]:
        """Pieces of files to work on apart: row groups, and records of text by the byte."""
        for unit in self.files():
            if unit.kind in TEXT and unit.path != "-":
                yield from self._pieces(unit)
            elif unit.kind == "parquet":
                yield from _row_groups(unit)
            else:
                yield unit

    def _pieces(self, unit: Unit) -> Iterator[Unit]:
        with self.opened(unit.path) as stream:
            stream.seek(unit.start)
            start, first = unit.start, unit.first
            rest = b""
            while True:
                data = stream.read(PIECE)
                whole = rest + data
                end = record_end(whole, unit.kind != "jsonl") if data else len(whole)
                if end:
                    yield Unit(unit.path, unit.kind, unit.names, start, start + end, first)
                    start += end
                    first += whole.count(b"\n", 0, end)
                if not data:
                    return
                rest = whole[end:]

    # --- blocks -----------------------------------------------------------------------------

    def peek(self) -> Iterator[tuple[Unit, Any]]:
        """The first blocks, to be read once more; of standard input only one."""
        for unit in self.files():
            if unit.path == "-":
                found = self._read(unit)
                for block in found:
                    self._begun = block, found
                    yield unit, block
                    return
            else:
                for block in self._read(unit):
                    yield unit, block

    def blocks(self, unit: Unit) -> Iterator[Any]:
        """What a unit holds, block by block, not yet parsed."""
        if unit.path == "-" and self._begun is not None:
            yield self._begun[0]
            yield from self._begun[1]
        else:
            yield from self._read(unit)

    def _read(self, unit: Unit) -> Iterator[Any]:
        with self.opened(unit.path) as stream:
            if unit.kind in TEXT:
                if unit.path != "-":
                    stream.seek(unit.start)
                most = -1 if unit.stop < 0 else unit.stop - unit.start
                quotes = unit.kind != "jsonl"
                yield from blocks(stream, shown(unit.path), unit.first, quotes, most)
            else:
                with _complaints(unit.path):
                    yield from self._batches(unit, stream)

    def _schema(self, kind: str, stream: BinaryIO, path: str) -> Any:
        pa = arrow()
        if kind == "arrow":
            reader = _ipc_reader(stream)
            self._reader = reader if path == "-" else None
            return reader.schema
        if path == "-":
            raise InputError("Parquet cannot be read from standard input", help="name the file")
        return pa.parquet.read_schema(stream)

    def _batches(self, unit: Unit, stream: BinaryIO) -> Iterator[Any]:
        wanted = [n for n in unit.names if self.wanted is None or n in self.wanted]
        first = unit.first
        if unit.kind == "parquet":
            batches = _parquet(unit, wanted)
        else:
            batches = _ipc(self._reader if unit.path == "-" else _ipc_reader(stream), wanted)
        for batch in batches:
            if batch.num_rows:
                yield batch, _counted(shown(unit.path), first)
                first += batch.num_rows

    def rows(self, unit: Unit, block: Any) -> Rows:
        """The rows of a block; safe to call from many threads."""
        if isinstance(block, Block):
            if unit.kind == "jsonl":
                return parse_jsonl(block, self.columns)
            return parse_csv(block, list(unit.names), DELIMITERS[unit.kind])
        batch, place = block
        columns = dict(zip(batch.schema.names, batch.columns, strict=True))
        return Rows(columns, batch.num_rows, place)


class _Joined:
    """Bytes that were read already, then the stream that they came from."""

    def __init__(self, head: bytes, stream: BinaryIO) -> None:
        self._head = head
        self._stream = stream

    def read(self, size: int) -> bytes:
        """The next bytes, as a stream gives them."""
        if self._head:
            data, self._head = self._head[:size], self._head[size:]
            return data
        return self._stream.read(size)


def shown(path: str) -> str:
    """How messages cite a file."""
    return "stdin" if path == "-" else path


def _counted(name: str, first: int) -> Callable[[int], str]:
    return lambda row: f"{name}, row {first + row}"


@contextmanager
def _complaints(path: str) -> Iterator[None]:
    """Arrow's complaints in our words."""
    pa = arrow()
    try:
        yield
    except (pa.ArrowException, OSError) as error:
        text = str(error).split("\n", maxsplit=1)[0].rstrip(".")
        raise TableError(f"'{shown(path)}' cannot be read: {text}") from error


def _unified(schema: Any, other: Any, wanted: Collection[str], path: str) -> Any:
    """A schema whose columns take those of the same names in a further file."""
    for i, field in enumerate(schema):
        place = other.get_field_index(field.name)
        if place < 0 or field.name not in wanted or other.field(place).equals(field):
            continue
        kind = common(field.type, other.field(place).type)
        if kind is None:
            raise TableError(
                f"the column '{field.name}' is {other.field(place).type} in '{path}', and "
                f"{field.type} in the files before it",
                help=f"--drop {field.name}, or write CSV or JSON lines",
            )
        schema = schema.set(i, field.with_type(kind).with_nullable(True))
    return schema


def _ipc_reader(stream: BinaryIO) -> Any:
    pa = arrow()
    if stream.seekable():
        is_file = stream.read(6) == b"ARROW1"
        stream.seek(0)
        return pa.ipc.open_file(stream) if is_file else pa.ipc.open_stream(stream)
    return pa.ipc.open_stream(stream)


def _parquet(unit: Unit, wanted: list[str]) -> Iterator[Any]:
    file = arrow().parquet.ParquetFile(unit.path, pre_buffer=False, buffer_size=BUFFER)
    groups = None if unit.stop < 0 else list(range(unit.start, unit.stop))
    return iter(file.iter_batches(ROWS, row_groups=groups, columns=wanted))


def _ipc(reader: Any, wanted: list[str]) -> Iterator[Any]:
    count = getattr(reader, "num_record_batches", None)
    batches = iter(reader) if count is None else (reader.get_batch(i) for i in range(count))
    for batch in batches:
        chosen = batch.select(wanted)
        for start in range(0, chosen.num_rows, ROWS):
            yield chosen.slice(start, ROWS)


def _row_groups(unit: Unit) -> Iterator[Unit]:
    with _complaints(unit.path):
        meta = arrow().parquet.read_metadata(unit.path)
    first = 1
    for i in range(meta.num_row_groups):
        yield Unit(unit.path, unit.kind, unit.names, i, i + 1, first)
        first += meta.row_group(i).num_rows
    if not meta.num_row_groups:
        yield unit
