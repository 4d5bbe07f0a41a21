"""Columns that a program cites as other tools do, and what to write; for an error of `map`."""

from __future__ import annotations

import re
from contextlib import suppress
from shlex import quote
from typing import TYPE_CHECKING, Any

from gradcli.data.tables.dialect import Dialect
from gradcli.data.tables.files import expand, folder_keys
from gradcli.data.tables.flaws import TableError
from gradcli.data.tables.input import FileInput
from gradcli.data.tables.kinds import named_kind
from gradcli.engine.program import Text
from gradcli.engine.settings import is_name
from gradcli.errors import GradcliError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gradcli.data.console import Console


_LONGEST = 60
"""Characters of a program that a help shows."""


def with_names(
    error: GradcliError, data: Sequence[str], options: dict[str, Any], console: Console
) -> GradcliError:
    """The error of a program that cites columns otherwise, with the program to write."""
    if error.span is None or error.span.source.name != "program" or "-" in data:
        return error
    text, renames = error.span.source.text, ""
    if isinstance(error, TableError):
        return error.advised(_whole(error, text, data))
    columns = sorted(_columns(data, options, console), key=len, reverse=True)
    plain = _bare(text, [column for column in columns if is_name(column)])
    if plain is not None:
        return error.advised(f"write `{plain}`")
    for column in columns:
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


def _bare(text: str, columns: Sequence[str]) -> str | None:
    """`p.S` and `p["S"]` as the column's name; None where nothing is cited so, or not only that."""
    cited = "|".join(map(re.escape, columns)) or r"\Z."
    pattern = rf"\b[^\W\d]\w*(?:\.({cited})\b(?!\s*\()|\[[\"']({cited})[\"']\])"
    plain = re.sub(pattern, lambda column: column[1] or column[2], text)
    with suppress(GradcliError):
        return plain if plain != text and columns and Text(plain).names(columns) else None
    return None


def _whole(error: GradcliError, text: str, data: Sequence[str]) -> str | None:
    """What to say of `diff(S)` and `S[0]`, which ask for other rows, where a row has one number."""
    if not re.search(r"has no axes|too many indices", error.message) or len(text) > _LONGEST:
        return None
    names = Text(text).names().inputs
    file = quote(data[0]) if len(data) == 1 else "FILE"
    values = " ".join(f"--{name} @{file}:{name}" for name in names)
    return f"each row is by itself; of whole columns: gradcli eval {quote(text)} {values}"


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
