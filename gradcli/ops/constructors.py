"""Arrays out of nothing, and the constructors that people paste around values."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from gradcli.ir.function import function

if TYPE_CHECKING:
    from gradcli.ir.function import Array, Int, Number, Shape, Value
    from gradcli.ir.node import Node


@function(example="zeros(2, 2)", constant=True)
def zeros(shape: Shape) -> Any:
    """An array of zeros."""
    return np.zeros(shape)


@function(example="ones(2, 2)", constant=True)
def ones(shape: Shape) -> Any:
    """An array of ones."""
    return np.ones(shape)


@function(example="eye(2)", constant=True)
def eye(n: Int, m: Value = None, k: Int = 0) -> Any:
    """A matrix with ones on a diagonal."""
    return np.eye(n, None if m is None else int(m), k)


@function(example="tri(2)", constant=True)
def tri(n: Int, m: Value = None, k: Int = 0) -> Any:
    """A matrix with ones on and below a diagonal."""
    return np.tri(n, None if m is None else int(m), k)


@function(example="range(4)", aliases="arange", constant=True)
def range_(start: Number, stop: Value = None, step: Number = 1.0) -> Any:
    """Evenly spaced numbers from `start`, or 0, up to `stop`, which is left out."""
    return np.arange(0.0, start, step) if stop is None else np.arange(start, float(stop), step)


@function(example="identity(2)")
def identity(x: Value) -> Any:
    """The identity matrix of a size; with TensorFlow's prefix, the argument itself."""
    return np.eye(int(x))


@function(
    name="asarray",
    example="asarray([1, 2])",
    aliases="array tensor tensor1d tensor2d tensor3d tensor4d constant scalar Variable variable "
    "convert_to_tensor as_tensor clone ensure_shape",
)
def asarray(x: Array) -> Node:
    """The value itself: what other frameworks wrap a value in is not needed here."""
    return x
