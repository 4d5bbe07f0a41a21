"""Where a table is to go, and in what kind: a file, a folder of parts, a stream, or memory."""

from __future__ import annotations

import os
import stat
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, BinaryIO

from gradcli.data.formats import FORMATS
from gradcli.data.tables.arrow import arrow
from gradcli.data.tables.kinds import KINDS, PACKED, TEXT, kind_of, unknown_kind
from gradcli.data.tables.writers import writer
from gradcli.data.whole import whole_file
from gradcli.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from gradcli.data.formats.page import Page
    from gradcli.data.tables.writers import Sink

SHEET = "table"
"""What `-o` takes for the first rows in columns, as a terminal has them."""

_WORDS = {**{kind: kind for kind in (*KINDS, SHEET)}, "json": "jsonl"}
"""What `-o` takes for a kind on standard output; a table as JSON is an object a line."""


class Kept:
    """What keeps groups in memory."""

    def __init__(self, schema: Any) -> None:
        self.tables = [schema.empty_table()]

    def write(self, table: Any) -> None:
        """Appends a table."""
        self.tables.append(table)


@dataclass(slots=True)
class TableOutput:
    """A `path`, or a `stream`, or neither: then the table is kept in memory, as `table`.

    `kind` None stands for that of what is read; a `page` lays its first rows out for reading.
    """

    path: str | None = None
    kind: str | None = None
    stream: BinaryIO | None = None
    page: Page | None = None
    table: Any = None

    @property
    def is_folder(self) -> bool:
        """Whether it is a folder of parts: there is one, or the name has no extension."""
        path = self.path
        if path is None:
            return False
        return os.path.isdir(path) or not (os.path.splitext(path)[1] or os.path.exists(path))

    @property
    def is_file(self) -> bool:
        """Whether it is a file with a place for all that is written."""
        return not (self.path is None or self.is_folder or self.is_stream)

    @property
    def is_stream(self) -> bool:
        """Whether what is written is gone: standard output, a pipe, a device."""
        if self.path is None:
            return self.stream is not None
        mode = os.stat(self.path).st_mode if os.path.exists(self.path) else 0
        return mode != 0 and not (stat.S_ISREG(mode) or stat.S_ISDIR(mode))

    def kind_after(self, read: str) -> str:
        """The kind that is written of a table of the kind that is read."""
        if self.path is None and self.stream is None:
            return "arrow"
        return "csv" if self.page is not None else self.kind or read

    @contextmanager
    def opened(self, kind: str, names: Sequence[str], schema: Any) -> Iterator[Sink]:
        """Within it, what takes groups of rows; a file is there only when it is complete."""
        if self.path is not None:
            with whole_file(self.path) as stream, writer(stream, kind, names, schema) as sink:
                yield sink
        elif self.stream is not None:
            with writer(self.stream, kind, names, schema, self.page) as sink:
                yield sink
        else:
            kept = Kept(schema)
            yield kept
            self.table = arrow().concat_tables(kept.tables)


def default_kind(environ: Mapping[str, str]) -> str | None:
    """What GRADCLI_FORMAT says for `-o`; None too for a format that is none of tables."""
    wish = environ.get("GRADCLI_FORMAT", "")
    if wish and wish not in FORMATS and wish not in _WORDS:
        raise UsageError(
            f"GRADCLI_FORMAT: '{wish}' is not a format", help=", ".join((*KINDS, SHEET))
        )
    return wish if wish in _WORDS else None


def output_of(
    what: str | None,
    kind: str | None,
    stream: BinaryIO | None,
    page: Page | None = None,
    *,
    is_terminal: bool = False,
) -> TableOutput:
    """Where `what` says: a path, a kind's name or - for the stream; None is the stream, too.

    On the page of a terminal, and where `what` says so, the stream gets the first rows in columns.
    """
    if what == "":
        raise UsageError("-o needs a name", help="-o out.csv, or - for standard output")
    word = _WORDS.get(what or "") if stream is not None else None
    if word is not None:
        if kind not in (None, word):
            raise UsageError(f"two kinds for one table: '{what}' and '{kind}'")
        what, kind = None, word
    if what is not None and (what != "-" or stream is None):
        return _to_path(what, kind)
    if kind == SHEET or (is_terminal and kind is None):
        return TableOutput(None, None, stream, page)
    if is_terminal and kind not in TEXT:
        raise UsageError(f"'{kind}' is not for a terminal", help=f"write a file: -o file.{kind}")
    return TableOutput(None, kind, stream)


def _to_path(path: str, kind: str | None) -> TableOutput:
    """A file, in the kind of its extension, or a folder."""
    extension = os.path.splitext(path)[1].lower()
    if path in FORMATS:
        raise UsageError(
            f"a table cannot be written as '{path}'",
            help=f"{', '.join(KINDS)}; a folder of that name is ./{path}",
        )
    if extension in PACKED:
        way = "-o - --to csv | gzip > out.csv.gz, or Parquet, which is compressed by itself"
        raise UsageError("compressed tables can be read, but not written", help=way)
    if extension and kind_of(path) is not None and os.path.isdir(path):
        raise UsageError(f"'{path}' is a folder", help=f"parts of a table go into it as -o {path}/")
    output = TableOutput(path, kind or kind_of(path))
    if output.kind is None and extension and not output.is_folder:
        raise unknown_kind(path, "--to")
    return output
