"""JSON: one object for an answer, or one a line for its elements."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from gradcli.data.formats.leaves import columns, labels, leaves
from gradcli.data.numbers import json_texts

if TYPE_CHECKING:
    from gradcli.data.answer import Answer, Array


def json_line(answer: Answer, precision: int | None = None) -> str:
    """The whole answer as one object on one line."""
    members: dict[str, str] = {}
    if answer.value is not None:
        members["value"] = json_text(answer.value, precision)
    if answer.kind is not None:
        members[answer.kind] = json_text(answer.parts, precision)
    if answer.verdicts is not None:
        members["verdicts"] = json_text(answer.verdicts)
    if answer.warnings:
        members["warnings"] = json_text([notice.as_dict() for notice in answer.warnings])
    return _object(members) + "\n"


def jsonl(answer: Answer, precision: int | None = None) -> str:
    """An object a line: for each element where all have one shape, else for each array."""
    sides = columns(answer)
    if sides is None:
        return _arrays(answer, precision)
    height = max((array.size for _, array in sides if array is not None), default=1)
    cells = [
        ["null"] * height if array is None else json_texts(array, precision) for _, array in sides
    ]
    keys = [f"{quote(name)}: " for name, _ in sides]
    return "".join(
        "{" + ", ".join(map(str.__add__, keys, row)) + "}\n" for row in zip(*cells, strict=True)
    )


def _arrays(answer: Answer, precision: int | None) -> str:
    """A line `{"name": …, "value": …}` for each array."""
    found = leaves(answer)
    pairs = zip(labels(found), found, strict=True)
    return "".join(
        _object({"name": quote(label), "value": json_text(leaf.array, precision)}) + "\n"
        for label, leaf in pairs
    )


def json_text(item: Any, precision: int | None = None) -> str:
    """Arrays as nested lists, in dicts, tuples and lists of them; strings, integers and `None`."""
    if isinstance(item, dict):
        return _object({name: json_text(part, precision) for name, part in item.items()})
    if isinstance(item, (tuple, list)):
        return "[" + ", ".join(json_text(part, precision) for part in item) + "]"
    if item is None:
        return "null"
    if isinstance(item, str):
        return quote(item)
    return _nested(np.asarray(item), precision)


def _object(members: dict[str, str]) -> str:
    return "{" + ", ".join(f"{quote(name)}: {text}" for name, text in members.items()) + "}"


def _nested(array: Array, precision: int | None) -> str:
    """The elements, put into brackets axis by axis from the last."""
    if array.dtype.kind in "UOT":
        cells = [quote(str(text)) for text in array.ravel().tolist()]
    else:
        cells = json_texts(array, precision)
    for axis in reversed(range(array.ndim)):
        length = array.shape[axis]
        count = int(np.prod(array.shape[:axis]))
        cells = [
            "[" + ", ".join(cells[at * length : (at + 1) * length]) + "]" for at in range(count)
        ]
    return cells[0]


def quote(text: str) -> str:
    """A JSON string; ordinary text needs no escapes."""
    if text.isprintable() and '"' not in text and "\\" not in text:
        return f'"{text}"'
    import json

    return json.dumps(text, ensure_ascii=not text.isprintable())
