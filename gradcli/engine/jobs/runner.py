"""Answers jobs: each a request of its own, whose answer or error is one line of JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gradcli.data.job_numbers import numbers_of, points_of
from gradcli.data.jobs import fields_of, known_name
from gradcli.data.json_text import json_text
from gradcli.data.report import Report
from gradcli.data.results import is_failure
from gradcli.engine.deadline import Deadline
from gradcli.engine.in_rows import ROWS
from gradcli.engine.jobs.alike import Alike
from gradcli.engine.jobs.lines import Answered, failure, success
from gradcli.engine.jobs.reading import request_of
from gradcli.errors import GradcliError, as_error

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
    from contextlib import AbstractContextManager

    from gradcli.data.answer import Answer
    from gradcli.data.jobs import Raw
    from gradcli.engine.jobs.setup import Setup
    from gradcli.engine.request import Request

    Limit = Callable[[float | None], AbstractContextManager[None]]

FEW = 8
"""Jobs from which on they are computed as rows."""

MOST_BYTES = 1 << 20
"""Bytes of lines that are looked at together."""

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
        self._settings = setup.settings.but(printed=self._printed.append)
        self._alike: dict[Any, Alike] = {}

    def answers(self, jobs: Iterable[Raw | None]) -> Generator[Answered | None, None, None]:
        """The lines for jobs, in their order; nothing is raised but what ends the process.

        Those one behind the other that differ in their numbers alone are answered together, as many
        as are at hand: None stands for waiting for what is still to come.
        """
        for block in _blocks(jobs):
            yield from [None] if block is None else self._together(block)

    def _together(self, jobs: Sequence[Raw]) -> Iterator[Answered]:
        """The lines for some jobs: those for all of them at once, or else for each half."""
        if len(jobs) < FEW:
            yield from map(self._alone, jobs)
            return
        lines = self._in_rows(jobs)
        if lines is None:
            half = len(jobs) // 2
            yield from self._together(jobs[:half])
            yield from self._together(jobs[half:])
            return
        place = 0
        for line in lines:
            yield line or self.answer(jobs[place])
            place += 1 if line is None else line.jobs

    def _in_rows(self, jobs: Sequence[Raw]) -> list[Answered | None] | None:
        """The lines for jobs that are all alike, None for each that is answered by itself.

        None if they are not, or if no such was answered yet.
        """
        fields = numbers_of(jobs[0]) if self._alike else None
        alike = None if fields is None else self._like(fields)
        points = None if fields is None or alike is None else points_of(jobs, fields)
        if points is None or alike is None:
            return None
        return alike.together(points, points.names or [job.name for job in jobs])

    def _alone(self, job: Raw) -> Answered:
        """The line for one job."""
        fields = numbers_of(job) if self._alike else None
        alike = None if fields is None else self._like(fields)
        line = None
        if alike is not None and fields is not None:
            line = alike.answer(fields.get("id", job.name), fields["inputs"])
        return line or self.answer(job)

    def _like(self, fields: dict[str, Any]) -> Alike | None:
        """What answers jobs of these fields; None if no such was answered yet."""
        alike = self._alike.get(fields.get("expr"))
        return alike if alike is not None and alike.fits(fields) else None

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


def _blocks(jobs: Iterable[Raw | None]) -> Iterator[list[Raw] | None]:
    """Lines of JSON as many together as are at hand; other jobs alone; None where there is one."""
    block: list[Raw] = []
    size = 0
    try:
        for job in jobs:
            is_line = job is not None and job.form == "jsonl"
            if block and not (is_line and len(block) < ROWS and size < MOST_BYTES):
                yield block
                block, size = [], 0
            if job is None or not is_line:
                yield job and [job]
            else:
                block.append(job)
                size += len(job.body)
    except GradcliError:  # what was read before is answered
        yield block
        raise
    yield block
