"""The values that JavaScript has by itself: `Math`, `Object`, `console` and others."""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING, Any

import numpy as np

from gradcli.errors import LimitError
from gradcli.snippets.errors import Raised, Refusal
from gradcli.snippets.languages.javascript_methods import MAX_LENGTH, whole
from gradcli.snippets.languages.javascript_tree import UNDEFINED
from gradcli.snippets.languages.javascript_values import (
    ARRAY_BITS,
    ErrorValue,
    MapValue,
    Promise,
    SetValue,
    Thing,
    TypedArray,
    as_kept,
    native,
    sorted_items,
)
from gradcli.snippets.values import Array, Instance, Kind, Native

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

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


class Module(Thing):
    """An object of JavaScript's own with functions and values, such as `Math`."""

    kind = "Object"

    def __init__(self, members: dict[str, Any]) -> None:
        self.members = members

    def lookup(self, name: str) -> Any:
        """What stands behind its dot."""
        return self.members.get(name, UNDEFINED)


def module(functions: dict[str, Callable[..., Any]], **values: Any) -> Module:
    """A module of functions and values."""
    return Module({**{name: native(name, f) for name, f in functions.items()}, **values})


# --- Math ---------------------------------------------------------------------------------------


def _of_one(function: Callable[[float], float]) -> Callable[[float], float]:
    """A function of Python's `math` as JavaScript has it."""

    def call(x: float) -> float:
        try:
            return float(function(x))
        except OverflowError:
            return math.copysign(math.inf, x) if function in (math.sinh, math.expm1) else math.inf
        except ValueError:
            return _at_pole(function, x)

    return call


def _at_pole(function: Callable[[float], float], x: float) -> float:
    """The value where Python's function raises an error."""
    if x == 0 and function in (math.log, math.log2, math.log10):
        return -math.inf
    if x == -1 and function is math.log1p:
        return -math.inf
    return math.copysign(math.inf, x) if function is math.atanh and abs(x) == 1 else math.nan


def _rounded(x: float) -> float:
    """`Math.round`: halves go up."""
    return x if not math.isfinite(x) else math.copysign(float(math.floor(x + 0.5)), x)


def _whole(function: Callable[[float], int]) -> Callable[[float], float]:
    return lambda x: math.copysign(float(function(x)), x) if math.isfinite(x) else x


def _extreme(pick: Callable[..., float], empty: float) -> Callable[..., float]:
    def call(*numbers: float) -> float:
        return math.nan if any(map(math.isnan, numbers)) else pick(numbers, default=empty)

    return call


def _sign(x: float) -> float:
    return x if x == 0 or math.isnan(x) else math.copysign(1.0, x)


MATH: dict[str, Callable[..., float]] = {
    **{
        name: _of_one(getattr(math, name))
        for name in "sin cos tan asin acos atan sinh cosh tanh asinh acosh atanh exp expm1 log "
        "log2 log10 log1p sqrt cbrt".split()
    },
    "abs": abs,
    "floor": _whole(math.floor),
    "ceil": _whole(math.ceil),
    "trunc": _whole(math.trunc),
    "round": _rounded,
    "sign": _sign,
    "fround": lambda x: float(np.float32(x)),
    "atan2": math.atan2,
    "hypot": math.hypot,
    "max": _extreme(max, -math.inf),
    "min": _extreme(min, math.inf),
}


def make_math(language: Any) -> Module:
    """`Math`: its arguments are made numbers."""

    def on_numbers(name: str, function: Callable[..., float]) -> Native:
        takes = 2 if name == "atan2" else None if name in ("hypot", "max", "min") else 1

        def call(*args: Any) -> float:
            numbers = [language.number(x) for x in args[:takes]]
            numbers += [math.nan] * ((takes or 0) - len(numbers))
            return float(function(*numbers))

        return Native(name, call)

    members: dict[str, Any] = {name: on_numbers(name, f) for name, f in MATH.items()}
    members["pow"] = native(
        "pow", lambda x, y: language.arithmetic("**", *map(language.number, (x, y)))
    )
    members["random"] = Native("random", lambda: random(language))
    members |= {
        "PI": math.pi, "E": math.e, "LN2": math.log(2), "LN10": math.log(10),
        "LOG2E": 1 / math.log(2), "LOG10E": 1 / math.log(10), "SQRT2": math.sqrt(2),
        "SQRT1_2": math.sqrt(0.5),
    }  # fmt: skip
    return Module(members)


def random(language: Any) -> float:
    """`Math.random()`, of the seed that was given."""
    machine = language.machine
    if machine.seed is None:
        raise Refusal(
            "`Math.random` gives other numbers each time", help="give them, or `--seed N`"
        )
    return float(random_generator(language).random())


def random_generator(language: Any) -> np.random.Generator:
    """What makes random numbers, from the seed that was given."""
    if language.generator is None:
        language.generator = np.random.default_rng(language.machine.seed)
    made: np.random.Generator = language.generator
    return made


# --- console ------------------------------------------------------------------------------------


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
        "isArray": native("isArray", _is_array),
    }
    return Kind("Array", make, _is_array, members)


def _is_array(value: Any) -> bool:
    return isinstance(value, list) and not isinstance(value, TypedArray)


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
        "EPSILON": 2.0**-52, "MAX_VALUE": 1.7976931348623157e308, "MIN_VALUE": 5e-324,
        "MAX_SAFE_INTEGER": 2.0**53 - 1, "MIN_SAFE_INTEGER": 1 - 2.0**53,
        "POSITIVE_INFINITY": math.inf, "NEGATIVE_INFINITY": -math.inf, "NaN": math.nan,
    }  # fmt: skip

    def make(value: Any = 0.0, *_: Any) -> float:
        return language.number(value)

    return Kind("Number", make, lambda _: False, members)


def parse_float(language: Any, value: Any) -> float:
    """`parseFloat(text)`: the number that a text begins with."""
    import re

    match = re.match(
        r"\s*([+-]?(?:Infinity|\d+\.?\d*(?:[eE][+-]?\d+)?|\.\d+(?:[eE][+-]?\d+)?))",
        language.text(value),
    )
    return float(match[1].replace("Infinity", "inf")) if match else math.nan


def parse_int(language: Any, value: Any, base: Any) -> float:
    """`parseInt(text, base)`: the whole number that a text begins with."""
    text, radix = language.text(value).strip().lower(), whole(language, base, 10) or 10
    sign = -1.0 if text.startswith("-") else 1.0
    text = text.lstrip("+-")
    if text.startswith("0x") and (base is UNDEFINED or radix == 16):
        text, radix = text[2:], 16
    digits = "0123456789abcdefghijklmnopqrstuvwxyz"[:radix]
    end = next((i for i, c in enumerate(text) if c not in digits), len(text))
    return sign * int(text[:end], radix) if end else math.nan


# --- JSON ---------------------------------------------------------------------------------------


def to_json(language: Any, value: Any, _replacer: Any, indent: Any) -> Any:
    """`JSON.stringify(value, null, indent)`."""
    step = " " * whole(language, indent) if isinstance(indent, float) else ""
    try:
        return _json(language, value, step, "\n")
    except RecursionError:
        raise Raised("TypeError", "Converting circular structure to JSON") from None


def _json(language: Any, value: Any, step: str, line: str) -> Any:
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    if value is None or isinstance(value, (bool, int, float)):
        is_number = isinstance(value, float) and not math.isfinite(value)
        return "null" if is_number else language.text(value)
    inner = line + step
    between, opening, closing = ("," + inner, inner, line) if step else (",", "", "")
    if _is_array(value):
        items = [_json(language, item, step, inner) or "null" for item in value]
        return f"[{opening}{between.join(items)}{closing}]" if items else "[]"
    if not isinstance(value, (dict, list, Instance)):
        return UNDEFINED if not isinstance(value, Thing) else "{}"
    pairs = [
        (json.dumps(name, ensure_ascii=False), _json(language, item, step, inner))
        for name, item in sorted_items(language.properties(value))
    ]
    colon = ": " if step else ":"
    texts = [f"{name}{colon}{text}" for name, text in pairs if text is not UNDEFINED]
    return f"{{{opening}{between.join(texts)}{closing}}}" if texts else "{}"


def from_json(language: Any, text: Any) -> Any:
    """`JSON.parse(text)`."""
    try:
        return json.loads(language.text(text), parse_int=float)
    except (ValueError, RecursionError):
        raise Raised("SyntaxError", "this is not valid JSON") from None


# --- promises and timers ------------------------------------------------------------------------


def make_promise(language: Any) -> Kind:
    """`Promise`."""
    loop = language.loop

    def make(executor: Any) -> Promise:
        promise = Promise(loop)
        loop.promises.append(promise)

        def rejected(value: Any) -> Any:
            promise.settle("rejected", value, language.raised(value))
            return UNDEFINED

        def resolved(value: Any) -> Any:
            promise.settle("fulfilled", value)
            return UNDEFINED

        language.call(executor, [native("resolve", resolved), native("reject", rejected)])
        return promise

    def all_of(items: Any) -> Promise:
        promises = [
            item if isinstance(item, Promise) else loop.settled(item)
            for item in language.machine.items(items)
        ]
        made = Promise(loop)
        left = [len(promises)]

        def ended(promise: Promise) -> None:
            left[0] -= 1
            if promise.state == "rejected":
                made.settle(promise.state, promise.value, promise.error)
            elif not left[0]:
                made.settle("fulfilled", [p.value for p in promises])

        for promise in promises:
            promise.when(lambda p=promise: ended(p))  # type: ignore[misc]
        if not promises:
            made.settle("fulfilled", [])
        return made

    def rejected(value: Any) -> Promise:
        promise = Promise(loop)
        promise.settle("rejected", value, language.raised(value))
        loop.promises.append(promise)
        return promise

    functions = {"resolve": loop.settled, "reject": rejected, "all": all_of}
    members = {name: native(name, function) for name, function in functions.items()}
    return Kind("Promise", make, lambda v: isinstance(v, Promise), members)


# --- all of them --------------------------------------------------------------------------------


def make_builtins(language: Any) -> dict[str, Any]:
    """The values by their names."""
    loop = language.loop

    def error(name: str) -> Kind:
        def make(message: Any = "", *_: Any) -> ErrorValue:
            return ErrorValue(name, language.text(message))

        def holds(value: Any) -> bool:
            label = getattr(value, "label", getattr(value, "type_name", ""))
            return bool(label) and (name in ("Error", label)) and not isinstance(value, TypedArray)

        return Kind(name, make, holds)

    def later(function: Any, delay: Any = 0.0, *args: Any) -> float:
        return loop.later(language.number(delay), lambda: language.call(function, args))

    errors = "Error TypeError RangeError ReferenceError SyntaxError EvalError".split()
    arrays = ["Float32Array", "Float64Array", *ARRAY_BITS]
    clock = module({"now": lambda: 0.0})
    functions: dict[str, Callable[..., Any]] = {
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
    iterate = language.machine.iterate
    return {
        **{name: native(name, f) for name, f in functions.items()},
        **{name: error(name) for name in errors},
        **{name: make_typed(language, name) for name in arrays},
        "Math": make_math(language),
        "console": make_console(language),
        "Object": make_object(language),
        "Array": make_array(language),
        "Number": make_number(language),
        "String": Kind("String", lambda value="", *_: language.text(value), lambda _: False),
        "Boolean": Kind(
            "Boolean", lambda v=UNDEFINED, *_: language.machine.truth(v), lambda _: False
        ),
        "Map": Kind(
            "Map",
            lambda pairs=(): MapValue(iterate(list(pairs))),
            lambda v: isinstance(v, MapValue),
        ),
        "Set": Kind(
            "Set",
            lambda items=(): SetValue(iterate(list(items))),
            lambda v: isinstance(v, SetValue),
        ),
        "Promise": make_promise(language),
        "JSON": module(
            {
                "stringify": lambda value, replacer=None, indent=UNDEFINED: to_json(
                    language, value, replacer, indent
                ),
                "parse": lambda text: from_json(language, text),
            }
        ),
        "performance": clock,
        "Date": Module({"now": native("now", lambda: 0.0)}),
        "globalThis": Module({}),
        "NaN": math.nan,
        "Infinity": math.inf,
    }


BUILTINS = (
    "parseFloat parseInt isNaN isFinite require setTimeout Math console Object Array Number String "
    "Boolean Map Set Promise JSON Error TypeError performance"
).split()
"""Names that may have been meant."""
