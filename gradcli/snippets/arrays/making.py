"""Arrays of a framework: the types of their numbers, and how they are made.

Of what a framework does with arrays the rest stands in `computing`, `library` and `showing`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from gradcli.errors import GradcliError, LimitError, ShapeError
from gradcli.ir.node import MAX_AXES, WORDS, Node
from gradcli.ir.shapes import show_shape
from gradcli.ops import catalog
from gradcli.snippets.arrays.dtypes import BOOL, FLOAT32, INT64, NAMES, DType, is_float
from gradcli.snippets.errors import Raised, Refusal
from gradcli.snippets.limits import check_nested
from gradcli.snippets.values import Array, Kind, Object

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from gradcli.ir.function import Function
    from gradcli.snippets.arrays.rows import Rows


PLAIN = ("float", "int", "bool")
"""Types of Python's own that stand for types of numbers, too."""


class Arrays:
    """What makes the arrays of a framework; `numbers_module` is where it has types of numbers."""

    name: ClassVar[str] = ""
    prefix: ClassVar[str] = ""
    rank: ClassVar[int] = 0
    default: DType = FLOAT32
    whole: DType = INT64
    indices: DType = INT64
    array_kind: ClassVar[type[Array]] = Array
    type_name: ClassVar[str] = "Tensor"
    type_module: ClassVar[str] = ""
    numbers_module: ClassVar[str] = "numpy"

    def __init__(self, machine: Any) -> None:
        self.machine = machine
        self.mapping: list[Rows] = []
        self.moving: list[Node] = []
        self.recorder = machine.recorder
        self.types: dict[str, DType] = dict(NAMES)

    # --- types of numbers -----------------------------------------------------------------------

    def type_value(self, word: str) -> Kind:
        """The type of numbers of this name; called it converts."""
        dtype = self.types[word]

        def make(value: Any = 0) -> Any:
            array = self.cast(self.asarray(value), dtype)
            return self.made(array.node, dtype)

        known = {"": dtype, "repr": f"<class '{self.numbers_module}.{dtype.name}'>"}
        return Kind(word, make, lambda v: isinstance(v, Array) and v.dtype == dtype, known)

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

    def is_type(self, value: Any) -> bool:
        """Whether an argument names a type of numbers."""
        return isinstance(value, Kind) and ("" in value.attributes or value.name in PLAIN)

    @property
    def python_float(self) -> DType:
        """What Python's `float` is as a type of numbers."""
        return self.default

    def inferred(self, numbers: np.ndarray[Any, Any]) -> DType:
        """The type of an array that is made of Python's numbers."""
        return {"b": BOOL, "i": self.whole, "u": self.whole}.get(numbers.dtype.kind, self.default)

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

    spaces_widely: ClassVar[bool] = False
    """Whether `linspace` between whole numbers gives numbers in double precision."""

    # --- making arrays --------------------------------------------------------------------------

    def records(self, sources: Sequence[Array]) -> bool:
        """Whether it must be remembered how something was made of these arrays."""
        if self.machine.depth_of_tracing:
            return True
        return bool([source for source in sources if source.home.traces(source)])

    def traces(self, array: Array) -> bool:
        """Whether what is made of an array must remember it."""
        del array
        return False

    @property
    def is_last(self) -> bool:
        """Whether nobody is about to differentiate what is made now."""
        return not self.records([])

    def wrap(self, node: Node, dtype: DType, sources: Sequence[Array] = ()) -> Array:
        """A node as an array of the framework that was made of others."""
        if not self.records(sources):
            node = self.recorder.settled(node)
        return self.made(node, dtype)

    def made(self, node: Node, dtype: DType) -> Array:
        """An array of the framework."""
        array = self.array_kind(node, dtype, self)
        self.recorder.hold(array)
        return array

    def again(self, node: Node, like: Array) -> Array:
        """An array of a node that is like another in all but its numbers."""
        return self.made(node, like.dtype)

    def batched(self, node: Node, row: Array) -> Array:
        """An array for all rows of a map, one of which gave another."""
        return self.wrap(node, row.dtype, [row])

    def inside(self, node: Node, like: Array) -> Array:
        """An array that stands for another within a transformation."""
        return self.again(node, like)

    def leads_on(self, node: Node) -> bool:
        """Whether what leaves a transformation may be differentiated by what is outside of it."""
        del node
        return False

    def is_left_alone(self, node: Node) -> bool:
        """Whether what leaves a transformation is nothing but numbers from then on."""
        return not (self.records([]) or self.leads_on(node))

    def left(self, node: Node, like: Array, of: Node | None = None) -> Array:
        """An array as it leaves a transformation; it may be the gradient `of` a node by `like`."""
        del of
        return self.again(self.recorder.settled(node) if self.is_left_alone(node) else node, like)

    def constant(self, value: Any, dtype: DType | None = None) -> Array:
        """NumPy's array, or a number, as an array of the framework that never changes."""
        numbers = np.asarray(value)
        dtype = numbers.dtype if dtype is None else dtype
        return self.made(self.recorder.constant(numbers, dtype), dtype)

    def room(self, *shape: int) -> tuple[int, ...]:
        """A shape, of which an array may be made: the limit is asked before."""
        self.recorder.graph.check_size(shape)
        return shape

    def full(self, shape: Sequence[int], number: Any, dtype: DType) -> Array:
        """An array of one number."""
        return self.constant(np.full(self.room(*shape), number), dtype)

    def random(self, numbers: Any, dtype: DType, *, is_seeded: bool) -> Array:
        """An array of random numbers, which without a seed cannot be shown."""
        array = self.constant(numbers, dtype)
        if not is_seeded and array.node.size:
            node = self.recorder.leaf(numbers, dtype) if is_float(dtype) else array.node
            array.node = node
            self.recorder.unknown[node] = self.machine.span
        return array

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

    def concrete(self, array: Array) -> Array:
        """An array whose numbers are asked for, where they are known."""
        return array

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

    def copied(self, array: Array) -> Array:
        """The same numbers as another array."""
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

    def is_written(self, _array: Array) -> bool:
        """Whether an array has been written to since it was made, where that can be."""
        return False

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


def record(name: str) -> Function:
    """A function of the library that there must be."""
    function = catalog.find(name)
    assert function is not None
    return function


def leaves(value: Any, level: int = 0) -> Iterator[Any]:
    """What lists and tuples hold, taken apart."""
    if isinstance(value, (list, tuple)):
        if level == USUAL:
            check_nested(value)
        if level == MAX_AXES:
            raise LimitError(f"an array has at most {MAX_AXES} axes")
        for item in value:
            yield from leaves(item, level + 1)
    else:
        yield value


USUAL = 8
"""Levels of lists that are taken apart without a look at how much there is in all."""
