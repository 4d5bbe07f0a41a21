"""The error for a key or column that a file does not have, with what it has."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gradcli.errors import InputError
from gradcli.suggest import nearest

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

_SHOWN = 12  # names that a help line lists at most


def _listing(names: Iterable[str]) -> str:
    """The names in a row, the rest counted: `a, b, c and 7 more`."""
    known = list(names)
    text = ", ".join(known[:_SHOWN])
    return text if len(known) <= _SHOWN else f"{text} and {len(known) - _SHOWN} more"


def _suggestion(name: str, names: Iterable[str], what: str) -> str:
    """A help line: the nearest name if there is one, then what there is."""
    known = list(names)
    if not known:
        return f"it has no {what}"
    near = nearest(name, known)
    lead = f"did you mean '{near}'? " if near is not None else ""
    return f"{lead}it has the {what} {_listing(known)}"


def missing(wanted: str, names: Collection[str], shown: str, what: str) -> InputError:
    """The error for a key or column that is not there."""
    return InputError(f"there is no '{wanted}' in '{shown}'", help=_suggestion(wanted, names, what))
