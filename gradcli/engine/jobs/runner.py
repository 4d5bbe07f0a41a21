"""Answers jobs: each a request of its own, whose answer or error is one line of JSON."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from gradcli.data.jobs import fields_of, known_name
from gradcli.data.json_text import json_text
from gradcli.data.report import Report
from gradcli.data.results import is_failure
from gradcli.engine.deadline import Deadline
from gradcli.engine.jobs.lines import Answered, failure, success
from gradcli.engine.jobs.reading import request_of
from gradcli.errors import as_error

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager

    from gradcli.data.answer import Answer
    from gradcli.data.jobs import Raw
    from gradcli.engine.jobs.setup import Setup

    Limit = Callable[[float | None], AbstractContextManager[None]]


def calm() -> None:
    """What is imported by now is not looked through for garbage again: a tenth of the time."""
    import gc

    gc.freeze()


class Runner:
    """Answers one job after the other, each within what `limit` makes of the seconds it has."""

    def __init__(self, setup: Setup, limit: Limit = Deadline) -> None:
        self.setup = setup
        self._limit = limit
        self._printed: list[str] = []
        self._settings = replace(setup.settings, printed=self._printed.append)

    def answer(self, raw: Raw) -> Answered:
        """The line for a job; nothing is raised but what ends the process."""
        name = known_name(raw)
        self._printed.clear()
        try:
            with self._limit(self.setup.timeout):
                fields = fields_of(raw)
                name = fields.get("id", name)
                answer = request_of(fields, raw, self.setup, self._settings).answer()
                failed = isinstance(answer, Report) and is_failure(answer.whole)
                return success(name, self._members(answer), self._printed, failed=failed)
        except Exception as error:  # each job's error is its own
            return failure(raw, name, as_error(error), self._printed)

    def _members(self, answer: Answer | Report) -> list[str]:
        """What an answer says, as members of a JSON object."""
        if self.setup.quiet:
            answer.warnings = []
        whole = json_text(answer.as_dict(), self.setup.precision)
        return [*filter(None, (whole[1:-1],))]
