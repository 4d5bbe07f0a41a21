"""Methods of Python's own values that snippets may call, each by its name."""

from __future__ import annotations

import collections
from typing import TYPE_CHECKING, Any

from gradcli.snippets.errors import Raised
from gradcli.snippets.limits import check_items, check_length
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
        return _filled(language, text, Values(args, named))

    return call


class Values:
    """What fills the fields of a format; those without a name have the next number each."""

    def __init__(self, args: tuple[Any, ...], named: dict[str, Any]) -> None:
        self.args = args
        self.named = named
        self.count = 0
        self.has_numbers = False

    def of(self, name: str) -> Any:
        """The value of a field."""
        if not name:
            name = str(self.count)
            self.count += 1
        elif name.isdecimal():
            self.has_numbers = True
        elif not name.isidentifier():
            raise Raised("ValueError", f"the field {name!r} is not part of the subset")
        if self.count and self.has_numbers:
            text = "cannot switch between manual field specification and automatic field numbering"
            raise Raised("ValueError", text)
        try:
            return self.args[int(name)] if name.isdecimal() else self.named[name]
        except IndexError:
            text = f"Replacement index {name} out of range for positional args tuple"
            raise Raised("IndexError", text) from None
        except KeyError:
            raise Raised("KeyError", name) from None


def _filled(language: Any, text: str, values: Values, levels: int = 2) -> str:
    """A format with its values; a layout may have fields of its own."""
    from string import Formatter

    if not levels:
        raise Raised("ValueError", "Max string recursion exceeded")
    pieces: list[str] = []
    length = 0
    try:
        parts = [*Formatter().parse(text)]
    except ValueError as error:
        raise Raised("ValueError", *error.args) from None
    for literal, name, code, conversion in parts:
        pieces.append(literal)
        if name is not None:
            value = values.of(name)
            layout = _filled(language, code, values, levels - 1) if code else ""
            if conversion and conversion not in "rsa":
                raise Raised("ValueError", f"Unknown conversion specifier {conversion}")
            pieces.append(language.formatted(value, conversion or "", layout))
        length += len(literal) + len(pieces[-1])
        check_length(length)
    return "".join(pieces)


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
    def call(items: Any) -> None:
        new = [*language.machine.items(items)]
        check_items(len(values) + len(new))
        values.extend(new)

    return call


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


def _update(language: Any, values: dict[Any, Any]) -> Callable[..., None]:
    def call(other: Any = (), /, **named: Any) -> None:
        values.update(language.builtins.dict_(other, **named))

    return call


def _by_key(of: type, *names: str) -> dict[str, Method]:
    """Methods whose first argument is a key of a dict, or an item of a set."""

    def keyed(method: Method) -> Method:
        def bind(language: Any, value: Any) -> Callable[..., Any]:
            own = method(language, value)
            return lambda key, *rest: own(language.key(key), *rest)

        return bind

    return {name: keyed(method) for name, method in _own(of, *names).items()}


def _of_sets(*names: str) -> dict[str, Method]:
    """Methods of sets that take the items of others."""

    def of_items(method: Method) -> Method:
        def bind(language: Any, value: Any) -> Callable[..., Any]:
            own = method(language, value)
            return lambda *others: own(*map(language.builtins.set_, others))

        return bind

    return {name: of_items(method) for name, method in _own(set, *names).items()}


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
        **_own(dict, *"keys values items copy clear popitem".split()),
        **_by_key(dict, "get", "pop", "setdefault"),
        "update": _update,
    },
    Producer: {
        "send": lambda _language, producer: producer.send,
        "close": lambda _language, producer: producer.close,
    },
    set: {
        **_own(set, "copy"),
        **_by_key(set, "add", "discard", "remove"),
        **_of_sets("union", "intersection", "difference", "update"),
    },
    float: _own(float, *"is_integer hex as_integer_ratio".split()),
    int: _own(int, *"bit_length".split()),
}
"""Methods by the type of the value, each as `method(language, value)`, which is then called."""
