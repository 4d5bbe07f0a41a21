"""Answers jobs: each a question of its own, whose answer or error is one line of JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gradcli.data.jobs import checked, fields_of, known_name
from gradcli.data.json_text import json_text
from gradcli.data.report import Report
from gradcli.data.results import is_failure
from gradcli.engine.deadline import Deadline
from gradcli.engine.jobs.lines import Answered, failure, success
from gradcli.engine.jobs.remembered import Texts
from gradcli.engine.jobs.shortcuts import Shortcuts
from gradcli.engine.jobs.tasks import Task
from gradcli.errors import as_error

if TYPE_CHECKING:
    from gradcli.data.answer import Answer
    from gradcli.data.jobs import Raw
    from gradcli.engine.jobs.setup import Setup
    from gradcli.engine.questions import Question


def calm() -> None:
    """What is imported by now is not looked through for garbage again: a tenth of the time."""
    import gc

    gc.freeze()


class Runner:
    """Answers one job after the other, and remembers the programs it has parsed."""

    def __init__(self, setup: Setup) -> None:
        self.setup = setup
        self._texts = Texts()
        self._shortcuts = Shortcuts()

    def answer(self, raw: Raw) -> Answered:
        """The line for a job; nothing is raised but what ends the process."""
        name = known_name(raw)
        printed: list[str] = []
        try:
            with Deadline(self.setup.timeout):
                fields = fields_of(raw)
                name = fields.get("id", name)
                task = Task(checked(fields, raw.form), self.setup, raw)
                question = task.question(self._texts(task.expr), printed)
                found = self._answer(task.op, question, printed)
                failed = isinstance(found, Report) and is_failure(found.whole)
                return success(name, self._members(found), printed, failed=failed)
        except Exception as error:  # each job's error is its own
            return failure(raw, name, as_error(error), printed)

    def _answer(self, op: str, question: Question, printed: list[str]) -> Answer | Report:
        """The answer, by steps that are known already if that is all the same."""
        key = self._shortcuts.key(op, question)
        found: Any = None if key is None else self._shortcuts.answer(key, question)
        if found is None:
            found = question.answer(op)
            if key is not None and not printed:
                self._shortcuts.keep(key, question, found)
        return found  # type: ignore[no-any-return]

    def _members(self, found: Answer | Report) -> list[str]:
        """What an answer says, as members of a JSON object."""
        if self.setup.quiet:
            found.warnings = []
        whole = json_text(found.as_dict(), self.setup.precision)
        return [*filter(None, (whole[1:-1],))]
