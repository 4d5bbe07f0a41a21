"""The line that answers a job: its answer or its error, as one JSON object."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple

from gradcli.data.jobs import LINE, OWN_KEYS, option_of
from gradcli.data.json_text import json_text

if TYPE_CHECKING:
    from gradcli.data.jobs import Raw
    from gradcli.errors import GradcliError


class Answered(NamedTuple):
    """The line for a job, with its newline, and whether it tells of a failure."""

    line: str
    failed: bool


def success(name: Any, members: list[str], printed: list[str], *, failed: bool) -> Answered:
    """The line of an answer, which may itself tell of a failure, as a check does."""
    return Answered(_line(name, [*members, *_printed(printed)]), failed)


def failure(raw: Raw, name: Any, error: GradcliError, printed: list[str] | None = None) -> Answered:
    """The line of a job that failed.

    `line` and `column` are places in its program. What is wrong with the job itself has none
    there: its message ends with the place in the file of jobs, FILE:LINE or FILE:LINE:COLUMN.
    """
    members = error.as_dict()
    span = error.span
    if span is None or span.source.name != "program":
        members = {key: members[key] for key in members if key not in ("line", "column")}
        members["message"] = f"{error.message}{_place(raw, error)}"
    if error.help is not None and raw.form == "jsonl":
        members["help"] = _OPTION.sub(_as_key, error.help)
    line = _line(name, [*_printed(printed or []), f'"error": {json_text(members)}'])
    return Answered(line, failed=True)


def _place(raw: Raw, error: GradcliError) -> str:
    """Where an error is that is not in the program: in the file of jobs, or in a claim."""
    if error.span is None:
        return f" at {raw.file}:{raw.line}" if error.kind in ("input", "usage") else ""
    if error.span.source.name != LINE:
        return f" at {str(error.span).removeprefix('--')}"
    return f" at {raw.file}:{raw.line}:{error.span.start + 1}"


_OPTION = re.compile(
    rf"(?P<option>{'|'.join(map(option_of, OWN_KEYS))})\b"
    r"(?: (?:(?P<name>\w+)=)?(?P<value>VALUE|[\d.]+(?:,[\d.]+)*))?"
)


def _as_key(match: re.Match[str]) -> str:
    """An option, as help for the command line names it, as a key of a job: `"wrt"`."""
    key = match["option"].removeprefix("--").replace("-", "_")
    name, value = match["name"], match["value"]
    if value is None:
        return f'"{key}"'
    item = f"[{value.replace(',', ', ')}]" if "," in value else value
    return f'"{key}": {{"{name}": {item}}}' if name else f'"{key}": {item}'


def _printed(lines: list[str]) -> list[str]:
    return [f'"printed": {json_text(lines)}'] if lines else []


def _line(name: Any, members: list[str]) -> str:
    return "{" + ", ".join([f'"id": {json_text(name)}', *members]) + "}\n"
