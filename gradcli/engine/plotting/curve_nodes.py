"""What is evaluated along a curve: the derivatives, and the operations that may break it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from gradcli.engine.points.trace import special_of
from gradcli.ir.kinds import POLE
from gradcli.ir.node import WORDS, Node
from gradcli.ir.op import Elementwise
from gradcli.passes import modes
from gradcli.passes.batch import dependents
from gradcli.passes.forward import forward

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gradcli.engine.run import Run

MOST = 64
"""Elements that are watched beside the curve itself, of each sort."""

MOST_SHOWN = 3
"""Numbers of a vector that a message repeats."""


def curve_nodes(run: Run, name: str, count: int) -> list[Node | None]:
    """The value and its first `count` derivatives by one input, and what to watch, as vectors.

    Watched are the results of all operations on the way, so that a pole with a tiny factor is seen
    in its own scale, the slopes of these, and numbers that change sign at special points.
    """
    run.require_scalar("plot", _one_curve(run, name))
    run.refuse_truth()
    x = run.inputs[name]
    derivatives: list[Node] = [run.results[0]]
    for _ in range(count):
        (slope,) = modes.reverse([derivatives[-1]], [x])
        derivatives.append(x.graph.constant(0.0) if slope is None else slope)
    order = dependents([*run.results, *run.interpreter.decisions], [x])
    moving = {x, *order}
    results = _few([node for node in order if not node.is_bool and node not in run.results])
    slopes = forward(results, [x], [x.graph.constant(1.0)]) if results else []
    filled = [_zeros(y) if t is None else t for y, t in zip(results, slopes, strict=True)]
    signals = _few([signal for node in order for signal in _signals(node, moving)])
    return [*derivatives, _joined(results), _joined(filled), _joined(signals)]


def _one_curve(run: Run, name: str) -> str:
    """What makes one curve of a value that is an array: a curve for each number of an input."""
    vectors = [(x, a) for x, a in run.values().items() if x != name and np.ndim(a) == 1]
    if not vectors:
        return "take its sum"
    x, numbers = vectors[0]
    more = ["…"] if len(numbers) > MOST_SHOWN else []
    shown = ",".join([*(f"{number:g}" for number in numbers[:MOST_SHOWN]), *more])
    return f"⟨over {x}={shown}⟩ draws a curve for each; or take its sum"


def _signals(node: Node, moving: set[Node]) -> list[Node]:
    """Of an operation with special points: operands that may pass 0, or one another.

    A function with poles may change its own sign there, however little is seen of them: gamma(x).
    """
    special = special_of(node, moving)
    if special is None or not isinstance(node.op, Elementwise):
        return []
    operands = [x for x in node.inputs if not x.is_bool]
    signals = [x for x in operands if x in moving]
    if len(operands) == 2 and signals:
        signals.append(operands[0] - operands[1])
    if len(operands) == 1 and any(point.kind == POLE for point in special.points):
        signals.append(node)
    return signals


def _few(nodes: Sequence[Node]) -> list[Node]:
    """Each once, as many as there is room for."""
    few: list[Node] = []
    room = MOST
    for node in dict.fromkeys(nodes):
        if node.size <= room:
            few.append(node)
            room -= node.size
    return few


def _zeros(node: Node) -> Node:
    return WORDS["spread"](node.graph.constant(0.0), node.shape)


def _joined(nodes: Sequence[Node]) -> Any:
    """All elements in one vector; None for none."""
    flat = tuple(WORDS["reshape"](node, (node.size,)) for node in nodes)
    return WORDS["concat"](flat) if flat else None
