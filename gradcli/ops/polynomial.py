"""Polynomials by their coefficients, the highest power first."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from gradcli.errors import DomainError, ShapeError
from gradcli.ir.function import function
from gradcli.ir.op import as_number
from gradcli.ops.powers import pow_
from gradcli.ops.shape import along, concat, spread, stack, vector_of
from gradcli.ops.signals import convolve

if TYPE_CHECKING:
    from gradcli.ir.function import Array, Arrays, Flag, Int
    from gradcli.ir.node import Node


@function(example="polyval([1, 2, 3], 2)")
def polyval(p: Arrays, x: Array) -> Node:
    """The value at x of the polynomial with coefficients p, by Horner's scheme."""
    whole: Any = spread(x.graph.constant(0.0), x.shape)
    for k, c in enumerate(p):
        whole = c + whole if not k else whole * x + c
    return whole


def _longer(p: Node, n: int) -> Node:
    """The coefficients with zeros before them, up to a number."""
    if p.size == n:
        return p
    return concat((spread(p.graph.constant(0.0), (n - p.size,)), p))


@function(example="polyadd([1, 2], [1, 0, 0])", signatures="np.polyadd(a1: p, a2: q)")
def polyadd(p: Array, q: Array) -> Node:
    """The coefficients of the sum of two polynomials."""
    p, q = vector_of(p, "polyadd"), vector_of(q, "polyadd")
    n = max(p.size, q.size)
    return _longer(p, n) + _longer(q, n)


@function(example="polysub([1, 2], [1, 0, 0])", signatures="np.polysub(a1: p, a2: q)")
def polysub(p: Array, q: Array) -> Node:
    """The coefficients of the difference of two polynomials."""
    p, q = vector_of(p, "polysub"), vector_of(q, "polysub")
    n = max(p.size, q.size)
    return _longer(p, n) - _longer(q, n)


@function(example="polymul([1, 2], [1, 3])", signatures="np.polymul(a1: p, a2: q)")
def polymul(p: Array, q: Array) -> Node:
    """The coefficients of the product of two polynomials."""
    return convolve(vector_of(p, "polymul"), vector_of(q, "polymul"))


def _not_negative(name: str, m: int) -> None:
    if m < 0:
        raise DomainError(f"{name} is taken 0 times or more")


@function(example="polyder([1, 2, 3])")
def polyder(p: Array, m: Int = 1) -> Node:
    """The coefficients of the m-th derivative."""
    p = vector_of(p, "polyder")
    _not_negative("polyder", m)
    for _ in range(min(m, p.size)):
        powers = np.arange(p.size - 1, 0, -1.0)
        p = along(p, 0, slice(None, max(p.size - 1, 0))) * p.graph.constant(powers)
    return p


@function(example="polyint([2, 2])")
def polyint(p: Array, m: Int = 1, k: Array | None = None) -> Node:
    """The coefficients of the m-th integral, with constants k (0)."""
    p = vector_of(p, "polyint")
    _not_negative("polyint", m)
    p.graph.check_size((p.size + m, max(m, 1)))  # the terms of all integrals together
    constants = spread(as_number(p.graph.lift(0.0 if k is None else k)), (m,))
    for i in range(m):
        powers = np.arange(p.size, 0, -1.0)
        p = concat((p / p.graph.constant(powers), along(constants, 0, slice(i, i + 1))))
    return p


@function(
    example="vander([1, 2, 3])",
    makes=lambda bound: (max(bound["x"].size, 1), bound["n"] or 1),
    signatures="""
        torch.linalg.vander(x, *, N=None); increasing=True
    """,
)
def vander(x: Array, n: Int | None = None, increasing: Flag = False) -> Node:
    """The matrix whose columns are powers of x, the highest first."""
    x = vector_of(x, "vander")
    count = x.size if n is None else int(n)
    order = range(count) if increasing else range(count - 1, -1, -1)
    ones = spread(x.graph.constant(1.0), x.shape)
    if count < 1:
        raise ShapeError("vander needs a column at least")
    columns = [ones if k == 0 else pow_(x, float(k)) for k in order]
    return stack(columns, 1)
