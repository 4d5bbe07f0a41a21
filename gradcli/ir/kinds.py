"""The kinds of points at which a derivative is not what it is elsewhere, from mild to bad.

A record's `special(*arrays, result, *attrs)` gives an array of kinds; the constructors below make
such statements of conditions.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

    Condition = Callable[..., Any]
    Special = Callable[..., Any]

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


def at(kind: int, where: Condition) -> Special:
    """Points of one kind, where a condition on operands and result holds."""
    return lambda *arrays: np.where(where(*arrays), kind, SMOOTH)


def either(*statements: Special) -> Special:
    """Points of several kinds; where they meet the worst counts."""
    return lambda *arrays: np.maximum.reduce(np.broadcast_arrays(*[s(*arrays) for s in statements]))


def at_zero(kind: int) -> Special:
    """A point of one kind where the one operand is 0."""
    return at(kind, lambda x, _z: x == 0)


POLES = at(POLE, lambda *arrays: np.isinf(arrays[-1]))
"""Poles wherever the result is infinite: of functions that do not overflow."""


class Ties:
    """Points at which several elements attain the result: `counts(*arrays)` says how many do."""

    def __init__(self, counts: Callable[..., Any]) -> None:
        self.counts = counts

    def __call__(self, *arrays: Any) -> Any:
        """The kinds of the points."""
        return np.where(self.counts(*arrays) > 1, TIE, SMOOTH)
