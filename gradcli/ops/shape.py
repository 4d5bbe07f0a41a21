"""Operations that move elements about: all of them linear, so each states its adjoint."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from gradcli.errors import ProgramTypeError, ShapeError
from gradcli.ir.batching import aligned, by_attributes
from gradcli.ir.function import function
from gradcli.ir.graph import literal
from gradcli.ir.op import (
    Linear,
    as_number,
    broadcast,
    broadcast_shapes,
    normal_axes,
    normal_axis,
    show_shape,
)
from gradcli.ir.words import WORDS, word

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gradcli.ir.function import (
        Array,
        Arrays,
        Axes,
        Axis,
        Flag,
        Int,
        Ints,
        Number,
        Shape,
        Value,
    )
    from gradcli.ir.node import Node

total = word("sum")
where = word("where")

# --- the primitives -------------------------------------------------------------------------


def _reshape_adjoint(node: Node, g: Node) -> Sequence[Node]:
    return (reshape_to(g, node.inputs[0].shape),)


RESHAPE = Linear(
    "reshape", np.reshape, lambda shapes, shape: shape, _reshape_adjoint,
    batch=by_attributes(lambda size, shape: ((size, *shape),)),
)  # fmt: skip


def reshape_to(x: Node, shape: tuple[int, ...]) -> Node:
    """`x` with another shape of the same size."""
    return x if x.shape == shape else RESHAPE(x, attrs=(shape,))


def _transpose_adjoint(node: Node, g: Node) -> Sequence[Node]:
    order = node.attrs[0]
    return (permute(g, tuple(order.index(i) for i in range(len(order)))),)


TRANSPOSE = Linear(
    "transpose",
    np.transpose,
    lambda shapes, order: tuple(shapes[0][i] for i in order),
    _transpose_adjoint,
    batch=by_attributes(lambda size, order: ((0, *(i + 1 for i in order)),)),
)


def permute(x: Node, order: tuple[int, ...]) -> Node:
    """`x` with its axes in another order."""
    return x if order == tuple(range(len(order))) else TRANSPOSE(x, attrs=(order,))


def _broadcast_adjoint(node: Node, g: Node) -> Sequence[Node]:
    return (sum_to(g, node.inputs[0].shape),)


def _broadcast_batch(node: Node, inputs: Sequence[Node], size: int) -> Node:
    return spread(aligned(inputs[0], node.inputs[0], node.ndim), (size, *node.shape))


BROADCAST = Linear(
    "broadcast_to", np.broadcast_to, lambda shapes, shape: shape, _broadcast_adjoint,
    batch=_broadcast_batch,
)  # fmt: skip


def spread(x: Node, shape: tuple[int, ...]) -> Node:
    """`x` repeated to a shape, as broadcasting does."""
    return x if x.shape == shape else BROADCAST(x, attrs=(shape,))


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
    while x.op is BROADCAST:
        x = x.inputs[0]
    return literal(x) == 1.0


class Key:
    """What stands between the brackets of `x[…]`, as NumPy takes it and in a form with a hash."""

    __slots__ = ("form", "key")

    def __init__(self, key: tuple[Any, ...]) -> None:
        self.key = key
        self.form = tuple(
            (k.start, k.stop, k.step)
            if isinstance(k, slice)
            else (k.shape, k.tobytes())
            if isinstance(k, np.ndarray)
            else "..."
            if k is Ellipsis
            else k
            for k in key
        )

    def __hash__(self) -> int:
        return hash(self.form)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Key) and self.form == other.form

    def __repr__(self) -> str:
        return repr(self.form)

    @property
    def repeats(self) -> bool:
        """Whether one element may be taken more than once."""
        return any(isinstance(k, np.ndarray) and k.dtype.kind != "b" for k in self.key)


def _index(x: Any, key: Key, _shape: Any) -> Any:
    return x[key.key]


def _place(g: Any, key: Key, shape: tuple[int, ...]) -> Any:
    out = np.zeros(shape, g.dtype)
    if key.repeats:
        np.add.at(out, key.key, g)
    else:
        out[key.key] = g
    return out


def _indexed_shape(shape: tuple[int, ...], key: Key) -> tuple[int, ...]:
    return tuple(np.broadcast_to(np.empty(()), shape)[key.key].shape)


def _index_adjoint(node: Node, g: Node) -> Sequence[Node]:
    return (PLACE(g, attrs=node.attrs),)


def _place_adjoint(node: Node, g: Node) -> Sequence[Node]:
    return (INDEX(g, attrs=node.attrs),)


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
    found = INDEX(x, attrs=(behind, x.shape))
    axis = _batch_axis(behind, shape)
    return permute(found, (axis, *(i for i in range(found.ndim) if i != axis)))


def _place_batch(node: Node, inputs: Sequence[Node], size: int) -> Node:
    (g,) = inputs
    key, shape = node.attrs
    behind = _behind(key)
    axis = _batch_axis(behind, shape)
    order = (*range(1, axis + 1), 0, *range(axis + 1, g.ndim))
    return PLACE(permute(g, order), attrs=(behind, (size, *shape)))


INDEX = Linear(
    "index",
    _index,
    lambda shapes, key, _shape: _indexed_shape(shapes[0], key),
    _index_adjoint,
    selective=True,
    batch=_index_batch,
)
PLACE = Linear(
    "place", _place, lambda shapes, key, shape: shape, _place_adjoint, batch=_place_batch
)  # fmt: skip


def index(x: Node, *key: Any) -> Node:
    """`x[key]`, for whole numbers, slices, None, `...` and constant arrays; bounds are checked."""
    try:
        return INDEX(x, attrs=(Key(key), x.shape))
    except IndexError as error:
        raise ShapeError(_index_complaint(x, key, str(error))) from None


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


def _concat(*arrays: Any) -> Any:
    return np.concatenate(arrays[:-1], arrays[-1])


CONCAT = Linear(
    "concat", _concat, _concat_shape, _concat_adjoint,
    batch=by_attributes(lambda size, axis: (axis + 1,)),
)  # fmt: skip

# --- shapes ---------------------------------------------------------------------------------


@function(example="reshape(range(6), 2, 3)", aliases="view")
def reshape(x: Array, shape: Shape) -> Node:
    """The same elements in another shape; one length may be -1."""
    known = -math.prod(shape) if -1 in shape else math.prod(shape)
    if -1 in shape and shape.count(-1) == 1 and known and x.size % known == 0:
        shape = tuple(x.size // known if n == -1 else n for n in shape)
    if any(n < 0 for n in shape) or math.prod(shape) != x.size:
        raise ShapeError(
            f"{x.size} elements of shape {show_shape(x.shape)} do not fit {show_shape(shape)}"
        )
    return reshape_to(x, tuple(shape))


@function(example="ravel([[1, 2], [3, 4]])", aliases="flatten collapse")
def ravel(x: Array) -> Node:
    """All elements in one row, the last axis running fastest."""
    return reshape_to(x, (x.size,))


@function(
    example="transpose([[1, 2], [3, 4]])",
    aliases="permute permute_dims t",
    variants={"torch": {"swap": True}},
)
def transpose(x: Array, axes: Shape = None, *, swap: Flag = False) -> Node:
    """The axes in reverse, or in the order given."""
    if axes is None:
        return permute(x, tuple(reversed(range(x.ndim))))
    if swap and len(axes) == 2:
        return _swap(x, axes[0], axes[1])
    order = tuple(normal_axis(a, x.ndim) for a in axes)
    if sorted(order) != list(range(x.ndim)):
        raise ShapeError(f"{show_shape(tuple(axes))} is no order of {x.ndim} axes")
    return permute(x, order)


def _swap(x: Node, a: int, b: int) -> Node:
    order = list(range(x.ndim))
    a, b = normal_axis(a, x.ndim), normal_axis(b, x.ndim)
    order[a], order[b] = order[b], order[a]
    return permute(x, tuple(order))


@function(example="swapaxes([[1, 2]], 0, 1)", aliases="swapdims")
def swapaxes(x: Array, axis1: Int, axis2: Int) -> Node:
    """Two axes exchanged."""
    return _swap(x, axis1, axis2)


@function(example="moveaxis([[1, 2]], 0, 1)", aliases="movedim")
def moveaxis(x: Array, source: Ints, destination: Ints) -> Node:
    """Axes moved to other places; the rest keep their order."""
    if len(source) != len(destination):
        raise ShapeError("as many axes must be named as places to move them to")
    moved = [normal_axis(a, x.ndim) for a in source]
    order = [a for a in range(x.ndim) if a not in moved]
    for place_, axis in sorted(
        zip((normal_axis(d, x.ndim) for d in destination), moved, strict=True)
    ):
        order.insert(place_, axis)
    return permute(x, tuple(order))


@function(example="expand_dims([1, 2], 0)", aliases="unsqueeze")
def expand_dims(x: Array, axis: Ints = (0,)) -> Node:
    """A new axis of length 1, or several."""
    ndim = x.ndim + len(axis)
    new = {normal_axis(a, ndim) for a in axis}
    old = iter(x.shape)
    return reshape_to(x, tuple(1 if i in new else next(old) for i in range(ndim)))


@function(example="squeeze([[1, 2]])")
def squeeze(x: Array, axis: Axes = None) -> Node:
    """Axes of length 1 taken away: all of them, or those named."""
    if axis is None:
        return reshape_to(x, tuple(n for n in x.shape if n != 1))
    axes = normal_axes(axis, x.ndim)
    for a in axes:
        if x.shape[a] != 1:
            raise ShapeError(f"axis {a} of length {x.shape[a]} cannot be squeezed away")
    return reshape_to(x, tuple(n for i, n in enumerate(x.shape) if i not in axes))


@function(example="broadcast_to([1, 2], (2, 2))", aliases="expand")
def broadcast_to(x: Array, shape: Shape) -> Node:
    """`x` repeated to a shape, as broadcasting does."""
    shape = tuple(shape)
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


def _joined(arrays: Sequence[Node], axis: int) -> Node:
    return CONCAT(*arrays, attrs=(axis,))


def at_least(x: Node, ndim: int) -> Node:
    """`x` with axes of length 1 before its own, up to a rank."""
    return reshape_to(x, (1,) * (ndim - x.ndim) + x.shape)


@function(example="hstack(([1], [2, 3]))")
def hstack(arrays: Arrays) -> Node:
    """Arrays joined side by side."""
    rows = [at_least(x, 1) for x in arrays]
    return _joined(rows, 0 if rows[0].ndim == 1 else 1)


@function(example="vstack(([1, 2], [3, 4]))", aliases="row_stack")
def vstack(arrays: Arrays) -> Node:
    """Arrays joined one below the other."""
    return _joined([at_least(x, 2) for x in arrays], 0)


@function(example="tile([1, 2], 2)", name="tile")
def tile(x: Array, reps: Shape) -> Node:
    """`x` laid out several times along each axis."""
    ndim = max(x.ndim, len(reps))
    reps = (1,) * (ndim - len(reps)) + tuple(reps)
    shape = (1,) * (ndim - x.ndim) + x.shape
    split = tuple(n for size in shape for n in (1, size))
    full = tuple(n for r, size in zip(reps, shape, strict=True) for n in (r, size))
    spread_out = spread(reshape_to(x, split), full)
    return reshape_to(spread_out, tuple(r * n for r, n in zip(reps, shape, strict=True)))


@function(example="repeat([1, 2], 2)", aliases="repeat_interleave")
def repeat(x: Array, repeats: Int, axis: Axis = None) -> Node:
    """Each element several times."""
    if axis is None:
        x, axis = reshape_to(x, (x.size,)), 0
    axis = normal_axis(axis, x.ndim)
    head, n, tail = x.shape[:axis], x.shape[axis], x.shape[axis + 1 :]
    wide = spread(reshape_to(x, (*head, n, 1, *tail)), (*head, n, repeats, *tail))
    return reshape_to(wide, (*head, n * repeats, *tail))


@function(example="flip([1, 2, 3])", aliases="reverse rev")
def flip(x: Array, axis: Axes = None) -> Node:
    """The elements of the axes in reverse."""
    axes = normal_axes(axis, x.ndim)
    if not axes:
        return x
    return index(x, *(slice(None, None, -1 if i in axes else None) for i in range(x.ndim)))


@function(example="flipud([[1], [2]])")
def flipud(x: Array) -> Node:
    """The first axis in reverse."""
    return along(x, 0, slice(None, None, -1))


@function(example="fliplr([[1, 2]])")
def fliplr(x: Array) -> Node:
    """The second axis in reverse."""
    return along(x, 1, slice(None, None, -1))


@function(example="roll([1, 2, 3], 1)")
def roll(x: Array, shift: Ints, axis: Axes = None) -> Node:
    """The elements moved on along an axis; those that fall off come back at the start."""
    if axis is None:
        return reshape_to(_rolled(reshape_to(x, (x.size,)), sum(shift), 0), x.shape)
    axes = axis if isinstance(axis, tuple) else (axis,)
    shifts = shift if len(shift) == len(axes) else shift * len(axes)
    for by, a in zip(shifts, axes, strict=True):
        x = _rolled(x, by, normal_axis(a, x.ndim))
    return x


def _rolled(x: Node, shift: int, axis: int) -> Node:
    n = x.shape[axis]
    cut = n - shift % n if n else 0
    if cut == n:
        return x
    return _joined([along(x, axis, slice(cut, None)), along(x, axis, slice(0, cut))], axis)


# --- diagonals and triangles ----------------------------------------------------------------


def _diagonal_key(rows: int, columns: int, offset: int) -> tuple[Any, Any]:
    length = max(min(rows + min(offset, 0), columns - max(offset, 0)), 0)
    i = np.arange(length)
    return i + max(-offset, 0), i + max(offset, 0)


@function(example="diagonal([[1, 2], [3, 4]])", aliases="diag_part matrix_diag_part")
def diagonal(x: Array, offset: Int = 0) -> Node:
    """The elements on a diagonal of the last two axes."""
    if x.ndim < 2:
        raise ShapeError(f"diagonal needs a matrix, not the shape {show_shape(x.shape)}")
    return index(x, ..., *_diagonal_key(x.shape[-2], x.shape[-1], offset))


@function(
    example="diag([1, 2])",
    aliases="diagflat matrix_diag diag_embed",
    variants={"tf.linalg": {"always": True}},
)
def diag(x: Array, k: Int = 0, always: Flag = False) -> Node:
    """A matrix with a vector on its diagonal; of a matrix, its diagonal."""
    if x.ndim >= 2 and not always:
        return diagonal(x, k)
    if x.ndim == 0:
        raise ShapeError("diag needs a vector or a matrix, not a scalar")
    n = x.shape[-1] + abs(k)
    return place(x, (*x.shape[:-1], n, n), ..., *_diagonal_key(n, n, k))


def _banded(x: Node, mask: Any) -> Node:
    return where(x.graph.constant(mask), x, 0.0)


def _triangle(x: Node, name: str) -> tuple[int, int]:
    if x.ndim < 2:
        raise ShapeError(f"{name} needs a matrix, not the shape {show_shape(x.shape)}")
    return x.shape[-2], x.shape[-1]


@function(example="tril([[1, 2], [3, 4]])")
def tril(x: Array, k: Int = 0) -> Node:
    """The lower triangle, zeros above diagonal `k`."""
    return _banded(x, np.tri(*_triangle(x, "tril"), k, dtype=bool))


@function(example="triu([[1, 2], [3, 4]])")
def triu(x: Array, k: Int = 0) -> Node:
    """The upper triangle, zeros below diagonal `k`."""
    return _banded(x, ~np.tri(*_triangle(x, "triu"), k - 1, dtype=bool))


@function(example="trace([[1, 2], [3, 4]])")
def trace(x: Array, offset: Int = 0) -> Node:
    """The sum of the diagonal of the last two axes."""
    return total(diagonal(x, offset), (-1,))


# --- arrays out of nothing ------------------------------------------------------------------


@function(example="full((2,), 7)", aliases="fill")
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


@function(example="linspace(0, 1, 5)", aliases="lin_space")
def linspace(start: Array, stop: Array, num: Int = 50, endpoint: Flag = True) -> Node:
    """`num` evenly spaced values from `start` to `stop`."""
    steps = num - 1 if endpoint else num
    share = np.arange(num) / max(steps, 1)
    shape = broadcast([start, stop])
    part = start.graph.constant(share.reshape((num,) + (1,) * len(shape)))
    return spread(as_number(start) * (1.0 - part) + as_number(stop) * part, (num, *shape))


@function(example="diff([1, 4, 9])", aliases="ediff1d")
def diff(x: Array, n: Int = 1, axis: Int = -1) -> Node:
    """Differences of neighbours, taken `n` times."""
    axis = normal_axis(axis, x.ndim)
    for _ in range(n):
        x = along(x, axis, slice(1, None)) - along(x, axis, slice(None, -1))
    return x


@function(example="pad([1, 2], (1, 1))", aliases="pad1d pad2d pad3d pad4d")
def pad(x: Array, width: Value, value: Number = 0.0, mode: Value = "constant") -> Node:
    """Elements added at both ends of each axis: `n`, `(before, after)`, or a pair for each axis."""
    if mode != "constant":
        return _padded_by_index(x, width, str(mode))
    widths = _pad_widths(x, width)
    shape = tuple(n + a + b for n, (a, b) in zip(x.shape, widths, strict=True))
    key = tuple(slice(a, a + n) for n, (a, _) in zip(x.shape, widths, strict=True))
    placed = place(x, shape, *key)
    if value == 0:
        return placed
    inside = np.zeros(shape, bool)
    inside[key] = True
    return where(x.graph.constant(inside), placed, value)


def _padded_by_index(x: Node, width: Any, mode: str) -> Node:
    modes = {"reflect": "reflect", "symmetric": "symmetric", "edge": "edge", "replicate": "edge",
             "wrap": "wrap", "circular": "wrap"}  # fmt: skip
    if mode.lower() not in modes:
        raise ProgramTypeError(f"pad knows no mode {mode!r}", help=f"one of {', '.join(modes)}")
    for axis, (before, after) in enumerate(_pad_widths(x, width)):
        if before or after:
            if x.shape[axis] == 0:
                raise ShapeError("an empty axis has nothing to pad with")
            take = np.pad(np.arange(x.shape[axis]), (before, after), mode=modes[mode.lower()])  # type: ignore[call-overload]
            x = along(x, axis, take)
    return x


def _pad_widths(x: Node, width: Any) -> list[tuple[int, int]]:
    try:
        pairs = np.broadcast_to(np.asarray(width, float), (x.ndim, 2))
    except ValueError:
        raise ShapeError(f"the widths of pad do not fit {x.ndim} axes") from None
    if (pairs != np.floor(pairs)).any() or (pairs < 0).any():
        raise ProgramTypeError("the widths of pad are whole numbers, not negative")
    return [(int(a), int(b)) for a, b in pairs]


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
