"""JavaScript's `console`."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from gradcli.snippets.errors import Refusal
from gradcli.snippets.languages.javascript.json import to_json
from gradcli.snippets.languages.javascript.tree import UNDEFINED
from gradcli.snippets.languages.javascript.values import Module, module

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence


def make_console(language: Any) -> Module:
    """`console`: what it logs is printed; errors and warnings go to people."""
    machine = language.machine

    def log(*values: Any) -> Any:
        machine.write(_line(language, values) + "\n")
        return UNDEFINED

    def tell(*values: Any) -> Any:
        machine.tell(_line(language, values))
        return UNDEFINED

    def nothing(*_: Any) -> Any:
        return UNDEFINED

    def table(*_: Any) -> Any:
        raise Refusal("`console.table` is not part of the subset", help="console.log prints")

    printing = dict.fromkeys(("log", "info", "debug"), log)
    telling = dict.fromkeys(("error", "warn"), tell)
    silent = dict.fromkeys("time timeEnd timeLog group groupEnd clear assert".split(), nothing)
    return module({**printing, **telling, **silent, "table": table, "dir": log})


def _line(language: Any, values: Sequence[Any]) -> str:
    """What `console.log` prints of values."""
    rest = list(values)
    if rest and isinstance(rest[0], str) and "%" in rest[0] and len(rest) > 1:
        rest = [_substituted(language, rest.pop(0), rest), *rest]
    return " ".join(v if isinstance(v, str) else language.inspect(v) for v in rest)


def _substituted(language: Any, text: str, values: list[Any]) -> str:
    """A text with values for its `%s`, `%d`, `%i`, `%f`, `%o`; these are taken from the list."""
    pieces = text.split("%")
    result = pieces[0]
    skip = False
    for piece in pieces[1:]:
        code = piece[:1]
        if skip or not (code in _CODES and values):
            result += ("" if skip else "%") + piece
            skip = not skip and not piece
            continue
        result += _CODES[code](language, values.pop(0)) + piece[1:]
    return result


def _inspected(language: Any, value: Any) -> str:
    return str(language.inspect(value))


_CODES: dict[str, Callable[[Any, Any], str]] = {
    "s": lambda language, v: language.text(v),
    "d": lambda language, v: language.text(language.number(v)),
    "i": lambda language, v: language.text(float(math.trunc(language.number(v)))),
    "f": lambda language, v: language.text(language.number(v)),
    "j": lambda language, v: to_json(language, v, None, UNDEFINED),
    "o": _inspected,
    "O": _inspected,
    "c": lambda language, v: "",
}
