"""Functions of gradcli's library, called as a framework calls its own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from gradcli.errors import ShapeError, Span
from gradcli.ir.node import WORDS, Node
from gradcli.lower.calls import call_built_in
from gradcli.lower.signatures import Argument
from gradcli.snippets.arrays.dtypes import (
    BOOL,
    COUNTING,
    FLOAT64,
    INT32,
    KEEPING,
    SELECTING,
    DType,
    is_float,
)
from gradcli.snippets.arrays.making import leaves
from gradcli.snippets.arrays.operators import Computing
from gradcli.snippets.errors import Raised
from gradcli.snippets.values import Array, Named, Native
from gradcli.syntax import tree as formulas

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gradcli.lower.values import BuiltIn


class Library(Computing):
    """What calls the library's functions with the arrays of a framework.

    `ignored` are arguments that have no effect; `counted` are functions that make whole numbers of
    whole numbers where no array is given; `detached_by` are those whose results know nothing of
    what they were made of, though they are floats. `results` are what several results are called,
    together and each; those of functions in `listing` are a list, others a tuple, all a list
    where that is None.
    """

    ignored: ClassVar[frozenset[str]] = frozenset({"name", "device", "out", "layout"})
    counted: ClassVar[frozenset[str]] = frozenset({"arange", "range", "bincount"})
    detached_by: ClassVar[frozenset[str]] = frozenset()
    results: ClassVar[dict[str, tuple[str, str]]] = {}
    listing: ClassVar[frozenset[str] | None] = None

    def lifted(self, function: BuiltIn) -> Native:
        """A function of the library as one of the framework."""
        name = function.name.rpartition(".")[2]
        return Native(name, lambda *args, **named: self.call(function, args, named), of=function)

    def call(self, function: BuiltIn, args: Sequence[Any], named: dict[str, Any]) -> Any:
        """A call of a function of the library, as the framework calls it."""
        named = {name: value for name, value in named.items() if name not in self.ignored}
        wish = named.pop("dtype", None)
        args, types = [a for a in args if not self.is_type(a)], [a for a in args if self.is_type(a)]
        wish = types[0] if types else wish
        given = [*args, *named.values()]
        arrays = [a for a in leaves(given) if isinstance(a, Array)]
        dtype = self.dtype_for(function, arrays, given)
        if wish is not None:
            wish = self.dtype_of(wish)
            dtype = wish if is_float(wish) else dtype
        self.recorder.use(dtype)
        span = self.machine.span
        arguments = [self.argument(value, None, span, dtype) for value in args]
        arguments += [self.argument(v, name, span, dtype) for name, v in named.items()]
        self.recorder.use(dtype)
        try:
            value = call_built_in(self.recorder.lowering, function, arguments, span)
        except ShapeError as error:
            raise self.misfit(error, function.record.name, *arrays) from None
        if function.record.name in SELECTING and arrays and arrays[0].dtype == BOOL:
            value = truths(value)
        result = self.result_type(function, dtype, arrays)
        sources = [] if function.record.name in self.detached_by else arrays
        made = self.wrapped(value, result if wish is None else wish, sources)
        if wish is not None and isinstance(made, Array) and made.dtype == BOOL:
            made = self.cast(made, wish)
        if function.name.rpartition(".")[2] in self.views and arrays and arrays[0].home is self:
            self.look_all(arrays[0], value, made)
        is_drawn = any(p.name == "seed" for p in function.record.parameters)
        if is_drawn and not any(argument.value is value for argument in arguments):
            self.hide(made)
        return self.several(function, made) if isinstance(made, list) else made

    def look_all(self, source: Array, value: Any, made: Any) -> None:
        """The results of a function are views of its first array, as far as they are."""
        if isinstance(value, tuple):
            for part, result in zip(value, made, strict=True):
                self.look_all(source, part, result)
        elif isinstance(value, Node):
            self.look(source, value, made)

    def hide(self, made: Any) -> None:
        """Random numbers of the library's own are not those of the framework: nobody sees them."""
        if isinstance(made, Array) and self.machine.seed is None:
            self.recorder.unknown[made.node] = self.machine.span

    def dtype_for(self, function: BuiltIn, arrays: Sequence[Array], given: Sequence[Any]) -> DType:
        """The type in which a function is computed."""
        numbers = [x for x in leaves(given) if type(x) in (int, float)]
        name = function.record.name
        if not arrays and name == "full" and len(given) > 1 and type(given[1]) is int:
            return self.whole
        if not arrays or name in OF_SHAPES:
            lists = bool(given) and isinstance(given[0], (list, tuple)) and name in KEEPING
            may_be = name in self.counted or (lists and function.record.makes is None)
            is_whole = may_be and bool(numbers) and not any(type(x) is float for x in numbers)
            return self.whole if is_whole else self.default
        dtype = self.common([*arrays, *numbers]) if name in KEEPING else self.promoted(arrays)
        keeps = is_float(dtype) or name in KEEPING or name in COUNTING
        return dtype if keeps else self.default

    def result_type(self, function: BuiltIn, dtype: DType, arrays: Sequence[Array]) -> DType:
        """The type of what a function gives, where that is no truth value."""
        del arrays
        if function.record.name == "bincount" and is_float(dtype):
            return dtype
        if function.record.name in COUNTING:
            return self.indices
        if dtype.kind == "b" and function.record.name in _SUMMING:
            return self.whole
        return dtype

    def argument(self, value: Any, name: str | None, span: Span, dtype: DType) -> Argument:
        """An argument as the library takes it."""
        if value is None or isinstance(value, bool):
            word = "None" if value is None else str(value).lower()
            return Argument(span, formulas.Name(word, span.start, span.end), name=name)
        return Argument(span, value=self.lowered(value, dtype), name=name)

    def lowered(self, value: Any, dtype: DType) -> Any:
        """A value as the library has it: nodes, texts, tuples, functions."""
        if isinstance(value, Array):
            keeps = value.node.is_bool or not is_float(dtype)
            return value.node if keeps else self.recorder.number(value.node, dtype)
        if isinstance(value, (int, float)):
            return self.recorder.graph.constant(value)
        if isinstance(value, (list, tuple, range)):
            return self.lowered_items(value, dtype)
        if isinstance(value, Native) and "of" in value.attributes:
            return value.attributes["of"]
        if isinstance(value, str) or value is None:
            return value
        inner = self.machine.array_in(value)
        if inner is not None:
            return self.lowered(inner, dtype)
        shown = self.machine.language.type_name(value)
        raise Raised("TypeError", f"an argument is a {shown}, where an array is needed")

    def lowered_items(self, items: Sequence[Any], dtype: DType) -> Any:
        """A list: numbers as one array, arrays as a tuple of them."""
        if items and all(type(leaf) in (int, float, bool) for leaf in leaves(items)):
            if are_ragged(items):
                return tuple(self.lowered(self.asarray(item), dtype) for item in items)
            return self.recorder.graph.constant(self.numbers(list(items)))
        if any(isinstance(item, (list, tuple)) for item in items):
            arrays = [leaf for leaf in leaves(items) if isinstance(leaf, Array)]
            if arrays:
                return tuple(self.lowered(self.asarray(item), dtype) for item in items)
        return tuple(self.lowered(item, dtype) for item in items)

    def wrapped(self, value: Any, dtype: DType, sources: Sequence[Array]) -> Any:
        """What the library gives, as the framework gives it."""
        if isinstance(value, tuple):
            return [self.wrapped(part, dtype, sources) for part in value]
        if not isinstance(value, Node):
            return value
        if value.is_bool:
            return self.wrap(value, BOOL, sources)
        if value.op.indexing:
            dtype = self.indices
        if is_float(dtype) or value.dtype == FLOAT64:
            return self.wrap(self.recorder.number(value, dtype), dtype, sources)
        return self.wrap(value, dtype, sources)

    def several(self, function: BuiltIn, parts: list[Any]) -> Any:
        """Several results of a function, with names where they have any."""
        word = function.name.rpartition(".")[2]
        if word in WITH_COUNTS:
            parts[1] = self.made(self.recorder.number(parts[1].node, INT32), INT32)
        label, names = self.results.get(word, ("", ""))
        if len(names.split()) == len(parts):
            return Named.of(label, names.split(), parts)
        return parts if self.listing is None or word in self.listing else tuple(parts)


def truths(value: Any) -> Any:
    """Elements of truth values as such; of several results the first one has them."""
    if isinstance(value, tuple):
        return (truths(value[0]), *value[1:])
    return value if value.is_bool else WORDS["ne"](value, 0.0)


def are_ragged(items: Sequence[Any]) -> bool:
    """Whether rows of numbers have different lengths: arrays, that is, and no array."""
    rows = [item for item in items if isinstance(item, (list, tuple))]
    return len(rows) == len(items) and len({len(row) for row in rows}) > 1


OF_NUMPY = {
    "eigh": ("EighResult", "eigenvalues eigenvectors"),
    "slogdet": ("SlogdetResult", "sign logabsdet"),
    "qr": ("QRResult", "Q R"),
    "svd": ("SVDResult", "U S Vh"),
}
"""What NumPy and JAX call the parts of results."""

IN_LISTS = frozenset("split array_split vsplit hsplit dsplit atleast_1d atleast_2d".split())
"""Functions of NumPy whose several results are a list."""

WITH_COUNTS = frozenset({"frexp"})
"""Functions whose second result is of whole numbers."""

OF_SHAPES = frozenset({"zeros", "ones"})
"""Functions of shapes alone, whose numbers say nothing of the type of the result."""

_SUMMING = frozenset({"sum", "prod", "cumsum", "cumprod", "nansum"})
"""Functions that count truth values."""
