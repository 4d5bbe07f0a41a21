"""Sums over an index, and cells of spreadsheets, as arrays; loaded for the help of an error."""

from __future__ import annotations

import re

from gradcli.syntax.idioms import INSIDE

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

_BODY = rf"(?P<body>(?:[^(),;]|\({INSIDE}\))+?)"
_BOUND = r"(?:\w+|-\d+)"
_LAST = rf"(?P<last>{_BOUND})"
_LISTED = rf"(?P<index>[a-z]),\s*(?P<first>{_BOUND}),\s*{_LAST}"
_INDEX = rf"(?P<index>[a-z])\s*=\s*(?P<first>{_BOUND})"
_WORD = r"(?P<word>sum|prod|product)"
_END = r"(?=\s*(?:$|[;,+)-]))"
_SIGN = r"(?:\\?(?P<word>sum|prod)|(?P<sign>(?-i:[ΣΠ∑∏])))\s*"

_WRITTEN = [
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"\b{_WORD}\({_LISTED},\s*{_BODY}\)",
        rf"\b{_WORD}\({_INDEX}\s*(?:\.\.|,|:)\s*{_LAST},\s*{_BODY}\)",
        rf"\b{_WORD}\({_BODY},\s*{_INDEX}\s*(?:\.\.|,|:)\s*{_LAST}\)",
        rf"\b{_WORD}[(\[]{_BODY},\s*[({{]?\s*{_LISTED}\s*[)}}]?[)\]]",
        rf"{_SIGN}_?\s*[{{(]\s*{_INDEX}\s*[}})]\s*\^\s*[{{(]?{_LAST}[}})]?\s*{_BODY}{_END}",
        rf"{_SIGN}_\s*\{{?(?P<index>[a-z])\}}?\s+{_BODY}{_END}",
        rf"{_SIGN}_?\s*{_BODY},?\s+(?:for\s+|from\s+)?{_INDEX}\s*(?:\.\.|to)\s*{_LAST}{_END}",
        rf"\b{_WORD}(?:\s+of)?\s+{_BODY},?\s+(?:for|from)\s+{_INDEX}\s*(?:\.\.|to)\s*{_LAST}{_END}",
        rf"{_SIGN}\s*\(\s*{_INDEX}\s*\.\.\s*{_LAST}\s*\)\s*{_BODY}{_END}",
        rf"(?P<sign>(?-i:[ΣΠ∑∏]))\s*(?![_({{\s]){_BODY}{_END}",
    )
]
"""`sum(i, 1, 10, i^2)`, `sum(i=1..10, i^2)`, `sum(i^2, i=1..10)`, `Sum[i^2, {i, 1, 10}]`,
`Σ_{i=1}^{10} i^2`, `\\sum_i x_i`, `Σ(i=1..10) i^2`."""


def with_ranges(text: str) -> str:
    """The text in which each index of a sum is an array: `i = range(1, 11); sum(i^2)`."""
    for pattern in _WRITTEN:
        text = pattern.sub(_summed, text)
    ranges, text = re.findall(r"⟦([^⟧]*)⟧", text), re.sub(r"⟦[^⟧]*⟧", "", text)
    start = text.rfind(";") + 1
    return text[:start] + "".join(f"{given}; " for given in dict.fromkeys(ranges)) + text[start:]


def _summed(written: re.Match[str]) -> str:
    """`sum(i^2)` behind `⟦i = range(1, 11)⟧`, if the index is one of what is summed."""
    parts = written.groupdict()
    index, body, last = parts.get("index"), parts["body"].strip(), parts.get("last")
    name = parts.get("word") or ("prod" if parts.get("sign") in ("Π", "∏") else "sum")
    name = "prod" if name.lower().startswith("prod") else "sum"
    if index is None:
        return f"{name}({body})"
    whole = re.sub(rf"_(?:{index}\b|\{{{index}\}})", "", body)
    if whole != body and not re.search(rf"\b{index}\b", whole):
        return f"{name}({whole})"
    if last is None or not re.search(rf"\b{index}\b", body) or last in ("oo", "inf", "infinity"):
        return written[0]
    return f"⟦{index} = range({parts['first']}, {_behind(last)})⟧{name}({body})"


def _behind(last: str) -> str:
    """The end of a range whose last number is given."""
    return str(int(last) + 1) if last.removeprefix("-").isdecimal() else f"{last} + 1"


_MOST = 12
"""Cells of a spreadsheet that are written one by one; longer columns go by their letter."""


def with_cells(formula: str) -> str:
    """A formula of a spreadsheet in which `A1:A3` are arrays of cells."""
    formula = re.sub(r"\b([A-Z]{1,2}):\1\b", r"\1", formula)
    return re.sub(r"\b([A-Z]{1,2})(\d+):([A-Z]{1,2})(\d+)\b", _cells, formula)


def _cells(span: re.Match[str]) -> str:
    left, top, right, bottom = span.groups()
    columns = range(ord(left), ord(right) + 1) if len(left) == len(right) == 1 else ()
    rows = range(int(top), int(bottom) + 1)
    if not columns or len(columns) * len(rows) > _MOST:
        return left if left == right else span[0]
    table = [[f"{chr(column)}{row}" for column in columns] for row in rows]
    if len(columns) == 1 or len(rows) == 1:
        return _listed(cell for row in table for cell in row)
    return _listed(map(_listed, table))


def _listed(items: Iterable[str]) -> str:
    return f"[{','.join(items)}]"
