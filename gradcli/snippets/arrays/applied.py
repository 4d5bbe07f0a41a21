"""Functions of NumPy that apply functions to parts of an array."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from gradcli.snippets.errors import Raised
from gradcli.snippets.values import Array

if TYPE_CHECKING:
    from collections.abc import Callable


def applied(home: Any, words: tuple[str, ...]) -> dict[str, Callable[..., Any]]:
    """The functions by their names; `words` lead to the namespace of what they need."""

    def call(name: str, *args: Any) -> Any:
        return home.machine.call(home.member((*words, name)), args)

    def along(func1d: Any, axis: int, arr: Any, *args: Any, **named: Any) -> Any:
        array = home.asarray(arr)
        axis = axis % len(array.shape)
        rows = call("moveaxis", array, axis, -1)
        lengths = rows.shape[:-1]
        made = [
            home.asarray(home.machine.call(func1d, [home.item(rows, place), *args], named))
            for place in np.ndindex(*lengths)
        ]
        inner = made[0].shape
        whole = call("reshape", home.stacked(made), (*lengths, *inner))
        for i in range(len(inner)):
            whole = call("moveaxis", whole, len(lengths) + i, axis + i)
        return whole

    def piecewise(x: Any, condlist: Any, funclist: Any, *args: Any, **named: Any) -> Any:
        array = home.asarray(x)
        conditions = [*condlist] if isinstance(condlist, (list, tuple)) else [condlist]
        pieces = [*funclist]
        otherwise = pieces.pop() if len(pieces) > len(conditions) else 0
        if len(pieces) != len(conditions):
            text = f"with {len(conditions)} condition(s), either {len(conditions)} or "
            raise Raised("ValueError", f"{text}{len(conditions) + 1} functions are expected")

        def piece(function: Any) -> Any:
            if isinstance(function, (int, float, Array)):
                return function
            return home.machine.call(function, [array, *args], named)

        result = home.cast(home.asarray(piece(otherwise)), array.dtype)
        for condition, function in zip(conditions, pieces, strict=True):
            result = call("where", condition, piece(function), result)
        return home.cast(result, array.dtype)

    return {
        "apply_along_axis": along,
        "piecewise": piecewise,
        "block": lambda arrays: _block(home, call, arrays),
        "fromfunction": partial(_from_function, home),
    }


def _block(home: Any, call: Callable[..., Any], arrays: Any) -> Any:
    """`np.block`: lists within lists, the innermost joined on the last axis."""
    depth, inner = 0, arrays
    while isinstance(inner, (list, tuple)):
        depth, inner = depth + 1, inner[0]

    def joined(value: Any, axis: int) -> Any:
        if isinstance(value, (list, tuple)):
            return call("concatenate", [joined(part, axis + 1) for part in value], axis)
        array = home.asarray(value)
        lacking = max(0, depth - len(array.shape))
        return home.item(array, (None,) * lacking) if lacking else array

    return joined(arrays, -depth)


def _from_function(home: Any, function: Any, shape: Any) -> Any:
    """`np.fromfunction`: a function of the indices along each axis."""
    places = np.indices(home.room(*shape), float)
    return home.machine.call(function, [home.constant(axis) for axis in places])
