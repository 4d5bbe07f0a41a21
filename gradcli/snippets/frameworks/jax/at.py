"""`x.at[key]`: copies of an array with some of its elements changed."""

from __future__ import annotations

from typing import Any

import numpy as np

from gradcli.snippets.arrays.dtypes import is_float
from gradcli.snippets.errors import Refusal
from gradcli.snippets.values import Array, Object, exposed


class At(Object):
    """`x.at`, and with a key `x.at[key]`."""

    kind = "_IndexUpdateRef"

    def __init__(self, home: Any, array: Array, key: Any = None, *, has_key: bool = False) -> None:
        self.home = home
        self.own = array
        self.key = key
        self.has_key = has_key

    def item(self, key: Any) -> At:
        """`x.at[key]`."""
        return At(self.home, self.own, key, has_key=True)

    def updated(self, how: str, value: Any, mode: Any = None) -> Array:
        """The array with these elements changed; none is where the index is beyond the ends."""
        home, own = self.home, self.own
        if mode not in (None, "drop", "fill", "promise_in_bounds"):
            raise Refusal(f"`mode={mode!r}` of `.at[…]` is not part of the subset")
        if type(self.key) is int and own.shape and not -own.shape[0] <= self.key < own.shape[0]:
            return own
        sources = [own, *([value] if isinstance(value, Array) else [])]
        dtype = own.dtype
        node = home.replaced(own, self.key, value, how)
        made: Array = home.wrap(node, dtype, sources)
        return made

    def combined(self, op: str, value: Any, mode: Any = None) -> Array:
        """The array with these elements multiplied, divided or raised."""
        return self.updated("set", self.home.operator(op, self.get(), value), mode)

    @exposed
    def apply(self, ufunc: Any, *, mode: Any = None, **_named: Any) -> Array:
        """What a function makes of them."""
        return self.updated("set", self.home.machine.call(ufunc, [self.get()]), mode)

    @exposed
    def get(self, *, mode: Any = None, fill_value: Any = None, **_named: Any) -> Array:
        """The elements; those beyond the ends are NaN, or `fill_value`, where `mode` says so."""
        home, key = self.home, self.key
        made: Array = home.item(self.own, key)
        if mode not in ("fill", "drop"):
            return made
        if not (isinstance(key, int) and self.own.shape):
            raise Refusal("`mode='fill'` of other indices than a whole number")
        length = self.own.shape[0]
        if -length <= key < length:
            return made
        usual = np.nan if is_float(self.own.dtype) else 0
        filled = home.constant(np.full(made.shape, usual), self.own.dtype)
        return filled if fill_value is None else home.asarray(fill_value, self.own.dtype)

    @exposed
    def set(self, values: Any, *, mode: Any = None, **_named: Any) -> Array:
        """Replaces them."""
        return self.updated("set", values, mode)

    @exposed
    def add(self, values: Any, *, mode: Any = None, **_named: Any) -> Array:
        """Adds to them."""
        return self.updated("add", values, mode)

    @exposed
    def subtract(self, values: Any, *, mode: Any = None, **_named: Any) -> Array:
        """Subtracts from them."""
        return self.updated("sub", values, mode)

    @exposed
    def multiply(self, values: Any, *, mode: Any = None, **_named: Any) -> Array:
        """Multiplies them."""
        return self.combined("*", values, mode)

    @exposed
    def mul(self, values: Any, *, mode: Any = None, **_named: Any) -> Array:
        """Multiplies them."""
        return self.combined("*", values, mode)

    @exposed
    def divide(self, values: Any, *, mode: Any = None, **_named: Any) -> Array:
        """Divides them."""
        return self.combined("/", values, mode)

    @exposed
    def power(self, values: Any, *, mode: Any = None, **_named: Any) -> Array:
        """Raises them."""
        return self.combined("**", values, mode)

    @exposed
    def max(self, values: Any, *, mode: Any = None, **_named: Any) -> Array:
        """The larger of each pair."""
        return self.updated("max", values, mode)

    @exposed
    def min(self, values: Any, *, mode: Any = None, **_named: Any) -> Array:
        """The smaller of each pair."""
        return self.updated("min", values, mode)
