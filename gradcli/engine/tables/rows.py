"""A program over many rows: each row goes the way of its own conditions, whole blocks at a time."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

import numpy as np

from gradcli.engine.tables.paths import Path
from gradcli.errors import (
    BatchError,
    DeadlineError,
    DomainError,
    GradcliError,
    InputError,
    InternalError,
    LimitError,
    Notice,
    ShapeError,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from gradcli.engine.tables.task import Task

    Array = np.ndarray[Any, np.dtype[Any]]

PATHS = 1024
"""Recordings that are kept; with more the tree of them is begun anew."""

OF_A_ROW = (DomainError, ShapeError, LimitError, InputError)
"""Errors that one row may well have and another not; others tend to be the program's."""

OF_THE_RUN = (DeadlineError, InternalError)
"""Errors that no row has."""


class Results:
    """The outputs of a block of rows, in pieces: row numbers (None: all), and an array for each."""

    __slots__ = ("failed", "pieces")

    def __init__(self) -> None:
        self.pieces: list[tuple[Array | None, list[Any]]] = []
        self.failed: dict[int, GradcliError] = {}


class Mapper:
    """Computes a task row by row, in effect; safe to share between threads."""

    def __init__(self, task: Task) -> None:
        self.task = task
        self.notices: dict[str, Notice] = {}
        self.still: dict[str, Notice] | None = None
        self._roots: dict[Any, Path] = {}
        self._room: dict[Any, int] = {}
        self._count = 0
        self._lock = threading.Lock()

    def __call__(self, arrays: Sequence[Array], rows: Array | None, results: Results) -> None:
        """Adds to the results those of rows that are given by an array for each column.

        `rows` are their numbers in the table's block (None: 0, 1, 2 …).
        """
        key = tuple(x.shape[1:] for x in arrays), tuple(x.dtype.kind for x in arrays)
        count = len(arrays[0])
        failed: dict[int, GradcliError] = {}
        start = 0
        step = self._step(key)
        whole = _Whole(count) if rows is None and count > step else None
        while start < count:
            stop = min(start + step, count)
            numbers = np.arange(start, stop)
            part = [x[start:stop] for x in arrays]
            for own, outputs in self._block(key, part, numbers, failed):
                if whole is None or not whole.put(own, start, stop, outputs):
                    found = own if rows is None else rows[own]
                    results.pieces.append((found, outputs))
            start = stop
            step = self._step(key)
        if whole is not None:
            results.pieces += whole.pieces()
        for row, error in failed.items():
            results.failed[row if rows is None else int(rows[row])] = error

    def all_notices(self) -> list[Notice]:
        """What there was to say about the program."""
        kept = self.task.settings.unconnected == "none"
        still = [n for n in (self.still or {}).values() if not (kept and n.kind == "unused")]
        return [*self.notices.values(), *still]

    def join(self, notices: Mapping[str, Notice], still: Mapping[str, Notice] | None) -> None:
        """Takes what another mapper, or a path, has to say; a name is still if it is everywhere."""
        for text, notice in notices.items():
            self.notices.setdefault(text, notice)
        if self.still is None:
            self.still = None if still is None else dict(still)
        elif still is not None:
            self.still = {
                name: _stronger(notice, still[name])
                for name, notice in self.still.items()
                if name in still
            }

    def explained(self, row: Mapping[str, Any], i: int) -> Notice | None:
        """Where the i-th output stops being finite in a row, given by column."""
        try:
            return self._path(row).explained(i)
        except GradcliError:
            return None

    def _step(self, key: Any) -> int:
        """How many rows go at a time: what the known paths can take."""
        return self._room.get(key, 1)

    def _block(
        self, key: Any, arrays: list[Array], rows: Array, failed: dict[int, GradcliError]
    ) -> Iterator[tuple[Array, list[Any]]]:
        """Row numbers and outputs, path by path: a tree of paths, that branches by conditions."""
        waiting: list[Any] = [(self._roots, key, arrays, rows)]
        while waiting:
            branches, where, arrays, rows = waiting.pop()
            path = branches.get(where)
            if path is None:
                outputs = self._begin(key, branches, where, arrays, rows, failed)
                if outputs is not None:
                    yield rows[:1], outputs
                waiting += self._parts(key, branches, where, arrays, rows, 1)
            elif len(rows) > path.block:
                waiting += self._parts(key, branches, where, arrays, rows, 0)
            else:
                try:
                    leaving, outputs = path.run(arrays)
                except GradcliError as error:
                    waiting += self._apart(error, branches, where, arrays, rows)
                    continue
                waiting += [
                    (path.branches, (number, value), [x[left] for x in arrays], rows[left])
                    for number, value, left in leaving
                ]
                stay = _staying(len(rows), leaving)
                if stay is None:
                    yield rows, outputs
                elif len(stay):
                    yield rows[stay], [None if y is None else y[stay] for y in outputs]

    def _parts(
        self, key: Any, branches: Any, where: Any, arrays: list[Array], rows: Array, start: int
    ) -> list[Any]:
        """The rows from the one that is named, no more at a time than there is room for."""
        step = self._step(key)
        parts = [slice(i, i + step) for i in range(start, len(rows), step)]
        return [(branches, where, [x[part] for x in arrays], rows[part]) for part in parts]

    def _apart(
        self, error: GradcliError, branches: Any, where: Any, arrays: list[Array], rows: Array
    ) -> list[Any]:
        """Something in these rows has no answer: the halves, or each row, a tree of its own."""
        if len(rows) == 1:
            return [({}, where, arrays, rows)]
        if isinstance(error, BatchError):
            return [
                ({}, where, [x[i : i + 1] for x in arrays], rows[i : i + 1])
                for i in range(len(rows))
            ]
        middle = len(rows) // 2
        return [
            (branches, where, [x[part] for x in arrays], rows[part])
            for part in (slice(None, middle), slice(middle, None))
        ]

    def _begin(
        self,
        key: Any,
        branches: Any,
        where: Any,
        arrays: list[Array],
        rows: Array,
        failed: dict[int, GradcliError],
    ) -> list[Any] | None:
        """Records a path at the first of the rows; its outputs, None if it has no answer."""
        first = dict(zip(self.task.columns, (x[0] for x in arrays), strict=True))
        try:
            path = self._record(key, first)
            outputs = self._own(path, [x[:1] for x in arrays])
        except OF_THE_RUN:
            raise
        except GradcliError as error:
            failed[int(rows[0])] = error
            return None
        branches[where] = path
        return outputs

    def _own(self, path: Path, row: list[Array]) -> list[Any]:
        """The outputs of the one row of a recording, computed as those of many are."""
        try:
            return path.run(row)[1]
        except GradcliError:
            return [None if y is None else y[None] for y in path.own()]

    def _path(self, row: Mapping[str, Any]) -> Path:
        values = {**self.task.constants, **row}
        ordered = {name: values[name] for name in self.task.names.inputs}
        return Path(self.task, ordered, self.task.columns)

    def _record(self, key: Any, row: Mapping[str, Any]) -> Path:
        path = self._path(row)
        with self._lock:
            self._count += 1
            if self._count > PATHS:
                self._roots.clear()
                self._count = 1
            self._room[key] = min(self._room.get(key, path.block), path.block)
            self.join({str(notice): notice for notice in path.notices}, path.still)
        return path


def _stronger(a: Notice, b: Notice) -> Notice:
    """Of two reasons for a gradient of zero the one that names a place."""
    return b if a.span is None else a


def _staying(count: int, leaving: Sequence[tuple[int, bytes, Array]]) -> Array | None:
    """The rows that do not leave; None for all."""
    if not leaving:
        return None
    here = np.ones(count, bool)
    for _, _, left in leaving:
        here[left] = False
    return np.flatnonzero(here)


class _Whole:
    """Outputs of all rows of a block in one array each, as long as their shapes agree."""

    def __init__(self, count: int) -> None:
        self.count = count
        self.arrays: list[Any] | None = None
        self.filled = 0

    def put(self, rows: Array, start: int, stop: int, outputs: list[Any]) -> bool:
        """Takes the outputs of the rows from start to stop, if they are all and fit."""
        if len(rows) != stop - start:
            return False
        if self.arrays is None:
            self.arrays = [
                None if y is None else np.empty((self.count, *y.shape[1:]), y.dtype)
                for y in outputs
            ]
            self.rows = np.zeros(self.count, bool)
        if [y is None for y in outputs] != [y is None for y in self.arrays] or any(
            y is not None and y.shape[1:] != whole.shape[1:]
            for y, whole in zip(outputs, self.arrays, strict=True)
        ):
            return False
        for y, whole in zip(outputs, self.arrays, strict=True):
            if y is not None:
                whole[start:stop] = y
        self.rows[start:stop] = True
        self.filled += stop - start
        return True

    def pieces(self) -> list[tuple[Array | None, list[Any]]]:
        """What was taken, as one piece."""
        if self.arrays is None:
            return []
        if self.filled == self.count:
            return [(None, self.arrays)]
        rows = np.flatnonzero(self.rows)
        return [(rows, [None if y is None else y[rows] for y in self.arrays])]
