"""Jobs that differ in their numbers alone: from a line of JSON to that of its answer."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING, Any

import numpy as np

from gradcli.data.json_text import json_cells, json_text, quote
from gradcli.engine.jobs.lines import Answered

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from gradcli.data.answer import Answer
    from gradcli.data.job_numbers import Points
    from gradcli.engine.repeated import Repeated
    from gradcli.engine.request import Request

RESERVED = {"id": None, "inputs": None}
"""What may be another in jobs that are alike."""


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

    def together(self, points: Points, names: Sequence[Any]) -> list[Answered | None] | None:
        """The lines for such jobs, called so; None for each that only a run of its own answers.

        None for all if it is not known how, or one of them has no answer.
        """
        count = len(names)
        try:
            answers = self.steps.rows([self._column(n, points, count) for n in self.steps.names])
        except Exception:  # a job by itself says what is wrong
            return None
        if answers is None:
            return None
        outputs, whole = answers
        rows = zip([*map(_id, names)], *map(json_cells, outputs), strict=True)
        if whole.all():
            texts = self.form * count % tuple(chain.from_iterable(rows))
            return [Answered(texts, failed=False, jobs=count)]
        return [*_between(np.flatnonzero(~whole).tolist(), [self.form % row for row in rows])]

    def _column(self, name: str, points: Points, count: int) -> Any:
        """What an input is in each of so many jobs."""
        if name in self.shared:
            return np.full(count, self.shared[name], float)
        return np.array(points.columns[name], float)

    def answer(self, name: Any, inputs: Mapping[str, Any]) -> Answered | None:
        """The line for one job, called so; None if only a run of its own answers it."""
        try:
            outcome = self.steps({**self.shared, **inputs})
        except Exception:  # the job by itself says what is wrong
            return None
        if outcome is None or outcome.notices:
            return None
        numbers = map(json_text, map(float, _leaves(outcome.value, outcome.parts)))
        return Answered(self.form % (_id(name), *numbers), failed=False)


def _id(name: Any) -> Any:
    """An id as it is to be written."""
    return name if name.__class__ is int else json_text(name)


def _between(places: Iterable[int], lines: Sequence[str]) -> Iterator[Answered | None]:
    """Lines as answers, as many together as there are between some places, where None is."""
    start = 0
    for place in places:
        if start < place:
            yield Answered("".join(lines[start:place]), failed=False, jobs=place - start)
        yield None
        start = place + 1
    if start < len(lines):
        yield Answered("".join(lines[start:]), failed=False, jobs=len(lines) - start)


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
