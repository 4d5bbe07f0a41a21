"""`tf.print`, and how TensorFlow itself writes the numbers of tensors."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gradcli.snippets.frameworks.tensorflow.variable import Variable
from gradcli.snippets.values import Array

if TYPE_CHECKING:
    import numpy as np

DIGITS = {"float32": (6, 9), "float64": (15, 17)}
"""Digits of a number: those that are enough for most, and those that are for all."""


def print_(
    home: Any,
    *inputs: Any,
    output_stream: Any = None,
    summarize: Any = None,
    sep: str = " ",
    end: str = "\n",
    **_named: Any,
) -> None:
    """`tf.print`, which writes to standard error, at every call of a graph."""
    home.recorder.acts += 1
    most = 3 if summarize is None else summarize
    text = sep.join(plain(home, value, most) for value in inputs) + end
    if output_stream is None:
        home.machine.tell(text.removesuffix("\n"))
    else:
        home.machine.call(home.machine.attribute(output_stream, "write"), [text])


def plain(home: Any, value: Any, most: int, *, is_inner: bool = False) -> str:
    """A value as `tf.print` has it: texts in structures stand in quotes."""
    if isinstance(value, (Array, Variable)):
        return summarized(home.recorder.array(home.asarray(value)), most)
    if isinstance(value, (list, tuple, dict)):
        if isinstance(value, dict):
            keys = [f"{home.machine.language.represent(key)}: " for key in value]
            parts = zip(keys, value.values(), strict=True)
            inner = ", ".join(key + plain(home, v, most, is_inner=True) for key, v in parts)
            return f"{{{inner}}}"
        inner = ", ".join(plain(home, v, most, is_inner=True) for v in value)
        return f"[{inner}]" if isinstance(value, list) else f"({inner})"
    language = home.machine.language
    return str(language.represent(value) if is_inner else language.text(value))


def summarized(numbers: np.ndarray[Any, Any], most: int, depth: int = 1) -> str:
    """An array, of each axis no more than the first and the last elements."""
    if not numbers.ndim:
        return written(numbers[()])
    rows = [*numbers]
    texts = [summarized(row, most, depth + 1) for row in rows]
    if most >= 0 and len(rows) > 2 * most:
        texts[most : len(rows) - most] = ["..."]
    between = "\n" * (numbers.ndim - 1) + " " * depth if numbers.ndim > 1 else " "
    return f"[{between.join(texts)}]"


def written(number: Any) -> str:
    """A number, with no more digits than it needs to be read again, or with all."""
    kind = type(number)
    if number.dtype.name not in DIGITS:
        return str(int(number))
    few, all_ = (f"{float(number):.{digits}g}" for digits in DIGITS[number.dtype.name])
    return few if kind(few) == number or number != number else all_
