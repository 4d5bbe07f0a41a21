"""Shapes of inputs without values, whose lengths may be names: `--shape A=n,m`."""

from __future__ import annotations

import re
from math import prod
from typing import TYPE_CHECKING, Any

import numpy as np

from gradcli.errors import ShapeError, UsageError
from gradcli.ir.node import LENGTH, MAX_AXES

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from gradcli.ir.written import Written
    from gradcli.lower.names import Names

    Lengths = tuple[int | str, ...]

LONG = 20
"""Digits of a length beyond all that there are."""

_GUESS = 0.7
"""What stands for an element without a value; no formula depends on it."""

_PRIMES = (
    (101, 103, 107, 109, 113, 127, 131, 137, 139, 149),
    (151, 157, 163, 167, 173, 179, 181, 191, 193, 197),
)
"""What stands for the named lengths: a formula that holds for both holds for all."""


def lengths_in(name: str, item: Any) -> Lengths:
    """A shape: numbers and names with commas between them, or a sequence of them."""
    parts = (item.split(",") if item else []) if isinstance(item, str) else item
    parts = list(parts) if isinstance(parts, (list, tuple)) else [parts]
    if len(parts) > MAX_AXES:
        raise UsageError(f"the shape of {name} has {len(parts)} axes, more than {MAX_AXES}")
    lengths = tuple(_length(name, part) for part in parts)
    if prod(n for n in lengths if isinstance(n, int)) > LENGTH:
        raise UsageError(f"the shape of {name} has more than {LENGTH:,} elements")
    return lengths


def _length(name: str, part: Any) -> int | str:
    text = part.strip() if isinstance(part, str) else str(part)
    if text.isidentifier() and not isinstance(part, bool):
        return text
    if not (text.isascii() and text.isdigit() and text.strip("0")):
        raise UsageError(
            f"the shape of {name} has a length '{text}', which is neither a number nor a name",
            help=f"⟨shape {name}=3,3⟩ or ⟨shape {name}=n,m⟩",
        )
    return int(text) if len(text) < LONG else LENGTH + 1


class Shapes:
    """The shapes of the inputs that have no values; a named length is a prime of one of two sets.

    Two names never stand for one length, so a product of matrices that needs them equal is refused.
    """

    def __init__(self, shapes: Mapping[str, Lengths], which: int = 0) -> None:
        self.shapes = shapes
        names = dict.fromkeys(n for shape in shapes.values() for n in shape if isinstance(n, str))
        if len(names) > len(_PRIMES[which]):
            raise UsageError(f"⟨shape⟩ has more than {len(_PRIMES[which])} names of lengths")
        self.numbers = dict(zip(names, _PRIMES[which], strict=False))
        for name, shape in shapes.items():
            if prod(self._numbers(shape)) > LENGTH:
                raise UsageError(
                    f"the shape of {name} has too many names of lengths",
                    help="numbers for some of them",
                )

    def values(self) -> dict[str, Any]:
        """An array of that shape for each input."""
        shapes = self.shapes.items()
        return {name: np.broadcast_to(_GUESS, self._numbers(shape)) for name, shape in shapes}

    def _numbers(self, shape: Lengths) -> tuple[int, ...]:
        return tuple(n if isinstance(n, int) else self.numbers[n] for n in shape)

    def renamed(self, error: ShapeError) -> ShapeError:
        """The error with the names of lengths."""
        names = {str(number): name for name, number in self.numbers.items()}

        def named(text: str) -> str:
            return re.sub(r"\b\d+\b", lambda number: names.get(number[0], number[0]), text)

        way = None if error.help is None else named(error.help)
        return ShapeError(named(error.message), span=error.span, help=way)

    def written(self) -> dict[int, Written]:
        """How each named length is written: len(x), or len(A.T) for columns."""
        result: dict[int, Written] = {}
        for name, shape in sorted(self.shapes.items(), key=lambda item: len(item[1])):
            operand: Written = ("name", name)
            for length in shape:
                if isinstance(length, str):
                    result.setdefault(self.numbers[length], ("call", "len", operand))
                operand = ("transpose", operand)
        return result


def refuse_unfit(shapes: Mapping[str, Lengths], names: Names, values: Mapping[str, Any]) -> None:
    """A shape is that of an input of the program that has no value."""
    for name in shapes:
        if name not in names.inputs:
            raise UsageError(
                f"there is no input {name} to have a shape",
                help=f"the inputs are {', '.join(names.inputs)}" if names.inputs else None,
            )
        if name in values:
            raise UsageError(
                f"{name} has a value, which has a shape of its own",
                help=f"leave out ⟨shape {name}⟩, or its value",
            )


def about_shapes(
    error: ShapeError, guessed: Sequence[str], options: Mapping[str, Any] | None
) -> ShapeError:
    """The error of a program without all values: by names of lengths, and how to give shapes.

    Without options there are no shapes to give.
    """
    shapes = (options or {}).get("shape") or {}
    ways = [error.help if shapes else None, ways_to_shape(guessed, options)]
    help_ = "; ".join(filter(None, ways)) or None
    return Shapes(shapes).renamed(ShapeError(error.message, span=error.span, help=help_))


def ways_to_shape(guessed: Sequence[str], options: Mapping[str, Any] | None) -> str:
    """How those of the inputs without values that count as numbers become arrays; "" of none."""
    if options is None:
        return f"inputs without values count as numbers: give values to {', '.join(guessed)}"
    numbers = [name for name in guessed if name not in (options.get("shape") or {})]
    if not numbers:
        return ""
    number = f"{' and '.join(numbers)} {'is a number' if len(numbers) == 1 else 'are numbers'}"
    vector = next((name for name in numbers if not name[0].isupper()), numbers[0])
    matrix = next((name for name in numbers if name[0].isupper()), numbers[-1])
    return (
        f"without a shape {number}: ⟨shape {vector}=n⟩ makes a vector, "
        f"⟨shape {matrix}=n,n⟩ a matrix"
    )
