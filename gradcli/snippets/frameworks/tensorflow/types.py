"""Shapes and types of numbers as TensorFlow shows them."""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from gradcli.ir.shapes import show_shape
from gradcli.snippets.values import Object, Shape, shown

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


class DTypeValue(Object):
    """`tf.float32`."""

    kind = "DType"
    module = "tensorflow.python.framework.dtypes"

    def __init__(self, home: Any, dtype: DType) -> None:
        self.home = home
        self.dtype = dtype

    @property
    def key(self) -> str:
        """By what two of them are compared."""
        return str(self.dtype)

    def show(self) -> str:
        """How a session shows it."""
        return f"tf.{self.dtype.name}"

    def text(self) -> str:
        """How it is printed."""
        return f"<dtype: '{self.dtype.name}'>"

    @shown
    def name(self) -> str:
        """`float32`."""
        name: str = self.dtype.name
        return name

    @shown
    def size(self) -> int:
        """How many bytes a number of it has."""
        size: int = self.dtype.itemsize
        return size

    @shown
    def base_dtype(self) -> DTypeValue:
        """Itself: there are no references."""
        return self

    @shown
    def real_dtype(self) -> DTypeValue:
        """Itself: there are no complex numbers."""
        return self

    @shown
    def is_floating(self) -> bool:
        """Whether its numbers have digits behind the point."""
        return self.dtype.kind == "f"

    @shown
    def is_integer(self) -> bool:
        """Whether they are whole."""
        return self.dtype.kind in "iu"

    @shown
    def is_unsigned(self) -> bool:
        """Whether they have no sign."""
        return self.dtype.kind == "u"

    @shown
    def is_bool(self) -> bool:
        """Whether they are true or false."""
        return self.dtype.kind == "b"

    @shown
    def is_complex(self) -> bool:
        """Whether they are complex; none is."""
        return False

    @shown
    def min(self) -> Any:
        """The smallest number of it."""
        return self.limit("min")

    @shown
    def max(self) -> Any:
        """The largest."""
        return self.limit("max")

    def limit(self, name: str) -> Any:
        """An end of its range, as NumPy has it; whole and true ones as Python has them."""
        if self.dtype.kind == "b":
            return name == "max"
        if self.dtype.kind != "f":
            return int(getattr(np.iinfo(self.dtype), name))
        end = getattr(np.finfo(self.dtype), name)
        return self.home.to_numpy(self.home.asarray(float(end), self.dtype))
