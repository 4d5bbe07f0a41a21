"""The kinds of points at which a derivative is not what it is elsewhere, from mild to bad.

A record's `special(*arrays, result, *attrs)` gives an array of kinds; the constructors below make
such statements of conditions.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence

    Condition = Callable[..., Any]

SMOOTH, EDGE, TIE, KINK, JUMP, VERTICAL, POLE, OVERFLOW, DEGENERATE, INDETERMINATE, DOMAIN, NAN = (
    range(12)
)

WORDS_OF_KINDS = (
    "smooth",
    "branch edge",
    "tie",
    "kink",
    "jump",
    "vertical tangent",
    "pole",
    "overflow",
    "degenerate",
    "indeterminate",
    "domain",
    "nan",
)
"""What each kind is called; of several that apply the last is said."""

CONVENTIONS = (EDGE, TIE, KINK, JUMP, DEGENERATE)
"""Kinds of points without a derivative at which a convention gives one."""


class Point:
    """A kind of point, where it is met, and by which operand alone (None: by any)."""

    def __init__(self, kind: int, mask: Condition, by: int | None = None) -> None:
        self.kind = kind
        self.mask = mask
        self.by = by


class Special:
    """A record's statement: at what operands it has points of some kinds.

    `warning` is said wherever a gradient goes through such a point, whatever it comes to there,
    unless `unless(cotangent, *arrays, result, *attrs)` holds: what depends on it is smooth there.
    `drops` tells whether a convention, a number that is finite, may stand for the slope there, not
    only for that by one operand.
    """

    def __init__(
        self, points: Sequence[Point], warning: str = "", unless: Condition | None = None
    ) -> None:
        self.points = points
        self.warning = warning
        self.unless = unless
        self.drops = any(p.kind in CONVENTIONS and p.by is None for p in points)

    def __call__(self, *arrays: Any) -> Any:
        """The kinds of the points; where several meet the worst counts."""
        kinds = [np.where(point.mask(*arrays), point.kind, SMOOTH) for point in self.points]
        return kinds[0] if len(kinds) == 1 else np.maximum.reduce(np.broadcast_arrays(*kinds))

    def mask(self, *arrays: Any) -> Any:
        """Where there are such points, of whatever kind."""
        first, *others = [point.mask(*arrays) for point in self.points]
        for other in others:
            first = first | other
        return first

    def along(self, operands: Collection[int]) -> Special | None:
        """The statement where only some operands move; None if nothing is left of it."""
        points = [point for point in self.points if point.by is None or point.by in operands]
        if len(points) == len(self.points):
            return self
        return Special(points, self.warning, self.unless) if points else None


def at(
    kind: int,
    where: Condition,
    *,
    by: int | None = None,
    warning: str = "",
    unless: Condition | None = None,
) -> Special:
    """Points of one kind, where a condition on operands and result holds."""
    return Special([Point(kind, where, by)], warning, unless)


def either(*statements: Special) -> Special:
    """Points of several kinds; where they meet the worst counts."""
    return Special([point for statement in statements for point in statement.points])


def at_zero(kind: int) -> Special:
    """A point of one kind where the one operand is 0."""
    return at(kind, lambda x, _z: x == 0)


POLES = at(POLE, lambda *arrays: np.isinf(arrays[-1]))
"""Poles wherever the result is infinite: of functions that do not overflow."""


class Ties(Special):
    """Points at which several elements attain the result: `counts(*arrays)` says how many do.

    `form`, where given, says it of the cells of operands and result, as scalars of code; `among`
    makes the node that says it of a reduction, of its input and the result with all axes.
    """

    def __init__(
        self,
        counts: Callable[..., Any],
        form: Callable[..., Any] | None = None,
        among: Callable[..., Any] | None = None,
    ) -> None:
        super().__init__([Point(TIE, lambda *arrays: counts(*arrays) > 1)])
        self.counts = counts
        self.form = form
        self.among = among
