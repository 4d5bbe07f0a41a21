"""Gaps of printed derivatives: points where a formula is undefined, or not the derivative."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from gradcli.engine.formulas import slopes_of
from gradcli.engine.program import Text
from gradcli.engine.run import Run
from gradcli.errors import GradcliError
from gradcli.passes import modes

if TYPE_CHECKING:
    Array = np.ndarray[Any, np.dtype[Any]]
    Points = dict[str, Array]

SPECIAL = (1.0, -1.0, 0.0, 2.0, -2.0)
"""The numbers at which formulas are tried: functions mostly have their poles at whole ones."""

COUNTS = (1, 5, 5, 3)
"""How many of them are tried for each of no, one, two and three inputs; more are not varied."""


class Gap(NamedTuple):
    """A point at which a formula is undefined, and the derivative that it is a formula of."""

    point: dict[str, float]
    slope: float

    def __str__(self) -> str:
        return (
            f"this is undefined at {_shown(self.point)}, where the derivative is {self.slope:.6g}"
        )


def gap(run: Run, name: str, order: int, formula: str) -> Gap | None:
    """A gap of a formula of the derivative by `name`, None where none is found.

    Only inputs without values are varied. A derivative of 0 is no gap: where a formula is
    undefined, as `log(x)*x^n` is for x = 0, it is mostly one by convention.
    """
    try:
        points = _undefined(run, formula, _points(run, name))
        return _first_defined(run, name, order, points) if points else None
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


def tie(run: Run, name: str, order: int, formula: str) -> Tie | None:
    """A point at which a formula of cases is not the derivative by `name`, None if none is found.

    Where both operands of a maximum are equal each has half of its gradient.
    """
    if "where(" not in formula:
        return None
    try:
        points = _points(run, name)
        again, first = _run(run, Text(formula), points), _run(run, run.text, points)
        if not all(modes.is_elementwise(first.results[0], first.inputs[n]) for n in points):
            return None
        slope = slopes_of(first, name, order)[-1]
        count = len(points[name]) if name in points else 0
        if slope is None or not count:
            return None
        values = np.broadcast_to(again.array(again.results[0]), count)
        slopes = np.broadcast_to(first.array(slope), count)
    except GradcliError:
        return None
    differs = np.isfinite(values) & np.isfinite(slopes) & ~np.isclose(values, slopes, 1e-6, 1e-9)
    for i in np.flatnonzero(differs):
        point = {n: float(x[i]) for n, x in points.items()}
        return Tie(point, float(values[i]), float(slopes[i]))
    return None


def _shown(point: dict[str, float]) -> str:
    """A point as it is told."""
    return ", ".join(f"{name} = {number:g}" for name, number in point.items())


def _points(run: Run, name: str) -> Points:
    """The points that are tried, by input."""
    varied = sorted(run.guessed, key=name.__ne__)[: len(COUNTS) - 1]
    points = [*product(SPECIAL[: COUNTS[len(varied)]], repeat=len(varied))]
    return dict(zip(varied, np.array(points).T, strict=True))


def _undefined(run: Run, formula: str, points: Points) -> Points:
    """Those of the points at which the formula is no number."""
    again = _run(run, Text(formula), points)
    is_number = np.isfinite(again.array(again.results[0]))
    undefined = {n: x[~is_number] for n, x in points.items()} if is_number.ndim else {}
    return undefined if any(map(len, undefined.values())) else {}


def _first_defined(run: Run, name: str, order: int, points: Points) -> Gap | None:
    """The first of the points at which the value and its derivatives are numbers."""
    again = _run(run, run.text, points)
    if not np.isfinite(again.array(again.results[0])).any():
        return None
    if not all(modes.is_elementwise(again.results[0], again.inputs[n]) for n in points):
        return None
    slopes = np.broadcast_arrays(*(again.array(y) for y in slopes_of(again, name, order) if y))
    for i in np.flatnonzero(np.isfinite(slopes).all(axis=0) & (slopes[-1] != 0)):
        return Gap({n: float(x[i]) for n, x in points.items()}, float(slopes[-1][i]))
    return None


def _run(run: Run, text: Text, points: Points) -> Run:
    """A program of some of the inputs at all points at once."""
    names = text.names()
    values = {n: x for n, x in {**run.values(), **points}.items() if n in names.inputs}
    return Run(text, names, values, run.settings.silent())
