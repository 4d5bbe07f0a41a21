"""What is wrong in a table: the error of a row or a file, and the flaw that makes a row bad."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from gradcli.errors import GradcliError

if TYPE_CHECKING:
    from gradcli.errors import Span

POLICIES = ("fail", "null", "skip")
"""What happens to a row: it ends the run, has no results, or is left out."""


class Policies(NamedTuple):
    """What happens to a row that is bad, and to one in which a cell is missing."""

    bad: str = "fail"
    missing: str = "null"


WAY_OUT = "⟨on_bad_row null⟩ leaves its results empty, ⟨on_bad_row skip⟩ leaves the row out"

WITHOUT_MISSING = WAY_OUT.replace("on_bad_row", "on_missing")


class TableError(GradcliError):
    """A table whose content does not fit: a cell that is no number, a row without an answer."""

    kind = "input"
    status = 1


class MisfitError(TableError):
    """A cell that is not of the type that its column has in what was read before."""


@dataclass(slots=True)
class Flaw:
    """Why a row of a batch (counted from 0) is bad, and the column if a single cell is to blame.

    `span` is what of the program failed on it; `is_cut` says that it has more cells than columns;
    `way` is the option with which the cell is read.
    """

    row: int
    reason: str
    column: str | None = None
    span: Span | None = None
    is_cut: bool = False
    way: str = ""


_WAYS = {
    r"-?\d+,\d+": "⟨decimal ,⟩",
    r"-?\d{1,3}(,\d{3})+(\.\d+)?": "⟨thousands ,⟩",
    r"-?\d{1,3}(\.\d{3})+,\d+": "⟨decimal ,⟩ ⟨thousands .⟩",
}
"""How cells with commas in them are read; the last that fits counts."""


def way_to_read(cell: str, column: str = "") -> str:
    """The option that reads a cell, for the help of its error; "" for none.

    A word in a `column` of nothing but text can only be compared.
    """
    if column and re.fullmatch(r"[^\W\d][\w -]{,20}", cell):
        return f'the column is text, which can be compared: {column} == "{cell}"; '
    ways = [way for pattern, way in _WAYS.items() if re.fullmatch(pattern, cell.strip())]
    return f"with {' or '.join(ways)} it is one; " if ways else ""
