"""Rules that rewrite a text, one after the other: patterns, and what stands in their place."""

from __future__ import annotations

import re

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    By = str | Callable[[re.Match[str]], str]
    Rules = Sequence[tuple[str, By]]
    Compiled = list[tuple[re.Pattern[str], By]]


def compiled(*groups: Rules) -> Compiled:
    """The rules of all groups, ready to be applied; `^` and `$` are of lines."""
    return [(re.compile(pattern, re.MULTILINE), by) for group in groups for pattern, by in group]


def replaced(text: str, rules: Compiled) -> str:
    """What each rule in turn makes of a text."""
    for pattern, by in rules:
        text = pattern.sub(by, text)
    return text
