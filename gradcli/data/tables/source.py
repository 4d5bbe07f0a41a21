"""Tables to read: files of one kind as units that can be worked on apart, units as blocks."""

from __future__ import annotations

import io
from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, BinaryIO

from gradcli.data.files import cited
from gradcli.data.tables.arrow import arrow
from gradcli.data.tables.bad import TableError
from gradcli.data.tables.hive import add_keys, fields_of
from gradcli.data.tables.kinds import TEXT, kind_or_fail
from gradcli.data.tables.rows import Rows
from gradcli.data.tables.streams import Streams, complaints, is_pipe, is_plain, skip
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
from gradcli.data.tables.typed import (
    IPC_FILE,
    ipc_batches,
    ipc_reader,
    parquet_batches,
    row_groups,
    unified,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from gradcli.data.console import StandardInput
    from gradcli.data.tables.hive import Keys

ROWS = 2**16
"""Rows of a block of Parquet or Arrow."""

PIECE = 2**26
"""Bytes of text that are one unit."""


@dataclass(frozen=True)
class Unit:
    """A piece of a file: bytes of text, a row group; `stop` of -1 is the end of the file.

    `first` is the number of the first line or row; `names` are the file's columns, `keys` those
    that its folder gives with their values; `label` is how messages cite it, if not by its path.
    """

    path: str
    kind: str
    names: tuple[str, ...] = ()
    start: int = 0
    stop: int = -1
    first: int = 1
    label: str = ""
    keys: tuple[tuple[str, Any], ...] = ()

    @property
    def shown(self) -> str:
        """How messages cite the file."""
        return self.label or cited(self.path)


class Source:
    """The tables of a run as one: all have those columns of the first that are wanted."""

    def __init__(
        self,
        paths: Sequence[str],
        kind: str | None,
        stdin: StandardInput | None = None,
        keys: Mapping[str, Keys] | None = None,
    ) -> None:
        self.paths = list(paths)
        self._keys = keys or {}
        self._kind = kind
        self._streams = Streams(stdin)
        self._pipes: dict[str, Unit] = {}
        self._readers: dict[str, Any] = {}
        self._begun: dict[str, tuple[Any, Iterator[Any]]] = {}
        self.wanted: list[str] | None = None
        self.first = self._whole(self.paths[0])
        self.columns = [*self.first.names, *dict(self.first.keys)]

    def close(self) -> None:
        """Closes what stayed open."""
        self._streams.close()

    @property
    def kind(self) -> str:
        """The kind of the first table."""
        return self.first.kind

    @property
    def is_lasting(self) -> bool:
        """Whether it can be read more than once."""
        return not any(map(is_pipe, self.paths))

    def schema(self) -> Any:
        """The columns of all files with their types; None where cells are text."""
        if self.kind in TEXT:
            return None
        found = self._schema(self.first)
        for unit in self.files():
            found = unified(found, self._schema(unit), self.wanted or (), unit.path)
        for field in fields_of(self._keys.values()):
            found = found.append(field) if field.name not in found.names else found
        return found

    def _schema(self, unit: Unit) -> Any:
        if unit.path in self._readers:
            return self._readers[unit.path].schema
        with self._streams.seekable(unit.path) as stream:
            if unit.kind == "arrow":
                return ipc_reader(stream).schema
            return arrow().parquet.read_schema(stream)

    def _whole(self, path: str) -> Unit:
        """A file as one unit."""
        if path not in self._pipes:
            kind = self._kind or kind_or_fail(path, "--from")
            unit = self._looked_at(path, kind)
            _refuse_twins(unit)
            if not is_pipe(path):
                keys = [pair for pair in self._keys.get(path, ()) if pair[0] not in unit.names]
                return replace(unit, keys=tuple(keys))
            self._pipes[path] = unit
        return self._pipes[path]

    def _looked_at(self, path: str, kind: str) -> Unit:
        """The names of a file's columns, and where its rows begin."""
        if kind not in TEXT:
            if is_pipe(path):
                self._begin(path, kind)
            return Unit(path, kind, tuple(self._schema(Unit(path, kind)).names))
        with self._streams.opened(path) as stream:
            if kind == "jsonl":
                return Unit(path, kind, self._json_names(path, stream))
            names, size, lines = read_header(stream, cited(path), DELIMITERS[kind])
            return Unit(path, kind, tuple(names), size, -1, lines + 1)

    def _begin(self, path: str, kind: str) -> None:
        """A pipe of Arrow is read as it comes; kinds with a footer are kept aside at first."""
        if kind == "parquet" or self._streams.starts(path, IPC_FILE):
            self._streams.settle(path)
        if kind == "arrow":
            with self._streams.opened(path) as stream:
                self._readers[path] = ipc_reader(stream)

    def _json_names(self, path: str, stream: BinaryIO) -> tuple[str, ...]:
        """The keys of the first block, which a pipe then gives once more."""
        if is_pipe(path):
            head = stream.read(BLOCK)
            self._streams.put_back(path, head)
            stream = io.BytesIO(head)
        for block in blocks(stream, cited(path), 1, quotes=False):
            return tuple(parse_jsonl(block, None).columns)
        return ()

    def files(self) -> Iterator[Unit]:
        """Each file as one unit, in order; their columns must be those of the first."""
        for i, path in enumerate(self.paths):
            unit = self.first if i == 0 else self._whole(path)
            if unit.kind != "jsonl":
                self._refuse_gaps(unit)
            yield unit

    def _refuse_gaps(self, unit: Unit) -> None:
        wanted = self.columns if self.wanted is None else self.wanted
        for name in wanted:
            if name not in unit.names and name not in dict(unit.keys):
                raise TableError(
                    f"'{unit.path}' has no column '{name}', which '{self.paths[0]}' has",
                    help=f"--drop {name}, if the program does not use it",
                )

    def units(self) -> Iterator[Unit]:
        """Pieces of files to work on apart: row groups, and records of text by the byte."""
        for unit in self.files():
            if not is_plain(unit.path):
                yield unit
            elif unit.kind in TEXT:
                yield from self._pieces(unit)
            elif unit.kind == "parquet":
                yield from _row_groups(unit)
            else:
                yield unit

    def _pieces(self, unit: Unit) -> Iterator[Unit]:
        with self._streams.opened(unit.path) as stream:
            stream.seek(unit.start)
            start, first = unit.start, unit.first
            rest = b""
            while True:
                data = stream.read(PIECE)
                whole = rest + data
                end = record_end(whole, unit.kind != "jsonl") if data else len(whole)
                if end:
                    yield replace(unit, start=start, stop=start + end, first=first)
                    start += end
                    first += whole.count(b"\n", 0, end)
                if not data:
                    return
                rest = whole[end:]

    # --- blocks -----------------------------------------------------------------------------

    def peek(self) -> Iterator[tuple[Unit, Any]]:
        """The first blocks, to be read once more; of a pipe only one, and none after it."""
        for unit in self.files():
            if is_pipe(unit.path):
                found = self._read(unit)
                for block in found:
                    self._begun[unit.path] = block, found
                    yield unit, block
                return
            for block in self._read(unit):
                yield unit, block

    def blocks(self, unit: Unit) -> Iterator[Any]:
        """What a unit holds, block by block, not yet parsed."""
        begun = self._begun.get(unit.path)
        if begun is None:
            yield from self._read(unit)
        else:
            yield begun[0]
            yield from begun[1]

    def _read(self, unit: Unit) -> Iterator[Any]:
        if unit.kind not in TEXT:
            yield from self._batches(unit)
            return
        with self._streams.opened(unit.path) as stream:
            if not is_pipe(unit.path):
                skip(stream, unit.start)
            most = -1 if unit.stop < 0 else unit.stop - unit.start
            yield from blocks(stream, unit.shown, unit.first, unit.kind != "jsonl", most)

    def _batches(self, unit: Unit) -> Iterator[Any]:
        first = unit.first
        with complaints(unit.path):
            for batch in self._unplaced(unit):
                if batch.num_rows:
                    yield batch, _counted(unit.shown, first)
                    first += batch.num_rows

    def _unplaced(self, unit: Unit) -> Iterator[Any]:
        """The batches of a unit of Parquet or Arrow."""
        wanted = [n for n in unit.names if self.wanted is None or n in self.wanted]
        if unit.path in self._readers:
            yield from ipc_batches(self._readers[unit.path], wanted, ROWS)
            return
        with self._streams.seekable(unit.path) as stream:
            if unit.kind == "parquet":
                file = unit.path if is_plain(unit.path) else stream
                yield from parquet_batches(file, (unit.start, unit.stop), wanted, ROWS)
            else:
                yield from ipc_batches(ipc_reader(stream), wanted, ROWS)

    def rows(self, unit: Unit, block: Any) -> Rows:
        """The rows of a block; safe to call from many threads."""
        rows = self._parsed(unit, block)
        add_keys(rows, unit.keys, as_text=unit.kind in DELIMITERS)
        return rows

    def _parsed(self, unit: Unit, block: Any) -> Rows:
        if isinstance(block, Block):
            if unit.kind == "jsonl":
                return parse_jsonl(block, [n for n in self.columns if n not in dict(unit.keys)])
            return parse_csv(block, list(unit.names), DELIMITERS[unit.kind])
        batch, place = block
        columns = dict(zip(batch.schema.names, batch.columns, strict=True))
        return Rows(columns, batch.num_rows, place)


def _refuse_twins(unit: Unit) -> None:
    """Two columns of one name cannot be told apart."""
    for name, count in Counter(unit.names).items():
        if count > 1:
            raise TableError(
                f"'{cited(unit.path)}' has {count} columns '{name}'",
                help="give each column a name of its own"
                + (" in the first line" if unit.kind in TEXT else ""),
            )


def _counted(name: str, first: int) -> Callable[[int], str]:
    return lambda row: f"{name}, row {first + row}"


def _row_groups(unit: Unit) -> Iterator[Unit]:
    with complaints(unit.path):
        counts = list(row_groups(unit.path))
    first = 1
    for i, count in enumerate(counts):
        yield replace(unit, start=i, stop=i + 1, first=first)
        first += count
    if not counts:
        yield unit
