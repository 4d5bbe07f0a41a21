"""Shapes and types of numbers as TensorFlow shows them."""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING, Any, ClassVar

from gradcli.ir.shapes import show_shape
from gradcli.snippets.values import Shape

if TYPE_CHECKING:
    from gradcli.snippets.arrays.dtypes import DType


class TensorShape(Shape):
    """The shape of a tensor."""

    methods: ClassVar[dict[str, Any]] = {
        "as_list": list,
        "num_elements": lambda lengths: None if None in lengths else prod(lengths),
        "is_fully_defined": lambda lengths: None not in lengths,
    }
    values: ClassVar[dict[str, Any]] = {"rank": len, "ndims": len}

    def represented(self, _printer: Any) -> str:
        """How a session shows it."""
        return f"TensorShape([{', '.join(map(str, self))}])"

    def printed(self) -> str:
        """How it is printed."""
        return show_shape(self)


class DTypeValue:
    """`tf.float32`."""

    __slots__ = ("dtype",)

    def __init__(self, dtype: DType) -> None:
        self.dtype = dtype

    @property
    def key(self) -> str:
        """By what two of them are compared."""
        return str(self.dtype)

    def represented(self, _printer: Any) -> str:
        """How a session shows it."""
        return f"tf.{self.dtype.name}"

    def printed(self) -> str:
        """How it is printed."""
        return f"<dtype: '{self.dtype.name}'>"
