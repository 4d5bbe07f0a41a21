"""What of a file is code, and which values are shown: cells, sessions, plain files."""

from __future__ import annotations

import re
from bisect import bisect_left
from typing import TYPE_CHECKING, NamedTuple

from gradcli.errors import InputError, Source
from gradcli.snippets import tree

if TYPE_CHECKING:
    from collections.abc import Iterable

_MAGIC = re.compile(r"^([ \t]*)[%!](?=[%\w])[^\n]*", re.MULTILINE)
"""Lines of a notebook that are no Python: `%matplotlib inline`, `!pip install`."""

_PROMPT = re.compile(r"^[ \t]*(>>>|\.\.\.|In \[\d*\]:)(?: |$)", re.MULTILINE)
"""How a line begins that was copied from a session."""


class Code(NamedTuple):
    """The code of a file, the offsets at which its cells end, and their numbers."""

    text: str
    ends: list[int]
    numbers: list[int]


class Notebook(Source):
    """The code of a notebook: places are cited by the cell, and by the line within it."""

    __slots__ = ("code",)

    def __init__(self, code: Code, name: str) -> None:
        super().__init__(code.text, name)
        self.code = code

    def place(self, offset: int) -> tuple[int, int]:
        """Line and column within the cell."""
        i = self.cell(offset)
        line, column = super().place(offset)
        return line - (super().place(self.code.ends[i - 1])[0] if i else 0), column

    def cell(self, offset: int) -> int:
        """The cell in which a character is, from 0."""
        return min(bisect_left(self.code.ends, offset), len(self.code.ends) - 1)

    def cited(self, offset: int) -> str:
        """`name.ipynb, cell 2:1:5`."""
        line, column = self.place(offset)
        return f"{self.name}, cell {self.code.numbers[self.cell(offset)]}:{line}:{column}"


def notebook(text: str, name: str) -> Code:
    """The code cells of a notebook, in their order."""
    import json

    try:
        cells = json.loads(text)["cells"]
        sources = [cell["source"] for cell in cells if cell["cell_type"] == "code"]
        texts = ["".join(s if isinstance(s, list) else [s]) for s in sources]
    except (ValueError, KeyError, TypeError, RecursionError):
        raise InputError(f"'{name}' is not a notebook", help="an .ipynb file has cells") from None
    return _joined(texts or [""])


def script(text: str) -> Code:
    """A file, or what was copied from a session."""
    if re.search(r"^[ \t]*>>> ", text, re.MULTILINE):
        return _joined(_session(text))
    return _joined([text])


def _joined(cells: Iterable[str]) -> Code:
    parts: list[str] = []
    ends: list[int] = []
    numbers: list[int] = []
    for number, cell in enumerate(cells, 1):
        if cell.lstrip().startswith("%%") and not cell.lstrip().startswith("%%time"):
            continue
        parts.append(
            _MAGIC.sub(lambda match: match[1] + " " * (len(match[0]) - len(match[1])), cell)
        )
        ends.append(sum(map(len, parts)) + len(parts) - 1)
        numbers.append(number)
    return Code("\n".join(parts), ends, numbers)


def _session(text: str) -> list[str]:
    """The inputs of a session, one after another, without what was printed."""
    cells: list[list[str]] = []
    for line in text.split("\n"):
        prompt = _PROMPT.match(line)
        if prompt is None:
            continue
        if prompt[1] == "..." and cells:
            cells[-1].append(line[prompt.end() :])
        else:
            cells.append([line[prompt.end() :]])
    return ["\n".join(lines) for lines in cells]


def show_last(block: tree.Block, code: Code) -> None:
    """Has the last expression of each cell shown, unless a semicolon follows it."""
    ends = iter(code.ends)
    end = next(ends, 0)
    last: tree.Tree | None = None
    for statement in block.statements:
        while statement.start >= end:
            _show(last, code.text)
            last, end = None, next(ends, len(code.text) + 1)
        last = statement
    _show(last, code.text)


def _show(statement: tree.Tree | None, text: str) -> None:
    if isinstance(statement, tree.Expression):
        statement.shown = not text[statement.end :].lstrip(" \t").startswith(";")
