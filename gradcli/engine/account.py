"""The account of a run of `map`: how many rows, which were bad, what came out not finite."""

from __future__ import annotations

from gradcli.errors import Notice


class Count:
    """What a run went through: rows, bad ones with the first reason, results not finite."""

    def __init__(self) -> None:
        self.rows = 0
        self.bad = 0
        self.cut = 0
        self.first_bad: str | None = None
        self.infinite: dict[str, tuple[int, str]] = {}

    def add(self, other: Count) -> None:
        """Adds what a later block went through."""
        self.rows += other.rows
        self.bad += other.bad
        self.cut += other.cut
        self.first_bad = self.first_bad or other.first_bad
        for name, (count, place) in other.infinite.items():
            known, first = self.infinite.get(name, (0, place))
            self.infinite[name] = (known + count, first)

    def notices(self) -> list[Notice]:
        """What to say about it at the end."""
        found = [
            Notice(f"{name} is infinite or not a number in {_rows(count)}, first at {place}")
            for name, (count, place) in self.infinite.items()
        ]
        if self.bad:
            found.append(Notice(f"{_rows(self.bad)} of {self.rows:,} bad, first {self.first_bad}"))
        if self.cut:
            found.append(Notice(f"{_rows(self.cut)} had more cells than the header, left out here"))
        return found


def _rows(count: int) -> str:
    return f"{count:,} row{'s' if count != 1 else ''}"
