"""One way through a program, recorded at one row of a table and batched over many rows."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

import numpy as np

from gradcli.engine.gradient import seeds_of, weighted
from gradcli.engine.named import node_of, nodes_of
from gradcli.engine.points.nonfinite import explain
from gradcli.engine.points.vanishing import vanishes
from gradcli.engine.run import Run
from gradcli.errors import InternalError, Notice, ProgramTypeError, ShapeError, UsageError
from gradcli.exec.plain import Evaluator
from gradcli.exec.steps import Steps
from gradcli.ir.node import WORDS, Node
from gradcli.ir.shapes import show_shape
from gradcli.lower.values import fits
from gradcli.passes import modes
from gradcli.passes.batch import batch, dependents

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from gradcli.engine.tables.task import Task

    Array = np.ndarray[Any, np.dtype[Any]]

CELLS = 2**19
"""Elements that one intermediate result may have: with its neighbours it stays in the cache."""

BLOCK = 2**14
"""Rows that are computed at a time."""

SMALL = 2**11
"""Blocks of rows are filled up to a power of two from here on: few graphs do for all, and kernels
that treat few elements in another way give the same numbers however a table is cut."""


class Path:
    """A recording at one row; rows whose conditions come out alike are computed by its graph.

    `still` are the names whose gradients are zero on this way, and the warnings that say why.
    """

    def __init__(self, task: Task, values: Mapping[str, Any], columns: Sequence[str]) -> None:
        self.columns = columns
        self.recording = run = Run(task.text, task.names, values, task.settings, marks=task.marks)
        with np.errstate(all="ignore"):
            self.still: dict[str, Notice] = {}
            self.outputs = _outputs(run, task, self.still)
        self.inputs = [run.inputs[name] for name in columns]
        wanted = [y for y in self.outputs if y is not None]
        moving = set(self.inputs).union(
            dependents([*wanted, *run.interpreter.decisions], self.inputs)
        )
        self.decisions = [x for x in dict.fromkeys(run.interpreter.decisions) if x in moving]
        self.decided = [run.evaluator(x) for x in self.decisions]
        known = run.evaluator.values
        self.known = {x: known[x] for x in run.inputs.values() if x not in self.inputs}
        self.notices = run.notices
        largest = max((x.size for x in moving), default=0) or 1
        self.block = max(min(BLOCK, CELLS // largest, task.settings.max_elements // largest), 1)
        self.branches: dict[tuple[int, bytes], Path] = {}
        self._plans: dict[int, Steps] = {}
        self._lock = threading.Lock()

    def explained(self, i: int) -> Notice | None:
        """Where the i-th output stops being finite at the row of the recording."""
        output = self.outputs[i]
        if output is None:
            return None
        run = self.recording
        known = len(run.notices)
        run.evaluator.run([*run.results, output])
        explain(run, [output])
        return next(iter(run.notices[known:]), None)

    @property
    def shapes(self) -> list[tuple[int, ...] | None]:
        """The shape of each output in one row; None where there is none."""
        return [None if y is None else y.shape for y in self.outputs]

    def own(self) -> list[Any]:
        """The outputs at the row of the recording."""
        evaluator = self.recording.evaluator
        evaluator.run([y for y in self.outputs if y is not None])
        return [None if y is None else np.asarray(evaluator(y)) for y in self.outputs]

    def run(self, arrays: Sequence[Array]) -> tuple[list[tuple[int, bytes, Array]], list[Any]]:
        """Which rows leave this way, and the outputs of all rows.

        `arrays` hold the columns, at most a block of rows. The rows that leave come in groups: the
        number of the condition that comes out otherwise, its value, the rows; their outputs mean
        nothing.
        """
        count = len(arrays[0])
        size = self.size(count)
        arrays = [_filled(x, size, node.dtype) for x, node in zip(arrays, self.inputs, strict=True)]
        found = self._plan(size)(arrays)
        conditions, results = found[: len(self.decisions)], iter(found[len(self.decisions) :])
        outputs = [None if y is None else next(results)[:count] for y in self.outputs]
        return self._leaving([c[:count] for c in conditions]), outputs

    def size(self, count: int) -> int:
        """The number of rows of the graph that computes so many."""
        return min(max(SMALL, 1 << (count - 1).bit_length()), self.block)

    def _leaving(self, conditions: Sequence[Array]) -> list[tuple[int, bytes, Array]]:
        """The groups of rows that decide otherwise, by the first condition that they differ in."""
        groups = []
        here: Any = None
        for i, (found, wanted) in enumerate(zip(conditions, self.decided, strict=True)):
            same = _equal(found, wanted)
            if not same.all():
                here = np.ones(len(found), bool) if here is None else here
                groups += [(i, value, rows) for value, rows in _by_value(found, here & ~same)]
                here &= same
        return groups

    def _plan(self, size: int) -> Steps:
        with self._lock:
            if size not in self._plans:
                self._plans[size] = self._batched(size)
            return self._plans[size]

    def _batched(self, size: int) -> Steps:
        graph = self.recording.graph
        inputs = {x: graph.input("rows", (size, *x.shape), x.dtype) for x in self.inputs}
        wanted = [*self.decisions, *(y for y in self.outputs if y is not None)]
        return Steps(batch(wanted, inputs), list(inputs.values()), Evaluator(self.known))


def _equal(found: Array, wanted: Any) -> Array:
    """In which rows a condition has the value wanted; NaN equals itself."""
    same = found == wanted
    if found.dtype.kind == "f":
        same |= np.isnan(found) & np.isnan(wanted)
    whole: Array = same.reshape(len(found), -1).all(axis=1)
    return whole


def _by_value(found: Array, mask: Array) -> list[tuple[bytes, Array]]:
    """The rows of a mask by the value that a condition has there."""
    rows = np.flatnonzero(mask)
    if not len(rows):
        return []
    values = np.ascontiguousarray(found[rows].reshape(len(rows), -1))
    keys = values.view(np.dtype((np.void, values.strides[0]))).ravel()
    _, first, which = np.unique(keys, return_index=True, return_inverse=True)
    order = np.argsort(which, kind="stable")
    parts = np.split(rows[order], np.cumsum(np.bincount(which))[:-1])
    return [(keys[k].tobytes(), part) for k, part in zip(first, parts, strict=True)]


def _filled(x: Array, size: int, dtype: Any) -> Array:
    """As many rows as `size`, the first one standing in for those that are missing."""
    if len(x) == size:
        return np.asarray(x, dtype)
    whole = np.empty((size, *x.shape[1:]), dtype)
    whole[: len(x)] = x
    whole[len(x) :] = x[0]
    return whole


# --- what is asked ------------------------------------------------------------------------------


def _outputs(run: Run, task: Task, still: dict[str, Notice]) -> list[Node | None]:
    """The nodes of value, gradients, second derivatives and questions, in order of the columns.

    To `still` are added the names that the value does not change with.
    """
    if isinstance(run.value, tuple):
        raise ProgramTypeError(
            "the value is a tuple, and a table has one column for it",
            help="stack((a, b)) makes one array of it",
        )
    (value,) = run.results
    outputs: list[Node | None] = [value]
    if task.wrt or task.second:
        run.refuse_truth()
    xs = [_numeric(run, name) for name in task.wrt]
    seeds = _seeds(run, value, task.dy)
    if xs:
        found = modes.reverse([value], xs, seeds)
        still.update(_unchanging(run, task.wrt, found))
        outputs += [_filled_in(g, x, task) for g, x in zip(found, xs, strict=True)]
    if task.second and value.size != 1:
        raise ShapeError(
            f"--hessian needs one number a row, not the shape {show_shape(value.shape)}",
            span=value.span,
            help="take its sum",
        )
    scaled = value if seeds is None else weighted([value], seeds)
    outputs += [modes.hessian(scaled, run.inputs[a], run.inputs[b]) for a, b in task.second]
    outputs += [_ratio(run, ratio) for ratio in task.ratios]
    return outputs


def _unchanging(
    run: Run, names: Sequence[str], gradients: Sequence[Node | None]
) -> Iterator[tuple[str, Notice]]:
    """The names on which the value does not depend, or only where it is constant in pieces."""
    for name, gradient in zip(names, gradients, strict=True):
        notice = vanishes(run.results, name, run.inputs[name])
        if notice is None and gradient is None:
            text = f"the value does not depend on {name}: its gradient is 0"
            notice = Notice(text, kind="unused")
        if notice is not None:
            yield name, notice


def _seeds(run: Run, value: Node, dy: Any) -> list[Node | None] | None:
    """The seed as a node; what does not fit was wrongly given, whatever the row."""
    if dy is not None and not fits(np.shape(dy), value.shape):
        raise UsageError(
            f"--dy has shape {show_shape(np.shape(dy))}, and the value {show_shape(value.shape)}",
            help="give one number, or as many as the value has",
        )
    return seeds_of(run, dy)


def _filled_in(gradient: Node | None, x: Node, task: Task) -> Node | None:
    """A gradient; zeros where the value does not depend on x, unless nulls are wanted."""
    if gradient is not None or task.settings.unconnected == "none":
        return gradient
    return WORDS["spread"](x.graph.constant(0.0), x.shape)


def _numeric(run: Run, name: str) -> Node:
    x = run.inputs[name]
    if x.is_bool:
        raise ProgramTypeError(f"{name} is true or false and has no gradient")
    return x


def _ratio(run: Run, ratio: Any) -> Node | None:
    """One question of a tape: the gradient of the sum, as often as there are names below."""
    ys = nodes_of(run, ratio.of) if ratio.of else run.results
    found: Node | None = None
    for name in ratio.by:
        (found,) = modes.reverse(ys, [node_of(run, name)]) if ys else (None,)
        ys = [] if found is None else [found]
    return found


def cannot_batch(error: Exception) -> bool:
    """Whether an error says that an operation has no rule for many rows at a time."""
    return isinstance(error, InternalError) and "on a batch" in error.message
