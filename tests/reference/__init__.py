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
        steps = [np.multiply(v, STEP) for v in direction]
        ahead = [x + step for x, step in zip(at, steps, strict=True)]
        behind = [x - step for x, step in zip(at, steps, strict=True)]
        return (function(*ahead) - function(*behind)) / (2 * STEP)

    return run


def gradient(
    function: Callable[..., Any], seed: Any, at: Sequence[Any], *, elementwise: bool
) -> list[Any]:
    """The gradient of sum(seed * function), by each of the arguments.

    An element of an argument moves those elements of an elementwise function that read it, so
    that all can move at once.
    """
    gradients = []
    for k, x in enumerate(at):
        moves = [np.zeros(other.shape, int) for other in at]
        if elementwise:
            moves[k][...] = 1
            gradients.append(_gathered(seed * slope(function, moves)(*at), x.shape))
            continue
        part = np.empty(x.shape, object)
        for i in np.ndindex(x.shape):
            moves[k][i] = 1
            part[i] = np.sum(seed * slope(function, moves)(*at))
            moves[k][i] = 0
        gradients.append(part)
    return gradients


def _gathered(spread: Any, shape: Shape) -> Any:
    """The sums over those elements for which one was read."""
    extra = tuple(range(np.ndim(spread) - len(shape)))
    inner = np.sum(spread, axis=extra)
    axes = tuple(i for i, n in enumerate(shape) if n == 1)
    return np.reshape(np.sum(inner, axis=axes), shape)
