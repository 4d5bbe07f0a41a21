"""Arrays from JSON: nested lists of numbers or booleans, alone or by name in an object."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, NoReturn

import numpy as np

from gradcli.data.json_text import object_of, quote
from gradcli.data.missing import missing
from gradcli.data.numbers import EXACT, array_of, is_special, whole
from gradcli.errors import GradcliError, InputError, Source, Span

if TYPE_CHECKING:
    from collections.abc import Collection

    from gradcli.data.answer import Array

    Path = tuple[str | int, ...]


class JsonArrays:
    """An object of arrays by name, or a list that is one array."""

    def __init__(self, text: str, shown: str) -> None:
        self.source = Source(text, shown)
        self.item = _loads(self.source)

    def value(self, name: str, key: str | None) -> Array:
        """The list at the top, or the member `key`, else `name`, of the object at the top."""
        shown = self.source.name
        if isinstance(self.item, dict):
            name = key or name
            if name not in self.item:
                raise missing(name, self.item, shown, "key")
            return array(self.item[name], (name,), self.source)
        if key is not None:
            raise InputError(f"'{shown}' is a list, so there is no '{key}' in it")
        return array(self.item, (), self.source)

    def inputs(self, wanted: Collection[str] | None) -> dict[str, Array]:
        """The wanted members (`None`: all) of the object at the top."""
        if not isinstance(self.item, dict):
            raise InputError(
                f"'{self.source.name}' is a list, and inputs need names",
                help='write {"x": [1, 2], "y": 3}',
            )
        names = self.item if wanted is None else [name for name in wanted if name in self.item]
        return {name: array(self.item[name], (name,), self.source) for name in names}


def _loads(source: Source) -> Any:
    """The text as Python has it; numbers are floats, unless that would round a whole one."""
    try:
        return json.loads(source.text, parse_int=whole, object_pairs_hook=object_of)
    except json.JSONDecodeError as error:
        start = min(error.pos, len(source.text.rstrip()))
        message = f"not JSON: {error.msg[:1].lower()}{error.msg[1:]}"
        raise InputError(message, span=Span(source, start, start + 1)) from error
    except RecursionError as error:
        raise InputError(f"'{source.name}' is nested too deeply") from error
    except InputError as error:
        raise InputError(f"{error.message} in '{source.name}'") from None


def array(item: Any, path: Path = (), source: Source | None = None) -> Array:
    """Nested lists of numbers as float64, of nothing but booleans as truth values.

    Among numbers a boolean is 1 or 0, as in a typed value. Where float64 would round a whole
    number, all stay objects. `path` and `source` say where the item stands, for messages.
    """
    plain = _plain(item)
    if plain is not None:
        return plain
    numbers: list[float] = []
    try:
        shape = _collected(item, path, source, numbers)
        return array_of(numbers).reshape(shape)
    except GradcliError:
        raise
    except (ValueError, RecursionError):
        return _fail("the lists are nested too deeply for an array", path, source)


def _plain(item: Any) -> Array | None:
    """The array of truth values or of numbers that float64 does not round; None of all else."""
    if item.__class__ is float and abs(item) < EXACT:
        return np.array(item)
    try:
        plain = np.array(item)
    except ValueError:  # ragged
        return None
    if plain.dtype.kind == "b":
        return plain
    if plain.dtype.kind not in "fiu":
        return None
    floats = plain.astype(np.float64, copy=False)
    return None if (np.abs(floats) >= EXACT).any() else floats


def _collected(
    item: Any, path: Path, source: Source | None, numbers: list[float]
) -> tuple[int, ...]:
    """The shape of nested lists, which must not be ragged; `numbers` takes their elements."""
    if not isinstance(item, list):
        numbers.append(_number(item, path, source))
        return ()
    shapes = []
    for index, part in enumerate(item):
        shapes.append(_collected(part, (*path, index), source, numbers))
        if shapes[index] != shapes[0]:
            both = f"{_described(item[0])} first, {_described(part)} here"
            _fail(f"rows of different shapes: {both}", (*path, index), source)
    return (len(item), *(shapes[0] if shapes else ()))


def _described(item: Any) -> str:
    if not isinstance(item, list):
        return "a number"
    return f"{len(item)} elements" if len(item) != 1 else "1 element"


def _number(item: Any, path: Path, source: Source | None) -> float:
    """One number; strings stand for those that JSON lacks."""
    if isinstance(item, (int, float)):
        return item
    if isinstance(item, str) and is_special(item):
        return float(item)
    what, advice = "null" if item is None else "an object", None
    if isinstance(item, str):
        what = f"the string {quote(item)}"
        is_comma = re.fullmatch(r"-?\d+,\d+", item) is not None
        advice = (
            f"two numbers are [{item}]; one has a point: {item.replace(',', '.')}"
            if is_comma
            else None
        )
    return _fail(f"{what} is not a number", path, source, advice)


def _fail(message: str, path: Path, source: Source | None, advice: str | None = None) -> NoReturn:
    """The error at a path such as `x[2, 0]`, underlined in the text when there is one."""
    span = None if source is None else _locate(source, path)
    where = _shown(path)
    raise InputError(f"{where}: {message}" if where else message, span=span, help=advice)


def _shown(path: Path) -> str:
    """`x[2, 0]`: a name and the indices below it."""
    names = [str(step) for step in path if isinstance(step, str)]
    indices = [str(step) for step in path if isinstance(step, int)]
    return "".join(names) + (f"[{', '.join(indices)}]" if indices else "")


_TOKEN = re.compile(
    r"""(?P<key>"(?:[^"\\]|\\.)*")\s*:|"(?:[^"\\]|\\.)*"|[^\s\[\]{},:"]+|[\[\]{},]"""
)


def _locate(source: Source, path: Path) -> Span | None:
    """The span of the value at a path, found by walking the tokens of the (valid) JSON text."""
    here: list[str | int] = []
    for match in _TOKEN.finditer(source.text):
        text = match.group()
        if match["key"]:
            here[-1] = json.loads(match["key"])
        elif text == ",":
            here[-1] = here[-1] + 1 if isinstance(here[-1], int) else ""
        elif text in "]}":
            here.pop()
        elif tuple(here) == path:
            return Span(source, match.start(), match.end())
        elif text in "[{":
            here.append(0 if text == "[" else "")
    return None
