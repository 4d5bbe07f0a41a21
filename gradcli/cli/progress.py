"""How far a long run is, for a person who watches: a bar on standard error."""

from __future__ import annotations

from time import monotonic
from typing import TYPE_CHECKING

from rich.console import Console as Terminal
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

if TYPE_CHECKING:
    from gradcli.data.console import Console

EVERY = 0.1
"""Seconds between two looks at how far it is."""


class Bar:
    """A bar that grows with `done` of `total` (None: nobody knows), and counts beside it.

    `what` is the plural of what is counted.
    """

    def __init__(self, console: Console, total: int | None, what: str = "jobs") -> None:
        self._what = what
        colour = None if console.stderr_colour else True
        known = [TextColumn("{task.percentage:>3.0f} %")] if total is not None else []
        self._bar = Progress(
            BarColumn(),
            *known,
            TextColumn("{task.fields[words]}"),
            TimeRemainingColumn(),
            console=Terminal(file=console.stderr, no_color=colour),
            transient=True,
        )
        self._task = self._bar.add_task("", total=total, words="")
        self._start = self._next = monotonic()
        self._bar.start()

    def show(self, done: int, count: int, failed: int) -> None:
        """The new state, unless the last one is fresh."""
        now = monotonic()
        if now >= self._next:
            self._next = now + EVERY
            rate = count / max(now - self._start, 1e-9)
            words = f"{count:,} {self._what}  {rate:,.0f}/s"
            words += f"  {failed:,} failed" if failed else ""
            self._bar.update(self._task, completed=done, words=words)

    def tell(self, text: str) -> None:
        """A line above the bar."""
        self._bar.console.print(text, markup=False, highlight=False, soft_wrap=True)

    def close(self) -> None:
        """Takes the bar away."""
        self._bar.stop()
