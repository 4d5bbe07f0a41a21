"""The kinds of points at which a derivative is not what it is elsewhere, from mild to bad.

A record's `special(*arrays, result, *attrs)` gives an array of kinds; the constructors below make
such statements of conditions.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

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


class Special:
    """A record's statement: at what operands it has points of some kinds, each where a mask holds.

    `warning` is said wherever a gradient goes through such a point, whatever it comes to there.
    """

    def __init__(self, masks: Sequence[tuple[int, Condition]], warning: str = "") -> None:
        self.masks = masks
        self.warning = warning

    def __call__(self, *arrays: Any) -> Any:
        """The kinds of the points; where several meet the worst counts."""
        kinds = [np.where(mask(*arrays), kind, SMOOTH) for kind, mask in self.masks]
        return kinds[0] if len(kinds) == 1 else np.maximum.reduce(np.broadcast_arrays(*kinds))

    def mask(self, *arrays: Any) -> Any:
        """Where there are such points, of whatever kind."""
        first, *others = [mask(*arrays) for _, mask in self.masks]
        for other in others:
            first = first | other
        return first

    @property
    def drops(self) -> bool:
        """Whether a convention may stand for the slope there: a number that is finite."""
        return any(kind in CONVENTIONS for kind, _ in self.masks)


def at(kind: int, where: Condition, warning: str = "") -> Special:
    """Points of one kind, where a condition on operands and result holds."""
    return Special([(kind, where)], warning)


def either(*statements: Special) -> Special:
    """Points of several kinds; where they meet the worst counts."""
    return Special([pair for statement in statements for pair in statement.masks])


def at_zero(kind: int) -> Special:
    """A point of one kind where the one operand is 0."""
    return at(kind, lambda x, _z: x == 0)


POLES = at(POLE, lambda *arrays: np.isinf(arrays[-1]))
"""Poles wherever the result is infinite: of functions that do not overflow."""


class Ties(Special):
    """Points at which several elements attain the result: `counts(*arrays)` says how many do."""

    def __init__(self, counts: Callable[..., Any]) -> None:
        super().__init__([(TIE, lambda *arrays: counts(*arrays) > 1)])
        self.counts = counts
