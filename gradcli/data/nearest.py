"""The name that a mistyped one was probably meant to be, for help lines."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

_SHOWN = 12  # names that a help line lists at most


def nearest(name: str, names: Iterable[str]) -> str | None:
    """The closest of the names, letter case aside; `None` when nothing is close."""
    import difflib

    folded = {known.casefold(): known for known in names}
    found = difflib.get_close_matches(name.casefold(), folded, n=1)
    return folded[found[0]] if found else None


def listing(names: Iterable[str]) -> str:
    """The names in a row, the rest counted: `a, b, c and 7 more`."""
    known = list(names)
    text = ", ".join(known[:_SHOWN])
    return text if len(known) <= _SHOWN else f"{text} and {len(known) - _SHOWN} more"


def suggestion(name: str, names: Iterable[str], what: str) -> str:
    """A help line: the nearest name if there is one, then what there is."""
    known = list(names)
    if not known:
        return f"it has no {what}"
    near = nearest(name, known)
    lead = f"did you mean '{near}'? " if near is not None else ""
    return f"{lead}it has the {what} {listing(known)}"
