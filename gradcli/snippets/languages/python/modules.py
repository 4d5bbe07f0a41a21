"""Modules of Python's standard library that snippets may import, as far as they have them."""

from __future__ import annotations

import collections
import math
from functools import cmp_to_key
from typing import TYPE_CHECKING, Any

from gradcli.snippets.errors import Raised, Refusal
from gradcli.snippets.languages.python.random import random_module
from gradcli.snippets.languages.python.streams import streams
from gradcli.snippets.limits import check_bits, check_items
from gradcli.snippets.values import (
    MISSING,
    Array,
    Field,
    Instance,
    Kind,
    Manager,
    Method,
    Named,
    Native,
    Object,
)
from gradcli.snippets.walk.lazy import Lazy, lazy
from gradcli.snippets.walk.producing import Producer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


MODULES = frozenset(
    """math functools itertools typing time operator collections random sys os warnings abc
    dataclasses copy datetime timeit __future__ cmath numbers string""".split()
)


class Module(Object):
    """A module: its members by their names."""

    kind = "module"
    open = True

    def __init__(self, name: str, members: dict[str, Any]) -> None:
        self.name = name
        self.members = members

    def lookup(self, name: str) -> Any:
        """A member."""
        if name in self.members:
            return self.members[name]
        if self.name == "typing":
            return Kind(name, lambda *_args, **_rest: None, lambda _value: True)
        if name in _FORBIDDEN.get(self.name, ()):
            raise Refusal(f"`{self.name}.{name}` reaches outside of the snippet")
        raise Refusal(f"`{self.name}.{name}` is not part of the subset")


def make_module(machine: Any, path: str) -> Any:
    """The module of this name."""
    root = path.partition(".")[0]
    maker = _MAKERS.get(root)
    if maker is None or path != root:
        if path in ("os.path", "collections.abc"):
            return Module(path, {})
        raise Refusal(f"the module `{path}` is not part of the subset")
    return Module(path, maker(machine))


_FORBIDDEN = {"os": ("system", "path", "getcwd", "listdir"), "sys": ("exit", "argv")}


# --- math ---------------------------------------------------------------------------------------

_MATH = """acos acosh asin asinh atan atan2 atanh cbrt ceil comb copysign cos cosh degrees dist erf
erfc exp exp2 expm1 fabs factorial floor fmod frexp fsum gamma gcd hypot isclose isfinite isinf
isnan isqrt lcm ldexp lgamma log log10 log1p log2 modf perm pow prod radians remainder sin sinh
sqrt tan tanh trunc""".split()


def _math(machine: Any) -> dict[str, Any]:
    """`math`: of Python's numbers, and of arrays of one element, which become numbers."""

    def of(name: str) -> Native:
        function = getattr(math, name)

        def call(*args: Any, **named: Any) -> Any:
            values = [_plain(machine, arg) for arg in args]
            limited = name in ("factorial", "comb", "perm")
            if limited and any(isinstance(v, int) and v > 20_000 for v in values):
                raise Raised("OverflowError", "this number is too large")
            if name in ("lcm", "prod"):
                factors = values[0] if name == "prod" and values else values
                check_bits(sum(v.bit_length() for v in factors if isinstance(v, int)))
            try:
                return function(*values, **named)
            except (ValueError, TypeError, OverflowError) as error:
                raise Raised(type(error).__name__, *error.args) from None

        return Native(name, call)

    constants = {"pi": math.pi, "e": math.e, "tau": math.tau, "inf": math.inf, "nan": math.nan}
    return {**{name: of(name) for name in _MATH}, **constants}


def _plain(machine: Any, value: Any) -> Any:
    """A number for `math`."""
    array = value if isinstance(value, Array) else machine.array_in(value)
    if array is not None:
        return array.home.python_number(array)
    if isinstance(value, (list, tuple, range, Lazy, Producer)):
        return [_plain(machine, item) for item in machine.items(value)]
    if not isinstance(value, (int, float)):
        kind = machine.language.type_name(value)
        raise Raised("TypeError", f"must be real number, not {kind}")
    return value


# --- functools, itertools, operator, collections ---------------------------------------------


def _functools(machine: Any) -> dict[str, Any]:
    def partial(function: Any, *first: Any, **fixed: Any) -> Native:
        return Native(
            "partial",
            lambda *args, **named: machine.call(function, [*first, *args], {**fixed, **named}),
            func=function,
            args=first,
            keywords=fixed,
        )

    def reduce(function: Any, items: Any, *start: Any) -> Any:
        values = [*start, *machine.items(items)]
        if not values:
            raise Raised("TypeError", "reduce() of empty iterable with no initial value")
        total = values[0]
        for value in values[1:]:
            total = machine.call(function, [total, value])
        return total

    def wraps(_wrapped: Any, *_: Any) -> Native:
        return Native("wraps", lambda function: function)

    def cached(function: Any = None, **_rest: Any) -> Any:
        return function if function is not None else Native("lru_cache", lambda f: f)

    functions: dict[str, Callable[..., Any]] = {
        "partial": partial,
        "reduce": reduce,
        "wraps": wraps,
        "lru_cache": cached,
        "cache": cached,
        "cmp_to_key": cmp_to_key,
    }
    return {name: Native(name, function) for name, function in functions.items()}


def _itertools(machine: Any) -> dict[str, Any]:
    import itertools

    def limited(items: Any) -> list[Any]:
        return [*machine.items(items)]

    def adding(left: Any, right: Any) -> Any:
        return machine.language.binary("+", left, right)

    def calling(function: Any) -> Callable[..., Any]:
        return lambda *args: machine.call(function, args)

    def count(start: Any = 0, step: Any = 1) -> Iterator[Any]:
        return itertools.count(start, step)

    def repeat(value: Any, times: int | None = None) -> Iterator[Any]:
        return itertools.repeat(value) if times is None else itertools.repeat(value, times)

    def product(*columns: Any, repeat: int = 1) -> Iterator[Any]:
        check_items(len(columns) * repeat)
        return itertools.product(*map(limited, columns), repeat=repeat)

    functions: dict[str, Callable[..., Any]] = {
        "chain": lambda *columns: itertools.chain(*map(machine.iterate, columns)),
        "product": product,
        "islice": lambda items, *ends: itertools.islice(machine.items(items), *ends),
        "combinations": lambda items, r: itertools.combinations(limited(items), r),
        "permutations": lambda items, r=None: itertools.permutations(limited(items), r),
        "count": count,
        "repeat": repeat,
        "cycle": lambda items: itertools.cycle(limited(items)),
        "accumulate": lambda items, function=None, *, initial=None: itertools.accumulate(
            machine.items(items), adding if function is None else calling(function), initial=initial
        ),
        "starmap": lambda function, rows: (machine.call(function, [*row]) for row in rows),
        "zip_longest": lambda *columns, fillvalue=None: itertools.zip_longest(
            *map(limited, columns), fillvalue=fillvalue
        ),
    }
    return {name: Native(name, lazy(name, function)) for name, function in functions.items()}


_OPERATOR = {
    "add": "+",
    "sub": "-",
    "mul": "*",
    "truediv": "/",
    "floordiv": "//",
    "mod": "%",
    "pow": "**",
    "matmul": "@",
}


def _operator(machine: Any) -> dict[str, Any]:
    def of(op: str) -> Callable[..., Any]:
        return lambda left, right: machine.language.binary(op, left, right)

    def itemgetter(key: Any) -> Native:
        return Native("itemgetter", lambda value: machine.language.item(value, key))

    functions = {name: of(op) for name, op in _OPERATOR.items()}
    functions["neg"] = lambda value: machine.language.unary("-", value)
    functions["itemgetter"] = itemgetter
    return {name: Native(name, function) for name, function in functions.items()}


class OrderedDict(collections.OrderedDict[Any, Any]):
    """`OrderedDict`, which is shown as a list of pairs."""

    def represented(self, printer: Any) -> str:
        """How a session shows it."""
        pairs = ", ".join(
            f"({printer.represent(k)}, {printer.represent(v)})" for k, v in self.items()
        )
        return f"OrderedDict([{pairs}])" if pairs else "OrderedDict()"


class DefaultDict(dict[Any, Any]):
    """`defaultdict`: `missing` makes the value of a key that there is not."""

    def __init__(self, missing: Any) -> None:
        super().__init__()
        self.missing = missing

    def represented(self, printer: Any) -> str:
        """How a session shows it."""
        kind = printer.represent(self.missing)
        return f"defaultdict({kind}, {printer.represent(dict(self))})"


def named_kind(label: str, names: list[str], defaults: dict[str, Any]) -> Kind:
    """A type of tuples whose parts have names."""

    def make(*args: Any, **named: Any) -> Named:
        parts = {**defaults, **dict(zip(names, args, strict=False)), **named}
        for name in names:
            if name not in parts:
                text = f"{label}.__new__() missing 1 required positional argument: '{name}'"
                raise Raised("TypeError", text)
        if parts.keys() - set(names) or len(args) > len(names):
            raise Raised("TypeError", f"{label}.__new__() got an unexpected argument")
        return Named.of(label, names, [parts[name] for name in names])

    return Kind(label, make, lambda v: isinstance(v, Named) and v.label == label)


def _dataclasses(machine: Any) -> dict[str, Any]:
    """`dataclass`: a class whose fields are given when an object is made."""

    def dataclass(of: Any = None, **_rest: Any) -> Any:
        if of is None:
            return Native("dataclass", dataclass)
        names = list(of.names.get("__fields__", ()))

        def start(own: Any, *args: Any, **named: Any) -> None:
            given = {**dict(zip(names, args, strict=False)), **named}
            for name in names:
                if name not in given and is_missing(of.names.get(name, MISSING)):
                    text = f"{of.name}.__init__() missing 1 required positional argument: '{name}'"
                    raise Raised("TypeError", text)
                value = given[name] if name in given else of.names[name]
                value = value.value(machine) if isinstance(value, Field) else value
                machine.language.set_attribute(own, name, value)
            after = machine.language.special(own, "__post_init__")
            if after is not None:
                machine.call(after)

        def show(own: Any) -> str:
            pairs = (f"{n}={machine.language.represent(own.attributes[n])}" for n in names)
            return f"{of.name}({', '.join(pairs)})"

        of.names.setdefault("__init__", Method("__init__", start))
        of.names.setdefault("__repr__", Method("__repr__", show))
        return of

    return {"dataclass": Native("dataclass", dataclass), "field": Native("field", Field)}


def is_missing(value: Any) -> bool:
    """Whether a field must be given, by what its class has under its name."""
    if isinstance(value, Field):
        return value.default is MISSING and value.factory is MISSING
    return value is MISSING


def _collections(machine: Any) -> dict[str, Any]:
    pairs_of = machine.language.builtins.dict_

    def counter(items: Any) -> dict[Any, int]:
        counts: dict[Any, int] = {}
        for item in machine.items(items):
            key = machine.language.key(item)
            counts[key] = counts.get(key, 0) + 1
        return counts

    def namedtuple(label: str, fields: Any) -> Kind:
        named = isinstance(fields, str)
        names = fields.replace(",", " ").split() if named else [*machine.items(fields)]
        return named_kind(label, names, {})

    return {
        "OrderedDict": Native(
            "OrderedDict", lambda items=(), **named: OrderedDict(pairs_of(items, **named))
        ),
        "namedtuple": Native("namedtuple", namedtuple),
        "Counter": Native("Counter", counter),
        "defaultdict": Native("defaultdict", DefaultDict),
    }


# --- the others ---------------------------------------------------------------------------------


def _clock(machine: Any) -> dict[str, Any]:
    """A clock that stands still."""

    def now() -> float:
        machine.note("the clock stands still here: no time is measured")
        return 0.0

    names = ("time", "perf_counter", "monotonic", "process_time", "default_timer")
    return {**{name: Native(name, now) for name in names}, "sleep": Native("sleep", lambda _: None)}


def _warnings(_machine: Any) -> dict[str, Any]:
    silent = ("filterwarnings", "simplefilter", "warn")
    rows = {name: Native(name, lambda *_args, **_rest: None) for name in silent}
    return {**rows, "catch_warnings": Native("catch_warnings", caught)}


def caught(*, record: bool = False, **_rest: Any) -> Manager:
    """`warnings.catch_warnings()`: there are none to be caught."""
    if record:
        raise Refusal("warnings that are recorded are not part of the subset")
    return Manager()


def _copy(machine: Any) -> dict[str, Any]:
    deepcopy = Native("deepcopy", lambda x: deep_copy(machine, x))
    return {"deepcopy": deepcopy, "copy": Native("copy", shallow_copy)}


def deep_copy(machine: Any, value: Any) -> Any:
    """`copy.deepcopy`: what is in it twice is copied once."""
    seen: dict[int, Any] = {}

    def copied(value: Any) -> Any:
        made = seen.get(id(value))
        if made is None:
            with machine.deeper():
                made = _copied(value, copied, seen)
            seen[id(value)] = made
        return made

    return copied(value)


def shallow_copy(value: Any) -> Any:
    """`copy.copy`: another list, or object, of the same things."""
    return _copied(value, lambda item: item, {})


def _copied(value: Any, copied: Callable[[Any], Any], seen: dict[int, Any]) -> Any:
    if isinstance(value, Array):
        return value.home.copied(value)
    if isinstance(value, (list, set)):
        return type(value)(copied(item) for item in value)
    if type(value) is tuple:
        return tuple(map(copied, value))
    if isinstance(value, Named):
        return Named.of(value.label, value.names, [*map(copied, value)])
    if isinstance(value, dict):
        made_dict = DefaultDict(value.missing) if isinstance(value, DefaultDict) else type(value)()
        made_dict.update((key, copied(item)) for key, item in value.items())
        return made_dict
    if isinstance(value, Instance):
        made = seen[id(value)] = Instance(value.of)
        made.attributes = {name: copied(item) for name, item in value.attributes.items()}
        made.inner = value.inner
        if hasattr(value.inner, "copied"):
            made.inner = value.inner.copied(made, copied)
        return made
    if isinstance(value, Object):
        raise Refusal(f"a copy of `{value.kind}` is not part of the subset")
    return value


def _environment(_machine: Any) -> dict[str, Any]:
    """`os`, whose environment is the snippet's own: they set how much a framework logs there."""
    return {"environ": Environment()}


class Environment(dict[Any, Any]):
    """`os.environ`: what the snippet has put there, and nothing else."""

    def represented(self, _printer: Any) -> str:
        """It is not shown."""
        raise Refusal("`os.environ` reaches outside of the snippet")


def _nothing(_machine: Any) -> dict[str, Any]:
    return {}


_MAKERS: dict[str, Callable[[Any], dict[str, Any]]] = {
    "math": _math,
    "functools": _functools,
    "itertools": _itertools,
    "operator": _operator,
    "collections": _collections,
    "dataclasses": _dataclasses,
    "time": _clock,
    "timeit": _clock,
    "warnings": _warnings,
    "copy": _copy,
    "typing": _nothing,
    "abc": _nothing,
    "sys": streams,
    "os": _environment,
    "random": random_module,
    "__future__": _nothing,
}
