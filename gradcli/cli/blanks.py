"""Columns whose names have blanks, and what to write for them; loaded for an error of `map`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from gradcli.data.tables.dialect import Dialect
from gradcli.data.tables.files import expand, folder_keys
from gradcli.data.tables.input import FileInput
from gradcli.data.tables.kinds import named_kind
from gradcli.engine.settings import is_name
from gradcli.errors import GradcliError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gradcli.data.console import Console


def with_names(
    error: GradcliError, data: Sequence[str], options: dict[str, Any], console: Console
) -> GradcliError:
    """The error of a program that cites columns no name can be of, with the program to write."""
    if error.span is None or error.span.source.name != "program" or "-" in data:
        return error
    text, renames = error.span.source.text, ""
    for column in sorted(_columns(data, options, console), key=len, reverse=True):
        if is_name(column) or not re.search(r"\w", column):
            continue
        name = re.sub(r"\W+", "_", column).strip("_")
        cited = re.escape(column)
        quoted = (
            rf"(?:\w+\[)[\"']{cited}[\"']\]|[\"'`]{cited}[\"'`]|\[{cited}\]|(?<!\w){cited}(?!\w)"
        )
        text, count = re.subn(quoted, name, text)
        renames += f" --rename {name}='{column}'" * (count > 0)
    return error.advised(f"write `{text}` and add{renames}") if renames else error


def _columns(data: Sequence[str], options: dict[str, Any], console: Console) -> Sequence[str]:
    """The names of a table's columns; none where they cannot be read."""
    dialect = Dialect.of(*(options[n] for n in ("sep", "decimal", "thousands", "null_words")))
    try:
        kind = named_kind(options["from_"], "--from")
        table = FileInput(expand(data), kind, console.stdin, folder_keys(data), dialect)
    except GradcliError:
        return ()
    try:
        return list(table.columns)
    finally:
        table.close()
