"""Products of vectors, matrices and arrays."""

from __future__ import annotations

import math
from string import ascii_letters
from typing import TYPE_CHECKING, Any

import numpy as np

from gradcli.errors import ProgramTypeError, ShapeError
from gradcli.ir.batching import is_batched, leading
from gradcli.ir.function import function
from gradcli.ir.node import WORDS, Node
from gradcli.ir.op import Multilinear, Structural, as_number
from gradcli.ir.shapes import broadcast_shapes, normal_axis, show_shape
from gradcli.ops.shape import permute, place, reshape_to, spread, sum_to

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from gradcli.ir.function import Array, Flag, Rest, Text, Value

# --- matrix product -----------------------------------------------------------------------------


def turned(x: Node) -> Node:
    """The last two axes exchanged."""
    n = x.ndim
    return permute(x, (*range(n - 2), n - 1, n - 2))


def _matmul_shape(shapes: Sequence[Any]) -> Any:
    a, b = shapes
    return (*broadcast_shapes(a[:-2], b[:-2]), a[-2], b[-1])


def _matmul_adjoint(
    inputs: tuple[Node, ...], _attrs: Any, g: Node, i: int, mask: Node | None = None
) -> Node:
    """The cotangent of a factor; outside the mask, where g is 0, no term has a part in it."""
    a, b = inputs
    factors = (g, turned(b)) if i == 0 else (turned(a), g)
    whole = MATMUL(*factors) if mask is None else _without(factors, (), i, mask)
    return sum_to(whole, inputs[i].shape)


def _without(factors: Sequence[Node], _attrs: Any, i: int, mask: Node) -> Node:
    """The product without the terms in which factor i is outside the mask."""
    left, right = factors
    return MASKED_MATMUL(left, right, as_number(mask), attrs=(i,))


def _masked_matmul(a: Any, b: Any, mask: Any, i: int) -> Any:
    """A product whose factor i counts inside the mask only; plain while the other is finite.

    Else the terms that are not finite are told apart by their signs: none of them, all of one
    infinity, or a NaN.
    """
    known, other = (a, b) if i == 0 else (b, a)
    if np.isfinite(other).all():
        return np.matmul(a, b)

    def product(of_known: Any, of_other: Any) -> Any:
        pair = (of_known, of_other) if i == 0 else (of_other, of_known)
        return np.matmul(*(np.asarray(part, a.dtype) for part in pair))

    inside = mask > 0
    up, down = inside & (known > 0), inside & (known < 0)
    nothing = inside & ((known == 0) | np.isnan(known))
    high, low = np.isposinf(other), np.isneginf(other)
    plus = product(up, high) + product(down, low) > 0
    minus = product(up, low) + product(down, high) > 0
    unknown = product(inside, np.isnan(other)) + product(nothing, high | low) > 0
    finite = product(known, np.where(np.isfinite(other), other, 0))
    infinite = np.where(plus, np.inf, np.where(minus, -np.inf, finite))
    return np.where(unknown | (plus & minus), np.nan, infinite).astype(a.dtype, copy=False)


def _masked_matmul_vjp(node: Node, g: Node) -> Sequence[Node | None]:
    a, b = node.inputs[:2]
    return (sum_to(MATMUL(g, turned(b)), a.shape), sum_to(MATMUL(turned(a), g), b.shape), None)


def _masked_matmul_jvp(node: Node, tangents: Sequence[Any]) -> Node:
    a, b, mask = node.inputs
    parts = [
        MASKED_MATMUL(*pair, mask, attrs=node.attrs)
        for pair, t in (((tangents[0], b), tangents[0]), ((a, tangents[1]), tangents[1]))
        if t is not None
    ]
    return parts[0] if len(parts) == 1 else parts[0] + parts[1]


MASKED_MATMUL = Structural(
    "masked_matmul",
    _masked_matmul,
    lambda shapes, i: _matmul_shape(shapes[:2]),
    _masked_matmul_vjp,
    _masked_matmul_jvp,
    batch=leading,
)


def beside(b: Node, apply: Callable[[Node], Node]) -> Node:
    """What `apply` makes of each matrix of a batch: applied once, their columns side by side."""
    size, n, k = b.shape
    z = apply(reshape_to(permute(b, (1, 0, 2)), (n, size * k)))
    return permute(reshape_to(z, (z.shape[0], size, k)), (1, 0, 2))


def batch_is_right(node: Node, inputs: Sequence[Node]) -> bool:
    """Whether one matrix acts on a batch of matrices."""
    a, b = inputs
    return a.ndim == 2 and node.ndim == 2 and is_batched(b, node.inputs[1])


def _matmul_batch(node: Node, inputs: Sequence[Node], size: int) -> Node:
    """One product of matrices where one of the operands is the same for the whole batch."""
    a, b = inputs
    if batch_is_right(node, inputs):
        return beside(b, lambda columns: MATMUL(a, columns))
    if node.ndim == 2 and not is_batched(b, node.inputs[1]):
        rows = reshape_to(a, (size * a.shape[1], a.shape[2]))
        return reshape_to(MATMUL(rows, b), (size, *node.shape))
    return leading(node, inputs, size)


MATMUL = Multilinear(
    "matmul", np.matmul, _matmul_shape, _matmul_adjoint, masked=_without, batch=_matmul_batch
)


@function(example="matmul([[1, 2], [3, 4]], [1, 1])", aliases="mat_mul mm bmm mv batch_mat_mul")
def matmul(x: Array, y: Array, transpose_a: Flag = False, transpose_b: Flag = False) -> Node:
    """The matrix product, `x @ y`; leading axes broadcast."""
    if x.ndim == 0 or y.ndim == 0:
        which = "first" if x.ndim == 0 else "second"
        raise ShapeError(
            f"@ needs vectors or matrices; the {which} operand is a scalar",
            help="use * for a product with a scalar",
        )
    a = reshape_to(x, (1, *x.shape)) if x.ndim == 1 else x
    b = reshape_to(y, (*y.shape, 1)) if y.ndim == 1 else y
    a = turned(a) if transpose_a else a
    b = turned(b) if transpose_b else b
    if a.shape[-1] != b.shape[-2]:
        raise ShapeError(
            f"shapes {show_shape(x.shape)} and {show_shape(y.shape)} do not multiply: "
            f"{a.shape[-1]} columns against {b.shape[-2]} rows"
        )
    z = MATMUL(a, b)
    shape = z.shape[:-2]
    shape += () if x.ndim == 1 else (z.shape[-2],)
    shape += () if y.ndim == 1 else (z.shape[-1],)
    return reshape_to(z, shape)


@function(example="tensordot([[1, 2]], [[3], [4]], 1)")
def tensordot(x: Array, y: Array, axes: Value = 2.0) -> Node:
    """The sum of products over axes of x and y: their number, or the two lists of them."""
    if isinstance(axes, tuple):
        of_x, of_y = (_axis_list(a) for a in axes)
    else:
        n = int(axes)
        of_x, of_y = list(range(x.ndim - n, x.ndim)), list(range(n))
    left = [normal_axis(a, x.ndim) for a in of_x]
    right = [normal_axis(a, y.ndim) for a in of_y]
    if [x.shape[a] for a in left] != [y.shape[a] for a in right]:
        raise ShapeError(
            f"shapes {show_shape(x.shape)} and {show_shape(y.shape)} do not fit over these axes"
        )
    free_x = [a for a in range(x.ndim) if a not in left]
    free_y = [a for a in range(y.ndim) if a not in right]
    inner = math.prod(x.shape[a] for a in left)
    a = reshape_to(permute(x, (*free_x, *left)), (math.prod(x.shape[i] for i in free_x), inner))
    b = reshape_to(permute(y, (*right, *free_y)), (inner, math.prod(y.shape[i] for i in free_y)))
    shape = (*(x.shape[i] for i in free_x), *(y.shape[i] for i in free_y))
    return reshape_to(MATMUL(a, b), shape)


def _axis_list(axes: Any) -> list[int]:
    return [int(a) for a in np.atleast_1d(np.asarray(axes))]


@function(example="dot([1, 2], [3, 4])")
def dot(x: Array, y: Array) -> Node:
    """The sum of products over the last axis of x and the last but one of y, as NumPy's dot."""
    if x.ndim == 0 or y.ndim == 0:
        return x * y
    if y.ndim <= 2:
        return matmul(x, y)
    return tensordot(x, y, ((-1,), (-2,)))


@function(example="inner([1, 2], [3, 4])")
def inner(x: Array, y: Array) -> Node:
    """The sum of products over the last axes."""
    if x.ndim == 0 or y.ndim == 0:
        return x * y
    return tensordot(x, y, ((-1,), (-1,)))


@function(example="vdot([1, 2], [3, 4])")
def vdot(x: Array, y: Array) -> Node:
    """The sum of products of all elements."""
    return matmul(reshape_to(x, (x.size,)), reshape_to(y, (y.size,)))


@function(example="outer([1, 2], [3, 4])", aliases="outer_product ger")
def outer(x: Array, y: Array) -> Node:
    """All products of an element of x and one of y."""
    return reshape_to(x, (x.size, 1)) * reshape_to(y, (1, y.size))


@function(example="kron([1, 2], [1, 10])")
def kron(x: Array, y: Array) -> Node:
    """The Kronecker product: y once for each element of x, times that element."""
    ndim = max(x.ndim, y.ndim)
    a = (1,) * (ndim - x.ndim) + x.shape
    b = (1,) * (ndim - y.ndim) + y.shape
    left = reshape_to(x, tuple(n for m in a for n in (m, 1)))
    right = reshape_to(y, tuple(n for m in b for n in (1, m)))
    return reshape_to(left * right, tuple(m * n for m, n in zip(a, b, strict=True)))


# --- einsum -------------------------------------------------------------------------------------


def _einsum(*arrays: Any) -> Any:
    return np.einsum(arrays[-1], *arrays[:-1], optimize=len(arrays) > 3)


def _einsum_shape(shapes: Sequence[Any], spec: str) -> Any:
    try:
        return np.einsum(spec, *(np.broadcast_to(np.empty(()), s) for s in shapes)).shape
    except ValueError as error:
        raise ShapeError(f"einsum {spec!r}: {error}") from None


def _einsum_adjoint(inputs: tuple[Node, ...], attrs: Any, g: Node, i: int) -> Node:
    """The same sum with the result's letters in place of the input's."""
    before, after = attrs[0].split("->")
    letters = before.split(",")
    mine = letters[i]
    others = [x for k, x in enumerate(inputs) if k != i]
    known = set("".join([*(s for k, s in enumerate(letters) if k != i), after]))
    kept = "".join(dict.fromkeys(c for c in mine if c in known))
    spec = ",".join([*(s for k, s in enumerate(letters) if k != i), after]) + "->" + kept
    part = EINSUM(*others, g, attrs=(spec,))
    return _spread_letters(part, kept, mine, inputs[i])


def _spread_letters(part: Node, kept: str, mine: str, x: Node) -> Node:
    """The cotangent for letters that are summed away (repeated) or stand twice (a diagonal)."""
    shape = x.shape
    distinct = "".join(dict.fromkeys(mine))
    sizes = dict(zip(mine, shape, strict=True))
    part = permute(part, tuple(kept.index(c) for c in distinct if c in kept))
    part = reshape_to(part, tuple(sizes[c] if c in kept else 1 for c in distinct))
    part = spread(part, tuple(sizes[c] for c in distinct))
    if len(distinct) == len(mine):
        return part
    ranges = dict(zip(distinct, np.ogrid[tuple(slice(0, sizes[c]) for c in distinct)], strict=True))
    return place(part, shape, *(ranges[c] for c in mine))


def _einsum_batch(node: Node, inputs: Sequence[Node], _size: int) -> Node:
    """A letter of its own for the batch axis."""
    before, after = node.attrs[0].split("->")
    new = next(c for c in ascii_letters if c not in before)
    pairs = zip(before.split(","), inputs, node.inputs, strict=True)
    letters = (new + own if is_batched(x, was) else own for own, x, was in pairs)
    return EINSUM(*inputs, attrs=(f"{','.join(letters)}->{new}{after}",))


EINSUM = Multilinear("einsum", _einsum, _einsum_shape, _einsum_adjoint, batch=_einsum_batch)


@function(example='einsum("ij,j->i", [[1, 2], [3, 4]], [1, 1])')
def einsum(spec: Text, arrays: Rest) -> Node:
    """Sums of products named by letters, as NumPy's einsum."""
    spec = spec.replace(" ", "")
    if "." in spec:
        raise ProgramTypeError("einsum takes letters only", help="name the axes behind '...'")
    before = spec.split("->")[0]
    if "->" not in spec:
        once = sorted(c for c in set(before) if c != "," and before.count(c) == 1)
        spec = f"{before}->{''.join(once)}"
    if len(before.split(",")) != len(arrays):
        raise ShapeError(
            f"einsum {spec!r} names {len(before.split(','))} arrays, not {len(arrays)}"
        )
    return EINSUM(*arrays, attrs=(spec,))


WORDS.update({"matmul": matmul, "as_number": as_number})
