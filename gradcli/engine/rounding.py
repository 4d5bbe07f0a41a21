"""What rounding does: whole numbers that float64 cannot hold, differences with few digits left."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING, Any

import numpy as np

from gradcli.data.numbers import EXACT
from gradcli.errors import Notice, Source, Span
from gradcli.ops.arithmetic import CANCELLING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from gradcli.ir.node import Node
    from gradcli.syntax import tree

_LONG = r"(?<![\w.])\d[\d_]{15,}(?![\w.])"
"""Digits that may be such a number, 16 or more."""


def in_program(source: Source, long: Iterable[tree.Number]) -> list[Notice]:
    """Those of the long numbers of a program that are rounded."""
    return list(_rounded(source, ((x.start, x.end) for x in long)))


def in_value(text: str, name: str) -> list[Notice]:
    """Those of a value as it is typed, which messages call by that name."""
    if len(text) < 16:
        return []
    places = ((m.start(), m.end()) for m in re.finditer(_LONG, text))
    return list(_rounded(Source(text, name), places))


def in_array(name: str, array: np.ndarray[Any, np.dtype[Any]]) -> list[Notice]:
    """The first of an array of whole numbers, an input of that name."""
    if array.dtype.kind != "O":
        if not array.size or (array.max() < EXACT and array.min() > -EXACT):
            return []
        array = array[(array >= EXACT) | (array <= -EXACT)]
    whole = (x for x in array.ravel().tolist() if isinstance(x, int) and abs(x) > EXACT)
    changed = next((x for x in whole if int(float(x)) != x), None)
    return [] if changed is None else [Notice(f"{name}: {_message(changed)}")]


def as_floats(name: str, array: np.ndarray[Any, np.dtype[Any]]) -> tuple[Any, list[Notice]]:
    """An array of whole numbers as one of float64, and what there is to say of it; others as is."""
    if array.dtype.kind not in "iuO":
        return array, []
    return array.astype(float), in_array(name, array)


KEPT = {"d": 1e-3, "f": 0.05}
"""What is left of the operands of a difference whose digits may be lost, by the kind of numbers.

Several such differences lose them, too.
"""


class Flags:
    """What NumPy calls where something overflows or underflows."""

    __slots__ = ("raised",)

    def __init__(self) -> None:
        self.raised = False

    def __call__(self, _kind: str, _flag: int) -> None:
        """Notes that it did."""
        self.raised = True


def cancels(values: Mapping[Node, Any], node: Node) -> Any:
    """The elements at which a sum or difference has few digits left."""
    value, whole = values[node], values[node.inputs[0]]
    return abs(value) < KEPT[node.dtype.char] * abs(whole)


def cancelled(values: Mapping[Node, Any]) -> list[Node]:
    """The sums and differences, among what was computed, that have few digits left.

    Not those of a node and itself, which are exact.
    """
    found = []
    number, kept, size = np.float64, KEPT["d"], math.fabs  # of numbers Python does it quicker
    for node, value in values.items():
        if node.op in CANCELLING:
            x, y = node.inputs
            if x in values:
                if value.__class__ is number:
                    few = size(value) < kept * size(values[x])
                else:
                    few = cancels(values, node).any()
                if few and x is not y and (x.inputs or y.inputs):
                    found.append(node)
    return found


def _rounded(source: Source, places: Iterable[tuple[int, int]]) -> Iterator[Notice]:
    for start, end in sorted(places):
        digits = source.text[start:end].replace("_", "")
        number = float(digits) if digits.isdecimal() else math.inf
        if math.isfinite(number) and int(number) != int(digits):
            yield Notice(_message(int(digits)), span=Span(source, start, end))


def _message(number: int) -> str:
    return f"{number} is rounded to {int(float(number))}, the nearest number that float64 holds"
