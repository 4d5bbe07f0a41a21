"""`tf.TensorSpec`: what a tensor is like."""

from __future__ import annotations

from typing import Any

from gradcli.ir.shapes import show_shape
from gradcli.snippets.values import Object, shown


class TensorSpec(Object):
    """The shape and the type of tensors; `dtype` is one of NumPy's."""

    kind = "TensorSpec"

    def __init__(self, home: Any, shape: Any, dtype: Any = None, name: Any = None) -> None:
        self._lengths = shape
        self.of = home.default if dtype is None else home.dtype_of(dtype)
        self._name = name

    @shown
    def shape(self) -> Any:
        """The lengths of its axes."""
        return self._lengths

    def show(self) -> str:
        """How it is shown."""
        lengths = self._lengths
        shape = "<unknown>" if lengths is None else show_shape(tuple(lengths))
        return f"TensorSpec(shape={shape}, dtype=tf.{self.of.name}, name={self._name!r})"
