"""Pieces of tables: units, to be worked on apart, and the chunks that one reads at a time."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, BinaryIO, NamedTuple

from gradcli.data.file_kinds import DELIMITERS
from gradcli.data.files import cited
from gradcli.data.tables.flaws import TableError

if TYPE_CHECKING:
    from collections.abc import Iterator

CHUNK = 2**22
"""Bytes of text that are parsed at a time."""

LONGEST = 2**27
"""Bytes that one row of CSV may have."""


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

    @property
    def quoted(self) -> str:
        """The same within a sentence; a table in memory has no path."""
        return f"'{self.shown}'" if self.shown else "the table"


def refuse_twins(unit: Unit) -> None:
    """Two columns of one name cannot be told apart."""
    for name, count in Counter(unit.names).items():
        if count > 1:
            where = " in the first line" if unit.kind in DELIMITERS else ""
            raise TableError(
                f"{unit.quoted} has {count} columns named '{name}'",
                help=f"give each column a name of its own{where}",
            )


class Chunk(NamedTuple):
    """Some rows of a unit, not yet parsed: whole records as bytes, or a batch of Arrow.

    `first` is the number of their first line or row.
    """

    unit: Unit
    first: int
    data: Any


def text_chunks(unit: Unit, stream: BinaryIO) -> Iterator[Chunk]:
    """The chunks of a unit of text, whose stream stands at its beginning."""
    has_quotes = unit.kind != "jsonl"
    left = -1 if unit.stop < 0 else unit.stop - unit.start
    first, rest = unit.first, b""
    while True:
        data = stream.read(CHUNK if left < 0 else min(CHUNK, left))
        left -= len(data) if left > 0 else 0
        whole = rest + data
        if not data:
            break
        end = record_end(whole, has_quotes)
        if not end and has_quotes and len(whole) > LONGEST:
            raise TableError(
                f"the row at {unit.shown}:{first} has no end",
                help="a quote opens there and never closes; within quotes it is written twice",
            )
        if end:
            yield Chunk(unit, first, whole[:end])
            first += whole.count(b"\n", 0, end)
        rest = whole[end:]
    if whole.strip(b"\r\n"):
        yield Chunk(unit, first, whole)


def record_end(data: bytes, has_quotes: bool) -> int:
    """Where the last whole record ends, 0 if none does; in CSV a line may end inside quotes."""
    end = data.rfind(b"\n") + 1
    if has_quotes and data.find(b'"') >= 0:
        inside = data.count(b'"', 0, end) % 2
        while end and inside:
            before = data.rfind(b"\n", 0, end - 1) + 1
            inside = (inside + data.count(b'"', before, end)) % 2
            end = before
    return end
