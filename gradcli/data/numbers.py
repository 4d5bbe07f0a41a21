"""Numbers as text: the shortest digits that read back as the same number."""

from __future__ import annotations

import math
from itertools import chain
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

    from gradcli.data.answer import Array


EXACT = 2.0**53
"""Beyond it float64 does not have all whole numbers."""

PIECE = 1 << 16
"""How many numbers become text at once: between two pieces a deadline is heard."""


def whole(text: str) -> float:
    """The number in a text; a whole number that float64 would round stays an `int`."""
    value = float(text)
    if not EXACT <= abs(value) < math.inf:
        return value
    digits = text.strip().replace("_", "")
    if not digits.lstrip("+-").isdecimal() or int(digits) == value:
        return value
    return int(digits)


def array_of(numbers: Any) -> Array:
    """Numbers, in rows or not, as float64; as objects where one is an `int` that would round."""
    flat = np.array(numbers, object)
    is_exact = not any(isinstance(x, int) and int(float(x)) != x for x in flat.ravel().tolist())
    return flat.astype(np.float64) if is_exact else flat


def number(value: float, precision: int | None = None) -> str:
    """A float64 with the shortest digits and no `.0`: `2`, `0.1`, `1e-07`, `-0`, `nan`.

    With a `precision`, at most so many significant digits, trailing zeros dropped. A number that
    needs no more is printed whole (`1000000`); one that does is never shown as an integer that it
    is not (`1.23457e+06`).
    """
    if precision is not None:
        text = f"{value:.{precision}g}"
        if float(text) != value:
            return text
    return repr(value).removesuffix(".0")


def texts(array: Array, precision: int | None = None) -> list[str]:
    """The elements as text in C order; `precision` limits the significant digits."""
    if array.dtype.kind not in "bfiu":
        return list(map(str, array.ravel().tolist()))
    if precision is not None and array.dtype.kind == "f":
        return [number(value, precision) for value in _floats(array.ravel())]
    return in_pieces(array.ravel(), bracketed)


def in_pieces(flat: Array, written: Callable[[Array], str]) -> list[str]:
    """The elements of a vector as text, of which so many at a time are `written` as a list."""
    pieces = (flat[i : i + PIECE] for i in range(0, flat.size, PIECE))
    return [*chain.from_iterable(written(piece)[1:-1].split(", ") for piece in pieces)]


def bracketed(array: Array) -> str:
    """Numbers or truth values as nested lists: `[[1, 2.5], [nan, 1e-07]]`, `[true, false]`.

    The text of a whole list takes two thirds of the time that those of its items take.
    """
    return listed(array, _few)


def listed(array: Array, written: Callable[[Array], str]) -> str:
    """Nested lists of which no more than a piece is `written` at once."""
    if array.size <= PIECE:
        return written(array)
    length = array.size // len(array)
    if length > PIECE:
        parts = [listed(row, written) for row in array]
    else:
        rows = PIECE // length
        starts = range(0, len(array), rows)
        parts = [written(array[i : i + rows])[1:-1] for i in starts]
    return f"[{', '.join(parts)}]"


def _few(array: Array) -> str:
    if array.dtype.kind != "f":
        return repr(array.tolist()).lower()
    text = f"{_floats(array)!r}]"
    return text.replace(".0,", ",").replace(".0]", "]")[:-1]


def _floats(array: Array) -> Any:
    """The elements as nested lists of floats whose `repr` holds the digits to print."""
    if array.dtype.char == "f":
        array = np.array(_single(array.ravel())).reshape(array.shape)
    return array.astype(np.float64, copy=False).tolist()


def _single(flat: Array) -> list[float]:
    """float32 with nine significant digits and seven decimals at most: `9.8999996`, `0.1`.

    Where these do not read back as the same number, the shortest digits that do.
    """
    with np.errstate(invalid="ignore"):
        exact: list[float] = flat.astype(np.float64).tolist()
    values = [round(v, 7) if -100.0 < v < 100.0 else float(f"{v:.9g}") for v in exact]
    differs = (np.array(values, dtype=np.float32) != flat) & ~np.isnan(flat)
    for index in np.flatnonzero(differs).tolist():
        values[index] = float(str(flat[index]))
    return values


def parse(text: str) -> float | None:
    """A number in Python's syntax, `nan`, `inf` and `infinity` in any case; `None` for the rest."""
    try:
        return float(text)
    except ValueError:
        return None


def is_special(text: str) -> bool:
    """Whether a JSON string stands for a number that JSON lacks."""
    value = parse(text)
    return value is not None and not math.isfinite(value) and text.strip("+-").isalpha()
