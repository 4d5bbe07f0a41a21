"""Matrices put together from vectors and blocks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from gradcli.ir.function import function
from gradcli.ir.op import as_number
from gradcli.ops.shape import along, as_vector, at_least, concat, index, place, spread

if TYPE_CHECKING:
    from gradcli.ir.function import Array, Arrays
    from gradcli.ir.node import Node


@function(example="toeplitz([1, 2, 3])")
def toeplitz(x: Array, r: Array | None = None) -> Node:
    """The matrix with the same element along each diagonal, from its first column and row."""
    c = as_vector(as_number(x))
    row = c if r is None else as_vector(as_number(r))
    m, n = c.size, row.size
    whole = concat((along(c, 0, slice(None, None, -1)), along(row, 0, slice(1, None))))
    return index(whole, np.arange(m - 1, -1, -1)[:, None] + np.arange(n))


@function(example="circulant([1, 2, 3])")
def circulant(x: Array) -> Node:
    """The matrix whose columns are the vector x, each turned on by one element."""
    c = as_vector(as_number(x))
    i = np.arange(c.size)
    return index(c, (i[:, None] - i) % max(c.size, 1))


@function(example="hankel([1, 2, 3])")
def hankel(x: Array, r: Array | None = None) -> Node:
    """The matrix with the same element along each antidiagonal, from first column and last row."""
    c = as_vector(as_number(x))
    last = spread(c.graph.constant(0.0), c.shape) if r is None else as_vector(as_number(r))
    whole = concat((c, along(last, 0, slice(1, None))))
    return index(whole, np.arange(c.size)[:, None] + np.arange(last.size))


@function(example="block_diag(([[1, 2]], [[3]]))")
def block_diag(arrays: Arrays) -> Node:
    """Matrices along the diagonal of one matrix, zeros elsewhere."""
    blocks = [at_least(as_number(x), 2) for x in arrays]
    shape = (sum(b.shape[0] for b in blocks), sum(b.shape[1] for b in blocks))
    whole: Any = None
    i = j = 0
    for b in blocks:
        m, n = b.shape
        part = place(b, shape, slice(i, i + m), slice(j, j + n))
        whole = part if whole is None else whole + part
        i, j = i + m, j + n
    return whole
