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


ARRAY = Parameter("self", REQUIRED, True)
"""What a method belongs to."""


def signatures(name: str, function: Any, is_method: bool = False) -> list[list[Parameter]]:
    """Each signature that Python knows or the first lines of the documentation state."""
    try:
        found = _inspected(inspect.signature(function))
        shapes = getattr(getattr(function, "__self__", None), "shapes", None)
        if isinstance(shapes, str):  # those of SciPy's distributions, which are in `*args`
            own = [Parameter(shape, REQUIRED, True) for shape in shapes.split(", ")]
            moved = [Parameter("loc", 0.0, True), Parameter("scale", 1.0, True)]
            return [[*found, *own], [*found, *own, *moved]]
        return [found]
    except (TypeError, ValueError):
        found = _documented(name, function)
    if not is_method:
        return found
    if not any(found):
        found = [[], [Parameter("other", REQUIRED, True)]]
    return [[ARRAY, *parameters] for parameters in found]


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
    return [found for line in lines if (found := _parsed(line)) is not None]


def _parsed(line: str) -> list[Parameter] | None:
    line = line.replace("<no value>", "None")
    try:
        definition: Any = ast.parse(f"def f({line}): pass").body[0]
    except SyntaxError:
        return None
    arguments = definition.args
    by_place = [*arguments.posonlyargs, *arguments.args]
    if arguments.vararg is not None:
        by_place.append(arguments.vararg)
    defaults = [REQUIRED] * (len(by_place) - len(arguments.defaults)) + arguments.defaults
    found = [Parameter(p.arg, _literal(d), True) for p, d in zip(by_place, defaults, strict=True)]
    pairs = zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True)
    return found + [Parameter(p.arg, _literal(d or REQUIRED), False) for p, d in pairs]


def _literal(default: Any) -> Any:
    try:
        return default if default is REQUIRED else ast.literal_eval(default)
    except ValueError:
        return OPAQUE
