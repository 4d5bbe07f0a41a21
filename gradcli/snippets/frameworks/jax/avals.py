"""What is known of arrays before they are computed: their shapes and types."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from gradcli.snippets.arrays.pytrees import mapped
from gradcli.snippets.frameworks.jax.jit import jit
from gradcli.snippets.values import Array, Kind, Native, Object, shown

if TYPE_CHECKING:
    from gradcli.snippets.frameworks.jax.array import JaxArray


class ShapeDtype(Object):
    """`jax.ShapeDtypeStruct`: what is known of an array before it is computed."""

    kind = "ShapeDtypeStruct"

    def __init__(self, home: Any, shape: Any, dtype: Any, **_named: Any) -> None:
        self._lengths = tuple(shape)
        self._of = home.dtype_of(dtype)
        self._home = home

    def stands_for(self) -> Array:
        """Zeros, where only the shape counts."""
        made: Array = self._home.constant(np.zeros(self._lengths), self._of)
        return made

    @shown
    def shape(self) -> Any:
        """Its shape."""
        return self._lengths

    @shown
    def ndim(self) -> int:
        """How many axes it has."""
        return len(self._lengths)

    @shown
    def dtype(self) -> Any:
        """The type of its numbers."""
        return self._of

    def show(self) -> str:
        """How it is shown."""
        return f"ShapeDtypeStruct(shape={self._lengths}, dtype={self._of.name})"


class ShapedArray(Object):
    """`jax.typeof(x)`."""

    kind = "ShapedArray"

    def __init__(self, array: JaxArray) -> None:
        self._array = array

    @shown
    def shape(self) -> Any:
        """Its shape."""
        return tuple(self._array.shape)

    @shown
    def ndim(self) -> int:
        """How many axes it has."""
        return len(self._array.shape)

    @shown
    def dtype(self) -> Any:
        """The type of its numbers."""
        return self._array.dtype

    @shown
    def weak_type(self) -> bool:
        """Whether it came of Python's numbers alone."""
        return self._array.weak

    def text(self) -> str:
        """How it is printed."""
        return self._array.described()

    def show(self) -> str:
        """How a session shows it."""
        weak = ", weak_type=True" if self._array.weak else ""
        return f"ShapedArray({self._array.described().lstrip('~')}{weak})"


def struct(home: Any) -> Kind:
    """The class `jax.ShapeDtypeStruct`."""

    def made(shape: Any, dtype: Any, **named: Any) -> ShapeDtype:
        return ShapeDtype(home, shape, dtype, **named)

    def like(x: Any) -> ShapeDtype:
        array = home.asarray(x)
        return ShapeDtype(home, array.shape, array.dtype)

    attributes = {"like": Native("like", like)}
    return Kind("ShapeDtypeStruct", made, lambda v: isinstance(v, ShapeDtype), attributes)


def shapes(home: Any, function: Any, args: Any, named: Any) -> Any:
    """`jax.eval_shape`: what a function gives, without its numbers."""
    given = [mapped(home.asarray, value) for value in args]
    value = home.machine.call(jit(home, function, {}), given, named)
    return mapped(lambda x: ShapeDtype(home, x.shape, x.dtype), value)
