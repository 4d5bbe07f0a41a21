"""The line that answers a job: its answer or its error, as one JSON object."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from gradcli.data.jobs import LINE
from gradcli.data.json_text import json_text
from gradcli.errors import in_dict, in_job

if TYPE_CHECKING:
    from gradcli.data.jobs import Raw
    from gradcli.errors import GradcliError


class Answered(NamedTuple):
    """The line for a job, with its newline, and whether it tells of a failure.

    It may also be the lines for several `jobs`, none of which failed.
    """

    line: str
    failed: bool
    jobs: int = 1


def success(name: Any, members: list[str], printed: list[str], *, failed: bool) -> Answered:
    """The line of an answer, which may itself tell of a failure, as a check does."""
    return Answered(_line(name, [*members, *_printed(printed)]), failed)


def failure(raw: Raw, name: Any, error: GradcliError, printed: list[str] | None = None) -> Answered:
    """The line of a job that failed.

    `line` and `column` are places in its program. What is wrong with the job itself has none
    there: its message ends with the place in the file of jobs, FILE:LINE or FILE:LINE:COLUMN.
    """
    error.spelling = _SPELLINGS.get(raw.form, error.spelling)
    members = error.as_dict()
    span = error.span
    if span is None or span.source.name != "program":
        members = {key: members[key] for key in members if key not in ("line", "column")}
        members["message"] = f"{error.message}{_place(raw, error)}"
    line = _line(name, [*_printed(printed or []), f'"error": {json_text(members)}'])
    return Answered(line, failed=True)


_SPELLINGS = {"jsonl": in_job, "python": in_dict}
"""How the options of jobs are spelled, where that is not as in a shell."""


def _place(raw: Raw, error: GradcliError) -> str:
    """Where an error is that is not in the program: in the file of jobs, or in a claim."""
    if error.span is None:
        return f" at {raw.file}:{raw.line}" if error.kind in ("input", "usage") else ""
    if error.span.source.name != LINE:
        return f" at {str(error.span).removeprefix('--')}"
    return f" at {raw.file}:{raw.line}:{error.span.start + 1}"


def _printed(lines: list[str]) -> list[str]:
    return [f'"printed": {json_text(lines)}'] if lines else []


def _line(name: Any, members: list[str]) -> str:
    return "{" + ", ".join([f'"id": {json_text(name)}', *members]) + "}\n"
