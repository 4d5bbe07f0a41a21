"""Methods of Python's own values that snippets may call, each by its name."""

from __future__ import annotations

import collections
from typing import TYPE_CHECKING, Any

from gradcli.snippets.errors import Raised
from gradcli.snippets.languages.python.text import check_length
from gradcli.snippets.walk.producing import Producer

if TYPE_CHECKING:
    from collections.abc import Callable

    Method = Callable[[Any, Any], Callable[..., Any]]


def _own(of: type, *names: str) -> dict[str, Method]:
    """Methods that are Python's own, since they look at nothing but their arguments."""

    def bind(name: str) -> Method:
        function = of.__dict__[name]

        def method(_language: Any, value: Any) -> Callable[..., Any]:
            def call(*args: Any, **named: Any) -> Any:
                try:
                    return function(value, *args, **named)
                except (ValueError, TypeError, KeyError, IndexError, OverflowError) as error:
                    raise Raised(type(error).__name__, *error.args) from None

            return call

        return method

    return {name: bind(name) for name in names}


def _format(language: Any, text: str) -> Callable[..., str]:
    """`text.format(…)`: fields are numbers or names, with attributes only of plain numbers."""

    def call(*args: Any, **named: Any) -> str:
        from string import Formatter

        pieces, count = [], 0
        for literal, name, code, conversion in Formatter().parse(text):
            pieces.append(literal)
            if name is None:
                continue
            field = name or str(count)
            count += not name
            if not (field.isdecimal() or field.isidentifier()):
                raise Raised("ValueError", f"the field {field!r} is not part of the subset")
            try:
                value = args[int(field)] if field.isdecimal() else named[field]
            except (IndexError, KeyError) as error:
                raise Raised(type(error).__name__, *error.args) from None
            layout = _format(language, code or "")(*args, **named) if code else ""
            pieces.append(language.formatted(value, conversion or "", layout))
        return "".join(pieces)

    return call


def _join(language: Any, text: str) -> Callable[..., str]:
    def call(items: Any) -> str:
        parts = list(language.machine.items(items))
        for i, part in enumerate(parts):
            if not isinstance(part, str):
                kind = language.type_name(part)
                text_ = f"sequence item {i}: expected str instance, {kind} found"
                raise Raised("TypeError", text_)
        check_length(sum(map(len, parts)) + len(text) * len(parts))
        return text.join(parts)

    return call


def _replace(_language: Any, text: str) -> Callable[..., str]:
    def call(old: str, new: str, count: int = -1) -> str:
        check_length(len(text) + text.count(old) * len(new))
        return text.replace(old, new, count)

    return call


def _padded(name: str) -> Method:
    """Methods that make a text as long as is said."""

    def method(_language: Any, text: str) -> Callable[..., str]:
        def call(width: int, fill: str = " ") -> str:
            check_length(width)
            if name == "zfill":
                return text.zfill(width)
            return {"ljust": text.ljust, "rjust": text.rjust, "center": text.center}[name](
                width, fill
            )

        return call

    return method


def _sort(language: Any, values: list[Any]) -> Callable[..., None]:
    def call(*, key: Any = None, reverse: bool = False) -> None:
        values[:] = language.builtins.sorted_(values, key=key, reverse=reverse)

    return call


def _extend(language: Any, values: list[Any]) -> Callable[..., None]:
    return lambda items: values.extend(language.machine.items(items))


def _index(language: Any, values: Any) -> Callable[..., int]:
    def call(value: Any) -> int:
        for i, item in enumerate(values):
            if language.machine.truth(language.compare("==", item, value)):
                return i
        raise Raised("ValueError", f"{language.represent(value)} is not in list")

    return call


def _count(language: Any, values: Any) -> Callable[..., int]:
    return lambda value: sum(
        language.machine.truth(language.compare("==", item, value)) for item in values
    )


def _update(_language: Any, values: dict[Any, Any]) -> Callable[..., None]:
    def call(other: Any = (), /, **named: Any) -> None:
        values.update(other)
        values.update(named)

    return call


METHODS: dict[type, dict[str, Method]] = {
    collections.OrderedDict: _own(
        collections.OrderedDict, *"keys values items move_to_end popitem".split()
    ),
    str: {
        **_own(
            str,
            *"upper lower strip lstrip rstrip split rsplit splitlines startswith endswith "
            "find count title capitalize isdigit isalpha isdecimal partition rpartition "
            "removeprefix removesuffix index".split(),
        ),
        "format": _format,
        "join": _join,
        "replace": _replace,
        **{name: _padded(name) for name in ("ljust", "rjust", "center", "zfill")},
    },
    list: {
        **_own(list, *"append pop insert reverse clear copy".split()),
        "sort": _sort,
        "extend": _extend,
        "index": _index,
        "count": _count,
    },
    tuple: {"index": _index, "count": _count},
    dict: {
        **_own(dict, *"get keys values items pop setdefault copy clear popitem".split()),
        "update": _update,
    },
    Producer: {
        "send": lambda _language, producer: producer.send,
        "close": lambda _language, producer: producer.close,
    },
    set: _own(set, *"add discard remove union intersection difference copy update".split()),
    float: _own(float, *"is_integer hex as_integer_ratio".split()),
    int: _own(int, *"bit_length".split()),
}
"""Methods by the type of the value, each as `method(language, value)`, which is then called."""
