"""CSV and TSV: a row for each element, or the long form `name,index,value`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from gradcli.data.formats.leaves import columns, labels, leaves
from gradcli.data.numbers import texts

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from gradcli.data.answer import Answer, Array
    from gradcli.data.formats.leaves import Column


def separated(answer: Answer, between: str, precision: int | None = None) -> str:
    """A header and rows with `between` ("," or a tab) between the cells; null is an empty cell."""
    sides = columns(answer)
    rows = _long(answer, precision) if sides is None else _wide(sides, precision)
    return "".join(between.join(row) + "\n" for row in _quoted(rows, between))


def _wide(sides: list[Column], precision: int | None) -> Iterator[Iterable[str]]:
    """One row an element: the inputs, the value, the derivatives."""
    height = max((array.size for _, array in sides if array is not None), default=1)
    yield [name for name, _ in sides]
    cells = [[""] * height if array is None else texts(array, precision) for _, array in sides]
    yield from zip(*cells, strict=True)


def _long(answer: Answer, precision: int | None) -> Iterator[Iterable[str]]:
    """One row an element of one array; the index of a matrix is `0 1`, that of a scalar empty."""
    found = leaves(answer)
    yield ("name", "index", "value")
    for label, leaf in zip(labels(found), found, strict=True):
        if leaf.array is None:
            yield (label, "", "")
            continue
        for index, text in zip(_indices(leaf.array), texts(leaf.array, precision), strict=True):
            yield (label, index, text)


def _indices(array: Array) -> Iterator[str]:
    return (" ".join(map(str, index)) for index in np.ndindex(array.shape))


def _quoted(rows: Iterator[Iterable[str]], between: str) -> Iterator[Iterable[str]]:
    """Quotes where a name needs them; numbers never do."""
    yield [_quote(name, between) for name in next(rows)]
    for row in rows:
        first, *rest = row
        yield (_quote(first, between), *rest)


def _quote(cell: str, between: str) -> str:
    """A cell as RFC 4180 has it."""
    if between in cell or '"' in cell or "\n" in cell or "\r" in cell:
        return '"' + cell.replace('"', '""') + '"'
    return cell
