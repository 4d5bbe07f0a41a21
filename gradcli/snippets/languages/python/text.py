"""Python's values as text: `str`, `repr`, and the codes of formats."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import numpy as np

from gradcli.errors import LimitError
from gradcli.snippets.errors import Raised
from gradcli.snippets.limits import check_length, joined
from gradcli.snippets.values import (
    Array,
    Base,
    ClassValue,
    Closure,
    ExceptionValue,
    Instance,
    Kind,
    Named,
    Namespace,
    Native,
    Object,
    Wrapped,
)
from gradcli.snippets.walk.lazy import Lazy
from gradcli.snippets.walk.producing import Producer

if TYPE_CHECKING:
    from collections.abc import Iterator


VIEWS: tuple[type[Any], ...] = (type({}.keys()), type({}.values()), type({}.items()))
"""What `keys()`, `values()` and `items()` of a dict give."""


def type_name(value: Any) -> str:
    """What the type of a value is called."""
    if isinstance(value, Array):
        return value.home.type_name
    if isinstance(value, Instance):
        return value.of.name
    if isinstance(value, ExceptionValue):
        return value.type_name
    if isinstance(value, Object):
        return value.kind
    if isinstance(value, Lazy):
        return value.kind
    if isinstance(value, Named):
        return value.label.rpartition(".")[2]
    for kinds, name in _TYPE_NAMES:
        if isinstance(value, kinds):
            return name
    return type(value).__name__


_TYPE_NAMES: list[tuple[Any, str]] = [
    (Closure, "function"),
    (Native, "builtin_function_or_method"),
    ((Kind, ClassValue, Base), "type"),
    (Namespace, "module"),
    (Wrapped, "property"),
    (Producer, "generator"),
]


def width(layout: str) -> int:
    """The most characters that a code of a format asks for."""
    return sum(int(digits[:12]) for digits in re.findall(r"\d+", layout))


def fields(text: str) -> Iterator[tuple[str, str]]:
    """The fields of a format for `%`: the key in brackets, and what is before the letter."""
    end = text.find("%")
    while end >= 0:
        start = end = end + 1
        depth = int(text[end : end + 1] == "(")
        while depth and end + 1 < len(text):
            end += 1
            depth += (text[end] == "(") - (text[end] == ")")
        key = text[start + 1 : end] if end > start else ""
        layout = LAYOUT.match(text, end + (end > start))
        assert layout is not None
        yield key, layout[0]
        end = text.find("%", layout.end() + 1)


LAYOUT = re.compile(r"[^a-zA-Z%]*")
"""What stands in a field for `%` before its letter."""


class Printer:
    """Writes values as Python, and the frameworks, write them."""

    def __init__(self, machine: Any) -> None:
        self.machine = machine
        self.shown = 0

    def text(self, value: Any) -> str:
        """`str(value)`."""
        if isinstance(value, str):
            return value
        if isinstance(value, Array):
            return value.home.show(value)
        if isinstance(value, ExceptionValue):
            return self.message(value)
        if isinstance(value, Object):
            return value.text()
        if isinstance(value, np.dtype):
            return str(value)
        if hasattr(value, "printed"):
            return str(value.printed())
        method = self.machine.language.special(value, "__str__")
        if method is not None:
            return str(self.machine.call(method))
        if isinstance(value, Instance) and "args" in value.attributes:
            return self.message(ExceptionValue(value.of.name, value.attributes["args"]))
        return self.represent(value)

    def message(self, error: ExceptionValue) -> str:
        """The text of an error."""
        if len(error.arguments) == 1:
            with self.machine.deeper():
                return self.text(error.arguments[0])
        return self.represent(error.arguments) if error.arguments else ""

    def represent(self, value: Any) -> str:
        """`repr(value)`."""
        if isinstance(value, Array):
            return value.home.represent(value)
        if isinstance(value, (list, tuple, dict, set)) and not hasattr(value, "represented"):
            return self.container(value)
        if isinstance(value, Instance):
            return self.instance(value)
        if isinstance(value, ExceptionValue):
            with self.machine.deeper():
                inner = joined([self.represent(argument) for argument in value.arguments], ", ")
            return f"{value.type_name}({inner})"
        if isinstance(value, Object):
            return value.show()
        return self.plain_represented(value)

    def plain_represented(self, value: Any) -> str:
        """Functions, types, modules, and Python's own values."""
        if isinstance(value, Closure):
            return f"<function {value.name} at 0x7f0000000000>"
        if isinstance(value, Native):
            return f"<function {value.name}>"
        if isinstance(value, Kind):
            return str(value.attributes.get("repr", f"<class '{value.name}'>"))
        if isinstance(value, ClassValue):
            return f"<class '__main__.{value.name}'>"
        if isinstance(value, Namespace):
            return f"<module '{'.'.join((value.framework.name, *value.words))}'>"
        if hasattr(value, "represented"):
            return str(value.represented(self))
        if isinstance(value, VIEWS):
            return f"{type(value).__name__}({self.container(list(value))})"
        if isinstance(value, (Lazy, Producer)):
            own = " <genexpr>" if isinstance(value, Lazy) else ""
            kind = type_name(value)
            return f"<{kind} object{own if kind == 'generator' else ''} at 0x7f0000000000>"
        try:
            text = repr(value)
            check_length(len(text))
            return text
        except ValueError as error:  # a whole number of too many digits
            raise Raised("ValueError", *error.args) from None

    def container(self, value: Any) -> str:
        """A list, a tuple, a dict or a set."""
        self.shown += len(value)
        if self.shown > self.machine.settings.max_steps:
            raise LimitError("more items are printed than a snippet has steps")
        parts, length = [], 0
        with self.machine.deeper():
            for item in value:
                part = self.represent(item)
                if isinstance(value, dict):
                    part = f"{part}: {self.represent(value[item])}"
                parts.append(part)
                length += len(part) + 2
                check_length(length)
        inner = ", ".join(parts)
        if isinstance(value, dict):
            return f"{{{inner}}}"
        if isinstance(value, tuple):
            return f"({inner},)" if len(value) == 1 else f"({inner})"
        if isinstance(value, set):
            return f"{{{inner}}}" if value else "set()"
        return f"[{inner}]"

    def instance(self, value: Instance) -> str:
        """An object of a class of the snippet."""
        language: Any = self.machine.language
        method = language.special(value, "__repr__") or language.from_base(value, "__repr__")
        if method is not None:
            return str(self.machine.call(method))
        return f"<__main__.{value.of.name} object at 0x7f0000000000>"

    def operand(self, value: Any) -> Any:
        """A value as `%` takes it."""
        if isinstance(value, (int, float, str)):
            return value
        array = value if isinstance(value, Array) else self.machine.array_in(value)
        if array is not None:
            return Number(self, value, array)
        named: type[Text] = type(type_name(value), (Text,), {})  # as messages of `%` call it
        return named(self, value)

    def formatted(self, value: Any, conversion: str, layout: str) -> str:
        """A value within a text, as f-strings and `format` write it."""
        if conversion:
            value = self.represent(value) if conversion in "ra" else self.text(value)
        if not layout:
            is_array = isinstance(value, Array) and not conversion
            return value.home.interpolated(value) if is_array else self.text(value)
        array = value if isinstance(value, Array) else self.machine.array_in(value)
        if array is not None:
            value = array.home.formattable(array)
        elif not isinstance(value, (int, float, str)):
            raise Raised(
                "TypeError", f"unsupported format string passed to {type_name(value)}.__format__"
            )
        check_length(width(layout))
        try:
            return format(value, layout)
        except (ValueError, TypeError) as error:
            raise Raised(type(error).__name__, *error.args) from None


class Text:
    """A value that is written as text where `%` puts it: by `%s` and `%r`."""

    def __init__(self, printer: Printer, value: Any) -> None:
        self.printer = printer
        self.value = value

    def __str__(self) -> str:
        return self.printer.text(self.value)

    def __repr__(self) -> str:
        return self.printer.represent(self.value)


class Number(Text):
    """An array, which codes of numbers take, too, if it has one element."""

    def __init__(self, printer: Printer, value: Any, array: Array) -> None:
        super().__init__(printer, value)
        self.array = array

    def __float__(self) -> float:
        return float(self.array.home.number(self.array))

    def __int__(self) -> int:
        return int(self.array.home.number(self.array))
