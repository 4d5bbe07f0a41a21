"""Where a gradient that is zero, huge or no number comes from, among the steps of a run."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from gradcli.engine.gradient import gradients
from gradcli.engine.points.lost import in_wider_numbers
from gradcli.engine.points.nonfinite import explain
from gradcli.engine.points.verdicts import strict
from gradcli.errors import Notice
from gradcli.ir.op import Linear
from gradcli.render.steps import brief

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from gradcli.engine.circuit import Circuit
    from gradcli.engine.gradient import Gradient
    from gradcli.render.steps import Step, Way

HUGE = 1e8
"""From which size on a gradient is worth a word about where it comes from."""


def origins(circuit: Circuit, wrt: list[str], dy: Any) -> list[Notice]:
    """A notice for each gradient that is zero, huge or not finite, and for each convention used."""
    run = circuit.run
    run.notices += strict(run, wrt, dy)
    slopes = gradients(run, wrt, dy, "reverse")
    nodes = [slope.node for slope in slopes.values() if slope.node is not None]
    run.evaluator.run(nodes)
    if not all(np.isfinite(run.array(node)).all() for node in [*run.results, *nodes]):
        explain(run, run.results, nodes)
    notices = [_notice(circuit, name, slope) for name, slope in slopes.items()]
    return [notice for notice in notices if notice is not None]


def _notice(circuit: Circuit, name: str, slope: Gradient) -> Notice | None:
    """What there is to say about the gradient by one input."""
    run = circuit.run
    array = None if slope.node is None else run.array(slope.node)
    notice = slope.notice(array)
    if notice is None and array is not None:
        return _of_size(circuit, name, slope, array)
    return notice


def _of_size(circuit: Circuit, name: str, slope: Gradient, array: Any) -> Notice | None:
    """The notice about a gradient that is zero everywhere, or huge somewhere."""
    run = circuit.run
    ways = list(_ways(circuit.steps[run.inputs[name]]))
    if array.size and not array.any():
        wide = None if slope.node is None else in_wider_numbers(run, slope.node)
        return _zero(name, ways, is_tiny=wide is not None and bool(np.any(wide)))
    largest = np.max(np.abs(array), initial=0)
    return _huge(name, ways, largest) if HUGE <= largest < np.inf else None


def _ways(x: Step) -> Iterator[Way]:
    """All ways back that may lead to a step, from the result on."""
    steps: dict[Step, None] = {}
    stack = [x]
    while stack:
        step = stack.pop()
        if step not in steps:
            steps[step] = None
            stack += [way.step for way in step.arriving]
    for step in sorted(steps, key=lambda step: -step.node.order):
        yield from step.arriving


def _zero(name: str, ways: Iterable[Way], *, is_tiny: bool) -> Notice:
    """Where the last of the cotangent is lost, or that what comes adds up to nothing."""
    for way in ways:
        cotangent, passed = way.step.cotangent, way.passed
        if cotangent is not None and cotangent.any() and passed is not None and not passed.any():
            losing = _chosen(way)
            what = losing.step.operation
            by = way.source.name if losing is way else name
            still = f": {what} does not change with {by} here"
            tiny = f" by underflow: from {what} on it is smaller than the smallest number"
            return Notice(
                f"the gradient by {name} is 0{tiny if is_tiny else still}",
                span=losing.step.node.span,
                kind="vanishing",
            )
    return Notice(f"the gradient by {name} is 0: its parts add up to 0", kind="vanishing")


def _chosen(way: Way) -> Way:
    """The way behind one that only moves elements: [x, 1] loses none, min of it passes over x."""
    while isinstance(way.step.node.op, Linear) and way.step.arriving:
        way = way.step.arriving[0]
    return way


def _huge(name: str, ways: Iterable[Way], largest: float) -> Notice | None:
    """The operation whose slope is the steepest."""
    steep = max(ways, key=_growth, default=None)
    if steep is None or _growth(steep) <= 1:
        return None
    return Notice(
        f"the gradient by {name} is as large as {brief(largest)}: {steep.step.operation} is steep "
        f"in {steep.source.name} here and turns 1 into {brief(_growth(steep))}",
        span=steep.step.node.span,
        kind="numeric",
    )


def _growth(way: Way) -> float:
    """How much larger what is passed on is than what arrives."""
    assert way.step.cotangent is not None
    assert way.passed is not None
    arriving = float(np.max(np.abs(way.step.cotangent), initial=0))
    passed = float(np.max(np.abs(way.passed), initial=0))
    return passed / arriving if arriving and np.isfinite(passed) else 0.0
