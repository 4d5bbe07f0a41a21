"""What JAX knows of values while functions are traced, and what it refuses to do without them."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from gradcli.ir.node import Node, ancestors
from gradcli.snippets.arrays.dtypes import BOOL, FLOAT32, DType
from gradcli.snippets.arrays.pytrees import leaves
from gradcli.snippets.errors import Raised
from gradcli.snippets.framework import Framework
from gradcli.snippets.frameworks.jax.refusals import ABSTRACT, NUMBERED, SHAPED, STATIC, TRUTH, TRY
from gradcli.snippets.frameworks.jax.slopes import STEPWISE
from gradcli.snippets.values import Array

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from gradcli.snippets.frameworks.jax.array import Marks


class Tracing(Framework):
    """The part of JAX that traces."""

    def __init__(self, machine: Any) -> None:
        super().__init__(machine)
        self.jitted: list[Marks] = []

    @property
    def is_last(self) -> bool:
        """Whether nobody is about to differentiate what is made now: `jit` does not."""
        return bool(self.machine.depth_of_tracing == len(self.jitted))

    @property
    def derivatives(self) -> int:
        """How many derivatives are about to be taken of what is made now."""
        return self.machine.depth_of_tracing - len(self.jitted) - len(self.mapping)

    def tracer(self, array: Any) -> str:
        """How an array is shown that `jit` has not got the numbers of; "" for any other."""
        return f"JitTracer({array.described()})" if self.is_traced(array) else ""

    # --- numbers ----------------------------------------------------------------------------

    def is_traced(self, array: Array) -> bool:
        """Whether the value of an array is not known yet, within `jit`."""
        made_within = bool(self.jitted) and array.node.order > self.jitted[0].start
        return made_within or self.depends(array, set().union(*self.jitted))

    def is_mapped(self, array: Array) -> bool:
        """Whether an array has a value for each row of a map."""
        return self.depends(array, set().union(*[rows.marks for rows in self.mapping]))

    def depends(self, array: Array, marks: Collection[Node]) -> bool:
        """Whether an array is made of nodes that are marked."""
        if not marks:
            return False
        first = min(mark.order for mark in marks)
        return not set(marks).isdisjoint(ancestors([array.node], after=first - 1))

    def as_it_is_written(self, op: str, x: Any, y: Any, dtype: DType) -> Any:
        """The operation of an operator; only what is compiled turns the one divisor over.

        What is differentiated is not, but in `jit`.
        """
        if op == "/" and self.moving and not self.jitted and dtype == FLOAT32:
            is_many = isinstance(x, Array) and bool(x.shape or self.mapping)
            arrays = [z for z in (x, y) if isinstance(z, Array)]
            if is_many and not (arrays[-1] is y and y.shape):
                moves = any(self.depends(z, self.moving) for z in arrays)
                return STEPWISE if moves else self.as_written[op]
        return super().as_it_is_written(op, x, y, dtype)

    @contextmanager
    def untraced(self) -> Iterator[None]:
        """What is done with numbers though they are traced: branches, and what is printed."""
        before = self.jitted, self.mapping
        self.jitted, self.mapping = [], []
        try:
            yield
        finally:
            self.jitted, self.mapping = before

    @contextmanager
    def at_hand(self, is_called_once: bool = True) -> Iterator[None]:
        """What rules are given has numbers where nothing but one gradient is asked for."""
        machine = self.machine
        depth = machine.depth_of_tracing
        if is_called_once and depth == 1 and not (self.jitted or self.mapping):
            machine.depth_of_tracing = 0
        try:
            yield
        finally:
            machine.depth_of_tracing = depth

    def refuse_shape(self, name: str, args: Sequence[Any]) -> None:
        """Within `jit` lengths must be known: none can be an argument's value."""
        if not self.jitted or name not in SHAPED:
            return
        lengths = leaves(list(args[SHAPED[name]]))
        traced = [x for x in lengths if isinstance(x, Array) and self.is_traced(x)]
        if traced and name in ("range", "linspace"):
            self.refuse_traced(traced[0], "number")
        if traced:
            shown = [self.tracer(x) if x in traced else str(x) for x in lengths]
            text = f"({', '.join(shown)}{',' * (len(shown) == 1)})"
            raise Raised("TypeError", f"{STATIC}{text}.{TRY}", help=NUMBERED)

    def index(self, part: Any) -> Any:
        """An index as NumPy takes it; within `jit` a slice has bounds that are known."""
        if self.jitted and isinstance(part, slice):
            bounds = (part.start, part.stop, part.step)
            traced = [isinstance(x, Array) and self.is_traced(x) for x in bounds]
            if any(traced):
                pairs = zip(bounds, traced, strict=True)
                shown = ", ".join(f"JitTracer(~{x.dtype}[])" if t else str(x) for x, t in pairs)
                text = f"Slice entries must be static integers. Got slice({shown}) at position 0"
                raise Raised("IndexError", text, help="jax.lax.dynamic_slice, or static_argnums")
        if self.jitted and isinstance(part, Array) and part.dtype == BOOL and self.is_traced(part):
            shape = ",".join(map(str, part.shape))
            text = f"Array boolean indices must be concrete; got bool[{shape}]"
            help_ = "jnp.where(mask, x, …) keeps the shape"
            raise Raised("NonConcreteBooleanIndexError", text, help=help_)
        return super().index(part)

    def refuse_traced(self, array: Array, kind: str) -> None:
        """Within `jit` nothing can depend on a value not known yet, in `vmap` no choice on rows."""
        if self.is_traced(array) or (kind == "bool" and self.is_mapped(array)):
            self.refuse(array, kind)

    def refuse(self, array: Array, kind: str) -> None:
        """The error of a tracer that has no truth value, or number, yet."""
        names = {
            "bool": ("TracerBoolConversionError", TRUTH, "."),
            "number": ("ConcretizationTypeError", ABSTRACT, ""),
        }
        type_name, text, end = names[kind]
        word = {"b": "bool", "f": "float32", "i": "int32"}[array.dtype.kind]
        shape = ",".join(map(str, array.shape))
        raise Raised(
            type_name,
            f"{text} with shape {word}[{shape}]{end}",
            help="jnp.where(c, a, b) or lax.cond chooses; static_argnums names arguments that are "
            "known",
        )

    def truth(self, array: Array) -> bool:
        """Whether an array of one element is true."""
        self.refuse_traced(array, "bool")
        return super().truth(array)

    def number(self, array: Array) -> Any:
        """The one number of an array."""
        self.refuse_traced(array, "number")
        return super().number(array)

    def python_number(self, array: Array) -> Any:
        """`float(x)`, and what functions of `math` are given: no tracer has a number for them."""
        tracing = self.machine.depth_of_tracing
        if tracing and any(node.op.name == "name" for node in ancestors([array.node])):
            self.refuse(array, "number")
        return self.number(array)

    def whole_number(self, array: Array) -> Any:
        """`int(x)`, which is known where a function is differentiated."""
        return self.number(array)

    def concrete(self, array: Array) -> Array:
        """An array whose numbers are asked for, where they are known."""
        self.refuse_traced(array, "number")
        return array
