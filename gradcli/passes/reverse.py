"""Reverse mode: the cotangents of many nodes from those of a few results, as a graph."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from gradcli.ir.node import WORDS, Node, ancestors
from gradcli.ir.op import Elementwise, Linear, Multilinear, Reduction, Structural, as_number
from gradcli.ir.shapes import reduced_shape
from gradcli.passes.cotangent import (
    ZERO,
    Carried,
    add,
    anywhere,
    both,
    masked,
    scaled,
    seeded,
    spread_to,
    sum_to,
    supported,
    times,
    value_at,
)

if TYPE_CHECKING:
    from collections.abc import (
        Callable,
        Collection,
        Container,
        Iterable,
        Iterator,
        Mapping,
        Sequence,
    )
    from typing import Any, TypeVar

    from gradcli.ir.record import Op

    Taps = Mapping[Node, Callable[[Node], Node]]
    T = TypeVar("T")


def reverse(
    ys: Sequence[Node],
    xs: Sequence[Node],
    seeds: Sequence[Node | None] | None = None,
    stops: Iterable[Node] = (),
    *,
    whole: bool = False,
    loose: Container[Op] | None = None,
    taps: Taps | None = None,
) -> list[Node | None]:
    """The gradient of sum(y * seed) over all ys for each x; None where no y depends on the x.

    A seed of None is ones. Nothing flows further back through a node in `stops`. Zeros of a seed
    stop the flow, too, unless seeds count as a `whole`. If it is `loose`, zeros of what was not
    selected are multiplied on like other numbers; and of these operations the choice is a factor,
    so that its zeros have a sign. A function in `taps` is given the cotangent of its node, and says
    what goes on in its place.
    """
    gradients = cotangents(ys, xs, seeds, stops, whole=whole, loose=loose, taps=taps)
    return [value_at(x, gradients.get(x)) for x in xs]


def cotangents(
    ys: Sequence[Node],
    xs: Sequence[Node],
    seeds: Sequence[Node | None] | None = None,
    stops: Iterable[Node] = (),
    *,
    whole: bool = False,
    loose: Container[Op] | None = None,
    taps: Taps | None = None,
) -> dict[Node, Carried]:
    """The same with the supports, without the xs that no y depends on."""
    stopped = set(stops)
    active = _between(ys, xs, stopped)
    carried = _seeded(ys, seeds or [None] * len(ys), whole)
    gradients: dict[Node, Carried] = {}
    wanted = set(xs)
    way = ys[0].graph.way if ys else None
    if way is not None:
        carried = way.set_out(carried)
    slopes = ys[0].graph.slopes if ys else {}
    for node in reversed(active) if way is None else way.order(active):
        cotangent = carried.pop(node, None)
        if cotangent is None:
            continue
        if loose is not None:
            cotangent = cotangent[0], None
        if taps and node in taps:
            value = value_at(node, cotangent)
            assert value is not None
            cotangent = taps[node](value), None
        if node in wanted:
            gradients[node] = cotangent
        if not node.inputs or node in stopped:
            continue
        node.graph.place = node.place
        if way is not None:
            way.come_to(node, cotangent[0])
        op = node.op
        if isinstance(op, Elementwise) and 0 not in node.shape and op not in slopes:
            _elementwise(node, op, cotangent, active, carried, loose)
            continue
        for x, part in _contributions(node, cotangent, active, loose):
            carried[x] = add(carried[x], part) if x in carried else part
    if way is not None:
        way.leave()
    return gradients


def _between(ys: Sequence[Node], xs: Sequence[Node], stopped: set[Node]) -> dict[Node, None]:
    """What of all that the ys are made of depends on an x, inputs first."""
    first = min([x.order for x in xs], default=0)
    wanted = set(xs)
    active: dict[Node, None] = {}
    is_active = active.keys()
    for node in ancestors(ys, after=first - 1):
        if node in wanted or not (node in stopped or is_active.isdisjoint(node.inputs)):
            active[node] = None
    return active


def _seeded(ys: Sequence[Node], seeds: Sequence[Node | None], whole: bool) -> dict[Node, Carried]:
    """The cotangents to start from: the seeds, or ones."""
    carried: dict[Node, Carried] = {}
    for y, seed in zip(ys, seeds, strict=True):
        full = y.graph.constant(1.0) if seed is None else seed
        start = (WORDS["spread"](full, y.shape), None) if whole else seeded(full, y.shape)
        carried[y] = add(carried[y], start) if y in carried else start
    return carried


def _contributions(
    node: Node, cotangent: Carried, active: Collection[Node], loose: Container[Op] | None
) -> Iterable[tuple[Node, Carried]]:
    """The contribution of a node's cotangent to each of its active inputs; no elements give 0.

    The node is not elementwise, or has no elements, or slopes of its own.
    """
    op = node.op
    if cotangent[0] is None or 0 in node.shape:
        return [(x, ZERO) for x in node.inputs if x in active]
    if isinstance(op, Elementwise):
        return _by_slopes(node, op, cotangent, node.graph.slopes[op], active)
    if isinstance(op, Reduction):
        return [(node.inputs[0], _reduction(node, op, cotangent, loose))]
    if node.graph.trusts:
        cotangent = cotangent[0], None
    elif cotangent[1] is not None or (isinstance(op, Linear) and op.selective):
        node.graph.masks = True
    if isinstance(op, Linear):
        return _linear(node, op, cotangent)
    if isinstance(op, Multilinear):
        return [
            (x, _multilinear(node, op, cotangent, i))
            for i, x in _in_turn(node, enumerate(node.inputs))
            if x in active
        ]
    assert isinstance(op, Structural)
    return _structural(node, op, cotangent, active)


def _elementwise(
    node: Node,
    op: Elementwise,
    cotangent: Carried,
    active: Collection[Node],
    carried: dict[Node, Carried],
    loose: Container[Op] | None,
) -> None:
    """The chain rule, added to what is carried; at once where nothing was selected or broadcast."""
    value, support = cotangent
    inputs, shape = node.inputs, node.shape
    operands = (*inputs, node)
    part: Carried
    if op.opposed and inputs[0] is inputs[1] and inputs[0] in active and value is not None:
        part = WORDS["sub"](value, value), support  # in one, which takes no digits of what is there
        x = inputs[0]
        carried[x] = add(carried[x], part) if x in carried else part
        return
    plain = value if support is None else None
    links: Iterable[Any] = zip(inputs, op.chain)  # noqa: B905 - quicker so
    if node.graph.way is not None:
        links = _in_turn(node, links)
    for x, (partial, constant, select) in links:
        if x in active:
            factor = partial(*operands) if constant is None else constant
            if plain is not None and select is None and x.shape == shape:
                part = times(plain, factor), None
            else:
                selected = None if select is None else select(*operands)
                factor, selected = _as_factor(op, factor, selected, loose)
                part = sum_to(scaled(cotangent, factor, selected), x.shape)
            carried[x] = add(carried[x], part) if x in carried else part


def _in_turn(node: Node, links: Iterable[T]) -> Iterable[T]:
    """What belongs to the operands of a node, in the order in which they are given their part."""
    way = node.graph.way
    return links if way is None or not way.last_first else reversed([*links])


def _by_slopes(
    node: Node,
    op: Elementwise,
    cotangent: Carried,
    rules: Sequence[Callable[..., Node]],
    active: Collection[Node],
) -> Iterator[tuple[Node, Carried]]:
    """The chain rule where a framework's own formula is the derivative times the slope."""
    value, support = cotangent
    operands = (*node.inputs, node)
    for i, x in _in_turn(node, enumerate(node.inputs)):
        if x in active:
            select = op.selects[i]
            within = support if select is None else both(support, select(*operands))
            yield x, sum_to(supported(rules[i](value, *operands), within), x.shape)


def _as_factor(
    op: Op, factor: Node | float, selected: Node | None, loose: Container[Op] | None
) -> tuple[Node | float, Node | None]:
    """A partial and the mask of what was selected, which is a factor of it if that is wanted."""
    if selected is None or loose is None or op not in loose:
        return factor, selected
    return as_number(selected) * factor, None


def _reduction(
    node: Node, op: Reduction, cotangent: Carried, loose: Container[Op] | None
) -> Carried:
    (x,) = node.inputs
    kept = reduced_shape(x.shape, node.attrs[0], True)
    value, support = cotangent
    assert value is not None
    mask = None if support is None else WORDS["reshape"](support, kept)
    up = WORDS["reshape"](value, kept), mask
    z = WORDS["reshape"](node, kept)
    select = None if op.select is None else op.select(x, z)
    rules = node.graph.slopes.get(op)
    if rules:
        return supported(rules[0](up[0], x, z), both(up[1], select))
    weight, select = _as_factor(op, op.weight(x, z), select, loose)
    return spread_to(scaled(up, weight, select), x.shape)


def _linear(node: Node, op: Linear, cotangent: Carried) -> Iterator[tuple[Node, Carried]]:
    value, support = cotangent
    assert value is not None
    if support is None and op.selective and not node.graph.trusts:
        support = WORDS["spread"](node.graph.constant(np.True_), node.shape)
    count = len(node.inputs) - op.indices
    values = op.adjoint(node, value)
    masks = op.adjoint(node, as_number(support)) if support is not None else (None,) * count
    for x, part, mask in zip(node.inputs[:count], values, masks, strict=True):
        yield x, (part, None if mask is None else mask > 0.0)


def _multilinear(node: Node, op: Multilinear, cotangent: Carried, i: int) -> Carried:
    value, support = cotangent
    assert value is not None
    if support is None:
        return op.adjoint(node.inputs, node.attrs, value, i), None
    masked = {} if op.masked is None else {"mask": support}
    part = op.adjoint(node.inputs, node.attrs, value, i, **masked)
    ones = tuple(WORDS["spread"](x.graph.constant(1.0), x.shape) for x in node.inputs)
    return part, op.adjoint(ones, node.attrs, as_number(support), i) > 0.0


def _structural(
    node: Node, op: Structural, cotangent: Carried, active: Collection[Node]
) -> Iterator[tuple[Node, Carried]]:
    value, support = cotangent
    assert value is not None
    rules = node.graph.slopes.get(op)
    parts: Sequence[Node | None]
    if rules:
        parts = [rule(value, *node.inputs, node) for rule in rules]
    else:
        parts = op.vjp(node, value, active) if op.wanting else op.vjp(node, value)
    for x, part in zip(node.inputs, parts, strict=True):
        if part is None:
            if not op.parts:
                yield x, ZERO
        elif support is None:
            yield x, (part, None)
        else:
            yield x, masked(part, _reached(node, op, support, x))


def _reached(node: Node, op: Structural, support: Node, x: Node) -> Node:
    """Where the cotangent of an input is supported: all of it, unless the operation says."""
    if op.reach is None:
        return anywhere(support, x.shape)
    (mask,) = op.reach.adjoint(node, as_number(support))
    return mask > 0.0
