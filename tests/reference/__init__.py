"""What each function is, a second time: one line a function, in numbers of 80 digits.

`ELEMENTWISE` holds functions of numbers, `CALLS` calls of functions of whole arrays beside the same
over NumPy arrays of such numbers. Derivatives are central differences, whose step of 1e-20 leaves
40 digits, so nothing here knows a rule of differentiation.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from tests.reference import arrays, basic, distributions, images, matrices, networks, special
from tests.reference.words import Call, each, mp

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    Shape = tuple[int, ...]
    Interval = tuple[float, float]

STEP = mp.mpf("1e-20")

NOISE = 1e-30
"""Below this a difference is the rounding of a zero."""

_PARTS: Any = (basic, special, networks, distributions, matrices, images, arrays)


def _merged(name: str) -> dict[str, Any]:
    return {key: value for part in _PARTS for key, value in getattr(part, name, {}).items()}


ELEMENTWISE: dict[str, Callable[..., Any]] = _merged("ELEMENTWISE")
"""Function of the language to the same function of numbers; called on every shape."""

ELSEWHERE: dict[str, Callable[..., Any]] = _merged("ELSEWHERE")
"""Elementwise expressions of x and y, beyond the domain that the function's record states."""

DOMAINS: dict[str, tuple[Interval, ...]] = _merged("DOMAINS")
"""Of functions or calls: where to draw from, if the record of the function does not say."""

CALLS: list[Call] = [call for part in _PARTS for call in part.CALLS]
"""Calls of functions of whole arrays, or with options, and what they are."""

UNARY_SHAPES: list[tuple[Shape, ...]] = [((),), ((4,),), ((2, 3),)]

# fmt: off
BINARY_SHAPES: list[tuple[Shape, ...]] = [
    ((), ()), ((3,), (3,)), ((2, 2), (2, 2)), ((2, 1), (3,)), ((), (3,)), ((2, 3), ()),
]
# fmt: on


def elementwise_calls(name: str, arity: int) -> list[Call]:
    """Calls of an elementwise function on numbers, vectors, matrices and pairs that broadcast."""
    text, function = f"{name}({', '.join('xyz'[:arity])})", each(ELEMENTWISE[name])
    shapes = UNARY_SHAPES if arity == 1 else BINARY_SHAPES
    return [Call(text, dict(zip("xy", row, strict=False)), function, True) for row in shapes]


def calls_elsewhere() -> list[Call]:
    """The expressions of `ELSEWHERE` on vectors."""
    return [
        Call(text, dict.fromkeys("xy" if "y" in text else "x", (6,)), each(function), True)
        for text, function in ELSEWHERE.items()
    ]


def slope(function: Callable[..., Any], direction: Sequence[Any]) -> Callable[..., Any]:
    """The derivative of a function as its arguments move in a direction, a function itself."""

    def run(*at: Any) -> Any:
        ahead = [x + STEP * v for x, v in zip(at, direction, strict=True)]
        behind = [x - STEP * v for x, v in zip(at, direction, strict=True)]
        return (function(*ahead) - function(*behind)) / (2 * STEP)

    return run


def gradient(function: Callable[..., Any], at: Sequence[Any]) -> list[Any]:
    """The gradient of a function whose value is a number, by each of its arguments."""
    found = []
    for k, x in enumerate(at):
        part = np.empty(x.shape, object)
        for i in np.ndindex(x.shape):
            direction = [np.zeros(other.shape, int) for other in at]
            direction[k][i] = 1
            part[i] = slope(function, direction)(*at)
        found.append(part)
    return found
