"""Jobs as they stand in files and streams: a line of JSON, a row of a table, a line of text."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from typing import Any, NamedTuple

from gradcli.data.files import STDIN
from gradcli.data.json_text import object_of
from gradcli.data.numbers import whole
from gradcli.errors import InputError, Source, Span

TABLE_KEYS = ("expr", "id", "op")
"""The columns of a table that are no inputs."""

LINE = "job"
"""The name of a job's line as a source."""

_EXAMPLE = '{"expr": "x^2", "inputs": {"x": 3}}'
_DEEPEST = 50  # levels of lists and objects in an id
_LONG_INTEGER = re.compile(r"\d{300}")
_INTEGER = re.compile(r"-?(?:0|[1-9]\d{0,17})")


class Raw(NamedTuple):
    """A job that nobody has looked into yet.

    `name` is the id of its answer unless it has one of its own; `form` is "jsonl" (the body is the
    line), "table" (its cells), "text" (the line) or "python" (a dict). Where the job cannot be
    read, a text as the body says why. It stands in `line` of `file`.
    """

    name: int | str
    line: int
    form: str
    body: Any
    header: tuple[str, ...] = ()
    file: str = STDIN


def fields_of(raw: Raw) -> dict[str, Any]:
    """What a job sets, by key: as JSON has it, or texts of a table."""
    if isinstance(raw.body, str):
        raise InputError(raw.body)
    if raw.form == "table":
        return _row(raw)
    if raw.form == "python":
        return _mapping(raw.body)
    text = decoded(raw.body)
    return {"expr": text.strip()} if raw.form == "text" else _object(text)


def _mapping(job: Any) -> dict[str, Any]:
    if isinstance(job, Mapping) and all(isinstance(key, str) for key in job):
        if isinstance(job.get("id"), (list, dict)):
            _refuse_odd(job["id"], _DEEPEST)
        return dict(job)
    raise InputError(
        "a job is a dict with names as keys", help='{"expr": "x^2", "inputs": {"x": 3}}'
    )


def identity(raw: Raw) -> Any:
    """The id of a job: its own, or where it stands."""
    try:
        return fields_of(raw).get("id", raw.name)
    except InputError:
        return known_name(raw)


def known_name(raw: Raw) -> Any:
    """What a job is called before its line is read: the id of a row, even of one that does not fit.

    Else where it stands.
    """
    found = _id_cell(raw) if raw.header else None
    return raw.name if found is None else found


def operation(raw: Raw) -> Any:
    """What a job says that its operation is; None if it does not, or cannot be read."""
    try:
        return fields_of(raw).get("op")
    except InputError:
        return None


def decoded(line: bytes) -> str:
    """A line as text."""
    try:
        return line.decode("utf-8")
    except UnicodeDecodeError as error:
        raise InputError(f"the line is not text in UTF-8: see its byte {error.start + 1}") from None


# --- JSON ---------------------------------------------------------------------------------------


def _object(text: str) -> dict[str, Any]:
    decoder = _EXACT if len(text) < 300 or not _LONG_INTEGER.search(text) else _FLOATS
    try:
        found = decoder.decode(text)
    except json.JSONDecodeError as error:
        start = min(error.pos, len(text.rstrip()))
        span = Span(Source(text.rstrip("\r\n"), LINE), start, start + 1)
        message = f"not JSON: {error.msg[:1].lower()}{error.msg[1:]}"
        raise InputError(message, span=span, help=_way_out(text)) from None
    except RecursionError:
        raise InputError("the job is nested too deeply") from None
    if not isinstance(found, dict):
        raise InputError("a job is a JSON object", help=_way_out(text))
    _refuse_odd(found.get("id"), _DEEPEST)
    return found


def _way_out(text: str) -> str:
    """What may be done about a line that is no object."""
    start = text.lstrip()[:1]
    if start == "[":
        return "an array of jobs stands in a file of its own, whose first character is its ["
    if start == "{":
        return f"a job is one line, such as {_EXAMPLE}; jq -c . makes one of several"
    return f"a job is one line, such as {_EXAMPLE}; expressions: --from txt, a table: --from csv"


def _refuse_odd(name: Any, levels: int) -> None:
    """Refuses an id that cannot be written as it was read."""
    if isinstance(name, float) and not math.isfinite(name):
        raise InputError("the id of a job is a number that JSON lacks")
    if isinstance(name, (list, dict)):
        if not levels:
            raise InputError("the id of a job is nested too deeply")
        for part in name.values() if isinstance(name, dict) else name:
            _refuse_odd(part, levels - 1)


_EXACT = json.JSONDecoder(object_pairs_hook=object_of)
_FLOATS = json.JSONDecoder(object_pairs_hook=object_of, parse_int=whole)


# --- rows of a table ----------------------------------------------------------------------------


def _row(raw: Raw) -> dict[str, Any]:
    """The cells by column, those of inputs as one group; empty cells say nothing."""
    if len(raw.body) != len(raw.header):
        raise InputError(
            f"rows of different lengths: the header has {len(raw.header)}, this one {len(raw.body)}"
        )
    cells = {name: cell.strip() for name, cell in zip(raw.header, raw.body, strict=True)}
    found: dict[str, Any] = {key: cells[key] for key in TABLE_KEYS if cells.get(key)}
    if "id" in found:
        found["id"] = _id_cell(raw)
    found["inputs"] = {name: c for name, c in cells.items() if c and name not in TABLE_KEYS}
    return found


def _id_cell(raw: Raw) -> int | str | None:
    """The id in a row of a table, even of one that does not fit; None if there is none."""
    place = raw.header.index("id") if "id" in raw.header else -1
    if place < 0 or isinstance(raw.body, str) or place >= len(raw.body):
        return None
    cell: str = raw.body[place].strip()
    return int(cell) if _INTEGER.fullmatch(cell) else cell or None
