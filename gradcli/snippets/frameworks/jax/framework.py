"""JAX as a snippet uses it: arrays, `jax.numpy`, transformations, `lax`, random numbers."""

from __future__ import annotations

from importlib import import_module
from math import prod
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from gradcli.ir.node import WORDS, Node
from gradcli.snippets.arrays.dtypes import FLOAT32, FLOAT64, INT32, INT64, DType, is_float
from gradcli.snippets.arrays.library import IN_LISTS, OF_NUMPY
from gradcli.snippets.arrays.pytrees import leaves, mapped, ordered
from gradcli.snippets.arrays.traces import Traces
from gradcli.snippets.errors import Raised, Refusal
from gradcli.snippets.framework import Framework
from gradcli.snippets.frameworks.jax.array import JaxArray, KeyArray, like_those, untraced
from gradcli.snippets.frameworks.jax.at import At
from gradcli.snippets.frameworks.jax.composites import rounded, saturated
from gradcli.snippets.frameworks.jax.devices import DEVICE, Placed
from gradcli.snippets.frameworks.jax.kernels import quotient
from gradcli.snippets.frameworks.jax.members import members
from gradcli.snippets.frameworks.jax.refusals import IMMUTABLE, INTEGERS, UNREAL
from gradcli.snippets.frameworks.jax.slopes import PUSHES, at_once
from gradcli.snippets.frameworks.jax.tracing import Tracing
from gradcli.snippets.frameworks.jax.weak import FRACTIONS, STRONG
from gradcli.snippets.values import Array, Kind, Named, Native

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

LOADED = ("lax", "random", "initializers")
"""Parts that are modules of their own here."""


class JAX(Tracing):
    """JAX."""

    name = "jax"
    prefix = "jax"
    rank = 2
    results = OF_NUMPY
    listing = IN_LISTS | {"meshgrid", "broadcast_arrays", "gradient"}
    default = FLOAT32
    whole = INT32
    indices = INT32
    array_kind = JaxArray
    type_name: ClassVar[str] = "ArrayImpl"
    numbers_module: ClassVar[str] = "jax.numpy"
    instead: ClassVar[dict[str, tuple[str, str | None]]] = {
        "make_jaxpr": ("`{}` writes the steps of JAX's own", "`gradcli graph` shows those here"),
        "profiler": ("`{}` measures", "leave these lines out"),
        "distributed": ("`{}` is of many machines", "leave these lines out"),
    }
    ignored: ClassVar[frozenset[str]] = frozenset({"device", "precision", "out"})
    instructions: ClassVar[dict[str, Any]] = {**Framework.instructions, "/": quotient}

    def __init__(self, machine: Any) -> None:
        super().__init__(machine)
        self.recorder.slope("jax")
        self.recorder.push(PUSHES, at_once)
        self.recorder.compute("jax")
        self.is_unjitted = False
        self.known_traces = Traces()
        self.loaded: set[str] = set()
        self.members |= members(self)
        self.values |= {
            "shape": lambda x: tuple(x.shape),
            "ndim": lambda x: len(x.shape),
            "size": lambda x: prod(x.shape),
            "dtype": lambda x: x.type_shown if isinstance(x, KeyArray) else x.dtype,
            "T": lambda x: self.result_of("numpy.transpose", x),
            "at": lambda x: At(self, x),
            "weak_type": lambda x: x.weak,
            "sharding": lambda _: Placed(),
            "device": lambda _: DEVICE,
        }
        self.methods |= {
            "item": lambda x, *key: self.number(self.item(x, key) if key else x),
            "tolist": lambda x: self.recorder.array(x).tolist(),
            "astype": lambda x, dtype: self.cast(x, self.dtype_of(dtype)),
            "block_until_ready": lambda x: x,
            "devices": lambda _: {DEVICE},
            "copy": lambda x: x,
            "var": lambda x, *args, **named: self.result_of("numpy.var", x, *args, **named),
            "std": lambda x, *args, **named: self.result_of("numpy.std", x, *args, **named),
            "round": lambda x, decimals=0: rounded(self, x, decimals),
            "reshape": self.reshaped,
            "ravel": lambda x, order="C": self.machine.call(
                self.member(("numpy", "ravel")), [x, order]
            ),
        }

    # --- names ------------------------------------------------------------------------------

    def find(self, words: tuple[str, ...]) -> Any:
        """What stands under a path; some parts are loaded when they are asked for."""
        part = "initializers" if words[:2] == ("nn", "initializers") else words[0]
        if part in LOADED and part not in self.loaded:
            self.loaded.add(part)
            module = import_module(f"gradcli.snippets.frameworks.jax.{part}")
            self.members |= getattr(module, part)(self)
        return super().find(words)

    def is_path(self, words: tuple[str, ...]) -> bool:
        """Whether there are things behind this path."""
        return words in _PATHS or super().is_path(words)

    def library_method(self, name: str) -> Any:
        """The function of `jax.numpy` that arrays have as a method."""
        function = self.found.get(("x", name))
        if function is None:
            function = self.found["x", name] = self.library_function(("numpy", name))
            if function is not None:
                function.spellings = (f"np.ndarray.{name}", *function.spellings)
        return function

    def set_x64(self, on: Any) -> None:
        """Whether numbers are float64 and int64."""
        wide = bool(on)
        self.default, self.whole = (FLOAT64, INT64) if wide else (FLOAT32, INT32)
        self.indices = self.whole
        if wide:
            self.recorder.compute_doubles("jax")

    def type_value(self, word: str) -> Kind:
        """`jnp.float32`."""
        kind = super().type_value(word)
        dtype = self.narrowed(self.types[word])
        kind.attributes[""] = dtype
        kind.attributes["repr"] = f"<class 'jax.numpy.{dtype.name}'>"
        return kind

    def narrowed(self, dtype: DType) -> DType:
        """A type of 64 bits as one of 32, unless those were asked for."""
        if self.default == FLOAT64:
            return dtype
        return {FLOAT64: FLOAT32, INT64: INT32}.get(dtype, dtype)

    def dtype_of(self, value: Any) -> DType:
        """The type of numbers that an argument names."""
        return self.narrowed(super().dtype_of(value))

    # --- arrays -----------------------------------------------------------------------------

    def adopted(self, array: Array) -> Array:
        """An array of NumPy as one of JAX."""
        return self.constant(self.recorder.array(array), self.narrowed(array.dtype))

    def asarray(self, value: Any, dtype: DType | None = None) -> Array:
        """A value as an array; Python's numbers are weak."""
        array: Any = super().asarray(value, dtype)
        if type(value) in (int, float) and dtype is None:
            array.weak = True
        return array

    def wrap(self, node: Node, dtype: DType, sources: Sequence[Array] = ()) -> Array:
        """A node as an array, weak if all are that it is made of."""
        made: Array = like_those(super().wrap(node, dtype, sources), sources)
        return made

    def again(self, node: Node, like: Array) -> Array:
        """An array like another of a node; it is as weak as that one."""
        made: Array = like_those(super().again(node, like), [like])
        return made

    def structure(self, value: Any) -> Any:
        """Dicts have their keys in order."""
        if isinstance(value, dict):
            return {key: self.structure(value[key]) for key in ordered(value)}
        if isinstance(value, (list, tuple)) and not isinstance(value, Named):
            return type(value)([self.structure(item) for item in value])
        return value

    def stacked(self, arrays: Sequence[Array], dtype: DType | None = None) -> Array:
        """Arrays joined on a new first axis, as weak as the first."""
        made: Any = super().stacked(arrays, dtype)
        made.weak = bool(arrays) and getattr(arrays[0], "weak", False)
        return made

    def item(self, array: Array, key: Any) -> Array:
        """`x[key]`: an index beyond the ends is that of the end."""
        parts = key if isinstance(key, tuple) else (key,)
        if all(type(part) is int for part in parts) and len(parts) <= len(array.shape):
            pairs = zip(parts, array.shape, strict=False)
            parts = tuple(max(min(part, n - 1), -n) for part, n in pairs)
            return super().item(array, parts)
        return super().item(array, key)

    def promoted(self, arrays: Sequence[Array]) -> DType:
        """The type of arrays together: weak ones count only by their kind."""
        strong = [a for a in arrays if not getattr(a, "weak", False)]
        if strong and len(strong) < len(arrays):
            dtype = self.promoted(strong)
            if not is_float(dtype) and any(is_float(a.dtype) for a in arrays):
                return self.default
            return dtype
        types = {a.dtype for a in arrays}
        if len(types) < 2:
            return super().promoted(arrays)
        floats = [t for t in types if is_float(t)]
        return self.narrowed(np.result_type(*(floats or types)))

    def call(self, function: Any, args: Sequence[Any], named: dict[str, Any]) -> Any:
        """A call of a function of the library: numbers where arrays are meant are weak arrays."""
        self.refuse_shape(function.record.name, args)
        kinds = [p.kind for p in function.record.parameters]
        makes = function.record.makes is not None or function.record.constant
        if args and type(args[0]) in (int, float) and kinds[:1] == ["Array"] and not makes:
            args = [self.asarray(args[0]), *args[1:]]
        if args and isinstance(args[0], (list, tuple)) and kinds[:1] == ["Array"]:
            text = f"{function.name.rpartition('.')[2]} requires ndarray or scalar arguments, "
            shown = self.machine.language.type_name(args[0])
            raise Raised("TypeError", f"{text}got <class '{shown}'> at position 0.")
        if function.record.name == "mean" and self.is_plain_mean(args, named):
            return self.mean([self.cast(args[0], FLOAT32), *args[1:]], named)
        if function.name.rpartition(".")[2] in FRACTIONS:
            args = [self.fraction(x) if isinstance(x, Array) else x for x in args]
        value = super().call(function, args, named)
        if function.record.name in STRONG:
            for part in leaves(value):
                if isinstance(part, JaxArray):
                    part.weak = False
        return value

    def reshaped(self, x: Array, *lengths: Any, order: str = "C") -> Any:
        """`x.reshape(2, 3)` or `x.reshape((2, 3))`."""
        shape = lengths[0] if len(lengths) == 1 else lengths
        return self.result_of("numpy.reshape", x, shape, order)

    def fraction(self, array: Array) -> Array:
        """Whole numbers and truth values as numbers with fractions."""
        return array if is_float(array.dtype) else self.cast(array, self.default)

    def is_plain_mean(self, args: Sequence[Any], named: dict[str, Any]) -> bool:
        """Whether a mean is that of an array in single precision, over all it is asked for."""
        x: Any = args[0] if args else None
        if not isinstance(x, Array) or x.dtype == FLOAT64 or self.default != FLOAT32:
            return False
        return bool(x.node.size) and not named.keys() & {"where", "dtype"} and len(args) < 3

    def mean(self, args: Sequence[Any], named: dict[str, Any]) -> Any:
        """The sum times one over the count, as XLA makes it of a quotient."""
        function = self.library_function(("numpy", "sum"))
        assert function is not None
        total = self.call(function, args, named)
        count = args[0].node.size // total.node.size
        return self.operator("*", total, float(np.float32(1) / np.float32(count)))

    def cast_node(self, array: Array, dtype: DType) -> Node:
        """The node of an array as numbers of another type; whole ones end at their largest."""
        node = super().cast_node(array, dtype)
        return saturated(node, dtype) if is_float(array.dtype) and dtype.kind in "iu" else node

    def differentiable(self, value: Any) -> Array:
        """A value to differentiate by."""
        array = self.asarray(value)
        if not is_float(array.dtype):
            text = INTEGERS.format(array.dtype.name)
            raise Raised("TypeError", text, help="write 3.0 instead of 3")
        return array

    def scalar(self, value: Any) -> Array:
        """The one number that a function gives whose gradient is asked for."""
        if not isinstance(value, (Array, bool, int, float)):
            text = "Gradient only defined for scalar-output functions. Output was"
            shown = self.machine.language.represent(mapped(untraced, value))
            raise Raised("TypeError", f"{text} {shown}.", help="with has_aux=True it is a pair")
        array = self.asarray(value)
        if array.shape:
            shown = f"({array.shape[0]},)" if len(array.shape) == 1 else str(array.shape)
            text = f"Gradient only defined for scalar-output functions. Output had shape: {shown}."
            raise Raised(
                "TypeError",
                text,
                help="sum it, or ask jax.jacrev for the derivative of each of them",
            )
        if not is_float(array.dtype):
            raise Raised("TypeError", UNREAL.format(array.dtype.name))
        return array

    def set_item(self, array: Array, key: Any, value: Any) -> None:  # noqa: ARG002
        """Arrays cannot be written into."""
        raise Raised("TypeError", IMMUTABLE, help="x = x.at[i].set(y)")

    def misfit(self, error: Any, op: str, *operands: Any) -> Any:
        """What JAX says of shapes that do not fit."""
        shapes = [x.shape for x in operands if isinstance(x, Array)]
        if len(shapes) == 2 and op in _NAMES:
            said = ", ".join(str(shape) for shape in shapes)
            text = f"{_NAMES[op]} got incompatible shapes for broadcasting: {said}."
            return Raised("TypeError", text, help=error.help)
        if len(shapes) == 2 and op in ("@", "matmul", "dot") and all(shapes):
            terms = [(shapes[0][-1],), (shapes[1][-2:][0],)]
            text = "dot_general requires contracting dimensions to have the same shape, got "
            return Raised("TypeError", f"{text}{terms[0]} and {terms[1]}.", help=error.message)
        return Raised("TypeError", error.message, help=error.help)

    def several(self, function: Any, parts: list[Any]) -> Any:
        """Several results are a tuple, or a list where JAX has one."""
        if function.name.rpartition(".")[2] == "top_k":
            index = parts[1]
            return [parts[0], self.made(self.recorder.number(index.node, self.whole), self.whole)]
        return super().several(function, parts)

    # --- showing ----------------------------------------------------------------------------

    def show(self, array: Array) -> str:
        """How `print` shows an array: as NumPy does."""
        traced = self.tracer(array) if self.jitted else ""
        if not traced and self.machine.depth_of_tracing:
            raise Refusal(
                "what is printed while a function is transformed is a tracer",
                help="jax.debug.print shows the numbers",
            )
        if traced:
            return traced
        with np.printoptions(**self.printing()):
            text = str(self.recorder.array(array))
        return array.shown(text) if isinstance(array, KeyArray) else text

    def interpolated(self, array: Array) -> str:
        """An array within a text; of tracers no number is known."""
        if self.jitted or self.machine.depth_of_tracing or isinstance(array, KeyArray):
            return self.show(array)
        return super().interpolated(array)

    def printing(self) -> dict[str, Any]:
        """How arrays are shown: as NumPy was told to."""
        numpy: Any = self.machine.frameworks.get("numpy")
        return {} if numpy is None else numpy.printing

    def represent(self, array: Any) -> str:
        """`Array([2., 4.], dtype=float32)`."""
        if self.jitted or self.machine.depth_of_tracing or isinstance(array, KeyArray):
            return self.show(array)
        numbers = self.recorder.array(array)
        prefix, text = "Array(", f"[], shape={numbers.shape}"
        with np.printoptions(**self.printing()):
            width = np.get_printoptions()["linewidth"]
            if numbers.size:
                text = np.array2string(
                    numbers, prefix=prefix, suffix=",", separator=", ", max_line_width=width
                )
        weak = ", weak_type=True" if array.weak else ""
        last = f"dtype={array.dtype.name}{weak})"
        is_long = len(text) - text.rfind("\n") + 1 + len(last) + 1 > width
        return f"{prefix}{text},{' ' * len(prefix) if is_long else ' '}{last}"

    def kind_of(self, array: Array) -> Kind:
        """`type(x)`."""
        del array
        return Kind(
            "ArrayImpl",
            self.asarray,
            lambda v: isinstance(v, JaxArray),
            {"repr": "<class 'jaxlib._jax.ArrayImpl'>"},
        )

    def length(self, array: Array) -> int:
        """The number of rows of an array."""
        if not array.shape:
            raise Raised("TypeError", "len() of unsized object")
        return array.shape[0]

    def spellings(self, words: tuple[str, ...]) -> Iterator[str]:
        """The paths under which JAX's own things may be listed."""
        yield ".".join(words)


_NAMES = {"+": "add", "-": "sub", "*": "mul", "/": "div", "**": "pow"}

_PATHS = frozenset(
    tuple(path.split("."))
    for path in "numpy numpy.linalg lax nn scipy scipy.special scipy.linalg scipy.stats random "
    "tree tree_util nn.initializers config debug flatten_util ad_checkpoint experimental "
    "scipy.optimize test_util".split()
)

__all__ = ["FRAMEWORK", "WORDS", "Native"]

FRAMEWORK = JAX
