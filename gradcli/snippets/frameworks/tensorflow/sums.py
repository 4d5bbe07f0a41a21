"""Sums, and products of matrices, in single precision in the order of TensorFlow's libraries.

Eigen adds up with eight numbers at once, oneDNN with sixteen, and with products and sums that are
rounded once.
"""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING, Any

import numpy as np

from gradcli.snippets.arrays.dtypes import FLOAT32
from gradcli.snippets.arrays.nearest import rounded_once

if TYPE_CHECKING:
    from collections.abc import Sequence

    Numbers = np.ndarray[Any, np.dtype[np.float32]]

PACKET = 8
"""Numbers that Eigen adds at once."""

STREAMS = 4
"""Packets of a row, or rows of columns, that are added up beside one another."""

SHORT = 16
"""Rows from which on columns are added up in streams."""

LANES = 16
"""Numbers that oneDNN multiplies at once."""

FEW = 16
"""Rows from which on oneDNN multiplies a transposed factor as any other."""

MOST = 1 << 18
"""Products of two numbers up to which the order is kept."""


def halved(x: Numbers) -> Numbers:
    """The sum of a power of 2 of numbers: of the first and second half, and so on."""
    while x.shape[-1] > 1:
        half = x.shape[-1] // 2
        x = x[..., :half] + x[..., half:]
    return x[..., 0]


# --- sums -----------------------------------------------------------------------------------------


def total(x: Numbers, axes: Sequence[int], keepdims: bool) -> Numbers:
    """A sum over axes: along rows, or down columns."""
    shape = tuple(1 if i in axes else n for i, n in enumerate(x.shape))
    own = shape if keepdims else tuple(n for i, n in enumerate(x.shape) if i not in axes)
    over = [i for i in axes if x.shape[i] != 1]
    if not over or not x.size:
        return np.asarray(np.sum(x, axis=tuple(axes)), FLOAT32).reshape(own)
    kept = [i for i, n in enumerate(x.shape) if i not in over and n != 1]
    columns = prod(x.shape[i] for i in kept)
    if kept and max(kept) > max(over):
        rows = x.transpose(*over, *(i for i in range(x.ndim) if i not in over))
        return down(rows.reshape(-1, columns)).reshape(own)
    rows = x.transpose(*(i for i in range(x.ndim) if i not in over), *sorted(over))
    return along(rows.reshape(columns, -1)).reshape(own)


def along(rows: Numbers) -> Numbers:
    """The sum of each row, by packets."""
    length = rows.shape[1]
    packed, step = length - length % PACKET, PACKET * STREAMS
    packets = rows[:, :packed].reshape(len(rows), -1, PACKET)
    whole = in_streams(np.moveaxis(packets, 1, 0), packed - packed % step)
    rest = in_order(rows[:, packed:].T, np.zeros(len(rows), FLOAT32))
    made: Numbers = rest + halved(whole)
    return made


def down(rows: Numbers) -> Numbers:
    """The sum of each column; where columns fill packets, in streams."""
    packed = rows.shape[1] - rows.shape[1] % PACKET
    if len(rows) < SHORT or not packed:
        return in_order(rows, np.zeros(rows.shape[1], FLOAT32))
    first, rest = rows[:, :packed], rows[:, packed:]
    streams = in_streams(first, (len(rows) - len(rows) % STREAMS) * PACKET)
    return np.concatenate([streams, in_order(rest, np.zeros(rest.shape[1], FLOAT32))])


def in_streams(items: Numbers, numbers: int) -> Numbers:
    """The sum over the first axis: in streams as far as so many numbers go, and one by one then."""
    count = numbers // PACKET
    zeros = np.zeros(items.shape[1:], FLOAT32)
    streams = [in_order(items[i:count:STREAMS], zeros) for i in range(STREAMS)]
    return in_order([*streams[1:], *items[count:]], streams[0])


def in_order(items: Any, start: Numbers) -> Numbers:
    """A sum over the first axis, one after another."""
    for item in items:
        start = start + item
    return start


# --- products of matrices -------------------------------------------------------------------------


def product(x: Numbers, y: Numbers) -> Numbers:
    """A product of matrices: by rows and a vector, by dot products, or term by term."""
    (rows, terms), columns = x.shape[-2:], y.shape[-1]
    if max(x.ndim, y.ndim) > 2 or not 0 < rows * terms * columns <= MOST:
        return np.matmul(x, y)
    turned, other = is_turned(x), is_turned(y)
    if other and not turned and 1 < rows < FEW:
        return lane_products(x, y)
    if (columns == 1 < rows and not turned) or (other and rows == 1):
        return row_products(x, y)
    start: Any = np.zeros((rows, columns), FLOAT32)
    for i in range(terms):
        start = rounded_once(x[:, i : i + 1], y[i : i + 1], start)
    made: Numbers = start
    return made


def is_turned(x: Numbers) -> bool:
    """Whether a matrix is the transposed of what lies in memory."""
    return min(x.shape) > 1 and x.strides[-1] > x.strides[-2]


def lane_products(x: Numbers, y: Numbers) -> Numbers:
    """Each element as a dot product, in lanes that are added up by halves."""
    lacking = -x.shape[1] % LANES
    left = np.pad(x, [(0, 0), (0, lacking)])[:, None, :]
    right = np.pad(y, [(0, lacking), (0, 0)]).T[None, :, :]
    lanes = np.zeros((len(x), y.shape[1], LANES), FLOAT32)
    for i in range(0, left.shape[-1], LANES):
        lanes = rounded_once(left[..., i : i + LANES], right[..., i : i + LANES], lanes)
    return halved(lanes)


def row_products(x: Numbers, y: Numbers) -> Numbers:
    """The products of rows and a vector; what fills no two packets is added up by itself."""
    left, right = x[:, None, :], np.ascontiguousarray(y.T)[None, :, :]
    terms = x.shape[1]
    done = terms - terms % (2 * PACKET)
    lanes: Any = np.zeros((len(x), y.shape[1], PACKET), FLOAT32)
    for i in range(0, done, PACKET):
        lanes = rounded_once(left[..., i : i + PACKET], right[..., i : i + PACKET], lanes)
    made: Any = neighbours(lanes)
    for width in (8, 4, 2, 1):
        if terms - done >= width:
            part = slice(done, done + width)
            made = made + neighbours(left[..., part] * right[..., part])
            done += width
    return np.asarray(made)


def neighbours(x: Numbers) -> Numbers:
    """The sum of a power of 2 of numbers by pairs of neighbours, the halves of four pairs first."""
    if x.shape[-1] == PACKET:
        x = x[..., 0::2] + x[..., 1::2]
        x = x[..., :2] + x[..., 2:]
    while x.shape[-1] > 1:
        x = x[..., 0::2] + x[..., 1::2]
    return x[..., 0]
