"""The time and the memory that a command may take, in one long operation of C, too."""

from __future__ import annotations

import os
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from gradcli.engine.deadline import GRACE, LONGEST, Deadline, late
from gradcli.engine.memory_limit import bounded

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gradcli.data.console import Console


@contextmanager
def within_limits(options: dict[str, Any], console: Console) -> Iterator[None]:
    """What a command does, from the first byte that it reads to the last that it writes."""
    with bounded(options["max_memory"]), CommandDeadline(options["timeout"], console):
        yield


class CommandDeadline(Deadline):
    """Within it, what runs longer than `seconds` (None: no limit) ends with a DeadlineError.

    One call of C, such as a decomposition, hears no exception: if none was heard for a second after
    the time was over, or if cleaning up takes another one, the process ends with the message and
    the status of one. What was passed on by then is whole, what was not is dropped.
    """

    def __init__(self, seconds: float | None, console: Console) -> None:
        super().__init__(seconds)
        self._console = console

    def __enter__(self) -> None:
        if self.seconds is not None:
            from threading import Event, Thread

            self._left = Event()
            Thread(target=self._watch, args=(self.seconds,), daemon=True).start()
        super().__enter__()

    def _watch(self, seconds: float) -> None:
        if self._left.wait(min(seconds, LONGEST) + GRACE):
            return
        if not self.heard or not self._left.wait(GRACE):
            self._end_process()

    def _end_process(self) -> None:
        from gradcli.cli.messages import complain

        error = late(self.seconds)
        complain(error, self._console)
        os._exit(error.status)

    def _end(self) -> None:
        super()._end()
        if self.seconds is not None:
            self._left.set()
