"""The account of a run of `map`: how many rows, which were bad, what came out not finite."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

from gradcli.errors import Notice

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from gradcli.data.tables.flaws import Policies
    from gradcli.engine.points.silent import Meeting


class Infinite(NamedTuple):
    """An output that is not finite in some rows: how many, where the first stands, its values."""

    rows: int
    position: str
    values: dict[str, Any]


class Met(NamedTuple):
    """Rows in which conventions meet: how many, and positions and values of the first of them."""

    rows: int
    examples: list[tuple[str, dict[str, Any]]]


EXAMPLES = 8
"""Of rows that meet the same points, as many are looked at for whether that is worth a warning."""


@dataclass(slots=True)
class Account:
    """What a run went through: rows, bad ones with the first reason, results not finite.

    `cut` are rows that lost cells, `gaps` good ones without results as cells are missing, `missing`
    how many are in which column; `infinite` goes by the number of the output, `met` by the
    operations that meet.
    """

    rows: int = 0
    bad: int = 0
    cut: int = 0
    first_bad: str = ""
    gaps: int = 0
    missing: Counter[str] = field(default_factory=Counter)
    infinite: dict[int, Infinite] = field(default_factory=dict)
    met: dict[Meeting, Met] = field(default_factory=dict)

    def add(self, other: Account) -> None:
        """Adds what later rows went through."""
        self.rows += other.rows
        self.bad += other.bad
        self.cut += other.cut
        self.gaps += other.gaps
        self.missing += other.missing
        self.first_bad = self.first_bad or other.first_bad
        for i, theirs in other.infinite.items():
            ours = self.infinite.get(i)
            self.infinite[i] = ours._replace(rows=ours.rows + theirs.rows) if ours else theirs
        for meeting, met in other.met.items():
            before = self.met.get(meeting, Met(0, []))
            examples = [*before.examples, *met.examples][:EXAMPLES]
            self.met[meeting] = Met(before.rows + met.rows, examples)

    def notices(
        self,
        names: Sequence[str],
        explained: Callable[[Mapping[str, Any], int], Notice | None],
        policies: Policies,
        warned: Callable[[Mapping[str, Any]], Sequence[Notice]],
    ) -> list[Notice]:
        """What to say about it at the end.

        `explained` says why an output of a row is not finite, `warned` what to say of a row where
        conventions meet. Outputs that become infinite in the same rows and for the same reason
        share a warning.
        """
        together: dict[tuple[int, str, Notice | None], list[str]] = {}
        for i, (rows, position, values) in self.infinite.items():
            together.setdefault((rows, position, explained(values, i)), []).append(names[i])
        notices = [_infinite(outputs, *where) for where, outputs in together.items()]
        notices += [notice for met in self.met.values() for notice in _conventions(met, warned)]
        if self.gaps:
            notices.append(self._gaps(policies))
        if self.bad:
            is_ = "is" if self.bad == 1 else "are"
            text = f"{self.bad:,} of {_rows(self.rows)} {is_} bad; the first: {self.first_bad}"
            notices.append(Notice(text))
        if self.cut:
            text = f"{_rows(self.cut)} had more cells than the header; the surplus is left out"
            notices.append(Notice(text))
        return notices

    def _gaps(self, policies: Policies) -> Notice:
        """How many rows lack a cell, and in which columns."""
        has = "has" if self.gaps == 1 else "have"
        is_ = "is" if self.gaps == 1 else "are"
        left = f"{is_} left out" if policies.missing == "skip" else f"{has} no results"
        where = [f"{name} is missing in {count:,}" for name, count in self.missing.items()]
        return Notice(f"{self.gaps:,} of {_rows(self.rows)} {left}: {_listed(where)}")


def _infinite(names: list[str], count: int, position: str, reason: Notice | None) -> Notice:
    are = "is" if len(names) == 1 else "are"
    text = f"{_listed(names)} {are} infinite or not a number in {_rows(count)}, first at {position}"
    return Notice(text) if reason is None else Notice(f"{text}: {reason.message}", span=reason.span)


def _conventions(met: Met, warned: Callable[[Mapping[str, Any]], Sequence[Notice]]) -> list[Notice]:
    """What there is to say of rows that meet the same points: of the first that is worth it.

    The others count as its like, as far as they are not known to be worth nothing.
    """
    said = [(position, warned(values)) for position, values in met.examples]
    worthy = [(position, notices) for position, notices in said if notices]
    if not worthy:
        return []
    harmless = len(said) - len(worthy)
    up_to = "up to " if harmless and met.rows > len(said) else ""
    position, notices = worthy[0]
    rows = f"{up_to}{_rows(met.rows - harmless)}"
    lead = f"a convention replaces the slope in {rows}, first at {position}"
    return [Notice(f"{lead}: {n.message}", span=n.span, kind=n.kind) for n in notices]


def _listed(names: list[str]) -> str:
    *first, last = names
    return f"{', '.join(first)} and {last}" if first else last


def _rows(count: int) -> str:
    return f"{count:,} row{'s' if count != 1 else ''}"
