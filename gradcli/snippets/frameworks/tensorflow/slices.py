"""`tf.IndexedSlices`: the gradient of a table of which some rows were taken."""

from __future__ import annotations

import operator
from typing import TYPE_CHECKING, Any

import numpy as np

from gradcli.ops.indexing import PUT, TAKE
from gradcli.snippets.values import Array, Object, shown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gradcli.ir.node import Node


class IndexedSlices(Object):
    """Rows of a gradient, and which they are; it is computed with as the whole gradient."""

    kind = "IndexedSlices"

    def __init__(self, home: Any, array: Array, parts: list[Node]) -> None:
        self._home = home
        self.array = array
        lead = (-1,) if array.shape else ()
        recorder = home.recorder
        rows, numbers = [], []
        for part in parts:
            values, index = part.inputs
            rows.append(recorder.value(values).reshape(*lead, *array.shape[1:]))
            numbers.append(np.asarray(recorder.value(index)).reshape(-1))
        self._rows = home.constant(np.concatenate(rows), array.dtype)
        self._numbers = home.constant(np.concatenate(numbers), home.whole)

    @shown
    def values_(self) -> Array:
        """The rows."""
        return self._rows

    @shown
    def indices(self) -> Array:
        """Their numbers."""
        return self._numbers

    @shown
    def dense_shape(self) -> Array:
        """The shape of the whole."""
        made: Array = self._home.constant(list(self.array.shape), self._home.whole)
        return made

    @shown
    def shape(self) -> Any:
        """The shape of the whole."""
        return self._home.values["shape"](self.array)

    @shown
    def dtype(self) -> Any:
        """The type of its numbers."""
        return self._home.values["dtype"](self.array)

    def show(self) -> str:
        """`IndexedSlices(indices=…, values=…, dense_shape=…)`."""
        parts = (self._numbers, self._rows, self.dense_shape())
        indices, values, shape = map(self._home.show, parts)
        return f"IndexedSlices(indices={indices}, values={values}, dense_shape={shape})"


def takes_rows(node: Node) -> bool:
    """Whether the gradient by what this is made of may be rows put into zeros."""
    return node.op is TAKE


def rows_put(node: Node) -> list[Node] | None:
    """The nodes that put rows into zeros, of which a gradient is the sum; None for any other."""
    parts = list(_summands(node))
    is_sparse = all(part.op is PUT and part.attrs[0] == 0 for part in parts)
    return parts if is_sparse else None


def _summands(node: Node) -> Iterator[Node]:
    if node.op.kernel is operator.add:
        for part in node.inputs:
            yield from _summands(part)
    else:
        yield node
