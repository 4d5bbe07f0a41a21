"""What JavaScript has beside numbers, texts, lists and dicts: methods, promises, maps, errors."""

from __future__ import annotations

from functools import partial
from math import isfinite
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from gradcli.ops.catalog import snake_case
from gradcli.snippets.languages.javascript.tree import UNDEFINED
from gradcli.snippets.values import Closure, Native, Object, exposed, shown

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator


def native(name: str, function: Callable[..., Any]) -> Native:
    """A function of ours as JavaScript calls it.

    What is too much is left out; what lacks, or is undefined, has the default of ours if there is
    one.
    """
    code: Any = getattr(function, "__func__", function).__code__
    bound = hasattr(function, "__self__")
    takes = code.co_argcount - bound
    defaults = function.__defaults__ or ()
    needed = takes - len(defaults)
    rest = bool(code.co_flags & 4)

    def call(*args: Any) -> Any:
        given = list(args) if rest else list(args[:takes])
        given += [UNDEFINED] * (needed - len(given))
        for i in range(needed, min(len(given), takes)):
            if given[i] is UNDEFINED:
                given[i] = defaults[i - needed]
        return function(*given)

    return Native(name, call)


class Method(Closure):
    """A function of the snippet with the object that it is called on."""

    __slots__ = ("this",)
    this: Any

    @classmethod
    def on(cls, closure: Closure, this: Any) -> Method:
        """The function as a method of an object."""
        made = cls(closure.function, closure.scope, closure.defaults)
        made.owner, made.attributes, made.this = closure.owner, closure.attributes, this
        return made


class TypedArray(list[Any]):
    """`Float32Array` and its kin."""

    label = "Float32Array"

    @classmethod
    def of(cls, label: str, numbers: Iterable[float]) -> TypedArray:
        """An array of this label."""
        made = cls(numbers)
        made.label = label
        return made

    def made(self, numbers: Iterable[float]) -> TypedArray:
        """An array like this one of other numbers."""
        return self.of(self.label, numbers)

    def rounded(self, x: float) -> float:
        """A number as it is kept here."""
        return as_kept(self.label, x)


def as_kept(label: str, x: float) -> float:
    """A number as a typed array keeps it: cut to its type."""
    if label == "Float64Array":
        return x
    if label == "Float32Array":
        return float(np.float32(x))
    bits, is_signed = ARRAY_BITS[label]
    if not isfinite(x):
        return 0.0
    number = int(x) & ((1 << bits) - 1)
    return float(number - (1 << bits) if is_signed and number >> (bits - 1) else number)


ARRAY_BITS = {
    "Int8Array": (8, True),
    "Uint8Array": (8, False),
    "Int16Array": (16, True),
    "Uint16Array": (16, False),
    "Int32Array": (32, True),
    "Uint32Array": (32, False),
}
"""The typed arrays of whole numbers."""


class Thing(Object):
    """Base of what has a state: a name that it does not have is undefined."""

    open = True

    def lookup(self, name: str) -> Any:
        """What stands behind its dot."""
        own = snake_case(name)
        if own in self.values:
            return self.values[own](self)
        method = self.methods.get(own)
        if method is None:
            return UNDEFINED
        return native(name, method.__get__(self))


ERRORS = "Error TypeError RangeError ReferenceError SyntaxError EvalError".split()
"""The kinds of errors."""


class ErrorValue(Thing):
    """An error, as `new Error(message)` makes it."""

    kind = "Error"

    def __init__(self, name: str, message: str) -> None:
        self.label = name
        self.said = message

    @shown
    def message(self) -> str:
        """What it says."""
        return self.said

    @shown
    def name(self) -> str:
        """What it is called."""
        return self.label

    @shown
    def stack(self) -> str:
        """What it says, and no more."""
        return self.text()

    @exposed
    def to_string(self) -> str:
        """Its name, and what it says."""
        return self.text()

    def text(self) -> str:
        """Its name, and what it says."""
        return f"{self.label}: {self.said}" if self.said else self.label


def sorted_items(names: dict[str, Any]) -> list[tuple[str, Any]]:
    """Properties in JavaScript's order: those that are whole numbers first."""
    if not any(name.isdecimal() for name in names):
        return list(names.items())
    whole = sorted((name for name in names if name.isdecimal()), key=int)
    return [*((n, names[n]) for n in whole), *(p for p in names.items() if not p[0].isdecimal())]


def hashed(value: Any) -> Any:
    """By what a Map or a Set knows a value."""
    if isinstance(value, (bool, str, float, int)) or value is None:
        return type(value).__name__, value
    return id(value)


def each(self: MapValue | SetValue, function: Any) -> Any:
    """`forEach((value, key) => …)`."""
    for key, value in self.pairs():
        self.language.call(function, [value, key, self])
    return UNDEFINED


class MapValue(Thing):
    """`Map`."""

    kind: ClassVar[str] = "Map"

    def __init__(self, language: Any, pairs: Iterable[Iterable[Any]] = ()) -> None:
        self.language = language
        self.table = {hashed(key): (key, value) for key, value in pairs}

    def pairs(self) -> list[tuple[Any, Any]]:
        """Its keys and values."""
        return list(self.table.values())

    def iterate(self) -> Iterator[Any]:
        """What a loop goes over."""
        return iter([list(pair) for pair in self.pairs()])

    @shown
    def size(self) -> float:
        """How many there are."""
        return float(len(self.table))

    @exposed
    def get(self, key: Any) -> Any:
        """The value of a key."""
        return self.table.get(hashed(key), (None, UNDEFINED))[1]

    @exposed
    def has(self, key: Any) -> bool:
        """Whether there is one."""
        return hashed(key) in self.table

    @exposed
    def set(self, key: Any, value: Any) -> MapValue:
        """Sets the value of a key."""
        self.table[hashed(key)] = (key, value)
        return self

    @exposed
    def delete(self, key: Any) -> bool:
        """Removes a key."""
        return self.table.pop(hashed(key), None) is not None

    @exposed
    def clear(self) -> None:
        """Removes all."""
        self.table.clear()

    @exposed
    def keys(self) -> list[Any]:
        """Its keys."""
        return [key for key, _ in self.pairs()]

    @exposed
    def entries(self) -> list[Any]:
        """Its keys and values."""
        return [list(pair) for pair in self.pairs()]


class SetValue(Thing):
    """`Set`."""

    kind: ClassVar[str] = "Set"

    def __init__(self, language: Any, items: Iterable[Any] = ()) -> None:
        self.language = language
        self.table = {hashed(item): item for item in items}

    def items(self) -> list[Any]:
        """What is in it."""
        return list(self.table.values())

    def pairs(self) -> list[tuple[Any, Any]]:
        """Its items as keys and values."""
        return [(item, item) for item in self.items()]

    def iterate(self) -> Iterator[Any]:
        """What a loop goes over."""
        return iter(self.items())

    @shown
    def size(self) -> float:
        """How many there are."""
        return float(len(self.table))

    @exposed
    def has(self, item: Any) -> bool:
        """Whether it is in it."""
        return hashed(item) in self.table

    @exposed
    def add(self, item: Any) -> SetValue:
        """Puts it in."""
        self.table.setdefault(hashed(item), item)
        return self

    @exposed
    def delete(self, item: Any) -> bool:
        """Removes it."""
        return self.table.pop(hashed(item), self) is not self

    @exposed
    def clear(self) -> None:
        """Removes all."""
        self.table.clear()

    @exposed
    def entries(self) -> list[Any]:
        """Its items, each twice."""
        return [list(pair) for pair in self.pairs()]


class Promise(Thing):
    """A promise: what it was settled with, and who waits for that."""

    kind: ClassVar[str] = "Promise"

    def __init__(self, loop: Any) -> None:
        self.loop = loop
        self.state = "pending"
        self.value: Any = UNDEFINED
        self.error: Any = None
        self.is_handled = False
        self.waiting: list[Callable[[], None]] = []

    def settle(self, state: str, value: Any, error: Any = None) -> None:
        """Fulfils or rejects it, once."""
        if self.state != "pending":
            return
        if isinstance(value, Promise) and state == "fulfilled":
            as_it_is = partial(self.follow, value)
            self.loop.soon(partial(value.when, as_it_is))
            return
        self.state, self.value, self.error = state, value, error
        for wakes in self.waiting:
            self.loop.soon(wakes)
        self.waiting.clear()

    def follow(self, other: Promise) -> None:
        """Settles it as another was settled."""
        self.settle(other.state, other.value, other.error)

    def when(self, wakes: Callable[[], None]) -> None:
        """Has something done when it is settled."""
        self.is_handled = True
        if self.state == "pending":
            self.waiting.append(wakes)
        else:
            self.loop.soon(wakes)

    @exposed
    def then(self, fulfilled: Any = UNDEFINED, rejected: Any = UNDEFINED) -> Promise:
        """A promise for what a function makes of its value."""
        made = Promise(self.loop)

        def wakes() -> None:
            function = fulfilled if self.state == "fulfilled" else rejected
            if function is UNDEFINED or function is None:
                made.settle(self.state, self.value, self.error)
            else:
                self.loop.settle_with(made, function, [self.value])

        self.when(wakes)
        return made

    @exposed
    def catch(self, rejected: Any) -> Promise:
        """A promise that handles an error."""
        return self.then(UNDEFINED, rejected)

    @exposed
    def finally_(self, function: Any) -> Promise:
        """A promise that calls a function in any case."""

        def after(*_: Any) -> Any:
            self.loop.call(function)
            return self

        last = native("finally", after)
        return self.then(last, last)

    def lookup(self, name: str) -> Any:
        """What stands behind its dot; people are told where they may have meant its value."""
        value = super().lookup(name)
        if value is UNDEFINED:
            self.loop.machine.note(
                f"a promise has no `{name}`: its value comes later",
                help="write `(await x.data())[0]`, or x.dataSync()",
            )
        return value

    def show_with(self, inspector: Any) -> str:
        """How it is shown."""
        if self.state == "pending":
            return "Promise { <pending> }"
        shown_ = inspector.show(self.value, 1)
        return f"Promise {{ {'<rejected> ' * (self.state == 'rejected')}{shown_} }}"


MapValue.methods["for_each"] = SetValue.methods["for_each"] = each
MapValue.methods["values"] = lambda self: [value for _, value in self.pairs()]
SetValue.methods["values"] = SetValue.methods["keys"] = SetValue.items


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


def is_array(value: Any) -> bool:
    """Whether a value is one of JavaScript's arrays, of which typed ones are none."""
    return isinstance(value, list) and not isinstance(value, TypedArray)
