"""At which operands an operation has no derivative, and of which kind the point is.

Each entry gives, from arrays of operands and result, an array of kinds (`ir.kinds`). What is not
listed is smooth where its result is finite.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from gradcli.ir.function import Function
from gradcli.ir.kinds import DEGENERATE, EDGE, JUMP, KINK, POLE, TIE, VERTICAL
from gradcli.ops import activations, arithmetic, compare, elementary, reduce

if TYPE_CHECKING:
    from collections.abc import Callable

    from gradcli.ir.record import Op

    Points = Callable[..., Any]

POINTS: dict[Op, Points] = {}


def _at(kind: int, where: Callable[..., Any], *functions: Function | Op) -> None:
    """The functions have points of a kind where a condition on their operands holds."""

    def points(*arrays: Any) -> Any:
        return np.where(where(*arrays), kind, 0)

    for function in functions:
        POINTS[_op(function)] = points


def _op(function: Function | Op) -> Op:
    op = function.op if isinstance(function, Function) else function
    assert op is not None
    return op


def _both(*entries: tuple[int, Callable[..., Any]]) -> Points:
    """Several kinds of points of one function."""

    def points(*arrays: Any) -> Any:
        found: Any = 0
        for kind, where in entries:
            found = np.maximum(found, np.where(where(*arrays), kind, 0))
        return found

    return points


def _whole(x: Any, _z: Any) -> Any:
    return x == np.floor(x)


_at(
    EDGE,
    lambda x, y, z: x == y,
    compare.lt,
    compare.le,
    compare.gt,
    compare.ge,
    compare.eq,
    compare.ne,
)
_at(KINK, lambda x, z: x == 0, compare.abs_, activations.relu)
_at(KINK, lambda x, z: (x == 0) | (x == 6), activations.relu6)
_at(JUMP, lambda x, z: x == 0, compare.sign)
_at(JUMP, _whole, compare.floor, compare.ceil)
_at(JUMP, lambda x, z: (x == np.floor(x)) & (x != 0), compare.trunc)
_at(JUMP, lambda x, z: np.abs(x - np.floor(x)) == 0.5, compare.rint)
_at(JUMP, lambda x, y, z: x / y == np.floor(x / y), arithmetic.floordiv, arithmetic.mod)
_at(KINK, lambda x, y, z: x == 0, compare.copysign)
_at(TIE, lambda x, y, z: x == y, compare.maximum, compare.minimum)
_at(KINK, lambda x, y, z: z == 0, arithmetic.hypot)
_at(VERTICAL, lambda x, z: x == 0, arithmetic.sqrt, arithmetic.cbrt)
_at(
    POLE,
    lambda x, z: x == 0,
    arithmetic.rsqrt,
    arithmetic.reciprocal,
    elementary.log,
    elementary.log2,
    elementary.log10,
)
_at(POLE, lambda x, z: x == -1, elementary.log1p)
_at(POLE, lambda x, y, z: (y == 0) & (x != 0), arithmetic.div)
_at(VERTICAL, lambda x, z: np.abs(x) == 1, elementary.asin, elementary.acos)
_at(VERTICAL, lambda x, z: x == 1, elementary.acosh)
_at(POLE, lambda x, z: np.abs(x) == 1, elementary.atanh)
_at(DEGENERATE, lambda y, x, z: (x == 0) & (y == 0), elementary.atan2)
POINTS[_op(arithmetic.pow_)] = _both(
    (VERTICAL, lambda x, y, z: (x == 0) & (y > 0) & (y < 1)),
    (POLE, lambda x, y, z: (x == 0) & (y < 0)),
)
_at(KINK, lambda x, z: z == 0, reduce.NORM)


def _clip(x: Any, low: Any, high: Any, _z: Any) -> Any:
    return np.where((x == low) | (x == high), KINK, 0)


POINTS[compare.CLIP] = _clip


_at(TIE, lambda x, z: (x == z) & (np.sum(x == z) > 1), reduce.max_, reduce.min_)
