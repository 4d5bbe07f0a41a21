"""Operators on the arrays of a framework, and their items."""

from __future__ import annotations

import operator
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from gradcli.errors import GradcliError, ShapeError
from gradcli.ir.node import WORDS, Node
from gradcli.ir.record import CONSTANT
from gradcli.ops.arithmetic import MUL, NEG, add, div, sub
from gradcli.snippets.arrays import memory
from gradcli.snippets.arrays.dtypes import BOOL, DType, is_float
from gradcli.snippets.arrays.making import Arrays, record
from gradcli.snippets.arrays.memory import Change, others
from gradcli.snippets.errors import Raised
from gradcli.snippets.values import Array

if TYPE_CHECKING:
    from collections.abc import Callable


OPERATORS = {
    "+": "add",
    "-": "sub",
    "*": "mul",
    "/": "div",
    "//": "floordiv",
    "%": "mod",
    "**": "pow",
    "@": "matmul",
}
"""Operators of two operands, and the operations that they are."""

INSTRUCTIONS = {"+": operator.add, "-": operator.sub, "*": operator.mul, "/": operator.truediv}
"""Operators that are an instruction of the machine."""

INSTRUCTED = {"+": add.op, "-": sub.op, "*": MUL, "/": div.op}
"""The operations that these are."""

COMPARISONS = {"<": "lt", "<=": "le", ">": "gt", ">=": "ge", "==": "eq", "!=": "ne"}

BITS: dict[str, Callable[..., Any]] = {
    "&": np.bitwise_and,
    "|": np.bitwise_or,
    "^": np.bitwise_xor,
    "<<": np.left_shift,
    ">>": np.right_shift,
}
"""Operators on bits, which are functions of whole numbers and of truth values."""


class Computing(Arrays):
    """What operators and square brackets do to the arrays of a framework."""

    views: ClassVar[frozenset[str]] = frozenset()
    """Functions whose results see the memory of what they are given; none where nothing writes."""

    instructions: ClassVar[dict[str, Callable[..., Any]]] = INSTRUCTIONS
    as_written: ClassVar[dict[str, Any]] = INSTRUCTED

    def __init__(self, machine: Any) -> None:
        super().__init__(machine)
        self.computed_in: dict[Any, DType] = {}

    # --- operators ------------------------------------------------------------------------------

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
        key = op, _kind(x), _kind(y), self.default
        dtype = self.computed_in.get(key)
        if dtype is None:
            dtype = self.computed_in[key] = self.type_of(op, x, y)
        if op in BITS:
            return self.on_bits(op, x, y, dtype)
        build, a, b = WORDS[OPERATORS[op]], self.operand(x, dtype), self.operand(y, dtype)
        arrays = [v for v in (x, y) if isinstance(v, Array)]
        if a.op is b.op is CONSTANT and not self.records(arrays):
            known = self.recorder.computed(self.instructions.get(op), a, b)
            if known is not None:
                return self.wrap(known, dtype, arrays)
        try:
            own = self.as_it_is_written(op, x, y, dtype)
            node = build(a, b) if own is None else self.recorder.written(own, a, b)
        except ShapeError as error:
            raise self.misfit(error, op, x, y) from None
        return self.wrap(node, dtype, arrays)

    def as_it_is_written(self, op: str, x: Any, y: Any, dtype: DType) -> Any:
        """The operation that an operator is, where no formula that is equal may take its place."""
        del x, y, dtype
        return self.as_written.get(op)

    def type_of(self, op: str, x: Any, y: Any) -> DType:
        """The type in which an operator is computed."""
        dtype = self.common((x, y))
        if op == "/" and not is_float(dtype):
            return self.default
        return self.whole if dtype.kind == "b" and op not in BITS else dtype

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
        return self.wrap(self.recorder.written(NEG, x.node), x.dtype, [x]) if op == "-" else x

    def augmented(self, op: str, array: Array, other: Any) -> Any:
        """`x += other`, which makes a new array unless the framework says otherwise."""
        return self.operator(op, array, other)

    # --- items ----------------------------------------------------------------------------------

    def item(self, array: Array, key: Any) -> Array:
        """`x[key]`."""
        parts = key if isinstance(key, tuple) else (key,)
        self.recorder.use(array.dtype)
        items = [self.index(part) for part in parts]
        try:
            node = WORDS["index"](array.node, *items)
        except GradcliError as error:
            raise Raised("IndexError", error.message, help=error.help) from None
        made = self.wrap(node, array.dtype, [array])
        if self.views:
            self.look(array, node, made)
        return made

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
        self.rewrite(array, self.replaced(array, key, value))

    # --- memory ---------------------------------------------------------------------------------

    def look(self, source: Array, node: Node, made: Array) -> None:
        """What was made of a node is a view of its source, if the node only moves elements."""
        memory.look(source, node, made)

    def rewrite(self, array: Array, node: Node) -> None:
        """Gives an array other numbers in its place."""
        array.node = node if self.records([array]) else self.recorder.settled(node)
        self.pass_on(Change(array))

    def pass_on(self, change: Change) -> None:
        """Those that see the same memory as an array that was written have the same, too."""
        if change.array.seen is not None:
            for other, taken in others(change.array):
                home = other.home
                home.take_over(other, home.merged(other, change.array, taken), change)

    def take_over(self, other: Array, node: Node, change: Change) -> None:
        """An array has other numbers, as they were written to what it sees."""
        keeps = change.array.home is self and self.records([other, change.array])
        other.node = node if keeps else self.recorder.settled(node)

    def merged(self, other: Array, array: Array, taken: np.ndarray[Any, Any]) -> Node:
        """The numbers of an array of which some are those of another, where `taken` says which."""
        recorder = self.recorder
        flat, size = taken.ravel(), array.node.size
        row = record("reshape")(recorder.number(array.node, array.dtype), (size,))
        if (flat < 0).any():
            places = np.flatnonzero(flat >= 0)
            before = recorder.number(other.node, other.dtype)
            whole = record("reshape")(before, (flat.size,))
            part = WORDS["index"](row, flat[places])
            row = record("scatter")(whole, 0, places, part, "set")
        elif flat.size != size or (flat != np.arange(size)).any():
            row = WORDS["index"](row, flat)
        node: Node = record("reshape")(row, other.shape)
        return node if other.dtype.kind != "b" else WORDS["ne"](node, 0.0)

    def mark(self, array: Array) -> None:
        """Gives an array a node of its own, so that a derivative by it can be asked for."""
        if self.records([array]) and array.node.inputs:
            self.recorder.use(array.dtype)
            array.node = self.recorder.mark(array.node)

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


def _kind(x: Any) -> Any:
    """What of an operand decides in which type an operator is computed."""
    if isinstance(x, Array):
        return x.dtype, not x.node.shape, getattr(x, "weak", False)
    return x.__class__


def _parts(part: slice) -> tuple[Any, Any, Any]:
    return part.start, part.stop, part.step
