"""How large what a snippet makes may become: a step of it may make more than it has steps."""

from __future__ import annotations

from typing import Any

from gradcli.errors import LimitError
from gradcli.snippets.errors import Raised

MAX_ITEMS = 10_000_000
"""Items of a list, characters of a text."""

MAX_NESTED = 900
"""Values within values, where something is done to all of them: about as many as Python allows."""

MAX_BITS = 1_000_000
"""Bits of a whole number: a product of two such takes milliseconds, a quotient a second."""

MAX_POWER = 10**12
"""Bits of an exponent times the square of those of a modulus: about a second."""


def check_items(count: int) -> None:
    """Refuses lists that would be huge."""
    if count > MAX_ITEMS:
        raise LimitError(f"a list has at most {MAX_ITEMS:,} items")


def check_nested(value: Any, barred: tuple[type, ...] = ()) -> None:
    """Refuses what C would go through for ever, or by too many calls within calls.

    It is looked into one level after the other; what is in it twice is looked into once, and counts
    twice. What is in it of a kind that is `barred` has no hash.
    """
    level = {0: (value, 1)} if isinstance(value, HOLDING) else {}
    count = depth = 0
    while level:
        inner: dict[int, tuple[Any, int]] = {}
        for part, times in level.values():
            if isinstance(part, barred):
                raise Raised("TypeError", f"unhashable type: '{type(part).__name__}'")
            count += times * len(part)
            items = part.values() if isinstance(part, dict) else part
            for item in [item for item in items if isinstance(item, HOLDING)]:
                inner[id(item)] = (item, times + inner.get(id(item), (None, 0))[1])
        check_items(count)
        level = inner
        depth += 1
        if depth > MAX_NESTED:
            raise Raised("RecursionError", "maximum recursion depth exceeded")


HOLDING = (list, tuple, dict, set)


def check_length(length: int) -> None:
    """Refuses texts that would be huge."""
    if length > MAX_ITEMS:
        raise LimitError("this text is too long")


def joined(parts: list[str], between: str = "") -> str:
    """Texts as one."""
    check_length(sum(map(len, parts)) + len(between) * len(parts))
    return between.join(parts)


def check_bits(bits: int) -> None:
    """Refuses whole numbers that would be huge."""
    if bits > MAX_BITS:
        raise LimitError("this number is too large")
