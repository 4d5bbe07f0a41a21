"""Methods of JavaScript's arrays, each by its name: `method(language, array, *arguments)`."""

from __future__ import annotations

from functools import cmp_to_key
from typing import TYPE_CHECKING, Any

from gradcli.errors import LimitError
from gradcli.snippets.errors import Raised
from gradcli.snippets.languages.javascript.sequences import (
    MAX_LENGTH,
    at,
    includes,
    index_of,
    place,
    slice_,
    whole,
)
from gradcli.snippets.languages.javascript.tree import UNDEFINED
from gradcli.snippets.languages.javascript.values import TypedArray
from gradcli.snippets.limits import check_nested, joined
from gradcli.snippets.values import ClassValue, Closure, Kind, Native

if TYPE_CHECKING:
    from collections.abc import Callable


def calling(language: Any, function: Any) -> Callable[[Any, int, Any], Any]:
    """A function of the snippet as methods of arrays call it: with item, number and array."""
    if not isinstance(function, (Closure, Native, Kind, ClassValue)):
        raise Raised("TypeError", f"{language.inspect(function)} is not a function")
    if isinstance(function, Closure):
        parameters = function.function.parameters
        if len(parameters) == 1 and not parameters[0].spread:
            return lambda item, i, array: language.call(function, [item])
    return lambda item, i, array: language.call(function, [item, float(i), array])


def like(value: Any, items: list[Any]) -> Any:
    """Items as an array of the kind of another."""
    return value.made(items) if isinstance(value, TypedArray) else items


def map_(language: Any, value: Any, function: Any) -> Any:
    """`array.map(function)`."""
    call = calling(language, function)
    items = [call(item, i, value) for i, item in enumerate(list(value))]
    if isinstance(value, TypedArray):
        items = [value.rounded(language.number(item)) for item in items]
    return like(value, items)


def filter_(language: Any, value: Any, function: Any) -> Any:
    """`array.filter(function)`."""
    call, truth = calling(language, function), language.machine.truth
    return like(value, [item for i, item in enumerate(list(value)) if truth(call(item, i, value))])


def for_each(language: Any, value: Any, function: Any) -> Any:
    """`array.forEach(function)`."""
    call = calling(language, function)
    for i, item in enumerate(list(value)):
        call(item, i, value)
    return UNDEFINED


def _first(language: Any, value: Any, function: Any, order: Any) -> tuple[int, Any]:
    """The first item for which a function holds, and its number."""
    call = calling(language, function)
    for i in order:
        if language.machine.truth(call(value[i], i, value)):
            return i, value[i]
    return -1, UNDEFINED


def some(language: Any, value: Any, function: Any) -> bool:
    """`array.some(function)`."""
    return _first(language, value, function, range(len(value)))[0] >= 0


def every(language: Any, value: Any, function: Any) -> bool:
    """`array.every(function)`."""
    call = calling(language, function)
    return all(language.machine.truth(call(item, i, value)) for i, item in enumerate(list(value)))


def reduce(language: Any, value: Any, *args: Any) -> Any:
    """`array.reduce(function, start)`."""
    return _reduced(language, value, args, list(range(len(value))))


def reduce_right(language: Any, value: Any, *args: Any) -> Any:
    """`array.reduceRight(function, start)`."""
    return _reduced(language, value, args, list(reversed(range(len(value)))))


def _reduced(language: Any, value: Any, args: tuple[Any, ...], order: list[int]) -> Any:
    function, *start = args
    if not start and not order:
        raise Raised("TypeError", "Reduce of empty array with no initial value")
    total = start[0] if start else value[order.pop(0)]
    for i in order:
        total = language.call(function, [total, value[i], float(i), value])
    return total


def _check(length: int) -> None:
    if length > MAX_LENGTH:
        raise LimitError("this array is too long")


def push(_language: Any, value: list[Any], *items: Any) -> float:
    """`array.push(…)`."""
    _check(len(value) + len(items))
    value.extend(items)
    return float(len(value))


def unshift(_language: Any, value: list[Any], *items: Any) -> float:
    """`array.unshift(…)`."""
    _check(len(value) + len(items))
    value[:0] = items
    return float(len(value))


def splice(language: Any, value: list[Any], start: Any, count: Any, *items: Any) -> list[Any]:
    """`array.splice(start, count, …)`."""
    first = place(language, start, len(value), 0)
    many = whole(language, count, len(value))
    removed = value[first : first + max(many, 0)]
    value[first : first + max(many, 0)] = items
    return removed


def concat(_language: Any, value: list[Any], *others: Any) -> list[Any]:
    """`array.concat(…)`."""
    result = list(value)
    for other in others:
        result += other if isinstance(other, list) else [other]
        _check(len(result))
    return result


def sort(language: Any, value: list[Any], function: Any) -> list[Any]:
    """`array.sort(function)`, by text without one."""
    if isinstance(value, TypedArray) and function is UNDEFINED:
        value[:] = sorted(value)
    elif function is UNDEFINED:
        value[:] = sorted(value, key=language.text)
    else:

        def order(a: Any, b: Any) -> int:
            number = language.number(language.call(function, [a, b]))
            return (number > 0) - (number < 0)

        value[:] = sorted(value, key=cmp_to_key(order))
    return value


def reverse(_language: Any, value: list[Any]) -> list[Any]:
    """`array.reverse()`."""
    value.reverse()
    return value


def fill(language: Any, value: list[Any], item: Any, start: Any, end: Any) -> list[Any]:
    """`array.fill(item, start, end)`."""
    length = len(value)
    for i in range(place(language, start, length, 0), place(language, end, length, length)):
        value[i] = language.stored(value, item)
    return value


def flat(language: Any, value: list[Any], depth: Any) -> list[Any]:
    """`array.flat(depth)`."""
    levels = whole(language, depth, 1)
    check_nested(value)
    result: list[Any] = []
    for item in value:
        inner = isinstance(item, list) and levels > 0
        result += flat(language, item, float(levels - 1)) if inner else [item]
    return result


def join(language: Any, value: list[Any], separator: Any) -> str:
    """`array.join(separator)`."""
    between = "," if separator is UNDEFINED else language.text(separator)
    check_nested(value)
    return joined(["" if x is None or x is UNDEFINED else language.text(x) for x in value], between)


ARRAY: dict[str, Callable[..., Any]] = {
    "map": map_,
    "filter": filter_,
    "forEach": for_each,
    "some": some,
    "every": every,
    "reduce": reduce,
    "reduceRight": reduce_right,
    "find": lambda js, a, f: _first(js, a, f, range(len(a)))[1],
    "findIndex": lambda js, a, f: float(_first(js, a, f, range(len(a)))[0]),
    "findLast": lambda js, a, f: _first(js, a, f, reversed(range(len(a))))[1],
    "push": push,
    "pop": lambda js, a: a.pop() if a else UNDEFINED,
    "shift": lambda js, a: a.pop(0) if a else UNDEFINED,
    "unshift": unshift,
    "splice": splice,
    "concat": concat,
    "sort": sort,
    "toSorted": lambda js, a, f: sort(js, list(a), f),
    "reverse": reverse,
    "toReversed": lambda js, a: list(reversed(a)),
    "fill": fill,
    "flat": flat,
    "flatMap": lambda js, a, f: flat(js, map_(js, a, f), UNDEFINED),
    "join": join,
    "slice": slice_,
    "subarray": slice_,
    "indexOf": index_of,
    "lastIndexOf": lambda js, a, x: float(
        max((i for i, own in enumerate(a) if js.identical(own, x)), default=-1)
    ),
    "includes": includes,
    "at": at,
    "keys": lambda js, a: [float(i) for i in range(len(a))],
    "values": lambda js, a: list(a),
    "entries": lambda js, a: [[float(i), item] for i, item in enumerate(a)],
    "toString": lambda js, a: join(js, a, UNDEFINED),
}
