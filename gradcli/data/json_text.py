"""JSON as answers, reports, lines of `batch` and errors are written: the one encoder.

And what all that is read has in common: no key of an object stands twice.
"""

from __future__ import annotations

import json
import math
import re
from typing import TYPE_CHECKING, Any

import numpy as np

from gradcli.data.numbers import bracketed, in_pieces, listed, number, texts
from gradcli.errors import refuse_twice

if TYPE_CHECKING:
    from gradcli.data.answer import Array

_LACKING = re.compile(r"-?(?:nan|inf)|-0(?=[],]|$)")
_WORDS = {"nan": '"NaN"', "inf": '"Infinity"', "-inf": '"-Infinity"', "-0": "-0.0"}
"""What numbers become that JSON lacks, or that lose their sign when they are read as integers."""


def json_text(item: Any, precision: int | None = None) -> str:
    """Arrays as nested lists; dicts, lists, tuples, strings, numbers and `None` as they are.

    Numbers read back as the same, unless a `precision` limits their significant digits.
    """
    if isinstance(item, dict):
        members = (f"{quote(str(n))}: {json_text(part, precision)}" for n, part in item.items())
        return "{" + ", ".join(members) + "}"
    if isinstance(item, str):
        return quote(item)
    if isinstance(item, float):
        text = number(float(item), precision)
        return _WORDS.get(text, text)
    if isinstance(item, (tuple, list)):
        return "[" + ", ".join([json_text(part, precision) for part in item]) + "]"
    if item is None:
        return "null"
    if isinstance(item, int):
        return str(item).lower()
    return _nested(np.asarray(item), precision)


def json_cells(array: Array, precision: int | None = None) -> list[str]:
    """The elements in C order, each as JSON."""
    if array.dtype.kind not in "bfiu":
        return [quote(str(text)) for text in array.ravel().tolist()]
    if precision is not None:
        return [_WORDS.get(text, text) for text in texts(array, precision)]
    return in_pieces(array.ravel(), _numbers)


def quote(text: str) -> str:
    """A JSON string; ordinary text needs no escapes."""
    if text.isprintable() and '"' not in text and "\\" not in text:
        return f'"{text}"'
    return json.dumps(text, ensure_ascii=not text.isprintable())


def escaped(text: str) -> str:
    """JSON in ASCII, for a terminal that has nothing else."""
    return "".join(c if c.isascii() else json.dumps(c)[1:-1] for c in text)


def _numbers(array: Array) -> str:
    """A few numbers or truth values as nested lists."""
    text = bracketed(array)
    if "n" in text or "-0," in text or "-0]" in text or text == "-0":
        return _LACKING.sub(lambda match: _WORDS[match[0]], text)
    return text


def _nested(array: Array, precision: int | None) -> str:
    """The elements, put into brackets axis by axis from the last."""
    if precision is None and array.dtype.kind in "bfiu":
        return listed(array, _numbers)
    cells = json_cells(array, precision)
    for axis in reversed(range(array.ndim)):
        width = array.shape[axis]
        count = math.prod(array.shape[:axis])
        cells = ["[" + ", ".join(cells[i * width : (i + 1) * width]) + "]" for i in range(count)]
    return cells[0]


def object_of(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object that is read, no key of which may stand twice."""
    found = dict(pairs)
    if len(found) < len(pairs):
        refuse_twice([key for key, _ in pairs])
    return found
