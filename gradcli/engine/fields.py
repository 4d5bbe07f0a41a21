"""What a job or a call from Python sets, read by the kind of the option that it is."""

from __future__ import annotations

import math
import os
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NoReturn

from gradcli.engine.options import (
    ARRAY,
    ARRAYS,
    CHOICE,
    COUNT,
    FILE,
    FLAG,
    FORMULAS,
    NAMES,
    NUMBER,
    SHAPES,
    TEXTS,
    VALUES,
)
from gradcli.engine.settings import canonical, real
from gradcli.errors import InputError, refuse_twice

if TYPE_CHECKING:
    from collections.abc import Callable

    from gradcli.engine.lengths import Lengths
    from gradcli.engine.options import Option

    Reader = Callable[[Any, str], Any]

MOST = 999
"""The largest count that may be asked for."""


def read(option: Option, item: Any, array: Reader) -> Any:
    """The value of an option; `array(item, name)` reads an array as it is written there."""
    if option.kind in _WITH_ARRAYS:
        return _WITH_ARRAYS[option.kind](option, item, array)
    return _READERS[option.kind](option, item)


def text_in(fields: Mapping[str, Any], key: str, default: str = "") -> str:
    """A string."""
    item = fields.get(key, default)
    if not isinstance(item, str):
        wrong(key, "a string")
    return item


def group_in(key: str, item: Any) -> dict[str, Any]:
    """Values by canonical name, not looked into yet."""
    if not isinstance(item, Mapping) or not all(isinstance(name, str) for name in item):
        wrong(key, 'values by name, such as {"x": [1, 2]}')
    if all(map(str.isascii, item)):
        return dict(item)
    names = [canonical(name) for name in item]
    refuse_twice(names)
    return dict(zip(names, item.values(), strict=True))


def wrong(key: str, wanted: str) -> NoReturn:
    """The error of something else under a key."""
    raise InputError(f"'{key}' must be {wanted}")


# --- by kind ------------------------------------------------------------------------------------


def texts_in(key: str, item: Any) -> list[str]:
    """A list of strings, or one string with commas between them."""
    if isinstance(item, str):
        return [text.strip() for text in item.split(",") if text.strip()]
    try:
        texts: list[Any] = [None] if isinstance(item, Mapping) else list(item)
    except TypeError:
        texts = [None]
    if not all(isinstance(text, str) for text in texts):
        wrong(key, 'a list of names, such as ["x", "y"]')
    return [text.strip() for text in texts]


def _texts(option: Option, item: Any) -> list[str]:
    return texts_in(option.name, item)


def _names(option: Option, item: Any) -> list[str]:
    return [canonical(name) for name in _texts(option, item)]


def _arrays(option: Option, item: Any, array: Reader) -> Any:
    if isinstance(item, Mapping):
        return {name: array(part, name) for name, part in group_in(option.name, item).items()}
    return array(item, option.name)


def _formulas(option: Option, item: Any) -> dict[str, str]:
    formulas: Mapping[Any, Any] = item if isinstance(item, Mapping) else {"": None}
    if not all(isinstance(text, str) for pair in formulas.items() for text in pair):
        wrong(option.name, 'formulas by name, such as {"x": "2*x"}')
    return {canonical(name): text for name, text in formulas.items()}


def _shapes(option: Option, item: Any) -> dict[str, Lengths]:
    if not (isinstance(item, Mapping) and all(isinstance(name, str) for name in item)):
        wrong(option.name, 'shapes by name, such as {"A": "n,m"}')
    from gradcli.engine.lengths import lengths_in

    return {canonical(name): lengths_in(name, shape) for name, shape in item.items()}


def _count(option: Option, item: Any) -> int:
    number = real(item)
    if not option.least <= number <= MOST or int(number) != number:
        wrong(option.name, f"a whole number from {option.least:g} to {MOST}")
    return int(number)


def _number(option: Option, item: Any) -> float:
    number = real(item)
    is_inside = option.least < number if option.above else option.least <= number
    if not (is_inside and math.isfinite(number)):
        wrong(option.name, f"a number {'above' if option.above else 'from'} {option.least:g}")
    return number


def _choice(option: Option, item: Any) -> str:
    if not isinstance(item, str) or item not in option.choices:
        wrong(option.name, f"one of {', '.join(option.choices)}")
    return item


def _flag(option: Option, item: Any) -> bool:
    if not isinstance(item, bool):
        wrong(option.name, "true or false")
    return item


def _file(option: Option, item: Any) -> str:
    if not isinstance(item, (str, os.PathLike)) or "\0" in (path := os.fspath(item)):
        wrong(option.name, "the path of a file")
    try:
        os.fsencode(path)
    except UnicodeEncodeError:
        wrong(option.name, "the path of a file")
    return path


_READERS: dict[str, Callable[[Option, Any], Any]] = {
    CHOICE: _choice,
    COUNT: _count,
    FILE: _file,
    FLAG: _flag,
    FORMULAS: _formulas,
    NAMES: _names,
    NUMBER: _number,
    SHAPES: _shapes,
    TEXTS: _texts,
}
_WITH_ARRAYS: dict[str, Callable[[Option, Any, Reader], Any]] = {
    ARRAY: lambda option, item, array: array(item, option.name),
    ARRAYS: _arrays,
    VALUES: lambda option, item, array: _arrays(option, group_in(option.name, item), array),
}
