"""NumPy as a snippet uses it, and SciPy behind it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from gradcli.snippets.dtypes import FLOAT64, INT64, is_float
from gradcli.snippets.errors import Raised
from gradcli.snippets.framework import Framework

if TYPE_CHECKING:
    import numpy as np

    from gradcli.snippets.values import Array


class NumPy(Framework):
    """NumPy: float64, its own printing, arrays that are written into."""

    name = "numpy"
    prefix = "np"
    default = FLOAT64
    whole = INT64
    type_name: ClassVar[str] = "ndarray"

    def __init__(self, machine: Any) -> None:
        super().__init__(machine)
        self.add(
            array=self.array_of,
            asarray=self.array_of,
            copy=self.copied,
            shape=lambda x: self.asarray(x).shape,
            ndim=lambda x: len(self.asarray(x).shape),
            size=lambda x: self.asarray(x).node.size,
        )
        self.values |= {
            "shape": lambda x: x.shape,
            "ndim": lambda x: len(x.shape),
            "size": lambda x: x.node.size,
            "dtype": lambda x: x.dtype,
            "T": lambda x: self.machine.call(self.member(("transpose",)), [x]),
        }
        self.methods |= {
            "item": self.item_of,
            "tolist": lambda x: self.recorder.array(x).tolist(),
            "astype": lambda x, dtype, **_named: self.cast(x, self.dtype_of(dtype)),
            "copy": self.copied,
        }

    def array_of(self, value: Any, dtype: Any = None, **_named: Any) -> Array:
        """`np.array`: a new array."""
        wish = None if dtype is None else self.dtype_of(dtype)
        array = self.asarray(value, wish)
        return self.copied(array) if array is value else array

    def item_of(self, array: Array, *key: Any) -> Any:
        """`x.item()`."""
        return self.number(self.item(array, key) if key else array)

    def show(self, array: Array) -> str:
        """How `print` shows an array: as NumPy does."""
        return str(self.recorder.array(array)[()])

    def represent(self, array: Array) -> str:
        """How a session shows an array."""
        return repr(self.recorder.array(array)[()])

    def set_item(self, array: Array, key: Any, value: Any) -> None:
        """`x[key] = value`, of numbers that no derivative is asked for."""
        if not is_float(array.dtype) and isinstance(value, float):
            value = int(value)
        super().set_item(array, key, value)

    def augmented(self, op: str, array: Array, other: Any) -> Any:
        """`x += other` changes the array itself."""
        result = self.operator(op, array, other)
        if is_float(result.dtype) and not is_float(array.dtype) and array.shape:
            raise Raised("UFuncTypeError", f"Cannot cast ufunc '{op}' output to {array.dtype}")
        if not array.shape or result.shape != array.shape:
            return result
        array.node = result.node
        return array

    def inferred(self, numbers: np.ndarray[Any, Any]) -> np.dtype[Any]:
        """The type of an array that is made of Python's numbers."""
        return numbers.dtype


FRAMEWORK = NumPy
