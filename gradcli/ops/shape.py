"""Shapes, indices and joins: linear operations that move elements, each with its adjoint."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING, Any

import numpy as np

from gradcli.errors import ShapeError
from gradcli.ir.batching import AXIS_BEHIND, aligned, by_attributes
from gradcli.ir.function import function
from gradcli.ir.node import BOOL, MAX_AXES, WORDS, Node, word
from gradcli.ir.op import Linear, as_number
from gradcli.ir.record import CONSTANT
from gradcli.ir.shapes import broadcast_shapes, normal_axes, normal_axis, show_shape
from gradcli.ops.keys import Key

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gradcli.ir.function import Array, Arrays, Axes, Axis, Flag, Int, Ints, Listed, Shape
    from gradcli.ir.op import Box

total = word("sum")

# --- the primitives -------------------------------------------------------------------------


def _reshape_notes(node: Node) -> tuple[str, int] | None:
    """Axes of one element, which people do not write, come and go."""
    longer = [[n for n in shape if n != 1] for shape in (node.shape, node.inputs[0].shape)]
    return ("{0}", 10) if longer[0] == longer[1] else None


RESHAPE = Linear(
    "reshape",
    np.reshape,
    lambda shapes, shape: shape,
    lambda node, g: (reshape_to(g, node.inputs[0].shape),),
    notes=_reshape_notes,
    moves=True,
    batch=by_attributes(lambda size, shape: ((size, *shape),)),
)


def reshape_to(x: Node, shape: tuple[int, ...]) -> Node:
    """`x` with another shape of the same size."""
    return x if x.shape == shape else RESHAPE(x, attrs=(shape,))


def _transpose_adjoint(node: Node, g: Node) -> Sequence[Node]:
    order = node.attrs[0]
    return (permute(g, tuple(order.index(i) for i in range(len(order)))),)


def _transpose_notes(node: Node) -> tuple[str, int] | None:
    """`A.T`; a vector that was made a column or a row is not turned."""
    (x,) = node.inputs
    if x.ndim != 2:
        return None
    is_vector = any(y.ndim == 1 and y.size == x.size for y in x.inputs)
    return ("{0}" if is_vector else "{0:10}.T", 10)


TRANSPOSE = Linear(
    "transpose",
    np.transpose,
    lambda shapes, order: tuple(shapes[0][i] for i in order),
    _transpose_adjoint,
    notes=_transpose_notes,
    looks=True,
    batch=by_attributes(lambda size, order: ((0, *(i + 1 for i in order)),)),
)


def permute(x: Node, order: tuple[int, ...]) -> Node:
    """`x` with its axes in another order, perhaps the one that they had before."""
    if sorted(order) != list(range(x.ndim)):
        raise ShapeError(f"{show_shape(order)} is no order of {x.ndim} axes")
    if x.op is TRANSPOSE:
        (before,), (x,) = x.attrs, x.inputs
        order = tuple([before[i] for i in order])
    return x if order == tuple(range(len(order))) else TRANSPOSE(x, attrs=(order,))


def _broadcast_batch(node: Node, inputs: Sequence[Node], size: int) -> Node:
    return spread(aligned(inputs[0], node.inputs[0], node.ndim), (size, *node.shape))


BROADCAST = Linear(
    "broadcast_to",
    np.broadcast_to,
    lambda shapes, shape: shape,
    lambda node, g: (sum_to(g, node.inputs[0].shape),),
    moves=True,
    looks=True,
    notation=("{0}", 10),
    batch=_broadcast_batch,
)


def spread(x: Node, shape: tuple[int, ...]) -> Node:
    """`x` repeated to a shape, as broadcasting does."""
    if x.shape == shape:
        return x
    if broadcast_shapes(x.shape, shape) != shape:
        shapes = f"{show_shape(x.shape)} does not broadcast to {show_shape(shape)}"
        raise ShapeError(f"the shape {shapes}")
    return BROADCAST(x, attrs=(shape,))


def sum_to(x: Node, shape: tuple[int, ...]) -> Node:
    """The adjoint of broadcasting: `x` summed down to a shape that broadcasts to its own."""
    if x.shape == shape:
        return x
    lead = len(x.shape) - len(shape)
    kept = (1,) * lead + shape
    axes = tuple(i for i, n in enumerate(x.shape) if kept[i] != n)
    return reshape_to(total(x, axes), shape)


def is_ones(x: Node) -> bool:
    """Whether the node is the constant 1, of any shape."""
    while x.op is BROADCAST or x.op is RESHAPE:
        x = x.inputs[0]
    return x.op is CONSTANT and not x.shape and x.attrs[0] == 1.0 and x.dtype is not BOOL


def _place(g: Any, key: Key, shape: tuple[int, ...]) -> Any:
    if key.repeats(shape):
        from gradcli.ops.repeated import add_at

        return add_at(shape, key.key, g)
    out = np.zeros(shape, g.dtype)
    out[key.key] = g
    return out


def _indexed_shape(shape: tuple[int, ...], key: Key) -> tuple[int, ...]:
    return tuple(np.broadcast_to(np.empty(()), shape)[key.key].shape)


def _behind(key: Key) -> Key:
    """The same key behind a batch axis."""
    return Key((slice(None), *key.key))


def _batch_axis(key: Key, shape: tuple[int, ...]) -> int:
    """Where the batch axis is in `x[:, key]`: arrays with a slice between them move before it."""
    lengths = [_indexed_shape((size, *shape), key) for size in (0, 1)]
    return next(i for i, (m, n) in enumerate(zip(*lengths, strict=True)) if m != n)


def _index_batch(node: Node, inputs: Sequence[Node], _size: int) -> Node:
    (x,) = inputs
    key, shape = node.attrs
    behind = _behind(key)
    taken = INDEX(x, attrs=(behind, x.shape))
    axis = _batch_axis(behind, shape)
    return permute(taken, (axis, *(i for i in range(taken.ndim) if i != axis)))


def _place_batch(node: Node, inputs: Sequence[Node], size: int) -> Node:
    (g,) = inputs
    key, shape = node.attrs
    behind = _behind(key)
    axis = _batch_axis(behind, shape)
    order = (*range(1, axis + 1), 0, *range(axis + 1, g.ndim))
    return PLACE(permute(g, order), attrs=(behind, (size, *shape)))


def _named(node: Node) -> Any:
    key, shape = node.attrs
    return key.named(shape)


SHORT = 32
"""Elements of rows that NumPy takes faster by its function of that name."""


def _indexed(x: Any, key: Key, _shape: tuple[int, ...]) -> Any:
    item = key.key[0] if len(key.key) == 1 else None
    are_rows = type(item) is np.ndarray and item.dtype.kind == "i" and type(x) is np.ndarray
    return x.take(item, 0) if are_rows and x.size < SHORT * len(x) else x[key.key]


INDEX = Linear(
    "index",
    _indexed,
    lambda shapes, key, _shape: _indexed_shape(shapes[0], key),
    lambda node, g: (PLACE(g, attrs=node.attrs),),
    selective=True,
    takes=_named,
    batch=_index_batch,
)


def _placed_box(node: Node) -> list[Box] | None:
    key, shape = node.attrs
    box = key.box(shape)
    return None if box is None else [box]


PLACE = Linear(
    "place",
    _place,
    lambda shapes, key, shape: shape,
    lambda node, g: (INDEX(g, attrs=node.attrs),),
    boxes=_placed_box,
    puts=_named,
    part=lambda whole, key, _shape: key.part(whole),
    batch=_place_batch,
)


def index(x: Node, *key: Any) -> Node:
    """`x[key]`, for whole numbers, slices, None, `...` and constant arrays; bounds are checked."""
    try:
        return INDEX(x, attrs=(Key(key), x.shape))
    except IndexError as error:
        said = str(error)
        size = re.search(r"with size (\d+)", said)
        last = int(size[1]) - 1 if size else -1
        help_ = f"indices go from 0 to {last}, or from -1 to {-last - 1}" if last >= 0 else None
        raise ShapeError(_index_complaint(x, key, said), help=help_) from None


def _index_complaint(x: Node, key: tuple[Any, ...], said: str) -> str:
    if "too many" in said:
        return f"too many indices: {len(key)} for an array of shape {show_shape(x.shape)}"
    return f"{said} (the shape is {show_shape(x.shape)})"


def place(x: Node, shape: tuple[int, ...], *key: Any) -> Node:
    """Zeros of a shape with `x` at `key`, the adjoint of `index`."""
    return PLACE(x, attrs=(Key(key), shape))


def along(x: Node, axis: int, key: Any) -> Node:
    """`x` indexed on one axis."""
    return index(x, *(slice(None),) * axis, key)


def _concat_shape(shapes: list[tuple[int, ...]], axis: int) -> tuple[int, ...]:
    first = shapes[0]
    for shape in shapes[1:]:
        if len(shape) != len(first) or any(
            m != n for i, (m, n) in enumerate(zip(shape, first, strict=True)) if i != axis
        ):
            raise ShapeError(
                f"shapes {show_shape(first)} and {show_shape(shape)} do not join on axis {axis}"
            )
    return (*first[:axis], sum(s[axis] for s in shapes), *first[axis + 1 :])


def _concat_adjoint(node: Node, g: Node) -> Sequence[Node]:
    axis = node.attrs[0]
    parts, start = [], 0
    for x in node.inputs:
        end = start + x.shape[axis]
        parts.append(along(g, axis, slice(start, end)))
        start = end
    return parts


def _joined_boxes(node: Node) -> list[Box]:
    axis, boxes, start = node.attrs[0], [], 0
    for x in node.inputs:
        stop = start + x.shape[axis]
        boxes.append(tuple((start, stop) if i == axis else (0, n) for i, n in enumerate(x.shape)))
        start = stop
    return boxes


CONCAT = Linear(
    "concat",
    lambda *arrays: np.concatenate(arrays[:-1], arrays[-1]),
    _concat_shape,
    _concat_adjoint,
    boxes=_joined_boxes,
    batch=AXIS_BEHIND,
)

# --- shapes ---------------------------------------------------------------------------------


@function(example="reshape(range(6), 2, 3)", aliases="view")
def reshape(x: Array, shape: Shape) -> Node:
    """The same elements in another shape; one length may be -1."""
    others = -math.prod(shape) if -1 in shape else math.prod(shape)
    if -1 in shape and shape.count(-1) == 1 and others and x.size % others == 0:
        shape = tuple(x.size // others if n == -1 else n for n in shape)
    if any(n < 0 for n in shape) or math.prod(shape) != x.size:
        raise ShapeError(
            f"{x.size} elements of shape {show_shape(x.shape)} do not fit {show_shape(shape)}"
        )
    return reshape_to(x, tuple(shape))


@function(
    example="ravel([[1, 2], [3, 4]])",
    aliases="flatten collapse",
    signatures="""
        np.ravel(x, order='C')
        lax.collapse(operand: x, start_dimension: start_dim, stop_dimension=None)
    """,
)
def ravel(x: Array, start_dim: Int = 0, end_dim: Int = -1) -> Node:
    """All elements in one row, the last axis running fastest; or some axes made one."""
    if x.ndim == 0:
        return reshape_to(x, (1,))
    start, end = normal_axis(start_dim, x.ndim), normal_axis(end_dim, x.ndim) + 1
    if start >= end:
        raise ShapeError(f"there are no axes from {start} to {end - 1}")
    merged = math.prod(x.shape[start:end])
    return reshape_to(x, (*x.shape[:start], merged, *x.shape[end:]))


@function(
    example="transpose([[1, 2], [3, 4]])",
    aliases="permute permute_dims t",
    signatures="""
        torch.permute(input, dims: axes)
        torch.transpose(input, *, dim0, dim1)
        torch.transpose(input, dims: axes = None); swap=True
        x.transpose(x, *, dim0, dim1)
        x.transpose(x, dims: axes = None); swap=True
    """,
)
def transpose(
    x: Array,
    axes: Shape = None,
    *,
    swap: Flag = False,
    dim0: Int | None = None,
    dim1: Int | None = None,
) -> Node:
    """The axes in reverse, or in the order given; PyTorch's names exchange two of them."""
    if dim0 is not None and dim1 is not None:
        return swapped(x, dim0, dim1)
    if axes is None:
        return permute(x, tuple(reversed(range(x.ndim))))
    if swap and len(axes) == 2:
        return swapped(x, axes[0], axes[1])
    order = tuple(normal_axis(a, x.ndim) for a in axes)
    if sorted(order) != list(range(x.ndim)):
        raise ShapeError(f"{show_shape(tuple(axes))} is no order of {x.ndim} axes")
    return permute(x, order)


def swapped(x: Node, a: int, b: int) -> Node:
    """`x` with two axes exchanged."""
    order = list(range(x.ndim))
    a, b = normal_axis(a, x.ndim), normal_axis(b, x.ndim)
    order[a], order[b] = order[b], order[a]
    return permute(x, tuple(order))


@function(example="expand_dims([1, 2], 0)", aliases="unsqueeze")
def expand_dims(x: Array, axis: Ints = (0,)) -> Node:
    """A new axis of length 1, or several."""
    ndim = x.ndim + len(axis)
    new = normal_axes(axis, ndim)
    old = iter(x.shape)
    return reshape_to(x, tuple(1 if i in new else next(old) for i in range(ndim)))


@function(
    example="squeeze([[1, 2]])", signatures="torch.squeeze(input, dim: axis = None); longer=True"
)
def squeeze(x: Array, axis: Axes = None, *, longer: Flag = False) -> Node:
    """Axes of length 1 taken away: all of them, or those named; PyTorch lets longer ones be."""
    if axis is None:
        return reshape_to(x, tuple(n for n in x.shape if n != 1))
    axes = normal_axes(axis, x.ndim)
    if longer:
        axes = tuple(a for a in axes if x.shape[a] == 1)
    for a in axes:
        if x.shape[a] != 1:
            raise ShapeError(f"axis {a} of length {x.shape[a]} cannot be squeezed away")
    return reshape_to(x, tuple(n for i, n in enumerate(x.shape) if i not in axes))


@function(example="broadcast_to([1, 2], (2, 2))", aliases="expand")
def broadcast_to(x: Array, shape: Shape) -> Node:
    """`x` repeated to a shape, as broadcasting does; -1 keeps the length of an axis."""
    own = (1,) * (len(shape) - x.ndim) + x.shape
    shape = tuple(own[i] if n == -1 else n for i, n in enumerate(shape))
    if broadcast_shapes(x.shape, shape) != shape:
        raise ShapeError(f"shape {show_shape(x.shape)} does not broadcast to {show_shape(shape)}")
    return spread(x, shape)


@function(example="concat(([1, 2], [3]))", aliases="concatenate cat")
def concat(arrays: Arrays, axis: Axis = 0) -> Node:
    """Arrays joined on an axis."""
    if axis is None:
        arrays, axis = tuple(reshape_to(x, (x.size,)) for x in arrays), 0
    if arrays[0].ndim == 0:
        raise ShapeError("scalars have no axis to be joined on", help="use stack, or [a, b]")
    return CONCAT(*arrays, attrs=(normal_axis(axis, arrays[0].ndim),))


@function(example="tf_concat(([1, 2], [3]), 0)")
def tf_concat(arrays: Listed, axis: Int) -> Node:
    """Arrays joined on an axis as TensorFlow does: one array that is no list stays as it is."""
    return concat(arrays, axis) if len(arrays) > 1 or arrays[0].ndim else arrays[0]


@function(example="stack(([1, 2], [3, 4]))", aliases="pack")
def stack(arrays: Arrays, axis: Int = 0) -> Node:
    """Arrays of one shape joined on a new axis."""
    first = arrays[0]
    for x in arrays[1:]:
        if x.shape != first.shape:
            raise ShapeError(
                f"shapes {show_shape(first.shape)} and {show_shape(x.shape)} do not stack"
            )
    where_ = normal_axis(axis, first.ndim + 1)
    shape = (*first.shape[:where_], 1, *first.shape[where_:])
    return CONCAT(*(reshape_to(x, shape) for x in arrays), attrs=(where_,))


def at_least(x: Node, ndim: int) -> Node:
    """`x` with axes of length 1 before its own, up to a rank."""
    return reshape_to(x, (1,) * (min(ndim, MAX_AXES + 1) - x.ndim) + x.shape)


@function(example="flip([1, 2, 3])", aliases="reverse rev")
def flip(x: Array, axis: Axes = None) -> Node:
    """The elements of the axes in reverse."""
    axes = normal_axes(axis, x.ndim)
    if not axes:
        return x
    return index(x, *(slice(None, None, -1 if i in axes else None) for i in range(x.ndim)))


WORDS.update(
    reshape=reshape_to,
    spread=spread,
    concat=concat,
    stack=stack,
    transpose=transpose,
    sum_to=sum_to,
    place=place,
    index=index,
    permute=permute,
)


def as_vector(x: Node) -> Node:
    """All elements of `x` in one row."""
    return reshape_to(x, (x.size,))


def vector_of(x: Node, caller: str) -> Node:
    """A vector of numbers, or a number as one; ShapeError if `x` has more axes."""
    if x.ndim > 1:
        raise ShapeError(f"{caller} needs a vector", help="x.ravel() has all elements in one row")
    return as_vector(as_number(x))


def flat_unless(x: Node, axis: int | None) -> tuple[Node, int]:
    """`x` and an axis of it; without one, all elements in one row and its only axis."""
    if axis is None or (x.ndim == 0 and axis in (0, -1)):
        return as_vector(x), 0
    return x, normal_axis(axis, x.ndim)
