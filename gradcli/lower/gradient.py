"""What a gradient needs in the language and in the engine alike: seeds, zeros, and notices."""

from __future__ import annotations

from functools import cached_property
from itertools import compress
from typing import TYPE_CHECKING, Any

import numpy as np

from gradcli.errors import GradcliError, Notice, ShapeError, Span
from gradcli.ir.node import WORDS, Node, ancestors
from gradcli.ir.op import as_number
from gradcli.ir.shapes import show_shape
from gradcli.lower.values import fits, to_node

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence


class Differentiated:
    """What was differentiated: sum(y * seed) over all ys, by the xs, which messages call `names`.

    Nothing flowed back through `stops`; `gives` is what messages call the result. With `each` it
    was each element of the one y by itself: a Jacobian.
    """

    def __init__(
        self,
        ys: Sequence[Node],
        xs: Sequence[Node],
        names: Sequence[str],
        seeds: Sequence[Node | None] | None = None,
        stops: Sequence[Node] = (),
        gives: str = "gradient",
        each: bool = False,
    ) -> None:
        self.ys = ys
        self.xs = xs
        self.names = names
        self.seeds = seeds
        self.stops = stops
        self.gives = gives
        self.each = each

    def parts(self) -> Iterator[Differentiated]:
        """One differentiation for each element that has a gradient of its own, unless too many."""
        if not self.each or self.ys[0].size > _ELEMENTS:
            yield self
            return
        (y,) = self.ys
        for i in range(y.size):
            seed = np.zeros(y.size)
            seed[i] = 1.0
            seeds = [y.graph.constant(seed.reshape(y.shape))]
            yield Differentiated(self.ys, self.xs, self.names, seeds, self.stops, self.gives)

    def zeros(self, decisions: Sequence[Node], span: Span | None = None) -> list[Notice]:
        """A warning for each x by which the gradient is zero everywhere; none of higher orders.

        `decisions` are those of the program, `span` is where it takes the gradient.
        """
        notices: list[Notice] = []
        if self.gives == SECOND:
            return notices
        ways = Ways(self.ys, self.xs)
        for name, x in zip(self.names, self.xs, strict=True):
            if x not in self.ys and x not in ancestors(self.ys, after=x.order - 1):
                notices.append(unconnected_notice(name, x, self.ys, decisions, span))
            elif (notice := vanishing_notice(ways, name, x)) is not None:
                notices.append(notice)
        return notices


_ELEMENTS = 100
"""Of a Jacobian that are looked at one by one."""


SECOND = "second derivative"
"""What messages call the derivative of a gradient."""


def seed_node(
    value: Any, y: Node, what: str = "the seed", error: type[GradcliError] = ShapeError
) -> Node:
    """A seed or direction for y: a node of y's shape, truth values as numbers.

    `value` is a node, a number or an array that broadcasts to y; else an `error` that calls it
    `what` and names both shapes.
    """
    seed = to_node(value, y.graph)
    if not fits(seed.shape, y.shape):
        shapes = f"{show_shape(seed.shape)}, which does not broadcast to {show_shape(y.shape)}"
        raise error(f"{what} has shape {shapes}")
    return WORDS["spread"](as_number(seed), y.shape)


def zeros_like(x: Node) -> Node:
    """The gradient by x of what does not depend on it."""
    return WORDS["spread"](x.graph.constant(0.0), x.shape)


def filled(gradients: Sequence[Node | None], xs: Sequence[Node]) -> list[Node]:
    """The gradients by the xs, zeros for those that nothing depends on."""
    pairs = zip(gradients, xs, strict=True)
    return [zeros_like(x) if gradient is None else gradient for gradient, x in pairs]


def unconnected_notice(
    name: str, x: Node, ys: Sequence[Node], decisions: Sequence[Node], span: Span | None = None
) -> Notice:
    """The warning that no slope leads from the ys to x, an input or value of this name.

    What x may decide is looked for in the indices of operations (`take(p, x)`), and in the
    decisions of the run: its indices, counts, conditions.
    """
    decides = x in ancestors([*ys, *decisions], after=x.order - 1)
    choice = f"depends on {name} only through an index, a count or a condition"
    fact = choice if decides else f"does not depend on {name}"
    message = f"the value {fact}: its gradient is 0"
    return Notice(message, span=span, kind="unused")


def obstacle(ys: Sequence[Node], x: Node) -> Node | None:
    """The first node at which every way from x to the ys ends; None if a way is open."""
    smooth = {x}
    first: Node | None = None
    for node in ancestors(ys, after=x.order):
        reached = [i in smooth for i in node.inputs]
        flows = node.op.flows(len(reached))
        if any(r and f for r, f in zip(reached, flows, strict=True)):
            smooth.add(node)
        elif any(reached) and first is None:
            first = node
    return None if not smooth.isdisjoint(ys) else first


class Ways:
    """The ways along which derivatives flow from xs to ys: one walk answers for all of them."""

    def __init__(self, ys: Sequence[Node], xs: Iterable[Node]) -> None:
        self.ys, self.xs = ys, xs

    @cached_property
    def starts(self) -> set[Node]:
        """The nodes from which a way leads to a y."""
        reached = set(self.ys)
        before = min((x.order for x in self.xs), default=0) - 1
        for node in reversed(ancestors(self.ys, after=before)):
            if node in reached:
                flows = node.op.flows(len(node.inputs))
                reached.update(compress(node.inputs, flows))
        return reached

    def obstacle(self, x: Node) -> Node | None:
        """The first node at which every way from x ends; None if a way is open."""
        return None if x in self.starts else obstacle(self.ys, x)


def vanishing_notice(ways: Ways, name: str, x: Node) -> Notice | None:
    """The warning that a gradient is zero because of one operation."""
    node = ways.obstacle(x)
    if node is None:
        return None
    return Notice(
        f"the value depends on {name} only through {node.op.word}: its gradient is 0",
        span=node.span,
        kind="vanishing",
    )
