"""What is drawn of functions, as data: curves with gaps, marks, points of a table, a field."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from math import gcd
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    Array = np.ndarray[Any, np.dtype[Any]]

PRIMES = ("", "′", "″", "‴")
"""What stands behind the name of a function for its derivatives."""


UNRESOLVED = "unresolved"
"""The kind of the mark in a band."""


STEEP = ("pole", UNRESOLVED)
"""Marks of curves that rise without end."""

FLAT = 16.0
"""How many times as high as the curve its derivatives may be for the picture to hold them whole."""

LARGEST = 1e200
"""The largest number that is drawn: differences and sums of such numbers are finite."""

NARROWEST = 1e-200
"""The narrowest range that is drawn: a slope over it, and a step along it, are numbers."""

DECADES = 200.0
"""How many times as large as the smallest the largest values are whose levels are decades."""

MOST_TWELFTHS = 1200
"""Twelfths of π up to which places are said in them; any large number is near to some."""


class Axis(NamedTuple):
    """A variable and its range; `in_pi` if both ends are small multiples of a twelfth of π."""

    name: str
    low: float
    high: float

    @property
    def width(self) -> float:
        """How long the range is."""
        return self.high - self.low

    @property
    def in_pi(self) -> bool:
        """Whether places on it are best said in π."""
        twelfths = np.array([self.low, self.high]) * 12 / np.pi
        whole = np.round(twelfths)
        near = np.abs(twelfths - whole).max() < 1e-9 and np.abs(whole).max() <= MOST_TWELFTHS
        return bool(near and whole.any())

    def ticks(self, most: int) -> tuple[list[float], list[str]]:
        """Round places on the axis, no more than so many, and their labels."""
        unit = np.pi if self.in_pi else 1.0
        places = round_places(self.low / unit, self.high / unit, most, in_pi=self.in_pi)
        return [p * unit for p in places], [self.shown(p * unit) for p in places]

    def shown(self, x: float) -> str:
        """A place as people write it."""
        return (in_pi(x) if self.in_pi else "") or number(x)


def number(x: float) -> str:
    """A number with six digits at most."""
    return re.sub(r"e\+?(-?)0*", r"e\1", f"{x:.6g}")


def round_places(low: float, high: float, most: int, *, in_pi: bool = False) -> list[float]:
    """Round numbers from one to the other, in equal steps; no more than so many."""
    steps: tuple[float, ...] = (1 / 6, 1 / 4, 1 / 2, 1.0, 2.0, 5.0) if in_pi else ()
    coarse = 10.0 ** np.floor(np.log10((high - low) / most))
    steps = steps or tuple(coarse * m for m in (1, 2, 5, 10, 20))
    step = next((s for s in steps if (high - low) / s < most - 1 + 1e-9), 10 * steps[-1])
    count = np.arange(np.ceil(low / step - 1e-9), np.floor(high / step + 1e-9) + 1)
    return [float(f"{n * step:.12g}") + 0.0 for n in count]


def round_sizes(low: float, high: float, most: int) -> list[float]:
    """About `most` round positive numbers between two powers of ten, even in their logarithms."""
    count = high - low
    for digits in ((1, 2, 5), (1, 3)):
        if count * len(digits) < most:
            decades = range(int(np.floor(low)), int(np.ceil(high)) + 1)
            sizes = [float(f"{digit}e{k}") for k in decades for digit in digits]
            return [size for size in sizes if low <= np.log10(size) <= high]
    step = int(np.ceil(count / most))
    decades = range(int(np.ceil(low)), int(np.floor(high)) + 1)
    return [float(f"1e{k}") for k in decades if k % step == 0]


def in_pi(x: float) -> str:
    """A multiple of π/12 in words, `-3π/4`; "" for another number."""
    twelfths = x * 12 / np.pi
    count = round(twelfths)
    if abs(twelfths - count) > 1e-9:
        return ""
    if count == 0:
        return "0"
    common = gcd(count, 12)
    top, bottom = abs(count) // common, 12 // common
    sign = "-" if count < 0 else ""
    return f"{sign}{'' if top == 1 else top}π{'' if bottom == 1 else f'/{bottom}'}"


class Band(NamedTuple):
    """Where a curve is too fine to follow: its ends, and between what nearly all values lie."""

    left: float
    right: float
    low: float
    high: float


class Curve(NamedTuple):
    """A line: where it is broken there is a point whose y is NaN.

    `group` counts the settings, `order` the derivatives.
    """

    label: str
    group: int
    order: int
    x: Array
    y: Array
    bands: Sequence[Band] = ()

    def pieces(self) -> Iterable[tuple[Array, Array]]:
        """The parts without a gap."""
        ends = np.flatnonzero(np.isnan(self.y))
        for x, y in zip(np.split(self.x, ends), np.split(self.y, ends), strict=True):
            there = ~np.isnan(y)
            if there.any():
                yield x[there], y[there]


class Mark(NamedTuple):
    """A place of a curve that is not like others.

    `ends` are where its left and its right side lead to (NaN: nowhere, or to infinity), `value` is
    what it is there.
    """

    kind: str
    group: int
    x: float
    ends: tuple[float, float]
    value: float
    text: str

    @property
    def dots(self) -> list[tuple[float, bool]]:
        """Where to draw it: each y, and whether the value is there."""
        ends = [y for y in self.ends if np.isfinite(y)]
        if self.kind == "pole" or not ends:
            return []
        near = 1e-6 * max(map(abs, ends))
        if self.kind == "jump":
            dots = [(y, bool(abs(y - self.value) <= near)) for y in ends]
            apart = np.isfinite(self.value) and not any(filled for _, filled in dots)
            return [*dots, (self.value, True)] if apart else dots
        return [(ends[0], self.kind != "hole")]


class Points(NamedTuple):
    """Data beside the curves."""

    x: Array
    y: Array


class Field(NamedTuple):
    """A function of two variables on a grid: rows belong to y, columns to x."""

    y_axis: Axis
    x: Array
    y: Array
    values: Array
    slopes: tuple[Array, Array]

    @property
    def limits(self) -> tuple[float, float]:
        """Between what values the levels lie: all, or nearly all where the others are far away."""
        finite = self.values[np.isfinite(self.values)]
        lowest, low, high, highest = (float(q) for q in np.quantile(finite, [0, 0.02, 0.98, 1]))
        near = 2 * (high - low)
        low = lowest if lowest >= low - near else low
        high = highest if highest <= high + near else high
        return low, high

    @property
    def decades(self) -> tuple[float, float] | None:
        """The logarithms of the sizes, if these span decades and are largest at the border.

        A peak within, as that of a density, is better shown by even levels.
        """
        finite = self.values[np.isfinite(self.values)]
        sizes, signs = np.abs(finite), np.unique(np.sign(finite[finite != 0]))
        low, high, highest = (float(q) for q in np.quantile(sizes, [0.02, 0.98, 1]))
        rim = np.concatenate([self.values[[0, -1]].ravel(), self.values[:, [0, -1]].ravel()])
        at_rim = float(np.nanmax(np.abs(rim))) if np.isfinite(rim).any() else 0.0
        if len(signs) != 1 or not high > DECADES * low > 0:
            return None
        return (np.log10(low), np.log10(high)) if at_rim > highest / 2 else None

    @property
    def levels(self) -> list[float]:
        """Round values, between which the bands lie; the value itself, if there is but one."""
        low, high = self.limits
        if low == high:
            return [low]
        decades = self.decades
        if decades is None:
            places = round_places(low, high, 11)
            near = 1e-9 * (high - low)
            return [place for place in places if low + near < place < high - near]
        sign = -1.0 if low < 0 else 1.0
        return sorted(sign * level for level in round_sizes(*decades, 11))

    @property
    def arrows(self) -> tuple[Array, Array]:
        """The gradient at each point, as long as it is steep, at most 1.

        Where levels are those of a logarithm, so are the slopes; small ones are drawn larger.
        """
        there = np.isfinite(self.values + self.slopes[0] + self.slopes[1])
        right, up = (np.where(there, slope, 0.0) for slope in self.slopes)
        size = np.hypot(right, up)
        with np.errstate(all="ignore"):
            steep = size if self.decades is None else size / np.abs(self.values)
            steep = np.where(np.isfinite(steep), steep, 0.0)
            most = np.quantile(steep, 0.9) or steep.max()
            length = np.minimum(steep / most, 1.0) ** 0.6 / size
        length = np.where(np.isfinite(length), length, 0.0)
        return right * length, up * length


@dataclass
class Picture:
    """All that there is to draw: curves over one axis, or a field over two."""

    title: str
    axis: Axis
    curves: list[Curve] = field(default_factory=list)
    marks: list[Mark] = field(default_factory=list)
    points: Points | None = None
    field: Field | None = None

    def heights(self) -> tuple[float, float]:
        """The range of y: all there is, unless that would flatten most of it.

        Derivatives of a curve with poles rise much faster, as do those of one that is too fine to
        follow, and any that would leave little room for the curve: they get little of their own.
        """
        first = [r for c in self.curves if c.order == 0 and (r := self._reach(c)) is not None]
        others = [r for c in self.curves if c.order and (r := self._reach(c)) is not None]
        if self.points is not None and len(self.points.y):
            first.append((float(np.min(self.points.y)), float(np.max(self.points.y))))
        if not first:
            return -1.0, 1.0
        low, high = _around(first)
        room = (high - low) * (0.5 if any(m.kind in STEEP for m in self.marks) else 1.5)
        if others and (room < high - low or _reach(others) > FLAT * (high - low)):
            others = [(max(a, low - room), min(b, high + room)) for a, b in others]
        low, high = _around([*first, *others])
        margin = 0.04 * (high - low) or max(abs(low), 1.0) / 2
        return low - margin, high + margin

    def beyond(self) -> list[str]:
        """Of which curves there is more than the picture holds, in words; poles are told anyway."""
        low, high = self.heights()
        steep = {mark.group for mark in self.marks if mark.kind in STEEP}
        said = []
        for curve in self.curves:
            y = curve.y[np.isfinite(curve.y)]
            if curve.order or curve.group in steep or not len(y):
                continue
            ends = (("up", y.max(), y.max() > high), ("down", y.min(), y.min() < low))
            far = ", ".join(
                f"{way} to {number(float(f'{end:.3g}'))}" for way, end, is_out in ends if is_out
            )
            if far:
                said.append(f"{' '.join(curve.label.split())} goes beyond the picture: {far}")
        return said

    def _reach(self, curve: Curve) -> tuple[float, float] | None:
        """The range of one curve, evenly looked at, without the tips of what is infinite."""
        evenly = np.linspace(self.axis.low, self.axis.high, 1001)
        near = np.clip(np.searchsorted(curve.x, evenly), 0, len(curve.x) - 1)
        y = curve.y[near]
        for band in curve.bands:
            inside = (evenly > band.left) & (evenly < band.right)
            y[inside] = np.resize([band.low, band.high], inside.sum())
        y = y[np.isfinite(y)] if np.isfinite(y).any() else curve.y[np.isfinite(curve.y)]
        if not len(y):
            return None
        low, tenth, ninth, high = (float(q) for q in np.quantile(y, [0, 0.1, 0.9, 1]))
        core = ninth - tenth
        poles = any(m.kind == "pole" and m.group == curve.group for m in self.marks)
        most = 1.2 if poles else 12.0
        if core <= 1e-9 * max(abs(tenth), abs(ninth)):
            return low, high
        return max(low, tenth - most * core), min(high, ninth + most * core)


def _reach(ranges: list[tuple[float, float]]) -> float:
    low, high = _around(ranges)
    return high - low


def _around(ranges: list[tuple[float, float]]) -> tuple[float, float]:
    return min(r[0] for r in ranges), max(r[1] for r in ranges)
