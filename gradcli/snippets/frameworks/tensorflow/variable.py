"""Variables: arrays that can be assigned, and that tapes watch by themselves."""

from __future__ import annotations

import operator
from typing import TYPE_CHECKING, Any

import numpy as np

from gradcli.ir.shapes import show_shape
from gradcli.snippets.errors import Raised
from gradcli.snippets.values import Object, exposed, shown

if TYPE_CHECKING:
    from gradcli.snippets.values import Array


class Variable(Object):
    """`tf.Variable`: `array` is its value now, a leaf of its own."""

    kind = "ResourceVariable"
    module = "tensorflow.python.ops.resource_variable_ops"

    def __init__(self, home: Any, array: Array, is_trainable: bool, name: str) -> None:
        self.home = home
        self.is_trainable = is_trainable
        self.label = name
        self.array = self.leaf(array)

    def leaf(self, array: Array) -> Array:
        """The numbers of an array as a leaf."""
        recorder = self.home.recorder
        node = recorder.leaf(recorder.numbers(array), array.dtype, self.label)
        recorder.follow(node, array.node)
        made: Array = self.home.made(node, array.dtype)
        return made

    @exposed
    def read_value(self) -> Array:
        """Its value as a tensor."""
        return self.read()

    @exposed
    def value(self) -> Array:
        """Its value as a tensor."""
        return self.read()

    @exposed
    def eval_(self, session: Any = None) -> Any:
        """Its value in a session, which is its first argument here."""
        return self.home.methods["eval"](self, session=session)

    def read(self) -> Array:
        """Its value as a tensor; tapes that are recording are told."""
        self.home.tapes.reads(self)
        return self.array

    def stands_for(self) -> Array:
        """Whatever computes with it reads it."""
        return self.read()

    @shown
    def initializer(self) -> Any:
        """What gives it its first value when a session runs it."""
        return self.home.graphs.starting([self])

    @exposed
    def numpy(self) -> Any:
        """Its value as NumPy has it."""
        return self.home.to_numpy(self.array)

    @exposed
    def assign(self, value: Any, **_named: Any) -> Variable:
        """A new value, of the same shape."""
        array = self.home.asarray(value, self.array.dtype)
        if array.shape != self.array.shape:
            given, own = show_shape(array.shape), show_shape(self.array.shape)
            text = (
                f"Cannot assign value to variable ' {self.label}:0': Shape mismatch."
                f"The variable shape {own}, and the assigned value shape {given} are incompatible."
            )
            raise Raised("ValueError", text)
        if not self.home.graphs.is_eager:
            made: Variable = self.home.graphs.assignment(self, array)
            return made
        self.array = self.leaf(array)
        self.home.tapes.assigned += 1
        return Unread(self)

    @exposed
    def assign_add(self, delta: Any, **_named: Any) -> Variable:
        """Adds to the value."""
        return self.assign(self.home.operator("+", self.array, delta))

    @exposed
    def assign_sub(self, delta: Any, **_named: Any) -> Variable:
        """Subtracts from the value."""
        return self.assign(self.home.operator("-", self.array, delta))

    @exposed
    def scatter_nd_add(self, indices: Any, updates: Any, **_named: Any) -> Variable:
        """Adds to the elements, or rows, at places."""
        return self.scattered(np.add.at, indices, updates)

    @exposed
    def scatter_nd_sub(self, indices: Any, updates: Any, **_named: Any) -> Variable:
        """Subtracts from them."""
        return self.scattered(np.subtract.at, indices, updates)

    @exposed
    def scatter_nd_update(self, indices: Any, updates: Any, **_named: Any) -> Variable:
        """Sets them."""
        return self.scattered(operator.setitem, indices, updates)

    def scattered(self, put: Any, indices: Any, updates: Any) -> Variable:
        """A new value, of which some elements or rows are changed."""
        home = self.home
        places, rows = (home.recorder.array(home.asarray(x)) for x in (indices, updates))
        numbers = home.recorder.array(self.array).copy()
        put(numbers, tuple(np.moveaxis(places, -1, 0)), rows)
        return self.assign(home.constant(numbers, self.array.dtype))

    @shown
    def trainable(self) -> bool:
        """Whether tapes watch it by themselves."""
        return self.is_trainable

    @shown
    def name(self) -> str:
        """Its name."""
        return f"{self.label}:0"

    @shown
    def shape(self) -> Any:
        """Its shape."""
        return self.home.values["shape"](self.array)

    @shown
    def dtype(self) -> Any:
        """The type of its numbers."""
        return self.home.values["dtype"](self.array)

    def item(self, key: Any) -> Any:
        """`v[key]`, which can be assigned in its place."""
        array = self.home.item(self.read(), key)
        self.home.places[array] = self, key
        return array

    def assign_part(self, key: Any, value: Any) -> Variable:
        """`v[key].assign(value)`."""
        home = self.home
        return self.assign(home.made(home.replaced(self.array, key, value), self.array.dtype))

    def show(self) -> str:
        """`<tf.Variable 'Variable:0' shape=() dtype=float32, numpy=3.0>`."""
        graphs, array = self.home.graphs, self.array
        if graphs.is_labelling:
            kind = f"{array.dtype.name}{'_ref' if graphs.refers else ''}"
            return f"<tf.Variable '{self.label}:0' shape={show_shape(array.shape)} dtype={kind}>"
        details = self.home.details(array).replace(", dtype", " dtype", 1)
        return f"<tf.Variable '{self.shown_label()}' {details}>"

    def shown_label(self) -> str:
        """What it is called where it is shown."""
        return f"{self.label}:0"


class Unread(Variable):
    """What an assignment gives: the variable itself, which is shown as one that nobody named."""

    def __init__(self, of: Variable) -> None:
        self.of = of
        self.home, self.label, self.is_trainable = of.home, of.label, of.is_trainable

    @property
    def array(self) -> Array:  # type: ignore[override]
        """The value of the variable."""
        return self.of.array

    def assign(self, value: Any, **named: Any) -> Variable:
        """A new value of the variable."""
        return self.of.assign(value, **named)

    def shown_label(self) -> str:
        """It has lost its name."""
        return "UnreadVariable"
