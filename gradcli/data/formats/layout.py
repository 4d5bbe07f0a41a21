"""Columns of text below their headings, as many side by side as a page is wide."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from gradcli.errors import terminal_columns

if TYPE_CHECKING:
    from gradcli.data.formats.page import Page

    TextColumn = list[str]  # a heading and the cells below it, all of one width

_APART = 3  # blanks between columns
_WHOLE = re.compile(r"-?\d+")
_BOLD, _DIM = 1, 2  # as terminals number them


def text_column(heading: str, cells: list[str]) -> TextColumn:
    """Texts, which begin at the left."""
    texts = [heading, *cells]
    width = max(map(terminal_columns, texts))
    return [text + " " * (width - terminal_columns(text)) for text in texts]


def number_column(heading: str, cells: list[str]) -> TextColumn:
    """Numbers, which end at the right, their decimal points below one another."""
    numbers = aligned(cells)
    width = max(terminal_columns(heading), *map(len, numbers), 0)
    blanks = " " * (width - terminal_columns(heading))
    return [blanks + heading, *(number.rjust(width) for number in numbers)]


def aligned(numbers: list[str]) -> list[str]:
    """The numbers with blanks behind them, so that decimal points line up at the right edge.

    Words among them, such as `nan`, end at the edge itself.
    """
    wholes = map(_WHOLE.match, numbers)
    ends = [None if whole is None else whole.end() for whole in wholes]
    pairs = list(zip(numbers, ends, strict=True))
    longest = max((len(number) - end for number, end in pairs if end is not None), default=0)
    return [number if end is None else number.ljust(end + longest) for number, end in pairs]


def width_of(columns: list[TextColumn]) -> int:
    """How much of the width of a page a table takes."""
    return sum(terminal_columns(heading) + _APART for heading, *_ in columns)


def tables(key: TextColumn | None, columns: list[TextColumn], page: Page) -> str:
    """The columns behind the key of each row; where the page is too narrow, in several tables."""
    keys = [] if key is None else [key]
    groups: list[list[TextColumn]] = [[]]
    left = width = page.width - width_of(keys)
    for column in columns:
        left -= width_of([column])
        if left < 0 and groups[-1]:
            groups.append([])
            left = width - width_of([column])
        groups[-1].append(column)
    whole = [[*keys, *group] for group in groups if keys or group]
    return "\n".join(_table(group, page, has_keys=bool(keys)) for group in whole)


def _table(columns: list[TextColumn], page: Page, *, has_keys: bool) -> str:
    """The headings, a rule, and the rows."""
    apart = " " * _APART
    heading, *rows = zip(*columns, strict=True)
    if has_keys and page.colour:
        rows = [(_styled(key, _DIM, page), *cells) for key, *cells in rows]
    rule = ("─" if page.unicode else "-") * (width_of(columns) - 1)
    lines = [_styled(f"  {apart.join(heading)}".rstrip(), _BOLD, page), f" {rule}"]
    lines += [f"  {apart.join(row)}".rstrip() for row in rows]
    return "\n".join(lines) + "\n"


def note(text: str, page: Page) -> str:
    """A line below a table."""
    return _styled(f"  {text}", _DIM, page) + "\n"


def _styled(text: str, style: int, page: Page) -> str:
    return f"\x1b[{style}m{text}\x1b[0m" if page.colour else text
