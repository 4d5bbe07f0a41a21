"""What texts and arrays of JavaScript have in common: places in them, and methods by these."""

from __future__ import annotations

import math
from typing import Any

from gradcli.snippets.languages.javascript.tree import UNDEFINED
from gradcli.snippets.languages.javascript.values import TypedArray

MAX_LENGTH = 10_000_000
"""Items of an array, characters of a text."""


def whole(language: Any, value: Any, default: int = 0) -> int:
    """An argument that counts."""
    if value is UNDEFINED:
        return default
    number = language.number(value)
    return 0 if math.isnan(number) else int(max(min(number, 2**53), -(2**53)))


def place(language: Any, value: Any, length: int, default: int) -> int:
    """A place in a sequence, counted from its end if it is below zero."""
    index = whole(language, value, default)
    return max(index + length, 0) if index < 0 else min(index, length)


def slice_(language: Any, value: Any, start: Any, end: Any) -> Any:
    """`value.slice(start, end)`."""
    length = len(value)
    part = value[place(language, start, length, 0) : place(language, end, length, length)]
    return TypedArray.of(value.label, part) if isinstance(value, TypedArray) else part


def index_of(language: Any, value: Any, item: Any) -> float:
    """`value.indexOf(item)`."""
    if isinstance(value, str):
        return float(value.find(language.text(item)))
    matches = (i for i, own in enumerate(value) if language.identical(own, item))
    return float(next(matches, -1))


def includes(language: Any, value: Any, item: Any) -> bool:
    """`value.includes(item)`."""
    return index_of(language, value, item) >= 0


def at(language: Any, value: Any, index: Any) -> Any:
    """`value.at(index)`."""
    i = whole(language, index)
    return value[i] if -len(value) <= i < len(value) else UNDEFINED
