"""The line search of `torch.optim.LBFGS`, for the strong conditions of Wolfe."""

from __future__ import annotations

from math import sqrt
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np

    Numbers = np.ndarray[Any, np.dtype[Any]]

LOWER, FLATTER = 1e-4, 0.9
"""How much of the slope a step must go down, and how much less steep it must end."""


class Point:
    """A step along the line: how long it is, the loss there, the gradient, and the slope."""

    __slots__ = ("gradient", "loss", "slope", "step")

    def __init__(self, step: Any, loss: float, gradient: Numbers, direction: Numbers) -> None:
        self.step = step
        self.loss = loss
        self.gradient = gradient
        self.slope = gradient @ direction


class LineSearch:
    """One search: `at(step)` gives the loss and the gradient there."""

    def __init__(
        self,
        at: Callable[[Any], tuple[float, Numbers]],
        start: tuple[float, Numbers, Numbers],
        most: int,
        tolerance: float,
    ) -> None:
        loss, gradient, self.direction = start
        self.at = at
        self.start = Point(0, loss, gradient, self.direction)
        self.most = most
        self.tolerance = tolerance
        self.count = 0

    def point(self, step: Any) -> Point:
        """The point behind a step."""
        self.count += 1
        return Point(step, *self.at(step), self.direction)

    def goes_down(self, point: Point) -> bool:
        """Whether the loss is low enough for so long a step."""
        return bool(point.loss <= self.start.loss + LOWER * point.step * self.start.slope)

    def is_flat(self, point: Point) -> bool:
        """Whether the slope is small enough."""
        return bool(abs(point.slope) <= -FLATTER * self.start.slope)

    def found(self, step: Any) -> Point:
        """The point that the search ends with."""
        bracket = self.bracket(step)
        return bracket[0] if len(bracket) == 1 else self.closer(bracket)

    def bracket(self, step: Any) -> list[Point]:
        """Two points between which there is a good one, or that one."""
        before, point = self.start, self.point(step)
        for turn in range(self.most):
            if not self.goes_down(point) or (turn > 1 and point.loss >= before.loss):
                return [before, point]
            if self.is_flat(point):
                return [point]
            if point.slope >= 0:
                return [before, point]
            bounds = point.step + 0.01 * (point.step - before.step), point.step * 10
            before, point = point, self.point(least(before, point, bounds))
        return [self.start, point]

    def closer(self, bracket: list[Point]) -> Point:
        """The best point between two."""
        low, high = sorted(bracket, key=lambda point: point.loss)
        longest = abs(self.direction).max()
        is_near = False
        while self.count <= self.most:
            if abs(high.step - low.step) * longest < self.tolerance:
                break
            step, is_near = self.between(*bracket, is_near=is_near)
            point = self.point(step)
            place = bracket.index(low)
            if not self.goes_down(point) or point.loss >= low.loss:
                bracket[1 - place] = point
                low, high = sorted(bracket, key=lambda point: point.loss)
                continue
            is_done = self.is_flat(point)
            if not is_done and point.slope * (high.step - low.step) >= 0:
                bracket[1 - place] = high = low
            bracket[place] = low = point
            if is_done:
                break
        return low

    def between(self, first: Point, second: Point, *, is_near: bool) -> tuple[Any, bool]:
        """A step between those of two points; if it is near one of them again, further away."""
        step = least(first, second, None)
        short, long = sorted((first.step, second.step))
        margin = 0.1 * (long - short)
        if min(long - step, step - short) >= margin:
            return step, False
        if not is_near and short < step < long:
            return step, True
        return (long - margin if abs(step - long) < abs(step - short) else short + margin), False


def least(first: Point, second: Point, bounds: tuple[Any, Any] | None) -> Any:
    """Where the cubic polynomial through two points, with their slopes, is least."""
    a, b = sorted((first, second), key=lambda point: point.step)
    short, long = (a.step, b.step) if bounds is None else bounds
    mean = a.slope + b.slope - 3 * (first.loss - second.loss) / (first.step - second.step)
    square = mean**2 - a.slope * b.slope
    if square < 0:
        return (short + long) / 2.0
    root = square.dtype.type(sqrt(square))
    step = b.step - (b.step - a.step) * ((b.slope + root - mean) / (b.slope - a.slope + 2 * root))
    return min(max(step, short), long)
