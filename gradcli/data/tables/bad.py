"""What is wrong in a table: the error of a row, and the account of all bad rows of a run."""

from __future__ import annotations

from gradcli.errors import GradcliError, Span

POLICIES = ("fail", "null", "skip")
"""What happens to a bad row: it ends the run, has no results, or is left out."""


class TableError(GradcliError):
    """A table whose content does not fit: a cell that is no number, a row without an answer."""

    kind = "input"
    status = 1


class MisfitError(TableError):
    """A cell that is not of the type that its column has in what was read before."""


WAY_OUT = "--on-bad-row null leaves its results empty, --on-bad-row skip leaves the row out"


class Flaw:
    """A bad row: its number in the block (from 0), the column if it is one cell, and why.

    `is_cut` says that it has cells that belong to no column.
    """

    __slots__ = ("column", "is_cut", "reason", "row", "span")

    def __init__(self, row: int, reason: str, column: str | None = None) -> None:
        self.row = row
        self.reason = reason
        self.column = column
        self.span: Span | None = None
        self.is_cut = False
