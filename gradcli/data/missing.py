"""The error for a key or column that a file does not have, with what it has."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gradcli.errors import InputError
from gradcli.suggest import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Collection

_SHOWN = 12  # names that a help line lists at most


def missing(name: str, names: Collection[str], file: str, what: str) -> InputError:
    """The error for a name that is not among those of a file, each of a `what`."""
    held = f"it has the {what}s {some(names)}" if names else f"it has no {what}s"
    mark = next((mark for mark in ";|" if len(names) == 1 and mark in next(iter(names))), None)
    if mark is not None:
        first = next(iter(names))
        held = f"its first line is '{first}': write commas for '{mark}', and decimals with a point"
    advice = f"{did_you_mean(name, names) or ''} {held}".lstrip()
    return InputError(f"there is no {what} '{name}' in '{file}'", help=advice)


def some(names: Collection[str]) -> str:
    """The first names of many, and how many more there are."""
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    return ", ".join(list(names)[:_SHOWN]) + more
