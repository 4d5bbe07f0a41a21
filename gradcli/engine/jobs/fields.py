"""What a job sets, as JSON has it: read by the kind of the option that it is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NoReturn

from gradcli.data.json_arrays import array
from gradcli.engine.options import (
    ARRAY,
    ARRAYS,
    CHOICE,
    COUNT,
    FLAG,
    FORMULAS,
    NAMES,
    NUMBER,
    TEXTS,
    VALUES,
)
from gradcli.engine.settings import canonical
from gradcli.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from gradcli.engine.options import Option

MOST = 999
"""The largest count that a job may ask for."""


def read(option: Option, item: Any) -> Any:
    """The value of an option from what a job has under its name."""
    return _READERS[option.kind](option, item)


def text_in(fields: Mapping[str, Any], key: str, default: str = "") -> str:
    """A string of a job."""
    item = fields.get(key, default)
    if not isinstance(item, str):
        wrong(key, "a string")
    return item


def group_in(key: str, item: Any) -> dict[str, Any]:
    """Values by canonical name, not looked into yet."""
    if not isinstance(item, dict):
        wrong(key, 'an object of values by name, such as {"x": [1, 2]}')
    if all(map(str.isascii, item)):
        return item
    names = [canonical(name) for name in item]
    refuse_twice(names)
    return dict(zip(names, item.values(), strict=True))


def refuse_twice(names: list[str]) -> None:
    """A name may be given once."""
    for name in names if len(set(names)) < len(names) else ():
        if names.count(name) > 1:
            raise InputError(f"'{name}' is given twice")


def wrong(key: str, wanted: str) -> NoReturn:
    """The error of a job that has something else under a key."""
    raise InputError(f"'{key}' of a job is {wanted}")


# --- by kind ------------------------------------------------------------------------------------


def _texts(option: Option, item: Any) -> list[str]:
    """A list of strings, or one string with commas between them."""
    if isinstance(item, str):
        return [text.strip() for text in item.split(",") if text.strip()]
    if not isinstance(item, (list, tuple)) or not all(isinstance(text, str) for text in item):
        wrong(option.name, 'a list of names, such as ["x", "y"]')
    return [text.strip() for text in item]


def _names(option: Option, item: Any) -> list[str]:
    return [canonical(name) for name in _texts(option, item)]


def _array(option: Option, item: Any) -> Any:
    return array(item, (option.name,))


def _arrays(option: Option, item: Any) -> Any:
    if isinstance(item, dict):
        return {n: array(part, (n,)) for n, part in group_in(option.name, item).items()}
    return _array(option, item)


def _formulas(option: Option, item: Any) -> dict[str, str]:
    if not isinstance(item, dict) or not all(isinstance(text, str) for text in item.values()):
        wrong(option.name, 'an object of formulas by name, such as {"x": "2*x"}')
    return {canonical(name): text for name, text in item.items()}


def _count(option: Option, item: Any) -> int:
    number = isinstance(item, (int, float)) and not isinstance(item, bool)
    if not number or not 1 <= item <= MOST or int(item) != item:
        wrong(option.name, f"a whole number from 1 to {MOST}")
    return int(item)


def _number(option: Option, item: Any) -> float:
    number = isinstance(item, (int, float)) and not isinstance(item, bool)
    if not number or not (option.least < item if option.above else option.least <= item):
        wrong(option.name, f"a number {'above' if option.above else 'from'} {option.least:g}")
    return float(item)


def _choice(option: Option, item: Any) -> str:
    if item not in option.choices:
        wrong(option.name, f"one of {', '.join(option.choices)}")
    return str(item)


def _flag(option: Option, item: Any) -> bool:
    if not isinstance(item, bool):
        wrong(option.name, "true or false")
    return item


_READERS: dict[str, Callable[[Option, Any], Any]] = {
    ARRAY: _array,
    ARRAYS: _arrays,
    CHOICE: _choice,
    COUNT: _count,
    FLAG: _flag,
    FORMULAS: _formulas,
    NAMES: _names,
    NUMBER: _number,
    TEXTS: _texts,
    VALUES: lambda option, item: _arrays(option, group_in(option.name, item)),
}
