"""The line to write where only the `*` between factors lacks; loaded when that is the mistake."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from gradcli.syntax import Mistake

if TYPE_CHECKING:
    from collections.abc import Callable

_LONGEST = 60
"""Characters of a line that a help shows."""

_MOST = 8
"""How many signs are put in before it is given up."""


def multiplied(text: str, mistake: Mistake, read: Callable[[str], object]) -> str | None:
    """The text with each `*` that lacks; None where that does not mend it."""
    if len(text) > 20 * _LONGEST:
        return None
    for _ in range(_MOST):
        if mistake.product is None:
            return None
        before, after = text[: mistake.product].rstrip(), text[mistake.product :].lstrip()
        text = f"{before}*{after}"
        try:
            read(text)
        except Mistake as another:
            mistake = another
        else:
            return text
    return None


def statement(text: str, offset: int) -> str | None:
    """The statement around an offset, if it is short enough to be shown."""
    start = max(text.rfind(mark, 0, offset) for mark in ";\n") + 1
    statement = re.split(r"[;\n]", text[start:])[0].strip()
    return statement if len(statement) <= _LONGEST else None
