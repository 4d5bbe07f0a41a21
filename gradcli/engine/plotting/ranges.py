"""Ranges of variables as they are given, `-4:4` in a shell and `(-4, 4)` in Python."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from gradcli.errors import UsageError
from gradcli.render.picture import LARGEST, NARROWEST, Axis

if TYPE_CHECKING:
    from collections.abc import Callable


def is_range(value: Any) -> bool:
    """Whether a value is a range: a text with a colon outside of brackets, or a pair."""
    if isinstance(value, str):
        return _colon(value) is not None
    return isinstance(value, tuple) and len(value) == 2


def axis(name: str, value: Any, read: Callable[[str], Any], option: str) -> Axis:
    """The axis of a range; `read` gives the number of a text, `option` is how messages cite it."""
    ends: Any = value
    if isinstance(value, str):
        colon = _colon(value)
        ends = value[:colon], value[colon + 1 :] if colon is not None else ""
        ends = [read(end) for end in ends if end.strip()]
    shown = value if isinstance(value, str) else ", ".join(map(str, value))
    try:
        if len(ends) != 2 or any(np.ndim(end) for end in ends):
            raise ValueError
        low, high = (float(end) for end in ends)
    except (OverflowError, TypeError, ValueError):
        raise _refused(option, f"takes two numbers, not '{shown}'") from None
    if not np.isfinite([low, high]).all():
        raise _refused(option, f"goes to infinity: '{shown}'")
    if max(abs(low), abs(high)) > LARGEST:
        raise _refused(option, f"goes beyond {LARGEST:g}: '{shown}'")
    if not low < high:
        raise _refused(option, f"goes from the smaller number to the larger, not '{shown}'")
    if high - low < NARROWEST:
        raise _refused(option, f"is narrower than {NARROWEST:g}: '{shown}'")
    return Axis(name, low, high)


def _refused(option: str, what: str) -> UsageError:
    return UsageError(f"the range of {option} {what}", help=f"{option} -4:4")


def _colon(text: str) -> int | None:
    """Where the colon stands, if there is just one outside of brackets."""
    depth = 0
    colons = []
    for i, sign in enumerate(text):
        depth += (sign in "([{") - (sign in ")]}")
        if sign == ":" and not depth:
            colons.append(i)
    return colons[0] if len(colons) == 1 and not text.startswith("@") else None
