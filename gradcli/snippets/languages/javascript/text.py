"""JavaScript's values as text: numbers as it writes them, and values as Node.js shows them."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from math import ceil, floor, isfinite, isnan, sqrt
from typing import Any

from gradcli.snippets.languages.javascript.tree import UNDEFINED
from gradcli.snippets.languages.javascript.values import (
    ErrorValue,
    MapValue,
    Promise,
    SetValue,
    TypedArray,
    sorted_items,
)
from gradcli.snippets.values import Array, ClassValue, Closure, Instance, Kind, Namespace, Native

BREAK_LENGTH = 80
COMPACT = 3
MAX_ITEMS_SHOWN = 100
MAX_DEPTH = 2


def number_text(x: float) -> str:
    """A number as JavaScript writes it: the shortest digits that mean it."""
    if isnan(x):
        return "NaN"
    if not isfinite(x):
        return "Infinity" if x > 0 else "-Infinity"
    if x == 0:
        return "0"
    sign, digits, exponent = Decimal(repr(float(x))).normalize().as_tuple()
    assert isinstance(exponent, int)
    text = "".join(map(str, digits))
    point = len(text) + exponent
    return "-" * sign + _placed(text, point)


def _placed(digits: str, point: int) -> str:
    """Digits with their point after the first `point` of them."""
    count = len(digits)
    if count <= point <= 21:
        return digits + "0" * (point - count)
    if 0 < point <= 21:
        return f"{digits[:point]}.{digits[point:]}"
    if -6 < point <= 0:
        return "0." + "0" * -point + digits
    sign = "+" if point > 0 else "-"
    mantissa = digits if count == 1 else f"{digits[0]}.{digits[1:]}"
    return f"{mantissa}e{sign}{abs(point - 1)}"


def fixed(x: float, digits: int) -> str:
    """`x.toFixed(digits)`: rounded half up, as the number is in binary."""
    if isnan(x) or abs(x) >= 1e21:
        return number_text(x)
    rounded = Decimal(x).quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP)
    sign = "-" if x < 0 else ""
    return f"{sign}{abs(rounded):f}"


class Inspector:
    """Shows one value as `console.log` of Node.js does."""

    def __init__(self, language: Any) -> None:
        self.language = language
        self.indent = 0
        self.deepest = 0
        self.within: list[Any] = []
        self.repeated: list[Any] = []

    def show(self, value: Any, depth: int = 0) -> str:
        """A value, with what is in it."""
        if isinstance(value, str):
            return _quoted(value)
        if isinstance(value, float) and value == 0 and str(value) == "-0.0":
            return "-0"
        if isinstance(value, (dict, list, Instance, MapValue, SetValue)):
            return self.container(value, depth)
        return self.leaf(value)

    def leaf(self, value: Any) -> str:
        """A value with nothing in it."""
        if isinstance(value, (Closure, Native)):
            return f"[Function: {value.name}]" if value.name else "[Function (anonymous)]"
        if isinstance(value, Kind):
            return f"[Function: {value.name}]"
        if isinstance(value, ClassValue):
            base = next(iter(value.bases), None)
            above = f" extends {base.name}" if base is not None else ""
            return f"[class {value.name}{above}]"
        if isinstance(value, Namespace):
            return "[Module]"
        if isinstance(value, Promise):
            return value.show_with(self)
        if isinstance(value, ErrorValue):
            return self.language.text(value)
        if isinstance(value, Array):
            return value.home.show(value)
        return self.language.text(value)

    def container(self, value: Any, depth: int) -> str:
        """A value with others in it."""
        if any(value is outer for outer in self.within):
            self.repeated.append(value)
            return "[Circular *1]"
        label = _label(value)
        if depth > MAX_DEPTH:
            return f"[{label or ('Array' if isinstance(value, list) else 'Object')}]"
        self.deepest = depth
        self.within.append(value)
        try:
            items = self.items(value, depth)
        finally:
            self.within.pop()
        is_list = isinstance(value, list)
        opening, closing = ("[", "]") if is_list else ("{", "}")
        opening = f"{label} {opening}" if label else opening
        if any(value is other for other in self.repeated):
            opening = f"<ref *1> {opening}"
        if not items:
            return opening + closing
        return self.joined(items, opening, closing, value if is_list else None, depth)

    def items(self, value: Any, depth: int) -> list[str]:
        """The texts of what is in a value."""
        if isinstance(value, list):
            shown = [self.inner(item, depth) for item in value[:MAX_ITEMS_SHOWN]]
            left = len(value) - len(shown)
            return shown + [f"... {left} more item{'s' * (left > 1)}"] * (left > 0)
        if isinstance(value, SetValue):
            return [self.inner(item, depth) for item in value.items()]
        if isinstance(value, MapValue):
            pairs = value.pairs()
            return [f"{self.inner(k, depth)} => {self.inner(v, depth)}" for k, v in pairs]
        names = value.attributes if isinstance(value, Instance) else value
        return [f"{_key(name)}: {self.inner(item, depth)}" for name, item in sorted_items(names)]

    def inner(self, value: Any, depth: int) -> str:
        """A value within another."""
        self.indent += 2
        try:
            return self.show(value, depth + 1)
        finally:
            self.indent -= 2

    def joined(self, items: list[str], opening: str, closing: str, array: Any, depth: int) -> str:
        """Items on one line if they fit, else on lines."""
        count = len(items)
        if array is not None and count > 6:
            items = self.grouped(items, array)
        if self.deepest - depth < COMPACT and count == len(items):
            start = count + self.indent + len(opening) + 10
            fits = sum(map(len, items)) + len(items) + start <= BREAK_LENGTH
            line = ", ".join(items)
            if fits and "\n" not in line:
                return f"{opening} {line} {closing}"
        indent = "\n" + " " * self.indent
        inner = f",{indent}  ".join(items)
        return f"{opening}{indent}  {inner}{indent}{closing}"

    def grouped(self, items: list[str], array: list[Any]) -> list[str]:
        """Items of an array in columns."""
        last = items[-1:] if len(array) > MAX_ITEMS_SHOWN else []
        cells = items[: len(items) - len(last)]
        widths = [len(cell) for cell in cells]
        widest, total = max(widths) + 2, sum(widths) + 2 * len(widths)
        if widest * 3 + self.indent >= BREAK_LENGTH or (total / widest <= 5 and widest > 8):
            return items
        biased = max(widest - 3 - sqrt(widest - total / len(items)), 1)
        columns = min(
            floor(sqrt(2.5 * biased * len(cells)) / biased + 0.5),
            (BREAK_LENGTH - self.indent) // widest,
            COMPACT * 4,
            15,
        )
        if columns <= 1:
            return items
        numbers = all(type(x) in (int, float) for x in array)
        lines = []
        columns_widths = [max(widths[i::columns]) for i in range(columns)]
        for row in range(ceil(len(cells) / columns)):
            line = cells[row * columns : (row + 1) * columns]
            lines.append(_row(line, columns_widths, numbers))
        return lines + last


def _row(cells: list[str], widths: list[int], right: bool) -> str:
    """One line of columns."""
    pairs = list(zip(cells, widths, strict=False))
    if right:
        return "".join(
            (cell + ", ").rjust(width + 2) if i < len(pairs) - 1 else cell.rjust(width)
            for i, (cell, width) in enumerate(pairs)
        )
    before = "".join((cell + ", ").ljust(width + 2) for cell, width in pairs[:-1])
    return before + cells[-1]


def _label(value: Any) -> str:
    """What stands before the bracket."""
    if isinstance(value, TypedArray):
        return f"{value.label}({len(value)})"
    if isinstance(value, list):
        return f"({len(value)})" * 0
    if isinstance(value, (MapValue, SetValue)):
        return f"{value.kind}({value.size()})".replace(".0", "")
    return value.of.name if isinstance(value, Instance) else ""


def _key(name: str) -> str:
    """The name of a property."""
    plain = name.isascii() and name.isidentifier()
    return name if plain else _quoted(name)


def _quoted(text: str) -> str:
    """A text in the quotes that it has not in it."""
    quote = next((q for q in "'\"`" if q not in text), "'")
    text = text.replace("\\", "\\\\").replace("\n", "\\n").replace("\t", "\\t")
    return quote + (text.replace("'", "\\'") if quote == "'" else text) + quote


__all__ = ["UNDEFINED", "Inspector", "fixed", "number_text"]
