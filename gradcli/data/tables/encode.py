"""Columns as text: CSV, TSV and JSON lines, joined column by column rather than row by row."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from gradcli.data.tables.arrow import arrow
from gradcli.data.tables.bad import TableError

if TYPE_CHECKING:
    from collections.abc import Sequence


def csv_header(names: Sequence[str], delimiter: str) -> bytes:
    """The first line."""
    return (delimiter.join(_quoted(name, delimiter) for name in names) + "\n").encode()


def _quoted(cell: str, delimiter: str) -> str:
    if not any(c in cell for c in (delimiter, '"', "\n", "\r")):
        return cell
    return '"' + cell.replace('"', '""') + '"'


def csv_lines(columns: Sequence[Any], delimiter: str) -> Any:
    """The lines of a block, as bytes or a buffer; nulls are empty cells."""
    texts = [_csv_cells(column, delimiter) for column in columns]
    if len(texts) == 1:
        texts[0] = arrow().compute.fill_null(texts[0], '""')
    return _joined(texts, delimiter)


def _csv_cells(column: Any, delimiter: str) -> Any:
    pa = arrow()
    if isinstance(column, pa.DictionaryArray):
        column = column.dictionary_decode()
    text = _text(column)
    kind = column.type
    if pa.types.is_floating(kind) or pa.types.is_integer(kind) or pa.types.is_boolean(kind):
        return text
    return _with_quotes(text, delimiter)


def _text(column: Any) -> Any:
    """Any column as texts: numbers with the fewest digits that read back, lists as JSON."""
    pa = arrow()
    kind = column.type
    if pa.types.is_string(kind):
        return column
    if pa.types.is_nested(kind):
        values = column.to_pylist()
        return pa.array([None if v is None else dumps(v) for v in values], pa.string())
    return column.cast(pa.string())


def _with_quotes(column: Any, delimiter: str) -> Any:
    """Cells that hold a delimiter, a quote or a line's end, between quotes."""
    pa = arrow()
    data = column.buffers()[2]
    if data is None:
        return column
    raw = data.to_pybytes()
    if not any(mark in raw for mark in (delimiter.encode(), b'"', b"\n", b"\r")):
        return column
    pc = pa.compute
    needs = pc.match_substring_regex(column, f'[{delimiter}"\n\r]')
    inner = pc.replace_substring(column, '"', '""')
    return pc.if_else(needs, pc.binary_join_element_wise('"', inner, '"', ""), column)


def _joined(columns: Sequence[Any], delimiter: str) -> Any:
    """All lines in one buffer: the texts of an Arrow column lie one behind the other."""
    pa = arrow()
    *first, last = columns
    how = {"null_handling": "replace", "null_replacement": ""}
    last = pa.compute.binary_join_element_wise(last, "", "\n", **how)
    if not len(last):
        return b""
    lines = pa.compute.binary_join_element_wise(*first, last, delimiter, **how)
    return _bytes(lines)


def _bytes(lines: Any) -> Any:
    """What the cells of a column of texts hold, all together."""
    _, offsets, data = lines.buffers()
    ends = memoryview(offsets).cast("i")
    start, stop = ends[lines.offset], ends[lines.offset + len(lines)]
    return data.slice(start, stop - start)


# --- JSON lines ---------------------------------------------------------------------------------


class Ready:
    """A column whose cells are JSON already, as texts."""

    __slots__ = ("texts",)

    def __init__(self, texts: Any) -> None:
        self.texts = texts

    def __len__(self) -> int:
        return len(self.texts)

    def filter(self, mask: Any) -> Ready:
        """Some of the rows."""
        return Ready(self.texts.filter(mask))


def json_lines(
    names: Sequence[str], columns: Sequence[Any], extras: Sequence[dict[str, Any]] | None = None
) -> Any:
    """An object a line; `columns` are Arrow's, lists of Python values, or ready.

    `extras` are further keys of each object.
    """
    pa = arrow()
    texts: list[Any] = []
    for i, (name, column) in enumerate(zip(names, columns, strict=True)):
        lead = ("{" if i == 0 else ", ") + json.dumps(name, ensure_ascii=False) + ": "
        texts += [pa.scalar(lead), _json_cells(column)]
    count = len(columns[0])
    if not count:
        return b""
    ends = [_end(extra) for extra in extras] if extras else ["}"] * count
    return _joined([*texts, pa.array(ends, pa.string())], "")


def _end(extra: dict[str, Any]) -> str:
    return (", " + dumps(extra)[1:]) if extra else "}"


def _json_cells(column: Any) -> Any:
    pa = arrow()
    if isinstance(column, Ready):
        return column.texts
    if isinstance(column, list):
        return pa.array([dumps(value) for value in column], pa.string())
    kind = column.type
    pc = pa.compute
    if pa.types.is_floating(kind):
        text = column.cast(pa.string())
        if pc.all(pc.is_finite(column)).as_py() is False:
            for word, ours in (("nan", '"NaN"'), ("inf", '"Infinity"'), ("-inf", '"-Infinity"')):
                text = pc.if_else(pc.equal(text, word), ours, text)
    elif pa.types.is_integer(kind) or pa.types.is_boolean(kind):
        text = column.cast(pa.string())
    elif pa.types.is_nested(kind) or pa.types.is_string(kind) or pa.types.is_dictionary(kind):
        return pa.array([dumps(value) for value in column.to_pylist()], pa.string())
    else:
        texts = _text(column).to_pylist()
        return pa.array([dumps(text) for text in texts], pa.string())
    return pc.fill_null(text, "null")


def dumps(value: Any) -> str:
    """A value as JSON; numbers that it lacks as texts, whole numbers without a point."""
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    return json.dumps(_plain(value), ensure_ascii=False, default=str)


def _plain(value: Any) -> Any:
    if isinstance(value, float):
        if value != value:
            return "NaN"
        if value in (float("inf"), float("-inf")):
            return "Infinity" if value > 0 else "-Infinity"
        return int(value) if value.is_integer() and abs(value) < 1e15 else value
    if isinstance(value, bytes):
        return _decoded(value)
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    return value


def _decoded(data: bytes) -> str:
    """Bytes within a list or a structure."""
    try:
        return data.decode()
    except UnicodeDecodeError:
        raise TableError(
            "a list holds bytes that are no text",
            help="--drop its column, or write Parquet or Arrow",
        ) from None
