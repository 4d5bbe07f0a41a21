"""Names and what they stand for while a program runs."""

from __future__ import annotations

from typing import Any

MISSING: Any = object()


class Scope:
    """The names of the program, or of one call of a function; `parent` is the scope around it."""

    __slots__ = ("names", "parent")

    def __init__(self, parent: Scope | None = None) -> None:
        self.names: dict[str, Any] = {}
        self.parent = parent

    def find(self, name: str) -> Any:
        """The value of a name here or around here, or MISSING."""
        scope: Scope | None = self
        while scope is not None:
            value = scope.names.get(name, MISSING)
            if value is not MISSING:
                return value
            scope = scope.parent
        return MISSING

    def visible(self) -> list[str]:
        """All names that can be seen from here, for suggestions."""
        found: dict[str, None] = {}
        scope: Scope | None = self
        while scope is not None:
            found.update(dict.fromkeys(scope.names))
            scope = scope.parent
        return list(found)
