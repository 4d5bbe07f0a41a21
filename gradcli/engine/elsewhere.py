"""The line that does what a wrong text means in another notation, for the help of its error."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from gradcli.errors import GradcliError, Source
from gradcli.lower.functions import function_named
from gradcli.lower.names import read_names
from gradcli.ops import catalog
from gradcli.syntax.elsewhere import rewritten
from gradcli.syntax.parser import completed, parse

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

_LONGEST = 80
"""Characters of a line that a help shows."""


def line_here(
    text: str,
    given: Collection[str] = (),
    *,
    with_: str = "",
    without: str = "",
    ranks: Mapping[str, int] | None = None,
) -> str | None:
    """The text as it is written here; None if it is no other, or none that is understood.

    Names that values are `given` to are not taken apart; the inputs of what is written here must
    be `with_` a name and `without` another. `ranks` are those of the values that are known.
    """
    other = rewritten(text, _is_function, given, ranks)
    if other == text.strip():
        return None
    try:
        other = completed(other, catalog.is_elementwise) or other
        tree = parse(Source(other), is_elementwise=catalog.is_elementwise)
        inputs = read_names(tree, catalog, given).inputs
    except GradcliError:
        return None
    fits = without not in inputs and (not with_ or with_ in inputs)
    return _shown(text, other) if fits else None


def advice(line: str | None) -> str | None:
    """The help that shows a line, and says so where commands differentiate by themselves."""
    if line is None:
        return None
    derivative = re.fullmatch(r"grad\(((?!grad).*), \w+\)", line)
    more = f"; `gradcli diff` and `grad` take `{derivative[1]}` alone" if derivative else ""
    return f"write `{line}`{more}"


def _is_function(name: str) -> bool:
    return function_named(catalog, name) is not None


def _shown(text: str, other: str) -> str | None:
    """What a help shows of a text: the whole, or the one line that is another."""
    old, new = text.split("\n"), other.split("\n")
    if len(new) > 1 and len(old) == len(new):
        new = [line.strip() for line, before in zip(new, old, strict=True) if line != before]
    elif "{" not in other:
        new = ["; ".join(line.strip() for line in new if line.strip())]
    return new[0] if len(new) == 1 and len(new[0]) <= _LONGEST else None
