"""What both modes carry along: a derivative and where it is supported.

A branch that was not selected contributes nothing, whatever its derivatives are. So a cotangent or
tangent is a value and a mask: outside the mask the value is 0 and stays 0, through any factor. A
mask of None means everywhere; a value of None is a zero that is known to be one.
"""

from __future__ import annotations

from typing import TypeAlias

from gradcli.ir.node import TRACE, WORDS, Node, literal
from gradcli.ir.op import Elementwise

Carried: TypeAlias = "tuple[Node | None, Node | None]"
"""A cotangent or tangent: its value, and the mask of where it is supported."""

ZERO: Carried = None, None


def value_at(node: Node, carried: Carried | None) -> Node | None:
    """The derivative that a node ends up with: a known zero is zeros of its shape."""
    if carried is None:
        return None
    value, _ = carried
    return WORDS["spread"](node.graph.constant(0.0), node.shape) if value is None else value


def spread_to(carried: Carried, shape: tuple[int, ...]) -> Carried:
    """The same, broadcast to a shape."""
    value, support = carried
    return (
        None if value is None else WORDS["spread"](value, shape),
        None if support is None else WORDS["spread"](support, shape),
    )


def sum_to(carried: Carried, shape: tuple[int, ...]) -> Carried:
    """The adjoint of broadcasting; a sum is supported where one of its terms is."""
    value, support = carried
    if value is None or value.shape == shape:
        return carried
    if support is not None:
        support = some_to(support, shape)
    return WORDS["sum_to"](value, shape), support


def some_to(mask: Node, shape: tuple[int, ...]) -> Node:
    """A mask folded down to a shape that broadcasts to its own."""
    lead = len(mask.shape) - len(shape)
    kept = (1,) * lead + shape
    axes = tuple(i for i, n in enumerate(mask.shape) if kept[i] != n)
    return WORDS["reshape"](WORDS["any"](mask, axes), shape)


def both(a: Node | None, b: Node | None) -> Node | None:
    """Where both masks hold."""
    if a is None or b is None:
        return a or b
    return a if a is b else a & b


def add(a: Carried, b: Carried) -> Carried:
    """The sum of two contributions, supported where one of them is."""
    (x, mask), (y, other) = a, b
    if x is None:
        return b
    if y is None:
        return a
    if mask is not None and mask is not other:
        mask = None if other is None else mask | other
    return WORDS["add_traces" if x.dtype is TRACE else "add"](x, y), mask


def masked(value: Node, mask: Node) -> Carried:
    """A derivative with the mask of where it is supported; what a loop keeps is left as it is."""
    return value if value.dtype is TRACE else WORDS["where"](mask, value, 0.0), mask


def supported(value: Node, support: Node | None) -> Carried:
    """A derivative by a framework's own formula, inside what was selected before."""
    if support is None:
        return value, None
    return masked(value, WORDS["spread"](support, value.shape))


def times(value: Node, factor: Node | float) -> Node | None:
    """A value times a partial derivative; None where that is 0 everywhere."""
    if factor.__class__ is Node:
        return WORDS["mul"](value, factor)
    if factor == 1:
        return value
    if factor == -1:
        return WORDS["neg"](value)
    return WORDS["mul"](value, factor) if factor else None


def scaled(carried: Carried, factor: Node | float, select: Node | None) -> Carried:
    """The chain rule for one elementwise partial: times a factor, inside what was selected."""
    value, support = carried
    if value is None:
        return ZERO
    product = times(value, factor)
    if product is None:
        return ZERO
    joined = both(support, select)
    if joined is not None and (select is not None or isinstance(factor, Node)):
        product = WORDS["where"](joined, product, 0.0)
        joined = WORDS["spread"](joined, product.shape)
    return product, joined


def partials(node: Node, i: int) -> tuple[Node | float, Node | None]:
    """The partial derivative of an elementwise node by input i, and where that was selected."""
    op = node.op
    assert isinstance(op, Elementwise)
    return op.partials[i](*node.inputs, node), selected(node, i)


def selected(node: Node, i: int) -> Node | None:
    """The mask of where an elementwise node has selected input i; None is everywhere."""
    op = node.op
    assert isinstance(op, Elementwise)
    select = op.selects[i]
    return None if select is None else select(*node.inputs, node)


def anywhere(mask: Node, shape: tuple[int, ...]) -> Node:
    """A mask of a shape that holds throughout if the given one holds at all."""
    return WORDS["spread"](WORDS["any"](mask), shape)


def seed_support(seed: Node) -> Node:
    """Seeds are supported where they are not 0."""
    return WORDS["ne"](seed, 0.0)


def seeded(seed: Node, shape: tuple[int, ...]) -> Carried:
    """A seed as a value of that shape, and where it is supported; a number is so everywhere."""
    value = WORDS["spread"](seed, shape)
    return value, None if literal(seed) else seed_support(value)
