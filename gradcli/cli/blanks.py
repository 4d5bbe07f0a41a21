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


_BEFORE = r"\1\.(?:shift|lag)\(1?\)"
_OF_ROWS_BEFORE = (
    (rf"(?:\w+ = )?(\w+) *- *{_BEFORE}", "diff({0})"),
    (rf"(?:\w+ = )?(?:np\.)?log\((\w+) */ *{_BEFORE}\)", "diff(log({0}))"),
    (rf"(?:\w+ = )?(\w+) */ *{_BEFORE} *- *1", "{0}[1:]/{0}[:-1] - 1"),
    (r"(?:\w+ = )?(?:pct_change\()?(\w+)(?:\.pct_change\()?\)", "{0}[1:]/{0}[:-1] - 1"),
)
"""What asks for the row before, and the program of the whole column."""


def with_names(
    error: GradcliError, data: Sequence[str], options: dict[str, Any], console: Console
) -> GradcliError:
    """The error of a program that cites columns otherwise, with the program to write."""
    is_program = error.span is None or error.span.source.name == "program"
    text, renames = options["program"], ""
    if not is_program or "-" in data or not text or text.startswith("@"):
        return error
    if "true or false" in error.message and len(text) <= _LONGEST:
        return error.advised(f"write `where({text}, 1, 0)`, or add --wrt '' for no gradients")
    if isinstance(error, TableError):
        return error.advised(_whole(error, text, data))
    if (before := _of_rows_before(text.strip(), data)) is not None:
        return error.advised(before)
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


def _of_rows_before(text: str, data: Sequence[str]) -> str | None:
    """What to say of `S - S.shift()`, which asks for the row before."""
    file = quote(data[0]) if len(data) == 1 else "FILE"
    for pattern, meant in _OF_ROWS_BEFORE:
        if (asked := re.fullmatch(pattern, text)) is not None:
            name, program = asked[1], quote(meant.format(asked[1]))
            line = f"gradcli eval {program} --{name} @{file}:{name}"
            return f"each row is by itself; of the whole column: {line}"
    return None


def _bare(text: str, columns: Sequence[str]) -> str | None:
    """`p.S` and `p["S"]` as the column's name; None where nothing is cited so, or not only that."""
    cited = "|".join(map(re.escape, columns)) or r"\Z."
    pattern = (
        rf"\b[^\W\d]\w*(?:\.({cited})\b(?!\s*\()|\[[\"']({cited})[\"']\])"
        rf"|(?<![\w(=\[])[\"']({cited})[\"']"
    )
    plain = re.sub(pattern, lambda column: column[column.lastindex or 0], text)
    with suppress(GradcliError):
        return plain if plain != text and columns and Text(plain).names(columns) else None
    return None


def _whole(error: GradcliError, text: str, data: Sequence[str]) -> str | None:
    """What to say of `diff(S)` and `S[0]`, which ask for other rows, where a row has one number."""
    if not re.search(r"has no axes|too many indices", error.message) or len(text) > _LONGEST:
        return None
    file = quote(data[0]) if len(data) == 1 else "FILE"
    names = Text(text).names().inputs
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
