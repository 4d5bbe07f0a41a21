"""Arrays out of nothing, random numbers, and the constructors that people paste around values."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from gradcli.errors import DomainError, ProgramTypeError, ShapeError
from gradcli.ir.function import function
from gradcli.ir.op import as_number, broadcast
from gradcli.ir.shapes import broadcast_shapes, normal_axes, show_shape
from gradcli.ops.axes import moveaxis
from gradcli.ops.compare import choose, eq
from gradcli.ops.powers import pow_
from gradcli.ops.selection import cast
from gradcli.ops.shape import at_least, reshape, reshape_to, spread

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gradcli.ir.function import Array, Axes, Flag, Int, Number, Numbers, Rest, Shape, Text, Type
    from gradcli.ir.node import Node


def _shape(bound: Mapping[str, Any]) -> Any:
    return bound["shape"]


def _matrix(bound: Mapping[str, Any]) -> tuple[int, int]:
    n, m = bound["n"], bound["m"]
    return n, n if m is None else m


def _diagonal(k: int, n: int, m: int | None) -> int:
    """A diagonal of a matrix, or the one next to its corner that is beyond it."""
    return max(-n - 1, min(k, (n if m is None else m) + 1))


def _count(start: float, stop: float | None, step: float) -> int:
    """How many numbers there are in a range."""
    first, last = (0.0, start) if stop is None else (start, stop)
    count = (last - first) / step if step else math.nan
    if not math.isfinite(count):
        raise DomainError("a range has finite ends and a step that is not 0")
    return max(math.ceil(count), 0)


def _numbers(bound: Mapping[str, Any]) -> tuple[int]:
    return (bound["num"],)


@function(example="zeros(2, 2)", constant=True, makes=_shape)
def zeros(shape: Shape) -> Any:
    """An array of zeros."""
    return np.zeros(shape)


@function(example="ones(2, 2)", constant=True, makes=_shape)
def ones(shape: Shape) -> Any:
    """An array of ones."""
    return np.ones(shape)


@function(example="eye(2)", constant=True, makes=_matrix)
def eye(n: Int, m: Int | None = None, k: Int = 0) -> Any:
    """A matrix with ones on a diagonal."""
    return np.eye(n, m, _diagonal(k, n, m))


@function(example="tri(2)", constant=True, makes=_matrix)
def tri(n: Int, m: Int | None = None, k: Int = 0) -> Any:
    """A matrix with ones on and below a diagonal."""
    return np.tri(n, m, _diagonal(k, n, m))


@function(
    example="range(4)",
    aliases="arange",
    signatures="torch.range(start, end, step=1.0)",
    constant=True,
    makes=lambda bound: (_count(bound["start"], bound["stop"], bound["step"]),),
)
def range_(start: Number, stop: Number | None = None, step: Number = 1.0) -> Any:
    """Evenly spaced numbers from `start`, or 0, up to `stop`, which is left out."""
    return np.arange(0.0, start, step) if stop is None else np.arange(start, stop, step)


@function(
    example="identity(2)",
    makes=lambda bound: (bound["x"], bound["x"]),
    signatures="np.identity(n: x, dtype=None)",
)
def identity(x: Int) -> Any:
    """The identity matrix of a size; with TensorFlow's prefix, the argument itself."""
    return np.eye(x)


@function(
    name="asarray",
    example="asarray([1, 2])",
    aliases="array tensor tensor1d tensor2d tensor3d tensor4d constant scalar Variable variable "
    "convert_to_tensor as_tensor clone ensure_shape",
    signatures="""
        jnp.array(object: x, dtype=None, copy=True, order=None, ndmin=0)
        np.array(object: x, dtype=None, *, copy=True, order='K', subok=False, ndmin=0)
        torch.tensor(data: x, *, dtype=None)
        tf.ensure_shape(x, shape)
        tf.constant(value: x, dtype=None, shape=None)
        tf.Variable(initial_value: x, trainable=None, *, dtype=None)
        tfjs.tensor(values: x, shape=None, dtype=None)
        tfjs.tensor2d(values: x, shape=None, dtype=None)
        tfjs.tensor3d(values: x, shape=None, dtype=None)
        tfjs.tensor4d(values: x, shape=None, dtype=None)
        tfjs.variable(initialValue: x, trainable=True, name=None, dtype=None)
    """,
)
def asarray(x: Array, dtype: Type = None, *, shape: Shape = None, ndmin: Int = 0) -> Node:
    """The value itself, of a type and shape if they are given: there is nothing to wrap here."""
    x = x if dtype is None else cast(x, dtype)
    if shape is not None:
        x = reshape(x, shape) if x.ndim else spread(x, shape)
    return at_least(x, ndmin) if ndmin > x.ndim else x


@function(
    example="size([[1, 2], [3, 4]])",
    aliases="numel nelement",
    signatures="""
        x.size(x, dim: axis = None); lengths=True
        torch.size(input, dim: axis = None); lengths=True
    """,
    constant=True,
)
def size(x: Array, axis: Axes = None, *, lengths: Flag = False) -> Any:
    """How many elements there are, or how long an axis is; as PyTorch's method, the shape."""
    if axis is not None:
        return x.graph.length(math.prod(x.shape[a] for a in normal_axes(axis, x.ndim)))
    return tuple(map(x.graph.length, x.shape)) if lengths else x.graph.length(x.size)


@function(name="len", example="len([1, 2])", constant=True)
def len_(x: Array) -> Any:
    """How long the first axis is."""
    if not x.ndim:
        raise ShapeError("a number has no length")
    return x.graph.length(x.shape[0])


@function(example="item([3])")
def item(x: Array) -> Node:
    """The one element of an array, as a number."""
    if x.size != 1:
        raise ShapeError(f"item needs one element, and the shape is {show_shape(x.shape)}")
    return reshape_to(x, ())


# --- filled with a value ------------------------------------------------------------------------


@function(example="full((2,), 7)", aliases="fill", makes=_shape)
def full(shape: Shape, value: Array) -> Node:
    """An array of a shape with the same value everywhere."""
    return spread(value, broadcast_shapes(value.shape, tuple(shape)))


@function(example="full_like([1, 2], 7)")
def full_like(x: Array, value: Array) -> Node:
    """An array of `x`'s shape with the same value everywhere."""
    return spread(value, x.shape)


@function(example="zeros_like([1, 2])", constant=True)
def zeros_like(x: Array) -> Node:
    """Zeros of `x`'s shape."""
    return spread(x.graph.constant(0.0), x.shape)


@function(example="ones_like([1, 2])", constant=True)
def ones_like(x: Array) -> Node:
    """Ones of `x`'s shape."""
    return spread(x.graph.constant(1.0), x.shape)


@function(
    example="linspace(0, 1, 5)",
    aliases="lin_space",
    signatures="""
        torch.linspace(start, end: stop, steps: num)
        np.linspace(start, stop, num=50, endpoint=True, retstep=False, dtype=None, axis=0)
        tf.linspace(start, stop, num, name=None, axis=0)
    """,
    makes=_numbers,
)
def linspace(
    start: Array,
    stop: Array,
    num: Int = 50,
    endpoint: Flag = True,
    *,
    axis: Int = 0,
    retstep: Flag = False,
) -> Any:
    """`num` evenly spaced values from `start` to `stop`; with `retstep`, their distance, too."""
    part, shape = _shares(start, stop, num, endpoint)
    first, last = as_number(start), as_number(stop)
    z = spread(first * (1.0 - part) + last * part, shape)
    z = moveaxis(z, (0,), (axis,)) if axis else z
    return (z, (last - first) / float(num - endpoint)) if retstep else z


def _shares(start: Node, stop: Node, num: int, endpoint: bool) -> tuple[Node, tuple[int, ...]]:
    """How far each of the values is from start to stop, with an axis in front of theirs."""
    share = np.arange(num) / max(num - 1 if endpoint else num, 1)
    shape = broadcast([start, stop])
    return start.graph.constant(share.reshape((num,) + (1,) * len(shape))), (num, *shape)


@function(
    example="logspace(0, 2, 3)",
    signatures="torch.logspace(start, end: stop, steps: num, base=None)",
    makes=_numbers,
)
def logspace(
    start: Array,
    stop: Array,
    num: Int = 50,
    endpoint: Flag = True,
    base: Array | None = None,
    *,
    axis: Int = 0,
) -> Node:
    """`num` powers of a base (10) with evenly spaced exponents from `start` to `stop`."""
    exponents = linspace(start, stop, num, endpoint, axis=axis)
    return pow_(start.graph.constant(10.0) if base is None else base, exponents)


@function(example="geomspace(1, 100, 3)", makes=_numbers)
def geomspace(
    start: Array, stop: Array, num: Int = 50, endpoint: Flag = True, *, axis: Int = 0
) -> Node:
    """`num` values from `start` to `stop`, each the same multiple of the one before."""
    part, shape = _shares(start, stop, num, endpoint)
    values = spread(as_number(start) * pow_(as_number(stop) / start, part), shape)
    return moveaxis(values, (0,), (axis,)) if axis else values


@function(example="meshgrid([1, 2], [3, 4, 5])", variants={"torch": {"indexing": "ij"}})
def meshgrid(arrays: Rest, *, indexing: Text = "xy", sparse: Flag = False) -> tuple[Node, ...]:
    """Each vector's coordinates at every point of their grid, as one array for each vector.

    The first vector runs along the second axis ("xy"), or along the first ("ij"). With `sparse`
    each array has only the axis along which it differs.
    """
    if indexing not in ("xy", "ij"):
        raise ProgramTypeError(f"meshgrid knows no indexing {indexing!r}", help='"xy" or "ij"')
    axes = list(range(len(arrays)))
    if indexing == "xy" and len(arrays) > 1:
        axes[:2] = [1, 0]
    shape = tuple(arrays[a].size for a in axes)
    lines = [_running(x, a, len(axes)) for a, x in zip(axes, arrays, strict=True)]
    return tuple(lines if sparse else [spread(line, shape) for line in lines])


def _running(x: Node, axis: int, ndim: int) -> Node:
    """A vector as an array of so many axes, which differs along one of them."""
    return reshape_to(x, tuple(x.size if i == axis else 1 for i in range(ndim)))


def _mask_shape(bound: Mapping[str, Any]) -> tuple[int, ...]:
    """One row for each length, or one at all, of the largest unless the call says how long."""
    ends = np.asarray(bound["lengths"], float)
    if not (ends < 2**53).all():
        raise ShapeError("the lengths of sequences are numbers, none of them too large")
    count = ends.max(initial=0) if bound["maxlen"] is None else bound["maxlen"]
    return max(ends.size, 1), max(math.ceil(count), 0)


@function(example="sequence_mask([1, 3])", constant=True, makes=_mask_shape)
def sequence_mask(lengths: Numbers, maxlen: Int | None = None, dtype: Type = "bool") -> Any:
    """For each length a row that is true up to it, of `maxlen` (the largest length) elements."""
    *_, count = _mask_shape({"lengths": lengths, "maxlen": maxlen})
    mask = np.arange(count) < np.asarray(lengths, float)[..., None]
    return mask if "bool" in str(dtype) else mask.astype(float)


@function(
    example="one_hot([0, 2], 3)",
    signatures="jax.nn.one_hot(x: indices, num_classes: depth, *, dtype=None, axis=-1)",
    makes=lambda bound: (max(bound["indices"].size, 1), bound["depth"]),
)
def one_hot(
    indices: Array, depth: Int, on: Array | None = None, off: Array | None = None, axis: Int = -1
) -> Node:
    """For each index a row of `depth` with 1 (or `on`) at that place and 0 (or `off`) elsewhere."""
    if indices.is_bool:
        raise ProgramTypeError("the indices of one_hot are numbers")
    ndim = indices.ndim + 1
    if not -ndim <= axis < ndim:
        raise ShapeError(f"axis {axis} is out of range for one_hot of {indices.ndim} axes")
    a = axis % ndim
    shape = indices.shape
    positions = indices.graph.constant(np.arange(depth).reshape((depth,) + (1,) * (ndim - 1 - a)))
    here = eq(reshape_to(indices, (*shape[:a], 1, *shape[a:])), positions)
    return choose(here, 1.0 if on is None else on, 0.0 if off is None else off)


def _classes(bound: Mapping[str, Any]) -> tuple[int, int]:
    """How many indices there are, and how many classes: those asked for, or up to the largest."""
    indices = np.asarray(bound["indices"], float)
    count = bound["num_classes"]
    if not (np.isfinite(indices) & (indices == np.floor(indices)) & (indices >= 0)).all():
        raise DomainError("classes are whole numbers, not negative")
    most = int(indices.max(initial=-1)) + 1
    if 0 <= count < most:
        raise DomainError(f"class {most - 1} is beyond the {count} classes")
    return indices.size, most if count < 0 else count


@function(example="one_hot_classes([0, 2])", constant=True, makes=_classes)
def one_hot_classes(indices: Numbers, num_classes: Int = -1) -> Any:
    """PyTorch's one_hot: for each index a row with 1 at its place, by default up to the largest."""
    _, count = _classes({"indices": indices, "num_classes": num_classes})
    return (np.asarray(indices, float)[..., None] == np.arange(count)).astype(float)


# --- seeded random numbers, differentiable in their parameters ----------------------------------


def seeded(seed: int) -> Any:
    """NumPy's generator of random numbers, from a seed."""
    if seed < 0:
        raise DomainError("a seed is a whole number from 0 on")
    return np.random.default_rng(seed)


def _placed(drawn: Any, place: Node | None, width: Node | None) -> Any:
    """Drawn numbers times a width and plus a place, which may be inputs."""
    parameter = place if width is None else width
    if parameter is None:
        return drawn
    x = parameter.graph.constant(drawn)
    x = x if width is None else x * width
    return x if place is None else x + place


@function(example="random_normal(3, seed=1)", makes=_shape)
def random_normal(
    shape: Shape, mean: Array | None = None, std: Array | None = None, seed: Int = 0
) -> Any:
    """Normal random numbers, the same for the same seed: mean + std times standard ones."""
    return _placed(seeded(seed).standard_normal(shape), mean, std)


@function(example="random_uniform(3, seed=1)", makes=_shape)
def random_uniform(
    shape: Shape, low: Array | None = None, high: Array | None = None, seed: Int = 0
) -> Any:
    """Uniform random numbers from low (0) to high (1), the same for the same seed."""
    drawn = seeded(seed).random(shape)
    if high is None:
        return drawn if low is None else _placed(drawn, low, 1.0 - low)
    return _placed(drawn, low, high if low is None else high - low)
