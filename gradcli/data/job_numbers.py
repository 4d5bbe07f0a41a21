"""Jobs that set nothing but a program, numbers and an id, read fast: one, or many that are alike.

orjson reads them six times as fast as JSON's own decoder, and the same of such a line.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

from gradcli.data.numbers import EXACT

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from gradcli.data.jobs import Raw

_PLAIN = frozenset(("id", "op", "expr", "inputs"))
"""The keys of jobs that are read fast."""

_NUMBERS = frozenset((int, float))


class Points(NamedTuple):
    """What differs in jobs that are alike: the ids (None: they have none), the inputs by name."""

    names: Sequence[int | str] | None
    columns: dict[str, Sequence[float]]


@cache
def _loads() -> Callable[[bytes], Any] | None:
    """The decoder of orjson; None where it is not installed."""
    try:
        from orjson import loads
    except ImportError:
        return None
    return loads


def numbers_of(raw: Raw) -> dict[str, Any] | None:
    """What such a line sets; None for all other jobs."""
    loads = _loads()
    if loads is None or raw.form != "jsonl" or not isinstance(raw.body, bytes):
        return None
    try:
        fields = loads(raw.body)
    except ValueError:
        return None
    return fields if fields.__class__ is dict and _is_plain(fields, raw.body) else None


def _is_plain(fields: dict[str, Any], line: bytes) -> bool:
    """Whether a line has only such fields, none of them twice, and numbers that float64 has."""
    inputs = fields.get("inputs")
    if inputs.__class__ is not dict or not _PLAIN.issuperset(fields) or b"\\" in line:
        return False
    texts = 0
    for name, item in fields.items():
        if item.__class__ is str:
            texts += 1
        elif name != "inputs" and item.__class__ is not int:
            return False
    is_exact = not inputs or _are_numbers([*inputs.values()])
    return is_exact and line.count(b'"') == 2 * (texts + len(fields) + len(inputs))


def points_of(jobs: Sequence[Raw], first: dict[str, Any]) -> Points | None:
    """What differs in jobs; None if it is more than numbers and ids.

    `first` is what the first sets, of which `numbers_of` knows that it is nothing else. The others
    are looked at together, which takes half the time: they must not have other keys, types or
    texts, or more quotes.
    """
    loads = _loads()
    _, _, forms, lines, *_ = zip(*jobs, strict=True)
    if loads is None or {*forms} != {"jsonl"} or {*map(type, lines)} != {bytes}:
        return None
    try:
        fields = _columns([*map(loads, lines)], first)
    except ValueError:
        return None
    inputs = _columns(fields.pop("inputs"), first["inputs"]) if fields else None
    if fields is None or inputs is None:
        return None
    names = fields.pop("id", None)
    is_same = all(_is_one([*map(type, texts)]) and _is_one(texts) for texts in fields.values())
    are_numbers = all(map(_are_numbers, inputs.values()))
    is_plain = _is_one([line.count(b'"') for line in lines]) and b"\\" not in b"".join(lines)
    if not (is_same and are_numbers and is_plain and _is_one([*map(type, names or [0])])):
        return None
    return Points(names, inputs)


def _columns(objects: Sequence[Any], first: dict[str, Any]) -> dict[str, Sequence[Any]] | None:
    """The items of objects by key; None if they have not the keys of the first, in its order."""
    if {*map(type, objects)} != {dict} or {*map(tuple, objects)} != {tuple(first)}:
        return None
    return dict(zip(first, zip(*map(dict.values, objects), strict=True), strict=True))


def _is_one(items: Sequence[Any]) -> bool:
    """Whether all items are the same."""
    return len({*items}) == 1


def _are_numbers(items: Sequence[Any]) -> bool:
    """Whether all items are numbers that float64 has."""
    return {*map(type, items)} <= _NUMBERS and min(items) > -EXACT and max(items) < EXACT
