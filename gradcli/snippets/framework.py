"""What all frameworks have in common: names looked up, arrays made and computed with.

A framework is a folder with a class derived from this one, and a row in `frameworks.roots`. Its
tables name what has a state or transforms functions; every other function is the library's, called
as that framework calls it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from gradcli.errors import GradcliError, ShapeError, Span
from gradcli.ir.node import WORDS, Node
from gradcli.ir.shapes import show_shape
from gradcli.lower.calls import call_built_in
from gradcli.lower.functions import prefixed_function
from gradcli.lower.signatures import Argument
from gradcli.lower.values import BuiltIn
from gradcli.ops import catalog
from gradcli.snippets.dtypes import (
    BOOL,
    COUNTING,
    FLOAT32,
    FLOAT64,
    INT64,
    KEEPING,
    NAMES,
    DType,
    is_float,
)
from gradcli.snippets.errors import Raised, Refusal
from gradcli.snippets.values import Array, Kind, Namespace, Native, Object
from gradcli.suggest import nearest
from gradcli.syntax import tree as formulas

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from gradcli.ir.function import Function


OPERATORS = {
    "+": "add", "-": "sub", "*": "mul", "/": "div", "//": "floordiv", "%": "mod", "**": "pow",
    "@": "matmul",
}  # fmt: skip
"""Operators of two operands, and the operations that they are."""

COMPARISONS = {"<": "lt", "<=": "le", ">": "gt", ">=": "ge", "==": "eq", "!=": "ne"}

BITS: dict[str, Callable[..., Any]] = {
    "&": np.bitwise_and, "|": np.bitwise_or, "^": np.bitwise_xor, "<<": np.left_shift,
    ">>": np.right_shift,
}  # fmt: skip
"""Operators on bits, which are functions of whole numbers and of truth values."""


class Framework:
    """One framework as a snippet uses it.

    `members` are the things behind its prefix by their paths (`autograd.grad`), `methods` and
    `values` what stands behind the dot of its arrays, `setters` what can be assigned there.
    `rank` says whose an operation of arrays of two frameworks is: the higher one's.
    """

    name: ClassVar[str] = ""
    prefix: ClassVar[str] = ""
    rank: ClassVar[int] = 0
    default: DType = FLOAT32
    whole: DType = INT64
    indices: DType = INT64
    array_kind: ClassVar[type[Array]] = Array
    type_name: ClassVar[str] = "Tensor"
    missing: ClassVar[str] = "module '{path}' has no attribute '{name}'"
    instead: ClassVar[dict[str, tuple[str, str | None]]] = {}
    also: ClassVar[dict[str, str]] = {}

    def __init__(self, machine: Any) -> None:
        self.machine = machine
        self.recorder = machine.recorder
        self.members: dict[str, Any] = {}
        self.methods: dict[str, Callable[..., Any]] = {}
        self.values: dict[str, Callable[[Any], Any]] = {}
        self.setters: dict[str, Callable[[Any, Any], None]] = {}
        self.found: dict[tuple[str, ...], Any] = {}
        self.types: dict[str, DType] = dict(NAMES)

    # --- names ------------------------------------------------------------------------------

    def native(self, path: str, function: Callable[..., Any]) -> Native:
        """A function of the framework under its path."""
        return Native(path.rpartition(".")[2], function)

    def add(self, **members: Callable[..., Any]) -> None:
        """Functions behind the prefix; `__` in a name stands for a dot."""
        for name, function in members.items():
            path = name.replace("__", ".").removesuffix("_")
            self.members[path] = self.native(path, function)

    def member(self, words: tuple[str, ...]) -> Any:
        """What stands under a path behind the prefix."""
        value = self.found.get(words)
        if value is None:
            value = self.found[words] = self.find(words)
        return value

    def find(self, words: tuple[str, ...]) -> Any:
        """The same, looked for."""
        path = ".".join(words)
        for spelling in self.spellings(words):
            if spelling in self.members:
                return self.members[spelling]
        if path in self.instead or words[-1] in self.instead:
            what, help_ = self.instead.get(path) or self.instead[words[-1]]
            raise Refusal(what.format(f"{self.prefix}.{path}"), help=help_)
        if words[-1] in self.types:
            return self.type_value(words[-1])
        if words[-1] in _NUMBERS:
            return _NUMBERS[words[-1]]
        if self.is_path(words) and words[-1] not in ("maximum", "minimum"):
            return Namespace(self, words)
        function = self.library_function(words)
        if function is not None:
            made = self.lifted(function)
            if words[-1] in ("maximum", "minimum"):
                made.attributes["accumulate"] = self.lifted_path((*words, "accumulate"))
            return made
        raise self.unknown(words)

    def lifted_path(self, words: tuple[str, ...]) -> Native | None:
        """A function of the library under a path that is one itself: `np.maximum.accumulate`."""
        function = self.library_function(words)
        return None if function is None else self.lifted(function)

    def spellings(self, words: tuple[str, ...]) -> Iterator[str]:
        """The paths under which the framework's own things may be listed."""
        yield ".".join(words)

    def is_path(self, words: tuple[str, ...]) -> bool:
        """Whether there are things behind this path."""
        path = ".".join(words) + "."
        return words[-1] in catalog.PATHS or any(m.startswith(path) for m in self.members)

    def library_function(self, words: tuple[str, ...]) -> BuiltIn | None:
        """The function of the library that the framework has under this path."""
        function = prefixed_function(catalog, (self.prefix, *words))
        return function if isinstance(function, BuiltIn) else None

    def unknown(self, words: tuple[str, ...]) -> GradcliError:
        """The error of a name that there is not."""
        path = ".".join((self.prefix, *words))
        names = [m.rpartition(".")[2] for m in self.members]
        near = nearest(words[-1], [*names, *catalog.NAMES])
        help_ = f"did you mean '{near}'?" if near else "`gradcli help snippets` lists what is"
        return Refusal(f"`{path}` is not part of the subset", help=help_)

    def type_value(self, word: str) -> Kind:
        """The type of numbers of this name; called it converts."""
        dtype = self.types[word]

        def make(value: Any = 0) -> Any:
            array = self.cast(self.asarray(value), dtype)
            return self.made(array.node, dtype)

        return Kind(word, make, lambda v: isinstance(v, Array) and v.dtype == dtype, {"": dtype})

    def dtype_of(self, value: Any) -> DType:
        """The type of numbers that an argument names."""
        if isinstance(value, Kind) and "" in value.attributes:
            dtype: DType = value.attributes[""]
            return dtype
        if isinstance(value, str) and value.rpartition(".")[2] in self.types:
            return self.types[value.rpartition(".")[2]]
        if isinstance(value, np.dtype):
            return value
        named = {"float": self.python_float, "int": self.whole, "bool": BOOL}
        if isinstance(value, Kind) and value.name in named:
            return named[value.name]
        raise Refusal("this type of numbers is not part of the subset")

    @property
    def python_float(self) -> DType:
        """What Python's `float` is as a type of numbers."""
        return self.default

    # --- attributes of arrays ---------------------------------------------------------------

    def attribute(self, array: Array, name: str) -> Any:
        """What stands behind the dot of an array."""
        if name in self.values:
            return self.values[name](array)
        method = self.methods.get(name)
        if method is not None:
            own = method
            return Native(name, lambda *args, **named: own(array, *args, **named))
        if name in self.instead:
            what, help_ = self.instead[name]
            raise Refusal(what.format(f".{name}"), help=help_)
        function = self.library_method(name)
        if function is None:
            raise Raised("AttributeError", f"'{self.type_name}' object has no attribute '{name}'")
        found = function
        return Native(name, lambda *args, **named: self.call(found, (array, *args), named))

    def library_method(self, name: str) -> BuiltIn | None:
        """The function of the library that arrays have as a method of this name."""
        function = self.found.get(("x", name))
        if function is None:
            function = prefixed_function(catalog, (self.prefix, name))
            self.found["x", name] = function
        return function if isinstance(function, BuiltIn) else None

    def set_attribute(self, array: Array, name: str, value: Any) -> None:
        """Assigns what stands behind the dot of an array."""
        setter = self.setters.get(name)
        if setter is None:
            raise Raised("AttributeError", f"'{self.type_name}' object has no attribute '{name}'")
        setter(array, value)

    # --- making arrays ----------------------------------------------------------------------

    def records(self, sources: Sequence[Array]) -> bool:
        """Whether it must be remembered how something was made of these arrays."""
        return self.machine.depth_of_tracing > 0 or any(a.home.traces(a) for a in sources)

    def traces(self, array: Array) -> bool:
        """Whether what is made of an array must remember it."""
        del array
        return False

    def wrap(self, node: Node, dtype: DType, sources: Sequence[Array] = ()) -> Array:
        """A node as an array of the framework that was made of others."""
        if not self.records(sources):
            node = self.recorder.settled(node)
        return self.made(node, dtype)

    def made(self, node: Node, dtype: DType) -> Array:
        """An array of the framework."""
        array = self.array_kind(node, dtype, self)
        self.recorder.alive.add(array)
        return array

    def again(self, node: Node, like: Array) -> Array:
        """An array of a node that is like another in all but its numbers."""
        return self.made(node, like.dtype)

    def left(self, node: Node, like: Array) -> Array:
        """An array as it leaves a transformation: if that was the outermost, a constant."""
        return self.again(node if self.records([]) else self.recorder.settled(node), like)

    def constant(self, value: Any, dtype: DType | None = None) -> Array:
        """NumPy's array, or a number, as an array of the framework that never changes."""
        numbers = np.asarray(value)
        dtype = numbers.dtype if dtype is None else dtype
        return self.made(self.recorder.constant(numbers, dtype), dtype)

    def random(self, numbers: Any, dtype: DType, *, is_seeded: bool) -> Array:
        """An array of random numbers, which without a seed cannot be shown."""
        array = self.constant(numbers, dtype)
        if not is_seeded and array.node.size:
            node = self.recorder.leaf(numbers, dtype) if is_float(dtype) else array.node
            array.node = node
            self.recorder.unknown[node] = self.machine.span
        return array

    def inferred(self, numbers: np.ndarray[Any, Any]) -> DType:
        """The type of an array that is made of Python's numbers."""
        return {"b": BOOL, "i": self.whole, "u": self.whole}.get(numbers.dtype.kind, self.default)

    def asarray(self, value: Any, dtype: DType | None = None) -> Array:
        """A value as an array: arrays as they are, numbers and lists of them anew."""
        if isinstance(value, Array):
            array = value if value.home is self else self.adopted(value)
            return array if dtype is None or dtype == array.dtype else self.cast(array, dtype)
        if isinstance(value, Object):
            inner = self.machine.array_in(value)
            if inner is not None:
                return self.asarray(inner, dtype)
        if isinstance(value, (list, tuple, range)):
            if any(isinstance(leaf, Array) for leaf in leaves(value)):
                return self.stacked([self.asarray(item) for item in value], dtype)
            value = list(value)
        elif not isinstance(value, (bool, int, float, complex)):
            shown = self.machine.language.type_name(value)
            raise Raised("TypeError", f"can't convert {shown} to an array")
        numbers = self.numbers(value)
        return self.constant(numbers, dtype or self.inferred(numbers))

    def differentiable(self, value: Any) -> Array:
        """A value to differentiate by."""
        return self.asarray(value)

    def structure(self, value: Any) -> Any:
        """A structure of arrays as the framework gives it."""
        return value

    def zeros(self, like: Array) -> Array:
        """Zeros of the shape and type of an array."""
        return self.constant(np.zeros(like.shape), like.dtype)

    def scalar(self, value: Any) -> Array:
        """The one number that a function gives whose gradient is asked for."""
        array = self.asarray(value)
        if array.node.size != 1:
            raise Raised("TypeError", f"the gradient is of one number, not of {array.shape}")
        return array

    def adopted(self, array: Array) -> Array:
        """An array of another framework as one of this."""
        return self.made(array.node, array.dtype)

    def numbers(self, value: Any) -> np.ndarray[Any, Any]:
        """Lists of lists of numbers as NumPy's array."""
        try:
            numbers = np.array(value)
        except (ValueError, OverflowError):
            raise Raised("ValueError", "the lists of an array have different lengths") from None
        if numbers.dtype.kind not in "biuf":
            if numbers.dtype.kind == "c":
                raise Refusal("complex numbers are not part of the subset")
            raise Raised("TypeError", "an array is made of numbers")
        return numbers if numbers.size or numbers.dtype.kind == "b" else numbers.astype(float)

    def stacked(self, arrays: Sequence[Array], dtype: DType | None = None) -> Array:
        """Arrays joined on a new first axis."""
        common = dtype or self.promoted(arrays)
        nodes = [self.recorder.number(a.node, common) for a in arrays]
        return self.wrap(self.building(lambda: WORDS["stack"](tuple(nodes))), common, arrays)

    def cast(self, array: Array, dtype: DType) -> Array:
        """An array as numbers of another type."""
        if dtype == array.dtype:
            return array
        return self.wrap(self.cast_node(array, dtype), dtype, [array])

    def cast_node(self, array: Array, dtype: DType) -> Node:
        """The node of an array as numbers of another type."""
        node = array.node
        if dtype.kind == "b":
            self.recorder.use(array.dtype)
            return node if node.is_bool else WORDS["ne"](node, 0.0)
        if not is_float(dtype) and is_float(array.dtype):
            self.recorder.use(array.dtype)
            node = record("trunc")(record("stop_gradient")(node))
        return self.recorder.number(node, dtype)

    # --- computing --------------------------------------------------------------------------

    def promoted(self, arrays: Sequence[Array]) -> DType:
        """The type in which arrays are computed together."""
        types = {array.dtype for array in arrays}
        if len(types) == 1:
            return types.pop()
        return np.result_type(*types) if types else self.default

    def common(self, operands: Sequence[Any]) -> DType:
        """The type in which arrays and Python's numbers are computed together."""
        arrays = [x for x in operands if isinstance(x, Array)]
        dtype = self.promoted(arrays)
        if any(isinstance(x, float) for x in operands) and not is_float(dtype):
            return self.default
        if dtype.kind == "b" and any(type(x) is int for x in operands):
            return self.whole
        return dtype

    def operand(self, value: Any, dtype: DType) -> Node:
        """An operand as a node of numbers of a type."""
        if isinstance(value, Array):
            return self.recorder.number(value.node, dtype)
        self.recorder.use(dtype)
        return self.recorder.graph.constant(value)

    def liftable(self, value: Any) -> Any:
        """An operand: numbers as they are, lists and arrays of others as arrays of this one."""
        if type(value) in (int, float, bool):
            return value
        return value if isinstance(value, Array) and value.home is self else self.asarray(value)

    def operator(self, op: str, left: Any, right: Any) -> Array:
        """An operator of two operands, one of them at least an array."""
        x, y = self.liftable(left), self.liftable(right)
        dtype = self.common((x, y))
        if op in BITS:
            return self.on_bits(op, x, y, dtype)
        if op == "/" and not is_float(dtype):
            dtype = self.default
        elif dtype.kind == "b":
            dtype = self.whole
        operands = self.operand(x, dtype), self.operand(y, dtype)
        node = self.building(lambda: WORDS[OPERATORS[op]](*operands), op, x, y)
        return self.wrap(node, dtype, [a for a in (x, y) if isinstance(a, Array)])

    def on_bits(self, op: str, x: Any, y: Any, dtype: DType) -> Array:
        """An operator on bits: no derivative goes through it."""
        if is_float(dtype):
            raise Raised("TypeError", f"'{op}' is for whole numbers and truth values")
        words = {"&": "and", "|": "or", "^": "ne"}
        if dtype.kind == "b" and op in words:
            nodes = [a.node if isinstance(a, Array) else self.operand(a, BOOL) for a in (x, y)]
            node = self.building(lambda: WORDS[words[op]](*nodes), op, x, y)
            return self.wrap(node, BOOL, [a for a in (x, y) if isinstance(a, Array)])
        numbers = [self.recorder.array(a) if isinstance(a, Array) else a for a in (x, y)]
        return self.constant(BITS[op](*numbers), dtype)

    def compare(self, op: str, left: Any, right: Any) -> Array:
        """A comparison of two operands, one of them at least an array."""
        x, y = self.liftable(left), self.liftable(right)
        dtype = self.common((x, y))
        operands = self.operand(x, dtype), self.operand(y, dtype)
        node = self.building(lambda: WORDS[COMPARISONS[op]](*operands), op, x, y)
        return self.wrap(node, BOOL, [a for a in (x, y) if isinstance(a, Array)])

    def unary(self, op: str, x: Array) -> Array:
        """An operator before an array."""
        if op == "~":
            if not x.node.is_bool:
                return self.constant(~self.recorder.array(x), x.dtype)
            return self.wrap(WORDS["not"](x.node), BOOL, [x])
        self.recorder.use(x.dtype)
        return self.wrap(WORDS["neg"](x.node), x.dtype, [x]) if op == "-" else x

    def building(self, build: Callable[[], Node], op: str = "", *operands: Any) -> Node:
        """The node that `build` gives, in the words of the framework where shapes do not fit."""
        try:
            return build()
        except ShapeError as error:
            raise self.misfit(error, op, *operands) from None

    def misfit(self, error: ShapeError, op: str, *operands: Any) -> GradcliError:
        """What the framework says of shapes that do not fit."""
        del op
        shapes = [show_shape(x.shape) for x in operands if isinstance(x, Array)]
        said = " ".join(shapes)
        text = f"operands could not be broadcast together with shapes {said} "
        return Raised("ValueError", text if len(shapes) == 2 else error.message)

    # --- functions of the library -----------------------------------------------------------

    def lifted(self, function: BuiltIn) -> Native:
        """A function of the library as one of the framework."""
        name = function.name.rpartition(".")[2]
        return Native(name, lambda *args, **named: self.call(function, args, named), of=function)

    def call(self, function: BuiltIn, args: Sequence[Any], named: dict[str, Any]) -> Any:
        """A call of a function of the library, as the framework calls it."""
        named = {name: value for name, value in named.items() if name not in self.ignored}
        wish = named.pop("dtype", None)
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
        result = self.result_type(function, dtype, arrays)
        made = self.wrapped(value, result if wish is None else wish, arrays)
        is_drawn = any(p.name == "seed" for p in function.record.parameters)
        if is_drawn and not any(argument.value is value for argument in arguments):
            self.hide(made)
        return self.several(function, made) if isinstance(made, list) else made

    def hide(self, made: Any) -> None:
        """Random numbers of the library's own are not those of the framework: nobody sees them."""
        if isinstance(made, Array) and self.machine.seed is None:
            self.recorder.unknown[made.node] = self.machine.span

    ignored: ClassVar[frozenset[str]] = frozenset({"name", "device", "out", "layout"})
    """Arguments that have no effect."""

    def dtype_for(self, function: BuiltIn, arrays: Sequence[Array], given: Sequence[Any]) -> DType:
        """The type in which a function is computed."""
        numbers = [x for x in leaves(given) if type(x) in (int, float)]
        name = function.record.name
        if not arrays:
            lists = bool(given) and isinstance(given[0], (list, tuple)) and name in KEEPING
            may_be = name in self.counted or (lists and function.record.makes is None)
            is_whole = may_be and bool(numbers) and not any(type(x) is float for x in numbers)
            return self.whole if is_whole else self.default
        dtype = self.common([*arrays, *numbers]) if name in KEEPING else self.promoted(arrays)
        keeps = is_float(dtype) or name in KEEPING or name in COUNTING
        return dtype if keeps else self.default

    counted: ClassVar[frozenset[str]] = frozenset({"arange", "range"})
    """Functions that make whole numbers of whole numbers, where no array is given."""

    def result_type(self, function: BuiltIn, dtype: DType, arrays: Sequence[Array]) -> DType:
        """The type of what a function gives, where that is no truth value."""
        del arrays
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
        """Several results of a function."""
        del function
        return parts

    # --- items ------------------------------------------------------------------------------

    def item(self, array: Array, key: Any) -> Array:
        """`x[key]`."""
        parts = key if isinstance(key, tuple) else (key,)
        self.recorder.use(array.dtype)
        items = [self.index(part) for part in parts]
        try:
            node = WORDS["index"](array.node, *items)
        except GradcliError as error:
            raise Raised("IndexError", error.message, help=error.help) from None
        return self.wrap(node, array.dtype, [array])

    def index(self, part: Any) -> Any:
        """An index as NumPy takes it."""
        if part is None or part is Ellipsis or isinstance(part, (bool, int)):
            return part
        if isinstance(part, slice):
            return slice(*[None if p is None else int(self.index(p)) for p in _parts(part)])
        if isinstance(part, Array):
            numbers = self.recorder.array(part)
        elif isinstance(part, (list, tuple, range)):
            numbers = self.recorder.array(self.asarray(list(part)))
        else:
            raise Raised("IndexError", "an index is a whole number, a slice or an array of them")
        if numbers.dtype.kind not in "biu":
            raise Raised(
                "IndexError", "arrays used as indices must be of integer (or boolean) type"
            )
        return int(numbers) if not numbers.ndim and numbers.dtype.kind != "b" else numbers

    def replaced(self, array: Array, key: Any, value: Any, how: str = "set") -> Node:
        """The node of an array of which some elements are replaced."""
        parts = key if isinstance(key, tuple) else (key,)
        items = tuple(self.index(part) for part in parts)
        numbers = np.arange(array.node.size).reshape(array.shape)
        try:
            chosen = numbers[items]
        except IndexError as error:
            raise Raised("IndexError", str(error)) from None
        new = self.operand(self.liftable(value), array.dtype)
        reshape, spread, scatter = map(record, ("reshape", "broadcast_to", "scatter"))
        node = self.recorder.number(array.node, array.dtype)
        row = reshape(node, (node.size,))
        flat = reshape(self.building(lambda: spread(new, chosen.shape)), (chosen.size,))
        whole: Node = reshape(scatter(row, 0, chosen.ravel(), flat, how), array.shape)
        return whole if array.dtype.kind != "b" else WORDS["ne"](whole, 0.0)

    def set_item(self, array: Array, key: Any, value: Any) -> None:
        """`x[key] = value`."""
        node = self.replaced(array, key, value)
        array.node = node if self.records([array]) else self.recorder.settled(node)

    def augmented(self, op: str, array: Array, other: Any) -> Any:
        """`x += other`, which makes a new array unless the framework says otherwise."""
        return self.operator(op, array, other)

    def mark(self, array: Array) -> None:
        """Gives an array a node of its own, so that a derivative by it can be asked for."""
        if self.records([array]) and array.node.inputs:
            self.recorder.use(array.dtype)
            array.node = self.recorder.mark(array.node)

    def copied(self, array: Array) -> Array:
        """The same numbers as another array."""
        return self.made(array.node, array.dtype)

    def namespace(self, words: tuple[str, ...]) -> Any:
        """A module of the framework."""
        return self.member(words) if words else Namespace(self, ())

    # --- showing ----------------------------------------------------------------------------

    def show(self, array: Array) -> str:
        """How `print` shows an array."""
        return str(self.recorder.array(array)[()])

    def represent(self, array: Array) -> str:
        """How a session shows an array."""
        return repr(self.recorder.array(array)[()])

    def truth(self, array: Array) -> bool:
        """Whether an array of one element is true."""
        numbers = self.recorder.array(array)
        if numbers.size != 1:
            raise Raised(
                "ValueError",
                "The truth value of an array with more than one element is ambiguous. "
                "Use a.any() or a.all()",
            )
        return bool(numbers.reshape(())[()])

    def number(self, array: Array) -> Any:
        """The one number of an array, as Python has it."""
        numbers = self.recorder.array(array)
        if numbers.size != 1:
            raise Raised("TypeError", "only length-1 arrays can be converted to Python scalars")
        return numbers.reshape(())[()].item()

    def python_number(self, array: Array) -> Any:
        """The one number of an array, where a function of Python needs it."""
        return self.number(array)

    def interpolated(self, array: Array) -> str:
        """An array within a text, without a code."""
        return self.show(array)

    def formattable(self, array: Array) -> Any:
        """What a format code is applied to."""
        if array.shape:
            text = f"unsupported format string passed to {self.type_name}.__format__"
            raise Raised("TypeError", text)
        return self.number(array)

    def rounded(self, array: Array, digits: int | None) -> Any:
        """`round(x, digits)`."""
        number = round(float(self.number(array)), digits or 0)
        return int(number) if digits is None else self.constant(number, array.dtype)

    def kind_of(self, array: Array) -> Kind:
        """`type(x)`."""
        del array
        return Kind(self.type_name, self.asarray, lambda v: isinstance(v, Array) and v.home is self)

    def iterate(self, array: Array) -> list[Any]:
        """The rows of an array."""
        if not array.shape:
            raise Raised("TypeError", "iteration over a 0-d array")
        return [self.item(array, i) for i in range(array.shape[0])]

    def length(self, array: Array) -> int:
        """The number of rows of an array."""
        if not array.shape:
            raise Raised("TypeError", "len() of unsized object")
        return array.shape[0]


_SUMMING = frozenset({"sum", "prod", "cumsum", "cumprod", "nansum"})
"""Functions that count truth values."""

_NUMBERS: dict[str, Any] = {
    "pi": np.pi, "e": np.e, "inf": np.inf, "nan": np.nan, "euler_gamma": np.euler_gamma,
    "newaxis": None,
}  # fmt: skip


def record(name: str) -> Function:
    """A function of the library that there must be."""
    function = catalog.find(name)
    assert function is not None
    return function


def _parts(part: slice) -> tuple[Any, Any, Any]:
    return part.start, part.stop, part.step


def leaves(value: Any) -> Iterator[Any]:
    """What lists and tuples hold, taken apart."""
    if isinstance(value, (list, tuple)):
        for item in value:
            yield from leaves(item)
    else:
        yield value
