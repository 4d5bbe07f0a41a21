"""A batch of rows: the columns as Arrow has them, and where the rows stand in their file."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

from gradcli.data.tables.columns import Numbers, cells, numbers, places
from gradcli.data.tables.dialect import USUAL, Dialect

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from gradcli.data.tables.flaws import Flaw


class Form(NamedTuple):
    """What a run needs of the rows of CSV and TSV, so that nothing else is made of their cells.

    `numbers` are the columns that it reads as numbers, `words` those that it compares with strings,
    `kept` those that pass through: as whole lines where they are all that a file has, and its
    delimiter is the one that is written.
    """

    numbers: frozenset[str]
    words: frozenset[str]
    kept: tuple[str, ...]
    delimiter: str | None


@dataclass(slots=True)
class RowBatch:
    """Columns of one length by name; `position(row)` says in which file and line a row stands.

    `values` are columns that are at hand as Python values; `flaws` are rows that did not fit;
    `extras` are what rows have besides the columns; cells that are texts are in a `dialect`;
    `lines` are the rows as they stand in CSV, if they can be written so: all but the first begin
    with the end of the line before.
    """

    columns: dict[str, Any]
    count: int
    position: Callable[[int], str]
    values: dict[str, list[Any]] = field(default_factory=dict)
    flaws: list[Flaw] = field(default_factory=list)
    extras: list[dict[str, Any]] | None = None
    dialect: Dialect = USUAL
    lines: Any = None

    def numbers(self, name: str) -> Numbers:
        """A column as numbers."""
        if name in self.values:
            return cells(self.values[name], name)
        return numbers(self.columns[name], name, self.dialect)

    def places(self, name: str, words: Sequence[str]) -> Numbers:
        """A column of text as places among words, -1 for other texts."""
        return places(self.columns[name], name, words)

    def written(self, name: str) -> Any:
        """A column as it passes through: numbers in texts as standard CSV has them."""
        return self.dialect.written(self.columns[name])
