"""A program as a function of one variable: values, derivatives and watched nodes at many points."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from gradcli.engine.plotting.curve_nodes import curve_nodes
from gradcli.engine.tables.mapper import Mapper, Results
from gradcli.engine.tables.row_program import RowProgram, RowRequest

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from gradcli.engine.program import Text
    from gradcli.engine.run import Run
    from gradcli.engine.settings import Settings
    from gradcli.ir.node import Node

    Array = np.ndarray[Any, np.dtype[Any]]


class Table(NamedTuple):
    """What is known at points in increasing order; rows are functions, columns the points.

    `values` are the program's value and its derivatives, one more than are drawn; `watched` and
    `slopes` belong to operations with special points, `signals` pass 0 where such a point is met.
    """

    x: Array
    values: Array
    watched: Array
    slopes: Array
    signals: Array

    def at(self, columns: Array) -> Table:
        """The points of these numbers."""
        return Table(*(part[..., columns] for part in self))


def joined(tables: Sequence[Table]) -> Table:
    """All points of some tables, in increasing order."""
    x, *parts = zip(*tables, strict=True)
    order = np.argsort(np.concatenate(x), kind="stable")
    return Table(np.concatenate(x)[order], *(_beside(part)[:, order] for part in parts))


class Function:
    """A program with values for all inputs but one."""

    def __init__(
        self, text: Text, name: str, constants: Mapping[str, Any], settings: Settings, order: int
    ) -> None:
        self.name = name
        self.order = order
        request = RowRequest(wrt=(), over="a range")
        self._program = RowProgram(text, [name], constants, settings.silent(), request)
        self._mapper = Mapper(self._program, self._nodes)

    def _nodes(self, run: Run, _: RowProgram) -> tuple[list[Node | None], dict[str, Any]]:
        return curve_nodes(run, self.name, self.order + 1), {}

    def __call__(self, x: Array) -> Table:
        """The table at these points, which are in increasing order."""
        columns = evaluated(self._mapper, [x])
        count = self.order + 2
        return Table(x, np.concatenate(columns[:count]), *columns[count:])


def evaluated(mapper: Mapper, arrays: Sequence[Array]) -> list[Array]:
    """Each output at each row, as (elements, rows); NaN where there is none.

    Raises the error of the first row if no row has an answer.
    """
    results = Results()
    rows = np.arange(len(arrays[0]))
    mapper(arrays, rows, results)
    if len(results.failed) == len(rows):
        raise results.failed[0]
    outputs = zip(*(piece for _, piece in results.pieces), strict=True)
    numbers = [rows for rows, _ in results.pieces]
    return [_assembled(numbers, parts, len(rows)) for parts in outputs]


def _assembled(numbers: Sequence[Array], parts: Sequence[Any], count: int) -> Array:
    """The pieces of one output put in their places."""
    flat = [None if part is None else part.reshape(len(part), -1) for part in parts]
    width = max((part.shape[1] for part in flat if part is not None), default=0)
    whole = np.full((width, count), np.nan)
    for rows, part in zip(numbers, flat, strict=True):
        if part is not None:
            whole[: part.shape[1], rows] = part.T
    return whole


def _beside(parts: Sequence[Array]) -> Array:
    """Functions at more and more points; where a part has fewer functions, the rest is NaN."""
    whole = np.full((max(map(len, parts)), sum(part.shape[1] for part in parts)), np.nan)
    start = 0
    for part in parts:
        whole[: len(part), start : start + part.shape[1]] = part
        start += part.shape[1]
    return whole
