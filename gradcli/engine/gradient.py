"""The one gradient: seeds, methods, what stands where nothing depends, and the notices about it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from gradcli.errors import InputError, Notice
from gradcli.ir.node import WORDS, Node
from gradcli.lower.gradient import (
    SECOND,
    Ways,
    filled,
    obstacle,
    seed_node,
    unconnected_notice,
    vanishing_notice,
    zeros_like,
)
from gradcli.passes import modes

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from gradcli.engine.run import Run

    Array = np.ndarray[Any, np.dtype[Any]]
    Seeds = Sequence[Node | None] | None

SETTLED = 1e-6
"""To what tolerance finite differences must be known to pass for a gradient."""


class Gradient:
    """The gradient of the sum of `ys` by `x`: a node, or an array that another method has given.

    `node` is None where no way leads from x to the ys; `name` is how messages call x, and None
    where nobody is to be told that nothing depends on it; `decisions` are those of the run, `ways`
    those to the ys, which the gradients by several x share.
    """

    __slots__ = ("array", "decisions", "name", "node", "ways", "x", "ys")

    def __init__(
        self,
        ys: Sequence[Node],
        x: Node,
        node: Node | None,
        name: str | None = None,
        decisions: Sequence[Node] = (),
        ways: Ways | None = None,
    ) -> None:
        self.ways = ways
        self.decisions = decisions
        self.ys = ys
        self.x = x
        self.node = node
        self.name = name
        self.array: Array | None = None

    def or_zeros(self) -> Node:
        """The node, or zeros where nothing depends on x."""
        return zeros_like(self.x) if self.node is None else self.node

    def filled(self, unconnected: str) -> Node | None:
        """The node; where nothing depends on x zeros, or None if that is what is wanted there."""
        return self.node if unconnected == "none" else self.or_zeros()

    def notice(self, array: Array | None) -> Notice | None:
        """Why the gradient is zero everywhere, if one knows."""
        if self.name is None or (array is not None and (array.any() if array.ndim else array)):
            return None
        if self.node is None:
            return unconnected_notice(self.name, self.x, self.ys, self.decisions)
        return vanishing_notice(self.ways or Ways(self.ys, [self.x]), self.name, self.x)


def seeds_of(run: Run, dy: Any) -> list[Node | None] | None:
    """The seed of a run's value."""
    if dy is None:
        return None
    if len(run.results) != 1:
        raise InputError("a seed needs one value, and the program gives a tuple")
    return [seed_node(dy, run.results[0], error=InputError)]


def total(run: Run) -> Node:
    """The value that is differentiated: the program's, of a tuple the sum of all its parts."""
    run.refuse_truth()
    if not run.results:
        return run.graph.constant(0.0)
    return run.results[0] if len(run.results) == 1 else weighted(run.results, None)


def weighted(ys: Sequence[Node], seeds: Sequence[Node | None] | None) -> Node:
    """sum(value * seed), one number."""
    pairs = zip(ys, seeds or [None] * len(ys), strict=True)
    first, *rest = (WORDS["sum"](y if s is None else y * s) for y, s in pairs)
    return sum(rest, first)


def gradients(
    run: Run, wrt: Sequence[str], dy: Any = None, method: str = ""
) -> dict[str, Gradient]:
    """The gradients of sum(value * dy) by inputs, by a method, or by that of the settings."""
    method = method or run.settings.method
    xs = run.differentiable(wrt)
    run.refuse_truth()
    seeds = seeds_of(run, dy)
    nodes = modes.reverse(run.results, xs, seeds)
    run.note(run.results, dict(zip(wrt, xs, strict=True)), seeds)
    ways = Ways(run.results, xs)
    slopes = {
        name: Gradient(run.results, x, node, name, run.interpreter.decisions, ways)
        for name, x, node in zip(wrt, xs, nodes, strict=True)
    }
    if method != "reverse":
        by_method = _METHODS[method]
        for slope in slopes.values():
            if slope.node is not None:
                slope.array = by_method(run, slope, seeds, dy)
    return slopes


def _at_once(slope: Gradient, seeds: Seeds) -> Node | None:
    """Terms that add up to sum(value * seed), if each depends on one element of x, the same."""
    from gradcli.exec.traits import is_total

    terms: list[Node] = []
    for y, factor in zip(slope.ys, seeds or [None] * len(slope.ys), strict=True):
        each = y.inputs[0] if is_total(y) else y
        if each.shape != slope.x.shape or not modes.is_elementwise(each, slope.x):
            return None
        weight = factor if each is y or factor is None else WORDS["reshape"](factor, ())
        terms.append(each if weight is None else each * weight)
    return sum(terms[1:], terms[0])


def _forward(run: Run, slope: Gradient, seeds: Seeds, _dy: Any) -> Array:
    """One tangent for each element of x, or for all of them if the value is elementwise."""
    each = _at_once(slope, seeds)
    if each is None:
        return run.array(modes.jacobian_forward(weighted(slope.ys, seeds), slope.x))
    (tangents,) = modes.forward([each], [slope.x], [run.graph.constant(1.0)])
    return run.array(zeros_like(slope.x) if tangents is None else tangents)


def _complex_step(run: Run, slope: Gradient, seeds: Seeds, _dy: Any) -> Array:
    from gradcli.exec.complex_step import complex_step

    inputs = {node: run.evaluator.values[node] for node in run.inputs.values()}
    each = _at_once(slope, seeds)
    value = each or weighted(slope.ys, seeds)
    array: Array = complex_step(value, inputs, slope.x, at_once=each is not None)
    return array


def _numeric(run: Run, slope: Gradient, _seeds: Seeds, dy: Any) -> Array:
    """Finite differences, with a warning where they do not settle on a slope."""
    from gradcli.engine.checking.differences import differences
    from gradcli.engine.checking.moves import Moves

    assert slope.name is not None
    moves = Moves(run.in_double(), slope.name, dy)
    atol = SETTLED * moves.scale()
    slopes = differences(moves.curves, lambda slopes: slopes.known(SETTLED / 100, atol / 100))
    vague = np.argwhere(moves.lanes.spread(~slopes.known(SETTLED, atol)))
    if len(vague):
        run.notices.append(_unsettled(slope.name, vague))
    return moves.lanes.spread(slopes.central.value).astype(run.graph.dtype)


def _unsettled(name: str, vague: Array) -> Notice:
    """The warning about elements, in rows of indices, at which differences are no gradient."""
    index = ", ".join(map(str, vague[0].tolist()))
    more = f" and {len(vague) - 1} more" if len(vague) > 1 else ""
    element = f"{name}[{index}]" if index else name
    return Notice(
        f"finite differences do not settle on a slope at {element}{more}",
        help="⟨method reverse⟩ and forward are exact",
        kind="numeric",
    )


_METHODS: Mapping[str, Callable[[Run, Gradient, Seeds, Any], Array]] = {
    "forward": _forward,
    "complex-step": _complex_step,
    "numeric": _numeric,
}


def slopes_of(run: Run, y: Node, xs: Mapping[str, Node]) -> dict[str, Node]:
    """The gradients of a number, to be differentiated again."""
    run.note([y], xs, warns=True)
    nodes = filled(modes.reverse([y], [*xs.values()]), [*xs.values()])
    return dict(zip(xs, nodes, strict=True))


def derivative_of_order(order: int) -> str:
    """What messages call the derivative of this order."""
    words = {1: "gradient", 2: SECOND}
    return words.get(order) or f"derivative of order {order}"


def is_stopped(ys: Sequence[Node], x: Node) -> bool:
    """Whether every way from x to the ys goes through an identity without derivative, a stop."""
    node = obstacle(ys, x)
    return node is not None and node.op.identity and node.op.flat


def repeated_gradient(
    run: Run, ys: Sequence[Node], by: Sequence[tuple[str, Node]], *, warns: bool = False
) -> Gradient:
    """The gradient of the sum by the first of named xs, of the sum of that by the next, and on.

    It `warns` where the first of them is zero everywhere.
    """
    slope = Gradient(ys, by[0][1], None)
    for order, (name, x) in enumerate(by):
        (node,) = modes.reverse(ys, [x]) if ys and not is_stopped(ys, x) else (None,)
        run.note(ys, {name: x}, warns=warns and not order, gives=derivative_of_order(order + 1))
        slope = Gradient(ys, x, node)
        ys = [] if node is None else [node]
    return slope
