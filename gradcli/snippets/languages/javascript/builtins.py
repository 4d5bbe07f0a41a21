"""The values that JavaScript has by itself: `Math`, `Object`, `console` and others."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from gradcli.errors import LimitError
from gradcli.snippets.errors import Raised
from gradcli.snippets.languages.javascript.console import make_console
from gradcli.snippets.languages.javascript.json import from_json, make_json, to_json
from gradcli.snippets.languages.javascript.math import make_math, parse_float, parse_int
from gradcli.snippets.languages.javascript.promises import make_promise
from gradcli.snippets.languages.javascript.sequences import MAX_LENGTH
from gradcli.snippets.languages.javascript.tree import UNDEFINED
from gradcli.snippets.languages.javascript.values import (
    ARRAY_BITS,
    ERRORS,
    ErrorValue,
    MapValue,
    Module,
    SetValue,
    Thing,
    TypedArray,
    as_kept,
    is_array,
    module,
    native,
    sorted_items,
)
from gradcli.snippets.values import Array, Instance, Kind, Native

if TYPE_CHECKING:
    from collections.abc import Callable

REFUSED: dict[str, tuple[str, str | None]] = {
    **dict.fromkeys(("eval", "Function"), ("`{}` is not part of the subset", None)),
    **dict.fromkeys(
        ("document", "window", "navigator", "alert", "localStorage"),
        ("`{}` belongs to a browser", "leave out what shows a page, and print with console.log"),
    ),
    **dict.fromkeys(
        ("fetch", "XMLHttpRequest"), ("`{}` reads from the network", "give the numbers")
    ),
    **dict.fromkeys(("tfvis", "Plotly", "Chart"), ("`{}` draws", "`gradcli plot` does")),
    **dict.fromkeys(
        ("process", "Symbol", "Proxy", "Reflect", "WeakMap", "Date", "RegExp", "BigInt"),
        ("`{}` is not part of the subset", None),
    ),
}
"""Names of what is not part of the subset."""


# --- objects ------------------------------------------------------------------------------------


def make_object(language: Any) -> Kind:
    """`Object`."""

    def entries(value: Any) -> list[Any]:
        return [[name, item] for name, item in sorted_items(language.properties(value))]

    def assign(target: Any, *others: Any) -> Any:
        for other in others:
            for name, item in entries(other):
                language.set_property(target, name, item)
        return target

    functions: dict[str, Callable[..., Any]] = {
        "keys": language.keys,
        "values": lambda value: [item for _, item in entries(value)],
        "entries": entries,
        "assign": assign,
        "freeze": lambda value: value,
        "fromEntries": lambda pairs: {
            language.text(pair[0]): pair[1] for pair in language.machine.items(pairs)
        },
    }
    members = {name: native(name, f) for name, f in functions.items()}
    return Kind(
        "Object", lambda value=UNDEFINED: {} if value is UNDEFINED else value, _is_object, members
    )


def _is_object(value: Any) -> bool:
    return isinstance(value, (dict, list, Instance, Thing, Array))


def make_array(language: Any) -> Kind:
    """`Array`."""

    def make(*args: Any) -> list[Any]:
        if len(args) == 1 and isinstance(args[0], float):
            return [UNDEFINED] * _length(args[0])
        return list(args)

    def of_items(items: Any, function: Any = UNDEFINED) -> list[Any]:
        if isinstance(items, dict):
            given = [items.get(str(i), UNDEFINED) for i in range(_length(items.get("length", 0.0)))]
        else:
            given = list(language.machine.items(items))
        if function is UNDEFINED:
            return given
        return [language.call(function, [item, float(i)]) for i, item in enumerate(given)]

    members = {
        "from": native("from", of_items),
        "of": native("of", lambda *items: list(items)),
        "isArray": native("isArray", is_array),
    }
    return Kind("Array", make, is_array, members)


def _length(number: float) -> int:
    if not float(number).is_integer() or number < 0:
        raise Raised("RangeError", "Invalid array length")
    if number > MAX_LENGTH:
        raise LimitError("this array is too long")
    return int(number)


def make_typed(language: Any, label: str) -> Kind:
    """`Float32Array` and its kin."""

    def make(value: Any = 0.0) -> TypedArray:
        if isinstance(value, (int, float)):
            return TypedArray.of(label, [0.0] * _length(value))
        numbers = map(language.number, language.machine.items(value))
        return TypedArray.of(label, [as_kept(label, x) for x in numbers])

    members = {"from": native("from", make), "of": Native("of", lambda *items: make(list(items)))}
    return Kind(label, make, lambda v: isinstance(v, TypedArray) and v.label == label, members)


def make_number(language: Any) -> Kind:
    """`Number`."""

    def is_finite(x: Any) -> bool:
        return isinstance(x, float) and math.isfinite(x)

    functions: dict[str, Callable[..., Any]] = {
        "isFinite": is_finite,
        "isInteger": lambda x: is_finite(x) and x.is_integer(),
        "isNaN": lambda x: isinstance(x, float) and math.isnan(x),
        "parseFloat": lambda text: parse_float(language, text),
        "parseInt": lambda text, base=UNDEFINED: parse_int(language, text, base),
    }
    members: dict[str, Any] = {name: native(name, f) for name, f in functions.items()}
    members |= {
        "EPSILON": 2.0**-52,
        "MAX_VALUE": 1.7976931348623157e308,
        "MIN_VALUE": 5e-324,
        "MAX_SAFE_INTEGER": 2.0**53 - 1,
        "MIN_SAFE_INTEGER": 1 - 2.0**53,
        "POSITIVE_INFINITY": math.inf,
        "NEGATIVE_INFINITY": -math.inf,
        "NaN": math.nan,
    }

    def make(value: Any = 0.0, *_: Any) -> float:
        return language.number(value)

    return Kind("Number", make, lambda _: False, members)


# --- all of them --------------------------------------------------------------------------------


def make_builtins(language: Any) -> dict[str, Any]:
    """The values by their names."""
    return {
        **{name: native(name, function) for name, function in _functions(language).items()},
        **{name: make_error(language, name) for name in ERRORS},
        **{name: make_typed(language, name) for name in TYPED_ARRAYS},
        **_collections(language),
        **_modules(language),
        "Object": make_object(language),
        "Array": make_array(language),
        "Number": make_number(language),
        "String": Kind("String", lambda value="", *_: language.text(value), lambda _: False),
        "Boolean": Kind(
            "Boolean", lambda v=UNDEFINED, *_: language.machine.truth(v), lambda _: False
        ),
        "Promise": make_promise(language),
        "NaN": math.nan,
        "Infinity": math.inf,
    }


TYPED_ARRAYS = ["Float32Array", "Float64Array", *ARRAY_BITS]


def make_error(language: Any, name: str) -> Kind:
    """`Error` and its kin."""

    def make(message: Any = "", *_: Any) -> ErrorValue:
        return ErrorValue(name, language.text(message))

    def holds(value: Any) -> bool:
        label = getattr(value, "label", getattr(value, "type_name", ""))
        return bool(label) and (name in ("Error", label)) and not isinstance(value, TypedArray)

    return Kind(name, make, holds)


def _functions(language: Any) -> dict[str, Callable[..., Any]]:
    """Functions that belong to no object: of numbers, and of what is done later."""
    loop = language.loop

    def later(function: Any, delay: Any = 0.0, *args: Any) -> float:
        return loop.later(language.number(delay), lambda: language.call(function, args))

    return {
        "parseFloat": lambda text: parse_float(language, text),
        "parseInt": lambda text, base=UNDEFINED: parse_int(language, text, base),
        "isNaN": lambda x: math.isnan(language.number(x)),
        "isFinite": lambda x: math.isfinite(language.number(x)),
        "require": language.module,
        "setTimeout": later,
        "setImmediate": lambda function: loop.later(0.0, lambda: language.call(function)),
        "clearTimeout": loop.forget,
        "queueMicrotask": lambda function: loop.soon(lambda: language.call(function)),
        "structuredClone": lambda value: from_json(
            language, to_json(language, value, None, UNDEFINED)
        ),
    }


def _collections(language: Any) -> dict[str, Kind]:
    """`Map` and `Set`."""
    items = language.machine.items

    def make_map(pairs: Any = None) -> MapValue:
        return MapValue(language, [] if pairs in (None, UNDEFINED) else map(items, items(pairs)))

    def make_set(of: Any = None) -> SetValue:
        return SetValue(language, [] if of in (None, UNDEFINED) else items(of))

    return {
        "Map": Kind("Map", make_map, lambda v: isinstance(v, MapValue)),
        "Set": Kind("Set", make_set, lambda v: isinstance(v, SetValue)),
    }


def _modules(language: Any) -> dict[str, Module]:
    """Objects of functions; their clock stands still."""
    return {
        "Math": make_math(language),
        "console": make_console(language),
        "JSON": make_json(language),
        "performance": module({"now": lambda: 0.0}),
        "Date": module({"now": lambda: 0.0}),
        "globalThis": Module({}),
    }


BUILTINS = (
    "parseFloat parseInt isNaN isFinite require setTimeout Math console Object Array Number String "
    "Boolean Map Set Promise JSON Error TypeError performance"
).split()
"""Names that may have been meant."""
