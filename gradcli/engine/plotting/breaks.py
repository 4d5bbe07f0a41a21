"""What happens at the places that sampling suspects: poles, jumps, kinks, ends of the domain."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from gradcli.engine.plotting.sampling import NEAR

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from gradcli.engine.plotting.evaluation import Function
    from gradcli.engine.plotting.sampling import Sampled

    Array = np.ndarray[Any, np.dtype[Any]]

DISTANCES = (1e-4, 1e-6, 1e-8, 1e-10)
"""How far from a place its sides are looked at, relative to the range."""

STEP = 1e-2
"""From one distance to the next."""

TOGETHER = 1e-7
"""How near to one another, relative to the range, what looks like several poles is one."""

MANY = 6
"""Suspects at one place from which on they are taken for rounding."""

BESIDE = 1e-6
"""How near to a hole, relative to the range, slopes are rounding."""

MOST_PLACES = 400
"""Places that are looked at; there is no room on a picture for more."""


class Side(NamedTuple):
    """Where a curve leads to on one side of a place, and by how much that is uncertain.

    The limit is infinite at a pole, and NaN where there is no curve; `value` is that next to it.
    """

    limit: float
    doubt: float
    value: float

    @property
    def exists(self) -> bool:
        """Whether there is a curve on this side."""
        return not np.isnan(self.limit)


class Place(NamedTuple):
    """Where something happens: between which ends, and at which number, when that is known.

    Around it there may be many suspects by rounding: where the slopes of acos(cos(x)) change sign.
    """

    ends: tuple[float, float]
    is_rounding: bool = False
    x: float = np.nan


class Scale(NamedTuple):
    """How high an order of a curve is, and how much of it is rounding."""

    height: float
    least: float


class Break(NamedTuple):
    """A place where a curve, or one of its derivatives, is not smooth.

    `sides` are the left and the right one of each order that is drawn, `broken` tells which of
    these orders are not joined there; `value` is that of the curve itself.
    """

    x: float
    kind: str
    sides: tuple[tuple[Side, Side], ...]
    broken: tuple[bool, ...]
    value: float


def breaks(function: Function, sampled: Sampled) -> list[Break]:
    """The breaks among the suspected places, from left to right."""
    x = sampled.table.x
    width = float(x[-1] - x[0])
    places = list(_places(sampled, width))[:MOST_PLACES] if len(sampled.suspects) else []
    if not places:
        return []
    steps = np.array([*(-d for d in DISTANCES), 0.0, *DISTANCES]) * width
    near = np.array([_tidy(*place.ends, sampled.finest) for place in places])[:, None] + steps
    values = _looked_up(function, near, (x[0], x[-1]))
    near_by = DISTANCES[-1] * width
    scales = list(map(Scale, sampled.heights.tolist(), sampled.least.tolist()))
    looked = (
        _judged(place._replace(x=float(x)), seen, scales, near_by)
        for place, x, seen in zip(places, near[:, len(DISTANCES)], values, strict=True)
    )
    points = [point for point in looked if point is not None]
    known = {p.x: p for p in (_hole(function, p, BESIDE * width) or p for p in points)}
    return list(_merged(list(known.values()), TOGETHER * width))


def _merged(points: Sequence[Break], distance: float) -> Iterator[Break]:
    """Poles so near to one another are one, rounded to several numbers: 1/(1 + sin(x))."""
    rest = list(points)
    while rest:
        count = 1
        while count < len(rest) and rest[count].x - rest[count - 1].x < distance:
            count += 1
        group, rest = rest[:count], rest[count:]
        poles = [p for p in group if p.kind == "pole"]
        if len(poles) < 2:
            yield from group
            continue
        highest = [p for p in poles if np.isinf(p.value)] or poles
        first, last = highest[0], highest[-1]
        sides = tuple((a[0], b[1]) for a, b in zip(first.sides, last.sides, strict=True))
        x = first.x + (last.x - first.x) / 2
        yield first._replace(x=x, sides=sides)


def _hole(function: Function, point: Break, distance: float) -> Break | None:
    """The hole beside which a break is seen only for the rounding there: (x^3 - 8)/(x - 2)."""
    if point.kind in ("pole", "jump", "end"):
        return None
    x = _tidy(point.x - distance, point.x + distance, 0.0)
    if not np.isnan(function(np.array([x])).values[0, 0]):
        return None
    return point._replace(x=x, kind="hole", broken=(True, *point.broken[1:]), value=np.nan)


def _judged(place: Place, seen: Array, scales: Sequence[Scale], nearest: float) -> Break | None:
    """The break at a place; `seen` are the values beside it, one order more than are judged."""
    count = len(DISTANCES)
    sides: tuple[tuple[Side, Side], ...] = ()
    for order, scale in enumerate(scales):
        if place.is_rounding and sides and _finite(*sides[0]):
            sides += (_farther(seen[order]),)
            continue
        most = 2 / STEP**order if sides and _finite(*sides[0]) else np.inf
        sides += (_sides(seen[order], seen[order + 1], scale.height, nearest, most),)
    kind, broken = _kind(sides, seen[:, count], scales)
    return Break(place.x, kind, sides, broken, float(seen[0, count])) if kind else None


def _farther(values: Array) -> tuple[Side, Side]:
    """Both sides as they are seen from where rounding has not the upper hand."""
    count = len(DISTANCES)
    left, right = (
        Side(float(near), abs(float(near - far)), float(near))
        for far, near in (values[:2], values[count + 1 : count + 3])
    )
    return left, right


def _places(sampled: Sampled, width: float) -> Iterator[Place]:
    """Where something happens: neighbours are one place."""
    small = np.diff(sampled.rough, axis=1).ravel() < NEAR * width
    both = np.concatenate([sampled.suspects, sampled.rough[small]])
    both = both[np.argsort(both[:, 0])]
    is_suspect = np.diff(both, axis=1).ravel() <= sampled.finest
    ends = np.flatnonzero(np.diff(both[:, 0]) > NEAR * width) + 1
    for group, found in zip(np.split(both, ends), np.split(is_suspect, ends), strict=True):
        exact = group[found]
        if len(group) >= MANY and len(exact):
            yield Place((float(group[0, 0]), float(group[-1, 1])), is_rounding=True)
        elif len(exact):
            a, b = exact[(len(exact) - 1) // 2]
            yield Place((float(a), float(b)))


def _tidy(a: float, b: float, finest: float) -> float:
    """The number with the fewest digits around an interval, as people write places."""
    middle = a + (b - a) / 2
    if abs(middle) <= max(16 * finest, (b - a) / 2):
        return 0.0
    for digits in range(1, 15):
        short = float(f"{middle:.{digits}g}")
        if a - 8 * finest <= short <= b + 8 * finest:
            return short
    return middle


def _looked_up(function: Function, near: Array, ends: tuple[float, float]) -> Array:
    """The values of each order beside each place, (places, orders, points); NaN beyond the ends."""
    flat = near.ravel()
    points, back = np.unique(np.clip(flat, *ends), return_inverse=True)
    values = function(points).values[:, back]
    values[:, (flat < ends[0]) | (flat > ends[1])] = np.nan
    whole: Array = values.reshape(-1, *near.shape).transpose(1, 0, 2)
    beyond = ((near < ends[0]) | (near > ends[1])).any(axis=1)
    whole[beyond] = _mirrored(whole[beyond])
    return whole


def _mirrored(values: Array) -> Array:
    """At an end of the range, what lies within it on both sides; the curve goes on as it ends."""
    at_start = np.isnan(values[:, :1, :1])
    inside = np.where(at_start, values[..., ::-1], values)
    count = len(DISTANCES)
    inside[..., count + 1 :] = inside[..., count - 1 :: -1]
    last = inside[:, 0, count, None]
    inside[:, 0, count + 1 :] = np.where(np.isfinite(last), last, inside[:, 0, count + 1 :])
    return np.where(at_start, inside[..., ::-1], inside)


def _sides(
    values: Array, slopes: Array, height: float, nearest: float, most: float
) -> tuple[Side, Side]:
    """Both sides of one order; what the slopes beside the place explain is no difference.

    Nor is what is not seen next to the place: it happens elsewhere.
    """
    count = len(DISTANCES)
    left = _side(values[:count], height, most)
    right = _side(values[count + 1 :], height, most)
    if not _finite(left, right):
        return left, right
    explained = 8 * nearest * float(np.max(np.abs(slopes[[count - 1, -1]])))
    is_explained = abs(left.value - right.value) <= explained < np.inf
    here, there = float(values[count - 1]), float(values[-1])
    if is_explained or abs(here - there) < 0.1 * abs(left.limit - right.limit):
        a, b = (left.value, right.value) if is_explained else (here, there)
        middle = (a + b) / 2
        return left._replace(limit=middle), right._replace(limit=middle)
    return left, right


def _finite(*sides: Side) -> bool:
    return all(np.isfinite(side.limit) for side in sides)


def _side(values: Array, height: float, most: float) -> Side:
    """Where values lead to that are taken ever nearer.

    The slope of what has a limit grows by less than 1/d; what grows by `most` is rounding.
    """
    nearest = float(values[-1])
    if np.isinf(nearest) and not (most < np.inf and np.isfinite(values[:-1]).all()):
        return Side(nearest, 0.0, nearest)
    if np.isnan(values[1:]).any() or np.isinf(values[1:-1]).any():
        return Side(nearest, 0.0, nearest)
    first, second, third = (float(d) for d in np.diff(values))
    is_steep = _grows(first, second, third) and abs(third) < most * abs(second)
    if is_steep and abs(third) > 1e-3 * height:
        return Side(float(np.copysign(np.inf, third)), 0.0, nearest)
    if abs(third) > abs(second) + 1e-9 * height:  # rounding has the upper hand so near
        return Side(float(values[1]), max(abs(first), abs(second)), float(values[1]))
    ratio = third / second if second else 0.0
    more = third * ratio / (1 - ratio) if 0 < ratio < 0.97 else 0.0
    limit = nearest + more
    return Side(0.0 if abs(limit) < 1e-8 * height else limit, abs(third), nearest)


def _grows(first: float, second: float, third: float) -> bool:
    """Whether steps, each to a hundredth of the distance, go on in one direction without end."""
    same = np.sign(second) == np.sign(third) != 0
    return bool(same and abs(third) >= 0.9 * abs(second) and abs(second) >= 0.9 * abs(first))


def _kind(
    sides: Sequence[tuple[Side, Side]], here: Array, scales: Sequence[Scale]
) -> tuple[str, tuple[bool, ...]]:
    """What a place is called, "" for nothing special, and which orders break there."""
    words = [_word(pair, scale) for pair, scale in zip(sides, scales, strict=True)]
    broken = tuple(bool(word) for word in words)
    value, *slopes = words
    if value and _overflows(sides[0]):
        return "", broken
    if value:
        return value, broken
    if any(side.doubt > 0.05 * scales[0].height for side in sides[0]):  # it oscillates without end
        return "", broken
    steep = {"pole": "vertical tangent", "jump": "kink"}
    if slopes and slopes[0]:
        if slopes[0] == "pole" and np.isinf(here[0]):  # too slight to be seen beside it
            return "pole", (True, *broken[1:])
        return steep.get(slopes[0], ""), broken
    if np.isnan(here[0]) and sides[0][0].exists and sides[0][1].exists:
        return "hole", (True, *broken[1:])
    return ("bend" if any(slopes) else ""), broken


def _overflows(pair: tuple[Side, Side]) -> bool:
    """Whether one side is infinite because the other comes near the largest number there is."""
    return any(np.isfinite(side.value) and abs(side.value) > 1e290 for side in pair)


def _word(pair: tuple[Side, Side], scale: Scale) -> str:
    """How one order breaks between two sides."""
    left, right = pair
    if np.isinf(left.limit) or np.isinf(right.limit):
        return "pole"
    if not (left.exists or right.exists):
        return ""
    if not (left.exists and right.exists):
        return "end"
    doubt = 4 * (left.doubt + right.doubt) + 1e-5 * scale.height + scale.least
    return "jump" if abs(left.limit - right.limit) > doubt else ""
