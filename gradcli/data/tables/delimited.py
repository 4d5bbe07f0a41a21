"""CSV and TSV to read: the header, and the rows of a chunk, whose cells are all texts."""

from __future__ import annotations

import csv
import io
from contextlib import suppress
from functools import cache
from itertools import islice
from typing import TYPE_CHECKING, Any, BinaryIO

import numpy as np

from gradcli.data.files import converted
from gradcli.data.numbers import EXACT
from gradcli.data.tables import sizes
from gradcli.data.tables.arrow import arrow, csv_reader, numbers_of
from gradcli.data.tables.chunks import NEWLINE, too_long, where_marked
from gradcli.data.tables.dialect import is_number
from gradcli.data.tables.flaws import Flaw, TableError
from gradcli.data.tables.row_batch import RowBatch

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from gradcli.data.tables.chunks import Chunk
    from gradcli.data.tables.dialect import Dialect
    from gradcli.data.tables.row_batch import Form

HEADER_LINES = 1_000
"""That the names of columns take at most, with empty ones before; each is read with all of them."""

MARK = b"\xef\xbb\xbf"
QUOTE = b'"'


def read_header(stream: BinaryIO, shown: str, delimiter: str) -> tuple[list[str], int, int]:
    """The names of the columns, the bytes that they take, and the lines."""
    data, text = _first_lines(stream, shown, delimiter)
    records, _ = _records(text, delimiter)
    if len(records) > 1:
        raise TableError(
            f"the lines of '{shown}' end in carriage returns alone",
            help="tr '\\r' '\\n' < OLD > NEW makes lines of them",
        )
    names = [name.strip() for name in records[0][1]]
    if all(map(is_number, names)):
        raise TableError(
            f"the first line of '{shown}' must name the columns, and holds only numbers",
            help=f"(echo '{_some_names(len(names), delimiter)}'; cat FILE) | gradcli map … - "
            "names them",
        )
    return names, len(data), data.count(b"\n")


def _some_names(count: int, delimiter: str) -> str:
    """An example of names for columns: each of a few, the first ones of many."""
    few = [f"x{i + 1}" for i in range(min(count, 4))]
    return delimiter.join(few if count == len(few) else [*few, "…"])


def _first_lines(stream: BinaryIO, shown: str, delimiter: str) -> tuple[bytes, str]:
    """The first line that is not empty, and those before it and within its quotes; its text."""
    data, text, is_open, lines = b"", "", False, 0
    while (not text or is_open) and (line := stream.readline(sizes.LONGEST + 1)):
        data += line
        lines += 1
        if len(data) > sizes.LONGEST or (is_open and lines > HEADER_LINES):
            raise too_long(f"{shown}:1", is_open)
        if lines > HEADER_LINES:
            raise TableError(f"the first {HEADER_LINES:,} lines of '{shown}' are empty")
        text = _decoded(data.removeprefix(MARK), f"'{shown}'").strip("\r\n")
        is_open = text.count('"') % 2 > 0 and _records(text, delimiter)[1]
    if is_open:
        raise TableError(f"a quote in the first line of '{shown}' is never closed")
    if not text:
        raise TableError(f"'{shown}' is empty", help="its first line must name the columns")
    return data, text


def _decoded(data: bytes, shown: str) -> str:
    try:
        return data.decode()
    except UnicodeDecodeError:
        raise TableError(f"{shown} is not text in UTF-8", help=converted(data)) from None


def _lines(text: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """Each record that is not empty: the number of its first line, from 0, and its cells."""
    csv.field_size_limit(1 << 30)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    line = 0
    for cells in reader:
        if cells:
            yield line, cells
        line = reader.line_num


def _records(text: str, delimiter: str) -> tuple[list[tuple[int, list[str]]], bool]:
    """All records, and whether the last one ends inside quotes: then it takes in what follows."""
    records = list(_lines(f"{text}\n-", delimiter))
    line, last = records.pop()
    is_open = last != ["-"]
    if is_open:
        records.append((line, [*last[:-1], last[-1].removesuffix("\n-")]))
    return records, is_open


def parse_csv(chunk: Chunk, dialect: Dialect, form: Form | None) -> RowBatch:
    """The rows of a chunk: in the form that is wanted, if all of its cells allow it, or as text."""
    pa = arrow()
    has_quotes = QUOTE in chunk.data
    if has_quotes and chunk.data.count(QUOTE) % 2:
        return _by_hand(chunk, dialect)
    if form is not None and not dialect.is_local:
        with suppress(pa.ArrowInvalid):
            if batch := _formed(chunk, dialect, form, has_quotes):
                return batch
    try:
        return _read(chunk, dialect, dict.fromkeys(chunk.extent.names, pa.string()), has_quotes)
    except pa.ArrowInvalid:
        return _by_hand(chunk, dialect)


def _formed(chunk: Chunk, dialect: Dialect, form: Form, has_quotes: bool) -> RowBatch | None:
    """Numbers that are read as such, and lines as they stand; None if a chunk is not so simple."""
    pa = arrow()
    names, data = chunk.extent.names, chunk.data
    by_line = form.kept == names and form.delimiter == dialect.delimiter(chunk.extent.kind)
    by_line = by_line and not (has_quotes or b"\r" in data)
    texts = form.words.union(() if by_line else form.kept).intersection(names)
    numbers = form.numbers.intersection(names) - texts
    is_told = dialect.is_plain or not (texts or has_quotes)  # what is missing from numbers
    if not numbers or not is_told:
        return None
    types = dict.fromkeys(texts, pa.string()) | dict.fromkeys(numbers, pa.float64())
    batch = _read(chunk, dialect, types, has_quotes, () if texts else dialect.null_words)
    batch.lines = _whole_lines(data) if by_line else None
    is_exact = all(map(_is_exact, map(batch.columns.__getitem__, numbers)))
    is_whole = batch.lines is None or len(batch.lines) == batch.count
    return batch if is_exact and is_whole else None


def _is_exact(column: Any) -> bool:
    """Whether no number is so large that a whole one may have been rounded."""
    present = column.fill_null(0.0) if column.null_count else column
    return not (np.abs(numbers_of(present)) >= EXACT).any()


def _whole_lines(data: bytearray) -> Any:
    """The lines of a text as they lie there, each but the first behind the end of the one before.

    An ArrowInvalid says that it is not UTF-8.
    """
    pa = arrow()
    offsets = np.concatenate([np.zeros(1, np.int32), where_marked(data, NEWLINE)])
    buffers = map(pa.py_buffer, (offsets, data))
    lines = pa.StringArray.from_buffers(len(offsets) - 1, *buffers)
    if not data.isascii():
        lines.validate(full=True)
    return lines


def _read(
    chunk: Chunk,
    dialect: Dialect,
    types: Mapping[str, Any],
    has_quotes: bool,
    nulls: tuple[str, ...] = (),
) -> RowBatch:
    """Columns of a chunk in these types; an ArrowInvalid says that a row or a cell has no such."""
    delimiter, data = dialect.delimiter(chunk.extent.kind), chunk.data
    table = csv_reader().read_csv(
        arrow().BufferReader(data),
        _read_options(chunk.extent.names, len(data) + 1),
        csv_reader().ParseOptions(delimiter=delimiter, newlines_in_values=has_quotes),
        _convert_options(tuple(types.items()), nulls),
    )
    arrays = (x.chunk(0) if x.num_chunks == 1 else x.combine_chunks() for x in table.columns)
    columns = dict(zip(types, arrays, strict=True))
    return RowBatch(columns, table.num_rows, _positions(chunk, delimiter), dialect=dialect)


@cache
def _read_options(names: tuple[str, ...], size: int) -> Any:
    return csv_reader().ReadOptions(column_names=names, use_threads=False, block_size=size)


@cache
def _convert_options(types: tuple[tuple[str, Any], ...], nulls: tuple[str, ...]) -> Any:
    return csv_reader().ConvertOptions(
        column_types=dict(types),
        include_columns=[name for name, _ in types],
        strings_can_be_null=True,
        null_values=("", *nulls),
        quoted_strings_can_be_null=False,
    )


def _positions(chunk: Chunk, delimiter: str) -> Callable[[int], str]:
    """Finds the line of a row by reading the chunk once more."""

    def position(row: int) -> str:
        line, _ = next(islice(_lines(chunk.data.decode(), delimiter), row, None))
        return f"{chunk.extent.shown}:{chunk.first + line}"

    return position


def _by_hand(chunk: Chunk, dialect: Dialect) -> RowBatch:
    """A chunk in which some row has another number of cells, or is no text."""
    names, shown = chunk.extent.names, chunk.extent.shown
    try:
        text = chunk.data.decode()
    except UnicodeDecodeError as error:
        line = chunk.first + chunk.data.count(b"\n", 0, error.start)
        message = f"{shown}:{line} is not text in UTF-8"
        raise TableError(message, help=converted(chunk.data)) from None
    records, is_open = _records(text, dialect.delimiter(chunk.extent.kind))
    flaws = [_flaw(row, len(cells), len(names)) for row, (_, cells) in enumerate(records)]
    if is_open:
        flaws.insert(0, Flaw(len(records) - 1, "a quote opens and is never closed"))
    rows = [(cells + [""] * len(names))[: len(names)] for _, cells in records]
    columns = {
        name: arrow().array([row[i] or None for row in rows], arrow().string())
        for i, name in enumerate(names)
    }
    return RowBatch(
        columns,
        len(rows),
        lambda row: f"{shown}:{chunk.first + records[row][0]}",
        flaws=[flaw for flaw in flaws if flaw is not None],
        dialect=dialect,
    )


def _flaw(row: int, count: int, wanted: int) -> Flaw | None:
    """What is wrong with a row of so many cells, where there are so many columns."""
    if count == wanted:
        return None
    cells = "1 cell" if count == 1 else f"{count} cells"
    reason = f"the row has {cells} where the header has {wanted}"
    return Flaw(row, reason, is_cut=count > wanted)
