"""The one gradient: seeds, methods, what stands where nothing depends, and the notices about it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from gradcli.engine.collector import Paused
from gradcli.errors import InputError, Notice
from gradcli.ir.node import WORDS, Node
from gradcli.ir.shapes import show_shape
from gradcli.lower.values import fits
from gradcli.passes import modes

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from gradcli.engine.run import Run

    Array = np.ndarray[Any, np.dtype[Any]]


class Gradient:
    """The gradient of the sum of `ys` by `x`: a node, or an array that another method has given.

    `node` is None where no way leads from x to the ys; `name` is how messages call x, and None
    where nobody is to be told that nothing depends on it.
    """

    __slots__ = ("array", "name", "node", "x", "ys")

    def __init__(
        self, ys: Sequence[Node], x: Node, node: Node | None, name: str | None = None
    ) -> None:
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
        if self.name is None or (array is not None and np.any(array)):
            return None
        if self.node is None:
            return Notice(
                f"the value does not depend on {self.name}: its gradient is 0", kind="unused"
            )
        from gradcli.engine.points.vanishing import vanishes

        return vanishes(self.ys, self.name, self.x)


def zeros_like(x: Node) -> Node:
    """Zeros of the shape of a node."""
    return WORDS["spread"](x.graph.constant(0.0), x.shape)


def seed(y: Node, value: Any, what: str, like: str = "the value") -> Node:
    """A value as a node of the shape of y, to which it must broadcast; `what` is what it is."""
    array = np.asarray(value)
    node = y.graph.constant(array.astype(float) if array.dtype.kind == "b" else array)
    if not fits(node.shape, y.shape):
        raise InputError(
            f"{what} has shape {show_shape(node.shape)}, not {show_shape(y.shape)}, that of {like}"
        )
    return WORDS["spread"](node, y.shape)


def seeds_of(run: Run, dy: Any) -> list[Node | None] | None:
    """The seed of a run's value."""
    if dy is None:
        return None
    if len(run.results) != 1:
        raise InputError("a seed needs one value, and the program gives a tuple")
    return [seed(run.results[0], dy, "the seed")]


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
    with Paused():
        nodes = modes.reverse(run.results, xs, seeds)
    slopes = {
        name: Gradient(run.results, x, node, name)
        for name, x, node in zip(wrt, xs, nodes, strict=True)
    }
    if method != "reverse":
        by_method = _METHODS[method]
        for slope in slopes.values():
            if slope.node is not None:
                slope.array = by_method(run, slope, weighted(run.results, seeds), dy)
    return slopes


def _forward(run: Run, slope: Gradient, y: Node, _dy: Any) -> Array:
    """One tangent for each element of x, all at once if the value is elementwise."""
    return run.array(modes.jacobian_forward(y, slope.x))


def _complex_step(run: Run, slope: Gradient, y: Node, _dy: Any) -> Array:
    from gradcli.exec.complex_step import complex_step

    inputs = {node: run.evaluator.values[node] for node in run.inputs.values()}
    array: Array = complex_step(y, inputs, slope.x)
    return array


def _numeric(run: Run, slope: Gradient, _y: Node, dy: Any) -> Array:
    from gradcli.engine.differences import differences

    assert slope.name is not None
    return differences(run, slope.name, dy).central.astype(run.graph.dtype)


_METHODS: Mapping[str, Callable[[Run, Gradient, Node, Any], Array]] = {
    "forward": _forward,
    "complex-step": _complex_step,
    "numeric": _numeric,
}


def is_stopped(ys: Sequence[Node], x: Node) -> bool:
    """Whether every way from x to the ys goes through `stop_gradient`."""
    from gradcli.engine.points.vanishing import obstacle

    node = obstacle(ys, x)
    return node is not None and node.op.name == "stop_gradient"


def repeated_gradient(ys: Sequence[Node], xs: Sequence[Node]) -> Gradient:
    """The gradient of the sum by the first x, of the sum of that by the next, and so on."""
    slope = Gradient(ys, xs[0], None)
    for x in xs:
        (node,) = modes.reverse(ys, [x]) if ys and not is_stopped(ys, x) else (None,)
        slope = Gradient(ys, x, node)
        ys = [] if node is None else [node]
    return slope
