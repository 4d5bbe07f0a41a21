"""Room for deep programs: Python's limit on recursion, raised only while a tree is walked."""

from __future__ import annotations

import sys
from threading import Lock

FRAMES_A_LEVEL = 12
"""Python frames that running one level of a tree takes at most."""

SHALLOW = 40
"""Levels for which Python's usual limit leaves room enough."""


class Room:
    """Within it Python may recurse deep enough for a tree of so many levels.

    Frames of Python functions live on the heap, but those of C do not: a limit that stayed high
    would let `json`, say, run out of the stack. So the last to leave puts back what was there.
    """

    __slots__ = ("levels",)

    _lock = Lock()
    _inside = 0
    _usual = 0

    def __init__(self, levels: int) -> None:
        self.levels = levels

    def __enter__(self) -> None:
        if self.levels <= SHALLOW:
            return
        with Room._lock:
            if not Room._inside:
                Room._usual = sys.getrecursionlimit()
            Room._inside += 1
            needed = Room._usual + self.levels * FRAMES_A_LEVEL
            if sys.getrecursionlimit() < needed:
                sys.setrecursionlimit(needed)

    def __exit__(self, *_: object) -> None:
        if self.levels <= SHALLOW:
            return
        with Room._lock:
            Room._inside -= 1
            if not Room._inside:
                sys.setrecursionlimit(Room._usual)
