"""Python's garbage collector, kept out of the way while a graph of many small objects is built."""

from __future__ import annotations

import gc
from typing import Self


class Paused:
    """Within it nothing is collected: a graph lives until it is done with."""

    __slots__ = ("was_on",)

    def __enter__(self) -> Self:
        self.was_on = gc.isenabled()
        gc.disable()
        return self

    def __exit__(self, *_: object) -> None:
        if self.was_on:
            gc.enable()
