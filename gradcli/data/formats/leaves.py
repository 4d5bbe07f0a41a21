"""An answer as a flat list of named arrays, which every format starts from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gradcli.data.answer import Answer, Array

    Column = tuple[str, Array | None]

_PAIRWISE = ("jacobian", "hessian")  # their elements belong to two elements, not to one


class Leaf:
    """One array of an answer, or a null; `path` holds the names that lead to it.

    `derivative` says that these are the names of variables, or of questions.
    """

    __slots__ = ("array", "derivative", "path")

    def __init__(self, path: tuple[str, ...], array: Array | None, *, derivative: bool) -> None:
        self.path = path
        self.array = array
        self.derivative = derivative

    @property
    def name(self) -> str:
        """The name in plain text: `value`, `x`, `x,y`, `dz/dx`."""
        return ",".join(self.path)


def leaves(answer: Answer) -> list[Leaf]:
    """The value, or the parts of a tuple, and then the derivatives."""
    found = []
    if answer.value is not None:
        found += [Leaf(path, array, derivative=False) for path, array in _value(answer.value)]
    if answer.kind is not None:
        named = isinstance(answer.parts, dict)
        pairs = _walk(answer.parts, () if named else (answer.kind,))
        found += [Leaf(path, array, derivative=named) for path, array in pairs]
    return found


def _value(value: Any) -> Iterator[tuple[tuple[str, ...], Array]]:
    """The arrays of a value, numbered by their places in a tuple."""
    stack: list[tuple[tuple[str, ...], Any]] = [(("value",), value)]
    while stack:
        path, item = stack.pop()
        if isinstance(item, tuple):
            stack += [((*path, str(i)), part) for i, part in reversed(list(enumerate(item)))]
        else:
            yield path, np.asarray(item)


def _walk(parts: Any, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Array | None]]:
    """The arrays of (nested) derivatives in order."""
    if isinstance(parts, dict):
        for name, part in parts.items():
            yield from _walk(part, (*path, name))
    else:
        yield path, None if parts is None else np.asarray(parts)


def labels(found: list[Leaf]) -> list[str]:
    """Names for columns and archives: `value`, `d_x`, `d_x_y`, `dz/dx`, `jvp`; no two the same."""
    names = [_label(leaf, "_") for leaf in found]
    return names if len(set(names)) == len(names) else [_label(leaf, ",") for leaf in found]


def _label(leaf: Leaf, between: str) -> str:
    name = between.join(leaf.path)
    return f"d_{name}" if leaf.derivative and "/" not in name else name


def columns(answer: Answer) -> list[Column] | None:
    """Inputs, value and derivatives side by side, all of one shape; `None` where they have none.

    The shape must be that of one of the arrays, so that rows stay in proportion to the data.
    """
    found = leaves(answer)
    sides: list[Column] = [(name, np.asarray(array)) for name, array in answer.inputs.items()]
    sides += [(label, leaf.array) for label, leaf in zip(labels(found), found, strict=True)]
    shapes = {array.shape for _, array in sides if array is not None}
    if shapes - {()} and answer.kind in _PAIRWISE:
        return None
    try:
        shape = np.broadcast_shapes(*shapes)
    except ValueError:
        return None
    if shapes and shape not in shapes:
        return None
    return [
        (name, None if array is None else np.broadcast_to(array, shape)) for name, array in sides
    ]
