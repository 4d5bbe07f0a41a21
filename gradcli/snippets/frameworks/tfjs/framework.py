"""TensorFlow.js as a snippet uses it: tensors, their methods, and what is behind `tf.`."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from gradcli.lower.arguments import positional_names
from gradcli.lower.frameworks import framework_signatures
from gradcli.lower.signatures import SEVERAL, Argument
from gradcli.ops import catalog
from gradcli.snippets.arrays.dtypes import BOOL, FLOAT32, INT32, DType, is_float
from gradcli.snippets.arrays.making import record
from gradcli.snippets.errors import Raised, Refusal
from gradcli.snippets.framework import Framework
from gradcli.snippets.frameworks.tfjs.composites import Composites
from gradcli.snippets.frameworks.tfjs.functions import NAMED_RESULTS, functions, methods
from gradcli.snippets.frameworks.tfjs.fused import fused
from gradcli.snippets.frameworks.tfjs.gradients import UNKNOWN, Gradients, fail
from gradcli.snippets.frameworks.tfjs.making import dtype_named, makers, tensor
from gradcli.snippets.frameworks.tfjs.memory import Memory
from gradcli.snippets.frameworks.tfjs.metrics import metrics
from gradcli.snippets.frameworks.tfjs.optimizers import train
from gradcli.snippets.frameworks.tfjs.rules import RULES, with_rule
from gradcli.snippets.frameworks.tfjs.text import tensor_text
from gradcli.snippets.frameworks.tfjs.variable import Variable
from gradcli.snippets.languages.javascript.tree import UNDEFINED
from gradcli.snippets.languages.javascript.values import TypedArray, sorted_items
from gradcli.snippets.values import Array, Kind, Namespace, Native
from gradcli.suggest import nearest

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gradcli.errors import GradcliError, ShapeError
    from gradcli.lower.values import BuiltIn

ARRAYS = {FLOAT32: "Float32Array", INT32: "Int32Array", BOOL: "Uint8Array"}
"""The typed array of each type of numbers."""


DILATED = {
    "conv2d": "Error in gradient of conv2D: dilation rates greater than 1 are not yet supported in "
    "gradients."
}
"""What TensorFlow.js says of gradients of functions whose filters have holes."""


class TensorFlowJS(Framework):
    """TensorFlow.js."""

    name = "tfjs"
    prefix = "tfjs"
    rank = 2
    default = FLOAT32
    whole = INT32
    indices = INT32
    type_name: ClassVar[str] = "Tensor"
    instead: ClassVar[dict[str, tuple[str, str | None]]] = {
        **dict.fromkeys(
            ("layers", "sequential", "model", "input"),
            ("`{}` is not part of the subset", "write the model as a function of tf.variable(…)"),
        ),
        **dict.fromkeys(
            ("loadLayersModel", "loadGraphModel", "io", "data.csv", "browser"),
            ("`{}` reads data", "write the numbers into the snippet"),
        ),
        **dict.fromkeys(
            ("rand", "randomGamma", "multinomial", "dropout", "randomUniformInt"),
            ("`{}` gives other numbers each time", "give the numbers: tf.tensor([…])"),
        ),
        **dict.fromkeys(
            ("dataToGPU", "complex", "fft", "ifft", "rfft", "irfft"),
            ("`{}` is not part of the subset", None),
        ),
        "signal": ("`{}` is not part of the subset", None),
    }

    def __init__(self, machine: Any) -> None:
        super().__init__(machine)
        self.recorder.slope("tfjs")
        self.recorder.compute("tfjs")
        self.memory = Memory(self)
        self.gradients = Gradients(self)
        self.variables: dict[str, Variable] = {}
        self.names = 0
        self.counts: dict[str, int] = {}
        self.types = {}
        self.members |= makers(self)
        self.members |= self.gradients.members()
        self.members |= train(self)
        self.members |= functions(self) | metrics(self) | fused(self)
        self.composites = Composites(self)
        self.members |= self.composites.members()
        self.members["Tensor"] = Kind("Tensor", self.asarray, lambda v: isinstance(v, Array))
        self.members["Variable"] = Kind("Variable", self.asarray, lambda v: isinstance(v, Variable))
        self.methods |= self.composites.methods() | methods(self)
        self.values |= {
            "shape": lambda x: [float(n) for n in x.shape],
            "dtype": lambda x: x.dtype.name,
            "size": lambda x: float(x.node.size),
            "rank": lambda x: float(len(x.shape)),
            "rankType": lambda x: str(len(x.shape)),
            "isDisposed": lambda x: x in self.memory.gone,
            "name": lambda x: getattr(x, "label", UNDEFINED),
            "trainable": lambda x: getattr(x, "trainable", UNDEFINED),
            "id": lambda x: float(x.node.order),
        }

    # --- names ------------------------------------------------------------------------------

    def find(self, words: tuple[str, ...]) -> Any:
        """What stands under a path; functions tell the memory what they have made."""
        if words[0] in ("backend_util", "util", "shared", "kernel_impls", "ENV", "initializers"):
            path = ".".join(words)
            if path not in self.members and len(words) > 1:
                raise Refusal(f"`tf.{path}` is not part of the subset")
            if len(words) == 1:
                return Namespace(self, words)
        if words[0] in self.instead and words[0] not in self.members:
            what, help_ = self.instead[words[0]]
            raise Refusal(what.format(".".join(("tf", *words))), help=help_)
        value = super().find(words)
        return self.counted_native(value) if isinstance(value, Native) else value

    def unknown(self, words: tuple[str, ...]) -> GradcliError:
        """The error of a name that there is not."""
        error = super().unknown(words)
        return Refusal(error.message.replace("`tfjs.", "`tf."), help=error.help)

    def counted_native(self, native: Native) -> Native:
        """A function whose results are noted."""
        memory, function = self.memory, native.function

        def call(*args: Any, **named: Any) -> Any:
            return memory.note(function(*args, **named))

        return Native(native.name, call, **native.attributes)

    def attribute(self, array: Array, name: str) -> Any:
        """What stands behind the dot of a tensor."""
        if name in self.values:
            return self.values[name](array)
        if name != "dispose":
            self.check_there(array)
        if name not in self.methods and name not in self.instead and not self.library_method(name):
            near = nearest(name, [*self.methods, *self.values, *catalog.NAMES])
            help_ = None if near is None else f"did you mean '{near}'?"
            self.machine.note(f"a tensor has no `{name}`", help=help_)
            return UNDEFINED
        value = super().attribute(array, name)
        return self.counted_native(value) if isinstance(value, Native) else value

    def check_there(self, array: Array) -> None:
        """Refuses a tensor that was disposed of."""
        if array in self.memory.gone and not self.memory.is_reviving:
            raise fail(
                "Tensor is disposed.", "tf.keep(x) keeps a tensor that tf.tidy would dispose"
            )

    def item(self, array: Array, key: Any) -> Any:
        """`x[key]`: tensors have no items, but methods under their names."""
        if isinstance(key, str):
            return self.attribute(array, key)
        self.machine.note(
            "`x[i]` of a tensor is undefined in JavaScript",
            help="x.arraySync()[i] is a number, x.slice([i], [1]) a tensor",
        )
        del array, key
        return UNDEFINED

    # --- making tensors ---------------------------------------------------------------------

    def next_name(self) -> str:
        """The name of the next variable that is given none."""
        self.names += 1
        return str(self.names - 1)

    def new_variable(self, value: Array, trainable: bool, name: Any, dtype: Any) -> Variable:
        """`tf.variable(…)`."""
        label = self.next_name() if name is None or name is UNDEFINED else name
        if label in self.variables:
            raise fail(f"Variable with name {label} was already registered")
        wish = dtype_named(dtype)
        array = value if wish is None else self.cast(value, wish)
        numbers = self.recorder.array(array)
        node = self.recorder.leaf(numbers, array.dtype, label)
        made = Variable(node, array.dtype, self, label, trainable)
        self.recorder.hold(made)
        self.variables[label] = made
        self.variables = dict(sorted_items(self.variables))
        return made

    def write(self, variable: Variable, numbers: np.ndarray[Any, Any]) -> None:
        """Gives a variable new numbers."""
        variable.node = self.recorder.leaf(numbers, variable.dtype, variable.label)

    def asarray(self, value: Any, dtype: DType | None = None) -> Array:
        """A value as a tensor."""
        if isinstance(value, Array):
            self.check_there(value)
            return super().asarray(value, dtype)
        if isinstance(value, (list, float, int)):
            if isinstance(value, list) and any(isinstance(x, Array) for x in value):
                return super().asarray(value, dtype)
            return tensor(self, value, None, dtype)
        shown = self.machine.language.text(value)
        raise fail(f"an argument must be a Tensor or TensorLike, but got '{shown}'")

    def tensor_of(self, value: Any, name: str, of: str) -> Array:
        """An argument as a tensor, or the error of TensorFlow.js."""
        self.check_tensor(value, name, of)
        return self.asarray(value)

    def float_of(self, x: Array) -> DType:
        """The type in which derivatives by a tensor are computed."""
        return x.dtype if is_float(x.dtype) else FLOAT32

    def outside(self, y: Array) -> Array:
        """A tensor as it is outside of what was differentiated."""
        return self.wrap(y.node, y.dtype) if not isinstance(y, Variable) else y

    # --- computing --------------------------------------------------------------------------

    def promoted(self, arrays: Sequence[Array]) -> DType:
        """Of several types the widest: truth values, whole numbers, numbers."""
        types = [array.dtype for array in arrays]
        return max(types, key=[BOOL, INT32, FLOAT32].index, default=self.default)

    def cast_node(self, array: Array, dtype: DType) -> Any:
        """The node of an array as numbers of another type: 0 for what is no whole number."""
        if dtype == INT32 and is_float(array.dtype):
            self.recorder.use(array.dtype)
            finite = record("where")(record("isfinite")(array.node), array.node, 0.0)
            array = self.made(finite, array.dtype)
        return super().cast_node(array, dtype)

    def call(self, function: BuiltIn, args: Sequence[Any], named: dict[str, Any]) -> Any:
        """A call of a function of the library: what is undefined is left out."""
        args = self.arguments(function, list(args), named)
        name = function.record.name
        if name in DIVIDING and (name == "floordiv" or are_whole(args)):
            return self.composites.floor_div(*args)
        check_type(function, args)
        if name in _OVER_AXES:
            self.composites.axes(self.asarray(args[0]), args[1] if args[1:] else named.get("axis"))
        value = super().call(function, args, named)
        if name in KEEPING_WHOLE and are_whole(args):
            return self.cast(value, INT32)
        if name in RULES and self.machine.depth_of_tracing and value.dtype == FLOAT32:
            return with_rule(self, name, value, [self.asarray(x) for x in args])
        if name in UNKNOWN and self.machine.depth_of_tracing:
            for part in value if isinstance(value, list) else [value]:
                text = f"gradient function not found for {UNKNOWN[name]}"
                self.gradients.unknown[part.node] = text
        if name in DILATED and self.machine.depth_of_tracing and is_dilated(args[5:6]):
            self.gradients.unknown[value.node] = DILATED[name]
        names = NAMED_RESULTS.get(name)
        if names is not None and isinstance(value, list):
            return dict(zip(names, value, strict=True))
        return value

    def library_function(self, words: tuple[str, ...]) -> BuiltIn | None:
        """The function of the library, under the name that snippets know."""
        function = super().library_function(words)
        if function is not None:
            function.name = ".".join(("tf", *words))
        return function

    def library_method(self, name: str) -> BuiltIn | None:
        """The function of the library that tensors have as a method."""
        function = super().library_method(name)
        if function is not None:
            function.name = f"x.{name}"
        return function

    def arguments(self, function: BuiltIn, args: list[Any], named: dict[str, Any]) -> list[Any]:
        """Arguments by position, as far as none is undefined; the others are named."""
        del args[self.most(function) :]
        while args and args[-1] is UNDEFINED:
            args.pop()
        self.check_operands(function, args)
        args = [self.adapted(x) for x in args]
        holes = [i for i, x in enumerate(args) if x is UNDEFINED or (x is None and i)]
        if holes:
            span = self.machine.span
            names = positional_names(function, [Argument(span) for _ in args])
            given = zip(names[holes[0] :], args[holes[0] :], strict=False)
            named |= {name: x for name, x in given if x is not UNDEFINED and x is not None}
            del args[holes[0] :]
        return args

    def most(self, function: BuiltIn) -> int:
        """The number of arguments that a function takes; what is more is left out."""
        known = self.counts.get(function.name)
        if known is None:
            record = function.record
            signatures = framework_signatures(record, function.spellings)
            counts = [len(s.positional) for s in signatures] or [len(record.parameters)]
            takes_rest = record.parameters[-1].kind in SEVERAL
            known = self.counts[function.name] = sys.maxsize if takes_rest else max(counts)
        return known

    def check_operands(self, function: BuiltIn, args: list[Any]) -> None:
        """Refuses what is no tensor where one is needed."""
        two = function.record.name in _OPERATORS
        of = function.name.rpartition(".")[2]
        takes_text = function.record.parameters[0].kind.startswith("Text")
        if takes_text and args and isinstance(args[0], str):
            args = args[1:]
        for name, value in zip("ab" if two else "x", args, strict=False):
            self.check_tensor(value, name, of)
        if two and len(args) < 2:
            self.check_tensor(None, "b", of)

    def check_tensor(self, value: Any, name: str, of: str) -> None:
        """Refuses a value that cannot be made a tensor."""
        if isinstance(value, (Array, list, float, int)):
            return
        what = "a Tensor or TensorLike"
        kinds: dict[type, str] = {dict: "'Object'", str: "string tensor"}
        kind = kinds.get(type(value), "'Function'")
        if value is None or value is UNDEFINED:
            kind = "'null'"
        elif isinstance(value, str):
            what = "numeric tensor"
        raise fail(f"Argument '{name}' passed to '{of}' must be {what}, but got {kind}")

    def adapted(self, value: Any) -> Any:
        """An argument: whole numbers are ones of Python's where they are no operands."""
        if isinstance(value, Array):
            self.check_there(value)
        if isinstance(value, TypedArray):
            return self.asarray(value)
        if isinstance(value, list) and any(isinstance(x, Array) for x in value):
            return [self.adapted(x) for x in value]
        return value

    def dtype_for(self, function: BuiltIn, arrays: Sequence[Array], given: Sequence[Any]) -> DType:
        """The type in which a function is computed: numbers beside tensors are float32."""
        if function.record.name not in _OPERATORS:
            return super().dtype_for(function, arrays, arrays or given)
        if any(type(x) is float for x in given):
            return FLOAT32
        return super().dtype_for(function, arrays, given)

    def misfit(self, error: ShapeError, op: str, *operands: Any) -> GradcliError:
        """What TensorFlow.js says of shapes that do not fit."""
        shapes = [",".join(map(str, x.shape)) for x in operands if isinstance(x, Array)]
        if len(shapes) == 2 and op in _OPERATORS:
            first, second = shapes
            return fail(
                f"Operands could not be broadcast together with shapes {first} and {second}."
            )
        return fail(error.message, error.help)

    # --- showing ----------------------------------------------------------------------------

    def show(self, array: Array) -> str:
        """How a tensor is printed."""
        self.check_there(array)
        return tensor_text(self.recorder.array(array))

    def represent(self, array: Array) -> str:
        """How a session shows a tensor."""
        return self.show(array)

    def data(self, array: Array) -> TypedArray:
        """`x.dataSync()`."""
        numbers = self.recorder.array(array).ravel()
        return TypedArray.of(ARRAYS[array.dtype], map(float, numbers))

    def lists(self, array: Array) -> Any:
        """`x.arraySync()`."""
        numbers = self.recorder.array(array)
        return numbers.astype(np.float64).tolist()

    def truth(self, array: Array) -> bool:
        """Every object is true."""
        del array
        return True

    def iterate(self, array: Array) -> list[Any]:
        """Tensors are no arrays of JavaScript."""
        del array
        raise Raised(
            "TypeError", "object is not iterable", help="x.arraySync() and x.unstack() are"
        )

    def set_attribute(self, array: Array, name: str, value: Any) -> None:
        """Assigns what stands behind the dot of a tensor."""
        if name == "trainable" and isinstance(array, Variable):
            array.trainable = bool(value)
            return
        raise Refusal(f"setting `{name}` of a tensor is not part of the subset")


_OPERATORS = frozenset(
    "add sub mul div pow maximum minimum mod floordiv squared_difference atan2 div_no_nan "
    "eq ne lt le gt ge".split()
)
"""Functions of two operands, which are made tensors."""


_OVER_AXES = frozenset("sum max min prod all any argmax argmin flip".split())
"""Functions over axes, which are the second argument."""


DIVIDING = frozenset({"div", "divide_no_nan", "floordiv"})
"""Functions that divide, whole numbers by rounding down."""

KEEPING_WHOLE = frozenset(
    "reciprocal log1p expm1 selu relu6 softplus log_sigmoid asin acos atan asinh acosh atanh sinh "
    "atan2".split()
)
"""Functions whose results of whole numbers are cut to whole numbers."""

OF_TRUTHS = ("logical_and", "logical_or", "logical_xor")
"""Functions of two truth values."""

NEEDED = {
    **dict.fromkeys("cos cosh elu log rsqrt sigmoid sin sqrt tan tanh ceil floor".split(), FLOAT32),
    **dict.fromkeys(("all", "any", "logical_not", *OF_TRUTHS), BOOL),
}
"""Functions of tensors of one type alone, which others are not made tensors of."""


def are_whole(args: Sequence[Any]) -> bool:
    """Whether all arguments are tensors of whole numbers."""
    return all(isinstance(x, Array) and x.dtype == INT32 for x in args)


def check_type(function: BuiltIn, args: Sequence[Any]) -> None:
    """Refuses a tensor of another type than a function needs."""
    needed = NEEDED.get(function.record.name)
    if needed is None or not args or not isinstance(args[0], Array) or args[0].dtype == needed:
        return
    of, given = function.name.rpartition(".")[2], args[0].dtype.name
    name = "a" if function.record.name in OF_TRUTHS else "x"
    raise fail(
        f"Argument '{name}' passed to '{of}' must be {needed.name} tensor, but got {given} tensor",
        f"x.cast('{needed.name}') makes one of it",
    )


def is_dilated(given: Sequence[Any]) -> bool:
    """Whether the dilation of a filter, if there is one, leaves holes."""
    rates = given[0] if given and isinstance(given[0], list) else given
    return any(isinstance(rate, float) and rate > 1 for rate in rates)


FRAMEWORK = TensorFlowJS
"""What `import * as tf from '@tensorflow/tfjs'` gives."""
