"""An answer as a flat list of named arrays, which every format starts from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gradcli.data.answer import Answer, Array

    Column = tuple[str, Array | None]

PAIRWISE = ("jacobian", "hessian")
"""Kinds whose elements belong to two elements, not to one."""

SERIES = ("taylor",)
"""Kinds that hold the coefficients of power series, by their orders along the first axis."""


class Leaf:
    """One array of an answer, or a null.

    `path` are the names that lead to it; `label` is its name in columns and archives: `value`,
    `d_x`, `d_x_y`, `dz/dx`, `c_x` for coefficients. `verdicts` has a word for each element of a
    gradient.
    """

    def __init__(
        self, path: tuple[str, ...], label: str, array: Array | None, verdicts: Array | None = None
    ) -> None:
        self.path = path
        self.label = label
        self.array = array
        self.verdicts = verdicts

    @property
    def shape(self) -> tuple[int, ...] | None:
        """The shape of the array; a null has none."""
        return None if self.array is None else self.array.shape

    @property
    def name(self) -> str:
        """The name in plain text: `value`, `x`, `x,y`, `dz/dx`."""
        return ",".join(self.path)


def leaves(answer: Answer) -> list[Leaf]:
    """The value, or the parts of a tuple, and then the derivatives."""
    return values(answer) + derivatives(answer)


def values(answer: Answer) -> list[Leaf]:
    """The arrays of the value, numbered by their positions in a tuple."""
    if answer.value is None:
        return []
    parts = []
    stack: list[tuple[tuple[str, ...], Any]] = [(("value",), answer.value)]
    while stack:
        path, item = stack.pop()
        if isinstance(item, tuple):
            stack += [((*path, str(i)), part) for i, part in reversed(list(enumerate(item)))]
        else:
            parts.append(Leaf(path, "_".join(path), np.asarray(item)))
    return parts


def derivatives(answer: Answer) -> list[Leaf]:
    """The arrays of the derivatives, and their nulls."""
    if answer.kind is None:
        return []
    if not isinstance(answer.parts, dict):
        array = None if answer.parts is None else np.asarray(answer.parts)
        return [Leaf((answer.kind,), answer.kind, array)]
    verdicts = {name: np.asarray(words) for name, words in (answer.verdicts or {}).items()}
    pairs = list(_in_dicts(answer.parts, ()))
    labels = _labels([path for path, _ in pairs], "c" if answer.kind in SERIES else "d")
    return [
        Leaf(path, label, array, verdicts.get(path[0]))
        for (path, array), label in zip(pairs, labels, strict=True)
    ]


def _in_dicts(parts: Any, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Array | None]]:
    if isinstance(parts, dict):
        for name, part in parts.items():
            yield from _in_dicts(part, (*path, name))
    else:
        yield path, None if parts is None else np.asarray(parts)


def _labels(paths: list[tuple[str, ...]], letter: str) -> list[str]:
    """`d_x`, `d_x_y`, or `d_x,y` where two would be the same; questions have names already."""
    names = ["_".join(path) for path in paths]
    if len(set(names)) < len(names):
        names = [",".join(path) for path in paths]
    return [name if "/" in name else f"{letter}_{name}" for name in names]


def common_shape(parts: list[Leaf]) -> tuple[int, ...] | None:
    """The one shape of all arrays, if they have one; nulls fit anywhere."""
    shapes = {leaf.shape for leaf in parts if leaf.shape is not None} or {()}
    return shapes.pop() if len(shapes) == 1 else None


def named(answer: Answer) -> list[Column]:
    """Value, derivatives and verdicts by name: `value`, `d_x`, `verdict_x`."""
    parts = leaves(answer)
    return [
        *((leaf.label, leaf.array) for leaf in parts),
        *((f"verdict_{leaf.name}", leaf.verdicts) for leaf in parts if leaf.verdicts is not None),
    ]


def columns(answer: Answer) -> list[Column] | None:
    """Inputs, value, derivatives and verdicts side by side, an element a row.

    `None` unless value and derivatives have one shape, to which the inputs broadcast: no number of
    the answer stands twice, so that sums are true.
    """
    shape = common_shape(leaves(answer))
    if shape is None or answer.kind in SERIES or (shape and answer.kind in PAIRWISE):
        return None
    sides = [(name, np.asarray(array)) for name, array in answer.inputs.items()] + named(answer)
    try:
        return [(name, _spread(array, shape)) for name, array in sides]
    except ValueError:
        return None


def _spread(array: Array | None, shape: tuple[int, ...]) -> Array | None:
    return array if array is None or array.shape == shape else np.broadcast_to(array, shape)
