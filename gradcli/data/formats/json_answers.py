"""JSON: one object for an answer, or one a line for its elements."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gradcli.data.formats.leaves import columns, named
from gradcli.data.json_text import json_cells, json_text, quote
from gradcli.data.report import Report

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gradcli.data.answer import Answer
    from gradcli.data.formats.leaves import Column
    from gradcli.data.formats.page import Page


def json(answer: Answer | Report, page: Page) -> str:
    """The whole answer as one object on one line."""
    return json_text(answer.as_dict(), page.precision) + "\n"


def jsonl(answer: Answer | Report, page: Page) -> str:
    """An object a line: for each row or element where all have one shape, else for each array."""
    if isinstance(answer, Report):
        rows = (dict(zip(answer.columns, row, strict=True)) for row in answer.rows)
        return "".join(json_text(row, page.precision) + "\n" for row in rows)
    sides = columns(answer)
    return "".join(_arrays(answer, page) if sides is None else _elements(sides, page))


def _elements(sides: list[Column], page: Page) -> Iterator[str]:
    """An object for each element, with all that belongs to it by name."""
    height = max((array.size for _, array in sides if array is not None), default=1)
    cells = [
        ["null"] * height if array is None else json_cells(array, page.precision)
        for _, array in sides
    ]
    keys = [f"{quote(name)}: " for name, _ in sides]
    for row in zip(*cells, strict=True):
        yield "{" + ", ".join(map(str.__add__, keys, row)) + "}\n"


def _arrays(answer: Answer, page: Page) -> Iterator[str]:
    """An object `{"name": …, "value": …}` for each array."""
    for name, array in named(answer):
        yield json_text({"name": name, "value": array}, page.precision) + "\n"
