"""Forward mode: the tangents of results from those of a few nodes, as a graph."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gradcli.ir.node import WORDS, Node, ancestors
from gradcli.ir.op import Elementwise, Linear, Multilinear, Reduction, Structural, as_number
from gradcli.ir.shapes import reduced_shape
from gradcli.passes.cotangent import (
    ZERO,
    Carried,
    add,
    anywhere,
    masked,
    scaled,
    seed_support,
    seeded,
    selected,
    spread_to,
    supported,
    value_at,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from gradcli.ir.op import Partial

    Push = Callable[..., Node]
    """Of the tangents of operands (None: it does not move), these and the result, its tangent."""


def forward(
    ys: Sequence[Node],
    xs: Sequence[Node],
    tangents: Sequence[Node],
    stops: Iterable[Node] = (),
    *,
    whole: bool = False,
    loose: bool = False,
    rules: Callable[[Node], Push | None] | None = None,
) -> list[Node | None]:
    """The tangent of each y when each x moves by its tangent; None where no y depends on any x.

    Zeros of a tangent do not move anything, unless tangents count as a `whole`; nor do those of
    what was not selected, unless it is `loose`. Where there are `rules`, they say by which formula
    the tangent of an elementwise node is to be computed.
    """
    stopped = set(stops).difference(xs)
    first = min((x.order for x in xs), default=0)
    carried: dict[Node, Carried] = {}
    for x, t in zip(xs, tangents, strict=True):
        own = (WORDS["spread"](t, x.shape), None) if whole else seeded(t, x.shape)
        carried[x] = add(carried[x], own) if x in carried else own
    for node in ancestors(ys, after=first - 1):
        if node in carried or node in stopped or not any(x in carried for x in node.inputs):
            continue
        node.graph.place = node.place
        parts = [carried.get(x) for x in node.inputs]
        push = rules and rules(node)
        moved = (push and _pushed(node, push, parts)) or tangent(node, parts)
        carried[node] = (moved[0], None) if loose else moved
    return [value_at(y, carried.get(y)) for y in ys]


def _pushed(node: Node, push: Push, tangents: Sequence[Carried | None]) -> Carried | None:
    """The tangent by a rule; None where some of what moves is not supported everywhere."""
    moving = [t or ZERO for t in tangents]
    if any(support is not None for _, support in moving):
        return None
    value = push([value for value, _ in moving], *node.inputs, node)
    return WORDS["spread"](value, node.shape), None


def tangent(node: Node, tangents: Sequence[Carried | None]) -> Carried:
    """The tangent of a node's result from those of its inputs (None: it does not move)."""
    op = node.op
    if isinstance(op, Elementwise):
        selects = [selected(node, i) if t else None for i, t in enumerate(tangents)]
        return elementwise_tangent(node, tangents, op.partials, selects)
    moving = [t if t is not None and t[0] is not None else None for t in tangents]
    if not any(moving):
        return ZERO
    if isinstance(op, Reduction):
        return _reduction(node, op, moving[0] or ZERO)
    if isinstance(op, Linear):
        return _linear(node, op, moving)
    if isinstance(op, Multilinear):
        return _multilinear(node, op, moving)
    assert isinstance(op, Structural)
    return _structural(node, op, moving)


def elementwise_tangent(
    node: Node,
    tangents: Sequence[Carried | None],
    partials: Sequence[Partial],
    selects: Sequence[Node | None],
) -> Carried:
    """The sum of the tangents times the partials of an elementwise operation, where selected."""
    whole, operands = ZERO, (*node.inputs, node)
    rules = node.graph.slopes.get(node.op)
    for i, tangent in enumerate(tangents):
        if tangent is not None and tangent[0] is not None:
            if rules and selects[i] is None:
                part = supported(rules[i](tangent[0], *operands), tangent[1])
            else:
                part = scaled(tangent, partials[i](*operands), selects[i])
            whole = add(whole, spread_to(part, node.shape))
    return whole


def _reduction(node: Node, op: Reduction, tangent: Carried) -> Carried:
    (x,) = node.inputs
    axes, keepdims = node.attrs
    z = WORDS["reshape"](node, reduced_shape(x.shape, axes, True))
    select = None if op.select is None else op.select(x, z)
    moved, support = spread_to(scaled(tangent, op.weight(x, z), select), x.shape)
    if moved is None:
        return ZERO
    mask = None if support is None else WORDS["any"](support, axes, keepdims)
    return WORDS["sum"](moved, axes, keepdims), mask


def _linear(node: Node, op: Linear, moving: Sequence[Carried | None]) -> Carried:
    count = len(node.inputs) - op.indices
    parts = list(zip(node.inputs, moving[:count], strict=False))
    rest = node.inputs[count:]
    value = op(*(_or_zeros(x, t) for x, t in parts), *rest, attrs=node.attrs)
    if not any(t is not None and t[1] is not None for _, t in parts):
        return value, None
    if _takes_nonzero(op, moving[0]):
        return value, seed_support(value)
    mask = op(*(_mask(x, t) for x, t in parts), *rest, attrs=node.attrs)
    return value, mask > 0.0


def _takes_nonzero(op: Linear, tangent: Carried | None) -> bool:
    """Whether an operation takes elements of its input whose tangent moves where it is not 0."""
    value, support = tangent or ZERO
    takes = op.selective or op.moves
    return takes and value is not None and support is seed_support(value)


def _or_zeros(x: Node, tangent: Carried | None) -> Node:
    """The tangent of an input; zeros where it does not move."""
    value, _ = tangent or ZERO
    return WORDS["spread"](x.graph.constant(0.0), x.shape) if value is None else value


def _mask(x: Node, tangent: Carried | None) -> Node:
    """Where the tangent of an input is supported, as numbers."""
    _, support = tangent or ZERO
    if support is not None:
        return as_number(support)
    return WORDS["spread"](x.graph.constant(0.0 if tangent is None else 1.0), x.shape)


def _multilinear(node: Node, op: Multilinear, moving: Sequence[Carried | None]) -> Carried:
    whole = ZERO
    for i, tangent in enumerate(moving):
        if tangent is None:
            continue
        _, mask = tangent
        inputs = list(node.inputs)
        inputs[i] = _or_zeros(inputs[i], tangent)
        if mask is not None and op.masked is not None:
            value = op.masked(inputs, node.attrs, i, mask)
        else:
            value = op(*inputs, attrs=node.attrs)
        support = None
        if mask is not None:
            ones = [WORDS["spread"](x.graph.constant(1.0), x.shape) for x in node.inputs]
            ones[i] = as_number(mask)
            support = op(*ones, attrs=node.attrs) > 0.0
        whole = add(whole, (value, support))
    return whole


def _reached(node: Node, op: Structural, support: Node) -> Node:
    """Where the tangent of the result is supported: all of it, unless the operation says."""
    if op.reach is None:
        return anywhere(support, node.shape)
    return op.reach(as_number(support), attrs=node.attrs) > 0.0


def _structural(node: Node, op: Structural, moving: Sequence[Carried | None]) -> Carried:
    value = op.jvp(node, [None if t is None else t[0] for t in moving])
    if value is None:
        return ZERO
    masks = [None if t is None else t[1] for t in moving]
    if any(t is not None and mask is None for t, mask in zip(moving, masks, strict=True)):
        return value, None
    some = [_reached(node, op, mask) for mask in masks if mask is not None]
    mask = some[0]
    for other in some[1:]:
        mask = mask | other
    return masked(value, mask)
