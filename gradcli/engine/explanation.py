"""An explanation: the rows of the pass forward and back, as data, as tables, and in a notebook."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Any

from gradcli.data.report import Report
from gradcli.render.explanation import arrival, derivative, local, rule, words
from gradcli.render.steps import brief

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from gradcli.engine.circuit import Circuit
    from gradcli.render.steps import Step

COLUMNS = "pass step operation value in by local factor out words".split()


class Explanation(Report):
    """The rows of both passes; on a terminal three tables: forward, backward, gradients."""

    __slots__ = ("_sections",)

    def __init__(self, circuit: Circuit) -> None:
        steps = list(circuit.steps.values())
        names = [step.name for step in circuit.results]
        result = names[0] if len(names) == 1 else ""
        back = [step for step in reversed(steps) if step.cotangent is not None]
        rows = [*map(_forward_row, steps), *(row for step in back for row in _back_rows(step))]
        super().__init__(COLUMNS, rows, {"explain": [_as_dict(step) for step in steps]})
        self._sections = [
            Report(["step", "operation", "value"], _forward(steps), {}, title="forward"),
            Report(
                ["step", "arrives", "local derivative", "passed on", "in words"],
                _backward(back, result),
                {},
                title=f"backward, from d{result}/d{result} = 1",
            ),
        ]

    @property
    def sections(self) -> list[Report]:
        """Forward, and backward."""
        return self._sections

    def texts(self, precision: int | None = None) -> list[list[str]]:
        """The rows as texts, long arrays by a few elements."""
        return [[c if isinstance(c, str) else brief(c, precision) for c in r] for r in self.rows]


# --- rows ---------------------------------------------------------------------------------------


def _forward_row(step: Step) -> list[Any]:
    return ["forward", step.name, step.operation, step.value, *[""] * 6]


def _back_rows(step: Step) -> Iterator[list[Any]]:
    """A row for each way back from a step; an input is where the ways end."""
    start = ["backward", step.name, step.operation, step.value, step.cotangent]
    for way in step.ways:
        factor = "" if way.factor is None else way.factor
        yield [*start, way.source.name, way.local, factor, way.passed, words(way)]
    if not step.ways:
        yield [*start, *[""] * 4, arrival(step)]


def _as_dict(step: Step) -> dict[str, Any]:
    """A step in JSON."""
    ways = [
        {
            "by": way.source.name,
            "local": way.local,
            "factor": way.factor,
            "out": way.passed,
            "words": words(way),
        }
        for way in step.ways
    ]
    whole = {"step": step.name, "operation": step.operation, "value": step.value}
    return {**whole, "gradient": step.cotangent, "ways": ways}


# --- tables for a terminal ----------------------------------------------------------------------


def _forward(steps: Sequence[Step]) -> list[list[str]]:
    rows = []
    for hidden, group in groupby(steps, lambda step: step.is_hidden):
        members = list(group)
        if hidden:
            rows.append(["…", _left_out(members), "…"])
        else:
            rows += [[s.name, s.operation, brief(s.value)] for s in members]
    return rows


def _left_out(steps: Sequence[Step]) -> str:
    """What stands for the steps of turns that are not shown."""
    boxes = {step.box for step in steps}
    return f"{len(boxes):,} more like it, {len(steps):,} steps"


def _backward(steps: Sequence[Step], result: str) -> list[list[str]]:
    rows: list[list[str]] = []
    for hidden, group in groupby(steps, lambda step: step.is_hidden):
        members = list(group)
        if hidden:
            rows.append(["…", "…", _left_out(members), "…", ""])
            continue
        for step in members:
            rows += _of_step(step, result)
    return rows


def _of_step(step: Step, result: str) -> list[list[str]]:
    cotangent = brief(step.cotangent)
    if not step.ways:
        end = derivative(result, step.name)
        return [[step.name, cotangent, "", f"{end} = {cotangent}", arrival(step)]]
    rows = [["", "", local(w), rule(w, result), words(w)] for w in step.ways]
    rows[0][:2] = step.name, cotangent
    return rows
