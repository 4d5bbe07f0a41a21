"""JavaScript's values as text and as numbers, and what is shown of them."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from gradcli.snippets.language import Language
from gradcli.snippets.languages.javascript.text import Inspector, number_text
from gradcli.snippets.languages.javascript.tree import UNDEFINED
from gradcli.snippets.languages.javascript.values import ERRORS, ErrorValue
from gradcli.snippets.limits import check_nested, joined
from gradcli.snippets.values import (
    Array,
    ClassValue,
    Closure,
    ExceptionValue,
    Instance,
    Kind,
    Namespace,
    Native,
)

if TYPE_CHECKING:
    from collections.abc import Sequence


class Coercion(Language):
    """What makes values of JavaScript text, numbers and truth values."""

    def of_instance(self, value: Instance, name: str) -> Any:
        """A property of an object of a class."""
        raise NotImplementedError

    def primitive(self, value: Any) -> Any:
        """A value as an operator takes it: objects as text."""
        if isinstance(value, (str, float, bool, int)) or value is None or value is UNDEFINED:
            return value
        if isinstance(value, Instance):
            method = self.attribute(value, "valueOf")
            if isinstance(method, Closure):
                return self.call(method)
        return self.text(value)

    def number(self, value: Any) -> float:
        """A value as a number."""
        value = self.primitive(value)
        if value is None:
            return 0.0
        if isinstance(value, str):
            return self.read_number(value.strip())
        return math.nan if value is UNDEFINED else float(value)

    def read_number(self, text: str) -> float:
        """The number that a whole text is; NaN for none."""
        if text[:2].lower() in ("0x", "0b", "0o"):
            try:
                return float(int(text, 0))
            except ValueError:
                return math.nan
        if text.lstrip("+-") in ("Infinity", ""):
            return float(text.replace("Infinity", "inf")) if text else 0.0
        is_plain = text.lstrip("+-")[:1].isdigit() or text.lstrip("+-")[:1] == "."
        try:
            return float(text) if is_plain and "_" not in text else math.nan
        except ValueError:
            return math.nan

    def truth(self, value: Any) -> bool:
        """Whether a value is true."""
        if isinstance(value, float):
            return value != 0 and not math.isnan(value)
        if isinstance(value, (bool, str, int)):
            return bool(value)
        return value is not None and value is not UNDEFINED

    def text(self, value: Any) -> str:
        """`String(value)`."""
        if isinstance(value, str):
            return value
        if isinstance(value, bool):
            return "true" if value else "false"
        if isinstance(value, (int, float)):
            return number_text(float(value))
        if value is None or value is UNDEFINED:
            return "null" if value is None else "undefined"
        return self.text_of_object(value)

    def text_of_object(self, value: Any) -> str:
        """`String(value)` of what is no number, no text and no truth value."""
        if isinstance(value, list):
            check_nested(value)
            items = ["" if x is None or x is UNDEFINED else self.text(x) for x in value]
            return joined(items, ",")
        if isinstance(value, Array):
            return value.home.show(value)
        if isinstance(value, ExceptionValue):
            return self.as_error(value).text()
        if isinstance(value, Instance):
            method = self.of_instance(value, "toString")
            if method is not UNDEFINED:
                return self.text(self.call(method))
        if isinstance(value, (Closure, Native, ClassValue, Kind)):
            return f"function {value.name}() {{ … }}"
        return value.text() if isinstance(value, ErrorValue) else "[object Object]"

    def inspect(self, value: Any) -> str:
        """A value as Node.js shows it."""
        if isinstance(value, ExceptionValue):
            value = self.as_error(value)
        return Inspector(self).show(value)

    def shown(self, value: Any) -> str:
        """A value in a message."""
        return "object" if isinstance(value, (dict, Array, Namespace)) else self.inspect(value)

    def formatted(self, value: Any, conversion: str, layout: str) -> str:
        """A value within a text."""
        del conversion, layout
        return self.text(value)

    def show_last(self, value: Any) -> None:
        """Nothing is shown that is not printed."""

    def type_name(self, value: Any) -> str:
        """What the type of a value is called."""
        if isinstance(value, list):
            return "array"
        return "null" if value is None else self.kind_of(value)

    def kind_of(self, value: Any) -> str:
        """`typeof value`."""
        if value is UNDEFINED:
            return "undefined"
        for kinds, name in _KINDS:
            if isinstance(value, kinds):
                return name
        return "object"

    def as_error(self, value: ExceptionValue) -> ErrorValue:
        """An error of ours as one of JavaScript."""
        name = value.type_name if value.type_name in ERRORS else "Error"
        return ErrorValue(name, " ".join(map(self.text, value.arguments)))

    def call(self, function: Any, args: Sequence[Any] = ()) -> Any:
        """Calls a function that the snippet gave us."""
        return self.machine.call(function, list(args))


_KINDS: list[tuple[Any, str]] = [
    (bool, "boolean"),
    ((float, int), "number"),
    (str, "string"),
    ((Closure, Native, Kind, ClassValue), "function"),
]
