"""TensorFlow as a snippet uses it: tensors, and what is behind `tf.`."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any, ClassVar
from weakref import WeakKeyDictionary

from gradcli.errors import MatrixError
from gradcli.ir.shapes import show_shape
from gradcli.ops.marks import stop_gradient
from gradcli.ops.powers import pow_
from gradcli.snippets.arrays.dtypes import FLOAT32, FLOAT64, INT32, INT64, KEEPING, DType, is_float
from gradcli.snippets.arrays.making import leaves
from gradcli.snippets.arrays.operators import INSTRUCTED
from gradcli.snippets.errors import Raised, Refusal
from gradcli.snippets.framework import Framework
from gradcli.snippets.frameworks.tensorflow.functions import functions
from gradcli.snippets.frameworks.tensorflow.graphs import Graphs
from gradcli.snippets.frameworks.tensorflow.labels import WRITTEN, shown
from gradcli.snippets.frameworks.tensorflow.misfits import OPERATIONS, misfit, unfit
from gradcli.snippets.frameworks.tensorflow.slices import IndexedSlices
from gradcli.snippets.frameworks.tensorflow.tape import GradientTape, Tapes
from gradcli.snippets.frameworks.tensorflow.types import DTypeValue
from gradcli.snippets.frameworks.tensorflow.variable import Variable
from gradcli.snippets.values import Array, Kind, Named, Namespace, Native

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence


PRINTED = {"float32": "float", "float64": "double", "int32": "int32", "int64": "int64"}
"""What messages call types of numbers."""

V1 = frozenset(
    """placeholder global_variables_initializer local_variables_initializer variables_initializer
    disable_v2_behavior disable_eager_execution enable_eager_execution reset_default_graph Session
    InteractiveSession train get_variable variable_scope trainable_variables global_variables
    assign assign_add assign_sub group Graph hessians set_random_seed global_norm ConfigProto
    initialize_all_variables to_float to_double to_int32 to_int64""".split()
)
"""Names of TensorFlow 1."""


OF_MATRICES = frozenset(
    {"linalg", "matrix_inverse", "matrix_determinant", "matrix_solve", "cholesky"}
)
"""Where functions of matrices stand."""

OLD_NAMES = {"reduction_indices": "axis", "dimension": "axis", "keep_dims": "keepdims"}
"""Parameters as TensorFlow 1 called them, too."""

OUTPUT_TYPES = ("output_type", "out_type")
"""What parameters are called that say of what type of whole numbers a result is."""

IN_WHOLE = frozenset({"histogram_fixed_width"})
"""Functions that give whole numbers, which the library has with fractions."""

IN_32_BITS = IN_WHOLE | {"argsort", "searchsorted", "bincount", "matrix_rank"}
"""Functions whose whole numbers have 32 bits unless another type is asked for."""


FOLDER = "gradcli.snippets.frameworks.tensorflow"

KERAS = ("optimizers", "losses", "metrics", "backend", "regularizers")
"""What is loaded when Keras is used, each a function of its name in a file of its name."""

AROUND = frozenset("get_logger logging autograph as_dtype TensorShape test config keras".split())
"""Names of what is around a computation."""


WITHOUT_GRADIENT = frozenset("floor ceil round trunc floordiv stop_gradient".split())
"""Functions behind which a gradient is None, and not zero."""


class TensorFlow(Framework):
    """TensorFlow."""

    name = "tensorflow"
    prefix = "tf"
    rank = 2
    spaces_widely = True
    default = FLOAT32
    whole = INT32
    indices = INT64
    type_name: ClassVar[str] = "EagerTensor"
    type_module: ClassVar[str] = "tensorflow.python.framework.ops"
    results: ClassVar[dict[str, tuple[str, str]]] = {
        "top_k": ("TopKV2", "values indices"),
        "slogdet": ("LogMatrixDeterminant", "sign log_abs_determinant"),
        "qr": ("Qr", "q r"),
    }
    listing = frozenset({"split", "unstack", "meshgrid"})
    as_written: ClassVar[dict[str, Any]] = {**INSTRUCTED, "**": pow_.op}
    instead: ClassVar[dict[str, tuple[str, str | None]]] = {
        "keras.layers": ("`{}` is not part of the subset", "write the layer as a formula"),
        "keras.Sequential": ("`{}` is not part of the subset", "write the layers as formulas"),
        "keras.Model": ("`{}` is not part of the subset", "write the model as a function"),
        "data.TFRecordDataset": ("`{}` reads files", "write the numbers into the snippet"),
        "data.TextLineDataset": ("`{}` reads files", "write the numbers into the snippet"),
        "io": ("`{}` reads and writes files", "write the numbers into the snippet"),
    }

    def __init__(self, machine: Any) -> None:
        super().__init__(machine)
        self.recorder.slope("tensorflow")
        self.recorder.compute("tensorflow")
        self.has_keras = self.has_sessions = self.has_matrices = self.has_surroundings = False
        self.types |= {"float": FLOAT32}
        self.shown_types: dict[DType, DTypeValue] = {}
        self.tapes = Tapes(self)
        self.places: WeakKeyDictionary[Array, tuple[Variable, Any]] = WeakKeyDictionary()
        self.graphs = Graphs(self)
        self.scopes: list[str] = []
        tape = Kind("GradientTape", self.new_tape, lambda v: isinstance(v, GradientTape))
        self.members |= {
            **dict.fromkeys(("GradientTape", "autodiff.GradientTape"), tape),
            "Variable": Kind("Variable", self.new_variable, lambda v: isinstance(v, Variable)),
            "Tensor": Kind("Tensor", self.asarray, lambda v: isinstance(v, Array)),
            "IndexedSlices": Kind(
                "IndexedSlices", self.no_slices, lambda v: isinstance(v, IndexedSlices)
            ),
            "UnconnectedGradients.NONE": "none",
            "UnconnectedGradients.ZERO": "zero",
            "__version__": "2.21.0",
            "newaxis": None,
        }
        self.members |= functions(self)
        self.values |= {
            "shape": self.graphs.shape,
            "ndim": lambda x: len(x.shape),
            "dtype": lambda x: self.shown_type(x.dtype),
            "device": lambda _: "/job:localhost/replica:0/task:0/device:CPU:0",
            "name": self.graphs.name,
        }
        self.methods |= {
            "assign": self.assign_part,
            "numpy": self.to_numpy,
            "get_shape": self.graphs.shape,
        }

    @property
    def numpy(self) -> Framework:
        """NumPy, whose arrays tensors become."""
        return self.machine.framework("numpy")

    def new_tape(self, persistent: bool = False, watch_accessed_variables: bool = True) -> Any:
        """`tf.GradientTape(…)`."""
        return GradientTape(self, persistent, watch_accessed_variables)

    def no_slices(self, *_args: Any, **_named: Any) -> Any:
        """`tf.IndexedSlices(…)`, which here only a gradient gives."""
        raise self.refuse("a tf.IndexedSlices that is made")

    def new_variable(
        self,
        initial_value: Any = None,
        trainable: Any = None,
        validate_shape: Any = True,
        caching_device: Any = None,
        name: str | None = None,
        variable_def: Any = None,
        dtype: Any = None,
        **_named: Any,
    ) -> Variable:
        """`tf.Variable(…)`."""
        del validate_shape, caching_device, variable_def
        wish = None if dtype is None else self.dtype_of(dtype)
        value = self.machine.call(initial_value) if callable_value(initial_value) else initial_value
        if isinstance(value, Variable):
            value = value.array
        array = self.converted(value, wish)
        label = self.graphs.named(name or "Variable")
        made = Variable(self, array, trainable is None or bool(trainable), label)
        self.graphs.new(made)
        return made

    def assign_part(self, array: Array, value: Any) -> Variable:
        """`v[key].assign(value)`: of tensors, parts of variables can be assigned."""
        variable, key = self.places.get(array, (None, None))
        if variable is None:
            text = f"'{self.type_name}' object has no attribute 'assign'"
            raise Raised("AttributeError", text, help="a tf.Variable has .assign(…)")
        return variable.assign_part(key, value)

    def recorder_mark(self, array: Array) -> Any:
        """A node of its own for an array."""
        self.recorder.use(array.dtype)
        return self.recorder.mark(array.node)

    def member(self, words: tuple[str, ...]) -> Any:
        """What stands under a path; functions of a graph name what they give."""
        if words[:2] == ("compat", "v1") and words[2:]:
            words = words[2:]
        value = super().member(words)
        is_followed = self.graphs.is_labelling or self.graphs.is_building
        is_named = type(value) is Native and is_followed
        return self.graphs.labels.function(words, value) if is_named else value

    def find(self, words: tuple[str, ...]) -> Any:
        """What stands under a path; `compat.v1` is TensorFlow itself, Keras is loaded when used."""
        if words[:2] in (("compat", "v1"), ("compat", "v2")):
            return self.member(words[2:]) if words[2:] else Namespace(self, ())
        if words[0] == "dtypes" and words[1:]:
            return self.member(words[1:])
        if words[0] in V1 and not self.has_sessions:
            self.has_sessions = True
            for part in ("sessions", "descents"):
                self.members |= getattr(import_module(f"{FOLDER}.{part}"), part)(self)
        if words[0] in OF_MATRICES and not self.has_matrices:
            self.has_matrices = True
            self.recorder.compute("tensorflow", "matrices")
            self.recorder.slope("tensorflow", "matrices")
        if words[0] in ("keras", "optimizers", "losses", "metrics") and not self.has_keras:
            self.has_keras = True
            for part in KERAS:
                self.members |= getattr(import_module(f"{FOLDER}.{part}"), part)(self)
        if words[0] in AROUND and not self.has_surroundings:
            self.has_surroundings = True
            for part in ("surroundings", "gradient_check"):
                self.members |= getattr(import_module(f"{FOLDER}.{part}"), part)(self)
        return super().find(words)

    def is_path(self, words: tuple[str, ...]) -> bool:
        """Whether there are things behind this path."""
        return words in (("compat",), ("dtypes",)) or super().is_path(words)

    def to_numpy(self, array: Array) -> Array:
        """`x.numpy()`."""
        return self.numpy.constant(self.recorder.array(array))

    # --- arrays -----------------------------------------------------------------------------

    def records(self, sources: Sequence[Array]) -> bool:
        """While a tape is recording, or a graph is built or rewritten."""
        is_graph = self.graphs.is_building or self.recorder.evaluator.rewritten is not None
        return is_graph or self.tapes.is_recording or super().records(sources)

    def converted(self, value: Any, dtype: DType | None = None) -> Array:
        """A value as a tensor: `tf.convert_to_tensor`."""
        own = isinstance(value, Array) and value.home is self
        if dtype is not None and own and value.dtype != dtype:
            given, asked = value.dtype.name, dtype.name
            text = f"Tensor conversion requested dtype {asked} for Tensor with dtype {given}"
            raise Raised("ValueError", text)
        has_fractions = any(type(leaf) is float for leaf in leaves(value))
        if dtype is not None and not is_float(dtype) and has_fractions:
            shown = self.machine.language.text(value)
            text = f"Cannot convert {shown} to EagerTensor of dtype {dtype.name}"
            raise Raised("TypeError", text)
        return self.asarray(list(value) if isinstance(value, range) else value, dtype)

    def liftable(self, value: Any) -> Any:
        """An operand: a variable is read, and the tapes are told."""
        if isinstance(value, Variable):
            return value.read()
        return super().liftable(value)

    def asarray(self, value: Any, dtype: DType | None = None) -> Array:
        """A value as a tensor; a variable is read."""
        if isinstance(value, Variable):
            value = value.read()
        return super().asarray(value, dtype)

    def promoted(self, arrays: Sequence[Array]) -> DType:
        """All tensors of a call must have one type; whole numbers may come beside as labels."""
        types = {array.dtype for array in arrays}
        floats = {dtype for dtype in types if is_float(dtype)}
        if len(floats or types) == 1:
            return (floats or types).pop()
        return super().promoted(arrays)

    def operator(self, op: str, left: Any, right: Any) -> Array:
        """An operator: its operands must be of one type, to which numbers are converted."""
        x, y = self.same_types(op, left, right)
        if op == "/" and not any(isinstance(v, Array) and is_float(v.dtype) for v in (x, y)):
            x, y = (self.cast(v, FLOAT64) if isinstance(v, Array) else v for v in (x, y))
        made = super().operator(op, x, y)
        made = self.cut(made) if op == "//" else made
        return self.graphs.noted(WRITTEN.get(op, ""), made, self.operator, op, x, y)

    def unary(self, op: str, x: Array) -> Array:
        """An operator before a tensor."""
        name = "Neg" if op == "-" else ""
        return self.graphs.noted(name, super().unary(op, x), self.unary, op, x)

    def compare(self, op: str, left: Any, right: Any) -> Array:
        """A comparison."""
        x, y = self.same_types(op, left, right)
        made = super().compare(op, x, y)
        return self.graphs.noted(WRITTEN.get(op, ""), made, self.compare, op, x, y)

    def item(self, array: Array, key: Any) -> Array:
        """`x[key]`."""
        return self.graphs.noted("", super().item(array, key), self.item, array, key)

    def same_types(self, op: str, left: Any, right: Any) -> tuple[Any, Any]:
        """The operands as tensors and numbers of one type."""
        x, y = self.adapted(left, right), self.adapted(right, left)
        if isinstance(x, Array) and isinstance(y, Array) and x.dtype != y.dtype:
            name = OPERATIONS.get(op, "Mul")
            first, second = (
                PRINTED.get(x.dtype.name, x.dtype.name),
                PRINTED.get(y.dtype.name, y.dtype.name),
            )
            text = (
                f"cannot compute {name} as input #1(zero-based) was expected to be a {first} "
                f"tensor but is a {second} tensor [Op:{name}] name: "
            )
            raise Raised("InvalidArgumentError", text, help="tf.cast(x, dtype) converts")
        return x, y

    def adapted(self, value: Any, other: Any) -> Any:
        """An operand; what is no tensor takes the type of the other one."""
        value = self.liftable(value) if isinstance(value, Variable) else value
        if isinstance(value, Array) and value.home is self:
            return value
        inner = other.array if isinstance(other, Variable) else other
        if not (isinstance(inner, Array) and inner.home is self):
            return self.liftable(value)
        if isinstance(value, float) and not is_float(inner.dtype):
            text = f"Cannot convert {value} to EagerTensor of dtype {inner.dtype.name}"
            raise Raised("TypeError", text, help="tf.cast(x, tf.float32) converts the tensor")
        return value if type(value) in (int, float, bool) else self.asarray(value, inner.dtype)

    def call(self, function: Any, args: Sequence[Any], named: dict[str, Any]) -> Any:
        """A call of a function of the library: variables are read, lists take a tensor's type."""
        args = [self.read(arg) for arg in args]
        named = {OLD_NAMES.get(name, name): self.read(value) for name, value in named.items()}
        asked = next((named.pop(name) for name in OUTPUT_TYPES if name in named), None)
        if function.record.name == "mean" and args and isinstance(args[0], (list, tuple, int)):
            args = [self.asarray(args[0]), *args[1:]]
        if function.record.name == "tf_concat" and args and isinstance(args[0], Array):
            return args[0]  # one tensor by itself stays as it is
        arrays = [a for a in leaves([*args, *named.values()]) if isinstance(a, Array)]
        floats = {a.dtype for a in arrays if is_float(a.dtype)}
        if len(floats) > 1:
            first, second = [PRINTED[a.dtype.name] for a in arrays if is_float(a.dtype)][:2]
            text = f"input #1(zero-based) was expected to be a {first} tensor but is a {second}"
            raise Raised("InvalidArgumentError", f"{text} tensor", help="tf.cast converts")
        try:
            result = super().call(function, args, named)
        except MatrixError as error:
            raise unfit(error, function.record.name) from None
        if function.record.name in WITHOUT_GRADIENT:
            return self.cut(result)
        if function.record.name == "mean" and self.recorder.evaluator.rewritten:
            self.recorder.evaluator.rewritten.keep(result.node)
        if function.record.name == "mean" and arrays and not any(is_float(a.dtype) for a in arrays):
            return self.cast(result, self.promoted(arrays))
        word = function.name.rpartition(".")[2]
        if asked is None and word not in IN_32_BITS:
            return result
        kind = INT32 if asked is None else self.dtype_of(asked)
        if is_float(result.dtype) and word not in IN_WHOLE:
            return result
        return self.made(self.recorder.number(result.node, kind), kind)

    def read(self, value: Any) -> Any:
        """An argument with its variables read."""
        if isinstance(value, Variable):
            return value.read()
        if isinstance(value, (list, tuple)) and any(isinstance(v, Variable) for v in value):
            return [self.read(v) for v in value]
        return value

    def dtype_for(self, function: Any, arrays: Sequence[Array], given: Sequence[Any]) -> DType:
        """The type of a call; arrays of NumPy take that of the tensors."""
        own = [a for a in arrays if a.home is self]
        numbers = [x for x in leaves(given) if type(x) in (int, float)]
        is_whole = bool(numbers) and not any(type(x) is float for x in numbers)
        if not arrays and is_whole and function.record.name in KEEPING and not makes(function):
            return self.whole
        return super().dtype_for(function, own or arrays, given)

    def misfit(self, error: Any, op: str, *operands: Any) -> Any:
        """What TensorFlow says of shapes that do not fit."""
        return misfit(error, op, operands)

    def set_item(self, array: Array, key: Any, value: Any) -> None:  # noqa: ARG002
        """Tensors cannot be written into."""
        text = (
            "'tensorflow.python.framework.ops.EagerTensor' object does not support item assignment"
        )
        raise Raised("TypeError", text, help="a tf.Variable has .assign(…)")

    def type_value(self, word: str) -> Any:
        """`tf.float32`."""
        return self.shown_type(self.types[word])

    def shown_type(self, dtype: DType) -> DTypeValue:
        """A type of numbers as snippets have it, of which there is one only."""
        known = self.shown_types.get(dtype)
        if known is None:
            known = self.shown_types[dtype] = DTypeValue(self, dtype)
        return known

    def is_type(self, value: Any) -> bool:
        """Whether an argument names a type of numbers."""
        return isinstance(value, DTypeValue) or super().is_type(value)

    def dtype_of(self, value: Any) -> DType:
        """The type of numbers that an argument names."""
        if isinstance(value, DTypeValue):
            return value.dtype
        return super().dtype_of(value)

    # --- showing ----------------------------------------------------------------------------

    def show(self, array: Array) -> str:
        """`tf.Tensor([1. 2.], shape=(2,), dtype=float32)`."""
        if self.graphs.is_symbolic(array):
            return shown(self, array)
        text = _own_lines(str(self.recorder.array(array)))
        return f"tf.Tensor({text}, shape={show_shape(array.shape)}, dtype={array.dtype.name})"

    def interpolated(self, array: Array) -> str:
        """A tensor within a text: as NumPy writes its numbers."""
        if self.graphs.is_symbolic(array):
            return self.show(array)
        return str(self.recorder.array(array) if array.shape else self.number(array))

    def represent(self, array: Array) -> str:
        """`<tf.Tensor: shape=(2,), dtype=float32, numpy=array([1., 2.], dtype=float32)>`."""
        if self.graphs.is_symbolic(array):
            return shown(self, array, in_session=True)
        return f"<tf.Tensor: {self.details(array)}>"

    def details(self, array: Array) -> str:
        """Shape, type and numbers, as a session shows them."""
        numbers = self.recorder.array(array)
        text = _own_lines(repr(numbers if numbers.ndim else numbers.item()))
        return f"shape={show_shape(array.shape)}, dtype={array.dtype.name}, numpy={text}"

    def iterate(self, array: Array) -> list[Any]:
        """The rows of a tensor."""
        if not array.shape:
            raise Raised("TypeError", "Cannot iterate over a scalar tensor.")
        return super().iterate(array)

    def several(self, function: Any, parts: list[Any]) -> Any:
        """Several results; places are whole numbers."""
        if function.name.rpartition(".")[2] == "top_k":
            places = parts[1].node
            parts[1] = self.made(self.recorder.number(places, self.whole), self.whole)
        return super().several(function, parts)

    def length(self, array: Array) -> int:
        """The number of rows of a tensor."""
        if not array.shape:
            raise Raised("TypeError", "Scalar tensor has no `len()`")
        return array.shape[0]

    def cast_value(self, x: Any, dtype: Any, name: Any = None) -> Array:
        """`tf.cast`."""
        del name
        array, wanted = self.asarray(x), self.dtype_of(dtype)
        made = self.cast(array, wanted)
        return self.cut(made) if is_float(wanted) and not is_float(array.dtype) else made

    def cut(self, array: Array) -> Array:
        """A tensor behind which gradients are None."""
        is_graph = self.machine.depth_of_tracing or self.graphs.is_building
        self.recorder.use(array.dtype)
        array.node = (stop_gradient if is_graph else self.recorder.settled)(array.node)
        return array

    def tensor(self, value: Any) -> Array:
        """What is differentiated, or differentiated by, as a tensor."""
        return value.array if isinstance(value, Variable) else self.asarray(value)

    def flat(self, value: Any) -> list[Any]:
        """The leaves of a structure of lists and dicts."""
        if isinstance(value, dict):
            return [leaf for item in value.values() for leaf in self.flat(item)]
        if isinstance(value, (list, tuple)):
            return [leaf for item in value for leaf in self.flat(item)]
        return [value]

    def formed(self, like: Any, values: Iterator[Any]) -> Any:
        """Values in the form of a structure."""
        if isinstance(like, dict):
            return {key: self.formed(item, values) for key, item in like.items()}
        if isinstance(like, (list, tuple)):
            items = [self.formed(item, values) for item in like]
            if isinstance(like, Named):
                return Named.of(like.label, like.names, items)
            return tuple(items) if isinstance(like, tuple) else items
        return next(values)

    def refuse(self, what: str, help_: str | None = None) -> Refusal:
        """The error of what is not part of the subset."""
        return Refusal(f"{what} is not part of the subset", help=help_)


def makes(function: Any) -> bool:
    """Whether a function makes an array of numbers that say what it is like."""
    return function.record.makes is not None or function.record.constant


def _own_lines(text: str) -> str:
    """What has several lines begins on one of its own."""
    return "\n" + text if "\n" in text else text


def callable_value(value: Any) -> bool:
    """Whether a value is a function of the snippet."""
    from gradcli.snippets.values import Closure

    return isinstance(value, (Closure, Native))


FRAMEWORK = TensorFlow
