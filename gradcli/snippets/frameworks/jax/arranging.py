"""Functions of `jax.lax` and `jax.numpy` that arrange arrays, or find places in them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from gradcli.snippets.arrays.dtypes import BOOL
from gradcli.snippets.values import Array

if TYPE_CHECKING:
    from collections.abc import Callable


AT_LEAST = ("atleast_1d", "atleast_2d", "atleast_3d")


def arranging(home: Any) -> dict[str, Callable[..., Any]]:
    """The functions by their paths."""
    of = Arranging(home)
    return {
        "lax.broadcast": of.broadcast,
        "lax.select_n": of.select_n,
        "lax.iota": of.iota,
        "lax.batch_matmul": lambda lhs, rhs, precision=None: of.of("matmul", lhs, rhs),
        "lax.convert_element_type": of.astype,
        "numpy.astype": of.astype,
        "numpy.reshape": of.reshape,
        "numpy.ravel": of.ravel,
        **{f"numpy.{name}": of.apart(name) for name in AT_LEAST},
    }


class Arranging:
    """The functions, made of others of `jax.numpy`."""

    def __init__(self, home: Any) -> None:
        self.home = home

    def of(self, name: str, *args: Any) -> Array:
        """What a function of the library gives."""
        made: Array = self.home.call(self.home.library_function(("numpy", name)), args, {})
        return made

    def apart(self, name: str) -> Callable[..., Any]:
        """A function that gives of several arrays a list, in which each keeps its type."""

        def call(*arys: Any) -> Any:
            made = [self.of(name, self.home.asarray(x)) for x in arys]
            return made[0] if len(made) == 1 else made

        return call

    def broadcast(self, operand: Any, sizes: Any) -> Array:
        """An array with more axes in front."""
        x = self.home.asarray(operand)
        return self.of("broadcast_to", x, (*sizes, *x.shape))

    def select_n(self, which: Any, *cases: Any) -> Array:
        """Of each place the element of the case whose number stands there."""
        number, chosen = self.home.asarray(which), self.home.asarray(cases[0])
        for i, case in enumerate(cases[1:], 1):
            holds = number if number.dtype == BOOL else self.home.compare("==", number, i)
            chosen = self.of("where", holds, case, chosen)
        return chosen

    def iota(self, dtype: Any, size: int) -> Array:
        """The whole numbers from 0 on."""
        made: Array = self.home.constant(
            np.arange(*self.home.room(size)), self.home.dtype_of(dtype)
        )
        return made

    def astype(self, operand: Any, new_dtype: Any) -> Array:
        """Numbers of another type."""
        made: Array = self.home.cast(self.home.asarray(operand), self.home.dtype_of(new_dtype))
        return made

    def reshape(self, a: Any, shape: Any, order: str = "C", **_named: Any) -> Array:
        """The elements in another shape, of which the first axis or the last goes fastest."""
        x = self.home.asarray(a)
        if order != "F":
            return self.of("reshape", x, shape)
        lengths = [shape] if isinstance(shape, (int, Array)) else list(shape)
        return self.of("transpose", self.of("reshape", self.of("transpose", x), lengths[::-1]))

    def ravel(self, a: Any, order: str = "C", **_named: Any) -> Array:
        """All elements in a row."""
        return self.reshape(a, -1, order)
