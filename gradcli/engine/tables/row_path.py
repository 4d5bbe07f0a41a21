"""One way through a program, recorded at one row of a table and batched over many rows."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

import numpy as np

from gradcli.data.tables import sizes
from gradcli.data.tables.chunks import MARGIN
from gradcli.engine.collector import Paused
from gradcli.engine.one_number import in_rows
from gradcli.engine.points.silent import suspects
from gradcli.engine.run import Run
from gradcli.engine.tables.row_outputs import row_outputs
from gradcli.exec.blocked import CORES, BlockedEvaluator
from gradcli.exec.executors import COMPILED, Means, is_worth
from gradcli.exec.plain import Evaluator
from gradcli.exec.steps import Steps
from gradcli.ir.node import split
from gradcli.memory import MEMORY
from gradcli.passes.batch import batch, dependents

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from gradcli.engine.points.silent import Meeting
    from gradcli.engine.tables.row_program import RowProgram
    from gradcli.errors import Notice
    from gradcli.exec.planned import Planned
    from gradcli.ir.node import Node

    Array = np.ndarray[Any, np.dtype[Any]]
    Decision = tuple[int, bytes]
    Leaving = tuple[Decision, Array]
    """The number of a decision that comes out otherwise, its value; the rows where it does."""
    Met = tuple[Meeting, Array]
    """Which operations meet at special points, and the rows where they do."""

    OutputsOf = Callable[[Run, RowProgram], tuple[list[Node | None], dict[str, Notice]]]
    """What gives the nodes that are wanted of a run, as `row_outputs` does."""

CELLS = 2**19
"""Elements that one intermediate result may have: with its neighbours it stays in the cache."""

ROWS = 2**14
"""Rows that are computed at a time; all that are read at a time, where machine code does it."""

SMALL = 2**11
"""Batches of rows are filled up to a power of two from here on: few graphs do for all, and kernels
that treat few elements in another way give the same numbers however a table is cut."""

WASTE = 4
"""How many times as many rows machine code may compute as there are: to plan anew for as many as
there are takes longer."""


class Path:
    """A recording at one row; rows whose conditions come out alike are computed by its graph.

    `outputs` are nodes, in order of the columns; `still` are the names whose gradients are zero on
    this way, and the warnings that say why; `size` is how many rows it takes at a time, at most,
    `_usual` how many it is prepared for.
    """

    def __init__(
        self, program: RowProgram, row: Mapping[str, Any], outputs_of: OutputsOf = row_outputs
    ) -> None:
        with Paused(), np.errstate(all="ignore"):
            self.recording = run = _recorded(program, row)
            self.outputs, self.still = outputs_of(run, program)
            self.suspects = suspects(run, run.dropping())
        self.questions = [] if self.suspects is None else self.suspects.questions
        self.inputs = [run.inputs[name] for name in program.columns]
        wanted = [*self.questions, *(y for y in self.outputs if y is not None)]
        decisions = run.interpreter.decisions
        moving = {*self.inputs, *dependents([*wanted, *decisions], self.inputs)}
        self.decisions = [x for x in dict.fromkeys(decisions) if x in moving]
        self.decided = [run.evaluator(x) for x in self.decisions]
        values = run.evaluator.values
        self.constants = {x: values[x] for x in run.inputs.values() if x not in self.inputs}
        self.notices = [*run.notices, *in_rows(run, program.columns)]
        largest = max((x.size for x in moving), default=0) or 1
        elements = min(CELLS, program.settings.max_elements)
        self._is_compiled = program.request.compiled
        rows = sizes.ROWS if self._is_compiled else ROWS
        self.size = max(min(rows, elements // largest), 1)
        self.branches: dict[Decision, Path] = {}
        self._usual = 0
        self._key = object()
        self._lock = threading.Lock()

    def explained(self, i: int) -> Notice | None:
        """Where the i-th output stops being finite at the row of the recording."""
        output = self.outputs[i]
        if output is None:
            return None
        from gradcli.engine.points.nonfinite import explain

        run = self.recording
        before = len(run.notices)
        run.evaluator.run([*run.results, output])
        explain(run, run.results, [output])
        return next(iter(run.notices[before:]), None)

    def warnings(self) -> list[Notice]:
        """What there is to say where conventions meet at the row of the recording."""
        run = self.recording
        run.evaluator.run(self.questions)
        return [] if self.suspects is None else self.suspects.warnings(run)

    def own(self) -> list[Any]:
        """The outputs at the row of the recording."""
        evaluator = self.recording.evaluator
        evaluator.run([y for y in self.outputs if y is not None])
        return [None if y is None else np.asarray(evaluator(y)) for y in self.outputs]

    def run(self, arrays: Sequence[Array]) -> tuple[list[Leaving], list[Any], list[Met]]:
        """Which rows leave this way; the outputs of all rows, and which of them meet points.

        The latter mean nothing for those that leave. `arrays` hold the columns, of at most `size`
        rows.
        """
        count = len(arrays[0])
        whole = self._whole(count)
        filled = [_filled(x, whole, y.dtype) for x, y in zip(arrays, self.inputs, strict=True)]
        results = [x[:count] for x in self._steps_for(whole)(filled)]
        rest = iter(results[len(self.decisions) :])
        outputs = [None if y is None else next(rest) for y in self.outputs]
        met = [] if self.suspects is None else self.suspects.met_in_rows([*rest])
        return self._leaving(results[: len(self.decisions)]), outputs, met

    def prepare(self, rows: int) -> None:
        """Makes what computes so many rows, or a few more, at a time, down to machine code."""
        room = rows + rows // MARGIN
        self._usual = min(-(-room // SMALL) * SMALL, self.size)
        steps = self._steps_for(self._usual)
        if not isinstance(steps, Steps):
            steps.prepare()

    def _whole(self, count: int) -> int:
        """How many rows are computed instead of so many."""
        if count <= self._usual <= WASTE * count:
            return self._usual
        return min(max(SMALL, 1 << (count - 1).bit_length()), self.size)

    def _leaving(self, decisions: Sequence[Array]) -> list[Leaving]:
        """The groups of rows that decide otherwise, by the first decision that they differ in."""
        groups = []
        here: Any = None
        for i, (values, wanted) in enumerate(zip(decisions, self.decided, strict=True)):
            same = _equal(values, wanted)
            if not same.all():
                here = np.ones(len(values), bool) if here is None else here
                groups += [((i, key), rows) for key, rows in _by_value(values, here & ~same)]
                here &= same
        return groups

    def is_worth_compiling(self, rows: int) -> bool:
        """Whether so many rows are worth machine code.

        They must all go this way, and have one number in each cell: which way is compiled may not
        depend on who comes first, as functions of the C library differ from NumPy's in last digits.
        Nor may it depend on how many workers there are; each core waits while one compiles.
        """
        if self.decisions or any(x.shape for x in self.inputs):
            return False
        moving, _ = split(*self._batched(rows))
        return is_worth(moving, rows, CORES, 1)

    def _steps_for(self, count: int) -> Steps | Planned:
        """The steps that compute so many rows, made by one thread for all."""
        key = self._key, count
        weight = 1024 + 16 * self.recording.graph.count
        with self._lock:
            steps: Steps | Planned = MEMORY.kept(
                key, lambda: self._steps(count), weight, again=count in (self._usual, self.size)
            )
        return steps

    def _steps(self, count: int) -> Steps | Planned:
        outputs, inputs = self._batched(count)
        if not self._is_compiled:
            return Steps(outputs, inputs, Evaluator(self.constants))
        from gradcli.exec.planned import Planned

        evaluator = BlockedEvaluator(self.constants, Means(1, COMPILED))
        return Planned(outputs, inputs, evaluator, min(SMALL, self.size))

    def _batched(self, count: int) -> tuple[list[Node], list[Node]]:
        """What is computed of so many rows, and from what."""
        graph = self.recording.graph
        inputs = {x: graph.input("rows", (count, *x.shape), x.dtype) for x in self.inputs}
        outputs = [y for y in self.outputs if y is not None]
        wanted = [*self.decisions, *outputs, *self.questions]
        return batch(wanted, inputs), list(inputs.values())


def _recorded(program: RowProgram, row: Mapping[str, Any]) -> Run:
    """A run of the program at one row, given by the names of columns."""
    values = {**program.constants, **row}
    ordered = {name: values[name] for name in program.names.inputs}
    return Run(program.numbered, program.names, ordered, program.settings, marks=program.marks)


def _equal(values: Array, wanted: Any) -> Array:
    """In which rows a decision has the value wanted; NaN equals itself."""
    same = values == wanted
    if values.dtype.kind == "f":
        same |= np.isnan(values) & np.isnan(wanted)
    whole: Array = same.reshape(len(values), -1).all(axis=1)
    return whole


def _by_value(decision: Array, mask: Array) -> list[tuple[bytes, Array]]:
    """The rows of a mask by the value that a decision has there."""
    rows = np.flatnonzero(mask)
    if not len(rows):
        return []
    values = np.ascontiguousarray(decision[rows].reshape(len(rows), -1))
    keys = values.view(np.dtype((np.void, values.strides[0]))).ravel()
    _, first, which = np.unique(keys, return_index=True, return_inverse=True)
    order = np.argsort(which, kind="stable")
    parts = np.split(rows[order], np.cumsum(np.bincount(which))[:-1])
    return [(keys[k].tobytes(), part) for k, part in zip(first, parts, strict=True)]


def _filled(x: Array, count: int, dtype: Any) -> Array:
    """As many rows as `count`, the first one standing in for those that are missing."""
    with np.errstate(over="ignore"):  # beyond float32: infinity, which the answer warns of
        narrow = np.asarray(x, dtype)
    if len(narrow) == count:
        return narrow
    whole = np.empty((count, *narrow.shape[1:]), dtype)
    whole[: len(narrow)] = narrow
    whole[len(narrow) :] = narrow[0]
    return whole
