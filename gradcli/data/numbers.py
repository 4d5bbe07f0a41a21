"""Numbers as text: the shortest digits that read back as the same number."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from gradcli.data.answer import Array


def number(value: float) -> str:
    """Shortest digits of a float64, without a trailing `.0`: `2`, `0.1`, `1e-07`, `-0`, `nan`."""
    return repr(value).removesuffix(".0")


def significant(value: float, digits: int) -> str:
    """At most `digits` significant digits, trailing zeros dropped.

    A number that needs no more digits is printed whole (`1000000`); one that does is never
    shown as an integer that it is not (`1.23457e+06`).
    """
    text = f"{value:.{digits}g}"
    return number(value) if float(text) == value else text


def texts(array: Array, precision: int | None = None) -> list[str]:
    """The elements as text in C order; `precision` limits the significant digits."""
    kind = array.dtype.kind
    if kind == "b":
        return ["true" if value else "false" for value in array.ravel().tolist()]
    if kind not in "fc":
        return [str(value) for value in array.ravel().tolist()]
    if precision is not None:
        return [significant(value, precision) for value in floats(array)]
    return [repr(value).removesuffix(".0") for value in floats(array)]


def floats(array: Array) -> list[float]:
    """The elements in C order as floats whose `repr` holds the digits to print."""
    flat = array.ravel()
    if flat.dtype == np.float32:
        return _single(flat)
    found: list[float] = flat.astype(np.float64, copy=False).tolist()
    return found


def _single(flat: Array) -> list[float]:
    """float32 with nine significant digits and seven decimals at most: `9.8999996`, `0.1`.

    Where these do not read back as the same number, the shortest digits that do.
    """
    with np.errstate(invalid="ignore"):
        exact: list[float] = flat.astype(np.float64).tolist()
    found = [round(v, 7) if -100.0 < v < 100.0 else float(f"{v:.9g}") for v in exact]
    differs = (np.array(found, dtype=np.float32) != flat) & ~np.isnan(flat)
    for index in np.flatnonzero(differs).tolist():
        found[index] = float(str(flat[index]))
    return found


_JSON = {"nan": '"NaN"', "inf": '"Infinity"', "-inf": '"-Infinity"', "-0": "-0.0"}


def json_texts(array: Array, precision: int | None = None) -> list[str]:
    """As `texts`, in JSON: strings for the numbers that it lacks, `-0.0` so that the sign stays."""
    found = texts(array, precision)
    if array.dtype.kind != "f" or not _awkward(array):
        return found
    return [_JSON.get(text, text) for text in found]


def _awkward(array: Array) -> bool:
    """Whether there is a NaN, an infinity or a negative zero."""
    return not np.isfinite(array).all() or bool((np.signbit(array) & (array == 0)).any())


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
