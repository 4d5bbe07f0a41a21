"""The documented parameters of a framework's function."""

from __future__ import annotations

import ast
import inspect
import re
from typing import Any, NamedTuple

REQUIRED = object()
OPAQUE = object()
"""The default of a parameter that has none; one that is no literal."""


class Parameter(NamedTuple):
    """A name, its default, and whether it may be given by position."""

    name: str
    default: Any
    positional: bool


def signatures(name: str, function: Any) -> list[list[Parameter]]:
    """Each signature that Python knows or the first lines of the documentation state."""
    try:
        return [_inspected(inspect.signature(function))]
    except (TypeError, ValueError):
        return _documented(name, function)


def _inspected(signature: inspect.Signature) -> list[Parameter]:
    kinds = inspect.Parameter
    found = []
    for p in signature.parameters.values():
        if p.kind in (kinds.VAR_KEYWORD, kinds.VAR_POSITIONAL):
            continue
        default = REQUIRED if p.default is kinds.empty else p.default
        found.append(Parameter(p.name, default, p.kind is not kinds.KEYWORD_ONLY))
    return found


def _documented(name: str, function: Any) -> list[list[Parameter]]:
    """Lines such as `max(input, dim, keepdim=False, *, out=None)`."""
    start = rf"^(?:\.\. function:: )?(?:\w+\.)*{name}"
    lines = re.findall(rf"{start}\((.*?)\)\s*(?:->.*)?$", function.__doc__ or "", re.MULTILINE)
    return [found for line in lines if (found := _parsed(line))]


def _parsed(line: str) -> list[Parameter]:
    try:
        definition: Any = ast.parse(f"def f({line}): pass").body[0]
    except SyntaxError:
        return []
    arguments = definition.args
    by_place = [*arguments.posonlyargs, *arguments.args]
    defaults = [REQUIRED] * (len(by_place) - len(arguments.defaults)) + arguments.defaults
    found = [Parameter(p.arg, _literal(d), True) for p, d in zip(by_place, defaults, strict=True)]
    pairs = zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True)
    return found + [Parameter(p.arg, _literal(d or REQUIRED), False) for p, d in pairs]


def _literal(default: Any) -> Any:
    try:
        return default if default is REQUIRED else ast.literal_eval(default)
    except ValueError:
        return OPAQUE
