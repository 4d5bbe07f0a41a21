"""Python as text: terms with as few brackets as its operators allow, literals, comments, ends."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    Term = tuple[str, float]

LAMBDA, CHOICE, OR, AND, NOT, COMPARE, BITS, SUM, PRODUCT, SIGN, POWER, ATOM = (
    0,
    0.5,
    1,
    2,
    3,
    4,
    4.5,
    5,
    6,
    7,
    8,
    10,
)
"""How strongly what is written binds, in Python, JavaScript and C where these agree."""

WIDTH = 88
"""Columns of a line, where something can be done about it."""

_SLOT = re.compile(r"\{(\d)(?::([\d.]+))?\}")
_EXACT = 1e15


def filled(template: str, binds: float, operands: Sequence[Term]) -> Term:
    """A template with its operands, in brackets where they bind less than it says."""

    def operand(match: re.Match[str]) -> str:
        text, own = operands[int(match[1])]
        return f"({text})" if own < float(match[2] or 0) else text

    return _SLOT.sub(operand, template), binds


def number(value: float, spelled: dict[str, str]) -> Term:
    """A number with the digits that it needs; `spelled` are inf and nan."""
    if not math.isfinite(value):
        text = spelled["nan" if math.isnan(value) else "inf"]
        return (f"-{text}", SIGN) if value < 0 else (text, ATOM)
    return repr(float(value)), SIGN if math.copysign(1.0, value) < 0 else ATOM


def short(term: Term) -> Term:
    """A number without `.0`, for where that is the same."""
    text, binds = term
    whole = text.removesuffix(".0")
    return (whole, binds) if whole.lstrip("-").isdecimal() and whole != "-0" else term


def nested(array: Any, spelled: dict[str, str]) -> str:
    """An array as lists of lists."""
    if np.ndim(array):
        return f"[{', '.join(nested(part, spelled) for part in array)}]"
    value = array.item() if isinstance(array, np.generic) else array
    return str(value) if isinstance(value, (bool, int)) else number(float(value), spelled)[0]


def comments(texts: Iterable[str], sign: str = "#") -> list[str]:
    """Texts as comments, of which no character ends one."""
    lines = [line for text in texts for line in text.splitlines() or [""]]
    return [f"{sign} {_printable(line)}".rstrip() for line in lines]


def _printable(text: str) -> str:
    return "".join(c if c.isprintable() else "?" for c in text)


def indented(lines: Iterable[str], by: str = "    ") -> list[str]:
    """Lines in a block."""
    return [by + line if line else line for line in lines]
