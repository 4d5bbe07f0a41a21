"""Whether garbage is being collected: what is raised in hooks and finalizers meanwhile is lost."""

from __future__ import annotations

import gc
from typing import Any


class Collecting:
    """While it watches, `now` says it; from before the first hook until after the last one."""

    def __init__(self) -> None:
        self.now = False

    def watch(self) -> None:
        """Begins to."""
        gc.callbacks.insert(0, self._begin)
        gc.callbacks.append(self._end)

    def leave(self) -> None:
        """Watches no more, if it did."""
        for hook in (self._begin, self._end):
            if hook in gc.callbacks:
                gc.callbacks.remove(hook)

    def _begin(self, phase: str, _info: Any) -> None:
        self.now |= phase == "start"

    def _end(self, phase: str, _info: Any) -> None:
        self.now &= phase != "stop"
