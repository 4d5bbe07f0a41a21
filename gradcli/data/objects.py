"""Arrays from JSON: nested lists of numbers or booleans, alone or by name in an object."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, NoReturn

import numpy as np

from gradcli.data.missing import missing
from gradcli.data.numbers import is_special
from gradcli.errors import InputError, Source, Span

if TYPE_CHECKING:
    from collections.abc import Collection

    from gradcli.data.answer import Array

    Path = tuple[str | int, ...]


def json_value(text: str, shown: str, name: str, key: str | None = None) -> Array:
    """The list at the top, or the member `key`, else `name`, of the object at the top."""
    found = _loads(text, shown)
    if isinstance(found, dict):
        chosen = key or name
        if chosen not in found:
            raise missing(chosen, found, shown, "keys")
        return array(found[chosen], (chosen,), Source(text, shown))
    if key is not None:
        raise InputError(f"'{shown}' is a list, so there is no '{key}' in it")
    return array(found, (), Source(text, shown))


def json_inputs(text: str, shown: str, wanted: Collection[str] | None = None) -> dict[str, Array]:
    """The wanted members (`None`: all) of the object at the top."""
    found = _loads(text, shown)
    if not isinstance(found, dict):
        raise InputError(
            f"'{shown}' is a list, and inputs need names", help='write {"x": [1, 2], "y": 3}'
        )
    source = Source(text, shown)
    names = found if wanted is None else [name for name in wanted if name in found]
    return {name: array(found[name], (name,), source) for name in names}


def _loads(text: str, shown: str) -> Any:
    """The text as Python has it; every number is a float, however long."""
    try:
        return json.loads(text, parse_int=float)
    except json.JSONDecodeError as error:
        start = min(error.pos, len(text.rstrip()))
        span = Span(Source(text, shown), start, start + 1)
        raise InputError(f"not JSON: {_lowered(error.msg)}", span=span) from error
    except RecursionError as error:
        raise InputError(f"'{shown}' is nested too deep") from error


def _lowered(message: str) -> str:
    return message[:1].lower() + message[1:]


def array(item: Any, path: Path = (), source: Source | None = None) -> Array:
    """Nested lists of numbers as float64, of nothing but booleans as truth values.

    Among numbers a boolean is 1 or 0, as in a typed value. `path` and `source` say where the item
    stands, for messages.
    """
    try:
        found = np.array(item)
    except ValueError:
        found = np.array(None)
    if found.dtype.kind == "b":
        return found
    if found.dtype.kind in "fiu":
        return found.astype(np.float64, copy=False)
    try:
        shape = _shape(item, path, source)
        return np.array(_flat(item, path, source), dtype=np.float64).reshape(shape)
    except (ValueError, RecursionError):
        return _fail("lists nested too deep for an array", path, source)


def _shape(item: Any, path: Path, source: Source | None) -> tuple[int, ...]:
    """The shape of nested lists, which must not be ragged."""
    if not isinstance(item, list):
        return ()
    if not item:
        return (0,)
    first = _shape(item[0], (*path, 0), source)
    for index, part in enumerate(item[1:], 1):
        if _shape(part, (*path, index), source) != first:
            both = f"{_described(item[0])} first, {_described(part)} here"
            _fail(f"rows of different shapes: {both}", (*path, index), source)
    return (len(item), *first)


def _described(item: Any) -> str:
    if not isinstance(item, list):
        return "a number"
    return f"{len(item)} elements" if len(item) != 1 else "1 element"


def _flat(item: Any, path: Path, source: Source | None) -> list[float]:
    """The numbers in C order."""
    if not isinstance(item, list):
        return [_number(item, path, source)]
    found: list[float] = []
    for index, part in enumerate(item):
        found += _flat(part, (*path, index), source)
    return found


def _number(item: Any, path: Path, source: Source | None) -> float:
    """One number; strings stand for those that JSON lacks."""
    if isinstance(item, (int, float)) or (isinstance(item, str) and is_special(item)):
        return float(item)
    what = "null" if item is None else "an object"
    if isinstance(item, str):
        what = f"the string {json.dumps(item, ensure_ascii=False)}"
    return _fail(f"{what} is not a number", path, source)


def _fail(message: str, path: Path, source: Source | None) -> NoReturn:
    """The error at a path such as `x[2, 0]`, underlined in the text when there is one."""
    span = None if source is None else _locate(source, path)
    where = _shown(path)
    raise InputError(f"{where}: {message}" if where else message, span=span)


def _shown(path: Path) -> str:
    """`x[2, 0]`: a name and the indices below it."""
    names = [str(step) for step in path if isinstance(step, str)]
    indices = [str(step) for step in path if isinstance(step, int)]
    return "".join(names) + (f"[{', '.join(indices)}]" if indices else "")


_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[^\s\[\]{},:"]+|[\[\]{},:]')


def _locate(source: Source, path: Path) -> Span | None:
    """The place of the value at a path, found by walking the tokens of the (valid) JSON text."""
    here: list[str | int] = []
    tokens = list(_TOKEN.finditer(source.text))
    for at, match in enumerate(tokens):
        text = match.group()
        if text == ":" or (at + 1 < len(tokens) and tokens[at + 1].group() == ":"):
            if text != ":":
                here[-1] = json.loads(text)
            continue
        if text == ",":
            here[-1] = here[-1] + 1 if isinstance(here[-1], int) else ""
        elif text in "]}":
            here.pop()
        elif tuple(here) == path:
            return Span(source, match.start(), match.end())
        if text in "[{":
            here.append(0 if text == "[" else "")
    return None
