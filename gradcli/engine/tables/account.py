"""The account of a run of `map`: how many rows, which were bad, what came out not finite."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from gradcli.errors import Notice

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


class Infinite(NamedTuple):
    """An output that is not finite in some rows: how many, where the first stands, its values."""

    rows: int
    place: str
    values: dict[str, Any]


class Count:
    """What a run went through: rows, bad ones with the first reason, results not finite.

    `cut` are rows that lost cells; `infinite` goes by the number of the output.
    """

    def __init__(self) -> None:
        self.rows = 0
        self.bad = 0
        self.cut = 0
        self.first_bad: str | None = None
        self.infinite: dict[int, Infinite] = {}

    def add(self, other: Count) -> None:
        """Adds what a later block went through."""
        self.rows += other.rows
        self.bad += other.bad
        self.cut += other.cut
        self.first_bad = self.first_bad or other.first_bad
        for i, found in other.infinite.items():
            self.note(i, found)

    def note(self, i: int, found: Infinite) -> None:
        """Adds rows in which an output is not finite."""
        known = self.infinite.get(i)
        self.infinite[i] = found if known is None else known._replace(rows=known.rows + found.rows)

    def notices(
        self, names: list[str], explained: Callable[[Mapping[str, Any], int], Notice | None]
    ) -> list[Notice]:
        """What to say about it at the end; `explained` says why an output of a row is not finite.

        Outputs that become so in the same rows and for the same reason share a warning.
        """
        together: dict[tuple[int, str, str], list[str]] = {}
        reasons: dict[str, Notice] = {}
        for i, found in self.infinite.items():
            reason = explained(found.values, i)
            if reason is not None:
                reasons[str(reason)] = reason
            key = found.rows, found.place, str(reason or "")
            together.setdefault(key, []).append(names[i])
        notices = [
            _infinite(outputs, count, place, reasons.get(why))
            for (count, place, why), outputs in together.items()
        ]
        if self.bad:
            text = f"{_rows(self.bad)} of {self.rows:,} bad, first {self.first_bad}"
            notices.append(Notice(text))
        if self.cut:
            text = f"{_rows(self.cut)} had more cells than the header, left out here"
            notices.append(Notice(text))
        return notices


def _infinite(names: list[str], count: int, place: str, reason: Notice | None) -> Notice:
    are = "is" if len(names) == 1 else "are"
    text = f"{_listed(names)} {are} infinite or not a number in {_rows(count)}, first at {place}"
    if reason is None:
        return Notice(text)
    return Notice(f"{text}: {reason.message}", span=reason.span)


def _listed(names: list[str]) -> str:
    *first, last = names
    return f"{', '.join(first)} and {last}" if first else last


def _rows(count: int) -> str:
    return f"{count:,} row{'s' if count != 1 else ''}"
