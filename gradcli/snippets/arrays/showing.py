"""How the arrays of a framework are shown, and what they are as values of the language."""

from __future__ import annotations

from typing import Any

from gradcli.snippets.arrays.making import Arrays
from gradcli.snippets.errors import Raised
from gradcli.snippets.values import Array, Kind


class Showing(Arrays):
    """What shows the arrays of a framework, and gives their one number."""

    def show(self, array: Array) -> str:
        """How `print` shows an array."""
        return str(self.recorder.array(array)[()])

    def represent(self, array: Array) -> str:
        """How a session shows an array."""
        return repr(self.recorder.array(array)[()])

    def interpolated(self, array: Array) -> str:
        """An array within a text, without a code: a number is written as Python's own is."""
        return self.show(array) if array.shape else str(self.number(array))

    def formattable(self, array: Array) -> Any:
        """What a format code is applied to."""
        if array.shape:
            text = f"unsupported format string passed to {self.type_name}.__format__"
            raise Raised("TypeError", text)
        return self.number(array)

    def truth(self, array: Array) -> bool:
        """Whether an array of one element is true."""
        numbers = self.recorder.array(array)
        if numbers.size != 1:
            raise Raised(
                "ValueError",
                "The truth value of an array with more than one element is ambiguous. "
                "Use a.any() or a.all()",
            )
        return bool(numbers.reshape(())[()])

    def number(self, array: Array) -> Any:
        """The one number of an array, as Python has it."""
        numbers = self.recorder.array(array)
        if numbers.size != 1:
            raise Raised("TypeError", "only length-1 arrays can be converted to Python scalars")
        return numbers.reshape(())[()].item()

    def python_number(self, array: Array) -> Any:
        """The one number of an array, where a function of Python needs it."""
        return self.number(array)

    def whole_number(self, array: Array) -> Any:
        """The one number of an array, for `int`."""
        return self.python_number(array)

    def rounded(self, array: Array, digits: int | None) -> Any:
        """`round(x, digits)`."""
        number = round(float(self.number(array)), digits or 0)
        return int(number) if digits is None else self.constant(number, array.dtype)

    def kind_of(self, array: Array) -> Kind:
        """`type(x)`."""
        del array
        name, place = self.type_name, self.type_module
        shown = {"repr": f"<class '{place}.{name}'>"} if place else {}
        return Kind(name, self.asarray, lambda v: isinstance(v, Array) and v.home is self, shown)
