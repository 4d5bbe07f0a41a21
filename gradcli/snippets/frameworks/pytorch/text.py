"""Tensors as PyTorch prints them: four digits, one width for all elements, long ones cut."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

DIGITS, THRESHOLD, EDGE, WIDTH = 4, 1000, 3, 80

Numbers = np.ndarray[Any, np.dtype[Any]]


class Elements:
    """How the elements of a tensor are written."""

    def __init__(self, numbers: Numbers, digits: int = DIGITS) -> None:
        self.digits = digits
        self.is_float = numbers.dtype.kind == "f"
        self.is_whole, self.is_scientific, self.width = True, False, 1
        values = numbers.reshape(-1)
        if not self.is_float:
            self.width = max([1, *(len(str(value)) for value in values.tolist())])
            return
        values = values[np.isfinite(values) & (values != 0)].astype(np.float64)
        if values.size:
            sizes = np.abs(values)
            low, high = float(sizes.min()), float(sizes.max())
            self.is_whole = bool((values == np.ceil(values)).all())
            self.is_scientific = high / low > 1000.0 or high > 1.0e8 or low < 1.0e-4
            extra = self.is_whole and not self.is_scientific
            code = self.code
            self.width = max(1, *(len(format(v, code)) + extra for v in values.tolist()))

    @property
    def code(self) -> str:
        """The code of the format of one element."""
        if self.is_scientific:
            return f".{self.digits}e"
        return ".0f" if self.is_whole else f".{self.digits}f"

    def __call__(self, value: Any) -> str:
        """One element, as wide as all of them."""
        text = format(value, self.code) if self.is_float else str(value)
        if self.is_whole and self.is_float and not self.is_scientific and math.isfinite(value):
            text += "."
        return text.rjust(self.width)


def numbers_text(numbers: Numbers, indent: int, digits: int = DIGITS) -> str:
    """The elements in brackets, lines behind the first being indented."""
    if not numbers.size:
        return "[]"
    is_cut = numbers.size > THRESHOLD
    elements = Elements(_edges(numbers) if is_cut else numbers, digits)
    return _block(numbers, indent, is_cut, elements)


def _edges(numbers: Numbers) -> Numbers:
    """The elements that are shown of a long tensor."""
    for axis, length in enumerate(numbers.shape):
        if length > 2 * EDGE:
            numbers = np.take(numbers, [*range(EDGE), *range(-EDGE, 0)], axis)
    return numbers


def _block(numbers: Numbers, indent: int, is_cut: bool, elements: Elements) -> str:
    if not numbers.ndim:
        return elements(numbers.item())
    cuts = is_cut and len(numbers) > 2 * EDGE
    if numbers.ndim == 1:
        return _row(numbers, indent, cuts, elements)
    rows = [*numbers[:EDGE], *numbers[-EDGE:]] if cuts else [*numbers]
    parts = [_block(row, indent + 1, is_cut, elements) for row in rows]
    if cuts:
        parts.insert(EDGE, "...")
    return f"[{(',' + chr(10) * (numbers.ndim - 1) + ' ' * (indent + 1)).join(parts)}]"


def _row(numbers: Numbers, indent: int, cuts: bool, elements: Elements) -> str:
    values = numbers.tolist()
    if cuts:
        parts = [*map(elements, values[:EDGE]), " ...", *map(elements, values[-EDGE:])]
    else:
        parts = [elements(value) for value in values]
    count = max(1, (WIDTH - indent) // (elements.width + 2))
    lines = [", ".join(parts[i : i + count]) for i in range(0, len(parts), count)]
    return "[" + (",\n" + " " * (indent + 1)).join(lines) + "]"


def tensor_text(
    numbers: Numbers, suffixes: list[str], prefix: str = "tensor(", digits: int = DIGITS
) -> str:
    """`tensor([1., 2.], requires_grad=True)`."""
    indent = len(prefix)
    if not numbers.size and numbers.ndim != 1:
        suffixes = [f"size={tuple(numbers.shape)}", *suffixes]
    text = prefix + numbers_text(numbers, indent, digits)
    length = len(text) - text.rfind("\n") + 1
    for suffix in suffixes:
        if length + len(suffix) + 2 > WIDTH:
            text += ",\n" + " " * indent + suffix
            length = indent + len(suffix)
        else:
            text += ", " + suffix
            length += len(suffix) + 2
    return text + ")"
