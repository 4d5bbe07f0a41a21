"""Sums of products, as one node each: what coefficients of power series are made of."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from gradcli.ir.op import Elementwise

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from gradcli.ir.node import Node


def sum_of_products(terms: Iterable[tuple[int, Node | None, Node | None]]) -> Node | None:
    """The sum of products of a whole number and two nodes, of which None stands for zero."""
    parts = [(n, x, y) for n, x, y in terms if x is not None and y is not None]
    if not parts:
        return None
    if len(parts) == 1:
        n, x, y = parts[0]
        return x * y if n == 1 else float(n) * (x * y)
    factors, lefts, rights = zip(*parts, strict=True)
    return products(tuple(map(float, factors)))(*lefts, *rights)


@cache
def products(factors: tuple[float, ...]) -> Elementwise:
    """The sum of products of factors, operands, and as many operands more."""
    count = len(factors)

    def kernel(*arrays: Any) -> Any:
        total: Any = 0.0
        for factor, x, y in zip(factors, arrays[:count], arrays[count:], strict=True):
            total = total + (x * y if factor == 1.0 else factor * (x * y))
        return total

    def by_operand(i: int) -> Callable[..., Node]:
        factor, other = factors[i % count], (i + count) % (2 * count)
        return lambda *nodes: nodes[other] if factor == 1.0 else factor * nodes[other]

    scaled = ["" if factor == 1.0 else f"{factor:g}*" for factor in factors]
    terms = [f"{scale}{{{i}:6}}*{{{count + i}:7}}" for i, scale in enumerate(scaled)]
    partials = [by_operand(i) for i in range(2 * count)]
    return Elementwise("products", kernel, *partials, notation=(" + ".join(terms), 5))
