"""`jnp.vectorize`: functions of scalars or of small arrays, of all that stand in larger ones."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from gradcli.snippets.arrays.pytrees import mapped
from gradcli.snippets.arrays.transforms import Transforms
from gradcli.snippets.errors import Raised
from gradcli.snippets.values import Array, Native

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence


def vectorize(home: Any, pyfunc: Any, *, excluded: Any = (), signature: Any = None) -> Native:
    """`jnp.vectorize(pyfunc, excluded=…, signature="(n),(n)->()")`."""
    made = Vectorized(home, pyfunc, set(excluded), signature)
    return Native("vectorize", made.call, wraps=pyfunc)


class Vectorized:
    """A function, and how many axes of each argument it takes itself."""

    def __init__(self, home: Any, function: Any, excluded: Collection[Any], signature: Any) -> None:
        self.home = home
        self.function = function
        self.excluded = excluded
        self.transforms = Transforms(home)
        self.inner = None if signature is None else inner_axes(signature)

    def call(self, *args: Any, **named: Any) -> Any:
        """The function of all parts, in the shape in which the arguments go together."""
        moving = [i for i in range(len(args)) if i not in self.excluded]
        inner = self.inner or [0] * len(moving)
        if len(inner) != len(moving):
            text = f"wrong number of positional arguments: expected {len(inner)}, got {len(moving)}"
            raise Raised("TypeError", text)
        arrays = [self.home.asarray(args[i]) for i in moving]
        outer = [x.shape[: len(x.shape) - n] for x, n in zip(arrays, inner, strict=True)]
        whole = broadcast(outer)
        squeezed = [self.squeezed(x, shape) for x, shape in zip(arrays, outer, strict=True)]

        def alone(*parts: Any) -> Any:
            given = list(args)
            for i, part in zip(moving, parts, strict=True):
                given[i] = part
            return self.home.machine.call(self.function, given, named)

        function: Any = Native("vectorized", alone)
        lacking = []
        for axis in reversed(range(len(whole))):
            lengths = [length_at(shape, axis - len(whole)) for shape in outer]
            if all(length == 1 for length in lengths):
                lacking.append(axis)
            else:
                axes = [None if length == 1 else 0 for length in lengths]
                function = self.transforms.vmap(function, axes)
        value = self.home.machine.call(function, squeezed)
        return mapped(lambda x: self.widened(x, lacking), value)

    def squeezed(self, array: Array, outer: Sequence[int]) -> Array:
        """An array without those of its outer axes that have one element."""
        lengths = [n for n in outer if n != 1] + [*array.shape[len(outer) :]]
        return self.reshaped(array, lengths)

    def widened(self, value: Any, axes: Sequence[int]) -> Any:
        """A result with axes of one element where all arguments have one."""
        array = self.home.asarray(value)
        lengths = [*array.shape]
        for axis in sorted(axes):
            lengths.insert(axis, 1)
        return self.reshaped(array, lengths) if axes else array

    def reshaped(self, array: Array, lengths: Sequence[int]) -> Array:
        """An array in another shape."""
        if array.shape == tuple(lengths):
            return array
        reshape = self.home.member(("numpy", "reshape"))
        made: Array = self.home.machine.call(reshape, [array, tuple(lengths)])
        return made


def inner_axes(signature: str) -> list[int]:
    """How many axes each argument has by a signature such as `(n,m),(m)->(n)`."""
    inputs, arrow, _ = signature.replace(" ", "").partition("->")
    if not (arrow and inputs.startswith("(") and inputs.endswith(")")):
        raise Raised("ValueError", f"not a valid gufunc signature: {signature}")
    return [len(names.split(",")) if names else 0 for names in inputs[1:-1].split("),(")]


def broadcast(shapes: Sequence[tuple[int, ...]]) -> tuple[int, ...]:
    """The shape in which arrays go together."""
    try:
        return np.broadcast_shapes(*shapes)
    except ValueError:
        raise Raised("ValueError", f"Incompatible shapes for broadcasting: {shapes}") from None


def length_at(shape: tuple[int, ...], place: int) -> int:
    """The length of an axis counted from the last, 1 where there is none."""
    return shape[place] if -place <= len(shape) else 1
