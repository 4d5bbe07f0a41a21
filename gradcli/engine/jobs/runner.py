"""Answers jobs: each a request of its own, whose answer or error is one line of JSON."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from gradcli.data.jobs import fields_of, known_name, numbers_of
from gradcli.data.json_text import json_text
from gradcli.data.report import Report
from gradcli.data.results import is_failure
from gradcli.engine.deadline import Deadline
from gradcli.engine.in_rows import ROWS
from gradcli.engine.jobs.alike import Alike, Job
from gradcli.engine.jobs.lines import Answered, failure, success
from gradcli.engine.jobs.reading import request_of
from gradcli.errors import as_error

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable, Iterator
    from contextlib import AbstractContextManager

    from gradcli.data.answer import Answer
    from gradcli.data.jobs import Raw
    from gradcli.engine.jobs.setup import Setup
    from gradcli.engine.request import Request

    Limit = Callable[[float | None], AbstractContextManager[None]]

MOST = 64
"""Programs of which it is kept how jobs that ask them of other numbers are answered."""


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
        self._alike: dict[Any, Alike] = {}

    def answers(self, jobs: Iterable[Raw | None]) -> Generator[Answered | None, None, None]:
        """The lines for jobs, in their order; nothing is raised but what ends the process.

        Those one behind the other that differ in their numbers alone are answered together, as many
        as are at hand: None stands for waiting for what is still to come.
        """
        block: list[Job] = []
        alike: Alike | None = None
        for raw in jobs:
            fields = numbers_of(raw) if raw is not None and self._alike else None
            found = None if fields is None else self._alike.get(fields.get("expr"))
            fitting = found if found is not None and fields and found.fits(fields) else None
            if block and (fitting is not alike or len(block) == ROWS):
                yield from self._together(alike, block)
                block = []
            alike = fitting
            if raw is None:
                yield None
            elif alike is None or fields is None:
                yield self.answer(raw)
            else:
                block.append(Job(raw, fields))
        yield from self._together(alike, block)

    def _together(self, alike: Alike | None, block: list[Job]) -> Iterator[Answered]:
        """The lines for jobs that are alike."""
        lines = alike.answers(block) if alike is not None else []
        for job, line in zip(block, lines, strict=True):
            yield line or self.answer(job.raw)

    def answer(self, raw: Raw) -> Answered:
        """The line for a job by itself; nothing is raised but what ends the process."""
        name = known_name(raw)
        self._printed.clear()
        try:
            with self._limit(self.setup.timeout):
                fields = fields_of(raw)
                name = fields.get("id", name)
                request = request_of(fields, raw, self.setup, self._settings)
                answer = request.answer()
                self._note(raw, fields, request, answer)
                failed = isinstance(answer, Report) and is_failure(answer.whole)
                return success(name, self._members(answer), self._printed, failed=failed)
        except Exception as error:  # each job's error is its own
            return failure(raw, name, as_error(error), self._printed)

    def _note(
        self, raw: Raw, fields: dict[str, Any], request: Request, answer: Answer | Report
    ) -> None:
        """Keeps what answered a job for others like it."""
        setup = self.setup
        if request.steps is None or setup.precision is not None or setup.timeout is not None:
            return
        if isinstance(answer, Report) or numbers_of(raw) is None:
            return
        alike = Alike.of(fields, request, answer)
        if alike is not None:
            if len(self._alike) >= MOST:
                self._alike.clear()
            self._alike[fields["expr"]] = alike

    def _members(self, answer: Answer | Report) -> list[str]:
        """What an answer says, as members of a JSON object."""
        if self.setup.quiet:
            answer.warnings = []
        whole = json_text(answer.as_dict(), self.setup.precision)
        return [*filter(None, (whole[1:-1],))]
