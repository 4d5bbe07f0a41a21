"""TensorFlow.js: functions of one number of axes, buffers, and the places of elements."""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING, Any

import numpy as np

from gradcli.snippets.arrays.nograd import by_numbers
from gradcli.snippets.frameworks.tfjs.gradients import fail
from gradcli.snippets.frameworks.tfjs.making import dtype_named, flattened, inferred_shape, shape_of
from gradcli.snippets.languages.javascript.tree import UNDEFINED
from gradcli.snippets.languages.javascript.values import Thing, TypedArray
from gradcli.snippets.values import Array, exposed, shown

if TYPE_CHECKING:
    from collections.abc import Callable

RANKS = (1, 2, 3, 4)
"""Numbers of axes of which there are functions of their own."""


def places(home: Any) -> dict[str, Callable[..., Any]]:
    """The functions by their names."""

    def buffer(shape: Any, dtype: Any = "float32", values: Any = None) -> Buffer:
        lengths = shape_of(home, shape)
        own = np.zeros(home.room(*lengths), dtype_named(dtype))
        if values is not None and values is not UNDEFINED:
            own[...] = np.reshape(flattened(values, inferred_shape(values)), lengths)
        return Buffer(home, own)

    def where_async(condition: Any) -> Any:
        found = by_numbers(home, np.argwhere)(home.tensor_of(condition, "condition", "whereAsync"))
        return home.machine.language.loop.settled_after(2, home.cast(found, home.whole))

    def mask_async(tensor: Any, mask: Any, axis: Any = 0.0) -> Any:
        x, held = home.tensor_of(tensor, "tensor", "boolMask"), home.recorder.array(mask)
        first = int(home.number(axis) if isinstance(axis, Array) else axis or 0)
        lengths = [*x.shape[:first], -1, *x.shape[first + held.ndim :]]
        rows = home.result_of("reshape", x, [float(n) for n in lengths])
        places = home.constant(np.flatnonzero(held), home.whole)
        found = home.result_of("gather", rows, places, float(first))
        return home.machine.language.loop.settled_after(3, found)

    def difference_async(x: Any, y: Any) -> Any:
        left, right = (home.recorder.array(home.asarray(value)) for value in (x, y))
        at = np.flatnonzero(~np.isin(left, right))
        parts = [home.constant(left[at], left.dtype), home.constant(at, home.whole)]
        return home.machine.language.loop.settled_after(2, parts)

    def unique(x: Any, axis: Any = None) -> dict[str, Array]:
        along = None if axis is None or axis is UNDEFINED else int(axis)
        rows = np.unique(home.recorder.array(home.asarray(x)), True, True, axis=along)
        values, first, inverse = rows
        order = np.argsort(first)
        ranks = np.argsort(order)
        ordered = np.take(values, order, 0 if along is None else along)
        return {
            "values": home.constant(ordered, ordered.dtype),
            "indices": home.constant(ranks[inverse.reshape(-1)], home.whole),
        }

    return {
        "buffer": buffer,
        "whereAsync": where_async,
        "booleanMaskAsync": mask_async,
        "setdiff1dAsync": difference_async,
        "unique": unique,
        **{f"{name}{n}d": of_rank(home, name, n) for name in _OF_RANKS for n in RANKS},
    }


_OF_RANKS = ("slice", "reverse", "concat")
"""Functions that are there for each number of axes."""


def of_rank(home: Any, name: str, rank: int) -> Callable[..., Any]:
    """A function of tensors that must have so many axes."""

    def function(*args: Any) -> Any:
        return home.result_of(name, *args)

    def concat(tensors: Any, axis: float = 0.0) -> Any:
        return function(tensors, axis)

    def call(x: Any, *args: Any) -> Any:
        array = home.tensor_of(x, "x", f"{name}{rank}d")
        own = len(array.shape)
        if own != rank and name == "slice":
            raise fail(f"slice{rank}d expects a rank-{rank} tensor, but got a rank-{own} tensor")
        if own != rank:
            raise fail(f"Error in reverse{rank}D: x must be rank {rank} but got rank {own}.")
        if rank > 1:
            return function(array, *args)
        return function(array, *([value] for value in args)) if name == "slice" else function(array)

    return concat if name == "concat" else call


class Buffer(Thing):
    """`tf.buffer`: numbers that are set one by one, and made a tensor then."""

    kind = "TensorBuffer"

    def __init__(self, home: Any, own: np.ndarray[Any, Any]) -> None:
        self.home = home
        self.own = own

    def place(self, at: tuple[Any, ...]) -> int:
        """Where an element is among all; no indices are zeros."""
        indices = [int(i) for i in at or (0,) * self.own.ndim]
        if any(not 0 <= i < n for i, n in zip(indices, self.own.shape, strict=False)):
            where, lengths = (",".join(map(str, x)) for x in (indices, self.own.shape))
            raise fail(f"Requested out of range element at {where}.   Buffer shape={lengths}")
        steps = [prod(self.own.shape[i + 1 :]) for i in range(len(indices) - 1)]
        return sum(i * step for i, step in zip(indices, [*steps, 1], strict=True))

    @exposed
    def set(self, value: Any, *at: Any) -> Any:
        """Sets an element."""
        if len(at) not in (0, self.own.ndim):
            raise fail(
                f"The number of provided coordinates ({len(at)}) must match the rank "
                f"({self.own.ndim})"
            )
        self.own.reshape(-1)[self.place(at)] = value
        return UNDEFINED

    @exposed
    def get(self, *at: Any) -> float:
        """An element."""
        return float(self.own.reshape(-1)[self.place(at)])

    @exposed
    def to_tensor(self) -> Array:
        """The numbers as a tensor."""
        made: Array = self.home.memory.note(self.home.constant(self.own.copy(), self.own.dtype))
        return made

    @shown
    def shape(self) -> list[float]:
        """The lengths of its axes."""
        return [float(n) for n in self.own.shape]

    @shown
    def size(self) -> float:
        """How many numbers there are."""
        return float(self.own.size)

    @shown
    def rank(self) -> float:
        """How many axes there are."""
        return float(self.own.ndim)

    @shown
    def dtype(self) -> str:
        """The type of its numbers."""
        return self.own.dtype.name

    @shown
    def values_(self) -> TypedArray:
        """The numbers one after another."""
        return TypedArray.of("Float32Array", map(float, self.own.reshape(-1)))
