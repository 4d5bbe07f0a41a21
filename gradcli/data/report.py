"""A table of rows under columns, for answers that are not arrays: checks, lists of functions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gradcli.data.numbers import number

if TYPE_CHECKING:
    from gradcli.data.formats.page import Page
    from gradcli.errors import Notice

_LINES = 20
"""Lines of a table that are shown before the middle is left out."""

_DIGITS = 6
"""Significant digits of the numbers in it."""


class Report:
    """Rows of one length under the names of their columns; cells are texts, numbers or None.

    `whole` is the JSON form; `title` and `footer` stand around the table on a terminal. `status`
    is the exit status of a command that reports this, `plain` what Python gives in its place.
    """

    __slots__ = ("columns", "footer", "plain", "rows", "status", "title", "warnings", "whole")

    def __init__(
        self,
        columns: list[str],
        rows: list[list[Any]],
        whole: Any,
        *,
        title: str = "",
        footer: str = "",
        status: int = 0,
        plain: Any = None,
        warnings: list[Notice] | None = None,
    ) -> None:
        self.columns = columns
        self.rows = rows
        self.whole = whole
        self.title = title
        self.footer = footer
        self.status = status
        self.plain = plain
        self.warnings = warnings or []

    def __str__(self) -> str:
        """The table in plain text, long ones by their ends, and what stands around it."""
        from gradcli.data.formats.layout import text_column

        lines = self.lines(_DIGITS)
        if len(lines) > _LINES:
            half = _LINES // 2
            lines = [*lines[:half], ["…"] * len(lines[0]), *lines[-half:]]
        columns = [text_column(head, cells) for head, *cells in zip(*lines, strict=True)]
        body = ["  ".join(cells).rstrip() for cells in zip(*columns, strict=True)]
        notices = [f"warning: {notice}" for notice in self.warnings]
        return "\n".join(filter(None, [self.title, *body, self.footer, *notices]))

    def __repr__(self) -> str:
        return str(self).rstrip("\n")

    def _repr_html_(self) -> str:
        """The table for a notebook."""
        from html import escape

        head, *rows = self.lines(_DIGITS)
        cells = [("th" if any(self.columns) else "td", head), *(("td", row) for row in rows)]
        body = "".join(
            f"<tr>{''.join(f'<{tag}>{escape(cell)}</{tag}>' for cell in row)}</tr>"
            for tag, row in cells
        )
        around = [f"<p>{escape(text)}</p>" if text else "" for text in (self.title, self.footer)]
        return f"{around[0]}<table>{body}</table>{around[1]}"

    @property
    def ok(self) -> bool:
        """Whether nothing in it is a failure."""
        return self.status == 0

    @property
    def notices(self) -> list[Notice]:
        """The warnings, by the name that other answers have for them."""
        return self.warnings

    def sections(self, page: Page) -> list[Report]:  # noqa: ARG002 - for those that have several
        """The tables that a page shows below one another."""
        return [self]

    def drawing(self, page: Page) -> str | None:  # noqa: ARG002 - for those that draw
        """What stands for the rows where people look at them, for reports that draw themselves."""
        return None

    def as_dict(self) -> Any:
        """The JSON form, with the warnings where there are any."""
        if not self.warnings:
            return self.whole
        return {**self.whole, "warnings": [notice.as_dict() for notice in self.warnings]}

    def texts(self, precision: int | None = None) -> list[list[str]]:
        """The cells as texts, row by row."""
        return [[_text(cell, precision) for cell in row] for row in self.rows]

    def lines(self, precision: int | None = None) -> list[list[str]]:
        """The names of the columns, where they have any, and the rows as texts."""
        return [self.columns] * any(self.columns) + self.texts(precision)


def _text(cell: Any, precision: int | None) -> str:
    if cell is None:
        return "none"
    if isinstance(cell, str):
        return cell
    if isinstance(cell, bool):
        return "true" if cell else "false"
    return number(float(cell), precision)
