"""The line to write where only the `*` between factors lacks; loaded when that is the mistake."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from gradcli.syntax import Mistake

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    Ranks = Mapping[str, int]

_LONGEST = 60
"""Characters of a line that a help shows."""

_MOST = 8
"""How many signs are put in before it is given up."""


def multiplied(
    text: str,
    mistake: Mistake,
    read: Callable[[str], object],
    reading: int | None = None,
    ranks: Ranks | None = None,
) -> str | None:
    """The text with each `*` that lacks; None where that does not mend it.

    What has two readings is meant in that of the number `reading`; `ranks` are how many axes
    names are known to have.
    """
    if len(text) > 20 * _LONGEST:
        return None
    for _ in range(_MOST):
        if reading is not None and mistake.readings:
            text = mistake.readings[min(reading, len(mistake.readings) - 1)]
        elif mistake.product is not None:
            before, after = text[: mistake.product].rstrip(), text[mistake.product :].lstrip()
            left, right = re.search(r"\w*$", before), re.match(r"\w*", after)
            names = left[0] if left else "", right[0] if right else ""
            text = before + sign_between(*names, ranks or {}) + after
        else:
            return None
        try:
            read(text)
        except Mistake as another:
            mistake = another
        else:
            return text
    return None


def sign_between(left: str, right: str, ranks: Ranks) -> str:
    """The sign of the product of two names: that of matrices where one is a matrix."""
    two = ranks.get(left, 0), ranks.get(right, 0)
    return " @ " if min(two) > 0 and max(two) > 1 else "*"


def both_readings(text: str, mistake: Mistake, read: Callable[[str], object]) -> str | None:
    """The help that shows the statement in both readings; None where one is none, or long."""
    lines = []
    for reading in range(len(mistake.readings)):
        whole = multiplied(text, mistake, read, reading)
        line = whole and statement(whole, mistake.start)
        if not line:
            return None
        lines.append(" ".join(line.split()))
    return f"write {' or '.join(f'`{line}`' for line in dict.fromkeys(lines))}"


def statement(text: str, offset: int) -> str | None:
    """The text, or the statement around an offset, if it is short enough to be shown."""
    if len(text) <= _LONGEST and "\n" not in text.strip():
        return text.strip()
    start = max(text.rfind(mark, 0, offset) for mark in ";\n") + 1
    statement = re.split(r"[;\n]", text[start:])[0].strip()
    return statement if len(statement) <= _LONGEST else None
