"""A table of rows under columns, for answers that are not arrays: checks, lists of functions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from gradcli.errors import Notice


class Report:
    """Rows of one length under the names of their columns; cells are texts, numbers or None.

    `whole` is the JSON form; `title` and `footer` stand around the table on a terminal. `status`
    is the exit status of a command that reports this.
    """

    __slots__ = ("columns", "footer", "rows", "status", "title", "warnings", "whole")

    def __init__(
        self,
        columns: list[str],
        rows: list[list[Any]],
        whole: Any,
        *,
        title: str = "",
        footer: str = "",
        status: int = 0,
        warnings: list[Notice] | None = None,
    ) -> None:
        self.columns = columns
        self.rows = rows
        self.whole = whole
        self.title = title
        self.footer = footer
        self.status = status
        self.warnings = warnings or []
