"""Formulas with the signs that people write: x², √x, a·b, π; they parse back, too."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from gradcli.render.text import text

if TYPE_CHECKING:
    from gradcli.ir.written import Written

_SUPERSCRIPTS = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
_WORDS = {"sqrt": "√", "pi": "π", "<=": "≤", ">=": "≥", "!=": "≠", "*": "·", "-": "−"}
_SPELLED = re.compile(r"\b(?:sqrt(?=\()|pi\b)|<=|>=|!=|\*|-")


def unicode(tree: Written) -> str:
    """The formula in Unicode."""
    bare = re.sub(r"\bsqrt\((\w+)\)(?!\^)", r"√\1", text(tree))
    raised = re.sub(r"\^(\d+)", lambda power: power[1].translate(_SUPERSCRIPTS), bare)
    return _SPELLED.sub(lambda word: _WORDS[word[0]], raised)
