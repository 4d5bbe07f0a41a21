"""The names of the operations of a graph, as TensorFlow 1 shows its tensors by them."""

from __future__ import annotations

from collections import Counter
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from gradcli.ir.node import ancestors
from gradcli.snippets.errors import Refusal
from gradcli.snippets.values import Array, Native

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

OPERATIONS = {
    path: name
    for name, paths in {
        "Const": "constant",
        "Placeholder": "placeholder",
        "Add": "add math.add",
        "Sub": "subtract math.subtract",
        "Mul": "multiply math.multiply",
        "truediv": "divide math.divide truediv",
        "div": "div",
        "MatMul": "matmul linalg.matmul",
        "Pow": "pow math.pow",
        "Square": "square math.square",
        "Sqrt": "sqrt math.sqrt",
        "Exp": "exp math.exp",
        "Log": "log math.log",
        "Sin": "sin math.sin",
        "Cos": "cos math.cos",
        "Abs": "abs math.abs",
        "Neg": "negative math.negative",
        "Maximum": "maximum math.maximum",
        "Minimum": "minimum math.minimum",
        "Sigmoid": "sigmoid nn.sigmoid math.sigmoid",
        "Tanh": "tanh nn.tanh math.tanh",
        "Relu": "nn.relu",
        "Elu": "nn.elu",
        "Softplus": "nn.softplus math.softplus",
        "Softmax": "nn.softmax",
        "L2Loss": "nn.l2_loss",
        "Sum": "reduce_sum math.reduce_sum",
        "Mean": "reduce_mean math.reduce_mean",
        "Max": "reduce_max math.reduce_max",
        "Min": "reduce_min math.reduce_min",
        "Prod": "reduce_prod math.reduce_prod",
        "ArgMax": "argmax math.argmax",
        "AddN": "add_n math.add_n",
        "Identity": "identity",
        "StopGradient": "stop_gradient",
        "Cast": "cast",
        "Reshape": "reshape",
        "ExpandDims": "expand_dims",
        "Squeeze": "squeeze",
        "Fill": "fill",
        **{name: name for name in ("transpose", "zeros", "ones", "zeros_like", "ones_like")},
        **{name: name for name in ("concat", "stack", "range", "one_hot")},
    }.items()
    for path in paths.split()
}
"""What the operation of a function is called, by its path."""

WRITTEN = {
    "+": "add",
    "-": "sub",
    "*": "mul",
    "/": "truediv",
    "//": "floordiv",
    "%": "mod",
    "**": "pow",
    "@": "matmul",
    ">": "Greater",
    "<": "Less",
    ">=": "GreaterEqual",
    "<=": "LessEqual",
}
"""What the operation of an operator is called."""

WITH_AXES = frozenset({"Sum", "Mean", "Max", "Min", "Prod"})
"""Operations that are told all axes if none is named: by a constant, if their number is known."""


class Labels:
    """The names of a graph: no two are the same, be they written with large letters or small."""

    def __init__(self, home: Any) -> None:
        self.home = home
        self.counts: Counter[str] = Counter()
        self.wrapped: dict[tuple[str, ...], Any] = {}
        self.depth = 0
        self.prefix = ""
        self.named: list[Array] = []

    @contextmanager
    def scoped(self, name: str) -> Iterator[None]:
        """A branch or a loop is a graph of its own: what is named in it has no name behind it."""
        before = self.prefix, self.counts, self.named
        self.prefix, self.counts, self.named = f"{self.unique(name)}/", Counter(), []
        try:
            yield
        finally:
            for array in self.named:
                self.home.graphs.symbols.pop(array, None)
            self.prefix, self.counts, self.named = before

    def unique(self, name: str) -> str:
        """A name within the scopes that are open, with a number if there is such a one."""
        label = self.prefix + "/".join([*self.home.scopes, name])
        number = self.counts[label.lower()]
        self.counts[label.lower()] += 1
        return f"{label}_{number}" if number else label

    def function(self, words: tuple[str, ...], native: Native) -> Any:
        """A function of TensorFlow that names what it gives."""
        made = self.wrapped.get(words)
        if made is None:
            operation = OPERATIONS.get(".".join(words), "")

            def call(*args: Any, name: Any = None, **named: Any) -> Any:
                given = named if name is None else {**named, "name": name}
                self.depth += 1
                try:
                    value = native.function(*args, **given)
                finally:
                    self.depth -= 1
                self.home.graphs.recipes.note(value, native.function, args, given)
                if not self.home.graphs.is_labelling:
                    return value
                if operation in WITH_AXES and len(args) < 2 and not named.keys() & {"axis"}:
                    is_ranked = all(shape is not None for shape in self.fed(args[0]))
                    self.note("Const" if is_ranked else "range", None)
                self.note(str(name or operation), value)
                return value

            made = self.wrapped[words] = Native(native.name, call, **native.attributes)
        return made

    def note(self, name: str, value: Any) -> Any:
        """Names what an operation of the snippet itself gives, and not one within another."""
        if name and not self.depth:
            label = self.unique(name)
            if isinstance(value, Array):
                self.home.graphs.symbols[value] = label
                self.named.append(value)
        return value

    def name(self, array: Array) -> str:
        """The name of a tensor."""
        label: str | None = self.home.graphs.symbols.get(array)
        if label is None:
            what = "the name that TensorFlow gives this tensor of a graph is not known"
            raise Refusal(what, help="tf.print, or sess.run, tells its numbers")
        return f"{label}:0"

    def fed(self, value: Any) -> list[Any]:
        """The shapes that are told of the placeholders that something is made of."""
        placeholders = self.home.graphs.placeholders
        made_of = ancestors([value.node]) if isinstance(value, Array) else ()
        return [placeholders[node][1] for node in made_of if node in placeholders]

    def shape(self, array: Array) -> str:
        """Its shape, as far as it is known before anything is fed."""
        placeholders = self.home.graphs.placeholders
        own = self.home.graphs.shapes.get(array, array.shape)
        told = placeholders.get(array.node, (0, own))[1]
        if told is None:
            return ""
        if array.node not in placeholders and any(map(_is_open, self.fed(array))):
            what = "the shape of this tensor of a graph is not known before a placeholder is fed"
            raise Refusal(what, help="sess.run(x) gives its numbers")
        return self.lengths(told)

    def lengths(self, told: Sequence[int | None]) -> str:
        """A shape of which not all lengths are told."""
        unknown = "?" if self.home.graphs.refers else "None"
        shown_ = [unknown if n is None else str(n) for n in told]
        return "(" + ", ".join(shown_) + ("," if len(shown_) == 1 else "") + ")"


def shown(home: Any, array: Array, *, in_session: bool = False) -> str:
    """A tensor of a graph: `Tensor("Add:0", shape=(), dtype=float32)`, or as a list has it."""
    labels, kind = home.graphs.labels, array.dtype.name
    name, shape = labels.name(array), labels.shape(array)
    if in_session:
        return f"<tf.Tensor '{name}' shape={shape or '<unknown>'} dtype={kind}>"
    return f'Tensor("{name}", {f"shape={shape}, " if shape else ""}dtype={kind})'


def _is_open(shape: Sequence[int | None] | None) -> bool:
    return shape is None or None in shape
