"""Tensors as PyTorch prints them: four digits, one width for all elements, long ones cut."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np


class Options(NamedTuple):
    """How tensors are printed: digits, from how many elements on cut, to how many, in what width.

    `scientific` says that exponents are always written, or never.
    """

    digits: int = 4
    threshold: float = 1000
    edge: int = 3
    width: int = 80
    scientific: bool | None = None


PROFILES = {
    "default": Options(),
    "short": Options(digits=2, edge=2),
    "full": Options(threshold=math.inf),
}
"""Options by the names of `set_printoptions(profile=…)`."""

Numbers = np.ndarray[Any, np.dtype[Any]]


class Elements:
    """How the elements of a tensor are written."""

    def __init__(self, numbers: Numbers, options: Options) -> None:
        self.digits = options.digits
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
        if options.scientific is not None:
            self.is_scientific = options.scientific

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


def numbers_text(numbers: Numbers, indent: int, options: Options) -> str:
    """The elements in brackets, lines behind the first being indented."""
    if not numbers.size:
        return "[]"
    edge = options.edge if numbers.size > options.threshold else numbers.size
    elements = Elements(_edges(numbers, edge), options)
    return _block(numbers, indent, edge, elements, options.width)


def _edges(numbers: Numbers, edge: int) -> Numbers:
    """The elements that are shown of a long tensor."""
    for axis, length in enumerate(numbers.shape):
        if length > 2 * edge:
            numbers = np.take(numbers, [*range(edge), *range(-edge, 0)], axis)
    return numbers


def _block(numbers: Numbers, indent: int, edge: int, elements: Elements, width: int) -> str:
    """An array in its brackets; of long axes so many elements from either edge."""
    if not numbers.ndim:
        return elements(numbers.item())
    if numbers.ndim == 1:
        return _row(numbers, indent, edge, elements, width)
    cuts = len(numbers) > 2 * edge
    rows = [*numbers[:edge], *numbers[-edge:]] if cuts else [*numbers]
    parts = [_block(row, indent + 1, edge, elements, width) for row in rows]
    if cuts:
        parts.insert(edge, "...")
    return f"[{(',' + chr(10) * (numbers.ndim - 1) + ' ' * (indent + 1)).join(parts)}]"


def _row(numbers: Numbers, indent: int, edge: int, elements: Elements, width: int) -> str:
    values = numbers.tolist()
    if len(values) > 2 * edge:
        parts = [*map(elements, values[:edge]), " ...", *map(elements, values[-edge:])]
    else:
        parts = [elements(value) for value in values]
    count = max(1, (width - indent) // (elements.width + 2))
    lines = [", ".join(parts[i : i + count]) for i in range(0, len(parts), count)]
    return "[" + (",\n" + " " * (indent + 1)).join(lines) + "]"


def tensor_text(
    numbers: Numbers,
    suffixes: list[str],
    prefix: str = "tensor(",
    options: Options = PROFILES["default"],
) -> str:
    """`tensor([1., 2.], requires_grad=True)`."""
    indent = len(prefix)
    if not numbers.size and numbers.ndim != 1:
        suffixes = [f"size={tuple(numbers.shape)}", *suffixes]
    text = prefix + numbers_text(numbers, indent, options)
    length = len(text) - text.rfind("\n") + 1
    for suffix in suffixes:
        if length + len(suffix) + 2 > options.width:
            text += ",\n" + " " * indent + suffix
            length = indent + len(suffix)
        else:
            text += ", " + suffix
            length += len(suffix) + 2
    return text + ")"
