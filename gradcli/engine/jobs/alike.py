"""Jobs that differ in their numbers alone: from a line of JSON to that of its answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from gradcli.data.json_text import json_cells, json_text, quote
from gradcli.engine.jobs.lines import Answered

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from gradcli.data.answer import Answer
    from gradcli.data.jobs import Raw
    from gradcli.engine.repeated import Repeated
    from gradcli.engine.request import Request

RESERVED = {"id": None, "inputs": None}
"""What may be another in jobs that are alike."""


FEW = 8
"""Jobs from which on they are computed as rows."""


class Job(NamedTuple):
    """A job and what it sets."""

    raw: Raw
    fields: dict[str, Any]


class Alike:
    """What answers jobs of one program, one operation and inputs of the same names, all numbers.

    `rest` are their other fields, `names` those of their inputs, `shared` the values for all jobs;
    `form` is the line of an answer, with places for its id and its numbers.
    """

    __slots__ = ("form", "names", "rest", "shared", "steps")

    def __init__(
        self, rest: dict[str, Any], names: frozenset[str], request: Request, steps: Repeated
    ) -> None:
        self.rest = rest
        self.names = names
        self.steps = steps
        self.shared = {n: request.values[n] for n in steps.names if n not in names}
        self.form = ""

    @classmethod
    def of(cls, fields: Mapping[str, Any], request: Request, answer: Answer) -> Alike | None:
        """What answers jobs like one that known steps answered; None if it is not so simple."""
        if request.steps is None or answer.warnings or answer.verdicts is not None:
            return None
        alike = cls(_rest(fields), frozenset(fields.get("inputs") or ()), request, request.steps)
        leaves = _leaves(answer.value, answer.parts)
        alike.form = _form(answer.value is not None, answer.kind, answer.parts)
        is_whole = answer.kind is None or answer.parts is not None
        return alike if is_whole and all(map(_is_number, leaves)) else None

    def fits(self, fields: Mapping[str, Any]) -> bool:
        """Whether a job with these fields is alike."""
        return self.names == fields["inputs"].keys() and self.rest == _rest(fields)

    def answers(self, jobs: Sequence[Job]) -> list[Answered | None]:
        """The lines for such jobs; None for those that only a run of their own answers."""
        if len(jobs) < FEW:
            return [self._answer(job) for job in jobs]
        answers = self._rows(jobs)
        if answers is None:
            return [self._answer(job) for job in jobs]
        outputs, whole = answers
        numbers = zip(*map(json_cells, outputs), strict=True)
        lines = zip(jobs, numbers, whole.tolist(), strict=True)
        return [self._line(job, texts) if is_whole else None for job, texts, is_whole in lines]

    def _rows(self, jobs: Sequence[Job]) -> tuple[list[Any], Any] | None:
        """The numbers of answers, and in which jobs they say it all; None if one has no answer."""
        try:
            return self.steps.rows([self._column(name, jobs) for name in self.steps.names])
        except Exception:  # a job by itself says what is wrong
            return None

    def _column(self, name: str, jobs: Sequence[Job]) -> Any:
        """What an input is in each of some jobs."""
        if name in self.shared:
            return np.full(len(jobs), self.shared[name], float)
        return np.array([job.fields["inputs"][name] for job in jobs], float)

    def _answer(self, job: Job) -> Answered | None:
        """The line for one job."""
        try:
            outcome = self.steps({**self.shared, **job.fields["inputs"]})
        except Exception:  # the job by itself says what is wrong
            return None
        if outcome is None or outcome.notices:
            return None
        return self._line(job, map(json_text, map(float, _leaves(outcome.value, outcome.parts))))

    def _line(self, job: Job, numbers: Iterable[str]) -> Answered:
        name = job.fields.get("id", job.raw.name)
        text = str(name) if name.__class__ is int else json_text(name)
        return Answered(self.form % (text, *numbers), failed=False)


def _rest(fields: Mapping[str, Any]) -> dict[str, Any]:
    """The fields that jobs have in common."""
    return {key: item for key, item in fields.items() if key not in RESERVED}


def _form(has_value: bool, kind: str | None, parts: Any) -> str:
    """The line of an answer with %s in the places of its id and its numbers."""
    members = ['"id": %s']
    members += ['"value": %s'] * has_value
    if kind is not None:
        held = (f"{_key(name)}: %s" for name in parts) if isinstance(parts, dict) else None
        members.append(f"{_key(kind)}: " + ("%s" if held is None else "{" + ", ".join(held) + "}"))
    return "{" + ", ".join(members) + "}\n"


def _key(name: Any) -> str:
    return quote(str(name)).replace("%", "%%")


def _leaves(value: Any, parts: Any) -> list[Any]:
    """The numbers of an answer, one after the other."""
    parts = parts.values() if isinstance(parts, dict) else [parts]
    return [item for item in (value, *parts) if item is not None]


def _is_number(item: Any) -> bool:
    """Whether it is one number of 64 bits."""
    return getattr(item, "shape", None) == () and item.dtype.char == "d"
