"""Tensors as TensorFlow.js prints them."""

from __future__ import annotations

from typing import Any

import numpy as np

from gradcli.snippets.languages.javascript.text import fixed, number_text

LIMIT = 20
"""Rows, or elements of a row, that are shown without dots."""

ENDS = 3
"""Rows, or elements, that are shown before the dots and behind them."""

LOOKED_AT = 10_000
"""Numbers of a column that are written to know how wide it is."""

DIGITS = 7
"""Digits behind the point."""


def tensor_text(numbers: np.ndarray[Any, Any], *, verbose: bool = False) -> str:
    """What `tensor.toString(verbose)` gives."""
    widths: list[int] = []
    if numbers.ndim > 1:
        columns = numbers.reshape(-1, numbers.shape[-1]).T
        widths = [_widest(column) for column in columns]
    head = ["Tensor"]
    if verbose:
        shape = ",".join(map(str, numbers.shape))
        head += [f"  dtype: {numbers.dtype.name}", f"  rank: {numbers.ndim}"]
        head += [f"  shape: [{shape}]", "  values:"]
    lines = _lines(numbers, widths, is_last=True)
    return "\n".join([*head, *("    " + line for line in lines)])


def _element(x: Any) -> str:
    """One number of an array."""
    if x.dtype.kind == "b":
        return "true" if x else "false"
    return number_text(float(fixed(float(x), DIGITS).replace("Infinity", "inf")))


def _widest(column: np.ndarray[Any, Any]) -> int:
    """The length of the longest number; of very many different ones, the first are looked at."""
    if len(column) > LOOKED_AT:
        column = np.unique(column)
        column = np.concatenate([column[: LOOKED_AT // 2], column[-LOOKED_AT // 2 :]])
    return max((len(_element(x)) for x in column), default=0)


def _lines(numbers: np.ndarray[Any, Any], widths: list[int], *, is_last: bool) -> list[str]:
    """The lines of an array within others."""
    if numbers.ndim == 0:
        return [_element(numbers[()]) if numbers.dtype.kind == "b" else number_text(float(numbers))]
    if numbers.ndim == 1:
        return [_row(numbers, widths or [0] * len(numbers))]
    lines: list[str] = []
    count = len(numbers)
    shown = range(count) if count <= LIMIT else [*range(ENDS), *range(count - ENDS, count)]
    for i in shown:
        if i == count - ENDS and count > LIMIT:
            lines.append("...")
        lines += _lines(numbers[i], widths, is_last=i == count - 1)
    return _bracketed(lines, numbers.ndim, is_last)


def _row(numbers: np.ndarray[Any, Any], widths: list[int]) -> str:
    """An array of one axis."""
    cells = [_element(x).ljust(width) for x, width in zip(numbers, widths, strict=True)]
    if len(cells) > LIMIT:
        cells = [*cells[:ENDS], "...", *cells[-ENDS:]]
    return f"[{', '.join(cells)}]"


def _bracketed(lines: list[str], ndim: int, is_last: bool) -> list[str]:
    """The lines of rows, in brackets."""
    if not lines:
        return ["[]"]
    between = "," if ndim == 2 else ""
    first, *rest = lines
    made = ["[" + first + between, *(" " + line + between for line in rest[:-1])]
    ending = "]" if is_last else "]," + "\n" * (ndim - 1)
    if rest:
        return [*made, " " + rest[-1] + ending]
    return [" " + made[0] + ending]
