"""Methods of JavaScript's own values, each by its name: `method(language, value, *arguments)`."""

from __future__ import annotations

import math
from functools import cmp_to_key
from typing import TYPE_CHECKING, Any

from gradcli.errors import LimitError
from gradcli.snippets.errors import Raised, Refusal
from gradcli.snippets.languages.javascript_text import fixed, number_text
from gradcli.snippets.languages.javascript_tree import UNDEFINED
from gradcli.snippets.languages.javascript_values import Method, TypedArray, native
from gradcli.snippets.values import ClassValue, Closure, Instance, Kind, Native

if TYPE_CHECKING:
    from collections.abc import Callable

MAX_LENGTH = 10_000_000
"""Items of an array, characters of a text."""


def method_of(language: Any, value: Any, name: str) -> Any:
    """A method of a value; undefined if it has none of this name."""
    for kinds, methods in _METHODS:
        if isinstance(value, kinds) and name in methods:
            method = methods[name]
            return Native(name, _bound(name, method, language, value))
    return UNDEFINED


def _bound(name: str, method: Callable[..., Any], language: Any, value: Any) -> Callable[..., Any]:
    """A method of a value, as it is called."""

    def call(*args: Any) -> Any:
        return native(name, method).function(language, value, *args)

    return call


def whole(language: Any, value: Any, default: int = 0) -> int:
    """An argument that counts."""
    if value is UNDEFINED:
        return default
    number = language.number(value)
    return 0 if math.isnan(number) else int(max(min(number, 2**53), -(2**53)))


def place(language: Any, value: Any, length: int, default: int) -> int:
    """A place in a sequence, counted from its end if it is below zero."""
    index = whole(language, value, default)
    return max(index + length, 0) if index < 0 else min(index, length)


def _digits(language: Any, value: Any, most: int = 100) -> int:
    digits = whole(language, value)
    if not 0 <= digits <= most:
        raise Raised("RangeError", f"toFixed() digits argument must be between 0 and {most}")
    return digits


# --- numbers ------------------------------------------------------------------------------------


def to_fixed(language: Any, x: float, digits: Any) -> str:
    """`x.toFixed(digits)`."""
    return fixed(float(x), _digits(language, digits))


def to_precision(language: Any, x: float, digits: Any) -> str:
    """`x.toPrecision(digits)`."""
    if digits is UNDEFINED or not math.isfinite(x):
        return number_text(x)
    count = whole(language, digits)
    if not 1 <= count <= 100:
        raise Raised("RangeError", "toPrecision() argument must be between 1 and 100")
    text = f"{x:.{count - 1}e}"
    exponent = int(text.partition("e")[2])
    if exponent < -6 or exponent >= count:
        return _exponential(text)
    return fixed(x, count - 1 - exponent)


def to_exponential(language: Any, x: float, digits: Any) -> str:
    """`x.toExponential(digits)`."""
    if digits is UNDEFINED:
        places = len(number_text(abs(x)).replace(".", "").strip("0")) - 1
        return _exponential(f"{x:.{max(places, 0)}e}")
    return _exponential(f"{x:.{_digits(language, digits)}e}")


def _exponential(text: str) -> str:
    mantissa, _, exponent = text.partition("e")
    return f"{mantissa}e{exponent[0]}{int(exponent[1:])}"


def number_to_string(language: Any, x: float, base: Any) -> str:
    """`x.toString(base)`."""
    radix = whole(language, base, 10)
    if radix == 10 or not float(x).is_integer():
        if radix != 10:
            raise Refusal("fractions in another base than 10 are not part of the subset")
        return number_text(float(x))
    digits, rest = "", abs(int(x))
    while rest:
        rest, digit = divmod(rest, radix)
        digits = "0123456789abcdefghijklmnopqrstuvwxyz"[digit] + digits
    return ("-" if x < 0 else "") + (digits or "0")


def to_locale(language: Any, x: float, _locale: Any, options: Any) -> str:
    """`x.toLocaleString()`, as in English."""
    options = options if isinstance(options, dict) else {}
    least = whole(language, options.get("minimumFractionDigits", UNDEFINED), 0)
    most = whole(language, options.get("maximumFractionDigits", UNDEFINED), max(3, least))
    text = fixed(x, most)
    integer, _, fraction = text.partition(".")
    fraction = fraction[:least] + fraction[least:].rstrip("0")
    return f"{int(integer):,}" + (f".{fraction}" if fraction else "")


NUMBER = {
    "toFixed": to_fixed,
    "toPrecision": to_precision,
    "toExponential": to_exponential,
    "toString": number_to_string,
    "toLocaleString": to_locale,
    "valueOf": lambda language, x: x,
}

# --- texts --------------------------------------------------------------------------------------


def _padded(language: Any, text: str, length: Any, fill: Any) -> str:
    """What pads a text to a length."""
    count = whole(language, length) - len(text)
    fill = " " if fill is UNDEFINED else language.text(fill)
    if count > MAX_LENGTH:
        raise LimitError("a text of this length is too long")
    return (fill * (count // len(fill) + 1))[:count] if count > 0 and fill else ""


def repeat(language: Any, text: str, count: Any) -> str:
    """`text.repeat(count)`."""
    times = whole(language, count)
    if times < 0:
        raise Raised("RangeError", f"Invalid count value: {times}")
    if times * len(text) > MAX_LENGTH:
        raise LimitError("a text of this length is too long")
    return text * times


def split(language: Any, text: str, separator: Any) -> list[str]:
    """`text.split(separator)`."""
    if separator is UNDEFINED:
        return [text]
    separator = language.text(separator)
    return text.split(separator) if separator else list(text)


def slice_(language: Any, value: Any, start: Any, end: Any) -> Any:
    """`value.slice(start, end)`."""
    length = len(value)
    part = value[place(language, start, length, 0) : place(language, end, length, length)]
    return TypedArray.of(value.label, part) if isinstance(value, TypedArray) else part


def substring(language: Any, text: str, start: Any, end: Any) -> str:
    """`text.substring(start, end)`."""
    length = len(text)
    first = min(max(whole(language, start), 0), length)
    last = min(max(whole(language, end, length), 0), length)
    return text[min(first, last) : max(first, last)]


def index_of(language: Any, value: Any, item: Any) -> float:
    """`value.indexOf(item)`."""
    if isinstance(value, str):
        return float(value.find(language.text(item)))
    matches = (i for i, own in enumerate(value) if language.identical(own, item))
    return float(next(matches, -1))


def includes(language: Any, value: Any, item: Any) -> bool:
    """`value.includes(item)`."""
    return index_of(language, value, item) >= 0


def at(language: Any, value: Any, index: Any) -> Any:
    """`value.at(index)`."""
    i = whole(language, index)
    return value[i] if -len(value) <= i < len(value) else UNDEFINED


TEXT: dict[str, Callable[..., Any]] = {
    "padStart": lambda js, s, n, f=UNDEFINED: _padded(js, s, n, f) + s,
    "padEnd": lambda js, s, n, f=UNDEFINED: s + _padded(js, s, n, f),
    "toUpperCase": lambda js, s: s.upper(),
    "toLowerCase": lambda js, s: s.lower(),
    "trim": lambda js, s: s.strip(),
    "trimStart": lambda js, s: s.lstrip(),
    "trimEnd": lambda js, s: s.rstrip(),
    "startsWith": lambda js, s, part: s.startswith(js.text(part)),
    "endsWith": lambda js, s, part: s.endswith(js.text(part)),
    "charAt": lambda js, s, i: s[whole(js, i) : whole(js, i) + 1],
    "charCodeAt": lambda js, s, i: float(ord(s[whole(js, i)])),
    "replace": lambda js, s, old, new: s.replace(js.text(old), js.text(new), 1),
    "replaceAll": lambda js, s, old, new: s.replace(js.text(old), js.text(new)),
    "concat": lambda js, s, *parts: s + "".join(map(js.text, parts)),
    "toString": lambda js, s: s,
    "valueOf": lambda js, s: s,
    "repeat": repeat,
    "split": split,
    "slice": slice_,
    "substring": substring,
    "indexOf": index_of,
    "includes": includes,
    "at": at,
}

# --- arrays -------------------------------------------------------------------------------------


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
    result: list[Any] = []
    for item in value:
        inner = isinstance(item, list) and levels > 0
        result += flat(language, item, float(levels - 1)) if inner else [item]
    return result


def join(language: Any, value: list[Any], separator: Any) -> str:
    """`array.join(separator)`."""
    between = "," if separator is UNDEFINED else language.text(separator)
    return between.join("" if x is None or x is UNDEFINED else language.text(x) for x in value)


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

# --- functions and objects ----------------------------------------------------------------------


def call_with(language: Any, function: Any, this: Any, *args: Any) -> Any:
    """`function.call(this, …)`."""
    return language.call(bind(language, function, this), args)


def apply(language: Any, function: Any, this: Any, args: Any) -> Any:
    """`function.apply(this, args)`."""
    return language.call(bind(language, function, this), [] if args is UNDEFINED else args)


def bind(language: Any, function: Any, this: Any, *args: Any) -> Any:
    """`function.bind(this, …)`."""
    is_method = isinstance(function, Closure) and function.function.is_method
    own = Method.on(function, this) if is_method else function
    if not args:
        return own
    return Native(f"bound {function.name}", lambda *more: language.call(own, [*args, *more]))


FUNCTION: dict[str, Callable[..., Any]] = {
    "call": call_with,
    "apply": apply,
    "bind": bind,
    "toString": lambda js, f: js.text(f),
}

OBJECT: dict[str, Callable[..., Any]] = {
    "hasOwnProperty": lambda js, o, name: js.text(name) in js.properties(o),
    "toString": lambda js, o: js.text_of_object(o),
    "valueOf": lambda js, o: o,
}

_METHODS: list[tuple[Any, Any]] = [
    (bool, {"toString": lambda js, x: js.text(x)}),
    ((int, float), NUMBER),
    (str, TEXT),
    (list, ARRAY),
    ((Closure, Native, Kind), FUNCTION),
    ((dict, Instance), OBJECT),
]
"""The methods of each kind of value."""
