"""Python's built-in functions and types, as far as snippets have them."""

from __future__ import annotations

from functools import cmp_to_key
from typing import TYPE_CHECKING, Any

from gradcli.errors import LimitError
from gradcli.snippets.errors import PARENTS, Raised
from gradcli.snippets.languages.python.text import VIEWS, type_name
from gradcli.snippets.limits import MAX_POWER, check_items, check_nested, joined
from gradcli.snippets.values import (
    MISSING,
    Array,
    Base,
    ClassValue,
    Closure,
    ExceptionValue,
    Instance,
    Kind,
    Native,
    Object,
    Scope,
    Super,
    Wrapped,
)
from gradcli.snippets.walk.lazy import lazy

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


BUILTINS = frozenset(
    """print len range sum min max abs round sorted isinstance type float int bool str list tuple
    dict set zip enumerate map filter reversed any all repr pow divmod iter next callable hasattr
    getattr setattr delattr id super property staticmethod classmethod issubclass object format
    slice frozenset NotImplemented True False None Ellipsis __name__""".split()
)
"""Their names."""


def counted(values: range) -> int:
    """How many numbers a range has, which may be more than Python counts."""
    return max(0, (values.stop - values.start - (values.step > 0 or -1)) // values.step + 1)


class Builtins:
    """The built-in functions of one walk; a method is the function of its name."""

    def __init__(self, machine: Any, language: Any) -> None:
        self.machine = machine
        self.language = language
        self.known: dict[str, Any] = {
            "NotImplemented": NotImplemented,
            "Ellipsis": Ellipsis,
            "__name__": "__main__",
            **self.kinds(),
        }

    def kinds(self) -> dict[str, Kind]:
        """Python's types."""
        kinds = {
            "int": Kind("int", self.int_, lambda v: isinstance(v, int)),
            "float": Kind("float", self.float_, lambda v: isinstance(v, float)),
            "bool": Kind("bool", self.bool_, lambda v: isinstance(v, bool)),
            "str": Kind("str", self.str_, lambda v: isinstance(v, str)),
            "list": Kind("list", self.list_, lambda v: isinstance(v, list)),
            "tuple": Kind("tuple", self.tuple_, lambda v: isinstance(v, tuple)),
            "dict": Kind("dict", self.dict_, lambda v: isinstance(v, dict)),
            "set": Kind("set", self.set_, lambda v: isinstance(v, set)),
            "frozenset": Kind("frozenset", self.set_, lambda v: isinstance(v, set)),
            "range": Kind("range", self.range_, lambda v: isinstance(v, range)),
            "object": Kind(
                "object", lambda: Instance(ClassValue("object", (), {})), lambda _: True
            ),
            "type": Kind("type", self.kind_of, lambda v: isinstance(v, (Kind, ClassValue, Base))),
            "slice": Kind("slice", slice, lambda v: isinstance(v, slice)),
        }
        return {**kinds, **{name: self.error_kind(name) for name in PARENTS}}

    def error_kind(self, name: str) -> Kind:
        """A type of errors."""
        from gradcli.snippets.errors import kinds_of

        return Kind(
            name,
            lambda *args: ExceptionValue(name, args),
            lambda v: isinstance(v, ExceptionValue) and name in kinds_of(v.type_name),
        )

    def find(self, name: str) -> Any:
        """What a built-in name means; None for none."""
        value = self.known.get(name)
        if value is None and name in BUILTINS:
            function: Callable[..., Any] = self.functions()[name]
            value = self.known[name] = Native(name, function)
        return value

    def functions(self) -> dict[str, Callable[..., Any]]:
        """The functions by their names."""
        return {
            "print": self.print_,
            "len": self.len_,
            "sum": self.sum_,
            "min": self.min_,
            "max": self.max_,
            "abs": self.abs_,
            "round": self.round_,
            "sorted": self.sorted_,
            "isinstance": self.isinstance_,
            "zip": lazy("zip", self.zip_),
            "enumerate": lazy("enumerate", self.enumerate_),
            "map": lazy("map", self.map_),
            "filter": lazy("filter", self.filter_),
            "reversed": lazy("list_reverseiterator", self.reversed_),
            "any": self.any_,
            "all": self.all_,
            "repr": self.language.represent,
            "pow": self.pow_,
            "divmod": self.divmod_,
            "iter": self.iter_,
            "next": self.next_,
            "callable": self.callable_,
            "hasattr": self.hasattr_,
            "getattr": self.getattr_,
            "setattr": self.language.set_attribute,
            "delattr": self.language.delete_attribute,
            "id": self.id_,
            "super": self.super_,
            "issubclass": self.issubclass_,
            "format": self.format_,
            "property": lambda function: Wrapped("property", function),
            "staticmethod": lambda function: Wrapped("static", function),
            "classmethod": lambda function: Wrapped("class", function),
        }

    # --- output -----------------------------------------------------------------------------

    def print_(self, *values: Any, sep: Any = " ", end: Any = "\n", **more: Any) -> None:
        """`print`."""
        if more.keys() - {"flush", "file"}:
            word = next(iter(more.keys() - {"flush", "file"}))
            raise Raised("TypeError", f"print() got an unexpected keyword argument '{word}'")
        for word, given in (("sep", sep), ("end", end)):
            if not (given is None or isinstance(given, str)):
                text = f"{word} must be None or a string, not {type_name(given)}"
                raise Raised("TypeError", text)
        texts = [self.language.text(value) for value in values]
        text = joined(texts, " " if sep is None else sep)
        text += "\n" if end is None else end
        if more.get("file") is None:
            self.machine.write(text)
        else:
            self.machine.call(self.machine.attribute(more["file"], "write"), [text])

    def format_(self, value: Any, layout: str = "") -> str:
        """`format`."""
        return self.language.formatted(value, "", layout)

    # --- types ------------------------------------------------------------------------------

    def kind_of(self, value: Any) -> Any:
        """`type(value)`."""
        if isinstance(value, Instance):
            return value.of
        if isinstance(value, Array):
            return value.home.kind_of(value)
        if isinstance(value, ExceptionValue):
            return self.error_kind(value.type_name)
        name = type_name(value)
        place = value.module if isinstance(value, Object) else ""
        shown = {"repr": f"<class '{place}.{name}'>"} if place else {}
        known = self.known.get(name)
        return known or Kind(name, self.kind_of, lambda v: type_name(v) == name, shown)

    def isinstance_(self, value: Any, kinds: Any) -> bool:
        """`isinstance`."""
        if isinstance(kinds, tuple):
            return any(self.isinstance_(value, kind) for kind in kinds)
        if isinstance(kinds, Kind):
            return bool(kinds.holds(value))
        if isinstance(value, Instance):
            return kinds in value.of.ancestry()
        if isinstance(kinds, Base) and isinstance(value, Object):
            return any(getattr(kind, "kind", "") == kinds.name for kind in type(value).__mro__)
        return False

    def issubclass_(self, kind: Any, above: Any) -> bool:
        """`issubclass`."""
        return isinstance(kind, ClassValue) and above in kind.ancestry()

    def plain(self, value: Any) -> Any:
        """A value as a number or a text, for conversions."""
        array = value if isinstance(value, Array) else self.machine.array_in(value)
        return value if array is None else array.home.python_number(array)

    def converted(self, kind: Callable[..., Any], *args: Any) -> Any:
        """A conversion by one of Python's types."""
        plain = [self.plain(arg) for arg in args]
        for arg in plain:
            if not isinstance(arg, (int, float, str)):
                text = f"{kind.__name__}() argument must be a string or a real number"
                raise Raised("TypeError", f"{text}, not '{type_name(arg)}'")
        try:
            return kind(*plain)
        except (ValueError, OverflowError, TypeError) as error:
            raise Raised(type(error).__name__, *error.args) from None

    def int_(self, value: Any = 0, *base: Any) -> Any:
        """`int`."""
        if isinstance(value, Array):
            value = value.home.whole_number(value)
        return self.converted(int, value, *base)

    def float_(self, value: Any = 0.0) -> Any:
        """`float`."""
        return self.converted(float, value)

    def bool_(self, value: Any = False) -> bool:
        """`bool`."""
        return self.machine.truth(value)

    def str_(self, value: Any = "") -> Any:
        """`str`."""
        return self.language.text(value)

    def list_(self, items: Any = ()) -> Any:
        """`list`."""
        return [*self.limited(items)]

    def tuple_(self, items: Any = ()) -> Any:
        """`tuple`."""
        return tuple(self.limited(items))

    def set_(self, items: Any = ()) -> Any:
        """`set`."""
        return {self.language.key(item) for item in self.limited(items)}

    def dict_(self, items: Any = (), /, **named: Any) -> Any:
        """`dict`."""
        pairs = items.items() if isinstance(items, dict) else self.limited(items)
        return {**{self.language.key(key): value for key, value in pairs}, **named}

    def range_(self, *ends: Any) -> range:
        """`range`."""
        whole = [self.plain(end) for end in ends]
        if not all(isinstance(end, int) for end in whole):
            kind = next(type_name(end) for end in whole if not isinstance(end, int))
            raise Raised("TypeError", f"'{kind}' object cannot be interpreted as an integer")
        try:
            return range(*whole)
        except (TypeError, ValueError) as error:
            raise Raised(type(error).__name__, *error.args) from None

    # --- items ------------------------------------------------------------------------------

    def limited(self, items: Any) -> Iterator[Any]:
        """What a loop goes over, of a length that fits into the memory."""
        if isinstance(items, range):
            check_items(counted(items))
        return self.machine.items(items)

    def len_(self, value: Any) -> int:
        """`len`."""
        array = value if isinstance(value, Array) else self.machine.array_in(value)
        if array is not None:
            return array.home.length(array)
        if isinstance(value, range):
            return counted(value)
        if isinstance(value, (list, tuple, dict, set, str, bytes, *VIEWS)):
            return len(value)  # type: ignore[arg-type]
        method = self.language.special(value, "__len__")
        if method is None and isinstance(value, Instance):
            method = self.language.from_base(value, "__len__")
        if method is not None:
            return self.machine.call(method)
        if isinstance(value, Object) and hasattr(value, "length"):
            return int(value.length())
        if isinstance(value, Object) and hasattr(value, "iterate"):
            return len(list(value.iterate()))
        raise Raised("TypeError", f"object of type '{type_name(value)}' has no len()")

    def zip_(self, *columns: Any, strict: bool = False) -> Iterator[Any]:
        """`zip`."""
        return zip(*map(self.machine.iterate, columns), strict=strict)

    def enumerate_(self, items: Any, start: int = 0) -> Iterator[Any]:
        """`enumerate`."""
        return enumerate(self.machine.items(items), start)

    def map_(self, function: Any, *columns: Any) -> Iterator[Any]:
        """`map`."""
        rows = zip(*map(self.machine.iterate, columns), strict=False)
        return (self.machine.call(function, row) for row in rows)

    def filter_(self, function: Any, items: Any) -> Iterator[Any]:
        """`filter`."""
        machine = self.machine
        return (
            item
            for item in machine.items(items)
            if machine.truth(item if function is None else machine.call(function, [item]))
        )

    def reversed_(self, items: Any) -> Iterator[Any]:
        """`reversed`."""
        return reversed([*self.limited(items)])

    def iter_(self, items: Any) -> Iterator[Any]:
        """`iter`."""
        return items if hasattr(items, "__next__") else self.machine.iterate(items)

    def next_(self, items: Any, default: Any = MISSING) -> Any:
        """`next`."""
        if not hasattr(items, "__next__"):
            raise Raised("TypeError", f"'{type_name(items)}' object is not an iterator")
        value = next(items, MISSING)
        if value is MISSING and default is MISSING:
            raise Raised("StopIteration")
        return default if value is MISSING else value

    def any_(self, items: Any) -> bool:
        """`any`."""
        return any(self.machine.truth(item) for item in self.machine.items(items))

    def all_(self, items: Any) -> bool:
        """`all`."""
        return all(self.machine.truth(item) for item in self.machine.items(items))

    # --- numbers ----------------------------------------------------------------------------

    def sum_(self, items: Any, start: Any = 0) -> Any:
        """`sum`."""
        add = self.language.binary
        total = start
        if isinstance(start, list):
            total, add = [*start], self.language.augmented
        for item in self.machine.items(items):
            total = add("+", total, item)
        return total

    def extreme(self, op: str, items: Any, key: Any) -> Any:
        """The first item that is the least, or the largest."""
        best: Any = MISSING
        rank = None
        for item in items:
            own = item if key is None else self.machine.call(key, [item])
            if best is MISSING or self.machine.truth(self.language.compare(op, own, rank)):
                best, rank = item, own
        return best

    def min_(self, *items: Any, key: Any = None, default: Any = MISSING) -> Any:
        """`min`."""
        return self.chosen("<", "min", items, key, default)

    def max_(self, *items: Any, key: Any = None, default: Any = MISSING) -> Any:
        """`max`."""
        return self.chosen(">", "max", items, key, default)

    def chosen(self, op: str, name: str, items: Any, key: Any, default: Any) -> Any:
        """`min` or `max`, of several arguments or of the items of one."""
        of = self.machine.items(items[0]) if len(items) == 1 else iter(items)
        best = self.extreme(op, of, key)
        if best is MISSING and default is MISSING:
            raise Raised("ValueError", f"{name}() iterable argument is empty")
        return default if best is MISSING else best

    def abs_(self, value: Any) -> Any:
        """`abs`."""
        array = value if isinstance(value, Array) else self.machine.array_in(value)
        if array is not None:
            return array.home.result_of("abs", array)
        method = self.language.special(value, "__abs__")
        if method is not None:
            return self.machine.call(method)
        if not isinstance(value, (int, float)):
            raise Raised("TypeError", f"bad operand type for abs(): '{type_name(value)}'")
        return abs(value)

    def round_(self, value: Any, digits: Any = None) -> Any:
        """`round`."""
        array = value if isinstance(value, Array) else self.machine.array_in(value)
        if array is not None:
            return array.home.rounded(array, digits)
        if not isinstance(value, (int, float)):
            text = f"type {type_name(value)} doesn't define __round__ method"
            raise Raised("TypeError", text)
        if isinstance(value, int) and isinstance(digits, int) and digits < -value.bit_length():
            return 0  # ten to that power is computed otherwise
        try:
            return round(value) if digits is None else round(value, digits)
        except (OverflowError, ValueError, TypeError) as error:
            raise Raised(type(error).__name__, *error.args) from None

    def pow_(self, base: Any, exponent: Any, mod: Any = None) -> Any:
        """`pow`; of three whole numbers what is left of the power."""
        if mod is not None:
            if not all(isinstance(x, int) for x in (base, exponent, mod)):
                raise Raised("TypeError", "pow() 3rd argument not allowed unless all are integers")
            if exponent.bit_length() * mod.bit_length() ** 2 > MAX_POWER:
                raise LimitError("this power is of too large numbers")
            try:
                return pow(base, exponent, mod)
            except ValueError as error:
                raise Raised("ValueError", *error.args) from None
        return self.language.binary("**", base, exponent)

    def divmod_(self, left: Any, right: Any) -> Any:
        """`divmod`."""
        binary = self.language.binary
        return binary("//", left, right), binary("%", left, right)

    def sorted_(self, items: Any, *, key: Any = None, reverse: bool = False) -> Any:
        """`sorted`."""
        values = [*self.limited(items)]
        keys = values if key is None else [self.machine.call(key, [v]) for v in values]
        ranks = [self.plain(k) for k in keys]
        check_nested(ranks)
        rank: Any = ranks.__getitem__
        if any(isinstance(k, Instance) for k in keys):
            rank = cmp_to_key(lambda i, j: self.order_of(keys[i], keys[j]))
        try:
            order = sorted(range(len(values)), key=rank, reverse=bool(reverse))
        except TypeError as error:
            raise Raised("TypeError", *error.args) from None
        return [values[i] for i in order]

    def order_of(self, left: Any, right: Any) -> int:
        """Which of two objects comes first, as their class says."""
        if self.machine.truth(self.language.compare("<", left, right)):
            return -1
        return int(self.machine.truth(self.language.compare("<", right, left)))

    # --- objects ----------------------------------------------------------------------------

    def callable_(self, value: Any) -> bool:
        """`callable`."""
        is_made = isinstance(value, Instance) and self.language.special(value, "__call__")
        return bool(is_made) or isinstance(value, (Closure, Native, Kind, ClassValue))

    def hasattr_(self, value: Any, name: str) -> bool:
        """`hasattr`."""
        try:
            self.machine.attribute(value, name)
        except Raised:
            return False
        return True

    def getattr_(self, value: Any, name: str, default: Any = MISSING) -> Any:
        """`getattr`: what the snippet could write with a dot."""
        try:
            return self.machine.attribute(value, name)
        except Raised:
            if default is MISSING:
                raise
            return default

    def id_(self, value: Any) -> int:
        """`id`."""
        return id(value)

    def super_(self, *_: Any) -> Super:
        """`super()`."""
        scope: Scope | None = self.machine.scope
        while scope is not None and "__class__" not in scope.names:
            scope = scope.around
        if scope is None:
            raise Raised("RuntimeError", "super(): no arguments")
        instance = next(iter(v for v in scope.names.values() if isinstance(v, Instance)), None)
        if instance is None:
            raise Raised("RuntimeError", "super(): no arguments")
        ancestry = instance.of.ancestry()
        owner = scope.names["__class__"]
        return Super(instance, ancestry[ancestry.index(owner) + 1 :])
