"""JSON lines to read: the rows of a chunk, an object each."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from gradcli.data.json_text import json_text, object_of
from gradcli.data.tables.arrow import arrow
from gradcli.data.tables.flaws import Flaw
from gradcli.data.tables.row_batch import RowBatch
from gradcli.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gradcli.data.tables.chunks import Chunk


def parse_jsonl(chunk: Chunk, wanted: Sequence[str] = ()) -> RowBatch:
    """The rows of a chunk; the columns that are wanted, or all in order of appearance."""
    lines = [(i, line) for i, line in enumerate(chunk.data.split(b"\n")) if line.strip()]
    objects = [_object(line) for _, line in lines]
    what = "row" if chunk.extent.is_array else "line"
    flaws = [
        Flaw(row, o or f"the {what} is not a JSON object")
        for row, o in enumerate(objects)
        if isinstance(o, str)
    ]
    rows = [{} if isinstance(o, str) else o for o in objects]
    names = wanted or list(dict.fromkeys(name for row in rows for name in row))
    known = set(names)
    extras = [{k: v for k, v in row.items() if k not in known} for row in rows]
    values = {name: [row.get(name) for row in rows] for name in names}
    return RowBatch(
        {name: _column(cells) for name, cells in values.items()},
        len(rows),
        lambda row: _position(chunk, lines[row][0]),
        values,
        flaws,
        extras if any(extras) else None,
    )


def _position(chunk: Chunk, line: int) -> str:
    """Where a line of a chunk stands; of an array the elements are counted."""
    extent, number = chunk.extent, chunk.first + line
    return f"{extent.shown}, row {number}" if extent.is_array else f"{extent.shown}:{number}"


_DECODER = json.JSONDecoder(object_pairs_hook=object_of)


def _object(line: bytes) -> dict[str, Any] | str:
    """The object of a line, or what is wrong: "" if it is none, or holds what no text can."""
    try:
        value = _DECODER.decode(line.decode(json.detect_encoding(line), "surrogatepass"))
        if b"\\u" in line:
            json.dumps(value, ensure_ascii=False).encode()
    except InputError as error:
        return error.message
    except (ValueError, RecursionError):
        return ""
    return value if isinstance(value, dict) else ""


def _column(values: list[Any]) -> Any:
    """The column of JSON values; as text where they are of different sorts."""
    pa = arrow()
    try:
        return pa.array(values)
    except (pa.ArrowInvalid, pa.ArrowTypeError, OverflowError):
        texts = [v if v is None or isinstance(v, str) else json_text(v) for v in values]
        return pa.array(texts, pa.string())
