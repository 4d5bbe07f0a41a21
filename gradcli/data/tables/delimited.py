"""CSV and TSV to read: the header, and the rows of a chunk, whose cells are all texts."""

from __future__ import annotations

import csv
import io
from functools import cache
from itertools import islice
from typing import TYPE_CHECKING, Any, BinaryIO

from gradcli.data.tables.arrow import arrow, csv_reader
from gradcli.data.tables.flaws import Flaw, TableError
from gradcli.data.tables.row_batch import RowBatch

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from gradcli.data.tables.chunks import Chunk

MARK = b"\xef\xbb\xbf"


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
    if all(map(_is_number, names)):
        raise TableError(
            f"the first line of '{shown}' must name the columns, and holds only numbers"
        )
    return names, len(data), data.count(b"\n")


def _first_lines(stream: BinaryIO, shown: str, delimiter: str) -> tuple[bytes, str]:
    """The first line that is not empty, and those before it and within its quotes; its text."""
    data, text, is_open = b"", "", False
    while (not text or is_open) and (line := stream.readline()):
        data += line
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
        raise TableError(f"{shown} is not text in UTF-8") from None


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


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


def parse_csv(chunk: Chunk, delimiter: str) -> RowBatch:
    """The rows of a chunk, all cells as text."""
    pa = arrow()
    names, data = chunk.extent.names, chunk.data
    quotes = data.count(b'"')
    if quotes % 2:
        return _by_hand(chunk, delimiter)
    try:
        table = csv_reader().read_csv(
            pa.BufferReader(data),
            _read_options(names, len(data) + 1),
            csv_reader().ParseOptions(delimiter=delimiter, newlines_in_values=quotes > 0),
            _convert_options(names),
        )
    except pa.ArrowInvalid:
        return _by_hand(chunk, delimiter)
    arrays = (x.chunk(0) if x.num_chunks == 1 else x.combine_chunks() for x in table.columns)
    return RowBatch(
        dict(zip(names, arrays, strict=True)), table.num_rows, _positions(chunk, delimiter)
    )


@cache
def _read_options(names: tuple[str, ...], size: int) -> Any:
    return csv_reader().ReadOptions(column_names=names, use_threads=False, block_size=size)


@cache
def _convert_options(names: tuple[str, ...]) -> Any:
    pa = arrow()
    return csv_reader().ConvertOptions(
        column_types=dict.fromkeys(names, pa.string()),
        strings_can_be_null=True,
        null_values=[""],
        quoted_strings_can_be_null=False,
    )


def _positions(chunk: Chunk, delimiter: str) -> Callable[[int], str]:
    """Finds the line of a row by reading the chunk once more."""

    def position(row: int) -> str:
        line, _ = next(islice(_lines(chunk.data.decode(), delimiter), row, None))
        return f"{chunk.extent.shown}:{chunk.first + line}"

    return position


def _by_hand(chunk: Chunk, delimiter: str) -> RowBatch:
    """A chunk in which some row has another number of cells, or is no text."""
    names, shown = chunk.extent.names, chunk.extent.shown
    try:
        text = chunk.data.decode()
    except UnicodeDecodeError as error:
        line = chunk.first + chunk.data.count(b"\n", 0, error.start)
        raise TableError(f"{shown}:{line} is not text in UTF-8") from None
    records, is_open = _records(text, delimiter)
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
    )


def _flaw(row: int, count: int, wanted: int) -> Flaw | None:
    """What is wrong with a row of so many cells, where there are so many columns."""
    if count == wanted:
        return None
    reason = f"the row has {count} cells where the header has {wanted}"
    return Flaw(row, reason, is_cut=count > wanted)
