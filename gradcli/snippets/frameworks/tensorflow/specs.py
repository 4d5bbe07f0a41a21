"""`tf.TensorSpec`: what a tensor is like."""

from __future__ import annotations

from typing import Any

from gradcli.ir.shapes import show_shape
from gradcli.snippets.values import Array, Object, shown


class TensorSpec(Object):
    """The shape and the type of tensors; `dtype` is one of NumPy's."""

    kind = "TensorSpec"

    def __init__(self, home: Any, shape: Any, dtype: Any = None, name: Any = None) -> None:
        self._home = home
        self.lengths = None if shape is None else tuple(shape)
        self.of = home.default if dtype is None else home.dtype_of(dtype)
        self._name = name

    @shown
    def shape(self) -> Any:
        """The lengths of its axes."""
        return self.lengths

    def bound(self, value: Any) -> Array:
        """A value as a tensor of the type, if it is none yet."""
        known = isinstance(value, (Array, Object))
        tensor: Array = self._home.asarray(value, None if known else self.of)
        return tensor

    def admits(self, tensor: Array) -> bool:
        """Whether a tensor is like that."""
        if tensor.dtype != self.of or self.lengths is None:
            return bool(tensor.dtype == self.of)
        return len(self.lengths) == len(tensor.shape) and all(
            n is None or n == own for n, own in zip(self.lengths, tensor.shape, strict=True)
        )

    def show(self) -> str:
        """How it is shown."""
        shape = "<unknown>" if self.lengths is None else show_shape(self.lengths)
        return f"TensorSpec(shape={shape}, dtype=tf.{self.of.name}, name={self._name!r})"
