"""Which argument of a call belongs to which parameter, of functions of snippets and of ours."""

from __future__ import annotations

from functools import partial
from types import FunctionType, MethodType
from typing import TYPE_CHECKING, Any

from gradcli.snippets.errors import Raised

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from gradcli.snippets import tree
    from gradcli.snippets.values import Closure


def bound_parameters(
    machine: Any, closure: Closure, args: Sequence[Any], named: Mapping[str, Any]
) -> list[tuple[tree.Tree, Any]]:
    """The targets of a function's parameters, each with its value."""
    language, left = machine.language, dict(named)
    rest = list(args)
    bound: list[tuple[tree.Tree, Any]] = []
    lacking: list[str] = []
    for i, parameter in enumerate(closure.function.parameters):
        name = getattr(parameter.target, "id", "")
        if parameter.spread == "*":
            value: Any = language.rest(rest)
            rest = []
        elif parameter.spread == "**":
            value, left = left, {}
        elif rest and not parameter.named:
            value = rest.pop(0)
            if name in left:
                raise Raised(
                    "TypeError", f"{closure.name}() got multiple values for argument '{name}'"
                )
        elif name in left:
            value = left.pop(name)
        else:
            value = language.default(closure, i)
            if value is None and not language.has_default(closure, i):
                lacking.append(name)
        bound.append((parameter.target, value))
    language.check_bound(closure, lacking, rest, left)
    return bound


def refuse_arguments(
    name: str, function: Any, args: Sequence[Any], named: Mapping[str, Any]
) -> None:
    """Refuses arguments that one of our functions does not take, as Python says it."""
    count = len(args)
    while isinstance(function, (partial, MethodType)):
        if isinstance(function, partial):
            count += len(function.args)
            function = function.func
        else:
            count += 1
            function = function.__func__
    if not isinstance(function, FunctionType):
        return
    code = function.__code__
    takes_rest, takes_named = code.co_flags & 4, code.co_flags & 8
    positional = code.co_varnames[: code.co_argcount]
    by_name = code.co_varnames[code.co_argcount : code.co_argcount + code.co_kwonlyargcount]
    if count > len(positional) and not takes_rest:
        raise Raised(
            "TypeError", f"{name}() takes {len(positional)} arguments but {count} were given"
        )
    allowed = {*positional[code.co_posonlyargcount :], *by_name}
    for word in named:
        if word not in allowed and not takes_named:
            text = f"{name}() got an unexpected keyword argument '{word}'"
            raise Raised("TypeError", text)
        if word in positional[:count]:
            raise Raised("TypeError", f"{name}() got multiple values for argument '{word}'")
    for missing in _missing(function, positional, by_name, count, named):
        raise Raised("TypeError", f"{name}() missing 1 required argument: '{missing}'")


def _missing(
    function: FunctionType,
    positional: Sequence[str],
    by_name: Sequence[str],
    count: int,
    named: Mapping[str, Any],
) -> Iterator[str]:
    """The parameters that have neither a value nor a default."""
    needed = positional[count : len(positional) - len(function.__defaults__ or ())]
    yield from (p for p in needed if p not in named)
    defaults = function.__kwdefaults__ or {}
    yield from (p for p in by_name if p not in named and p not in defaults)
