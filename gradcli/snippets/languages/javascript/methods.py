"""Methods of JavaScript's own values, each by its name: `method(language, value, *arguments)`."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from gradcli.errors import LimitError
from gradcli.snippets.errors import Raised, Refusal
from gradcli.snippets.languages.javascript.arrays import ARRAY
from gradcli.snippets.languages.javascript.sequences import (
    MAX_LENGTH,
    at,
    includes,
    index_of,
    slice_,
    whole,
)
from gradcli.snippets.languages.javascript.text import fixed, number_text
from gradcli.snippets.languages.javascript.tree import UNDEFINED
from gradcli.snippets.languages.javascript.values import Method, native
from gradcli.snippets.limits import check_length, joined
from gradcli.snippets.values import MISSING, Closure, Instance, Kind, Native
from gradcli.snippets.walk.producing import Producer

if TYPE_CHECKING:
    from collections.abc import Callable


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


def substring(language: Any, text: str, start: Any, end: Any) -> str:
    """`text.substring(start, end)`."""
    length = len(text)
    first = min(max(whole(language, start), 0), length)
    last = min(max(whole(language, end, length), 0), length)
    return text[min(first, last) : max(first, last)]


def replace_all(language: Any, text: str, old: Any, new: Any) -> str:
    """`text.replaceAll(old, new)`."""
    before, after = language.text(old), language.text(new)
    check_length(len(text) + text.count(before) * len(after))
    return text.replace(before, after)


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
    "replaceAll": replace_all,
    "concat": lambda js, s, *parts: joined([s, *map(js.text, parts)]),
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


def next_of(_js: Any, producer: Producer, sent: Any = UNDEFINED) -> dict[str, Any]:
    """`generator.next()`."""
    value = producer.resume(sent)
    is_done = value is MISSING
    return {"value": producer.result if is_done else value, "done": is_done}


_METHODS: list[tuple[Any, Any]] = [
    (bool, {"toString": lambda js, x: js.text(x)}),
    ((int, float), NUMBER),
    (str, TEXT),
    (list, ARRAY),
    ((Closure, Native, Kind), FUNCTION),
    ((dict, Instance), OBJECT),
    (Producer, {"next": next_of}),
]
"""The methods of each kind of value."""
