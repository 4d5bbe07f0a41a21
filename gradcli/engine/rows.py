"""A program over many rows: each row goes the way of its own conditions, whole blocks at a time."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

import numpy as np

from gradcli.engine.paths import Path, cannot_batch
from gradcli.errors import DomainError, GradcliError, InputError, LimitError, Notice, ShapeError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from gradcli.engine.rowtask import Task

    Array = np.ndarray[Any, np.dtype[Any]]

PATHS = 128
"""Recordings that are kept; those used least give way."""

TRIED = 64
"""Recordings that rows are tried on before they get one of their own."""


OF_A_ROW = (DomainError, ShapeError, LimitError, InputError)
"""Errors that one row may have and another not; others are the program's."""


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
        self.notices: dict[str, Any] = {}
        self.loose: set[str] = set(task.wrt)
        self._paths: dict[Any, list[Path]] = {}
        self._lock = threading.Lock()

    def __call__(self, arrays: Sequence[Array], rows: Array | None, results: Results) -> None:
        """Adds to the results those of rows that are given by an array for each column.

        `rows` are their numbers in the table's block (None: 0, 1, 2 …).
        """
        key = tuple(x.shape[1:] for x in arrays), tuple(x.dtype.kind for x in arrays)
        count = len(arrays[0])
        start = 0
        step = self._step(key)
        whole = _Whole(count) if rows is None and count > step else None
        while start < count:
            stop = min(start + step, count)
            numbers = np.arange(start, stop)
            part = [x[start:stop] for x in arrays]
            for own, outputs in self._block(key, part, numbers, results.failed, rows):
                if whole is None or not whole.put(own, start, stop, outputs):
                    found = own if rows is None else rows[own]
                    results.pieces.append((found, outputs))
            start = stop
            step = self._step(key)
        if whole is not None:
            results.pieces += whole.pieces()

    def all_notices(self) -> list[Any]:
        """What there was to say about the program."""
        loose = [
            Notice(f"the value does not depend on {name}: its gradient is 0", kind="unused")
            for name in self.task.wrt
            if name in self.loose and self._paths and self.task.settings.unconnected != "none"
        ]
        return [*self.notices.values(), *loose]

    def _step(self, key: Any) -> int:
        """How many rows go at a time: what the known paths can take."""
        paths = self._paths.get(key)
        return min(path.block for path in paths) if paths else 1

    def _block(
        self, key: Any, arrays: list[Array], rows: Array, failed: dict[int, GradcliError], of: Any
    ) -> Iterator[tuple[Array, list[Any]]]:
        """Row numbers and outputs, path by path."""
        for path in self._known(key):
            try:
                mask, outputs = path.run(arrays)
            except GradcliError as error:
                if cannot_batch(error) or len(rows) == 1:
                    break
                yield from self._halves(key, arrays, rows, failed, of)
                return
            if mask is None:
                path.hits += len(rows)
                yield rows, outputs
                return
            taken = np.flatnonzero(mask)
            if len(taken):
                path.hits += len(taken)
                yield rows[taken], [None if y is None else y[taken] for y in outputs]
                left = np.flatnonzero(~mask)
                rows, arrays = rows[left], [x[left] for x in arrays]
        yield from self._first_alone(key, arrays, rows, failed, of)

    def _halves(
        self, key: Any, arrays: list[Array], rows: Array, failed: dict[int, GradcliError], of: Any
    ) -> Iterator[tuple[Array, list[Any]]]:
        """Something in these rows has no answer: the halves, until it is found."""
        middle = len(rows) // 2
        for part in (slice(None, middle), slice(middle, None)):
            yield from self._block(key, [x[part] for x in arrays], rows[part], failed, of)

    def _first_alone(
        self, key: Any, arrays: list[Array], rows: Array, failed: dict[int, GradcliError], of: Any
    ) -> Iterator[tuple[Array, list[Any]]]:
        """The first row by a recording of its own, which the others may follow."""
        try:
            path = self._record(key, dict(zip(self.task.columns, (x[0] for x in arrays),
                                              strict=True)))  # fmt: skip
            yield rows[:1], self._own(path, [x[:1] for x in arrays])
        except OF_A_ROW as error:
            failed[int(rows[0] if of is None else of[rows[0]])] = error
        if len(rows) > 1:
            rest = [x[1:] for x in arrays]
            for start in range(0, len(rows) - 1, self._step(key)):
                part = slice(start, start + self._step(key))
                yield from self._block(key, [x[part] for x in rest], rows[1:][part], failed, of)

    def _own(self, path: Path, row: list[Array]) -> list[Any]:
        """The outputs of the one row of a recording, computed as those of many are."""
        try:
            return path.run(row)[1]
        except GradcliError:
            return [None if y is None else y[None] for y in path.own()]

    def _known(self, key: Any) -> list[Path]:
        with self._lock:
            paths = self._paths.get(key, [])
            paths.sort(key=lambda path: -path.hits)
            return paths[:TRIED]

    def _record(self, key: Any, row: Mapping[str, Any]) -> Path:
        values = {**self.task.constants, **row}
        ordered = {name: values[name] for name in self.task.names.inputs}
        with self._lock:
            path = Path(self.task, ordered, self.task.columns)
            paths = self._paths.setdefault(key, [])
            if len(paths) >= PATHS:
                paths.sort(key=lambda known: -known.hits)
                del paths[PATHS // 2 :]
            paths.append(path)
            self.loose &= path.loose
            for notice in path.notices:
                self.notices.setdefault(str(notice), notice)
        return path


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
