"""Columns as text: CSV, TSV and JSON lines, joined column by column rather than row by row."""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING, Any, NamedTuple

from gradcli.data.tables.arrow import (
    arrow,
    as_type,
    compute,
    is_bytes,
    is_number,
    joined,
    text_column,
    text_scalar,
)
from gradcli.data.tables.chunks import NEWLINE
from gradcli.data.tables.digits import behind, ended
from gradcli.data.tables.flaws import TableError

if TYPE_CHECKING:
    from collections.abc import Sequence


def as_texts(column: Any) -> Any:
    """Any column as texts: numbers with the fewest digits that read back, lists as JSON.

    An ArrowInvalid says that bytes are not text in UTF-8.
    """
    pa = arrow()
    if is_bytes(column.type):
        column = as_type(column, pa.binary())
    if not pa.types.is_nested(column.type):
        return as_type(column, pa.string())
    values = column.to_pylist()
    return pa.array([None if value is None else dumps(value) for value in values], pa.string())


class Ready(NamedTuple):
    """A column whose cells are already what is written, as texts: JSON, or whole lines of CSV.

    The latter begin with the end of the line before; only the first may have none.
    """

    texts: Any


# --- CSV ----------------------------------------------------------------------------------------


def csv_lines(columns: Sequence[Any], delimiter: str) -> Any:
    """The lines of a batch of rows, as bytes or a buffer; nulls are empty cells."""
    is_lone = len(columns) == 1

    def texts(column: Any) -> Any:
        cells = _quoted(column, delimiter)
        return compute().fill_null(cells, '""') if is_lone else cells

    lines = [column.texts for column in columns if isinstance(column, Ready)]
    plain = [_decoded_column(column) for column in columns[len(lines) :]]
    marks = [*(delimiter if lines else "\n"), *delimiter * len(plain)][: len(plain)]
    cells = behind(marks, plain, texts, "\n") or [ended(lines.pop(), "\n")]
    data = _bytes(joined([*lines, *cells]))
    return data.slice(data[0] == NEWLINE) if len(data) else data


def _decoded_column(column: Any) -> Any:
    """A column whose cells are values, no categories."""
    is_coded = isinstance(column, arrow().DictionaryArray)
    return column.dictionary_decode() if is_coded else column


def _quoted(column: Any, delimiter: str) -> Any:
    """A column as texts, between quotes where they hold a delimiter, a quote or a line's end."""
    text = as_texts(column)
    if is_number(column.type) or arrow().types.is_boolean(column.type):
        return text
    raw = bytes(_bytes(text))
    if not any(mark in raw for mark in (delimiter.encode(), b'"', b"\n", b"\r")):
        return text
    pc = compute()
    needs = pc.match_substring_regex(text, f'[{delimiter}"\n\r]')
    inner = pc.replace_substring(text, '"', '""')
    quote, nothing = map(text_scalar, ('"', ""))
    return pc.if_else(needs, pc.binary_join_element_wise(quote, inner, quote, nothing), text)


def _bytes(column: Any) -> Any:
    """What the cells of a column of texts hold: they lie one behind the other."""
    _, offsets, data = column.buffers()
    if data is None or not len(column):
        return b""
    ends = memoryview(offsets).cast("i")
    start, stop = ends[column.offset], ends[column.offset + len(column)]
    return data.slice(start, stop - start)


# --- JSON lines ---------------------------------------------------------------------------------


def json_lines(
    names: Sequence[str], columns: Sequence[Any], extras: Sequence[dict[str, Any]] | None = None
) -> Any:
    """An object a line; `columns` are Arrow's, lists of Python values, or ready.

    `extras` are further keys of each object.
    """
    pieces: list[Any] = []
    for name, column in zip(names, columns, strict=True):
        lead = (", " if pieces else "{") + _encode(name) + ":"
        pieces += [text_scalar(lead), *_json_cells(column)]
    ends = [_end(extra) for extra in extras or [{}] * len(pieces[-1])]
    return _bytes(joined([*pieces, text_column(ends)]))


def _end(extra: dict[str, Any]) -> str:
    return (", " + dumps(extra)[1:] if extra else "}") + "\n"


def _json_cells(column: Any) -> list[Any]:
    """A column as texts of JSON, each behind a blank, to be joined."""
    if isinstance(column, (Ready, list)):
        texts = text_column(map(dumps, column)) if isinstance(column, list) else column.texts
        return [text_scalar(" "), texts]
    return behind(" ", [column], _json_texts)


def _json_texts(column: Any) -> Any:
    """A column of Arrow as texts of JSON."""
    kind, types = column.type, arrow().types
    if types.is_floating(kind) or types.is_integer(kind) or types.is_boolean(kind):
        return compute().fill_null(_json_numbers(column), "null")
    if not (types.is_nested(kind) or types.is_dictionary(kind)):
        column = as_texts(column)
    return text_column(map(dumps, column.to_pylist()))


def _json_numbers(column: Any) -> Any:
    """Numbers or truth values as texts of JSON."""
    pa = arrow()
    pc = compute()
    text = column.cast(pa.string())
    if pa.types.is_floating(column.type) and pc.all(pc.is_finite(column)).as_py() is False:
        for word, ours in (("nan", '"NaN"'), ("inf", '"Infinity"'), ("-inf", '"-Infinity"')):
            text = pc.if_else(pc.equal(text, word), ours, text)
    return text


_encode = json.JSONEncoder(ensure_ascii=False, default=str).encode


def dumps(value: Any) -> str:
    """A value as JSON; numbers that it lacks as texts, whole numbers without a point."""
    return _encode(_plain(value))


def _plain(value: Any) -> Any:
    if isinstance(value, float):
        if not math.isfinite(value):
            return "NaN" if value != value else "Infinity" if value > 0 else "-Infinity"
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
            "a list holds bytes that are not text in UTF-8",
            help="⟨drop⟩ its column, or write Parquet or Arrow",
        ) from None
