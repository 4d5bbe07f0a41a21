"""Tables for a terminal: elements in rows, matrices as grids, inputs beside their gradients."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from gradcli.data.formats.layout import note, number_column, tables, text_column, width_of
from gradcli.data.formats.leaves import PAIRWISE, SERIES, columns, common_shape, derivatives, values
from gradcli.data.numbers import texts
from gradcli.data.report import Report

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gradcli.data.answer import Answer, Array
    from gradcli.data.formats.layout import TextColumn
    from gradcli.data.formats.leaves import Column, Leaf
    from gradcli.data.formats.page import Page

    Shape = tuple[int, ...]
    Indices = list[int | None]

_ROWS = 20  # that are shown before the middle is left out
_MATRICES = 6  # of an array of higher rank


def table(answer: Answer | Report, page: Page) -> str:
    """All tables of an answer, one below the other."""
    if isinstance(answer, Report):
        from gradcli.data.formats.report_table import report_table

        return report_table(answer, page)
    if answer.kind == "hessian" and all(leaf.shape == () for leaf in derivatives(answer)):
        return _pairs(answer, page)
    groups = _groups(answer)
    drawn = [text for shape, members in groups for text in _drawn(shape, members, page)]
    return "\n".join([*drawn, *_polynomials(answer, page)])


def _polynomials(answer: Answer, page: Page) -> Iterator[str]:
    """The power series about a number as a polynomial."""
    if answer.kind not in SERIES:
        return
    from gradcli.data.formats.polynomial import polynomial

    for leaf in derivatives(answer):
        if leaf.array is not None and leaf.array.ndim == 1:
            point = float(answer.inputs[leaf.name])
            yield polynomial(leaf.array.tolist(), leaf.name, point, page.digits) + "\n"


# --- what stands side by side -------------------------------------------------------------------


def _groups(answer: Answer) -> Iterator[tuple[Shape, list[Column]]]:
    """Arrays of one shape: all, or else the value by itself and inputs beside their gradients."""
    result, gradients = values(answer), derivatives(answer)
    common = _common_shape(answer, result + gradients)
    if common is not None:
        yield common, _inputs(answer, common) + _columns(result + gradients)
        return
    for shape, leaves in _by_shape(answer, result).items():
        yield shape, _columns(leaves)
    for shape, leaves in sorted(_by_shape(answer, gradients).items(), key=_rank):
        if len(shape) < 2:
            yield shape, _inputs(answer, shape) + _columns(leaves)
            continue
        for leaf in leaves:
            yield shape, _inputs(answer, shape, leaf.name) + _columns([leaf])


def _common_shape(answer: Answer, leaves: list[Leaf]) -> Shape | None:
    """The shape of value and gradients, if all of them can stand side by side."""
    shape = common_shape(leaves)
    if shape is None or (answer.kind is None and columns(answer) is None):
        return None  # a value that mixes the elements of its inputs belongs to none of them
    has_nulls = any(leaf.array is None for leaf in leaves)
    return None if len(shape) > 1 and (has_nulls or answer.kind in PAIRWISE) else shape


def _by_shape(answer: Answer, leaves: list[Leaf]) -> dict[Shape, list[Leaf]]:
    """The arrays by shape; nulls stand beside the vector that they are not the gradient for."""
    groups: dict[Shape, list[Leaf]] = {}
    for leaf in leaves:
        shape = leaf.shape
        if shape is None:
            input_shape = np.shape(answer.inputs.get(leaf.name, 0))
            shape = input_shape if len(input_shape) < 2 else ()
        groups.setdefault(shape, []).append(leaf)
    return groups


def _inputs(answer: Answer, shape: Shape, name: str | None = None) -> list[Column]:
    """The inputs of a shape, or the one of a name if it has the shape."""
    inputs = answer.inputs.items() if name is None else [(name, answer.inputs.get(name))]
    return [(key, np.asarray(a)) for key, a in inputs if a is not None and np.shape(a) == shape]


def _columns(leaves: list[Leaf]) -> list[Column]:
    """The arrays, and the verdicts by the names of their variables where there are several."""
    words = {leaf.name: leaf.verdicts for leaf in leaves if leaf.verdicts is not None}
    verdicts = [(f"verdict {name}" if len(words) > 1 else "verdict", words[name]) for name in words]
    return [*((leaf.label, leaf.array) for leaf in leaves), *verdicts]


def _rank(group: tuple[Shape, list[Leaf]]) -> int:
    return len(group[0])


# --- what it looks like -------------------------------------------------------------------------


def _drawn(shape: Shape, members: list[Column], page: Page) -> Iterator[str]:
    """Scalars in a row, vectors an element a row, matrices as grids."""
    if len(shape) > 1:
        yield from _matrices(shape, members, page)
        return
    indices: Indices = page.shown(shape[0], _ROWS) if shape else [0]
    key = _row_numbers("#", indices, page) if shape else None
    text = tables(key, [_column(name, array, indices, page) for name, array in members], page)
    if None in indices:
        text += note(f"{shape[0]:,} elements; --all shows them all", page)
    yield text


def _pairs(answer: Answer, page: Page) -> str:
    """The second derivatives by scalars as a matrix with names at both edges."""
    names = list(answer.parts)
    columns = [np.array([answer.parts[row][name] for row in names]) for name in names]
    indices: Indices = list(range(len(names)))
    cells = zip(names, columns, strict=True)
    return tables(
        text_column("", names), [_column(name, a, indices, page) for name, a in cells], page
    )


def _matrices(shape: Shape, members: list[Column], page: Page) -> Iterator[str]:
    """A matrix under its name; of higher ranks each matrix under its index."""
    leading = shape[:-2]
    count = math.prod(leading)
    for number in page.shown(count, _MATRICES):
        if number is None:
            yield note(f"{page.gap} --all shows all {count:,} matrices", page)
            continue
        index = np.unravel_index(number, leading) if leading else ()
        where = f"[{', '.join(map(str, index))}, :, :]" if leading else ""
        matrices = [(name + where, array[index]) for name, array in members if array is not None]
        yield from _side_by_side(matrices, page)


def _side_by_side(matrices: list[tuple[str, Array]], page: Page) -> Iterator[str]:
    """Matrices of one shape beside one another where there is room, else below one another."""
    height, width = matrices[0][1].shape
    down = page.shown(height, _ROWS)
    across = _across(matrices, down, page)
    elided = None in down or None in across
    below = note(f"{height:,} by {width:,} elements; --all shows them all", page) if elided else ""
    grids = [_grid(title, matrix, down, across, page) for title, matrix in matrices]
    together = [column for grid in grids for column in grid]
    for key, *rest in [together] if width_of(together) <= page.width else grids:
        yield tables(key, rest, page) + below


def _across(matrices: list[tuple[str, Array]], down: Indices, page: Page) -> Indices:
    """The columns to show: all, or as many at both edges as there is room for."""
    length = matrices[0][1].shape[1]
    across = page.shown(length, page.columns)
    grids = [_grid(title, matrix, down, across, page) for title, matrix in matrices]
    widths = {i: max(width_of([grid[n]]) for grid in grids) for n, i in enumerate(across, 1)}
    widths[None] = width_of([[page.gap]])
    room = page.width - max(width_of(grid[:1]) for grid in grids)
    for most in range(page.columns, 1, -1):
        across = page.shown(length, most)
        if sum(widths[i] for i in across) <= room:
            break
    return across


def _grid(
    title: str, matrix: Array, down: Indices, across: Indices, page: Page
) -> list[TextColumn]:
    """A matrix with the numbers of its rows and columns, cut in the middle to what fits."""
    gap = text_column(page.gap, [page.gap] * len(down))
    return [
        _row_numbers(title, down, page),
        *(gap if i is None else _column(str(i), matrix[:, i], down, page) for i in across),
    ]


def _row_numbers(heading: str, indices: Indices, page: Page) -> TextColumn:
    numbers = [page.gap if index is None else str(index) for index in indices]
    return number_column(heading, numbers)


def _column(heading: str, array: Array | None, indices: Indices, page: Page) -> TextColumn:
    """The elements at some indices as text; only these are formatted."""
    if array is None:
        return number_column(heading, ["none"] * len(indices))
    shown = array.ravel()[[index for index in indices if index is not None]]
    ready = iter("0" if text == "-0" else text for text in texts(shown, page.digits))
    cells = [page.gap if index is None else next(ready) for index in indices]
    layout = number_column if array.dtype.kind in "bfiu" else text_column
    return layout(heading, cells)
