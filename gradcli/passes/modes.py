"""The passes by one name each, as the language and the engine ask for them."""

from __future__ import annotations

from math import factorial
from typing import TYPE_CHECKING

import numpy as np

from gradcli.ir.node import WORDS, Node
from gradcli.ir.op import Elementwise
from gradcli.passes.batch import batch, dependents
from gradcli.passes.forward import forward
from gradcli.passes.reverse import reverse
from gradcli.passes.ruled import Ruled, ruled

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gradcli.ir.loop import Loop
    from gradcli.passes.series import Zeros

__all__ = [
    "batch",
    "forward",
    "is_elementwise",
    "jacobian",
    "looped",
    "reverse",
    "ruled",
    "taylor",
    "turns_of",
]

ELEMENTS = 2**24
"""How many elements an intermediate result of one batch of rows may have."""


def looped(loop: Loop, starts: Sequence[Node], stacks: Sequence[Node]) -> tuple[Node, list[Node]]:
    """The node of a loop, and what it carries at its end (`passes.loop`)."""
    from gradcli.passes.loop import looped

    return looped(loop, starts, stacks)


def turns_of(node: Node) -> Node:
    """How many turns a loop has taken (`passes.traces`)."""
    from gradcli.passes.traces import turns_of

    return turns_of(node)


def taylor(
    y: Node, x: Node, order: int, zeros: Zeros | None = None, *, derivatives: bool = False
) -> list[Node]:
    """The power series of y where every element of x moves alike, from order 0 to this one.

    They are coefficients, or `derivatives`; `zeros` says where nodes are 0, if that is known
    (`passes.series`). A rule of the user's own is derived again and again, and so is a loop that
    goes the way of another, and a quotient that begins with what hangs on itself.
    """
    path = dependents([y], [x])
    from gradcli.passes.loop import follows

    if _has_rules(path) or any(map(follows, path)):
        return _again_and_again(y, x, order, derivatives=derivatives)
    from gradcli.passes.series import CircularError, series

    rows = series(x, order, zeros, derivatives=derivatives)
    try:
        parts = [rows.coefficient(y, k) for k in range(order + 1)]
    except CircularError:
        return _again_and_again(y, x, order, derivatives=derivatives)
    return [_zeros(x, y.shape) if part is None else part for part in parts]


def _again_and_again(y: Node, x: Node, order: int, *, derivatives: bool) -> list[Node]:
    """The power series from tangents of tangents, all of which the graph holds."""
    one, parts = x.graph.constant(1.0), [y]
    for _ in range(order):
        (slope,) = forward([parts[-1]], [x], [one])
        parts.append(_zeros(x, y.shape) if slope is None else slope)
    return parts if derivatives else [part / float(factorial(k)) for k, part in enumerate(parts)]


def jacobian(y: Node, x: Node) -> Node:
    """The derivative of each element of y by each element of x, of shape y.shape + x.shape.

    From as many tangents as x has elements or as many cotangents as y has, whichever is less, in
    batches; from a single pass where y is elementwise in x.
    """
    path = dependents([y], [x])
    if not (path or y is x) or not (y.size and x.size):
        return _zeros(x, y.shape + x.shape)
    if _has_rules(path):
        return _row_by_row(y, x)
    if _is_elementwise(path, x):
        return _diagonal(y, x)
    return by_cotangents(y, x) if y.size < x.size else by_tangents(y, x)


def is_elementwise(y: Node, x: Node) -> bool:
    """Whether each element of y depends on the same element of x, of one shape, and no other."""
    return _is_elementwise(dependents([y], [x]), x)


def jacobian_forward(y: Node, x: Node) -> Node:
    """The gradient of the number y, of x's shape, from one tangent for each element of x."""
    if x.size and _has_rules(dependents([y], [x])):
        return _tangent_by_tangent(y, x)
    return WORDS["reshape"](by_tangents(y, x), x.shape)


def by_cotangents(y: Node, x: Node) -> Node:
    """The Jacobian in reverse mode: its rows from the unit cotangents, y.shape + x.shape."""
    shape = y.shape + x.shape
    if y.size == 1:
        (row,) = reverse([y], [x])
        return _zeros(x, shape) if row is None else WORDS["reshape"](row, shape)
    seed = y.graph.input("cotangent", y.shape)
    (row,) = reverse([y], [x], [seed])
    return _zeros(x, shape) if row is None else WORDS["reshape"](_for_units(row, seed), shape)


def by_tangents(y: Node, x: Node) -> Node:
    """The Jacobian in forward mode: its columns from the unit tangents, y.shape + x.shape."""
    shape = y.shape + x.shape
    if x.size == 1:
        (column,) = forward([y], [x], [x.graph.constant(1.0)])
        return _zeros(x, shape) if column is None else WORDS["reshape"](column, shape)
    seed = x.graph.input("tangent", x.shape)
    (column,) = forward([y], [x], [seed])
    if column is None:
        return _zeros(x, shape)
    columns = WORDS["reshape"](_for_units(column, seed), (x.size, y.size))
    return WORDS["reshape"](WORDS["permute"](columns, (1, 0)), shape)


def _zeros(x: Node, shape: tuple[int, ...]) -> Node:
    return WORDS["spread"](x.graph.constant(0.0), shape)


# --- batches of units ---------------------------------------------------------------------------


def _for_units(result: Node, seed: Node) -> Node:
    """The result for each unit in the place of the seed, of shape (seed.size, *result.shape).

    As many units at a time as keep every intermediate result within the limit of elements.
    """
    if not (seed.size and result.size):
        return _zeros(seed, (seed.size, *result.shape))
    path = dependents([result], [seed])
    largest = max((node.size for node in path), default=result.size)
    limit = min(ELEMENTS, seed.graph.max_elements)
    rows = max(limit // max(largest, seed.size), 1)
    parts = tuple(
        batch([result], {seed: _units(seed, start, min(start + rows, seed.size))})[0]
        for start in range(0, seed.size, rows)
    )
    return parts[0] if len(parts) == 1 else WORDS["concat"](parts)


def _units(seed: Node, start: int, stop: int) -> Node:
    """The units of these numbers, 1 at that element, of shape (stop - start, *seed.shape)."""
    count = np.arange(stop - start)
    ones = WORDS["spread"](seed.graph.constant(1.0), count.shape)
    rows = WORDS["place"](ones, (len(count), seed.size), count, count + start)
    return WORDS["reshape"](rows, (len(count), *seed.shape))


# --- shortcuts and detours ----------------------------------------------------------------------


def _diagonal(y: Node, x: Node) -> Node:
    """The Jacobian where each element of y depends on the same element of x, and no other."""
    (slopes,) = reverse([y], [x])
    assert slopes is not None
    count = np.arange(x.size)
    row = WORDS["reshape"](slopes, (x.size,))
    return WORDS["reshape"](WORDS["place"](row, (x.size, x.size), count, count), y.shape + x.shape)


def _is_elementwise(path: Sequence[Node], x: Node) -> bool:
    return all(isinstance(node.op, Elementwise) and node.shape == x.shape for node in path)


def _has_rules(path: Sequence[Node]) -> bool:
    """Whether a rule of the user's own is on the way; it may branch on the cotangent's value."""
    return any(isinstance(node.op, Ruled) for node in path)


def _row_by_row(y: Node, x: Node) -> Node:
    """The Jacobian from one reverse pass for each element of y."""
    rows = (reverse([y], [x], [_unit(y, i)])[0] for i in range(y.size))
    zeros = _zeros(x, x.shape)
    stacked = WORDS["stack"](tuple(zeros if row is None else row for row in rows))
    return WORDS["reshape"](stacked, y.shape + x.shape)


def _tangent_by_tangent(y: Node, x: Node) -> Node:
    """The gradient of the number y from one forward pass for each element of x."""
    parts = (forward([y], [x], [_unit(x, i)])[0] for i in range(x.size))
    zeros = _zeros(y, y.shape)
    stacked = WORDS["stack"](tuple(zeros if part is None else part for part in parts))
    return WORDS["reshape"](stacked, x.shape)


def _unit(x: Node, i: int) -> Node:
    unit = np.zeros(x.size)
    unit[i] = 1
    return x.graph.constant(unit.reshape(x.shape))
