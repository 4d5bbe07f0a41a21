"""An explanation: the rows of both passes as data, as tables for a screen, and for a notebook."""

from __future__ import annotations

from itertools import groupby
from textwrap import wrap
from typing import TYPE_CHECKING, Any

from gradcli.data.report import Report
from gradcli.render.explanation import arrival, derivative, local, rule, words
from gradcli.render.steps import brief

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from gradcli.data.formats.page import Page
    from gradcli.engine.circuit import Circuit
    from gradcli.errors import Notice
    from gradcli.render.steps import Step

    Rows = list[list[str]]

COLUMNS = "pass step operation value in by local factor out words".split()

VERY_WIDE = 160
"""Columns of a screen from which on the words stand beside the numbers even where lines break."""

SHORT = 12
"""Characters of what arrives up to which it has a column of its own on a narrow screen."""

EDGES, BETWEEN = 4, 3
"""Blanks beside the columns of a table, and between two."""


class Explanation(Report):
    """The rows of both passes; on a terminal a table for each.

    `steps` are those that are shown, operands first. Cells are texts, arrays, or empty.
    """

    __slots__ = ("result", "seeded", "steps")

    def __init__(
        self,
        circuit: Circuit,
        steps: Sequence[Step],
        warnings: list[Notice],
        *,
        seeded: bool = False,
    ) -> None:
        self.steps = steps
        names = [step.name for step in circuit.results]
        self.result = names[0] if len(names) == 1 else ""
        self.seeded = seeded or any(step.node.shape for step in circuit.results)
        rows = [*map(_forward_row, steps), *(row for s in self._back() for row in _back_rows(s))]
        whole = {"explain": [_as_dict(step) for step in steps]}
        super().__init__(COLUMNS, rows, whole, warnings=warnings)

    def _back(self) -> list[Step]:
        """The steps that something arrives at, from the result on."""
        return [step for step in reversed(self.steps) if step.cotangent is not None]

    def sections(self, page: Page) -> list[Report]:
        """The passes for a screen of that width; all steps, if everything is wanted."""
        start = "the seed" if self.seeded else f"{derivative(self.result, self.result)} = 1"
        forward = Report(["step", "operation", "value"], self._forward(page), {}, title="forward")
        title = f"backward, from {start}"
        return [forward, Report(*self._backward(page), {}, title=title)]

    def _backward(self, page: Page) -> tuple[list[str], Rows]:
        """The columns and the rows of the pass back: the narrower the screen, the fewer columns."""
        steps = self._back()
        columns = ["step", "arrives", "local derivative", "passed on", "in words"]
        width = page.width
        rows = self._rows(page, steps, self._wide, len(columns))
        if width >= VERY_WIDE or _natural([columns, *rows]) <= width:
            return columns, rows
        shown = [step for step in steps if page.everything or not step.is_hidden]
        names = max((len(step.label) for step in shown), default=0)
        arrives = max((len(brief(step.seen(step.cotangent))) for step in shown), default=0)
        room = width - max(names, len("step")) - BETWEEN - EDGES
        if arrives <= SHORT:
            columns = ["step", "arrives", "the chain rule"]
            room -= max(arrives, len("arrives")) + BETWEEN
            return columns, self._rows(page, steps, lambda step: self._narrow(step, room), 3)
        rows = self._rows(page, steps, lambda step: self._narrowest(step, room), 2)
        return ["step", "the chain rule"], rows

    def texts(self, precision: int | None = None) -> list[list[str]]:
        """The rows as texts, long arrays by a few elements."""
        return [[c if isinstance(c, str) else brief(c, precision) for c in r] for r in self.rows]

    def _forward(self, page: Page) -> Rows:
        def row(step: Step) -> Rows:
            return [[step.label, step.operation, brief(step.seen(step.value))]]

        return self._rows(page, self.steps, row, 3)

    def _rows(
        self, page: Page, steps: Sequence[Step], of_step: Callable[[Step], Rows], width: int
    ) -> Rows:
        """The rows of steps; one stands for all that are hidden in a row."""
        rows: Rows = []
        for hidden, group in groupby(steps, lambda s: s.is_hidden and not page.everything):
            members = list(group)
            if hidden:
                rows.append(["…", *[""] * (width - 2), _left_out(members)])
            else:
                rows += [row for step in members for row in of_step(step)]
        return rows

    def _wide(self, step: Step) -> Rows:
        """Each way back on a line."""
        rows = [["", "", local(w), rule(w, self.result), words(w)] for w in step.ways]
        return self._headed(step, rows or [["", "", "", self._total(step), arrival(step)]])

    def _narrow(self, step: Step, room: int) -> Rows:
        """Each way back on three lines."""
        return self._headed(step, [["", "", line] for line in self._lines(step, room)])

    def _narrowest(self, step: Step, room: int) -> Rows:
        """What arrives on a line, then each way back on three."""
        lines = self._lines(step, room)
        if step.ways:
            lines = [*_broken(f"{brief(step.seen(step.cotangent))} arrives", room), *lines]
        return [[step.label if not i else "", line] for i, line in enumerate(lines)]

    def _lines(self, step: Step, room: int) -> list[str]:
        """Each way back from a step on three lines; of an input what arrives, and from where."""
        lines = [
            line
            for way in step.ways
            for line in (local(way), f"  {rule(way, self.result)}", f"  {words(way)}")
            if line
        ]
        lines = lines or [f"{self._total(step)}, {arrival(step)}".rstrip(", ")]
        return [part for line in lines for part in _broken(line, room)]

    def _headed(self, step: Step, rows: Rows) -> Rows:
        """The rows with the step and what arrives at it in the first one."""
        rows[0][:2] = step.label, brief(step.seen(step.cotangent))
        return rows

    def _total(self, step: Step) -> str:
        return f"{derivative(self.result, step.label)} = {brief(step.seen(step.cotangent))}"

    # --- as people see it in Python -------------------------------------------------------------

    def __str__(self) -> str:
        """The tables as a terminal shows them."""
        from gradcli.data.formats.page import Page
        from gradcli.data.formats.report_table import report_table

        return report_table(self, Page())

    def _repr_html_(self) -> str:
        """The tables for a notebook."""
        from html import escape

        from gradcli.data.formats.page import Page

        page = Page()
        page.width = VERY_WIDE
        return "".join(
            f"<p>{escape(part.title)}</p><table><tr>{_cells('th', part.columns)}</tr>"
            + "".join(f"<tr>{_cells('td', row)}</tr>" for row in part.rows)
            + "</table>"
            for part in self.sections(page)
        )


def _natural(rows: Sequence[Sequence[str]]) -> int:
    """How wide a table is whose lines are not broken."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return sum(widths) + BETWEEN * (len(widths) - 1) + EDGES


def _broken(line: str, room: int) -> list[str]:
    """A line in parts of so many characters, those that go on further in."""
    inner = line[: len(line) - len(line.lstrip())] + "    "
    how: Any = {"subsequent_indent": inner, "break_on_hyphens": False}
    return wrap(line, max(room, 2 * len(inner)), drop_whitespace=True, **how) or [""]


def _cells(tag: str, row: Sequence[str]) -> str:
    from html import escape

    return "".join(
        f'<{tag} style="text-align:left;padding-right:1em">{escape(cell)}</{tag}>' for cell in row
    )


# --- rows ---------------------------------------------------------------------------------------


def _forward_row(step: Step) -> list[Any]:
    return ["forward", step.label, step.operation, step.seen(step.value), *[""] * 6]


def _back_rows(step: Step) -> Iterator[list[Any]]:
    """A row for each way back from a step; an input is where the ways end."""
    start = ["backward", step.label, step.operation, step.seen(step.value)]
    start.append(step.seen(step.cotangent))
    for way in step.ways:
        factor = "" if way.factor is None else way.slope
        yield [*start, way.source.label, way.local, factor, way.contribution, words(way)]
    if not step.ways:
        yield [*start, *[""] * 4, arrival(step)]


def _as_dict(step: Step) -> dict[str, Any]:
    """A step in JSON."""
    ways = [
        {
            "by": way.source.label,
            "local": way.local,
            "factor": way.slope,
            "out": way.contribution,
            "words": words(way),
        }
        for way in step.ways
    ]
    whole = {"step": step.label, "operation": step.operation, "value": step.seen(step.value)}
    return {**whole, "gradient": step.seen(step.cotangent), "ways": ways}


def _left_out(steps: Sequence[Step]) -> str:
    """What stands for the steps of turns and calls that are not shown."""
    hidden = {box for step in steps if step.box for box in step.box.chain() if box.hidden}
    outer = {box for box in hidden if box.parent is None or not box.parent.is_hidden}
    return f"{len(outer):,} more like it, {len(steps):,} steps"
