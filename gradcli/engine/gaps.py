"""Gaps of printed derivatives: points where a formula is undefined, or not the derivative."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from gradcli.engine.formulas import run_of, slopes_of
from gradcli.errors import GradcliError, Notice
from gradcli.passes.batch import batch
from gradcli.render.text import text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gradcli.engine.run import Run
    from gradcli.ir.node import Node
    from gradcli.ir.written import Written

    Array = np.ndarray[Any, np.dtype[Any]]
    Points = dict[str, Array]

SPECIAL = (1.0, -1.0, 0.0, 2.0, -2.0)
"""The numbers at which formulas are tried: functions mostly have their poles at whole ones."""

COUNTS = (1, 5, 5, 3)
"""How many of them are tried for each of no, one, two and three inputs; more are not varied."""

STEP, NEARLY = 1e-6, 1e-3
"""How far beside a point a derivative is looked at, and what is nearly 0 there."""


class Gap(NamedTuple):
    """A point at which a formula is undefined, and the derivative that it is a formula of."""

    point: dict[str, float]
    slope: float

    def __str__(self) -> str:
        return (
            f"this is undefined at {_shown(self.point)}, where the derivative is {self.slope:.6g}"
        )


def gaps(run: Run, name: str, order: int, formula: Written) -> Iterator[Notice]:
    """Says where a formula is undefined, or not the derivative, if that is a number."""
    help_ = "`grads` gives the number there" if order == 1 else None
    for find in (gap, tie):
        if known := find(run, name, order, formula):
            yield Notice(str(known), help=help_)


def gap(run: Run, name: str, order: int, formula: Written) -> Gap | None:
    """A gap of a formula of the derivative by `name`, None where none is found.

    Only inputs without values are varied. A derivative of 0 is no gap if there are parameters, or
    it is not nearly 0 on both sides: where a formula is undefined, as `log(x)*x^n` is for x = 0, it
    is mostly one by convention.
    """
    points = _points(run, name)
    if not points:
        return None
    try:
        is_number = np.isfinite(_formula_at(run, formula, points))
        undefined = {n: x[~is_number] for n, x in points.items()}
        return None if is_number.all() else _first_defined(run, name, order, undefined)
    except GradcliError:
        return None


class Tie(NamedTuple):
    """A point at which a formula of cases is another number than the derivative there."""

    point: dict[str, float]
    value: float
    slope: float

    def __str__(self) -> str:
        place = f"this is {self.value:.6g} at {_shown(self.point)}"
        return f"{place}, where the derivative is {self.slope:.6g}"


def tie(run: Run, name: str, order: int, formula: Written) -> Tie | None:
    """A point at which a formula of cases is not the derivative by `name`, None if none is found.

    Where both operands of a maximum are equal each has half of its gradient.
    """
    points = _points(run, name)
    if name not in points or "where(" not in text(formula):
        return None
    try:
        slope = slopes_of(run, name, order)[-1]
        if slope is None:
            return None
        values, slopes = _formula_at(run, formula, points), _at(run, slope, points)
    except GradcliError:
        return None
    differs = np.isfinite(values) & np.isfinite(slopes) & ~np.isclose(values, slopes, 1e-6, 1e-9)
    for i in np.flatnonzero(differs):
        point = {n: float(x[i]) for n, x in points.items()}
        return Tie(point, float(values[i]) + 0.0, float(slopes[i]))  # 0 is not shown as -0
    return None


def _shown(point: dict[str, float]) -> str:
    """A point as it is told."""
    return ", ".join(f"{name} = {number:g}" for name, number in point.items())


def _points(run: Run, name: str) -> Points:
    """The points that are tried, by input; none where every input has a value."""
    varied = sorted(run.guessed, key=name.__ne__)[: len(COUNTS) - 1]
    points = [*product(SPECIAL[: COUNTS[len(varied)]], repeat=len(varied))]
    return dict(zip(varied, np.array(points).T, strict=True))


def _first_defined(run: Run, name: str, order: int, points: Points) -> Gap | None:
    """The first of the points at which the value and its derivatives are numbers."""
    nodes = [y for y in slopes_of(run, name, order) if y]
    *before, slopes = (_at(run, y, points) for y in nodes)
    is_slope = slopes != 0
    if [*points] == [name]:
        sides = [{name: points[name] + step} for step in (-STEP, STEP)]
        is_slope |= np.all([np.abs(_at(run, nodes[-1], side)) < NEARLY for side in sides], axis=0)
    for values in (*before, slopes):  # of an array several at each point
        is_slope &= np.isfinite(values).reshape(len(slopes), -1).all(axis=1)
    for i in np.flatnonzero(is_slope):
        return Gap({n: float(x[i]) for n, x in points.items()}, float(slopes[i]))
    return None


def _formula_at(run: Run, formula: Written, points: Points) -> Array:
    """A formula of the run's inputs at all points."""
    again = run_of(formula, run.values())
    return _at(again, again.results[0], {n: x for n, x in points.items() if n in again.inputs})


def _at(run: Run, node: Node, points: Points) -> Array:
    """A number of a run at all points at once."""
    if not points:
        return run.array(node)
    values = {run.inputs[name]: run.graph.constant(x) for name, x in points.items()}
    return run.array(*batch([node], values))
