"""The product of matrices, also of a batch of them, and what its derivatives are made of."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from gradcli.errors import ShapeError
from gradcli.ir.batching import is_batched, leading
from gradcli.ir.function import function
from gradcli.ir.node import WORDS, Node
from gradcli.ir.op import Linear, Multilinear, Structural, as_number
from gradcli.ir.record import CONSTANT, Rule
from gradcli.ir.shapes import broadcast_shapes, show_shape
from gradcli.ops.arithmetic import add
from gradcli.ops.records import added
from gradcli.ops.shape import TRANSPOSE, permute, reshape_to, sum_to

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from gradcli.ir.function import Array, Flag
    from gradcli.ir.product import Product


LARGE = 4_096
"""Elements of a transposed factor from which it matters how its cotangent lies in memory."""


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
    if mask is not None:
        whole = _without(factors, (), i, mask)
    elif inputs[i].op is TRANSPOSE and inputs[i].size >= LARGE:
        whole = turned(MATMUL(*map(turned, factors[::-1])))  # in rows where the array is in rows
    else:
        whole = MATMUL(*factors)
    return sum_to(whole, inputs[i].shape)


def _without(factors: Sequence[Node], _attrs: Any, i: int, mask: Node) -> Node:
    """The product without the terms in which factor i is outside the mask."""
    left, right = factors
    return MASKED_MATMUL(left, right, as_number(mask), attrs=(i,))


def _masked_matmul(a: Any, b: Any, mask: Any, i: int) -> Any:
    """A product whose factor i counts inside the mask only; plain while the other is finite.

    That is so, too, where all sums are. Else the terms that are not finite are told apart by their
    signs: none of them, all of one infinity, or a NaN.
    """
    masked, other = (a, b) if i == 0 else (b, a)
    whole = np.matmul(a, b)
    if np.isfinite(whole).all() or np.isfinite(other).all():
        return whole

    def product(of_masked: Any, of_other: Any) -> Any:
        pair = (of_masked, of_other) if i == 0 else (of_other, of_masked)
        return np.matmul(*(np.asarray(part, a.dtype) for part in pair))

    return _by_signs(masked, mask > 0, other, product).astype(a.dtype, copy=False)


def _by_signs(masked: Any, inside: Any, other: Any, product: Callable[[Any, Any], Any]) -> Any:
    up, down = inside & (masked > 0), inside & (masked < 0)
    nothing = inside & ((masked == 0) | np.isnan(masked))
    high, low = np.isposinf(other), np.isneginf(other)
    plus = product(up, high) + product(down, low) > 0
    minus = product(up, low) + product(down, high) > 0
    unknown = product(inside, np.isnan(other)) + product(nothing, high | low) > 0
    finite = product(masked, np.where(np.isfinite(other), other, 0))
    infinite = np.where(plus, np.inf, np.where(minus, -np.inf, finite))
    return np.where(unknown | (plus & minus), np.nan, infinite)


def _masked_matmul_vjp(node: Node, g: Node) -> Sequence[Node | None]:
    a, b = node.inputs[:2]
    return (sum_to(MATMUL(g, turned(b)), a.shape), sum_to(MATMUL(turned(a), g), b.shape), None)


def _masked_matmul_jvp(node: Node, tangents: Sequence[Any]) -> Node:
    a, b, mask = node.inputs
    of_a, of_b, _ = tangents
    left = None if of_a is None else MASKED_MATMUL(of_a, b, mask, attrs=node.attrs)
    right = None if of_b is None else MASKED_MATMUL(a, of_b, mask, attrs=node.attrs)
    return added(left, right)


def _masked_form(a: Any, b: Any, mask: Any, i: int) -> Any:
    """The same over arrays of scalars of code: each term is there or is not."""
    inside = mask[..., :, :, None] if i == 0 else mask[..., None, :, :]
    term = np.frompyfunc(lambda x, y, m: _masked_term(x, y, m, i), 3, 1)
    return np.add.reduce(term(a[..., :, :, None], b[..., None, :, :], inside), -2)


def _masked_term(x: Any, y: Any, mask: Any, _i: int) -> Any:
    """A term that is there or is not."""
    return np.where(np.greater(mask, 0.0), x * y, 0.0)


MASKED_MATMUL = Structural(
    "masked_matmul",
    _masked_matmul,
    lambda shapes, i: _matmul_shape(shapes[:2]),
    _masked_matmul_vjp,
    _masked_matmul_jvp,
    batch=leading,
    form=_masked_form,
    term=_masked_term,
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


def _matmul_notes(node: Node) -> tuple[str, int]:
    """As people write it: a column times a row is an outer product, and 1 is no factor."""
    for i, x in enumerate(node.inputs):
        if x.size == 1 and _is_one(x):
            return f"{{{1 - i}}}", 10
    columns = node.inputs[0].shape[-1]
    return ("outer({0}, {1})", 10) if columns == 1 and node.ndim == 2 else ("{0:6} @ {1:7}", 6)


def _is_one(x: Node) -> bool:
    while x.op is not CONSTANT:
        if len(x.inputs) != 1 or not (isinstance(x.op, Linear) and x.op.moves):
            return False
        (x,) = x.inputs
    return bool(x.attrs[0] == 1)


def _matmul_product(node: Node) -> Product | None:
    """Letters of matrices and of the stack, whose axes are counted from the last."""
    from string import ascii_uppercase

    from gradcli.ir.product import product_of

    a, b = (x.ndim - 2 for x in node.inputs)
    stack = ascii_uppercase[: node.ndim - 2]
    return product_of(f"{stack[len(stack) - a :]}mk", f"{stack[len(stack) - b :]}kn", f"{stack}mn")


MATMUL = Multilinear(
    "matmul",
    np.matmul,
    _matmul_shape,
    _matmul_adjoint,
    masked=_without,
    batch=_matmul_batch,
    notes=_matmul_notes,
    term=lambda x, y: x * y,
    product=_matmul_product,
)


def _of_both(x: Node, y: Node) -> Node | None:
    """One product of two that share a factor, where the others are a matrix and its transpose.

    So are both parts of the derivative of `x @ x.T`.
    """
    (a, b), (c, d) = x.inputs, y.inputs
    if b is d and _are_turned(a, c):
        return MATMUL(add(a, c), b)
    return MATMUL(a, add(b, d)) if a is c and _are_turned(b, d) else None


def _are_turned(a: Node, b: Node) -> bool:
    """Whether one is the other with the last two axes exchanged."""
    return a.shape == b.shape and TRANSPOSE in (a.op, b.op) and turned(a) is b


assert add.op is not None
add.op.add_rule(Rule(_of_both, {MATMUL}, every=True))


@function(example="matmul([[1, 2], [3, 4]], [1, 1])", aliases="mat_mul mm bmm mv batch_mat_mul")
def matmul(x: Array, y: Array, transpose_a: Flag = False, transpose_b: Flag = False) -> Node:
    """The matrix product, `x @ y`; leading axes broadcast."""
    if x.ndim == 0 or y.ndim == 0:
        raise _no_matrix("first" if x.ndim == 0 else "second")
    a, b = _matrix(x, (1, *x.shape), transpose_a), _matrix(y, (*y.shape, 1), transpose_b)
    if a.shape[-1] != b.shape[-2]:
        raise ShapeError(
            f"shapes {show_shape(x.shape)} and {show_shape(y.shape)} do not multiply: "
            f"{a.shape[-1]} columns against {b.shape[-2]} rows"
        )
    z = MATMUL(a, b)
    *lead, rows, columns = z.shape
    return reshape_to(z, (*lead, *[rows] * (x.ndim > 1), *[columns] * (y.ndim > 1)))


def _matrix(x: Node, of_vector: tuple[int, ...], transpose: bool) -> Node:
    """A factor as matrices; a vector is one of a single row or column."""
    whole = reshape_to(x, of_vector) if x.ndim == 1 else x
    return turned(whole) if transpose else whole


def _no_matrix(which: str) -> ShapeError:
    return ShapeError(
        f"@ needs vectors or matrices; the {which} operand is a scalar",
        help="use * for a product with a scalar",
    )


WORDS.update(matmul=matmul)
