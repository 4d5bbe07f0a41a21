"""The value to write for one that is typed as elsewhere; loaded for the help of its error."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

from gradcli.errors import GradcliError, Source
from gradcli.lower.names import read_names
from gradcli.ops import catalog
from gradcli.syntax import tree
from gradcli.syntax.idioms import evenly
from gradcli.syntax.parser import parse_value
from gradcli.syntax.replacing import compiled, replaced

if TYPE_CHECKING:
    from gradcli.syntax.replacing import Rules

_NUMBER = r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?"
_SHORT = 60
"""Characters of a value that a help shows."""

_MOST = 1000
"""Whole numbers that a range is taken to mean."""

_RANGE = re.compile(
    rf"[\[(]?\s*({_NUMBER})\s*(?::|\.\.+|…|to)\s*({_NUMBER})(?:\s*:\s*({_NUMBER}))?\s*[\])]?"
)
"""Two ends, or two and the step between them or behind."""

_UNITS = {"%": "/100", "k": "e3", "K": "e3", "M": "e6", "bn": "e9", "bp": "e-4", "bps": "e-4"}
"""Signs behind a number, and what is written for them here."""

# fmt: off
_LISTS: Rules = [
    (r"\A(['\"])(.*)\1\Z", r"\2"),
    (r"\A(?:[^\W\d]\w*)?\s*=\s*", ""),
    (r"\A\s*(?:[{<⟨]|c\()(.*)[}>⟩)]\s*\Z", r"\1"),
    (r"\}\s*,\s*\{", "; "),
    (r"\A\s*\{(?=[^{}]*;)|(?<=\d)\}\s*\Z", ""),
    (r"\A\[([^\[\]]*;[^\[\]]*)\]\Z", r"\1"),
    (r"\A(\[[^\[\]]*)\Z", r"\1]"),
    (r"\A([^\[\]]*)\]\Z", r"\1"),
    (r"\s*\|\s*", "; "),
    (r"[;,]\s*\Z", ""),
    (r"\A\s*,(\d+)\s*\Z", r"0.\1"),
    (r"\A(?i:null|none|na|n/a|nil|missing|undefined)\Z", "nan"),
    (r"\A(\d{1,3}(?:[ '’]\d{3})+),(\d+)\Z", lambda of: re.sub(r"\D", "", of[1]) + "." + of[2]),
    (r"(?<=\d)['’](?=\d{3}(?!\d))", ""),
    (r"\A-?\d{1,3}(?:\.\d{3}){2,}\Z", lambda of: of[0].replace(".", "")),
    (rf"({_NUMBER})\s*[xX]\s*(?=10(?:\^|\*\*|e))", r"\1*"),
    (rf"({_NUMBER})\s*\*\^\s*([-+]?\d+)", r"\1e\2"),
    (rf"[$€£¥]\s*({_NUMBER})", r"\1"),
    (rf"({_NUMBER})\s*(?:[$€£¥]|USD|EUR|GBP)", r"\1"),
    (rf"({_NUMBER})\s*(%|bps?|bn|[kKM])(?!\w)", lambda of: of[1] + _UNITS[of[2]]),
    (rf"\A({_NUMBER})\s*(?:km|cm|mm|kg|ms|min|[mgshVWNJK])\Z", r"\1"),
    (rf"({_NUMBER})\s*deg(?:rees)?\b", r"\1°"),
    (rf"({_NUMBER})\s*rad(?:ians?)?\b", r"\1"),
]
# fmt: on
_RULES = compiled(_LISTS)


def value_here(text: str) -> str | None:
    """The help that shows a value as it is written here; None if it is no other."""
    if len(text) > 4 * _SHORT or re.fullmatch(r"\d{1,3}(?: \d{3})+", text.strip()):
        return None  # one number or several: the parser shows both
    if (numbers := _range(text.strip())) is not None:
        return numbers
    other = _separated(_fractions(replaced(text.strip(), _RULES)))
    if other == text.strip() or len(other) > _SHORT or not _is_value(other):
        return None
    return f"write `{other}`"


def _is_value(text: str) -> bool:
    """Whether a text is a value, of constants alone."""
    try:
        for item in (item for row in parse_value(Source(text)).rows for item in row):
            block = tree.Block((item,), item.start, item.end)
            if read_names(tree.SyntaxTree(block, tree.SHORT + 1, Source(text)), catalog).inputs:
                return False
    except GradcliError:
        return False
    return True


def _fractions(text: str) -> str:
    """`½`, `1½`."""
    for char in {c for c in text if "\u2044" in unicodedata.normalize("NFKC", c)}:
        fraction = unicodedata.normalize("NFKC", char).replace("\u2044", "/")
        text = re.sub(rf"(\d+)\s*{char}", rf"\1 + {fraction}", text).replace(char, fraction)
    return text


def _separated(text: str) -> str:
    """`1 2; 3 4`, `[[1 2] [3 4]]`: commas for blanks between numbers."""
    if not re.search(rf"(?:{_NUMBER}|\])\s+(?=[\d.\[-])", text) or re.search(r"\d\s+-\s", text):
        return text
    if "[" not in text and re.search(r"\d\s+[-+]\d", text):
        return text
    text = re.sub(r"\]\s*[,;]?\s*\[", "];[", text) if "[[" in text else text
    text = re.sub(rf"({_NUMBER}),?[^\S\n]+(?=[-+\d.])", r"\1,", text)
    bare = re.sub(r"\s*\n\s*", ";", re.sub(r"[\[\]]", "", text)).strip()
    return re.sub(r"\s*;\s*", "; ", bare)


def _range(text: str) -> str | None:
    """The help for `1:3`, `1..3`, `0:0.1:1`, `1 to 3`."""
    found = _RANGE.fullmatch(text)
    if found is None:
        return None
    first, second = float(found[1]), float(found[2])
    if found[3]:
        third = float(found[3])
        step, last = (second, third) if abs(second) <= abs(third - first) else (third, second)
        return f"write `{evenly(first, step, last)}`"
    few = f"`linspace({first:g}, {second:g}, 9)` for 9 numbers"
    if first % 1 or second % 1 or not 0 < second - first < _MOST:
        return f"write {few}"
    several = ", ".join(f"{first + i:g}" for i in range(min(int(second - first) + 1, 3)))
    more = ", …" if second - first > 2 else ""
    return f"write `range({first:g}, {second + 1:g})` for {several}{more}, or {few}"
