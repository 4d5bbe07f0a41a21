"""NumPy as a snippet uses it, with SciPy behind it, and autograd around it."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from gradcli.errors import AxisError
from gradcli.ir.node import ancestors
from gradcli.ir.shapes import show_shape
from gradcli.lower.functions import prefixed_function
from gradcli.lower.values import BuiltIn
from gradcli.ops import catalog
from gradcli.ops.shape import INDEX
from gradcli.snippets.arrays.dtypes import FLOAT64, INT64, DType, is_float
from gradcli.snippets.arrays.library import IN_LISTS, OF_NUMPY
from gradcli.snippets.arrays.memory import owner, seen_of
from gradcli.snippets.arrays.pytrees import leaves
from gradcli.snippets.errors import Raised, Refusal
from gradcli.snippets.framework import Framework, of_distribution
from gradcli.snippets.frameworks.numpy.members import members, methods
from gradcli.snippets.frameworks.numpy.slopes import LOWER
from gradcli.snippets.frameworks.numpy.universal import UNIVERSAL, attributes
from gradcli.snippets.values import Array, Kind, Namespace, Native

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gradcli.ir.node import Node

    Numbers = np.ndarray[Any, np.dtype[Any]]

SCALAR = (
    "Grad only applies to real scalar-output functions. "
    "Try jacobian, elementwise_grad or holomorphic_grad."
)


def misfit_text(op: str, shapes: Sequence[Any]) -> str:
    """What NumPy says of shapes of operands that do not fit; nothing where it is not known."""
    said = [show_shape(shape).replace(", ", ",") for shape in shapes]
    if op == "reshape" or len(shapes) < 2:
        return ""
    if op == "stack":
        return "all input arrays must have the same shape"
    (first, second), (k, m) = shapes[:2], (shapes[0][-1:], shapes[1][-2:-1] or shapes[1][-1:])
    if op == "@" and k and m:
        return (
            f"matmul: Input operand 1 has a mismatch in its core dimension 0, with gufunc "
            f"signature (n?,k),(k,m?)->(n?,m?) (size {m[0]} is different from {k[0]})"
        )
    if op in ("matmul", "dot") and k and m:
        axes = len(first) - 1, max(len(second) - 2, 0)
        return (
            f"shapes {said[0]} and {said[1]} not aligned: {k[0]} (dim {axes[0]}) != {m[0]} "
            f"(dim {axes[1]})"
        )
    if len(shapes) > 2:
        return ""
    return f"operands could not be broadcast together with shapes {said[0]} {said[1]} "


class NumPyArray(Array):
    """An array of NumPy; one of no axes may be an array nevertheless, and not a scalar."""

    __slots__ = ("is_array",)

    def __init__(self, node: Node, dtype: DType, home: Any) -> None:
        super().__init__(node, dtype, home)
        self.is_array = False


OF_SCIPY = ("optimize", "multivariate_normal")
"""Parts of SciPy that have files of their own."""

PATHS = frozenset("scipy autograd extend misc optimizers random core optimize".split())
"""Modules within NumPy and autograd of which only some functions are known by themselves."""

VIEWING = frozenset(
    "reshape ravel transpose swapaxes moveaxis rollaxis squeeze expand_dims atleast_1d atleast_2d "
    "atleast_3d broadcast_to split array_split hsplit vsplit dsplit diagonal flip fliplr flipud "
    "rot90 matrix_transpose permute_dims".split()
)
"""Functions that give views."""

INDEXED = frozenset({"take", "take_along_axis"})
"""Functions whose indices have no say in the type of the result."""

OF_PARTS = "autograd differentiates no assignment: np.where, or an array made of its parts"


class NumPy(Framework):
    """NumPy: float64, its own printing, arrays that are written into."""

    name = "numpy"
    prefix = "np"
    rank = 1
    default = FLOAT64
    whole = INT64
    array_kind = NumPyArray
    type_name: ClassVar[str] = "ndarray"
    results = OF_NUMPY
    listing = IN_LISTS
    views = VIEWING
    ignored: ClassVar[frozenset[str]] = frozenset({"copy", "kind"})
    instead: ClassVar[dict[str, tuple[str, str | None]]] = {
        **dict.fromkeys(
            ("load", "loadtxt", "save", "savetxt", "genfromtxt", "fromfile"),
            ("`{}` reads or writes files", "write the numbers into the snippet"),
        )
    }

    def __init__(self, machine: Any) -> None:
        super().__init__(machine)
        self.recorder.compute_doubles("numpy")
        self.loaded: set[str] = set()
        self.printing: dict[str, Any] = {}
        self.members |= members(self)
        self.methods |= methods(self)
        self.values |= {
            "shape": lambda x: tuple(x.shape),
            "ndim": lambda x: len(x.shape),
            "size": lambda x: x.node.size,
            "dtype": lambda x: x.dtype,
            "T": lambda x: self.result_of("transpose", x),
            "flat": self.flat,
            "_value": self.in_box,
            "itemsize": lambda x: x.dtype.itemsize,
            "nbytes": lambda x: x.node.size * x.dtype.itemsize,
            "strides": lambda x: tuple(n * x.dtype.itemsize for n in seen_of(x).places.strides),
            "base": owner,
        }
        self.setters["shape"] = self.set_shape

    # --- names ------------------------------------------------------------------------------

    def find(self, words: tuple[str, ...]) -> Any:
        """What stands under a path; `autograd.numpy` is NumPy itself."""
        if words[:2] in (("autograd", "numpy"), ("autograd", "scipy")):
            rest = words[2:] if words[1] == "numpy" else ("scipy", *words[2:])
            return self.member(rest) if rest else Namespace(self, ())
        file = words[0] if words[0] in ("autograd", "random") else None
        if words[0] == "scipy":
            file = next((word for word in words[1:3] if word in OF_SCIPY), None)
        if words[0].startswith("poly") and words[0] not in ("poly", "polyfit", "polydiv"):
            file = "polynomials"
        if file is not None and file not in self.loaded:
            self.loaded.add(file)
            module = import_module(f"gradcli.snippets.frameworks.numpy.{file}")
            self.members |= getattr(module, file)(self)
        found = super().find(words)
        if words[-1] in UNIVERSAL and isinstance(found, Native):
            found.attributes |= attributes(self, words[-1])
        return found

    def is_path(self, words: tuple[str, ...]) -> bool:
        """Whether there are things behind this path."""
        is_known = words[-1] in PATHS
        return is_known or super().is_path(words)

    def library_function(self, words: tuple[str, ...]) -> BuiltIn | None:
        """The function of the library that NumPy, or SciPy, has under this path."""
        if words[0] != "scipy":
            return super().library_function(words)
        function = prefixed_function(catalog, of_distribution(words))
        return function if isinstance(function, BuiltIn) else None

    @property
    def python_float(self) -> DType:
        """What Python's `float` is as a type of numbers."""
        return FLOAT64

    # --- arrays -----------------------------------------------------------------------------

    def inferred(self, numbers: Numbers) -> DType:
        """The type of an array that is made of Python's numbers."""
        return numbers.dtype

    def call(self, function: BuiltIn, args: Sequence[Any], named: dict[str, Any]) -> Any:
        """A call of a function of the library; a list where an array is meant is made one."""
        if named.pop("order", "C") not in ("C", "K", "A", None):
            what = "`order='F'`, the order of columns, is not part of the subset"
            raise Refusal(what, help="x.T.reshape(…) and x.T.ravel() go through columns first")
        if function.record.name == "eigh" and self.records([]) and isinstance(args[0], Array):
            args = [self.again(LOWER(args[0].node), args[0]), *args[1:]]
        out = named.pop("out", None)
        if out is not None:
            return self.call_into(out, function, args, named)
        kinds = [p.kind for p in function.record.parameters]
        is_alone = not any(isinstance(a, Array) for a in args)
        if (
            args and kinds[:1] == ["Array"] and is_alone and isinstance(args[0], (list, tuple))
        ) or (args and kinds[:1] == ["Array"] and is_alone and type(args[0]) is int):
            args = [self.asarray(args[0]), *args[1:]]
        return super().call(function, args, named)

    def call_into(self, out: Any, function: BuiltIn, args: Sequence[Any], named: Any) -> Any:
        """`np.add(x, y, out=z)`: the result takes the place of what an array was."""
        if not isinstance(out, Array) or self.records([]):
            raise Refusal("this `out` is not part of the subset", help="z = np.add(x, y)")
        made = self.call(function, args, named)
        self.set_item(out, Ellipsis, made)
        return out

    def dtype_for(self, function: Any, arrays: Sequence[Array], given: Sequence[Any]) -> DType:
        """The type in which a function is computed."""
        if function.record.name == "full" and not arrays:
            return np.asarray(given[1]).dtype
        if function.record.name in INDEXED:
            arrays = arrays[:1]
        return super().dtype_for(function, arrays, given)

    def structure(self, value: Any) -> Any:
        """Gradients within structures are arrays, even of no axes."""
        if not isinstance(value, Array):
            for leaf in leaves(value):
                leaf.is_array = True
        return value

    def set_shape(self, array: Array, shape: Any) -> None:
        """`x.shape = (2, 3)`."""
        made = self.result_of("reshape", array, shape)
        array.node, array.seen = made.node, made.seen
        if made.seen is not None:
            made.seen.memory.hold(array)

    def look(self, source: Array, node: Node, made: Array) -> None:
        """A part of an array is a view; one element of it is a number, unless `...` asks for it."""
        is_element = not made.shape and node.op is INDEX and Ellipsis not in node.attrs[0].key
        if not is_element:
            super().look(source, node, made)

    def flat(self, array: Array) -> Array:
        """`x.flat`: the elements one after another, which can be written into."""
        if array.seen is not None and not array.seen.places.flags.c_contiguous:
            what = "`.flat` of an array whose elements do not lie one after another"
            raise Refusal(f"{what} is not part of the subset", help="x.ravel()")
        return self.result_of("ravel", array)

    def set_item(self, array: Array, key: Any, value: Any) -> None:
        """`x[key] = value`; in what is differentiated nothing can be replaced."""
        if self.is_traced(array):
            text = "'ArrayBox' object does not support item assignment"
            raise Raised("TypeError", text, help=OF_PARTS)
        if isinstance(value, Array) and value.home is self and self.is_traced(value):
            raise Raised("ValueError", "setting an array element with a sequence.", help=OF_PARTS)
        if not is_float(array.dtype) and isinstance(value, float):
            value = int(value)
        super().set_item(array, key, value)

    def is_traced(self, array: Array) -> bool:
        """Whether an array is made of what is differentiated by."""
        if not self.machine.depth_of_tracing:
            return False
        return any(node.op.name == "name" for node in ancestors([array.node]))

    def operator(self, op: str, left: Any, right: Any) -> Array:
        """An operator; a power that nothing is differentiated by is NumPy's own to the digit."""
        made = super().operator(op, left, right)
        if op != "**" or not is_float(made.dtype) or self.records([]):
            return made
        operands = [x for x in (left, right) if isinstance(x, Array)]
        if not any(self.recorder.origin(x.node) for x in operands):
            numbers = [self.recorder.array(x) if isinstance(x, Array) else x for x in (left, right)]
            made.node = self.recorder.constant(numbers[0] ** numbers[1], made.dtype)
        return made

    def augmented(self, op: str, array: Array, other: Any) -> Any:
        """`x += other` changes the array itself."""
        result = self.operator(op, array, other)
        if is_float(result.dtype) and not is_float(array.dtype) and array.shape:
            word = {"+": "add", "-": "subtract", "*": "multiply", "/": "divide"}.get(op, op)
            text = (
                f"Cannot cast ufunc '{word}' output from dtype('{result.dtype.name}') to "
                f"dtype('{array.dtype.name}') with casting rule 'same_kind'"
            )
            raise Raised("UFuncTypeError", text)
        if not array.shape or result.shape != array.shape or self.is_traced(array):
            return result
        self.rewrite(array, result.node)
        return array

    def differentiable(self, value: Any) -> Array:
        """A value to differentiate by."""
        array: Any = self.asarray(value)
        is_array = isinstance(value, Array) and (array.shape or array.is_array)
        if is_array and not is_float(array.dtype):
            return self.cast(array, FLOAT64)
        if not is_float(array.dtype):
            kind = "int" if isinstance(value, int) else "numpy.ndarray"
            text = f"Can't differentiate w.r.t. type <class '{kind}'>"
            raise Raised("TypeError", text, help="write 3.0 instead of 3")
        return array

    def scalar(self, value: Any) -> Array:
        """The value of a function whose gradient is asked for: one number, of whatever shape."""
        array = self.asarray(value)
        if array.node.size != 1:
            help_ = "elementwise_grad(f), or jacobian(f)"
            raise Raised("TypeError", SCALAR, help=help_)
        return array

    def misfit(self, error: Any, op: str, *operands: Any) -> Any:
        """What NumPy says of shapes that do not fit."""
        shapes = [x.shape for x in operands if isinstance(x, Array)]
        if isinstance(error, AxisError):
            text = f"axis {error.axis} is out of bounds for array of dimension {error.ndim}"
            return Raised("AxisError", text, help=error.help)
        text = misfit_text(op, shapes) or error.message
        return Raised("ValueError", text, help=error.help)

    def item(self, array: Array, key: Any) -> Array:
        """`x[key]`."""
        try:
            return super().item(array, key)
        except Raised as error:
            text = str(error.arguments[0]).partition(" (the shape is")[0]
            raise Raised(error.type_name, text, help=error.help) from None

    # --- showing ----------------------------------------------------------------------------

    def boxes(self, array: Array) -> int:
        """In how many boxes of autograd an array is: one for each derivative that is under way."""
        if not self.machine.depth_of_tracing:
            return 0
        depths: dict[Node, int] = {}
        for node in ancestors([array.node]):
            inner = max((depths[x] for x in node.inputs), default=0)
            depths[node] = inner + (node.op.name == "name")
        return min(depths[array.node], self.machine.depth_of_tracing)

    def in_box(self, array: Array) -> Array:
        """`x._value`: the numbers in a box."""
        count = self.boxes(array)
        if count != 1:
            raise Refusal("`._value` is not part of the subset here")
        return self.made(self.recorder.settled(array.node), array.dtype)

    def show(self, array: Array) -> str:
        """How `print` shows an array: as NumPy does."""
        boxes = "Autograd ArrayBox with value " * self.boxes(array)
        return boxes + self.shown(array)

    def shown(self, array: Array) -> str:
        """How the numbers of an array are shown."""
        with np.printoptions(**self.printing):
            return str(self.recorder.array(array)[()])

    def represent(self, array: Any) -> str:
        """How a session shows an array."""
        numbers = self.recorder.array(array)
        with np.printoptions(**self.printing):
            return repr(numbers if array.is_array else numbers[()])

    def formattable(self, array: Array) -> Any:
        """What a format code is applied to: a scalar of NumPy is a number."""
        if array.shape:
            text = "unsupported format string passed to numpy.ndarray.__format__"
            raise Raised("TypeError", text)
        return self.number(array)

    def kind_of(self, array: Array) -> Kind:
        """`type(x)`."""
        if self.boxes(array):
            shown = {"repr": "<class 'autograd.numpy.numpy_boxes.ArrayBox'>"}
            return Kind("ArrayBox", self.asarray, lambda v: v is array, shown)
        word = "ndarray" if array.shape else array.dtype.name
        return Kind(
            word,
            self.asarray,
            lambda v: isinstance(v, Array) and v.home is self,
            {"repr": f"<class 'numpy.{word}'>"},
        )

    def python_number(self, array: Array) -> Any:
        """The one number of an array, where a function of Python needs it."""
        if self.is_traced(array):
            text = "must be real number, not ArrayBox"
            raise Raised(
                "TypeError", text, help="import autograd.numpy as np: np.sin, not math.sin"
            )
        return self.number(array)


FRAMEWORK = NumPy
