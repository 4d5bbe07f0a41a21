"""A program over many rows: each goes the way of its own decisions, whole batches at a time."""

from __future__ import annotations

import sys
import threading
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from gradcli.engine.collector import Paused
from gradcli.engine.tables.row_outputs import row_outputs
from gradcli.engine.tables.row_path import Path
from gradcli.engine.tables.row_program import PartsError
from gradcli.errors import (
    BatchError,
    DeadlineError,
    DomainError,
    GradcliError,
    InputError,
    InternalError,
    LimitError,
    ShapeError,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from gradcli.engine.tables.row_path import Leaving, Met, OutputsOf
    from gradcli.engine.tables.row_program import RowProgram
    from gradcli.errors import Notice

    Array = np.ndarray[Any, np.dtype[Any]]
    Piece = tuple[Array, list[Any]]
    """The numbers of some rows, and an array for each output (None: nothing there)."""

PATHS = 1024
"""Recordings that are kept; with more the tree of them is begun anew."""

OF_A_ROW = (DomainError, ShapeError, LimitError, InputError, PartsError)
"""Errors that one row may well have and another not; others tend to be the program's."""

OF_THE_RUN = (DeadlineError, InternalError)
"""Errors that no row has."""


@dataclass(slots=True)
class Results:
    """What came of a batch of rows: outputs piece by piece, the errors of rows by number.

    `met` says which rows meet which special points.
    """

    pieces: list[Piece] = field(default_factory=list)
    failed: dict[int, GradcliError] = field(default_factory=dict)
    met: list[Met] = field(default_factory=list)


class _Share(NamedTuple):
    """Rows that decide alike so far: their columns and numbers, and where their path hangs.

    `shapes` are those of their cells, under which it is known how many rows fit.
    """

    branches: dict[Any, Path]
    decision: Any
    arrays: Sequence[Array]
    rows: Array
    shapes: Any

    def part(self, rows: Any) -> _Share:
        """Some of the rows."""
        return self._replace(arrays=[x[rows] for x in self.arrays], rows=self.rows[rows])

    def cut(self, size: int, start: int = 0) -> list[_Share]:
        """The rows from `start` on, so many at a time."""
        return [self.part(slice(i, i + size)) for i in range(start, len(self.rows), size)]

    def apart(self, size: int) -> list[_Share]:
        """So many rows at a time, each time on paths of their own."""
        return [part._replace(branches={}) for part in self.cut(size)]


class Mapper:
    """Computes a program row by row, in effect; safe to share between threads.

    `outputs_of` gives the nodes that are wanted of a run.
    """

    def __init__(self, program: RowProgram, outputs_of: OutputsOf = row_outputs) -> None:
        self.program = program
        self._outputs_of = outputs_of
        self.notices: dict[str, Notice] = {}
        self.still: dict[str, Notice] | None = None
        self._roots: dict[Any, Path] = {}
        self._room: dict[Any, int] = {}
        self._count = 0
        self._lock = threading.Lock()
        self._recording = threading.Lock()

    def __call__(self, arrays: Sequence[Array], rows: Array, results: Results) -> None:
        """Adds to the results those of the rows of these numbers, with an array for each column."""
        share = self._share(arrays, rows)
        start = 0
        while start < len(rows):
            stop = start + self._step(share.shapes)
            results.pieces += self._computed(share.part(slice(start, stop)), results)
            start = stop

    def _share(self, arrays: Sequence[Array], rows: Array) -> _Share:
        shapes = tuple((x.shape[1:], x.dtype.kind) for x in arrays)
        return _Share(self._roots, shapes, arrays, rows, shapes)

    def prepare(self, arrays: Sequence[Array], rows: int) -> None:
        """Makes all that computing so many rows at a time takes, by the first of some rows alike.

        What cannot be made, or has no answer at that row, is told when rows are computed.
        """
        share = self._share(arrays, np.arange(len(arrays[0])))
        with Paused():
            self._begin(share, Results())
            path = share.branches.get(share.decision)
            if path is not None:
                with suppress(GradcliError):
                    path.prepare(rows)

    def is_worth_compiling(self, rows: int) -> bool:
        """Whether so many rows are worth machine code, as far as what was recorded tells."""
        paths = list(self._roots.values())
        return len(paths) == 1 and paths[0].is_worth_compiling(rows)

    def all_notices(self) -> list[Notice]:
        """What there was to say about the program."""
        hides = self.program.settings.unconnected == "none"
        still = [n for n in (self.still or {}).values() if not (hides and n.kind == "unused")]
        return [*self.notices.values(), *still]

    def join(self, notices: Mapping[str, Notice], still: Mapping[str, Notice] | None) -> None:
        """Takes what another mapper, or a path, has to say; a name is still if it is everywhere."""
        for text, notice in notices.items():
            self.notices.setdefault(text, notice)
        if self.still is None:
            self.still = None if still is None else dict(still)
        elif still is not None:
            self.still = {
                name: notice if notice.span is not None else still[name]
                for name, notice in self.still.items()
                if name in still
            }

    def explained(self, row: Mapping[str, Any], i: int) -> Notice | None:
        """Where the i-th output stops being finite in a row, given by column."""
        try:
            return Path(self.program, row).explained(i)
        except GradcliError:
            return None

    def warned(self, row: Mapping[str, Any]) -> list[Notice]:
        """What there is to say where conventions meet in a row, given by column."""
        try:
            return Path(self.program, row).warnings()
        except GradcliError:
            return []

    def _step(self, shapes: Any) -> int:
        """How many rows go at a time: what the known paths can take; all before one is known."""
        return self._room.get(shapes, sys.maxsize)

    def _computed(self, share: _Share, results: Results) -> Iterator[Piece]:
        """The rows path by path: a tree of paths, that branches by decisions."""
        waiting = [share]
        while waiting:
            share = waiting.pop()
            path = share.branches.get(share.decision)
            if path is None:
                outputs, is_left = self._begin(share, results)
                if outputs is not None:
                    yield share.rows[:1], outputs
                waiting += share.cut(self._step(share.shapes), 0 if is_left else 1)
                continue
            if len(share.rows) > path.size:
                waiting += share.cut(self._step(share.shapes))
                continue
            try:
                leaving, outputs, met = path.run(share.arrays)
            except GradcliError as error:
                waiting += _apart(share, error)
                continue
            for decision, rows in leaving:
                left = share.part(rows)
                waiting.append(left._replace(branches=path.branches, decision=decision))
            results.met += _met_there(share.rows, leaving, met)
            yield from _staying(share.rows, leaving, outputs)

    def _begin(self, share: _Share, results: Results) -> tuple[list[Any] | None, bool]:
        """Records a path at the first of the rows; its outputs, and whether it is left to others.

        With them it is computed where that cannot lead to another path; it has no outputs then,
        nor where it has no answer. While one thread records, others wait for what it finds.
        """
        with self._recording:
            if share.decision in share.branches:
                return None, True
            return self._recorded(share, results)

    def _recorded(self, share: _Share, results: Results) -> tuple[list[Any] | None, bool]:
        first = share.part(slice(1))
        row = {n: x[0] for n, x in zip(self.program.columns, first.arrays, strict=True)}
        try:
            path = Path(self.program, row, self._outputs_of)
            self._enter(path, share.shapes)
            if len(share.rows) > 1 and not path.decisions:
                share.branches[share.decision] = path
                return None, True
            outputs, met = _own(path, first.arrays)
        except OF_THE_RUN:
            raise
        except GradcliError as error:
            results.failed[int(share.rows[0])] = error
            return None, False
        results.met += _met_there(share.rows, (), met)
        share.branches[share.decision] = path
        return outputs, False

    def _enter(self, path: Path, shapes: Any) -> None:
        """Takes note of a new path; with too many of them all are forgotten."""
        with self._lock:
            self._count += 1
            if self._count > PATHS:
                self._roots.clear()
                self._count = 1
            self._room[shapes] = min(self._room.get(shapes, path.size), path.size)
            self.join({str(notice): notice for notice in path.notices}, path.still)


def _own(path: Path, row: Sequence[Array]) -> tuple[list[Any], list[Met]]:
    """The outputs of the one row of a recording, computed as those of many are; and its points."""
    try:
        return path.run(row)[1:]
    except GradcliError:
        return [None if y is None else y[None] for y in path.own()], []


def _apart(share: _Share, error: GradcliError) -> list[_Share]:
    """Something in these rows has no answer: the halves, or each row, a tree of its own."""
    count = len(share.rows)
    if count == 1 or isinstance(error, BatchError):
        return share.apart(1)
    return share.cut((count + 1) // 2)


def _met_there(rows: Array, leaving: Sequence[Leaving], met: Sequence[Met]) -> list[Met]:
    """The rows that meet special points, by their numbers, without those that leave."""
    if not met:
        return []
    left = np.concatenate([rows[:0], *(rows for _, rows in leaving)])
    return [(meeting, rows[there[~np.isin(there, left)]]) for meeting, there in met]


def _staying(rows: Array, leaving: Sequence[Leaving], outputs: list[Any]) -> Iterator[Piece]:
    """The rows that do not leave, and their outputs."""
    if not leaving:
        yield rows, outputs
        return
    here = np.ones(len(rows), bool)
    here[np.concatenate([left for _, left in leaving])] = False
    stay = np.flatnonzero(here)
    if len(stay):
        yield rows[stay], [None if y is None else y[stay] for y in outputs]
