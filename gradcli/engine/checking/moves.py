"""How the value of a program changes as one of its inputs moves: what differences are taken of."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from gradcli.engine.checking.differences import Curves
from gradcli.engine.checking.lanes import Lanes, is_symmetric
from gradcli.engine.checking.rounding import magnitude
from gradcli.errors import DomainError, InputError, ProgramTypeError, ShapeError
from gradcli.exec.steps import Steps
from gradcli.exec.traits import is_total
from gradcli.ir.node import ancestors
from gradcli.passes import modes
from gradcli.passes.batch import dependents

if TYPE_CHECKING:
    from gradcli.engine.run import Run
    from gradcli.ir.node import Node

    Array = np.ndarray[Any, np.dtype[Any]]

REFUSALS = (DomainError, InputError, ProgramTypeError, ShapeError)
"""How a program says that it has no value somewhere."""

TRIAL = 1e-6
"""How far a matrix is moved, relative to its largest element, to see whether it may be."""


class Moves:
    """sum(value * dy) of a run in float64 as a function of each element of one input.

    Where each element of the value depends on the same element of the input alone, all of them
    move at once, else one after the other. The graph of the run serves all moves if no condition
    depends on the input; else the program is run again.
    """

    def __init__(self, run: Run, name: str, dy: Any) -> None:
        self.run = run
        self.x = x = run.inputs[name]
        self.name = name
        self.dy = None if dy is None else np.asarray(dy, float)
        start = run.array(x)
        self.parts, self.weights = self._parts(run)
        self.before = [np.asarray(run.evaluator(part)) for part in self.parts]
        settled = x not in ancestors(run.interpreter.decisions)
        self.at_once = settled and all(modes.is_elementwise(part, x) for part in self.parts)
        self.steps = Steps(self.parts, [x], run.evaluator) if settled else None
        self.flat = [
            node for node in dependents(self.parts, [x]) if node.op.flat and not node.is_bool
        ]
        self.lanes = Lanes(start)
        if is_symmetric(start):
            self.lanes = self._symmetric()
        size = magnitude(run, x, self.parts, self.weights, at_once=self.at_once)
        self.curves = Curves(self.change, self.lanes.start, self.lanes.mean(size))

    def _parts(self, run: Run) -> tuple[list[Node], list[Any]]:
        """Nodes and weights whose sums make up the value, of those that depend on the input.

        The terms of a sum are looked at one by one: beside large ones, small ones are rounded off.
        """
        x = run.inputs[self.name]
        parts, weights = [], []
        for y in run.results:
            if y is x or dependents([y], [x]):
                weight = 1.0 if self.dy is None else self.dy
                parts.append(y.inputs[0] if is_total(y) else y)
                weights.append(np.max(weight) if is_total(y) else np.broadcast_to(weight, y.shape))
        return parts, weights

    def _symmetric(self) -> Lanes:
        """Lanes that keep a matrix symmetric, if the program has a value at no other."""
        single, mirrored = self.lanes, Lanes(self.lanes.array, mirrored=True)
        offset = np.array([TRIAL * np.max(np.abs(single.array))])
        second = np.array([min(1, single.start.size - 1)])
        needed = self._parts_at(single.moved(second, offset)) is None
        return mirrored if needed and self._parts_at(mirrored.moved(second, offset)) else single

    # --- moving ---------------------------------------------------------------------------------

    def change(self, lanes: Array, offsets: Array) -> Array:
        """By how much the value changes as a lane moves, each alone; NaN where it has no value."""
        with np.errstate(all="ignore"):
            if self.at_once:
                changes = sum(self._changes(lanes, offsets), np.zeros(self.lanes.array.shape))
                return self.lanes.mean(changes)[lanes]
            each = zip(lanes[:, None], offsets[:, None], strict=True)
            totals = [sum(map(np.sum, self._changes(*move))) for move in each]
            return np.array(totals, float) / self.lanes.widths[lanes]

    def _changes(self, lanes: Array, offsets: Array) -> list[Array]:
        """By how much each part of the value changes as some lanes move."""
        parts = self._parts_at(self.lanes.moved(lanes, offsets))
        if parts is None:
            return [np.full(self.lanes.array.shape, np.nan)]
        changes = [after - before for after, before in zip(parts, self.before, strict=True)]
        if self.dy is None:
            return changes
        weighted = zip(changes, self.weights, strict=True)
        return [np.where(weight == 0, 0, change * weight) for change, weight in weighted]

    def _parts_at(self, moved: Array) -> list[Array] | None:
        """The parts of the value where the input has other values; None where there are none."""
        try:
            if self.steps is not None:
                return list(map(np.asarray, self.steps([moved if moved.ndim else moved[()]])))
            run = self._run(moved)
            parts = [np.asarray(run.evaluator(part)) for part in self._parts(run)[0]]
        except REFUSALS:
            return None
        same = [part.shape for part in parts] == [part.shape for part in self.before]
        return parts if same else None

    def _run(self, moved: Array) -> Run:
        return self.run.again(**{self.name: moved})

    def gradient(self, lanes: Array, offsets: Array) -> Array:
        """The gradient where a lane has moved, each alone.

        NaN where there is none, and where something that is piecewise constant jumped on the way.
        """
        if self.at_once:
            moved = self.lanes.moved(lanes, offsets)
            jumped = self.lanes.mean(self._jumped(moved) + np.zeros(moved.shape)) > 0
            return np.where(jumped, np.nan, self._gradient(moved))[lanes]
        slopes = np.empty(lanes.size)
        for k, lane in enumerate(lanes):
            moved = self.lanes.moved(lanes[k : k + 1], offsets[k : k + 1])
            slopes[k] = np.nan if np.any(self._jumped(moved)) else self._gradient(moved)[lane]
        return slopes

    def _jumped(self, moved: Array) -> Any:
        """Where a piecewise constant operation has another value than before; all if unknown."""
        flat = [node for node in self.flat if not node.op.identity]
        if not flat or self.steps is None:
            return bool(flat)
        after = Steps(flat, [self.x], self.run.evaluator)([moved if moved.ndim else moved[()]])
        before = map(self.run.evaluator, flat)
        jumped = [np.not_equal(*pair) for pair in zip(before, after, strict=True)]
        return np.any(jumped, axis=0) if self.at_once else any(map(np.any, jumped))

    def _gradient(self, moved: Array) -> Array:
        try:
            run = self._run(moved)
            gradient = self._gradient_of(run, *self._parts(run))
            return self.lanes.mean(0 * moved if gradient is None else run.evaluator(gradient))
        except REFUSALS:
            return np.full(self.lanes.start.shape, np.nan)

    def _gradient_of(self, run: Run, parts: list[Node], weights: list[Any]) -> Node | None:
        """The gradient; seeds of ones are no seeds, so that it is made as `grad` makes it."""
        seeds = [None if np.all(w == 1) else run.graph.constant(w) for w in weights]
        return modes.reverse(parts, [run.inputs[self.name]], seeds)[0]

    # --- sizes ----------------------------------------------------------------------------------

    def scale(self) -> Array:
        """The size below which a slope is small in each lane, given what the value is made of."""
        with np.errstate(all="ignore"):
            scale: Array = np.fmin(self.curves.magnitude / np.abs(self.lanes.start), 1)
        return scale

    def finite(self) -> Any:
        """Where the value is finite: element by element if they move at once, else all of it."""
        finite = [np.isfinite(before) for before in self.before]
        return np.all(finite, axis=0) if self.at_once else all(map(np.all, finite))

    @property
    def stops(self) -> bool:
        """Whether the program stops the gradient somewhere."""
        return any(node.op.identity for node in self.flat)

    def roughness(self, lanes: Array) -> Array:
        """What relative errors of 1 amount to in the slopes of some lanes, added up if need be."""
        gradient = self._gradient_of(self.run, self.parts, self.weights)
        if gradient is None:
            return np.zeros(lanes.shape)
        asked = np.isin(np.arange(self.lanes.start.size), lanes)
        weight = self.lanes.spread(np.where(asked, 1.0, 0.0))
        size = magnitude(self.run, self.x, [gradient], [weight], at_once=self.at_once)
        return self.lanes.mean(size)[lanes]
