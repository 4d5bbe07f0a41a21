"""CSV, TSV and JSON lines: cut into blocks at the ends of records, parsed block by block."""

from __future__ import annotations

import csv
import io
import json
from functools import cache
from typing import TYPE_CHECKING, Any, BinaryIO

from gradcli.data.tables.arrow import arrow
from gradcli.data.tables.bad import Flaw, TableError
from gradcli.data.tables.rows import Rows

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

BLOCK = 2**22
"""Bytes of text that are parsed at a time."""

LONGEST = 2**27
"""Bytes that one row of CSV may have."""

DELIMITERS = {"csv": ",", "tsv": "\t"}
MARK = b"\xef\xbb\xbf"


class Block:
    """Whole records as text: the bytes, and the number of their first line."""

    __slots__ = ("data", "first", "shown")

    def __init__(self, data: bytes, first: int, shown: str) -> None:
        self.data = data
        self.first = first
        self.shown = shown


def blocks(
    stream: BinaryIO, shown: str, first: int, quotes: bool, most: int = -1
) -> Iterator[Block]:
    """The blocks of a stream from here on, or of its next `most` bytes.

    `first` is the number of the line it stands at; with `quotes` a line may end inside quotes.
    """
    rest = b""
    while True:
        size = BLOCK if most < 0 else min(BLOCK, most)
        data = stream.read(size) if size else b""
        most -= len(data) if most > 0 else 0
        whole = rest + data
        if not data:
            if whole.strip(b"\r\n"):
                yield Block(whole, first, shown)
            return
        end = record_end(whole, quotes)
        if not end and quotes and len(whole) > LONGEST:
            raise TableError(
                f"the row at {shown}:{first} has no end",
                help="a quote is open: it may have no partner, or belong into a text as two",
            )
        if end:
            yield Block(whole[:end], first, shown)
            first += whole.count(b"\n", 0, end)
        rest = whole[end:]


def record_end(data: bytes, quotes: bool) -> int:
    """Where the last whole record ends; 0 if none does."""
    end = data.rfind(b"\n") + 1
    if quotes and data.find(b'"') >= 0:
        inside = data.count(b'"', 0, end) % 2
        while end and inside:
            before = data.rfind(b"\n", 0, end - 1) + 1
            inside = (inside + data.count(b'"', before, end)) % 2
            end = before
    return end


# --- CSV ----------------------------------------------------------------------------------------


def read_header(stream: BinaryIO, shown: str, delimiter: str) -> tuple[list[str], int, int]:
    """The names of the columns, the bytes that they take, and the lines."""
    data = b""
    while True:
        line = stream.readline()
        data += line
        text = _header_text(data, shown)
        if not line or (text and not (text.count('"') % 2 and _is_open(text, 0, delimiter))):
            break
    if not line and text.count('"') % 2:
        raise TableError(f"a quote in the first line of '{shown}' is never closed")
    if not text:
        raise TableError(f"'{shown}' is empty", help="its first line must name the columns")
    names = [name.strip() for name in _names(text, delimiter, shown)]
    if all(map(_is_number, names)):
        raise TableError(
            f"the first line of '{shown}' must name the columns, and holds only numbers"
        )
    return names, len(data), data.count(b"\n")


def _header_text(data: bytes, shown: str) -> str:
    try:
        return data.removeprefix(MARK).decode().strip("\r\n")
    except UnicodeDecodeError:
        raise TableError(f"'{shown}' is not text in UTF-8") from None


def _names(text: str, delimiter: str, shown: str) -> list[str]:
    """The cells of the header."""
    records: list[list[str]] = list(_reader(text, delimiter))
    if len(records) == 1:
        return records[0]
    raise TableError(
        f"the lines of '{shown}' end in carriage returns alone",
        help="tr '\\r' '\\n' < OLD > NEW makes lines of them",
    )


def _reader(text: str, delimiter: str) -> Any:
    """What reads the records of a text; its cells may have any length."""
    csv.field_size_limit(1 << 30)
    return csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def parse_csv(block: Block, names: list[str], delimiter: str) -> Rows:
    """The rows of a block, all cells as text."""
    pa = arrow()
    data = block.data
    quotes = data.count(b'"')
    if quotes % 2:
        return _by_hand(block, names, delimiter)
    try:
        table = pa.csv.read_csv(
            pa.BufferReader(data),
            _read_options(tuple(names), len(data) + 1),
            pa.csv.ParseOptions(delimiter=delimiter, newlines_in_values=quotes > 0),
            _convert_options(tuple(names)),
        )
    except pa.ArrowInvalid:
        return _by_hand(block, names, delimiter)
    columns = {name: table.column(i).combine_chunks() for i, name in enumerate(names)}
    place = _places(block, delimiter)
    return Rows(_plain(columns), table.num_rows, place)


def _plain(columns: dict[str, Any]) -> dict[str, Any]:
    """Columns as arrays, not chunks of them."""
    pa = arrow()
    return {
        name: x.chunk(0)
        if isinstance(x, pa.ChunkedArray) and x.num_chunks == 1
        else pa.concat_arrays(x.chunks)
        if isinstance(x, pa.ChunkedArray) and x.num_chunks
        else pa.array([], x.type)
        if isinstance(x, pa.ChunkedArray)
        else x
        for name, x in columns.items()
    }


@cache
def _read_options(names: tuple[str, ...], size: int) -> Any:
    return arrow().csv.ReadOptions(column_names=names, use_threads=False, block_size=size)


@cache
def _convert_options(names: tuple[str, ...]) -> Any:
    pa = arrow()
    return pa.csv.ConvertOptions(
        column_types=dict.fromkeys(names, pa.string()),
        strings_can_be_null=True,
        null_values=[""],
        quoted_strings_can_be_null=False,
    )


def _places(block: Block, delimiter: str) -> Callable[[int], str]:
    """Finds the line of a row by reading the block once more."""

    def place(row: int) -> str:
        reader = _reader(block.data.decode(), delimiter)
        count = -1
        before = 0
        for cells in reader:
            count += bool(cells)
            if count == row:
                break
            before = reader.line_num
        return f"{block.shown}:{block.first + before}"

    return place


def _by_hand(block: Block, names: list[str], delimiter: str) -> Rows:
    """A block in which some row has another number of cells, or is no text."""
    pa = arrow()
    try:
        text = block.data.decode()
    except UnicodeDecodeError as error:
        line = block.first + block.data.count(b"\n", 0, error.start)
        raise TableError(f"{block.shown}:{line} is not text in UTF-8") from None
    rows: list[list[str]] = []
    flaws = []
    reader = _reader(text, delimiter)
    lines = []
    line = 0
    for cells in reader:
        if cells:
            if len(cells) != len(names):
                reason = f"the row has {len(cells)} cells, the header {len(names)}"
                flaws.append(Flaw(len(rows), reason))
                flaws[-1].is_cut = len(cells) > len(names)
            rows.append((cells + [""] * len(names))[: len(names)])
            lines.append(block.first + line)
        line = reader.line_num
    if rows and _is_open(text, lines[-1] - block.first, delimiter):
        flaws.insert(0, Flaw(len(rows) - 1, "a quote opens and is never closed"))
    columns = {
        name: pa.array([row[i] or None for row in rows], pa.string())
        for i, name in enumerate(names)
    }
    return Rows(columns, len(rows), lambda row: f"{block.shown}:{lines[row]}", None, flaws)


def _is_open(text: str, line: int, delimiter: str) -> bool:
    """Whether the record that starts at a line, the last one, ends within quotes."""
    last = io.StringIO(text, newline="").readlines()[line:]
    try:
        list(csv.reader(last, delimiter=delimiter, strict=True))
    except csv.Error as error:
        return "unexpected end" in str(error)
    return False


# --- JSON lines ---------------------------------------------------------------------------------


def parse_jsonl(block: Block, wanted: list[str] | None) -> Rows:
    """The rows of a block; columns in order of appearance, or those wanted."""
    pa = arrow()
    objects: list[dict[str, Any]] = []
    lines: list[int] = []
    flaws = []
    for i, line in enumerate(block.data.split(b"\n")):
        if not line.strip():
            continue
        try:
            found = json.loads(line)
        except ValueError:
            found = None
        if not isinstance(found, dict):
            flaws.append(Flaw(len(objects), "the line is not a JSON object"))
            found = {}
        objects.append(found)
        lines.append(block.first + i)
    names = wanted or list(dict.fromkeys(name for found in objects for name in found))
    known = set(names)
    extras = [{k: v for k, v in o.items() if k not in known} for o in objects]
    values = {name: [found.get(name) for found in objects] for name in names}
    columns = {name: _json_column(pa, cells) for name, cells in values.items()}
    rows = Rows(columns, len(objects), lambda row: f"{block.shown}:{lines[row]}", values, flaws)
    rows.extras = extras if any(extras) else None
    return rows


def _json_column(pa: Any, values: list[Any]) -> Any:
    """The column of JSON values; as text where they are of different sorts."""
    try:
        return pa.array(values)
    except (pa.ArrowInvalid, pa.ArrowTypeError, OverflowError):
        texts = [
            v if v is None or isinstance(v, str) else json.dumps(v, ensure_ascii=False)
            for v in values
        ]
        return pa.array(texts, pa.string())
