"""Where elements of arrays stand, as loops count: whole numbers that go along with them."""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    Shape = tuple[int, ...]


class Affine(NamedTuple):
    """A whole number: a constant, and so much more a step of each loop, by the loop's number."""

    constant: int = 0
    steps: tuple[tuple[int, int], ...] = ()

    def times(self, factor: int) -> Affine:
        """So many times the number."""
        steps = tuple([(loop, step * factor) for loop, step in self.steps]) if factor else ()
        return Affine(self.constant * factor, steps)

    def plus(self, other: Affine) -> Affine:
        """The sum of two."""
        steps = dict(self.steps)
        for loop, step in other.steps:
            steps[loop] = steps.get(loop, 0) + step
        kept = tuple(sorted((loop, step) for loop, step in steps.items() if step))
        return Affine(self.constant + other.constant, kept)

    def text(self, names: Sequence[str]) -> str:
        """The number in C, by the names of the loops' counters."""
        terms = [
            (step, names[loop] if abs(step) == 1 else f"{abs(step)}*{names[loop]}")
            for loop, step in self.steps
        ]
        if self.constant or not terms:
            terms.append((self.constant, str(abs(self.constant))))
        terms.sort(key=lambda term: term[0] < 0)
        (first, text), *others = terms
        signed = [f" {'-' if step < 0 else '+'} {other}" for step, other in others]
        return "".join(["-" if first < 0 else "", text, *signed])


def along(shape: Shape) -> list[Affine]:
    """The indices of an array by a loop for each axis that has more than one element."""
    loops = iter(range(len(shape)))
    return [Affine(0, ((next(loops), 1),)) if n > 1 else Affine() for n in shape]


def total(indices: Sequence[Affine], strides: Sequence[int], offset: int = 0) -> Affine:
    """Where an element stands in memory."""
    place = Affine(offset)
    for index, stride in zip(indices, strides, strict=True):
        place = place.plus(index.times(stride))
    return place


def in_rows(shape: Shape) -> Shape:
    """The strides of an array whose elements lie in rows, the last index the quickest."""
    return tuple([prod(shape[i + 1 :]) for i in range(len(shape))])


def strided(
    shape: Shape, strides: Shape, part: Callable[[np.ndarray], np.ndarray]
) -> tuple[int, Shape]:
    """The offset and the strides of a part of an array, by what NumPy makes of one like it."""
    whole = np.lib.stride_tricks.as_strided(np.empty(1, np.int8), shape, strides, writeable=False)
    taken = part(whole)
    starts = [x.__array_interface__["data"][0] for x in (whole, taken)]
    return starts[1] - starts[0], taken.strides


def reshaped(old: Shape, strides: Shape, new: Shape) -> Shape | None:
    """The strides of an array in another shape; None if its elements do not lie so."""
    pairs = [(n, stride) for n, stride in zip(old, strides, strict=True) if n != 1]
    if [n for n, _ in pairs] == [n for n in new if n != 1]:
        left = iter([stride for _, stride in pairs])
        return tuple([next(left) if n != 1 else 0 for n in new])
    lies = all(n == 1 or s == row for n, s, row in zip(old, strides, in_rows(old), strict=True))
    return in_rows(new) if lies else None


def by_axes(
    base: Shape, shape: Shape, offset: int, strides: Shape
) -> Callable[[Sequence[Affine]], list[Affine]] | None:
    """The indices of an array from those of a part of it; None where loops would carry over."""
    rows = in_rows(base)
    firsts, rest = [], offset
    for row in rows:
        firsts.append(rest // row)
        rest %= row
    steps: list[list[tuple[int, int]]] = [[] for _ in base]
    for axis, (n, stride) in enumerate(zip(shape, strides, strict=True)):
        if n == 1 or not stride:
            continue
        at = next((b for b, row in enumerate(rows) if row <= abs(stride) and base[b] > 1), None)
        if at is None or stride % rows[at]:
            return None
        steps[at].append((axis, stride // rows[at]))
    for first, own, n in zip(firsts, steps, base, strict=True):
        ends = [step * (shape[axis] - 1) for axis, step in own]
        if first + sum(min(e, 0) for e in ends) < 0 or first + sum(max(e, 0) for e in ends) >= n:
            return None

    def indices(of_part: Sequence[Affine]) -> list[Affine]:
        return [
            total([of_part[axis] for axis, _ in own], [step for _, step in own], first)
            for first, own in zip(firsts, steps, strict=True)
        ]

    return indices
