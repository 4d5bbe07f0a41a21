"""`tf.TensorArray`: rows that are written one by one."""

from __future__ import annotations

from typing import Any

from gradcli.snippets.errors import Raised
from gradcli.snippets.values import Object, exposed


class TensorArray(Object):
    """`tf.TensorArray`: rows that are written one by one, each write giving a new one."""

    kind = "TensorArray"

    def __init__(
        self, home: Any, dtype: Any = None, size: Any = 0, *_more: Any, **_named: Any
    ) -> None:
        self._home = home
        self._dtype = None if dtype is None else home.dtype_of(dtype)
        count = size if isinstance(size, int) else int(home.number(home.asarray(size)))
        self._rows: list[Any] = [None] * count

    @exposed
    def write(self, index: Any, value: Any, **_named: Any) -> TensorArray:
        """One with a row written."""
        at = index if isinstance(index, int) else int(self._home.number(self._home.asarray(index)))
        made = TensorArray(self._home)
        made._dtype, made._rows = self._dtype, [*self._rows]
        made._rows += [None] * (at + 1 - len(made._rows))
        made._rows[at] = self._home.asarray(value, self._dtype)
        return made

    @exposed
    def read(self, index: Any, **_named: Any) -> Any:
        """A row."""
        at = index if isinstance(index, int) else int(self._home.number(self._home.asarray(index)))
        if not (0 <= at < len(self._rows) and self._rows[at] is not None):
            text = f"Could not read index {at}: it was not written"
            raise Raised("InvalidArgumentError", text)
        return self._rows[at]

    @exposed
    def stack(self, **_named: Any) -> Any:
        """All rows, stacked."""
        return self._home.stacked([self.read(i) for i in range(len(self._rows))])

    @exposed
    def size(self, **_named: Any) -> Any:
        """How many rows there are."""
        return self._home.constant(len(self._rows), self._home.whole)

    @exposed
    def unstack(self, value: Any, **_named: Any) -> TensorArray:
        """One with the rows of a tensor."""
        made = TensorArray(self._home)
        made._dtype, made._rows = self._dtype, self._home.iterate(self._home.asarray(value))
        return made
