"""Functions of square matrices: powers, the exponential, the square root."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from gradcli.errors import DomainError
from gradcli.ir.batching import leading
from gradcli.ir.function import function
from gradcli.ir.op import Structural, as_number
from gradcli.ops.matmul import MATMUL, turned
from gradcli.ops.shape import concat, index, spread
from gradcli.ops.solving import INV, square_matrix

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gradcli.ir.function import Array, Int
    from gradcli.ir.node import Node


@function(example="matrix_power([[1, 1], [0, 1]], 3)")
def matrix_power(a: Array, n: Int) -> Node:
    """The product of n copies of a square matrix, or of its inverse for n below 0."""
    square_matrix(a.shape, "matrix_power")
    base = INV(as_number(a)) if n < 0 else as_number(a)
    whole: Any = None
    left = abs(n)
    while left:
        if left % 2:
            whole = base if whole is None else MATMUL(whole, base)
        left //= 2
        base = MATMUL(base, base) if left else base
    return spread(a.graph.constant(np.eye(a.shape[-1])), a.shape) if whole is None else whole


# --- exponential --------------------------------------------------------------------------------


def _expm(a: Any) -> Any:
    from scipy.linalg import expm as kernel

    return np.asarray(kernel(a)).astype(a.dtype, copy=False)


def _expm_slope(a: Node, t: Node) -> Node:
    """The upper right block of exp([[a, t], [0, a]]): Mathias (1996)."""
    n, axis = a.shape[-1], a.ndim
    zeros = spread(a.graph.constant(0.0), a.shape)
    rows = (concat((a, t), axis - 1), concat((zeros, a), axis - 1))
    return index(EXPM(concat(rows, axis - 2)), ..., slice(0, n), slice(n, None))


EXPM = Structural(
    "expm",
    _expm,
    lambda shapes: square_matrix(shapes[0], "expm"),
    lambda node, g: (_expm_slope(turned(node.inputs[0]), g),),
    lambda node, tangents: _expm_slope(node.inputs[0], tangents[0]),
    batch=leading,
)


@function(example="expm([[0, 1], [0, 0]])", aliases="matrix_exp matrix_exponential")
def expm(a: Array) -> Node:
    """The exponential of a square matrix."""
    return EXPM(as_number(a))


# --- square root --------------------------------------------------------------------------------


def _sylvester(a: Any, q: Any) -> Any:
    from scipy.linalg import solve_sylvester

    lead = np.broadcast_shapes(a.shape[:-2], q.shape[:-2])
    left, right = (np.broadcast_to(x, (*lead, *x.shape[-2:])) for x in (a, q))
    out = np.empty(right.shape, right.dtype)
    for i in np.ndindex(lead):
        out[i] = solve_sylvester(left[i], left[i], right[i])
    return out


def _sylvester_vjp(node: Node, g: Node) -> Sequence[Node]:
    back = SYLVESTER(turned(node.inputs[0]), g)
    of_a = -MATMUL(back, turned(node)) - MATMUL(turned(node), back)
    return of_a, back


def _sylvester_jvp(node: Node, tangents: Sequence[Any]) -> Node:
    of_a, of_q = tangents
    moved = None if of_a is None else -MATMUL(of_a, node) - MATMUL(node, of_a)
    right = of_q if moved is None else moved if of_q is None else of_q + moved
    return SYLVESTER(node.inputs[0], right)


SYLVESTER = Structural(
    "sylvester", _sylvester, lambda shapes: shapes[1], _sylvester_vjp, _sylvester_jvp, batch=leading
)
"""The x with a @ x + x @ a = q."""


def _sqrtm(a: Any) -> Any:
    from scipy.linalg import sqrtm as kernel

    out = np.empty(a.shape, a.dtype)
    for i in np.ndindex(a.shape[:-2]):
        root = np.asarray(kernel(a[i]))
        if np.iscomplexobj(root) and np.abs(root.imag).max() > 0:
            raise DomainError("the square root of the matrix of sqrtm is not real")
        out[i] = root.real
    return out


SQRTM = Structural(
    "sqrtm",
    _sqrtm,
    lambda shapes: square_matrix(shapes[0], "sqrtm"),
    lambda node, g: (SYLVESTER(turned(node), g),),
    lambda node, tangents: SYLVESTER(node, tangents[0]),
    batch=leading,
)


@function(example="sqrtm([[4, 0], [0, 9]])", aliases="matrix_square_root")
def sqrtm(a: Array) -> Node:
    """The square root of a square matrix: the x with x @ x = a."""
    return SQRTM(as_number(a))
