"""Finite differences that know their own error, and both sides of a kink."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

    from gradcli.engine.run import Run

    Array = np.ndarray[Any, np.dtype[Any]]

HALVINGS = 8
"""Steps of the extrapolation, each half of the one before."""


class Differences:
    """Central differences with an estimate of their error, and the slopes of the two sides."""

    __slots__ = ("central", "error", "left", "right")

    def __init__(self, shape: tuple[int, ...]) -> None:
        self.central = np.zeros(shape)
        self.error = np.zeros(shape)
        self.left = np.zeros(shape)
        self.right = np.zeros(shape)

    def is_kink(self, i: tuple[int, ...], rtol: float, atol: float) -> bool:
        """Whether the two sides of an element go different ways, or the slope has no end."""
        left, right = self.left[i], self.right[i]
        if not (np.isfinite(left) and np.isfinite(right)):
            return True
        size = max(abs(left), abs(right), abs(self.central[i]))
        return bool(abs(left - right) > max(1e3 * rtol, 1e-3) * size + atol)


def differences(run: Run, name: str, dy: Any, eps: float = 1e-2) -> Differences:
    """The derivative of sum(value * dy) by each element of an input, by running the program.

    `eps` is the first step, relative to the size of the element; central differences at halved
    steps are extrapolated (Ridders), and the best of them is taken.
    """
    start = np.asarray(run.array(run.inputs[name]), float)
    found = Differences(start.shape)
    for i in np.ndindex(start.shape):

        def total(offset: float, i: tuple[int, ...] = i) -> float:
            moved = start.copy()
            moved[i] += offset
            return run.again(**{name: moved}).total(dy)

        step = eps * max(abs(float(start[i])), 0.1)
        found.central[i], found.error[i] = _ridders(total, step)
        found.left[i], found.right[i] = _sides(total, step)
    return found


def _ridders(total: Callable[[float], float], step: float) -> tuple[float, float]:
    """Central differences extrapolated to a step of zero, and the error that is left."""
    best, error = np.nan, np.inf
    before: list[float] = []
    with np.errstate(all="ignore"):
        for k in range(HALVINGS):
            h = step / 2**k
            row = [float(np.subtract(total(h), total(-h))) / (2 * h)]
            if not np.isfinite(row[0]):
                before = []
                continue
            for j, older in enumerate(before, 1):
                row.append(row[-1] + (row[-1] - older) / (4**j - 1))
                gap = max(abs(row[-1] - row[-2]), abs(row[-1] - older))
                if gap < error:
                    best, error = row[-1], gap
            before = row
    return best, error


def _sides(total: Callable[[float], float], step: float) -> tuple[float, float]:
    """The slopes to the left and to the right, extrapolated over three small steps."""
    here = total(0.0)
    h = step * 1e-3

    def slope(sign: float) -> float:
        with np.errstate(all="ignore"):
            whole = (total(sign * h) - here) / (sign * h)
            half = (total(sign * h / 2) - here) / (sign * h / 2)
            return float(2 * half - whole)

    return slope(-1.0), slope(1.0)
