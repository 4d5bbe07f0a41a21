"""Eigenvalues of symmetric matrices, their vectors, and the functions of a matrix made of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from gradcli.ir.batching import leading
from gradcli.ir.function import function
from gradcli.ir.kinds import DEGENERATE, KINK, at
from gradcli.ir.node import Node, ancestors
from gradcli.ir.op import Elementwise, Reduction, Structural
from gradcli.ops.arithmetic import mul
from gradcli.ops.compare import choose, eq
from gradcli.ops.diagonals import diag_embed, diag_part
from gradcli.ops.matmul import MATMUL, turned
from gradcli.ops.matrices import column, even, matrix_of, of_square, row, symmetric
from gradcli.ops.records import added
from gradcli.ops.reduce import sum_
from gradcli.ops.reductions import eigenvalues, eigenvectors
from gradcli.ops.shape import PLACE, spread
from gradcli.ops.stabilize import add_rule

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gradcli.ir.function import Array, Flag

# --- eigenvalues --------------------------------------------------------------------------------


def rounding(values: Any) -> Any:
    """How far apart eigenvalues or singular values may be that count as equal."""
    largest = np.max(np.abs(values), axis=-1, initial=0, keepdims=True)
    return values.shape[-1] * np.finfo(values.dtype).eps * largest


def repeated(values: Any) -> Any:
    """Which of the values, sorted up or down, have an equal."""
    equal = np.abs(np.diff(values, axis=-1)) <= rounding(values)
    beyond = np.zeros_like(values[..., :1], bool)
    return np.concatenate((equal, beyond), -1) | np.concatenate((beyond, equal), -1)


def alike(g: Any, values: Any) -> Any:
    """Whether the cotangents of equal values are equal, as those of a symmetric function are."""
    largest = np.max(np.abs(g), axis=-1, initial=0, keepdims=True)
    differ = np.abs(np.diff(g, axis=-1)) > np.finfo(g.dtype).eps ** 0.4 * largest
    return not np.any(differ & (np.abs(np.diff(values, axis=-1)) <= rounding(values)))


def _gaps(values: Any, drop: bool) -> Any:
    """1 over the differences of eigenvalues; between equal ones 0 if dropped, else NaN."""
    apart = values[..., None, :] - values[..., :, None]
    equal = np.abs(apart) <= rounding(values)[..., None]
    off = ~np.eye(values.shape[-1], dtype=bool)
    inverse = 1 / np.where(equal, 1, apart)
    filled = np.where(equal & off & (not drop), np.nan, np.where(equal, 0, inverse))
    return filled.astype(values.dtype, copy=False)


def _gaps_vjp(node: Node, g: Node) -> Sequence[Node]:
    moved = -(node * node) * g
    return (sum_(moved, -2) - sum_(moved, -1),)


GAPS = Structural(
    "gaps",
    _gaps,
    lambda shapes, drop: (*shapes[0], shapes[0][-1]),
    _gaps_vjp,
    lambda node, tangents: -(node * node) * (row(tangents[0]) - column(tangents[0])),
    batch=leading,
)


def _eigenvalues_vjp(node: Node, g: Node) -> Node:
    v = EIGENVECTORS(node.inputs[0], attrs=(False,))
    return MATMUL(v * row(g), turned(v))


def _eigenvalues_jvp(node: Node, t: Node) -> Node:
    v = EIGENVECTORS(node.inputs[0], attrs=(False,))
    return sum_(v * MATMUL(even(t), v), -2)


EIGENVALUES = of_square(
    "eigvalsh",
    lambda a: eigenvalues(symmetric(a)),
    _eigenvalues_vjp,
    _eigenvalues_jvp,
    axes=1,
    special=at(
        KINK,
        lambda a, z: repeated(z),
        warning="equal eigenvalues have no derivatives of their own: "
        "the gradient depends on which of their eigenvectors are taken",
        unless=lambda g, a, z: alike(g, z),
    ),
)


def _vectors_vjp(node: Node, g: Node) -> Node:
    inside = GAPS(EIGENVALUES(node.inputs[0]), attrs=node.attrs) * MATMUL(turned(node), g)
    return even(MATMUL(MATMUL(node, inside), turned(node)))


def _vectors_jvp(node: Node, t: Node) -> Node:
    inside = MATMUL(turned(node), MATMUL(even(t), node))
    return MATMUL(node, GAPS(EIGENVALUES(node.inputs[0]), attrs=node.attrs) * inside)


EIGENVECTORS = of_square(
    "eigenvectors",
    lambda a, drop: eigenvectors(symmetric(a)),
    _vectors_vjp,
    _vectors_jvp,
    said="eigh",
    special=at(
        DEGENERATE,
        lambda a, z, drop: repeated(np.sum(z * (a @ z), -2, keepdims=True)),
        warning="eigenvectors of equal eigenvalues are not determined: "
        "what depends on them in the gradient is dropped",
    ),
)
"""With `drop`, the undetermined part of the slope at equal eigenvalues is left out."""


@function(
    example="eigvalsh([[2, 1], [1, 2]])",
    aliases="self_adjoint_eigvals",
    signatures="jnp.linalg.eigvalsh(a, UPLO='L', *, symmetrize_input=True)",
)
def eigvalsh(a: Array) -> Node:
    """The eigenvalues of a symmetric matrix, in ascending order."""
    return EIGENVALUES(matrix_of(a, "eigvalsh"))


@function(
    example="eigh([[2, 1], [1, 2]])[0]",
    aliases="self_adjoint_eig",
    signatures="""
        lax.linalg.eigh(x: a, *, lower=True, symmetrize_input=True, sort_eigenvalues=True) \
            -> v, w; vectors_first=True
        jnp.linalg.eigh(a, UPLO='L', symmetrize_input=True) -> eigenvalues, eigenvectors
        np.linalg.eigh(a, UPLO='L') -> eigenvalues, eigenvectors
        torch.linalg.eigh(A: a, UPLO='L') -> eigenvalues, eigenvectors
    """,
)
def eigh(a: Array, *, vectors_first: Flag = False) -> tuple[Node, Node]:
    """The eigenvalues of a symmetric matrix, ascending, and its eigenvectors as columns."""
    a = matrix_of(a, "eigh")
    w, v = EIGENVALUES(a), EIGENVECTORS(a, attrs=(True,))
    return (v, w) if vectors_first else (w, v)


# --- functions of a matrix through its eigenvalues ----------------------------------------------


def _of_eigenvalues(a: Any, f: Any) -> Any:
    v = eigenvectors(symmetric(a))
    return (v * f[..., None, :]) @ np.swapaxes(v, -1, -2)


def _divided(a: Node, f: Node) -> Node:
    """The differences of f over those of the eigenvalues; its slope between equal ones.

    0 on the diagonal, whose part f itself passes on.
    """
    w = EIGENVALUES(a)
    gaps = GAPS(w, attrs=(True,))
    slope = _slope_along(f, w)
    assert slope is not None
    tied = (row(slope) + column(slope)) * 0.5
    between = choose(eq(gaps, 0.0), tied, (row(f) - column(f)) * gaps)
    return between * a.graph.constant(1.0 - np.eye(w.shape[-1]))


def _within(a: Node, f: Node, t: Node) -> tuple[Node, Node, Node]:
    """The eigenvectors, a symmetric part as seen from them, and that times the differences."""
    v = EIGENVECTORS(a, attrs=(False,))
    inside = MATMUL(MATMUL(turned(v), even(t)), v)
    return v, inside, inside * _divided(a, f)


def _of_eigenvalues_vjp(node: Node, g: Node) -> Sequence[Node]:
    a, f = node.inputs
    v, inside, turning = _within(a, f, g)
    return MATMUL(MATMUL(v, turning), turned(v)), diag_part(inside)


def _of_eigenvalues_jvp(node: Node, tangents: Sequence[Any]) -> Node:
    a, f = node.inputs
    of_a, of_f = tangents
    v = EIGENVECTORS(a, attrs=(False,))
    turned_by = None if of_a is None else _within(a, f, of_a)[2]
    stretched = None if of_f is None else diag_embed(of_f)
    inside = added(turned_by, stretched)
    return MATMUL(MATMUL(v, inside), turned(v))


OF_EIGENVALUES = Structural(
    "of_eigenvalues",
    _of_eigenvalues,
    lambda shapes: shapes[0],
    _of_eigenvalues_vjp,
    _of_eigenvalues_jvp,
    batch=leading,
)
"""v @ diag(f) @ v.T for the eigenvectors v of a and a function f of its eigenvalues.

Its slope exists where eigenvalues are equal, as that of the eigenvectors does not: Daleckii and
Krein's formula.
"""


def _slope_along(f: Node, w: Node) -> Node | None:
    """The derivative of a function of eigenvalues by each of them.

    What depends on all of them alike, such as their sum, counts as a constant; None where the
    function is no other.
    """
    slopes: dict[Node, Node] = {w: spread(w.graph.constant(1.0), w.shape)}
    for node in ancestors([f], after=w.order):
        if slopes.keys().isdisjoint(node.inputs) or isinstance(node.op, Reduction):
            continue
        if not isinstance(node.op, Elementwise) or node.shape != w.shape:
            return None
        slopes[node] = _chained(node, node.op, slopes)
    return slopes.get(f)


def _chained(node: Node, op: Elementwise, slopes: dict[Node, Node]) -> Node:
    """The chain rule for one operation on elements."""
    total = spread(node.graph.constant(0.0), node.shape)
    for x, partial, select in zip(node.inputs, op.partials, op.selects, strict=True):
        if x in slopes:
            part = slopes[x] * partial(*node.inputs, node)
            total = total + (
                part if select is None else choose(select(*node.inputs, node), part, 0.0)
            )
    return total


def _stretched_back(left: Node, right: Node) -> Node | None:
    """v @ diag(f) @ v.T, bracketed either way, or v*f @ v.T, of the eigenvectors from `eigh`."""
    v, f = _stretched(left)
    if v.op is not EIGENVECTORS or v.attrs != (True,):
        return None
    if f is None and right.op is MATMUL:
        f, right = _diagonal_of(right.inputs[0]), right.inputs[1]
    (a,) = v.inputs
    if f is None or right is not turned(v) or _slope_along(f, EIGENVALUES(a)) is None:
        return None
    return OF_EIGENVALUES(a, f)


def _stretched(x: Node) -> tuple[Node, Node | None]:
    """v and f of v @ diag(f) or v*f; else x itself, and None."""
    if x.op is MATMUL:
        return x.inputs[0], _diagonal_of(x.inputs[1])
    if x.op is mul.op:
        v, f = x.inputs if x.inputs[0].op is EIGENVECTORS else x.inputs[::-1]
        return v, f if f.ndim == 1 else None
    return x, None


def _diagonal_of(x: Node) -> Node | None:
    """The f of diag(f)."""
    if x.op is not PLACE or not x.inputs[0].ndim:
        return None
    return x.inputs[0] if diag_embed(x.inputs[0]) is x else None


add_rule(MATMUL, "v @ diag(f(w)) @ v.T", "a function of the matrix", _stretched_back)
