"""Folders named `key=value`, as Hive has them: their keys are columns of the tables in them."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING, Any

from gradcli.data.tables.arrow import arrow

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from gradcli.data.tables.row_batch import RowBatch

    Keys = Sequence[tuple[str, Any]]

_NOTHING = "__HIVE_DEFAULT_PARTITION__"
_INTEGER = re.compile(r"0|-?[1-9]\d{0,17}")


def keys_of(folder: str, path: str) -> dict[str, str | None]:
    """The keys that the folders between a folder and a file in it give."""
    from urllib.parse import unquote

    parts = os.path.relpath(os.path.dirname(path), folder).split(os.sep)
    pairs = (part.partition("=") for part in parts)
    return {
        name: None if value == _NOTHING else unquote(value)
        for name, equals, value in pairs
        if name and equals
    }


def typed_keys(texts: Mapping[str, Mapping[str, str | None]]) -> dict[str, Keys]:
    """The keys of each file: whole numbers where all values of a key are."""
    words = {n for keys in texts.values() for n, v in keys.items() if not _is_integer(v)}
    return {
        path: [(n, v if v is None or n in words else int(v)) for n, v in keys.items()]
        for path, keys in texts.items()
    }


def _is_integer(value: str | None) -> bool:
    return value is None or _INTEGER.fullmatch(value) is not None


def fields_of(all_keys: Iterable[Keys]) -> list[Any]:
    """The columns that keys of tables with types make."""
    pa = arrow()
    types: dict[str, Any] = {}
    for name, value in (pair for keys in all_keys for pair in keys):
        if types.get(name, pa.null()) == pa.null():
            types[name] = pa.scalar(value).type
    return [pa.field(name, kind) for name, kind in types.items()]


def add_keys(batch: RowBatch, keys: Keys, *, as_text: bool) -> None:
    """Gives rows the columns of their folder; as texts, where all cells are."""
    pa = arrow()
    for name, value in keys:
        cell = str(value) if as_text and value is not None else value
        kind = pa.string() if as_text else None
        batch.columns[name] = pa.repeat(pa.scalar(cell, kind), batch.count)
        if batch.values:
            batch.values[name] = [cell] * batch.count
