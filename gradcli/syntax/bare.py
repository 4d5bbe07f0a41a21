"""The argument that a function has where no brackets stand around it: `sin 2 pi x`, `log 1/x`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from gradcli.syntax.tables import WORDS
from gradcli.syntax.wrong_words import SENTENCE

if TYPE_CHECKING:
    from collections.abc import Callable

    IsFunction = Callable[[str], bool]

TIMES = "\u2062"
"""The product that formulas have without a sign, and whose factors stay together."""

_NUMBER = r"(?:\d[\d_]*\.?\d*|\.\d+)(?!\.)°?"
_POWER = r"(?:\^-?\w+|\*\*-?\w+|[⁻⁰-⁹¹²³]+)"
_FACTOR = re.compile(
    rf" *(?P<value>{_NUMBER}|[^\W\d][^\W⁰-⁹¹²³]*(?:{TIMES}[^\W\d]\w*)*)(?P<power>{_POWER})?"
)
_SIGN = re.compile(r"[*/](?=[\w(.])")
_BEYOND = re.compile(r"[ ]*[(\[.°|√!'{\\]")
"""What may belong to the argument, but is not understood."""


class Argument(NamedTuple):
    """How a call with such an argument may be meant, and where what is called so ends."""

    readings: tuple[str, ...]
    end: int


def argument(text: str, start: int, name: str, is_function: IsFunction) -> Argument | None:
    """What the function `name` is applied to by the text from `start`; None if that is unclear."""
    minus = "-" if text.startswith("-", start) else ""
    factors, end = _factors(text, start + len(minus), is_function)
    if not factors or _BEYOND.match(text, end):
        return None
    (first, power), *more = factors
    inside = minus + _product([value + power for value, power in factors])
    first = minus + first
    if (sign := _SIGN.match(text, end)) is not None:
        behind, last = _factors(text, sign.end(), is_function)
        if not behind or _BEYOND.match(text, last):
            return None
        rest = text[end:last]
        return Argument((f"{name}({inside}{rest})", f"{name}({inside}){rest}"), last)
    if not more and power:
        return Argument((f"{name}({first}{power})", f"{name}({first}){power}"), end)
    if more and re.match(r"-?[^\W\d]", first):
        others = _product([value + power for value, power in more])
        return Argument((f"{name}({inside})", f"{name}({first}{power})*{others}"), end)
    return Argument((f"{name}({inside})",), end)


def _factors(text: str, start: int, is_function: IsFunction) -> tuple[list[tuple[str, str]], int]:
    """The factors with nothing or blanks between them, each with its power; where they end."""
    factors: list[tuple[str, str]] = []
    end = start
    while factor := _FACTOR.match(text, end):
        word = factor["value"]
        is_number = word[0].isdigit() or word[0] == "."
        if word in WORDS or word in SENTENCE or is_function(word) or (factors and is_number):
            break
        if text.startswith("(", factor.end()):
            break
        parts = re.split(f"{TIMES}|(?<=π)(?=[^\\W\\d])", word)
        factors.append(("*".join(parts), factor["power"] or ""))
        end = factor.end()
    return factors, end


def _product(factors: list[str]) -> str:
    """The factors with a sign wherever one is needed: `2x`, `2*pi*x`."""
    first, *others = factors
    if others and first.isdigit() and len(others) == 1:
        return f"{first}{others[0]}"
    return "*".join(factors)
