"""CSV and TSV: a row for each element, or the long form `name,index,value`."""

from __future__ import annotations

import csv as csv_module
import io
from itertools import chain, repeat
from typing import TYPE_CHECKING

import numpy as np

from gradcli.data.file_kinds import DELIMITERS
from gradcli.data.formats.leaves import columns, leaves
from gradcli.data.numbers import texts
from gradcli.data.report import Report

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from gradcli.data.answer import Answer
    from gradcli.data.formats.leaves import Column
    from gradcli.data.formats.page import Page

    Rows = Iterable[Iterable[str]]


def csv(answer: Answer | Report, page: Page) -> str:
    """A header and rows with commas between the cells; null is an empty cell."""
    return _separated(answer, page, DELIMITERS["csv"])


def tsv(answer: Answer | Report, page: Page) -> str:
    """The same with tabs."""
    return _separated(answer, page, DELIMITERS["tsv"])


def _separated(answer: Answer | Report, page: Page, delimiter: str) -> str:
    stream = io.StringIO()
    writer = csv_module.writer(stream, delimiter=delimiter, lineterminator="\n")
    writer.writerows(_rows(answer, page))
    return stream.getvalue()


def _rows(answer: Answer | Report, page: Page) -> Rows:
    """The names of the columns, and the rows below."""
    if isinstance(answer, Report):
        return answer.lines(page.precision)
    sides = columns(answer)
    return _long(answer, page) if sides is None else _wide(sides, page)


def _wide(sides: list[Column], page: Page) -> Rows:
    """A row for each element: the inputs, the value, the derivatives, the verdicts."""
    height = max((array.size for _, array in sides if array is not None), default=1)
    cells = [[""] * height if array is None else texts(array, page.precision) for _, array in sides]
    return chain([[name for name, _ in sides]], zip(*cells, strict=True))


def _long(answer: Answer, page: Page) -> Iterator[Iterable[str]]:
    """A row for each element of each array; its index in a matrix is `0 1`, in a scalar empty.

    Verdicts are a column of their own, so that the values are numbers.
    """
    judged = answer.verdicts is not None
    yield ("name", "index", "value", "verdict")[: 3 + judged]
    for leaf in leaves(answer):
        if leaf.array is None:
            yield (leaf.label, "", "", "")[: 3 + judged]
            continue
        indices = (" ".join(map(str, index)) for index in np.ndindex(leaf.array.shape))
        cells = [repeat(leaf.label), indices, texts(leaf.array, page.precision)]
        if judged:
            cells.append(repeat("") if leaf.verdicts is None else texts(leaf.verdicts))
        yield from zip(*cells, strict=False)
