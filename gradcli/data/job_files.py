"""Where jobs come from: files and standard input, in order, one raw job after the other."""

from __future__ import annotations

import csv
import json
import os
import re
import stat
import zlib
from collections import Counter
from itertools import chain
from typing import TYPE_CHECKING, Any

from gradcli.data.file_kinds import DELIMITERS, LONGEST_MAGIC, binary_kind, kind_of_name
from gradcli.data.files import cited, unreadable
from gradcli.data.job_arrays import jobs_of_array
from gradcli.data.job_lines import GZIP, LongLineError, lines_of_file, lines_of_stream
from gradcli.data.jobs import Raw, decoded
from gradcli.data.missing import missing
from gradcli.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator, Sequence

    from gradcli.data.console import StandardInput

    Lines = Iterator[bytes | None]

FORMS = ("jsonl", *DELIMITERS, "txt")
_ID = re.compile(rb'"id"\s*:\s*(\d{1,9}|"[^"\\]*:\d+")')  # such as the place of a job
_LONGEST_CELL = 1_000  # lines
_OPEN_QUOTE = "a quote is never closed"


class JobFile:
    """A file of jobs, or `-`; `form` as its extension has it, JSON lines if that says nothing.

    What standard input holds is told by its first line. With `several` files an id names the file,
    too. `position` is how many bytes are read.
    """

    def __init__(
        self,
        path: str,
        stdin: StandardInput | None = None,
        *,
        form: str | None = None,
        several: bool = False,
    ) -> None:
        self.path = path
        self.shown = cited(path)
        self.form = form or _form_of_name(path)
        self._is_told = form is not None or path != "-"
        self.several = several
        self.position = 0
        self.size: int | None = None
        self._claimed: set[bytes] = set()
        self._stdin = None
        if stdin is not None and path == "-":
            self._stdin = stdin.take("the argument -")

    def check(self) -> None:
        """Refuses a file that cannot be read or is none of jobs, before anything is written."""
        if self._stdin is not None or not self._begins_as_text():
            return
        if self.form in DELIMITERS:
            for _ in self._header(_records(self._lines(), DELIMITERS[self.form])):
                pass
        elif self.form == "jsonl":
            for line in self._lines():
                self._claim(line)
        self.position = 0

    def _begins_as_text(self) -> bool:
        """Whether it is text, which gzip may have compressed; False for pipes, left unread."""
        try:
            status = os.stat(self.path)
            if not stat.S_ISREG(status.st_mode) and not stat.S_ISDIR(status.st_mode):
                return False
            with open(self.path, "rb") as stream:
                head = stream.read(LONGEST_MAGIC)
        except (OSError, ValueError) as error:
            raise unreadable(self.path, error) from error
        kind = binary_kind(head)
        if kind is not None and kind is not GZIP:
            raise InputError(
                f"'{self.path}' is {kind.described}",
                help="jobs are text: JSON lines, CSV; gzip may have compressed it",
            )
        self.size = status.st_size if kind is None else None
        return True

    def jobs(self) -> Iterator[Raw | None]:
        """The jobs in order; None before waiting for what is still to come."""
        lines = self._lines()
        held = yield from _first(lines)
        first = held[-1].lstrip() if held else b""
        self._refuse_binary(first)
        if not self._is_told:
            self.form = _form_of_line(first)
        lines = chain(held, lines)
        if self.form in DELIMITERS:
            yield from self._rows(lines)
        elif self.form == "jsonl" and first.startswith(b"["):
            yield from self._elements(lines)
        else:
            yield from self._plain(lines, "jsonl" if self.form == "jsonl" else "text")

    def _refuse_binary(self, first: bytes) -> None:
        """Refuses what a pipe brings that is no text, by its first line."""
        kind = binary_kind(first[:LONGEST_MAGIC]) if self._stdin is not None else None
        if kind is not None:
            pipe = "zcat FILE | gradcli batch -" if kind is GZIP else None
            message = f"standard input is {kind.described}"
            help_ = f"{pipe}, or name the file: gradcli batch FILE" if pipe else "jobs are text"
            raise InputError(message, help=help_)

    def name(self, number: int) -> int | str:
        """The id of a job that has none: its place, at more length where a job is called so."""
        name: int | str = f"{self.shown}:{number}" if self.several else number
        while self._claimed and json.dumps(name).encode() in self._claimed:
            name = f"{self.shown}:{name}"
        return name

    def _claim(self, line: bytes | None) -> None:
        """Keeps the ids in a line of JSON for the jobs that have them."""
        if line is not None and b'"id"' in line:
            self._claimed.update(_ID.findall(line))

    def _plain(self, lines: Lines, form: str) -> Iterator[Raw | None]:
        """A job a line."""
        number = 0
        for line in lines:
            if line is None:
                yield None
                continue
            number += 1
            if not _is_silent(line, form):
                if self.size is None:  # nobody has looked through the file before
                    self._claim(line)
                name = self.name(number) if self.several or self._claimed else number
                yield Raw(name, number, form, line, (), self.shown)

    def _elements(self, lines: Lines) -> Iterator[Raw]:
        """The jobs of a JSON array, called by their positions in it."""
        text = b"".join(filter(None, lines)).decode("utf-8", "surrogateescape")
        position = 0
        try:
            for position, (line, job) in enumerate(jobs_of_array(text), 1):
                body = job.encode("utf-8", "surrogateescape")
                yield Raw(self.name(position), line, "jsonl", body, file=self.shown)
        except json.JSONDecodeError as error:
            wrong = f"not JSON: {error.msg[:1].lower()}{error.msg[1:]}"
            name = self.name(position + 1)
            yield Raw(name, error.lineno, "jsonl", wrong, file=self.shown)

    def _lines(self) -> Lines:
        """The lines as bytes in UTF-8, without a mark at the start; None before waiting."""
        return chain.from_iterable(self._blocks())

    def _blocks(self) -> Iterator[Sequence[bytes | None]]:
        """The same, as many at a time as are read at once."""
        count = 0
        try:
            for lines in self._read():
                yield lines
                count += len(lines) if lines[0] is not None else 0
        except LongLineError as error:
            place = f"the line at {self.shown}:{count + 1}"
            raise InputError(f"{place} is longer than {error.args[0]:,} bytes") from None

    def _read(self) -> Iterator[Sequence[bytes | None]]:
        """The same; of a stream None where there is none yet."""
        if self._stdin is not None:
            yield from lines_of_stream(self._stdin)
            return
        try:
            for lines in lines_of_file(self.path):
                self.position += sum(len(line or b"") for line in lines)
                yield lines
        except (OSError, zlib.error) as error:
            raise unreadable(self.path, error) from error
        except EOFError:
            raise InputError(f"'{self.path}' is cut off: its last bytes are missing") from None

    # --- tables ---------------------------------------------------------------------------------

    def _rows(self, lines: Lines) -> Iterator[Raw | None]:
        """The rows below the header."""
        records = _records(lines, DELIMITERS[self.form])
        header = yield from self._header(records)
        for number, cells in records:
            yield cells and Raw(self.name(number), number, "table", cells, header, self.shown)

    def _header(self, records: Iterator[tuple[int, Any]]) -> Generator[None, None, tuple[str, ...]]:
        """The names of the columns; yields None before waiting for them."""
        for _, cells in records:
            if cells is not None:
                return self._columns(cells)
            yield None
        raise InputError(f"'{self.shown}' is empty", help="a table of jobs begins with a header")

    def _columns(self, cells: Any) -> tuple[str, ...]:
        if isinstance(cells, str):
            raise InputError(f"'{self.shown}': {cells}")
        header = tuple(cell.strip() for cell in cells)
        if "expr" not in header:
            error = missing("expr", header, self.shown, "column")
            whole = "a row is a job with its program; `gradcli map` runs one program over all rows"
            raise error.advised(f"{error.help}; {whole}" if len(header) > 1 else error.help)
        for name, count in Counter(header).items():
            if not name or count > 1:
                what = f"several columns '{name}'" if name else "a column without a name"
                raise InputError(f"{what} in '{self.shown}'")
        return header


def _form_of_name(path: str) -> str:
    """The form that the extension of a file stands for; JSON lines if it stands for none."""
    stem, extension = os.path.splitext(path)
    kind = kind_of_name(stem if extension.lower() in GZIP.extensions else path)
    return kind if kind in FORMS else "jsonl"


def _form_of_line(line: bytes) -> str:
    """The form of jobs whose first line this is: JSON, the header of a table, or an expression."""
    for form, delimiter in DELIMITERS.items():
        if b"expr" in [cell.strip(b' "\r\n') for cell in line.split(delimiter.encode())]:
            return form
    return "jsonl" if line[:1] in (b"", b"{", b"[", b'"') else "txt"


def _first(lines: Lines) -> Generator[None, None, list[bytes]]:
    """The lines up to the first that is not empty; yields None before waiting for it."""
    held: list[bytes] = []
    for line in lines:
        if line is None:
            yield None
            continue
        held.append(line)
        if not line.isspace():
            break
    return held


def _numbered(lines: Lines) -> Iterator[tuple[int, bytes | None]]:
    """The lines with their numbers from 1; None counts for nothing."""
    number = 0
    for line in lines:
        number += line is not None
        yield number, line


def _is_silent(line: bytes, form: str) -> bool:
    """Whether a line is no job: an empty one, or a comment between expressions."""
    return line.isspace() or (form == "text" and line.lstrip().startswith(b"#"))


def _records(lines: Lines, delimiter: str) -> Iterator[tuple[int, Any]]:
    """Rows as lists of cells, or what is wrong with one; a quoted cell may hold lines."""
    held: list[bytes] = []
    start = 0
    for number, line in _numbered(lines):
        if line is None:
            yield number, None
        elif held or not line.isspace():
            start = start if held else number
            held.append(line)
            cells = _cells(held, delimiter)
            if cells is not None:
                held = []
                yield start, cells
    if held:
        yield start, _OPEN_QUOTE


def _cells(held: list[bytes], delimiter: str) -> Any:
    """The cells of lines, what is wrong with them, or None if the last cell is still open."""
    try:
        lines = list(map(decoded, held))
        if len(lines) == 1 and '"' not in lines[0]:
            return lines[0].rstrip("\r\n").split(delimiter)
        csv.field_size_limit(1 << 30)
        return next(csv.reader(lines, delimiter=delimiter, strict=True))
    except InputError as error:
        return error.message
    except csv.Error as error:
        if "unexpected end" not in str(error):
            return str(error)
        return None if len(held) < _LONGEST_CELL else _OPEN_QUOTE
