"""`sys.stdout` and `sys.stderr`."""

from __future__ import annotations

from typing import Any

from gradcli.snippets.values import Object, exposed


class Stream(Object):
    """What a snippet writes to."""

    kind = "TextIOWrapper"

    def __init__(self, machine: Any, *, is_output: bool) -> None:
        self._machine = machine
        self._is_output = is_output

    @exposed
    def write(self, text: str) -> int:
        """Writes; `print` to standard output is mute where a graph is walked again."""
        if self._is_output:
            self._machine.write_always(text)
        else:
            self._machine.tell(text.removesuffix("\n"))
        return len(text)

    @exposed
    def flush(self) -> None:
        """Does nothing."""


def streams(machine: Any) -> dict[str, Any]:
    """The streams by their names."""
    return {"stdout": Stream(machine, is_output=True), "stderr": Stream(machine, is_output=False)}
