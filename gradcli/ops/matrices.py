"""What the operations on matrices share: their checks, their records, rows and columns."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from gradcli.errors import MatrixError, ShapeError
from gradcli.ir.batching import leading
from gradcli.ir.cells import Cells, itself
from gradcli.ir.op import Structural, as_number
from gradcli.ir.shapes import show_shape
from gradcli.ops.matmul import turned
from gradcli.ops.shape import reshape_to

if TYPE_CHECKING:
    from collections.abc import Callable

    from gradcli.ir.node import Node


def of_square(
    name: str,
    kernel: Callable[..., Any],
    vjp: Callable[[Node, Node], Node],
    jvp: Callable[[Node, Node], Node],
    *,
    axes: int = 2,
    said: str = "",
    **more: Any,
) -> Structural:
    """An operation on square matrices, whose result has 0, 1 or 2 axes for each of them.

    `vjp(node, g)` is the cotangent of the matrix, `jvp(node, t)` the tangent of the result, and
    `said` is the name of the function in messages.
    """

    def shape(shapes: Any, *_: Any) -> Any:
        whole = square_matrix(shapes[0], said or name)
        return whole[: len(whole) - 2 + axes]

    return Structural(
        name,
        kernel,
        shape,
        lambda node, g: (vjp(node, g),),
        lambda node, tangents: jvp(node, tangents[0]),
        batch=leading,
        **more,
    )


def square_matrix(shape: Any, name: str) -> Any:
    """The shape, if it is one of square matrices."""
    if len(shape) < 2 or shape[-1] != shape[-2]:
        raise ShapeError(f"{name} needs a square matrix, not the shape {show_shape(shape)}")
    return shape


def matrix_of(x: Node, name: str) -> Node:
    """`x` as numbers, if it has the axes of a matrix."""
    if x.ndim < 2:
        raise ShapeError(f"{name} needs a matrix, not the shape {show_shape(x.shape)}")
    return as_number(x)


def or_refused(kernel: Callable[..., Any], reason: str) -> Callable[..., Any]:
    """A kernel whose failure is a MatrixError for this reason."""

    def safe(*arrays: Any) -> Any:
        try:
            return kernel(*arrays)
        except np.linalg.LinAlgError:
            raise MatrixError(reason) from None

    return safe


def symmetric(a: Any) -> Any:
    """The symmetric part of a matrix that is symmetric to rounding; else a MatrixError."""
    other = np.swapaxes(a, -1, -2)
    if np.array_equal(a, other):
        return a
    size = np.max(np.abs(a), initial=0)
    if np.max(np.abs(a - other), initial=0) > 100 * a.shape[-1] * np.finfo(a.dtype).eps * size:
        raise MatrixError("is not symmetric")
    return (a + other) * a.dtype.type(0.5)


def each_matrix(kernel: Callable[..., Any], *arrays: Any) -> Any:
    """A kernel of single matrices over arrays of them; the result has the shape of the last."""
    lead = np.broadcast_shapes(*(a.shape[:-2] for a in arrays))
    if not lead:
        return kernel(*arrays)
    wide = [np.broadcast_to(a, (*lead, *a.shape[-2:])) for a in arrays]
    out = np.empty(wide[-1].shape, wide[-1].dtype)
    for i in np.ndindex(lead):
        out[i] = kernel(*(a[i] for a in wide))
    return out


SMALL = 8
"""Rows and columns of matrices up to which those of a stack are worked on side by side."""


def cells_of_stack(node: Node) -> Cells | None:
    """The matrices of a stack, by the form of what is done to one, if they are small."""
    lead, of_one = node.shape[:-2], node.op.form
    if (
        not lead
        or not callable(of_one)
        or any(max(x.shape[-2:]) > SMALL for x in (*node.inputs, node))
    ):
        return None

    def wide(x: Any) -> Any:
        return np.broadcast_to(x, (*lead, *x.shape[-2:]))

    def form(*matrices: Any) -> Any:
        return of_one(*matrices, *node.attrs)

    views = (itself if x.shape[:-2] == lead else wide for x in node.inputs)
    return Cells(form, len(lead), (*views, itself))


def even(x: Node) -> Node:
    """The symmetric part of matrices."""
    return (x + turned(x)) * 0.5


def row(x: Node) -> Node:
    """The last axis as the columns of a matrix of one row."""
    return reshape_to(x, (*x.shape[:-1], 1, x.shape[-1]))


def column(x: Node) -> Node:
    """The last axis as the rows of a matrix of one column."""
    return reshape_to(x, (*x.shape, 1))


def with_columns(b: Node, apply: Callable[[Node], Node]) -> Node:
    """What `apply` makes of b, which may be a vector: one column."""
    if b.ndim != 1:
        return apply(b)
    z = apply(column(b))
    return reshape_to(z, z.shape[:-1])
